//! Runs a shell command for an assertion: its own process group, both streams captured, a time
//! limit. The runner has a supervisor for commands of strangers; this is for a test's own.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::command::{Captured, CommandOutput, Exit};

/// Bytes of each stream that are kept.
const CAP: u64 = 8 * 1024 * 1024;

/// How long output may still come after the command itself has ended.
const DRAIN: Duration = Duration::from_millis(200);

/// Runs `sh -c` with a command.
///
/// # Errors
///
/// Why it could not be run to its end.
pub(super) fn run(command: &str, timeout: Duration) -> Result<CommandOutput, String> {
    #[expect(clippy::disallowed_methods, reason = "assertions on commands run them")]
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("cannot run `sh`: {error}"))?;
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let stdout = child.stdout.take().map(capture);
    let stderr = child.stderr.take().map(capture);
    let has_ended = wait(&child, timeout);
    // The command is still ours to reap, so its number cannot belong to anything else.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let status = child
        .wait()
        .map_err(|error| format!("cannot wait for the command: {error}"))?;
    if !has_ended {
        return Err(format!(
            "the command did not end within {}",
            crate::duration::exact(timeout)
        ));
    }
    let stream = |stream: Option<mpsc::Receiver<Captured>>| {
        // A process that left the group may hold the pipe for ever.
        stream
            .and_then(|stream| stream.recv_timeout(DRAIN).ok())
            .unwrap_or_default()
    };
    let exit = match status.code() {
        Some(code) => Exit::Code(code),
        None => Exit::Signal(status.signal().unwrap_or_default()),
    };
    Ok(CommandOutput {
        exit,
        stdout: stream(stdout),
        stderr: stream(stderr),
    })
}

/// Waits until a child has ended, without reaping it; `false` if it did not end in time.
fn wait(child: &Child, timeout: Duration) -> bool {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return false;
    };
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = waitid(
            WaitId::Pid(pid),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        );
        let _ = sender.send(());
    });
    receiver.recv_timeout(timeout).is_ok()
}

/// Reads a stream to its end, keeping its beginning.
fn capture(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<Captured> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let kept = stream.by_ref().take(CAP).read_to_end(&mut bytes);
        let rest = std::io::copy(&mut stream, &mut std::io::sink());
        let total = bytes.len() as u64 + rest.unwrap_or_default();
        // Nobody listens any more if the command took too long.
        let _ = kept.map(|_| sender.send(Captured { bytes, total }));
    });
    receiver
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::run;
    use crate::command::Exit;

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn both_streams_and_the_exit_are_captured() {
        let output = run("echo out; echo err >&2; exit 3", LONG).unwrap();
        assert_eq!(output.exit, Exit::Code(3));
        assert_eq!(output.stdout.bytes, b"out\n");
        assert_eq!(output.stderr.bytes, b"err\n");
        assert_eq!(run("kill -9 $$", LONG).unwrap().exit, Exit::Signal(9));
    }

    #[test]
    fn a_command_that_never_ends_is_an_error() {
        let error = run("sleep 1000", Duration::from_millis(50)).unwrap_err();
        assert_eq!(error, "the command did not end within 50ms");
    }

    #[test]
    fn a_background_process_does_not_hold_up_the_result() {
        let output = run("sleep 1000 & echo here", LONG).unwrap();
        assert_eq!(output.stdout.bytes, b"here\n");
    }
}
