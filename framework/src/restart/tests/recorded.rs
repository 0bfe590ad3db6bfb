//! What was recorded of systemd 252.39 in a container and of Docker 26.1.5.

use super::{Exit, Policy, Run, container, found, play, repeat, seconds, service, simulate};
use crate::restart::{EventKind, Timeline, docker};

const CRASH: Exit = Exit::Code(1);

fn starts(timeline: &Timeline) -> Vec<u64> {
    let events = timeline.events.iter();
    events
        .filter(|event| matches!(event.kind, EventKind::Start(_)))
        .map(|event| event.at)
        .collect()
}

#[test]
fn loops_have_as_many_starts_as_systemd_made() {
    let limit = "StartLimitIntervalSec=300 StartLimitBurst=5";
    let in_service = format!("Restart=always RestartSec=10 {limit}");
    let legacy = "Restart=always RestartSec=10 StartLimitInterval=300 StartLimitBurst=5";
    let in_unit = format!("{limit}|Restart=always RestartSec=10");
    // The settings, how long a run lasts, how it ends, how long it was watched, and the end.
    for (settings, lasts, exit, until, expect) in [
        // e02pattern, e02fixed, e02legacy
        (
            &*in_service,
            0.021,
            CRASH,
            82.0,
            "activating/auto-restart exit-code 9 8",
        ),
        (&*in_unit, 0.022, CRASH, 82.0, "failed/failed exit-code 5 5"),
        (legacy, 0.016, CRASH, 82.0, "failed/failed exit-code 5 5"),
        // e03a, whose first 30 starts were written down
        (
            "StartLimitIntervalSec=4 StartLimitBurst=3|Restart=always RestartSec=1500ms",
            0.026,
            CRASH,
            48.7,
            "activating/auto-restart exit-code 30 29",
        ),
        // e03d
        (
            "StartLimitIntervalSec=10 StartLimitBurst=3|Restart=always RestartSec=0",
            1.029,
            CRASH,
            30.0,
            "failed/failed exit-code 3 3",
        ),
        // e20
        (
            "StartLimitIntervalSec=0|Restart=always RestartSec=1",
            0.02,
            CRASH,
            33.6,
            "activating/auto-restart exit-code 30 29",
        ),
        // e14, e16: the program itself never ran
        (
            "Restart=always RestartSec=200ms User=nosuchuser",
            0.02,
            Exit::Code(217),
            30.0,
            "failed/failed exit-code 5 5",
        ),
        (
            "Restart=on-failure RestartSec=200ms ExecStartPre=/bin/false",
            0.02,
            Exit::BeforeStart(1),
            30.0,
            "failed/failed exit-code 5 5",
        ),
        // e06, e09b
        (
            "Restart=always RestartSec=200ms RestartPreventExitStatus=1",
            0.221,
            CRASH,
            30.0,
            "failed/failed exit-code 1 0",
        ),
        (
            "Restart=on-failure RestartSec=200ms SuccessExitStatus=1",
            0.213,
            CRASH,
            30.0,
            "inactive/dead success 1 0",
        ),
    ] {
        let timeline = repeat(&service(settings), lasts, exit, until);
        assert_eq!(found(&timeline), expect, "{settings}");
    }
}

#[test]
fn starts_come_when_systemd_made_them() {
    let e02 = [0.0, 10.114, 20.181, 30.292, 40.436];
    let e03a = [
        0.0, 1.724, 3.377, 5.064, 6.76, 8.412, 10.013, 11.634, 13.285, 14.92,
    ];
    let e20 = [
        0.0, 1.14, 2.359, 3.546, 4.679, 5.792, 7.044, 8.146, 9.313, 10.521,
    ];
    for (settings, lasts, times) in [
        (
            "StartLimitIntervalSec=300|Restart=always RestartSec=10",
            0.022,
            &e02[..],
        ),
        (
            "StartLimitIntervalSec=4 StartLimitBurst=3|Restart=always RestartSec=1500ms",
            0.026,
            &e03a,
        ),
        (
            "StartLimitIntervalSec=0|Restart=always RestartSec=1",
            0.02,
            &e20,
        ),
    ] {
        let timeline = repeat(&service(settings), lasts, CRASH, 60.0);
        for (found, expect) in starts(&timeline).into_iter().zip(times) {
            let off = found.abs_diff(seconds(*expect));
            assert!(off <= seconds(0.5), "{settings}: {found} for {expect}");
        }
    }
}

#[test]
fn one_end_is_followed_by_what_systemd_did() {
    let (no, run) = ("inactive/dead success 1 0", "active/running success 2 1");
    let signal = "failed/failed signal 1 0";
    let (exit0, hup, segv) = (Exit::Code(0), Exit::Signal(1), Exit::Signal(11));
    for (restart, after_exit0, after_hup, after_segv) in [
        ("no", no, no, signal),
        ("on-success", run, run, signal),
        ("on-failure", no, no, run),
        ("on-abnormal", no, no, run),
        ("on-watchdog", no, no, signal),
        ("on-abort", no, no, run),
        ("always", run, run, run),
    ] {
        let settings = format!("StartLimitIntervalSec=0|Restart={restart} RestartSec=200ms");
        let policy = service(&settings);
        for (exit, expect) in [(exit0, after_exit0), (hup, after_hup), (segv, after_segv)] {
            let timeline = play(&policy, &[(0.22, exit)], 20.0);
            assert_eq!(found(&timeline), expect, "{restart} {exit:?}");
        }
    }
}

/// The starts of a container, in seconds since the first one; the time between an end and the next
/// start may be off by the latency of the engine.
fn check_docker(policy: &Policy, runs: &[(f64, Exit)], until: f64, times: &[f64]) {
    let timeline = play(policy, runs, until);
    let found = starts(&timeline);
    assert_eq!(found.len(), times.len(), "{found:?}");
    for (found, expect) in found.windows(2).zip(times.windows(2)) {
        let gap = found[1] - found[0];
        let off = gap.abs_diff(seconds(expect[1] - expect[0]));
        assert!(off <= seconds(1.0), "{found:?} for {expect:?}");
    }
}

#[test]
fn docker_waits_longer_each_time() {
    let always = Policy::Docker(container("    restart: always\n").unwrap());
    // d1, up to the restart of the engine, and from there on
    let d1 = [
        0.0, 0.58, 1.61, 3.42, 5.34, 7.74, 11.6, 18.34, 31.46, 57.49, 109.27, 169.73,
    ];
    check_docker(&always, &[(0.01, CRASH); 20], 175.0, &d1);
    let later = [0.0, 0.57, 1.11, 1.95, 3.4, 5.52, 9.19, 16.32, 29.63];
    check_docker(&always, &[(0.01, CRASH); 20], 32.0, &later);
    // d2: a run of 11 s sets the delay back, one of 8 s does not
    let short = (0.01, CRASH);
    let mut runs = [short; 13];
    runs[5] = (11.0, CRASH);
    runs[11] = (8.0, CRASH);
    let d2 = [
        0.0, 0.7, 1.99, 3.35, 4.99, 7.32, 18.81, 19.36, 20.07, 21.28, 23.22, 26.74, 41.54, 54.92,
    ];
    check_docker(&always, &runs, 100.0, &d2);
    // d4: an end with 0 is an end like any other
    check_docker(&always, &[(0.5, Exit::Code(0))], 100.0, &[0.0, 1.86]);
    // d7
    let timeline = play(
        &Policy::Docker(docker::Policy::default()),
        &[(0.5, CRASH)],
        100.0,
    );
    assert_eq!(found(&timeline), "exited/  1 0");
}

const AGAIN: &str = "active/running success 2 1";
const CLEAN: &str = "inactive/dead success 1 0";
const TIMEOUT: &str = "failed/failed timeout 1 0";
const CODE: &str = "failed/failed exit-code 1 0";
const OFF: &str = "StartLimitIntervalSec=0|RestartSec=200ms";
const THREE: &str = "StartLimitIntervalSec=60 StartLimitBurst=3|RestartSec=200ms";

/// Settings, how the first runs end, and what followed; run for this table by systemd 252.39.
const ENDS: &[(&str, &str, &[Exit], &str)] = &[
    (OFF, "Restart=on-failure ExecStart=-/bin/x", &[CRASH], CLEAN),
    (
        OFF,
        "Restart=on-failure ExecStart=-/bin/x",
        &[Exit::Signal(11)],
        CLEAN,
    ),
    (
        OFF,
        "Restart=always RestartPreventExitStatus=1 ExecStart=-/bin/x",
        &[CRASH],
        CLEAN,
    ),
    (OFF, "Restart=no RestartForceExitStatus=1", &[CRASH], AGAIN),
    (
        OFF,
        "Restart=no RestartForceExitStatus=1 RestartPreventExitStatus=1",
        &[CRASH],
        CODE,
    ),
    (
        OFF,
        "Restart=no RestartForceExitStatus=SIGHUP",
        &[Exit::Signal(1)],
        AGAIN,
    ),
    (
        OFF,
        "Restart=always RestartPreventExitStatus=0",
        &[Exit::Code(0)],
        CLEAN,
    ),
    (
        OFF,
        "Restart=on-failure SuccessExitStatus=SIGKILL",
        &[Exit::Signal(9)],
        CLEAN,
    ),
    (
        OFF,
        "Restart=on-failure Type=notify",
        &[Exit::Code(0)],
        AGAIN,
    ),
    (
        OFF,
        "Restart=always Type=notify RemainAfterExit=yes",
        &[Exit::Code(0)],
        AGAIN,
    ),
    (
        OFF,
        "Restart=on-failure Type=notify TimeoutStartSec=2",
        &[Exit::Timeout],
        AGAIN,
    ),
    (
        OFF,
        "Restart=always Type=notify TimeoutStartSec=2 RestartPreventExitStatus=SIGTERM",
        &[Exit::Timeout],
        TIMEOUT,
    ),
    (
        OFF,
        "Restart=on-success RuntimeMaxSec=1",
        &[Exit::Timeout],
        TIMEOUT,
    ),
    (
        THREE,
        "Restart=on-failure RuntimeMaxSec=1",
        &[Exit::Timeout; 9],
        "failed/failed timeout 3 3",
    ),
    (
        THREE,
        "Restart=on-watchdog WatchdogSec=1",
        &[Exit::Watchdog; 9],
        "failed/failed watchdog 3 3",
    ),
    (
        THREE,
        "Restart=on-watchdog WatchdogSec=1 RestartPreventExitStatus=SIGABRT",
        &[Exit::Watchdog],
        "failed/failed watchdog 1 0",
    ),
    (
        THREE,
        "Restart=always WatchdogSec=1 WatchdogSignal=SIGKILL RestartPreventExitStatus=SIGKILL",
        &[Exit::Watchdog],
        "failed/failed watchdog 1 0",
    ),
    (
        OFF,
        "Restart=always RemainAfterExit=yes",
        &[Exit::Code(0)],
        "active/exited success 1 0",
    ),
    (OFF, "Restart=always RemainAfterExit=yes", &[CRASH], AGAIN),
    (
        THREE,
        "Restart=always",
        &[Exit::Code(0); 9],
        "failed/failed start-limit-hit 3 3",
    ),
    (
        THREE,
        "Restart=always RestartPreventExitStatus=1 ExecStartPre=/bin/false",
        &[Exit::BeforeStart(1); 9],
        "failed/failed exit-code 3 3",
    ),
    (
        THREE,
        "Restart=on-failure EnvironmentFile=/nope",
        &[Exit::Resources; 9],
        "failed/failed resources 3 3",
    ),
    (
        THREE,
        "Restart=on-failure",
        &[Exit::Code(200); 9],
        "failed/failed exit-code 3 3",
    ),
    (
        THREE,
        "Restart=on-failure",
        &[Exit::Code(226); 9],
        "failed/failed exit-code 3 3",
    ),
    (
        THREE,
        "Restart=on-failure RestartPreventExitStatus=203",
        &[Exit::Code(203)],
        CODE,
    ),
    (
        OFF,
        "Restart=always",
        &[Exit::Condition],
        "inactive/dead exec-condition 1 0",
    ),
    (
        OFF,
        "Restart=on-failure Type=oneshot",
        &[Exit::Signal(15)],
        "activating/start success 2 1",
    ),
    (
        OFF,
        "Restart=on-failure Type=oneshot",
        &[Exit::Code(0)],
        CLEAN,
    ),
    (OFF, "Restart=on-abnormal Type=oneshot", &[CRASH], CODE),
    (
        OFF,
        "Restart=always Type=forking RestartPreventExitStatus=1",
        &[CRASH],
        AGAIN,
    ),
    (
        "StartLimitBurst=1|RestartSec=200ms",
        "Restart=always",
        &[CRASH; 9],
        "failed/failed exit-code 1 1",
    ),
    (
        "StartLimitIntervalSec=0|RestartSec=infinity",
        "Restart=always",
        &[CRASH],
        "activating/auto-restart exit-code 1 0",
    ),
];

#[test]
fn ends_of_all_kinds_are_followed_by_what_systemd_did() {
    for (limit, settings, exits, expect) in ENDS {
        let policy = service(&format!("{limit} {settings}"));
        let runs: Vec<(f64, Exit)> = exits.iter().map(|exit| (0.5, *exit)).collect();
        let timeline = play(&policy, &runs, 22.0);
        assert_eq!(found(&timeline), *expect, "{limit} {settings} {exits:?}");
    }
    // A healthy run in the third place: the window is over in the fourth.
    let runs = [0.2, 0.2, 8.0, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2];
    let policy =
        service("StartLimitIntervalSec=10 StartLimitBurst=5|Restart=always RestartSec=200ms");
    let timeline = play(&policy, &runs.map(|lasts| (lasts, CRASH)), 22.0);
    assert_eq!(found(&timeline), "failed/failed exit-code 10 10");
}

/// The time from the end of a run of half a second that leaves a process which ignores SIGTERM to
/// the next start, run for this table by systemd 252.39.
#[test]
fn what_is_left_is_waited_for_as_long_as_systemd_did() {
    let exit0 = Exit::Code(0);
    for (settings, exit, gap, expect) in [
        ("Restart=always RestartSec=200ms", exit0, 2.30, AGAIN),
        ("Restart=on-failure RestartSec=200ms", exit0, 2.27, AGAIN),
        ("Restart=always RestartSec=1", CRASH, 3.49, AGAIN),
        (
            "Restart=always RestartSec=200ms TimeoutStopFailureMode=abort",
            CRASH,
            2.49,
            AGAIN,
        ),
        (
            "Restart=on-success RestartSec=200ms RestartForceExitStatus=0",
            exit0,
            2.51,
            AGAIN,
        ),
        (
            "Restart=always RestartSec=200ms KillMode=process",
            CRASH,
            0.41,
            AGAIN,
        ),
        (
            "Restart=always RestartSec=200ms KillMode=none",
            CRASH,
            0.43,
            AGAIN,
        ),
        (
            "Restart=always RestartSec=200ms KillSignal=SIGKILL",
            CRASH,
            0.27,
            AGAIN,
        ),
        ("Restart=no", exit0, 0.0, "failed/failed timeout 1 0"),
        (
            "Restart=on-success",
            exit0,
            0.0,
            "failed/failed timeout 1 0",
        ),
        (
            "Restart=on-failure KillMode=mixed",
            exit0,
            0.0,
            "inactive/dead success 1 0",
        ),
        (
            "Restart=always SendSIGKILL=no",
            CRASH,
            0.0,
            "failed/failed exit-code 1 0",
        ),
        (
            "Restart=always RestartPreventExitStatus=78",
            Exit::Code(78),
            0.0,
            "failed/failed exit-code 1 0",
        ),
        (
            "Restart=always RestartSec=200ms KillMode=mixed SendSIGKILL=no",
            CRASH,
            0.3,
            "activating/auto-restart resources 66 65",
        ),
        (
            "Restart=always RestartSec=200ms TimeoutStopSec=0",
            CRASH,
            0.0,
            "deactivating/stop-sigterm exit-code 1 0",
        ),
        (
            "Restart=always RestartSec=200ms ExitType=cgroup",
            CRASH,
            0.0,
            "active/running success 1 0",
        ),
    ] {
        let policy = service(&format!(
            "StartLimitIntervalSec=0|TimeoutStopSec=2 {settings}"
        ));
        let run = |index| match index {
            0 => Run {
                leaves_process: true,
                ..Run::new(seconds(0.5), exit)
            },
            _ => Run::healthy(),
        };
        let timeline = simulate(&policy, run, seconds(22.0));
        assert_eq!(found(&timeline), expect, "{settings}");
        if let [first, second, ..] = starts(&timeline)[..] {
            let off = (second - first).abs_diff(seconds(gap + 0.5));
            assert!(off <= seconds(0.3), "{settings}: {first} {second}");
        }
    }
}
