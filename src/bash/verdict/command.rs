//! Judges commands that a helper has run: how they ended, and what they printed.

use std::borrow::Cow;
use std::io::Read;
use std::path::PathBuf;

use clawtest_framework::check::{ExitCode, with_nearest};
use clawtest_framework::command::{Captured, CommandOutput, Exit};
use clawtest_framework::diagnostic::{Diagnostic, Effect};
use clawtest_framework::judge;
use clawtest_framework::reading::Text;
use clawtest_framework::source::Source;
use clawtest_framework::text::shorten;
use clawtest_framework::workspace::{MAX_FILE, Workspace};
use rustix::fs::{Mode, OFlags};

use super::{Call, QUOTED, Verdict};
use crate::bash::rules::{NOT_FOUND, READ_AS, TEXT_MISSING};
use crate::runner::shown_output;

/// Bytes of an output that are looked at.
const OUTPUT_CAP: u64 = 8 << 20;

impl Call<'_> {
    /// The arguments are a message, what is wanted, the status, the file with the output, a note, and
    /// the command.
    fn command(&self) -> (Text, CommandOutput, Verdict) {
        let words: Vec<String> = (5..self.request.arguments.len())
            .map(|at| self.request.text(at))
            .collect();
        // The names of private folders differ from run to run.
        let whole = self.ground.talk.parent().unwrap_or(&self.ground.talk);
        let command = words
            .join(" ")
            .replace(&*self.ground.workspace.to_string_lossy(), "$TEST_WORKSPACE")
            .replace(&*whole.to_string_lossy(), "…");
        let status = self.request.text(2).parse().unwrap_or(127);
        let (bytes, total) = self.printed();
        let output = CommandOutput {
            exit: Exit::Code(status),
            stdout: Captured { bytes, total },
            stderr: Captured::default(),
        };
        let mut verdict = Verdict {
            message: self.request.text(0),
            command: Some(command.clone()),
            ..Verdict::default()
        };
        let shape = self.request.text(4);
        if !shape.is_empty() {
            verdict.diagnostics.push(Diagnostic::new(&READ_AS, shape));
        }
        let text = Text {
            value: command.into(),
            span: self.demand,
        };
        (text, output, verdict)
    }

    /// What the command printed. The file is one that a helper has just written.
    fn printed(&self) -> (Vec<u8>, u64) {
        let path = PathBuf::from(self.request.text(3));
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        if path.parent() != Some(&self.ground.talk) {
            return (Vec::new(), 0);
        }
        let Ok(opened) = rustix::fs::open(&path, flags, Mode::empty()) else {
            return (Vec::new(), 0);
        };
        let file = std::fs::File::from(opened);
        let total = file.metadata().map_or(0, |metadata| metadata.len());
        let mut bytes = Vec::new();
        // What was read so far is judged.
        let _ = file.take(OUTPUT_CAP).read_to_end(&mut bytes);
        let _ = std::fs::remove_file(&path);
        let total = total.max(bytes.len() as u64);
        (bytes, total)
    }

    pub(super) fn exit_code(&self) -> Verdict {
        let (text, output, mut verdict) = self.command();
        let wanted = self.request.text(1).parse().unwrap_or(0);
        let check = Box::new(ExitCode {
            status: wanted,
            span: self.demand,
        });
        let workspace = Workspace::new(&[]);
        let mut diagnostics =
            judge::judge_command(self.source, &workspace, &text, &output, &[check], true);
        verdict.diagnostics.append(&mut diagnostics);
        Self::show_output(&text, &output, &mut verdict);
        verdict
    }

    pub(super) fn output(&self) -> Verdict {
        let (text, output, mut verdict) = self.command();
        let pattern = self.request.arguments.get(1).map_or(&[][..], Vec::as_slice);
        let status = output.exit.status();
        if pattern.is_empty() {
            verdict
                .diagnostics
                .push(self.bad("got an empty text, which demands nothing"));
        } else if matches!(status, 126 | 127) {
            let what = if status == 127 {
                "was not found"
            } else {
                "cannot be run"
            };
            let message = format!(
                "`{}` {what}: exit status {status}",
                shorten(&text.value, QUOTED)
            );
            let help = self.bad("").help;
            let mut diagnostic = self.diagnostic(&NOT_FOUND, message, "this command");
            diagnostic.help.extend(help);
            verdict.diagnostics.push(diagnostic);
        } else if output.stdout.is_truncated() && output.stdout.total > MAX_FILE {
            let why = self.unreadable("the output", "it is too long");
            verdict.diagnostics.push(why);
        } else if self.request.kind == "assert_output_contains" {
            let source = Source::new("output", &output.stdout.bytes);
            self.look("the output", source, pattern, true, &mut verdict);
        } else {
            self.matches(&output.stdout.bytes, pattern, &mut verdict);
        }
        Self::show_output(&text, &output, &mut verdict);
        verdict
    }

    /// An extended expression, line by line, as `grep -E` has it.
    fn matches(&self, printed: &[u8], pattern: &[u8], verdict: &mut Verdict) {
        let shown = String::from_utf8_lossy(pattern);
        let regex = regex::bytes::RegexBuilder::new(&extended(&shown))
            .multi_line(true)
            .build();
        let regex = match regex {
            Ok(regex) => regex,
            Err(error) => {
                let why = error.to_string();
                let why = why
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
                    .to_owned();
                verdict.diagnostics.push(self.bad_expression(&shown, &why));
                return;
            }
        };
        if printed
            .split(|byte| *byte == b'\n')
            .any(|line| regex.is_match(line))
        {
            return;
        }
        let source = Source::new("output", printed);
        let message = format!(
            "no line of the output matches `{}`",
            shorten(&shown, QUOTED)
        );
        let diagnostic = self.diagnostic(&TEXT_MISSING, message, "expected this expression");
        verdict
            .diagnostics
            .push(with_nearest(diagnostic, source, &shown));
    }

    fn show_output(text: &Text, output: &CommandOutput, verdict: &mut Verdict) {
        if verdict
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.rule.effect != Effect::Note)
        {
            let ended = format!("exit status {}", output.exit);
            verdict.output = Some(Box::new(shown_output(
                text,
                ended,
                &output.stdout.bytes,
                &[],
            )));
        }
    }
}

/// An extended expression for the regex crate: in brackets a backslash is a character, and `{` that
/// begins no bound is one, too.
fn extended(expression: &str) -> Cow<'_, str> {
    if !expression.contains(['[', '{']) {
        return Cow::Borrowed(expression);
    }
    let mut out = String::with_capacity(expression.len() + 8);
    let mut rest = expression.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(rest.next().map(|(_, c)| c));
            }
            '{' if !expression[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == ',') => {
                out.push_str("\\{");
            }
            '[' => {
                out.push(c);
                if let Some((_, '^')) = rest.peek() {
                    out.push('^');
                    rest.next();
                }
                let mut is_first = true;
                while let Some((at, c)) = rest.next() {
                    match c {
                        ']' if is_first => out.push_str("\\]"),
                        ']' => {
                            out.push(c);
                            break;
                        }
                        '[' if expression[at..].starts_with("[:") => {
                            let end = expression[at..]
                                .find(":]")
                                .map_or(expression.len(), |end| at + end + 2);
                            out.push_str(&expression[at..end]);
                            while rest.next_if(|(at, _)| *at < end).is_some() {}
                        }
                        '\\' | '[' | '&' | '~' => out.extend(['\\', c]),
                        c => out.push(c),
                    }
                    is_first = false;
                }
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::extended;

    #[test]
    fn extended_expressions_mean_what_they_mean_to_grep() {
        for (expression, text, expected) in [
            (r"v[0-9]+\.[0-9]+", "v1.2", true),
            ("a{2}", "aa", true),
            ("{\"a\"}", "{\"a\"}", true),
            (r"[\w]", "a", false),
            (r"[\w]", "w", true),
            ("[]a]b", "]b", true),
            ("[^[:space:]]+x", "ax", true),
            ("^(active|running)$", "running", true),
        ] {
            let regex = regex::Regex::new(&extended(expression)).unwrap();
            assert_eq!(regex.is_match(text), expected, "{expression} {text}");
        }
    }
}
