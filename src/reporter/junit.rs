//! `JUnit` XML: one flat suite per harness, one case per check, written when the run is over.
//!
//! There is no standard, so this keeps to what all consumers read alike: exactly one `failure` or
//! `error` in a case that did not pass, with a line in its attribute and everything in its text
//! (GitLab reads only the text, GitHub actions the attribute); class names with one dot between
//! category and name (Jenkins makes packages of dots); no time stamps. Checks that failed in an
//! earlier attempt are `flakyFailure`, `flakyError`, or `rerunFailure`, `rerunError` where the last
//! attempt was no better, in Surefire's form.
//!
//! `junit` adds `file` and `line` to each case and `skipped` to the root. `junit-jenkins` leaves
//! them out, since the schema of Jenkins' xunit plugin forbids them.
//!
//! What no check shows gets a case of its own, so that nobody sees a success: `[harness]` in the
//! suite of a harness that is bad outside of its checks, and a suite `clawtest` for a run that was
//! cut short. Both are counted.

#[cfg(test)]
mod tree;
mod xml;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use crate::harness::Harness;
use crate::outcome::{Attempt, CheckResult, Counts, HarnessResult, Outcome, Report, Stop};
use crate::reporter::message::{self, Positions, Verdict};
use crate::reporter::{Event, Reporter};

pub(crate) use xml::Xml;

/// Writes the document when the run is over.
pub struct JUnit {
    out: Box<dyn Write + Send>,
    /// Whether only what the schema of Jenkins' xunit plugin allows is written.
    is_jenkins: bool,
}

impl fmt::Debug for JUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JUnit")
            .field("is_jenkins", &self.is_jenkins)
            .finish_non_exhaustive()
    }
}

impl Reporter for JUnit {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Event::Ended(report) = event else {
            return Ok(());
        };
        let mut xml = Xml::new();
        self.root(&mut xml, report);
        for result in &report.harnesses {
            self.suite(&mut xml, result);
            // Written suite by suite, so that a large report is not held in memory twice.
            self.out.write_all(xml.take().as_bytes())?;
        }
        if let Some(summary) = message::stop_summary(report) {
            stop_suite(&mut xml, report, &summary);
        }
        xml.end();
        self.out.write_all(xml.take().as_bytes())?;
        self.out.flush()
    }
}

impl JUnit {
    /// With file and line of every check.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            is_jenkins: false,
        }
    }

    /// Valid by the schema `junit-10.xsd`.
    pub fn jenkins(out: Box<dyn Write + Send>) -> Self {
        Self {
            is_jenkins: true,
            ..Self::new(out)
        }
    }

    fn root(&self, xml: &mut Xml, report: &Report) {
        let mut counts = report.check_counts();
        for result in &report.harnesses {
            count_harness_case(&mut counts, result);
        }
        if message::stop_summary(report).is_some() {
            count_one(&mut counts, Outcome::Errored);
        }
        xml.start("testsuites").attribute("name", "clawtest");
        push_counts(xml, &counts, !self.is_jenkins);
        xml.seconds("time", report.duration).children();
    }

    fn suite(&self, xml: &mut Xml, result: &HarnessResult) {
        let harness = &*result.harness;
        let mut counts = Counts::of(result.checks.iter().map(|check| check.outcome));
        count_harness_case(&mut counts, result);
        xml.start("testsuite").attribute("name", &harness.id);
        push_counts(xml, &counts, true);
        xml.seconds("time", result.duration)
            .attribute("file", &message::line(&harness.path))
            .children();
        properties(xml, result);
        let class = class_name(harness);
        let names = case_names(result);
        let host = host_of_harness_text(result);
        let mut positions = Positions::new(harness);
        for (at, (check, name)) in result.checks.iter().zip(names).enumerate() {
            xml.start("testcase")
                .attribute("name", &name)
                .attribute("classname", &class);
            xml.seconds("time", check.duration);
            if !self.is_jenkins {
                let position = positions.of(message::case(harness, check));
                xml.attribute("file", &message::line(&harness.path))
                    .number("line", position.line);
            }
            let around = if host == Some(at) {
                message::rendered(&result.diagnostics)
            } else {
                String::new()
            };
            case_content(xml, result, check, &around);
        }
        if message::is_bad_outside_of_checks(result) {
            self.harness_case(xml, result, &class);
        } else if host.is_none() && !result.diagnostics.is_empty() {
            xml.start("system-out")
                .text(&message::rendered(&result.diagnostics));
        }
        xml.end();
    }

    /// The case that stands for a harness that is bad although its checks are not.
    fn harness_case(&self, xml: &mut Xml, result: &HarnessResult, class: &str) {
        xml.start("testcase")
            .attribute("name", "[harness]")
            .attribute("classname", class);
        xml.seconds("time", Duration::ZERO);
        if !self.is_jenkins {
            xml.attribute("file", &message::line(&result.harness.path))
                .number("line", 1);
        }
        xml.children();
        let lead = message::lead_of(&result.diagnostics);
        let mut text = message::rendered(&result.diagnostics);
        if text.is_empty() {
            text = message::harness_summary(result);
        }
        xml.start(if result.outcome == Outcome::Failed {
            "failure"
        } else {
            "error"
        })
        .attribute("message", &message::harness_summary(result))
        .attribute("type", lead.map_or("harness", |lead| lead.rule.code))
        .text(&text);
        xml.end();
    }
}

fn count_one(counts: &mut Counts, outcome: Outcome) {
    counts.total += 1;
    if outcome == Outcome::Failed {
        counts.failed += 1;
    } else {
        counts.errored += 1;
    }
}

fn count_harness_case(counts: &mut Counts, result: &HarnessResult) {
    if message::is_bad_outside_of_checks(result) {
        count_one(counts, result.outcome);
    }
}

fn push_counts(xml: &mut Xml, counts: &Counts, with_skipped: bool) {
    xml.number("tests", counts.total)
        .number("failures", counts.failed)
        .number("errors", counts.errored);
    if with_skipped {
        xml.number("skipped", counts.skipped);
    }
}

fn properties(xml: &mut Xml, result: &HarnessResult) {
    let harness = &*result.harness;
    xml.start("properties").children();
    let mut property = |name: &str, value: &str| {
        xml.start("property")
            .attribute("name", name)
            .attribute("value", value)
            .empty();
    };
    property("clawtest.version", env!("CARGO_PKG_VERSION"));
    property("title", &message::line(&harness.title));
    if let Some(pattern) = &harness.pattern {
        property("pattern", &message::line(pattern));
    }
    if !harness.tags.is_empty() {
        let tags: Vec<Cow<'_, str>> = harness.tags.iter().map(|tag| message::line(tag)).collect();
        property("tags", &tags.join(","));
    }
    if let Some(kept) = &result.kept {
        property("kept", &message::line(&kept.to_string_lossy()));
    }
    xml.end();
}

/// The class name of the checks of a harness. A dot in an id would begin another package, so it
/// becomes a `:`; no id has one, so that different harnesses keep different class names.
fn class_name(harness: &Harness) -> String {
    format!(
        "{}.{}",
        harness.category().replace('.', ":"),
        harness.name().replace('.', ":")
    )
}

/// The names of the cases of a suite. `GitLab` drops a case with the class and name of an earlier
/// one, and names that differ in a harness may be the same once they are safe to show.
fn case_names(result: &HarnessResult) -> Vec<Cow<'_, str>> {
    let names = result
        .checks
        .iter()
        .map(|check| &message::case(&result.harness, check).name);
    let mut names: Vec<Cow<'_, str>> = names.map(|name| message::line(name)).collect();
    if names.iter().any(|name| matches!(name, Cow::Owned(_))) {
        let mut seen = HashSet::new();
        for name in &mut names {
            let plain = name.clone();
            let mut count = 1;
            while !seen.insert(name.clone()) {
                count += 1;
                *name = Cow::Owned(format!("{plain} ({count})"));
            }
        }
    }
    names
}

/// The check whose text tells what went wrong outside of the checks: the first without a verdict
/// of its own, or else the first that is bad.
fn host_of_harness_text(result: &HarnessResult) -> Option<usize> {
    if result.diagnostics.is_empty() {
        return None;
    }
    let is_victim =
        |check: &CheckResult| check.outcome == Outcome::Errored && message::lead(check).is_none();
    let is_bad = |check: &CheckResult| check.outcome.is_bad();
    result
        .checks
        .iter()
        .position(is_victim)
        .or_else(|| result.checks.iter().position(is_bad))
}

/// What is inside of a case, and its end.
fn case_content(xml: &mut Xml, result: &HarnessResult, check: &CheckResult, around: &str) {
    let harness = &*result.harness;
    let verdict = message::verdict(check);
    let has_content = verdict != Verdict::Passed
        || !result.attempts.is_empty()
        || !check.diagnostics.is_empty()
        || check.output.is_some()
        || check.searched.is_some();
    if !has_content {
        return xml.empty();
    }
    xml.children();
    match &verdict {
        Verdict::Passed => {}
        Verdict::Failed | Verdict::Errored | Verdict::UnexpectedPass(_) => {
            let rerun = message::rerun_command(harness, message::case(harness, check));
            let text = format!(
                "{}{around}rerun: {rerun}\n",
                message::full_text(harness, check)
            );
            xml.start(if verdict == Verdict::Errored {
                "error"
            } else {
                "failure"
            })
            .attribute("message", &message::summary(check))
            .attribute("type", kind_of(check))
            .text(&text);
        }
        Verdict::Skipped(reason) => xml
            .start("skipped")
            .attribute("message", reason)
            .text(reason),
        Verdict::ExpectedFailure(reason) => {
            let text = message::full_text(harness, check);
            xml.start("skipped")
                .attribute("message", &format!("todo: {reason}"))
                .text(&text);
        }
    }
    for attempt in &result.attempts {
        earlier_attempt(xml, harness, attempt, check);
    }
    if verdict == Verdict::Passed && (!check.diagnostics.is_empty() || check.searched.is_some()) {
        let mut text = message::rendered(&check.diagnostics);
        if let Some(searched) = &check.searched {
            text.push_str(&format!("{searched}\n"));
        }
        xml.start("system-out").text(&text);
    }
    streams(xml, check);
    xml.end();
}

/// The `type` of a failure: the code of the rule that explains it.
fn kind_of(check: &CheckResult) -> &'static str {
    match message::lead(check) {
        Some(lead) => lead.rule.code,
        None if check.outcome == Outcome::Errored => "not-judged",
        None if check.todo.is_some() => "unexpected-pass",
        None => "failure",
    }
}

/// What came of a check in an earlier attempt, if it was bad. The schema wants `type`, then the
/// elements in this order.
fn earlier_attempt(xml: &mut Xml, harness: &Harness, attempt: &Attempt, check: &CheckResult) {
    let Some(at) = attempt
        .failures
        .iter()
        .position(|failure| failure.index == check.index)
    else {
        return;
    };
    let failure = &attempt.failures[at];
    let mut text = message::full_text(harness, failure);
    if at == 0 {
        text.push_str(&message::rendered(&attempt.diagnostics));
    }
    let element = match (check.outcome, failure.outcome) {
        (Outcome::Failed | Outcome::Errored, Outcome::Errored) => "rerunError",
        (Outcome::Failed | Outcome::Errored, _) => "rerunFailure",
        (_, Outcome::Errored) => "flakyError",
        _ => "flakyFailure",
    };
    xml.start(element)
        .attribute("message", &message::summary(failure))
        .attribute("type", kind_of(failure))
        .children();
    xml.start("stackTrace").text(&text);
    streams(xml, failure);
    xml.end();
}

/// What the command of a check printed.
fn streams(xml: &mut Xml, check: &CheckResult) {
    let Some(output) = &check.output else { return };
    for (element, stream) in [
        ("system-out", &output.stdout),
        ("system-err", &output.stderr),
    ] {
        if !stream.is_empty() {
            xml.start(element).text(stream);
        }
    }
}

/// The suite that stands for what did not run.
fn stop_suite(xml: &mut Xml, report: &Report, summary: &str) {
    let name = match report.stop {
        Some(Stop::FailFast) => "fail-fast",
        Some(Stop::Interrupt | Stop::Terminate) => "interrupted",
        None => "not-run",
    };
    let text = format!("{summary}\n{}\n", report.not_run.join("\n"));
    let message = if report.not_run.is_empty() {
        summary.to_owned()
    } else {
        format!("{summary}: {}", report.not_run.join(", "))
    };
    let mut counts = Counts::default();
    count_one(&mut counts, Outcome::Errored);
    xml.start("testsuite").attribute("name", "clawtest");
    push_counts(xml, &counts, true);
    xml.seconds("time", Duration::ZERO).children();
    xml.start("testcase")
        .attribute("name", name)
        .attribute("classname", "clawtest.run");
    xml.seconds("time", Duration::ZERO).children();
    xml.start("error")
        .attribute("message", &message)
        .attribute("type", name)
        .text(&text);
    xml.end();
    xml.end();
}

#[cfg(test)]
mod tests;
