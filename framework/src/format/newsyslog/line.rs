//! One line: its words, and the fields of a log file in them.

use crate::document::{Complaint, Data, Entry, Node, Place};
use crate::source::Span;
use crate::text::shorten;

use super::field::{MODE, check_when, is_flag, is_flag_of_freebsd, is_signal, leading};
use super::{FREEBSD, INVALID, MALFORMED, MISREAD, NO_EFFECT};

/// A word between blanks, `\#` read as `#`.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
}

/// A line without its comment.
#[derive(Debug)]
pub(super) struct Line<'a> {
    written: &'a str,
    pub(super) place: Place,
    pub(super) words: Vec<Word>,
    /// Whether a comment ends it.
    pub(super) has_hash: bool,
}

/// A complaint, and whether newsyslog exits there.
type Note = (Complaint, bool);

impl<'a> Line<'a> {
    /// Splits a line at an offset of a file.
    pub(super) fn new(written: &'a str, start: usize, file: u32) -> Self {
        let mut end = written.len();
        let mut has_hash = false;
        for (at, _) in written.match_indices('#') {
            if at == 0 || written.as_bytes()[at - 1] != b'\\' {
                end = at;
                has_hash = true;
                break;
            }
        }
        // The blanks of C's isspace().
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}');
        let mut words = Vec::new();
        let mut at = 0;
        while at < end {
            let rest = &written[at..end];
            let skipped = rest.len() - rest.trim_start_matches(is_blank).len();
            let from = at + skipped;
            let word = &written[from..end];
            let word = &word[..word.find(is_blank).unwrap_or(word.len())];
            if word.is_empty() {
                break;
            }
            at = from + word.len();
            words.push(Word {
                text: word.replace("\\#", "#"),
                place: Place::in_file(file, Span::new(start + from, start + at)),
            });
        }
        Self {
            written,
            place: Place::in_file(file, Span::new(start, start + written.len())),
            words,
            has_hash,
        }
    }

    /// Whether nothing at all stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    /// Whether it is a comment from its first byte on.
    pub(super) fn is_comment(&self) -> bool {
        self.written.starts_with('#')
    }

    /// The line without the signs that make it a comment.
    pub(super) fn uncommented(&self) -> Self {
        let inner = self.written.trim_start_matches(['#', ' ', '\t']);
        let skipped = self.written.len() - inner.len();
        Self::new(inner, self.place.span.start + skipped, self.place.file)
    }

    /// The log file that it is about, if it has all the fields that are needed, and what is wrong.
    pub(super) fn log(&self) -> (Option<Entry>, Vec<Note>) {
        let mut fields = Fields {
            line: self,
            next: 1,
            entries: Vec::new(),
            notes: Vec::new(),
        };
        let is_whole = fields.read().is_some();
        let Fields { entries, notes, .. } = fields;
        let Some(log) = self.words.first().filter(|_| is_whole) else {
            return (None, notes);
        };
        let end = self
            .words
            .last()
            .map_or(log.place, |word| word.place)
            .span
            .end;
        let place = Place::in_file(log.place.file, Span::new(log.place.span.start, end));
        let entry = Entry {
            name: log.text.as_str().into(),
            place: log.place,
            node: Node::new(Data::Map(entries), place),
        };
        (Some(entry), notes)
    }
}

struct Fields<'a> {
    line: &'a Line<'a>,
    next: usize,
    entries: Vec<Entry>,
    notes: Vec<Note>,
}

impl<'a> Fields<'a> {
    fn peek(&self) -> Option<&'a Word> {
        self.line.words.get(self.next)
    }

    fn take(&mut self) -> Option<&'a Word> {
        let word = self.peek();
        self.next += usize::from(word.is_some());
        word
    }

    /// The next word, which must be there.
    fn need(&mut self, what: &str) -> Option<&'a Word> {
        let word = self.take();
        if word.is_none() {
            let message = format!("malformed line (missing fields): there is no {what}");
            let help = "a line is `logfile [owner:group] mode count size when [flags [pid_file [signal]]]`";
            let complaint = Complaint::new(&MALFORMED, self.line.place, message).help(help);
            self.notes.push((complaint, true));
        }
        word
    }

    fn set(&mut self, name: &str, place: Place, data: Data) {
        let mut node = Node::new(data, place);
        if name == "mode" {
            node = node.scaled(&MODE);
        }
        let name = name.into();
        self.entries.push(Entry { name, place, node });
    }

    fn invalid(&mut self, word: &Word, message: impl Into<String>) {
        let complaint = Complaint::new(&INVALID, word.place, message);
        self.notes.push((complaint, true));
    }

    fn misread(&mut self, word: &Word, message: impl Into<String>) {
        let complaint = Complaint::new(&MISREAD, word.place, message);
        self.notes.push((complaint, false));
    }

    fn no_effect(&mut self, word: &Word, message: impl Into<String>) {
        let complaint = Complaint::new(&NO_EFFECT, word.place, message);
        self.notes.push((complaint, false));
    }

    fn read(&mut self) -> Option<()> {
        self.owner();
        let word = self.need("mode")?;
        self.mode(word);
        let word = self.need("count of logs to keep")?;
        self.count(word);
        let word = self.need("size")?;
        self.size(word);
        let word = self.need("time to rotate at")?;
        match check_when(&word.text) {
            Ok(()) => self.set("when", word.place, Data::Text(word.text.as_str().into())),
            Err(why) => {
                let shown = shorten(&word.text, 40);
                self.invalid(word, format!("{why}: `{shown}`"));
            }
        }
        let flags = self.take();
        if let Some(word) = flags {
            self.flags(word);
        }
        self.pid_and_signal(flags.map_or("", |word| &word.text));
        if let Some(word) = self.take() {
            let shown = shorten(&word.text, 40);
            self.no_effect(
                word,
                format!("`{shown}` stands behind the last field and is ignored"),
            );
        }
        Some(())
    }

    /// `owner:group`, known by its colon; the old way was a dot.
    fn owner(&mut self) {
        let Some(word) = self.peek() else { return };
        let split = word
            .text
            .split_once(':')
            .or_else(|| word.text.rsplit_once('.'));
        let Some((owner, group)) = split else { return };
        self.next += 1;
        let span = word.place.span;
        // With an escaped `#` the parts do not stand where they seem to.
        let is_plain = span.end - span.start == word.text.len();
        let middle = span.start + owner.len();
        let part = |start: usize, end: usize| {
            let span = if is_plain {
                Span::new(start, end)
            } else {
                span
            };
            Place::in_file(word.place.file, span)
        };
        if !owner.is_empty() {
            self.set("owner", part(span.start, middle), Data::Text(owner.into()));
        }
        if !group.is_empty() {
            self.set(
                "group",
                part(middle + 1, span.end),
                Data::Text(group.into()),
            );
        }
    }

    fn mode(&mut self, word: &Word) {
        let (digits, rest) = leading(&word.text, |byte| matches!(byte, b'0'..=b'7'));
        let Some(mode) = u32::from_str_radix(digits, 8).ok() else {
            let shown = shorten(&word.text, 40);
            let message = format!("bad permissions: `{shown}` is not an octal mode");
            self.invalid(word, message);
            return;
        };
        if !rest.is_empty() {
            self.misread(
                word,
                format!("newsyslog reads this mode as {digits} and drops the rest"),
            );
        }
        let kept = mode & 0o666;
        if mode == kept {
            self.set("mode", word.place, Data::Text(digits.into()));
        } else {
            let message = format!("File mode bits 0{mode:o} changed to 0{kept:o}");
            self.misread(word, message);
            let kept = format!("{kept:o}");
            self.set("mode", word.place, Data::Text(kept.into()));
        }
    }

    fn count(&mut self, word: &Word) {
        let (digits, rest) = leading(&word.text, u8::is_ascii_digit);
        let Some(count) = digits.parse::<i32>().ok() else {
            let shown = shorten(&word.text, 40);
            self.invalid(
                word,
                format!("bad value for count of logs to save: `{shown}`"),
            );
            return;
        };
        if !rest.is_empty() {
            self.misread(
                word,
                format!("newsyslog reads this count as {count} and drops the rest"),
            );
        }
        self.set("count", word.place, Data::Integer(count.into()));
    }

    fn size(&mut self, word: &Word) {
        if word.text == "*" {
            return;
        }
        let (digits, rest) = leading(&word.text, u8::is_ascii_digit);
        let Some(size) = digits.parse::<i32>().ok() else {
            let shown = shorten(&word.text, 40);
            let message =
                format!("Invalid value of '{shown}' for 'size': the log is not rotated by size");
            self.misread(word, message);
            return;
        };
        if !rest.is_empty() {
            let message =
                format!("newsyslog reads this size as {size} kilobytes and drops the unit");
            self.misread(word, message);
        }
        self.set("size", word.place, Data::Integer(size.into()));
    }

    fn flags(&mut self, word: &Word) {
        if let Some(flag) = word.text.chars().find(|flag| !is_flag(*flag)) {
            let message = format!("illegal flag in config file -- {flag}");
            let complaint = Complaint::new(&INVALID, word.place, message);
            let complaint = if word.text.starts_with('/') {
                complaint
                    .help("the file of the process id stands behind the flags; write `-` for none")
            } else {
                complaint
            };
            self.notes.push((complaint, true));
            return;
        }
        if let Some(flag) = word.text.chars().find(|flag| is_flag_of_freebsd(*flag)) {
            let message = format!("only FreeBSD has the flag `{flag}`; newsyslog of macOS exits");
            self.notes
                .push((Complaint::new(&FREEBSD, word.place, message), false));
        }
        self.set("flags", word.place, Data::Text(word.text.as_str().into()));
    }

    fn pid_and_signal(&mut self, flags: &str) {
        let has = |wanted: char| flags.contains([wanted, wanted.to_ascii_lowercase()]);
        let mut has_pid_file = false;
        if let Some(word) = self.peek() {
            if word.text.starts_with('/') {
                self.next += 1;
                has_pid_file = true;
                if has('N') {
                    let message = "the file of the process id is ignored because of the flag `N`";
                    self.no_effect(word, message);
                } else {
                    self.set(
                        "pid_file",
                        word.place,
                        Data::Text(word.text.as_str().into()),
                    );
                }
            } else if !word.text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                self.next += 1;
                let shown = shorten(&word.text, 40);
                self.invalid(
                    word,
                    format!("illegal pid file or signal in config file: `{shown}`"),
                );
                return;
            }
        }
        if let Some(word) = self.take() {
            if is_signal(&word.text) {
                self.set("signal", word.place, Data::Text(word.text.as_str().into()));
            } else {
                let shown = shorten(&word.text, 40);
                self.invalid(word, format!("illegal signal in config file: `{shown}`"));
            }
        }
        let words = &self.line.words;
        let field = words
            .iter()
            .find(|word| word.text == flags && !flags.is_empty());
        if let (Some(word), true) = (field, has('U') && !has_pid_file && !has('N')) {
            self.no_effect(
                word,
                "the flag `U` is ignored: there is no file of a process group's id",
            );
        }
    }
}
