//! Where the value stands that belongs to a name: the operators, tags and blanks between the two,
//! and the quotes or the end of the value, in every notation that files and logs have.

mod between;

use between::{
    annotated, attributes, behind_option, behind_tags, block_scalar, in_braces, in_object,
    is_command, is_line_of_two, of_host, value_key,
};
pub(super) use between::{as_told, value_before};
use memchr::memmem;

use super::alphabet::Alphabet;
use super::place;
use super::value;
use crate::source::Span;

/// How a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `NAME=value`, a line or a word of its own: at a blank.
    Line,
    /// `?name=value&`.
    Query,
    /// `<name>value</name>`.
    Element,
    /// Anything else: at a blank or at what separates values.
    Flow,
}

/// A value, and whether it stands between quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) span: Span,
    pub(super) is_quoted: bool,
}

/// Where a value begins and ends that belongs to a name.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each notation; apart they hide which comes first"
)]
pub(super) fn value_of(bytes: &[u8], name: Span) -> Option<Value> {
    let before = name.start.checked_sub(1).map_or(b'\n', |at| bytes[at]);
    let is_flag = bytes[name.range()].starts_with(b"-");
    let (mut at, closing) = behind_quotes(bytes, name.end, before);
    let rest = &bytes[at..];
    if rest.starts_with(b"</") {
        let value = behind_tags(bytes, at, is_flag)?;
        return read(bytes, value, Style::Element, before);
    }
    match rest {
        [b'>', ..] if closing == 0 && matches!(before, b'<' | b':') => {
            return read(bytes, at + 1, Style::Element, before);
        }
        // `<string name="api_key">…</string>`.
        [b'>', ..] if closing > 0 && matches!(before, b'"' | b'\'') => {
            return read(bytes, at + 1, Style::Element, before);
        }
        [b' ', ..]
            if before == b'<' || closing > 0 && bytes[..name.start].ends_with(b" name=\"") =>
        {
            if let Some(length) = attributes(rest) {
                return read(bytes, at + length, Style::Element, before);
            }
        }
        // `.api_key("…")` and `api_key{"…"}`.
        [b'(' | b'{', b'"' | b'\'' | b'`', ..] | [b'(', b'@', b'"', ..] if closing == 0 => {
            return read(bytes, at + 1, Style::Flow, before)
                .filter(|value| bytes[value.span.range()].iter().any(u8::is_ascii_digit));
        }
        _ => {}
    }
    let gap = blanks(rest, 32);
    at += gap;
    let rest = &bytes[at..];
    if let Some(value) = typed(bytes, at, gap) {
        return read(bytes, value, Style::Flow, before);
    }
    if let Some((length, is_text)) = behind_sign(rest) {
        // `NAME -> value` is of notes where it is all that is on the line.
        let is_note = rest.starts_with(b"-> ")
            && matches!(before, b'\n' | b'\r')
            && closing == 0
            && is_line_of_two(bytes, name, at + length + 1);
        return read(bytes, at + length, Style::Flow, before)
            .filter(|value| !is_text || value.is_quoted || is_note);
    }
    match rest {
        [b'=', b'=' | b'~', ..] | [b':', b':' | b'/', ..] | [] => None,
        // `${NAME:-value}` of a shell.
        [b':', b'-', ..] if before == b'{' => read(bytes, at + 2, Style::Flow, before),
        [b'=', ..] if closing == 0 && gap == 0 => {
            let style = match before {
                b'?' | b'&' => Style::Query,
                b'\n' | b'\r' | b' ' | b'\t' | b'"' | b'\'' | b'=' => Style::Line,
                _ => Style::Flow,
            };
            read(bytes, at + 1, style, before)
        }
        [b'=', ..] => read(bytes, at + 1, Style::Flow, before),
        [b':', ..] => {
            let at = annotated(bytes, at + 1)
                .or_else(|| block_scalar(bytes, at + 1))
                .or_else(|| of_host(bytes, at + 1))
                .or_else(|| in_object(bytes, at + 1))
                .unwrap_or(at + 1 + closing_marks(&bytes[at + 1..]));
            read(bytes, at, Style::Flow, before)
        }
        [b'{', ..] => read(bytes, in_braces(bytes, name, at)?, Style::Flow, before)
            .filter(|value| value.is_quoted),
        [b'|', ..] => {
            let line = bytes[..name.start]
                .iter()
                .rev()
                .take(40)
                .take_while(|byte| **byte != b'\n');
            let in_table = line.into_iter().any(|byte| *byte == b'|');
            if in_table {
                read(bytes, at + 1, Style::Flow, before)
            } else {
                None
            }
        }
        [b',', ..] if closing == 0 => after_comma(bytes, at, before),
        [b',' | b'\n' | b'\r' | b'-' | b'v' | b'V' | b'c' | b'a', ..]
            if closing > 0 || matches!(rest[0], b'\n' | b'\r' | b',') =>
        {
            if let Some(value) = value_key(bytes, at) {
                return read(bytes, value, Style::Flow, before);
            }
            let mut next = at + 1;
            next += blanks_and_lines(&bytes[next..], 32);
            if rest[0] == b',' && closing > 0 {
                if !matches!(before, b'"' | b'\'') {
                    return None;
                }
                // `setenv("NAME", "value")`: only a text is a value.
                return matches!(bytes.get(next), Some(b'"' | b'\'' | b'\\' | b'@'))
                    .then(|| read(bytes, next, Style::Flow, before))?
                    .filter(|value| is_flag || !place::is_of_list(bytes, name, value.span));
            }
            if is_flag && bytes[next.min(bytes.len())..].starts_with(b"- ") {
                return read(bytes, next + 2, Style::Flow, before);
            }
            None
        }
        [first, ..] if gap > 0 => {
            if let Some(length) = as_told(rest) {
                return read(bytes, at + length, Style::Flow, b' ').filter(|value| value.is_quoted);
            }
            if matches!(first, b'\'' | b'"') || rest.starts_with(b"@\"") {
                return read(bytes, at, Style::Flow, b' ');
            }
            if let Some(length) = behind_option(rest) {
                return read(bytes, at + length, Style::Line, b' ');
            }
            (is_flag || is_command(bytes, name) || is_line_of_two(bytes, name, at))
                .then(|| read(bytes, at, Style::Line, b' '))?
        }
        _ => None,
    }
}

/// Where the quotes and brackets behind a name end, and how many they are.
fn behind_quotes(bytes: &[u8], end: usize, before: u8) -> (usize, usize) {
    let rest = &bytes[end..];
    // `password[33]` in C.
    if let [b'[', size @ ..] = rest {
        let digits = size
            .iter()
            .take(6)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if size.get(digits) == Some(&b']') {
            return (end + digits + 2, 0);
        }
    }
    let entities = [&b"&quot;"[..], b"&#34;", b"&apos;", b"&#39;"];
    if rest.first() == Some(&b'&')
        && let Some(entity) = entities.iter().find(|entity| rest.starts_with(entity))
    {
        return if before == b';' {
            (end + entity.len(), 1)
        } else {
            (end, 0)
        };
    }
    let closing = rest
        .iter()
        .take(4)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*'))
        .count();
    let at = end + closing;
    // `os.getenv("NAME") or "…"`, `$settings{name} = '…'`: what a call or a look-up is followed by.
    let calls = bytes[at..]
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b')' | b'}'))
        .count();
    let behind = &bytes[at + calls..];
    let behind = &behind[blanks(behind, 4)..];
    let is_value_next = matches!(
        behind,
        [b'|', b'|', ..] | [b'?', b'?' | b':', ..] | [b'o', b'r', b' ', ..] | [b'/', b'/', ..]
    ) || bytes[at..].first() == Some(&b'}') && behind.first() == Some(&b'=');
    if calls > 0 && is_value_next {
        return (at + calls, closing + calls);
    }
    (at, closing)
}

/// `name?: string = "…"` of TypeScript, `var name string = "…"` of Go.
fn typed(bytes: &[u8], at: usize, gap: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if rest.starts_with(b"?:") {
        return annotated(bytes, at + 2);
    }
    if gap != 1 || !rest.starts_with(b"string =") {
        return None;
    }
    let value = at + b"string =".len();
    let value = value + blanks(&bytes[value..], 4);
    matches!(bytes.get(value), Some(b'"' | b'`')).then_some(value)
}

/// Marks of Markdown and quotes of HTML between a colon and a value: `**Token:** …`.
fn closing_marks(text: &[u8]) -> usize {
    text.iter()
        .take(2)
        .take_while(|byte| **byte == b'*')
        .count()
}

/// The length of a sign of several characters that gives a value to a name, and whether only a
/// text in quotes is one behind it.
fn behind_sign(rest: &[u8]) -> Option<(usize, bool)> {
    const SIGNS: [(&[u8], bool); 21] = [
        (b"===", true),
        (b"!==", true),
        (b"==", true),
        (b"!=", true),
        (b"=>", false),
        (b"::=", false),
        (b":=", false),
        (b"||=", false),
        (b"&&=", false),
        (b"??=", false),
        (b"//=", false),
        (b"?=", false),
        (b"+=", false),
        (b".=", true),
        (b"||", true),
        (b"??", true),
        (b"?:", true),
        (b"//", true),
        (b"or ", true),
        (b"<-", true),
        (b"->", true),
    ];
    // At most places there is none, and the second character shows it.
    let is_second = matches!(
        rest.get(1),
        Some(b'=' | b'>' | b':' | b'|' | b'&' | b'?' | b'/' | b'r' | b'-')
    );
    SIGNS
        .iter()
        .find(|(sign, _)| is_second && rest.starts_with(sign))
        .map(|(sign, is_text)| (sign.len(), *is_text))
}

/// `NAME,value` and `NAME<tab>value` of a table begin a line; `(NAME, "value")` are arguments.
fn after_comma(bytes: &[u8], at: usize, before: u8) -> Option<Value> {
    let next = at + 1 + blanks(&bytes[at + 1..], 4);
    let is_text =
        matches!(bytes.get(next), Some(b'"' | b'\'')) || bytes[next..].starts_with(b"@\"");
    let is_row = matches!(before, b'\n' | b'\r') && next == at + 1;
    if is_text && matches!(before, b'(' | b'{' | b' ' | b',' | b'.') || is_row {
        return read(bytes, next, Style::Flow, before);
    }
    let word = bytes.get(next..next + 5)?;
    // `{name: NAME, value: …}`.
    if word.eq_ignore_ascii_case(b"value") {
        return read(bytes, value_key(bytes, at)?, Style::Flow, before);
    }
    None
}

fn blanks(text: &[u8], max: usize) -> usize {
    text.iter()
        .take(max)
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

fn blanks_and_lines(text: &[u8], max: usize) -> usize {
    text.iter()
        .take(max)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// Reads the value that begins at or behind some blanks.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each notation; apart they hide which comes first"
)]
pub(super) fn read(bytes: &[u8], at: usize, style: Style, before: u8) -> Option<Value> {
    let mut at = at;
    at += if style == Style::Element {
        blanks_and_lines(&bytes[at..], 64)
    } else {
        blanks(&bytes[at..], 32)
    };
    // A colour of a terminal.
    if bytes.get(at) == Some(&0x1b) {
        let colour = &bytes[at..bytes.len().min(at + 10)];
        at += memchr::memchr(b'm', colour).map_or(0, |end| end + 1);
    }
    // `NAME =` with the text in quotes on the next line, and `NAME = ("…")`.
    if style == Style::Flow {
        let next = at + blanks_and_lines(&bytes[at.min(bytes.len())..], 64);
        if matches!(bytes.get(next), Some(b'"' | b'\'')) {
            at = next;
        }
        at += usize::from(matches!(bytes.get(at..at + 2), Some(b"(\"" | b"('")));
    }
    let rest = bytes.get(at..)?;
    if style == Style::Element && rest.starts_with(b"<![CDATA[") {
        let start = at + b"<![CDATA[".len();
        let limit = bytes.len().min(start + value::MAX);
        let length = memmem::find(&bytes[start..limit], b"]]>")?;
        return Some(Value {
            span: Span::new(start, start + length),
            is_quoted: true,
        });
    }
    // The letter before a quote is part of the notation: `b"…"`, `r'…'`.
    let letter = usize::from(has_letter(rest));
    let slashes = rest[letter..]
        .iter()
        .take(3)
        .take_while(|byte| **byte == b'\\')
        .count();
    if let Some(value) = in_other_quotes(bytes, at) {
        return Some(value);
    }
    // `R"(…)"` of C++.
    if let Some(raw) = rest.strip_prefix(b"R\"(") {
        let length = memmem::find(&raw[..raw.len().min(value::LINE)], b")\"")?;
        return Some(Value {
            span: Span::new(at + 3, at + 3 + length),
            is_quoted: true,
        });
    }
    let quote = rest
        .get(letter + slashes)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if let Some(quote) = quote {
        let mut start = at + letter + slashes + 1;
        if slashes == 0 && is_empty(&bytes[start.min(bytes.len())..], quote) {
            return None;
        }
        while start < at + letter + slashes + 3 && bytes.get(start) == Some(&quote) && slashes == 0
        {
            start += 1;
        }
        let end = closing_quote(bytes, start, quote, slashes)?;
        return Some(Value {
            span: Span::new(start, end),
            is_quoted: true,
        });
    }
    let limit = bytes.len().min(at + value::MAX);
    let text = &bytes[at..limit];
    let wrapper = (style == Style::Line && matches!(before, b'"' | b'\'')).then_some(before);
    let mut length = text.len();
    for (place, byte) in text.iter().enumerate() {
        let ends = match byte {
            b'\n' | b'\r' | 0x1b => true,
            b' ' | b'\t' => wrapper.is_none() && style != Style::Element,
            b'<' => style != Style::Line || text[place..].starts_with(b"</"),
            b'"' | b'\'' => {
                wrapper.is_none_or(|wrapper| wrapper == *byte) && style != Style::Element
            }
            b'\\' => matches!(
                text.get(place + 1),
                None | Some(b'n' | b'r' | b't' | b'f' | b'"' | b'\'' | b'\\' | b'u' | b'\n')
            ),
            b'`' | b'>' => matches!(style, Style::Flow | Style::Query),
            b'&' | b'#' => style == Style::Query || is_pair_next(&text[place + 1..]),
            b';' if matches!(text.get(place + 1), None | Some(b' ' | b'\n' | b'\r')) => true,
            b';' | b',' => {
                style == Style::Flow || style == Style::Query || is_pair_next(&text[place + 1..])
            }
            b'(' | b'[' | b'{' | b')' | b']' | b'}' | b'|' => style == Style::Flow,
            _ => false,
        };
        if ends {
            length = place;
            break;
        }
    }
    // `NAME = bytes.fromhex("…")`: the first argument of a call.
    if style == Style::Flow
        && length < 48
        && matches!(text.get(length..length + 2), Some(b"(\"" | b"('"))
        && text[..length]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':'))
    {
        return read(bytes, at + length + 1, Style::Query, before).filter(|value| value.is_quoted);
    }
    let is_call = style == Style::Flow && matches!(text.get(length), Some(b'(' | b'[' | b'{'));
    let trimmed = text[..length].trim_ascii_end().len();
    (!is_call && trimmed > 0).then(|| Value {
        span: Span::new(at, at + trimmed),
        is_quoted: false,
    })
}

/// Whether a letter of the notation stands before a quote.
fn has_letter(text: &[u8]) -> bool {
    matches!(
        text,
        [
            b'b' | b'r' | b'u' | b'f' | b'B' | b'@' | b'$',
            b'"' | b'\'',
            ..
        ]
    )
}

/// Whether a quote ends a text that has only begun, and is not the start of a longer one.
fn is_empty(text: &[u8], quote: u8) -> bool {
    matches!(
        text,
        [
            second,
            b';' | b',' | b')' | b'}' | b']' | b':' | b' ' | b'\n' | b'\r' | b'.' | b'+',
            ..
        ] if *second == quote
    )
}

/// A value in quotes of typography or of HTML.
fn in_other_quotes(bytes: &[u8], at: usize) -> Option<Value> {
    const QUOTES: [(&[u8], &[u8]); 7] = [
        (b"&quot;", b"&quot;"),
        (b"&#34;", b"&#34;"),
        (b"&#39;", b"&#39;"),
        ("\u{201c}".as_bytes(), "\u{201d}".as_bytes()),
        ("\u{201e}".as_bytes(), "\u{201c}".as_bytes()),
        ("\u{2018}".as_bytes(), "\u{2019}".as_bytes()),
        ("\u{ab}".as_bytes(), "\u{bb}".as_bytes()),
    ];
    let rest = &bytes[at..bytes.len().min(at + value::LINE)];
    // All but those of HTML begin with a byte that is not of ASCII.
    if !matches!(rest.first(), Some(b'&' | 0x80..)) {
        return None;
    }
    let (open, close) = QUOTES.iter().find(|(open, _)| rest.starts_with(open))?;
    let length = memmem::find(&rest[open.len()..], close)?;
    let start = at + open.len();
    Some(Value {
        span: Span::new(start, start + length),
        is_quoted: true,
    })
}

/// Whether another name and its value follow.
fn is_pair_next(text: &[u8]) -> bool {
    let start = blanks(text, 2);
    let length = Alphabet::Dotted.run(&text[start..], 40);
    let rest = &text[start + length..];
    let words = rest
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b' ')
        .count();
    length > 0 && matches!(rest.get(words), Some(b'='))
}

/// The quote that ends a text, on the same line, with as many backslashes before it.
fn closing_quote(bytes: &[u8], start: usize, quote: u8, slashes: usize) -> Option<usize> {
    let limit = bytes.len().min(start + value::MAX + 1);
    let text = bytes.get(start..limit)?;
    for at in memchr::memchr2_iter(quote, b'\n', text) {
        if text[at] == b'\n' {
            return None;
        }
        let before = text[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if before <= slashes {
            return Some(start + at - before);
        }
    }
    None
}
