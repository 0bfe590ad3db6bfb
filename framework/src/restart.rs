//! What a supervisor does when a program ends: whether it starts it again, when, and when it gives
//! up. Each supervisor is a policy, which is data, and a pure function of the policy and of how the
//! runs of the program end.

pub mod docker;
pub mod exit;
pub mod launchd;
mod play;
pub mod systemd;
#[cfg(test)]
mod tests;
mod timeline;

pub use play::{MAX_STARTS, simulate, why_never};
pub use timeline::{Ending, Event, EventKind, Reason, State, Status, Timeline, show_time};

use std::fmt;

use crate::document::Place;
use crate::linux_signal;

/// Microseconds.
pub type Micros = u64;

/// Longer than anything: "infinity" of a setting, and the length of a run that does not end.
pub const FOREVER: Micros = Micros::MAX;

/// A second.
pub const SECOND: Micros = 1_000_000;

/// How one run of a program ends, or why it does not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It ends with this exit status.
    Code(u8),
    /// A signal, by its number on Linux, kills it; without a core dump.
    Signal(u8),
    /// A signal kills it and the kernel writes a core dump.
    CoreDump(u8),
    /// The kernel kills a process of the service for want of memory.
    OutOfMemory,
    /// It does not send the keep-alive that the supervisor waits for.
    Watchdog,
    /// It does not become ready in time, or does not stop in time.
    Timeout,
    /// What has to run before it ends with this exit status.
    BeforeStart(u8),
    /// Something that it needs is not there, such as its environment file.
    Resources,
    /// A condition does not hold, so it is not started.
    Condition,
}

/// What happens to the program, as the end of a sentence that begins with "it".
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "ends with exit status {code}"),
            Self::Signal(signal) => {
                write!(f, "is killed by {}", linux_signal::name(*signal))
            }
            Self::CoreDump(signal) => {
                let name = linux_signal::name(*signal);
                write!(f, "is killed by {name} with a core dump")
            }
            Self::OutOfMemory => f.write_str("is killed for want of memory"),
            Self::Watchdog => f.write_str("hangs"),
            Self::Timeout => f.write_str("is not ready in time"),
            Self::BeforeStart(code) => {
                write!(f, "is not reached: what runs before it ends with {code}")
            }
            Self::Resources => f.write_str("cannot be started: something it needs is missing"),
            Self::Condition => f.write_str("is not started: a condition does not hold"),
        }
    }
}

/// One run of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How long it runs; [`FOREVER`] for one that does not end. A run that ends in a timeout lasts
    /// at least as long as the supervisor waits.
    pub lasts: Micros,
    /// How it ends.
    pub exit: Exit,
    /// Whether it leaves a process behind that ignores SIGTERM.
    pub leaves_process: bool,
}

impl Run {
    /// A run of some length that ends in some way and leaves nothing behind.
    pub fn new(lasts: Micros, exit: Exit) -> Self {
        Self {
            lasts,
            exit,
            leaves_process: false,
        }
    }

    /// A run that does not end.
    pub fn healthy() -> Self {
        Self::new(FOREVER, Exit::Code(0))
    }
}

/// A setting that a policy was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as in [`Ending::decided_by`].
    pub name: &'static str,
    /// What is in effect, as it could be written: `RestartSec=10s`.
    pub text: String,
    /// Where it stands; `None` if nothing was written.
    pub place: Option<Place>,
    /// Whether it is the supervisor's default.
    pub is_default: bool,
}

/// The rules by which one supervisor restarts one program.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "few exist at a time, and each is made once and borrowed"
)]
pub enum Policy {
    /// A service of systemd.
    Systemd(systemd::Policy),
    /// A container of Docker.
    Docker(docker::Policy),
    /// A job of launchd.
    Launchd(launchd::Policy),
}

impl Policy {
    /// The settings that it was made from, the written ones and the defaults; none for a policy
    /// that was not read from a file.
    pub fn settings(&self) -> &[Setting] {
        match self {
            Self::Systemd(policy) => &policy.settings,
            Self::Docker(policy) => &policy.settings,
            Self::Launchd(policy) => &policy.settings,
        }
    }

    /// The setting of a name, as in [`Ending::decided_by`].
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings().iter().find(|setting| setting.name == name)
    }

    /// What people call the supervisor.
    pub fn supervisor(&self) -> &'static str {
        match self {
            Self::Systemd(_) => "systemd",
            Self::Docker(_) => "Docker",
            Self::Launchd(_) => "launchd",
        }
    }
}
