//! Any bytes, and files that are made to take time.

use std::sync::Arc;

use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, proptest};

use super::{Files, unit, unit_of};
use crate::document::{Document, Node, Place, Target};
use crate::format::unit::{State, tree};

#[test]
fn hostile_files_are_read_in_linear_time() {
    let mut text = String::from("[Service]\nExecStart=/bin/true\n");
    for number in 0..40_000 {
        text.push_str(&format!("Environment=A{number}=1 \\\n  B{number}=2\n"));
    }
    let read = unit(&text);
    assert_eq!(read.list("Service", "Environment").len(), 80_000);
    let unknown = "A=b\n".repeat(250_000);
    assert_eq!(
        unit(&format!("[Service]\n{unknown}")).complaints.len(),
        250_001
    );
    let long = format!("[Service]\nExecStart=/bin/true {}\n", "x".repeat(1 << 20));
    assert_eq!(unit(&long).state, State::Refused);
    let joined = format!(
        "[Service]\nExecStart=/bin/true {}\n",
        "\\\n".repeat(500_000)
    );
    assert_eq!(unit(&joined).state, State::Loaded);
    let quotes = format!(
        "[Service]\nExecStart=/bin/true\nEnvironment={}\n",
        "\"\\".repeat(400_000)
    );
    assert_eq!(unit(&quotes).state, State::Loaded);
}

/// Lines of keys that exist with values that mean something, and noise between them.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[Service]",
        "[Unit]",
        "[X]",
        "\n",
        "\n",
        "\n",
        "ExecStart=",
        "Environment=",
        "User=",
        "=",
        "ReadWritePaths=",
        "BindPaths=",
        "LimitNOFILE=",
        "RestartSec=",
        "MemoryMax=",
        "/bin/x",
        " ",
        "\\",
        "\"",
        "'",
        "%",
        "%n",
        "%Z",
        "\\x41",
        "\\u00e4",
        "é",
        "\u{feff}",
        "#",
        ";",
        ":",
        "~",
        "A=b",
        "10",
        "5min",
        "2G",
        "\r",
        "\0",
        "-",
        "+",
        "!",
        "@",
        "SystemCallFilter=",
        "DeviceAllow=",
        "CPUAffinity=",
        "StateDirectory=",
        "ListenStream=",
        "1-3",
        ".",
        "‰",
        "μs",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

fn all_places_are_inside(document: &Document) -> bool {
    fn walk(node: &Node, is_inside: &dyn Fn(Place) -> bool) -> bool {
        is_inside(node.place)
            && node.items().iter().all(|item| walk(item, is_inside))
            && node
                .entries()
                .iter()
                .all(|entry| is_inside(entry.place) && walk(&entry.node, is_inside))
    }
    let is_inside = |place: Place| {
        let bytes = &document.files[place.file as usize].bytes;
        let is_boundary = |at: usize| match std::str::from_utf8(bytes) {
            Ok(text) => text.is_char_boundary(at),
            Err(_) => at <= bytes.len(),
        };
        place.span.start <= place.span.end
            && is_boundary(place.span.start)
            && is_boundary(place.span.end)
    };
    walk(&document.root, &is_inside)
        && document.asides.iter().all(|aside| is_inside(aside.place))
        && document
            .complaints
            .iter()
            .all(|said| said.place.is_none_or(is_inside))
}

proptest! {
    #[test]
    fn no_bytes_panic_and_places_are_inside(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let document = tree::document(unit_of("t.service", &bytes, &Files::new()));
        prop_assert!(all_places_are_inside(&document));
    }

    #[test]
    fn no_text_panics_and_places_are_inside(text in texts()) {
        for path in ["t.service", "t.socket", "t.timer"] {
            let document = tree::document(unit_of(path, text.as_bytes(), &Files::new()));
            prop_assert!(all_places_are_inside(&document), "{document:?}");
        }
    }
}

/// A host on which one path cannot be read or listed.
struct Closed(&'static str);

impl Target for Closed {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        if path == self.0 {
            return Err("permission denied".to_owned());
        }
        Ok(None)
    }

    fn names(&self, dir: &str) -> Result<Vec<String>, String> {
        match self.0.strip_prefix(dir) {
            Some("") => Err("permission denied".to_owned()),
            Some(file) if file.matches('/').count() == 1 => Ok(vec![file[1..].to_owned()]),
            _ => Ok(Vec::new()),
        }
    }
}

#[test]
fn nothing_is_in_effect_where_a_drop_in_cannot_be_read() {
    for path in [
        "/etc/systemd/system/t.service.d",
        "/etc/systemd/system/service.d/1.conf",
    ] {
        let text = b"[Service]\nExecStart=/bin/true\nRestart=always\n";
        let read = unit_of("/etc/systemd/system/t.service", text, &Closed(path));
        assert_eq!(read.state, State::Refused, "{path}");
        let messages: Vec<&str> = read.complaints.iter().map(|said| &*said.message).collect();
        let wanted = format!("cannot read the drop-in `{path}`: permission denied");
        assert!(messages.contains(&&*wanted), "{messages:?}");
    }
}
