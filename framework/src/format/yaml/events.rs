//! The events of a YAML text in the order of the file, with spans in bytes. The grammar is the
//! `saphyr-parser` crate's; here are the bounds on what it may say, and places that can be trusted.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::places::{Offsets, double_quoted_len, line_len, single_quoted_len, word_len};
use super::{INVALID, Schema, TOO_LARGE, go};
use crate::document::{Complaint, Place};
use crate::source::Span;

/// Most bytes of a text.
pub(super) const MAX_BYTES: usize = 16 << 20;

/// Most collections that stand in each other, aliases resolved.
pub(super) const MAX_DEPTH: usize = 128;

/// Most bytes that are read again because of tabs.
const MAX_REREAD: usize = 4 << 20;

/// How a scalar is written (YAML 1.2.2, chapters 7 and 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes; the only style whose type depends on the text.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// What an event is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// A scalar, its quotes, escapes, folds and indentation resolved.
    Scalar(Box<str>, Style),
    /// The beginning of a list; the index of its end.
    List(usize),
    /// The beginning of a map; the index of its end.
    Map(usize),
    /// The end of a list or map.
    End,
    /// `*name`: the index of the node that is meant.
    Alias(usize),
}

/// An event and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// What it is.
    pub what: What,
    /// The tag as it is usually written: `!reset`, `!!str`, `!`.
    pub tag: Option<Box<str>>,
    /// Where it stands, without anchor and tag. Collections span from their first to their last
    /// character; what is empty spans nothing.
    pub span: Span,
}

/// A text as events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// All events.
    pub items: Vec<Item>,
    /// Where each document begins: the index of its root node, and the place of the root or of
    /// its `---`.
    pub documents: Vec<(usize, Span)>,
}

/// Reads a text.
///
/// # Errors
///
/// The first syntax error, or the bound that is hit.
pub(super) fn scan(text: &str, schema: Schema) -> Result<Events, Box<Complaint>> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the text has {} bytes; at most {MAX_BYTES} are read",
            text.len()
        );
        return Err(Box::new(Complaint::of_file(&TOO_LARGE, message)));
    }
    if let Some((at, c)) = text.char_indices().find(|(_, c)| !is_printable(*c)) {
        let place = Place::new(at, at + c.len_utf8());
        let message = format!(
            "the control character U+{:04X} is not allowed",
            u32::from(c)
        );
        return Err(Box::new(Complaint::new(&INVALID, place, message)));
    }
    if schema == Schema::Compose {
        go::check_text(text)?;
    }
    // The parser refuses a tab behind a colon where a word follows, which YAML 1.2.2 (6.2) allows
    // and others take. Such tabs become blanks; each costs another reading, so there is a limit.
    let mut copy = None;
    for _ in 0..=MAX_REREAD / text.len().max(1) {
        match scan_once(text, copy.as_deref().unwrap_or(text), schema) {
            Err(Stop::Tab(end)) => {
                let copy = copy.get_or_insert_with(|| text.to_owned());
                let tabs = copy[..end].len() - copy[..end].trim_end_matches('\t').len();
                copy.replace_range(end - tabs..end, &" ".repeat(tabs));
            }
            Err(Stop::Complaint(complaint)) => return Err(complaint),
            Ok(events) => return Ok(events),
        }
    }
    let message = "there are too many tabs behind colons";
    Err(Box::new(
        Complaint::of_file(&TOO_LARGE, message).help("use blanks instead"),
    ))
}

/// Why a reading stops.
enum Stop {
    /// There is a tab before this byte that the parser does not take, but should.
    Tab(usize),
    /// There is a problem.
    Complaint(Box<Complaint>),
}

/// Reads a text, or a copy of it that has blanks for some tabs.
fn scan_once(text: &str, copy: &str, schema: Schema) -> Result<Events, Stop> {
    // The mark of the byte order is not part of the text (YAML 1.2.2, 5.2).
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut scan = Scan {
        text,
        schema,
        offsets: Offsets::new(text, mark),
        events: Events::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        behind: mark,
        start: Span::new(mark, mark),
        is_document_start: false,
        marks: Vec::new(),
        watches_tabs: schema == Schema::Compose && text.contains('\t'),
    };
    for event in Parser::new_from_str(&copy[mark..]) {
        let (event, span) = event.map_err(|error| {
            let at = scan.offsets.byte(*error.marker());
            if error.info().starts_with("':' must be followed") && copy[..at].ends_with('\t') {
                return Stop::Tab(at);
            }
            Stop::Complaint(Box::new(scan.syntax_error(&error)))
        })?;
        scan.take(event, span).map_err(Stop::Complaint)?;
    }
    if scan.watches_tabs {
        go::check_tabs(text, &scan.marks).map_err(Stop::Complaint)?;
    }
    Ok(scan.events)
}

/// What is known while reading.
struct Scan<'a> {
    text: &'a str,
    schema: Schema,
    offsets: Offsets<'a>,
    events: Events,
    /// The collections that are open.
    open: Vec<Open>,
    /// The nodes of the anchors of the current document, by the parser's numbers.
    anchors: HashMap<usize, usize>,
    /// The end of the last node or key: where an empty node stands.
    behind: usize,
    /// The place of the last `---`, or the first character of a document without.
    start: Span,
    /// Whether the next node is the root of a document.
    is_document_start: bool,
    /// The scalars and aliases, if tabs matter.
    marks: Vec<go::Mark>,
    /// Whether tabs matter.
    watches_tabs: bool,
}

/// A collection that is open.
struct Open {
    /// The index of its beginning.
    index: usize,
    /// Whether it is in brackets.
    is_flow: bool,
    /// How far it is indented, or what is around it if it is in brackets.
    column: usize,
}

impl Scan<'_> {
    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Box<Complaint>> {
        let span = self.offsets.span(span);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(is_explicit) => {
                // Anchors do not reach into the next document (YAML 1.2.2, 9.2), but go-yaml lets
                // them.
                if self.schema == Schema::Core {
                    self.anchors.clear();
                }
                self.is_document_start = true;
                self.start = if is_explicit {
                    span
                } else {
                    let first = self.text[span.start..].chars().next();
                    let length = first.map_or(0, char::len_utf8);
                    Span::new(span.start, span.start + length)
                };
                self.behind = self
                    .behind
                    .max(if is_explicit { span.end } else { span.start });
            }
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                let whole = span;
                let span = self.scalar_span(span, style, text.is_empty());
                if style == Style::Plain && text.starts_with(['|', '>', '@', '`', '%']) {
                    // In brackets the parser takes some that it should not (YAML 1.2.2, 7.3.3).
                    let message =
                        format!("a text without quotes cannot begin with `{}`", &text[..1]);
                    let place = Place::in_file(0, span);
                    return Err(Box::new(Complaint::new(&INVALID, place, message)));
                }
                self.check_names(anchor, whole.start, span.start)?;
                if self.schema == Schema::Compose {
                    let is_flow = self.open.last().is_some_and(|open| open.is_flow);
                    go::check_scalar(&self.text[span.range()], style, is_flow, span)?;
                }
                self.mark(span);
                self.behind = span.end;
                let text = text.into_owned().into_boxed_str();
                self.push(What::Scalar(text, style), anchor, tag.as_deref(), span);
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(What::List(0), anchor, tag.as_deref(), span)?;
            }
            Event::MappingStart(anchor, tag) => {
                self.open(What::Map(0), anchor, tag.as_deref(), span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
        }
        Ok(())
    }

    fn push(&mut self, what: What, anchor: usize, tag: Option<&Tag>, span: Span) -> usize {
        let index = self.events.items.len();
        if self.is_document_start {
            self.is_document_start = false;
            let start = self.start;
            self.events.documents.push((index, start));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, index);
        }
        self.events.items.push(Item {
            what,
            tag: tag.map(tag_text),
            span,
        });
        index
    }

    fn open(
        &mut self,
        what: What,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Box<Complaint>> {
        let bytes = self.text.as_bytes();
        let mut start = self.behind_properties(span);
        // Brackets are a part of the span; whatever else begins a collection is not.
        let is_flow = start < span.end && matches!(bytes[start], b'[' | b'{');
        if matches!(what, What::List(_)) && !is_flow && bytes.get(start) != Some(&b'-') {
            // For a list that is not indented the parser gives the place behind its `-`.
            let mut next = self.next_byte(self.behind, start);
            if let Some((at, b':')) = next {
                next = self.next_byte(at + 1, start);
            }
            if let Some((at, b'-')) = next {
                start = at;
            }
        }
        if self.open.len() == MAX_DEPTH {
            return Err(Box::new(too_deep(Span::new(start, start))));
        }
        self.check_names(anchor, span.start, start)?;
        self.behind = self.behind.max(start);
        let index = self.push(what, anchor, tag, Span::new(start, start));
        let outer = self.open.last().map_or(0, |open| open.column);
        self.open.push(Open {
            index,
            is_flow,
            // Looked for only where it counts: a flow collection may be one long line.
            column: if is_flow {
                outer
            } else {
                start - self.text[..start].rfind('\n').map_or(0, |at| at + 1)
            },
        });
        Ok(())
    }

    fn close(&mut self, span: Span) {
        let Some(Open { index, is_flow, .. }) = self.open.pop() else {
            return;
        };
        let end_index = self.events.items.len();
        let start = self.events.items[index].span.start;
        if is_flow {
            // Behind a last comma the parser gives the place of the comma.
            self.behind = self.behind.max(start + 1);
            let mut next = self.next_byte(self.behind, self.text.len());
            while let Some((at, b',' | b':' | b'?')) = next {
                next = self.next_byte(at + 1, self.text.len());
            }
            self.behind = match next {
                Some((at, b']' | b'}')) => at + 1,
                _ => span.end.max(self.behind),
            };
        }
        let end = self.behind.max(start);
        let item = &mut self.events.items[index];
        item.span.end = end;
        match &mut item.what {
            What::List(at) | What::Map(at) => *at = end_index,
            What::Scalar(..) | What::End | What::Alias(_) => {}
        }
        self.events.items.push(Item {
            what: What::End,
            tag: None,
            span: Span::new(end, end),
        });
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Complaint>> {
        let name = &self.text[span.range()];
        let place = Place::in_file(0, span);
        let Some(&target) = self.anchors.get(&anchor) else {
            let message = format!("the alias `{name}` names an anchor of another document");
            return Err(Box::new(Complaint::new(&INVALID, place, message)));
        };
        if self.open.iter().any(|open| open.index == target) {
            let message = format!("the alias `{name}` stands in what it names");
            return Err(Box::new(Complaint::new(&INVALID, place, message)));
        }
        if self.schema == Schema::Compose {
            go::check_name(name, span)?;
        }
        self.mark(span);
        self.behind = span.end;
        self.push(What::Alias(target), 0, None, span);
        Ok(())
    }

    /// Looks at the anchor before a node, if it has one.
    fn check_names(&self, anchor: usize, from: usize, to: usize) -> Result<(), Box<Complaint>> {
        if anchor == 0 || self.schema == Schema::Core {
            return Ok(());
        }
        let properties = self.text.get(from..to).unwrap_or_default();
        for word in properties
            .split_whitespace()
            .filter(|word| word.starts_with('&'))
        {
            go::check_name(word, Span::new(from, to))?;
        }
        Ok(())
    }

    fn mark(&mut self, span: Span) {
        if self.watches_tabs {
            let last = self.open.last();
            self.marks.push(go::Mark {
                span,
                is_flow: last.is_some_and(|open| open.is_flow),
                column: last.map_or(0, |open| open.column),
            });
        }
    }

    /// The span of a scalar alone: without its anchor and tag, and without the line break that
    /// ends a block.
    fn scalar_span(&self, span: Span, style: Style, is_empty: bool) -> Span {
        let bytes = self.text.as_bytes();
        if style == Style::Plain && is_empty {
            // The parser gives its anchor and tag, or a place around the indicator before it.
            let at = match bytes.get(span.start) {
                Some(b'!' | b'&') => span.end,
                _ => match self.next_byte(self.behind, span.start + 1) {
                    Some((at, b':' | b'-' | b'?')) if word_len(&bytes[at..]) == 1 => at + 1,
                    Some((at, b':')) if self.open.last().is_some_and(|open| open.is_flow) => at + 1,
                    _ => self.behind,
                },
            };
            let at = at.max(self.behind);
            return Span::new(at, at);
        }
        let mut start = self.behind_properties(span);
        let end = match style {
            Style::SingleQuoted => start + single_quoted_len(&bytes[start..span.end.max(start)]),
            Style::DoubleQuoted => start + double_quoted_len(&bytes[start..span.end.max(start)]),
            Style::Plain => span.end.max(start),
            Style::Literal | Style::Folded => {
                // The parser gives the text alone where there is no anchor or tag.
                let mut next = self.next_byte(self.behind, start);
                while let Some((at, b':' | b'-' | b'?')) = next {
                    next = self.next_byte(at + 1, start);
                }
                if let Some((at, b'|' | b'>')) = next {
                    start = at;
                }
                span.end.max(start)
            }
        };
        let written = self.text[start..end].trim_end_matches([' ', '\t', '\r', '\n']);
        Span::new(start, start + written.len())
    }

    /// The first byte from a place on that is neither blank nor in a comment, and where it is,
    /// if it is before `end`.
    fn next_byte(&self, mut at: usize, end: usize) -> Option<(usize, u8)> {
        let bytes = self.text.as_bytes();
        while at < end {
            match bytes.get(at)? {
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at += line_len(&bytes[at..]),
                byte => return Some((at, *byte)),
            }
        }
        None
    }

    /// Where a node begins behind its anchor and tag.
    fn behind_properties(&self, span: Span) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = span.start;
        while let Some(b'!' | b'&') = bytes.get(at) {
            at += word_len(&bytes[at..]);
            loop {
                match bytes.get(at) {
                    Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                    Some(b'#') => at += line_len(&bytes[at..]),
                    _ => break,
                }
            }
        }
        at.min(self.text.len())
    }

    fn syntax_error(&self, error: &ScanError) -> Complaint {
        let at = self.offsets.byte(*error.marker());
        let rest = &self.text[at..];
        let next = rest.chars().next().filter(|c| !matches!(c, '\r' | '\n'));
        let place = Place::new(at, at + next.map_or(0, char::len_utf8));
        if error.info().contains("unknown anchor") {
            let len = 1 + word_len(&rest.as_bytes()[1.min(rest.len())..]);
            let name = rest
                .get(..len)
                .unwrap_or(rest)
                .trim_end_matches([',', ']', '}']);
            let place = Place::new(at, at + name.len());
            let message = format!("the alias `{name}` names no anchor before it");
            return Complaint::new(&INVALID, place, message);
        }
        if error.info().contains("recursion limit") {
            return too_deep(place.span);
        }
        let message = format!("not valid YAML: {}", error.info());
        // Where a tab is wrong the parser gives the place behind it.
        let tabs = self.text[..at].len() - self.text[..at].trim_end_matches('\t').len();
        let place = if tabs > 0 && error.info().contains("tabs disallowed") {
            Place::new(at - tabs, at)
        } else {
            place
        };
        let complaint = Complaint::new(&INVALID, place, message);
        match self.advice(error.info(), at, next) {
            Some(help) => complaint.help(help),
            None => complaint,
        }
    }

    /// What to do about a syntax error.
    fn advice(&self, info: &str, at: usize, next: Option<char>) -> Option<&'static str> {
        let line_start = self.text[..at].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = self.text.as_bytes()[line_start..].iter();
        let mut indentation = line.take_while(|byte| matches!(byte, b' ' | b'\t'));
        Some(
            if indentation.any(|byte| *byte == b'\t') || info.contains("tab") {
                "indent with blanks; YAML takes no tabs there"
            } else if matches!(next, Some('@' | '`' | '%')) {
                "put the text in quotes; it cannot begin so without them"
            } else if info.contains("mapping values are not allowed") {
                "a text that holds `: ` needs quotes; else look at the indentation"
            } else if info.contains("escape") {
                "in double quotes write a backslash as `\\\\`, or use single quotes"
            } else if info.contains("illegal placement of ':'") {
                "this stands in a list whose `[` is not closed before it"
            } else if info.contains("invalid indentation in quoted scalar") {
                "the quotes that begin here are not closed, or what follows is not indented"
            } else if info.contains("unexpected end of stream") {
                "the quotes that begin here are not closed"
            } else if info.contains("did not find expected key") {
                "look at the indentation of this line"
            } else {
                return None;
            },
        )
    }
}

/// The complaint about a node that stands too deep.
pub(super) fn too_deep(span: Span) -> Complaint {
    let message = format!("lists and maps are nested deeper than {MAX_DEPTH}");
    Complaint::new(&TOO_LARGE, Place::in_file(0, span), message)
}

/// Whether a character may stand in a YAML text at all (YAML 1.2.2, 5.1).
fn is_printable(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'.. => {
            !matches!(c, '\u{fffe}' | '\u{ffff}')
        }
        _ => false,
    }
}

fn tag_text(tag: &Tag) -> Box<str> {
    if tag.is_yaml_core_schema() {
        format!("!!{}", tag.suffix).into()
    } else {
        format!("{}{}", tag.handle, tag.suffix).into()
    }
}
