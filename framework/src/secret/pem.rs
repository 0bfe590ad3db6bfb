//! Private keys that stand in blocks of lines: PEM and PGP armour, and `PuTTY`'s files.

use memchr::memmem;

use super::alphabet::Alphabet;
use super::random::score;
use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use crate::source::Span;

/// The end of every label of a private key.
const LABEL: &[u8] = b"VATE KEY";

const BEGIN: &[u8] = b"-----BEGIN ";

/// Longest block that is followed to its end.
pub(super) const MAX_BLOCK: usize = 64 * 1024;

/// Fewest characters of base64 of a key: the shortest, of 32 bytes, has 64.
const SHORTEST: usize = 40;

/// A block whose label has [`LABEL`] at `at`. Gives where it ends.
pub(super) fn look(bytes: &[u8], at: usize, sink: &mut Sink) -> Option<usize> {
    let before = &bytes[at.saturating_sub(48)..at];
    let start = at - (before.len() - memmem::rfind(before, BEGIN)?);
    let label_start = start + BEGIN.len();
    let limit = bytes.len().min(label_start + 64);
    let label_end = label_start + memmem::find(&bytes[label_start..limit], b"-----")?;
    let label = &bytes[label_start..label_end];
    if !(label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let body_start = label_end + 5;
    let limit = bytes.len().min(body_start + MAX_BLOCK);
    let rest = &bytes[body_start..limit];
    let (body, end) = if let Some(dashes) = memmem::find(rest, b"-----") {
        let footer = &rest[dashes..];
        let skip = footer.iter().take_while(|byte| **byte == b'-').count();
        let is_end = footer[skip..].starts_with(b"END");
        let close = memmem::find(&footer[skip..footer.len().min(skip + 80)], b"-----");
        let close = close.filter(|_| is_end).map_or(0, |close| skip + close + 5);
        (&rest[..dashes], dashes + close)
    } else {
        let filled = rest.iter().rposition(|byte| !byte.is_ascii_whitespace());
        let end = filled.map_or(0, |at| at + 1);
        (&rest[..end], end)
    };
    let span = Span::new(start, body_start + end);
    if has_key(body) {
        sink.add(
            of_kind(Kind::PrivateKey),
            span,
            Rank::Block,
            Confidence::Certain,
        );
    } else if sink.need == Need::Likely && is_masked(body, end) {
        sink.mask_token(span);
    }
    Some(body_start + end)
}

/// Whether a body has enough base64 in it, behind its headers.
fn has_key(body: &[u8]) -> bool {
    let mut count = 0;
    let mut seen = [false; 256];
    // Quotes, escapes, comment signs and indentation stand between the lines in other files.
    for word in body.split(|byte| !Alphabet::Base64.holds(*byte)) {
        let word = word
            .strip_prefix(b"n")
            .filter(|_| count == 0)
            .unwrap_or(word);
        if word.len() >= 16 && score(word) >= 10 {
            count += word.len();
            for byte in word {
                seen[usize::from(*byte)] = true;
            }
        }
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    count >= SHORTEST && distinct >= 12
}

/// A block that is empty, elided or a reference is how documents write about keys.
fn is_masked(body: &[u8], end: usize) -> bool {
    let first = body
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    match first {
        Some(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
        None => end <= body.len(),
    }
}

/// Base64 of a PEM block with a private key that begins at `at`. Gives where it ends.
pub(super) fn encoded(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let limit = bytes.len().min(at + 2 * MAX_BLOCK);
    let mut text = Vec::new();
    let mut end = at;
    loop {
        let length = Alphabet::Base64.run(&bytes[end..limit], limit - end);
        text.extend_from_slice(&bytes[end..end + length]);
        end += length;
        // Base64 in lines, as `base64` prints it.
        let blanks = bytes[end..limit]
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let next = Alphabet::Base64.run(&bytes[end + blanks..limit], 80);
        if blanks == 0 || next < 16 || length < 40 {
            break;
        }
        end += blanks;
    }
    let head = &text[..text.len().min(96) / 4 * 4];
    let is_key =
        super::decode::base64(head).is_some_and(|head| memmem::find(&head, LABEL).is_some());
    if is_key && text.len() >= 100 {
        sink.add(
            of_kind(Kind::EncodedKey),
            Span::new(at, end),
            Rank::Block,
            Confidence::Certain,
        );
    }
    end
}

/// How far the private lines of a `PuTTY` key file may be from its start.
const MAX_PUBLIC: usize = 2048;

/// The private lines of a `PuTTY` key file whose first line begins at `at`.
pub(super) fn putty(bytes: &[u8], at: usize, sink: &mut Sink) {
    const PRIVATE: &[u8] = b"Private-Lines:";
    let limit = bytes.len().min(at + MAX_BLOCK);
    let head = &bytes[at..limit.min(at + MAX_PUBLIC)];
    let Some(lines) = memmem::find(head, PRIVATE) else {
        return;
    };
    let mut end = at + lines + PRIVATE.len();
    end += bytes[end..limit]
        .iter()
        .take(3)
        .take_while(|byte| **byte == b' ')
        .count();
    let digits = Alphabet::Digits.run(&bytes[end..limit], 4);
    let wanted = bytes[end..end + digits]
        .iter()
        .fold(0_usize, |number, digit| {
            number * 10 + usize::from(digit - b'0')
        });
    end += digits;
    let mut count = 0;
    for _ in 0..wanted {
        let is_between =
            |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b'\\' | b'n' | b'r');
        let line = end
            + bytes[end..limit]
                .iter()
                .take(4)
                .take_while(is_between)
                .count();
        let length = Alphabet::Base64.run(&bytes[line.min(limit)..limit], 100);
        if length == 0 || line == end {
            break;
        }
        count += length;
        end = line + length;
    }
    if count >= SHORTEST {
        sink.add(
            of_kind(Kind::Putty),
            Span::new(at, end),
            Rank::Block,
            Confidence::Certain,
        );
    }
}
