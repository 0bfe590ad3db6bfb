//! What a script has done so far: its assertions as checks, in the order in which they were made, and
//! what is worth knowing besides.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use clawtest_framework::assert;
use clawtest_framework::diagnostic::{Diagnostic, Rule};
use clawtest_framework::judge::Subject;
use clawtest_framework::reading::Text;
use clawtest_framework::secret;
use clawtest_framework::source::Span;
use clawtest_framework::text::{plural, shorten};

use super::protocol::Request;
use super::rules::{LEFT_ALONE, OWN_FAILED, PORTABLE, UNSET, WENT_ON};
use super::script::{self, Script};
use super::shadow::Folders;
use super::verdict::{self, Ground, Verdict};
use crate::harness::{Case, Harness};
use crate::outcome::{CheckResult, Outcome};

/// Most notes of one kind that are shown.
const MAX_NOTES: usize = 20;

/// Most checks of one harness; more is a loop that does not end.
const MAX_CHECKS: usize = 100_000;

/// How a script ended, as it said itself.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    /// Its exit status.
    pub(super) status: String,
    /// The last line that ran.
    pub(super) line: usize,
    /// The last command.
    pub(super) command: String,
}

/// What a script has done so far.
pub(super) struct Record<'a> {
    harness: &'a Arc<Harness>,
    script: &'a Script,
    folders: &'a Folders,
    ground: Ground,
    /// The path by which bash knows the script.
    path: String,
    names: HashMap<String, usize>,
    noted: BTreeSet<(&'static str, usize)>,
    last: Instant,
    began: SystemTime,
    /// Prerequisites that are missing, with the reason.
    openclaw: Option<String>,
    gateway: Option<String>,
    pub(super) cases: Vec<Case>,
    pub(super) results: Vec<CheckResult>,
    pub(super) notes: Vec<Diagnostic>,
    pub(super) last_line: usize,
    pub(super) has_results: bool,
    /// Whether `print_results` came only from a trap at the end.
    pub(super) has_late_results: bool,
    pub(super) ended: Option<Ended>,
    pub(super) is_nonsense: bool,
    /// Why the script says that it skips itself.
    skipped: Option<String>,
    /// Paths that the script has made outside of its folders.
    outside: BTreeSet<String>,
}

impl<'a> Record<'a> {
    pub(super) fn new(
        harness: &'a Arc<Harness>,
        script: &'a Script,
        folders: &'a Folders,
        ground: Ground,
    ) -> Self {
        Self {
            harness,
            script,
            folders,
            ground,
            path: folders.script.to_string_lossy().into_owned(),
            names: HashMap::new(),
            noted: BTreeSet::new(),
            last: Instant::now(),
            began: SystemTime::now(),
            openclaw: None,
            gateway: None,
            cases: Vec::new(),
            results: Vec::new(),
            notes: Vec::new(),
            last_line: 1,
            has_results: false,
            has_late_results: false,
            ended: None,
            is_nonsense: false,
            skipped: None,
            outside: BTreeSet::new(),
        }
    }

    /// Answers a request: a status and a text.
    pub(super) fn answer(&mut self, request: &Request) -> (u8, String) {
        let line = request.line_in(&self.path).unwrap_or(self.last_line);
        match &*request.kind {
            "end" => {
                self.end(request);
                (0, String::new())
            }
            "results" => {
                self.last_line = line;
                if self.ended.is_some() && !self.has_results {
                    self.has_late_results = true;
                }
                self.has_results = true;
                self.summary()
            }
            "count" => {
                self.count(request);
                (0, String::new())
            }
            "failed" => {
                let line = request.text(1).parse().unwrap_or(line);
                let command = match self.text(line) {
                    "" => request.text(2),
                    text => text.to_owned(),
                };
                let message = format!(
                    "line {line}: `{}` ended with {}, which would have ended the script after `set -e`; it went on",
                    shorten(&command, 80),
                    request.text(0)
                );
                self.note(&WENT_ON, line, message);
                (0, String::new())
            }
            "unset" => {
                let line = request.text(0).parse().unwrap_or(line);
                let message = format!(
                    "line {line}: `{}` is not set, which would have ended the script after `set -u`; it went on",
                    request.text(1)
                );
                self.note(&UNSET, line, message);
                (0, String::new())
            }
            "portable" => {
                let message = format!(
                    "line {line}: `{}` is of another system; what means the same here was run",
                    request.text(0)
                );
                self.note(&PORTABLE, line, message);
                (0, String::new())
            }
            "setup" | "cleanup" => (self.folder(request, line), String::new()),
            "openclaw" => {
                let is_there = request.text(0) == "1";
                let reason = "`openclaw` is not installed: it is not on the PATH of commands";
                self.openclaw = (!is_there).then(|| reason.to_owned());
                self.required("openclaw is installed", self.openclaw.clone(), line)
            }
            "gateway" => {
                self.gateway = assert::check_gateway_running()
                    .err()
                    .map(|skip| skip.reason().to_owned());
                self.required("The gateway is running", self.gateway.clone(), line)
            }
            _ => self.assertion(request, line),
        }
    }

    fn assertion(&mut self, request: &Request, line: usize) -> (u8, String) {
        let helper = match &*request.kind {
            "usage" => request.text(0),
            "assert_status" => "assert_exit_code".to_owned(),
            kind => kind.to_owned(),
        };
        let line = self
            .script
            .call_at(&helper, line)
            .map_or(line, |call| call.line);
        let span = self.span(line);
        let verdict = verdict::judge(request, &self.ground, self.harness.source(), span);
        self.last_line = line;
        let reason = self.skip_reason(&verdict);
        let name = if verdict.message.trim().is_empty() {
            let arguments: Vec<String> = request
                .arguments
                .iter()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .collect();
            let called = verdict
                .command
                .clone()
                .unwrap_or_else(|| arguments.join(" "));
            format!(
                "{} {}",
                helper.trim_start_matches("assert_").replace('_', " "),
                shorten(&self.shown(&called), 60)
            )
        } else {
            self.shown(&verdict.message)
        };
        let outcome = match &reason {
            Some(_) => Outcome::Skipped,
            None => Outcome::of(&verdict.diagnostics),
        };
        let mut result = self.result(outcome);
        if let Some(reason) = reason {
            result.reason = Some(reason.into());
        } else {
            result.diagnostics = verdict.diagnostics;
            result.output = verdict.output.map(|mut output| {
                output.stdout = self.shown(&output.stdout);
                output.command = self.shown(&output.command);
                output
            });
        }
        result.searched = verdict.searched;
        self.add(&name, span, result);
        let status = match outcome {
            Outcome::Passed => 0,
            Outcome::Failed => 1,
            Outcome::Errored => 2,
            Outcome::Skipped => 3,
        };
        (status, String::new())
    }

    /// A command that needs what the script has found missing has no verdict but a reason.
    fn skip_reason(&self, verdict: &Verdict) -> Option<String> {
        let command = verdict.command.as_deref()?;
        if !Outcome::of(&verdict.diagnostics).is_bad() {
            return None;
        }
        let names = |words: &[&str]| words.iter().any(|word| command.contains(word));
        if names(&["openclaw"]) && self.openclaw.is_some() {
            return self.openclaw.clone();
        }
        self.gateway
            .clone()
            .filter(|_| names(&["openclaw", "18789", "gateway", "GATEWAY"]))
    }

    /// A prerequisite: what is there is no check, what is not there is one that was skipped.
    fn required(&mut self, name: &str, missing: Option<String>, line: usize) -> (u8, String) {
        self.last_line = line;
        let Some(reason) = missing else {
            return (0, String::new());
        };
        let mut result = self.result(Outcome::Skipped);
        result.reason = Some(reason.clone().into());
        self.add(name, self.span(line), result);
        (1, reason)
    }

    /// Whether something that the script has asked for is missing, and why.
    pub(super) fn missing(&self) -> Option<&str> {
        self.openclaw.as_deref().or(self.gateway.as_deref())
    }

    /// What the script has counted itself.
    fn count(&mut self, request: &Request) {
        let number = |at: usize| request.text(at).parse::<usize>().unwrap_or(0).min(1000);
        let calls: Vec<usize> = request
            .chain
            .iter()
            .copied()
            .filter(|line| *line > 0)
            .collect();
        let own = calls.first().copied().unwrap_or(self.last_line);
        // The innermost call that says something, or else where it is counted.
        let said = calls.iter().skip(1).find(|line| self.script.says(**line));
        let line = said.copied().unwrap_or(own);
        let given: Vec<String> = (3..request.arguments.len())
            .rev()
            .map(|at| script::clean(&request.text(at)))
            .collect();
        let name = script::message_of(&given)
            .filter(|_| calls.len() > 1)
            .or_else(|| self.script.said_near(line))
            .or_else(|| self.script.said_near(own))
            .unwrap_or_else(|| shorten(self.text(line), 60));
        let name = self.shown(&name);
        self.last_line = line;
        for (at, outcome) in [
            (0, Outcome::Passed),
            (1, Outcome::Failed),
            (2, Outcome::Skipped),
        ] {
            for _ in 0..number(at) {
                let mut result = self.result(outcome);
                if outcome == Outcome::Failed {
                    let message = "the script counted a failure";
                    let excerpt = self.harness.source().excerpt(self.span(line));
                    result
                        .diagnostics
                        .push(Diagnostic::new(&OWN_FAILED, message).label(excerpt, "counted here"));
                } else if outcome == Outcome::Skipped {
                    result.reason = Some("the script counted it as skipped".into());
                }
                self.add(&name, self.span(line), result);
            }
        }
    }

    fn end(&mut self, request: &Request) {
        let line = request.text(1).parse().unwrap_or(0);
        if self.ended.is_none() {
            self.ended = Some(Ended {
                status: request.text(0),
                line: if line == 0 { self.last_line } else { line },
                command: request.text(2),
            });
        }
    }

    /// What is to be done with a folder: 0 nothing, 1 empty it, 2 only make it.
    fn folder(&mut self, request: &Request, line: usize) -> u8 {
        let text = request.text(0);
        let path = std::path::Path::new(&request.cwd).join(&text);
        let real = match (
            path.canonicalize(),
            path.parent().map(std::path::Path::canonicalize),
        ) {
            (Ok(real), _) => real,
            (Err(_), Some(Ok(parent))) => parent.join(path.file_name().unwrap_or_default()),
            _ => path.clone(),
        };
        let is_setup = request.kind == "setup";
        // What is below the private folders, and the workspace itself with what stands beside it.
        let whole = &self.folders.whole;
        let kept = ["home", "tmp", "project", "run", "talk"].map(|name| whole.join(name));
        let is_private = real.starts_with(whole)
            && real != *whole
            && !real.starts_with(&self.folders.talk)
            && !kept.contains(&real);
        if is_private && !text.is_empty() {
            return u8::from(!(is_setup && is_fresh(&real)));
        }
        let is_new = path.symlink_metadata().is_err();
        if is_setup && is_new && !text.is_empty() {
            self.outside.insert(text);
            return 2;
        }
        // What is not older than this run was made by the script.
        let is_own = real
            .metadata()
            .and_then(|found| found.created())
            .is_ok_and(|made| made >= self.began);
        if self.outside.contains(&text) || is_own && !real.is_symlink() {
            return 1;
        }
        let message = format!(
            "line {line}: `{}` is no folder of this run, and was left alone",
            shorten(&self.shown(&text), 80)
        );
        self.note(&LEFT_ALONE, line, message);
        if is_setup { 2 } else { 0 }
    }

    /// What `print_results` says and returns.
    fn summary(&self) -> (u8, String) {
        let count = |outcome| {
            self.results
                .iter()
                .filter(|result| result.outcome == outcome)
                .count()
        };
        let failed = count(Outcome::Failed) + count(Outcome::Errored);
        let text = format!(
            "{}: {} passed, {failed} failed, {} skipped",
            plural(self.results.len(), "assertion"),
            count(Outcome::Passed),
            count(Outcome::Skipped)
        );
        (u8::from(failed > 0), text)
    }

    pub(super) fn note(&mut self, rule: &'static Rule, line: usize, message: String) {
        let of_kind = self
            .notes
            .iter()
            .filter(|note| note.rule.code == rule.code)
            .count();
        if self.noted.insert((rule.code, line)) && of_kind < MAX_NOTES {
            let mut note = Diagnostic::new(rule, message);
            if line > 0 {
                note = note.label(self.harness.source().excerpt(self.span(line)), "");
            }
            self.notes.push(note);
        }
    }

    /// The path by which bash knows the script.
    pub(super) fn script_path(&self) -> String {
        self.path.clone()
    }

    /// A line of the script.
    fn text(&self, line: usize) -> &str {
        &self.harness.source[self.span(line).range()]
    }

    /// The place of a line, without the blanks before it.
    pub(super) fn span(&self, line: usize) -> Span {
        let span = self.harness.source().line_span(line);
        let text = &self.harness.source.as_bytes()[span.range()];
        let blanks = text
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        Span::new(span.start + blanks.min(text.len()), span.end)
    }

    /// A text without the names of private folders, which differ from run to run.
    pub(super) fn shown(&self, text: &str) -> String {
        let whole = self.folders.whole.to_string_lossy();
        if !text.contains(&*whole) {
            return text.to_owned();
        }
        let tree = self.folders.tree.to_string_lossy();
        let shown_tree =
            self.harness
                .path
                .strip_suffix(&format!("/{}{}", self.harness.id, super::EXTENSION));
        // What bash says of a command that a helper has run.
        let helpers = format!("{}/helpers.sh: line ", self.folders.talk.to_string_lossy());
        let lines = text.split_inclusive('\n').map(|line| {
            let rest = line
                .strip_prefix(&helpers)
                .and_then(|rest| rest.split_once(": "));
            rest.map_or(line.to_owned(), |(_, said)| format!("bash: {said}"))
        });
        let text: String = lines.collect();
        text.replace(&*tree, shown_tree.unwrap_or("."))
            .replace(&format!("{whole}/workspace"), "$TEST_WORKSPACE")
            .replace(&format!("{whole}/home"), "$HOME")
            .replace(&format!("{whole}/tmp"), "$TMPDIR")
            .replace(&*whole, "…")
    }

    /// Takes the names of private folders out of a diagnostic.
    fn show(&self, diagnostic: &mut Diagnostic) {
        diagnostic.message = self.shown(&diagnostic.message);
        let optional = [&mut diagnostic.expected, &mut diagnostic.found];
        for text in optional.into_iter().flatten().chain(&mut diagnostic.help) {
            *text = self.shown(text);
        }
        for label in &mut diagnostic.labels {
            label.excerpt.path = self.shown(&label.excerpt.path);
            label.message = self.shown(&label.message);
        }
    }

    fn result(&mut self, outcome: Outcome) -> CheckResult {
        let now = Instant::now();
        let duration = now.saturating_duration_since(self.last);
        self.last = now;
        CheckResult {
            index: self.cases.len(),
            outcome,
            reason: None,
            todo: None,
            duration,
            diagnostics: Vec::new(),
            output: None,
            searched: None,
        }
    }

    /// Adds a check. A name that is there already gets a number.
    pub(super) fn add(&mut self, name: &str, span: Span, mut result: CheckResult) {
        if self.cases.len() >= MAX_CHECKS {
            self.is_nonsense = true;
            return;
        }
        let name = secret::mask_text(name)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let times = self.names.entry(name.clone()).or_insert(0);
        *times += 1;
        let name = if *times > 1 {
            format!("{name} ({times})")
        } else {
            name
        };
        for diagnostic in &mut result.diagnostics {
            self.show(diagnostic);
        }
        let source = self.harness.source();
        let text = String::from_utf8_lossy(&source.bytes[span.range()]).into_owned();
        let is_wanted = self.script.only.is_empty() || self.script.only.contains(&name);
        result.index = self.cases.len();
        self.cases.push(Case {
            name: name.into(),
            span,
            subject: Subject::Command(Text {
                value: text.into(),
                span,
            }),
            program: None,
            expects_exit: true,
            expectations: Vec::new(),
            extras: None,
            needs_host: None,
            is_selected: is_wanted,
        });
        if is_wanted {
            self.results.push(result);
        }
    }

    /// Whether any check is bad.
    pub(super) fn is_bad(&self) -> bool {
        self.results.iter().any(|result| result.outcome.is_bad())
    }

    /// The script skips itself, and says why.
    pub(super) fn skip(&mut self, line: usize, reason: &str) {
        self.skip_rest(line, reason);
        if self.cases.is_empty() {
            let mut result = self.result(Outcome::Skipped);
            result.reason = Some(reason.into());
            self.add("The script skips itself", self.span(line), result);
        }
        self.skipped = Some(reason.to_owned());
    }

    /// Why the whole harness was skipped, if it was.
    pub(super) fn why_skipped(&self) -> Option<&str> {
        self.missing().or(self.skipped.as_deref())
    }

    /// What is left of the assertions behind a line, as checks that were skipped.
    pub(super) fn skip_rest(&mut self, line: usize, reason: &str) {
        let calls: Vec<(usize, String)> = self
            .script
            .calls
            .iter()
            .filter(|call| call.line > line && !call.is_in_function)
            .map(|call| (call.line, call.message.replace('\0', "…")))
            .collect();
        for (line, name) in calls {
            let mut result = self.result(Outcome::Skipped);
            result.reason = Some(reason.into());
            self.add(&name, self.span(line), result);
        }
    }

    /// How many assertions outside of functions stand behind a line.
    pub(super) fn left_behind(&self, line: usize) -> usize {
        let calls = self.script.calls.iter();
        calls
            .filter(|call| call.line > line && !call.is_in_function)
            .count()
    }
}

/// Whether a folder is as `setup_test_workspace` leaves one.
fn is_fresh(path: &std::path::Path) -> bool {
    let names = |path: &std::path::Path| -> Option<Vec<std::ffi::OsString>> {
        let entries = std::fs::read_dir(path).ok()?;
        entries.map(|entry| Some(entry.ok()?.file_name())).collect()
    };
    !path.is_symlink()
        && names(path).is_some_and(|names| names == ["memory"])
        && !path.join("memory").is_symlink()
        && names(&path.join("memory")).is_some_and(|names| names.is_empty())
}
