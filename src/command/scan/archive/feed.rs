//! A reader that can be looked ahead of, and that knows how far it is.

use std::io::{self, BufRead, Read};

/// How much is read at once.
const ROOM: usize = 64 << 10;

/// Bytes of an archive.
pub(super) struct Feed<'r> {
    inner: &'r mut (dyn Read + Send),
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How many bytes were taken.
    pub(super) taken: u64,
}

impl<'r> Feed<'r> {
    pub(super) fn new(inner: &'r mut (dyn Read + Send)) -> Self {
        Self {
            inner,
            buffer: vec![0; ROOM],
            start: 0,
            end: 0,
            taken: 0,
        }
    }

    /// The next bytes: so many, or fewer at the end. At most half of what is read at once can be
    /// asked for.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        debug_assert!(count <= ROOM / 2, "more than there may be room for");
        if self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            while self.end < count {
                match self.inner.read(&mut self.buffer[self.end..]) {
                    Ok(0) => break,
                    Ok(read) => self.end += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let length = count.min(self.end - self.start);
        Ok(&self.buffer[self.start..self.start + length])
    }

    /// Leaves out so many bytes; gives whether they were there.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<bool> {
        let mut left = count;
        while left > 0 {
            let length = self.fill_buf()?.len();
            if length == 0 {
                return Ok(false);
            }
            let part = length.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.consume(part);
            left -= part as u64;
        }
        Ok(true)
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.end - self.start);
        self.start += amount;
        self.taken += amount as u64;
    }
}
