//! A short way from TOML to values for the plain documents that nearly all harness files are:
//! keys, `[table]`, `[table.table]` and `[[table]]`. Grammar and strings are `toml_parser`'s. For
//! everything else, errors first of all, there is no answer, and the `toml` crate has the word;
//! a property test shows that both agree.

use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span as RawSpan};

use crate::source::Span;
use crate::value::{Key, Kind, Table, Value};

/// How deep values may be nested, as in the `toml` crate.
const MAX_DEPTH: u32 = 80;

/// Most keys of one table; finding a key that stands twice compares each with each.
const MAX_KEYS: usize = 64;

/// The document, if it is plain and without errors.
pub(super) fn parse(text: &str) -> Option<Table<'_>> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut builder = Builder::new();
    builder.source = source;
    let mut errors = ErrorCount(0);
    {
        let mut checked = ValidateWhitespace::new(&mut builder, source);
        let mut guarded = RecursionGuard::new(&mut checked, MAX_DEPTH);
        parse_document(&tokens, &mut guarded, &mut errors);
    }
    let is_plain =
        !builder.is_unusual && errors.0 == 0 && builder.open.is_empty() && builder.key.is_none();
    is_plain.then_some(builder.root)
}

struct ErrorCount(usize);

impl ErrorSink for ErrorCount {
    fn report_error(&mut self, _error: ParseError) {
        self.0 += 1;
    }
}

/// An array or inline table that is not closed yet.
enum Open<'i> {
    Array {
        values: Vec<Value<'i>>,
        start: usize,
    },
    Table {
        table: Table<'i>,
        start: usize,
        key: Option<Key<'i>>,
    },
}

/// Which table `key = value` lines go to.
#[derive(Clone, Copy)]
enum Current {
    Root,
    /// `[a]`: its place in the root.
    Table(usize),
    /// `[a.b]`: the places in the root and in `a`.
    Nested(usize, usize),
    /// The last element of `[[a]]`.
    Element(usize),
}

struct Builder<'i> {
    source: Source<'i>,
    root: Table<'i>,
    current: Current,
    /// Places in the root of what headers have made: only these can be extended by headers.
    by_header: Vec<usize>,
    /// Where a header began, while it is read.
    header: Option<usize>,
    header_keys: Vec<Key<'i>>,
    /// The key whose value comes next.
    key: Option<Key<'i>>,
    open: Vec<Open<'i>>,
    is_unusual: bool,
}

impl<'i> Builder<'i> {
    fn new() -> Self {
        Self {
            source: Source::new(""),
            root: Table::default(),
            current: Current::Root,
            by_header: Vec::new(),
            header: None,
            header_keys: Vec::new(),
            key: None,
            open: Vec::new(),
            is_unusual: false,
        }
    }

    /// Puts a value where it belongs.
    fn deliver(&mut self, value: Value<'i>) {
        match self.open.last_mut() {
            Some(Open::Array { values, .. }) => values.push(value),
            Some(Open::Table { table, .. }) => {
                let key = self.key.take();
                self.is_unusual |= !insert(table, key, value);
            }
            None => {
                let key = self.key.take();
                let is_inserted = match current_table(&mut self.root, self.current) {
                    Some(table) => insert(table, key, value),
                    None => false,
                };
                self.is_unusual |= !is_inserted;
            }
        }
    }

    fn close_header(&mut self, end: usize, is_array: bool) {
        let Some(start) = self.header.take() else {
            self.is_unusual = true;
            return;
        };
        let span = Span::new(start, end);
        let mut keys = std::mem::take(&mut self.header_keys);
        let current = match (keys.pop(), keys.pop(), keys.is_empty()) {
            (Some(key), None, true) if is_array => self.element(key, span),
            (Some(key), None, true) => self.table(key, span),
            (Some(key), Some(parent), true) if !is_array => self.nested(parent, key, span),
            _ => None,
        };
        match current {
            Some(current) => self.current = current,
            None => self.is_unusual = true,
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.root
            .entries
            .iter()
            .position(|(key, _)| key.name == name)
    }

    fn table(&mut self, key: Key<'i>, span: Span) -> Option<Current> {
        insert(&mut self.root, Some(key), table_value(span)).then_some(())?;
        let at = self.root.entries.len() - 1;
        self.by_header.push(at);
        Some(Current::Table(at))
    }

    fn nested(&mut self, parent: Key<'i>, key: Key<'i>, span: Span) -> Option<Current> {
        let at = match self.place(&parent.name) {
            Some(at) if self.by_header.contains(&at) => at,
            Some(_) => return None,
            None => {
                let span = parent.span;
                let Current::Table(at) = self.table(parent, span)? else {
                    return None;
                };
                at
            }
        };
        let Kind::Table(table) = &mut self.root.entries.get_mut(at)?.1.kind else {
            return None;
        };
        insert(table, Some(key), table_value(span)).then_some(())?;
        Some(Current::Nested(at, table.entries.len() - 1))
    }

    fn element(&mut self, key: Key<'i>, span: Span) -> Option<Current> {
        let at = match self.place(&key.name) {
            Some(at) if self.by_header.contains(&at) => at,
            Some(_) => return None,
            None => {
                let array = Value {
                    kind: Kind::Array(Vec::new()),
                    span,
                };
                insert(&mut self.root, Some(key), array).then_some(())?;
                self.by_header.push(self.root.entries.len() - 1);
                self.root.entries.len() - 1
            }
        };
        let Kind::Array(elements) = &mut self.root.entries.get_mut(at)?.1.kind else {
            return None;
        };
        elements.push(table_value(span));
        Some(Current::Element(at))
    }
}

fn table_value<'i>(span: Span) -> Value<'i> {
    Value {
        kind: Kind::Table(Table {
            entries: Vec::with_capacity(4),
        }),
        span,
    }
}

/// Adds an entry; `false` if there is no key, it stands there already, or there are too many.
fn insert<'i>(table: &mut Table<'i>, key: Option<Key<'i>>, value: Value<'i>) -> bool {
    let Some(key) = key else { return false };
    if table.entries.len() >= MAX_KEYS || table.get(&key.name).is_some() {
        return false;
    }
    table.entries.push((key, value));
    true
}

fn current_table<'t, 'i>(root: &'t mut Table<'i>, current: Current) -> Option<&'t mut Table<'i>> {
    match current {
        Current::Root => Some(root),
        Current::Table(at) => match &mut root.entries.get_mut(at)?.1.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        },
        Current::Nested(at, inner) => match &mut root.entries.get_mut(at)?.1.kind {
            Kind::Table(table) => match &mut table.entries.get_mut(inner)?.1.kind {
                Kind::Table(table) => Some(table),
                _ => None,
            },
            _ => None,
        },
        Current::Element(at) => match &mut root.entries.get_mut(at)?.1.kind {
            Kind::Array(elements) => match &mut elements.last_mut()?.kind {
                Kind::Table(table) => Some(table),
                _ => None,
            },
            _ => None,
        },
    }
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        self.header = Some(span.start());
    }

    fn std_table_close(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        self.close_header(span.end(), false);
    }

    fn array_table_open(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        self.header = Some(span.start());
    }

    fn array_table_close(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        self.close_header(span.end(), true);
    }

    fn inline_table_open(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) -> bool {
        let key = self.key.take();
        self.open.push(Open::Table {
            table: Table::default(),
            start: span.start(),
            key,
        });
        true
    }

    fn inline_table_close(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        let Some(Open::Table { table, start, key }) = self.open.pop() else {
            self.is_unusual = true;
            return;
        };
        self.is_unusual |= self.key.is_some();
        self.key = key;
        self.deliver(Value {
            kind: Kind::Table(table),
            span: Span::new(start, span.end()),
        });
    }

    fn array_open(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) -> bool {
        // The key stays for the whole array; the elements of an array have none.
        self.open.push(Open::Array {
            values: Vec::new(),
            start: span.start(),
        });
        true
    }

    fn array_close(&mut self, span: RawSpan, _error: &mut dyn ErrorSink) {
        let Some(Open::Array { values, start }) = self.open.pop() else {
            self.is_unusual = true;
            return;
        };
        self.deliver(Value {
            kind: Kind::Array(values),
            span: Span::new(start, span.end()),
        });
    }

    fn simple_key(&mut self, span: RawSpan, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else {
            return;
        };
        let mut name = Cow::Borrowed("");
        toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span).decode_key(&mut name, error);
        let key = Key {
            name,
            span: Span::new(span.start(), span.end()),
        };
        if self.header.is_some() {
            self.header_keys.push(key);
        } else if self.key.replace(key).is_some() {
            self.is_unusual = true;
        }
    }

    fn scalar(&mut self, span: RawSpan, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self.source.get(span) else {
            return;
        };
        let mut text = Cow::Borrowed("");
        let decoded = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span)
            .decode_scalar(&mut text, error);
        let kind = match decoded {
            ScalarKind::String => Kind::String(text),
            ScalarKind::Boolean(truth) => Kind::Boolean(truth),
            ScalarKind::Integer(radix) => Kind::Integer {
                value: i64::from_str_radix(&text, radix.value()).ok(),
                radix: radix.value(),
            },
            ScalarKind::Float => Kind::Float(text),
            // Whether a date is one, the `toml` crate knows.
            ScalarKind::DateTime => {
                self.is_unusual = true;
                return;
            }
        };
        self.deliver(Value {
            kind,
            span: Span::new(span.start(), span.end()),
        });
    }

    fn error(&mut self, _span: RawSpan, _error: &mut dyn ErrorSink) {
        self.is_unusual = true;
    }
}
