//! Values that are secrets by the name they are given to: a token that a program made up itself has
//! no prefix to know it by. They are masked in reports, and not what a check finds.

use memchr::{memchr3, memmem};

use crate::source::Span;

/// How names of secrets end, in small letters and without `_` and `-`.
const ENDS: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
];

/// Length of the longest of [`ENDS`], with room for separators.
const LONGEST: usize = 16;

/// Length of the longest option that is looked at.
const LONGEST_OPTION: usize = 64;

/// Length of the shortest value that is taken for a secret.
const SHORTEST: usize = 16;

/// The values behind `NAME=`, `NAME: `, `<key>NAME</key><string>` and `--NAME ` whose name ends as
/// those of secrets do. Linear: what is looked at around each separator is bounded, but for the value.
pub(super) fn find(bytes: &[u8]) -> Vec<Span> {
    let mut found = options(bytes);
    let mut from = 0;
    while let Some(at) = memchr3(b'=', b':', b'<', &bytes[from..]) {
        let at = from + at;
        from = at + 1;
        if !is_secret(&bytes[..at]) {
            continue;
        }
        let Some(start) = value_start(bytes, at) else {
            continue;
        };
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_of_value(**byte))
            .count();
        if is_likely(&bytes[start..start + length]) {
            found.push(Span::new(start, start + length));
        }
        from = from.max(start + length);
    }
    found
}

/// The values that follow an option of a command line: `--token VALUE`.
fn options(bytes: &[u8]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut end = 0;
    for at in memmem::find_iter(bytes, "--") {
        let name = at + 2;
        let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let rest = bytes.iter().skip(name).take(LONGEST_OPTION);
        let blank = name + rest.take_while(is_of_name).count();
        let is_option = at >= end && matches!(bytes.get(blank), Some(b' ' | b'\t'));
        if !is_option || !is_secret(&bytes[..blank]) {
            continue;
        }
        let Some(start) = value_start(bytes, blank) else {
            continue;
        };
        let value = bytes[start..].iter();
        end = start + value.take_while(|byte| is_of_value(**byte)).count();
        if is_likely(&bytes[start..end]) {
            found.push(Span::new(start, end));
        }
    }
    found
}

/// Whether the name at the end of a text is one of a secret.
fn is_secret(before: &[u8]) -> bool {
    let quotes = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'');
    let trimmed = before.iter().rev().take(4).take_while(|byte| quotes(byte));
    let name = &before[..before.len() - trimmed.count()];
    let tail = &name[name.len().saturating_sub(LONGEST)..];
    let name: Vec<u8> = tail
        .iter()
        .filter(|byte| !matches!(byte, b'_' | b'-'))
        .map(u8::to_ascii_lowercase)
        .collect();
    ENDS.iter().any(|end| name.ends_with(end.as_bytes()))
}

/// Where the value behind a separator begins.
fn value_start(bytes: &[u8], at: usize) -> Option<usize> {
    let blanks = |from: usize| {
        let rest = &bytes[from..];
        let skipped = rest.iter().take(64);
        from + skipped
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
    };
    let start = if bytes[at] == b'<' {
        let behind = bytes[at..].strip_prefix(b"</key>")?;
        let tag = blanks(bytes.len() - behind.len());
        let behind = bytes[tag..].strip_prefix(b"<string>")?;
        bytes.len() - behind.len()
    } else {
        let rest = &bytes[at + 1..];
        let skipped = rest.iter().take(16);
        let is_before = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'');
        at + 1 + skipped.take_while(is_before).count()
    };
    Some(start)
}

fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/_-=.$!@%^*~".contains(&byte)
}

/// Whether a value may be a secret: long, of letters and digits, and not a path.
fn is_likely(value: &[u8]) -> bool {
    value.len() >= SHORTEST
        && !matches!(value[0], b'/' | b'.' | b'$' | b'%')
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn values_of_secret_names_are_found() {
        let value = "9f86d081".repeat(4);
        for (before, after) in [
            ("OPENCLAW_GATEWAY_TOKEN=", "\n"),
            ("Environment=\"API_KEY=", "\"\n"),
            ("ExecStart=/bin/x run --token ", " --port 1\n"),
            ("x --gateway-password \"", "\"\n"),
            ("x --api-key=", "\n"),
            ("auth: {token: \"", "\"}"),
            ("{\"botToken\": \"", "\"}"),
            ("  DB_PASSWORD: '", "'\n"),
            ("<key>TOKEN</key>\n  <string>", "</string>"),
        ] {
            let text = format!("{before}{value}{after}");
            let found = find(text.as_bytes());
            assert_eq!(found.len(), 1, "{before}");
            assert_eq!(&text[found[0].range()], value, "{before}");
        }
    }

    #[test]
    fn signs_of_passwords_belong_to_the_value() {
        let value = format!("pa$$word{}!@%^*~", "Zx81kQ0v".repeat(2));
        let text = format!("TOKEN={value}\n");
        let found = find(text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range()], value);
    }

    #[test]
    fn other_values_are_not() {
        let value = "9f86d081".repeat(4);
        for text in [
            format!("TOKEN_FILE={value}"),
            format!("DIGEST={value}"),
            "TOKEN=/run/secrets/gateway-token-18789".to_owned(),
            "TOKEN=${OPENCLAW_GATEWAY_TOKEN_18789}".to_owned(),
            "token: loopback-and-nothing-else".to_owned(),
            "TOKEN=$OPENCLAW_GATEWAY_TOKEN_18789".to_owned(),
            "TOKEN=%d/gateway-token-of-port-18789".to_owned(),
            "TOKEN=short1".to_owned(),
            "TOKEN=".to_owned(),
            "token:".to_owned(),
        ] {
            assert!(find(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
