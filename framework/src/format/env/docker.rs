//! The reader of `docker run --env-file` (the Docker CLI, 26 and 28): lines as they are, without
//! quotes, escapes, comments behind values, or expansion.

use super::{Assignment, Reading, Text, Variables, commented_out, lossy, rules};
use crate::diagnostic::Rule;
use crate::document::Complaint;

/// The longest line that the CLI reads, in bytes.
const MAX_LINE: usize = 65_535;

/// Reads a file. A name without `=` takes its value from `variables`, the CLI's own environment.
///
/// The CLI stops at the first error; this goes on, so that all are said.
pub(crate) fn parse(text: Text<'_>, variables: &Variables) -> Reading {
    let mut reader = Reader {
        text,
        variables,
        reading: Reading::default(),
    };
    let mut start = 0;
    while start < text.bytes.len() {
        let end = text.line_end(start);
        reader.line(start, end);
        start = end + 1;
    }
    reader.reading
}

struct Reader<'a> {
    text: Text<'a>,
    variables: &'a Variables,
    reading: Reading,
}

impl Reader<'_> {
    fn line(&mut self, start: usize, end: usize) {
        let bytes = &self.text.bytes[start..end];
        if bytes.len() > MAX_LINE {
            let message = "docker: bufio.Scanner: token too long".to_owned();
            return self.refuse(&rules::REFUSED, start, start, message);
        }
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let Ok(line) = std::str::from_utf8(bytes) else {
            let message = "docker: the env file contains invalid utf8 bytes".to_owned();
            return self.refuse(&rules::REFUSED, start, end, message);
        };
        let end = start + line.len();
        let line = match line.strip_prefix('\u{feff}') {
            Some(rest) if start == 0 => rest,
            _ => line,
        }
        .trim_start();
        let start = end - line.len();
        if line.is_empty() {
            return;
        }
        if line.starts_with('#') {
            let aside = commented_out(self.text, start);
            self.reading.asides.extend(aside);
            return;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (line, None),
        };
        let name_end = start + name.len();
        if name.is_empty() {
            let message = "docker: no variable name on the line".to_owned();
            return self.refuse(&rules::REFUSED, start, end, message);
        }
        if name.contains([' ', '\t']) {
            let rule = if name.starts_with("export ") || name.starts_with("export\t") {
                &rules::EXPORT
            } else if value.is_some() && !name.trim_end().contains([' ', '\t']) {
                &rules::SPACES
            } else {
                &rules::REFUSED
            };
            // Without `=` the name may be a piece of a value.
            let shown = match value {
                Some(_) => format!("'{name}' "),
                None => String::new(),
            };
            let message = format!("docker refuses the file: variable {shown}contains whitespaces");
            return self.refuse(rule, start, name_end, message);
        }
        match value {
            Some(value) => self.assign(name, start, value, name_end + 1),
            None => self.inherit(name, start, end),
        }
    }

    fn assign(&mut self, name: &str, at: usize, value: &str, start: usize) {
        let end = start + value.len();
        self.reading.assignments.push(Assignment {
            name: name.into(),
            at: self.text.place(at, at + name.len()),
            value: Some(value.into()),
            place: self.text.place(start, end),
        });
        if let Some(at) = value.find(" #").or_else(|| value.find("\t#")) {
            let message = "docker knows no comments behind a value: this is part of it";
            self.complain(&rules::INLINE_COMMENT, start + at + 1, end, message);
        }
        let inner = value.trim();
        if inner.starts_with(['"', '\'']) {
            let message = "docker knows no quotes: they are part of the value";
            self.complain(&rules::QUOTES, start, end, message);
        }
        if inner.len() < value.len() {
            let message = "docker keeps the blanks around the value";
            self.complain(&rules::SPACES, start, end, message);
        }
    }

    fn inherit(&mut self, name: &str, start: usize, end: usize) {
        let place = self.text.place(start, end);
        if let Some(value) = self.variables.get(name) {
            self.reading.assignments.push(Assignment {
                name: lossy(name.trim_end().as_bytes()),
                at: place,
                value: Some(value.as_str().into()),
                place,
            });
        }
        let message = "docker takes a variable without `=` from its own environment";
        self.complain(&rules::NOT_ASSIGNMENT, start, end, message);
    }

    fn refuse(&mut self, rule: &'static Rule, start: usize, end: usize, message: String) {
        let complaint = Complaint::new(rule, self.text.place(start, end), message);
        self.reading.refusals.push(complaint);
    }

    fn complain(&mut self, rule: &'static Rule, start: usize, end: usize, message: &str) {
        let complaint = Complaint::new(rule, self.text.place(start, end), message);
        self.reading.complaints.push(complaint);
    }
}
