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
        // The column is counted in the excerpt, of which the start may have been cut off.
        let excerpt = &label.excerpt;
        let before = excerpt.text.get(..excerpt.range.start).unwrap_or_default();
        let first_line = excerpt.text.starts_with('…') && !before.contains('\n');
        if first_line {
            let at = format!("{}:{}:", excerpt.path, excerpt.line);
            let shown = format!("{at}{}", before.chars().count() + 1);
            text = text.replacen(&shown, &format!("{at}{}", excerpt.column), 1);
        }
    }
    if let Some(diff) = &diagnostic.diff {
        for line in diff.lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::diagnostic::{Diagnostic, Effect, Rule};
    use crate::source::{Source, Span};

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
        let short = Source::new("f", b"a here");
        let diagnostic = Diagnostic::new(&RULE, "m").label(short.excerpt(Span::new(2, 6)), "");
        assert!(render(&diagnostic, false).contains("f:1:3"));
    }
}
