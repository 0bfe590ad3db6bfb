//! Values that identify something and open nothing, told by their form: hashes, fingerprints,
//! times, and names with a time in them.

use memchr::memmem;

use super::alphabet::Alphabet;
use super::random::Census;

/// Texts that a value with a hash of a password begins with.
const HASHES: [&str; 30] = [
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
    "{bcrypt}",
    "sha1:",
    "sha256:",
    "sha512:",
    "md5:",
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "scram-sha",
    "sha1=",
    "sha256=",
    "aws4-hmac-",
];

/// Whether a value begins with the name of a hash or with its sign in files of passwords.
pub(super) fn is_named_hash(value: &[u8]) -> bool {
    super::value::begins_with(value, &HASHES)
}

fn is_hex(text: &[u8]) -> bool {
    Alphabet::HexAny.run(text, text.len()) == text.len()
}

/// Whether a value identifies something: a hash, a fingerprint, a time, a number.
pub(super) fn is_one(value: &[u8]) -> bool {
    is_hash(value)
        || is_fingerprint(value)
        || is_time(value)
        || has_stamp(value)
        || is_number(value)
        // Accounts and clients of Amazon; what follows `oa2-cs` is a secret of a client.
        || value.starts_with(b"amzn1.") && !value.starts_with(b"amzn1.oa2-cs")
}

/// Hashes and addresses that no text at their start tells.
fn is_hash(value: &[u8]) -> bool {
    (value.len() == 35 && value.starts_with(b"md5") && is_hex(&value[3..]))
        || (value.len() == 41 && value[0] == b'*' && is_hex(&value[1..]))
        || (value.len() <= 18 && value.starts_with(b"0x") && is_hex(&value[2..]))
        // `user:$2y$…` of a file of passwords.
        || memmem::find(value, b":$2").is_some_and(|at| value[at..].get(4) == Some(&b'$'))
}

/// Whether a value is bytes in hexadecimal digits with colons between them, as tools show
/// fingerprints: `51:C4:0C:…`.
fn is_fingerprint(value: &[u8]) -> bool {
    value.len() >= 23
        && value.len() % 3 == 2
        && value.iter().enumerate().all(|(at, byte)| match at % 3 {
            2 => *byte == b':',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a value begins with a day and a time in the form of RFC 3339.
fn is_time(value: &[u8]) -> bool {
    value.len() >= 16
        && value[..16]
            .iter()
            .zip(b"0000-00-00T00:00")
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' ' | b'_'),
                sign => byte == sign,
            })
}

/// Whether a value is some letters and the seconds or milliseconds since 1970, as programs make
/// names of requests.
fn has_stamp(value: &[u8]) -> bool {
    let digits = value
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (name, stamp) = value.split_at(value.len() - digits);
    matches!(digits, 10 | 13) && stamp[0] == b'1' && name.len() <= 8
}

/// Whether a value is a number as programs print it, `1.142857142857143e-07`, or a long one with
/// little else: `f/31961209122447488587…`.
fn is_number(value: &[u8]) -> bool {
    let census = Census::of(value);
    let is_float = value.first().is_some_and(u8::is_ascii_digit)
        && value
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && memchr::memchr3(b'.', b'-', b'+', value).is_some();
    is_float
        || value.len() >= 16 && census.digits * 10 >= value.len().min(256) * 9 && !is_hex(value)
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn identifiers_are_told_by_their_form() {
        for value in [
            "51:C4:0C:6D:7E:A5:6C:D8:8F:B4:3A:DF:91:78:4F:18:BC:D5:E4:C5",
            "2020-01-01T00:00:00Z",
            "XqJIt1342112125076",
            "1.142857142857143e-07",
            "f/31961209122447488587055879464742346735121166569214640130",
            "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A",
        ] {
            assert!(is_one(value.as_bytes()), "{value}");
        }
        for value in [
            "amzn1.oa2-cs.v1.0f",
            "51:C4:0C",
            "q8Zt3LwPz0XvK1nR1342112125",
            "8412907733615204",
            "q8Zt3Lw",
            "",
        ] {
            assert!(!is_one(value.as_bytes()), "{value}");
        }
    }
}
