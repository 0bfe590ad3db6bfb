//! From the parser's places to bytes of the file, and the lengths of what stands there.

use saphyr_parser::Marker;

use crate::source::Span;

pub(super) fn single_quoted_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte == b'\'' {
            if bytes.get(at) != Some(&b'\'') {
                break;
            }
            at += 1;
        }
    }
    at.min(bytes.len())
}

pub(super) fn double_quoted_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += if *byte == b'\\' { 2 } else { 1 };
        if *byte == b'"' {
            break;
        }
    }
    at.min(bytes.len())
}

pub(super) fn word_len(bytes: &[u8]) -> usize {
    let end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    bytes.iter().position(end).unwrap_or(bytes.len())
}

pub(super) fn line_len(bytes: &[u8]) -> usize {
    let end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    bytes.iter().position(end).unwrap_or(bytes.len())
}

/// How many characters there are between two known offsets.
const STRIDE: usize = 64;

/// From the parser's places, which count characters, to bytes.
pub(super) struct Offsets<'a> {
    text: &'a str,
    /// The byte that the parser's count begins with.
    first: usize,
    /// The bytes where every so manieth character begins; empty if all are one byte long.
    marks: Vec<usize>,
}

impl<'a> Offsets<'a> {
    pub(super) fn new(text: &'a str, first: usize) -> Self {
        let rest = &text[first..];
        let marks = if rest.is_ascii() {
            Vec::new()
        } else {
            let starts = rest.char_indices().step_by(STRIDE);
            starts.map(|(at, _)| first + at).collect()
        };
        Self { text, first, marks }
    }

    pub(super) fn byte(&self, marker: Marker) -> usize {
        let index = marker.index();
        if self.marks.is_empty() {
            return (self.first + index).min(self.text.len());
        }
        let Some(&mark) = self.marks.get(index / STRIDE) else {
            return self.text.len();
        };
        let mut characters = self.text[mark..].char_indices();
        let at = characters.nth(index % STRIDE);
        at.map_or(self.text.len(), |(at, _)| mark + at)
    }

    pub(super) fn span(&self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start);
        Span::new(start, self.byte(span.end).max(start))
    }
}
