//! The supervisor: runs the commands of one harness, one at a time, and ends what they leave.
//! One thread and one `poll`; every orphan below becomes its child, so nothing here guesses.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, getsid, wait};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::{flag, low_level::pipe};

use super::capture::Capture;
use super::descendants::Held;
use super::sandbox::{self, Launcher};
use super::spawn::{Spawned, spawn};
use super::wire::{Answer, Extent, Incoming, Order, head};
use super::{End, GRACE, Request};

mod ending;

const BUFFER: usize = 64 << 10;

/// How often the processes of a confined command are counted.
const LOOK: Duration = Duration::from_millis(100);
/// What is added to standard error when that was too many.
const CROWDED: &[u8] = b"clawtest: there were too many processes, and all were killed\n";

/// Serves the client at standard input until that closes it, then ends all that runs.
/// `guard` is the process above; if that dies, all ends as well.
pub(super) fn main(guard: Option<Pid>) -> ExitCode {
    let Ok(mut supervisor) = Supervisor::start(guard) else {
        return ExitCode::FAILURE;
    };
    let served = supervisor.serve();
    supervisor.ending = true;
    // Nothing is left that could stop this: waits are no longer cut short.
    let _ = supervisor.end(&mut Held::default(), GRACE);
    if served.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Lets the signals that a terminal or a service manager sends pass without effect.
///
/// By handlers and not by ignoring them: a handler is reset by `exec`, so commands begin with the
/// default action even if clawtest was started with some of these ignored.
pub(super) fn disarm_signals() -> io::Result<()> {
    let unread = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] {
        flag::register(signal, Arc::clone(&unread))?;
    }
    Ok(())
}

/// `poll` with an optional deadline; a signal that interrupts it counts as a wake-up.
pub(super) fn poll_until(fds: &mut [PollFd<'_>], until: Option<Instant>) -> io::Result<()> {
    // An instant too far away for the system's clock is as good as none.
    let timeout =
        until.and_then(|at| Timespec::try_from(at.saturating_duration_since(Instant::now())).ok());
    match poll(fds, timeout.as_ref()) {
        Ok(_) => Ok(()),
        Err(Errno::INTR) => {
            fds.iter_mut().for_each(PollFd::clear_revents);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Empties a self-pipe. To be done *before* looking for what its bytes announce.
pub(super) fn drain(mut wake: &UnixStream) {
    let mut bytes = [0; 256];
    while wake
        .read(&mut bytes)
        .is_ok_and(|count| count == bytes.len())
    {}
}

/// Why a wait ended.
#[derive(PartialEq, Eq)]
enum Wake {
    Child,
    Control,
    Deadline,
}

/// The client or the guard is gone, or makes no sense: all has to end.
struct HangUp;

struct Supervisor {
    control: UnixStream,
    incoming: Incoming,
    wake: UnixStream,
    /// Readable once the guard is gone.
    guard: Option<OwnedFd>,
    me: Pid,
    above: Option<Pid>,
    /// The session which all commands begin in.
    session: i32,
    /// Whether the client and the guard no longer count.
    ending: bool,
    /// The command's own process while it is not reaped: so long its number is its own.
    command: Option<Pid>,
    status: Option<WaitStatus>,
    current: Vec<Capture>,
    /// Streams of finished commands that background processes still hold. They are drained, for
    /// closing them would kill a server at its next log line.
    leftover: Vec<Capture>,
    adopted: Held,
    /// What starts commands once they are confined.
    launcher: Option<Launcher>,
    /// The commands of this scope; where there is no census of processes they stand in for it.
    commands: Vec<Pid>,
    buffer: Vec<u8>,
}

impl Supervisor {
    fn start(above: Option<Pid>) -> io::Result<Self> {
        disarm_signals()?;
        // The mode of what commands write must not depend on who called clawtest.
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
        let (wake, signalled) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        pipe::register(SIGCHLD, signalled)?;
        let guard = become_reaper(above)?;
        Ok(Self {
            control: UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?),
            incoming: Incoming::default(),
            wake,
            guard,
            me: getpid(),
            above,
            session: getsid(None)?.as_raw_pid(),
            ending: false,
            command: None,
            status: None,
            current: Vec::new(),
            leftover: Vec::new(),
            adopted: Held::default(),
            launcher: None,
            commands: Vec::new(),
            buffer: vec![0; BUFFER],
        })
    }

    /// Answers orders until the client is done; an error if one is malformed.
    fn serve(&mut self) -> io::Result<()> {
        loop {
            match self.wait(None) {
                Ok(Wake::Child) => self.reap(),
                Ok(Wake::Control) => {
                    let Some(order) = self.read_order()? else {
                        return Ok(());
                    };
                    let Ok((answer, body)) = self.obey(&order) else {
                        return Ok(());
                    };
                    self.control.write_all(&head(&answer, body.len())?)?;
                    self.control.write_all(&body)?;
                }
                Ok(Wake::Deadline) => {}
                Err(HangUp) => return Ok(()),
            }
        }
    }

    fn read_order(&mut self) -> io::Result<Option<Order<'static>>> {
        loop {
            if let Some((order, _)) = self.incoming.take(0)? {
                return Ok(Some(order));
            }
            match self.control.read(&mut self.buffer)? {
                0 if self.incoming.is_partial() => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => return Ok(None),
                count => self.incoming.push(&self.buffer[..count]),
            }
        }
    }

    fn obey(&mut self, order: &Order<'_>) -> Result<(Answer, Vec<u8>), HangUp> {
        match order {
            Order::Run(request) => self.run(request),
            Order::Confine(confinement) => {
                // Twice would be a second thread, where namespaces have to be entered by the first.
                let result = match self.launcher {
                    Some(_) => return Err(HangUp),
                    None => sandbox::confine(confinement),
                };
                let result = result.map(|(launcher, sandbox)| {
                    self.launcher = Some(launcher);
                    sandbox
                });
                Ok((Answer::Confined(result), Vec::new()))
            }
            Order::Adopt => {
                self.adopted = self.hold_all();
                Ok((Answer::Adopted, Vec::new()))
            }
            Order::EndScope => Ok((Answer::Ended(self.end_scope()?), Vec::new())),
        }
    }

    fn run(&mut self, request: &Request) -> Result<(Answer, Vec<u8>), HangUp> {
        // What runs already is not the command's, so a timeout is not its end.
        let mut earlier = self.hold_all();
        let begun = Instant::now();
        let deadline = begun.checked_add(request.timeout);
        if let Err(reason) = self.launch(request) {
            let none = Extent::default();
            let end = End::NotStarted(reason);
            return Ok((
                Answer::Ran {
                    end,
                    stdout: none,
                    stderr: none,
                    duration: begun.elapsed(),
                },
                Vec::new(),
            ));
        }
        if let Some(pid) = self.command {
            self.adopted.forget(pid);
            earlier.forget(pid);
        }
        let total = self.launcher.as_ref().and_then(|_| sandbox::total());
        let mut is_crowded = false;
        let end = loop {
            match self.wait(self.next_look(deadline))? {
                Wake::Child => self.reap(),
                Wake::Control => return Err(HangUp),
                Wake::Deadline => {}
            }
            if let Some(status) = self.status.take() {
                break end_of(status);
            }
            if passed(deadline) {
                self.end(&mut earlier, request.grace)?;
                break End::TimedOut;
            }
            if self.launcher.is_some() && Launcher::is_crowded(total) {
                is_crowded = true;
                self.end(&mut earlier, Duration::ZERO)?;
                break End::Signaled(Signal::KILL.as_raw());
            }
        };
        let duration = begun.elapsed();
        self.reap();
        (self.command, self.status) = (None, None);
        let mut extents = [Extent::default(); 2];
        let mut body = Vec::new();
        let mut last = None;
        for (mut capture, extent) in std::mem::take(&mut self.current)
            .into_iter()
            .zip(&mut extents)
        {
            capture.pump_written(&mut self.buffer);
            let (seen, mut bytes, rest) = capture.finish();
            *extent = seen;
            body.append(&mut bytes);
            // The streams come in order, so that the last word is on standard error.
            last = Some(extent);
            self.leftover.extend(rest);
        }
        if is_crowded && let Some(extent) = last {
            body.extend(CROWDED);
            extent.kept += CROWDED.len() as u64;
            extent.total += CROWDED.len() as u64;
        }
        let [stdout, stderr] = extents;
        Ok((
            Answer::Ran {
                end,
                stdout,
                stderr,
                duration,
            },
            body,
        ))
    }

    fn next_look(&self, deadline: Option<Instant>) -> Option<Instant> {
        let look = self
            .launcher
            .as_ref()
            .and_then(|_| Instant::now().checked_add(LOOK));
        look.into_iter().chain(deadline).min()
    }

    fn launch(&mut self, request: &Request) -> Result<(), String> {
        let Spawned {
            pid,
            stdout,
            stderr,
        } = match &self.launcher {
            Some(launcher) => launcher.spawn(request)?,
            None => spawn(request)?,
        };
        self.command = Some(pid);
        self.commands.push(pid);
        for pipe in [stdout, stderr] {
            // Cannot fail for a pipe; and if it did, the command would be ended by its timeout.
            self.current.extend(Capture::new(pipe, request.cap));
        }
        Ok(())
    }

    /// Reaps all dead children; the command's own status is kept.
    fn reap(&mut self) {
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if Some(pid) == self.command {
                self.command = None;
                self.status = Some(status);
            }
        }
    }

    /// Waits for a child's end, an order or the deadline, and reads the streams meanwhile.
    fn wait(&mut self, until: Option<Instant>) -> Result<Wake, HangUp> {
        loop {
            let mut fds = vec![PollFd::new(&self.wake, PollFlags::IN)];
            if !self.ending {
                fds.push(PollFd::new(&self.control, PollFlags::IN));
                fds.extend(self.guard.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
            }
            let watched = fds.len();
            let open = |capture: &&Capture| capture.pipe().is_some();
            let captures = self.current.iter().chain(&self.leftover).filter(open);
            fds.extend(
                captures
                    .filter_map(Capture::pipe)
                    .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)),
            );
            poll_until(&mut fds, until).map_err(|_| HangUp)?;
            let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
            drop(fds);

            let captures = self.current.iter_mut().chain(&mut self.leftover);
            let open = captures.filter(|capture| capture.pipe().is_some());
            for (capture, _) in open.zip(&ready[watched..]).filter(|(_, ready)| **ready) {
                capture.pump(&mut self.buffer);
            }
            self.leftover.retain(|capture| capture.pipe().is_some());
            if ready[0] {
                drain(&self.wake);
                return Ok(Wake::Child);
            }
            if ready[..watched].get(2) == Some(&true) {
                return Err(HangUp);
            }
            if ready[..watched].get(1) == Some(&true) {
                return Ok(Wake::Control);
            }
            if passed(until) {
                return Ok(Wake::Deadline);
            }
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // Failure means that the client is gone already.
        let _ = self.control.shutdown(Shutdown::Both);
    }
}

fn end_of(status: WaitStatus) -> End {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signaled(signal.unwrap_or(0)),
    }
}

fn passed(at: Option<Instant>) -> bool {
    at.is_some_and(|at| Instant::now() >= at)
}

#[cfg(target_os = "linux")]
fn become_reaper(above: Option<Pid>) -> io::Result<Option<OwnedFd>> {
    use rustix::process::{PidfdFlags, getppid, pidfd_open, set_child_subreaper};

    set_child_subreaper(Some(getpid()))?;
    // An old kernel or a container's filter may refuse: then the guard's death goes unnoticed.
    let guard = above.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    // Compared after the handle was opened: if it died before, the number may be another's.
    if above.is_some() && getppid() != above {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(guard)
}

/// Without subreapers there is no guard either; this process keeps the terminal away itself.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
fn become_reaper(_above: Option<Pid>) -> io::Result<Option<OwnedFd>> {
    // It fails only for a group leader, which has its group to itself anyway.
    let _ = rustix::process::setsid();
    Ok(None)
}
