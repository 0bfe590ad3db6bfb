//! JSON, strictly (RFC 8259), and JSON5 (spec.json5.org, 1.0.0) as the gateway reads its
//! `openclaw.json`. One parser knows both; a file has at most one syntax error, the first.

mod aside;
mod parser;

#[cfg(test)]
mod tests;

use super::member::path_at;
use crate::diagnostic::{Effect, Rule};
use crate::document::{Aside, Complaint, Data, Document, Input, Place};
use crate::source::Span;
use crate::text::shorten;
use parser::{Dialect, Fault, Parser};

/// The rules that a JSON file can break.
pub static RULES: &[&Rule] = &[&INVALID, &DUPLICATE, &SURROGATE, &LIMIT];

static INVALID: Rule = Rule {
    code: "JS001",
    name: "invalid-json",
    effect: Effect::Fails,
    explain: "The file is not JSON (RFC 8259), or not JSON5 where the file is read as that: a \
syntax error, or bytes that are not UTF-8. Whatever reads it refuses it as a whole; only the first \
error is reported, since the later ones are often its consequences.",
};

static DUPLICATE: Rule = Rule {
    code: "JS002",
    name: "duplicate-name",
    effect: Effect::Fails,
    explain: "An object has the same name twice. RFC 8259 (section 4) leaves open what that means; \
most readers silently take the last value, some the first, so nothing in the file is relied on. \
Keep one.",
};

static SURROGATE: Rule = Rule {
    code: "JS003",
    name: "unpaired-surrogate",
    effect: Effect::Fails,
    explain: "A `\\u` escape is one half of a surrogate pair and the other half is missing, so it \
stands for no character (RFC 8259, section 8.2). Readers differ in what they make of it.",
};

static LIMIT: Rule = Rule {
    code: "JS004",
    name: "json-beyond-limits",
    effect: Effect::Fails,
    explain: "The file is larger, deeper or has more values than is read here: 16 MiB, 128 levels \
of nesting, 1,000,000 values. No configuration needs that; other readers have limits too.",
};

/// The largest file that is read, in bytes.
const MAX_SIZE: usize = 16 << 20;

/// The most complaints and asides of one kind; a file with more of them is broken enough.
const MAX_NOTES: usize = 100;

/// Reads a JSON file as RFC 8259 has it: no comments, no trailing commas, no byte order mark.
///
/// A file with a name twice in one object is refused, since readers differ in which value counts.
pub fn read(input: &Input<'_>) -> Document {
    read_dialect(input, Dialect::Strict)
}

/// Reads a JSON5 file (spec.json5.org). Members that are commented out become asides.
///
/// A file with a name twice in one object is refused, since readers differ in which value counts.
pub fn read_json5(input: &Input<'_>) -> Document {
    read_dialect(input, Dialect::Json5)
}

fn read_dialect(input: &Input<'_>, dialect: Dialect) -> Document {
    let mut document = Document::new(input);
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
            let complaint = Complaint::new(&INVALID, place, "the file is not UTF-8");
            return document.refused(complaint.help("save it as UTF-8 without a byte order mark"));
        }
    };
    let mut parser = Parser::new(text, 0, dialect);
    match parser.document() {
        Ok(root) => document.root = root,
        Err(fault) => return document.refused(complaint_of(fault)),
    }
    for twice in &parser.overridden {
        let entry = &twice.entry;
        let shown = shorten(&entry.name, 60);
        let message = format!("the name `{shown}` stands twice in one object");
        let complaint = Complaint::new(&DUPLICATE, place(twice.by), message)
            .also(entry.place, "the first one")
            .help("keep one of them")
            .refusing();
        document.complaints.push(complaint);
        let start = entry.place.span.start;
        if let Some(mut path) = path_at(&document.root, start) {
            path.push(entry.name.clone());
            let value = entry.node.place.span;
            document.asides.push(Aside {
                path,
                value: text[value.range()].into(),
                place: Place::new(start, value.end),
                why: "overridden by the same name below".into(),
            });
        }
    }
    for span in &parser.surrogates {
        let message = format!(
            "`{}` is half of a surrogate pair and stands for no character",
            &text[span.range()]
        );
        let complaint = Complaint::new(&SURROGATE, place(*span), message);
        document.complaints.push(complaint);
    }
    let start_of = |complaint: &Complaint| complaint.place.map(|place| place.span.start);
    document.complaints.sort_by_key(start_of);
    let comments = &parser.comments;
    aside::commented_out(text, &document.root, comments, &mut document.asides);
    if !parser.overridden.is_empty() {
        // Which of the two values counts depends on who reads it, so neither can pass a check.
        document.is_refused = true;
        document.root.data = Data::Map(Vec::new());
    }
    document
}

fn complaint_of(fault: Fault) -> Complaint {
    let rule = if fault.is_limit { &LIMIT } else { &INVALID };
    let complaint = Complaint::new(rule, place(fault.span), fault.message);
    match fault.help {
        Some(help) => complaint.help(help),
        None => complaint,
    }
}

fn place(span: Span) -> Place {
    Place::in_file(0, span)
}
