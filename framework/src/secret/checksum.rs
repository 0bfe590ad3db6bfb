//! The checksums that formats of tokens carry. A token whose checksum is wrong was not issued.

/// The table of CRC-32 (ISO 3309, reflected polynomial `EDB88320`).
static CRC32: [u32; 256] = crc32_table();

const fn crc32_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 0 {
                rest >> 1
            } else {
                rest >> 1 ^ 0xEDB8_8320
            };
            bit += 1;
        }
        table[byte as usize] = rest;
        byte += 1;
    }
    table
}

/// CRC-32 of the parts as one text.
pub(super) fn crc32(parts: &[&[u8]]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    !bytes.fold(u32::MAX, |rest, byte| {
        CRC32[usize::from(rest.to_le_bytes()[0] ^ byte)] ^ rest >> 8
    })
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A number in base 62: digits first, then capital, then small letters, six characters.
pub(super) fn base62(mut number: u32) -> [u8; 6] {
    let mut text = [b'0'; 6];
    for place in text.iter_mut().rev() {
        *place = BASE62[(number % 62) as usize];
        number /= 62;
    }
    text
}

/// A number in eight hexadecimal digits.
pub(super) fn hex(number: u32) -> [u8; 8] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 8];
    for (place, digit) in text.iter_mut().enumerate() {
        *digit = DIGITS[(number >> (28 - 4 * place) & 15) as usize];
    }
    text
}

/// CRC-16/XMODEM, as Stellar (SEP-23) and NATS (nkeys) have it.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |rest, byte| {
        let mut rest = rest ^ u16::from(*byte) << 8;
        for _ in 0..8 {
            rest = if rest & 0x8000 == 0 {
                rest << 1
            } else {
                rest << 1 ^ 0x1021
            };
        }
        rest
    })
}

/// The bytes of unpadded base32; `None` for a character of another alphabet, or for bits left over.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let mut bits = 0_u32;
    let mut count = 0;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(value)) & 0xFFF;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
        }
    }
    // What is left over of the last character is zero, so that there is one text for each value.
    (bits & ((1 << count) - 1) == 0).then_some(bytes)
}

/// Whether the last two bytes of a text in base32 are the CRC-16 of the others.
pub(super) fn is_crc16_base32(text: &[u8]) -> bool {
    let Some(bytes) = base32(text) else {
        return false;
    };
    let Some((body, [low, high])) = bytes.split_last_chunk::<2>() else {
        return false;
    };
    crc16(body) == u16::from_le_bytes([*low, *high])
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

fn bech32_step(rest: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = rest >> 25;
    let mut next = (rest & 0x01ff_ffff) << 5 ^ u32::from(value);
    for (bit, generator) in GENERATOR.iter().enumerate() {
        if top >> bit & 1 != 0 {
            next ^= generator;
        }
    }
    next
}

fn bech32_sum(human: &[u8], values: impl Iterator<Item = u8>) -> u32 {
    let human: Vec<u8> = human.iter().map(u8::to_ascii_lowercase).collect();
    let high = human.iter().map(|byte| byte >> 5);
    let low = human.iter().map(|byte| byte & 31);
    high.chain([0])
        .chain(low)
        .chain(values)
        .fold(1, bech32_step)
}

/// Whether a text behind the human-readable part and `1` has a right checksum (BIP 173).
pub(super) fn is_bech32(human: &[u8], data: &[u8]) -> bool {
    let values: Option<Vec<u8>> = data
        .iter()
        .map(|byte| {
            let at = BECH32
                .iter()
                .position(|one| *one == byte.to_ascii_lowercase())?;
            u8::try_from(at).ok()
        })
        .collect();
    values.is_some_and(|values| bech32_sum(human, values.into_iter()) == 1)
}

/// The six characters of the checksum behind a text of small letters.
pub(super) fn bech32_checksum(human: &[u8], data: &[u8]) -> [u8; 6] {
    let values = data.iter().map(|byte| {
        let at = BECH32.iter().position(|one| one == byte).unwrap_or(0);
        u8::try_from(at).unwrap_or(0)
    });
    let sum = bech32_sum(human, values.chain([0; 6])) ^ 1;
    let mut text = [0; 6];
    for (place, character) in text.iter_mut().enumerate() {
        *character = BECH32[(sum >> (5 * (5 - place)) & 31) as usize];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base62, bech32_checksum, crc16, crc32, hex, is_bech32};

    #[test]
    fn known_values() {
        // The check values of the catalogue of CRC algorithms.
        assert_eq!(crc32(&[b"12345", b"6789"]), 0xCBF4_3926);
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(&hex(0xCBF4_3926), b"cbf43926");
        assert_eq!(&base62(0), b"000000");
        assert_eq!(&base62(62 * 62 - 1), b"0000zz");
        // A valid checksum of BIP 173: no data, human part `a`.
        assert!(is_bech32(b"a", b"2uel5l"));
        assert!(is_bech32(b"A", b"2UEL5L"));
        assert!(!is_bech32(b"a", b"2uel5q"));
        assert_eq!(&bech32_checksum(b"a", b""), b"2uel5l");
    }
}
