//! `matches` and `not_matches`, and their kin for a command's streams: regular expressions.

use regex::bytes::{Regex, RegexBuilder};

use super::contains::with_nearest;
use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::{EMPTY_VALUE, Reading};
use crate::source::Span;
use crate::text::shorten;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&NO_MATCH];
pub(super) const NOT_RULES: &[&Rule] = &[&MATCH];

static NO_MATCH: Rule = Rule {
    code: "CT106",
    name: "no-match",
    effect: Effect::Fails,
    explain: "The regular expression matches nowhere in the file or the output. The syntax is that of \
the Rust crate `regex`; `^` and `$` match at the borders of every line, `.` does not match a line \
end unless the expression says `(?s)`.",
};

static MATCH: Rule = Rule {
    code: "CT107",
    name: "unexpected-match",
    effect: Effect::Fails,
    explain: "The regular expression matches, and it must not. The report shows the first match.",
};

/// Each of the expressions matches somewhere.
#[derive(Debug)]
pub struct Matches {
    /// The expressions and where the harness has them.
    pub expressions: Vec<(Regex, Span)>,
    /// Which text of the subject is read.
    pub stream: Stream,
}

/// None of the expressions matches anywhere.
#[derive(Debug)]
pub struct NotMatches {
    /// The expressions and where the harness has them.
    pub expressions: Vec<(Regex, Span)>,
    /// Which text of the subject is read.
    pub stream: Stream,
}

/// Compiles an expression as checks use it.
///
/// # Errors
///
/// What is wrong with it, in one line.
pub(crate) fn compile(expression: &str) -> Result<Regex, String> {
    RegexBuilder::new(expression)
        .multi_line(true)
        .crlf(true)
        .build()
        .map_err(|error| {
            // The crate draws a picture over several lines; its last line says what is wrong.
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        })
}

/// Whether an expression matches at any place of any text, so that it demands nothing.
fn matches_everything(regex: &Regex) -> bool {
    regex.is_match(b"") && regex.is_match(b"\x01")
}

fn expressions(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
) -> Option<Vec<(Regex, Span)>> {
    let texts = reading.texts(spec.key, value)?;
    let mut compiled = Vec::with_capacity(texts.len());
    let count = texts.len();
    for text in texts {
        match compile(&text.value) {
            Ok(regex) if matches_everything(&regex) => {
                let message = format!("`{}` is an expression that matches any text", spec.key);
                reading.report(
                    &EMPTY_VALUE,
                    text.span,
                    message,
                    "matches even an empty text",
                );
            }
            Ok(regex) => compiled.push((regex, text.span)),
            Err(why) => reading.invalid(
                spec.key,
                text.span,
                format!("the regular expression does not compile: {why}"),
            ),
        }
    }
    (compiled.len() == count).then_some(compiled)
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let expressions = expressions(reading, spec, value)?;
    Some(Box::new(Matches {
        expressions,
        stream: spec.stream,
    }))
}

pub(super) fn parse_not(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let expressions = expressions(reading, spec, value)?;
    Some(Box::new(NotMatches {
        expressions,
        stream: spec.stream,
    }))
}

impl Check for Matches {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        for (regex, span) in &self.expressions {
            let Some(readable) = observed.text(self.stream, *span, out) else {
                return;
            };
            if regex.is_match(readable.source.bytes) {
                continue;
            }
            if readable.is_truncated {
                out.push(judge::truncated(observed, self.stream, *span));
                continue;
            }
            let name = observed.name(self.stream);
            let message = format!("{name} does not match `{}`", shorten(regex.as_str(), 80));
            let diagnostic = Diagnostic::new(&NO_MATCH, message)
                .label(observed.demand(*span), "expected a match");
            out.push(with_nearest(diagnostic, readable.source, regex.as_str()));
        }
    }
}

impl Check for NotMatches {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        for (regex, span) in &self.expressions {
            let Some(readable) = observed.text(self.stream, *span, out) else {
                return;
            };
            if let Some(found) = regex.find(readable.source.bytes) {
                let name = observed.name(self.stream);
                let message = format!("{name} matches `{}`", shorten(regex.as_str(), 80));
                let diagnostic = Diagnostic::new(&MATCH, message)
                    .label(observed.demand(*span), "must not match")
                    .label(
                        readable.source.excerpt(found.range().into()),
                        "the first match",
                    );
                out.push(diagnostic);
            } else if readable.is_truncated {
                out.push(judge::truncated(observed, self.stream, *span));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{compile, matches_everything};

    #[test]
    fn anchors_are_the_borders_of_lines_whatever_ends_them() {
        let regex = compile("^Restart=always$").unwrap();
        assert!(regex.is_match(b"[Service]\nRestart=always\nx"));
        assert!(regex.is_match(b"[Service]\r\nRestart=always\r\n"));
        assert!(!regex.is_match(b"# Restart=always"));
    }

    #[test]
    fn expressions_that_match_anything_are_recognised() {
        for vacuous in [".*", "a*", "^", "$", "(x|)", "(?s).*", "\\s*"] {
            assert!(matches_everything(&compile(vacuous).unwrap()), "{vacuous}");
        }
        for real in ["a", "^$", ".", "^x*$", "\\S"] {
            assert!(!matches_everything(&compile(real).unwrap()), "{real}");
        }
    }

    #[test]
    fn a_broken_expression_is_explained_in_one_line() {
        assert_eq!(compile("(").unwrap_err(), "unclosed group");
        assert!(!compile("a{99999}{99999}").unwrap_err().contains('\n'));
    }
}
