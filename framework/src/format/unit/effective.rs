//! What is in effect after all lines have been read, and typed access to it.

use super::keys::{self, Reader};
use super::scales;
use super::values::{Effect, Item};
use super::{Assignment, Unit};
use crate::document::{Aside, Place};
use crate::scale::{Amount, Scale};

/// A setting that is in effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The section that the setting belongs to; `Unit` for the start limits, also where they were
    /// written in `[Service]` under their old names.
    pub section: &'static str,
    /// Its name today; see [`Self::written`].
    pub name: &'static str,
    /// The section and the key as they were written by the assignment that decided.
    pub written: (&'static str, &'static str),
    /// Where the key stands.
    pub key_place: Place,
    /// Where the value stands; of a list, the last assignment that added to it.
    pub place: Place,
    /// What is in effect.
    pub value: Value,
    pub(super) reader: Reader,
}

impl Setting {
    /// The value, if it is one; `None` for a list.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }

    /// The elements, if it is a list.
    pub fn elements(&self) -> &[Element] {
        match &self.value {
            Value::Text(_) => &[],
            Value::List(elements) => elements,
        }
    }

    /// How systemd compares such values; `None` where letter by letter.
    pub fn scale(&self) -> Option<&'static Scale> {
        scales::of(self.reader)
    }
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The last valid value, as it was written.
    Text(Box<str>),
    /// What the lines have added since the last reset.
    List(Vec<Element>),
}

/// An element of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// The text, unquoted; a command line as it was written.
    pub text: Box<str>,
    /// Where it stands.
    pub place: Place,
}

/// The settings that have other names, or names in other sections, for old files.
const LEGACY: &[(&str, &str, &str, &str)] = &[
    (
        "Journal",
        "RateLimitInterval",
        "Journal",
        "RateLimitIntervalSec",
    ),
    ("Service", "FailureAction", "Unit", "FailureAction"),
    ("Service", "RebootArgument", "Unit", "RebootArgument"),
    ("Service", "StartLimitAction", "Unit", "StartLimitAction"),
    ("Service", "StartLimitBurst", "Unit", "StartLimitBurst"),
    (
        "Service",
        "StartLimitInterval",
        "Unit",
        "StartLimitIntervalSec",
    ),
    ("Service", "TimeoutSec", "Service", "TimeoutStartSec"),
    ("Unit", "BindTo", "Unit", "BindsTo"),
    (
        "Unit",
        "PropagateReloadFrom",
        "Unit",
        "ReloadPropagatedFrom",
    ),
    ("Unit", "PropagateReloadTo", "Unit", "PropagatesReloadTo"),
    ("Unit", "RequiresOverridable", "Unit", "Requires"),
    ("Unit", "RequisiteOverridable", "Unit", "Requisite"),
    (
        "Unit",
        "StartLimitInterval",
        "Unit",
        "StartLimitIntervalSec",
    ),
];

/// The settings of processes with older names, in every section that has them.
const LEGACY_ANYWHERE: &[(&str, &str)] = &[
    ("InaccessibleDirectories", "InaccessiblePaths"),
    ("ReadOnlyDirectories", "ReadOnlyPaths"),
    ("ReadWriteDirectories", "ReadWritePaths"),
];

/// The section and name that a setting has today.
fn canonical(section: &str, key: &'static str) -> (&'static str, &'static str) {
    let section_name = keys::section(section);
    if let Some((_, _, section, name)) = LEGACY
        .iter()
        .find(|(old_section, old, _, _)| *old_section == section && *old == key)
    {
        return (section, name);
    }
    let renamed = LEGACY_ANYWHERE.iter().find(|(old, _)| *old == key);
    (section_name, renamed.map_or(key, |(_, new)| new))
}

/// The settings that an empty value of one of them resets together.
fn is_same_group(reader: Reader, key: &str, other: &Setting) -> bool {
    match reader {
        Reader::Condition | Reader::ConditionPath => {
            let prefix = if key.starts_with("Condition") {
                "Condition"
            } else {
                "Assert"
            };
            matches!(other.reader, Reader::Condition | Reader::ConditionPath)
                && other.name.starts_with(prefix)
        }
        Reader::Calendar | Reader::TimerSeconds => {
            matches!(other.reader, Reader::Calendar | Reader::TimerSeconds)
        }
        Reader::PathSpec => matches!(other.reader, Reader::PathSpec),
        Reader::ListenAddress | Reader::ListenPath => {
            matches!(other.reader, Reader::ListenAddress | Reader::ListenPath)
        }
        Reader::BindPaths => matches!(other.reader, Reader::BindPaths),
        _ => false,
    }
}

/// An assignment with what systemd made of it.
pub(super) struct Change<'a> {
    pub(super) assignment: &'a Assignment,
    pub(super) key: &'static keys::Key,
    pub(super) effect: Effect,
}

impl Unit {
    /// Takes an assignment into what is in effect. `place` finds where a part of the value stands.
    pub(super) fn change(&mut self, change: Change<'_>, place: &dyn Fn(&Item) -> Place) {
        let Change {
            assignment,
            key,
            effect,
        } = change;
        let (section, name) = canonical(&assignment.section, key.name);
        match effect {
            Effect::Ignored | Effect::Stop => {
                self.asides.push(Aside {
                    path: vec![section.into(), name.into()],
                    value: assignment.value.clone(),
                    place: assignment.place,
                    why: "not a value that systemd takes, so it is ignored".into(),
                });
            }
            Effect::Set => {
                self.set(section, name, assignment, key);
                if &*assignment.section == "Service" && key.name == "TimeoutSec" {
                    self.set("Service", "TimeoutStopSec", assignment, key);
                }
            }
            Effect::Unset => self.remove(section, name, assignment),
            Effect::Reset => {
                self.remove(section, name, assignment);
                let group: Vec<&'static str> = self
                    .settings
                    .iter()
                    .filter(|setting| is_same_group(key.reader, key.name, setting))
                    .map(|setting| setting.name)
                    .collect();
                for name in group {
                    self.remove(section, name, assignment);
                }
                if matches!(key.reader, Reader::Capabilities) {
                    self.settings.push(Setting {
                        value: Value::List(Vec::new()),
                        ..Self::from_assignment(section, name, assignment, key)
                    });
                }
            }
            Effect::Add(items) => {
                let elements = items.into_iter().map(|item| Element {
                    place: place(&item),
                    text: item.text,
                });
                if let Some(index) = self.position(section, name) {
                    let setting = &mut self.settings[index];
                    setting.place = assignment.place;
                    setting.key_place = assignment.key_place;
                    match &mut setting.value {
                        Value::List(list) => list.extend(elements),
                        Value::Text(_) => setting.value = Value::List(elements.collect()),
                    }
                } else {
                    let value = Value::List(elements.collect());
                    self.settings.push(Setting {
                        value,
                        ..Self::from_assignment(section, name, assignment, key)
                    });
                }
            }
        }
    }

    fn from_assignment(
        section: &'static str,
        name: &'static str,
        assignment: &Assignment,
        key: &'static keys::Key,
    ) -> Setting {
        Setting {
            section,
            name,
            written: (keys::section(&assignment.section), key.name),
            key_place: assignment.key_place,
            place: assignment.place,
            value: Value::Text(assignment.value.clone()),
            reader: key.reader,
        }
    }

    fn position(&self, section: &str, name: &str) -> Option<usize> {
        self.settings
            .iter()
            .position(|setting| setting.name == name && setting.section == section)
    }

    fn set(
        &mut self,
        section: &'static str,
        name: &'static str,
        assignment: &Assignment,
        key: &'static keys::Key,
    ) {
        let setting = Self::from_assignment(section, name, assignment, key);
        match self.position(section, name) {
            Some(index) => {
                let old = std::mem::replace(&mut self.settings[index], setting);
                self.aside(old, assignment, "overridden");
            }
            None => self.settings.push(setting),
        }
    }

    fn remove(&mut self, section: &str, name: &str, assignment: &Assignment) {
        if let Some(index) = self.position(section, name) {
            let old = self.settings.remove(index);
            self.aside(old, assignment, "reset");
        }
    }

    /// Says what has put an end to a setting.
    fn aside(&mut self, old: Setting, by: &Assignment, how: &str) {
        let by_file = by.place.file;
        let name = self
            .files
            .get(by_file as usize)
            .map(|part| part.name.clone());
        let why = |place: Place| match &name {
            Some(name) if place.file != by_file => format!("{how} by {name}"),
            _ => format!("{how} by a later line"),
        };
        let path: Vec<Box<str>> = vec![old.section.into(), old.name.into()];
        match old.value {
            Value::Text(value) => self.asides.push(Aside {
                path,
                value,
                place: old.place,
                why: why(old.place).into(),
            }),
            Value::List(elements) => {
                for element in elements {
                    self.asides.push(Aside {
                        path: path.clone(),
                        value: element.text,
                        place: element.place,
                        why: why(element.place).into(),
                    });
                }
            }
        }
    }

    /// Of several assignments of one variable the last counts.
    pub(super) fn settle_environment(&mut self) {
        let mut dropped = Vec::new();
        for setting in &mut self.settings {
            let (Reader::Environment, Value::List(elements)) = (setting.reader, &mut setting.value)
            else {
                continue;
            };
            let mut seen = std::collections::HashSet::new();
            let mut kept = Vec::with_capacity(elements.len());
            for element in std::mem::take(elements).into_iter().rev() {
                let name = element.text.split('=').next().unwrap_or("").to_owned();
                if seen.insert(name) {
                    kept.push(element);
                } else {
                    dropped.push((setting.section, setting.name, element));
                }
            }
            kept.reverse();
            *elements = kept;
        }
        for (section, name, element) in dropped.into_iter().rev() {
            self.asides.push(Aside {
                path: vec![section.into(), name.into()],
                value: element.text,
                place: element.place,
                why: "overridden by a later assignment of the same variable".into(),
            });
        }
    }

    /// A setting that is in effect because a line has set it; defaults are not among them.
    ///
    /// A setting has its section and name of today: the limits of starts are
    /// `Unit.StartLimitIntervalSec` and `Unit.StartLimitBurst` wherever they were written.
    pub fn setting(&self, section: &str, name: &str) -> Option<&Setting> {
        self.position(section, name)
            .map(|index| &self.settings[index])
    }

    /// All settings that are in effect because a line has set them.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The effective value of a setting: as it was written, or systemd's default where that is a
    /// constant. `None` for lists, and where nothing is set and there is no such default.
    pub fn effective(&self, section: &str, name: &str) -> Option<&str> {
        match self.setting(section, name) {
            Some(setting) => setting.text(),
            None => super::defaults::of(self, section, name),
        }
    }

    /// The elements of a list that are in effect.
    pub fn list(&self, section: &str, name: &str) -> &[Element] {
        self.setting(section, name).map_or(&[], Setting::elements)
    }

    /// The effective value as systemd understands it: time spans in microseconds, sizes in bytes,
    /// percentages in hundredths of a percent, booleans as truth values, words as texts.
    pub fn amount(&self, section: &str, name: &str) -> Option<Amount> {
        let text = self.effective(section, name)?;
        let scale = match self.setting(section, name) {
            Some(setting) => setting.scale(),
            None => keys::find(section, name).and_then(|key| scales::of(key.reader)),
        };
        match scale {
            Some(scale) => (scale.read)(text).ok(),
            None => Some(Amount::Text(text.into())),
        }
    }

    /// An effective time span: microseconds, or infinite.
    pub fn time_span(&self, section: &str, name: &str) -> Option<Amount> {
        self.amount(section, name)
            .filter(|amount| matches!(amount, Amount::Number(_) | Amount::Infinite))
    }

    /// An effective boolean; `false` where nothing is set, as almost all of them are.
    pub fn is_true(&self, section: &str, name: &str) -> bool {
        matches!(self.amount(section, name), Some(Amount::Truth(true)))
    }
}
