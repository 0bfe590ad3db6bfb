//! JSON Web Tokens: which of the dotted words that begin with `eyJ` are tokens.

use memchr::memmem;

use super::alphabet::Alphabet;
use super::decode;

/// Longest part that is followed.
const MAX_PART: usize = 16 * 1024;

/// Payloads that documentation shows: of jwt.io, the RFC, `PyJWT`; keys of Supabase that are public.
const SHOWN: [&str; 5] = [
    "\"sub\":\"1234567890\"",
    "\"iss\":\"joe\"",
    "\"supabase-demo\"",
    "\"role\":\"anon\"",
    "\"some\":\"payload\"",
];

/// Whether a payload is one that documentation shows.
fn has_shown(payload: &[u8]) -> bool {
    let text: Vec<u8> = payload
        .iter()
        .copied()
        .filter(|byte| *byte != b' ')
        .collect();
    SHOWN
        .iter()
        .any(|shown| memmem::find(&text, shown.as_bytes()).is_some())
}

/// Whether a value is a token, or the start of one, that documentation shows.
pub(super) fn is_shown(value: &[u8]) -> bool {
    value.starts_with(b"eyJ")
        && value
            .split(|byte| *byte == b'.')
            .nth(1)
            .and_then(|payload| {
                let payload = &payload[..payload.len().min(2048)];
                decode::base64(&payload[..payload.len() / 4 * 4])
            })
            .is_some_and(|payload| has_shown(&payload))
}

/// Where the token ends whose header is `bytes[start..dot]`, if it is a signed or encrypted one.
pub(super) fn end(bytes: &[u8], start: usize, dot: usize) -> Option<usize> {
    let header = decode::base64(&bytes[start..dot.min(start + 1024)])?;
    let is_header = header.first() == Some(&b'{')
        && [&b"\"alg\""[..], b"\"enc\"", b"\"typ\"", b"\"kid\""]
            .iter()
            .any(|key| memmem::find(&header, key).is_some());
    if !is_header || !header.iter().all(|byte| byte.is_ascii() && *byte >= b' ') {
        return None;
    }
    let payload = dot + 1;
    let payload_end = payload + Alphabet::Word.run(&bytes[payload..], MAX_PART);
    if bytes.get(payload_end) != Some(&b'.') {
        return None;
    }
    if decode::base64(&bytes[payload..payload_end.min(payload + 2048)])
        .is_some_and(|text| has_shown(&text))
    {
        return None;
    }
    let mut end = payload_end;
    let mut longest = 0;
    // A signed token has three parts, an encrypted one five, of which the second may be empty.
    for _ in 0..3 {
        if bytes.get(end) != Some(&b'.') {
            break;
        }
        let length = Alphabet::Word.run(&bytes[end + 1..], MAX_PART);
        if length == 0 && end > payload_end {
            break;
        }
        longest = longest.max(length);
        end += 1 + length;
    }
    (longest >= 20).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::end;
    use crate::secret::sample::encode_base64;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        let part = |text: &str| {
            encode_base64(text.as_bytes())
                .trim_end_matches('=')
                .to_owned()
        };
        format!("{}.{}.{signature}", part(header), part(payload))
    }

    fn ends(text: &str) -> Option<usize> {
        end(text.as_bytes(), 0, text.find('.').unwrap())
    }

    #[test]
    fn signed_tokens_are_found() {
        let signature = "q8Zt3LwPz0XvK1nR_q8Zt3LwPz0XvK1nR-aB";
        let text = token("{\"alg\":\"HS256\"}", "{\"iss\":\"gateway\"}", signature);
        assert_eq!(ends(&text), Some(text.len()));
        for (header, payload, signature) in [
            ("{\"alg\":\"none\"}", "{\"iss\":\"gateway\"}", ""),
            ("{\"version\":3}", "{\"iss\":\"gateway\"}", signature),
            (
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"1234567890\",\"name\":\"x\"}",
                signature,
            ),
        ] {
            assert_eq!(ends(&token(header, payload, signature)), None, "{header}");
        }
    }
}
