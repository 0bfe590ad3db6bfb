//! Harnesses in bash: each script in `tests/bash/<category>/` says itself what has to come of it.
//!
//! - `# outcome: WORD CODE…` is the outcome of the whole, with the codes that have no line.
//! - `# want: WORD… CODE…` at the end of a line, or alone above none, lists the outcomes of the checks
//!   of that line and the codes of its notes and errors, in any order. A line with an assertion and
//!   without a comment wants one check that passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::project::Project;

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bash")
}

/// What is said or found for each line; line 0 is the whole.
type Lines = BTreeMap<usize, Vec<String>>;

fn wanted(text: &str) -> Lines {
    let mut lines = Lines::new();
    let mut heredoc: Option<String> = None;
    let mut continued: Option<usize> = None;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        if let Some(end) = &heredoc {
            if line.trim_start_matches('\t') == end {
                heredoc = None;
            }
            continue;
        }
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        if let Some((_, outcome)) = line.split_once("# outcome: ") {
            lines.insert(0, words(outcome));
        } else if let Some((_, want)) = line.split_once("# want:") {
            lines.insert(number, words(want));
        } else if calls(line) && continued.is_none() {
            lines.insert(number, vec!["passed".to_owned(); count(line)]);
        }
        continued = line.ends_with('\\').then_some(number);
        heredoc = line.split_once("<<").and_then(|(_, end)| {
            let end = end
                .trim_start_matches('-')
                .trim_start()
                .trim_start_matches(['\'', '"']);
            let end: String = end.chars().take_while(char::is_ascii_alphabetic).collect();
            (!end.is_empty()).then_some(end)
        });
    }
    lines.retain(|_, words| !words.is_empty());
    for words in lines.values_mut() {
        words.sort();
    }
    lines
}

fn count(line: &str) -> usize {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') {
        0
    } else {
        line.matches("assert_").count()
    }
}

fn calls(line: &str) -> bool {
    count(line) > 0
}

fn found(harness: &Value) -> Lines {
    let mut lines = Lines::new();
    let mut add = |line: u64, word: &str| {
        let line = usize::try_from(line).unwrap();
        lines.entry(line).or_default().push(word.to_owned());
    };
    add(0, harness["outcome"].as_str().unwrap());
    for diagnostic in harness["diagnostics"].as_array().unwrap() {
        let line = diagnostic["labels"][0]["line"].as_u64().unwrap_or(0);
        add(line, diagnostic["rule"].as_str().unwrap());
    }
    for check in harness["checks"].as_array().unwrap() {
        let line = check["line"].as_u64().unwrap();
        add(line, check["outcome"].as_str().unwrap());
        for diagnostic in check["diagnostics"].as_array().unwrap() {
            if diagnostic["effect"] == "note" {
                add(line, diagnostic["rule"].as_str().unwrap());
            }
        }
    }
    for words in lines.values_mut() {
        words.sort();
    }
    lines
}

fn copy(from: &Path, project: &Project, to: &str) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = format!("{to}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            copy(&path, project, &to);
        } else {
            project.write(&to, std::fs::read(&path).unwrap());
        }
    }
}

/// Every file below a folder with its content.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn every_assertion_of_every_script_has_its_verdict() {
    let project = Project::new();
    copy(&tree(), &project, "test-harnesses");
    let before = snapshot(&project.root());
    let ran = project.run(&["--harness-dir", "test-harnesses", "--format", "json"]);
    assert_eq!(ran.exit, Some(2), "{}", ran.stderr);
    assert_eq!(ran.stderr, "");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let harnesses = report["harnesses"].as_array().unwrap();
    let mut wrong = String::new();
    for harness in harnesses {
        let id = harness["id"].as_str().unwrap();
        let text = std::fs::read(tree().join(format!("{id}.sh"))).unwrap();
        let (wanted, found) = (wanted(&String::from_utf8_lossy(&text)), found(harness));
        let lines = wanted
            .keys()
            .chain(found.keys())
            .collect::<std::collections::BTreeSet<_>>();
        for line in lines {
            let (want, have) = (wanted.get(line), found.get(line));
            if want != have {
                wrong.push_str(&format!("{id}:{line}: wanted {want:?}, found {have:?}\n"));
            }
        }
    }
    let pretty = if wrong.is_empty() {
        String::new()
    } else {
        project.run(&["--harness-dir", "test-harnesses"]).stdout
    };
    assert!(wrong.is_empty(), "{wrong}\n{pretty}");
    assert!(
        harnesses.len() >= 25,
        "only {} harnesses were found",
        harnesses.len()
    );
    assert_eq!(snapshot(&project.root()), before, "the tree was changed");
    let left: Vec<_> = std::fs::read_dir(project.workspaces()).unwrap().collect();
    assert!(left.is_empty(), "{left:?} is left");
}

fn script(project: &Project, id: &str, body: &str) {
    let source = "source \"$(dirname \"$0\")/../framework/helpers.sh\"";
    project.write(
        format!("test-harnesses/{id}.sh"),
        format!("{source}\n{body}"),
    );
}

#[test]
fn checks_are_selected_by_their_messages() {
    let project = Project::new();
    let body = "for n in 1 2; do assert_dir_exists . \"Folder $n\"; done\n\
                assert_dir_exists . \"Another\"\nassert_file_exists none \"Not there\"\nprint_results\n";
    script(&project, "soul/a", body);
    script(
        &project,
        "soul/b",
        "assert_dir_exists . \"Elsewhere\"\nprint_results\n",
    );
    let run = |checks: &[&str]| {
        let checks = checks.iter().flat_map(|check| ["--check", check]);
        let ran = project.run(&["-v"].into_iter().chain(checks).collect::<Vec<_>>());
        (ran.exit, ran.stdout + &ran.stderr)
    };
    let (exit, said) = run(&["Folder 2"]);
    assert_eq!(exit, Some(0), "{said}");
    assert!(
        said.contains("1 check: 1 passed") && said.contains("Folder 2"),
        "{said}"
    );
    let (exit, said) = run(&["Elsewhere", "Not there"]);
    assert_eq!(exit, Some(1), "{said}");
    assert!(said.contains("2 checks: 1 passed, 1 failed"), "{said}");
    // It could have come out of the loop, and did not.
    let (exit, said) = run(&["Folder 3"]);
    assert_eq!(exit, Some(2), "{said}");
    let (exit, said) = run(&["Elsewhere there"]);
    assert_eq!(exit, Some(4), "{said}");
}

#[test]
fn a_script_that_takes_too_long_is_ended_with_what_it_has_started() {
    let project = Project::new();
    let body = "assert_dir_exists . \"It is there\"\nsleep 600 &\nsleep 600\nprint_results\n";
    script(&project, "soul/slow", body);
    let ran = project.run(&["--timeout", "1s", "-v"]);
    assert_eq!(ran.exit, Some(2), "{}", ran.stderr);
    for part in ["error[CT161]", "slow.sh:4:1", "It is there"] {
        assert!(
            ran.stdout.contains(part),
            "{part} is not in\n{}",
            ran.stdout
        );
    }
}

#[test]
fn the_old_command_lines_keep_working() {
    let project = Project::new();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["runner.sh", "helpers.sh"] {
        let text = std::fs::read(repository.join("src/bash/helpers").join(name)).unwrap();
        project.write(format!("test-harnesses/framework/{name}"), text);
    }
    script(
        &project,
        "soul/a",
        "assert_dir_exists . \"It is there\"\nprint_results\n",
    );
    script(
        &project,
        "soul/b",
        "assert_file_exists none \"Not there\"\nprint_results\n",
    );
    let program = Path::new(env!("CARGO_BIN_EXE_clawtest"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let run = |words: &[&str]| {
        let mut command = project.command();
        let folder = command.get_current_dir().unwrap().to_owned();
        let temporary = project.workspaces();
        command = std::process::Command::new("bash");
        command
            .args(words)
            .current_dir(folder)
            .env("PATH", &path)
            .env("TMPDIR", temporary);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    };
    let runner = "test-harnesses/framework/runner.sh";
    for (words, exit, part) in [
        (vec![runner, "--test", "soul/a"], 0, "1 harness"),
        (vec![runner, "--category", "soul"], 1, "2 harnesses"),
        (vec![runner], 1, "2 harnesses"),
        (vec!["test-harnesses/soul/a.sh"], 0, "1 harness"),
        (vec!["test-harnesses/soul/b.sh"], 1, "1 harness"),
    ] {
        let (found, said) = run(&words);
        assert_eq!(found, Some(exit), "{words:?}\n{said}");
        assert!(said.contains(part), "{words:?}\n{said}");
    }
}

#[test]
fn every_format_knows_the_checks_of_scripts() {
    let project = Project::new();
    let body = "assert_dir_exists . \"Same\"\nassert_dir_exists . \"Same\"\nassert_file_exists none \"Not there\"\nprint_results\n";
    script(&project, "soul/a", body);
    let of = |format: &str| project.run(&["--format", format]).stdout;
    let tap = of("tap");
    assert!(
        tap.starts_with("TAP version 13\nok 1 - soul/a: Same\nok 2 - soul/a: Same (2)\nnot ok 3"),
        "{tap}"
    );
    assert!(tap.ends_with("\n1..3\n"), "{tap}");
    assert!(of("tap14").contains("    1..3\n"));
    let junit = of("junit");
    for part in ["tests=\"3\"", "name=\"Same (2)\"", "line=\"3\"", "<failure"] {
        assert!(junit.contains(part), "{part} is not in\n{junit}");
    }
    let lines = of("jsonl");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let listed = project.run(&["list", "--format", "json"]).stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["harnesses"][0]["checks"][2]["name"], "Not there");
}
