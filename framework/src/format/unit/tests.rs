//! Units as tables: texts and what systemd 252 makes of them.

mod found;
mod hostile;
mod judged;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Unit, keys, load, read, read_journald};
use crate::document::{Document, Input, Node, Target};
use crate::scale::Amount;

type Files = BTreeMap<String, Arc<[u8]>>;

fn files(texts: &[(&str, &str)]) -> Files {
    texts
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
        .collect()
}

fn unit_of(path: &str, bytes: &[u8], target: &dyn Target) -> Unit {
    load(&Input {
        path,
        bytes: Arc::from(bytes),
        target,
        variables: &BTreeMap::new(),
    })
}

fn unit(text: &str) -> Unit {
    unit_of("t.service", text.as_bytes(), &Files::new())
}

fn document_of(path: &str, texts: &[(&str, &str)]) -> Document {
    let files = files(texts);
    let input = Input {
        path,
        bytes: Arc::clone(&files[path]),
        target: &files,
        variables: &BTreeMap::new(),
    };
    if path.contains("journald") {
        read_journald(&input)
    } else {
        read(&input)
    }
}

fn node<'a>(document: &'a Document, path: &str) -> Option<&'a Node> {
    let (section, key) = path.split_once('.').unwrap();
    document.root.get(section)?.get(key)
}

/// The value of a setting as a text; the elements of a list with `|` between them.
fn shown(document: &Document, path: &str) -> Option<String> {
    let node = node(document, path)?;
    let texts: Vec<&str> = node.items().iter().filter_map(Node::as_text).collect();
    Some(
        node.as_text()
            .map_or_else(|| texts.join("|"), str::to_owned),
    )
}

/// Checks what is in effect in a service whose `[Service]` begins with `ExecStart=/bin/true`.
#[track_caller]
fn check(lines: &str, path: &str, expected: Option<&str>) {
    let text = format!("[Service]\nExecStart=/bin/true\n{lines}");
    let document = document_of("t.service", &[("t.service", &text)]);
    assert_eq!(
        shown(&document, path).as_deref(),
        expected,
        "{path} in {lines:?}"
    );
}

#[test]
fn lines_are_read_as_systemd_reads_them() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("Restart=always", "Service.Restart", Some("always")),
        ("Restart = always  ", "Service.Restart", Some("always")),
        ("   Restart=always", "Service.Restart", Some("always")),
        (
            "Restart=always\r\nNice=5\r\n",
            "Service.Restart",
            Some("always"),
        ),
        ("Restart=always\rNice=5", "Service.Nice", Some("5")),
        ("Restart=always\0Nice=5", "Service.Nice", Some("5")),
        ("#Restart=always", "Service.Restart", Some("no")),
        ("  ; Restart=always", "Service.Restart", Some("no")),
        ("Restart=always # keep it up", "Service.Restart", Some("no")),
        ("Restart=\"always\"", "Service.Restart", Some("no")),
        ("restart=always", "Service.Restart", Some("no")),
        ("X-Restart=always", "Service.Restart", Some("no")),
        ("[Unit]\nRestart=always", "Service.Restart", Some("no")),
        ("[X-Fleet]\nRestart=always", "Service.Restart", Some("no")),
        (
            "[Unit]\n[Service]\nRestart=always",
            "Service.Restart",
            Some("always"),
        ),
        ("  [Unit]  \nDescription=x", "Unit.Description", Some("x")),
        ("Restart=always\nRestart=no", "Service.Restart", Some("no")),
        (
            "Restart=always\nRestart=alwys",
            "Service.Restart",
            Some("always"),
        ),
        (
            "Restart=always\nRestart=",
            "Service.Restart",
            Some("always"),
        ),
        (
            "Environment=A=b \\\nRestart=always",
            "Service.Restart",
            Some("no"),
        ),
        (
            "Environment=A=b \\\n# c\nRestart=always",
            "Service.Restart",
            Some("no"),
        ),
        (
            "Environment=A=b \\ \nRestart=always",
            "Service.Restart",
            Some("always"),
        ),
        (
            "# comment \\\nRestart=always",
            "Service.Restart",
            Some("always"),
        ),
        (
            "Description=a\\\n b\n[Unit]\nDescription=a\\\n b",
            "Unit.Description",
            Some("a  b"),
        ),
        (
            "[Unit]\nDescription=a\\\\\nDocumentation=man:b",
            "Unit.Description",
            Some("a\\\\"),
        ),
        (
            "[Unit]\nDescription=a \\\n\nDocumentation=man:b",
            "Unit.Documentation",
            Some("man:b"),
        ),
        ("[Unit]\nDescription=a \\", "Unit.Description", Some("a")),
    ];
    for (lines, path, expected) in cases {
        check(lines, path, *expected);
    }
}

#[test]
fn lists_add_up_and_are_reset_by_an_empty_value() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        (
            "ReadWritePaths=/a\nReadWritePaths=/b",
            "Service.ReadWritePaths",
            Some("/a|/b"),
        ),
        (
            "ReadWritePaths=/a\nReadWritePaths=",
            "Service.ReadWritePaths",
            None,
        ),
        (
            "ReadWritePaths=-/a \"/b c\"",
            "Service.ReadWritePaths",
            Some("-/a|/b c"),
        ),
        (
            "ReadWriteDirectories=/a",
            "Service.ReadWritePaths",
            Some("/a"),
        ),
        (
            "Environment=A=1 \"B=x y\"\nEnvironment=A=2",
            "Service.Environment",
            Some("B=x y|A=2"),
        ),
        ("Environment=A=1\nEnvironment=", "Service.Environment", None),
        (
            "Environment=A=a\"b c\"d",
            "Service.Environment",
            Some("A=ab cd"),
        ),
        (
            "Environment='A=\\x41\\tb'",
            "Service.Environment",
            Some("A=A\tb"),
        ),
        (
            "ExecStart=\nExecStart=-/bin/false a 'b c'",
            "Service.ExecStart",
            Some("-/bin/false a 'b c'"),
        ),
        (
            "ExecStartPre=/bin/a ; /bin/b \\; c",
            "Service.ExecStartPre",
            Some("/bin/a|/bin/b \\; c"),
        ),
        (
            "[Unit]\nAfter=a.service b.target\nAfter=\nAfter=c.socket",
            "Unit.After",
            Some("a.service|b.target|c.socket"),
        ),
        (
            "[Unit]\nConditionPathExists=/a\nConditionHost=b\nConditionHost=",
            "Unit.ConditionPathExists",
            None,
        ),
        (
            "SuccessExitStatus=0 143\nSuccessExitStatus=SIGTERM",
            "Service.SuccessExitStatus",
            Some("0|143|SIGTERM"),
        ),
        (
            "CapabilityBoundingSet=",
            "Service.CapabilityBoundingSet",
            Some(""),
        ),
        (
            "RestrictNamespaces=yes",
            "Service.RestrictNamespaces",
            Some("yes"),
        ),
        (
            "[Install]\nWantedBy=a.target\nWantedBy=b.target",
            "Install.WantedBy",
            Some("a.target|b.target"),
        ),
    ];
    for (lines, path, expected) in cases {
        check(lines, path, *expected);
    }
}

#[test]
fn defaults_and_old_names_are_where_they_are_looked_for() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        ("", "Service.Type", Some("simple")),
        ("", "Service.User", Some("root")),
        ("User=a\nUser=", "Service.User", Some("root")),
        ("DynamicUser=yes", "Service.User", Some("t")),
        ("DynamicUser=yes", "Service.ProtectSystem", Some("strict")),
        ("BusName=a.b", "Service.Type", Some("dbus")),
        ("Type=oneshot", "Service.TimeoutStartSec", Some("infinity")),
        ("", "Service.TimeoutStartSec", Some("90s")),
        ("TimeoutSec=5", "Service.TimeoutStopSec", Some("5")),
        ("TimeoutSec=5", "Service.TimeoutStartSec", Some("5")),
        ("TimeoutSec=5", "Service.TimeoutSec", Some("5")),
        ("Type=notify", "Service.NotifyAccess", Some("main")),
        ("Delegate=yes", "Service.OOMPolicy", Some("continue")),
        (
            "StartLimitInterval=300",
            "Unit.StartLimitIntervalSec",
            Some("300"),
        ),
        (
            "StartLimitInterval=300",
            "Service.StartLimitInterval",
            Some("300"),
        ),
        ("StartLimitBurst=7", "Unit.StartLimitBurst", Some("7")),
        (
            "StartLimitIntervalSec=300",
            "Unit.StartLimitIntervalSec",
            Some("10s"),
        ),
        (
            "StartLimitIntervalSec=300",
            "Service.StartLimitIntervalSec",
            None,
        ),
        ("", "Service.MemoryMax", Some("infinity")),
        ("", "Service.CPUQuota", None),
        ("", "Timer.Persistent", None),
    ];
    for (lines, path, expected) in cases {
        check(lines, path, *expected);
    }
    let document = document_of(
        "t.service",
        &[(
            "t.service",
            "[Service]\nExecStart=/bin/true\nPrivateTmp=yes\n",
        )],
    );
    assert!(node(&document, "Service.Restart").unwrap().is_default);
    assert!(!node(&document, "Service.PrivateTmp").unwrap().is_default);
}

#[test]
fn values_are_compared_as_systemd_reads_them() {
    let cases: &[(&str, &str, &str, bool)] = &[
        ("MemoryMax=2G", "MemoryMax", "2048M", true),
        ("MemoryMax=2G", "MemoryMax", "2G 0B", true),
        ("MemoryMax=2M", "MemoryMax", "2G", false),
        ("RestartSec=10", "RestartSec", "10s", true),
        ("RestartSec=1min 30s", "RestartSec", "90", true),
        ("RestartSec=10M", "RestartSec", "10min", false),
        ("TimeoutStartSec=0", "TimeoutStartSec", "infinity", true),
        ("PrivateTmp=on", "PrivateTmp", "TRUE", true),
        ("ProtectSystem=true", "ProtectSystem", "yes", true),
        ("ProtectSystem=false", "ProtectSystem", "strict", false),
        ("CPUQuota=80%", "CPUQuota", "800‰", true),
        ("UMask=0077", "UMask", "77", true),
        ("LimitNOFILE=4096:4096", "LimitNOFILE", "4096", true),
        ("LimitNOFILE=1024:4096", "LimitNOFILE", "4096", false),
        ("KillSignal=SIGINT", "KillSignal", "INT", true),
        ("User=0", "User", "root", true),
        ("Group=root", "Group", "0", true),
        ("User=openclaw", "User", "root", false),
    ];
    for (line, key, expected, is_same) in cases {
        let text = format!("[Service]\nExecStart=/bin/true\n{line}\n");
        let document = document_of("t.service", &[("t.service", &text)]);
        let node = node(&document, &format!("Service.{key}")).unwrap();
        let read = node.scale.unwrap().read;
        let (ours, theirs) = (
            read(node.as_text().unwrap()).unwrap(),
            read(expected).unwrap(),
        );
        assert_eq!(ours.is_same(&theirs), *is_same, "{line} and {expected}");
    }
    let memory = keys::find("Service", "MemoryMax").and_then(|key| super::scales::of(key.reader));
    assert!((memory.unwrap().read)("2GB").is_err());
    let unit = unit("[Service]\nExecStart=/bin/true\nRestartSec=500ms\n");
    assert_eq!(
        unit.time_span("Service", "RestartSec"),
        Some(Amount::Number(500_000))
    );
    assert_eq!(
        unit.time_span("Service", "TimeoutStopSec"),
        Some(Amount::Number(90_000_000))
    );
}

#[test]
fn file_names_say_what_is_a_unit() {
    for path in [
        "x.service",
        "a/b.timer",
        "x.service.d/1.conf",
        "service.d/1.conf",
        "x@.socket",
    ] {
        assert!(super::is_unit(path), "{path}");
    }
    for path in [
        "x.conf",
        "service",
        ".service",
        "x.service.d/1.txt",
        "x.d/1.conf",
        "x.txt",
        "",
    ] {
        assert!(!super::is_unit(path), "{path}");
    }
    assert!(super::is_journald("etc/systemd/journald.conf"));
    assert!(super::is_journald("journald.conf.d/a.conf"));
    assert!(!super::is_journald("other.conf"));
}

#[test]
fn keys_are_sorted_so_that_they_can_be_found() {
    for section in [
        "Unit", "Service", "Socket", "Timer", "Mount", "Slice", "Scope", "Journal",
    ] {
        for key in keys::all(section) {
            assert!(
                keys::find(section, key.name).is_some(),
                "{section}.{}",
                key.name
            );
        }
    }
    assert_eq!(keys::all("Unit").count(), 114);
    assert_eq!(keys::all("Service").count(), 247);
}

#[test]
fn a_drop_in_of_journald_is_read_among_the_others() {
    let own = "/etc/systemd/journald.conf.d/openclaw.conf";
    let limit = "[Journal]\nSystemMaxUse=500M\n";
    for (other, text, expected) in [
        (
            "/etc/systemd/journald.conf.d/zz.conf",
            "SystemMaxUse=100G",
            "100G",
        ),
        (
            "/etc/systemd/journald.conf.d/aa.conf",
            "SystemMaxUse=100G",
            "500M",
        ),
        (
            "/usr/lib/systemd/journald.conf.d/zz.conf",
            "SystemMaxUse=9G",
            "9G",
        ),
        (
            "/usr/lib/systemd/journald.conf.d/openclaw.conf",
            "SystemMaxUse=9G",
            "500M",
        ),
        ("/etc/systemd/journald.conf", "SystemMaxUse=9G", "500M"),
        (
            "/etc/systemd/journald.conf.d/zz.conf",
            "Storage=volatile",
            "500M",
        ),
    ] {
        let text = format!("[Journal]\n{text}\n");
        let document = document_of(own, &[(own, limit), (other, &text)]);
        let found = shown(&document, "Journal.SystemMaxUse");
        assert_eq!(found.as_deref(), Some(expected), "{other} {text}");
    }
    let empty = "[Journal]\n";
    let main = ("/etc/systemd/journald.conf", limit);
    let document = document_of(own, &[(own, empty), main]);
    let found = shown(&document, "Journal.SystemMaxUse");
    assert_eq!(found.as_deref(), Some("500M"));
    let run = "/run/systemd/journald.conf.d/a.conf";
    let etc = ("/etc/systemd/journald.conf.d/a.conf", empty);
    let document = document_of(run, &[(run, limit), etc]);
    assert_eq!(shown(&document, "Journal.SystemMaxUse"), None);
    assert_eq!(document.complaints[0].rule.code, "SD009");
}
