//! Reports for the tests of reporters, built by hand, and a stage to play them on.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clawtest_framework::diagnostic::{Diagnostic, Effect, Rule};
use clawtest_framework::judge::Subject;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::source::{Source, Span};

use crate::harness::{Case, Extras, Harness};
use crate::outcome::{Attempt, CheckResult, HarnessResult, Outcome, Output, Report, Stop};
use crate::reporter::{Event, Plan, Reporter};

static FAILS: Rule = Rule {
    code: "CT102",
    name: "text-missing",
    effect: Effect::Fails,
    explain: "A sample.",
};

static ERRS: Rule = Rule {
    code: "CT157",
    name: "command-killed",
    effect: Effect::Errors,
    explain: "A sample.",
};

static NOTES: Rule = Rule {
    code: "CT190",
    name: "noted",
    effect: Effect::Note,
    explain: "A sample.",
};

/// A harness whose checks have these names; check `n` begins at line `3 + 4 * n`.
pub(crate) fn harness(id: &str, names: &[&str]) -> Harness {
    let mut source = "title = \"Sample\"\n\n".to_owned();
    let mut checks = Vec::new();
    for name in names {
        let start = source.len();
        writeln!(
            source,
            "[[check]]\nname = {name:?}\ncontains = \"Restart=always\"\n"
        )
        .unwrap();
        checks.push(case(name, Span::new(start, source.len())));
    }
    Harness {
        id: id.to_owned(),
        path: format!("harnesses/{id}.toml"),
        source: source.into(),
        title: "Sample".into(),
        pattern: None,
        tags: Vec::new(),
        skip: None,
        requires: Vec::new(),
        timeout: None,
        fixtures: Vec::new(),
        setup: Vec::new(),
        checks,
        needs_disk: false,
        needs_time: false,
        runs_commands: false,
        variables: Vec::new(),
        arguments: "".into(),
        script: None,
    }
}

impl Case {
    /// What only some checks have, to be filled in.
    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }
}

fn case(name: &str, span: Span) -> Case {
    Case {
        name: name.into(),
        span,
        subject: Subject::File(WorkspacePath::new("gateway.service").unwrap(), span),
        program: None,
        expects_exit: false,
        expectations: Vec::new(),
        extras: None,
        needs_host: None,
        is_selected: true,
    }
}

/// A check that has this outcome and nothing to say.
pub(crate) fn check(index: usize, outcome: Outcome) -> CheckResult {
    CheckResult {
        index,
        outcome,
        reason: None,
        todo: None,
        duration: Duration::from_micros(1500),
        diagnostics: Vec::new(),
        output: None,
        searched: None,
    }
}

/// A check with a diagnostic that points into the harness and into the tested file.
pub(crate) fn failed_check(harness: &Harness, index: usize) -> CheckResult {
    let start = harness.checks[index].span.start;
    let demand = start + harness.source[start..].find("contains").unwrap();
    let tested = Source::new("gateway.service", b"[Service]\nRestart=no\n");
    let diagnostic = Diagnostic::new(&FAILS, "`gateway.service` does not hold `Restart=always`")
        .label(
            harness.source().excerpt(Span::new(demand, demand + 27)),
            "demanded here",
        )
        .label(tested.excerpt(Span::new(10, 20)), "the nearest line")
        .found("`Restart=always`", "`Restart=no`");
    CheckResult {
        diagnostics: vec![diagnostic],
        ..check(index, Outcome::Failed)
    }
}

/// A check on a command that gave no verdict.
fn errored_check(index: usize) -> CheckResult {
    let output = Output {
        command: "openclaw doctor\necho done".into(),
        ended: "timed out after 5s".into(),
        stdout: "ok 1 - forged\n".into(),
        stderr: "]]> & <b>\n".into(),
    };
    CheckResult {
        diagnostics: vec![Diagnostic::new(
            &ERRS,
            "the command was ended before it could finish",
        )],
        output: Some(Box::new(output)),
        ..check(index, Outcome::Errored)
    }
}

/// What came of a harness; its outcome follows.
pub(crate) fn result(
    harness: Harness,
    checks: Vec<CheckResult>,
    diagnostics: Vec<Diagnostic>,
) -> HarnessResult {
    HarnessResult {
        harness: Arc::new(harness),
        outcome: HarnessResult::outcome_of(&checks, &diagnostics),
        reason: None,
        checks,
        diagnostics,
        duration: Duration::from_millis(12),
        attempts: Vec::new(),
        kept: None,
    }
}

/// A run that came to its end.
pub(crate) fn report(harnesses: Vec<HarnessResult>) -> Report {
    Report {
        harnesses,
        duration: Duration::from_millis(1234),
        ..Report::default()
    }
}

/// One check of every kind, in three harnesses.
pub(crate) fn every_kind() -> Report {
    let names = [
        "Auto-restart configured",
        "Restarts",
        "Doctor is content",
        "Answers",
        "Known gap",
        "Closed gap",
    ];
    let mut unit = harness("gateway/unit", &names);
    unit.pattern = Some("docs/patterns/gateway.md".into());
    unit.tags = vec!["systemd".into(), "linux".into()];
    unit.checks[1].extras().why = Some("a crash must not be the end".into());
    unit.checks[1].extras().fix = Some("set Restart=always".into());
    unit.checks[1].extras().severity = Some("warning".into());
    let skipped = CheckResult {
        reason: Some("no gateway #1 here".into()),
        ..check(3, Outcome::Skipped)
    };
    let gap = CheckResult {
        todo: Some("see #7".into()),
        outcome: Outcome::Skipped,
        ..failed_check(&unit, 4)
    };
    let closed = CheckResult {
        todo: Some("see #8".into()),
        ..check(5, Outcome::Failed)
    };
    let checks = vec![
        check(0, Outcome::Passed),
        failed_check(&unit, 1),
        errored_check(2),
        skipped,
        gap,
        closed,
    ];
    let unit = result(unit, checks, Vec::new());

    let reason = Some("not run: the setup of the harness failed".into());
    let victim = CheckResult {
        reason,
        ..check(0, Outcome::Errored)
    };
    let broken = Diagnostic::new(&ERRS, "setup: `false` ended with exit status 1");
    let setup = result(
        harness("gateway/setup", &["Never judged"]),
        vec![victim],
        vec![broken],
    );

    let flaky = harness("skills/flaky", &["Second time lucky"]);
    let failures = vec![failed_check(&flaky, 0)];
    let mut flaky = result(flaky, vec![check(0, Outcome::Passed)], Vec::new());
    flaky.attempts.push(Attempt {
        failures,
        diagnostics: Vec::new(),
    });
    report(vec![unit, setup, flaky])
}

/// A run in which everything that ran passed, and that was interrupted.
pub(crate) fn interrupted() -> Report {
    let now = result(
        harness("gateway/now", &["Runs"]),
        vec![check(0, Outcome::Passed)],
        Vec::new(),
    );
    Report {
        not_run: vec!["gateway/later".into(), "skills/later".into()],
        stop: Some(Stop::Interrupt),
        ..report(vec![now])
    }
}

/// A harness that is errored although its only check passed, and one with a mere note.
pub(crate) fn bad_outside_of_checks() -> Report {
    let broken = Diagnostic::new(&ERRS, "the workspace cannot be removed");
    let note = Diagnostic::new(&NOTES, "the gateway answered late");
    let passed = || vec![check(0, Outcome::Passed)];
    report(vec![
        result(harness("gateway/torn", &["Runs"]), passed(), vec![broken]),
        result(harness("gateway/noted", &["Runs"]), passed(), vec![note]),
    ])
}

/// A report of one harness in which this text stands wherever a harness has free text, once for
/// each of: passed, failed, errored, skipped, expected to fail, unexpectedly passed.
pub(crate) fn with_text(text: &str) -> Report {
    let mut free = harness("a.b/c.d", &[text; 6]);
    free.title = text.into();
    free.pattern = Some(text.into());
    free.tags = vec![text.into()];
    for case in &mut free.checks {
        case.extras().why = Some(text.into());
        case.extras().fix = Some(text.into());
    }
    let words = || Some(text.into());
    let diagnostic =
        Diagnostic::new(&FAILS, text).label(free.source().excerpt(Span::new(0, 5)), text);
    let with = |index, outcome| CheckResult {
        reason: words(),
        ..check(index, outcome)
    };
    let checks = vec![
        check(0, Outcome::Passed),
        CheckResult {
            diagnostics: vec![diagnostic.clone()],
            ..check(1, Outcome::Failed)
        },
        with(2, Outcome::Errored),
        with(3, Outcome::Skipped),
        CheckResult {
            todo: words(),
            diagnostics: vec![diagnostic],
            ..check(4, Outcome::Skipped)
        },
        CheckResult {
            todo: words(),
            ..check(5, Outcome::Failed)
        },
    ];
    report(vec![result(free, checks, Vec::new())])
}

/// Texts that broke one reporter or another.
pub(crate) const HOSTILE: [&str; 16] = [
    "see https://x/#todo list",
    "a \\# skip b",
    "ends with a backslash \\",
    "## SKIP all",
    "# \u{a0}ToDo",
    "#ſ\u{212a}ip it",
    "]]> <![CDATA[ &amp; <b a='x'>",
    "\u{1}\u{1b}[31mred\u{7f}\u{9b}",
    "say \"it's\" 'so'",
    "one\nnot ok 2\n1..0\nBail out!\n...",
    "tab\tcr\rff\u{c}nel\u{85}ls\u{2028}ps\u{2029}",
    "🦀 crab \u{202e}reversed\u{fffe}\u{ffff}\u{feff}",
    "opens {",
    "",
    " blanks ",
    "- x: [y, *z] # Subtest: w",
];

/// Something that the scanner takes for a token. It is put together here, so that this file is
/// clean under secret scanners.
pub(crate) fn secret() -> String {
    ["ghp", "_", &"Zq8w".repeat(9)].concat()
}

/// A report with the secret wherever a harness has free text.
pub(crate) fn with_secrets() -> Report {
    with_text(&format!("uses {} today", secret()))
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a reporter writes about a run. Each harness that did not run has one check.
pub(crate) fn written<R: Reporter>(
    make: fn(Box<dyn Write + Send>) -> R,
    report: &Report,
) -> String {
    let shared = Shared::default();
    let mut reporter = make(Box::new(shared.clone()));
    let ran = report
        .harnesses
        .iter()
        .map(|result| Arc::clone(&result.harness));
    let not_run = report
        .not_run
        .iter()
        .map(|id| Arc::new(harness(id, &["Later"])));
    let plan = Plan {
        harnesses: ran.chain(not_run).collect(),
        left_out: 0,
    };
    reporter.event(&Event::Started(&plan)).unwrap();
    for result in &report.harnesses {
        reporter.event(&Event::Finished(result)).unwrap();
    }
    reporter.event(&Event::Ended(report)).unwrap();
    let bytes = shared.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

/// Whether another program accepts a text, which it reads from the file that is its last argument,
/// and what it prints. None, with a line that says so, if the program is not there.
pub(crate) fn accepts(program: &str, arguments: &[&str], text: &str) -> Option<(bool, String)> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    match Command::new(program)
        .args(arguments)
        .arg(file.path())
        .output()
    {
        Ok(output) => {
            let printed = [output.stdout, output.stderr].concat();
            Some((
                output.status.success(),
                String::from_utf8_lossy(&printed).into_owned(),
            ))
        }
        Err(error) => {
            skip(&format!("{program} cannot be run: {error}"));
            None
        }
    }
}

/// The schema of Jenkins' xunit plugin, if there is a copy.
pub(crate) fn jenkins_schema() -> Option<PathBuf> {
    let near = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/junit-10.xsd");
    let path = std::env::var_os("CLAWTEST_JUNIT_XSD").map_or(near, PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    skip("no junit-10.xsd: set CLAWTEST_JUNIT_XSD to its path");
    None
}

/// Says why a test is left out. A comparison that silently does not happen would look like one.
#[expect(
    clippy::print_stderr,
    reason = "tests have no other way to say that they are skipped"
)]
fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}
