//! Tests of the YAML reader: values with the text that their span covers, complaints, bounds.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use proptest::prelude::*;

use super::{RULES, Schema, Style, go_text, parse};
use crate::document::{Data, Document, Input, Node, Place};

fn document(bytes: &[u8]) -> Document {
    super::read(&Input {
        path: "a.yml",
        bytes: Arc::from(bytes),
        target: &BTreeMap::new(),
        variables: &BTreeMap::new(),
    })
}

/// A value in one line: texts in quotes, all others as they are.
fn show(node: &Node) -> String {
    match &node.data {
        Data::Text(text) => format!("{text:?}"),
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(", "))
        }
        Data::Map(entries) => {
            let entries = entries
                .iter()
                .map(|entry| format!("{}: {}", entry.name, show(&entry.node)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        data => data.to_text().unwrap_or_default().into_owned(),
    }
}

/// What a text is read as; for a refused one its complaint and what is marked.
fn outcome(text: &str) -> String {
    let document = document(text.as_bytes());
    let mut outcome = String::new();
    if !document.is_refused {
        outcome = show(&document.root);
    }
    for complaint in &document.complaints {
        let at = complaint.place.map(|place| &text[place.span.range()]);
        write!(
            outcome,
            "{}: {} @ {:?}",
            complaint.rule.code,
            complaint.message,
            at.unwrap_or("file")
        )
        .unwrap();
        for (place, label) in &complaint.also {
            write!(outcome, ", {label} @ {}", place.span.start).unwrap();
        }
    }
    outcome
}

fn check(text: &str, expected: &str) {
    assert_eq!(outcome(text), expected, "{text:?}");
}

#[test]
fn values() {
    check("a: 1\nb: x\n", r#"{a: 1, b: "x"}"#);
    check("", "null");
    check("# only a comment\n", "null");
    check("---\n", "null");
    check("--- a\n...\n", r#""a""#);
    check("- 1\n- - 2\n  - 3\n", "[1, [2, 3]]");
    check("a:\n- b\nc:\n-\n", r#"{a: ["b"], c: [null]}"#);
    check("a: {b: [1, 2], c: }\n", "{a: {b: [1, 2], c: null}}");
    check("a: {b: 1,}\n", "{a: {b: 1}}");
    check("[a: b, c]\n", r#"[{a: "b"}, "c"]"#);
    check("? a\n: b\n? c\n", r#"{a: "b", c: null}"#);
    check(
        "a: 'it''s'\nb: \"x\\ty\\u00e9\"\n",
        r#"{a: "it's", b: "x\tyé"}"#,
    );
    check(
        "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n",
        r#"{a: "x\n y\n", b: "x y"}"#,
    );
    check("a: |+\n  x\n\nb: |1\n  x\n", r#"{a: "x\n\n", b: " x\n"}"#);
    check("a: x\n  y\n\n  z\n", r#"{a: "x y\nz"}"#);
    check(
        "\u{feff}é: ü # ö\n日本: [語]\n",
        r#"{é: "ü", 日本: ["語"]}"#,
    );
    check("a: 1\r\nb: |\r\n  x\r\n  y\r\n", r#"{a: 1, b: "x\ny\n"}"#);
    check(
        "a: http://x:80/#y\nb: a#b\n",
        r#"{a: "http://x:80/#y", b: "a#b"}"#,
    );
    check("{a: 1, \"b\":2, c:3}\n", "{a: 1, b: 2, c:3: null}");
    check("1: a\ntrue: b\n~: c\n", r#"{1: "a", true: "b", ~: "c"}"#);
    check("a:\tx\nb:\t1\n", r#"{a: "x", b: 1}"#);
}

#[test]
fn tags() {
    check(
        "a: !!str 010\nb: !!str\nc: ! 12\n",
        r#"{a: "010", b: "", c: "12"}"#,
    );
    check(
        "a: !!int '5'\nb: !!float 3\nc: !!bool \"true\"\n",
        "{a: 5, b: 3, c: true}",
    );
    check(
        "a: !reset null\nb: !x {c: 1}\n",
        r#"{a: "null", b: {c: 1}}"#,
    );
    check(
        "a: !!int x\n",
        "YM007: the text cannot be read as `!!int` @ \"x\"",
    );
    check(
        "a: !!map [x]\n",
        "YM007: a list cannot be read as `!!map` @ \"[x]\"",
    );
    check(
        "a: !!str {x: y}\n",
        "YM007: a collection cannot be read as `!!str` @ \"{x: y}\"",
    );
}

#[test]
fn aliases_and_merge_keys() {
    check(
        "a: &x [1]\nb: *x\nc: &y z\n*y : 2\n",
        r#"{a: [1], b: [1], c: "z", z: 2}"#,
    );
    let base = "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\n";
    let merged = |text: &str, expected: &str| {
        let prefix = "{a: {k: 1, l: 1}, b: {k: 2, m: 2}, c: ";
        check(&format!("{base}{text}"), &format!("{prefix}{expected}}}"));
    };
    merged("c: {<<: *a}\n", "{k: 1, l: 1}");
    merged("c: {<<: *a, k: 3}\n", "{k: 3, l: 1}");
    merged("c: {k: 3, <<: *a}\n", "{k: 3, l: 1}");
    merged("c: {<<: [*b, *a], l: 3}\n", "{l: 3, k: 2, m: 2}");
    merged("c: {<<: [*a, {n: 4}]}\n", "{k: 1, l: 1, n: 4}");
    merged("c: {<<: []}\n", "{}");
    merged("c: {'<<': *a}\n", "{<<: {k: 1, l: 1}}");
    merged("c: {!!merge <<: *a}\n", "{k: 1, l: 1}");
    check(
        "a: &a {b: &b {c: 1}}\nd: {<<: {<<: *b}}\n",
        "{a: {b: {c: 1}}, d: {c: 1}}",
    );
    check(
        "a: {<<: x}\n",
        "YM005: `<<` merges maps, not a single value @ \"x\", merged here @ 4",
    );
    check(
        "a: &a {}\nb: {<<: *a, <<: *a}\n",
        "YM002: duplicate key `<<` @ \"<<\", first here @ 13",
    );
    check(
        "a: &a [*a]\n",
        "YM001: the alias `*a` stands in what it names @ \"*a\"",
    );
    check(
        "a: [*b]\n",
        "YM001: the alias `*b` names no anchor before it @ \"*b\"",
    );
    check(
        "a: &a 1\n---\nb: *a\n",
        "YM001: the alias `*a` names an anchor of another document @ \"*a\"",
    );
    assert!(parse("a: &a 1\n---\nb: *a\n", Schema::Compose).is_ok());
}

#[test]
fn what_is_refused() {
    check(
        "a: 1\nb: 2\na: 3\n",
        "YM002: duplicate key `a` @ \"a\", first here @ 0",
    );
    check(
        "{a: 1, 'a': 3}\n",
        "YM002: duplicate key `a` @ \"'a'\", first here @ 1",
    );
    check(
        "a: 1\n---\nb: 2\n",
        "{a: 1}YM004: 2 documents in one file; only the first is read @ \"---\"",
    );
    check(
        "a: {{ x }}\n",
        "YM006: a key is a map, not a text @ \"{ x }\"",
    );
    check(
        "a: \u{7}\n",
        "YM001: the control character U+0007 is not allowed @ \"\\u{7}\"",
    );
    for (text, place, help) in [
        ("a:\n\tb: 1\n", 3, "tabs"),
        ("a: b: c\n", 4, "quotes"),
        ("a: @x\n", 3, "quotes"),
        ("a: 'x\n", 3, "closed"),
        ("a: \"\\q\"\n", 3, "backslash"),
        ("a: b\n- c\n", 7, "indentation"),
    ] {
        let document = document(text.as_bytes());
        assert!(document.is_refused, "{text:?}");
        assert_eq!(document.complaints.len(), 1);
        let complaint = &document.complaints[0];
        assert_eq!(complaint.place.unwrap().span.start, place, "{text:?}");
        let found = complaint.help.as_deref().unwrap_or_default();
        assert!(found.contains(help), "{text:?}: {found}");
    }
    let complaints = document(b"a: \xff\n").complaints;
    assert_eq!(complaints[0].message, "the file is not UTF-8");
    assert_eq!(complaints[0].place, Some(Place::new(3, 4)));
}

/// Every key and value as `path = what is written there`.
fn places(text: &str, node: &Node, path: &str, lines: &mut Vec<String>) {
    lines.push(format!("{path} = {:?}", &text[node.place.span.range()]));
    for (index, item) in node.items().iter().enumerate() {
        places(text, item, &format!("{path}[{index}]"), lines);
    }
    for entry in node.entries() {
        let key = &text[entry.place.span.range()];
        places(text, &entry.node, &format!("{path}.{key}"), lines);
    }
}

#[test]
fn spans_cover_what_is_written() {
    let text = "\u{feff}a: 'ü' # c\nb: &x !!str\n  p l\n  ain\n\"c\":\n- d\n-\n- {e: [1, ] ,}\nf: |\n  x\n\n  y\n\ng: *x\nh:\ni: !t\n  j: k # l\n\n# m\n";
    let mut lines = Vec::new();
    places(text, &document(text.as_bytes()).root, "", &mut lines);
    let expected = [
        format!(" = {:?}", &text[3..text.len() - 10].trim_end()),
        ".a = \"'ü'\"".to_owned(),
        ".b = \"p l\\n  ain\"".to_owned(),
        ".\"c\" = \"- d\\n-\\n- {e: [1, ] ,}\"".to_owned(),
        ".\"c\"[0] = \"d\"".to_owned(),
        ".\"c\"[1] = \"\"".to_owned(),
        ".\"c\"[2] = \"{e: [1, ] ,}\"".to_owned(),
        ".\"c\"[2].e = \"[1, ]\"".to_owned(),
        ".\"c\"[2].e[0] = \"1\"".to_owned(),
        ".f = \"|\\n  x\\n\\n  y\"".to_owned(),
        ".g = \"p l\\n  ain\"".to_owned(),
        ".h = \"\"".to_owned(),
        ".i = \"j: k\"".to_owned(),
        ".i.j = \"k\"".to_owned(),
    ];
    assert_eq!(lines, expected);
    let h = document(text.as_bytes()).root.get("h").unwrap().place.span;
    assert_eq!(&text[h.start - 2..h.start], "h:");
}

/// Texts, what they are by the core schema, and as Compose reads them; the latter measured with
/// 2.26.
const PLAIN: &[(&str, &str, &str)] = &[
    ("", "null", "null"),
    ("~", "null", "null"),
    ("Null", "null", "null"),
    ("nULL", "\"nULL\"", "\"nULL\""),
    ("true", "true", "true"),
    ("TRUE", "true", "true"),
    ("tRue", "\"tRue\"", "\"tRue\""),
    ("no", "\"no\"", "\"no\""),
    ("yes", "\"yes\"", "\"yes\""),
    ("on", "\"on\"", "\"on\""),
    ("y", "\"y\"", "\"y\""),
    ("12", "12", "12"),
    ("+12", "12", "12"),
    ("-0", "0", "0"),
    ("010", "10", "8"),
    ("-010", "-10", "-8"),
    ("09", "9", "f9"),
    ("0o10", "8", "8"),
    ("0O10", "\"0O10\"", "8"),
    ("0o8", "\"0o8\"", "\"0o8\""),
    ("-0o10", "\"-0o10\"", "-8"),
    ("0x10", "16", "16"),
    ("0X10", "\"0X10\"", "16"),
    ("0xAb", "171", "171"),
    ("0xg", "\"0xg\"", "\"0xg\""),
    ("0x", "\"0x\"", "\"0x\""),
    ("-0x10", "\"-0x10\"", "-16"),
    ("0b11", "\"0b11\"", "3"),
    ("0b12", "\"0b12\"", "\"0b12\""),
    ("1_000", "\"1_000\"", "1000"),
    ("0x_1", "\"0x_1\"", "1"),
    ("_1", "\"_1\"", "\"_1\""),
    ("+_1", "\"+_1\"", "1"),
    ("1e3", "f1000", "f1000"),
    ("1_e3", "\"1_e3\"", "f1000"),
    (".5", "f0.5", "f0.5"),
    ("+.5", "f0.5", "f0.5"),
    (".5_0", "\".5_0\"", "f0.5"),
    ("._5", "\"._5\"", "\"._5\""),
    ("1.", "f1", "f1"),
    (".", "\".\"", "\".\""),
    ("-", "\"-\"", "\"-\""),
    ("1e", "\"1e\"", "\"1e\""),
    ("1.2.3", "\"1.2.3\"", "\"1.2.3\""),
    ("1.50", "f1.5", "f1.5"),
    ("1000000.0", "f1e+06", "f1e+06"),
    ("1e400", "\"1e400\"", "\"1e400\""),
    (".inf", "f+Inf", "f+Inf"),
    ("-.INF", "f-Inf", "f-Inf"),
    (".NaN", "fNaN", "fNaN"),
    ("inf", "\"inf\"", "\"inf\""),
    ("infinity", "\"infinity\"", "\"infinity\""),
    (
        "18446744073709551615",
        "18446744073709551615",
        "18446744073709551615",
    ),
    (
        "18446744073709551616",
        "18446744073709551616",
        "f1.8446744073709552e+19",
    ),
    (
        "0xffffffffffffffffff",
        "4722366482869645213695",
        "\"0xffffffffffffffffff\"",
    ),
    ("22:22", "\"22:22\"", "\"22:22\""),
    (
        "2001-12-14",
        "\"2001-12-14\"",
        "\"2001-12-14 00:00:00 +0000 UTC\"",
    ),
    ("2001-02-30", "\"2001-02-30\"", "\"2001-02-30\""),
    (
        "2001-1-2 3:4:5",
        "\"2001-1-2 3:4:5\"",
        "\"2001-01-02 03:04:05 +0000 UTC\"",
    ),
    (
        "2001-12-14t21:59:43.10-05:00",
        "\"2001-12-14t21:59:43.10-05:00\"",
        "\"2001-12-14 21:59:43.1 -0500 -0500\"",
    ),
    (
        "2001-12-14T21:59:43",
        "\"2001-12-14T21:59:43\"",
        "\"2001-12-14T21:59:43\"",
    ),
];

#[test]
fn plain_scalars() {
    let resolve = |schema: Schema, text: &str| {
        let data = schema.resolve(text, Style::Plain, None).unwrap();
        match data {
            Data::Text(text) => format!("{text:?}"),
            Data::Float(number) => format!("f{}", go_text(number)),
            data => data.to_text().unwrap().into_owned(),
        }
    };
    for (text, core, compose) in PLAIN {
        assert_eq!(
            resolve(Schema::Core, text),
            *core,
            "{text:?} by the core schema"
        );
        assert_eq!(
            resolve(Schema::Compose, text),
            *compose,
            "{text:?} in Compose"
        );
    }
    for (number, text) in [
        (1e5, "100000"),
        (1e6, "1e+06"),
        (123_456.5, "123456.5"),
        (123_456_789.5, "1.234567895e+08"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1e20, "1e+20"),
        (1.5e300, "1.5e+300"),
        (-0.0, "-0"),
    ] {
        assert_eq!(go_text(number), text);
    }
}

#[test]
fn settings_that_are_commented_out() {
    let text = "services:\n  # a.b: 1\n  x:\n    image: y\n    # restart: always\n#    user: root\n    text: |\n      # no: aside\n    logging:\n      # driver: json # why\n    ports:\n      - target: 1\n        #host_ip: ::1\n# top: 1\n# a sentence: with words\n# see: http\n# http://x\n";
    let asides = document(text.as_bytes()).asides;
    let found: Vec<String> = asides
        .iter()
        .map(|aside| format!("{} = {}", aside.path.join("."), aside.value))
        .collect();
    assert_eq!(
        found,
        [
            "services.a.b = 1",
            "services.x.restart = always",
            "services.x.user = root",
            "services.x.logging.driver = json # why",
            "services.x.ports.0.host_ip = ::1",
            "top = 1",
            "see = http",
        ]
    );
    assert_eq!(&text[asides[1].place.span.range()], "# restart: always");
}

#[test]
fn bombs_are_refused_and_large_files_are_read() {
    let code = |text: &str| {
        let document = document(text.as_bytes());
        document
            .complaints
            .first()
            .map(|complaint| complaint.rule.code)
    };
    let mut laughs = "a0: &a0 [l, l, l, l, l, l, l, l, l, l]\n".to_owned();
    for level in 1..30 {
        let alias = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{alias}]\n");
    }
    assert_eq!(code(&laughs), Some("YM003"));
    let complaint = &document(laughs.as_bytes()).complaints[0];
    assert!(complaint.message.contains("`*a"), "{complaint:?}");

    let quadratic = format!(
        "a: &a [{}]\nb: [{}]\n",
        "x, ".repeat(20_000),
        "*a, ".repeat(20_000)
    );
    assert_eq!(code(&quadratic), Some("YM003"));
    let merges = format!(
        "a: &a {{b: {}}}\nc: [{}]\n",
        "x".repeat(100_000),
        "{<<: *a}, ".repeat(50_000)
    );
    assert_eq!(code(&merges), Some("YM003"));
    let chain: String = (1..2_000).fold("a0: &a0 []\n".to_owned(), |text, level| {
        text + &format!("a{level}: &a{level} [*a{}]\n", level - 1)
    });
    assert_eq!(code(&chain), Some("YM003"));

    assert_eq!(code(&"[".repeat(10_000)), Some("YM003"));
    assert_eq!(code(&"{a: ".repeat(10_000)), Some("YM003"));
    assert_eq!(code(&"- ".repeat(10_000)), Some("YM003"));
    assert_eq!(code(&"? ".repeat(10_000)), Some("YM003"));
    let deep: String = (0..3_000).fold(String::new(), |text, depth| {
        text + &" ".repeat(depth) + "a:\n"
    });
    assert_eq!(code(&deep), Some("YM003"));
    assert_eq!(
        code(&" ".repeat(super::events::MAX_BYTES + 1)),
        Some("YM003")
    );

    assert_eq!(code(&"- a\n".repeat(100_000)), None);
    assert_eq!(code(&format!("a: {}\n", "x".repeat(1_000_000))), None);
    assert_eq!(code(&format!("a: {}\n", "x y\n  ".repeat(100_000))), None);
    assert_eq!(code(&format!("a: \"{}\"\n", "é\\n".repeat(100_000))), None);
    let many = (0..20_000).fold(String::new(), |text, number| {
        text + &format!("k{number}: é\n")
    });
    assert_eq!(code(&many), None);
}

#[test]
fn what_only_compose_refuses() {
    // All measured with Docker Compose 2.26.
    for (text, place) in [
        ("a: x\u{2028}b\n", 4),
        ("%YAML 1.3\n---\na: b\n", 0),
        ("a: [http://x/?y=1]\n", 4),
        ("a: [::1]\n", 4),
        ("a: {b: ?x}\n", 7),
        ("a: \"x\\/\"\n", 3),
        ("a: &a.b x\n", 3),
        ("a: &é\n  b: c\n", 3),
        ("\t# c\na: b\n", 0),
        ("a: b\n\t# c\n", 5),
        ("a: b\n\t\nc: d\n", 5),
        ("a:\n  b: c\n \t# c\n", 11),
        ("a:\n- b\n\t# c\n", 7),
        ("a: |\n  b\n\t# c\nd: e\n", 9),
    ] {
        assert!(parse(text, Schema::Core).is_ok(), "{text:?}");
        let complaint = parse(text, Schema::Compose).unwrap_err();
        assert_eq!(complaint.place.unwrap().span.start, place, "{text:?}");
    }
    for text in [
        "a: [a:b, a::1, \"?\"]\nb: x?y\nc: :x\n",
        "a: &a_b-1 x\nb: *a_b-1\n",
        "%YAML 1.1\n---\na: b\n",
        "a: b\n  \t\nc: d\n",
        "a: b\t# c\nd:\te\n",
        "a: 'x\n  \ty'\n",
        "a: |\n  x\n  \ty\n",
        "a:\n  b: c\n   \t# c\n",
        "a: [1,\n\t# c\n 2]\n",
        "a: \"x\\\\/\"\n",
    ] {
        assert!(parse(text, Schema::Compose).is_ok(), "{text:?}");
    }
}

/// Pieces that texts are put together from, so that many of them are YAML or nearly so.
fn piece() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b:",
        ": ",
        "- ",
        "? ",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "|\n  x\n",
        ">-\n  y\n",
        "&a ",
        "*a",
        "<<: *a\n",
        "!!str ",
        "!x ",
        "# c: d\n",
        "---\n",
        "...\n",
        "1",
        "é",
        "\u{feff}",
        "~",
        "\\",
        "%YAML 1.2\n",
        "k: v\n",
        "  k: v\n",
        "- v\n",
        "  - v\n",
        "\u{2028}",
        "@",
    ]);
    prop_oneof![12 => pieces.prop_map(str::to_owned), 1 => any::<char>().prop_map(|c| c.to_string())]
}

fn all_places(node: &Node, found: &mut Vec<Place>) {
    found.push(node.place);
    node.items().iter().for_each(|item| all_places(item, found));
    for entry in node.entries() {
        found.push(entry.place);
        all_places(&entry.node, found);
    }
}

fn places_are_inside(bytes: &[u8]) -> Result<(), TestCaseError> {
    let document = document(bytes);
    let mut places = Vec::new();
    all_places(&document.root, &mut places);
    for complaint in &document.complaints {
        prop_assert!(RULES.contains(&complaint.rule));
        places.extend(complaint.place);
        places.extend(complaint.also.iter().map(|(place, _)| *place));
    }
    places.extend(document.asides.iter().map(|aside| aside.place));
    for place in places {
        prop_assert_eq!(place.file, 0);
        let span = place.span;
        prop_assert!(span.start <= span.end && span.end <= bytes.len());
        if let Ok(text) = std::str::from_utf8(bytes) {
            prop_assert!(text.get(span.range()).is_some(), "{:?} in {:?}", span, text);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        places_are_inside(&bytes)?;
    }

    #[test]
    fn no_text_panics(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        places_are_inside(text.as_bytes())?;
        if let Ok(roots) = parse(&text, Schema::Compose) {
            for root in roots {
                let _ = super::node(&root.tree, Schema::Compose);
            }
        }
    }

    #[test]
    fn a_quoted_text_comes_back(text in "[ -~é日\n\t]{0,40}") {
        let written = format!("k: \"{}\"\n", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
        let document = document(written.as_bytes());
        prop_assert_eq!(document.root.get("k").and_then(Node::as_text), Some(&*text));
    }
}
