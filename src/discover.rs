//! Finds harness files: `<category>/<name>.toml` and `.sh` below the harness folder, in a stable order. Reads
//! folders only; files are opened by [`read`].

use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use clawtest_framework::diagnostic::{Diagnostic, Rule};
use clawtest_framework::size;
use clawtest_framework::source::{Source, Span};
use rustix::buffer::spare_capacity;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::bash::{self, BOTH_FORMS, NO_CATEGORIES};
use crate::error::Error;
use crate::harness::rules::{INVALID_NAME, MISPLACED, NOT_READABLE, TOO_LARGE};

/// Largest harness file in bytes.
const MAX_HARNESS: usize = 1024 * 1024;

/// How much of a file is read at once.
const PIECE: usize = 8 * 1024;

const EXTENSION: &str = ".toml";

/// A harness file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarnessFile {
    /// `category/name`.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its path as reports show it.
    pub shown: String,
    /// What it is: only a regular file is read.
    pub kind: FileType,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Harness files, sorted by id.
    pub files: Vec<HarnessFile>,
    /// Files that look like harnesses but cannot be.
    pub problems: Vec<Diagnostic>,
}

impl HarnessFile {
    /// Whether it is a script.
    pub fn is_script(&self) -> bool {
        self.shown.ends_with(bash::EXTENSION)
    }
}

/// Where harnesses are.
#[derive(Clone, Debug)]
pub struct HarnessDir {
    /// The folder.
    pub path: PathBuf,
    /// The folder as reports show it.
    pub shown: String,
}

/// A harness by its exact id, without reading any folder; `None` if there is no such file.
pub fn exact(dir: &HarnessDir, id: &str) -> Option<HarnessFile> {
    let (category, name) = id.split_once('/')?;
    if !is_name(category) || !is_name(name) {
        return None;
    }
    // Whatever is wrong with the category is said by `discover`.
    let folder = fs::symlink_metadata(dir.path.join(category)).ok()?;
    if !folder.is_dir() {
        return None;
    }
    let find = |extension: &str| {
        let name = format!("{name}{extension}");
        let metadata = fs::symlink_metadata(dir.path.join(category).join(&name)).ok()?;
        Some(harness_file(dir, category, &name, metadata.file_type()))
    };
    match (find(EXTENSION), find(bash::EXTENSION)) {
        // What is wrong is said by `discover`.
        (Some(_), Some(_)) => None,
        (toml, script) => toml.or(script),
    }
}

/// All harnesses in the folder.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn discover(dir: &HarnessDir) -> Result<Discovery, Error> {
    let mut found = Discovery::default();
    let entries = entries(&dir.path)?;
    // Looked for only where one of these names is there.
    let is_for_bash = entries
        .iter()
        .any(|(name, _)| NO_CATEGORIES.contains(&&**name))
        && entries
            .iter()
            .filter(|(name, kind)| {
                kind.is_dir() && !NO_CATEGORIES.contains(&&**name) && !is_left_alone(name)
            })
            .any(|(name, _)| has_scripts(&dir.path.join(name)));
    for (name, kind) in entries {
        if is_left_alone(&name) || is_for_bash && NO_CATEGORIES.contains(&&*name) {
            continue;
        }
        if kind.is_dir() {
            if !is_text(&name, &dir.shown, &mut found) {
                continue;
            }
            category(dir, &name, &mut found)?;
        } else if name.ends_with(EXTENSION) {
            let message = format!("`{name}` stands outside of a category");
            let help = format!("move it to `{}/<category>/{name}`", dir.shown);
            found
                .problems
                .push(at_file(&MISPLACED, &format!("{}/{name}", dir.shown), message).help(help));
        } else if kind.is_symlink() && dir.path.join(&name).is_dir() {
            let message =
                format!("the category `{name}` is a symbolic link, which is not followed");
            found.problems.push(at_file(
                &NOT_READABLE,
                &format!("{}/{name}", dir.shown),
                message,
            ));
        }
    }
    if is_for_bash || found.files.iter().any(HarnessFile::is_script) {
        found.files.sort_by(|one, other| one.id.cmp(&other.id));
    }
    Ok(found)
}

/// Whether a category has a harness in bash.
fn has_scripts(category: &Path) -> bool {
    let entries = entries(category).unwrap_or_default();
    entries.iter().any(|(name, kind)| {
        !kind.is_dir() && !is_left_alone(name) && name.ends_with(bash::EXTENSION)
    })
}

fn category(dir: &HarnessDir, category: &str, found: &mut Discovery) -> Result<(), Error> {
    let path = dir.path.join(category);
    let mut is_name_reported = is_name(category);
    for (name, kind) in entries(&path)? {
        if is_left_alone(&name) {
            continue;
        }
        let shown = format!("{}/{category}/{name}", dir.shown);
        if kind.is_dir() {
            if !is_text(&name, &format!("{}/{category}", dir.shown), found) {
                continue;
            }
            if name.ends_with(EXTENSION) {
                let message = format!("`{shown}` is a folder, and a harness is a file");
                found.problems.push(at_file(&NOT_READABLE, &shown, message));
            }
            nested(&path.join(&name), &shown, found)?;
            continue;
        }
        let Some(stem) = stem(&name) else {
            continue;
        };
        if !is_name(stem) || !is_name_reported {
            let bad = if is_name(stem) { category } else { stem };
            is_name_reported = true;
            let message = format!(
                "`{bad}` cannot be a name: it needs letters, digits, `.`, `_` and `-`, beginning with a letter or digit"
            );
            found.problems.push(at_file(&INVALID_NAME, &shown, message));
        } else if is_name(category) {
            let file = harness_file(dir, category, &name, kind);
            // Sorted by name, the two forms need not stand side by side.
            let other = found.files.iter().rposition(|known| known.id == file.id);
            if let Some(other) = other {
                let other = found.files.remove(other);
                found.problems.push(in_both_forms(&other, &file));
            } else {
                found.files.push(file);
            }
        }
    }
    Ok(())
}

fn in_both_forms(one: &HarnessFile, other: &HarnessFile) -> Diagnostic {
    let message = format!(
        "the harness `{}` is there in both forms: `{}` and `{}`",
        one.id, one.shown, other.shown
    );
    at_file(&BOTH_FORMS, &one.shown, message).help("remove or rename one of them")
}

/// Reports harness files that stand too deep to be found.
fn nested(path: &Path, folder: &str, found: &mut Discovery) -> Result<(), Error> {
    for (name, kind) in entries(path)? {
        let shown = format!("{folder}/{name}");
        if is_left_alone(&name) {
            continue;
        }
        if kind.is_dir() {
            if is_text(&name, folder, found) {
                nested(&path.join(&name), &shown, found)?;
            }
        } else if name.ends_with(EXTENSION) {
            let message = format!("`{name}` stands deeper than `<category>/<name>.toml`");
            let help = "begin the folder's name with `_` if this is not a harness";
            found
                .problems
                .push(at_file(&MISPLACED, &shown, message).help(help));
        }
    }
    Ok(())
}

/// Whether the name of a folder is UTF-8; if not, that is a problem, for its path cannot be told
/// from the text.
fn is_text(name: &str, folder: &str, found: &mut Discovery) -> bool {
    let is_text = !name.contains(char::REPLACEMENT_CHARACTER);
    if !is_text {
        let message = format!("the name of the folder `{name}` is not UTF-8");
        let problem = at_file(&INVALID_NAME, &format!("{folder}/{name}"), message);
        found.problems.push(problem.help("rename the folder"));
    }
    is_text
}

/// The entries of a folder with their kinds, sorted by name.
fn entries(path: &Path) -> Result<Vec<(String, FileType)>, Error> {
    let error = |source| Error::ReadDir {
        path: path.to_owned(),
        source,
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push((name, entry.file_type().map_err(error)?));
    }
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries)
}

/// The name of a harness by that of its file.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(EXTENSION)
        .or_else(|| name.strip_suffix(bash::EXTENSION))
}

fn harness_file(dir: &HarnessDir, category: &str, name: &str, kind: FileType) -> HarnessFile {
    let stem = stem(name).unwrap_or(name);
    HarnessFile {
        id: format!("{category}/{stem}"),
        path: dir.path.join(category).join(name),
        shown: format!("{}/{category}/{name}", dir.shown),
        kind,
    }
}

fn is_left_alone(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// Whether a text can name a category or a harness.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 100
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// A diagnostic about a file as a whole.
pub fn at_file(rule: &'static Rule, shown: &str, message: String) -> Diagnostic {
    Diagnostic::new(rule, message).label(Source::new(shown, b"").excerpt(Span::default()), "")
}

/// The bytes of a harness file: a regular file of a bearable size, opened in a way that cannot
/// wait and follows no link.
///
/// # Errors
///
/// Why it cannot be a harness.
pub fn read(file: &HarnessFile) -> Result<Vec<u8>, Box<Diagnostic>> {
    let no = |why: &str| {
        let message = format!("cannot read `{}`: {why}", file.shown);
        Box::new(at_file(&NOT_READABLE, &file.shown, message))
    };
    let failed = |error: Errno| no(&io::Error::from(error).to_string());
    if !file.kind.is_file() {
        return Err(no(if file.kind.is_symlink() {
            "it is a symbolic link, which is not followed"
        } else {
            "it is not a regular file"
        }));
    }
    // NONBLOCK and NOFOLLOW: by now something else may stand there.
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(&file.path, flags, Mode::empty()).map_err(failed)?;
    // Nearly every harness fits into the first piece, and one call reads it.
    let mut bytes = Vec::with_capacity(PIECE);
    loop {
        bytes.reserve(PIECE);
        let room = bytes.capacity() - bytes.len();
        let length = rustix::io::read(&opened, spare_capacity(&mut bytes)).map_err(failed)?;
        if bytes.len() > MAX_HARNESS {
            let size = rustix::fs::fstat(&opened).map(|stat| stat.st_size);
            let size = size.ok().and_then(|size| u64::try_from(size).ok());
            return Err(Box::new(too_large(
                file,
                size.unwrap_or(bytes.len() as u64),
            )));
        }
        if length < room {
            bytes.shrink_to_fit();
            return Ok(bytes);
        }
    }
}

fn too_large(file: &HarnessFile, size: u64) -> Diagnostic {
    let message = format!(
        "`{}` has {}, and a harness file has at most {}",
        file.shown,
        size::show(size),
        size::show(MAX_HARNESS as u64)
    );
    at_file(&TOO_LARGE, &file.shown, message)
        .help("keep large fixtures in files of their own: `from = \"path\"`")
}

#[cfg(test)]
mod tests {
    use super::{HarnessDir, discover, exact, is_name, read};

    fn tree(paths: &[&str]) -> (tempfile::TempDir, HarnessDir) {
        let root = tempfile::tempdir().unwrap();
        for path in paths {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "title = 'x'").unwrap();
        }
        let dir = HarnessDir {
            path: root.path().to_owned(),
            shown: "harnesses".to_owned(),
        };
        (root, dir)
    }

    #[test]
    fn harnesses_are_found_in_a_stable_order() {
        let (_root, dir) = tree(&[
            "soul/b.toml",
            "agents/z.toml",
            "soul/a.toml",
            "soul/README.md",
            "_data/x.toml",
            ".git/y.toml",
        ]);
        let found = discover(&dir).unwrap();
        let ids: Vec<&str> = found.files.iter().map(|file| file.id.as_str()).collect();
        assert_eq!(ids, ["agents/z", "soul/a", "soul/b"]);
        assert!(found.problems.is_empty());
        assert_eq!(exact(&dir, "soul/a"), Some(found.files[1].clone()));
        assert_eq!(exact(&dir, "soul/c"), None);
        assert_eq!(exact(&dir, "../soul/a"), None);
    }

    #[test]
    fn files_that_would_never_run_are_problems() {
        let (_root, dir) = tree(&[
            "top.toml",
            "soul/deep/x.toml",
            "soul/a b.toml",
            "so ul/ok.toml",
        ]);
        let found = discover(&dir).unwrap();
        assert!(found.files.is_empty());
        let mut problems: Vec<(&str, &str)> = found
            .problems
            .iter()
            .map(|p| (p.rule.code, p.labels[0].excerpt.path.as_str()))
            .collect();
        problems.sort_unstable();
        assert_eq!(
            problems,
            [
                ("CT017", "harnesses/so ul/ok.toml"),
                ("CT017", "harnesses/soul/a b.toml"),
                ("CT019", "harnesses/soul/deep/x.toml"),
                ("CT019", "harnesses/top.toml"),
            ]
        );
    }

    #[test]
    fn links_and_fifos_are_not_read_and_never_wait() {
        let (root, dir) = tree(&["soul/a.toml"]);
        std::os::unix::fs::symlink("a.toml", root.path().join("soul/link.toml")).unwrap();
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            root.path().join("soul/fifo.toml"),
            0o600.into(),
        )
        .unwrap();
        for file in discover(&dir).unwrap().files {
            assert_eq!(read(&file).is_ok(), file.id == "soul/a", "{}", file.id);
        }
    }

    #[test]
    fn names_are_safe_in_every_report() {
        assert!(is_name("production-deployment_2.x"));
        for wrong in ["", "-x", ".x", "a b", "a#b", "a/b", "ü"] {
            assert!(!is_name(wrong), "{wrong}");
        }
    }
}
