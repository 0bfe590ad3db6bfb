//! The supervisor's side: namespaces for the whole process, Landlock for one thread of it.
//! That thread starts all commands, so they inherit both, while the supervisor itself stays outside
//! of their Landlock domain: it can end them, and they cannot signal or trace it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

use super::super::Request;
use super::super::descendants::{below, snapshot};
use super::super::spawn::{Spawned, spawn};
use super::landlocked::{Landlocked, restrict};
use super::mounts::Own;
use super::namespaces::{Entered, enter};
use super::{Confinement, Network, Refusal, SHARED_FOLDERS, Sandbox, Shared};

/// The longest file that a command can write: what a harness needs, and far from a full disk.
const FILE_LIMIT: u64 = 1 << 30;
/// How much data memory one process can have. Addresses without memory behind them do not count.
const DATA_LIMIT: u64 = 4 << 30;
/// How many processes there can be at once. In a user namespace of our own the kernel sees to it, and
/// counts threads as well; root has no limit in the kernel, so what root starts is counted here.
const PROCESS_LIMIT: u32 = 1024;

/// What root may do in a sandbox: whatever concerns files, users and processes, as in a container.
const KEPT: CapabilitySet = CapabilitySet::CHOWN
    .union(CapabilitySet::DAC_OVERRIDE)
    .union(CapabilitySet::FOWNER)
    .union(CapabilitySet::FSETID)
    .union(CapabilitySet::KILL)
    .union(CapabilitySet::SETGID)
    .union(CapabilitySet::SETUID)
    .union(CapabilitySet::NET_BIND_SERVICE)
    .union(CapabilitySet::SYS_CHROOT)
    .union(CapabilitySet::AUDIT_WRITE);

/// The thread that starts confined commands.
///
/// It lives as long as the supervisor: processes of two threads that were confined one by one could
/// not signal each other.
#[derive(Debug)]
pub(in super::super) struct Launcher {
    orders: Sender<Request>,
    answers: Receiver<Result<Spawned, String>>,
}

impl Launcher {
    fn start(writable: Vec<PathBuf>, tcp: bool) -> Result<(Self, Landlocked), String> {
        let (orders, taken) = channel::<Request>();
        let (given, answers) = channel();
        let (tell, told) = channel();
        let work = move || {
            drop_capabilities();
            let state = restrict(&writable, tcp);
            let is_confined = state.is_ok();
            if tell.send(state).is_ok() && is_confined {
                for request in taken {
                    if given.send(spawn(&request)).is_err() {
                        break;
                    }
                }
            }
        };
        let started = thread::Builder::new()
            .name("launcher".to_owned())
            .spawn(work);
        started.map_err(|error| format!("no thread can be started: {error}"))?;
        let gone = |_| "the thread that starts commands has ended".to_owned();
        let state = told.recv().map_err(gone)??;
        Ok((Self { orders, answers }, state))
    }

    /// As [`spawn`], but confined.
    pub(in super::super) fn spawn(&self, request: &Request) -> Result<Spawned, String> {
        let gone = || "the thread that starts commands has ended".to_owned();
        self.orders.send(request.clone()).map_err(|_| gone())?;
        self.answers.recv().map_err(|_| gone())?
    }

    /// Whether there are more processes below this one than there may be. A census of all processes is
    /// taken only if the machine has gained that many since `before`.
    pub(in super::super) fn is_crowded(before: Option<u64>) -> bool {
        let limit = u64::from(PROCESS_LIMIT);
        let is_possible = match (before, total()) {
            (Some(before), Some(now)) => now > before.saturating_add(limit),
            _ => true,
        };
        let count = || below(&HashSet::from([getpid().as_raw_pid()]), &snapshot(&[])).len();
        is_possible && count() as u64 > limit
    }
}

/// How many processes and threads the machine has: cheap, for the kernel counts them.
pub(in super::super) fn total() -> Option<u64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    let (_, total) = text.split_whitespace().nth(3)?.split_once('/')?;
    total.parse().ok()
}

/// Confines all that is started from now on. To be called once, while there is one thread.
pub(in super::super) fn confine(wanted: &Confinement) -> Result<(Launcher, Sandbox), Refusal> {
    let mut writable = folders(&wanted.writable).map_err(Refusal::Folders)?;
    let own = wanted.shared.as_ref().filter(|_| wanted.namespaces);
    let own = own.map(own_folders).transpose().map_err(Refusal::Folders)?;
    let mut missing = Vec::new();
    let entered = if wanted.namespaces {
        enter(&writable, own.as_ref(), &mut missing)?
    } else {
        Entered::default()
    };
    if let Some(own) = own {
        // To Landlock a file is where it is mounted, so that these are not below what they are in.
        writable.extend(own.covers.into_iter().map(|(_, folder)| folder));
    }
    limit(Resource::Core, 0);
    limit(Resource::Fsize, FILE_LIMIT);
    limit(Resource::Data, DATA_LIMIT);
    // Elsewhere the limit would count all processes of the user.
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    if entered.own_user && counts_by_namespace(&release) {
        limit(Resource::Nproc, PROCESS_LIMIT.into());
    }
    // Should memory run out, then these end and nobody else. Anyone may raise this value.
    let _ = fs::write("/proc/self/oom_score_adj", "500");
    let (launcher, landlocked) =
        Launcher::start(writable, !entered.network).map_err(Refusal::Folders)?;
    missing.extend(landlocked.missing);
    let network = match (entered.network, landlocked.tcp) {
        (true, _) => Network::Own,
        (false, true) => Network::NoTcp,
        (false, false) => Network::Open,
    };
    let sandbox = Sandbox {
        writes: landlocked.writes || entered.read_only,
        attributes: entered.read_only,
        tmp: entered.tmp,
        network,
        sockets: entered.sockets,
        secrets: entered.secrets,
        signals: landlocked.signals,
        processes: Some(PROCESS_LIMIT),
        missing,
    };
    Ok((launcher, sandbox))
}

/// The folders as they are once links are followed.
fn folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let real = |path: &PathBuf| {
        let found = fs::canonicalize(path)
            .map_err(|error| format!("folder `{}` cannot be opened: {error}", path.display()))?;
        if path.is_absolute() && found.is_dir() {
            Ok(found)
        } else {
            Err(format!("`{}` is no folder", path.display()))
        }
    };
    paths.iter().map(real).collect()
}

/// Makes the folders that will stand for the shared ones.
fn own_folders(shared: &Shared) -> Result<Own, String> {
    let base = fs::canonicalize(&shared.folder)
        .map_err(|error| format!("`{}` cannot be opened: {error}", shared.folder.display()))?;
    let mut covers = Vec::new();
    for (place, name) in SHARED_FOLDERS {
        let folder = base.join(name);
        // On some systems one is a link to another.
        if !Path::new(place).is_symlink() && Path::new(place).is_dir() {
            fs::create_dir_all(&folder)
                .map_err(|error| format!("`{}` cannot be made: {error}", folder.display()))?;
            covers.push((PathBuf::from(place), folder));
        }
    }
    // What is not there cannot be seen anyway.
    let visible = shared
        .visible
        .iter()
        .filter_map(|path| fs::canonicalize(path).ok());
    Ok(Own {
        covers,
        visible: visible.filter(|path| path.is_dir()).collect(),
    })
}

/// Whether the kernel counts the processes of a user in each namespace anew: Linux 5.14.
fn counts_by_namespace(release: &str) -> bool {
    let mut numbers = release.split(|letter: char| !letter.is_ascii_digit());
    let mut number = || numbers.next().and_then(|word| word.parse::<u32>().ok());
    matches!((number(), number()), (Some(major), Some(minor)) if (major, minor) >= (5, 14))
}

/// Lowers a limit of this process and of what it starts; what is lower already stays.
fn limit(resource: Resource, most: u64) {
    let now = getrlimit(resource);
    let lower = |value: Option<u64>| Some(value.map_or(most, |value| value.min(most)));
    // Lowering is always allowed.
    let _ = setrlimit(
        resource,
        Rlimit {
            current: lower(now.current),
            maximum: lower(now.maximum),
        },
    );
}

/// Takes from root what reaches beyond files and processes: mounting, devices, modules, the clock.
/// Who is not root has none of it in the programs that he starts.
fn drop_capabilities() {
    for bit in 0..u64::BITS {
        let one = CapabilitySet::from_bits_retain(1 << bit);
        if !KEPT.contains(one) {
            // It fails for numbers that the kernel does not know, and for who is not root.
            let _ = remove_capability_from_bounding_set(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::counts_by_namespace;

    #[test]
    fn releases_are_compared_as_numbers() {
        for new in ["5.14.0-70-generic\n", "5.15", "6.1.0", "10.0-rc1"] {
            assert!(counts_by_namespace(new), "{new}");
        }
        for old in ["5.4.0-14", "5.13.19", "4.19.0", "", "x"] {
            assert!(!counts_by_namespace(old), "{old}");
        }
    }
}
