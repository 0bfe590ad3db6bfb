//! How the helpers in a script talk to clawtest: three FIFOs in a private folder. Who has taken the
//! one byte out of `lock` may write a request to `ask`, and reads the line in `answer`. A request is
//! the number of its fields and the fields, each with a NUL behind it. bash needs no process for that.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

/// Most fields of a request.
const MAX_FIELDS: usize = 10_000;

/// Largest request in bytes.
const MAX_BYTES: usize = 16 << 20;

/// What a helper asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The helper, or another word.
    pub(super) kind: String,
    /// The files of the functions that led to it, innermost first.
    pub(super) sources: Vec<String>,
    /// The lines from which these functions were called.
    pub(super) lines: Vec<usize>,
    /// The line of the command before, and the lines from which its functions were called.
    pub(super) chain: Vec<usize>,
    /// The script's working folder.
    pub(super) cwd: String,
    /// The arguments.
    pub(super) arguments: Vec<Vec<u8>>,
}

impl Request {
    /// An argument as text; empty if there is none.
    pub(super) fn text(&self, at: usize) -> String {
        let bytes = self.arguments.get(at).map_or(&[][..], Vec::as_slice);
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The innermost line of a script from which it was asked.
    pub(super) fn line_in(&self, script: &str) -> Option<usize> {
        let callers = self.sources.iter().skip(1);
        callers
            .zip(&self.lines)
            .find(|(source, line)| *source == script && **line > 0)
            .map(|(_, line)| *line)
    }
}

/// The ends that clawtest holds. Both ends of each, so that a helper never waits for one to be opened.
#[derive(Debug)]
pub(super) struct Talk {
    ask: OwnedFd,
    answer: OwnedFd,
    _lock: OwnedFd,
    bytes: Vec<u8>,
}

/// What came over the pipe.
#[derive(Debug)]
pub(super) enum Heard {
    /// A request.
    Request(Request),
    /// What is none.
    Nonsense,
    /// The other file descriptor is ready: the script has ended.
    Over,
}

impl Talk {
    /// Makes the FIFOs in a folder.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let open = |name: &str| -> io::Result<OwnedFd> {
            let path = folder.join(name);
            rustix::fs::mkfifoat(CWD, &path, 0o600.into())?;
            let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC;
            Ok(rustix::fs::open(&path, flags, Mode::empty())?)
        };
        let lock = open("lock")?;
        rustix::io::write(&lock, b"x")?;
        Ok(Self {
            ask: open("ask")?,
            answer: open("answer")?,
            _lock: lock,
            bytes: Vec::new(),
        })
    }

    /// Waits for a request, or until `over` can be read.
    pub(super) fn hear(&mut self, over: BorrowedFd<'_>) -> io::Result<Heard> {
        loop {
            match self.take() {
                Ok(Some(request)) => return Ok(Heard::Request(request)),
                Ok(None) => {}
                Err(()) => {
                    self.bytes.clear();
                    return Ok(Heard::Nonsense);
                }
            }
            let mut fds = [
                PollFd::from_borrowed_fd(self.ask.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(over, PollFlags::IN),
            ];
            match poll(&mut fds, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let is_over = !fds[1].revents().is_empty();
            let mut buffer = [0; 16 << 10];
            match rustix::io::read(&self.ask, &mut buffer) {
                Ok(count) if count > 0 => self.bytes.extend_from_slice(&buffer[..count]),
                Ok(_) | Err(Errno::AGAIN | Errno::INTR) if is_over => return Ok(Heard::Over),
                Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Answers the last request.
    pub(super) fn answer(&self, status: u8, text: &str) {
        let mut line: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(500)
            .collect();
        line.insert_str(0, &format!("{status} "));
        line.push('\n');
        // It is shorter than what a pipe takes at once, and the last answer was read, so that this
        // fails only where nobody listens.
        let _ = rustix::io::write(&self.answer, line.as_bytes());
    }

    /// Takes a request off the bytes that have come, if it is whole.
    fn take(&mut self) -> Result<Option<Request>, ()> {
        if self.bytes.len() > MAX_BYTES {
            return Err(());
        }
        let Some(end) = memchr::memchr(0, &self.bytes) else {
            return if self.bytes.len() > 10 {
                Err(())
            } else {
                Ok(None)
            };
        };
        let count: usize = str::from_utf8(&self.bytes[..end])
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|count| (5..=MAX_FIELDS).contains(count))
            .ok_or(())?;
        let mut fields = Vec::with_capacity(count);
        let mut start = end + 1;
        for at in memchr::memchr_iter(0, &self.bytes[start..]).take(count) {
            let stop = end + 1 + at;
            fields.push(self.bytes[start..stop].to_vec());
            start = stop + 1;
        }
        if fields.len() < count {
            return Ok(None);
        }
        self.bytes.drain(..start);
        Ok(Some(request(fields)))
    }
}

fn request(fields: Vec<Vec<u8>>) -> Request {
    let mut fields = fields.into_iter();
    let mut text = || String::from_utf8_lossy(&fields.next().unwrap_or_default()).into_owned();
    let numbers = |text: String| {
        text.split_whitespace()
            .map(|number| number.parse().unwrap_or(0))
            .collect()
    };
    let kind = text();
    let sources = text().split('\n').map(str::to_owned).collect();
    let lines = numbers(text());
    let chain = numbers(text());
    let cwd = text();
    Request {
        kind,
        sources,
        lines,
        chain,
        cwd,
        arguments: fields.collect(),
    }
}
