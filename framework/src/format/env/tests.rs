//! The readers against the table of measured cases, and against any bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{is_env, read, read_bash, read_compose, read_docker, read_systemd};
use crate::document::{Document, Input};

/// What a program does with `X`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expect {
    Set(&'static str),
    Unset,
    Refused,
}

use Expect::{Refused, Set, Unset};

/// A text (a line end follows it) and what systemd 252, docker 26, Compose 2.26 and bash 5.2 make of `X`, as
/// measured; what bash gets by running a command, which is not read here, is as good as unset.
type Row = (&'static str, &'static str, [Expect; 4]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("plain", "X=a", [Set("a"), Set("a"), Set("a"), Set("a")]),
    ("dq", "X=\"a b\"", [Set("a b"), Set("\"a b\""), Set("a b"), Set("a b")]),
    ("sq", "X='a b'", [Set("a b"), Set("'a b'"), Set("a b"), Set("a b")]),
    ("unq-space", "X=a b", [Set("a b"), Set("a b"), Set("a b"), Unset]),
    ("inline-hash", "X=a # c", [Set("a # c"), Set("a # c"), Set("a"), Set("a")]),
    ("hash-nospace", "X=a#c", [Set("a#c"), Set("a#c"), Set("a#c"), Set("a#c")]),
    ("dq-hash", "X=\"a\" # c", [Set("a# c"), Set("\"a\" # c"), Set("a"), Set("a")]),
    ("dq-hash-in", "X=\"a # c\"", [Set("a # c"), Set("\"a # c\""), Set("a # c"), Set("a # c")]),
    ("export", "export X=a", [Unset, Refused, Set("a"), Set("a")]),
    ("space-eq", "X = a", [Set("a"), Refused, Set("a"), Unset]),
    ("lead-space", " X=a", [Set("a"), Set("a"), Set("a"), Set("a")]),
    ("trail-space", "X=a   ", [Set("a"), Set("a   "), Set("a"), Set("a")]),
    ("lead-val-space", "X= a", [Set("a"), Set(" a"), Set("a"), Unset]),
    ("empty", "X=", [Set(""), Set(""), Set(""), Set("")]),
    ("noeq", "X", [Unset, Unset, Unset, Unset]),
    ("dollar", "Y=1\nX=${Y}2", [Set("${Y}2"), Set("${Y}2"), Set("12"), Set("12")]),
    ("dollar2", "Y=1\nX=$Y", [Set("$Y"), Set("$Y"), Set("1"), Set("1")]),
    ("dq-dollar", "Y=1\nX=\"${Y}2\"", [Set("${Y}2"), Set("\"${Y}2\""), Set("12"), Set("12")]),
    ("sq-dollar", "Y=1\nX='${Y}2'", [Set("${Y}2"), Set("'${Y}2'"), Set("${Y}2"), Set("${Y}2")]),
    ("bs-n", "X=a\\nb", [Set("anb"), Set("a\\nb"), Set("a\\nb"), Set("anb")]),
    ("dq-bs-n", "X=\"a\\nb\"", [Set("a\\nb"), Set("\"a\\nb\""), Set("a\nb"), Set("a\\nb")]),
    ("dq-bs-q", "X=\"a\\\"b\"", [Set("a\"b"), Set("\"a\\\"b\""), Set("a\"b"), Set("a\"b")]),
    ("multi", "X=\"a\nb\"", [Set("a\nb"), Set("\"a"), Set("a\nb"), Set("a\nb")]),
    ("cont", "X=a\\\nb", [Set("ab"), Set("a\\"), Set("a\\"), Set("ab")]),
    ("comment-bs", "# c \\\nX=a", [Unset, Set("a"), Set("a"), Set("a")]),
    ("semicolon", "; X=b\nX=a", [Set("a"), Refused, Refused, Unset]),
    ("dup", "X=a\nX=b", [Set("b"), Set("b"), Set("b"), Set("b")]),
    ("crlf", "X=a\r\nY=1\r", [Set("a"), Set("a"), Set("a"), Set("a\r")]),
    ("colon", "X: a", [Unset, Refused, Set("a"), Unset]),
    ("backtick", "X=`echo hi`", [Set("`echo hi`"), Set("`echo hi`"), Set("`echo hi`"), Unset]),
    ("dq-concat", "X=\"a\"b", [Set("ab"), Set("\"a\"b"), Set("a"), Set("ab")]),
    ("tab", "X=a\tb", [Set("a\tb"), Set("a\tb"), Set("a\tb"), Unset]),
    ("bom", "\u{feff}X=a", [Unset, Set("a"), Set("a"), Unset]),
    ("unterminated", "X=\"a", [Set("a\n"), Set("\"a"), Refused, Unset]),
    ("dot-key", "X.Y=1\nX=a", [Set("a"), Set("a"), Set("a"), Set("a")]),
    ("dollar-lit", "X=pa$$word", [Set("pa$$word"), Set("pa$$word"), Set("pa$word"), Unset]),
    ("utf8", "X=é", [Set("é"), Set("é"), Set("é"), Set("é")]),
    ("equals", "X=a=b", [Set("a=b"), Set("a=b"), Set("a=b"), Set("a=b")]),
    ("bs", "X=C:\\dir", [Set("C:dir"), Set("C:\\dir"), Set("C:\\dir"), Set("C:dir")]),
    ("sq-in", "X=it's", [Set("it's"), Set("it's"), Set("it's"), Unset]),
];

type Reader = fn(&Input<'_>) -> Document;

const READERS: [(&str, Reader); 4] = [
    ("systemd", read_systemd),
    ("docker", read_docker),
    ("compose", read_compose),
    ("bash", read_bash),
];

fn with(reader: Reader, bytes: &[u8]) -> Document {
    with_variables(reader, bytes, &BTreeMap::new())
}

fn with_variables(reader: Reader, bytes: &[u8], variables: &BTreeMap<String, String>) -> Document {
    reader(&Input {
        path: ".env",
        bytes: Arc::from(bytes),
        target: &BTreeMap::new(),
        variables,
    })
}

fn x(document: &Document) -> Option<&str> {
    document.root.get("X").and_then(|node| node.as_text())
}

fn codes(document: &Document) -> Vec<&'static str> {
    let complaints = document.complaints.iter();
    complaints.map(|complaint| complaint.rule.code).collect()
}

#[test]
fn each_reader_agrees_with_the_program() {
    for (case, text, expected) in ROWS {
        for ((name, reader), expected) in READERS.iter().zip(expected) {
            let document = with(*reader, format!("{text}\n").as_bytes());
            let found = match x(&document) {
                _ if document.is_refused => Refused,
                None => Unset,
                Some(text) => {
                    assert_eq!(Set(text.to_owned().leak()), *expected, "{case}: {name}");
                    continue;
                }
            };
            assert_eq!(found, *expected, "{case}: {name}");
        }
    }
}

#[test]
fn the_portable_reader_keeps_what_all_agree_about() {
    for (case, text, expected) in ROWS {
        let document = with(read, format!("{text}\n").as_bytes());
        let first = expected[0];
        let is_agreed = expected.iter().all(|other| *other == first);
        match first {
            Set(value) if is_agreed => {
                assert_eq!(x(&document), Some(value), "{case}");
                let is_plain = *case != "dot-key";
                assert_eq!(
                    is_plain,
                    document.complaints.is_empty(),
                    "{case}: {document:?}"
                );
            }
            _ => {
                assert_eq!(x(&document), None, "{case}");
                assert!(!document.complaints.is_empty(), "{case}");
            }
        }
    }
}

#[test]
fn names_of_files() {
    let files = [
        ".env",
        "a/.env.local",
        "prod.env",
        "etc/openclaw/env",
        "x/.env",
    ];
    assert!(files.into_iter().all(is_env));
    assert!(
        !["env.md", "environment", "a.envrc", "env/x"]
            .into_iter()
            .any(is_env)
    );
}

#[test]
fn a_complaint_says_the_class_and_not_the_value() {
    let rows: &[(&str, &[&str])] = &[
        ("X=a # c\n", &["EV005"]),
        ("X=\"a\" # c\n", &["EV005", "EV007"]),
        ("export X=a\n", &["EV006"]),
        ("X='a b'\n", &["EV007"]),
        ("X = a\n", &["EV008"]),
        ("X=a \n", &["EV008"]),
        ("Y=1\nX=${Y}\n", &["EV009"]),
        ("X=C:\\dir\n", &["EV010"]),
        ("# c \\\nX=a\n", &["EV004"]),
        ("\u{feff}X=a\n", &["EV011"]),
        ("X=a\r\n", &["EV012"]),
        ("X=\"a\n", &["EV013"]),
        ("X=$(id)\n", &["EV009", "EV019"]),
        ("X=a b\n", &["EV015"]),
        ("X=\"a\"b\n", &["EV007", "EV016"]),
        ("X=http://h/?a=1&b=2\n", &["EV019"]),
        ("X\n", &["EV002"]),
        ("X-Y=a\n", &["EV003"]),
        ("X=\"a\nb\"\n", &["EV007"]),
        ("X=$Y\n", &["EV009"]),
        ("# c\n#X=b\n\n  X=a\nX=1,2@b:/c+%-=d\n", &[]),
    ];
    for (text, expected) in rows {
        let document = with(read, text.as_bytes());
        let mut found = codes(&document);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, *expected, "{text:?}: {:#?}", document.complaints);
        assert_eq!(x(&document).is_some(), expected.is_empty(), "{text:?}");
    }
    let secret = ["s3", "cr3t"].concat();
    let document = with(read, format!("X=\"{secret}\"\nY=a {secret}\n").as_bytes());
    let said = format!("{:?}", document.complaints);
    assert!(!said.contains(&secret), "{said}");
}

#[test]
fn what_has_no_effect_is_an_aside() {
    let document = with(read_systemd, b"X=a\nX=b\n#Y=c\n");
    assert_eq!(x(&document), Some("b"));
    let whys: Vec<_> = document.asides.iter().map(|aside| &*aside.why).collect();
    assert_eq!(whys, ["overridden by a later line", "commented out"]);
    let document = with(read_bash, b"Y=1\nX=`id`\n");
    assert_eq!(codes(&document), ["EV014"]);
    assert_eq!(document.asides.len(), 1);
    let document = with(read_bash, b"Y=1\nX=a)\nZ=1\n");
    assert_eq!(document.asides.last().unwrap().path, ["Z".into()]);
    assert!(document.root.get("Y").is_some());
}

#[test]
fn the_environment_is_what_the_caller_gives() {
    let variables = BTreeMap::from([("H".to_owned(), "h".to_owned())]);
    for (reader, text, expected) in [
        (READERS[1].1, "H\nX=$H", Some("$H")),
        (READERS[2].1, "X=${H}/${U-u}", Some("h/u")),
        (READERS[2].1, "H=o\nX=$H", Some("h")),
        (READERS[3].1, "X=${H}/${U-u}", Some("h/u")),
        (READERS[3].1, "H=o\nX=$H", Some("o")),
        (READERS[3].1, "X=$HOME", None),
    ] {
        let document = with_variables(reader, text.as_bytes(), &variables);
        assert_eq!(x(&document), expected, "{text}");
    }
    let document = with_variables(read_docker, b"H\n", &variables);
    assert_eq!(document.root.get("H").unwrap().as_text(), Some("h"));
    assert_eq!(codes(&document), ["EV002"]);
}

fn check_spans(document: &Document) -> Result<(), TestCaseError> {
    let text = &document.files[0].bytes;
    let places = document
        .complaints
        .iter()
        .filter_map(|complaint| complaint.place);
    let asides = document.asides.iter().map(|aside| aside.place);
    let entries = document.root.entries().iter();
    let entries = entries.flat_map(|entry| [entry.place, entry.node.place]);
    for place in places.chain(asides).chain(entries) {
        let part = text.get(place.span.range());
        prop_assert!(part.is_some(), "{place:?}");
        if std::str::from_utf8(text).is_ok() {
            prop_assert!(std::str::from_utf8(part.unwrap()).is_ok(), "{place:?}");
        }
    }
    Ok(())
}

fn piece() -> impl Strategy<Value = String> {
    let signs = vec![
        "X", "Y", "=", "=", "\n", "\n", " ", "\t", "\"", "'", "\\", "#", "$", "${", "}", "$Y",
        "${Y}", ":-", "a", "é", "export ", "`", "$(", ")", ";", "&", "|", "<", ">", "\r",
        "\u{feff}", "~", "$$", "+", "[", "]", "if", "set -a", "\u{2003}", ":", "-", "\\\n",
    ];
    prop_oneof![
        12 => prop::sample::select(signs).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_text_has_spans_inside(pieces in prop::collection::vec(piece(), 0..40)) {
        for (_, reader) in READERS.into_iter().chain([("portable", read as Reader)]) {
            check_spans(&with(reader, pieces.concat().as_bytes()))?;
        }
    }

    #[test]
    fn any_bytes_have_spans_inside(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for (_, reader) in READERS.into_iter().chain([("portable", read as Reader)]) {
            check_spans(&with(reader, &bytes))?;
        }
    }

    #[test]
    fn plain_values_survive(
        values in prop::collection::btree_map("[A-Z_][A-Z0-9_]{1,8}x", "[A-Za-z0-9_./@%+,=-]{0,20}", 0..8),
    ) {
        let lines: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let text = lines.concat();
        let document = with(read, text.as_bytes());
        prop_assert!(document.complaints.is_empty(), "{:?}", document.complaints);
        let found: BTreeMap<String, String> = document
            .root
            .entries()
            .iter()
            .map(|entry| (entry.name.to_string(), entry.node.as_text().unwrap().to_owned()))
            .collect();
        prop_assert_eq!(found, values);
    }
}

#[test]
fn hostile_files_are_read_in_bounded_time() {
    let lines: Vec<String> = (0..64)
        .map(|n| format!("A{}=$A{n}$A{n}\n", n + 1))
        .collect();
    let doubling = lines.concat();
    let texts = [
        "X=\"\n".repeat(20_000),
        "X='\n\"".repeat(20_000),
        "X=${A-".repeat(20_000),
        format!("A=1\n{}", "X=${A-}${A-}".repeat(10_000)),
        format!("A0=xxxxxxxx\n{doubling}"),
        "X=$B ".repeat(20_000),
        "X=`".repeat(20_000),
        "X=$(".repeat(20_000),
        "# \\\n".repeat(20_000),
        "é\\".repeat(20_000),
        "X".repeat(40_000),
        "X=a b\n".repeat(20_000),
        "X=a;".repeat(20_000),
        "X=a|".repeat(20_000),
        "\\\n".repeat(40_000),
        "export X=a\r\n".repeat(16_000),
        " #".repeat(100_000),
        "X#=\n".repeat(40_000),
    ];
    for text in texts {
        for (_, reader) in READERS {
            with(reader, text.as_bytes());
        }
        with(read, text.as_bytes());
    }
}
