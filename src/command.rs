//! The subcommands. Each gives back the exit status; none ends the process.

mod explain;
mod lint;
mod list;
mod run;
mod scan;

use std::io::{self, Write};

use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::render::render;

use crate::cli::{Cli, Command};
use crate::error::Error;
use crate::outcome::Status;

pub use explain::all_rules;

/// Does what the command line says.
///
/// # Errors
///
/// Why it could not be done.
pub fn execute(cli: &Cli) -> Result<Status, Error> {
    match &cli.command {
        None => run::run(&cli.run),
        Some(Command::Run(args)) => run::run(args),
        Some(Command::List(args)) => list::list(args),
        Some(Command::Lint(args)) => lint::lint(args),
        Some(Command::Explain(args)) => explain::explain(args),
        Some(Command::Scan(args)) => scan::scan(args),
    }
}

/// Writes to standard output; whoever reads it may stop reading.
fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}

/// Problems as text, each with its snippets, and how many there are.
fn problems_text(problems: &[Diagnostic], colour: bool) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&render(problem, colour));
        text.push('\n');
    }
    let mut files: Vec<&str> = problems
        .iter()
        .filter_map(|problem| Some(problem.labels.first()?.excerpt.path.as_str()))
        .collect();
    files.sort_unstable();
    files.dedup();
    let problems = clawtest_framework::text::plural(problems.len(), "problem");
    let files = clawtest_framework::text::plural(files.len(), "file");
    text.push_str(&format!(
        "{problems} in {files}; `clawtest explain CODE` says more\n"
    ));
    text
}

/// Tells on standard error why something could not be done.
pub fn complain(text: &str) {
    // If standard error is closed there is nobody left to tell; the exit status says it all.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
