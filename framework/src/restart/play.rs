//! The loop that plays the runs of a program against the rules of a supervisor. What is decided, and
//! when, is up to each supervisor's model.

use super::timeline::{Ending, EventKind, Reason, State, Status, Timeline};
use super::{Exit, FOREVER, Micros, Policy, Run, docker, launchd, systemd};

/// The most starts that are played; a loop without any delay could have no end.
pub const MAX_STARTS: u32 = 100_000;

/// What a supervisor does after a program has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It starts it again.
    Restart {
        /// How long it waits until what the program has left is gone.
        stop: Micros,
        /// How long it waits after that; [`FOREVER`] if it waits without end.
        delay: Micros,
    },
    /// It does not start it again.
    Stay(Stay),
}

/// How a supervisor leaves a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// How long it takes until that is so.
    pub(super) after: Micros,
    pub(super) state: State,
    /// What the supervisor calls the state.
    pub(super) words: Words,
    pub(super) reason: Reason,
}

/// A supervisor's own words for a state: that and a more precise one.
pub(super) type Words = (&'static str, &'static str);

/// A program on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Running,
    /// What it has left is waited for.
    Stopping,
    /// The next start is waited for.
    Waiting,
}

/// The rules of a supervisor with what it remembers of a program.
pub(super) trait Model {
    /// Asks for a start at a time, the first of which is a manual one. `Err` if the supervisor
    /// refuses, and then it does not ask again.
    fn admit(&mut self, at: Micros) -> Result<(), Stay>;

    /// What really becomes of a run: it lasts until the supervisor knows that it has ended.
    fn real(&self, run: Run) -> Run {
        run
    }

    /// What follows from a run, which is a real one.
    fn decide(&mut self, run: &Run) -> Decision;

    /// What the supervisor calls a phase.
    fn words(&self, phase: Phase) -> Words;

    /// What the supervisor says about the last run.
    fn result(&self) -> &'static str {
        ""
    }
}

/// Plays the runs of a program, the first of which has the index 0, up to a point in time; a program
/// that outlives it is running at the end. Plays no more than [`MAX_STARTS`] starts; then
/// [`Timeline::until`] is earlier than asked for.
pub fn simulate(policy: &Policy, run: impl Fn(u32) -> Run, until: Micros) -> Timeline {
    match policy {
        Policy::Systemd(policy) => play(&mut systemd::Model::new(policy), run, until),
        Policy::Docker(policy) => play(&mut docker::Model::new(policy), run, until),
        Policy::Launchd(policy) => play(&mut launchd::Model::new(policy), run, until),
    }
}

/// Why a program that ends this way again and again is started without end, as a clause: that
/// there is no limit, or that the limit is not reached. Says nothing useful of a loop that ends.
pub fn why_never(policy: &Policy, run: &Run) -> Reason {
    match policy {
        Policy::Systemd(policy) => systemd::why_never(policy, run),
        Policy::Docker(policy) => docker::why_never(policy),
        Policy::Launchd(policy) => launchd::why_never(policy),
    }
}

fn play(model: &mut impl Model, run: impl Fn(u32) -> Run, until: Micros) -> Timeline {
    let mut timeline = Timeline {
        until,
        ..Timeline::default()
    };
    let mut now: Micros = 0;
    let phase = loop {
        if let Err(stay) = model.admit(now) {
            timeline.downtime = timeline.downtime.saturating_add(until - now);
            return ended(timeline, model, stay, now);
        }
        if timeline.starts == MAX_STARTS {
            // The start that is due now is not played.
            timeline.restarts -= 1;
            timeline.until = now;
            break Phase::Waiting;
        }
        let index = timeline.starts;
        timeline.starts += 1;
        timeline.push(now, EventKind::Start(timeline.starts), State::Running);
        let run = model.real(run(index));
        let end = now.saturating_add(run.lasts);
        if run.lasts == FOREVER || end > until {
            break Phase::Running;
        }
        match model.decide(&run) {
            Decision::Stay(stay) => {
                timeline.push(end, EventKind::End(run.exit), stay.state);
                timeline.downtime = timeline.downtime.saturating_add(until - end);
                return ended(timeline, model, stay, end);
            }
            Decision::Restart { stop, delay } => {
                let wait = stop.saturating_add(delay);
                let next = end.saturating_add(wait);
                timeline.push(end, EventKind::End(run.exit), State::Waiting);
                timeline.push(end, EventKind::Wait(wait), State::Waiting);
                if wait == FOREVER || next > until {
                    timeline.downtime = timeline.downtime.saturating_add(until - end);
                    let is_stopping = stop == FOREVER || end.saturating_add(stop) > until;
                    break if is_stopping {
                        Phase::Stopping
                    } else {
                        Phase::Waiting
                    };
                }
                timeline.downtime = timeline.downtime.saturating_add(next - end);
                timeline.restarts += 1;
                now = next;
            }
        }
    };
    timeline.state = match phase {
        Phase::Running => State::Running,
        Phase::Stopping | Phase::Waiting => State::Waiting,
    };
    timeline.status = Status::new(model.words(phase), model.result());
    timeline
}

/// A timeline with the end at which the supervisor leaves the program alone, some time after `from`.
fn ended(mut timeline: Timeline, model: &impl Model, stay: Stay, from: Micros) -> Timeline {
    let at = from.saturating_add(stay.after);
    if stay.after == FOREVER || at > timeline.until {
        timeline.state = State::Waiting;
        timeline.status = Status::new(model.words(Phase::Stopping), model.result());
        return timeline;
    }
    timeline.push(at, EventKind::GiveUp, stay.state);
    timeline.state = stay.state;
    timeline.status = Status::new(stay.words, model.result());
    timeline.ending = Some(Ending {
        at,
        why: stay.reason.why,
        decided_by: stay.reason.decided_by,
    });
    timeline
}

/// The exit status that Docker and shells show for an end.
pub(super) fn exit_code(exit: Exit) -> u8 {
    match exit {
        Exit::Code(code) | Exit::BeforeStart(code) => code,
        Exit::Signal(signal) | Exit::CoreDump(signal) => 128_u8.saturating_add(signal),
        Exit::OutOfMemory => 137,
        Exit::Watchdog | Exit::Timeout | Exit::Resources | Exit::Condition => 1,
    }
}
