//! A project in a temporary folder, and runs of the program in it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// What no run and no wait may take, however busy the machine is.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// The user `nobody`, wherever it matters that root may do everything.
const NOBODY: u32 = 65_534;

/// A project folder, and a folder for the program's temporary files beside it.
pub(crate) struct Project {
    root: tempfile::TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit status; 128 + its number for a signal.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let project = Self { root };
        for folder in ["project", "tmp"] {
            std::fs::create_dir(project.root.path().join(folder)).unwrap();
        }
        project
    }

    /// A path in the project's folder, which is the working folder of every run.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join("project").join(path)
    }

    /// A path outside of the project, as text for `--var`.
    pub(crate) fn outside(&self, name: &str) -> String {
        self.root.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file of the project and the folders that it needs.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Writes a harness file.
    pub(crate) fn harness(&self, id: &str, toml: impl AsRef<[u8]>) -> &Self {
        self.write(&format!("harnesses/{id}.toml"), toml)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The folder for the program's temporary files.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// What the program has left in its folder for temporary files.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.tmp()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The program, in an environment that holds nothing of the caller's.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.tool(Path::new(env!("CARGO_BIN_EXE_clawtest")));
        command.args(args);
        command
    }

    /// Another program in the same environment.
    pub(crate) fn tool(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.root.path())
            .env("TMPDIR", self.tmp())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args).spawn().unwrap())
    }

    /// Runs with `--format json`; the checks by `harness: check`.
    pub(crate) fn verdicts(&self, args: &[&str]) -> (Run, Verdicts) {
        let run = self.run(&[args, &["--format", "json"]].concat());
        let verdicts = Verdicts::of(&run.stdout);
        (run, verdicts)
    }

    /// The program as a user who may not do everything; `None`, with the reason told, where that
    /// is not possible.
    pub(crate) fn unprivileged(&self, args: &[&str]) -> Option<Command> {
        let mut command = self.command(args);
        if !rustix::process::geteuid().is_root() {
            return Some(command);
        }
        for folder in [self.root.path().to_owned(), self.tmp()] {
            std::fs::set_permissions(folder, PermissionsExt::from_mode(0o777)).unwrap();
        }
        command.uid(NOBODY).gid(NOBODY);
        let mut probe = self.command(&["--version"]);
        match probe.uid(NOBODY).gid(NOBODY).status() {
            Ok(status) if status.success() => Some(command),
            other => {
                skipped(&format!(
                    "cannot run the program as another user than root: {other:?}"
                ));
                None
            }
        }
    }
}

/// The checks of a JSON report.
#[derive(Debug)]
pub(crate) struct Verdicts(BTreeMap<String, Value>);

impl Verdicts {
    pub(crate) fn of(report: &str) -> Self {
        let report: Value =
            serde_json::from_str(report).unwrap_or_else(|error| panic!("{error}\n{report}"));
        let mut verdicts = BTreeMap::new();
        for harness in report["harnesses"].as_array().unwrap() {
            let id = harness["id"].as_str().unwrap();
            for check in harness["checks"].as_array().unwrap() {
                verdicts.insert(
                    format!("{id}: {}", check["name"].as_str().unwrap()),
                    check.clone(),
                );
            }
            verdicts.insert(id.to_owned(), harness.clone());
        }
        Self(verdicts)
    }

    /// Asserts the outcome of a check or a harness, and that a diagnostic has the rule and says
    /// the words.
    #[track_caller]
    pub(crate) fn expect(&self, name: &str, outcome: &str, rule: &str, words: &str) {
        let found = self
            .0
            .get(name)
            .unwrap_or_else(|| panic!("no `{name}` in {:?}", self.0.keys()));
        assert_eq!(found["outcome"], outcome, "{name}: {found:#}");
        let said = found["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .any(|diagnostic| {
                diagnostic["rule"] == rule
                    && diagnostic["message"].as_str().unwrap().contains(words)
            });
        assert!(
            said || rule.is_empty(),
            "{name}: no {rule} with `{words}` in {found:#}"
        );
    }
}

impl Run {
    /// Asserts the exit status, and that standard error says all the words.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self}");
        for word in words {
            assert!(
                self.stderr.contains(word),
                "standard error lacks `{word}`:\n{self}"
            );
        }
        self.has_no_panic();
    }

    /// Asserts the exit status, and that standard output says all the words.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{self}");
        for word in words {
            assert!(
                self.stdout.contains(word),
                "standard output lacks `{word}`:\n{self}"
            );
        }
        self.has_no_panic();
    }

    #[track_caller]
    pub(crate) fn has_no_panic(&self) {
        let said = |text: &str| text.contains("panicked at") || text.contains("clawtest has a bug");
        assert!(!said(&self.stderr) && !said(&self.stdout), "{self}");
    }
}

impl Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "exit status {}\nstdout:\n{}\nstderr:\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

/// Waits for a run and what it prints. One that takes too long is killed, which fails the test.
#[track_caller]
pub(crate) fn finish(mut child: Child) -> Run {
    let stdout = gather(child.stdout.take());
    let stderr = gather(child.stderr.take());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!(
                "the program did not end:\n{}\n{}",
                stdout.join().unwrap(),
                stderr.join().unwrap()
            );
        }
        thread::sleep(Duration::from_millis(2));
    };
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    Run {
        code: status.code().or(signal.map(|signal| 128 + signal)).unwrap(),
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

fn gather(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).unwrap();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_for<T>(what: impl Display, mut is_so: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = is_so() {
            return found;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The number of a process, once something has written it as a line to a file.
#[track_caller]
pub(crate) fn pid_in(path: &str) -> i32 {
    wait_for(path, || {
        std::fs::read_to_string(path)
            .ok()?
            .strip_suffix('\n')?
            .trim()
            .parse()
            .ok()
    })
}

/// Whether a process has ended.
pub(crate) fn is_gone(pid: i32) -> bool {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::test_kill_process(pid).is_err()
}

/// A report without what differs from run to run: `1.2ms`, `time="0.001"`, `"duration_ms": 0.1`.
pub(crate) fn redacted(text: &str) -> String {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let before = &rest[..at];
        let after = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let unit = ["µs", "ms", "s"].into_iter().find(|unit| {
            after
                .strip_prefix(unit)
                .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric()))
        });
        let is_alone = !before.ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let is_value = [
            "time=\"",
            "duration_ms\": ",
            "duration_ms\":",
            "duration_ms: ",
        ]
        .iter()
        .any(|key| before.ends_with(key));
        redacted.push_str(before);
        if let Some(unit) = unit.filter(|_| is_alone) {
            redacted.push('T');
            rest = &after[unit.len()..];
        } else {
            redacted.push_str(if is_value {
                "T"
            } else {
                &rest[at..rest.len() - after.len()]
            });
            rest = after;
        }
    }
    redacted + rest
}

/// Says why a test proves nothing on this machine.
#[expect(
    clippy::print_stderr,
    reason = "whoever reads the log has to know what was not tested"
)]
pub(crate) fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}

/// A harness that passes.
pub(crate) const GOOD: &str = "
[files.'a.txt']
content = 'x'
[[check]]
name = 'good'
file = 'a.txt'
contains = 'x'
";

/// Three harnesses of two categories, with tags on harnesses and on a check.
pub(crate) fn suite() -> Project {
    let project = Project::new();
    let harness = |title: &str, tags: &str, checks: &str| {
        format!("title = '{title}'\ntags = [{tags}]\n[files.a]\ncontent = 'x'\n{checks}")
    };
    let check = |name: &str, rest: &str| {
        format!("[[check]]\nname = '{name}'\nfile = 'a'\ncontains = 'x'\n{rest}\n")
    };
    project
        .harness(
            "gateway/docker",
            harness(
                "Docker",
                "'linux', 'docker'",
                &(check("first", "") + &check("second", "tags = ['slow']")),
            ),
        )
        .harness(
            "gateway/production",
            harness("Production", "'linux'", &check("only", "")),
        )
        .harness(
            "soul/tone",
            harness("Tone", "'text'", &check("tone", "tags = ['slow']")),
        );
    project
}

/// Passes, failures, errors, skips, commands, files: a bit of everything.
pub(crate) fn mixed(count: usize) -> Project {
    let project = Project::new();
    for at in 0..count {
        let (kind, rest) = match at % 5 {
            0 => ("pass", "file = 'a'\ncontains = 'x'"),
            1 => ("fail", "file = 'a'\nline = 'y'"),
            2 => (
                "command",
                "command = 'cat a; echo oops >&2'\nstdout_contains = 'z'",
            ),
            3 => ("error", "command = ['no-such-program']\nexit = 0"),
            _ => ("skip", "file = 'a'\ncontains = 'x'\nskip = 'not now'"),
        };
        let toml = format!(
            "[files.a]\ncontent = 'x{at}'\n[[check]]\nname = '{kind}'\n{rest}\n[[check]]\nname = 'good'\nfile = 'a'\ncontains = 'x'\n"
        );
        project.harness(&format!("c{}/{kind}-{at}", at % 3), toml);
    }
    project
}
