//! `max_lines`: the file has at most so many lines.

use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::reading::Reading;
use crate::source::Span;
use crate::text::plural;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&TOO_MANY];

static TOO_MANY: Rule = Rule {
    code: "CT108",
    name: "too-many-lines",
    effect: Effect::Fails,
    explain: "The file has more lines than allowed. A last line without a line end counts as a line, \
which `wc -l` does not do. Files that an agent reads at every start cost context: move details to \
another file.",
};

/// The file has at most `max` lines.
#[derive(Debug)]
pub struct MaxLines {
    /// Most lines.
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
    let max = reading.count(spec.key, value)?;
    Some(Box::new(MaxLines {
        max,
        span: value.span,
    }))
}

/// How many lines a text has; a last line without a line end is one.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|byte| *byte != b'\n'))
}

impl Check for MaxLines {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(readable) = observed.text(Stream::Content, self.span, out) else {
            return;
        };
        let count = count_lines(readable.source.bytes);
        if count <= self.max {
            return;
        }
        let name = observed.name(Stream::Content);
        let first = usize::try_from(self.max)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        let line = readable.source.line_span(first);
        let message = format!("{name} has {count} lines, and the limit is {}", self.max);
        let diagnostic = Diagnostic::new(&TOO_MANY, message)
            .label(observed.demand(self.span), "the limit")
            .label(readable.source.excerpt(line), "the first line beyond it")
            .found(
                format!("at most {}", plural(first - 1, "line")),
                plural(usize::try_from(count).unwrap_or(usize::MAX), "line"),
            );
        out.push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use super::count_lines;

    #[test]
    fn a_last_line_without_an_end_counts() {
        for (text, lines) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("\n\n", 2)] {
            assert_eq!(count_lines(text.as_bytes()), lines, "{text:?}");
        }
    }
}
