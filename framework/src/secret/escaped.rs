//! What a value is without the escapes of the file that it stands in: of URLs, of JSON, of manual
//! pages.

use memchr::memmem;

/// A value without its escapes; `None` if it has none, or too few for them to be ones.
pub(super) fn plain(value: &[u8]) -> Option<Vec<u8>> {
    percent(value).or_else(|| of_text(value))
}

/// A value without its percent-encoding, if that is what much of it is.
fn percent(value: &[u8]) -> Option<Vec<u8>> {
    let hex = |byte: u8| char::from(byte).to_digit(16);
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, behind)) = rest.split_first() {
        rest = if let [b'%', one, two, behind @ ..] = rest {
            let code = hex(*one)? << 4 | hex(*two)?;
            plain.push(u8::try_from(code).ok()?);
            behind
        } else {
            plain.push(*first);
            behind
        };
    }
    ((value.len() - plain.len()) * 2 >= plain.len()).then_some(plain)
}

/// A value without `\u0151` of JSON and `\-` of a manual page: texts in other languages stand in
/// files of translations as escapes only, which look random.
fn of_text(value: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\\', value)?;
    if memmem::find(value, b"\\u").is_none() && memmem::find(value, b"\\-").is_none() {
        return None;
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, behind)) = rest.split_first() {
        rest = match rest {
            [b'\\', b'u', code @ ..] if code.len() >= 4 => {
                let code = std::str::from_utf8(&code[..4])
                    .ok()
                    .and_then(|code| u32::from_str_radix(code, 16).ok())?;
                // Half of a pair is a sign of some other language, too.
                let sign = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                plain.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
                &rest[6..]
            }
            [b'\\', b'-', ..] => behind,
            _ => {
                plain.push(*first);
                behind
            }
        };
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn escapes_are_taken_away() {
        for (value, expected) in [
            ("Felh\\u0151 jelszava", Some("Felhő jelszava")),
            ("\\u5bc6\\u7801", Some("密码")),
            ("\\ud83d!", Some("\u{fffd}!")),
            ("q8Zt\\u003dLw", Some("q8Zt=Lw")),
            ("my\\-pvk\\-password", Some("my-pvk-password")),
            ("%c3%89t%C3%A9", Some("Été")),
            ("\\u00", Some("\\u00")),
            ("C:\\users\\ada", None),
            ("a%20longer%20text", None),
            ("plain", None),
        ] {
            let found = plain(value.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{value}");
        }
    }
}
