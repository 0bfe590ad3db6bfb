//! Passwords in URLs: `scheme://user:password@host`.

use memchr::memchr_iter;

use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use super::value::{self, Class};
use crate::source::Span;

/// How far before its `@` the scheme of a URL may stand.
const MAX: usize = 400;

/// Looks at every `@`.
pub(super) fn scan(bytes: &[u8], sink: &mut Sink) {
    for at in memchr_iter(b'@', bytes) {
        if let Some(authority) = authority(bytes, at) {
            look(bytes, authority, sink);
        }
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
        if alone.len() >= 20 && value::is_secret(alone, Class::Token) {
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
    if user != password && !is_shown_host(host) && value::is_given(password) {
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
