//! `listens`: who can reach the ports that a file opens.

use super::problems::Problems;
use super::read_as::{ReadAs, WRONG_FORMAT};
use super::{Check, CheckSpec, Observed, Stream, key};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::reading::Reading;
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&NOT_LOOPBACK, &NO_LISTENER];

static NOT_LOOPBACK: Rule = Rule {
    code: "CT124",
    name: "listens-beyond-loopback",
    effect: Effect::Fails,
    explain: "A port that the file opens can be reached from other machines. Docker publishes a port \
without a host address on all interfaces, past most firewalls; a gateway without `gateway.bind` does \
so in a container. Write the address: `127.0.0.1:18789:18789`, `bind: \"loopback\"`.",
};

static NO_LISTENER: Rule = Rule {
    code: "CT125",
    name: "opens-no-port",
    effect: Effect::Fails,
    explain: "The file opens no port at all, so there is nothing that could be limited to this machine.",
};

/// Every port that the file opens is reachable from this machine only.
#[derive(Debug)]
pub struct ListensOnLoopback {
    span: Span,
    read_as: ReadAs,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let read_as = ReadAs::parse(reading, table);
    let wanted = reading.text(spec.key, value)?;
    if &*wanted.value != "loopback" {
        let why = format!("expected \"loopback\", found {:?}", wanted.value);
        reading.invalid(spec.key, value.span, why);
        return None;
    }
    Some(Box::new(ListensOnLoopback {
        span: value.span,
        read_as: read_as?,
    }))
}

impl Check for ListensOnLoopback {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(path) = observed.path() else {
            return;
        };
        let Some(format) = self.read_as.format(observed, path, self.span, out) else {
            return;
        };
        let name = observed.name(Stream::Content);
        let Some(listeners) = format.listeners else {
            let message = format!(
                "`listens` does not know which ports a {} file opens",
                format.name
            );
            let diagnostic = Diagnostic::new(&WRONG_FORMAT, message).label(
                observed.demand(self.span),
                "is for Compose files and `openclaw.json`",
            );
            return out.push(diagnostic);
        };
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        if document.is_refused {
            let consequence = "no port of it counts";
            return out.push(key::refused(observed, &document, self.span, consequence));
        }
        let listeners = listeners(&document);
        if listeners.is_empty() {
            let message = format!("{name} opens no port");
            let diagnostic = Diagnostic::new(&NO_LISTENER, message)
                .label(observed.demand(self.span), "nothing to look at");
            return out.push(diagnostic);
        }
        let mut problems = Problems::new(out);
        for listener in listeners.iter().filter(|listener| !listener.is_loopback) {
            problems.add(|| {
                let message = format!("{} can be reached from other machines", listener.what);
                let source = document.source(listener.place);
                Diagnostic::new(&NOT_LOOPBACK, message)
                    .label(observed.demand(self.span), "demanded here")
                    .label(source.excerpt(listener.place.span), listener.why.clone())
            });
        }
        problems.finish();
    }
}
