//! Runs the commands of untrusted harnesses through a supervisor, one per harness.
//! The supervisor is a process of its own: a command that kills its parent kills no test run, and
//! on Linux each process that a command leaves behind is found with certainty, named and ended.
//! Elsewhere only the process groups of the commands are known, and what leaves them escapes.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
#[cfg(target_os = "linux")]
use rustix::process::Pid;
use serde::{Deserialize, Serialize};
use thiserror::Error;

mod capture;
mod descendants;
#[cfg(target_os = "linux")]
mod guard;
mod sandbox;
mod spawn;
mod supervise;
mod wire;

pub use sandbox::{Confinement, Network, Sandbox, in_force};
use wire::{Answer, Extent, Incoming, Order};

/// The first argument that makes the executable a supervisor.
pub const SUPERVISE_MODE: &str = "__supervise";

/// What background processes get between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_millis(500);
/// How long killed processes may take to die.
const KILL_LIMIT: Duration = Duration::from_secs(2);
/// A process that ends by itself within this time after its scope is no straggler.
const SETTLE: Duration = Duration::from_millis(100);
/// How much later than it should an answer may come on a busy machine.
const MARGIN: Duration = Duration::from_secs(5);
/// How many bytes the supervisor may add to standard error itself.
const NOTE_LIMIT: u64 = 256;
/// How often `stop` is asked while a command runs.
const STOP_INTERVAL: Duration = Duration::from_millis(25);
/// How often leftovers of a supervisor that could not clean up itself are searched.
#[cfg(target_os = "linux")]
const SWEEPS: usize = 32;

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// A script for `/bin/sh -c`.
    Shell(String),
    /// A program and its arguments, with no shell in between.
    ///
    /// A name without `/` is looked up in the `PATH` of the request's environment, one with `/`
    /// is relative to the request's folder.
    Argv(Vec<String>),
}

/// One command and the conditions under which it runs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What to run.
    pub program: Program,
    /// The working folder, an absolute path.
    #[serde(with = "wire::path_bytes")]
    pub cwd: PathBuf,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(String, String)>,
    /// How long the command may run.
    pub timeout: Duration,
    /// How long it and its descendants have after SIGTERM, before SIGKILL.
    pub grace: Duration,
    /// How many bytes of each stream are kept.
    pub cap: usize,
}

impl fmt::Debug for Request {
    // Arguments and variables may be secrets, so they are never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("cwd", &self.cwd)
            .field("env", &self.env.len())
            .field("timeout", &self.timeout)
            .field("grace", &self.grace)
            .field("cap", &self.cap)
            .finish_non_exhaustive()
    }
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// It exited with this code.
    Exited(i32),
    /// This signal killed it.
    Signaled(i32),
    /// It ran out of time and was ended, with all that it had started.
    TimedOut,
    /// It never ran, for this reason.
    NotStarted(String),
}

/// The first bytes that a command wrote to a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stream {
    /// What was kept: the first bytes, as they were written.
    pub bytes: Vec<u8>,
    /// How many bytes there were.
    pub total: u64,
}

impl Stream {
    /// Whether the command wrote more than was kept.
    pub fn is_truncated(&self) -> bool {
        self.total > self.bytes.len() as u64
    }
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output.
    pub stdout: Stream,
    /// What it wrote to standard error.
    pub stderr: Stream,
    /// How long it took, up to the end of its own process.
    pub duration: Duration,
}

/// A process that still ran when its scope ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Straggler {
    /// Its number; it is gone by now.
    pub pid: i32,
    /// Its command line, at most 120 characters.
    pub name: String,
}

/// How a supervisor came to its end before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Death {
    /// This signal killed it, or the guard above it.
    Signaled(i32),
    /// It exited with this code.
    Exited(i32),
    /// It did not answer in time, as if a command had stopped it, and was killed.
    Unresponsive,
    /// It sent what is no answer, and was killed.
    Malformed(String),
    /// It had ended with an earlier command.
    Earlier,
}

impl fmt::Display for Death {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signaled(signal) => match signal_hook::low_level::signal_name(*signal) {
                Some(name) => write!(out, "killed by {name}"),
                None => write!(out, "killed by signal {signal}"),
            },
            Self::Exited(code) => write!(out, "exited with code {code}"),
            Self::Unresponsive => write!(out, "did not answer and was killed"),
            Self::Malformed(what) => write!(out, "sent a malformed answer ({what}) and was killed"),
            Self::Earlier => write!(out, "ended with an earlier command"),
        }
    }
}

/// Why there is no [`Reply`]. Nothing that the harness had started runs any more.
#[derive(Debug, Error)]
pub enum ProcessError {
    /// There is no supervisor.
    #[error("cannot start the supervisor `{}`", exe.display())]
    Start {
        /// What was to be started.
        exe: PathBuf,
        /// Why that failed.
        source: io::Error,
    },
    /// The supervisor is gone: a command killed or stopped it.
    #[error("the supervisor of the commands died: {0}")]
    SupervisorDied(Death),
    /// The request cannot be sent, for it is too large.
    #[error("the request cannot be sent")]
    Request(#[source] io::Error),
    /// The commands cannot be confined to what was asked for, so none was run.
    #[error("the commands cannot be confined: {0}")]
    Confine(String),
    /// The caller said so.
    #[error("stopped")]
    Stopped,
}

/// A running supervisor. Dropping it ends everything that its commands have left.
///
/// After [`ProcessError::Stopped`] or [`ProcessError::SupervisorDied`] it is of no more use; the
/// harness is over, and the next one gets its own.
#[derive(Debug)]
pub struct Supervisor {
    socket: UnixStream,
    incoming: Incoming,
    /// The process started here: the guard, or the supervisor itself where there is no guard.
    /// It is reaped by this object alone, so for as long its number is its own.
    child: Option<Child>,
}

/// Why an exchange with the supervisor had no result.
enum Trouble {
    Closed,
    Late,
    Stopped,
    Malformed(String),
    Unsent(io::Error),
}

impl Supervisor {
    /// Starts `exe`, which has to call [`supervise_main`] when [`SUPERVISE_MODE`] is its first
    /// argument. Does not wait for it to be ready.
    pub fn start(exe: &Path) -> Result<Self, ProcessError> {
        let started = || {
            let (socket, theirs) = UnixStream::pair()?;
            socket.set_nonblocking(true)?;
            // Standard streams of clawtest may be pipes whose end someone waits for.
            let child = Command::new(exe)
                .arg(SUPERVISE_MODE)
                .stdin(OwnedFd::from(theirs))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            Ok(Self {
                socket,
                incoming: Incoming::default(),
                child: Some(child),
            })
        };
        started().map_err(|source| ProcessError::Start {
            exe: exe.to_owned(),
            source,
        })
    }

    /// Runs one command and waits for its own process, and for no other: background processes
    /// that it leaves run on until [`Self::end_scope`], whatever pipes they hold.
    ///
    /// `stop` is asked many times a second; once it says yes, everything is ended and the result
    /// is [`ProcessError::Stopped`].
    pub fn run(
        &mut self,
        request: &Request,
        stop: &dyn Fn() -> bool,
    ) -> Result<Reply, ProcessError> {
        let patience = request
            .timeout
            .saturating_add(request.grace)
            .saturating_add(MARGIN);
        let cap = u64::try_from(request.cap).unwrap_or(u64::MAX);
        let order = Order::Run(Cow::Borrowed(request));
        let limit = cap.saturating_mul(2).saturating_add(NOTE_LIMIT);
        let result = self.exchange(&order, limit, patience, stop);
        let result = result.and_then(|(answer, body)| match answer {
            Answer::Ran {
                end,
                stdout,
                stderr,
                duration,
            } => {
                let (stdout, stderr) = streams(stdout, stderr, body)
                    .ok_or_else(|| Trouble::Malformed("streams of another length".to_owned()))?;
                Ok(Reply {
                    end,
                    stdout,
                    stderr,
                    duration,
                })
            }
            other => Err(unexpected(&other)),
        });
        result.map_err(|trouble| self.give_up(trouble))
    }

    /// What runs now belongs to the whole harness: later ends of scopes leave these processes and
    /// what they start alone.
    pub fn adopt(&mut self) -> Result<(), ProcessError> {
        let result = self.exchange(&Order::Adopt, 0, MARGIN, &|| false);
        let result = result.and_then(|(answer, _)| match answer {
            Answer::Adopted => Ok(()),
            other => Err(unexpected(&other)),
        });
        result.map_err(|trouble| self.give_up(trouble))
    }

    /// Ends what was started since, but for adopted processes, and names what did not end by
    /// itself within a moment. Returns at once if nothing is left.
    pub fn end_scope(&mut self) -> Result<Vec<Straggler>, ProcessError> {
        let patience = SETTLE + GRACE + KILL_LIMIT + MARGIN;
        let result = self.exchange(&Order::EndScope, 0, patience, &|| false);
        let result = result.and_then(|(answer, _)| match answer {
            Answer::Ended(stragglers) => Ok(stragglers),
            other => Err(unexpected(&other)),
        });
        result.map_err(|trouble| self.give_up(trouble))
    }

    /// Ends everything, adopted processes too, and waits until that is done.
    pub fn finish(mut self) -> Result<(), ProcessError> {
        match self.close() {
            None | Some(Death::Exited(0)) => Ok(()),
            Some(death) => Err(ProcessError::SupervisorDied(death)),
        }
    }

    fn exchange(
        &mut self,
        order: &Order<'_>,
        body_limit: u64,
        patience: Duration,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Answer, Vec<u8>), Trouble> {
        let deadline = Instant::now().checked_add(patience);
        let bytes = wire::head(order, 0).map_err(Trouble::Unsent)?;
        let mut unsent = bytes.as_slice();
        let mut buffer = vec![0; 64 << 10];
        loop {
            // An answer before the end of the order would be nonsense, but is read all the same:
            // it is a closed socket that shows here.
            let flags = if unsent.is_empty() {
                PollFlags::IN
            } else {
                PollFlags::IN | PollFlags::OUT
            };
            self.await_socket(flags, deadline, stop)?;
            if !unsent.is_empty() {
                match self.socket.write(unsent) {
                    Ok(count) => unsent = &unsent[count..],
                    Err(error) if is_transient(&error) => {}
                    Err(_) => return Err(Trouble::Closed),
                }
            }
            match self.socket.read(&mut buffer) {
                Ok(0) => return Err(Trouble::Closed),
                Ok(count) => self.incoming.push(&buffer[..count]),
                Err(error) if is_transient(&error) => continue,
                Err(_) => return Err(Trouble::Closed),
            }
            let taken = self.incoming.take(body_limit);
            if let Some(answer) = taken.map_err(|error| Trouble::Malformed(error.to_string()))? {
                return Ok(answer);
            }
        }
    }

    fn await_socket(
        &self,
        flags: PollFlags,
        deadline: Option<Instant>,
        stop: &dyn Fn() -> bool,
    ) -> Result<(), Trouble> {
        loop {
            let mut fds = [PollFd::new(&self.socket, flags)];
            let slice = Instant::now().checked_add(STOP_INTERVAL);
            supervise::poll_until(&mut fds, slice).map_err(|_| Trouble::Closed)?;
            if stop() {
                return Err(Trouble::Stopped);
            }
            if !fds[0].revents().is_empty() {
                return Ok(());
            }
            if deadline.is_some_and(|at| Instant::now() >= at) {
                return Err(Trouble::Late);
            }
        }
    }

    fn give_up(&mut self, trouble: Trouble) -> ProcessError {
        let death = match trouble {
            Trouble::Unsent(error) => return ProcessError::Request(error),
            Trouble::Stopped => {
                self.close();
                return ProcessError::Stopped;
            }
            Trouble::Closed => self.bury(),
            Trouble::Late => self.kill().and(Some(Death::Unresponsive)),
            Trouble::Malformed(what) => self.kill().and(Some(Death::Malformed(what))),
        };
        ProcessError::SupervisorDied(death.unwrap_or(Death::Earlier))
    }

    /// Closing the socket is what tells a supervisor to end everything, for that reaches it also
    /// if clawtest is killed. `None` if there is none any more.
    fn close(&mut self) -> Option<Death> {
        self.child.as_ref()?;
        // Failure means that the other end is gone already.
        let _ = self.socket.shutdown(Shutdown::Write);
        if self.is_closed_within(GRACE + KILL_LIMIT + MARGIN) {
            self.bury()
        } else {
            self.kill().and(Some(Death::Unresponsive))
        }
    }

    /// Whether guard and supervisor let go of the socket in time, which they do by ending.
    fn is_closed_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now().checked_add(patience);
        let mut buffer = vec![0; 64 << 10];
        while self
            .await_socket(PollFlags::IN, deadline, &|| false)
            .is_ok()
        {
            match self.socket.read(&mut buffer) {
                Err(error) if is_transient(&error) => {}
                Ok(count) if count > 0 => {}
                Ok(_) | Err(_) => return true,
            }
        }
        false
    }

    /// Ends a supervisor that does not do it by itself: by the guard, or at last from here.
    #[cfg(target_os = "linux")]
    fn kill(&mut self) -> Option<Death> {
        use rustix::process::{Signal, kill_process};

        let pid = Pid::from_child(self.child.as_ref()?);
        // It cannot fail for a child that is not reaped.
        let _ = kill_process(pid, Signal::TERM);
        if !self.is_closed_within(MARGIN) {
            // The guard was stopped too. From the bottom up nothing could be missed; from the
            // top down orphans would be lost, so the guard goes last.
            sweep(|| descendants::kill_below(pid));
            let _ = kill_process(pid, Signal::KILL);
        }
        self.bury()
    }

    #[cfg(not(target_os = "linux"))]
    fn kill(&mut self) -> Option<Death> {
        // Failure means that it is dead already.
        let _ = self.child.as_mut()?.kill();
        self.bury()
    }

    /// Reaps the guard, which is dead or about to be.
    fn bury(&mut self) -> Option<Death> {
        let mut child = self.child.take()?;
        #[cfg(target_os = "linux")]
        sweep_session(Pid::from_child(&child));
        Some(child.wait().map_or(Death::Exited(1), death_of))
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.close();
    }
}

/// This executable, for [`Supervisor::start`]. Where the system has a name for it that holds even
/// when the file is replaced, as by a build during a long run, that one.
pub fn own_executable() -> PathBuf {
    let own = Path::new("/proc/self/exe");
    if own.exists() {
        own.to_owned()
    } else {
        std::env::current_exe().unwrap_or_default()
    }
}

/// What the executable does in [`SUPERVISE_MODE`].
///
/// The process so started is the guard (Linux): it starts the same executable once more as the
/// supervisor proper, and only waits. Who kills his parent kills the supervisor, and all orphans
/// go to the guard, which ends them; who kills the guard is ended by the supervisor. Only the two
/// at once leave orphans to the system, of which the client still ends those in the session.
pub fn supervise_main() -> ExitCode {
    #[cfg(target_os = "linux")]
    {
        match std::env::args().nth(2) {
            None => guard::main(),
            Some(above) => match above.parse().ok().and_then(Pid::from_raw) {
                Some(above) => supervise::main(Some(above)),
                None => ExitCode::FAILURE,
            },
        }
    }
    #[cfg(not(target_os = "linux"))]
    supervise::main(None)
}

/// Ends what is left in the guard's session, if the guard itself did not come to do it.
#[cfg(target_os = "linux")]
fn sweep_session(guard: Pid) {
    use rustix::process::{WaitId, WaitIdOptions, waitid};

    // Not reaped yet, so that the session's number is still its own.
    let status = waitid(
        WaitId::Pid(guard),
        WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
    );
    if let Ok(Some(status)) = status
        && status.terminating_signal().is_some()
    {
        sweep(|| descendants::kill_session(guard));
    }
}

#[cfg(target_os = "linux")]
fn sweep(mut round: impl FnMut() -> bool) {
    for _ in 0..SWEEPS {
        if !round() {
            break;
        }
        std::thread::yield_now();
    }
}

/// The guard passes on the supervisor's death by signal as 128 + its number, as shells do.
fn death_of(status: ExitStatus) -> Death {
    match (status.signal(), status.code()) {
        (Some(signal), _) => Death::Signaled(signal),
        (None, Some(code)) if code > 128 => Death::Signaled(code - 128),
        (None, code) => Death::Exited(code.unwrap_or(1)),
    }
}

fn streams(stdout: Extent, stderr: Extent, mut body: Vec<u8>) -> Option<(Stream, Stream)> {
    let middle = usize::try_from(stdout.kept)
        .ok()
        .filter(|&middle| middle <= body.len())?;
    let rest = body.split_off(middle);
    let whole = rest.len() as u64 == stderr.kept;
    whole.then_some((
        Stream {
            bytes: body,
            total: stdout.total,
        },
        Stream {
            bytes: rest,
            total: stderr.total,
        },
    ))
}

fn unexpected(answer: &Answer) -> Trouble {
    Trouble::Malformed(format!("unexpected {answer:?}"))
}

fn is_transient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
