//! What a service may do, gathered in one pass over its assignments: the last valid one of a kind
//! wins, lists add up, and some settings imply others.

use super::super::Unit;
use super::address::Addresses;
use super::device::{Credentials, DevicePolicy, has_image, is_device};
use super::restriction::{Families, Namespaces, capabilities};
use super::syscall::Filter;
use super::word::{Quotes, Words, components, expand, is_absolute, mode};
use crate::format::unit::names;
use crate::format::unit::number::boolean;

/// The assignment that something comes from, as an index; `None` for systemd's default.
pub(super) type Origin = Option<u32>;

/// A value in effect and where it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effective<T> {
    pub(super) value: T,
    pub(super) from: Origin,
}

impl<T> Effective<T> {
    fn default_of(value: T) -> Self {
        Self { value, from: None }
    }

    fn set(&mut self, value: T, from: Origin) {
        *self = Self { value, from };
    }

    /// Sets what could be read; what could not leaves the value as it was.
    fn set_valid(&mut self, value: Option<T>, from: Origin) {
        if let Some(value) = value {
            self.set(value, from);
        }
    }

    /// Changes a value that adds up.
    fn update(&mut self, change: impl FnOnce(&mut T), from: Origin) {
        change(&mut self.value);
        self.from = from;
    }
}

macro_rules! flags {
    ($($flag:ident)*) => {
        /// A setting that is on or off, named like its key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Flag { $($flag),* }

        /// All flags with their keys, in the order of the enum.
        static FLAGS: &[(&str, Flag)] = &[$((stringify!($flag), Flag::$flag)),*];
        const FLAG_COUNT: usize = [$(stringify!($flag)),*].len();
    };
}

flags! {
    DefaultDependencies DynamicUser LockPersonality MemoryDenyWriteExecute NoNewPrivileges
    PrivateDevices PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProtectClock
    ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules
    ProtectKernelTunables RemoveIPC RestrictRealtime RestrictSUIDSGID
}

/// Who a service runs as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Account {
    /// Nothing is said: root, unless the user is dynamic.
    #[default]
    Unset,
    /// Root by name or number.
    Root,
    /// The user that owns nothing, and should not own services.
    Nobody,
    /// Any other.
    Other,
}

impl Account {
    fn named(name: &str) -> Self {
        match name {
            "" => Self::Unset,
            "root" | "0" => Self::Root,
            "nobody" => Self::Nobody,
            _ => Self::Other,
        }
    }
}

/// What is in effect for a service, as far as the score asks.
///
/// Where a setting has only a few values, what is kept is how bad the one in effect is.
#[derive(Clone, Debug, Default)]
pub(super) struct Context<'a> {
    flags: [Effective<bool>; FLAG_COUNT],
    pub(super) account: Effective<Account>,
    pub(super) has_groups: Effective<bool>,
    pub(super) home: Effective<u32>,
    pub(super) system: Effective<u32>,
    pub(super) root_directory: Effective<bool>,
    pub(super) root_image: Effective<bool>,
    /// Capabilities before settings that take some away.
    pub(super) bounding: Effective<u64>,
    pub(super) ambient: Effective<u64>,
    pub(super) umask: Effective<u32>,
    pub(super) keyring: Effective<u32>,
    pub(super) proc: Effective<u32>,
    pub(super) proc_subset: Effective<u32>,
    pub(super) notify: Effective<u32>,
    pub(super) delegate: Effective<bool>,
    pub(super) namespaces: Effective<Namespaces>,
    pub(super) families: Effective<Families>,
    /// One bit for each architecture of the table.
    pub(super) architectures: Effective<u32>,
    pub(super) filter: Effective<Filter>,
    pub(super) denied: Effective<Addresses>,
    pub(super) allowed: Effective<Addresses>,
    pub(super) ingress: Effective<bool>,
    pub(super) egress: Effective<bool>,
    pub(super) device_policy: Effective<DevicePolicy>,
    pub(super) has_devices: Effective<bool>,
    /// Whether there is an image for the root directory, be it only `/`.
    has_root_image: Effective<bool>,
    has_mount_images: Effective<bool>,
    loaded: Effective<Credentials<'a>>,
    given: Effective<Credentials<'a>>,
}

/// The bits of `UMask=` that take something away from others and the group, and how bad it is if
/// one is missing.
const UMASKS: [(u32, u32); 4] = [(0o002, 10), (0o004, 5), (0o020, 2), (0o040, 1)];

/// How bad a mask for new files is.
fn umask_badness(mask: u32) -> u32 {
    UMASKS
        .iter()
        .find(|(bit, _)| mask & bit == 0)
        .map_or(0, |(_, badness)| *badness)
}

/// The value of a word in a table.
fn pick<T: Copy>(text: &str, table: &[(&str, T)]) -> Option<T> {
    table
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| *value)
}

impl<'a> Context<'a> {
    /// Gathers what is in effect in a unit for a version of systemd.
    pub(super) fn of(unit: &'a Unit, version: u16) -> Self {
        let mut context = Self {
            home: Effective::default_of(10),
            system: Effective::default_of(10),
            bounding: Effective::default_of(u64::MAX),
            umask: Effective::default_of(umask_badness(0o022)),
            // A service of a user shares the keyring that the user's manager was given.
            keyring: Effective::default_of(u32::from(unit.is_user)),
            proc: Effective::default_of(3),
            proc_subset: Effective::default_of(1),
            ..Self::default()
        };
        context.flag_mut(Flag::DefaultDependencies).value = true;
        // Since 254 "not said" is a third state, which counts as set where the unit does not run.
        context.flag_mut(Flag::PrivateMounts).value = version >= 254;
        for (index, assignment) in (0..).zip(&unit.assignments) {
            let from = Some(index);
            match (&*assignment.section, &*assignment.key) {
                ("Unit", "DefaultDependencies") => context
                    .flag_mut(Flag::DefaultDependencies)
                    .set_valid(boolean(&assignment.value), from),
                ("Service", key) => context.apply(unit, version, key, &assignment.value, from),
                _ => {}
            }
        }
        context.imply(&unit.name);
        context
    }

    /// A setting that is on or off.
    pub(super) fn flag(&self, flag: Flag) -> Effective<bool> {
        self.flags[flag as usize]
    }

    fn flag_mut(&mut self, flag: Flag) -> &mut Effective<bool> {
        &mut self.flags[flag as usize]
    }

    /// Whether a service runs as root, so that rules about its user do not apply.
    pub(super) fn is_root(&self) -> bool {
        match self.account.value {
            Account::Root => true,
            Account::Unset => !self.flag(Flag::DynamicUser).value,
            Account::Nobody | Account::Other => false,
        }
    }

    /// The capabilities that flags take away, and the flags.
    pub(super) fn dropped(&self) -> impl Iterator<Item = (u64, Origin)> {
        const DROPPED: [(Flag, u64); 4] = [
            (
                Flag::PrivateDevices,
                names::capabilities(&["MKNOD", "SYS_RAWIO"]),
            ),
            (
                Flag::ProtectKernelModules,
                names::capabilities(&["SYS_MODULE"]),
            ),
            (Flag::ProtectKernelLogs, names::capabilities(&["SYSLOG"])),
            (
                Flag::ProtectClock,
                names::capabilities(&["SYS_TIME", "WAKE_ALARM"]),
            ),
        ];
        DROPPED
            .into_iter()
            .map(|(flag, bits)| (self.flag(flag), bits))
            .filter(|(flag, _)| flag.value)
            .map(|(flag, bits)| (bits, flag.from))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each key")]
    fn apply(&mut self, unit: &Unit, version: u16, key: &str, value: &'a str, from: Origin) {
        match key {
            "User" => {
                let name = expand(value, &unit.name);
                self.account
                    .set_valid(name.as_deref().map(Account::named), from);
            }
            // Names that are not valid make systemd refuse the unit.
            "SupplementaryGroups" => self.has_groups.set(!value.is_empty(), from),
            "ProtectHome" => {
                let words = [("read-only", 5), ("tmpfs", 1)];
                let truth = boolean(value).map(|truth| if truth { 0 } else { 10 });
                self.home
                    .set_valid(truth.or_else(|| pick(value, &words)), from);
            }
            "ProtectSystem" => {
                let words = [("full", 3), ("strict", 0)];
                let truth = boolean(value).map(|truth| if truth { 5 } else { 10 });
                self.system
                    .set_valid(truth.or_else(|| pick(value, &words)), from);
            }
            "RootDirectory" | "RootImage" => {
                let path = expand(value, &unit.name);
                let has_root = path.map(|path| components(&path).next().is_some());
                if key == "RootDirectory" {
                    self.root_directory.set_valid(has_root, from);
                } else {
                    self.root_image.set_valid(has_root, from);
                    self.has_root_image.set(!value.is_empty(), from);
                }
            }
            "MountImages" => {
                let has_images = self.has_mount_images.value && !value.is_empty();
                let has_images = has_images || has_image(value, &unit.name);
                self.has_mount_images.set(has_images, from);
            }
            "CapabilityBoundingSet" => {
                let bounding = capabilities(self.bounding.value, u64::MAX, value, version);
                self.bounding.set(bounding, from);
            }
            "AmbientCapabilities" => {
                let ambient = capabilities(self.ambient.value, 0, value, version);
                self.ambient.set(ambient, from);
            }
            "UMask" => self.umask.set_valid(mode(value).map(umask_badness), from),
            "KeyringMode" => {
                let words = [("private", 0), ("shared", 1), ("inherit", 1)];
                self.keyring.set_valid(pick(value, &words), from);
            }
            "ProtectProc" => {
                let words = [
                    ("default", 3),
                    ("noaccess", 1),
                    ("invisible", 0),
                    ("ptraceable", 0),
                ];
                self.proc.set_valid(pick(value, &words), from);
            }
            "ProcSubset" => {
                let words = [("all", 1), ("pid", 0)];
                self.proc_subset.set_valid(pick(value, &words), from);
            }
            "NotifyAccess" => {
                let words = [("none", 0), ("main", 0), ("exec", 0), ("all", 1)];
                self.notify.set_valid(pick(value, &words), from);
            }
            "Delegate" => self.delegate(value, from),
            "RestrictNamespaces" => self
                .namespaces
                .set_valid(self.namespaces.value.with(value), from),
            "RestrictAddressFamilies" => self.families.update(|list| list.apply(value), from),
            "SystemCallArchitectures" => self.architectures(value, from),
            "SystemCallFilter" => self.filter.update(|filter| filter.apply(value), from),
            "IPAddressDeny" => self.denied.update(|list| list.apply(value), from),
            "IPAddressAllow" => self.allowed.update(|list| list.apply(value), from),
            "IPIngressFilterPath" | "IPEgressFilterPath" => {
                let path = expand(value, &unit.name);
                let is_valid = value.is_empty() || path.is_some_and(|path| is_absolute(&path));
                let has_filter = is_valid.then_some(!value.is_empty());
                match key {
                    "IPIngressFilterPath" => self.ingress.set_valid(has_filter, from),
                    _ => self.egress.set_valid(has_filter, from),
                }
            }
            "DevicePolicy" => {
                let words = [
                    ("auto", DevicePolicy::Auto),
                    ("closed", DevicePolicy::Closed),
                    ("strict", DevicePolicy::Strict),
                ];
                self.device_policy.set_valid(pick(value, &words), from);
            }
            "DeviceAllow" => {
                let has_devices = is_device(value, &unit.name).then_some(true);
                let has_devices = has_devices.or(value.is_empty().then_some(false));
                self.has_devices.set_valid(has_devices, from);
            }
            "LoadCredential" | "LoadCredentialEncrypted" => {
                let is_encrypted = key == "LoadCredentialEncrypted";
                let load = |list: &mut Credentials<'a>| list.load(value, &unit.name, is_encrypted);
                self.loaded.update(load, from);
            }
            "SetCredential" | "SetCredentialEncrypted" => {
                let is_encrypted = key == "SetCredentialEncrypted";
                let set = |list: &mut Credentials<'a>| list.set(value, &unit.name, is_encrypted);
                self.given.update(set, from);
            }
            // This one is a setting of [Unit].
            "DefaultDependencies" => {}
            key => {
                if let Some(flag) = pick(key, FLAGS) {
                    self.set_flag(flag, version, value, from);
                }
            }
        }
    }

    fn set_flag(&mut self, flag: Flag, version: u16, value: &str, from: Origin) {
        let is_on = match flag {
            // Newer versions know more than on and off.
            Flag::PrivateTmp if version >= 257 && value == "disconnected" => Some(true),
            Flag::PrivateUsers if version >= 257 && matches!(value, "self" | "identity") => {
                Some(true)
            }
            Flag::ProtectControlGroups
                if version >= 257 && matches!(value, "private" | "strict") =>
            {
                Some(true)
            }
            Flag::PrivateMounts if version >= 254 && value.is_empty() => Some(true),
            _ => boolean(value),
        };
        self.flag_mut(flag).set_valid(is_on, from);
    }

    fn delegate(&mut self, value: &str, from: Origin) {
        // Anything but a truth value is a list of controllers; even unknown ones turn it on.
        let mut words = Words::new(value, Quotes::Removed);
        let is_readable = words.all(|word| word.is_ok());
        let delegates = boolean(value).or(is_readable.then_some(true));
        self.delegate.set_valid(delegates, from);
    }

    fn architectures(&mut self, value: &str, from: Origin) {
        if value.is_empty() {
            self.architectures.value = 0;
        }
        for word in Words::new(value, Quotes::Removed).map_while(Result::ok) {
            let number = names::ARCHITECTURES.iter().position(|name| *name == word);
            if let Some(number) = number {
                self.architectures.value |= 1 << number;
            }
        }
        self.architectures.from = from;
    }

    /// What settings bring with them, which systemd adds after all lines are read.
    fn imply(&mut self, unit: &str) {
        let dynamic = self.flag(Flag::DynamicUser);
        if dynamic.value {
            if self.account.value == Account::Unset {
                // The user is named like the unit.
                let stem = unit.rsplit_once('.').map_or(unit, |(stem, _)| stem);
                let name = stem.split_once('@').map_or(stem, |(prefix, _)| prefix);
                let account = match Account::named(name) {
                    named @ (Account::Root | Account::Nobody) if name != "0" => named,
                    _ => Account::Other,
                };
                self.account.set(account, dynamic.from);
            }
            for flag in [
                Flag::PrivateTmp,
                Flag::RemoveIPC,
                Flag::NoNewPrivileges,
                Flag::RestrictSUIDSGID,
            ] {
                if !self.flag(flag).value {
                    *self.flag_mut(flag) = dynamic;
                }
            }
            if self.system.value > 0 {
                self.system.set(0, dynamic.from);
            }
            if self.home.value > 5 {
                self.home.set(5, dynamic.from);
            }
        }
        let devices = self.flag(Flag::PrivateDevices);
        if devices.value && self.device_policy.value == DevicePolicy::Auto {
            self.device_policy.set(DevicePolicy::Closed, devices.from);
        }
        self.imply_devices();
    }

    /// Devices that other settings need, and that are let through where others are not.
    fn imply_devices(&mut self) {
        if self.has_devices.value || self.device_policy.value == DevicePolicy::Auto {
            return;
        }
        // What brings the devices, and from where.
        let causes = [
            (self.has_root_image.value, self.has_root_image.from),
            (self.has_mount_images.value, self.has_mount_images.from),
            (
                self.flag(Flag::ProtectClock).value,
                self.flag(Flag::ProtectClock).from,
            ),
            (self.loaded.value.are_any_encrypted(), self.loaded.from),
            (self.given.value.are_any_encrypted(), self.given.from),
        ];
        if let Some((_, from)) = causes.into_iter().find(|(is_cause, _)| *is_cause) {
            self.has_devices.set(true, from);
        }
    }
}
