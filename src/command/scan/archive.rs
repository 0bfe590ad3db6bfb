//! Looks into archives, member by member, in memory that does not grow with them. What cannot be
//! looked at is named: an archive is never clean because it is damaged, encrypted or a bomb.

mod feed;
mod tar;
mod zip;

use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use flate2::read::MultiGzDecoder;

use clawtest_framework::secret::input::Lenient;
use clawtest_framework::secret::piece::fill;

use super::record::Origin;
use super::walk::{Worker, why};

/// How deep archives may be in archives, the outermost one included.
const MAX_DEPTH: usize = 3;

/// Most members of an archive and of those in it, together.
const MAX_MEMBERS: u64 = 1_000_000;

/// How much may be unpacked, however little there was to unpack.
const FREE: u64 = 64 << 20;

/// How many times its size an archive may unpack to. Deflate reaches 1,030; texts that people
/// write, and logs, seldom reach 100.
const MAX_RATIO: u64 = 250;

/// Most bytes that are unpacked of one file.
const MAX_UNPACKED: u64 = 64 << 30;

/// How many bytes at the start tell what a file is.
const HEAD: usize = 4096;

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tar,
    /// It begins so many bytes behind the start: a script may be in front of it.
    Zip(usize),
    Gzip,
    /// An archive, or a compressed one, that is not looked into.
    Closed,
    Other,
}

fn kind(head: &[u8]) -> Kind {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Kind::Zip(0),
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Kind::Gzip,
        // bzip2, xz, zstd, 7z and RAR.
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', ..]
        | [0xfd, b'7', b'z', b'X', b'Z', 0, ..]
        | [0x28, 0xb5, 0x2f, 0xfd, ..]
        | [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..]
        | [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Kind::Closed,
        [b'#', b'!', ..] => {
            memchr::memmem::find(head, b"PK\x03\x04").map_or(Kind::Other, Kind::Zip)
        }
        _ if tar::is_tar(head) => Kind::Tar,
        _ => Kind::Other,
    }
}

/// Whether something is an archive, by its first bytes.
pub(super) fn is_archive(head: &[u8]) -> bool {
    let head = &head[..head.len().min(HEAD)];
    !matches!(kind(head), Kind::Other | Kind::Gzip)
}

/// How much was unpacked of one file, against its size.
#[derive(Debug, Default)]
struct Budget {
    read: AtomicU64,
    unpacked: AtomicU64,
    members: AtomicU64,
    /// Whether a limit was reached: nothing more is looked at.
    is_spent: AtomicBool,
}

impl Budget {
    fn unpack(&self, more: usize) -> io::Result<()> {
        let unpacked = self.unpacked.load(Relaxed) + more as u64;
        self.unpacked.store(unpacked, Relaxed);
        let allowed = FREE.max(self.read.load(Relaxed).saturating_mul(MAX_RATIO));
        let what = if unpacked > allowed {
            format!("it unpacks to more than {MAX_RATIO} times its size")
        } else if unpacked > MAX_UNPACKED {
            format!("it unpacks to more than {} GiB", MAX_UNPACKED >> 30)
        } else {
            return Ok(());
        };
        self.is_spent.store(true, Relaxed);
        Err(io::Error::other(format!(
            "{what}, the rest is not looked at"
        )))
    }
}

/// Counts what is read of a file.
struct Counted<'b, R> {
    inner: R,
    budget: &'b Budget,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.budget
            .read
            .store(self.budget.read.load(Relaxed) + read as u64, Relaxed);
        Ok(read)
    }
}

/// Counts what is unpacked, and fails where it is too much.
struct Guarded<'b, R> {
    inner: R,
    budget: &'b Budget,
    /// What the unpacked bytes are from, for words about errors.
    form: &'static str,
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_spent.load(Relaxed) {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(read) => {
                self.budget.unpack(read)?;
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(_) if self.budget.is_spent.load(Relaxed) => Ok(0),
            Err(error) => Err(io::Error::new(
                error.kind(),
                format!("it is not whole as {}: {error}", self.form),
            )),
        }
    }
}

/// Looks at what a reader gives, and into it if it is an archive.
pub(super) fn look(worker: &mut Worker<'_>, reader: &mut (dyn Read + Send), origin: &Origin) {
    let budget = Budget::default();
    let mut reader = Counted {
        inner: reader,
        budget: &budget,
    };
    let mut opener = Opener {
        worker,
        budget: &budget,
    };
    opener.content(&mut reader, origin, Level::default());
}

/// How deep something is.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// How many archives are around it.
    archives: usize,
    /// Whether it was unpacked from gzip just before.
    is_unpacked: bool,
}

struct Opener<'o, 'a> {
    worker: &'o mut Worker<'a>,
    budget: &'o Budget,
}

impl Opener<'_, '_> {
    /// Looks at a file or a member.
    fn content(&mut self, reader: &mut (dyn Read + Send), origin: &Origin, level: Level) {
        let mut head = vec![0; HEAD];
        let mut reader = Lenient::new(reader);
        let length = match fill(&mut reader, &mut head, 0) {
            Ok(length) => length,
            Err(error) => return self.worker.refuse(origin.clone(), why(&error)),
        };
        head.truncate(length);
        let kind = kind(&head);
        let is_deep = level.archives >= MAX_DEPTH
            && (matches!(kind, Kind::Tar | Kind::Zip(_))
                || matches!(kind, Kind::Gzip) && level.is_unpacked);
        if is_deep {
            let reason = format!("archives are more than {MAX_DEPTH} deep in each other");
            return self.worker.refuse(origin.clone(), reason);
        }
        let inner = Level {
            archives: level.archives + 1,
            is_unpacked: false,
        };
        let front = if let Kind::Zip(at) = kind { at } else { 0 };
        if front > 0 {
            self.worker.look_as_it_is(&mut &head[..front], origin);
        }
        let mut whole = Cursor::new(&head[front..]).chain(&mut reader);
        match kind {
            Kind::Tar => {
                self.worker.count_archive();
                self.tar(&mut whole, origin, inner);
            }
            Kind::Zip(_) => {
                self.worker.count_archive();
                self.zip(&mut whole, origin, inner);
            }
            Kind::Gzip => {
                let mut unpacked = Guarded {
                    inner: MultiGzDecoder::new(whole),
                    budget: self.budget,
                    form: "gzip",
                };
                let level = Level {
                    // One within the other is as deep as archives are.
                    archives: level.archives + usize::from(level.is_unpacked),
                    is_unpacked: true,
                };
                self.content(&mut unpacked, origin, level);
            }
            Kind::Closed | Kind::Other => self.worker.look_as_it_is(&mut whole, origin),
        }
        if let Some(error) = reader.error {
            self.worker.refuse(origin.clone(), why(&error));
        }
    }

    /// Looks at a member; gives whether no limit is reached yet.
    fn member(&mut self, reader: &mut (dyn Read + Send), origin: &Origin, level: Level) -> bool {
        let members = self.budget.members.load(Relaxed) + 1;
        self.budget.members.store(members, Relaxed);
        if members > MAX_MEMBERS {
            self.budget.is_spent.store(true, Relaxed);
            let reason =
                format!("it is the member after {MAX_MEMBERS} others, the rest is not looked at");
            self.worker.refuse(origin.clone(), reason);
            return false;
        }
        self.worker.count_member();
        self.content(reader, origin, level);
        !self.budget.is_spent.load(Relaxed)
    }

    fn tar(&mut self, reader: &mut (dyn Read + Send), origin: &Origin, level: Level) {
        let mut tar = tar::Tar::new(reader);
        loop {
            let name = match tar.next() {
                Ok(Some(name)) => name,
                Ok(None) => return,
                Err(error) => return self.worker.refuse(origin.clone(), error),
            };
            let named = origin.member(&name);
            if !self.member(&mut tar, &named, level) {
                return;
            }
            if let Err(error) = tar.finish() {
                return self.worker.refuse(named, error);
            }
        }
    }

    fn zip(&mut self, reader: &mut (dyn Read + Send), origin: &Origin, level: Level) {
        let mut zip = zip::Zip::new(reader);
        loop {
            let mut member = match zip.next() {
                Ok(Some(member)) => member,
                Ok(None) => return,
                Err(error) => return self.worker.refuse(origin.clone(), error),
            };
            let named = origin.member(&member.name);
            if let Some(problem) = member.problem.take() {
                self.worker.refuse(named, problem);
                if let Err(error) = zip.leave_out(&member) {
                    return self.worker.refuse(origin.clone(), error);
                }
                continue;
            }
            let mut body = zip.open(&member);
            let mut guarded = Guarded {
                inner: &mut body,
                budget: self.budget,
                form: "zip",
            };
            if !self.member(&mut guarded, &named, level) {
                return;
            }
            match body.finish() {
                Ok(()) => {}
                Err(zip::Damage::Member(error)) => self.worker.refuse(named, error),
                Err(zip::Damage::Archive(error)) => return self.worker.refuse(named, error),
            }
        }
    }
}
