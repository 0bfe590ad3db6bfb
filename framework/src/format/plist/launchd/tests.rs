//! Jobs that launchd takes as they look, and those that it silently takes otherwise.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::tests::{document, document_at, job, plist};
use crate::document::Data;

const JOBS: &[(&str, &str)] = &[
    ("<key>KeepAlive</key><true/><key>RunAtLoad</key><true/>", ""),
    (
        "<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>",
        "",
    ),
    (
        "<key>RunAtLoad</key><string>true</string>",
        "PL011 `RunAtLoad` is a string; launchd takes a boolean (write `<true/>`)",
    ),
    (
        "<key>ThrottleInterval</key><string>10</string>",
        "PL011 `ThrottleInterval` is a string; launchd takes an integer (write `<integer>10</integer>`)",
    ),
    (
        "<key>RunAtLoad</key><integer>1</integer>",
        "PL011 `RunAtLoad` is an integer; launchd takes a boolean (write `<true/>`)",
    ),
    (
        "<key>KeepAlive</key><string>yes</string>",
        "PL011 `KeepAlive` is a string; launchd takes a boolean or a dictionary (write `<true/>`)",
    ),
    (
        "<key>KeepAlve</key><true/>",
        "PL010 launchd has no key `KeepAlve` and ignores it (did you mean `KeepAlive`?)",
    ),
    (
        "<key>KeepAlive</key><dict><key>SucessfulExit</key><false/></dict>",
        "PL010 launchd has no key `SucessfulExit` in `KeepAlive` and ignores it (did you mean `SuccessfulExit`?)",
    ),
    (
        "<key>KeepAlive</key><dict><key>RunAtLoad</key><true/></dict>",
        "PL010 launchd has no key `RunAtLoad` in `KeepAlive` and ignores it (`RunAtLoad` belongs to the outermost `<dict>`)",
    ),
    (
        "<key>EnvironmentFile</key><string>/etc/x</string>",
        "PL010 launchd has no key `EnvironmentFile` and ignores it",
    ),
    (
        "<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><string>4096</string></dict>",
        "PL011 `NumberOfFiles` is a string; launchd takes an integer (write `<integer>4096</integer>`)",
    ),
    (
        "<key>EnvironmentVariables</key><dict><key>PORT</key><integer>18789</integer></dict>",
        "PL011 `EnvironmentVariables.PORT` is an integer; launchd takes a string (write `<string>18789</string>`)",
    ),
    (
        "<key>EnvironmentVariables</key><dict><key>PATH</key><string>/x:$PATH</string></dict>",
        "PL013 launchd does not expand `$PATH` in `EnvironmentVariables.PATH` (write the path out)",
    ),
    (
        "<key>WorkingDirectory</key><string>~/.openclaw</string>",
        "PL013 launchd does not expand `~` in `WorkingDirectory` (write the path out)",
    ),
    (
        "<key>StandardOutPath</key><string>${HOME}/a.log</string>",
        "PL013 launchd does not expand `${HOME}` in `StandardOutPath` (write the path out)",
    ),
    (
        "<key>StandardOutPath</key><string>logs/a.log</string>",
        "PL014 `StandardOutPath` is not an absolute path",
    ),
    (
        "<key>WorkingDirectory</key><string>/Users/you/.openclaw</string>",
        "PL015 `WorkingDirectory` still holds the placeholder `/Users/you`",
    ),
    (
        "<key>WorkingDirectory</key><string>/Users/young/.openclaw</string>",
        "",
    ),
    (
        "<key>EnvironmentVariables</key><dict><key>KEY</key><string>YOUR_API_KEY</string></dict>",
        "PL015 `KEY` still holds the placeholder `YOUR_API_KEY`",
    ),
    (
        "<key>Umask</key><integer>22</integer>",
        "PL017 `Umask` 22 is decimal: octal 026, not 022 (write 18 for octal 022)",
    ),
    (
        "<key>Umask</key><integer>077</integer>",
        "PL006 the `<integer>` begins with a zero and is decimal all the same: property lists have no octal numbers | PL017 `Umask` 77 is decimal: octal 115, not 077 (write 63 for octal 077)",
    ),
    ("<key>Umask</key><integer>63</integer>", ""),
    ("<key>Umask</key><string>077</string>", ""),
    (
        "<key>Umask</key><string>77</string>",
        "PL017 `Umask` 77 is decimal: octal 115, not 077 (write 63 for octal 077)",
    ),
    (
        "<key>ThrottleInterval</key><integer>-1</integer>",
        "PL016 a negative `ThrottleInterval` is ignored: the interval is 10 seconds",
    ),
    (
        "<key>OnDemand</key><false/>",
        "PL016 `OnDemand` has no effect: `KeepAlive` has replaced it (remove it)",
    ),
    (
        "<key>ProcessType</key><string>interactive</string>",
        "PL019 `ProcessType` is not `Adaptive`, `App`, `Background`, `Interactive` or `Standard`",
    ),
    (
        "<key>StartCalendarInterval</key><array><dict><key>Hour</key><integer>24</integer></dict></array>",
        "PL019 `Hour` is 24, which is not between 0 and 23",
    ),
    (
        "<key>Sockets</key><dict><key>L</key><dict><key>SockServiceName</key><string>80</string><key>SockTyp</key><string>stream</string></dict></dict>",
        "PL010 launchd has no key `SockTyp` in `Sockets.L` and ignores it (did you mean `SockType`?)",
    ),
    (
        "<key>WatchPaths</key><array><string>a</string><true/></array>",
        "PL014 `WatchPaths` is not an absolute path | PL011 `WatchPaths` is a boolean; launchd takes a string (write `<string>true</string>`)",
    ),
    ("<key>UserName</key><string>openclaw</string>", ""),
    (
        "<key>RunAtLoad</key><true/><key>RunAtLoad</key><false/>",
        "PL005 the key `RunAtLoad` stands twice in one `<dict>` (keep one of them)",
    ),
];

#[test]
fn a_job_is_checked_for_what_launchd_silently_ignores() {
    for (more, expected) in JOBS {
        let found: Vec<String> = document(&job(more))
            .complaints
            .iter()
            .map(|complaint| {
                let help = complaint.help.as_ref().map(|help| format!(" ({help})"));
                let help = help.unwrap_or_default();
                format!("{} {}{help}", complaint.rule.code, complaint.message)
            })
            .collect();
        assert_eq!(found.join(" | "), *expected, "{more}");
    }
}

#[test]
fn a_job_needs_a_label_and_a_program() {
    let table = [
        (
            "<dict><key>Label</key><string>a</string></dict>",
            vec!["the job has neither `Program` nor `ProgramArguments`"],
        ),
        (
            "<dict><key>Program</key><string>/bin/true</string></dict>",
            vec!["the job has no `Label`"],
        ),
        (
            "<dict><key>Label</key><string/><key>Program</key><string>/bin/true</string></dict>",
            vec!["the `Label` is empty"],
        ),
        (
            "<dict><key>Label</key><string>a</string><key>ProgramArguments</key><array/></dict>",
            vec!["`ProgramArguments` names no program"],
        ),
        (
            "<dict><key>Label</key><string>a</string><key>Program</key><string>bin/x</string></dict>",
            vec!["`Program` is not an absolute path"],
        ),
        (
            "<dict><key>Label</key><string>a</string><key>ProgramArguments</key><array><string>node</string><string>~/x</string></array></dict>",
            vec!["launchd does not expand `~` in `ProgramArguments`"],
        ),
        (
            "<dict><key>Label</key><string>a</string><key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string><string>exec $HOME/x</string></array></dict>",
            vec![],
        ),
        // Not a job at all.
        (
            "<dict><key>CFBundleName</key><string>YOUR_NAME</string></dict>",
            vec![],
        ),
    ];
    for (inner, expected) in table {
        let document = document(&plist(inner));
        let found: Vec<&str> = document
            .complaints
            .iter()
            .map(|c| c.message.as_str())
            .collect();
        assert_eq!(found, expected, "{inner}");
    }
}

#[test]
fn the_folder_of_a_job_decides_what_has_an_effect() {
    let text = job(
        "<key>UserName</key><string>openclaw</string><key>LimitLoadToSessionType</key><string>Aqua</string>",
    );
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    for (path, expected) in [
        (
            "/Users/a/Library/LaunchAgents/b.plist",
            "`UserName` has no effect in an agent, which runs as the user who is logged in: it is for daemons",
        ),
        (
            "/Library/LaunchDaemons/b.plist",
            "`LimitLoadToSessionType` has no effect in a daemon: it is for agents",
        ),
    ] {
        let document = document_at(path, text.as_bytes(), &target);
        let found: Vec<&str> = document
            .complaints
            .iter()
            .map(|c| c.message.as_str())
            .collect();
        assert_eq!(found, [expected]);
    }
    let empty = document_at(
        "/Library/LaunchDaemons/b.plist",
        plist("<array/>").as_bytes(),
        &target,
    );
    assert_eq!(
        empty.complaints[0].message,
        "a job is a `<dict>`, not an array"
    );
}

/// The job of the production gateway pattern.
#[test]
fn the_job_of_the_pattern_has_its_placeholders_and_nothing_else() {
    let text = job("<key>KeepAlive</key><true/><key>RunAtLoad</key><true/>
<key>WorkingDirectory</key><string>/Users/you/.openclaw</string>
<key>ThrottleInterval</key><integer>10</integer>
<key>StandardOutPath</key><string>/Users/you/.openclaw/logs/gateway.log</string>
<key>StandardErrorPath</key><string>/Users/you/.openclaw/logs/gateway-error.log</string>
<key>SoftResourceLimits</key><dict><key>NumberOfFiles</key><integer>4096</integer></dict>");
    let found: Vec<String> = document(&text)
        .complaints
        .iter()
        .map(|complaint| format!("{} {}", complaint.rule.code, complaint.message))
        .collect();
    let of = |key: &str| format!("PL015 `{key}` still holds the placeholder `/Users/you`");
    assert_eq!(
        found,
        ["WorkingDirectory", "StandardOutPath", "StandardErrorPath"].map(of)
    );
}

#[test]
fn a_job_has_the_defaults_of_launchd() {
    let interval = |inner: &str| {
        let document = document(&plist(inner));
        let node = document.root.get("ThrottleInterval").cloned();
        node.map(|node| (node.data, node.is_default))
    };
    let label = "<key>Label</key><string>a</string>";
    let default = Some((Data::Integer(10), true));
    assert_eq!(interval(&format!("<dict>{label}</dict>")), default);
    let given = "<key>ThrottleInterval</key><integer>0</integer>";
    let written = Some((Data::Integer(0), false));
    assert_eq!(interval(&format!("<dict>{label}{given}</dict>")), written);
    assert_eq!(interval("<dict><key>A</key><true/></dict>"), None);
    let job = "<key>ProgramArguments</key><array><string>/a</string><string>b</string></array>";
    let document = document(&plist(&format!("<dict>{job}</dict>")));
    let program = document.root.get("Program").unwrap();
    assert_eq!((program.as_text(), program.is_default), (Some("/a"), true));
}
