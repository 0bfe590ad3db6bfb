//! What a scan has found, where, and how much it has looked at. Nothing here holds a secret: a
//! finding has its place, its length and a hash.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clawtest_framework::secret::mask_path;
use clawtest_framework::secret::sheet::{Found, Sheet};
use clawtest_framework::source::printable;

/// Most findings of a scan that are kept.
const MAX_FOUND: usize = 300_000;

/// Most files that could not be read that are named.
const MAX_UNREADABLE: usize = 10_000;

/// What is wrong with an allowance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    /// The file of the allowance, as reports show it.
    pub(super) path: String,
    /// Its line; 0 if there is none.
    pub(super) line: u64,
    pub(super) message: String,
}

/// Where a file is from: reports are in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    /// The number of the argument that it belongs to.
    pub(super) argument: usize,
    /// Where it is.
    pub(super) path: PathBuf,
    /// The member of the archive that it is, with those around it, as reports show it.
    pub(super) member: Option<String>,
    /// Its place in the order of a repository's objects; files come first.
    pub(super) number: usize,
    /// The object of a repository and a commit that has it.
    pub(super) object: Option<(String, String)>,
}

impl Origin {
    /// A file.
    pub(super) fn file(argument: usize, path: PathBuf) -> Self {
        Self {
            argument,
            path,
            member: None,
            number: 0,
            object: None,
        }
    }

    /// A member of the archive that this is.
    pub(super) fn member(&self, name: &[u8]) -> Self {
        let name = shown(Path::new(OsStr::from_bytes(name)));
        let member = match &self.member {
            Some(outer) => format!("{outer}!{name}"),
            None => name,
        };
        Self {
            member: Some(member),
            ..self.clone()
        }
    }

    /// The path as reports show it: with `!` before the member of an archive.
    pub(super) fn shown(&self) -> String {
        let path = shown(&self.path);
        match &self.member {
            Some(member) => format!("{path}!{member}"),
            None => path,
        }
    }
}

/// A path as reports show it: a name may hold a secret, too.
pub(super) fn shown(path: &Path) -> String {
    // What is not UTF-8 is shown by number, so that two names never look the same.
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    let text = text.strip_prefix("./").unwrap_or(&text);
    printable(mask_path(text).as_bytes()).replace(['\n', '\t'], " ")
}

/// The findings of one file.
#[derive(Debug)]
pub(super) struct FileRecord {
    pub(super) found: Vec<Found>,
    pub(super) more: u64,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Files that were looked at.
    pub(super) files: u64,
    /// Objects of repositories that were.
    pub(super) objects: u64,
    /// Archives that were looked into.
    pub(super) archives: u64,
    /// Members of them.
    pub(super) members: u64,
    /// Archives that were not.
    pub(super) closed: u64,
    /// Bytes of both.
    pub(super) bytes: u64,
    /// Symbolic links, which are not followed.
    pub(super) links: u64,
    /// FIFOs, sockets and devices.
    pub(super) special: u64,
    /// Folders of git.
    pub(super) git: u64,
    /// Files and folders that the project leaves out.
    pub(super) excluded: u64,
    /// Findings that a comment allows.
    pub(super) allowed_by_comment: u64,
    /// Findings that `clawtest.toml` allows.
    pub(super) allowed_by_config: u64,
    /// Findings of the baseline.
    pub(super) in_baseline: u64,
    /// Findings that are counted, but not listed.
    pub(super) more: u64,
}

impl Counts {
    /// How many things in folders were not looked at.
    pub(super) fn skipped(&self) -> u64 {
        self.links + self.special + self.git + self.excluded
    }

    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.objects += other.objects;
        self.archives += other.archives;
        self.members += other.members;
        self.closed += other.closed;
        self.bytes += other.bytes;
        self.links += other.links;
        self.special += other.special;
        self.git += other.git;
        self.excluded += other.excluded;
        self.allowed_by_comment += other.allowed_by_comment;
        self.more += other.more;
    }
}

/// Everything that a scan has found.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) files: BTreeMap<Origin, FileRecord>,
    pub(super) notes: Vec<Note>,
    /// What could not be read, and why.
    pub(super) unreadable: Vec<(Origin, String)>,
    /// How many more could not be.
    pub(super) more_unreadable: u64,
    pub(super) counts: Counts,
    kept: usize,
    /// The first file whose findings were left out: those of all behind it are, too.
    left_out: Option<Origin>,
}

impl Record {
    /// All findings with where they are, in order.
    pub(super) fn findings(&self) -> impl Iterator<Item = (&Origin, &Found)> {
        self.files
            .iter()
            .flat_map(|(origin, file)| file.found.iter().map(move |found| (origin, found)))
    }

    /// How many findings there are, listed or not.
    pub(super) fn total(&self) -> u64 {
        let listed = self
            .files
            .values()
            .map(|file| file.found.len() as u64 + file.more);
        listed.sum::<u64>() + self.counts.more
    }

    /// Keeps the findings of a file. Which are left out where there are too many does not depend
    /// on the order of calls.
    fn keep(&mut self, origin: Origin, found: Vec<Found>, more: u64) {
        let is_behind = self.left_out.as_ref().is_some_and(|first| *first <= origin);
        if is_behind {
            self.counts.more += found.len() as u64 + more;
            return;
        }
        self.kept += found.len();
        let file = self.files.entry(origin).or_insert_with(|| FileRecord {
            found: Vec::new(),
            more: 0,
        });
        file.found.extend(found);
        file.more += more;
        while self.kept > MAX_FOUND
            && let Some((origin, file)) = self.files.pop_last()
        {
            self.kept -= file.found.len();
            self.counts.more += file.found.len() as u64 + file.more;
            self.left_out = Some(origin);
        }
    }

    /// Drops findings of older versions of a file that a newer one has as well.
    fn drop_repeated(&mut self) {
        let mut path = PathBuf::new();
        let mut seen = HashSet::new();
        self.files.retain(|origin, file| {
            if origin.path != path {
                path.clone_from(&origin.path);
                seen.clear();
            }
            let is_version = origin.number > 0;
            file.found
                .retain(|found| seen.insert((found.fingerprint, found.rule)) || !is_version);
            !file.found.is_empty() || file.more > 0
        });
    }

    fn refuse(&mut self, origin: Origin, why: String) {
        if self.unreadable.len() < MAX_UNREADABLE {
            self.unreadable.push((origin, why));
        } else {
            self.more_unreadable += 1;
        }
    }
}

/// Where threads put what they find.
#[derive(Debug, Default)]
pub(super) struct Collector(Mutex<Record>);

impl Collector {
    fn with<T>(&self, act: impl FnOnce(&mut Record) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was seen in a file, if there is anything to tell.
    pub(super) fn add(&self, origin: Origin, sheet: &mut Sheet) {
        self.with(|record| {
            record.counts.allowed_by_comment += sheet.allowed;
            let path = || origin.shown();
            record.notes.extend(sheet.unused.drain(..).map(|line| Note {
                path: path(),
                line,
                message: "a comment `clawtest:allow` allows nothing here".to_owned(),
            }));
            if !sheet.found.is_empty() {
                let found = sheet.found.clone();
                record.keep(origin, found, sheet.more);
            }
        });
    }

    /// Something cannot be read.
    pub(super) fn refuse(&self, origin: Origin, why: impl Into<String>) {
        let why = why.into();
        self.with(|record| record.refuse(origin, why));
    }

    /// Adds what a thread has counted.
    pub(super) fn count(&self, counts: &Counts) {
        self.with(|record| record.counts.add(counts));
    }

    /// The result, when all threads are done.
    pub(super) fn finish(self) -> Record {
        let mut record = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        record.drop_repeated();
        record.unreadable.sort();
        record.notes.sort();
        record.notes.dedup();
        record
    }
}
