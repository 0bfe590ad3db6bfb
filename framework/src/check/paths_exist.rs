//! `paths_exist`: the programs, folders and files that a file names, and that its consumer needs,
//! are there on the host. What they are is said for each format in a file of its own.

mod compose;
mod plist;
#[cfg(test)]
mod tests;
mod unit;

use super::problems::Problems;
use super::read_as::{ReadAs, WRONG_FORMAT};
use super::{Check, CheckSpec, Observed, Stream, key};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::{Document, Place};
use crate::judge;
use crate::path::is_at_or_below;
use crate::reading::Reading;
use crate::source::Span;
use crate::text::one_of;
use crate::value::{Table, Value};
use crate::workspace::{Entry, EntryKind, HostRoot, Obstacle};

pub(super) const RULES: &[&Rule] = &[&MISSING_PATH, &UNKNOWN_PATH];

static MISSING_PATH: Rule = Rule {
    code: "CT136",
    name: "missing-path",
    effect: Effect::Fails,
    explain: "The file names a program, a folder or another file that is not there on the host, or \
is something else: a folder in the place of a program, a program that nobody may execute. The file \
itself is valid, and fails when it is used. Install what is missing, or correct the path.",
};

static UNKNOWN_PATH: Rule = Rule {
    code: "CT137",
    name: "unknown-path",
    effect: Effect::Errors,
    explain: "Nothing in the files of the host says which path is meant: it depends on who starts the \
program, or is only made when the host boots; or the file names no path at all that its consumer needs. \
What was not looked at has not passed. Write the path out where that is possible.",
};

/// The bits that allow a file to be executed by somebody.
const EXECUTABLE: u32 = 0o111;

/// Folders whose content is made anew at every boot, so that an image has none of it.
const VOLATILE: &[&str] = &["/dev", "/proc", "/run", "/sys", "/var/run"];

/// What a consumer needs to be at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// A regular file that may be executed.
    Program,
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Whatever it is.
    Anything,
}

impl Wanted {
    /// Whether it is only opened, so that a device will do.
    fn is_open(self) -> bool {
        matches!(self, Self::File | Self::Anything)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Program => "a program",
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Anything => "something",
        }
    }
}

/// Where something is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Location {
    /// At this absolute path of the host.
    At(String),
    /// A name in the first of these folders that has it.
    In(Vec<String>, String),
    /// Nothing says where, for this reason, a clause.
    Unknown(String),
}

/// A path that a file names and its consumer needs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Need {
    /// What names it: "`ExecStart=`".
    key: String,
    /// Where it stands in the file.
    place: Place,
    location: Location,
    wanted: Wanted,
    /// What the consumer does if it is missing, a clause.
    consequence: String,
    /// What to do then, besides creating it.
    cure: Option<&'static str>,
}

/// How the needs of one format are found: from the path of the file and what it says.
type Find = fn(&str, &Document) -> Vec<Need>;

/// The formats that name paths of a host.
const FINDERS: &[(&str, Find)] = &[
    ("systemd-unit", unit::needs),
    ("plist", plist::needs),
    ("compose", compose::needs),
];

/// All paths that the file names, and that its consumer needs, are there.
#[derive(Debug)]
pub struct PathsExist {
    span: Span,
    read_as: ReadAs,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let read_as = ReadAs::parse(reading, table);
    reading.only_true(spec.key, value)?;
    Some(Box::new(PathsExist {
        span: value.span,
        read_as: read_as?,
    }))
}

impl Check for PathsExist {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(path) = observed.path() else {
            return;
        };
        let Some(format) = self.read_as.format(observed, path, self.span, out) else {
            return;
        };
        let finder = FINDERS.iter().find(|(name, _)| *name == format.name);
        let Some((_, find)) = finder else {
            let names = one_of(FINDERS.iter().map(|(name, _)| *name));
            let message = format!(
                "`paths_exist` does not know which paths a file of the format `{}` needs",
                format.name
            );
            let label = format!("is for {names}");
            let diagnostic =
                Diagnostic::new(&WRONG_FORMAT, message).label(observed.demand(self.span), label);
            return out.push(diagnostic);
        };
        let Some(host) = observed.workspace.host() else {
            let message = "a fixture has no host around it, where paths could lead to something";
            let diagnostic = Diagnostic::new(&UNKNOWN_PATH, message)
                .label(observed.demand(self.span), "not known here")
                .help("`--root DIR` looks at the files of a host");
            return out.push(diagnostic);
        };
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        if document.is_refused {
            let consequence = "no path of it counts";
            return out.push(key::refused(observed, &document, self.span, consequence));
        }
        let mut needs = find(&observed.workspace.subject_path(path), &document);
        if needs.is_empty() {
            let name = observed.name(Stream::Content);
            let message = format!("{name} names no path that its consumer needs");
            let diagnostic = Diagnostic::new(&UNKNOWN_PATH, message)
                .label(observed.demand(self.span), "nothing to look at");
            return out.push(diagnostic);
        }
        // The order of those at one place is that of the finder: a folder before what is in it.
        needs.sort_by_key(|need| need.place);
        needs.dedup_by(|one, other| one.place == other.place && one.location == other.location);
        let mut problems = Problems::new(out);
        let mut missing: Vec<(Place, &str)> = Vec::new();
        for need in &needs {
            let Err(problem) = look(host, need) else {
                continue;
            };
            if let (Location::At(path), Problem::Wrong(_)) = (&need.location, &problem) {
                // A Dockerfile below a folder that is missing is not told by the same place again.
                // Needs of one place follow each other.
                let here = missing.iter().rev();
                let mut here = here.take_while(|(place, _)| *place == need.place);
                if here.any(|(_, folder)| is_at_or_below(path, folder)) {
                    continue;
                }
                missing.push((need.place, path));
            }
            let demand = observed.demand(self.span);
            let excerpt = document.source(need.place).excerpt(need.place.span);
            match problem {
                Problem::Obstacle(shown, obstacle) => {
                    let diagnostic = judge::obstacle(shown, &obstacle, demand);
                    problems.add_always(diagnostic.label(excerpt, "named here"));
                }
                Problem::Unknown(why) => {
                    let message = format!("the path of {} is not known: {why}", need.key);
                    problems.add_always(
                        Diagnostic::new(&UNKNOWN_PATH, message)
                            .label(demand, "demanded here")
                            .label(excerpt, "not looked at"),
                    );
                }
                Problem::Wrong(what) => problems.add(|| {
                    Diagnostic::new(&MISSING_PATH, what)
                        .label(demand, "every path has to be there")
                        .label(excerpt, need.consequence.clone())
                        .help_if(need.cure.map(str::to_owned))
                }),
            }
        }
        problems.finish();
    }
}

/// Why a path is not what is needed.
#[derive(Debug)]
enum Problem {
    /// It cannot be looked at.
    Obstacle(String, Obstacle),
    /// Nothing says which path it is.
    Unknown(String),
    /// It is missing, or something else; a sentence.
    Wrong(String),
}

/// Looks for what is needed.
fn look(host: &HostRoot, need: &Need) -> Result<(), Problem> {
    match &need.location {
        Location::Unknown(why) => Err(Problem::Unknown(why.clone())),
        Location::At(path) => match found(host, path, need.wanted)? {
            None => Ok(()),
            Some(Why::Missing) if is_on_every_host(path) && need.wanted.is_open() => Ok(()),
            Some(Why::Missing) if is_made_at_boot(host, path) => Err(Problem::Unknown(format!(
                "`{path}` is made when the host boots, and this one does not run"
            ))),
            Some(Why::Missing) => {
                let (shown, nearest) = (host.shown(path), nearest(host, path));
                let nearest = nearest.map_or_else(String::new, |nearest| {
                    format!("; nor is `{}`", host.shown(&nearest))
                });
                let message = format!("`{shown}` is not there{nearest}");
                Err(Problem::Wrong(message))
            }
            Some(Why::Other(what)) => {
                let (shown, wanted) = (host.shown(path), need.wanted.name());
                Err(Problem::Wrong(format!(
                    "`{shown}` is {what}, where {wanted} is needed"
                )))
            }
        },
        Location::In(folders, name) => {
            let mut other = None;
            for folder in folders {
                let path = format!("{}/{name}", folder.trim_end_matches('/'));
                match found(host, &path, need.wanted)? {
                    None => return Ok(()),
                    Some(Why::Missing) => {}
                    Some(Why::Other(what)) => other = other.or(Some((path, what))),
                }
            }
            let list = folders.join(":");
            let but = other.map_or_else(String::new, |(path, what)| {
                format!(" (`{}` is {what})", host.shown(&path))
            });
            let shown = host.shown("/");
            let on = if shown == "/" {
                String::new()
            } else {
                format!(" of `{}`", shown.trim_end_matches('/'))
            };
            let message =
                format!("there is no program `{name}` in any of the folders {list}{on}{but}");
            Err(Problem::Wrong(message))
        }
    }
}

/// Why what is at a path is not what is wanted.
enum Why {
    Missing,
    /// What is there instead.
    Other(String),
}

fn found(host: &HostRoot, path: &str, wanted: Wanted) -> Result<Option<Why>, Problem> {
    let entry = match host.entry(path) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Ok(Some(Why::Missing)),
        Err(Obstacle::Special(_) | Obstacle::Null) if wanted == Wanted::Anything => {
            return Ok(None);
        }
        Err(Obstacle::Special(what)) => return Ok(Some(Why::Other(what.to_owned()))),
        // An empty file for whoever reads it.
        Err(Obstacle::Null) if wanted == Wanted::File => return Ok(None),
        Err(Obstacle::Null) => return Ok(Some(Why::Other("a link to `/dev/null`".to_owned()))),
        Err(obstacle) => return Err(Problem::Obstacle(host.shown(path), obstacle)),
    };
    Ok(mismatch(&entry, wanted).map(Why::Other))
}

/// What an entry is, if it is not what is wanted.
fn mismatch(entry: &Entry, wanted: Wanted) -> Option<String> {
    match (wanted, entry.kind) {
        (Wanted::Anything, _)
        | (Wanted::File, EntryKind::File)
        | (Wanted::Folder, EntryKind::Dir) => None,
        (Wanted::Program, EntryKind::File) => (entry.mode & EXECUTABLE == 0)
            .then(|| format!("a file that nobody may execute (mode {:04o})", entry.mode)),
        (Wanted::Folder, EntryKind::File) => Some("a file".to_owned()),
        (Wanted::Program | Wanted::File, EntryKind::Dir) => Some("a folder".to_owned()),
    }
}

/// The first folder on the way to a path that is not there, if there is one: a wrong folder is
/// another mistake than a file that was not copied.
fn nearest(host: &HostRoot, path: &str) -> Option<String> {
    let parent = parent(path);
    let mut folder = parent;
    while folder != "/" && matches!(host.entry(folder), Ok(None)) {
        folder = self::parent(folder);
    }
    let (_, rest) = parent.split_at(folder.trim_end_matches('/').len());
    let missing = rest.trim_start_matches('/').split('/').next()?;
    let separator = if folder == "/" { "" } else { "/" };
    (!missing.is_empty() && folder != parent).then(|| format!("{folder}{separator}{missing}"))
}

/// Devices that every host has once it runs.
fn is_on_every_host(path: &str) -> bool {
    let device = path.strip_prefix("/dev/").unwrap_or_default();
    matches!(device, "null" | "zero" | "full" | "random" | "urandom")
}

fn is_made_at_boot(host: &HostRoot, path: &str) -> bool {
    host.shown("/") != "/" && VOLATILE.iter().any(|folder| is_at_or_below(path, folder))
}

/// The folder that a path stands in.
fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        None | Some(("", _)) => "/",
        Some((parent, _)) => parent,
    }
}

/// A path as it is seen from a folder, without `.`, `..` and doubled slashes.
fn join(folder: &str, path: &str) -> String {
    let folder = if path.starts_with('/') { "" } else { folder };
    let mut parts = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
