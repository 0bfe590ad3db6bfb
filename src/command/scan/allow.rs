//! What is allowed: takes findings out of a record that `clawtest.toml` or a baseline has, and notes
//! which allowances have expired or allow nothing.

use std::path::{Component, Path, PathBuf};

use clawtest_framework::secret::catalogue::Catalogue;

use super::baseline::Baseline;
use super::record::{Note, Origin, Record, shown};
use crate::config::{self, Allowed, CONFIG_FILE};

/// What findings are held against.
#[derive(Debug)]
pub(super) struct Settlement {
    /// The folder that paths of allowances are relative to.
    pub(super) project: PathBuf,
    pub(super) cwd: PathBuf,
    pub(super) allowed: Vec<Allowed>,
    pub(super) baseline: Option<Baseline>,
}

impl Settlement {
    /// The path of a finding as allowances name it: relative to the project.
    pub(super) fn path_of(&self, origin: &Origin) -> String {
        let path = plain(&self.cwd.join(&origin.path));
        let path = shown(path.strip_prefix(&self.project).unwrap_or(&path));
        match &origin.member {
            Some(member) => format!("{path}!{member}"),
            None => path,
        }
    }

    /// Takes out what is allowed. Of allowances that allow nothing those are noted whose files are
    /// all below the paths `covered`.
    pub(super) fn settle(&self, record: &mut Record, catalogue: &Catalogue, covered: &[PathBuf]) {
        if self.allowed.is_empty() && self.baseline.is_none() {
            return;
        }
        let today = config::today();
        let mut used = vec![false; self.allowed.len()];
        let mut still_there = vec![
            false;
            self.baseline
                .as_ref()
                .map_or(0, |baseline| baseline.entries.len())
        ];
        let counts = &mut record.counts;
        record.files.retain(|origin, file| {
            let path = self.path_of(origin);
            file.found.retain(|found| {
                let (code, name) = catalogue.names(found.rule);
                let mut is_allowed = false;
                for (allowed, used) in self.allowed.iter().zip(&mut used) {
                    if allowed.allowance.fits(&path, code, name, found.fingerprint) {
                        *used = true;
                        is_allowed |= !allowed.allowance.is_expired(today);
                    }
                }
                if is_allowed {
                    counts.allowed_by_config += 1;
                    return false;
                }
                let entry = self
                    .baseline
                    .as_ref()
                    .and_then(|baseline| baseline.find(&path, code, found.fingerprint));
                if let Some(entry) = entry {
                    still_there[entry] = true;
                    counts.in_baseline += 1;
                }
                entry.is_none()
            });
            !file.found.is_empty() || file.more > 0
        });
        let roots: Vec<PathBuf> = covered
            .iter()
            .map(|path| plain(&self.cwd.join(path)))
            .collect();
        let is_covered = |path: &Path| roots.iter().any(|root| path.starts_with(root));
        let config = config::shown(&self.project.join(CONFIG_FILE), &self.cwd);
        for (allowed, is_used) in self.allowed.iter().zip(used) {
            let mut note = |message: String| {
                record.notes.push(Note {
                    path: config.clone(),
                    line: allowed.line as u64,
                    message,
                });
            };
            if allowed.allowance.is_expired(today) {
                let day = allowed.allowance.expires.map(|day| day.to_string());
                note(format!(
                    "the allowance expired on {}",
                    day.unwrap_or_default()
                ));
            } else if !is_used && is_covered(&self.base(allowed.path.as_deref())) {
                note("the allowance allows nothing".to_owned());
            }
        }
        let Some(baseline) = &self.baseline else {
            return;
        };
        for (entry, is_there) in baseline.entries.iter().zip(still_there) {
            if !is_there && is_covered(&self.project.join(&entry.path)) {
                let fingerprint = format!("{:032x}", entry.fingerprint);
                record.notes.push(Note {
                    path: baseline.shown.clone(),
                    line: 0,
                    message: format!(
                        "{} in `{}` is gone: {fingerprint}",
                        entry.rule,
                        shown(Path::new(&entry.path))
                    ),
                });
            }
        }
        record.notes.sort();
    }

    /// The folder or file that all files of a glob are below.
    fn base(&self, glob: Option<&str>) -> PathBuf {
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
        let parts = glob.unwrap_or_default().split('/').take_while(is_plain);
        plain(&self.project.join(parts.collect::<Vec<_>>().join("/")))
    }
}

/// A path without `.` and `..`, by its text.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match plain.components().next_back() {
                Some(Component::Normal(_)) => {
                    plain.pop();
                }
                Some(Component::RootDir) => {}
                _ => plain.push(part),
            },
            part => plain.push(part),
        }
    }
    plain
}
