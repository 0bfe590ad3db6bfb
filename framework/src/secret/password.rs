//! Passwords that people make up of words: what tells them from settings and from placeholders.

use memchr::memmem;

use super::random::{Census, score};

/// Words of settings and of placeholders, which nobody's passwords consist of.
const PLAIN: [&str; 25] = [
    "encoded", "pass", "passw", "secret", "token", "key", "admin", "test", "user", "value",
    "change", "this", "your", "default", "real", "dev", "prod", "insecure", "set", "paste", "http",
    "auth", "login", "name", "file",
];

/// Whether a text in small letters has one of some words in it.
fn has_any(small: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| memmem::find(small, word.as_bytes()).is_some())
}

/// Whether a password is one that people make up: of several words and digits, as
/// `Copper51-Sturgeon`, or of at least four small words and a number.
pub(super) fn is_made_up(value: &[u8], census: Census) -> bool {
    let is_sign = |byte: &u8| {
        matches!(
            byte,
            b'-' | b'_'
                | b'.'
                | b'!'
                | b'#'
                | b'%'
                | b'&'
                | b'*'
                | b'+'
                | b'@'
                | b'^'
                | b'~'
                | b'?'
        )
    };
    if value.len() < 12
        || value.len() > 64
        || census.digits == 0
        || census.digits * 2 > value.len()
        || !value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || is_sign(byte))
        || !value[0].is_ascii_alphabetic()
    {
        return false;
    }
    let small = value.to_ascii_lowercase();
    if has_any(&small, &PLAIN) {
        return false;
    }
    let signs = value.iter().filter(|byte| is_sign(byte)).count();
    // A version or a file has more dots and hyphens than a password has.
    let is_mixed = (census.is_mixed_case()
        || value
            .iter()
            .any(|byte| is_sign(byte) && !matches!(byte, b'-' | b'_' | b'.'))
        || signs == 1 && !has_any(&small, &NAMES) && !has_any(&small, &PRODUCTS))
        && census.digits >= 2
        && (1..=2).contains(&signs);
    is_mixed || is_phrase(value)
}

/// Words of examples and of tests, of algorithms and of encodings, which stand beside numbers.
const TECHNICAL: [&str; 34] = [
    "demo", "sample", "foo", "bar", "hello", "world", "guest", "root", "dummy", "temp", "qwert",
    "abc", "xyz", "null", "none", "string", "hash", "base64", "sha1", "sha2", "sha5", "aes", "rsa",
    "utf", "iso", "x509", "oauth", "ipv", "md5", "pwd", "pw", "field", "param", "letmein",
];

/// Whether a password has a word of settings, of placeholders or of examples in it.
pub(super) fn has_plain(value: &[u8]) -> bool {
    let small = value.to_ascii_lowercase();
    has_any(&small, &PLAIN) || has_any(&small, &TECHNICAL)
}

/// Whether a value is of words and a number, as people choose passwords: `TigerOtter2572`,
/// `Summer2026Berlin`, `hans1968`, `harbor-Kestrel-99`. Identifiers look the same, so this only
/// counts where the name and the notation leave no other reading.
pub(super) fn is_of_words(value: &[u8], census: Census) -> bool {
    // First, since a census is of the start of a long value only.
    if !(8..=32).contains(&value.len()) {
        return false;
    }
    let separators = value
        .iter()
        .filter(|byte| matches!(byte, b'-' | b'_' | b'.'))
        .count();
    let others = census.others - separators;
    let number = value
        .split(|byte| !byte.is_ascii_digit())
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    let small = value.to_ascii_lowercase();
    let word = small
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    let is_name = NAMES
        .iter()
        .chain(&PRODUCTS)
        .any(|name| small[..word] == *name.as_bytes());
    value[0].is_ascii_alphabetic()
        && (2..=6).contains(&number)
        && census.digits * 2 <= value.len()
        && word >= 3
        && census.distinct >= 6
        && others == 0
        && separators <= 2
        && !is_name
        && !has_plain(value)
}

/// Words of identifiers, which stand beside numbers in names of machines and of things.
const NAMES: [&str; 40] = [
    "gateway", "cluster", "server", "client", "service", "node", "host", "region", "release",
    "version", "build", "image", "data", "base", "store", "cache", "queue", "worker", "agent",
    "model", "local", "remote", "public", "private", "north", "south", "east", "west", "central",
    "asia", "europe", "team", "group", "project", "account", "staging", "example", "please",
    "insert", "replace",
];

/// Programs whose names stand before a version.
const PRODUCTS: [&str; 12] = [
    "postgres", "mysql", "maria", "mongo", "redis", "rabbit", "kafka", "elastic", "alpine",
    "debian", "ubuntu", "python",
];

/// Whether a text is at least four words and a number, as makers of passphrases propose:
/// `goblet-indigo-kettle-jostle-60`, `Goblet.Indigo7.Kettle.Jostle`.
pub(super) fn is_phrase(value: &[u8]) -> bool {
    let sign = |byte: &u8| matches!(byte, b'-' | b'_' | b'.' | b' ' | b'+' | b',' | b'~');
    if !(16..=100).contains(&value.len()) {
        return false;
    }
    let Some(separator) = value.iter().find(|byte| sign(byte)) else {
        return false;
    };
    let (mut words, mut digits) = (0, 0);
    for part in value.split(|byte| byte == separator) {
        let letters = part
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, number) = part.split_at(letters);
        let is_number = number.len() <= 4 && number.iter().all(u8::is_ascii_digit);
        let is_word = word.is_empty() && !number.is_empty()
            || (3..=10).contains(&word.len()) && word[1..].iter().all(u8::is_ascii_lowercase);
        if !is_number || !is_word {
            return false;
        }
        words += usize::from(!word.is_empty());
        digits += number.len();
    }
    let small = value.to_ascii_lowercase();
    let is_name = has_any(&small, &PLAIN) || has_any(&small, &NAMES);
    words >= 4 && (1..=6).contains(&digits) && !is_name
}

/// Words that stand in names of fields and in messages about passwords, with capital letters.
const MESSAGES: [&str; 22] = [
    "forgot", "reset", "enter", "invalid", "confirm", "input", "field", "error", "label", "button",
    "form", "bean", "encoder", "string", "number", "object", "type", "sample", "dummy", "demo",
    "word", "wrong",
];

/// Whether a password is two words with capital letters and a number, as people make them up:
/// `CopperSturgeon51`. Names of things have no number of two to four digits at their end.
pub(super) fn is_two_words(value: &[u8]) -> bool {
    if !(10..=24).contains(&value.len()) {
        return false;
    }
    let letters = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let (words, number) = value.split_at(letters);
    let mut parts = 0;
    let mut length = usize::MAX;
    let mut shortest = usize::MAX;
    for byte in words {
        if byte.is_ascii_uppercase() {
            shortest = shortest.min(length);
            length = 1;
            parts += 1;
        } else {
            length = length.saturating_add(1);
        }
    }
    let small = words.to_ascii_lowercase();
    let is_name = has_any(&small, &PLAIN) || has_any(&small, &NAMES) || has_any(&small, &MESSAGES);
    parts == 2
        && words[0].is_ascii_uppercase()
        && shortest.min(length) >= 3
        && (2..=4).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit)
        && !is_name
}

/// Whether a password is one that Google and Apple make for programs: four groups of four small
/// letters. Those of Google have blanks between them, those of Apple hyphens.
pub(super) fn is_for_programs(value: &[u8]) -> bool {
    if value.len() != 19 {
        return false;
    }
    let sign = value[4];
    let is_form = matches!(sign, b' ' | b'-')
        && value.iter().enumerate().all(|(at, byte)| {
            if at % 5 == 4 {
                *byte == sign
            } else {
                byte.is_ascii_lowercase()
            }
        });
    // Words of four letters are a sentence.
    let groups = value.split(|byte| *byte == sign);
    let random = groups.filter(|group| score(group) > 5).count();
    is_form && random >= 2 && Census::of(value).distinct >= 8
}

#[cfg(test)]
mod tests {
    use super::is_of_words;
    use crate::secret::find;
    use crate::secret::random::Census;
    use crate::secret::value::{Class, is_secret};

    #[test]
    fn a_long_value_is_no_password_of_words() {
        // More signs than a census, which is of the start of a value, has seen.
        let value = format!("{}{}x7", "aB1".repeat(30), "-._".repeat(60));
        assert!(!is_of_words(value.as_bytes(), Census::of(value.as_bytes())));
        find(format!("password = {value}\n").as_bytes());
    }

    #[test]
    fn passwords_that_people_make_up() {
        for (value, is_one) in [
            ("goblet-indigo-kettle-jostle-60", true),
            ("Copper51-Sturgeon", true),
            ("walrus33#walrus", true),
            ("Goblet.Indigo7.Kettle.Jostle", true),
            ("walrus84-maple", true),
            ("please-change-this-thing-10", false),
            ("gateway-cluster-eu1-2024-01", false),
            ("postgres-16.4-bookworm", false),
            ("redis64-bookworm", false),
            ("test-user-password-12", false),
            (concat!("Copper", "Sturgeon51"), true),
            ("ResetPassword12", false),
            ("ClientVersion1234", false),
            (concat!("fabh xfhz", " ohor ipns"), true),
            (concat!("sdtb-heio", "-yizd-hioa"), true),
            ("this will need work", false),
            ("your-main-pass-word", false),
        ] {
            assert_eq!(
                is_secret(value.as_bytes(), Class::Password),
                is_one,
                "{value}"
            );
        }
    }
}
