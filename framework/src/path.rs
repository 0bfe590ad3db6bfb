//! Paths inside a workspace: relative, without `..`, so that they cannot leave it; and paths on a
//! host: absolute, without `..`.

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

/// An absolute path on a host, of plain components: where a file is deployed.
///
/// Cheap to clone. Symbolic links may stand on the way; they are resolved on the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPath(Arc<str>);

impl HostPath {
    /// Reads a path and removes `.` components and doubled slashes.
    ///
    /// # Errors
    ///
    /// A clause that says why the text is not the path of a file on a host.
    pub fn new(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with('/') {
            return Err("is relative; expected an absolute path on the real host");
        }
        if text.contains('\0') {
            return Err("contains a NUL character");
        }
        let parts = || text.split('/').filter(|part| !part.is_empty());
        if parts().any(|part| part == "..") {
            return Err("contains `..`; write where the file really is");
        }
        if parts().any(|part| part.len() > 255) {
            return Err("has a component of more than 255 bytes");
        }
        let mut path = String::with_capacity(text.len());
        for part in parts().filter(|part| *part != ".") {
            path.push('/');
            path.push_str(part);
        }
        if path.is_empty() {
            return Err("is the root of the host, not a file");
        }
        Ok(Self(path.into()))
    }

    /// The path as text, with the `/` that it begins with.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds it: `/` for what stands in the root.
    pub fn parent(&self) -> &str {
        match self.0.rfind('/') {
            None | Some(0) => "/",
            Some(at) => &self.0[..at],
        }
    }
}

impl fmt::Display for HostPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of a path behind a folder, both absolute and plain; `None` if it does not lie in it.
pub(crate) fn below<'p>(path: &'p str, dir: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(dir.trim_end_matches('/'))?;
    rest.strip_prefix('/').filter(|rest| !rest.is_empty())
}

/// Whether a path is a folder, or lies in it; both are absolute and plain.
pub(crate) fn is_at_or_below(path: &str, dir: &str) -> bool {
    path == dir || below(path, dir).is_some()
}

#[cfg(test)]
mod tests {
    use super::{HostPath, WorkspacePath, below};

    #[test]
    fn paths_of_a_host_are_absolute_and_plain() {
        for (text, path) in [("/etc/x", "/etc/x"), ("//etc/./x/", "/etc/x"), ("/x", "/x")] {
            assert_eq!(HostPath::new(text).unwrap().as_str(), path, "{text}");
        }
        for text in ["", "etc/x", "/", "/.", "/etc/../x", "/..", "/a\0b"] {
            assert!(HostPath::new(text).is_err(), "{text:?}");
        }
        assert_eq!(HostPath::new("/x").unwrap().parent(), "/");
        assert_eq!(HostPath::new("/etc/a/x").unwrap().parent(), "/etc/a");
    }

    #[test]
    fn what_lies_in_a_folder_is_told_by_whole_components() {
        for (path, dir, rest) in [
            ("/etc/x", "/etc", Some("x")),
            ("/etc/x", "/", Some("etc/x")),
            ("/etcetera/x", "/etc", None),
            ("/etc", "/etc", None),
        ] {
            assert_eq!(below(path, dir), rest, "{path} in {dir}");
        }
    }

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
