//! A document read back as a tree, for tests.

use std::collections::BTreeMap;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

/// An element as a parser gives it back.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// All cases of all suites.
    pub(super) fn cases(&self) -> Vec<&Element> {
        self.all("testsuite")
            .flat_map(|suite| suite.all("testcase"))
            .collect()
    }

    pub(super) fn case(&self, name: &str) -> &Element {
        self.cases()
            .into_iter()
            .find(|case| case.attribute("name") == name)
            .unwrap()
    }
}

/// The root element of a document; panics where it is not well-formed.
pub(super) fn parse(document: &str) -> Element {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let attributes = start.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let value = attribute
                        .normalized_value(XmlVersion::default())
                        .unwrap()
                        .into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                let name = start.name().as_ref().to_owned();
                open.push(Element {
                    name,
                    attributes: attributes.collect(),
                    ..Element::default()
                });
            }
            Event::Text(text) => open
                .last_mut()
                .unwrap()
                .text
                .push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => {
                let one = entity.resolve_char_ref().unwrap();
                let named = resolve_xml_entity(entity);
                let text = one.map(String::from).or(named.map(str::to_owned)).unwrap();
                open.last_mut().unwrap().text.push_str(&text);
            }
            Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
            _ => {}
        }
        if matches!(event, Event::End(_) | Event::Empty(_)) {
            let element = open.pop().unwrap();
            open.last_mut().unwrap().children.push(element);
        }
    }
}
