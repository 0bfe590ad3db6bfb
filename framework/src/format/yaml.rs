//! YAML 1.2 into values with spans: documents, aliases and merge keys. The grammar is the
//! `saphyr-parser` crate's; what a plain scalar is depends on who reads it, so that is asked last.

mod asides;
mod events;
mod go;
mod places;
mod scalar;
mod tree;

pub(crate) use self::asides::asides;
pub(crate) use self::events::Style;
pub(crate) use self::scalar::{Schema, go_text};
pub(crate) use self::tree::{Kind, Pair, Tree, parse};

use crate::diagnostic::{Effect, Rule};
use crate::document::{Complaint, Data, Document, Entry, Input, Node, Place};

/// The rules that a YAML file can break.
pub static RULES: &[&Rule] = &[
    &INVALID,
    &DUPLICATE_KEY,
    &TOO_LARGE,
    &SEVERAL,
    &BAD_MERGE,
    &COMPLEX_KEY,
    &BAD_TAG,
];

static INVALID: Rule = Rule {
    code: "YM001",
    name: "invalid-yaml",
    effect: Effect::Fails,
    explain: "The file is not YAML: a syntax error, a tab as indentation, an alias without an \
anchor, or bytes that are not UTF-8. Whatever reads it refuses it as a whole.",
};

static DUPLICATE_KEY: Rule = Rule {
    code: "YM002",
    name: "duplicate-yaml-key",
    effect: Effect::Fails,
    explain: "A map has the same key twice. YAML forbids that: some readers refuse the file, others \
silently take the last value. Keep one of the two.",
};

static TOO_LARGE: Rule = Rule {
    code: "YM003",
    name: "oversized-yaml",
    effect: Effect::Fails,
    explain: "The file is too large, nested too deep, or its aliases make it so: a few lines can \
stand for gigabytes. It is not read, so nothing is known about it.",
};

static SEVERAL: Rule = Rule {
    code: "YM004",
    name: "several-yaml-documents",
    effect: Effect::Fails,
    explain: "The file holds several documents, separated by `---`. Most readers of configurations \
take the first and ignore the others, or refuse the file; the values are those of the first.",
};

static BAD_MERGE: Rule = Rule {
    code: "YM005",
    name: "invalid-yaml-merge",
    effect: Effect::Fails,
    explain: "The value of a merge key `<<` is neither a map nor a list of maps, so that there is \
nothing to merge and the file is refused. Let it be an alias of a map.",
};

static COMPLEX_KEY: Rule = Rule {
    code: "YM006",
    name: "collection-as-yaml-key",
    effect: Effect::Fails,
    explain: "A list or a map is the key of a map. YAML allows it, but readers of configurations do \
not; mostly it is a template like `{{ name }}` without quotes. Put the key in quotes.",
};

static BAD_TAG: Rule = Rule {
    code: "YM007",
    name: "mismatched-yaml-tag",
    effect: Effect::Fails,
    explain: "A tag says that a value has a type that its text does not have, as in `!!int abc`. \
Readers refuse the file. Correct the value or remove the tag.",
};

/// Reads a YAML file of one document by the core schema (YAML 1.2.2, 10.3).
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    let text = match text(&input.bytes) {
        Ok(text) => text,
        Err(complaint) => return document.refused(*complaint),
    };
    let roots = match parse(text, Schema::Core) {
        Ok(roots) => roots,
        Err(complaint) => return document.refused(*complaint),
    };
    let mut roots = roots.into_iter();
    let Some(first) = roots.next() else {
        // A file of comments is one empty document.
        document.root.data = Data::Null;
        return document;
    };
    document.root = match node(&first.tree, Schema::Core) {
        Ok(root) => root,
        Err(complaint) => return document.refused(*complaint),
    };
    document.asides = asides(text, &document.root);
    if let Some(second) = roots.next() {
        let count = 2 + roots.len();
        let place = Place::in_file(0, second.start);
        let message = format!("{count} documents in one file; only the first is read");
        document.complaints.push(
            Complaint::new(&SEVERAL, place, message)
                .help("keep one document, or put the others into files of their own"),
        );
    }
    document
}

/// The text of a YAML file.
///
/// # Errors
///
/// The bytes are not UTF-8. Other encodings that YAML allows are refused too.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Box<Complaint>> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let place = Place::new(at, at + 1);
        Box::new(Complaint::new(&INVALID, place, "the file is not UTF-8"))
    })
}

/// A tree with the types that a schema gives to its scalars.
///
/// # Errors
///
/// The first tag that does not fit its value.
pub(crate) fn node(tree: &Tree, schema: Schema) -> Result<Node, Box<Complaint>> {
    let place = Place::in_file(0, tree.span);
    let misfit = |tag: &str, what: &str| {
        let message = format!("{what} cannot be read as `{tag}`");
        Box::new(Complaint::new(&BAD_TAG, place, message))
    };
    let tag = tree.tag.as_deref();
    let data = match (&tree.kind, tag) {
        (Kind::List(_), Some(tag @ ("!!map" | "!!set"))) => return Err(misfit(tag, "a list")),
        (Kind::Map(_), Some(tag @ ("!!seq" | "!!omap" | "!!pairs"))) => {
            return Err(misfit(tag, "a map"));
        }
        (
            Kind::List(_) | Kind::Map(_),
            Some(tag @ ("!!str" | "!!int" | "!!float" | "!!bool" | "!!null")),
        ) => return Err(misfit(tag, "a collection")),
        (Kind::Scalar(text, style), tag) => schema
            .resolve(text, *style, tag)
            .ok_or_else(|| misfit(tag.unwrap_or_default(), "the text"))?,
        (Kind::List(items), _) => {
            let items = items.iter().map(|item| node(item, schema));
            Data::List(items.collect::<Result<_, _>>()?)
        }
        (Kind::Map(pairs), _) => {
            let entries = pairs.iter().map(|pair| {
                Ok(Entry {
                    name: pair.name().into(),
                    place: Place::in_file(0, pair.key.span),
                    node: node(&pair.value, schema)?,
                })
            });
            Data::Map(entries.collect::<Result<_, Box<Complaint>>>()?)
        }
    };
    Ok(Node::new(data, place))
}

#[cfg(test)]
mod tests;
