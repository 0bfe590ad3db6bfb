//! From the pieces of XML to a tree. It recurses at most [`MAX_DEPTH`] levels.

use std::borrow::Cow;

use crate::document::{Complaint, Data, Entry, Node, Place};
use crate::source::Span;
use crate::text::suggest;

use super::super::member::{Overridden, last_of_each};
use super::xml::{Event, Fault, Reader, Token};
use super::{LIMIT, LOOSE, MAX_NOTES, NUMBER, scalar};

/// Levels of arrays and dictionaries.
pub(super) const MAX_DEPTH: usize = 128;

/// Values in one file, so that a file of `<true/>` cannot take gigabytes.
const MAX_VALUES: usize = 1_000_000;

/// The elements that are values.
const VALUES: [&str; 9] = [
    "array", "data", "date", "dict", "false", "integer", "real", "string", "true",
];

/// A reader, and what is noticed on the way.
pub(super) struct Builder<'a> {
    reader: Reader<'a>,
    values: usize,
    has_doctype: bool,
    pub(super) complaints: Vec<Complaint>,
    pub(super) comments: Vec<Span>,
    pub(super) overridden: Vec<Overridden>,
}

/// An element that has been opened.
#[derive(Clone, Copy)]
struct Opened<'a> {
    name: &'a str,
    span: Span,
    is_empty: bool,
}

impl<'a> Builder<'a> {
    /// A builder that begins at an offset.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self {
            reader: Reader { text, at },
            values: 0,
            has_doctype: false,
            complaints: Vec::new(),
            comments: Vec::new(),
            overridden: Vec::new(),
        }
    }

    /// A whole file: `<plist>` with one value in it.
    pub(super) fn document(&mut self) -> Result<Node, Fault> {
        let Some(first) = self.element_or_close(None)? else {
            return Err(self.ends("`<plist>`"));
        };
        let root = if first.name == "plist" {
            let value = if first.is_empty {
                None
            } else {
                self.element_or_close(Some(first))?
            };
            let Some(value) = value else {
                return Err(Fault::new(first.span, "`<plist>` is empty"));
            };
            let root = self.value(value, 0)?;
            if let Some(second) = self.element_or_close(Some(first))? {
                let message = "a property list holds one value, and this is the second";
                return Err(Fault::new(second.span, message));
            }
            root
        } else {
            let root = self.value(first, 0)?;
            let place = Place::in_file(0, first.span);
            let complaint = Complaint::new(&LOOSE, place, "there is no `<plist>` around the value");
            self.complaints
                .push(complaint.help("begin the file with `<plist version=\"1.0\">`"));
            root
        };
        if let Some(more) = self.element_or_close(None)? {
            let message = format!("expected the end of the file, found `<{}>`", more.name);
            return Err(Fault::new(more.span, message));
        }
        Ok(root)
    }

    /// A key and its value, for comments that hold some; `None` at the end or where there is none.
    pub(super) fn member(&mut self) -> Option<Entry> {
        let opened = self.element_or_close(None).ok()??;
        if opened.name != "key" {
            return None;
        }
        let (name, place) = self.key(opened).ok()?;
        let value = self.element_or_close(None).ok()??;
        let node = self.value(value, 0).ok()?;
        Some(Entry { name, place, node })
    }

    fn ends(&self, what: &str) -> Fault {
        let end = self.reader.text.len();
        let message = format!("expected {what}, found the end of the file");
        Fault::new(Span::new(end, end), message)
    }

    /// The next element between blanks and comments; `None` if the element around it closes, or, if
    /// there is none, at the end of the file.
    fn element_or_close(
        &mut self,
        around: Option<Opened<'a>>,
    ) -> Result<Option<Opened<'a>>, Fault> {
        while let Some(Event { token, span }) = self.reader.next()? {
            match token {
                Token::Open {
                    name,
                    attributes,
                    is_empty,
                } => {
                    if let Some(place) = attributes.filter(|_| name != "plist") {
                        let message = format!("`<{name}>` has attributes, which have no effect");
                        self.note(Complaint::new(&LOOSE, Place::in_file(0, place), message));
                    }
                    return Ok(Some(Opened {
                        name,
                        span,
                        is_empty,
                    }));
                }
                Token::Close(name) => match around {
                    Some(around) if around.name == name => return Ok(None),
                    around => return Err(mismatch(name, span, around)),
                },
                Token::Text { text, is_plain } => {
                    let is_blank = text.trim_matches([' ', '\t', '\n', '\u{feff}']).is_empty();
                    let is_mark = text.contains('\u{feff}') && span.start > 0;
                    if !is_blank || !is_plain || is_mark {
                        return Err(Fault::new(span, "text stands between the elements")
                            .help("texts stand in `<string>`"));
                    }
                }
                Token::Comment => {
                    if self.comments.len() < 10_000 {
                        self.comments.push(span);
                    }
                }
                Token::Doctype if around.is_some() || self.has_doctype => {
                    let message = "a document type stands twice or behind the first element";
                    return Err(Fault::new(span, message));
                }
                Token::Doctype => self.has_doctype = true,
                Token::Instruction => {}
            }
        }
        match around {
            None => Ok(None),
            Some(around) => {
                let fault = self.ends(&format!("`</{}>`", around.name));
                let opened = Some(around.span);
                Err(Fault { opened, ..fault })
            }
        }
    }

    fn note(&mut self, complaint: Complaint) {
        if self.complaints.len() < MAX_NOTES {
            self.complaints.push(complaint);
        }
    }

    fn value(&mut self, opened: Opened<'a>, depth: usize) -> Result<Node, Fault> {
        self.values += 1;
        if self.values > MAX_VALUES || depth > MAX_DEPTH {
            let message = if depth > MAX_DEPTH {
                format!("arrays and dictionaries are nested deeper than {MAX_DEPTH} levels")
            } else {
                format!("there are more than {MAX_VALUES} values")
            };
            return Err(Fault {
                rule: &LIMIT,
                ..Fault::new(opened.span, message)
            });
        }
        let data = match opened.name {
            "dict" => self.dict(opened, depth)?,
            "array" => {
                let mut items = Vec::new();
                while let Some(item) = self.inner_element(opened)? {
                    items.push(self.value(item, depth + 1)?);
                }
                Data::List(items)
            }
            "string" => Data::Text(self.text(opened)?.0.into()),
            "true" | "false" => {
                if !self.text(opened)?.0.is_empty() {
                    let message =
                        format!("`<{0}>` has content; it is written `<{0}/>`", opened.name);
                    return Err(Fault::new(opened.span, message));
                }
                Data::Boolean(opened.name == "true")
            }
            "integer" | "real" | "date" | "data" => self.scalar(opened)?,
            "key" => {
                let message = "expected a value, found `<key>`";
                return Err(Fault::new(opened.span, message)
                    .help("the key before it has no value, or this is not in a `<dict>`"));
            }
            name => return Err(unknown_element(name, opened.span)),
        };
        let end = self.reader.at;
        Ok(Node::new(data, Place::new(opened.span.start, end)))
    }

    fn inner_element(&mut self, around: Opened<'a>) -> Result<Option<Opened<'a>>, Fault> {
        if around.is_empty {
            return Ok(None);
        }
        self.element_or_close(Some(around))
    }

    fn dict(&mut self, around: Opened<'a>, depth: usize) -> Result<Data, Fault> {
        let mut entries = Vec::new();
        while let Some(opened) = self.inner_element(around)? {
            if opened.name != "key" {
                if !VALUES.contains(&opened.name) {
                    return Err(unknown_element(opened.name, opened.span));
                }
                let message = format!("expected `<key>` or `</dict>`, found `<{}>`", opened.name);
                return Err(Fault::new(opened.span, message).help("a key has exactly one value"));
            }
            let (name, place) = self.key(opened)?;
            let Some(value) = self.inner_element(around)? else {
                let message = "the key has no value";
                return Err(Fault::new(place.span, message));
            };
            let node = self.value(value, depth + 1)?;
            entries.push(Entry { name, place, node });
        }
        let room = MAX_NOTES.saturating_sub(self.overridden.len());
        let (entries, overridden) = last_of_each(entries, room);
        self.overridden.extend(overridden);
        Ok(Data::Map(entries))
    }

    fn key(&mut self, opened: Opened<'a>) -> Result<(Box<str>, Place), Fault> {
        let name = self.text(opened)?.0;
        let place = Place::new(opened.span.start, self.reader.at);
        if name.is_empty() {
            self.note(Complaint::new(&LOOSE, place, "the key is empty"));
        }
        Ok((name.into(), place))
    }

    /// The text of an element that holds nothing else, and whether it is written as it is.
    fn text(&mut self, around: Opened<'a>) -> Result<(Cow<'a, str>, bool), Fault> {
        let mut all: Cow<'a, str> = Cow::Borrowed("");
        let mut all_plain = true;
        if around.is_empty {
            return Ok((all, all_plain));
        }
        while let Some(Event { token, span }) = self.reader.next()? {
            match token {
                Token::Close(name) if name == around.name => return Ok((all, all_plain)),
                Token::Close(name) => return Err(mismatch(name, span, Some(around))),
                Token::Text { text, is_plain } => {
                    all_plain &= is_plain;
                    if self.reader.text[span.start..].starts_with("<![CDATA[") {
                        let message = "a text stands in a CDATA section, which some readers drop";
                        let complaint = Complaint::new(&LOOSE, Place::in_file(0, span), message);
                        self.note(complaint.help("write `&lt;`, `&gt;` and `&amp;` instead"));
                    }
                    if all.is_empty() {
                        all = text;
                    } else {
                        all.to_mut().push_str(&text);
                    }
                }
                Token::Open { name, .. } => {
                    let message = format!("expected `</{}>`, found `<{name}>`", around.name);
                    let opened = Some(around.span);
                    return Err(Fault {
                        opened,
                        ..Fault::new(span, message)
                    });
                }
                Token::Comment | Token::Instruction | Token::Doctype => {
                    let message = format!("`<{}>` holds something else than text", around.name);
                    return Err(Fault::new(span, message)
                        .help("CoreFoundation refuses comments inside of values"));
                }
            }
        }
        let fault = self.ends(&format!("`</{}>`", around.name));
        let opened = Some(around.span);
        Err(Fault { opened, ..fault })
    }

    fn scalar(&mut self, opened: Opened<'a>) -> Result<Data, Fault> {
        let (text, is_plain) = self.text(opened)?;
        let span = Span::new(opened.span.start, self.reader.at);
        let name = opened.name;
        if !is_plain && name != "real" {
            let message =
                format!("`<{name}>` holds CDATA or a reference, which only texts can have");
            return Err(Fault::new(span, message));
        }
        match name {
            "integer" => match scalar::integer(&text) {
                Ok(number) => {
                    if let Some(oddity) = number.oddity {
                        let message = format!("the `<integer>` {oddity}");
                        self.note(Complaint::new(&NUMBER, Place::in_file(0, span), message));
                    }
                    Ok(Data::Integer(number.value))
                }
                Err(why) => Err(Fault::new(span, format!("the `<integer>` {why}"))),
            },
            "real" => match scalar::real(&text) {
                Some(number) => Ok(Data::Float(number)),
                None => Err(Fault::new(span, "the `<real>` is not a number")),
            },
            "date" if scalar::is_date(&text) => Ok(Data::Text(text.into())),
            "date" => Err(Fault::new(span, "the `<date>` is not a date")
                .help("dates are written `2026-02-12T08:00:00Z`")),
            _ => {
                if !scalar::is_base64(&text) {
                    let place = Place::in_file(0, span);
                    self.note(Complaint::new(
                        &LOOSE,
                        place,
                        "the `<data>` is not whole base64",
                    ));
                }
                let digits: String = text.split_ascii_whitespace().collect();
                Ok(Data::Text(digits.into()))
            }
        }
    }
}

fn mismatch(name: &str, span: Span, around: Option<Opened<'_>>) -> Fault {
    match around {
        Some(around) => Fault {
            opened: Some(around.span),
            ..Fault::new(
                span,
                format!("expected `</{}>`, found `</{name}>`", around.name),
            )
        },
        None => Fault::new(span, format!("`</{name}>` closes nothing that is open")),
    }
}

fn unknown_element(name: &str, span: Span) -> Fault {
    let fault = Fault::new(span, format!("property lists have no element `<{name}>`"));
    if matches!(name, "yes" | "no" | "bool" | "boolean") {
        return fault.help("booleans are written `<true/>` and `<false/>`");
    }
    match suggest(name, VALUES.into_iter().chain(["key"])) {
        Some("true" | "false") => fault.help("booleans are written `<true/>` and `<false/>`"),
        Some(_) => fault.help(
            "the elements are `dict`, `key`, `array`, `string`, `integer`, `real`, `date`, `data`, \
             `true` and `false`, in lower case",
        ),
        None => fault,
    }
}
