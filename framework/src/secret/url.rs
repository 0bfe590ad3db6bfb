//! Passwords in URLs: `scheme://user:password@host`.

use memchr::memchr_iter;

use super::blocks::{self, Halves};
use super::notation::{Style, read};
use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use super::value::{self, Class};
use crate::source::Span;

/// How far before its `@` the scheme of a URL may stand.
const MAX: usize = 400;

/// Looks at every `@`.
pub(super) fn scan(bytes: &[u8], sink: &mut Sink) {
    static SIGN: [Halves; 1] = {
        let mut sign = [Halves::NONE; 1];
        sign[0].add(b'@', 1);
        sign
    };
    let mut each = |at| {
        if let Some(authority) = authority(bytes, at) {
            look(bytes, authority, sink);
        } else if matches!(bytes.get(at + 1), Some(b't' | b'u' | b'\'' | b'"' | b'`')) {
            of_database(bytes, at, sink);
        }
    };
    if blocks::is_fast() {
        blocks::for_each(bytes, &SIGN, each);
    } else {
        memchr_iter(b'@', bytes).for_each(&mut each);
    }
}

/// `user:password@tcp(host)` and `'user'@'host' IDENTIFIED BY 'password'` of `MySQL`.
fn of_database(bytes: &[u8], at: usize, sink: &mut Sink) {
    let behind = &bytes[at + 1..bytes.len().min(at + 200)];
    let span = if behind.starts_with(b"tcp(") || behind.starts_with(b"unix(") {
        let floor = at.saturating_sub(200);
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
        let length = bytes[floor..at]
            .iter()
            .rev()
            .take_while(|byte| !is_end(byte))
            .count();
        let Some(colon) = memchr::memchr(b':', &bytes[at - length..at]) else {
            return;
        };
        Span::new(at - length + colon + 1, at)
    } else {
        const WORDS: &[u8] = b"IDENTIFIED BY ";
        let line = behind.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        let found = line
            .windows(WORDS.len())
            .position(|words| words.eq_ignore_ascii_case(WORDS));
        let Some(found) = found else {
            return;
        };
        let start = at + 1 + found + WORDS.len();
        match read(bytes, start, Style::Flow, b' ') {
            Some(value) if value.is_quoted => value.span,
            _ => return,
        }
    };
    let password = &bytes[span.range()];
    if password.len() >= 8 && value::is_given(password) {
        sink.add(
            of_kind(Kind::NamedPassword),
            span,
            Rank::Structure,
            Confidence::Named,
        );
    } else if sink.need == Need::Likely && password.len() >= 5 && !value::is_reference(password) {
        sink.mask(span);
    }
}

/// The text between `://` and an `@`. A password may have one `@` in it that nobody encoded.
fn authority(bytes: &[u8], at: usize) -> Option<Span> {
    let floor = at.saturating_sub(MAX);
    let mut others = 0;
    for place in (floor..at).rev() {
        match bytes[place] {
            b'/' => {
                let is_scheme =
                    bytes[..place].ends_with(b":/") || bytes[..place].ends_with(b":\\/\\");
                return is_scheme.then(|| Span::new(place + 1, at));
            }
            b'@' if others > 0 => return None,
            b'@' => others += 1,
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'?' | b'#'
            | b'(' | b')' => return None,
            _ => {}
        }
    }
    None
}

fn look(bytes: &[u8], authority: Span, sink: &mut Sink) {
    let text = &bytes[authority.range()];
    let colon = text.iter().position(|byte| *byte == b':');
    // `https://TOKEN@host`, and GitHub's form of it.
    let alone = &text[..colon.unwrap_or(text.len())];
    if colon.is_none_or(|colon| &text[colon + 1..] == b"x-oauth-basic" || colon + 1 == text.len()) {
        if alone.len() >= 20
            && !is_of_sentry(alone, &bytes[authority.end + 1..])
            && value::is_secret(alone, Class::Token)
        {
            let span = Span::new(authority.start, authority.start + alone.len());
            sink.add(
                of_kind(Kind::UrlPassword),
                span,
                Rank::Structure,
                Confidence::Likely,
            );
        }
        return;
    }
    let Some(colon) = colon else {
        return;
    };
    let (user, password) = (&text[..colon], &text[colon + 1..]);
    let span = Span::new(authority.start + colon + 1, authority.end);
    let host_end = bytes[authority.end + 1..]
        .iter()
        .take(80)
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'$' | b'{' | b'[')
        })
        .count();
    let host = &bytes[authority.end + 1..authority.end + 1 + host_end];
    if host.is_empty() || password.is_empty() {
        return;
    }
    let is_guest = user == b"anonymous";
    if user != password && !is_guest && !is_shown_host(host) && value::is_given(password) {
        sink.add(
            of_kind(Kind::UrlPassword),
            span,
            Rank::Structure,
            Confidence::Likely,
        );
    } else if sink.need == Need::Likely && password.len() >= 5 && !value::is_reference(password) {
        sink.mask(span);
    }
}

/// Whether a user alone is the public key in the address that programs report errors to: 32
/// hexadecimal digits, and a number for a path. Sentry calls it safe to be seen.
fn is_of_sentry(user: &[u8], behind: &[u8]) -> bool {
    let window = &behind[..behind.len().min(120)];
    let Some(slash) = window.iter().position(|byte| *byte == b'/') else {
        return false;
    };
    let path = &window[slash + 1..];
    let digits = path.iter().take_while(|byte| byte.is_ascii_digit()).count();
    user.len() == 32
        && user.iter().all(u8::is_ascii_hexdigit)
        && digits > 0
        && path
            .get(digits)
            .is_none_or(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'/' | b'-' | b'.'))
}

/// Hosts that stand in documentation (RFC 2606), and names that stand for one.
fn is_shown_host(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    [
        &b"example.com"[..],
        b"example.org",
        b"example.net",
        b".example",
        b"host",
        b"hostname",
        b"server",
        b"domain.com",
        b"foo.com",
        b"domain",
        b"your-host",
        b"site.com",
    ]
    .iter()
    .any(|shown| host == *shown || (shown.contains(&b'.') && host.ends_with(shown)))
}
