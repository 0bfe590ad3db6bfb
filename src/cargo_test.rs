//! Harnesses as tests of `cargo test` and `cargo nextest`: one test for each, through
//! libtest-mimic.
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     clawtest::cargo_test::main("harnesses")
//! }
//! ```
//!
//! in `tests/harnesses.rs`, with `[[test]] name = "harnesses"`, `harness = false` in `Cargo.toml`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::render::render;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::bash;
use crate::cli::{Colour, RunArgs, SelectArgs};
use crate::command::complain;
use crate::config::{Scope, Settings};
use crate::discover::{self, HarnessFile};
use crate::error::Error;
use crate::harness::parse::{self, Context};
use crate::outcome::{HarnessResult, Outcome, Status};
use crate::process;
use crate::reporter::{Event, Plan, Reporter, Style, pretty::Pretty};
use crate::runner::{self, Interrupt, Options};

/// Runs the harnesses of a folder as tests. The folder is relative to the package's folder.
///
/// Each test is named `category::name`; its failure message is the report. A harness that is
/// skipped when it runs is shown as ignored, with the reason.
pub fn main(folder: impl AsRef<Path>) -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|mode| mode == process::SUPERVISE_MODE)
    {
        return process::supervise_main();
    }
    let arguments = Arguments::from_args();
    match trials(folder.as_ref(), &arguments) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            complain(&error.render());
            ExitCode::from(Status::Error.code())
        }
    }
}

/// What the tests share.
struct Shared {
    scope: Scope,
    options: Options,
    interrupt: Interrupt,
}

fn trials(folder: &Path, arguments: &Arguments) -> Result<Vec<Trial>, Error> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let select = SelectArgs {
        harness_dir: Some(package.join(folder)),
        color: Some(Colour::Never),
        ..SelectArgs::default()
    };
    let scope = Scope::new(&select)?;
    let settings = Settings::new(
        &RunArgs {
            jobs: Some(1),
            ..RunArgs::default()
        },
        &scope,
    )?;
    let options = settings.options;
    let files = files(&scope, arguments)?;
    let interrupt = if arguments.list {
        Interrupt::default()
    } else {
        Interrupt::on_signals()?
    };
    let shared = Arc::new(Shared {
        scope,
        options,
        interrupt,
    });
    let trial = |file: HarnessFile| {
        let shared = Arc::clone(&shared);
        Trial::ignorable_test(file.id.replacen('/', "::", 1), move || run(&file, &shared))
    };
    Ok(files.into_iter().map(trial).collect())
}

/// The files to make tests of. With `--exact` that is the one named, and nothing else is read; a
/// name that is no harness of ours is a test of another binary.
fn files(scope: &Scope, arguments: &Arguments) -> Result<Vec<HarnessFile>, Error> {
    if arguments.exact
        && let Some(name) = &arguments.filter
    {
        return Ok(discover::exact(&scope.dir, &name.replacen("::", "/", 1))
            .into_iter()
            .collect());
    }
    let discovery = discover::discover(&scope.dir)?;
    if !discovery.problems.is_empty() {
        return Err(Error::Config(format!(
            "the harnesses cannot be run\n\n{}",
            text_of(&discovery.problems).trim_end()
        )));
    }
    if discovery.files.is_empty() {
        return Err(Error::NoHarness(scope.dir.shown.clone().into()));
    }
    Ok(discovery.files)
}

fn run(file: &HarnessFile, shared: &Shared) -> Result<Completion, Failed> {
    let context = Context {
        project: &shared.scope.project,
        documents: &shared.scope.documents,
        overrides: &shared.scope.overrides,
        arguments: &shared.scope.arguments,
    };
    let bytes = discover::read(file).map_err(|problem| failed(&[*problem]))?;
    let harness = if file.is_script() {
        bash::parse(file, &bytes, context)
    } else {
        parse::parse(&file.id, &file.shown, bytes, context).map_err(|problems| failed(&problems))?
    };
    let plan = Plan {
        harnesses: vec![Arc::new(harness)],
        left_out: 0,
    };
    let report = runner::run(&plan, &shared.options, &shared.interrupt, |_| ());
    match report.harnesses.first() {
        None => Err("interrupted".into()),
        Some(result) if result.outcome.is_bad() => Err(text(result).into()),
        Some(result) if result.outcome == Outcome::Skipped => {
            Ok(Completion::ignored_with(reason(result)))
        }
        Some(_) => Ok(Completion::Completed),
    }
}

fn failed(problems: &[Diagnostic]) -> Failed {
    text_of(problems).into()
}

fn text_of(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| render(problem, false))
        .collect()
}

/// The failure as the pretty report shows it.
fn text(result: &HarnessResult) -> String {
    let mut text = Vec::new();
    let mut pretty = Pretty::new(
        &mut text,
        Style {
            colour: false,
            verbose: false,
        },
    );
    // Writing to memory does not fail.
    let _ = pretty.event(&Event::Finished(result));
    String::from_utf8_lossy(&text).into_owned()
}

fn reason(result: &HarnessResult) -> String {
    let of_check = || {
        result
            .checks
            .iter()
            .find_map(|check| check.reason.as_deref())
    };
    let reason = result
        .reason
        .as_deref()
        .or_else(of_check)
        .unwrap_or("skipped");
    crate::reporter::message::line(reason).into_owned()
}
