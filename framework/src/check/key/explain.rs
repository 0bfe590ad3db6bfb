//! Why a key is not what was demanded: the diagnostics, with the lines that look as if they set it.

use super::demand::Demand;
use super::{NO_KEY, WRONG_VALUE};
use crate::check::{Observed, Stream};
use crate::diagnostic::Diagnostic;
use crate::document::{Aside, Document, Node, Place};
use crate::query::{DeadEnd, Found, KeyPath, Match};
use crate::source::{Span, printable};
use crate::text::{shorten, suggest};

/// Most lines without effect that one diagnostic shows.
const MAX_ASIDES: usize = 4;

/// Most elements of a list that a message quotes.
const MAX_ELEMENTS: usize = 4;

/// Longest value that a message quotes, in characters.
const QUOTED: usize = 120;

/// No value is at the path.
pub(super) fn missing(
    observed: &Observed<'_>,
    document: &Document,
    (path, found): (&KeyPath, &Found<'_>),
    span: Span,
) -> Diagnostic {
    let name = observed.name(Stream::Content);
    let message = format!("{name} does not set `{path}`");
    let mut diagnostic =
        Diagnostic::new(&NO_KEY, message).label(observed.demand(span), "demanded here");
    let asides = asides(document, path);
    if let Some(default) = found.matches.iter().find(|found| found.node.is_default)
        && let Some(text) = default.node.data.to_text()
    {
        diagnostic = diagnostic.help(format!("without it the default holds: `{text}`"));
    }
    if asides.is_empty()
        && let Some(end) = found.dead_ends.first()
    {
        let (label, meant) = what_is_missing(end);
        diagnostic = diagnostic
            .label(first_line(document, end.node.place), label)
            .help_if(meant);
    }
    with_asides(diagnostic, document, &asides)
}

/// One branch of a wildcard does not have the key.
pub(super) fn branch_ends(
    observed: &Observed<'_>,
    document: &Document,
    (path, end): (&KeyPath, &DeadEnd<'_>),
    span: Span,
) -> Diagnostic {
    let name = observed.name(Stream::Content);
    let message = format!("`{}` of {name} has no `{}`", end.path, end.step);
    let (label, meant) = what_is_missing(end);
    let diagnostic = Diagnostic::new(&NO_KEY, message)
        .label(observed.demand(span), format!("`{path}` means every one"))
        .label(first_line(document, end.node.place), label)
        .help_if(meant);
    let mut full: Vec<Box<str>> = end.path.split('.').map(Into::into).collect();
    full.push(end.step.as_str().into());
    let asides: Vec<&Aside> = document
        .asides
        .iter()
        .filter(|aside| aside.path == full)
        .take(MAX_ASIDES)
        .collect();
    with_asides(diagnostic, document, &asides)
}

/// A value is not as demanded.
pub(super) fn differs(
    observed: &Observed<'_>,
    document: &Document,
    (path, found, why): (&KeyPath, &Match<'_>, Option<String>),
    (demand, span): (&Demand, Span),
) -> Diagnostic {
    let shown = shown(document, &found.node);
    let wanted = demand.words();
    let mut message = format!("`{}` is {shown}, expected {wanted}", found.path);
    if let Some(why) = why {
        message = format!("{message}: {why}");
    }
    let mut diagnostic =
        Diagnostic::new(&WRONG_VALUE, message).label(observed.demand(span), "demanded here");
    let asides = asides(document, path);
    if found.node.is_default {
        diagnostic = diagnostic.help(format!(
            "nothing in effect sets it, so the default holds: {shown}"
        ));
        if asides.is_empty() {
            let excerpt = first_line(document, found.node.place);
            diagnostic = diagnostic.label(excerpt, "nothing here sets it");
        }
    } else {
        let place = demand.culprit(&found.node).unwrap_or(&found.node).place;
        let excerpt = document.source(place).excerpt(place.span);
        diagnostic = diagnostic.label(excerpt, "the value in effect");
    }
    with_asides(diagnostic, document, &asides)
}

/// The lines without effect that look as if they set what a path leads to. Lines in the wrong
/// place are told by the last name of the path alone.
fn asides<'d>(document: &'d Document, path: &KeyPath) -> Vec<&'d Aside> {
    let exact: Vec<&Aside> = document
        .asides
        .iter()
        .filter(|aside| path.is_for(&aside.path))
        .collect();
    let elsewhere = document.asides.iter().filter(|aside| {
        !path.is_for(&aside.path) && aside.path.last().map(|name| &**name) == path.last_name()
    });
    exact
        .into_iter()
        .chain(elsewhere)
        .take(MAX_ASIDES)
        .collect()
}

fn with_asides(mut diagnostic: Diagnostic, document: &Document, asides: &[&Aside]) -> Diagnostic {
    for aside in asides {
        let excerpt = document.source(aside.place).excerpt(aside.place.span);
        diagnostic = diagnostic.label(excerpt, aside.why.clone());
    }
    diagnostic
}

fn what_is_missing(end: &DeadEnd<'_>) -> (String, Option<String>) {
    let names = end.node.entries().iter().map(|entry| &*entry.name);
    let meant = suggest(&end.step, names).map(|meant| format!("did you mean `{meant}`?"));
    let label = match (end.node.data.to_text(), end.step.starts_with('[')) {
        (Some(_), _) => format!("{}, in which nothing can be", end.node.data.name()),
        (None, true) => format!("has no element `{}`", end.step),
        (None, false) if end.step == "*" => "is empty".to_owned(),
        (None, false) => format!("has no `{}`", end.step),
    };
    (label, meant)
}

/// The first line of a place: a whole section or map is too much to show.
fn first_line(document: &Document, place: Place) -> crate::source::Excerpt {
    let source = document.source(place);
    let start = place.span.start.min(source.bytes.len());
    let end = place.span.end.clamp(start, source.bytes.len());
    let line = memchr::memchr(b'\n', &source.bytes[start..end]).map_or(end, |at| start + at);
    source.excerpt(Span::new(start, line))
}

/// A value for a message. What is a secret in its file is one in the message, too, although the
/// name beside it, which gave it away, is not quoted.
pub(super) fn shown(document: &Document, node: &Node) -> String {
    let Some(text) = node.data.to_text() else {
        let items = node.items();
        let few: Vec<String> = items
            .iter()
            .take(MAX_ELEMENTS)
            .map(|item| match item.data.to_text() {
                Some(_) => shown(document, item),
                None => item.data.name().to_owned(),
            })
            .collect();
        return match items.len() {
            0 => node.data.name().to_owned(),
            1 => few.concat(),
            count if count > few.len() => {
                format!(
                    "a list of {} and {} more",
                    few.join(", "),
                    count - few.len()
                )
            }
            _ => format!("a list of {}", few.join(", ")),
        };
    };
    if !node.is_default {
        let source = document.source(node.place);
        let masked = source.masked();
        let range = node.place.span.range();
        if let (Some(before), Some(after)) = (source.bytes.get(range.clone()), masked.get(range))
            && before != after
        {
            return format!("`{}`", shorten(&printable(after), QUOTED));
        }
    }
    format!("`{}`", shorten(&text, QUOTED))
}
