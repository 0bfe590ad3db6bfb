//! How systemd splits values into words and reads single ones: booleans, numbers, paths and
//! specifiers. Values that systemd would refuse come out as `None`; nothing here complains.

use std::borrow::Cow;

/// What systemd takes for a blank between words.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// What becomes of quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// They are characters like others.
    Kept,
    /// They hold a word together and are taken away.
    Removed,
    /// The same, and one that is not closed ends with the value, as does a lone backslash.
    Relaxed,
}

/// A quotation mark that is not closed, or a backslash with nothing after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unbalanced;

/// The words of a value, from left to right. After [`Unbalanced`] there is nothing more.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    rest: &'a str,
    quotes: Quotes,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str, quotes: Quotes) -> Self {
        Self { rest: text, quotes }
    }

    /// What follows the words that were taken, without the blanks before it.
    pub(super) fn rest(&self) -> &'a str {
        self.rest.trim_start_matches(BLANKS)
    }

    /// A word with backslashes or quotation marks: the character after a backslash stands for
    /// itself.
    fn unescaped(&mut self) -> Result<Cow<'a, str>, Unbalanced> {
        let mut word = String::new();
        let mut quote = None;
        let mut chars = self.rest.char_indices();
        while let Some((at, char)) = chars.next() {
            if char == '\\' {
                match chars.next() {
                    Some((_, escaped)) => word.push(escaped),
                    None if self.quotes == Quotes::Relaxed => {}
                    None => {
                        self.rest = "";
                        return Err(Unbalanced);
                    }
                }
            } else if quote == Some(char) {
                quote = None;
            } else if quote.is_some() {
                word.push(char);
            } else if self.quotes != Quotes::Kept && matches!(char, '"' | '\'') {
                quote = Some(char);
            } else if BLANKS.contains(&char) {
                self.rest = &self.rest[at..];
                return Ok(Cow::Owned(word));
            } else {
                word.push(char);
            }
        }
        self.rest = "";
        if quote.is_some() && self.quotes != Quotes::Relaxed {
            return Err(Unbalanced);
        }
        Ok(Cow::Owned(word))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Result<Cow<'a, str>, Unbalanced>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest();
        let is_special = |byte: u8| {
            byte == b'\\' || (self.quotes != Quotes::Kept && matches!(byte, b'"' | b'\''))
        };
        let end = self
            .rest
            .bytes()
            .position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r') || is_special(byte));
        match end {
            None if self.rest.is_empty() => None,
            Some(at) if is_special(self.rest.as_bytes()[at]) => Some(self.unescaped()),
            end => {
                let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
                self.rest = rest;
                Some(Ok(Cow::Borrowed(word)))
            }
        }
    }
}

/// A whole number as systemd reads one where no base is given: `0x`, `0o`, `0b` and a leading `0`
/// (octal) are understood, blanks and a sign before it are allowed.
pub(in crate::format::unit) fn integer(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(BLANKS);
    let after = |prefixes: [&str; 2]| prefixes.iter().find_map(|prefix| text.strip_prefix(prefix));
    let (base, text) = if let Some(rest) = after(["0b", "0B"]) {
        (Some(2), rest)
    } else if let Some(rest) = after(["0o", "0O"]) {
        (Some(8), rest)
    } else {
        (None, text)
    };
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = ["0x", "0X"]
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix));
    let (base, digits) = match (base, hexadecimal) {
        (Some(base), _) => (base, digits),
        (None, Some(digits)) => (16, digits),
        (None, None) if digits.starts_with('0') => (8, digits),
        (None, None) => (10, digits),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    i64::from_str_radix(digits, base)
        .ok()
        .map(|number| sign * number)
}

/// The permission bits that `UMask=` takes: an octal number without a sign or a prefix.
pub(super) fn mode(text: &str) -> Option<u32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mode = u32::from_str_radix(text, 8).ok()?;
    (mode <= 0o7777).then_some(mode)
}

/// Whether a path begins with `/` and does not lead upwards, which systemd refuses.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') && path.len() < 4096 && !path.split('/').any(|part| part == "..")
}

/// The directories and files of a path, without doubled slashes and `.`.
pub(super) fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// Replaces specifiers by what they stand for in a unit of the system's manager, as far as it
/// can be told from the unit's name; `None` for a specifier that systemd does not know.
///
/// What depends on the machine is replaced by something of the same kind that no rule asks for.
pub(super) fn expand<'a>(text: &'a str, unit: &str) -> Option<Cow<'a, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let stem = unit.rsplit_once('.').map_or(unit, |(stem, _)| stem);
    let (prefix, instance) = match stem.split_once('@') {
        // A template is judged as if it was started with the instance `i`.
        Some((prefix, "")) => (prefix, "i"),
        Some((prefix, instance)) => (prefix, instance),
        None => (stem, ""),
    };
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            result.push(char);
            continue;
        }
        match chars.next() {
            None | Some('%') => result.push('%'),
            Some('i') => result.push_str(instance),
            Some('I') => result.push_str(&instance.replace('-', "/")),
            Some('p') => result.push_str(prefix),
            Some('P') => result.push_str(&prefix.replace('-', "/")),
            Some('j' | 'J') => result.push_str(prefix.rsplit('-').next().unwrap_or(prefix)),
            Some('n') => result.push_str(unit),
            Some('N') => result.push_str(stem),
            Some('u' | 'g') => result.push_str("root"),
            Some('U' | 'G') => result.push('0'),
            Some('t') => result.push_str("/run"),
            Some('c' | 'C' | 'd' | 'E' | 'f' | 'h' | 'L' | 'r' | 'R' | 's' | 'S') => {
                result.push_str("/somewhere");
            }
            Some('T' | 'V' | 'y' | 'Y') => result.push_str("/somewhere"),
            Some('a' | 'A' | 'b' | 'B' | 'H' | 'l' | 'm' | 'M' | 'o' | 'q' | 'v' | 'w' | 'W') => {
                result.push_str("something");
            }
            Some(other) if other.is_ascii_alphanumeric() => return None,
            Some(other) => result.extend(['%', other]),
        }
    }
    Some(Cow::Owned(result))
}

#[cfg(test)]
mod tests {
    use super::{Quotes, Words, expand, integer, mode};
    use crate::format::unit::number::boolean;

    #[test]
    fn words_are_split_as_systemd_does() {
        let split = |text, quotes| -> Vec<Option<String>> {
            Words::new(text, quotes)
                .map(|word| word.ok().map(std::borrow::Cow::into_owned))
                .collect()
        };
        let some = |word: &str| Some(word.to_owned());
        assert_eq!(split(" a\t b ", Quotes::Kept), [some("a"), some("b")]);
        assert_eq!(split("a\"b c\"d", Quotes::Removed), [some("ab cd")]);
        assert_eq!(split("\"a b\"", Quotes::Kept), [some("\"a"), some("b\"")]);
        assert_eq!(split("a\\ b 'c", Quotes::Removed), [some("a b"), None]);
        assert_eq!(split("a b\\", Quotes::Kept), [some("a"), None]);
        assert_eq!(split("''", Quotes::Removed), [some("")]);
        assert_eq!(split("a 'b c\\", Quotes::Relaxed), [some("a"), some("b c")]);
        assert_eq!(split("  ", Quotes::Removed), []);
    }

    #[test]
    fn single_values_are_read_as_systemd_does() {
        for (text, number) in [
            ("21", Some(21)),
            ("0x15", Some(21)),
            ("025", Some(21)),
            ("0b10101", Some(21)),
            ("0o25", Some(21)),
            (" +21", Some(21)),
            ("-1", Some(-1)),
            ("", None),
            ("0x", None),
            ("09", None),
            ("2 1", None),
            ("+-2", None),
        ] {
            assert_eq!(integer(text), number, "{text}");
        }
        assert_eq!(mode("0077"), Some(0o77));
        assert_eq!([mode("8"), mode("10000"), mode("+77"), mode("")], [None; 4]);
        assert_eq!(boolean("On"), Some(true));
        assert_eq!(boolean("enabled"), None);
    }

    #[test]
    fn specifiers_are_replaced_or_refused() {
        let unit = "agent-root@x.service";
        assert_eq!(expand("%u", unit).as_deref(), Some("root"));
        assert_eq!(expand("a%%%i%", unit).as_deref(), Some("a%x%"));
        assert_eq!(expand("%j", unit).as_deref(), Some("root"));
        assert_eq!(expand("%z", unit), None);
        assert_eq!(expand("%-", unit).as_deref(), Some("%-"));
    }
}
