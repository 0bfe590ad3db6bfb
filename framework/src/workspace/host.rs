//! The files of a real host, below the folder that `--root` names. They are read and never written.
//! Symbolic links lead where they would lead on that host, and so never out of the folder.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::disk::{entry_of, opened, read_open, unreadable};
use super::{Entry, Obstacle};

/// Most symbolic links on the way to one file, as Linux counts them.
const MAX_LINKS: usize = 40;

/// Most folders in folders on the way to one file: each is open as long as the way is walked.
const MAX_DEPTH: usize = 128;

/// Most entries of a folder that are listed.
const MAX_NAMES: usize = 100_000;

/// What a link points to that stands for nothing at all; systemd calls such a unit masked.
const NULL: &[u8] = b"/dev/null";

/// How folders on the way are opened. On Linux they need not be readable for that.
const SEARCH: OFlags = {
    #[cfg(target_os = "linux")]
    let access = OFlags::PATH;
    #[cfg(not(target_os = "linux"))]
    let access = OFlags::RDONLY;
    access
        .union(OFlags::DIRECTORY)
        .union(OFlags::NOFOLLOW)
        .union(OFlags::CLOEXEC)
};

/// The root folder of a host: `/`, or that of a container or an image.
///
/// Paths below it are resolved as that host would resolve them: a link to `/lib/x` leads to the
/// folder's own `lib/x`, and `..` does not lead out of it. Every component is opened from an open
/// folder without following links, so that no change in the meantime leads elsewhere.
#[derive(Debug)]
pub struct HostRoot {
    dir: OwnedFd,
    shown: Box<str>,
    users: OnceLock<Result<Accounts, String>>,
    groups: OnceLock<Result<Accounts, String>>,
}

/// A folder on the way to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its path on the host.
    pub path: String,
    /// Who owns it.
    pub user: u32,
    /// Its permission bits.
    pub mode: u32,
}

/// How a path leads to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Where the path leads if it is itself a symbolic link.
    pub link: Option<String>,
    /// Every folder that is searched on the way, those of links included; the root is the first.
    pub folders: Vec<Folder>,
}

/// What is at the end of a way.
enum End {
    Nothing,
    /// A link to `/dev/null`, or the device itself.
    Null,
    /// An entry of a folder; `None` is the root folder.
    Entry(Option<OwnedFd>, Box<[u8]>, Box<Stat>),
}

impl HostRoot {
    /// Opens the root folder of a host. `shown` is what reports put before paths.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn open(folder: &Path, shown: &str) -> io::Result<Self> {
        let flags = SEARCH.difference(OFlags::NOFOLLOW);
        Ok(Self {
            dir: rustix::fs::open(folder, flags, Mode::empty())?,
            shown: shown.trim_end_matches('/').into(),
            users: OnceLock::new(),
            groups: OnceLock::new(),
        })
    }

    /// A path of the host as reports show it.
    pub fn shown(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.shown)
    }

    /// What a path leads to; `None` if there is nothing.
    pub(crate) fn entry(&self, path: &str) -> Result<Option<Entry>, Obstacle> {
        match self.walk(path)?.0 {
            End::Nothing => Ok(None),
            End::Null => Err(Obstacle::Null),
            End::Entry(_, _, stat) => entry_of(&stat, &path).map(Some),
        }
    }

    /// The content of the regular file that a path leads to; `None` if there is nothing.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, Obstacle> {
        let opened = self.file_at(path)?;
        opened.map(|fd| read_open(fd, &path)).transpose()
    }

    /// The regular file that a path leads to and its length; `None` if there is nothing.
    pub(super) fn open_file(&self, path: &str) -> Result<Option<(File, u64)>, Obstacle> {
        let found = self.file_at(path)?;
        found.map(|fd| opened(fd, &path)).transpose()
    }

    fn file_at(&self, path: &str) -> Result<Option<OwnedFd>, Obstacle> {
        let (folder, name) = match self.walk(path)?.0 {
            End::Nothing => return Ok(None),
            End::Null => return Err(Obstacle::Null),
            End::Entry(folder, name, stat) => {
                // Devices are not even opened: for some that is an action.
                entry_of(&stat, &path)?;
                (folder, name)
            }
        };
        // NONBLOCK, for what may have taken the place of a regular file in the meantime.
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        match rustix::fs::openat(self.at(folder.as_ref()), &*name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(fd)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// The names in a folder, sorted; none if there is no such folder.
    pub(super) fn names(&self, path: &str) -> Result<Vec<String>, String> {
        let (folder, name) = match self.walk(path).map_err(|obstacle| obstacle.to_string())?.0 {
            End::Entry(folder, name, stat)
                if FileType::from_raw_mode(stat.st_mode) == FileType::Directory =>
            {
                (folder, name)
            }
            _ => return Ok(Vec::new()),
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(self.at(folder.as_ref()), &*name, flags, Mode::empty());
        let dir = opened.map_err(|error| io::Error::from(error).to_string())?;
        let said = |error: Errno| io::Error::from(error).to_string();
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(dir).map_err(said)? {
            let entry = entry.map_err(said)?;
            let name = entry.file_name().to_str();
            match name.map_err(|_| "it has an entry whose name is not UTF-8")? {
                "." | ".." => {}
                name => names.push(name.to_owned()),
            }
            if names.len() > MAX_NAMES {
                return Err(format!("it has more than {MAX_NAMES} entries"));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Whether systemd would call a unit at this path masked: it is a link to `/dev/null`, a
    /// device, or an empty file.
    pub(super) fn is_masked(&self, path: &str) -> bool {
        match self.walk(path) {
            Ok((End::Null, _)) => true,
            Ok((End::Entry(_, _, stat), _)) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => stat.st_size == 0,
                FileType::CharacterDevice | FileType::BlockDevice => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// How a path leads to what it leads to.
    pub(super) fn way(&self, path: &str) -> Result<Way, Obstacle> {
        self.walk(path).map(|(_, way)| way)
    }

    /// The id of a user or a group of the host.
    ///
    /// # Errors
    ///
    /// A clause that says why it is not known, and the name that may have been meant.
    pub(crate) fn id(&self, kind: AccountKind, name: &str) -> Result<u32, (String, Option<&str>)> {
        let file = self.shown(kind.file());
        match self.accounts(kind) {
            Ok(accounts) => accounts.id(name).ok_or_else(|| {
                let why = format!("there is no {} `{name}` in `{file}`", kind.word());
                (why, accounts.meant(name))
            }),
            Err(why) => Err((format!("`{file}` cannot be read: {why}"), None)),
        }
    }

    /// The name of a user or a group of the host, if it is known.
    pub(crate) fn name(&self, kind: AccountKind, id: u32) -> Option<&str> {
        self.accounts(kind).as_ref().ok()?.name(id)
    }

    fn accounts(&self, kind: AccountKind) -> &Result<Accounts, String> {
        let known = match kind {
            AccountKind::User => &self.users,
            AccountKind::Group => &self.groups,
        };
        known.get_or_init(|| match self.read(kind.file()) {
            Ok(Some(bytes)) => Ok(Accounts::read(&bytes)),
            Ok(None) => Err("there is no such file".to_owned()),
            Err(obstacle) => Err(obstacle.to_string()),
        })
    }

    fn at<'a>(&'a self, folder: Option<&'a OwnedFd>) -> BorrowedFd<'a> {
        folder.unwrap_or(&self.dir).as_fd()
    }

    /// Goes from the root folder to what a path leads to, link by link.
    fn walk(&self, path: &str) -> Result<(End, Way), Obstacle> {
        let mut way = Way::default();
        way.folders.push(folder_of("/".to_owned(), &self.dir)?);
        // The folders that the current one stands in, itself last; the root has no entry.
        let mut stack: Vec<(OwnedFd, String)> = Vec::new();
        let mut links = 0;
        let mut pending: Vec<Box<[u8]>> = Vec::new();
        push_parts(&mut pending, path.as_bytes());
        while let Some(part) = pending.pop() {
            match &*part {
                b"" | b"." => continue,
                b".." => {
                    stack.pop();
                    continue;
                }
                _ => {}
            }
            let current = self.at(stack.last().map(|(fd, _)| fd));
            let stat = match rustix::fs::statat(current, &*part, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(Errno::NOENT) => return Ok((End::Nothing, way)),
                Err(error) => return Err(unreadable(error)),
            };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Symlink => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(unreadable(Errno::LOOP));
                    }
                    let target = rustix::fs::readlinkat(current, &*part, Vec::new())
                        .map_err(unreadable)?
                        .into_bytes();
                    if pending.is_empty() {
                        way.link
                            .get_or_insert_with(|| String::from_utf8_lossy(&target).into_owned());
                        if target == NULL {
                            return Ok((End::Null, way));
                        }
                    }
                    if target.starts_with(b"/") {
                        stack.clear();
                    }
                    push_parts(&mut pending, &target);
                }
                FileType::Directory => {
                    if stack.len() >= MAX_DEPTH {
                        return Err(unreadable(Errno::NAMETOOLONG));
                    }
                    let fd = rustix::fs::openat(current, &*part, SEARCH, Mode::empty())
                        .map_err(unreadable)?;
                    let name = String::from_utf8_lossy(&part).into_owned();
                    let mut shown = String::new();
                    for name in stack.iter().map(|(_, name)| name).chain([&name]) {
                        shown.push('/');
                        shown.push_str(name);
                    }
                    let folder = folder_of(shown, &fd)?;
                    if !way.folders.contains(&folder) {
                        way.folders.push(folder);
                    }
                    stack.push((fd, name));
                }
                // Something that is no folder, where one is needed.
                _ if !pending.is_empty() => return Ok((End::Nothing, way)),
                _ if is_null(&stat) => return Ok((End::Null, way)),
                _ => {
                    let folder = stack.pop().map(|(fd, _)| fd);
                    return Ok((End::Entry(folder, part, Box::new(stat)), way));
                }
            }
        }
        let last = stack.pop().map(|(fd, _)| fd);
        let stat = rustix::fs::fstat(self.at(last.as_ref())).map_err(unreadable)?;
        Ok((End::Entry(last, Box::from(*b"."), Box::new(stat)), way))
    }
}

/// What a name in `owner` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountKind {
    User,
    Group,
}

impl AccountKind {
    /// The word for messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }

    /// The file of the host that lists them.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::User => "/etc/passwd",
            Self::Group => "/etc/group",
        }
    }
}

/// Puts the components of a path in front of those that are still to be walked.
fn push_parts(pending: &mut Vec<Box<[u8]>>, path: &[u8]) {
    let parts = path.split(|byte| *byte == b'/').rev();
    pending.extend(parts.map(Box::from));
}

fn folder_of(path: String, fd: &OwnedFd) -> Result<Folder, Obstacle> {
    let stat = rustix::fs::fstat(fd).map_err(unreadable)?;
    Ok(Folder {
        path,
        user: stat.st_uid,
        mode: stat.st_mode & 0o7777,
    })
}

/// Whether this is the device `/dev/null`, wherever it stands.
fn is_null(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice
        && (
            rustix::fs::major(stat.st_rdev),
            rustix::fs::minor(stat.st_rdev),
        ) == (1, 3)
        && cfg!(target_os = "linux")
}

/// The name of an id where the host knows one, else its digits.
pub(crate) fn name_or_number(host: &HostRoot, kind: AccountKind, id: u32) -> Cow<'_, str> {
    host.name(kind, id)
        .map_or_else(|| Cow::Owned(id.to_string()), Cow::Borrowed)
}

#[cfg(test)]
mod tests;
