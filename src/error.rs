//! Why clawtest could not do its job. What is wrong inside a harness or in the thing tested is a
//! diagnostic, not an error.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::outcome::Status;

/// Why clawtest could not do its job.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// No harness folder was named, and none was found.
    #[error("no harness folder: there is no `harnesses` in `{0}` or above it")]
    NoHarnessDir(PathBuf),
    /// The harness folder that was named is not there.
    #[error("the harness folder `{0}` does not exist")]
    MissingHarnessDir(PathBuf),
    /// A folder cannot be read.
    #[error("cannot read the folder `{path}`")]
    ReadDir {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The harness folder holds no harness.
    #[error("no harness in `{0}`: harness files are `<category>/<name>.toml`")]
    NoHarness(PathBuf),
    /// A filter that matches nothing.
    #[error("{what} `{filter}` matches no {of}{hint}")]
    NothingSelected {
        /// The kind of filter: `--test`, `--tag`, ….
        what: &'static str,
        /// The filter itself.
        filter: String,
        /// What it should have matched.
        of: &'static str,
        /// What may have been meant, with everything before it.
        hint: String,
    },
    /// The filters together match nothing.
    #[error("no harness matches all of the filters")]
    NothingInCommon,
    /// The configuration file cannot be used.
    #[error("{0}")]
    Config(String),
    /// Arguments that do not fit.
    #[error("{0}")]
    Usage(String),
    /// A report cannot be written.
    #[error("cannot write the report `{path}`")]
    Report {
        /// Where it should go.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard output cannot be written.
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    /// A folder for workspaces cannot be made.
    #[error("cannot make a folder for workspaces in `{path}`")]
    TempDir {
        /// The folder for temporary files.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Signals cannot be handled.
    #[error("cannot handle signals")]
    Signals(#[source] io::Error),
}

impl Error {
    /// The exit status that belongs to the error.
    pub fn status(&self) -> Status {
        match self {
            Self::NothingSelected { .. } | Self::NothingInCommon | Self::NoHarness(_) => {
                Status::NothingSelected
            }
            _ => Status::Error,
        }
    }

    /// The error and its causes, as they are printed.
    pub fn render(&self) -> String {
        let mut text = format!("error: {self}\n");
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(&format!("  caused by: {error}\n"));
            cause = error.source();
        }
        if let Self::NoHarnessDir(_) = self {
            text.push_str("  help: name it with `--harness-dir DIR`, or make `harnesses/<category>/<name>.toml`\n");
        }
        text
    }
}

/// What the system says, without the random name of a temporary file that was tried: the same
/// run has the same report.
pub(crate) fn without_name(error: io::Error) -> io::Error {
    // The crate `tempfile` keeps the system's error to itself and adds the path to its text.
    match error.to_string().split_once(" at path \"") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}
