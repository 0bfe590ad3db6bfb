//! A harness that has been read and validated: what runs, and what a report needs to know.

pub mod parse;
pub mod rules;
pub mod schema;

use std::sync::Arc;
use std::time::Duration;

use clawtest_framework::check::Check;
use clawtest_framework::judge::Subject;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::reading::Text;
use clawtest_framework::source::{Position, Source, SourceText, Span};
use clawtest_framework::workspace::Fixture;

use crate::bash::script::Script;

/// A harness file, checked: everything in it can be run.
#[derive(Debug)]
pub struct Harness {
    /// `category/name`.
    pub id: String,
    /// The file's path as reports show it, relative to the working folder where possible.
    pub path: String,
    /// The file's text.
    pub source: SourceText,
    /// What it is about, in one line.
    pub title: Box<str>,
    /// The document that it belongs to.
    pub pattern: Option<Box<str>>,
    /// Words to select it by.
    pub tags: Vec<Box<str>>,
    /// Why it is not run at all.
    pub skip: Option<Box<str>>,
    /// What has to be there, else it is skipped.
    pub requires: Vec<Requirement>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// The files that its workspace starts with.
    pub fixtures: Vec<Fixture>,
    /// What is done before the first check.
    pub setup: Vec<Action>,
    /// The checks in the order of the file.
    pub checks: Vec<Case>,
    /// Whether a check looks at something that only files on disk have.
    pub needs_disk: bool,
    /// Whether a check compares times.
    pub needs_time: bool,
    /// Whether it runs commands.
    pub runs_commands: bool,
    /// The variables that it uses.
    pub variables: Vec<Box<str>>,
    /// The arguments that a command needs to find it as it is, for a shell, with a blank before
    /// each.
    pub arguments: Arc<str>,
    /// The script, if it is a harness in bash. Its checks are known only when it has run.
    pub script: Option<Arc<Script>>,
}

/// One `[[check]]`.
#[derive(Debug)]
pub struct Case {
    /// Its name, unique in the harness.
    pub name: Box<str>,
    /// Where it begins in the harness file.
    pub span: Span,
    /// What it looks at.
    pub subject: Subject,
    /// How its command is started.
    pub program: Option<Program>,
    /// Whether it says which exit status it expects.
    pub expects_exit: bool,
    /// What it demands.
    pub expectations: Vec<Box<dyn Check>>,
    /// What most checks do not have.
    pub extras: Option<Box<Extras>>,
    /// The first of its expectations that only files of a real host can meet or fail.
    pub needs_host: Option<&'static str>,
    /// Whether it was selected.
    pub is_selected: bool,
}

/// What only some checks have; apart, so that the many others stay small.
#[derive(Debug, Default)]
pub struct Extras {
    /// Why it matters.
    pub why: Option<Box<str>>,
    /// What to do when it fails.
    pub fix: Option<Box<str>>,
    /// How bad a failure is: `error`, `warning` or `info`. It does not change the verdict.
    pub severity: Option<Box<str>>,
    /// Words to select it by.
    pub tags: Vec<Box<str>>,
    /// Why it is not judged.
    pub skip: Option<Box<str>>,
    /// Why it is expected to fail.
    pub todo: Option<Box<str>>,
    /// What has to be there, else it is skipped.
    pub requires: Vec<Requirement>,
    /// What is done before it.
    pub before: Vec<Action>,
    /// How long its command may take.
    pub timeout: Option<Duration>,
}

impl Case {
    fn extra<'a, T: ?Sized>(
        &'a self,
        of: impl FnOnce(&'a Extras) -> Option<&'a T>,
    ) -> Option<&'a T> {
        self.extras.as_deref().and_then(of)
    }

    /// Why it matters.
    pub fn why(&self) -> Option<&str> {
        self.extra(|extras| extras.why.as_deref())
    }

    /// What to do when it fails.
    pub fn fix(&self) -> Option<&str> {
        self.extra(|extras| extras.fix.as_deref())
    }

    /// How bad a failure is.
    pub fn severity(&self) -> Option<&str> {
        self.extra(|extras| extras.severity.as_deref())
    }

    /// Words to select it by.
    pub fn tags(&self) -> &[Box<str>] {
        self.extra(|extras| Some(extras.tags.as_slice()))
            .unwrap_or_default()
    }

    /// Why it is not judged.
    pub fn skip(&self) -> Option<&str> {
        self.extra(|extras| extras.skip.as_deref())
    }

    /// Why it is expected to fail.
    pub fn todo(&self) -> Option<&str> {
        self.extra(|extras| extras.todo.as_deref())
    }

    /// What has to be there, else it is skipped.
    pub fn requires(&self) -> &[Requirement] {
        self.extra(|extras| Some(extras.requires.as_slice()))
            .unwrap_or_default()
    }

    /// What is done before it.
    pub fn before(&self) -> &[Action] {
        self.extra(|extras| Some(extras.before.as_slice()))
            .unwrap_or_default()
    }

    /// How long its command may take.
    pub fn timeout(&self) -> Option<Duration> {
        self.extras.as_ref().and_then(|extras| extras.timeout)
    }
}

/// How a command is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// By `sh -c`.
    Shell(Box<str>),
    /// Directly: the program and its arguments.
    Argv(Vec<Box<str>>),
}

/// Something that has to be there for a harness or check to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// A program on the PATH that commands see.
    Program(Box<str>),
    /// A gateway that answers on the loopback interface.
    Gateway,
}

/// Something that is done in the workspace.
#[derive(Debug)]
pub struct Action {
    /// What it is.
    pub kind: ActionKind,
    /// Where it stands in the harness.
    pub span: Span,
}

/// The kinds of actions.
#[derive(Debug)]
pub enum ActionKind {
    /// Writes a file, replacing one that is there.
    Write {
        /// The file.
        path: WorkspacePath,
        /// Its content.
        content: Arc<[u8]>,
        /// Its permission bits.
        mode: Option<u32>,
    },
    /// Adds to the end of a file; makes it if it is not there.
    Append {
        /// The file.
        path: WorkspacePath,
        /// What is added.
        content: Arc<[u8]>,
    },
    /// Replaces every occurrence of a text in a file; there has to be one.
    Replace {
        /// The file.
        path: WorkspacePath,
        /// The text to look for.
        old: Text,
        /// What stands there afterwards.
        new: Box<str>,
    },
    /// Removes a file or a folder; it has to be there.
    Remove {
        /// What is removed.
        path: WorkspacePath,
    },
    /// Runs a command; it has to exit with 0.
    Run {
        /// The command.
        program: Program,
        /// The command as the harness has it.
        text: Text,
        /// How long it may take.
        timeout: Option<Duration>,
    },
}

impl Action {
    /// The file that it changes; `None` for a command, which could change any.
    pub fn path(&self) -> Option<&WorkspacePath> {
        match &self.kind {
            ActionKind::Write { path, .. }
            | ActionKind::Append { path, .. }
            | ActionKind::Replace { path, .. }
            | ActionKind::Remove { path } => Some(path),
            ActionKind::Run { .. } => None,
        }
    }

    /// Whether it runs a command.
    pub fn is_command(&self) -> bool {
        matches!(self.kind, ActionKind::Run { .. })
    }
}

impl Harness {
    /// A harness in bash.
    pub fn of_script(id: &str, path: &str, script: Script) -> Self {
        Self {
            id: id.to_owned(),
            path: path.to_owned(),
            source: String::from_utf8_lossy(&script.text).into(),
            title: id.into(),
            pattern: None,
            tags: Vec::new(),
            skip: None,
            requires: Vec::new(),
            timeout: None,
            fixtures: Vec::new(),
            setup: Vec::new(),
            checks: Vec::new(),
            needs_disk: true,
            needs_time: false,
            runs_commands: true,
            variables: Vec::new(),
            arguments: "".into(),
            script: Some(Arc::new(script)),
        }
    }

    /// A harness in bash with the checks that its script has made.
    #[must_use]
    pub fn with_checks(&self, checks: Vec<Case>) -> Self {
        Self {
            id: self.id.clone(),
            path: self.path.clone(),
            source: self.source.clone(),
            title: self.title.clone(),
            pattern: self.pattern.clone(),
            tags: self.tags.clone(),
            skip: self.skip.clone(),
            requires: self.requires.clone(),
            timeout: self.timeout,
            fixtures: Vec::new(),
            setup: Vec::new(),
            checks,
            needs_disk: self.needs_disk,
            needs_time: self.needs_time,
            runs_commands: self.runs_commands,
            variables: self.variables.clone(),
            arguments: Arc::clone(&self.arguments),
            script: self.script.clone(),
        }
    }

    /// The text with its name, for labels.
    pub fn source(&self) -> Source<'_> {
        self.source.source(&self.path)
    }

    /// The category: what stands before the `/` of the id.
    pub fn category(&self) -> &str {
        self.id.split_once('/').map_or("", |(category, _)| category)
    }

    /// The name: what stands behind the `/` of the id.
    pub fn name(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(_, name)| name)
    }

    /// Where a check begins in the harness file.
    pub fn position(&self, check: &Case) -> Position {
        self.source().position(check.span.start)
    }

    /// How many checks there are to run; for a script, how many assertions stand in it.
    pub fn expected_checks(&self) -> usize {
        match &self.script {
            Some(script) => script.calls.len(),
            None => self.selected_checks().count(),
        }
    }

    /// The checks that are to be run, with their place in [`Harness::checks`].
    pub fn selected_checks(&self) -> impl Iterator<Item = (usize, &Case)> {
        self.checks
            .iter()
            .enumerate()
            .filter(|(_, check)| check.is_selected)
    }

    /// Whether its workspace has to be on disk.
    pub fn touches_disk(&self) -> bool {
        self.needs_disk || self.runs_commands
    }
}
