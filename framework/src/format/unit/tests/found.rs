//! Drop-ins, masks, units in other folders, and journald's files.

use super::{document_of, node, shown};

const MAIN: &str = "[Service]\nExecStart=/bin/true\nRestart=always\nNice=1\n";

#[track_caller]
fn nice(path: &str, texts: &[(&str, &str)], expected: &str) {
    let document = document_of(path, texts);
    assert_eq!(
        shown(&document, "Service.Nice").as_deref(),
        Some(expected),
        "{texts:?}"
    );
}

#[test]
fn drop_ins_are_found_ordered_and_masked_as_systemd_does() {
    let drop_in = |value: u8| format!("[Service]\nNice={value}\n");
    let (two, three, four) = (drop_in(2), drop_in(3), drop_in(4));
    let main = ("etc/systemd/system/a-b.service", MAIN);
    nice(main.0, &[main], "1");
    nice(
        main.0,
        &[main, ("etc/systemd/system/a-b.service.d/10-x.conf", &two)],
        "2",
    );
    nice(
        main.0,
        &[
            main,
            ("usr/lib/systemd/system/a-.service.d/10-x.conf", &two),
        ],
        "2",
    );
    nice(
        main.0,
        &[main, ("run/systemd/system/service.d/10-x.conf", &two)],
        "2",
    );
    // The names of files decide about the order, not the folders.
    nice(
        main.0,
        &[
            main,
            ("etc/systemd/system/a-b.service.d/50-x.conf", &two),
            ("etc/systemd/system/service.d/99-x.conf", &three),
        ],
        "3",
    );
    // Of two files of one name the one in the folder that comes first is taken.
    nice(
        main.0,
        &[
            main,
            ("usr/lib/systemd/system/a-b.service.d/50-x.conf", &two),
            ("etc/systemd/system/a-b.service.d/50-x.conf", &three),
            ("etc/systemd/system/service.d/50-x.conf", &four),
        ],
        "3",
    );
    nice(
        main.0,
        &[
            main,
            ("usr/lib/systemd/system/a-b.service.d/50-x.conf", &two),
            ("etc/systemd/system/a-b.service.d/50-x.conf", ""),
        ],
        "1",
    );
    for other in [
        "a-b.service.d/10-x.txt",
        "a-b.service.d/.10-x.conf",
        "a.service.d/1.conf",
        "a-c.service.d/1.conf",
    ] {
        let other = format!("etc/systemd/system/{other}");
        nice(main.0, &[main, (&other, &two)], "1");
    }
    // An absolute path stays one; a folder that is none of systemd's is searched alone.
    let root = "/srv/image/lib/systemd/system/a@b.service";
    nice(
        root,
        &[
            (root, MAIN),
            ("/srv/image/etc/systemd/system/a@.service.d/x.conf", &two),
        ],
        "2",
    );
    nice(
        "u/x.service",
        &[("u/x.service", MAIN), ("u/x.service.d/x.conf", &two)],
        "2",
    );
    nice(
        "x.service",
        &[("x.service", MAIN), ("x.service.d/x.conf", &two)],
        "2",
    );
}

#[test]
fn what_stops_a_drop_in_does_not_stop_the_unit() {
    let texts = [
        ("x.service", MAIN),
        (
            "x.service.d/1.conf",
            "[Service]\nNice=2\nUser=a/b\nNice=3\n",
        ),
        ("x.service.d/2.conf", "Nice=4\n"),
    ];
    nice("x.service", &texts, "2");
    let two_starts = [
        ("x.service", MAIN),
        ("x.service.d/1.conf", "[Service]\nExecStart=/bin/a\n"),
    ];
    assert!(document_of("x.service", &two_starts).is_refused);
    let restart = [
        ("x.service", MAIN),
        ("x.service.d/1.conf", "[Service]\nRestart=no\n"),
    ];
    let document = document_of("x.service", &restart);
    let aside = document
        .asides
        .iter()
        .find(|aside| &*aside.value == "always")
        .unwrap();
    assert_eq!(aside.why, "overridden by x.service.d/1.conf");
    assert_eq!(node(&document, "Service.Restart").unwrap().place.file, 1);
}

#[test]
fn a_unit_can_be_masked_or_replaced_by_another_folder() {
    let path = "usr/lib/systemd/system/x.service";
    let masked = document_of(path, &[(path, MAIN), ("etc/systemd/system/x.service", "")]);
    assert!(masked.is_refused);
    assert_eq!(masked.complaints[0].rule.code, "SD008");
    let other = "[Service]\nExecStart=/bin/true\nNice=9\n";
    let replaced = document_of(
        path,
        &[(path, MAIN), ("etc/systemd/system/x.service", other)],
    );
    assert_eq!(shown(&replaced, "Service.Nice").as_deref(), Some("9"));
    assert_eq!(replaced.complaints[0].rule.code, "SD009");
    let same = document_of(
        path,
        &[(path, MAIN), ("etc/systemd/system/x.service", MAIN)],
    );
    assert!(same.complaints.is_empty());
}

#[test]
fn a_drop_in_is_read_on_its_own() {
    let path = "etc/systemd/system/x.service.d/10-a.conf";
    let document = document_of(path, &[(path, "[Service]\nRestart=always\n")]);
    assert!(document.complaints.is_empty() && !document.is_refused);
    assert_eq!(
        shown(&document, "Service.Restart").as_deref(),
        Some("always")
    );
    assert_eq!(node(&document, "Service.RestartSec"), None);
}

#[test]
fn journald_needs_its_header() {
    let text = "SystemMaxUse=500M\nMaxRetentionSec=30day\n";
    let document = document_of("journald.conf", &[("journald.conf", text)]);
    let messages: Vec<&str> = document
        .complaints
        .iter()
        .map(|said| &*said.message)
        .collect();
    assert_eq!(messages, ["Assignment outside of section. Ignoring."; 2]);
    let with_header = format!("[Journal]\n{text}");
    let document = document_of(
        "etc/systemd/journald.conf",
        &[
            ("etc/systemd/journald.conf", &with_header),
            (
                "etc/systemd/journald.conf.d/10-x.conf",
                "[Journal]\nSystemMaxUse=500MB\nStorage=volatile\n",
            ),
        ],
    );
    assert_eq!(
        shown(&document, "Journal.SystemMaxUse").as_deref(),
        Some("500M")
    );
    assert_eq!(
        shown(&document, "Journal.Storage").as_deref(),
        Some("volatile")
    );
    assert_eq!(document.complaints.len(), 1);
    assert_eq!(
        document.complaints[0].message,
        "Failed to parse size value, ignoring: 500MB"
    );
}
