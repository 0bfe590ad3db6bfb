//! What `crash_loop` and `recovers` say about files, as the rules that they report.

use proptest::prelude::{Strategy, prop};
use proptest::sample::select;
use proptest::{prop_assert, proptest};

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::format::toml;
use crate::judge::{self, Subject};
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::source::{Source, Span};
use crate::vars::Vars;
use crate::workspace::{Fixture, Workspace};

/// Judges the first of some files.
fn judged(files: &[(&str, &str)], demand: &str) -> Vec<Diagnostic> {
    let table = toml::parse(demand).unwrap();
    let vars = Vars::default();
    let source = Source::new("h.toml", demand.as_bytes());
    let (key, value) = &table.entries[0];
    let spec = check::spec(&key.name).unwrap();
    let mut reading = Reading::new(source, &vars);
    let check = (spec.parse)(&mut reading, spec, value, &table);
    let Some(check) = check else {
        return reading.diagnostics;
    };
    let fixtures: Vec<Fixture> = files
        .iter()
        .map(|(path, content)| Fixture {
            path: WorkspacePath::new(path).unwrap(),
            content: content.as_bytes().into(),
            mode: None,
            deployed: None,
            origin: None,
        })
        .collect();
    let path = WorkspacePath::new(files[0].0).unwrap();
    let subject = Subject::File(path, Span::new(0, 1));
    let workspace = Workspace::new(&fixtures);
    judge::judge_path(source, &workspace, &subject, &[check])
}

/// The rules that are broken, and the lines of the file that are pointed at.
fn check(files: &[(&str, &str)], demand: &str, expected: &[(&str, &[usize])]) {
    let problems = judged(files, demand);
    let found: Vec<(&str, Vec<usize>)> = problems
        .iter()
        .map(|problem| {
            let labels = problem.labels.iter();
            let lines = labels.filter(|label| label.excerpt.path != "h.toml");
            let mut lines: Vec<usize> = lines.map(|label| label.excerpt.line).collect();
            lines.sort_unstable();
            (problem.rule.code, lines)
        })
        .collect();
    let expected: Vec<(&str, Vec<usize>)> = expected
        .iter()
        .map(|(code, lines)| (*code, lines.to_vec()))
        .collect();
    assert_eq!(found, expected, "{demand}\n{files:?}\n{problems:#?}");
}

/// A unit with these lines below `[Unit]` and `[Service]`.
fn unit(unit: &str, service: &str) -> String {
    format!("[Unit]\n{unit}\n[Service]\nExecStart=/bin/true\n{service}\n")
}

const LOOP: &str = r#"crash_loop = { stops_within = "5min", exits = ["crash"] }"#;
const BACK: &str = r#"recovers = { within = "15s" }"#;

#[test]
fn a_crash_loop_of_a_unit_ends_where_its_limit_is_read() {
    type Expected<'a> = &'a [(&'a str, &'a [usize])];
    let cases: &[(&str, &str, Expected<'_>)] = &[
        (
            "StartLimitIntervalSec=300\nStartLimitBurst=5",
            "Restart=always\nRestartSec=10",
            &[],
        ),
        // The limit of the default is reached, too.
        ("", "Restart=always", &[]),
        ("", "Restart=no", &[]),
        // The old name is read in [Service].
        (
            "",
            "Restart=always\nRestartSec=10\nStartLimitInterval=300",
            &[],
        ),
        (
            "",
            "Restart=always\nRestartSec=10\nStartLimitIntervalSec=300",
            &[("CT132", &[6, 7])],
        ),
        // A line that is overridden is not one that is ignored.
        (
            "StartLimitIntervalSec=300\nStartLimitIntervalSec=5",
            "Restart=always\nRestartSec=10",
            &[("CT128", &[3, 7])],
        ),
        (
            "#StartLimitIntervalSec=300",
            "Restart=always\nRestartSec=10",
            &[("CT132", &[2, 6])],
        ),
        (
            "StartLimitIntervalSec=5 minuten",
            "Restart=always\nRestartSec=10",
            &[("CT132", &[2, 6])],
        ),
        (
            "StartLimitIntervalSec=infinity\nStartLimitBurst=1000",
            "Restart=always\nRestartSec=10",
            &[("CT129", &[2, 3])],
        ),
        ("StartLimitBurst=0", "Restart=always", &[("CT128", &[2])]),
        (
            "StartLimitAction=reboot-force",
            "Restart=always",
            &[("CT135", &[2])],
        ),
        // Without a restart the limit is never reached.
        ("StartLimitAction=reboot", "Restart=no", &[]),
    ];
    for (above, below, expected) in cases {
        let text = unit(above, below);
        check(&[("x.service", &text)], LOOP, expected);
    }
}

#[test]
fn drop_ins_decide() {
    let text = unit("", "Restart=always\nRestartSec=10");
    let drop_in = "[Unit]\nStartLimitIntervalSec=300\n";
    let files = [("x.service", &*text), ("x.service.d/10.conf", drop_in)];
    check(&files, LOOP, &[]);
    check(&files[..1], LOOP, &[("CT128", &[6])]);
    let masked = [("x.service", &*text), ("x.service.d/10.conf", "")];
    check(&masked, LOOP, &[("CT128", &[6])]);
}

#[test]
fn a_unit_comes_back_where_it_is_told_to() {
    for (service, expected) in [
        ("Restart=always\nRestartSec=5", &[][..]),
        ("Restart=always\nRestartSec=14.8", &[]),
        ("Restart=always\nRestartSec=14.9", &[("CT131", &[6][..])]),
        ("Restart=always\nRestartSec=10M", &[("CT131", &[6])]),
        ("Restart=always\nRestartSec=infinity", &[("CT130", &[6])]),
        ("Restart=on-failure", &[("CT130", &[5])]),
        ("", &[("CT130", &[])]),
        (
            "Restart=always\nRestartSec=1min\nRestartPreventExitStatus=1",
            &[("CT130", &[7]), ("CT131", &[6])],
        ),
    ] {
        let text = unit("", service);
        check(&[("x.service", &text)], BACK, expected);
    }
}

#[test]
fn what_is_left_behind_takes_time() {
    let demand = r#"recovers = { within = "15s", from = ["crash"], leaves_process = true }"#;
    for (service, expected) in [
        ("Restart=always\nKillMode=mixed", &[][..]),
        (
            "Restart=always\nKillMode=mixed\nSendSIGKILL=no",
            &[("CT130", &[6, 7][..])],
        ),
        ("Restart=always\nTimeoutStopSec=5", &[]),
        ("Restart=always", &[("CT131", &[][..])]),
        ("Restart=always\nTimeoutStopSec=20", &[("CT131", &[6][..])]),
    ] {
        let text = unit("", service);
        check(&[("x.service", &text)], demand, expected);
    }
}

#[test]
fn every_service_of_a_compose_file_is_judged() {
    let text = "services:\n  a:\n    image: x\n    restart: always\n  b:\n    image: x\n    restart: on-failure:3\n  c:\n    image: x\n";
    let files = [("compose.yaml", text)];
    check(&files, LOOP, &[("CT128", &[4])]);
    check(&files, BACK, &[("CT130", &[7]), ("CT130", &[])]);
    let one = |service: &str| format!("recovers = {{ within = '1s', service = '{service}' }}");
    check(&files, &one("a"), &[]);
    check(&files, &one("*"), &[("CT130", &[7]), ("CT130", &[])]);
    check(&files, &one("b"), &[("CT130", &[7])]);
    check(&files, &one("d"), &[("CT175", &[])]);
    check(
        &[("compose.yaml", "services: {}\n")],
        BACK,
        &[("CT133", &[])],
    );
}

#[test]
fn options_have_to_mean_something() {
    let text = unit("", "Restart=always");
    for demand in [
        "crash_loop = { stops_within = '1s', service = 'a' }",
        "recovers = { within = '1s', service = 'a' }",
    ] {
        check(&[("x.service", &text)], demand, &[("CT176", &[])]);
    }
    let compose = "services:\n  a:\n    image: x\n    restart: always\n";
    for demand in [
        "crash_loop = { stops_within = '1s', systemd_version = 252 }",
        "recovers = { within = '1s', leaves_process = true }",
    ] {
        check(&[("compose.yaml", compose)], demand, &[("CT176", &[])]);
    }
}

#[test]
fn ends_are_told_together_where_the_same_happens() {
    let text = unit("", "Restart=on-failure\nRestartSec=20");
    let problems = judged(&[("x.service", &text)], BACK);
    let messages: Vec<&str> = problems.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(
        messages[0].contains("after a crash (exit status 1) and a kill (SIGKILL)"),
        "{messages:?}"
    );
    assert!(
        messages[1].contains("after a clean exit (exit status 0) and a hangup (SIGHUP)"),
        "{messages:?}"
    );
    for problem in &problems {
        let timeline = problem.timeline.as_deref().unwrap_or_default();
        assert!(
            timeline
                .lines()
                .next()
                .is_some_and(|head| head.contains("time"))
        );
    }
}

#[test]
fn an_advice_to_move_a_line_is_given_where_that_helps() {
    let helps = |interval: &str, demand: &str| {
        let service = format!("Restart=always\nRestartSec=10\nStartLimitIntervalSec={interval}");
        let text = unit("", &service);
        let problems = judged(&[("x.service", &text)], demand);
        problems[0].help.join("\n")
    };
    let enough = helps("300", LOOP);
    assert!(
        enough.contains("move `StartLimitIntervalSec=300`"),
        "{enough}"
    );
    assert!(!enough.contains("write `"), "{enough}");
    let short = helps("20", LOOP);
    assert!(short.contains("move `StartLimitIntervalSec=20`"), "{short}");
    assert!(
        short.contains("write `StartLimitIntervalSec=300` and `StartLimitBurst=5`"),
        "{short}"
    );
}

/// A line of a unit that has to do with restarts, sensible or not.
fn line() -> impl Strategy<Value = String> {
    let keys = [
        "Restart",
        "RestartSec",
        "StartLimitIntervalSec",
        "StartLimitInterval",
        "StartLimitBurst",
        "SuccessExitStatus",
        "RestartPreventExitStatus",
        "RestartForceExitStatus",
        "RestartSteps",
        "RestartMaxDelaySec",
        "TimeoutStopSec",
        "KillMode",
        "Type",
    ];
    let values = [
        "always",
        "on-failure",
        "no",
        "0",
        "1",
        "5",
        "10",
        "300",
        "infinity",
        "1us",
        "1 2 3",
        "SIGKILL",
        "notify",
        "mixed",
        "",
        "18446744073709551615",
        "4294967295",
        "99y",
    ];
    (select(keys.to_vec()), select(values.to_vec()))
        .prop_map(|(key, value)| format!("{key}={value}"))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn any_unit_gets_a_verdict(
        above in prop::collection::vec(line(), 0..4),
        below in prop::collection::vec(line(), 0..8),
    ) {
        let text = unit(&above.join("\n"), &below.join("\n"));
        for demand in [LOOP, BACK, "crash_loop = { stops_within = '24h', systemd_version = 257 }"] {
            for problem in judged(&[("x.service", &text)], demand) {
                prop_assert!(problem.labels.iter().all(|label| !label.excerpt.path.is_empty()));
                prop_assert!(problem.message.len() < 2000);
            }
        }
    }
}
