//! The files beside a Compose file: `.env`, from which variables come, the env files of services,
//! and the Dockerfiles that say what an image runs and as which user.

mod image;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::canonical::Complaints;
use super::consistency::is_enabled;
use super::load::{Loader, join, services_mut};
use super::rules::NO_ENV_FILE;
use super::tree::{add, get_mut, map};
use crate::document::{Complaint, Data, Document, Entry, Input, Node, Part, Place};
use crate::format::{dir_name, env};

/// The variables that Compose knows: those given, in place of the environment of its process, and
/// those of the `.env` beside the file.
#[derive(Debug, Default)]
pub(super) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads `.env`, if it is there; it becomes a file of the document.
    ///
    /// # Errors
    ///
    /// What Compose refuses in it, beside what is known without it.
    pub(super) fn read(
        input: &Input<'_>,
        document: &mut Document,
    ) -> Result<Self, (Self, Complaints)> {
        let mut environment = Self {
            variables: input.variables.clone(),
        };
        let path = join(dir_name(input.path), ".env");
        let mut refusals = Vec::new();
        if let Ok(Some(bytes)) = input.target.read(&path) {
            let (entries, found) = read_env(input, document, &path, &bytes, &environment.variables);
            refusals = found;
            for entry in entries {
                if let Data::Text(text) = entry.node.data {
                    environment
                        .variables
                        .entry(entry.name.into())
                        .or_insert_with(|| text.into());
                }
            }
        }
        environment
            .variables
            .entry("COMPOSE_PROJECT_NAME".to_owned())
            .or_insert_with(|| project_name(input.path));
        if refusals.is_empty() {
            Ok(environment)
        } else {
            Err((environment, refusals))
        }
    }

    /// The value of a variable.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

/// The name that Compose makes of the folder.
fn project_name(path: &str) -> String {
    let folder = dir_name(path).rsplit('/').next().unwrap_or_default();
    let lower = folder.to_lowercase();
    let name: String = lower
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        .collect();
    match name.trim_start_matches(['_', '-']) {
        "" => "default".to_owned(),
        name => name.to_owned(),
    }
}

/// Reads an env file as Compose does. What is refused in it is returned, what else is to be said
/// goes to the document.
fn read_env(
    input: &Input<'_>,
    document: &mut Document,
    path: &str,
    bytes: &Arc<[u8]>,
    variables: &BTreeMap<String, String>,
) -> (Vec<Entry>, Complaints) {
    let read = env::read_compose(&Input {
        path,
        bytes: Arc::clone(bytes),
        target: input.target,
        variables,
    });
    let known = document.files.iter().position(|part| part.name == path);
    let index = known.unwrap_or(document.files.len());
    let file = u32::try_from(index).unwrap_or(u32::MAX);
    if known.is_none() {
        document.files.push(Part::new(path, Arc::clone(bytes)));
    }
    let moved = |place: Place| Place::in_file(file, place.span);
    let complaints = read.complaints.into_iter().map(|mut complaint| {
        complaint.place = complaint.place.map(moved);
        for (place, _) in &mut complaint.also {
            *place = moved(*place);
        }
        complaint
    });
    let mut refusals = Vec::new();
    if read.is_refused {
        refusals = complaints.collect();
    } else if known.is_none() {
        document.complaints.extend(complaints);
    }
    let mut entries = match read.root.data {
        Data::Map(entries) => entries,
        _ => Vec::new(),
    };
    for entry in &mut entries {
        entry.place = moved(entry.place);
        entry.node.place = moved(entry.node.place);
        entry.node.scale = None;
    }
    (entries, refusals)
}

/// Adds what the files say that services name: variables, and users.
pub(super) fn resolve(
    loader: &mut Loader<'_>,
    root: &mut Node,
    profiles: &[&str],
) -> Result<(), Complaints> {
    let mut refusals = Vec::new();
    for entry in services_mut(root) {
        let service = &mut entry.node;
        add_environment(
            loader,
            service,
            is_enabled(service, profiles),
            &mut refusals,
        );
        if let Some(Data::Map(entries)) = get_mut(service, "build")
            .and_then(|build| get_mut(build, "args"))
            .map(|arguments| &mut arguments.data)
        {
            // An argument without a value is Compose's own, or none.
            entries.retain_mut(|entry| {
                if entry.node.data != Data::Null {
                    return true;
                }
                let value = loader.environment.value(&entry.name);
                let is_known = value.is_some();
                entry.node.data = value.map_or(Data::Null, |value| Data::Text(value.into()));
                is_known
            });
        }
        image::resolve(loader, service);
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// Adds the variables of the env files of a service to `environment`, which wins, and gives names
/// without a value the value that Compose knows.
fn add_environment(
    loader: &mut Loader<'_>,
    service: &mut Node,
    is_enabled: bool,
    refusals: &mut Complaints,
) {
    let mut merged: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<Box<str>, usize> = BTreeMap::new();
    // Variables of Compose's own come before those of the files in a file's `${…}`.
    let mut variables = None;
    for file in service.get("env_file").map_or(&[][..], Node::items) {
        let Some(node) = file.get("path") else {
            continue;
        };
        let name = node.as_text().unwrap_or_default();
        let path = join(dir_name(loader.input.path), name);
        let target = loader.input.target;
        let required = file.get("required").map(|required| &required.data);
        let is_required = required != Some(&Data::Boolean(false));
        let bytes = match target.read(&path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                if is_required && is_enabled && target.is_host() {
                    let message = format!("env file {path} not found");
                    refusals.push(Complaint::new(&NO_ENV_FILE, node.place, message));
                }
                continue;
            }
            Err(why) => {
                if is_enabled {
                    let message = format!("the env file `{path}` cannot be read: {why}");
                    refusals.push(Complaint::new(&NO_ENV_FILE, node.place, message));
                }
                continue;
            }
        };
        // Time counts as well as memory: a file may be named by every service.
        if let Err(complaint) = loader.copy(1 + bytes.len() / 16, node.place) {
            refusals.push(*complaint);
            return;
        }
        let variables = variables.get_or_insert_with(|| loader.environment.variables.clone());
        let (entries, found) =
            read_env(loader.input, &mut loader.document, &path, &bytes, variables);
        if is_enabled {
            refusals.extend(found);
        }
        for entry in entries {
            if let Data::Text(text) = &entry.node.data {
                variables.insert(entry.name.to_string(), text.to_string());
            }
            put(&mut merged, &mut places, entry);
        }
    }
    if merged.is_empty() && service.get("environment").is_none() {
        return;
    }
    if service.get("environment").is_none() {
        add(service, "environment", map(service.place));
    }
    let Some(environment) = get_mut(service, "environment") else {
        return;
    };
    if let Data::Map(own) = std::mem::replace(&mut environment.data, Data::Null) {
        for mut entry in own {
            if entry.node.data == Data::Null
                && let Some(value) = loader.environment.value(&entry.name)
            {
                entry.node.data = Data::Text(value.into());
            }
            put(&mut merged, &mut places, entry);
        }
    }
    environment.data = Data::Map(merged);
}

fn put(entries: &mut Vec<Entry>, places: &mut BTreeMap<Box<str>, usize>, entry: Entry) {
    if let Some(index) = places.get(&entry.name) {
        entries[*index] = entry;
    } else {
        places.insert(entry.name.clone(), entries.len());
        entries.push(entry);
    }
}
