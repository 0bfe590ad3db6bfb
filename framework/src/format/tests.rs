//! What holds for every row of the table of formats, whatever the bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, TestRunner};

use super::{FORMATS, FormatSpec, of_path};
use crate::document::{Data, Document, Input, Node, Place};

/// A file of each format with most of what its grammar has, to be changed at random.
const SAMPLES: &[(&str, &str)] = &[
    (
        "systemd-unit",
        "[Unit]\nStartLimitIntervalSec=300\n# c \\\n[Service]\nExecStart=-/bin/true \"a b\" \\\n  $X %n\nEnvironment=A=b 'C=d e'\nRestart=always\nMemoryMax=50%\nSystemCallFilter=~@mount\n[Install]\nWantedBy=multi-user.target\n",
    ),
    (
        "journald",
        "[Journal]\nSystemMaxUse=500M\nMaxRetentionSec=30day\n",
    ),
    (
        "plist",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\">\n<plist version=\"1.0\"><dict><key>Label</key><string>a&amp;b</string><key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict><key>N</key><integer>10</integer><!-- <key>X</key><true/> --><key>L</key><array><string><![CDATA[x]]></string></array></dict></plist>\n",
    ),
    (
        "compose",
        "x-a: &a\n  restart: always\nservices:\n  g:\n    <<: *a\n    image: x:${V:-1}\n    ports:\n      - \"127.0.0.1:18789-18790:18789-18790/tcp\"\n      - target: 80\n    deploy: {resources: {limits: {memory: 2g, cpus: '1.5'}}}\n    healthcheck: {test: curl x, interval: 1m30s}\n    environment: [A=1, B]\n",
    ),
    (
        "yaml",
        "a: &x [1, 'two', \"th\\nree\"]\nb: *x\nc: |\n  text\n  more\nd: >-\n  folded\n? e\n: f\ng: {h: ~, i: 0x1F}\n---\nsecond\n",
    ),
    ("env", "# c\nA=1\nB=\"x $A\" # y\nC='q'\nD=a\\\nb\n"),
    ("env-systemd", "# c \\\nA=1\nB=\"x\\\"y\"z\nC='q\nr'\n; d\n"),
    ("env-docker", "A=1\n  B= x\nC\n#c\n"),
    (
        "env-compose",
        "A=1\nB=\"${A:-x}\\n\" # c\nexport C='q'\nD: e\n",
    ),
    (
        "env-bash",
        "A=1 B=2\nexport C=\"$A ${B:-x}\" D=$(x)\nE=`y`\nF+=1\n",
    ),
    (
        "newsyslog",
        "# c\n/var/log/x.log root:wheel 640 7 1000 $D0 JN /run/x.pid 30\n",
    ),
    (
        "json5",
        "{ // c\n  a: [1, .5, +0x1F, -Infinity,], 'b\\u0041': \"x\\\ny\", /* d */ }\n",
    ),
    (
        "json",
        "{\"a\": [1, -2.5e3, true, null], \"b\": {\"c\": \"\\ud83d\\ude00\"}}\n",
    ),
    (
        "toml",
        "a = 1\n[b.c]\nd = [\"x\", 2021-01-01]\n[[e]]\nf = '''\ng'''\n",
    ),
    ("ini", "[a]\nb = c\n  d\ne: f\n# g\n[h]\n"),
    (
        "dockerfile",
        "# escape=\\\nARG V=1\nFROM node:${V} AS b\nRUN <<EOF\nx\nEOF\nFROM b\nUSER app:app\nEXPOSE 80 90/udp\nHEALTHCHECK --interval=5s CMD [\"x\"]\nENV A=b \\\n  C=d\n",
    ),
    (
        "markdown",
        "---\nx: y\n---\n# A\n\ntext [l](u) `c`\n\nB\n---\n\n```sh\n# /etc/x\ny\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] t\n- [x] u\n\n[r]: z\n",
    ),
];

fn read(format: &FormatSpec, path: &str, bytes: &[u8]) -> Document {
    let (nothing, variables) = (BTreeMap::new(), BTreeMap::new());
    (format.read)(&Input {
        path,
        bytes: Arc::from(bytes),
        target: &nothing,
        variables: &variables,
    })
}

/// A path of the format: the first of the file names for people that has no `*` but at its start.
fn path(format: &FormatSpec) -> String {
    match format.name {
        "systemd-unit" => "t.service",
        "journald" => "journald.conf",
        "plist" => "t.plist",
        "compose" => "docker-compose.yml",
        "newsyslog" => "newsyslog.conf",
        "dockerfile" => "Dockerfile",
        "markdown" => "t.md",
        name if name.starts_with("env") => ".env",
        name => return format!("t.{name}"),
    }
    .to_owned()
}

fn is_inside(document: &Document, place: Place) {
    let bytes = document.source(place).bytes;
    let span = place.span;
    assert!(
        span.start <= span.end && span.end <= bytes.len(),
        "{span:?} of {} bytes",
        bytes.len()
    );
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(
            text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
            "{span:?} cuts a character"
        );
    }
}

fn nodes_are_inside(document: &Document, node: &Node) {
    is_inside(document, node.place);
    match &node.data {
        Data::List(items) => items
            .iter()
            .for_each(|item| nodes_are_inside(document, item)),
        Data::Map(entries) => {
            for entry in entries {
                is_inside(document, entry.place);
                nodes_are_inside(document, &entry.node);
            }
        }
        _ => {}
    }
}

/// Everything that holds for any document.
fn holds(document: &Document) {
    nodes_are_inside(document, &document.root);
    for aside in &document.asides {
        is_inside(document, aside.place);
    }
    for complaint in &document.complaints {
        let also = complaint.also.iter().map(|(place, _)| *place);
        for place in complaint.place.into_iter().chain(also) {
            is_inside(document, place);
        }
        assert!(!complaint.message.is_empty());
    }
    if document.is_refused {
        assert!(!document.complaints.is_empty(), "refused without a reason");
        assert!(document.root.entries().is_empty(), "refused and in effect");
    }
}

/// A way to spoil a text.
#[derive(Clone, Debug)]
struct Edit {
    at: prop::sample::Index,
    remove: usize,
    insert: Vec<u8>,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let piece = prop::sample::select(vec![
        &b"\n"[..],
        b"\\",
        b"\"",
        b"'",
        b"#",
        b"$",
        b"{",
        b"}",
        b"[",
        b"]",
        b"<",
        b">",
        b"&",
        b"*",
        b":",
        b"=",
        b"\t",
        b"  ",
        b"\r",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        "é".as_bytes(),
        "\u{2028}".as_bytes(),
        b"${",
        b"$$",
        b"<!--",
        b"```",
        b"---\n",
        b"- ",
        b"%",
        b"\\\n",
        b"`",
        b"!",
        b"|",
        b"99999999999999999999",
        b"-1",
        b"..",
        b"EOF",
    ]);
    let insert = prop::collection::vec(piece, 0..3).prop_map(|pieces| pieces.concat());
    let edit = (any::<prop::sample::Index>(), 0..4_usize, insert)
        .prop_map(|(at, remove, insert)| Edit { at, remove, insert });
    prop::collection::vec(edit, 1..6)
}

#[test]
fn every_format_has_a_sample_that_it_reads() {
    let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
    let samples: BTreeSet<&str> = SAMPLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, samples);
    for format in FORMATS {
        let (_, sample) = SAMPLES
            .iter()
            .find(|(name, _)| *name == format.name)
            .unwrap();
        let document = read(format, &path(format), sample.as_bytes());
        holds(&document);
        let is_read = !document.root.entries().is_empty() || !document.root.items().is_empty();
        assert!(is_read, "{}: {:?}", format.name, document.complaints);
    }
}

#[test]
fn no_change_of_a_file_makes_a_parser_panic_or_point_outside() {
    for format in FORMATS {
        let (_, sample) = SAMPLES
            .iter()
            .find(|(name, _)| *name == format.name)
            .unwrap();
        let path = path(format);
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::default()
        });
        let result = runner.run(&edits(), |edits| {
            let mut bytes = sample.as_bytes().to_vec();
            for edit in &edits {
                let at = edit.at.index(bytes.len() + 1);
                let end = (at + edit.remove).min(bytes.len());
                bytes.splice(at..end, edit.insert.iter().copied());
            }
            holds(&read(format, &path, &bytes));
            Ok(())
        });
        assert!(result.is_ok(), "{}: {result:?}", format.name);
    }
}

#[test]
fn a_place_does_not_cut_a_character() {
    let text = "A=\"b\" \u{feff}c\nB='d' éf\n";
    for format in FORMATS {
        holds(&read(format, &path(format), text.as_bytes()));
    }
}

#[test]
fn no_bytes_at_all_are_too_much() {
    let hostile: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\xff\xfe\x00a".to_vec(),
        vec![0; 1000],
        b"[".repeat(100_000),
        b"{\"a\":".repeat(20_000),
        b"a:\n".repeat(20_000),
        b"<dict><key>a</key>".repeat(20_000),
        b"- ".repeat(50_000),
        b"\\\n".repeat(50_000),
        b"${".repeat(50_000),
        b"\"".repeat(50_001),
        b"#".repeat(200_000),
        b"a=".repeat(100_000),
        b"| a ".repeat(50_000),
        b"[a](".repeat(50_000),
        b"> ".repeat(50_000),
        b"```\n".repeat(50_001),
        b"RUN <<A <<B\n".repeat(10_000),
        "é".repeat(100_000).into_bytes(),
    ];
    for format in FORMATS {
        for bytes in &hostile {
            holds(&read(format, &path(format), bytes));
        }
    }
}

#[test]
fn the_format_follows_from_the_name() {
    for (path, format) in [
        ("openclaw-gateway.service", Some("systemd-unit")),
        ("/etc/systemd/system/a.timer", Some("systemd-unit")),
        ("a.service.d/10-x.conf", Some("systemd-unit")),
        ("etc/systemd/journald.conf", Some("journald")),
        ("journald.conf.d/a.conf", Some("journald")),
        ("com.openclaw.gateway.plist", Some("plist")),
        ("docker-compose.yml", Some("compose")),
        ("compose.yaml", Some("compose")),
        ("docker-compose.prod.yml", Some("compose")),
        ("values.yaml", Some("yaml")),
        (".env", Some("env")),
        (".env.production", Some("env")),
        ("gateway.env", Some("env")),
        ("/home/openclaw/.openclaw/env", Some("env")),
        ("openclaw.json", Some("json5")),
        ("package.json", Some("json")),
        ("newsyslog.conf", Some("newsyslog")),
        ("/etc/newsyslog.d/openclaw.conf", Some("newsyslog")),
        ("Dockerfile", Some("dockerfile")),
        ("Dockerfile.gateway", Some("dockerfile")),
        ("docs/README.md", Some("markdown")),
        ("clawtest.toml", Some("toml")),
        ("setup.cfg", Some("ini")),
        (".json", None),
        ("notes.txt", None),
        ("nginx.conf", None),
    ] {
        assert_eq!(of_path(path).map(|format| format.name), format, "{path}");
    }
}
