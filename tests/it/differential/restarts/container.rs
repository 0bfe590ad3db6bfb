//! A container with a systemd of its own as its first process, which lasts no longer than the test
//! and of which nothing is left: it runs in namespaces and in groups of its own.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a boot may take until the driver runs.
const BOOT: Duration = Duration::from_secs(20);

/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(80);

/// How long what was killed may take to be gone.
const END: Duration = Duration::from_secs(10);

/// How often it is looked.
const POLL: Duration = Duration::from_millis(20);

/// Programs that it takes, besides those that every Linux has.
const PROGRAMS: [&str; 3] = ["systemd-nspawn", "unshare", "setpriv"];

/// The links into `/usr` that a system has at its root.
const LINKS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Joins the groups, hides what the machine has in `/run`, and boots; as the first process of its
/// namespace, so that its end is the end of everything in it.
const SCRIPT: &str = r#"
root=$1 out=$2
shift 2
for group; do
    echo 0 > "$group/cgroup.procs" || exit 90
done
mount -t tmpfs tmpfs /run || exit 91
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
systemd-nspawn -D "$root" --boot --register=no --keep-unit --private-network --console=pipe \
    --link-journal=no --resolv-conf=off --timezone=off --bind-ro=/usr --bind="$out:/drill" \
    -- --unit=driver.target --log-level=info --log-target=console --show-status=no
echo "systemd-nspawn ended with $?"
"#;

/// The folder of a container: `root`, and `out`, which it sees as `/drill`.
pub(super) struct Container {
    dir: tempfile::TempDir,
}

/// Why there is no verdict.
pub(super) struct NotRun(pub(super) String);

impl Container {
    /// Makes the folders, with what every system has in them.
    ///
    /// # Errors
    ///
    /// Why no container can be booted here.
    pub(super) fn new() -> Result<Self, NotRun> {
        if !rustix::process::geteuid().is_root() {
            return Err(NotRun("only root can boot a container".to_owned()));
        }
        for program in PROGRAMS {
            let found = Command::new(program).arg("--version").output();
            if !found.is_ok_and(|output| output.status.success()) {
                return Err(NotRun(format!("{program} is not installed")));
            }
        }
        let container = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let root = container.root();
        for folder in [
            "usr",
            "etc/systemd/system",
            "proc",
            "sys",
            "dev",
            "run",
            "tmp",
            "var/log",
            "var/tmp",
            "drill",
        ] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::create_dir(container.out()).unwrap();
        for name in LINKS {
            let path = Path::new("/").join(name);
            if let Ok(target) = fs::read_link(&path) {
                symlink(target, root.join(name)).unwrap();
            } else if path.exists() {
                let why = format!("{} is not a link into /usr", path.display());
                return Err(NotRun(why));
            }
        }
        let files = [
            ("etc/passwd", "root:x:0:0::/:/bin/sh\n"),
            ("etc/group", "root:x:0:\n"),
            ("etc/machine-id", "d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0\n"),
            ("etc/os-release", "ID=drill\n"),
            (
                "etc/systemd/system.conf",
                "[Manager]\nDefaultStandardOutput=null\n",
            ),
        ];
        for (path, text) in files {
            fs::write(root.join(path), text).unwrap();
        }
        Ok(container)
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    /// What the container sees as `/drill`.
    pub(super) fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// Writes a unit.
    pub(super) fn unit(&self, name: &str, text: &str) {
        fs::write(self.root().join("etc/systemd/system").join(name), text).unwrap();
    }

    /// Boots into `driver.target` and waits until the container ends. What it runs has to write
    /// the file `booted` first and `done` last.
    ///
    /// # Errors
    ///
    /// Why it does not boot here.
    pub(super) fn boot(&self) -> Result<(), NotRun> {
        let groups = Groups::new()?;
        let console = self.dir.path().join("console");
        let file = File::create(&console).unwrap();
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .args(["unshare", "--mount", "--pid", "--fork", "--mount-proc"])
            .args(["--kill-child=KILL", "--propagation=private"])
            .args(["sh", "-c", SCRIPT, "drill"])
            .args([self.root(), self.out()])
            .args(&groups.0)
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn();
        let mut child = Killed(child.unwrap());
        let begin = Instant::now();
        let is_there = |name: &str| self.out().join(name).exists();
        while child.0.try_wait().unwrap().is_none() {
            let limit = if is_there("booted") { WHOLE } else { BOOT };
            if begin.elapsed() > limit {
                break;
            }
            std::thread::sleep(POLL);
        }
        let took = begin.elapsed().as_secs_f32();
        drop(child);
        drop(groups);
        let said = fs::read(&console).unwrap();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        let last = |count: usize| lines[lines.len().saturating_sub(count)..].join("\n  ");
        if !is_there("booted") {
            let last = last(12);
            return Err(NotRun(format!(
                "the container had not booted after {took:.1} s; its console ends with\n  {last}"
            )));
        }
        if !is_there("done") {
            let last = last(12);
            return Err(NotRun(format!(
                "the drill had not ended after {took:.1} s; the console ends with\n  {last}"
            )));
        }
        Ok(())
    }
}

/// A process that does not live longer than this value.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Control groups of the container's own, in those of this process.
struct Groups(Vec<PathBuf>);

impl Groups {
    fn new() -> Result<Self, NotRun> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mut groups = Self(Vec::new());
        for line in mounts.lines() {
            let Some((place, kind)) = line.split_once(" - ") else {
                continue;
            };
            let controller = if kind.starts_with("cgroup2 ") {
                "0::"
            } else if kind.starts_with("cgroup ") && kind.contains("name=systemd") {
                ":name=systemd:"
            } else {
                continue;
            };
            let fields: Vec<&str> = place.split(' ').collect();
            let (Some(root), Some(folder)) = (fields.get(3), fields.get(4)) else {
                continue;
            };
            let path = own.lines().find_map(|line| {
                let (_, path) = line.split_once(controller)?;
                path.strip_prefix(root.trim_end_matches('/'))
            });
            let Some(path) = path else { continue };
            let group = Path::new(folder)
                .join(path.trim_start_matches('/'))
                .join(format!("clawtest-drill-{}", std::process::id()));
            if let Err(error) = fs::create_dir(&group) {
                let why = format!("the control group {}: {error}", group.display());
                return Err(NotRun(why));
            }
            groups.0.push(group);
        }
        let is_unified = mounts.contains(" - cgroup2 ") && !groups.0.is_empty();
        if !is_unified {
            return Err(NotRun("there are no control groups (cgroup2)".to_owned()));
        }
        Ok(groups)
    }
}

impl Drop for Groups {
    /// Removes them once the last process in them is gone.
    fn drop(&mut self) {
        let begin = Instant::now();
        for group in &self.0 {
            while group.exists() && begin.elapsed() < END {
                remove(group);
                std::thread::sleep(POLL);
            }
            let is_gone = !group.exists();
            assert!(
                is_gone || std::thread::panicking(),
                "{} is still in use",
                group.display()
            );
        }
    }
}

/// Removes a tree of control groups as far as they are empty.
fn remove(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&entry.path());
        }
    }
    let _ = fs::remove_dir(group);
}
