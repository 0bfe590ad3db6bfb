//! Tar as POSIX (ustar, pax), GNU and the seventh edition write it, from front to back.

use std::io::{self, Read};

use clawtest_framework::secret::piece::fill;

const BLOCK: usize = 512;

/// Longest header that says something of the next member; a path is much shorter.
const MAX_HEADER: u64 = 1 << 20;

/// Whether this is the first block of a tar: its checksum is right.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.first_chunk::<BLOCK>().is_some_and(has_checksum)
}

fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let Some(said) =
        number(&block[148..156]).filter(|_| block[148..156].iter().any(u8::is_ascii_digit))
    else {
        return false;
    };
    let own = |at: usize| (148..156).contains(&at);
    let bytes = || {
        block
            .iter()
            .enumerate()
            .map(|(at, byte)| if own(at) { b' ' } else { *byte })
    };
    // Some old programs took bytes for signed.
    let unsigned: u64 = bytes().map(u64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    said == unsigned || i64::try_from(said) == Ok(signed)
}

/// A number of a header: octal digits, or in GNU's way as bytes if the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let start = u64::from(first & 0x7f);
        return rest.iter().try_fold(start, |sum, byte| {
            Some(sum.checked_mul(256)? + u64::from(*byte))
        });
    }
    let digits = field.trim_ascii_start();
    let end = digits.iter().position(|byte| matches!(byte, 0 | b' '));
    let digits = &digits[..end.unwrap_or(digits.len())];
    digits.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'7' => Some(sum.checked_mul(8)? + u64::from(byte - b'0')),
        _ => None,
    })
}

/// A text of a header: it ends at the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// What headers have said of the next member.
#[derive(Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Said {
    /// Reads `LENGTH KEY=VALUE` records; false if they are not valid.
    fn pax(&mut self, mut records: &[u8]) -> bool {
        while !records.is_empty() && records[0] != 0 {
            let Some(space) = records.iter().position(|byte| *byte == b' ') else {
                return false;
            };
            let length = str::from_utf8(&records[..space])
                .ok()
                .and_then(|digits| digits.parse().ok());
            let record = length.and_then(|length: usize| records.get(space + 1..length));
            let Some(record) = record.and_then(|record| record.strip_suffix(b"\n")) else {
                return false;
            };
            records = &records[space + 1 + record.len() + 1..];
            if let Some(path) = record.strip_prefix(b"path=") {
                self.name = Some(path.to_vec());
            } else if let Some(path) = record.strip_prefix(b"GNU.sparse.name=") {
                self.name = Some(path.to_vec());
            } else if let Some(size) = record.strip_prefix(b"size=") {
                self.size = str::from_utf8(size).ok().and_then(|size| size.parse().ok());
                if self.size.is_none() {
                    return false;
                }
            }
        }
        true
    }
}

/// A tar that is read; reading gives the bytes of the current member.
pub(super) struct Tar<'r> {
    input: &'r mut (dyn Read + Send),
    left: u64,
    padding: u64,
    /// Whether a block of NULs was the last: what is behind it may be another archive.
    is_ended: bool,
}

impl<'r> Tar<'r> {
    pub(super) fn new(input: &'r mut (dyn Read + Send)) -> Self {
        Self {
            input,
            left: 0,
            padding: 0,
            is_ended: false,
        }
    }

    /// The name of the next member that has content; none at the end.
    ///
    /// # Errors
    ///
    /// The archive is damaged.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        let mut said = Said::default();
        loop {
            let mut block = [0; BLOCK];
            match fill(&mut self.input, &mut block, 0).map_err(|error| error.to_string())? {
                0 if self.is_ended => return Ok(None),
                BLOCK => {}
                _ => return Err("it is cut short: the mark of its end is missing".to_owned()),
            }
            if block.iter().all(|byte| *byte == 0) {
                self.is_ended = true;
                continue;
            }
            if !has_checksum(&block) {
                return Err(if self.is_ended {
                    "there are bytes behind its end, which are not looked at".to_owned()
                } else {
                    "a header of it is damaged, what is behind it is not looked at".to_owned()
                });
            }
            self.is_ended = false;
            let kind = block[156];
            let size = number(&block[124..136]).ok_or("the size of a member is not valid")?;
            match kind {
                b'L' => {
                    let name = self.header(size)?;
                    said.name = Some(text(&name).to_vec());
                }
                b'x' | b'X' => {
                    let records = self.header(size)?;
                    if !said.pax(&records) {
                        return Err("a pax header of it is not valid".to_owned());
                    }
                }
                // What holds for all members, and the targets of links.
                b'g' | b'K' => {
                    self.header(size)?;
                }
                // Links, devices and FIFOs have no content, nor do folders.
                b'1'..=b'6' => said = Said::default(),
                _ => {
                    if kind == b'S' {
                        self.sparse(block[482])?;
                    }
                    self.left = said.size.unwrap_or(size);
                    self.padding = self.left.wrapping_neg() % BLOCK as u64;
                    return Ok(Some(said.name.unwrap_or_else(|| name(&block))));
                }
            }
        }
    }

    /// The content of a header that says something of the next member.
    fn header(&mut self, size: u64) -> Result<Vec<u8>, String> {
        if size > MAX_HEADER {
            return Err("a header of it is longer than 1 MiB".to_owned());
        }
        self.left = size;
        self.padding = size.wrapping_neg() % BLOCK as u64;
        let mut content = Vec::new();
        self.read_to_end(&mut content)
            .map_err(|error| error.to_string())?;
        self.finish()?;
        Ok(content)
    }

    /// Leaves out the blocks that say where the content of a file with holes belongs.
    fn sparse(&mut self, mut has_more: u8) -> Result<(), String> {
        while has_more != 0 {
            let mut block = [0; BLOCK];
            let length = fill(&mut self.input, &mut block, 0).map_err(|error| error.to_string())?;
            if length < BLOCK {
                return Err("it is cut short".to_owned());
            }
            has_more = block[504];
        }
        Ok(())
    }

    /// Leaves out what is left of the member.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        let behind = self.left.saturating_add(std::mem::take(&mut self.padding));
        self.left = 0;
        let skipped = io::copy(&mut (&mut *self.input).take(behind), &mut io::sink());
        if skipped.map_err(|error| error.to_string())? < behind {
            return Err("it is cut short".to_owned());
        }
        Ok(())
    }
}

/// The name in a header.
fn name(block: &[u8; BLOCK]) -> Vec<u8> {
    let own = text(&block[..100]);
    // GNU has other things in the place of the prefix.
    let is_posix = block[257..263] == *b"ustar\0";
    let prefix = text(&block[345..500]);
    if is_posix && !prefix.is_empty() {
        [prefix, b"/", own].concat()
    } else {
        own.to_vec()
    }
}

impl Read for Tar<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.input.read(&mut buffer[..length])?;
        self.left -= read as u64;
        Ok(read)
    }
}
