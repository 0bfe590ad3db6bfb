//! Where a text stands in the document that it was taken from, line by line.

use super::Position;

/// The lines of a document that a text was taken from.
///
/// Each line of the text is the end of one line of the document: what stands before it there, such
/// as the indentation of a list, is no part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    document: Box<str>,
    /// The line of the document that the first line of the text is, counted from 1.
    first_line: usize,
    /// How many characters of the document stand before each line; empty if there are none.
    indents: Box<[usize]>,
}

impl Origin {
    /// The place of a text: the path of the document as reports show it, the number of the line that
    /// the text begins with, counted from 1, and the lines of the document and of the text, in pairs.
    pub fn new<'a>(
        document: impl Into<Box<str>>,
        first_line: usize,
        lines: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let indents: Box<[usize]> = lines
            .map(|(whole, part)| {
                let part = part.chars().count();
                whole.chars().count().saturating_sub(part)
            })
            .collect();
        let is_indented = indents.iter().any(|indent| *indent > 0);
        Self {
            document: document.into(),
            first_line,
            indents: if is_indented { indents } else { Box::default() },
        }
    }

    /// The path of the document as reports show it.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The place in the document of a place in the text.
    pub fn position(&self, own: Position) -> Position {
        let indent = self.indents.get(own.line.saturating_sub(1));
        Position {
            line: own.line + self.first_line - 1,
            column: own.column + indent.copied().unwrap_or_default(),
        }
    }
}
