//! What parsers see of a workspace and of a host.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use crate::document::Target;
use crate::path::{HostPath, WorkspacePath};
use crate::workspace::{Fixture, HostRoot, Workspace};

fn path(text: &str) -> WorkspacePath {
    WorkspacePath::new(text).unwrap()
}

/// Fixtures from `path`, or from `path = deployed`; each holds its own path.
fn fixtures(paths: &[&str]) -> Vec<Fixture> {
    let fixture = |text: &&str| {
        let (name, deployed) = match text.split_once(" = ") {
            Some((name, deployed)) => (name, Some(HostPath::new(deployed).unwrap())),
            None => (*text, None),
        };
        let is_empty = name.contains("empty");
        Fixture {
            path: path(name),
            content: if is_empty { "" } else { name }.as_bytes().into(),
            mode: None,
            deployed,
            origin: None,
        }
    };
    paths.iter().map(fixture).collect()
}

/// Runs the same assertions in memory and on disk.
fn both_ways(paths: &[&str], test: impl Fn(&Workspace)) {
    let mut workspace = Workspace::new(&fixtures(paths));
    test(&workspace);
    let dir = tempfile::tempdir().unwrap();
    workspace.materialise(dir.path().join("w"), false).unwrap();
    test(&workspace);
}

/// The text that a target has at a path.
fn text(target: &dyn Target, path: &str) -> String {
    match target.read(path) {
        Ok(Some(bytes)) => String::from_utf8(bytes.to_vec()).unwrap(),
        Ok(None) => "nothing".to_owned(),
        Err(why) => format!("[{why}]"),
    }
}

fn names(target: &dyn Target, dir: &str) -> String {
    target.names(dir).unwrap().join(" ")
}

#[test]
fn neighbours_are_found_in_the_workspace() {
    both_ways(
        &[
            "x.service",
            "x.service.d/10.conf",
            "x.service.d/20.conf",
            "d/.env",
        ],
        |workspace| {
            assert_eq!(workspace.subject_path(&path("x.service")), "x.service");
            assert!(!workspace.is_host());
            assert_eq!(
                text(workspace, "x.service.d/10.conf"),
                "x.service.d/10.conf"
            );
            assert_eq!(text(workspace, "./d/../d/.env"), "d/.env");
            assert_eq!(names(workspace, "x.service.d"), "10.conf 20.conf");
            assert_eq!(names(workspace, "./x.service.d/"), "10.conf 20.conf");
            assert_eq!(names(workspace, ""), "d x.service x.service.d");
            for nothing in [
                "y",
                "../x.service",
                "x.service/y",
                "/x.service",
                "/etc/passwd",
                "",
            ] {
                assert_ne!(text(workspace, nothing), "x.service", "{nothing}");
            }
            assert_eq!(text(workspace, "d"), "[it is a folder]");
            for nowhere in ["y", "..", "x.service", "/etc", "/"] {
                assert_eq!(names(workspace, nowhere), "", "{nowhere}");
            }
        },
    );
}

#[test]
fn deployed_fixtures_are_found_where_they_are_deployed() {
    let all = [
        "x.service = /etc/systemd/system/x.service",
        "override.conf = /etc/systemd/system/x.service.d/10.conf",
        "vendor.conf = /usr/lib/systemd/system/x.service.d/05.conf",
        "gateway.env = /etc/openclaw/env",
        "x.service.d/20.conf",
        "x.service.d/30-empty.conf",
        ".env",
    ];
    both_ways(&all, |workspace| {
        assert_eq!(
            workspace.subject_path(&path("x.service")),
            "/etc/systemd/system/x.service"
        );
        let dropins = "/etc/systemd/system/x.service.d";
        assert_eq!(names(workspace, dropins), "10.conf 20.conf 30-empty.conf");
        assert_eq!(
            names(workspace, "/usr/lib/systemd/system/x.service.d"),
            "05.conf"
        );
        assert_eq!(
            text(workspace, &format!("{dropins}/10.conf")),
            "override.conf"
        );
        assert_eq!(
            text(workspace, &format!("{dropins}//20.conf")),
            "x.service.d/20.conf"
        );
        assert_eq!(text(workspace, "/etc/openclaw/env"), "gateway.env");
        assert_eq!(
            text(workspace, "/etc/systemd/../openclaw/env"),
            "gateway.env"
        );
        assert_eq!(text(workspace, "/etc/openclaw/nothing"), "nothing");
        // A fixture that is deployed elsewhere is not found beside another one, too.
        assert_eq!(
            text(workspace, "/etc/systemd/system/gateway.env"),
            "nothing"
        );
        assert_eq!(
            names(workspace, "/etc/systemd/system"),
            "x.service x.service.d"
        );
        assert_eq!(names(workspace, "/etc"), "openclaw systemd");
        // What names a file is read from beside any of them, as a Compose file's `.env`.
        assert_eq!(text(workspace, "/etc/openclaw/.env"), ".env");
        assert_eq!(names(workspace, "/etc/openclaw"), "env");
        assert!(workspace.is_masked(&format!("{dropins}/30-empty.conf")));
        assert!(!workspace.is_masked(&format!("{dropins}/20.conf")));
        assert_eq!(
            workspace.shown_target(&format!("{dropins}/10.conf")),
            "override.conf"
        );
        assert_eq!(workspace.shown_target("x.service"), "x.service");
        assert_eq!(workspace.shown_target("/etc/nothing"), "/etc/nothing");
    });
}

#[test]
fn what_stands_beside_a_deployed_fixture_is_listed_with_it() {
    let all = [
        "d/journald.conf = /etc/systemd/journald.conf",
        "d/other.conf",
    ];
    both_ways(&all, |workspace| {
        assert_eq!(names(workspace, "/etc/systemd"), "journald.conf other.conf");
        assert_eq!(text(workspace, "/etc/systemd/other.conf"), "d/other.conf");
    });
}

#[test]
fn a_link_to_null_masks_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let mut workspace = Workspace::new(&fixtures(&["x.service = /etc/x.service"]));
    let root = dir.path().join("w");
    workspace.materialise(root.clone(), false).unwrap();
    symlink("/dev/null", root.join("y.service")).unwrap();
    symlink("/etc/passwd", root.join("z.service")).unwrap();
    assert!(workspace.is_masked("y.service"));
    assert!(workspace.is_masked("/etc/y.service"));
    assert!(!workspace.is_masked("z.service"));
    assert!(text(&workspace, "z.service").contains("never followed"));
}

#[test]
fn a_host_shows_its_own_files_with_masks_and_drop_ins() {
    let dir = tempfile::tempdir().unwrap();
    let system = dir.path().join("etc/systemd/system");
    fs::create_dir_all(system.join("x.service.d")).unwrap();
    fs::write(system.join("x.service"), "unit").unwrap();
    fs::write(system.join("x.service.d/10.conf"), "drop-in").unwrap();
    fs::write(system.join("x.service.d/20.conf"), "").unwrap();
    symlink("/dev/null", system.join("x.service.d/30.conf")).unwrap();
    symlink("usr/lib", dir.path().join("lib")).unwrap();
    fs::create_dir_all(dir.path().join("usr/lib")).unwrap();
    fs::write(dir.path().join("usr/lib/v"), "vendor").unwrap();
    let root = Arc::new(HostRoot::open(dir.path(), "DIR").unwrap());
    let all = fixtures(&[
        "x.service = /etc/systemd/system/x.service",
        "x.service.d/20.conf",
        "gone = /gone",
    ]);
    let mut workspace = Workspace::of_host(root, &all);
    assert!(workspace.is_host());
    let subject = path("x.service");
    assert_eq!(
        workspace.subject_path(&subject),
        "/etc/systemd/system/x.service"
    );
    assert_eq!(
        workspace.shown(&subject),
        "DIR/etc/systemd/system/x.service"
    );
    assert_eq!(*workspace.read(&subject).unwrap(), *b"unit");
    let dropins = "/etc/systemd/system/x.service.d";
    assert_eq!(names(&workspace, dropins), "10.conf 20.conf 30.conf");
    assert_eq!(text(&workspace, &format!("{dropins}/10.conf")), "drop-in");
    assert!(workspace.is_masked(&format!("{dropins}/20.conf")));
    assert!(workspace.is_masked(&format!("{dropins}/30.conf")));
    assert!(!workspace.is_masked(&format!("{dropins}/10.conf")));
    assert_eq!(text(&workspace, "/lib/v"), "vendor");
    assert_eq!(text(&workspace, "usr/lib/v"), "vendor");
    assert_eq!(workspace.shown_target("/lib/v"), "DIR/lib/v");
    // Fixtures that are not deployed do not exist, and nothing is ever written.
    assert_eq!(workspace.entry(&path("x.service.d/20.conf")), Ok(None));
    assert_eq!(workspace.entry(&path("gone")), Ok(None));
    let files = workspace.files_below(&WorkspacePath::root()).unwrap();
    assert_eq!(files, [path("gone"), path("x.service")]);
    assert!(workspace.write(&subject, Arc::from(*b"x"), None).is_err());
    assert!(workspace.unlink(&subject).is_err());
    assert!(workspace.materialise(dir.path().join("w"), false).is_err());
    workspace.remove().unwrap();
    assert_eq!(fs::read(system.join("x.service")).unwrap(), b"unit");
}
