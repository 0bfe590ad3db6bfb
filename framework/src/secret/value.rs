//! Whether a value that is given to the name of a secret is one: no reference, no placeholder, no
//! hash, no words.

use memchr::{memchr, memmem};

use super::alphabet::Alphabet;
use super::random::{Census, is_placeholder, is_restless, is_sequence, score};

/// What the name of a value says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A token or a key of some kind, which may be an identifier, too.
    Token,
    /// A secret without doubt, made by a machine.
    Secret,
    /// What a person may have made up.
    Password,
}

/// Longest value of a name.
pub(super) const MAX: usize = 4096;

/// Texts that references to a value kept elsewhere begin with.
const REFERENCES: [&str; 35] = [
    "op://",
    "vault:",
    "vault://",
    "arn:",
    "ssm:",
    "secretsmanager:",
    "env:",
    "env.",
    "file:",
    "file://",
    "ref+",
    "sops:",
    "ENC[",
    "!vault",
    "!ref",
    "!sub",
    "@microsoft",
    "keyring:",
    "keychain:",
    "data:",
    "http://",
    "https://",
    "projects/",
    "pass:",
    "bw://",
    "doppler://",
    "infisical://",
    "akv://",
    "gcp-sm://",
    "awssm://",
    "secret://",
    "secrets.",
    "process.env",
    "os.environ",
    "import.meta",
];

/// Texts that a value with a hash of a password begins with.
const HASHES: [&str; 22] = [
    "$2a$",
    "$2b$",
    "$2y$",
    "$1$",
    "$5$",
    "$6$",
    "$y$",
    "$argon2",
    "$pbkdf2",
    "$scrypt",
    "$apr1$",
    "{ssha",
    "{sha",
    "{crypt}",
    "pbkdf2",
    "scrypt:",
    "bcrypt",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "scram-sha",
];

fn begins_with(value: &[u8], starts: &[&str]) -> bool {
    starts.iter().any(|start| {
        value
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    })
}

/// Whether a value is an identifier in the form of RFC 9562.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a value refers to another place: a variable, a file, a secret store, a call.
pub(super) fn is_reference(value: &[u8]) -> bool {
    let Some(first) = value.first() else {
        return true;
    };
    let has = |text: &[u8]| memmem::find(value, text).is_some();
    let is_variable = *first == b'$'
        && value
            .get(1)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && value[1..].iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-' | b'[' | b']')
        })
        && (value[1..].iter().all(|byte| !byte.is_ascii_lowercase())
            || !value[1..].iter().any(u8::is_ascii_digit)
            || score(&value[1..]) < 20);
    is_variable
        || (matches!(first, b'<' | b'(' | b'[' | b'{' | b'&' | b'`')
            && Census::of(value).distinct < 30)
        || (*first == b'*' && value.iter().all(|byte| *byte == b'*'))
        || (*first == b'@' && memchr(b'/', value).is_some())
        || (*first == b'%'
            && (value.ends_with(b"%")
                || value.get(2) == Some(&b'/')
                || value.get(1) == Some(&b'(')
                || value.len() < 4))
        || is_path(value)
        || has(b"${")
        || has(b"$(")
        || has(b"{{")
        || has(b"}}")
        || has(b"<%")
        || has(b"%>")
        || has(b"#{")
        || has(b"%(")
        || has(b"://")
        || begins_with(value, &REFERENCES)
}

/// Whether a value is the path of a file: most of its parts are words.
fn is_path(value: &[u8]) -> bool {
    let is_rooted = [
        &b"/"[..],
        b"./",
        b"../",
        b"~/",
        b"\\\\",
        b"%h/",
        b"%d/",
        b"%t/",
        b"%S/",
        b"%E/",
    ]
    .iter()
    .any(|start| value.starts_with(start))
        || (value.len() > 3 && value[1] == b':' && matches!(value[2], b'\\' | b'/'));
    if !is_rooted {
        return false;
    }
    // A key in base64 may begin with a slash, too.
    let parts = value
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .filter(|part| part.len() > 1);
    let (mut words, mut all) = (0, 0);
    for part in parts {
        all += 1;
        words += usize::from(part.len() < 5 || score(part) < 25);
    }
    words * 2 >= all
}

/// Passwords that everybody writes where one has to stand.
const SHOWN: [&str; 34] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "user",
    "username",
    "login",
    "token",
    "pw",
    "foo",
    "bar",
    "test",
    "mypass",
    "hunter2",
    "admin",
    "root",
    "guest",
    "postgres",
    "mysql",
    "redis",
    "rabbitmq",
    "minio",
    "default",
    "none",
    "null",
    "anonymous",
    "changeme",
    "letmein",
    "qwerty",
    "pass123",
    "test123",
    "admin123",
    "p4ssw0rd",
];

/// Whether a value that stands where only a password can be is one that somebody uses.
pub(super) fn is_given(value: &[u8]) -> bool {
    let small = value.to_ascii_lowercase();
    let census = Census::of(value);
    value.len() >= 6
        && value.len() <= 512
        && census.distinct >= 4
        && !SHOWN.iter().any(|shown| small == shown.as_bytes())
        && !small.starts_with(b"pass")
        && !small.ends_with(b"password")
        && !small.ends_with(b"token")
        && value.iter().all(|byte| (b' '..0x7f).contains(byte))
        && !is_reference(value)
        && !is_placeholder(value)
        && !is_sequence(value)
        && !begins_with(value, &HASHES)
        && (census.digits > 0 && census.has_letters() && score(value) >= 5
            || score(value) >= 30
            || census.others > 1 && score(value) >= 15)
}

/// Whether a value is made up of characters that hide one.
fn is_hidden(value: &[u8]) -> bool {
    Census::of(value).distinct < 4
}

/// Whether a value that is given to such a name is a secret.
pub(super) fn is_secret(value: &[u8], class: Class) -> bool {
    if value.len() < 8
        || value.len() > MAX
        || is_hidden(value)
        || is_reference(value)
        || value.starts_with(b"--")
    {
        return false;
    }
    if begins_with(value, &HASHES)
        || is_sequence(value)
        || is_placeholder(value)
        || super::examples::is_known(b"", value)
    {
        return false;
    }
    if value.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return false;
    }
    let census = Census::of(value);
    if value.starts_with(b"AgB") && value.len() > 200 {
        // A sealed secret of Kubernetes: only its cluster can open it.
        return false;
    }
    if is_uuid(value) {
        return class > Class::Token && census.distinct > 6;
    }
    let is_code = value.iter().any(|byte| matches!(byte, b'(' | b'[')) && census.digits == 0;
    if is_code || !census.has_letters() && census.others * 3 < value.len() {
        return false;
    }
    if class == Class::Password {
        is_password(value, census)
    } else {
        is_token(value, census, class)
    }
}

/// What a person or a generator of passwords made.
fn is_password(value: &[u8], census: Census) -> bool {
    let score = score(value);
    let separators = |byte: &&u8| matches!(byte, b'_' | b'-' | b'.');
    let others = census.others - value.iter().take(256).filter(separators).count();
    let kinds = [census.digits, census.lower, census.upper, others]
        .iter()
        .filter(|count| **count > 0)
        .count();
    if memchr(b' ', value).is_some() || !value.is_ascii() {
        return score >= 14 && kinds >= 3 && census.digits > 0;
    }
    if kinds == 4 && score >= -5 && census.distinct >= 7 {
        return true;
    }
    if value.len() >= 16
        && census.distinct >= 7
        && Alphabet::HexAny.run(value, value.len()) == value.len()
    {
        return census.digits > 0 && census.has_letters();
    }
    if kinds >= 3 && is_restless(value) {
        return true;
    }
    match value.len() {
        8..=11 => kinds >= 3 && census.digits > 0 && score >= 8 || kinds >= 2 && score >= 24,
        12..=15 => kinds >= 3 && score >= 10 || kinds >= 2 && score >= 20 || score >= 55,
        _ => kinds >= 2 && score >= 18 || score >= 55,
    }
}

/// What a machine made: long, of a small alphabet, random.
fn is_token(value: &[u8], census: Census, class: Class) -> bool {
    if value.len() < if class == Class::Token { 16 } else { 12 } || !value.is_ascii() {
        return false;
    }
    let value = value.strip_prefix(b"base64:").unwrap_or(value);
    let others = value
        .iter()
        .filter(|byte| !Alphabet::Base64Any.holds(**byte) && !matches!(byte, b'.' | b'~' | b':'))
        .count();
    let score = score(value);
    if others > 0 {
        if value.len() >= 32 && census.distinct >= 24 && census.is_mixed_case() {
            // The salts of a framework: all that can be typed.
            return class > Class::Token && census.digits > 0 && score >= 25;
        }
        // Symbols are in passwords and in keys that frameworks make up; sentences have spaces.
        return class > Class::Token
            && memchr(b' ', value).is_none()
            && census.digits > 0
            && score >= 18
            && census.distinct >= 10;
    }
    let is_hex = Alphabet::HexAny.run(value, value.len()) == value.len();
    if is_hex {
        return value.len() >= 16
            && census.distinct >= 7
            && census.digits > 0
            && census.has_letters();
    }
    if census.digits > 0 && census.is_mixed_case() && is_restless(value) {
        return true;
    }
    let needed = if value.len() < 20 { 28 } else { 22 };
    (census.digits > 0 && score >= needed)
        || (census.digits == 0 && score >= 55 && value.len() >= 16)
}

#[cfg(test)]
mod tests {
    use super::{Class, is_secret};

    #[test]
    fn values_that_are_secrets() {
        for (value, class) in [
            ("9f86d081884c7d659a2feaa0c55ad015", Class::Token),
            ("q8Zt3LwPz0XvK1nR", Class::Token),
            ("q8Zt3LwPz0Xv", Class::Secret),
            ("Tr0ub4dor&3x", Class::Password),
            ("kX9#mQ2$vL", Class::Password),
            ("/9j8Zt3LwPz0XvK1nR2bYc+Q==", Class::Secret),
        ] {
            let score = super::score(value.as_bytes());
            assert!(is_secret(value.as_bytes(), class), "{value} {score}");
        }
    }

    #[test]
    fn values_that_are_not() {
        for value in [
            "${GATEWAY_TOKEN}",
            "$GATEWAY_TOKEN",
            "$(cat /run/token)",
            "{{ token }}",
            "<your token>",
            "op://vault/item/field",
            "/run/secrets/gateway-token-18789",
            "./secrets/token1",
            "your-token-here",
            "changeme123",
            "xxxxxxxxxxxxxxxx",
            "****************",
            "aaaaaaaaaaaaaaaa",
            "0123456789abcdef",
            "correct-horse-battery",
            "loopback_and_nothing_else",
            "%ENV_TOKEN%",
            "%d/gateway-token",
            "short",
            "1234567890123456",
            "https://example.net/token",
            "550e8400-e29b-41d4-a716-446655440000",
            "$6$rounds$abcdefgh12345678",
            "process.env.TOKEN_1",
            "getToken()",
            "arn:aws:secretsmanager:eu-1:1:secret",
            "",
        ] {
            assert!(!is_secret(value.as_bytes(), Class::Token), "{value}");
        }
        assert!(is_secret(
            b"550e8400-e29b-41d4-a716-446655440000",
            Class::Secret
        ));
    }
}
