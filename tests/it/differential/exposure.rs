//! The exposure of services against `systemd-analyze security`: every row and the total, for the
//! units of this machine and for generated ones.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use clawtest::framework::document::Input;
use clawtest::framework::format::unit::{State, exposure, load};

use super::oracle::Dice;
use crate::program::skipped;

/// The version whose numbers are compared; others score some rows differently.
const VERSION: u16 = 252;

/// How systemd prints the badness of a row that does not apply.
const NOT_APPLICABLE: &str = "18446744073709551615";

/// The total in tenths, and weight, badness and range by the name of the row.
type Score = (u32, BTreeMap<String, [String; 3]>);

#[test]
fn the_units_of_this_machine_are_scored_alike() {
    let dir = Path::new("/lib/systemd/system");
    if !is_installed() {
        return;
    }
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        // A link is another name of a unit, or masks it.
        if entry.file_type().unwrap().is_file() && name.ends_with(".service") {
            files.insert(
                format!("lib/systemd/system/{name}"),
                std::fs::read(entry.path()).unwrap().into(),
            );
            names.push(name);
        } else if name.ends_with(".service.d") {
            for drop_in in std::fs::read_dir(entry.path()).unwrap() {
                let path = drop_in.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let path = path.to_str().unwrap().trim_start_matches('/').to_owned();
                files.insert(path, bytes.into());
            }
        }
    }
    names.sort();
    compare(dir, "lib/systemd/system", &names, &files);
}

#[test]
fn generated_units_are_scored_alike() {
    if !is_installed() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Dice(0x5eed_0fe8_05e5);
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let mut names = Vec::new();
    for number in 0..800 {
        // The name of a unit is that of its dynamic user and can stand in its settings.
        let prefix = *dice.pick(&[&"agent", &"agent", &"root", &"nobody"]);
        let name = format!("{prefix}@{number}.service");
        let text = generated(&mut dice);
        std::fs::write(dir.path().join(&name), &text).unwrap();
        files.insert(
            format!("etc/systemd/system/{name}"),
            text.into_bytes().into(),
        );
        names.push(name);
    }
    let scored = compare(dir.path(), "etc/systemd/system", &names, &files);
    assert!(
        scored >= 700,
        "only {scored} of the generated units are valid"
    );
}

/// Whether this machine has the version of systemd that the numbers are for.
fn is_installed() -> bool {
    let output = Command::new("systemd-analyze").arg("--version").output();
    let text = output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let is_installed = text.starts_with(&format!("systemd {VERSION}"));
    if !is_installed {
        skipped("systemd-analyze 252 is not installed");
    }
    is_installed
}

/// Compares all that systemd scores, and says how many that are. What one of the two does not load,
/// the other must not load either.
fn compare(dir: &Path, root: &str, names: &[String], files: &BTreeMap<String, Arc<[u8]>>) -> usize {
    let expected = systemd(dir, names);
    let mut wrong = String::new();
    let mut compared = 0;
    for name in names {
        let path = format!("{root}/{name}");
        let unit = load(&Input {
            path: &path,
            bytes: Arc::clone(&files[&path]),
            target: files,
            variables: &BTreeMap::new(),
        });
        let is_loaded = unit.state == State::Loaded;
        // A template is scored as one of its instances.
        let instance = name.replace("@.", "@i.");
        let Some((total, rows)) = expected.get(name).or_else(|| expected.get(&instance)) else {
            if is_loaded {
                let _ = writeln!(wrong, "{name}: systemd does not load it");
            }
            continue;
        };
        compared += 1;
        let found = exposure::score(&unit, VERSION);
        if !is_loaded {
            let _ = writeln!(wrong, "{name}: {:?}, but systemd scores it", unit.state);
        }
        if found.tenths != *total {
            let _ = writeln!(wrong, "{name}: {}, but {total} for systemd", found.tenths);
        }
        assert_eq!(found.rows.len(), rows.len(), "{name}");
        for row in found.rows {
            let badness = row
                .badness
                .map_or_else(|| NOT_APPLICABLE.to_owned(), |badness| badness.to_string());
            let ours = [row.weight.to_string(), badness, row.range.to_string()];
            if rows.get(row.id) != Some(&ours) {
                let theirs = rows.get(row.id);
                let _ = writeln!(wrong, "{name}: {} {ours:?}, systemd {theirs:?}", row.id);
            }
        }
    }
    assert!(compared > 0, "systemd scored nothing");
    assert!(wrong.is_empty(), "of {compared} units:\n{wrong}");
    compared
}

/// The scores of units by name. One run takes many units, and its table has all numbers of a row
/// if it is asked for debugging.
fn systemd(dir: &Path, names: &[String]) -> BTreeMap<String, Score> {
    let mut scores = BTreeMap::new();
    for names in names.chunks(100) {
        let output = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager"])
            .args(names.iter().map(|name| dir.join(name)))
            .env("SYSTEMD_UNIT_PATH", "/nonexistent")
            .env("SYSTEMD_ANALYZE_DEBUG", "1")
            .env("SYSTEMD_COLORS", "0")
            .env("SYSTEMD_URLIFY", "0")
            .env("COLUMNS", "4000")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let mut rows = BTreeMap::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            if let Some(summary) = line.split_once("Overall exposure level for ") {
                let (name, rest) = summary.1.split_once(": ").unwrap();
                let number = rest.split(' ').next().unwrap().replace('.', "");
                let score = (number.parse().unwrap(), std::mem::take(&mut rows));
                scores.insert(name.to_owned(), score);
                continue;
            }
            // A mark, the name, a sentence, three numbers, and the exposure where there is one.
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(id) = words.iter().take(2).find(|word| word.contains('=')) else {
                continue;
            };
            let end = words.len() - usize::from(words[words.len() - 1].contains('.'));
            let numbers = [0, 1, 2].map(|index| words[end - 3 + index].to_owned());
            rows.insert((*id).to_owned(), numbers);
        }
    }
    scores
}

/// Keys with values that are valid, not valid, empty, lists and lists turned around. Values are
/// separated by `|`; a `*` stands for some words of the last column, and `?` for an optional `~`.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("User", "root|0|nobody|agent||%i|%u|%p|%%|%j", ""),
    ("DynamicUser", "yes|no|true|0", ""),
    ("SupplementaryGroups", "audio|audio video||%i", ""),
    ("ProtectHome", "yes|no|read-only|tmpfs|Tmpfs|on|", ""),
    ("ProtectSystem", "yes|off|full|strict|FULL|read-only|", ""),
    ("RootDirectory", "/|/srv||//|/./|/srv/%i", ""),
    ("RootImage", "/|/srv/x.raw|", ""),
    ("MountImages", "/x.raw:/mnt||-/x:/y|x:/y|/x|/a:/b:rw", ""),
    (
        "CapabilityBoundingSet",
        "|~|?*|?*|?*|CAP_KILL 'CAP_BPF|~CAP_SYS_ADMIN \\",
        "CAP_SYS_ADMIN CAP_CHOWN cap_kill CAP_NET_RAW CAP_SETUID 21 0x10 CAP_NOPE CAP_BPF -1 64 \
         CAP_SYSLOG CAP_MKNOD CAP_SYS_TIME \"CAP_LEASE\" CAP_AUDIT_READ CAP_MAC_ADMIN 0b101 0o17 \
         017 CAP_SYS_MODULE 'CAP_SYS_NICE' CAP_SYS_\\BOOT",
    ),
    (
        "AmbientCapabilities",
        "|~|?*",
        "CAP_NET_BIND_SERVICE CAP_NOPE 5",
    ),
    (
        "UMask",
        "0077|022|0027|0|7777|10000|8|007|+77||0o77|0002|0x1",
        "",
    ),
    ("KeyringMode", "private|shared|inherit||no|Private", ""),
    (
        "ProtectProc",
        "default|noaccess|invisible|ptraceable|yes|",
        "",
    ),
    ("ProcSubset", "all|pid||yes", ""),
    ("NotifyAccess", "all|main|none|exec|yes|", ""),
    ("Delegate", "yes|no||cpu memory|nope|\"cpu|off|'cpu' io", ""),
    (
        "RestrictNamespaces",
        "yes|no||~|?*|?*|?*|user nope|~\"user\"",
        "user mnt ipc pid cgroup net uts time us\\er",
    ),
    (
        "RestrictAddressFamilies",
        "|none|~|~none|?*|?*|?*|AF_INET 'AF_UNIX",
        "AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET AF_VSOCK AF_CAN af_inet AF_LOCAL AF_NOPE \
         AF_UNSPEC AF_ROUTE \"AF_INET6\" AF_KEY",
    ),
    (
        "SystemCallArchitectures",
        "native||?*|*",
        "native x86-64 x86 x32 nope \"native\" arm64",
    ),
    (
        "SystemCallFilter",
        "|~|@system-service|?*|?*|?*|?*|?*|?*",
        "@system-service @privileged @resources @mount @clock @swap @debug @obsolete @known @aio \
         @cpu-emulation @raw-io @module @reboot @default @chown @setuid @nope mount swapon ptrace \
         reboot read nope capset chown @swap:EPERM @clock:kill @mount:5000 reboot:eacces bpf:1 \
         @debug:NOPE @reboot:0x10 \\@swap : :EPERM \\",
    ),
    (
        "IPAddressDeny",
        "any|any||~any|*|*|0.0.0.0/0 ::/0|any \\",
        "any localhost link-local multicast 10.0.0.0/8 127.0.0.1 127.0.0.0/8 ::1 ::/0 0.0.0.0/0",
    ),
    (
        "IPAddressAllow",
        "localhost||any|*|*|*",
        "localhost link-local 10.0.0.0/8 127.0.0.1 127.0.0.0/8 ::1 ::1/64 127.0.0.1/7 nonsense \
         fe80::1 1.2.3.4/33 01.2.3.4 a.localhost LOCALHOST ::/-0 1.2.3.4/ \"any\" 127.1/8",
    ),
    ("IPIngressFilterPath", "|/sys/fs/bpf/x|x|/a/../b", ""),
    ("IPEgressFilterPath", "|/sys/fs/bpf/x|x", ""),
    ("DevicePolicy", "auto|closed|strict||none", ""),
    (
        "DeviceAllow",
        "/dev/null rw|/dev/sda|char-rtc r|block-*|/dev/sda x|dev/x|/sys/x|\"/dev/a b\" r|/dev/../x\
         |/run/systemd/inaccessible/chr|/dev|/dev/||/dev/x r w|/dev/%i|/dev/%Z|//dev//x rw|/dev/'x",
        "",
    ),
    (
        "LoadCredentialEncrypted",
        "a:/etc/x||a|a/b:/x|b:x|b:/../x",
        "",
    ),
    ("LoadCredential", "a:/etc/x||a|b:x", ""),
    (
        "SetCredentialEncrypted",
        "c:aGFsbG8K||c|c:aGF|c:a-b|c:aGE=|c:aA==|c:aB==|c:a GE=",
        "",
    ),
    ("SetCredential", "c:x|", ""),
];

/// Keys that are on or off.
const FLAGS: &[&str] = &[
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateMounts",
    "PrivateNetwork",
    "PrivateTmp",
    "PrivateUsers",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemoveIPC",
    "RestrictRealtime",
    "RestrictSUIDSGID",
];

const FLAG_VALUES: &str = "yes|no|true|FALSE|1|0|on|off|Y|f||\"yes\"|enabled|yes # x";

fn generated(dice: &mut Dice) -> String {
    let mut text = String::new();
    if dice.below(4) == 0 {
        let value = value(dice, FLAG_VALUES, "");
        let _ = writeln!(text, "[Unit]\nDefaultDependencies={value}");
    }
    text.push_str("[Service]\nExecStart=/bin/true\n");
    for _ in 0..=dice.below(45) {
        // Half of the lines are of lists, which have more to go wrong.
        let (key, values, words) = if dice.below(3) == 0 {
            (FLAGS[dice.below(FLAGS.len())], FLAG_VALUES, "")
        } else {
            SETTINGS[dice.below(SETTINGS.len())]
        };
        let _ = writeln!(text, "{key}={}", value(dice, values, words));
    }
    text
}

fn value(dice: &mut Dice, values: &str, words: &str) -> String {
    let values: Vec<&str> = values.split('|').collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut value = values[dice.below(values.len())].to_owned();
    if let Some(list) = value.strip_prefix('?') {
        value = if dice.below(3) == 0 {
            format!("~{list}")
        } else {
            list.to_owned()
        };
    }
    if !words.is_empty() && value.contains('*') {
        let list: Vec<&str> = (0..=dice.below(4))
            .map(|_| words[dice.below(words.len())])
            .collect();
        value = value.replace('*', &list.join(" "));
    }
    value
}
