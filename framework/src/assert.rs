//! The helpers of the bash framework as Rust functions for `#[test]`. The message comes last, as it
//! did in bash; a failure panics with the text that a report would show. This is the only part of
//! the crate that runs commands, prints, or asks the environment.
//!
//! ```
//! use clawtest_framework::assert::{assert_file_contains, assert_no_secrets, setup_test_workspace};
//!
//! let workspace = setup_test_workspace();
//! let unit = workspace.write("openclaw-gateway.service", "[Service]\nRestart=always\n");
//! assert_file_contains(&unit, "Restart=always", "Auto-restart configured");
//! assert_no_secrets(&unit, "Service file has no secrets");
//! ```

mod gateway;
mod shell;

use std::cell::Cell;
use std::ffi::OsStr;
use std::fmt;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::check::{
    Check, Contains, Exists, ExitCode, Matches, MaxLines, MaxSize, NewerThan, NoSecrets,
    NotContains, Stream,
};
use crate::command::CommandOutput;
use crate::diagnostic::{Diagnostic, Effect};
use crate::glob::Glob;
use crate::judge::{self, Subject};
use crate::path::WorkspacePath;
use crate::reading::Text;
use crate::render::render;
use crate::secret::allow::{Allowance, Day};
use crate::secret::policy::Policy;
use crate::source::{Source, Span, printable};
use crate::workspace::{MEMORY_DIR, Workspace};
use crate::{check, secret, size};

/// How long a command of an assertion may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

thread_local! {
    static RESULTS: Cell<Results> = const { Cell::new(Results { passed: 0, failed: 0, skipped: 0 }) };
}

/// What the assertions of this thread came to so far; a test has a thread of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Assertions that passed.
    pub passed: usize,
    /// Assertions that failed.
    pub failed: usize,
    /// Prerequisites that were missing.
    pub skipped: usize,
}

/// A prerequisite that is missing, and why that is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip(String);

impl Skip {
    /// Why the test cannot be run here.
    pub fn reason(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[SKIP] {}", self.0)
    }
}

/// A fresh folder for one test, with the folder `memory` in it, removed when dropped.
#[derive(Debug)]
pub struct TestWorkspace {
    dir: tempfile::TempDir,
}

impl TestWorkspace {
    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, and the folders that it needs, and gives back its path.
    ///
    /// # Panics
    ///
    /// If the name leaves the workspace, or the file cannot be written.
    #[track_caller]
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let relative =
            WorkspacePath::new(name).unwrap_or_else(|why| panic!("the path `{name}` {why}"));
        let mut view = Workspace::of_folder(self.path())
            .unwrap_or_else(|error| panic!("the workspace: {error}"));
        let written = view.write(&relative, content.as_bytes().into(), None);
        written.unwrap_or_else(|why| panic!("cannot write `{name}`: it {why}"));
        self.path().join(relative.as_path())
    }
}

impl AsRef<Path> for TestWorkspace {
    fn as_ref(&self) -> &Path {
        self.path()
    }
}

/// Makes a fresh workspace. Unlike the bash helper it never deletes anything, and no two tests
/// share one.
///
/// # Panics
///
/// If the folder cannot be made.
#[track_caller]
pub fn setup_test_workspace() -> TestWorkspace {
    let dir = tempfile::Builder::new().prefix("clawtest-").tempdir();
    let dir = dir.unwrap_or_else(|error| panic!("cannot make a workspace: {error}"));
    let memory = std::fs::create_dir(dir.path().join(MEMORY_DIR));
    memory.unwrap_or_else(|error| panic!("cannot make `{MEMORY_DIR}`: {error}"));
    TestWorkspace { dir }
}

/// Removes a workspace now, and says so if it cannot be removed. Dropping it does the same quietly.
///
/// # Panics
///
/// If the folder cannot be removed.
#[track_caller]
pub fn cleanup_test_workspace(workspace: TestWorkspace) {
    let path = workspace.path().to_owned();
    workspace
        .dir
        .close()
        .unwrap_or_else(|error| panic!("cannot remove `{}`: {error}", path.display()));
}

/// Whether `openclaw` is on the PATH.
///
/// # Errors
///
/// A skip with the reason, if it is not: a test can print it and return.
pub fn check_openclaw_installed() -> Result<(), Skip> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the helper asks for the caller's PATH"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    if is_program_on(&path, "openclaw") {
        return Ok(());
    }
    count(|results| results.skipped += 1);
    Err(Skip(
        "`openclaw` is not installed: it is not on the PATH".to_owned(),
    ))
}

/// Whether a folder of a PATH holds a program of this name: a file that may be executed.
pub fn is_program_on(path: &OsStr, name: &str) -> bool {
    std::env::split_paths(path).any(|dir| {
        let file = dir.join(name);
        file.is_file() && rustix::fs::access(&file, rustix::fs::Access::EXEC_OK).is_ok()
    })
}

/// Whether a gateway answers on the loopback interface: `GET /health` on port
/// `OPENCLAW_GATEWAY_PORT`, or 18789, says `"ok":true`. The status alone says nothing, since the
/// gateway answers 200 to any path.
///
/// # Errors
///
/// A skip with the reason, if none answers.
pub fn check_gateway_running() -> Result<(), Skip> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the gateway reads the same variable"
    )]
    let port = std::env::var("OPENCLAW_GATEWAY_PORT")
        .ok()
        .and_then(|port| port.parse().ok());
    gateway::answers(port.unwrap_or(gateway::DEFAULT_PORT)).map_err(|why| {
        count(|results| results.skipped += 1);
        Skip(why)
    })
}

/// A regular file is at the path.
#[track_caller]
pub fn assert_file_exists(path: impl AsRef<Path>, message: &str) {
    let call = Call::new("assert_file_exists", path.as_ref(), None, message);
    let exists = Exists {
        expected: true,
        span: call.path_span,
    };
    call.judge_file(Box::new(exists));
}

/// Nothing is at the path, not even a folder.
#[track_caller]
pub fn assert_file_not_exists(path: impl AsRef<Path>, message: &str) {
    let call = Call::new("assert_file_not_exists", path.as_ref(), None, message);
    let exists = Exists {
        expected: false,
        span: call.path_span,
    };
    call.judge_file(Box::new(exists));
}

/// A folder is at the path.
#[track_caller]
pub fn assert_dir_exists(path: impl AsRef<Path>, message: &str) {
    let call = Call::new("assert_dir_exists", path.as_ref(), None, message);
    let exists = Exists {
        expected: true,
        span: call.path_span,
    };
    call.judge_dir(Box::new(exists));
}

/// The file holds the text, literally.
#[track_caller]
pub fn assert_file_contains(path: impl AsRef<Path>, text: &str, message: &str) {
    let call = Call::new(
        "assert_file_contains",
        path.as_ref(),
        Some(&format!("{text:?}")),
        message,
    );
    call.refuse_empty("text", text);
    let contains = Contains {
        texts: vec![call.text(text)],
        stream: Stream::Content,
    };
    call.judge_file(Box::new(contains));
}

/// The file is there and does not hold the text, literally.
#[track_caller]
pub fn assert_file_not_contains(path: impl AsRef<Path>, text: &str, message: &str) {
    let call = Call::new(
        "assert_file_not_contains",
        path.as_ref(),
        Some(&format!("{text:?}")),
        message,
    );
    call.refuse_empty("text", text);
    let contains = NotContains {
        texts: vec![call.text(text)],
        stream: Stream::Content,
    };
    call.judge_file(Box::new(contains));
}

/// The shell command ends with this exit status.
#[track_caller]
pub fn assert_exit_code(command: &str, expected: u8, message: &str) {
    let call = Call::of_command("assert_exit_code", command, &expected.to_string(), message);
    let exit = ExitCode {
        status: i32::from(expected),
        span: call.argument_span,
    };
    call.judge_command(command, Box::new(exit), true);
}

/// The shell command prints the text, literally, to its standard output or standard error.
#[track_caller]
pub fn assert_output_contains(command: &str, text: &str, message: &str) {
    let call = Call::of_command(
        "assert_output_contains",
        command,
        &format!("{text:?}"),
        message,
    );
    call.refuse_empty("text", text);
    let contains = Contains {
        texts: vec![call.text(text)],
        stream: Stream::Stdout,
    };
    call.judge_command(command, Box::new(contains), false);
}

/// The regular expression matches what the shell command prints to its standard output or standard
/// error.
///
/// # Panics
///
/// Also if the expression does not compile.
#[track_caller]
pub fn assert_output_matches(command: &str, expression: &str, message: &str) {
    let call = Call::of_command(
        "assert_output_matches",
        command,
        &format!("{expression:?}"),
        message,
    );
    call.refuse_empty("expression", expression);
    let regex = check::compile(expression);
    let regex = regex.unwrap_or_else(|why| {
        call.panic_with(&format!("the regular expression does not compile: {why}"))
    });
    let matches = Matches {
        expressions: vec![(regex, call.argument_span)],
        stream: Stream::Stdout,
    };
    call.judge_command(command, Box::new(matches), false);
}

/// The file has at most `max` lines.
#[track_caller]
pub fn assert_line_count_under(path: impl AsRef<Path>, max: u64, message: &str) {
    let call = Call::new(
        "assert_line_count_under",
        path.as_ref(),
        Some(&max.to_string()),
        message,
    );
    let lines = MaxLines {
        max,
        span: call.argument_span,
    };
    call.judge_file(Box::new(lines));
}

/// The file has at most this size, which carries a unit: `"10KB"`, `"2MiB"`.
///
/// # Panics
///
/// Also if the size has no unit.
#[track_caller]
pub fn assert_file_size_under(path: impl AsRef<Path>, max: &str, message: &str) {
    let call = Call::new(
        "assert_file_size_under",
        path.as_ref(),
        Some(&format!("{max:?}")),
        message,
    );
    let max = size::parse(max).unwrap_or_else(|why| call.panic_with(&why));
    let limit = MaxSize {
        max,
        span: call.argument_span,
    };
    call.judge_file(Box::new(limit));
}

/// The file was modified later than the other one.
#[track_caller]
pub fn assert_file_modified_after(
    path: impl AsRef<Path>,
    reference: impl AsRef<Path>,
    message: &str,
) {
    let shown = format!("{:?}", reference.as_ref().to_string_lossy());
    let call = Call::new(
        "assert_file_modified_after",
        path.as_ref(),
        Some(&shown),
        message,
    );
    let both =
        below_root(path.as_ref()).and_then(|path| Ok((path, below_root(reference.as_ref())?)));
    let (path, reference) = both.unwrap_or_else(|why| call.panic_with(&why));
    let newer = NewerThan {
        reference,
        span: call.argument_span,
    };
    let subject = Subject::File(path, call.path_span);
    call.judge(Path::new("/"), &subject, Box::new(newer));
}

/// No secrets in the file, in any file of the folder at any depth, or in the files that a glob
/// matches: `assert_no_secrets("/etc/openclaw/**/*.env", …)`. Hidden and git-ignored files are looked
/// at like any other, and symbolic links are not followed. What is missing, a folder without files and
/// a glob without a match fail, and so does what cannot be read. A comment
/// `clawtest:allow SE008 reason` on its line allows a secret.
#[track_caller]
pub fn assert_no_secrets(path: impl AsRef<Path>, message: &str) {
    let call = Call::new("assert_no_secrets", path.as_ref(), None, message);
    call.judge_secrets(Policy::default());
}

/// [`assert_no_secrets`], with allowances. The paths of their globs begin with the last component of
/// `path`; those of a glob are relative to the folder before its first component with a wildcard. An
/// allowance whose last day is over allows nothing.
#[track_caller]
#[expect(
    clippy::disallowed_methods,
    reason = "the last day of an allowance is over or not"
)]
pub fn assert_no_secrets_but(path: impl AsRef<Path>, allowed: &[Allowance], message: &str) {
    let reasons: Vec<&str> = allowed
        .iter()
        .map(|allowance| allowance.reason.as_str())
        .collect();
    let shown = format!("{reasons:?}");
    let call = Call::new(
        "assert_no_secrets_but",
        path.as_ref(),
        Some(&shown),
        message,
    );
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    call.judge_secrets(Policy {
        allowances: allowed.to_vec(),
        today: now.ok().map(|now| Day::of_time(now.as_secs())),
        ..Policy::default()
    });
}

/// Prints how many assertions of this test passed, failed and were skipped, and gives the numbers
/// back.
///
/// # Panics
///
/// If no assertion was made and nothing was skipped: a test that asserts nothing is no success.
#[track_caller]
#[expect(clippy::print_stdout, reason = "printing is what the helper is for")]
pub fn print_results() -> Results {
    let results = RESULTS.get();
    println!(
        "{} passed, {} failed, {} skipped",
        results.passed, results.failed, results.skipped
    );
    assert!(results != Results::default(), "no assertion was made");
    results
}

/// Says what is worth knowing and changes no verdict; a test that passes shows it if it is asked to.
#[expect(clippy::print_stderr, reason = "there is no report that could show it")]
fn note_on_stderr(message: &str) {
    eprintln!("note: {message}");
}

fn count(change: impl FnOnce(&mut Results)) {
    let mut results = RESULTS.get();
    change(&mut results);
    RESULTS.set(results);
}

/// A path as seen from `/`, its folder without symbolic links.
fn below_root(path: &Path) -> Result<WorkspacePath, String> {
    let shown = path.display();
    let (folder, name) = split(path)?;
    let folder = folder
        .canonicalize()
        .map_err(|error| format!("cannot find the folder of `{shown}`: {error}"))?;
    let whole = folder.join(name);
    let text = whole
        .to_str()
        .ok_or_else(|| format!("the path `{shown}` is not UTF-8"))?;
    WorkspacePath::new(text.trim_start_matches('/'))
        .map_err(|why| format!("the path `{shown}` {why}"))
}

/// The folder of a path and the name in it.
fn split(path: &Path) -> Result<(&Path, &str), String> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| format!("`{}` is not the path of a file", path.display()))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    Ok((folder.unwrap_or(Path::new(".")), name))
}

/// An assertion as its caller wrote it, so that a failure can point at it.
struct Call<'a> {
    text: String,
    path: &'a Path,
    path_span: Span,
    argument_span: Span,
    message: &'a str,
    caller: &'static Location<'static>,
}

impl<'a> Call<'a> {
    #[track_caller]
    fn new(function: &str, path: &'a Path, argument: Option<&str>, message: &'a str) -> Self {
        let mut text = format!("{function}(");
        let path_start = text.len();
        text.push_str(&format!("{:?}", path.to_string_lossy()));
        let path_span = Span::new(path_start, text.len());
        text.push_str(", ");
        let argument_start = text.len();
        text.push_str(argument.unwrap_or_default());
        let argument_span = Span::new(argument_start, text.len());
        if argument.is_some() {
            text.push_str(", ");
        }
        text.push_str(&format!("{message:?})"));
        Self {
            text,
            path,
            path_span,
            argument_span,
            message,
            caller: Location::caller(),
        }
    }

    #[track_caller]
    fn of_command(function: &str, command: &'a str, argument: &str, message: &'a str) -> Self {
        Self::new(function, Path::new(command), Some(argument), message)
    }

    fn text(&self, value: &str) -> Text {
        Text {
            value: value.into(),
            span: self.argument_span,
        }
    }

    fn refuse_empty(&self, what: &str, value: &str) {
        if value.is_empty() {
            self.panic_with(&format!("the {what} is empty, which demands nothing"));
        }
    }

    fn judge_file(&self, check: Box<dyn Check>) {
        let (folder, name) = split(self.path).unwrap_or_else(|why| self.panic_with(&why));
        let path = WorkspacePath::new(name).unwrap_or_else(|why| self.panic_with(why));
        self.judge(folder, &Subject::File(path, self.path_span), check);
    }

    fn judge_dir(&self, check: Box<dyn Check>) {
        let (folder, path) = match split(self.path) {
            Ok((folder, name)) => (folder, WorkspacePath::new(name)),
            // `/` and `..` are folders without a name.
            Err(_) => (self.path, Ok(WorkspacePath::root())),
        };
        let path = path.unwrap_or_else(|why| self.panic_with(why));
        self.judge(folder, &Subject::Dir(path, self.path_span), check);
    }

    fn judge_secrets(&self, policy: Policy) {
        let span = self.path_span;
        let check = Box::new(NoSecrets { span });
        let is_there = self.path.symlink_metadata().is_ok();
        let text = self.path.to_str().filter(|text| Glob::is_special(text));
        if let Some(text) = text
            && !is_there
        {
            let plain = text.split('/').take_while(|part| !Glob::is_special(part));
            let length: usize = plain.map(|part| part.len() + 1).sum();
            let (folder, glob) = text.split_at(length);
            let folder = if folder.is_empty() { "." } else { folder };
            let glob = Glob::new(glob).unwrap_or_else(|why| self.panic_with(&why));
            let subject = Subject::Glob(glob, span);
            return self.judge_by(policy, Path::new(folder), &subject, check);
        }
        let (folder, name) = match split(self.path) {
            Ok((folder, name)) => (folder, WorkspacePath::new(name)),
            // `/` and `..` are folders without a name.
            Err(_) if self.path.is_dir() => (self.path, Ok(WorkspacePath::root())),
            Err(why) => self.panic_with(&why),
        };
        let name = name.unwrap_or_else(|why| self.panic_with(why));
        let subject = if self.path.is_dir() {
            Subject::Dir(name, span)
        } else {
            Subject::File(name, span)
        };
        self.judge_by(policy, folder, &subject, check);
    }

    fn judge(&self, folder: &Path, subject: &Subject, check: Box<dyn Check>) {
        self.judge_by(Policy::default(), folder, subject, check);
    }

    fn judge_by(&self, policy: Policy, folder: &Path, subject: &Subject, check: Box<dyn Check>) {
        let workspace = match Workspace::of_folder(folder) {
            Ok(workspace) => workspace,
            // Where the folder is missing, so is what should be in it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Workspace::new(&[]),
            Err(error) => self.panic_with(&format!("cannot open `{}`: {error}", folder.display())),
        };
        let workspace = workspace.with_policy(policy.into());
        let source = Source::new(self.caller.file(), self.text.as_bytes());
        self.conclude(judge::judge_path(source, &workspace, subject, &[check]));
    }

    fn judge_command(&self, command: &str, check: Box<dyn Check>, expects_exit: bool) {
        let mut output: CommandOutput =
            shell::run(command, COMMAND_TIMEOUT).unwrap_or_else(|why| self.panic_with(&why));
        if !expects_exit {
            // Like the bash helper, these look at both streams.
            output.stdout.bytes.append(&mut output.stderr.bytes);
            output.stdout.total += output.stderr.total;
        }
        let source = Source::new(self.caller.file(), self.text.as_bytes());
        let command = Text {
            value: command.into(),
            span: self.path_span,
        };
        let workspace = Workspace::new(&[]);
        self.conclude(judge::judge_command(
            source,
            &workspace,
            &command,
            &output,
            &[check],
            expects_exit,
        ));
    }

    fn conclude(&self, mut diagnostics: Vec<Diagnostic>) {
        if diagnostics
            .iter()
            .all(|one| one.rule.effect == Effect::Note)
        {
            count(|results| results.passed += 1);
            for note in &diagnostics {
                note_on_stderr(&note.message);
            }
            return;
        }
        for label in diagnostics
            .iter_mut()
            .flat_map(|diagnostic| &mut diagnostic.labels)
        {
            let excerpt = &mut label.excerpt;
            if excerpt.path == self.caller.file() {
                let line = usize::try_from(self.caller.line()).unwrap_or(1);
                (excerpt.line, excerpt.end_line) = (line, line);
            }
        }
        let rendered: String = diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic, false))
            .collect();
        self.panic_with(rendered.trim_end());
    }

    /// Fails the test at its own line, with no secret in the text.
    fn panic_with(&self, why: &str) -> ! {
        count(|results| results.failed += 1);
        let message = secret::mask_text(self.message);
        let message = printable(message.as_bytes());
        panic!(
            "{}:{}: {message}\n{why}",
            self.caller.file(),
            self.caller.line()
        );
    }
}
