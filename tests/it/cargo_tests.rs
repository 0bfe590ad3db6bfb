//! Harnesses as tests of `cargo test`: the executable that cargo builds from `tests/harnesses.rs`,
//! with the harnesses of a project of our own.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::program::{Project, Run, finish, skipped};

/// The executable. Cargo tells its path only to itself, and one that lies about may be of last
/// week, so cargo is asked to build it; that is done already when all tests run.
static EXECUTABLE: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let mut cargo = Command::new(std::env::var_os("CARGO")?);
    cargo.args([
        "test",
        "--no-run",
        "--test",
        "harnesses",
        "--message-format",
        "json",
    ]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let messages = String::from_utf8(built.stdout).ok()?;
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    artifacts
        .filter(|artifact| artifact["target"]["name"] == "harnesses")
        .find_map(|artifact| Some(PathBuf::from(artifact["executable"].as_str()?)))
});

fn run(project: &Project, args: &[&str]) -> Option<Run> {
    let Some(executable) = &*EXECUTABLE else {
        skipped("no cargo to build `tests/harnesses.rs`");
        return None;
    };
    let mut command = project.tool(executable);
    command
        .env("CARGO_MANIFEST_DIR", project.path(""))
        .args(args);
    Some(finish(command.spawn().unwrap()))
}

fn suite() -> Project {
    let project = Project::new();
    let harness = |rest: &str| {
        format!("[files.a]\ncontent = 'x'\n[[check]]\nname = 'the check'\nfile = 'a'\n{rest}\n")
    };
    project
        .harness("gateway/passes", harness("contains = 'x'"))
        .harness(
            "gateway/runs",
            "[[check]]\nname = 'x'\ncommand = 'echo hi'\nstdout_contains = 'hi'\n",
        )
        .harness(
            "soul/skips",
            format!("skip = 'not on this host'\n{}", harness("contains = 'x'")),
        );
    project
}

#[test]
fn tests_are_listed_as_cargo_and_nextest_expect() {
    let project = suite();
    let Some(all) = run(&project, &["--list", "--format", "terse"]) else {
        return;
    };
    assert_eq!(
        (all.code, all.stdout.as_str()),
        (
            0,
            "gateway::passes: test\ngateway::runs: test\nsoul::skips: test\n"
        ),
        "{all}"
    );
    let ignored = run(&project, &["--list", "--format", "terse", "--ignored"]).unwrap();
    assert_eq!((ignored.code, ignored.stdout.as_str()), (0, ""));
}

#[test]
fn tests_run_and_skips_are_ignored_with_their_reason() {
    let project = suite();
    let Some(all) = run(&project, &[]) else {
        return;
    };
    all.says(
        0,
        &[
            "test gateway::passes ... ok",
            "test gateway::runs   ... ok",
            "soul::skips",
            "ignored",
            "not on this host",
            "2 passed; 0 failed; 1 ignored",
        ],
    );
    let filtered = run(&project, &["gateway", "--skip", "runs"]).unwrap();
    filtered.says(
        0,
        &[
            "running 1 test",
            "1 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out",
        ],
    );
    let nextest = run(&project, &["--exact", "gateway::runs", "--nocapture"]).unwrap();
    nextest.says(0, &["running 1 test", "gateway::runs ... ok", "1 passed"]);
    run(&project, &["--ignored"])
        .unwrap()
        .says(0, &["0 passed"]);
    run(&project, &["--include-ignored"])
        .unwrap()
        .says(0, &["2 passed"]);
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_failure_has_the_report_as_its_message() {
    let project = suite();
    project.harness("gateway/fails", "[files.a]\ncontent = 'x'\n[[check]]\nname = 'wrong'\nfile = 'a'\nline = 'y'\nwhy = 'because'\n");
    let Some(all) = run(&project, &[]) else {
        return;
    };
    let words = [
        "test gateway::fails",
        "FAILED",
        "harnesses/gateway/fails.toml:6:8",
        "CT105",
        "why: because",
        "--test gateway/fails --check wrong",
        "2 passed; 1 failed; 1 ignored",
    ];
    all.says(101, &words);
    run(&project, &["--exact", "gateway::passes"])
        .unwrap()
        .says(0, &["1 passed"]);
}

#[test]
fn exact_reads_only_the_one_file() {
    let project = suite();
    project
        .harness("gateway/broken", "[[check]]\nnmae = 'x'\n")
        .write("harnesses/misplaced.toml", "");
    let Some(one) = run(&project, &["--exact", "gateway::passes"]) else {
        return;
    };
    one.says(
        0,
        &["1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"],
    );
    for unknown in [
        "gateway::nothing",
        "passes",
        "gateway/../gateway::passes",
        "",
    ] {
        run(&project, &["--exact", unknown])
            .unwrap()
            .says(0, &["running 0 tests"]);
    }
    let broken = run(&project, &["--exact", "gateway::broken"]).unwrap();
    broken.says(
        101,
        &["did you mean `name`?", "harnesses/gateway/broken.toml:2:1"],
    );
    // Without it, a file that would never run is an error, and is named.
    run(&project, &[])
        .unwrap()
        .fails(2, &["harnesses/misplaced.toml", "outside of a category"]);
    std::fs::remove_file(project.path("harnesses/misplaced.toml")).unwrap();
    run(&project, &[])
        .unwrap()
        .says(101, &["2 passed; 1 failed; 1 ignored"]);
}

#[test]
fn no_harnesses_are_an_error() {
    let project = Project::new();
    let Some(missing) = run(&project, &[]) else {
        return;
    };
    missing.fails(2, &["harnesses` does not exist"]);
    std::fs::create_dir(project.path("harnesses")).unwrap();
    run(&project, &[]).unwrap().fails(2, &["no harness in"]);
}
