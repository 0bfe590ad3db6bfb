//! Words that all reporters share: what came of a check in one line and in full, the command that
//! runs it again, and texts of a harness made safe to show. No format is written here.

use std::borrow::Cow;

use clawtest_framework::diagnostic::{Diagnostic, Effect, Label};
use clawtest_framework::render::render;
use clawtest_framework::secret;
use clawtest_framework::source::{Position, printable};
use clawtest_framework::text::shell_word;

use crate::harness::{Case, Harness};
use crate::outcome::{CheckResult, HarnessResult, Outcome, Output, Report};

/// What came of a check, with the two outcomes of a `todo` told apart from the plain ones. Reasons
/// are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    /// It passed, as it should.
    Passed,
    /// It failed.
    Failed,
    /// There is no verdict.
    Errored,
    /// It was not judged, for this reason.
    Skipped(Cow<'a, str>),
    /// It failed, as its `todo` says it would.
    ExpectedFailure(Cow<'a, str>),
    /// It passed although its `todo` says that it fails; this counts as failed.
    UnexpectedPass(Cow<'a, str>),
}

/// What came of a check.
///
/// A check with a `todo` can also be skipped before it is judged; then it has a reason and nothing
/// that failed, and is no expected failure.
pub(crate) fn verdict(result: &CheckResult) -> Verdict<'_> {
    match (result.outcome, &result.todo) {
        (Outcome::Passed, _) => Verdict::Passed,
        (Outcome::Errored, _) => Verdict::Errored,
        (Outcome::Failed, Some(todo)) => Verdict::UnexpectedPass(line(todo)),
        (Outcome::Failed, None) => Verdict::Failed,
        (Outcome::Skipped, Some(todo)) if result.reason.is_none() || lead(result).is_some() => {
            Verdict::ExpectedFailure(line(todo))
        }
        (Outcome::Skipped, _) => {
            let reason = result.reason.as_deref().unwrap_or("no reason given");
            Verdict::Skipped(line(reason))
        }
    }
}

/// Text that comes from a harness as it may be shown: secrets masked, no control characters but
/// tab and line feed.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    match secret::mask_text(text) {
        Cow::Borrowed(text) => printable(text.as_bytes()),
        Cow::Owned(masked) => Cow::Owned(printable(masked.as_bytes()).into_owned()),
    }
}

/// [`clean`], and on one line: blanks stand for line ends and tabs.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    // The usual text needs nothing, and a report holds many thousands of them.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return secret::mask_text(text);
    }
    // A key can go over several lines, so masking has to come first.
    let cleaned = clean(text);
    if cleaned.contains(BREAKS) {
        Cow::Owned(cleaned.trim_end().replace(BREAKS, " "))
    } else {
        cleaned
    }
}

/// Tab, line feed, and the two separators at which some readers end a line.
const BREAKS: [char; 4] = ['\t', '\n', '\u{2028}', '\u{2029}'];

/// The case that a result belongs to.
pub(crate) fn case<'h>(harness: &'h Harness, result: &CheckResult) -> &'h Case {
    &harness.checks[result.index]
}

/// Whether a diagnostic is more than a note.
pub(crate) fn is_bad(diagnostic: &Diagnostic) -> bool {
    diagnostic.rule.effect != Effect::Note
}

/// The diagnostic that explains the outcome: the first that gave no verdict, or else the first
/// that failed. Notes explain nothing.
pub(crate) fn lead(result: &CheckResult) -> Option<&Diagnostic> {
    lead_of(&result.diagnostics)
}

/// [`lead`] among diagnostics.
pub(crate) fn lead_of(diagnostics: &[Diagnostic]) -> Option<&Diagnostic> {
    let errs = |d: &&Diagnostic| matches!(d.rule.effect, Effect::Errors | Effect::Invalid);
    diagnostics
        .iter()
        .find(errs)
        .or_else(|| diagnostics.iter().find(|d| is_bad(d)))
}

/// The place in the tested file or output, as against the place in the harness.
pub(crate) fn tested_place<'r>(harness: &Harness, result: &'r CheckResult) -> Option<&'r Label> {
    let labels = result
        .diagnostics
        .iter()
        .filter(|d| is_bad(d))
        .flat_map(|d| &d.labels);
    labels
        .into_iter()
        .find(|label| label.excerpt.path != harness.path)
}

/// Why a check did not pass, in one line: what [`lead`] says, and how many more there are.
pub(crate) fn summary(result: &CheckResult) -> String {
    match (verdict(result), lead(result), &result.reason) {
        (Verdict::UnexpectedPass(todo), ..) => format!("passed, but is expected to fail: {todo}"),
        (_, Some(_), _) => summary_of(&result.diagnostics).unwrap_or_default(),
        (_, None, Some(reason)) => line(reason).into_owned(),
        (_, None, None) => result.outcome.name().to_owned(),
    }
}

/// [`summary`] of diagnostics; none if all of them are notes.
pub(crate) fn summary_of(diagnostics: &[Diagnostic]) -> Option<String> {
    let lead = lead_of(diagnostics)?;
    let message = line(&lead.message);
    let more = diagnostics.iter().filter(|d| is_bad(d)).count() - 1;
    Some(if more == 0 {
        message.into_owned()
    } else {
        format!("{message} (+{more} more)")
    })
}

/// Diagnostics as plain text, each with its snippets, one after the other.
pub(crate) fn rendered(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, false))
        .collect()
}

/// Everything that is known about a check that did not pass, as plain text with a line end: why it
/// has no verdict, its diagnostics, why it matters, what to do, and what its command printed.
pub(crate) fn full_text(harness: &Harness, result: &CheckResult) -> String {
    let case = case(harness, result);
    let mut text = String::new();
    if let Verdict::UnexpectedPass(_) = verdict(result) {
        push_paragraph(&mut text, "", &summary(result));
    }
    if let Some(reason) = &result.reason {
        push_paragraph(&mut text, "", reason);
    }
    text.push_str(&rendered(&result.diagnostics));
    if let Some(why) = case.why() {
        push_paragraph(&mut text, "why: ", why);
    }
    if let Some(fix) = case.fix() {
        push_paragraph(&mut text, "fix: ", fix);
    }
    if let Some(searched) = &result.searched {
        push_paragraph(&mut text, "", &searched.to_string());
    }
    if let Some(output) = &result.output {
        text.push_str(&output_text(output));
    }
    if text.is_empty() {
        push_paragraph(&mut text, "", &summary(result));
    }
    text
}

fn push_paragraph(text: &mut String, word: &str, words: &str) {
    text.push_str(word);
    text.push_str(clean(words).trim_end());
    text.push('\n');
}

/// What a command printed and how it ended, as plain text with a line end.
pub(crate) fn output_text(output: &Output) -> String {
    let mut text = String::new();
    for (at, part) in output.command.trim_end().lines().enumerate() {
        text.push_str(if at == 0 { "$ " } else { "> " });
        text.push_str(part);
        text.push('\n');
    }
    text.push_str(&output.ended);
    text.push('\n');
    for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if stream.is_empty() {
            continue;
        }
        text.push_str(name);
        text.push_str(":\n");
        for part in stream.lines() {
            text.push_str("  ");
            text.push_str(part);
            text.push('\n');
        }
    }
    text
}

/// The command that runs one check again.
pub(crate) fn rerun_command(harness: &Harness, case: &Case) -> String {
    let name = clean(&case.name);
    format!(
        "clawtest{} --test {} --check {}",
        clean(&harness.arguments),
        shell_word(&harness.id),
        shell_word(&name)
    )
}

/// Whether a harness is bad although none of its checks says so. Formats that only know checks
/// have to show it in another way, else a reader would see a success.
pub(crate) fn is_bad_outside_of_checks(result: &HarnessResult) -> bool {
    result.outcome.is_bad() && !result.checks.iter().any(|check| check.outcome.is_bad())
}

/// Why the whole harness has its outcome, in one line, where that is not due to its checks.
pub(crate) fn harness_summary(result: &HarnessResult) -> String {
    summary_of(&result.diagnostics)
        .or_else(|| {
            result
                .reason
                .as_deref()
                .map(|reason| line(reason).into_owned())
        })
        .unwrap_or_else(|| result.outcome.name().to_owned())
}

/// Why not everything that was selected has run, in one line; none if everything has. A run that
/// is interrupted after its last harness is still an interrupted run.
pub(crate) fn stop_summary(report: &Report) -> Option<String> {
    let left = report.not_run.len();
    let did_not_run = format!(
        "{left} {} did not run",
        if left == 1 { "harness" } else { "harnesses" }
    );
    match report.stop {
        Some(stop) if left > 0 => Some(format!("{}; {did_not_run}", stop.reason())),
        Some(stop) if stop.is_interrupt() => Some(stop.reason().to_owned()),
        None if left > 0 => Some(did_not_run),
        _ => None,
    }
}

/// Positions in one harness file, found in one pass when they are asked for in the order of the
/// file. An earlier place than the last one starts over.
#[derive(Debug)]
pub(crate) struct Positions<'a> {
    source: &'a str,
    offset: usize,
    line: usize,
}

impl<'a> Positions<'a> {
    /// Positions in the file of a harness.
    pub(crate) fn new(harness: &'a Harness) -> Self {
        Self {
            source: &harness.source,
            offset: 0,
            line: 1,
        }
    }

    /// Where a check begins.
    pub(crate) fn of(&mut self, case: &Case) -> Position {
        let offset = self.source.floor_char_boundary(case.span.start);
        if offset < self.offset {
            (self.offset, self.line) = (0, 1);
        }
        self.line += self.source[self.offset..offset].matches('\n').count();
        self.offset = offset;
        let before = &self.source[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: self.line,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{
        Positions, Verdict, clean, full_text, line, rerun_command, stop_summary, summary, verdict,
    };
    use crate::outcome::{CheckResult, Outcome, Report, Stop};
    use crate::reporter::sample;

    #[test]
    fn a_todo_tells_expected_failures_from_skips_and_surprises() {
        let harness = sample::harness("a/b", &["x"]);
        let todo = || Some("see 7".into());
        let verdict_of = |result: CheckResult| match verdict(&result) {
            Verdict::Skipped(reason) => format!("skipped: {reason}"),
            Verdict::ExpectedFailure(reason) => format!("expected: {reason}"),
            Verdict::UnexpectedPass(reason) => format!("unexpected: {reason}"),
            plain => format!("{plain:?}"),
        };
        let skipped = || sample::check(0, Outcome::Skipped);
        let failed = || CheckResult {
            todo: todo(),
            ..sample::failed_check(&harness, 0)
        };
        for (result, expected) in [
            (sample::check(0, Outcome::Passed), "Passed"),
            (sample::failed_check(&harness, 0), "Failed"),
            (
                CheckResult {
                    todo: todo(),
                    ..sample::check(0, Outcome::Errored)
                },
                "Errored",
            ),
            (
                CheckResult {
                    todo: todo(),
                    ..skipped()
                },
                "expected: see 7",
            ),
            (
                CheckResult {
                    outcome: Outcome::Skipped,
                    ..failed()
                },
                "expected: see 7",
            ),
            (
                CheckResult {
                    reason: Some("off".into()),
                    todo: todo(),
                    ..skipped()
                },
                "skipped: off",
            ),
            (
                CheckResult {
                    todo: todo(),
                    ..sample::check(0, Outcome::Failed)
                },
                "unexpected: see 7",
            ),
        ] {
            assert_eq!(verdict_of(result), expected);
        }
    }

    #[test]
    fn a_summary_is_the_first_diagnostic_and_the_number_of_the_others() {
        let harness = sample::harness("a/b", &["x"]);
        let mut result = sample::failed_check(&harness, 0);
        assert_eq!(
            summary(&result),
            "`gateway.service` does not hold `Restart=always`"
        );
        let again = result.diagnostics[0].clone();
        result.diagnostics.extend([again.clone(), again]);
        assert_eq!(
            summary(&result),
            "`gateway.service` does not hold `Restart=always` (+2 more)"
        );
        assert_eq!(summary(&sample::check(0, Outcome::Errored)), "errored");
    }

    #[test]
    fn a_full_text_has_everything_that_is_known() {
        let report = sample::every_kind();
        let unit = &report.harnesses[0];
        let text = full_text(&unit.harness, &unit.checks[2]);
        let expected = "\
error[CT157]: the command was ended before it could finish
$ openclaw doctor
> echo done
timed out after 5s
stdout:
  ok 1 - forged
stderr:
  ]]> & <b>
";
        assert_eq!(text, expected);
        let text = full_text(&unit.harness, &unit.checks[1]);
        assert!(
            text.ends_with("\nwhy: a crash must not be the end\nfix: set Restart=always\n"),
            "{text}"
        );
        let text = full_text(&unit.harness, &unit.checks[5]);
        assert_eq!(text, "passed, but is expected to fail: see #8\n");
    }

    #[test]
    fn a_check_is_run_again_by_its_name_in_quotes() {
        let harness = sample::harness("a/b", &["it's here"]);
        let command = rerun_command(&harness, &harness.checks[0]);
        assert_eq!(command, r"clawtest --test a/b --check 'it'\''s here'");
    }

    #[test]
    fn texts_are_masked_before_their_lines_are_joined() {
        assert!(matches!(clean("as it is"), Cow::Borrowed(_)));
        assert_eq!(line("a\tb\nc\n"), "a b c");
        let text = format!("x\n{}\ny", sample::secret());
        assert_eq!(line(&text), format!("x ghp_{} y", "*".repeat(36)));
    }

    #[test]
    fn a_run_that_is_cut_short_says_what_did_not_run() {
        let with = |stop, not_run: &[&str]| {
            let not_run = not_run.iter().map(|id| (*id).to_owned()).collect();
            stop_summary(&Report {
                not_run,
                stop,
                ..Report::default()
            })
        };
        let one = "interrupted by SIGTERM; 1 harness did not run";
        assert_eq!(with(Some(Stop::Terminate), &["a/b"]).as_deref(), Some(one));
        assert_eq!(
            with(Some(Stop::Interrupt), &[]).as_deref(),
            Some("interrupted by SIGINT")
        );
        assert_eq!(
            with(None, &["a/b", "a/c"]).as_deref(),
            Some("2 harnesses did not run")
        );
        assert_eq!(with(Some(Stop::FailFast), &[]), None);
        assert_eq!(with(None, &[]), None);
    }

    #[test]
    fn positions_are_those_of_the_harness_in_any_order() {
        let harness = sample::harness("a/b", &["ä", "🦀", "c", "d"]);
        let mut positions = Positions::new(&harness);
        for at in [0, 1, 3, 2, 2, 0, 3] {
            let case = &harness.checks[at];
            assert_eq!(positions.of(case), harness.position(case), "{at}");
        }
    }
}
