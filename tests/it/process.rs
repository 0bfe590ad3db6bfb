//! What a supervisor promises, tried with commands that do their worst.
//! No test sleeps to wait for something: it reads what a command says, or looks until a deadline.

use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clawtest::process::{Death, End, ProcessError, Program, Reply, Request, Supervisor};

const EXE: &str = env!("CARGO_BIN_EXE_clawtest");
const LONG: Duration = Duration::from_mins(1);
/// Long enough for a shell to begin on a busy machine.
const SHORT: Duration = Duration::from_millis(800);

fn supervisor() -> Supervisor {
    Supervisor::start(Path::new(EXE)).unwrap()
}

fn request(program: Program) -> Request {
    Request {
        program,
        cwd: PathBuf::from("/"),
        env: vec![("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())],
        timeout: LONG,
        grace: Duration::from_millis(200),
        cap: 1 << 16,
    }
}

fn shell(script: &str) -> Request {
    request(Program::Shell(script.to_owned()))
}

fn argv(words: &[&str]) -> Request {
    request(Program::Argv(
        words.iter().map(|&word| word.to_owned()).collect(),
    ))
}

fn run(supervisor: &mut Supervisor, request: &Request) -> Reply {
    supervisor.run(request, &|| false).unwrap()
}

fn died(supervisor: &mut Supervisor, request: &Request) -> Death {
    match supervisor.run(request, &|| false) {
        Err(ProcessError::SupervisorDied(death)) => death,
        other => panic!("expected the supervisor's death, found {other:?}"),
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn pids(reply: &Reply) -> Vec<i32> {
    text(&reply.stdout.bytes)
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect()
}

/// Whether anything of the process runs; one that waits to be reaped does not.
fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

fn assert_gone(pids: &[i32]) {
    assert!(!pids.is_empty());
    for &pid in pids {
        assert!(
            !is_alive(pid),
            "{pid}: {:?}",
            fs::read_to_string(format!("/proc/{pid}/cmdline"))
        );
    }
}

fn command_line(pid: i32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .replace('\0', " ")
}

/// For what another process has to do on its own.
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "not in time: {what}"
        );
        std::thread::yield_now();
    }
}

fn running(marker: &str) -> usize {
    let cmdline = |entry: fs::DirEntry| fs::read(entry.path().join("cmdline")).unwrap_or_default();
    let all = fs::read_dir("/proc").unwrap().flatten();
    all.filter(|entry| {
        entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.parse::<i32>().is_ok())
    })
    .filter(|entry| entry.file_name().to_str() != Some(&std::process::id().to_string()))
    .map(cmdline)
    .filter(|line| String::from_utf8_lossy(line).contains(marker))
    .count()
}

/// A folder that is removed at the end of its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("process-{}-{count}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    let table = [
        ("exit 0", End::Exited(0)),
        ("exit 3", End::Exited(3)),
        ("exit 143", End::Exited(143)),
        ("kill -TERM $$", End::Signaled(15)),
        ("kill -KILL $$", End::Signaled(9)),
        ("kill -PIPE $$", End::Signaled(13)),
        ("kill -HUP $$", End::Signaled(1)),
        ("no-such-program", End::Exited(127)),
    ];
    let mut supervisor = supervisor();
    for (script, end) in table {
        assert_eq!(run(&mut supervisor, &shell(script)).end, end, "{script}");
    }
    supervisor.finish().unwrap();
}

#[test]
fn both_streams_are_captured_byte_for_byte() {
    let mut supervisor = supervisor();
    let reply = run(
        &mut supervisor,
        &shell(r"printf 'a\000\377\n'; printf 'e\200' >&2"),
    );
    assert_eq!(reply.stdout.bytes, b"a\0\xff\n");
    assert_eq!(reply.stderr.bytes, b"e\x80");
    assert_eq!((reply.stdout.total, reply.stderr.total), (4, 2));
    assert!(!reply.stdout.is_truncated());
    let reply = run(&mut supervisor, &shell("cat"));
    assert_eq!(
        (reply.end, reply.stdout.total),
        (End::Exited(0), 0),
        "standard input is empty"
    );
}

#[test]
fn output_beyond_the_cap_is_counted_and_costs_no_memory() {
    let mut supervisor = supervisor();
    let mut big = shell("head -c 1G /dev/zero; echo done >&2");
    big.cap = 1000;
    let reply = run(&mut supervisor, &big);
    assert_eq!(reply.end, End::Exited(0));
    assert_eq!(
        (reply.stdout.bytes.len(), reply.stdout.total),
        (1000, 1 << 30)
    );
    assert!(reply.stdout.is_truncated());
    assert_eq!(reply.stderr.bytes, b"done\n");
    let reply = run(&mut supervisor, &shell("grep VmHWM /proc/$PPID/status"));
    let peak: usize = text(&reply.stdout.bytes)
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    assert!(peak < 32 << 10, "{peak} kB");
    big.cap = 0;
    assert_eq!(run(&mut supervisor, &big).stdout.bytes, b"");
}

#[test]
fn large_output_within_the_cap_arrives_whole() {
    let mut supervisor = supervisor();
    let mut big = shell("head -c 20000000 /dev/zero; head -c 10000000 /dev/zero >&2");
    big.cap = usize::MAX;
    let reply = run(&mut supervisor, &big);
    assert_eq!(
        (reply.stdout.bytes.len(), reply.stderr.bytes.len()),
        (20_000_000, 10_000_000)
    );
}

#[test]
fn timeout_ends_a_shell_that_ignores_sigterm_and_a_child_in_a_session_of_its_own() {
    let mut supervisor = supervisor();
    let mut stubborn = shell(
        "trap '' TERM; sleep 1000 & echo $!; setsid sh -c 'echo $$; trap \"\" TERM; while :; do sleep 1000; done' & \
         echo $$; while :; do sleep 1000; done",
    );
    stubborn.timeout = SHORT;
    let reply = run(&mut supervisor, &stubborn);
    assert_eq!(reply.end, End::TimedOut);
    assert_eq!(pids(&reply).len(), 3);
    assert_gone(&pids(&reply));
    assert_eq!(supervisor.end_scope().unwrap(), []);
}

#[test]
fn timeout_leaves_time_for_a_graceful_end() {
    let mut supervisor = supervisor();
    let mut graceful =
        shell("trap 'echo cleaned; exit 0' TERM; sleep 1000 & echo begun; wait; echo never");
    (graceful.timeout, graceful.grace) = (SHORT, LONG);
    let reply = run(&mut supervisor, &graceful);
    assert_eq!(reply.end, End::TimedOut);
    assert_eq!(text(&reply.stdout.bytes), "begun\ncleaned\n");
    assert!(reply.duration < LONG);
}

#[test]
fn timeout_spares_what_ran_before_the_command() {
    let mut supervisor = supervisor();
    let server = pids(&run(&mut supervisor, &shell("sleep 1000 & echo $!")));
    let mut late = shell("sleep 1000 & echo $!; wait");
    late.timeout = SHORT;
    let reply = run(&mut supervisor, &late);
    assert_eq!(reply.end, End::TimedOut);
    assert_gone(&pids(&reply));
    assert!(is_alive(server[0]));
    assert_eq!(supervisor.end_scope().unwrap().len(), 1);
    assert_gone(&server);
}

#[test]
fn timeout_ends_a_fork_bomb() {
    let marker = format!("1000.{}7", std::process::id());
    let script = format!(
        "trap '' TERM; i=0; while [ $i -lt 200 ]; do \
         (while :; do setsid sleep {marker}; done) & i=$((i+1)); done; echo all; wait"
    );
    let mut supervisor = supervisor();
    let mut bomb = shell(&script);
    (bomb.timeout, bomb.grace) = (Duration::from_secs(2), Duration::from_millis(100));
    let reply = run(&mut supervisor, &bomb);
    assert_eq!(reply.end, End::TimedOut);
    assert_eq!(text(&reply.stdout.bytes), "all\n");
    assert_eq!(running(&marker), 0);
    supervisor.finish().unwrap();
}

#[test]
fn closed_streams_do_not_end_a_command() {
    let mut supervisor = supervisor();
    let mut silent = shell("echo $$; exec 1>&- 2>&-; exec sleep 1000");
    silent.timeout = SHORT;
    let reply = run(&mut supervisor, &silent);
    assert_eq!(reply.end, End::TimedOut);
    assert_gone(&pids(&reply));
    assert_eq!(
        run(&mut supervisor, &shell("exec 1>&- 2>&-; exit 4")).end,
        End::Exited(4)
    );
}

#[test]
fn background_processes_delay_nothing_and_are_named_and_ended_with_their_scope() {
    let scripts = [
        ("sleep 1000 & echo $!", "sleep 1000"),
        ("setsid sleep 1001 & echo $!", "sleep 1001"),
        (
            "mkfifo p; (setsid sh -c 'echo $$ > p; exec sleep 1002' &); cat p",
            "sleep 1002",
        ),
        ("trap '' TERM; sleep 1003 & echo $!", "sleep 1003"),
        ("(setsid env -i sleep 1004 & echo $!)", "sleep 1004"),
        ("sh -c 'kill -STOP $$' & echo $!", "sh -c kill -STOP $$"),
    ];
    let folder = Folder::new();
    let mut supervisor = supervisor();
    for (script, name) in scripts {
        let mut leave = shell(script);
        leave.cwd.clone_from(&folder.0);
        let reply = run(&mut supervisor, &leave);
        assert_eq!(reply.end, End::Exited(0), "{script}");
        let left = pids(&reply);
        // Between `fork` and `exec` a process bears the name of its shell.
        wait_until(name, || command_line(left[0]) == name);
        let stragglers = supervisor.end_scope().unwrap();
        let names: Vec<&str> = stragglers.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, [name], "{script}");
        assert_eq!(left, [stragglers[0].pid], "{script}");
        assert_gone(&left);
        assert_eq!(supervisor.end_scope().unwrap(), []);
    }
}

#[test]
fn what_ends_by_itself_is_no_straggler() {
    let mut supervisor = supervisor();
    run(&mut supervisor, &shell("true & true & (true &) & exit 0"));
    assert_eq!(supervisor.end_scope().unwrap(), []);
}

#[test]
fn long_names_are_cut_and_made_one_line() {
    let mut supervisor = supervisor();
    let script = format!("sh -c 'sleep 1000; : \n{}' & echo $!", "é".repeat(300));
    run(&mut supervisor, &shell(&script));
    let stragglers = supervisor.end_scope().unwrap();
    assert_eq!(stragglers[0].name.chars().count(), 120);
    assert!(stragglers[0].name.starts_with("sh -c sleep 1000; :  é"));
}

#[test]
fn adopted_processes_outlive_scopes_but_not_the_harness() {
    let mut supervisor = supervisor();
    let folder = Folder::new();
    let mut setup = shell(
        "mkfifo p; sh -c 'sleep 1000 & echo $! $$ > p; wait' & cat p; setsid sleep 1000 & echo $!",
    );
    setup.cwd.clone_from(&folder.0);
    let server = pids(&run(&mut supervisor, &setup));
    assert_eq!(server.len(), 3);
    supervisor.adopt().unwrap();
    for _ in 0..2 {
        let other = pids(&run(&mut supervisor, &shell("sleep 1001 & echo $!")));
        let stragglers = supervisor.end_scope().unwrap();
        assert_eq!(
            stragglers.iter().map(|one| one.pid).collect::<Vec<_>>(),
            other
        );
        assert_gone(&other);
        assert!(server.iter().all(|&pid| is_alive(pid)));
        assert_eq!(supervisor.end_scope().unwrap(), []);
    }
    supervisor.finish().unwrap();
    assert_gone(&server);
}

#[test]
fn background_process_may_go_on_writing_to_the_streams_of_its_command() {
    let folder = Folder::new();
    let mut supervisor = supervisor();
    let mut begin = shell(
        "mkfifo go done; (read x < go; head -c 200000 /dev/zero; echo log >&2; echo ok > done) & ",
    );
    begin.cwd.clone_from(&folder.0);
    assert_eq!(run(&mut supervisor, &begin).end, End::Exited(0));
    let mut ask = shell("echo now > go; read x < done; echo $x");
    ask.cwd.clone_from(&folder.0);
    ask.timeout = Duration::from_secs(10);
    assert_eq!(text(&run(&mut supervisor, &ask).stdout.bytes), "ok\n");
}

#[test]
fn loud_background_process_holds_nothing_up() {
    let mut supervisor = supervisor();
    let reply = run(&mut supervisor, &shell("yes & echo $! >&2"));
    assert_eq!(reply.end, End::Exited(0));
    assert_eq!(
        run(&mut supervisor, &shell("echo hi")).stdout.bytes,
        b"hi\n"
    );
    let stragglers = supervisor.end_scope().unwrap();
    assert_eq!(
        stragglers[0].pid.to_string(),
        text(&reply.stderr.bytes).trim()
    );
}

#[test]
fn command_that_kills_its_parent_harms_nobody_else() {
    let mut victim = supervisor();
    let mut neighbour = supervisor();
    let folder = Folder::new();
    let mut murder = shell(
        "sleep 1000 & echo $! > a; (setsid env -i sleep 1001 & echo $! > b); echo $$ > c; \
         kill -KILL $PPID; sleep 1002",
    );
    murder.cwd.clone_from(&folder.0);
    assert_eq!(died(&mut victim, &murder), Death::Signaled(9));
    let read = |name| {
        fs::read_to_string(folder.0.join(name))
            .unwrap()
            .trim()
            .parse()
            .unwrap()
    };
    assert_gone(&[read("a"), read("b"), read("c")]);
    assert_eq!(died(&mut victim, &shell("true")), Death::Earlier);
    assert_eq!(run(&mut neighbour, &shell("exit 5")).end, End::Exited(5));
    assert_eq!(run(&mut supervisor(), &shell("exit 6")).end, End::Exited(6));
}

#[test]
fn killing_the_guard_or_both_is_noticed_and_cleaned_up_too() {
    let grandparent = "up=$(cut -d' ' -f4 /proc/$PPID/stat)";
    for (name, kill) in [
        ("guard", "kill -KILL $up"),
        ("both", "kill -KILL $up $PPID"),
    ] {
        let folder = Folder::new();
        let script = format!("sleep 1000 & echo $! $$ > pids; {grandparent}; {kill}; sleep 1000");
        let mut murder = shell(&script);
        murder.cwd.clone_from(&folder.0);
        assert_eq!(
            died(&mut supervisor(), &murder),
            Death::Signaled(9),
            "{name}"
        );
        let pids = fs::read_to_string(folder.0.join("pids")).unwrap();
        let pids: Vec<i32> = pids
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        // In the second case the client has sent the signals, and others reap.
        wait_until(name, || !pids.iter().any(|&pid| is_alive(pid)));
    }
}

#[test]
fn signals_that_ask_the_supervisor_to_end_have_no_effect() {
    let mut supervisor = supervisor();
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let reply = run(
            &mut supervisor,
            &shell(&format!("kill -{signal} $PPID; echo alive")),
        );
        assert_eq!(
            (reply.end, text(&reply.stdout.bytes)),
            (End::Exited(0), "alive\n"),
            "{signal}"
        );
    }
    assert_eq!(
        died(&mut supervisor, &shell("kill -USR1 $PPID; sleep 1000")),
        Death::Signaled(10)
    );
}

#[test]
fn stopped_supervisor_is_given_up_after_its_deadline() {
    let folder = Folder::new();
    let mut supervisor = supervisor();
    let mut stop = shell("echo $$ $PPID > pids; kill -STOP $PPID; sleep 1000");
    stop.cwd.clone_from(&folder.0);
    (stop.timeout, stop.grace) = (Duration::from_millis(500), Duration::ZERO);
    assert_eq!(died(&mut supervisor, &stop), Death::Unresponsive);
    let pids = fs::read_to_string(folder.0.join("pids")).unwrap();
    assert_gone(
        &pids
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect::<Vec<_>>(),
    );
}

#[test]
fn stop_ends_everything_first() {
    let folder = Folder::new();
    let mut supervisor = supervisor();
    let mut endless = shell("setsid sleep 1000 & echo $! $$ > begun; mv begun pids; sleep 1000");
    endless.cwd.clone_from(&folder.0);
    let result = supervisor.run(&endless, &|| folder.0.join("pids").exists());
    assert!(matches!(result, Err(ProcessError::Stopped)), "{result:?}");
    let pids = fs::read_to_string(folder.0.join("pids")).unwrap();
    assert_gone(
        &pids
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect::<Vec<_>>(),
    );
    assert_eq!(died(&mut supervisor, &shell("true")), Death::Earlier);
}

#[test]
fn dropping_a_supervisor_ends_what_is_left() {
    let mut dropped = supervisor();
    let reply = run(&mut dropped, &shell("sleep 1000 & echo $! $PPID"));
    drop(dropped);
    assert_gone(&pids(&reply));
}

#[test]
fn command_that_cannot_start_says_why() {
    let folder = Folder::new();
    folder.file("plain", "echo", 0o644);
    folder.file("lost", "#!/no/such/interpreter -x\n", 0o755);
    folder.file("noise", "\u{1}\u{2}\u{3}", 0o755);
    folder.file("ok", "#!/bin/sh\nexit 9\n", 0o755);
    fs::create_dir(folder.0.join("sub")).unwrap();
    let here = folder.0.display();
    let table = [
        (
            vec!["foo"],
            format!("program `foo` not found on PATH /usr/bin:{here}"),
        ),
        (vec!["./foo"], "program `./foo` not found".to_owned()),
        (
            vec!["sub"],
            format!("program `sub` not found on PATH /usr/bin:{here}"),
        ),
        (vec!["./sub"], "program `./sub` is a folder".to_owned()),
        (
            vec!["./plain/x"],
            "program `./plain/x` not found".to_owned(),
        ),
        (
            vec!["./plain"],
            "program `./plain` is not executable: permission denied".to_owned(),
        ),
        (
            vec!["plain"],
            format!("program `plain` is not executable: permission denied for `{here}/plain`"),
        ),
        (
            vec!["lost"],
            format!("interpreter `/no/such/interpreter` of `{here}/lost` not found"),
        ),
        (
            vec!["noise"],
            format!("`{here}/noise` is not a program: no `#!` line and no known binary format"),
        ),
        (vec![""], "the program's name is empty".to_owned()),
        (vec![], "no program is given".to_owned()),
    ];
    let mut supervisor = supervisor();
    let mut here_with = |words: &[&str], env: Vec<(String, String)>| {
        let mut request = argv(words);
        (request.cwd, request.env) = (folder.0.clone(), env);
        run(&mut supervisor, &request).end
    };
    let path = || vec![("PATH".to_owned(), format!("/usr/bin:{here}"))];
    for (words, reason) in table {
        assert_eq!(
            here_with(&words, path()),
            End::NotStarted(reason),
            "{words:?}"
        );
    }
    assert_eq!(here_with(&["ok"], path()), End::Exited(9));
    assert_eq!(here_with(&["./ok"], Vec::new()), End::Exited(9));
    assert_eq!(
        here_with(&["ok"], vec![("PATH".to_owned(), String::new())]),
        End::Exited(9)
    );
    let reason = "program `ok` not found: the environment has no PATH".to_owned();
    assert_eq!(here_with(&["ok"], Vec::new()), End::NotStarted(reason));
    let long = "x".repeat(1 << 20);
    let End::NotStarted(reason) = here_with(&["ok", &long], path()) else {
        panic!("an argument that long was accepted");
    };
    assert_eq!(
        reason,
        format!("arguments and environment of `{here}/ok` are too long")
    );
    let End::NotStarted(reason) = here_with(&["ok", "a\0b"], path()) else {
        panic!("a NUL byte was accepted");
    };
    assert!(reason.contains("nul byte"), "{reason}");
}

#[test]
fn unusable_working_folder_is_named() {
    let mut supervisor = supervisor();
    let folder = Folder::new();
    let file = folder.file("file", "", 0o644);
    let table = [
        (folder.0.join("gone"), "does not exist"),
        (file, "is not a folder"),
        (PathBuf::from("tmp"), "is not an absolute path"),
    ];
    for (cwd, problem) in table {
        let mut lost = shell("true");
        lost.cwd.clone_from(&cwd);
        let reason = format!("working folder `{}` {problem}", cwd.display());
        assert_eq!(run(&mut supervisor, &lost).end, End::NotStarted(reason));
    }
}

/// How many descriptors beyond the standard ones pass to the children of this process.
fn inheritable() -> usize {
    let passes_on = |name: &str| {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{name}")).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
        Some(i64::from_str_radix(flags.trim(), 8).unwrap() & 0o2_000_000 == 0)
    };
    let all = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let names = all.filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|name| name.parse().is_ok_and(|fd: i32| fd > 2) && passes_on(name) == Some(true))
        .count()
}

#[test]
fn command_gets_its_environment_folder_and_streams_and_nothing_else() {
    let mut supervisor = supervisor();
    let folder = Folder::new();
    let mut env = argv(&["/usr/bin/env"]);
    env.env = vec![
        ("B".to_owned(), "2\n=".to_owned()),
        ("A".to_owned(), String::new()),
    ];
    let reply = run(&mut supervisor, &env);
    let mut variables: Vec<&str> = text(&reply.stdout.bytes).lines().collect();
    variables.sort_unstable();
    assert_eq!(variables, ["=", "A=", "B=2"]);
    let mut pwd = argv(&["/bin/pwd"]);
    pwd.cwd.clone_from(&folder.0);
    assert_eq!(
        text(&run(&mut supervisor, &pwd).stdout.bytes).trim(),
        folder.0.to_str().unwrap()
    );

    let reply = run(&mut supervisor, &argv(&["ls", "-l", "/proc/self/fd"]));
    let listing = text(&reply.stdout.bytes);
    let links: Vec<&str> = listing
        .lines()
        .filter(|line| line.contains(" -> "))
        .collect();
    // What the test itself was given by its caller is passed on, as every shell does it.
    assert_eq!(links.len(), 4 + inheritable(), "{listing}");
    assert!(links[0].ends_with("0 -> /dev/null"), "{listing}");
    assert!(!listing.contains("socket"), "{listing}");
}

#[test]
fn command_begins_with_default_signals_in_a_group_of_its_own_and_without_a_terminal() {
    let mut supervisor = supervisor();
    let reply = run(
        &mut supervisor,
        &argv(&["cat", "/proc/self/status", "/proc/self/stat"]),
    );
    let status = text(&reply.stdout.bytes);
    let mask = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap()
            .to_owned();
        u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap()
    };
    let own = fs::read_to_string("/proc/thread-self/status").unwrap();
    assert_eq!(mask(status, "SigBlk"), mask(&own, "SigBlk"));
    for signal in [1, 2, 3, 13, 15, 17] {
        assert_eq!(
            mask(status, "SigIgn") & (1 << (signal - 1)),
            0,
            "signal {signal}"
        );
    }
    let stat = status.lines().last().unwrap();
    let fields: Vec<&str> = stat.split_whitespace().collect();
    assert_eq!(fields[4], fields[0], "leads its group: {stat}");
    assert_ne!(
        fields[5], fields[0],
        "has its session from the guard: {stat}"
    );
    assert_eq!(fields[6], "0", "has no terminal: {stat}");
    let reply = run(&mut supervisor, &shell("yes | head -n 1; kill -PIPE $$"));
    assert_eq!(reply.end, End::Signaled(13));
}

#[test]
fn malformed_orders_end_a_supervisor_at_once() {
    let frames: [&[u8]; 4] = [
        b"\xff\xff\xff\xff\0\0\0\0\0\0\0\0",
        b"\x02\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f{}",
        b"\x02\0\0\0\0\0\0\0\0\0\0\0{}",
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for frame in frames {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut child = Command::new(EXE)
            .arg("__supervise")
            .stdin(OwnedFd::from(theirs))
            .spawn()
            .unwrap();
        ours.write_all(frame).unwrap();
        assert_eq!(ours.read(&mut [0; 16]).unwrap(), 0, "{frame:?}");
        assert_eq!(child.wait().unwrap().code(), Some(1), "{frame:?}");
    }
}

#[test]
fn request_that_is_too_large_is_refused_and_costs_nothing_else() {
    let mut supervisor = supervisor();
    let huge = shell(&" ".repeat(20 << 20));
    let result = supervisor.run(&huge, &|| false);
    assert!(
        matches!(result, Err(ProcessError::Request(_))),
        "{result:?}"
    );
    assert_eq!(run(&mut supervisor, &shell("exit 3")).end, End::Exited(3));
}

#[test]
fn executable_that_is_no_supervisor_is_an_error() {
    let error = Supervisor::start(Path::new("/no/such/file")).unwrap_err();
    assert!(matches!(error, ProcessError::Start { .. }), "{error:?}");
    let mut impostor = Supervisor::start(Path::new("/bin/false")).unwrap();
    assert_eq!(died(&mut impostor, &shell("true")), Death::Exited(1));
    // It mistakes the argument for a file, and echoes nothing.
    let mut impostor = Supervisor::start(Path::new("/bin/cat")).unwrap();
    assert_eq!(died(&mut impostor, &shell("true")), Death::Exited(1));
}

#[test]
fn many_supervisors_work_side_by_side() {
    std::thread::scope(|scope| {
        for number in 0..8 {
            scope.spawn(move || {
                let mut supervisor = supervisor();
                for round in 0..5 {
                    let script = format!("sleep 1000 & echo {number}.{round}");
                    let reply = run(&mut supervisor, &shell(&script));
                    assert_eq!(text(&reply.stdout.bytes), format!("{number}.{round}\n"));
                }
                assert_eq!(supervisor.end_scope().unwrap().len(), 5);
                supervisor.finish().unwrap();
            });
        }
    });
}
