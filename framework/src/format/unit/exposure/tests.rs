//! Hand-made units: each row's badness for each kind of value, totals, and what is told about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::{any, proptest};
use proptest::sample::select;

use super::{Exposure, score};
use crate::document::Input;
use crate::format::unit::{Unit, load};

pub(super) fn unit_of(name: &str, text: &str) -> Unit {
    let files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    load(&Input {
        path: name,
        bytes: Arc::from(text.as_bytes()),
        target: &files,
        variables: &BTreeMap::new(),
    })
}

fn scored(name: &str, text: &str, version: u16) -> (Exposure, String) {
    (score(&unit_of(name, text), version), text.to_owned())
}

/// The exposure of a service with some lines, which stand in `[Service]` unless they say otherwise.
fn service(lines: &str) -> (Exposure, String) {
    scored(
        "etc/systemd/system/agent.service",
        &format!("[Service]\nExecStart=/bin/true\n{lines}\n"),
        252,
    )
}

fn badness(exposure: &Exposure, id: &str) -> Option<u32> {
    exposure
        .rows
        .iter()
        .find(|row| row.id == id)
        .unwrap()
        .badness
}

/// Checks a row for lines, each with the badness that they give it.
fn check(id: &str, cases: &[(&str, u32)]) {
    for (lines, expected) in cases {
        let (exposure, _) = service(lines);
        assert_eq!(
            badness(&exposure, id),
            Some(*expected),
            "{id} with {lines:?}"
        );
    }
}

#[test]
fn every_flag_is_bad_until_it_is_on() {
    let flags = "PrivateDevices PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProtectClock \
                 ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules \
                 ProtectKernelTunables LockPersonality MemoryDenyWriteExecute NoNewPrivileges \
                 RestrictRealtime RestrictSUIDSGID";
    for flag in flags.split_whitespace() {
        let id = format!("{flag}=");
        check(
            &id,
            &[
                ("", 1),
                (&format!("{flag}=yes"), 0),
                (&format!("{flag}=On"), 0),
                (&format!("{flag}=yes\n{flag}=no"), 1),
                // What is not a truth value leaves what was before.
                (&format!("{flag}=yes\n{flag}="), 0),
                (&format!("{flag}=yes # really"), 1),
                (&format!("{flag}=\"yes\""), 1),
                (&format!("[Unit]\n{flag}=yes"), 1),
            ],
        );
    }
}

#[test]
fn values_with_several_steps() {
    check(
        "User=/DynamicUser=",
        &[
            ("", 10),
            ("User=root", 10),
            ("User=0", 10),
            ("User=%u", 10),
            ("User=nobody", 9),
            ("User=agent", 0),
            ("User=agent\nUser=", 10),
            ("DynamicUser=yes", 0),
            ("DynamicUser=yes\nUser=root", 10),
        ],
    );
    check(
        "ProtectHome=",
        &[
            ("", 10),
            ("ProtectHome=read-only", 5),
            ("ProtectHome=tmpfs", 1),
            ("ProtectHome=y", 0),
        ],
    );
    check(
        "ProtectSystem=",
        &[
            ("", 10),
            ("ProtectSystem=true", 5),
            ("ProtectSystem=full", 3),
            ("ProtectSystem=strict", 0),
            ("ProtectSystem=Strict", 10),
        ],
    );
    check(
        "UMask=",
        &[
            ("", 5),
            ("UMask=0", 10),
            ("UMask=0002", 5),
            ("UMask=0007", 2),
            ("UMask=0027", 1),
            ("UMask=77", 0),
            ("UMask=77\nUMask=999", 0),
        ],
    );
}

#[test]
fn values_that_are_single_words() {
    check(
        "KeyringMode=",
        &[
            ("", 0),
            ("KeyringMode=shared", 1),
            ("KeyringMode=inherit", 1),
        ],
    );
    check(
        "ProtectProc=",
        &[
            ("", 3),
            ("ProtectProc=noaccess", 1),
            ("ProtectProc=invisible", 0),
        ],
    );
    check(
        "ProcSubset=",
        &[
            ("", 1),
            ("ProcSubset=pid", 0),
            ("ProcSubset=pid\nProcSubset=all", 1),
        ],
    );
    check(
        "NotifyAccess=",
        &[("", 0), ("NotifyAccess=all", 1), ("NotifyAccess=main", 0)],
    );
    check(
        "Delegate=",
        &[
            ("", 0),
            ("Delegate=", 1),
            ("Delegate=cpu", 1),
            ("Delegate=\"", 0),
            ("Delegate=no", 0),
        ],
    );
    check(
        "RootDirectory=/RootImage=",
        &[
            ("", 1),
            ("RootDirectory=/", 1),
            ("RootDirectory=/srv", 0),
            ("RootImage=/a.raw", 0),
        ],
    );
    check(
        "SystemCallArchitectures=",
        &[
            ("", 10),
            ("SystemCallArchitectures=native", 0),
            ("SystemCallArchitectures=x86-64", 8),
            ("SystemCallArchitectures=native x86", 8),
            (
                "SystemCallArchitectures=native\nSystemCallArchitectures=",
                10,
            ),
        ],
    );
}

#[test]
fn lists_of_capabilities_namespaces_and_families() {
    check(
        "CapabilityBoundingSet=~CAP_KILL",
        &[
            ("", 1),
            ("CapabilityBoundingSet=", 0),
            ("CapabilityBoundingSet=~", 1),
            ("CapabilityBoundingSet=~CAP_KILL", 0),
            ("CapabilityBoundingSet=cap_kill CAP_BPF", 1),
            (
                "CapabilityBoundingSet=CAP_BPF\nCapabilityBoundingSet=CAP_KILL",
                1,
            ),
            (
                "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=~5",
                0,
            ),
        ],
    );
    check(
        "CapabilityBoundingSet=~CAP_SYS_TIME",
        &[("ProtectClock=yes", 0), ("PrivateDevices=yes", 1)],
    );
    check(
        "CapabilityBoundingSet=~CAP_MKNOD",
        &[("PrivateDevices=yes", 0)],
    );
    check(
        "CapabilityBoundingSet=~CAP_SYSLOG",
        &[("ProtectKernelLogs=yes", 0)],
    );
    check(
        "CapabilityBoundingSet=~CAP_SYS_MODULE",
        &[("ProtectKernelModules=yes", 0)],
    );
    check(
        "AmbientCapabilities=",
        &[
            ("", 0),
            ("AmbientCapabilities=CAP_KILL", 1),
            ("AmbientCapabilities=~CAP_KILL", 1),
        ],
    );
    check(
        "RestrictNamespaces=~net",
        &[
            ("", 1),
            ("RestrictNamespaces=yes", 0),
            ("RestrictNamespaces=no", 1),
            ("RestrictNamespaces=~net", 0),
            ("RestrictNamespaces=user", 0),
            ("RestrictNamespaces=user\nRestrictNamespaces=net", 1),
            ("RestrictNamespaces=time", 0),
            ("RestrictNamespaces=~net nonsense", 1),
            ("RestrictNamespaces=yes\nRestrictNamespaces=", 1),
        ],
    );
    check(
        "RestrictAddressFamilies=~AF_(INET|INET6)",
        &[
            ("", 1),
            ("RestrictAddressFamilies=none", 0),
            ("RestrictAddressFamilies=AF_UNIX", 0),
            ("RestrictAddressFamilies=AF_UNIX af_inet", 1),
            ("RestrictAddressFamilies=~AF_INET", 0),
            (
                "RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=~AF_INET",
                0,
            ),
        ],
    );
    check(
        "RestrictAddressFamilies=~…",
        &[
            ("", 1),
            ("RestrictAddressFamilies=AF_UNIX", 0),
            ("RestrictAddressFamilies=~AF_CAN", 0),
        ],
    );
    check(
        "SupplementaryGroups=",
        &[("User=a", 0), ("User=a\nSupplementaryGroups=audio", 1)],
    );
    check("RemoveIPC=", &[("User=a", 1), ("User=a\nRemoveIPC=yes", 0)]);
}

#[test]
fn filters_of_calls_addresses_and_devices() {
    check(
        "SystemCallFilter=~@mount",
        &[
            ("", 10),
            ("SystemCallFilter=@system-service", 0),
            ("SystemCallFilter=@system-service @mount", 9),
            ("SystemCallFilter=~@clock", 10),
            ("SystemCallFilter=~@mount", 0),
        ],
    );
    check(
        "IPAddressDeny=",
        &[
            ("", 10),
            ("IPAddressDeny=any", 0),
            ("IPAddressDeny=any\nIPAddressAllow=localhost", 2),
            ("IPAddressDeny=any\nIPAddressAllow=localhost 10.0.0.0/8", 5),
            ("IPAddressDeny=0.0.0.0/0", 10),
            ("IPIngressFilterPath=/sys/fs/bpf/filter", 0),
        ],
    );
    check(
        "DeviceAllow=",
        &[
            ("", 10),
            ("DevicePolicy=closed", 0),
            ("PrivateDevices=yes", 0),
            ("DeviceAllow=/dev/null", 10),
            ("DevicePolicy=strict\nDeviceAllow=/dev/null rw", 5),
            ("DevicePolicy=strict\nDeviceAllow=null rw", 0),
            ("DevicePolicy=closed\nProtectClock=yes", 5),
            ("DevicePolicy=closed\nRootImage=/", 5),
            ("DevicePolicy=closed\nMountImages=/a.raw:/mnt", 5),
            (
                "DevicePolicy=closed\nLoadCredentialEncrypted=token:/etc/token",
                5,
            ),
            ("DevicePolicy=closed\nSetCredentialEncrypted=token:aGE=", 5),
        ],
    );
}

#[test]
fn rows_that_do_not_apply() {
    let (exposure, _) = service("");
    for id in ["SupplementaryGroups=", "RemoveIPC="] {
        assert_eq!(badness(&exposure, id), None, "{id} of root");
    }
    let (exposure, _) = service("[Unit]\nDefaultDependencies=no");
    for id in [
        "PrivateTmp=",
        "ProtectHome=",
        "ProtectSystem=",
        "RootDirectory=/RootImage=",
    ] {
        assert_eq!(badness(&exposure, id), None, "{id} of an early service");
    }
}

#[test]
fn a_dynamic_user_brings_a_sandbox() {
    let (exposure, text) = service("ProtectHome=no\nDynamicUser=yes");
    for (id, expected) in [
        ("PrivateTmp=", 0),
        ("RemoveIPC=", 0),
        ("NoNewPrivileges=", 0),
        ("RestrictSUIDSGID=", 0),
        ("ProtectSystem=", 0),
        ("ProtectHome=", 5),
    ] {
        let row = exposure.rows.iter().find(|row| row.id == id).unwrap();
        assert_eq!(row.badness, Some(expected), "{id}");
        let span = row.place.unwrap().span;
        assert_eq!(&text[span.range()], "yes", "{id}");
    }
    // Its user is named like the unit.
    let text = "[Service]\nExecStart=/bin/true\nDynamicUser=yes\n";
    let (exposure, _) = scored("root@x.service", text, 252);
    assert_eq!(badness(&exposure, "User=/DynamicUser="), Some(10));
}

#[test]
fn the_place_is_that_of_the_line_that_decided() {
    for (lines, id, value) in [
        (
            "PrivateTmp=yes\nPrivateTmp=no\nPrivateTmp=maybe",
            "PrivateTmp=",
            "no",
        ),
        (
            "ProtectClock=on",
            "CapabilityBoundingSet=~CAP_SYS_TIME",
            "on",
        ),
        ("PrivateDevices=true", "DeviceAllow=", "true"),
        (
            "IPAddressDeny=any\nIPAddressAllow=10.0.0.1",
            "IPAddressDeny=",
            "10.0.0.1",
        ),
    ] {
        let (exposure, text) = service(lines);
        let row = exposure.rows.iter().find(|row| row.id == id).unwrap();
        let span = row.place.unwrap().span;
        assert_eq!(&text[span.range()], value, "{id}");
    }
    let (exposure, _) = service("");
    assert!(exposure.rows.iter().all(|row| row.place.is_none()));
}

#[test]
fn totals_and_their_words() {
    let pattern = "User=agent\nNoNewPrivileges=yes\nProtectSystem=strict\n\
                   ProtectHome=read-only\nPrivateTmp=yes\nProtectKernelTunables=yes\n\
                   ProtectControlGroups=yes";
    let good = "User=agent\nUMask=0077\nNoNewPrivileges=yes\nProtectSystem=strict\n\
                ProtectHome=read-only\nPrivateTmp=yes\nPrivateDevices=yes\n\
                ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectKernelLogs=yes\n\
                ProtectControlGroups=yes\nProtectClock=yes\nProtectHostname=yes\n\
                RestrictRealtime=yes\nRestrictNamespaces=yes\nLockPersonality=yes\n\
                CapabilityBoundingSet=\nAmbientCapabilities=\n\
                RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n\
                SystemCallArchitectures=native";
    let closed = "DynamicUser=yes\nPrivateNetwork=yes\nCapabilityBoundingSet=\nProtectHome=yes\n\
                  SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n\
                  RestrictAddressFamilies=none\nRestrictNamespaces=yes\nProtectClock=yes\n\
                  PrivateDevices=yes\nPrivateUsers=yes\nProtectKernelLogs=yes\nUMask=077\n\
                  ProtectKernelModules=yes\nProtectKernelTunables=yes\nProtectProc=invisible\n\
                  ProtectControlGroups=yes\nSystemCallArchitectures=native\nIPAddressDeny=any";
    for (lines, number, level) in [
        ("", "9.6", "UNSAFE"),
        (pattern, "8.2", "EXPOSED"),
        (good, "3.5", "OK"),
        (closed, "0.5", "SAFE"),
    ] {
        let (exposure, _) = service(lines);
        assert_eq!(
            (&*exposure.number(), exposure.level()),
            (number, level),
            "{lines}"
        );
    }
}

#[test]
fn newer_versions_and_users_differ() {
    let text = "[Service]\nExecStart=/bin/true\nPrivateTmp=disconnected\nPrivateUsers=self\n";
    for (version, mounts, temporary, users) in [(252, 1, 1, 1), (255, 0, 1, 1), (257, 0, 0, 0)] {
        let (exposure, _) = scored("a.service", text, version);
        assert_eq!(
            badness(&exposure, "PrivateMounts="),
            Some(mounts),
            "{version}"
        );
        assert_eq!(
            badness(&exposure, "PrivateTmp="),
            Some(temporary),
            "{version}"
        );
        assert_eq!(
            badness(&exposure, "PrivateUsers="),
            Some(users),
            "{version}"
        );
    }
    let text_of_capabilities = "[Service]\nExecStart=/bin/true\nCapabilityBoundingSet='CAP_KILL\n";
    for (version, kill) in [(252, 0), (255, 1)] {
        let (exposure, _) = scored("a.service", text_of_capabilities, version);
        assert_eq!(
            badness(&exposure, "CapabilityBoundingSet=~CAP_KILL"),
            Some(kill),
            "{version}"
        );
    }
    let (exposure, _) = scored("etc/systemd/user/a.service", text, 252);
    assert_eq!(badness(&exposure, "KeyringMode="), Some(1));
}

#[test]
fn costs_are_sorted_and_add_up() {
    let (exposure, _) = service("User=agent\nSystemCallFilter=@system-service");
    let costs = exposure.costs();
    let last = &costs[costs.len() - 3..];
    assert_eq!(
        last[0],
        "`PrivateNetwork=yes` would lower it by 0.44, only if the service needs no network: it can \
         use the network of the machine"
    );
    let condition = "only if the service needs no network";
    let conditional = costs.iter().filter(|line| line.contains(condition));
    assert_eq!(conditional.count(), 3);
    assert!(last.iter().all(|line| line.contains(condition)));
    let resources = costs
        .iter()
        .find(|line| line.contains("@resources"))
        .unwrap();
    assert!(
        resources.ends_with("for example `ioprio_set`"),
        "{resources}"
    );
    let points: Vec<u32> = exposure.costly().iter().map(|row| row.points()).collect();
    assert!(points.is_sorted_by(|a, b| a >= b));
    assert!(exposure.costly_down_to(exposure.tenths).is_empty());
    let few = exposure.costly_down_to(exposure.tenths - 4);
    assert_eq!(few.len(), 1, "{few:?}");
    assert_eq!(exposure.costly_down_to(0).len(), costs.len());
}

#[test]
fn advice_makes_its_row_good() {
    for base in [
        "User=agent",
        "User=nobody\nDevicePolicy=closed\nDeviceAllow=/dev/null\nIPAddressDeny=any\n\
         IPAddressAllow=10.0.0.1\nRestrictAddressFamilies=~AF_UNIX\nSystemCallFilter=~@swap\n\
         CapabilityBoundingSet=~CAP_KILL\nRestrictNamespaces=no\nSupplementaryGroups=audio\n\
         AmbientCapabilities=CAP_KILL\nDelegate=yes\nNotifyAccess=all\nKeyringMode=shared",
        "User=agent\nRestrictAddressFamilies=AF_INET AF_CAN AF_PACKET AF_NETLINK AF_UNIX\n\
         SystemCallFilter=@known\nCapabilityBoundingSet=CAP_KILL CAP_BPF\nUMask=0\n\
         RestrictNamespaces=user net\nProtectHome=read-only\nProtectSystem=full",
    ] {
        for row in service(base).0.costly() {
            // The first of several choices, or all of several lines.
            let mut lines: Vec<&str> = row.advice.split('`').collect();
            if lines.get(1) == Some(&" or ") {
                lines.truncate(1);
            }
            let lines: Vec<&str> = lines.into_iter().step_by(2).collect();
            let lines = lines
                .join("\n")
                .replace("PATH", "/srv")
                .replace("SOMEBODY", "me");
            let (better, _) = service(&format!("{base}\n{lines}"));
            assert_eq!(
                badness(&better, row.id),
                Some(0),
                "{} with {lines:?}",
                row.id
            );
        }
    }
}

const KEYS: &[&str] = &[
    "AmbientCapabilities",
    "CapabilityBoundingSet",
    "Delegate",
    "DeviceAllow",
    "DynamicUser",
    "IPAddressAllow",
    "IPAddressDeny",
    "IPIngressFilterPath",
    "LoadCredentialEncrypted",
    "MountImages",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RootDirectory",
    "SetCredentialEncrypted",
    "SupplementaryGroups",
    "SystemCallArchitectures",
    "SystemCallFilter",
    "UMask",
    "User",
];

proptest! {
    #[test]
    fn any_values_are_scored(
        lines in proptest::collection::vec((select(KEYS), "[ -~]{0,12}|[~\\\\'\"%:/0-9a-fx@. ü]*"), 0..8),
        version in any::<u16>(),
    ) {
        let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let text = format!("[Service]\nExecStart=/bin/true\n{}\n", lines.join("\n"));
        let (exposure, text) = scored("ü@%n.service", &text, version);
        assert!(exposure.tenths <= 100);
        for row in &exposure.rows {
            assert!(row.badness.is_none_or(|badness| badness <= row.range), "{}", row.id);
            let range = row.place.map_or(0..0, |place| place.span.range());
            assert!(text.get(range).is_some(), "{}", row.id);
        }
    }
}
