//! Runs one bash harness once: its private folders, the script below a supervisor, a thread that
//! answers its helpers meanwhile, and what follows from how it ended.

use std::fs::Permissions;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clawtest_framework::command::signal_name;
use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::duration::exact;
use clawtest_framework::secret;
use clawtest_framework::source::printable;
use clawtest_framework::text::{plural, shorten};

use super::protocol::{Heard, Talk};
use super::record::Record;
use super::rules::{
    ADAPTED, ASSERTED_NOTHING, BAD_REQUEST, COMPLAINT, CONFINED_IN_PART, ENDED_EARLY, NO_RESULTS,
    NOT_MADE, SYNTAX,
};
use super::script::Script;
use super::shadow::Folders;
use super::verdict::Ground;
use crate::harness::Harness;
use crate::outcome::{CheckResult, HarnessResult, Outcome};
use crate::process::{self, Confinement, End, ProcessError, Reply, Request, Straggler, Supervisor};
use crate::runner::rules::{
    BACKGROUND_PROCESS, HARNESS_TIMED_OUT, NO_WORKSPACE, NOT_REMOVED, NOT_STARTED, SUPERVISOR_DIED,
};
use crate::runner::{Interrupt, Options, RunDir, processes};

/// Bytes of each stream of a script that are kept.
const OUTPUT_CAP: usize = 8 << 20;

/// How long a script has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(1);

/// Lines of standard error that are shown for a script that did not come to its end.
const SHOWN_LINES: usize = 5;

/// Complaints of bash that are noted.
const MAX_COMPLAINTS: usize = 10;

/// Runs a harness; `None` if the run was interrupted.
pub(crate) fn run(
    harness: &Arc<Harness>,
    script: &Arc<Script>,
    options: &Options,
    interrupt: &Interrupt,
    (run_dir, attempt): (&RunDir, usize),
    start: Instant,
) -> Option<HarnessResult> {
    if options.root.is_some() {
        let reason = "a script has a workspace of its own, and `--root` judges the files of a host";
        return Some(without_checks(
            harness,
            Outcome::Skipped,
            Some(reason),
            Vec::new(),
        ));
    }
    let (folders, talk) = match prepare(harness, script, run_dir, attempt) {
        Ok(made) => made,
        Err(why) => {
            let message = format!("cannot make the workspace: {why}");
            let diagnostic = Diagnostic::new(&NO_WORKSPACE, message);
            return Some(without_checks(
                harness,
                Outcome::Errored,
                None,
                vec![diagnostic],
            ));
        }
    };
    let ground = Ground {
        workspace: folders.workspace.clone(),
        talk: folders.talk.clone(),
        policy: Arc::clone(&options.policy),
        reading: options.bash_reading,
    };
    let record = Record::new(harness, script, &folders, ground);
    let request = Request {
        program: process::Program::Argv(vec![
            "bash".to_owned(),
            folders.script.to_string_lossy().into_owned(),
        ]),
        cwd: folders.workspace.clone(),
        env: environment(options, script, &folders),
        timeout: (start + options.timeout).saturating_duration_since(Instant::now()),
        grace: GRACE,
        cap: OUTPUT_CAP,
    };
    let (ran, mut record) = play(&request, options, interrupt, talk, (&folders.whole, record));
    let ran = match ran {
        Err(ProcessError::Stopped) if interrupt.stop().is_some() => {
            // The folder of the run goes, too.
            let _ = remove(&folders);
            return None;
        }
        Ok(ran) => ran,
        Err(error) => (None, Err(error)),
    };
    let mut diagnostics = around(&ran.1, &record);
    adapted(script, &mut record);
    if let Some(reply) = &ran.0 {
        conclude(
            harness,
            script,
            reply,
            options.timeout,
            &mut record,
            &mut diagnostics,
        );
    }
    if !script.only.is_empty()
        && record.results.is_empty()
        && Outcome::of(&diagnostics) == Outcome::Passed
    {
        let message = format!(
            "the script made no check named `{}`",
            script.only.join("` or `")
        );
        diagnostics.push(Diagnostic::new(&NOT_MADE, message));
    }
    diagnostics.append(&mut record.notes);
    if !options.keep
        && let Err(error) = remove(&folders)
    {
        let message = format!("cannot remove the workspace: {error}");
        diagnostics.push(Diagnostic::new(&NOT_REMOVED, message));
    }
    let (cases, checks) = (
        std::mem::take(&mut record.cases),
        std::mem::take(&mut record.results),
    );
    let outcome = HarnessResult::outcome_of(&checks, &diagnostics);
    let reason = record.why_skipped().filter(|_| outcome == Outcome::Skipped);
    Some(HarnessResult {
        outcome,
        reason: reason.map(Into::into),
        harness: Arc::new(harness.with_checks(cases)),
        checks,
        diagnostics,
        duration: Duration::ZERO,
        attempts: Vec::new(),
        kept: options.keep.then(|| folders.workspace.clone()),
    })
}

/// Makes the private folders of one attempt, and the pipes in them.
fn prepare(
    harness: &Harness,
    script: &Script,
    run_dir: &RunDir,
    attempt: usize,
) -> Result<(Folders, Talk), String> {
    let mut name = harness.id.replace('/', ".");
    if attempt > 1 {
        name.push_str(&format!("~{attempt}"));
    }
    let whole = run_dir.path()?.join(name);
    let made = Folders::new(&whole, script, harness.category())
        .and_then(|folders| Ok((Talk::new(&folders.talk)?, folders)));
    made.map(|(talk, folders)| (folders, talk))
        .map_err(|error| error.to_string())
}

/// What is to be said of the processes around the script.
fn around(
    stragglers: &Result<Vec<Straggler>, ProcessError>,
    record: &Record<'_>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    match stragglers {
        Ok(left) if left.is_empty() => {}
        Ok(left) => diagnostics.push(background(left)),
        // Then it was stopped from here.
        Err(_) if record.is_nonsense => {}
        Err(error) => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            let message = format!(
                "the script cannot be judged: {error}{}",
                cause.unwrap_or_default()
            );
            diagnostics.push(Diagnostic::new(&SUPERVISOR_DIED, message));
        }
    }
    if record.is_nonsense {
        let message = "something that is no helper wrote to the pipe of the helpers";
        diagnostics.push(Diagnostic::new(&BAD_REQUEST, message));
    }
    diagnostics
}

type Ran = (Option<Reply>, Result<Vec<Straggler>, ProcessError>);

/// Starts what runs the script: confined to its folders, and with what is missing of that, unless
/// nobody wants it.
fn start(options: &Options, whole: &Path) -> Result<(Supervisor, Option<String>), ProcessError> {
    if !options.sandbox {
        return Supervisor::start(&options.supervisor).map(|supervisor| (supervisor, None));
    }
    let confinement = Confinement::to([whole]);
    let (supervisor, sandbox) = Supervisor::start_confined(&options.supervisor, &confinement)?;
    Ok((supervisor, sandbox.note()))
}

/// Runs the script, and answers its helpers in a thread of their own.
fn play<'a>(
    request: &Request,
    options: &Options,
    interrupt: &Interrupt,
    mut talk: Talk,
    (whole, mut record): (&Path, Record<'a>),
) -> (Result<Ran, ProcessError>, Record<'a>) {
    let (ours, theirs) = match UnixStream::pair() {
        Ok(pair) => pair,
        Err(source) => {
            let exe = options.supervisor.clone();
            return (Err(ProcessError::Start { exe, source }), record);
        }
    };
    let mut supervisor = match start(options, whole) {
        Ok((supervisor, note)) => {
            let note = note.map(|note| Diagnostic::new(&CONFINED_IN_PART, note));
            record.notes.extend(note);
            supervisor
        }
        Err(error) => return (Err(error), record),
    };
    let ran = std::thread::scope(|scope| {
        let record = &mut record;
        let answering = scope.spawn(move || {
            while let Ok(heard) = talk.hear(theirs.as_fd()) {
                match heard {
                    Heard::Request(request) => {
                        let (status, text) = record.answer(&request);
                        talk.answer(status, &text);
                    }
                    Heard::Nonsense => record.is_nonsense = true,
                    Heard::Over => return,
                }
                if record.is_nonsense {
                    return;
                }
            }
        });
        // Who waits for an answer that does not come waits forever.
        let reply = supervisor.run(request, &|| {
            interrupt.stop().is_some() || answering.is_finished()
        });
        drop(ours);
        if let Err(panic) = answering.join() {
            std::panic::resume_unwind(panic);
        }
        reply
    });
    let ran = ran.map(|reply| {
        let stragglers = supervisor.end_scope();
        // Every verdict is in; how the supervisor ends changes none.
        let _ = supervisor.finish();
        (Some(reply), stragglers)
    });
    (ran, record)
}

/// The environment of a script: that of commands, with what its helpers need.
fn environment(options: &Options, script: &Script, folders: &Folders) -> Vec<(String, String)> {
    let below = |name: &str| folders.whole.join(name).to_string_lossy().into_owned();
    let names: Vec<&str> = script.counters.iter().map(|(name, _)| &**name).collect();
    let kinds: Vec<&str> = script.counters.iter().map(|(_, kind)| *kind).collect();
    let sum: Vec<String> = script
        .counters
        .iter()
        .filter(|(_, kind)| *kind != "total")
        .map(|(name, _)| format!("${name}"))
        .collect();
    let is = |is: bool| if is { "1".to_owned() } else { String::new() };
    let fixed = [
        ("PATH", options.path.clone()),
        ("HOME", below("home")),
        ("TMPDIR", below("tmp")),
        ("XDG_CONFIG_HOME", below("home/.config")),
        ("XDG_CACHE_HOME", below("home/.cache")),
        ("XDG_DATA_HOME", below("home/.local/share")),
        ("XDG_STATE_HOME", below("home/.local/state")),
        ("XDG_RUNTIME_DIR", below("run")),
        ("LANG", "C.UTF-8".to_owned()),
        ("TZ", "UTC".to_owned()),
        ("TEST_WORKSPACE", below("workspace")),
        ("BASH_ENV", below("talk/prelude.sh")),
        ("__CLAWTEST_TALK", below("talk")),
        ("__CLAWTEST_NAMES", names.join(" ")),
        ("__CLAWTEST_KINDS", kinds.join(" ")),
        ("__CLAWTEST_SUM", format!("\"{}\"", sum.join("."))),
        ("__CLAWTEST_WATCH", is(script.counts)),
        ("__CLAWTEST_TRACE", is(script.sets_in_functions)),
    ];
    let passed = options.env.iter().cloned();
    // What is fixed comes last, so that nothing passed through replaces it.
    passed
        .chain(fixed.map(|(name, value)| (name.to_owned(), value)))
        .collect()
}

/// What was changed in the copy that ran.
fn adapted(script: &Script, record: &mut Record<'_>) {
    for (is_so, what) in [
        (
            script.had_mark,
            "the byte order mark at its start was left out",
        ),
        (
            script.had_carriage_returns,
            "carriage returns at the ends of its lines were left out",
        ),
        (
            script.names_shared_workspace && !script.only_defaults(),
            "`/tmp/openclaw-test-workspace` stands for `$TEST_WORKSPACE`",
        ),
    ] {
        if is_so {
            // Each has a line of its own, so that none stands for the other.
            record.notes.push(Diagnostic::new(
                &ADAPTED,
                format!("in the copy of the script that ran {what}"),
            ));
        }
    }
}

fn background(left: &[Straggler]) -> Diagnostic {
    let names: Vec<String> = left.iter().map(|left| format!("`{}`", left.name)).collect();
    let message = format!(
        "{} outlived the script and got killed: {}",
        processes(left.len()),
        names.join(", ")
    );
    Diagnostic::new(&BACKGROUND_PROCESS, message)
}

/// What follows from how the script ended.
fn conclude(
    harness: &Harness,
    script: &Script,
    reply: &Reply,
    timeout: Duration,
    record: &mut Record<'_>,
    out: &mut Vec<Diagnostic>,
) {
    let complaints = complaints(&reply.stderr.bytes, &record.script_path());
    let stderr = last_lines(&reply.stderr.bytes, record);
    let line = record
        .ended
        .as_ref()
        .map_or(record.last_line, |ended| ended.line);
    let at = |rule, message: String, line: usize, label: &str| {
        Diagnostic::new(rule, message).label(harness.source().excerpt(record.span(line)), label)
    };
    let with_stderr = |mut diagnostic: Diagnostic| {
        diagnostic
            .help
            .extend(stderr.iter().map(|line| format!("it said: {line}")));
        diagnostic
    };
    let syntax = complaints.iter().find(|(_, message)| {
        message.starts_with("syntax error") || message.starts_with("unexpected EOF")
    });
    let not_reached = |line: usize| match record.left_behind(line) {
        0 => String::new(),
        count => format!(
            "; {} behind it may not have been made",
            plural(count, "assertion")
        ),
    };
    match &reply.end {
        End::NotStarted(why) => {
            out.push(Diagnostic::new(
                &NOT_STARTED,
                format!("the script cannot be started: {why}"),
            ));
        }
        End::TimedOut => {
            let message = format!("the harness took longer than {}", exact(timeout));
            out.push(with_stderr(
                at(
                    &HARNESS_TIMED_OUT,
                    message,
                    line,
                    "the last line that is known",
                )
                .help("give it more: `--timeout`"),
            ));
        }
        End::Signaled(signal) if !record.has_results => {
            let message = format!(
                "the script was ended by {} before `print_results`{}",
                signal_name(*signal),
                not_reached(line)
            );
            out.push(with_stderr(at(
                &ENDED_EARLY,
                message,
                line,
                "the last line that is known",
            )));
        }
        End::Exited(_) | End::Signaled(_) => {
            if let Some((line, message)) = syntax {
                let line = (*line).min(harness.source.lines().count().max(1));
                out.push(at(
                    &SYNTAX,
                    record.shown(message),
                    line,
                    "bash stopped here",
                ));
            } else {
                let skipped = skipped(reply, record);
                ended(harness, script, record, skipped, &with_stderr, out);
            }
        }
    }
    let is_syntax = |message: &str| message.starts_with("syntax error") || message.starts_with('`');
    for (line, message) in complaints
        .iter()
        .filter(|(_, message)| !is_syntax(message))
        .take(MAX_COMPLAINTS)
    {
        let message = format!(
            "line {line}: bash says: {}",
            shorten(&record.shown(message), 200)
        );
        record.note(&COMPLAINT, *line, message);
    }
}

/// A script that came to its end by itself.
fn ended(
    harness: &Harness,
    script: &Script,
    record: &mut Record<'_>,
    skipped: Option<String>,
    with_stderr: &dyn Fn(Diagnostic) -> Diagnostic,
    out: &mut Vec<Diagnostic>,
) {
    let Some(ended) = record.ended.clone() else {
        // It was replaced by another program, or closed what it talks through.
        if !record.has_results {
            let message = format!(
                "the script ended without `print_results`, behind line {}",
                record.last_line
            );
            let label = harness.source().excerpt(record.span(record.last_line));
            out.push(with_stderr(
                Diagnostic::new(&ENDED_EARLY, message).label(label, "the last assertion"),
            ));
        }
        return;
    };
    let line = ended.line;
    let is_exit = ended.command.starts_with("exit");
    let at = |rule, message: String, label: &str| {
        Diagnostic::new(rule, message).label(harness.source().excerpt(record.span(line)), label)
    };
    let how = if is_exit {
        format!("`{}`", shorten(&ended.command, 60))
    } else {
        format!("exit status {}", ended.status)
    };
    let left = record.left_behind(line);
    let behind = match left {
        0 => String::new(),
        count => format!(
            "; {} behind it may not have been made",
            plural(count, "assertion")
        ),
    };
    let is_early = record.has_late_results && left > 0 && (is_exit || ended.status != "0");
    if record.has_results && !is_early {
        if record.cases.is_empty() {
            out.push(nothing(harness));
        } else if is_exit && ended.status != "0" && !record.is_bad() {
            let message = format!("the script ended with {how}, and no assertion had failed");
            out.push(with_stderr(at(&ENDED_EARLY, message, "it ended here")));
        }
        return;
    }
    if ended.status == "0"
        && let Some(reason) = record.missing().map(str::to_owned)
    {
        record.skip_rest(line, &reason);
        return;
    }
    let is_skip = is_exit && matches!(&*ended.status, "0" | "77") && !record.is_bad();
    if let Some(reason) = skipped.filter(|_| is_skip && !record.has_results) {
        record.skip(line, &reason);
        return;
    }
    if record.cases.is_empty() && ended.status == "0" && script.calls.is_empty() {
        out.push(nothing(harness));
    } else if !record.has_results
        && !script.prints_results
        && left == 0
        && (ended.status == "0" || record.is_bad())
        && !record.cases.is_empty()
    {
        record.note(
            &NO_RESULTS,
            0,
            "the script never calls `print_results`; it came to its end".to_owned(),
        );
    } else {
        let message =
            format!("the script ended by {how} in line {line}, before `print_results`{behind}");
        out.push(with_stderr(at(&ENDED_EARLY, message, "it ended here")));
    }
}

/// Why a script says that it skips itself: the last line that it printed begins with `[SKIP]` or a word
/// like it. A skip is no pass, and is counted.
fn skipped(reply: &Reply, record: &Record<'_>) -> Option<String> {
    let last = |bytes: &[u8]| {
        let masked = secret::mask(bytes);
        let text = printable(&masked);
        let line = text.lines().rfind(|line| !line.trim().is_empty())?;
        // `printable` shows the escape of a colour as a sign.
        let plain: String = line
            .split('\u{241b}')
            .enumerate()
            .map(|(at, part)| match part.split_once('m') {
                Some((_, rest)) if at > 0 => rest,
                _ => part,
            })
            .collect();
        Some(plain.trim().to_owned())
    };
    let said = last(&reply.stdout.bytes).or_else(|| last(&reply.stderr.bytes))?;
    let word = said.trim_start_matches('[').to_ascii_lowercase();
    word.starts_with("skip")
        .then(|| shorten(&record.shown(&said), 200))
}

fn nothing(harness: &Harness) -> Diagnostic {
    let message = format!("`{}` asserted nothing", harness.id);
    let label = harness.source().excerpt(harness.source().line_span(1));
    Diagnostic::new(&ASSERTED_NOTHING, message)
        .label(label, "no helper of `framework/helpers.sh` was called")
        .help("if others only source it, begin its name with `_`")
}

/// What bash says about lines of the script on standard error: `SCRIPT: line N: MESSAGE`.
fn complaints(stderr: &[u8], script: &str) -> Vec<(usize, String)> {
    let text = String::from_utf8_lossy(stderr);
    let mut found: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let parts = line
            .strip_prefix(script)
            .and_then(|rest| rest.strip_prefix(": line "))
            .and_then(|rest| rest.split_once(": "));
        let Some((number, message)) = parts else {
            continue;
        };
        let Ok(number) = number.parse() else { continue };
        if !found.iter().any(|(known, _)| *known == number) {
            found.push((number, message.to_owned()));
        }
    }
    found
}

/// The last lines of standard error, masked.
fn last_lines(stderr: &[u8], record: &Record<'_>) -> Vec<String> {
    let masked = secret::mask(stderr);
    let text = printable(&masked);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let from = lines.len().saturating_sub(SHOWN_LINES);
    lines[from..]
        .iter()
        .map(|line| record.shown(line).chars().take(200).collect())
        .collect()
}

fn remove(folders: &Folders) -> std::io::Result<()> {
    if std::fs::remove_dir_all(&folders.whole).is_ok() {
        return Ok(());
    }
    // A folder without permissions stands in the way.
    open_up(&folders.whole);
    std::fs::remove_dir_all(&folders.whole)
}

fn without_checks(
    harness: &Arc<Harness>,
    outcome: Outcome,
    reason: Option<&str>,
    diagnostics: Vec<Diagnostic>,
) -> HarnessResult {
    HarnessResult {
        harness: Arc::clone(harness),
        outcome,
        reason: reason.map(Into::into),
        checks: Vec::<CheckResult>::new(),
        diagnostics,
        duration: Duration::ZERO,
        attempts: Vec::new(),
        kept: None,
    }
}

/// Gives every folder below one the permissions that removing it takes.
fn open_up(folder: &Path) {
    let _ = std::fs::set_permissions(folder, Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}
