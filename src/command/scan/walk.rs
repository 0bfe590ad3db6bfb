//! Walks folders and looks at files, with several threads. Each thread that finds nothing else to
//! do takes a folder, or a part of one, that another has found.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use clawtest_framework::secret::catalogue::Catalogue;
use clawtest_framework::secret::input;
use clawtest_framework::secret::piece::Scanner;
use clawtest_framework::secret::sheet::Sheet;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use super::archive;
use super::exclude::Exclusions;
use super::progress::Progress;
use super::record::{Collector, Counts, Origin};

/// How many names of a folder are one piece of work.
const BATCH: usize = 64;

/// What a walk goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) collector: &'a Collector,
    /// Whether ignore files are honoured.
    pub(super) honours_ignore: bool,
    /// Whether folders of git are looked into, but for their objects.
    pub(super) enters_git: bool,
    pub(super) exclusions: &'a Exclusions,
    /// Told how far it is.
    pub(super) progress: Option<&'a Progress>,
    /// Whether archives are looked into.
    pub(super) opens_archives: bool,
    pub(super) threads: usize,
}

/// Something to do.
#[derive(Debug)]
pub(super) enum Task {
    /// A folder with everything below it; an argument may be a link.
    Folder {
        argument: usize,
        path: PathBuf,
        is_argument: bool,
    },
    /// The same, honouring ignore files.
    Project { argument: usize, path: PathBuf },
    /// A file that was named, or that ignore files leave.
    File { argument: usize, path: PathBuf },
    /// Files of one folder.
    Names {
        argument: usize,
        folder: OwnedFd,
        path: PathBuf,
        names: Names,
    },
}

/// Names of files, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &CStr) {
        self.bytes.extend(name.to_bytes_with_nul());
        self.ends.push(self.bytes.len());
    }

    fn iter(&self) -> impl Iterator<Item = &CStr> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let names = starts
            .zip(&self.ends)
            .map(|(start, end)| &self.bytes[start..*end]);
        names.filter_map(|name| CStr::from_bytes_with_nul(name).ok())
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    tasks: Vec<Task>,
    /// How many threads are at work.
    busy: usize,
    /// How many wait.
    idle: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: Task) {
        let mut state = self.lock();
        state.tasks.push(task);
        if state.idle > 0 {
            self.changed.notify_one();
        }
    }

    fn has_idle(&self) -> bool {
        let state = self.lock();
        state.idle > 0 && state.tasks.len() < state.idle
    }

    /// The next task; none when there is none and nobody can add one.
    fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.tasks.pop() {
                state.busy += 1;
                return Some(task);
            }
            if state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            state.idle += 1;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    fn done(&self) {
        let mut state = self.lock();
        state.busy -= 1;
        if state.busy == 0 && state.tasks.is_empty() {
            self.changed.notify_all();
        }
    }
}

/// Does everything that there is to do.
pub(super) fn run(walk: Walk<'_>, tasks: Vec<Task>) {
    let is_one_file = matches!(tasks.as_slice(), [Task::File { .. }] | []);
    let queue = Queue::default();
    // The last task is taken first.
    queue.lock().tasks.extend(tasks.into_iter().rev());
    let threads = if is_one_file { 1 } else { walk.threads.max(1) };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| Worker::alone(walk).work(&queue));
        }
        Worker::alone(walk).work(&queue);
    });
}

/// A thread with what it has counted so far.
pub(super) struct Worker<'a> {
    walk: Walk<'a>,
    scanner: Scanner<'a>,
    sheet: Sheet,
    counts: Counts,
    /// Whether the files of this folder are on a disk.
    is_on_disk: bool,
}

/// A file on a disk: what gives less than was asked for has no more to give, and a further read
/// would only say so.
struct OnDisk<'a> {
    file: &'a File,
    is_end: bool,
}

impl<'a> OnDisk<'a> {
    fn new(file: &'a File) -> Self {
        Self {
            file,
            is_end: false,
        }
    }
}

impl io::Read for OnDisk<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_end {
            return Ok(0);
        }
        let read = self.file.read(buffer)?;
        self.is_end = read < buffer.len();
        Ok(read)
    }
}

/// Whether a folder is on a file system whose files have a length, unlike those that the kernel
/// makes up when they are read, and unlike those of other machines.
fn is_on_disk(folder: BorrowedFd<'_>) -> bool {
    /// `linux/magic.h`: ext4, XFS, Btrfs, tmpfs, overlayfs, F2FS.
    const KINDS: [u64; 6] = [
        0xef53,
        0x5846_5342,
        0x9123_683e,
        0x0102_1994,
        0x794c_7630,
        0xf2f5_2010,
    ];
    rustix::fs::fstatfs(folder)
        .is_ok_and(|found| u64::try_from(found.f_type).is_ok_and(|kind| KINDS.contains(&kind)))
}

impl<'a> Worker<'a> {
    /// A worker that has nothing to do yet.
    pub(super) fn alone(walk: Walk<'a>) -> Self {
        Self {
            walk,
            scanner: Scanner::of_many(walk.catalogue, walk.threads)
                .telling_archives(archive::is_archive),
            sheet: Sheet::default(),
            counts: Counts::default(),
            is_on_disk: false,
        }
    }

    fn work(mut self, queue: &Queue) {
        while let Some(task) = queue.take() {
            self.act(task, queue);
            queue.done();
        }
        self.finish();
    }

    /// Passes on what was counted.
    pub(super) fn finish(self) {
        self.walk.collector.count(&self.counts);
    }

    fn act(&mut self, task: Task, queue: &Queue) {
        match task {
            Task::Folder {
                argument,
                path,
                is_argument,
            } => {
                if let Err(error) = self.folder(argument, &path, is_argument, queue)
                    && (is_argument || error != Errno::NOENT)
                {
                    self.refuse(Origin::file(argument, path), why(&error.into()));
                }
            }
            Task::Project { argument, path } => self.project(argument, &path, queue),
            Task::File { argument, path } => {
                self.file(None, path.as_os_str(), || {
                    Origin::file(argument, path.clone())
                });
            }
            Task::Names {
                argument,
                folder,
                path,
                names,
            } => self.names(argument, folder.as_fd(), &path, &names),
        }
    }

    /// Something cannot be read.
    pub(super) fn refuse(&self, origin: Origin, why: impl Into<String>) {
        self.walk.collector.refuse(origin, why);
    }

    fn folder(
        &mut self,
        argument: usize,
        path: &Path,
        is_argument: bool,
        queue: &Queue,
    ) -> Result<(), Errno> {
        let follow = if is_argument {
            OFlags::empty()
        } else {
            OFlags::NOFOLLOW
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | follow;
        let folder = openat(CWD, path, flags, Mode::empty())?;
        let mut folder = Dir::new(folder)?;
        let mut names = Names::default();
        loop {
            let is_end = self.read_some(argument, &mut folder, path, &mut names, queue)?;
            if !names.ends.is_empty() {
                if !is_end && queue.has_idle() {
                    queue.push(Task::Names {
                        argument,
                        folder: folder
                            .fd()?
                            .try_clone_to_owned()
                            .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?,
                        path: path.to_owned(),
                        names: std::mem::take(&mut names),
                    });
                } else {
                    self.names(argument, folder.fd()?, path, &names);
                    names.clear();
                }
            }
            if is_end {
                return Ok(());
            }
        }
    }

    /// Reads names of files until there are enough; folders become tasks. Gives whether there are
    /// no more.
    fn read_some(
        &mut self,
        argument: usize,
        folder: &mut Dir,
        path: &Path,
        names: &mut Names,
        queue: &Queue,
    ) -> Result<bool, Errno> {
        while names.ends.len() < BATCH {
            let Some(entry) = folder.read() else {
                return Ok(true);
            };
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    let found = statat(folder.fd()?, name, AtFlags::SYMLINK_NOFOLLOW);
                    found.map_or(FileType::Unknown, |found| {
                        FileType::from_raw_mode(found.st_mode)
                    })
                }
                kind => kind,
            };
            // A file `.git` is that of a worktree or a submodule, and names a folder.
            if name.to_bytes() == b".git" && !self.walk.enters_git && !kind.is_symlink() {
                self.counts.git += 1;
                continue;
            }
            if self.walk.exclusions.has(|| join(path, name)) {
                self.counts.excluded += 1;
                continue;
            }
            match kind {
                FileType::Directory => {
                    let is_store = name.to_bytes() == b"objects"
                        && path.file_name() == Some(OsStr::new(".git"));
                    if !is_store {
                        let path = join(path, name);
                        queue.push(Task::Folder {
                            argument,
                            path,
                            is_argument: false,
                        });
                    }
                }
                FileType::RegularFile | FileType::Unknown => names.push(name),
                FileType::Symlink => self.counts.links += 1,
                _ => self.counts.special += 1,
            }
        }
        Ok(false)
    }

    fn names(&mut self, argument: usize, folder: BorrowedFd<'_>, path: &Path, names: &Names) {
        if let Some(progress) = self.walk.progress {
            progress.enter(path);
        }
        self.is_on_disk = names.ends.len() > 2 && is_on_disk(folder);
        for name in names.iter() {
            let origin = || Origin::file(argument, join(path, name));
            self.file(Some(folder), OsStr::from_bytes(name.to_bytes()), origin);
        }
        self.is_on_disk = false;
    }

    /// Everything below a folder that ignore files leave.
    fn project(&mut self, argument: usize, path: &Path, queue: &Queue) {
        let mut builder = ignore::WalkBuilder::new(path);
        let enters_git = self.walk.enters_git;
        let exclusions = self.walk.exclusions.clone();
        let excluded = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&excluded);
        builder
            .hidden(false)
            .require_git(false)
            .filter_entry(move |entry| {
                let is_store = entry.file_name() == "objects"
                    && entry.path().parent().and_then(Path::file_name) == Some(OsStr::new(".git"));
                if entry.depth() > 0 && exclusions.has(|| entry.path().to_owned()) {
                    count.fetch_add(1, Ordering::Relaxed);
                    return false;
                }
                !is_store && (enters_git || entry.depth() == 0 || entry.file_name() != ".git")
            });
        for entry in builder.build() {
            match entry {
                Ok(entry) => {
                    let kind = entry.file_type();
                    let is = |test: fn(&std::fs::FileType) -> bool| kind.as_ref().is_some_and(test);
                    if is(std::fs::FileType::is_file) {
                        let task = Task::File {
                            argument,
                            path: entry.into_path(),
                        };
                        if queue.has_idle() {
                            queue.push(task);
                        } else {
                            self.act(task, queue);
                        }
                    } else if is(std::fs::FileType::is_symlink) {
                        self.counts.links += 1;
                    } else if !is(std::fs::FileType::is_dir) {
                        self.counts.special += 1;
                    }
                }
                Err(error) => {
                    let why = error
                        .io_error()
                        .map_or_else(|| "its ignore files are not valid".to_owned(), why);
                    let origin = Origin::file(argument, path.to_owned());
                    self.walk
                        .collector
                        .refuse(origin, format!("a folder below it: {why}"));
                }
            }
        }
        self.counts.excluded += excluded.load(Ordering::Relaxed);
    }

    /// Looks at a file: of a folder by its name, or else by its path, which may be a link.
    fn file(&mut self, folder: Option<BorrowedFd<'_>>, name: &OsStr, origin: impl Fn() -> Origin) {
        // A FIFO that takes the place of a file would be waited for without NONBLOCK.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        let is_named = folder.is_none();
        let follow = if is_named {
            OFlags::empty()
        } else {
            OFlags::NOFOLLOW
        };
        let file = match openat(folder.unwrap_or(CWD), name, flags | follow, Mode::empty()) {
            Ok(file) => File::from(file),
            // What is gone was not asked for by its name.
            Err(Errno::NOENT) if !is_named => return,
            Err(error) => return self.refuse(origin(), why(&error.into())),
        };
        self.scanner.set_name(name.as_bytes());
        if self.is_on_disk {
            self.look(&mut OnDisk::new(&file), origin);
        } else {
            self.look(&mut &file, origin);
        }
    }

    /// Looks at an object of a repository.
    pub(super) fn look_at_object(&mut self, reader: &mut (impl io::Read + Send), origin: &Origin) {
        self.counts.objects += 1;
        self.scanner.set_name(origin.path.as_os_str().as_bytes());
        self.read(reader, || origin.clone());
    }

    /// Looks at what a reader gives.
    fn look(&mut self, reader: &mut (impl io::Read + Send), origin: impl Fn() -> Origin) {
        self.counts.files += 1;
        self.read(reader, origin);
    }

    fn read(&mut self, reader: &mut (impl io::Read + Send), origin: impl Fn() -> Origin) {
        match self.walk.progress {
            Some(progress) => self.read_all(&mut progress.watch(reader), origin),
            None => self.read_all(reader, origin),
        }
    }

    fn read_all(&mut self, reader: &mut (impl io::Read + Send), origin: impl Fn() -> Origin) {
        if self.walk.opens_archives {
            archive::look(self, reader, &origin());
        } else {
            self.read_as_it_is(reader, origin);
        }
    }

    /// Looks at what is no archive, or at one without looking into it.
    pub(super) fn look_as_it_is(
        &mut self,
        mut reader: &mut (dyn io::Read + Send),
        origin: &Origin,
    ) {
        if let Some(member) = &origin.member {
            self.scanner.set_name(member.as_bytes());
        }
        self.read_as_it_is(&mut reader, || origin.clone());
    }

    /// An archive is looked into.
    pub(super) fn count_archive(&mut self) {
        self.counts.archives += 1;
    }

    /// A member of an archive is looked at.
    pub(super) fn count_member(&mut self) {
        self.counts.members += 1;
    }

    fn read_as_it_is(&mut self, reader: &mut (impl io::Read + Send), origin: impl Fn() -> Origin) {
        let result = input::look(&mut self.scanner, reader, &mut self.sheet);
        self.counts.bytes += self.sheet.bytes;
        self.counts.closed += u64::from(self.sheet.is_archive);
        if let Some(progress) = self.walk.progress {
            progress.add(self.sheet.found.len());
        }
        if !self.sheet.is_empty() {
            self.walk.collector.add(origin(), &mut self.sheet);
        }
        self.sheet.clear();
        if let Err(error) = result {
            self.refuse(origin(), why(&error));
        }
    }
}

/// Looks at what a reader gives, such as standard input.
pub(super) fn stream(walk: Walk<'_>, reader: &mut (impl io::Read + Send), origin: &Origin) {
    let mut worker = Worker::alone(walk);
    worker.scanner.set_name(origin.path.as_os_str().as_bytes());
    worker.look(reader, || origin.clone());
    worker.finish();
}

fn join(path: &Path, name: &CStr) -> PathBuf {
    path.join(OsStr::from_bytes(name.to_bytes()))
}

/// Why something cannot be read, in the words of the system.
pub(super) fn why(error: &io::Error) -> String {
    error.to_string()
}
