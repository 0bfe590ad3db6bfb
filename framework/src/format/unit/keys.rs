//! How a key is found: the sections of each type of unit, the table of keys, and the readers that
//! the rows name.

mod tables;
pub(super) mod words;

use words::Words;

/// How the value of a key is read.
///
/// Each stands for one `config_parse_…()` of systemd; [`super::values`] has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reader {
    AddressFamilies,
    Addresses,
    BindPaths,
    BlockIoWeight,
    Boolean,
    BooleanFatal,
    BpfProgram,
    BusName,
    Calendar,
    Capabilities,
    Compress,
    Condition,
    ConditionPath,
    Controllers,
    CoredumpFilter,
    CpuAffinity,
    CpuQuota,
    CpuSchedulingPriority,
    CpuSet,
    CpuShares,
    CpuWeight,
    Delegate,
    Dependencies,
    DeviceAllow,
    DeviceLatency,
    DeviceWeight,
    Documentation,
    EmergencyAction,
    Environment,
    EnvironmentFile,
    Exec,
    ExecDirectories,
    ExitStatus,
    ExitStatuses,
    FdName,
    FileSystems,
    Input,
    InputData,
    InputText,
    InstallNames,
    InstallText,
    Integer,
    Interface,
    Interfaces,
    IoLimit,
    IoPriority,
    IpTos,
    JobModeIsolate,
    JobRunningTimeout,
    JobTimeout,
    Label,
    LineMax,
    ListenAddress,
    ListenPath,
    LoadCredential,
    LogExtraFields,
    LogNamespace,
    Long,
    MemoryLimit,
    Mode,
    MountApiVfs,
    MountFlags,
    MountsFor,
    NamespacePaths,
    Namespaces,
    Nanoseconds,
    Nice,
    NumaMask,
    ObsoleteDependencies,
    OomScoreAdjust,
    Output,
    PassEnvironment,
    Path,
    PathList,
    PathOrEmpty,
    PathSpec,
    Personality,
    PidFile,
    PressureLimit,
    Raw,
    Removed,
    RlimitMicroseconds,
    RlimitNice,
    RlimitNumber,
    RlimitSeconds,
    RlimitSize,
    SearchPath,
    Seconds,
    SecondsDefaultInfinity,
    SecondsOrInfinity,
    SecureBits,
    ServiceSockets,
    ServiceTimeout,
    SetCredential,
    Signal,
    Size,
    Size64,
    SliceName,
    SocketBind,
    SocketProtocol,
    SocketService,
    String,
    SwapPriority,
    SyscallArchitectures,
    SyscallErrno,
    SyscallFilter,
    SyscallLog,
    TasksMax,
    TemporaryFileSystem,
    Text,
    TimeoutAbort,
    TimerSeconds,
    TriggerUnit,
    Tristate,
    TtySize,
    UnsetEnvironment,
    Unsigned,
    Unsigned64,
    UserOrGroup,
    UserOrGroupList,
    Weight,
    WordList,
    WorkingDirectory,
    Words(&'static Words),
}

/// A row of the table of keys.
#[derive(Debug)]
pub(super) struct Key {
    /// The name, as it stands before the `=`.
    pub(super) name: &'static str,
    /// How the value is read.
    pub(super) reader: Reader,
}

impl Key {
    const fn new(name: &'static str, reader: Reader) -> Self {
        Self { name, reader }
    }
}

/// The tables of keys of a section. A section that only exists to be empty has none.
fn tables(section: &str) -> &'static [&'static [Key]] {
    match section {
        "Unit" => &[tables::UNIT],
        "Install" => &[tables::INSTALL],
        "Service" => &[tables::SERVICE, tables::EXEC, tables::CGROUP, tables::KILL],
        "Socket" => &[tables::SOCKET, tables::EXEC, tables::CGROUP, tables::KILL],
        "Mount" => &[tables::MOUNT, tables::EXEC, tables::CGROUP, tables::KILL],
        "Swap" => &[tables::SWAP, tables::EXEC, tables::CGROUP, tables::KILL],
        "Automount" => &[tables::AUTOMOUNT],
        "Timer" => &[tables::TIMER],
        "Path" => &[tables::PATH],
        "Slice" => &[tables::CGROUP],
        "Scope" => &[tables::SCOPE, tables::CGROUP, tables::KILL],
        "Journal" => &[tables::JOURNAL],
        _ => &[],
    }
}

/// The row of a key in a section; names are compared letter by letter.
pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    tables(section).iter().find_map(|table| {
        let order = |key: &Key| {
            let by_length = key.name.len().cmp(&name.len());
            by_length.then_with(|| key.name.cmp(name))
        };
        let index = table.binary_search_by(order).ok()?;
        table.get(index)
    })
}

/// The name of a section that has keys, as a static text.
pub(super) fn section(name: &str) -> &'static str {
    SECTIONS
        .iter()
        .copied()
        .find(|section| *section == name)
        .unwrap_or("")
}

/// The sections, the usual ones first.
const SECTIONS: &[&str] = &[
    "Unit",
    "Service",
    "Install",
    "Timer",
    "Socket",
    "Path",
    "Mount",
    "Automount",
    "Swap",
    "Slice",
    "Scope",
    "Journal",
];

/// All keys of a section.
pub(super) fn all(section: &str) -> impl Iterator<Item = &'static Key> {
    tables(section).iter().copied().flatten()
}
