//! `key`: the values that a file's consumer ends up with, compared as that consumer compares them.

mod demand;
mod explain;

use super::problems::Problems;
use super::read_as::ReadAs;
use super::{COMPANIONS, Check, CheckSpec, Observed};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::Document;
use crate::query::{Found, KeyPath, Match};
use crate::reading::{EMPTY_VALUE, Reading};
use crate::source::Span;
use crate::text::one_of;
use crate::value::{Table, Value};

use demand::{Demand, Verdict};

pub(super) const RULES: &[&Rule] = &[
    &NO_KEY,
    &KEY_PRESENT,
    &WRONG_VALUE,
    &REFUSED,
    &NOT_A_VALUE,
    &UNKNOWN_KEY,
];

static NO_KEY: Rule = Rule {
    code: "CT120",
    name: "key-missing",
    effect: Effect::Fails,
    explain: "The consumer of the file ends up without this key: nobody wrote it, or what was \
written has no effect because it stands in the wrong place, is commented out, is overridden or \
reset later, or is not a value that the consumer takes. The labels show the lines that look as if \
they set it. A wildcard that leads to no value at all is the same.",
};

static KEY_PRESENT: Rule = Rule {
    code: "CT121",
    name: "key-present",
    effect: Effect::Fails,
    explain: "The check demands that the key is not set, and it is.",
};

static WRONG_VALUE: Rule = Rule {
    code: "CT122",
    name: "wrong-value",
    effect: Effect::Fails,
    explain: "The value that the consumer of the file ends up with is not the one demanded. Values \
are compared as the consumer compares them: in a systemd unit `2G` equals `2048M` and `10` equals \
`10s` for a time span. If a line seems to say otherwise, the labels show why it has no effect.",
};

static REFUSED: Rule = Rule {
    code: "CT123",
    name: "file-refused",
    effect: Effect::Fails,
    explain: "The consumer of the file refuses it as a whole, so nothing in it is in effect, whatever \
its lines say. `valid = true` shows all the reasons.",
};

static NOT_A_VALUE: Rule = Rule {
    code: "CT171",
    name: "expected-value-not-readable",
    effect: Effect::Errors,
    explain: "The value that the check expects is not one that the consumer of the file takes for this \
key, so no file could ever have it: `2GB` is no size for systemd, `10` no duration for Compose.",
};

static UNKNOWN_KEY: Rule = Rule {
    code: "CT174",
    name: "key-not-known",
    effect: Effect::Errors,
    explain: "The check demands that a key is not set, and the consumer of the file knows no such key, so \
that no file could ever fail: mostly a typing error, or the wrong section.",
};

/// The expectations that are about the value, and not about the text of the file, where they stand
/// beside `key`.
pub const OF_VALUES: &[&str] = &["contains", "not_contains", "matches", "not_matches"];

/// Values of a document are as demanded.
#[derive(Debug)]
pub struct KeyIs {
    path: KeyPath,
    span: Span,
    read_as: ReadAs,
    demands: Vec<(Demand, Span)>,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let path = reading.parsed(spec.key, value, KeyPath::new);
    let read_as = ReadAs::parse(reading, table);
    let mut demands = Vec::new();
    let mut is_valid = true;
    let mut demands_something = false;
    for (key, value) in &table.entries {
        let of_key = COMPANIONS
            .iter()
            .any(|companion| companion.key == key.name && companion.of == [spec.key]);
        if !of_key && !OF_VALUES.contains(&&*key.name) {
            continue;
        }
        demands_something = true;
        match Demand::read(reading, &key.name, value) {
            Some(demand) => demands.push((demand, value.span)),
            None => is_valid = false,
        }
    }
    if !demands_something {
        let message = "`key` demands nothing of the value";
        let possible = COMPANIONS
            .iter()
            .filter(|companion| companion.of == [spec.key])
            .map(|companion| companion.key);
        let help = format!(
            "add at least one of {}; `present = true` is content with any value",
            one_of(possible.chain(OF_VALUES.iter().copied()))
        );
        let problem = reading.report(&EMPTY_VALUE, value.span, message, "what should it be?");
        problem.help.push(help);
        return None;
    }
    let wants_none = demands
        .iter()
        .any(|(demand, _)| matches!(demand, Demand::Present(false)));
    if wants_none && demands.len() > 1 {
        let why = "`present = false` leaves nothing that could have a value";
        reading.invalid("key", value.span, why);
        return None;
    }
    is_valid.then_some(())?;
    Some(Box::new(KeyIs {
        path: path?,
        span: value.span,
        read_as: read_as?,
        demands,
    }))
}

impl Check for KeyIs {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        if document.is_refused {
            let consequence = format!("`{}` is not set", self.path);
            return out.push(refused(observed, &document, self.span, &consequence));
        }
        let found = self.path.follow(&document.root);
        let answer = Answer {
            observed,
            document: &document,
            path: &self.path,
            found: &found,
        };
        let mut problems = Problems::new(out);
        for (demand, span) in &self.demands {
            match demand {
                Demand::Present(false) => answer.must_be_absent(*span, &mut problems),
                Demand::Present(true) => answer.must_be_written(*span, &mut problems),
                demand => answer.must_be((demand, *span), &mut problems),
            }
        }
        problems.finish();
    }
}

/// A file that its consumer refuses, and what follows for what was demanded of it.
pub(super) fn refused(
    observed: &Observed<'_>,
    document: &Document,
    span: Span,
    consequence: &str,
) -> Diagnostic {
    let name = observed.name(super::Stream::Content);
    let message = format!("{name} is refused as a whole, so {consequence}");
    let mut diagnostic =
        Diagnostic::new(&REFUSED, message).label(observed.demand(span), "demanded here");
    let mut complaints = document.complaints.iter();
    let refusal = complaints.find(|complaint| complaint.is_refusal);
    if let Some(complaint) = refusal.or(document.complaints.last()) {
        diagnostic = match complaint.place {
            Some(place) => diagnostic.label(
                document.source(place).excerpt(place.span),
                complaint.message.clone(),
            ),
            None => diagnostic.help(complaint.message.clone()),
        };
        diagnostic = diagnostic.help_if(complaint.help.as_deref().map(str::to_owned));
    }
    diagnostic
}

/// What a path leads to in a document, for judging it.
struct Answer<'a> {
    observed: &'a Observed<'a>,
    document: &'a Document,
    path: &'a KeyPath,
    found: &'a Found<'a>,
}

impl Answer<'_> {
    fn missing(&self, span: Span) -> Diagnostic {
        explain::missing(self.observed, self.document, (self.path, self.found), span)
    }

    fn must_be_absent(&self, span: Span, problems: &mut Problems<'_>) {
        // What cannot be set is absent from every file: that would be no check.
        let names = self.path.names();
        if self.found.matches.is_empty()
            && let Some(unknown) = self.document.unknown
            && let Some(advice) = unknown(&names)
        {
            problems.add(|| {
                let message = format!("`{}` is no key that could be set", self.path);
                Diagnostic::new(&UNKNOWN_KEY, message)
                    .label(self.observed.demand(span), "is so in every file")
                    .help(advice.clone())
            });
        }
        let written = self.found.matches.iter();
        for found in written.filter(|found| !found.node.is_default) {
            problems.add(|| {
                let name = self.observed.name(super::Stream::Content);
                let place = found.node.place;
                Diagnostic::new(&KEY_PRESENT, format!("{name} sets `{}`", found.path))
                    .label(self.observed.demand(span), "must not be set")
                    .label(self.document.source(place).excerpt(place.span), "set here")
            });
        }
    }

    fn must_be_written(&self, span: Span, problems: &mut Problems<'_>) {
        let matches = &self.found.matches;
        let mut defaults = matches.iter().filter(|found| found.node.is_default);
        if matches.is_empty() || defaults.next().is_some() {
            problems.add(|| self.missing(span));
        }
        self.must_go_on(span, problems);
    }

    /// Every branch of a wildcard has to have the key; a list that is not there is as good as an
    /// empty one.
    fn must_go_on(&self, span: Span, problems: &mut Problems<'_>) {
        if self.found.matches.is_empty() {
            return;
        }
        let ends = self.found.dead_ends.iter();
        for end in ends.filter(|end| !end.is_like_empty) {
            problems
                .add(|| explain::branch_ends(self.observed, self.document, (self.path, end), span));
        }
    }

    fn must_be(&self, (demand, span): (&Demand, Span), problems: &mut Problems<'_>) {
        if self.found.matches.is_empty() {
            return problems.add(|| self.missing(span));
        }
        for found in &self.found.matches {
            match demand.judge(&found.node) {
                Verdict::Holds => {}
                Verdict::Differs(why) => problems.add(|| {
                    let explained = (self.path, found, why);
                    explain::differs(self.observed, self.document, explained, (demand, span))
                }),
                Verdict::NotReadable(why) => {
                    let problem = not_readable(self.observed, found, (demand, span), &why);
                    return problems.add_always(problem);
                }
            }
        }
        self.must_go_on(span, problems);
    }
}

fn not_readable(
    observed: &Observed<'_>,
    found: &Match<'_>,
    (demand, span): (&Demand, Span),
    why: &str,
) -> Diagnostic {
    let kind = found.node.scale.map_or("a value", |scale| scale.name);
    let message = format!(
        "`{}` can never be {}, which {why}",
        found.path,
        demand.words()
    );
    Diagnostic::new(&NOT_A_VALUE, message).label(observed.demand(span), format!("expected {kind}"))
}

#[cfg(test)]
mod tests;
