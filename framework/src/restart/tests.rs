//! The models against what systemd 252 and Docker 26.1 have done, and as tables.

mod others;
mod properties;
mod recorded;
mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Exit, FOREVER, Policy, Run, SECOND, Timeline, docker, simulate, systemd};
use crate::document::Input;
use crate::format::{compose, unit};

type Files = BTreeMap<String, Arc<[u8]>>;

fn read<T>(path: &str, text: &str, parse: fn(&Input<'_>) -> T) -> T {
    parse(&Input {
        path,
        bytes: Arc::from(text.as_bytes()),
        target: &Files::new(),
        variables: &BTreeMap::new(),
    })
}

/// A policy from settings of `[Unit]` and `[Service]`, separated by `|`.
fn service_of(settings: &str, version: u16) -> Result<systemd::Policy, String> {
    let (unit, service) = settings.split_once('|').unwrap_or(("", settings));
    let lines = |settings: &str| settings.trim().replace(' ', "\n").replace('+', " ");
    let command = if service.contains("ExecStart=") {
        ""
    } else {
        "ExecStart=/bin/true\n"
    };
    let text = format!(
        "[Unit]\n{}\n[Service]\n{command}{}\n",
        lines(unit),
        lines(service)
    );
    systemd::policy(&read("t.service", &text, unit::load), version)
}

fn service(settings: &str) -> Policy {
    Policy::Systemd(service_of(settings, 252).unwrap())
}

fn container(service: &str) -> Result<docker::Policy, String> {
    let text = format!("services:\n  x:\n    image: x\n{service}");
    let document = read("compose.yaml", &text, compose::read);
    assert!(!document.is_refused, "{:?}", document.complaints);
    docker::policies(&document).remove(0).1
}

fn seconds(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "numbers of tests"
    )]
    let micros = (seconds * 1e6) as u64;
    micros
}

/// The first runs with their lengths in seconds; all later ones are healthy.
fn play(policy: &Policy, runs: &[(f64, Exit)], until: f64) -> Timeline {
    let run = |index: u32| match runs.get(index as usize) {
        Some((lasts, exit)) => Run::new(seconds(*lasts), *exit),
        None => Run::healthy(),
    };
    simulate(policy, run, seconds(until))
}

/// A program that ends the same way each time.
fn repeat(policy: &Policy, lasts: f64, exit: Exit, until: f64) -> Timeline {
    simulate(policy, |_| Run::new(seconds(lasts), exit), seconds(until))
}

/// "failed/failed exit-code", and the numbers of starts and restarts.
fn found(timeline: &Timeline) -> String {
    let status = timeline.status;
    let words = [status.active, status.sub].join("/");
    let (starts, restarts) = (timeline.starts, timeline.restarts);
    format!("{words} {} {starts} {restarts}", status.result)
}

#[test]
fn a_loop_without_delay_is_played_quickly_and_not_for_ever() {
    let policy = Policy::Systemd(systemd::Policy {
        restart: systemd::Restart::Always,
        delay: 0,
        interval: 0,
        ..systemd::Policy::default()
    });
    let timeline = simulate(&policy, |_| Run::new(0, Exit::Code(1)), u64::MAX);
    assert_eq!(timeline.starts, super::MAX_STARTS);
    assert!(timeline.until < 20_000 * SECOND);
    assert!(timeline.events.len() + timeline.last.len() < 250);
}
