//! Looks at a file of any length piece by piece, in memory that does not grow with it. What is
//! found does not depend on the size of the pieces.

mod crew;

use std::fmt;
use std::io::{self, Read};

use super::catalogue::{Catalogue, RuleId};
use super::policy::{Policy, Word};
use super::sheet::{Found, MAX_EXCERPTS, Sheet};
use super::{Confidence, OVERLAP, allow};
use crate::source::{Excerpt, Position, Span};

/// How much of a file is in memory at once.
pub const PIECE: usize = 2 << 20;

/// The same where there are very many threads.
const SHORTEST: usize = 512 << 10;

/// How much all threads together have in memory, but for those of a crew.
const TOGETHER: usize = 32 << 20;

/// How many bytes at the start of a file tell whether it is binary.
const BINARY_HEAD: usize = 8 * 1024;

/// How many findings before a comment may be those that it allows.
const NEAR: usize = 256;

/// A buffer with what is needed to look at its content.
pub struct Scanner<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) buffer: Vec<u8>,
    /// Tells an archive by its first bytes.
    pub(super) is_archive: fn(&[u8]) -> bool,
    /// The name of the file, which may say what form it has.
    name: String,
    /// How long the buffer becomes where it has to.
    size: usize,
    /// What allows findings; with it, sheets get excerpts.
    policy: Option<&'a Policy>,
    /// The paths of the file as allowances name it.
    paths: Vec<String>,
    /// How many threads may look at a long file together.
    threads: usize,
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
pub fn is_binary(start: &[u8]) -> bool {
    memchr::memchr(0, &start[..start.len().min(BINARY_HEAD)]).is_some()
}

/// Reads until the buffer is full or the end is reached; gives how much is in it.
pub fn fill(reader: &mut impl Read, buffer: &mut [u8], from: usize) -> io::Result<usize> {
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

impl fmt::Debug for Scanner<'_> {
    // What was read may hold secrets, so it is never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scanner")
            .field("size", &self.buffer.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Scanner<'a> {
    /// A scanner with pieces of 2 MiB.
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Self::with_pieces(catalogue, PIECE)
    }

    /// A scanner with pieces of a certain size.
    pub fn with_pieces(catalogue: &'a Catalogue, size: usize) -> Self {
        debug_assert!(
            size > 2 * OVERLAP,
            "a piece is longer than what it shares with its neighbours"
        );
        Self {
            catalogue,
            buffer: vec![0; size],
            is_archive: |_| false,
            name: String::new(),
            size,
            policy: None,
            paths: Vec::new(),
            threads: 1,
        }
    }

    /// A scanner that goes by a policy and shows lines. Its buffer is only as long as the longest
    /// file, up to 2 MiB.
    pub fn of(policy: &'a Policy) -> Self {
        Self {
            catalogue: &policy.catalogue,
            buffer: Vec::new(),
            is_archive: |_| false,
            name: String::new(),
            size: PIECE,
            policy: Some(policy),
            paths: Vec::new(),
            threads: 1,
        }
    }

    /// Says which file is looked at next, how long it is, and which paths allowances may name.
    pub fn set_file(&mut self, name: &str, length: u64, paths: Vec<String>) {
        self.set_name(name.as_bytes());
        self.paths = paths;
        // One byte more shows that the end was reached.
        let wanted = usize::try_from(length).map_or(self.size, |length| length.saturating_add(1));
        if self.buffer.len() < wanted.min(self.size) {
            self.buffer.resize(wanted.min(self.size), 0);
        }
    }

    /// Gives the buffer its full length: without that nothing can be looked at in pieces.
    pub(super) fn grow(&mut self) {
        if self.buffer.len() < self.size {
            self.buffer.resize(self.size, 0);
        }
    }

    /// A scanner of one of so many threads, which look at a long file together.
    pub fn of_many(catalogue: &'a Catalogue, threads: usize) -> Self {
        let size = (TOGETHER / threads.max(1)).clamp(SHORTEST, PIECE);
        Self {
            threads,
            ..Self::with_pieces(catalogue, size)
        }
    }

    /// With a way to tell archives, so that [`Sheet::is_archive`] is right.
    #[must_use]
    pub fn telling_archives(mut self, is_archive: fn(&[u8]) -> bool) -> Self {
        self.is_archive = is_archive;
        self
    }

    /// Says which file is looked at next.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.push_str(str::from_utf8(name).unwrap_or_default());
    }

    /// Looks at a text whose first `length` bytes are in the buffer already, and the rest behind
    /// them is in `rest`.
    pub fn scan(
        &mut self,
        length: usize,
        rest: &mut (impl Read + Send),
        sheet: &mut Sheet,
    ) -> io::Result<()> {
        let is_binary = is_binary(&self.buffer[..length]);
        if length == self.buffer.len()
            && self.threads > 1
            && let Some(crew) = crew::assemble(self.threads)
        {
            return crew.scan(self, is_binary, rest, sheet);
        }
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
        let found = super::find_in(&self.name, bytes);
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
        let mut masked = None;
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
            let fingerprint = allow::fingerprint(value, self.catalogue.key);
            if let Some(policy) = self.policy {
                match policy.word(&self.paths, code, name, fingerprint) {
                    Word::Nothing => {}
                    Word::Allowed => {
                        sheet.allowed_by_policy += 1;
                        continue;
                    }
                    Word::Expired(day) => sheet.expired.push((sheet.found.len(), day)),
                }
                if sheet.found.len() < MAX_EXCERPTS {
                    let masked = masked.get_or_insert_with(|| masked_with(bytes, &hits));
                    let position = Position {
                        line: usize::try_from(place.line + 1).unwrap_or(usize::MAX),
                        column: usize::try_from(place.column + 1).unwrap_or(usize::MAX),
                    };
                    let excerpt = Excerpt::of_masked(&self.name, masked, *span, position);
                    sheet.excerpts.push(excerpt);
                }
            }
            let mut shown = [0; 4];
            let head_length = head.len().min(4);
            shown[..head_length].copy_from_slice(&head[..head_length]);
            sheet.push(Found {
                rule: *rule,
                confidence: *confidence,
                line: place.line + 1,
                column: place.column + 1,
                fingerprint,
                length: u32::try_from(value.len()).unwrap_or(u32::MAX),
                head: shown,
                head_length: u8::try_from(head_length).unwrap_or(0),
            });
        }
        // Where only some rules are wanted, a comment may be for another.
        // A binary file has no comments: what a compiler makes of them is no allowance.
        if may_have_comments && self.catalogue.is_whole() && !is_binary {
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
        hits: &[(Span, RuleId)],
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

/// A finding in a piece: its place, its rule, how sure it is, and what of it may be shown.
type Hit<'a> = (Span, RuleId, Confidence, &'a [u8]);

/// The text with everything masked: what [`super::mask`] masks, and what only the rules of the project
/// or the name of the file make a secret.
fn masked_with(bytes: &[u8], hits: &[Hit<'_>]) -> Vec<u8> {
    let mut masked = super::mask(bytes).into_owned();
    for (span, _, _, head) in hits {
        for byte in masked[span.range()].iter_mut().skip(head.len()) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    masked
}

#[cfg(test)]
mod tests;
