//! `clawtest lint`: everything that is wrong in harness files, without running them.

use clawtest_framework::text::plural;

use super::{print, problems_text};
use crate::cli::SelectArgs;
use crate::config::Scope;
use crate::error::Error;
use crate::load;
use crate::outcome::Status;

pub(super) fn lint(args: &SelectArgs) -> Result<Status, Error> {
    let scope = Scope::new(args)?;
    let loaded = load::load(
        &scope,
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    )?;
    if loaded.problems.is_empty() {
        let checks: usize = loaded
            .harnesses
            .iter()
            .map(crate::harness::Harness::expected_checks)
            .sum();
        let harnesses = plural(loaded.harnesses.len(), "harness").replace("harnesss", "harnesses");
        print(&format!(
            "no problems in {harnesses} with {}\n",
            plural(checks, "check")
        ))?;
        return Ok(Status::Passed);
    }
    print(&problems_text(&loaded.problems, scope.colour.0))?;
    Ok(Status::Error)
}
