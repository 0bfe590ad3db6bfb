//! Whether the parts of a Compose file go together (compose-go's `checkConsistency` and package
//! `validation`). Services whose profiles are not enabled are not looked at, as in Compose.

use std::collections::{HashMap, HashSet};

use super::canonical::Complaints;
use super::decode::dig;
use super::rules::{BAD_SERVICE, UNDEFINED};
use super::scale::size;
use super::twins::TWINS;
use crate::document::{Complaint, Data, Entry, Node};
use crate::scale::Amount;
use crate::text::suggest;

/// What a file defines, and which of its services are enabled.
struct Defined<'a> {
    root: &'a Node,
    names: HashMap<&'static str, HashSet<&'a str>>,
    enabled: HashSet<&'a str>,
}

/// The kinds of things that services refer to.
static KINDS: &[&str] = &["services", "networks", "volumes", "secrets", "configs"];

/// How many dangling references get a proposal.
const MAX_PROPOSALS: usize = 20;

/// The services that are started: those without profiles, and those with one that is enabled.
/// `profiles` are the enabled ones; `*` enables all.
pub(super) fn is_enabled(service: &Node, profiles: &[&str]) -> bool {
    let own = service.get("profiles").map_or(&[][..], Node::items);
    own.is_empty()
        || own.iter().filter_map(Node::as_text).any(|profile| {
            profiles
                .iter()
                .any(|enabled| *enabled == "*" || *enabled == profile)
        })
}

/// All contradictions and dangling references.
pub(super) fn check(root: &Node, profiles: &[&str]) -> Complaints {
    let services = root.get("services").map_or(&[][..], Node::entries);
    let enabled: Vec<&Entry> = services
        .iter()
        .filter(|entry| is_enabled(&entry.node, profiles))
        .collect();
    let names = |kind: &str| {
        let entries = root.get(kind).map_or(&[][..], Node::entries);
        entries.iter().map(|entry| &*entry.name).collect()
    };
    let defined = Defined {
        root,
        names: KINDS.iter().map(|kind| (*kind, names(kind))).collect(),
        enabled: enabled.iter().map(|entry| &*entry.name).collect(),
    };
    let mut complaints = resources(root);
    for entry in &enabled {
        check_service(entry, &defined, &mut complaints);
    }
    if complaints.is_empty()
        && let Some(complaint) = circle(&enabled, &defined)
    {
        complaints.push(complaint);
    }
    complaints
}

/// Resources that say nothing, or two things at once.
fn resources(root: &Node) -> Complaints {
    let mut complaints = Vec::new();
    let entries = |kind| root.get(kind).map_or(&[][..], Node::entries);
    let is_external = |node: &Node| matches!(node.get("external"), Some(node) if node.data == Data::Boolean(true));
    for entry in entries("volumes") {
        if is_external(&entry.node) {
            for other in entry.node.entries() {
                let name = &*other.name;
                if !matches!(name, "name" | "external") && !name.starts_with("x-") {
                    let message = format!(
                        "volumes.{}: conflicting parameters \"external\" and \"{name}\" specified",
                        entry.name
                    );
                    complaints.push(Complaint::new(&BAD_SERVICE, other.place, message));
                }
            }
        }
    }
    for (kind, keys) in [
        ("configs", &["file", "environment", "content"][..]),
        ("secrets", &["file", "environment"]),
    ] {
        for entry in entries(kind) {
            let node = &entry.node;
            let count = keys.iter().filter(|key| node.get(key).is_some()).count();
            let names = keys.join("|");
            let message = if count > 1 {
                format!("{names} attributes are mutually exclusive")
            } else if count == 0 && node.get("driver").is_none() && node.get("external").is_none() {
                format!("one of {names} must be set")
            } else {
                continue;
            };
            let message = format!("{kind}.{}: {message}", entry.name);
            complaints.push(Complaint::new(&BAD_SERVICE, entry.place, message));
        }
    }
    complaints
}

fn check_service(entry: &Entry, defined: &Defined<'_>, complaints: &mut Complaints) {
    let (name, service) = (&*entry.name, &entry.node);
    let mut bad = |place, message: String| {
        complaints.push(Complaint::new(&BAD_SERVICE, place, message));
    };
    let text = |key| service.get(key).and_then(Node::as_text).unwrap_or_default();
    let build = service.get("build");
    if build.is_none() && text("image").is_empty() {
        let place = service
            .entry("image")
            .map_or(entry.place, |image| image.place);
        bad(
            place,
            format!("service \"{name}\" has neither an image nor a build context specified"),
        );
    }
    if let Some(inline) = build.and_then(|build| build.entry("dockerfile_inline"))
        && build.and_then(|build| build.get("dockerfile")).is_some()
    {
        let message = format!(
            "service \"{name}\" declares mutualy exclusive dockerfile and dockerfile_inline"
        );
        bad(inline.place, message);
    }
    if let Some(mode) = service.entry("network_mode")
        && !text("network_mode").is_empty()
        && service
            .get("networks")
            .is_some_and(|networks| !networks.entries().is_empty())
    {
        let message =
            format!("service {name} declares mutually exclusive `network_mode` and `networks`");
        bad(mode.place, message);
    }
    if let Some(test) = dig(service, &["healthcheck", "test"])
        && let Some(first) = test.items().first()
        && !matches!(first.as_text(), Some("CMD" | "CMD-SHELL" | "NONE"))
    {
        let message = "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"";
        bad(first.place, message.to_owned());
    }
    for (own, deployed) in TWINS {
        let (Some(own_node), Some(resources)) = (service.get(own), dig(service, &deployed[..3]))
        else {
            continue;
        };
        let zero = Amount::Number(0);
        let own_amount = amount(own, own_node);
        let other = resources.get(deployed[3]);
        let other_amount = other.map_or(zero.clone(), |node| amount(own, node));
        if !own_amount.is_same(&zero) && !own_amount.is_same(&other_amount) {
            let deployed = deployed.join(".");
            let message =
                format!("services.{name}: can't set distinct values on '{own}' and '{deployed}'");
            bad(own_node.place, message);
        }
    }
    let scale = service.get("scale");
    let replicas = dig(service, &["deploy", "replicas"]);
    if let (Some(scale), Some(replicas)) = (scale, replicas)
        && scale.data != replicas.data
    {
        let message =
            format!("services.{name}: can't set distinct values on 'scale' and 'deploy.replicas'");
        bad(scale.place, message);
    }
    if let Some(Data::Integer(count)) = scale.or(replicas).map(|node| &node.data)
        && *count > 1
        && let Some(container) = service.entry("container_name")
    {
        let message = format!(
            "services.{name}: can't set container_name and {} as container name must be unique",
            if scale.is_some() {
                "scale"
            } else {
                "deploy.replicas"
            }
        );
        bad(container.place, message);
    }
    references(name, service, defined, complaints);
}

fn amount(key: &str, node: &Node) -> Amount {
    if key.starts_with("mem") {
        return match &node.data {
            Data::Text(text) => Amount::Number(size(text).unwrap_or(0).into()),
            Data::Integer(number) => Amount::Number(*number),
            _ => Amount::Number(0),
        };
    }
    match &node.data {
        Data::Integer(number) => Amount::Number(*number),
        Data::Float(number) => Amount::Float(*number),
        Data::Text(text) => Amount::Float(text.parse().unwrap_or(0.0)),
        _ => Amount::Number(0),
    }
}

fn references(name: &str, service: &Node, defined: &Defined<'_>, complaints: &mut Complaints) {
    let has = |kind: &str, wanted: &str| {
        let names = defined.names.get(kind);
        names.is_some_and(|names| names.contains(wanted))
    };
    let mut undefined = |kind: &str, place, message: String, wanted: &str| {
        let mut complaint = Complaint::new(&UNDEFINED, place, message);
        let names = defined.root.get(kind).map_or(&[][..], Node::entries);
        let names = names.iter().map(|entry| &*entry.name);
        if names.len() <= 1_000
            && complaints.len() < MAX_PROPOSALS
            && let Some(right) = suggest(wanted, names)
        {
            complaint = complaint.help(format!("did you mean `{right}`?"));
        }
        complaints.push(complaint);
    };
    for network in service.get("networks").map_or(&[][..], Node::entries) {
        let wanted = &*network.name;
        if wanted != "default" && !has("networks", wanted) {
            let message = format!("service \"{name}\" refers to undefined network {wanted}");
            undefined("networks", network.place, message, wanted);
        }
    }
    for dependency in service.get("depends_on").map_or(&[][..], Node::entries) {
        let wanted = &*dependency.name;
        let is_required = dependency
            .node
            .get("required")
            .is_none_or(|required| required.data != Data::Boolean(false));
        let is_known = has("services", wanted);
        if !defined.enabled.contains(wanted) && (is_required || !is_known) {
            let mut message =
                format!("service \"{name}\" depends on undefined service \"{wanted}\"");
            if is_known {
                message.push_str(": its profiles are not enabled");
            }
            undefined("services", dependency.place, message, wanted);
        }
    }
    for mount in service.get("volumes").map_or(&[][..], Node::items) {
        let part = |key| mount.get(key).and_then(Node::as_text).unwrap_or_default();
        let source = part("source");
        if part("type") == "volume" && !source.is_empty() && !has("volumes", source) {
            let message = format!("service \"{name}\" refers to undefined volume {source}");
            undefined("volumes", mount.place, message, source);
        }
    }
    let build = service.get("build").and_then(|build| build.get("secrets"));
    for (kind, what, nodes) in [
        ("secrets", "build secret", build),
        ("configs", "config", service.get("configs")),
        ("secrets", "secret", service.get("secrets")),
    ] {
        for mounted in nodes.map_or(&[][..], Node::items) {
            let source = mounted.get("source").and_then(Node::as_text);
            let source = source.unwrap_or_default();
            if !has(kind, source) {
                let message = format!("service \"{name}\" refers to undefined {what} {source}");
                undefined(kind, mounted.place, message, source);
            }
        }
    }
}

/// Services that depend on each other, or on themselves.
fn circle(enabled: &[&Entry], defined: &Defined<'_>) -> Option<Complaint> {
    // Services are taken away as long as all that they need is gone; what stays is in a circle or
    // needs one.
    let needs: Vec<(&Entry, Vec<&str>)> = enabled
        .iter()
        .map(|entry| {
            let names = entry.node.get("depends_on").map_or(&[][..], Node::entries);
            let names = names.iter().map(|entry| &*entry.name);
            (
                *entry,
                names
                    .filter(|name| defined.enabled.contains(name))
                    .collect(),
            )
        })
        .collect();
    let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut open: Vec<usize> = needs.iter().map(|(_, names)| names.len()).collect();
    for (index, (_, names)) in needs.iter().enumerate() {
        for name in names {
            waiting.entry(name).or_default().push(index);
        }
    }
    let mut ready: Vec<usize> = (0..needs.len()).filter(|index| open[*index] == 0).collect();
    while let Some(index) = ready.pop() {
        for other in waiting.get(&*needs[index].0.name).into_iter().flatten() {
            open[*other] -= 1;
            if open[*other] == 0 {
                ready.push(*other);
            }
        }
    }
    let stuck = |name: &str| {
        let index = needs.iter().position(|(entry, _)| &*entry.name == name);
        index.is_some_and(|index| open[index] > 0)
    };
    let (first, _) = needs
        .iter()
        .enumerate()
        .find(|(index, _)| open[*index] > 0)?
        .1;
    let mut chain = vec![&*first.name];
    let mut current = first;
    while chain.len() <= 100 {
        let names = current
            .node
            .get("depends_on")
            .map_or(&[][..], Node::entries);
        let next = names.iter().find(|entry| stuck(&entry.name))?;
        let at = chain.iter().position(|name| **name == *next.name);
        chain.push(&next.name);
        if let Some(at) = at {
            let chain = chain[at..].join(" -> ");
            let message = format!("dependency cycle detected: {chain}");
            return Some(Complaint::new(&UNDEFINED, next.place, message));
        }
        current = enabled.iter().find(|entry| entry.name == next.name)?;
    }
    let message = "dependency cycle detected".to_owned();
    Some(Complaint::new(&UNDEFINED, first.place, message))
}
