//! `clawtest scan`: looks for secrets in files, folders, standard input and repositories. It
//! decides what is looked at and what is allowed; what a secret is, the framework knows.

mod allow;
mod archive;
mod baseline;
mod exclude;
mod git;
mod progress;
mod record;
mod report;
mod walk;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clawtest_framework::secret::allow::Allowance;
use clawtest_framework::secret::catalogue::Catalogue;
use clawtest_framework::secret::own::mask_also;
use globset::GlobMatcher;

use super::print;
use crate::cli::{Colour, ScanArgs};
use crate::config;
use crate::error::Error;
use crate::outcome::Status;
use allow::Settlement;
use exclude::Exclusions;
use progress::Progress;
use record::{Collector, Origin, Record};
use report::View;
use walk::{Task, Walk};

pub(super) fn scan(args: &ScanArgs) -> Result<Status, Error> {
    let cwd = std::env::current_dir()
        .map_err(|error| Error::Usage(format!("cannot tell the working folder: {error}")))?;
    let (secrets, folder) = config::secrets(&cwd)?;
    mask_also(&secrets.rules);
    let catalogue = Catalogue::new(secrets.rules, config::fingerprint_key())
        .only(&args.rules)
        .map_err(Error::Usage)?;
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
    let project = folder.unwrap_or_else(|| cwd.clone());
    let exclusions = Exclusions {
        cwd: cwd.clone(),
        project: project.clone(),
        globs: exclusions(secrets.exclude, &args.exclude)?,
    };
    let settlement = Settlement {
        project,
        cwd,
        allowed: secrets.allowed,
        baseline: baseline.transpose()?,
    };
    let collector = Collector::default();
    let progress = (!args.no_progress && progress::is_wanted()).then(Progress::default);
    let walk = Walk {
        catalogue: &catalogue,
        collector: &collector,
        honours_ignore: args.gitignore,
        enters_git: args.history,
        exclusions: &exclusions,
        progress: progress.as_ref(),
        opens_archives: args.archives,
        threads: jobs.min(64),
    };
    let paths = arguments(args);
    progress::during(progress.as_ref(), || look(args, walk, &paths));
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
        opens_archives: args.archives,
    };
    complain(&record);
    write(format, &view)?;
    let counts = &record.counts;
    let is_empty = counts.files + counts.objects == 0 && record.unreadable.is_empty();
    // A commit may well change nothing; but a folder that was named was meant to hold something.
    if is_empty && !args.staged && !args.history {
        super::complain("error: nothing was looked at: there is no file to read below PATH\n");
        return Ok(Status::NothingSelected);
    }
    Ok(status(&record))
}

/// What a walk leaves out: what the project says, and what was typed.
fn exclusions(own: Vec<GlobMatcher>, typed: &[String]) -> Result<Vec<GlobMatcher>, Error> {
    let mut globs = own;
    for text in typed {
        let glob = Allowance::glob(text.trim_end_matches('/'));
        globs.push(glob.map_err(|error| Error::Usage(format!("`--exclude`: {error}")))?);
    }
    Ok(globs)
}

/// The paths that are looked at.
fn arguments(args: &ScanArgs) -> Vec<PathBuf> {
    if args.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        args.paths.clone()
    }
}

/// Looks at everything that was asked for.
fn look(args: &ScanArgs, walk: Walk<'_>, paths: &[PathBuf]) {
    let mut tasks = Vec::new();
    let places: Vec<Option<PathBuf>> = paths.iter().map(|path| place(path)).collect();
    for (argument, path) in paths.iter().enumerate() {
        let own = places[argument].as_deref();
        if own.is_some()
            && places[..argument]
                .iter()
                .any(|other| other.as_deref() == own)
        {
            continue;
        }
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
        let is_covered = own.is_some_and(|own| {
            let mut others = places.iter().flatten().filter(|other| *other != own);
            others.any(|other| covers(walk, other, own))
        });
        if is_covered {
            continue;
        }
        if path == Path::new("-") {
            walk::stream(
                walk,
                &mut io::stdin(),
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

/// Where a file or a folder really is; none for what is read as a stream.
fn place(path: &Path) -> Option<PathBuf> {
    let found = std::fs::metadata(path).ok()?;
    let is_plain = (found.is_file() || found.is_dir()) && !is_descriptor(path);
    std::fs::canonicalize(path).ok().filter(|_| is_plain)
}

/// Whether a walk through a folder looks at this, too.
fn covers(walk: Walk<'_>, folder: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(folder) else {
        return false;
    };
    let between = path.ancestors().take_while(|part| *part != folder);
    !walk.honours_ignore
        && below.components().all(|part| part.as_os_str() != ".git")
        && between
            .into_iter()
            .all(|part| !walk.exclusions.has(|| part.to_owned()))
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
