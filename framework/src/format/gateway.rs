//! What the gateway's own configuration, `openclaw.json`, says about the port that it opens.

use super::Listener;
use crate::document::{Data, Document, Node};

/// The gateway's port: `gateway.bind` is `loopback`, `lan`, `tailnet`, `custom` or `auto`, and
/// `auto`, the default, means all interfaces inside a container and loopback elsewhere. With a
/// `gateway.tailscale.mode` other than `off`, Tailscale passes on to a port of loopback what comes from
/// its network (`serve`) or from everywhere (`funnel`).
pub fn listeners(document: &Document) -> Vec<Listener> {
    let gateway = document.root.get("gateway");
    let bind = gateway.and_then(|gateway| gateway.get("bind"));
    let port = gateway.and_then(|gateway| gateway.get("port"));
    let port = port.and_then(|port| port.data.to_text());
    let what = format!("the gateway's port {}", port.as_deref().unwrap_or("18789"));
    let tailscale = gateway.and_then(|gateway| gateway.get("tailscale")?.get("mode"));
    let mut listeners: Vec<Listener> = tailscale
        .and_then(|mode| passed_on(mode, &what))
        .into_iter()
        .collect();
    let Some(bind) = bind else {
        listeners.push(Listener {
            what,
            is_loopback: false,
            place: gateway.map_or(document.root.place, |gateway| gateway.place),
            why: "no `gateway.bind`: inside a container the default is all interfaces".to_owned(),
        });
        return listeners;
    };
    let why = match &bind.data {
        Data::Text(text) => match &**text {
            "loopback" => "",
            "lan" => "`lan` is all interfaces",
            "auto" => "`auto` is all interfaces inside a container",
            "tailnet" => "`tailnet` is reachable from every machine of the tailnet",
            "custom" => "`custom` is whatever address is set beside it",
            _ => "not an address that the gateway keeps on this machine",
        },
        _ => "not a text, so it does not limit the gateway to this machine",
    };
    listeners.push(Listener {
        what,
        is_loopback: why.is_empty(),
        place: bind.place,
        why: why.to_owned(),
    });
    listeners
}

/// The gateway's port as Tailscale opens it, if it does.
fn passed_on(mode: &Node, port: &str) -> Option<Listener> {
    let why = match (&mode.data, mode.as_text()) {
        (Data::Null, _) | (_, Some("off")) => return None,
        (_, Some("serve")) => "`serve` opens it to every machine of the tailnet",
        (_, Some("funnel")) => "`funnel` opens it to the internet",
        _ => "not `off`, so it does not keep Tailscale from opening the port",
    };
    Some(Listener {
        what: format!("{port}, through Tailscale,"),
        is_loopback: false,
        place: mode.place,
        why: why.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::listeners;
    use crate::document::Input;
    use crate::format::json;

    #[test]
    fn loopback_is_what_neither_bind_nor_tailscale_opens() {
        for (gateway, is_loopback) in [
            ("bind: 'loopback'", &[true][..]),
            ("bind: 'lan'", &[false]),
            ("bind: 'Loopback'", &[false]),
            ("bind: null", &[false]),
            ("port: 1", &[false]),
            ("bind: 'loopback', tailscale: { mode: 'off' }", &[true]),
            (
                "bind: 'loopback', tailscale: { mode: 'serve' }",
                &[false, true],
            ),
            (
                "bind: 'loopback', tailscale: { mode: 'funnel' }",
                &[false, true],
            ),
            (
                "bind: 'loopback', tailscale: { mode: true }",
                &[false, true],
            ),
            (
                "bind: 'loopback', tailscale: { resetOnExit: true }",
                &[true],
            ),
        ] {
            let text = format!("{{ gateway: {{ {gateway} }} }}");
            let document = json::read_json5(&Input {
                path: "openclaw.json",
                bytes: text.as_bytes().into(),
                target: &BTreeMap::new(),
                variables: &BTreeMap::new(),
            });
            let found = listeners(&document).into_iter();
            let found: Vec<bool> = found.map(|listener| listener.is_loopback).collect();
            assert_eq!(found, is_loopback, "{text}");
        }
    }
}
