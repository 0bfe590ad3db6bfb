//! Tests of the TAP reporters: exact text, and what the parsers of `prove` and `tap.py` make of it.

use proptest::prelude::any;
use proptest::{prop_assert_eq, proptest};
use regex::Regex;

use super::Tap;
use crate::outcome::{CheckResult, Outcome, Report, Stop};
use crate::reporter::message::line;
use crate::reporter::sample;

const FLAT: &str = include_str!("expected.tap");
const NESTED: &str = include_str!("expected.tap14");

#[test]
fn flat_has_a_point_per_check() {
    assert_eq!(sample::written(Tap::flat, &sample::every_kind()), FLAT);
}

#[test]
fn nested_has_a_subtest_per_harness() {
    assert_eq!(sample::written(Tap::nested, &sample::every_kind()), NESTED);
}

#[test]
fn nothing_selected_is_an_empty_plan_with_its_reason() {
    let expected = "TAP version 13\n1..0 # no harness selected\n";
    assert_eq!(sample::written(Tap::flat, &Report::default()), expected);
}

#[test]
fn a_run_that_is_cut_short_bails_out_and_invents_no_points() {
    let expected = "\
TAP version 13
1..3
ok 1 - gateway/now: Runs
# not run: gateway/later
# not run: skills/later
Bail out! interrupted by SIGINT; 2 harnesses did not run
";
    assert_eq!(sample::written(Tap::flat, &sample::interrupted()), expected);
    let nested = sample::written(Tap::nested, &sample::interrupted());
    assert!(
        nested.starts_with("TAP version 14\n1..3\n# Subtest: gateway/now\n"),
        "{nested}"
    );
    assert!(
        nested.ends_with("\nBail out! interrupted by SIGINT; 2 harnesses did not run\n"),
        "{nested}"
    );
    let fail_fast = Report {
        stop: Some(Stop::FailFast),
        ..sample::interrupted()
    };
    let text = sample::written(Tap::flat, &fail_fast);
    assert!(
        text.contains("\nBail out! stopped at the first failure"),
        "{text}"
    );
    // Everything has run, so there is nothing to bail out of.
    let complete = Report {
        not_run: Vec::new(),
        ..fail_fast
    };
    assert!(
        !sample::written(Tap::flat, &complete).contains("Bail"),
        "{complete:?}"
    );
}

#[test]
fn a_harness_that_is_skipped_as_a_whole_says_why() {
    let reason = Some("needs `docker`".into());
    let checks = vec![CheckResult {
        reason: reason.clone(),
        ..sample::check(0, Outcome::Skipped)
    }];
    let mut result = sample::result(
        sample::harness("gateway/box", &["Runs"]),
        checks,
        Vec::new(),
    );
    result.reason = reason;
    let report = sample::report(vec![result]);
    let expected = "\
TAP version 14
1..1
# Subtest: gateway/box
    1..1
    ok 1 - Runs # SKIP needs `docker`
ok 1 - gateway/box # SKIP needs `docker`
";
    assert_eq!(sample::written(Tap::nested, &report), expected);
}

#[test]
fn a_harness_that_is_bad_outside_of_its_checks_is_never_a_success() {
    let report = sample::bad_outside_of_checks();
    let flat = sample::written(Tap::flat, &report);
    assert!(
        flat.ends_with("Bail out! gateway/torn: the workspace cannot be removed\n"),
        "{flat}"
    );
    let nested = sample::written(Tap::nested, &report);
    assert!(nested.contains("\nnot ok 1 - gateway/torn\n"), "{nested}");
    assert!(nested.contains("\nok 2 - gateway/noted\n"), "{nested}");
}

#[test]
fn prove_comes_to_the_same_verdict() {
    let passed = sample::check(0, Outcome::Passed);
    let skipped = CheckResult {
        reason: Some("off".into()),
        ..sample::check(1, Outcome::Skipped)
    };
    let harness = sample::harness("a/b", &["x", "y"]);
    let good = sample::report(vec![sample::result(
        harness,
        vec![passed, skipped],
        Vec::new(),
    )]);
    for (report, is_good) in [
        (good, true),
        (sample::every_kind(), false),
        (sample::interrupted(), false),
        (sample::bad_outside_of_checks(), false),
    ] {
        let text = sample::written(Tap::flat, &report);
        let Some((accepted, printed)) = sample::accepts("prove", &["--exec", "cat"], &text) else {
            return;
        };
        assert_eq!(accepted, is_good, "{text}{printed}");
        assert!(
            !printed.contains("Parse errors") || report.stop.is_some(),
            "{text}{printed}"
        );
    }
}

#[test]
fn prove_counts_what_hostile_texts_stand_in() {
    for text in sample::HOSTILE {
        let text = sample::written(Tap::flat, &sample::with_text(text));
        let Some((_, printed)) = sample::accepts("prove", &["--exec", "cat"], &text) else {
            return;
        };
        assert!(!printed.contains("Parse errors"), "{text}{printed}");
        assert!(printed.contains("Failed tests:  2-3"), "{text}{printed}");
        assert!(printed.contains("TODO passed:   6"), "{text}{printed}");
    }
}

#[test]
fn prove_reads_very_long_texts() {
    let mut report = sample::every_kind();
    for text in ["x \"y\" \\ ", "\u{2028}", "🦀", "\n"] {
        if let Some(output) = &mut report.harnesses[0].checks[2].output {
            output.stdout = text.repeat(50_000);
        }
        let text = sample::written(Tap::flat, &report);
        let Some((_, printed)) = sample::accepts("prove", &["--exec", "cat"], &text) else {
            return;
        };
        assert!(!printed.contains("Parse errors"), "{printed}");
    }
}

#[test]
fn no_secret_of_a_harness_is_shown() {
    let text = sample::written(Tap::nested, &sample::with_secrets());
    assert!(!text.contains(&sample::secret()), "{text}");
}

/// A test point as a consumer reads it.
#[derive(Debug, PartialEq, Eq)]
struct Point {
    is_ok: bool,
    directive: Option<String>,
}

/// Test points by the grammar of Perl's `TAP::Parser`, and by that of `tap.py`.
fn points(text: &str) -> (Vec<Point>, Vec<Point>) {
    let point = Regex::new(r"^(ok|not ok)\b(?: +([0-9]+))? ?(.*)$").unwrap();
    let perl = Regex::new(r"(?i)^(?:[^\\#]*(?:\\.[^\\#]*)*)#\s*(SKIP|TODO)\b").unwrap();
    let python = Regex::new(r"(?i)^[^#]*#\s*(SKIP|TODO)").unwrap();
    let read = |rest: &str, directive: &Regex| {
        directive
            .captures(rest)
            .map(|found| found[1].to_ascii_uppercase())
    };
    let found: Vec<_> = text
        .lines()
        .filter_map(|line| point.captures(line))
        .collect();
    let by = |directive: &Regex| {
        let point = |found: &regex::Captures<'_>| Point {
            is_ok: &found[1] == "ok",
            directive: read(&found[3], directive),
        };
        found.iter().map(point).collect()
    };
    (by(&perl), by(&python))
}

fn intended() -> Vec<Point> {
    let point = |is_ok, directive: Option<&str>| Point {
        is_ok,
        directive: directive.map(str::to_owned),
    };
    vec![
        point(true, None),
        point(false, None),
        point(false, None),
        point(true, Some("SKIP")),
        point(false, Some("TODO")),
        point(true, Some("TODO")),
    ]
}

#[test]
fn hostile_texts_change_no_test_point() {
    for hostile in sample::HOSTILE {
        let text = sample::written(Tap::flat, &sample::with_text(hostile));
        assert_eq!(points(&text), (intended(), intended()), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_changes_a_test_point(any in any::<String>(), word in "[#\\\\ skipSKIPtodo\n]{0,12}") {
        let text = sample::written(Tap::flat, &sample::with_text(&format!("{any}{word}")));
        prop_assert_eq!(points(&text), (intended(), intended()));
    }

    #[test]
    fn strings_of_a_block_are_json(any in any::<String>()) {
        let text = sample::written(Tap::flat, &sample::with_text(&any));
        let message = text.lines().find_map(|line| line.strip_prefix("  message: ")).unwrap();
        let back: String = serde_json::from_str(message).unwrap();
        prop_assert_eq!(back, line(&any));
    }
}
