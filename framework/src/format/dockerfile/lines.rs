//! Dockerfile lines: parser directives, comments, continued lines and here-documents.

use crate::document::Place;

/// An instruction with its lines joined.
pub(super) struct Instruction {
    /// The keyword in capitals.
    pub(super) keyword: String,
    /// Where the keyword stands.
    pub(super) at: Place,
    /// What follows the keyword, without line ends.
    pub(super) rest: String,
    /// Where pieces of `rest` stand: offset in it, offset in the file.
    pieces: Vec<(usize, usize)>,
    /// The delimiters of here-documents that are not closed, and where they are named.
    pub(super) unclosed: Vec<Place>,
    /// The here-documents, each line behind a line end.
    pub(super) documents: String,
}

impl Instruction {
    /// Where a part of `rest` stands.
    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        let start = self.offset(start);
        // The end is found from the last byte, so that it does not jump over a line end.
        let end = match end {
            0 => start,
            end => self.offset(end - 1) + 1,
        };
        Place::new(start, end.max(start))
    }

    /// Where all of `rest` stands, or the keyword if there is none.
    pub(super) fn whole(&self) -> Place {
        if self.rest.is_empty() {
            return self.at;
        }
        self.place(0, self.rest.len())
    }

    fn offset(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.0 <= at);
        let (rest, file) = self.pieces[..index].last().copied().unwrap_or_default();
        file + (at - rest)
    }
}

/// A file as instructions.
pub(super) struct Lines {
    /// The character that quotes and continues lines: a backslash or a backtick.
    pub(super) escape: char,
    /// An `# escape=` that names something else.
    pub(super) bad_escape: Option<Place>,
    pub(super) instructions: Vec<Instruction>,
    /// The comments, without their sign.
    pub(super) comments: Vec<(String, Place)>,
}

/// Splits a file.
pub(super) fn split(text: &str) -> Lines {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = Lines {
        escape: '\\',
        bad_escape: None,
        instructions: Vec::new(),
        comments: Vec::new(),
    };
    at = directives(text, at, &mut lines);
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let body = line.trim();
        if let Some(comment) = body.strip_prefix('#') {
            let start = at + line.len() - line.trim_start().len();
            let place = Place::new(start, start + body.len());
            lines.comments.push((comment.trim().to_owned(), place));
            at = next;
        } else if body.is_empty() {
            at = next;
        } else {
            at = instruction(text, at, &mut lines);
        }
    }
    lines
}

/// The line at an offset, without its end, and the start of the next.
fn line_at(text: &str, at: usize) -> (&str, usize) {
    let rest = &text.as_bytes()[at..];
    let end = memchr::memchr(b'\n', rest).map_or(text.len(), |len| at + len);
    let line = &text[at..end];
    (
        line.strip_suffix('\r').unwrap_or(line),
        (end + 1).min(text.len()),
    )
}

/// `# syntax=`, `# escape=` and `# check=`, which count before anything else alone.
fn directives(text: &str, mut at: usize, lines: &mut Lines) -> usize {
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let directive = line
            .trim()
            .strip_prefix('#')
            .and_then(|body| body.split_once('='));
        let Some((key, value)) = directive else {
            return at;
        };
        let key = key.trim().to_ascii_lowercase();
        match (key.as_str(), value.trim()) {
            ("escape", "\\") => lines.escape = '\\',
            ("escape", "`") => lines.escape = '`',
            ("escape", _) => lines.bad_escape = Some(Place::new(at, at + line.len())),
            ("syntax" | "check", _) => {}
            _ => return at,
        }
        at = next;
    }
    at
}

/// Reads the instruction at an offset; where the next line starts.
fn instruction(text: &str, start: usize, lines: &mut Lines) -> usize {
    let mut joined = String::new();
    let mut pieces = Vec::new();
    let mut at = start;
    let mut is_first = true;
    while at < text.len() {
        let (line, next) = line_at(text, at);
        let trimmed = line.trim_start();
        // Comments and empty lines inside of a continued line are dropped.
        if !is_first && (trimmed.starts_with('#') || trimmed.is_empty()) {
            at = next;
            continue;
        }
        let (line, line_start) = if is_first {
            (trimmed, at + line.len() - trimmed.len())
        } else {
            (line, at)
        };
        is_first = false;
        pieces.push((joined.len(), line_start));
        at = next;
        let body = line.trim_end_matches([' ', '\t']);
        let continued = body
            .strip_suffix(lines.escape)
            .filter(|head| !head.ends_with(lines.escape));
        if let Some(head) = continued {
            joined.push_str(head);
        } else {
            joined.push_str(line);
            break;
        }
    }
    let keyword_end = joined.find(char::is_whitespace).unwrap_or(joined.len());
    let body = joined[keyword_end..].trim_start();
    let skip = joined.len() - body.len();
    let keyword = joined[..keyword_end].to_ascii_uppercase();
    let rest = body.trim_end().to_owned();
    let first = pieces.first().map_or(start, |piece| piece.1);
    let is_one_line = pieces.get(1).is_none_or(|piece| piece.0 >= keyword_end);
    let mut instruction = Instruction {
        at: Place::new(first, first + if is_one_line { keyword_end } else { 0 }),
        keyword,
        rest,
        pieces: shift(&pieces, skip),
        unclosed: Vec::new(),
        documents: String::new(),
    };
    if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
        at = here_documents(text, at, &mut instruction);
    }
    lines.instructions.push(instruction);
    at
}

/// The pieces of what follows the first `skip` bytes.
fn shift(pieces: &[(usize, usize)], skip: usize) -> Vec<(usize, usize)> {
    let index = pieces.partition_point(|piece| piece.0 <= skip).max(1) - 1;
    let mut shifted: Vec<(usize, usize)> = Vec::new();
    for (rest, file) in pieces.iter().copied().skip(index) {
        shifted.push(match rest.checked_sub(skip) {
            Some(rest) => (rest, file),
            None => (0, file + (skip - rest)),
        });
    }
    shifted
}

/// Reads the here-documents that an instruction names.
fn here_documents(text: &str, mut at: usize, instruction: &mut Instruction) -> usize {
    let mut unclosed = Vec::new();
    let mut documents = String::new();
    let mut offset = 0;
    for word in instruction.rest.split(char::is_whitespace) {
        let start = offset;
        offset += word.len() + 1;
        let Some(named) = word
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .strip_prefix("<<")
        else {
            continue;
        };
        let strips_tabs = named.starts_with('-');
        let name = named.strip_prefix('-').unwrap_or(named);
        let name = name.trim_matches(['"', '\'']);
        if name.is_empty() || name.contains('<') || at >= text.len() && !unclosed.is_empty() {
            continue;
        }
        let is_closed = loop {
            if at >= text.len() {
                break false;
            }
            let (line, next) = line_at(text, at);
            at = next;
            let line = if strips_tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if line == name {
                break true;
            }
            documents.push('\n');
            documents.push_str(line);
        };
        if !is_closed {
            unclosed.push(instruction.place(start, start + word.len()));
        }
    }
    instruction.unclosed = unclosed;
    instruction.documents = documents;
    at
}
