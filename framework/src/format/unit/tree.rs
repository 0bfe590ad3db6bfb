//! A unit as a document: sections, their settings, and the defaults of what is not set.

use super::effective::{Setting, Value};
use super::{State, Unit, defaults, keys, rules};
use crate::document::{Data, Document, Entry, Node, Place};
use crate::text::suggest;

/// Turns a unit into a document.
pub(super) fn document(unit: Unit) -> Document {
    let mut sections: Vec<Entry> = Vec::new();
    if unit.state == State::Loaded {
        for setting in unit.settings() {
            if !is_shown(setting) {
                continue;
            }
            let node = node(setting);
            let (written_section, written) = setting.written;
            let is_renamed = written_section != setting.section || written != setting.name;
            if is_renamed && !is_other(setting) {
                push(
                    &mut sections,
                    written_section,
                    written,
                    setting.key_place,
                    node.clone(),
                );
            }
            push(
                &mut sections,
                setting.section,
                setting.name,
                setting.key_place,
                node,
            );
        }
        for section in &mut sections {
            unset_environment(&mut section.node);
        }
        if !unit.is_fragment {
            add_defaults(&unit, &mut sections);
        }
    }
    let mut complaints = unit.complaints;
    if unit.state != State::Loaded {
        for complaint in &mut complaints {
            let codes = [&rules::NOT_LOADED, &rules::MASKED, &rules::UNREADABLE];
            complaint.is_refusal = codes.contains(&complaint.rule);
        }
    }
    let whole = Place::new(0, unit.files.first().map_or(0, |part| part.bytes.len()));
    Document {
        root: Node::new(Data::Map(sections), whole),
        files: unit.files,
        asides: unit.asides,
        complaints,
        is_refused: unit.state != State::Loaded,
        unknown: Some(unknown),
    }
}

/// Advice about a key that no unit and no configuration of journald has.
fn unknown(names: &[&str]) -> Option<String> {
    let [section, name, ..] = names else {
        return Some("a key is written `Section.Key`".to_owned());
    };
    if section.starts_with("X-") || name.starts_with("X-") || keys::find(section, name).is_some() {
        return None;
    }
    let known = keys::all(section).map(|key| key.name);
    Some(match suggest(name, known) {
        Some(meant) => format!("did you mean `{section}.{meant}`?"),
        None if keys::section(section).is_empty() => {
            format!("systemd knows no section [{section}] with keys")
        }
        None => format!("systemd does not know it in [{section}]"),
    })
}

/// Takes out of `Environment` what `UnsetEnvironment` names: a variable, or one assignment
/// (`systemd.exec(5)`).
fn unset_environment(section: &mut Node) {
    let unset: Vec<Box<str>> = section
        .get("UnsetEnvironment")
        .map(|node| {
            node.items()
                .iter()
                .filter_map(Node::as_text)
                .map(Into::into)
                .collect()
        })
        .unwrap_or_default();
    if unset.is_empty() {
        return;
    }
    let Data::Map(entries) = &mut section.data else {
        return;
    };
    for entry in entries
        .iter_mut()
        .filter(|entry| &*entry.name == "Environment")
    {
        if let Data::List(items) = &mut entry.node.data {
            items.retain(|item| {
                let text = item.as_text().unwrap_or_default();
                let name = text.split_once('=').map_or(text, |(name, _)| name);
                !unset
                    .iter()
                    .any(|unset| **unset == *text || **unset == *name)
            });
        }
    }
    entries.retain(|entry| &*entry.name != "Environment" || !entry.node.items().is_empty());
}

/// An empty list is as good as none; but for capabilities it says that there are none.
fn is_shown(setting: &Setting) -> bool {
    match &setting.value {
        Value::Text(_) => true,
        Value::List(elements) => {
            !elements.is_empty() || matches!(setting.reader, keys::Reader::Capabilities)
        }
    }
}

/// `TimeoutSec=` sets two settings; it is shown under its own name once, with the first.
fn is_other(setting: &Setting) -> bool {
    setting.name == "TimeoutStopSec" && setting.written.1 == "TimeoutSec"
}

fn node(setting: &Setting) -> Node {
    let data = match &setting.value {
        Value::Text(text) => Data::Text(text.clone()),
        Value::List(elements) => Data::List(
            elements
                .iter()
                .map(|element| {
                    let node = Node::text(element.text.clone(), element.place);
                    match setting.scale() {
                        Some(scale) => node.scaled(scale),
                        None => node,
                    }
                })
                .collect(),
        ),
    };
    let node = Node::new(data, setting.place);
    match setting.scale() {
        Some(scale) => node.scaled(scale),
        None => node,
    }
}

fn push(sections: &mut Vec<Entry>, section: &str, name: &str, place: Place, node: Node) {
    let entry = Entry {
        name: name.into(),
        place,
        node,
    };
    if let Some(found) = sections.iter_mut().find(|entry| &*entry.name == section) {
        if let Data::Map(entries) = &mut found.node.data {
            entries.push(entry);
        }
        return;
    }
    sections.push(Entry {
        name: section.into(),
        place,
        node: Node::new(Data::Map(vec![entry]), place),
    });
}

fn add_defaults(unit: &Unit, sections: &mut Vec<Entry>) {
    let nowhere = Place::new(0, 0);
    for row in defaults::all(unit.kind) {
        let (section, name) = (row.section, row.name);
        if unit.setting(section, name).is_some() {
            continue;
        }
        let dynamic = (name == "User")
            .then(|| dynamic_user(unit, section))
            .flatten();
        let special = defaults::special(unit, section, name).or(row.value);
        let Some(value) = dynamic.or(special) else {
            continue;
        };
        let mut node = Node::text(value, nowhere);
        node.is_default = true;
        node.scale = row.scale;
        push(sections, section, name, nowhere, node);
    }
}

/// The user that `DynamicUser=` makes up: it has the name of the unit, where that can be one of a
/// user (`systemd.exec(5)`).
fn dynamic_user<'u>(unit: &'u Unit, section: &str) -> Option<&'u str> {
    let stem = unit
        .name
        .rsplit_once('.')
        .map_or(&*unit.name, |(stem, _)| stem);
    let is_first = stem.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let is_name = is_first && stem.len() <= 31 && stem.chars().all(is_plain);
    (is_name && unit.is_true(section, "DynamicUser")).then_some(stem)
}
