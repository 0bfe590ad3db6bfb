//! Unit files of systemd with their drop-ins, and journald's configuration, as systemd 252 reads
//! them. [`load()`] gives what is in effect to code that judges it; [`read`] gives the same as a
//! document. Generators, aliases and `.wants` folders are not looked at.
//!
//! Lines are joined in `unit/parse.rs`, files are found in `unit/dropin.rs`; `unit/load.rs` decides
//! what a line means with the table of keys in `unit/keys.rs`, and asks `unit/values.rs` what
//! systemd makes of its value. `unit/effective.rs` holds what is in effect then; `unit/verify.rs`
//! and `unit/traps.rs` judge the unit as a whole; `unit/tree.rs` makes the document.
//!
//! For more rules or a simulation, ask the [`Unit`]: `unit.time_span("Service", "RestartSec")` is
//! in microseconds and knows the default, `unit.effective("Service", "Restart")` is the word,
//! `unit.list("Service", "ExecStart")` has the commands with their places. Start limits are always
//! `Unit.StartLimitIntervalSec` and `Unit.StartLimitBurst`. All of it is only in effect while
//! [`Unit::state`] is [`State::Loaded`].

mod defaults;
mod dropin;
mod effective;
pub mod exposure;
mod extract;
mod keys;
mod kind;
mod load;
mod names;
mod number;
mod parse;
mod rules;
pub mod sandbox;
pub mod scales;
#[cfg(test)]
mod tests;
mod traps;
mod tree;
mod values;
mod verify;

use dropin::Subject;
pub use effective::{Element, Setting, Value};
pub use kind::Kind;
pub use load::load;
pub use rules::RULES;

use crate::document::{Aside, Complaint, Document, Input, Part, Place};

/// One `key=value` in a known place.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The section, as in the header without brackets; always one that systemd reads in units of
    /// this type.
    pub section: Box<str>,
    /// The key, which systemd knows in this section.
    pub key: Box<str>,
    /// The value: continuation lines joined, blanks around it stripped, not unquoted.
    pub value: Box<str>,
    /// Where the key stands.
    pub key_place: Place,
    /// Where the value stands, from its first to its last byte in the file; that of the key if
    /// the value is empty.
    pub place: Place,
    /// The line on which systemd reports what is wrong with it: the last one of several that
    /// were joined.
    pub line: Place,
}

/// What systemd does with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is read; what is in effect is that of its settings.
    Loaded,
    /// Its file is empty or a link to `/dev/null`, or another such file stands before it.
    Masked,
    /// It has an error that systemd does not get over.
    Refused,
}

/// A unit with its drop-ins as systemd reads it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name: `openclaw-gateway.service`.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// The file that was asked for, then the one that systemd reads in its place if there is one,
    /// then the drop-ins in the order in which they are applied.
    pub files: Vec<Part>,
    /// What is set, in the order in which systemd applies it, whether the values are valid or not.
    pub assignments: Vec<Assignment>,
    /// What becomes of the unit.
    pub state: State,
    /// Whether it is a drop-in that was read without the unit that it belongs to.
    pub is_fragment: bool,
    /// Whether it belongs to the managers of users, not to that of the system.
    pub is_user: bool,
    /// What systemd says about it, and what it silently reads otherwise than a person would.
    pub complaints: Vec<Complaint>,
    /// What stands in the files and has no effect.
    pub asides: Vec<Aside>,
    /// What is in effect; see [`Unit::setting`].
    settings: Vec<Setting>,
}

/// Whether a path is that of a unit or of a drop-in of one.
pub(crate) fn is_unit(path: &str) -> bool {
    Subject::of_path(path).is_some()
}

/// Whether a path is that of journald's configuration or of a drop-in of it.
pub(crate) fn is_journald(path: &str) -> bool {
    let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = dir.rsplit('/').next().unwrap_or(dir);
    file == "journald.conf" || (parent == "journald.conf.d" && super::has_extension(file, "conf"))
}

/// The number of an exit status as `SuccessExitStatus=` takes it: `78`, `CONFIG`.
pub(crate) fn exit_status(text: &str) -> Option<u8> {
    values::exit_status(text)
}

/// The number of a signal: `SIGKILL`, `KILL`, `9`.
pub(crate) fn signal(text: &str) -> Option<u8> {
    values::signal(text)
}

/// A boolean as systemd takes it: `yes`, `On`, `1`; `None` for another word.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    number::boolean(text)
}

/// Whether a command line has the prefix `-`, with which a failure does not count.
pub(crate) fn ignores_failure(command: &str) -> bool {
    values::prefix(command).ignores_failure
}

/// Reads a unit with its drop-ins.
pub fn read(input: &Input<'_>) -> Document {
    tree::document(load(input))
}

/// Reads journald's configuration with its drop-ins.
pub fn read_journald(input: &Input<'_>) -> Document {
    tree::document(load::load_journald(input))
}

/// The program that a command line runs, without its prefix, and whether its failure counts; `None`
/// if there is no word in it.
pub(crate) fn program(line: &str) -> Option<(String, bool)> {
    let program = values::arguments(line).into_iter().next()?;
    Some((program, !values::prefix(line).ignores_failure))
}
