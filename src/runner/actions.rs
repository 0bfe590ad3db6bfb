//! The actions of `setup` and `before`.

use std::sync::Arc;

use clawtest_framework::command::Exit;
use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::source::Span;
use clawtest_framework::text::shorten;
use memchr::memmem;

use super::rules::ACTION_FAILED;
use super::session::{Interrupted, Ran, Session, how_it_ended, shown_output};
use crate::harness::{Action, ActionKind};
use crate::outcome::Output;

/// Most lines of a stream that a failed action shows.
const SHOWN_LINES: usize = 8;

/// Adds what a command said to the diagnostic about it: an action has no result of its own that
/// could hold it.
fn with_words(diagnostic: Diagnostic, output: &Output) -> Diagnostic {
    let streams = [
        ("standard output", &output.stdout),
        ("standard error", &output.stderr),
    ];
    let said = streams.into_iter().filter(|(_, text)| !text.is_empty());
    said.fold(diagnostic, |diagnostic, (name, text)| {
        let lines: Vec<&str> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        diagnostic.help(format!("its {name}: {}", last.join("\n")))
    })
}

impl Session<'_> {
    /// Does actions in order, up to the first that fails; what is wrong with that one.
    pub(super) fn actions(
        &mut self,
        actions: &[Action],
    ) -> Result<Option<Box<Diagnostic>>, Interrupted> {
        for action in actions {
            if let Some(failed) = self.action(action)? {
                return Ok(Some(failed));
            }
        }
        Ok(None)
    }

    fn action(&mut self, action: &Action) -> Result<Option<Box<Diagnostic>>, Interrupted> {
        let done = match &action.kind {
            ActionKind::Write {
                path,
                content,
                mode,
            } => self
                .workspace
                .write(path, Arc::clone(content), *mode)
                .map_err(|why| format!("cannot write `{path}`: it {why}")),
            ActionKind::Append { path, content } => self.append(path, content),
            ActionKind::Replace { path, old, new } => self.replace(path, &old.value, new),
            ActionKind::Remove { path } => match self.workspace.unlink(path) {
                Ok(true) => Ok(()),
                Ok(false) => Err(format!("cannot remove `{path}`: nothing is there")),
                Err(why) => Err(format!("cannot remove `{path}`: {why}")),
            },
            ActionKind::Run {
                program,
                text,
                timeout,
            } => {
                return Ok(match self.command(program, text, *timeout)? {
                    Ran::No(diagnostic, None) => Some(diagnostic),
                    Ran::No(diagnostic, Some(output)) => {
                        Some(Box::new(with_words(*diagnostic, &output)))
                    }
                    Ran::Ended(output) if output.exit == Exit::Code(0) => None,
                    Ran::Ended(output) => {
                        let ended = how_it_ended(output.exit);
                        let message = format!("a command that has to succeed did not: {ended}");
                        let diagnostic = self.failed(action.span, message);
                        let shown =
                            shown_output(text, ended, &output.stdout.bytes, &output.stderr.bytes);
                        Some(Box::new(with_words(diagnostic, &shown)))
                    }
                });
            }
        };
        Ok(done
            .err()
            .map(|why| Box::new(self.failed(action.span, why))))
    }

    fn failed(&self, span: Span, message: String) -> Diagnostic {
        Diagnostic::new(&ACTION_FAILED, message)
            .label(self.harness.source().excerpt(span), "this action")
    }

    fn append(&mut self, path: &WorkspacePath, added: &[u8]) -> Result<(), String> {
        let old = match self.workspace.entry(path) {
            Ok(Some(_)) => self
                .workspace
                .read(path)
                .map_err(|why| format!("cannot append to `{path}`: {why}"))?,
            Ok(None) => Arc::from([]),
            Err(why) => return Err(format!("cannot append to `{path}`: {why}")),
        };
        let content: Arc<[u8]> = [&old, added].concat().into();
        self.workspace
            .write(path, content, None)
            .map_err(|why| format!("cannot append to `{path}`: it {why}"))
    }

    fn replace(&mut self, path: &WorkspacePath, old: &str, new: &str) -> Result<(), String> {
        let content = self
            .workspace
            .read(path)
            .map_err(|why| format!("cannot replace in `{path}`: {why}"))?;
        let mut replaced = Vec::with_capacity(content.len());
        let mut from = 0;
        for at in memmem::find_iter(&content, old.as_bytes()) {
            replaced.extend_from_slice(&content[from..at]);
            replaced.extend_from_slice(new.as_bytes());
            from = at + old.len();
        }
        if from == 0 && !content.starts_with(old.as_bytes()) {
            return Err(format!(
                "cannot replace in `{path}`: it does not hold `{}`",
                shorten(old, 80)
            ));
        }
        replaced.extend_from_slice(&content[from..]);
        self.workspace
            .write(path, replaced.into(), None)
            .map_err(|why| format!("cannot replace in `{path}`: it {why}"))
    }
}
