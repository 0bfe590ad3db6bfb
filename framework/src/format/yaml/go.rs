//! Where go-yaml, which Docker Compose reads its files with, refuses what YAML 1.2 allows: names of
//! anchors, `?` and `:` in brackets, tabs before comments. All of it was measured with 2.26.

use super::INVALID;
use super::events::Style;
use crate::document::{Complaint, Place};
use crate::source::Span;

/// Refuses characters that are line breaks to it, and versions that it does not know.
pub(super) fn check_text(text: &str) -> Result<(), Box<Complaint>> {
    let is_break = |c: char| matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}');
    if let Some((at, c)) = text.char_indices().find(|(_, c)| is_break(*c)) {
        let message = format!(
            "the character U+{:04X} is a line break to Docker Compose",
            u32::from(c)
        );
        return refuse(Span::new(at, at + c.len_utf8()), message);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(version) = line.strip_prefix("%YAML") {
            if !matches!(version.trim(), "1.1" | "1.2") {
                let message = "Docker Compose reads no such version of YAML";
                return refuse(Span::new(at, at + line.trim_end().len()), message);
            }
        } else if !line.starts_with(['#', '%', '\n', '\r', '\u{feff}']) {
            break;
        }
        at += line.len();
    }
    Ok(())
}

/// Refuses scalars that it cannot read; `written` is the text in the file.
pub(super) fn check_scalar(
    written: &str,
    style: Style,
    is_flow: bool,
    span: Span,
) -> Result<(), Box<Complaint>> {
    match style {
        Style::Plain if is_flow && written.contains('?') => {
            let message =
                "a text with `?` needs quotes in brackets, else Docker Compose refuses it";
            refuse(span, message)
        }
        Style::Plain if is_flow && written.starts_with(':') => {
            let message = "a text that begins with `:` needs quotes in brackets, else Docker Compose \
                           refuses it";
            refuse(span, message)
        }
        Style::DoubleQuoted => {
            let mut bytes = written.bytes();
            while let Some(byte) = bytes.next() {
                if byte == b'\\' && bytes.next() == Some(b'/') {
                    return refuse(span, "Docker Compose does not know the escape `\\/`");
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Refuses names of anchors that it does not take; `written` begins with `&` or `*`.
pub(super) fn check_name(written: &str, span: Span) -> Result<(), Box<Complaint>> {
    let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if written.chars().skip(1).all(is_known) {
        return Ok(());
    }
    let message = format!(
        "Docker Compose takes letters, digits, `_` and `-` in the name of an anchor, not `{written}`"
    );
    refuse(span, message)
}

/// A scalar or alias, for finding the tabs that matter.
#[derive(Debug)]
pub(super) struct Mark {
    /// Where it stands.
    pub(super) span: Span,
    /// Whether it stands in brackets.
    pub(super) is_flow: bool,
    /// How far the innermost map or list without brackets around it is indented.
    pub(super) column: usize,
}

/// Refuses lines that have nothing but a comment, and a tab that is not behind the indentation of
/// what stands before.
pub(super) fn check_tabs(text: &str, marks: &[Mark]) -> Result<(), Box<Complaint>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let at = start;
        start += line.len();
        let Some(column) = line[..blanks].find('\t') else {
            continue;
        };
        let next = marks.partition_point(|mark| mark.span.start < at);
        let last = next.checked_sub(1).and_then(|index| marks.get(index));
        let is_wrong = last.is_none_or(|last| {
            let is_in_flow = last.is_flow && marks.get(next).is_some_and(|mark| mark.is_flow);
            last.span.end <= at && !is_in_flow && column <= last.column
        });
        if is_wrong {
            let span = Span::new(at + column, at + column + 1);
            return refuse(
                span,
                "Docker Compose takes no tab as indentation, even of a comment",
            );
        }
    }
    Ok(())
}

fn refuse(span: Span, message: impl Into<String>) -> Result<(), Box<Complaint>> {
    let place = Place::in_file(0, span);
    Err(Box::new(Complaint::new(&INVALID, place, message)))
}
