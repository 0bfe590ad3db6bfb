//! `exit`: the exit status of a command.

use super::{Check, CheckSpec, Observed, Seen};
use crate::command::Exit;
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::reading::Reading;
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&WRONG_EXIT];

static WRONG_EXIT: Rule = Rule {
    code: "CT112",
    name: "wrong-exit",
    effect: Effect::Fails,
    explain: "The command ended with another exit status than demanded. A command that a signal ended \
has the status 128 and the signal's number, as in a shell. A shell says 127 when it does not find a \
program and 126 when it cannot run it.",
};

/// The command ends with this status.
#[derive(Debug)]
pub struct ExitCode {
    /// From 0 to 255.
    pub status: i32,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let status = reading.count(spec.key, value)?;
    let Some(status) = i32::try_from(status).ok().filter(|status| *status <= 255) else {
        reading.invalid(spec.key, value.span, "an exit status is at most 255");
        return None;
    };
    Some(Box::new(ExitCode {
        status,
        span: value.span,
    }))
}

impl Check for ExitCode {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Seen::Command(output) = observed.seen else {
            return;
        };
        if output.exit.status() == self.status {
            return;
        }
        let message = format!(
            "expected exit status {}, found {}",
            self.status, output.exit
        );
        let hint = match output.exit {
            Exit::Code(127) => Some("127 is how a shell says that it did not find the program"),
            Exit::Code(126) => Some("126 is how a shell says that it cannot run the program"),
            _ => None,
        };
        let diagnostic = Diagnostic::new(&WRONG_EXIT, message)
            .label(observed.demand(self.span), "expected this status")
            .found(self.status.to_string(), output.exit.to_string())
            .help_if(hint.map(str::to_owned));
        out.push(diagnostic);
    }
}
