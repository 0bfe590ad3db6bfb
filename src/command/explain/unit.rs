//! `clawtest explain --unit FILE`: when the supervisor of a program starts it again, and when it gives
//! up, simulated.

mod disk;
mod report;

use std::collections::BTreeMap;
use std::path::Path;

use clawtest_framework::check::time_or_zero;
use clawtest_framework::document::{Document, Input, Target};
use clawtest_framework::duration;
use clawtest_framework::format::{self, FormatSpec};
use clawtest_framework::restart::exit::{REPEATED, Written};
use clawtest_framework::restart::{Micros, Run, Timeline, simulate};
use clawtest_framework::supervised::{self, DEFAULT_VERSION, FORMATS, Program, Refusal, VERSIONS};
use clawtest_framework::text::{all_of, one_of, suggest};

use self::disk::Disk;
use self::report::Report;
use super::super::print;
use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::outcome::Status;
use crate::reporter::message::line;

/// The one of [`REPEATED`] whose timeline is shown where none is named.
const SHOWN_EXIT: &str = "crash";

/// How long is simulated where nobody says it: ten minutes.
const DEFAULT_TIME: Micros = 600_000_000;

/// What the arguments mean.
struct Wanted {
    exits: Vec<Written>,
    runs: Micros,
    time: Micros,
    version: u16,
}

/// One end, again and again, and what came of it.
struct Loop<'w> {
    exit: &'w Written,
    timeline: Timeline,
}

pub(super) fn explain(path: &Path, args: &ExplainArgs) -> Result<Status, Error> {
    let wanted = wanted(args)?;
    let shown = path.display().to_string();
    let Some(name) = path.to_str() else {
        return Err(Error::Usage(format!("the path `{shown}` is not UTF-8")));
    };
    let format = format_of(name, args)?;
    let bytes = match Disk.read(name) {
        // A link to /dev/null is a unit without a line.
        Err(_) if Disk.is_masked(name) => Vec::new().into(),
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(Error::Usage(format!("there is no file `{shown}`"))),
        Err(why) => return Err(Error::Usage(format!("cannot read `{shown}`: {why}"))),
    };
    let variables = BTreeMap::new();
    let input = Input {
        path: name,
        bytes,
        target: &Disk,
        variables: &variables,
    };
    let document = (format.read)(&input);
    let programs = programs(&input, format, &document, args, &wanted)?;
    let reports = programs.iter().map(|program| Report {
        document: &document,
        format: format.name,
        program,
        wanted: &wanted,
        shows_all: !args.exits.is_empty(),
        loops: loops(program, &wanted),
    });
    let text = if args.json {
        let [report] = &reports.collect::<Vec<_>>()[..] else {
            let names = programs.iter().map(|program| program.service.as_str());
            return Err(Error::Usage(format!(
                "`{shown}` has the services {}; with `--json`, name one with `--service NAME`",
                all_of(names)
            )));
        };
        report.json()
    } else {
        let texts: Vec<String> = reports.map(|report| report.text()).collect();
        texts.join("\n")
    };
    print(&text)?;
    Ok(Status::Passed)
}

fn wanted(args: &ExplainArgs) -> Result<Wanted, Error> {
    let bad = |option: &str, why: String| Error::Usage(format!("{option}: {why}"));
    let exits: Result<Vec<Written>, Error> = if args.exits.is_empty() {
        Ok(REPEATED.into_iter().filter_map(Written::named).collect())
    } else {
        args.exits
            .iter()
            .map(|text| Written::parse(text).map_err(|why| bad("--exit", why)))
            .collect()
    };
    let runs = args.runs.as_deref().map_or(Ok(0), time_or_zero);
    let time = args.time.as_deref().map_or(Ok(DEFAULT_TIME), |text| {
        let time = duration::parse(text)?;
        Ok(Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX))
    });
    let version = match &args.systemd_version {
        None => DEFAULT_VERSION,
        Some(text) => text
            .parse()
            .ok()
            .filter(|version| VERSIONS.contains(version))
            .ok_or_else(|| {
                let (first, last) = (VERSIONS.start(), VERSIONS.end());
                let why = format!("expected a version from {first} to {last}, found `{text}`");
                bad("--systemd-version", why)
            })?,
    };
    Ok(Wanted {
        exits: exits?,
        runs: runs.map_err(|why| bad("--runs", why))?,
        time: time.map_err(|why| bad("--for", why))?,
        version,
    })
}

/// How the file is read: as the arguments say, else as its name says.
fn format_of(name: &str, args: &ExplainArgs) -> Result<&'static FormatSpec, Error> {
    let possible = one_of(FORMATS);
    if let Some(wanted) = &args.format {
        let found = format::named(wanted).filter(|format| FORMATS.contains(&format.name));
        return found.ok_or_else(|| {
            let hint = match suggest(wanted, FORMATS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("expected {possible}"),
            };
            Error::Usage(format!(
                "--as: `{wanted}` is no file of a supervisor; {hint}"
            ))
        });
    }
    match format::of_path(name) {
        Some(format) if FORMATS.contains(&format.name) => Ok(format),
        Some(format) => Err(Error::Usage(format!(
            "`{name}` is a {} file by its name, which tells no supervisor when to restart a program; if it is something else, say `--as` with {possible}",
            format.name
        ))),
        None => Err(Error::Usage(format!(
            "the name of `{name}` does not say what it is; say `--as` with {possible}"
        ))),
    }
}

fn programs(
    input: &Input<'_>,
    format: &FormatSpec,
    document: &Document,
    args: &ExplainArgs,
    wanted: &Wanted,
) -> Result<Vec<Program>, Error> {
    let name = input.path;
    if args.service.is_some() && format.name != "compose" {
        return Err(Error::Usage(format!(
            "--service is for Compose files, and `{name}` is read as {}",
            format.name
        )));
    }
    if args.systemd_version.is_some() && format.name != "systemd-unit" {
        return Err(Error::Usage(format!(
            "--systemd-version is for units of systemd, and `{name}` is read as {}",
            format.name
        )));
    }
    if document.is_refused {
        let mut complaints = document.complaints.iter();
        let refusal = complaints.find(|complaint| complaint.is_refusal);
        let why = match refusal.or(document.complaints.last()) {
            Some(complaint) => {
                let place = complaint.place.map_or_else(String::new, |place| {
                    let source = document.source(place);
                    let number = source.position(place.span.start).line;
                    format!("{}:{number}: ", source.name)
                });
                let help = complaint.help.as_deref();
                let help = help.map_or_else(String::new, |help| format!("; {help}"));
                let said = format!("{}{help}", complaint.message);
                format!(": {place}{}", line(&said))
            }
            None => String::new(),
        };
        return Err(Error::Usage(format!(
            "`{name}` is refused as a whole, so nothing starts the program, let alone again{why}"
        )));
    }
    let programs = match format.name {
        "systemd-unit" => {
            let unit = format::unit::load(input);
            supervised::of_unit(&unit, wanted.version)
        }
        "compose" => supervised::of_compose(document, args.service.as_deref()),
        _ => supervised::of_plist(document),
    };
    programs.map_err(|refusal| {
        Error::Usage(match refusal {
            Refusal::Nothing(why, place) => {
                let place = place.map_or_else(String::new, |place| {
                    let source = document.source(place);
                    let number = source.position(place.span.start).line;
                    format!(" ({}:{number})", source.name)
                });
                let why = line(&why);
                format!("`{name}` has no program whose restarts could be told: {why}{place}")
            }
            Refusal::NoSuchService(service, names) => {
                let names = names.iter().map(String::as_str);
                let hint = match suggest(&service, names.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("it has {}", all_of(names)),
                };
                format!("`{name}` has no service `{service}`; {hint}")
            }
        })
    })
}

fn loops<'w>(program: &Program, wanted: &'w Wanted) -> Vec<Loop<'w>> {
    let one = |exit: &'w Written| {
        let run = Run::new(wanted.runs, exit.exit);
        Loop {
            exit,
            timeline: simulate(&program.policy, |_| run, wanted.time),
        }
    };
    wanted.exits.iter().map(one).collect()
}
