//! Judges what a helper was called with: a function of the arguments and the files. Nothing is run
//! here, and nothing is written.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clawtest_framework::bre::{self, Reading};
use clawtest_framework::check::{
    Check, Exists, MaxLines, MaxSize, NewerThan, NoSecrets, with_nearest,
};
use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::judge::{self, Subject};
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::secret::policy::{Policy, Searched};
use clawtest_framework::source::{Source, Span};
use clawtest_framework::text::shorten;
use clawtest_framework::workspace::Workspace;

use super::protocol::Request;
use super::rules::{
    BAD_ARGUMENTS, BAD_EXPRESSION, DANGLING, READ_AS, STATUS_DIFFERS, TEXT_MISSING, TEXT_PRESENT,
    UNREADABLE,
};
use crate::outcome::Output;

mod command;
mod size;

/// Longest text that a message quotes.
const QUOTED: usize = 80;

/// What verdicts depend on besides the request.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    /// The workspace, without links in its path.
    pub(super) workspace: PathBuf,
    /// Where outputs of commands are.
    pub(super) talk: PathBuf,
    /// What checks for secrets go by.
    pub(super) policy: Arc<Policy>,
    /// How texts are looked for.
    pub(super) reading: Reading,
}

/// What came of an assertion.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Its message; empty if it has none.
    pub(super) message: String,
    /// What is wrong, and notes.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What its command printed.
    pub(super) output: Option<Box<Output>>,
    /// The command, if it has one.
    pub(super) command: Option<String>,
    /// How much was looked at for secrets.
    pub(super) searched: Option<Box<Searched>>,
}

/// Judges an assertion. `source` is the script and `demand` the place of the call in it.
pub(super) fn judge(
    request: &Request,
    ground: &Ground,
    source: Source<'_>,
    demand: Span,
) -> Verdict {
    let call = Call {
        request,
        ground,
        source,
        demand,
    };
    match &*request.kind {
        "assert_exit_code" => call.exit_code(),
        "assert_output_contains" | "assert_output_matches" => call.output(),
        "assert_status" => call.status(),
        "usage" => call.usage(),
        _ => call.file(),
    }
}

struct Call<'a> {
    request: &'a Request,
    ground: &'a Ground,
    source: Source<'a>,
    demand: Span,
}

/// A file as a workspace and a path in it.
struct Place {
    workspace: Workspace,
    path: WorkspacePath,
    /// Whether the workspace is the whole file system, so that names lack their `/`.
    is_outside: bool,
}

impl Call<'_> {
    fn diagnostic(
        &self,
        rule: &'static clawtest_framework::diagnostic::Rule,
        message: String,
        label: &str,
    ) -> Diagnostic {
        Diagnostic::new(rule, message).label(self.source.excerpt(self.demand), label)
    }

    fn bad(&self, why: &str) -> Diagnostic {
        let message = format!("`{}` {why}", self.helper());
        let help = match self.helper() {
            "assert_exit_code" => {
                "the order is `assert_exit_code STATUS COMMAND… MESSAGE`, or `COMMAND STATUS MESSAGE`"
            }
            "assert_output_contains" | "assert_output_matches" => {
                "the order is `TEXT COMMAND… MESSAGE`, or `COMMAND TEXT MESSAGE`"
            }
            "assert_file_contains" | "assert_file_not_contains" => {
                "the order is `FILE TEXT MESSAGE`"
            }
            "assert_line_count_under" | "assert_file_size_under" => {
                "the order is `FILE NUMBER MESSAGE`"
            }
            "assert_file_modified_after" => "the order is `FILE REFERENCE MESSAGE`",
            _ => "the order is `PATH MESSAGE`",
        };
        self.diagnostic(&BAD_ARGUMENTS, message, "this call")
            .help(help)
    }

    fn helper(&self) -> &str {
        let helper = &self.request.kind;
        if helper == "usage" {
            self.request
                .arguments
                .first()
                .and_then(|name| str::from_utf8(name).ok())
                .unwrap_or_default()
        } else {
            helper
        }
    }

    fn usage(&self) -> Verdict {
        let arguments: Vec<String> = (1..self.request.arguments.len())
            .map(|at| self.request.text(at))
            .collect();
        let why = format!("cannot do anything with its {} arguments", arguments.len());
        Verdict {
            message: arguments.last().cloned().unwrap_or_default(),
            diagnostics: vec![self.bad(&why)],
            ..Verdict::default()
        }
    }

    /// Two statuses that have to be the same.
    fn status(&self) -> Verdict {
        let (first, second) = (self.request.text(0), self.request.text(1));
        let is_same = first.parse::<u16>().ok() == second.parse().ok();
        let mut diagnostics = Vec::new();
        if !is_same {
            let message = format!("the exit statuses {first} and {second} are not the same");
            diagnostics.push(self.diagnostic(&STATUS_DIFFERS, message, "expected the same"));
        }
        let note = format!(
            "`{first}` and `{second}` were taken for two exit statuses that have to be the same"
        );
        diagnostics.push(Diagnostic::new(&READ_AS, note));
        Verdict {
            message: self.request.text(2),
            diagnostics,
            ..Verdict::default()
        }
    }

    fn file(&self) -> Verdict {
        let takes = if matches!(
            &*self.request.kind,
            "assert_file_exists"
                | "assert_file_not_exists"
                | "assert_dir_exists"
                | "assert_no_secrets"
        ) {
            1
        } else {
            2
        };
        let message: Vec<String> = (takes..self.request.arguments.len())
            .map(|at| self.request.text(at))
            .collect();
        let mut verdict = Verdict {
            message: message.join(" "),
            ..Verdict::default()
        };
        if self.request.arguments.len() < takes {
            verdict.diagnostics.push(self.bad("lacks an argument"));
            return verdict;
        }
        let path = self.request.text(0);
        if path.is_empty() {
            verdict
                .diagnostics
                .push(self.bad("got an empty path; is a variable not set?"));
            return verdict;
        }
        if let Err(diagnostic) = self.judge_file(&path, &mut verdict) {
            verdict.diagnostics.push(*diagnostic);
        }
        verdict
    }

    fn judge_file(&self, path: &str, verdict: &mut Verdict) -> Result<(), Box<Diagnostic>> {
        let span = self.demand;
        let second = self.request.text(1);
        let is_there: fn(bool, Span) -> Box<dyn Check> =
            |expected, span| Box::new(Exists { expected, span });
        match &*self.request.kind {
            "assert_file_exists" => self.ask(path, false, is_there(true, span), verdict)?,
            "assert_dir_exists" => self.ask(path, true, is_there(true, span), verdict)?,
            "assert_file_not_exists" => self.ask(path, false, is_there(false, span), verdict)?,
            "assert_file_contains" => self.contains(path, true, verdict)?,
            "assert_file_not_contains" => self.contains(path, false, verdict)?,
            "assert_line_count_under" => {
                let max = second.trim().parse().map_err(|_| {
                    self.bad(&format!(
                        "needs a number of lines, found `{}`",
                        shorten(&second, QUOTED)
                    ))
                })?;
                self.ask(path, false, Box::new(MaxLines { max, span }), verdict)?;
            }
            "assert_file_size_under" => {
                let limit = size::limit(&second, &verdict.message).ok_or_else(|| {
                    self.bad(&format!(
                        "needs a size, found `{}`",
                        shorten(&second, QUOTED)
                    ))
                })?;
                self.ask(
                    path,
                    false,
                    Box::new(MaxSize {
                        max: limit.bytes,
                        span,
                    }),
                    verdict,
                )?;
                if let Some(note) = limit.note {
                    verdict.diagnostics.push(Diagnostic::new(&READ_AS, note));
                }
            }
            "assert_file_modified_after" => self.newer(path, &second, verdict)?,
            "assert_no_secrets" => {
                let is_dir = Path::new(&self.request.cwd).join(path).is_dir();
                self.ask(path, is_dir, Box::new(NoSecrets { span }), verdict)?;
            }
            other => return Err(Box::new(self.bad(&format!("is not known: {other}")))),
        }
        Ok(())
    }

    /// Where a path of the script leads. Links are followed, as the script's own commands do.
    fn real(&self, path: &str) -> PathBuf {
        let whole = Path::new(&self.request.cwd).join(path);
        if let Ok(real) = whole.canonicalize() {
            return real;
        }
        match (whole.parent(), whole.file_name()) {
            (Some(folder), Some(name)) => match folder.canonicalize() {
                Ok(folder) => folder.join(name),
                Err(_) => whole,
            },
            _ => whole,
        }
    }

    fn place(&self, real: &Path, wants_inside: bool) -> Result<Place, Box<Diagnostic>> {
        let root = &self.ground.workspace;
        let inside = real.strip_prefix(root).ok().filter(|_| wants_inside);
        let (folder, relative) = match inside {
            Some(relative) => (root.as_path(), relative),
            None => (Path::new("/"), real.strip_prefix("/").unwrap_or(real)),
        };
        let text = relative
            .to_str()
            .ok_or_else(|| self.bad("got a path that is not UTF-8"))?;
        let path = if text.is_empty() {
            WorkspacePath::root()
        } else {
            WorkspacePath::new(text).map_err(|why| self.bad(&format!("got a path that {why}")))?
        };
        let workspace = match Workspace::of_folder(folder) {
            Ok(workspace) => workspace.with_policy(Arc::clone(&self.ground.policy)),
            // Where the workspace was removed, nothing is in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Workspace::new(&[]),
            Err(error) => return Err(Box::new(self.unreadable(text, &error.to_string()))),
        };
        Ok(Place {
            workspace,
            path,
            is_outside: inside.is_none(),
        })
    }

    fn unreadable(&self, path: &str, why: &str) -> Diagnostic {
        self.diagnostic(
            &UNREADABLE,
            format!("cannot read `{path}`: {why}"),
            "this call",
        )
    }

    fn ask(
        &self,
        path: &str,
        is_dir: bool,
        check: Box<dyn Check>,
        verdict: &mut Verdict,
    ) -> Result<(), Box<Diagnostic>> {
        if let Some(diagnostic) = self.dangling(path) {
            return Err(Box::new(diagnostic));
        }
        let place = self.place(&self.real(path), true)?;
        self.ask_at(&place, is_dir, check, verdict);
        self.swapped(verdict);
        Ok(())
    }

    fn ask_at(&self, place: &Place, is_dir: bool, check: Box<dyn Check>, verdict: &mut Verdict) {
        let subject = if is_dir {
            Subject::Dir(place.path.clone(), self.demand)
        } else {
            Subject::File(place.path.clone(), self.demand)
        };
        let mut diagnostics = judge::judge_path(self.source, &place.workspace, &subject, &[check]);
        verdict.searched = place.workspace.take_searched().map(Box::new);
        if place.is_outside {
            for diagnostic in &mut diagnostics {
                rooted(diagnostic, place.path.as_str());
            }
        }
        verdict.diagnostics.append(&mut diagnostics);
    }

    /// A link that leads to nothing is no file, and it is not nothing.
    fn dangling(&self, path: &str) -> Option<Diagnostic> {
        let whole = Path::new(&self.request.cwd).join(path);
        let leads_nowhere = whole.is_symlink()
            && whole
                .canonicalize()
                .is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        leads_nowhere.then(|| {
            let message = format!("`{path}` is a symbolic link that leads to nothing");
            self.diagnostic(&DANGLING, message, "this path")
        })
    }

    fn newer(
        &self,
        path: &str,
        reference: &str,
        verdict: &mut Verdict,
    ) -> Result<(), Box<Diagnostic>> {
        if reference.is_empty() {
            return Err(Box::new(
                self.bad("got an empty path; is a variable not set?"),
            ));
        }
        let (first, second) = (self.real(path), self.real(reference));
        let root = &self.ground.workspace;
        let is_inside = first.starts_with(root) && second.starts_with(root);
        let place = self.place(&first, is_inside)?;
        let reference = self.place(&second, is_inside)?.path;
        let outside = place.is_outside.then(|| reference.as_str().to_owned());
        let check = Box::new(NewerThan {
            reference,
            span: self.demand,
        });
        self.ask_at(&place, false, check, verdict);
        if let Some(name) = outside {
            for diagnostic in &mut verdict.diagnostics {
                rooted(diagnostic, &name);
            }
        }
        Ok(())
    }

    /// Says so where the arguments of a call that failed look swapped.
    fn swapped(&self, verdict: &mut Verdict) {
        let is_missing = |diagnostic: &Diagnostic| diagnostic.rule.code == "CT101";
        if self.request.arguments.len() < 3 || !verdict.diagnostics.iter().any(is_missing) {
            return;
        }
        let second = self.request.text(1);
        if !second.is_empty()
            && self.real(&second).is_file()
            && let Some(diagnostic) = verdict.diagnostics.last_mut()
        {
            let help = format!(
                "`{}` is a file; the file stands first",
                shorten(&second, QUOTED)
            );
            diagnostic.help.push(help);
        }
    }

    fn contains(
        &self,
        path: &str,
        wanted: bool,
        verdict: &mut Verdict,
    ) -> Result<(), Box<Diagnostic>> {
        let pattern = self.request.arguments.get(1).map_or(&[][..], Vec::as_slice);
        if pattern.is_empty() {
            return Err(Box::new(
                self.bad("got an empty text, which demands nothing"),
            ));
        }
        if let Some(diagnostic) = self.dangling(path) {
            return Err(Box::new(diagnostic));
        }
        let place = self.place(&self.real(path), true)?;
        let there = Box::new(Exists {
            expected: true,
            span: self.demand,
        });
        self.ask_at(&place, false, there, verdict);
        self.swapped(verdict);
        if !verdict.diagnostics.is_empty() {
            return Ok(());
        }
        let name = if place.is_outside {
            format!("/{}", place.path)
        } else {
            place.path.to_string()
        };
        let content = place
            .workspace
            .read(&place.path)
            .map_err(|obstacle| self.unreadable(&name, &obstacle.to_string()))?;
        self.look(
            &format!("`{name}`"),
            Source::new(&name, &content),
            pattern,
            wanted,
            verdict,
        );
        Ok(())
    }

    /// Looks for a text as grep did, or as it was meant.
    fn look(
        &self,
        called: &str,
        source: Source<'_>,
        pattern: &[u8],
        wanted: bool,
        verdict: &mut Verdict,
    ) {
        let shown = String::from_utf8_lossy(pattern);
        let judged = match bre::judge(source.bytes, pattern, self.ground.reading) {
            Ok(judged) => judged,
            Err(error) => {
                verdict
                    .diagnostics
                    .push(self.bad_expression(&shown, &error));
                return;
            }
        };
        let quoted = shorten(&shown, QUOTED);
        match (judged.found, wanted) {
            (None, true) => {
                let message = format!("{called} does not contain `{quoted}`");
                let diagnostic = self.diagnostic(&TEXT_MISSING, message, "expected this text");
                verdict
                    .diagnostics
                    .push(with_nearest(diagnostic, source, &shown));
            }
            (Some(span), false) => {
                let message = format!("{called} contains `{quoted}`");
                let diagnostic = self
                    .diagnostic(&TEXT_PRESENT, message, "must not be there")
                    .label(source.excerpt(span), "found here");
                verdict.diagnostics.push(diagnostic);
            }
            _ => {}
        }
        if let Some(note) = judged.note {
            verdict
                .diagnostics
                .push(Diagnostic::new(&READ_AS, format!("`{quoted}` was {note}")));
        }
    }

    fn bad_expression(&self, shown: &str, error: &dyn std::fmt::Display) -> Diagnostic {
        let message = format!("`{}` cannot be looked for: {error}", shorten(shown, QUOTED));
        self.diagnostic(&BAD_EXPRESSION, message, "this expression")
    }
}

/// Puts the `/` back that a path outside of the workspace begins with.
fn rooted(diagnostic: &mut Diagnostic, name: &str) {
    let (from, to) = (format!("`{name}`"), format!("`/{name}`"));
    let message = diagnostic.message.replace(&from, &to);
    diagnostic.message = message.replace(" in the workspace", "");
    for text in [&mut diagnostic.expected, &mut diagnostic.found]
        .into_iter()
        .flatten()
    {
        *text = text.replace(&from, &to);
    }
    for label in &mut diagnostic.labels {
        if label.excerpt.path == name {
            label.excerpt.path.insert(0, '/');
        }
        label.message = label.message.replace(&from, &to);
    }
    for help in &mut diagnostic.help {
        *help = help.replace(&from, &to);
    }
}
