//! `valid`: the consumer of the file would accept every line of it.

use super::problems::Problems;
use super::read_as::ReadAs;
use super::{Check, CheckSpec, Observed, Stream, key};
use crate::diagnostic::Diagnostic;
use crate::document::{Complaint, Document};
use crate::reading::Reading;
use crate::source::{Excerpt, Span};
use crate::value::{Table, Value};

/// The consumer of the file would accept every line.
#[derive(Debug)]
pub struct Valid {
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
    reading.only_true(spec.key, value)?;
    Some(Box::new(Valid {
        span: value.span,
        read_as: read_as?,
    }))
}

impl Check for Valid {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        if document.is_refused && document.complaints.is_empty() {
            return out.push(key::refused(
                observed,
                &document,
                self.span,
                "no line counts",
            ));
        }
        let name = observed.name(Stream::Content);
        let mut problems = Problems::new(out);
        for complaint in &document.complaints {
            problems.add(|| diagnose(&document, complaint, &name, observed.demand(self.span)));
        }
        problems.finish();
    }
}

/// A complaint as a diagnostic that shows both ends.
fn diagnose(document: &Document, complaint: &Complaint, name: &str, demand: Excerpt) -> Diagnostic {
    let message = match complaint.place {
        Some(_) => complaint.message.clone(),
        None => format!("{name}: {}", complaint.message),
    };
    let mut diagnostic =
        Diagnostic::new(complaint.rule, message).label(demand, "every line has to be accepted");
    if let Some(place) = complaint.place {
        let excerpt = document.source(place).excerpt(place.span);
        diagnostic = diagnostic.label(excerpt, "");
    }
    for (place, label) in &complaint.also {
        let excerpt = document.source(*place).excerpt(place.span);
        diagnostic = diagnostic.label(excerpt, label.clone());
    }
    diagnostic.help_if(complaint.help.as_deref().map(str::to_owned))
}
