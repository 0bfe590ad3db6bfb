//! What Landlock is asked for, and which of it the running kernel has.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, Scope,
};

/// The newest version whose rights are known here. An older kernel leaves out what it does not have.
const KNOWN: ABI = ABI::V10;

/// What everyone may write to: these keep nothing, and belong to nobody.
const DEVICES: [&str; 7] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
];

/// What Landlock keeps from the calling thread and from what it starts.
#[derive(Debug, Default)]
pub(super) struct Landlocked {
    pub(super) writes: bool,
    pub(super) tcp: bool,
    pub(super) signals: bool,
    pub(super) missing: Vec<String>,
}

/// Confines the calling thread for good: nothing outside `writable` can be written, and there is no
/// TCP if `tcp` is to be denied.
pub(super) fn restrict(writable: &[PathBuf], tcp: bool) -> Result<Landlocked, String> {
    let status =
        apply(writable, tcp).map_err(|error| format!("Landlock refuses the folders: {error}"))?;
    let version = match status {
        LandlockStatus::Available { effective_abi, .. } => effective_abi,
        LandlockStatus::NotEnabled => {
            return Ok(absent("Landlock is not enabled in this kernel"));
        }
        LandlockStatus::NotImplemented => {
            return Ok(absent("this kernel has no Landlock (Linux 5.13)"));
        }
    };
    let lacks = |least: ABI, what: &str| (version < least).then(|| what.to_owned());
    let missing = [
        lacks(
            ABI::V3,
            "lengths of files: this Landlock cannot deny truncation (Linux 6.2)",
        ),
        lacks(ABI::V4, "TCP: this Landlock knows no network (Linux 6.7)").filter(|_| tcp),
        lacks(
            ABI::V6,
            "signals: this Landlock does not scope them (Linux 6.12)",
        ),
    ];
    Ok(Landlocked {
        writes: true,
        tcp: tcp && version >= ABI::V4,
        signals: version >= ABI::V6,
        missing: missing.into_iter().flatten().collect(),
    })
}

fn absent(why: &str) -> Landlocked {
    Landlocked {
        missing: vec![why.to_owned()],
        ..Landlocked::default()
    }
}

fn apply(writable: &[PathBuf], tcp: bool) -> Result<LandlockStatus, RulesetError> {
    let all = AccessFs::from_write(KNOWN);
    // A device that root makes in its workspace is a way to the disk beneath.
    let inside = all & !(AccessFs::MakeBlock | AccessFs::MakeChar);
    let mut ruleset = Ruleset::default()
        .handle_access(all)?
        .scope(Scope::from_all(KNOWN))?;
    if tcp {
        ruleset = ruleset.handle_access(AccessNet::from_all(KNOWN))?;
    }
    let mut ruleset = ruleset.create()?;
    for folder in writable {
        ruleset = allow(ruleset, folder, inside)?;
    }
    let device = all & AccessFs::from_file(KNOWN);
    for path in DEVICES.map(Path::new) {
        if path.exists() {
            ruleset = allow(ruleset, path, device)?;
        }
    }
    Ok(ruleset.restrict_self()?.landlock)
}

fn allow<T: RulesetCreatedAttr>(
    ruleset: T,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<T, RulesetError> {
    match PathFd::new(path) {
        Ok(opened) => ruleset.add_rule(PathBeneath::new(opened, access)),
        // What cannot be opened cannot be allowed, and so stays closed.
        Err(_) => Ok(ruleset),
    }
}
