//! The rows of the score: what is asked, how much it weighs, and how to write it better. Numbers are
//! those of systemd 252 to 257.

use super::context::{Account, Context, Flag, Origin};
use super::device::DevicePolicy;
use super::syscall::{Calls, Treatment};
use crate::format::unit::names::{capabilities, namespace};

/// What a row asks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// Whether a setting is on.
    Flag(Flag),
    /// Who the service runs as.
    User,
    /// Whether it has further groups.
    Groups,
    /// `ProtectHome=`.
    Home,
    /// `ProtectSystem=`.
    System,
    /// Whether it has a root directory of its own.
    Root,
    /// Whether it can have any of some capabilities.
    Capabilities(u64),
    /// `UMask=`.
    UMask,
    /// `KeyringMode=`.
    Keyring,
    /// `ProtectProc=`.
    Proc,
    /// `ProcSubset=`.
    ProcSubset,
    /// `NotifyAccess=`.
    Notify,
    /// `RemoveIPC=`, which means nothing for root.
    RemoveIpc,
    /// `Delegate=`.
    Delegate,
    /// Whether it can make a kind of namespace.
    Namespace(u8),
    /// Whether it can use some address families: one bit for each number.
    Families(u64),
    /// `SystemCallArchitectures=`.
    Architectures,
    /// Whether it can make some system calls.
    Calls(Calls),
    /// `IPAddressDeny=` and `IPAddressAllow=`.
    Addresses,
    /// `DevicePolicy=` and `DeviceAllow=`.
    Devices,
    /// `AmbientCapabilities=`.
    Ambient,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct Assessor {
    /// The name that systemd gives it.
    pub(super) id: &'static str,
    /// What it counts at its worst.
    pub(super) weight: u32,
    /// The worst badness.
    pub(super) range: u32,
    /// Whether it is left out for services without default dependencies, which start early.
    pub(super) is_left_out_early: bool,
    /// What it asks.
    pub(super) question: Question,
    /// What to write; several lines or alternatives are apart by words between backticks.
    pub(super) advice: &'static str,
    /// What the service can do as long as it is not written.
    pub(super) risk: &'static str,
}

/// The answer to a row's question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// From 0 to the row's range; `None` if it does not apply.
    pub(super) badness: Option<u32>,
    /// The assignment that decided it.
    pub(super) from: Origin,
    /// A system call that gets through.
    pub(super) example: Option<&'static str>,
}

impl Assessor {
    /// Answers the question for a service.
    pub(super) fn answer(&self, context: &Context<'_>) -> Answer {
        let bad = |is_bad: bool, from: Origin| (Some(u32::from(is_bad)), from);
        let mut example = None;
        let (badness, from) = match self.question {
            _ if self.is_left_out_early && !context.flag(Flag::DefaultDependencies).value => {
                (None, context.flag(Flag::DefaultDependencies).from)
            }
            Question::Groups | Question::RemoveIpc if context.is_root() => {
                (None, context.account.from)
            }
            Question::Flag(flag) => bad(!context.flag(flag).value, context.flag(flag).from),
            Question::User => user(context),
            Question::Groups => bad(context.has_groups.value, context.has_groups.from),
            Question::Home => (Some(context.home.value), context.home.from),
            Question::System => (Some(context.system.value), context.system.from),
            Question::Root if context.root_image.value => bad(false, context.root_image.from),
            Question::Root => bad(!context.root_directory.value, context.root_directory.from),
            Question::Capabilities(asked) => capability(context, asked),
            Question::UMask => (Some(context.umask.value), context.umask.from),
            Question::Keyring => (Some(context.keyring.value), context.keyring.from),
            Question::Proc => (Some(context.proc.value), context.proc.from),
            Question::ProcSubset => (Some(context.proc_subset.value), context.proc_subset.from),
            Question::Notify => (Some(context.notify.value), context.notify.from),
            Question::RemoveIpc => {
                let removes = context.flag(Flag::RemoveIPC);
                bad(!removes.value, removes.from)
            }
            Question::Delegate => bad(context.delegate.value, context.delegate.from),
            Question::Namespace(kind) => {
                let namespaces = context.namespaces;
                bad(namespaces.value.allows(kind), namespaces.from)
            }
            Question::Families(asked) => {
                bad(context.families.value.allows(asked), context.families.from)
            }
            Question::Architectures => {
                let badness = match context.architectures.value {
                    0 => 10,
                    1 => 0,
                    _ => 8,
                };
                (Some(badness), context.architectures.from)
            }
            Question::Calls(calls) => {
                let badness = match context.filter.value.treats(calls) {
                    Treatment::Unfiltered => 10,
                    Treatment::Allowed(call) => {
                        example = Some(call);
                        9
                    }
                    Treatment::NotDenied(call) => {
                        example = Some(call);
                        10
                    }
                    Treatment::Blocked => 0,
                };
                (Some(badness), context.filter.from)
            }
            Question::Addresses => addresses(context),
            Question::Devices => devices(context),
            Question::Ambient => bad(context.ambient.value != 0, context.ambient.from),
        };
        Answer {
            badness,
            from,
            example,
        }
    }
}

fn user(context: &Context<'_>) -> (Option<u32>, Origin) {
    let dynamic = context.flag(Flag::DynamicUser);
    match context.account.value {
        Account::Nobody => (Some(9), context.account.from),
        Account::Other => (Some(0), context.account.from),
        Account::Unset if dynamic.value => (Some(0), dynamic.from),
        Account::Unset | Account::Root => (Some(10), context.account.from),
    }
}

fn capability(context: &Context<'_>, asked: u64) -> (Option<u32>, Origin) {
    let mut left = context.bounding.value & asked;
    let mut from = context.bounding.from;
    if left != 0 {
        for (dropped, flag) in context.dropped() {
            if left & dropped != 0 {
                left &= !dropped;
                from = flag;
            }
        }
    }
    (Some(u32::from(left != 0)), from)
}

fn addresses(context: &Context<'_>) -> (Option<u32>, Origin) {
    let (denied, allowed) = (context.denied, context.allowed);
    if context.ingress.value || context.egress.value {
        let filter = if context.ingress.value {
            context.ingress
        } else {
            context.egress
        };
        (Some(0), filter.from)
    } else if !denied.value.is_any() {
        (Some(10), denied.from)
    } else if allowed.value.has_other {
        (Some(5), allowed.from)
    } else if allowed.value.has_local {
        (Some(2), allowed.from)
    } else {
        (Some(0), denied.from)
    }
}

fn devices(context: &Context<'_>) -> (Option<u32>, Origin) {
    let (policy, list) = (context.device_policy, context.has_devices);
    if policy.value == DevicePolicy::Auto {
        (Some(10), policy.from)
    } else if list.value {
        (Some(5), list.from)
    } else {
        (Some(0), policy.from)
    }
}

const fn families(numbers: &[u32]) -> u64 {
    let mut bits = 0;
    let mut index = 0;
    while index < numbers.len() {
        bits |= 1 << numbers[index];
        index += 1;
    }
    bits
}

/// `AF_INET` and `AF_INET6`.
pub(super) const INET: u64 = families(&[2, 10]);
const UNIX: u64 = families(&[1]);
const NETLINK: u64 = families(&[16]);
const PACKET: u64 = families(&[17]);
const OTHER: u64 = !(INET | UNIX | NETLINK | PACKET);

/// A row that applies to all services.
const ALWAYS: bool = false;
/// A row that is left out for services that start early.
const LATE: bool = true;

macro_rules! assessors {
    ($($id:literal $weight:literal $range:literal $when:ident $question:expr,
        $advice:literal, $risk:literal;)*) => {
        /// All rows in the order of systemd.
        pub(super) static ASSESSORS: &[Assessor] = &[$(Assessor {
            id: $id,
            weight: $weight,
            range: $range,
            is_left_out_early: $when,
            question: $question,
            advice: $advice,
            risk: $risk,
        }),*];
    };
}

assessors! {
    "User=/DynamicUser=" 2000 10 ALWAYS Question::User,
        "User=SOMEBODY` or `DynamicUser=yes", "runs as root or nobody";
    "SupplementaryGroups=" 200 1 ALWAYS Question::Groups,
        "SupplementaryGroups=", "has the rights of further groups";
    "PrivateDevices=" 1000 1 ALWAYS Question::Flag(Flag::PrivateDevices),
        "PrivateDevices=yes", "can use the devices of the machine";
    "PrivateMounts=" 1000 1 ALWAYS Question::Flag(Flag::PrivateMounts),
        "PrivateMounts=yes", "can mount for the whole system";
    "PrivateNetwork=" 2500 1 ALWAYS Question::Flag(Flag::PrivateNetwork),
        "PrivateNetwork=yes", "can use the network of the machine";
    "PrivateTmp=" 1000 1 LATE Question::Flag(Flag::PrivateTmp),
        "PrivateTmp=yes", "shares temporary files with other programs";
    "PrivateUsers=" 1000 1 ALWAYS Question::Flag(Flag::PrivateUsers),
        "PrivateUsers=yes", "can act as other users";
    "ProtectControlGroups=" 1000 1 ALWAYS Question::Flag(Flag::ProtectControlGroups),
        "ProtectControlGroups=yes", "can change control groups";
    "ProtectKernelModules=" 1000 1 ALWAYS Question::Flag(Flag::ProtectKernelModules),
        "ProtectKernelModules=yes", "can load kernel modules";
    "ProtectKernelTunables=" 1000 1 ALWAYS Question::Flag(Flag::ProtectKernelTunables),
        "ProtectKernelTunables=yes", "can change settings of the kernel";
    "ProtectKernelLogs=" 1000 1 ALWAYS Question::Flag(Flag::ProtectKernelLogs),
        "ProtectKernelLogs=yes", "can read and clear the log of the kernel";
    "ProtectClock=" 1000 1 ALWAYS Question::Flag(Flag::ProtectClock),
        "ProtectClock=yes", "can set the clocks";
    "ProtectHome=" 1000 10 LATE Question::Home,
        "ProtectHome=yes", "can read or write the homes of users";
    "ProtectHostname=" 50 1 ALWAYS Question::Flag(Flag::ProtectHostname),
        "ProtectHostname=yes", "can rename the machine";
    "ProtectSystem=" 1000 10 LATE Question::System,
        "ProtectSystem=strict", "can write to directories of the system";
    "RootDirectory=/RootImage=" 200 1 LATE Question::Root,
        "RootDirectory=PATH` or `RootImage=PATH", "sees all files of the machine";
    "LockPersonality=" 100 1 ALWAYS Question::Flag(Flag::LockPersonality),
        "LockPersonality=yes", "can emulate other systems";
    "MemoryDenyWriteExecute=" 100 1 ALWAYS Question::Flag(Flag::MemoryDenyWriteExecute),
        "MemoryDenyWriteExecute=yes", "can write code into memory and run it";
    "NoNewPrivileges=" 1000 1 ALWAYS Question::Flag(Flag::NoNewPrivileges),
        "NoNewPrivileges=yes", "can gain rights, for example by setuid programs";
    "CapabilityBoundingSet=~CAP_SYS_ADMIN" 1500 1 ALWAYS Question::Capabilities(capabilities(&["SYS_ADMIN"])),
        "CapabilityBoundingSet=~CAP_SYS_ADMIN", "has the rights of an administrator";
    "CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)" 1500 1 ALWAYS Question::Capabilities(capabilities(&["SETUID", "SETGID", "SETPCAP"])),
        "CapabilityBoundingSet=~CAP_SETUID CAP_SETGID CAP_SETPCAP", "can change its users, groups and capabilities";
    "CapabilityBoundingSet=~CAP_SYS_PTRACE" 1500 1 ALWAYS Question::Capabilities(capabilities(&["SYS_PTRACE"])),
        "CapabilityBoundingSet=~CAP_SYS_PTRACE", "can inspect and change other processes";
    "CapabilityBoundingSet=~CAP_SYS_TIME" 1000 1 ALWAYS Question::Capabilities(capabilities(&["SYS_TIME"])),
        "CapabilityBoundingSet=~CAP_SYS_TIME", "can set the system clock";
    "CapabilityBoundingSet=~CAP_NET_ADMIN" 1000 1 ALWAYS Question::Capabilities(capabilities(&["NET_ADMIN"])),
        "CapabilityBoundingSet=~CAP_NET_ADMIN", "can configure the network";
    "CapabilityBoundingSet=~CAP_SYS_RAWIO" 1000 1 ALWAYS Question::Capabilities(capabilities(&["SYS_RAWIO"])),
        "CapabilityBoundingSet=~CAP_SYS_RAWIO", "can reach hardware directly";
    "CapabilityBoundingSet=~CAP_SYS_MODULE" 1000 1 ALWAYS Question::Capabilities(capabilities(&["SYS_MODULE"])),
        "CapabilityBoundingSet=~CAP_SYS_MODULE", "can load kernel modules";
    "CapabilityBoundingSet=~CAP_AUDIT_*" 500 1 ALWAYS Question::Capabilities(capabilities(&["AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE"])),
        "CapabilityBoundingSet=~CAP_AUDIT_CONTROL CAP_AUDIT_READ CAP_AUDIT_WRITE", "can use the audit subsystem";
    "CapabilityBoundingSet=~CAP_SYSLOG" 500 1 ALWAYS Question::Capabilities(capabilities(&["SYSLOG"])),
        "CapabilityBoundingSet=~CAP_SYSLOG", "can use the log of the kernel";
    "CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)" 500 1 ALWAYS Question::Capabilities(capabilities(&["SYS_NICE", "SYS_RESOURCE"])),
        "CapabilityBoundingSet=~CAP_SYS_NICE CAP_SYS_RESOURCE", "can raise priorities and limits";
    "CapabilityBoundingSet=~CAP_MKNOD" 500 1 ALWAYS Question::Capabilities(capabilities(&["MKNOD"])),
        "CapabilityBoundingSet=~CAP_MKNOD", "can make device nodes";
    "CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)" 1000 1 ALWAYS Question::Capabilities(capabilities(&["CHOWN", "FSETID", "SETFCAP"])),
        "CapabilityBoundingSet=~CAP_CHOWN CAP_FSETID CAP_SETFCAP", "can give files to others and mark them with rights";
    "CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)" 1000 1 ALWAYS Question::Capabilities(capabilities(&["DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "IPC_OWNER"])),
        "CapabilityBoundingSet=~CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_IPC_OWNER", "can pass over the permissions of files";
    "CapabilityBoundingSet=~CAP_KILL" 500 1 ALWAYS Question::Capabilities(capabilities(&["KILL"])),
        "CapabilityBoundingSet=~CAP_KILL", "can send signals to any process";
    "CapabilityBoundingSet=~CAP_NET_(BIND_SERVICE|BROADCAST|RAW)" 500 1 ALWAYS Question::Capabilities(capabilities(&["NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW"])),
        "CapabilityBoundingSet=~CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_RAW", "can use low ports and raw sockets";
    "CapabilityBoundingSet=~CAP_SYS_BOOT" 100 1 ALWAYS Question::Capabilities(capabilities(&["SYS_BOOT"])),
        "CapabilityBoundingSet=~CAP_SYS_BOOT", "can restart the machine";
    "CapabilityBoundingSet=~CAP_MAC_*" 100 1 ALWAYS Question::Capabilities(capabilities(&["MAC_ADMIN", "MAC_OVERRIDE"])),
        "CapabilityBoundingSet=~CAP_MAC_ADMIN CAP_MAC_OVERRIDE", "can change mandatory access control";
    "CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE" 75 1 ALWAYS Question::Capabilities(capabilities(&["LINUX_IMMUTABLE"])),
        "CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE", "can mark files as immutable";
    "CapabilityBoundingSet=~CAP_IPC_LOCK" 50 1 ALWAYS Question::Capabilities(capabilities(&["IPC_LOCK"])),
        "CapabilityBoundingSet=~CAP_IPC_LOCK", "can lock memory";
    "CapabilityBoundingSet=~CAP_SYS_CHROOT" 50 1 ALWAYS Question::Capabilities(capabilities(&["SYS_CHROOT"])),
        "CapabilityBoundingSet=~CAP_SYS_CHROOT", "can use chroot";
    "CapabilityBoundingSet=~CAP_BLOCK_SUSPEND" 25 1 ALWAYS Question::Capabilities(capabilities(&["BLOCK_SUSPEND"])),
        "CapabilityBoundingSet=~CAP_BLOCK_SUSPEND", "can keep the machine from sleeping";
    "CapabilityBoundingSet=~CAP_WAKE_ALARM" 25 1 ALWAYS Question::Capabilities(capabilities(&["WAKE_ALARM"])),
        "CapabilityBoundingSet=~CAP_WAKE_ALARM", "can wake the machine";
    "CapabilityBoundingSet=~CAP_LEASE" 25 1 ALWAYS Question::Capabilities(capabilities(&["LEASE"])),
        "CapabilityBoundingSet=~CAP_LEASE", "can take leases on files";
    "CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG" 25 1 ALWAYS Question::Capabilities(capabilities(&["SYS_TTY_CONFIG"])),
        "CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG", "can hang up terminals";
    "CapabilityBoundingSet=~CAP_SYS_PACCT" 25 1 ALWAYS Question::Capabilities(capabilities(&["SYS_PACCT"])),
        "CapabilityBoundingSet=~CAP_SYS_PACCT", "can use process accounting";
    "CapabilityBoundingSet=~CAP_BPF" 25 1 ALWAYS Question::Capabilities(capabilities(&["BPF"])),
        "CapabilityBoundingSet=~CAP_BPF", "can load BPF programs";
    "UMask=" 100 10 ALWAYS Question::UMask,
        "UMask=0077", "makes files that others can read or write";
    "KeyringMode=" 1000 1 ALWAYS Question::Keyring,
        "KeyringMode=private", "shares keys with other services";
    "ProtectProc=" 1000 3 ALWAYS Question::Proc,
        "ProtectProc=invisible", "sees the processes of others";
    "ProcSubset=" 10 1 ALWAYS Question::ProcSubset,
        "ProcSubset=pid", "sees all of /proc, not only processes";
    "NotifyAccess=" 1000 1 ALWAYS Question::Notify,
        "NotifyAccess=main", "lets children speak for it to systemd";
    "RemoveIPC=" 100 1 ALWAYS Question::RemoveIpc,
        "RemoveIPC=yes", "leaves IPC objects behind";
    "Delegate=" 100 1 ALWAYS Question::Delegate,
        "Delegate=no", "manages its own control groups";
    "RestrictRealtime=" 500 1 ALWAYS Question::Flag(Flag::RestrictRealtime),
        "RestrictRealtime=yes", "can take the processor by realtime scheduling";
    "RestrictSUIDSGID=" 1000 1 ALWAYS Question::Flag(Flag::RestrictSUIDSGID),
        "RestrictSUIDSGID=yes", "can make setuid and setgid files";
    "RestrictNamespaces=~user" 1500 1 ALWAYS Question::Namespace(namespace("user")),
        "RestrictNamespaces=~user", "can make namespaces of users";
    "RestrictNamespaces=~mnt" 500 1 ALWAYS Question::Namespace(namespace("mnt")),
        "RestrictNamespaces=~mnt", "can make namespaces of mounts";
    "RestrictNamespaces=~ipc" 500 1 ALWAYS Question::Namespace(namespace("ipc")),
        "RestrictNamespaces=~ipc", "can make namespaces of IPC";
    "RestrictNamespaces=~pid" 500 1 ALWAYS Question::Namespace(namespace("pid")),
        "RestrictNamespaces=~pid", "can make namespaces of processes";
    "RestrictNamespaces=~cgroup" 500 1 ALWAYS Question::Namespace(namespace("cgroup")),
        "RestrictNamespaces=~cgroup", "can make namespaces of control groups";
    "RestrictNamespaces=~net" 500 1 ALWAYS Question::Namespace(namespace("net")),
        "RestrictNamespaces=~net", "can make namespaces of networks";
    "RestrictNamespaces=~uts" 100 1 ALWAYS Question::Namespace(namespace("uts")),
        "RestrictNamespaces=~uts", "can make namespaces of host names";
    "RestrictAddressFamilies=~AF_(INET|INET6)" 1500 1 ALWAYS Question::Families(INET),
        "RestrictAddressFamilies=~AF_INET AF_INET6", "can open internet sockets";
    "RestrictAddressFamilies=~AF_UNIX" 25 1 ALWAYS Question::Families(UNIX),
        "RestrictAddressFamilies=~AF_UNIX", "can open local sockets";
    "RestrictAddressFamilies=~AF_NETLINK" 200 1 ALWAYS Question::Families(NETLINK),
        "RestrictAddressFamilies=~AF_NETLINK", "can open netlink sockets";
    "RestrictAddressFamilies=~AF_PACKET" 1000 1 ALWAYS Question::Families(PACKET),
        "RestrictAddressFamilies=~AF_PACKET", "can open packet sockets";
    "RestrictAddressFamilies=~…" 1250 1 ALWAYS Question::Families(OTHER),
        "RestrictAddressFamilies=` and below it `RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        "can open sockets of rare kinds";
    "SystemCallArchitectures=" 1000 10 ALWAYS Question::Architectures,
        "SystemCallArchitectures=native", "can use system calls of other architectures";
    "SystemCallFilter=~@swap" 1000 10 ALWAYS Question::Calls(Calls::SWAP),
        "SystemCallFilter=~@swap", "can make swap system calls";
    "SystemCallFilter=~@obsolete" 250 10 ALWAYS Question::Calls(Calls::OBSOLETE),
        "SystemCallFilter=~@obsolete", "can make obsolete system calls";
    "SystemCallFilter=~@clock" 1000 10 ALWAYS Question::Calls(Calls::CLOCK),
        "SystemCallFilter=~@clock", "can make clock system calls";
    "SystemCallFilter=~@cpu-emulation" 250 10 ALWAYS Question::Calls(Calls::CPU_EMULATION),
        "SystemCallFilter=~@cpu-emulation", "can make CPU emulation system calls";
    "SystemCallFilter=~@debug" 1000 10 ALWAYS Question::Calls(Calls::DEBUG),
        "SystemCallFilter=~@debug", "can make debugging system calls";
    "SystemCallFilter=~@mount" 1000 10 ALWAYS Question::Calls(Calls::MOUNT),
        "SystemCallFilter=~@mount", "can make mounting system calls";
    "SystemCallFilter=~@module" 1000 10 ALWAYS Question::Calls(Calls::MODULE),
        "SystemCallFilter=~@module", "can make kernel module system calls";
    "SystemCallFilter=~@raw-io" 1000 10 ALWAYS Question::Calls(Calls::RAW_IO),
        "SystemCallFilter=~@raw-io", "can make raw I/O system calls";
    "SystemCallFilter=~@reboot" 1000 10 ALWAYS Question::Calls(Calls::REBOOT),
        "SystemCallFilter=~@reboot", "can make reboot system calls";
    "SystemCallFilter=~@privileged" 700 10 ALWAYS Question::Calls(Calls::PRIVILEGED),
        "SystemCallFilter=~@privileged", "can make privileged system calls";
    "SystemCallFilter=~@resources" 700 10 ALWAYS Question::Calls(Calls::RESOURCES),
        "SystemCallFilter=~@resources", "can make resource system calls";
    "IPAddressDeny=" 1000 10 ALWAYS Question::Addresses,
        "IPAddressDeny=any` without `IPAddressAllow=", "can reach and be reached from any address";
    "DeviceAllow=" 1000 10 ALWAYS Question::Devices,
        "DevicePolicy=closed` without `DeviceAllow=", "has access to devices";
    "AmbientCapabilities=" 500 1 ALWAYS Question::Ambient,
        "AmbientCapabilities=", "starts programs with capabilities";
}

#[cfg(test)]
mod tests {
    use super::ASSESSORS;

    #[test]
    fn rows_are_complete_and_distinct() {
        assert_eq!(ASSESSORS.len(), 81);
        assert_eq!(ASSESSORS.iter().map(|row| row.weight).sum::<u32>(), 56_460);
        for row in ASSESSORS {
            let key = row.id.split('=').next().unwrap();
            assert!(row.advice.contains(&format!("{key}=")), "{}", row.id);
            assert!(row.risk.starts_with(char::is_lowercase), "{}", row.id);
            assert!(!row.risk.ends_with('.'), "{}", row.id);
            assert_eq!(
                ASSESSORS.iter().filter(|other| other.id == row.id).count(),
                1
            );
        }
    }
}
