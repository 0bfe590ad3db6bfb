//! Which ports of the host a Compose file opens, and who can reach them.

use super::port::is_loopback;
use crate::document::{Document, Node, Place};
use crate::format::Listener;

/// Every published port of every service, whatever its profiles, and every service in the network
/// of the host, where `ports` says nothing.
pub fn listeners(document: &Document) -> Vec<Listener> {
    let services = document.root.get("services").map_or(&[][..], Node::entries);
    let mut listeners = Vec::new();
    for entry in services {
        let (name, service) = (&entry.name, &entry.node);
        let mode = service.entry("network_mode");
        if let Some(mode) = mode.filter(|mode| mode.node.as_text() == Some("host")) {
            listeners.push(Listener {
                what: format!("the service `{name}` in the network of the host"),
                is_loopback: false,
                place: mode.node.place,
                why: "what the service opens is open on the host; nothing here limits it"
                    .to_owned(),
            });
            continue;
        }
        for port in service.get("ports").map_or(&[][..], Node::items) {
            listeners.push(listener(name, port));
        }
    }
    listeners
}

fn listener(service: &str, port: &Node) -> Listener {
    let host = port.get("host_ip");
    let address = host.and_then(Node::as_text).unwrap_or_default();
    let is_default = host.is_none_or(|host| host.is_default);
    let place: Place = match host {
        Some(host) if !is_default => host.place,
        _ => port.place,
    };
    let published = port.get("published").and_then(|node| node.data.to_text());
    let target = port.get("target").and_then(|node| node.data.to_text());
    let target = target.unwrap_or_default();
    let what = match published.as_deref() {
        None | Some("" | "0") => {
            format!("a random port for port {target} of the service `{service}`")
        }
        Some(published) => format!("port {published} of the service `{service}`"),
    };
    let why = if is_default {
        "no address: Docker publishes it on all interfaces".to_owned()
    } else if matches!(address, "0.0.0.0" | "::" | "[::]") {
        format!("`{address}` means all interfaces")
    } else {
        format!("`{address}` is not a loopback address")
    };
    Listener {
        what,
        is_loopback: !is_default && is_loopback(address),
        place,
        why,
    }
}
