//! `recovers`: a program that has run for long and ends once is started again within a time.

use super::options::Options;
use super::{
    LONGEST, MEANINGLESS_OPTION, NO_PROGRAM, NO_SERVICE, NOT_NOTICED, Subject, TABLE_ROWS,
    TOO_MUCH, defaults, ends, with_settings,
};
use crate::check::read_as::ReadAs;
use crate::check::{Check, CheckSpec, Observed};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::Document;
use crate::reading::Reading;
use crate::restart::exit::Written;
use crate::restart::{
    Exit, FOREVER, Micros, Policy, Reason, Run, SECOND, State, Timeline, show_time, simulate,
};
use crate::supervised::{Program, Setting, back_after, first_wait, is_misplaced};
use crate::value::{Table, Value};

pub(in crate::check) const RULES: &[&Rule] = &[
    &TOO_MUCH,
    &STAYS_DOWN,
    &SLOW_RESTART,
    &NO_PROGRAM,
    &NOT_NOTICED,
    &NO_SERVICE,
    &MEANINGLESS_OPTION,
];

static STAYS_DOWN: Rule = Rule {
    code: "CT130",
    name: "stays-down",
    effect: Effect::Fails,
    explain: "After this end nothing starts the program again: it stays down until a person does. \
systemd restarts what `Restart=` says, Docker what `restart:` says, launchd what `KeepAlive` says; \
a program that ends well (exit status 0) is only started again with `Restart=always`, `restart: \
always` or `restart: unless-stopped`, and `KeepAlive` with `true`.",
};

static SLOW_RESTART: Rule = Rule {
    code: "CT131",
    name: "slow-restart",
    effect: Effect::Fails,
    explain: "The program is started again, but later than the check demands. The wait is `RestartSec=` \
of a unit, and `TimeoutStopSec=` where a process is left behind that does not end; launchd waits until \
`ThrottleInterval` seconds have passed since the last start.",
};

/// The ends after which the gateway has to come back. A wrong configuration is none of them: it is as
/// wrong at the next start.
const DEFAULT_FROM: [&str; 4] = ["crash", "kill", "clean-exit", "hup"];

/// How long the first run lasts: longer than the times that make a supervisor wait, and less than the
/// hour from which on a timeline shows no seconds.
const HEALTHY: Micros = 50 * 60 * SECOND;

/// After a long run, each of these ends is followed by a start within the time.
#[derive(Debug)]
pub struct Recovers {
    subject: Subject,
    from: Vec<Written>,
}

pub(in crate::check) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let read_as = ReadAs::parse(reading, table);
    let known = [
        "within",
        "from",
        "leaves_process",
        "service",
        "systemd_version",
    ];
    let options = Options::new(reading, spec, value, &known)?;
    let limit = options.limit(reading, "within");
    let from = options.exits(reading, "from", &DEFAULT_FROM);
    let subject = options.subject(reading, read_as, limit);
    Some(Box::new(Recovers {
        subject: subject?,
        from: from?,
    }))
}

/// What comes of one end.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Comes {
    /// It is started again after this time.
    Back(Micros),
    /// It is not, for this reason.
    Not(Reason),
}

/// The same story for one or several ends.
struct Story<'c> {
    exits: Vec<&'c Written>,
    comes: Comes,
    timeline: Timeline,
}

impl Check for Recovers {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        self.subject.tell(
            (observed, self.from.len()),
            out,
            |document, program, unnoticed| self.stories(program, (observed, document), unnoticed),
            |document, program, story| self.problem(observed, document, program, story),
        );
    }
}

impl Recovers {
    /// One end after a long run; what is started then keeps running.
    fn simulate(&self, program: &Program, exit: Exit) -> Timeline {
        let never_ran = matches!(
            exit,
            Exit::BeforeStart(_) | Exit::Resources | Exit::Timeout | Exit::Condition
        );
        let first = Run {
            lasts: if never_ran { 0 } else { HEALTHY },
            exit,
            leaves_process: self.subject.leaves_process.is_some(),
        };
        let run = |index: u32| if index == 0 { first } else { Run::healthy() };
        simulate(&program.policy, run, HEALTHY + LONGEST)
    }

    /// What does not come back in time, told once for all ends to which the same happens. What no
    /// supervisor takes notice of is told at once.
    fn stories(
        &self,
        program: &Program,
        place: (&Observed<'_>, &Document),
        unnoticed: &mut Vec<Diagnostic>,
    ) -> Vec<Story<'_>> {
        let mut stories: Vec<Story<'_>> = Vec::new();
        for exit in &self.from {
            let timeline = self.simulate(program, exit.exit);
            if let Some(problem) = self.subject.unnoticed(place, program, exit, &timeline) {
                unnoticed.push(problem);
                continue;
            }
            let comes = comes(&timeline);
            if matches!(comes, Comes::Back(after) if after <= self.subject.limit.time) {
                continue;
            }
            let is_same = |story: &&mut Story<'_>| match (&story.comes, &comes) {
                // The reasons name the end, and the ends are listed anyway.
                (Comes::Not(one), Comes::Not(other)) => one.decided_by == other.decided_by,
                (one, other) => one == other,
            };
            match stories.iter_mut().find(is_same) {
                Some(story) => story.exits.push(exit),
                None => stories.push(Story {
                    exits: vec![exit],
                    comes,
                    timeline,
                }),
            }
        }
        stories
    }

    fn problem(
        &self,
        observed: &Observed<'_>,
        document: &Document,
        program: &Program,
        story: &Story<'_>,
    ) -> Diagnostic {
        let limit = &self.subject.limit;
        let name = Subject::name(observed, program);
        let who = program.policy.supervisor();
        let ends = ends(&story.exits);
        let demand = observed.demand(limit.span);
        let wanted = format!("started again within {}", limit.text);
        let leaves_process = self.subject.leaves_process.is_some();
        let settings = deciding(program, &story.comes, leaves_process);
        let problem = match &story.comes {
            Comes::Not(reason) => {
                let message =
                    format!("{name}: {who} does not start the program again after {ends}");
                let found = if story.exits.len() == 1 {
                    format!("it stays down: {}", reason.why)
                } else {
                    "it stays down".to_owned()
                };
                Diagnostic::new(&STAYS_DOWN, message)
                    .label(demand, "has to come back within this time")
                    .found(wanted, found)
            }
            Comes::Back(after) => {
                let because: Vec<&str> = settings
                    .iter()
                    .map(|setting| setting.of.text.as_str())
                    .collect();
                let found = format!(
                    "about {} ({}, and the time that {who} needs)",
                    show_time(*after),
                    because.join(", ")
                );
                let message = format!(
                    "{name}: {who} starts the program again only about {} after {ends}, expected within {}",
                    show_time(*after),
                    limit.text
                );
                Diagnostic::new(&SLOW_RESTART, message)
                    .label(demand, "has to come back within this time")
                    .found(wanted, found)
            }
        };
        let problem = with_settings(problem, document, &settings);
        defaults(&settings)
            .into_iter()
            .chain(advice(program, &settings, &story.comes, limit.time))
            .fold(problem, Diagnostic::help)
            .timeline(&story.timeline.table(TABLE_ROWS))
    }
}

/// What came of the first end.
fn comes(timeline: &Timeline) -> Comes {
    match (back_after(timeline), &timeline.ending) {
        // What is started keeps running, unless it cannot begin.
        (Some(after), None) if timeline.state == State::Running => Comes::Back(after),
        (Some(_), _) => Comes::Not(Reason {
            why: "each new start fails, since a process that it has left keeps systemd from it"
                .to_owned(),
            decided_by: vec!["SendSIGKILL", "KillMode"],
        }),
        (None, Some(ending)) => Comes::Not(Reason {
            why: ending.why.clone(),
            decided_by: ending.decided_by.clone(),
        }),
        (None, None) => match first_wait(timeline) {
            Some(FOREVER) => Comes::Not(Reason {
                why: "the time before the next start never ends".to_owned(),
                decided_by: WAITS.to_vec(),
            }),
            // The simulation is over before that, and it is too late in any case.
            Some(wait) => Comes::Back(wait),
            None => Comes::Not(Reason {
                why: "it is not started within a day".to_owned(),
                decided_by: Vec::new(),
            }),
        },
    }
}

/// The settings that say how long a supervisor waits before it starts a program again.
const WAITS: [&str; 2] = ["RestartSec", "ThrottleInterval"];

/// The settings that decide about it: those that the reason names, else those that say how long the
/// supervisor waits.
fn deciding<'p>(program: &'p Program, comes: &Comes, leaves_process: bool) -> Vec<&'p Setting> {
    let names: &[&str] = match (&program.policy, comes) {
        (_, Comes::Not(reason)) if !reason.decided_by.is_empty() => &reason.decided_by,
        (Policy::Systemd(_), Comes::Back(_)) if leaves_process => {
            &["RestartSec", "TimeoutStopSec", "KillMode"]
        }
        (Policy::Systemd(_), Comes::Back(_)) => {
            &["RestartSec", "RestartSteps", "RestartMaxDelaySec"]
        }
        (Policy::Systemd(_), Comes::Not(_)) => &["Restart"],
        (Policy::Docker(_), _) => &["restart", "deploy.restart_policy"],
        (Policy::Launchd(_), Comes::Not(_)) => &["KeepAlive"],
        (Policy::Launchd(_), Comes::Back(_)) => &["ThrottleInterval"],
    };
    program.settings_of(names)
}

/// Whether a time was written in months, where minutes may have been meant.
fn in_months(setting: &Setting) -> bool {
    setting.of.name == "RestartSec" && setting.of.text.ends_with('M')
}

/// What to do.
fn advice(
    program: &Program,
    settings: &[&Setting],
    comes: &Comes,
    within: Micros,
) -> Option<String> {
    let names = |name: &str| settings.iter().any(|setting| setting.of.name == name);
    let is_elsewhere = |setting: &&Setting| {
        setting.of.name == "Restart" && setting.ignored.as_ref().is_some_and(is_misplaced)
    };
    let text = match (&program.policy, comes) {
        (Policy::Systemd(_), Comes::Not(_)) if settings.iter().any(is_elsewhere) => {
            "move the line that begins with `Restart=` below the line [Service]: systemd reads it only there"
        }
        (Policy::Systemd(_), Comes::Not(_)) if names("RestartPreventExitStatus") => {
            "leave in the line `RestartPreventExitStatus=` only what would be the same at the next start: crashes and signals are not"
        }
        (Policy::Systemd(_), Comes::Not(_)) if names("RestartSec") => {
            "write a time that ends in the section [Service], such as `RestartSec=5`"
        }
        (Policy::Launchd(_), Comes::Not(_)) if names("ThrottleInterval") => {
            "make the number of seconds of `ThrottleInterval` smaller"
        }
        (Policy::Systemd(_), Comes::Not(_)) if names("Restart") => {
            "write `Restart=always` in the section [Service]: then systemd starts the program again however it ends"
        }
        (Policy::Systemd(policy), Comes::Back(_))
            if names("TimeoutStopSec") && policy.delay < within =>
        {
            "write `KillMode=mixed` in the section [Service]: then systemd kills what is left of the program at once and does not wait for it"
        }
        (Policy::Systemd(_), Comes::Back(_))
            if settings.iter().any(|setting| in_months(setting)) =>
        {
            "make the time in the line `RestartSec=` of the section [Service] shorter: `M` is a month, minutes are `m`"
        }
        (Policy::Systemd(_), Comes::Back(_)) => {
            "make the time in the line `RestartSec=` of the section [Service] shorter"
        }
        (Policy::Docker(_), Comes::Not(_)) if names("restart") => {
            "write `restart: unless-stopped` in the service: then Docker starts it again however it ends"
        }
        (Policy::Launchd(_), Comes::Not(_)) if names("KeepAlive") => {
            "write `<key>KeepAlive</key><true/>`: then launchd starts the program again however it ends"
        }
        (Policy::Launchd(_), Comes::Back(_)) => {
            "make the number of seconds of `ThrottleInterval` smaller"
        }
        _ => return None,
    };
    Some(text.to_owned())
}
