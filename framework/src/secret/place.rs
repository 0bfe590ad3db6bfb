//! What stands around a name, or between it and its value, and makes it no name of a secret:
//! paths, lists of names, two words of a sentence.

use memchr::memmem;

use super::name;
use crate::source::Span;

/// How far before a name is looked at.
const BEFORE: usize = 80;

/// Whether a name is a part of something that is none.
pub(super) fn is_part(bytes: &[u8], name: Span) -> bool {
    let before = &bytes[name.start.saturating_sub(BEFORE)..name.start];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or(&[]);
    let has_value = bytes.get(name.end) == Some(&b':')
        && bytes
            .get(name.end + 1)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'/');
    if has_value && line.ends_with(b"/") {
        // `/etc/passwd:ada:x:…`, as searches show lines.
        return true;
    }
    if has_value && line.ends_with(b":") && memmem::find(line, b"arn:").is_some() {
        // `arn:aws:secretsmanager:…:secret:name`.
        return true;
    }
    // `"AWS::ApiGateway::ApiKey": "…"` is a type, in a list of types.
    let is_type = line.ends_with(b"::")
        && matches!(bytes.get(name.end), Some(b'"' | b'\''))
        && line
            .iter()
            .rev()
            .find(|byte| !byte.is_ascii_alphanumeric() && **byte != b':')
            == bytes.get(name.end);
    if is_type {
        return true;
    }
    // `checksum/secret: …` of an annotation.
    let is_sum = line.ends_with(b"/")
        && [&b"checksum/"[..], b"hash/", b"sha256/", b"digest/"]
            .iter()
            .any(|sum| line.to_ascii_lowercase().ends_with(sum));
    // `next page token: …`.
    let is_two_words = bytes[name.range()].eq_ignore_ascii_case(b"token")
        && line
            .to_ascii_lowercase()
            .strip_suffix(b" ")
            .and_then(|line| line.rsplit(|byte| !byte.is_ascii_alphabetic()).next())
            .is_some_and(name::makes_no_token);
    is_sum || is_two_words
}

/// Whether a name and its value stand where settings do: at the start of a line, of an element, in
/// quotes before a colon. Arguments of calls and words of sentences stand elsewhere.
pub(super) fn is_setting(bytes: &[u8], name: Span, _value: Span) -> bool {
    let before = &bytes[name.start.saturating_sub(BEFORE)..name.start];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or(&[]);
    !line.contains(&b'(') || line.ends_with(b"define('") || line.ends_with(b"define(\"")
}

/// Whether a name in quotes and the text behind the comma after it are two of a list of names, or
/// the text is a name itself: `'COOKIEJAR', 'KEYPASSWD', 'KRB4LEVEL', 'NETRC'`.
pub(super) fn is_of_list(bytes: &[u8], name: Span, value: Span) -> bool {
    let is_word = bytes[value.range()]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let mut behind = bytes[value.end.saturating_add(1).min(bytes.len())..]
        .iter()
        .take(64)
        .filter(|byte| !byte.is_ascii_whitespace());
    let first = behind.next();
    let is_quoted = matches!(behind.next(), Some(b'"' | b'\''));
    let mut before = bytes[name.start.saturating_sub(64)..name.start]
        .iter()
        .rev()
        .skip(1)
        .filter(|byte| !byte.is_ascii_whitespace());
    first == Some(&b':')
        || (is_word && is_quoted && first == Some(&b',') && before.next() == Some(&b','))
}

/// Whether a value behind a colon is the first word of a sentence, as in comments of parameters:
/// `crypto_key: Base64-encoded string of a key`.
pub(super) fn is_sentence(bytes: &[u8], name: Span, value: Span) -> bool {
    let is_behind_colon = bytes.get(name.end..name.end + 2) == Some(b": ");
    let behind = &bytes[value.end..bytes.len().min(value.end + 64)];
    let mut words = behind
        .split(|byte| *byte == b' ')
        .take_while(|word| !word.contains(&b'\n'));
    is_behind_colon
        && words.next() == Some(b"")
        && words
            .take(3)
            .filter(|word| word.len() > 1 && word.iter().all(u8::is_ascii_lowercase))
            .count()
            >= 2
        && super::random::score(&bytes[value.range()]) < 10
}

#[cfg(test)]
mod tests {
    use crate::secret::find;

    #[test]
    fn what_stands_before_a_token_can_make_it_none() {
        let key = ["pk_", "UK34wfxzGH8VOStfLgJ353veIuam1QoOrExmsuuE"].concat();
        let meta = ["EAA", &"q8Zt3LwPz0XvK1nR".repeat(8)].concat();
        let data = "q8Zt3LwPz0XvK1nR".repeat(12);
        for text in [
            format!("a/b.json,sha256={key},341\n"),
            format!("\"{data}/{meta}\"\n"),
        ] {
            assert_eq!(find(text.as_bytes()), [], "{text}");
        }
        for text in [format!("see /{meta}\n"), format!("x={meta}\n")] {
            assert_eq!(find(text.as_bytes()).len(), 1, "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_name_can_make_it_none() {
        let value = ["q8Zt3LwP", "z0XvK1nR", "4f2a91c0"].concat();
        for text in [
            "/etc/passwd:VALUE\n",
            "arn:aws:secretsmanager:eu-1:111122223333:secret:VALUE\n",
            "  checksum/secret: VALUE\n",
            "Next page token: VALUE\n",
            "['COOKIEJAR', 'KEYPASSWD', 'KRB4LEVEL7', 'NETRC9']\n",
            "('v3PrivPass', 'VALUE': meraki)\n",
            "let e=n.auth?.token??``;P(()=>{!e||e===I||(I=e,M(p)?.kind===`auth`)}\n",
            "    passwd=cfg.get(\"passwd\"), new_password=user6_pwd_utf8,\n",
            "\"input_cost_per_token\": 1.142857142857143e-07,\n",
            "[RESERVED_INT32_KEY]: MapRepresentation.DECIMAL128,\n",
            "\"password\": \"Felh\\u0151 jelszava\", \"api_key\": \"\\u5bc6\\u7801\\u5bc6\\u7801\"\n",
            "    crypto_key: Base64-encoded string of a CSEK, or\n",
            "{\"AWS::ApiGateway::ApiKey\": \"VALUE\"}\n",
        ] {
            let text = text.replace("VALUE", &value);
            assert_eq!(find(text.as_bytes()), [], "{text}");
        }
        for text in [
            "The token: VALUE\n",
            "gateway.internal/token: VALUE\n",
            "setenv('GATEWAY_TOKEN', 'VALUE', 1)\n",
            "args = ['--password', 'VALUE', '--port']\n",
            "/path/password=VALUE\n",
            "signing_key: VALUE is what the gateway has\n",
            "const KEY = Config::API_KEY = \"VALUE\";\n",
        ] {
            let text = text.replace("VALUE", &value);
            assert_eq!(find(text.as_bytes()).len(), 1, "{text}");
        }
    }
}
