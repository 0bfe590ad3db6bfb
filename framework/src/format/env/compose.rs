//! Compose's reader of `env_file` and `.env`: compose-go's package `dotenv`, as of Compose 2.26.
//! Quotes, `export`, inline comments and interpolation are its own.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::template::{self, TemplateError};
use super::{Assignment, MAX_SIZE, Reading, Text, Variables, char_at, commented_out, lossy, rules};
use crate::document::{Complaint, Place};

/// Reads a file. `variables` are those of Compose's own environment: they come before earlier
/// lines in `${…}`, and a name without `=` takes its value from them.
///
/// Compose stops at the first error; this goes on behind its line, so that all are said.
pub(crate) fn parse(text: Text<'_>, variables: &Variables) -> Reading {
    let mut reader = Reader {
        text,
        variables,
        set: HashMap::new(),
        missing: HashSet::new(),
        budget: MAX_SIZE,
        reading: Reading::default(),
    };
    let mut at = if text.bytes.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    while let Some(start) = reader.statement_start(at) {
        at = match reader.statement(start) {
            Ok(next) => next,
            Err((complaint, from)) => {
                reader.reading.refusals.push(*complaint);
                if reader.budget == 0 {
                    break;
                }
                text.line_end(from)
            }
        };
    }
    reader.reading
}

struct Reader<'a> {
    text: Text<'a>,
    variables: &'a Variables,
    set: HashMap<Box<str>, Box<str>>,
    /// The variables that a complaint has been made about.
    missing: HashSet<String>,
    /// How many bytes values may still expand to.
    budget: usize,
    reading: Reading,
}

/// Where the next statement starts or, with why, where the one that failed ends.
type Step = Result<usize, (Box<Complaint>, usize)>;

impl Reader<'_> {
    /// Skips space, line ends and comments.
    fn statement_start(&mut self, mut at: usize) -> Option<usize> {
        loop {
            let (c, len) = char_at(self.text.bytes, at)?;
            if c == '#' {
                self.reading.asides.extend(commented_out(self.text, at));
                at = self.text.line_end(at);
            } else if c.is_whitespace() {
                at += len;
            } else {
                return Some(at);
            }
        }
    }

    fn statement(&mut self, start: usize) -> Step {
        let bytes = self.text.bytes;
        let mut name_start = start;
        if let Some(rest) = bytes[start..].strip_prefix(b"export")
            && rest.first().copied().is_some_and(is_export_blank)
        {
            name_start = self.skip_blanks(start + "export".len());
        }
        let mut at = name_start;
        let end = loop {
            match char_at(bytes, at) {
                None => break None,
                Some(('=' | ':' | '\n', _)) => break Some(at),
                Some((c, len)) if is_blank(c) || is_name_part(c) => at += len,
                Some((c, len)) => {
                    let message = format!("Compose: unexpected character {c:?} in a variable name");
                    let place = self.text.place(at, at + len);
                    let complaint = Complaint::new(&rules::REFUSED, place, message);
                    return Err((Box::new(complaint), at));
                }
            }
        };
        let Some(end) = end else {
            // Without a line end the name becomes the value of a variable without a name.
            let place = self.text.line(start);
            self.reading.complaints.push(
                Complaint::new(
                    &rules::NOT_ASSIGNMENT,
                    place,
                    "Compose takes the last line for the value of a variable without a name",
                )
                .help("write `NAME=value`"),
            );
            return Ok(bytes.len());
        };
        let name = lossy(&bytes[name_start..end]);
        let name = name.trim_end();
        let at = self.text.place(name_start, name_start + name.len());
        if name.contains(' ') {
            let message = "Compose: key cannot contain a space";
            let complaint = Complaint::new(&rules::REFUSED, at, message);
            return Err((Box::new(complaint), end));
        }
        if bytes[end] == b'\n' {
            self.inherit(name, start);
            return Ok(end + 1);
        }
        let value_start = self.skip_blanks(end + 1);
        let (raw, close, next) = self.raw_value(value_start)?;
        let place = self.text.place(value_start, close);
        let value = match raw {
            Raw::Plain(value) => value,
            Raw::Template(value) => self.interpolate(&value, place, next)?,
        };
        self.budget = self.budget.saturating_sub(value.len());
        if name.is_empty() {
            let message = "Compose sets a variable without a name here";
            let place = self.text.line(start);
            let complaint = Complaint::new(&rules::BEHIND_QUOTE, place, message);
            self.reading.complaints.push(complaint);
            return Ok(next);
        }
        self.set.insert(name.into(), value.clone());
        self.reading.assignments.push(Assignment {
            name: name.into(),
            at,
            value: Some(value),
            place,
        });
        Ok(next)
    }

    /// A name without `=`: its value is that of Compose's environment.
    fn inherit(&mut self, name: &str, start: usize) {
        let place = self.text.line(start);
        if let Some(value) = self.variables.get(name) {
            self.set.insert(name.into(), value.as_str().into());
            self.reading.assignments.push(Assignment {
                name: name.into(),
                at: place,
                value: Some(value.as_str().into()),
                place,
            });
        }
        self.reading.complaints.push(
            Complaint::new(
                &rules::NOT_ASSIGNMENT,
                place,
                format!("Compose takes `{name}` from its own environment"),
            )
            .help("write `NAME=value`"),
        );
    }

    /// The value that starts at an offset, the end of it and of its statement.
    fn raw_value(&mut self, start: usize) -> Result<(Raw, usize, usize), (Box<Complaint>, usize)> {
        let bytes = self.text.bytes;
        let Some(quote @ (b'"' | b'\'')) = bytes.get(start).copied() else {
            let end = self.text.line_end(start);
            let line = &bytes[start..end];
            let cut = memchr::memmem::find(line, b" #").unwrap_or(line.len());
            let value = lossy(&line[..cut]);
            let value: Box<str> = value.trim_end().into();
            let close = (start + value.len()).min(end);
            return Ok((Raw::Template(value), close, (end + 1).min(bytes.len())));
        };
        let mut value = Vec::new();
        let mut is_escaped = false;
        for (at, byte) in bytes.iter().copied().enumerate().skip(start + 1) {
            if byte == quote && !is_escaped {
                let value = if quote == b'"' {
                    Raw::Template(unescape(&value))
                } else {
                    Raw::Plain(lossy(&value))
                };
                return Ok((value, at + 1, at + 1));
            }
            if byte == b'\\' && !is_escaped {
                is_escaped = true;
                continue;
            }
            if is_escaped && byte != quote {
                value.push(b'\\');
            }
            is_escaped = false;
            value.push(byte);
        }
        let place = self.text.place(start, self.text.line_end(start));
        let complaint = Complaint::new(
            &rules::UNTERMINATED,
            place,
            "Compose: unterminated quoted value",
        );
        Err((Box::new(complaint), start))
    }

    fn interpolate(
        &mut self,
        value: &str,
        place: Place,
        next: usize,
    ) -> Result<Box<str>, (Box<Complaint>, usize)> {
        let lookup = |name: &str| {
            let own = self.variables.get(name).map(String::as_str);
            own.or_else(|| self.set.get(name).map(AsRef::as_ref))
                .map(Cow::Borrowed)
        };
        let result = template::interpolate(value, self.budget, &lookup);
        match result {
            Ok(interpolated) => {
                for name in interpolated.unset {
                    if !self.missing.insert(name.clone()) {
                        continue;
                    }
                    let message = format!(
                        "Compose: the {name:?} variable is not set, defaulting to a blank string"
                    );
                    let complaint = Complaint::new(&rules::UNSET, place, message);
                    self.reading.complaints.push(complaint);
                }
                let span = place.span.range();
                if memchr::memmem::find(&self.text.bytes[span], b"$$").is_some() {
                    let message = "Compose makes one `$` of each `$$`";
                    let complaint = Complaint::new(&rules::DOLLAR, place, message);
                    self.reading.complaints.push(complaint);
                }
                Ok(interpolated.text.into())
            }
            Err(error) => {
                let message = match error {
                    TemplateError::Invalid(_) => "Compose: invalid template".to_owned(),
                    TemplateError::Missing(name, why) => {
                        format!("Compose: required variable {name} is missing a value: {why}")
                    }
                    TemplateError::TooDeep(_) => {
                        "defaults inside defaults are nested too deeply".to_owned()
                    }
                    TemplateError::TooLong => {
                        self.budget = 0;
                        "the values expand to more than 16 MiB".to_owned()
                    }
                };
                let complaint = Complaint::new(&rules::REFUSED, place, message);
                // The statement has been read; only its value is wrong.
                Err((Box::new(complaint), next.saturating_sub(1)))
            }
        }
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        while let Some((c, len)) = char_at(self.text.bytes, at)
            && is_blank(c)
        {
            at += len;
        }
        at
    }
}

/// A value before interpolation.
enum Raw {
    /// One in single quotes, which is not interpolated.
    Plain(Box<str>),
    /// Any other.
    Template(Box<str>),
}

/// Space within a line, as dotenv has it.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}'
    )
}

/// What may follow `export` (`\s` in Go's expressions).
fn is_export_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_name_part(c: char) -> bool {
    matches!(c, '_' | '.' | '-' | '[' | ']') || c.is_alphabetic() || c.is_numeric()
}

/// The escapes of a text in double quotes; `\$` becomes `$$`, which interpolation makes `$`.
fn unescape(bytes: &[u8]) -> Box<str> {
    let text = lossy(bytes);
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (put, len): (Cow<'_, str>, usize) = match escape.as_bytes().first() {
            Some(b'a') => ("\u{7}".into(), 1),
            Some(b'b') => ("\u{8}".into(), 1),
            Some(b'f') => ("\u{c}".into(), 1),
            Some(b'n') => ("\n".into(), 1),
            Some(b'r') => ("\r".into(), 1),
            Some(b't') => ("\t".into(), 1),
            Some(b'v') => ("\u{b}".into(), 1),
            Some(b'"') => ("\"".into(), 1),
            Some(b'\\') => ("\\".into(), 1),
            Some(b'$') => ("$$".into(), 1),
            Some(b'0') => octal(escape),
            _ => ("\\".into(), 0),
        };
        out.push_str(&put);
        rest = &escape[len..];
    }
    out.push_str(rest);
    out.into()
}

/// `0` and up to three digits: the character of the three, else what is there without the `0`.
fn octal(escape: &str) -> (Cow<'_, str>, usize) {
    let digits = escape.bytes().skip(1).take(3);
    let len = 1 + digits.take_while(u8::is_ascii_digit).count();
    let digits = &escape[1..len];
    let code = (digits.len() == 3)
        .then(|| u32::from_str_radix(digits, 8).ok())
        .flatten()
        .filter(|code| *code <= 255)
        .and_then(char::from_u32);
    match code {
        Some(c) => (c.to_string().into(), len),
        None => (format!("\\{digits}").into(), len),
    }
}
