//! The short texts that secrets stand behind: parts of names, words of headers, labels of keys.
//! They are searched for all at once.

use std::sync::OnceLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::blocks::{self, Halves};

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
    /// The client of a database with its password among its arguments.
    Mysql,
    /// The client of Redis.
    Redis,
    /// `user=` before a name and a password.
    Pair,
    /// The end of `"access":` in a profile of a gateway.
    Access,
    /// The kind of a JSON Web Key.
    KeyType,
}

use Literal::{
    Access, Auth, Basic, Bearer, EncodedKey, KeyType, Machine, Mysql, Name, Pair, Prefix,
    PrivateKey, Putty, Redis, Signature, User,
};

/// All literals. Four bytes or more each: with shorter ones the search takes twice as long.
#[rustfmt::skip]
const LITERALS: [(&[u8], Literal); 106] = [
    (b"assw", Name), (b"ASSW", Name), (b"assph", Name), (b"ASSPH", Name), (b"_pass", Name), (b"_PASS", Name), (b"Pass", Name),
    (b"pass:", Name), (b"pass=", Name), (b"pass\"", Name), (b"PASS=", Name),
    (b"pwd=", Name), (b"Pwd=", Name), (b"PWD=", Name), (b"pwd\"", Name), (b"pwd:", Name), (b"_pwd", Name), (b"_PWD", Name),
    (b"ecret", Name), (b"ECRET", Name), (b"oken", Name), (b"OKEN", Name),
    (b"pikey", Name), (b"PIKEY", Name), (b"pi key", Name), (b"PI key", Name),
    (b"_key", Name), (b"_KEY", Name), (b"-key", Name), (b"-Key", Name),
    (b"Key=", Name), (b"Key\"", Name), (b"Key:", Name), (b"Key<", Name), (b"Key ", Name), (b"Key'", Name),
    (b"Key>", Name), (b"Key(", Name), (b"Key*", Name), (b"Key\\", Name), (b"Key,", Name), (b"pi Key", Name), (b"PI Key", Name), (b"PI KEY", Name),
    (b".key", Name), (b"Key?", Name), (b"Key+", Name), (b"Key&", Name), (b"Key]", Name), (b"Key\t", Name), (b"Key{", Name), (b"Key\n", Name), (b"Key\r", Name),
    (b"pass =", Name), (b"pass'", Name), (b"pass>", Name), (b"pass<", Name), (b"pwd'", Name), (b"pwd =", Name), (b"pwd>", Name), (b"psk=", Name),
    (b"irepass", Name), (b"terauth", Name), (b"indpw", Name), (b"ootpw", Name), (b"-oauth\"", Name), (b"orization", Name), (b"_SALT", Name),
    (b"ess\":", Access), (b"PWD =", Name), (b"cureString", Name),
    (b"_PAT=", Name), (b"_PAT:", Name), (b"_PAT\"", Name), (b"_PAT ", Name),
    (b"redential", Name), (b"REDENTIAL", Name),
    (b"earer ", Bearer), (b"asic ", Basic),
    (b"VATE KEY", PrivateKey), (b"PuTTY-User", Putty), (b"LS0tLS1CRUdJTi", EncodedKey),
    (b"whsec_", Prefix), (b"ABSK", Prefix), (b"xoxd-", Prefix), (b"xoxe.", Prefix), (b"cflt", Prefix), (b"dG9rO", Prefix),
    (b"glc_", Prefix), (b"ptr_", Prefix), (b"essu_", Prefix), (b"SWMKEY-1", Prefix), (b"zapier.com/hooks/", Prefix), (b"WPL_AP", Prefix),
    (b"sig=", Signature), (b"\"auth\"", Auth), (b"_auth", Auth), (b"machine ", Machine),
    (b" -u ", User), (b"--user ", User), (b"--user=", User), (b"sshpass ", User), (b"\"kty", KeyType),
    (b"mysql", Mysql), (b"is-cli", Redis), (b"ser=", Pair),
];

/// How many bytes of a literal the search without [`blocks`] looks for: few texts for it.
const SHORT: usize = 3;

fn searcher() -> Option<&'static Searcher> {
    static SEARCHER: OnceLock<Option<Searcher>> = OnceLock::new();
    let searcher = SEARCHER.get_or_init(|| {
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        let mut heads: Vec<&[u8]> = LITERALS.iter().map(|(text, _)| &text[..SHORT]).collect();
        heads.sort_unstable();
        heads.dedup();
        builder.extend(heads);
        builder.build()
    });
    searcher.as_ref()
}

/// How many bytes of a literal are looked at first.
const HEAD: usize = 4;

/// The heads of literals in classes for [`blocks`]: which of them are looked for together was
/// chosen so that few other texts of sources, documents and logs fit a class: one place of 130. A
/// head that is in no class here goes with the rare ones; with many there, it is not rare.
const GROUPS: [&str; 8] = [
    "asswASSWasspASSPPasspassPASSessu -u --us",
    concat!(
        "_pas_PASpw",
        "d=Pw",
        "d=PW",
        "D=psk",
        "=_SALptr_SWMKsig",
        "=ser="
    ),
    "_pwdpikePIKEpi kPI kKey=Key<Key Key\\Key,pi KPI KKey+Key]Key\nredeREDEPuTTxoxdxoxe",
    concat!(
        "pw",
        "d\"pw",
        "d:pw",
        "d'pw",
        "d pw",
        "d>LS0tcfltglc_WPL_sshp"
    ),
    "_key_KEY.keyirepindpootp-oauorizcure_PATess\"VATE\"kty",
    "asicdG9rmachmysqis-c",
    "_PWDokenOKEN-key-KeyKey\"Key:Key'Key>Key(Key*Key?Key&Key\tKey{Key\rKey\n\"aut_aut",
    "ecreECREteraearewhseABSKzapi",
];

/// The group of the rare ones.
const RARE: u8 = 1 << 3;

/// The first four bytes, as one number.
const fn head(text: &[u8]) -> u32 {
    u32::from_le_bytes([text[0], text[1], text[2], text[3]])
}

const fn group(text: &[u8]) -> u8 {
    let mut group = 0;
    while group < GROUPS.len() {
        let mut heads = GROUPS[group].as_bytes();
        while let [_, _, _, _, rest @ ..] = heads {
            if head(heads) == head(text) {
                return 1 << group;
            }
            heads = rest;
        }
        group += 1;
    }
    RARE
}

static HEADS: [Halves; HEAD] = {
    let mut tables = [Halves::NONE; HEAD];
    let mut at = 0;
    while at < LITERALS.len() {
        let text = LITERALS[at].0;
        let mut place = 0;
        while place < HEAD {
            tables[place].add(text[place], group(text));
            place += 1;
        }
        at += 1;
    }
    tables
};

/// The end of a list of literals.
const END: u8 = u8::MAX;

/// For each list of heads its first literal, and for each literal the next one of its list.
static INDEX: ([u8; LISTS], [u8; LITERALS.len()]) = {
    let mut first = [END; LISTS];
    let mut next = [END; LITERALS.len()];
    let mut at = 0_u8;
    while (at as usize) < LITERALS.len() {
        at += 1;
    }
    // From the last to the first: lists are in order.
    while at > 0 {
        at -= 1;
        let list = list(head(LITERALS[at as usize].0));
        next[at as usize] = first[list];
        first[list] = at;
    }
    (first, next)
};

/// How many lists there are: so many that nearly all places that only fit a class meet an empty
/// one.
const LISTS: usize = 2048;

const fn list(head: u32) -> usize {
    (head.wrapping_mul(0x9E37_79B1) >> (u32::BITS - LISTS.trailing_zeros())) as usize
}

/// The literal that stands at the start of a text.
fn literal_of(text: &[u8]) -> Option<&'static (&'static [u8], Literal)> {
    let mut at = INDEX.0[list(head(text.first_chunk::<HEAD>()?))];
    while at != END {
        let literal = &LITERALS[usize::from(at)];
        if text.starts_with(literal.0) {
            return Some(literal);
        }
        at = INDEX.1[usize::from(at)];
    }
    None
}

/// Calls `each` with every literal and the place where it begins, from left to right. None of
/// them begins in another.
pub(super) fn for_each(bytes: &[u8], each: impl FnMut(Literal, usize)) {
    if blocks::is_fast() {
        by_heads(bytes, each);
    } else {
        by_search(bytes, each);
    }
}

/// The literals by their heads.
fn by_heads(bytes: &[u8], mut each: impl FnMut(Literal, usize)) {
    let mut next = 0;
    blocks::for_each(bytes, &HEADS, |at| {
        if at >= next
            && let Some((text, literal)) = literal_of(&bytes[at..])
        {
            each(*literal, at);
            next = at + text.len();
        }
    });
}

/// The same for processors without the instructions that [`blocks`] has.
fn by_search(bytes: &[u8], mut each: impl FnMut(Literal, usize)) {
    let Some(searcher) = searcher() else {
        return plain(bytes, each);
    };
    let mut from = 0;
    while let Some(found) = searcher.find_in(bytes, (from..bytes.len()).into()) {
        from = found.start();
        if let Some((text, literal)) = literal_of(&bytes[from..]) {
            each(*literal, from);
            from += text.len();
        } else {
            from += 1;
        }
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

    use super::{GROUPS, HEAD, LITERALS, by_heads, by_search, plain};

    #[test]
    fn there_are_no_more_than_the_fast_search_takes() {
        let mut heads: Vec<&[u8]> = LITERALS.iter().map(|(text, _)| &text[..3]).collect();
        heads.sort_unstable();
        heads.dedup();
        assert!(heads.len() <= 64, "{}", heads.len());
        let is_in_group = |text: &&[u8]| {
            let mut heads = GROUPS
                .iter()
                .flat_map(|group| group.as_bytes().chunks(HEAD));
            heads.any(|head| text.starts_with(head))
        };
        let texts = LITERALS.iter().map(|(text, _)| *text);
        let without = texts.filter(|text| !is_in_group(text)).count();
        assert!(without <= 8, "{without} heads are in no group");
        assert!(LITERALS.iter().all(|(text, _)| text.len() >= 4));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn all_ways_find_the_same(picks in prop::collection::vec((any::<usize>(), "[a-zA-Z_\" ]{0,9}"), 0..20)) {
            let mut text = Vec::new();
            for (pick, between) in picks {
                text.extend_from_slice(LITERALS[pick % LITERALS.len()].0);
                text.extend_from_slice(between.as_bytes());
            }
            let (mut one, mut other, mut third) = (Vec::new(), Vec::new(), Vec::new());
            by_heads(&text, |literal, at| one.push((literal, at)));
            by_search(&text, |literal, at| other.push((literal, at)));
            plain(&text, |literal, at| third.push((literal, at)));
            assert_eq!(one, third);
            assert_eq!(other, third);
        }
    }
}
