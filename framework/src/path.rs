//! Paths inside a workspace: relative, without `..`, so that they cannot leave it.

use std::borrow::Borrow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A relative path of plain components, joined by `/`. `.` is the workspace itself.
///
/// Cheap to clone. Whether a symbolic link stands on the way is decided when it is opened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspacePath(Arc<str>);

impl WorkspacePath {
    /// Reads a path and removes `.` components and doubled slashes.
    ///
    /// # Errors
    ///
    /// A clause that says why the text is not a path inside a workspace.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        if is_usual(text.as_bytes()) {
            return Ok(Self(text.into()));
        }
        if text.is_empty() {
            return Err("is empty");
        }
        if text.contains('\0') {
            return Err("contains a NUL character");
        }
        if text.starts_with('/') {
            return Err("is absolute; paths are relative to the workspace");
        }
        let plain = |part: &str| !part.is_empty() && part != ".";
        if text.split('/').any(|part| part == "..") {
            return Err("contains `..`; paths cannot leave the workspace");
        }
        if text.split('/').any(|part| part.len() > 255) {
            return Err("has a component of more than 255 bytes");
        }
        let parts: Vec<&str> = text.split('/').filter(|part| plain(part)).collect();
        Ok(Self(if parts.is_empty() {
            ".".into()
        } else {
            parts.join("/").into()
        }))
    }

    /// The workspace itself.
    pub fn root() -> Self {
        Self(".".into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path for joining to a folder.
    pub fn as_path(&self) -> &Path {
        Path::new(&*self.0)
    }

    /// Whether this is the workspace itself.
    pub fn is_root(&self) -> bool {
        &*self.0 == "."
    }

    /// The folder that holds it; `None` for what stands in the workspace itself.
    pub fn parent(&self) -> Option<&str> {
        self.0.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// The components in order; none for the workspace itself.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| *part != ".")
    }

    /// The path of something in this folder.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        if self.is_root() {
            Self(name.into())
        } else {
            Self(format!("{}/{name}", self.0).into())
        }
    }
}

/// Whether a path needs no second look, told in one pass: no component begins with a dot or is
/// empty, and none can be too long.
fn is_usual(path: &[u8]) -> bool {
    let mut before = b'/';
    for &byte in path {
        if byte == 0 || (before == b'/' && matches!(byte, b'.' | b'/')) {
            return false;
        }
        before = byte;
    }
    before != b'/' && path.len() <= 255
}

impl Borrow<str> for WorkspacePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::WorkspacePath;

    #[test]
    fn plain_relative_paths_are_taken_and_normalised() {
        for (text, path) in [
            ("a", "a"),
            ("./a//b/.", "a/b"),
            (".", "."),
            ("./", "."),
            ("..a", "..a"),
        ] {
            assert_eq!(WorkspacePath::new(text).unwrap().as_str(), path, "{text}");
        }
    }

    #[test]
    fn paths_that_could_leave_the_workspace_are_refused() {
        for text in [
            "",
            "/etc/passwd",
            "..",
            "a/../b",
            "../x",
            "a\0b",
            &"x".repeat(256),
        ] {
            assert!(WorkspacePath::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn parents_and_children_fit_together() {
        let path = WorkspacePath::new("a/b").unwrap();
        assert_eq!(path.parent(), Some("a"));
        assert_eq!(path.join("c").as_str(), "a/b/c");
        assert_eq!(WorkspacePath::new(".").unwrap().join("c").as_str(), "c");
    }
}
