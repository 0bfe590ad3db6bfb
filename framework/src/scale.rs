//! How values are compared: a scale reads a text as one consumer reads it, so that `2G` equals
//! `2048M` where the consumer says so, and `2GB` is not a size where it says that.

use std::cmp::Ordering;
use std::fmt;

/// How one kind of value is read by one consumer. Scales are static rows; the parsers of formats
/// give them to the values that they read.
pub struct Scale {
    /// What such a value is, with its article, for messages: "a time span for systemd".
    pub name: &'static str,
    /// Reads a text.
    ///
    /// The error is a clause that says why the consumer would not take it: "has no unit".
    pub read: fn(&str) -> Result<Amount, String>,
}

impl fmt::Debug for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scale").field(&self.name).finish()
    }
}

impl PartialEq for Scale {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A value as a consumer understands it.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// Yes or no.
    Truth(bool),
    /// A number of the scale's smallest unit: microseconds for systemd's time spans, nanoseconds
    /// for Go's, bytes for sizes, hundredths of a percent for percentages.
    Number(i128),
    /// A number with a fraction.
    Float(f64),
    /// No limit; larger than every number.
    Infinite,
    /// A word, compared letter by letter.
    Text(Box<str>),
}

impl Amount {
    /// Which of two is larger; `None` where that has no meaning.
    #[expect(
        clippy::cast_precision_loss,
        reason = "only numbers with a fraction are compared as such"
    )]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Infinite, Self::Infinite) => Some(Ordering::Equal),
            (Self::Infinite, Self::Number(_) | Self::Float(_)) => Some(Ordering::Greater),
            (Self::Number(_) | Self::Float(_), Self::Infinite) => Some(Ordering::Less),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Float(b)) => (*a as f64).partial_cmp(b),
            (Self::Float(a), Self::Number(b)) => a.partial_cmp(&(*b as f64)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            _ => None,
        }
    }

    /// Whether two are the same value.
    pub fn is_same(&self, other: &Self) -> bool {
        self.compare(other)
            .map_or_else(|| self == other, Ordering::is_eq)
    }
}

/// A text that has no type of its own, as in an env file: a number where it looks like one and a
/// number is asked for, else a word.
pub static WORD: Scale = Scale {
    name: "a text",
    read: |text| Ok(Amount::Text(text.into())),
};
