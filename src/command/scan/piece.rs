//! Looks at a file of any length piece by piece, in memory that does not grow with it. What is
//! found does not depend on the size of the pieces.

use std::io::{self, Read};

use clawtest_framework::secret::{self, Confidence, OVERLAP, allow};

use super::record::{Found, Sheet};
use super::rules::{Catalogue, RuleId};

/// How much of a file is in memory at once.
pub(super) const PIECE: usize = 2 << 20;

/// How many bytes at the start of a file tell whether it is binary.
const BINARY_HEAD: usize = 8 * 1024;

/// How many findings before a comment may be those that it allows.
const NEAR: usize = 256;

/// A buffer with what is needed to look at its content.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) buffer: Vec<u8>,
    /// The name of the file, which may say what form it has.
    name: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// How many line ends are before it.
    line: u64,
    /// How many characters are between it and the start of its line.
    column: u64,
}

impl Place {
    /// The place behind so much more text. Characters are those of UTF-8; in other texts each byte
    /// is one, but for those that UTF-8 has inside of characters.
    fn advance(&mut self, text: &[u8]) {
        let lines = memchr::memchr_iter(b'\n', text).count();
        let rest = if lines == 0 {
            text
        } else {
            self.line += lines as u64;
            self.column = 0;
            memchr::memrchr(b'\n', text).map_or(text, |at| &text[at + 1..])
        };
        self.column += rest
            .iter()
            .filter(|byte| !matches!(byte, 0x80..=0xbf))
            .count() as u64;
    }
}

/// Whether a file is binary, by its first bytes: one of them is NUL. In such a file only secrets
/// that have a form of their own are looked for; no name and no value can be told there.
pub(super) fn is_binary(start: &[u8]) -> bool {
    memchr::memchr(0, &start[..start.len().min(BINARY_HEAD)]).is_some()
}

/// Reads until the buffer is full or the end is reached; gives how much is in it.
pub(super) fn fill(reader: &mut impl Read, buffer: &mut [u8], from: usize) -> io::Result<usize> {
    let mut length = from;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

impl<'a> Scanner<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        Self::with_pieces(catalogue, PIECE)
    }

    /// A scanner with pieces of a certain size.
    pub(super) fn with_pieces(catalogue: &'a Catalogue, size: usize) -> Self {
        debug_assert!(
            size > 2 * OVERLAP,
            "a piece is longer than what it shares with its neighbours"
        );
        Self {
            catalogue,
            buffer: vec![0; size],
            name: String::new(),
        }
    }

    /// Says which file is looked at next.
    pub(super) fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.push_str(str::from_utf8(name).unwrap_or_default());
    }

    /// Looks at a text whose first `length` bytes are in the buffer already, and the rest behind
    /// them is in `rest`.
    pub(super) fn scan(
        &mut self,
        length: usize,
        rest: &mut impl Read,
        sheet: &mut Sheet,
    ) -> io::Result<()> {
        let is_binary = is_binary(&self.buffer[..length]);
        let mut place = Place::default();
        let mut length = length;
        let mut from = 0;
        while length == self.buffer.len() {
            // What begins in the end of this piece is looked at in the next, which begins so
            // much before it.
            let to = length - OVERLAP;
            self.look(length, from, to, is_binary, &mut place, sheet);
            sheet.bytes += (to - from) as u64;
            let kept = to - OVERLAP;
            self.buffer.copy_within(kept..length, 0);
            from = OVERLAP;
            length = fill(rest, &mut self.buffer, length - kept)?;
        }
        self.look(length, from, length, is_binary, &mut place, sheet);
        sheet.bytes += (length - from) as u64;
        Ok(())
    }

    /// Looks at the first bytes of the buffer; findings that begin in `from..to` are new.
    fn look(
        &self,
        length: usize,
        from: usize,
        to: usize,
        is_binary: bool,
        place: &mut Place,
        sheet: &mut Sheet,
    ) {
        let bytes = &self.buffer[..length];
        let is_last = to == length;
        let found = secret::find_in(&self.name, bytes);
        let own = self.catalogue.find_own(bytes);
        let may_have_comments = memchr::memmem::find(bytes, allow::COMMENT.as_bytes()).is_some();
        if found.is_empty() && own.is_empty() && !may_have_comments {
            if !is_last {
                place.advance(&bytes[from..to]);
            }
            return;
        }
        let mut hits: Vec<_> = found
            .iter()
            .filter(|finding| !(is_binary && finding.confidence == Confidence::Named))
            .map(|finding| {
                (
                    finding.span,
                    RuleId::Known(finding.rule),
                    finding.confidence,
                    finding.head(bytes),
                )
            })
            .collect();
        hits.extend(
            own.into_iter()
                .map(|(rule, span)| (span, rule, Confidence::Likely, &[][..])),
        );
        hits.sort_by_key(|(span, ..)| *span);
        let hits = hits
            .into_iter()
            .filter(|(_, rule, ..)| self.catalogue.is_wanted(*rule));
        let hits: Vec<_> = hits.collect();
        let start = *place;
        let mut at = from;
        for (span, rule, confidence, head) in &hits {
            if span.start < from || span.start >= to {
                continue;
            }
            place.advance(&bytes[at..span.start]);
            at = span.start;
            let lines = allow::lines_of(bytes, span.start, span.end);
            let (code, name) = self.catalogue.names(*rule);
            if allow::is_allowed(lines, code, name) {
                sheet.allowed += 1;
                continue;
            }
            if may_have_comments && memchr::memmem::find(lines, allow::COMMENT.as_bytes()).is_some()
            {
                sheet.unused(place.line + 1);
            }
            let value = &bytes[span.range()];
            let mut shown = [0; 4];
            let head_length = head.len().min(4);
            shown[..head_length].copy_from_slice(&head[..head_length]);
            sheet.push(Found {
                rule: *rule,
                confidence: *confidence,
                line: place.line + 1,
                column: place.column + 1,
                fingerprint: allow::fingerprint(value, self.catalogue.key),
                length: u32::try_from(value.len()).unwrap_or(u32::MAX),
                head: shown,
                head_length: u8::try_from(head_length).unwrap_or(0),
            });
        }
        // Where only some rules are wanted, a comment may be for another.
        if may_have_comments && self.catalogue.is_whole() {
            let spans = hits
                .iter()
                .map(|(span, rule, ..)| (*span, *rule))
                .collect::<Vec<_>>();
            self.unused_comments(bytes, from..to, start, &spans, sheet);
        }
        if !is_last {
            place.advance(&bytes[at..to]);
        }
    }

    /// Notes our comments beside which nothing is that they could allow.
    fn unused_comments(
        &self,
        bytes: &[u8],
        new: std::ops::Range<usize>,
        start: Place,
        hits: &[(clawtest_framework::source::Span, RuleId)],
        sheet: &mut Sheet,
    ) {
        let (mut place, mut at) = (start, new.start);
        for comment in allow::comments(bytes).filter(|at| new.contains(at)) {
            if sheet.has_enough_unused() {
                return;
            }
            // Only what begins before the end of the comment's line can be beside it.
            let near = hits.partition_point(|(span, _)| span.start <= comment + allow::REACH);
            let is_used = hits[..near].iter().rev().take(NEAR).any(|(span, rule)| {
                let lines = allow::lines_of(bytes, span.start, span.end).as_ptr_range();
                let (code, name) = self.catalogue.names(*rule);
                lines.contains(&bytes[comment..].as_ptr())
                    && allow::is_allowed(allow::lines_of(&bytes[comment..], 0, 0), code, name)
            });
            if !is_used {
                place.advance(&bytes[at..comment]);
                at = comment;
                sheet.unused(place.line + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests;
