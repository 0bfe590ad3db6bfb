//! The mounts that a unit asks for, as a list with one entry for a path, sorted from the root down.

use super::home::{Resolved, plain, specifiers};
use crate::document::Place;
use crate::format::unit::extract::{Flags, PLAIN, UNQUOTE, Word, Words};
use crate::format::unit::{Element, Unit, number, values};
use crate::path::is_at_or_below;

/// What becomes of a path. Of several settings for one path the first of these holds, as in the
/// `MountMode` of systemd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Inaccessible,
    Overlay,
    Bind,
    PrivateTmp,
    PrivateDevices,
    Empty,
    ReadOnly,
    ReadWrite,
    NoExec,
    Exec,
    Temporary,
    Implicit,
}

impl Mode {
    /// Whether systemd changes what is at the path, so that something has to be there.
    pub(super) fn needs_path(self) -> bool {
        matches!(
            self,
            Self::Inaccessible | Self::ReadOnly | Self::ReadWrite | Self::NoExec | Self::Exec
        )
    }

    /// Whether nothing is left of what was at the path.
    pub(super) fn empties(self) -> bool {
        matches!(
            self,
            Self::PrivateTmp | Self::PrivateDevices | Self::Empty | Self::Temporary
        )
    }
}

/// What kind of setting has asked for a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// None: systemd does it whenever there is a sandbox.
    Always,
    /// `ProtectHome=`.
    Home,
    /// `ProtectSystem=`.
    System,
    /// What `DynamicUser=` brings with it.
    Dynamic,
    /// A setting that is on or off.
    Flag,
    /// A setting with a list of paths, by its name.
    List(&'static str),
}

/// The setting that a mount comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) kind: By,
    pub(super) setting: String,
    pub(super) place: Option<Place>,
}

/// A path that the sandbox changes.
#[derive(Clone, Debug)]
pub(super) struct Mount {
    pub(super) path: String,
    pub(super) mode: Mode,
    pub(super) is_read_only: bool,
    /// Whether nothing happens if there is no such path.
    pub(super) is_optional: bool,
    /// The options of a temporary file system that a unit asks for.
    pub(super) options: Option<String>,
    pub(super) by: Origin,
    /// What makes it read-only, where that is another setting for the same path.
    pub(super) read_only_by: Option<Origin>,
}

/// What a private `/dev` takes over from that of the host.
const KEPT_DEVICES: &[&str] = &["/dev/shm", "/dev/pts", "/dev/mqueue", "/dev/hugepages"];

impl Mount {
    fn new(path: &str, mode: Mode, by: &Origin) -> Self {
        Self {
            path: plain(path),
            mode,
            is_read_only: matches!(mode, Mode::Inaccessible | Mode::Overlay | Mode::ReadOnly),
            is_optional: true,
            options: None,
            by: by.clone(),
            read_only_by: None,
        }
    }

    /// Whether a path stays what it is on the host although what is around it is replaced.
    pub(super) fn keeps(&self, path: &str) -> bool {
        let mut kept = KEPT_DEVICES.iter();
        self.mode == Mode::PrivateDevices && kept.any(|kept| is_at_or_below(path, kept))
    }
}

/// All that a unit asks for.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    /// One for each path, a folder before what is in it.
    pub(super) list: Vec<Mount>,
    /// Another root directory.
    pub(super) root: Option<Origin>,
    /// What could forbid writing to paths that begin so: the rest of the path is not known.
    pub(super) doubts: Vec<(String, Origin)>,
}

/// What `ProtectHome=` is about.
const HOMES: &[&str] = &["/home", "/run/user", "/root"];

/// What `ProtectSystem=yes` is about, `full`, and what `strict` leaves to other settings.
const SYSTEM: &[&str] = &["/usr", "/boot", "/efi", "/bin", "/lib", "/lib64", "/sbin"];
const SYSTEM_FULL: &[&str] = &["/etc"];
const NOT_STRICT: &[&str] = &["/proc", "/sys", "/dev", "/home", "/run/user", "/root"];

/// The settings that are on or off with the paths that they change.
const FLAGS: &[(&str, Mode, &[&str])] = &[
    ("PrivateTmp", Mode::PrivateTmp, &["/tmp", "/var/tmp"]),
    ("PrivateDevices", Mode::PrivateDevices, &["/dev"]),
    (
        "ProtectKernelTunables",
        Mode::ReadOnly,
        &[
            "/proc/acpi",
            "/proc/apm",
            "/proc/asound",
            "/proc/bus",
            "/proc/fs",
            "/proc/irq",
            "/proc/latency_stats",
            "/proc/mtrr",
            "/proc/scsi",
            "/proc/sys",
            "/proc/sysrq-trigger",
            "/proc/timer_stats",
            "/sys",
            "/sys/fs/bpf",
            "/sys/kernel/debug",
            "/sys/kernel/tracing",
        ],
    ),
    (
        "ProtectKernelTunables",
        Mode::Inaccessible,
        &["/proc/kallsyms", "/proc/kcore"],
    ),
    (
        "ProtectKernelTunables",
        Mode::Implicit,
        &["/sys/fs/cgroup", "/sys/fs/selinux"],
    ),
    (
        "ProtectKernelModules",
        Mode::Inaccessible,
        &["/lib/modules", "/usr/lib/modules"],
    ),
    (
        "ProtectKernelLogs",
        Mode::Inaccessible,
        &["/proc/kmsg", "/dev/kmsg"],
    ),
    ("ProtectControlGroups", Mode::ReadOnly, &["/sys/fs/cgroup"]),
    (
        "ProtectHostname",
        Mode::ReadOnly,
        &["/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname"],
    ),
];

/// The lists of paths.
const LISTS: &[(&str, Mode)] = &[
    ("ReadWritePaths", Mode::ReadWrite),
    ("ReadOnlyPaths", Mode::ReadOnly),
    ("InaccessiblePaths", Mode::Inaccessible),
    ("ExecPaths", Mode::Exec),
    ("NoExecPaths", Mode::NoExec),
];

/// Folders that systemd makes for the service, with the folder that they are in, and whether those
/// of a dynamic user are in its `private`.
const DIRECTORIES: &[(&str, &str, bool)] = &[
    ("RuntimeDirectory", "/run", false),
    ("StateDirectory", "/var/lib", true),
    ("CacheDirectory", "/var/cache", true),
    ("LogsDirectory", "/var/log", true),
    ("ConfigurationDirectory", "/etc", false),
];

impl Mounts {
    /// The mounts of a unit.
    pub(super) fn of(unit: &Unit) -> Self {
        let mut mounts = Self::default();
        let commands = unit.list("Service", "ExecStart");
        // A command with `+` is only spared what restricts it.
        let is_privileged = |command: &Element| values::prefix(&command.text).is_privileged;
        let is_spared = !commands.is_empty() && commands.iter().all(is_privileged);
        let dynamic = origin(unit, "DynamicUser", By::Dynamic);
        let dynamic = dynamic.filter(|_| unit.is_true("Service", "DynamicUser"));
        for (key, mode) in LISTS {
            if !is_spared || *mode == Mode::ReadWrite {
                mounts.add_list(unit, key, *mode);
            }
        }
        mounts.add_binds(unit);
        mounts.add_temporary(unit);
        if !is_spared {
            mounts.add_flags(unit, dynamic.as_ref());
            mounts.add_home(unit, dynamic.as_ref());
            mounts.add_system(unit, dynamic.as_ref());
        }
        mounts.add_images(unit);
        mounts.add_root(unit);
        if !mounts.list.is_empty() || dynamic.is_some() {
            mounts.add_directories(unit, dynamic.as_ref());
            let by = Origin {
                kind: By::Always,
                setting: String::new(),
                place: None,
            };
            let credentials = Mount::new("/run/credentials", Mode::Inaccessible, &by);
            mounts.list.push(credentials);
        }
        mounts.settle();
        mounts
    }

    /// Sorts the list and leaves one entry for each path.
    fn settle(&mut self) {
        // Components are compared, so that what is in a folder stands directly behind it.
        self.list.sort_by(|one, other| {
            let paths = one.path.split('/').cmp(other.path.split('/'));
            paths.then(one.mode.cmp(&other.mode))
        });
        self.list.dedup_by(|later, kept| {
            if later.path != kept.path {
                return false;
            }
            if later.is_read_only && !kept.is_read_only {
                kept.is_read_only = true;
                kept.read_only_by = Some(later.by.clone());
            }
            true
        });
    }

    /// A setting that needs a path which another one has covered, so that systemd does not start the
    /// service; and what covers it.
    pub(super) fn obstacle(&self) -> Option<(&Mount, &Mount)> {
        // The mounts on the way to the current one, each with what covers the paths below it.
        let mut way: Vec<(&Mount, Option<&Mount>)> = Vec::new();
        for mount in &self.list {
            let is_below = |folder: &Mount| crate::path::below(&mount.path, &folder.path).is_some();
            while way.last().is_some_and(|(folder, _)| !is_below(folder)) {
                way.pop();
            }
            let above = way.last().copied();
            if above.is_some_and(|(folder, _)| folder.mode == Mode::Inaccessible) {
                continue;
            }
            let cover = above.and_then(|(_, cover)| cover);
            let cover = cover.filter(|cover| !cover.keeps(&mount.path));
            let needs_path = mount.mode.needs_path() && !mount.is_optional;
            if let (true, Some(cover)) = (needs_path, cover) {
                return Some((mount, cover));
            }
            way.push(match mount.mode {
                mode if mode.empties() => (mount, Some(mount)),
                Mode::Bind | Mode::Overlay => (mount, None),
                _ => (mount, cover),
            });
        }
        None
    }

    fn add_list(&mut self, unit: &Unit, key: &'static str, mode: Mode) {
        for element in unit.list("Service", key) {
            let by = origin_of(key, element);
            let text = element.text.strip_prefix('-');
            let is_optional = text.is_some();
            let text = text.unwrap_or(&element.text);
            let text = text.strip_prefix('+').unwrap_or(text);
            let forbids = matches!(mode, Mode::ReadOnly | Mode::Inaccessible);
            if let Some(path) = self.path(unit, text, &by, forbids) {
                let mut mount = Mount::new(&path, mode, &by);
                mount.is_optional = is_optional;
                self.list.push(mount);
            }
        }
    }

    /// The path that a text means. What depends on the machine is kept in mind if it could forbid
    /// writing.
    fn path(&mut self, unit: &Unit, text: &str, by: &Origin, forbids: bool) -> Option<String> {
        match specifiers(unit, text) {
            Resolved::Known(path) => Some(path),
            Resolved::Begins(start) => {
                if forbids {
                    self.doubts.push((start, by.clone()));
                }
                None
            }
        }
    }

    fn add_binds(&mut self, unit: &Unit) {
        for (key, is_read_only) in [("BindPaths", false), ("BindReadOnlyPaths", true)] {
            for element in unit.list("Service", key) {
                let by = origin_of(key, element);
                // What is mounted over a path hides what is there, be it writable.
                let Some(path) =
                    destination(&element.text).and_then(|text| self.path(unit, &text, &by, true))
                else {
                    continue;
                };
                let mut mount = Mount::new(&path, Mode::Bind, &by);
                mount.is_read_only = is_read_only;
                self.list.push(mount);
            }
        }
    }

    fn add_temporary(&mut self, unit: &Unit) {
        let key = "TemporaryFileSystem";
        for element in unit.list("Service", key) {
            let by = origin_of(key, element);
            let (text, options) = element.text.split_once(':').unwrap_or((&element.text, ""));
            if let Some(path) = self.path(unit, text, &by, true) {
                let mut mount = Mount::new(&path, Mode::Temporary, &by);
                let last = options
                    .split(',')
                    .rfind(|option| matches!(*option, "ro" | "rw"));
                mount.is_read_only = last == Some("ro");
                mount.options = Some(options.to_owned());
                self.list.push(mount);
            }
        }
    }

    fn add_flags(&mut self, unit: &Unit, dynamic: Option<&Origin>) {
        for (key, mode, paths) in FLAGS {
            let mut by = origin(unit, key, By::Flag).filter(|_| unit.is_true("Service", key));
            if by.is_none() && *key == "PrivateTmp" {
                by = dynamic.cloned();
            }
            let Some(by) = by else {
                continue;
            };
            for path in *paths {
                let mut mount = Mount::new(path, *mode, &by);
                mount.is_read_only |= *mode == Mode::PrivateDevices;
                self.list.push(mount);
            }
        }
    }

    fn add_home(&mut self, unit: &Unit, dynamic: Option<&Origin>) {
        let Some((mode, by)) = home_mode(unit, dynamic) else {
            return;
        };
        for path in HOMES {
            let mut mount = Mount::new(path, mode, &by);
            mount.is_read_only = true;
            self.list.push(mount);
        }
    }

    fn add_system(&mut self, unit: &Unit, dynamic: Option<&Origin>) {
        let setting = unit.setting("Service", "ProtectSystem");
        let word = setting.and_then(|setting| setting.text()).unwrap_or("no");
        let own = origin(unit, "ProtectSystem", By::System);
        let (read_only, by): (&[&[&str]], _) = match (word, own, dynamic) {
            ("strict", Some(own), _) => (&[&["/"]], own),
            (_, _, Some(dynamic)) => (&[&["/"]], dynamic.clone()),
            ("full", Some(own), None) => (&[SYSTEM, SYSTEM_FULL], own),
            (word, Some(own), None) if number::boolean(word) == Some(true) => (&[SYSTEM], own),
            _ => return,
        };
        for path in read_only.iter().copied().flatten() {
            self.list.push(Mount::new(path, Mode::ReadOnly, &by));
            if *path == "/" {
                let spared = NOT_STRICT.iter();
                let spared = spared.map(|path| Mount::new(path, Mode::Implicit, &by));
                self.list.extend(spared);
            }
        }
    }

    fn add_images(&mut self, unit: &Unit) {
        for element in unit.list("Service", "MountImages") {
            let by = origin_of("MountImages", element);
            // The words of an element are not told apart here: any of its paths may be meant.
            self.doubts.push(("/".to_owned(), by));
        }
        for key in ["ExtensionImages", "ExtensionDirectories"] {
            if let Some(element) = unit.list("Service", key).first() {
                let by = origin_of(key, element);
                for path in ["/usr", "/opt"] {
                    self.list.push(Mount::new(path, Mode::Overlay, &by));
                }
            }
        }
    }

    fn add_root(&mut self, unit: &Unit) {
        for key in ["RootDirectory", "RootImage"] {
            let text = unit
                .setting("Service", key)
                .and_then(|setting| setting.text());
            if text.is_some_and(|text| plain(text) != "/" && !text.is_empty()) {
                self.root = origin(unit, key, By::Flag);
            }
        }
    }

    fn add_directories(&mut self, unit: &Unit, dynamic: Option<&Origin>) {
        // In the manager of a user they are elsewhere, in folders that variables name.
        if unit.is_user {
            return;
        }
        for (key, parent, has_private) in DIRECTORIES {
            let private = dynamic.filter(|_| *has_private);
            let elements = unit.list("Service", key);
            if let (Some(by), false) = (private, elements.is_empty()) {
                let mut mount = Mount::new(&format!("{parent}/private"), Mode::Empty, by);
                mount.is_read_only = true;
                self.list.push(mount);
            }
            for element in elements {
                let by = origin_of(key, element);
                for name in names(&element.text) {
                    let Some(name) = self.path(unit, &name, &by, false) else {
                        continue;
                    };
                    // The plain name is a link to the private folder then.
                    let private = private.map(|_| format!("{parent}/private/{name}"));
                    for path in private.into_iter().chain([format!("{parent}/{name}")]) {
                        self.list.push(Mount::new(&path, Mode::Bind, &by));
                    }
                }
            }
        }
    }
}

/// What becomes of the homes.
fn home_mode(unit: &Unit, dynamic: Option<&Origin>) -> Option<(Mode, Origin)> {
    let setting = unit.setting("Service", "ProtectHome");
    let word = setting.and_then(|setting| setting.text()).unwrap_or("no");
    let own = origin(unit, "ProtectHome", By::Home);
    match (word, own) {
        ("read-only", Some(own)) => Some((Mode::ReadOnly, own)),
        ("tmpfs", Some(own)) => Some((Mode::Temporary, own)),
        (word, Some(own)) if number::boolean(word) == Some(true) => Some((Mode::Inaccessible, own)),
        _ => dynamic.map(|dynamic| (Mode::ReadOnly, dynamic.clone())),
    }
}

/// Where a setting with one value comes from.
fn origin(unit: &Unit, key: &str, kind: By) -> Option<Origin> {
    let setting = unit.setting("Service", key)?;
    Some(Origin {
        kind,
        setting: format!("{key}={}", setting.text()?),
        place: Some(setting.place),
    })
}

/// Where an element of a list comes from.
fn origin_of(key: &'static str, element: &Element) -> Origin {
    Origin {
        kind: By::List(key),
        setting: format!("{key}={}", element.text),
        place: Some(element.place),
    }
}

/// Where `source:destination:options` is mounted.
fn destination(text: &str) -> Option<String> {
    const SEPARATORS: &str = ": \t\n\r";
    const EACH: Flags = Flags {
        each_separator: true,
        ..UNQUOTE
    };
    let mut words = Words::new(text);
    let source = words.next(SEPARATORS, EACH).ok().flatten()?.text();
    if words.is_behind(b':') {
        let destination = words.next(SEPARATORS, EACH).ok().flatten();
        return destination.as_ref().map(Word::text);
    }
    Some(source.strip_prefix('-').unwrap_or(&source).to_owned())
}

/// The folder `name` and its links of `name:link`.
fn names(text: &str) -> Vec<String> {
    const SEPARATED: Flags = Flags {
        unescape: true,
        unescape_separators: true,
        ..PLAIN
    };
    let mut words = Words::new(text);
    let mut names = Vec::new();
    while let Ok(Some(word)) = words.next(":", SEPARATED) {
        names.push(word.text());
    }
    names.retain(|name| !name.is_empty());
    names
}
