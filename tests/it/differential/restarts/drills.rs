//! The units of the drill: what each says, and how its runs end.

use std::fmt::Write as _;

use crate::differential::oracle::Dice;

/// A unit, and how each of its runs ends.
pub(super) struct Drill {
    pub(super) name: String,
    /// Lines of `[Unit]`.
    pub(super) unit: String,
    /// Lines of `[Service]`. `RUN` stands for the command line of the program; where there is none,
    /// it is what `ExecStart=` runs.
    pub(super) service: String,
    /// One word for each run, the last of which stands for all that follow: `SECONDS:END`. An end
    /// is an exit status, a signal, or a reason why it has none (see `run` of the test); with a `+`
    /// the run leaves a process behind that ignores SIGTERM.
    pub(super) plan: String,
}

const RESTARTS: [&str; 7] = [
    "no",
    "on-success",
    "on-failure",
    "on-abnormal",
    "on-watchdog",
    "on-abort",
    "always",
];

const ENDS: [&str; 4] = ["0", "1", "KILL", "HUP"];

/// Every `Restart=` with every kind of end; three starts at most.
pub(super) fn matrix() -> Vec<Drill> {
    let mut drills = Vec::new();
    for restart in RESTARTS {
        for end in ENDS {
            drills.push(Drill {
                name: format!("matrix-{restart}-{}", end.to_lowercase()),
                unit: "StartLimitIntervalSec=60\nStartLimitBurst=3".to_owned(),
                service: format!("Restart={restart}\nRestartSec=200ms"),
                plan: format!("0:{end}"),
            });
        }
    }
    drills
}

/// Settings that nobody would write together, and runs that end in several ways; three starts at
/// most.
pub(super) fn generated(count: usize) -> Vec<Drill> {
    let mut dice = Dice(0xd811_15c0_ffee);
    (0..count)
        .map(|number| {
            let kind = *dice.pick(&[&"simple", &"simple", &"exec", &"oneshot", &"notify"]);
            let restarts = if kind == "oneshot" {
                &RESTARTS_OF_ONESHOTS[..]
            } else {
                &RESTARTS[..]
            };
            let restart = restarts[dice.below(restarts.len())];
            let mut service = format!("Type={kind}\nRestart={restart}\nTimeoutStopSec=1");
            for key in ["Success", "RestartPrevent", "RestartForce"] {
                if dice.below(3) == 0 {
                    let words: Vec<&str> =
                        (0..=dice.below(2)).map(|_| dice.pick(&STATUSES)).collect();
                    let _ = write!(service, "\n{key}ExitStatus={}", words.join(" "));
                }
            }
            for (often, line) in [
                (5, "RemainAfterExit=yes"),
                (5, "KillMode=mixed"),
                (7, "KillMode=process"),
                (9, "KillSignal=SIGKILL"),
                (6, "ExecStart=-RUN"),
            ] {
                if dice.below(often) == 0 {
                    let _ = write!(service, "\n{line}");
                }
            }
            let is_before = dice.below(8) == 0 && !service.contains("ExecStart=");
            if is_before {
                service.push_str("\nExecStartPre=RUN\nExecStart=/bin/true");
            }
            let words: Vec<String> = (0..=dice.below(3))
                .map(|_| {
                    let end = if is_before {
                        format!("before{}", dice.pick(&["1", "42", "78"]))
                    } else {
                        (*dice.pick(&ENDS_OF_GENERATED)).to_owned()
                    };
                    let left = if dice.below(5) == 0 { "+" } else { "" };
                    format!("0:{end}{left}")
                })
                .collect();
            Drill {
                name: format!("generated-{number}"),
                unit: THREE.to_owned(),
                service,
                plan: words.join(" "),
            }
        })
        .collect()
}

const RESTARTS_OF_ONESHOTS: [&str; 5] =
    ["no", "on-failure", "on-abnormal", "on-watchdog", "on-abort"];

const STATUSES: [&str; 8] = ["0", "1", "42", "78", "SIGKILL", "HUP", "TERM", "SIGUSR1"];

const ENDS_OF_GENERATED: [&str; 9] = ["0", "0", "1", "42", "78", "KILL", "HUP", "TERM", "USR1"];

/// Three starts at most, however long they take.
const THREE: &str = "StartLimitIntervalSec=60\nStartLimitBurst=3";

/// No limit of starts.
const ENDLESS: &str = "StartLimitIntervalSec=0";

/// Name, lines of `[Unit]`, lines of `[Service]`, plan. Where a window ends, the nearest start is
/// more than half a second away, so that a busy machine changes nothing.
const ROWS: &[(&str, &str, &str, &str)] = &[
    // Start limits, and where they are read.
    (
        "limit-in-unit",
        "StartLimitIntervalSec=20\nStartLimitBurst=3",
        "Restart=always\nRestartSec=1",
        "0:1",
    ),
    (
        "limit-in-service",
        "",
        "Restart=always\nRestartSec=4\nStartLimitIntervalSec=300\nStartLimitBurst=3",
        "0:1",
    ),
    (
        "limit-in-service-by-its-old-name",
        "",
        "Restart=always\nRestartSec=1\nStartLimitInterval=60\nStartLimitBurst=3",
        "0:1",
    ),
    ("limit-by-default", "", "Restart=always", "0:1"),
    (
        "limit-never-reached",
        "",
        "Restart=always\nRestartSec=2600ms",
        "0:1",
    ),
    (
        "limit-off",
        "StartLimitIntervalSec=0\nStartLimitBurst=3",
        "Restart=always\nRestartSec=1",
        "0:1",
    ),
    (
        "limit-burst-0",
        "StartLimitIntervalSec=60\nStartLimitBurst=0",
        "Restart=always\nRestartSec=1",
        "0:1",
    ),
    (
        "limit-of-one",
        "StartLimitIntervalSec=60\nStartLimitBurst=1",
        "Restart=always\nRestartSec=1",
        "0:1",
    ),
    (
        "limit-after-clean-exits",
        THREE,
        "Restart=always\nRestartSec=500ms",
        "0:0",
    ),
    (
        "window-too-short",
        "StartLimitIntervalSec=4\nStartLimitBurst=3",
        "Restart=always\nRestartSec=1500ms",
        "0:1",
    ),
    (
        "window-long-enough",
        "StartLimitIntervalSec=6\nStartLimitBurst=3",
        "Restart=always\nRestartSec=1500ms",
        "0:1",
    ),
    // A window that slides would refuse the fifth start.
    (
        "window-does-not-slide",
        "StartLimitIntervalSec=8\nStartLimitBurst=3",
        "Restart=always\nRestartSec=500ms",
        "4:1 4:1 0:1",
    ),
    (
        "window-and-a-healthy-run",
        "StartLimitIntervalSec=5\nStartLimitBurst=3",
        "Restart=on-failure\nRestartSec=500ms",
        "0:1 0:1 7:1 0:1",
    ),
    (
        "window-and-runs",
        "StartLimitIntervalSec=10\nStartLimitBurst=4",
        "Restart=always\nRestartSec=1",
        "1.5:1",
    ),
    // Delays.
    ("delay-0", ENDLESS, "Restart=always\nRestartSec=0", "3:1"),
    (
        "delay-long",
        "",
        "Restart=always\nRestartSec=2min 30s",
        "0:1",
    ),
    (
        "delay-infinite",
        "",
        "Restart=always\nRestartSec=infinity",
        "0:1",
    ),
    (
        "delay-invalid",
        "StartLimitIntervalSec=0",
        "Restart=always\nRestartSec=2s\nRestartSec=5 secs",
        "0:1",
    ),
    (
        "delay-steps-of-a-later-version",
        ENDLESS,
        "Restart=always\nRestartSec=1\nRestartSteps=3\nRestartMaxDelaySec=10",
        "0:1",
    ),
    (
        "delay-1500ms",
        ENDLESS,
        "Restart=always\nRestartSec=1500ms",
        "0:1",
    ),
    // Statuses.
    (
        "prevented",
        "",
        "Restart=always\nRestartPreventExitStatus=78",
        "0:78",
    ),
    (
        "prevented-later",
        "",
        "Restart=always\nRestartPreventExitStatus=78",
        "0:1 0:1 0:78",
    ),
    (
        "prevented-by-name",
        "",
        "Restart=always\nRestartPreventExitStatus=CONFIG SIGTERM",
        "0:78",
    ),
    (
        "prevented-signal",
        "",
        "Restart=always\nRestartPreventExitStatus=SIGKILL",
        "0:KILL",
    ),
    (
        "prevented-clean-exit",
        "",
        "Restart=always\nRestartPreventExitStatus=0",
        "0:0",
    ),
    ("forced", "", "RestartForceExitStatus=3", "0:3 0:3 0:0"),
    (
        "forced-signal",
        THREE,
        "Restart=on-failure\nRestartForceExitStatus=HUP",
        "0:HUP",
    ),
    (
        "forced-and-prevented",
        "",
        "Restart=always\nRestartForceExitStatus=3\nRestartPreventExitStatus=3",
        "0:3",
    ),
    (
        "success-status",
        "",
        "Restart=on-failure\nSuccessExitStatus=42",
        "0:42",
    ),
    (
        "success-status-again",
        "",
        "Restart=on-success\nSuccessExitStatus=42",
        "0:42 0:42 0:1",
    ),
    (
        "success-signal",
        "",
        "Restart=on-failure\nSuccessExitStatus=SIGKILL",
        "0:KILL",
    ),
    (
        "success-status-reset",
        THREE,
        "Restart=on-failure\nSuccessExitStatus=1\nSuccessExitStatus=",
        "0:1",
    ),
    (
        "failure-ignored",
        "",
        "Restart=on-failure\nExecStart=-RUN",
        "0:1",
    ),
    (
        "failure-ignored-always",
        THREE,
        "Restart=always\nExecStart=-RUN",
        "0:1",
    ),
    (
        "failure-ignored-signal",
        "",
        "Restart=on-failure\nExecStart=-RUN",
        "0:KILL",
    ),
    // What is left of a run.
    (
        "left-in-control-group",
        THREE,
        "Restart=always\nRestartSec=500ms\nTimeoutStopSec=2",
        "0:1+",
    ),
    (
        "left-and-mixed",
        THREE,
        "Restart=always\nRestartSec=500ms\nTimeoutStopSec=2\nKillMode=mixed",
        "0:1+",
    ),
    (
        "left-alone",
        THREE,
        "Restart=always\nRestartSec=500ms\nTimeoutStopSec=2\nKillMode=process",
        "0:1+",
    ),
    (
        "left-after-a-clean-exit",
        THREE,
        "Restart=on-failure\nRestartSec=500ms\nTimeoutStopSec=1",
        "0:0+",
    ),
    (
        "left-after-a-prevented-exit",
        "",
        "Restart=always\nTimeoutStopSec=1\nRestartPreventExitStatus=78",
        "0:78+",
    ),
    (
        "left-and-killed-at-once",
        THREE,
        "Restart=always\nRestartSec=500ms\nTimeoutStopSec=2\nKillSignal=SIGKILL",
        "0:1+",
    ),
    (
        "left-and-never-killed",
        THREE,
        "Restart=always\nRestartSec=500ms\nTimeoutStopSec=1\nSendSIGKILL=no",
        "0:1+",
    ),
    // Before the program runs.
    (
        "before-fails",
        THREE,
        "Restart=on-failure\nExecStartPre=RUN\nExecStart=/bin/true",
        "0:before1",
    ),
    (
        "before-fails-and-success-restarts",
        THREE,
        "Restart=on-success\nExecStartPre=RUN\nExecStart=/bin/true",
        "0:before1",
    ),
    (
        "before-fails-unnoticed",
        THREE,
        "Restart=on-failure\nExecStartPre=-/bin/false\nExecStart=RUN",
        "0:1",
    ),
    (
        "before-fails-and-is-prevented",
        THREE,
        "Restart=always\nRestartPreventExitStatus=7\nExecStartPre=RUN\nExecStart=/bin/true",
        "0:before7",
    ),
    (
        "no-environment-file",
        THREE,
        "Restart=on-failure\nEnvironmentFile=/etc/drill/none",
        "0:resources",
    ),
    (
        "no-environment-file-on-abnormal",
        THREE,
        "Restart=on-abnormal\nEnvironmentFile=/etc/drill/none",
        "0:resources",
    ),
    (
        "environment-file-may-be-missing",
        THREE,
        "Restart=on-failure\nEnvironmentFile=-/etc/drill/none",
        "0:1",
    ),
    ("no-user", THREE, "Restart=on-failure\nUser=drill", "0:217"),
    (
        "no-folder",
        THREE,
        "Restart=always\nWorkingDirectory=/srv/none",
        "0:200",
    ),
    (
        "no-writable-path",
        THREE,
        "Restart=on-failure\nReadWritePaths=/srv/none",
        "0:226",
    ),
    (
        "no-program",
        THREE,
        "Restart=on-failure\nExecStart=/usr/bin/drill-none",
        "0:203",
    ),
    (
        "no-program-unnoticed",
        THREE,
        "Restart=on-failure\nExecStart=-/usr/bin/drill-none",
        "0:203",
    ),
    (
        "condition-of-the-unit",
        "ConditionPathExists=/srv/none",
        "Restart=always",
        "0:unmet",
    ),
    (
        "condition-command",
        "",
        "Restart=always\nExecCondition=/bin/false\nExecStart=/bin/true",
        "0:condition",
    ),
    // Types of services, and limits of time.
    (
        "oneshot",
        "",
        "Type=oneshot\nRestart=on-failure\nRestartSec=500ms",
        "0:1 0:1 0:0",
    ),
    (
        "oneshot-remains",
        "",
        "Type=oneshot\nRemainAfterExit=yes\nRestart=on-failure\nRestartSec=500ms",
        "0:1 0:0",
    ),
    (
        "remains",
        "",
        "RemainAfterExit=yes\nRestart=on-failure",
        "0:0",
    ),
    (
        "never-ready",
        "StartLimitIntervalSec=60\nStartLimitBurst=2",
        "Type=notify\nTimeoutStartSec=1\nRestart=on-failure\nRestartSec=500ms",
        "1:timeout",
    ),
    (
        "ends-before-it-is-ready",
        THREE,
        "Type=notify\nRestart=on-failure",
        "0:1",
    ),
    (
        "ends-well-before-it-is-ready",
        THREE,
        "Type=notify\nRestart=on-failure",
        "0:0",
    ),
    (
        "hangs",
        "StartLimitIntervalSec=60\nStartLimitBurst=2",
        "WatchdogSec=1\nWatchdogSignal=SIGKILL\nRestart=on-watchdog\nRestartSec=500ms",
        "1:watchdog",
    ),
    (
        "runs-too-long",
        "StartLimitIntervalSec=60\nStartLimitBurst=2",
        "RuntimeMaxSec=1\nRestart=on-abnormal\nRestartSec=500ms",
        "1:timeout",
    ),
    ("healthy", "", "Restart=always", "60:0"),
];

/// All units whose times matter.
pub(super) fn rows() -> Vec<Drill> {
    let drill = |(name, unit, service, plan): &(&str, &str, &str, &str)| Drill {
        name: (*name).to_owned(),
        unit: (*unit).to_owned(),
        service: (*service).to_owned(),
        plan: (*plan).to_owned(),
    };
    ROWS.iter().map(drill).collect()
}

impl Drill {
    pub(super) fn file(&self) -> String {
        format!("drill-{}.service", self.name)
    }

    /// The text of the unit. It waits for nothing else, and says nothing to a journal.
    pub(super) fn text(&self) -> String {
        let run = format!("/bin/bash /drill/run {}", self.name);
        let service = self.service.replace("RUN", &run);
        let start = if service.contains("ExecStart=") {
            String::new()
        } else {
            format!("ExecStart={run}\n")
        };
        format!(
            "[Unit]\nDefaultDependencies=no\n{}\n[Service]\n{start}{service}\n",
            self.unit
        )
    }

    /// Whether its program is started at all, so that it can count its starts itself.
    pub(super) fn is_reached(&self) -> bool {
        let never = [
            "resources",
            "condition",
            "unmet",
            "200",
            "203",
            "217",
            "226",
        ];
        !never.iter().any(|end| self.plan.ends_with(end))
    }

    /// The word for a run, by its index.
    pub(super) fn word(&self, index: usize) -> &str {
        let mut words = self.plan.split(' ');
        let last = self.plan.rsplit(' ').next();
        words.nth(index).or(last).unwrap_or_default()
    }
}
