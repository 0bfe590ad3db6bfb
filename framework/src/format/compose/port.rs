//! Published ports in the short syntax, `[ip:][host[-end]:]container[-end][/protocol]`, as
//! docker/go-connections reads them for Compose.

use std::net::IpAddr;

/// One port of a container that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Port {
    /// The address on the host, without brackets; empty means all interfaces.
    pub(super) host_ip: String,
    /// The port on the host, or a range to choose from; empty means a random one.
    pub(super) published: String,
    /// The port in the container.
    pub(super) target: u16,
    /// `tcp`, `udp` or `sctp`.
    pub(super) protocol: String,
}

/// Reads an entry of `ports`. A range gives one row a port, in the order in which Compose has
/// them: by the text `target/protocol`.
///
/// # Errors
///
/// Docker's own words.
pub(super) fn parse(entry: &str) -> Result<Vec<Port>, String> {
    let parts: Vec<&str> = entry.split(':').collect();
    let (address, host, container) = match parts.as_slice() {
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [address @ .., host, container] => (address.join(":"), *host, *container),
        [] => (String::new(), "", ""),
    };
    let (container, protocol) = split_protocol(container);
    let address = unbracketed(&address)?;
    if !address.is_empty() && !is_address(&address) {
        return Err(format!("Invalid ip address: {address}"));
    }
    if container.is_empty() {
        return Err(format!("No port specified: {entry}<empty>"));
    }
    let (start, end) =
        range(container).ok_or_else(|| format!("Invalid containerPort: {container}"))?;
    let (host_start, host_end) = match host {
        "" => (0, 0),
        host => range(host).ok_or_else(|| format!("Invalid hostPort: {host}"))?,
    };
    if !host.is_empty() && end - start != host_end - host_start && start != end {
        return Err(format!(
            "Invalid ranges specified for container and host Ports: {container} and {host}"
        ));
    }
    let lower = protocol.to_lowercase();
    if !matches!(lower.as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("Invalid proto: {protocol}"));
    }
    let published = |offset: u16| {
        if host.is_empty() {
            String::new()
        } else if start == end && host_start != host_end {
            format!("{host_start}-{host_end}")
        } else {
            (host_start + offset).to_string()
        }
    };
    let mut ports: Vec<Port> = (0..=end - start)
        .map(|offset| Port {
            host_ip: address.clone(),
            published: published(offset),
            target: start + offset,
            protocol: lower.clone(),
        })
        .collect();
    ports.sort_by_cached_key(|port| port.target.to_string());
    Ok(ports)
}

fn split_protocol(container: &str) -> (&str, &str) {
    let mut parts = container.split('/');
    let port = parts.next().unwrap_or_default();
    match parts.next() {
        None | Some("") => (port, "tcp"),
        Some(_) if port.is_empty() => ("", "tcp"),
        Some(protocol) => (port, protocol),
    }
}

/// The address without the brackets that IPv6 needs here.
fn unbracketed(address: &str) -> Result<String, String> {
    let fail = |why| {
        Err(format!(
            "Invalid ip address {address}: address {address}:: {why}"
        ))
    };
    if let Some(rest) = address.strip_prefix('[') {
        return match rest.split_once(']') {
            None => fail("missing ']' in address"),
            Some((inner, "")) if inner.contains('[') => fail("unexpected '[' in address"),
            Some((inner, "")) => Ok(inner.to_owned()),
            Some((_, tail)) if tail.starts_with(':') => fail("too many colons in address"),
            Some(_) => fail("missing port in address"),
        };
    }
    match address {
        address if address.contains(':') => fail("too many colons in address"),
        address if address.contains('[') => fail("unexpected '[' in address"),
        address if address.contains(']') => fail("unexpected ']' in address"),
        address => Ok(address.to_owned()),
    }
}

/// Whether Go's `net.ParseIP` takes it: no names, no zones.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Whether an address is reachable from this host alone: `127.0.0.0/8`, `::1`, and the former
/// written as IPv6.
pub(super) fn is_loopback(address: &str) -> bool {
    let address = address
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(address);
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback())
        }
        Err(_) => false,
    }
}

/// One port or `first-last`; what stands behind a second dash is not looked at.
pub(super) fn range(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split('-');
    let start = number(parts.next()?)?;
    let end = match parts.next() {
        None => start,
        Some(end) => number(end)?,
    };
    (start <= end).then_some((start, end))
}

fn number(text: &str) -> Option<u16> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_loopback, parse};

    fn rows(entry: &str) -> Vec<String> {
        let ports = parse(entry).unwrap_or_else(|error| panic!("{entry}: {error}"));
        ports
            .into_iter()
            .map(|port| {
                let (host, published) = (port.host_ip, port.published);
                format!("{host}|{published}|{}/{}", port.target, port.protocol)
            })
            .collect()
    }

    #[test]
    fn entries_are_read_as_docker_reads_them() {
        // Each row was measured on Docker Compose 2.26.1.
        for (entry, expected) in [
            ("80", &["||80/tcp"][..]),
            ("18789:18789", &["|18789|18789/tcp"]),
            ("127.0.0.1:80:80/udp", &["127.0.0.1|80|80/udp"]),
            ("127.0.0.1::80", &["127.0.0.1||80/tcp"]),
            (
                "[::1]:7000-7001:8000-8001",
                &["::1|7000|8000/tcp", "::1|7001|8001/tcp"],
            ),
            ("9000-9005:90", &["|9000-9005|90/tcp"]),
            ("8-10", &["||10/tcp", "||8/tcp", "||9/tcp"]),
            ("0:80", &["|0|80/tcp"]),
            ("00080:0080/TCP", &["|80|80/tcp"]),
            (":80:80", &["|80|80/tcp"]),
            (":80", &["||80/tcp"]),
            ("[]:1:1", &["|1|1/tcp"]),
            ("1:1-1", &["|1|1/tcp"]),
            ("80/", &["||80/tcp"]),
        ] {
            assert_eq!(rows(entry), expected, "{entry}");
        }
    }

    #[test]
    fn refusals_are_in_dockers_words() {
        for (entry, expected) in [
            ("localhost:1:2", "Invalid ip address: localhost"),
            ("127.0.0.1:18789", "Invalid hostPort: 127.0.0.1"),
            ("70000:1", "Invalid hostPort: 70000"),
            ("1:1/foo", "Invalid proto: foo"),
            (
                "1-2:1-3",
                "Invalid ranges specified for container and host Ports: 1-3 and 1-2",
            ),
            ("", "No port specified: <empty>"),
            ("a:b", "Invalid containerPort: b"),
            ("0x50", "Invalid containerPort: 0x50"),
            ("+80", "Invalid containerPort: +80"),
            (
                "::1:80:80",
                "Invalid ip address ::1: address ::1:: too many colons in address",
            ),
            (
                "[::1:80:80",
                "Invalid ip address [::1: address [::1:: missing ']' in address",
            ),
        ] {
            assert_eq!(parse(entry), Err(expected.to_owned()), "{entry}");
        }
    }

    #[test]
    fn a_range_of_all_ports_gives_that_many() {
        assert_eq!(parse("1-65535").unwrap().len(), 65_535);
        assert_eq!(parse("0-65535:0-65535").unwrap().len(), 65_536);
    }

    #[test]
    fn loopback_is_what_other_hosts_cannot_reach() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("[::1]", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("", false),
            ("localhost", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(address), expected, "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_entry_gives_ports_or_a_clause(entry in "[0-9:.\\-/\\[\\]tcpé]{0,30}") {
            let _ = parse(&entry);
        }
    }
}
