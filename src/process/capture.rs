//! One output stream of a command: keeps its first bytes, counts the rest, never blocks.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread, read};

use super::wire::Extent;

/// How often one stream is read in a row, so that a loud one cannot silence the others.
const BURST: usize = 16;

/// The reading end of a pipe and what came out of it.
#[derive(Debug)]
pub(super) struct Capture {
    pipe: Option<OwnedFd>,
    bytes: Vec<u8>,
    total: u64,
    cap: usize,
}

impl Capture {
    /// Keeps at most `cap` bytes of what `pipe` delivers.
    pub(super) fn new(pipe: OwnedFd, cap: usize) -> io::Result<Self> {
        // Only this end: what the writers see is theirs.
        ioctl_fionbio(&pipe, true)?;
        Ok(Self {
            pipe: Some(pipe),
            bytes: Vec::new(),
            total: 0,
            cap,
        })
    }

    /// The pipe, as long as it may deliver more.
    pub(super) fn pipe(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads what is there, by way of `buffer`, but not endlessly.
    pub(super) fn pump(&mut self, buffer: &mut [u8]) {
        for _ in 0..BURST {
            if self.read_once(buffer) < buffer.len() {
                break;
            }
        }
    }

    /// Reads what had been written when this was called, and not what comes after: a background
    /// process may write forever.
    pub(super) fn pump_written(&mut self, buffer: &mut [u8]) {
        let mut left = self
            .pipe()
            .and_then(|pipe| ioctl_fionread(pipe).ok())
            .unwrap_or(0);
        while left > 0 {
            let part = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
            let count = self.read_once(&mut buffer[..part]);
            if count == 0 {
                break;
            }
            left = left.saturating_sub(count as u64);
        }
    }

    fn read_once(&mut self, buffer: &mut [u8]) -> usize {
        let Some(pipe) = &self.pipe else {
            return 0;
        };
        match read(pipe, &mut *buffer) {
            Ok(0) => {
                self.pipe = None;
                0
            }
            Ok(count) => {
                let wanted = count.min(self.cap - self.bytes.len());
                self.bytes.extend_from_slice(&buffer[..wanted]);
                self.total += count as u64;
                count
            }
            Err(Errno::AGAIN | Errno::INTR) => 0,
            Err(_) => {
                self.pipe = None;
                0
            }
        }
    }

    /// What was kept and counted; the pipe itself, if open, goes on to be drained.
    pub(super) fn finish(mut self) -> (Extent, Vec<u8>, Option<Self>) {
        let extent = Extent {
            kept: self.bytes.len() as u64,
            total: self.total,
        };
        let bytes = std::mem::take(&mut self.bytes);
        self.cap = 0;
        let rest = self.pipe.is_some().then_some(self);
        (extent, bytes, rest)
    }
}
