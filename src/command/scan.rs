//! `clawtest scan`: looks for secrets in files, folders, standard input and repositories. It
//! decides what is looked at and what is allowed; what a secret is, the framework knows.

mod allow;
mod baseline;
mod git;
mod input;
mod piece;
mod record;
mod report;
mod rules;
mod walk;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clawtest_framework::secret::allow::fingerprint;

use super::print;
use crate::cli::{Colour, ScanArgs};
use crate::config;
use crate::error::Error;
use crate::outcome::Status;
use allow::Settlement;
use record::{Collector, Origin, Record};
use report::View;
use rules::Catalogue;
use walk::{Task, Walk};

/// The environment variable with a key for fingerprints.
const KEY: &str = "CLAWTEST_SECRETS_KEY";

/// The key where there is none: two fixed numbers, so that fingerprints are the same everywhere.
const FIXED_KEY: [u64; 2] = [0x636c_6177_7465_7374, 0x7363_616e_2076_3031];

pub(super) fn scan(args: &ScanArgs) -> Result<Status, Error> {
    let cwd = std::env::current_dir()
        .map_err(|error| Error::Usage(format!("cannot tell the working folder: {error}")))?;
    let (secrets, folder) = config::secrets(&cwd)?;
    let catalogue = Catalogue::new(secrets.rules, key()).only(&args.rules)?;
    if args.list_rules {
        print(&catalogue.list())?;
        return Ok(Status::Passed);
    }
    let format = report::format(args.format.as_deref().unwrap_or("pretty"))?;
    let jobs = match args.jobs {
        Some(0) => {
            return Err(Error::Usage(
                "`--jobs 0` looks at nothing; the least is 1".to_owned(),
            ));
        }
        Some(jobs) => jobs,
        None => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    let baseline = args
        .baseline
        .as_deref()
        .map(|path| baseline::read(path, catalogue.key));
    let settlement = Settlement {
        project: folder.unwrap_or_else(|| cwd.clone()),
        cwd,
        allowed: secrets.allowed,
        baseline: baseline.transpose()?,
    };
    let collector = Collector::default();
    let walk = Walk {
        catalogue: &catalogue,
        collector: &collector,
        honours_ignore: args.gitignore,
        enters_git: args.history,
        threads: jobs.min(64),
    };
    let paths = arguments(args);
    look(args, walk, &paths);
    let mut record = collector.finish();
    // Staged files are a part of a project: what is allowed elsewhere is not there to be seen.
    let covered = if args.staged || !args.rules.is_empty() {
        &[][..]
    } else {
        &paths[..]
    };
    settlement.settle(&mut record, &catalogue, covered);
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &record, &catalogue, &settlement);
    }
    let colour = config::use_colour(
        args.color.unwrap_or(Colour::Auto),
        io::stdout().is_terminal(),
    );
    let view = View {
        record: &record,
        catalogue: &catalogue,
        colour,
        verbose: args.verbose,
    };
    complain(&record);
    write(format, &view)?;
    Ok(status(&record))
}

/// The paths that are looked at.
fn arguments(args: &ScanArgs) -> Vec<PathBuf> {
    if args.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        args.paths.clone()
    }
}

/// The key of fingerprints.
fn key() -> [u64; 2] {
    let Some(text) = std::env::var_os(KEY).filter(|text| !text.is_empty()) else {
        return FIXED_KEY;
    };
    let hash = fingerprint(text.as_encoded_bytes(), FIXED_KEY).to_le_bytes();
    let (halves, _) = hash.as_chunks::<8>();
    [u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])]
}

/// Looks at everything that was asked for.
fn look(args: &ScanArgs, walk: Walk<'_>, paths: &[PathBuf]) {
    let mut tasks = Vec::new();
    for (argument, path) in paths.iter().enumerate() {
        let refuse = |why: String| {
            walk.collector
                .refuse(Origin::file(argument, path.clone()), why);
        };
        if args.staged {
            if let Err(why) = git::staged(walk, argument, path) {
                refuse(why);
            }
            continue;
        }
        if args.history
            && let Err(why) = git::history(walk, argument, path)
        {
            refuse(why);
        }
        if path == Path::new("-") {
            walk::stream(
                walk,
                &mut io::stdin().lock(),
                &Origin::file(argument, path.clone()),
            );
            continue;
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => tasks.push(if walk.honours_ignore {
                Task::Project {
                    argument,
                    path: path.clone(),
                }
            } else {
                Task::Folder {
                    argument,
                    path: path.clone(),
                    is_argument: true,
                }
            }),
            Ok(found) if found.is_file() => tasks.push(Task::File {
                argument,
                path: path.clone(),
            }),
            // What a shell opens for `<(command)` is a pipe whose other end is there.
            Ok(_) if is_descriptor(path) => match File::open(path) {
                Ok(mut file) => {
                    walk::stream(walk, &mut file, &Origin::file(argument, path.clone()));
                }
                Err(error) => refuse(walk::why(&error)),
            },
            Ok(_) => refuse("it is no file and no folder".to_owned()),
            Err(error) => refuse(walk::why(&error)),
        }
    }
    walk::run(walk, tasks);
}

/// Whether a path names an open file of this process.
fn is_descriptor(path: &Path) -> bool {
    path.starts_with("/dev/fd")
        || path == Path::new("/dev/stdin")
        || path.starts_with("/proc/self/fd")
}

/// Says on standard error what could not be read, and what is wrong with allowances.
fn complain(record: &Record) {
    let mut text = String::new();
    for (origin, why) in &record.unreadable {
        text.push_str(&format!("error: cannot read `{}`: {why}\n", origin.shown()));
    }
    if record.more_unreadable > 0 {
        text.push_str(&format!(
            "error: cannot read {} more\n",
            record.more_unreadable
        ));
    }
    for note in &record.notes {
        let place = if note.line > 0 {
            format!("{}:{}", note.path, note.line)
        } else {
            note.path.clone()
        };
        text.push_str(&format!("note: {place}: {}\n", note.message));
    }
    super::complain(&text);
}

fn status(record: &Record) -> Status {
    if !record.unreadable.is_empty() {
        Status::Error
    } else if record.total() > 0 {
        Status::Failed
    } else {
        Status::Passed
    }
}

/// Writes the report; whoever reads it may stop reading.
fn write(format: &report::Format, view: &View<'_>) -> Result<(), Error> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match (format.write)(view, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}

fn write_baseline(
    path: &Path,
    record: &Record,
    catalogue: &Catalogue,
    settlement: &Settlement,
) -> Result<Status, Error> {
    complain(record);
    let count = baseline::write(path, record, catalogue, settlement)?;
    let findings = clawtest_framework::text::plural(count, "finding");
    print(&format!(
        "{findings} written to `{}`\n",
        record::shown(path)
    ))?;
    Ok(if record.unreadable.is_empty() {
        Status::Passed
    } else {
        Status::Error
    })
}
