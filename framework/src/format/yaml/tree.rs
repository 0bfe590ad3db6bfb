//! From events to trees: aliases are followed, merge keys applied, and duplicate keys refused.
//! Types are not resolved here, since that depends on who reads the file.

use std::collections::HashMap;

use super::events::{self, Events, MAX_DEPTH, Style, What};
use super::{BAD_MERGE, COMPLEX_KEY, DUPLICATE_KEY, Schema, TOO_LARGE};
use crate::document::{Complaint, Place};
use crate::source::Span;

/// Most nodes that aliases may add to a text, so that a few lines cannot stand for gigabytes. A
/// scalar counts once for every [`TEXT_UNIT`] bytes.
pub(super) const MAX_ALIASED: usize = 200_000;

/// How many bytes of text count like a node.
const TEXT_UNIT: usize = 64;

/// A node of a document as it is written: nothing has a type yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tree {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its tag as it is usually written: `!reset`, `!!str`; `!` alone is no type.
    pub(crate) tag: Option<Box<str>>,
    /// Where it is written, without anchor and tag, quotes and brackets included. For what an
    /// alias brings this is the place behind the anchor.
    pub(crate) span: Span,
    /// Where the alias stands that brings it, if one does; the innermost of several.
    pub(crate) alias: Option<Span>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A scalar: its text with quotes, escapes, folds and indentation resolved.
    Scalar(Box<str>, Style),
    /// A list.
    List(Vec<Tree>),
    /// A map: its own entries in the order of the file, then those that are merged into it. Keys
    /// are unique.
    Map(Vec<Pair>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pair {
    /// The key: always a scalar.
    pub(crate) key: Tree,
    /// The value.
    pub(crate) value: Tree,
    /// Where the `<<` stands that brings it, if one does.
    pub(crate) merge: Option<Span>,
}

impl Pair {
    /// The text of the key.
    pub(crate) fn name(&self) -> &str {
        self.key.text().unwrap_or_default()
    }
}

impl Tree {
    /// The text, if this is a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text, _) => Some(text),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }
}

/// A document of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Root {
    /// Its root node.
    pub(crate) tree: Tree,
    /// Its `---`; the beginning of its root where it has none.
    pub(crate) start: Span,
}

/// Reads all documents of a text; none if there is nothing but comments.
///
/// Keys are compared as texts: `1` and `"1"` are the same. Whether a key is a merge key does not
/// depend on where it stands in its map; the entries of the map itself win, then the first of
/// several merged maps.
///
/// # Errors
///
/// The first problem, in the order of the file; syntax errors before all others.
pub(crate) fn parse(text: &str, schema: Schema) -> Result<Vec<Root>, Box<Complaint>> {
    let events = events::scan(text, schema)?;
    let mut builder = Builder {
        text,
        events: &events,
        aliased: 0,
    };
    let mut roots = Vec::new();
    for (index, start) in &events.documents {
        roots.push(Root {
            tree: builder.node(*index, 0, None)?,
            start: *start,
        });
    }
    Ok(roots)
}

struct Builder<'a> {
    text: &'a str,
    events: &'a Events,
    /// What aliases have added until now.
    aliased: usize,
}

impl Builder<'_> {
    /// Builds the node at an index; `alias` is the place of the alias that asks for it.
    fn node(
        &mut self,
        index: usize,
        depth: usize,
        alias: Option<Span>,
    ) -> Result<Tree, Box<Complaint>> {
        let item = &self.events.items[index];
        if let Some(alias) = alias {
            self.count(&item.what, alias)?;
        }
        let kind = match &item.what {
            What::Alias(target) => return self.node(*target, depth, Some(item.span)),
            What::Scalar(text, style) => Kind::Scalar(text.clone(), *style),
            What::End => Kind::List(Vec::new()),
            What::List(_) | What::Map(_) if depth == MAX_DEPTH => {
                return Err(Box::new(events::too_deep(alias.unwrap_or(item.span))));
            }
            What::List(end) => {
                let mut items = Vec::new();
                let mut at = index + 1;
                while at < *end {
                    items.push(self.node(at, depth + 1, alias)?);
                    at = self.behind(at);
                }
                Kind::List(items)
            }
            What::Map(end) => Kind::Map(self.map(index + 1, *end, depth, alias)?),
        };
        Ok(Tree {
            kind,
            tag: item.tag.clone(),
            span: item.span,
            alias,
        })
    }

    /// The index behind the node at an index.
    fn behind(&self, index: usize) -> usize {
        match self.events.items[index].what {
            What::List(end) | What::Map(end) => end + 1,
            What::Scalar(..) | What::End | What::Alias(_) => index + 1,
        }
    }

    fn count(&mut self, what: &What, alias: Span) -> Result<(), Box<Complaint>> {
        self.aliased += match what {
            What::Scalar(text, _) => 1 + text.len() / TEXT_UNIT,
            _ => 1,
        };
        if self.aliased <= MAX_ALIASED {
            return Ok(());
        }
        let name = &self.text[alias.range()];
        let message = format!(
            "aliases make the file too large: `{name}` takes it beyond {MAX_ALIASED} nodes"
        );
        let place = Place::in_file(0, alias);
        Err(Box::new(Complaint::new(&TOO_LARGE, place, message)))
    }

    fn map(
        &mut self,
        start: usize,
        end: usize,
        depth: usize,
        alias: Option<Span>,
    ) -> Result<Vec<Pair>, Box<Complaint>> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut places = Places::default();
        let mut merge = None;
        let mut at = start;
        while at < end {
            let key = self.node(at, depth + 1, alias)?;
            at = self.behind(at);
            let value = self.node(at, depth + 1, alias)?;
            at = self.behind(at);
            let Kind::Scalar(name, _) = &key.kind else {
                let message = format!("a key is {}, not a text", kind_name(&key.kind));
                let place = Place::in_file(0, key.span);
                let complaint = Complaint::new(&COMPLEX_KEY, place, message);
                return Err(Box::new(
                    complaint.help("if it is a template, put it in quotes"),
                ));
            };
            if is_merge(&key) {
                if let Some((first, _)) = merge.replace((key.span, value)) {
                    return Err(Box::new(duplicate("<<", key.span, first)));
                }
                continue;
            }
            if let Some(first) = places.add(name, pairs.len(), &pairs) {
                let first = pairs.get(first).map_or(key.span, |pair| pair.key.span);
                return Err(Box::new(duplicate(name, key.span, first)));
            }
            pairs.push(Pair {
                key,
                value,
                merge: None,
            });
        }
        if let Some((key, value)) = merge {
            for source in merged(value, key)? {
                let Kind::Map(entries) = source.kind else {
                    continue;
                };
                for pair in entries {
                    if places.add(pair.name(), pairs.len(), &pairs).is_none() {
                        let merge = Some(key);
                        pairs.push(Pair { merge, ..pair });
                    }
                }
            }
        }
        Ok(pairs)
    }
}

/// The maps that a merge key brings.
fn merged(value: Tree, key: Span) -> Result<Vec<Tree>, Box<Complaint>> {
    let sources = match value.kind {
        Kind::List(items) => items,
        _ => vec![value],
    };
    for source in &sources {
        if !matches!(source.kind, Kind::Map(_)) {
            let kind = kind_name(&source.kind);
            let message = format!("`<<` merges maps, not {kind}");
            let place = Place::in_file(0, source.alias.unwrap_or(source.span));
            let complaint = Complaint::new(&BAD_MERGE, place, message);
            return Err(Box::new(
                complaint.also(Place::in_file(0, key), "merged here"),
            ));
        }
    }
    Ok(sources)
}

/// Whether a key asks for a merge: an unquoted `<<` (<https://yaml.org/type/merge.html>).
fn is_merge(key: &Tree) -> bool {
    match &key.kind {
        Kind::Scalar(text, Style::Plain) => {
            &**text == "<<" && matches!(key.tag.as_deref(), None | Some("!!merge" | "!"))
        }
        _ => key.tag.as_deref() == Some("!!merge"),
    }
}

fn duplicate(name: &str, span: Span, first: Span) -> Complaint {
    let place = Place::in_file(0, span);
    Complaint::new(&DUPLICATE_KEY, place, format!("duplicate key `{name}`"))
        .also(Place::in_file(0, first), "first here")
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Scalar(..) => "a single value",
        Kind::List(_) => "a list",
        Kind::Map(_) => "a map",
    }
}

/// Largest map that is searched entry by entry.
const FEW: usize = 8;

/// Which keys a map has, found fast in large maps.
#[derive(Default)]
struct Places {
    by_name: HashMap<Box<str>, usize>,
}

impl Places {
    /// Adds the key of the next entry; the index of the entry that has it already, if one does.
    fn add(&mut self, name: &str, index: usize, pairs: &[Pair]) -> Option<usize> {
        if index < FEW {
            return pairs.iter().position(|pair| pair.name() == name);
        }
        if self.by_name.is_empty() {
            let names = pairs.iter().enumerate();
            self.by_name = names.map(|(at, pair)| (pair.name().into(), at)).collect();
        }
        if let Some(first) = self.by_name.get(name) {
            return Some(*first);
        }
        self.by_name.insert(name.into(), index);
        None
    }
}
