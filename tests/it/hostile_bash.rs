//! Scripts of strangers in the sandbox: whatever one tries, nothing outside its folders changes,
//! nothing of it is left running, others are left alone, and it is told from one that did well.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use clawtest::process::{
    Confinement, End, Network, ProcessError, Program, Reply, Request, Sandbox, Straggler,
    Supervisor, in_force,
};

use crate::program::skipped;

const EXE: &str = env!("CARGO_BIN_EXE_clawtest");

/// What a script needs of the machine to come to nothing.
type Needs = fn(&Sandbox) -> bool;

const WRITES: Needs = |sandbox| sandbox.writes;
const ATTRIBUTES: Needs = |sandbox| sandbox.attributes;
const NETWORK: Needs = |sandbox| sandbox.network == Network::Own;
const SOCKETS: Needs = |sandbox| sandbox.sockets;
const SIGNALS: Needs = |sandbox| sandbox.signals;

/// A folder with what a script may touch, what it must not, and who listens and runs nearby.
struct Place {
    base: tempfile::TempDir,
    tcp: TcpListener,
    unix: UnixListener,
    neighbour: Child,
    before: BTreeMap<PathBuf, String>,
    namespaces: bool,
}

impl Place {
    fn new() -> Self {
        let base = tempfile::Builder::new()
            .prefix("hostile")
            .tempdir()
            .unwrap();
        let at = |name: &str| base.path().join(name);
        for folder in ["work/.home", "work/.tmp", "private", "victim/sub"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for (name, mode) in [("note", 0o666), ("sub/deep", 0o644), ("run.sh", 0o755)] {
            let path = at("victim").join(name);
            fs::write(&path, "keep me\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        fs::set_permissions(at("victim"), fs::Permissions::from_mode(0o777)).unwrap();
        symlink("note", at("victim/link")).unwrap();
        symlink("../victim", at("work/out")).unwrap();
        fs::write(at("work/mine"), "mine\n").unwrap();
        let tcp = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        tcp.set_nonblocking(true).unwrap();
        let unix = UnixListener::bind(at("socket")).unwrap();
        unix.set_nonblocking(true).unwrap();
        fs::set_permissions(at("socket"), fs::Permissions::from_mode(0o777)).unwrap();
        let before = listing(&at("victim"));
        assert_eq!(before.len(), 6);
        let mark = base.path().file_name().unwrap().to_str().unwrap();
        Self {
            tcp,
            unix,
            neighbour: Command::new("sleep")
                .arg0(format!("neighbour-{mark}"))
                .arg("1000")
                .spawn()
                .unwrap(),
            before,
            base,
            namespaces: true,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.base.path().join(name)
    }

    fn confinement(&self) -> Confinement {
        Confinement {
            namespaces: self.namespaces,
            ..Confinement::to([self.at("work"), self.at("private")])
        }
    }

    /// The script under bash, as a file of the private folder.
    fn request(&self, script: &str) -> Request {
        let file = self.at("private/harness.sh");
        fs::write(&file, script).unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let variables = [
            (
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            ),
            ("HOME", text(self.at("work/.home"))),
            ("TMPDIR", text(self.at("work/.tmp"))),
            ("VICTIM", text(self.at("victim"))),
            ("PORT", self.tcp.local_addr().unwrap().port().to_string()),
            ("SOCKET", text(self.at("socket"))),
            ("NEIGHBOUR", self.neighbour.id().to_string()),
            ("MARK", self.mark()),
        ];
        Request {
            program: Program::Argv(vec!["bash".to_owned(), text(file)]),
            cwd: self.at("work"),
            env: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            timeout: Duration::from_secs(20),
            grace: Duration::from_millis(200),
            cap: 1 << 16,
        }
    }

    fn mark(&self) -> String {
        self.base
            .path()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Nothing has changed, nobody was called, nobody was hurt, and nothing is left.
    fn assert_unharmed(&mut self, what: &str, namespace: Option<&Namespace>) {
        assert_eq!(listing(&self.at("victim")), self.before, "{what}");
        let tcp = self.tcp.accept().map_err(|error| error.kind());
        assert_eq!(tcp.map(drop), Err(ErrorKind::WouldBlock), "{what}");
        let unix = self.unix.accept().map_err(|error| error.kind());
        assert_eq!(unix.map(drop), Err(ErrorKind::WouldBlock), "{what}");
        assert_eq!(self.neighbour.try_wait().unwrap(), None, "{what}");
        let state = fs::read_to_string(format!("/proc/{}/stat", self.neighbour.id())).unwrap();
        assert!(state.contains(") S "), "{what}: {state}");
        let left = self.left(namespace);
        assert!(left.is_empty(), "{what}: {left:?}");
    }

    /// What runs of the scripts of this place: by a variable of theirs, and by their mounts.
    fn left(&self, namespace: Option<&Namespace>) -> Vec<String> {
        let mark = format!("MARK={}", self.mark());
        let is_ours = |process: &Path| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            let mounts = fs::read_link(process.join("ns/mnt")).ok();
            String::from_utf8_lossy(&environment).contains(&mark)
                || namespace.is_some_and(|ours| mounts.as_ref() == Some(&ours.name))
        };
        fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.join("stat").exists() && is_ours(path))
            .map(|path| fs::read_to_string(path.join("stat")).unwrap_or_default())
            .filter(|stat| !stat.is_empty() && !stat.contains(") Z "))
            .collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.neighbour.kill();
        let _ = self.neighbour.wait();
    }
}

/// Everything about every file below `folder`, in words.
fn listing(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let about = fs::symlink_metadata(&path).unwrap();
        let content = match about.file_type() {
            kind if kind.is_dir() => {
                open.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                String::new()
            }
            kind if kind.is_symlink() => fs::read_link(&path).unwrap().display().to_string(),
            kind if kind.is_file() => fs::read_to_string(&path).unwrap(),
            kind => format!("fifo: {}", kind.is_fifo()),
        };
        let (mode, links) = (about.mode(), about.nlink());
        let times = (
            about.mtime(),
            about.mtime_nsec(),
            about.ctime(),
            about.ctime_nsec(),
        );
        let words = format!(
            "{mode:o} {} {} {links} {times:?} {content}",
            about.uid(),
            about.gid()
        );
        found.insert(path, words);
    }
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One script, and how it has to end.
struct Hostile {
    name: &'static str,
    needs: Needs,
    script: &'static str,
    end: End,
    /// What its standard output is.
    says: &'static str,
}

const fn hostile(
    name: &'static str,
    needs: Needs,
    script: &'static str,
    says: &'static str,
) -> Hostile {
    Hostile {
        name,
        needs,
        script,
        end: End::Exited(0),
        says,
    }
}

/// Runs all of them, each in a place and under a supervisor of its own, and once more with Landlock
/// alone. What nothing would hold back on this machine is not tried.
fn try_all(table: &[Hostile]) {
    for namespaces in [true, false] {
        let sandbox = sandbox(namespaces);
        for one in table {
            if (one.needs)(&sandbox) {
                try_one(one, namespaces, &sandbox);
            } else if namespaces {
                skipped(&format!("{}: {:?}", one.name, sandbox.missing));
            }
        }
    }
}

fn sandbox(namespaces: bool) -> Sandbox {
    let mut place = Place::new();
    place.namespaces = namespaces;
    let (supervisor, sandbox) =
        Supervisor::start_confined(Path::new(EXE), &place.confinement()).unwrap();
    supervisor.finish().unwrap();
    sandbox
}

fn try_one(one: &Hostile, namespaces: bool, sandbox: &Sandbox) {
    let mut place = Place::new();
    place.namespaces = namespaces;
    let outcome = play(&mut place, one.script, Duration::from_secs(20));
    assert_eq!(outcome.sandbox, *sandbox, "{}", one.name);
    let shown = format!(
        "{}, in {sandbox}\n--- stdout\n{}\n--- stderr\n{}",
        one.name,
        text(&outcome.reply.stdout.bytes),
        text(&outcome.reply.stderr.bytes)
    );
    assert_eq!(outcome.reply.end, one.end, "{shown}");
    assert_eq!(text(&outcome.reply.stdout.bytes), one.says, "{shown}");
    place.assert_unharmed(&shown, outcome.namespace.as_ref());
}

struct Outcome {
    sandbox: Sandbox,
    reply: Reply,
    stragglers: Vec<Straggler>,
    namespace: Option<Namespace>,
}

/// The mounts of a supervisor. While they are held open, no other can get their number.
struct Namespace {
    name: PathBuf,
    _held: fs::File,
}

impl Namespace {
    fn of(process: &str) -> Option<Self> {
        let path = format!("/proc/{process}/ns/mnt");
        let held = fs::File::open(&path).ok()?;
        let name = fs::read_link(&path).ok()?;
        let is_own = fs::read_link("/proc/self/ns/mnt").is_ok_and(|own| own == name);
        (!is_own).then_some(Self { name, _held: held })
    }
}

fn play(place: &mut Place, script: &str, timeout: Duration) -> Outcome {
    let (mut supervisor, sandbox) =
        Supervisor::start_confined(Path::new(EXE), &place.confinement()).unwrap();
    let mut run = |request: &Request| supervisor.run(request, &|| false).unwrap();
    let supervisor_id = run(&place.request("echo $PPID")).stdout.bytes;
    let namespace = Namespace::of(text(&supervisor_id).trim());
    let mut request = place.request(script);
    request.timeout = timeout;
    let reply = run(&request);
    // Whatever it was, the harness has a supervisor, and it is not fooled.
    let after = run(&place.request("echo still here; exit 7"));
    assert_eq!(after.end, End::Exited(7), "{script}");
    assert_eq!(after.stdout.bytes, b"still here\n", "{script}");
    let stragglers = supervisor.end_scope().unwrap();
    supervisor.finish().unwrap();
    Outcome {
        sandbox,
        reply,
        stragglers,
        namespace,
    }
}

#[test]
fn ordinary_script_works() {
    let script = r#"
set -e
echo note > note; mkdir -p a/b; mv note a/b/; ln a/b/note hard; ln -s a soft; cp -r a c
chmod 600 hard; touch -d 2020-01-01 hard; mkfifo pipe; rm -r c; truncate -s 3 hard
f=$(mktemp); echo x > "$f"; rm "$f"; echo y > ~/y; mkdir -p ~/.config/z
cat <<< here; diff <(echo 1) <(echo 1); echo out > /dev/stdout; echo err > /dev/stderr; : > /dev/null
head -c 4 /dev/urandom > r; cat /etc/passwd > /dev/null; ls "$VICTIM" > /dev/null
sleep 100 & kill $!; wait $! || true
trap 'echo bye' EXIT
"#;
    let mut place = Place::new();
    let outcome = play(&mut place, script, Duration::from_secs(20));
    let reply = outcome.reply;
    assert_eq!(
        (
            reply.end,
            text(&reply.stdout.bytes),
            text(&reply.stderr.bytes)
        ),
        (
            End::Exited(0),
            "here\nout\nbye\n".to_owned(),
            "err\n".to_owned()
        )
    );
    assert_eq!(outcome.stragglers, []);
    place.assert_unharmed("ordinary", outcome.namespace.as_ref());
    // The folders are the real ones.
    assert_eq!(fs::read(place.at("work/hard")).unwrap(), b"not");
    assert_eq!(fs::read(place.at("work/.home/y")).unwrap(), b"y\n");
}

#[test]
fn files_outside_are_neither_written_nor_removed() {
    try_all(&[
        hostile(
            "rm -rf ~ and rm -rf of others",
            WRITES,
            r#"rm -rf ~ 2>/dev/null; rm -rf "$VICTIM" 2>/dev/null || echo refused; rm -rf "$VICTIM"/* "$VICTIM"/../victim/sub 2>/dev/null || echo refused"#,
            "refused\nrefused\n",
        ),
        hostile(
            "absolute path, dots and a link that leads out",
            WRITES,
            r#"for file in "$VICTIM/note" ../victim/note out/note "$VICTIM/link" out/new /proc/self/cwd/../victim/note "/proc/self/root$VICTIM/note"; do
                 { echo forged >> "$file"; } 2>/dev/null || echo refused; done"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
        hostile(
            "truncate",
            WRITES,
            r#"{ : > "$VICTIM/note"; } 2>/dev/null || echo refused; truncate -s 0 "$VICTIM/note" 2>/dev/null || echo refused
               dd if=/dev/null of="$VICTIM/note" 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\n",
        ),
        hostile(
            "hard link to a file outside",
            WRITES,
            r#"ln "$VICTIM/note" mine2 2>/dev/null || echo refused; ln mine "$VICTIM/mine" 2>/dev/null || echo refused"#,
            "refused\nrefused\n",
        ),
        hostile(
            "rename out and in",
            WRITES,
            r#"mv mine "$VICTIM/mine" 2>/dev/null || echo refused; mv "$VICTIM/note" note 2>/dev/null || echo refused
               mv -T "$VICTIM" moved 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\n",
        ),
        hostile(
            "new files of every kind",
            WRITES,
            r#"cd "$VICTIM"; for make in "touch a" "mkdir a" "mkfifo a" "ln -s x a" "mknod a c 1 3" "cp note a" "install note a" "rmdir sub" "unlink link"; do
                 $make 2>/dev/null || echo refused; done"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
        hostile(
            "an open descriptor on the folder outside",
            WRITES,
            r#"exec 5< "$VICTIM"; exec 6< "$VICTIM/note"; { echo x > /proc/self/fd/5/a; } 2>/dev/null || echo refused
               { echo x > /proc/self/fd/6; } 2>/dev/null || echo refused; { echo x >&6; } 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\n",
        ),
        hostile(
            "its own script is its own, but not the one in the tree",
            WRITES,
            r#"echo 'echo forged' > "$0"; { echo 'exit 0' > "$VICTIM/run.sh"; } 2>/dev/null || echo refused; sed -i s/keep/forged/ "$VICTIM/note" 2>/dev/null || echo refused"#,
            "refused\nrefused\n",
        ),
        hostile(
            "terminals and devices of others",
            WRITES,
            r#"for device in /dev/pts/[0-9]* /dev/tty[0-9] /dev/console /dev/kmsg; do
                 [ -e "$device" ] && { printf '' >> "$device"; } 2>/dev/null && echo "$device"; done; echo end"#,
            "end\n",
        ),
        hostile(
            "shared folders of the machine",
            WRITES,
            r#"{ : > "$VICTIM/../$MARK"; } 2>/dev/null && exit 3
               for folder in /tmp /var/tmp /dev/shm /run /etc /var/spool/cron; do [ -d "$folder" ] || { echo refused; continue; }
                 { : > "$folder/$MARK"; } 2>/dev/null || echo refused; done
               echo '* * * * * true' | crontab - 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
    ]);
}

#[test]
fn modes_owners_and_times_outside_stay() {
    try_all(&[
        hostile(
            "chmod, chown, touch",
            ATTRIBUTES,
            r#"for change in "chmod 777" "chmod -R a-r" "chown $(id -u):$(id -g)" "chown -R 12345" "chgrp $(id -g)" "touch" "touch -d 2001-01-01" "touch -h -a" "chattr +d" "setfattr -n user.x -v y"; do
                 $change "$VICTIM/note" 2>/dev/null || echo refused; done; chmod 000 "$VICTIM" 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
        hostile(
            "by a link inside",
            ATTRIBUTES,
            "chmod -R 777 out/ 2>/dev/null || echo refused; touch out/note 2>/dev/null || echo refused",
            "refused\nrefused\n",
        ),
        hostile(
            "remount, new mounts and other namespaces",
            ATTRIBUTES,
            r#"for try in "mount -o remount,rw /" "mount --bind $HOME $VICTIM" "umount $PWD" "umount -l $VICTIM" "mount -t tmpfs none $HOME"; do
                 $try 2>/dev/null || echo refused; done
               unshare -rm sh -c 'mount -o remount,bind,rw / && chmod 0 "$VICTIM/note"' 2>/dev/null || echo refused
               nsenter -t 1 -m chmod 0 "$VICTIM/note" 2>/dev/null || echo refused
               nsenter -t "$NEIGHBOUR" -m chmod 0 "$VICTIM/note" 2>/dev/null || echo refused"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
        hostile(
            "by another process's root",
            ATTRIBUTES,
            r#"for pid in 1 "$NEIGHBOUR" "$(cut -d' ' -f4 /proc/$PPID/stat)"; do
                 chmod 0 "/proc/$pid/root$VICTIM/note" 2>/dev/null || echo refused; done"#,
            "refused\nrefused\nrefused\n",
        ),
    ]);
}

#[test]
fn nobody_outside_is_reached() {
    try_all(&[
        hostile(
            "tcp",
            |sandbox| sandbox.network != Network::Open,
            r#"for host in 127.0.0.1 localhost; do { exec 3<>"/dev/tcp/$host/$PORT"; } 2>/dev/null || echo refused; done
               { exec 3<>/dev/tcp/192.0.2.1/80; } 2>/dev/null || echo refused
               curl -s -m 5 "http://127.0.0.1:$PORT/" || echo refused"#,
            "refused\nrefused\nrefused\nrefused\n",
        ),
        hostile(
            "udp and names",
            NETWORK,
            r"{ echo x > /dev/udp/192.0.2.1/53; } 2>/dev/null || echo refused; getent hosts example.com || echo refused",
            "refused\nrefused\n",
        ),
        hostile(
            "a socket with a path",
            SOCKETS,
            r#"curl -s -m 5 --unix-socket "$SOCKET" http://x/ || echo refused"#,
            "refused\n",
        ),
        hostile(
            "the network of another",
            NETWORK,
            r#"nsenter -t 1 -n true 2>/dev/null || echo refused; nsenter -t "$NEIGHBOUR" -n true 2>/dev/null || echo refused"#,
            "refused\nrefused\n",
        ),
    ]);
}

#[test]
fn nobody_outside_is_signalled_or_traced() {
    let grandparent = "up=$(cut -d' ' -f4 /proc/$PPID/stat)";
    let parents = format!(
        "{grandparent}; for signal in TERM USR1 STOP KILL; do kill -$signal $PPID $up $NEIGHBOUR 2>/dev/null || echo refused; done"
    );
    try_all(&[
        hostile(
            "parents",
            SIGNALS,
            Box::leak(parents.into_boxed_str()),
            "refused\nrefused\nrefused\nrefused\n",
        ),
        Hostile {
            end: End::Signaled(9),
            ..hostile(
                "all",
                SIGNALS,
                // Not without a belt: signal 0 harms nobody, and tells what would arrive.
                r"for one in /proc/[0-9]*; do pid=${one#/proc/}
                    [ $pid = $$ ] || { kill -0 $pid 2>/dev/null && exit 3; }; done
                  kill -9 -- -1; kill -9 $$; echo never",
                "",
            )
        },
        hostile(
            "by name",
            SIGNALS,
            r#"pkill -9 -f "neighbour-$MARK"; pkill -STOP -f "neighbour-$MARK"; echo end"#,
            "end\n",
        ),
        hostile(
            "memory and debuggers",
            SIGNALS,
            r#"for pid in $PPID "$NEIGHBOUR"; do
                 { echo x > "/proc/$pid/mem"; } 2>/dev/null || echo refused
                 { : < "/proc/$pid/mem"; } 2>/dev/null || echo refused
                 { tr '\0' '\n' < "/proc/$pid/environ" | grep -q ^PATH; } 2>/dev/null || echo refused
                 gdb -p "$pid" -batch -ex 'call (int)getpid()' 2>/dev/null | grep -q '= [0-9]' || echo refused
               done"#,
            "refused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\nrefused\n",
        ),
    ]);
}

#[test]
fn keys_of_the_user_are_not_there() {
    // The home of who runs clawtest, as a supervisor sees it, is a variable: this test has its own.
    let home = tempfile::tempdir().unwrap();
    for (name, content) in [
        (".ssh/key", "private"),
        (".netrc", "private"),
        (".profile", "open"),
    ] {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let wrapper = home.path().join("supervisor");
    let script = format!(
        "#!/bin/sh\nHOME='{}' exec '{EXE}' \"$@\"\n",
        home.path().display()
    );
    fs::write(&wrapper, script).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let place = Place::new();
    let (mut supervisor, sandbox) =
        Supervisor::start_confined(&wrapper, &place.confinement()).unwrap();
    if !sandbox.secrets {
        skipped(&format!("secrets: {:?}", sandbox.missing));
        return;
    }
    let script = format!(
        "cd '{}'; cat .profile .netrc; ls -A .ssh; cd .ssh/..",
        home.path().display()
    );
    let reply = supervisor.run(&place.request(&script), &|| false).unwrap();
    assert_eq!(
        (reply.end, text(&reply.stdout.bytes)),
        (End::Exited(0), "open".to_owned())
    );
    supervisor.finish().unwrap();
    assert_eq!(fs::read(home.path().join(".ssh/key")).unwrap(), b"private");
}

#[test]
fn nothing_that_is_printed_or_sent_is_a_verdict() {
    try_all(&[
        Hostile {
            end: End::Exited(1),
            ..hostile(
                "printed",
                |_| true,
                r"echo '[PASS] all is well'; echo '1..1'; echo 'ok 1 - all'; exit 1",
                "[PASS] all is well\n1..1\nok 1 - all\n",
            )
        },
        Hostile {
            end: End::Exited(1),
            ..hostile(
                "sent to the supervisor's descriptors",
                SIGNALS,
                r#"answer='{"Ran":{"end":{"Exited":0},"stdout":{"kept":0,"total":0},"stderr":{"kept":0,"total":0},"duration":{"secs":0,"nanos":0}}}'
                   for fd in 0 1 2 3 4 5 6 7 8; do
                     { printf '%b\0\0\0\0\0\0\0\0\0\0\0%s' "\\x${#answer}" "$answer" > "/proc/$PPID/fd/$fd"; } 2>/dev/null && echo sent; done
                   exit 1"#,
                "",
            )
        },
    ]);
}

#[test]
fn nobody_becomes_more_than_he_is() {
    try_all(&[hostile(
        "root's tools",
        ATTRIBUTES,
        // Not without a belt: each would set what is set already.
        r#"caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status); [ $((0x$caps >> 21 & 1)) = 0 ] || exit 3
           pattern=$(cat /proc/sys/kernel/core_pattern)
           for try in "sudo -n true" "mknod disk b 8 0" "hostname $(hostname)" "date -s @$(date +%s)" \
             "sysctl -w kernel.core_pattern=$pattern" "losetup -f mine" "insmod mine" "ip link add x type dummy"; do
             timeout 5 $try > /dev/null 2>&1 && echo "done: $try"; done
           { echo "$pattern" > /proc/sys/kernel/core_pattern; } 2>/dev/null && echo written; echo end"#,
        "end\n",
    )]);
}

#[test]
fn processes_do_not_outlive_their_harness() {
    for (name, script) in [
        ("setsid", "setsid sleep 1000 & disown"),
        ("double fork", "( ( exec -a daemon sleep 1000 ) & ); exit 0"),
        ("nohup", "nohup sleep 1000 > /dev/null 2>&1 & disown -a"),
        (
            "without an environment",
            "setsid env -i sleep 1000 < /dev/null > /dev/null 2>&1 & disown",
        ),
        ("holding the pipes", "sleep 1000 & echo end"),
        (
            "deaf",
            "(trap '' TERM HUP INT; while :; do sleep 1000; done) & disown",
        ),
        ("stopped", "sleep 1000 & kill -STOP $!; disown"),
        (
            "in other namespaces",
            "sleep 1000 & unshare -rpf --kill-child=TERM sleep 1000 & unshare -U sleep 1000 & disown -a",
        ),
        (
            "one that restarts itself",
            "again() { sleep 0.2; setsid bash -c \"$(declare -f again); again\" & }; again & disown",
        ),
    ] {
        let mut place = Place::new();
        let begun = Instant::now();
        let outcome = play(&mut place, script, Duration::from_secs(20));
        assert_eq!(outcome.reply.end, End::Exited(0), "{name}");
        assert!(
            !outcome.stragglers.is_empty(),
            "{name}: it had left nothing"
        );
        assert!(begun.elapsed() < Duration::from_secs(15), "{name}");
        place.assert_unharmed(name, outcome.namespace.as_ref());
    }
}

#[test]
fn greed_ends_with_the_greedy() {
    type IsRight = fn(&End) -> bool;
    let in_time = Duration::from_secs(20);
    // Long enough for bash to begin on a busy machine.
    let short = Duration::from_millis(1200);
    let table: [(&str, &str, Duration, IsRight); 8] = [
        ("endless loop", "while :; do :; done", short, |end| {
            *end == End::TimedOut
        }),
        ("stops itself", "kill -STOP $$; echo never", short, |end| {
            *end == End::TimedOut
        }),
        (
            "deaf",
            "trap '' TERM INT HUP; while :; do sleep 1; done",
            short,
            |end| *end == End::TimedOut,
        ),
        (
            "closes its descriptors",
            "exec 0<&- 1>&- 2>&-; sleep 1000",
            short,
            |end| *end == End::TimedOut,
        ),
        (
            "fills the disk",
            "dd if=/dev/zero of=big bs=1M seek=1023 count=2 2> /dev/null; echo $?; truncate -s 2G big; stat -c %s big",
            in_time,
            |end| *end == End::Exited(0),
        ),
        (
            "eats memory",
            // There is a limit; a lower one shows what it does, without the memory for it.
            "[ $(ulimit -d) -le 4194304 ] || exit 0; ulimit -d 65536; x=$(head -c 200M /dev/zero | tr '\\0' x); echo ${#x}",
            in_time,
            |end| matches!(end, End::Exited(code) if *code != 0) || matches!(end, End::Signaled(_)),
        ),
        ("prints without end", "yes", short, |end| {
            *end == End::TimedOut
        }),
        (
            "forks without end",
            "i=0; while ((i++ < 100)); do (trap '' TERM; while :; do setsid sleep 1000.7; done) & done; wait",
            short,
            |end| *end == End::TimedOut,
        ),
    ];
    for (name, script, timeout, is_right) in table {
        let mut place = Place::new();
        let outcome = play(&mut place, script, timeout);
        let end = &outcome.reply.end;
        let shown = text(&outcome.reply.stderr.bytes);
        assert!(
            is_right(end),
            "{name}: {end:?} {}",
            &shown[..shown.len().min(500)]
        );
        assert!(outcome.reply.stdout.bytes.len() <= 1 << 16, "{name}");
        if let Ok(found) = fs::metadata(place.at("work/big")) {
            assert!(found.len() <= 1 << 30, "{name}: {}", found.len());
        }
        place.assert_unharmed(name, outcome.namespace.as_ref());
    }
}

#[test]
fn crowd_is_bounded() {
    let mut place = Place::new();
    let script = "i=0; while ((i++ < 3000)); do sleep 1000 & done 2> /dev/null; echo all; wait";
    let outcome = play(&mut place, script, Duration::from_secs(8));
    let reply = outcome.reply;
    assert_eq!(text(&reply.stdout.bytes), "", "{:?}", reply.end);
    if reply.end == End::Signaled(9) {
        let said = text(&reply.stderr.bytes);
        assert!(
            said.ends_with("too many processes, and all were killed\n"),
            "{said}"
        );
    } else {
        // The kernel refuses the next one, and bash tries again and again.
        assert_eq!(reply.end, End::TimedOut);
    }
    place.assert_unharmed("crowd", outcome.namespace.as_ref());
}

#[test]
fn servers_of_the_harness_are_reached_by_it() {
    // bash can connect but not listen: python stands for the server, as in real harnesses.
    let script = r"
command -v python3 > /dev/null || { echo hello; exit 0; }
python3 -c '
import socket
server = socket.create_server((\x22127.0.0.1\x22, 18789))
open(\x22up\x22, \x22w\x22).close()
server.accept()[0].send(b\x22hello\n\x22)
' & until [ -e up ]; do sleep 0.02; done
exec 3<>/dev/tcp/127.0.0.1/18789; read -r line <&3; echo $line; wait
"
    .replace("\\x22", "\"");
    let mut place = Place::new();
    let outcome = play(&mut place, &script, Duration::from_secs(20));
    if outcome.sandbox.network != Network::Own {
        skipped("there is no network namespace");
        return;
    }
    assert_eq!(
        text(&outcome.reply.stdout.bytes),
        "hello\n",
        "{:?}",
        outcome.reply
    );
    place.assert_unharmed("server", outcome.namespace.as_ref());
}

#[test]
fn shared_folders_can_be_private_ones() {
    let place = Place::new();
    let tree = place.at("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("lib.sh"), "echo lib").unwrap();
    fs::create_dir(place.at("private/shared")).unwrap();
    let confinement = place
        .confinement()
        .with_own_tmp(place.at("private/shared"), vec![tree.clone()]);
    let (mut supervisor, sandbox) =
        Supervisor::start_confined(Path::new(EXE), &confinement).unwrap();
    if !sandbox.tmp {
        skipped(&format!("no temporary folders: {:?}", sandbox.missing));
        return;
    }
    let script = format!(
        r#"for folder in /tmp /var/tmp /dev/shm; do echo $folder > $folder/$MARK.x || echo no; done
           ls -d "$VICTIM" 2>/dev/null; ls /tmp | wc -l; echo mine > mine; bash '{0}/lib.sh'
           {{ echo x > '{0}/lib.sh'; }} 2>/dev/null || echo refused
           mv mine /tmp/moved; cat /tmp/moved; chmod 600 /tmp/moved; touch "$HOME/z""#,
        tree.display()
    );
    let reply = supervisor.run(&place.request(&script), &|| false).unwrap();
    let shown = text(&reply.stdout.bytes);
    let expected = if std::env::temp_dir() == Path::new("/tmp") {
        "2\nlib\nrefused\nmine\n"
    } else {
        shown.as_str()
    };
    assert_eq!(shown, expected, "{}", text(&reply.stderr.bytes));
    for folder in ["/tmp", "/var/tmp", "/dev/shm"].map(Path::new) {
        let name = format!("{}.x", place.mark());
        assert!(!folder.join(&name).exists());
        let content = fs::read_to_string(confinement.outside(&folder.join(&name))).unwrap();
        assert_eq!(content.trim(), folder.to_str().unwrap());
    }
    for path in [
        place.at("work/.home/z"),
        tree.join("lib.sh"),
        PathBuf::from("/etc/passwd"),
    ] {
        assert_eq!(confinement.outside(&path), path);
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn processes_of_one_harness_can_signal_each_other() {
    let place = Place::new();
    let (mut supervisor, _) =
        Supervisor::start_confined(Path::new(EXE), &place.confinement()).unwrap();
    let mut run = |script: &str| supervisor.run(&place.request(script), &|| false).unwrap();
    assert_eq!(run("sleep 1000 & echo $! > server").end, End::Exited(0));
    assert_eq!(run("kill $(cat server)").end, End::Exited(0));
    assert_eq!(supervisor.end_scope().unwrap(), []);
}

#[test]
fn folders_that_are_not_there_are_an_error() {
    let place = Place::new();
    for (path, words) in [
        (place.at("nowhere"), "cannot be opened"),
        (place.at("victim/note"), "is no folder"),
    ] {
        let confinement = Confinement::to([&path]);
        match Supervisor::start_confined(Path::new(EXE), &confinement) {
            Err(ProcessError::Confine(why)) => assert!(why.contains(words), "{why}"),
            other => panic!("expected an error for {}: {other:?}", path.display()),
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    let sandbox = in_force(Path::new(EXE)).unwrap();
    assert_eq!(
        sandbox.is_complete(),
        sandbox.missing.is_empty(),
        "{sandbox:?}"
    );
    let place = Place::new();
    let mut confinement = place.confinement();
    confinement.namespaces = false;
    let (supervisor, bare) = Supervisor::start_confined(Path::new(EXE), &confinement).unwrap();
    assert!(!bare.attributes && bare.network != Network::Own, "{bare:?}");
    supervisor.finish().unwrap();
}

#[test]
fn many_sandboxes_work_side_by_side() {
    let expected = sandbox(true);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..3 {
                    let mut place = Place::new();
                    let outcome = play(&mut place, "echo x > x; cat x", Duration::from_secs(20));
                    assert_eq!(outcome.sandbox, expected);
                    assert_eq!(outcome.reply.stdout.bytes, b"x\n");
                    place.assert_unharmed("side by side", outcome.namespace.as_ref());
                }
            });
        }
    });
}
