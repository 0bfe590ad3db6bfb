//! Diagnostics as text for a person: the snippet with its carets, then what was expected and found.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Effect};

/// Renders a diagnostic, with a line end behind it.
pub fn render(diagnostic: &Diagnostic, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(120);
    let level = match diagnostic.rule.effect {
        Effect::Invalid | Effect::Errors => Level::ERROR,
        Effect::Fails => Level::ERROR.with_name("failed"),
        Effect::Note => Level::NOTE,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.rule.code);
    let mut group = Group::with_title(title);
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let excerpt = &label.excerpt;
        if excerpt.text.is_empty() && label.message.is_empty() {
            // A file as a whole: there is no line that could be shown.
            group = group.element(Origin::path(excerpt.path.as_str()));
            continue;
        }
        let kind = if at == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let annotation = kind.span(excerpt.range.clone());
        let annotation = if label.message.is_empty() {
            annotation
        } else {
            annotation.label(label.message.as_str())
        };
        let snippet = Snippet::source(excerpt.text.as_str())
            .line_start(excerpt.line)
            .path(excerpt.path.as_str())
            .fold(false)
            .annotation(annotation);
        group = group.element(snippet);
    }
    if let (Some(expected), Some(found)) = (&diagnostic.expected, &diagnostic.found) {
        group = group.element(Level::NOTE.with_name("expected").message(expected.as_str()));
        group = group.element(Level::NOTE.with_name("   found").message(found.as_str()));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut text = renderer.render(&[group]);
    text.push('\n');
    for label in &diagnostic.labels {
        // The column is counted in the excerpt, of which the start may have been cut off, or may be
        // the indentation of a document, which is no part of the text.
        let excerpt = &label.excerpt;
        let before = excerpt.text.get(..excerpt.range.start).unwrap_or_default();
        let column = before.chars().count() + 1;
        if column != excerpt.column && !before.contains('\n') {
            let at = format!("{}:{}:", excerpt.path, excerpt.line);
            text = with_column(
                text,
                &format!("{at}{column}"),
                &format!("{at}{}", excerpt.column),
            );
        }
    }
    for block in [&diagnostic.diff, &diagnostic.timeline] {
        for line in block.iter().flat_map(|block| block.lines()) {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Replaces a place in a text by another one, unless it is only the beginning of a longer number.
fn with_column(mut text: String, shown: &str, meant: &str) -> String {
    let is_whole = |at: &usize| {
        let next = text.as_bytes().get(at + shown.len());
        !next.is_some_and(u8::is_ascii_digit)
    };
    let found = text.match_indices(shown).map(|(at, _)| at).find(is_whole);
    if let Some(at) = found {
        text.replace_range(at..at + shown.len(), meant);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::diagnostic::{Diagnostic, Effect, Rule};
    use crate::source::{Origin, Source, Span};

    static RULE: Rule = Rule {
        code: "CT999",
        name: "a-rule",
        effect: Effect::Fails,
        explain: "",
    };

    #[test]
    fn the_column_is_that_of_the_file_even_if_the_line_is_cut() {
        let line = format!("{}here", "x".repeat(900));
        let source = Source::new("f", line.as_bytes());
        let diagnostic =
            Diagnostic::new(&RULE, "m").label(source.excerpt(Span::new(900, 904)), "here");
        for colour in [false, true] {
            let text = render(&diagnostic, colour);
            assert!(text.contains("f:1:901"), "{text}");
        }
        // As is the indentation of a document, which is no part of the text.
        let origin = Origin::new("f", 4, [("   b here", "b here")].into_iter());
        let source = Source::new("g", b"b here").taken_from(Some(&origin));
        let long = Source::new("f", b"\n\n\n----------b").excerpt(Span::new(13, 14));
        for (at, column) in [(2, "f:4:6"), (0, "f:4:4")] {
            let excerpt = source.excerpt(Span::new(at, at + 1));
            let diagnostic = Diagnostic::new(&RULE, "m").label(excerpt, "here");
            let text = render(&diagnostic.label(long.clone(), ""), false);
            assert!(text.contains(column), "{text}");
        }
        let short = Source::new("f", b"a here");
        let diagnostic = Diagnostic::new(&RULE, "m").label(short.excerpt(Span::new(2, 6)), "");
        assert!(render(&diagnostic, false).contains("f:1:3"));
    }

    #[test]
    fn a_timeline_stands_below_everything_else() {
        let diagnostic = Diagnostic::new(&RULE, "m").timeline("time  event\n0s    start\n");
        let text = render(&diagnostic.help("h"), false);
        assert!(text.ends_with("  time  event\n  0s    start\n"), "{text:?}");
    }
}
