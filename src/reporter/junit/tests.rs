//! Tests of the `JUnit` reporters: read back with another parser, validated by the schema.

use std::collections::BTreeSet;

use proptest::prelude::any;
use proptest::{prop_assert_eq, proptest};

use super::JUnit;
use super::tree::{Element, parse};
use super::xml::is_char;
use crate::outcome::{Attempt, CheckResult, Outcome, Report};
use crate::reporter::{message, sample};

fn reports() -> Vec<Report> {
    let hostile = sample::HOSTILE.iter().map(|text| sample::with_text(text));
    let mut reports: Vec<Report> = hostile.collect();
    reports.extend([
        Report::default(),
        sample::every_kind(),
        sample::interrupted(),
        sample::bad_outside_of_checks(),
        retried_in_vain(),
    ]);
    reports
}

/// A harness that failed twice, the first time without a verdict.
fn retried_in_vain() -> Report {
    let mut report = sample::every_kind();
    let setup = report.harnesses[1].clone();
    let failures = setup.checks.clone();
    report.harnesses[1].attempts.push(Attempt {
        failures,
        diagnostics: setup.diagnostics,
    });
    report
}

#[test]
fn every_kind_of_outcome_has_its_element() {
    let root = parse(&sample::written(JUnit::new, &sample::every_kind()));
    let kinds: Vec<Vec<&str>> = root
        .cases()
        .iter()
        .map(|case| {
            case.children
                .iter()
                .map(|child| child.name.as_str())
                .collect()
        })
        .collect();
    let expected: [&[&str]; 8] = [
        &[],
        &["failure"],
        &["error", "system-out", "system-err"],
        &["skipped"],
        &["skipped"],
        &["failure"],
        &["error"],
        &["flakyFailure"],
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_failure_has_a_line_in_its_attribute_and_everything_in_its_text() {
    let root = parse(&sample::written(JUnit::new, &sample::every_kind()));
    let case = root.case("Restarts");
    assert_eq!(case.attribute("classname"), "gateway.unit");
    assert_eq!(
        (case.attribute("file"), case.attribute("line")),
        ("harnesses/gateway/unit.toml", "7")
    );
    assert_eq!(case.attribute("time"), "0.001");
    let failure = &case.children[0];
    assert_eq!(
        failure.attribute("message"),
        "`gateway.service` does not hold `Restart=always`"
    );
    assert_eq!(failure.attribute("type"), "CT102");
    for part in [
        failure.attribute("message"),
        "harnesses/gateway/unit.toml:9",
        "gateway.service:2",
        "why: a crash must not be the end",
        "fix: set Restart=always",
        "rerun: clawtest --test gateway/unit --check Restarts",
    ] {
        assert!(failure.text.contains(part), "{part}\n{}", failure.text);
    }
    let todo = &root.case("Known gap").children[0];
    assert_eq!(todo.attribute("message"), "todo: see #7");
    let closed = &root.case("Closed gap").children[0];
    assert_eq!(
        closed.attribute("message"),
        "passed, but is expected to fail: see #8"
    );
}

#[test]
fn what_went_wrong_around_the_checks_stands_in_the_first_of_them() {
    let root = parse(&sample::written(JUnit::new, &sample::every_kind()));
    let error = &root.case("Never judged").children[0];
    assert_eq!(
        error.attribute("message"),
        "not run: the setup of the harness failed"
    );
    assert!(
        error
            .text
            .contains("setup: `false` ended with exit status 1"),
        "{}",
        error.text
    );
}

#[test]
fn counts_add_up() {
    for report in reports() {
        let root = parse(&sample::written(JUnit::new, &report));
        let number =
            |element: &Element, key: &str| element.attribute(key).parse::<usize>().unwrap();
        let with = |cases: &[&Element], kind: &str| {
            cases
                .iter()
                .filter(|case| case.all(kind).count() == 1)
                .count()
        };
        for (key, kind) in [
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let suites = root
                .all("testsuite")
                .map(|suite| number(suite, key))
                .sum::<usize>();
            assert_eq!(
                (number(&root, key), suites),
                (with(&root.cases(), kind), suites),
                "{key}"
            );
            assert_eq!(number(&root, key), suites, "{key}");
            for suite in root.all("testsuite") {
                let cases: Vec<&Element> = suite.all("testcase").collect();
                assert_eq!(number(suite, key), with(&cases, kind), "{key}");
                assert_eq!(number(suite, "tests"), cases.len());
            }
        }
        assert_eq!(number(&root, "tests"), root.cases().len());
    }
}

#[test]
fn nothing_is_green_that_was_not_judged() {
    let root = parse(&sample::written(JUnit::new, &sample::interrupted()));
    let error = &root.case("interrupted").children[0];
    assert_eq!(error.name, "error");
    let expected = "interrupted by SIGINT; 2 harnesses did not run: gateway/later, skills/later";
    assert_eq!(error.attribute("message"), expected);
    let root = parse(&sample::written(
        JUnit::new,
        &sample::bad_outside_of_checks(),
    ));
    assert_eq!(root.case("[harness]").children[0].name, "error");
    let noted = root.all("testsuite").nth(1).unwrap();
    assert!(
        noted
            .all("system-out")
            .next()
            .unwrap()
            .text
            .contains("answered late")
    );
}

#[test]
fn earlier_attempts_have_surefires_form() {
    let root = parse(&sample::written(JUnit::jenkins, &retried_in_vain()));
    let flaky = &root.case("Second time lucky").children[0];
    assert_eq!(
        (flaky.name.as_str(), flaky.attribute("type")),
        ("flakyFailure", "CT102")
    );
    assert!(
        flaky.children[0].text.contains("failed[CT102]"),
        "{flaky:?}"
    );
    let again = root.case("Never judged");
    let kinds: Vec<&str> = again
        .children
        .iter()
        .map(|child| child.name.as_str())
        .collect();
    assert_eq!(kinds, ["error", "rerunError"]);
}

#[test]
fn names_stay_unique_when_they_are_made_safe_to_show() {
    let names = ["a\u{80}", "a\u{81}", "b", "a\u{fffd} (2)"];
    let checks: Vec<CheckResult> = (0..4)
        .map(|at| sample::check(at, Outcome::Passed))
        .collect();
    let result = sample::result(sample::harness("v1.2/x.y", &names), checks, Vec::new());
    let root = parse(&sample::written(JUnit::new, &sample::report(vec![result])));
    let names: BTreeSet<&str> = root
        .cases()
        .iter()
        .map(|case| case.attribute("name"))
        .collect();
    assert_eq!(names.len(), 4);
    assert_eq!(root.cases()[0].attribute("classname"), "v1:2.x:y");
}

#[test]
fn the_jenkins_flavour_is_valid_by_its_schema() {
    let Some(schema) = sample::jenkins_schema() else {
        return;
    };
    let arguments = ["--noout", "--schema", schema.to_str().unwrap()];
    for report in reports() {
        let text = sample::written(JUnit::jenkins, &report);
        let Some((accepted, printed)) = sample::accepts("xmllint", &arguments, &text) else {
            return;
        };
        assert!(accepted, "{printed}\n{text}");
    }
}

#[test]
fn python_reads_both_flavours() {
    let program = "import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])";
    for report in reports() {
        for make in [JUnit::new, JUnit::jenkins] {
            let text = sample::written(make, &report);
            let Some((accepted, printed)) = sample::accepts("python3", &["-c", program], &text)
            else {
                return;
            };
            assert!(accepted, "{printed}\n{text}");
        }
    }
}

#[test]
fn no_secret_of_a_harness_is_shown() {
    let text = sample::written(JUnit::new, &sample::with_secrets());
    assert!(!text.contains(&sample::secret()), "{text}");
}

proptest! {
    #[test]
    fn any_text_comes_back(any in any::<String>()) {
        let root = parse(&sample::written(JUnit::new, &sample::with_text(&any)));
        let cases = root.cases();
        let expected: String = message::line(&any).chars().filter(|c| is_char(*c)).collect();
        prop_assert_eq!(cases.len(), 6);
        prop_assert_eq!(cases[0].attribute("name"), &expected);
        prop_assert_eq!(cases[1].children[0].attribute("message"), &expected);
        prop_assert_eq!(cases[2].children[0].attribute("message"), &expected);
        prop_assert_eq!(cases[3].children[0].attribute("message"), &expected);
    }
}
