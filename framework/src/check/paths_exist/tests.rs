//! Which paths each format needs, and where they are looked for.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;

use super::{FINDERS, Location, Need, Problem, Wanted, join, look, parent};
use crate::document::{Input, Place};
use crate::format::named;
use crate::workspace::HostRoot;

fn needs(format: &str, path: &str, text: &str) -> Vec<Need> {
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let document = (named(format).unwrap().read)(&Input {
        path,
        bytes: text.as_bytes().into(),
        target: &target,
        variables: &BTreeMap::new(),
    });
    assert!(!document.is_refused, "{text}\n{:?}", document.complaints);
    let (_, find) = FINDERS.iter().find(|(name, _)| *name == format).unwrap();
    find(path, &document)
}

/// What is looked for, as text: `program /bin/true`.
fn shown(needs: &[Need]) -> Vec<String> {
    let one = |need: &Need| {
        let location = match &need.location {
            Location::At(path) => path.clone(),
            Location::In(folders, name) => format!("{name} in {}", folders.join(":")),
            Location::Unknown(why) => format!("? {why}"),
        };
        let wanted = need.wanted.name().rsplit(' ').next().unwrap();
        format!("{wanted} {location}")
    };
    needs.iter().map(one).collect()
}

/// Lines of `[Service]` and what they need besides the program.
#[test]
fn what_a_unit_needs() {
    let searched = "in /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    let a_search = format!("program node {searched}");
    for (lines, expected) in [
        ("ExecStartPre=/bin/a", &["program /bin/a"][..]),
        ("ExecStartPre=-/bin/a", &[]),
        ("ExecStartPre=@/bin/a b", &["program /bin/a"]),
        ("ExecStartPre=+/bin/a", &["program /bin/a"]),
        (
            "ExecStartPre=\"/opt/my app/a\" b",
            &["program /opt/my app/a"],
        ),
        (
            "ExecStartPre=/bin/a ; -/bin/b ; /bin/c",
            &["program /bin/a", "program /bin/c"],
        ),
        ("ExecStartPre=node x.js", &[&a_search]),
        (
            "ExecSearchPath=/opt/a:/opt/b\nExecStop=node",
            &["program node in /opt/a:/opt/b"],
        ),
        ("WorkingDirectory=/srv/app", &["folder /srv/app"]),
        ("WorkingDirectory=-/srv/app", &[]),
        ("WorkingDirectory=~", &[]),
        ("WorkingDirectory=%S/%N", &["folder /var/lib/t"]),
        ("WorkingDirectory=/srv/%m", &["folder ? it depends on `%m`"]),
        ("WorkingDirectory=/srv/100%%", &["folder /srv/100%"]),
        ("StateDirectory=t\nWorkingDirectory=/var/lib/t", &[]),
        ("StateDirectory=t/sub\nWorkingDirectory=%S/t", &[]),
        (
            "StateDirectory=t\nWorkingDirectory=/var/lib/t/sub",
            &["folder /var/lib/t/sub"],
        ),
        ("EnvironmentFile=/etc/t", &["file /etc/t"]),
        ("EnvironmentFile=-/etc/t", &[]),
        (
            "EnvironmentFile=/etc/*.env",
            &["file ? it is a pattern, and any file that it matches will do"],
        ),
        (
            "ReadWritePaths=/a -/b +/c +-/d\nReadOnlyPaths=/e\nInaccessiblePaths=/f",
            &[
                "something /a",
                "something /c",
                "something /e",
                "something /f",
            ],
        ),
        (
            "ReadWritePaths=/a\nReadWritePaths=\nReadWritePaths=/b",
            &["something /b"],
        ),
        ("ReadWriteDirectories=/old", &["something /old"]),
        (
            "PrivateTmp=On\nReadWritePaths=/tmp/x /tmp /tmpx",
            &[
                "something ? with `PrivateTmp=` the service has its own `/tmp`",
                "something /tmp",
                "something /tmpx",
            ],
        ),
        (
            "BindPaths=/a:/b -/c:/d\nWorkingDirectory=/b/x",
            &["folder /a/x", "something /a"],
        ),
        (
            "TemporaryFileSystem=/srv:ro\nBindReadOnlyPaths=/a:/srv/app\nWorkingDirectory=/srv/app\nReadWritePaths=/srv/z",
            &[
                "folder /a",
                "something ? with `TemporaryFileSystem=` the service has its own `/srv`",
                "something /a",
            ],
        ),
        (
            "StandardOutput=append:/var/log/t/out",
            &["folder /var/log/t"],
        ),
        ("StandardInput=file:/srv/in", &["something /srv/in"]),
        ("StandardOutput=journal", &[]),
    ] {
        let text = format!("[Service]\nExecStart=-/bin/true\n{lines}\n");
        let path = "/etc/systemd/system/t.service";
        let found = shown(&needs("systemd-unit", path, &text));
        assert_eq!(found, expected, "{lines}");
    }
}

#[test]
fn specifiers_stand_for_what_the_name_and_the_place_of_the_unit_say() {
    let system = "/etc/systemd/system";
    let user = "/home/me/.config/systemd/user";
    for (path, text, expected) in [
        (
            format!("{system}/a-b@c.service"),
            "%i/%p/%j/%n",
            "folder /c/a-b/b/a-b@c.service",
        ),
        (
            format!("{system}/a@.service"),
            "%p/%i",
            "folder ? it depends on `%i`",
        ),
        (
            format!("{system}/a-b.service"),
            "%P",
            "folder ? it depends on `%P`",
        ),
        (format!("{system}/a.service"), "%h", "folder /root"),
        (format!("{user}/a.service"), "%h/x", "folder /home/me/x"),
        (
            format!("{user}/a.service"),
            "%t/x",
            "folder ? it depends on `%t`",
        ),
        (
            "/etc/systemd/user/a.service".to_owned(),
            "%h/x",
            "folder ? it depends on `%h`",
        ),
    ] {
        let lines =
            format!("[Service]\nExecStart=-/bin/true\nBindPaths=-/x\nRootDirectory=/{text}\n");
        let found = shown(&needs("systemd-unit", &path, &lines));
        assert_eq!(found, [expected], "{path} {text}");
    }
}

#[test]
fn what_a_job_needs() {
    for (lines, expected) in [
        ("<key>Program</key><string>/a</string>", &["program /a"][..]),
        (
            "<key>Program</key><string>/a</string>\
             <key>ProgramArguments</key><array><string>b</string></array>",
            &["program /a"],
        ),
        (
            "<key>ProgramArguments</key><array><string>node</string></array>",
            &["program node in /usr/bin:/bin:/usr/sbin:/sbin"],
        ),
        (
            "<key>ProgramArguments</key><array><string>bin/a</string></array>\
             <key>WorkingDirectory</key><string>/srv</string>\
             <key>StandardErrorPath</key><string>/var/log/x/err</string>",
            &["program /srv/bin/a", "folder /srv", "folder /var/log/x"],
        ),
        (
            "<key>Program</key><string>/a*</string><key>EnableGlobbing</key><true/>",
            &["program ? `EnableGlobbing` replaces the signs in it"],
        ),
    ] {
        let text = format!(
            "<?xml version=\"1.0\"?>\n<plist version=\"1.0\"><dict><key>Label</key>\
             <string>x</string>{lines}</dict></plist>"
        );
        let found = shown(&needs("plist", "/Library/LaunchDaemons/x.plist", &text));
        assert_eq!(found, expected, "{lines}");
    }
}

#[test]
fn what_a_stack_needs() {
    for (lines, expected) in [
        ("image: x", &[][..]),
        (
            "volumes: [./a:/a, 'b:/b', ../c:/c:ro, /d:/d]",
            &["something /srv/app/a", "something /srv/c", "something /d"],
        ),
        (
            "volumes: ['~/a:/a']",
            &["something ? `~` is the home of whoever runs `docker compose`"],
        ),
        ("volumes: [{type: tmpfs, target: /x}]", &[]),
        (
            "build: ./x",
            &["folder /srv/app/x", "file /srv/app/x/Dockerfile"],
        ),
        (
            "build: {context: x, dockerfile: ../D}",
            &["folder /srv/app/x", "file /srv/app/D"],
        ),
        ("build: {dockerfile_inline: 'FROM x'}", &["folder /srv/app"]),
        ("build: https://example.com/x.git", &[]),
    ] {
        let text = format!("services:\n  s:\n    {lines}\n    labels: [a]\nvolumes: {{b: {{}}}}\n");
        let text = if lines.starts_with("build") {
            text
        } else {
            text.replace("    labels", "    image: y\n    labels")
                .replace("image: x\n    image: y", "image: x")
        };
        let found = shown(&needs("compose", "/srv/app/compose.yaml", &text));
        assert_eq!(found, expected, "{lines}");
    }
}

/// A host with a program, a file, a link to a program and a link that leads nowhere.
fn host() -> (tempfile::TempDir, HostRoot) {
    let dir = tempfile::tempdir().unwrap();
    let path = |path: &str| dir.path().join(path);
    fs::create_dir_all(path("usr/bin")).unwrap();
    for (name, mode) in [("usr/bin/run", 0o755), ("usr/bin/text", 0o644)] {
        fs::write(path(name), "").unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    symlink("usr/bin", path("bin")).unwrap();
    symlink("/usr/bin/run", path("usr/bin/link")).unwrap();
    symlink("/usr/bin/gone", path("usr/bin/dangling")).unwrap();
    symlink("/dev/null", path("usr/bin/null")).unwrap();
    let root = HostRoot::open(dir.path(), "root").unwrap();
    (dir, root)
}

#[test]
fn what_is_there_is_what_is_wanted_or_is_called_what_it_is() {
    let (_dir, host) = host();
    for (path, wanted, expected) in [
        ("/usr/bin/run", Wanted::Program, ""),
        ("/bin/run", Wanted::Program, ""),
        ("/usr/bin/link", Wanted::Program, ""),
        ("/usr/bin/link", Wanted::File, ""),
        ("/usr/bin", Wanted::Folder, ""),
        ("/usr/bin", Wanted::Anything, ""),
        ("/usr/bin/null", Wanted::Anything, ""),
        ("/usr/bin/null", Wanted::File, ""),
        ("/dev/null", Wanted::File, ""),
        ("/dev/urandom", Wanted::Anything, ""),
        (
            "/usr/bin/text",
            Wanted::Program,
            "`root/usr/bin/text` is a file that nobody may execute (mode 0644), where a program is needed",
        ),
        (
            "/usr/bin/null",
            Wanted::Program,
            "`root/usr/bin/null` is a link to `/dev/null`, where a program is needed",
        ),
        (
            "/usr/bin",
            Wanted::Program,
            "`root/usr/bin` is a folder, where a program is needed",
        ),
        (
            "/usr/bin/run",
            Wanted::Folder,
            "`root/usr/bin/run` is a file, where a folder is needed",
        ),
        (
            "/usr/bin/dangling",
            Wanted::Program,
            "`root/usr/bin/dangling` is not there",
        ),
        (
            "/usr/bin/run/x",
            Wanted::Program,
            "`root/usr/bin/run/x` is not there",
        ),
        (
            "/opt/x/y",
            Wanted::File,
            "`root/opt/x/y` is not there; nor is `root/opt`",
        ),
        (
            "/run/x",
            Wanted::Folder,
            "? `/run/x` is made when the host boots, and this one does not run",
        ),
        ("/../outside", Wanted::File, "`root/outside` is not there"),
    ] {
        let need = Need {
            key: String::new(),
            place: Place::new(0, 0),
            location: Location::At(join("/", path)),
            wanted,
            consequence: String::new(),
            cure: None,
        };
        let found = match look(&host, &need) {
            Ok(()) => String::new(),
            Err(Problem::Wrong(message)) => message,
            Err(Problem::Unknown(why)) => format!("? {why}"),
            Err(Problem::Obstacle(path, obstacle)) => format!("{path}: {obstacle}"),
        };
        assert_eq!(found, expected, "{path} {wanted:?}");
    }
}

#[test]
fn a_program_without_a_folder_is_found_in_the_first_that_has_it() {
    let (_dir, host) = host();
    let look = |name: &str| {
        let folders = ["/sbin", "/usr/bin"].map(str::to_owned).to_vec();
        let need = Need {
            key: String::new(),
            place: Place::new(0, 0),
            location: Location::In(folders, name.to_owned()),
            wanted: Wanted::Program,
            consequence: String::new(),
            cure: None,
        };
        match look(&host, &need) {
            Err(Problem::Wrong(message)) => message,
            other => format!("{other:?}"),
        }
    };
    assert_eq!(look("run"), "Ok(())");
    assert_eq!(
        look("text"),
        "there is no program `text` in any of the folders /sbin:/usr/bin of `root` \
         (`root/usr/bin/text` is a file that nobody may execute (mode 0644))"
    );
}

#[test]
fn paths_are_joined_and_cut_as_they_are_written() {
    for (folder, path, expected) in [
        ("/a", "b", "/a/b"),
        ("/a", "../b/./c/", "/b/c"),
        ("/a", "/b", "/b"),
        ("/", "../..", "/"),
    ] {
        assert_eq!(join(folder, path), expected, "{folder} {path}");
    }
    for (path, expected) in [("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("a", "/")] {
        assert_eq!(parent(path), expected, "{path}");
    }
}

proptest::proptest! {
    /// Whatever a unit says, the needs are found, and each stands in the file.
    #[test]
    fn any_text_has_needs_in_it(text in "(?s).{0,200}", key in "(ExecStart|BindPaths|WorkingDirectory|ReadWritePaths|StandardOutput|TemporaryFileSystem|StateDirectory)") {
        let text = format!("[Service]\nExecStart=/bin/true\n{key}={text}\n");
        let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        for (format, find) in FINDERS {
            let document = (named(format).unwrap().read)(&Input {
                path: "/etc/systemd/system/t@x.service",
                bytes: text.as_bytes().into(),
                target: &target,
                variables: &BTreeMap::new(),
            });
            for need in find("/etc/systemd/system/t@x.service", &document) {
                let source = document.source(need.place);
                proptest::prop_assert!(need.place.span.end <= source.bytes.len());
                if let Location::At(path) = &need.location {
                    proptest::prop_assert!(path.starts_with('/'));
                }
            }
        }
    }
}
