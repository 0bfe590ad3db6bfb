//! Values that are secrets by the name that they are given to, in every notation that files and
//! logs have for it. Each name looks at a bounded number of bytes.

use memchr::memmem;

use super::SecretRule;
use super::alphabet::Alphabet;
use super::command;
use super::decode;
use super::name;
use super::notation::{self, Value, value_of};
use super::place;
use super::random::{Census, is_placeholder};
use super::rules::{Kind, Shape, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use super::value::{self, Class};
use crate::source::Span;

/// Length from which a value without quotes is data as a whole.
const LONG: usize = 256;

/// The value of the name that has a part of it at `at`. Gives where the name ends.
pub(super) fn look(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let name = name_around(bytes, at);
    // Counts of tokens are in nearly every line of some logs; no name of a secret ends so.
    if bytes[name.range()].ends_with(b"okens") {
        return name.end;
    }
    command::piped(bytes, name, sink);
    if &bytes[name.range()] == b"api_key" && is_type(&bytes[..name.start]) {
        profile(bytes, name.end, sink);
    }
    let value = value_of(bytes, name).or_else(|| notation::value_before(bytes, name));
    let Some(value) = value else {
        return name.end;
    };
    judge(bytes, name, value, sink);
    // Names in a long value are a part of it.
    if !value.is_quoted && value.span.end - value.span.start > LONG {
        return value.span.end;
    }
    name.end
}

/// Whether a text ends with the name of a kind: `"type": "`.
fn is_type(before: &[u8]) -> bool {
    before.ends_with(b"\"type\":\"") || before.ends_with(b"\"type\": \"")
}

/// `"access": …` of a profile with which a gateway logs in (`"type": "oauth"`); `at` is in it.
pub(super) fn access(bytes: &[u8], at: usize, sink: &mut Sink) {
    let Some(start) = at.checked_sub(4) else {
        return;
    };
    let before = &bytes[start.saturating_sub(PROFILE)..start];
    let object = memchr::memrchr(b'{', before).map_or(before, |open| &before[open..]);
    if bytes[start..].starts_with(b"\"access\"") && memmem::find(object, b"\"oauth\"").is_some() {
        profile(bytes, start, sink);
    }
}

/// How far the values of a profile are from its kind.
const PROFILE: usize = 400;

/// The secrets of a profile with which a gateway logs in: `"key"`, `"access"`, `"refresh"`.
fn profile(bytes: &[u8], at: usize, sink: &mut Sink) {
    for key in [&b"\"key\""[..], b"\"access\"", b"\"refresh\""] {
        // An access token may be longer than all the rest.
        let window = &bytes[at..bytes.len().min(at + PROFILE + value::MAX)];
        let window = &window[..memchr::memchr(b'}', window).unwrap_or(window.len())];
        let Some(found) = memmem::find(window, key) else {
            continue;
        };
        let end = at + found + key.len();
        let name = Span::new(end - key.len() + 1, end - 1);
        let is_secret = |value: &Value| {
            value.is_quoted && value::is_secret(&bytes[value.span.range()], Class::Secret)
        };
        if let Some(value) = value_of(bytes, name).filter(is_secret) {
            let kind = of_kind(Kind::NamedSecret);
            sink.add(kind, value.span, Rank::Named, Confidence::Named);
        }
    }
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
    // `API key` and `Secret Key Base` are one name, too.
    let is_split = matches!(bytes[at..end], [.., b'p' | b'P', b'i' | b'I']);
    let is_base = bytes[end..].starts_with(b" Base");
    let end = match (is_split, is_base) {
        (true, _) => end + 4,
        (_, true) => end + 5,
        _ => end,
    };
    Span::new(start.min(at), end.min(bytes.len()))
}

/// The name with the words before it, as documents write names: `Twilio Auth Token: …`.
fn with_words(bytes: &[u8], name: Span) -> Span {
    let is_next = |byte: &&u8| matches!(byte, b'*' | b'`' | b'"');
    let marks = bytes[name.end..].iter().take(4).take_while(is_next).count();
    let behind = &bytes[name.end + marks..];
    let gap = behind
        .iter()
        .take(8)
        .take_while(|byte| **byte == b' ')
        .count();
    let is_told = notation::as_told(&behind[gap..]).is_some();
    if !is_told && !matches!(behind.get(gap), Some(b':' | b'=' | b'|')) {
        return name;
    }
    let mut start = name.start;
    for _ in 0..3 {
        let Some(blank) = start.checked_sub(1).filter(|blank| bytes[*blank] == b' ') else {
            break;
        };
        let word = Alphabet::Dotted.run_back(&bytes[..blank], name::MAX);
        if word == 0 || !bytes[blank - word].is_ascii_alphanumeric() {
            break;
        }
        start = blank - word;
    }
    Span::new(start, name.end)
}

/// What a name says about its value, with what stands before it.
fn class_of(bytes: &[u8], name: Span) -> Option<Class> {
    let text = &bytes[name.range()];
    let class = name::judge(text);
    if class > Some(Class::Token) {
        return class;
    }
    let before = name.start.checked_sub(1).map(|at| bytes[at]);
    let is_argument = text.starts_with(b"--") || matches!(before, Some(b'?' | b'&'));
    if class.is_some() && is_argument && !name::is_weak(text) {
        return Some(Class::Secret);
    }
    if text.eq_ignore_ascii_case(b"token") {
        // The token that opens the gateway is what its operator chose.
        let before = &bytes[name.start.saturating_sub(200)..name.start];
        let is_of_gateway = [
            &b"gateway"[..],
            b"remote",
            b"auth\"",
            b"auth:",
            b"hooks\"",
            b"enabled",
        ]
        .iter()
        .filter(|word| memmem::find(before, word).is_some())
        .count()
            >= 2;
        if is_of_gateway {
            return Some(Class::Secret);
        }
    }
    let whole = with_words(bytes, name);
    if whole.start == name.start {
        return class;
    }
    let words = &bytes[whole.start..name.end];
    let is_title = text[0].is_ascii_uppercase()
        && bytes[name.start - 2].is_ascii_alphanumeric()
        && words
            .split(|byte| *byte == b' ')
            .rev()
            .nth(1)
            .is_some_and(|word| word[0].is_ascii_uppercase() || word[0].is_ascii_digit());
    match name::judge(words) {
        Some(Class::Secret) if is_title || name::is_sure(words) => Some(Class::Secret),
        Some(other) if is_title => Some(other),
        _ => class,
    }
}

fn judge(bytes: &[u8], name: Span, value: Value, sink: &mut Sink) {
    let span = value.span;
    let text = &bytes[span.range()];
    // No password is shorter, and names cost more to judge.
    if text.len() < 8 {
        return;
    }
    let class = class_of(bytes, name).filter(|_| !place::is_part(bytes, name));
    // Lines that repeat cost one look.
    let key = (class, &bytes[name.range()], text, value.is_quoted);
    if let Some((class, name, value, is_quoted)) = sink.no_secret
        && key
            == (
                class,
                &bytes[name.range()],
                &bytes[value.range()],
                is_quoted,
            )
    {
        return;
    }
    let found = class
        .and_then(|class| rule(&bytes[name.range()], text, class, value.is_quoted))
        .or_else(|| chosen(bytes, name, value, class));
    if let Some(rule) = found {
        let is_word = !value.is_quoted && place::is_sentence(bytes, name, span);
        if !is_word {
            sink.add(rule, span, Rank::Named, Confidence::Named);
        } else if sink.need == Need::Likely {
            sink.mask(span);
        }
    } else if sink.need == Need::Likely && class.is_some() && is_shown(text) {
        sink.mask(span);
    } else {
        sink.no_secret = Some((class, name, span, value.is_quoted));
    }
}

/// The rule of a password of words and a number, which counts where a setting is given.
fn chosen(
    bytes: &[u8],
    name: Span,
    value: Value,
    class: Option<Class>,
) -> Option<&'static SecretRule> {
    let text = &bytes[value.span.range()];
    (class == Some(Class::Password)
        && value::is_chosen_of_words(text)
        && !name::is_repeated(&bytes[name.range()], text)
        && place::is_setting(bytes, name, value.span))
    .then(|| of_kind(Kind::NamedPassword))
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
    let is_member = class < Class::Password && !is_quoted && value::is_member(text);
    if !value::is_secret(text, class)
        || is_member
        || name::is_repeated(name, text)
        || name::is_of_dummy(name)
        || !is_quoted && (value::is_end_of_call(text) || value::is_variable(text))
    {
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
    encoded_pair(bytes, start, || Kind::Basic, sink);
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
    let kind = || {
        let before = &bytes[at.saturating_sub(600)..at];
        if memmem::find(before, b"\"auths\"").is_some() {
            Kind::DockerAuth
        } else {
            Kind::EncodedPassword
        }
    };
    if start > at {
        encoded_pair(bytes, start, kind, sink);
    }
}

fn encoded_pair(bytes: &[u8], start: usize, kind: impl FnOnce() -> Kind, sink: &mut Sink) {
    let length = Alphabet::Base64.run(&bytes[start..], value::MAX);
    let text = &bytes[start..start + length];
    if length >= 12
        && !super::examples::is_known(b"", text)
        && decode::base64(text).is_some_and(|plain| is_pair(&plain))
    {
        sink.add(
            of_kind(kind()),
            Span::new(start, start + length),
            Rank::Structure,
            Confidence::Certain,
        );
    }
}

/// `sig=…` in a shared access signature; `at` is where it begins. Gives where its value ends.
pub(super) fn signature(bytes: &[u8], at: usize, sink: &mut Sink) -> usize {
    let start = at + b"sig=".len();
    let is_of_value = |byte: &&u8| Alphabet::Base64Any.holds(**byte) || **byte == b'%';
    let length = bytes[start..]
        .iter()
        .take(200)
        .take_while(is_of_value)
        .count();
    let span = Span::new(start, start + length);
    // The value first: what is around it is longer.
    let text = &bytes[span.range()];
    if length < 40 || !super::random::is_issued(text) || super::examples::is_known(b"", text) {
        return span.end;
    }
    let around = &bytes[at.saturating_sub(300)..bytes.len().min(at + 300)];
    let is_signature = [&b"sv="[..], b"se=", b"sr="]
        .iter()
        .filter(|part| memmem::find(around, part).is_some())
        .count()
        >= 2;
    // The address that starts a workflow has a signature without an end.
    let is_trigger = memmem::find(&bytes[at.saturating_sub(300)..at], b"/triggers/").is_some();
    if is_signature || is_trigger {
        sink.add(
            of_kind(Kind::AzureSas),
            span,
            Rank::Structure,
            Confidence::Certain,
        );
    }
    span.end
}
