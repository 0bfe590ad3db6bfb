//! The process above a supervisor: it only waits for it, so no command has it as its parent.
//! Should a command kill the supervisor, whatever that leaves behind falls to the guard and to
//! nobody else, and is killed here. It runs no command and never reads the control socket.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{
    Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, set_child_subreaper, setsid, wait,
};
use signal_hook::consts::{SIGCHLD, SIGTERM};
use signal_hook::{flag, low_level::pipe};

use super::descendants::kill_below;
use super::{SUPERVISE_MODE, supervise};

/// How long a supervisor whose client is gone may take for its own clean-up.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long killed processes may take to die.
const KILL_LIMIT: Duration = Duration::from_secs(2);

/// Runs a supervisor below itself. The exit code is the supervisor's, 128 + the signal that killed
/// it, or 1 if it could not be started.
pub(super) fn main() -> ExitCode {
    let code = Guard::start().and_then(|mut guard| {
        let code = guard.watch()?;
        guard.clean_up()?;
        Ok(code)
    });
    ExitCode::from(code.unwrap_or(1))
}

struct Guard {
    supervisor: Pid,
    ended: Arc<AtomicBool>,
    wake: UnixStream,
}

impl Guard {
    fn start() -> io::Result<Self> {
        // A session of its own: no terminal can signal what is below, and none can be read.
        // It fails only for a group leader, which is what someone gets who starts this by hand.
        let _ = setsid();
        set_child_subreaper(Some(getpid()))?;
        supervise::disarm_signals()?;
        let (wake, signalled) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let ended = Arc::new(AtomicBool::new(false));
        flag::register(SIGTERM, Arc::clone(&ended))?;
        pipe::register(SIGTERM, signalled.try_clone()?)?;
        pipe::register(SIGCHLD, signalled)?;
        // Not by its path: the file there may be another by now.
        let supervisor = Command::new("/proc/self/exe")
            .arg0(std::env::args_os().next().unwrap_or_default())
            .arg(SUPERVISE_MODE)
            .arg(getpid().to_string())
            .stdin(Stdio::inherit())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            supervisor: Pid::from_child(&supervisor),
            ended,
            wake,
        })
    }

    /// Waits for the supervisor's end, and brings it about if the client asks for that by SIGTERM
    /// or is gone and the supervisor does not react to it.
    fn watch(&mut self) -> io::Result<u8> {
        let socket = io::stdin();
        let mut deadline = None;
        loop {
            if let Some(status) = self.reap()? {
                return Ok(exit_code(status));
            }
            let late = deadline.is_some_and(|at| Instant::now() >= at);
            if late || self.ended.swap(false, Ordering::Relaxed) {
                // Not reaped yet, so that the number is still its own.
                kill_process(self.supervisor, Signal::KILL)?;
                deadline = None;
            }
            let mut fds = vec![PollFd::new(&self.wake, PollFlags::IN)];
            // Once seen, a hang-up would end every wait at once.
            if deadline.is_none() && !late {
                fds.push(PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::RDHUP));
            }
            supervise::poll_until(&mut fds, deadline)?;
            let hung_up = fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
            supervise::drain(&self.wake);
            if hung_up {
                deadline = Instant::now().checked_add(PATIENCE);
            }
        }
    }

    fn reap(&self) -> io::Result<Option<WaitStatus>> {
        loop {
            match wait(WaitOptions::NOHANG)? {
                Some((pid, status)) if pid == self.supervisor => return Ok(Some(status)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Kills and reaps everything: without a supervisor, all children here are its orphans.
    fn clean_up(&self) -> io::Result<()> {
        let deadline = Instant::now().checked_add(KILL_LIMIT);
        loop {
            supervise::drain(&self.wake);
            // Reaps what is dead; an error says that no child is left, hence no descendant.
            while let Some(reaped) = wait(WaitOptions::NOHANG).transpose() {
                if reaped.is_err() {
                    return Ok(());
                }
            }
            if deadline.is_some_and(|at| Instant::now() >= at) {
                return Ok(());
            }
            kill_below(getpid());
            supervise::poll_until(&mut [PollFd::new(&self.wake, PollFlags::IN)], deadline)?;
        }
    }
}

fn exit_code(status: WaitStatus) -> u8 {
    let code = match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}
