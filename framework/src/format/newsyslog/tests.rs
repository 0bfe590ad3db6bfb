//! Lines that newsyslog takes, and those that it exits at.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{is_newsyslog, read};
use crate::document::{Document, Input, Node};

type Files = BTreeMap<String, Arc<[u8]>>;

fn document_with(bytes: &[u8], files: &Files) -> Document {
    read(&Input {
        path: "/etc/newsyslog.conf",
        bytes: bytes.into(),
        target: files,
        variables: &BTreeMap::new(),
    })
}

fn document(text: &str) -> Document {
    document_with(text.as_bytes(), &Files::new())
}

fn show(root: &Node) -> String {
    let logs = root.entries().iter().map(|log| {
        let fields = log.node.entries().iter().map(|field| {
            let text = field.node.data.to_text().unwrap_or_default();
            format!("{}={text}", field.name)
        });
        format!("{}: {}", log.name, fields.collect::<Vec<_>>().join(" "))
    });
    logs.collect::<Vec<_>>().join("; ")
}

fn outcome(text: &str) -> String {
    let document = document(text);
    let mut parts = Vec::new();
    if !document.is_refused {
        parts.push(show(&document.root));
    }
    for complaint in &document.complaints {
        parts.push(format!("{} {}", complaint.rule.code, complaint.message));
    }
    parts.join(" | ")
}

const LINES: &[(&str, &str)] = &[
    (
        "/var/log/a 644 5 10000 * J",
        "/var/log/a: mode=644 count=5 size=10000 when=* flags=J",
    ),
    (
        "/var/log/a\troot:admin\t0640 5 * 24",
        "/var/log/a: owner=root group=admin mode=0640 count=5 when=24",
    ),
    (
        "/a :wheel 600 0 100 @T00 Z /var/run/a.pid 30",
        "/a: group=wheel mode=600 count=0 size=100 when=@T00 flags=Z pid_file=/var/run/a.pid signal=30",
    ),
    (
        "/a root: 600 7 * $W5D4 - SIGUSR1",
        "/a: owner=root mode=600 count=7 when=$W5D4 flags=- signal=SIGUSR1",
    ),
    (
        "/a root.wheel 600 7 * 1",
        "/a: owner=root group=wheel mode=600 count=7 when=1",
    ),
    ("# c\n\n/a 600 7 * 1 # c", "/a: mode=600 count=7 when=1"),
    (
        "/a\\#b 600 7 * 1 z",
        "/a#b: mode=600 count=7 when=1 flags=z",
    ),
    (
        "<default> 600 3 50 *",
        "<default>: mode=600 count=3 size=50 when=*",
    ),
    (
        "/a 644 5 10000",
        "NS001 malformed line (missing fields): there is no time to rotate at",
    ),
    (
        "/a",
        "NS001 malformed line (missing fields): there is no mode",
    ),
    (
        "/a root:admin 644 5 # 100 *",
        "NS001 malformed line (missing fields): there is no size",
    ),
    (
        "/a rw-r--r-- 5 100 *",
        "NS002 bad permissions: `rw-r--r--` is not an octal mode",
    ),
    (
        "/a 888 5 100 *",
        "NS002 bad permissions: `888` is not an octal mode",
    ),
    (
        "/a 755 5 100 *",
        "/a: mode=644 count=5 size=100 when=* | NS003 File mode bits 0755 changed to 0644",
    ),
    (
        "/a 644 five 100 *",
        "NS002 bad value for count of logs to save: `five`",
    ),
    (
        "/a 644 -1 100 *",
        "NS002 bad value for count of logs to save: `-1`",
    ),
    (
        "/a 644 5 10M *",
        "/a: mode=644 count=5 size=10 when=* | NS003 newsyslog reads this size as 10 kilobytes and drops the unit",
    ),
    (
        "/a 644 5 big *",
        "/a: mode=644 count=5 when=* | NS003 Invalid value of 'big' for 'size': the log is not rotated by size",
    ),
    ("/a 644 5 100 daily", "NS002 malformed interval/at: `daily`"),
    ("/a 644 5 100 @T25", "NS002 malformed 'at' value: `@T25`"),
    ("/a 644 5 100 * Q", "NS002 illegal flag in config file -- Q"),
    (
        "/a 644 5 100 * /var/run/a.pid",
        "NS002 illegal flag in config file -- /",
    ),
    (
        "/a 644 5 100 * JX",
        "/a: mode=644 count=5 size=100 when=* flags=JX | NS008 only FreeBSD has the flag `X`; newsyslog of macOS exits",
    ),
    (
        "/a 644 5 100 * J ~/a.pid",
        "NS002 illegal pid file or signal in config file: `~/a.pid`",
    ),
    (
        "/a 644 5 100 * J /a.pid SIGFOO",
        "NS002 illegal signal in config file: `SIGFOO`",
    ),
    (
        "/a 644 5 100 * N /a.pid",
        "/a: mode=644 count=5 size=100 when=* flags=N | NS007 the file of the process id is ignored because of the flag `N`",
    ),
    (
        "/a 644 5 100 * U",
        "/a: mode=644 count=5 size=100 when=* flags=U | NS007 the flag `U` is ignored: there is no file of a process group's id",
    ),
    (
        "/a 644 5 100 * J /a.pid 1 more",
        "/a: mode=644 count=5 size=100 when=* flags=J pid_file=/a.pid signal=1 | NS007 `more` stands behind the last field and is ignored",
    ),
    (
        "logs/a 644 5 100 *",
        "logs/a: mode=644 count=5 size=100 when=* | NS004 the log file `logs/a` is not an absolute path",
    ),
    (
        "~/a 644 5 100 *",
        "~/a: mode=644 count=5 size=100 when=* | NS004 the log file `~/a` is not an absolute path",
    ),
    (
        "/a 644 5 100 *\n/b 644 5 100 *\n/a 600 1 * 1",
        "/a: mode=600 count=1 when=1; /b: mode=644 count=5 size=100 when=* | NS005 two lines are about `/a`",
    ),
    (
        "  # c\n",
        "NS001 a comment does not begin at the start of its line: newsyslog misses a field and exits",
    ),
    (
        "  \n",
        "NS001 a line of blanks: newsyslog misses a field and exits",
    ),
    ("<include>", "NS001 `<include>` names no file"),
    (
        "<include> /etc/x.conf",
        "NS006 there is no file `/etc/x.conf` to include",
    ),
];

#[test]
fn lines_are_read_as_newsyslog_reads_them() {
    for (text, expected) in LINES {
        assert_eq!(outcome(text), *expected, "{text}");
    }
}

#[test]
fn fields_have_their_places_and_modes_a_scale() {
    let text = "# x\n/var/log/a root:admin 640 5 100 * J";
    let document = document(text);
    let log = document.root.get("/var/log/a").unwrap();
    for (name, written) in [
        ("owner", "root"),
        ("group", "admin"),
        ("mode", "640"),
        ("flags", "J"),
    ] {
        let span = log.get(name).unwrap().place.span;
        assert_eq!(&text[span.range()], written);
    }
    let scale = log.get("mode").unwrap().scale.unwrap();
    assert!(
        (scale.read)("0640")
            .unwrap()
            .is_same(&(scale.read)("640").unwrap())
    );
}

#[test]
fn included_files_take_part() {
    let line = |name: &str| Arc::from(format!("/var/log/{name} 644 5 100 *\n").into_bytes());
    let files: Files = [
        ("/etc/newsyslog.d/a.conf".to_owned(), line("a")),
        ("/etc/newsyslog.d/b.conf".to_owned(), line("b")),
        ("/etc/newsyslog.d/c.txt".to_owned(), line("c")),
    ]
    .into();
    let text = "<include> /etc/newsyslog.d/*.conf\n<INCLUDE> /etc/newsyslog.d/a.conf\n/var/log/z 644 5 1 *";
    let document = document_with(text.as_bytes(), &files);
    let names: Vec<&str> = document
        .root
        .entries()
        .iter()
        .map(|log| &*log.name)
        .collect();
    assert_eq!(names, ["/var/log/z", "/var/log/a", "/var/log/b"]);
    assert_eq!(document.root.entries()[2].place.file, 2);
    assert_eq!(document.files[2].name, "/etc/newsyslog.d/b.conf");
    assert_eq!(document.complaints.len(), 1);
}

#[test]
fn what_is_commented_out_is_set_aside() {
    let text = "# /var/log/a root:wheel 640 5 100 * J\n# /var/log is full\n#x\n";
    let document = document(text);
    let asides: Vec<String> = document
        .asides
        .iter()
        .map(|aside| format!("{}={}", aside.path.join(" "), aside.value))
        .collect();
    let expected = [
        "/var/log/a owner=root",
        "/var/log/a group=wheel",
        "/var/log/a mode=640",
        "/var/log/a count=5",
        "/var/log/a size=100",
        "/var/log/a when=*",
        "/var/log/a flags=J",
    ];
    assert_eq!(asides, expected);
    assert_eq!(&text[document.asides[2].place.span.range()], "640");
}

#[test]
fn its_files_are_known_by_name() {
    for path in [
        "/etc/newsyslog.conf",
        "etc/newsyslog.d/a.conf",
        "newsyslog.conf.d/openclaw.conf",
        "newsyslog.conf",
    ] {
        assert!(is_newsyslog(path), "{path}");
    }
    for path in [
        "a.conf",
        "newsyslog.d/a.txt",
        "newsyslog.d/.conf",
        "x/newsyslog.conf.d",
        "my-newsyslog.conf",
    ] {
        assert!(!is_newsyslog(path), "{path}");
    }
}

#[test]
fn large_files_end_in_a_complaint() {
    for text in ["x".repeat(2000), "#".repeat((1 << 20) + 1)] {
        assert!(document(&text).is_refused);
    }
    let many = "/a 644 5 100 *\n".repeat(50_000);
    let document = document(&many);
    assert_eq!(
        (document.complaints.len(), document.asides.len()),
        (200, 200)
    );
    assert!(document_with(b"/a\xff 644 5 100 *", &Files::new()).is_refused);
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "/a", " ", "\t", "root:admin", "644", "5", "*", "@T00", "$W1", "J", "N", "#", "\\#", "\n",
            "<include>", "<default>", "/a 644 5 100 * J", "\n/b 600 1 * 1 - ", "é", ":", "\r",
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
        for log in document.root.entries() {
            places.extend([log.place, log.node.place]);
            places.extend(log.node.entries().iter().flat_map(|field| [field.place, field.node.place]));
        }
        for place in places {
            prop_assert!(text.get(place.span.range()).is_some(), "{:?} in {:?}", place, text);
        }
        prop_assert!(!document.is_refused || !document.complaints.is_empty());
    }

    #[test]
    fn any_bytes_give_a_document(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        document_with(&bytes, &Files::new());
    }
}
