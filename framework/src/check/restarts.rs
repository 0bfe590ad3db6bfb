//! What `crash_loop` and `recovers` share: the programs that a file hands to a supervisor, and the
//! words for what was simulated. Each of the two has a file of its own.

pub(super) mod crash_loop;
mod options;
pub(super) mod recovers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::problems::Problems;
use super::read_as::{ReadAs, WRONG_FORMAT};
use super::{Observed, Stream, key};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::{Document, Place};
use crate::format::unit;
use crate::reading::Text;
use crate::restart::exit::Written;
use crate::restart::{Micros, State, Timeline};
use crate::source::Span;
use crate::supervised::{self, DEFAULT_VERSION, FORMATS, Program, Refusal, Setting};
use crate::text::{all_of, one_of, plural, suggest};

pub use options::time_or_zero;

use options::Limit;

static NO_PROGRAM: Rule = Rule {
    code: "CT133",
    name: "nothing-to-restart",
    effect: Effect::Fails,
    explain: "The file hands no program to a supervisor, so there is nothing that could be restarted: a \
unit that is masked or is no service, a drop-in without its unit, a Compose file without services or \
with a restart policy that Docker refuses, a property list without a job, or with one that something \
else than the file starts.",
};

static NOT_NOTICED: Rule = Rule {
    code: "CT134",
    name: "end-not-noticed",
    effect: Effect::Fails,
    explain: "The supervisor does not act at all: it does not start the program by itself, or it does \
not notice that the program hangs, since nothing tells it to look. systemd notices a hang with \
`WatchdogSec=`, if the program reports that it is alive; Docker and launchd never do.",
};

static NO_SERVICE: Rule = Rule {
    code: "CT175",
    name: "no-such-service",
    effect: Effect::Errors,
    explain: "The check names a service that the Compose file does not have. Without `service` the \
check is about every service of the file.",
};

static MEANINGLESS_OPTION: Rule = Rule {
    code: "CT176",
    name: "option-without-meaning",
    effect: Effect::Errors,
    explain: "A key of the expectation means nothing for this kind of file: `service` chooses one of the \
services of a Compose file, `systemd_version` is for units, `leaves_process` is for units, too, since \
Docker and launchd end all processes of a program with it.",
};

static TOO_MUCH: Rule = Rule {
    code: "CT177",
    name: "too-much-to-play",
    effect: Effect::Errors,
    explain: "The file has so many services, and the check tries so many ends, that playing all of them \
would take too long. Name one service with `service`, or fewer ends.",
};

/// Most programs times ends that are played: about two seconds.
const MOST_PLAYED: usize = 25_000;

/// Longest time that is simulated: a day.
const LONGEST: Micros = 24 * 3_600_000_000;

/// Most rows of a timeline in a failure.
const TABLE_ROWS: usize = 9;

/// Most lines of a file that one diagnostic shows.
const MAX_LABELS: usize = 5;

/// Which programs an expectation is about.
#[derive(Debug)]
struct Subject {
    /// The expectation: `crash_loop` or `recovers`.
    key: &'static str,
    service: Option<Text>,
    version: Option<(u16, Span)>,
    /// `leaves_process`, where it is demanded.
    leaves_process: Option<Span>,
    /// The time demanded, which failures point at.
    limit: Limit,
    read_as: ReadAs,
}

impl Subject {
    /// The programs of the file. Where there are none, the reason is pushed.
    fn programs(
        &self,
        observed: &Observed<'_>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<(Arc<Document>, Vec<Program>)> {
        let path = observed.path()?;
        let format = self.read_as.format(observed, path, self.limit.span, out)?;
        if !FORMATS.contains(&format.name) {
            let message = format!(
                "`{}` is for files that tell a supervisor when to restart a program, not for {} files",
                self.key, format.name
            );
            let diagnostic = Diagnostic::new(&WRONG_FORMAT, message)
                .label(observed.demand(self.limit.span), "")
                .help(format!("it is for {}", one_of(FORMATS)));
            out.push(diagnostic);
            return None;
        }
        let is_unit = format.name == "systemd-unit";
        let is_compose = format.name == "compose";
        if let Some(problem) = self.meaningless(observed, (is_unit, is_compose)) {
            out.push(problem);
            return None;
        }
        let document = self.read_as.document(observed, self.limit.span, out)?;
        if document.is_refused {
            let consequence = "nothing starts the program, let alone again";
            out.push(key::refused(
                observed,
                &document,
                self.limit.span,
                consequence,
            ));
            return None;
        }
        let programs = if is_unit {
            let unit = self
                .read_as
                .read(observed, self.limit.span, out, unit::load)?;
            let version = self.version.map_or(DEFAULT_VERSION, |(version, _)| version);
            supervised::of_unit(&unit, version)
        } else if is_compose {
            let service = self.service.as_ref().map(|service| &*service.value);
            let service = service.filter(|name| *name != "*");
            supervised::of_compose(&document, service)
        } else {
            supervised::of_plist(&document)
        };
        match programs {
            Ok(programs) => Some((document, programs)),
            Err(refusal) => {
                out.push(self.no_program(observed, &document, refusal));
                None
            }
        }
    }

    /// Says of each program what comes of its ends, of which there are so many: first what the supervisor takes no notice of, then
    /// the stories of the others, as `problem` words them.
    fn tell<S>(
        &self,
        (observed, ends): (&Observed<'_>, usize),
        out: &mut Vec<Diagnostic>,
        stories: impl Fn(&Document, &Program, &mut Vec<Diagnostic>) -> Vec<S>,
        problem: impl Fn(&Document, &Program, &S) -> Diagnostic,
    ) {
        let Some((document, programs)) = self.programs(observed, out) else {
            return;
        };
        if programs.len().saturating_mul(ends) > MOST_PLAYED {
            let name = observed.name(Stream::Content);
            let message = format!(
                "{} of {name} and {} are more than clawtest plays through",
                plural(programs.len(), "service"),
                plural(ends, "end")
            );
            let problem = Diagnostic::new(&TOO_MUCH, message)
                .label(observed.demand(self.limit.span), "demanded here");
            return out.push(problem.help("name one service with `service`, or fewer ends"));
        }
        let mut problems = Problems::new(out);
        for program in &programs {
            let mut unnoticed = Vec::new();
            let stories = stories(&document, program, &mut unnoticed);
            // One that is never started is told once, not for each end.
            let mut told: Vec<Diagnostic> = Vec::new();
            for diagnostic in unnoticed {
                if !told.contains(&diagnostic) {
                    problems.add(|| diagnostic.clone());
                    told.push(diagnostic);
                }
            }
            for story in stories {
                problems.add(|| problem(&document, program, &story));
            }
        }
        problems.finish();
    }

    /// An option that means nothing for the format, which is a unit, a Compose file, or a plist.
    fn meaningless(
        &self,
        observed: &Observed<'_>,
        (is_unit, is_compose): (bool, bool),
    ) -> Option<Diagnostic> {
        let service = self.service.as_ref().filter(|_| !is_compose);
        let version = self.version.filter(|_| !is_unit);
        let leaves = self.leaves_process.filter(|_| !is_unit);
        let (option, of, span) = match (service, version, leaves) {
            (Some(service), ..) => ("service", "Compose files", service.span),
            (_, Some((_, span)), _) => ("systemd_version", "units of systemd", span),
            (.., Some(span)) => ("leaves_process", "units of systemd", span),
            _ => return None,
        };
        let name = observed.name(Stream::Content);
        let message = format!("`{option}` means nothing for {name}: it is for {of}");
        let label = observed.demand(span);
        Some(Diagnostic::new(&MEANINGLESS_OPTION, message).label(label, "remove it"))
    }

    fn no_program(
        &self,
        observed: &Observed<'_>,
        document: &Document,
        refusal: Refusal,
    ) -> Diagnostic {
        let name = observed.name(Stream::Content);
        match refusal {
            Refusal::Nothing(why, place) => {
                let message =
                    format!("{name} has no program whose restarts could be judged: {why}");
                let problem = Diagnostic::new(&NO_PROGRAM, message)
                    .label(observed.demand(self.limit.span), "demanded here");
                with_place(problem, document, place, "here")
            }
            Refusal::NoSuchService(service, names) => {
                let span = self
                    .service
                    .as_ref()
                    .map_or(self.limit.span, |service| service.span);
                let names = names.iter().map(String::as_str);
                let hint = match suggest(&service, names.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it has {}", all_of(names)),
                };
                let message = format!("{name} has no service `{service}`");
                Diagnostic::new(&NO_SERVICE, message)
                    .label(observed.demand(span), "no such service")
                    .help(hint)
            }
        }
    }

    /// That the supervisor takes no notice of an end, or does not even start the program.
    fn unnoticed(
        &self,
        (observed, document): (&Observed<'_>, &Document),
        program: &Program,
        exit: &Written,
        timeline: &Timeline,
    ) -> Option<Diagnostic> {
        let ending = timeline.ending.as_ref()?;
        let never_started = timeline.starts == 0;
        let hangs = timeline.state == State::Failed
            && matches!(timeline.status.active, "active" | "activating" | "running");
        if !never_started && !hangs {
            return None;
        }
        let name = Self::name(observed, program);
        let who = program.policy.supervisor();
        let message = if never_started {
            format!("{name}: {who} does not start the program: {}", ending.why)
        } else {
            let exit = exit.phrase();
            format!("{name}: {who} does not notice {exit}: {}", ending.why)
        };
        let settings = program.settings_of(&ending.decided_by);
        let problem = Diagnostic::new(&NOT_NOTICED, message)
            .label(observed.demand(self.limit.span), "demanded here");
        let problem = with_settings(problem, document, &settings);
        Some(problem.help_if(defaults(&settings)))
    }

    /// What a program is called in a sentence.
    fn name(observed: &Observed<'_>, program: &Program) -> String {
        let file = observed.name(Stream::Content);
        if program.service.is_empty() {
            file
        } else {
            format!("the service `{}` of {file}", program.service)
        }
    }
}

fn with_place(
    problem: Diagnostic,
    document: &Document,
    place: Option<Place>,
    label: impl Into<String>,
) -> Diagnostic {
    match place {
        Some(place) => problem.label(document.source(place).excerpt(place.span), label),
        None => problem,
    }
}

/// Shows the lines that set these settings, and those that look as if they did.
fn with_settings(
    mut problem: Diagnostic,
    document: &Document,
    settings: &[&Setting],
) -> Diagnostic {
    for setting in settings.iter().take(MAX_LABELS) {
        if let Some(aside) = &setting.ignored {
            let label = format!("ignored: {}", aside.why);
            problem = with_place(problem, document, Some(aside.place), label);
        } else if !setting.of.is_default {
            problem = with_place(problem, document, setting.of.place, setting.meaning.clone());
        }
    }
    problem
}

/// What holds where no line sets it.
fn defaults(settings: &[&Setting]) -> Option<String> {
    let defaults: Vec<String> = settings
        .iter()
        .filter(|setting| setting.of.is_default)
        .map(|setting| format!("`{}` ({})", setting.of.text, setting.meaning))
        .collect();
    let (verb, these) = match defaults.len() {
        0 => return None,
        1 => ("holds", "this default"),
        _ => ("hold", "these defaults"),
    };
    let defaults = defaults.join(" and ");
    Some(format!(
        "where no line says otherwise, {these} {verb}: {defaults}"
    ))
}

/// Ends for a sentence: "a crash (exit status 1), a kill (SIGKILL) and a hangup (SIGHUP)".
fn ends(exits: &[&Written]) -> String {
    let mut phrases: Vec<String> = exits.iter().map(|exit| exit.phrase()).collect();
    match phrases.pop() {
        Some(last) if phrases.is_empty() => last,
        Some(last) => format!("{} and {last}", phrases.join(", ")),
        None => String::new(),
    }
}
