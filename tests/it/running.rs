//! How harnesses run: in parallel and apart, in an environment of their own, again, or not to the end.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Project, finish, mixed, redacted, suite};

#[test]
fn the_number_of_jobs_and_the_place_of_workspaces_change_nothing() {
    let project = mixed(50);
    let expected = project.run(&["-j1", "--format", "json"]);
    assert_eq!(expected.code, 2);
    for args in [
        &["-j8"][..],
        &["-j3"],
        &["-j2", "--workspace", "disk"],
        &["-j1", "--workspace", "disk"],
    ] {
        let run = project.run(&[args, &["--format", "json"]].concat());
        assert_eq!(run.code, 2);
        similar(&redacted(&expected.stdout), &redacted(&run.stdout), args);
    }
    assert!(project.leftovers().is_empty());
}

#[track_caller]
fn similar(expected: &str, found: &str, what: &[&str]) {
    let diff = || {
        similar::TextDiff::from_lines(expected, found)
            .unified_diff()
            .to_string()
    };
    assert!(expected == found, "{what:?}\n{}", diff());
}

#[test]
fn commands_see_nothing_but_their_own_environment() {
    let project = Project::new();
    let out = project.outside("out");
    project.harness("c/x", "
[vars]
out = ''
[files.data]
content = 'x'
[[check]]
name = 'x'
command = 'env | sort > ${out}; pwd -P >> ${out}; umask >> ${out}; cat | wc -c >> ${out}; ls -A | sort >> ${out}'
exit = 0
");
    let args = ["--var", &format!("out={out}")];
    let mut command = project.command(&args);
    command
        .env("SECRET", "x")
        .env("LANG", "de_DE.UTF-8")
        .env("CLAWTEST_JOBS", "1")
        .env("LD_PRELOAD_X", "1");
    finish(command.spawn().unwrap()).says(0, &[]);
    let text = std::fs::read_to_string(&out).unwrap();
    let root = text
        .lines()
        .find_map(|line| line.strip_prefix("TEST_WORKSPACE="))
        .unwrap();
    let expected = "\
HOME=$W/.home
LANG=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PWD=$W
TEST_WORKSPACE=$W
TMPDIR=$W/.tmp
TZ=UTC
XDG_CACHE_HOME=$W/.home/.cache
XDG_CONFIG_HOME=$W/.home/.config
XDG_DATA_HOME=$W/.home/.local/share
XDG_RUNTIME_DIR=$W/.run
XDG_STATE_HOME=$W/.home/.local/state
$W
0022
0
.home
.run
.tmp
data
memory
";
    // What a shell adds by itself.
    let is_own = |line: &&str| {
        ["_=", "SHLVL=", "OLDPWD="]
            .iter()
            .any(|own| line.starts_with(own))
    };
    let found: Vec<&str> = text
        .lines()
        .filter(|line| !is_own(line))
        .map(str::trim)
        .collect();
    assert_eq!(found.join("\n").replace(root, "$W"), expected.trim_end());
    assert!(
        Path::new(root).starts_with(std::fs::canonicalize(project.tmp()).unwrap())
            || Path::new(root).starts_with(project.tmp())
    );
    assert!(project.leftovers().is_empty());
}

#[test]
fn more_of_the_environment_has_to_be_allowed() {
    let project = Project::new();
    project.write(
        "bin/tool",
        "#!/bin/sh\necho \"tool sees $ALLOWED and ${HIDDEN-nothing}\"\n",
    );
    std::fs::set_permissions(project.path("bin/tool"), PermissionsExt::from_mode(0o755)).unwrap();
    project.harness(
        "c/x",
        "
[[check]]
name = 'sees'
command = 'tool'
stdout_contains = 'tool sees this and nothing'
[[check]]
name = 'directly'
command = ['tool']
stdout_contains = 'tool sees this and nothing'
[[check]]
name = 'required'
requires = ['tool']
command = 'echo $HOME'
stdout_not_contains = 'elsewhere'
",
    );
    project.write(
        "clawtest.toml",
        "[commands]\npath = ['bin']\nenv = ['ALLOWED', 'HOME', 'UNSET']\n",
    );
    let mut command = project.command(&["-v"]);
    command
        .env("ALLOWED", "this")
        .env("HIDDEN", "that")
        .env("HOME", "/elsewhere");
    finish(command.spawn().unwrap()).says(0, &["3 passed"]);
}

#[test]
fn modes_do_not_depend_on_the_umask() {
    let project = Project::new();
    let mut toml = "[files.'d/plain']\ncontent = 'x'\n[files.'secret']\ncontent = 'x'\nmode = '0600'\n[files.'wide']\ncontent = 'x'\nmode = '0777'\n[[setup]]\nrun = 'touch by-command; mkdir by-mkdir'\n[[setup]]\nwrite = 'n/written'\ncontent = ''\n[[setup]]\nappend = 'n/appended'\ncontent = ''\n[[setup]]\nappend = 'wide'\ncontent = 'y'\n".to_owned();
    let files = [
        ("d/plain", "0644"),
        ("secret", "0600"),
        ("wide", "0777"),
        ("by-command", "0644"),
        ("n/written", "0644"),
        ("n/appended", "0644"),
    ];
    for (path, mode) in files {
        writeln!(
            toml,
            "[[check]]\nname = '{path}'\nfile = '{path}'\nmode = '{mode}'"
        )
        .unwrap();
    }
    for path in ["d", "memory", "n", "by-mkdir"] {
        writeln!(
            toml,
            "[[check]]\nname = '{path}'\ndir = '{path}'\nmode = '0755'"
        )
        .unwrap();
    }
    project.harness("c/x", toml);
    for umask in ["022", "077", "000"] {
        let mut command = project.tool(Path::new("/bin/sh"));
        command.args([
            "-c",
            &format!("umask {umask}; exec \"$0\" -v"),
            env!("CARGO_BIN_EXE_clawtest"),
        ]);
        let run = finish(command.spawn().unwrap());
        assert_eq!(run.code, 0, "under umask {umask}: {run}");
    }
}

#[test]
fn workspaces_are_kept_on_demand() {
    let project = suite();
    project.harness(
        "c/command",
        "[[check]]\nname = 'x'\ncommand = 'echo kept > made'\nexit = 0\n",
    );
    project.run(&[]).says(0, &[]);
    assert!(project.leftovers().is_empty());
    let run = project.run(&["--keep", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let kept: Vec<&str> = report["harnesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|harness| harness["kept"].as_str().unwrap())
        .collect();
    assert_eq!(kept.len(), 4);
    assert_eq!(
        std::fs::read_to_string(Path::new(kept[0]).join("made")).unwrap(),
        "kept\n"
    );
    assert_eq!(
        std::fs::read_to_string(Path::new(kept[1]).join("a")).unwrap(),
        "x"
    );
    project
        .run(&["--keep"])
        .says(0, &[&format!("kept: {}", project.tmp().display())]);
}

#[test]
fn a_pass_after_a_failure_is_flaky() {
    let project = Project::new();
    let state = project.outside("state");
    project
        .harness(
            "c/flaky",
            "
[vars]
state = ''
[[check]]
name = 'second time'
command = 'test -e ${state} || { touch ${state}; echo again; exit 1; }; test ! -e mine; touch mine'
exit = 0
",
        )
        .harness(
            "c/never",
            "[files.a]\ncontent = ''\n[[check]]\nname = 'x'\nfile = 'a'\ncontains = 'x'\n",
        );
    let var = format!("state={state}");
    let run = project.run(&[
        "--retries",
        "2",
        "--var",
        &var,
        "--report",
        "junit=r.xml",
        "--report",
        "json=r.json",
        "--report",
        "tap=r.tap",
        "--test",
        "c/flaky",
    ]);
    run.says(
        0,
        &[
            "flaky: passed after 1 attempt that did not",
            "1 flaky",
            "second time: expected exit status 0, found 1",
        ],
    );
    let junit = project.read("r.xml");
    assert!(
        junit.contains("<flakyFailure message=\"expected exit status 0, found 1\"")
            && !junit.contains("<failure"),
        "{junit}"
    );
    assert!(
        project
            .read("r.tap")
            .contains("# flaky: c/flaky passed on attempt 2")
    );
    let report: Value = serde_json::from_str(&project.read("r.json")).unwrap();
    assert_eq!(
        (&report["counts"]["flaky"], &report["harnesses"][0]["flaky"]),
        (&json!(1), &json!(true))
    );
    // One that never passes is no flake, and is tried as often as was said.
    let (run, verdicts) = project.verdicts(&["--retries", "2", "--test", "c/never"]);
    assert_eq!(run.code, 1);
    verdicts.expect("c/never", "failed", "", "");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        report["harnesses"][0]["attempts"].as_array().unwrap().len(),
        2
    );
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_harness_that_takes_too_long_is_cut_short() {
    let project = Project::new();
    project
        .harness(
            "c/slow",
            "
timeout = '400ms'
[[check]]
name = 'quick'
command = 'true'
exit = 0
[[check]]
name = 'slow'
command = 'sleep 1000'
exit = 0
[[check]]
name = 'never begun'
command = 'true'
exit = 0
",
        )
        .harness(
            "d/next",
            "[[check]]\nname = 'x'\ncommand = 'true'\nexit = 0\n",
        );
    let (run, verdicts) = project.verdicts(&["-j1"]);
    assert_eq!(run.code, 2);
    verdicts.expect(
        "c/slow: slow",
        "errored",
        "CT161",
        "the harness took longer than 400ms",
    );
    verdicts.expect(
        "c/slow: never begun",
        "errored",
        "CT161",
        "the harness took longer than 400ms",
    );
    verdicts.expect("d/next", "passed", "", "");
    // A flag is for harnesses that do not say how long they may take.
    project.harness(
        "c/slow",
        "[[check]]\nname = 'slow'\ncommand = 'sleep 1000'\nexit = 0\n",
    );
    let (_, verdicts) = project.verdicts(&["--timeout", "300ms", "--test", "c/slow"]);
    verdicts.expect(
        "c/slow: slow",
        "errored",
        "CT161",
        "the harness took longer than 300ms",
    );
    let (_, verdicts) = project.verdicts(&["--check-timeout", "300ms", "--test", "c/slow"]);
    verdicts.expect(
        "c/slow: slow",
        "errored",
        "CT157",
        "the command did not end within 300ms",
    );
}

#[test]
fn fail_fast_stops_at_the_first_failure_whatever_the_jobs() {
    let project = mixed(20);
    let expected = project.run(&["-j1", "--fail-fast", "--format", "json"]);
    assert_eq!(expected.code, 1, "{expected}");
    let report: Value = serde_json::from_str(&expected.stdout).unwrap();
    assert_eq!(report["stopped"], "fail-fast");
    let outcomes: Vec<&str> = report["harnesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|harness| harness["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes.last(), Some(&"failed"));
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == "failed")
            .count(),
        1
    );
    assert_eq!(
        outcomes.len() + report["not_run"].as_array().unwrap().len(),
        20
    );
    for jobs in ["-j2", "-j8"] {
        let run = project.run(&[jobs, "--fail-fast", "--format", "json"]);
        similar(&redacted(&expected.stdout), &redacted(&run.stdout), &[jobs]);
    }
    assert!(project.leftovers().is_empty());
}

#[test]
fn harnesses_in_parallel_do_not_see_each_other() {
    let project = Project::new();
    for (own, other) in [("one", "two"), ("two", "one")] {
        // Each waits for the other to be there, so both run at the same time.
        project.harness(&format!("c/{own}"), format!("
[vars]
place = ''
[files.same]
content = '{own}'
[[check]]
name = 'meets'
command = 'touch made-by-{own} ${{place}}-{own}; until [ -e ${{place}}-{other} ]; do sleep 0.01; done; ls; cat same'
stdout_contains = ['{own}', 'made-by-{own}']
stdout_not_contains = '{other}'
[[check]]
name = 'is alone'
glob = 'made-by-{other}'
exists = false
"));
    }
    let place = project.outside("place");
    project
        .run(&["-j2", "--var", &format!("place={place}")])
        .says(0, &["2 passed"]);
}
