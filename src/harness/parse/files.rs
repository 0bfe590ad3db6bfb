//! The tables `[files."path"]`: the fixtures of a workspace.

use std::sync::Arc;

use clawtest_framework::path::{HostPath, WorkspacePath};
use clawtest_framework::reading::{Reading, Text};
use clawtest_framework::source::Span;
use clawtest_framework::text::one_of;
use clawtest_framework::value::{Key, Kind, Table, Value};
use clawtest_framework::workspace::{Fixture, MEMORY_DIR, is_below, read_file};

use super::document::{self, Content, project_path, unreadable};
use super::{Context, as_table, missing_key, names, unknown_keys, whole};
use crate::harness::rules::{CONTRADICTION, FIXTURE_CONFLICT};
use crate::harness::schema;

/// Reads all fixtures; those that are wrong are reported and left out.
pub(super) fn read(reading: &mut Reading<'_>, table: &Table, context: Context<'_>) -> Vec<Fixture> {
    let Some(value) = table.get("files") else {
        return Vec::new();
    };
    let Some(files) = as_table(reading, "files", value, "a table of files") else {
        return Vec::new();
    };
    let mut fixtures: Vec<(Fixture, Span)> = Vec::with_capacity(files.entries.len());
    for (key, value) in &files.entries {
        // What is in a file is looked at even if its path is wrong, so that all problems are told.
        let path = path(reading, key);
        if let Some(path) = &path {
            conflict(reading, path, key.span, &fixtures);
        }
        let name = &*key.name;
        let Some(file) = as_table(reading, name, value, "a table with `content` or `from`") else {
            continue;
        };
        unknown_keys(reading, file, "a file", names(schema::FILE));
        let deployed = file.get("deployed").and_then(|value| {
            let path = reading.parsed("deployed", value, |text| {
                HostPath::new(text).map_err(|why| format!("the path {why}"))
            })?;
            deployed_twice(reading, &path, value.span, &fixtures);
            Some(path)
        });
        let mode = file.get("mode").map(|value| reading.mode("mode", value));
        let owner = format!("file `{name}`");
        let content = content(reading, file, (&owner, key.span), context);
        if let (Some(path), Some(content)) = (path, content) {
            let mode = mode.flatten();
            fixtures.push((
                Fixture {
                    path,
                    content: content.bytes,
                    mode,
                    deployed,
                    origin: content.origin,
                },
                key.span,
            ));
        }
    }
    fixtures.into_iter().map(|(fixture, _)| fixture).collect()
}

/// Where a fixture stands in the workspace; variables can be a part of it.
fn path(reading: &mut Reading<'_>, key: &Key) -> Option<WorkspacePath> {
    let as_value = Value {
        kind: Kind::String(key.name.clone()),
        span: key.span,
    };
    let name = reading.any_text("files", &as_value)?.value;
    match WorkspacePath::new(&name) {
        Ok(path) if !path.is_root() => return Some(path),
        Ok(_) => reading.invalid("files", key.span, "the path is the workspace itself"),
        Err(why) => reading.invalid("files", key.span, format!("the path {why}")),
    }
    None
}

fn conflict(
    reading: &mut Reading<'_>,
    path: &WorkspacePath,
    span: Span,
    earlier: &[(Fixture, Span)],
) {
    if path.as_str() == MEMORY_DIR {
        let message = format!("`{MEMORY_DIR}` is a folder of every workspace");
        reading.report(&FIXTURE_CONFLICT, span, message, "cannot be a file");
        return;
    }
    let other = earlier.iter().find(|(other, _)| {
        other.path == *path || is_below(path, &other.path) || is_below(&other.path, path)
    });
    let Some((other, other_span)) = other else {
        return;
    };
    let message = if other.path == *path {
        format!("two fixtures are written to `{path}`")
    } else {
        format!(
            "`{}` cannot be both a file and a folder",
            if is_below(path, &other.path) {
                &other.path
            } else {
                path
            }
        )
    };
    let earlier = reading.source.excerpt(*other_span);
    let problem = reading.report(&FIXTURE_CONFLICT, span, message, "the second one");
    *problem = problem.clone().label(earlier, "the first one");
}

/// Two fixtures that stand for one file of a host would be judged on the same bytes.
fn deployed_twice(
    reading: &mut Reading<'_>,
    path: &HostPath,
    span: Span,
    earlier: &[(Fixture, Span)],
) {
    let other = earlier
        .iter()
        .find(|(other, _)| other.deployed.as_ref() == Some(path));
    if let Some((other, other_span)) = other {
        let message = format!("two fixtures are deployed to `{path}`");
        let first = reading.source.excerpt(*other_span);
        let label = format!("`{}` is deployed there, too", other.path);
        let problem = reading.report(&FIXTURE_CONFLICT, span, message, "the second one");
        *problem = problem.clone().label(first, label);
    }
}

fn content(
    reading: &mut Reading<'_>,
    file: &Table,
    owner: (&str, Span),
    context: Context<'_>,
) -> Option<Content> {
    match (file.get("content"), file.entry("from")) {
        (Some(value), None) => {
            let text = reading.any_text("content", value)?;
            Some(Arc::<[u8]>::from(text.value.as_bytes()).into())
        }
        (None, Some((key, value))) => match &value.kind {
            Kind::Table(table) => document::read(reading, (key, value), table, context),
            Kind::String(_) => {
                let text = reading.text("from", value)?;
                from(reading, &text, context).map(Content::from)
            }
            _ => {
                reading.wrong_type(
                    "from",
                    value,
                    "a path, or a table of `document` and `block`",
                );
                None
            }
        },
        (Some(_), Some((key, value))) => {
            let message = format!("{} has both `content` and `from`", owner.0);
            reading.report(
                &CONTRADICTION,
                whole(key, value),
                message,
                "one of the two is too much",
            );
            None
        }
        (None, None) => {
            missing_key(reading, owner, "content");
            if let Some(problem) = reading.diagnostics.last_mut() {
                problem.help.push(
                    "write `content = \"…\"`, or `from = \"path\"` to take a file of the project"
                        .into(),
                );
            }
            None
        }
    }
}

fn from(reading: &mut Reading<'_>, text: &Text, context: Context<'_>) -> Option<Arc<[u8]>> {
    let path = project_path(reading, "from", text)?;
    read_file(context.project, &path)
        .map_err(|why| unreadable(reading, &path, text.span, why))
        .ok()
}

/// Says which of several keys were found, for messages.
pub(super) fn found_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    one_of(keys).replace(" or ", " and ")
}
