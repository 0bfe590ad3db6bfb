//! Values that are secrets by the name that they are given to, in every notation that files and
//! logs have for it. Each name looks at a bounded number of bytes.

use memchr::memmem;

use super::SecretRule;
use super::alphabet::Alphabet;
use super::decode;
use super::name;
use super::random::{Census, is_placeholder};
use super::rules::{Kind, Shape, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use super::value::{self, Class};
use crate::source::Span;

/// How a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
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
struct Value {
    span: Span,
    is_quoted: bool,
}

/// Length from which a value without quotes is data as a whole.
const LONG: usize = 256;

/// The value of the name that has a part of it at `at`. Gives where the name ends.
pub(super) fn look(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let name = name_around(bytes, at);
    let Some(value) = value_of(bytes, name) else {
        return name.end;
    };
    judge(bytes, name, value, sink);
    // Names in a long value are a part of it.
    if !value.is_quoted && value.span.end - value.span.start > LONG {
        return value.span.end;
    }
    name.end
}

/// The characters of a name around a place.
fn name_around(bytes: &[u8], at: usize) -> Span {
    let end = at + Alphabet::Dotted.run(&bytes[at..], name::MAX);
    let mut start = at - Alphabet::Dotted.run_back(&bytes[..at], name::MAX);
    // The escape of a line end is no part of the name behind it, nor is an escaped separator.
    match start.checked_sub(1).map(|before| bytes[before]) {
        Some(b'\\') if matches!(bytes[start], b'n' | b'r' | b't') => start += 1,
        Some(b'%') if at >= start + 2 => start += 2,
        _ => {}
    }
    // `API key` is one name, too.
    let is_split = bytes[start..end].to_ascii_lowercase().ends_with(b"pi");
    let end = if is_split { end + 4 } else { end };
    Span::new(start.min(at), end.min(bytes.len()))
}

fn judge(bytes: &[u8], name: Span, value: Value, sink: &mut Sink) {
    let span = value.span;
    let text = &bytes[span.range()];
    if text.len() < 6 {
        return;
    }
    let class = name::judge(&bytes[name.range()]);
    let found = class.and_then(|class| rule(&bytes[name.range()], text, class, value.is_quoted));
    if let Some(rule) = found {
        sink.add(rule, span, Rank::Named, Confidence::Named);
    } else if sink.need == Need::Likely && class.is_some() && is_shown(text) {
        sink.mask(span);
    }
}

/// The rule of a value that is a secret.
fn rule(name: &[u8], text: &[u8], class: Class, is_quoted: bool) -> Option<&'static SecretRule> {
    if let Some(plain) = decode::base64(text)
        .filter(|plain| plain.len() >= 6 && plain.iter().all(|byte| is_printable(*byte)))
    {
        // What is encoded is what counts.
        if is_pair(&plain) {
            return Some(of_kind(Kind::EncodedPassword));
        }
        let is_encoded = value::is_secret(&plain, class);
        return is_encoded.then(|| {
            of_kind(if class == Class::Password {
                Kind::NamedPassword
            } else {
                Kind::NamedSecret
            })
        });
    }
    if !value::is_secret(text, class) {
        return None;
    }
    if !is_quoted && memchr::memchr_iter(b'.', text).count() > 1 && super::random::score(text) < 30
    {
        return None;
    }
    let is_aws = memmem::find(&name.to_ascii_lowercase(), b"aws").is_some()
        || name.to_ascii_lowercase().ends_with(b"accesskey")
        || name.to_ascii_lowercase().ends_with(b"access_key");
    if text.len() == 40
        && is_aws
        && Alphabet::Base64.run(text, 40) == 40
        && Census::of(text).is_mixed_case()
    {
        return Some(of_kind(Kind::AwsSecret));
    }
    if name.starts_with(b"_auth") || name.starts_with(b"_password") {
        return Some(of_kind(Kind::Npmrc));
    }
    if let Some(rule) = azure(name, text) {
        return Some(rule);
    }
    Some(of_kind(if class == Class::Password {
        Kind::NamedPassword
    } else {
        Kind::NamedSecret
    }))
}

/// The kind of a key of Azure: by the signature in its middle, or by its name and length.
fn azure(name: &[u8], text: &[u8]) -> Option<&'static SecretRule> {
    if !matches!(text.len(), 44 | 52 | 56 | 88) {
        return None;
    }
    let rows = super::RULES.iter().take(super::rules::STRUCTURED);
    rows.copied().find(|row| match row.shape {
        Shape::Structured(Kind::AzureKey {
            signature,
            at,
            length,
        }) => {
            let is_named = !signature.is_empty()
                || name.eq_ignore_ascii_case(if length == 88 {
                    b"AccountKey"
                } else {
                    b"SharedAccessKey"
                });
            text.len() == length && is_named && text[at..].starts_with(signature.as_bytes())
        }
        _ => false,
    })
}

/// Whether a value that is no secret for certain is left out of reports.
fn is_shown(text: &[u8]) -> bool {
    let census = Census::of(text);
    text.len() >= 8
        && census.distinct >= 4
        && census.has_letters()
        && (census.digits > 0 || census.others > 2 && super::random::score(text) > 20)
        && !value::is_reference(text)
        && !is_placeholder(text)
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// Whether a text is a user and a password that somebody chose.
pub(super) fn is_pair(plain: &[u8]) -> bool {
    let Some(colon) = plain.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let (user, password) = (&plain[..colon], &plain[colon + 1..]);
    plain.iter().all(|byte| is_printable(*byte))
        && memchr::memchr(b' ', user).is_none()
        && user != password
        && value::is_given(password)
}

/// Where a value begins and ends that belongs to a name.
fn value_of(bytes: &[u8], name: Span) -> Option<Value> {
    let before = name.start.checked_sub(1).map_or(b'\n', |at| bytes[at]);
    let is_flag = bytes[name.range()].starts_with(b"-");
    let mut at = name.end;
    let closing = bytes[at..]
        .iter()
        .take(4)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b']' | b'*'))
        .count();
    at += closing;
    let rest = &bytes[at..];
    if let Some(behind) = rest.strip_prefix(b"</key>") {
        let blanks = blanks_and_lines(behind, 64);
        let behind = &behind[blanks..];
        let tag = [&b"<string>"[..], b"<data>"]
            .into_iter()
            .find(|tag| behind.starts_with(tag))?;
        return read(
            bytes,
            bytes.len() - behind.len() + tag.len(),
            Style::Element,
            before,
        );
    }
    if closing == 0 && rest.first() == Some(&b'>') && matches!(before, b'<' | b':') {
        return read(bytes, at + 1, Style::Element, before);
    }
    let gap = blanks(rest, 32);
    at += gap;
    let rest = &bytes[at..];
    match rest {
        [b'=', b'=' | b'~', ..] | [b':', b':' | b'/', ..] | [] => None,
        [b'=', b'>', ..] | [b':' | b'?' | b'+', b'=', ..] => {
            read(bytes, at + 2, Style::Flow, before)
        }
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
                .unwrap_or(at + 1);
            read(bytes, at, Style::Flow, before)
        }
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
        [b',' | b'\n' | b'\r' | b'-' | b'v' | b'V', ..]
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
                return matches!(bytes.get(next), Some(b'"' | b'\'' | b'\\'))
                    .then(|| read(bytes, next, Style::Flow, before))?;
            }
            if is_flag && bytes[next.min(bytes.len())..].starts_with(b"- ") {
                return read(bytes, next + 2, Style::Flow, before);
            }
            None
        }
        [first, ..]
            if gap > 0
                && (is_flag
                    || matches!(first, b'\'' | b'"')
                    || is_command(&bytes[..name.start])) =>
        {
            let style = if matches!(first, b'\'' | b'"') {
                Style::Flow
            } else {
                Style::Line
            };
            read(bytes, at, style, b' ')
        }
        _ => None,
    }
}

/// Whether a name and a value follow with a blank between them.
fn is_command(before: &[u8]) -> bool {
    let starts = [
        "ENV ",
        "set -x ",
        "set -gx ",
        "set -Ux ",
        "setx ",
        "setenv ",
        "uthorization: ",
        "uthorization\": \"",
        "uthorization': '",
    ];
    starts
        .iter()
        .any(|start| before.ends_with(start.as_bytes()))
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

/// `: str = "…"` and `: &str = "…"`: the value stands behind the type.
fn annotated(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + 40)];
    let equals = window.iter().position(|byte| *byte == b'=')?;
    let is_type = window[..equals].iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'&' | b'<' | b'>' | b'[' | b']' | b'_' | b'.' | b'?' | b':'
            )
    });
    let value = at + equals + 1 + blanks(&window[equals + 1..], 4);
    (is_type
        && window[..equals].first() == Some(&b' ')
        && matches!(bytes.get(value), Some(b'"' | b'\'')))
    .then_some(value)
}

/// `: |` and `: >-` of YAML: the value stands on the next line.
fn block_scalar(bytes: &[u8], at: usize) -> Option<usize> {
    let start = at + blanks(&bytes[at..], 8);
    let rest = &bytes[start..];
    if !matches!(rest.first(), Some(b'|' | b'>')) {
        return None;
    }
    let sign = usize::from(matches!(rest.get(1), Some(b'-' | b'+')));
    let line = start + 1 + sign;
    matches!(bytes.get(line), Some(b'\n' | b'\r'))
        .then(|| line + blanks_and_lines(&bytes[line..], 64))
}

/// `"name": "NAME", "value": "…"`, `name: NAME` with `value: …` on the next line, and
/// `key="NAME" value="…"`.
fn value_key(bytes: &[u8], at: usize) -> Option<usize> {
    let is_between =
        |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'\\');
    let start = at + bytes[at..].iter().take(64).take_while(is_between).count();
    let word = bytes.get(start..start + 5)?;
    if !word.eq_ignore_ascii_case(b"value") {
        return None;
    }
    let mut at = start + 5;
    at += bytes[at..]
        .iter()
        .take(3)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        .count();
    at += blanks(&bytes[at..], 8);
    matches!(bytes.get(at), Some(b':' | b'=')).then_some(at + 1)
}

/// Reads the value that begins at or behind some blanks.
fn read(bytes: &[u8], at: usize, style: Style, before: u8) -> Option<Value> {
    let mut at = at;
    at += if style == Style::Element {
        blanks_and_lines(&bytes[at..], 64)
    } else {
        blanks(&bytes[at..], 32)
    };
    let rest = bytes.get(at..)?;
    // The letter before a quote is part of the notation: `b"…"`, `r'…'`.
    let letter = usize::from(matches!(
        rest,
        [
            b'b' | b'r' | b'u' | b'f' | b'B' | b'@' | b'$',
            b'"' | b'\'',
            ..
        ]
    ));
    let slashes = rest[letter..]
        .iter()
        .take(3)
        .take_while(|byte| **byte == b'\\')
        .count();
    let quote = rest
        .get(letter + slashes)
        .copied()
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if let Some(quote) = quote {
        let mut start = at + letter + slashes + 1;
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
            b'\n' | b'\r' => true,
            b' ' | b'\t' => wrapper.is_none() && style != Style::Element,
            b'<' => style != Style::Line || text[place..].starts_with(b"</"),
            b'"' | b'\'' => {
                wrapper.is_none_or(|wrapper| wrapper == *byte) && style != Style::Element
            }
            b'\\' => matches!(
                text.get(place + 1),
                None | Some(b'n' | b'r' | b't' | b'"' | b'\'' | b'\\' | b'u' | b'\n')
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
    let is_call = style == Style::Flow && matches!(text.get(length), Some(b'(' | b'[' | b'{'));
    let trimmed = text[..length].trim_ascii_end().len();
    (!is_call && trimmed > 0).then(|| Value {
        span: Span::new(at, at + trimmed),
        is_quoted: false,
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

/// `Bearer …`, with the place of its second letter.
pub(super) fn bearer(bytes: &[u8], at: usize, sink: &mut Sink) {
    let start = at + b"earer ".len();
    let is_of_token = |byte: &&u8| Alphabet::Base64Any.holds(**byte) || matches!(byte, b'.' | b'~');
    let length = bytes[start..]
        .iter()
        .take(value::MAX)
        .take_while(is_of_token)
        .count();
    let text = &bytes[start..start + length];
    if value::is_secret(text, Class::Token) {
        sink.add(
            of_kind(Kind::Bearer),
            Span::new(start, start + length),
            Rank::Structure,
            Confidence::Named,
        );
    } else if sink.need == Need::Likely && is_shown(text) {
        sink.mask(Span::new(start, start + length));
    }
}

/// `Basic …`.
pub(super) fn basic(bytes: &[u8], at: usize, sink: &mut Sink) {
    let start = at + b"asic ".len();
    encoded_pair(bytes, start, Kind::Basic, sink);
}

/// `"auth": "…"` of docker, `_auth=…` of npm; `at` is behind the name.
pub(super) fn auth(bytes: &[u8], at: usize, sink: &mut Sink) {
    let is_between = |byte: &&u8| {
        matches!(
            byte,
            b' ' | b'\t' | b':' | b'=' | b'"' | b'\\' | b'\n' | b'\r'
        )
    };
    let start = at + bytes[at..].iter().take(40).take_while(is_between).count();
    let before = &bytes[at.saturating_sub(600)..at];
    let kind = if memmem::find(before, b"\"auths\"").is_some() {
        Kind::DockerAuth
    } else {
        Kind::EncodedPassword
    };
    if start > at {
        encoded_pair(bytes, start, kind, sink);
    }
}

fn encoded_pair(bytes: &[u8], start: usize, kind: Kind, sink: &mut Sink) {
    let length = Alphabet::Base64.run(&bytes[start..], value::MAX);
    let text = &bytes[start..start + length];
    if length >= 12
        && !super::examples::is_known(b"", text)
        && decode::base64(text).is_some_and(|plain| is_pair(&plain))
    {
        sink.add(
            of_kind(kind),
            Span::new(start, start + length),
            Rank::Structure,
            Confidence::Certain,
        );
    }
}

/// `-u user:password`, `--user user:password` and `sshpass -p password`.
pub(super) fn user(bytes: &[u8], at: usize, sink: &mut Sink) {
    let rest = &bytes[at..];
    let options = [&b"sshpass -p"[..], b" -u ", b"--user "];
    let Some(option) = options.into_iter().find(|option| rest.starts_with(option)) else {
        return;
    };
    let Some(value) = read(bytes, at + option.len(), Style::Line, b' ') else {
        return;
    };
    let Span { start, end } = value.span;
    let text = &bytes[start..end];
    let password = match text.iter().position(|byte| *byte == b':') {
        _ if option.starts_with(b"ssh") => start,
        Some(colon) if colon > 0 && text[colon + 1..] != text[..colon] => start + colon + 1,
        _ => return,
    };
    let span = Span::new(password, end);
    if end - password >= 8 && value::is_given(&bytes[password..end]) {
        sink.add(
            of_kind(Kind::NamedPassword),
            span,
            Rank::Structure,
            Confidence::Named,
        );
    } else if sink.need == Need::Likely && end - password >= 6 {
        sink.mask(span);
    }
}

/// `sig=…` in a shared access signature; `at` is where it begins.
pub(super) fn signature(bytes: &[u8], at: usize, sink: &mut Sink) {
    let start = at + b"sig=".len();
    let around = &bytes[at.saturating_sub(300)..bytes.len().min(at + 300)];
    let is_signature = [&b"sv="[..], b"se=", b"sr="]
        .iter()
        .filter(|part| memmem::find(around, part).is_some())
        .count()
        >= 2;
    let is_of_value = |byte: &&u8| Alphabet::Base64.holds(**byte) || **byte == b'%';
    let length = bytes[start..]
        .iter()
        .take(200)
        .take_while(is_of_value)
        .count();
    let text = &bytes[start..start + length];
    if is_signature && length >= 40 && super::random::is_issued(text) {
        sink.add(
            of_kind(Kind::AzureSas),
            Span::new(start, start + length),
            Rank::Structure,
            Confidence::Certain,
        );
    }
}
