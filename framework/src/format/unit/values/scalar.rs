//! Settings that hold one value, of which the last valid one counts.

use super::name;
use super::specifier::{self, Table};
use super::{Context, Effect, PathKind, Reading, figure, path_problem};
use crate::format::unit::extract::{BLANKS, UNQUOTE, Words};
use crate::format::unit::keys::Reader;
use crate::format::unit::keys::words::Words as WordSet;
use crate::format::unit::number::{self, Errno, SECOND};

/// One word of a set.
pub(super) fn word(words: &WordSet, value: &str, context: &Context<'_>) -> Reading {
    if value.is_empty() && words.empty.is_some() {
        return Reading::new(Effect::Unset);
    }
    if words.word(value).is_none() {
        return Reading::ignored(format!("{}, ignoring: {value}", words.message));
    }
    let reading = Reading::new(Effect::Set);
    if context.key == "KillMode" && value == "none" {
        return reading.deprecated(
            "Unit uses KillMode=none. This is unsafe, as it disables systemd's process lifecycle \
             management for the service. Please update the service to use a safer KillMode=, such \
             as 'mixed' or 'control-group'. Support for KillMode=none is deprecated and will \
             eventually be removed.",
        );
    }
    reading
}

/// Any other setting of one value.
pub(super) fn read(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    match reader {
        Reader::BooleanFatal
        | Reader::Tristate
        | Reader::MountApiVfs
        | Reader::JobModeIsolate
        | Reader::Compress
        | Reader::Delegate => truth(reader, value, context),
        Reader::Seconds
        | Reader::SecondsOrInfinity
        | Reader::SecondsDefaultInfinity
        | Reader::Nanoseconds
        | Reader::ServiceTimeout
        | Reader::TimeoutAbort
        | Reader::JobTimeout
        | Reader::JobRunningTimeout => span(reader, value, context),
        Reader::MemoryLimit => memory_limit(value, context),
        Reader::TasksMax
        | Reader::CpuQuota
        | Reader::PressureLimit
        | Reader::Weight
        | Reader::CpuWeight
        | Reader::CpuShares
        | Reader::BlockIoWeight => share(reader, value, context),
        Reader::RlimitSeconds
        | Reader::RlimitMicroseconds
        | Reader::RlimitNice
        | Reader::RlimitNumber
        | Reader::RlimitSize => rlimit(reader, value),
        Reader::Path
        | Reader::PathOrEmpty
        | Reader::PidFile
        | Reader::WorkingDirectory
        | Reader::Input
        | Reader::Output => path(reader, value, context),
        Reader::UserOrGroup
        | Reader::Text
        | Reader::String
        | Reader::InstallText
        | Reader::BusName
        | Reader::Label
        | Reader::FdName
        | Reader::LogNamespace
        | Reader::SliceName
        | Reader::TriggerUnit
        | Reader::SocketService
        | Reader::Interface => text(reader, value, context),
        Reader::Removed => Reading::new(Effect::Ignored).deprecated(format!(
            "Support for option {}= has been removed and it is ignored",
            context.key
        )),
        _ => figure::read(reader, value, context),
    }
}

/// Booleans with a difference.
fn truth(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    let truth = number::boolean(value);
    match reader {
        Reader::Tristate | Reader::MountApiVfs | Reader::Compress if value.is_empty() => {
            Reading::new(Effect::Unset)
        }
        Reader::Compress if value == "1" => Reading::new(Effect::Set).deprecated(
            "Compress= ambiguously specified as 1, enabling compression with default threshold",
        ),
        Reader::Compress if value == "0" => Reading::new(Effect::Set)
            .deprecated("Compress= ambiguously specified as 0, disabling compression"),
        Reader::Compress if truth.is_none() => Reading::checked(
            number::size(value, 1024),
            "Failed to parse Compress= value",
            value,
        ),
        Reader::Delegate if !matches!(context.section, "Service" | "Scope") => {
            Reading::ignored("Delegate= setting not supported for this unit type, ignoring.")
        }
        Reader::Delegate if truth.is_none() && !value.is_empty() => delegate(value),
        Reader::Delegate if value.is_empty() => Reading::new(Effect::Set),
        _ if truth.is_some() => match reader {
            Reader::JobModeIsolate => Reading::new(Effect::Set).deprecated(format!(
                "{key} is deprecated. Please use OnFailureJobMode= instead"
            )),
            _ => Reading::new(Effect::Set),
        },
        Reader::BooleanFatal => Reading::stop(format!("Failed to parse boolean value: {value}")),
        Reader::Tristate => Reading::ignored(format!(
            "Failed to parse boolean value for {key}=, ignoring: {value}"
        )),
        Reader::JobModeIsolate => {
            Reading::ignored(format!("Failed to parse boolean, ignoring: {value}"))
        }
        _ => Reading::ignored(format!("Failed to parse boolean value, ignoring: {value}")),
    }
}

/// The controllers that systemd knows by name.
const CONTROLLERS: &[&str] = &[
    "cpu",
    "cpuacct",
    "cpuset",
    "io",
    "blkio",
    "memory",
    "devices",
    "pids",
    "bpf-firewall",
    "bpf-devices",
    "bpf-foreign",
    "bpf-socket-bind",
    "bpf-restrict-network-interfaces",
];

/// Whether it is the name of a controller of control groups.
pub(super) fn is_controller(name: &str) -> bool {
    CONTROLLERS.contains(&name)
}

fn delegate(value: &str) -> Reading {
    let mut reading = Reading::new(Effect::Set);
    let mut words = Words::new(value);
    loop {
        match words.next(BLANKS, UNQUOTE) {
            Ok(None) => return reading,
            Ok(Some(word)) => {
                let name = word.text();
                if !is_controller(&name) {
                    reading = reading.note(format!("Invalid controller name '{name}', ignoring"));
                }
            }
            Err(_) => return Reading::ignored(format!("Invalid syntax, ignoring: {value}")),
        }
    }
}

fn span(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    let seconds = || number::time_span(value, SECOND);
    match reader {
        Reader::Nanoseconds => Reading::checked(
            number::nanoseconds(value),
            "Failed to parse nsec value",
            value,
        ),
        Reader::SecondsDefaultInfinity | Reader::TimeoutAbort if value.is_empty() => {
            Reading::new(Effect::Unset)
        }
        Reader::SecondsDefaultInfinity => {
            Reading::checked(seconds(), "Failed to parse sec_def_infinity value", value)
        }
        Reader::SecondsOrInfinity => {
            Reading::checked(seconds(), "Failed to parse time value", value)
        }
        Reader::ServiceTimeout | Reader::JobTimeout | Reader::JobRunningTimeout => {
            Reading::checked(
                seconds(),
                &format!("Failed to parse {key}= parameter"),
                value,
            )
        }
        Reader::TimeoutAbort => {
            Reading::checked(seconds(), &format!("Failed to parse {key}= setting"), value)
        }
        _ => Reading::checked(seconds(), "Failed to parse sec value", value),
    }
}

fn memory_limit(value: &str, context: &Context<'_>) -> Reading {
    let can_be_zero = matches!(
        context.key,
        "MemorySwapMax" | "MemoryLow" | "MemoryMin" | "DefaultMemoryLow" | "DefaultMemoryMin"
    );
    let mut reading = if value.is_empty() {
        Reading::new(Effect::Unset)
    } else if value == "infinity" {
        Reading::new(Effect::Set)
    } else {
        // A percentage is one of the memory of the machine, and never too much.
        let bytes = match number::permyriad_bounded(value) {
            Ok(share) => Ok(u64::from(share > 0)),
            Err(_) => number::size(value, 1024),
        };
        match bytes {
            Err(why) => {
                let why = why.text();
                return Reading::ignored(format!(
                    "Invalid memory limit '{value}', ignoring: {why}"
                ));
            }
            Ok(bytes) if bytes == u64::MAX || (bytes == 0 && !can_be_zero) => {
                return Reading::ignored(format!("Memory limit '{value}' out of range, ignoring."));
            }
            Ok(_) => Reading::new(Effect::Set),
        }
    };
    if context.key == "MemoryLimit" {
        reading = reading.deprecated(
            "Unit uses MemoryLimit=; please use MemoryMax= instead. Support for MemoryLimit= will \
             be removed soon.",
        );
    }
    reading
}

/// Shares of processors, memory and tasks.
fn share(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    let within = |smallest: i128, largest: i128| {
        let read = number::integer_in(value, 0, i128::from(u64::MAX)).and_then(|number| {
            if (smallest..=largest).contains(&number) {
                Ok(())
            } else {
                Err(Errno::Range)
            }
        });
        if value.is_empty() { Ok(()) } else { read }
    };
    let mut reading = match reader {
        Reader::CpuQuota => match number::permyriad(value) {
            _ if value.is_empty() => Reading::new(Effect::Unset),
            Ok(share) if share > 0 => Reading::new(Effect::Set),
            _ => Reading::ignored(format!("Invalid CPU quota '{value}', ignoring.")),
        },
        Reader::PressureLimit => Reading::checked(
            number::permyriad_bounded(value).or(if value.is_empty() {
                Ok(0)
            } else {
                Err(Errno::Invalid)
            }),
            "Failed to parse memory pressure limit value",
            value,
        ),
        Reader::TasksMax => return tasks_max(value),
        Reader::Weight => Reading::checked(within(1, 10_000), "Invalid weight", value),
        Reader::CpuWeight if value == "idle" => Reading::new(Effect::Set),
        Reader::CpuWeight => Reading::checked(within(1, 10_000), "Invalid CPU weight", value),
        Reader::CpuShares => {
            let message = format!(
                "Unit uses {key}=; please use CPUWeight= instead. Support for {key}= will be \
                 removed soon."
            );
            Reading::checked(within(2, 262_144), "Invalid CPU shares", value).deprecated(message)
        }
        _ => Reading::checked(within(10, 1000), "Invalid block IO weight", value),
    };
    if value.is_empty() && reading.effect == Effect::Set {
        reading.effect = Effect::Unset;
    }
    reading
}

fn tasks_max(value: &str) -> Reading {
    if value.is_empty() {
        return Reading::new(Effect::Unset);
    }
    if value == "infinity" || number::permyriad_bounded(value).is_ok() {
        return Reading::new(Effect::Set);
    }
    match number::integer_in(value, 0, i128::from(u64::MAX)) {
        Err(why) => {
            let why = why.text();
            Reading::ignored(format!(
                "Invalid maximum tasks value '{value}', ignoring: {why}"
            ))
        }
        Ok(0) => Reading::ignored(format!(
            "Maximum tasks value '{value}' out of range, ignoring."
        )),
        Ok(number) if number == i128::from(u64::MAX) => Reading::ignored(format!(
            "Maximum tasks value '{value}' out of range, ignoring."
        )),
        Ok(_) => Reading::new(Effect::Set),
    }
}

/// One of the two numbers of a limit; `u64::MAX` for `infinity`.
pub(in crate::format::unit) fn rlimit_part(reader: Reader, text: &str) -> Result<u64, Errno> {
    let largest = i128::from(u64::MAX);
    let number = |text: &str| {
        number::integer_in(text, 0, largest).map(|number| u64::try_from(number).unwrap_or(u64::MAX))
    };
    let finite = |read: Result<u64, Errno>| match read {
        Ok(u64::MAX) => Err(Errno::Range),
        read => read,
    };
    if matches!(reader, Reader::RlimitNice) {
        return match text.as_bytes().first() {
            Some(b'+') => number(&text[1..]).and_then(|nice| {
                20_u64
                    .checked_sub(nice)
                    .filter(|limit| *limit > 0)
                    .ok_or(Errno::Range)
            }),
            Some(b'-') => number(&text[1..]).and_then(|nice| {
                if nice > 20 {
                    Err(Errno::Range)
                } else {
                    Ok(20 + nice)
                }
            }),
            _ => number(text).and_then(|limit| {
                if limit > 40 {
                    Err(Errno::Range)
                } else {
                    Ok(limit)
                }
            }),
        };
    }
    if text == "infinity" {
        return Ok(u64::MAX);
    }
    match reader {
        Reader::RlimitSize => finite(number::size(text, 1024)),
        Reader::RlimitSeconds => match number::time_span(text, SECOND)? {
            number::INFINITY => Ok(number::INFINITY),
            span => Ok(span.div_ceil(SECOND)),
        },
        Reader::RlimitMicroseconds => number::time_span(text, 1),
        _ => finite(number(text)),
    }
}

fn rlimit(reader: Reader, value: &str) -> Reading {
    let failed = || Reading::ignored(format!("Failed to parse resource value, ignoring: {value}"));
    let mut parts = value.splitn(2, ':');
    let soft = parts.next().unwrap_or("");
    let (Ok(soft), hard) = (rlimit_part(reader, soft), parts.next()) else {
        return failed();
    };
    match hard.map(|hard| rlimit_part(reader, hard)) {
        Some(Err(_)) => failed(),
        Some(Ok(hard)) if soft > hard => Reading::ignored(format!(
            "Soft resource limit chosen higher than hard limit, ignoring: {value}"
        )),
        None | Some(Ok(_)) => Reading::new(Effect::Set),
    }
}

fn path(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    match reader {
        Reader::Input | Reader::Output => return stream(reader, value, context),
        _ if value.is_empty() => return Reading::new(Effect::Unset),
        Reader::WorkingDirectory => {
            let (path, is_fatal) = match value.strip_prefix('-') {
                Some(path) => (path, false),
                None => (value, true),
            };
            if path == "~" {
                return Reading::new(Effect::Set);
            }
            let problem = match specifier::resolve(path, Table::Full, context) {
                Ok(path) => path_problem(&path, PathKind::Absolute, is_fatal, key),
                Err(why) => {
                    let ignoring = if is_fatal { "" } else { ", ignoring" };
                    Some(format!(
                        "Failed to resolve unit specifiers in working directory path \
                         '{path}'{ignoring}: {why}"
                    ))
                }
            };
            return match problem {
                Some(message) if is_fatal => Reading::stop(message),
                Some(message) => Reading::ignored(message),
                None => Reading::new(Effect::Set),
            };
        }
        _ => {}
    }
    let is_fatal = matches!(reader, Reader::PathOrEmpty);
    let problem = match specifier::resolve(value, Table::Full, context) {
        // A relative path of a PID file is one below /run.
        Ok(path) if matches!(reader, Reader::PidFile) && !path.starts_with('/') => {
            path_problem(&format!("/run/{path}"), PathKind::Absolute, false, key)
        }
        Ok(path) => path_problem(&path, PathKind::Absolute, is_fatal, key),
        Err(why) => {
            let ignoring = if is_fatal { "" } else { ", ignoring" };
            Some(format!(
                "Failed to resolve unit specifiers in '{value}'{ignoring}: {why}"
            ))
        }
    };
    match problem {
        Some(message) if is_fatal => Reading::stop(message),
        Some(message) => {
            let reading = Reading::ignored(message);
            match reader {
                // systemd gives up the file here, and says no more about it than this.
                Reader::PidFile => Reading {
                    effect: Effect::Stop,
                    ..reading
                },
                _ => reading,
            }
        }
        None => Reading::new(Effect::Set),
    }
}

/// Where standard input, output and errors come from and go to.
fn stream(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    const INPUTS: &[&str] = &[
        "null",
        "tty",
        "tty-force",
        "tty-fail",
        "socket",
        "fd",
        "data",
        "file",
    ];
    const OUTPUTS: &[&str] = &[
        "inherit",
        "null",
        "tty",
        "kmsg",
        "kmsg+console",
        "journal",
        "journal+console",
        "socket",
        "fd",
        "file",
        "append",
        "truncate",
    ];
    let is_input = matches!(reader, Reader::Input);
    if let Some(name) = value.strip_prefix("fd:") {
        return match specifier::resolve(name, Table::Full, context) {
            Ok(name) if name::is_descriptor(&name) => Reading::new(Effect::Set),
            Ok(name) => Reading::ignored(format!("Invalid file descriptor name, ignoring: {name}")),
            Err(why) => Reading::ignored(format!(
                "Failed to resolve unit specifiers in '{name}', ignoring: {why}"
            )),
        };
    }
    let prefixes: &[&str] = if is_input {
        &["file:"]
    } else {
        &["file:", "append:", "truncate:"]
    };
    if let Some(path) = prefixes
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix))
    {
        let problem = match specifier::resolve(path, Table::Full, context) {
            Ok(path) => path_problem(&path, PathKind::Absolute, true, context.key),
            Err(why) if is_input => Some(format!(
                "Failed to resolve unit specifiers in '{path}', ignoring: {why}"
            )),
            Err(why) => Some(format!(
                "Failed to resolve unit specifiers in {path}, ignoring: {why}"
            )),
        };
        return match problem {
            Some(message) => Reading::ignored(message),
            None => Reading::new(Effect::Set),
        };
    }
    if !is_input
        && let Some(rest) = value
            .strip_prefix("syslog")
            .filter(|rest| matches!(*rest, "" | "+console"))
    {
        return Reading::new(Effect::Set).deprecated(format!(
            "Standard output type {value} is obsolete, automatically updating to journal{rest}. \
             Please update your unit file, and consider removing the setting altogether."
        ));
    }
    let (words, kind) = if is_input {
        (INPUTS, "input")
    } else {
        (OUTPUTS, "output")
    };
    if words.contains(&value) {
        Reading::new(Effect::Set)
    } else {
        Reading::ignored(format!(
            "Failed to parse {kind} specifier, ignoring: {value}"
        ))
    }
}

/// Names and free texts.
fn text(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    if matches!(reader, Reader::InstallText | Reader::String) {
        let effect = if value.is_empty() {
            Effect::Unset
        } else {
            Effect::Set
        };
        return Reading::new(effect);
    }
    if matches!(reader, Reader::Label) {
        return label(value, context);
    }
    let empties = !matches!(
        reader,
        Reader::SliceName | Reader::TriggerUnit | Reader::SocketService | Reader::BusName
    );
    if value.is_empty() && empties {
        return Reading::new(Effect::Unset);
    }
    let table = match reader {
        Reader::SliceName | Reader::TriggerUnit | Reader::SocketService => Table::Name,
        _ => Table::Full,
    };
    let resolved = match specifier::resolve(value, table, context) {
        Ok(resolved) => resolved,
        Err(why) => {
            return match reader {
                Reader::UserOrGroup => Reading::stop(format!(
                    "Failed to resolve unit specifiers in {value}: {why}"
                )),
                Reader::Text | Reader::FdName => Reading::ignored(format!(
                    "Failed to resolve unit specifiers in '{value}', ignoring: {why}"
                )),
                _ => Reading::ignored(format!(
                    "Failed to resolve unit specifiers in {value}, ignoring: {why}"
                )),
            };
        }
    };
    let suffix_of = |name: &str| name.rsplit_once('.').map(|(_, suffix)| suffix.to_owned());
    match reader {
        Reader::UserOrGroup => user(&resolved, context),
        Reader::BusName if !name::is_bus_name(&resolved) => {
            Reading::ignored(format!("Invalid bus name, ignoring: {resolved}"))
        }
        Reader::FdName if !name::is_descriptor(&resolved) => Reading::ignored(format!(
            "Invalid file descriptor name, ignoring: {resolved}"
        )),
        Reader::Interface if value == "*" => Reading::new(Effect::Unset),
        Reader::Interface if !name::is_interface(value) => {
            Reading::ignored(format!("Invalid interface name, ignoring: {value}"))
        }
        Reader::SocketService if suffix_of(&resolved).as_deref() != Some("service") => {
            Reading::ignored(format!("Unit must be of type service, ignoring: {value}"))
        }
        Reader::TriggerUnit if !name::is_unit(&resolved) => {
            Reading::ignored(format!("Unit type not valid, ignoring: {value}"))
        }
        Reader::TriggerUnit if resolved == context.unit => Reading::ignored(format!(
            "Units cannot trigger themselves, ignoring: {value}"
        )),
        Reader::LogNamespace if !name::is_file_name(&resolved) => Reading::ignored(format!(
            "Specified log namespace name is not valid, ignoring: {resolved}"
        )),
        Reader::SliceName if !name::is_unit(&resolved) => Reading::ignored(format!(
            "Failed to load slice unit {resolved}, ignoring: Unit name {resolved} is not valid."
        )),
        Reader::SliceName if suffix_of(&resolved).as_deref() != Some("slice") => {
            Reading::ignored(format!(
                "Failed to assign slice {resolved} to unit {}, ignoring: Invalid argument",
                context.unit
            ))
        }
        _ => Reading::new(Effect::Set),
    }
}

/// A label of a security module, of which a `-` before it forgives mistakes.
fn label(value: &str, context: &Context<'_>) -> Reading {
    if value.is_empty() {
        return Reading::new(Effect::Unset);
    }
    let (label, is_fatal) = match value.strip_prefix('-') {
        Some(label) => (label, false),
        None => (value, true),
    };
    match specifier::resolve(label, Table::Full, context) {
        Ok(_) => Reading::new(Effect::Set),
        Err(why) if is_fatal => Reading::stop(format!(
            "Failed to resolve unit specifiers in '{label}': {why}"
        )),
        Err(why) => Reading::ignored(format!(
            "Failed to resolve unit specifiers in '{label}', ignoring: {why}"
        )),
    }
}

fn user(name: &str, context: &Context<'_>) -> Reading {
    if !name::is_user(name) {
        return Reading::stop(format!("Invalid user/group name or numeric ID: {name}"));
    }
    let mut reading = Reading::new(Effect::Set);
    if !name::is_user_number(name) && !name::is_strict_user(name) {
        reading = reading.deprecated(format!(
            "Accepting user/group name '{name}', which does not match strict user/group name rules."
        ));
        if let Some(note) = reading.notes.first_mut() {
            note.rule = &crate::format::unit::rules::ODD_USER;
        }
    }
    if context.key.contains("User") && name == "nobody" {
        reading = reading.deprecated("Special user nobody configured, this is not safe!");
    }
    reading
}
