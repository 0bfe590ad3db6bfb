//! What systemd 252 makes of a value: whether it takes it, what it says about it, and which
//! elements it adds to a list. Each arm stands for one `config_parse_…()`; their messages are
//! systemd's own words.

mod calendar;
mod exec;
mod figure;
mod list;
mod name;
mod scalar;
mod single;
mod specifier;

pub(super) use calendar::Calendar;
pub(super) use exec::{arguments, prefix};
pub(super) use name::{exit_status, is_unit, signal};
pub(super) use scalar::rlimit_part;

use super::keys::Reader;
use super::number::Errno;
use super::rules;
use crate::diagnostic::Rule;

/// What the reader of a value knows around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// The key, as written.
    pub(super) key: &'a str,
    /// The section.
    pub(super) section: &'a str,
    /// The name of the unit.
    pub(super) unit: &'a str,
}

/// What a value does to the setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it is not taken, and what was set before stays.
    Ignored,
    /// It is the value now.
    Set,
    /// The setting goes back to its default.
    Unset,
    /// These are added to the list.
    Add(Vec<Item>),
    /// The list is empty now.
    Reset,
    /// The rest of the file is not read; the unit is refused if it is its main file.
    Stop,
}

/// An element of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The text, unquoted.
    pub(super) text: Box<str>,
    /// Where it starts and ends in the value.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What systemd says about a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) rule: &'static Rule,
    pub(super) message: String,
}

/// What became of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) effect: Effect,
    pub(super) notes: Vec<Note>,
}

impl Reading {
    fn new(effect: Effect) -> Self {
        Self {
            effect,
            notes: Vec::new(),
        }
    }

    fn ignored(message: impl Into<String>) -> Self {
        Self::new(Effect::Ignored).note(message)
    }

    fn stop(message: impl Into<String>) -> Self {
        Self {
            effect: Effect::Stop,
            notes: vec![Note {
                rule: &rules::NOT_LOADED,
                message: message.into(),
            }],
        }
    }

    fn note(mut self, message: impl Into<String>) -> Self {
        self.notes.push(Note {
            rule: &rules::INVALID_VALUE,
            message: message.into(),
        });
        self
    }

    /// Adds that the setting should not be used, before what else is said.
    fn deprecated(mut self, message: impl Into<String>) -> Self {
        let note = Note {
            rule: &rules::DEPRECATED,
            message: message.into(),
        };
        self.notes.insert(0, note);
        self
    }

    /// Set if it could be read, else a message with the value at its end.
    fn checked<T: Copy>(result: Result<T, Errno>, message: &str, value: &str) -> Self {
        match result {
            Ok(_) => Self::new(Effect::Set),
            Err(_) => Self::ignored(format!("{message}, ignoring: {value}")),
        }
    }
}

/// Reads a value.
pub(super) fn read(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    match reader {
        Reader::Words(words) => scalar::word(words, value, context),
        Reader::Boolean => match super::number::boolean(value) {
            Some(_) => Reading::new(Effect::Set),
            None => Reading::ignored(format!("Failed to parse boolean value, ignoring: {value}")),
        },
        Reader::Exec => exec::read(value, context),
        Reader::Environment
        | Reader::Dependencies
        | Reader::ObsoleteDependencies
        | Reader::NamespacePaths
        | Reader::ConditionPath
        | Reader::Condition
        | Reader::Documentation
        | Reader::EnvironmentFile
        | Reader::PassEnvironment
        | Reader::UnsetEnvironment
        | Reader::MountsFor
        | Reader::UserOrGroupList
        | Reader::ExecDirectories
        | Reader::ExitStatuses
        | Reader::AddressFamilies
        | Reader::Addresses
        | Reader::SyscallFilter
        | Reader::SyscallLog
        | Reader::SyscallArchitectures
        | Reader::Capabilities
        | Reader::Namespaces
        | Reader::PathList
        | Reader::SearchPath
        | Reader::BindPaths
        | Reader::TemporaryFileSystem
        | Reader::LogExtraFields
        | Reader::ServiceSockets
        | Reader::InstallNames
        | Reader::Interfaces
        | Reader::FileSystems
        | Reader::Controllers
        | Reader::DeviceAllow
        | Reader::DeviceWeight
        | Reader::DeviceLatency
        | Reader::IoLimit
        | Reader::SetCredential
        | Reader::LoadCredential
        | Reader::PathSpec
        | Reader::Calendar
        | Reader::TimerSeconds
        | Reader::ListenAddress
        | Reader::ListenPath
        | Reader::SocketBind
        | Reader::BpfProgram
        | Reader::WordList => list::read(reader, value, context),
        _ => scalar::read(reader, value, context),
    }
}

/// What is wrong with a path, if something is: systemd's `path_simplify_and_warn()`.
fn path_problem(path: &str, kind: PathKind, is_fatal: bool, key: &str) -> Option<String> {
    let ignoring = if is_fatal { "" } else { ", ignoring" };
    let is_absolute = path.starts_with('/');
    match kind {
        PathKind::Absolute if !is_absolute => {
            return Some(format!("{key}= path is not absolute{ignoring}: {path}"));
        }
        PathKind::Relative if is_absolute => {
            return Some(format!("{key}= path is absolute{ignoring}: {path}"));
        }
        _ => {}
    }
    let simple = simplify(path);
    if simple.is_empty() || simple.len() >= 4096 || simple.split('/').any(|part| part.len() > 255) {
        let length = simple.len();
        return Some(format!(
            "{key}= path has invalid length ({length} bytes){ignoring}."
        ));
    }
    if simple == "." || simple.split('/').any(|part| part == "..") {
        return Some(format!("{key}= path is not normalized{ignoring}: {simple}"));
    }
    None
}

/// What a path must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PathKind {
    Absolute,
    Relative,
    Any,
}

/// A path without what has no meaning in it: several slashes, `.` and a slash at the end.
fn simplify(path: &str) -> String {
    let mut simple = String::with_capacity(path.len());
    if path.starts_with('/') {
        simple.push('/');
    }
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if !simple.is_empty() && !simple.ends_with('/') {
            simple.push('/');
        }
        simple.push_str(part);
    }
    if simple.is_empty() && !path.is_empty() {
        simple.push('.');
    }
    simple
}
