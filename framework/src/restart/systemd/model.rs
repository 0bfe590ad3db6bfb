//! What systemd remembers of a service, and what it decides after each run of it.

use super::{EndsWith, KillMode, Kind, MainEnd, Outcome, Policy, Restart, SLACK, Stop};
use crate::restart::play::{self, Decision, Phase, Stay, Words};
use crate::restart::timeline::{Reason, State, show_time};
use crate::restart::{Exit, FOREVER, Micros, Run};
use crate::text::plural;

/// The limit of starts. Its window is fixed, not sliding: it begins with a start and ends after the
/// interval, whatever happens in it (ratelimit.c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartLimit {
    interval: Micros,
    burst: u64,
    /// When the window has begun, and how many starts it has seen.
    window: Option<(Micros, u64)>,
}

impl StartLimit {
    /// A limit to so many starts in an interval; none if one of them is 0.
    pub fn new(interval: Micros, burst: u64) -> Self {
        Self {
            interval,
            burst,
            window: None,
        }
    }

    /// Asks for a start, manual or automatic, and counts it if it is allowed. Times must not go
    /// back.
    pub fn admit(&mut self, now: Micros) -> bool {
        if self.interval == 0 || self.burst == 0 {
            return true;
        }
        match &mut self.window {
            Some((begin, count)) if now.saturating_sub(*begin) <= self.interval => {
                let is_allowed = *count < self.burst;
                *count = count.saturating_add(u64::from(is_allowed));
                is_allowed
            }
            window => {
                *window = Some((now, 1));
                true
            }
        }
    }

    /// Forgets all starts: `systemctl reset-failed`.
    pub fn reset(&mut self) {
        self.window = None;
    }
}

/// systemd with what it remembers of a service.
pub(in crate::restart) struct Model<'a> {
    policy: &'a Policy,
    limit: StartLimit,
    restarts: u64,
    result: Outcome,
    /// Whether a process is left that keeps it from being started.
    is_blocked: bool,
}

impl<'a> Model<'a> {
    pub(in crate::restart) fn new(policy: &'a Policy) -> Self {
        Self {
            policy,
            limit: StartLimit::new(policy.interval, policy.burst),
            restarts: 0,
            result: Outcome::Success,
            is_blocked: false,
        }
    }

    fn stay(&self, after: Micros, reason: Reason) -> Decision {
        let is_good = matches!(self.result, Outcome::Success | Outcome::Condition);
        let (state, words) = if is_good {
            (State::Stopped, ("inactive", "dead"))
        } else {
            (State::Failed, ("failed", "failed"))
        };
        Decision::Stay(Stay {
            after,
            state,
            words,
            reason,
        })
    }

    /// A program that has not ended for systemd, although it is of no use any more.
    fn unnoticed(&self, reason: Reason) -> Decision {
        Decision::Stay(Stay {
            after: 0,
            state: State::Failed,
            words: self.running(),
            reason,
        })
    }

    fn running(&self) -> Words {
        match self.policy.kind {
            Kind::Oneshot => ("activating", "start"),
            _ => ("active", "running"),
        }
    }

    /// Why a run does not lead to a restart, or `None` if it does: `service_shall_restart()`.
    fn why_not(&self, end: MainEnd) -> Option<Reason> {
        let policy = self.policy;
        if policy.prevent.has(end) {
            let why = format!(
                "{} is in RestartPreventExitStatus=, so it is not started again",
                end.phrase()
            );
            return Some(Reason::new(why, &["RestartPreventExitStatus"]));
        }
        if policy.force.has(end) || policy.restart.takes(self.result) {
            return None;
        }
        if self.result == Outcome::Condition {
            let why = "a condition does not hold, so it is not started, whatever Restart= says";
            return Some(Reason::new(why, &["Restart"]));
        }
        let restart = policy.text("Restart");
        let mut decided_by = vec!["Restart"];
        let mut after = self.result.phrase().to_owned();
        if self.result == Outcome::Success && end != MainEnd::Exited(0) && end != MainEnd::None {
            if policy.ignores_failure {
                decided_by.push("ExecStart");
                after = format!("{}, which ExecStart=- takes for a clean end", end.phrase());
            } else if policy.success.has(end) {
                decided_by.push("SuccessExitStatus");
                after = format!(
                    "{}, which SuccessExitStatus= takes for a clean end",
                    end.phrase()
                );
            } else {
                after = format!("{}, which systemd takes for a clean end", end.phrase());
            }
        }
        let why = match policy.restart {
            Restart::No => format!("{restart} never starts it again"),
            _ => format!("{restart} does not start it again after {after}"),
        };
        Some(Reason { why, decided_by })
    }

    /// What happens instead of an end that systemd is not told to look for.
    fn overlooked(&self, run: &Run) -> Option<Decision> {
        let policy = self.policy;
        if run.leaves_process && policy.ends_with == EndsWith::Group {
            let why = "with ExitType=cgroup the service runs as long as any of its processes, and \
                       one is left";
            return Some(self.unnoticed(Reason::new(why, &["ExitType"])));
        }
        match run.exit {
            Exit::Watchdog if matches!(policy.watchdog, 0 | FOREVER) => {
                let why = "WatchdogSec= is not set, so systemd does not notice that it hangs";
                Some(self.unnoticed(Reason::new(why, &["WatchdogSec"])))
            }
            Exit::Timeout if policy.start_timeout == FOREVER && policy.most_runtime == FOREVER => {
                let why = "TimeoutStartSec= is infinite, so systemd waits for it without end";
                Some(self.unnoticed(Reason::new(why, &["TimeoutStartSec"])))
            }
            _ => None,
        }
    }
}

impl play::Model for Model<'_> {
    fn admit(&mut self, at: Micros) -> Result<(), Stay> {
        if self.limit.admit(at) {
            self.result = Outcome::Success;
            return Ok(());
        }
        // The result of the last run stays, unless it was a good one.
        if self.result == Outcome::Success {
            self.result = Outcome::StartLimitHit;
        }
        let policy = self.policy;
        let action = policy
            .settings
            .iter()
            .find(|setting| setting.name == "StartLimitAction" && !setting.text.ends_with("=none"));
        let action = action.map_or_else(String::new, |setting| {
            format!("; then {} acts on the whole machine", setting.text)
        });
        let why = format!(
            "it was started {} within {} ({}, {}){action}",
            plural(usize::try_from(policy.burst).unwrap_or(usize::MAX), "time"),
            show_time(policy.interval),
            policy.text("StartLimitBurst"),
            policy.text("StartLimitIntervalSec"),
        );
        Err(Stay {
            after: 0,
            state: State::Failed,
            words: ("failed", "failed"),
            reason: Reason::new(why, &["StartLimitBurst", "StartLimitIntervalSec"]),
        })
    }

    fn real(&self, run: Run) -> Run {
        let policy = self.policy;
        if self.is_blocked {
            return Run::new(0, Exit::Resources);
        }
        let least = match run.exit {
            Exit::Watchdog => policy.watchdog,
            // What is ready at once can only be late in what runs before it, or run for too long.
            Exit::Timeout if policy.kind == Kind::Simple && policy.most_runtime != FOREVER => {
                policy.most_runtime
            }
            Exit::Timeout => policy.start_timeout,
            _ => 0,
        };
        let lasts = match least {
            // What is not limited is either noticed at some other time or not at all.
            FOREVER => run.lasts,
            least => run.lasts.max(least),
        };
        Run { lasts, ..run }
    }

    fn decide(&mut self, run: &Run) -> Decision {
        if let Some(decision) = self.overlooked(run) {
            return decision;
        }
        let policy = self.policy;
        let (result, end) = policy.judge(run);
        self.result = result;
        if policy.remains && result == Outcome::Success {
            let why = "RemainAfterExit=yes keeps the service active after a clean end, so there is \
                       nothing to start again";
            return Decision::Stay(Stay {
                after: 0,
                state: State::Stopped,
                words: ("active", "exited"),
                reason: Reason::new(why, &["RemainAfterExit"]),
            });
        }
        let stop = policy.stop(run);
        let wait = match stop {
            Stop::AtOnce => 0,
            Stop::Late(wait) | Stop::InVain(wait) => {
                // A clean end becomes a failure by what it leaves.
                if self.result == Outcome::Success {
                    self.result = Outcome::Timeout;
                }
                wait
            }
        };
        if let Stop::InVain(after) = stop {
            let why = "a process that it has left ignores SIGTERM, and SendSIGKILL=no spares it";
            return self.stay(after, Reason::new(why, &["SendSIGKILL"]));
        }
        if let Some(reason) = self.why_not(end) {
            return self.stay(wait, reason);
        }
        // "Will not start SendSIGKILL=no service of type KillMode=mixed while processes exist."
        self.is_blocked |=
            run.leaves_process && policy.kill_mode == KillMode::Mixed && !policy.sends_kill;
        self.restarts = self.restarts.saturating_add(1);
        let delay = policy.nth_delay(self.restarts);
        Decision::Restart {
            stop: wait,
            delay: delay.saturating_add(SLACK),
        }
    }

    fn words(&self, phase: Phase) -> Words {
        match phase {
            Phase::Running => self.running(),
            Phase::Stopping => ("deactivating", "stop-sigterm"),
            Phase::Waiting => ("activating", "auto-restart"),
        }
    }

    fn result(&self) -> &'static str {
        self.result.name()
    }
}

/// Why systemd does not stop starting a service that ends this way again and again.
pub(in crate::restart) fn why_never(policy: &Policy, run: &Run) -> Reason {
    let both = ["StartLimitIntervalSec", "StartLimitBurst"];
    if policy.interval == 0 {
        let why = format!(
            "{} switches the limit of starts off",
            policy.text("StartLimitIntervalSec")
        );
        return Reason::new(why, &both[..1]);
    }
    if policy.burst == 0 {
        let why = format!(
            "{} switches the limit of starts off",
            policy.text("StartLimitBurst")
        );
        return Reason::new(why, &both[1..]);
    }
    let mut model = Model::new(policy);
    let run = play::Model::real(&model, *run);
    let stop = match play::Model::decide(&mut model, &run) {
        Decision::Restart { stop, .. } => stop,
        Decision::Stay(stay) => return stay.reason,
    };
    let delay = policy.last_delay().saturating_add(SLACK);
    let period = run.lasts.saturating_add(stop).saturating_add(delay);
    let needed = period.saturating_mul(policy.burst);
    let starts = plural(usize::try_from(policy.burst).unwrap_or(usize::MAX), "start");
    let (each, needed, interval) = (
        show_time(period),
        show_time(needed),
        show_time(policy.interval),
    );
    if period.saturating_mul(policy.burst) <= policy.interval {
        let why = format!(
            "the limit is only reached after {needed}: {starts} at {each} each ({}, {})",
            policy.text("StartLimitBurst"),
            policy.text("RestartSec"),
        );
        return Reason::new(why, &["StartLimitBurst", "RestartSec"]);
    }
    let why = format!(
        "{starts} need {needed} at {each} each ({}), but only those within {interval} are counted \
         ({}), so the limit ({}) is never reached",
        policy.text("RestartSec"),
        policy.text("StartLimitIntervalSec"),
        policy.text("StartLimitBurst"),
    );
    Reason::new(
        why,
        &["StartLimitIntervalSec", "RestartSec", "StartLimitBurst"],
    )
}
