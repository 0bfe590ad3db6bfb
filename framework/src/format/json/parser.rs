//! The grammar of both dialects over one cursor. It recurses at most [`MAX_DEPTH`] levels and looks
//! at each byte a constant number of times.

use crate::document::{Data, Entry, Node, Place};
use crate::source::Span;

use super::super::member::{Overridden, last_of_each};
use super::MAX_NOTES;

mod scalar;

/// Levels of lists and objects.
pub(super) const MAX_DEPTH: usize = 128;

/// Values of all kinds in one file, so that a file of commas cannot take gigabytes.
const MAX_VALUES: usize = 1_000_000;

/// Comments that are remembered for asides.
const MAX_COMMENTS: usize = 10_000;

/// Which of the two is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// RFC 8259.
    Strict,
    /// spec.json5.org.
    Json5,
}

/// Why a file is refused.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
    pub(super) is_limit: bool,
}

/// A cursor over a text, and what is noticed on the way.
pub(super) struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pub(super) at: usize,
    dialect: Dialect,
    values: usize,
    pub(super) overridden: Vec<Overridden>,
    pub(super) surrogates: Vec<Span>,
    pub(super) comments: Vec<Span>,
}

impl<'a> Parser<'a> {
    /// A parser that begins at an offset.
    pub(super) fn new(text: &'a str, at: usize, dialect: Dialect) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            dialect,
            values: 0,
            overridden: Vec::new(),
            surrogates: Vec::new(),
            comments: Vec::new(),
        }
    }

    fn is_json5(&self) -> bool {
        self.dialect == Dialect::Json5
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn peek_char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Steps over a byte if it is the next one.
    pub(super) fn eats(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// The whole text: one value between blanks.
    pub(super) fn document(&mut self) -> Result<Node, Fault> {
        if !self.is_json5() && self.text.starts_with('\u{feff}') {
            return Err(Fault {
                span: Span::new(0, 3),
                message: "the file begins with a byte order mark".to_owned(),
                help: Some("save it without one (RFC 8259, section 8.1)"),
                is_limit: false,
            });
        }
        let root = self.value(0)?;
        self.blank()?;
        if self.is_at_end() {
            return Ok(root);
        }
        Err(self.expected("the end of the file"))
    }

    /// A value with the blanks before it.
    pub(super) fn value(&mut self, depth: usize) -> Result<Node, Fault> {
        self.blank()?;
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.limit(format!("there are more than {MAX_VALUES} values")));
        }
        let start = self.at;
        let data = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Data::Text(self.string()?.into()),
            Some(b'\'') if self.is_json5() => Data::Text(self.string()?.into()),
            Some(b'0'..=b'9' | b'-') => self.number()?,
            Some(b'+' | b'.') if self.is_json5() => self.number()?,
            _ => self.word()?,
        };
        Ok(Node::new(data, Place::new(start, self.at)))
    }

    fn descend(&self, depth: usize) -> Result<usize, Fault> {
        if depth < MAX_DEPTH {
            return Ok(depth + 1);
        }
        Err(self.limit(format!(
            "lists and objects are nested deeper than {MAX_DEPTH} levels"
        )))
    }

    fn list(&mut self, depth: usize) -> Result<Data, Fault> {
        let depth = self.descend(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.blank()?;
        if self.eats(b']') {
            return Ok(Data::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blank()?;
            if self.eats(b']') {
                return Ok(Data::List(items));
            }
            if !self.eats(b',') {
                return Err(self.expected("`,` or `]`"));
            }
            self.blank()?;
            if self.peek() == Some(b']') {
                if self.is_json5() {
                    self.at += 1;
                    return Ok(Data::List(items));
                }
                return Err(self.trailing_comma("a value"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Data, Fault> {
        let depth = self.descend(depth)?;
        self.at += 1;
        let mut entries = Vec::new();
        self.blank()?;
        if self.eats(b'}') {
            return Ok(Data::Map(entries));
        }
        loop {
            let (name, span) = self.name()?;
            self.blank()?;
            if !self.eats(b':') {
                return Err(self.expected("`:`"));
            }
            let node = self.value(depth)?;
            entries.push(Entry {
                name,
                place: Place::in_file(0, span),
                node,
            });
            self.blank()?;
            if self.eats(b'}') {
                return Ok(Data::Map(self.without_duplicates(entries)));
            }
            if !self.eats(b',') {
                return Err(self.expected("`,` or `}`"));
            }
            self.blank()?;
            if self.peek() == Some(b'}') {
                if self.is_json5() {
                    self.at += 1;
                    return Ok(Data::Map(self.without_duplicates(entries)));
                }
                return Err(self.trailing_comma("a name in double quotes"));
            }
        }
    }

    /// The name of a member.
    pub(super) fn name(&mut self) -> Result<(Box<str>, Span), Fault> {
        let start = self.at;
        let name = match self.peek() {
            Some(b'"') => self.string()?,
            Some(b'\'') if self.is_json5() => self.string()?,
            _ if self.is_json5() => self.identifier()?,
            _ => {
                let mut fault = self.expected("a name in double quotes");
                let is_name = |c: char| c.is_alphabetic() || matches!(c, '\'' | '_' | '$');
                if self.peek_char().is_some_and(is_name) {
                    fault.help = Some("names stand in double quotes");
                }
                return Err(fault);
            }
        };
        Ok((name.into(), Span::new(start, self.at)))
    }

    /// Keeps the last of the entries with one name, as readers do, and remembers the others.
    fn without_duplicates(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let room = MAX_NOTES - self.overridden.len();
        let (entries, overridden) = last_of_each(entries, room);
        self.overridden.extend(overridden);
        entries
    }

    /// Steps over white space, and over comments where there can be some.
    pub(super) fn blank(&mut self) -> Result<(), Fault> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.is_json5() => self.comment()?,
                Some(0x0b | 0x0c) if self.is_json5() => self.at += 1,
                Some(0x80..) if self.is_json5() => match self.peek_char() {
                    Some(c) if is_blank(c) => self.at += c.len_utf8(),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let rest = &self.text[start..];
        self.at = match self.peek_at(1) {
            Some(b'/') => start + rest.find(is_line_end).unwrap_or(rest.len()),
            Some(b'*') => match rest[2..].find("*/") {
                Some(end) => start + 2 + end + 2,
                None => {
                    return Err(Fault {
                        span: Span::new(start, start + 2),
                        message: "expected `*/` to close the comment, found the end of the file"
                            .to_owned(),
                        help: None,
                        is_limit: false,
                    });
                }
            },
            _ => return Err(self.expected("a comment behind `/`")),
        };
        if self.comments.len() < MAX_COMMENTS {
            self.comments.push(Span::new(start, self.at));
        }
        Ok(())
    }

    /// A fault at the next thing.
    fn expected(&self, what: &str) -> Fault {
        let (end, found) = self.found();
        let rest = &self.text[self.at..];
        let help = if self.is_json5() {
            None
        } else if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
            Some("JSON has no comments; `format = \"json5\"` is for files whose reader takes them")
        } else if rest.starts_with('\'') {
            Some("texts stand in double quotes")
        } else {
            None
        };
        Fault {
            span: Span::new(self.at, end),
            message: format!("expected {what}, found {found}"),
            help,
            is_limit: false,
        }
    }

    fn trailing_comma(&self, what: &str) -> Fault {
        Fault {
            help: Some("remove the comma before it"),
            ..self.expected(what)
        }
    }

    fn limit(&self, message: String) -> Fault {
        Fault {
            span: Span::new(self.at, self.found().0),
            message,
            help: None,
            is_limit: true,
        }
    }

    /// Where the next thing ends, and what it is. Texts and longer words are not quoted: they may
    /// be secrets.
    fn found(&self) -> (usize, String) {
        let Some(c) = self.peek_char() else {
            return (self.at, "the end of the file".to_owned());
        };
        let end = self.at + c.len_utf8();
        match c {
            '"' | '\'' => (end, "a text".to_owned()),
            '/' if matches!(self.peek_at(1), Some(b'/' | b'*')) => {
                (end + 1, "a comment".to_owned())
            }
            '0'..='9' => (end, "a number".to_owned()),
            c if c.is_ascii_alphabetic() => {
                let rest = &self.text[self.at..];
                let length = rest
                    .bytes()
                    .take(16)
                    .take_while(u8::is_ascii_alphabetic)
                    .count();
                let is_short = length < 10
                    && !matches!(rest.as_bytes().get(length), Some(b'0'..=b'9' | b'_' | b'-'));
                if is_short {
                    (self.at + length, format!("`{}`", &rest[..length]))
                } else {
                    (end, "a word".to_owned())
                }
            }
            c if c.is_control() || c.is_whitespace() || c == '\u{feff}' => {
                (end, format!("the character U+{:04X}", u32::from(c)))
            }
            c => (end, format!("`{c}`")),
        }
    }
}

/// Where a line ends in JSON5 (section 8).
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// White space in JSON5 (section 8): that of ECMAScript 5.1 and all of category Zs.
fn is_blank(c: char) -> bool {
    is_line_end(c)
        || matches!(
            c,
            '\t' | '\u{b}'
                | '\u{c}'
                | ' '
                | '\u{a0}'
                | '\u{feff}'
                | '\u{1680}'
                | '\u{202f}'
                | '\u{205f}'
                | '\u{3000}'
                | '\u{2000}'..='\u{200a}'
        )
}
