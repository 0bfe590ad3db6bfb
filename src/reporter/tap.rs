//! Test Anything Protocol. `tap` is version 13 and flat, since `prove` rejects a version 14 header;
//! `tap14` has a subtest per harness. Nothing but the protocol is written, so that no output of a
//! tested command can pass for a test point.
//!
//! Consumers disagree about `#`: `prove` takes one as the start of a directive even without blanks
//! around it, `tap.py` ignores the escape `\#` and takes the first `#` of a line. So `#` is escaped
//! as TAP 14 says; one before `skip` or `todo`, and every one in the description of a test point
//! that has a directive, becomes the full-width `＃`, which no consumer knows.
//!
//! YAML blocks hold plain keys with strings quoted as in JSON, which every YAML reader agrees on.
//! A run that is cut short ends with `Bail out!`; nothing is written for what did not run. No
//! subtest is open at that point, so that one line is enough in `tap14` too.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use clawtest_framework::diagnostic::Diagnostic;

use crate::harness::Harness;
use crate::outcome::{CheckResult, HarnessResult, Outcome, Report};
use crate::reporter::message::{self, Verdict};
use crate::reporter::{Event, Plan, Reporter};

/// Writes TAP: the plan first, then each harness as soon as it has ended.
pub struct Tap {
    out: Box<dyn Write + Send>,
    /// What the current event adds; written in one piece.
    buffer: String,
    /// Whether harnesses are subtests.
    is_nested: bool,
    /// Whether the plan is written at the end.
    has_late_plan: bool,
    /// Number of the last test point at the top level.
    points: usize,
    /// Harnesses that are bad for a reason that no flat test point shows.
    unseen: Vec<String>,
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap")
            .field("is_nested", &self.is_nested)
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}

impl Reporter for Tap {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.buffer.clear();
        match event {
            Event::Started(plan) => self.start(plan),
            Event::Finished(result) => self.finish(result),
            Event::Ended(report) => self.end(report),
        }
        self.out.write_all(self.buffer.as_bytes())?;
        if matches!(event, Event::Ended(_)) {
            self.out.flush()
        } else {
            Ok(())
        }
    }
}

impl Tap {
    /// Version 13, one test point per check.
    pub fn flat(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            buffer: String::new(),
            is_nested: false,
            has_late_plan: false,
            points: 0,
            unseen: Vec::new(),
        }
    }

    /// Version 14, a subtest per harness.
    pub fn nested(out: Box<dyn Write + Send>) -> Self {
        Self {
            is_nested: true,
            ..Self::flat(out)
        }
    }

    fn start(&mut self, plan: &Plan) {
        let (version, count) = if self.is_nested {
            ("14", plan.harnesses.len())
        } else {
            ("13", plan.check_count())
        };
        self.push(&["TAP version ", version, "\n"]);
        // How many checks a script makes is known when it has run: then the plan stands at the end.
        self.has_late_plan = !self.is_nested && plan.has_scripts();
        if self.has_late_plan {
            return;
        }
        self.push(&["1..", &count.to_string()]);
        self.push(&[if count == 0 {
            " # no harness selected\n"
        } else {
            "\n"
        }]);
    }

    fn finish(&mut self, result: &HarnessResult) {
        let harness = &*result.harness;
        if result.is_flaky() {
            let attempt = (result.attempts.len() + 1).to_string();
            self.push(&[
                "# flaky: ",
                &harness.id,
                " passed on attempt ",
                &attempt,
                "\n",
            ]);
        }
        self.comments(&result.diagnostics, "");
        if self.is_nested {
            let count = result.checks.len();
            self.push(&["# Subtest: ", &harness.id, "\n    1..", &count.to_string()]);
            self.push(&[if count == 0 {
                " # no check selected\n"
            } else {
                "\n"
            }]);
            for (at, check) in result.checks.iter().enumerate() {
                self.point(at + 1, harness, check);
            }
            self.close_subtest(result);
        } else {
            for check in &result.checks {
                self.points += 1;
                self.point(self.points, harness, check);
            }
            if message::is_bad_outside_of_checks(result) {
                let why = message::harness_summary(result);
                self.unseen.push(format!("{}: {why}", harness.id));
            }
        }
    }

    fn end(&mut self, report: &Report) {
        for id in &report.not_run {
            self.push(&["# not run: ", id, "\n"]);
        }
        if self.has_late_plan && report.not_run.is_empty() {
            self.push(&["1..", &self.points.to_string(), "\n"]);
        }
        let unseen = std::mem::take(&mut self.unseen);
        let reasons: Vec<String> = message::stop_summary(report)
            .into_iter()
            .chain(unseen)
            .collect();
        if !reasons.is_empty() {
            self.push(&[
                "Bail out! ",
                &escaped(&reasons.join("; "), Hash::Escape),
                "\n",
            ]);
        }
    }

    /// The test point that stands for a whole subtest. Its description has to be the subtest's name.
    fn close_subtest(&mut self, result: &HarnessResult) {
        self.points += 1;
        let ok = if result.outcome.is_bad() {
            "not ok "
        } else {
            "ok "
        };
        self.push(&[ok, &self.points.to_string(), " - ", &result.harness.id]);
        if result.outcome == Outcome::Skipped {
            let reason = result
                .reason
                .as_deref()
                .unwrap_or("every check was skipped");
            self.push(&[" # SKIP ", &escaped(&message::line(reason), Hash::Escape)]);
        }
        self.buffer.push('\n');
    }

    /// One test point with what belongs to it.
    fn point(&mut self, number: usize, harness: &Harness, check: &CheckResult) {
        let verdict = message::verdict(check);
        let (ok, directive) = match &verdict {
            Verdict::Passed => ("ok ", None),
            Verdict::Failed | Verdict::Errored => ("not ok ", None),
            Verdict::Skipped(reason) => ("ok ", Some((" # SKIP ", reason))),
            Verdict::ExpectedFailure(reason) => ("not ok ", Some((" # TODO ", reason))),
            Verdict::UnexpectedPass(reason) => ("ok ", Some((" # TODO ", reason))),
        };
        let name = message::line(&message::case(harness, check).name);
        let hash = if directive.is_some() {
            Hash::Replace
        } else {
            Hash::Escape
        };
        self.push(&[self.indent(), ok, &number.to_string(), " - "]);
        if !self.is_nested {
            self.push(&[&harness.id, ": "]);
        }
        self.push(&[&escaped(&name, hash)]);
        if let Some((word, reason)) = directive {
            self.push(&[word, &escaped(reason, Hash::Escape)]);
        }
        self.buffer.push('\n');
        match verdict {
            Verdict::Failed => self.yaml("fail", harness, check),
            Verdict::Errored => self.yaml("error", harness, check),
            Verdict::ExpectedFailure(_) => self.yaml("todo", harness, check),
            Verdict::UnexpectedPass(_) => {
                let summary = message::summary(check);
                self.push(&[self.indent(), "#   ", &escaped(&summary, Hash::Keep), "\n"]);
            }
            Verdict::Passed | Verdict::Skipped(_) => {
                self.comments(&check.diagnostics, self.indent());
                if let Some(searched) = &check.searched {
                    self.push(&[self.indent(), "#   ", &searched.to_string(), "\n"]);
                }
            }
        }
    }

    /// Why a test point is not ok.
    fn yaml(&mut self, severity: &str, harness: &Harness, check: &CheckResult) {
        let case = message::case(harness, check);
        let at = harness.position(case);
        let mut yaml = Yaml {
            buffer: &mut self.buffer,
            indent: if self.is_nested { "      " } else { "  " },
        };
        yaml.line("---");
        yaml.entry("message", &message::summary(check));
        yaml.entry("severity", severity);
        yaml.entry("outcome", check.outcome.name());
        if let Some(level) = case.severity() {
            yaml.entry("level", &message::clean(level));
        }
        yaml.line("at:");
        yaml.entry("  file", &message::clean(&harness.path));
        yaml.number("  line", at.line);
        yaml.number("  column", at.column);
        if let Some(place) = message::tested_place(harness, check) {
            yaml.entry("file", &place.excerpt.path);
            yaml.number("line", place.excerpt.line);
        }
        if let Some(lead) = message::lead(check) {
            if let (Some(expected), Some(found)) = (&lead.expected, &lead.found) {
                yaml.entry("expected", expected);
                yaml.entry("found", found);
            }
            yaml.line("rules:");
            for diagnostic in check.diagnostics.iter().filter(|d| message::is_bad(d)) {
                yaml.item(diagnostic.rule.code);
            }
        }
        if let Some(searched) = &check.searched {
            yaml.entry("searched", &searched.to_string());
        }
        yaml.entry("rerun", &message::rerun_command(harness, case));
        // A list of lines would be nicer to read, but `prove` takes `- "why: …"` for a map and
        // gives up on the whole run.
        yaml.entry("text", &message::full_text(harness, check));
        yaml.line("...");
    }

    /// Diagnostics that belong to no test point that is not ok, as comments.
    fn comments(&mut self, diagnostics: &[Diagnostic], indent: &str) {
        for line in message::rendered(diagnostics).lines() {
            // The blanks keep a line from being read as `# Subtest: …`.
            self.push(&[indent, "#   ", &escaped(line, Hash::Keep), "\n"]);
        }
    }

    fn indent(&self) -> &'static str {
        if self.is_nested { "    " } else { "" }
    }

    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            self.buffer.push_str(part);
        }
    }
}

/// What becomes of a `#` that no directive begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    /// It stays: in comments, where nothing is escaped.
    Keep,
    /// It is escaped, as is the backslash.
    Escape,
    /// It becomes [`LOOKALIKE`], and the backslash is escaped.
    Replace,
}

/// What stands for a `#` that a consumer could take for the start of a directive.
const LOOKALIKE: char = '＃';

/// Free text as it may stand on a line. The text has to be on one line already.
fn escaped(text: &str, hash: Hash) -> Cow<'_, str> {
    if !text.contains(['#', '\\']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        match c {
            '#' if hash == Hash::Replace || starts_directive(&text[at + 1..]) => {
                escaped.push(LOOKALIKE);
            }
            '#' | '\\' if hash != Hash::Keep => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// The description of a test point: free text on one line.
pub(crate) fn description(text: &str) -> Cow<'_, str> {
    escaped(text, Hash::Escape)
}

/// Whether a `#` before this text would be a directive for the most lenient consumer.
fn starts_directive(rest: &str) -> bool {
    // Two characters beyond ASCII are equal to `s` and `k` where case is ignored.
    let fold = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    let word: String = rest.trim_start().chars().take(4).map(fold).collect();
    word == "skip" || word == "todo"
}

/// The lines of a YAML block. Strings are written as in JSON.
struct Yaml<'a> {
    buffer: &'a mut String,
    indent: &'static str,
}

impl Yaml<'_> {
    fn line(&mut self, text: &str) {
        for part in [self.indent, text, "\n"] {
            self.buffer.push_str(part);
        }
    }

    fn entry(&mut self, key: &str, value: &str) {
        self.line(&format!("{key}: {}", quoted(value)));
    }

    fn number(&mut self, key: &str, value: usize) {
        self.line(&format!("{key}: {value}"));
    }

    fn item(&mut self, value: &str) {
        self.line(&format!("  - {}", quoted(value)));
    }
}

/// Longest string, in bytes, of a block. The reader of `prove` gives up at 65,534 of them, and with
/// it the whole run.
const MAX_STRING: usize = 30_000;

/// A string as in JSON, cut where it is too long. The two separators at which YAML 1.1 ends a line
/// are escaped as well.
fn quoted(text: &str) -> String {
    let kept = &text[..text.floor_char_boundary(MAX_STRING)];
    let text = if kept.len() < text.len() {
        format!("{kept}…")
    } else {
        kept.to_owned()
    };
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests;
