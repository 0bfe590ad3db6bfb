//! The restart rules of launchd: `launchd.plist(5)` and core.c of launchd-842, the last version
//! whose source is open. Jobs that something else starts as well are not simulated.

use super::play::{Decision, Phase, Stay, Words};
use super::timeline::{Reason, State};
use super::{Exit, Micros, Run, SECOND, Setting};
use crate::document::{Data, Document, Node};
use crate::text::all_of;

/// The seconds between two starts if the job does not say so.
const DEFAULT_THROTTLE: u64 = 10;

/// What launchd needs to start a job again; without it a job that is not throttled and ends at once
/// would be started infinitely often. Not measured.
const LATENCY: Micros = SECOND / 20;

/// Signals that mean a crash, by their numbers on Linux: ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS.
const CRASHES: [u8; 7] = [4, 5, 6, 7, 8, 11, 31];

/// Keys that start a job for other reasons than its end.
const TRIGGERS: [&str; 9] = [
    "StartInterval",
    "StartCalendarInterval",
    "StartOnMount",
    "WatchPaths",
    "QueueDirectories",
    "Sockets",
    "MachServices",
    "LaunchEvents",
    "inetdCompatibility",
];

/// When a job is started again: `KeepAlive`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepAlive {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// When one of the conditions holds that are there.
    When {
        /// Whether the last run has ended with exit status 0.
        successful_exit: Option<bool>,
        /// Whether a signal that means a crash has killed it.
        crashed: Option<bool>,
    },
}

/// What decides about restarts of a job.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether it is started when it is loaded.
    pub starts_at_load: bool,
    /// When it is started again.
    pub keep_alive: KeepAlive,
    /// The least time between two starts, in seconds.
    pub throttle: u64,
    /// Whether it is only ever started once.
    pub only_once: bool,
    /// What it was made from.
    pub settings: Vec<Setting>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            starts_at_load: true,
            keep_alive: KeepAlive::Never,
            throttle: DEFAULT_THROTTLE,
            only_once: false,
            settings: Vec::new(),
        }
    }
}

impl Policy {
    /// Whether a job that has ended this way is started again.
    fn restarts(&self, exit: Exit) -> bool {
        let is_good = exit == Exit::Code(0);
        let is_crash = matches!(
            exit,
            Exit::Signal(signal) | Exit::CoreDump(signal) if CRASHES.contains(&signal)
        );
        match self.keep_alive {
            _ if self.only_once => false,
            KeepAlive::Never => false,
            KeepAlive::Always => true,
            KeepAlive::When {
                successful_exit,
                crashed,
            } => successful_exit == Some(is_good) || crashed == Some(is_crash),
        }
    }
}

/// launchd, which remembers nothing of a job but its last start.
pub(super) struct Model<'a> {
    policy: &'a Policy,
}

impl<'a> Model<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        Self { policy }
    }

    fn why_not(&self, exit: Exit) -> Reason {
        match self.policy.keep_alive {
            _ if self.policy.only_once => Reason::new(
                "`LaunchOnlyOnce` is set, so it is never started a second time",
                &["LaunchOnlyOnce"],
            ),
            KeepAlive::Never => Reason::new(
                "`KeepAlive` is not set, so it is never started again",
                &["KeepAlive"],
            ),
            KeepAlive::Always | KeepAlive::When { .. } => Reason::new(
                format!("it {exit}, which is none of the cases that `KeepAlive` names"),
                &["KeepAlive"],
            ),
        }
    }
}

impl super::play::Model for Model<'_> {
    fn admit(&mut self, _at: Micros) -> Result<(), Stay> {
        if self.policy.starts_at_load {
            return Ok(());
        }
        Err(Stay {
            after: 0,
            state: State::Stopped,
            words: ("not running", ""),
            reason: Reason::new(
                "neither `RunAtLoad` nor `KeepAlive` is set, so loading it does not start it",
                &["RunAtLoad", "KeepAlive"],
            ),
        })
    }

    fn decide(&mut self, run: &Run) -> Decision {
        if matches!(run.exit, Exit::Watchdog | Exit::Timeout) {
            let why = "launchd only acts when a program ends: one that hangs goes on as it is";
            return Decision::Stay(Stay {
                after: 0,
                state: State::Failed,
                words: ("running", ""),
                reason: Reason::new(why, &[]),
            });
        }
        if !self.policy.restarts(run.exit) {
            let is_good = matches!(run.exit, Exit::Code(0) | Exit::Condition);
            return Decision::Stay(Stay {
                after: 0,
                state: if is_good {
                    State::Stopped
                } else {
                    State::Failed
                },
                words: ("not running", ""),
                reason: self.why_not(run.exit),
            });
        }
        // launchd counts whole seconds since the last start.
        let age = run.lasts / SECOND;
        let wait = self.policy.throttle.saturating_sub(age);
        Decision::Restart {
            stop: 0,
            delay: wait.saturating_mul(SECOND).saturating_add(LATENCY),
        }
    }

    fn words(&self, phase: Phase) -> Words {
        match phase {
            Phase::Running => ("running", ""),
            Phase::Stopping | Phase::Waiting => ("waiting", ""),
        }
    }
}

/// Why launchd does not stop starting a job.
pub(super) fn why_never(policy: &Policy) -> Reason {
    let how_often = match policy.throttle {
        0 => "at once each time".to_owned(),
        throttle => format!("once in {throttle}s (`ThrottleInterval`)"),
    };
    let why = format!(
        "launchd has no limit of starts: as long as `KeepAlive` holds, it starts the program for \
         ever, {how_often}"
    );
    Reason::new(why, &["KeepAlive", "ThrottleInterval"])
}

/// The policy of a job, as [`crate::format::plist::read`] reads it.
///
/// # Errors
///
/// A clause that says why nothing can be said: the file is refused, the job is disabled, or what
/// starts it is not in the file.
pub fn policy(document: &Document) -> Result<Policy, String> {
    if document.is_refused {
        return Err("launchd does not load the file".to_owned());
    }
    let root = &document.root;
    let is_true =
        |name: &str| matches!(root.get(name), Some(node) if node.data == Data::Boolean(true));
    if is_true("Disabled") {
        return Err("`Disabled` keeps the job from being loaded".to_owned());
    }
    let keep_alive = keep_alive(root)?;
    if keep_alive != KeepAlive::Always {
        let triggers: Vec<&str> = TRIGGERS
            .into_iter()
            .filter(|name| root.get(name).is_some())
            .collect();
        if !triggers.is_empty() {
            return Err(format!(
                "{} can start the job at any time, which is not simulated",
                all_of(triggers)
            ));
        }
    }
    let is_kept = match keep_alive {
        KeepAlive::Never => false,
        KeepAlive::Always => true,
        // A condition on how it has ended implies that it is started first.
        KeepAlive::When {
            successful_exit,
            crashed,
        } => successful_exit.is_some() || crashed.is_some(),
    };
    let throttle = match root.get("ThrottleInterval").map(|node| &node.data) {
        Some(Data::Integer(seconds)) => u64::try_from(*seconds).unwrap_or(DEFAULT_THROTTLE),
        _ => DEFAULT_THROTTLE,
    };
    let names = [
        "KeepAlive",
        "RunAtLoad",
        "ThrottleInterval",
        "LaunchOnlyOnce",
    ];
    Ok(Policy {
        starts_at_load: is_true("RunAtLoad") || is_kept,
        keep_alive,
        throttle,
        only_once: is_true("LaunchOnlyOnce"),
        settings: names.into_iter().map(|name| setting(root, name)).collect(),
    })
}

fn keep_alive(root: &Node) -> Result<KeepAlive, String> {
    let Some(node) = root.get("KeepAlive") else {
        return Ok(KeepAlive::Never);
    };
    let Data::Map(entries) = &node.data else {
        return Ok(match node.data {
            Data::Boolean(true) => KeepAlive::Always,
            _ => KeepAlive::Never,
        });
    };
    let (mut successful_exit, mut crashed) = (None, None);
    let mut unknown = Vec::new();
    for entry in entries {
        match (&*entry.name, &entry.node.data) {
            ("SuccessfulExit", Data::Boolean(wanted)) => successful_exit = Some(*wanted),
            ("Crashed", Data::Boolean(wanted)) => crashed = Some(*wanted),
            ("SuccessfulExit" | "Crashed", _) => {}
            (name, _) => unknown.push(name),
        }
    }
    if !unknown.is_empty() {
        return Err(format!(
            "`KeepAlive` depends on {}, which the file does not tell",
            all_of(unknown)
        ));
    }
    if successful_exit.is_none() && crashed.is_none() {
        return Ok(KeepAlive::Never);
    }
    Ok(KeepAlive::When {
        successful_exit,
        crashed,
    })
}

fn setting(root: &Node, name: &'static str) -> Setting {
    let Some(node) = root.get(name) else {
        let text = match name {
            "ThrottleInterval" => format!("{name} is {DEFAULT_THROTTLE}"),
            _ => format!("{name} is false"),
        };
        return Setting {
            name,
            text,
            place: None,
            is_default: true,
        };
    };
    let text = match &node.data {
        Data::Map(entries) => {
            let parts: Vec<String> = entries
                .iter()
                .filter_map(|entry| {
                    Some(format!("{} is {}", entry.name, entry.node.data.to_text()?))
                })
                .collect();
            format!("{name}: {}", parts.join(", "))
        }
        data => format!("{name} is {}", data.to_text().unwrap_or_default()),
    };
    Setting {
        name,
        text,
        place: Some(node.place),
        is_default: node.is_default,
    }
}
