//! Reads a harness file: TOML into a [`Harness`], or into everything that is wrong with it. A file
//! that is not TOML gives its first syntax error only; otherwise all problems are reported at once.

mod actions;
mod checks;
mod document;
mod files;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::duration;
use clawtest_framework::format::toml;
use clawtest_framework::reading::{INVALID_VALUE, Reading, Text};
use clawtest_framework::source::{Masked, Source, SourceText, Span, printable};
use clawtest_framework::text::{one_of, suggest};
use clawtest_framework::value::{Key, Kind, Table, Value};
use clawtest_framework::vars::{Vars, is_name};

use super::rules::{INVALID_TOML, MISSING_KEY, NO_CHECKS, NO_PATTERN, NOT_UTF8, UNKNOWN_KEY};
use super::schema::{self, KeySpec};
use super::{Harness, Requirement};

pub use document::Documents;

/// What reading a harness file needs besides its text.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The folder that `from` paths start at.
    pub project: &'a Path,
    /// The documents of the project that were read so far.
    pub documents: &'a Documents,
    /// Values from the command line, which win over `[vars]`.
    pub overrides: &'a BTreeMap<String, String>,
    /// What [`Harness::arguments`] is to be.
    pub arguments: &'a Arc<str>,
}

/// Reads a harness file.
///
/// # Errors
///
/// Everything that is wrong with it, in the order of the file.
pub fn parse(
    id: &str,
    path: &str,
    bytes: Vec<u8>,
    context: Context<'_>,
) -> Result<Harness, Vec<Diagnostic>> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let source = Source::new(path, error.as_bytes());
            let diagnostic = Diagnostic::new(&NOT_UTF8, format!("`{path}` is not UTF-8")).label(
                source.excerpt(Span::new(at, at + 1)),
                "the first byte that is not",
            );
            return Err(vec![diagnostic]);
        }
    };
    let masked = Masked::default();
    let source = Source::new(path, text.as_bytes()).keeping(&masked);
    let table = match toml::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            let message = printable(error.message.as_bytes()).replace('\n', " ");
            let diagnostic =
                Diagnostic::new(&INVALID_TOML, message).label(source.excerpt(error.span), "");
            return Err(vec![diagnostic]);
        }
    };
    let Variables {
        vars,
        mut named,
        problems,
    } = variables(source, &table, context);
    let mut reading = Reading::new(source, &vars);
    reading.diagnostics = problems;
    let harness = read(&mut reading, id, &table, context);
    let mut problems = reading.diagnostics;
    if !problems.is_empty() {
        problems.sort_by_key(|problem| {
            problem
                .labels
                .first()
                .map(|label| (label.excerpt.line, label.excerpt.column))
        });
        return Err(problems);
    }
    named.extend(
        vars.names()
            .filter(|name| vars.is_used(name))
            .map(Into::into),
    );
    Ok(Harness {
        path: path.into(),
        variables: named,
        source: text.into(),
        ..harness
    })
}

/// What the table `[vars]` and the command line say.
#[derive(Default)]
struct Variables {
    vars: Vars,
    /// The names that the table defines or refers to.
    named: Vec<Box<str>>,
    problems: Vec<Diagnostic>,
}

/// The table `[vars]`, each value expanded by the ones before it, with the command line's values.
/// A variable whose own value is wrong keeps the text that stands there, so that its uses are not
/// reported, too.
fn variables(source: Source<'_>, table: &Table, context: Context<'_>) -> Variables {
    let mut values = context.overrides.clone();
    let mut variables = Variables::default();
    if let Some(value) = table.get("vars") {
        let none = Vars::default();
        let mut reading = Reading::new(source, &none);
        let own = as_table(&mut reading, "vars", value, "a table of strings");
        variables.problems = reading.diagnostics;
        for (key, value) in own.map_or(&[][..], |own| &own.entries) {
            let known = Vars::new(values.clone());
            let mut reading = Reading::new(source, &known);
            if !is_name(&key.name) {
                let why =
                    "a variable's name is letters, digits, `_` and `-`, and begins with a letter";
                reading.invalid("vars", key.span, why);
            }
            let text = reading.any_text(&key.name, value).map(|text| text.value);
            variables.problems.append(&mut reading.diagnostics);
            variables.named.push((&*key.name).into());
            let used = known.names().filter(|name| known.is_used(name));
            variables.named.extend(used.map(Into::into));
            if !context.overrides.contains_key(&*key.name) {
                let text = text.unwrap_or_else(|| match &value.kind {
                    Kind::String(text) => (&**text).into(),
                    _ => (&*key.name).into(),
                });
                values.insert(key.name.to_string(), text.into());
            }
        }
    }
    variables.vars = Vars::new(values);
    variables
}

fn read(reading: &mut Reading<'_>, id: &str, table: &Table, context: Context<'_>) -> Harness {
    unknown_keys(
        reading,
        table,
        "a harness",
        schema::HARNESS.iter().map(|spec| spec.key),
    );
    let text = |reading: &mut Reading<'_>, key: &str| {
        let value = table.get(key)?;
        Some(reading.text(key, value)?.value)
    };
    let title = text(reading, "title").unwrap_or_else(|| id.into());
    if let Some(value) = table.get("title")
        && title.contains('\n')
    {
        reading.invalid("title", value.span, "a title is one line");
    }
    let fixtures = files::read(reading, table, context);
    let setup = table
        .get("setup")
        .map(|value| actions::read(reading, "setup", value))
        .unwrap_or_default();
    let mut needs = checks::Needs::default();
    let checks = checks::read(reading, table, &mut needs);
    if table.get("check").is_none() {
        let end = reading.source.bytes.len();
        let message = if reading.source.bytes.iter().all(u8::is_ascii_whitespace) {
            "the file is empty"
        } else {
            "the harness has no checks"
        };
        let problem = reading.report(
            &NO_CHECKS,
            Span::new(end, end),
            message,
            "expected at least one `[[check]]`",
        );
        problem.help.push("a check is `[[check]]` with a `name`, a subject such as `file` and an expectation such as `contains`".into());
    }
    let runs_commands = setup
        .iter()
        .chain(checks.iter().flat_map(super::Case::before))
        .any(super::Action::is_command)
        || checks.iter().any(|case| case.program.is_some());
    Harness {
        id: id.into(),
        path: String::new(),
        source: SourceText::default(),
        title,
        pattern: pattern(reading, table, context),
        tags: words(reading, table, "tags"),
        skip: text(reading, "skip"),
        requires: requirements(reading, table),
        timeout: table
            .get("timeout")
            .and_then(|value| reading.parsed("timeout", value, duration::parse)),
        fixtures,
        setup,
        needs_disk: needs.disk,
        needs_time: needs.time,
        runs_commands,
        checks,
        variables: Vec::new(),
        arguments: Arc::clone(context.arguments),
        script: None,
    }
}

/// The document that the harness belongs to: an address, or a file of the project, which has to be
/// there.
fn pattern(reading: &mut Reading<'_>, table: &Table, context: Context<'_>) -> Option<Box<str>> {
    let text = reading.text("pattern", table.get("pattern")?)?;
    if !text.value.contains("://") {
        let path = document::project_path(reading, "pattern", &text)?;
        if let Some(why) = context.documents.obstacle(context.project, &path) {
            let message = format!("cannot read the pattern `{path}`: {why}");
            reading
                .report(&NO_PATTERN, text.span, message, "cannot be read")
                .help
                .push(
                    "a pattern is a file of the project, or an address such as `https://…`".into(),
                );
        }
    }
    Some(text.value)
}

/// Reports every key that is not known; what may have been meant by them.
fn unknown_keys(
    reading: &mut Reading<'_>,
    table: &Table,
    place: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Vec<&'static str> {
    let known: Vec<&'static str> = known.into_iter().collect();
    let mut all_meant = Vec::new();
    for (key, _) in &table.entries {
        if known.contains(&&*key.name) {
            continue;
        }
        let help = if let Some(meant) = suggest(&key.name, known.iter().copied()) {
            all_meant.push(meant);
            format!("did you mean `{meant}`?")
        } else {
            let keys = one_of(known.iter().copied()).replace(" or ", " and ");
            format!("the keys of {place} are {keys}")
        };
        let message = format!("unknown key `{}` in {place}", key.name);
        let problem = reading.report(&UNKNOWN_KEY, key.span, message, "not known here");
        problem.help.push(help);
    }
    all_meant
}

/// A list of words.
fn words(reading: &mut Reading<'_>, table: &Table, key: &str) -> Vec<Box<str>> {
    let Some(value) = table.get(key) else {
        return Vec::new();
    };
    let Some(values) = reading.list(key, value, "string") else {
        return Vec::new();
    };
    values
        .iter()
        .filter_map(|value| Some(reading.text(key, value)?.value))
        .collect()
}

/// The list `requires`.
fn requirements(reading: &mut Reading<'_>, table: &Table) -> Vec<Requirement> {
    let Some(value) = table.get("requires") else {
        return Vec::new();
    };
    let Some(values) = reading.list("requires", value, "string") else {
        return Vec::new();
    };
    let mut requirements = Vec::new();
    for value in values {
        let Some(text) = reading.text("requires", value) else {
            continue;
        };
        if text.value.contains(['/', ' ', '\0']) {
            reading.invalid(
                "requires",
                value.span,
                "expected the name of a program, or `gateway`",
            );
        } else if &*text.value == "gateway" {
            requirements.push(Requirement::Gateway);
        } else {
            requirements.push(Requirement::Program(text.value));
        }
    }
    requirements
}

/// A text that has to be there.
fn required_text(
    reading: &mut Reading<'_>,
    table: &Table,
    owner: (&str, Span),
    key: &str,
) -> Option<Text> {
    if let Some(value) = table.get(key) {
        return reading.text(key, value);
    }
    missing_key(reading, owner, key);
    None
}

fn missing_key(reading: &mut Reading<'_>, (place, span): (&str, Span), key: &str) {
    let message = format!("{place} needs `{key}`");
    reading.report(&MISSING_KEY, span, message, format!("`{key}` is missing"));
}

/// A value as a table.
fn as_table<'v>(
    reading: &mut Reading<'_>,
    key: &str,
    value: &'v Value<'v>,
    expected: &str,
) -> Option<&'v Table<'v>> {
    let Kind::Table(table) = &value.kind else {
        reading.wrong_type(key, value, expected);
        return None;
    };
    Some(table)
}

/// One of a few words.
fn choice(
    reading: &mut Reading<'_>,
    key: &str,
    value: &Value,
    choices: &[&'static str],
) -> Option<Box<str>> {
    let text = reading.text(key, value)?;
    if choices.contains(&&*text.value) {
        return Some(text.value);
    }
    let message = format!("`{}` is not a value of `{key}`", text.value);
    let meant = suggest(&text.value, choices.iter().copied());
    let help = meant.map_or_else(
        || format!("expected {}", one_of(choices.iter().copied())),
        |meant| format!("did you mean `{meant}`?"),
    );
    reading
        .report(&INVALID_VALUE, value.span, message, "")
        .help
        .push(help);
    None
}

/// The names of keys, for [`unknown_keys`].
fn names(specs: &'static [KeySpec]) -> impl Iterator<Item = &'static str> + Clone {
    specs.iter().map(|spec| spec.key)
}

/// Where a key and its value stand together.
fn whole(key: &Key, value: &Value) -> Span {
    Span::new(key.span.start, value.span.end.max(key.span.end))
}
