//! newsyslog's configuration, which rotates logs on macOS and FreeBSD: one line for a log file
//! (newsyslog.conf(5); the details from FreeBSD's newsyslog.c, which exits at the first bad line).

mod field;
mod line;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Effect, Rule};
use crate::document::{Aside, Complaint, Data, Document, Entry, Input, Part, Place};
use crate::source::Span;
use crate::text::shorten;

use super::{dir_name, file_name, has_extension};
use line::{Line, Word};

/// The rules that such a file can break.
pub static RULES: &[&Rule] = &[
    &MALFORMED, &INVALID, &MISREAD, &RELATIVE, &DUPLICATE, &INCLUDE, &NO_EFFECT, &FREEBSD, &UNREAD,
];

static MALFORMED: Rule = Rule {
    code: "NS001",
    name: "malformed-newsyslog-line",
    effect: Effect::Fails,
    explain: "A line has too few fields: a log file, perhaps `owner:group`, and then mode, count, \
size and when are needed. newsyslog exits there, so that no log at all is rotated.",
};

static INVALID: Rule = Rule {
    code: "NS002",
    name: "invalid-newsyslog-field",
    effect: Effect::Fails,
    explain: "newsyslog does not understand a field. It exits there, so that no log at all is \
rotated.",
};

static MISREAD: Rule = Rule {
    code: "NS003",
    name: "misread-newsyslog-field",
    effect: Effect::Fails,
    explain: "newsyslog takes the field otherwise than it looks: a size with a unit loses the unit, \
a mode loses its execute bits, letters behind a number are dropped.",
};

static RELATIVE: Rule = Rule {
    code: "NS004",
    name: "relative-log-file",
    effect: Effect::Fails,
    explain: "The log file is not an absolute path, and newsyslog runs from wherever it was \
started. `~` and variables are not expanded either.",
};

static DUPLICATE: Rule = Rule {
    code: "NS005",
    name: "duplicate-log-file",
    effect: Effect::Fails,
    explain: "Two lines are about the same log file: newsyslog applies both, one after the other, \
and of two `<default>` lines only the first. Keep one.",
};

static INCLUDE: Rule = Rule {
    code: "NS006",
    name: "newsyslog-include-missing",
    effect: Effect::Fails,
    explain: "A file that `<include>` names cannot be read. newsyslog exits there, so that no log \
at all is rotated.",
};

static NO_EFFECT: Rule = Rule {
    code: "NS007",
    name: "newsyslog-field-without-effect",
    effect: Effect::Fails,
    explain: "A field has no effect: it stands behind the last one that is read, or another field \
switches it off.",
};

static FREEBSD: Rule = Rule {
    code: "NS008",
    name: "newsyslog-flag-of-freebsd",
    effect: Effect::Fails,
    explain: "Only FreeBSD's newsyslog has this flag. The one of macOS exits at it, so that no log \
at all is rotated.",
};

static UNREAD: Rule = Rule {
    code: "NS009",
    name: "newsyslog-file-not-read",
    effect: Effect::Fails,
    explain: "The file, or a line of it, is not read here or not by newsyslog: it is not UTF-8, has \
more than 1 MiB, or a line has more than the 1023 bytes that newsyslog reads at once.",
};

/// The largest file that is read, in bytes.
const MAX_SIZE: usize = 1 << 20;

/// The most complaints and asides; a file with more of them is broken enough.
const MAX_NOTES: usize = 200;

/// Files that `<include>` can add.
const MAX_FILES: usize = 64;

/// Bytes of a line that newsyslog's `fgets` takes at once.
const MAX_LINE: usize = 1023;

/// Whether a path is one: `newsyslog.conf`, or a `.conf` file in `newsyslog.d` (macOS) or
/// `newsyslog.conf.d` (FreeBSD).
pub(crate) fn is_newsyslog(path: &str) -> bool {
    let folder = file_name(dir_name(path));
    file_name(path) == "newsyslog.conf"
        || has_extension(path, "conf") && matches!(folder, "newsyslog.d" | "newsyslog.conf.d")
}

/// Reads a configuration and the files that it includes.
///
/// The tree has a map for each log file with `owner`, `group`, `mode` (compared as octal), `count`,
/// `size` (kilobytes; absent for `*`), `when`, `flags`, `pid_file` and `signal`, as far as they are
/// written. A line that newsyslog exits at makes it refuse everything.
pub fn read(input: &Input<'_>) -> Document {
    let document = Document::new(input);
    let mut reading = Reading {
        input,
        document,
        entries: Vec::new(),
        known: HashMap::new(),
        includes: 0,
    };
    let mut file = 0;
    while file < reading.document.files.len() {
        reading.file(file);
        file += 1;
    }
    let mut document = reading.document;
    document.root.data = Data::Map(if document.is_refused {
        Vec::new()
    } else {
        reading.entries
    });
    document
}

struct Reading<'a, 'b> {
    input: &'a Input<'b>,
    document: Document,
    entries: Vec<Entry>,
    /// The index in `entries` of each log file.
    known: HashMap<Box<str>, usize>,
    /// Lines with `<include>` up to here.
    includes: usize,
}

impl Reading<'_, '_> {
    fn say(&mut self, complaint: Complaint) {
        if self.document.complaints.len() < MAX_NOTES {
            self.document.complaints.push(complaint);
        }
    }

    /// Says something that newsyslog exits at.
    fn refuse(&mut self, complaint: Complaint) {
        self.document.is_refused = true;
        self.say(complaint.refusing());
    }

    fn file(&mut self, index: usize) {
        let bytes = Arc::clone(&self.document.files[index].bytes);
        let file = u32::try_from(index).unwrap_or(u32::MAX);
        let place = |start: usize, end: usize| Place::in_file(file, Span::new(start, end));
        if bytes.len() > MAX_SIZE {
            let message = format!(
                "the file has {} bytes; at most {MAX_SIZE} are read",
                bytes.len()
            );
            self.refuse(Complaint::new(&UNREAD, place(0, 0), message));
            return;
        }
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let complaint = Complaint::new(&UNREAD, place(at, at + 1), "the file is not UTF-8");
                self.refuse(complaint);
                return;
            }
        };
        let mut start = 0;
        for written in text.split('\n') {
            let end = start + written.len();
            if written.len() > MAX_LINE {
                let message = format!("the line has more than {MAX_LINE} bytes; newsyslog cuts it");
                self.refuse(Complaint::new(&UNREAD, place(start, end), message));
            } else {
                self.line(&Line::new(written, start, file));
            }
            start = end + 1;
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        if line.is_empty() {
            return;
        }
        if line.is_comment() {
            self.commented_out(line);
            return;
        }
        let Some(first) = line.words.first() else {
            let message = if line.has_hash {
                "a comment does not begin at the start of its line: newsyslog misses a field and exits"
            } else {
                "a line of blanks: newsyslog misses a field and exits"
            };
            let complaint = Complaint::new(&MALFORMED, line.place, message);
            self.refuse(complaint.help("remove the blanks before it"));
            return;
        };
        match first.text.to_ascii_lowercase().as_str() {
            "<debug>" => {}
            "<include>" => self.include(line),
            _ => self.log(line, first),
        }
    }

    fn include(&mut self, line: &Line<'_>) {
        let Some(name) = line.words.get(1) else {
            self.refuse(Complaint::new(
                &MALFORMED,
                line.place,
                "`<include>` names no file",
            ));
            return;
        };
        self.includes += 1;
        if self.includes > MAX_FILES {
            let message = format!("there are more than {MAX_FILES} lines with `<include>`");
            self.refuse(Complaint::new(&INCLUDE, name.place, message));
            return;
        }
        let names = self.included(&name.text);
        if names.is_empty() {
            let shown = shorten(&name.text, 80);
            let message = format!("there is no file `{shown}` to include");
            self.refuse(Complaint::new(&INCLUDE, name.place, message));
        }
        for path in names {
            if self.document.files.iter().any(|part| part.name == path) {
                let message = format!("duplicate include detected: {}", shorten(&path, 80));
                self.say(Complaint::new(&NO_EFFECT, name.place, message));
                continue;
            }
            if self.document.files.len() >= MAX_FILES {
                let message = format!("more than {MAX_FILES} files are included");
                self.refuse(Complaint::new(&INCLUDE, name.place, message));
                return;
            }
            match self.input.target.read(&path) {
                Ok(Some(bytes)) => self.document.files.push(Part::new(path, bytes)),
                Ok(None) => {
                    let message = format!("there is no file `{}` to include", shorten(&path, 80));
                    self.refuse(Complaint::new(&INCLUDE, name.place, message));
                }
                Err(why) => {
                    let message = format!("`{}` cannot be included: {why}", shorten(&path, 80));
                    self.refuse(Complaint::new(&INCLUDE, name.place, message));
                }
            }
        }
    }

    /// The files that a name stands for; stars are looked up in the last component.
    fn included(&self, name: &str) -> Vec<String> {
        let last = file_name(name);
        if !last.contains(['*', '?', '[']) {
            return vec![name.to_owned()];
        }
        let Ok(glob) = globset::Glob::new(last) else {
            return Vec::new();
        };
        let matcher = glob.compile_matcher();
        let dir = dir_name(name);
        let names = self.input.target.names(dir).unwrap_or_default();
        let is_hidden = |found: &String| found.starts_with('.') && !last.starts_with('.');
        names
            .into_iter()
            .filter(|found| !is_hidden(found) && matcher.is_match(found))
            .map(|found| format!("{dir}/{found}"))
            .collect()
    }

    fn log(&mut self, line: &Line<'_>, name: &Word) {
        let is_default = name.text.eq_ignore_ascii_case("<default>");
        let (entry, notes) = line.log();
        for (complaint, is_fatal) in notes {
            if is_fatal {
                self.refuse(complaint);
            } else {
                self.say(complaint);
            }
        }
        let Some(mut entry) = entry else { return };
        if is_default {
            entry.name = "<default>".into();
        } else if !entry.name.starts_with('/') {
            let message = format!(
                "the log file `{}` is not an absolute path",
                shorten(&name.text, 80)
            );
            self.say(Complaint::new(&RELATIVE, name.place, message));
        }
        let Some(&index) = self.known.get(&entry.name) else {
            self.known.insert(entry.name.clone(), self.entries.len());
            self.entries.push(entry);
            return;
        };
        let first = self.entries[index].place;
        let message = format!("two lines are about `{}`", shorten(&entry.name, 80));
        let complaint = Complaint::new(&DUPLICATE, entry.place, message);
        self.say(
            complaint
                .also(first, "the other one")
                .help("keep one of them"),
        );
        let (aside, why) = if is_default {
            (entry, "only the first `<default>` counts")
        } else {
            let earlier = std::mem::replace(&mut self.entries[index], entry);
            (earlier, "a later line is about the same log file")
        };
        self.set_aside(&aside, why);
    }

    /// A line that would be one if it were no comment.
    fn commented_out(&mut self, line: &Line<'_>) {
        let inner = line.uncommented();
        let is_log = inner
            .words
            .first()
            .is_some_and(|word| word.text.starts_with('/'));
        if let (Some(entry), true) = (inner.log().0, is_log) {
            self.set_aside(&entry, "commented out");
        }
    }

    fn set_aside(&mut self, entry: &Entry, why: &'static str) {
        for field in entry.node.entries() {
            if self.document.asides.len() < MAX_NOTES {
                self.document.asides.push(Aside {
                    path: vec![entry.name.clone(), field.name.clone()],
                    value: field.node.data.to_text().unwrap_or_default().into(),
                    place: field.node.place,
                    why: why.into(),
                });
            }
        }
    }
}
