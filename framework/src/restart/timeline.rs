//! What happened, in order, and how it is shown to people.

use std::collections::VecDeque;
use std::fmt::Write as _;

use super::{Exit, FOREVER, Micros, SECOND};
use crate::text::plural;

/// Where a program is in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It runs.
    #[default]
    Running,
    /// The supervisor waits to start it again.
    Waiting,
    /// It has ended well, and stays so.
    Stopped,
    /// It has failed, and stays so.
    Failed,
}

impl State {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// What happens at one point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The program is started; with the number of the start, from 1.
    Start(u32),
    /// It ends.
    End(Exit),
    /// The supervisor will start it again after this time.
    Wait(Micros),
    /// The supervisor does not start it again.
    GiveUp,
}

/// What happens, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Since the first start.
    pub at: Micros,
    /// What.
    pub kind: EventKind,
    /// The state after it.
    pub state: State,
}

/// Why something is so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// As a clause for people who do not know the supervisor.
    pub why: String,
    /// The names of the settings that decided; see [`super::Policy::setting`].
    pub decided_by: Vec<&'static str>,
}

impl Reason {
    pub(super) fn new(why: impl Into<String>, decided_by: &[&'static str]) -> Self {
        Self {
            why: why.into(),
            decided_by: decided_by.to_vec(),
        }
    }
}

/// That the supervisor gives up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When, since the first start.
    pub at: Micros,
    /// Why, as a clause: "it was started 5 times within 5min (`StartLimitBurst=5`)".
    pub why: String,
    /// The names of the settings that decided, the most important one first; see
    /// [`super::Policy::setting`].
    pub decided_by: Vec<&'static str>,
}

/// What the supervisor itself says at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The state: systemd's `ActiveState`, Docker's `State.Status`, "running" or "waiting" for
    /// launchd.
    pub active: &'static str,
    /// systemd's `SubState`; empty for others.
    pub sub: &'static str,
    /// systemd's `Result`; empty for others.
    pub result: &'static str,
}

impl Status {
    pub(super) fn new((active, sub): (&'static str, &'static str), result: &'static str) -> Self {
        Self {
            active,
            sub,
            result,
        }
    }
}

/// How many of the first and of the last events are kept.
const FIRST: usize = 200;
const LAST: usize = 12;

/// What a supervisor did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The first events, as many as somebody would read; see [`Timeline::starts`] for all.
    pub events: Vec<Event>,
    /// The last events, if they are not among the first.
    pub last: VecDeque<Event>,
    /// How often the program was started, also where it could not run.
    pub starts: u32,
    /// How often the supervisor wanted to start it again: systemd's `NRestarts`, which counts one
    /// that is refused; Docker's `RestartCount`.
    pub restarts: u32,
    /// Where it is in the end.
    pub state: State,
    /// What the supervisor says in the end.
    pub status: Status,
    /// How long it did not run, up to the end of the simulation.
    pub downtime: Micros,
    /// When and why the supervisor gave up, if it did.
    pub ending: Option<Ending>,
    /// The end of the simulation: what was asked for, or less if there are too many starts.
    pub until: Micros,
    /// When the last start was.
    pub last_start: Micros,
}

impl Timeline {
    pub(super) fn push(&mut self, at: Micros, kind: EventKind, state: State) {
        let event = Event { at, kind, state };
        if let EventKind::Start(_) = kind {
            self.last_start = at;
        }
        if self.events.len() < FIRST {
            self.events.push(event);
            return;
        }
        if self.last.len() == LAST {
            self.last.pop_front();
        }
        self.last.push_back(event);
    }

    /// A sentence without a full stop: how often it was started, and what became of it.
    pub fn summary(&self) -> String {
        let starts = plural(self.starts as usize, "start");
        let down = match self.downtime {
            0 => String::new(),
            downtime => format!(", {} down", show_time(downtime)),
        };
        match (&self.ending, self.state) {
            (Some(ending), _) => {
                let state = self.state.name();
                let at = match ending.at {
                    0 => "at once".to_owned(),
                    at => format!("after {}", show_time(at)),
                };
                format!("{starts}, then {state} {at}: {}", ending.why)
            }
            (None, State::Running) => {
                format!("{starts}, running after {}{down}", show_time(self.until))
            }
            (None, _) => {
                let until = show_time(self.until);
                format!("{starts} within {until}, and it goes on{down}")
            }
        }
    }

    /// A table for people, with the columns time, event and state, of at most so many rows (but
    /// no less than five) below its head. Rows of the middle are left out and counted.
    pub fn table(&self, rows: usize) -> String {
        let rows = rows.max(5);
        let lines = self.lines();
        let is_whole = self.last.is_empty() && lines.len() <= rows;
        let mut shown: Vec<Line> = Vec::new();
        if is_whole {
            shown = lines;
        } else {
            let tail_count = 2;
            let head_count = rows - tail_count - 1;
            let tail_events: Vec<&Event> = self.events.iter().chain(&self.last).collect();
            let tail = lines_of(&tail_events);
            let tail = &tail[tail.len().saturating_sub(tail_count)..];
            let head = &lines[..head_count.min(lines.len())];
            let starts = |lines: &[Line]| -> u32 {
                let count = lines.iter().filter(|line| line.is_start).count();
                u32::try_from(count).unwrap_or(u32::MAX)
            };
            let left_out = self.starts.saturating_sub(starts(head) + starts(tail));
            shown.extend_from_slice(head);
            shown.push(Line {
                at: "…".to_owned(),
                event: self.left_out(left_out),
                state: "",
                is_start: false,
            });
            shown.extend_from_slice(tail);
        }
        drawn(&shown)
    }

    /// "27 more starts, every 10.1s".
    fn left_out(&self, starts: u32) -> String {
        let more = plural(starts as usize, "more start");
        let times: Vec<Micros> = self
            .events
            .iter()
            .filter(|event| matches!(event.kind, EventKind::Start(_)))
            .map(|event| event.at)
            .collect();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        let (least, most) = gaps.fold((FOREVER, 0), |(least, most), gap| {
            (least.min(gap), most.max(gap))
        });
        match starts {
            0 => "…".to_owned(),
            _ if least > most => more,
            _ if most - least <= most / 50 => format!("{more}, every {}", show_time(most)),
            _ => {
                let (least, most) = (show_time(least), show_time(most));
                format!("{more}, {least} to {most} apart")
            }
        }
    }

    fn lines(&self) -> Vec<Line> {
        lines_of(&self.events.iter().collect::<Vec<_>>())
    }
}

/// A row of the table.
#[derive(Clone)]
struct Line {
    at: String,
    event: String,
    state: &'static str,
    is_start: bool,
}

/// The rows for events. The time that is waited for stands in the row of the end before it, and an
/// end that follows at once in the row of the start.
fn lines_of(events: &[&Event]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut previous: Option<&Event> = None;
    for event in events {
        let is_at_once = previous.is_some_and(|previous| {
            previous.at == event.at && matches!(previous.kind, EventKind::Start(_))
        });
        match (event.kind, lines.last_mut()) {
            (EventKind::Wait(FOREVER), Some(line)) => line.event.push_str("; waits without end"),
            (EventKind::Wait(wait), Some(line)) => {
                // Writing to a text cannot fail.
                let _ = write!(line.event, "; next start in {}", show_time(wait));
            }
            (EventKind::End(exit), Some(line)) if is_at_once => {
                let _ = write!(line.event, ", {exit} at once");
                line.state = event.state.name();
            }
            (kind, _) => lines.push(Line {
                at: show_time(event.at),
                event: match kind {
                    EventKind::Start(number) => format!("start {number}"),
                    EventKind::End(exit) => exit.to_string(),
                    EventKind::Wait(wait) => format!("next start in {}", show_time(wait)),
                    EventKind::GiveUp => "is not started again".to_owned(),
                },
                state: event.state.name(),
                is_start: matches!(kind, EventKind::Start(_)),
            }),
        }
        previous = Some(event);
    }
    lines
}

/// Lines with aligned columns; the last one ends with a line break, too.
fn drawn(lines: &[Line]) -> String {
    let width = |text: &str| text.chars().count();
    let at_width = lines.iter().map(|line| width(&line.at)).max();
    let at_width = at_width.unwrap_or(0).max("time".len());
    let event_width = lines.iter().map(|line| width(&line.event)).max();
    let event_width = event_width.unwrap_or(0).max("event".len());
    let mut table = String::new();
    let mut row = |at: &str, event: &str, state: &str| {
        let line = format!("{at:>at_width$}  {event:event_width$}  {state}");
        table.push_str(line.trim_end());
        table.push('\n');
    };
    row("time", "event", "state");
    for line in lines {
        row(&line.at, &line.event, line.state);
    }
    table
}

/// A time for people: `130ms`, `10.1s`, `1min 40s`, `2h 5min`.
pub fn show_time(time: Micros) -> String {
    const MINUTE: Micros = 60 * SECOND;
    const HOUR: Micros = 60 * MINUTE;
    let two = |large: Micros, large_name: &str, small: Micros, small_name: &str| {
        let small_part = if small == 0 {
            String::new()
        } else {
            format!(" {small}{small_name}")
        };
        format!("{large}{large_name}{small_part}")
    };
    let tenths = time.saturating_add(SECOND / 20) / (SECOND / 10);
    let seconds = time.saturating_add(SECOND / 2) / SECOND;
    let minutes = time.saturating_add(MINUTE / 2) / MINUTE;
    let hours = time.saturating_add(HOUR / 2) / HOUR;
    match time {
        0 => "0s".to_owned(),
        FOREVER => "infinity".to_owned(),
        1..1_000 => format!("{time}µs"),
        1_000..999_500 => format!("{}ms", (time + 500) / 1_000),
        _ if tenths < 600 && tenths.is_multiple_of(10) => format!("{}s", tenths / 10),
        _ if tenths < 600 => format!("{}.{}s", tenths / 10, tenths % 10),
        _ if seconds < 3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        _ if minutes < 24 * 60 => two(minutes / 60, "h", minutes % 60, "min"),
        _ => two(hours / 24, "d", hours % 24, "h"),
    }
}
