//! The private copy of the tree that a script runs in: its own file, `framework/` as ours, and, where
//! the script looks around, what stands beside it. Whatever it writes there is not the tree.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::script::Script;

/// Files that are copied at most; a tree with more is data, and links stand for the rest.
const MAX_FILES: usize = 2_000;

/// Links to what stands beside the tree at most; a folder with more is no project.
const MAX_SIBLINGS: usize = 500;

/// Bytes that are copied at most.
const MAX_BYTES: u64 = 32 << 20;

/// The helpers, as they ship.
pub(super) const HELPERS: &str = include_str!("helpers/helpers.sh");

/// What bash reads before a script.
pub(super) const PRELUDE: &str = include_str!("helpers/prelude.sh");

/// Commands of other systems.
pub(super) const PORTABLE: &str = include_str!("helpers/portable.sh");

/// The runner that a tree may have in its `framework/`.
pub(super) const RUNNER: &str = include_str!("helpers/runner.sh");

/// The private folders of one run of a script.
#[derive(Debug)]
pub(super) struct Folders {
    /// What holds the others, and is removed in the end.
    pub(super) whole: PathBuf,
    /// `TEST_WORKSPACE`, and the working folder in the beginning.
    pub(super) workspace: PathBuf,
    /// Pipes and outputs.
    pub(super) talk: PathBuf,
    /// The copy of the tree.
    pub(super) tree: PathBuf,
    /// The copy of the script.
    pub(super) script: PathBuf,
}

impl Folders {
    /// Makes the folders of a harness.
    pub(super) fn new(whole: &Path, script: &Script, category: &str) -> io::Result<Self> {
        fs::create_dir(whole)?;
        // Paths that the script prints have no links in them.
        let whole = whole.canonicalize()?;
        let name = script.tree.file_name().unwrap_or("harnesses".as_ref());
        let tree = whole.join("project").join(name);
        let folders = Self {
            workspace: whole.join("workspace"),
            talk: whole.join("talk"),
            script: tree.join(category).join(&script.file_name),
            tree,
            whole,
        };
        for dir in [
            "workspace",
            "workspace/memory",
            "talk",
            "home",
            "tmp",
            "run",
        ] {
            fs::create_dir(folders.whole.join(dir))?;
        }
        let framework = folders.tree.join("framework");
        fs::create_dir_all(folders.tree.join(category))?;
        fs::create_dir_all(&framework)?;
        if script.looks_around {
            let mut budget = (MAX_FILES, MAX_BYTES);
            copy(&script.tree, &folders.tree, &mut budget)?;
            link_siblings(&script.tree, &folders.tree)?;
        }
        // What the tree has under these names is not used.
        for (path, text) in [
            (framework.join("helpers.sh"), HELPERS),
            (framework.join("runner.sh"), RUNNER),
            (folders.talk.join("helpers.sh"), HELPERS),
            (folders.talk.join("prelude.sh"), PRELUDE),
            (folders.talk.join("portable.sh"), PORTABLE),
        ] {
            replace(&path, text.as_bytes())?;
        }
        let workspace = folders.workspace.to_string_lossy();
        let helpers = folders.talk.join("helpers.sh");
        let text = script.runnable(&workspace, &helpers.to_string_lossy());
        replace(&folders.script, &text)?;
        Ok(folders)
    }
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::write(path, text)
}

/// Copies a folder with everything below it. Links stay links, to where they lead.
fn copy(from: &Path, to: &Path, budget: &mut (usize, u64)) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            match fs::create_dir(&target) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            copy(&path, &target, budget)?;
            continue;
        }
        let length = entry.metadata()?.len();
        let is_affordable = budget.0 > 0 && length <= budget.1;
        if kind.is_file() && is_affordable {
            *budget = (budget.0 - 1, budget.1 - length);
            // What cannot be read is not there for the script either.
            let _ = fs::copy(&path, &target);
        } else if kind.is_file() || kind.is_symlink() {
            let real = path.canonicalize().unwrap_or(path);
            std::os::unix::fs::symlink(real, &target)?;
        }
    }
    Ok(())
}

/// What stands beside the tree, the rest of the project, is there as links.
fn link_siblings(tree: &Path, copied: &Path) -> io::Result<()> {
    let (Some(project), Some(to)) = (tree.parent(), copied.parent()) else {
        return Ok(());
    };
    for entry in fs::read_dir(project)?.take(MAX_SIBLINGS) {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if target.symlink_metadata().is_err() {
            let real = entry.path().canonicalize().unwrap_or(entry.path());
            std::os::unix::fs::symlink(real, target)?;
        }
    }
    Ok(())
}
