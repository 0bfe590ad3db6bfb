//! One attempt at one harness: its workspace, its commands, its checks in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clawtest_framework::command::{Captured, CommandOutput, Exit, signal_name};
use clawtest_framework::diagnostic::{Diagnostic, Rule};
use clawtest_framework::duration::exact;
use clawtest_framework::judge::{self, Subject};
use clawtest_framework::reading::Text;
use clawtest_framework::source::{Span, printable};
use clawtest_framework::workspace::Workspace;
use clawtest_framework::{assert, secret};

use super::rules::{
    BACKGROUND_PROCESS, HARNESS_TIMED_OUT, NO_WORKSPACE, NOT_REMOVED, NOT_STARTED, SUPERVISOR_DIED,
    TIMED_OUT, TODO_PASSED,
};
use super::{Interrupt, Options, RunDir, host, not_judged, processes, unjudged};
use crate::harness::{Case, Harness, Program, Requirement};
use crate::outcome::{CheckResult, HarnessResult, Outcome, Output};
use crate::process::{self, End, ProcessError, Reply, Request, Supervisor};

/// Bytes of each stream of a command that are kept.
const OUTPUT_CAP: usize = 8 * 1024 * 1024;

/// How long a command has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(1);

/// Lines of a command's output that a failure shows.
const SHOWN_LINES: usize = 20;

/// One attempt at one harness.
pub(super) struct Session<'a> {
    pub(super) harness: &'a Arc<Harness>,
    /// Before the workspace, since fields are dropped in this order: what still runs after an
    /// interrupt or a panic must not write to a folder that is being removed.
    supervisor: Option<Supervisor>,
    pub(super) workspace: Workspace,
    options: &'a Options,
    interrupt: &'a Interrupt,
    deadline: Instant,
}

/// A run was interrupted: what it did so far is not reported.
pub(super) struct Interrupted;

/// What came of a command.
pub(super) enum Ran {
    /// It ended by itself.
    Ended(CommandOutput),
    /// It did not, for a reason that has no verdict; what it printed, if it has begun.
    No(Box<Diagnostic>, Option<Box<Output>>),
}

impl<'a> Session<'a> {
    pub(super) fn new(
        harness: &'a Arc<Harness>,
        options: &'a Options,
        interrupt: &'a Interrupt,
        start: Instant,
    ) -> Self {
        Self {
            harness,
            workspace: match &options.root {
                Some(root) => Workspace::of_host(Arc::clone(root), &harness.fixtures),
                None => Workspace::new(&harness.fixtures),
            }
            .with_policy(Arc::clone(&options.policy)),
            options,
            interrupt,
            deadline: start + harness.timeout.unwrap_or(options.timeout),
            supervisor: None,
        }
    }

    /// Runs the harness; `None` if the run was interrupted.
    pub(super) fn run(mut self, run_dir: &RunDir, attempt: usize) -> Option<HarnessResult> {
        if let Some(reason) = self
            .harness
            .skip
            .clone()
            .or_else(|| self.missing(&self.harness.requires))
        {
            return Some(self.all_skipped(&reason));
        }
        if self.options.root.is_some() {
            if let Some(reason) = host::no_check(self.harness, &self.workspace) {
                return Some(self.all_skipped(&reason));
            }
        } else if (self.harness.touches_disk() || self.options.keep || self.options.on_disk)
            && let Err(why) = self.put_on_disk(run_dir, attempt)
        {
            let diagnostic =
                Diagnostic::new(&NO_WORKSPACE, format!("cannot make the workspace: {why}"));
            return Some(not_judged(
                self.harness,
                diagnostic,
                "not judged: there is no workspace",
            ));
        }
        let mut result = match self.setup() {
            Err(Interrupted) => return None,
            Ok(Some(diagnostic)) => {
                not_judged(self.harness, *diagnostic, "not judged: setup failed")
            }
            Ok(None) => HarnessResult {
                harness: Arc::clone(self.harness),
                outcome: Outcome::Passed,
                reason: None,
                checks: self.checks().ok()?,
                diagnostics: Vec::new(),
                duration: Duration::ZERO,
                attempts: Vec::new(),
                kept: None,
            },
        };
        if let Some(supervisor) = self.supervisor.take() {
            // Every verdict is in; how the supervisor ends changes none.
            let _ = supervisor.finish();
        }
        result.kept = self
            .workspace
            .root()
            .filter(|_| self.options.keep)
            .map(Into::into);
        if self.options.keep {
            self.workspace.keep();
        }
        let root = self.workspace.root().map(ToOwned::to_owned);
        if let Err(error) = self.workspace.remove() {
            let root = root.unwrap_or_default();
            let message = format!("cannot remove the workspace `{}`: {error}", root.display());
            result
                .diagnostics
                .push(Diagnostic::new(&NOT_REMOVED, message));
        }
        result.outcome = HarnessResult::outcome_of(&result.checks, &result.diagnostics);
        Some(result)
    }

    fn put_on_disk(&mut self, run_dir: &RunDir, attempt: usize) -> Result<(), String> {
        let mut name = self.harness.id.replace('/', ".");
        if attempt > 1 {
            name.push_str(&format!("~{attempt}"));
        }
        let root = run_dir.path()?.join(name);
        self.workspace
            .materialise(root, self.harness.needs_time)
            .map_err(|error| error.to_string())
    }

    fn all_skipped(&self, reason: &str) -> HarnessResult {
        let skipped = self
            .harness
            .selected_checks()
            .map(|(index, _)| skipped(index, reason));
        HarnessResult {
            harness: Arc::clone(self.harness),
            outcome: Outcome::Skipped,
            reason: Some(reason.into()),
            checks: skipped.collect(),
            diagnostics: Vec::new(),
            duration: Duration::ZERO,
            attempts: Vec::new(),
            kept: None,
        }
    }

    /// Does the setup; a diagnostic if it failed.
    fn setup(&mut self) -> Result<Option<Box<Diagnostic>>, Interrupted> {
        let harness = Arc::clone(self.harness);
        if self.options.root.is_some() {
            return Ok(None);
        }
        let failed = self.actions(&harness.setup)?;
        if let Some(supervisor) = &mut self.supervisor
            && failed.is_none()
        {
            // Servers that the setup has started live as long as the harness.
            if supervisor.adopt().is_err() {
                self.supervisor = None;
            }
        }
        Ok(failed)
    }

    fn checks(&mut self) -> Result<Vec<CheckResult>, Interrupted> {
        let harness = Arc::clone(self.harness);
        let last = harness
            .selected_checks()
            .map(|(index, _)| index)
            .last()
            .unwrap_or_default();
        let mut results = Vec::with_capacity(harness.checks.len());
        let mut start = Instant::now();
        for (index, case) in harness.checks.iter().enumerate().take(last + 1) {
            if self.interrupt.stop().is_some() {
                return Err(Interrupted);
            }
            // A check that is not selected still leaves its traces for the ones behind it.
            let is_bystander =
                !case.is_selected && case.before().is_empty() && case.program.is_none();
            if is_bystander {
                continue;
            }
            let mut result = self.check(index, case)?;
            let end = Instant::now();
            result.duration = end - start;
            start = end;
            if case.is_selected {
                results.push(result);
            }
        }
        Ok(results)
    }

    fn check(&mut self, index: usize, case: &Case) -> Result<CheckResult, Interrupted> {
        if let Some(reason) = case
            .skip()
            .map(Into::into)
            .or_else(|| self.not_judged_here(index, case))
            .or_else(|| self.missing(case.requires()))
        {
            return Ok(skipped(index, &reason));
        }
        // Only commands take time that is worth a look at the clock.
        if self.harness.runs_commands && self.time_left().is_zero() {
            let mut result = unjudged(index, "not judged: the harness took too long");
            result
                .diagnostics
                .push(self.out_of_time(case.span, "not begun in time"));
            return Ok(result);
        }
        let mut result = CheckResult {
            index,
            outcome: Outcome::Passed,
            reason: None,
            todo: None,
            duration: Duration::ZERO,
            diagnostics: Vec::new(),
            output: None,
            searched: None,
        };
        match self.actions(case.before())? {
            Some(failed) => result.diagnostics.push(*failed),
            None => self.judge(case, &mut result)?,
        }
        result.searched = self.workspace.take_searched().map(Box::new);
        self.end_scope(case, &mut result);
        result.outcome = Outcome::of(&result.diagnostics);
        if !result.outcome.is_bad() {
            result.output = None;
        }
        if let Some(todo) = case.todo() {
            self.expect_failure(case, todo, &mut result);
        }
        Ok(result)
    }

    /// Why there can be no verdict on what this run looks at: fixtures, or a host.
    fn not_judged_here(&self, index: usize, case: &Case) -> Option<Box<str>> {
        if self.options.root.is_some() {
            return host::reason(self.harness, index, &self.workspace).map(Into::into);
        }
        let key = case.needs_host?;
        Some(format!("`{key}` looks at a host, and a fixture is on none; use `--root`").into())
    }

    fn judge(&mut self, case: &Case, result: &mut CheckResult) -> Result<(), Interrupted> {
        let harness = Arc::clone(self.harness);
        let (Subject::Command(command), Some(program)) = (&case.subject, &case.program) else {
            result.diagnostics = judge::judge_path(
                harness.source(),
                &self.workspace,
                &case.subject,
                &case.expectations,
            );
            return Ok(());
        };
        match self.command(program, command, case.timeout())? {
            Ran::No(diagnostic, output) => {
                result.diagnostics.push(*diagnostic);
                result.output = output;
            }
            Ran::Ended(output) => {
                result.diagnostics = judge::judge_command(
                    harness.source(),
                    &self.workspace,
                    command,
                    &output,
                    &case.expectations,
                    case.expects_exit,
                );
                if !result.diagnostics.is_empty() {
                    let ended = format!("exit status {}", output.exit);
                    let (stdout, stderr) = (&output.stdout.bytes, &output.stderr.bytes);
                    result.output = Some(Box::new(shown_output(command, ended, stdout, stderr)));
                }
            }
        }
        Ok(())
    }

    /// Turns the outcome of a check that is expected to fail around.
    fn expect_failure(&self, case: &Case, todo: &str, result: &mut CheckResult) {
        result.todo = Some(todo.into());
        match result.outcome {
            Outcome::Failed => {
                result.outcome = Outcome::Skipped;
            }
            Outcome::Passed => {
                result.outcome = Outcome::Failed;
                let message = format!(
                    "the check passed, and `todo` says that it is expected to fail: {todo}"
                );
                let diagnostic = Diagnostic::new(&TODO_PASSED, message)
                    .label(self.harness.source().excerpt(case.span), "")
                    .found("a failure", "everything as demanded")
                    .help("remove `todo`, so that it stays that way");
                result.diagnostics.push(diagnostic);
            }
            Outcome::Errored | Outcome::Skipped => {}
        }
    }

    /// Kills and names what a check has left running.
    fn end_scope(&mut self, case: &Case, result: &mut CheckResult) {
        let Some(supervisor) = &mut self.supervisor else {
            return;
        };
        match supervisor.end_scope() {
            Ok(stragglers) if stragglers.is_empty() => {}
            Ok(stragglers) => {
                self.workspace.refresh();
                let names: Vec<String> = stragglers
                    .iter()
                    .map(|left| format!("`{}`", left.name))
                    .collect();
                let message = format!(
                    "{} outlived the check and got killed: {}",
                    processes(stragglers.len()),
                    names.join(", ")
                );
                let diagnostic = Diagnostic::new(&BACKGROUND_PROCESS, message)
                    .label(self.harness.source().excerpt(case.subject.span()), "")
                    .help("start what several checks need in `setup`");
                result.diagnostics.push(diagnostic);
            }
            Err(error) => {
                self.supervisor = None;
                result
                    .diagnostics
                    .push(self.supervisor_died(case.subject.span(), &error));
            }
        }
    }

    /// Why something that is required is not there.
    fn missing(&self, requirements: &[Requirement]) -> Option<Box<str>> {
        requirements
            .iter()
            .find_map(|requirement| match requirement {
                Requirement::Program(name) => {
                    let is_there = assert::is_program_on(self.options.path.as_ref(), name);
                    (!is_there).then(|| {
                        format!("requires `{name}`, which is not on the PATH of commands").into()
                    })
                }
                Requirement::Gateway => assert::check_gateway_running()
                    .err()
                    .map(|skip| skip.reason().into()),
            })
    }

    pub(super) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn out_of_time(&self, span: Span, label: &str) -> Diagnostic {
        let limit = self.harness.timeout.unwrap_or(self.options.timeout);
        let message = format!("the harness took longer than {}", exact(limit));
        Diagnostic::new(&HARNESS_TIMED_OUT, message)
            .label(self.harness.source().excerpt(span), label)
            .help("give it more: `timeout = \"…\"` at the top of the file, or `--timeout`")
    }

    /// Runs a command in the workspace.
    pub(super) fn command(
        &mut self,
        program: &Program,
        text: &Text,
        timeout: Option<Duration>,
    ) -> Result<Ran, Interrupted> {
        let wanted = timeout.unwrap_or(self.options.check_timeout);
        let left = self.time_left();
        if left.is_zero() {
            let diagnostic = Box::new(self.out_of_time(text.span, "not begun in time"));
            return Ok(Ran::No(diagnostic, None));
        }
        let request = Request {
            program: match program {
                Program::Shell(script) => process::Program::Shell(script.to_string()),
                Program::Argv(words) => {
                    process::Program::Argv(words.iter().map(ToString::to_string).collect())
                }
            },
            cwd: self
                .workspace
                .root()
                .unwrap_or(std::path::Path::new("/nonexistent"))
                .to_owned(),
            env: self.environment(),
            timeout: wanted.min(left),
            grace: GRACE,
            cap: OUTPUT_CAP,
        };
        let reply = self.ask(&request);
        self.workspace.refresh();
        let reply = match reply {
            Ok(reply) => reply,
            Err(ProcessError::Stopped) => return Err(Interrupted),
            Err(error) => {
                self.supervisor = None;
                let diagnostic = Box::new(self.supervisor_died(text.span, &error));
                return Ok(Ran::No(diagnostic, None));
            }
        };
        let (rule, message, found): (&'static Rule, _, _) = match reply.end {
            End::Exited(code) => return Ok(Ran::Ended(ended(Exit::Code(code), reply))),
            End::Signaled(signal) => return Ok(Ran::Ended(ended(Exit::Signal(signal), reply))),
            End::TimedOut if wanted > left => {
                let diagnostic = self.out_of_time(text.span, "not ended in time");
                return Ok(no_verdict(diagnostic, text, "stopped".to_owned(), &reply));
            }
            End::TimedOut => {
                let limit = exact(wanted);
                (
                    &TIMED_OUT,
                    format!("the command did not end within {limit}"),
                    format!("timed out after {limit}"),
                )
            }
            End::NotStarted(ref why) => {
                let root = request.cwd.to_string_lossy();
                let why = why.replace(&*root, "$TEST_WORKSPACE");
                (
                    &NOT_STARTED,
                    format!("the command cannot be started: {why}"),
                    "not started".to_owned(),
                )
            }
        };
        let mut diagnostic = Diagnostic::new(rule, message)
            .label(self.harness.source().excerpt(text.span), "this command");
        if rule.code == TIMED_OUT.code {
            diagnostic = diagnostic.help("give it more: `timeout = \"…\"`, or `--check-timeout`");
        }
        Ok(no_verdict(diagnostic, text, found, &reply))
    }

    fn ask(&mut self, request: &Request) -> Result<Reply, ProcessError> {
        if self.supervisor.is_none() {
            if let Some(root) = self.workspace.root() {
                for dir in [".home", ".tmp", ".run"] {
                    // A fixture may stand there already.
                    let _ = rustix::fs::mkdir(root.join(dir), 0o700.into());
                }
            }
            self.supervisor = Some(Supervisor::start(&self.options.supervisor)?);
        }
        let interrupt = self.interrupt;
        match &mut self.supervisor {
            Some(supervisor) => supervisor.run(request, &|| interrupt.stop().is_some()),
            None => Err(ProcessError::Stopped),
        }
    }

    /// The environment of commands: nothing but what is said here.
    fn environment(&self) -> Vec<(String, String)> {
        let root = self
            .workspace
            .root()
            .map(|root| root.to_string_lossy().into_owned())
            .unwrap_or_default();
        let fixed = [
            ("PATH", self.options.path.clone()),
            ("HOME", format!("{root}/.home")),
            ("TMPDIR", format!("{root}/.tmp")),
            ("XDG_CONFIG_HOME", format!("{root}/.home/.config")),
            ("XDG_CACHE_HOME", format!("{root}/.home/.cache")),
            ("XDG_DATA_HOME", format!("{root}/.home/.local/share")),
            ("XDG_STATE_HOME", format!("{root}/.home/.local/state")),
            ("XDG_RUNTIME_DIR", format!("{root}/.run")),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("TEST_WORKSPACE", root),
        ];
        let passed = self.options.env.iter().cloned();
        // What is fixed comes last, so that nothing passed through replaces it.
        passed
            .chain(fixed.map(|(name, value)| (name.to_owned(), value)))
            .collect()
    }

    fn supervisor_died(&self, span: Span, error: &ProcessError) -> Diagnostic {
        let cause = std::error::Error::source(error)
            .map(|cause| format!(": {cause}"))
            .unwrap_or_default();
        Diagnostic::new(
            &SUPERVISOR_DIED,
            format!("the command cannot be judged: {error}{cause}"),
        )
        .label(self.harness.source().excerpt(span), "this command")
    }
}

fn skipped(index: usize, reason: &str) -> CheckResult {
    CheckResult {
        outcome: Outcome::Skipped,
        ..unjudged(index, reason)
    }
}

fn captured(stream: process::Stream) -> Captured {
    Captured {
        bytes: stream.bytes,
        total: stream.total,
    }
}

fn ended(exit: Exit, reply: Reply) -> CommandOutput {
    CommandOutput {
        exit,
        stdout: captured(reply.stdout),
        stderr: captured(reply.stderr),
    }
}

/// What came of a command that did not end by itself.
fn no_verdict(diagnostic: Diagnostic, command: &Text, ended: String, reply: &Reply) -> Ran {
    let output = shown_output(command, ended, &reply.stdout.bytes, &reply.stderr.bytes);
    Ran::No(Box::new(diagnostic), Some(Box::new(output)))
}

/// What a command printed, as a report shows it.
pub(crate) fn shown_output(command: &Text, ended: String, stdout: &[u8], stderr: &[u8]) -> Output {
    Output {
        command: secret::mask_text(&command.value).into_owned(),
        ended,
        stdout: last_lines(stdout),
        stderr: last_lines(stderr),
    }
}

/// The last lines of an output, masked as a whole before it is cut: half a secret would not be
/// recognised.
fn last_lines(bytes: &[u8]) -> String {
    let masked = secret::mask(bytes);
    let text = masked.strip_suffix(b"\n").unwrap_or(&masked);
    let lines = memchr::memchr_iter(b'\n', text).count() + 1;
    let from = text
        .split(|byte| *byte == b'\n')
        .take(lines.saturating_sub(SHOWN_LINES))
        .map(|line| line.len() + 1)
        .sum::<usize>();
    let shown = printable(&text[from..]);
    let lines: Vec<String> = shown
        .lines()
        .map(|line| line.chars().take(400).collect())
        .collect();
    let left_out = if from > 0 { "…\n" } else { "" };
    format!("{left_out}{}", lines.join("\n"))
}

/// The name of a signal, for actions.
pub(super) fn how_it_ended(exit: Exit) -> String {
    match exit {
        Exit::Code(code) => format!("exit status {code}"),
        Exit::Signal(signal) => format!("ended by {}", signal_name(signal)),
    }
}
