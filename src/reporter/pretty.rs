//! Text for a person: one line per harness; failures in full, with both ends and the command that
//! runs just that check again.

use std::io::{self, Write};

use clawtest_framework::diagnostic::{Diagnostic, Effect};
use clawtest_framework::duration::show;
use clawtest_framework::render::render;
use clawtest_framework::text::plural;
use colored::{Color, Colorize};

use super::message::{self, Verdict};
use super::{Event, Reporter, Style};
use crate::outcome::{CheckResult, Counts, HarnessResult, Outcome, Report};

/// Writes text for a person.
#[derive(Debug)]
pub struct Pretty<W> {
    out: W,
    style: Style,
    /// Whether the last line is blank, so that failures stand apart by one blank line.
    gap: bool,
    /// Files that are missing or refused, as was said in full: it is the same for each check on them.
    unusable: Vec<String>,
}

impl<W: Write> Pretty<W> {
    /// A reporter that writes to `out`.
    pub fn new(out: W, style: Style) -> Self {
        if style.colour {
            // The crate would decide by itself; here the caller has decided.
            colored::control::set_override(true);
        }
        Self {
            out,
            style,
            gap: false,
            unusable: Vec::new(),
        }
    }

    fn paint(&self, text: &str, color: Color) -> String {
        if self.style.colour {
            text.color(color).bold().to_string()
        } else {
            text.to_owned()
        }
    }

    fn word(&self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Passed => self.paint("PASS ", Color::Green),
            Outcome::Failed => self.paint("FAIL ", Color::Red),
            Outcome::Errored => self.paint("ERROR", Color::Magenta),
            Outcome::Skipped => self.paint("SKIP ", Color::Yellow),
        }
    }

    fn harness(&mut self, result: &HarnessResult) -> io::Result<()> {
        self.gap = false;
        self.unusable.clear();
        let word = self.word(result.outcome);
        let counts = Counts::of(result.checks.iter().map(|check| check.outcome));
        write!(self.out, "{word} {}  ", result.harness.id)?;
        match &result.reason {
            Some(reason) => write!(self.out, "{}", message::line(reason))?,
            None if counts.passed == counts.total => {
                write!(self.out, "{}", plural(counts.total, "check"))?;
            }
            None => write!(self.out, "{}", tally(counts))?,
        }
        writeln!(self.out, "  {}", show(result.duration))?;
        if result.is_flaky() {
            let word = self.paint("flaky", Color::Yellow);
            let attempts = plural(result.attempts.len(), "attempt");
            writeln!(self.out, "  {word}: passed after {attempts} that did not")?;
            for failure in result.attempts.iter().flat_map(|attempt| &attempt.failures) {
                let name =
                    message::line(&message::case(&result.harness, failure).name).into_owned();
                writeln!(self.out, "    {name}: {}", message::summary(failure))?;
            }
        }
        for diagnostic in &result.diagnostics {
            self.diagnostic(diagnostic)?;
        }
        for check in &result.checks {
            self.check(result, check)?;
        }
        if let Some(kept) = &result.kept {
            writeln!(self.out, "  kept: {}", kept.display())?;
        }
        Ok(())
    }

    /// The message of a check whose only fault is a file that is missing or refused, if that was said
    /// in full before.
    fn unusable_again(&mut self, check: &CheckResult) -> Option<String> {
        let [diagnostic] = &*check.diagnostics else {
            return None;
        };
        let is_unusable = matches!(diagnostic.rule.code, "CT101" | "CT123");
        if !is_unusable || check.outcome != Outcome::Failed || self.style.verbose {
            return None;
        }
        let message = message::line(&diagnostic.message);
        // Behind it stands what follows for this check alone.
        let fault = message.split(", so ").next().unwrap_or_default();
        if self.unusable.iter().any(|known| known == fault) {
            return Some(message.into_owned());
        }
        self.unusable.push(fault.to_owned());
        None
    }

    fn check(&mut self, result: &HarnessResult, check: &CheckResult) -> io::Result<()> {
        let case = message::case(&result.harness, check);
        let name = message::line(&case.name);
        let before = if std::mem::take(&mut self.gap) {
            ""
        } else {
            "\n"
        };
        match message::verdict(check) {
            Verdict::Passed => {
                // A note has to say which check it is about.
                if self.style.verbose || !check.diagnostics.is_empty() {
                    writeln!(self.out, "  {} {name}", self.paint("ok     ", Color::Green))?;
                    if let Some(searched) = check.searched.as_deref().filter(|_| self.style.verbose)
                    {
                        writeln!(self.out, "          {searched}")?;
                    }
                }
                for note in &check.diagnostics {
                    self.diagnostic(note)?;
                }
                return Ok(());
            }
            Verdict::Skipped(reason) => {
                // The reason of a whole harness stands in its line.
                if result.reason.is_none() || self.style.verbose {
                    writeln!(
                        self.out,
                        "  {} {name}: {reason}",
                        self.paint("skipped", Color::Yellow)
                    )?;
                }
                return Ok(());
            }
            Verdict::ExpectedFailure(todo) => {
                return writeln!(
                    self.out,
                    "  {} {name}: {todo}",
                    self.paint("todo   ", Color::Yellow)
                );
            }
            Verdict::Errored if check.diagnostics.is_empty() => {
                let reason = message::summary(check);
                return writeln!(
                    self.out,
                    "  {} {name}: {reason}",
                    self.paint("errored", Color::Magenta)
                );
            }
            Verdict::Errored => writeln!(
                self.out,
                "{before}  {} {name}",
                self.paint("errored", Color::Magenta)
            )?,
            Verdict::Failed | Verdict::UnexpectedPass(_) => {
                if let Some(message) = self.unusable_again(check) {
                    let word = self.paint("failed ", Color::Red);
                    return writeln!(self.out, "  {word} {name}: {message}");
                }
                writeln!(
                    self.out,
                    "{before}  {} {name}",
                    self.paint("failed ", Color::Red)
                )?;
            }
        }
        for diagnostic in &check.diagnostics {
            self.diagnostic(diagnostic)?;
        }
        for (word, text) in [
            ("why", case.why()),
            ("fix", case.fix()),
            ("severity", case.severity()),
        ] {
            if let Some(text) = text {
                self.indented(&format!("{word}: {}", message::clean(text)))?;
            }
        }
        if let Some(searched) = &check.searched {
            self.indented(&searched.to_string())?;
        }
        if let Some(output) = &check.output {
            self.indented(&message::output_text(output))?;
        }
        self.gap = true;
        writeln!(
            self.out,
            "  rerun: {}\n",
            message::rerun_command(&result.harness, case)
        )
    }

    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> io::Result<()> {
        if diagnostic.rule.effect == Effect::Note {
            let word = self.paint("note", Color::Yellow);
            return writeln!(self.out, "  {word}: {}", diagnostic.message);
        }
        let text = render(diagnostic, self.style.colour);
        self.indented(&text)
    }

    fn indented(&mut self, text: &str) -> io::Result<()> {
        text.lines()
            .try_for_each(|line| writeln!(self.out, "  {line}"))
    }

    fn summary(&mut self, report: &Report) -> io::Result<()> {
        let harnesses = report.harness_counts();
        let checks = report.check_counts();
        let word = if let Some(stop) = message::stop_summary(report) {
            writeln!(self.out, "{} {stop}", self.paint("STOP ", Color::Red))?;
            for id in &report.not_run {
                writeln!(self.out, "  not run: {id}")?;
            }
            "Stopped"
        } else {
            "Summary"
        };
        let flaky = match report.flaky_count() {
            0 => String::new(),
            count => format!(", {count} flaky"),
        };
        let harness_word = if harnesses.total == 1 {
            "harness"
        } else {
            "harnesses"
        };
        writeln!(
            self.out,
            "{word}: {} {harness_word} in {}: {}{flaky}; {}: {}",
            harnesses.total,
            show(report.duration),
            tally(harnesses),
            plural(checks.total, "check"),
            tally(checks),
        )
    }
}

/// "7 passed, 1 failed": only what there is.
fn tally(counts: Counts) -> String {
    let parts = [
        (counts.passed, "passed"),
        (counts.failed, "failed"),
        (counts.errored, "errored"),
        (counts.skipped, "skipped"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

impl<W: Write + Send> Reporter for Pretty<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Started(_) => Ok(()),
            Event::Finished(result) => self.harness(result),
            Event::Ended(report) => {
                self.summary(report)?;
                self.out.flush()
            }
        }
    }
}
