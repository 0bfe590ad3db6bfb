//! INI files as Python's `configparser` reads them (3.11, its defaults without interpolation): what it
//! raises an error at is refused. Names are kept as they are written, although it ignores the case
//! of options; `[DEFAULT]` is merged into the other sections.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::diagnostic::{Effect, Rule};
use crate::document::{Aside, Complaint, Data, Document, Entry, Input, Node, Place};
use crate::scale::WORD;
use crate::source::Span;
use crate::text::shorten;

/// The rules that an INI file can break.
pub static RULES: &[&Rule] = &[&INVALID, &DUPLICATE, &COMMENT, &LIMIT];

static INVALID: Rule = Rule {
    code: "IN001",
    name: "invalid-ini",
    effect: Effect::Fails,
    explain: "A line is neither a `[section]` nor `name = value`, or a value stands before the first \
section. Python's configparser raises an error, so that nothing in the file is in effect.",
};

static DUPLICATE: Rule = Rule {
    code: "IN002",
    name: "duplicate-in-ini",
    effect: Effect::Fails,
    explain: "A section, or an option in a section, stands twice; the case of options does not \
count. Python's configparser raises an error; other readers silently take one of them.",
};

static COMMENT: Rule = Rule {
    code: "IN003",
    name: "comment-in-ini-value",
    effect: Effect::Fails,
    explain: "What looks like a comment behind a value is part of the value: Python's configparser \
knows comments only on lines of their own. Put it on a line of its own.",
};

static LIMIT: Rule = Rule {
    code: "IN004",
    name: "ini-beyond-limits",
    effect: Effect::Fails,
    explain: "The file has more than 16 MiB, or more than 200,000 values with those that sections \
inherit from `[DEFAULT]`. It is not read.",
};

/// The largest file that is read, in bytes.
const MAX_SIZE: usize = 16 << 20;

/// Values in all sections, with those from `[DEFAULT]`.
const MAX_VALUES: usize = 200_000;

/// The most complaints and asides; a file with more of them is broken enough.
const MAX_NOTES: usize = 100;

/// The section whose values all others inherit.
const DEFAULTS: &str = "DEFAULT";

/// Reads an INI file: a map of sections, each a map of texts.
pub fn read(input: &Input<'_>) -> Document {
    let document = Document::new(input);
    if input.bytes.len() > MAX_SIZE {
        let message = format!(
            "the file has {} bytes; at most {MAX_SIZE} are read",
            input.bytes.len()
        );
        return document.refused(Complaint::of_file(&LIMIT, message));
    }
    let text = match std::str::from_utf8(&input.bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let place = Place::new(at, at + 1);
            return document.refused(Complaint::new(&INVALID, place, "the file is not UTF-8"));
        }
    };
    let mut reading = Reading {
        document,
        sections: Vec::new(),
        by_name: HashMap::new(),
        current: None,
        is_in_value: false,
        value: String::new(),
        value_end: 0,
        indent: 0,
    };
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        reading.line(line, start);
        start += line.len();
    }
    reading.finish()
}

/// A section that is being read.
struct Section {
    name: Box<str>,
    place: Place,
    end: usize,
    options: Vec<Entry>,
    /// The index of each option by its name in lower case.
    by_name: HashMap<String, usize>,
}

struct Reading {
    document: Document,
    sections: Vec<Section>,
    by_name: HashMap<Box<str>, usize>,
    current: Option<usize>,
    /// Whether the last option can go on.
    is_in_value: bool,
    /// Its value up to here, and where that ends.
    value: String,
    value_end: usize,
    indent: usize,
}

impl Reading {
    fn say(&mut self, complaint: Complaint) {
        if self.document.complaints.len() < MAX_NOTES {
            self.document.complaints.push(complaint);
        }
    }

    fn refuse(&mut self, complaint: Complaint) {
        self.document.is_refused = true;
        self.say(complaint.refusing());
    }

    fn line(&mut self, line: &str, start: usize) {
        let body = line.trim_start_matches(is_blank);
        let indent = line[..line.len() - body.len()].chars().count();
        let from = start + (line.len() - body.len());
        let body = body.trim_end_matches(is_blank);
        let span = Span::new(from, from + body.len());
        if body.starts_with(['#', ';']) {
            self.commented_out(body, span);
            return;
        }
        if body.is_empty() {
            // An empty line is part of a value if more of it follows. The second half of `\r\n` is
            // not a line.
            if !(line == "\n" && start > 0 && self.document.files[0].bytes[start - 1] == b'\r') {
                self.continue_value("", Span::new(from, from));
            }
            return;
        }
        if self.is_in_value && indent > self.indent {
            self.continue_value(body, span);
            if let Some((name, value)) = option(body) {
                self.set_aside(
                    name,
                    value,
                    span,
                    "continues the value above, since it is indented",
                );
            }
            return;
        }
        self.indent = indent;
        self.end_value();
        if let Some(name) = header(body) {
            self.section(name, span);
        } else if let Some(section) = self.current {
            self.option(section, body, span);
        } else if !self.document.is_refused {
            // configparser stops here, so that one such line is enough.
            let complaint = Complaint::new(
                &INVALID,
                Place::in_file(0, span),
                "File contains no section headers: this line stands before the first `[section]`",
            );
            self.refuse(match body.chars().next() {
                Some('[') => complaint.help("a section is written `[name]`, with both brackets"),
                Some('\u{feff}') => complaint.help("save the file without a byte order mark"),
                _ => complaint,
            });
        }
    }

    fn section(&mut self, name: &str, span: Span) {
        let place = Place::in_file(0, span);
        if let Some(&index) = self.by_name.get(name) {
            self.current = Some(index);
            if name != DEFAULTS {
                let shown = shorten(name, 60);
                let message = format!("section '{shown}' already exists");
                let complaint = Complaint::new(&DUPLICATE, place, message);
                self.refuse(complaint.also(self.sections[index].place, "the first one"));
            }
            return;
        }
        self.current = Some(self.sections.len());
        self.by_name.insert(name.into(), self.sections.len());
        self.sections.push(Section {
            name: name.into(),
            place,
            end: span.end,
            options: Vec::new(),
            by_name: HashMap::new(),
        });
    }

    fn option(&mut self, section: usize, body: &str, span: Span) {
        let Some((name, value)) = option(body).filter(|(name, _)| !name.is_empty()) else {
            let place = Place::in_file(0, span);
            let message = "the line is neither a `[section]` nor `name = value`";
            self.refuse(Complaint::new(&INVALID, place, message));
            return;
        };
        let place = Place::new(span.start, span.start + name.len());
        let value_span = Span::new(span.end - value.len(), span.end);
        if value.contains(" ;") || value.contains(" #") {
            let message = "a comment behind a value is part of the value";
            let complaint = Complaint::new(&COMMENT, Place::in_file(0, value_span), message);
            self.say(complaint.help("put it on a line of its own"));
        }
        let entry = Entry {
            name: name.into(),
            place,
            node: Node::text("", Place::in_file(0, value_span)).scaled(&WORD),
        };
        let section = &mut self.sections[section];
        self.is_in_value = true;
        self.value.clear();
        self.value.push_str(value);
        self.value_end = span.end;
        let index = section.options.len();
        if let Some(earlier) = section.by_name.insert(name.to_lowercase(), index) {
            let first = section.options[earlier].place;
            let shown = shorten(name, 60);
            let message = format!(
                "option '{shown}' in section '{}' already exists",
                shorten(&section.name, 60)
            );
            let complaint = Complaint::new(&DUPLICATE, place, message);
            self.refuse(complaint.also(first, "the first one"));
        }
        if let Some(index) = self.current {
            self.sections[index].options.push(entry);
        }
    }

    fn continue_value(&mut self, line: &str, span: Span) {
        if !self.is_in_value {
            return;
        }
        self.value.push('\n');
        self.value.push_str(line);
        if !line.is_empty() {
            self.value_end = span.end;
        }
    }

    /// Gives the value that has been read to its option, if there is one.
    fn end_value(&mut self) {
        if !std::mem::take(&mut self.is_in_value) {
            return;
        }
        let section = self.current.and_then(|index| self.sections.get_mut(index));
        let Some(section) = section else { return };
        if let Some(option) = section.options.last_mut() {
            option.node.data = Data::Text(self.value.trim_end_matches(is_blank).into());
            option.node.place.span.end = self.value_end;
            section.end = self.value_end;
        }
    }

    fn commented_out(&mut self, body: &str, span: Span) {
        let inner = body.trim_start_matches(['#', ';', ' ', '\t']);
        let Some((name, value)) = option(inner) else {
            return;
        };
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !name.is_empty() && name.chars().all(is_name) {
            let span = Span::new(span.end - inner.len(), span.end);
            self.set_aside(name, value, span, "commented out");
        }
    }

    fn set_aside(&mut self, name: &str, value: &str, span: Span, why: &'static str) {
        let section = self.current.and_then(|index| self.sections.get(index));
        if let Some(section) = section
            && self.document.asides.len() < MAX_NOTES
        {
            self.document.asides.push(Aside {
                path: vec![section.name.clone(), name.into()],
                value: value.into(),
                place: Place::in_file(0, span),
                why: why.into(),
            });
        }
    }

    fn finish(mut self) -> Document {
        self.end_value();
        if self.document.is_refused {
            return self.document;
        }
        let mut values: usize = self
            .sections
            .iter()
            .map(|section| section.options.len())
            .sum();
        let defaults = self.by_name.get(DEFAULTS);
        let defaults =
            defaults.map_or_else(Vec::new, |&index| self.sections[index].options.clone());
        let mut entries = Vec::with_capacity(self.sections.len());
        for mut section in self.sections {
            for default in &defaults {
                if !section.by_name.contains_key(&default.name.to_lowercase()) {
                    values += 1;
                    section.options.push(default.clone());
                }
                if values > MAX_VALUES {
                    let message = format!("there are more than {MAX_VALUES} values");
                    return self.document.refused(Complaint::of_file(&LIMIT, message));
                }
            }
            let place = Place::new(section.place.span.start, section.end);
            entries.push(Entry {
                name: section.name,
                place: section.place,
                node: Node::new(Data::Map(section.options), place),
            });
        }
        self.document.root.data = Data::Map(entries);
        self.document
    }
}

/// What Python's `str.strip` removes.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The name in `[…]`; the last bracket counts, and what is behind it does not.
fn header(body: &str) -> Option<&str> {
    let inner = body.strip_prefix('[')?;
    let end = inner.rfind(']').filter(|end| *end > 0)?;
    Some(&inner[..end])
}

/// The name and the value around the first `=` or `:`.
fn option(body: &str) -> Option<(&str, &str)> {
    let (name, value) = body.split_once(['=', ':'])?;
    Some((
        name.trim_end_matches(is_blank),
        value.trim_matches(is_blank),
    ))
}
