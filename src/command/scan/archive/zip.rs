//! Zip from front to back, by the headers before the members: that needs no file that can be
//! sought in. The directory at the end only tells whether all members were there.

use std::io::{self, BufRead, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::feed::Feed;

const MEMBER: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const WIDE_END: [u8; 4] = *b"PK\x06\x06";
const WIDE_PLACE: [u8; 4] = *b"PK\x06\x07";

/// What a signature of an Android package ends with; it is before the directory.
const ANDROID: &[u8] = b"APK Sig Block 42";

const CUT: &str = "it is cut short";

/// A member of an archive.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    /// Why it cannot be looked at.
    pub(super) problem: Option<String>,
    is_stored: bool,
    /// Whether its sizes are told behind it.
    has_descriptor: bool,
    is_wide: bool,
    crc: u32,
    packed: u64,
    size: u64,
}

/// What was wrong behind a member.
#[derive(Debug)]
pub(super) enum Damage {
    /// It is only about the member.
    Member(String),
    /// What is behind it cannot be found.
    Archive(String),
}

/// A zip that is read.
pub(super) struct Zip<'r> {
    input: Feed<'r>,
    members: u64,
    listed: u64,
    /// Whether something between members was not looked at.
    has_gap: bool,
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn failed(error: &io::Error) -> String {
    error.to_string()
}

impl<'r> Zip<'r> {
    pub(super) fn new(input: &'r mut (dyn Read + Send)) -> Self {
        Self {
            input: Feed::new(input),
            members: 0,
            listed: 0,
            has_gap: false,
        }
    }

    /// A header of so many bytes, which are taken.
    fn header(&mut self, length: usize) -> Result<Vec<u8>, String> {
        let header = self
            .input
            .peek(length)
            .map_err(|error| failed(&error))?
            .to_vec();
        if header.len() < length {
            return Err(CUT.to_owned());
        }
        self.input.consume(length);
        Ok(header)
    }

    fn skip(&mut self, count: u64) -> Result<(), String> {
        match self.input.skip(count) {
            Ok(true) => Ok(()),
            Ok(false) => Err(CUT.to_owned()),
            Err(error) => Err(failed(&error)),
        }
    }

    /// The next member; none at the end.
    ///
    /// # Errors
    ///
    /// The archive is damaged.
    pub(super) fn next(&mut self) -> Result<Option<Member>, String> {
        loop {
            let start = self.input.peek(4).map_err(|error| failed(&error))?;
            let Some(signature) = start.first_chunk::<4>() else {
                return Err("it is cut short: its directory is missing".to_owned());
            };
            match *signature {
                MEMBER => {
                    let member = self.member()?;
                    self.members += 1;
                    // A folder.
                    if member.name.ends_with(b"/") && member.packed == 0 && !member.has_descriptor {
                        continue;
                    }
                    return Ok(Some(member));
                }
                DIRECTORY => {
                    let header = self.header(46)?;
                    self.listed += 1;
                    let lengths = [28, 30, 32].map(|at| u64::from(u16_at(&header, at)));
                    self.skip(lengths.iter().sum())?;
                }
                WIDE_END => {
                    let header = self.header(12)?;
                    self.skip(u64_at(&header, 4))?;
                }
                WIDE_PLACE => self.skip(20)?,
                END => return self.end().map(|()| None),
                _ => self.gap()?,
            }
        }
    }

    fn member(&mut self) -> Result<Member, String> {
        let header = self.header(30)?;
        let name = self.header(usize::from(u16_at(&header, 26)).min(ROOM))?;
        self.skip(u64::from(u16_at(&header, 26)) - name.len() as u64)?;
        let extra_length = usize::from(u16_at(&header, 28));
        let extra = self.header(extra_length.min(ROOM))?;
        self.skip((extra_length - extra.len()) as u64)?;
        let flags = u16_at(&header, 6);
        let method = u16_at(&header, 8);
        let mut member = Member {
            name,
            problem: None,
            is_stored: method == 0,
            has_descriptor: flags & 8 != 0,
            is_wide: false,
            crc: u32_at(&header, 14),
            packed: u64::from(u32_at(&header, 18)),
            size: u64::from(u32_at(&header, 22)),
        };
        // Sizes of more than 4 GiB are in a field of their own.
        let mut rest = &extra[..];
        while rest.len() >= 4 {
            let length = usize::from(u16_at(rest, 2));
            if u16_at(rest, 0) == 1 && length >= 16 {
                member.is_wide = true;
                if member.size == u64::from(u32::MAX) {
                    member.size = u64_at(rest, 4);
                }
                if member.packed == u64::from(u32::MAX) {
                    member.packed = u64_at(rest, 12);
                }
            }
            rest = rest.get(4 + length..).unwrap_or_default();
        }
        member.problem = match method {
            _ if flags & 1 != 0 => Some("it is encrypted".to_owned()),
            0 if member.has_descriptor && member.packed == 0 => {
                Some("its size is not told before it".to_owned())
            }
            0 | 8 => None,
            _ => Some(format!(
                "it is packed by method {method}, which is not known"
            )),
        };
        Ok(member)
    }

    /// Checks the end of the directory, and that nothing is behind it.
    fn end(&mut self) -> Result<(), String> {
        let header = self.header(22)?;
        self.skip(u64::from(u16_at(&header, 20)))?;
        if self.listed > self.members {
            let (listed, members) = (self.listed, self.members);
            return Err(format!(
                "its directory names {listed} members, and {members} were found"
            ));
        }
        loop {
            let rest = self.input.fill_buf().map_err(|error| failed(&error))?;
            if rest.is_empty() {
                break;
            }
            self.has_gap |= rest.iter().any(|byte| *byte != 0);
            let length = rest.len();
            self.input.consume(length);
        }
        if self.has_gap {
            return Err(
                "there are bytes between its members or behind its end, which are not looked at"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Leaves out what is no member and not the directory.
    fn gap(&mut self) -> Result<(), String> {
        let mut last: Vec<u8> = Vec::new();
        let mut is_empty = true;
        loop {
            let ahead = self.input.peek(ROOM).map_err(|error| failed(&error))?;
            if ahead.len() < 4 {
                return Err("it is cut short: its directory is missing".to_owned());
            }
            let found = memchr::memmem::find_iter(ahead, b"PK").find(|at| {
                [MEMBER, DIRECTORY, END]
                    .iter()
                    .any(|kind| ahead[*at..].starts_with(kind))
            });
            let part = &ahead[..found.unwrap_or(ahead.len() - 3)];
            is_empty &= part.iter().all(|byte| *byte == 0);
            last.extend(&part[part.len().saturating_sub(ANDROID.len())..]);
            last.drain(..last.len().saturating_sub(ANDROID.len()));
            let length = part.len();
            self.input.consume(length);
            if found.is_some() {
                break;
            }
        }
        self.has_gap |= !is_empty && last != ANDROID;
        Ok(())
    }

    /// The content of a member.
    pub(super) fn open<'z>(&'z mut self, member: &'z Member) -> Body<'z, 'r> {
        let start = self.input.taken;
        let packed = Limited {
            input: &mut self.input,
            left: if member.has_descriptor && !member.is_stored {
                u64::MAX
            } else {
                member.packed
            },
        };
        Body {
            member,
            start,
            content: if member.is_stored {
                Content::Stored(packed)
            } else {
                Content::Deflated(DeflateDecoder::new(packed))
            },
            crc: Crc::new(),
            has_failed: false,
        }
    }

    /// Leaves out a member that cannot be looked at.
    ///
    /// # Errors
    ///
    /// Its end cannot be found.
    pub(super) fn leave_out(&mut self, member: &Member) -> Result<(), String> {
        if !member.has_descriptor || member.packed > 0 {
            self.skip(member.packed)?;
            if member.has_descriptor {
                let ahead = self.input.peek(4).map_err(|error| failed(&error))?;
                if ahead == DESCRIPTOR {
                    self.skip(if member.is_wide { 24 } else { 16 })?;
                }
            }
            return Ok(());
        }
        // The descriptor behind it tells how long it was.
        let start = self.input.taken;
        loop {
            let before = self.input.taken - start;
            let ahead = self.input.peek(ROOM).map_err(|error| failed(&error))?;
            if ahead.len() < 16 {
                return Err(CUT.to_owned());
            }
            let found = memchr::memmem::find_iter(ahead, &DESCRIPTOR).find_map(|at| {
                let length = before + at as u64;
                let behind = &ahead[at..];
                if behind.len() >= 16 && u64::from(u32_at(behind, 8)) == length {
                    Some(at + 16)
                } else if behind.len() >= 24 && u64_at(behind, 8) == length {
                    Some(at + 24)
                } else {
                    None
                }
            });
            let is_last = ahead.len() < ROOM;
            let length = found.unwrap_or(ahead.len() - 23.min(ahead.len() - 1));
            self.input.consume(length);
            match found {
                Some(_) => return Ok(()),
                None if is_last => return Err(CUT.to_owned()),
                None => {}
            }
        }
    }
}

/// How far ahead is looked.
const ROOM: usize = 32 << 10;

/// The packed bytes of a member.
struct Limited<'z, 'r> {
    input: &'z mut Feed<'r>,
    left: u64,
}

impl Read for Limited<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Limited<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(&[]);
        }
        let available = self.input.fill_buf()?;
        Ok(&available[..available.len().min(left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left -= amount as u64;
        self.input.consume(amount);
    }
}

enum Content<'z, 'r> {
    Stored(Limited<'z, 'r>),
    Deflated(DeflateDecoder<Limited<'z, 'r>>),
}

/// A member that is read.
pub(super) struct Body<'z, 'r> {
    member: &'z Member,
    start: u64,
    content: Content<'z, 'r>,
    crc: Crc,
    has_failed: bool,
}

impl Read for Body<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = match &mut self.content {
            Content::Stored(content) => content.read(buffer),
            Content::Deflated(content) => content.read(buffer),
        };
        match &result {
            Ok(read) => self.crc.update(&buffer[..*read]),
            Err(_) => self.has_failed = true,
        }
        result
    }
}

impl Body<'_, '_> {
    /// Goes behind the member, and checks that it was whole.
    ///
    /// # Errors
    ///
    /// What was wrong with it; nothing where reading it has told that.
    pub(super) fn finish(mut self) -> Result<(), Damage> {
        if !self.has_failed {
            let rest = io::copy(&mut self, &mut io::sink());
            rest.map_err(|error| Damage::Archive(failed(&error)))?;
        }
        let packed = match self.content {
            Content::Stored(packed) => packed,
            Content::Deflated(decoder) => decoder.into_inner(),
        };
        let input = packed.input;
        let member = self.member;
        if member.has_descriptor && !member.is_stored {
            if self.has_failed {
                let why = "what is behind it in the archive is not looked at";
                return Err(Damage::Archive(why.to_owned()));
            }
            return descriptor(input, self.start, &self.crc);
        }
        match input.skip(packed.left) {
            Ok(true) => {}
            Ok(false) => return Err(Damage::Archive(CUT.to_owned())),
            Err(error) => return Err(Damage::Archive(failed(&error))),
        }
        if member.has_descriptor && input.peek(4).is_ok_and(|ahead| ahead == DESCRIPTOR) {
            let _ = input.skip(if member.is_wide { 24 } else { 16 });
        } else if !self.has_failed
            && (self.crc.sum() != member.crc
                || u64::from(self.crc.amount()) != member.size % (1 << 32))
        {
            return Err(Damage::Member(
                "it is damaged: its checksum is wrong".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Reads the sizes behind a member; only its first bytes and the lengths tell which form it has.
fn descriptor(input: &mut Feed<'_>, start: u64, crc: &Crc) -> Result<(), Damage> {
    let packed = input.taken - start;
    let ahead = input
        .peek(24)
        .map_err(|error| Damage::Archive(failed(&error)))?;
    let from = if ahead.starts_with(&DESCRIPTOR) { 4 } else { 0 };
    let sum = u32_at(ahead, from);
    let length = if u64_at(ahead, from + 4) == packed && ahead.len() >= from + 20 {
        from + 20
    } else if u64::from(u32_at(ahead, from + 4)) == packed % (1 << 32) && ahead.len() >= from + 12 {
        from + 12
    } else {
        let why = "its size is not the one that is told; what is behind it is not looked at";
        return Err(Damage::Archive(why.to_owned()));
    };
    input.consume(length);
    if sum == crc.sum() {
        Ok(())
    } else {
        Err(Damage::Member(
            "it is damaged: its checksum is wrong".to_owned(),
        ))
    }
}
