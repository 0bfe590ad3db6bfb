//! How far a scan is, on standard error while it is a terminal. Nothing is shown of a scan that
//! takes half a second, and the line is gone when there is something to read.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::record::shown;

/// How long nothing is shown.
const QUIET: Duration = Duration::from_millis(500);

/// How long a line stays as it is.
const PAUSE: Duration = Duration::from_millis(100);

/// How wide a terminal is that does not tell.
const COLUMNS: usize = 80;

/// Takes the cursor to the start of its line, and what is there away.
const CLEAR: &str = "\r\x1b[K";

/// What was looked at so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    files: AtomicU64,
    bytes: AtomicU64,
    found: AtomicU64,
    folder: Mutex<PathBuf>,
}

/// Counts what is read while it is read: one file may take a minute.
pub(super) struct Watched<'p, R> {
    inner: &'p mut R,
    progress: &'p Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress
            .bytes
            .fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Progress {
    pub(super) fn watch<'p, R: Read>(&'p self, inner: &'p mut R) -> Watched<'p, R> {
        Watched {
            inner,
            progress: self,
        }
    }

    /// A file was looked at.
    pub(super) fn add(&self, found: usize) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.found.fetch_add(found as u64, Ordering::Relaxed);
    }

    /// Files of this folder are next.
    pub(super) fn enter(&self, folder: &Path) {
        let mut current = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        folder.clone_into(&mut current);
    }

    /// Shows a line until the other side is gone.
    fn show(&self, done: &Receiver<()>) {
        let start = Instant::now();
        let mut pause = QUIET;
        let mut was_shown = false;
        while done.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            pause = PAUSE;
            was_shown = true;
            let line = self.line(start.elapsed(), columns());
            // A terminal that is gone is no reason to stop.
            let _ = write!(io::stderr().lock(), "{CLEAR}{line}");
        }
        if was_shown {
            let _ = write!(io::stderr().lock(), "{CLEAR}");
        }
    }

    fn line(&self, time: Duration, columns: usize) -> String {
        let [files, bytes, found] =
            [&self.files, &self.bytes, &self.found].map(|number| number.load(Ordering::Relaxed));
        let megabytes = bytes / 1_000_000;
        let rate = u128::from(bytes) / time.as_micros().max(1);
        let numbers = format!("{files} files, {megabytes} MB, {rate} MB/s, {found} findings  ");
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        // The last column stays free: some terminals go to the next line there.
        let room = columns.saturating_sub(numbers.len() + 1);
        cut(&numbers, columns.saturating_sub(1)) + &end(&shown(&folder), room)
    }
}

fn width(character: char) -> usize {
    if character.is_ascii() { 1 } else { 2 }
}

/// The start of a text, in so many columns.
fn cut(text: &str, columns: usize) -> String {
    text.chars().take(columns).collect()
}

/// The end of a text, in so many columns.
fn end(text: &str, columns: usize) -> String {
    let mut used = 0;
    let fitting = text.char_indices().rev().take_while(|(_, character)| {
        used += width(*character);
        used <= columns
    });
    let start = fitting.last().map_or(text.len(), |(at, _)| at);
    text[start..].to_owned()
}

fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(io::stderr());
    let columns = size.map_or(0, |size| usize::from(size.ws_col));
    if columns == 0 { COLUMNS } else { columns }
}

/// Whether there is somebody to show it to.
pub(super) fn is_wanted() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|kind| kind != "dumb")
}

/// Shows how far something is while it is done.
pub(super) fn during<T>(progress: Option<&Progress>, act: impl FnOnce() -> T) -> T {
    let Some(progress) = progress else {
        return act();
    };
    let (running, done) = channel();
    thread::scope(|scope| {
        scope.spawn(move || progress.show(&done));
        let result = act();
        drop(running);
        result
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::Progress;

    #[test]
    fn a_line_fits_into_the_terminal() {
        let progress = Progress::default();
        progress.add(2);
        std::io::copy(
            &mut progress.watch(&mut &vec![0; 3_000_000][..]),
            &mut std::io::sink(),
        )
        .unwrap();
        progress.enter(Path::new("some/folder/été"));
        for (columns, expected) in [
            (80, "1 files, 3 MB, 1 MB/s, 2 findings  some/folder/été"),
            (43, "1 files, 3 MB, 1 MB/s, 2 findings  r/été"),
            (37, "1 files, 3 MB, 1 MB/s, 2 findings  "),
            (12, "1 files, 3 "),
            (0, ""),
        ] {
            let line = progress.line(Duration::from_secs(2), columns);
            assert_eq!(line, expected);
        }
    }
}
