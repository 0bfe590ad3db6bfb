//! `newer_than`: the file was modified later than another one.

use std::cmp::Ordering;

use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&NOT_NEWER];

static NOT_NEWER: Rule = Rule {
    code: "CT111",
    name: "not-newer",
    effect: Effect::Fails,
    explain: "The file was not modified later than the file that `newer_than` names. All fixtures of a \
workspace have one and the same time, which lies before anything that a command writes.",
};

/// The file is newer than another.
#[derive(Debug)]
pub struct NewerThan {
    /// The other file.
    pub reference: WorkspacePath,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let reference = reading.parsed(spec.key, value, |text| {
        WorkspacePath::new(text).map_err(|why| format!("the path {why}"))
    })?;
    Some(Box::new(NewerThan {
        reference,
        span: value.span,
    }))
}

impl Check for NewerThan {
    fn reference(&self) -> Option<&WorkspacePath> {
        Some(&self.reference)
    }

    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(entry) = judge::entry(observed, self.span, out) else {
            return;
        };
        let shown = observed.workspace.shown(&self.reference);
        let reference = match observed.workspace.entry(&self.reference) {
            Ok(Some(reference)) => reference,
            Ok(None) => {
                out.push(judge::missing(observed, &self.reference, self.span));
                return;
            }
            Err(obstacle) => {
                let demand = observed.demand(self.span);
                out.push(judge::obstacle(shown, &obstacle, demand));
                return;
            }
        };
        let found = match entry.modified.cmp(&reference.modified) {
            Ordering::Greater => return,
            Ordering::Equal => "modified at the same time",
            Ordering::Less => "modified before it",
        };
        let name = observed.name(Stream::Content);
        let message = format!("{name} is not newer than `{shown}`");
        let diagnostic = Diagnostic::new(&NOT_NEWER, message)
            .label(
                observed.demand(self.span),
                "expected to be older than the file checked",
            )
            .found(format!("modified after `{shown}`"), found);
        out.push(diagnostic);
    }
}
