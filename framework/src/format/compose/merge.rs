//! How Compose lays one document, or one service, over another, and which elements of a list
//! replace earlier ones: the packages `override` of compose-go 2.4.

use std::collections::HashMap;

use super::rules::{BAD_VALUE, WRONG_TYPE};
use super::tree::{Path, add, get_mut, map};
use super::volume;
use super::yaml_text;
use crate::document::{Complaint, Data, Entry, Node};

/// Lays a value over another.
///
/// # Errors
///
/// A map or a list is to be replaced by something else.
pub(super) fn merge(base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    for (pattern, special) in SPECIAL {
        if path.matches(pattern) {
            return special(base, over, path);
        }
    }
    if over.data == Data::Null {
        return Ok(base);
    }
    match (&base.data, &over.data) {
        (Data::Map(_), Data::Map(_)) => merge_maps(base, over, path),
        (Data::Map(_) | Data::List(_), _) if !matches!(over.data, Data::List(_)) => {
            cannot(&over, path)
        }
        (Data::Map(_), _) => cannot(&over, path),
        (Data::List(_), Data::List(_)) => Ok(joined(base, over)),
        _ => Ok(over),
    }
}

fn cannot(over: &Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    let message = format!("cannot override {path}");
    Err(Box::new(Complaint::new(&WRONG_TYPE, over.place, message)))
}

fn merge_maps(mut base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    let (Data::Map(entries), Data::Map(others)) = (&mut base.data, over.data) else {
        return Ok(base);
    };
    let mut places: HashMap<Box<str>, usize> = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| (entry.name.clone(), index))
        .collect();
    for other in others {
        let Some(index) = places.get(&other.name).copied() else {
            places.insert(other.name.clone(), entries.len());
            entries.push(other);
            continue;
        };
        let entry = &mut entries[index];
        let old = std::mem::replace(&mut entry.node, map(other.place));
        entry.node = if other.name.starts_with("x-") {
            other.node
        } else {
            merge(old, other.node, &path.key(&other.name))?
        };
        entry.place = other.place;
    }
    Ok(base)
}

fn joined(mut base: Node, over: Node) -> Node {
    if let (Data::List(items), Data::List(others)) = (&mut base.data, over.data) {
        items.extend(others);
    }
    base
}

type Special = fn(Node, Node, &Path<'_>) -> Result<Node, Box<Complaint>>;

/// Paths that are not merged as their types suggest.
static SPECIAL: &[(&str, Special)] = &[
    ("networks.*.ipam.config", replace),
    ("networks.*.labels", as_lists),
    ("volumes.*.labels", as_lists),
    ("services.*.annotations", as_lists),
    ("services.*.build", builds),
    ("services.*.build.args", as_lists),
    ("services.*.build.additional_contexts", as_lists),
    ("services.*.build.extra_hosts", as_lists),
    ("services.*.build.labels", as_lists),
    ("services.*.command", replace),
    ("services.*.depends_on", dependencies),
    ("services.*.deploy.labels", as_lists),
    ("services.*.dns", as_lists),
    ("services.*.dns_opt", as_lists),
    ("services.*.dns_search", as_lists),
    ("services.*.entrypoint", replace),
    ("services.*.env_file", as_lists),
    ("services.*.label_file", as_lists),
    ("services.*.environment", as_lists),
    ("services.*.extra_hosts", as_lists),
    ("services.*.healthcheck.test", replace),
    ("services.*.labels", as_lists),
    ("services.*.logging", logging),
    ("services.*.networks", networks),
    ("services.*.sysctls", as_lists),
    ("services.*.tmpfs", as_lists),
    ("services.*.ulimits.*", replace),
];

#[expect(clippy::unnecessary_wraps, reason = "a row of the table")]
fn replace(_: Node, over: Node, _: &Path<'_>) -> Result<Node, Box<Complaint>> {
    Ok(over)
}

#[expect(clippy::unnecessary_wraps, reason = "a row of the table")]
fn as_lists(base: Node, over: Node, _: &Path<'_>) -> Result<Node, Box<Complaint>> {
    Ok(joined(as_list(base), as_list(over)))
}

/// Names and values as texts `name=value`, so that they can be joined.
fn as_list(mut node: Node) -> Node {
    let place = node.place;
    node.data = Data::List(match node.data {
        Data::List(items) => items,
        Data::Text(text) => vec![Node::text(text, place)],
        Data::Map(entries) => {
            let mut items: Vec<Node> = entries.iter().flat_map(pairs).collect();
            items.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
            items
        }
        _ => Vec::new(),
    });
    node
}

fn pairs(entry: &Entry) -> Vec<Node> {
    let name = &entry.name;
    let pair = |node: &Node| {
        let value = yaml_text(&node.data).unwrap_or_default();
        Node::text(format!("{name}={value}"), node.place)
    };
    match &entry.node.data {
        Data::Null => vec![Node::text(name.clone(), entry.place)],
        Data::List(items) => items.iter().map(pair).collect(),
        _ => vec![pair(&entry.node)],
    }
}

fn builds(base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    merge_maps(as_build(base), as_build(over), path)
}

/// A build in the long syntax.
pub(super) fn as_build(node: Node) -> Node {
    match node.data {
        Data::Text(_) => {
            let mut build = map(node.place);
            add(&mut build, "context", node);
            build
        }
        Data::Map(_) => node,
        _ => map(node.place),
    }
}

fn dependencies(base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    merge_maps(as_dependencies(base), as_dependencies(over), path)
}

/// `depends_on` in the long syntax.
pub(super) fn as_dependencies(node: Node) -> Node {
    named(node, |place| {
        let mut dependency = map(place);
        super::tree::add_default(
            &mut dependency,
            "condition",
            Data::Text("service_started".into()),
        );
        super::tree::add_default(&mut dependency, "required", Data::Boolean(true));
        dependency
    })
}

fn networks(base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    merge_maps(as_networks(base), as_networks(over), path)
}

/// The networks of a service in the long syntax.
pub(super) fn as_networks(node: Node) -> Node {
    named(node, |place| Node::new(Data::Null, place))
}

/// A list of names as a map.
fn named(mut node: Node, value: impl Fn(crate::document::Place) -> Node) -> Node {
    node.data = match node.data {
        Data::List(items) => {
            let mut seen = std::collections::HashSet::new();
            let names = items.into_iter().filter_map(|item| match item.data {
                Data::Text(name) => seen.insert(name.clone()).then(|| Entry {
                    name,
                    place: item.place,
                    node: value(item.place),
                }),
                _ => None,
            });
            Data::Map(names.collect())
        }
        Data::Map(entries) => Data::Map(entries),
        _ => Data::Map(Vec::new()),
    };
    node
}

/// The options of another driver mean nothing.
fn logging(base: Node, over: Node, path: &Path<'_>) -> Result<Node, Box<Complaint>> {
    let driver = |node: &Node| node.get("driver").map(|driver| driver.data.clone());
    match (driver(&base), driver(&over)) {
        (Some(old), Some(new)) if old != new => Ok(over),
        _ if !matches!((&base.data, &over.data), (Data::Map(_), Data::Map(_))) => {
            cannot(&over, path)
        }
        _ => merge_maps(base, over, path),
    }
}

/// What makes two elements of a list the same; `None` where nothing does.
type Identity = fn(&Node, &Path<'_>) -> Result<Option<String>, Box<Complaint>>;

/// Lists in which a later element replaces an earlier one.
static UNIQUE: &[(&str, Identity)] = &[
    ("networks.*.labels", by_name),
    ("networks.*.ipam.options", by_name),
    ("services.*.annotations", by_name),
    ("services.*.build.args", by_name),
    ("services.*.build.additional_contexts", by_name),
    ("services.*.build.platform", by_name),
    ("services.*.build.tags", by_name),
    ("services.*.build.labels", by_name),
    ("services.*.cap_add", by_name),
    ("services.*.cap_drop", by_name),
    ("services.*.configs", by_config),
    ("services.*.deploy.labels", by_name),
    ("services.*.devices", by_device),
    ("services.*.dns", by_name),
    ("services.*.dns_opt", by_name),
    ("services.*.dns_search", by_name),
    ("services.*.environment", by_name),
    ("services.*.env_file", by_file),
    ("services.*.expose", by_text),
    ("services.*.labels", by_name),
    ("services.*.links", by_name),
    ("services.*.networks.*.aliases", by_name),
    ("services.*.networks.*.link_local_ips", by_name),
    ("services.*.ports", by_port),
    ("services.*.profiles", by_name),
    ("services.*.secrets", by_secret),
    ("services.*.sysctls", by_name),
    ("services.*.tmpfs", by_name),
    ("services.*.volumes", by_target),
];

/// Whether later elements of the list at a path replace earlier ones.
pub(super) fn is_unique(path: &Path<'_>) -> bool {
    UNIQUE.iter().any(|(pattern, _)| path.matches(pattern))
}

/// Lets later elements of lists replace earlier ones, everywhere.
///
/// # Errors
///
/// An element without what makes it one: a port without a target, a name that is no text.
pub(super) fn unify(node: &mut Node, path: &Path<'_>) -> Result<(), Box<Complaint>> {
    match &mut node.data {
        Data::Map(entries) => {
            for entry in entries {
                unify(&mut entry.node, &path.key(&entry.name))?;
            }
        }
        Data::List(items) => {
            let Some((_, identity)) = UNIQUE.iter().find(|(pattern, _)| path.matches(pattern))
            else {
                return Ok(());
            };
            let mut places: HashMap<String, usize> = HashMap::new();
            let mut kept: Vec<Node> = Vec::with_capacity(items.len());
            for (index, item) in std::mem::take(items).into_iter().enumerate() {
                let name = identity(&item, &path.index(index))?.unwrap_or_default();
                if let Some(place) = places.get(&name) {
                    kept[*place] = item;
                } else {
                    places.insert(name, kept.len());
                    kept.push(item);
                }
            }
            *items = kept;
        }
        _ => {}
    }
    Ok(())
}

fn wrong<T>(node: &Node, message: String) -> Result<T, Box<Complaint>> {
    Err(Box::new(Complaint::new(&WRONG_TYPE, node.place, message)))
}

fn unexpected<T>(node: &Node, path: &Path<'_>) -> Result<T, Box<Complaint>> {
    wrong(
        node,
        format!("{path}: unexpected type, {}", node.data.name()),
    )
}

fn by_name(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    let Some(text) = node.as_text() else {
        return unexpected(node, path);
    };
    Ok(Some(text.split('=').next().unwrap_or(text).to_owned()))
}

fn by_text(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    match &node.data {
        Data::Text(_) | Data::Integer(_) => Ok(node.data.to_text().map(Into::into)),
        _ => unexpected(node, path),
    }
}

fn by_file(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    match &node.data {
        Data::Text(text) => Ok(Some(text.to_string())),
        Data::Map(_) => match node.get("path") {
            Some(path) => Ok(path.as_text().map(str::to_owned)),
            None => wrong(
                node,
                format!("environment path attribute {path} is missing"),
            ),
        },
        _ => Ok(None),
    }
}

fn by_target(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    match &node.data {
        Data::Text(text) => match volume::parse(text) {
            Ok(volume) => Ok(Some(volume.target)),
            Err(error) => Err(Box::new(Complaint::new(&BAD_VALUE, node.place, error))),
        },
        Data::Map(_) => match node.get("target").and_then(Node::as_text) {
            Some(target) => Ok(Some(target.to_owned())),
            None => wrong(
                node,
                format!("service volume {path} is missing a mount target"),
            ),
        },
        _ => Ok(None),
    }
}

fn by_device(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    match &node.data {
        Data::Text(text) => {
            let mut parts = text.split(':');
            let first = parts.next().unwrap_or_default();
            Ok(Some(parts.next().unwrap_or(first).to_owned()))
        }
        Data::Map(_) => match node.get("target").and_then(Node::as_text) {
            Some(target) => Ok(Some(target.to_owned())),
            None => wrong(
                node,
                format!("service device {path} is missing a mount target"),
            ),
        },
        _ => Ok(None),
    }
}

fn by_secret(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    mounted(node, path, "/run/secrets")
}

fn by_config(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    mounted(node, path, "")
}

fn mounted(node: &Node, path: &Path<'_>, dir: &str) -> Result<Option<String>, Box<Complaint>> {
    let text = |name| node.get(name).and_then(|value| value.data.to_text());
    match &node.data {
        Data::Text(name) => Ok(Some(format!("{dir}/{name}"))),
        Data::Map(_) => Ok(Some(match text("target") {
            Some(target) => target.into(),
            None => format!("{dir}/{}", text("source").unwrap_or_default()),
        })),
        _ => unexpected(node, path),
    }
}

fn by_port(node: &Node, path: &Path<'_>) -> Result<Option<String>, Box<Complaint>> {
    let text = |name| node.get(name).and_then(|value| value.data.to_text());
    match &node.data {
        Data::Text(_) | Data::Integer(_) => Ok(node.data.to_text().map(Into::into)),
        Data::Map(_) => {
            let Some(target) = text("target") else {
                let message = format!("service ports {path} is missing a target port");
                return wrong(node, message);
            };
            let host = text("host_ip").unwrap_or("0.0.0.0".into());
            let published = text("published").unwrap_or_default();
            let protocol = text("protocol").unwrap_or("tcp".into());
            Ok(Some(format!("{host}:{published}:{target}/{protocol}")))
        }
        _ => Ok(None),
    }
}

/// Takes away what a later document resets or overrides, before it is laid over.
pub(super) fn reset(node: &mut Node, path: &[Box<str>]) {
    match path {
        [] => {}
        [last] => {
            super::tree::remove(node, last);
        }
        [first, rest @ ..] => {
            if let Some(inner) = get_mut(node, first) {
                reset(inner, rest);
            }
        }
    }
}
