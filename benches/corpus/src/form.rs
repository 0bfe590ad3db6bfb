//! Forms of tokens: text with places for random characters. `ab-{h32}` is `ab-` and 32
//! hexadecimal digits; `{w40-60}` is 40 to 60 characters; `{u}` is a UUID.

use crate::Numbers;

const SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const CAPITAL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const CAPITAL_HEX: &[u8] = b"0123456789ABCDEF";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SMALL_ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const CAPITAL_ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The characters of a set's letter.
fn set(letter: u8) -> &'static [u8] {
    match letter {
        b'l' => SMALL,
        b'L' => CAPITAL,
        b'z' => LETTERS,
        b'd' => DIGITS,
        b'h' => HEX,
        b'H' => CAPITAL_HEX,
        b'a' => ALPHANUMERIC,
        b'n' => SMALL_ALPHANUMERIC,
        b'N' => CAPITAL_ALPHANUMERIC,
        b'w' => URL,
        b'b' => BASE64,
        b't' => BASE32,
        b's' => BASE58,
        _ => b"?",
    }
}

/// A random UUID (version 4).
pub(crate) fn uuid(numbers: &mut Numbers) -> String {
    let hex = numbers.text(HEX, 32);
    let variant = numbers.text(b"89ab", 1);
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// A text of a form.
pub(crate) fn text(form: &str, numbers: &mut Numbers) -> String {
    let mut made = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        rest = after;
        if place == "u" {
            made.push_str(&uuid(numbers));
            continue;
        }
        let (letter, lengths) = place.split_at(1);
        let (least, most) = lengths.split_once('-').unwrap_or((lengths, lengths));
        let least: usize = least.parse().unwrap_or(0);
        let most: usize = most.parse().unwrap_or(least);
        let length = least + numbers.below(most - least + 1);
        made.push_str(&numbers.text(set(letter.as_bytes()[0]), length));
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::Numbers;

    #[test]
    fn places_are_filled() {
        let made = text("ab-{h32}.{d2-4}", &mut Numbers::new(7));
        let (head, tail) = made.split_once('.').unwrap();
        assert_eq!(head.len(), 35);
        assert!(head[3..].bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!((2..=4).contains(&tail.len()));
        assert_eq!(text("{u}", &mut Numbers::new(7)).len(), 36);
    }
}
