//! Env files: lines of `NAME=value`, which every program reads by rules of its own. There is one
//! reader for each of systemd, `docker run`, Compose and bash, each exactly as far as that program
//! goes, and a portable one that says where the four do not agree.

mod bash;
pub(crate) mod compose;
mod docker;
mod portable;
mod rules;
pub(crate) mod systemd;
pub(crate) mod template;

use std::collections::BTreeMap;

use crate::document::{Aside, Complaint, Data, Document, Entry, Input, Node, Place};
use crate::format::file_name;
use crate::scale::WORD;
use crate::source::Span;

pub use rules::RULES;

/// The largest file that is read; the longest text that all values of a file may expand to.
pub(crate) const MAX_SIZE: usize = 16 << 20;

/// Whether a path is an env file by its name: `.env`, `.env.*`, `*.env`, `env`.
pub(crate) fn is_env(path: &str) -> bool {
    let name = file_name(path);
    name == "env" || name.starts_with(".env.") || name.strip_suffix(".env").is_some()
}

/// Reads an env file as far as systemd, `docker run`, Compose and bash agree about it: a variable
/// is there if all four set it to the same value.
pub fn read(input: &Input<'_>) -> Document {
    read_by(input, portable::parse)
}

/// Reads an env file as systemd's `EnvironmentFile=` does (`systemd.exec(5)`; the rules are those
/// of version 252).
pub fn read_systemd(input: &Input<'_>) -> Document {
    read_by(input, |file, _| systemd::parse(file))
}

/// Reads an env file as `docker run --env-file` does: nothing is unquoted and nothing expanded,
/// and a name without `=` is taken from the environment.
pub fn read_docker(input: &Input<'_>) -> Document {
    read_by(input, docker::parse)
}

/// Reads an env file as Compose's `env_file` does (compose-go's package `dotenv`).
pub fn read_compose(input: &Input<'_>) -> Document {
    read_by(input, compose::parse)
}

/// Reads an env file as bash's `source` does, as long as it only assigns: what a command would
/// print or change is unknown, and so is then the variable.
pub fn read_bash(input: &Input<'_>) -> Document {
    read_by(input, bash::parse)
}

/// Variables that a reader takes from the environment of its program.
pub(crate) type Variables = BTreeMap<String, String>;

fn read_by(input: &Input<'_>, parse: impl Fn(Text<'_>, &Variables) -> Reading) -> Document {
    let text = Text {
        bytes: &input.bytes,
        file: 0,
    };
    if text.bytes.len() > MAX_SIZE {
        let message = "the file is larger than 16 MiB";
        return Document::new(input).refused(Complaint::of_file(&rules::REFUSED, message));
    }
    parse(text, input.variables).into_document(input)
}

/// The bytes of an env file, and which of a document's files it is.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    /// What is in it.
    pub(crate) bytes: &'a [u8],
    /// Index into [`Document::files`].
    pub(crate) file: u32,
}

impl Text<'_> {
    /// A place in this file.
    pub(crate) fn place(self, start: usize, end: usize) -> Place {
        let len = self.bytes.len();
        Place::in_file(
            self.file,
            Span::new(start.min(len), end.max(start).min(len)),
        )
    }

    /// Where the line that holds an offset ends, without its line feed.
    pub(crate) fn line_end(self, from: usize) -> usize {
        let from = from.min(self.bytes.len());
        memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at)
    }

    /// The bytes between two offsets as text.
    pub(crate) fn lossy(self, start: usize, end: usize) -> Box<str> {
        lossy(self.bytes.get(start..end).unwrap_or_default())
    }

    /// The place of the line that starts at an offset, without trailing blanks.
    pub(crate) fn line(self, start: usize) -> Place {
        let end = self.line_end(start);
        let len = self.bytes[start.min(end)..end].trim_ascii_end().len();
        self.place(start, start + len)
    }
}

/// Bytes as text, with replacement characters where they are not UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into()
}

/// The character at an offset and its length, with U+FFFD for a byte that is not UTF-8.
pub(crate) fn char_at(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let rest = bytes.get(at..)?;
    let first = *rest.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let head = &rest[..rest.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    let c = valid.chars().next();
    Some(c.map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// What one reader makes of a file.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The assignments in order; the last one of a name counts.
    pub(crate) assignments: Vec<Assignment>,
    /// What sets nothing.
    pub(crate) asides: Vec<Aside>,
    /// What the reader ignores, or reads otherwise than it looks.
    pub(crate) complaints: Vec<Complaint>,
    /// Why the reader refuses the file as a whole; it says the first of them.
    pub(crate) refusals: Vec<Complaint>,
    /// Why the reader does not read to the end, though what came before counts.
    pub(crate) stop: Option<Complaint>,
}

/// A variable that a reader sets.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    /// The name as the reader knows it.
    pub(crate) name: Box<str>,
    /// Where the name stands.
    pub(crate) at: Place,
    /// The value, or nothing where it is not known without running something.
    pub(crate) value: Option<Box<str>>,
    /// Where the value stands, with its quotes.
    pub(crate) place: Place,
}

impl Reading {
    /// The assignment of each name that counts.
    pub(crate) fn effective(&self) -> BTreeMap<&str, &Assignment> {
        self.assignments
            .iter()
            .map(|assignment| (&*assignment.name, assignment))
            .collect()
    }

    fn into_document(self, input: &Input<'_>) -> Document {
        let mut document = Document::new(input);
        document.asides = self.asides;
        document.complaints = self.complaints;
        let is_refused = !self.refusals.is_empty();
        document.is_refused = is_refused;
        let refusals = self.refusals.into_iter().map(Complaint::refusing);
        document.complaints.extend(refusals);
        document.complaints.extend(self.stop);
        document.complaints.sort_by_key(|complaint| complaint.place);
        let last: BTreeMap<Box<str>, usize> = self
            .assignments
            .iter()
            .enumerate()
            .map(|(index, assignment)| (assignment.name.clone(), index))
            .collect();
        let mut entries = Vec::new();
        for (index, assignment) in self.assignments.into_iter().enumerate() {
            let why = if last.get(&assignment.name) != Some(&index) {
                "overridden by a later line"
            } else if is_refused {
                "in a file that is refused"
            } else if let Some(value) = assignment.value {
                entries.push(Entry {
                    name: assignment.name,
                    place: assignment.at,
                    node: Node::text(value, assignment.place).scaled(&WORD),
                });
                continue;
            } else {
                "its value is not known without running something"
            };
            document.asides.push(Aside {
                path: vec![assignment.name],
                value: assignment.value.unwrap_or_default(),
                place: assignment.place,
                why: why.into(),
            });
        }
        document.asides.sort_by_key(|aside| aside.place);
        document.root.data = Data::Map(entries);
        document
    }
}

/// The assignment that a comment holds, if it holds one: a setting that is commented out. `start`
/// is where its line starts.
pub(crate) fn commented_out(text: Text<'_>, start: usize) -> Option<Aside> {
    let end = text.line_end(start);
    let line = text.bytes.get(start..end)?.trim_ascii();
    let signs = line.iter().take_while(|byte| b"#;".contains(byte)).count();
    let inner = line[signs..].trim_ascii();
    let inner = inner
        .strip_prefix(b"export ")
        .map_or(inner, <[u8]>::trim_ascii_start);
    let at = memchr::memchr(b'=', inner)?;
    let (name, value) = (&inner[..at], inner[at + 1..].trim_ascii());
    is_name(name).then(|| Aside {
        path: vec![lossy(name)],
        value: lossy(value),
        place: text.line(start),
        why: "commented out".into(),
    })
}

/// Whether bytes are a name that every shell takes: letters, digits and `_`, no digit first.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| !byte.is_ascii_digit())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests;
