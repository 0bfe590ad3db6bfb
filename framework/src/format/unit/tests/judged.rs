//! What is said about a unit: in systemd's words, about what it is silent on, and why lines have no
//! effect.

use super::{Files, unit, unit_of};
use crate::format::unit::{State, tree};

/// Checks what is said about a whole file, with the lines; 0 is the file as a whole.
#[track_caller]
fn complains(text: &str, state: State, expected: &[(usize, &str)]) {
    let unit = unit(text);
    let said: Vec<(usize, &str)> = unit
        .complaints
        .iter()
        .map(|complaint| {
            let line = complaint.place.map_or(0, |place| {
                unit.files[0].source().position(place.span.start).line
            });
            (line, &*complaint.message)
        })
        .collect();
    assert_eq!(said, expected, "{text:?}");
    assert_eq!(unit.state, state, "{text:?}");
}

#[test]
fn complaints_are_those_of_systemd_on_its_lines() {
    use State::{Loaded, Refused};
    const RUN: &str = "[Service]\nExecStart=/bin/true\n";
    let with = |lines: &str| format!("{RUN}{lines}");
    complains(RUN, Loaded, &[]);
    complains("", State::Masked, &[(0, "Unit t.service is masked.")]);
    complains(
        &format!("Restart=always\n{RUN}"),
        Loaded,
        &[(1, "Assignment outside of section. Ignoring.")],
    );
    complains(
        &with("StartLimitIntervalSec=300\n"),
        Loaded,
        &[(
            3,
            "Unknown key 'StartLimitIntervalSec' in section [Service], ignoring.",
        )],
    );
    complains(
        &with("nothing\n=x\n"),
        Loaded,
        &[
            (3, "Missing '=', ignoring line."),
            (4, "Missing key name before '=', ignoring line."),
        ],
    );
    complains(
        &with("[Svc]\nA=b\n"),
        Loaded,
        &[(3, "Unknown section 'Svc'. Ignoring.")],
    );
    complains(
        "[Service] # main\nExecStart=/bin/true\n",
        Refused,
        &[(1, "Invalid section header '[Service] # main'")],
    );
    complains(
        &with("MemoryMax=2GB\n"),
        Loaded,
        &[(3, "Invalid memory limit '2GB', ignoring: Invalid argument")],
    );
    complains(
        &with("CPUQuota=80\nRestartSec=1e3\n"),
        Loaded,
        &[
            (3, "Invalid CPU quota '80', ignoring."),
            (4, "Failed to parse sec value, ignoring: 1e3"),
        ],
    );
    complains(
        &with("ReadWritePaths=/a \\\n b\n"),
        Loaded,
        &[(4, "ReadWritePaths= path is not absolute, ignoring: b")],
    );
}

#[test]
fn what_systemd_refuses_is_refused_for_its_reason() {
    use State::{Loaded, Refused};
    const RUN: &str = "[Service]\nExecStart=/bin/true\n";
    let with = |lines: &str| format!("{RUN}{lines}");
    complains(
        &with("DynamicUser=maybe\n"),
        Refused,
        &[(3, "Failed to parse boolean value: maybe")],
    );
    complains(
        &with("WorkingDirectory=srv\n"),
        Refused,
        &[(3, "WorkingDirectory= path is not absolute: srv")],
    );
    complains(
        &with("ExecReload=bin/x\n"),
        Refused,
        &[(
            3,
            "Neither a valid executable name nor an absolute path: bin/x",
        )],
    );
    complains(
        &with("ExecReload=/bin/true 'x\n"),
        Refused,
        &[(3, "Unbalanced quoting, ignoring: \"/bin/true 'x\"")],
    );
    complains(
        "[Service]\nRestart=always\n",
        Refused,
        &[(
            0,
            "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
        )],
    );
    complains(
        &with("ExecStart=/bin/false\n"),
        Refused,
        &[(
            3,
            "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot \
         services. Refusing.",
        )],
    );
    complains(
        &with("Type=oneshot\nRestart=always\n"),
        Refused,
        &[(
            4,
            "Service has Restart= set to either always or on-success, which isn't allowed for \
         Type=oneshot services. Refusing.",
        )],
    );
    complains(
        &with("StandardOutput=syslog\n"),
        Loaded,
        &[(
            3,
            "Standard output type syslog is obsolete, automatically updating to journal. Please update \
         your unit file, and consider removing the setting altogether.",
        )],
    );
}

#[test]
fn invalid_utf8_refuses_the_unit() {
    let unit = unit_of(
        "t.service",
        b"[Service]\nExecStart=/bin/true\nNice=\xff\n",
        &Files::new(),
    );
    assert_eq!(unit.state, State::Refused);
    let document = tree::document(unit);
    assert!(document.is_refused && document.root.entries().is_empty());
}

#[test]
fn traps_that_systemd_is_silent_about_are_found() {
    let cases: &[(&str, &[&str])] = &[
        ("User=openclaw # svc", &["SD011", "SD014"]),
        ("User=openclaw user", &["SD011"]),
        ("RestartSec=10M", &["SD015"]),
        ("RestartSec=10min", &[]),
        (
            "Restart=always\nStartLimitBurst=0\nStartLimitInterval=300",
            &["SD016"],
        ),
        ("[Unit]\nStartLimitIntervalSec=0", &[]),
        ("Restart=always\n[Unit]\nStartLimitIntervalSec=0", &[]),
        (
            "ExecStart=\nExecStart=+/bin/true\nUser=openclaw",
            &["SD017"],
        ),
        ("ExecStart=\nExecStart=+/bin/true", &[]),
        ("Environment=A=b \\\nRestart=always", &["SD013"]),
        ("Environment=A=b \\\n  C=d", &[]),
        ("CapabilityBoundingSet=CAP_CHOWN CAP_NET_BIND", &["SD018"]),
        ("[Install]\nWantedBy=multi-user", &["SD019"]),
        ("[Install]\nWantedBy=multi-user.target", &[]),
        ("[Unit]\nAfter=network", &["SD022"]),
        ("SyslogIdentifier=\"gateway\"", &["SD020"]),
        ("ExecStartPre=/bin/echo a # b", &["SD014"]),
        ("ExecStartPre=/bin/sh -c 'echo a # b'", &[]),
    ];
    for (lines, expected) in cases {
        let unit = unit(&format!("[Service]\nExecStart=/bin/true\n{lines}\n"));
        let mut codes: Vec<&str> = unit.complaints.iter().map(|said| said.rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes, *expected, "{lines:?}: {:?}", unit.complaints);
    }
}

#[test]
fn asides_say_why_a_line_has_no_effect() {
    let cases: &[(&str, &str, &str)] = &[
        ("#Restart=always", "Service.Restart=always", "commented out"),
        (
            "Restart=always\nRestart=no",
            "Service.Restart=always",
            "overridden by a later line",
        ),
        (
            "ReadWritePaths=/a\nReadWritePaths=",
            "Service.ReadWritePaths=/a",
            "reset by a later line",
        ),
        ("User=a\nUser=", "Service.User=a", "reset by a later line"),
        (
            "[Unit]\nRestart=always",
            "Service.Restart=always",
            "in [Unit], where systemd does not know it",
        ),
        (
            "restart=always",
            "Service.Restart=always",
            "where systemd does not know it",
        ),
        (
            "X-Restart=always",
            "Service.Restart=always",
            "`X-Restart` in [Service]",
        ),
        (
            "[X-Fleet]\nRestart=always",
            "Service.Restart=always",
            "in [X-Fleet]",
        ),
        (
            "MemoryMax=2GB",
            "Service.MemoryMax=2GB",
            "not a value that systemd takes",
        ),
        (
            "Environment=A=b \\\nRestart=always",
            "Service.Restart=always",
            "ends in a backslash",
        ),
        (
            "StartLimitIntervalSec=300",
            "Unit.StartLimitIntervalSec=300",
            "in [Service]",
        ),
        (
            "Environment=A=1\nEnvironment=A=2",
            "Service.Environment=A=1",
            "later assignment of the same",
        ),
    ];
    for (lines, what, why) in cases {
        let unit = unit(&format!("[Service]\nExecStart=/bin/true\n{lines}\n"));
        let asides: Vec<(String, &str)> = unit
            .asides
            .iter()
            .map(|aside| {
                (
                    format!("{}={}", aside.path.join("."), aside.value),
                    &*aside.why,
                )
            })
            .collect();
        assert!(
            asides
                .iter()
                .any(|(found, reason)| found == what && reason.contains(why)),
            "{lines:?}: {asides:?}"
        );
    }
}
