//! The restart rules of systemd: `systemd.service(5)`, `systemd.unit(5)`, and service.c and
//! ratelimit.c of systemd 252, with what 254 has added. Manual starts between the automatic ones,
//! `ExecStop=` and `ExecStopPost=` are not simulated.

mod model;
mod read;

use std::collections::BTreeSet;

pub use model::StartLimit;
pub(super) use model::{Model, why_never};
pub use read::policy;

use super::timeline::show_time;
use super::{Exit, FOREVER, Micros, Run, SECOND, Setting};
use crate::linux_signal;

/// How late a timer of systemd is, that of `RestartSec=` or of `TimeoutStopSec=`: the mean of 0.03 s
/// to 0.33 s, measured in 150 restarts by systemd 252. It lets timers be up to 0.25 s late, to wake
/// up less often.
pub const SLACK: Micros = 130_000;

/// A run of `Type=notify` or `forking` that is shorter than this one is taken to end before it is
/// ready.
const READY_AFTER: Micros = SECOND;

/// The first version with `RestartSteps=` and `RestartMaxDelaySec=`.
const FIRST_WITH_STEPS: u16 = 254;

/// `Restart=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// After a clean end.
    OnSuccess,
    /// After all other ends.
    OnFailure,
    /// After a signal, a timeout, a missing keep-alive, and for want of memory.
    OnAbnormal,
    /// After a missing keep-alive.
    OnWatchdog,
    /// After a signal.
    OnAbort,
    /// After every end.
    Always,
}

impl Restart {
    /// The word for it in a unit.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::OnSuccess => "on-success",
            Self::OnFailure => "on-failure",
            Self::OnAbnormal => "on-abnormal",
            Self::OnWatchdog => "on-watchdog",
            Self::OnAbort => "on-abort",
            Self::Always => "always",
        }
    }

    /// Whether a result leads to a restart: `service_shall_restart()` of service.c.
    fn takes(self, result: Outcome) -> bool {
        match self {
            Self::No => false,
            Self::Always => result != Outcome::Condition,
            Self::OnSuccess => result == Outcome::Success,
            Self::OnFailure => !matches!(result, Outcome::Success | Outcome::Condition),
            Self::OnAbnormal => !matches!(
                result,
                Outcome::Success | Outcome::ExitCode | Outcome::Condition
            ),
            Self::OnWatchdog => result == Outcome::Watchdog,
            Self::OnAbort => matches!(result, Outcome::Signal | Outcome::CoreDump),
        }
    }
}

/// `Type=`, as far as it makes a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// `simple`, `exec`, `idle`: ready as soon as it is started.
    #[default]
    Simple,
    /// `notify`: tells when it is ready, and has failed if it ends before.
    Notify,
    /// `forking`: ready when the first process has ended, whose status is not that of the service.
    Forking,
    /// `dbus`: ready some time after the start.
    Bus,
    /// `oneshot`: ready when it has ended; no signal is a clean end.
    Oneshot,
}

/// `ExitType=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndsWith {
    /// The service ends with its main process.
    #[default]
    Main,
    /// It ends with the last of its processes.
    Group,
}

/// `KillMode=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KillMode {
    /// All processes are asked to end, and waited for.
    #[default]
    ControlGroup,
    /// The main process is asked to end; what is left is killed.
    Mixed,
    /// Only the main process is ended.
    Process,
    /// No process is ended.
    None,
}

/// `OOMPolicy=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OomPolicy {
    /// The end of one process for want of memory is as any other kill.
    Continue,
    /// It ends the service.
    #[default]
    Stop,
    /// All processes are killed with it.
    Kill,
}

/// Exit statuses and signals, as in `SuccessExitStatus=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statuses {
    /// Exit statuses.
    pub codes: BTreeSet<u8>,
    /// Numbers of signals.
    pub signals: BTreeSet<u8>,
}

impl Statuses {
    fn has(&self, end: MainEnd) -> bool {
        match end {
            MainEnd::None => false,
            MainEnd::Exited(code) => self.codes.contains(&code),
            MainEnd::Killed(signal) => self.signals.contains(&signal),
        }
    }
}

/// What decides about restarts of a service. The default is systemd's.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The version of systemd whose rules hold.
    pub version: u16,
    /// `Type=`.
    pub kind: Kind,
    /// `ExitType=`.
    pub ends_with: EndsWith,
    /// `Restart=`.
    pub restart: Restart,
    /// `RestartSec=`.
    pub delay: Micros,
    /// `RestartSteps=`.
    pub steps: u64,
    /// `RestartMaxDelaySec=`.
    pub max_delay: Micros,
    /// `StartLimitIntervalSec=`.
    pub interval: Micros,
    /// `StartLimitBurst=`.
    pub burst: u64,
    /// `RestartPreventExitStatus=`.
    pub prevent: Statuses,
    /// `RestartForceExitStatus=`.
    pub force: Statuses,
    /// `SuccessExitStatus=`.
    pub success: Statuses,
    /// Whether `ExecStart=-…` takes every end for a clean one.
    pub ignores_failure: bool,
    /// `OOMPolicy=`.
    pub oom_policy: OomPolicy,
    /// `KillMode=`.
    pub kill_mode: KillMode,
    /// `KillSignal=`, by its number.
    pub kill_signal: u8,
    /// `SendSIGKILL=`.
    pub sends_kill: bool,
    /// `TimeoutStopSec=`.
    pub stop_timeout: Micros,
    /// `TimeoutStartSec=`.
    pub start_timeout: Micros,
    /// `RuntimeMaxSec=`.
    pub most_runtime: Micros,
    /// `WatchdogSec=`; 0 for none.
    pub watchdog: Micros,
    /// `WatchdogSignal=`, by its number.
    pub watchdog_signal: u8,
    /// `RemainAfterExit=`.
    pub remains: bool,
    /// What it was made from.
    pub settings: Vec<Setting>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 252,
            kind: Kind::Simple,
            ends_with: EndsWith::Main,
            restart: Restart::No,
            delay: SECOND / 10,
            steps: 0,
            max_delay: FOREVER,
            interval: 10 * SECOND,
            burst: 5,
            prevent: Statuses::default(),
            force: Statuses::default(),
            success: Statuses::default(),
            ignores_failure: false,
            oom_policy: OomPolicy::Stop,
            kill_mode: KillMode::ControlGroup,
            kill_signal: 15,
            sends_kill: true,
            stop_timeout: 90 * SECOND,
            start_timeout: 90 * SECOND,
            most_runtime: FOREVER,
            watchdog: 0,
            watchdog_signal: 6,
            remains: false,
            settings: Vec::new(),
        }
    }
}

impl Policy {
    /// `RestartSec=` of the n-th restart, from 1: `service_restart_usec_next()` of systemd 254.
    pub fn nth_delay(&self, restart: u64) -> Micros {
        let has_steps = self.version >= FIRST_WITH_STEPS
            && self.steps > 0
            && self.delay > 0
            && self.max_delay != FOREVER
            && self.delay < self.max_delay;
        if restart <= 1 || !has_steps {
            self.delay
        } else if restart > self.steps {
            self.max_delay
        } else {
            step(self.delay, self.max_delay, restart - 1, self.steps)
        }
    }

    /// The longest of all delays.
    fn last_delay(&self) -> Micros {
        self.nth_delay(u64::MAX)
    }

    /// How a run ends for systemd: its `Result=`, and the status of the main process.
    fn judge(&self, run: &Run) -> (Outcome, MainEnd) {
        let (outcome, end) = match run.exit {
            Exit::Code(code) => (Outcome::ExitCode, MainEnd::Exited(code)),
            Exit::Signal(signal) => (Outcome::Signal, MainEnd::Killed(signal)),
            Exit::CoreDump(signal) => (Outcome::CoreDump, MainEnd::Killed(signal)),
            Exit::OutOfMemory if self.oom_policy == OomPolicy::Continue => {
                (Outcome::Signal, MainEnd::Killed(9))
            }
            Exit::OutOfMemory => return (Outcome::OomKill, MainEnd::Killed(9)),
            Exit::Watchdog => return (Outcome::Watchdog, MainEnd::Killed(self.watchdog_signal)),
            Exit::Timeout => return (Outcome::Timeout, MainEnd::Killed(self.kill_signal)),
            Exit::BeforeStart(code) => {
                let outcome = if code == 0 || self.success.codes.contains(&code) {
                    Outcome::Success
                } else {
                    Outcome::ExitCode
                };
                return (outcome, MainEnd::None);
            }
            Exit::Resources => return (Outcome::Resources, MainEnd::None),
            Exit::Condition => return (Outcome::Condition, MainEnd::None),
        };
        let is_early = run.lasts < READY_AFTER;
        if !self.ignores_failure && !self.is_clean(outcome, end) {
            // The process that forks is not yet the main process.
            let is_main = self.kind != Kind::Forking || !is_early;
            return (outcome, if is_main { end } else { MainEnd::None });
        }
        if self.kind == Kind::Notify && is_early {
            return (Outcome::Protocol, end);
        }
        (Outcome::Success, end)
    }

    /// `is_clean_exit()` of exit-status.c.
    fn is_clean(&self, outcome: Outcome, end: MainEnd) -> bool {
        match (outcome, end) {
            // A core dump is never a clean end.
            (Outcome::CoreDump, _) => false,
            (_, MainEnd::Exited(0)) => true,
            // HUP, INT, PIPE, TERM.
            (_, MainEnd::Killed(1 | 2 | 13 | 15)) if self.kind != Kind::Oneshot => true,
            _ => self.success.has(end),
        }
    }

    /// How long the end of a run takes that has left a process which ignores SIGTERM.
    fn stop(&self, run: &Run) -> Stop {
        const SIGKILL: u8 = 9;
        let is_asked = self.kill_mode == KillMode::ControlGroup && self.kill_signal != SIGKILL;
        if !run.leaves_process || !is_asked {
            return Stop::AtOnce;
        }
        match (self.stop_timeout, self.sends_kill) {
            (FOREVER, _) => Stop::Late(FOREVER),
            (timeout, true) => Stop::Late(timeout.saturating_add(SLACK)),
            // It is asked to end twice, each time in vain.
            (timeout, false) => Stop::InVain(timeout.saturating_add(SLACK).saturating_mul(2)),
        }
    }

    /// A setting as it could be written, for sentences.
    fn text(&self, name: &'static str) -> String {
        let setting = self.settings.iter().find(|setting| setting.name == name);
        let text = match (setting, name) {
            (Some(setting), _) => return setting.text.clone(),
            (None, "Restart") => self.restart.name().to_owned(),
            (None, "RestartSec") => show_time(self.delay),
            (None, "StartLimitIntervalSec") => show_time(self.interval),
            (None, "StartLimitBurst") => self.burst.to_string(),
            (None, "TimeoutStopSec") => show_time(self.stop_timeout),
            _ => return format!("{name}="),
        };
        format!("{name}={text}")
    }
}

/// `delay · (max / delay) ^ (step / steps)`, in whole microseconds.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a delay of days is known to the microsecond, and the result is between two integers"
)]
fn step(delay: Micros, max_delay: Micros, step: u64, steps: u64) -> Micros {
    let ratio = max_delay as f64 / delay as f64;
    let value = delay as f64 * ratio.powf(step as f64 / steps as f64);
    (value as Micros).clamp(delay, max_delay)
}

/// How the stop phase goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    AtOnce,
    /// What is left is killed after this time.
    Late(Micros),
    /// What is left lives on, after this time.
    InVain(Micros),
}

/// `Result=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    ExitCode,
    Signal,
    CoreDump,
    Watchdog,
    Timeout,
    OomKill,
    Resources,
    Protocol,
    Condition,
    StartLimitHit,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::ExitCode => "exit-code",
            Self::Signal => "signal",
            Self::CoreDump => "core-dump",
            Self::Watchdog => "watchdog",
            Self::Timeout => "timeout",
            Self::OomKill => "oom-kill",
            Self::Resources => "resources",
            Self::Protocol => "protocol",
            Self::Condition => "exec-condition",
            Self::StartLimitHit => "start-limit-hit",
        }
    }

    /// What ended, for sentences: "a clean end".
    fn phrase(self) -> &'static str {
        match self {
            Self::Success => "a clean end",
            Self::ExitCode => "an exit status that means failure",
            Self::Signal | Self::CoreDump => "a signal that means failure",
            Self::Watchdog => "a missing keep-alive",
            Self::Timeout => "a timeout",
            Self::OomKill => "a lack of memory",
            Self::Resources => "a start that fails",
            Self::Protocol => "an end before the program was ready",
            Self::Condition => "a condition that does not hold",
            Self::StartLimitHit => "too many starts",
        }
    }
}

/// How the main process has ended; it is none if it was not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MainEnd {
    None,
    Exited(u8),
    Killed(u8),
}

impl MainEnd {
    fn phrase(self) -> String {
        match self {
            Self::None => "its end".to_owned(),
            Self::Exited(code) => format!("exit status {code}"),
            Self::Killed(signal) => linux_signal::name(signal),
        }
    }
}
