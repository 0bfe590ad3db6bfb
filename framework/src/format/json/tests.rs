//! What is JSON, what is JSON5, and what is said about the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{read, read_json5};
use crate::document::{Data, Document, Input, Node};

fn document(read: fn(&Input<'_>) -> Document, bytes: &[u8]) -> Document {
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    read(&Input {
        path: "openclaw.json",
        bytes: bytes.into(),
        target: &target,
        variables: &BTreeMap::new(),
    })
}

/// The tree in one line, with the types in sight.
fn show(node: &Node) -> String {
    match &node.data {
        Data::Text(text) => format!("{text:?}"),
        Data::Integer(number) => format!("{number}"),
        Data::Float(number) => format!("{number:?}f"),
        Data::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" ")),
        Data::Map(entries) => {
            let members = entries
                .iter()
                .map(|e| format!("{}={}", e.name, show(&e.node)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(" "))
        }
        other => other.to_text().unwrap_or_default().into_owned(),
    }
}

/// What the file says, or where (line:column) and why it is refused.
fn outcome(read: fn(&Input<'_>) -> Document, text: &str) -> String {
    let document = document(read, text.as_bytes());
    if !document.is_refused {
        return show(&document.root);
    }
    let complaint = &document.complaints[0];
    let place = complaint.place.map(|place| {
        let position = document.source(place).position(place.span.start);
        format!("{position} ")
    });
    format!("!{}{}", place.unwrap_or_default(), complaint.message)
}

#[test]
fn json_is_read_strictly() {
    let table = [
        ("null", "null"),
        (" [1, -0, 1.0, 1e3, -2.5E-1] ", "[1 0 1.0f 1000.0f -0.25f]"),
        (
            "123456789012345678901234567890123456789012",
            "1.2345678901234568e41f",
        ),
        (
            r#"{"a": {"b": [true, false]}, "": ""}"#,
            r#"{a={b=[true false]} =""}"#,
        ),
        (
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#,
            r#""\"\\/\u{8}\u{c}\n\r\té😀""#,
        ),
        ("", "!1:1 expected a value, found the end of the file"),
        ("\u{feff}{}", "!1:1 the file begins with a byte order mark"),
        ("{} {}", "!1:4 expected the end of the file, found `{`"),
        ("[1,]", "!1:4 expected a value, found `]`"),
        (
            "{\"a\":1,\n}",
            "!2:1 expected a name in double quotes, found `}`",
        ),
        ("{\"a\" 1}", "!1:6 expected `:`, found a number"),
        (
            "{\"a\":1 \"b\":2}",
            "!1:8 expected `,` or `}`, found a text",
        ),
        ("[1 2]", "!1:4 expected `,` or `]`, found a number"),
        ("[1", "!1:3 expected `,` or `]`, found the end of the file"),
        ("{a: 1}", "!1:2 expected a name in double quotes, found `a`"),
        ("// x\n{}", "!1:1 expected a value, found a comment"),
        ("[True]", "!1:2 expected a value, found `True`"),
        ("[NaN]", "!1:2 expected a value, found `NaN`"),
        ("['x']", "!1:2 expected a value, found a text"),
        (
            "[0644]",
            "!1:2 a number does not begin with a zero that is not needed",
        ),
        ("[+1]", "!1:2 expected a value, found `+`"),
        ("[.5]", "!1:2 expected a value, found `.`"),
        ("[5.]", "!1:4 expected a digit, found `]`"),
        ("[-]", "!1:3 expected a digit, found `]`"),
        ("[1e]", "!1:4 expected a digit, found `]`"),
        ("[0x10]", "!1:3 expected the end of the number, found `x`"),
        ("[10s]", "!1:4 expected the end of the number, found `s`"),
        (
            "[\"a\tb\"]",
            "!1:4 the control character U+0009 stands in a text",
        ),
        (
            "[\"a\nb\"]",
            "!1:2 expected a quote to close the text, found the end of the line",
        ),
        (
            "[\"a",
            "!1:2 expected a quote to close the text, found the end of the file",
        ),
        (r#"["\x41"]"#, r"!1:3 `\x` is not an escape"),
        (
            r#"["\u12g4"]"#,
            "!1:3 expected 4 hexadecimal digits in the escape",
        ),
        (
            "[\u{a0}1]",
            "!1:2 expected a value, found the character U+00A0",
        ),
        (
            "[sk_live_0123456789]",
            "!1:2 expected a value, found a word",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outcome(read, text), expected, "{text}");
    }
}

#[test]
fn json5_takes_what_its_specification_says() {
    let table = [
        (
            "{a: 1, $b_2: 'x', \"c d\": [1, 2,], }",
            r#"{a=1 $b_2="x" c d=[1 2]}"#,
        ),
        ("\u{feff}// c\n/* d */ { } // e", "{}"),
        (
            "[0x1F, -0xa, +1, .5, 5., -.5e1, Infinity, -Infinity, NaN, +0]",
            "[31 -10 1 0.5f 5.0f -5.0f inff -inff NaNf 0]",
        ),
        (
            "['it\\'s \"x\"', \"a\\\nb\", 'a\\\r\nb', '\\x41\\v\\0\\q\\u00e9']",
            "[\"it's \\\"x\\\"\" \"ab\" \"ab\" \"A\\u{b}\\0qé\"]",
        ),
        ("{\\u0061b: 1, ünï: 2, null: 3}", "{ab=1 ünï=2 null=3}"),
        ("['tab\there\u{2028}']", "[\"tab\\there\\u{2028}\"]"),
        ("[\u{a0}\u{2003}1\u{b}]", "[1]"),
        ("", "!1:1 expected a value, found the end of the file"),
        ("[1,,2]", "!1:4 expected a value, found `,`"),
        ("{,}", "!1:2 expected a name or `}`, found `,`"),
        ("{a b: 1}", "!1:4 expected `:`, found `b`"),
        ("{a-b: 1}", "!1:3 expected `:`, found `-`"),
        ("{1a: 1}", "!1:2 expected a name or `}`, found a number"),
        (
            "[010]",
            "!1:2 a number does not begin with a zero that is not needed",
        ),
        ("[0x]", "!1:4 expected a hexadecimal digit, found `]`"),
        ("[.]", "!1:3 expected a digit, found `]`"),
        ("['\\1']", r"!1:3 `\1` is not an escape"),
        ("['\\01']", r"!1:3 `\0` is not an escape"),
        (
            "['a\nb']",
            "!1:2 expected a quote to close the text, found the end of the line",
        ),
        (
            "/* x",
            "!1:1 expected `*/` to close the comment, found the end of the file",
        ),
        ("{a: loopback}", "!1:5 expected a value, found `loopback`"),
        ("[1] # x", "!1:5 expected the end of the file, found `#`"),
        ("[undefined]", "!1:2 expected a value, found `undefined`"),
    ];
    for (text, expected) in table {
        assert_eq!(outcome(read_json5, text), expected, "{text}");
    }
}

#[test]
fn a_name_twice_is_a_complaint_at_both_places_and_refuses_the_file() {
    let text = "{\"g\": {\"p\": 1, \"q\": 2,\n \"\\u0070\": 3}}";
    let document = document(read, text.as_bytes());
    assert!(document.is_refused);
    assert_eq!(show(&document.root), "{}");
    let [complaint] = &document.complaints[..] else {
        panic!("{:?}", document.complaints);
    };
    assert_eq!(complaint.message, "the name `p` stands twice in one object");
    assert_eq!(&text[complaint.place.unwrap().span.range()], "\"\\u0070\"");
    assert_eq!(&text[complaint.also[0].0.span.range()], "\"p\"");
    let [aside] = &document.asides[..] else {
        panic!("{:?}", document.asides);
    };
    assert_eq!(
        (aside.path.join("."), &*aside.value),
        ("g.p".to_owned(), "1")
    );
    // Many members take the other way.
    let many: Vec<String> = (0..50).map(|n| format!("\"k{}\": {n}", n % 49)).collect();
    let wide = self::document(read, format!("{{{}}}", many.join(",")).as_bytes());
    assert!(wide.is_refused);
    assert_eq!(wide.complaints.len(), 1);
}

#[test]
fn half_a_surrogate_pair_is_a_complaint() {
    for (text, count) in [
        (r#""\ud83d""#, 1),
        (r#""\ude00x""#, 1),
        (r#""\ud83d\ud83d\ude00""#, 1),
        (r#""\ud83d\u0041""#, 1),
        (r#""\ud83d\ude00""#, 0),
    ] {
        let document = document(read, text.as_bytes());
        assert_eq!(document.complaints.len(), count, "{text}");
        assert!(!document.is_refused);
    }
}

#[test]
fn commented_out_members_are_asides_of_their_object() {
    let text = "{
  gateway: {
    // \"bind\": \"loopback\",
    // bind: loopback is the default
    port: 1, // mode: 'local',
    /* tls: true, level: 2
     * name: \"x\" */
    // auth: {
    //   mode: \"token\", // with a token
    // },
    // last: null
    list: [ { // in: 1
    }, 2 ],
  },
}
// out: 1";
    let document = document(read_json5, text.as_bytes());
    assert_eq!(document.complaints, []);
    let asides: Vec<String> = document
        .asides
        .iter()
        .map(|aside| format!("{}={}", aside.path.join("."), aside.value))
        .collect();
    let expected = [
        "gateway.bind=\"loopback\"",
        "gateway.mode='local'",
        "gateway.tls=true",
        "gateway.level=2",
        "gateway.name=\"x\"",
        "gateway.auth.mode=\"token\"",
        "gateway.last=null",
        "gateway.list.0.in=1",
    ];
    assert_eq!(asides, expected);
    let place = document.asides[0].place.span;
    assert_eq!(&text[place.range()], "\"bind\": \"loopback\"");
}

#[test]
fn spans_are_those_of_the_values() {
    let text = "{ \"é\": [ 'x', -1.5 ] }";
    let document = document(read_json5, text.as_bytes());
    let entry = document.root.entry("é").unwrap();
    assert_eq!(&text[entry.place.span.range()], "\"é\"");
    assert_eq!(&text[entry.node.place.span.range()], "[ 'x', -1.5 ]");
    assert_eq!(&text[entry.node.items()[1].place.span.range()], "-1.5");
}

#[test]
fn bombs_end_in_a_complaint() {
    let deep = |open: &str, count: usize| open.repeat(count);
    let cases = [
        deep("[", 1 << 20),
        deep("{\"a\":", 10_000),
        deep("[", 10_000) + &deep("]", 10_000),
        format!("[{}1]", "1,".repeat(1_100_000)),
        format!("\"{}", "x".repeat(1 << 20)),
        " ".repeat((16 << 20) + 1),
        format!("{{{}", "//\"a\":[[[[[[[[{{{{{{\n".repeat(50_000)),
    ];
    for text in cases {
        for read in [read, read_json5] {
            let document = document(read, text.as_bytes());
            assert!(document.is_refused, "{}", &text[..20]);
            assert!(!document.complaints.is_empty());
        }
    }
    let levels = deep("[", 128) + &deep("]", 128);
    assert!(!document(read, levels.as_bytes()).is_refused);
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    assert!(!document(read, long.as_bytes()).is_refused);
    let twice = format!("{{{}\"a\":1}}", "\"a\":1,".repeat(100_000));
    assert_eq!(document(read, twice.as_bytes()).complaints.len(), 100);
}

#[test]
fn what_is_not_utf_8_is_told_at_its_place() {
    let document = document(read, b"[\"a\xff\"]");
    assert!(document.is_refused);
    assert_eq!(document.complaints[0].message, "the file is not UTF-8");
    assert_eq!(document.complaints[0].place.unwrap().span.start, 3);
}

/// Every place in a document, to see that it lies in the file.
fn places(document: &Document) -> Vec<crate::document::Place> {
    fn walk(node: &Node, places: &mut Vec<crate::document::Place>) {
        places.push(node.place);
        node.items().iter().for_each(|item| walk(item, places));
        for entry in node.entries() {
            places.push(entry.place);
            walk(&entry.node, places);
        }
    }
    let mut places = Vec::new();
    walk(&document.root, &mut places);
    places.extend(document.asides.iter().map(|aside| aside.place));
    for complaint in &document.complaints {
        places.extend(complaint.place);
        places.extend(complaint.also.iter().map(|(place, _)| *place));
    }
    places
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\":", "'c'", "d:", "1", "-2.5", "0x1f",
            ".5", "+", "true", "null", "NaN", "// e: 1,\n", "/* f: {", "*/", "\n", " ", "\\u0061",
            "\"\\ud83d\"", "\"\\", "é", "\u{2028}", "\"g\":{", "// }\n", "/", "1e5",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_pieces_give_places_in_the_file(pieces in prop::collection::vec(piece(), 0..24)) {
        let text = pieces.concat();
        for read in [read, read_json5] {
            let document = document(read, text.as_bytes());
            for place in places(&document) {
                prop_assert!(text.get(place.span.range()).is_some(), "{:?} in {:?}", place, text);
            }
            prop_assert_eq!(document.is_refused && document.complaints.is_empty(), false);
        }
    }

    #[test]
    fn any_bytes_give_a_document(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for read in [read, read_json5] {
            for place in places(&document(read, &bytes)) {
                prop_assert!(place.span.end <= bytes.len());
            }
        }
    }

    #[test]
    fn json_means_the_same_in_json5(pieces in prop::collection::vec(piece(), 0..12)) {
        let text = pieces.concat();
        let strict = document(read, text.as_bytes());
        if !strict.is_refused {
            let loose = document(read_json5, text.as_bytes());
            prop_assert_eq!(show(&strict.root), show(&loose.root));
        }
    }
}
