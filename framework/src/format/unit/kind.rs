//! The types of units, by the end of their names, and the sections that each knows.

/// The type of a unit. Journald's configuration is read by the same parser and counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `*.automount`.
    Automount,
    /// `*.device`.
    Device,
    /// `*.mount`.
    Mount,
    /// `*.path`.
    Path,
    /// `*.scope`.
    Scope,
    /// `*.service`.
    Service,
    /// `*.slice`.
    Slice,
    /// `*.socket`.
    Socket,
    /// `*.swap`.
    Swap,
    /// `*.target`.
    Target,
    /// `*.timer`.
    Timer,
    /// `journald.conf`.
    Journald,
}

/// The types with the ends of their names and their own sections.
const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::Automount, "automount", "Automount"),
    (Kind::Device, "device", "Device"),
    (Kind::Mount, "mount", "Mount"),
    (Kind::Path, "path", "Path"),
    (Kind::Scope, "scope", "Scope"),
    (Kind::Service, "service", "Service"),
    (Kind::Slice, "slice", "Slice"),
    (Kind::Socket, "socket", "Socket"),
    (Kind::Swap, "swap", "Swap"),
    (Kind::Target, "target", "Target"),
    (Kind::Timer, "timer", "Timer"),
    (Kind::Journald, "", "Journal"),
];

impl Kind {
    /// How many there are.
    pub(super) const COUNT: usize = KINDS.len();

    /// The type of a unit's name; `None` if it is not one.
    pub(super) fn of_unit(name: &str) -> Option<Self> {
        let (stem, suffix) = name.rsplit_once('.')?;
        if stem.is_empty() || stem.starts_with('@') {
            return None;
        }
        Self::of_type(suffix)
    }

    /// The type that is called so: `service`.
    pub(super) fn of_type(suffix: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|(kind, end, _)| *kind != Self::Journald && *end == suffix)
            .map(|(kind, _, _)| *kind)
    }

    /// How names of this type end, without the dot.
    pub fn suffix(self) -> &'static str {
        self.row().1
    }

    /// The section that only this type has.
    pub fn section(self) -> &'static str {
        self.row().2
    }

    /// Whether systemd reads a section in files of this type.
    pub(super) fn has_section(self, name: &str) -> bool {
        self.sections().any(|section| section == name)
    }

    /// The sections that a file of this type can have.
    pub(super) fn sections(self) -> impl Iterator<Item = &'static str> {
        let common: &[&str] = match self {
            Self::Journald => &[],
            _ => &["Unit", "Install"],
        };
        std::iter::once(self.section()).chain(common.iter().copied())
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        let found = KINDS.iter().find(|(kind, _, _)| *kind == self);
        found.unwrap_or(&KINDS[0])
    }
}
