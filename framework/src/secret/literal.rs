//! The short texts that secrets stand behind: parts of names, words of headers, labels of keys.
//! They are searched for all at once.

use std::sync::OnceLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};

/// What a literal stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// A part of a name such as `password`.
    Name,
    /// `Bearer `.
    Bearer,
    /// `Basic `.
    Basic,
    /// The label of a private key.
    PrivateKey,
    /// The first line of a `PuTTY` key file.
    Putty,
    /// Base64 of the begin of a PEM block.
    EncodedKey,
    /// A prefix whose body may have no long word.
    Prefix,
    /// `sig=` of a shared access signature.
    Signature,
    /// `auth` with a quote or an underscore.
    Auth,
    /// `machine ` of a netrc file.
    Machine,
    /// An option before `user:password`, or `sshpass`.
    User,
}

use Literal::{
    Auth, Basic, Bearer, EncodedKey, Machine, Name, Prefix, PrivateKey, Putty, Signature, User,
};

/// All literals. Four bytes or more each: with shorter ones the search takes twice as long.
#[rustfmt::skip]
const LITERALS: [(&[u8], Literal); 55] = [
    (b"assw", Name), (b"ASSW", Name), (b"assph", Name), (b"ASSPH", Name), (b"_pass", Name), (b"_PASS", Name), (b"Pass", Name),
    (b"pass:", Name), (b"pass=", Name), (b"pass\"", Name), (b"PASS=", Name),
    (b"pwd=", Name), (b"Pwd=", Name), (b"PWD=", Name), (b"pwd\"", Name), (b"pwd:", Name), (b"_pwd", Name), (b"_PWD", Name),
    (b"ecret", Name), (b"ECRET", Name), (b"oken", Name), (b"OKEN", Name),
    (b"pikey", Name), (b"PIKEY", Name), (b"pi key", Name), (b"PI key", Name),
    (b"_key", Name), (b"_KEY", Name), (b"-key", Name), (b"-Key", Name),
    (b"Key=", Name), (b"Key\"", Name), (b"Key:", Name), (b"Key<", Name), (b"Key ", Name), (b"Key'", Name),
    (b"redential", Name), (b"REDENTIAL", Name),
    (b"earer ", Bearer), (b"asic ", Basic),
    (b"VATE KEY", PrivateKey), (b"PuTTY-User", Putty), (b"LS0tLS1CRUdJTi", EncodedKey),
    (b"whsec_", Prefix), (b"ABSK", Prefix), (b"xoxd-", Prefix), (b"xoxe.", Prefix), (b"cflt", Prefix),
    (b"sig=", Signature), (b"\"auth\"", Auth), (b"_auth", Auth), (b"machine ", Machine),
    (b" -u ", User), (b"--user ", User), (b"sshpass ", User),
];

fn searcher() -> Option<&'static Searcher> {
    static SEARCHER: OnceLock<Option<Searcher>> = OnceLock::new();
    let searcher = SEARCHER.get_or_init(|| {
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        builder.extend(LITERALS.iter().map(|(text, _)| text));
        builder.build()
    });
    searcher.as_ref()
}

/// Calls `each` with every literal and the place where it begins, from left to right.
pub(super) fn for_each(bytes: &[u8], mut each: impl FnMut(Literal, usize)) {
    if let Some(searcher) = searcher() {
        for found in searcher.find_iter(bytes) {
            each(LITERALS[found.pattern().as_usize()].1, found.start());
        }
    } else {
        plain(bytes, each);
    }
}

/// The same for processors without the instructions that the searcher needs.
fn plain(bytes: &[u8], mut each: impl FnMut(Literal, usize)) {
    /// For each byte, whether a literal has it in the second place; it is rarer than the first.
    static SECOND: [bool; 256] = {
        let mut table = [false; 256];
        let mut at = 0;
        while at < LITERALS.len() {
            table[LITERALS[at].0[1] as usize] = true;
            at += 1;
        }
        table
    };
    let mut from = 0;
    while from + 4 <= bytes.len() {
        let rest = &bytes[from..];
        let found = if SECOND[usize::from(rest[1])] {
            LITERALS.iter().find(|(text, _)| rest.starts_with(text))
        } else {
            None
        };
        if let Some((text, literal)) = found {
            each(*literal, from);
            from += text.len();
        } else {
            from += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop, proptest};

    use super::{LITERALS, for_each, plain};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn both_ways_find_the_same(picks in prop::collection::vec((any::<usize>(), "[a-zA-Z_\" ]{0,9}"), 0..20)) {
            let mut text = Vec::new();
            for (pick, between) in picks {
                text.extend_from_slice(LITERALS[pick % LITERALS.len()].0);
                text.extend_from_slice(between.as_bytes());
            }
            let (mut one, mut other) = (Vec::new(), Vec::new());
            for_each(&text, |literal, at| one.push((literal, at)));
            plain(&text, |literal, at| other.push((literal, at)));
            assert_eq!(one, other);
        }
    }
}
