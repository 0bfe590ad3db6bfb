//! Changing trees of values, and paths in them as Compose's messages have them.

use std::fmt;

use crate::document::{Data, Entry, Node, Place};

/// Where a value stands in a tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    part: Part<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl Path<'static> {
    /// The path of the whole file.
    pub(super) const ROOT: Self = Self {
        parent: None,
        part: Part::Root,
    };
}

impl<'a> Path<'a> {
    /// The path of a value in a map.
    pub(super) fn key<'b>(&'b self, name: &'b str) -> Path<'b>
    where
        'a: 'b,
    {
        Path {
            parent: Some(self),
            part: Part::Key(name),
        }
    }

    /// The path of an element of a list.
    pub(super) fn index<'b>(&'b self, index: usize) -> Path<'b>
    where
        'a: 'b,
    {
        Path {
            parent: Some(self),
            part: Part::Index(index),
        }
    }

    /// Whether it is `pattern`, keys between dots. A `*` stands for any key or element.
    pub(super) fn matches(&self, pattern: &str) -> bool {
        let mut parts = pattern.rsplit('.');
        let mut path = self;
        while let Some(parent) = path.parent {
            let Some(part) = parts.next() else {
                return false;
            };
            let fits = match path.part {
                Part::Key(name) => part == "*" || part == name,
                Part::Index(_) => part == "*",
                Part::Root => false,
            };
            if !fits {
                return false;
            }
            path = parent;
        }
        parts.next().is_none()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return match self.part {
                Part::Root => f.write_str("(root)"),
                Part::Key(_) | Part::Index(_) => Ok(()),
            };
        };
        if parent.parent.is_some() {
            write!(f, "{parent}.")?;
        }
        match self.part {
            Part::Root => Ok(()),
            Part::Key(name) => f.write_str(name),
            Part::Index(index) => write!(f, "{index}"),
        }
    }
}

/// An empty map at a place.
pub(super) fn map(place: Place) -> Node {
    Node::new(Data::Map(Vec::new()), place)
}

/// The value of a key, for changing it.
pub(super) fn get_mut<'a>(node: &'a mut Node, name: &str) -> Option<&'a mut Node> {
    match &mut node.data {
        Data::Map(entries) => entries
            .iter_mut()
            .rev()
            .find(|entry| &*entry.name == name)
            .map(|entry| &mut entry.node),
        _ => None,
    }
}

/// The entries of a map, for changing them; none for anything else.
pub(super) fn entries_mut(node: &mut Node) -> &mut [Entry] {
    match &mut node.data {
        Data::Map(entries) => entries,
        _ => &mut [],
    }
}

/// The elements of a list, for changing them; none for anything else.
pub(super) fn items_mut(node: &mut Node) -> &mut [Node] {
    match &mut node.data {
        Data::List(items) => items,
        _ => &mut [],
    }
}

/// Takes a key out of a map.
pub(super) fn remove(node: &mut Node, name: &str) -> Option<Entry> {
    let Data::Map(entries) = &mut node.data else {
        return None;
    };
    let at = entries.iter().rposition(|entry| &*entry.name == name)?;
    Some(entries.remove(at))
}

/// Adds a key to a map that does not have it.
pub(super) fn add(node: &mut Node, name: &str, value: Node) {
    if let Data::Map(entries) = &mut node.data
        && entries.iter().all(|entry| &*entry.name != name)
    {
        let place = value.place;
        entries.push(Entry {
            name: name.into(),
            place,
            node: value,
        });
    }
}

/// Adds what Compose takes where nothing is written.
pub(super) fn add_default(node: &mut Node, name: &str, data: Data) {
    let value = Node {
        is_default: true,
        ..Node::new(data, node.place)
    };
    add(node, name, value);
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn paths_are_written_and_matched_as_compose_does() {
        let services = Path::ROOT.key("services");
        let service = services.key("a.b");
        let ports = service.key("ports");
        let port = ports.index(2);
        assert_eq!(Path::ROOT.to_string(), "(root)");
        assert_eq!(port.to_string(), "services.a.b.ports.2");
        assert!(port.matches("services.*.ports.*"));
        assert!(ports.matches("services.*.ports"));
        assert!(!ports.matches("services.*"));
        assert!(!ports.matches("a.services.*.ports"));
    }
}
