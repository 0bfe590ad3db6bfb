//! `clawtest run`: the main job.

use std::sync::Arc;

use super::{complain, problems_text};
use crate::cli::RunArgs;
use crate::config::{Scope, Settings};
use crate::error::Error;
use crate::load;
use crate::outcome::Status;
use crate::output::Outputs;
use crate::reporter::{Plan, Style};
use crate::runner::{self, Interrupt};

pub(super) fn run(args: &RunArgs) -> Result<Status, Error> {
    let scope = Scope::of_run(args)?;
    let settings = Settings::new(args, &scope)?;
    let loaded = load::load(&scope, settings.options.jobs)?;
    if !loaded.problems.is_empty() {
        complain(&problems_text(&loaded.problems, scope.colour.1));
        complain("nothing was run\n");
        return Ok(Status::Error);
    }
    let plan = Plan {
        harnesses: loaded.harnesses.into_iter().map(Arc::new).collect(),
        left_out: loaded.left_out,
    };
    let style = Style {
        colour: scope.colour.0,
        verbose: settings.verbose,
    };
    let make = settings.format.make;
    let mut outputs = Outputs::open(|out| make(out, style), &settings.reports, style)?;
    let interrupt = Interrupt::on_signals()?;
    runner::quiet_panics();
    let report = runner::run(&plan, &settings.options, &interrupt, |event| {
        outputs.event(event);
    });
    let errors = outputs.finish();
    for error in &errors {
        complain(&error.render());
    }
    let status = report.status();
    if status == Status::NothingSelected && report.is_of_host {
        complain("error: nothing was judged: no selected check looks at a file with `deployed`\n");
    }
    // The process ends here: giving back every harness and result one by one would take longer
    // than judging them.
    std::mem::forget((plan, report));
    // A report that could not be written is a job not done, whatever the verdict.
    Ok(if errors.is_empty() {
        status
    } else {
        status.or_error()
    })
}
