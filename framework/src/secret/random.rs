//! Tells what a machine made up from what a person wrote: placeholders, sequences, words.

use super::alphabet::Alphabet;

/// For each small letter the letters that often follow it in English and in names of programs, as
/// bits. They are 258 of the 676 pairs, and 93 of 100 pairs of a text.
static FOLLOWERS: [u32; 26] = [
    letters(b"bcdgiklmnprstuvy"),
    letters(b"aceilorsu"),
    letters(b"acdehiklorstu"),
    letters(b"adefilorsu"),
    letters(b"abcdefgilmnopqrstvwxy"),
    letters(b"aefilortu"),
    letters(b"aehilnorsu"),
    letters(b"aeiot"),
    letters(b"abcdefglmnoprstvxz"),
    letters(b""),
    letters(b"eis"),
    letters(b"adeilopstuy"),
    letters(b"abeilmopsu"),
    letters(b"acdefgiklnostuv"),
    letters(b"abcdfgiklmnoprstuvw"),
    letters(b"aehiloprstuy"),
    letters(b"u"),
    letters(b"acdegiklmnoprstuy"),
    letters(b"acehiklmopstuy"),
    letters(b"acdefhilmoprstuy"),
    letters(b"abcefilmnprst"),
    letters(b"aei"),
    letters(b"aehior"),
    letters(b"eipt"),
    letters(b"ps"),
    letters(b"e"),
];

const fn letters(text: &[u8]) -> u32 {
    let mut bits = 0;
    let mut at = 0;
    while at < text.len() {
        bits |= 1 << (text[at] - b'a');
        at += 1;
    }
    bits
}

/// How many bytes of a value are looked at.
const JUDGED: usize = 256;

/// How random a text looks, in tenths of a bit or so for each of its characters: above 25 nearly
/// everything that machines make up, below 10 nearly everything that people write.
pub(super) fn score(text: &[u8]) -> i32 {
    let text = &text[..text.len().min(JUDGED)];
    let Ok(pairs) = i32::try_from(text.len().saturating_sub(1)) else {
        return 0;
    };
    if pairs == 0 {
        return 0;
    }
    let sum: i32 = text.windows(2).map(|pair| weight(pair[0], pair[1])).sum();
    sum * 10 / pairs
}

/// What a pair says: positive for random texts, negative for words.
fn weight(first: u8, second: u8) -> i32 {
    match (first, second) {
        (b'a'..=b'z', b'A'..=b'Z') => 4,
        (b'a'..=b'z' | b'A'..=b'Z', b'a'..=b'z' | b'A'..=b'Z') => {
            let follower = second.to_ascii_lowercase() - b'a';
            let followers = FOLLOWERS[usize::from(first.to_ascii_lowercase() - b'a')];
            if followers >> follower & 1 == 0 {
                22
            } else {
                -9
            }
        }
        (b'0'..=b'9', b'0'..=b'9') => 3,
        (b'0'..=b'9', b'a'..=b'z' | b'A'..=b'Z') | (b'a'..=b'z' | b'A'..=b'Z', b'0'..=b'9') => 6,
        (b'_' | b'-' | b'.' | b' ' | b'/' | b':', _)
        | (_, b'_' | b'-' | b'.' | b' ' | b'/' | b':') => 1,
        _ => 5,
    }
}

/// Whether letters and digits change so often that no words are between them. What words in
/// camel case have does not count.
pub(super) fn is_restless(text: &[u8]) -> bool {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let text = &text[..text.len().min(JUDGED)];
    let turns = text.windows(2).enumerate().filter(|(at, pair)| {
        let (first, second) = (kind(pair[0]), kind(pair[1]));
        let is_hump = (first, second) == (2, 1) && (*at == 0 || kind(text[at - 1]) == 1);
        first != second && first < 3 && second < 3 && !is_hump
    });
    turns.count() * 5 >= text.len() * 2
}

/// What a text consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Census {
    pub(super) digits: usize,
    pub(super) lower: usize,
    pub(super) upper: usize,
    /// Everything else, letters of other scripts too.
    pub(super) others: usize,
    /// How many different bytes.
    pub(super) distinct: u32,
}

impl Census {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut census = Self::default();
        let mut seen = [0_u64; 4];
        for byte in &text[..text.len().min(JUDGED)] {
            seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
            match byte {
                b'0'..=b'9' => census.digits += 1,
                b'a'..=b'z' => census.lower += 1,
                b'A'..=b'Z' => census.upper += 1,
                _ => census.others += 1,
            }
        }
        census.distinct = seen.iter().map(|bits| bits.count_ones()).sum();
        census
    }

    pub(super) fn has_letters(self) -> bool {
        self.lower + self.upper > 0
    }

    pub(super) fn is_mixed_case(self) -> bool {
        self.lower > 0 && self.upper > 0
    }
}

/// Words that stand in placeholders and in examples, in small letters.
const PLACEHOLDERS: [&str; 52] = [
    "example",
    "placeholder",
    "your-",
    "your_",
    "your ",
    "yourtoken",
    "yourapi",
    "yoursecret",
    "yourpass",
    "yourkey",
    "youraccess",
    "xxxx",
    "redacted",
    "changeme",
    "change-me",
    "change_me",
    "changeit",
    "replaceme",
    "replace-",
    "replace_",
    "dummy",
    "sample",
    "insert-",
    "insert_",
    "todo",
    "fixme",
    "fake",
    "notreal",
    "not-a-real",
    "not_a_real",
    "nottherealone",
    "foobar",
    "goes-here",
    "goes_here",
    "goeshere",
    "some-secret",
    "some_secret",
    "mysecret",
    "my-secret",
    "my_secret",
    "mytoken",
    "my-token",
    "my_token",
    "mypassword",
    "my-password",
    "my_password",
    "deadbeef",
    "lorem",
    "secret-here",
    "token-here",
    "masked",
    "hidden",
];

/// Whether a text has a word of a placeholder in it.
pub(super) fn is_placeholder(text: &[u8]) -> bool {
    // One look at each place, by the first letter, before the words are compared.
    const STARTS: u32 = letters(b"cdefghilmnprstxy");
    let mut small = [0; JUDGED];
    let text = &text[..text.len().min(JUDGED)];
    let small = &mut small[..text.len()];
    small.copy_from_slice(text);
    small.make_ascii_lowercase();
    let small = &*small;
    small.iter().enumerate().any(|(at, byte)| {
        byte.is_ascii_lowercase()
            && STARTS >> (byte - b'a') & 1 != 0
            && PLACEHOLDERS
                .iter()
                .any(|word| word.as_bytes()[0] == *byte && small[at..].starts_with(word.as_bytes()))
    }) || small
        .windows(3)
        .any(|three| three == b"***" || three == b"...")
        || small.windows(3).any(|three| three == "…".as_bytes())
}

/// Whether a text is one that counts, repeats a character, or repeats a short text.
pub(super) fn is_sequence(text: &[u8]) -> bool {
    let text = &text[..text.len().min(JUDGED)];
    if text.len() < 6 {
        return false;
    }
    let is_step = |pair: &&[u8]| {
        let (first, second) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        first == second
            || first.wrapping_add(1) == second
            || second.wrapping_add(1) == first
            || (first, second) == (b'9', b'0')
    };
    let steps = text.windows(2).filter(is_step).count();
    if steps * 2 >= text.len() - 1 {
        return true;
    }
    let mut longest = 0;
    let mut current = 0;
    for pair in text.windows(2) {
        let is_up = pair[0].to_ascii_lowercase().wrapping_add(1) == pair[1].to_ascii_lowercase();
        current = if is_up { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest >= 7
        || (1..=text.len().min(36) / 3).any(|period| text[period..] == text[..text.len() - period])
}

/// Whether the body of a token with a prefix could have been issued.
pub(super) fn is_issued(body: &[u8]) -> bool {
    let census = Census::of(body);
    let needed = if body.len() < 16 { 5 } else { 7 };
    let score = score(body);
    census.distinct >= needed
        && (census.is_mixed_case() || census.digits > 0 || score >= 40)
        && (census.digits > 0 || score >= 20)
        && (score >= 8 || is_hex(body) || is_restless(body) || census.digits > 1 && score >= -20)
        && !is_sequence(body)
        && !is_placeholder(body)
}

/// Hexadecimal digits say nothing by their pairs: few of them are letters.
fn is_hex(body: &[u8]) -> bool {
    Alphabet::HexAny.run(body, body.len()) == body.len()
}

#[cfg(test)]
mod tests {
    use super::{is_issued, is_placeholder, is_sequence, score};

    #[test]
    fn words_score_low_and_random_texts_high() {
        for text in [
            "correct-horse-battery-staple",
            "gatewayAuthenticationToken",
            "loopback_and_nothing_else",
        ] {
            assert!(
                score(text.as_bytes()) < 10,
                "{text}: {}",
                score(text.as_bytes())
            );
        }
        for text in [
            "q8Zt3LwPz0XvK1nR",
            "9f86d081884c7d65",
            "kjhQWEzxcmnbPOIu",
            "xkqjvzpwhgtbdmfc",
        ] {
            assert!(
                score(text.as_bytes()) > 25,
                "{text}: {}",
                score(text.as_bytes())
            );
        }
    }

    #[test]
    fn placeholders_and_sequences() {
        for text in [
            "your-token-here",
            "EXAMPLEKEY",
            "xXxXxXxX",
            "a...b",
            "abc***",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        assert!(!is_placeholder(b"q8Zt3LwPz0XvK1nR"));
        for text in [
            "aaaaaaaa",
            "12345678",
            "abcdefghijkl",
            "0123456789abcdef",
            "abc1abc1abc1",
            "1111222233334444",
        ] {
            assert!(is_sequence(text.as_bytes()), "{text}");
        }
        assert!(!is_sequence(b"q8Zt3LwPz0XvK1nR"));
        assert!(is_issued(b"q8Zt3LwPz0XvK1nR"));
        assert!(!is_issued(b"documentationOfTheToken1"));
    }
}
