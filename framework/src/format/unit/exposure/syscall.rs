//! What `SystemCallFilter=` lets through, of the system calls that the score asks about and those
//! that a server needs. Others, and those that do not exist on x86-64, change nothing and are left
//! out, as are sets without any of the calls.

use super::word::{Quotes, Words};
use crate::format::unit::names;

/// A group of system calls that is named in the table.
type Sets = u16;

const CHOWN: Sets = 1 << 0;
const CLOCK: Sets = 1 << 1;
const CPU_EMULATION: Sets = 1 << 2;
const DEBUG: Sets = 1 << 3;
const MODULE: Sets = 1 << 4;
const MOUNT: Sets = 1 << 5;
const OBSOLETE: Sets = 1 << 6;
const PRIVILEGED: Sets = 1 << 7;
const RAW_IO: Sets = 1 << 8;
const REBOOT: Sets = 1 << 9;
const RESOURCES: Sets = 1 << 10;
const SETUID: Sets = 1 << 11;
const SWAP: Sets = 1 << 12;
const SYSTEM_SERVICE: Sets = 1 << 13;
/// Of `@network-io` only what a server needs; the score does not ask about it.
const NETWORK_IO: Sets = 1 << 15;
/// In no list of known system calls, though it is in another set.
const NOT_KNOWN: Sets = 1 << 14;

/// Sets of other sets, as `systemd-analyze syscall-filter` lists them.
const ALL_PRIVILEGED: Sets = PRIVILEGED | CHOWN | CLOCK | MODULE | RAW_IO | REBOOT | SWAP;
const ALL_SYSTEM_SERVICE: Sets = SYSTEM_SERVICE | CHOWN | NETWORK_IO | RESOURCES | SETUID;

/// The sets by name.
static SETS: [(&str, Calls); 16] = [
    ("@chown", Calls::of(CHOWN)),
    ("@clock", Calls::of(CLOCK)),
    ("@cpu-emulation", Calls::of(CPU_EMULATION)),
    ("@debug", Calls::of(DEBUG)),
    ("@known", Calls::of(NOT_KNOWN).complement()),
    ("@module", Calls::of(MODULE)),
    ("@mount", Calls::of(MOUNT)),
    ("@network-io", Calls::of(NETWORK_IO)),
    ("@obsolete", Calls::of(OBSOLETE)),
    ("@privileged", Calls::of(ALL_PRIVILEGED)),
    ("@raw-io", Calls::of(RAW_IO)),
    ("@reboot", Calls::of(REBOOT)),
    ("@resources", Calls::of(RESOURCES)),
    ("@setuid", Calls::of(SETUID)),
    ("@swap", Calls::of(SWAP)),
    ("@system-service", Calls::of(ALL_SYSTEM_SERVICE)),
];

/// The system calls, sorted by name, with the sets that list them themselves. Measured with
/// systemd 252 and 257, which agree on them.
static CALLS: [(&str, Sets); 82] = [
    ("_sysctl", OBSOLETE | PRIVILEGED),
    ("accept", NETWORK_IO),
    ("accept4", NETWORK_IO),
    ("acct", PRIVILEGED),
    ("adjtimex", CLOCK),
    ("afs_syscall", OBSOLETE),
    ("bind", NETWORK_IO),
    ("bpf", PRIVILEGED),
    ("capset", PRIVILEGED | SYSTEM_SERVICE),
    ("chown", CHOWN),
    ("chroot", MOUNT | PRIVILEGED),
    ("clock_adjtime", CLOCK),
    ("clock_settime", CLOCK),
    ("connect", NETWORK_IO),
    ("create_module", OBSOLETE),
    ("delete_module", MODULE),
    ("fanotify_init", PRIVILEGED),
    ("fanotify_mark", PRIVILEGED),
    ("fchown", CHOWN),
    ("fchownat", CHOWN),
    ("finit_module", MODULE),
    ("fsconfig", MOUNT),
    ("fsmount", MOUNT),
    ("fsopen", MOUNT),
    ("fspick", MOUNT),
    ("get_kernel_syms", OBSOLETE),
    ("getpmsg", OBSOLETE),
    ("init_module", MODULE),
    ("ioperm", RAW_IO),
    ("iopl", RAW_IO),
    ("ioprio_set", RESOURCES),
    ("kexec_file_load", REBOOT),
    ("kexec_load", REBOOT),
    ("lchown", CHOWN),
    ("listen", NETWORK_IO),
    ("lookup_dcookie", DEBUG),
    ("mbind", RESOURCES),
    ("migrate_pages", RESOURCES),
    ("modify_ldt", CPU_EMULATION),
    ("mount", MOUNT),
    ("mount_setattr", MOUNT),
    ("move_mount", MOUNT),
    ("move_pages", RESOURCES),
    ("nfsservctl", PRIVILEGED | NOT_KNOWN),
    ("open_by_handle_at", PRIVILEGED),
    ("open_tree", MOUNT),
    ("perf_event_open", DEBUG),
    ("pidfd_getfd", DEBUG),
    ("pivot_root", MOUNT | PRIVILEGED),
    ("ptrace", DEBUG),
    ("putpmsg", OBSOLETE),
    ("query_module", OBSOLETE),
    ("quotactl", PRIVILEGED),
    ("quotactl_fd", PRIVILEGED),
    ("reboot", REBOOT),
    ("sched_setaffinity", RESOURCES),
    ("sched_setattr", RESOURCES),
    ("sched_setparam", RESOURCES),
    ("sched_setscheduler", RESOURCES),
    ("security", OBSOLETE),
    ("set_mempolicy", RESOURCES),
    ("set_mempolicy_home_node", RESOURCES),
    ("setdomainname", PRIVILEGED),
    ("setfsuid", PRIVILEGED | SYSTEM_SERVICE),
    ("setgroups", PRIVILEGED | SETUID),
    ("sethostname", PRIVILEGED),
    ("setpriority", RESOURCES),
    ("setresuid", PRIVILEGED | SETUID),
    ("setreuid", PRIVILEGED | SETUID),
    ("setrlimit", RESOURCES),
    ("settimeofday", CLOCK),
    ("setuid", PRIVILEGED | SETUID),
    ("socket", NETWORK_IO),
    ("swapoff", SWAP),
    ("swapon", SWAP),
    ("sysfs", OBSOLETE),
    ("tuxcall", OBSOLETE),
    ("umount2", MOUNT),
    ("uselib", OBSOLETE),
    ("ustat", OBSOLETE),
    ("vhangup", PRIVILEGED),
    ("vserver", OBSOLETE),
];

/// Some of the system calls of the table, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Calls(u128);

impl Calls {
    /// `@swap`.
    pub(super) const SWAP: Self = Self::of(SWAP);
    /// `@obsolete`.
    pub(super) const OBSOLETE: Self = Self::of(OBSOLETE);
    /// `@clock`.
    pub(super) const CLOCK: Self = Self::of(CLOCK);
    /// `@cpu-emulation`.
    pub(super) const CPU_EMULATION: Self = Self::of(CPU_EMULATION);
    /// `@debug`.
    pub(super) const DEBUG: Self = Self::of(DEBUG);
    /// `@mount`.
    pub(super) const MOUNT: Self = Self::of(MOUNT);
    /// `@module`.
    pub(super) const MODULE: Self = Self::of(MODULE);
    /// `@raw-io`.
    pub(super) const RAW_IO: Self = Self::of(RAW_IO);
    /// `@reboot`.
    pub(super) const REBOOT: Self = Self::of(REBOOT);
    /// `@privileged`.
    pub(super) const PRIVILEGED: Self = Self::of(ALL_PRIVILEGED);
    /// `@resources`.
    pub(super) const RESOURCES: Self = Self::of(RESOURCES);

    /// What a server needs of `@network-io`.
    pub(super) const NETWORK_IO: Self = Self::of(NETWORK_IO);

    /// The calls that are in any of some sets.
    const fn of(sets: Sets) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < CALLS.len() {
            if CALLS[index].1 & sets != 0 {
                bits |= 1 << index;
            }
            index += 1;
        }
        Self(bits)
    }

    /// All others.
    const fn complement(self) -> Self {
        Self(!self.0 & ((1 << CALLS.len()) - 1))
    }

    /// The calls that a word of a filter names: a set or one call. None if it is not in the
    /// tables, so that the word changes nothing.
    fn named(name: &str) -> Self {
        if name.starts_with('@') {
            let set = SETS.binary_search_by(|(set, _)| (*set).cmp(name));
            return set.map_or(Self(0), |index| SETS[index].1);
        }
        let call = CALLS.binary_search_by(|(call, _)| (*call).cmp(name));
        call.map_or(Self(0), |index| Self(1 << index))
    }

    /// The name of the first of them.
    fn first(self) -> Option<&'static str> {
        CALLS
            .get(self.0.trailing_zeros() as usize)
            .map(|(name, _)| *name)
    }
}

/// What all `SystemCallFilter=` lines together let through.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter {
    is_set: bool,
    is_allow_list: bool,
    listed: Calls,
}

/// How a filter treats a set of system calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// There is no filter.
    Unfiltered,
    /// There is a list of what is allowed, and it has this call of the set.
    Allowed(&'static str),
    /// There is a list of what is denied, and this call of the set is not on it.
    NotDenied(&'static str),
    /// None of the set gets through.
    Blocked,
}

impl Filter {
    /// Applies a line. The first one says whether the list is of what is allowed or denied; later
    /// ones add to it or take away.
    pub(super) fn apply(&mut self, value: &str) {
        if value.is_empty() {
            *self = Self::default();
            return;
        }
        let (is_denied, value) = match value.strip_prefix('~') {
            Some(value) => (true, value),
            None => (false, value),
        };
        if !self.is_set {
            self.is_set = true;
            self.is_allow_list = !is_denied;
        }
        // What stands before a word that cannot be read remains in effect.
        for word in Words::new(value, Quotes::Kept).map_while(Result::ok) {
            let (name, error) = match word.split_once(':') {
                Some((name, error)) => (name, Some(error)),
                None => (&*word, None),
            };
            // Only what is denied can say with which error.
            if error.is_some_and(|error| !is_denied || !names::is_error(error)) {
                continue;
            }
            let Calls(bits) = Calls::named(name);
            if is_denied == self.is_allow_list {
                self.listed.0 &= !bits;
            } else {
                self.listed.0 |= bits;
            }
        }
    }

    /// The first call of a set that does not get through.
    pub(super) fn blocked(&self, set: Calls) -> Option<&'static str> {
        match (self.is_set, self.is_allow_list) {
            (false, _) => None,
            (true, true) => Calls(!self.listed.0 & set.0).first(),
            (true, false) => Calls(self.listed.0 & set.0).first(),
        }
    }

    /// What becomes of a set of calls.
    pub(super) fn treats(&self, set: Calls) -> Treatment {
        if !self.is_set {
            Treatment::Unfiltered
        } else if self.is_allow_list {
            let allowed = Calls(self.listed.0 & set.0);
            allowed
                .first()
                .map_or(Treatment::Blocked, Treatment::Allowed)
        } else {
            let missing = Calls(!self.listed.0 & set.0);
            missing
                .first()
                .map_or(Treatment::Blocked, Treatment::NotDenied)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CALLS, Calls, Filter, SETS, Treatment};

    #[test]
    fn tables_are_sorted_and_no_set_is_empty() {
        assert!(CALLS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(SETS.is_sorted_by(|(a, _), (b, _)| a < b));
        assert!(SETS.iter().all(|(_, calls)| calls.0 != 0));
    }

    #[test]
    fn lines_add_up() {
        use Treatment::{Allowed, Blocked, NotDenied, Unfiltered};
        let cases: &[(&[&str], Calls, Treatment)] = &[
            (&[], Calls::SWAP, Unfiltered),
            (&["@system-service"], Calls::SWAP, Blocked),
            (
                &["@system-service"],
                Calls::RESOURCES,
                Allowed("ioprio_set"),
            ),
            (
                &["@system-service", "~@resources"],
                Calls::RESOURCES,
                Blocked,
            ),
            (
                &["@system-service", "~@resources:EPERM"],
                Calls::RESOURCES,
                Blocked,
            ),
            (&["@swap:EPERM"], Calls::SWAP, Blocked),
            (&["@known"], Calls::SWAP, Allowed("swapoff")),
            (&["~@swap"], Calls::SWAP, Blocked),
            (&["~@swap:1 @clock:kill"], Calls::CLOCK, Blocked),
            (&["~@swap:9999"], Calls::SWAP, NotDenied("swapoff")),
            (&["~@swap", "swapon"], Calls::SWAP, NotDenied("swapon")),
            (&["~swapon \\"], Calls::SWAP, NotDenied("swapoff")),
            (&["~@swap", ""], Calls::SWAP, Unfiltered),
            (&["~"], Calls::SWAP, NotDenied("swapoff")),
            (&["~@unknown"], Calls::SWAP, NotDenied("swapoff")),
        ];
        for (lines, set, treatment) in cases {
            let mut filter = Filter::default();
            lines.iter().for_each(|line| filter.apply(line));
            assert_eq!(filter.treats(*set), *treatment, "{lines:?}");
        }
    }
}
