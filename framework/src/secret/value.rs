//! Whether a value that is given to the name of a secret is one: no reference, no placeholder, no
//! hash, no words.

use memchr::{memchr, memmem};

use super::alphabet::Alphabet;
use super::jwt;
use super::password::{
    has_plain, is_for_programs, is_made_up, is_of_words, is_phrase, is_two_words,
};
use super::random::{
    Census, groups_of_digits, is_accident, is_everyones, is_jumbled, is_mashed, is_placeholder,
    is_restless, is_sequence, score,
};
use super::{escaped, identifier};

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

/// Longest value of a name in a notation that ends with the line.
pub(super) const LINE: usize = 600;

/// Texts that references to a value kept elsewhere begin with.
const REFERENCES: [&str; 41] = [
    "NACL[",
    "UUID=",
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
    "ENC(",
    "{cipher}",
    "U2FsdGVkX1",
    "AQICAH",
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

/// Whether a value begins with one of some texts, in whatever case.
pub(super) fn begins_with(value: &[u8], starts: &[&str]) -> bool {
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
        || (is_wrapped(value) && Census::of(value).distinct < 30)
        || (*first == b'*' && value.iter().all(|byte| *byte == b'*'))
        || (*first == b'@' && memchr(b'/', value).is_some())
        || (*first == b'%'
            && (value.ends_with(b"%")
                || value.get(2) == Some(&b'/')
                || value.get(1) == Some(&b'(')
                || value.len() < 4))
        || is_path(value)
        || is_markup(value)
        || [
            (&b"${"[..], &b"}"[..]),
            (b"$(", b")"),
            (b"{{", b"}}"),
            (b"<%", b"%>"),
            (b"#{", b"}"),
            (b"%(", b")"),
            (b"%{", b"}"),
            (b"[^", b"]"),
        ]
        .iter()
        .any(|(open, close)| is_enclosed(value, open, close))
        || value.starts_with(b"$(")
        || value.ends_with(b"}}")
        || has(b"://")
        || begins_with(value, &REFERENCES)
}

/// Whether one text stands somewhere behind another one. A password may have either alone.
fn is_enclosed(value: &[u8], open: &[u8], close: &[u8]) -> bool {
    memmem::find(value, open)
        .is_some_and(|at| memmem::find(&value[at + open.len()..], close).is_some())
}

/// Whether a value begins with a bracket that it closes, or with the sign of an anchor or an
/// address before a name.
fn is_wrapped(value: &[u8]) -> bool {
    let Some((first, rest)) = value.split_first() else {
        return false;
    };
    let closes = |close: u8| memchr(close, rest).is_some();
    match first {
        b'<' => closes(b'>'),
        b'(' => closes(b')'),
        b'[' => closes(b']'),
        b'{' => closes(b'}'),
        b'`' => closes(b'`'),
        b'&' => rest.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b';')
        }),
        _ => false,
    }
}

/// Whether a value without quotes is a constant of a type: `Representation.INT32`.
pub(super) fn is_member(value: &[u8]) -> bool {
    let Some(dot) = memchr(b'.', value) else {
        return false;
    };
    let (first, second) = (&value[..dot], &value[dot + 1..]);
    first.iter().all(u8::is_ascii_alphabetic)
        && second.first().is_some_and(u8::is_ascii_uppercase)
        && second
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && score(first) < 10
}

/// Whether a value without quotes is a variable by its name: `user1_pwd`, `cfg.get(`.
pub(super) fn is_variable(value: &[u8]) -> bool {
    let is_closing = |byte: &&u8| matches!(byte, b')' | b',' | b';' | b':');
    let closing = value.iter().rev().take_while(is_closing).count();
    let value = &value[..value.len() - closing];
    let is_named = value.contains(&b'_')
        && value.first().is_some_and(u8::is_ascii_lowercase)
        && value
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
        && value.split(|byte| *byte == b'_').any(|word| {
            matches!(
                word,
                b"pwd" | b"pass" | b"passwd" | b"password" | b"token" | b"secret" | b"key"
            )
        });
    value.ends_with(b"(") || is_named && score(value) < 15
}

/// Whether a value without quotes is the last argument of a call: `self.password)`.
pub(super) fn is_end_of_call(value: &[u8]) -> bool {
    let is_closing = |byte: &&u8| matches!(byte, b')' | b',' | b';' | b':');
    let closing = value.iter().rev().take_while(is_closing).count();
    closing > 0
        && value[..value.len() - closing]
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'))
}

/// Whether a value is of a regular expression or of a manual page: `\\w+)`, `\\[rB]`, `&lt;`.
fn is_markup(value: &[u8]) -> bool {
    let has = |text: &[u8]| memmem::find(value, text).is_some();
    value.starts_with(b"&lt;")
        || has(b"\\[")
        || has(b"\\*(")
        || [b"\\w", b"\\d", b"\\s", b"\\S"]
            .iter()
            .any(|class| has(&[&class[..], b"+"].concat()) || has(&[&class[..], b"*"].concat()))
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

/// Whether a value that stands where a password can be is one that somebody uses.
pub(super) fn is_given(value: &[u8]) -> bool {
    let plain = escaped::plain(value);
    let value = plain.as_deref().unwrap_or(value);
    let census = Census::of(value);
    let is_mixed = census.digits > 0 && census.has_letters() && value.len() >= 8;
    is_usable(value, census)
        && (census.digits > 0 && census.has_letters() && score(value) >= 5
            || value.len() >= 10 && census.is_mixed_case() && numbers(value) > 0
            || is_two_words(value)
            || score(value) >= 30
            || census.others > 1 && score(value) >= 15
            || value.len() >= 14 && is_jumbled(value)
            || is_mixed
                && (groups_of_digits(value) > 1 || census.digits > 1 || census.others > 0)
                && !has_plain(value)
            || is_made_up(value, census))
}

/// [`is_given`] for files whose only use is to hold passwords: a word will do.
pub(super) fn is_placed(value: &[u8]) -> bool {
    is_given(value) || is_usable(value, Census::of(value)) && !has_plain(value)
}

/// Whether a value can be somebody's password: printable, no placeholder and no reference.
fn is_usable(value: &[u8], census: Census) -> bool {
    let small = value.to_ascii_lowercase();
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
        && !is_everyones(value)
        && !is_sequence(value)
        && !identifier::is_named_hash(value)
}

/// Whether a value is made up of characters that hide one.
fn is_hidden(value: &[u8]) -> bool {
    Census::of(value).distinct < 4
}

/// Whether a value is a password of words and a number, and nothing that stands for one.
pub(super) fn is_chosen_of_words(value: &[u8]) -> bool {
    let census = Census::of(value);
    is_of_words(value, census) && is_usable(value, census)
}

/// Whether a value that is given to such a name is a secret.
pub(super) fn is_secret(value: &[u8], class: Class) -> bool {
    let plain = escaped::plain(value);
    let value = plain.as_deref().unwrap_or(value);
    let shortest = match class {
        Class::Token => 16,
        Class::Secret => 12,
        Class::Password => 8,
    };
    if value.len() < shortest
        || value.len() > MAX
        || is_hidden(value)
        || is_reference(value)
        || value.starts_with(b"--") && !is_restless(value)
        || value.starts_with(b"-") && memchr(b' ', value).is_some()
    {
        return false;
    }
    if identifier::is_named_hash(value)
        || is_sequence(value)
        || is_mashed(value)
        || is_placeholder(value) && !is_accident(value)
        || identifier::is_one(value)
        || is_everyones(value)
        || jwt::is_shown(value)
        || begins_with(value, &["pk_test_", "pk_live_"])
        || super::examples::is_known(b"", value)
    {
        return false;
    }
    if value.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return false;
    }
    let census = Census::of(value);
    if matches!(value, [b'A', b'g', b'A'..=b'D', ..]) && value.len() > 200 {
        // A sealed secret of Kubernetes: only its cluster can open it.
        return false;
    }
    if is_uuid(value) {
        return class > Class::Token && census.distinct > 6;
    }
    if class == Class::Token && value.len() > 36 && value.len() <= 44 {
        // `token-` before an identifier does not make it one.
        let (start, id) = value.split_at(value.len() - 36);
        if is_uuid(id)
            && start
                .iter()
                .all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
        {
            return false;
        }
    }
    let is_code = (census.digits == 0 || memmem::find(value, b"].").is_some())
        && score(value) < 30
        && value
            .windows(2)
            .any(|pair| pair[0].is_ascii_alphanumeric() && matches!(pair[1], b'(' | b'['));
    let is_code = is_code || is_statement(value);
    if is_code || !census.has_letters() && census.others * 3 < value.len() {
        return false;
    }
    if class == Class::Password {
        is_password(value, census)
    } else {
        is_token(value, census, class)
    }
}

/// Whether a value has what programs consist of, as the text between two strings of one has.
fn is_statement(value: &[u8]) -> bool {
    let signs = [
        &b"=>"[..],
        b");",
        b"})",
        b"()",
        b"){",
        b"}}",
        b"&&",
        b"||",
        b"!1",
    ];
    value.len() >= 24
        && signs
            .iter()
            .filter(|sign| memmem::find(value, sign).is_some())
            .count()
            >= 3
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
    if is_for_programs(value) || is_two_words(value) {
        return true;
    }
    if memchr(b' ', value).is_some() || !value.is_ascii() {
        let is_text = memchr(b' ', value).is_some() && !value.is_ascii();
        return score >= 14 && kinds >= 3 && census.digits > 0 && !is_text;
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
    if is_made_up(value, census) || value.len() >= 12 && kinds >= 2 && is_scattered(value, score) {
        return true;
    }
    match value.len() {
        8..=11 => kinds >= 3 && census.digits > 0 && score >= 8 || kinds >= 2 && score >= 24,
        12..=15 => kinds >= 3 && score >= 10 || kinds >= 2 && score >= 20 || score >= 55,
        _ if value.iter().all(u8::is_ascii_alphanumeric) => {
            kinds >= 2 && score >= 12 || score >= 40
        }
        _ => kinds >= 2 && score >= 18 || score >= 45,
    }
}

/// A password that somebody chose for a token: with capital letters and digits, of no words that
/// names of things have.
fn is_chosen(value: &[u8], census: Census) -> bool {
    let is_strong = value
        .iter()
        .any(|byte| matches!(byte, b'!' | b'#' | b'%' | b'&' | b'*' | b'+' | b'^' | b'~'));
    // `module.x509.Name` has dots between its words, too.
    let dots = memchr::memchr_iter(b'.', value).count();
    (census.is_mixed_case() && dots < 2 || is_strong) && is_made_up(value, census)
}

/// How many numbers stand before letters in a value.
fn numbers(value: &[u8]) -> usize {
    value
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
        .count()
}

/// Whether digits stand in several places between letters that make no words.
fn is_scattered(value: &[u8], score: i32) -> bool {
    let least = match groups_of_digits(value) {
        0 | 1 => return false,
        2 => 5,
        3 => -5,
        _ => -25,
    };
    score >= least && value.iter().all(u8::is_ascii_alphanumeric)
}

/// What a machine made: long, of a small alphabet, random.
fn is_token(value: &[u8], census: Census, class: Class) -> bool {
    if !value.is_ascii() {
        return false;
    }
    if is_phrase(value) || class == Class::Secret && is_chosen(value, census) {
        return true;
    }
    let value = value.strip_prefix(b"base64:").unwrap_or(value);
    // `prod:name|…`: what stands behind the name is what counts.
    if class > Class::Token
        && let Some(bar) = memchr(b'|', value)
        && value.len() - bar > 24
        && value[..bar]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
    {
        return is_token(&value[bar + 1..], Census::of(&value[bar + 1..]), class);
    }
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
        if class == Class::Token && value.len() >= 16 {
            // What an operator made up for a token, or a generator of passwords.
            let is_mixed = census.is_mixed_case() && census.digits > 0;
            return is_mixed
                && others * 3 <= value.len()
                && score >= 25
                && census.distinct >= 12
                && !value.iter().any(|byte| {
                    matches!(
                        byte,
                        b' ' | b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'\\'
                    )
                });
        }
        // Symbols are in passwords and in keys that frameworks make up; sentences have spaces.
        return class > Class::Token
            && memchr(b' ', value).is_none()
            && (census.digits > 0 && score >= 15 || census.is_mixed_case() && score >= 35)
            && census.distinct >= 9;
    }
    let is_hex = Alphabet::HexAny.run(value, value.len()) == value.len();
    if is_hex {
        return value.len() >= if class == Class::Token { 16 } else { 14 }
            && census.distinct >= if class == Class::Token { 7 } else { 5 }
            && census.digits > 0
            && census.has_letters();
    }
    // Hexadecimal digits behind a prefix: `pl_…`, `agent:name:…`.
    let body = value
        .rsplit(|byte| matches!(byte, b'_' | b'-' | b':'))
        .next();
    if let Some(body) = body.filter(|body| body.len() >= 24)
        && Alphabet::HexAny.run(body, body.len()) == body.len()
        && body.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4
        && census.distinct >= 9
    {
        return true;
    }
    if value.len() >= 16 && is_jumbled(value) {
        return true;
    }
    if census.digits > 0 && census.is_mixed_case() && is_restless(value) {
        return true;
    }
    // Names of things have two numbers at most.
    if class > Class::Token
        && value.len() >= 16
        && value.iter().all(u8::is_ascii_alphanumeric)
        && numbers(value) >= 3
        && census.distinct >= 9
    {
        return true;
    }
    let needed = match value.len() {
        0..20 if class == Class::Token => 28,
        0..20 => 24,
        _ if class > Class::Token && value.iter().all(u8::is_ascii_alphanumeric) => 12,
        _ => 20,
    };
    if class > Class::Token && is_scattered(value, score) {
        return true;
    }
    // Words that are joined score below -20.
    let is_joined = value.len() >= 20 && value.iter().all(u8::is_ascii_alphabetic);
    let of_letters = match class {
        Class::Token => 45,
        _ if is_joined && !census.is_mixed_case() => 10,
        _ => 45,
    };
    (census.digits > 0 && score >= needed)
        || (census.digits == 0 && score >= of_letters && value.len() >= 16)
}

#[cfg(test)]
mod tests {
    use super::{Class, is_end_of_call, is_given, is_member, is_secret, is_variable};
    use crate::secret::sample::Numbers;

    /// Rules against false alarms must not cost what generators of passwords make.
    #[test]
    fn random_values_are_secrets() {
        let typed: Vec<u8> = (b'!'..=b'~').collect();
        for (set, lengths, class, least) in [
            (&typed[..], [16, 20, 24, 32], Class::Password, 930),
            (&typed[..], [16, 20, 24, 32], Class::Secret, 850),
            (
                b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!@#%^*-_=+",
                [14, 16, 20, 24],
                Class::Password,
                980,
            ),
            (
                b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                [16, 20, 24, 32],
                Class::Token,
                985,
            ),
            (
                b"abcdefghijklmnopqrstuvwxyz0123456789",
                [16, 20, 24, 32],
                Class::Secret,
                970,
            ),
            (b"0123456789abcdef", [24, 32, 48, 64], Class::Token, 995),
        ] {
            let mut numbers = Numbers::new(42);
            let mut found = 0;
            for turn in 0..1000 {
                let value: Vec<u8> = (0..lengths[turn % 4])
                    .map(|_| set[numbers.below(set.len())])
                    .collect();
                found += usize::from(is_secret(&value, class));
            }
            assert!(
                found >= least,
                "{found} of 1000 of {}",
                String::from_utf8_lossy(set)
            );
        }
    }

    #[test]
    fn parts_of_programs_and_encoded_passwords() {
        assert!(is_end_of_call(b"self.password),"));
        assert!(!is_end_of_call(b"self.password"));
        assert!(!is_end_of_call(b"k3y)"));
        assert!(is_variable(b"user6_pwd_utf8") && is_variable(b"cfg.get("));
        assert!(!is_variable(b"walrus_33_maple"));
        assert!(is_member(b"MapRepresentation.DECIMAL128"));
        assert!(!is_member(b"q8Zt3Lw.PZ0X") && !is_member(b"Copper.Sturgeon51"));
        assert!(!is_given(b"he%2F%2Fo"));
        assert!(is_given(b"q8Zt%40wPz0X"));
    }

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
            "ENC(q8Zt3LwPz0XvK1nR)",
            "Jobs[-1].JobId",
            "[^:@/]+:[^@]{8,}",
            "-Zbzip2 -z9",
            "0x7ffe12ab90cd",
            "P@ssw0rd!",
            "&lt;passwd3&gt",
            "\\w+)/\\d+",
            "\\[rB]@\\[rB]host1",
            "md59f86d081884c7d659a2feaa0c55ad015",
            "*9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B",
            "%c3%89t%C3%A9%F0%9F",
            "token-550e8400-e29b-41d4-a716-446655440000",
            "arn:aws:secretsmanager:eu-1:1:secret",
            "NACL[MRN3cc+fmdxyQbz6WMF+jq1hKdU5X5BBI7OjK+atvHo1ll]",
            "AWS4-HMAC-SHA256",
            "\\u041f\\u0430\\u0440\\u043e\\u043b\\u044c",
            "+e)}},T=async e=>{f(e),p(!0)},M=e=>{N(e),w(!1)},P=async()=>{if(e&&g){A(!0)",
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
