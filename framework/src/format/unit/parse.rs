//! Lines of a unit file as systemd's configuration parser joins and strips them. What a line means
//! (sections, keys, values) is decided in `load.rs`.
//!
//! The rules are those of `config_parse()` and `read_line_full()` in systemd 252.

use crate::source::Span;

/// Longest physical line, and longest joined line, that systemd takes.
const LINE_MAX: usize = 1024 * 1024;

/// The byte order mark, which systemd skips once, at the start of a line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What systemd strips from both ends of a line, a key and a value.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The same for bytes.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A line as the parser sees it, after continuation lines have been joined.
#[derive(Debug)]
pub(super) struct Logical {
    /// Where the stripped text starts and ends in the file; for a joined line, from the first
    /// byte of its first line to the last byte of its last.
    pub(super) span: Span,
    /// The last physical line, on which systemd reports what is wrong. Equal to `span` but for
    /// blanks where nothing was joined.
    pub(super) last: Span,
    /// The text and the origin of its bytes where several lines were joined.
    pub(super) joined: Option<Joined>,
}

/// The text of several physical lines.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The text, with a blank for each backslash at a line end.
    pub(super) bytes: Vec<u8>,
    /// Pairs of an offset in `bytes` and the offset in the file where the piece comes from.
    pieces: Vec<(usize, usize)>,
    /// Comments in between.
    pub(super) comments: Vec<Span>,
}

impl Joined {
    fn push(&mut self, line: &[u8], at: usize) {
        self.pieces.push((self.bytes.len(), at));
        self.bytes.extend_from_slice(line);
    }

    /// Where a byte of the text stands in the file.
    fn origin(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= offset);
        match self.pieces.get(piece.saturating_sub(1)) {
            Some((start, at)) => at + (offset - start),
            None => 0,
        }
    }

    /// The physical lines: their spans in the file and in the joined text.
    pub(super) fn lines(&self) -> impl Iterator<Item = (Span, Span)> + '_ {
        self.pieces.iter().enumerate().map(|(index, (start, at))| {
            let end = self
                .pieces
                .get(index + 1)
                .map_or(self.bytes.len(), |(next, _)| *next);
            (Span::new(*at, at + (end - start)), Span::new(*start, end))
        })
    }
}

impl Logical {
    /// The text, without blanks around it.
    pub(super) fn text<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        match &self.joined {
            Some(joined) => joined.bytes.trim_blanks(),
            None => &file[self.span.range()],
        }
    }

    /// Where systemd reports what is wrong: the part that stands on the last line.
    pub(super) fn report(&self) -> Span {
        match &self.joined {
            Some(_) => self.last,
            None => self.span,
        }
    }

    /// Where a part of [`Self::text`] stands in the file.
    pub(super) fn origin(&self, start: usize, end: usize) -> Span {
        let Some(joined) = &self.joined else {
            return Span::new(self.span.start + start, self.span.start + end);
        };
        let skipped = joined.bytes.iter().take_while(|b| is_blank(**b)).count();
        let (start, end) = (start + skipped, end + skipped);
        let first = joined.origin(start);
        if end <= start {
            return Span::new(first, first);
        }
        Span::new(first, joined.origin(end - 1) + 1)
    }
}

/// Stripping as systemd does it.
trait TrimBlanks {
    fn trim_blanks(&self) -> &Self;
}

impl TrimBlanks for [u8] {
    fn trim_blanks(&self) -> &Self {
        let start = self.iter().take_while(|byte| is_blank(**byte)).count();
        let rest = &self[start..];
        let end = rest
            .iter()
            .rev()
            .take_while(|byte| is_blank(**byte))
            .count();
        &rest[..rest.len() - end]
    }
}

/// Strips a text as systemd strips keys and values.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(BLANKS)
}

/// What the parser comes across.
#[derive(Debug)]
pub(super) enum Event {
    /// A comment: the physical line from its `#` or `;`.
    Comment(Span),
    /// A line that is not blank.
    Line(Logical),
    /// A line that is too long; nothing comes after it.
    TooLong(Span),
}

/// Walks over the lines of a file.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    bom_seen: bool,
    is_done: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            at: 0,
            bom_seen: false,
            is_done: false,
        }
    }

    /// The next physical line without its end, or nothing at the end of the file.
    fn physical(&mut self) -> Option<Span> {
        let start = self.at;
        if start >= self.file.len() {
            return None;
        }
        let rest = &self.file[start..];
        let length = memchr::memchr3(b'\n', b'\r', 0, rest).unwrap_or(rest.len());
        let end = start + length;
        // A line end is any of LF, CR and NUL, each at most once, and nothing after a NUL.
        let mut seen = [false; 2];
        self.at = end;
        while let Some(byte) = self.file.get(self.at) {
            let kind = match byte {
                b'\n' => 0,
                b'\r' => 1,
                0 => {
                    self.at += 1;
                    break;
                }
                _ => break,
            };
            if seen[kind] {
                break;
            }
            seen[kind] = true;
            self.at += 1;
        }
        Some(Span::new(start, end))
    }

    /// Where the text of a line begins: behind a byte order mark if it is the first one.
    fn skip_mark(&mut self, span: Span) -> usize {
        if !self.bom_seen && self.file[span.range()].starts_with(BYTE_ORDER_MARK) {
            self.bom_seen = true;
            return span.start + BYTE_ORDER_MARK.len();
        }
        span.start
    }

    fn too_long(&mut self, span: Span) -> Event {
        self.is_done = true;
        Event::TooLong(Span::new(span.start, span.start))
    }

    /// Joins a line that ends in a backslash with those that follow. The backslash becomes a
    /// blank; comments in between are dropped; a line that does not end so is the last.
    fn join(&mut self, start: usize, first: Span) -> Event {
        let mut joined = Joined::default();
        let mut span = Span::new(start, first.end);
        let mut last = first;
        let mut is_escaped = true;
        joined.push(&self.file[span.range()], start);
        while is_escaped {
            if let Some(backslash) = joined.bytes.last_mut() {
                *backslash = b' ';
            }
            let Some(line) = self.physical() else {
                // systemd counts one line more at the end of the file.
                last = Span::new(self.file.len(), self.file.len());
                break;
            };
            let text = &self.file[line.range()];
            if text.len() >= LINE_MAX {
                return self.too_long(line);
            }
            let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
            if matches!(text.get(blanks), Some(b'#' | b';')) {
                joined
                    .comments
                    .push(Span::new(line.start + blanks, line.end));
                continue;
            }
            let start = self.skip_mark(line);
            let text = &self.file[start..line.end];
            if joined.bytes.len() + text.len() > LINE_MAX {
                return self.too_long(line);
            }
            is_escaped = ends_escaped(text);
            joined.push(text, start);
            last = line;
            span.end = line.end;
        }
        Event::Line(Logical {
            span,
            last,
            joined: Some(joined),
        })
    }
}

/// Whether a backslash that is not itself escaped stands at the end of a line.
fn ends_escaped(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

impl Iterator for Lines<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while !self.is_done {
            let span = self.physical()?;
            let text = &self.file[span.range()];
            if text.len() >= LINE_MAX {
                return Some(self.too_long(span));
            }
            let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
            if matches!(text.get(blanks), Some(b'#' | b';')) {
                return Some(Event::Comment(Span::new(span.start + blanks, span.end)));
            }
            let start = self.skip_mark(span);
            let text = &self.file[start..span.end];
            if ends_escaped(text) {
                return Some(self.join(start, span));
            }
            let stripped = text.trim_blanks();
            if !stripped.is_empty() {
                let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
                let first = start + blanks;
                return Some(Event::Line(Logical {
                    span: Span::new(first, first + stripped.len()),
                    last: span,
                    joined: None,
                }));
            }
        }
        None
    }
}
