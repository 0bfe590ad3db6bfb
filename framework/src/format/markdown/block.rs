//! The block structure: containers (quotes and list items), then what a line is inside of them.

use std::collections::HashMap;

use super::inline::{self, Found};
use super::line::{cells, fence, heading, html, info_path, is_rule, marker, path_comment};
use super::{CodeBlock, Heading, Markdown, Piece, Table, Task};
use crate::source::Span;

/// How deep quotes and lists may be nested; deeper ones are text.
const MAX_DEPTH: usize = 32;

/// The most columns that a table can have.
const MAX_COLUMNS: usize = 256;

/// Reads a text.
pub(super) fn parse(text: &str) -> Markdown {
    let mut reader = Reader {
        text,
        containers: Vec::new(),
        leaf: Leaf::None,
        markdown: Markdown::default(),
        path: Vec::new(),
        found: Vec::new(),
        definitions: HashMap::new(),
        next: 0,
    };
    let mut at = front_matter(text);
    while at < text.len() {
        let end = line_end(text, at);
        reader.next = (end + 1).min(text.len());
        reader.line(at, text[at..end].trim_end_matches('\r').len() + at);
        at = end + 1;
    }
    reader.finish()
}

fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |len| at + len)
}

/// Where the text starts behind a front matter between `---` lines.
fn front_matter(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let first = line_end(text, start);
    if text[start..first].trim_end() != "---" {
        return start;
    }
    let mut at = first + 1;
    while at < text.len() {
        let end = line_end(text, at);
        if matches!(text[at..end].trim_end(), "---" | "...") {
            return (end + 1).min(text.len());
        }
        at = end + 1;
    }
    start
}

enum Container {
    Quote,
    /// A list item whose content is indented by so many columns.
    Item(usize),
}

/// What the last line belongs to.
enum Leaf {
    None,
    /// Where its lines stand, and where the last of them starts.
    Paragraph(Span, usize),
    Fence(Fence),
    Table(Table),
    /// Raw HTML up to a line that holds this.
    Html(&'static str),
}

struct Fence {
    sign: u8,
    len: usize,
    indent: usize,
    /// How many containers it is in.
    depth: usize,
    block: CodeBlock,
}

struct Reader<'a> {
    text: &'a str,
    containers: Vec<Container>,
    leaf: Leaf,
    markdown: Markdown,
    /// The headings that are open.
    path: Vec<usize>,
    found: Vec<Found>,
    definitions: HashMap<String, String>,
    /// Where the line behind this one begins.
    next: usize,
}

/// The columns of blanks at the start of a text, and their bytes.
fn indent(text: &str) -> (usize, usize) {
    let mut columns = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => return (columns, at),
        }
    }
    (columns, text.len())
}

/// The bytes of at most so many columns of blanks.
fn blanks(text: &str, columns: usize) -> usize {
    let mut count = 0;
    for (at, byte) in text.bytes().enumerate() {
        if count >= columns || !matches!(byte, b' ' | b'\t') {
            return at;
        }
        count += if byte == b' ' { 1 } else { 4 - count % 4 };
    }
    text.len()
}

impl Reader<'_> {
    fn line(&mut self, start: usize, end: usize) {
        let mut at = start;
        let mut matched = 0;
        for container in &self.containers {
            let rest = &self.text[at..end];
            let (columns, len) = indent(rest);
            match container {
                Container::Quote if columns < 4 && rest[len..].starts_with('>') => {
                    at += len + 1;
                    at += usize::from(self.text[at..end].starts_with([' ', '\t']));
                }
                Container::Item(needed) if columns >= *needed => at += blanks(rest, *needed),
                Container::Item(_) if rest.trim().is_empty() => at = end,
                _ => break,
            }
            matched += 1;
        }
        if let Leaf::Fence(fence) = &self.leaf
            && fence.depth <= matched
        {
            return self.fenced(at, end);
        }
        let is_all = matched == self.containers.len();
        if is_all && let Leaf::Html(close) = self.leaf {
            if self.text[at..end].contains(close) {
                self.leaf = Leaf::None;
            }
            return;
        }
        if !is_all {
            if matches!(self.leaf, Leaf::Paragraph(..)) && self.is_plain(at, end) {
                return self.paragraph(at, end);
            }
            self.close();
            self.containers.truncate(matched);
        }
        at = self.open_containers(at, end);
        self.content(at, end);
    }

    /// Whether a line can only go on with a paragraph.
    fn is_plain(&self, at: usize, end: usize) -> bool {
        let rest = &self.text[at..end];
        let (columns, len) = indent(rest);
        let body = &rest[len..];
        !body.is_empty()
            && (columns >= 4
                || !(body.starts_with('>')
                    || marker(body).is_some()
                    || heading(body).is_some()
                    || fence(body).is_some()
                    || html(body).is_some()
                    || is_rule(body)))
    }

    fn open_containers(&mut self, mut at: usize, end: usize) -> usize {
        while self.containers.len() < MAX_DEPTH {
            let rest = &self.text[at..end];
            let (columns, len) = indent(rest);
            let body = &rest[len..];
            if columns >= 4 {
                break;
            }
            if body.starts_with('>') {
                self.close();
                self.containers.push(Container::Quote);
                at += len + 1;
                at += usize::from(self.text[at..end].starts_with([' ', '\t']));
                continue;
            }
            let in_paragraph = matches!(self.leaf, Leaf::Paragraph(..));
            let Some((width, is_interrupting)) = marker(body) else {
                break;
            };
            if is_rule(body) || in_paragraph && !is_interrupting {
                break;
            }
            self.close();
            let (spaces, space_len) = indent(&body[width..]);
            let content = &body[width + space_len..];
            let (spaces, space_len) = if content.is_empty() {
                (1, space_len)
            } else if spaces > 4 {
                (1, 1)
            } else {
                (spaces, space_len)
            };
            self.containers
                .push(Container::Item(columns + width + spaces));
            at += len + width + space_len;
            self.task(at, end);
        }
        at
    }

    fn task(&mut self, at: usize, end: usize) {
        let rest = &self.text[at..end];
        let is_done = match rest.get(..4) {
            Some("[ ] " | "[ ]\t") => false,
            Some("[x] " | "[X] " | "[x]\t" | "[X]\t") => true,
            _ => return,
        };
        let piece = self.piece(at + 4, end);
        if piece.text.is_empty() {
            return;
        }
        self.markdown.tasks.push(Task {
            text: piece.text,
            is_done,
            span: piece.span,
            section: self.path.last().copied(),
        });
    }

    /// The trimmed text between two offsets.
    fn piece(&self, start: usize, end: usize) -> Piece {
        let rest = &self.text[start..end];
        let text = rest.trim();
        let start = start + (rest.len() - rest.trim_start().len()).min(rest.len());
        Piece {
            text: text.to_owned(),
            span: Span::new(start.min(end), (start + text.len()).min(end)),
        }
    }

    fn content(&mut self, at: usize, end: usize) {
        let rest = &self.text[at..end];
        let (columns, len) = indent(rest);
        let body = &rest[len..];
        let body_at = at + len;
        if body.is_empty() {
            return self.close();
        }
        if columns >= 4 {
            if matches!(self.leaf, Leaf::Paragraph(..)) {
                self.paragraph(body_at, end);
            } else {
                self.close();
            }
            return;
        }
        if let Leaf::Paragraph(span, last) = self.leaf {
            let level = match body.trim_end().as_bytes() {
                bytes if bytes.iter().all(|byte| *byte == b'=') => 1,
                bytes if bytes.iter().all(|byte| *byte == b'-') => 2,
                _ => 0,
            };
            if level > 0 {
                self.leaf = Leaf::None;
                let piece = self.piece(span.start, span.end);
                return self.heading(level, piece, self.next);
            }
            if self.table(Span::new(last, span.end), at, end) {
                return;
            }
        }
        if let Some((level, from, to)) = heading(body) {
            self.close();
            let piece = self.piece(body_at + from, body_at + to);
            inline::links(
                &self.text[piece.span.range()],
                piece.span.start,
                &mut self.found,
            );
            return self.heading(level, piece, self.next);
        }
        if let Some((sign, len, info)) = fence(body) {
            self.close();
            let language = info.split_whitespace().next().unwrap_or_default();
            self.leaf = Leaf::Fence(Fence {
                sign,
                len,
                indent: columns,
                depth: self.containers.len(),
                block: CodeBlock {
                    language: language.to_owned(),
                    info: info.to_owned(),
                    path: None,
                    content: String::new(),
                    span: Span::new(self.next, self.next),
                    section: self.path.clone(),
                    is_closed: false,
                    fence: Span::new(body_at, end),
                    end: None,
                },
            });
            return;
        }
        if is_rule(body) {
            return self.close();
        }
        if let Some(close) = html(body) {
            self.close();
            if !body[1..].contains(close) {
                self.leaf = Leaf::Html(close);
            }
            return;
        }
        if let Leaf::Table(table) = &mut self.leaf {
            let mut cells = cells(self.text, at, end);
            cells.truncate(table.header.len());
            for cell in &cells {
                inline::links(
                    &self.text[cell.span.range()],
                    cell.span.start,
                    &mut self.found,
                );
            }
            table.span.end = end;
            table.rows.push(cells);
            return;
        }
        if matches!(self.leaf, Leaf::None) && self.definition(body) {
            return;
        }
        self.paragraph(body_at, end);
    }

    fn paragraph(&mut self, at: usize, end: usize) {
        inline::links(&self.text[at..end], at, &mut self.found);
        if let Leaf::Paragraph(span, last) = &mut self.leaf {
            span.end = end;
            *last = at;
        } else {
            self.close();
            self.leaf = Leaf::Paragraph(Span::new(at, end), at);
        }
    }

    /// `[label]: destination`.
    fn definition(&mut self, body: &str) -> bool {
        let Some((label, rest)) = body
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]:"))
        else {
            return false;
        };
        if label.trim().is_empty() || label.contains(['[', ']']) || label.len() > 999 {
            return false;
        }
        let Some((url, _)) = inline::url(rest.trim()).filter(|(url, _)| !url.is_empty()) else {
            return false;
        };
        let label = inline::normal(label);
        self.definitions.entry(label).or_insert(url);
        true
    }

    fn heading(&mut self, level: u8, piece: Piece, behind: usize) {
        self.end_sections(level, piece.span.start);
        self.path.push(self.markdown.headings.len());
        self.markdown.headings.push(Heading {
            level,
            text: piece.text,
            span: piece.span,
            section: Span::new(behind, self.text.len()),
        });
    }

    /// Ends the sections that a heading of a level ends; `at` is somewhere on its first line.
    fn end_sections(&mut self, level: u8, at: usize) {
        let bytes = &self.text.as_bytes()[..at];
        let start = memchr::memrchr(b'\n', bytes).map_or(0, |feed| feed + 1);
        while let Some(index) = self.path.last().copied()
            && let Some(heading) = self.markdown.headings.get_mut(index)
            && heading.level >= level
        {
            heading.section.end = start.max(heading.section.start);
            self.path.pop();
        }
    }

    /// Begins a table if this line is the delimiter line of the header above.
    fn table(&mut self, header: Span, at: usize, end: usize) -> bool {
        let above = &self.text[header.range()];
        if !above.contains('|') && !self.text[at..end].contains('|') {
            return false;
        }
        let delimiters = cells(self.text, at, end);
        let is_delimiter = |cell: &Piece| {
            let dashes = cell.text.strip_prefix(':').unwrap_or(&cell.text);
            let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
            !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
        };
        if delimiters.is_empty()
            || delimiters.len() > MAX_COLUMNS
            || !delimiters.iter().all(is_delimiter)
        {
            return false;
        }
        let header = cells(self.text, header.start, header.end);
        if header.len() != delimiters.len() {
            return false;
        }
        let start = header.first().map_or(at, |cell| cell.span.start);
        self.leaf = Leaf::Table(Table {
            header,
            rows: Vec::new(),
            section: self.path.last().copied(),
            span: Span::new(start, end),
        });
        true
    }

    fn fenced(&mut self, at: usize, end: usize) {
        let Leaf::Fence(fence) = &mut self.leaf else {
            return;
        };
        let rest = &self.text[at..end];
        let (columns, len) = indent(rest);
        let body = rest[len..].trim_end();
        let is_fence = body.bytes().all(|byte| byte == fence.sign) && body.len() >= fence.len;
        if is_fence && columns < 4 {
            fence.block.is_closed = true;
            fence.block.end = Some(Span::new(at + len, at + len + body.len()));
            return self.close();
        }
        let line = &rest[blanks(rest, fence.indent)..];
        fence.block.content.push_str(line);
        fence.block.content.push('\n');
        fence.block.span.end = self.next;
    }

    /// Ends what the last line belongs to.
    fn close(&mut self) {
        match std::mem::replace(&mut self.leaf, Leaf::None) {
            Leaf::Fence(Fence { mut block, .. }) => {
                block.path = info_path(&block.info).or_else(|| path_comment(&block.content));
                // A block in a list or quote ends with it.
                block.is_closed |= !self.containers.is_empty() && !block.is_closed;
                block.span.end = self.text.floor_char_boundary(block.span.end);
                self.markdown.blocks.push(block);
            }
            Leaf::Table(table) => self.markdown.tables.push(table),
            Leaf::None | Leaf::Paragraph(..) | Leaf::Html(_) => {}
        }
    }

    fn finish(mut self) -> Markdown {
        // The end of the file closes nothing, whatever it is in.
        let is_open = matches!(self.leaf, Leaf::Fence(_));
        self.close();
        if is_open && let Some(block) = self.markdown.blocks.last_mut() {
            block.is_closed = false;
        }
        self.markdown.links = inline::resolve(self.found, &self.definitions);
        self.markdown
    }
}
