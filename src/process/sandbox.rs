//! Confines the commands of a supervisor: what they may change, whom they reach, whom they signal.
//! The kernel does it (Linux: Landlock and namespaces), as far as it can, and what it cannot is said.
//! What is read is not confined, but for keys and tokens in their usual places.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::wire::{Answer, Order, path_bytes, path_list};
use super::{MARGIN, ProcessError, Supervisor, unexpected};

#[cfg(target_os = "linux")]
mod confine;
#[cfg(target_os = "linux")]
mod landlocked;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod namespaces;

#[cfg(target_os = "linux")]
pub(super) use confine::{Launcher, confine, total};
#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{Launcher, confine, total};

/// Why this machine has no namespaces for us, once that is known: asked once per process, for a
/// failed attempt costs the start of a supervisor.
static NO_NAMESPACES: OnceLock<String> = OnceLock::new();

/// What commands are confined to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// The folders in which files may be made, changed and removed: absolute paths of folders that
    /// are there. Everything else can only be read, but for `/dev/null` and its like.
    ///
    /// The folders themselves cannot be removed, and no file can be linked from one to another: what
    /// should be possible with a folder takes one around it.
    #[serde(with = "path_list")]
    pub writable: Vec<PathBuf>,
    /// What stands for the shared temporary folders, if anything does.
    pub shared: Option<Shared>,
    /// Whether to try namespaces. Without them there is Landlock alone.
    pub namespaces: bool,
}

impl Confinement {
    /// The strongest that the machine has: nothing but these folders can be changed.
    pub fn to(writable: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            writable: writable.into_iter().map(Into::into).collect(),
            shared: None,
            namespaces: true,
        }
    }

    /// Gives the commands `/tmp`, `/var/tmp` and `/dev/shm` of their own, where namespaces allow it:
    /// folders that are made in `folder`. Of what really is in these, they see the writable folders
    /// and, read-only, `visible`; what is not below a shared folder need not be named.
    #[must_use]
    pub fn with_own_tmp(mut self, folder: impl Into<PathBuf>, visible: Vec<PathBuf>) -> Self {
        self.shared = Some(Shared {
            folder: folder.into(),
            visible,
        });
        self
    }

    /// Where the file is that the commands know by this path. `path` has to be absolute, and to have
    /// no `..`; and the sandbox has to be one with [`Sandbox::tmp`].
    pub fn outside(&self, path: &Path) -> PathBuf {
        let Some(shared) = &self.shared else {
            return path.to_owned();
        };
        let is_shown = |folder: &PathBuf| path.starts_with(folder);
        if self.writable.iter().chain(&shared.visible).any(is_shown) {
            return path.to_owned();
        }
        let own = SHARED_FOLDERS.iter().find_map(|(folder, name)| {
            Some(
                shared
                    .folder
                    .join(name)
                    .join(path.strip_prefix(folder).ok()?),
            )
        });
        own.unwrap_or_else(|| path.to_owned())
    }
}

/// The folders that all of a machine write to, and what stands for each in [`Shared::folder`].
pub(super) const SHARED_FOLDERS: [(&str, &str); 3] = [
    ("/tmp", "tmp"),
    ("/var/tmp", "var-tmp"),
    ("/dev/shm", "shm"),
];

/// What stands for the temporary folders of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// The folder in which theirs are.
    #[serde(with = "path_bytes")]
    pub folder: PathBuf,
    /// What else can be read at its place.
    #[serde(with = "path_list")]
    pub visible: Vec<PathBuf>,
}

/// What commands can reach over the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// A loopback of their own, with nobody else on it: what they start themselves.
    Own,
    /// No TCP at all, not even to themselves. UDP is open before Linux 7.2.
    NoTcp,
    /// All that the user can.
    Open,
}

/// What of a [`Confinement`] is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each can be in force without the others"
)]
pub struct Sandbox {
    /// Files outside the folders cannot be written, made, removed, renamed or linked.
    pub writes: bool,
    /// Modes, owners, times and attributes of files outside cannot be changed either.
    pub attributes: bool,
    /// Temporary folders of their own, if such were asked for.
    pub tmp: bool,
    /// What can be reached over the network.
    pub network: Network,
    /// Unix sockets that others listen on, as those of docker and systemd, cannot be reached.
    pub sockets: bool,
    /// Keys and tokens in their usual places, as `~/.ssh`, look as if they were not there.
    pub secrets: bool,
    /// Processes that the commands did not start themselves cannot be signalled or traced.
    pub signals: bool,
    /// How many processes there can be at once, if that is bounded: more are not started, or all are
    /// killed.
    pub processes: Option<u32>,
    /// What is not in force, and why: one sentence each, for a note.
    pub missing: Vec<String>,
}

impl Sandbox {
    /// No confinement, for this reason.
    pub fn none(why: impl Into<String>) -> Self {
        Self {
            writes: false,
            attributes: false,
            tmp: false,
            network: Network::Open,
            sockets: false,
            secrets: false,
            signals: false,
            processes: None,
            missing: vec![why.into()],
        }
    }

    /// One sentence about what is not in force, if anything is not.
    pub fn note(&self) -> Option<String> {
        let why = self.missing.join("; ");
        (!why.is_empty()).then(|| format!("the sandbox is not whole (in force: {self}): {why}"))
    }

    /// Whether all that was asked for is in force. A bound on processes is an extra.
    pub fn is_complete(&self) -> bool {
        self.writes
            && self.attributes
            && self.network == Network::Own
            && self.sockets
            && self.secrets
            && self.signals
    }
}

impl fmt::Display for Sandbox {
    /// What is in force in one line: `writes, attributes, network, sockets, secrets, signals`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let network = match self.network {
            Network::Own => Some("network"),
            Network::NoTcp => Some("tcp"),
            Network::Open => None,
        };
        let words: Vec<&str> = [
            self.writes.then_some("writes"),
            self.attributes.then_some("attributes"),
            network,
            self.sockets.then_some("sockets"),
            self.secrets.then_some("secrets"),
            self.signals.then_some("signals"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if words.is_empty() {
            out.write_str("none")
        } else {
            out.write_str(&words.join(", "))
        }
    }
}

/// Why a supervisor did not confine its commands. It runs none then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    /// The machine has no namespaces for us; another supervisor can do without.
    Namespaces(String),
    /// There are namespaces, but not with these folders; another supervisor can do without.
    Mounts(String),
    /// The folders are not as they should be.
    Folders(String),
}

impl Supervisor {
    /// As [`Supervisor::start`], with commands that are confined as far as this machine can, and what
    /// that comes to.
    ///
    /// # Errors
    ///
    /// [`ProcessError::Confine`] if one of the folders is not there. What the machine cannot do is
    /// no error but in [`Sandbox::missing`].
    pub fn start_confined(
        exe: &Path,
        confinement: &Confinement,
    ) -> Result<(Self, Sandbox), ProcessError> {
        let mut wanted = confinement.clone();
        let refused = NO_NAMESPACES.get().filter(|_| wanted.namespaces).cloned();
        wanted.namespaces &= refused.is_none();
        let mut supervisor = Self::start(exe)?;
        match supervisor.confine(&wanted)? {
            Ok(mut sandbox) => {
                sandbox.missing.extend(refused);
                Ok((supervisor, sandbox))
            }
            Err(Refusal::Folders(why)) => Err(ProcessError::Confine(why)),
            Err(Refusal::Namespaces(why)) => {
                let why = NO_NAMESPACES.get_or_init(|| why).clone();
                Self::start_without(exe, wanted, why)
            }
            Err(Refusal::Mounts(why)) => Self::start_without(exe, wanted, why),
        }
    }

    /// A new one, without namespaces: what the first had tried cannot be taken back, and it may be
    /// without a user by now.
    fn start_without(
        exe: &Path,
        mut wanted: Confinement,
        why: String,
    ) -> Result<(Self, Sandbox), ProcessError> {
        wanted.namespaces = false;
        let mut supervisor = Self::start(exe)?;
        match supervisor.confine(&wanted)? {
            Ok(mut sandbox) => {
                sandbox.missing.push(why);
                Ok((supervisor, sandbox))
            }
            Err(Refusal::Folders(why) | Refusal::Mounts(why) | Refusal::Namespaces(why)) => {
                Err(ProcessError::Confine(why))
            }
        }
    }

    fn confine(
        &mut self,
        confinement: &Confinement,
    ) -> Result<Result<Sandbox, Refusal>, ProcessError> {
        let order = Order::Confine(std::borrow::Cow::Borrowed(confinement));
        let result = self.exchange(&order, 0, MARGIN, &|| false);
        let result = result.and_then(|(answer, _)| match answer {
            Answer::Confined(result) => Ok(result),
            other => Err(unexpected(&other)),
        });
        result.map_err(|trouble| self.give_up(trouble))
    }
}

/// What is in force on this machine, tried in a folder of its own; for `doctor`.
///
/// `exe` is as for [`Supervisor::start`].
///
/// # Errors
///
/// No supervisor can be started, or there is no temporary folder.
pub fn in_force(exe: &Path) -> Result<Sandbox, ProcessError> {
    let folder = tempfile::tempdir().map_err(|error| {
        ProcessError::Confine(format!("no temporary folder can be made: {error}"))
    })?;
    let (supervisor, sandbox) = Supervisor::start_confined(exe, &Confinement::to([folder.path()]))?;
    supervisor.finish()?;
    Ok(sandbox)
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::super::Request;
    use super::super::spawn::{Spawned, spawn};
    use super::{Confinement, Refusal, Sandbox};

    /// Starts commands as they are.
    #[derive(Debug)]
    pub(in super::super) struct Launcher;

    impl Launcher {
        pub(in super::super) fn spawn(&self, request: &Request) -> Result<Spawned, String> {
            spawn(request)
        }

        pub(in super::super) fn is_crowded(_: Option<u64>) -> bool {
            false
        }
    }

    pub(in super::super) fn total() -> Option<u64> {
        None
    }

    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Linux")]
    pub(in super::super) fn confine(_: &Confinement) -> Result<(Launcher, Sandbox), Refusal> {
        let why = "only Linux can confine commands";
        Ok((Launcher, Sandbox::none(why)))
    }
}
