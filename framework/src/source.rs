//! Text with positions: byte spans, lines and columns, and the excerpts that diagnostics show.
//! Excerpts are made from masked text, so that no secret travels with a diagnostic.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::OnceLock;

use serde::Serialize;

use crate::secret;

mod origin;

pub use origin::Origin;

/// Longest line, in characters, that an excerpt shows before it is cut around the span.
const MAX_LINE: usize = 240;

/// Most lines that one excerpt shows.
const MAX_LINES: usize = 6;

/// A half-open range of bytes in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to, but without, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span as a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), counted from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A text with its secrets masked: made when the first excerpt is cut out of it, and kept for the others.
/// It belongs to one text for as long as it lives.
#[derive(Clone, Default)]
pub struct Masked(OnceLock<Option<Box<[u8]>>>);

impl fmt::Debug for Masked {
    // What an own rule of a project would have masked may be in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masked").finish_non_exhaustive()
    }
}

impl Masked {
    /// The text without its secrets; `bytes` is always the same text.
    fn of<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        let masked = self.0.get_or_init(|| match secret::mask(bytes) {
            Cow::Borrowed(_) => None,
            Cow::Owned(masked) => Some(masked.into()),
        });
        let masked = masked.as_deref().unwrap_or(bytes);
        debug_assert_eq!(masked.len(), bytes.len(), "masking keeps lengths");
        masked
    }
}

/// A text that diagnostics point into, together with its masked form.
#[derive(Clone, Default)]
pub struct SourceText {
    text: Box<str>,
    masked: Masked,
}

impl fmt::Debug for SourceText {
    // The text may hold a secret, so it is never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceText")
            .field("len", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl Deref for SourceText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<T: Into<Box<str>>> From<T> for SourceText {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            masked: Masked::default(),
        }
    }
}

impl SourceText {
    /// The text with its name, for labels.
    pub fn source<'a>(&'a self, name: &'a str) -> Source<'a> {
        Source::new(name, self.text.as_bytes()).keeping(&self.masked)
    }
}

/// A named text that diagnostics can point into.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What the text is called in a report: a path, or for example `standard output`.
    pub name: &'a str,
    /// The bytes; they need not be UTF-8.
    pub bytes: &'a [u8],
    /// The document that the text was taken from; then names and positions are those of the document.
    pub origin: Option<&'a Origin>,
    /// Where its masked text is kept, if excerpts are cut out of it more than once.
    masked: Option<&'a Masked>,
}

impl fmt::Debug for Source<'_> {
    // The bytes may hold a secret, so they are never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Source<'a> {
    /// A source from its name and its bytes.
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes,
            origin: None,
            masked: None,
        }
    }

    /// Says where the masked text is kept: then the text is masked once, however many excerpts are
    /// cut out of it.
    #[must_use]
    pub fn keeping(self, masked: &'a Masked) -> Self {
        let masked = Some(masked);
        Self { masked, ..self }
    }

    /// Says which document the text was taken from, if it was.
    #[must_use]
    pub fn taken_from(self, origin: Option<&'a Origin>) -> Self {
        Self { origin, ..self }
    }

    /// The line and column of a byte offset; an offset behind the end counts as the end.
    pub fn position(self, offset: usize) -> Position {
        let before = &self.bytes[..offset.min(self.bytes.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let own = Position {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: String::from_utf8_lossy(&before[line_start..])
                .chars()
                .count()
                + 1,
        };
        self.origin.map_or(own, |origin| origin.position(own))
    }

    /// The text with its secrets masked, as long as it was: what a report may show parts of.
    pub fn masked(self) -> Cow<'a, [u8]> {
        match self.masked {
            Some(masked) => Cow::Borrowed(masked.of(self.bytes)),
            None => secret::mask(self.bytes),
        }
    }

    /// The lines that `span` touches, with secrets masked, for showing them in a report.
    pub fn excerpt(self, span: Span) -> Excerpt {
        let cut = Cut::of(&self.masked(), span);
        let position = self.position(cut.span.start);
        let finish = self.position(cut.span.end);
        Excerpt {
            path: shown_name(self.origin.map_or(self.name, Origin::document)),
            line: position.line,
            column: position.column,
            end_line: finish.line,
            end_column: finish.column,
            range: cut.range,
            text: cut.text,
        }
    }

    /// The span of the 1-based line `line`, without its line end; the last line if there are fewer.
    pub fn line_span(self, line: usize) -> Span {
        let mut start = 0;
        for _ in 1..line {
            let end = line_end(self.bytes, start);
            if end >= self.bytes.len() {
                break;
            }
            start = end + 1;
        }
        Span::new(start, line_end(self.bytes, start))
    }
}

/// The name of a text as a report shows it: that of a file may hold a secret, too.
fn shown_name(name: &str) -> String {
    printable(secret::mask_path(name).as_bytes()).into_owned()
}

/// The lines that a span touches.
struct Cut {
    /// The span, where it is not longer than what is shown.
    span: Span,
    text: String,
    /// The span in the text.
    range: Range<usize>,
}

impl Cut {
    /// `bytes` are masked already.
    fn of(bytes: &[u8], span: Span) -> Self {
        let mut start = span.start.min(bytes.len());
        if start == bytes.len() && bytes.ends_with(b"\n") {
            // The end of a file is shown behind its last line, not as an empty line below it.
            start -= 1;
        }
        let end = span.end.clamp(start, bytes.len());
        let first = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
        let mut last = line_end(bytes, start);
        let mut lines = 1;
        while last < end && lines < MAX_LINES {
            let next = line_end(bytes, last + 1);
            if end <= last + 1 {
                break;
            }
            last = next;
            lines += 1;
        }
        let end = end.min(last);
        let before = printable(&bytes[first..start]);
        let inside = printable(&bytes[start..end]);
        let after = printable(&bytes[end..last]);
        let (before, cut) = keep_tail(&before, MAX_LINE);
        let inside = keep_head(&inside, MAX_LINE);
        let after = keep_head(&after, MAX_LINE);
        let from = cut.len() + before.len();
        Self {
            span: Span::new(start, end),
            range: from..from + inside.len(),
            text: format!("{cut}{before}{inside}{after}"),
        }
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let from = from.min(bytes.len());
    memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |at| from + at)
}

/// Text that is safe on a terminal and in every report: no control characters but tab and line
/// feed, and replacement characters where the bytes are not UTF-8.
pub fn printable(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if bytes
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
    {
        text
    } else if text.chars().any(is_hidden) {
        let visible = text.chars().map(|c| match c {
            '\u{0}'..='\u{1f}' if is_hidden(c) => {
                char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            '\u{7f}' => '\u{2421}',
            c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        });
        Cow::Owned(visible.collect())
    } else {
        text
    }
}

/// Characters that could move a cursor, colour a terminal or reorder a line.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// The first `max` characters of a text, with an ellipsis where some are left out.
fn keep_head(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// The last `max` characters of a text, and an ellipsis where some are left out.
fn keep_tail(text: &str, max: usize) -> (&str, &'static str) {
    let skip = text.chars().count().saturating_sub(max);
    match text.char_indices().nth(skip) {
        Some((at, _)) if skip > 0 => (&text[at..], "…"),
        _ => (text, ""),
    }
}

/// A few lines of a text as a report shows them, and where they stand.
///
/// The text is masked and printable; positions are those of the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// The name of the text: a path, or for example `standard output`.
    pub path: String,
    /// Line of the start, counted from 1.
    pub line: usize,
    /// Column of the start in characters, counted from 1.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column behind the end.
    pub end_column: usize,
    /// The lines themselves, without the last line end.
    pub text: String,
    /// The byte range of the span inside `text`.
    #[serde(skip)]
    pub range: Range<usize>,
}

impl Excerpt {
    /// The lines that a span touches of a part of a longer text, which is masked already; `start` is
    /// where the span begins in the whole text.
    pub(crate) fn of_masked(name: &str, masked: &[u8], span: Span, start: Position) -> Self {
        let cut = Cut::of(masked, span);
        let inside = &masked[cut.span.range()];
        let line_start = memchr::memrchr(b'\n', inside).map(|at| at + 1);
        let last_line = String::from_utf8_lossy(&inside[line_start.unwrap_or(0)..]);
        let before = line_start.map_or(start.column, |_| 1);
        Self {
            path: shown_name(name),
            line: start.line,
            column: start.column,
            end_line: start.line + memchr::memchr_iter(b'\n', inside).count(),
            end_column: before + last_line.chars().count(),
            range: cut.range,
            text: cut.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Masked, Position, Source, Span, printable};

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("f", "añb\nçd".as_bytes());
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(5), Position { line: 2, column: 1 });
        assert_eq!(source.position(999), Position { line: 2, column: 3 });
    }

    #[test]
    fn an_excerpt_holds_the_whole_line_and_the_span_in_it() {
        let source = Source::new("f", b"one\ntwo three\nfour\n");
        let excerpt = source.excerpt(Span::new(8, 13));
        assert_eq!(excerpt.text, "two three");
        assert_eq!(&excerpt.text[excerpt.range.clone()], "three");
        assert_eq!((excerpt.line, excerpt.column), (2, 5));
        assert_eq!((excerpt.end_line, excerpt.end_column), (2, 10));
    }

    #[test]
    fn an_excerpt_of_several_lines_ends_with_the_span() {
        let source = Source::new("f", b"one\ntwo\nthree\nfour");
        let excerpt = source.excerpt(Span::new(1, 6));
        assert_eq!(excerpt.text, "one\ntwo");
        assert_eq!(&excerpt.text[excerpt.range.clone()], "ne\ntw");
        // A span that ends with a line end does not pull in the next line.
        assert_eq!(source.excerpt(Span::new(0, 4)).text, "one");
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_span() {
        let mut text = "x".repeat(10_000);
        text.push_str("here");
        text.push_str(&"y".repeat(10_000));
        let excerpt = Source::new("f", text.as_bytes()).excerpt(Span::new(10_000, 10_004));
        assert_eq!(&excerpt.text[excerpt.range.clone()], "here");
        assert!(excerpt.text.chars().count() < 500);
        assert_eq!(excerpt.column, 10_001);
    }

    #[test]
    fn bytes_that_are_not_text_stay_visible_and_harmless() {
        assert_eq!(
            printable(b"a\x1b[31m\xff\x7f"),
            "a\u{241b}[31m\u{fffd}\u{2421}"
        );
        assert_eq!(printable(b"tab\tand\nline"), "tab\tand\nline");
        let excerpt = Source::new("f", b"\xff\xfe=x").excerpt(Span::new(3, 4));
        assert_eq!(&excerpt.text[excerpt.range.clone()], "x");
    }

    #[test]
    fn a_text_that_is_masked_once_gives_the_same_excerpts() {
        let token = format!("ghp_{}", "Ab3dEf6hIj9".repeat(4).split_at(36).0);
        let text = format!("a\ntoken = {token}\nb {token}\nlast");
        let plain = Source::new("f", text.as_bytes());
        let masked = Masked::default();
        let keeping = plain.keeping(&masked);
        for start in 0..=text.len() {
            let span = Span::new(start, start + 9);
            assert_eq!(keeping.excerpt(span), plain.excerpt(span));
            assert!(!plain.excerpt(span).text.contains("3dEf6hIj"));
        }
        assert!(!format!("{masked:?} {keeping:?}").contains("last"));
    }

    #[test]
    fn lines_are_found_by_number() {
        let source = Source::new("f", b"a\nbb\n\nccc");
        assert_eq!(source.line_span(2), Span::new(2, 4));
        assert_eq!(source.line_span(3), Span::new(5, 5));
        assert_eq!(source.line_span(99), Span::new(6, 9));
    }
}
