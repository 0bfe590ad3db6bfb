//! From the bytes of a file to a text: gzip is decompressed, UTF-16 is decoded, everything else is
//! looked at as it is.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::piece::{Scanner, fill};
use super::sheet::Sheet;

/// What the bytes of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    /// UTF-8, Latin-1, or not a text at all.
    Plain,
    Utf16 {
        is_big: bool,
    },
    Gzip,
}

/// How many bytes at the start tell whether a text without a byte order mark is UTF-16.
const SNIFFED: usize = 1024;

fn coding(start: &[u8]) -> Coding {
    match start {
        [0xff, 0xfe, ..] => Coding::Utf16 { is_big: false },
        [0xfe, 0xff, ..] => Coding::Utf16 { is_big: true },
        // RFC 1952: the method is always deflate, and the upper flags are never set.
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Coding::Gzip,
        [first, second, ..] if (*first == 0) != (*second == 0) => unmarked(start),
        _ => Coding::Plain,
    }
}

/// UTF-16 without a mark: of each two bytes, the same one is NUL and the other one is not, nearly
/// always.
fn unmarked(start: &[u8]) -> Coding {
    let units = start[..start.len().min(SNIFFED)].as_chunks::<2>().0;
    let big = units
        .iter()
        .filter(|[high, low]| *high == 0 && *low != 0)
        .count();
    let little = units
        .iter()
        .filter(|[low, high]| *high == 0 && *low != 0)
        .count();
    if units.len() < 8 || big.max(little) * 10 < units.len() * 9 {
        return Coding::Plain;
    }
    Coding::Utf16 {
        is_big: big > little,
    }
}

/// A reader that ends where it fails, and says why later: what was read before is looked at.
#[derive(Debug)]
pub struct Lenient<R> {
    inner: R,
    /// Why it ended.
    pub error: Option<io::Error>,
}

impl<R> Lenient<R> {
    /// Reads what another gives.
    pub fn new(inner: R) -> Self {
        Self { inner, error: None }
    }
}

impl<R: Read> Read for Lenient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.error = Some(error);
                Ok(0)
            }
            result => result,
        }
    }
}

/// UTF-16 as UTF-8.
struct Utf16<R> {
    inner: R,
    is_big: bool,
    /// What was read and not decoded yet.
    raw: Vec<u8>,
    /// What was decoded and not given out yet.
    text: Vec<u8>,
    given: usize,
    /// A first half of a pair.
    pending: Option<u16>,
}

impl<R: Read> Utf16<R> {
    fn new(inner: R, is_big: bool) -> Self {
        Self {
            inner,
            is_big,
            raw: Vec::new(),
            text: Vec::new(),
            given: 0,
            pending: None,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let mut block = [0; 8192];
        let read = fill(&mut self.inner, &mut block, 0)?;
        self.raw.extend(&block[..read]);
        let (units, odd) = self.raw.as_chunks::<2>();
        let units = units.iter().map(|unit| {
            if self.is_big {
                u16::from_be_bytes(*unit)
            } else {
                u16::from_le_bytes(*unit)
            }
        });
        let mut units: Vec<u16> = self.pending.take().into_iter().chain(units).collect();
        if read > 0
            && units
                .last()
                .is_some_and(|unit| (0xd800..0xdc00).contains(unit))
        {
            self.pending = units.pop();
        }
        self.text.clear();
        self.given = 0;
        let mut utf8 = [0; 4];
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            // The byte order mark is no part of the text.
            if character != '\u{feff}' {
                self.text
                    .extend(character.encode_utf8(&mut utf8).as_bytes());
            }
        }
        let odd = if read > 0 { odd.to_vec() } else { Vec::new() };
        self.raw = odd;
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            let was_pending = self.pending.is_some() || !self.raw.is_empty();
            self.decode()?;
            let is_pending = self.pending.is_some() || !self.raw.is_empty();
            if self.text.is_empty() && !is_pending && !was_pending {
                return Ok(0);
            }
        }
        let length = buffer.len().min(self.text.len() - self.given);
        buffer[..length].copy_from_slice(&self.text[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// Looks at everything that a reader gives.
///
/// # Errors
///
/// It could not be read to its end; what is before was looked at.
pub fn look(
    scanner: &mut Scanner<'_>,
    reader: &mut (impl Read + Send),
    sheet: &mut Sheet,
) -> io::Result<()> {
    let mut reader = Lenient::new(reader);
    let mut length = fill(&mut reader, &mut scanner.buffer, 0)?;
    if length == scanner.buffer.len() {
        // A file may have become longer since its length was asked for.
        scanner.grow();
        length = fill(&mut reader, &mut scanner.buffer, length)?;
    }
    let coding = coding(&scanner.buffer[..length]);
    if coding != Coding::Plain {
        // What is decompressed or decoded has a length of its own.
        scanner.grow();
    }
    match coding {
        Coding::Plain => {
            sheet.is_archive = (scanner.is_archive)(&scanner.buffer[..length]);
            scanner.scan(length, &mut reader, sheet)?;
        }
        Coding::Utf16 { is_big } => {
            let start = Cursor::new(scanner.buffer[..length].to_vec());
            utf16(scanner, start.chain(&mut reader), is_big, sheet)?;
        }
        Coding::Gzip => {
            let start = Cursor::new(scanner.buffer[..length].to_vec());
            unpacked(scanner, start.chain(&mut reader), sheet)?;
        }
    }
    reader.error.map_or(Ok(()), Err)
}

fn utf16(
    scanner: &mut Scanner<'_>,
    reader: impl Read + Send,
    is_big: bool,
    sheet: &mut Sheet,
) -> io::Result<()> {
    let mut text = Utf16::new(reader, is_big);
    let length = fill(&mut text, &mut scanner.buffer, 0)?;
    scanner.scan(length, &mut text, sheet)
}

fn unpacked(
    scanner: &mut Scanner<'_>,
    packed: impl Read + Send,
    sheet: &mut Sheet,
) -> io::Result<()> {
    let mut reader = Lenient::new(MultiGzDecoder::new(packed));
    let length = fill(&mut reader, &mut scanner.buffer, 0)?;
    if let Coding::Utf16 { is_big } = coding(&scanner.buffer[..length]) {
        let start = Cursor::new(scanner.buffer[..length].to_vec());
        utf16(scanner, start.chain(&mut reader), is_big, sheet)?;
    } else {
        sheet.is_archive = (scanner.is_archive)(&scanner.buffer[..length]);
        scanner.scan(length, &mut reader, sheet)?;
    }
    let wrong = |error: io::Error| {
        io::Error::new(error.kind(), format!("it is not whole as gzip: {error}"))
    };
    reader.error.map_or(Ok(()), |error| Err(wrong(error)))
}
