//! What stands between a name and its value, or before the name: tags, braces, words of documents,
//! options of commands, keys of objects.

use memchr::memmem;

use super::{Style, Value, blanks, blanks_and_lines, read};
use crate::secret::alphabet::Alphabet;
use crate::secret::value;
use crate::source::Span;

/// `Name { get; set; } = "…"` of C#, and `variable "name" { default = "…" }` of Terraform.
pub(super) fn in_braces(bytes: &[u8], name: Span, at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + 400)];
    let inner = window.get(1..)?;
    let inner = &inner[blanks_and_lines(inner, 32)..];
    if inner.starts_with(b"get") {
        let end = window.iter().take(64).position(|byte| *byte == b'}')? + 1;
        let end = end + blanks(&window[end..], 4);
        return (window.get(end) == Some(&b'=') && window.get(end + 1) != Some(&b'='))
            .then_some(at + end + 1);
    }
    let quote = name.start.checked_sub(1)?;
    if !bytes[..quote].ends_with(b"variable ") {
        return None;
    }
    let end = memmem::find(window, b"\n}").unwrap_or(window.len());
    let default = memmem::find(&window[..end], b"default")? + b"default".len();
    let equals = default + blanks(&window[default..], 16);
    (window.get(equals) == Some(&b'=')).then_some(at + equals + 1)
}

/// `"name": {"host.name": "…"}`: what belongs to a host.
pub(super) fn of_host(bytes: &[u8], at: usize) -> Option<usize> {
    let start = at + blanks(&bytes[at..], 4);
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let quote = start + 1 + blanks_and_lines(&bytes[start + 1..], 32);
    if bytes.get(quote) != Some(&b'"') {
        return None;
    }
    let host = Alphabet::Dotted.run(&bytes[quote + 1..], 100);
    let end = quote + 1 + host;
    let is_host = bytes[quote + 1..end].contains(&b'.');
    if !is_host || bytes.get(end) != Some(&b'"') {
        return None;
    }
    let colon = end + 1 + blanks(&bytes[end + 1..], 4);
    (bytes.get(colon) == Some(&b':')).then_some(colon + 1)
}

/// `"name": {"value": "…"}`.
pub(super) fn in_object(bytes: &[u8], at: usize) -> Option<usize> {
    let start = at + blanks(&bytes[at..], 4);
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let inner = start + 1 + blanks_and_lines(&bytes[start + 1..], 32);
    bytes
        .get(inner..inner + 6)?
        .trim_ascii_start()
        .windows(5)
        .any(|word| word.eq_ignore_ascii_case(b"value"))
        .then(|| value_key(bytes, inner))?
}

/// The value before its name: `{"value": "…", "name": "NAME"}`, `<add value="…" key="NAME"/>`.
pub(in crate::secret) fn value_before(bytes: &[u8], name: Span) -> Option<Value> {
    let is_between =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'\\');
    let is_sign = |byte: &u8| is_between(byte) || matches!(byte, b':' | b'=');
    let floor = name.start.saturating_sub(value::LINE);
    let before = &bytes[floor..name.start];
    let signs = before.iter().rev().take(8).take_while(|byte| is_sign(byte));
    let before = &before[..before.len() - signs.count()];
    if before.len() + floor == name.start {
        return None;
    }
    let word = [
        &b"name"[..],
        b"Name",
        b"key",
        b"Key",
        b"ParameterKey",
        b"android:name",
    ]
    .into_iter()
    .filter(|word| before.ends_with(word))
    .max_by_key(|word| word.len())?;
    let before = &before[..before.len() - word.len()];
    let gap = before
        .iter()
        .rev()
        .take(40)
        .take_while(|byte| is_between(byte))
        .count();
    if gap == 0 {
        return None;
    }
    let end = before.len() - gap;
    let key = memmem::rfind(&before[..end], b"alue")?;
    let behind = key + b"alue".len();
    let signs = before[behind..end]
        .iter()
        .take(8)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '))
        .count();
    if !matches!(before.get(behind + signs), Some(b':' | b'=')) {
        return None;
    }
    read(bytes, floor + behind + signs + 1, Style::Flow, b' ')
        .filter(|value| value.span.end == floor + end)
}

/// The length of the attributes behind the name in `<string name="…" translatable="false">`.
pub(super) fn attributes(rest: &[u8]) -> Option<usize> {
    let window = &rest[..rest.len().min(80)];
    let end = memchr::memchr2(b'>', b'\n', window)?;
    let is_plain = window[..end]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'=' | b'"' | b':'));
    (window[end] == b'>' && is_plain && window[end - 1] == b'"').then_some(end + 1)
}

/// The length of the words between a name and its value in a document: "set the API key to `…`".
pub(in crate::secret) fn as_told(rest: &[u8]) -> Option<usize> {
    [&b"to `"[..], b"is `", b"as `", b"to \"", b"is \""]
        .iter()
        .find(|words| rest.starts_with(words))
        .map(|words| words.len() - 1)
}

/// The length of the option between a name and its value: `gh secret set NAME --body "…"`.
pub(super) fn behind_option(rest: &[u8]) -> Option<usize> {
    [
        &b"--body "[..],
        b"--body=",
        b"--value ",
        b"--value=",
        b"-b ",
    ]
    .iter()
    .find(|option| rest.starts_with(option))
    .map(|option| option.len())
}

/// Whether a name is what a command sets, or the word before a password: `aws configure set NAME …`,
/// `npm config set //host/:NAME …`, `login user password …`.
fn is_set(bytes: &[u8], name: Span) -> bool {
    let floor = name.start.saturating_sub(120);
    let line = &bytes[floor..name.start];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |at| at + 1)..];
    let stuck = line
        .iter()
        .rev()
        .take_while(|byte| !matches!(byte, b' ' | b'\t'))
        .count();
    let words = line[..line.len() - stuck].trim_ascii_end();
    if [&b"config set"[..], b"configure set", b"config --global"]
        .iter()
        .any(|command| words.ends_with(command))
    {
        return true;
    }
    let is_host = bytes[name.range()].eq_ignore_ascii_case(b"password") && stuck == 0;
    let mut words = words.rsplit(|byte| *byte == b' ');
    is_host
        && words.next().is_some_and(|user| !user.is_empty())
        && matches!(words.next(), Some(b"login" | b"connect" | b"user"))
}

/// Whether a name and a value follow with a blank between them.
pub(super) fn is_command(bytes: &[u8], name: Span) -> bool {
    if is_set(bytes, name) {
        return true;
    }
    let before = &bytes[..name.start];
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
    // Prose has names and blanks, too: its words end otherwise.
    let may_be = matches!(
        before,
        [.., b'V' | b'x' | b'v' | b':', b' '] | [.., b'"' | b'\'']
    );
    may_be
        && starts
            .iter()
            .any(|start| before.ends_with(start.as_bytes()))
}

/// `: |` and `: >-` of YAML: the value stands on the next line.
pub(super) fn block_scalar(bytes: &[u8], at: usize) -> Option<usize> {
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

/// `: str = "…"` and `: &str = "…"`: the value stands behind the type.
pub(super) fn annotated(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + 40)];
    let equals = window.iter().position(|byte| *byte == b'=')?;
    let is_type = window[..equals].iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'&' | b'<' | b'>' | b'[' | b']' | b'_' | b'.' | b'?' | b':' | b'\''
            )
    });
    let value = at + equals + 1 + blanks(&window[equals + 1..], 4);
    (is_type
        && window[..equals].first() == Some(&b' ')
        && matches!(bytes.get(value), Some(b'"' | b'\'')))
    .then_some(value)
}

/// `"name": "NAME", "value": "…"`, `name: NAME` with `value: …` on the next line, and
/// `key="NAME" value="…"`.
pub(super) fn value_key(bytes: &[u8], at: usize) -> Option<usize> {
    const WORDS: [&[u8]; 4] = [b"value", b"content", b"ParameterValue", b"android:value"];
    let is_between =
        |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'' | b'\\');
    let start = at + bytes[at..].iter().take(64).take_while(is_between).count();
    let rest = &bytes[start..];
    let word = WORDS.into_iter().find(|word| {
        rest.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    })?;
    let mut at = start + word.len();
    at += bytes[at..]
        .iter()
        .take(3)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        .count();
    at += blanks(&bytes[at..], 8);
    matches!(bytes.get(at), Some(b':' | b'=')).then_some(at + 1)
}

/// Where the text of the element begins that holds the value of a name in the element before:
/// `<key>NAME</key><string>…`, `<name>NAME</name><value>…`, and cells of a table.
pub(super) fn behind_tags(bytes: &[u8], at: usize, is_flag: bool) -> Option<usize> {
    const PAIRS: [(&[u8], &[u8]); 11] = [
        (b"</key>", b"<string>"),
        (b"</key>", b"<data>"),
        (b"</name>", b"<value>"),
        (b"</Name>", b"<Value>"),
        (b"</key>", b"<value>"),
        (b"</Key>", b"<Value>"),
        (b"</string>", b"<string>"),
        (b"</arg>", b"<arg>"),
        (b"</td>", b"<td>"),
        (b"</th>", b"<td>"),
        (b"</dt>", b"<dd>"),
    ];
    let mut at = at;
    for inner in [&b"</code>"[..], b"</b>", b"</strong>"] {
        if bytes[at..].starts_with(inner) {
            at += inner.len();
        }
    }
    PAIRS.iter().find_map(|(close, open)| {
        let behind = bytes[at..].strip_prefix(*close)?;
        let behind = behind[blanks_and_lines(behind, 64)..].strip_prefix(*open)?;
        let inner = [&b"<code>"[..], b"<b>"]
            .iter()
            .find(|inner| behind.starts_with(inner))
            .map_or(0, |inner| inner.len());
        let is_own = is_flag || !matches!(*close, b"</string>" | b"</arg>");
        is_own.then_some(bytes.len() - behind.len() + inner)
    })
}

/// Whether a line consists of a name and a value: `requirepass …`. In source code that is a type
/// and what is declared.
pub(super) fn is_line_of_two(bytes: &[u8], name: Span, value: usize) -> bool {
    let text = &bytes[name.range()];
    if text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let before = bytes[..name.start]
        .iter()
        .rev()
        .take(16)
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let is_first = name.start == before || matches!(bytes[name.start - before - 1], b'\n' | b'\r');
    if !is_first {
        return false;
    }
    let length = bytes[value..]
        .iter()
        .take(value::LINE)
        .take_while(|byte| !byte.is_ascii_whitespace())
        .count();
    let behind = &bytes[value + length..];
    let behind = &behind[blanks(behind, 16)..];
    let is_code = matches!(
        bytes[value..value + length].last(),
        Some(b';' | b',' | b'{' | b'(' | b')' | b':')
    );
    !is_code && matches!(behind.first(), None | Some(b'\n' | b'\r'))
}
