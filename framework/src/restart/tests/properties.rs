//! What holds for any policy and any runs.

use proptest::prelude::{Strategy, any, prop_assert, prop_oneof, proptest};

use super::{Exit, Policy, Run, SECOND};
use crate::restart::{
    EventKind, FOREVER, MAX_STARTS, Timeline, docker, launchd, simulate, systemd, why_never,
};

fn exit() -> impl Strategy<Value = Exit> {
    prop_oneof![
        any::<u8>().prop_map(Exit::Code),
        any::<u8>().prop_map(Exit::Signal),
        any::<u8>().prop_map(Exit::CoreDump),
        any::<u8>().prop_map(Exit::BeforeStart),
        (0..5_usize).prop_map(|index| [
            Exit::OutOfMemory,
            Exit::Watchdog,
            Exit::Timeout,
            Exit::Resources,
            Exit::Condition,
        ][index]),
    ]
}

fn time() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..100_u64,
        0..100 * SECOND,
        any::<u64>(),
        (0..2_u64).prop_map(|less| FOREVER - less),
    ]
}

fn policies() -> impl Strategy<Value = Policy> {
    let words = (
        0..7_usize,
        0..4_usize,
        any::<bool>(),
        any::<bool>(),
        0..4_usize,
    );
    let systemd = (time(), time(), 0..10_u64, time(), time(), 0..9_u64, words).prop_map(
        |(delay, interval, burst, max_delay, stop_timeout, steps, words)| {
            let restart = [
                systemd::Restart::No,
                systemd::Restart::OnSuccess,
                systemd::Restart::OnFailure,
                systemd::Restart::OnAbnormal,
                systemd::Restart::OnWatchdog,
                systemd::Restart::OnAbort,
                systemd::Restart::Always,
            ][words.0];
            let kill_mode = [
                systemd::KillMode::ControlGroup,
                systemd::KillMode::Mixed,
                systemd::KillMode::Process,
                systemd::KillMode::None,
            ][words.1];
            let kind = [
                systemd::Kind::Simple,
                systemd::Kind::Notify,
                systemd::Kind::Forking,
                systemd::Kind::Oneshot,
            ][words.4];
            Policy::Systemd(systemd::Policy {
                version: 254,
                kind,
                restart,
                delay,
                steps,
                max_delay,
                interval,
                burst,
                stop_timeout,
                start_timeout: interval,
                watchdog: max_delay,
                kill_mode,
                sends_kill: words.2,
                remains: words.3,
                ..systemd::Policy::default()
            })
        },
    );
    let docker = (0..4_usize, 0..5_u32).prop_map(|(word, max_retries)| {
        let restart = [
            docker::Restart::No,
            docker::Restart::Always,
            docker::Restart::UnlessStopped,
            docker::Restart::OnFailure,
        ][word];
        Policy::Docker(docker::Policy {
            restart,
            max_retries,
            settings: Vec::new(),
        })
    });
    let launchd = (any::<u64>(), any::<Option<bool>>(), any::<Option<bool>>()).prop_map(
        |(throttle, successful_exit, crashed)| {
            Policy::Launchd(launchd::Policy {
                throttle,
                keep_alive: launchd::KeepAlive::When {
                    successful_exit,
                    crashed,
                },
                ..launchd::Policy::default()
            })
        },
    );
    prop_oneof![4 => systemd, 1 => docker, 1 => launchd]
}

fn is_sound(timeline: &Timeline, until: u64) -> bool {
    let events: Vec<_> = timeline.events.iter().chain(&timeline.last).collect();
    let is_ordered = events.windows(2).all(|pair| pair[0].at <= pair[1].at);
    let is_inside = events.iter().all(|event| event.at <= until);
    let gives_up = matches!(events.last(), Some(event) if event.kind == EventKind::GiveUp);
    is_ordered
        && is_inside
        && timeline.until <= until
        && timeline.downtime <= timeline.until
        && gives_up == timeline.ending.is_some()
        && timeline.starts <= MAX_STARTS
}

proptest! {
    #[test]
    fn no_policy_breaks_the_simulation(
        policy in policies(),
        runs in proptest::collection::vec((time(), exit(), any::<bool>()), 1..6),
        untils in (time(), time()),
        rows in 0..30_usize,
    ) {
        let run = |index: u32| {
            let (lasts, exit, leaves_process) = runs[index as usize % runs.len()];
            Run { lasts, exit, leaves_process }
        };
        let (early, late) = (untils.0.min(untils.1), untils.0.max(untils.1));
        let (first, second) = (simulate(&policy, run, early), simulate(&policy, run, late));
        prop_assert!(is_sound(&first, early), "{first:?}");
        prop_assert!(is_sound(&second, late), "{second:?}");
        prop_assert!(first.starts <= second.starts);
        prop_assert!(first.downtime <= second.downtime || second.until < late);
        let table = second.table(rows);
        prop_assert!(table.lines().count() <= rows.max(5) + 1, "{table}");
        let _ = (second.summary(), why_never(&policy, &run(0)));
    }
}
