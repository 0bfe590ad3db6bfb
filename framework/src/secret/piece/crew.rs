//! Several threads look at the pieces of one long file. Each reads its next piece when it has done
//! one, so that there are never more pieces in memory than threads. Files are read and not mapped:
//! one that another program cuts short would end this one.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Place, Scanner, fill};
use crate::secret::OVERLAP;
use crate::secret::sheet::Sheet;

/// Most threads of a crew.
const MAX: usize = 8;

/// How much of a file a thread of a crew has in memory.
const PIECE: usize = 4 << 20;

/// Whether there is a crew. There is one at a time: it is memory of the process that it takes.
static IS_AT_WORK: AtomicBool = AtomicBool::new(false);

/// Threads for a long file.
pub(super) struct Crew {
    threads: usize,
}

/// A crew of at most so many threads, if none is at work.
pub(super) fn assemble(threads: usize) -> Option<Crew> {
    let is_at_work = IS_AT_WORK.swap(true, Ordering::Acquire);
    (!is_at_work).then(|| Crew {
        threads: threads.min(MAX),
    })
}

impl Drop for Crew {
    fn drop(&mut self) {
        IS_AT_WORK.store(false, Ordering::Release);
    }
}

/// Where pieces come from.
struct Source<'a, R> {
    reader: &'a mut R,
    /// What the last piece shares with the next one.
    shared: Vec<u8>,
    /// The number of the next piece.
    next: usize,
    is_end: bool,
    error: Option<io::Error>,
}

/// A piece in a buffer.
struct Piece {
    number: usize,
    length: usize,
    /// Findings that begin in `from..to` are those of this piece.
    from: usize,
    to: usize,
}

impl<R: Read> Source<'_, R> {
    /// Reads the next piece.
    fn read(&mut self, buffer: &mut [u8]) -> Option<Piece> {
        if self.is_end {
            return None;
        }
        buffer[..2 * OVERLAP].copy_from_slice(&self.shared);
        let length = match fill(self.reader, buffer, 2 * OVERLAP) {
            Ok(length) => length,
            Err(error) => {
                self.error = Some(error);
                2 * OVERLAP
            }
        };
        let number = self.next;
        self.next += 1;
        self.is_end = length < buffer.len();
        let to = if self.is_end {
            length
        } else {
            self.shared.copy_from_slice(&buffer[length - 2 * OVERLAP..]);
            length - OVERLAP
        };
        Some(Piece {
            number,
            length,
            from: OVERLAP,
            to,
        })
    }
}

/// What is known of a file so far.
struct Progress<'a> {
    sheet: &'a mut Sheet,
    /// Where the next piece begins.
    place: Place,
    /// The number of the next piece.
    next: usize,
    /// Pieces that were done before those before them, and how far each reaches.
    waiting: BTreeMap<usize, (Sheet, Place)>,
}

impl Progress<'_> {
    /// Adds what was seen in a piece, whose places count from its start.
    fn add(&mut self, number: usize, sheet: Sheet, reach: Place) {
        self.waiting.insert(number, (sheet, reach));
        while let Some((sheet, reach)) = self.waiting.remove(&self.next) {
            for mut found in sheet.found {
                if found.line == 1 {
                    found.column += self.place.column;
                }
                found.line += self.place.line;
                self.sheet.push(found);
            }
            for line in sheet.unused {
                self.sheet.unused(line + self.place.line);
            }
            self.sheet.more += sheet.more;
            self.sheet.allowed += sheet.allowed;
            self.sheet.bytes += sheet.bytes;
            if reach.line == 0 {
                self.place.column += reach.column;
            } else {
                self.place.line += reach.line;
                self.place.column = reach.column;
            }
            self.next += 1;
        }
    }
}

impl Crew {
    /// Looks at a file whose first piece fills the buffer of a scanner.
    pub(super) fn scan(
        &self,
        scanner: &mut Scanner<'_>,
        is_binary: bool,
        rest: &mut (impl Read + Send),
        sheet: &mut Sheet,
    ) -> io::Result<()> {
        let length = scanner.buffer.len();
        let first = Piece {
            number: 0,
            length,
            from: 0,
            to: length - OVERLAP,
        };
        let source = Mutex::new(Source {
            reader: rest,
            shared: scanner.buffer[length - 2 * OVERLAP..].to_vec(),
            next: 1,
            is_end: false,
            error: None,
        });
        let progress = Mutex::new(Progress {
            sheet,
            place: Place::default(),
            next: 0,
            waiting: BTreeMap::new(),
        });
        // Only tests have shorter ones.
        let size = if length < super::SHORTEST {
            length
        } else {
            length.max(PIECE)
        };
        let look = |scanner: &Scanner<'_>, piece: &Piece| {
            let (mut sheet, mut place) = (Sheet::default(), Place::default());
            let Piece {
                number,
                length,
                from,
                to,
            } = *piece;
            scanner.look(length, from, to, is_binary, &mut place, &mut sheet);
            sheet.bytes = (to - from) as u64;
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.add(number, sheet, place);
        };
        let next = |scanner: &mut Scanner<'_>| {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            source.read(&mut scanner.buffer)
        };
        let help = |mut scanner: Scanner<'_>| {
            while let Some(piece) = next(&mut scanner) {
                look(&scanner, &piece);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads {
                let mut helper = Scanner::with_pieces(scanner.catalogue, size);
                helper.name.clone_from(&scanner.name);
                // Without a further thread it takes longer, and that is all.
                let builder = std::thread::Builder::new();
                if builder.spawn_scoped(scope, || help(helper)).is_err() {
                    break;
                }
            }
            look(scanner, &first);
            while let Some(piece) = next(scanner) {
                look(scanner, &piece);
            }
        });
        let source = source.into_inner().unwrap_or_else(PoisonError::into_inner);
        source.error.map_or(Ok(()), Err)
    }
}
