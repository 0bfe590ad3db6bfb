//! What may stand where in a Compose file, as a table, and the walk that compares a file with it.
//! Texts that have a grammar of their own (ports, time spans) are not looked into here.

mod parts;
mod service;

use super::rules::{UNKNOWN_KEY, WRONG_TYPE};
use super::tree::Path;
use crate::document::{Complaint, Data, Entry, Node};
use crate::text::suggest;

/// How many differences are told.
const MAX_COMPLAINTS: usize = 1_000;

/// How many unknown keys get a proposal.
const MAX_PROPOSALS: usize = 20;

/// Which single values a shape takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    Null,
}

/// Which names a map takes besides its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// Any but the empty one.
    Any,
    /// Lower-case letters.
    Lower,
    /// Letters, digits, `.`, `_` and `-`.
    Word,
}

impl Names {
    fn is_one(self, name: &str) -> bool {
        !name.is_empty()
            && match self {
                Self::Any => true,
                Self::Lower => name.bytes().all(|byte| byte.is_ascii_lowercase()),
                Self::Word => name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
            }
    }
}

/// What may stand at a place.
#[derive(Debug)]
enum Shape {
    Single(&'static [Kind]),
    /// A text out of these.
    Words(&'static [&'static str]),
    /// A text, or an integer between these, both included.
    Range(i128, i128),
    List {
        items: &'static Shape,
        /// Whether no two elements may be alike.
        is_set: bool,
    },
    Map(Map),
    /// One of several, told apart by their types.
    Either(&'static [&'static Shape]),
}

#[derive(Debug)]
struct Map {
    keys: &'static [(&'static str, &'static Shape)],
    required: &'static [&'static str],
    /// The names of its own that a file may give, and what they hold.
    values: Option<(Names, &'static Shape)>,
    /// Whether `x-…` may stand in it.
    has_extensions: bool,
    /// Whether any other key may stand in it.
    is_open: bool,
}

const fn map(keys: &'static [(&'static str, &'static Shape)]) -> Shape {
    Shape::Map(Map {
        keys,
        required: &[],
        values: None,
        has_extensions: true,
        is_open: false,
    })
}

const fn list(items: &'static Shape) -> Shape {
    Shape::List {
        items,
        is_set: false,
    }
}

const fn set(items: &'static Shape) -> Shape {
    Shape::List {
        items,
        is_set: true,
    }
}

const fn words(words: &'static [&'static str]) -> Shape {
    Shape::Words(words)
}

const fn range(first: i128, last: i128) -> Shape {
    Shape::Range(first, last)
}

const fn either(shapes: &'static [&'static Shape]) -> Shape {
    Shape::Either(shapes)
}

impl Shape {
    const fn required(self, names: &'static [&'static str]) -> Self {
        match self {
            Self::Map(map) => Self::Map(Map {
                required: names,
                ..map
            }),
            other => other,
        }
    }

    const fn values(self, names: Names, shape: &'static Shape) -> Self {
        match self {
            Self::Map(map) => Self::Map(Map {
                values: Some((names, shape)),
                has_extensions: false,
                ..map
            }),
            other => other,
        }
    }

    const fn without_extensions(self) -> Self {
        match self {
            Self::Map(map) => Self::Map(Map {
                has_extensions: false,
                ..map
            }),
            other => other,
        }
    }

    const fn open(self) -> Self {
        match self {
            Self::Map(map) => Self::Map(Map {
                is_open: true,
                ..map
            }),
            other => other,
        }
    }

    /// Whether the type of a value fits; what is in it is another question.
    fn takes(&self, data: &Data) -> bool {
        match self {
            Self::Single(kinds) => kinds.iter().any(|kind| kind.takes(data)),
            Self::Words(_) => matches!(data, Data::Text(_)),
            Self::Range(..) => Kind::Text.takes(data) || Kind::Integer.takes(data),
            Self::List { .. } => matches!(data, Data::List(_)),
            Self::Map(_) => matches!(data, Data::Map(_)),
            Self::Either(shapes) => shapes.iter().any(|shape| shape.takes(data)),
        }
    }

    /// The names of the types, as Compose's messages have them.
    fn names(&self, names: &mut Vec<&'static str>) {
        match self {
            Self::Single(kinds) => names.extend(kinds.iter().map(|kind| kind.name())),
            Self::Words(_) => names.push("string"),
            Self::Range(..) => names.extend(["string", "integer"]),
            Self::List { .. } => names.push("list"),
            Self::Map(_) => names.push("mapping"),
            Self::Either(shapes) => shapes.iter().for_each(|shape| shape.names(names)),
        }
    }
}

impl Kind {
    fn takes(self, data: &Data) -> bool {
        match (self, data) {
            (Self::Text, Data::Text(_))
            | (Self::Number, Data::Integer(_) | Data::Float(_))
            | (Self::Integer, Data::Integer(_))
            | (Self::Boolean, Data::Boolean(_))
            | (Self::Null, Data::Null) => true,
            // JSON Schema: a number without a fraction is an integer however it is written.
            (Self::Integer, Data::Float(number)) => number.fract() == 0.0,
            _ => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Null => "null",
        }
    }
}

static TEXT: Shape = Shape::Single(&[Kind::Text]);
static TEXTS: Shape = list(&TEXT);
static TRUTH: Shape = Shape::Single(&[Kind::Boolean, Kind::Text]);
static NUMBER: Shape = Shape::Single(&[Kind::Number, Kind::Text]);
static INTEGER: Shape = Shape::Single(&[Kind::Integer, Kind::Text]);
static PLAIN_NUMBER: Shape = Shape::Single(&[Kind::Number]);
static PLAIN_TRUTH: Shape = Shape::Single(&[Kind::Boolean]);
static NULL: Shape = Shape::Single(&[Kind::Null]);
static TEXT_OR_NULL: Shape = Shape::Single(&[Kind::Text, Kind::Null]);
static OPTION: Shape = Shape::Single(&[Kind::Text, Kind::Number, Kind::Null]);
static SETTING: Shape = Shape::Single(&[Kind::Text, Kind::Number, Kind::Boolean, Kind::Null]);

/// Compares a whole Compose file with the table. Every difference is a complaint: a file with one
/// is refused.
pub(super) fn check(root: &Node) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    walk(root, &parts::ROOT, &Path::ROOT, &mut complaints);
    complaints
}

fn walk(node: &Node, shape: &Shape, path: &Path<'_>, complaints: &mut Vec<Complaint>) {
    if complaints.len() >= MAX_COMPLAINTS {
        return;
    }
    let mut wrong = |message: String| {
        complaints.push(Complaint::new(&WRONG_TYPE, node.place, message));
    };
    if !shape.takes(&node.data) {
        let mut names = Vec::new();
        shape.names(&mut names);
        names.dedup();
        wrong(format!("{path} must be a {}", listed(&names)));
        return;
    }
    match (shape, &node.data) {
        (Shape::Words(words), Data::Text(text)) if !words.contains(&&**text) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            let words = words.join(", ");
            wrong(format!("{path} must be one of the following: {words}"));
        }
        (Shape::Range(first, last), Data::Integer(number)) => {
            if number < first {
                wrong(format!("{path} must be greater than or equal to {first}"));
            } else if number > last {
                wrong(format!("{path} must be less than or equal to {last}"));
            }
        }
        (Shape::List { items, is_set }, Data::List(nodes)) => {
            if *is_set && let Some((first, second)) = twins(nodes) {
                wrong(format!(
                    "{path} array items[{first},{second}] must be unique"
                ));
            }
            for (index, item) in nodes.iter().enumerate() {
                walk(item, items, &path.index(index), complaints);
            }
        }
        (Shape::Map(map), Data::Map(entries)) => walk_map(node, entries, map, path, complaints),
        (Shape::Either(shapes), data) => {
            if let Some(shape) = shapes.iter().find(|shape| shape.takes(data)) {
                walk(node, shape, path, complaints);
            }
        }
        _ => {}
    }
}

fn walk_map(
    node: &Node,
    entries: &[Entry],
    map: &Map,
    path: &Path<'_>,
    complaints: &mut Vec<Complaint>,
) {
    for entry in entries {
        let name = &*entry.name;
        let known = map.keys.iter().find(|(key, _)| *key == name);
        if let Some((_, shape)) = known {
            walk(&entry.node, shape, &path.key(name), complaints);
        } else if let Some((_, shape)) = map.values.filter(|(names, _)| names.is_one(name)) {
            walk(&entry.node, shape, &path.key(name), complaints);
        } else if !(map.is_open || map.has_extensions && name.starts_with("x-")) {
            let message = format!("{path} Additional property {name} is not allowed");
            let mut complaint = Complaint::new(&UNKNOWN_KEY, entry.place, message);
            let candidates = map.keys.iter().map(|(key, _)| *key);
            if complaints.len() < MAX_PROPOSALS
                && let Some(right) = suggest(name, candidates)
            {
                complaint = complaint.help(format!("did you mean `{right}`?"));
            }
            complaints.push(complaint);
        }
    }
    for name in map.required {
        if node.get(name).is_none() {
            let message = format!("{path} {name} is required");
            complaints.push(Complaint::new(&WRONG_TYPE, node.place, message));
        }
    }
}

/// The first two elements that are alike.
fn twins(nodes: &[Node]) -> Option<(usize, usize)> {
    let mut seen = std::collections::HashMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let Some(text) = node.data.to_text() else {
            continue;
        };
        if let Some(first) = seen.insert(text, index) {
            return Some((first, index));
        }
    }
    None
}

/// Types as Compose lists them: `string, number or null`.
fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Map, Shape, parts};

    /// Counts the keys of all maps, and looks that no map has one twice.
    fn count(shape: &Shape, depth: usize) -> usize {
        assert!(depth < 20, "the table is not recursive");
        match shape {
            Shape::Map(Map { keys, values, .. }) => {
                let mut names: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), keys.len(), "{names:?}");
                let inner: usize = keys.iter().map(|(_, shape)| count(shape, depth + 1)).sum();
                let values = values.map_or(0, |(_, shape)| count(shape, depth + 1));
                keys.len() + inner + values
            }
            Shape::List { items, .. } => count(items, depth + 1),
            Shape::Either(shapes) => shapes.iter().map(|shape| count(shape, depth + 1)).sum(),
            _ => 0,
        }
    }

    #[test]
    fn the_table_has_the_keys_of_the_specification() {
        // 88 of a service, the others below it and beside it, counted in the specification.
        assert!(count(&parts::ROOT, 0) > 260);
    }
}
