//! Settings of which each line adds one element, or elements with a form of their own.

use std::borrow::Cow;

use super::calendar::Calendar;
use super::list::item;
use super::specifier::{self, Table};
use super::{Context, Effect, Item, PathKind, Reading, name, path_problem, simplify};
use crate::format::unit::extract::{BLANKS, Flags, PLAIN, UNQUOTE, Word, Words};
use crate::format::unit::keys::Reader;
use crate::format::unit::number::{self, SECOND};

/// Sources, destinations and options with colons between them. Every blank ends a word, so that two
/// of them stand for an empty path.
pub(super) fn bind_paths(value: &str, context: &Context<'_>) -> Reading {
    const SEPARATORS: &str = ": \t\n\r";
    const EACH: Flags = Flags {
        each_separator: true,
        ..UNQUOTE
    };
    let key = context.key;
    let mut reading = Reading::new(Effect::Ignored);
    let mut items = Vec::new();
    let mut words = Words::new(value);
    let problem = |text: &str| match specifier::resolve(text, Table::Full, context) {
        Ok(path) => path_problem(
            path.strip_prefix('-').unwrap_or(&path),
            PathKind::Absolute,
            false,
            key,
        ),
        Err(why) => Some(format!(
            "Failed to resolve unit specifiers in \"{text}\", ignoring: {why}"
        )),
    };
    loop {
        let source = match words.next(SEPARATORS, EACH) {
            Ok(Some(word)) => word,
            Ok(None) => break,
            Err(_) => {
                reading = reading.note(format!("Failed to parse {key}, ignoring: {value}"));
                break;
            }
        };
        if let Some(message) = problem(&source.text()) {
            reading = reading.note(message);
            continue;
        }
        let mut end = source.end;
        if words.is_behind(b':') {
            let Ok(Some(destination)) = words.next(SEPARATORS, EACH) else {
                reading = reading.note(format!("Failed to parse {key}, ignoring: {value}"));
                break;
            };
            if let Some(message) = problem(&destination.text()) {
                reading = reading.note(message);
                continue;
            }
            end = destination.end;
            if words.is_behind(b':') {
                let Ok(options) = words.next(BLANKS, UNQUOTE) else {
                    reading = reading.note(format!("Failed to parse {key}=, ignoring: {value}"));
                    break;
                };
                let text = options.as_ref().map(Word::text).unwrap_or_default();
                if !matches!(&*text, "" | "rbind" | "norbind") {
                    let message = format!("Invalid option string, ignoring setting: {text}");
                    reading = reading.note(message);
                    continue;
                }
                end = options.map_or(end, |word| word.end);
            }
        }
        items.push(item(&value[source.start..end], source.start, end));
    }
    if !items.is_empty() {
        reading.effect = Effect::Add(items);
    }
    reading
}

/// The value is one element.
pub(super) fn read(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    let resolve = |text: &str| specifier::resolve(text, Table::Full, context).map(Cow::into_owned);
    let unresolved = |text: &str, why: &str, is_quoted: bool| {
        let quote = if is_quoted { "'" } else { "" };
        format!("Failed to resolve unit specifiers in {quote}{text}{quote}, ignoring: {why}")
    };
    let absolute = |path: &str, is_quoted: bool| match resolve(path) {
        Ok(resolved) => path_problem(&resolved, PathKind::Absolute, false, key),
        Err(why) => Some(unresolved(path, why, is_quoted)),
    };
    let problem = match reader {
        Reader::ConditionPath => {
            let path = value.strip_prefix('|').unwrap_or(value);
            absolute(path.strip_prefix('!').unwrap_or(path), false)
        }
        Reader::Condition => {
            let text = value
                .strip_prefix('|')
                .unwrap_or(value)
                .trim_start_matches([' ', '\t']);
            let text = text
                .strip_prefix('!')
                .unwrap_or(text)
                .trim_start_matches([' ', '\t']);
            resolve(text).err().map(|why| unresolved(text, why, true))
        }
        Reader::EnvironmentFile => match resolve(value) {
            Ok(path) => {
                let path = path.strip_prefix('-').unwrap_or(&path);
                path_problem(path, PathKind::Absolute, false, key)
            }
            Err(why) => Some(unresolved(value, why, true)),
        },
        Reader::PathSpec => absolute(value, false),
        Reader::Calendar => match resolve(value) {
            Ok(expression) => Calendar::read(&expression)
                .is_none()
                .then(|| format!("Failed to parse calendar specification, ignoring: {expression}")),
            Err(why) => Some(unresolved(value, why, true)),
        },
        Reader::TimerSeconds => match resolve(value) {
            Ok(span) => number::time_span(&span, SECOND)
                .err()
                .map(|_| format!("Failed to parse timer value, ignoring: {span}")),
            Err(why) => Some(unresolved(value, why, true)),
        },
        Reader::ListenPath => absolute(value, true),
        Reader::ListenAddress => match resolve(value) {
            Ok(address) => listen(&address, context),
            Err(why) => Some(unresolved(value, why, true)),
        },
        Reader::Namespaces => namespaces(value),
        Reader::DeviceAllow | Reader::DeviceWeight | Reader::DeviceLatency | Reader::IoLimit => {
            device(reader, value, context)
        }
        Reader::SetCredential | Reader::LoadCredential => credential(value, context),
        _ => None,
    };
    let mut reading = match problem {
        Some(message) => Reading::ignored(message),
        None => Reading::new(Effect::Add(vec![Item {
            text: value.into(),
            start: 0,
            end: value.len(),
        }])),
    };
    if key.starts_with("BlockIO") {
        reading = reading.deprecated(format!(
            "Unit uses {key}=; please use IO*= settings instead. Support for {key}= will be \
             removed soon."
        ));
    }
    reading
}

/// The namespaces that can be restricted, or a boolean.
fn namespaces(value: &str) -> Option<String> {
    const NAMES: &[&str] = &["cgroup", "ipc", "net", "mnt", "pid", "user", "uts"];
    if number::boolean(value).is_some() {
        return None;
    }
    let list = value.strip_prefix('~').unwrap_or(value);
    let mut words = Words::new(list);
    loop {
        match words.next(BLANKS, PLAIN) {
            Ok(None) => return None,
            Ok(Some(word)) if NAMES.contains(&word.text().as_str()) => {}
            _ => {
                return Some(format!(
                    "Failed to parse namespace type string, ignoring: {list}"
                ));
            }
        }
    }
}

/// What is wrong with the address of a socket, if something is.
fn listen(address: &str, context: &Context<'_>) -> Option<String> {
    let failed = || {
        Some(format!(
            "Failed to parse address value in '{address}', ignoring: Invalid argument"
        ))
    };
    if context.key == "ListenNetlink" {
        return None;
    }
    if address.starts_with('/') || address.starts_with('@') {
        let length = address.len();
        return if length > 107 + usize::from(address.starts_with('@')) || length < 2 {
            failed()
        } else {
            None
        };
    }
    if address.starts_with("vsock:") {
        return None;
    }
    let port = |text: &str| number::integer_in(text, 1, 65_535).is_ok();
    let is_valid = if let Some(rest) = address.strip_prefix('[') {
        rest.split_once("]:").is_some_and(|(host, number)| {
            let host = host.split('%').next().unwrap_or(host);
            host.parse::<std::net::Ipv6Addr>().is_ok()
                && port(number.split('%').next().unwrap_or(number))
        })
    } else if let Some((host, number)) = address.split_once(':') {
        host.parse::<std::net::Ipv4Addr>().is_ok() && port(number)
    } else {
        port(address)
    };
    if !is_valid {
        return failed();
    }
    (context.key == "ListenSequentialPacket")
        .then(|| format!("Address family not supported, ignoring: {address}"))
}

/// The settings that begin with the path of a device.
fn device(reader: Reader, value: &str, context: &Context<'_>) -> Option<String> {
    let key = context.key;
    let what = match (reader, key) {
        (Reader::DeviceAllow, _) => "device path and rights",
        (Reader::DeviceLatency, _) => "device path and latency",
        (Reader::DeviceWeight, "IODeviceWeight") => "device path and weight",
        (Reader::DeviceWeight, _) => "device node and weight",
        _ => "device node and bandwidth",
    };
    let mut words = Words::new(value);
    let path = match words.next(BLANKS, UNQUOTE) {
        Ok(Some(word)) => word.text(),
        Ok(None) | Err(_) => {
            return Some(format!(
                "Failed to extract {what} from '{value}', ignoring."
            ));
        }
    };
    let rest = words.rest();
    if rest.is_empty() && !matches!(reader, Reader::DeviceAllow) {
        let what = what.replacen(" and ", " or ", 1);
        return Some(format!("Invalid {what} specified in '{value}', ignoring."));
    }
    let resolved = match specifier::resolve(&path, Table::Full, context) {
        Ok(resolved) => resolved,
        Err(why) => {
            return Some(format!(
                "Failed to resolve unit specifiers in '{path}', ignoring: {why}"
            ));
        }
    };
    let is_class = resolved.starts_with("block-") || resolved.starts_with("char-");
    let any = !(is_class && matches!(reader, Reader::DeviceAllow));
    if any && let Some(message) = path_problem(&resolved, PathKind::Any, false, key) {
        return Some(message);
    }
    match reader {
        Reader::DeviceAllow => {
            let is_node = is_class
                || resolved.starts_with("/dev/")
                || resolved.starts_with("/run/systemd/inaccessible/");
            if !is_node {
                let path = simplify(&resolved);
                return Some(format!("Invalid device node path '{path}', ignoring."));
            }
            let is_right = rest.bytes().all(|byte| matches!(byte, b'r' | b'w' | b'm'));
            (!is_right).then(|| format!("Invalid device rights '{rest}', ignoring."))
        }
        Reader::DeviceLatency => number::time_span(rest, SECOND)
            .err()
            .map(|_| format!("Failed to parse timer value, ignoring: {rest}")),
        Reader::DeviceWeight => {
            let (low, high, name) = match key {
                "IODeviceWeight" => (1, 10_000, "IO weight"),
                _ => (10, 1000, "block IO weight"),
            };
            number::integer_in(rest, low, high).err().map(|why| {
                let why = why.text();
                match name {
                    "IO weight" => format!("IO weight '{rest}' invalid, ignoring: {why}"),
                    _ => format!("Invalid block IO weight '{rest}', ignoring: {why}"),
                }
            })
        }
        _ => {
            let is_limit = (rest == "infinity" && !key.starts_with("BlockIO"))
                || matches!(number::size(rest, 1000), Ok(size) if size > 0);
            let name = if key.starts_with("BlockIO") {
                "Block IO Bandwidth"
            } else {
                "IO limit"
            };
            (!is_limit).then(|| format!("Invalid {name} '{rest}', ignoring."))
        }
    }
}

/// `NAME:…` of a credential.
fn credential(value: &str, context: &Context<'_>) -> Option<String> {
    let is_set = context.key.starts_with("Set");
    let (name, rest) = match value.split_once(':') {
        Some((name, rest)) => (name, Some(rest)),
        None => (value, None),
    };
    if is_set && rest.is_none_or(str::is_empty) {
        return Some(format!("Invalid syntax, ignoring: {value}"));
    }
    match specifier::resolve(name, Table::Full, context) {
        Ok(name) if !name::is_credential(&name) => {
            Some(format!("Credential name \"{name}\" not valid, ignoring."))
        }
        Ok(_) => None,
        Err(why) => Some(format!(
            "Failed to resolve unit specifiers in \"{name}\", ignoring: {why}"
        )),
    }
}
