//! The settings that cut a service off from the network: they lower its exposure most, and leave a
//! server without anybody to serve.

use super::assessor::INET;
use super::context::{Context, Flag, Origin};
use super::syscall::Calls;
use crate::document::Place;
use crate::format::unit::Unit;

/// The rows of systemd's table that are good only for a service without a network.
const ROWS: [&str; 3] = [
    "PrivateNetwork=",
    "RestrictAddressFamilies=~AF_(INET|INET6)",
    "IPAddressDeny=",
];

/// Whether a row is good only for a service without a network.
pub(super) fn is_cut(id: &str) -> bool {
    ROWS.contains(&id)
}

/// A setting that keeps a service from the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The name of the setting: `PrivateNetwork=`.
    pub setting: &'static str,
    /// Where it stands; `None` if another setting implies it.
    pub place: Option<Place>,
    /// What it does, a clause whose subject is the service: `has a network of its own`.
    pub why: String,
    /// What to write instead, a sentence without its full stop.
    pub remedy: &'static str,
}

/// The settings of a service that keep it from reaching other machines over IPv4 and IPv6, or from
/// listening at a port, in a version of systemd (`systemd.exec(5)`, `systemd.resource-control(5)`).
///
/// What a namespace of `NetworkNamespacePath=` or `JoinsNamespaceOf=` holds is not in the unit, and
/// what programs of `IPIngressFilterPath=` let through neither: they count as a network.
pub fn cuts(unit: &Unit, version: u16) -> Vec<Cut> {
    let context = Context::of(unit, version);
    let place = |from: Origin| {
        let assignment = unit.assignments.get(from? as usize);
        assignment.map(|found| found.place)
    };
    let mut cuts = Vec::new();
    let mut add = |setting, from, why: String, remedy| {
        cuts.push(Cut {
            setting,
            place: place(from),
            why,
            remedy,
        });
    };
    let private = context.flag(Flag::PrivateNetwork);
    let joins = unit.setting("Service", "NetworkNamespacePath").is_some()
        || !unit.list("Unit", "JoinsNamespaceOf").is_empty();
    if private.value && !joins {
        let why = "has a network of its own, without any other machine in it".to_owned();
        add(
            "PrivateNetwork=",
            private.from,
            why,
            "remove `PrivateNetwork=`",
        );
    }
    let families = context.families;
    if !families.value.allows_all(INET) {
        let remedy =
            "`RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK` leaves it the internet";
        let why = "cannot open sockets of IPv4 and of IPv6".to_owned();
        add("RestrictAddressFamilies=", families.from, why, remedy);
    }
    let (denied, allowed) = (context.denied, context.allowed);
    if denied.value.is_any() && !allowed.value.has_other {
        let why = if allowed.value.has_local {
            "can talk to its own machine only"
        } else {
            "can send and receive no packet"
        };
        let remedy = "remove `IPAddressDeny=`, or name what it needs with `IPAddressAllow=`";
        add("IPAddressDeny=", denied.from, why.to_owned(), remedy);
    }
    if let Some(call) = context.filter.value.blocked(Calls::NETWORK_IO) {
        let why = format!("cannot use the system call `{call}`");
        let remedy = "add a line `SystemCallFilter=@network-io` behind it";
        add("SystemCallFilter=", context.filter.from, why, remedy);
    }
    let ports = unit.list("Service", "SocketBindDeny").iter();
    let is_all = |text: &str| {
        let mut parts = text.split(':');
        parts.all(|part| matches!(part, "any" | "ipv4" | "ipv6" | "tcp"))
    };
    if let Some(element) = ports.clone().find(|element| is_all(&element.text))
        && unit.list("Service", "SocketBindAllow").is_empty()
    {
        cuts.push(Cut {
            setting: "SocketBindDeny=",
            place: Some(element.place),
            why: "cannot listen at a port".to_owned(),
            remedy: "add `SocketBindAllow=` with its port",
        });
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::super::tests::unit_of;
    use super::cuts;

    #[test]
    fn settings_that_cut_the_network_off_are_found() {
        for (lines, setting) in [
            ("", None),
            ("PrivateNetwork=yes", Some("PrivateNetwork=")),
            ("PrivateNetwork=yes\nPrivateNetwork=no", None),
            (
                "PrivateNetwork=yes\nNetworkNamespacePath=/run/netns/a",
                None,
            ),
            ("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", None),
            (
                "RestrictAddressFamilies=AF_UNIX",
                Some("RestrictAddressFamilies="),
            ),
            (
                "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=AF_INET AF_INET6",
                None,
            ),
            (
                "RestrictAddressFamilies=AF_INET",
                Some("RestrictAddressFamilies="),
            ),
            (
                "RestrictAddressFamilies=none",
                Some("RestrictAddressFamilies="),
            ),
            (
                "RestrictAddressFamilies=~AF_INET6",
                Some("RestrictAddressFamilies="),
            ),
            ("RestrictAddressFamilies=~AF_PACKET", None),
            ("IPAddressDeny=any", Some("IPAddressDeny=")),
            (
                "IPAddressDeny=any\nIPAddressAllow=localhost",
                Some("IPAddressDeny="),
            ),
            ("IPAddressDeny=any\nIPAddressAllow=10.0.0.0/8", None),
            ("IPAddressDeny=10.0.0.0/8", None),
            ("SystemCallFilter=~@network-io", Some("SystemCallFilter=")),
            ("SystemCallFilter=~socket", Some("SystemCallFilter=")),
            ("SystemCallFilter=@system-service", None),
            ("SystemCallFilter=@basic-io", Some("SystemCallFilter=")),
            (
                "SystemCallFilter=@basic-io\nSystemCallFilter=@network-io",
                None,
            ),
            ("SystemCallFilter=~@swap", None),
            ("SystemCallFilter=@known", None),
            ("SocketBindDeny=any", Some("SocketBindDeny=")),
            ("SocketBindDeny=ipv4:tcp", Some("SocketBindDeny=")),
            ("SocketBindDeny=any\nSocketBindAllow=18789", None),
            ("SocketBindDeny=tcp:22", None),
        ] {
            let text = format!("[Service]\nExecStart=/bin/true\n{lines}\n");
            let unit = unit_of("a.service", &text);
            let found: Vec<&str> = cuts(&unit, 252).iter().map(|cut| cut.setting).collect();
            assert_eq!(found, setting.as_slice(), "{lines}");
        }
    }
}
