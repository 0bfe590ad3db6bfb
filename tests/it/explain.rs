//! `clawtest explain --unit`: the restarts of a program, simulated.

use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::program::{Project, finish};

const UNIT: &str = "\
[Unit]
StartLimitBurst=5

[Service]
ExecStart=/usr/local/bin/openclaw gateway run
Restart=on-failure
RestartSec=10
StartLimitIntervalSec=300
";

const COMPOSE: &str = "\
services:
  gateway:
    image: openclaw/gateway
    restart: unless-stopped
  worker:
    image: openclaw/gateway
    restart: on-failure:2
";

const PLIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>ai.openclaw.gateway</string>
  <key>ProgramArguments</key>
  <array><string>/usr/local/bin/openclaw</string></array>
  <key>KeepAlive</key>
  <true/>
</dict>
</plist>
"#;

/// A project with a unit, a Compose file and a property list.
fn project() -> Project {
    let project = Project::new();
    project.write("gateway.service", UNIT);
    project.write("compose.yaml", COMPOSE);
    project.write("ai.openclaw.gateway.plist", PLIST);
    project
}

/// The JSON object for some arguments.
fn object(project: &Project, args: &[&str]) -> Value {
    let args = [&["explain", "--json", "--unit"], args].concat();
    let run = project.run(&args);
    run.says(0, &[]);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_unit_is_told_in_words() {
    let project = project();
    let run = project.run(&["explain", "--unit", "gateway.service"]);
    run.says(
        0,
        &[
            "gateway.service: restarts by systemd 252\n",
            "  RestartSec=10              line 7 ",
            "  StartLimitIntervalSec=10s  default  for how long systemd counts starts\n",
            "Ignored:\n  StartLimitIntervalSec=300  line 8  `StartLimitIntervalSec` in [Service]",
            "If the program ends at once, again and again, for 10min:\n",
            "  a crash (exit status 1)\n      is started again after 10.1s, and so on: 60 starts in 10min, and systemd does not give up\n",
            "  a clean exit (exit status 0)\n      is not started again: ",
            "Timeline of a crash (exit status 1):\n",
            "time  event",
        ],
    );
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout.matches("Timeline of").count(), 1);
}

#[test]
fn drop_ins_beside_the_file_take_part() {
    let project = project();
    let drop_in = "[Unit]\nStartLimitIntervalSec=300\n";
    project.write("gateway.service.d/10-limit.conf", drop_in);
    let run = project.run(&["explain", "--unit", "gateway.service"]);
    run.says(
        0,
        &[
            "StartLimitIntervalSec=300  gateway.service.d/10-limit.conf:2",
            "systemd gives up at 50.7s after 5 starts",
        ],
    );
    let found = object(&project, &["gateway.service", "--exit", "crash"]);
    let setting = &found["policy"].as_array().unwrap();
    let interval = setting
        .iter()
        .find(|setting| setting["name"] == "StartLimitIntervalSec");
    let interval = interval.unwrap();
    assert_eq!(interval["file"], "gateway.service.d/10-limit.conf");
    assert_eq!(
        (&interval["line"], &interval["default"]),
        (&Value::from(2), &Value::from(false))
    );
    assert_eq!(found["ignored"], Value::Array(Vec::new()));
}

#[test]
fn the_json_object_has_the_numbers() {
    let project = project();
    let args = [
        "gateway.service",
        "--exit",
        "crash",
        "--exit",
        "0",
        "--for",
        "1min",
    ];
    let found = object(&project, &args);
    assert_eq!(found["schema"], "clawtest-restarts/1");
    assert_eq!(found["supervisor"], "systemd");
    assert_eq!(found["systemd_version"], 252);
    assert_eq!(found["until"], 60.0);
    assert_eq!(found["ignored"][0]["line"], 8);
    let crash = &found["exits"][0];
    assert_eq!(
        (&crash["exit"], &crash["starts"]),
        (&"crash".into(), &6.into())
    );
    assert_eq!(
        (&crash["restarts"], &crash["state"]),
        (&5.into(), &"waiting".into())
    );
    assert_eq!(crash["gives_up"], Value::Null);
    assert_eq!(crash["result"], "exit-code");
    assert_eq!(crash["downtime"], 60.0);
    assert_eq!(crash["events"][0]["event"], "start 1");
    let clean = &found["exits"][1];
    assert_eq!((&clean["exit"], &clean["starts"]), (&"0".into(), &1.into()));
    assert_eq!(clean["state"], "stopped");
    assert_eq!(clean["gives_up"]["at"], 0.0);
    assert!(
        clean["gives_up"]["why"]
            .as_str()
            .unwrap()
            .contains("on-failure")
    );

    let worker = object(&project, &["compose.yaml", "--service", "worker"]);
    assert_eq!(
        (&worker["service"], &worker["supervisor"]),
        (&"worker".into(), &"Docker".into())
    );
    assert_eq!(worker["systemd_version"], Value::Null);
    assert_eq!(worker["exits"][1]["starts"], 3);
    let job = object(&project, &["ai.openclaw.gateway.plist"]);
    assert_eq!(
        (&job["supervisor"], &job["service"]),
        (&"launchd".into(), &Value::Null)
    );
}

#[test]
fn options_change_what_is_simulated() {
    let project = project();
    let run = |args: &[&str]| project.run(&[&["explain", "--unit"], args].concat());
    run(&[
        "gateway.service",
        "--exit",
        "SEGV",
        "--exit",
        "oom",
        "--runs",
        "1min",
        "--for",
        "5min",
    ])
    .says(
        0,
        &[
            "If the program ends after 1min, again and again, for 5min:\n",
            "Timeline of SIGSEGV:\n",
            "Timeline of running out of memory:\n",
        ],
    );
    run(&["gateway.service", "--systemd-version", "257"]).says(0, &["by systemd 257"]);
    run(&["compose.yaml"]).says(
        0,
        &[
            "compose.yaml, service gateway: restarts by Docker\n",
            "compose.yaml, service worker: restarts by Docker\n",
        ],
    );
    project.write("unit.txt", UNIT);
    run(&["unit.txt", "--as", "systemd-unit"]).says(0, &["unit.txt: restarts by systemd"]);
}

#[test]
fn what_cannot_be_told_is_said() {
    let project = project();
    project.write("unit.txt", UNIT);
    project.write("a.yml", COMPOSE);
    project.write("refused.service", "[Service]\nRestart=always\n");
    project.write("empty.service", "");
    project.write("a.timer", "[Timer]\nOnCalendar=daily\n");
    project.write("compose.none.yml", "services: {}\n");
    project.write("compose.bad.yml", "services: [\n");
    project.write("folder.service/x", "");
    symlink("/dev/null", project.path("null.service")).unwrap();
    for (args, words) in [
        (
            &["--unit", "no.service"][..],
            "there is no file `no.service`",
        ),
        (&["--unit", "folder.service"], "it is a folder"),
        (
            &["--unit", "unit.txt"],
            "say `--as` with `systemd-unit`, `compose` or `plist`",
        ),
        (&["--unit", "a.yml"], "is a yaml file by its name"),
        (
            &["--unit", "unit.txt", "--as", "unit"],
            "`unit` is no file of a supervisor",
        ),
        (&["--unit", "refused.service"], "Service has no ExecStart="),
        (&["--unit", "empty.service"], "is masked"),
        (&["--unit", "null.service"], "is masked"),
        (&["--unit", "a.timer"], "is not a service"),
        (&["--unit", "compose.none.yml"], "it has no service"),
        (&["--unit", "compose.bad.yml"], "compose.bad.yml:"),
        (
            &["--unit", "compose.yaml", "--json"],
            "name one with `--service NAME`",
        ),
        (
            &["--unit", "compose.yaml", "--service", "wroker"],
            "did you mean `worker`?",
        ),
        (
            &["--unit", "gateway.service", "--service", "a"],
            "--service is for Compose files",
        ),
        (
            &["--unit", "compose.yaml", "--systemd-version", "252"],
            "--systemd-version is for units of systemd",
        ),
        (
            &["--unit", "gateway.service", "--systemd-version", "9"],
            "expected a version from 250 to 257, found `9`",
        ),
        (
            &["--unit", "gateway.service", "--exit", "carsh"],
            "did you mean `crash`?",
        ),
        (
            &["--unit", "gateway.service", "--for", "0s"],
            "--for: the duration is zero",
        ),
        (
            &["--unit", "gateway.service", "--runs", "9"],
            "--runs: `9` has no unit",
        ),
        (
            &["--unit", "gateway.service", "CT101"],
            "cannot be used with",
        ),
        (&["--json"], "--unit"),
    ] {
        let run = project.run(&[&["explain"], args].concat());
        run.fails(2, &[words]);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = project();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = project.command(&["explain", "--unit", "gateway.service"]);
    let run = finish(command.stdout(writer).spawn().unwrap());
    run.fails(0, &[]);
    assert_eq!(run.stderr, "");
}
