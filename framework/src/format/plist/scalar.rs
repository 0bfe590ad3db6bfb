//! What the texts of `<integer>`, `<real>`, `<date>` and `<data>` stand for, as CoreFoundation reads
//! them (CFPropertyList.c).

/// A number, and what is odd about the way it is written.
#[derive(Debug, PartialEq)]
pub(super) struct Integer {
    pub(super) value: i128,
    pub(super) oddity: Option<&'static str>,
}

/// Reads an `<integer>`: decimal, or hexadecimal behind `0x`.
///
/// # Errors
///
/// A clause that says why it is not one.
pub(super) fn integer(text: &str) -> Result<Integer, &'static str> {
    let body = text.trim_matches([' ', '\t', '\r', '\n']);
    if body.is_empty() {
        return Err("is empty");
    }
    let (is_negative, digits) = match body.as_bytes()[0] {
        b'-' => (true, &body[1..]),
        b'+' => (false, &body[1..]),
        _ => (false, body),
    };
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let (digits, radix) = hexadecimal.map_or((digits, 10), |digits| (digits, 16));
    if digits.is_empty() {
        return Err("has no digits");
    }
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return Err("is not a number in digits alone");
    }
    let significant = digits.trim_start_matches('0');
    let value = match significant {
        "" => 0,
        // More digits than 64 bits can have.
        long if long.len() > 20 => return Err("does not fit into 64 bits"),
        digits => i128::from_str_radix(digits, radix).map_err(|_| "does not fit into 64 bits")?,
    };
    let value = if is_negative { -value } else { value };
    if value > i128::from(u64::MAX) || value < i128::from(i64::MIN) {
        return Err("does not fit into 64 bits");
    }
    let oddity = if text.ends_with([' ', '\t', '\r', '\n']) {
        Some("has a blank behind the number, which CoreFoundation refuses")
    } else if radix == 10 && digits.len() > 1 && digits.starts_with('0') {
        Some("begins with a zero and is decimal all the same: property lists have no octal numbers")
    } else {
        None
    };
    Ok(Integer { value, oddity })
}

/// Reads a `<real>`; `nan` and `inf` are numbers too.
pub(super) fn real(text: &str) -> Option<f64> {
    text.trim_matches([' ', '\t', '\r', '\n']).parse().ok()
}

/// Whether a text is a date: `2026-02-12T08:00:00Z`, always in UTC.
pub(super) fn is_date(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:ddZ";
    let fits = text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, wanted)| match wanted {
                b'd' => byte.is_ascii_digit(),
                wanted => byte == wanted,
            });
    if !fits {
        return false;
    }
    let number = |start: usize, end: usize| text[start..end].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 31,
    };
    year > 0
        && (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && number(11, 13) < 24
        && number(14, 16) < 60
        && number(17, 19) < 60
}

/// Whether a text is whole base64, blanks left out (RFC 4648, section 4).
pub(super) fn is_base64(text: &str) -> bool {
    let mut digits = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return false,
        }
    }
    padding <= 2 && (digits + padding).is_multiple_of(4) && (padding == 0 || digits % 4 > 1)
}

#[cfg(test)]
mod tests {
    use super::{integer, is_base64, is_date, real};

    #[test]
    fn integers_are_decimal_or_hexadecimal() {
        let table = [
            ("10", Some((10, false))),
            ("-7", Some((-7, false))),
            ("+7", Some((7, false))),
            ("0x1F", Some((31, false))),
            ("-0X10", Some((-16, false))),
            ("0", Some((0, false))),
            (" 10", Some((10, false))),
            (" 10 ", Some((10, true))),
            ("022", Some((22, true))),
            ("00000000000000000000000000000001", Some((1, true))),
            (
                "18446744073709551615",
                Some((18_446_744_073_709_551_615, false)),
            ),
            ("18446744073709551616", None),
            ("-9223372036854775809", None),
            ("99999999999999999999999999999999999999999999", None),
            ("10s", None),
            ("1_0", None),
            ("1.0", None),
            ("", None),
            (" ", None),
            ("-", None),
            ("0x", None),
            ("- 1", None),
            ("--1", None),
            ("0o17", None),
            ("١", None),
        ];
        for (text, expected) in table {
            let found = integer(text).ok();
            let found = found.map(|found| (found.value, found.oddity.is_some()));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn reals_dates_and_data_are_told_from_others() {
        assert_eq!(real(" 1.5 "), Some(1.5));
        assert_eq!(real("-Inf"), Some(f64::NEG_INFINITY));
        assert_eq!(real("1,5"), None);
        for (text, expected) in [
            ("2026-02-12T08:00:00Z", true),
            ("2024-02-29T23:59:59Z", true),
            ("2026-02-29T08:00:00Z", false),
            ("2026-13-01T08:00:00Z", false),
            ("2026-02-12T24:00:00Z", false),
            ("2026-02-12T08:00:00", false),
            ("2026-02-12", false),
            ("0000-01-01T00:00:00Z", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
        for (text, expected) in [
            ("", true),
            ("aGk=", true),
            (" aG\n k= ", true),
            ("aGk", false),
            ("a===", false),
            ("aG=k", false),
            ("a-_b", false),
        ] {
            assert_eq!(is_base64(text), expected, "{text}");
        }
    }
}
