//! What is found on a host, and what cannot lead out of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags};

use super::{End, HostRoot};
use crate::workspace::{EntryKind, Obstacle};

/// A root folder with files, links (`name -> target`), and a secret beside it.
struct Tree {
    temp: tempfile::TempDir,
}

impl Tree {
    fn new(files: &[&str], links: &[(&str, &str)]) -> Self {
        let tree = Self {
            temp: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(tree.root()).unwrap();
        fs::write(tree.temp.path().join("outside"), "outside\n").unwrap();
        for file in files {
            let path = tree.root().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{file}\n")).unwrap();
        }
        for (link, target) in links {
            let path = tree.root().join(link);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            symlink(target, path).unwrap();
        }
        tree
    }

    fn root(&self) -> std::path::PathBuf {
        self.temp.path().join("root")
    }

    fn open(&self) -> HostRoot {
        HostRoot::open(&self.root(), "DIR/").unwrap()
    }

    /// The text that a path leads to; the obstacle's words in brackets.
    fn read(&self, path: &str) -> String {
        match self.open().read(path) {
            Ok(Some(bytes)) => String::from_utf8(bytes.to_vec()).unwrap(),
            Ok(None) => "nothing".to_owned(),
            Err(obstacle) => format!("[{obstacle}]"),
        }
    }
}

#[test]
fn links_lead_where_they_would_on_the_host_and_never_out_of_it() {
    let tree = Tree::new(
        &["etc/a", "usr/lib/b", "outside-not"],
        &[
            ("lib", "usr/lib"),
            ("etc/absolute", "/usr/lib/b"),
            ("etc/relative", "../lib/b"),
            ("etc/up", "../../../../outside"),
            ("etc/out", "/../outside"),
            ("etc/passwd", "/etc/passwd"),
            ("etc/loop", "/etc/loop"),
            ("etc/dir", "/usr"),
            ("etc/slash", "/etc/a/"),
            ("etc/self", "/"),
            ("etc/far", "/proc/self/cwd/etc/hostname"),
            ("etc/dangling", "nowhere"),
            ("home", "../outside-folder"),
        ],
    );
    for (path, text) in [
        ("/etc/a", "etc/a\n"),
        ("etc/a", "etc/a\n"),
        ("/lib/b", "usr/lib/b\n"),
        ("/etc/absolute", "usr/lib/b\n"),
        ("/etc/relative", "usr/lib/b\n"),
        ("/etc/dir/lib/b", "usr/lib/b\n"),
        ("/etc/self/etc/self/etc/a", "etc/a\n"),
        ("/../etc/a", "etc/a\n"),
        ("/etc/../../etc/a", "etc/a\n"),
        ("/etc/up", "nothing"),
        ("/etc/out", "nothing"),
        ("/../outside", "nothing"),
        (
            "/etc/passwd",
            "[Too many levels of symbolic links (os error 40)]",
        ),
        (
            "/etc/loop",
            "[Too many levels of symbolic links (os error 40)]",
        ),
        ("/etc/slash", "nothing"),
        ("/etc/a/", "nothing"),
        ("/etc/a/b", "nothing"),
        ("/etc/far", "nothing"),
        ("/etc/dangling", "nothing"),
        ("/home/x", "nothing"),
        ("/etc", "[it is a folder]"),
        ("/", "[it is a folder]"),
        ("/etc/a\0", "[Invalid argument (os error 22)]"),
    ] {
        if cfg!(target_os = "linux") || !text.contains("os error") {
            assert_eq!(tree.read(path), text, "{path:?}");
        }
    }
}

#[test]
fn a_folder_that_becomes_a_link_leads_nowhere_else() {
    let tree = Tree::new(&["etc/x/a"], &[]);
    let host = tree.open();
    assert!(host.read("/etc/x/a").unwrap().is_some());
    fs::remove_dir_all(tree.root().join("etc/x")).unwrap();
    fs::create_dir(tree.temp.path().join("elsewhere")).unwrap();
    fs::write(tree.temp.path().join("elsewhere/a"), "no").unwrap();
    for target in [
        "../../elsewhere",
        &tree.temp.path().join("elsewhere").to_string_lossy(),
    ] {
        symlink(target, tree.root().join("etc/x")).unwrap();
        assert_eq!(host.read("/etc/x/a"), Ok(None), "{target}");
        fs::remove_file(tree.root().join("etc/x")).unwrap();
    }
}

#[test]
fn only_regular_files_are_read_and_nothing_hangs() {
    let tree = Tree::new(&["etc/a"], &[("etc/link", "fifo")]);
    let fifo = tree.root().join("etc/fifo");
    rustix::fs::mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let _listener = UnixListener::bind(tree.root().join("etc/socket")).unwrap();
    let host = tree.open();
    for (path, what) in [
        ("/etc/fifo", "a FIFO"),
        ("/etc/link", "a FIFO"),
        ("/etc/socket", "a socket"),
    ] {
        assert_eq!(host.read(path), Err(Obstacle::Special(what)), "{path}");
        assert_eq!(host.entry(path), Err(Obstacle::Special(what)), "{path}");
    }
    let sparse = fs::File::create(tree.root().join("etc/large")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    assert_eq!(host.read("/etc/large"), Err(Obstacle::TooLarge(1 << 40)));
}

#[test]
fn a_way_that_is_too_deep_or_too_long_ends() {
    let deep = "d/".repeat(super::MAX_DEPTH + 1);
    let tree = Tree::new(&[&format!("{deep}a")], &[]);
    let host = tree.open();
    let shallow = &deep[..2 * super::MAX_DEPTH];
    assert!(host.entry(shallow).unwrap().is_some());
    assert!(matches!(host.entry(&deep), Err(Obstacle::Unreadable(_))));
    // Every link leads through hundreds of folders, up and down.
    for at in 0..super::MAX_LINKS {
        let target = format!("{}l{}", "d/../".repeat(700), at + 1);
        symlink(target, tree.root().join(format!("l{at}"))).unwrap();
    }
    fs::write(tree.root().join(format!("l{}", super::MAX_LINKS)), "end").unwrap();
    assert_eq!(tree.read("l0"), "end");
    assert_eq!(host.way("l0").unwrap().folders.len(), 2);
}

#[test]
fn what_is_linked_to_null_is_masked() {
    let tree = Tree::new(
        &["etc/full"],
        &[
            ("etc/masked", "/dev/null"),
            ("etc/again", "masked"),
            ("etc/dangling", "/nowhere"),
        ],
    );
    fs::write(tree.root().join("etc/empty"), "").unwrap();
    let host = tree.open();
    for (path, is_masked) in [
        ("/etc/masked", true),
        ("/etc/again", true),
        ("/etc/empty", true),
        ("/etc/full", false),
        ("/etc/dangling", false),
        ("/etc/missing", false),
        ("/etc", false),
    ] {
        assert_eq!(host.is_masked(path), is_masked, "{path}");
    }
    assert_eq!(host.entry("/etc/masked"), Err(Obstacle::Null));
    assert_eq!(host.read("/etc/again"), Err(Obstacle::Null));
    let real = HostRoot::open(Path::new("/"), "/").unwrap();
    assert!(real.is_masked("/dev/null"));
}

#[test]
fn names_are_sorted_and_a_missing_folder_has_none() {
    let tree = Tree::new(
        &["usr/lib/x.d/20.conf", "usr/lib/x.d/10.conf", "etc/file"],
        &[("lib", "usr/lib")],
    );
    let host = tree.open();
    assert_eq!(host.names("/lib/x.d").unwrap(), ["10.conf", "20.conf"]);
    assert_eq!(host.names("/").unwrap(), ["etc", "lib", "usr"]);
    assert_eq!(host.names("/etc/file").unwrap(), [""; 0]);
    assert_eq!(host.names("/nowhere").unwrap(), [""; 0]);
}

#[test]
fn the_way_names_every_folder_that_is_searched_and_the_link_at_its_end() {
    let tree = Tree::new(&["usr/lib/b"], &[("lib", "usr/lib"), ("etc/x", "/lib/b")]);
    fs::set_permissions(tree.root().join("usr"), fs::Permissions::from_mode(0o777)).unwrap();
    let host = tree.open();
    let folders = |path: &str| -> Vec<String> {
        let way = host.way(path).unwrap();
        way.folders.into_iter().map(|folder| folder.path).collect()
    };
    assert_eq!(folders("/usr/lib/b"), ["/", "/usr", "/usr/lib"]);
    assert_eq!(folders("/lib/b"), ["/", "/usr", "/usr/lib"]);
    assert_eq!(folders("/etc/x"), ["/", "/etc", "/usr", "/usr/lib"]);
    let way = host.way("/etc/x").unwrap();
    assert_eq!(way.link.as_deref(), Some("/lib/b"));
    assert_eq!(way.folders[2].mode, 0o777);
    assert_eq!(host.way("/lib/b").unwrap().link, None);
}

#[test]
fn paths_are_shown_behind_the_root_as_it_was_given() {
    for (given, shown) in [("DIR/", "DIR/etc/a"), ("/", "/etc/a"), (".", "./etc/a")] {
        let host = HostRoot::open(Path::new("/"), given).unwrap();
        assert_eq!(host.shown("/etc/a"), shown);
        assert_eq!(host.shown("etc/a"), shown);
    }
}

/// Every path of a tree of links, resolved by us and by the kernel, which has the same rules under
/// `RESOLVE_IN_ROOT`.
#[cfg(target_os = "linux")]
#[test]
fn the_kernel_resolves_every_path_in_the_same_way() {
    use rustix::fs::{ResolveFlags, fstat, openat2};
    use rustix::io::Errno;
    let tree = Tree::new(
        &["a/f", "a/b/f", "c/f"],
        &[
            ("a/l", "b"),
            ("a/u", "../c"),
            ("a/b/r", "/"),
            ("a/b/x", "../../../c/f"),
            ("c/s", "f/"),
            ("c/t", "../a/b/r/c/./f"),
            ("c/d", "d"),
            ("c/n", "missing/../f"),
            ("c/e", "../a//b/"),
        ],
    );
    let host = tree.open();
    let parts = [
        "a", "b", "c", "f", "l", "u", "r", "x", "s", "t", "d", "n", "e", "..", ".", "",
    ];
    let mut compared = 0;
    let mut compare = |path: &str| {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let relative = path.trim_start_matches('/');
        let relative = if relative.is_empty() { "." } else { relative };
        let opened = openat2(
            &host.dir,
            relative,
            flags,
            Mode::empty(),
            ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
        );
        let expected = match opened {
            Ok(fd) => Ok(fstat(&fd).unwrap().st_ino),
            // There are kernels and sandboxes without it.
            Err(Errno::NOSYS | Errno::PERM) => return,
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(0),
            Err(error) => Err(error),
        };
        let found = match host.walk(path) {
            Ok((End::Entry(_, _, stat), _)) => Ok(stat.st_ino),
            Ok(_) => Ok(0),
            Err(_) => Err(Errno::LOOP),
        };
        assert_eq!(found, expected, "{path}");
        compared += 1;
    };
    for first in parts {
        for second in parts {
            for third in parts {
                for fourth in ["f", "b", "r", "..", ""] {
                    compare(&format!("/{first}/{second}/{third}/{fourth}"));
                }
            }
        }
    }
    assert!(compared == 0 || compared > 15_000, "{compared}");
}

#[test]
fn folders_and_files_are_told_apart() {
    let tree = Tree::new(&["etc/a"], &[]);
    let host = tree.open();
    assert_eq!(host.entry("/etc").unwrap().unwrap().kind, EntryKind::Dir);
    let entry = host.entry("/etc/a").unwrap().unwrap();
    assert_eq!((entry.kind, entry.len), (EntryKind::File, 6));
    let own = rustix::process::geteuid().as_raw();
    assert_eq!(entry.owner.map(|(user, _)| user), Some(own));
    assert_eq!(host.entry("/etc/b"), Ok(None));
}
