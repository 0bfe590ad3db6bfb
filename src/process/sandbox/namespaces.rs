//! Namespaces of the supervisor's own: mounts that are read-only, and a network with nobody on it.
//! Root makes them as root; others in a user namespace, in which they stay who they are.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket};
use rustix::process::{getegid, geteuid};
use rustix::thread::UnshareFlags;

use super::Refusal;
use super::mounts::{self, Own};

/// What the namespaces give.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each can be had without the others"
)]
pub(super) struct Entered {
    /// A network with a loopback and nothing else.
    pub(super) network: bool,
    /// Everything outside the folders is mounted read-only.
    pub(super) read_only: bool,
    /// The shared temporary folders are covered by others.
    pub(super) tmp: bool,
    /// The sockets of others are out of reach.
    pub(super) sockets: bool,
    /// Keys and tokens are covered.
    pub(super) secrets: bool,
    /// There is a user namespace, which has its own count of processes.
    pub(super) own_user: bool,
}

/// Enters namespaces. After an error this process may be without a user, and is of no more use.
pub(super) fn enter(
    writable: &[PathBuf],
    own: Option<&Own>,
    missing: &mut Vec<String>,
) -> Result<Entered, Refusal> {
    // Of the network that is about to be left.
    let sockets = mounts::sockets(writable);
    let inner = UnshareFlags::NEWNS | UnshareFlags::NEWNET | UnshareFlags::NEWIPC;
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    let own_user = if geteuid().is_root() && unshare(inner).is_ok() {
        false
    } else {
        unshare(inner | UnshareFlags::NEWUSER)
            .map_err(|error| none("the system allows none", &error.into()))?;
        stay(user, group).map_err(|error| none("the user cannot be kept", &error))?;
        true
    };
    mounts::detach().map_err(|error| none("there are no mounts of our own", &error))?;
    if let Err(error) = raise_loopback() {
        missing.push(format!("loopback: it cannot be raised ({error})"));
    }
    mounts::rearrange(writable, own)
        .map_err(|why| Refusal::Mounts(format!("namespaces: {why}")))?;
    let read_only = mounts::freeze(writable, own)
        .map_err(|why| missing.push(format!("attributes of files outside: {why}")))
        .is_ok();
    let covered = mounts::cover(&sockets)
        .map_err(|why| missing.push(format!("sockets of others: {why}")))
        .is_ok();
    let hidden = mounts::hide(&mounts::secrets(writable, own))
        .map_err(|why| missing.push(format!("secrets: {why}")))
        .is_ok();
    Ok(Entered {
        network: true,
        read_only,
        tmp: own.is_some(),
        sockets: covered,
        secrets: hidden,
        own_user,
    })
}

fn none(what: &str, error: &io::Error) -> Refusal {
    Refusal::Namespaces(format!(
        "namespaces: {what} ({error}); modes and times of files, sockets and secrets are open"
    ))
}

/// Without `FILES`, which is what makes the call unsafe: descriptors stay common to all threads.
#[expect(
    deprecated,
    reason = "the replacement is unsafe for the sake of a flag that is not used here"
)]
fn unshare(flags: UnshareFlags) -> Result<(), Errno> {
    rustix::thread::unshare(flags)
}

/// The user and the group of this process are the same inside of its user namespace.
fn stay(user: u32, group: u32) -> io::Result<()> {
    // Asked for by the kernel of who maps a group without being root.
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1\n"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1\n"))
}

/// Sets the first interface of a new network up, which is the loopback: one netlink message.
fn raise_loopback() -> io::Result<()> {
    const LENGTH: u32 = 32;
    const NEW_LINK: u16 = 16;
    const REQUEST_AND_ACKNOWLEDGE: u16 = 1 | 4;
    const LOOPBACK: u32 = 1;
    const UP: u32 = 1;

    let mut message = Vec::with_capacity(32);
    message.extend(LENGTH.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_AND_ACKNOWLEDGE.to_ne_bytes());
    // Number, sender; then family and type of the interface, which nobody asks for.
    message.extend([0; 12]);
    message.extend(LOOPBACK.to_ne_bytes());
    // The flags, and which of them are meant.
    message.extend(UP.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    let kernel: OwnedFd = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    send(&kernel, &message, SendFlags::empty())?;
    let mut answer = [0; 512];
    let (count, _) = recv(&kernel, &mut answer, RecvFlags::empty())?;
    // The answer has a header of 16 bytes, then zero or a negative error.
    let code = answer[..count]
        .get(16..20)
        .and_then(|bytes| bytes.try_into().ok());
    match code.map(i32::from_ne_bytes) {
        Some(0) => Ok(()),
        Some(code) => Err(io::Error::from_raw_os_error(code.saturating_neg())),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
