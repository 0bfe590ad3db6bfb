//! Units against systemd 252 itself: what `systemd-analyze verify` says, message by message and
//! line by line, and what its dump shows to be in effect.

mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use clawtest_framework::document::{Input, Target};
use clawtest_framework::format::unit::{self, State, Unit};
use clawtest_framework::scale::Amount;

/// What is only said by clawtest, or is said without a place.
const OWN_RULES: &[&str] = &[
    "SD008", "SD009", "SD010", "SD011", "SD013", "SD014", "SD015", "SD016", "SD017", "SD018",
    "SD019", "SD020", "SD021", "SD022", "SD023", "SD024",
];

/// The types of units that are compared.
const KINDS: &[&str] = &[
    "service",
    "timer",
    "socket",
    "path",
    "mount",
    "automount",
    "target",
    "slice",
    "swap",
];

/// How many units are generated.
const GENERATED: usize = 600;

/// The files of one folder of this machine and below it: systemd is told to look nowhere else.
struct Disk<'a> {
    dir: &'a Path,
}

impl Target for Disk<'_> {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        let is_here = Path::new(path).starts_with(self.dir);
        Ok(fs::read(path).ok().filter(|_| is_here).map(Into::into))
    }

    fn names(&self, dir: &str) -> Result<Vec<String>, String> {
        let Some(entries) = fs::read_dir(dir)
            .ok()
            .filter(|_| Path::new(dir).starts_with(self.dir))
        else {
            return Ok(Vec::new());
        };
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        Ok(names)
    }
}

/// Whether the program is there in the version that the tables are of.
fn has_systemd() -> bool {
    let found = Command::new("systemd-analyze").arg("--version").output();
    let is_252 = found.is_ok_and(|output| output.stdout.starts_with(b"systemd 252"));
    if !is_252 {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: systemd-analyze 252 is not installed");
        }
    }
    is_252
}

fn load(path: &Path) -> Unit {
    let bytes = fs::read(path).unwrap();
    let name = path.to_str().unwrap();
    let input = Input {
        path: name,
        bytes: bytes.into(),
        target: &Disk {
            dir: path.parent().unwrap(),
        },
        variables: &BTreeMap::new(),
    };
    unit::load(&input)
}

/// What is said about one file: lines and messages, sorted; line 0 is the unit as a whole.
type Said = BTreeMap<String, Vec<(usize, String)>>;

fn ours(paths: &[PathBuf]) -> Said {
    let mut said = Said::new();
    for path in paths {
        let unit = load(path);
        let name = path.to_str().unwrap();
        let lines = said.entry(name.to_owned()).or_default();
        for complaint in &unit.complaints {
            let is_elsewhere = complaint.place.is_some_and(|place| place.file > 0);
            if is_elsewhere || OWN_RULES.contains(&complaint.rule.code) {
                continue;
            }
            let is_whole = complaint.message.ends_with("Refusing.")
                || complaint.message.ends_with("Ignoring.") && complaint.rule.code == "SD012";
            let line = match complaint.place {
                Some(place) if !is_whole => unit.files[0].source().position(place.span.start).line,
                _ => 0,
            };
            lines.push((line, complaint.message.clone()));
        }
        lines.sort();
    }
    said
}

/// Runs `systemd-analyze` on files and gives its two outputs.
fn analyze(arguments: &[&str], paths: &[PathBuf], level: &str) -> (String, String) {
    let output = Command::new("systemd-analyze")
        .args(arguments)
        .args(paths)
        .env("SYSTEMD_UNIT_PATH", "/nonexistent")
        .env("SYSTEMD_LOG_LEVEL", level)
        .env("SYSTEMD_COLORS", "0")
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn systemd(paths: &[PathBuf]) -> Said {
    let mut said = Said::new();
    for path in paths {
        said.insert(path.to_str().unwrap().to_owned(), Vec::new());
    }
    let names: BTreeMap<String, String> = paths
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (name.replace("@.", "@i."), path.to_str().unwrap().to_owned())
        })
        .collect();
    let (_, stderr) = analyze(
        &["verify", "--man=no", "--recursive-errors=no"],
        paths,
        "info",
    );
    for line in stderr.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(first), Some(second)) = (parts.next(), parts.next()) else {
            continue;
        };
        if let (Some(said), Ok(number), Some(message)) =
            (said.get_mut(first), second.parse(), parts.next())
        {
            said.push((number, message.trim_start().to_owned()));
            continue;
        }
        let message = line[first.len() + 1..].trim();
        let is_verdict = message.ends_with("Refusing.") || message.ends_with("Ignoring.");
        if let Some(path) = names.get(first)
            && is_verdict
        {
            said.entry(path.clone())
                .or_default()
                .push((0, message.to_owned()));
        }
    }
    for lines in said.values_mut() {
        lines.sort();
    }
    said
}

/// What depends on the machine and not on the file.
fn is_about_machine(message: &str) -> bool {
    message.contains("but the local system does not support BPF")
}

fn compare(paths: &[PathBuf]) -> Vec<String> {
    let mut differences = Vec::new();
    let ours = ours(paths);
    for chunk in paths.chunks(60) {
        for (path, mut theirs) in systemd(chunk) {
            theirs.retain(|(_, message)| !is_about_machine(message));
            // At the end of a file systemd counts one line more than there are.
            let bytes = fs::read(&path).unwrap();
            let last = unit_lines(&bytes);
            for (line, _) in &mut theirs {
                *line = last.min(*line);
            }
            let our = &ours[&path];
            if *our != theirs {
                differences.push(difference(&path, our, &theirs));
            }
        }
    }
    differences
}

fn unit_lines(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).count() + 1
}

fn difference(path: &str, ours: &[(usize, String)], theirs: &[(usize, String)]) -> String {
    let ours: BTreeSet<_> = ours.iter().collect();
    let theirs: BTreeSet<_> = theirs.iter().collect();
    let mut text = path.to_owned();
    for (line, message) in ours.difference(&theirs) {
        text.push_str(&format!("\n  only clawtest: {line}: {message}"));
    }
    for (line, message) in theirs.difference(&ours) {
        text.push_str(&format!("\n  only systemd:  {line}: {message}"));
    }
    text
}

/// The regular units of this machine, without those that are empty.
fn installed() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/lib/systemd/system") else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| KINDS.iter().any(|name| kind == *name))
        })
        .collect();
    paths.sort();
    paths
}

fn generated(dir: &Path) -> Vec<PathBuf> {
    let mut generator = generate::Generator::new(0x9e37_79b9_7f4a_7c15);
    (0..GENERATED)
        .map(|number| {
            let (kind, bytes) = generator.unit();
            let path = dir.join(format!("generated-{number}.{kind}"));
            fs::write(&path, bytes).unwrap();
            path
        })
        .collect()
}

fn assert_none(differences: &[String], total: usize) {
    assert!(
        differences.is_empty(),
        "{} of {total} units differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn installed_units_are_judged_as_systemd_does() {
    if !has_systemd() {
        return;
    }
    let paths = installed();
    assert_none(&compare(&paths), paths.len());
}

#[test]
fn generated_units_are_judged_as_systemd_does() {
    if !has_systemd() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let paths = generated(dir.path());
    assert_none(&compare(&paths), paths.len());
}

#[test]
fn what_is_in_effect_is_what_systemd_dumps() {
    if !has_systemd() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut paths = generated(dir.path());
    paths.extend(installed());
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "service"));
    paths.retain(|path| load(path).state == State::Loaded);
    let mut differences = Vec::new();
    let mut compared = 0;
    for chunk in paths.chunks(40) {
        let (stdout, _) = analyze(
            &["security", "--offline=true", "--no-pager"],
            chunk,
            "debug",
        );
        let dumps = dumps(&stdout);
        for path in chunk {
            let name = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .replace("@.", "@i.");
            let Some(dump) = dumps.get(&name) else {
                continue;
            };
            compared += 1;
            for (key, ours, theirs) in differing(&load(path), dump) {
                differences.push(format!("{}: {key}: {ours} / {theirs}", path.display()));
            }
        }
    }
    assert!(compared > 300, "only {compared} units were dumped");
    assert_none(&differences, compared);
}

/// Folders and files of drop-ins for `a-b-c.service`, of which each layout has some.
const DROP_INS: &[(&str, &str)] = &[
    ("a-b-c.service.d", "10-x.conf"),
    ("a-b-c.service.d", "50-y.conf"),
    ("a-b-.service.d", "10-x.conf"),
    ("a-b-.service.d", "30-z.conf"),
    ("a-.service.d", "99-w.conf"),
    ("a-.service.d", "50-y.conf"),
    ("service.d", "05-v.conf"),
    ("service.d", "30-z.conf"),
    ("b-.service.d", "77-not.conf"),
    ("a-b.service.d", "78-not.conf"),
    ("a-b-c.service.d", "79-not.txt"),
];

#[test]
fn drop_ins_are_applied_in_the_order_of_systemd() {
    if !has_systemd() {
        return;
    }
    let mut generator = generate::Generator::new(0x0bad_cafe_f00d_0001);
    for layout in 0..24 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a-b-c.service");
        fs::write(&path, "[Service]\nExecStart=/bin/true\nNice=1\n").unwrap();
        for (number, (folder, file)) in DROP_INS.iter().enumerate() {
            if !generator.one_in(2) {
                continue;
            }
            let folder = dir.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            let is_mask = generator.one_in(4);
            let text = format!(
                "[Service]\nEnvironment=N{number}=1\nRestartSec={}\n",
                number + 2
            );
            fs::write(folder.join(file), if is_mask { "" } else { &text }).unwrap();
        }
        let (stdout, _) = analyze(
            &["security", "--offline=true", "--no-pager"],
            std::slice::from_ref(&path),
            "debug",
        );
        let dumps = dumps(&stdout);
        let unit = load(&path);
        let mut theirs: Vec<&str> = dumps["a-b-c.service"]
            .get("DropIn Path")
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|path| fs::metadata(path).unwrap().len() > 0)
            .collect();
        theirs.dedup();
        let ours: Vec<&str> = unit.files[1..].iter().map(|part| &*part.name).collect();
        assert_eq!(ours, theirs, "layout {layout}");
        let differences = differing(&unit, &dumps["a-b-c.service"]);
        assert!(differences.is_empty(), "layout {layout}: {differences:?}");
    }
}

/// The lines of a dump: names with what they show, which can be several things.
type Dump = BTreeMap<String, Vec<String>>;

fn dumps(stdout: &str) -> BTreeMap<String, Dump> {
    let mut dumps = BTreeMap::new();
    let mut current: Option<(String, Dump)> = None;
    let mut command = String::new();
    for line in stdout.lines() {
        if let Some(name) = line.strip_prefix("\t-> Unit ") {
            dumps.extend(current.take());
            current = Some((name.trim_end_matches(':').to_owned(), Dump::new()));
            continue;
        }
        let Some((_, dump)) = &mut current else {
            continue;
        };
        if let Some(name) = line.strip_prefix("\t\t-> ") {
            name.trim_end_matches(':').clone_into(&mut command);
        } else if let Some(text) = line.strip_prefix("\t\t\tCommand Line: ") {
            dump.entry(command.clone())
                .or_default()
                .push(text.to_owned());
        } else if let Some(rest) = line.strip_prefix("\t\t")
            && let Some((key, value)) = rest.split_once(": ")
        {
            dump.entry(key.to_owned())
                .or_default()
                .push(value.to_owned());
        }
    }
    dumps.extend(current);
    dumps
}

const WORDS: &[&str] = &[
    "Restart",
    "Type",
    "NotifyAccess",
    "KillMode",
    "KillSignal",
    "OOMPolicy",
    "ProtectHome",
    "ProtectSystem",
    "ProtectProc",
    "ProcSubset",
];

const TRUTHS: &[&str] = &[
    "PrivateDevices",
    "ProtectKernelTunables",
    "ProtectKernelModules",
    "ProtectKernelLogs",
    "ProtectClock",
    "ProtectControlGroups",
    "PrivateNetwork",
    "PrivateUsers",
    "IgnoreSIGPIPE",
    "MemoryDenyWriteExecute",
    "RestrictRealtime",
    "ProtectHostname",
    "LockPersonality",
    "DynamicUser",
    "RemainAfterExit",
    "GuessMainPID",
    "SendSIGKILL",
    "SendSIGHUP",
];

const SPANS: &[&str] = &[
    "RestartSec",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "RuntimeMaxSec",
    "WatchdogSec",
];

/// What a dump shows otherwise than the unit says.
fn differing(unit: &Unit, dump: &Dump) -> Vec<(String, String, String)> {
    let mut found = differing_words(unit, dump);
    found.extend(differing_lists(unit, dump));
    let mut check = |key: &str, ours: String, theirs: &str| {
        if ours != theirs {
            found.push((key.to_owned(), ours, theirs.to_owned()));
        }
    };
    let shown = |key: &str| {
        dump.get(key)
            .and_then(|values| values.first())
            .map(String::as_str)
    };
    for key in SPANS {
        let (Some(ours), Some(theirs)) = (unit.time_span("Service", key), shown(key)) else {
            continue;
        };
        let read = (unit::scales::TIME_SPAN.read)(theirs).unwrap();
        check(
            key,
            format!("{:?}", coarse(&ours)),
            &format!("{:?}", coarse(&read)),
        );
    }
    for key in ["MemoryMax", "MemoryHigh", "MemorySwapMax", "TasksMax"] {
        let ours = match unit.amount("Service", key) {
            Some(Amount::Number(number)) => number.to_string(),
            Some(Amount::Infinite) => u64::MAX.to_string(),
            _ => continue,
        };
        check(key, ours, shown(key).unwrap_or("?"));
    }
    if let (Some(mode), Some(theirs)) = (unit.amount("Service", "UMask"), shown("UMask")) {
        let read = (unit::scales::MODE.read)(theirs).unwrap();
        check("UMask", format!("{mode:?}"), &format!("{read:?}"));
    }
    if let Some(Amount::Number(share)) = unit.amount("Service", "CPUQuota") {
        let read = (unit::scales::TIME_SPAN.read)(shown("CPUQuotaPerSecSec").unwrap()).unwrap();
        let ours = Amount::Number(share * 100);
        check(
            "CPUQuota",
            format!("{:?}", coarse(&ours)),
            &format!("{:?}", coarse(&read)),
        );
    }
    found
}

/// Words, booleans and names.
fn differing_words(unit: &Unit, dump: &Dump) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut check = |key: &str, ours: String, theirs: &str| {
        if ours != theirs {
            found.push((key.to_owned(), ours, theirs.to_owned()));
        }
    };
    let shown = |key: &str| {
        dump.get(key)
            .and_then(|values| values.first())
            .map(String::as_str)
    };
    let is_dynamic = unit.is_true("Service", "DynamicUser");
    for key in WORDS {
        if is_dynamic && key.starts_with("Protect") {
            continue;
        }
        if let (Some(Amount::Text(ours)), Some(theirs)) = (unit.amount("Service", key), shown(key))
        {
            check(key, ours.into(), theirs.trim_start_matches("SIG"));
        }
    }
    for key in TRUTHS {
        if let Some(theirs) = shown(key) {
            let ours = if unit.is_true("Service", key) {
                "yes"
            } else {
                "no"
            };
            check(key, ours.to_owned(), theirs);
        }
    }
    for key in ["User", "Group"] {
        let ours = unit
            .setting("Service", key)
            .and_then(|setting| setting.text());
        if !ours.is_some_and(|name| name.contains('%')) && !is_dynamic {
            check(key, ours.unwrap_or("").to_owned(), shown(key).unwrap_or(""));
        }
    }
    found
}

/// Commands, variables and paths.
fn differing_lists(unit: &Unit, dump: &Dump) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut check = |key: &str, ours: String, theirs: &str| {
        if ours != theirs {
            found.push((key.to_owned(), ours, theirs.to_owned()));
        }
    };
    let shown = |key: &str| {
        dump.get(key)
            .and_then(|values| values.first())
            .map(String::as_str)
    };
    for key in [
        "ExecStart",
        "ExecStartPre",
        "ExecStop",
        "ExecReload",
        "Environment",
    ] {
        let ours = unit.list("Service", key).len();
        let theirs = dump.get(key).map_or(0, Vec::len);
        check(key, ours.to_string(), &theirs.to_string());
    }
    let ours: BTreeSet<&str> = unit
        .list("Service", "Environment")
        .iter()
        .map(|element| &*element.text)
        .collect();
    if !ours
        .iter()
        .any(|text| text.contains(['%', '\n', '\u{fffd}']))
    {
        let theirs: BTreeSet<&str> = dump
            .get("Environment")
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        check("Environment", format!("{ours:?}"), &format!("{theirs:?}"));
    }
    let ours: BTreeSet<String> = unit
        .list("Service", "ReadWritePaths")
        .iter()
        .map(|element| {
            element
                .text
                .replace("//", "/")
                .trim_end_matches('/')
                .to_owned()
        })
        .collect();
    if !ours.iter().any(|text| text.contains(['%', ' '])) {
        let theirs: BTreeSet<String> = shown("ReadWritePaths")
            .unwrap_or("")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        check(
            "ReadWritePaths",
            format!("{ours:?}"),
            &format!("{theirs:?}"),
        );
    }
    found
}

/// The dump rounds what is longer than a second to seconds.
fn coarse(amount: &Amount) -> Amount {
    match amount {
        Amount::Number(span) if *span > 1_000_000 => Amount::Number(span / 1_000_000),
        Amount::Number(span) => Amount::Number(span / 1000),
        other => other.clone(),
    }
}
