//! A file that is read from its start to its end, without being in memory as a whole where it is long.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::WorkspacePath;

/// Longest file that is read at once, and kept for the next check.
pub(super) const KEPT: u64 = 2 << 20;

/// A file that is open for reading.
pub(crate) enum Opened {
    /// What is in memory, and how much of it was read.
    Memory(Arc<[u8]>, usize),
    /// A file on disk, and how long it is.
    Disk(File, u64),
}

impl Opened {
    /// The content, where it is in memory.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(content, _) => Some(content),
            Self::Disk(..) => None,
        }
    }

    /// How many bytes it has.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Memory(content, _) => content.len() as u64,
            Self::Disk(_, length) => *length,
        }
    }
}

impl fmt::Debug for Opened {
    // The content may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(content, read) => {
                let mut rest = content.get(*read..).unwrap_or_default();
                let length = rest.read(buffer)?;
                *read += length;
                Ok(length)
            }
            Self::Disk(file, _) => file.read(buffer),
        }
    }
}

/// What is below a folder.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Regular files, sorted by path.
    pub(crate) files: Vec<WorkspacePath>,
    /// What cannot be looked at, and why.
    pub(crate) refused: Vec<(String, super::Obstacle)>,
    /// How many symbolic links, FIFOs, sockets and devices there are.
    pub(crate) passed_over: u64,
}
