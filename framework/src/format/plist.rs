//! XML property lists, strictly, and what launchd makes of the jobs in them. What CoreFoundation
//! refuses (CFPropertyList.c) is refused; what it silently takes otherwise than it looks is a
//! complaint. Binary and old-style lists are not read.

mod launchd;
mod scalar;
mod tree;
mod xml;

#[cfg(test)]
mod tests;

use super::member::path_at;
use crate::diagnostic::{Effect, Rule};
use crate::document::{Aside, Complaint, Data, Document, Entry, Input, Place};
use crate::source::Span;
use crate::text::shorten;
use tree::Builder;
use xml::Fault;

/// The rules that a property list can break: those of the format, then those of launchd's jobs.
pub static RULES: &[&Rule] = &[
    &INVALID,
    &DECLARATION,
    &NOT_XML,
    &LIMIT,
    &DUPLICATE,
    &NUMBER,
    &LOOSE,
    &launchd::UNKNOWN_KEY,
    &launchd::WRONG_TYPE,
    &launchd::INCOMPLETE,
    &launchd::NOT_EXPANDED,
    &launchd::RELATIVE,
    &launchd::PLACEHOLDER,
    &launchd::NO_EFFECT,
    &launchd::UMASK,
    &launchd::OUT_OF_RANGE,
];

static INVALID: Rule = Rule {
    code: "PL001",
    name: "invalid-plist",
    effect: Effect::Fails,
    explain: "The file is not an XML property list: an element that is not closed or not known, a \
key without a value, text between elements, a number that is none. launchd does not load it; only \
the first error is reported, since the later ones are often its consequences.",
};

static DECLARATION: Rule = Rule {
    code: "PL002",
    name: "declarations-in-plist",
    effect: Effect::Fails,
    explain: "The document type declares something of its own, such as entities. Readers of \
property lists refuse that, since entities can blow up a file; a few silently read nothing. Remove \
the part in `[…]`.",
};

static NOT_XML: Rule = Rule {
    code: "PL003",
    name: "plist-not-xml",
    effect: Effect::Fails,
    explain: "The file is a binary or an old-style property list, or not UTF-8. launchd can read \
some of them, but they cannot be checked here or reviewed; convert them with \
`plutil -convert xml1`.",
};

static LIMIT: Rule = Rule {
    code: "PL004",
    name: "plist-beyond-limits",
    effect: Effect::Fails,
    explain: "The file is larger, deeper or has more values than is read here: 16 MiB, 128 levels \
of nesting, 1,000,000 values. No job needs that.",
};

static DUPLICATE: Rule = Rule {
    code: "PL005",
    name: "duplicate-key",
    effect: Effect::Fails,
    explain: "A dictionary has the same key twice. Readers silently take one of the values, and not \
all the same one, so nothing in the file is relied on. Keep one.",
};

static NUMBER: Rule = Rule {
    code: "PL006",
    name: "misleading-integer",
    effect: Effect::Fails,
    explain: "An `<integer>` is not what it looks like: a leading zero does not make it octal, and \
a blank behind the digits makes CoreFoundation refuse the file while other readers take it.",
};

static LOOSE: Rule = Rule {
    code: "PL007",
    name: "loose-plist",
    effect: Effect::Fails,
    explain: "Some readers take the file and others do not, or what is written has no effect: there \
is no `<plist>` element, an element has attributes, a key is empty, a text stands in a CDATA section, \
or `<data>` is not base64.",
};

/// The largest file that is read, in bytes.
const MAX_SIZE: usize = 16 << 20;

/// The most complaints and asides of one kind; a file with more of them is broken enough.
const MAX_NOTES: usize = 100;

/// Most bytes of paths and values that asides may hold together.
const MAX_ASIDE_BYTES: usize = 1 << 20;

/// Reads an XML property list; if it is a launchd job, also checks its keys (launchd.plist(5)).
///
/// Dictionaries become maps, dates and data texts; a job has launchd's `ThrottleInterval` and `Program`. A key that stands twice refuses the file;
/// keys that are commented out become asides.
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    let bytes = &input.bytes;
    if bytes.len() > MAX_SIZE {
        let message = format!(
            "the file has {} bytes; at most {MAX_SIZE} are read",
            bytes.len()
        );
        return document.refused(Complaint::of_file(&LIMIT, message));
    }
    if let Some(complaint) = other_kind(bytes) {
        return document.refused(complaint);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let complaint =
                Complaint::new(&NOT_XML, Place::new(at, at + 1), "the file is not UTF-8");
            return document.refused(complaint);
        }
    };
    let mut builder = Builder::new(text, 0);
    match builder.document() {
        Ok(root) => document.root = root,
        Err(fault) => return document.refused(complaint_of(fault)),
    }
    document.complaints = builder.complaints;
    let mut bytes = 0;
    for twice in &builder.overridden {
        let key = &twice.entry;
        let message = format!(
            "the key `{}` stands twice in one `<dict>`",
            shorten(&key.name, 60)
        );
        let complaint = Complaint::new(&DUPLICATE, Place::in_file(0, twice.by), message)
            .also(key.place, "the first one")
            .help("keep one of them")
            .refusing();
        document.complaints.push(complaint);
        set_aside(
            &mut document,
            key,
            "overridden by the same key below",
            &mut bytes,
        );
    }
    if launchd::is_job(input, &document.root) {
        launchd::check(input, &document.root, &mut document.complaints);
        launchd::defaults(&mut document.root);
    }
    let start_of = |complaint: &Complaint| complaint.place.map(|place| place.span.start);
    document.complaints.sort_by_key(start_of);
    commented_out(&mut document, text, &builder.comments, &mut bytes);
    if !builder.overridden.is_empty() {
        // Which of the two values counts depends on who reads it, so neither can pass a check.
        document.is_refused = true;
        document.root.data = Data::Map(Vec::new());
    }
    document
}

/// Property lists of other kinds, and XML in other encodings, by how they begin.
fn other_kind(bytes: &[u8]) -> Option<Complaint> {
    let start = bytes.trim_ascii_start();
    let (message, help) = if bytes.starts_with(b"bplist") {
        (
            "this is a binary property list",
            "convert it with `plutil -convert xml1`",
        )
    } else if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        ("the file is UTF-16", "save it as UTF-8")
    } else if matches!(start.first(), Some(b'{' | b'(')) || start.starts_with(b"//") {
        (
            "this is an old-style or JSON property list, not XML",
            "convert it with `plutil -convert xml1`",
        )
    } else {
        return None;
    };
    let place = Place::new(0, bytes.len().min(1));
    Some(Complaint::new(&NOT_XML, place, message).help(help))
}

fn complaint_of(fault: Fault) -> Complaint {
    let place = |span: Span| Place::in_file(0, span);
    let mut complaint = Complaint::new(fault.rule, place(fault.span), fault.message);
    if let Some(help) = fault.help {
        complaint = complaint.help(help);
    }
    match fault.opened {
        Some(span) => complaint.also(place(span), "opened here"),
        None => complaint,
    }
}

/// Adds keys that stand in comments: `<!-- <key>KeepAlive</key> <true/> -->`.
fn commented_out(document: &mut Document, text: &str, comments: &[Span], bytes: &mut usize) {
    for comment in comments {
        let mut builder = Builder::new(&text[..comment.end - "-->".len()], comment.start + 4);
        while let Some(entry) = builder.member() {
            set_aside(document, &entry, "commented out", bytes);
        }
    }
}

fn set_aside(document: &mut Document, entry: &Entry, why: &'static str, bytes: &mut usize) {
    let span = Span::new(entry.place.span.start, entry.node.place.span.end);
    let Some(mut path) = path_at(&document.root, span.start) else {
        return;
    };
    path.push(entry.name.clone());
    // A list or a dictionary is shown as it is written.
    let value: Box<str> = if let Some(text) = entry.node.data.to_text() {
        text.into()
    } else {
        let written = &document.files[0].bytes[entry.node.place.span.range()];
        String::from_utf8_lossy(written).into()
    };
    *bytes += path.iter().map(|name| name.len() + 16).sum::<usize>() + str::len(&value);
    if *bytes > MAX_ASIDE_BYTES || document.asides.len() >= 2 * MAX_NOTES {
        return;
    }
    document.asides.push(Aside {
        path,
        value,
        place: Place::in_file(0, span),
        why: why.into(),
    });
}
