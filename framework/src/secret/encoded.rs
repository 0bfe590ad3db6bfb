//! Texts in base64 that have secrets in them: configurations in Secrets and variables of a CI, and
//! commands of PowerShell. Keys are looked for by `pem`, pairs of a user and a password by `keyed`.

use super::alphabet::Alphabet;
use super::decode;
use super::runs::Run;
use super::sink::Sink;
use crate::source::Span;

/// Longest text in base64 that is decoded.
const MAX: usize = 8192;

/// Length of the shortest one: a token of twenty characters.
const SHORTEST: usize = 26;

/// How much of a word tells whether it is base64 of a readable text.
const HEAD: usize = 24;

/// Length of the shortest line of a text that goes on in the next one (RFC 2045, RFC 7468).
const SHORTEST_LINE: usize = 60;

/// Looks into a word that is base64 of a readable text.
pub(super) fn look(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Run { start, end } = run;
    if end - start < SHORTEST || start < sink.encoded_end || sink.is_decoded {
        return;
    }
    let head = &bytes[start..start + HEAD];
    let is_wide = is_wide(head);
    if !is_wide && !decode::begins_readable(head) {
        return;
    }
    let length = Alphabet::Base64Any.run(&bytes[start..], MAX);
    // A JSON Web Token is its own kind, and so is a key.
    if head.starts_with(b"LS0tLS1CRUdJTi")
        || head.starts_with(b"eyJ") && bytes.get(start + length) == Some(&b'.')
    {
        return;
    }
    let (text, end) = joined(bytes, start, length);
    let whole = Span::new(start, end);
    let text = text.trim_ascii_end();
    let padded = text.len() - text.iter().rev().take_while(|byte| **byte == b'=').count();
    let usable = if padded % 4 == 1 { padded - 1 } else { padded };
    let Some(mut text) = decode::base64(&text[..usable]) else {
        return;
    };
    if is_wide {
        text.retain(|byte| *byte != 0);
    }
    if text.iter().all(|byte| decode::is_readable(*byte)) {
        let mut inner = Sink::decoded(sink.need);
        super::passes(&text, &mut inner);
        sink.encoded_end = end;
        sink.adopt(inner, |_| whole);
    }
}

/// Whether a text is base64 of letters with two bytes each, the lower one first (UTF-16).
fn is_wide(head: &[u8]) -> bool {
    // Of six bytes the second, fourth and last are zero, and with them these of eight characters.
    let is_zero = |at: usize| head[at] == b'A';
    [4, 7, 12, 15, 20, 23].into_iter().all(is_zero)
        && decode::base64(head).is_some_and(|text| {
            text.chunks(2)
                .all(|pair| decode::is_readable(pair[0]) && pair[1] == 0)
        })
}

/// The text that goes on in the next lines, without the line ends and what they are indented by,
/// and where it ends.
fn joined(bytes: &[u8], start: usize, length: usize) -> (Vec<u8>, usize) {
    let mut text = bytes[start..start + length].to_vec();
    let mut end = start + length;
    let mut line = length;
    while line >= SHORTEST_LINE && line.is_multiple_of(4) && text.len() < MAX {
        let rest = &bytes[end..];
        let blanks = rest
            .iter()
            .take(80)
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            .count();
        let ends = memchr::memchr_iter(b'\n', &rest[..blanks]).count();
        let next = Alphabet::Base64Any.run(&rest[blanks..], MAX - text.len());
        let is_last = rest
            .get(blanks + next)
            .is_none_or(|byte| !matches!(byte, b':' | b'.' | b'"' | b'\''));
        if ends != 1 || next == 0 || next > line || !is_last {
            break;
        }
        text.extend_from_slice(&rest[blanks..blanks + next]);
        end += blanks + next;
        line = if next == line { next } else { 0 };
    }
    (text, end)
}

#[cfg(test)]
mod tests {
    use crate::secret::sample::encode_base64;
    use crate::secret::{Numbers, RULES, find};

    /// A token of GitLab, as its row makes it.
    fn token(seed: u64) -> String {
        let row = RULES.iter().find(|row| row.rule.name == "gitlab-token");
        String::from_utf8(row.unwrap().sample(seed).unwrap()).unwrap()
    }

    fn found(text: &str) -> Vec<&'static str> {
        find(text.as_bytes())
            .iter()
            .map(|finding| finding.rule.rule.name)
            .collect()
    }

    #[test]
    fn texts_in_base64_are_looked_into() {
        let token = token(5);
        let lines = |text: &str, width: usize| {
            let lines: Vec<_> = text.as_bytes().chunks(width).collect();
            String::from_utf8(lines.join(&b"\n    "[..])).unwrap()
        };
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let long = format!(
            "# settings of the gateway\nport: 18789\nbind: loopback\nmode: local\nremote:\n  value: {token}\nlog: info\nlocale: en\n"
        );
        for (what, encoded) in [
            ("alone", encode_base64(token.as_bytes())),
            (
                "JSON",
                encode_base64(format!("{{\"a\":\"{token}\"}}").as_bytes()),
            ),
            ("YAML", encode_base64(format!("a: {token}\n").as_bytes())),
            ("lines of 64", lines(&encode_base64(long.as_bytes()), 64)),
            ("lines of 76", lines(&encode_base64(long.as_bytes()), 76)),
            ("UTF-16", encode_base64(&wide(&format!("$t = '{token}'")))),
            (
                "URL",
                encode_base64(
                    concat!("amqp://gateway:", "hT7wQz9pLm2x", "@mq.internal").as_bytes(),
                ),
            ),
            (
                "name",
                encode_base64(concat!("password: ", "hT7wQz9pLm2x\n").as_bytes()),
            ),
        ] {
            let text = format!("data:\n  value: {encoded}\nkind: a\n");
            assert_eq!(found(&text).len(), 1, "{what}: {text}");
        }
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        let mut numbers = Numbers::new(3);
        let noise: Vec<u8> = (0..60)
            .map(|_| u8::try_from(numbers.below(256)).unwrap())
            .collect();
        for text in [
            encode_base64(&noise),
            encode_base64(b"nothing in this text that anyone has to hide"),
            encode_base64(b"password: ${GATEWAY_PASSWORD}\n"),
        ] {
            assert!(found(&format!("value: {text}\n")).is_empty(), "{text}");
        }
    }
}
