//! The tables `[[check]]`.

use std::collections::HashMap;

use clawtest_framework::check::{
    CHECKS, COMPANIONS, Check, CheckSpec, Companion, OF_VALUES, SubjectKind, spec,
};
use clawtest_framework::duration;
use clawtest_framework::glob::Glob;
use clawtest_framework::judge::Subject;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::reading::Reading;
use clawtest_framework::source::Span;
use clawtest_framework::text::one_of;
use clawtest_framework::value::{Key, Kind, Table, Value};

use super::files::found_keys;
use super::{actions, as_table, choice, required_text, requirements, unknown_keys, whole, words};
use crate::harness::rules::{
    CONTRADICTION, DUPLICATE_CHECK, INVALID_NAME, MANY_SUBJECTS, NO_EXPECTATION, NO_SUBJECT,
    WRONG_SUBJECT,
};
use crate::harness::{Case, Extras, Program, schema};

/// Longest name of a check in characters.
const MAX_NAME: usize = 200;

/// What the checks of a harness need.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    /// Files on disk: a mode, an owner or a time is looked at.
    pub(super) disk: bool,
    /// Times that mean something.
    pub(super) time: bool,
}

/// What a key of `[[check]]` is.
#[derive(Clone, Copy)]
enum KeyKind {
    Own,
    Subject(SubjectKind),
    Expectation(&'static CheckSpec),
    Companion(&'static Companion),
}

fn key_kind(key: &str) -> Option<KeyKind> {
    if let Some(spec) = spec(key) {
        return Some(KeyKind::Expectation(spec));
    }
    if let Some(kind) = SubjectKind::ALL.into_iter().find(|kind| kind.key() == key) {
        return Some(KeyKind::Subject(kind));
    }
    if let Some(companion) = COMPANIONS.iter().find(|companion| companion.key == key) {
        return Some(KeyKind::Companion(companion));
    }
    schema::CHECK
        .iter()
        .any(|spec| spec.key == key)
        .then_some(KeyKind::Own)
}

/// The keys of one check, sorted by what they are.
#[derive(Default)]
struct Keys<'t> {
    subjects: Vec<(SubjectKind, &'t (Key<'t>, Value<'t>))>,
    expectations: Vec<(&'static CheckSpec, &'t (Key<'t>, Value<'t>))>,
    companions: Vec<(&'static Companion, &'t (Key<'t>, Value<'t>))>,
    has_own: bool,
    has_unknown: bool,
    /// What may have been meant by keys that are not known: a mistyped key is one problem, not two.
    meant: Vec<&'static str>,
}

impl<'t> Keys<'t> {
    fn of(table: &'t Table<'t>) -> Self {
        let mut keys = Self::default();
        let is_of_key = |name: &str| OF_VALUES.contains(&name);
        let has_key = table.entry("key").is_some();
        for entry in &table.entries {
            match key_kind(&entry.0.name) {
                Some(KeyKind::Own) => keys.has_own |= &*entry.0.name != "name",
                Some(KeyKind::Subject(kind)) => keys.subjects.push((kind, entry)),
                Some(KeyKind::Expectation(spec)) if has_key && is_of_key(spec.key) => {}
                Some(KeyKind::Expectation(spec)) => keys.expectations.push((spec, entry)),
                Some(KeyKind::Companion(companion)) => keys.companions.push((companion, entry)),
                None => keys.has_unknown = true,
            }
        }
        keys
    }

    /// Whether a key of some kind may have been meant by one that is not known.
    fn means(&self, is_kind: impl Fn(KeyKind) -> bool) -> bool {
        let mut meant = self.meant.iter();
        meant.any(|meant| key_kind(meant).is_some_and(&is_kind))
    }
}

/// Reads all checks; those that are wrong are reported and left out.
pub(super) fn read(reading: &mut Reading<'_>, harness: &Table, needs: &mut Needs) -> Vec<Case> {
    let Some(value) = harness.get("check") else {
        return Vec::new();
    };
    if let Kind::Table(_) = value.kind {
        reading.wrong_type("check", value, "a list of tables; write `[[check]]`");
        return Vec::new();
    }
    let Some(values) = reading.list("check", value, "table") else {
        return Vec::new();
    };
    let mut cases = Vec::with_capacity(values.len());
    let mut named: HashMap<&str, Span> = HashMap::with_capacity(values.len());
    for value in values {
        let Some(table) = as_table(reading, "check", value, "a table") else {
            continue;
        };
        if let Some((_, name)) = table.entry("name")
            && let Kind::String(text) = &name.kind
            && let Some(first) = named.insert(text, name.span)
        {
            let first = reading.source.excerpt(first);
            let message = format!("two checks are named `{text}`");
            let problem = reading.report(&DUPLICATE_CHECK, name.span, message, "the second one");
            *problem = problem.clone().label(first, "the first one");
        }
        cases.extend(case(reading, table, value.span, needs));
    }
    cases
}

fn case(reading: &mut Reading<'_>, table: &Table, span: Span, needs: &mut Needs) -> Option<Case> {
    let place = "a check";
    let mut keys = Keys::of(table);
    if keys.has_unknown {
        keys.meant = unknown_keys(reading, table, place, schema::check_keys());
    }
    let name = required_text(reading, table, (place, span), "name");
    if let Some(name) = &name {
        let why = match &*name.value {
            text if text.contains('#') => Some("contains `#`, which begins a directive in TAP"),
            text if text.chars().any(char::is_control) => Some("is not one line of text"),
            text if text.trim() != text => Some("begins or ends with a blank"),
            text if text.chars().count() > MAX_NAME => Some("has more than 200 characters"),
            _ => None,
        };
        if let Some(why) = why {
            reading.report(
                &INVALID_NAME,
                name.span,
                format!("the name of a check {why}"),
                "",
            );
        }
    }
    // Most checks have none of the rare keys, so these are not even looked for.
    let extras = keys.has_own.then(|| Box::new(extras(reading, table)));
    let subject = subject(
        reading,
        &keys,
        span,
        name.as_ref().map_or("", |name| &name.value),
    );
    let kind = subject.as_ref().map(|(kind, _)| *kind);
    let expectations = expectations(reading, table, &keys, kind, needs);
    companions(reading, &keys);
    if let Some((key, value)) = table.entry("timeout")
        && kind.is_some_and(|kind| kind != SubjectKind::Command)
    {
        let message = "`timeout` is for checks with a `command`";
        reading.report(
            &WRONG_SUBJECT,
            whole(key, value),
            message,
            "nothing here can take long",
        );
    }
    let demands_nothing = keys.expectations.is_empty()
        && keys.companions.is_empty()
        && !keys.means(|kind| matches!(kind, KeyKind::Expectation(_)));
    if let (Some(kind), true) = (kind, demands_nothing) {
        let possible = CHECKS
            .iter()
            .filter(|spec| spec.subjects.contains(&kind))
            .map(|spec| spec.key);
        let message = format!("the check demands nothing of its `{}`", kind.key());
        let at = table
            .entry(kind.key())
            .map_or(span, |(key, value)| whole(key, value));
        let problem = reading.report(&NO_EXPECTATION, at, message, "nothing is demanded of it");
        problem
            .help
            .push(format!("add at least one of {}", one_of(possible)));
    }
    let (_, (subject, program)) = subject?;
    Some(Case {
        name: name?.value,
        span,
        subject: subject?,
        program,
        expects_exit: keys.expectations.iter().any(|(spec, _)| spec.key == "exit"),
        needs_host: keys
            .expectations
            .iter()
            .find_map(|(spec, _)| spec.needs_host.then_some(spec.key)),
        expectations,
        extras,
        is_selected: true,
    })
}

/// The keys that most checks do not have.
fn extras(reading: &mut Reading<'_>, table: &Table) -> Extras {
    let text =
        |reading: &mut Reading<'_>, key: &str| Some(reading.text(key, table.get(key)?)?.value);
    Extras {
        why: text(reading, "why"),
        fix: text(reading, "fix"),
        severity: table
            .get("severity")
            .and_then(|value| choice(reading, "severity", value, &["error", "warning", "info"])),
        tags: words(reading, table, "tags"),
        skip: text(reading, "skip"),
        todo: text(reading, "todo"),
        requires: requirements(reading, table),
        before: table
            .get("before")
            .map(|value| actions::read(reading, "before", value))
            .unwrap_or_default(),
        timeout: table
            .get("timeout")
            .and_then(|value| reading.parsed("timeout", value, duration::parse)),
    }
}

/// The subject of a check: its kind if there is exactly one, and what it is if that is valid.
type ReadSubject = (SubjectKind, (Option<Subject>, Option<Program>));

fn subject(
    reading: &mut Reading<'_>,
    keys: &Keys<'_>,
    span: Span,
    name: &str,
) -> Option<ReadSubject> {
    let found = &keys.subjects;
    let (kind, value) = match found[..] {
        [(kind, (_, value))] => (kind, value),
        [] if keys.means(|kind| matches!(kind, KeyKind::Subject(_))) => return None,
        [] => {
            let message = match name {
                "" => "the check has no subject".to_owned(),
                name => format!("the check `{name}` has no subject"),
            };
            let problem = reading.report(&NO_SUBJECT, span, message, "");
            problem.help.push(format!(
                "say what it looks at: {}",
                one_of(SubjectKind::ALL.map(SubjectKind::key))
            ));
            return None;
        }
        [(first, _), (second, (key, value)), ..] => {
            let message = format!(
                "a check has one subject, found {}",
                found_keys(found.iter().map(|(kind, _)| kind.key()))
            );
            let at = whole(key, value);
            let problem = reading.report(&MANY_SUBJECTS, at, message, "a second subject");
            problem.help.push(format!(
                "write one check for the `{}` and one for the `{}`",
                first.key(),
                second.key()
            ));
            return None;
        }
    };
    let mut program = None;
    let subject = match kind {
        SubjectKind::File => {
            actions::path(reading, "file", value).map(|path| Subject::File(path, value.span))
        }
        SubjectKind::Dir => reading
            .parsed("dir", value, |text| {
                WorkspacePath::new(text).map_err(|why| format!("the path {why}"))
            })
            .map(|path| Subject::Dir(path, value.span)),
        SubjectKind::Glob => glob(reading, value),
        SubjectKind::Command => {
            actions::program(reading, "command", value).map(|(started, text)| {
                program = Some(started);
                Subject::Command(text)
            })
        }
    };
    Some((kind, (subject, program)))
}

fn glob(reading: &mut Reading<'_>, value: &Value) -> Option<Subject> {
    let glob = reading.parsed("glob", value, |text| {
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return Err("globs are relative to the workspace and cannot leave it".to_owned());
        }
        Glob::new(text.strip_prefix("./").unwrap_or(text))
    })?;
    Some(Subject::Glob(glob, value.span))
}

/// A key that says more about an expectation means nothing without it.
fn companions(reading: &mut Reading<'_>, keys: &Keys<'_>) {
    for (companion, (key, value)) in &keys.companions {
        let has = |name: &&str| keys.expectations.iter().any(|(spec, _)| spec.key == *name);
        if companion.of.iter().any(has) {
            continue;
        }
        let of = one_of(companion.of.iter().copied());
        let message = format!(
            "`{}` belongs to {of}, and the check has none",
            companion.key
        );
        let span = whole(key, value);
        let problem = reading.report(&NO_EXPECTATION, span, message, "means nothing alone");
        if companion.of == ["key"] {
            let help = "say whose value it is: `key = \"Service.Restart\"`";
            problem.help.push(help.to_owned());
        }
    }
}

fn expectations(
    reading: &mut Reading<'_>,
    table: &Table,
    keys: &Keys<'_>,
    kind: Option<SubjectKind>,
    needs: &mut Needs,
) -> Vec<Box<dyn Check>> {
    let mut checks = Vec::with_capacity(keys.expectations.len());
    for (spec, (key, value)) in &keys.expectations {
        if let Some(kind) = kind
            && !spec.subjects.contains(&kind)
        {
            let of = one_of(spec.subjects.iter().map(|kind| kind.key()));
            let message = format!("`{}` cannot be demanded of a `{}`", spec.key, kind.key());
            let problem = reading.report(&WRONG_SUBJECT, key.span, message, "");
            problem.help.push(format!("`{}` is for {of}", spec.key));
            continue;
        }
        needs.disk |= spec.needs_disk;
        needs.time |= spec.needs_time;
        checks.extend((spec.parse)(reading, spec, value, table));
    }
    let is_absent = |(spec, (_, value)): &&(&CheckSpec, &(Key, Value))| {
        spec.key == "exists" && value.kind == Kind::Boolean(false)
    };
    if let [_, _, ..] = keys.expectations[..]
        && let Some((_, (key, value))) = keys.expectations.iter().find(is_absent)
        && let Some((other, _)) = keys
            .expectations
            .iter()
            .find(|(spec, _)| spec.key != "exists")
    {
        let message = format!(
            "`exists = false` leaves nothing that `{}` could be demanded of",
            other.key
        );
        reading.report(&CONTRADICTION, whole(key, value), message, "");
    }
    checks
}
