//! `no_secrets`: no credentials in a file, in the files of a folder, or in what a command prints.

use super::{Check, CheckSpec, Observed, Seen, Stream};
use crate::diagnostic::Diagnostic;
use crate::judge;
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::secret;
use crate::source::{Source, Span};
use crate::value::{Table, Value};
use crate::workspace::Obstacle;

/// Findings of one file that are shown; a leaked log could have thousands.
const MAX_SHOWN: usize = 10;

/// No secret is in the subject.
#[derive(Debug)]
pub struct NoSecrets {
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    reading.only_true(spec.key, value)?;
    Some(Box::new(NoSecrets { span: value.span }))
}

impl Check for NoSecrets {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        match observed.seen {
            Seen::Dir(dir) => self.folder(observed, dir, out),
            Seen::Command(_) => {
                self.stream(observed, Stream::Stdout, out);
                self.stream(observed, Stream::Stderr, out);
            }
            Seen::File(_) | Seen::Nothing(_) => self.stream(observed, Stream::Content, out),
        }
    }
}

impl NoSecrets {
    fn stream(&self, observed: &Observed<'_>, stream: Stream, out: &mut Vec<Diagnostic>) {
        let Some(readable) = observed.text(stream, self.span, out) else {
            return;
        };
        self.report(observed, readable.source, &observed.name(stream), out);
        if readable.is_truncated {
            out.push(judge::truncated(observed, stream, self.span));
        }
    }

    /// Every regular file of the folder, at any depth. Links are not followed: what they point to
    /// is either in the folder too, or not part of it.
    fn folder(&self, observed: &Observed<'_>, dir: &WorkspacePath, out: &mut Vec<Diagnostic>) {
        let files = match observed.workspace.files_below(dir) {
            Ok(files) => files,
            Err(obstacle) => {
                out.push(judge::obstacle(dir, &obstacle, observed.demand(self.span)));
                return;
            }
        };
        for path in files {
            match observed.workspace.read(&path) {
                Ok(content) => {
                    let source = observed.workspace.source(&path, &content);
                    self.report(observed, source, &format!("`{path}`"), out);
                }
                Err(Obstacle::Link(_) | Obstacle::Special(_)) => {}
                Err(obstacle) => {
                    out.push(judge::obstacle(
                        observed.workspace.shown(&path),
                        &obstacle,
                        observed.demand(self.span),
                    ));
                }
            }
        }
    }

    fn report(
        &self,
        observed: &Observed<'_>,
        source: Source<'_>,
        name: &str,
        out: &mut Vec<Diagnostic>,
    ) {
        let findings = secret::find_in(source.name, source.bytes);
        let more = findings.len().saturating_sub(MAX_SHOWN);
        for finding in findings.into_iter().take(MAX_SHOWN) {
            let length = finding.span.end - finding.span.start;
            let message = format!("{name} holds {}", finding.rule.what);
            let diagnostic = Diagnostic::new(&finding.rule.rule, message)
                .label(observed.demand(self.span), "no secrets are allowed")
                .label(
                    source.excerpt(finding.span),
                    format!("{length} characters, masked"),
                );
            out.push(diagnostic);
        }
        if more > 0
            && let Some(last) = out.last_mut()
        {
            last.help.push(format!("{more} more in {name}"));
        }
    }
}
