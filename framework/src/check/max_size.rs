//! `max_size`: the file has at most so many bytes. Its content is not read.

use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::Reading;
use crate::size;
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&TOO_LARGE];

static TOO_LARGE: Rule = Rule {
    code: "CT109",
    name: "too-large",
    effect: Effect::Fails,
    explain: "The file is larger than allowed. KB, MB and GB are powers of 1000, KiB, MiB and GiB \
powers of 1024.",
};

/// The file has at most `max` bytes.
#[derive(Debug)]
pub struct MaxSize {
    /// Most bytes.
    pub max: u64,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let max = reading.parsed(spec.key, value, size::parse)?;
    Some(Box::new(MaxSize {
        max,
        span: value.span,
    }))
}

impl Check for MaxSize {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(entry) = judge::entry(observed, self.span, out) else {
            return;
        };
        if entry.len > self.max {
            let name = observed.name(Stream::Content);
            let message = format!(
                "{name} has {}, and the limit is {}",
                size::show(entry.len),
                size::show(self.max)
            );
            let mut diagnostic = Diagnostic::new(&TOO_LARGE, message)
                .label(observed.demand(self.span), "the limit")
                .found(
                    format!("at most {}", size::show(self.max)),
                    size::show(entry.len),
                );
            // The place where the limit is crossed, for a text that is small enough to be read.
            if let Some(readable) = observed.text(Stream::Content, self.span, &mut Vec::new())
                && memchr::memchr(0, readable.source.bytes).is_none()
            {
                let at = usize::try_from(self.max).unwrap_or(usize::MAX);
                let excerpt = readable.source.excerpt(Span::new(at, at));
                diagnostic = diagnostic.label(excerpt, "the limit is crossed here");
            }
            out.push(diagnostic);
        }
    }
}
