//! Tells what a machine made up from what a person wrote: placeholders, sequences, words.

use memchr::memmem;

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

/// Whether a text of letters has capital ones where no words begin.
pub(super) fn is_jumbled(text: &[u8]) -> bool {
    let text = &text[..text.len().min(JUDGED)];
    let turns = text.windows(2).enumerate().filter(|(at, pair)| {
        let (first, second) = (pair[0].is_ascii_uppercase(), pair[1].is_ascii_uppercase());
        let is_hump = first && !second && (*at == 0 || text[at - 1].is_ascii_lowercase());
        first != second && !is_hump
    });
    text.iter().all(u8::is_ascii_alphabetic) && turns.count() * 5 >= text.len() && score(text) >= 15
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
        #[cfg(test)]
        super::tally::add(text.len().min(JUDGED));
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
const PLACEHOLDERS: [&str; 62] = [
    "myproject",
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
    "qwert",
    "asdfg",
    "zxcvb",
    "1qaz",
    "1234qwer",
    "qwer1234",
    "asdf1234",
    "1234asdf",
    "keyboard",
];

/// Whether a text has a word of a placeholder in it.
pub(super) fn is_placeholder(text: &[u8]) -> bool {
    // One look at each place, by the first letter, before the words are compared.
    const STARTS: u32 = letters(b"acdefghiklmnpqrstxyz");
    let mut small = [0; JUDGED];
    let text = &text[..text.len().min(JUDGED)];
    #[cfg(test)]
    super::tally::add(text.len());
    let small = &mut small[..text.len()];
    small.copy_from_slice(text);
    small.make_ascii_lowercase();
    let small = &*small;
    small.iter().enumerate().any(|(at, byte)| {
        (*byte == b'1' || byte.is_ascii_lowercase() && STARTS >> (byte - b'a') & 1 != 0)
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
        || is_woven(text)
        || is_counted_in_hex(text)
        || (1..=text.len().min(36) / 3).any(|period| text[period..] == text[..text.len() - period])
}

/// Whether a text is what fingers hit that lie on a keyboard: nearly all letters are of its row in
/// the middle.
pub(super) fn is_mashed(text: &[u8]) -> bool {
    let text = &text[..text.len().min(JUDGED)];
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic());
    let (mut all, mut middle, mut other) = (0, 0, 0);
    for letter in letters {
        let letter = letter.to_ascii_lowercase();
        all += 1;
        middle += usize::from(b"asdfghjkl".contains(&letter));
        other += usize::from(b"sghjkl".contains(&letter));
    }
    all >= 9 && other > 1 && middle * 8 >= all * 7
}

/// Whether every second character counts: `a1b2c3d4e5f6`, `1q2w3e4r5t6y`.
fn is_woven(text: &[u8]) -> bool {
    (0..2).any(|first| {
        let mut longest = 0;
        let mut current = 0;
        for three in text[first..].windows(3).step_by(2) {
            let (one, next) = (three[0].to_ascii_lowercase(), three[2].to_ascii_lowercase());
            let is_up = one.is_ascii_alphanumeric() && one.wrapping_add(1) == next;
            current = if is_up { current + 1 } else { 0 };
            longest = longest.max(current);
        }
        longest >= 4 && longest * 3 + 4 >= text.len()
    })
}

/// Whether hexadecimal digits are bytes that count: `00010203`, `00112233`.
fn is_counted_in_hex(text: &[u8]) -> bool {
    if text.len() < 12 || !is_hex(text) {
        return false;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0);
    let bytes: Vec<u32> = text
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect();
    let step = |pair: &[u32]| pair[1].wrapping_sub(pair[0]) & 0xff;
    let first = step(&bytes);
    let steps = bytes.windows(2).filter(|pair| step(pair) == first).count();
    steps * 4 >= (bytes.len() - 1) * 3
}

/// Whether a text is the word that everybody takes for a password, with little else around it:
/// `P@ssw0rd!`, `MyPassw0rd1`.
pub(super) fn is_everyones(text: &[u8]) -> bool {
    let plain: Vec<u8> = text
        .iter()
        .take(24)
        .map(|byte| match byte.to_ascii_lowercase() {
            b'@' | b'4' => b'a',
            b'0' => b'o',
            b'3' => b'e',
            b'1' | b'!' => b'i',
            b'5' | b'$' => b's',
            byte => byte,
        })
        .collect();
    ["password", "passwort", "passwd", "passw"]
        .iter()
        .find(|word| memmem::find(&plain, word.as_bytes()).is_some())
        .is_some_and(|word| {
            let is_secret = memmem::find(&plain, b"secret").is_some();
            text.len() <= word.len() + if is_secret { 11 } else { 5 }
        })
}

/// Short words of placeholders, which a long random text has in it once in ten thousand times.
const SHORT: [&str; 5] = ["fake", "todo", "dummy", "fixme", "lorem"];

/// Whether a body is so random that a short word of a placeholder is there by accident: in the
/// middle of letters and digits, and the only one.
pub(super) fn is_accident(body: &[u8]) -> bool {
    if body.len() < 20 || score(body) < 25 {
        return false;
    }
    let small = body[..body.len().min(JUDGED)].to_ascii_lowercase();
    SHORT.iter().any(|word| {
        let at = small
            .windows(word.len())
            .position(|text| text == word.as_bytes());
        at.is_some_and(|at| {
            let behind = at + word.len();
            let is_inside = at > 0
                && small[at - 1].is_ascii_alphanumeric()
                && small.get(behind).is_some_and(u8::is_ascii_alphanumeric);
            is_inside && !is_placeholder(&[&small[..at], &small[behind..]].concat())
        })
    })
}

/// The least score of a body of letters alone. Sixteen letters of a machine score above 0 in all but
/// one of a hundred times, words that are joined score below -20.
fn least_of_letters(body: &[u8]) -> i32 {
    let is_upper = body.iter().all(u8::is_ascii_uppercase);
    if is_upper && body.len() >= 16 { -5 } else { 40 }
}

/// How many groups of digits a text has: words have one, at their end.
pub(super) fn groups_of_digits(text: &[u8]) -> usize {
    let text = &text[..text.len().min(JUDGED)];
    let is_first = |at: usize| at == 0 || !text[at - 1].is_ascii_digit();
    text.iter()
        .enumerate()
        .filter(|(at, byte)| byte.is_ascii_digit() && is_first(*at))
        .count()
}

/// Whether the body of a token with a prefix could have been issued.
pub(super) fn is_issued(body: &[u8]) -> bool {
    let census = Census::of(body);
    let needed = if body.len() < 16 { 5 } else { 7 };
    let score = score(body);
    census.distinct >= needed
        && (census.is_mixed_case() || census.digits > 0 || score >= least_of_letters(body))
        && (census.digits > 0 || score >= least_of_letters(body).min(20))
        && (score >= least_of_letters(body).min(8)
            || is_hex(body)
            || is_restless(body)
            || census.digits > 1 && score >= -20)
        && !is_sequence(body)
        && !is_structured(body)
        && (!is_placeholder(body) || is_accident(body))
}

/// Whether a long body has more of one character, or more separators, than chance gives: numbers
/// in base64 have many `A`, and a list of short names has a separator in each.
fn is_structured(body: &[u8]) -> bool {
    let body = &body[..body.len().min(JUDGED)];
    if body.len() < 24 {
        return false;
    }
    let mut counts = [0_usize; 256];
    for byte in body {
        counts[usize::from(*byte)] += 1;
    }
    let separators = [b'_', b'-', b'.'].map(|byte| counts[usize::from(byte)]);
    let separators: usize = separators.iter().sum();
    let most = counts.iter().max().copied().unwrap_or(0);
    body.len() >= 32 && most * 3 > body.len()
        || separators >= 6 && separators * 6 > body.len()
        || separators >= 9 && separators * 8 > body.len()
}

/// Hexadecimal digits say nothing by their pairs: few of them are letters.
fn is_hex(body: &[u8]) -> bool {
    Alphabet::HexAny.run(body, body.len()) == body.len()
}

#[cfg(test)]
mod tests {
    use super::{is_everyones, is_issued, is_mashed, is_placeholder, is_sequence, score};

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
    fn what_fingers_hit_is_told() {
        for (text, is_one) in [
            ("asdff7896asdh789", true),
            ("askdjghsdfjkghWupUjasdflkdfklgjsdfjajkghs", true),
            ("9f86d081884c7d65", false),
            ("q8Zt3LwPz0XvK1nR", false),
        ] {
            assert_eq!(is_mashed(text.as_bytes()), is_one, "{text}");
        }
    }

    #[test]
    fn numbers_and_lists_were_not_issued() {
        for text in [
            "AA6MAAAAQAAAAAACwAQAAAAPwCPAJMAmACZAJwAnQCfAKMAqgBcAV0B",
            concat!(
                "vci_vca_v",
                "cr_sbp_dapidose_cfl_ddp_ddo_DO00dtn_ABIAACCAda2-Atza9"
            ),
            "squ_sqa_pat.sat.API-pnu_pnb_sdk-mob-ser.ico-web__eyJg1",
        ] {
            assert!(!is_issued(text.as_bytes()), "{text}");
        }
        assert!(is_issued(b"550e8400-e29b-41d4-a716-446655440017"));
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
            "a1b2c3d4e5f6g7h8",
            "1q2w3e4r5t6y",
            "000102030405060708090a0b",
            "00112233445566778899aabb",
        ] {
            assert!(is_sequence(text.as_bytes()), "{text}");
        }
        assert!(!is_sequence(b"q8Zt3LwPz0XvK1nR"));
        for text in [
            "P@ssw0rd!",
            "MyPassw0rd1",
            "Password123",
            "pa$$w0rd",
            "s3cr3tpassw0rd",
        ] {
            assert!(is_everyones(text.as_bytes()), "{text}");
        }
        assert!(!is_everyones(b"kX9#mQ2$vL"));
        assert!(is_issued(b"q8Zt3LwPz0XvK1nR"));
        assert!(!is_issued(b"documentationOfTheToken1"));
        assert!(is_issued(b"q8Zt3LwPz0XvK1faKe7Rx2mQb9nR"));
        assert!(!is_issued(b"fakeq8Zt3LwPz0XvK1nRx2mQb9nR"));
        assert!(!is_issued(b"q8Zt3LwPz0-fake-vK1nRx2mQb9nR"));
    }
}
