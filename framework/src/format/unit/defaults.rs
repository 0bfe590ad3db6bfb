//! Defaults of systemd 252 that are constants, so that a test can ask for `Restart` in a unit that
//! does not set it. What depends on the machine or its configuration is left out.

use std::sync::OnceLock;

use super::effective::Setting;
use super::kind::Kind;
use super::{Unit, keys, number, scales};
use crate::scale::{Amount, Scale};

/// Keys, sorted, with the values as they could be written.
type Table = &'static [(&'static str, &'static str)];

/// In `[Unit]`, for the types that are started.
const UNIT: Table = &[
    ("AllowIsolate", "no"),
    ("CollectMode", "inactive"),
    ("DefaultDependencies", "yes"),
    ("FailureAction", "none"),
    ("JobTimeoutAction", "none"),
    ("OnFailureJobMode", "replace"),
    ("OnSuccessJobMode", "fail"),
    ("RefuseManualStart", "no"),
    ("RefuseManualStop", "no"),
    ("StartLimitAction", "none"),
    ("StartLimitBurst", "5"),
    ("StartLimitIntervalSec", "10s"),
    ("StopWhenUnneeded", "no"),
    ("SuccessAction", "none"),
];

const SERVICE: Table = &[
    ("ExitType", "main"),
    ("FileDescriptorStoreMax", "0"),
    ("GuessMainPID", "yes"),
    ("NonBlocking", "no"),
    ("OOMPolicy", "stop"),
    ("PermissionsStartOnly", "no"),
    ("RemainAfterExit", "no"),
    ("Restart", "no"),
    ("RestartSec", "100ms"),
    ("RootDirectoryStartOnly", "no"),
    ("RuntimeMaxSec", "infinity"),
    ("TimeoutStartFailureMode", "terminate"),
    ("TimeoutStopFailureMode", "terminate"),
    ("TimeoutStopSec", "90s"),
    ("WatchdogSec", "0"),
];

/// In the section of every type that runs processes.
const PROCESS: Table = &[
    ("DynamicUser", "no"),
    ("FinalKillSignal", "SIGKILL"),
    ("IgnoreSIGPIPE", "yes"),
    ("KillMode", "control-group"),
    ("KillSignal", "SIGTERM"),
    ("LockPersonality", "no"),
    ("MemoryDenyWriteExecute", "no"),
    ("MemoryHigh", "infinity"),
    ("MemoryMax", "infinity"),
    ("MemorySwapMax", "infinity"),
    ("NoNewPrivileges", "no"),
    ("PrivateDevices", "no"),
    ("PrivateIPC", "no"),
    ("PrivateMounts", "no"),
    ("PrivateNetwork", "no"),
    ("PrivateTmp", "no"),
    ("PrivateUsers", "no"),
    ("ProcSubset", "all"),
    ("ProtectClock", "no"),
    ("ProtectControlGroups", "no"),
    ("ProtectHome", "no"),
    ("ProtectHostname", "no"),
    ("ProtectKernelLogs", "no"),
    ("ProtectKernelModules", "no"),
    ("ProtectKernelTunables", "no"),
    ("ProtectProc", "default"),
    ("ProtectSystem", "no"),
    ("RemoveIPC", "no"),
    ("RestrictNamespaces", "no"),
    ("RestrictRealtime", "no"),
    ("RestrictSUIDSGID", "no"),
    ("SendSIGHUP", "no"),
    ("SendSIGKILL", "yes"),
    ("StandardInput", "null"),
    ("SyslogLevelPrefix", "yes"),
    ("UMask", "0022"),
    ("WatchdogSignal", "SIGABRT"),
];

const TIMER: Table = &[
    ("AccuracySec", "1min"),
    ("FixedRandomDelay", "no"),
    ("OnClockChange", "no"),
    ("OnTimezoneChange", "no"),
    ("Persistent", "no"),
    ("RandomizedDelaySec", "0"),
    ("RemainAfterElapse", "yes"),
    ("WakeSystem", "no"),
];

const JOURNAL: Table = &[
    ("Audit", "yes"),
    ("Compress", "yes"),
    ("ForwardToConsole", "no"),
    ("ForwardToKMsg", "no"),
    ("ForwardToWall", "yes"),
    ("LineMax", "48K"),
    ("MaxFileSec", "1month"),
    ("MaxRetentionSec", "0"),
    ("RateLimitBurst", "10000"),
    ("RateLimitIntervalSec", "30s"),
    ("ReadKMsg", "yes"),
    ("RuntimeMaxFiles", "100"),
    ("Seal", "yes"),
    ("SplitMode", "uid"),
    ("Storage", "auto"),
    ("SyncIntervalSec", "5min"),
    ("SystemMaxFiles", "100"),
];

/// The settings whose defaults only follow from others.
const DERIVED: &[&str] = &["NotifyAccess", "TimeoutStartSec", "Type", "User"];

/// A default as it is shown.
pub(super) struct Row {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    /// The value; `None` if it only follows from other settings.
    pub(super) value: Option<&'static str>,
    pub(super) scale: Option<&'static Scale>,
}

/// The tables of a type: that of `[Unit]` and those of its own section.
fn tables(kind: Kind) -> (Table, &'static [Table]) {
    match kind {
        Kind::Service => (UNIT, &[SERVICE, PROCESS]),
        Kind::Socket | Kind::Mount | Kind::Swap => (UNIT, &[PROCESS]),
        Kind::Timer => (UNIT, &[TIMER]),
        Kind::Journald => (&[], &[JOURNAL]),
        _ => (UNIT, &[]),
    }
}

/// The default of a setting of a unit, if it is a constant. What depends on other settings of the
/// unit is looked up there.
pub(super) fn of(unit: &Unit, section: &str, name: &str) -> Option<&'static str> {
    if let Some(value) = special(unit, section, name) {
        return Some(value);
    }
    let (general, own) = tables(unit.kind);
    let find = |rows: &Table| {
        let index = rows.binary_search_by(|(key, _)| (*key).cmp(name)).ok()?;
        Some(rows[index].1)
    };
    if section == "Unit" {
        find(&general)
    } else if section == unit.kind.section() {
        own.iter().find_map(find)
    } else {
        None
    }
}

/// All defaults of a type, made once.
pub(super) fn all(kind: Kind) -> &'static [Row] {
    static ROWS: [OnceLock<Vec<Row>>; Kind::COUNT] = [const { OnceLock::new() }; Kind::COUNT];
    let made = |kind: Kind| {
        let (general, own) = tables(kind);
        let section = kind.section();
        let row = |section: &'static str, name: &'static str, value: Option<&'static str>| Row {
            section,
            name,
            value,
            scale: keys::find(section, name).and_then(|key| scales::of(key.reader)),
        };
        let mut rows: Vec<Row> = general
            .iter()
            .map(|(name, value)| row("Unit", name, Some(value)))
            .collect();
        for (name, value) in own.iter().copied().flatten() {
            rows.push(row(section, name, Some(value)));
        }
        rows.extend(DERIVED.iter().map(|name| row(section, name, None)));
        rows
    };
    match ROWS.get(kind as usize) {
        Some(rows) => rows.get_or_init(|| made(kind)),
        None => &[],
    }
}

/// What follows from other settings.
pub(super) fn special(unit: &Unit, section: &str, name: &str) -> Option<&'static str> {
    let own = unit.kind.section();
    if section != own || matches!(unit.kind, Kind::Journald | Kind::Timer) {
        return None;
    }
    let has = |name: &str| unit.setting(own, name).is_some();
    let is_dynamic = || unit.is_true(own, "DynamicUser");
    match (unit.kind, name) {
        (Kind::Service | Kind::Socket | Kind::Mount | Kind::Swap, "User") => {
            (!unit.is_user && !is_dynamic()).then_some("root")
        }
        (Kind::Service | Kind::Socket | Kind::Mount | Kind::Swap, _)
            if has("DynamicUser") && is_dynamic() && is_implied(name) =>
        {
            Some(match name {
                "ProtectSystem" => "strict",
                "ProtectHome" => "read-only",
                _ => "yes",
            })
        }
        (Kind::Service, "Type") => Some(if has("BusName") {
            "dbus"
        } else if has("ExecStart") || unit.is_fragment {
            "simple"
        } else {
            "oneshot"
        }),
        (Kind::Service, "TimeoutStartSec") => {
            let is_oneshot = unit.effective(own, "Type") == Some("oneshot");
            Some(if is_oneshot { "infinity" } else { "90s" })
        }
        (Kind::Service, "NotifyAccess") => {
            let is_above_zero = |name: &str| {
                unit.amount(own, name)
                    .is_some_and(|amount| !amount.is_same(&Amount::Number(0)))
            };
            let is_notified = unit.effective(own, "Type") == Some("notify")
                || is_above_zero("WatchdogSec")
                || is_above_zero("FileDescriptorStoreMax");
            Some(if is_notified { "main" } else { "none" })
        }
        (Kind::Service, "OOMPolicy") => {
            let delegate = unit.setting(own, "Delegate").and_then(Setting::text);
            let is_delegated = delegate.is_some_and(|value| number::boolean(value) != Some(false));
            Some(if is_delegated { "continue" } else { "stop" })
        }
        _ => None,
    }
}

/// What `DynamicUser=yes` switches on.
fn is_implied(name: &str) -> bool {
    matches!(
        name,
        "PrivateTmp"
            | "RemoveIPC"
            | "NoNewPrivileges"
            | "RestrictSUIDSGID"
            | "ProtectSystem"
            | "ProtectHome"
    )
}
