//! Properties that hold for any input: the parser never panics, labels are on character borders,
//! and a report depends neither on the number of threads nor on where workspaces are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clawtest::framework::diagnostic::Diagnostic;
use clawtest::harness::Harness;
use clawtest::harness::parse::{Context, Documents, parse};
use clawtest::outcome::{Outcome, Report};
use clawtest::reporter::Plan;
use clawtest::runner::{Interrupt, Options, run};
use proptest::prelude::*;

/// Reads a harness with a project folder that holds nothing.
fn read(bytes: Vec<u8>) -> Result<Harness, Vec<Diagnostic>> {
    let overrides = BTreeMap::new();
    let project = Path::new("/nonexistent");
    parse(
        "any/harness",
        "harnesses/any/harness.toml",
        bytes,
        Context {
            project,
            documents: &Documents::default(),
            overrides: &overrides,
            arguments: &"".into(),
        },
    )
}

/// Every label lies in its excerpt, on character borders, and at a place that exists.
fn assert_labels_are_sound(problems: &[Diagnostic]) {
    assert!(
        !problems.is_empty(),
        "a file that is refused is refused for a reason"
    );
    for problem in problems {
        assert!(!problem.message.is_empty(), "{problem:?}");
        for label in &problem.labels {
            let excerpt = &label.excerpt;
            assert!(
                excerpt.text.get(excerpt.range.clone()).is_some(),
                "{problem:?}"
            );
            assert!(excerpt.line >= 1 && excerpt.column >= 1, "{problem:?}");
            assert!(excerpt.end_line >= excerpt.line, "{problem:?}");
        }
        // Drawing the snippet must not panic either.
        assert!(!clawtest::framework::render::render(problem, true).is_empty());
    }
}

/// Lines that harness files are made of, right and wrong.
fn line() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "title",
        "tags",
        "skip",
        "vars",
        "check",
        "name",
        "file",
        "dir",
        "glob",
        "command",
        "exists",
        "contains",
        "line",
        "matches",
        "max_lines",
        "max_size",
        "mode",
        "newer_than",
        "no_secrets",
        "exit",
        "stdout_contains",
        "timeout",
        "before",
        "setup",
        "requires",
        "todo",
        "severity",
        "content",
        "from",
        "deployed",
        "nonsense",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "true",
            "false",
            "0",
            "-1",
            "0o600",
            "600",
            "'x'",
            "''",
            "[]",
            "['a', 'b']",
            "'${x}'",
            "'$${x}'",
            "'('",
            "'.*'",
            "'../x'",
            "'/x'",
            "'0600'",
            "'10KB'",
            "'10'",
            "'5s'",
            "[{ run = 'true' }]",
            "[{ write = 'a' }]",
            "{ a = 1 }",
            "\"\"\"\nü\n\"\"\"",
            "1979-05-27",
            "'**/[a'",
            "\"\\u0000\"",
        ])
        .prop_map(str::to_owned),
        any::<String>().prop_map(|text| format!("{text:?}")),
    ];
    let header = prop::sample::select(vec![
        "[[check]]",
        "[vars]",
        "[files.'a']",
        "[files.\"a/b\"]",
        "[check]",
        "[x.y.z]",
        "# ü",
    ]);
    prop_oneof![
        4 => (key, value).prop_map(|(key, value)| format!("{key} = {value}\n")),
        2 => header.prop_map(|header| format!("{header}\n")),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Err(problems) = read(bytes) {
            assert_labels_are_sound(&problems);
        }
    }

    #[test]
    fn no_harness_makes_the_parser_panic(lines in prop::collection::vec(line(), 0..25)) {
        match read(lines.concat().into_bytes()) {
            Err(problems) => assert_labels_are_sound(&problems),
            Ok(harness) => {
                prop_assert!(!harness.checks.is_empty());
                prop_assert!(harness.checks.iter().all(|check| !check.expectations.is_empty()));
            }
        }
    }

    #[test]
    fn the_report_is_the_same_for_every_number_of_threads(
        seeds in prop::collection::vec((0_usize..4, 0_usize..4), 1..200),
        jobs in 2_usize..9,
        fail_fast in any::<bool>(),
    ) {
        let plan = || Plan {
            harnesses: seeds.iter().enumerate().map(|(at, seed)| Arc::new(made_up(at, *seed))).collect(),
            left_out: 0,
        };
        let options = |jobs| Options { fail_fast, ..options(jobs, false) };
        let one = run(&plan(), &options(1), &Interrupt::default(), |_| ());
        let many = run(&plan(), &options(jobs), &Interrupt::default(), |_| ());
        prop_assert_eq!(verdicts(&one), verdicts(&many));
        prop_assert_eq!(one.not_run, many.not_run);
        prop_assert_eq!(one.stop, many.stop);
    }
}

/// A harness of which some checks pass and some fail.
fn made_up(at: usize, (passing, failing): (usize, usize)) -> Harness {
    let mut text = "[files.a]\ncontent = 'one'\n".to_owned();
    for n in 0..=passing {
        text.push_str(&format!(
            "[[check]]\nname = 'passes {n}'\nfile = 'a'\ncontains = 'one'\n"
        ));
    }
    for n in 0..failing {
        text.push_str(&format!(
            "[[check]]\nname = 'fails {n}'\nfile = 'a'\ncontains = 'two'\n"
        ));
    }
    let overrides = BTreeMap::new();
    let context = Context {
        project: Path::new("/nonexistent"),
        documents: &Documents::default(),
        overrides: &overrides,
        arguments: &"".into(),
    };
    parse(&format!("made/h{at}"), "h.toml", text.into_bytes(), context).unwrap()
}

fn options(jobs: usize, on_disk: bool) -> Options {
    Options {
        bash_reading: clawtest::framework::bre::Reading::default(),
        jobs,
        timeout: Duration::from_secs(60),
        check_timeout: Duration::from_secs(30),
        retries: 0,
        fail_fast: false,
        keep: false,
        on_disk,
        sandbox: true,
        root: None,
        policy: Arc::default(),
        path: "/usr/local/bin:/usr/bin:/bin".to_owned(),
        env: Vec::new(),
        supervisor: PathBuf::from(env!("CARGO_BIN_EXE_clawtest")),
    }
}

/// What a report says of one check but for its duration.
type CheckVerdict = (usize, Outcome, Vec<Diagnostic>);

/// Everything that a report says but for durations.
fn verdicts(report: &Report) -> Vec<(String, Outcome, Vec<CheckVerdict>)> {
    let of_harness = |result: &clawtest::outcome::HarnessResult| {
        let checks = result
            .checks
            .iter()
            .map(|check| (check.index, check.outcome, check.diagnostics.clone()));
        (result.harness.id.clone(), result.outcome, checks.collect())
    };
    report.harnesses.iter().map(of_harness).collect()
}

#[test]
fn every_shipped_harness_has_the_same_verdicts_in_memory_and_on_disk() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let overrides = BTreeMap::new();
    let mut harnesses = Vec::new();
    for entry in walk(&project.join("harnesses")) {
        let id = entry
            .strip_prefix(project.join("harnesses"))
            .unwrap()
            .with_extension("");
        let bytes = std::fs::read(&entry).unwrap();
        let context = Context {
            project,
            documents: &Documents::default(),
            overrides: &overrides,
            arguments: &"".into(),
        };
        harnesses.push(Arc::new(
            parse(id.to_str().unwrap(), "h.toml", bytes, context).unwrap(),
        ));
    }
    assert!(
        harnesses.len() >= 8,
        "{} harnesses were found",
        harnesses.len()
    );
    let plan = Plan {
        harnesses,
        left_out: 0,
    };
    let memory = run(&plan, &options(1, false), &Interrupt::default(), |_| ());
    let disk = run(&plan, &options(1, true), &Interrupt::default(), |_| ());
    assert_eq!(verdicts(&memory), verdicts(&disk));
}

fn walk(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    files.sort();
    files
}
