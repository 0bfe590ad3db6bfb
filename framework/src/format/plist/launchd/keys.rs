//! The keys of launchd.plist(5) with their types (the manual page of macOS 14; launchd-842 for those
//! that are still read but no longer documented).

/// What a value can be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `<string>`.
    Text,
    /// `<string>` that names a file or a folder.
    Path,
    /// `<integer>`.
    Integer,
    /// `<true/>` or `<false/>`.
    Boolean,
    /// `<array>` of values of one kind.
    Each(&'static Kind),
    /// `<dict>` with these keys.
    Keys(&'static [Key]),
    /// `<dict>` with any keys and values of these kinds.
    Named(&'static [Kind]),
    /// `<dict>` of whatever a subsystem understands.
    Anything,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kinds: &'static [Kind],
    /// Why it has no effect any more, if that is so.
    pub(super) obsolete: Option<&'static str>,
}

const fn key(name: &'static str, kinds: &'static [Kind]) -> Key {
    Key {
        name,
        kinds,
        obsolete: None,
    }
}

const fn obsolete(name: &'static str, kinds: &'static [Kind], why: &'static str) -> Key {
    Key {
        name,
        kinds,
        obsolete: Some(why),
    }
}

const TEXT: &[Kind] = &[Kind::Text];
const PATH: &[Kind] = &[Kind::Path];
const INTEGER: &[Kind] = &[Kind::Integer];
const BOOLEAN: &[Kind] = &[Kind::Boolean];
const TEXTS: &[Kind] = &[Kind::Each(&Kind::Text)];
const PATHS: &[Kind] = &[Kind::Each(&Kind::Path)];
const LIMITS: &[Kind] = &[Kind::Keys(RESOURCE_LIMITS)];
const BOOLEANS: &[Kind] = &[Kind::Named(BOOLEAN)];
const GONE: &str = "launchd no longer implements it";

/// The keys of a job.
pub(super) static JOB: &[Key] = &[
    key("AbandonProcessGroup", BOOLEAN),
    key(
        "AssociatedBundleIdentifiers",
        &[Kind::Text, Kind::Each(&Kind::Text)],
    ),
    key("BeginTransactionAtShutdown", BOOLEAN),
    key("BinaryOrderPreference", TEXTS),
    key("BundleProgram", TEXT),
    key("Debug", BOOLEAN),
    key("Disabled", BOOLEAN),
    obsolete("EnableGlobbing", BOOLEAN, GONE),
    key("EnablePressuredExit", BOOLEAN),
    key("EnableTransactions", BOOLEAN),
    key("EnterKernelDebuggerBeforeKill", BOOLEAN),
    key("EnvironmentVariables", &[Kind::Named(TEXT)]),
    key("ExitTimeOut", INTEGER),
    key("GroupName", TEXT),
    key("HardResourceLimits", LIMITS),
    obsolete("HopefullyExitsFirst", BOOLEAN, GONE),
    obsolete("HopefullyExitsLast", BOOLEAN, GONE),
    key("InitGroups", BOOLEAN),
    key("JetsamProperties", &[Kind::Anything]),
    key("KeepAlive", &[Kind::Boolean, Kind::Keys(KEEP_ALIVE)]),
    key("Label", TEXT),
    key("LaunchEvents", &[Kind::Anything]),
    key("LaunchOnlyOnce", BOOLEAN),
    key("LegacyTimers", BOOLEAN),
    key("LimitLoadFromHardware", &[Kind::Anything]),
    obsolete("LimitLoadFromHosts", TEXTS, GONE),
    key("LimitLoadToHardware", &[Kind::Anything]),
    obsolete("LimitLoadToHosts", TEXTS, GONE),
    key(
        "LimitLoadToSessionType",
        &[Kind::Text, Kind::Each(&Kind::Text)],
    ),
    key("LowPriorityBackgroundIO", BOOLEAN),
    key("LowPriorityIO", BOOLEAN),
    key(
        "MachServices",
        &[Kind::Named(&[Kind::Boolean, Kind::Keys(MACH_SERVICE)])],
    ),
    key("MaterializeDatalessFiles", BOOLEAN),
    key("MultipleInstances", BOOLEAN),
    key("Nice", INTEGER),
    obsolete("OnDemand", BOOLEAN, "`KeepAlive` has replaced it"),
    key("POSIXSpawnType", TEXT),
    key("ProcessType", TEXT),
    key("Program", PATH),
    key("ProgramArguments", TEXTS),
    key("QueueDirectories", PATHS),
    key("RootDirectory", PATH),
    key("RunAtLoad", BOOLEAN),
    obsolete("ServiceIPC", BOOLEAN, GONE),
    key("SessionCreate", BOOLEAN),
    key("ShutdownMonitor", BOOLEAN),
    key(
        "Sockets",
        &[Kind::Named(&[
            Kind::Keys(SOCKET),
            Kind::Each(&Kind::Keys(SOCKET)),
        ])],
    ),
    key("SoftResourceLimits", LIMITS),
    key("SpawnConstraint", &[Kind::Anything]),
    key("StandardErrorPath", PATH),
    key("StandardInPath", PATH),
    key("StandardOutPath", PATH),
    key(
        "StartCalendarInterval",
        &[Kind::Keys(CALENDAR), Kind::Each(&Kind::Keys(CALENDAR))],
    ),
    key("StartInterval", INTEGER),
    key("StartOnMount", BOOLEAN),
    key("ThrottleInterval", INTEGER),
    obsolete("TimeOut", INTEGER, GONE),
    key("Umask", &[Kind::Integer, Kind::Text]),
    key("UserName", TEXT),
    key("WaitForDebugger", BOOLEAN),
    key("WatchPaths", PATHS),
    key("WorkingDirectory", PATH),
    key("inetdCompatibility", &[Kind::Keys(&[key("Wait", BOOLEAN)])]),
];

static KEEP_ALIVE: &[Key] = &[
    key("AfterInitialDemand", BOOLEAN),
    key("Crashed", BOOLEAN),
    obsolete("NetworkState", BOOLEAN, GONE),
    key("OtherJobActive", BOOLEANS),
    key("OtherJobEnabled", BOOLEANS),
    key("PathState", BOOLEANS),
    key("SuccessfulExit", BOOLEAN),
];

static RESOURCE_LIMITS: &[Key] = &[
    key("CPU", INTEGER),
    key("Core", INTEGER),
    key("Data", INTEGER),
    key("FileSize", INTEGER),
    key("MemoryLock", INTEGER),
    key("NumberOfFiles", INTEGER),
    key("NumberOfProcesses", INTEGER),
    key("ResidentSetSize", INTEGER),
    key("Stack", INTEGER),
];

static CALENDAR: &[Key] = &[
    key("Day", INTEGER),
    key("Hour", INTEGER),
    key("Minute", INTEGER),
    key("Month", INTEGER),
    key("Weekday", INTEGER),
];

static MACH_SERVICE: &[Key] = &[
    key("DrainMessagesOnCrash", &[Kind::Boolean, Kind::Text]),
    key("ExceptionServer", &[Kind::Anything]),
    key("HideUntilCheckIn", BOOLEAN),
    key("HostSpecialPort", INTEGER),
    key("ResetAtClose", BOOLEAN),
    key("TaskSpecialPort", INTEGER),
];

static SOCKET: &[Key] = &[
    key(
        "Bonjour",
        &[Kind::Boolean, Kind::Text, Kind::Each(&Kind::Text)],
    ),
    key("MulticastGroup", TEXT),
    key("ReceivePacketInfo", BOOLEAN),
    key("SecureSocketWithKey", TEXT),
    key("SockFamily", TEXT),
    key("SockNodeName", TEXT),
    key("SockPassive", BOOLEAN),
    key("SockPathGroup", INTEGER),
    key("SockPathMode", INTEGER),
    key("SockPathName", PATH),
    key("SockPathOwner", INTEGER),
    key("SockProtocol", TEXT),
    key("SockServiceName", &[Kind::Text, Kind::Integer]),
    key("SockType", TEXT),
];

/// Numbers that must lie in a range, the ends included.
pub(super) static RANGES: &[(&str, i128, i128)] = &[
    ("Day", 1, 31),
    ("Hour", 0, 23),
    ("Minute", 0, 59),
    ("Month", 1, 12),
    ("Nice", -20, 20),
    ("StartInterval", 1, i32::MAX as i128),
    ("Weekday", 0, 7),
];

/// Texts that must be one of a few words.
pub(super) static WORDS: &[(&str, &[&str])] = &[
    (
        "ProcessType",
        &["Adaptive", "App", "Background", "Interactive", "Standard"],
    ),
    ("SockFamily", &["IPv4", "IPv6", "IPv4v6", "Unix"]),
    ("SockProtocol", &["TCP", "UDP"]),
    ("SockType", &["dgram", "seqpacket", "stream"]),
];

#[cfg(test)]
mod tests {
    use super::{CALENDAR, JOB, KEEP_ALIVE, MACH_SERVICE, RESOURCE_LIMITS, SOCKET};

    #[test]
    fn keys_are_sorted_and_unique() {
        for table in [
            CALENDAR,
            JOB,
            KEEP_ALIVE,
            MACH_SERVICE,
            RESOURCE_LIMITS,
            SOCKET,
        ] {
            assert!(table.is_sorted_by(|a, b| a.name < b.name), "{table:?}");
        }
    }
}
