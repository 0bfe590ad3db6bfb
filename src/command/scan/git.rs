//! What the program `git` knows: staged contents, and everything that commits hold. Each object is
//! looked at once.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::sync_channel;

use super::allow::plain;
use super::record::Origin;
use super::walk::{Walk, Worker};

/// How many objects may be asked for before the first of them is looked at.
const AHEAD: usize = 256;

/// What the text of a commit is called.
const MESSAGE: &str = "(commit)";

/// Objects of a repository, as `git cat-file --batch` gives them.
struct Objects {
    child: Child,
    out: BufReader<ChildStdout>,
}

/// `git` in a folder. Nothing that a repository's configuration names is run.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn not_started(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the program `git` is not there".to_owned(),
        _ => format!("cannot start `git`: {error}"),
    }
}

/// What `git` prints; why not, in its own words, if it fails.
fn output(mut command: Command) -> Result<Vec<u8>, String> {
    let output = command.stderr(Stdio::piped()).output();
    let output = output.map_err(|error| not_started(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().next().unwrap_or("it failed");
    Err(format!(
        "git: {}",
        line.strip_prefix("fatal: ").unwrap_or(line)
    ))
}

/// Where the files of a repository are, seen from a path in it: the path itself, or a folder above.
fn top(path: &Path) -> Result<PathBuf, String> {
    let mut command = git(path);
    command.args(["rev-parse", "--is-bare-repository", "--show-cdup"]);
    let said = output(command)?;
    let mut lines = said.split(|byte| *byte == b'\n');
    lines.next();
    let up = lines.next().unwrap_or_default();
    Ok(if up.is_empty() {
        path.to_owned()
    } else {
        plain(&path.join(OsStr::from_bytes(up)))
    })
}

impl Objects {
    fn open(folder: &Path) -> Result<(Self, ChildStdin), String> {
        let mut command = git(folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(out)) => {
                let out = BufReader::with_capacity(1 << 16, out);
                Ok((Self { child, out }, requests))
            }
            _ => Err("`git` has no pipes".to_owned()),
        }
    }

    /// Looks at the next object that was asked for.
    fn look(&mut self, worker: &mut Worker<'_>, origin: &Origin) -> Result<(), String> {
        let broken = |error: io::Error| format!("`git cat-file`: {error}");
        let mut header = String::new();
        self.out.read_line(&mut header).map_err(broken)?;
        let mut words = header.split_whitespace().skip(1);
        let kind = words.next();
        let Some(size) = words.next().and_then(|size| size.parse().ok()) else {
            worker.refuse(origin.clone(), "the object is missing in the repository");
            return if header.is_empty() {
                Err("`git cat-file` ended too early".to_owned())
            } else {
                Ok(())
            };
        };
        let mut content = (&mut self.out).take(size);
        if kind != Some("tree") {
            worker.look_at_object(&mut content, origin);
        }
        io::copy(&mut content, &mut io::sink()).map_err(broken)?;
        if content.limit() > 0 {
            return Err("`git cat-file` ended too early".to_owned());
        }
        self.out.read_exact(&mut [0]).map_err(broken)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // Its input is closed or nobody reads its output: it is at its end, or ends now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks at the staged contents of the files that the next commit changes.
///
/// # Errors
///
/// There is no `git` or no repository.
pub(super) fn staged(walk: Walk<'_>, argument: usize, path: &Path) -> Result<(), String> {
    let top = top(path)?;
    let mut command = git(path);
    command.args([
        "diff",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
    ]);
    command.args([
        "--no-ext-diff",
        "--no-relative",
        "--ignore-submodules=none",
        "--diff-filter=AMT",
    ]);
    let raw = output(command)?;
    let (mut objects, mut requests) = Objects::open(path)?;
    let mut worker = Worker::alone(walk);
    let mut result = Ok(());
    let mut fields = raw.split(|byte| *byte == 0);
    while let (Some(change), Some(name)) = (fields.next(), fields.next()) {
        // `:100644 100644 OLD NEW M`
        let change = String::from_utf8_lossy(change).into_owned();
        let words: Vec<&str> = change.split(' ').collect();
        let [_, mode, _, object, _] = words.as_slice() else {
            continue;
        };
        let is_submodule = *mode == "160000";
        // What is only intended to be added has no content.
        if is_submodule || object.bytes().all(|byte| byte == b'0') {
            continue;
        }
        let origin = Origin {
            object: Some(((*object).to_owned(), String::new())),
            ..Origin::file(argument, top.join(OsStr::from_bytes(name)))
        };
        result = writeln!(requests, "{object}")
            .and_then(|()| requests.flush())
            .map_err(|error| format!("`git cat-file`: {error}"))
            .and_then(|()| objects.look(&mut worker, &origin));
        if result.is_err() {
            break;
        }
    }
    worker.finish();
    result
}

/// Looks at every blob and every commit that can be reached from a branch, a tag or a stash.
///
/// # Errors
///
/// There is no `git` or no repository.
pub(super) fn history(walk: Walk<'_>, argument: usize, path: &Path) -> Result<(), String> {
    let top = top(path)?;
    let mut command = git(path);
    command.args(["rev-list", "--objects", "--in-commit-order", "--all"]);
    let mut list = command.spawn().map_err(|error| not_started(&error))?;
    let lines = list.stdout.take().ok_or("`git` has no pipes")?;
    let (mut objects, requests) = Objects::open(path)?;
    let (send, asked) = sync_channel(AHEAD);
    let mut worker = Worker::alone(walk);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            let send = send;
            let mut requests = requests;
            // If the other side has ended, so has this one.
            let _ = ask(lines, &mut requests, argument, &top, |origin| {
                send.send(origin).is_ok()
            });
        });
        while let Ok(origin) = asked.recv() {
            objects.look(&mut worker, &origin)?;
        }
        Ok(())
    });
    worker.finish();
    let ended = list.wait().map_err(|error| error.to_string())?;
    result.and(if ended.success() {
        Ok(())
    } else {
        Err("`git rev-list` failed: the history is not whole".to_owned())
    })
}

/// Asks for the objects that `git rev-list` names, in its order.
fn ask(
    lines: ChildStdout,
    requests: &mut impl Write,
    argument: usize,
    top: &Path,
    mut announce: impl FnMut(Origin) -> bool,
) -> io::Result<()> {
    let mut lines = BufReader::new(lines);
    let mut line = Vec::new();
    let mut commit = String::new();
    let mut number = 0;
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let (object, name) = match memchr::memchr(b' ', text) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let object = String::from_utf8_lossy(object).into_owned();
        number += 1;
        let path = match name {
            // The folder at the top has an empty name, and holds nothing but names.
            Some(b"") => {
                line.clear();
                continue;
            }
            Some(name) => top.join(OsStr::from_bytes(name)),
            None => {
                commit.clone_from(&object);
                top.join(MESSAGE)
            }
        };
        let request = format!("{object}\n");
        let origin = Origin {
            argument,
            path,
            member: None,
            number,
            object: Some((object, commit.clone())),
        };
        if !announce(origin) {
            break;
        }
        requests.write_all(request.as_bytes())?;
        line.clear();
    }
    Ok(())
}
