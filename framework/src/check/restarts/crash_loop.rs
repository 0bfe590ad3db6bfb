//! `crash_loop`: a program that fails again and again is given up within a time.

use super::options::Options;
use super::{
    LONGEST, MEANINGLESS_OPTION, NO_PROGRAM, NO_SERVICE, NOT_NOTICED, Subject, TABLE_ROWS,
    TOO_MUCH, defaults, ends, with_settings,
};
use crate::check::read_as::ReadAs;
use crate::check::{Check, CheckSpec, Observed};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::Document;
use crate::format::unit::scales;
use crate::reading::Reading;
use crate::restart::exit::{REPEATED, Written};
use crate::restart::{
    FOREVER, MAX_STARTS, Micros, Policy, Reason, Run, SECOND, Timeline, show_time, simulate,
    systemd, why_never,
};
use crate::scale::Amount;
use crate::supervised::{Program, first_wait, is_misplaced};
use crate::text::{all_of, plural};
use crate::value::{Table, Value};

pub(in crate::check) const RULES: &[&Rule] = &[
    &TOO_MUCH,
    &NEVER_ENDS,
    &ENDS_TOO_LATE,
    &LIMIT_IGNORED,
    &REBOOTS,
    &NO_PROGRAM,
    &NOT_NOTICED,
    &NO_SERVICE,
    &MEANINGLESS_OPTION,
];

static NEVER_ENDS: Rule = Rule {
    code: "CT128",
    name: "endless-crash-loop",
    effect: Effect::Fails,
    explain: "A program that fails at every start would be started again for ever: nobody is told, the \
logs fill up, and the providers that it calls at every start may block the account. systemd gives up \
if the program is started more than `StartLimitBurst=` times within `StartLimitIntervalSec=`, both in \
the section [Unit]; that time has to be longer than so many starts take. Docker gives up only with \
`restart: on-failure:N`; launchd never does.",
};

static ENDS_TOO_LATE: Rule = Rule {
    code: "CT129",
    name: "long-crash-loop",
    effect: Effect::Fails,
    explain: "A program that fails at every start is given up in the end, but later than the check \
demands. Fewer starts (`StartLimitBurst=`, the N of `on-failure:N`) or a shorter wait between them \
(`RestartSec=`) end it sooner.",
};

static LIMIT_IGNORED: Rule = Rule {
    code: "CT132",
    name: "start-limit-ignored",
    effect: Effect::Fails,
    explain: "The file has a line that should make systemd give up on a program that fails again and \
again, and systemd does not read that line: it stands in the wrong section, is commented out, or its \
value is not one. `StartLimitIntervalSec=` and `StartLimitBurst=` belong in the section [Unit], \
not in [Service]. Until then systemd counts the starts of ten seconds only, which a \
program with a `RestartSec=` of some seconds never reaches.",
};

static REBOOTS: Rule = Rule {
    code: "CT135",
    name: "reboot-loop",
    effect: Effect::Fails,
    explain: "systemd gives up on the program, and `StartLimitAction=` then starts the whole machine \
again. A program that is enabled starts with it and fails as before, so that the machine goes down every \
few minutes and nobody can log in to repair it. Leave the line away.",
};

/// Each of these ends, again and again, comes to an end within the time.
#[derive(Debug)]
pub struct CrashLoop {
    subject: Subject,
    exits: Vec<Written>,
    runs: Micros,
}

pub(in crate::check) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let read_as = ReadAs::parse(reading, table);
    let known = [
        "stops_within",
        "exits",
        "runs",
        "service",
        "systemd_version",
    ];
    let options = Options::new(reading, spec, value, &known)?;
    let limit = options.limit(reading, "stops_within");
    let exits = options.exits(reading, "exits", &REPEATED);
    let runs = options.time_or_zero(reading, "runs");
    if let (Some(limit), Some(runs)) = (&limit, runs)
        && runs >= limit.time
        && let Some(span) = options.span("runs")
    {
        let why = "a single run lasts as long as the time within which all of it has to end";
        reading.invalid("runs", span, why);
        return None;
    }
    let subject = options.subject(reading, read_as, limit);
    Some(Box::new(CrashLoop {
        subject: subject?,
        exits: exits?,
        runs: runs?,
    }))
}

/// The same story for one or several ends.
struct Story<'c> {
    exits: Vec<&'c Written>,
    /// When the supervisor gives up, if it ever does.
    ending: Option<Micros>,
    /// Why it does not do so in time.
    reason: Reason,
    /// What happens within the time that is demanded, or up to the end.
    timeline: Timeline,
}

impl Check for CrashLoop {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        self.subject.tell(
            (observed, self.exits.len()),
            out,
            |document, program, unnoticed| self.stories(program, (observed, document), unnoticed),
            |document, program, story| self.problem(observed, document, program, story),
        );
    }
}

impl CrashLoop {
    fn run(&self, exit: &Written) -> Run {
        Run::new(self.runs, exit.exit)
    }

    /// What does not end in time, told once for all ends to which the same happens.
    /// What no supervisor takes notice of is told at once.
    fn stories(
        &self,
        program: &Program,
        place: (&Observed<'_>, &Document),
        unnoticed: &mut Vec<Diagnostic>,
    ) -> Vec<Story<'_>> {
        let within = self.subject.limit.time;
        let mut stories: Vec<Story<'_>> = Vec::new();
        for exit in &self.exits {
            let run = self.run(exit);
            let timeline = simulate(&program.policy, |_| run, within);
            if let Some(problem) = self.subject.unnoticed(place, program, exit, &timeline) {
                unnoticed.push(problem);
                continue;
            }
            if let Some(ending) = timeline.ending.as_ref().filter(|end| end.at <= within) {
                if ending.decided_by.contains(&"StartLimitBurst") {
                    unnoticed.extend(self.reboot(place, program));
                }
                continue;
            }
            let whole = simulate(&program.policy, |_| run, LONGEST);
            // It is never started a second time, so there is no loop.
            if first_wait(&whole) == Some(FOREVER) {
                continue;
            }
            let ending = whole.ending.as_ref().map(|ending| ending.at);
            let timeline = match ending {
                // Its end belongs to what is shown, and the rest of the day does not.
                Some(at) => simulate(&program.policy, |_| run, at),
                None => timeline,
            };
            let reason = match whole.ending {
                Some(ending) => Reason {
                    why: ending.why,
                    decided_by: ending.decided_by,
                },
                None => why_never(&program.policy, &run),
            };
            let same = stories
                .iter_mut()
                .find(|story| story.ending == ending && story.timeline.starts == timeline.starts);
            match same {
                Some(story) => story.exits.push(exit),
                None => stories.push(Story {
                    exits: vec![exit],
                    ending,
                    reason,
                    timeline,
                }),
            }
        }
        stories
    }

    /// That the machine itself is started again where systemd gives up, and the program with it.
    fn reboot(
        &self,
        (observed, document): (&Observed<'_>, &Document),
        program: &Program,
    ) -> Option<Diagnostic> {
        let setting = program.setting("StartLimitAction")?;
        let (_, action) = setting.of.text.split_once('=')?;
        let is_reboot = ["reboot", "kexec", "soft-reboot"]
            .iter()
            .any(|word| action.starts_with(word));
        if !is_reboot {
            return None;
        }
        let name = Subject::name(observed, program);
        let text = &setting.of.text;
        let message = format!(
            "{name} never stops: where systemd gives up, `{text}` starts the whole machine again, and the program with it"
        );
        let demand = observed.demand(self.subject.limit.span);
        let problem =
            Diagnostic::new(&REBOOTS, message).label(demand, "has to end within this time");
        let problem = with_settings(problem, document, &[setting]);
        Some(problem.help(format!(
            "remove the line `{text}`: then the program stays down, and the machine stays up"
        )))
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
        let starts = match story.timeline.starts {
            MAX_STARTS => format!("more than {MAX_STARTS} starts"),
            starts => plural(starts as usize, "start"),
        };
        let wanted = format!("{who} gives up within {}", limit.text);
        let demand = observed.demand(limit.span);
        let why = &story.reason.why;
        let problem = match (story.ending, program.ignored_limits().next()) {
            (Some(at), _) => {
                let message = format!(
                    "{name} stops too late: {who} starts the program again for {} after {ends}, expected an end within {}",
                    show_time(at),
                    limit.text
                );
                let found = format!("it gives up after {}: {why}", show_time(at));
                Diagnostic::new(&ENDS_TOO_LATE, message).found(wanted, found)
            }
            (None, ignored) => {
                let found = format!("{starts} in {}, and no end: {why}", limit.text);
                let (rule, ignores) = match ignored {
                    Some((setting, aside)) => {
                        let ignores = format!("ignores `{}={}` and ", setting.of.name, aside.value);
                        (&LIMIT_IGNORED, ignores)
                    }
                    None => (&NEVER_ENDS, String::new()),
                };
                let message = format!(
                    "{name} never stops: {who} {ignores}starts the program again for ever after {ends}, expected an end within {}",
                    limit.text
                );
                Diagnostic::new(rule, message).found(wanted, found)
            }
        }
        .label(demand, "has to end within this time");
        let settings = program.settings_of(&story.reason.decided_by);
        let problem = with_settings(problem, document, &settings).help_if(defaults(&settings));
        self.advice(program, story)
            .into_iter()
            .fold(problem, Diagnostic::help)
            .timeline(&story.timeline.table(TABLE_ROWS))
    }

    /// What to do, for somebody who has never heard of a start limit.
    fn advice(&self, program: &Program, story: &Story<'_>) -> Vec<String> {
        let text = match program.policy {
            Policy::Systemd(_) => return self.advice_for_unit(program, story),
            Policy::Docker(_) => {
                "write `restart: on-failure:5`, with which Docker gives up after five restarts (and does not restart after exit status 0), or let something outside of Docker notice the loop and end it"
            }
            Policy::Launchd(_) => {
                "launchd has no such limit: let something outside of launchd notice the loop and end it"
            }
        };
        vec![text.to_owned()]
    }

    fn advice_for_unit(&self, program: &Program, story: &Story<'_>) -> Vec<String> {
        let Policy::Systemd(policy) = &program.policy else {
            return Vec::new();
        };
        let mut advice = Vec::new();
        if story.ending.is_none() {
            let (moved, lines) = moved(policy, program);
            if !lines.is_empty() {
                advice.push(format!(
                    "move {} up into the section that begins with the line [Unit]: systemd reads a start limit only there",
                    all_of(lines.iter().map(String::as_str))
                ));
                if self.ends_in_time(&moved, story) {
                    return advice;
                }
            }
        }
        // The largest number of starts that is not more than now and ends in time.
        let seconds = (self.subject.limit.time / SECOND).max(1);
        let most = if policy.burst == 0 { 5 } else { policy.burst };
        let candidate = |burst: u64| systemd::Policy {
            interval: seconds * SECOND,
            burst,
            ..policy.clone()
        };
        let bursts = (1..=most.min(MOST_TRIED)).rev();
        let found = bursts
            .into_iter()
            .find(|burst| self.ends_in_time(&candidate(*burst), story));
        advice.push(match found {
            Some(burst) => format!(
                "write `StartLimitIntervalSec={seconds}` and `StartLimitBurst={burst}` below the line [Unit]: then systemd gives up after {} within {}",
                plural(usize::try_from(burst).unwrap_or(usize::MAX), "start"),
                show_time(seconds * SECOND),
            ),
            None => "make the time in the line `RestartSec=` of the section [Service] shorter: in the time that is demanded there is not even a second start".to_owned(),
        });
        advice
    }

    /// Whether a policy ends the loops of a story in time.
    fn ends_in_time(&self, policy: &systemd::Policy, story: &Story<'_>) -> bool {
        let policy = Policy::Systemd(policy.clone());
        let within = self.subject.limit.time;
        story.exits.iter().all(|exit| {
            let run = self.run(exit);
            simulate(&policy, |_| run, within).ending.is_some()
        })
    }
}

/// Most numbers of starts that are tried for an advice.
const MOST_TRIED: u64 = 50;

/// The policy with the limits that stand in the wrong section, and those lines.
fn moved(policy: &systemd::Policy, program: &Program) -> (systemd::Policy, Vec<String>) {
    let mut policy = policy.clone();
    let mut lines = Vec::new();
    for (setting, aside) in program.ignored_limits() {
        let name = setting.of.name;
        if !is_misplaced(aside) {
            continue;
        }
        match (name, (scales::TIME_SPAN_OR_INFINITY.read)(&aside.value)) {
            ("StartLimitBurst", _) => match aside.value.parse() {
                Ok(burst) => policy.burst = burst,
                Err(_) => continue,
            },
            ("StartLimitIntervalSec", Ok(Amount::Number(micros))) => {
                policy.interval = Micros::try_from(micros).unwrap_or(FOREVER);
            }
            ("StartLimitIntervalSec", Ok(Amount::Infinite)) => policy.interval = FOREVER,
            _ => continue,
        }
        lines.push(format!("{name}={}", aside.value));
    }
    (policy, lines)
}
