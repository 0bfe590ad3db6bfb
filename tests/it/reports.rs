//! Reports of whole runs, read by the programs that people read them with. Where a program is not
//! installed the test says so and is skipped.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A suite with every kind of outcome, or one that passes.
fn suite(is_good: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text =
        "title = 'Every kind'\n[files.a]\ncontent = 'one # todo <two> & \"three\"'\n".to_owned();
    let mut check = |rows: &str| text.push_str(&format!("[[check]]\n{rows}\nfile = 'a'\n"));
    check("name = 'passes, & with <marks> and \"quotes\"'\ncontains = 'one'");
    check("name = 'is skipped'\nskip = 'for a reason: # todo'\ncontains = 'x'");
    check("name = 'is expected to fail'\ntodo = 'later'\ncontains = 'x'");
    if !is_good {
        check("name = 'fails'\nwhy = 'because: of this'\ncontains = ['x', 'y']");
        text.push_str(
            "[[check]]\nname = 'has no verdict'\ncommand = ['no-such-program']\nexit = 0\n",
        );
        text.push_str("[[check]]\nname = 'prints'\ncommand = 'printf \"ok 1 - forged\\n]]>\\033[31m\"; exit 1'\nexit = 0\n");
    }
    std::fs::create_dir_all(folder.path().join("harnesses/soul")).unwrap();
    std::fs::write(folder.path().join("harnesses/soul/kinds.toml"), text).unwrap();
    folder
}

/// Runs the suite and gives back the report.
fn report(folder: &Path, format: &str) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawtest"));
    command
        .args(["--format", format])
        .current_dir(folder)
        .output()
        .unwrap()
        .stdout
}

/// Gives a report to a program; `None`, with a word about it, if the program is not there.
#[expect(clippy::print_stderr, reason = "a skip is told")]
fn read_by(program: &str, arguments: &[&str], report: &[u8]) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    std::fs::write(&path, report).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg(&path).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("skipped: cannot run `{program}`: {error}");
            None
        }
    }
}

/// What a program said, for a failure.
fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn prove_gives_our_verdict() {
    for is_good in [true, false] {
        let folder = suite(is_good);
        let report = report(folder.path(), "tap");
        let Some(output) = read_by("prove", &["--exec", "cat"], &report) else {
            return;
        };
        assert_eq!(output.status.success(), is_good, "{}", said(&output));
        assert!(!said(&output).contains("Parse errors"), "{}", said(&output));
    }
}

#[test]
fn tap_parser_gives_our_verdict() {
    for is_good in [true, false] {
        let folder = suite(is_good);
        for format in ["tap", "tap14"] {
            let report = report(folder.path(), format);
            let Some(output) = read_by(
                "sh",
                &[
                    "-c",
                    "command -v tap-parser >/dev/null || exit 77; tap-parser -f < \"$0\"",
                ],
                &report,
            ) else {
                return;
            };
            if output.status.code() == Some(77) {
                let _ = read_by("tap-parser", &[], &report);
                return;
            }
            assert_eq!(
                output.status.success(),
                is_good,
                "{format}: {}",
                said(&output)
            );
        }
    }
}

#[test]
fn jenkins_schema_accepts_our_xml() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/junit-10.xsd");
    let has_schema = schema.is_file();
    let arguments = if has_schema {
        vec!["--noout", "--schema", schema.to_str().unwrap()]
    } else {
        vec!["--noout"]
    };
    for is_good in [true, false] {
        let folder = suite(is_good);
        let report = report(folder.path(), "junit-jenkins");
        let Some(output) = read_by("xmllint", &arguments, &report) else {
            return;
        };
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[test]
fn python_counts_what_we_count() {
    let count = "import sys, xml.etree.ElementTree as t\nr = t.parse(sys.argv[1]).getroot()\nprint(*[len(r.findall('.//' + n)) for n in ('testcase', 'failure', 'error', 'skipped')])\nprint(r.get('tests'), r.get('failures'), r.get('errors'))";
    for (is_good, counts) in [(true, "3 0 0 2\n3 0 0"), (false, "6 2 1 2\n6 2 1")] {
        let folder = suite(is_good);
        for format in ["junit", "junit-jenkins"] {
            let report = report(folder.path(), format);
            let Some(output) = read_by("python3", &["-c", count], &report) else {
                return;
            };
            assert_eq!(said(&output).trim(), counts, "{format}");
        }
    }
}

#[test]
fn json_is_one_document_and_json_lines_are_one_each() {
    let folder = suite(false);
    let document: serde_json::Value =
        serde_json::from_slice(&report(folder.path(), "json")).unwrap();
    assert_eq!(document["exit_status"], 2);
    assert_eq!(document["counts"]["checks"]["total"], 6);
    let lines = report(folder.path(), "jsonl");
    let events: Vec<serde_json::Value> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let names: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    assert_eq!(names, ["started", "harness", "ended"]);
}
