//! Detection of secrets in texts, and masking. A finding says which rule and where; it never holds
//! the value, so there is nothing that could be printed by accident.

mod named;
mod rules;
mod scan;

use std::borrow::Cow;

use crate::source::Span;

pub use rules::{RULES, SecretRule};
use scan::Need;

/// A secret that was found: its kind and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of secret it is.
    pub rule: &'static SecretRule,
    /// The bytes that are the secret.
    pub span: Span,
}

/// How many characters of a secret stay readable when it is masked.
const HEAD: usize = 4;

/// Length of the shortest text that is masked: a prefix of three and a likely body.
const SHORTEST_LIKELY: usize = 15;

/// Length of the shortest secret that a rule knows: a prefix of four and a body of sixteen.
const SHORTEST: usize = 20;

/// All secrets in a text, in order, without overlaps.
pub fn find(bytes: &[u8]) -> Vec<Finding> {
    if bytes.len() < SHORTEST {
        return Vec::new();
    }
    scan::scan(bytes, Need::Exact)
}

/// The text with every secret's characters, but for the first four, replaced by `*`. Lengths and
/// line ends stay, so that spans into the text stay right.
///
/// What is masked is more than what a check reports: a token that is too long, or cut short, is no
/// secret by its issuer's rules, and shows one all the same. So does a value that is given to the
/// name of a secret: `TOKEN=`, `password: `.
pub fn mask(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.len() < SHORTEST_LIKELY {
        return Cow::Borrowed(bytes);
    }
    let findings = scan::scan(bytes, Need::Likely);
    let named = named::find(bytes);
    if findings.is_empty() && named.is_empty() {
        return Cow::Borrowed(bytes);
    }
    let mut masked = bytes.to_vec();
    for span in findings.iter().map(|finding| finding.span).chain(named) {
        let secret = &mut masked[span.range()];
        for byte in secret.iter_mut().skip(HEAD) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    Cow::Owned(masked)
}

/// [`mask`] for text.
pub fn mask_text(text: &str) -> Cow<'_, str> {
    match mask(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{find, mask_text};

    #[test]
    fn masking_keeps_the_length_and_the_first_four_characters() {
        let body = "Zq8w".repeat(9);
        let text = format!("TOKEN=ghp_{body} and more");
        let masked = mask_text(&text);
        assert_eq!(masked, format!("TOKEN=ghp_{} and more", "*".repeat(36)));
    }

    #[test]
    fn a_private_key_is_masked_up_to_its_end() {
        let text = format!(
            "a\n-----BEGIN {0}-----\nMIIE{1}\n-----END {0}-----\nb\n",
            "RSA PRIVATE KEY",
            "Ab1+/".repeat(10)
        );
        let masked = mask_text(&text);
        assert!(!masked.contains("Ab1"), "{masked}");
        assert!(masked.starts_with("a\n----*"), "{masked}");
        assert!(masked.ends_with("*\nb\n"), "{masked}");
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn what_is_nearly_a_token_is_masked_but_not_reported() {
        let body = "Zq8w".repeat(9);
        for text in [format!("ghp_{body}x"), format!("ghp_{}", &body[..20])] {
            assert!(find(text.as_bytes()).is_empty());
            assert_eq!(
                mask_text(&text),
                format!("ghp_{}", "*".repeat(text.len() - 4))
            );
        }
    }

    #[test]
    fn text_without_secrets_is_left_as_it_is() {
        let text = "User=openclaw\nRestart=always\n";
        assert!(find(text.as_bytes()).is_empty());
        assert_eq!(mask_text(text), text);
    }
}
