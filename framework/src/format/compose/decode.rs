//! The last step of reading: texts become what Compose's own types hold, values that cannot be
//! read are told, and every value gets the scale by which it is compared.

use super::canonical::{Complaints, pair};
use super::rules::{BAD_VALUE, CUT_COMMAND, NO_LIMIT};
use super::scale::{CPUS, DURATION, NUMBER, SIZE, cpus, duration, quoted, size};
use super::tree::{entries_mut, get_mut, items_mut, remove};
use super::{words, yaml_text};
use crate::document::{Aside, Complaint, Data, Entry, Node, Place};
use crate::source::Span;

static DURATIONS: &[&[&str]] = &[
    &["stop_grace_period"],
    &["healthcheck", "interval"],
    &["healthcheck", "timeout"],
    &["healthcheck", "start_period"],
    &["healthcheck", "start_interval"],
    &["deploy", "update_config", "delay"],
    &["deploy", "update_config", "monitor"],
    &["deploy", "rollback_config", "delay"],
    &["deploy", "rollback_config", "monitor"],
    &["deploy", "restart_policy", "delay"],
    &["deploy", "restart_policy", "window"],
];

static SIZES: &[&[&str]] = &[
    &["mem_limit"],
    &["mem_reservation"],
    &["memswap_limit"],
    &["mem_swappiness"],
    &["shm_size"],
    &["build", "shm_size"],
    &["deploy", "resources", "limits", "memory"],
    &["deploy", "resources", "reservations", "memory"],
];

static SHARES: &[&[&str]] = &[
    &["cpus"],
    &["deploy", "resources", "limits", "cpus"],
    &["deploy", "resources", "reservations", "cpus"],
];

static NUMBERS: &[&[&str]] = &[
    &["pids_limit"],
    &["scale"],
    &["healthcheck", "retries"],
    &["deploy", "replicas"],
    &["deploy", "resources", "limits", "pids"],
    &["deploy", "restart_policy", "max_attempts"],
];

/// Limits for which zero means none.
static LIMITS: &[&[&str]] = &[
    &["cpus"],
    &["mem_limit"],
    &["pids_limit"],
    &["deploy", "resources", "limits", "cpus"],
    &["deploy", "resources", "limits", "memory"],
    &["deploy", "resources", "limits", "pids"],
];

/// Maps of texts that may be written as lists, and whether a name alone has no value rather than
/// an empty one.
static PAIRS: &[(&[&str], bool)] = &[
    (&["environment"], true),
    (&["labels"], false),
    (&["annotations"], false),
    (&["sysctls"], false),
    (&["build", "args"], true),
    (&["build", "labels"], false),
    (&["build", "additional_contexts"], false),
    (&["deploy", "labels"], false),
    (&["logging", "options"], false),
    (&["storage_opt"], false),
];

/// Finds what a path of keys leads to.
pub(super) fn dig<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, name| node.get(name))
}

fn dig_mut<'a>(node: &'a mut Node, path: &[&str]) -> Option<&'a mut Node> {
    path.iter().try_fold(node, |node, name| get_mut(node, name))
}

/// What is told while decoding: reasons to refuse the file, traps, and what has no effect.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) refusals: Complaints,
    pub(super) traps: Complaints,
    pub(super) asides: Vec<Aside>,
}

/// Decodes a service.
pub(super) fn service(name: &str, service: &mut Node, told: &mut Told) {
    for path in DURATIONS {
        scaled(name, service, path, told, |node| {
            node.scale = Some(&DURATION);
            match &node.data {
                Data::Text(text) => duration(text).map(|_| ()),
                _ => Ok(()),
            }
        });
    }
    for path in SIZES {
        scaled(name, service, path, told, |node| {
            node.scale = Some(&SIZE);
            match &node.data {
                Data::Text(text) => size(text).map(|_| ()),
                _ => Ok(()),
            }
        });
    }
    for mount in get_mut(service, "volumes").map_or(&mut [][..], items_mut) {
        scaled(name, mount, &["tmpfs", "size"], told, |node| {
            node.scale = Some(&SIZE);
            match &node.data {
                Data::Text(text) => size(text).map(|_| ()),
                _ => Ok(()),
            }
        });
    }
    for path in SHARES {
        scaled(name, service, path, told, |node| {
            node.scale = Some(&CPUS);
            match &node.data {
                Data::Text(text) => cpus(text).map(|_| ()),
                _ => Ok(()),
            }
        });
    }
    for path in NUMBERS {
        scaled(name, service, path, told, |node| {
            node.scale = Some(&NUMBER);
            if let Data::Text(text) = &node.data {
                let number = text.parse::<i64>().map_err(|_| {
                    let text = quoted(text);
                    format!("strconv.ParseInt: parsing {text}: invalid syntax")
                })?;
                node.data = Data::Integer(number.into());
            } else if let Data::Float(number) = node.data {
                node.data = Data::Integer(whole(number));
            }
            Ok(())
        });
    }
    for path in LIMITS {
        drop_limit(name, service, path, told);
    }
    for (path, is_nullable) in PAIRS {
        if let Some(node) = dig_mut(service, path) {
            pairs(node, *is_nullable);
        }
    }
    for key in ["command", "entrypoint"] {
        if let Some(node) = get_mut(service, key) {
            command(name, key, node, told);
        }
    }
    if let Some(test) = dig_mut(service, &["healthcheck", "test"])
        && let Data::Text(_) = &test.data
    {
        let words = vec![Node::text("CMD-SHELL", test.place), test.clone()];
        test.data = Data::List(words);
    }
    for key in ["tmpfs", "dns_search"] {
        if let Some(node) = get_mut(service, key)
            && let Data::Text(_) = &node.data
        {
            node.data = Data::List(vec![node.clone()]);
        }
    }
    for key in ["expose", "group_add"] {
        for item in get_mut(service, key).map_or(&mut [][..], items_mut) {
            texts(item);
        }
    }
    for port in get_mut(service, "ports").map_or(&mut [][..], items_mut) {
        if let Some(published) = get_mut(port, "published") {
            texts(published);
        }
        if let Some(target) = get_mut(port, "target") {
            target.scale = Some(&NUMBER);
        }
    }
    if let Some(hosts) = get_mut(service, "extra_hosts") {
        extra_hosts(hosts, told);
    }
}

/// A number without its fraction, as Go converts it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is too large is as large as can be"
)]
fn whole(number: f64) -> i128 {
    number as i128
}

fn scaled(
    service: &str,
    node: &mut Node,
    path: &[&str],
    told: &mut Told,
    read: impl FnOnce(&mut Node) -> Result<(), String>,
) {
    if let Some(node) = dig_mut(node, path)
        && let Err(error) = read(node)
    {
        let path = path.join(".");
        let message = format!("error decoding 'services[{service}].{path}': {error}");
        let mut complaint = Complaint::new(&BAD_VALUE, node.place, message);
        if error.contains("missing unit") {
            complaint = complaint.help("add a unit: `s` for seconds");
        }
        told.refusals.push(complaint);
    }
}

/// Takes out a limit of which Compose makes nothing, and says so.
fn drop_limit(name: &str, service: &mut Node, path: &[&str], told: &mut Told) {
    let Some((key, parents)) = path.split_last() else {
        return;
    };
    let Some(parent) = dig_mut(service, parents) else {
        return;
    };
    if !parent.get(key).is_some_and(|limit| is_dropped(limit, path)) {
        return;
    }
    let Some(limit) = remove(parent, key).map(|entry| entry.node) else {
        return;
    };
    let joined = path.join(".");
    let message = format!("`{joined}` limits nothing: Compose drops the value");
    let complaint = Complaint::new(&NO_LIMIT, limit.place, message)
        .help("write a positive number, a size as a text with a unit: `512m`");
    told.traps.push(complaint);
    let full = ["services", name].into_iter().chain(path.iter().copied());
    told.asides.push(Aside {
        path: full.map(Into::into).collect(),
        value: yaml_text(&limit.data).unwrap_or_default().into(),
        place: limit.place,
        why: "dropped by Compose: it limits nothing".into(),
    });
}

/// Whether Compose makes nothing of a limit: zero, or a number with a fraction as a size.
fn is_dropped(limit: &Node, path: &[&str]) -> bool {
    let is_size = path.last().is_some_and(|key| key.starts_with("mem"));
    match &limit.data {
        Data::Integer(number) => *number == 0,
        Data::Float(number) => is_size || *number == 0.0,
        Data::Text(text) if is_size => size(text) == Ok(0),
        Data::Text(text) => cpus(text) == Ok(0.0),
        _ => false,
    }
}

/// A map or a list of `name=value` as a map of texts.
pub(super) fn pairs(node: &mut Node, is_nullable: bool) {
    let empty = || {
        if is_nullable {
            Data::Null
        } else {
            Data::Text("".into())
        }
    };
    match &mut node.data {
        Data::List(items) => {
            let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
            let mut places = std::collections::HashMap::new();
            for item in items {
                let text = yaml_text(&item.data).unwrap_or_default();
                let entry = pair(item, &text, empty());
                if let Some(index) = places.get(&entry.name) {
                    entries[*index] = entry;
                } else {
                    places.insert(entry.name.clone(), entries.len());
                    entries.push(entry);
                }
            }
            node.data = Data::Map(entries);
        }
        Data::Map(entries) => {
            for entry in entries {
                match &entry.node.data {
                    Data::Null => entry.node.data = empty(),
                    _ => texts(&mut entry.node),
                }
            }
        }
        _ => {}
    }
}

/// A single value as the text that Go prints for it.
fn texts(node: &mut Node) {
    if let Some(text) = yaml_text(&node.data) {
        node.data = Data::Text(text.into());
    }
}

fn command(service: &str, key: &str, node: &mut Node, told: &mut Told) {
    let Data::Text(line) = &node.data else {
        return;
    };
    let place = node.place;
    let Some(split) = words::split(line) else {
        let message =
            format!("error decoding 'services[{service}].{key}': invalid command line string");
        told.refusals
            .push(Complaint::new(&BAD_VALUE, place, message));
        return;
    };
    if let Some(at) = split.cut {
        let c = line[at..].chars().next().unwrap_or(' ');
        let message = format!(
            "Compose stops to read `{key}` of the service `{service}` at `{c}`: no shell runs it"
        );
        // A plain text stands in the file as it is.
        let start = place.span.start + at;
        let is_plain = place.span.end - place.span.start == line.len();
        let place = if is_plain {
            Place::in_file(place.file, Span::new(start, start + c.len_utf8()))
        } else {
            place
        };
        let complaint = Complaint::new(&CUT_COMMAND, place, message)
            .help("write `[\"sh\", \"-c\", \"…\"]`, or quote the character");
        told.traps.push(complaint);
    }
    let words = split.words.into_iter();
    node.data = Data::List(words.map(|word| Node::text(word, place)).collect());
}

/// `extra_hosts` as Compose prints it: texts `name=address`, sorted.
fn extra_hosts(node: &mut Node, told: &mut Told) {
    let mut hosts: Vec<Node> = Vec::new();
    let bare = |address: &str| {
        let inner = address
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        inner
            .filter(|inner| !inner.is_empty())
            .unwrap_or(address)
            .to_owned()
    };
    let mut host = |name: &str, address: &str, item: &Node| {
        let text = format!("{name}={}", bare(address));
        hosts.push(Node::text(text, item.place));
    };
    for item in node.items() {
        let Some(text) = item.as_text() else {
            continue;
        };
        match text.split_once('=').or_else(|| text.split_once(':')) {
            Some((name, _)) if name.is_empty() || name.contains([':', '=']) => {
                let message = format!("bad host name '{name}'");
                told.refusals
                    .push(Complaint::new(&BAD_VALUE, item.place, message));
            }
            Some((name, addresses)) => {
                addresses
                    .split(',')
                    .for_each(|address| host(name, address, item));
            }
            None => {
                let message = format!("invalid additional host, missing IP: {text}");
                told.refusals
                    .push(Complaint::new(&BAD_VALUE, item.place, message));
            }
        }
    }
    for entry in node.entries() {
        match &entry.node.data {
            Data::List(items) => {
                for item in items {
                    host(&entry.name, item.as_text().unwrap_or_default(), item);
                }
            }
            _ => host(
                &entry.name,
                entry.node.as_text().unwrap_or_default(),
                &entry.node,
            ),
        }
    }
    hosts.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    node.data = Data::List(hosts);
}

/// Decodes the resources beside the services.
pub(super) fn resources(root: &mut Node) {
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for entry in get_mut(root, kind).map_or(&mut [][..], entries_mut) {
            for key in ["labels", "driver_opts"] {
                if let Some(node) = get_mut(&mut entry.node, key) {
                    pairs(node, false);
                }
            }
        }
    }
}
