//! How Compose reads time spans, sizes and shares of processors.

use crate::scale::{Amount, Scale};

/// A time span as Go's `time.ParseDuration` reads it, in nanoseconds.
pub static DURATION: Scale = Scale {
    name: "a time span for Compose",
    read: |text| duration(text).map(|nanoseconds| Amount::Number(nanoseconds.into())),
};

/// A size in bytes as docker/go-units reads it: every unit is a power of 1024.
pub static SIZE: Scale = Scale {
    name: "a size for Compose",
    read: |text| size(text).map(|bytes| Amount::Number(bytes.into())),
};

/// A number of processors.
pub static CPUS: Scale = Scale {
    name: "a number of processors for Compose",
    read: |text| cpus(text).map(Amount::Float),
};

/// A number that may be written as a text.
pub static NUMBER: Scale = Scale {
    name: "a number for Compose",
    read: |text| {
        text.parse()
            .map(Amount::Number)
            .or_else(|_| cpus(text).map(Amount::Float))
    },
};

/// Reads a time span: signed decimal numbers, each with a unit (`1h30m`, `1.5s`, `-2ms`, `0`).
///
/// # Errors
///
/// Go's own words.
pub(in crate::format) fn duration(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (is_negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let whole_len = digits(rest);
        let (whole, tail) = rest.split_at(whole_len);
        let (fraction, tail) = match tail.strip_prefix('.') {
            Some(tail) => tail.split_at(digits(tail)),
            None => ("", tail),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_len = tail
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted(text)));
        }
        let scale = nanoseconds(unit).ok_or_else(|| {
            let (unit, text) = (quoted(unit), quoted(text));
            format!("time: unknown unit {unit} in duration {text}")
        })?;
        let whole: u64 = match whole {
            "" => 0,
            whole => whole.parse().map_err(|_| invalid())?,
        };
        let amount = whole
            .checked_mul(scale)
            .and_then(|amount| amount.checked_add(fraction_of(fraction, scale)))
            .and_then(|amount| total.checked_add(amount))
            .filter(|amount| *amount <= 1 << 63);
        total = amount.ok_or_else(invalid)?;
        rest = tail;
    }
    if is_negative {
        return Ok(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| invalid())
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// What the digits behind a point are of a unit. Digits beyond the eighteenth change nothing.
fn fraction_of(digits: &str, scale: u64) -> u64 {
    let (mut value, mut power): (u128, u128) = (0, 1);
    for digit in digits.bytes().take(18) {
        value = value * 10 + u128::from(digit - b'0');
        power *= 10;
    }
    u64::try_from(value * u128::from(scale) / power).unwrap_or(0)
}

fn nanoseconds(unit: &str) -> Option<u64> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// A text in quotes, as Go's messages have it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads a size: a decimal number, perhaps a space, and a unit of any case: none or `b` for bytes,
/// `k`, `m`, `g`, `t`, `p`, each perhaps with `i` and `b`.
///
/// # Errors
///
/// Docker's own words.
#[expect(
    clippy::cast_possible_truncation,
    reason = "Docker cuts off fractions of a byte, and what is too large"
)]
pub(super) fn size(text: &str) -> Result<i64, String> {
    let invalid = || format!("invalid size: '{text}'");
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let is_number = !number.is_empty() && number.split('.').all(|part| !part.is_empty());
    if !is_number {
        return Err(invalid());
    }
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let unit = unit.strip_suffix('i').unwrap_or(unit);
    let power = match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return Err(invalid()),
    };
    // The pattern of the units lets `1.2.3` pass; the number behind it does not.
    let number: f64 = number.parse().map_err(|_| {
        let number = quoted(number);
        format!("strconv.ParseFloat: parsing {number}: invalid syntax")
    })?;
    Ok((number * 1024_f64.powi(power)) as i64)
}

/// Reads a number as Go's `strconv.ParseFloat` does, but for hexadecimal numbers and underscores.
///
/// # Errors
///
/// Go's own words.
pub(super) fn cpus(text: &str) -> Result<f64, String> {
    let is_plain = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'+' | b'-' | b'e' | b'E'));
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        let text = quoted(text);
        format!("strconv.ParseFloat: parsing {text}: invalid syntax")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cpus, duration, size};

    #[test]
    fn time_spans_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("30s", Ok(30_000_000_000)),
            ("1m30s", Ok(90_000_000_000)),
            ("1.5h", Ok(5_400_000_000_000)),
            (".5s", Ok(500_000_000)),
            ("1.s", Ok(1_000_000_000)),
            ("-2ms", Ok(-2_000_000)),
            ("+1us", Ok(1_000)),
            ("1µs1ns", Ok(1_001)),
            ("30", Err("time: missing unit in duration \"30\"")),
            ("1d", Err("time: unknown unit \"d\" in duration \"1d\"")),
            ("1 s", Err("time: unknown unit \" s\" in duration \"1 s\"")),
            ("", Err("time: invalid duration \"\"")),
            ("s", Err("time: invalid duration \"s\"")),
            ("-", Err("time: invalid duration \"-\"")),
            ("1s ", Err("time: unknown unit \"s \" in duration \"1s \"")),
            ("9999999h", Err("time: invalid duration \"9999999h\"")),
        ] {
            assert_eq!(duration(text), expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_as_docker_reads_them() {
        for (text, expected) in [
            ("0", Some(0)),
            ("2g", Some(2 << 30)),
            ("2gb", Some(2 << 30)),
            ("2GiB", Some(2 << 30)),
            ("2Gi", Some(2 << 30)),
            ("2 G", Some(2 << 30)),
            ("1.5k", Some(1536)),
            ("100b", Some(100)),
            ("1i", Some(1)),
            ("512", Some(512)),
            ("1p", Some(1 << 50)),
            ("50%", None),
            ("2q", None),
            ("-1", None),
            ("", None),
            ("1.", None),
            (".5g", None),
            ("1.2.3g", None),
            ("2  g", None),
            ("2e", None),
        ] {
            assert_eq!(size(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn processors_are_numbers() {
        assert_eq!(cpus("0.5"), Ok(0.5));
        assert_eq!(cpus("1e1"), Ok(10.0));
        assert!(cpus("80%").is_err());
        assert!(cpus("").is_err());
        assert!(cpus("inf").is_err());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_number_or_a_clause(text in "[0-9.hmsuµkgiB +\\-é]{0,24}") {
            let _ = (duration(&text), size(&text), cpus(&text));
        }
    }
}
