//! Words of a value, as `extract_first_word()` of systemd 252 splits and unquotes them.

use super::number::Errno;

/// How words are split.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one of systemd's flags, and any set of them can be asked for"
)]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    /// Quotes are taken away.
    pub(super) unquote: bool,
    /// Backslash sequences of C are replaced; others are errors.
    pub(super) unescape: bool,
    /// Backslashes are ordinary characters.
    pub(super) keep_backslash: bool,
    /// A separator behind a backslash is an ordinary character.
    pub(super) unescape_separators: bool,
    /// Each separator ends a word, also an empty one.
    pub(super) each_separator: bool,
    /// Unknown backslash sequences stay as they are.
    pub(super) relaxed: bool,
}

/// No quotes, and a backslash that makes the next character ordinary.
pub(super) const PLAIN: Flags = Flags {
    unquote: false,
    unescape: false,
    keep_backslash: false,
    unescape_separators: false,
    each_separator: false,
    relaxed: false,
};

/// Quotes are taken away.
pub(super) const UNQUOTE: Flags = Flags {
    unquote: true,
    ..PLAIN
};

/// Quotes are taken away and sequences are replaced.
pub(super) const UNESCAPE: Flags = Flags {
    unquote: true,
    unescape: true,
    ..PLAIN
};

/// The separators between most words.
pub(super) const BLANKS: &str = " \t\n\r";

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The bytes, unquoted; `\x…` can make them invalid as text.
    bytes: Vec<u8>,
    /// Where it starts and ends in the value, with its quotes.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Word {
    /// The text; systemd says so where it is none.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Whether the bytes are text.
    pub(super) fn is_text(&self) -> bool {
        std::str::from_utf8(&self.bytes).is_ok()
    }
}

/// Takes words from the front of a value.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    text: &'a str,
    /// How far the value is read.
    pub(super) at: usize,
    /// Whether there is nothing more: the end was reached, not just come to.
    is_done: bool,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            is_done: false,
        }
    }

    /// What is left; nothing at the end.
    pub(super) fn rest(&self) -> &'a str {
        if self.is_done {
            ""
        } else {
            &self.text[self.at..]
        }
    }

    /// Goes on behind some bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
    }

    /// Skips blanks.
    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// The byte before what is left, if something is.
    pub(super) fn is_behind(&self, byte: u8) -> bool {
        !self.is_done && self.at > 0 && self.text.as_bytes().get(self.at - 1) == Some(&byte)
    }

    /// The next word between any of the separators, which are ASCII; `None` at the end.
    pub(super) fn next(&mut self, separators: &str, flags: Flags) -> Result<Option<Word>, Errno> {
        if self.is_done {
            return Ok(None);
        }
        let text = self.text.as_bytes();
        let is_separator = |byte: u8| separators.as_bytes().contains(&byte);
        if flags.each_separator {
            match text.get(self.at) {
                None => {
                    let word = Self::word(Vec::new(), self.at, self.at);
                    self.is_done = true;
                    return Ok(Some(word));
                }
                Some(byte) if is_separator(*byte) => {
                    let word = Self::word(Vec::new(), self.at, self.at);
                    self.at += 1;
                    return Ok(Some(word));
                }
                Some(_) => {}
            }
        }
        while text.get(self.at).is_some_and(|byte| is_separator(*byte)) {
            self.at += 1;
        }
        if self.at >= text.len() {
            self.is_done = true;
            return Ok(None);
        }
        let start = self.at;
        let mut bytes = Vec::new();
        let mut quote = None;
        loop {
            let Some(byte) = text.get(self.at).copied() else {
                if quote.is_some() {
                    return Err(Errno::Invalid);
                }
                self.is_done = true;
                return Ok(Some(Self::word(bytes, start, self.at)));
            };
            match (quote, byte) {
                (_, b'\\') if !flags.keep_backslash => {
                    self.at += 1;
                    if self.at >= text.len() {
                        if flags.relaxed && quote.is_none() {
                            bytes.push(b'\\');
                            self.is_done = true;
                            return Ok(Some(Self::word(bytes, start, self.at)));
                        }
                        return Err(Errno::Invalid);
                    }
                    self.escaped(separators, flags, &mut bytes)?;
                    continue;
                }
                (Some(open), _) if byte == open => quote = None,
                (None, b'"' | b'\'') if flags.unquote => quote = Some(byte),
                (None, _) if is_separator(byte) => {
                    let word = Self::word(bytes, start, self.at);
                    if flags.each_separator {
                        self.at += 1;
                        return Ok(Some(word));
                    }
                    while text.get(self.at).is_some_and(|byte| is_separator(*byte)) {
                        self.at += 1;
                    }
                    self.is_done = self.at >= text.len();
                    return Ok(Some(word));
                }
                (Some(_) | None, _) => bytes.push(byte),
            }
            self.at += 1;
        }
    }

    fn word(bytes: Vec<u8>, start: usize, end: usize) -> Word {
        Word { bytes, start, end }
    }

    /// Takes what stands behind a backslash.
    fn escaped(
        &mut self,
        separators: &str,
        flags: Flags,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Errno> {
        let rest = &self.text.as_bytes()[self.at..];
        let Some(byte) = rest.first().copied() else {
            return Err(Errno::Invalid);
        };
        if flags.unescape
            && let Some((taken, decoded)) = unescape(rest)
        {
            bytes.extend_from_slice(decoded.as_slice());
            self.at += taken;
        } else if flags.unescape_separators
            && (separators.as_bytes().contains(&byte) || byte == b'\\')
        {
            bytes.push(byte);
            self.at += 1;
        } else if flags.unescape || flags.unescape_separators {
            if !flags.relaxed {
                return Err(Errno::Invalid);
            }
            bytes.extend_from_slice(&[b'\\', byte]);
            self.at += 1;
        } else {
            bytes.push(byte);
            self.at += 1;
        }
        Ok(())
    }
}

/// The bytes of a backslash sequence.
struct Decoded {
    bytes: [u8; 4],
    length: usize,
}

impl Decoded {
    fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn byte(byte: u8) -> Self {
        Self {
            bytes: [byte, 0, 0, 0],
            length: 1,
        }
    }

    fn character(character: char) -> Self {
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len();
        Self { bytes, length }
    }
}

/// Reads what follows a backslash: how many bytes it takes, and what they stand for. `None` if
/// there is no such sequence.
fn unescape(text: &[u8]) -> Option<(usize, Decoded)> {
    let number = |length: usize, radix: u32| {
        let digits = text.get(usize::from(radix == 16)..)?.get(..length)?;
        let mut value = 0_u32;
        for digit in digits {
            value = value * radix + char::from(*digit).to_digit(radix)?;
        }
        Some(value).filter(|value| *value > 0)
    };
    let byte = match text.first()? {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b's' => b' ',
        byte @ (b'\\' | b'"' | b'\'') => *byte,
        b'x' => {
            let value = u8::try_from(number(2, 16)?).ok()?;
            return Some((3, Decoded::byte(value)));
        }
        // A lone half of a surrogate is taken by systemd and makes text that is not valid.
        b'u' => {
            let value = number(4, 16)?;
            let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            return Some((5, Decoded::character(character)));
        }
        b'U' => return Some((9, Decoded::character(char::from_u32(number(8, 16)?)?))),
        b'0'..=b'7' => {
            let value = u8::try_from(number(3, 8)?).ok()?;
            return Some((3, Decoded::byte(value)));
        }
        _ => return None,
    };
    Some((1, Decoded::byte(byte)))
}
