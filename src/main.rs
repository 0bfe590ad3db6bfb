//! The command line program. It decides nothing but the exit code.

use std::process::ExitCode;

use clap::Parser;
use clawtest::outcome::Status;
use clawtest::{cli, command, process};

fn main() -> ExitCode {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|mode| mode == process::SUPERVISE_MODE)
    {
        return process::supervise_main();
    }
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; if nobody reads them, that is none either.
            let _ = error.print();
            let status = if error.use_stderr() {
                Status::Error
            } else {
                Status::Passed
            };
            return ExitCode::from(status.code());
        }
    };
    let status = command::execute(&cli).unwrap_or_else(|error| {
        command::complain(&error.render());
        error.status()
    });
    ExitCode::from(status.code())
}
