//! `line`: one line is exactly this text.

use super::contains::with_nearest;
use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::reading::{Reading, Text};
use crate::text::shorten;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&MISSING];

static MISSING: Rule = Rule {
    code: "CT105",
    name: "line-missing",
    effect: Effect::Fails,
    explain: "No line of the file is exactly the text: nothing before it, nothing behind it, no other \
blanks. A carriage return at the end of a line belongs to the line.",
};

/// Each of the texts is a whole line of the file.
#[derive(Debug)]
pub struct Line {
    /// The lines, without line ends.
    pub lines: Vec<Text>,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let lines = reading.texts(spec.key, value)?;
    if let Some(text) = lines.iter().find(|text| text.value.contains('\n')) {
        reading.invalid(
            spec.key,
            text.span,
            "a line has no line end in it; use a list for several lines",
        );
        return None;
    }
    Some(Box::new(Line { lines }))
}

impl Check for Line {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        for text in &self.lines {
            let Some(readable) = observed.text(Stream::Content, text.span, out) else {
                return;
            };
            let source = readable.source;
            if source
                .bytes
                .split(|byte| *byte == b'\n')
                .any(|line| line == text.value.as_bytes())
            {
                continue;
            }
            let name = observed.name(Stream::Content);
            let message = format!("{name} has no line `{}`", shorten(&text.value, 80));
            let diagnostic = Diagnostic::new(&MISSING, message)
                .label(observed.demand(text.span), "expected this line");
            out.push(with_nearest(diagnostic, source, &text.value));
        }
    }
}
