//! Members of maps, for the formats that have trees: names that stand twice, and the path of a place.

use std::collections::HashMap;

use crate::document::{Data, Entry, Node};

/// A member that has no effect because a later one has the same name.
#[derive(Debug)]
pub(super) struct Overridden {
    /// The member itself.
    pub(super) entry: Entry,
    /// The one that counts instead, or the next that does not count either.
    pub(super) by: crate::source::Span,
}

/// Keeps the last of the entries with one name, as readers do; up to `max` others are returned.
pub(super) fn last_of_each(entries: Vec<Entry>, max: usize) -> (Vec<Entry>, Vec<Overridden>) {
    let is_first = |index: usize| {
        let name = &entries[index].name;
        !entries[..index].iter().any(|entry| entry.name == *name)
    };
    if entries.len() <= 8 && (1..entries.len()).all(is_first) {
        return (entries, Vec::new());
    }
    // The index of the next entry with the same name, for those that have one.
    let mut later: HashMap<usize, usize> = HashMap::new();
    let mut last: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        if let Some(earlier) = last.insert(&entry.name, index) {
            later.insert(earlier, index);
        }
    }
    if later.is_empty() {
        return (entries, Vec::new());
    }
    let spans: Vec<_> = entries.iter().map(|entry| entry.place.span).collect();
    let mut kept = Vec::with_capacity(entries.len() - later.len());
    let mut overridden = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        match later.get(&index) {
            None => kept.push(entry),
            Some(&by) if overridden.len() < max => {
                let by = spans[by];
                overridden.push(Overridden { entry, by });
            }
            Some(_) => {}
        }
    }
    (kept, overridden)
}

/// The path of the map whose members surround an offset; `None` where it is not in a map. Elements
/// of lists are named by their index.
pub(super) fn path_at(root: &Node, at: usize) -> Option<Vec<Box<str>>> {
    let holds = |node: &Node| node.place.span.start < at && at < node.place.span.end;
    if !holds(root) {
        return None;
    }
    let mut path = Vec::new();
    let mut node = root;
    loop {
        match &node.data {
            Data::Map(entries) => {
                let behind = entries.partition_point(|entry| entry.node.place.span.start < at);
                match entries[..behind].last() {
                    Some(entry) if holds(&entry.node) => {
                        path.push(entry.name.clone());
                        node = &entry.node;
                    }
                    _ => return Some(path),
                }
            }
            Data::List(items) => {
                let behind = items.partition_point(|item| item.place.span.start < at);
                let item = items[..behind].last().filter(|item| holds(item))?;
                path.push((behind - 1).to_string().into());
                node = item;
            }
            _ => return None,
        }
    }
}
