//! A tree of values with the span of every key and value, as the format parsers make it. Texts are
//! borrowed from the source where they stand there as they are.

use std::borrow::Cow;

use crate::source::Span;

/// A key and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Key<'a> {
    /// The key as text, unquoted.
    pub name: Cow<'a, str>,
    /// Where it stands in the file.
    pub span: Span,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// Where it stands in the file, quotes included.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'a> {
    /// Text, unescaped.
    String(Cow<'a, str>),
    /// A whole number, and the base that it was written in.
    Integer {
        /// The number; `None` if it does not fit into 64 bits.
        value: Option<i64>,
        /// 2, 8, 10 or 16.
        radix: u32,
    },
    /// A number with a fraction or an exponent, as it was written.
    Float(Cow<'a, str>),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, as it was written.
    Datetime(Cow<'a, str>),
    /// Values in order.
    Array(Vec<Value<'a>>),
    /// Keys and values in the order of the file.
    Table(Table<'a>),
}

impl Kind<'_> {
    /// The name of the type with its article, for messages: "a string", "an integer", ….
    pub fn name(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer { .. } => "an integer",
            Self::Float(_) => "a float",
            Self::Boolean(_) => "a boolean",
            Self::Datetime(_) => "a date",
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}

/// Keys and values in the order of the file; the parser has refused duplicate keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table<'a> {
    /// The entries in the order of the file.
    pub entries: Vec<(Key<'a>, Value<'a>)>,
}

impl<'a> Table<'a> {
    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.entry(name).map(|(_, value)| value)
    }

    /// A key with its value.
    pub fn entry(&self, name: &str) -> Option<&(Key<'a>, Value<'a>)> {
        self.entries.iter().find(|(key, _)| key.name == name)
    }
}
