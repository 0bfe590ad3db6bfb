//! Detection of secrets in texts, and masking. A finding says which rule and where; it never holds
//! the value, so there is nothing that could be printed by accident.
//!
//! The engine works on one slice and looks at a bounded part of it around each place, so that a
//! long file can be scanned in pieces: see [`OVERLAP`].

pub mod allow;
mod alphabet;
mod bare;
mod blocks;
pub mod catalogue;
mod checksum;
mod command;
mod decode;
mod encoded;
mod escaped;
mod examples;
mod file;
mod fingerprint;
mod identifier;
pub mod input;
mod jwt;
mod keyed;
mod literal;
mod name;
mod notation;
pub mod own;
mod password;
mod pem;
pub mod piece;
mod place;
pub mod policy;
mod random;
mod rules;
mod runs;
mod sample;
pub mod sheet;
mod sink;
mod structure;
#[cfg(test)]
mod tally;
mod token;
mod url;
mod value;

use std::borrow::Cow;

use crate::source::Span;

pub use alphabet::Alphabet;
use literal::Literal;
pub use rules::{Check, Kind, Part, RULES, SecretRule, Severity, Shape};
pub use sample::Numbers;
pub use sink::Confidence;
use sink::{Need, Sink};

/// A secret that was found: its kind and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of secret it is.
    pub rule: &'static SecretRule,
    /// The bytes that are the secret.
    pub span: Span,
    /// How sure it is.
    pub confidence: Confidence,
}

/// How much of a file has to stand in one piece around a secret, for a scan in pieces: a piece
/// that begins somewhere in a file has this many bytes of the piece before in front, and findings
/// that begin in its last so many bytes are those of the next piece.
pub const OVERLAP: usize = 128 * 1024;

/// How many characters of a secret stay readable when it is masked.
const HEAD: usize = 4;

/// Length of the shortest text that is masked: a name and a value.
const SHORTEST_LIKELY: usize = 12;

impl Finding {
    /// A keyed hash of the secret, in 32 hexadecimal digits: it tells whether two findings are of
    /// the same secret, and says nothing about it to who does not have the key. `bytes` is the
    /// text that it was found in.
    pub fn fingerprint(&self, bytes: &[u8], key: [u64; 2]) -> String {
        let value = bytes.get(self.span.range()).unwrap_or_default();
        format!("{:032x}", fingerprint::siphash(key, value))
    }

    /// The first characters of the secret, as many as a report may show: at most four, at most a
    /// quarter of it, and only of what the kind says anyway.
    pub fn head<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let value = bytes.get(self.span.range()).unwrap_or_default();
        if self.has_head() {
            &value[..HEAD.min(value.len() / 4)]
        } else {
            &[]
        }
    }

    /// Whether it begins with characters that all secrets of its kind have.
    fn has_head(&self) -> bool {
        match self.rule.shape {
            Shape::Token { .. } => true,
            Shape::Structured(kind) => matches!(
                kind,
                Kind::PrivateKey
                    | Kind::Putty
                    | Kind::Jwt
                    | Kind::EncodedKey
                    | Kind::Webhook { .. }
            ),
        }
    }
}

/// All secrets in a text, in order, without overlaps.
pub fn find(bytes: &[u8]) -> Vec<Finding> {
    scan(bytes, Need::Exact).findings()
}

/// [`find`] for a file whose name says what form it has: `.pgpass` is nothing but secrets.
pub fn find_in(path: &str, bytes: &[u8]) -> Vec<Finding> {
    let mut sink = scan(bytes, Need::Exact);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    if matches!(name, ".pgpass" | "pgpass.conf" | "pgpass") {
        file::pgpass(bytes, &mut sink);
    }
    sink.findings()
}

fn scan(bytes: &[u8], need: Need) -> Sink {
    let mut sink = Sink::new(need);
    passes(bytes, &mut sink);
    if need == Need::Likely {
        bare::mask(bytes, &mut sink);
    }
    decode::for_each(bytes, |decoded| {
        let mut inner = Sink::decoded(need);
        passes(&decoded.text, &mut inner);
        sink.adopt(inner, |span| decoded.place(span));
    });
    sink
}

/// Looks at a text as it is.
fn passes(bytes: &[u8], sink: &mut Sink) {
    token::scan(bytes, sink);
    around_literals(bytes, sink);
    url::scan(bytes, sink);
}

/// What stands around names, words of headers and labels.
fn around_literals(bytes: &[u8], sink: &mut Sink) {
    // Up to here names, blocks of lines, and signatures have been looked at.
    let (mut names_end, mut blocks_end, mut signatures_end) = (0, 0, 0);
    literal::for_each(bytes, |literal, at| match literal {
        Literal::Name if at >= names_end => names_end = keyed::look(bytes, at, sink),
        Literal::Bearer => keyed::bearer(bytes, at, sink),
        Literal::Basic => keyed::basic(bytes, at, sink),
        Literal::Auth => keyed::auth(
            bytes,
            at + bytes[at..]
                .iter()
                .skip(1)
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count()
                + 1,
            sink,
        ),
        Literal::Signature if at >= signatures_end => {
            signatures_end = keyed::signature(bytes, at, sink);
        }
        Literal::Machine => file::netrc(bytes, at, sink),
        Literal::User => command::user(bytes, at, sink),
        Literal::Mysql => command::mysql(bytes, at, sink),
        Literal::Redis => command::redis(bytes, at, sink),
        Literal::Access => keyed::access(bytes, at, sink),
        Literal::Pair => command::pair(bytes, at, sink),
        Literal::Prefix => token::prefix(bytes, at, sink),
        Literal::PrivateKey if at >= blocks_end => {
            blocks_end = pem::look(bytes, at, sink).unwrap_or(blocks_end);
        }
        Literal::EncodedKey if at >= blocks_end => blocks_end = pem::encoded(bytes, at, sink),
        Literal::Putty if at >= blocks_end => pem::putty(bytes, at, sink),
        Literal::KeyType if at >= blocks_end => blocks_end = pem::jwk(bytes, at, sink),
        Literal::Name
        | Literal::PrivateKey
        | Literal::EncodedKey
        | Literal::Putty
        | Literal::Signature
        | Literal::KeyType => {}
    });
}

/// The text with every secret's characters, but for the first four, replaced by `*`. Lengths and
/// line ends stay, so that spans into the text stay right.
///
/// What is masked is more than what a check reports: a token that is too long, or cut short, is no
/// secret by its issuer's rules, and shows one all the same. So does a value that is given to the
/// name of a secret: `TOKEN=`, `password: `.
pub fn mask(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut spans = if bytes.len() < SHORTEST_LIKELY {
        Vec::new()
    } else {
        scan(bytes, Need::Likely).spans()
    };
    spans.extend(own::masked(bytes).map(|span| (span, false)));
    if spans.is_empty() {
        return Cow::Borrowed(bytes);
    }
    spans.sort_unstable_by_key(|(span, has_head)| (span.start, !has_head, span.end));
    let mut masked = bytes.to_vec();
    // Where the last span with a head begins, and how far spans reach so far.
    let (mut head_at, mut end) = (None, 0);
    for (span, has_head) in spans {
        // Of spans that overlap only the first one has a head.
        if has_head && span.start >= end {
            head_at = Some(span.start);
        }
        end = end.max(span.end);
        let head = if head_at == Some(span.start) { HEAD } else { 0 };
        for byte in masked[span.range()].iter_mut().skip(head) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    Cow::Owned(masked)
}

/// [`mask`] for a path: for each of its names alone, since folders in a row can look like a key in
/// base64, and a path that cannot be read leads nowhere.
pub fn mask_path(path: &str) -> Cow<'_, str> {
    let names: Vec<Cow<'_, str>> = path.split('/').map(mask_text).collect();
    if names.iter().all(|name| matches!(name, Cow::Borrowed(_))) {
        return Cow::Borrowed(path);
    }
    Cow::Owned(names.join("/"))
}

/// [`mask`] for text.
pub fn mask_text(text: &str) -> Cow<'_, str> {
    match mask(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests;
