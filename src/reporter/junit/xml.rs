//! A writer for XML documents without mixed content. Any string goes in; the document stays
//! well-formed, and a parser gives back what XML 1.0 can hold of the string.

use std::time::Duration;

/// A document in the making. Elements are ended by the kind of their content: [`Xml::empty`],
/// [`Xml::text`], or [`Xml::children`] and later [`Xml::end`].
#[derive(Debug)]
pub(crate) struct Xml {
    buffer: String,
    /// The elements that are open.
    open: Vec<&'static str>,
}

impl Xml {
    /// A document with its declaration.
    pub(crate) fn new() -> Self {
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        Self {
            buffer: declaration.to_owned(),
            open: Vec::new(),
        }
    }

    /// Takes what has been written so far.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.buffer)
    }

    /// Begins an element.
    pub(crate) fn start(&mut self, name: &'static str) -> &mut Self {
        self.indent();
        self.buffer.push('<');
        self.buffer.push_str(name);
        self.open.push(name);
        self
    }

    /// Adds an attribute to the element that has just begun.
    pub(crate) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.buffer.push(' ');
        self.buffer.push_str(name);
        self.buffer.push_str("=\"");
        push_escaped(&mut self.buffer, value, true);
        self.buffer.push('"');
        self
    }

    /// Adds a number as an attribute.
    pub(crate) fn number(&mut self, name: &'static str, value: usize) -> &mut Self {
        self.attribute(name, &value.to_string())
    }

    /// Adds a duration in seconds as an attribute, with exactly three decimals: the only form that
    /// every schema accepts.
    pub(crate) fn seconds(&mut self, name: &'static str, value: Duration) -> &mut Self {
        self.attribute(
            name,
            &format!("{}.{:03}", value.as_secs(), value.subsec_millis()),
        )
    }

    /// Ends the element that has just begun: it has no content.
    pub(crate) fn empty(&mut self) {
        self.buffer.push_str("/>\n");
        self.open.pop();
    }

    /// Ends the element that has just begun: its content is text.
    pub(crate) fn text(&mut self, text: &str) {
        self.buffer.push('>');
        push_escaped(&mut self.buffer, text, false);
        if let Some(name) = self.open.pop() {
            self.close(name);
        }
    }

    /// The content of the element that has just begun are elements, up to [`Xml::end`].
    pub(crate) fn children(&mut self) {
        self.buffer.push_str(">\n");
    }

    /// Ends an element that has elements in it.
    pub(crate) fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.close(name);
        }
    }

    fn close(&mut self, name: &str) {
        self.buffer.push_str("</");
        self.buffer.push_str(name);
        self.buffer.push_str(">\n");
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.buffer.push_str("  ");
        }
    }
}

/// Whether XML 1.0 has a way to write a character (production `Char`; no reference helps).
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Appends text for an attribute or for the content of an element. Characters that XML does not
/// have are left out. A parser turns a carriage return into a line feed, and in an attribute any
/// white space into a blank, so those are written as references. `>` is always escaped, so that
/// `]]>` never stands in a text.
fn push_escaped(buffer: &mut String, text: &str, in_attribute: bool) {
    let mut rest = text;
    let is_special = |c: char| match c {
        '&' | '<' | '>' | '\r' => true,
        '"' | '\n' | '\t' => in_attribute,
        c => !is_char(c),
    };
    while let Some(at) = rest.find(is_special) {
        let (plain, tail) = rest.split_at(at);
        buffer.push_str(plain);
        let mut chars = tail.chars();
        buffer.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('"') => "&quot;",
            Some('\r') => "&#13;",
            Some('\n') => "&#10;",
            Some('\t') => "&#9;",
            _ => "",
        });
        rest = chars.as_str();
    }
    buffer.push_str(rest);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::any;
    use proptest::{prop_assert_eq, proptest};

    use super::super::tree::parse;
    use super::{Xml, is_char};

    fn written(text: &str) -> String {
        let mut xml = Xml::new();
        xml.start("e").attribute("a", text).text(text);
        xml.take()
    }

    #[test]
    fn specials_are_escaped_and_impossible_characters_left_out() {
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <e a=\"]]&gt; &amp; &lt; &quot;&#10;&#9;&#13;é🦀\">]]&gt; &amp; &lt; \"\n\t&#13;é🦀</e>\n";
        assert_eq!(
            written("]]> & < \"\n\t\r\u{1}\u{fffe}\u{ffff}\u{0}\u{1b}é🦀"),
            expected
        );
    }

    #[test]
    fn durations_have_three_decimals() {
        for (duration, expected) in [
            (Duration::ZERO, "0.000"),
            (Duration::from_nanos(1), "0.000"),
            (Duration::from_millis(1_234_056), "1234.056"),
        ] {
            let mut xml = Xml::new();
            xml.start("e").seconds("t", duration).empty();
            assert!(
                xml.take().ends_with(&format!("<e t=\"{expected}\"/>\n")),
                "{expected}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_string_comes_back_but_for_what_xml_cannot_hold(text in any::<String>()) {
            let expected: String = text.chars().filter(|c| is_char(*c)).collect();
            let element = parse(&written(&text));
            prop_assert_eq!(element.attribute("a"), &expected);
            prop_assert_eq!(&element.text, &expected);
        }
    }
}
