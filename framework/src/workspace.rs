//! The view of a workspace that checks read: in memory until something outside needs the files,
//! then on disk. Verdicts are the same either way. A third kind of view is that of a host, where
//! each fixture stands for the file that is deployed there.
//!
//! Paths cannot leave the workspace: they have no `..`, and on disk every component is opened
//! without following symbolic links.

mod accounts;
mod disk;
mod host;
mod opened;
mod target;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use crate::document::Document;
use crate::path::{HostPath, WorkspacePath};
use crate::secret::policy::{Policy, Searched};
use crate::source::{Origin, Source};

use disk::Disk;

pub(crate) use accounts::number;
pub(crate) use host::{AccountKind, name_or_number};
pub use host::{Folder, HostRoot, Way};
pub(crate) use opened::{Opened, Walked};

/// Mode of a fixture that does not say one.
pub const DEFAULT_MODE: u32 = 0o644;

/// The folder that every workspace has, as the bash framework's had.
pub const MEMORY_DIR: &str = "memory";

/// Largest file that a check reads.
pub const MAX_FILE: u64 = 64 * 1024 * 1024;

/// A file that a workspace starts with.
#[derive(Clone)]
pub struct Fixture {
    /// Where it stands in the workspace.
    pub path: WorkspacePath,
    /// What is in it.
    pub content: Arc<[u8]>,
    /// Permission bits, [`DEFAULT_MODE`] if not said.
    pub mode: Option<u32>,
    /// Where it lives on a real host.
    pub deployed: Option<HostPath>,
    /// The document that the content was taken from, if it was.
    pub origin: Option<Arc<Origin>>,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// File or folder.
    pub kind: EntryKind,
    /// Bytes in a file; 0 for a folder.
    pub len: u64,
    /// Permission bits, with set-uid, set-gid and sticky bits.
    pub mode: u32,
    /// When it was last modified: seconds and nanoseconds since the epoch. All zero in memory,
    /// where nothing has a time.
    pub modified: (i64, u32),
    /// The ids of its user and its group; `None` in memory, where nothing has an owner.
    pub owner: Option<(u32, u32)>,
}

/// The kinds of entries that checks look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Dir,
}

/// Why the thing at a path cannot be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The path, or a folder on the way (named), is a symbolic link.
    Link(String),
    /// It is neither a file nor a folder, for example "a FIFO".
    Special(&'static str),
    /// The system refuses, with its words.
    Unreadable(String),
    /// It is larger than [`MAX_FILE`].
    TooLarge(u64),
    /// On a host it is a symbolic link to `/dev/null`: there in name only.
    Null,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(at) => write!(f, "`{at}` is a symbolic link, which is never followed"),
            Self::Special(what) => write!(f, "it is {what}, not a regular file"),
            Self::Unreadable(why) => f.write_str(why),
            Self::TooLarge(len) => write!(
                f,
                "it has {}, and checks read at most 64 MiB",
                crate::size::show(*len)
            ),
            Self::Null => f.write_str("it is a link to `/dev/null`"),
        }
    }
}

/// A workspace: fixtures, and what actions and commands made of them.
#[derive(Debug)]
pub struct Workspace {
    nodes: BTreeMap<WorkspacePath, Node>,
    disk: Option<Disk>,
    documents: Documents,
    host: Option<Host>,
    /// The fixtures that say where they live on a host.
    deployed: Vec<Deployed>,
    /// The fixtures that were taken from documents.
    taken: Vec<Taken>,
    /// What checks for secrets go by; none for what holds everywhere.
    policy: Option<Arc<Policy>>,
    searched: Cell<Option<Searched>>,
}

/// A fixture that was taken from a document.
struct Taken {
    fixture: WorkspacePath,
    content: Arc<[u8]>,
    origin: Arc<Origin>,
}

/// A fixture that says where it lives on a host.
#[derive(Debug)]
struct Deployed {
    fixture: WorkspacePath,
    path: HostPath,
    /// The path as reports show it where the host is what is looked at.
    shown: Box<str>,
}

/// The files of a host in place of fixtures.
struct Host {
    root: Arc<HostRoot>,
    /// What was read: all checks of a harness judge the same bytes.
    cache: RefCell<HashMap<WorkspacePath, Arc<[u8]>>>,
}

/// Files that were read as their consumers read them, until something is written.
type Documents = RefCell<Vec<(WorkspacePath, &'static str, Arc<Document>)>>;

#[derive(Clone)]
enum Node {
    File { content: Arc<[u8]>, mode: u32 },
    Dir,
}

// What files hold may be secret, so it is never part of a debug print.

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture")
            .field("path", &self.path)
            .field("len", &self.content.len())
            .field("mode", &self.mode)
            .field("deployed", &self.deployed)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken")
            .field("fixture", &self.fixture)
            .field("len", &self.content.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { content, mode } => f
                .debug_struct("File")
                .field("len", &content.len())
                .field("mode", mode)
                .finish(),
            Self::Dir => f.write_str("Dir"),
        }
    }
}

impl Workspace {
    /// A workspace in memory with its fixtures and the folder `memory`.
    pub fn new(fixtures: &[Fixture]) -> Self {
        let memory = WorkspacePath::new(MEMORY_DIR).ok();
        let files = fixtures.iter().map(|fixture| {
            let content = Arc::clone(&fixture.content);
            let mode = fixture.mode.unwrap_or(DEFAULT_MODE);
            (fixture.path.clone(), Node::File { content, mode })
        });
        Self {
            nodes: memory
                .map(|path| (path, Node::Dir))
                .into_iter()
                .chain(files)
                .collect(),
            disk: None,
            documents: Documents::default(),
            host: None,
            deployed: deployed(fixtures, |path| path.as_str().into()),
            taken: taken(fixtures),
            policy: None,
            searched: Cell::default(),
        }
    }

    /// The view of a host: each fixture that says where it is deployed stands for the file there,
    /// and other fixtures do not exist. Nothing can be written through it, and what is read stays
    /// in memory.
    pub fn of_host(root: Arc<HostRoot>, fixtures: &[Fixture]) -> Self {
        Self {
            nodes: BTreeMap::new(),
            disk: None,
            deployed: deployed(fixtures, |path| root.shown(path.as_str()).into()),
            documents: Documents::default(),
            host: Some(Host {
                root,
                cache: RefCell::default(),
            }),
            taken: Vec::new(),
            policy: None,
            searched: Cell::default(),
        }
    }

    /// The view of a folder that is there already. Nothing in it is removed when the view is dropped.
    ///
    /// # Errors
    ///
    /// What the system says when the folder is opened.
    pub fn of_folder(root: &Path) -> io::Result<Self> {
        Ok(Self {
            nodes: BTreeMap::new(),
            disk: Some(Disk::open(root.to_owned())?),
            documents: Documents::default(),
            host: None,
            deployed: Vec::new(),
            taken: Vec::new(),
            policy: None,
            searched: Cell::default(),
        })
    }

    /// Says what checks for secrets go by.
    #[must_use]
    pub fn with_policy(mut self, policy: Arc<Policy>) -> Self {
        self.policy = Some(policy);
        self
    }

    /// What checks for secrets go by.
    pub(crate) fn policy(&self) -> &Policy {
        static USUAL: LazyLock<Policy> = LazyLock::new(Policy::default);
        self.policy.as_deref().unwrap_or(&USUAL)
    }

    /// Counts what was looked at for secrets.
    pub(crate) fn add_searched(&self, more: Searched) {
        let so_far = self.searched.get().unwrap_or_default();
        self.searched.set(Some(Searched {
            files: so_far.files + more.files,
            outputs: so_far.outputs + more.outputs,
            bytes: so_far.bytes + more.bytes,
            passed_over: so_far.passed_over + more.passed_over,
            allowed: so_far.allowed + more.allowed,
        }));
    }

    /// How much checks have looked at for secrets since this was asked; none if none did.
    pub fn take_searched(&self) -> Option<Searched> {
        self.searched.take()
    }

    /// The root folder of the host whose files are looked at, if it is one.
    pub(crate) fn host(&self) -> Option<&HostRoot> {
        self.host.as_ref().map(|host| &*host.root)
    }

    /// Where the file that a path stands for is deployed, if that is known.
    pub fn deployed(&self, path: &WorkspacePath) -> Option<&HostPath> {
        self.deployment(path).map(|deployed| &deployed.path)
    }

    fn deployment(&self, path: &WorkspacePath) -> Option<&Deployed> {
        self.deployed
            .iter()
            .find(|deployed| deployed.fixture == *path)
    }

    /// A path as reports show it: on a host that of the deployed file, behind the root folder as
    /// it was given.
    pub fn shown<'a>(&'a self, path: &'a WorkspacePath) -> &'a str {
        let deployed = self.host.as_ref().and_then(|_| self.deployment(path));
        deployed.map_or(path.as_str(), |deployed| &deployed.shown)
    }

    /// The document that the content of a file was taken from. What an action or a command has changed
    /// stands in no document any more.
    pub fn origin(&self, path: &WorkspacePath, content: &[u8]) -> Option<&Arc<Origin>> {
        let taken = self.taken.iter().find(|taken| taken.fixture == *path)?;
        (*taken.content == *content).then_some(&taken.origin)
    }

    /// Whether a file stood in a document at the start.
    pub(crate) fn is_taken(&self, path: &WorkspacePath) -> bool {
        self.taken.iter().any(|taken| taken.fixture == *path)
    }

    /// The content of a file for labels: by its path as reports show it, and with the lines of the
    /// document that it was taken from.
    pub fn source<'a>(&'a self, path: &'a WorkspacePath, content: &'a [u8]) -> Source<'a> {
        let origin = self.origin(path, content).map(|origin| &**origin);
        Source::new(self.shown(path), content).taken_from(origin)
    }

    /// How the path of a host's file leads to it: links, and the folders on the way. `None` where
    /// this is no view of a host, or nothing is deployed for the path.
    ///
    /// # Errors
    ///
    /// Why it cannot be told.
    pub fn way(&self, path: &WorkspacePath) -> Result<Option<Way>, Obstacle> {
        match (&self.host, self.deployed(path)) {
            (Some(host), Some(path)) => host.root.way(path.as_str()).map(Some),
            _ => Ok(None),
        }
    }

    /// Puts everything on disk, into a new folder `root` that only this user can enter. From now
    /// on checks read from there.
    ///
    /// With `same_time`, all files get one modification time that lies a moment back, so that
    /// whatever is written later is newer.
    ///
    /// # Errors
    ///
    /// What the system says, with the path that it is about.
    pub fn materialise(&mut self, root: PathBuf, same_time: bool) -> io::Result<()> {
        if self.host.is_some() {
            return Err(io::Error::other(READ_ONLY));
        }
        let disk = Disk::create(root, &self.nodes, same_time)?;
        self.disk = Some(disk);
        Ok(())
    }

    /// The folder on disk, if the workspace is there.
    pub fn root(&self) -> Option<&Path> {
        self.disk.as_ref().map(Disk::root)
    }

    /// Leaves the folder on disk in place when the workspace is dropped.
    pub fn keep(&mut self) {
        if let Some(disk) = &mut self.disk {
            disk.keep();
        }
    }

    /// Removes the folder from disk.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn remove(mut self) -> io::Result<()> {
        self.disk.take().map_or(Ok(()), Disk::remove)
    }

    /// Says that something outside may have changed files, so that they are read again.
    pub fn refresh(&mut self) {
        self.documents.get_mut().clear();
        if let Some(disk) = &mut self.disk {
            disk.forget();
        }
    }

    /// What stands at a path; `None` if there is nothing.
    ///
    /// # Errors
    ///
    /// Why it cannot be looked at.
    pub fn entry(&self, path: &WorkspacePath) -> Result<Option<Entry>, Obstacle> {
        if let Some(disk) = &self.disk {
            return disk.entry(path);
        }
        if let Some(host) = &self.host {
            let path = self.deployed(path);
            return path.map_or(Ok(None), |path| host.root.entry(path.as_str()));
        }
        let dir = Entry {
            kind: EntryKind::Dir,
            len: 0,
            mode: 0o755,
            modified: (0, 0),
            owner: None,
        };
        Ok(match self.nodes.get(path) {
            Some(Node::File { content, mode }) => Some(Entry {
                kind: EntryKind::File,
                len: content.len() as u64,
                mode: *mode,
                modified: (0, 0),
                owner: None,
            }),
            Some(Node::Dir) => Some(dir),
            None => self.is_implied_dir(path).then_some(dir),
        })
    }

    /// The content of a regular file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read; a file that is not there is [`Obstacle::Unreadable`].
    pub fn read(&self, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
        if let Some(disk) = &self.disk {
            return disk.read(path);
        }
        if let Some(host) = &self.host {
            return self.read_deployed(host, path);
        }
        match self.nodes.get(path) {
            Some(Node::File { content, .. }) if content.len() as u64 > MAX_FILE => {
                Err(Obstacle::TooLarge(content.len() as u64))
            }
            Some(Node::File { content, .. }) => Ok(Arc::clone(content)),
            _ => Err(Obstacle::Unreadable("no such file".to_owned())),
        }
    }

    fn read_deployed(&self, host: &Host, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
        if let Some(content) = host.cache.borrow().get(path) {
            return Ok(Arc::clone(content));
        }
        let content = match self.deployed(path) {
            Some(path) => host.root.read(path.as_str())?,
            None => None,
        };
        let content = content.ok_or_else(|| Obstacle::Unreadable("no such file".to_owned()))?;
        let mut cache = host.cache.borrow_mut();
        cache.insert(path.clone(), Arc::clone(&content));
        Ok(content)
    }

    /// Opens a regular file of any length for reading.
    pub(crate) fn open(&self, path: &WorkspacePath) -> Result<Opened, Obstacle> {
        let is_short = |entry: &Entry| entry.len <= opened::KEPT;
        if let Some(disk) = &self.disk {
            if disk.entry(path)?.as_ref().is_some_and(is_short) {
                return disk.read(path).map(|content| Opened::Memory(content, 0));
            }
            return disk
                .open_file(path)
                .map(|(file, len)| Opened::Disk(file, len));
        }
        if let (Some(host), Some(deployed)) = (&self.host, self.deployed(path)) {
            let is_kept = host.cache.borrow().contains_key(path);
            let entry = host.root.entry(deployed.as_str())?;
            if is_kept || entry.as_ref().is_none_or(is_short) {
                let content = self.read_deployed(host, path)?;
                return Ok(Opened::Memory(content, 0));
            }
            let opened = host.root.open_file(deployed.as_str())?;
            let missing = || Obstacle::Unreadable("no such file".to_owned());
            let (file, len) = opened.ok_or_else(missing)?;
            return Ok(Opened::Disk(file, len));
        }
        match self.nodes.get(path) {
            Some(Node::File { content, .. }) => Ok(Opened::Memory(Arc::clone(content), 0)),
            _ => Err(Obstacle::Unreadable("no such file".to_owned())),
        }
    }

    /// The regular files below a folder, and what there cannot be looked at.
    pub(crate) fn walk(&self, dir: &WorkspacePath) -> Result<Walked, Obstacle> {
        match &self.disk {
            Some(disk) => Ok(disk.walk(dir)),
            None => self.files_below(dir).map(|files| Walked {
                files,
                ..Walked::default()
            }),
        }
    }

    /// All entries below a folder but folders themselves, sorted by path; symbolic links and
    /// special files are named, and not followed.
    ///
    /// # Errors
    ///
    /// Why a folder cannot be read.
    pub fn files_below(&self, dir: &WorkspacePath) -> Result<Vec<WorkspacePath>, Obstacle> {
        if let Some(disk) = &self.disk {
            return disk.files_below(dir);
        }
        if self.host.is_some() {
            let fixtures = self.deployed.iter().map(|deployed| &deployed.fixture);
            let mut files: Vec<WorkspacePath> = fixtures
                .filter(|path| is_below(path, dir))
                .cloned()
                .collect();
            files.sort_unstable();
            return Ok(files);
        }
        let files = self
            .nodes
            .iter()
            .filter(|(_, node)| matches!(node, Node::File { .. }));
        Ok(files
            .map(|(path, _)| path)
            .filter(|path| is_below(path, dir))
            .cloned()
            .collect())
    }

    /// Writes a file, and the folders that it needs.
    ///
    /// # Errors
    ///
    /// A clause that says why it cannot be written.
    pub fn write(
        &mut self,
        path: &WorkspacePath,
        content: Arc<[u8]>,
        mode: Option<u32>,
    ) -> Result<(), String> {
        self.documents.get_mut().clear();
        if path.is_root() {
            return Err("is the workspace itself".to_owned());
        }
        if let Some(disk) = &mut self.disk {
            return disk.write(path, &content, mode);
        }
        if self.host.is_some() {
            return Err(READ_ONLY.to_owned());
        }
        if matches!(
            self.entry(path),
            Ok(Some(Entry {
                kind: EntryKind::Dir,
                ..
            }))
        ) {
            return Err("is a folder".to_owned());
        }
        if let Some(file) = self.file_on_the_way(path) {
            return Err(format!("needs `{file}` to be a folder, and it is a file"));
        }
        let mode = mode.unwrap_or_else(|| match self.nodes.get(path) {
            Some(Node::File { mode, .. }) => *mode,
            _ => DEFAULT_MODE,
        });
        self.nodes
            .insert(path.clone(), Node::File { content, mode });
        Ok(())
    }

    /// Removes a file, or a folder with all that is in it. `false` if there is nothing.
    ///
    /// # Errors
    ///
    /// A clause that says why it cannot be removed.
    pub fn unlink(&mut self, path: &WorkspacePath) -> Result<bool, String> {
        self.documents.get_mut().clear();
        if path.is_root() {
            return Err("is the workspace itself".to_owned());
        }
        if let Some(disk) = &mut self.disk {
            return disk.unlink(path);
        }
        if self.host.is_some() {
            return Err(READ_ONLY.to_owned());
        }
        let parent = path
            .parent()
            .and_then(|parent| WorkspacePath::new(parent).ok());
        let removed = self.drop_nodes(path) > 0;
        if let Some(parent) = parent
            && removed
        {
            // A folder that held the file stays behind, as it does on disk.
            self.nodes.entry(parent).or_insert(Node::Dir);
        }
        Ok(removed)
    }

    /// A file as it was read before in a format, if nothing was written since.
    pub(crate) fn document(&self, path: &WorkspacePath, format: &str) -> Option<Arc<Document>> {
        let documents = self.documents.borrow();
        let known = documents
            .iter()
            .find(|(of, name, _)| of == path && *name == format);
        known.map(|(_, _, document)| Arc::clone(document))
    }

    /// Keeps a file as it was read in a format.
    pub(crate) fn keep_document(
        &self,
        path: &WorkspacePath,
        format: &'static str,
        document: &Arc<Document>,
    ) {
        let mut documents = self.documents.borrow_mut();
        documents.push((path.clone(), format, Arc::clone(document)));
    }

    /// Paths that a person may have meant by one that is not there.
    pub fn known_files(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(WorkspacePath::as_str)
    }

    fn drop_nodes(&mut self, path: &WorkspacePath) -> usize {
        let before = self.nodes.len();
        self.nodes
            .retain(|node, _| node != path && !is_below(node, path));
        before - self.nodes.len()
    }

    fn is_implied_dir(&self, path: &WorkspacePath) -> bool {
        path.is_root() || self.nodes.keys().any(|node| is_below(node, path))
    }

    fn file_on_the_way(&self, path: &WorkspacePath) -> Option<&WorkspacePath> {
        self.nodes
            .iter()
            .find(|(node, kind)| matches!(kind, Node::File { .. }) && is_below(path, node))
            .map(|(node, _)| node)
    }
}

/// Why nothing can be written to a view of a host.
const READ_ONLY: &str = "is a file of a host, and those are never written";

/// The fixtures that say where they live on a host.
fn deployed(fixtures: &[Fixture], shown: impl Fn(&HostPath) -> Box<str>) -> Vec<Deployed> {
    let deployed = fixtures.iter().filter_map(|fixture| {
        let path = fixture.deployed.clone()?;
        Some(Deployed {
            fixture: fixture.path.clone(),
            shown: shown(&path),
            path,
        })
    });
    deployed.collect()
}

/// The fixtures that were taken from documents.
fn taken(fixtures: &[Fixture]) -> Vec<Taken> {
    let taken = fixtures.iter().filter_map(|fixture| {
        Some(Taken {
            fixture: fixture.path.clone(),
            content: Arc::clone(&fixture.content),
            origin: Arc::clone(fixture.origin.as_ref()?),
        })
    });
    taken.collect()
}

/// Reads a regular file of a folder that is not a workspace, with the same care: no symbolic link
/// below the folder is followed, and nothing but a regular file is read.
///
/// # Errors
///
/// Why it cannot be read; a file that is not there is [`Obstacle::Unreadable`].
pub fn read_file(folder: &Path, path: &WorkspacePath) -> Result<Arc<[u8]>, Obstacle> {
    disk::read_in(folder, path)
}

/// Whether `path` lies in `dir`, at any depth.
pub fn is_below(path: &WorkspacePath, dir: &WorkspacePath) -> bool {
    dir.is_root()
        || path
            .as_str()
            .strip_prefix(dir.as_str())
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{EntryKind, Fixture, Obstacle, Workspace};
    use crate::path::WorkspacePath;
    use crate::source::{Origin, Span};

    fn path(text: &str) -> WorkspacePath {
        WorkspacePath::new(text).unwrap()
    }

    fn fixtures() -> Vec<Fixture> {
        [
            ("a.txt", "one\n", None),
            ("d/e/b.txt", "two\n", Some(0o600)),
        ]
        .map(|(name, content, mode)| Fixture {
            path: path(name),
            content: content.as_bytes().into(),
            mode,
            deployed: None,
            origin: None,
        })
        .into()
    }

    #[test]
    fn a_debug_print_holds_no_content() {
        let mut fixtures = fixtures();
        fixtures[0].content = b"hunter2".as_slice().into();
        let mut workspace = Workspace::new(&fixtures);
        let bytes = format!("{:?}", b"hunter2".as_slice());
        let shown = |text: String| text.contains("hunter2") || text.contains(&bytes);
        assert!(!shown(format!("{fixtures:?}")));
        assert!(!shown(format!("{workspace:?}")));
        let dir = tempfile::tempdir().unwrap();
        workspace.materialise(dir.path().join("w"), false).unwrap();
        assert_eq!(*workspace.read(&path("a.txt")).unwrap(), *b"hunter2");
        assert!(!shown(format!("{workspace:?}")));
        workspace.remove().unwrap();
    }

    /// Runs the same assertions in memory and on disk.
    fn both_ways(test: impl Fn(&mut Workspace)) {
        let mut memory = Workspace::new(&fixtures());
        test(&mut memory);
        let dir = tempfile::tempdir().unwrap();
        let mut disk = Workspace::new(&fixtures());
        disk.materialise(dir.path().join("w"), false).unwrap();
        test(&mut disk);
        disk.remove().unwrap();
        assert_eq!(
            dir.path().read_dir().unwrap().count(),
            0,
            "nothing stays behind"
        );
    }

    #[test]
    fn fixtures_are_read_back_with_kind_size_and_mode() {
        both_ways(|workspace| {
            assert_eq!(*workspace.read(&path("a.txt")).unwrap(), *b"one\n");
            let entry = workspace.entry(&path("d/e/b.txt")).unwrap().unwrap();
            assert_eq!(
                (entry.kind, entry.len, entry.mode),
                (EntryKind::File, 4, 0o600)
            );
            let entry = workspace.entry(&path("a.txt")).unwrap().unwrap();
            assert_eq!(entry.mode, 0o644);
            for dir in ["d", "d/e", "memory", "."] {
                let entry = workspace.entry(&path(dir)).unwrap().unwrap();
                assert_eq!(entry.kind, EntryKind::Dir, "{dir}");
            }
            for missing in ["b.txt", "d/x", "a.txt/x", "memory/x"] {
                assert_eq!(workspace.entry(&path(missing)), Ok(None), "{missing}");
            }
        });
    }

    #[test]
    fn a_file_is_its_document_s_until_it_is_changed() {
        let lines = [("- one", "one")].into_iter();
        let origin = Arc::new(Origin::new("d.md", 7, lines));
        let mut taken = fixtures();
        taken[0].origin = Some(Arc::clone(&origin));
        let a = path("a.txt");
        let shown = |workspace: &Workspace| {
            let content = workspace.read(&a).unwrap();
            let excerpt = workspace.source(&a, &content).excerpt(Span::new(0, 3));
            (excerpt.path, excerpt.line, excerpt.column)
        };
        let dir = tempfile::tempdir().unwrap();
        for on_disk in [false, true] {
            let mut workspace = Workspace::new(&taken);
            if on_disk {
                workspace.materialise(dir.path().join("w"), false).unwrap();
            }
            assert_eq!(shown(&workspace), ("d.md".to_owned(), 7, 3));
            assert_eq!(workspace.origin(&path("d/e/b.txt"), b"one\n"), None);
            workspace.write(&a, Arc::from(*b"one"), None).unwrap();
            assert_eq!(shown(&workspace), ("a.txt".to_owned(), 1, 1));
        }
    }

    #[test]
    fn files_are_listed_in_order_at_every_depth() {
        both_ways(|workspace| {
            let below = |dir: &str, workspace: &Workspace| -> Vec<String> {
                let files = workspace.files_below(&path(dir)).unwrap();
                files.iter().map(ToString::to_string).collect()
            };
            assert_eq!(below(".", workspace), ["a.txt", "d/e/b.txt"]);
            assert_eq!(below("d", workspace), ["d/e/b.txt"]);
            assert!(below("memory", workspace).is_empty());
        });
    }

    #[test]
    fn files_are_written_changed_and_removed() {
        both_ways(|workspace| {
            workspace
                .write(&path("n/m.txt"), Arc::from(*b"x"), Some(0o755))
                .unwrap();
            assert_eq!(
                workspace.entry(&path("n/m.txt")).unwrap().unwrap().mode,
                0o755
            );
            workspace
                .write(&path("n/m.txt"), Arc::from(*b"yy"), None)
                .unwrap();
            let entry = workspace.entry(&path("n/m.txt")).unwrap().unwrap();
            assert_eq!(
                (entry.len, entry.mode),
                (2, 0o755),
                "an overwritten file keeps its mode"
            );
            assert_eq!(workspace.unlink(&path("n/m.txt")), Ok(true));
            assert_eq!(workspace.unlink(&path("n/m.txt")), Ok(false));
            assert!(
                workspace.entry(&path("n")).unwrap().is_some(),
                "its folder stays"
            );
            assert_eq!(workspace.unlink(&path("d")), Ok(true));
            assert_eq!(workspace.entry(&path("d/e/b.txt")), Ok(None));
            assert!(
                workspace
                    .write(&path("memory"), Arc::from(*b"x"), None)
                    .is_err()
            );
            assert!(
                workspace
                    .write(&path("a.txt/x"), Arc::from(*b"x"), None)
                    .is_err()
            );
        });
    }

    #[test]
    fn links_and_special_files_are_obstacles_and_never_hang() {
        let dir = tempfile::tempdir().unwrap();
        let mut workspace = Workspace::new(&fixtures());
        let root = dir.path().join("w");
        workspace.materialise(root.clone(), false).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", root.join("link")).unwrap();
        std::os::unix::fs::symlink("d", root.join("folder")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("dangling")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo"), 0o600.into()).unwrap();
        for link in ["link", "dangling", "folder"] {
            let expected = Obstacle::Link(link.to_owned());
            assert_eq!(
                workspace.entry(&path(link)),
                Err(expected.clone()),
                "{link}"
            );
            assert_eq!(workspace.read(&path(link)), Err(expected), "{link}");
        }
        let expected = Obstacle::Link("folder".to_owned());
        assert_eq!(workspace.read(&path("folder/e/b.txt")), Err(expected));
        assert_eq!(
            workspace.entry(&path("fifo")),
            Err(Obstacle::Special("a FIFO"))
        );
        assert_eq!(
            workspace.read(&path("fifo")),
            Err(Obstacle::Special("a FIFO"))
        );
        assert_eq!(
            workspace.read(&path("socket")),
            Err(Obstacle::Special("a socket"))
        );
        workspace
            .write(&path("link"), Arc::from(*b"x"), None)
            .unwrap_err();
    }
}
