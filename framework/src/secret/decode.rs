//! Texts that are encoded once: base64, percent-encoding, escapes of JSON and continued lines.

use memchr::memchr2_iter;

use super::alphabet::Alphabet;
use super::blocks::{self, Halves};
use crate::source::Span;

/// The bytes of base64 of either alphabet, with or without padding; `None` for anything else.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text
        .iter()
        .rev()
        .take(2)
        .take_while(|byte| **byte == b'=')
        .count();
    let text = &text[..text.len() - padding];
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let mut bits = 0_u32;
    let mut count = 0;
    for byte in text {
        let value = sextet(*byte)?;
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
        }
    }
    Some(bytes)
}

/// The six bits of a character of base64 of either alphabet.
fn sextet(byte: u8) -> Option<u8> {
    static SEXTETS: [u8; 256] = {
        let mut table = [u8::MAX; 256];
        let characters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut at = 0_u8;
        while at < 64 {
            table[characters[at as usize] as usize] = at;
            at += 1;
        }
        table[b'-' as usize] = 62;
        table[b'_' as usize] = 63;
        table
    };
    Some(SEXTETS[usize::from(byte)]).filter(|value| *value < 64)
}

/// Whether a byte is one of a text that people read.
pub(super) fn is_readable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')
}

/// Whether a text is base64 of one that people read. Nearly every long word is not, and most show
/// it by their first characters.
pub(super) fn begins_readable(text: &[u8]) -> bool {
    text.as_chunks::<4>().0.iter().all(|four| {
        let bits = four.iter().try_fold(0_u32, |bits, byte| {
            Some(bits << 6 | u32::from(sextet(*byte)?))
        });
        bits.is_some_and(|bits| {
            let [_, three @ ..] = bits.to_be_bytes();
            three.into_iter().all(is_readable)
        })
    })
}

/// A part of a text, decoded.
pub(super) struct Decoded {
    pub(super) text: Vec<u8>,
    /// For each byte where it stands in the source, and where the part ends.
    places: Vec<usize>,
}

impl Decoded {
    /// The place in the source of a span of the decoded text.
    pub(super) fn place(&self, span: Span) -> Span {
        Span::new(self.places[span.start], self.places[span.end])
    }
}

/// How far a part reaches before its first escape, and how long it gets at most.
const BEFORE: usize = 600;
const LONGEST: usize = 8192;

/// What escapes begin with, in two classes: most backslashes of a text are before other characters.
static STARTS: [Halves; 2] = {
    let mut starts = [Halves::NONE; 2];
    starts[0].add(b'\\', 1);
    starts[0].add(b'%', 2);
    let seconds = b"/u\n\r0123456789abcdefABCDEF";
    let mut at = 0;
    while at < seconds.len() {
        starts[1].add(seconds[at], if at < 4 { 1 } else { 2 });
        at += 1;
    }
    starts
};

/// Calls `each` with every part of a text that has percent-encoding, escapes of JSON or continued
/// lines in it where a token may be.
pub(super) fn for_each(bytes: &[u8], mut each: impl FnMut(&Decoded)) {
    let mut done = 0;
    if blocks::is_fast() {
        blocks::for_each(bytes, &STARTS, |at| look(bytes, at, &mut done, &mut each));
    } else {
        for at in memchr2_iter(b'%', b'\\', bytes) {
            look(bytes, at, &mut done, &mut each);
        }
    }
}

/// Looks at a place where an escape may be; up to `done` everything has been looked at.
fn look(bytes: &[u8], at: usize, done: &mut usize, each: &mut impl FnMut(&Decoded)) {
    if at < *done || escape(bytes, at).is_none() {
        return;
    }
    let floor = at.saturating_sub(BEFORE).max(*done);
    let start = at
        - bytes[floor..at]
            .iter()
            .rev()
            .take_while(|byte| is_of_part(**byte))
            .count();
    let mut decoded = Decoded {
        text: Vec::new(),
        places: Vec::new(),
    };
    let mut next = start;
    while next < bytes.len() && next - start < LONGEST {
        let (byte, length) = match escape(bytes, next) {
            Some((byte, length)) => (byte, length),
            None if is_of_part(bytes[next]) => (Some(bytes[next]), 1),
            None => break,
        };
        if let Some(byte) = byte {
            decoded.text.push(byte);
            decoded.places.push(next);
        }
        next += length;
    }
    decoded.places.push(next);
    #[cfg(test)]
    super::tally::add(next - start);
    *done = next.max(at + 1);
    if decoded.text.len() >= 16 {
        each(&decoded);
    }
}

/// What tokens, URLs and names consist of.
fn is_of_part(byte: u8) -> bool {
    Alphabet::Base64Any.holds(byte) || matches!(byte, b'.' | b'~' | b':' | b'@' | b'&' | b'?')
}

/// What an escape stands for and how long it is; a continued line stands for nothing.
fn escape(bytes: &[u8], at: usize) -> Option<(Option<u8>, usize)> {
    let rest = &bytes[at..];
    let hex = |text: &[u8]| {
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let byte = digit(text[0])? << 4 | digit(text[1])?;
        is_of_part(byte).then_some(byte)
    };
    match rest {
        [b'%', code @ ..] if code.len() >= 2 => Some((Some(hex(&code[..2])?), 3)),
        [b'\\', b'/', ..] => Some((Some(b'/'), 2)),
        [b'\\', b'u', b'0', b'0', code @ ..] if code.len() >= 2 => {
            Some((Some(hex(&code[..2])?), 6))
        }
        [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] => {
            let line = 1 + rest
                .iter()
                .skip(1)
                .take(2)
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            let indent = rest[line..]
                .iter()
                .take(64)
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let is_inside = at > 0 && Alphabet::Base64Any.holds(bytes[at - 1]);
            is_inside.then_some((None, line + indent))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_both_alphabets() {
        assert_eq!(base64(b"aGk=").unwrap(), b"hi");
        assert_eq!(base64(b"aGk").unwrap(), b"hi");
        assert_eq!(base64(b"-_+/").unwrap(), [0xfb, 0xff, 0xbf]);
        assert_eq!(base64(b"a"), None);
        assert_eq!(base64(b"a b="), None);
    }
}
