//! The short syntaxes of a Compose file as long ones (compose-go's package `transform`), and the
//! defaults that Compose writes out.

use std::collections::HashSet;

use super::merge::{as_build, as_dependencies, as_networks};
use super::port::{self, Port};
use super::rules::{BAD_VALUE, OVERSIZED, WRONG_TYPE};
use super::tree::{add, add_default, entries_mut, get_mut, items_mut, map, remove};
use super::volume;
use crate::document::{Complaint, Data, Entry, Node, Place};

/// Most ports that a file may publish, ranges counted port by port.
const MAX_PORTS: usize = 65_536;

/// What goes wrong, all of it.
pub(super) type Complaints = Vec<Complaint>;

/// Writes everything in its long syntax.
pub(super) fn expand(root: &mut Node, complaints: &mut Complaints) {
    let mut ports_left = MAX_PORTS;
    if let Some(services) = get_mut(root, "services") {
        for entry in entries_mut(services) {
            let name = entry.name.clone();
            expand_service(&name, &mut entry.node, &mut ports_left, complaints);
        }
    }
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for entry in get_mut(root, kind).map_or(&mut [][..], entries_mut) {
            expand_external(
                &format!("{kind}.{}", entry.name),
                &mut entry.node,
                complaints,
            );
        }
    }
}

fn change(node: &mut Node, name: &str, by: impl FnOnce(Node) -> Node) {
    if let Some(value) = get_mut(node, name) {
        let old = std::mem::replace(value, map(value.place));
        *value = by(old);
    }
}

fn expand_service(
    name: &str,
    service: &mut Node,
    ports_left: &mut usize,
    complaints: &mut Complaints,
) {
    change(service, "build", as_build);
    change(service, "depends_on", |node| {
        let mut node = as_dependencies(node);
        for entry in entries_mut(&mut node) {
            add_default(
                &mut entry.node,
                "condition",
                Data::Text("service_started".into()),
            );
            add_default(&mut entry.node, "required", Data::Boolean(true));
        }
        node
    });
    change(service, "networks", as_networks);
    change(service, "extends", |node| keyed(node, "service"));
    for key in ["dns", "label_file", "env_file"] {
        change(service, key, listed);
    }
    for item in get_mut(service, "env_file").map_or(&mut [][..], items_mut) {
        let file = std::mem::replace(item, map(item.place));
        *item = keyed(file, "path");
        add_default(item, "required", Data::Boolean(true));
    }
    for key in ["secrets", "configs"] {
        for item in get_mut(service, key).map_or(&mut [][..], items_mut) {
            let file = std::mem::replace(item, map(item.place));
            *item = keyed(file, "source");
        }
    }
    if let Some(build) = get_mut(service, "build") {
        for item in get_mut(build, "secrets").map_or(&mut [][..], items_mut) {
            let file = std::mem::replace(item, map(item.place));
            *item = keyed(file, "source");
        }
    }
    for item in get_mut(service, "volumes").map_or(&mut [][..], items_mut) {
        if let Data::Text(spec) = &item.data {
            match volume::parse(spec) {
                Ok(volume) => *item = mount(&volume, item.place),
                Err(error) => complaints.push(Complaint::new(&BAD_VALUE, item.place, error)),
            }
        }
    }
    for item in get_mut(service, "devices").map_or(&mut [][..], items_mut) {
        expand_device(item, complaints);
    }
    if let Some(ports) = get_mut(service, "ports") {
        expand_ports(name, ports, ports_left, complaints);
    }
}

/// A text as a list of one.
fn listed(node: Node) -> Node {
    match node.data {
        Data::Text(_) => {
            let place = node.place;
            Node::new(Data::List(vec![node]), place)
        }
        _ => node,
    }
}

/// A text as a map with one key.
fn keyed(node: Node, key: &str) -> Node {
    match node.data {
        Data::Text(_) => {
            let mut long = map(node.place);
            add(&mut long, key, node);
            long
        }
        _ => node,
    }
}

fn text(node: &mut Node, name: &str, value: &str) {
    let place = node.place;
    add(node, name, Node::text(value, place));
}

/// A mount in the long syntax.
fn mount(volume: &volume::Volume, place: Place) -> Node {
    let mut node = map(place);
    let kind = if volume.is_bind { "bind" } else { "volume" };
    text(&mut node, "type", kind);
    if !volume.source.is_empty() {
        text(&mut node, "source", &volume.source);
    }
    text(&mut node, "target", &volume.target);
    if volume.read_only {
        add(
            &mut node,
            "read_only",
            Node::new(Data::Boolean(true), place),
        );
    }
    if volume.is_bind || volume.propagation.is_some() || volume.selinux.is_some() {
        let mut bind = map(place);
        if volume.is_bind {
            add_default(&mut bind, "create_host_path", Data::Boolean(true));
        }
        if let Some(propagation) = &volume.propagation {
            text(&mut bind, "propagation", propagation);
        }
        if let Some(selinux) = &volume.selinux {
            text(&mut bind, "selinux", selinux);
        }
        add(&mut node, "bind", bind);
    }
    if volume.no_copy {
        let mut options = map(place);
        add(
            &mut options,
            "nocopy",
            Node::new(Data::Boolean(true), place),
        );
        add(&mut node, "volume", options);
    }
    node
}

fn expand_device(item: &mut Node, complaints: &mut Complaints) {
    let Data::Text(device) = &item.data else {
        return;
    };
    let parts: Vec<&str> = device.split(':').collect();
    let (source, target, permissions) = match parts.as_slice() {
        [source] => (*source, *source, "rwm"),
        [source, target] => (*source, *target, "rwm"),
        [source, target, permissions] => (*source, *target, *permissions),
        _ => {
            let message = format!("confusing device mapping, please use long syntax: {device}");
            complaints.push(Complaint::new(&BAD_VALUE, item.place, message));
            return;
        }
    };
    let target = if target.is_empty() { source } else { target };
    let mut long = map(item.place);
    text(&mut long, "source", source);
    text(&mut long, "target", target);
    text(&mut long, "permissions", permissions);
    *item = long;
}

fn expand_ports(name: &str, ports: &mut Node, ports_left: &mut usize, complaints: &mut Complaints) {
    let Data::List(items) = &mut ports.data else {
        return;
    };
    let mut long = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let entry = match &item.data {
            Data::Map(_) => {
                *ports_left = ports_left.saturating_sub(1);
                long.push(item);
                continue;
            }
            Data::Text(entry) => entry.to_string(),
            Data::Integer(number) => number.to_string(),
            other => {
                let message = format!(
                    "services.{name}.ports: invalid type for port, {}",
                    other.name()
                );
                complaints.push(Complaint::new(&WRONG_TYPE, item.place, message));
                continue;
            }
        };
        match port::parse(&entry) {
            Err(error) => {
                let mut complaint = Complaint::new(&BAD_VALUE, item.place, error);
                if entry.starts_with("localhost:") {
                    complaint = complaint.help("write the address: `127.0.0.1`");
                }
                complaints.push(complaint);
            }
            Ok(rows) if rows.len() > *ports_left => {
                let message = format!("more than {MAX_PORTS} ports are published");
                complaints.push(Complaint::new(&OVERSIZED, item.place, message));
                break;
            }
            Ok(rows) => {
                *ports_left -= rows.len();
                long.extend(rows.iter().map(|row| long_port(row, item.place)));
            }
        }
    }
    *items = long;
}

fn long_port(port: &Port, place: Place) -> Node {
    let mut node = map(place);
    if !port.host_ip.is_empty() {
        text(&mut node, "host_ip", &port.host_ip);
    }
    if !port.published.is_empty() {
        text(&mut node, "published", &port.published);
    }
    // To Compose a target of zero is none.
    if port.target != 0 {
        let target = Data::Integer(port.target.into());
        add(&mut node, "target", Node::new(target, place));
    }
    text(&mut node, "protocol", &port.protocol);
    add_default(&mut node, "mode", Data::Text("ingress".into()));
    node
}

/// `external: {name: x}`, the former way to write `external: true` and `name: x`.
fn expand_external(path: &str, resource: &mut Node, complaints: &mut Complaints) {
    let Some(external) = get_mut(resource, "external") else {
        return;
    };
    if !matches!(external.data, Data::Map(_)) {
        return;
    }
    let name = remove(external, "name");
    external.data = Data::Boolean(true);
    let Some(name) = name else {
        return;
    };
    match resource.get("name") {
        None => add(resource, "name", name.node),
        Some(other) if other.data == name.node.data => {}
        Some(_) => {
            let message = format!("{path}: name and external.name conflict; only use name");
            complaints.push(Complaint::new(&BAD_VALUE, name.place, message));
        }
    }
}

/// Adds what Compose takes where a service says nothing. `host_ip` is the engine's default: all
/// interfaces, of IPv4 and of IPv6.
pub(super) fn defaults(service: &mut Node) {
    for port in get_mut(service, "ports").map_or(&mut [][..], items_mut) {
        add_default(port, "protocol", Data::Text("tcp".into()));
        add_default(port, "mode", Data::Text("ingress".into()));
        if port
            .get("host_ip")
            .is_some_and(|host| host.as_text() == Some(""))
        {
            remove(port, "host_ip");
        }
        if port
            .get("published")
            .is_some_and(|port| port.as_text() == Some(""))
        {
            remove(port, "published");
        }
        add_default(port, "host_ip", Data::Text("0.0.0.0".into()));
    }
    for secret in get_mut(service, "secrets").map_or(&mut [][..], items_mut) {
        let source = secret.get("source").and_then(Node::as_text).unwrap_or("");
        let target = format!("/run/secrets/{source}");
        add_default(secret, "target", Data::Text(target.into()));
    }
    if let Some(build) = get_mut(service, "build") {
        add_default(build, "context", Data::Text(".".into()));
        if build.get("dockerfile_inline").is_none() {
            add_default(build, "dockerfile", Data::Text("Dockerfile".into()));
        }
    }
    for mount in get_mut(service, "volumes").map_or(&mut [][..], items_mut) {
        if let Some(target) = get_mut(mount, "target")
            && let Data::Text(text) = &mut target.data
        {
            *text = volume::clean(text).into();
        }
    }
    let implied = implied(service);
    if implied.is_empty() {
        return;
    }
    let place = service.place;
    add_default(service, "depends_on", Data::Map(Vec::new()));
    let Some(Data::Map(entries)) = get_mut(service, "depends_on").map(|node| &mut node.data) else {
        return;
    };
    let mut known: HashSet<Box<str>> = entries.iter().map(|entry| entry.name.clone()).collect();
    for (name, restart) in implied {
        if !known.insert(name.clone()) {
            continue;
        }
        let mut node = map(place);
        node.is_default = true;
        add_default(&mut node, "condition", Data::Text("service_started".into()));
        add_default(&mut node, "restart", Data::Boolean(restart));
        add_default(&mut node, "required", Data::Boolean(true));
        entries.push(Entry { name, place, node });
    }
}

/// `scale` is also the number of replicas where there is a `deploy`.
pub(super) fn replicas(service: &mut Node) {
    let scale = service.get("scale").cloned();
    if let (Some(scale), Some(deploy)) = (scale, get_mut(service, "deploy")) {
        let scale = Node {
            is_default: true,
            ..scale
        };
        add(deploy, "replicas", scale);
    }
}

/// Services that a service needs without saying so in `depends_on`, and whether it restarts with
/// them.
fn implied(service: &Node) -> Vec<(Box<str>, bool)> {
    let texts = |name| {
        let items = service.get(name).map_or(&[][..], Node::items);
        items.iter().filter_map(Node::as_text)
    };
    let mut names = Vec::new();
    for link in texts("links") {
        let parts: Vec<&str> = link.split(':').collect();
        let name = if parts.len() == 2 { parts[0] } else { link };
        names.push((name.into(), true));
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let reference = service.get(key).and_then(Node::as_text);
        if let Some(name) = reference.and_then(|text| text.strip_prefix("service:")) {
            names.push((name.into(), true));
        }
    }
    for mount in texts("volumes_from").filter(|mount| !mount.starts_with("container:")) {
        let name = mount.split(':').next().unwrap_or(mount);
        names.push((name.into(), false));
    }
    names
}

/// The name and value of a text `name=value`.
pub(super) fn pair(item: &Node, text: &str, without: Data) -> Entry {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Data::Text(value.into())),
        None => (text, without),
    };
    Entry {
        name: name.into(),
        place: item.place,
        node: Node::new(value, item.place),
    }
}
