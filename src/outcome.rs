//! Outcomes of checks and harnesses, and the exit status that follows from them. This is the only
//! place that counts.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clawtest_framework::diagnostic::{Diagnostic, Effect};
use clawtest_framework::secret::policy::Searched;
use serde::Serialize;

use crate::harness::Harness;

/// What came of a check or of a harness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything that was demanded is so.
    Passed,
    /// Something that was demanded is not so.
    Failed,
    /// There is no verdict.
    Errored,
    /// It was not judged, for a reason that is given.
    Skipped,
}

impl Outcome {
    /// The outcome as a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Skipped => "skipped",
        }
    }

    /// Whether a run with it cannot be a success.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failed | Self::Errored)
    }

    /// What follows from the diagnostics of a check.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let has = |effect| diagnostics.iter().any(|d| d.rule.effect == effect);
        if has(Effect::Errors) || has(Effect::Invalid) {
            Self::Errored
        } else if has(Effect::Fails) {
            Self::Failed
        } else {
            Self::Passed
        }
    }
}

/// What a command printed, as reports show it: masked, printable, and not too long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Output {
    /// The command as the harness has it.
    pub command: String,
    /// How it ended: `exit status 3`, `timed out after 5s`.
    pub ended: String,
    /// The last lines of standard output.
    pub stdout: String,
    /// The last lines of standard error.
    pub stderr: String,
}

/// What came of one check.
#[derive(Clone, Debug)]
pub struct CheckResult {
    /// The check's place in [`Harness::checks`]; always a valid one.
    pub index: usize,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was skipped, or why it was not run. An expected failure has none, but its
    /// diagnostics.
    pub reason: Option<Box<str>>,
    /// The reason why it is expected to fail. With it, a failure counts as skipped, and a pass as
    /// failed.
    pub todo: Option<Box<str>>,
    /// How long it took, its actions and its command included.
    pub duration: Duration,
    /// What is wrong; notes too.
    pub diagnostics: Vec<Diagnostic>,
    /// What its command printed, where the check has one and did not pass.
    pub output: Option<Box<Output>>,
    /// How much `no_secrets` has looked at, where it was demanded.
    pub searched: Option<Box<Searched>>,
}

/// A failed attempt at a harness that was tried again.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The checks of that attempt that failed or had no verdict.
    pub failures: Vec<CheckResult>,
    /// What went wrong outside of the checks.
    pub diagnostics: Vec<Diagnostic>,
}

/// What came of one harness.
#[derive(Clone, Debug)]
pub struct HarnessResult {
    /// The harness.
    pub harness: Arc<Harness>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why the whole harness was skipped.
    pub reason: Option<Box<str>>,
    /// Its selected checks in the order of the file.
    pub checks: Vec<CheckResult>,
    /// What went wrong outside of the checks: setup, workspace.
    pub diagnostics: Vec<Diagnostic>,
    /// How long it took, all attempts together.
    pub duration: Duration,
    /// Attempts that failed before this one.
    pub attempts: Vec<Attempt>,
    /// Where its workspace was kept.
    pub kept: Option<PathBuf>,
}

impl HarnessResult {
    /// Whether it passed only after an attempt that did not.
    pub fn is_flaky(&self) -> bool {
        !self.attempts.is_empty() && !self.outcome.is_bad()
    }

    /// How many of its checks have an outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.checks
            .iter()
            .filter(|check| check.outcome == outcome)
            .count()
    }

    /// What follows for a harness from its checks and from what went wrong around them.
    pub fn outcome_of(checks: &[CheckResult], diagnostics: &[Diagnostic]) -> Outcome {
        let any = |outcome| checks.iter().any(|check| check.outcome == outcome);
        match Outcome::of(diagnostics) {
            Outcome::Errored => Outcome::Errored,
            _ if any(Outcome::Errored) => Outcome::Errored,
            Outcome::Failed => Outcome::Failed,
            _ if any(Outcome::Failed) => Outcome::Failed,
            // Something was judged and nothing was wrong; only skips are a skip.
            _ if any(Outcome::Passed) || checks.is_empty() => Outcome::Passed,
            _ => Outcome::Skipped,
        }
    }
}

/// Outcomes, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub total: usize,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many have no verdict.
    pub errored: usize,
    /// How many were skipped.
    pub skipped: usize,
}

impl Counts {
    /// Counts outcomes.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            counts.total += 1;
            *match outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed => &mut counts.failed,
                Outcome::Errored => &mut counts.errored,
                Outcome::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }
}

/// What stopped a run before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Ctrl-C, or SIGINT from elsewhere.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// A failure under `--fail-fast`.
    FailFast,
}

impl Stop {
    /// The reason in a few words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupted by SIGINT",
            Self::Terminate => "interrupted by SIGTERM",
            Self::FailFast => "stopped at the first failure (--fail-fast)",
        }
    }

    /// Whether a signal stopped the run.
    pub fn is_interrupt(self) -> bool {
        self != Self::FailFast
    }
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What ran, in the order of the plan.
    pub harnesses: Vec<HarnessResult>,
    /// Ids of harnesses that were selected but not run, or not to their end.
    pub not_run: Vec<String>,
    /// What stopped the run before its end.
    pub stop: Option<Stop>,
    /// Whether files of a host were judged, not fixtures.
    pub is_of_host: bool,
    /// How long it took.
    pub duration: Duration,
}

impl Report {
    /// Harnesses by outcome.
    pub fn harness_counts(&self) -> Counts {
        Counts::of(self.harnesses.iter().map(|result| result.outcome))
    }

    /// Checks by outcome.
    pub fn check_counts(&self) -> Counts {
        let checks = self.harnesses.iter().flat_map(|result| &result.checks);
        Counts::of(checks.map(|check| check.outcome))
    }

    /// How many harnesses passed only after an attempt that did not.
    pub fn flaky_count(&self) -> usize {
        self.harnesses
            .iter()
            .filter(|result| result.is_flaky())
            .count()
    }

    /// Whether any check was judged; an expected failure was.
    fn has_verdict(&self) -> bool {
        let mut checks = self.harnesses.iter().flat_map(|result| &result.checks);
        checks.any(|check| check.outcome != Outcome::Skipped || check.todo.is_some())
    }

    /// The status of a run that did all it could: the only way from outcomes to an exit status.
    pub fn status(&self) -> Status {
        let counts = self.harness_counts();
        match self.stop {
            Some(Stop::Interrupt) => Status::Interrupted,
            Some(Stop::Terminate) => Status::Terminated,
            _ if counts.errored > 0 => Status::Error,
            _ if counts.failed > 0 => Status::Failed,
            _ if counts.total == 0 => Status::NothingSelected,
            // Of a host whose files no check looks at, nothing is known.
            None if self.is_of_host && !self.has_verdict() => Status::NothingSelected,
            _ => Status::Passed,
        }
    }
}

/// The exit status of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything selected passed; skips are allowed and counted.
    Passed,
    /// At least one check failed.
    Failed,
    /// clawtest could not do its job: usage, invalid harness, I/O, a check without a verdict.
    Error,
    /// Nothing was selected.
    NothingSelected,
    /// Interrupted by SIGINT.
    Interrupted,
    /// Interrupted by SIGTERM.
    Terminated,
}

impl Status {
    /// The status when something could not be done besides: an interrupt stays one.
    #[must_use]
    pub fn or_error(self) -> Self {
        match self {
            Self::Interrupted | Self::Terminated => self,
            _ => Self::Error,
        }
    }

    /// All of them with what they mean; README has the same table.
    pub const ALL: [(Self, &'static str); 6] = [
        (
            Self::Passed,
            "everything selected passed (skips are allowed, and counted)",
        ),
        (Self::Failed, "at least one check failed"),
        (
            Self::Error,
            "clawtest could not do its job: usage, invalid harness, I/O, an errored check; wins over 1",
        ),
        (
            Self::NothingSelected,
            "nothing was selected, or nothing could be judged with `--root`",
        ),
        (
            Self::Interrupted,
            "interrupted by SIGINT; workspaces are removed, reports are finished",
        ),
        (Self::Terminated, "interrupted by SIGTERM; likewise"),
    ];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Error => 2,
            Self::NothingSelected => 4,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}
