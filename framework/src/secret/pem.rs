//! Private keys that stand in blocks of lines: PEM and PGP armour, and `PuTTY`'s files.

use memchr::memmem;

use super::alphabet::Alphabet;
use super::random::score;
use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use crate::source::Span;

/// The end of every label of a private key.
const LABEL: &[u8] = b"VATE KEY";

/// What stands before and behind a label: in PEM and PGP armour, and in the keys of SSH
/// Communications.
const OPENINGS: [(&[u8], &[u8]); 2] = [(b"-----BEGIN ", b"-----"), (b"---- BEGIN ", b" ----")];

/// Longest block that is followed to its end.
pub(super) const MAX_BLOCK: usize = 64 * 1024;

/// Fewest characters of base64 of a key: the shortest, of 32 bytes, has 64.
const SHORTEST: usize = 40;

/// Most characters of a key that documents show before they leave the rest out.
const SHOWN: usize = 400;

/// A block whose label has [`LABEL`] at `at`. Gives where it ends.
pub(super) fn look(bytes: &[u8], at: usize, sink: &mut Sink) -> Option<usize> {
    let before = &bytes[at.saturating_sub(48)..at];
    let (start, opening, closing) = OPENINGS.into_iter().find_map(|(opening, closing)| {
        let found = memmem::rfind(before, opening)?;
        Some((at - before.len() + found, opening, closing))
    })?;
    let dashes = closing.trim_ascii();
    let label_start = start + opening.len();
    let limit = bytes.len().min(label_start + 64);
    let label_end = label_start + memmem::find(&bytes[label_start..limit], closing)?;
    let label = &bytes[label_start..label_end];
    if !(label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let body_start = label_end + closing.len();
    let limit = bytes.len().min(body_start + MAX_BLOCK);
    let rest = &bytes[body_start..limit];
    // In a program the label stands alone between NULs; a key is text up to its end.
    let rest = memchr::memchr(0, rest).map_or(rest, |at| &rest[..at]);
    let (body, end) = if let Some(at) = memmem::find(rest, dashes) {
        let footer = &rest[at..];
        let is_rule = |byte: &&u8| matches!(byte, b'-' | b' ');
        let skip = footer.iter().take(12).take_while(is_rule).count();
        let is_end = footer[skip..].starts_with(b"END");
        let close = memmem::find(&footer[skip..footer.len().min(skip + 80)], dashes);
        let close = close
            .filter(|_| is_end)
            .map_or(0, |close| skip + close + dashes.len());
        (&rest[..at], at + close)
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

/// How far the first line of a key may be from its label: headers stand between them (RFC 1421,
/// RFC 9580). In a program that looks for the label much else follows.
const HEADERS: usize = 400;

/// How far lines of a key may be from each other: quotes, escapes, comment signs and indentation
/// stand between them in other files.
const BETWEEN: usize = 96;

/// Whether a body has enough base64 in it, behind its headers, and none of it left out.
fn has_key(body: &[u8]) -> bool {
    let mut count = 0;
    let mut seen = [false; 256];
    let mut at = 0;
    let mut last = 0;
    for word in body.split(|byte| !Alphabet::Base64.holds(*byte)) {
        let place = at;
        at += word.len() + 1;
        let word = word
            .strip_prefix(b"n")
            .filter(|_| count == 0)
            .unwrap_or(word);
        if word.len() < 16 || score(word) < 10 {
            continue;
        }
        if place - last > if count == 0 { HEADERS } else { BETWEEN } {
            break;
        }
        last = at;
        count += word.len();
        for byte in word {
            seen[usize::from(*byte)] = true;
        }
    }
    let rest = &body[last.min(body.len())..body.len().min(last + BETWEEN)];
    let is_elided = |text: &[u8]| {
        [&b"..."[..], "…".as_bytes(), b"[snip", b"***"]
            .iter()
            .any(|gap| memmem::find(text, gap).is_some())
    };
    let distinct = seen.iter().filter(|seen| **seen).count();
    // A key of which a line is shown is none.
    let is_shown = count < SHOWN && (is_elided(&body[..last.min(body.len())]) || is_elided(rest));
    // What documents put into a key to say that it is none.
    let is_example = memmem::find(body, b"EXAMPLE").is_some();
    count >= SHORTEST && distinct >= 12 && !is_shown && !is_example
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

/// The characters of base64 that begin at `at`, and where they end; on several lines, as `base64`
/// prints it.
fn gather(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let limit = bytes.len().min(at + 2 * MAX_BLOCK);
    let mut text = Vec::new();
    let mut end = at;
    loop {
        let length = Alphabet::Base64.run(&bytes[end..limit], limit - end);
        text.extend_from_slice(&bytes[end..end + length]);
        end += length;
        let blanks = bytes[end..limit]
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let next = Alphabet::Base64.run(&bytes[end + blanks..limit], 80);
        if blanks == 0 || next < 16 || length < 40 {
            return (text, end);
        }
        end += blanks;
    }
}

/// Base64 of a PEM block with a private key that begins at `at`. Gives where it ends.
pub(super) fn encoded(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let (text, end) = gather(bytes, at);
    // The parameters of a curve may stand before its key.
    let is_key = [96, 240].into_iter().any(|length| {
        let head = &text[..text.len().min(length) / 4 * 4];
        super::decode::base64(head).is_some_and(|head| {
            memmem::find(&head, LABEL).is_some()
                && (length == 96 || memmem::find(&head, b"EC PARAMETERS").is_some())
        })
    });
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

/// Base64 of a private key in DER, without the lines around it, that begins at `at`.
pub(super) fn der(bytes: &[u8], at: usize, sink: &mut Sink) {
    if at < sink.keys_end {
        return;
    }
    let head = &bytes[at..bytes.len().min(at + 64)];
    let head = &head[..Alphabet::Base64.run(head, 64) / 4 * 4];
    let is_key = super::decode::base64(head).is_some_and(|head| is_private_der(&head));
    if !is_key {
        return;
    }
    let (text, end) = gather(bytes, at);
    sink.keys_end = end;
    let whole = super::decode::base64(&text).and_then(|key| {
        let (content, length) = sequence(&key)?;
        Some(key.len() >= content + length)
    });
    let span = Span::new(at, end);
    if whole == Some(true) {
        sink.tokens_end = sink.tokens_end.max(end);
        sink.add(
            of_kind(Kind::EncodedKey),
            span,
            Rank::Block,
            Confidence::Certain,
        );
    } else if sink.need == Need::Likely {
        sink.mask_token(span);
    }
}

/// Where the content of a DER sequence begins, and how long it says it is (X.690).
fn sequence(der: &[u8]) -> Option<(usize, usize)> {
    match *der {
        [0x30, length @ ..=0x7F, ..] => Some((2, usize::from(length))),
        [0x30, 0x81, length, ..] => Some((3, usize::from(length))),
        [0x30, 0x82, high, low, ..] => Some((4, usize::from(high) << 8 | usize::from(low))),
        _ => None,
    }
}

/// Whether DER is a private key: of PKCS #8 (RFC 5208), encrypted or not, PKCS #1 (RFC 8017), SEC 1
/// (RFC 5915) or PKCS #12 (RFC 7292). A certificate or a public key begins with another sequence.
fn is_private_der(der: &[u8]) -> bool {
    /// The object identifiers of encryption by a password: PKCS #5 and PKCS #12.
    const PKCS5: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5];
    const PKCS12: &[u8] = &[6, 10, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 1];
    /// The object identifier of the data of a PKCS #12 file.
    const DATA: &[u8] = &[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
    let Some((content, _)) = sequence(der) else {
        return false;
    };
    let inner = |der: &[u8], start: &[u8]| {
        sequence(der).is_some_and(|(content, _)| der[content..].starts_with(start))
    };
    match &der[content..] {
        [2, 1, 0, 2, 0x81 | 0x82, ..] | [2, 1, 1, 4, 0x20 | 0x30 | 0x42, ..] => true,
        [2, 1, 0 | 1, rest @ ..] if inner(rest, &[6]) => true,
        [2, 1, 3, rest @ ..] => inner(rest, DATA),
        rest => inner(rest, PKCS5) || inner(rest, PKCS12),
    }
}

/// How far an object of JSON is followed to either side.
const OBJECT: usize = 8 * 1024;

/// A JSON Web Key (RFC 7517) with a private part, whose `"kty"` begins at `at`. Gives up to where
/// it was looked at.
pub(super) fn jwk(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let limit = bytes.len().min(at + OBJECT);
    let Some(length) = memchr::memchr(b'}', &bytes[at..limit]) else {
        return limit;
    };
    let end = at + length + 1;
    let floor = at.saturating_sub(OBJECT);
    let Some(start) = memchr::memrchr(b'{', &bytes[floor..at]) else {
        return end;
    };
    let start = floor + start;
    let object = &bytes[start..end];
    let is_symmetric = member(object, b"\"kty").is_some_and(|kind| kind == b"oct");
    let private = member(object, if is_symmetric { b"\"k" } else { b"\"d" });
    if let Some(key) = private.filter(|key| key.len() >= 20 && super::random::is_issued(key))
        && let Some(at) = memmem::find(object, key)
    {
        sink.add(
            of_kind(Kind::JsonWebKey),
            Span::new(start + at, start + at + key.len()),
            Rank::Block,
            Confidence::Certain,
        );
        // The primes of an RSA key are as private.
        sink.mask(Span::new(start, end));
    }
    end
}

/// The text of a member of a JSON object, whose name is given with its first quote; the quotes may
/// be escaped.
fn member<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    memmem::find_iter(object, name).find_map(|at| {
        let rest = &object[at + name.len()..];
        let is_sign =
            |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\\' | b':');
        let signs = rest.iter().take(24).take_while(is_sign).count();
        let is_name = memchr::memchr(b':', &rest[..signs]).is_some();
        let length = Alphabet::Word.run(&rest[signs..], OBJECT);
        is_name.then(|| &rest[signs..signs + length])
    })
}

/// How far the private lines of a `PuTTY` key file may be from its start.
const MAX_PUBLIC: usize = 4096;

/// The private lines of a `PuTTY` key file whose first line begins at `at`.
pub(super) fn putty(bytes: &[u8], at: usize, sink: &mut Sink) {
    const PRIVATE: &[u8] = b"Private-Lines:";
    let limit = bytes.len().min(at + MAX_BLOCK);
    let head_end = limit.min(at + MAX_PUBLIC);
    let from = at.max(sink.no_lines_end).min(head_end);
    #[cfg(test)]
    super::tally::add(head_end - from);
    let Some(lines) = memmem::find(&bytes[from..head_end], PRIVATE) else {
        sink.no_lines_end = head_end.saturating_sub(PRIVATE.len());
        return;
    };
    let mut end = from + lines + PRIVATE.len();
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
        let line = end + between_lines(&bytes[end..limit]);
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

/// How many bytes are between two lines: line ends, escapes of them, quotes, comment signs and
/// indentation.
fn between_lines(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len().min(64) {
        at += match &text[at..] {
            [b'\\', b'n' | b'r', ..] => 2,
            [byte, ..]
                if byte.is_ascii_whitespace()
                    || matches!(
                        byte,
                        b'\\' | b'"' | b'\'' | b'#' | b'>' | b'*' | b',' | b';'
                    ) =>
            {
                1
            }
            _ => break,
        };
    }
    at
}

#[cfg(test)]
mod tests;
