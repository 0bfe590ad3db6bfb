//! What the golden cases have to cover: every row of the tables of expectations and of rules. While
//! expected files are being written, there is nothing to judge.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clawtest::command::all_rules;
use clawtest_framework::check::CHECKS;
use clawtest_framework::secret;

use super::{AREAS, Case, EXPECTED, cases, entries, file_name, is_updating};

/// Rules that no golden case can break, each with the reason.
const EXCEPTIONS: [(&str, &str); 4] = [
    ("CT230", "the system that a case runs on decides it"),
    (
        "CT020",
        "a file of more than 1 MiB does not belong into the repository",
    ),
    ("CT162", "only a bug in clawtest breaks it"),
    (
        "CT191",
        "no user can be kept from removing a workspace on every machine",
    ),
];

#[test]
fn every_expectation_has_a_check_that_passes_and_one_that_fails() {
    if is_updating() {
        return;
    }
    let cases = cases("check");
    let verdict = |spec_key: &str, word: &str| {
        cases.iter().any(|case| {
            let shown = case.read("expected.pretty").unwrap_or_default();
            let mut names = names_of_checks_with(case, spec_key).into_iter();
            names.any(|name| {
                shown
                    .lines()
                    .any(|line| line == format!("  {word:7} {name}"))
            })
        })
    };
    for spec in CHECKS {
        assert!(
            cases.iter().any(|case| case.name == spec.key),
            "`{}` has no case of its own",
            spec.key
        );
        assert!(
            verdict(spec.key, "ok"),
            "no check with `{}` passes",
            spec.key
        );
        assert!(
            verdict(spec.key, "failed"),
            "no check with `{}` fails",
            spec.key
        );
    }
}

#[test]
fn every_expectation_has_wrong_values() {
    if is_updating() {
        return;
    }
    let cases = cases("malformed");
    for spec in CHECKS {
        let named = format!("`{}", spec.key);
        let is_refused = |case: &Case| {
            let said = case.read("expected.stderr").unwrap_or_default();
            said.lines()
                .any(|line| line.starts_with("error[CT0") && line.contains(&named))
        };
        let is_written = |case: &Case| {
            let harness = case.read("harness.toml").unwrap_or_default();
            harness
                .lines()
                .any(|line| line.starts_with(&format!("{} =", spec.key)))
        };
        let is_covered = cases
            .iter()
            .any(|case| is_written(case) && is_refused(case));
        assert!(is_covered, "no wrong value of `{}` is refused", spec.key);
    }
}

#[test]
fn every_rule_is_shown_by_a_case() {
    if is_updating() {
        return;
    }
    let mut shown = BTreeSet::new();
    for case in AREAS.into_iter().flat_map(cases) {
        for file in entries(&case.folder)
            .iter()
            .filter(|path| EXPECTED.contains(&&*file_name(path)))
        {
            shown.extend(codes(file));
        }
    }
    let secrets: Vec<&str> = secret::RULES.iter().map(|row| row.rule.code).collect();
    assert!(
        secrets.iter().any(|code| shown.contains(*code)),
        "no secret is found by a case"
    );
    let rules = all_rules();
    for code in &shown {
        // A rule that its table does not list is one that `clawtest explain` does not know.
        let is_listed = rules.iter().any(|rule| rule.code == code);
        assert!(is_listed, "{code} is shown by a case and listed nowhere");
    }
    for rule in rules
        .into_iter()
        .filter(|rule| !secrets.contains(&rule.code))
    {
        let exception = EXCEPTIONS.iter().find(|(code, _)| *code == rule.code);
        match (shown.contains(rule.code), exception) {
            (true, None) | (false, Some(_)) => {}
            (false, None) => panic!("no case shows {} {}", rule.code, rule.name),
            (true, Some((code, why))) => {
                panic!("{code} is shown by a case, and is excepted since {why}")
            }
        }
    }
}

/// The names of the checks of a case that have an expectation.
fn names_of_checks_with(case: &Case, key: &str) -> Vec<String> {
    let harness = case.read("harness.toml").unwrap_or_default();
    let harness: toml::Table = harness
        .parse()
        .expect("a harness of the area `check` is TOML");
    let checks = harness
        .get("check")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    let with_key = checks.iter().filter(|check| check.get(key).is_some());
    with_key
        .filter_map(|check| Some(check.get("name")?.as_str()?.to_owned()))
        .collect()
}

/// The codes of the rules that stand in an expected file: `[CT101]`, or `note` rules in JSON.
fn codes(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("an expected file is UTF-8");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_code = |word: &&str| {
        word.len() == 5
            && word.is_ascii()
            && word[..2].bytes().all(|byte| byte.is_ascii_uppercase())
            && word[2..].parse::<u16>().is_ok()
    };
    words.filter(is_code).map(str::to_owned).collect()
}
