//! Runs a plan: harnesses in parallel, each in a workspace of its own, with events in the order of
//! the plan whatever the number of threads.

mod actions;
mod host;
pub(crate) mod rules;
mod session;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::{Duration, Instant};

use clawtest_framework::bre::Reading;
use clawtest_framework::diagnostic::Diagnostic;
use clawtest_framework::secret::policy::Policy;
use clawtest_framework::source::printable;
use clawtest_framework::text::plural;
use clawtest_framework::workspace::HostRoot;

use crate::bash;
use crate::error::{Error, without_name};
use crate::harness::Harness;
use crate::outcome::{Attempt, CheckResult, HarnessResult, Outcome, Report, Stop};
use crate::reporter::{Event, Plan};

pub use rules::RULES;
pub(crate) use session::shown_output;

/// How harnesses are run.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct Options {
    /// Harnesses that run at the same time.
    pub jobs: usize,
    /// How long one harness may take.
    pub timeout: Duration,
    /// How long one command may take where the harness does not say.
    pub check_timeout: Duration,
    /// How often a harness that did not pass is tried again.
    pub retries: u32,
    /// Whether the first harness that does not pass ends the run.
    pub fail_fast: bool,
    /// Whether workspaces are kept.
    pub keep: bool,
    /// Whether every workspace is on disk.
    pub on_disk: bool,
    /// Whether bash harnesses are confined, as far as the machine can.
    pub sandbox: bool,
    /// The host whose files are judged in place of fixtures.
    pub root: Option<Arc<HostRoot>>,
    /// What checks for secrets go by.
    pub policy: Arc<Policy>,
    /// How texts of harnesses in bash are looked for.
    pub bash_reading: Reading,
    /// PATH for commands.
    pub path: String,
    /// Other environment variables that commands see.
    pub env: Vec<(String, String)>,
    /// The program that becomes a supervisor when called with `__supervise`.
    pub supervisor: PathBuf,
}

/// What a signal asked for: 0 nothing, 2 SIGINT, 15 SIGTERM.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// Sets the flag on SIGINT and SIGTERM. A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// The system does not let signals be handled.
    pub fn on_signals() -> Result<Self, Error> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let interrupt = Self::default();
        let second = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            let value = usize::try_from(signal).unwrap_or_default();
            let shutdown = signal_hook::flag::register_conditional_shutdown(
                signal,
                128 + signal,
                Arc::clone(&second),
            );
            let seen = signal_hook::flag::register(signal, Arc::clone(&second));
            let flag = signal_hook::flag::register_usize(signal, Arc::clone(&interrupt.0), value);
            shutdown.and(seen).and(flag).map_err(Error::Signals)?;
        }
        Ok(interrupt)
    }

    /// What a signal asked for, if one came.
    pub fn stop(&self) -> Option<Stop> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            15 => Some(Stop::Terminate),
            _ => Some(Stop::Interrupt),
        }
    }
}

/// The folder that holds the workspaces of a run, made when the first one is needed.
#[derive(Debug, Default)]
pub(crate) struct RunDir {
    dir: OnceLock<Result<tempfile::TempDir, String>>,
}

impl RunDir {
    pub(crate) fn path(&self) -> Result<PathBuf, String> {
        let made = self.dir.get_or_init(|| {
            let made = tempfile::Builder::new().prefix("clawtest-").tempdir();
            made.map_err(|error| {
                let cause = without_name(error);
                format!(
                    "cannot make a folder in `{}`: {cause}; `TMPDIR` says where",
                    std::env::temp_dir().display()
                )
            })
        });
        made.as_ref()
            .map(|dir| dir.path().to_owned())
            .map_err(Clone::clone)
    }

    /// Leaves the folder in place.
    fn keep(self) {
        if let Some(Ok(dir)) = self.dir.into_inner() {
            let _ = dir.keep();
        }
    }
}

/// Harnesses in memory that one thread takes at a time: enough to be worth a thread.
const MEMORY_CHUNK: usize = 128;

struct Shared<'a> {
    plan: &'a Plan,
    options: &'a Options,
    interrupt: &'a Interrupt,
    run_dir: &'a RunDir,
    next: AtomicUsize,
    /// Set when no further harness is to be started.
    is_stopped: AtomicBool,
    chunk: usize,
}

/// Runs a plan and passes every event to `sink`.
pub fn run(
    plan: &Plan,
    options: &Options,
    interrupt: &Interrupt,
    mut sink: impl FnMut(&Event<'_>),
) -> Report {
    let start = Instant::now();
    sink(&Event::Started(plan));
    let run_dir = RunDir::default();
    let needs_disk = options.on_disk
        || options.keep
        || plan.harnesses.iter().any(|harness| harness.touches_disk());
    let in_memory = options.root.is_some() || !needs_disk;
    // A harness in memory takes microseconds: threads pay only for many of them, taken in bunches.
    let chunk = if in_memory { MEMORY_CHUNK } else { 1 };
    let threads = options
        .jobs
        .min(plan.harnesses.len().div_ceil(chunk))
        .max(1);
    let shared = Shared {
        plan,
        options,
        interrupt,
        run_dir: &run_dir,
        next: AtomicUsize::new(0),
        is_stopped: AtomicBool::new(false),
        chunk,
    };
    let mut collector = Collector {
        report: Report::default(),
        seen: 0,
        waiting: BTreeMap::new(),
        options,
        sink: &mut sink,
    };
    collector.report.harnesses.reserve(plan.harnesses.len());
    if threads == 1 {
        while let Some(bunch) = shared.take() {
            if !collector.add(bunch) {
                break;
            }
        }
    } else {
        let work = |sender: mpsc::Sender<Bunch>| {
            while let Some(bunch) = shared.take() {
                if sender.send(bunch).is_err() {
                    break;
                }
            }
        };
        std::thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            let others = if in_memory { threads - 1 } else { threads };
            let start = |_| {
                let sender = sender.clone();
                let thread = std::thread::Builder::new();
                thread.spawn_scoped(scope, move || work(sender)).ok()
            };
            // Where the system has no more threads to give, fewer do it, too.
            let started = (0..others).map_while(start).count();
            drop(sender);
            // Where harnesses take no time to wait for, this thread works, too.
            let is_worker = in_memory || started == 0;
            let own = std::iter::from_fn(|| if is_worker { shared.take() } else { None });
            if own.chain(receiver.iter()).all(|bunch| collector.add(bunch)) {
                collector.finish();
            }
            shared.is_stopped.store(true, Ordering::Relaxed);
        });
    }
    let mut report = collector.report;
    // Both are in the order of the plan.
    let mut ran = report.harnesses.iter().peekable();
    let mut has_run = |harness: &Arc<Harness>| {
        ran.next_if(|result| result.harness.id == harness.id)
            .is_some()
    };
    let not_run = plan.harnesses.iter().filter(|harness| !has_run(harness));
    report.not_run = not_run.map(|harness| harness.id.clone()).collect();
    if report.stop.is_none() && !report.not_run.is_empty() {
        report.stop = interrupt.stop();
    }
    report.is_of_host = options.root.is_some();
    report.duration = start.elapsed();
    if options.keep {
        run_dir.keep();
    }
    sink(&Event::Ended(&report));
    report
}

/// The results of a bunch of harnesses: the place of the first one, and `None` from where on the
/// run was stopped.
type Bunch = (usize, Vec<Option<HarnessResult>>);

impl Shared<'_> {
    /// Runs the next bunch; `None` if there is none.
    fn take(&self) -> Option<Bunch> {
        if self.is_stopped.load(Ordering::Relaxed) || self.interrupt.stop().is_some() {
            return None;
        }
        let start = self.next.fetch_add(self.chunk, Ordering::Relaxed);
        let harnesses = self.plan.harnesses.get(start..)?;
        if harnesses.is_empty() {
            return None;
        }
        let bunch = &harnesses[..harnesses.len().min(self.chunk)];
        let mut results = Vec::with_capacity(bunch.len());
        for harness in bunch {
            let result = self.harness(harness);
            let is_end = result
                .as_ref()
                .is_none_or(|result| self.options.fail_fast && result.outcome.is_bad());
            results.push(result);
            if is_end {
                break;
            }
        }
        Some((start, results))
    }

    /// Runs one harness, again if it does not pass and that is wanted; `None` if it was interrupted.
    fn harness(&self, harness: &Arc<Harness>) -> Option<HarnessResult> {
        let start = Instant::now();
        let mut attempts: Vec<Attempt> = Vec::new();
        loop {
            let number = attempts.len() + 1;
            let mut result = match catch_panic(|| self.attempt(harness, start, number)) {
                Ok(result) => result?,
                Err(message) => panicked(harness, &message),
            };
            let tries_left =
                u32::try_from(attempts.len()).is_ok_and(|tried| tried < self.options.retries);
            if result.outcome.is_bad() && tries_left {
                let failures = result
                    .checks
                    .into_iter()
                    .filter(|check| check.outcome.is_bad())
                    .collect();
                attempts.push(Attempt {
                    failures,
                    diagnostics: result.diagnostics,
                });
                continue;
            }
            result.attempts = attempts;
            result.duration = start.elapsed();
            return Some(result);
        }
    }
}

impl Shared<'_> {
    /// One attempt at a harness; `None` if it was interrupted.
    fn attempt(
        &self,
        harness: &Arc<Harness>,
        start: Instant,
        number: usize,
    ) -> Option<HarnessResult> {
        if let Some(script) = &harness.script {
            let place = (self.run_dir, number);
            return bash::run(harness, script, self.options, self.interrupt, place, start);
        }
        let session = session::Session::new(harness, self.options, self.interrupt, start);
        session.run(self.run_dir, number)
    }
}

struct Collector<'a, S> {
    report: Report,
    /// How many harnesses of the plan are done with, interrupted ones included.
    seen: usize,
    /// Bunches that came before their turn.
    waiting: BTreeMap<usize, Vec<Option<HarnessResult>>>,
    options: &'a Options,
    sink: &'a mut S,
}

impl<S: FnMut(&Event<'_>)> Collector<'_, S> {
    /// Takes a bunch, and passes on what is due in the order of the plan; `false` if the run ends
    /// with it.
    fn add(&mut self, (start, results): Bunch) -> bool {
        self.waiting.insert(start, results);
        while let Some(results) = self.waiting.remove(&self.seen) {
            self.seen += results.len();
            if !self.pass_on(results) {
                return false;
            }
        }
        true
    }

    /// An interrupt leaves gaps; what came to its end behind them is passed on all the same.
    fn finish(&mut self) {
        for results in std::mem::take(&mut self.waiting).into_values() {
            if !self.pass_on(results) {
                return;
            }
        }
    }

    /// An interrupted harness has no result.
    fn pass_on(&mut self, results: Vec<Option<HarnessResult>>) -> bool {
        for result in results.into_iter().flatten() {
            (self.sink)(&Event::Finished(&result));
            let is_bad = result.outcome.is_bad();
            self.report.harnesses.push(result);
            if is_bad && self.options.fail_fast {
                self.report.stop = Some(Stop::FailFast);
                return false;
            }
        }
        true
    }
}

/// Runs something and gives back what a panic in it said and where.
fn catch_panic<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| {
        let said = payload.downcast_ref::<&str>().map(ToString::to_string);
        said.or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_default()
    })
}

fn panicked(harness: &Arc<Harness>, message: &str) -> HarnessResult {
    let message = format!(
        "clawtest has a bug: it panicked while running `{}`: {message}",
        harness.id
    );
    let diagnostic = Diagnostic::new(&rules::PANICKED, message)
        .help("please report this; the other harnesses are not affected");
    not_judged(harness, diagnostic, "not judged: clawtest panicked")
}

/// A harness whose checks all have no verdict, for one reason.
fn not_judged(harness: &Arc<Harness>, diagnostic: Diagnostic, reason: &str) -> HarnessResult {
    let checks = harness
        .selected_checks()
        .map(|(index, _)| unjudged(index, reason));
    HarnessResult {
        harness: Arc::clone(harness),
        outcome: Outcome::Errored,
        reason: None,
        checks: checks.collect(),
        diagnostics: vec![diagnostic],
        duration: Duration::ZERO,
        attempts: Vec::new(),
        kept: None,
    }
}

/// A check that was not judged, for a reason that is reported elsewhere.
fn unjudged(index: usize, reason: &str) -> CheckResult {
    CheckResult {
        index,
        outcome: Outcome::Errored,
        reason: Some(reason.into()),
        todo: None,
        duration: Duration::ZERO,
        diagnostics: Vec::new(),
        output: None,
        searched: None,
    }
}

/// Stops panics of this process from printing what a harness holds; they are reported as outcomes.
/// What is printed is masked.
pub fn quiet_panics() {
    static LAST: Mutex<()> = Mutex::new(());
    std::panic::set_hook(Box::new(|info| {
        let _one_at_a_time = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        tracing_to_stderr(&info.to_string());
    }));
}

#[expect(
    clippy::print_stderr,
    reason = "a bug is told on standard error, whatever the reporters do"
)]
fn tracing_to_stderr(text: &str) {
    eprintln!("{}", bug(text));
}

/// What is told of a panic: its message and its place, masked.
fn bug(text: &str) -> String {
    let masked = clawtest_framework::secret::mask_text(text);
    format!("clawtest: bug: {}", printable(masked.as_bytes()))
}

/// "2 background processes".
pub(crate) fn processes(count: usize) -> String {
    plural(count, "background process").replace("processs", "processes")
}

#[cfg(test)]
mod tests {
    use super::{bug, catch_panic, panicked};
    use crate::reporter::sample;

    #[test]
    fn a_panic_shows_no_secret() {
        let token = format!("ghp_{}", "Ab3dEf6hIj9".repeat(4).split_at(36).0);
        let harness = std::sync::Arc::new(sample::harness("a/b", &["one"]));
        let message = catch_panic(|| panic!("cannot read {token}\u{1b}[2J")).unwrap_err();
        let result = format!("{:?}", panicked(&harness, &message).diagnostics);
        for shown in [result, bug(&message)] {
            assert!(shown.contains("cannot read ghp_***"), "{shown}");
            assert!(
                !shown.contains("3dEf6hIj") && !shown.contains('\u{1b}'),
                "{shown}"
            );
        }
    }
}
