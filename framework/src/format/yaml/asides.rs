//! Settings that are commented out: `# key: value`, with the path that they would have by their
//! indentation. A guess for explanations only; no value depends on it.

use crate::document::{Aside, Data, Node, Place};

/// The longest indentation that is looked at, in bytes.
const MAX_COLUMN: usize = 4096;

/// Most that are kept of one file.
const MAX_ASIDES: usize = 1000;

/// Finds the settings that are commented out in a text that was read into a tree.
pub(crate) fn asides(text: &str, root: &Node) -> Vec<Aside> {
    if !text.contains('#') {
        return Vec::new();
    }
    let mut outline = Outline {
        text,
        keys: Vec::new(),
        scalars: Vec::new(),
    };
    outline.add(root, None);
    let mut asides = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(aside) = outline.aside(line, start) {
            asides.push(aside);
            if asides.len() == MAX_ASIDES {
                break;
            }
        }
        start += line.len();
    }
    asides
}

/// A key of a map in lines, or an item of a list.
struct Key<'a> {
    name: Box<str>,
    start: usize,
    /// How far it is indented; `None` for items.
    column: Option<usize>,
    parent: Option<usize>,
    node: &'a Node,
}

/// Where keys and texts of several lines stand.
struct Outline<'a> {
    text: &'a str,
    /// In the order of the file.
    keys: Vec<Key<'a>>,
    /// The places of the texts of several lines, in the order of the file.
    scalars: Vec<Place>,
}

impl<'a> Outline<'a> {
    fn add(&mut self, node: &'a Node, parent: Option<usize>) {
        let outer = node.place.span;
        let is_inside =
            |place: Place| place.span.start >= outer.start && place.span.end <= outer.end;
        match &node.data {
            Data::Map(entries) if !self.text[outer.start..].starts_with('{') => {
                // What is merged in stands elsewhere.
                for entry in entries.iter().filter(|entry| is_inside(entry.place)) {
                    let start = entry.place.span.start;
                    // A column beyond that is not one that a comment could share.
                    let near = start.saturating_sub(MAX_COLUMN);
                    let bytes = &self.text.as_bytes()[near..start];
                    let line = memchr::memrchr(b'\n', bytes).map_or(near, |at| near + at + 1);
                    self.keys.push(Key {
                        name: entry.name.clone(),
                        start,
                        column: Some(start - line),
                        parent,
                        node: &entry.node,
                    });
                    if is_inside(entry.node.place) && entry.node.place.span.start >= start {
                        self.add(&entry.node, Some(self.keys.len() - 1));
                    }
                }
            }
            Data::List(items) if !self.text[outer.start..].starts_with('[') => {
                for (index, item) in items.iter().enumerate() {
                    if !is_inside(item.place) {
                        continue;
                    }
                    self.keys.push(Key {
                        name: index.to_string().into(),
                        start: item.place.span.start,
                        column: None,
                        parent,
                        node: item,
                    });
                    self.add(item, Some(self.keys.len() - 1));
                }
            }
            _ if self.text[outer.range()].contains('\n') => self.scalars.push(node.place),
            _ => {}
        }
    }

    /// The setting that a line has commented out, if it has.
    fn aside(&self, line: &str, start: usize) -> Option<Aside> {
        let hash = line.len() - line.trim_start_matches([' ', '\t']).len();
        let comment = line[hash..].strip_prefix('#')?.trim_end();
        let setting = comment.trim_start_matches([' ', '\t', '#']);
        let (key, value) = setting.split_once(':')?;
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        let name = key.trim_matches(['"', '\'']);
        if name.is_empty() || !name.chars().all(is_name) || !value.starts_with([' ', '\t']) {
            return None;
        }
        let value = value.trim();
        if value.is_empty() || self.is_in_scalar(start + hash) {
            return None;
        }
        let column = hash + 1 + comment.len() - setting.len();
        let mut path = self.path(start, hash, column);
        path.push(name.into());
        let end = start + hash + 1 + comment.len();
        Some(Aside {
            path,
            value: value.into(),
            place: Place::new(start + hash, end),
            why: "commented out".into(),
        })
    }

    fn is_in_scalar(&self, at: usize) -> bool {
        let next = self.scalars.partition_point(|place| place.span.start <= at);
        let last = next
            .checked_sub(1)
            .and_then(|index| self.scalars.get(index));
        last.is_some_and(|place| at < place.span.end)
    }

    /// The path of the map that a commented line belongs to: the `#` stands either before the
    /// whole line, or where the key would stand.
    fn path(&self, start: usize, hash: usize, column: usize) -> Vec<Box<str>> {
        let next = self.keys.partition_point(|key| key.start < start);
        let Some(last) = next.checked_sub(1) else {
            return Vec::new();
        };
        // With more than one blank behind it, the `#` was put before the line.
        let columns = if column > hash + 2 {
            [column - 2, column - 1, column, hash]
        } else {
            [hash, column, column - 1, hash]
        };
        let chain: Vec<usize> =
            std::iter::successors(Some(last), |index| self.keys[*index].parent).collect();
        let parent = columns.iter().find_map(|column| {
            let beside = chain
                .iter()
                .find(|index| self.keys[**index].column == Some(*column));
            if let Some(index) = beside {
                return Some(self.keys[*index].parent);
            }
            // Below a key that has a map, or that has nothing any more.
            let key = &self.keys[last];
            let is_open = matches!(key.node.data, Data::Map(_) | Data::Null);
            let is_below = key.column.is_some_and(|of_key| of_key < *column);
            (is_open && is_below).then_some(Some(last))
        });
        let mut path: Vec<Box<str>> =
            std::iter::successors(parent.flatten(), |index| self.keys[*index].parent)
                .map(|index| self.keys[index].name.clone())
                .collect();
        path.reverse();
        path
    }
}
