//! The files around the one that a parser reads: those of the workspace, or those of a host. A
//! fixture that says where it is deployed is found there in both, so that a drop-in takes part
//! wherever it stands in the workspace.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Deployed, EntryKind, Workspace};
use crate::document::{Part, Target};
use crate::path::{HostPath, WorkspacePath, below};

impl Workspace {
    /// The path by which a parser reads a file, and by which it looks for its neighbours: where the
    /// file is deployed if that is known, else its path in the workspace.
    pub fn subject_path(&self, path: &WorkspacePath) -> String {
        let deployed = self.deployed(path).map(HostPath::as_str);
        deployed.unwrap_or(path.as_str()).to_owned()
    }

    /// The path of a file that a parser has read, as reports show it: for [`Workspace::subject_path`]
    /// and for everything that was read through [`Target`].
    pub fn shown_target(&self, path: &str) -> String {
        if let Some(host) = &self.host {
            return host.root.shown(path);
        }
        match self.fixture_at(path) {
            Some(fixture) => fixture.to_string(),
            None => path.to_owned(),
        }
    }

    /// Gives a file that a parser has read the name that reports show, and its place in the document
    /// that it was taken from.
    pub(crate) fn show_part(&self, part: &mut Part) {
        let fixture = self.fixture_at(&part.name);
        let origin = fixture.and_then(|path| self.origin(&path, &part.bytes));
        part.origin = origin.map(Arc::clone);
        part.name = self.shown_target(&part.name);
    }

    /// The file of the workspace that a path stands for.
    fn fixture_at(&self, path: &str) -> Option<WorkspacePath> {
        let plain = plain(path)?;
        if !plain.starts_with('/') {
            return WorkspacePath::new(&plain).ok();
        }
        let deployed = self
            .deployed
            .iter()
            .find(|deployed| deployed.path.as_str() == plain);
        if let Some(deployed) = deployed {
            return Some(deployed.fixture.clone());
        }
        // What stands beside a fixture stands beside the deployed file, too, if it does not say
        // anything else.
        self.deployed.iter().find_map(|deployed| {
            let rest = below(&plain, deployed.path.parent())?;
            let path = WorkspacePath::new(&format!("{}/{rest}", folder_of(deployed))).ok()?;
            let is_there = self.deployed(&path).is_none() && !matches!(self.entry(&path), Ok(None));
            is_there.then_some(path)
        })
    }

    /// Whether what stands in the folder of a fixture is all deployed to one folder. Where it is not,
    /// nothing says which of the host's folders another file of that folder belongs to.
    fn is_one_folder(&self, deployed: &Deployed) -> bool {
        let mut others = self
            .deployed
            .iter()
            .filter(|other| folder_of(other) == folder_of(deployed));
        others.all(|other| other.path.parent() == deployed.path.parent())
    }

    /// The names below a folder of the workspace.
    fn names_below(
        &self,
        dir: &str,
        names: &mut BTreeSet<String>,
        is_alias: bool,
    ) -> Result<(), String> {
        let Ok(dir) = WorkspacePath::new(if dir.is_empty() { "." } else { dir }) else {
            return Ok(());
        };
        match self.entry(&dir) {
            Ok(Some(entry)) if entry.kind == EntryKind::Dir => {}
            Ok(_) => return Ok(()),
            Err(obstacle) => return Err(obstacle.to_string()),
        }
        let files = self
            .files_below(&dir)
            .map_err(|obstacle| obstacle.to_string())?;
        for file in &files {
            if is_alias && self.deployed(file).is_some() {
                continue;
            }
            let rest = if dir.is_root() {
                Some(file.as_str())
            } else {
                below(file.as_str(), dir.as_str())
            };
            names.extend(rest.and_then(first_part));
        }
        Ok(())
    }
}

impl Target for Workspace {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        if let Some(host) = &self.host {
            return host
                .root
                .read(path)
                .map_err(|obstacle| obstacle.to_string());
        }
        let Some(path) = self.fixture_at(path) else {
            return Ok(None);
        };
        match self.entry(&path) {
            Ok(None) => Ok(None),
            Ok(Some(entry)) if entry.kind == EntryKind::Dir => Err("it is a folder".to_owned()),
            Ok(Some(_)) => self
                .read(&path)
                .map(Some)
                .map_err(|obstacle| obstacle.to_string()),
            Err(obstacle) => Err(obstacle.to_string()),
        }
    }

    fn names(&self, dir: &str) -> Result<Vec<String>, String> {
        if let Some(host) = &self.host {
            return host.root.names(dir);
        }
        let mut names = BTreeSet::new();
        let Some(dir) = plain(dir) else {
            return Ok(Vec::new());
        };
        if dir.starts_with('/') {
            for deployed in &self.deployed {
                names.extend(below(deployed.path.as_str(), &dir).and_then(first_part));
                let parent = deployed.path.parent();
                let rest = if parent == dir {
                    self.is_one_folder(deployed).then_some("")
                } else {
                    below(&dir, parent)
                };
                if let Some(rest) = rest {
                    let beside = format!("{}/{rest}", folder_of(deployed));
                    self.names_below(&beside, &mut names, true)?;
                }
            }
        } else {
            self.names_below(&dir, &mut names, false)?;
        }
        Ok(names.into_iter().collect())
    }

    fn is_host(&self) -> bool {
        self.host.is_some()
    }

    fn is_masked(&self, path: &str) -> bool {
        if let Some(host) = &self.host {
            return host.root.is_masked(path);
        }
        let Some(path) = self.fixture_at(path) else {
            return false;
        };
        match self.entry(&path) {
            Ok(Some(entry)) => entry.kind == EntryKind::File && entry.len == 0,
            Ok(None) => false,
            Err(_) => self
                .disk
                .as_ref()
                .is_some_and(|disk| disk.is_null_link(&path)),
        }
    }
}

/// The folder of the workspace in which a fixture stands.
fn folder_of(deployed: &Deployed) -> &str {
    deployed.fixture.parent().unwrap_or(".")
}

fn first_part(path: &str) -> Option<String> {
    path.split('/').next().map(str::to_owned)
}

/// The path without `.` and `..`, which need no folder to be there in a workspace; `None` if it
/// leads out of it.
fn plain(path: &str) -> Option<String> {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() && !is_absolute {
                    return None;
                }
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    })
}

#[cfg(test)]
mod tests;
