//! The part of XML 1.0 that property lists have, as a pull parser with places. It is strict, and it
//! expands nothing but the five predefined entities and numeric character references, so that no
//! file can grow.

use std::borrow::Cow;

use crate::diagnostic::Rule;
use crate::source::Span;

use super::{DECLARATION, INVALID};

/// Why a file is refused.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) rule: &'static Rule,
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
    /// Another place that belongs to it: where the element was opened.
    pub(super) opened: Option<Span>,
}

impl Fault {
    /// A fault of the syntax.
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            rule: &INVALID,
            span,
            message: message.into(),
            help: None,
            opened: None,
        }
    }

    /// Says what to do.
    pub(super) fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

/// A piece of a file.
#[derive(Debug)]
pub(super) struct Event<'a> {
    pub(super) token: Token<'a>,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Token<'a> {
    /// `<name …>`, or `<name …/>` if it is empty; where its attributes stand if it has some.
    Open {
        name: &'a str,
        attributes: Option<Span>,
        is_empty: bool,
    },
    /// `</name>`.
    Close(&'a str),
    /// Text with its references decoded, or a CDATA section; plain if it is neither.
    Text {
        text: Cow<'a, str>,
        is_plain: bool,
    },
    Comment,
    Instruction,
    Doctype,
}

/// A cursor over the text of a file.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Event<'a>>, Fault> {
        let start = self.at;
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(None);
        }
        let token = if !rest.starts_with('<') {
            self.characters()?
        } else if rest.starts_with("<!--") {
            self.comment()?
        } else if rest.starts_with("<![CDATA[") {
            let inner = start + 9;
            let end = self.until("]]>", 9, "`]]>` to close the CDATA section")?;
            self.check_characters(inner, end)?;
            Token::Text {
                text: normalized(&self.text[inner..end]),
                is_plain: false,
            }
        } else if rest.starts_with("<!DOCTYPE") {
            self.doctype()?
        } else if rest.starts_with("<?") {
            self.instruction()?
        } else if rest.starts_with("</") {
            self.at += 2;
            let name = self.name("the name of an element")?;
            self.blank();
            self.expect('>')?;
            Token::Close(name)
        } else if rest.starts_with("<!") {
            return Err(Fault::new(
                Span::new(start, start + 2),
                "expected a comment, `<![CDATA[` or `<!DOCTYPE` behind `<!`",
            ));
        } else {
            self.open()?
        };
        let span = Span::new(start, self.at);
        Ok(Some(Event { token, span }))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Steps behind the next `end` and returns where it begins.
    fn until(&mut self, end: &str, skip: usize, what: &str) -> Result<usize, Fault> {
        let from = (self.at + skip).min(self.text.len());
        match self.text[from..].find(end) {
            Some(found) => {
                self.at = from + found + end.len();
                Ok(from + found)
            }
            None => Err(Fault::new(
                Span::new(self.at, from),
                format!("expected {what}, found the end of the file"),
            )),
        }
    }

    fn comment(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at;
        let end = self.until("-->", 4, "`-->` to close the comment")?;
        self.check_characters(start + 4, end)?;
        let inner = &self.text[start + 4..end];
        if let Some(dashes) = inner.find("--") {
            let at = start + 4 + dashes;
            return Err(Fault::new(
                Span::new(at, at + 2),
                "`--` stands inside a comment",
            ));
        }
        if inner.ends_with('-') {
            return Err(Fault::new(
                Span::new(end - 1, end + 3),
                "a comment ends with `--->`",
            ));
        }
        Ok(Token::Comment)
    }

    fn instruction(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at;
        self.at += 2;
        let name = self.name("a name behind `<?`")?;
        if !name.eq_ignore_ascii_case("xml") {
            if !self.rest().starts_with("?>") && self.blank() == 0 {
                return Err(self.expected("a blank behind the name"));
            }
            let inner = self.at;
            let end = self.until("?>", 0, "`?>` to close the instruction")?;
            self.check_characters(inner, end)?;
            return Ok(Token::Instruction);
        }
        let is_first = start == 0 || self.text[..start] == *"\u{feff}";
        if !is_first || name != "xml" {
            let span = Span::new(start, self.at);
            let message = "an XML declaration stands elsewhere than at the start of the file";
            return Err(Fault::new(span, message).help("remove what is before it"));
        }
        let mut is_versioned = false;
        loop {
            let blanks = self.blank();
            if self.rest().starts_with("?>") {
                self.at += 2;
                break;
            }
            if blanks == 0 {
                return Err(self.expected("a blank or `?>`"));
            }
            let (key, value, span) = self.attribute()?;
            match key {
                "version" if value.starts_with("1.") => is_versioned = true,
                "encoding" if is_versioned => self.check_encoding(value, span)?,
                "standalone" if is_versioned && matches!(value, "yes" | "no") => {}
                _ => return Err(Fault::new(span, "the XML declaration is malformed")),
            }
        }
        if !is_versioned {
            let span = Span::new(start, self.at);
            return Err(Fault::new(span, "the XML declaration has no version"));
        }
        Ok(Token::Instruction)
    }

    fn check_encoding(&self, encoding: &str, span: Span) -> Result<(), Fault> {
        let is_ascii = ["us-ascii", "ascii", "iso-8859-1", "latin1"];
        let is_known = encoding.eq_ignore_ascii_case("utf-8")
            || (self.text.is_ascii()
                && is_ascii
                    .iter()
                    .any(|name| encoding.eq_ignore_ascii_case(name)));
        if is_known {
            return Ok(());
        }
        Err(
            Fault::new(span, "the file does not have the encoding that it declares")
                .help("save it as UTF-8 and declare `encoding=\"UTF-8\"`"),
        )
    }

    /// A document type without declarations: names of it are never looked up.
    fn doctype(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at;
        self.at += "<!DOCTYPE".len();
        if self.blank() == 0 {
            return Err(self.expected("a blank behind `<!DOCTYPE`"));
        }
        self.name("the name of the root element")?;
        let blanks = self.blank();
        let literals = match self.rest() {
            rest if rest.starts_with("PUBLIC") => 2,
            rest if rest.starts_with("SYSTEM") => 1,
            _ => 0,
        };
        if literals > 0 && blanks > 0 {
            self.at += "PUBLIC".len();
            for _ in 0..literals {
                if self.blank() == 0 {
                    return Err(self.expected("a blank"));
                }
                self.literal()?;
            }
            self.blank();
        }
        if self.rest().starts_with('[') {
            let span = Span::new(start, self.at + 1);
            let message = "the document type declares something of its own";
            return Err(Fault {
                rule: &DECLARATION,
                ..Fault::new(span, message)
                    .help("remove what stands in `[…]`: entities are not expanded")
            });
        }
        self.expect('>')?;
        Ok(Token::Doctype)
    }

    fn open(&mut self) -> Result<Token<'a>, Fault> {
        self.at += 1;
        let name = self.name("the name of an element")?;
        let mut keys: Vec<&str> = Vec::new();
        let mut attributes: Option<Span> = None;
        loop {
            let blanks = self.blank();
            let is_empty = self.rest().starts_with("/>");
            if is_empty || self.rest().starts_with('>') {
                self.at += if is_empty { 2 } else { 1 };
                return Ok(Token::Open {
                    name,
                    attributes,
                    is_empty,
                });
            }
            if blanks == 0 {
                return Err(self.expected("`>`"));
            }
            let (key, _, span) = self.attribute()?;
            if keys.contains(&key) || keys.len() >= 32 {
                return Err(Fault::new(
                    span,
                    "an attribute is given twice, or there are more than 32",
                ));
            }
            keys.push(key);
            let first = attributes.map_or(span.start, |all| all.start);
            attributes = Some(Span::new(first, span.end));
        }
    }

    fn attribute(&mut self) -> Result<(&'a str, &'a str, Span), Fault> {
        let start = self.at;
        let key = self.name("the name of an attribute, or `>`")?;
        self.blank();
        self.expect('=')?;
        self.blank();
        let inner = self.at + 1;
        let value = self.literal()?;
        if let Some(angle) = value.find('<') {
            let at = inner + angle;
            return Err(Fault::new(
                Span::new(at, at + 1),
                "`<` stands in an attribute",
            ));
        }
        self.decoded(inner, inner + value.len())?;
        Ok((key, value, Span::new(start, self.at)))
    }

    /// A text in quotes.
    fn literal(&mut self) -> Result<&'a str, Fault> {
        let quote = match self.rest().as_bytes().first() {
            Some(b'"') => "\"",
            Some(b'\'') => "'",
            _ => return Err(self.expected("a value in quotes")),
        };
        let inner = self.at + 1;
        let end = self.until(quote, 1, "a quote to close the value")?;
        self.check_characters(inner, end)?;
        Ok(&self.text[inner..end])
    }

    fn name(&mut self, what: &str) -> Result<&'a str, Fault> {
        let rest = self.rest();
        let is_start = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
        let is_part = |c: char| is_start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
        if !rest.starts_with(is_start) {
            return Err(self.expected(what));
        }
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    fn blank(&mut self) -> usize {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.at += rest.len() - trimmed.len();
        rest.len() - trimmed.len()
    }

    fn expect(&mut self, c: char) -> Result<(), Fault> {
        if self.rest().starts_with(c) {
            self.at += c.len_utf8();
            return Ok(());
        }
        Err(self.expected(&format!("`{c}`")))
    }

    fn expected(&self, what: &str) -> Fault {
        let (end, found) = match self.rest().chars().next() {
            None => (self.at, "the end of the file".to_owned()),
            Some(c) if c.is_control() || c.is_whitespace() => {
                let found = format!("the character U+{:04X}", u32::from(c));
                (self.at + c.len_utf8(), found)
            }
            Some(c) => (self.at + c.len_utf8(), format!("`{c}`")),
        };
        let message = format!("expected {what}, found {found}");
        Fault::new(Span::new(self.at, end), message)
    }

    /// Text up to the next markup.
    fn characters(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.at;
        let length = memchr::memchr(b'<', self.rest().as_bytes()).unwrap_or(self.rest().len());
        let end = start + length;
        if let Some(found) = self.text[start..end].find("]]>") {
            let at = start + found;
            return Err(Fault::new(Span::new(at, at + 3), "`]]>` stands in a text"));
        }
        let text = self.decoded(start, end)?;
        self.at = end;
        Ok(Token::Text {
            is_plain: !self.text[start..end].contains('&'),
            text,
        })
    }

    /// A part of the text with its references replaced.
    fn decoded(&self, start: usize, end: usize) -> Result<Cow<'a, str>, Fault> {
        self.check_characters(start, end)?;
        let raw = &self.text[start..end];
        if !raw.contains('&') {
            return Ok(normalized(raw));
        }
        let mut decoded = String::with_capacity(raw.len());
        let mut at = 0;
        while let Some(found) = raw[at..].find('&') {
            decoded.push_str(&normalized(&raw[at..at + found]));
            at += found;
            // No reference that is known is longer.
            let longest = raw.floor_char_boundary((at + 12).min(raw.len()));
            let Some(length) = raw[at..longest].find(';') else {
                let span = Span::new(start + at, start + at + 1);
                return Err(Fault::new(span, "`&` does not begin a reference")
                    .help("write `&amp;` for the character itself"));
            };
            let name = &raw[at + 1..at + length];
            let span = Span::new(start + at, start + at + length + 1);
            decoded.push(reference(name).ok_or_else(|| {
                Fault::new(
                    span,
                    format!("`&{name};` is not one of the five entities of XML"),
                )
                .help("property lists have `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and `&#…;`")
            })?);
            at += length + 1;
        }
        decoded.push_str(&normalized(&raw[at..]));
        Ok(Cow::Owned(decoded))
    }

    /// XML 1.0, section 2.2: what can stand in a file at all.
    fn check_characters(&self, start: usize, end: usize) -> Result<(), Fault> {
        let bad = self.text[start..end]
            .char_indices()
            .find(|(_, c)| !is_character(*c));
        match bad {
            None => Ok(()),
            Some((at, c)) => Err(Fault::new(
                Span::new(start + at, start + at + c.len_utf8()),
                format!("the character U+{:04X} cannot stand in XML", u32::from(c)),
            )),
        }
    }
}

fn is_character(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// What a reference stands for.
fn reference(name: &str) -> Option<char> {
    let code = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match code.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (code, 10),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let code = is_number.then(|| u32::from_str_radix(digits, radix).ok())??;
    char::from_u32(code).filter(|c| is_character(*c))
}

/// Line ends as XML has them (section 2.11).
fn normalized(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
