//! `contains` and `not_contains`, and their kin for a command's streams: literal text.

use memchr::memmem;

use super::near::nearest_line;
use super::{Check, CheckSpec, Observed, Readable, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::{Reading, Text};
use crate::source::{Source, Span, printable};
use crate::text::shorten;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&MISSING];
pub(super) const NOT_RULES: &[&Rule] = &[&PRESENT];

/// Longest text that a message quotes; longer ones are shown as a diff.
const QUOTED: usize = 80;

static MISSING: Rule = Rule {
    code: "CT103",
    name: "text-missing",
    effect: Effect::Fails,
    explain: "The file or the output does not hold the text. The text is literal: `.` and `*` are \
themselves, upper and lower case differ, and blanks count. The report shows the line that comes \
nearest, if one does.",
};

static PRESENT: Rule = Rule {
    code: "CT104",
    name: "text-present",
    effect: Effect::Fails,
    explain: "The file or the output holds a text that it must not hold. Comments count: the text is \
looked for in the bytes of the file.",
};

/// Each of the texts is somewhere in the subject.
#[derive(Debug)]
pub struct Contains {
    /// The texts, literally.
    pub texts: Vec<Text>,
    /// Which text of the subject is read.
    pub stream: Stream,
}

/// None of the texts is anywhere in the subject.
#[derive(Debug)]
pub struct NotContains {
    /// The texts, literally.
    pub texts: Vec<Text>,
    /// Which text of the subject is read.
    pub stream: Stream,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let texts = reading.texts(spec.key, value)?;
    Some(Box::new(Contains {
        texts,
        stream: spec.stream,
    }))
}

pub(super) fn parse_not(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let texts = reading.texts(spec.key, value)?;
    Some(Box::new(NotContains {
        texts,
        stream: spec.stream,
    }))
}

impl Check for Contains {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        for text in &self.texts {
            let Some(readable) = observed.text(self.stream, text.span, out) else {
                return;
            };
            if memmem::find(readable.source.bytes, text.value.as_bytes()).is_none() {
                out.push(missing(observed, self.stream, readable, text));
            }
        }
    }
}

impl Check for NotContains {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        for text in &self.texts {
            let Some(readable) = observed.text(self.stream, text.span, out) else {
                return;
            };
            let source = readable.source;
            if let Some(at) = memmem::find(source.bytes, text.value.as_bytes()) {
                let name = observed.name(self.stream);
                let message = format!("{name} contains `{}`", shorten(&text.value, QUOTED));
                let found = Span::new(at, at + text.value.len());
                let diagnostic = Diagnostic::new(&PRESENT, message)
                    .label(observed.demand(text.span), "must not be there")
                    .label(source.excerpt(found), "found here");
                out.push(diagnostic);
            } else if readable.is_truncated {
                out.push(judge::truncated(observed, self.stream, text.span));
            }
        }
    }
}

fn missing(
    observed: &Observed<'_>,
    stream: Stream,
    readable: Readable<'_>,
    text: &Text,
) -> Diagnostic {
    if readable.is_truncated {
        return judge::truncated(observed, stream, text.span);
    }
    let name = observed.name(stream);
    let source = readable.source;
    let message = format!("{name} does not contain `{}`", shorten(&text.value, QUOTED));
    let diagnostic =
        Diagnostic::new(&MISSING, message).label(observed.demand(text.span), "expected this text");
    with_nearest(diagnostic, source, &text.value)
}

/// Adds what comes nearest to a text that is missing, or where the text ends.
pub fn with_nearest(diagnostic: Diagnostic, source: Source<'_>, wanted: &str) -> Diagnostic {
    let Some(span) = nearest_line(source, wanted) else {
        let label = where_it_ends(source);
        return diagnostic.label(source.excerpt(last_line(source)), label);
    };
    let diagnostic = diagnostic.label(source.excerpt(span), "the nearest line");
    // Masking needs the whole text: a line of a key block is not recognised by itself.
    if wanted.trim_end().contains('\n') {
        let lines = wanted.lines().count();
        let masked = source.masked();
        let rest = &masked[span.start..];
        let window: Vec<_> = rest
            .split_inclusive(|byte| *byte == b'\n')
            .take(lines)
            .collect();
        diagnostic.diff(wanted, &printable(&window.concat()))
    } else {
        let found = source.excerpt(span).text;
        let line = String::from_utf8_lossy(&source.bytes[span.range()]);
        diagnostic
            .found(wanted, found)
            .help_if(invisible(wanted, &line).map(str::to_owned))
    }
}

/// How two texts differ where a person hardly sees it.
fn invisible(wanted: &str, found: &str) -> Option<&'static str> {
    let without_blanks = |text: &str| text.split_whitespace().collect::<String>();
    if without_blanks(wanted) == without_blanks(found) {
        Some("the two differ only in blanks")
    } else if wanted.to_lowercase() == found.to_lowercase() {
        Some("the two differ only in upper and lower case")
    } else {
        None
    }
}

fn last_line(source: Source<'_>) -> Span {
    let text = source.bytes.strip_suffix(b"\n").unwrap_or(source.bytes);
    let start = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    Span::new(start, text.len())
}

fn where_it_ends(source: Source<'_>) -> String {
    if source.bytes.is_empty() {
        return "it is empty".to_owned();
    }
    match super::max_lines::count_lines(source.bytes) {
        1 => "its only line".to_owned(),
        lines => format!("the last of its {lines} lines"),
    }
}
