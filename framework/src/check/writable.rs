//! `writable`: the folders that a service can write to in its sandbox.

use super::problems::Problems;
use super::read_as::ReadAs;
use super::{Check, CheckSpec, Observed, Stream, key};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::Document;
use crate::format::unit::Kind;
use crate::format::unit::sandbox::{Access, Barrier, Sandbox};
use crate::reading::{Reading, Text};
use crate::source::Span;
use crate::value::{Table, Value};

pub(super) const RULES: &[&Rule] = &[&NOT_WRITABLE, &UNKNOWN_SANDBOX];

static NOT_WRITABLE: Rule = Rule {
    code: "CT138",
    name: "not-writable",
    effect: Effect::Fails,
    explain: "The sandbox of the service does not let it write to a folder that it needs, whoever owns \
that folder. Of the settings on the way to a folder the one for the longest path holds, and of two for \
one path the stricter. `ReadWritePaths=` opens a folder below a read-only one, if it is there before the \
service starts; nothing opens one below `ProtectHome=yes` or `InaccessiblePaths=`.",
};

static UNKNOWN_SANDBOX: Rule = Rule {
    code: "CT139",
    name: "unknown-sandbox",
    effect: Effect::Errors,
    explain: "The unit does not say whether the service can write to the folder: the file is no service, \
or only a drop-in of one, the service has a root directory of its own, nobody knows the home of its user, \
or a path depends on the machine. Write absolute paths, in the unit and in the check; `Environment=HOME=…` \
says where the home is.",
};

/// Where a host says what the homes of its users are.
const PASSWD: &str = "/etc/passwd";

/// A service can write to these folders.
#[derive(Debug)]
pub struct WritablePaths {
    /// The folders, as they were written.
    paths: Vec<Text>,
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
    let paths = reading.texts(spec.key, value)?;
    let mut is_valid = true;
    for path in &paths {
        if let Some(why) = problem(&path.value) {
            reading.invalid(spec.key, path.span, why);
            is_valid = false;
        }
    }
    Some(Box::new(WritablePaths {
        paths: Some(paths).filter(|_| is_valid)?,
        span: value.span,
        read_as: read_as?,
    }))
}

/// Why a text is not a path that a service could write to.
fn problem(path: &str) -> Option<&'static str> {
    let is_home = path == "~" || path.starts_with("~/");
    if path.contains('\0') {
        Some("there is a zero byte in it")
    } else if path.split('/').any(|part| part == "..") {
        Some("expected a path without `..`")
    } else if path.starts_with('~') && !is_home {
        Some("`~` is the home of the service's user, and nothing says where that of another one is")
    } else if !path.starts_with('/') && !is_home {
        Some("expected an absolute path, or one that begins with `~/`")
    } else {
        None
    }
}

impl Check for WritablePaths {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let demand = ("writable", self.span);
        let Some(unit) = self.read_as.unit(observed, demand, out) else {
            return;
        };
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        if document.is_refused {
            let consequence = "there is no service that could write";
            return out.push(key::refused(observed, &document, self.span, consequence));
        }
        if unit.kind != Kind::Service || unit.is_fragment {
            let name = observed.name(Stream::Content);
            let why = if unit.is_fragment {
                "it is a drop-in without its unit"
            } else {
                "it is not a service"
            };
            let message = format!("{name} has no sandbox that could be judged: {why}");
            let diagnostic = Diagnostic::new(&UNKNOWN_SANDBOX, message)
                .label(observed.demand(self.span), "demanded here");
            return out.push(diagnostic);
        }
        let mut sandbox = Sandbox::of(&unit);
        if sandbox.is_open() {
            return;
        }
        // A host without the file, or without the user, has the usual home.
        let passwd = observed.workspace.host().map(|host| host.read(PASSWD));
        if let Some(Ok(Some(passwd))) = passwd {
            sandbox = sandbox.on_host(&passwd);
        }
        let mut problems = Problems::new(out);
        for path in &self.paths {
            match sandbox.resolve(&path.value) {
                Err(why) => {
                    let message = format!("nobody knows where `{}` is: {why}", path.value);
                    problems.add_always(
                        Diagnostic::new(&UNKNOWN_SANDBOX, message)
                            .label(observed.demand(path.span), "demanded here")
                            .help(
                                "write the path out here, or say `Environment=HOME=…` in the unit",
                            ),
                    );
                }
                Ok(meant) => match sandbox.access(&meant) {
                    Access::Writable => {}
                    Access::ReadOnly(barrier) | Access::Hidden(barrier) => {
                        let move_it = elsewhere(&sandbox, &path.value, &self.paths);
                        problems.add(|| {
                            not_writable(observed, &document, path, &barrier).help_if(move_it)
                        });
                    }
                    Access::Unknown(barrier) => {
                        let name = observed.name(Stream::Content);
                        let message = format!(
                            "{name} does not say whether the service can write to `{}`",
                            path.value
                        );
                        let problem = Diagnostic::new(&UNKNOWN_SANDBOX, message)
                            .label(observed.demand(path.span), "demanded here");
                        let why = format!("it {}", barrier.why);
                        problems.add_always(with_barrier(problem, &document, &barrier, why));
                    }
                },
            }
        }
        problems.finish();
    }
}

/// Another folder for a path that a variable moves, in one of those that can be written to.
fn elsewhere(sandbox: &Sandbox<'_>, path: &str, others: &[Text]) -> Option<String> {
    let (variable, folder) = Sandbox::variable(path)?;
    let mut places = others
        .iter()
        .filter_map(|other| sandbox.resolve(&other.value).ok());
    let place = places.find(|place| sandbox.access(place) == Access::Writable)?;
    let place = place.strip_suffix('/').unwrap_or(&place);
    let name = folder.rsplit(['/', '.']).next()?;
    (!place.contains(['%', ' ', '"'])).then(|| {
        format!("or move it: `Environment={variable}={place}/{name}` is in a folder that it can write to")
    })
}

fn not_writable(
    observed: &Observed<'_>,
    document: &Document,
    path: &Text,
    barrier: &Barrier,
) -> Diagnostic {
    let name = observed.name(Stream::Content);
    let by = if barrier.setting.is_empty() {
        String::new()
    } else {
        format!(" with `{}`", barrier.setting)
    };
    let message = format!(
        "the service of {name} cannot write to `{}`: it {}{by}",
        path.value, barrier.why
    );
    let problem = Diagnostic::new(&NOT_WRITABLE, message)
        .label(observed.demand(path.span), "has to be writable");
    with_barrier(problem, document, barrier, "this forbids it".to_owned())
}

/// Shows the line that decides, and what to write instead.
fn with_barrier(
    problem: Diagnostic,
    document: &Document,
    barrier: &Barrier,
    label: String,
) -> Diagnostic {
    let problem = match barrier.place {
        Some(place) => problem.label(document.source(place).excerpt(place.span), label),
        None => problem,
    };
    problem.help_if(barrier.remedy.clone())
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn a_path_is_absolute_or_in_the_home() {
        for (path, is_path) in [
            ("/srv", true),
            ("/", true),
            ("~", true),
            ("~/.cache", true),
            ("~openclaw/.cache", false),
            ("srv", false),
            ("./srv", false),
            ("%h/.cache", false),
            ("$HOME/.cache", false),
            ("/srv/../etc", false),
            ("~/..", false),
            ("/a\0b", false),
        ] {
            assert_eq!(problem(path).is_none(), is_path, "{path:?}");
        }
    }
}
