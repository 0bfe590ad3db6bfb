//! What the command line, the environment and `clawtest.toml` mean, seen from outside.

use std::path::Path;

use clawtest::framework::check::CHECKS;
use clawtest::outcome::Status;
use clawtest::reporter::FORMATS;
use serde_json::{Value, json};

use crate::program::{Project, finish, suite};

/// The ids, or `id: check`s, of what is selected.
fn selected(project: &Project, args: &[&str]) -> Vec<String> {
    let run = project.run(&[&["list", "--format", "json"], args].concat());
    assert_eq!(run.code, 0, "{args:?} {run}");
    let listing: Value = serde_json::from_str(&run.stdout).unwrap();
    let harnesses = listing["harnesses"].as_array().unwrap();
    let all = |harness: &Value| {
        harness["checks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| {
                format!(
                    "{}: {}",
                    harness["id"].as_str().unwrap(),
                    check["name"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    harnesses.iter().flat_map(all).collect()
}

#[test]
fn selections_narrow_what_runs() {
    let project = suite();
    let (first, second) = ("gateway/docker: first", "gateway/docker: second");
    let (only, tone) = ("gateway/production: only", "soul/tone: tone");
    let table: &[(&[&str], &[&str])] = &[
        (&[], &[first, second, only, tone]),
        (&["--test", "soul/tone"], &[tone]),
        (
            &["--test", "soul/tone", "--test", "gateway/production"],
            &[only, tone],
        ),
        (&["--test", "soul/tone", "--test", "soul/tone"], &[tone]),
        (&["--test", "*/t*"], &[tone]),
        (
            &["--test", "gateway/*", "--test", "soul/tone"],
            &[first, second, only, tone],
        ),
        (&["prod"], &[only]),
        (&["prod", "tone"], &[only, tone]),
        (&["gateway/{docker,x}"], &[first, second]),
        (&["--category", "gateway"], &[first, second, only]),
        (
            &[
                "--category",
                "gateway",
                "--category",
                "soul",
                "--tag",
                "text",
            ],
            &[tone],
        ),
        (&["--tag", "linux"], &[first, second, only]),
        (&["--tag", "slow"], &[second, tone]),
        (
            &["--tag", "slow", "--tag", "docker"],
            &[first, second, tone],
        ),
        (&["--check", "second"], &[second]),
        (&["--check", "first", "--check", "tone"], &[first, tone]),
        (
            &[
                "--check",
                "second",
                "--category",
                "gateway",
                "--tag",
                "slow",
            ],
            &[second],
        ),
    ];
    for (args, expected) in table {
        assert_eq!(selected(&project, args), *expected, "{args:?}");
        // `run` selects as `list` does.
        let run = project.run(&[args, &["--format", "tap"][..]].concat());
        let points: Vec<&str> = run
            .stdout
            .lines()
            .filter_map(|line| line.split_once(" - "))
            .map(|(_, name)| name)
            .collect();
        assert_eq!(points, *expected, "{args:?}");
    }
}

#[test]
fn list_is_a_table_or_a_document() {
    let project = suite();
    let run = project.run(&["list"]);
    let expected = "gateway/docker       2 checks  Docker\ngateway/production    1 check  Production\nsoul/tone             1 check  Tone\n";
    assert_eq!((run.code, run.stdout.as_str()), (0, expected), "{run}");
    let run = project.run(&["list", "--format", "json", "--tag", "slow", "docker"]);
    let listing: Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = json!({"schema": "clawtest-list/1", "left_out": 2, "harnesses": [{
        "id": "gateway/docker", "category": "gateway", "name": "docker", "title": "Docker",
        "file": "harnesses/gateway/docker.toml", "tags": ["linux", "docker"],
        "checks": [{"name": "second", "line": 10, "tags": ["slow"]}],
    }]});
    assert_eq!(listing, expected);
}

#[test]
fn lint_reports_without_running() {
    let project = suite();
    project
        .run(&["lint"])
        .says(0, &["no problems in 3 harnesses with 4 checks\n"]);
    let trace = project.outside("trace");
    project.harness(
        "soul/wrong",
        format!("[[check]]\nname = 'x'\ncommand = 'touch {trace}'\nexti = 0\n"),
    );
    project.run(&["lint"]).says(
        2,
        &[
            "harnesses/soul/wrong.toml:4:1",
            "did you mean `exit`?",
            "1 file",
        ],
    );
    project
        .run(&["lint", "--category", "gateway"])
        .says(0, &["no problems in 2 harnesses with 3 checks\n"]);
    assert!(!Path::new(&trace).exists());
}

#[test]
fn explain_knows_every_code_and_expectation() {
    let project = Project::new();
    let overview = project.run(&["explain"]);
    assert_eq!(overview.code, 0);
    for rule in clawtest::command::all_rules() {
        overview.says(0, &[rule.code, rule.name]);
    }
    for spec in CHECKS {
        overview.says(0, &[spec.key]);
    }
    for topic in ["CT101", "ct101", "missing-file"] {
        project
            .run(&["explain", topic])
            .says(0, &["CT101 missing-file", "the check fails; exit status 1"]);
    }
    project.run(&["explain", "contains"]).says(
        0,
        &[
            "the file holds this literal text",
            "Value: a string or a list of strings",
        ],
    );
}

#[test]
fn help_and_version() {
    let project = Project::new();
    let version = project.run(&["--version"]);
    assert_eq!(
        (version.code, version.stdout),
        (0, format!("clawtest {}\n", env!("CARGO_PKG_VERSION")))
    );
    let help = project.run(&["--help"]);
    for format in FORMATS {
        help.says(0, &[format.name]);
    }
    for (status, _) in Status::ALL {
        help.says(0, &[&status.code().to_string()]);
    }
    for subcommand in ["run", "list", "lint", "explain"] {
        project.run(&["help", subcommand]).says(0, &[subcommand]);
    }
    project
        .run(&["run", "--help"])
        .says(0, &["--fail-fast", "--no-sandbox"]);
}

#[test]
fn a_flag_beats_the_environment_which_beats_the_file() {
    let project = suite();
    project.write(
        "other/c/x.toml",
        "[files.a]\ncontent = 'x'\n[[check]]\nname = 'other'\nfile = 'a'\ncontains = 'x'\n",
    );
    project.write(
        "third/c/x.toml",
        "[files.a]\ncontent = 'x'\n[[check]]\nname = 'third'\nfile = 'a'\ncontains = 'x'\n",
    );
    project.write("clawtest.toml", "harness-dir = 'other'\nformat = 'tap'\njobs = 1\ntimeout = '1min'\nreports = ['json=from-file.json']\n");
    let run = project.run(&[]);
    run.says(0, &["TAP version 13", "c/x: other"]);
    assert!(project.path("from-file.json").exists());
    let run = finish(
        project
            .command(&[])
            .env("CLAWTEST_HARNESS_DIR", "third")
            .env("CLAWTEST_FORMAT", "jsonl")
            .spawn()
            .unwrap(),
    );
    run.says(0, &["{\"event\":\"started\"", "third"]);
    let mut command = project.command(&[
        "--harness-dir",
        "harnesses",
        "--format",
        "tap14",
        "--report",
        "tap=from-flag.tap",
    ]);
    std::fs::remove_file(project.path("from-file.json")).unwrap();
    let run = finish(
        command
            .env("CLAWTEST_HARNESS_DIR", "third")
            .env("CLAWTEST_FORMAT", "jsonl")
            .spawn()
            .unwrap(),
    );
    run.says(0, &["TAP version 14", "soul/tone"]);
    assert!(project.path("from-flag.tap").exists() && !project.path("from-file.json").exists());
    for (variable, value, words) in [
        ("CLAWTEST_JOBS", "0", "`--jobs 0`"),
        ("CLAWTEST_TIMEOUT", "5", "`--timeout 5` is not a duration"),
        (
            "CLAWTEST_CHECK_TIMEOUT",
            "5",
            "`--check-timeout 5` is not a duration",
        ),
        (
            "CLAWTEST_RETRIES",
            "x",
            "invalid value 'x' for '--retries <N>'",
        ),
        (
            "CLAWTEST_COLOR",
            "x",
            "invalid value 'x' for '--color <WHEN>'",
        ),
    ] {
        finish(project.command(&[]).env(variable, value).spawn().unwrap()).fails(2, &[words]);
    }
}

#[test]
fn variables_come_from_the_harness_the_file_or_the_flag() {
    let project = Project::new();
    project.harness(
        "c/x",
        "
[vars]
host = 'own'
url = 'http://${host}:${port}'
[files.a]
content = '${url}'
[[check]]
name = 'url'
file = 'a'
contains = '${expected}'
",
    );
    project.write(
        "clawtest.toml",
        "[vars]\nport = '1'\nexpected = 'http://own:1'\n",
    );
    project.run(&[]).says(0, &[]);
    project
        .run(&["--var", "expected=http://flag:1", "--var", "host=flag"])
        .says(0, &[]);
    project
        .run(&["--var", "expected=http://own:2=3", "--var", "port=2=3"])
        .says(0, &[]);
    // What only the file says may be for other harnesses; what is typed has to be used.
    project.write(
        "clawtest.toml",
        "[vars]\nport = '1'\nexpected = 'http://own:1'\nother = 'x'\n",
    );
    project.run(&[]).says(0, &[]);
    project
        .run(&["--var", "other=x"])
        .fails(2, &["no selected harness uses the variable `other`"]);
}

#[test]
fn the_harness_folder_is_found_upwards() {
    let project = suite();
    std::fs::create_dir_all(project.path("docs/deep")).unwrap();
    let run = finish(
        project
            .command(&["--test", "soul/tone"])
            .current_dir(project.path("docs/deep"))
            .spawn()
            .unwrap(),
    );
    run.says(0, &["PASS  soul/tone"]);
    let run = finish(
        project
            .command(&["list"])
            .current_dir(project.path("harnesses/soul"))
            .spawn()
            .unwrap(),
    );
    run.says(0, &["soul/tone"]);
}

#[test]
fn colour_is_for_those_who_want_it() {
    type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], bool);
    let project = suite();
    let table: &[Row<'_>] = &[
        (&[], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "0")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLAWTEST_COLOR", "always")], true),
        (&["--color", "auto"], &[("CLAWTEST_COLOR", "always")], false),
    ];
    for (args, variables, expected) in table {
        let args = [args, &["--report", "pretty=r.txt"][..]].concat();
        let run = finish(
            project
                .command(&args)
                .envs(variables.iter().copied())
                .spawn()
                .unwrap(),
        );
        assert_eq!(
            run.stdout.contains('\u{1b}'),
            *expected,
            "{args:?} {variables:?} {run}"
        );
        assert!(
            !project.read("r.txt").contains('\u{1b}'),
            "a file has no colours"
        );
    }
}
