//! The codings and checksums that formats of tokens are made of, each as its standard says. They
//! are written apart from those of the engine, so that one is a test of the other.

use std::fmt::Write as _;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648), padded.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0_usize, |group, (at, byte)| {
            group | usize::from(*byte) << (16 - 8 * at)
        });
        for at in 0..4 {
            if at <= chunk.len() {
                text.push(char::from(BASE64[group >> (18 - 6 * at) & 63]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Base64 with the alphabet for URLs, without padding.
pub(crate) fn base64_url(bytes: &[u8]) -> String {
    base64(bytes)
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

/// Lines of 64 characters of base64, as in PEM.
pub(crate) fn base64_lines(bytes: &[u8], width: usize) -> String {
    let text = base64(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / width + 1);
    for line in text.as_bytes().chunks(width) {
        lines.extend(line.iter().map(|byte| char::from(*byte)));
        lines.push('\n');
    }
    lines
}

/// CRC-32 as in zip and PNG.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut rest = u32::MAX;
    for byte in bytes {
        rest ^= u32::from(*byte);
        for _ in 0..8 {
            let low = rest & 1;
            rest >>= 1;
            if low == 1 {
                rest ^= 0xEDB8_8320;
            }
        }
    }
    !rest
}

/// CRC-16/XMODEM.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    let mut rest = 0_u16;
    for byte in bytes {
        rest ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            let high = rest & 0x8000;
            rest <<= 1;
            if high != 0 {
                rest ^= 0x1021;
            }
        }
    }
    rest
}

/// Digits, then capital, then small letters: GitHub, npm, Synapse.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A number in base 62, six characters.
pub(crate) fn base62(mut number: u32) -> String {
    let mut text = Vec::with_capacity(6);
    for _ in 0..6 {
        text.push(BASE62[(number % 62) as usize]);
        number /= 62;
    }
    text.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// Base32 (RFC 4648), without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bits(bytes)
        .iter()
        .map(|five| char::from(DIGITS[usize::from(*five)]))
        .collect()
}

/// Groups of five bits, the last filled with zeros.
fn bits(bytes: &[u8]) -> Vec<u8> {
    let mut groups = Vec::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut rest, mut count) = (0_u32, 0);
    for byte in bytes {
        rest = (rest << 8 | u32::from(*byte)) & 0xFFF;
        count += 8;
        while count >= 5 {
            count -= 5;
            groups.push((rest >> count & 31).to_le_bytes()[0]);
        }
    }
    if count > 0 {
        groups.push((rest << (5 - count) & 31).to_le_bytes()[0]);
    }
    groups
}

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    values.fold(1, |rest, value| {
        let top = rest >> 25;
        let mut next = (rest & 0x01FF_FFFF) << 5 ^ u32::from(value);
        for (bit, generator) in [
            0x3B6A_57B2,
            0x2650_8E6D,
            0x1EA1_19FA,
            0x3D42_33DD,
            0x2A14_62B3,
        ]
        .into_iter()
        .enumerate()
        {
            if top >> bit & 1 == 1 {
                next ^= generator;
            }
        }
        next
    })
}

/// Bech32 (BIP 173) with its checksum, in small letters.
pub(crate) fn bech32(prefix: &str, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let data = bits(bytes);
    let head = prefix
        .bytes()
        .map(|byte| byte >> 5)
        .chain([0])
        .chain(prefix.bytes().map(|byte| byte & 31));
    let sum = polymod(head.chain(data.iter().copied()).chain([0; 6])) ^ 1;
    let checksum = (0..6).map(|at| (sum >> (25 - 5 * at) & 31).to_le_bytes()[0]);
    let mut text = format!("{prefix}1");
    for value in data.iter().copied().chain(checksum) {
        text.push(char::from(DIGITS[usize::from(value)]));
    }
    text
}

/// Every byte that a URL does not carry as it is, percent-encoded.
pub(crate) fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// As the content of a string of JSON.
pub(crate) fn json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// As text in XML.
pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// As a word of a shell: in quotes where it needs them.
pub(crate) fn shell(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=+@,%~".contains(&byte);
    if text.bytes().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{text}'")
    }
}

#[cfg(test)]
mod tests {
    use super::{base32, base62, base64, bech32, crc16, crc32};

    #[test]
    fn the_standards_examples() {
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(bech32("a", b""), "a12uel5l");
        assert_eq!(base62(62 * 62 + 61), "00010z");
    }
}
