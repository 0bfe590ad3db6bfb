//! Limits that a service can have in two ways, which mean the same to the engine, and those that it
//! has where nothing is said.

use super::decode::dig;
use super::tree::{add, add_default, get_mut};
use crate::document::{Data, Node};

/// The short way and the one below `deploy`. Where both are written they have to agree (compose-go,
/// package `validation`).
pub(super) static TWINS: &[(&str, [&str; 4])] = &[
    ("cpus", ["deploy", "resources", "limits", "cpus"]),
    ("mem_limit", ["deploy", "resources", "limits", "memory"]),
    (
        "mem_reservation",
        ["deploy", "resources", "reservations", "memory"],
    ),
    ("pids_limit", ["deploy", "resources", "limits", "pids"]),
];

/// Puts a limit that is written in the short way below `deploy`, too, where one path finds it
/// whichever way it is written.
pub(super) fn deploy(service: &mut Node) {
    for (short, long) in TWINS {
        if let (Some(limit), None) = (service.get(short).cloned(), dig(service, long)) {
            put(service, long, limit);
        }
    }
}

/// Adds a value at a path, with the maps on the way. Something else on the way stays as it is.
fn put(node: &mut Node, path: &[&str], value: Node) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        return add(node, name, value);
    }
    if node.get(name).is_none() {
        add(node, name, Node::new(Data::Map(Vec::new()), value.place));
    }
    if let Some(inner) = get_mut(node, name) {
        put(inner, rest, value);
    }
}

/// Adds what the engine takes where a service says something of its logs: the driver, and for
/// `local` the limits that it has of itself (Docker's documentation of both drivers).
pub(super) fn logging(service: &mut Node) {
    let Some(logging) = get_mut(service, "logging") else {
        return;
    };
    add_default(logging, "driver", Data::Text("json-file".into()));
    if logging.get("driver").and_then(Node::as_text) != Some("local") {
        return;
    }
    add_default(logging, "options", Data::Map(Vec::new()));
    if let Some(options) = get_mut(logging, "options") {
        add_default(options, "max-size", Data::Text("20m".into()));
        add_default(options, "max-file", Data::Text("5".into()));
    }
}
