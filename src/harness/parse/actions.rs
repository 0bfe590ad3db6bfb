//! The lists `setup` and `before`: actions in the workspace.

use std::sync::Arc;

use clawtest_framework::duration;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::reading::{Reading, Text};
use clawtest_framework::source::Span;
use clawtest_framework::value::{Key, Kind, Table, Value};

use super::files::found_keys;
use super::{as_table, missing_key, names, unknown_keys};
use crate::harness::rules::{CONTRADICTION, MISSING_KEY};
use crate::harness::{Action, ActionKind, Program, schema};

/// The keys that say what an action does, with the keys that belong to it.
const KINDS: [(&str, &[&str]); 5] = [
    ("write", &["content", "mode"]),
    ("append", &["content"]),
    ("replace", &["old", "new"]),
    ("remove", &[]),
    ("run", &["timeout"]),
];

/// Reads a list of actions; those that are wrong are reported and left out.
pub(super) fn read(reading: &mut Reading<'_>, key: &str, value: &Value) -> Vec<Action> {
    let Some(values) = reading.list(key, value, "action") else {
        return Vec::new();
    };
    values
        .iter()
        .filter_map(|value| action(reading, key, value))
        .collect()
}

fn action(reading: &mut Reading<'_>, list: &str, value: &Value) -> Option<Action> {
    let expected = "a table such as { run = \"…\" } or { write = \"path\", content = \"…\" }";
    let table = as_table(reading, list, value, expected)?;
    let meant = unknown_keys(reading, table, "an action", names(schema::ACTION));
    let kinds: Vec<&(Key, Value)> = KINDS
        .iter()
        .filter_map(|(kind, _)| table.entry(kind))
        .collect();
    let span = value.span;
    let (kind, subject) = match kinds[..] {
        [kind] => kind,
        // A mistyped key is one problem, not two.
        [] if meant
            .iter()
            .any(|meant| KINDS.iter().any(|(kind, _)| kind == meant)) =>
        {
            return None;
        }
        [] => {
            let problem =
                reading.report(&MISSING_KEY, span, "the action does not say what to do", "");
            problem.help.push(
                "an action is one of `write`, `append`, `replace`, `remove` and `run`".into(),
            );
            return None;
        }
        [_, (second, _), ..] => {
            let found = found_keys(kinds.iter().map(|(key, _)| &*key.name));
            let message = format!("an action does one thing, found {found}");
            reading.report(
                &CONTRADICTION,
                second.span,
                message,
                "make this an action of its own",
            );
            return None;
        }
    };
    let belongs = KINDS
        .iter()
        .find(|(name, _)| *name == &*kind.name)
        .map_or(&[][..], |(_, keys)| keys);
    let strays = table.entries.iter().filter(|(key, _)| {
        key.name != kind.name
            && !belongs.contains(&&*key.name)
            && schema::ACTION.iter().any(|spec| spec.key == &*key.name)
    });
    for (key, _) in strays {
        let message = format!("`{}` has no meaning beside `{}`", key.name, kind.name);
        reading.report(&CONTRADICTION, key.span, message, "");
    }
    let owner = (format!("the action `{}`", kind.name), span);
    let kind = match &*kind.name {
        "write" => ActionKind::Write {
            path: path(reading, "write", subject)?,
            content: content(reading, table, &owner)?,
            mode: match table.get("mode") {
                Some(value) => Some(reading.mode("mode", value)?),
                None => None,
            },
        },
        "append" => ActionKind::Append {
            path: path(reading, "append", subject)?,
            content: content(reading, table, &owner)?,
        },
        "replace" => ActionKind::Replace {
            path: path(reading, "replace", subject)?,
            old: super::required_text(reading, table, (&owner.0, span), "old")?,
            new: any_text(reading, table, &owner, "new")?.value,
        },
        "remove" => ActionKind::Remove {
            path: path(reading, "remove", subject)?,
        },
        _ => {
            let (program, text) = program(reading, "run", subject)?;
            let timeout = table
                .get("timeout")
                .map(|value| reading.parsed("timeout", value, duration::parse));
            ActionKind::Run {
                program,
                text,
                timeout: timeout.flatten(),
            }
        }
    };
    Some(Action { kind, span })
}

fn content(reading: &mut Reading<'_>, table: &Table, owner: &(String, Span)) -> Option<Arc<[u8]>> {
    let text = any_text(reading, table, owner, "content")?;
    Some(Arc::from(text.value.as_bytes()))
}

fn any_text(
    reading: &mut Reading<'_>,
    table: &Table,
    owner: &(String, Span),
    key: &str,
) -> Option<Text> {
    if let Some(value) = table.get(key) {
        return reading.any_text(key, value);
    }
    missing_key(reading, (&owner.0, owner.1), key);
    None
}

/// A path inside the workspace, but not the workspace itself.
pub(super) fn path(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<WorkspacePath> {
    reading.parsed(key, value, |text| match WorkspacePath::new(text) {
        Ok(path) if path.is_root() => Err("the path is the workspace itself".to_owned()),
        Ok(path) => Ok(path),
        Err(why) => Err(format!("the path {why}")),
    })
}

/// A command: a text for the shell, or a list of program and arguments.
pub(super) fn program(
    reading: &mut Reading<'_>,
    key: &str,
    value: &Value,
) -> Option<(Program, Text)> {
    let has_nul = |text: &str| text.contains('\0');
    if let Kind::Array(_) = &value.kind {
        let values = reading.list(key, value, "string")?;
        let words: Option<Vec<Box<str>>> = values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                // The program needs a name; an argument may be empty.
                let text = if at == 0 {
                    reading.text(key, value)?
                } else {
                    reading.any_text(key, value)?
                };
                Some(text.value)
            })
            .collect();
        let words = words?;
        if words.iter().any(|word| has_nul(word)) {
            reading.invalid(key, value.span, "an argument contains a NUL character");
            return None;
        }
        let shown: Vec<String> = words
            .iter()
            .map(|word| clawtest_framework::text::shell_word(word))
            .collect();
        let text = Text {
            value: shown.join(" ").into(),
            span: value.span,
        };
        return Some((Program::Argv(words), text));
    }
    if !matches!(value.kind, Kind::String(_)) {
        reading.wrong_type(
            key,
            value,
            "a command: a string for the shell, or a list of program and arguments",
        );
        return None;
    }
    let text = reading.text(key, value)?;
    let why = match &*text.value {
        text if text.trim().is_empty() => Some("it is blank"),
        text if has_nul(text) => Some("it contains a NUL character"),
        _ => None,
    };
    if let Some(why) = why {
        reading.invalid(key, value.span, why);
        return None;
    }
    Some((Program::Shell(text.value.clone()), text))
}
