//! Dockerfiles by example, and against any text.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{final_user, is_dockerfile, read, words};
use crate::document::{Data, Document, Input, Node};

fn document(text: &str) -> Document {
    document_with(text, &BTreeMap::new())
}

fn document_with(text: &str, variables: &BTreeMap<String, String>) -> Document {
    read(&Input {
        path: "Dockerfile",
        bytes: Arc::from(text.as_bytes()),
        target: &BTreeMap::new(),
        variables,
    })
}

/// A node in a few letters.
fn short(node: &Node) -> String {
    match &node.data {
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(short).collect();
            format!("[{}]", items.join(","))
        }
        Data::Map(entries) => {
            let entries = entries.iter();
            let entries: Vec<String> = entries
                .map(|entry| format!("{}:{}", entry.name, short(&entry.node)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        data => data.to_text().unwrap().into_owned(),
    }
}

fn key(document: &Document, name: &str) -> Option<String> {
    document.root.get(name).map(short)
}

#[test]
fn what_is_run_is_kept_with_its_documents_and_that_of_earlier_stages() {
    let text = "FROM a AS b\nRUN --mount=type=cache,target=/c apt-get update \\\n  && apt-get install -y curl\n\
                FROM b\nRUN [\"x\", \"y z\"]\nRUN <<EOF\nnpm install\nEOF\nUSER node\n";
    let document = document(text);
    let run = |node: &Node| -> Vec<String> {
        let items = node.get("run").unwrap().items().iter();
        items
            .map(|item| item.as_text().unwrap().to_owned())
            .collect()
    };
    let install = "apt-get update   && apt-get install -y curl";
    assert_eq!(
        run(&document.root),
        [install, "x y z", "<<EOF\nnpm install"]
    );
    let stages = document.root.get("stages").unwrap().items();
    assert_eq!(run(&stages[0]), [install]);
    assert_eq!(run(&stages[1]).len(), 3);
}

#[test]
fn names_of_files() {
    let files = [
        "Dockerfile",
        "a/dockerfile",
        "Dockerfile.dev",
        "x.Dockerfile",
        "Containerfile",
    ];
    assert!(files.into_iter().all(is_dockerfile));
    assert!(
        !["Dockerfiles", "docker-compose.yml"]
            .into_iter()
            .any(is_dockerfile)
    );
}

#[test]
fn the_user_is_that_of_the_final_stage() {
    let rows: &[(&str, Option<&str>)] = &[
        ("FROM a\nUSER node\n", Some("node")),
        ("FROM a\nuser 1000:1000\n", Some("1000:1000")),
        ("FROM a\nUSER node\nUSER root\n", Some("root")),
        ("FROM a AS b\nUSER node\nFROM c\n", None),
        ("FROM a AS b\nUSER node\nFROM b\n", Some("node")),
        (
            "FROM a AS b\nUSER node\nFROM B AS d\nFROM d\n",
            Some("node"),
        ),
        ("FROM a\n# USER node\n", None),
        ("FROM a\nRUN x \\\n# c\n\n  USER node\n", None),
        ("FROM a\nRUN <<EOF\nUSER node\nEOF\n", None),
        (
            "FROM a\nRUN <<-'EOF'\nUSER node\n\tEOF\nUSER app\n",
            Some("app"),
        ),
        (
            "FROM a\nCOPY <<a <<b /x/\nUSER q\na\nUSER p\nb\nUSER app\n",
            Some("app"),
        ),
        ("FROM a\nUSER ${U:-app}\n", Some("app")),
        ("FROM a\nARG U\nUSER ${U:-app}\n", Some("app")),
        ("FROM a\nARG U=node\nUSER $U\n", Some("node")),
        ("ARG U=node\nFROM a\nUSER $U\n", None),
        ("ARG U=node\nFROM a\nARG U\nUSER \"$U\"\n", Some("node")),
        ("FROM a\nENV U=e\nARG U=node\nUSER ${U:+x}\n", Some("x")),
        ("FROM a\nUSER $U\n", None),
        (
            "# escape=`\nFROM a\nRUN dir c:\\\nUSER `\n  node\n",
            Some("node"),
        ),
        (
            "# syntax=docker/dockerfile:1\n\n# escape=`\nFROM a\nUSER \\\n node\n",
            Some("node"),
        ),
        ("\u{feff}FROM a\r\nUSER node\r\n", Some("node")),
        ("FROM a\nUSER no\\\nde\n", Some("node")),
    ];
    for (text, expected) in rows {
        let document = document(text);
        let user = final_user(&document).map(|(user, _)| user);
        assert_eq!(user, *expected, "{text}: {:?}", document.complaints);
        assert!(!document.is_refused, "{text}: {:?}", document.complaints);
    }
    let given = BTreeMap::from([("U".to_owned(), "given".to_owned())]);
    let document = document_with("FROM a\nARG U=node\nUSER $U\n", &given);
    assert_eq!(final_user(&document).unwrap().0, "given");
}

#[test]
fn what_an_image_has() {
    let text = "ARG V=22\nFROM --platform=linux/amd64 node:${V}-slim AS Build\nWORKDIR /a\n\
WORKDIR b\nENV A=1 B=\"x y\"\nENV C d  e\nLABEL l='m n'\nEXPOSE 18789 53/UDP\n\
HEALTHCHECK --interval=30s --retries=3 \\\n  CMD curl -f http://localhost\n\
ENTRYPOINT [\"node\", \"a b\"]\nCMD node $A\nSTOPSIGNAL SIGINT\n";
    let document = document(text);
    assert!(document.complaints.is_empty(), "{:?}", document.complaints);
    let found = |name| key(&document, name).unwrap();
    assert_eq!(found("workdir"), "/a/b");
    assert_eq!(found("env"), "{A:1,B:x y,C:d  e}");
    assert_eq!(found("labels"), "{l:m n}");
    assert_eq!(found("expose"), "[18789/tcp,53/udp]");
    let health = "{test:curl -f http://localhost,interval:30s,retries:3}";
    assert_eq!(found("healthcheck"), health);
    assert_eq!(found("entrypoint"), "[node,a b]");
    assert_eq!(found("cmd"), "node $A");
    assert_eq!(found("stopsignal"), "SIGINT");
    let stage = &document.root.get("stages").unwrap().items()[0];
    assert_eq!(short(stage.get("from").unwrap()), "node:22-slim");
    assert_eq!(short(stage.get("name").unwrap()), "build");
    let place = document
        .root
        .get("healthcheck")
        .unwrap()
        .get("test")
        .unwrap()
        .place;
    assert_eq!(&text[place.span.range()], "curl -f http://localhost");
    let document = super::tests::document("FROM a\nHEALTHCHECK NONE\n");
    assert_eq!(key(&document, "healthcheck").unwrap(), "none");
}

#[test]
fn complaints_name_the_rule() {
    let rows: &[(&str, &[&str], bool)] = &[
        ("", &["DK001"], true),
        ("USER a\nFROM b\n", &["DK001"], true),
        ("FROM a\nFOO b\n", &["DK001"], true),
        ("FROM a b\n", &["DK001"], true),
        ("FROM a\nRUN <<EOF\nx\n", &["DK001"], true),
        ("FROM a\nCOPY --frm=x a b\n", &["DK001"], true),
        (
            "FROM a\nHEALTHCHECK --interval=30 CMD x\n",
            &["DK001"],
            true,
        ),
        ("FROM a\nHEALTHCHECK --retries=x CMD x\n", &["DK001"], true),
        ("FROM a\nEXPOSE http\n", &["DK001"], true),
        ("FROM a\nUSER a b\n", &["DK001"], true),
        ("FROM a\nUSER\n", &["DK001"], true),
        ("# escape=x\nFROM a\n", &["DK001"], true),
        ("FROM a\nUSER ${\n", &["DK001"], true),
        ("FROM a\nCMD ['x']\n", &["DK002"], false),
        ("FROM a\nENTRYPOINT [\"x\",]\n", &["DK002"], false),
        ("FROM a\nUSER ${U}\n", &["DK003"], false),
        ("FROM a\nCMD x\nCMD y\n", &["DK004"], false),
        ("FROM a AS b\nCMD x\nFROM b\nCMD y\n", &[], false),
    ];
    for (text, expected, is_refused) in rows {
        let document = document(text);
        let complaints = document.complaints.iter();
        let found: Vec<&str> = complaints.map(|complaint| complaint.rule.code).collect();
        assert_eq!(found, *expected, "{text}: {:?}", document.complaints);
        assert_eq!(document.is_refused, *is_refused, "{text}");
    }
}

#[test]
fn users_without_effect_are_asides() {
    let document = document("FROM a AS b\nUSER one\nFROM c\n#USER two\nUSER three\nUSER four\n");
    let asides = document.asides.iter();
    let found: Vec<(&str, &str)> = asides.map(|aside| (&*aside.value, &*aside.why)).collect();
    let expected = [
        ("one", "in a stage that is not the final one"),
        ("two", "commented out"),
        ("three", "overridden by a later line"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn time_spans_are_those_of_go() {
    let second = 1_000_000_000;
    let rows = [
        ("30s", Some(30 * second)),
        ("1m30s", Some(90 * second)),
        ("1.5h", Some(5400 * second)),
        (".5s", Some(second / 2)),
        ("0", Some(0)),
        ("-1s", Some(-second)),
        ("30", None),
        ("", None),
        ("1d", None),
        ("s", None),
        ("99999999h", None),
    ];
    for (text, expected) in rows {
        assert_eq!(words::nanoseconds(text), expected, "{text}");
    }
}

fn check_spans(document: &Document, node: &Node) -> Result<(), TestCaseError> {
    let text = std::str::from_utf8(&document.files[0].bytes).unwrap();
    prop_assert!(text.get(node.place.span.range()).is_some(), "{node:?}");
    for entry in node.entries() {
        prop_assert!(text.get(entry.place.span.range()).is_some(), "{entry:?}");
        check_spans(document, &entry.node)?;
    }
    for item in node.items() {
        check_spans(document, item)?;
    }
    Ok(())
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = vec![
        "FROM a AS b",
        "FROM b",
        "\n",
        "\n",
        "\n",
        "USER ",
        "node",
        "\\\n",
        "\\",
        "RUN ",
        "<<EOF",
        "EOF",
        "# ",
        "# escape=`\n",
        "`",
        "ENV ",
        "A=b",
        " ",
        "é",
        "\"",
        "'",
        "${",
        "}",
        "$A",
        ":-",
        "EXPOSE ",
        "80/tcp",
        "HEALTHCHECK ",
        "--interval=1s",
        " CMD ",
        "[\"x\"]",
        "[",
        "\r",
        "ARG ",
        "LABEL ",
        "\t",
        "NONE",
        "ONBUILD ",
        "COPY ",
    ];
    prop_oneof![
        12 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_text_has_spans_inside(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = format!("FROM a\n{}", pieces.concat());
        let document = document(&text);
        check_spans(&document, &document.root)?;
        let complaints = document.complaints.iter().filter_map(|complaint| complaint.place);
        let asides = document.asides.iter().map(|aside| aside.place);
        for place in complaints.chain(asides) {
            prop_assert!(text.get(place.span.range()).is_some(), "{place:?}");
        }
    }
}

#[test]
fn hostile_files_are_read_in_bounded_time() {
    let lines: Vec<String> = (0..64)
        .map(|n| format!("ENV A{}=$A{n}$A{n}\n", n + 1))
        .collect();
    let doubling = lines.concat();
    for text in [
        "FROM a AS b\n".repeat(10_000),
        format!("FROM a\nENV A0=xxxxxxxx\n{doubling}"),
        format!("FROM a\nUSER {}", "${A:-".repeat(40_000)),
        format!("FROM a\nUSER {}", "${A:-b}".repeat(40_000)),
        format!("FROM a\n{}", "RUN <<E\n".repeat(20_000)),
        format!("FROM a\nRUN {}", "<<E ".repeat(40_000)),
        format!("FROM a\nRUN {}", "x\\\n".repeat(60_000)),
        format!("FROM a\nCMD {}", "[".repeat(100_000)),
        format!("FROM a\nENV {}", "A=\"".repeat(60_000)),
        format!("FROM a\n{}", "WORKDIR a\n".repeat(20_000)),
        format!("FROM a\nENV {}", "A=b ".repeat(40_000)),
        format!(
            "FROM a AS b\nENV {}\n{}",
            "A=b ".repeat(20_000),
            "FROM b\n".repeat(20_000)
        ),
    ] {
        document(&text);
    }
}

#[test]
fn a_stage_stands_on_the_last_one_of_its_name() {
    let text = "FROM a AS Base\nUSER one\nFROM a AS base\nUSER two\nFROM BASE\n";
    let document = document(text);
    let user = document.root.get("user").and_then(Node::as_text);
    assert_eq!(user, Some("two"));
}

#[test]
fn the_root_has_the_base_image_and_what_is_started() {
    for (text, from, runs, signal) in [
        (
            "FROM a AS b\nFROM B\nCMD [\"x\"]\n",
            "a",
            Some("x"),
            "SIGTERM",
        ),
        ("FROM a AS b\nFROM c\nSTOPSIGNAL 2\n", "c", None, "2"),
        (
            "FROM a AS b\nCMD x\nFROM b AS c\nFROM c\n",
            "a",
            Some("/bin/sh -c x"),
            "SIGTERM",
        ),
        (
            "FROM a\nENTRYPOINT [\"sleep\", \"9\"]\nCMD [\"x\"]\n",
            "a",
            Some("sleep 9 x"),
            "SIGTERM",
        ),
    ] {
        let document = document(text);
        assert_eq!(key(&document, "from").as_deref(), Some(from), "{text}");
        assert_eq!(key(&document, "runs").as_deref(), runs, "{text}");
        assert_eq!(
            key(&document, "stopsignal").as_deref(),
            Some(signal),
            "{text}"
        );
    }
}
