//! Words of a Dockerfile: quotes, `$NAME` and `${NAME:-word}`, JSON arrays, time spans.

use crate::format::compose;
use crate::scale::{Amount, Scale};

/// How deep defaults may be nested.
const MAX_DEPTH: usize = 32;

/// The longest text that expansion may give.
const MAX_LEN: usize = 1 << 20;

/// A time span as Go's `time.ParseDuration` reads it: numbers with units, `1m30s`.
pub(super) static GO_DURATION: Scale = Scale {
    name: "a time span for docker",
    read: |text| {
        nanoseconds(text)
            .map(Amount::Number)
            .ok_or_else(|| "is not a number with a unit, such as `30s`".to_owned())
    },
};

/// The nanoseconds of a time span, if it is one.
pub(super) fn nanoseconds(text: &str) -> Option<i128> {
    compose::duration(text).ok().map(i128::from)
}

/// Gives the value of a variable.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What expansion makes of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// The variables that had no value and became empty.
    pub(super) unset: Vec<String>,
}

/// Removes quotes and expands variables.
///
/// # Errors
///
/// Why the text cannot be expanded, as a clause.
pub(super) fn expand(text: &str, escape: char, lookup: Lookup<'_>) -> Result<Expanded, String> {
    let mut out = Expanded::default();
    expand_into(text, escape, lookup, 0, &mut out)?;
    Ok(out)
}

fn expand_into(
    text: &str,
    escape: char,
    lookup: Lookup<'_>,
    depth: usize,
    out: &mut Expanded,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("defaults inside defaults are nested too deeply".to_owned());
    }
    let mut rest = text;
    let mut in_double = false;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' if !in_double => {
                let end = rest
                    .find('\'')
                    .ok_or("unexpected end of statement while looking for matching single-quote")?;
                out.text.push_str(&rest[..end]);
                rest = &rest[end + 1..];
            }
            '"' => in_double = !in_double,
            c if c == escape => {
                let Some(next) = rest.chars().next() else {
                    break;
                };
                if in_double && !matches!(next, '"' | '$') && next != escape {
                    out.text.push(c);
                }
                out.text.push(next);
                rest = &rest[next.len_utf8()..];
            }
            '$' => rest = dollar(rest, escape, lookup, depth, out)?,
            c => out.text.push(c),
        }
        if out.text.len() > MAX_LEN {
            return Err("it expands to more than 1 MiB".to_owned());
        }
    }
    if in_double {
        return Err(
            "unexpected end of statement while looking for matching double-quote".to_owned(),
        );
    }
    Ok(())
}

/// Expands what follows a `$`; what is left.
fn dollar<'t>(
    rest: &'t str,
    escape: char,
    lookup: Lookup<'_>,
    depth: usize,
    out: &mut Expanded,
) -> Result<&'t str, String> {
    let is_braced = rest.starts_with('{');
    let body = rest.strip_prefix('{').unwrap_or(rest);
    let len = body
        .find(|c: char| !(c == '_' || c.is_ascii_alphanumeric()))
        .unwrap_or(body.len());
    let (name, tail) = body.split_at(len);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        if is_braced {
            return Err("bad substitution".to_owned());
        }
        out.text.push('$');
        return Ok(rest);
    }
    let value = lookup(name);
    if !is_braced || tail.starts_with('}') {
        match value {
            Some(value) => out.text.push_str(&value),
            None => out.unset.push(name.to_owned()),
        }
        return Ok(tail.strip_prefix('}').filter(|_| is_braced).unwrap_or(tail));
    }
    let is_colon = tail.starts_with(':');
    let operator = tail.strip_prefix(':').unwrap_or(tail);
    let sign = operator.chars().next().ok_or("missing `}`")?;
    if !matches!(sign, '-' | '+' | '?') {
        return Err("unsupported modifier in substitution".to_owned());
    }
    let word = &operator[1..];
    let end = closing(word).ok_or("missing `}`")?;
    let counts = value
        .as_deref()
        .is_some_and(|value| !is_colon || !value.is_empty());
    match (sign, counts) {
        ('-', false) | ('+', true) => {
            expand_into(&word[..end], escape, lookup, depth + 1, out)?;
        }
        ('?', false) => return Err(format!("{name} has no value, which is required")),
        _ => out.text.push_str(&value.unwrap_or_default()),
    }
    Ok(&word[end + 1..])
}

/// The brace that closes, with `${` counted.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 1_usize;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Words with the offset of each, split at blanks outside of quotes.
pub(super) fn words(text: &str, escape: char) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && quote.is_none() && !is_escaped {
            if let Some(start) = start.take() {
                words.push((start, &text[start..at]));
            }
            continue;
        }
        start.get_or_insert(at);
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some('\''), c) if c != '\'' => {}
            (_, c) if c == escape => is_escaped = true,
            (Some(sign), c) if sign == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    if let Some(start) = start {
        words.push((start, &text[start..]));
    }
    words
}

/// The strings of a JSON array of strings with where each stands, if a text is one.
pub(super) fn json_strings(text: &str) -> Option<Vec<(usize, usize, String)>> {
    let mut strings = Vec::new();
    let mut at = 1;
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'[') {
        return None;
    }
    let skip = |mut at: usize| {
        while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    at = skip(at);
    if bytes.get(at) == Some(&b']') {
        return (skip(at + 1) == bytes.len()).then_some(strings);
    }
    loop {
        let start = skip(at);
        let (string, end) = json_string(text, start)?;
        strings.push((start, end, string));
        at = skip(end);
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b']') => return (skip(at + 1) == bytes.len()).then_some(strings),
            _ => return None,
        }
    }
}

fn json_string(text: &str, start: usize) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.get(start..)?.char_indices();
    if chars.next()?.1 != '"' {
        return None;
    }
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, start + at + 1)),
            '\\' => match chars.next()?.1 {
                c @ ('"' | '\\' | '/') => out.push(c),
                'b' => out.push('\u{8}'),
                'f' => out.push('\u{c}'),
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'u' => {
                    let mut code = 0;
                    for _ in 0..4 {
                        code = code * 16 + chars.next()?.1.to_digit(16)?;
                    }
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                _ => return None,
            },
            c if c < ' ' => return None,
            c => out.push(c),
        }
    }
    None
}
