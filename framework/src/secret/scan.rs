//! Finds the rows of [`super::RULES`] in bytes: one pass for the prefixes, then an exact check of
//! each candidate. Linear in the input: a candidate looks at a bounded number of bytes, but for a
//! private key's block, which the scan then leaves behind.

use std::sync::OnceLock;

use super::rules::{Alphabet, RULES, Shape};
use super::{Finding, SecretRule};
use crate::source::Span;

const BEGIN: &str = "-----BEGIN ";
const TELEGRAM: &str = ":AA";

/// Longest private key block that is followed to its end.
const MAX_KEY_BLOCK: usize = 64 * 1024;

/// Which rows may begin at a pair of bytes.
struct Triggers {
    /// One bit for each pair of bytes: whether some row's trigger begins with it.
    pairs: Box<[u64; 1024]>,
    /// The rows, those with longer triggers first, so that the most exact row of a token wins.
    rows: Vec<&'static SecretRule>,
}

impl Triggers {
    /// The table of this process. It takes a microsecond to make, where an automaton of the same
    /// prefixes takes as long as many runs of the program do altogether.
    fn get() -> &'static Self {
        static TRIGGERS: OnceLock<Triggers> = OnceLock::new();
        TRIGGERS.get_or_init(|| {
            let mut rows: Vec<&SecretRule> = RULES.iter().collect();
            rows.sort_by_key(|row| std::cmp::Reverse(trigger(row.shape).len()));
            let mut pairs = Box::new([0; 1024]);
            for row in &rows {
                let start = trigger(row.shape).as_bytes();
                let pair = pair(start[0], start[1]);
                pairs[pair / 64] |= 1 << (pair % 64);
            }
            Self { pairs, rows }
        })
    }

    /// The next place at or behind `from` where a trigger may begin.
    fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut windows = bytes.get(from..)?.windows(2);
        let at = windows.position(|window| {
            let pair = pair(window[0], window[1]);
            self.pairs[pair / 64] >> (pair % 64) & 1 != 0
        })?;
        Some(from + at)
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

fn trigger(shape: Shape) -> &'static str {
    match shape {
        Shape::Prefixed { prefix, .. } => prefix,
        Shape::PrivateKey => BEGIN,
        Shape::Telegram => TELEGRAM,
    }
}

/// How sure a finding has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// A secret as its issuer makes it: what a check reports.
    Exact,
    /// Also what is too long, or cut short, to be one: what a report must not show.
    Likely,
}

/// How many characters of a body are likely to be part of a secret.
const LIKELY: usize = 12;

/// How much of a body is looked at to tell a secret from a placeholder.
const JUDGED: usize = 200;

pub(super) fn scan(bytes: &[u8], need: Need) -> Vec<Finding> {
    let triggers = Triggers::get();
    let mut findings: Vec<Finding> = Vec::new();
    let mut from = 0;
    // Where the word that was looked at last ends: many triggers can stand in one long word.
    let mut word_end = 0;
    while let Some(at) = triggers.next(bytes, from) {
        from = at + 1;
        let candidates = triggers
            .rows
            .iter()
            .filter(|row| bytes[at..].starts_with(trigger(row.shape).as_bytes()));
        let found = candidates
            .into_iter()
            .find_map(|row| Some((*row, locate(row.shape, bytes, at, need, &mut word_end)?)));
        if let Some((rule, span)) = found {
            from = from.max(span.end);
            findings.push(Finding { rule, span });
        }
    }
    findings
}

/// The span of the secret whose trigger stands at `at`, if it is one.
fn locate(shape: Shape, bytes: &[u8], at: usize, need: Need, word_end: &mut usize) -> Option<Span> {
    match shape {
        Shape::Prefixed {
            prefix,
            body,
            min,
            max,
        } => {
            if at > 0 && bytes[at - 1].is_ascii_alphanumeric() {
                return None;
            }
            let start = at + prefix.len();
            let (length, fits) = if need == Need::Exact {
                let length = run(&bytes[start..], body, max + 1);
                let fits = (min..=max).contains(&length) && !goes_on(bytes, start + length, body);
                (length, fits)
            } else {
                if start >= *word_end {
                    *word_end = start + run(&bytes[start..], Alphabet::Word, bytes.len());
                }
                let length = *word_end - start;
                (length, length >= LIKELY)
            };
            let token = &bytes[start..start + length.min(JUDGED)];
            (fits && is_random(token)).then(|| Span::new(at, start + length))
        }
        Shape::PrivateKey => private_key(bytes, at),
        Shape::Telegram => {
            let digits = bytes[..at]
                .iter()
                .rev()
                .take(11)
                .take_while(|b| b.is_ascii_digit())
                .count();
            let start = at - digits;
            let body = at + 1;
            let length = run(&bytes[body..], Alphabet::Word, 36);
            let fits = (8..=10).contains(&digits) && length == 35;
            (fits && is_random(&bytes[body..body + length]))
                .then(|| Span::new(start, body + length))
        }
    }
}

/// How many bytes from the start belong to the alphabet, at most `max`.
fn run(bytes: &[u8], alphabet: Alphabet, max: usize) -> usize {
    bytes
        .iter()
        .take(max)
        .take_while(|byte| alphabet.holds(**byte))
        .count()
}

/// Whether the word goes on behind a token, so that the token is only its beginning.
fn goes_on(bytes: &[u8], end: usize, body: Alphabet) -> bool {
    let wider = if body == Alphabet::Word {
        Alphabet::Word
    } else {
        Alphabet::Alphanumeric
    };
    bytes.get(end).is_some_and(|byte| wider.holds(*byte))
}

/// Whether a body could be issued by a machine: not a placeholder, more than three different characters.
fn is_random(body: &[u8]) -> bool {
    const PLACEHOLDERS: [&str; 8] = [
        "example",
        "placeholder",
        "your-",
        "your_",
        "xxxx",
        "redacted",
        "changeme",
        "change-me",
    ];
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    let mut seen = [false; 256];
    for byte in body {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    let mixed_case =
        body.iter().any(u8::is_ascii_uppercase) && body.iter().any(u8::is_ascii_lowercase);
    distinct >= 4
        && (mixed_case || body.iter().any(u8::is_ascii_digit))
        && !PLACEHOLDERS.iter().any(|word| text.contains(word))
}

/// A block from `-----BEGIN … PRIVATE KEY…-----` to its `-----END …-----`, or as far as it goes.
fn private_key(bytes: &[u8], at: usize) -> Option<Span> {
    let label_start = at + BEGIN.len();
    let label_end = label_start
        + memchr::memmem::find(
            &bytes[label_start..bytes.len().min(label_start + 64)],
            b"-----",
        )?;
    let label = &bytes[label_start..label_end];
    if !(label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")) {
        return None;
    }
    let body_start = label_end + 5;
    let limit = bytes.len().min(body_start + MAX_KEY_BLOCK);
    let rest = &bytes[body_start..limit];
    let (body, end) = if let Some(dashes) = memchr::memmem::find(rest, b"-----") {
        let footer = &rest[dashes..];
        let skip = footer.iter().take_while(|byte| **byte == b'-').count();
        let close = memchr::memmem::find(&footer[skip..footer.len().min(skip + 80)], b"-----");
        let end = dashes + close.map_or(0, |close| skip + close + 5);
        (&rest[..dashes], end)
    } else {
        let end = rest
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace())
            .map_or(0, |at| at + 1);
        (rest, end)
    };
    let first = body
        .iter()
        .find(|byte| !byte.is_ascii_whitespace() && **byte != b'\\');
    // A block that is empty, elided or a reference is how documents write about keys.
    let is_key = match first {
        Some(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
        None => end < rest.len() || rest.is_empty(),
    };
    let empty_block = first.is_none() && end > body.len();
    (is_key && !empty_block).then(|| Span::new(at, body_start + end))
}

#[cfg(test)]
mod tests {
    use super::{Need, scan};

    fn count(text: &str) -> usize {
        scan(text.as_bytes(), Need::Exact).len()
    }

    fn pem(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn private_keys_of_every_label_are_found() {
        let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU".repeat(3);
        for label in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "DSA PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
        ] {
            assert_eq!(count(&pem(label, &body)), 1, "{label}");
            assert_eq!(
                count(&pem(label, &body).replace('\n', "\\n")),
                1,
                "{label} in JSON"
            );
        }
        // A header whose key has been cut off is still a key in the making.
        assert_eq!(count(&format!("-----BEGIN {}-----", "PRIVATE KEY")), 1);
    }

    #[test]
    fn public_keys_certificates_and_elided_keys_are_not_secrets() {
        let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
        for text in [
            pem("PUBLIC KEY", body),
            pem("CERTIFICATE", body),
            pem("PRIVATE KEY", "..."),
            pem("PRIVATE KEY", ""),
            pem("PRIVATE KEY", "<your key>"),
            pem("PRIVATE KEY", "${KEY}"),
        ] {
            assert_eq!(count(&text), 0, "{text}");
        }
    }

    #[test]
    fn a_longer_word_is_not_a_token() {
        let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        assert_eq!(count(&format!("ghp_{body}")), 1);
        assert_eq!(count(&format!("ghp_{body}x")), 0);
        assert_eq!(count(&format!("xghp_{body}")), 0);
        assert_eq!(count(&format!("https://x/?t=ghp_{body}&u=1")), 1);
    }

    #[test]
    fn long_runs_take_linear_time() {
        // Quadratic behaviour would take minutes here.
        for unit in [
            "a",
            "-----BEGIN ",
            "sk-",
            ":AA",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            let text = unit.repeat(1_000_000 / unit.len());
            let _ = scan(text.as_bytes(), Need::Likely);
        }
    }
}
