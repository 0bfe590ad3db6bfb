//! The rules of systemd that no recording shows, and what people read, as tables.

use super::{
    Exit, FOREVER, Run, SECOND, found, play, read, repeat, service, service_of, simulate, systemd,
};
use crate::format::unit;
use crate::restart::systemd::StartLimit;
use crate::restart::{State, show_time, why_never};

const CRASH: Exit = Exit::Code(1);

/// The table of `Restart=` in systemd.service(5), with start-phase failures.
#[test]
fn each_word_of_restart_has_its_ends() {
    let exits = [
        Exit::Code(0),
        CRASH,
        Exit::Signal(15),
        Exit::Signal(9),
        Exit::CoreDump(6),
        Exit::Timeout,
        Exit::Watchdog,
        Exit::OutOfMemory,
        Exit::BeforeStart(1),
        Exit::Resources,
        Exit::Condition,
    ];
    for (restart, expect) in [
        ("no", "..........."),
        ("on-success", "R.R........"),
        ("on-failure", ".R.RRRRRRR."),
        ("on-abnormal", "...RRRRR.R."),
        ("on-watchdog", "......R...."),
        ("on-abort", "...RR......"),
        ("always", "RRRRRRRRRR."),
    ] {
        let settings = format!("StartLimitIntervalSec=0|Restart={restart} WatchdogSec=1");
        let policy = service(&settings);
        for (exit, expect) in exits.iter().zip(expect.chars()) {
            let timeline = play(&policy, &[(5.0, *exit)], 1000.0);
            let starts = if expect == 'R' { 2 } else { 1 };
            assert_eq!(timeline.starts, starts, "{restart} {exit:?}");
            let is_running = timeline.state == State::Running;
            assert_eq!(is_running, expect == 'R', "{restart} {exit:?}");
            assert_eq!(
                timeline.ending.is_some(),
                expect == '.',
                "{restart} {exit:?}"
            );
        }
    }
}

#[test]
fn statuses_go_before_the_word() {
    let run = "active/running success 2 1";
    for (settings, exit, expect) in [
        ("Restart=no RestartForceExitStatus=3", Exit::Code(3), run),
        (
            "Restart=no RestartForceExitStatus=3 RestartPreventExitStatus=3",
            Exit::Code(3),
            "failed/failed exit-code 1 0",
        ),
        (
            "Restart=always RestartPreventExitStatus=CONFIG",
            Exit::Code(78),
            "failed/failed exit-code 1 0",
        ),
        (
            "Restart=always RestartPreventExitStatus=1+SIGKILL",
            Exit::Signal(9),
            "failed/failed signal 1 0",
        ),
        (
            "Restart=always RestartPreventExitStatus=1+SIGKILL",
            Exit::Code(9),
            run,
        ),
        (
            "Restart=on-failure SuccessExitStatus=SIGKILL+143",
            Exit::Signal(9),
            "inactive/dead success 1 0",
        ),
        (
            "Restart=on-failure SuccessExitStatus=SIGKILL+143",
            Exit::Code(143),
            "inactive/dead success 1 0",
        ),
        (
            "Restart=on-failure SuccessExitStatus=SIGSEGV",
            Exit::CoreDump(11),
            run,
        ),
        (
            "Restart=on-failure ExecStart=-/bin/x",
            CRASH,
            "inactive/dead success 1 0",
        ),
        (
            "Restart=always RestartPreventExitStatus=1 ExecStart=-/bin/x",
            CRASH,
            "inactive/dead success 1 0",
        ),
        // What runs before the program has no say in the lists.
        (
            "Restart=always RestartPreventExitStatus=1",
            Exit::BeforeStart(1),
            run,
        ),
        (
            "Restart=always RestartPreventExitStatus=SIGABRT WatchdogSec=1",
            Exit::Watchdog,
            "failed/failed watchdog 1 0",
        ),
        (
            "Restart=always",
            Exit::Watchdog,
            "active/running success 1 0",
        ),
        (
            "Type=oneshot Restart=on-failure",
            Exit::Signal(15),
            "activating/start success 2 1",
        ),
        (
            "Type=oneshot Restart=on-failure",
            Exit::Code(0),
            "inactive/dead success 1 0",
        ),
        (
            "Restart=always RemainAfterExit=yes",
            Exit::Code(0),
            "active/exited success 1 0",
        ),
        ("Restart=always RemainAfterExit=yes", CRASH, run),
        (
            "Restart=on-abort OOMPolicy=continue",
            Exit::OutOfMemory,
            run,
        ),
        (
            "Restart=on-abort",
            Exit::OutOfMemory,
            "failed/failed oom-kill 1 0",
        ),
        ("Type=notify Restart=on-failure", Exit::Code(0), run),
        (
            "Restart=always",
            Exit::Condition,
            "inactive/dead exec-condition 1 0",
        ),
    ] {
        let timeline = play(&service(settings), &[(0.3, exit)], 100.0);
        assert_eq!(found(&timeline), expect, "{settings} {exit:?}");
    }
}

#[test]
fn statuses_and_signals_have_names_and_numbers() {
    for (text, status, signal) in [
        ("0", Some(0), None),
        ("78", Some(78), None),
        ("CONFIG", Some(78), None),
        ("EXEC", Some(203), None),
        ("BPF", Some(244), None),
        ("config", None, None),
        ("256", None, None),
        ("SIGKILL", None, Some(9)),
        ("KILL", None, Some(9)),
        ("SYS", None, Some(31)),
        ("RTMIN", None, Some(34)),
        ("SIGRTMIN+3", None, Some(37)),
        ("RTMAX-4", None, Some(60)),
        ("RTMAX", None, Some(64)),
        ("RTMIN+31", None, None),
        ("RTMIN-1", None, None),
        ("sigkill", None, None),
    ] {
        assert_eq!(unit::exit_status(text), status, "{text}");
        // Where both are possible, systemd takes a number for a status.
        if status.is_none() {
            assert_eq!(unit::signal(text), signal, "{text}");
        }
    }
}

#[test]
fn a_process_that_is_left_costs_the_stop_timeout_or_more() {
    let run = "active/running success 2 1";
    for (settings, exit, wait, expect) in [
        ("Restart=always", CRASH, 2.46, run),
        ("Restart=always KillMode=mixed", CRASH, 0.33, run),
        ("Restart=always KillMode=process", CRASH, 0.33, run),
        ("Restart=always KillMode=none", CRASH, 0.33, run),
        // What is left makes a clean end a failure.
        ("Restart=on-failure", Exit::Code(0), 2.46, run),
        (
            "Restart=on-success",
            Exit::Code(0),
            2.13,
            "failed/failed timeout 1 0",
        ),
        ("Restart=no", CRASH, 2.13, "failed/failed exit-code 1 0"),
        (
            "Restart=always SendSIGKILL=no",
            CRASH,
            4.26,
            "failed/failed exit-code 1 0",
        ),
    ] {
        let settings = format!("RestartSec=200ms TimeoutStopSec=2 {settings}");
        let run = |index| match index {
            0 => Run {
                leaves_process: true,
                ..Run::new(SECOND, exit)
            },
            _ => Run::healthy(),
        };
        let timeline = simulate(&service(&settings), run, 60 * SECOND);
        assert_eq!(found(&timeline), expect, "{settings}");
        let last = timeline.events.last().unwrap().at;
        assert_eq!(last, SECOND + super::seconds(wait), "{settings}");
    }
    let policy = service("Restart=always TimeoutStopSec=infinity");
    let run = |_| Run {
        leaves_process: true,
        ..Run::new(SECOND, CRASH)
    };
    let timeline = simulate(&policy, run, 60 * SECOND);
    assert_eq!(found(&timeline), "deactivating/stop-sigterm exit-code 1 0");
    assert_eq!(timeline.downtime, 59 * SECOND);
}

#[test]
fn the_window_of_the_limit_is_fixed() {
    let limited = |interval, burst, times: &[u64]| -> String {
        let mut limit = StartLimit::new(interval, burst);
        let answer = |time: &u64| if limit.admit(*time) { 'y' } else { 'n' };
        times.iter().map(answer).collect()
    };
    for (interval, burst, times, expect) in [
        (10, 3, &[0, 1, 2, 3, 10, 11, 12, 13, 14][..], "yyynnyyyn"),
        // Five starts within 4 of a window of 10, since it had begun long before.
        (100, 3, &[2, 83, 95, 102, 103, 110, 122], "yyynyyy"),
        (0, 3, &[0, 0, 0, 0], "yyyy"),
        (10, 0, &[0, 0, 0, 0], "yyyy"),
        (10, 1, &[0, 0, 10, 11], "ynny"),
        (FOREVER, 2, &[0, 1, FOREVER - 1, FOREVER], "yynn"),
    ] {
        assert_eq!(
            limited(interval, burst, times),
            expect,
            "{interval} {burst}"
        );
    }
    // e11: manual starts count, too, until `reset-failed`.
    let mut limit = StartLimit::new(30 * SECOND, 3);
    let starts = [3_384_000, 4_029_000, 4_687_000, 5_300_000];
    assert_eq!(starts.map(|at| limit.admit(at)), [true, true, true, false]);
    limit.reset();
    assert!(limit.admit(6_718_000));
}

#[test]
fn a_timeout_takes_the_time_that_systemd_waits() {
    for (settings, starts) in [
        ("Type=simple", 7),
        ("Type=notify", 7),
        ("TimeoutStartSec=30", 20),
        ("RuntimeMaxSec=30", 20),
        ("TimeoutStartSec=500ms", 5),
    ] {
        let policy = service(&format!("Restart=always RestartSec=1 {settings}"));
        let run = |_| Run::new(0, Exit::Timeout);
        let timeline = simulate(&policy, run, 600 * SECOND);
        assert_eq!(timeline.starts, starts, "{settings}");
    }
}

#[test]
fn a_limit_ends_a_loop_of_good_runs_by_its_own_name() {
    let policy = service("StartLimitBurst=3|Restart=always RestartSec=200ms");
    let timeline = repeat(&policy, 0.2, Exit::Code(0), 60.0);
    assert_eq!(found(&timeline), "failed/failed start-limit-hit 3 3");
    let ending = timeline.ending.unwrap();
    assert_eq!(
        ending.why,
        "it was started 3 times within 10s (StartLimitBurst=3, StartLimitIntervalSec=10s)"
    );
    assert_eq!(
        ending.decided_by,
        ["StartLimitBurst", "StartLimitIntervalSec"]
    );
    let places = ending
        .decided_by
        .iter()
        .map(|name| policy.setting(name).unwrap().place);
    assert_eq!(
        places.map(|place| place.is_some()).collect::<Vec<_>>(),
        [true, false]
    );
}

#[test]
fn a_healthy_run_closes_the_window() {
    let policy = service("Restart=always RestartSec=200ms");
    let runs = |index| Run::new(if index == 2 { 12 * SECOND } else { SECOND / 10 }, CRASH);
    let timeline = simulate(&policy, runs, 60 * SECOND);
    assert_eq!(found(&timeline), "failed/failed exit-code 8 8");
}

#[test]
fn delays_grow_by_steps_since_254() {
    let settings = "Restart=always RestartSec=100ms RestartSteps=4 RestartMaxDelaySec=10s";
    let policy = service_of(settings, 254).unwrap();
    let delays: Vec<u64> = (0..8).map(|restart| policy.nth_delay(restart)).collect();
    let (first, last) = (100_000, 10_000_000);
    let expect = [
        first, first, 316_227, 1_000_000, 3_162_277, last, last, last,
    ];
    for (delay, expect) in delays.iter().zip(expect) {
        assert!(delay.abs_diff(expect) <= 1, "{delays:?}");
    }
    for (settings, version) in [
        (settings, 252),
        (settings, 253),
        ("RestartSec=100ms RestartSteps=4", 254),
        ("RestartSec=100ms RestartMaxDelaySec=10s", 254),
        (
            "RestartSec=100ms RestartSteps=4 RestartMaxDelaySec=50ms",
            254,
        ),
        (
            "RestartSec=100ms RestartSteps=4 RestartMaxDelaySec=infinity",
            254,
        ),
        (
            "RestartSec=100ms RestartSteps=4 #RestartMaxDelaySec=10s",
            254,
        ),
        (
            "RestartSec=100ms RestartSteps=x RestartMaxDelaySec=10s",
            254,
        ),
    ] {
        let policy = service_of(settings, version).unwrap();
        assert_eq!(policy.nth_delay(9), first, "{settings} {version}");
    }
    let names = policy
        .settings
        .iter()
        .filter(|setting| setting.name.starts_with("RestartSteps"));
    assert!(
        names.eq(policy
            .settings
            .iter()
            .filter(|setting| setting.text == "RestartSteps=4"))
    );
}

#[test]
fn a_unit_without_restarts_says_so() {
    for (path, text, expect) in [
        (
            "t.timer",
            "[Timer]\nOnBootSec=1\n",
            "`t.timer` is not a service",
        ),
        (
            "t.service",
            "",
            "`t.service` is masked, so it cannot be started",
        ),
        (
            "t.service",
            "[Service]\nType=oneshot\nExecStart=/bin/x\nRestart=always\n",
            "systemd does not load it: Service has Restart= set to either always or on-success, \
             which isn't allowed for Type=oneshot services. Refusing.",
        ),
        (
            "t.service.d/x.conf",
            "[Service]\nRestart=always\n",
            "it is a drop-in without its unit `t.service`",
        ),
    ] {
        let policy = systemd::policy(&read(path, text, unit::load), 252);
        assert_eq!(policy.unwrap_err(), expect);
    }
    let policy = systemd::policy(
        &read("t.service", "[Service]\nExecStart=/x\n", unit::load),
        252,
    );
    let (policy, default) = (policy.unwrap(), systemd::Policy::default());
    let settings = policy.settings.clone();
    assert!(settings.iter().all(|setting| setting.is_default));
    let bare = systemd::Policy {
        settings: Vec::new(),
        ..policy
    };
    assert_eq!(format!("{bare:?}"), format!("{default:?}"));
}

#[test]
fn the_reason_of_an_endless_loop_is_told() {
    let run = Run::new(0, CRASH);
    for (settings, expect) in [
        (
            "Restart=always RestartSec=10 StartLimitIntervalSec=300 StartLimitBurst=5",
            "5 starts need 50.7s at 10.1s each (RestartSec=10), but only those within 10s are \
             counted (StartLimitIntervalSec=10s), so the limit (StartLimitBurst=5) is never reached",
        ),
        (
            "StartLimitIntervalSec=0|Restart=always",
            "StartLimitIntervalSec=0 switches the limit of starts off",
        ),
        (
            "StartLimitBurst=0|Restart=always",
            "StartLimitBurst=0 switches the limit of starts off",
        ),
        (
            "StartLimitIntervalSec=1h StartLimitBurst=100|Restart=always RestartSec=30",
            "the limit is only reached after 50min 13s: 100 starts at 30.1s each \
             (StartLimitBurst=100, RestartSec=30)",
        ),
    ] {
        assert_eq!(why_never(&service(settings), &run).why, expect);
    }
}

#[test]
fn a_timeline_is_a_table() {
    let policy = service("Restart=always RestartSec=10");
    let timeline = repeat(&policy, 0.0, CRASH, 300.0);
    let table = timeline.table(6);
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 7, "{table}");
    assert!(rows[0].starts_with("    time  event"), "{table}");
    assert_eq!(rows[4].trim(), "…  25 more starts, every 10.1s", "{table}");
    assert!(
        rows[6].contains("start 30, ends with exit status 1 at once"),
        "{table}"
    );
    assert_eq!(
        timeline.summary(),
        "30 starts within 5min, and it goes on, 5min down"
    );
    let policy = service("Restart=on-failure");
    let timeline = repeat(&policy, 3600.0, Exit::Signal(15), 9999.0);
    assert_eq!(
        timeline.table(10),
        "\
time  event                 state
  0s  start 1               running
  1h  is killed by SIGTERM  stopped
  1h  is not started again  stopped
"
    );
    assert_eq!(
        timeline.summary(),
        "1 start, then stopped after 1h: Restart=on-failure does not start it again after SIGTERM, \
         which systemd takes for a clean end"
    );
}

#[test]
fn times_are_for_people() {
    for (time, expect) in [
        (0, "0s"),
        (7, "7µs"),
        (130_000, "130ms"),
        (999_600, "1s"),
        (10_130_000, "10.1s"),
        (59_960_000, "1min"),
        (100_000_000, "1min 40s"),
        (3_599_600_000, "1h"),
        (7_500_000_000, "2h 5min"),
        (86_380_000_000, "1d"),
        (90_000_000_000, "1d 1h"),
        (FOREVER - 1, "213503982d 8h"),
        (FOREVER, "infinity"),
    ] {
        assert_eq!(show_time(time), expect, "{time}");
    }
}
