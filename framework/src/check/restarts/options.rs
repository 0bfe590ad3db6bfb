//! The tables of `crash_loop` and `recovers`: their keys and values.

use std::time::Duration;

use super::Subject;
use crate::check::CheckSpec;
use crate::check::read_as::ReadAs;
use crate::duration;
use crate::reading::{EMPTY_VALUE, INVALID_VALUE, Reading};
use crate::restart::Micros;
use crate::restart::exit::{Written, is_same};
use crate::source::Span;
use crate::supervised::VERSIONS;
use crate::text::{all_of, suggest};
use crate::value::{Kind, Table, Value};

/// A time that is demanded.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) time: Micros,
    /// As it was written.
    pub(super) text: Box<str>,
    pub(super) span: Span,
}

/// The table of an expectation while it is read.
pub(super) struct Options<'v> {
    spec: &'static CheckSpec,
    table: &'v Table<'v>,
}

impl<'v> Options<'v> {
    /// Checks that the value is a table with known keys.
    pub(super) fn new(
        reading: &mut Reading<'_>,
        spec: &'static CheckSpec,
        value: &'v Value<'v>,
        known: &[&str],
    ) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            let example = format!("{{ {} = \"5min\" }}", known.first()?);
            let expected = format!("a table such as `{example}`");
            reading.wrong_type(spec.key, value, &expected);
            return None;
        };
        let mut is_known = true;
        for (key, _) in &table.entries {
            if known.contains(&&*key.name) {
                continue;
            }
            is_known = false;
            let names = known.iter().copied();
            let hint = match suggest(&key.name, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its keys are {}", all_of(names)),
            };
            let message = format!(
                "`{}` is not valid: `{}` is not a key of it; {hint}",
                spec.key, key.name
            );
            reading.report(&INVALID_VALUE, key.span, message, "");
        }
        let first = *known.first()?;
        if table.get(first).is_none() && is_known {
            let message = format!("`{}` demands nothing without `{first}`", spec.key);
            let label = format!("expected `{first}`");
            reading.report(&EMPTY_VALUE, value.span, message, label);
            return None;
        }
        is_known.then_some(Self { spec, table })
    }

    /// Where the value of a key stands.
    pub(super) fn span(&self, key: &str) -> Option<Span> {
        self.table.get(key).map(|value| value.span)
    }

    /// The time that is demanded.
    pub(super) fn limit(&self, reading: &mut Reading<'_>, key: &'static str) -> Option<Limit> {
        let value = self.table.get(key)?;
        let time = reading.parsed(key, value, duration::parse)?;
        Some(Limit {
            time: micros(time),
            text: duration::exact(time).into(),
            span: value.span,
        })
    }

    /// A time that may be zero.
    pub(super) fn time_or_zero(
        &self,
        reading: &mut Reading<'_>,
        key: &'static str,
    ) -> Option<Micros> {
        let Some(value) = self.table.get(key) else {
            return Some(0);
        };
        reading.parsed(key, value, time_or_zero)
    }

    /// A list of ends, which may be names or numbers.
    pub(super) fn exits(
        &self,
        reading: &mut Reading<'_>,
        key: &'static str,
        default: &[&'static str],
    ) -> Option<Vec<Written>> {
        let Some(value) = self.table.get(key) else {
            return Some(
                default
                    .iter()
                    .filter_map(|name| Written::named(name))
                    .collect(),
            );
        };
        let values = reading.list(key, value, "exit")?;
        let mut exits: Vec<Written> = Vec::with_capacity(values.len());
        let mut is_valid = true;
        for value in values {
            let read = match &value.kind {
                Kind::Integer { .. } => reading.count(key, value).and_then(|number| {
                    let parsed = Written::parse(&number.to_string());
                    parsed
                        .map_err(|why| reading.invalid(key, value.span, why))
                        .ok()
                }),
                _ => reading.parsed(key, value, Written::parse),
            };
            let Some(exit) = read else {
                is_valid = false;
                continue;
            };
            if let Some(first) = exits.iter().find(|first| is_same(first, &exit)) {
                let why = if first.name == exit.name {
                    format!("`{}` stands twice", exit.name)
                } else {
                    format!("`{}` is the same end as `{}`", exit.name, first.name)
                };
                reading.invalid(key, value.span, why);
                is_valid = false;
                continue;
            }
            exits.push(exit);
        }
        is_valid.then_some(exits)
    }

    /// What both expectations have: `service` and `systemd_version`.
    pub(super) fn subject(
        &self,
        reading: &mut Reading<'_>,
        read_as: Option<ReadAs>,
        limit: Option<Limit>,
    ) -> Option<Subject> {
        // All of them are read before one that is wrong ends it.
        let service = self
            .table
            .get("service")
            .map(|value| reading.text("service", value));
        let version = self
            .table
            .get("systemd_version")
            .map(|value| version(reading, value));
        let leaves_process = self.table.get("leaves_process").map(|value| {
            let demanded = reading.only_true("leaves_process", value);
            demanded.map(|()| value.span)
        });
        Some(Subject {
            key: self.spec.key,
            service: sound(service)?,
            version: sound(version)?,
            leaves_process: sound(leaves_process)?,
            limit: limit?,
            read_as: read_as?,
        })
    }
}

/// A value that may be absent but not wrong.
#[expect(
    clippy::option_option,
    reason = "an absent value and a wrong one are two things"
)]
fn sound<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}

fn version(reading: &mut Reading<'_>, value: &Value) -> Option<(u16, Span)> {
    let number = reading.count("systemd_version", value)?;
    let version = u16::try_from(number)
        .ok()
        .filter(|version| VERSIONS.contains(version));
    if version.is_none() {
        let why = format!(
            "the rules of the versions {} to {} are known, not those of {number}",
            VERSIONS.start(),
            VERSIONS.end()
        );
        reading.invalid("systemd_version", value.span, why);
    }
    Some((version?, value.span))
}

/// A time that may be zero: `0s`, `500ms`, `2min`.
///
/// # Errors
///
/// As [`duration::parse`], but for zero.
pub fn time_or_zero(text: &str) -> Result<Micros, String> {
    let is_zero = text
        .strip_prefix('0')
        .is_some_and(|unit| matches!(unit.trim_start_matches(' '), "ms" | "s" | "m" | "min" | "h"));
    if is_zero {
        return Ok(0);
    }
    duration::parse(text).map(micros)
}

fn micros(time: Duration) -> Micros {
    Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX)
}
