//! From a tree of YAML to values with the types that Compose gives them.

use super::Resets;
use crate::document::{Complaint, Data, Entry, Node, Place};
use crate::format::compose::canonical::Complaints;
use crate::format::compose::rules::{NO_MODEL, WRONG_TYPE};
use crate::format::yaml::{Kind, Pair, Schema, Tree};

/// From a tree of YAML to values; takes out what is reset.
pub(super) struct Taking {
    file: u32,
    pub(super) resets: Resets,
    path: Vec<Box<str>>,
    pub(super) complaints: Complaints,
}

impl Taking {
    /// Begins with a document of a file.
    pub(super) fn new(file: u32) -> Self {
        Self {
            file,
            resets: Vec::new(),
            path: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// `None` for `!reset`.
    pub(super) fn node(&mut self, tree: &Tree) -> Option<Node> {
        let tag = tree.tag.as_deref();
        if tag == Some("!reset") {
            self.resets.push(self.path.clone());
            return None;
        }
        let is_override = tag == Some("!override");
        if is_override {
            self.resets.push(self.path.clone());
        }
        let place = Place::in_file(self.file, tree.span);
        let data = match &tree.kind {
            Kind::Scalar(text, style) => {
                let tag = tag.filter(|_| !is_override);
                Schema::Compose
                    .resolve(text, *style, tag)
                    .unwrap_or_else(|| {
                        let tag = tag.unwrap_or_default();
                        let message = format!("the text cannot be read as `{tag}`");
                        self.complaints
                            .push(Complaint::new(&WRONG_TYPE, place, message));
                        Data::Null
                    })
            }
            Kind::List(items) => {
                let mut nodes = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    self.path.push(index.to_string().into());
                    nodes.extend(self.node(item));
                    self.path.pop();
                }
                Data::List(nodes)
            }
            Kind::Map(pairs) => Data::Map(self.entries(pairs)),
        };
        Some(Node::new(data, place))
    }

    fn entries(&mut self, pairs: &[Pair]) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let name = pair.name();
            let place = Place::in_file(self.file, pair.key.span);
            if !is_text(&pair.key) {
                let message = match self.path.as_slice() {
                    [] => format!("Non-string key at top level: {name}"),
                    path => format!("Non-string key in {}: {name}", path.join(".")),
                };
                let complaint =
                    Complaint::new(&NO_MODEL, place, message).help(format!("write `\"{name}\"`"));
                self.complaints.push(complaint);
            }
            self.path.push(name.into());
            if let Some(node) = self.node(&pair.value) {
                entries.push(Entry {
                    name: name.into(),
                    place,
                    node,
                });
            }
            self.path.pop();
        }
        entries
    }
}

fn is_text(key: &Tree) -> bool {
    match &key.kind {
        Kind::Scalar(text, style) => {
            let data = Schema::Compose.resolve(text, *style, key.tag.as_deref());
            matches!(data, Some(Data::Text(_)))
        }
        _ => false,
    }
}
