//! A Compose file as Docker Compose 2.26 reads it: documents merged, variables replaced, short
//! syntaxes as long ones. Nothing is started, and no image is looked into.

mod canonical;
mod consistency;
mod decode;
mod health;
mod interpolate;
mod listeners;
mod load;
mod merge;
mod neighbours;
mod port;
mod rules;
mod scale;
mod schema;
mod traps;
mod tree;
mod twins;
mod volume;
mod words;

pub use listeners::listeners;
pub use rules::RULES;
pub(in crate::format) use scale::duration;
pub use scale::{CPUS, DURATION, NUMBER, SIZE};

use std::borrow::Cow;

use self::canonical::Complaints;
use self::load::Loader;
use self::neighbours::Environment;
use self::rules::{BAD_SERVICE, NO_MODEL, OTHER_FILE};
use self::tree::{entries_mut, get_mut};
use crate::document::{Complaint, Data, Document, Input, Node};
use crate::format::{dir_name, file_name, yaml};

/// Whether a path is a Compose file by its name: `compose.yaml`, `docker-compose.yml`, and their
/// variants such as `docker-compose.prod.yml` and `compose.override.yaml`.
pub(crate) fn is_compose(path: &str) -> bool {
    let name = file_name(path);
    let stem = name
        .strip_suffix(".yml")
        .or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| {
        stem.starts_with("docker-compose") || stem == "compose" || stem.starts_with("compose.")
    })
}

/// Reads a Compose file with its `.env`, the env files and Dockerfiles that it names.
///
/// The tree is that of `docker compose config`, with these differences: services keep their
/// profiles and are all there; paths stay relative; what the consumer adds is marked as a default
/// (`host_ip` is then "0.0.0.0"); time spans, sizes and numbers of processors stay as they are
/// written and have a scale; resources have no made-up names; a random host port is an absent
/// `published`; and `user` comes from the Dockerfile where the service says nothing and builds it.
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    let environment = Environment::read(input, &mut document);
    let (environment, mut refusals) = match environment {
        Ok(environment) => (environment, Vec::new()),
        Err((environment, refusals)) => (environment, refusals),
    };
    refusals.extend(override_file(input));
    let mut loader = Loader::new(input, document, environment);
    let result = if refusals.is_empty() {
        model(&mut loader)
    } else {
        Err(refusals)
    };
    let mut document = loader.document;
    match result {
        Ok(root) => document.root = root,
        Err(refusals) => {
            document.is_refused = true;
            document.root.data = Data::Map(Vec::new());
            let refusals = refusals.into_iter().map(Complaint::refusing);
            document.complaints.extend(refusals);
        }
    }
    if !document.is_refused {
        document.asides.extend(loader.commented_out);
    }
    document.complaints.sort_by_key(|complaint| complaint.place);
    document
}

/// The file that Compose merges over this one without being asked, if there is one: nothing that
/// this one says is sure then.
fn override_file(input: &Input<'_>) -> Option<Complaint> {
    let stem = match file_name(input.path) {
        "compose.yaml" | "compose.yml" => "compose",
        "docker-compose.yaml" | "docker-compose.yml" => "docker-compose",
        _ => return None,
    };
    let dir = dir_name(input.path);
    let names = ["yml", "yaml"].map(|extension| format!("{stem}.override.{extension}"));
    let name = names.into_iter().find(|name| {
        let path = if dir.is_empty() && !input.path.starts_with('/') {
            name.clone()
        } else {
            format!("{dir}/{name}")
        };
        !matches!(input.target.read(&path), Ok(None))
    })?;
    let message = format!("Compose merges `{name}` over this file, and clawtest does not");
    let complaint = Complaint::of_file(&OTHER_FILE, message);
    Some(complaint.help("check what `docker compose config` makes of both"))
}

/// The model of the whole file, or why Compose refuses it: all reasons of the first step that has
/// one, since those of later steps would be its consequences.
fn model(loader: &mut Loader<'_>) -> Result<Node, Complaints> {
    let bytes = std::sync::Arc::clone(&loader.input.bytes);
    let text = yaml::text(&bytes).map_err(one)?;
    let mut root = loader.load(text)?;
    if root.entries().is_empty() {
        return Err(vec![Complaint::of_file(&NO_MODEL, "empty compose file")]);
    }
    if root
        .get("services")
        .is_none_or(|services| services.entries().is_empty())
    {
        // Compose says nothing to a file without services, but also does nothing with it.
        let message = "no service is defined; Compose has nothing to start";
        let complaint = match root.entry("services") {
            Some(entry) => Complaint::new(&BAD_SERVICE, entry.place, message),
            None => Complaint::of_file(&BAD_SERVICE, message),
        };
        loader.document.complaints.push(complaint);
    }
    let mut told = decode::Told::default();
    if let Some(services) = get_mut(&mut root, "services") {
        for entry in entries_mut(services) {
            canonical::defaults(&mut entry.node);
            let name = entry.name.clone();
            decode::service(&name, &mut entry.node, &mut told);
        }
    }
    decode::resources(&mut root);
    if !told.refusals.is_empty() {
        return Err(told.refusals);
    }
    let profiles = loader.environment.value("COMPOSE_PROFILES");
    let profiles = profiles.unwrap_or_default();
    let profiles: Vec<&str> = profiles.split(',').map(str::trim).collect();
    let refusals = consistency::check(&root, &profiles);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    loader.document.complaints.extend(told.traps);
    loader.document.asides.extend(told.asides);
    for entry in load::services_mut(&mut root) {
        canonical::replicas(&mut entry.node);
    }
    neighbours::resolve(loader, &mut root, &profiles)?;
    for entry in load::services_mut(&mut root) {
        health::disable(entry, &mut loader.document.asides);
    }
    for entry in root.get("services").map_or(&[][..], Node::entries) {
        let traps = traps::of_service(entry);
        loader.document.complaints.extend(traps);
    }
    for entry in load::services_mut(&mut root) {
        twins::deploy(&mut entry.node);
        twins::logging(&mut entry.node);
    }
    Ok(root)
}

#[expect(clippy::boxed_local, reason = "errors of single steps are boxed")]
fn one(complaint: Box<Complaint>) -> Complaints {
    vec![*complaint]
}

/// A single value as the text that Go prints for it; `None` for nothing, lists and maps.
fn yaml_text(data: &Data) -> Option<String> {
    match data {
        Data::Null => None,
        Data::Float(number) => Some(yaml::go_text(*number)),
        other => other.to_text().map(Cow::into_owned),
    }
}

#[cfg(test)]
mod tests;
