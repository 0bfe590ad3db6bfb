//! A configuration file as the program that consumes it reads it: one tree of values for every
//! format, with the place of each value, what was written and has no effect, and what the consumer
//! complains about.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Rule;
use crate::scale::Scale;
use crate::source::{Masked, Origin, Source, Span};

/// A place in one of the files of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Index into [`Document::files`]; 0 is the file that was asked for.
    pub file: u32,
    /// The bytes in that file.
    pub span: Span,
}

impl Place {
    /// A place in the file that was asked for.
    pub fn new(start: usize, end: usize) -> Self {
        Self::in_file(0, Span::new(start, end))
    }

    /// A place in any file of a document.
    pub fn in_file(file: u32, span: Span) -> Self {
        Self { file, span }
    }
}

/// A file that a document was made from: the one that was asked for, a drop-in, an `.env`.
#[derive(Clone)]
pub struct Part {
    /// The path as reports show it.
    pub name: String,
    /// What is in it.
    pub bytes: Arc<[u8]>,
    /// The document that it was taken from, if it was.
    pub origin: Option<Arc<Origin>>,
    masked: Masked,
}

impl fmt::Debug for Part {
    // The bytes may hold a secret, so they are never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source().fmt(f)
    }
}

impl Part {
    /// A file by its path and what is in it.
    pub fn new(name: impl Into<String>, bytes: Arc<[u8]>) -> Self {
        Self {
            name: name.into(),
            bytes,
            origin: None,
            masked: Masked::default(),
        }
    }

    /// The text with its name, for labels.
    pub fn source(&self) -> Source<'_> {
        Source::new(&self.name, &self.bytes)
            .taken_from(self.origin.as_deref())
            .keeping(&self.masked)
    }
}

/// Advice about a key that the consumer does not know, by the names of its path.
pub type Unknown = fn(&[&str]) -> Option<String>;

/// A configuration file as its consumer reads it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The files that it was made from; the first is the one that was asked for.
    pub files: Vec<Part>,
    /// What the consumer ends up with; an empty map where it refuses the file.
    pub root: Node,
    /// What stands in the files and has no effect, for explaining why a key is not what was
    /// expected.
    pub asides: Vec<Aside>,
    /// What the consumer complains about, or silently does otherwise than the text suggests, in
    /// the order of the files.
    pub complaints: Vec<Complaint>,
    /// Whether the consumer refuses the file as a whole: then nothing in it is in effect.
    pub is_refused: bool,
    /// What to say of a key that the consumer does not know, by the names of its path: some advice,
    /// or none, where it does know it. Absent where the consumer takes any name.
    pub unknown: Option<Unknown>,
}

impl Document {
    /// A document of one file, with nothing in it yet.
    pub fn new(input: &Input<'_>) -> Self {
        Self {
            files: vec![Part::new(input.path, Arc::clone(&input.bytes))],
            root: Node::new(Data::Map(Vec::new()), Place::new(0, input.bytes.len())),
            asides: Vec::new(),
            complaints: Vec::new(),
            is_refused: false,
            unknown: None,
        }
    }

    /// Says that the consumer refuses the file as a whole, and why.
    #[must_use]
    pub fn refused(mut self, complaint: Complaint) -> Self {
        self.is_refused = true;
        self.root.data = Data::Map(Vec::new());
        self.complaints.push(complaint.refusing());
        self
    }

    /// The text of a place's file.
    pub fn source(&self, place: Place) -> Source<'_> {
        match self.files.get(place.file as usize) {
            Some(part) => part.source(),
            None => Source::new("", b""),
        }
    }
}

/// A value and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Where it stands.
    pub place: Place,
    /// How the consumer compares such values; `None` where the data speaks for itself.
    pub scale: Option<&'static Scale>,
    /// Whether nothing was written and this is the consumer's default.
    pub is_default: bool,
}

impl Node {
    /// A value that was written at a place.
    pub fn new(data: Data, place: Place) -> Self {
        Self {
            data,
            place,
            scale: None,
            is_default: false,
        }
    }

    /// A text that was written at a place.
    pub fn text(text: impl Into<Box<str>>, place: Place) -> Self {
        Self::new(Data::Text(text.into()), place)
    }

    /// Sets how values are compared.
    #[must_use]
    pub fn scaled(mut self, scale: &'static Scale) -> Self {
        self.scale = Some(scale);
        self
    }

    /// The value of a key, if this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entry(name).map(|entry| &entry.node)
    }

    /// The last entry of a key, if this is a map that has it.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        match &self.data {
            Data::Map(entries) => entries.iter().rev().find(|entry| &*entry.name == name),
            _ => None,
        }
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Nothing: `null`, `~`.
    Null,
    /// A truth value of the format itself.
    Boolean(bool),
    /// A whole number of the format itself.
    Integer(i128),
    /// A number with a fraction or an exponent, or one too large for [`Data::Integer`].
    Float(f64),
    /// A text, unquoted.
    Text(Box<str>),
    /// Values in order.
    List(Vec<Node>),
    /// Names and values, in order.
    Map(Vec<Entry>),
}

impl Data {
    /// The name of the type with its article, for messages: "a text", "an integer", ….
    pub fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// A single value as text: what a reader of texts would see. `None` for lists and maps.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Null => Cow::Borrowed("null"),
            Self::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Float(number) => Cow::Owned(number.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(_) | Self::Map(_) => return None,
        })
    }
}

/// A name in a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name, unquoted.
    pub name: Box<str>,
    /// Where the name stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

/// Something that stands in a file and has no effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Aside {
    /// What it would have set, as a path: `["Service", "Restart"]`.
    pub path: Vec<Box<str>>,
    /// The value as it was written.
    pub value: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// Why it has no effect, as a label: "commented out", "overridden by a later line", "reset
    /// below", `in [Unit], where systemd does not know it`.
    pub why: Cow<'static, str>,
}

/// Something that the consumer says about a file, or that it silently reads otherwise than a
/// person would.
#[derive(Clone, Debug, PartialEq)]
pub struct Complaint {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Where; `None` where it is about the file as a whole.
    pub place: Option<Place>,
    /// What is wrong: the consumer's own words where it has some.
    pub message: String,
    /// What to do.
    pub help: Option<Cow<'static, str>>,
    /// Other places that belong to it, each with a few words.
    pub also: Vec<(Place, Cow<'static, str>)>,
    /// Whether the consumer refuses the file because of it.
    pub is_refusal: bool,
}

impl Complaint {
    /// A complaint about a place.
    pub fn new(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule,
            place: Some(place),
            message: message.into(),
            help: None,
            also: Vec::new(),
            is_refusal: false,
        }
    }

    /// A complaint about the file as a whole.
    pub fn of_file(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            place: None,
            ..Self::new(rule, Place::new(0, 0), message)
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that the consumer refuses the file because of it.
    #[must_use]
    pub fn refusing(mut self) -> Self {
        self.is_refusal = true;
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn also(mut self, place: Place, label: impl Into<Cow<'static, str>>) -> Self {
        self.also.push((place, label.into()));
        self
    }
}

/// The files that stand around the one that is read: a workspace, or the root folder of a host.
///
/// Implementations must not lead outside of what they stand for and must read nothing but regular
/// files; paths are absolute (on the host) or relative to the workspace.
pub trait Target {
    /// The content of a file; `None` if there is nothing at the path.
    ///
    /// # Errors
    ///
    /// A clause that says why it cannot be read: it is a folder, it is too large, ….
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String>;

    /// The names in a folder, sorted; none if there is no such folder.
    ///
    /// # Errors
    ///
    /// A clause that says why it cannot be listed.
    fn names(&self, dir: &str) -> Result<Vec<String>, String>;

    /// Whether the files are those of a real host, so that other files that they name (programs,
    /// environment files, users) can be expected to be there.
    fn is_host(&self) -> bool {
        false
    }

    /// Whether the path is a symbolic link to `/dev/null`, or an empty file: how systemd masks.
    fn is_masked(&self, path: &str) -> bool {
        matches!(self.read(path), Ok(Some(bytes)) if bytes.is_empty())
    }
}

/// What a format's parser is given.
pub struct Input<'a> {
    /// The path of the file, for messages and for finding its neighbours.
    pub path: &'a str,
    /// What is in it.
    pub bytes: Arc<[u8]>,
    /// The files around it.
    pub target: &'a dyn Target,
    /// Variables for formats that interpolate, in place of the consumer's environment.
    pub variables: &'a BTreeMap<String, String>,
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("path", &self.path)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Files in memory, for tests and for texts without a place.
impl Target for BTreeMap<String, Arc<[u8]>> {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        Ok(self.get(path).cloned())
    }

    fn names(&self, dir: &str) -> Result<Vec<String>, String> {
        let prefix = match dir {
            "" | "." => String::new(),
            dir => format!("{}/", dir.trim_end_matches('/')),
        };
        let mut names: Vec<String> = self
            .keys()
            .filter_map(|path| path.strip_prefix(&prefix))
            .filter_map(|rest| rest.split('/').find(|part| !part.is_empty()))
            .map(str::to_owned)
            .collect();
        names.dedup();
        Ok(names)
    }
}
