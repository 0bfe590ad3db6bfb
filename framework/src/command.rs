//! What a command did, as checks see it: how it ended and what it printed.

use std::fmt;

/// How a command ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this code, 0 to 255.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
}

impl Exit {
    /// The status as a shell shows it in `$?`: the code, or 128 and the signal's number
    /// (POSIX.1-2024, Shell Command Language, 2.8.2).
    pub fn status(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Signal(signal) => {
                write!(f, "{} ({})", self.status(), signal_name(*signal))
            }
        }
    }
}

/// The name of a signal of this machine: `SIGKILL`, or `signal 40` where it has none, or another one
/// on another system.
pub fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return format!("signal {signal}"),
    };
    name.to_owned()
}

/// What a command printed to one of its streams, up to a cap.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// How many bytes it printed in all.
    pub total: u64,
}

impl fmt::Debug for Captured {
    // Output may hold a secret, so it is never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl Captured {
    /// Everything that was printed.
    pub fn whole(bytes: Vec<u8>) -> Self {
        let total = bytes.len() as u64;
        Self { bytes, total }
    }

    /// Whether it printed more than was kept.
    pub fn is_truncated(&self) -> bool {
        self.total > self.bytes.len() as u64
    }
}

/// A command that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOutput {
    /// How it ended.
    pub exit: Exit,
    /// Its standard output.
    pub stdout: Captured,
    /// Its standard error.
    pub stderr: Captured,
}

#[cfg(test)]
mod tests {
    use super::{Captured, Exit};

    #[test]
    fn an_exit_reads_as_a_shell_shows_it() {
        assert_eq!(Exit::Code(3).to_string(), "3");
        assert_eq!(Exit::Signal(9).to_string(), "137 (SIGKILL)");
        assert_eq!(Exit::Signal(40).status(), 168);
    }

    #[test]
    fn debug_prints_hold_no_output() {
        let captured = Captured::whole(b"password".to_vec());
        assert!(!format!("{captured:?}").contains("pass"));
    }
}
