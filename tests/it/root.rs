//! `--root`: the files of a host are judged where they are, nothing is written to it, and nothing
//! leads out of it.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode};
use serde_json::Value;

use crate::program::{Project, Run, skipped};

/// A project with one harness on the host's `/etc/app.env`, and an empty host beside it.
struct Host {
    project: Project,
}

impl Host {
    fn new(checks: &str) -> Self {
        let host = Self {
            project: Project::new(),
        };
        host.project.harness(
            "host/app",
            format!("[files.app]\ndeployed = '/etc/app.env'\ncontent = 'fixture'\n{checks}"),
        );
        fs::create_dir(host.dir()).unwrap();
        for folder in [".", "etc"] {
            host.folder(folder, 0o755);
        }
        host
    }

    fn dir(&self) -> PathBuf {
        self.project.outside("host").into()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir().join(path)
    }

    /// Makes a folder; its mode does not depend on the mask of this process.
    fn folder(&self, path: &str, mode: u32) {
        fs::create_dir_all(self.path(path)).unwrap();
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn file(&self, path: &str, content: &str, mode: u32) {
        fs::write(self.path(path), content).unwrap();
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, args: &[&str]) -> Run {
        let root = self.project.outside("host");
        self.project.run(&[&["--root", &root], args].concat())
    }

    /// The exit status and the codes that the report shows.
    fn verdict(&self) -> (i32, Vec<String>) {
        let run = self.run(&[]);
        let mut codes: Vec<String> = run
            .stdout
            .split('[')
            .filter_map(|rest| rest.split_once("]: "))
            .map(|(code, _)| code.to_owned())
            .collect();
        codes.dedup();
        (run.code, codes)
    }

    fn codes(&self) -> Vec<String> {
        self.verdict().1
    }
}

/// A `[[check]]` on the deployed file.
fn check(name: &str, demands: &str) -> String {
    format!("[[check]]\nname = '{name}'\nfile = 'app'\n{demands}\n")
}

/// Everything about a tree that writing to it would change.
fn state(folder: &Path) -> String {
    let mut text = String::new();
    let mut paths: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(path) = paths.pop() {
        let stat = fs::symlink_metadata(&path).unwrap();
        let content = if stat.is_file() {
            fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        writeln!(
            text,
            "{} {:o} {}:{} {}.{} {}.{} {content:?}",
            path.display(),
            stat.mode(),
            stat.uid(),
            stat.gid(),
            stat.mtime(),
            stat.mtime_nsec(),
            stat.ctime(),
            stat.ctime_nsec(),
        )
        .unwrap();
        if stat.is_dir() {
            paths.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
    text
}

/// The id of this user, as a harness has it.
fn own_user() -> String {
    rustix::process::geteuid().as_raw().to_string()
}

#[test]
fn a_host_is_judged_and_nothing_is_written_to_it() {
    let host = Host::new(
        &(check("Port", "contains = 'PORT=1'")
            + &check("Fixture", "contains = 'fixture'")
            + &check("Mode", "mode = '0600'")
            + &check("Exists", "exists = true")
            + "[[check]]\nname = 'Before'\nbefore = [{ write = 'app', content = 'x' }]\nfile = 'app'\nexists = true\n"
            + "[[check]]\nname = 'Command'\ncommand = 'echo x > app; rm -rf $TEST_WORKSPACE/*'\nexit = 0\n"),
    );
    host.file("etc/app.env", "PORT=1\n", 0o600);
    let before = state(&host.dir());
    for args in [
        &[][..],
        &["--workspace", "disk"],
        &["--retries", "2"],
        &["-j", "4"],
    ] {
        let run = host.run(&[args, &["--format", "json"]].concat());
        assert_eq!(run.code, 1, "{run:?}");
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let checks = report["harnesses"][0]["checks"].as_array().unwrap();
        let outcomes: Vec<&str> = checks
            .iter()
            .map(|c| c["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(
            outcomes,
            ["passed", "failed", "passed", "passed", "skipped", "skipped"],
            "{args:?}"
        );
    }
    assert_eq!(state(&host.dir()), before);
    assert_eq!(host.project.leftovers(), [""; 0].map(PathBuf::from));
}

/// Puts something at `/etc/app.env` of a host that should lead to a file outside of it.
type Prepare = fn(&Host, &Path);

#[test]
fn no_link_leads_out_of_the_root() {
    let secret = "outside-of-the-host";
    let contains = check("Escapes", &format!("contains = '{secret}'"));
    let outside = |host: &Host| {
        let path = PathBuf::from(host.project.outside("secret"));
        fs::write(&path, secret).unwrap();
        path
    };
    let attempts: [(&str, Prepare); 7] = [
        ("absolute", |host, outside| {
            symlink(outside, host.path("etc/app.env")).unwrap();
        }),
        ("relative", |host, _| {
            symlink("../../secret", host.path("etc/app.env")).unwrap();
        }),
        ("a long way up", |host, outside| {
            let target = format!("{}{}", "../".repeat(64), &outside.to_str().unwrap()[1..]);
            symlink(target, host.path("etc/app.env")).unwrap();
        }),
        ("a folder", |host, outside| {
            fs::remove_dir(host.path("etc")).unwrap();
            symlink(outside.parent().unwrap(), host.path("etc")).unwrap();
            fs::copy(outside, outside.with_file_name("app.env")).unwrap();
        }),
        ("a folder above", |host, outside| {
            fs::remove_dir(host.path("etc")).unwrap();
            symlink("..", host.path("etc")).unwrap();
            fs::copy(outside, outside.with_file_name("app.env")).unwrap();
        }),
        ("links in a row", |host, outside| {
            symlink("one", host.path("etc/app.env")).unwrap();
            symlink("/etc/two", host.path("etc/one")).unwrap();
            symlink(outside, host.path("etc/two")).unwrap();
        }),
        ("through the open files of clawtest", |host, outside| {
            host.folder("proc", 0o755);
            symlink("/proc/self/cwd/../secret", host.path("etc/app.env")).unwrap();
            symlink(outside.parent().unwrap(), host.path("proc/self")).unwrap();
        }),
    ];
    for (name, prepare) in attempts {
        let host = Host::new(&contains);
        prepare(&host, &outside(&host));
        assert_eq!(host.verdict(), (1, vec!["CT101".to_owned()]), "{name}");
        let unlinked = host.run(&["--format", "json"]);
        assert!(!unlinked.stdout.contains("the nearest line"), "{name}");
    }
}

#[test]
fn links_within_the_root_are_followed_as_the_host_would() {
    let host = Host::new(&check("Port", "contains = 'PORT=1'"));
    host.folder("usr", 0o755);
    host.folder("usr/share", 0o755);
    host.file("usr/share/app.env", "PORT=1\n", 0o644);
    for target in [
        "/usr/share/app.env",
        "../usr/share/app.env",
        "../../../usr/share/app.env",
    ] {
        let link = host.path("etc/app.env");
        symlink(target, &link).unwrap();
        assert_eq!(host.run(&[]).code, 0, "{target}");
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn what_is_no_regular_file_has_no_verdict_and_never_hangs() {
    let host = Host::new(&check("Reads", "not_contains = 'x'"));
    let path = host.path("etc/app.env");
    let missing = host.verdict();
    assert_eq!(missing, (1, vec!["CT101".to_owned()]));
    let special = (2, vec!["CT152".to_owned()]);
    rustix::fs::mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o644), 0).unwrap();
    assert_eq!(host.verdict(), special, "a FIFO");
    fs::remove_file(&path).unwrap();
    let listener = UnixListener::bind(&path).unwrap();
    assert_eq!(host.verdict(), special, "a socket");
    drop(listener);
    fs::remove_file(&path).unwrap();
    let zero = rustix::fs::makedev(1, 5);
    let mode = Mode::from_raw_mode(0o644);
    match rustix::fs::mknodat(CWD, &path, FileType::CharacterDevice, mode, zero) {
        Ok(()) => assert_eq!(host.verdict(), special, "/dev/zero"),
        Err(error) => skipped(&format!("no device can be made: {error}")),
    }
}

#[test]
fn what_may_not_be_read_has_no_verdict_and_its_mode_has_one() {
    let host = Host::new(&(check("Reads", "not_contains = 'x'") + &check("Mode", "mode = '0600'")));
    host.file("etc/app.env", "PORT=1\n", 0o600);
    let root = host.project.outside("host");
    let args = ["--root", &root, "--format", "json"];
    let Some(mut command) = host.project.unprivileged(&args) else {
        return;
    };
    if !rustix::process::geteuid().is_root() {
        fs::set_permissions(host.path("etc/app.env"), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = &report["harnesses"][0]["checks"];
    assert_eq!(checks[0]["outcome"], "errored");
    assert_eq!(checks[0]["diagnostics"][0]["rule"], "CT153");
    assert_ne!(checks[1]["outcome"], "errored", "{checks}");
}

#[test]
fn nothing_judged_is_never_green() {
    let host = Host::new(
        &(check("Port", "exists = true")
            + "[[check]]\nname = 'Command'\ncommand = 'true'\nexit = 0\n"
            + &check("Later", "exists = true\nskip = 'not now'")
            + &check("Absent", "exists = false\ntodo = 'to be removed'")),
    );
    host.file("etc/app.env", "PORT=1\n", 0o600);
    for (name, code) in [("Port", 0), ("Command", 4), ("Later", 4), ("Absent", 0)] {
        let run = host.run(&["--check", name]);
        assert_eq!(run.code, code, "{name}: {run:?}");
        let says_so = run
            .stderr
            .contains("nothing was judged: no selected check looks at a file with `deployed`");
        assert_eq!(says_so, code == 4, "{name}: {run:?}");
    }
    let report = host.run(&["--check", "Command", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["exit_status"], 4, "{report}");
    assert_eq!(report["outcome"], "nothing-selected");
}

#[test]
fn a_setup_that_changes_the_file_leaves_nothing_to_judge() {
    for (setup, code) in [
        ("{ append = 'app', content = 'x' }", 4),
        ("{ run = 'true' }", 4),
        ("{ write = 'other', content = 'x' }", 0),
    ] {
        let host = Host::new("");
        let text = host.project.read("harnesses/host/app.toml");
        let text = format!(
            "setup = [{setup}]\n{text}{}",
            check("Port", "exists = true")
        );
        host.project.harness("host/app", text);
        host.file("etc/app.env", "PORT=1\n", 0o600);
        let run = host.run(&[]);
        assert_eq!(run.code, code, "{setup}: {run:?}");
    }
}

#[test]
fn the_root_is_named_by_flag_environment_and_configuration() {
    let host = Host::new(&check("Port", "contains = 'PORT=1'"));
    host.file("etc/app.env", "PORT=1\n", 0o600);
    let root = host.project.outside("host");
    let run = |args: &[&str], env: Option<&str>| {
        let mut command = host.project.command(args);
        command.envs(env.map(|root| ("CLAWTEST_ROOT", root)));
        command.output().unwrap().status.code()
    };
    assert_eq!(run(&[], None), Some(1), "the fixture fails");
    assert_eq!(run(&["--root", &root], None), Some(0));
    assert_eq!(run(&[], Some(&root)), Some(0));
    assert_eq!(run(&["--root", "nowhere"], Some(&root)), Some(2));
    assert_eq!(
        run(&["--root="], Some(&root)),
        Some(1),
        "an empty one is none"
    );
    assert_eq!(run(&[], Some("")), Some(1));
    // A path in the configuration file starts at its folder.
    host.project.write("clawtest.toml", "root = '../host'\n");
    assert_eq!(run(&[], None), Some(0));
    assert_eq!(run(&["--root="], None), Some(1));
    assert_eq!(run(&[], Some("nowhere")), Some(2));
    host.project.write("clawtest.toml", "root = ''\n");
    assert_eq!(run(&[], None), Some(1));
}

#[test]
fn a_root_that_is_no_folder_is_an_error() {
    let host = Host::new(&check("Port", "exists = true"));
    let project = &host.project;
    project.write("file", "");
    for (args, said) in [
        (
            &["--root", "nowhere"][..],
            "error: `--root nowhere`: there is no such folder\n",
        ),
        (
            &["--root", "file"],
            "error: `--root file`: it is not a folder\n",
        ),
        (
            &["--root", "file/x"],
            "error: `--root file/x`: it is not a folder\n",
        ),
        (
            &["--root", ".", "--keep"],
            "error: `--root .`: there is no workspace that `--keep` could keep\n",
        ),
    ] {
        let run = project.run(args);
        assert_eq!((run.code, &*run.stderr), (2, said), "{args:?}");
        assert_eq!(run.stdout, "", "nothing ran");
    }
    project.write("clawtest.toml", "root = 'gone'\n");
    let run = project.run(&[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.starts_with("error: clawtest.toml: `root`: `"),
        "{run:?}"
    );
}

#[test]
fn the_command_that_runs_a_check_again_names_the_root() {
    let host = Host::new(&check("Port", "contains = 'PORT=2'"));
    host.file("etc/app.env", "PORT=1\n", 0o600);
    let name = "a host's root";
    let root = host.project.outside(name);
    fs::rename(host.dir(), &root).unwrap();
    let (run, _) = host.project.verdicts(&["--root", &root]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let check = &report["harnesses"][0]["checks"][0];
    let rerun = check["rerun"].as_str().unwrap();
    assert!(rerun.contains("--root '"), "{rerun}");
    let message = check["diagnostics"][0]["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("`{root}/etc/app.env`")),
        "{message}"
    );
    let program = Path::new(env!("CARGO_BIN_EXE_clawtest"));
    let mut shell = host.project.tool(Path::new("/bin/sh"));
    shell
        .args(["-c", rerun])
        .env("PATH", program.parent().unwrap());
    let again = shell.output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    let text = String::from_utf8_lossy(&again.stdout);
    assert!(text.contains(&format!("`{root}/etc/app.env`")), "{text}");
}

#[test]
fn the_root_of_this_machine_is_shown_without_a_prefix() {
    let project = Project::new();
    project.harness(
        "host/passwd",
        "[files.p]\ndeployed = '/etc/passwd'\ncontent = ''\n\
         [[check]]\nname = 'p'\nfile = 'p'\ncontains = 'no-such-user-on-this-machine'\n",
    );
    let run = project.run(&["--root", "/"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(
        run.stdout.contains("`/etc/passwd` does not contain"),
        "{run:?}"
    );
    assert!(run.stdout.contains("clawtest --root / --test"), "{run:?}");
}

#[test]
fn owners_are_compared_by_number_and_by_the_names_of_the_host() {
    let own = own_user();
    let group = rustix::process::getegid().as_raw();
    let host = |owner: &str| {
        let host = Host::new(&check("Owner", &format!("owner = '{owner}'")));
        host.file("etc/app.env", "PORT=1\n", 0o600);
        let own = fs::metadata(host.path("etc/app.env")).unwrap();
        // On some systems a file gets the group of its folder.
        assert_eq!(own.uid().to_string(), own_user());
        chown(host.path("etc/app.env"), None, Some(group)).unwrap();
        host
    };
    assert_eq!(host(&own).verdict(), (0, vec![]));
    assert_eq!(host(&format!("{own}:{group}")).verdict(), (0, vec![]));
    assert_eq!(host(&format!(":{group}")).verdict(), (0, vec![]));
    let wrong = (1, vec!["CT118".to_owned()]);
    assert_eq!(host("54321").verdict(), wrong);
    assert_eq!(host(&format!("{own}:54321")).verdict(), wrong);
    // Names of this machine mean nothing where the host has no list, or another one.
    let unknown = (2, vec!["CT164".to_owned()]);
    assert_eq!(host("daemon").verdict(), unknown);
    let named = host("operator:operators");
    named.file(
        "etc/passwd",
        &format!("root:x:54321:\noperator:x:{own}:\n"),
        0o644,
    );
    assert_eq!(named.verdict(), unknown);
    named.file("etc/group", &format!("operators:x:{group}:\n"), 0o644);
    assert_eq!(named.verdict(), (0, vec![]));
    let other = host("root");
    other.file("etc/passwd", "root:x:54321:\n", 0o644);
    assert_eq!(other.verdict(), wrong);
    // The lists cannot be brought in from elsewhere, either.
    let linked = host("daemon");
    symlink("../../../../../../etc/passwd", linked.path("etc/passwd")).unwrap();
    assert_eq!(linked.verdict(), unknown);
}

#[test]
fn a_file_that_others_could_replace_is_not_safe_whatever_its_mode() {
    let host = Host::new(&check("Mode", "mode = '0600'"));
    host.file("etc/app.env", "PORT=1\n", 0o600);
    let unsafe_folder = ["CT117".to_owned()];
    for (mode, is_safe) in [
        (0o755, true),
        (0o700, true),
        (0o1777, true),
        (0o775, false),
        (0o757, false),
        (0o777, false),
        (0o2770, false),
    ] {
        for folder in [".", "etc"] {
            host.folder(folder, mode);
            let expected = if is_safe { &[][..] } else { &unsafe_folder };
            assert_eq!(host.codes(), expected, "{folder} {mode:o}");
            host.folder(folder, 0o755);
        }
    }
    // So is a folder that only a link on the way leads through.
    host.folder("open", 0o777);
    host.folder("open/real", 0o755);
    fs::rename(host.path("etc/app.env"), host.path("open/real/app.env")).unwrap();
    fs::remove_dir(host.path("etc")).unwrap();
    symlink("open/real", host.path("etc")).unwrap();
    assert_eq!(host.codes(), unsafe_folder);
    host.folder("open", 0o755);
    assert_eq!(host.codes(), [""; 0]);
}

#[test]
fn a_folder_of_another_user_is_not_safe() {
    if !rustix::process::geteuid().is_root() {
        return skipped("only root gives files to other users");
    }
    let host = Host::new(&check("Owner", "owner = '1234:4321'\nmode = '<=0640'"));
    host.file("etc/app.env", "PORT=1\n", 0o640);
    assert_eq!(host.codes(), ["CT118"]);
    chown(host.path("etc/app.env"), Some(1234), Some(4321)).unwrap();
    assert_eq!(host.verdict(), (0, vec![]), "in a folder of root");
    chown(host.path("etc"), Some(1234), Some(0)).unwrap();
    assert_eq!(host.verdict(), (0, vec![]), "in a folder of its own user");
    chown(host.path("etc"), Some(1235), Some(0)).unwrap();
    assert_eq!(host.verdict(), (1, vec!["CT117".to_owned()]));
    let run = host.run(&[]);
    assert_eq!(run.stdout.matches("CT117").count(), 1, "told once: {run:?}");
    host.folder("etc", 0o1777);
    chown(host.path("etc"), Some(1235), Some(0)).unwrap();
    assert_eq!(
        host.codes(),
        ["CT117"],
        "a sticky bit keeps its owner from nothing"
    );
}

#[test]
fn times_are_those_of_the_host() {
    let host = Host::new(
        "[files.older]\ndeployed = '/etc/older'\ncontent = ''\n\
         [[check]]\nname = 'Newer'\nfile = 'app'\nnewer_than = 'older'\n",
    );
    host.file("etc/app.env", "", 0o644);
    host.file("etc/older", "", 0o644);
    let set = |path: &str, seconds: u64| {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let file = fs::File::options()
            .write(true)
            .open(host.path(path))
            .unwrap();
        file.set_modified(time).unwrap();
    };
    for (app, older, code) in [(2000, 1000, 0), (1000, 2000, 1), (1000, 1000, 1)] {
        set("etc/app.env", app);
        set("etc/older", older);
        assert_eq!(host.run(&[]).code, code, "{app} {older}");
    }
    fs::remove_file(host.path("etc/older")).unwrap();
    assert_eq!(host.codes(), ["CT101"]);
}

/// A golden harness whose fixtures are all deployed below `/srv`, and those files on a host. Not one
/// that is run with arguments of its own, or that is not valid; nor that of `valid`, which expects
/// more of a host: the programs and files that a file names are there.
fn deployed(golden: &Path) -> Option<Host> {
    let has = |file: &str| golden.join(file).exists();
    if !has("expected.pretty") || has("args") || golden.ends_with("valid") || has("expected.stderr")
    {
        return None;
    }
    let text = fs::read_to_string(golden.join("harness.toml")).unwrap();
    let harness: toml::Table = text.parse().unwrap();
    let host = Host::new("");
    host.folder("srv", 0o755);
    let vars = harness.get("vars").and_then(toml::Value::as_table);
    let vars = vars.cloned().unwrap_or_default();
    let expanded = |text: &str| {
        let mut text = text.replace("$${", "\0");
        for (name, value) in &vars {
            text = text.replace(&format!("${{{name}}}"), value.as_str().unwrap());
        }
        text.replace('\0', "${")
    };
    for (path, file) in harness.get("files")?.as_table()? {
        let content = file.get("content")?.as_str()?;
        let mode = match file.get("mode") {
            None => 0o644,
            Some(toml::Value::Integer(mode)) => u32::try_from(*mode).unwrap(),
            Some(mode) => u32::from_str_radix(mode.as_str()?, 8).unwrap(),
        };
        let path = format!("srv/{path}");
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.for_each(|folder| host.folder(folder, 0o755));
        host.file(&path, &expanded(content), mode);
        let stamped = fs::File::open(host.path(&path)).unwrap();
        stamped.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    // Behind each header, since numbers that are written anew are no longer octal.
    let lines = text.lines().map(|line| match line.strip_prefix("[files.") {
        Some(rest) => {
            let name = rest.trim_end_matches(']').trim_matches('"');
            format!("{line}\ndeployed = \"/srv/{name}\"\n")
        }
        None => format!("{line}\n"),
    });
    host.project.harness("host/app", lines.collect::<String>());
    Some(host)
}

/// Each check by its name: outcome and the rules that it breaks.
fn outcomes(run: &Run) -> Vec<(String, String, Vec<String>)> {
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let checks = report["harnesses"][0]["checks"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    checks
        .iter()
        .map(|check| {
            let broken = check["diagnostics"].as_array().unwrap();
            let broken = broken.iter().map(|diagnostic| text(&diagnostic["rule"]));
            (
                text(&check["name"]),
                text(&check["outcome"]),
                broken.collect(),
            )
        })
        .collect()
}

#[test]
fn the_same_files_get_the_same_verdicts_as_fixtures_and_on_a_host() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/check");
    let mut compared = 0;
    for case in fs::read_dir(golden).unwrap() {
        let case = case.unwrap().path();
        let Some(host) = deployed(&case) else {
            continue;
        };
        let fixtures = host.project.run(&["--format", "json"]);
        let files = host.run(&["--format", "json"]);
        let pairs = outcomes(&fixtures).into_iter().zip(outcomes(&files));
        for (fixture, file) in pairs {
            // What only one of the two subjects has, or only clawtest's own folders.
            if file.1 == "skipped" || fixture.1 == "skipped" {
                continue;
            }
            assert_eq!(fixture, file, "{}", case.display());
            compared += 1;
        }
    }
    assert!(compared > 40, "only {compared} checks were compared");
}

#[test]
fn drop_ins_and_masks_of_a_host_take_part() {
    let host = Host::new("");
    let unit = "/etc/systemd/system/app.service";
    host.project.harness(
        "host/app",
        format!(
            "[files.'app.service']\ndeployed = '{unit}'\n\
             content = '''\n[Service]\nExecStart=/bin/true\nRestart=always\n'''\n\
             [[check]]\nname = 'Restart'\nfile = 'app.service'\n\
             key = 'Service.Restart'\nequals = 'always'\n"
        ),
    );
    for folder in [
        "usr/lib/systemd/system/service.d",
        "run/systemd/system/app.service.d",
        "etc/systemd/system/app.service.d",
    ] {
        host.folder(folder, 0o755);
    }
    let vendor = "[Service]\nExecStart=/bin/true\nRestart=always\n";
    host.file("usr/lib/systemd/system/app.service", vendor, 0o644);
    // A link as `systemctl link` makes it leads to a file of the host, not of this machine.
    let link = host.path(&unit[1..]);
    symlink("/usr/lib/systemd/system/app.service", &link).unwrap();
    assert_eq!(host.verdict(), (0, vec![]));
    let no = "[Service]\nRestart=no\n";
    for dropin in [
        "usr/lib/systemd/system/service.d/10-x.conf",
        "run/systemd/system/app.service.d/10-x.conf",
        "etc/systemd/system/app.service.d/10-x.conf",
    ] {
        host.file(dropin, no, 0o644);
        let run = host.run(&[]);
        assert_eq!(run.code, 1, "{dropin}: {run:?}");
        let shown = host.project.outside(&format!("host/{dropin}"));
        assert!(run.stdout.contains(&shown), "{dropin}: {run:?}");
        fs::remove_file(host.path(dropin)).unwrap();
    }
    // The same name in a stronger folder masks it.
    host.file("usr/lib/systemd/system/service.d/10-x.conf", no, 0o644);
    let mask = host.path("etc/systemd/system/app.service.d/10-x.conf");
    symlink("/dev/null", &mask).unwrap();
    assert_eq!(host.verdict(), (0, vec![]));
    fs::remove_file(&mask).unwrap();
    assert_eq!(host.verdict(), (1, vec!["CT122".to_owned()]));
    fs::remove_file(&link).unwrap();
    symlink("/dev/null", &link).unwrap();
    assert_eq!(host.verdict(), (1, vec!["CT119".to_owned()]));
}

#[test]
fn secrets_of_a_host_are_masked() {
    let token = [
        "ghp_", "Zx9", "Qm4Rt7", "Ln2Vb8", "Kc5Wd1", "Hs6Pf3", "Jg0TyUeA",
    ]
    .concat();
    let host = Host::new(&(check("Secrets", "no_secrets = true") + &check("Line", "line = 'x'")));
    host.file("etc/app.env", &format!("TOKEN={token}\n"), 0o600);
    for format in ["pretty", "json", "junit", "tap"] {
        let run = host.run(&["--format", format]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.contains("etc/app.env"), "{run:?}");
        assert!(
            !run.stdout.contains(&token) && !run.stderr.contains(&token),
            "{format}"
        );
    }
}
