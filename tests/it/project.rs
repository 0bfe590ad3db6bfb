//! A project in a folder of its own, and runs of `clawtest` in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use regex::Regex;
use tempfile::TempDir;

/// The program that is tested.
const CLAWTEST: &str = env!("CARGO_BIN_EXE_clawtest");

/// Variables of the caller that would change what a run does or looks like, besides `CLAWTEST_*`.
const UNWANTED: [&str; 8] = [
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "GITHUB_ACTIONS",
    "NO_COLOR",
    "RUST_BACKTRACE",
    "TERM",
];

/// A project in a folder that is removed when this is dropped. Beside the project are a folder
/// for reports and one for workspaces.
#[derive(Debug)]
pub(crate) struct Project {
    temp: TempDir,
    base: PathBuf,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status; none if a signal ended the program.
    pub(crate) exit: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Project {
    /// An empty project.
    pub(crate) fn new() -> Self {
        let temp = tempfile::Builder::new()
            .prefix("clawtest-it-")
            .tempdir()
            .expect("a temporary folder");
        let base = temp
            .path()
            .canonicalize()
            .expect("the temporary folder's own path");
        let project = Self { temp, base };
        for folder in [project.root(), project.reports(), project.workspaces()] {
            fs::create_dir(&folder).expect("a folder in the temporary folder");
        }
        project
    }

    /// The project's folder: runs start here.
    pub(crate) fn root(&self) -> PathBuf {
        self.base.join("project")
    }

    /// A folder for reports, outside of the project.
    pub(crate) fn reports(&self) -> PathBuf {
        self.base.join("reports")
    }

    /// The folder for temporary files of a run: workspaces on disk are here.
    pub(crate) fn workspaces(&self) -> PathBuf {
        self.base.join("tmp")
    }

    /// Writes a file of the project and the folders that it needs.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        let folder = path.parent().expect("a file stands in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .unwrap_or_else(|error| {
                panic!("cannot write {}: {error}", path.display());
            });
    }

    /// `clawtest` in the project's folder, with nothing of the caller's settings; for tests that
    /// need more than [`Project::run`].
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(CLAWTEST);
        command
            .current_dir(self.root())
            .env("TMPDIR", self.workspaces())
            .stdin(Stdio::null());
        let own = std::env::vars_os().map(|(name, _)| name);
        for name in own.filter(|name| name.to_string_lossy().starts_with("CLAWTEST_")) {
            command.env_remove(name);
        }
        for name in UNWANTED {
            command.env_remove(name);
        }
        command
    }

    /// Runs `clawtest` to its end.
    pub(crate) fn run<S: AsRef<str>>(&self, args: &[S]) -> Ran {
        let output = self
            .command()
            .args(args.iter().map(AsRef::as_ref))
            .output()
            .unwrap_or_else(|error| panic!("cannot start {CLAWTEST}: {error}"));
        let text = |bytes| String::from_utf8(bytes).expect("what clawtest prints is UTF-8");
        Ran {
            exit: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// The text with fixed words where it would differ from run to run: the temporary folder, the
    /// durations of the run, and the version. Times that a harness sets stay as they are.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for path in [self.base.as_path(), self.temp.path()] {
            text = text.replace(&*path.to_string_lossy(), "[TEMP]");
        }
        for (pattern, replacement) in &*REDACTIONS {
            text = pattern.replace_all(&text, *replacement).into_owned();
        }
        text
    }
}

/// Where durations, versions and random names stand in the formats, and what replaces them.
static REDACTIONS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    let rows = [
        (r"\[TEMP\]/tmp/clawtest-[0-9A-Za-z]+", "[TEMP]/tmp/[RUN]"),
        // Pretty: the end of a harness's line, and the summary.
        (
            r"(?m)^((?:PASS |FAIL |ERROR|SKIP ) .*  )(?:[0-9.]+(?:µs|ms|s)|[0-9]+m[0-9]{2}s)$",
            "$1[TIME]",
        ),
        (
            r"(?m)^((?:Summary|Stopped): [0-9]+ \w+ in )(?:[0-9.]+(?:µs|ms|s)|[0-9]+m[0-9]{2}s):",
            "$1[TIME]:",
        ),
        // JUnit.
        (r#"(<test[^<>]* time=")[0-9]+\.[0-9]{3}""#, r#"${1}0.000""#),
        (
            r#"(name="clawtest\.version" value=")[^"]*""#,
            r#"${1}[VERSION]""#,
        ),
        // JSON.
        (r#"(?m)^( *"duration_ms": )[0-9.e-]+"#, "${1}0.0"),
        (r#"(?m)^(  "version": ")[^"]*""#, r#"${1}[VERSION]""#),
    ];
    let compile = |(pattern, with)| {
        (
            Regex::new(pattern).expect("a redaction is a regular expression"),
            with,
        )
    };
    rows.into_iter().map(compile).collect()
});

#[test]
fn durations_of_the_run_are_redacted_and_those_of_a_harness_are_not() {
    let project = Project::new();
    let text = "FAIL  a/b  1 failed  12.5ms\nSummary: 1 harness in 1m05s: 1 failed\nit took longer than 50ms\n";
    let expected = "FAIL  a/b  1 failed  [TIME]\nSummary: 1 harness in [TIME]: 1 failed\nit took longer than 50ms\n";
    assert_eq!(project.redact(text), expected);
    let root = project.root();
    assert_eq!(
        project.redact(&format!("in {}", root.display())),
        "in [TEMP]/project"
    );
}
