//! Sets of characters that tokens consist of, as one table of bits for all bytes.

/// The characters that a part of a token consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `0-9`.
    Digits,
    /// `0-9 a-f`.
    Hex,
    /// `0-9 A-F`.
    HexUpper,
    /// `0-9 a-f A-F`.
    HexAny,
    /// `0-9 a-f -`.
    Uuid,
    /// `A-Z a-z`.
    Letters,
    /// `a-z 0-9`.
    Lower,
    /// `A-Z 0-9`.
    Upper,
    /// `A-Z a-z 0-9`.
    Alphanumeric,
    /// `A-Z a-z 0-9 _ -`.
    Word,
    /// `A-Z a-z 0-9 _ - .`.
    Dotted,
    /// `A-Z a-z 0-9 + / =` (RFC 4648 section 4).
    Base64,
    /// `A-Z a-z 0-9 + / = _ -`: both alphabets of RFC 4648.
    Base64Any,
    /// The same with `%`: a value that may be percent-encoded.
    Encoded,
    /// `A-Z 2-7` (RFC 4648 section 6).
    Base32,
    /// Letters and digits without `0 O I l`.
    Base58,
    /// `023456789acdefghjklmnpqrstuvwxyz` (BIP 173).
    Bech32,
    /// The same in capital letters.
    Bech32Upper,
    /// `a-z 0-9 ! @ # $ % ^ & * ( - _ = + )`: what Django makes its keys of.
    Django,
}

const DIGIT: u32 = 1;
const HEX_LOW: u32 = 1 << 1;
const HEX_UP: u32 = 1 << 2;
const LOW: u32 = 1 << 3;
const UP: u32 = 1 << 4;
const LINE: u32 = 1 << 5;
const DOT: u32 = 1 << 6;
const PLUS: u32 = 1 << 7;
const EQUALS: u32 = 1 << 8;
const DASH: u32 = 1 << 9;
const BASE32: u32 = 1 << 10;
const BASE58: u32 = 1 << 11;
const BECH_LOW: u32 = 1 << 12;
const BECH_UP: u32 = 1 << 13;
const PERCENT: u32 = 1 << 14;
const DJANGO: u32 = 1 << 15;

/// What each byte is, as bits.
static CLASSES: [u32; 256] = classes();

const fn classes() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut bits = 0;
        if byte.is_ascii_digit() {
            bits |= DIGIT;
        }
        if byte.is_ascii_lowercase() {
            bits |= LOW;
        }
        if byte.is_ascii_uppercase() {
            bits |= UP;
        }
        if matches!(byte, b'a'..=b'f') {
            bits |= HEX_LOW;
        }
        if matches!(byte, b'A'..=b'F') {
            bits |= HEX_UP;
        }
        if byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7') {
            bits |= BASE32;
        }
        if byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l') {
            bits |= BASE58;
        }
        let is_bech = byte.is_ascii_alphanumeric()
            && !matches!(byte.to_ascii_lowercase(), b'1' | b'b' | b'i' | b'o');
        if is_bech && !byte.is_ascii_uppercase() {
            bits |= BECH_LOW;
        }
        if is_bech && !byte.is_ascii_lowercase() {
            bits |= BECH_UP;
        }
        bits |= match byte {
            b'_' => LINE,
            b'-' => DASH,
            b'.' => DOT,
            b'+' | b'/' => PLUS,
            b'=' => EQUALS,
            b'%' => PERCENT,
            _ => 0,
        };
        if byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(
                byte,
                b'!' | b'@'
                    | b'#'
                    | b'$'
                    | b'%'
                    | b'^'
                    | b'&'
                    | b'*'
                    | b'('
                    | b'-'
                    | b'_'
                    | b'='
                    | b'+'
                    | b')'
            )
        {
            bits |= DJANGO;
        }
        table[byte as usize] = bits;
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

impl Alphabet {
    const fn bits(self) -> u32 {
        match self {
            Self::Digits => DIGIT,
            Self::Hex => DIGIT | HEX_LOW,
            Self::HexUpper => DIGIT | HEX_UP,
            Self::HexAny => DIGIT | HEX_LOW | HEX_UP,
            Self::Uuid => DIGIT | HEX_LOW | DASH,
            Self::Letters => LOW | UP,
            Self::Lower => DIGIT | LOW,
            Self::Upper => DIGIT | UP,
            Self::Alphanumeric => DIGIT | LOW | UP,
            Self::Word => DIGIT | LOW | UP | LINE | DASH,
            Self::Dotted => DIGIT | LOW | UP | LINE | DASH | DOT,
            Self::Base64 => DIGIT | LOW | UP | PLUS | EQUALS,
            Self::Base64Any => DIGIT | LOW | UP | PLUS | EQUALS | LINE | DASH,
            Self::Encoded => DIGIT | LOW | UP | PLUS | EQUALS | LINE | DASH | PERCENT,
            Self::Base32 => BASE32,
            Self::Base58 => BASE58,
            Self::Bech32 => BECH_LOW,
            Self::Bech32Upper => BECH_UP,
            Self::Django => DJANGO,
        }
    }

    /// Whether a byte belongs to it.
    pub fn holds(self, byte: u8) -> bool {
        CLASSES[usize::from(byte)] & self.bits() != 0
    }

    /// How many bytes from the start belong to it, at most `max`.
    pub(super) fn run(self, bytes: &[u8], max: usize) -> usize {
        let bits = self.bits();
        let bytes = &bytes[..bytes.len().min(max)];
        let length = bytes
            .iter()
            .position(|byte| CLASSES[usize::from(*byte)] & bits == 0)
            .unwrap_or(bytes.len());
        #[cfg(test)]
        super::tally::add(length);
        length
    }

    /// How many bytes before the end belong to it, at most `max`.
    pub(super) fn run_back(self, bytes: &[u8], max: usize) -> usize {
        let bits = self.bits();
        let bytes = &bytes[bytes.len().saturating_sub(max)..];
        let length = bytes
            .iter()
            .rev()
            .position(|byte| CLASSES[usize::from(*byte)] & bits == 0)
            .unwrap_or(bytes.len());
        #[cfg(test)]
        super::tally::add(length);
        length
    }

    /// The set that a token may not be followed by: the word would go on.
    pub(super) const fn boundary(self) -> Self {
        match self {
            Self::Word | Self::Dotted | Self::Uuid => Self::Word,
            Self::Base64 | Self::Base64Any | Self::Encoded => Self::Base64Any,
            _ => Self::Alphanumeric,
        }
    }

    /// The characters of the set that bodies are made of, for samples.
    pub(super) fn characters(self) -> Vec<u8> {
        // `=` stands only at the end of a body, and a dot between its parts.
        // A key of Django is found by its form where its first characters are a word; by its name else.
        let is_inner = |byte: &u8| {
            self.holds(*byte)
                && !matches!(byte, b'=' | b'.' | b'%')
                && (self != Self::Django || byte.is_ascii_alphanumeric())
        };
        (0..128).filter(is_inner).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Alphabet;

    #[test]
    fn sets_hold_what_they_say() {
        let text = |set: Alphabet| String::from_utf8(set.characters()).unwrap();
        assert_eq!(text(Alphabet::Hex), "0123456789abcdef");
        assert_eq!(text(Alphabet::Bech32), "023456789acdefghjklmnpqrstuvwxyz");
        assert_eq!(text(Alphabet::Base32), "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        assert_eq!(text(Alphabet::Base58).len(), 58);
        assert_eq!(text(Alphabet::Base64).len(), 64);
        assert_eq!(text(Alphabet::Word).len(), 64);
        assert!(Alphabet::Dotted.holds(b'.') && !Alphabet::Word.holds(b'.'));
    }

    #[test]
    fn runs_are_counted_from_both_ends() {
        assert_eq!(Alphabet::Hex.run(b"abc-", 9), 3);
        assert_eq!(Alphabet::Hex.run(b"abc", 2), 2);
        assert_eq!(Alphabet::Digits.run_back(b"a12", 9), 2);
        assert_eq!(Alphabet::Digits.run_back(b"12", 1), 1);
        assert_eq!(Alphabet::Digits.run(b"", 1), 0);
    }
}
