//! `clawtest list`: which harnesses would run.

use serde::Serialize;

use super::{complain, print, problems_text};
use crate::cli::{ListArgs, ListFormat};
use crate::config::Scope;
use crate::error::Error;
use crate::harness::Harness;
use crate::load;
use crate::outcome::Status;
use crate::reporter::message::line;

/// The document of `--format json`.
#[derive(Serialize)]
struct Listing<'a> {
    schema: &'static str,
    harnesses: Vec<Listed<'a>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    category: &'a str,
    name: &'a str,
    title: std::borrow::Cow<'a, str>,
    file: &'a str,
    tags: Vec<std::borrow::Cow<'a, str>>,
    checks: Vec<ListedCheck<'a>>,
}

#[derive(Serialize)]
struct ListedCheck<'a> {
    name: std::borrow::Cow<'a, str>,
    line: usize,
    tags: Vec<std::borrow::Cow<'a, str>>,
}

pub(super) fn list(args: &ListArgs) -> Result<Status, Error> {
    let scope = Scope::new(&args.select)?;
    let loaded = load::load(&scope, 1)?;
    if !loaded.problems.is_empty() {
        complain(&problems_text(&loaded.problems, scope.colour.1));
        return Ok(Status::Error);
    }
    let text = match args.format {
        ListFormat::Text => text(&loaded.harnesses),
        ListFormat::Json => json(&loaded.harnesses, loaded.left_out),
    };
    print(&text)?;
    Ok(Status::Passed)
}

fn text(harnesses: &[Harness]) -> String {
    let ids = harnesses
        .iter()
        .map(|harness| harness.id.len())
        .max()
        .unwrap_or_default();
    let row = |harness: &Harness| {
        let checks = clawtest_framework::text::plural(harness.expected_checks(), "check");
        format!(
            "{:ids$}  {checks:>9}  {}\n",
            harness.id,
            line(&harness.title)
        )
    };
    harnesses.iter().map(row).collect()
}

/// The assertions that stand in a script. `…` stands for what is known when it runs.
fn assertions(harness: &Harness) -> impl Iterator<Item = ListedCheck<'_>> {
    let calls = harness.script.iter().flat_map(|script| &script.calls);
    calls.map(|call| ListedCheck {
        name: line(&call.message.replace('\0', "…")).into_owned().into(),
        line: call.line,
        tags: Vec::new(),
    })
}

fn json(harnesses: &[Harness], left_out: usize) -> String {
    let listed = harnesses.iter().map(|harness| Listed {
        id: &harness.id,
        category: harness.category(),
        name: harness.name(),
        title: line(&harness.title),
        file: &harness.path,
        tags: harness.tags.iter().map(|tag| line(tag)).collect(),
        checks: assertions(harness)
            .chain(harness.selected_checks().map(|(_, case)| ListedCheck {
                name: line(&case.name),
                line: harness.position(case).line,
                tags: case.tags().iter().map(|tag| line(tag)).collect(),
            }))
            .collect(),
    });
    let listing = Listing {
        schema: "clawtest-list/1",
        harnesses: listed.collect(),
        left_out,
    };
    let mut text = serde_json::to_string_pretty(&listing).unwrap_or_default();
    text.push('\n');
    text
}
