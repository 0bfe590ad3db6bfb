//! What a scalar is: by the core schema of YAML 1.2, or as Docker Compose reads it. Both are
//! functions of the text, its style and its tag alone.

use super::Style;
use crate::document::Data;

/// How types are given to scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// The core schema (YAML 1.2.2, 10.3.2): `010` is ten, `0o10` eight, `1_000` and dates are
    /// texts.
    Core,
    /// As Docker Compose 2.26 reads its files (go-yaml v3): `010` is eight, `1_000` a thousand,
    /// `0b11` three, and `2001-12-14` a time. `no`, `on` and `22:22` are texts in both.
    Compose,
}

impl Schema {
    /// The value of a scalar; `None` if its tag does not fit it. Tags that are not YAML's own make
    /// a text, as with go-yaml.
    pub(crate) fn resolve(self, text: &str, style: Style, tag: Option<&str>) -> Option<Data> {
        let plain = || match self {
            Self::Core => core(text),
            Self::Compose => compose(text),
        };
        let tagged = |fits: fn(&Data) -> bool| Some(plain()).filter(fits);
        match tag {
            None if style == Style::Plain => Some(plain()),
            // go-yaml takes this tag for none.
            Some("!") if style == Style::Plain && self == Self::Compose => Some(plain()),
            Some("!!int") => tagged(|data| matches!(data, Data::Integer(_))),
            Some("!!bool") => tagged(|data| matches!(data, Data::Boolean(_))),
            Some("!!null") => tagged(|data| matches!(data, Data::Null)),
            Some("!!float") => match plain() {
                Data::Float(number) => Some(Data::Float(number)),
                #[expect(clippy::cast_precision_loss, reason = "the tag asks for it")]
                Data::Integer(number) => Some(Data::Float(number as f64)),
                _ => None,
            },
            _ => Some(Data::Text(text.into())),
        }
    }
}

/// A plain scalar by the core schema.
fn core(text: &str) -> Data {
    if let Some(data) = word(text) {
        return data;
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return integer(text);
    }
    if let Some(data) = radix(text, "0o", 8).or_else(|| radix(text, "0x", 16)) {
        return data;
    }
    float(text).unwrap_or_else(|| Data::Text(text.into()))
}

/// A plain scalar as Docker Compose reads it: the words of the core schema, Go's integers without
/// their underscores, YAML's floats, and times.
fn compose(text: &str) -> Data {
    let as_text = || Data::Text(text.into());
    if let Some(data) = word(text) {
        return data;
    }
    match text.bytes().next() {
        Some(b'.') if !text.starts_with("._") => {
            return float(&text.replace('_', "")).unwrap_or_else(as_text);
        }
        Some(b'0'..=b'9' | b'+' | b'-') => {}
        _ => return as_text(),
    }
    if let Some(time) = go_time(text) {
        return Data::Text(time.into());
    }
    let digits = text.replace('_', "");
    go_integer(&digits)
        .or_else(|| float(&digits))
        .unwrap_or_else(as_text)
}

/// The words that are no texts (YAML 1.2.2, 10.3.2).
fn word(text: &str) -> Option<Data> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Boolean(true),
        "false" | "False" | "FALSE" => Data::Boolean(false),
        ".nan" | ".NaN" | ".NAN" => Data::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Data::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Data::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A decimal number, with a fraction if it is too large.
fn integer(text: &str) -> Data {
    match text.parse() {
        Ok(number) => Data::Integer(number),
        Err(_) => Data::Float(text.parse().unwrap_or(f64::NAN)),
    }
}

/// A number behind a prefix that says its base.
fn radix(text: &str, prefix: &str, base: u32) -> Option<Data> {
    let digits = text.strip_prefix(prefix)?;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    Some(match i128::from_str_radix(digits, base) {
        Ok(number) => Data::Integer(number),
        Err(_) => Data::Float(digits.chars().fold(0.0, |sum, c| {
            sum * f64::from(base) + f64::from(c.to_digit(base).unwrap_or(0))
        })),
    })
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn float(text: &str) -> Option<Data> {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = is_digits(whole)
        && is_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty() && is_digits(digits)
        });
    if !is_number {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // Too large for a number; Go says so and takes the text, YAML says nothing.
    number.is_finite().then_some(Data::Float(number))
}

/// Go's `ParseInt` with base 0, and what go-yaml adds, for 64 bits with or without a sign.
fn go_integer(text: &str) -> Option<Data> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    let number = i128::from_str_radix(digits, base).ok()?;
    let number = if is_negative { -number } else { number };
    let is_in_range = number >= i128::from(i64::MIN) && number <= i128::from(u64::MAX);
    is_in_range.then_some(Data::Integer(number))
}

/// A time as Go prints it, if this is one of the four forms that go-yaml takes for a time:
/// `2001-12-14` gives `2001-12-14 00:00:00 +0000 UTC`.
///
/// Compose breaks off with a stack trace where such a value stands for a text, but for
/// environments and labels, where it is printed like this.
fn go_time(text: &str) -> Option<String> {
    let mut rest = Digits { text };
    let year = rest.number(4, 4)?;
    let month = rest.behind('-')?.number(1, 2)?;
    let day = rest.behind('-')?.number(1, 2)?;
    if !is_date(year, month, day) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.text.is_empty() {
        return Some(format!("{date} 00:00:00 +0000 UTC"));
    }
    let has_zone = rest.text.starts_with(['T', 't']);
    if !has_zone && !rest.text.starts_with(' ') {
        return None;
    }
    rest.text = &rest.text[1..];
    let hour = rest.number(1, 2).filter(|hour| *hour < 24)?;
    let minute = rest
        .behind(':')?
        .number(1, 2)
        .filter(|minute| *minute < 60)?;
    let second = rest
        .behind(':')?
        .number(1, 2)
        .filter(|second| *second < 60)?;
    let fraction = rest.fraction()?;
    let zone = match rest.text {
        "" if !has_zone => "+0000 UTC".to_owned(),
        "Z" if has_zone => "+0000 UTC".to_owned(),
        zone if has_zone && zone.starts_with(['+', '-']) => {
            let sign = &zone[..1];
            rest.text = &zone[1..];
            let hours = rest.number(2, 2).filter(|hours| *hours <= 24)?;
            let minutes = rest
                .behind(':')?
                .number(2, 2)
                .filter(|minutes| *minutes < 60)?;
            if !rest.text.is_empty() {
                return None;
            }
            let offset = format!("{sign}{hours:02}{minutes:02}");
            match &*offset {
                "+0000" | "-0000" => "+0000 UTC".to_owned(),
                _ => format!("{offset} {offset}"),
            }
        }
        _ => return None,
    };
    Some(format!(
        "{date} {hour:02}:{minute:02}:{second:02}{fraction} {zone}"
    ))
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// What is left of a text with numbers in it.
struct Digits<'a> {
    text: &'a str,
}

impl Digits<'_> {
    /// A number of so many digits at least and at most.
    fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let digits = self.text.bytes().take(max);
        let count = digits.take_while(u8::is_ascii_digit).count();
        let number = self.text[..count].parse().ok()?;
        self.text = &self.text[count..];
        (count >= min).then_some(number)
    }

    /// Goes behind a character.
    fn behind(&mut self, c: char) -> Option<&mut Self> {
        self.text = self.text.strip_prefix(c)?;
        Some(self)
    }

    /// The fraction of a second, if there is one, without the zeros at its end.
    fn fraction(&mut self) -> Option<String> {
        let Some(rest) = self.text.strip_prefix(['.', ',']) else {
            return Some(String::new());
        };
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at(count);
        self.text = rest;
        if digits.is_empty() {
            return None;
        }
        let digits = digits[..count.min(9)].trim_end_matches('0');
        Some(if digits.is_empty() {
            String::new()
        } else {
            format!(".{digits}")
        })
    }
}

/// A number as Go prints it (`%v`), which is what Compose puts into environments and labels:
/// `1e+06` for a million with a fraction.
pub(crate) fn go_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-Inf" } else { "+Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return number.to_string();
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}
