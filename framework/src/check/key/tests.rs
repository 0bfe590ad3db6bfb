//! What `grep` passes and systemd does not do, and the other way round.

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::format::toml;
use crate::judge::{self, Subject};
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::source::{Source, Span};
use crate::vars::Vars;
use crate::workspace::{Fixture, Workspace};

/// Judges `t.service` among other files by the expectations of a check.
fn judge(files: &[(&str, &[u8])], expectations: &str) -> Vec<Diagnostic> {
    let table = toml::parse(expectations).unwrap();
    let vars = Vars::default();
    let mut reading = Reading::new(Source::new("h.toml", expectations.as_bytes()), &vars);
    let mut checks = Vec::new();
    for (key, value) in &table.entries {
        if let Some(spec) = check::spec(&key.name)
            && !matches!(spec.key, "contains" | "matches")
        {
            let check = (spec.parse)(&mut reading, spec, value, &table);
            checks.push(check.unwrap_or_else(|| panic!("{:?}", reading.diagnostics)));
        }
    }
    let fixtures: Vec<Fixture> = files
        .iter()
        .map(|(path, content)| Fixture {
            path: WorkspacePath::new(path).unwrap(),
            content: (*content).into(),
            mode: None,
            deployed: None,
            origin: None,
        })
        .collect();
    let subject = Subject::File(WorkspacePath::new("t.service").unwrap(), Span::new(0, 1));
    let source = Source::new("h.toml", expectations.as_bytes());
    judge::judge_path(source, &Workspace::new(&fixtures), &subject, &checks)
}

/// Judges a JSON file in the place of the unit.
fn judge_json(text: &str, expectations: &str) -> Vec<Diagnostic> {
    let expectations = format!("format = 'json'\n{expectations}");
    judge(&[("t.service", text.as_bytes())], &expectations)
}

/// A unit with these lines in `[Service]`.
fn unit(lines: &str) -> Vec<u8> {
    format!("[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n{lines}\n").into_bytes()
}

const RESTARTS: &str = "key = 'Service.Restart'\none_of = ['always', 'on-failure']";

/// Every row: what it shows, the file, what is demanded, and a part of the message. All of these
/// pass a `grep` for the line or the key.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_grep_passes_and_systemd_does_not_do_fails() {
    let memory = "key = 'Service.MemoryMax'\nat_most = '2G'\nat_least = '128M'";
    let user = "key = 'Service.User'\nequals = 'openclaw'";
    let delay = "key = 'Service.RestartSec'\nequals = '10s'";
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "commented with #",
            unit("#Restart=always"),
            RESTARTS,
            "is `no`",
        ),
        (
            "commented with ;",
            unit("; Restart=always"),
            RESTARTS,
            "is `no`",
        ),
        (
            "interval in [Service]",
            unit("StartLimitIntervalSec=300"),
            "key = 'Unit.StartLimitIntervalSec'\nequals = '5min'",
            "is `10s`",
        ),
        (
            "interval in [Service], by its own path",
            unit("StartLimitIntervalSec=300"),
            "key = 'Service.StartLimitIntervalSec'\nequals = '5min'",
            "does not set",
        ),
        (
            "restart in [Unit]",
            b"[Unit]\nRestart=always\n[Service]\nExecStart=/bin/true\n".to_vec(),
            RESTARTS,
            "is `no`",
        ),
        (
            "before any section",
            b"Restart=always\n[Service]\nExecStart=/bin/true\n".to_vec(),
            RESTARTS,
            "is `no`",
        ),
        (
            "overridden later",
            unit("Restart=always\nRestart=no"),
            RESTARTS,
            "is `no`",
        ),
        ("another user", unit("User=openclaw2"), user, "`openclaw2`"),
        (
            "user reset",
            unit("User=openclaw\nUser="),
            user,
            "expected `openclaw`",
        ),
        ("X- key", unit("X-Restart=always"), RESTARTS, "is `no`"),
        (
            "X- section",
            unit("[X-Fleet]\nRestart=always"),
            RESTARTS,
            "is `no`",
        ),
        (
            "trailing comment",
            unit("Restart=always # keep"),
            RESTARTS,
            "is `no`",
        ),
        ("quoted", unit("Restart=\"always\""), RESTARTS, "is `no`"),
        ("longer", unit("RestartSec=100"), delay, "`100`"),
        ("months", unit("RestartSec=10M"), delay, "`10M`"),
        ("milliseconds", unit("RestartSec=10ms"), delay, "`10ms`"),
        ("no size", unit("MemoryMax=2GB"), memory, "`infinity`"),
        ("no limit", unit("MemoryMax=infinity"), memory, "`infinity`"),
        ("too small", unit("MemoryMax=2M"), memory, "`2M`"),
        (
            "a share",
            unit("MemoryMax=50%"),
            memory,
            "does not tell of how much",
        ),
        (
            "off",
            unit("NoNewPrivileges=no"),
            "key = 'Service.NoNewPrivileges'\nequals = true",
            "`no`",
        ),
        (
            "false",
            unit("ProtectSystem=false"),
            "key = 'Service.ProtectSystem'\none_of = ['full', 'strict']",
            "`false`",
        ),
        (
            "no percent",
            unit("CPUQuota=80"),
            "key = 'Service.CPUQuota'\nat_most = '100%'",
            "does not set",
        ),
        (
            "swallowed",
            unit("Environment=A=b \\\nRestart=always"),
            RESTARTS,
            "is `no`",
        ),
        (
            "swallowed with a comment between",
            unit("Environment=A=b \\\n# c\nRestart=always"),
            RESTARTS,
            "is `no`",
        ),
        (
            "list reset",
            unit("ReadWritePaths=/a\nReadWritePaths="),
            "key = 'Service.ReadWritePaths'\ncontains = '/a'",
            "",
        ),
        (
            "two ExecStart",
            unit("Restart=always\nExecStart=/bin/false"),
            RESTARTS,
            "refused",
        ),
        (
            "oneshot",
            unit("Type=oneshot\nRestart=always"),
            RESTARTS,
            "refused",
        ),
        (
            "a broken header",
            b"[Service] # main\nExecStart=/bin/true\nRestart=always\n".to_vec(),
            RESTARTS,
            "refused",
        ),
        (
            "not UTF-8",
            unit("Restart=always\nEnvironment=A=\u{1}")
                .into_iter()
                .map(|b| if b == 1 { 0xff } else { b })
                .collect(),
            RESTARTS,
            "refused",
        ),
        (
            "user with a blank",
            unit("User=openclaw user"),
            user,
            "`openclaw user`",
        ),
        ("lower case", unit("restart=always"), RESTARTS, "is `no`"),
        (
            "section in lower case",
            b"[Unit]\nDescription=x\n[service]\nExecStart=/bin/true\nRestart=always\n".to_vec(),
            RESTARTS,
            "refused",
        ),
        (
            "no command",
            b"[Service]\nRestart=always\n".to_vec(),
            RESTARTS,
            "refused",
        ),
        (
            "the limit is off",
            unit("[Unit]\nStartLimitBurst=0"),
            "key = 'Unit.StartLimitBurst'\nat_least = 1",
            "`0`",
        ),
        (
            "the variable is set again",
            unit("Environment=NODE_ENV=production\nEnvironment=NODE_ENV=development"),
            "key = 'Service.Environment.NODE_ENV'\nequals = 'production'",
            "`development`",
        ),
    ];
    for (what, content, demand, says) in cases {
        let problems = judge(&[("t.service", &content)], demand);
        assert!(!problems.is_empty(), "{what} passes");
        let message = &problems[0].message;
        assert!(message.contains(says), "{what}: {message}");
    }
}

#[test]
fn drop_ins_take_part() {
    let main = unit("Restart=always");
    for drop_in in ["t.service.d/10-off.conf", "service.d/10-off.conf"] {
        let off: &[u8] = b"[Service]\nRestart=no\n";
        let problems = judge(&[("t.service", &main), (drop_in, off)], RESTARTS);
        assert_eq!(problems.len(), 1, "{drop_in}");
        let labels: Vec<&str> = problems[0]
            .labels
            .iter()
            .map(|label| &*label.excerpt.path)
            .collect();
        assert!(labels.contains(&drop_in), "{labels:?}");
        assert!(labels.contains(&"t.service"), "{labels:?}");
    }
    let empty: &[u8] = b"";
    assert!(
        judge(
            &[("t.service", &main), ("t.service.d/10.conf", empty)],
            RESTARTS
        )
        .is_empty()
    );
}

#[test]
fn what_grep_fails_and_systemd_does_passes() {
    for (what, content) in [
        (
            "CRLF",
            b"[Service]\r\nExecStart=/bin/true\r\nRestart=always\r\n".to_vec(),
        ),
        ("blanks around =", unit("Restart = always")),
        ("indented", unit("  Restart=always")),
        ("continued", unit("Restart=\\\nalways")),
        (
            "no line end",
            b"[Service]\nExecStart=/bin/true\nRestart=always".to_vec(),
        ),
    ] {
        let problems = judge(&[("t.service", &content)], RESTARTS);
        assert!(problems.is_empty(), "{what}: {problems:?}");
    }
    let equal = [
        (
            "RestartSec=10",
            "key = 'Service.RestartSec'\nequals = '10s'",
        ),
        (
            "RestartSec=1min 30s",
            "key = 'Service.RestartSec'\nequals = 90",
        ),
        (
            "MemoryMax=2048M",
            "key = 'Service.MemoryMax'\nequals = '2G'",
        ),
        (
            "NoNewPrivileges=on",
            "key = 'Service.NoNewPrivileges'\nequals = true",
        ),
        ("UMask=077", "key = 'Service.UMask'\nequals = '0077'"),
        (
            "RestartPreventExitStatus=CONFIG SIGKILL",
            "key = 'Service.RestartPreventExitStatus'\ncontains = ['78', 'KILL']",
        ),
        (
            "RestartForceExitStatus=65",
            "key = 'Service.RestartForceExitStatus'\nequals = 'DATAERR'",
        ),
        (
            "SuccessExitStatus=9",
            "key = 'Service.SuccessExitStatus'\nnot_contains = 'SIGKILL'",
        ),
        ("KillSignal=2", "key = 'Service.KillSignal'\nequals = 'INT'"),
        (
            "MemoryMax=1G\nMemoryMax=2GB",
            "key = 'Service.MemoryMax'\nequals = '1G'",
        ),
        (
            "StartLimitInterval=300",
            "key = 'Unit.StartLimitIntervalSec'\nequals = '5min'",
        ),
        (
            "Environment=A=1 \"B=x y\"",
            "key = 'Service.Environment.B'\nequals = 'x y'",
        ),
        (
            "Environment=A=1 \"B=x y\"",
            "key = 'Service.Environment'\ncontains = 'A=1'",
        ),
        (
            "ReadWritePaths=/a /b",
            "key = 'Service.ReadWritePaths'\nequals = ['/a', '/b']",
        ),
        ("Nice=5", "key = 'Service.ExecStart'\nequals = '/bin/true'"),
        ("Nice=5", "key = 'Service.Nice'\npresent = true"),
        ("Nice=5", "key = 'Service.User'\npresent = false"),
    ];
    for (line, demand) in equal {
        let problems = judge(&[("t.service", &unit(line))], demand);
        assert!(problems.is_empty(), "{line} / {demand}: {problems:?}");
    }
}

#[test]
fn an_expected_value_that_systemd_would_not_take_has_no_verdict() {
    let problems = judge(
        &[("t.service", &unit("MemoryMax=2G"))],
        "key = 'Service.MemoryMax'\nequals = '2GB'",
    );
    assert_eq!(problems[0].rule.code, "CT171", "{problems:?}");
}

#[test]
fn what_has_no_effect_is_shown_at_its_line() {
    let problems = judge(
        &[("t.service", &unit("#Restart=always\nRestart=no"))],
        RESTARTS,
    );
    let lines: Vec<(usize, &str)> = problems[0]
        .labels
        .iter()
        .map(|label| (label.excerpt.line, &*label.message))
        .collect();
    assert!(lines.contains(&(6, "the value in effect")), "{lines:?}");
    assert!(lines.contains(&(5, "commented out")), "{lines:?}");
}

#[test]
fn every_branch_of_a_wildcard_has_to_have_the_key() {
    let services = r#"{"s": {"a": {"user": "node"}, "b": {}}}"#;
    for demand in [
        "not_equals = 'root'",
        "equals = 'node'",
        "matches = 'node'",
        "present = true",
    ] {
        let problems = judge_json(services, &format!("key = 's.*.user'\n{demand}"));
        let codes: Vec<&str> = problems.iter().map(|problem| problem.rule.code).collect();
        assert_eq!(codes, ["CT120"], "{demand}");
    }
    let ports = r#"{"s": {"a": {"p": [{"ip": "::1"}]}, "b": {"p": {"x": {"ip": "::"}}}}}"#;
    let problems = judge_json(ports, "key = 's.*.p[*].ip'\nequals = '::1'");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].message.contains("s.b.p"), "{problems:?}");
}

#[test]
fn a_default_beside_a_value_is_not_written_by_anybody() {
    let compose = "services:\n  a:\n    image: x\n    ports: ['1:1', '127.0.0.1:2:2']\n";
    let demand = "format = 'compose'\nkey = 'services.a.ports[*].host_ip'\npresent = true";
    let problems = judge(&[("t.service", compose.as_bytes())], demand);
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn of_thousands_of_values_that_differ_the_first_are_shown() {
    let many = format!("{{\"a\": [{}0]}}", "0, ".repeat(9_999));
    for demand in ["equals = 1", "present = false"] {
        let problems = judge_json(&many, &format!("key = 'a[*]'\n{demand}"));
        assert_eq!(problems.len(), 30, "{demand}");
        let last = problems[29].help.last();
        let rest = "the file has 9970 more problems of this kind";
        assert_eq!(last.map(String::as_str), Some(rest), "{demand}");
    }
    // What has no verdict is not hidden by what fails.
    let problems = judge_json(&many, "key = 'a[*]'\nequals = 1\nat_most = 'x'");
    assert_eq!(problems.len(), 31);
    assert_eq!(problems[30].rule.code, "CT171");
}

/// The problems of a check that cannot be read.
fn refuse(expectations: &str) -> Vec<String> {
    let table = toml::parse(expectations).unwrap();
    let vars = Vars::default();
    let mut reading = Reading::new(Source::new("h.toml", expectations.as_bytes()), &vars);
    let (name, value) = &table.entries[0];
    let spec = check::spec(&name.name).unwrap();
    let check = (spec.parse)(&mut reading, spec, value, &table);
    assert!(check.is_none(), "{expectations}");
    let messages = reading.diagnostics.into_iter();
    messages.map(|problem| problem.message).collect()
}

#[test]
fn demands_that_nothing_could_meet_or_fail_are_refused_with_a_word() {
    for (expectations, why) in [
        ("key = 'a'\nat_most = inf", "finite"),
        ("key = 'a'\nat_least = -inf", "finite"),
        ("key = 'a'\nnot_equals = nan", "finite"),
        ("key = 'a'\nequals = 1e999", "finite"),
        (
            "key = 'a'\nequals = 1\nat_least = 1\npresent = false",
            "leaves nothing",
        ),
        ("exposure = { at_most = 429496729.9 }", "from 0.0 to 9.9"),
        ("mode = '<=<=0640'", "octal"),
    ] {
        let problems = refuse(expectations);
        assert_eq!(problems.len(), 1, "{expectations}: {problems:?}");
        assert!(problems[0].contains(why), "{expectations}: {problems:?}");
    }
}

#[test]
fn a_word_that_systemd_does_not_know_has_no_verdict() {
    for (lines, demand) in [
        ("Restart=no", "key = 'Service.Restart'\nnot_equals = 'No'"),
        (
            "Restart=no",
            "key = 'Service.Restart'\none_of = ['alwys', 'always']",
        ),
        ("", "key = 'Service.ProtectSystem'\nnot_equals = 'none'"),
    ] {
        let found = judge(&[("t.service", &unit(lines))], demand);
        assert_eq!(found.len(), 1, "{demand}");
        assert_eq!(found[0].rule.code, super::NOT_A_VALUE.code, "{demand}");
    }
    // A list may name words of later versions, as long as one of them holds.
    for demand in [
        "key = 'Service.ProtectSystem'\nequals = 'off'",
        "key = 'Service.Type'\none_of = ['simple', 'notify-reload']",
    ] {
        assert!(judge(&[("t.service", &unit(""))], demand).is_empty());
    }
}

#[test]
fn what_systemd_makes_up_or_takes_away_counts() {
    let lines = "Environment=NODE_ENV=production A=1\nUnsetEnvironment=NODE_ENV";
    let unset = unit(lines);
    for (demand, passes) in [
        (
            "key = 'Service.Environment'\ncontains = 'NODE_ENV=production'",
            false,
        ),
        ("key = 'Service.Environment'\nequals = ['A=1']", true),
        (
            "key = 'Service.Environment.NODE_ENV'\npresent = false",
            true,
        ),
    ] {
        let found = judge(&[("t.service", &unset)], demand);
        assert_eq!(found.is_empty(), passes, "{demand}: {found:?}");
    }
    let dynamic = unit("DynamicUser=yes");
    let not_root = "key = 'Service.User'\nnot_equals = ['root', '0']";
    assert!(judge(&[("t.service", &dynamic)], not_root).is_empty());
    assert!(!judge(&[("t.service", &unit(""))], not_root).is_empty());
}

#[test]
fn a_key_that_nobody_could_set_is_no_check() {
    for (key, advice) in [
        ("Service.RestartSecs", "`Service.RestartSec`"),
        ("Servce.Restart", "no section [Servce]"),
        ("Service.restart", "`Service.Restart`"),
        ("Restart", "Section.Key"),
    ] {
        let demand = format!("key = '{key}'\npresent = false");
        let found = judge(&[("t.service", &unit(""))], &demand);
        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(found[0].rule.code, super::UNKNOWN_KEY.code, "{key}");
        assert!(found[0].help[0].contains(advice), "{:?}", found[0].help);
    }
    for key in [
        "Service.X-Own",
        "X-Fleet.Any",
        "Service.Restart",
        "Unit.OnFailure",
    ] {
        let demand = format!("key = '{key}'\npresent = false");
        assert!(
            judge(&[("t.service", &unit(""))], &demand).is_empty(),
            "{key}"
        );
    }
}
