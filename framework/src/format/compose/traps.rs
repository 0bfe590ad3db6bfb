//! What Compose takes without a word and what then is otherwise than it looks: the engine refuses
//! it when the container is created, or it has no effect.

use super::canonical::Complaints;
use super::decode::dig;
use super::health;
use super::port;
use super::rules::{
    BAD_RESTART, DRIVE_LETTER, HOST_NETWORK_PORTS, IGNORED_OPTION, NO_CONTAINER, REPLACED_RESTART,
    UNUSABLE_PORT,
};
use super::volume;
use crate::document::{Complaint, Data, Entry, Node};
use crate::text::suggest;

/// The traps in a service whose short syntaxes stand as they were written.
pub(super) fn of_mounts(service: &Node) -> Complaints {
    let mut complaints = Vec::new();
    for mount in service.get("volumes").map_or(&[][..], Node::items) {
        let Some(spec) = mount.as_text() else {
            continue;
        };
        let Ok(volume) = volume::parse(spec) else {
            continue;
        };
        let drive = spec.split(':').next().unwrap_or_default();
        if volume::is_drive(drive) && spec.contains(":/") {
            let message = if volume.source.is_empty() {
                format!("Compose reads `{drive}:` as a drive: nothing is mounted from `{drive}`")
            } else {
                format!("Compose reads `{drive}:` as a drive of Windows")
            };
            let complaint = Complaint::new(&DRIVE_LETTER, mount.place, message)
                .help("give the volume a name of two letters or more");
            complaints.push(complaint);
        }
        for option in &volume.unknown {
            let message = format!("Compose does not know the option `{option}` and ignores it");
            let known = ["ro", "rw", "nocopy", "z", "Z"];
            let mut complaint = Complaint::new(&IGNORED_OPTION, mount.place, message);
            if let Some(right) = suggest(option, known) {
                complaint = complaint.help(format!("did you mean `{right}`?"));
            }
            complaints.push(complaint);
        }
    }
    complaints
}

/// The traps in a service as Compose ends up with it.
pub(super) fn of_service(entry: &Entry) -> Complaints {
    let service = &entry.node;
    let mut complaints = Vec::new();
    if let Some(restart) = service.entry("restart") {
        let policy = restart.node.as_text().unwrap_or_default();
        if let Some(complaint) = bad_restart(policy, &restart.node) {
            complaints.push(complaint);
        }
        if let Some(other) = dig(service, &["deploy", "restart_policy"]) {
            let message = "`restart` has no effect: `deploy.restart_policy` replaces it";
            let complaint = Complaint::new(&REPLACED_RESTART, restart.place, message)
                .also(other.place, "this counts");
            complaints.push(complaint);
        }
    }
    let ports = service.get("ports").map_or(&[][..], Node::items);
    for node in ports {
        complaints.extend(bad_port(node));
    }
    if let Some(mode) = service.entry("network_mode")
        && mode.node.as_text() == Some("host")
        && let Some(first) = ports.first()
    {
        let message = format!("`ports` of the service `{}` has no effect", entry.name);
        let complaint = Complaint::new(&HOST_NETWORK_PORTS, first.place, message)
            .also(mode.place, "the service uses the network of the host");
        complaints.push(complaint);
    }
    let replicas = dig(service, &["deploy", "replicas"]).filter(|count| !count.is_default);
    if let Some(count) = replicas.or_else(|| service.get("scale"))
        && count.data == Data::Integer(0)
    {
        let message = format!("no container of the service `{}` is started", entry.name);
        let complaint = Complaint::new(&NO_CONTAINER, count.place, message);
        complaints.push(complaint.help("remove the line: one is the default"));
    }
    complaints.extend(health::traps(service));
    complaints
}

/// The restart policies are the engine's: `no`, `always`, `unless-stopped`, and `on-failure` with
/// or without a number.
fn bad_restart(policy: &str, node: &Node) -> Option<Complaint> {
    let (name, count) = match policy.split_once(':') {
        Some((name, count)) => (name, Some(count)),
        None => (policy, None),
    };
    let policies = ["no", "always", "unless-stopped", "on-failure"];
    let message = match (name, count) {
        ("" | "no" | "always" | "unless-stopped" | "on-failure", None) => return None,
        ("on-failure", Some(count)) if count.parse::<u32>().is_ok() => return None,
        ("on-failure", Some(_)) => {
            format!("`{policy}` has no number behind the colon")
        }
        ("no" | "always" | "unless-stopped", Some(_)) => {
            format!("`{name}` takes no number; the engine refuses `{policy}`")
        }
        _ => format!("`{policy}` is no restart policy; the engine refuses it"),
    };
    let mut complaint = Complaint::new(&BAD_RESTART, node.place, message);
    let wanted = name.to_ascii_lowercase();
    let right = policies
        .into_iter()
        .find(|right| *right == wanted)
        .or_else(|| suggest(&wanted, policies));
    if let Some(right) = right.filter(|right| *right != policy) {
        complaint = complaint.help(format!("did you mean `{right}`?"));
    }
    Some(complaint)
}

/// What the engine takes of a port in the long syntax, where Compose takes anything.
fn bad_port(node: &Node) -> Option<Complaint> {
    let part = |key| node.get(key);
    let complain = |node: &Node, message: String| {
        let complaint = Complaint::new(&UNUSABLE_PORT, node.place, message);
        Some(complaint.help("the engine refuses it when the container is created"))
    };
    if let Some(host) = part("host_ip")
        && let Some(text) = host.as_text()
        && !port::is_address(bare(text))
    {
        return complain(host, format!("`{text}` is not an IP address"));
    }
    if let Some(target) = part("target")
        && let Data::Integer(number) = target.data
        && !(1..=65_535).contains(&number)
    {
        return complain(target, format!("{number} is not a port"));
    }
    if let Some(published) = part("published")
        && let Some(text) = published.as_text()
        && port::range(text).is_none()
    {
        return complain(published, format!("`{text}` is not a port"));
    }
    if let Some(protocol) = part("protocol")
        && let Some(text) = protocol.as_text()
        && !matches!(text.to_lowercase().as_str(), "tcp" | "udp" | "sctp")
    {
        return complain(protocol, format!("`{text}` is not a protocol of ports"));
    }
    None
}

/// An address without brackets.
fn bare(address: &str) -> &str {
    address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address)
}
