//! Where a service can write, as its sandbox leaves it: the mounts of systemd.exec(5) in the order in
//! which systemd 252 makes them (`src/core/namespace.c`). Who owns a folder, and whether it is there,
//! is not looked at. Symbolic links are not followed but for `/var/run`.
//!
//! Where systemd 252 lets through what its manual says is read-only (`ProtectHome=tmpfs`, a path of
//! `NoExecPaths=`, `/run` with `ProtectControlGroups=`), the manual holds.

mod home;
mod mounts;
#[cfg(test)]
mod tests;

use home::{plain, resolve};
use mounts::{By, Mode, Mount, Mounts, Origin};

use super::Unit;
use crate::document::Place;
use crate::path::is_at_or_below;

/// Whether a service can write somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It can, as far as its sandbox goes.
    Writable,
    /// It can read, and no more.
    ReadOnly(Barrier),
    /// What is there on the host is not there for the service, or the service does not start.
    Hidden(Barrier),
    /// Nothing in the unit says so.
    Unknown(Barrier),
}

/// What keeps a service from writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barrier {
    /// Where the setting stands; `None` for what systemd always does.
    pub place: Option<Place>,
    /// The setting: `ProtectHome=read-only`; empty where there is none.
    pub setting: String,
    /// What it does, a clause whose subject is the folder: `is read-only`.
    pub why: String,
    /// What to write instead, a sentence without its full stop.
    pub remedy: Option<String>,
}

impl Barrier {
    fn new(by: &Origin, why: impl Into<String>, remedy: impl Into<Option<String>>) -> Self {
        Self {
            place: by.place,
            setting: by.setting.clone(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

/// The sandbox of a service.
#[derive(Debug)]
pub struct Sandbox<'u> {
    unit: &'u Unit,
    mounts: Mounts,
    /// The home of the user on the host, where there is one.
    home: Option<String>,
}

impl<'u> Sandbox<'u> {
    /// The sandbox of a service whose unit is loaded.
    pub fn of(unit: &'u Unit) -> Self {
        Self {
            unit,
            mounts: Mounts::of(unit),
            home: None,
        }
    }

    /// The same on a host with this `/etc/passwd`, which says where the home of the user is.
    #[must_use]
    pub fn on_host(self, passwd: &[u8]) -> Self {
        let home = home::in_passwd(self.unit, passwd);
        Self { home, ..self }
    }

    /// The absolute path that a path of a check means: `~` is the home of the service's user (`HOME=`
    /// of `Environment=`, what the host says, `/root` or `/home/USER`), and
    /// `~/.cache`, `~/.config`, `~/.local/share` and `~/.local/state` follow the variables of the XDG
    /// base directory specification, where `Environment=` sets them.
    ///
    /// In a unit of a user's manager the home is called `%h`.
    ///
    /// # Errors
    ///
    /// A clause that says why nobody knows the home.
    pub fn resolve(&self, path: &str) -> Result<String, String> {
        resolve(self.unit, self.home.as_deref(), path)
    }

    /// Whether there is none, so that the service can write wherever its user may.
    pub fn is_open(&self) -> bool {
        let Mounts { list, root, doubts } = &self.mounts;
        list.is_empty() && root.is_none() && doubts.is_empty()
    }

    /// The variable that moves a folder of the home, with that folder: `XDG_CACHE_HOME` and `.cache`
    /// for `~/.cache/gateway`.
    pub fn variable(path: &str) -> Option<(&'static str, &'static str)> {
        home::variable_of(path).map(|(folder, name, _)| (name, folder))
    }

    /// Whether the service can write at an absolute path, a folder that it may have to make first.
    ///
    /// An entry with a specifier that depends on the machine makes nothing writable, and where it
    /// could make the path read-only, the answer is not known.
    pub fn access(&self, path: &str) -> Access {
        let path = plain(path);
        if let Some(by) = &self.mounts.root {
            let why = "is in another root directory, and nothing says what is there";
            return Access::Unknown(Barrier::new(by, why, None));
        }
        if let Some((mount, empty)) = self.mounts.obstacle() {
            return Access::Hidden(missing(mount, empty));
        }
        let found = self.walk(&path);
        let mut doubts = self.mounts.doubts.iter();
        match doubts.find(|(start, _)| path.starts_with(&**start)) {
            Some((_, by)) if found == Access::Writable => {
                let why = "may be a folder that this covers, which depends on the machine";
                let remedy = "write the path out".to_owned();
                Access::Unknown(Barrier::new(by, why, remedy))
            }
            _ => found,
        }
    }

    /// Goes through the mounts on the way to a path, from the root down: what is mounted last is what
    /// the service sees.
    fn walk(&self, path: &str) -> Access {
        let mut read_only: Option<&Mount> = None;
        let mut emptied: Option<&Mount> = None;
        let mut last: Option<Mode> = None;
        let on_the_way = |mount: &&Mount| is_at_or_below(path, &mount.path);
        for mount in self.mounts.list.iter().filter(on_the_way) {
            // systemd leaves out what is the same again.
            if last == Some(mount.mode) && matches!(mount.mode, Mode::ReadWrite | Mode::Implicit) {
                continue;
            }
            last = Some(mount.mode);
            match mount.mode {
                Mode::Inaccessible => return Access::Hidden(inaccessible(mount, path)),
                // There is no such path, and systemd goes on.
                mode if mode.needs_path() && emptied.is_some_and(|by| !by.keeps(&mount.path)) => {}
                Mode::ReadOnly => read_only = Some(mount),
                // What these change is not whether the path can be written to.
                Mode::NoExec | Mode::Exec => {
                    if mount.is_read_only {
                        read_only = Some(mount);
                    }
                }
                Mode::ReadWrite | Mode::Implicit | Mode::Bind | Mode::Overlay => {
                    read_only = Some(mount).filter(|mount| mount.is_read_only);
                    if matches!(mount.mode, Mode::Bind | Mode::Overlay) {
                        emptied = None;
                    }
                }
                Mode::PrivateTmp | Mode::PrivateDevices | Mode::Empty | Mode::Temporary => {
                    read_only = Some(mount).filter(|mount| mount.is_read_only);
                    emptied = Some(mount);
                }
            }
        }
        if let Some(empty) = emptied {
            let is_here = path == empty.path || empty.keeps(path);
            if !is_here && empty.is_read_only {
                return Access::Hidden(emptied_by(empty, path));
            }
            if read_only.is_none() && !empty.keeps(path) {
                return self.in_empty(empty, path);
            }
            if empty.keeps(path) && read_only.is_some_and(|mount| mount.path == empty.path) {
                return Access::Writable;
            }
        }
        match read_only {
            None => Access::Writable,
            Some(mount) => Access::ReadOnly(read_only_by(mount, path)),
        }
    }

    /// Whether an empty file system that is not read-only can be written to by the service's user.
    fn in_empty(&self, empty: &Mount, path: &str) -> Access {
        let Some(options) = &empty.options else {
            return Access::Writable;
        };
        let mut mode = 0o755;
        let mut has_owner = false;
        for option in options.split(',') {
            match option.split_once('=') {
                Some(("mode", bits)) => mode = u32::from_str_radix(bits, 8).unwrap_or(mode),
                Some(("uid" | "gid", _)) => has_owner = true,
                _ => {}
            }
        }
        if mode & 0o002 != 0 || home::is_root(self.unit) {
            return Access::Writable;
        }
        if has_owner {
            let why = "is in an empty file system that belongs to somebody by number";
            return Access::Unknown(Barrier::new(&empty.by, why, None));
        }
        let why = "is in an empty file system in which only root can write";
        let bind = written("BindPaths", path);
        let remedy = format!("{bind} puts the real folder there; `mode=1777` opens the empty one");
        Access::ReadOnly(Barrier::new(&empty.by, why, remedy))
    }
}

/// A setting with a path, for a sentence.
fn written(key: &str, path: &str) -> String {
    let path = path.replace(home::OF_USER, "\0");
    let path = path.replace('%', "%%").replace('\0', "%h");
    if path.contains([' ', '\t', '"', '\'', '\\']) {
        let quoted = path.replace('\\', "\\\\").replace('"', "\\\"");
        format!("`{key}=\"{quoted}\"`")
    } else {
        format!("`{key}={path}`")
    }
}

fn read_only_by(mount: &Mount, path: &str) -> Barrier {
    let by = mount.read_only_by.as_ref().unwrap_or(&mount.by);
    let setting = &by.setting;
    let open = written("ReadWritePaths", path);
    let remedy = match by.kind {
        By::Always => None,
        _ if mount.mode == Mode::Overlay => None,
        By::Home | By::System | By::Dynamic if path == mount.path => Some(format!(
            "`ReadWritePaths=` does not help for the same path as `{setting}`: of the two the stricter holds"
        )),
        By::Home | By::System | By::Dynamic => Some(format!(
            "add {open}, which lets it write there past `{setting}`; the folder has to be there before the service starts"
        )),
        By::List("TemporaryFileSystem") => {
            let bind = written("BindPaths", path);
            Some(format!("{bind} puts the real folder there"))
        }
        By::List("BindReadOnlyPaths") if path == mount.path => {
            Some("say `BindPaths=` in place of `BindReadOnlyPaths=`".to_owned())
        }
        By::List(key) if path == mount.path => Some(format!(
            "take it out of `{key}=`, which is stricter than `ReadWritePaths=` for the same path"
        )),
        By::List(_) => Some(format!(
            "add {open}, or take the folder above it out of `{setting}`"
        )),
        By::Flag => Some(format!("remove `{setting}`")),
    };
    Barrier::new(by, "is read-only", remedy)
}

fn inaccessible(mount: &Mount, path: &str) -> Barrier {
    let setting = &mount.by.setting;
    let remedy = match mount.by.kind {
        By::Always => None,
        By::Home => {
            let open = written("ReadWritePaths", path);
            Some(format!(
                "nothing opens a folder again below `{setting}`, not even `ReadWritePaths=`: write \
                 `ProtectHome=read-only` and {open}"
            ))
        }
        _ => Some(format!(
            "nothing opens a folder again below an inaccessible one: remove `{setting}`"
        )),
    };
    Barrier::new(&mount.by, "is inaccessible", remedy)
}

/// What is on the host is covered by an empty file system that is read-only.
fn emptied_by(empty: &Mount, path: &str) -> Barrier {
    let by = empty.read_only_by.as_ref().unwrap_or(&empty.by);
    let remedy = match by.kind {
        By::Always | By::Dynamic | By::Flag => None,
        _ => {
            let bind = written("BindPaths", path);
            Some(format!("add {bind}, which puts the real folder there"))
        }
    };
    Barrier::new(
        by,
        "is not there: an empty file system that is read-only covers it",
        remedy,
    )
}

/// A path that systemd is to change, where there is none, so that the service does not start.
fn missing(mount: &Mount, empty: &Mount) -> Barrier {
    let (setting, cover) = (&mount.by.setting, &empty.by.setting);
    let why = format!(
        "is out of reach, since systemd does not start the service: `{cover}` covers the folder that is \
         needed"
    );
    let bind = written("BindPaths", &mount.path);
    let remedy = match mount.by.kind {
        By::List("ReadWritePaths") if empty.mode != Mode::PrivateTmp => {
            format!("{bind} in place of `ReadWritePaths=` puts the real folder there, writable")
        }
        _ => format!("remove `{setting}`"),
    };
    Barrier::new(&mount.by, why, remedy)
}
