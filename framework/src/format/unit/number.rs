//! Numbers, sizes, time spans, percentages and booleans as systemd 252 reads them. Each function
//! stands for one of its `parse_…()` and agrees with it on what is valid and on the error.

/// Why a number is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errno {
    /// It is not written as a number.
    Invalid,
    /// It is too large, too small or negative.
    Range,
}

impl Errno {
    /// The words of the C library, which stand at the end of systemd's messages.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Invalid => "Invalid argument",
            Self::Range => "Numerical result out of range",
        }
    }
}

/// A time span without an end, in its smallest unit.
pub(super) const INFINITY: u64 = u64::MAX;

/// Microseconds in a second.
pub(super) const SECOND: u64 = 1_000_000;

const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 31_557_600 * SECOND;

/// The units of time spans in microseconds. The first that fits is taken, so that longer names
/// stand before their beginnings.
const UNITS: &[(&str, u64)] = &[
    ("seconds", SECOND),
    ("second", SECOND),
    ("sec", SECOND),
    ("s", SECOND),
    ("minutes", MINUTE),
    ("minute", MINUTE),
    ("min", MINUTE),
    ("months", YEAR / 12),
    ("month", YEAR / 12),
    ("M", YEAR / 12),
    ("msec", 1000),
    ("ms", 1000),
    ("m", MINUTE),
    ("hours", HOUR),
    ("hour", HOUR),
    ("hr", HOUR),
    ("h", HOUR),
    ("days", DAY),
    ("day", DAY),
    ("d", DAY),
    ("weeks", 7 * DAY),
    ("week", 7 * DAY),
    ("w", 7 * DAY),
    ("years", YEAR),
    ("year", YEAR),
    ("y", YEAR),
    ("usec", 1),
    ("us", 1),
    ("\u{3bc}s", 1),
    ("\u{b5}s", 1),
];

/// Skips what systemd calls blanks.
fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

/// The digits at the start of a text.
fn digits(text: &str) -> &str {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    &text[..end]
}

/// The value of decimal digits, of which there may be none.
fn decimal(digits: &str, largest: u64) -> Result<u64, Errno> {
    digits.bytes().try_fold(0_u64, |value, digit| {
        value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(digit - b'0')))
            .filter(|value| *value <= largest)
            .ok_or(Errno::Range)
    })
}

/// A boolean, in upper or lower case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    const YES: [&str; 6] = ["1", "yes", "y", "true", "t", "on"];
    const NO: [&str; 6] = ["0", "no", "n", "false", "f", "off"];
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if YES.iter().any(is) {
        Some(true)
    } else if NO.iter().any(is) {
        Some(false)
    } else {
        None
    }
}

/// A time span in microseconds, [`INFINITY`] for `infinity`. A number without a unit counts
/// `default` microseconds, which is a second for most settings.
pub(super) fn time_span(text: &str, default: u64) -> Result<u64, Errno> {
    span_of(text, UNITS, 1, default)
}

/// A time span in nanoseconds; a number without a unit counts as nanoseconds.
pub(super) fn nanoseconds(text: &str) -> Result<u64, Errno> {
    span_of(text, UNITS, 1000, 1)
}

fn span_of(text: &str, units: &[(&str, u64)], scale: u64, default: u64) -> Result<u64, Errno> {
    let mut rest = skip_blanks(text);
    if let Some(after) = rest.strip_prefix("infinity") {
        return match skip_blanks(after) {
            "" => Ok(INFINITY),
            _ => Err(Errno::Invalid),
        };
    }
    let mut sum = 0_u64;
    let mut is_something = false;
    loop {
        rest = skip_blanks(rest);
        if rest.is_empty() {
            return if is_something {
                Ok(sum)
            } else {
                Err(Errno::Invalid)
            };
        }
        if rest.starts_with('-') {
            return Err(Errno::Range);
        }
        let unsigned = rest.strip_prefix('+').unwrap_or(rest);
        let whole_digits = digits(unsigned);
        // A sign alone is no number, and then not the start of a fraction either.
        let after = if whole_digits.is_empty() {
            rest
        } else {
            &unsigned[whole_digits.len()..]
        };
        let whole = decimal(whole_digits, i64::MAX as u64)?;
        let fraction = after.strip_prefix('.').map(digits);
        rest = match fraction {
            Some(fraction) => &after[1 + fraction.len()..],
            None if whole_digits.is_empty() => return Err(Errno::Invalid),
            None => after,
        };
        let unit_at = skip_blanks(rest);
        let found = units
            .iter()
            .find_map(|(name, factor)| Some((unit_at.strip_prefix(name)?, factor * scale)))
            .or_else(|| {
                let nano = unit_at.strip_prefix("nsec").or(unit_at.strip_prefix("ns"));
                nano.filter(|_| scale > 1).map(|after| (after, 1))
            });
        let (after_unit, factor) = match found {
            Some(found) => found,
            None if unit_at.len() == rest.len() && !rest.is_empty() => return Err(Errno::Invalid),
            None => (unit_at, default),
        };
        rest = after_unit;
        if whole >= INFINITY / factor || whole * factor >= INFINITY - sum {
            return Err(Errno::Range);
        }
        sum += whole * factor;
        is_something = true;
        if let Some(fraction) = fraction {
            if fraction.is_empty() {
                return Err(Errno::Invalid);
            }
            let mut step = factor / 10;
            for digit in fraction.bytes() {
                let part = u64::from(digit - b'0') * step;
                if part >= INFINITY - sum {
                    return Err(Errno::Range);
                }
                sum += part;
                step /= 10;
            }
        }
    }
}

/// A size in bytes. `base` is 1024, or 1000 for the bandwidths of devices.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "systemd counts fractions of sizes in floating point"
)]
pub(super) fn size(text: &str, base: u64) -> Result<u64, Errno> {
    const SUFFIXES: [&str; 8] = ["E", "P", "T", "G", "M", "K", "B", ""];
    let mut rest = text;
    let mut sum = 0_u64;
    let mut first = 0;
    loop {
        rest = skip_blanks(rest);
        let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        let whole_digits = digits(unsigned);
        if whole_digits.is_empty() {
            return Err(Errno::Invalid);
        }
        let whole = decimal(whole_digits, u64::MAX)?;
        if rest.starts_with('-') {
            return Err(Errno::Range);
        }
        let mut after = &unsigned[whole_digits.len()..];
        let mut fraction = 0.0;
        if let Some(point) = after.strip_prefix('.') {
            let places = digits(point);
            fraction = decimal(places, u64::MAX)? as f64;
            for _ in 0..places.len() {
                fraction /= 10.0;
            }
            after = &point[places.len()..];
        }
        after = skip_blanks(after);
        let found = SUFFIXES
            .iter()
            .enumerate()
            .skip(first)
            .find_map(|(index, suffix)| Some((index, after.strip_prefix(suffix)?)));
        let Some((index, next)) = found else {
            return Err(Errno::Invalid);
        };
        let factor = base.pow(6_u32.saturating_sub(index as u32));
        if whole.saturating_add(u64::from(fraction > 0.0)) > u64::MAX / factor {
            return Err(Errno::Range);
        }
        let part = whole * factor + (fraction * factor as f64) as u64;
        sum = sum.checked_add(part).ok_or(Errno::Range)?;
        rest = next;
        first = index + 1;
        if rest.is_empty() {
            return Ok(sum);
        }
    }
}

/// A whole number with its sign: decimal, `0x…`, `0…` and `0o…` octal, `0b…` binary. A `base`
/// other than 0 takes only digits of it.
pub(super) fn integer(text: &str, base: u32) -> Result<i128, Errno> {
    let mut rest = skip_blanks(text);
    let mut radix = base;
    if base == 0 {
        let lower = rest.as_bytes();
        match lower {
            [b'0', b'b' | b'B', ..] => (radix, rest) = (2, &rest[2..]),
            [b'0', b'o' | b'O', ..] => (radix, rest) = (8, &rest[2..]),
            _ => {}
        }
    }
    // `strtol()` skips more kinds of blanks than systemd does.
    rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let is_negative = rest.starts_with('-');
    rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    if radix == 0 {
        let is_hex = |digit: &u8| digit.is_ascii_hexdigit();
        match rest.as_bytes() {
            [b'0', b'x' | b'X', digit, ..] if is_hex(digit) => (radix, rest) = (16, &rest[2..]),
            [b'0', ..] => radix = 8,
            _ => radix = 10,
        }
    }
    let count = rest
        .chars()
        .take_while(|digit| digit.is_digit(radix))
        .count();
    if count == 0 {
        return Err(Errno::Invalid);
    }
    let mut value = 0_i128;
    for digit in rest[..count]
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
    {
        value = value * i128::from(radix) + i128::from(digit);
        if value > i128::from(u64::MAX) {
            return Err(Errno::Range);
        }
    }
    if count < rest.len() {
        return Err(Errno::Invalid);
    }
    Ok(if is_negative { -value } else { value })
}

/// A whole number between two others.
pub(super) fn integer_in(text: &str, smallest: i128, largest: i128) -> Result<i128, Errno> {
    let value = integer(text, 0)?;
    if (smallest..=largest).contains(&value) {
        Ok(value)
    } else {
        Err(Errno::Range)
    }
}

/// A file mode in octal digits.
pub(super) fn mode(text: &str) -> Result<i128, Errno> {
    if skip_blanks(text).starts_with(['+', '-']) {
        return Err(Errno::Invalid);
    }
    let value = integer(text, 8)?;
    if value > 0o7777 {
        Err(Errno::Range)
    } else {
        Ok(value)
    }
}

/// A percentage in hundredths of a percent: `50%` with at most two decimals, `500‰` with at most
/// one, `5000‱`. It may be above a hundred percent.
pub(super) fn permyriad(text: &str) -> Result<i128, Errno> {
    let (number, places) = if let Some(number) = text.strip_suffix('‱') {
        (number, 0)
    } else if let Some(number) = text.strip_suffix('‰') {
        (number, 1)
    } else if let Some(number) = text.strip_suffix('%') {
        (number, 2)
    } else {
        return Err(Errno::Invalid);
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if places > 0 => (whole, Some(fraction)),
        _ => (number, None),
    };
    let scale = 10_i128.pow(places);
    let mut value = integer_in(whole, i128::from(i32::MIN), i128::from(i32::MAX))?;
    if value < 0 {
        return Err(Errno::Range);
    }
    value *= scale;
    if let Some(fraction) = fraction {
        let count = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        if count == 0 || count > places || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Errno::Invalid);
        }
        let part = decimal(fraction, u64::MAX)?;
        value += i128::from(part) * 10_i128.pow(places - count);
    }
    if value > i128::from(i32::MAX) {
        Err(Errno::Range)
    } else {
        Ok(value)
    }
}

/// The same, at most a hundred percent.
pub(super) fn permyriad_bounded(text: &str) -> Result<i128, Errno> {
    permyriad(text).and_then(|value| {
        if value > 10_000 {
            Err(Errno::Range)
        } else {
            Ok(value)
        }
    })
}
