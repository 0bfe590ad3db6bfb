//! Judges one check: opens its subject, asks its expectations, and turns what they say into
//! diagnostics. Pure but for reading the workspace.

use std::fmt::Display;

use crate::check::{Check, Observed, Seen, Stream};
use crate::command::{CommandOutput, Exit};
use crate::diagnostic::{Diagnostic, Effect, Label, Rule};
use crate::glob::Glob;
use crate::path::WorkspacePath;
use crate::reading::Text;
use crate::source::{Excerpt, Masked, Source, Span};
use crate::text::{plural, suggest};
use crate::workspace::{Entry, EntryKind, Obstacle, Workspace};

/// The rules that opening a subject can break.
pub static RULES: &[&Rule] = &[
    &MISSING,
    &WRONG_KIND,
    &NO_GLOB_MATCH,
    &SYMBOLIC_LINK,
    &NOT_A_FILE,
    &UNREADABLE,
    &OUTPUT_TRUNCATED,
    &COMMAND_KILLED,
    &COMMAND_NOT_FOUND,
    &MASKED,
];

static MISSING: Rule = Rule {
    code: "CT101",
    name: "missing-file",
    effect: Effect::Fails,
    explain: "Nothing is at the path. A file that is not there never passes a check, not even one \
that it must not contain something; only `exists = false` wants nothing to be there.",
};

static WRONG_KIND: Rule = Rule {
    code: "CT113",
    name: "wrong-kind",
    effect: Effect::Fails,
    explain: "There is a folder where the check names a `file`, or a file where it names a `dir`.",
};

static NO_GLOB_MATCH: Rule = Rule {
    code: "CT114",
    name: "glob-without-match",
    effect: Effect::Fails,
    explain: "The glob matches no file, so there is nothing that could pass. `*` stays within one \
component of a path, `**/` crosses them; names that begin with a dot match like any other.",
};

static SYMBOLIC_LINK: Rule = Rule {
    code: "CT151",
    name: "symbolic-link",
    effect: Effect::Errors,
    explain: "The path is a symbolic link, or leads through one. Links are never followed: they \
could lead out of the workspace.",
};

static NOT_A_FILE: Rule = Rule {
    code: "CT152",
    name: "not-a-regular-file",
    effect: Effect::Errors,
    explain: "A FIFO, a socket or a device is at the path. It is not opened for reading, since that \
could wait forever.",
};

static UNREADABLE: Rule = Rule {
    code: "CT153",
    name: "unreadable",
    effect: Effect::Errors,
    explain: "The file or folder is there but cannot be read, so there is no verdict: the system \
refuses, or it is larger than checks read.",
};

static OUTPUT_TRUNCATED: Rule = Rule {
    code: "CT154",
    name: "output-truncated",
    effect: Effect::Errors,
    explain: "The command printed more than is kept, and what was kept does not decide the check. \
Let the command print less, for example through `tail`.",
};

static COMMAND_KILLED: Rule = Rule {
    code: "CT155",
    name: "command-killed",
    effect: Effect::Errors,
    explain: "A signal ended the command, and the check does not say which exit status it expects, \
so what it printed until then decides nothing. If that is what should happen, demand it: `exit = 137`.",
};

static COMMAND_NOT_FOUND: Rule = Rule {
    code: "CT156",
    name: "command-not-found",
    effect: Effect::Errors,
    explain: "The shell did not find the program (status 127) or could not run it (126), and the \
check does not expect that. Commands see a fixed PATH; `[commands] path` in `clawtest.toml` adds folders.",
};

static MASKED: Rule = Rule {
    code: "CT119",
    name: "linked-to-null",
    effect: Effect::Fails,
    explain: "On the host the file is a symbolic link to `/dev/null`. For systemd that unit or drop-in \
is masked: nothing of it is in effect, and a unit cannot be started. Any other program reads an empty \
file. `systemctl unmask` removes such a link.",
};

/// What a check looks at, as the harness names it.
#[derive(Debug)]
pub enum Subject {
    /// One file.
    File(WorkspacePath, Span),
    /// One folder.
    Dir(WorkspacePath, Span),
    /// All files that a glob matches.
    Glob(Glob, Span),
    /// A command: the text as the harness has it.
    Command(Text),
}

impl Subject {
    /// Where the harness names it.
    pub fn span(&self) -> Span {
        match self {
            Self::File(_, span) | Self::Dir(_, span) | Self::Glob(_, span) => *span,
            Self::Command(text) => text.span,
        }
    }
}

/// Most files of one glob whose failures are shown.
const MAX_FILES_SHOWN: usize = 20;

/// Judges a check on a file, a folder or a glob. An empty answer means that it passed.
pub fn judge_path(
    harness: Source<'_>,
    workspace: &Workspace,
    subject: &Subject,
    expectations: &[Box<dyn Check>],
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    match subject {
        Subject::File(path, span) => {
            judge_entry(
                harness,
                workspace,
                (path, *span),
                EntryKind::File,
                expectations,
                &mut out,
            );
        }
        Subject::Dir(path, span) => {
            judge_entry(
                harness,
                workspace,
                (path, *span),
                EntryKind::Dir,
                expectations,
                &mut out,
            );
        }
        Subject::Glob(glob, span) => {
            judge_glob(harness, workspace, (glob, *span), expectations, &mut out);
        }
        Subject::Command(_) => {}
    }
    out
}

fn judge_glob(
    harness: Source<'_>,
    workspace: &Workspace,
    (glob, span): (&Glob, Span),
    expectations: &[Box<dyn Check>],
    out: &mut Vec<Diagnostic>,
) {
    let files = match workspace.files_below(&WorkspacePath::root()) {
        Ok(files) => files,
        Err(error) => {
            return out.push(obstacle(
                WorkspacePath::root(),
                &error,
                harness.excerpt(span),
            ));
        }
    };
    let matched: Vec<&WorkspacePath> = files
        .iter()
        .filter(|path| glob.is_match(path.as_str()))
        .collect();
    if matched.is_empty() {
        // Only `exists = false` is content with nothing.
        let nothing = WorkspacePath::root();
        let absent = Observed::new(harness, workspace, Seen::Nothing(&nothing));
        let mut complaints = Vec::new();
        for expectation in expectations.iter().filter(|check| check.judges_absence()) {
            expectation.evaluate(&absent, &mut complaints);
        }
        if complaints.is_empty() && expectations.iter().all(|check| check.judges_absence()) {
            return;
        }
        let message = format!("no file matches the glob `{}`", glob.as_str());
        let files: Vec<&str> = files.iter().map(WorkspacePath::as_str).take(5).collect();
        let known = if files.is_empty() {
            "no files".to_owned()
        } else {
            format!("`{}`", files.join("`, `"))
        };
        let diagnostic = Diagnostic::new(&NO_GLOB_MATCH, message)
            .label(harness.excerpt(span), "matches nothing")
            .help(format!("the workspace holds {known}"));
        return out.push(diagnostic);
    }
    let (mut failing, mut left_out) = (0, 0);
    for path in matched {
        let mut complaints = Vec::new();
        judge_entry(
            harness,
            workspace,
            (path, span),
            EntryKind::File,
            expectations,
            &mut complaints,
        );
        let is_bad = |complaint: &Diagnostic| complaint.rule.effect != Effect::Note;
        failing += usize::from(complaints.iter().any(is_bad));
        let errs = |complaint: &Diagnostic| complaint.rule.effect == Effect::Errors;
        // What has no verdict decides the outcome, so that it is never left out.
        if failing <= MAX_FILES_SHOWN || complaints.iter().any(errs) {
            out.append(&mut complaints);
        } else {
            left_out += usize::from(complaints.iter().any(is_bad));
        }
    }
    if left_out > 0
        && let Some(last) = out.last_mut()
    {
        last.help.push(format!(
            "{} fail in the same way",
            plural(left_out, "more file")
        ));
    }
}

fn judge_entry(
    harness: Source<'_>,
    workspace: &Workspace,
    (path, span): (&WorkspacePath, Span),
    expected: EntryKind,
    expectations: &[Box<dyn Check>],
    out: &mut Vec<Diagnostic>,
) {
    let seen = match workspace.entry(path) {
        Ok(None) => Seen::Nothing(path),
        Ok(Some(entry)) if entry.kind == EntryKind::Dir => Seen::Dir(path),
        Ok(Some(_)) => Seen::File(path),
        Err(error) => {
            let shown = workspace.shown(path);
            return out.push(obstacle(shown, &error, harness.excerpt(span)));
        }
    };
    let observed = Observed::new(harness, workspace, seen);
    let is_expected = match observed.seen {
        Seen::File(_) => expected == EntryKind::File,
        Seen::Dir(_) => expected == EntryKind::Dir,
        Seen::Nothing(_) | Seen::Command(_) => false,
    };
    if is_expected {
        let before = out.len();
        for expectation in expectations {
            expectation.evaluate(&observed, out);
        }
        show_origin(workspace, path, &mut out[before..]);
        return;
    }
    let mut is_judged = false;
    for expectation in expectations.iter().filter(|check| check.judges_absence()) {
        expectation.evaluate(&observed, out);
        is_judged = true;
    }
    // `exists` has said all there is to say, unless the other expectations want a file.
    let wants_more = expectations.iter().any(|check| !check.judges_absence());
    let is_nothing = matches!(observed.seen, Seen::Nothing(_));
    if is_nothing && out.is_empty() && (wants_more || !is_judged) {
        out.push(missing(&observed, path, span));
    } else if !is_nothing && out.is_empty() {
        let (found, wanted) = match expected {
            EntryKind::File => ("a folder", "a file"),
            EntryKind::Dir => ("a file", "a folder"),
        };
        let diagnostic = Diagnostic::new(
            &WRONG_KIND,
            format!("`{}` is {found}, expected {wanted}", workspace.shown(path)),
        )
        .label(observed.demand(span), format!("expected {wanted}"))
        .found(wanted, found);
        out.push(diagnostic);
    }
}

/// Where a file was taken from a document, each diagnostic about it shows a place there: one that has
/// no line to point at shows where the file begins.
fn show_origin(workspace: &Workspace, path: &WorkspacePath, diagnostics: &mut [Diagnostic]) {
    if diagnostics.is_empty() {
        return;
    }
    if !workspace.is_taken(path) {
        return;
    }
    let Ok(content) = workspace.read(path) else {
        return;
    };
    let Some(origin) = workspace.origin(path, &content) else {
        return;
    };
    let masked = Masked::default();
    let source = workspace.source(path, &content).keeping(&masked);
    for diagnostic in diagnostics {
        let mut labels = diagnostic.labels.iter();
        if !labels.any(|label| label.excerpt.path == origin.document()) {
            let message = format!("`{path}` is taken from here");
            diagnostic.labels.push(Label {
                excerpt: source.excerpt(source.line_span(1)),
                message,
            });
        }
    }
}

/// Judges a check on a command that has ended. An empty answer means that it passed.
pub fn judge_command(
    harness: Source<'_>,
    workspace: &Workspace,
    command: &Text,
    output: &CommandOutput,
    expectations: &[Box<dyn Check>],
    expects_exit: bool,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let no_verdict = match output.exit {
        _ if expects_exit => None,
        Exit::Signal(_) => Some((
            &COMMAND_KILLED,
            "the command was ended before it could finish",
        )),
        Exit::Code(127) => Some((&COMMAND_NOT_FOUND, "the shell did not find the program")),
        Exit::Code(126) => Some((&COMMAND_NOT_FOUND, "the shell could not run the program")),
        Exit::Code(_) => None,
    };
    if let Some((rule, what)) = no_verdict {
        let diagnostic = Diagnostic::new(rule, format!("{what}: exit status {}", output.exit))
            .label(harness.excerpt(command.span), "this command");
        out.push(diagnostic);
        return out;
    }
    let observed = Observed::new(harness, workspace, Seen::Command(output));
    for expectation in expectations {
        expectation.evaluate(&observed, &mut out);
    }
    out
}

/// Nothing is at a path.
pub(crate) fn missing(observed: &Observed<'_>, path: &WorkspacePath, span: Span) -> Diagnostic {
    let workspace = observed.workspace;
    let label = "no such file or folder";
    if let Some(deployed) = workspace.deployed(path)
        && workspace.host().is_some()
    {
        let shown = workspace.shown(path);
        let link = workspace.way(path).ok().flatten().and_then(|way| way.link);
        let leads = link.map(|target| format!("it is a symbolic link to `{target}`"));
        return Diagnostic::new(&MISSING, format!("there is no `{shown}`"))
            .label(observed.demand(span), label)
            .found(format!("`{shown}`"), "nothing")
            .help(format!(
                "the fixture `{path}` says `deployed = \"{deployed}\"`"
            ))
            .help_if(leads.map(|leads| format!("{leads}, and nothing is there")));
    }
    let known = workspace.known_files();
    let meant = suggest(path.as_str(), known).map(|meant| format!("did you mean `{meant}`?"));
    Diagnostic::new(&MISSING, format!("there is no `{path}` in the workspace"))
        .label(observed.demand(span), label)
        .found(format!("`{path}`"), "nothing")
        .help_if(meant)
}

/// Something is at a path that cannot be looked at. The path is as reports show it.
pub(crate) fn obstacle(path: impl Display, obstacle: &Obstacle, demand: Excerpt) -> Diagnostic {
    let rule = match obstacle {
        Obstacle::Link(_) => &SYMBOLIC_LINK,
        Obstacle::Special(_) => &NOT_A_FILE,
        Obstacle::Unreadable(_) | Obstacle::TooLarge(_) => &UNREADABLE,
        Obstacle::Null => &MASKED,
    };
    let path = path.to_string();
    let message = if path == "." {
        format!("cannot search the workspace: {obstacle}")
    } else {
        format!("cannot check `{path}`: {obstacle}")
    };
    Diagnostic::new(rule, message).label(demand, "")
}

/// A command printed more than was kept.
pub(crate) fn truncated(observed: &Observed<'_>, stream: Stream, span: Span) -> Diagnostic {
    let name = observed.name(stream);
    let message = format!("{name} is longer than what is kept of it, so this cannot be judged");
    Diagnostic::new(&OUTPUT_TRUNCATED, message)
        .label(
            observed.demand(span),
            "not decided by the part that was kept",
        )
        .help("let the command print less, for example `… | tail -n 100`")
}

/// Size, mode and time of the subject; pushes the reason where they cannot be had.
pub(crate) fn entry(
    observed: &Observed<'_>,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Entry> {
    let path = observed.path()?;
    match observed.workspace.entry(path) {
        Ok(Some(entry)) => Some(entry),
        Ok(None) => {
            out.push(missing(observed, path, span));
            None
        }
        Err(error) => {
            let shown = observed.workspace.shown(path);
            out.push(obstacle(shown, &error, observed.demand(span)));
            None
        }
    }
}
