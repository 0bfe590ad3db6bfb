//! `exists`: something is at the path, or nothing is.

use super::{Check, CheckSpec, Observed, Seen};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::Reading;
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&UNEXPECTED];

static UNEXPECTED: Rule = Rule {
    code: "CT102",
    name: "unexpected-file",
    effect: Effect::Fails,
    explain: "`exists = false` demands that nothing is at the path: neither a file nor a folder.",
};

/// Whether something has to be at the path.
#[derive(Debug)]
pub struct Exists {
    /// `true`: something has to be there; `false`: nothing may be.
    pub expected: bool,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let expected = reading.boolean(spec.key, value)?;
    Some(Box::new(Exists {
        expected,
        span: value.span,
    }))
}

impl Check for Exists {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(path) = observed.path() else { return };
        let what = match observed.seen {
            Seen::Nothing(_) if self.expected => {
                out.push(judge::missing(observed, path, self.span));
                return;
            }
            // On a host, a link that leads to nothing is something all the same.
            Seen::Nothing(path) => match observed.workspace.way(path) {
                Ok(Some(way)) if way.link.is_some() => "symbolic link",
                _ => return,
            },
            Seen::Dir(_) => "folder",
            _ => "file",
        };
        if !self.expected {
            let diagnostic = Diagnostic::new(
                &UNEXPECTED,
                format!(
                    "there is a {what} `{}`, and nothing should be there",
                    observed.workspace.shown(path)
                ),
            )
            .label(observed.demand(self.span), "nothing may be there")
            .found("nothing", format!("a {what}"));
            out.push(diagnostic);
        }
    }

    fn judges_absence(&self) -> bool {
        true
    }
}
