//! What a walk leaves out because the project says so. What is named by its path is never left out.

use std::path::{Path, PathBuf};

use globset::GlobMatcher;

use super::allow::plain;

/// The globs of a project, and what they are relative to.
#[derive(Clone, Debug)]
pub(super) struct Exclusions {
    pub(super) cwd: PathBuf,
    pub(super) project: PathBuf,
    pub(super) globs: Vec<GlobMatcher>,
}

impl Exclusions {
    /// Whether a file or a folder, by its path from the working folder, is left out.
    pub(super) fn has(&self, path: impl FnOnce() -> PathBuf) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let path = plain(&self.cwd.join(path()));
        let path: &Path = path.strip_prefix(&self.project).unwrap_or(&path);
        self.globs.iter().any(|glob| glob.is_match(path))
    }
}
