//! Settings that add to a list with each line, and that an empty value resets.

use std::net::IpAddr;

use super::specifier::{self, Table};
use super::{Context, Effect, Item, PathKind, Reading, name, path_problem, scalar, single};
use crate::format::unit::extract::{BLANKS, Flags, PLAIN, UNESCAPE, UNQUOTE, Word, Words};
use crate::format::unit::keys::Reader;
use crate::format::unit::{names, number};

/// Quotes are taken away, backslashes stay.
const RETAIN: Flags = Flags {
    unquote: true,
    keep_backslash: true,
    ..PLAIN
};

/// Sequences are replaced, and separators behind a backslash are ordinary.
const UNESCAPE_SEPARATORS: Flags = Flags {
    unescape: true,
    unescape_separators: true,
    ..PLAIN
};

/// Nothing is taken away at all.
const RETAIN_PLAIN: Flags = Flags {
    keep_backslash: true,
    ..PLAIN
};

/// Reads a value of a list.
pub(super) fn read(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let resets = !matches!(
        reader,
        Reader::Dependencies
            | Reader::ObsoleteDependencies
            | Reader::MountsFor
            | Reader::ServiceSockets
            | Reader::Capabilities
            | Reader::InstallNames
    );
    if value.is_empty() && resets {
        return Reading::new(Effect::Reset);
    }
    if matches!(reader, Reader::Namespaces) && number::boolean(value).is_some() {
        return Reading::new(Effect::Set);
    }
    match reader {
        Reader::Condition
        | Reader::ConditionPath
        | Reader::EnvironmentFile
        | Reader::PathSpec
        | Reader::Calendar
        | Reader::TimerSeconds
        | Reader::ListenAddress
        | Reader::ListenPath
        | Reader::Namespaces
        | Reader::DeviceAllow
        | Reader::DeviceWeight
        | Reader::DeviceLatency
        | Reader::IoLimit
        | Reader::SetCredential
        | Reader::LoadCredential
        | Reader::SocketBind
        | Reader::BpfProgram
        | Reader::WordList => single::read(reader, value, context),
        Reader::BindPaths => single::bind_paths(value, context),
        _ => many(reader, value, context),
    }
}

/// What is said where the words of a value cannot be told apart.
fn syntax_problem(reader: Reader, value: &str, key: &str) -> String {
    match reader {
        Reader::NamespacePaths | Reader::TemporaryFileSystem | Reader::SearchPath => {
            format!("Failed to extract first word, ignoring: {value}")
        }
        Reader::PassEnvironment
        | Reader::UnsetEnvironment
        | Reader::Interfaces
        | Reader::FileSystems => format!("Trailing garbage in {key}, ignoring: {value}"),
        Reader::ServiceSockets => format!("Trailing garbage in sockets, ignoring: {value}"),
        Reader::ExecDirectories => {
            format!("Invalid syntax {key}={value}, ignoring: Invalid argument")
        }
        Reader::ExitStatuses => {
            format!("Failed to parse {key}={value}, ignoring: Invalid argument")
        }
        Reader::BindPaths => format!("Failed to parse {key}, ignoring: {value}"),
        _ => format!("Invalid syntax, ignoring: {value}"),
    }
}

/// The value is a list of words.
fn many(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let mut reading = Reading::new(Effect::Ignored);
    if matches!(reader, Reader::ObsoleteDependencies) {
        let new = context.key.trim_end_matches("Overridable");
        reading = reading.deprecated(format!(
            "Unit dependency type {}= is obsolete, replacing by {new}=, please update your unit \
             file",
            context.key
        ));
    }
    let is_inverted = value.starts_with('~')
        && matches!(
            reader,
            Reader::SyscallFilter
                | Reader::SyscallLog
                | Reader::AddressFamilies
                | Reader::Capabilities
                | Reader::FileSystems
                | Reader::Interfaces
        );
    let offset = usize::from(is_inverted);
    let list = &value[offset..];
    if matches!(reader, Reader::AddressFamilies) && value == "none" {
        reading.effect = Effect::Add(vec![item(list, 0, value.len())]);
        return reading;
    }
    let (separators, flags) = match reader {
        Reader::Environment | Reader::UnsetEnvironment | Reader::LogExtraFields => {
            (BLANKS, UNESCAPE)
        }
        Reader::Dependencies | Reader::ObsoleteDependencies => (BLANKS, RETAIN_PLAIN),
        Reader::ExecDirectories | Reader::Documentation => (BLANKS, RETAIN),
        Reader::SearchPath => (
            ":",
            Flags {
                each_separator: true,
                ..PLAIN
            },
        ),
        Reader::UserOrGroupList
        | Reader::ExitStatuses
        | Reader::Addresses
        | Reader::SyscallFilter
        | Reader::SyscallLog
        | Reader::ServiceSockets
        | Reader::Controllers => (BLANKS, PLAIN),
        _ => (BLANKS, UNQUOTE),
    };
    let mut words = Words::new(list);
    let mut items = Vec::new();
    loop {
        let word = match words.next(separators, flags) {
            Ok(None) => break,
            Ok(Some(word)) => word,
            Err(_) if matches!(reader, Reader::UserOrGroupList) => {
                return Reading::stop(format!("Invalid syntax: {list}"));
            }
            // Capabilities are read up to there without a word.
            Err(_) if matches!(reader, Reader::Capabilities) => break,
            Err(_) => {
                reading = reading.note(syntax_problem(reader, list, context.key));
                break;
            }
        };
        let text = word.text();
        match element(reader, &text, &word, is_inverted, context) {
            Element::Taken => {
                let text = if is_inverted {
                    format!("~{text}")
                } else {
                    text
                };
                items.push(item(&text, word.start + offset, word.end + offset));
            }
            Element::Skipped(Some(message)) => reading = reading.note(message),
            Element::Skipped(None) => {}
            Element::Ends(message) => {
                reading = reading.note(message);
                break;
            }
            Element::Stops(message) => return Reading::stop(message),
        }
    }
    if items.is_empty() && matches!(reader, Reader::Controllers) {
        reading = reading.note(format!("Invalid cgroup string: {value}, ignoring"));
    }
    if !items.is_empty() {
        reading.effect = Effect::Add(items);
    } else if matches!(reader, Reader::Capabilities) {
        reading.effect = Effect::Reset;
    }
    reading
}

pub(super) fn item(text: &str, start: usize, end: usize) -> Item {
    Item {
        text: text.into(),
        start,
        end,
    }
}

/// What becomes of a word.
enum Element {
    /// It is one of the list.
    Taken,
    /// It is not, and why.
    Skipped(Option<String>),
    /// Nor is what follows.
    Ends(String),
    /// Nor is the rest of the file.
    Stops(String),
}

impl Element {
    fn of(problem: Option<String>) -> Self {
        match problem {
            Some(message) => Self::Skipped(Some(message)),
            None => Self::Taken,
        }
    }
}

/// Judges one word.
fn element(
    reader: Reader,
    text: &str,
    word: &Word,
    is_inverted: bool,
    context: &Context<'_>,
) -> Element {
    let key = context.key;
    match reader {
        Reader::Environment
        | Reader::PassEnvironment
        | Reader::UnsetEnvironment
        | Reader::LogExtraFields => variable(reader, text, word, context),
        Reader::NamespacePaths
        | Reader::MountsFor
        | Reader::PathList
        | Reader::SearchPath
        | Reader::ExecDirectories
        | Reader::BindPaths
        | Reader::TemporaryFileSystem => path_element(reader, text, context),
        Reader::Dependencies | Reader::ObsoleteDependencies | Reader::ServiceSockets => {
            let name = match specifier::resolve(text, Table::Name, context) {
                Ok(name) => name,
                Err(why) => {
                    return Element::Skipped(Some(format!(
                        "Failed to resolve unit specifiers in '{text}', ignoring: {why}"
                    )));
                }
            };
            if matches!(reader, Reader::ServiceSockets) && !name.ends_with(".socket") {
                return Element::Skipped(Some(format!(
                    "Unit must be of type socket, ignoring: {name}"
                )));
            }
            Element::of(
                (!name::is_unit(&name)).then(|| {
                    format!("Failed to add dependency on {name}, ignoring: Invalid argument")
                }),
            )
        }
        Reader::Documentation => {
            Element::of(match specifier::resolve(text, Table::Full, context) {
                Ok(link) => (!name::is_documentation(&link))
                    .then(|| format!("Invalid URL, ignoring: {link}")),
                Err(why) => Some(format!(
                    "Failed to resolve unit specifiers in '{text}', ignoring: {why}"
                )),
            })
        }
        Reader::UserOrGroupList => match specifier::resolve(text, Table::Full, context) {
            Ok(name) if name::is_user(&name) => Element::Taken,
            Ok(name) => Element::Stops(format!("Invalid user/group name or numeric ID: {name}")),
            Err(why) => Element::Stops(format!(
                "Failed to resolve unit specifiers in {text}: {why}"
            )),
        },
        Reader::ExitStatuses => Element::of(
            (!name::is_status_or_signal(text))
                .then(|| format!("Failed to parse value, ignoring: {text}")),
        ),
        Reader::AddressFamilies => Element::of(
            names::family(text).is_none().then(|| format!("Failed to parse address family, ignoring: {text}")),
        ),
        Reader::Addresses => Element::of(
            (!is_prefix(text))
                .then(|| format!("Address prefix is invalid, ignoring assignment: {text}")),
        ),
        Reader::SyscallFilter | Reader::SyscallLog => syscall(text, is_inverted),
        Reader::SyscallArchitectures => Element::of((!names::ARCHITECTURES.contains(&text)).then(|| {
            format!(
                "Failed to parse system call architecture \"{text}\", ignoring: Invalid argument"
            )
        })),
        Reader::Interfaces => Element::of(
            (!name::is_interface(text))
                .then(|| format!("Invalid interface name, ignoring: {text}")),
        ),
        Reader::Controllers => {
            if scalar::is_controller(text) {
                Element::Taken
            } else {
                Element::Skipped(None)
            }
        }
        _ => {
            let _ = key;
            Element::Taken
        }
    }
}

/// Variables of the environment.
fn variable(reader: Reader, text: &str, word: &Word, context: &Context<'_>) -> Element {
    let key = context.key;
    let resolved = match specifier::resolve(text, Table::Full, context) {
        Ok(resolved) => resolved,
        Err(why) => {
            let unit = if matches!(reader, Reader::Environment | Reader::PassEnvironment) {
                ""
            } else {
                "unit "
            };
            return Element::Skipped(Some(format!(
                "Failed to resolve {unit}specifiers in {text}, ignoring: {why}"
            )));
        }
    };
    Element::of(match reader {
        Reader::Environment => (!name::is_variable_assignment(&resolved) || !word.is_text())
            .then(|| format!("Invalid environment assignment, ignoring: {resolved}")),
        Reader::PassEnvironment => (!name::is_variable(&resolved))
            .then(|| format!("Invalid environment name for {key}, ignoring: {resolved}")),
        Reader::UnsetEnvironment => {
            let is_valid = name::is_variable(&resolved) || name::is_variable_assignment(&resolved);
            (!is_valid).then(|| {
                format!("Invalid environment name or assignment {key}, ignoring: {resolved}")
            })
        }
        _ => match resolved.split_once('=') {
            None => Some(format!(
                "Log field lacks '=' character, ignoring: {resolved}"
            )),
            Some((field, _)) => {
                let is_valid = !field.is_empty()
                    && field.len() <= 64
                    && !field.starts_with('_')
                    && !field.as_bytes()[0].is_ascii_digit()
                    && field.bytes().all(|byte| {
                        byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
                    });
                (!is_valid).then(|| format!("Log field name is invalid, ignoring: {resolved}"))
            }
        },
    })
}

/// Paths.
fn path_element(reader: Reader, text: &str, context: &Context<'_>) -> Element {
    let key = context.key;
    if matches!(reader, Reader::ExecDirectories)
        && Words::new(text).next(":", UNESCAPE_SEPARATORS).is_err()
    {
        return Element::Ends(format!("Invalid syntax in {key}=, ignoring: {text}"));
    }
    let (path, kind) = match reader {
        Reader::NamespacePaths => {
            let path = text.strip_prefix('-').unwrap_or(text);
            (path.strip_prefix('+').unwrap_or(path), PathKind::Absolute)
        }
        Reader::ExecDirectories => (text.split(':').next().unwrap_or(text), PathKind::Relative),
        Reader::BindPaths => {
            let path = text.strip_prefix('-').unwrap_or(text);
            (path.split(':').next().unwrap_or(path), PathKind::Absolute)
        }
        Reader::TemporaryFileSystem => (text.split(':').next().unwrap_or(text), PathKind::Absolute),
        _ => (text, PathKind::Absolute),
    };
    let resolved = match specifier::resolve(path, Table::Full, context) {
        Ok(resolved) => resolved,
        Err(why) => {
            let message = match reader {
                Reader::NamespacePaths => {
                    format!("Failed to resolve unit specifiers in {path}: {why}")
                }
                Reader::ExecDirectories | Reader::BindPaths => {
                    format!("Failed to resolve unit specifiers in \"{path}\", ignoring: {why}")
                }
                Reader::TemporaryFileSystem => {
                    format!("Failed to resolve unit specifiers in {path}, ignoring: {why}")
                }
                _ => format!("Failed to resolve unit specifiers in '{path}', ignoring: {why}"),
            };
            return match reader {
                Reader::PathList | Reader::SearchPath => Element::Ends(message),
                _ => Element::Skipped(Some(message)),
            };
        }
    };
    match path_problem(&resolved, kind, false, key) {
        Some(message) if matches!(reader, Reader::PathList | Reader::SearchPath) => {
            Element::Ends(message)
        }
        Some(message) => Element::Skipped(Some(message)),
        None if matches!(reader, Reader::ExecDirectories)
            && (resolved == "private" || resolved.starts_with("private/")) =>
        {
            Element::Skipped(Some(format!(
                "{key}= path can't be 'private', ignoring assignment: {text}"
            )))
        }
        None => Element::Taken,
    }
}

/// The groups of system calls.
const SYSCALL_GROUPS: &[&str] = &[
    "@default",
    "@aio",
    "@basic-io",
    "@chown",
    "@clock",
    "@cpu-emulation",
    "@debug",
    "@file-system",
    "@io-event",
    "@ipc",
    "@keyring",
    "@memlock",
    "@module",
    "@mount",
    "@network-io",
    "@obsolete",
    "@pkey",
    "@privileged",
    "@process",
    "@raw-io",
    "@reboot",
    "@resources",
    "@setuid",
    "@signal",
    "@swap",
    "@sync",
    "@system-service",
    "@timer",
    "@known",
];

/// A system call or a group of them, with the error that it gives.
fn syscall(text: &str, is_inverted: bool) -> Element {
    let (name, error) = match text.split_once(':') {
        Some((name, error)) => (name, Some(error)),
        None => (text, None),
    };
    if let Some(error) = error {
        let is_error =
            error == "kill" || name::is_error(error) || number::integer_in(error, 0, 4095).is_ok();
        if !is_error || name.is_empty() {
            return Element::Skipped(Some(format!(
                "Failed to parse syscall:errno, ignoring: {text}"
            )));
        }
        if !is_inverted {
            return Element::Skipped(Some(format!(
                "Allow-listed system calls cannot take error number, ignoring: {text}"
            )));
        }
    }
    if name.starts_with('@') {
        return Element::of(
            (!SYSCALL_GROUPS.contains(&name))
                .then(|| format!("Unknown system call group, ignoring: {name}")),
        );
    }
    // Which names there are depends on a library; only what can be none is said to be none.
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    Element::of((!is_name).then(|| format!("Failed to parse system call, ignoring: {name}")))
}

/// Whether it is an address, a range of addresses, or a name for one.
fn is_prefix(text: &str) -> bool {
    if matches!(text, "any" | "localhost" | "link-local" | "multicast") {
        return true;
    }
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| number::integer_in(bits, 0, most).is_ok())
}
