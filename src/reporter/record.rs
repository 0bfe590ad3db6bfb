//! What the JSON formats write, as data. Every key is always there: what does not apply is `null`
//! or an empty list. Texts of a harness are masked and printable. Keys may be added under the same
//! [`SCHEMA`]; none changes its meaning or goes away.

use std::borrow::Cow;
use std::time::Duration;

use clawtest_framework::diagnostic::{Diagnostic, Effect, Label};
use clawtest_framework::secret::policy::Searched;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::harness::Harness;
use crate::outcome::{
    Attempt, CheckResult, Counts, HarnessResult, Outcome, Output, Report, Status, Stop,
};
use crate::reporter::message::{self, Positions, clean};

/// The name of this set of keys.
pub(crate) const SCHEMA: &str = "clawtest-report/1";

/// How a run ended.
#[derive(Debug, Serialize)]
pub(crate) struct RunRecord<'a> {
    outcome: &'static str,
    exit_status: u8,
    stopped: Option<Stop>,
    duration_ms: f64,
    counts: RunCounts,
    not_run: &'a [String],
}

#[derive(Debug, Serialize)]
struct RunCounts {
    harnesses: Counts,
    checks: Counts,
    flaky: usize,
}

impl<'a> RunRecord<'a> {
    /// The record of a run.
    pub(crate) fn new(report: &'a Report) -> Self {
        let status = report.status();
        Self {
            outcome: match status {
                Status::Passed => Outcome::Passed.name(),
                Status::Failed => Outcome::Failed.name(),
                Status::Error => Outcome::Errored.name(),
                Status::NothingSelected => "nothing-selected",
                Status::Interrupted => "interrupted",
                Status::Terminated => "terminated",
            },
            exit_status: status.code(),
            stopped: report.stop,
            duration_ms: milliseconds(report.duration),
            counts: RunCounts {
                harnesses: report.harness_counts(),
                checks: report.check_counts(),
                flaky: report.flaky_count(),
            },
            not_run: &report.not_run,
        }
    }
}

/// The results of a run, made into records one at a time.
#[derive(Debug)]
pub(crate) struct HarnessRecords<'a>(pub(crate) &'a [HarnessResult]);

impl Serialize for HarnessRecords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut records = serializer.serialize_seq(Some(self.0.len()))?;
        for result in self.0 {
            records.serialize_element(&HarnessRecord::new(result))?;
        }
        records.end()
    }
}

/// What came of one harness.
#[derive(Debug, Serialize)]
pub(crate) struct HarnessRecord<'a> {
    id: &'a str,
    title: Cow<'a, str>,
    file: Cow<'a, str>,
    pattern: Option<Cow<'a, str>>,
    tags: Vec<Cow<'a, str>>,
    outcome: Outcome,
    reason: Option<Cow<'a, str>>,
    flaky: bool,
    attempts: Vec<AttemptRecord<'a>>,
    duration_ms: f64,
    kept: Option<String>,
    diagnostics: Vec<DiagnosticRecord<'a>>,
    checks: Vec<CheckRecord<'a>>,
}

impl<'a> HarnessRecord<'a> {
    /// The record of a harness.
    pub(crate) fn new(result: &'a HarnessResult) -> Self {
        let harness = &*result.harness;
        Self {
            id: &harness.id,
            title: clean(&harness.title),
            file: clean(&harness.path),
            pattern: harness.pattern.as_deref().map(clean),
            tags: harness.tags.iter().map(|tag| clean(tag)).collect(),
            outcome: result.outcome,
            reason: result.reason.as_deref().map(clean),
            flaky: result.is_flaky(),
            attempts: result
                .attempts
                .iter()
                .map(|attempt| AttemptRecord::new(harness, attempt))
                .collect(),
            duration_ms: milliseconds(result.duration),
            kept: result
                .kept
                .as_ref()
                .map(|kept| clean(&kept.to_string_lossy()).into_owned()),
            diagnostics: diagnostics(&result.diagnostics),
            checks: checks(harness, &result.checks),
        }
    }
}

/// An attempt before the last one: only what was bad.
#[derive(Debug, Serialize)]
struct AttemptRecord<'a> {
    diagnostics: Vec<DiagnosticRecord<'a>>,
    failures: Vec<CheckRecord<'a>>,
}

impl<'a> AttemptRecord<'a> {
    fn new(harness: &'a Harness, attempt: &'a Attempt) -> Self {
        Self {
            diagnostics: diagnostics(&attempt.diagnostics),
            failures: checks(harness, &attempt.failures),
        }
    }
}

#[derive(Debug, Serialize)]
struct CheckRecord<'a> {
    name: Cow<'a, str>,
    file: Cow<'a, str>,
    line: usize,
    column: usize,
    outcome: Outcome,
    reason: Option<Cow<'a, str>>,
    todo: Option<Cow<'a, str>>,
    why: Option<Cow<'a, str>>,
    fix: Option<Cow<'a, str>>,
    severity: Option<Cow<'a, str>>,
    duration_ms: f64,
    diagnostics: Vec<DiagnosticRecord<'a>>,
    output: Option<&'a Output>,
    searched: Option<&'a Searched>,
    /// The command that runs it again, if it is bad.
    rerun: Option<String>,
}

fn checks<'a>(harness: &'a Harness, results: &'a [CheckResult]) -> Vec<CheckRecord<'a>> {
    let mut positions = Positions::new(harness);
    let record = |result: &'a CheckResult| {
        let case = message::case(harness, result);
        let position = positions.of(case);
        CheckRecord {
            name: clean(&case.name),
            file: clean(&harness.path),
            line: position.line,
            column: position.column,
            outcome: result.outcome,
            reason: result.reason.as_deref().map(clean),
            todo: result.todo.as_deref().map(clean),
            why: case.why().map(clean),
            fix: case.fix().map(clean),
            severity: case.severity().map(clean),
            duration_ms: milliseconds(result.duration),
            diagnostics: diagnostics(&result.diagnostics),
            output: result.output.as_deref(),
            searched: result.searched.as_deref(),
            rerun: result
                .outcome
                .is_bad()
                .then(|| message::rerun_command(harness, case)),
        }
    };
    results.iter().map(record).collect()
}

#[derive(Debug, Serialize)]
struct DiagnosticRecord<'a> {
    rule: &'static str,
    name: &'static str,
    effect: Effect,
    message: &'a str,
    labels: &'a [Label],
    expected: Option<&'a str>,
    found: Option<&'a str>,
    diff: Option<&'a str>,
    timeline: Option<&'a str>,
    help: &'a [String],
}

fn diagnostics<'a>(diagnostics: &'a [Diagnostic]) -> Vec<DiagnosticRecord<'a>> {
    let record = |diagnostic: &'a Diagnostic| {
        let Diagnostic {
            rule,
            message,
            labels,
            expected,
            found,
            diff,
            timeline,
            help,
        } = diagnostic;
        DiagnosticRecord {
            rule: rule.code,
            name: rule.name,
            effect: rule.effect,
            message,
            labels,
            expected: expected.as_deref(),
            found: found.as_deref(),
            diff: diff.as_deref(),
            timeline: timeline.as_deref(),
            help,
        }
    };
    diagnostics.iter().map(record).collect()
}

/// Milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
