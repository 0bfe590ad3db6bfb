//! Starts one command of a request, and says in words why a command could not be started.
//! Programs are resolved here, not by `execvp`: against the `PATH` and folder of the request.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{Timespec, poll};
use rustix::fs::{Access, access};
use rustix::process::Pid;

use super::{Program, Request};

const SHELL: &str = "/bin/sh";

/// How long a program file may be "busy" before that is believed.
///
/// A thread of clawtest may start a supervisor while another writes a script: the descriptor of
/// the script is then open in that child until its `exec`, for well under a millisecond.
const BUSY_LIMIT: Duration = Duration::from_millis(250);
const BUSY_PAUSE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 2_000_000,
};

/// A command that runs, as leader of its own process group.
pub(super) struct Spawned {
    pub(super) pid: Pid,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
}

/// Starts the command of `request`, or says why there is none.
pub(super) fn spawn(request: &Request) -> Result<Spawned, String> {
    let folder = &request.cwd;
    if folder.is_relative() {
        // Relative to what? The folder of this process is nobody's choice.
        return Err(format!(
            "working folder `{}` is not an absolute path",
            folder.display()
        ));
    }
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => access(folder, Access::EXEC_OK).map_err(|error| {
            format!(
                "working folder `{}` cannot be entered: {error}",
                folder.display()
            )
        })?,
        Ok(_) => {
            return Err(format!(
                "working folder `{}` is not a folder",
                folder.display()
            ));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!(
                "working folder `{}` does not exist",
                folder.display()
            ));
        }
        Err(error) => {
            return Err(format!(
                "working folder `{}` cannot be entered: {error}",
                folder.display()
            ));
        }
    }
    let (path, mut command) = match &request.program {
        Program::Shell(script) => {
            let mut command = Command::new(SHELL);
            command.arg0("sh").arg("-c").arg(script);
            (PathBuf::from(SHELL), command)
        }
        Program::Argv(words) => {
            let (name, arguments) = words
                .split_first()
                .ok_or_else(|| "no program is given".to_owned())?;
            let path = resolve(name, request)?;
            let mut command = Command::new(&path);
            command.arg0(name).args(arguments);
            (path, command)
        }
    };
    command
        .env_clear()
        .envs(request.env.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = start(&mut command).map_err(|error| explain(&path, request, &error))?;
    taken(child).ok_or_else(|| format!("cannot start `{}`: no pipes", path.display()))
}

fn start(command: &mut Command) -> io::Result<Child> {
    let begun = Instant::now();
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == ErrorKind::ExecutableFileBusy
                    && begun.elapsed() < BUSY_LIMIT =>
            {
                poll(&mut [], Some(&BUSY_PAUSE)).or_else(ignore_interruption)?;
            }
            other => return other,
        }
    }
}

fn ignore_interruption(error: rustix::io::Errno) -> io::Result<usize> {
    if error == rustix::io::Errno::INTR {
        Ok(0)
    } else {
        Err(error.into())
    }
}

fn taken(mut child: Child) -> Option<Spawned> {
    Some(Spawned {
        pid: Pid::from_child(&child),
        stdout: child.stdout.take()?.into(),
        stderr: child.stderr.take()?.into(),
    })
}

enum Candidate {
    Runs,
    Missing,
    Folder,
    Denied,
}

fn candidate(path: &Path) -> Candidate {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Candidate::Folder,
        Ok(_) if access(path, Access::EXEC_OK).is_ok() => Candidate::Runs,
        Err(error) if error.kind() != ErrorKind::PermissionDenied => Candidate::Missing,
        Ok(_) | Err(_) => Candidate::Denied,
    }
}

fn resolve(name: &str, request: &Request) -> Result<PathBuf, String> {
    if name.is_empty() {
        return Err("the program's name is empty".to_owned());
    }
    if name.contains('/') {
        let path = request.cwd.join(name);
        return match candidate(&path) {
            Candidate::Runs => Ok(path),
            Candidate::Missing => Err(format!("program `{name}` not found")),
            Candidate::Folder => Err(format!("program `{name}` is a folder")),
            Candidate::Denied => Err(format!(
                "program `{name}` is not executable: permission denied"
            )),
        };
    }
    let Some((_, search)) = request.env.iter().rev().find(|(key, _)| key == "PATH") else {
        return Err(format!(
            "program `{name}` not found: the environment has no PATH"
        ));
    };
    let mut denied = None;
    for folder in std::env::split_paths(search) {
        // An empty entry is the working folder, as for every shell; `join` leaves it at that.
        let path = request.cwd.join(folder).join(name);
        match candidate(&path) {
            Candidate::Runs => return Ok(path),
            Candidate::Denied => denied = denied.or(Some(path)),
            Candidate::Missing | Candidate::Folder => {}
        }
    }
    Err(match denied {
        Some(path) => {
            format!(
                "program `{name}` is not executable: permission denied for `{}`",
                path.display()
            )
        }
        None => format!("program `{name}` not found on PATH {search}"),
    })
}

fn explain(path: &Path, request: &Request, error: &io::Error) -> String {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound if !request.cwd.is_dir() => {
            format!("working folder `{}` does not exist", request.cwd.display())
        }
        ErrorKind::NotFound | ErrorKind::PermissionDenied => match interpreter(path) {
            Some(name) if error.kind() == ErrorKind::NotFound => {
                format!("interpreter `{name}` of `{shown}` not found")
            }
            Some(name) => {
                format!("interpreter `{name}` of `{shown}` is not executable: permission denied")
            }
            None if error.kind() == ErrorKind::NotFound => {
                format!("the loader that `{shown}` needs is not there")
            }
            None => format!("program `{shown}` is not executable: permission denied"),
        },
        ErrorKind::ArgumentListTooLong => {
            format!("arguments and environment of `{shown}` are too long")
        }
        _ if error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error()) => {
            format!("`{shown}` is not a program: no `#!` line and no known binary format")
        }
        _ => format!("cannot start `{shown}`: {error}"),
    }
}

/// The program named by a script's first line.
fn interpreter(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    // The kernel itself reads no more than 256 bytes of that line.
    BufReader::new(File::open(path).ok()?.take(256))
        .read_until(b'\n', &mut line)
        .ok()?;
    let rest = line.strip_prefix(b"#!")?;
    String::from_utf8_lossy(rest)
        .split_whitespace()
        .next()
        .map(str::to_owned)
}
