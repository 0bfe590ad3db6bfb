//! systemd's reader of `EnvironmentFile=` (`systemd.exec(5)`), by the states of its parser in
//! version 252: comments and quotes go on over lines, a backslash quotes, nothing is expanded.

use super::{Assignment, Reading, Text, char_at, commented_out, is_name, lossy, rules};
use crate::diagnostic::Rule;
use crate::document::{Aside, Complaint};

/// Reads a file.
pub(crate) fn parse(text: Text<'_>) -> Reading {
    let mut reader = Reader {
        text,
        at: 0,
        reading: Reading::default(),
    };
    if let Some(at) = memchr::memchr(0, text.bytes) {
        let place = text.place(at, at + 1);
        let message = "systemd refuses a file with a null byte";
        let complaint = Complaint::new(&rules::REFUSED, place, message);
        reader.reading.refusals.push(complaint);
        return reader.reading;
    }
    while reader.statement() {}
    reader.reading
}

struct Reader<'a> {
    text: Text<'a>,
    at: usize,
    reading: Reading,
}

/// A value as it is put together.
#[derive(Default)]
struct Value {
    bytes: Vec<u8>,
    /// How many of the bytes stay when blanks at the end are removed.
    kept: usize,
    /// Behind the last byte that belongs to it.
    end: usize,
}

impl Value {
    fn push(&mut self, byte: u8, end: usize) {
        self.bytes.push(byte);
        self.kept = self.bytes.len();
        self.end = end;
    }
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.text.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Reads a comment, an assignment or a line that is neither; false at the end of the file.
    fn statement(&mut self) -> bool {
        let Some(first) = self.next() else {
            return false;
        };
        match first {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'#' | b';' => self.comment(self.at - 1),
            _ => self.assignment(self.at - 1),
        }
        true
    }

    fn comment(&mut self, start: usize) {
        self.reading.asides.extend(commented_out(self.text, start));
        while let Some(byte) = self.next() {
            match byte {
                b'\n' | b'\r' => break,
                // A backslash takes the next character with it, even the end of the line.
                b'\\' if self.next() == Some(b'\n') => self.swallowed(start),
                _ => {}
            }
        }
    }

    /// The line that starts here belongs to the comment above.
    fn swallowed(&mut self, comment: usize) {
        let place = self.text.place(comment, self.at - 1);
        let mut complaint = Complaint::new(
            &rules::CONTINUED_COMMENT,
            place,
            "the comment ends in a backslash, so that systemd takes the next line for a part of it",
        )
        .help("remove the backslash");
        let line = self.text.line(self.at);
        let start = line.span.start;
        let bytes = &self.text.bytes[line.span.range()];
        if !bytes.is_empty() {
            complaint = complaint.also(line, "this is no setting for systemd");
        }
        if let Some(at) = memchr::memchr(b'=', bytes) {
            let name = bytes[..at].trim_ascii();
            if is_name(name) {
                self.reading.asides.push(Aside {
                    path: vec![lossy(name)],
                    value: self.text.lossy(start + at + 1, line.span.end),
                    place: line,
                    why: "part of the comment above, which ends in a backslash".into(),
                });
            }
        }
        self.reading.complaints.push(complaint);
    }

    fn assignment(&mut self, start: usize) {
        loop {
            match self.next() {
                None => return self.ignored(start, self.at),
                Some(b'\n' | b'\r') => return self.ignored(start, self.at - 1),
                Some(b'=') => break,
                Some(_) => {}
            }
        }
        let name = self.text.bytes[start..self.at - 1].trim_ascii_end();
        let at = self.text.place(start, start + name.len());
        let equals = self.at;
        let value = self.value();
        let value_start = self.text.bytes[equals..value.end.max(equals)]
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t'))
            .map_or(equals, |skip| equals + skip);
        let place = self.text.place(value_start, value.end);
        let bytes = &value.bytes[..value.kept];
        if std::str::from_utf8(name).is_err() || std::str::from_utf8(bytes).is_err() {
            let message = "systemd refuses the file: it is not UTF-8 here";
            let complaint = Complaint::new(&rules::REFUSED, self.text.line(start), message);
            self.reading.refusals.push(complaint);
        } else if is_name(name) {
            self.reading.assignments.push(Assignment {
                name: lossy(name),
                at,
                value: Some(lossy(bytes)),
                place,
            });
        } else {
            self.invalid_name(start, name, bytes);
        }
    }

    fn invalid_name(&mut self, start: usize, name: &[u8], value: &[u8]) {
        let exported = name
            .strip_prefix(b"export")
            .filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
            .map(<[u8]>::trim_ascii);
        let marked = name.strip_prefix(b"\xef\xbb\xbf");
        let (rule, why): (&'static Rule, &'static str) = if exported.is_some() {
            let why = "systemd does not know `export` and ignores the line";
            (&rules::EXPORT, why)
        } else if marked.is_some() {
            let why =
                "the byte order mark is a part of this name for systemd, which ignores the line";
            (&rules::BYTE_ORDER_MARK, why)
        } else {
            let why = "this is no name of a variable for systemd, which ignores the line";
            (&rules::INVALID_NAME, why)
        };
        let place = self.text.line(start);
        self.complain(rule, place.span.start, place.span.end, why.to_owned());
        let name = exported.or(marked).unwrap_or(name);
        self.reading.asides.push(Aside {
            path: vec![lossy(name)],
            value: lossy(value),
            place,
            why: why.into(),
        });
    }

    fn ignored(&mut self, start: usize, end: usize) {
        let message = "systemd ignores a line without `=`".to_owned();
        let len = self.text.bytes[start..end].trim_ascii_end().len();
        self.complain(&rules::NOT_ASSIGNMENT, start, start + len, message);
    }

    /// Reads a value up to the end of its last line.
    fn value(&mut self) -> Value {
        let mut value = Value {
            end: self.at,
            ..Value::default()
        };
        let mut is_behind_quote = false;
        while let Some(byte) = self.next() {
            match byte {
                b'\n' | b'\r' => break,
                b' ' | b'\t' => {}
                b'\'' | b'"' => {
                    self.quoted(byte, &mut value);
                    is_behind_quote = true;
                }
                _ => {
                    let blank = self.text.bytes[self.at - 2];
                    if is_behind_quote && byte != b'#' && matches!(blank, b' ' | b'\t') {
                        let message = "systemd removes the blank behind the quote and appends this";
                        let at = self.at - 1;
                        let end = at + char_at(self.text.bytes, at).map_or(1, |(_, len)| len);
                        self.complain(&rules::BEHIND_QUOTE, at, end, message.to_owned());
                    }
                    self.at -= 1;
                    self.bare(&mut value);
                    break;
                }
            }
        }
        value
    }

    /// The inside of quotes, up to the closing one or the end of the file.
    fn quoted(&mut self, quote: u8, value: &mut Value) {
        let start = self.at - 1;
        while let Some(byte) = self.next() {
            if byte == quote {
                value.end = self.at;
                return;
            }
            if byte == b'\\' && quote == b'"' {
                match self.next() {
                    Some(byte @ (b'"' | b'\\' | b'`' | b'$')) => value.push(byte, self.at),
                    Some(b'\n') | None => {}
                    Some(byte) => {
                        value.push(b'\\', self.at);
                        value.push(byte, self.at);
                    }
                }
            } else {
                value.push(byte, self.at);
            }
        }
        let end = self.text.line_end(start);
        let message = "the quote is not closed: for systemd the value is the rest of the file";
        self.complain(&rules::UNTERMINATED, start, end, message.to_owned());
    }

    /// A value from its first character outside of quotes on; quotes mean nothing any more.
    fn bare(&mut self, value: &mut Value) {
        let mut quotes = [0_usize; 2];
        let start = self.at;
        let mut escape = None;
        let mut comment = None;
        while let Some(byte) = self.next() {
            match byte {
                b'\n' | b'\r' => break,
                b'\\' => match self.next() {
                    Some(b'\n' | b'\r') | None => value.kept = value.bytes.len(),
                    Some(byte) => {
                        if byte.is_ascii_alphanumeric() {
                            escape = escape.or(Some(self.at - 2));
                        }
                        value.push(byte, self.at);
                    }
                },
                b' ' | b'\t' => value.bytes.push(byte),
                _ => {
                    let before = self.at.checked_sub(2).map(|at| self.text.bytes[at]);
                    if byte == b'#' && matches!(before, Some(b' ' | b'\t')) {
                        comment = comment.or(Some(self.at - 1));
                    }
                    match byte {
                        b'"' => quotes[0] += 1,
                        b'\'' => quotes[1] += 1,
                        _ => {}
                    }
                    value.push(byte, self.at);
                }
            }
        }
        if let Some(at) = comment {
            let message = "systemd knows no comments behind a value: this is part of it".to_owned();
            self.complain(&rules::INLINE_COMMENT, at, value.end, message);
        }
        if let Some(at) = escape {
            let message = "systemd removes the backslash".to_owned();
            self.complain(&rules::BACKSLASH, at, at + 2, message);
        }
        if quotes.iter().any(|count| *count > 1) {
            let message = "systemd keeps quotes that are not at the start of the value".to_owned();
            self.complain(&rules::QUOTES, start, value.end, message);
        }
    }

    fn complain(&mut self, rule: &'static Rule, start: usize, end: usize, message: String) {
        let place = self.text.place(start, end);
        self.reading
            .complaints
            .push(Complaint::new(rule, place, message));
    }
}
