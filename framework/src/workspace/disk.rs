//! A workspace on disk. Every access starts at the open root folder and follows no symbolic link.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::CString;
use std::fmt::{self, Display};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, Timespec, Timestamps};
use rustix::io::Errno;

use super::{Entry, EntryKind, MAX_FILE, Node, Obstacle, Walked};
use crate::path::WorkspacePath;
use crate::text::shorten;

/// A folder on disk that holds one workspace, removed when dropped.
pub(super) struct Disk {
    root: PathBuf,
    dir: OwnedFd,
    /// What was written at the start, in order: enough to remove an untouched workspace without
    /// listing it.
    written: Vec<WorkspacePath>,
    /// What was read since the last time that something outside may have written.
    cache: RefCell<HashMap<WorkspacePath, Arc<[u8]>>>,
    /// Whether something outside had a chance to change what is here.
    touched: bool,
    remove_on_drop: bool,
    umask: u32,
}

impl fmt::Debug for Disk {
    // What was read may hold secrets, so it is never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk")
            .field("root", &self.root)
            .field("written", &self.written.len())
            .field("touched", &self.touched)
            .finish_non_exhaustive()
    }
}

/// How far back the common modification time of fixtures lies. Coarse clocks of file systems step
/// by up to 10 ms; two seconds also cover FAT.
const BACKDATED_SECONDS: i64 = 2;

/// Mode of the folders of a workspace.
const DIR_MODE: u32 = 0o755;

impl Disk {
    pub(super) fn create(
        root: PathBuf,
        nodes: &BTreeMap<WorkspacePath, Node>,
        same_time: bool,
    ) -> io::Result<Self> {
        rustix::fs::mkdir(&root, Mode::from_raw_mode(0o700))?;
        let mut disk = Self::open(root)?;
        disk.remove_on_drop = true;
        disk.written.reserve(nodes.len());
        let context = |path: &WorkspacePath, error: io::Error| {
            io::Error::new(
                error.kind(),
                format!("cannot write fixture `{path}`: {error}"),
            )
        };
        for (path, node) in nodes {
            disk.create_node(path, node, same_time)
                .map_err(|error| context(path, error))?;
        }
        Ok(disk)
    }

    /// A folder that is there already, and stays.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::open(&root, flags, Mode::empty())?;
        Ok(Self {
            root,
            dir,
            written: Vec::new(),
            cache: RefCell::default(),
            touched: false,
            remove_on_drop: false,
            umask: current_umask(),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn keep(&mut self) {
        self.remove_on_drop = false;
    }

    pub(super) fn forget(&mut self) {
        self.touched = true;
        self.cache.get_mut().clear();
    }

    pub(super) fn remove(mut self) -> io::Result<()> {
        if self.remove_on_drop {
            self.remove_on_drop = false;
            self.remove_all()
        } else {
            Ok(())
        }
    }

    fn remove_all(&self) -> io::Result<()> {
        // The usual case: nothing but what was written is there, so nothing needs listing. Once a
        // command has run, a folder may have become a link to somewhere else.
        let untouched = self.written.iter().rev().filter(|_| !self.touched);
        for path in untouched {
            if rustix::fs::unlinkat(&self.dir, path.as_str(), AtFlags::empty()).is_err() {
                let _ = rustix::fs::unlinkat(&self.dir, path.as_str(), AtFlags::REMOVEDIR);
            }
        }
        if rustix::fs::rmdir(&self.root).is_ok() {
            return Ok(());
        }
        match std::fs::remove_dir_all(&self.root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) => remove_stubborn(&self.root),
            Ok(()) => Ok(()),
        }
    }

    pub(super) fn entry(&self, path: &WorkspacePath) -> Result<Option<Entry>, Obstacle> {
        if path.is_root() {
            let stat = rustix::fs::fstat(&self.dir).map_err(unreadable)?;
            return entry_of(&stat, path).map(Some);
        }
        let Some((parent, name)) = open_parent(&self.dir, path, None)? else {
            return Ok(None);
        };
        match rustix::fs::statat(parent.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => entry_of(&stat, path).map(Some),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Whether the path is a symbolic link to `/dev/null`.
    pub(super) fn is_null_link(&self, path: &WorkspacePath) -> bool {
        let Ok(Some((parent, name))) = open_parent(&self.dir, path, None) else {
            return false;
        };
        rustix::fs::readlinkat(parent.as_fd(), name, Vec::new())
            .is_ok_and(|target| target.to_bytes() == b"/dev/null")
    }

    pub(super) fn read(&self, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
        if let Some(content) = self.cache.borrow().get(path) {
            return Ok(Arc::clone(content));
        }
        let content = read_below(&self.dir, path)?;
        self.cache
            .borrow_mut()
            .insert(path.clone(), Arc::clone(&content));
        Ok(content)
    }

    pub(super) fn files_below(&self, dir: &WorkspacePath) -> Result<Vec<WorkspacePath>, Obstacle> {
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(self.root.join(dir.as_path())).min_depth(1) {
            let entry = entry.map_err(|error| Obstacle::Unreadable(self.without_root(&error)))?;
            if entry.file_type().is_dir() {
                continue;
            }
            let relative = entry
                .path()
                .strip_prefix(&self.root)
                .unwrap_or(entry.path());
            let text = relative.to_str().ok_or_else(|| {
                Obstacle::Unreadable(format!("the name of `{}` is not UTF-8", relative.display()))
            })?;
            files.extend(WorkspacePath::new(text));
        }
        files.sort_unstable();
        Ok(files)
    }

    /// Opens a regular file; gives its length, too.
    pub(super) fn open_file(&self, path: &WorkspacePath) -> Result<(File, u64), Obstacle> {
        opened(open_below(&self.dir, path)?, path)
    }

    /// Everything below a folder: what cannot be read does not hide the rest.
    pub(super) fn walk(&self, dir: &WorkspacePath) -> Walked {
        let mut walked = Walked::default();
        for entry in walkdir::WalkDir::new(self.root.join(dir.as_path())).min_depth(1) {
            let relative = |path: &Path| {
                let path = path.strip_prefix(&self.root).unwrap_or(path);
                (
                    path.to_str().map(ToOwned::to_owned),
                    path.to_string_lossy().into_owned(),
                )
            };
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let shown = error
                        .path()
                        .map_or_else(|| dir.to_string(), |path| relative(path).1);
                    let shown = if shown.is_empty() {
                        ".".to_owned()
                    } else {
                        shown
                    };
                    let cause = error
                        .io_error()
                        .map_or_else(|| "a loop".to_owned(), ToString::to_string);
                    // The system's words end with the whole path, if they name it.
                    let cause = cause.replace(&*self.root.to_string_lossy(), "");
                    walked.refused.push((shown, Obstacle::Unreadable(cause)));
                    continue;
                }
            };
            let kind = entry.file_type();
            if kind.is_dir() {
                continue;
            }
            if !kind.is_file() {
                walked.passed_over += 1;
                continue;
            }
            let (text, shown) = relative(entry.path());
            match text.map(|text| WorkspacePath::new(&text)) {
                Some(Ok(path)) => walked.files.push(path),
                Some(Err(why)) => {
                    let why = Obstacle::Unreadable(format!("its path {why}"));
                    walked.refused.push((shown, why));
                }
                None => {
                    let why = Obstacle::Unreadable("its name is not UTF-8".to_owned());
                    walked.refused.push((shown, why));
                }
            }
        }
        walked.files.sort_unstable();
        walked.refused.sort_by(|one, other| one.0.cmp(&other.0));
        walked
    }

    /// What went wrong while walking, without the workspace's own changing name.
    fn without_root(&self, error: &walkdir::Error) -> String {
        let path = error
            .path()
            .and_then(|path| path.strip_prefix(&self.root).ok());
        let cause = error
            .io_error()
            .map_or_else(|| "a loop".to_owned(), ToString::to_string);
        match path.filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => format!("`{}`: {cause}", shorten(&path.to_string_lossy(), 80)),
            None => format!("the workspace itself: {cause}"),
        }
    }

    pub(super) fn write(
        &mut self,
        path: &WorkspacePath,
        content: &[u8],
        mode: Option<u32>,
    ) -> Result<(), String> {
        self.forget();
        let mut made = Vec::new();
        let (parent, name) = match open_parent(&self.dir, path, Some((&mut made, self.umask))) {
            Ok(Some(found)) => found,
            Ok(None) => return Err("needs a folder where there is a file".to_owned()),
            Err(obstacle) => return Err(obstacle.to_string()),
        };
        // A file that is there already keeps its mode, unless the action says one.
        let is_new = rustix::fs::statat(parent.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW).is_err();
        let mode = mode.or_else(|| is_new.then_some(super::DEFAULT_MODE));
        let flags = OFlags::WRONLY
            | OFlags::CREATE
            | OFlags::TRUNC
            | OFlags::NOFOLLOW
            | OFlags::NONBLOCK
            | OFlags::CLOEXEC;
        let created = Mode::from_raw_mode(mode.unwrap_or(super::DEFAULT_MODE));
        let fd =
            rustix::fs::openat(parent.as_fd(), name, flags, created).map_err(
                |error| match error {
                    Errno::LOOP | Errno::MLINK => Obstacle::Link(path.to_string()).to_string(),
                    Errno::ISDIR => "is a folder".to_owned(),
                    error => io::Error::from(error).to_string(),
                },
            )?;
        let mut file = File::from(fd);
        file.write_all(content).map_err(|error| error.to_string())?;
        if let Some(mode) = mode {
            rustix::fs::fchmod(&file, Mode::from_raw_mode(mode))
                .map_err(|error| io::Error::from(error).to_string())?;
        }
        Ok(())
    }

    pub(super) fn unlink(&mut self, path: &WorkspacePath) -> Result<bool, String> {
        self.forget();
        let parent = open_parent(&self.dir, path, None).map_err(|obstacle| obstacle.to_string())?;
        let Some((parent, name)) = parent else {
            return Ok(false);
        };
        match rustix::fs::unlinkat(parent.as_fd(), name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            // Linux says EISDIR, POSIX and macOS say EPERM.
            Err(Errno::ISDIR | Errno::PERM) => {
                // The standard library follows no link on the way down, and the way here has none.
                let removed = std::fs::remove_dir_all(self.root.join(path.as_path()));
                removed.map(|()| true).map_err(|error| error.to_string())
            }
            Err(error) => Err(io::Error::from(error).to_string()),
        }
    }

    fn create_node(
        &mut self,
        path: &WorkspacePath,
        node: &Node,
        same_time: bool,
    ) -> io::Result<()> {
        let found = open_parent(&self.dir, path, Some((&mut self.written, self.umask)));
        let (parent, name) = found
            .map_err(|obstacle| io::Error::other(obstacle.to_string()))?
            .ok_or(Errno::NOTDIR)?;
        match node {
            Node::Dir => match make_dir(parent.as_fd(), name, self.umask) {
                Err(Errno::EXIST) => return Ok(()),
                made => made?,
            },
            Node::File { content, mode } => {
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
                let raw = Mode::from_raw_mode(*mode);
                let mut file = File::from(rustix::fs::openat(parent.as_fd(), name, flags, raw)?);
                file.write_all(content)?;
                // The file's mode is what the harness says, whatever this process masks.
                if mode & self.umask != 0 || *mode > 0o777 {
                    rustix::fs::fchmod(&file, raw)?;
                }
                if same_time {
                    backdate(&file)?;
                }
            }
        }
        self.written.push(path.clone());
        Ok(())
    }
}

/// Makes a folder with the mode that every folder of a workspace has, whatever this process masks.
fn make_dir(parent: BorrowedFd<'_>, name: &str, umask: u32) -> Result<(), Errno> {
    let mode = Mode::from_raw_mode(DIR_MODE);
    rustix::fs::mkdirat(parent, name, mode)?;
    if DIR_MODE & umask != 0 {
        rustix::fs::chmodat(parent, name, mode, AtFlags::empty())?;
    }
    Ok(())
}

/// Removes what `remove_dir_all` cannot: folders that a command took the rights from, and more
/// folders in folders than a process may have open. Those are moved up to the root, one by one.
fn remove_stubborn(root: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o700);
    rustix::fs::chmod(root, mode)?;
    let dir = rustix::fs::open(root, flags, Mode::empty())?;
    let mut moved = 0_u32;
    loop {
        let names = names_in(&dir)?;
        if names.is_empty() {
            return Ok(rustix::fs::rmdir(root)?);
        }
        for name in names {
            if rustix::fs::unlinkat(&dir, &name, AtFlags::empty()).is_ok() {
                continue;
            }
            // It is a folder, for links have just been removed.
            rustix::fs::chmodat(&dir, &name, mode, AtFlags::empty())?;
            let folder = rustix::fs::openat(&dir, &name, flags, Mode::empty())?;
            for inner in names_in(&folder)? {
                if rustix::fs::unlinkat(&folder, &inner, AtFlags::empty()).is_err() {
                    rustix::fs::chmodat(&folder, &inner, mode, AtFlags::empty())?;
                    moved += 1;
                    rustix::fs::renameat(
                        &folder,
                        &inner,
                        &dir,
                        format!(".clawtest-removes-{moved}"),
                    )?;
                }
            }
            rustix::fs::unlinkat(&dir, &name, AtFlags::REMOVEDIR)?;
        }
    }
}

/// The names in an open folder.
fn names_in(dir: &OwnedFd) -> io::Result<Vec<CString>> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(dir)? {
        let name = entry?.file_name().to_owned();
        if !matches!(name.to_bytes(), b"." | b"..") {
            names.push(name);
        }
    }
    Ok(names)
}

fn backdate(file: &File) -> io::Result<()> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
    let past = Timespec {
        tv_sec: now.tv_sec - BACKDATED_SECONDS,
        tv_nsec: 0,
    };
    let times = Timestamps {
        last_access: past,
        last_modification: past,
    };
    Ok(rustix::fs::futimens(file, &times)?)
}

/// [`read_below`] for a folder that is not open yet.
pub(super) fn read_in(folder: &Path, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::open(folder, flags, Mode::empty()).map_err(unreadable)?;
    read_below(&root, path)
}

/// Reads a regular file below a folder, through no link.
pub(super) fn read_below(root: &OwnedFd, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
    read_open(open_below(root, path)?, path)
}

/// Opens what stands at a path below a folder for reading, through no link.
fn open_below(root: &OwnedFd, path: &WorkspacePath) -> Result<OwnedFd, Obstacle> {
    let missing = || Obstacle::Unreadable("no such file".to_owned());
    let (parent, name) = open_parent(root, path, None)?.ok_or_else(missing)?;
    // NONBLOCK, so that a FIFO without a writer or a device cannot hang the run.
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    match rustix::fs::openat(parent.as_fd(), name, flags, Mode::empty()) {
        Ok(fd) => Ok(fd),
        Err(Errno::LOOP | Errno::MLINK) => Err(Obstacle::Link(path.to_string())),
        Err(Errno::NXIO) => Err(Obstacle::Special("a socket")),
        Err(Errno::NOENT | Errno::NOTDIR) => Err(missing()),
        Err(error) => Err(unreadable(error)),
    }
}

/// An open file with its length, if it is a regular one. `path` is what it is called.
pub(super) fn opened(fd: OwnedFd, path: &dyn Display) -> Result<(File, u64), Obstacle> {
    let stat = rustix::fs::fstat(&fd).map_err(unreadable)?;
    let entry = entry_of(&stat, path)?;
    if entry.kind == EntryKind::Dir {
        return Err(Obstacle::Unreadable("it is a folder".to_owned()));
    }
    Ok((File::from(fd), entry.len))
}

/// Reads an open file to its end, if it is a regular one. `path` is what it is called.
pub(super) fn read_open(fd: OwnedFd, path: &dyn Display) -> Result<Arc<[u8]>, Obstacle> {
    let (file, length) = opened(fd, path)?;
    if length > MAX_FILE {
        return Err(Obstacle::TooLarge(length));
    }
    let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    let mut limited = file.take(MAX_FILE + 1);
    limited
        .read_to_end(&mut content)
        .map_err(|error| Obstacle::Unreadable(error.to_string()))?;
    if content.len() as u64 > MAX_FILE {
        return Err(Obstacle::TooLarge(content.len() as u64));
    }
    Ok(content.into())
}

/// Opens the folder that holds a path, component by component and through no link. Folders that
/// are missing are made and added to `made`, if that is given; else the answer is `None`.
fn open_parent<'a, 'p>(
    root: &'a OwnedFd,
    path: &'p WorkspacePath,
    mut made: Option<(&mut Vec<WorkspacePath>, u32)>,
) -> Result<Option<(Folder<'a>, &'p str)>, Obstacle> {
    let mut folder = Folder::Root(root.as_fd());
    let Some(parent) = path.parent() else {
        return Ok(Some((folder, path.as_str())));
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut walked = 0;
    for part in parent.split('/') {
        walked += part.len() + 1;
        let so_far = &parent[..walked - 1];
        let mut opened = rustix::fs::openat(folder.as_fd(), part, flags, Mode::empty());
        if let Some((made, umask)) = &mut made
            && opened.as_ref().is_err_and(|error| *error == Errno::NOENT)
        {
            make_dir(folder.as_fd(), part, *umask).map_err(unreadable)?;
            made.extend(WorkspacePath::new(so_far));
            opened = rustix::fs::openat(folder.as_fd(), part, flags, Mode::empty());
        }
        match opened {
            Ok(fd) => folder = Folder::Below(fd),
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::MLINK | Errno::NOTDIR) => {
                let stat = rustix::fs::statat(folder.as_fd(), part, AtFlags::SYMLINK_NOFOLLOW);
                let is_link = stat
                    .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
                return if is_link {
                    Err(Obstacle::Link(so_far.to_owned()))
                } else {
                    Ok(None)
                };
            }
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(Some((folder, &path.as_str()[parent.len() + 1..])))
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.remove_on_drop {
            // Dropping happens on the way out of a panic or an error that is reported elsewhere.
            let _ = self.remove_all();
        }
    }
}

enum Folder<'a> {
    Root(BorrowedFd<'a>),
    Below(OwnedFd),
}

impl Folder<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Root(fd) => *fd,
            Self::Below(fd) => fd.as_fd(),
        }
    }
}

/// What stands at a path, from what the system says about it.
pub(super) fn entry_of(stat: &Stat, path: &dyn Display) -> Result<Entry, Obstacle> {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => EntryKind::File,
        FileType::Directory => EntryKind::Dir,
        FileType::Symlink => return Err(Obstacle::Link(path.to_string())),
        FileType::Fifo => return Err(Obstacle::Special("a FIFO")),
        FileType::Socket => return Err(Obstacle::Special("a socket")),
        FileType::CharacterDevice | FileType::BlockDevice => {
            return Err(Obstacle::Special("a device"));
        }
        FileType::Unknown => return Err(Obstacle::Special("neither a file nor a folder")),
    };
    Ok(Entry {
        kind,
        len: if kind == EntryKind::File {
            u64::try_from(stat.st_size).unwrap_or(0)
        } else {
            0
        },
        mode: stat.st_mode & 0o7777,
        modified: (
            stat.st_mtime,
            u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
        ),
        owner: Some((stat.st_uid, stat.st_gid)),
    })
}

/// What the system says, as an obstacle.
pub(super) fn unreadable(error: Errno) -> Obstacle {
    Obstacle::Unreadable(io::Error::from(error).to_string())
}

/// The process' umask, asked once: reading it means setting it for a moment.
fn current_umask() -> u32 {
    static UMASK: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *UMASK.get_or_init(|| {
        let umask = rustix::process::umask(Mode::from_raw_mode(0o022));
        rustix::process::umask(umask);
        umask.bits()
    })
}
