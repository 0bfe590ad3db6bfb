//! Markdown as `CommonMark` with tables and task lists: headings with their sections, code blocks,
//! tables, tasks and links. Emphasis and other markup inside of a line stay as they are.

mod block;
mod inline;
mod line;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Effect, Rule};
use crate::document::{Complaint, Data, Document, Entry, Input, Node, Place};
use crate::scale::WORD;
use crate::source::Span;

/// The rules that a Markdown file can break.
pub static RULES: &[&Rule] = &[&NOT_READ, &UNCLOSED];

static NOT_READ: Rule = Rule {
    code: "MD001",
    name: "markdown-not-read",
    effect: Effect::Fails,
    explain: "The file is not UTF-8, or it is larger than 16 MiB, or so made that what was read of it is; what is missing then cannot be judged.",
};

static UNCLOSED: Rule = Rule {
    code: "MD002",
    name: "unclosed-code-fence",
    effect: Effect::Fails,
    explain: "A code block is opened and not closed, so that all of the rest of the document is code: headings, tables and tasks behind it are none. Close the fence with as many signs as opened it.",
};

/// The largest file that is read, and the most text that names in its tree may take, in bytes.
pub const MAX_SIZE: usize = 16 << 20;

/// What stands in a Markdown text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown {
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// The fenced code blocks in order.
    pub blocks: Vec<CodeBlock>,
    /// The tables in order.
    pub tables: Vec<Table>,
    /// The items of task lists in order.
    pub tasks: Vec<Task>,
    /// Links, images and autolinks in order.
    pub links: Vec<Link>,
}

/// A heading, by `#` or underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 for `#` up to 6.
    pub level: u8,
    /// The text without the signs.
    pub text: String,
    /// Where the text stands.
    pub span: Span,
    /// From behind the heading to the next one of the same level or a higher one.
    pub section: Span,
}

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBlock {
    /// The first word of the info string; empty if there is none.
    pub language: String,
    /// All that follows the opening fence.
    pub info: String,
    /// The path that the info string gives, `path=…`, else the one that a comment on the first line
    /// names (on the second, where the first is `#!`, an XML declaration or a directive of a
    /// Dockerfile).
    pub path: Option<String>,
    /// The lines between the fences, without the indentation of lists, quotes and the fence.
    pub content: String,
    /// Where those lines stand, with what they are indented by.
    pub span: Span,
    /// The headings that it stands below, outermost first, as indices into
    /// [`Markdown::headings`].
    pub section: Vec<usize>,
    /// Whether there is a closing fence.
    pub is_closed: bool,
    /// Where the opening fence stands.
    pub fence: Span,
    /// Where the closing fence stands; none where the end of a list, a quote or the file ends it.
    pub end: Option<Span>,
}

impl CodeBlock {
    /// Whether nothing stands in it but blanks and the lines that say what it is.
    pub fn is_blank(&self) -> bool {
        line::is_blank(&self.content)
    }

    /// A line of the block that opens a fence in the same way as its own: its closing fence is missing,
    /// and that of another block closes it. `text` is the document.
    pub fn fence_inside(&self, text: &str) -> Option<Span> {
        let fence = text.get(self.fence.range())?;
        let (sign, len, _) = line::fence(fence)?;
        let mut at = self.span.start;
        let lines = text.get(self.span.range())?.split_inclusive('\n');
        for (whole, own) in lines.zip(self.content.lines()) {
            let start = at;
            at += whole.len();
            let body = own.trim_start_matches(' ');
            let opens = line::fence(body).is_some_and(|(other, other_len, info)| {
                other == sign && other_len >= len && !info.is_empty()
            });
            if opens && own.len() - body.len() < 4 {
                return Some(Span::new(start, start + whole.trim_end().len()));
            }
        }
        None
    }
}

/// A text of a table cell or a line, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, trimmed.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A pipe table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The cells of the first line.
    pub header: Vec<Piece>,
    /// The lines below the delimiter line; no longer than the header.
    pub rows: Vec<Vec<Piece>>,
    /// The last heading before it, as an index.
    pub section: Option<usize>,
    /// Where it stands.
    pub span: Span,
}

/// An item of a task list: `- [ ] …`, `- [x] …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The first line of the item.
    pub text: String,
    /// Whether the box is ticked.
    pub is_done: bool,
    /// Where the text stands.
    pub span: Span,
    /// The last heading before it, as an index.
    pub section: Option<usize>,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The text, or an image's description.
    pub text: String,
    /// Where it leads, without its title.
    pub url: String,
    /// Where it stands.
    pub span: Span,
}

/// Reads a text; any text is Markdown.
pub fn parse(text: &str) -> Markdown {
    block::parse(text)
}

/// Reads a Markdown file. The root has `headings`, `sections` (by heading), `blocks`, `tables`,
/// `tasks` and `links`.
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    let text = match std::str::from_utf8(&input.bytes) {
        Ok(text) if text.len() <= MAX_SIZE => text,
        Ok(_) => {
            let message = "the file is larger than 16 MiB";
            return document.refused(Complaint::of_file(&NOT_READ, message));
        }
        Err(error) => {
            let at = error.valid_up_to();
            let place = Place::new(at, at + 1);
            return document.refused(Complaint::new(&NOT_READ, place, "the file is not UTF-8"));
        }
    };
    let markdown = parse(text);
    for block in markdown.blocks.iter().filter(|block| !block.is_closed) {
        let place = Place::in_file(0, block.fence);
        let message = "the code block is not closed, so that the rest of the document is code";
        let complaint = Complaint::new(&UNCLOSED, place, message);
        document.complaints.push(complaint);
    }
    let mut tree = Tree {
        markdown: &markdown,
        budget: MAX_SIZE,
    };
    let whole = document.root.place;
    let lists = [
        ("headings", tree.headings()),
        ("sections", tree.sections(text)),
        ("blocks", tree.blocks()),
        ("tables", tree.tables()),
        ("tasks", tree.tasks()),
        ("links", tree.links()),
    ];
    if tree.budget == 0 {
        let message = "the names of sections and columns take more than 16 MiB";
        return document.refused(Complaint::of_file(&NOT_READ, message));
    }
    let entries = lists.into_iter().map(|(name, data)| Entry {
        name: name.into(),
        place: whole,
        node: Node::new(data, whole),
    });
    document.root.data = Data::Map(entries.collect());
    document
}

struct Tree<'a> {
    markdown: &'a Markdown,
    /// How much text may still be copied; at 0 no more is.
    budget: usize,
}

impl Tree<'_> {
    /// An entry whose value is a text.
    fn text(&mut self, name: &str, text: &str, span: Span) -> Entry {
        let cost = name.len() + text.len();
        self.budget = self.budget.saturating_sub(cost);
        let (name, text) = if self.budget == 0 {
            ("", "")
        } else {
            (name, text)
        };
        let place = Place::in_file(0, span);
        Entry {
            name: name.into(),
            place,
            node: Node::text(text, place).scaled(&WORD),
        }
    }

    fn section(&mut self, section: Option<usize>, span: Span) -> Option<Entry> {
        let markdown = self.markdown;
        let heading = markdown.headings.get(section?)?;
        let mut entry = self.text("section", &heading.text, heading.span);
        entry.place = Place::in_file(0, span);
        Some(entry)
    }

    fn headings(&mut self) -> Data {
        let headings = self.markdown.headings.iter().map(|heading| {
            let text = self.text("text", &heading.text, heading.span);
            map(vec![level(heading), text], heading.span)
        });
        Data::List(headings.collect())
    }

    fn sections(&mut self, text: &str) -> Data {
        let sections = self.markdown.headings.iter().map(|heading| {
            let body = text.get(heading.section.range()).unwrap_or_default();
            let body = self.text("text", body.trim(), heading.section);
            let name = self.text(&heading.text, "", heading.span).name;
            Entry {
                name,
                place: Place::in_file(0, heading.span),
                node: map(vec![level(heading), body], heading.section),
            }
        });
        Data::Map(sections.collect())
    }

    fn blocks(&mut self) -> Data {
        let blocks = self.markdown.blocks.iter().map(|block| {
            let mut entries = vec![self.text("language", &block.language, block.fence)];
            if let Some(path) = &block.path {
                entries.push(self.text("path", path, block.span));
            }
            entries.push(self.text("content", &block.content, block.span));
            entries.extend(self.section(block.section.last().copied(), block.span));
            map(entries, block.span)
        });
        Data::List(blocks.collect())
    }

    fn tables(&mut self) -> Data {
        let mut tables = Vec::new();
        for table in &self.markdown.tables {
            let header = table.header.iter().map(|cell| {
                Node::text(cell.text.as_str(), Place::in_file(0, cell.span)).scaled(&WORD)
            });
            let place = Place::in_file(0, table.span);
            let header = Node::new(Data::List(header.collect()), place);
            let rows = table.rows.iter().map(|row| {
                let cells = table.header.iter().zip(row);
                let cells = cells.map(|(name, cell)| self.text(&name.text, &cell.text, cell.span));
                let cells = cells.collect();
                map(cells, row.first().map_or(table.span, |cell| cell.span))
            });
            let rows = Node::new(Data::List(rows.collect()), place);
            let mut entries: Vec<Entry> = [("header", header), ("rows", rows)]
                .into_iter()
                .map(|(name, node)| Entry {
                    name: name.into(),
                    place,
                    node,
                })
                .collect();
            entries.extend(self.section(table.section, table.span));
            tables.push(map(entries, table.span));
        }
        Data::List(tables)
    }

    fn tasks(&mut self) -> Data {
        let tasks = self.markdown.tasks.iter().map(|task| {
            let place = Place::in_file(0, task.span);
            let mut entries = vec![
                self.text("text", &task.text, task.span),
                Entry {
                    name: "done".into(),
                    place,
                    node: Node::new(Data::Boolean(task.is_done), place),
                },
            ];
            entries.extend(self.section(task.section, task.span));
            map(entries, task.span)
        });
        Data::List(tasks.collect())
    }

    fn links(&mut self) -> Data {
        let links = self.markdown.links.iter().map(|link| {
            let text = self.text("text", &link.text, link.span);
            let url = self.text("url", &link.url, link.span);
            map(vec![text, url], link.span)
        });
        Data::List(links.collect())
    }
}

fn level(heading: &Heading) -> Entry {
    let place = Place::in_file(0, heading.span);
    Entry {
        name: "level".into(),
        place,
        node: Node::new(Data::Integer(heading.level.into()), place),
    }
}

fn map(entries: Vec<Entry>, span: Span) -> Node {
    Node::new(Data::Map(entries), Place::in_file(0, span))
}
