//! What configparser reads, and what it raises an error at.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::read;
use crate::document::{Document, Input};

fn document_of(bytes: &[u8]) -> Document {
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    read(&Input {
        path: "a.ini",
        bytes: bytes.into(),
        target: &target,
        variables: &BTreeMap::new(),
    })
}

fn document(text: &str) -> Document {
    document_of(text.as_bytes())
}

fn outcome(text: &str) -> String {
    let document = document(text);
    let mut parts = Vec::new();
    for section in document.root.entries() {
        let options = section.node.entries().iter().map(|option| {
            let text = option.node.as_text().unwrap_or_default();
            format!("{}={text:?}", option.name)
        });
        parts.push(format!(
            "[{}] {}",
            section.name,
            options.collect::<Vec<_>>().join(" ")
        ));
    }
    for complaint in &document.complaints {
        parts.push(format!("{} {}", complaint.rule.code, complaint.message));
    }
    parts.join(" | ")
}

#[test]
fn files_are_read_as_configparser_reads_them() {
    let table = [
        ("", ""),
        ("[a]\nk = v\nl: w\nm=\n", "[a] k=\"v\" l=\"w\" m=\"\""),
        (
            "[a]\r\nk = v\r\n\r\n[b]\r\nk=w",
            "[a] k=\"v\" | [b] k=\"w\"",
        ),
        (
            "# c\n; c\n[a] # x\n  Key Two = a=b:c\n",
            "[a] Key Two=\"a=b:c\"",
        ),
        (
            "[a]\nk = 1\n  2\n\n  # c\n  3\n\nl = 4",
            "[a] k=\"1\\n2\\n\\n3\" l=\"4\"",
        ),
        (
            "[a]\n  k = 1\n  l = 2\n   m = 3",
            "[a] k=\"1\" l=\"2\\nm = 3\"",
        ),
        ("[a]b]\nk=1", "[a]b] k=\"1\""),
        (
            "[DEFAULT]\nx=1\ny=2\n[a]\nY=3",
            "[DEFAULT] x=\"1\" y=\"2\" | [a] Y=\"3\" x=\"1\"",
        ),
        (
            "[DEFAULT]\nx=1\n[DEFAULT]\ny=2",
            "[DEFAULT] x=\"1\" y=\"2\"",
        ),
        (
            "[a]\nk = v ; c",
            "[a] k=\"v ; c\" | IN003 a comment behind a value is part of the value",
        ),
        ("[a]\nurl = http://x/#y;z", "[a] url=\"http://x/#y;z\""),
        (
            "k = v\n[a]",
            "IN001 File contains no section headers: this line stands before the first `[section]`",
        ),
        (
            "[a]\njust words",
            "IN001 the line is neither a `[section]` nor `name = value`",
        ),
        (
            "[a]\n= v",
            "IN001 the line is neither a `[section]` nor `name = value`",
        ),
        (
            "[]\nk=1",
            "IN001 File contains no section headers: this line stands before the first `[section]`",
        ),
        ("[a]\n[b]\n[a]\n", "IN002 section 'a' already exists"),
        (
            "[a]\nk=1\nK=2",
            "IN002 option 'K' in section 'a' already exists",
        ),
        (
            "\u{feff}[a]\nk=1",
            "IN001 File contains no section headers: this line stands before the first `[section]`",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outcome(text), expected, "{text:?}");
    }
}

#[test]
fn values_have_their_places() {
    let text = "[ä]\n k = one\n   two\n\n[b]\n";
    let document = document(text);
    let section = document.root.entry("ä").unwrap();
    assert_eq!(&text[section.place.span.range()], "[ä]");
    let option = section.node.entry("k").unwrap();
    assert_eq!(&text[option.place.span.range()], "k");
    assert_eq!(&text[option.node.place.span.range()], "one\n   two");
}

#[test]
fn what_has_no_effect_is_set_aside() {
    let text = "[a]\n# port = 1\n;host: x\n# see this: no\nk = 1\n  l = 2\n";
    let asides: Vec<String> = document(text)
        .asides
        .iter()
        .map(|aside| format!("{}={} {}", aside.path.join("."), aside.value, aside.why))
        .collect();
    let expected = [
        "a.port=1 commented out",
        "a.host=x commented out",
        "a.l=2 continues the value above, since it is indented",
    ];
    assert_eq!(asides, expected);
}

#[test]
fn large_files_end_in_time() {
    let long = format!("[a]\nk = 1\n{}", "  x\n".repeat(200_000));
    assert!(!document(&long).is_refused);
    let defaults: Vec<String> = (0..2_000).map(|n| format!("k{n}=1\n")).collect();
    let sections: Vec<String> = (0..2_000).map(|n| format!("[s{n}]\n")).collect();
    let wide = document(&format!(
        "[DEFAULT]\n{}{}",
        defaults.concat(),
        sections.concat()
    ));
    assert_eq!(wide.complaints[0].rule.code, "IN004");
    let odd = document(&format!("[a]\n{}", "x\n".repeat(100_000)));
    assert_eq!(odd.complaints.len(), 100);
    assert!(document(&" ".repeat((16 << 20) + 1)).is_refused);
    assert!(document_of(b"[a]\nk=\xff").is_refused);
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "[a]", "[b]", "\n", "\r\n", "  ", "k", "=", ":", "v", "# c", "; d = e", "[DEFAULT]", "é", "\u{a0}",
            "\nk = v", "\n  more", "]", "[", " ;",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_pieces_give_places_in_the_file(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat();
        let document = document(&text);
        let mut places: Vec<_> = document.asides.iter().map(|aside| aside.place).collect();
        for complaint in &document.complaints {
            places.extend(complaint.place);
            places.extend(complaint.also.iter().map(|(place, _)| *place));
        }
        for section in document.root.entries() {
            places.extend([section.place, section.node.place]);
            places.extend(section.node.entries().iter().flat_map(|option| [option.place, option.node.place]));
        }
        for place in places {
            prop_assert!(text.get(place.span.range()).is_some(), "{:?} in {:?}", place, text);
        }
    }

    #[test]
    fn any_bytes_give_a_document(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        document_of(&bytes);
    }
}
