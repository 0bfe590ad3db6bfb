//! Commands and machines that make trouble cost a verdict at most: nothing hangs, nothing is left
//! running, and the other checks and harnesses are judged.

use std::fmt::Write;
use std::path::Path;

use crate::program::{GOOD, Project, Verdicts, finish, is_gone, pid_in, skipped, wait_for};

/// Things that are no regular files are never opened for reading, and never followed.
#[test]
fn special_subjects_have_no_verdict() {
    let project = Project::new();
    let socket = project.outside("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let mut toml = "
[vars]
socket = ''
[files.'real/x.txt']
content = 'x'
[[setup]]
run = '''
mkfifo fifo; ln ${socket} socket; ln -s /etc/passwd link; ln -s real folder; ln -s nowhere dangling
truncate -s 67108865 large; mknod device c 1 3 2>/dev/null || true
'''
"
    .to_owned();
    let subjects = [
        ("fifo", "CT152", "it is a FIFO"),
        ("socket", "CT152", "it is a socket"),
        ("link", "CT151", "`link` is a symbolic link"),
        ("folder/x.txt", "CT151", "`folder` is a symbolic link"),
        ("dangling", "CT151", "`dangling` is a symbolic link"),
        ("large", "CT153", "checks read at most 64 MiB"),
        ("device", "CT152", "it is a device"),
    ];
    for (file, ..) in subjects {
        writeln!(
            toml,
            "[[check]]\nname = '{file}'\nfile = '{file}'\nnot_contains = 'root'"
        )
        .unwrap();
        writeln!(
            toml,
            "[[check]]\nname = '{file} secrets'\nfile = '{file}'\nno_secrets = true"
        )
        .unwrap();
    }
    toml.push_str("[[check]]\nname = 'by folder'\ndir = 'folder'\nexists = true\n");
    toml.push_str("[[check]]\nname = 'folder as file'\nfile = 'real'\ncontains = 'x'\n");
    toml.push_str("[[check]]\nname = 'write through a link'\nbefore = [{ write = 'folder/y', content = '' }]\nfile = 'real/y'\nexists = false\n");
    toml.push_str("[[check]]\nname = 'last'\nfile = 'real/x.txt'\ncontains = 'x'\n");
    project.harness("c/special", toml);
    let (run, verdicts) = project.verdicts(&["--var", &format!("socket={socket}")]);
    assert_eq!(run.code, 2, "{run}");
    for (file, rule, words) in subjects {
        if file == "device" && !rustix::process::geteuid().is_root() {
            skipped("only root can make a device");
            continue;
        }
        verdicts.expect(&format!("c/special: {file}"), "errored", rule, words);
        if file == "large" {
            // Secrets are looked for in files of any length.
            verdicts.expect("c/special: large secrets", "passed", "", "");
            continue;
        }
        verdicts.expect(
            &format!("c/special: {file} secrets"),
            "errored",
            rule,
            words,
        );
    }
    verdicts.expect("c/special: by folder", "errored", "CT151", "symbolic link");
    verdicts.expect(
        "c/special: folder as file",
        "failed",
        "CT113",
        "`real` is a folder",
    );
    verdicts.expect(
        "c/special: write through a link",
        "errored",
        "CT159",
        "symbolic link",
    );
    verdicts.expect("c/special: last", "passed", "", "");
    assert!(project.leftovers().is_empty());
}

/// A file that cannot be looked at has no verdict, also behind more bad files than are shown.
#[test]
fn no_secrets_in_many_bad_files_and_one_that_is_not_whole() {
    let project = Project::new();
    let mut rules = clawtest_framework::secret::RULES.iter();
    let rule = rules.find(|rule| rule.rule.name == "openai-project-key");
    let rule = rule.unwrap();
    let secret = String::from_utf8(rule.sample(1).unwrap()).unwrap();
    let mut toml = String::new();
    for at in 10..40 {
        writeln!(toml, "[files.'s/a{at}.txt']\ncontent = '{secret}'").unwrap();
    }
    toml.push_str(
        "
[[setup]]
run = \"printf '\\\\037\\\\213\\\\010\\\\000' > s/z.gz\"
[[check]]
name = 'glob'
glob = 's/*'
no_secrets = true
[[check]]
name = 'folder'
dir = 's'
no_secrets = true
",
    );
    project.harness("c/many", &toml);
    let (run, verdicts) = project.verdicts(&["run"]);
    for name in ["c/many: glob", "c/many: folder"] {
        let words = "cannot check `s/z.gz`: it is not whole as gzip";
        verdicts.expect(name, "errored", "CT153", words);
        verdicts.expect(name, "errored", rule.rule.code, "s/a10.txt");
    }
    assert!(!run.stdout.contains(&secret[secret.len() - 8..]));
}

#[test]
fn unreadable_files_and_folders() {
    let project = Project::new();
    project
        .harness(
            "c/locked",
            "
[files.'f.txt']
content = 'x'
mode = '0000'
[files.'d/e/f.txt']
content = 'x'
[[check]]
name = 'file'
file = 'f.txt'
contains = 'x'
[[check]]
name = 'folder'
before = [{ run = 'chmod 000 d/e d' }]
file = 'd/e/f.txt'
contains = 'x'
[[check]]
name = 'glob'
glob = '**/*.txt'
exists = true
[[check]]
name = 'workspace'
before = [{ run = 'chmod 000 .' }]
dir = 'memory'
exists = true
[[check]]
name = 'command'
command = 'true'
exit = 0
",
        )
        .harness("c/next", GOOD);
    let Some(mut command) = project.unprivileged(&["--format", "json"]) else {
        return;
    };
    let run = finish(command.spawn().unwrap());
    let verdicts = Verdicts::of(&run.stdout);
    verdicts.expect(
        "c/locked: file",
        "errored",
        "CT153",
        "cannot check `f.txt`: Permission denied",
    );
    verdicts.expect(
        "c/locked: folder",
        "errored",
        "CT153",
        "cannot check `d/e/f.txt`: Permission denied",
    );
    verdicts.expect(
        "c/locked: glob",
        "errored",
        "CT153",
        "cannot search the workspace: `d`: Permission denied",
    );
    verdicts.expect(
        "c/locked: workspace",
        "errored",
        "CT153",
        "Permission denied",
    );
    verdicts.expect(
        "c/locked: command",
        "errored",
        "CT158",
        "working folder `$TEST_WORKSPACE` cannot be entered",
    );
    verdicts.expect("c/next", "passed", "", "");
    assert!(project.leftovers().is_empty(), "{:?}", project.leftovers());
    project.harness("c/unreadable", GOOD);
    std::fs::set_permissions(
        project.path("harnesses/c/unreadable.toml"),
        std::os::unix::fs::PermissionsExt::from_mode(0o000),
    )
    .unwrap();
    let Some(mut command) = project.unprivileged(&[]) else {
        return;
    };
    finish(command.spawn().unwrap()).fails(
        2,
        &["cannot read `harnesses/c/unreadable.toml`: Permission denied"],
    );
    // A report in a folder that nobody may write to is known before anything runs.
    std::fs::remove_file(project.path("harnesses/c/unreadable.toml")).unwrap();
    std::fs::create_dir(project.path("shut")).unwrap();
    std::fs::set_permissions(
        project.path("shut"),
        std::os::unix::fs::PermissionsExt::from_mode(0o555),
    )
    .unwrap();
    let Some(mut command) = project.unprivileged(&["--report", "tap=shut/r.tap"]) else {
        return;
    };
    let run = finish(command.spawn().unwrap());
    run.fails(
        2,
        &["cannot write the report `shut/r.tap`", "Permission denied"],
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn commands_that_are_not_found() {
    let project = Project::new();
    project.write("data.txt", "").harness(
        "c/x",
        "
[files.'not-executable']
content = '#!/bin/sh'
[files.'no-interpreter']
content = \"#!/no/such/interpreter\\n\"
mode = '0755'
[[check]]
name = 'by the shell'
command = 'no-such-program --x'
stdout_contains = 'x'
[[check]]
name = 'expected'
command = 'no-such-program'
exit = 127
[[check]]
name = 'directly'
command = ['no-such-program', '--x']
exit = 127
[[check]]
name = 'not executable'
command = ['./not-executable']
exit = 0
[[check]]
name = 'no interpreter'
command = ['./no-interpreter']
exit = 0
[[check]]
name = 'before'
before = [{ run = 'no-such-program' }]
file = 'not-executable'
exists = true
[[check]]
name = 'last'
command = 'true'
exit = 0
",
    );
    let (run, verdicts) = project.verdicts(&[]);
    assert_eq!(run.code, 2);
    verdicts.expect(
        "c/x: by the shell",
        "errored",
        "CT156",
        "the shell did not find the program",
    );
    verdicts.expect("c/x: expected", "passed", "", "");
    verdicts.expect(
        "c/x: directly",
        "errored",
        "CT158",
        "program `no-such-program` not found on PATH",
    );
    verdicts.expect(
        "c/x: not executable",
        "errored",
        "CT158",
        "program `./not-executable` is not executable",
    );
    verdicts.expect(
        "c/x: no interpreter",
        "errored",
        "CT158",
        "interpreter `/no/such/interpreter`",
    );
    verdicts.expect(
        "c/x: before",
        "errored",
        "CT159",
        "a command that has to succeed did not: exit status 127",
    );
    verdicts.expect("c/x: last", "passed", "", "");
}

#[test]
fn a_gigabyte_of_output_takes_little_memory() {
    let project = Project::new();
    let peaks = project.outside("peaks");
    project.harness("c/loud", "
[vars]
peaks = ''
[[check]]
name = 'loud'
command = 'head -c 1000000000 /dev/zero; exit 3'
exit = 3
[[check]]
name = 'not decided'
command = 'head -c 20000000 /dev/zero'
stdout_contains = 'x'
[[check]]
name = 'decided'
command = 'echo x; head -c 20000000 /dev/zero'
stdout_contains = 'x'
[[check]]
name = 'peaks'
command = 'p=$PPID; for up in 1 2 3; do grep VmHWM /proc/$p/status; p=$(cut -d\" \" -f4 /proc/$p/stat); done > ${peaks}'
exit = 0
");
    let (_, verdicts) = project.verdicts(&["--var", &format!("peaks={peaks}")]);
    verdicts.expect("c/loud: loud", "passed", "", "");
    verdicts.expect(
        "c/loud: not decided",
        "errored",
        "CT154",
        "longer than what is kept",
    );
    verdicts.expect("c/loud: decided", "passed", "", "");
    if !Path::new("/proc/self/status").exists() {
        return skipped("no /proc to tell how much memory was used");
    }
    // The supervisor, its guard, and clawtest itself.
    let peaks = std::fs::read_to_string(peaks).unwrap();
    let kilobytes: Vec<u64> = peaks
        .lines()
        .map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap())
        .collect();
    assert_eq!(kilobytes.len(), 3, "{peaks}");
    assert!(kilobytes.iter().sum::<u64>() < 150_000, "{peaks}");
}

#[test]
fn processes_that_do_not_want_to_end_are_named_and_gone() {
    let project = Project::new();
    let names = ["endless", "stubborn", "session", "orphan", "pipe"];
    let marks = names.map(|name| project.outside(name));
    project.harness(
        "c/processes",
        "
[vars]
endless = ''
stubborn = ''
session = ''
orphan = ''
pipe = ''
[[check]]
name = 'never ends'
command = 'echo $$ > ${endless}; exec sleep 1000'
timeout = '300ms'
exit = 0
[[check]]
name = 'ignores SIGTERM'
command = \"trap '' TERM; echo $$ > ${stubborn}; while :; do sleep 1; done\"
timeout = '300ms'
exit = 0
[[check]]
name = 'own session'
command = '''
setsid sh -c 'echo $$ > ${session}; exec sleep 1001' < /dev/null > /dev/null 2>&1 &
until [ -s ${session} ]; do sleep 0.01; done'''
exit = 0
[[check]]
name = 'double fork'
command = '''
(sh -c 'echo $$ > ${orphan}; exec sleep 1002' > /dev/null 2>&1 &)
until [ -s ${orphan} ]; do sleep 0.01; done'''
exit = 0
[[check]]
name = 'holds the pipe'
command = 'sleep 1003 & echo $! > ${pipe}; echo done'
stdout_contains = 'done'
[[check]]
name = 'closes its output'
command = 'exec >&- 2>&-; exit 5'
exit = 5
",
    );
    let vars: Vec<String> = names
        .iter()
        .zip(&marks)
        .map(|(name, mark)| format!("--var={name}={mark}"))
        .collect();
    let args: Vec<&str> = vars.iter().map(String::as_str).collect();
    let (run, verdicts) = project.verdicts(&args);
    assert_eq!(run.code, 2);
    verdicts.expect(
        "c/processes: never ends",
        "errored",
        "CT157",
        "did not end within 300ms",
    );
    verdicts.expect(
        "c/processes: ignores SIGTERM",
        "errored",
        "CT157",
        "did not end within 300ms",
    );
    verdicts.expect(
        "c/processes: own session",
        "passed",
        "CT190",
        "1 background process outlived the check and got killed: `sleep 1001`",
    );
    verdicts.expect(
        "c/processes: double fork",
        "passed",
        "CT190",
        "`sleep 1002`",
    );
    verdicts.expect(
        "c/processes: holds the pipe",
        "passed",
        "CT190",
        "`sleep 1003`",
    );
    verdicts.expect("c/processes: closes its output", "passed", "", "");
    for mark in &marks {
        assert!(is_gone(pid_in(mark)), "{mark}");
    }
    assert!(project.leftovers().is_empty());
}

#[test]
fn commands_that_kill_what_is_around_them() {
    let project = Project::new();
    let mark = project.outside("mark");
    project
        .harness(
            "c/killers",
            "
[vars]
mark = ''
[[check]]
name = 'its parent'
command = 'echo $$ > ${mark}; kill -9 $PPID; exec sleep 1000'
exit = 0
[[check]]
name = 'after that'
command = 'true'
exit = 0
[[check]]
name = 'its grandparent'
command = 'kill -9 $(cut -d\" \" -f4 /proc/$PPID/stat); exec sleep 1000'
exit = 0
[[check]]
name = 'its group'
command = 'kill -9 -$$'
exit = 137
[[check]]
name = 'its group, not expected'
command = 'kill -9 0'
stdout_contains = 'x'
[[check]]
name = 'last'
command = 'true'
exit = 0
",
        )
        .harness("d/next", GOOD);
    let (run, verdicts) = project.verdicts(&["--var", &format!("mark={mark}")]);
    assert_eq!(run.code, 2);
    verdicts.expect(
        "c/killers: its parent",
        "errored",
        "CT160",
        "killed by SIGKILL",
    );
    verdicts.expect("c/killers: after that", "passed", "", "");
    if Path::new("/proc/self/stat").exists() {
        verdicts.expect(
            "c/killers: its grandparent",
            "errored",
            "CT160",
            "killed by SIGKILL",
        );
    }
    verdicts.expect("c/killers: its group", "passed", "", "");
    verdicts.expect(
        "c/killers: its group, not expected",
        "errored",
        "CT155",
        "ended before it could finish",
    );
    verdicts.expect("c/killers: last", "passed", "", "");
    verdicts.expect("d/next", "passed", "", "");
    assert!(is_gone(pid_in(&mark)));
    assert!(project.leftovers().is_empty());
}

#[test]
fn a_workspace_that_its_own_commands_ruin() {
    let project = Project::new();
    project.write("precious/keep.txt", "x").harness("c/gone", "
[files.'f.txt']
content = 'x'
[[check]]
name = 'deletes'
command = 'rm -rf \"$TEST_WORKSPACE\"'
exit = 0
[[check]]
name = 'file'
file = 'f.txt'
contains = 'x'
[[check]]
name = 'glob'
glob = '*.txt'
exists = true
[[check]]
name = 'command'
command = 'true'
exit = 0
").harness("c/linked", "
[vars]
precious = ''
[[check]]
name = 'becomes a link'
command = 'rm -rf \"$TEST_WORKSPACE\"; ln -s ${precious} \"$TEST_WORKSPACE\"'
exit = 0
").harness("c/deep", "
[[check]]
name = 'fills'
command = 'i=0; while [ $i -lt 1500 ]; do mkdir -p d/d/d/d && cd -P d/d/d/d && i=$((i + 4)); done; touch x'
exit = 0
");
    let precious = format!("precious={}", project.path("precious").display());
    let mut command = project.tool(Path::new("/bin/sh"));
    command.args([
        "-c",
        "ulimit -n 256; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_clawtest"),
        "--format",
        "json",
        "--var",
        &precious,
    ]);
    let run = finish(command.spawn().unwrap());
    let verdicts = Verdicts::of(&run.stdout);
    verdicts.expect("c/gone: deletes", "passed", "", "");
    verdicts.expect("c/gone: file", "failed", "CT101", "there is no `f.txt`");
    verdicts.expect("c/gone: glob", "errored", "CT153", "the workspace itself");
    verdicts.expect(
        "c/gone: command",
        "errored",
        "CT158",
        "working folder `$TEST_WORKSPACE` does not exist",
    );
    verdicts.expect("c/linked", "passed", "", "");
    verdicts.expect("c/deep", "passed", "", "");
    assert_eq!(project.read("precious/keep.txt"), "x");
    assert!(project.leftovers().is_empty(), "{run}");
}

#[test]
fn without_a_folder_for_temporary_files_only_harnesses_with_commands_suffer() {
    let project = Project::new();
    project
        .harness(
            "c/command",
            "[[check]]\nname = 'x'\ncommand = 'true'\nexit = 0\n",
        )
        .harness("c/pure", GOOD);
    let mut command = project.command(&["--format", "json"]);
    let run = finish(command.env("TMPDIR", "/no/such/folder").spawn().unwrap());
    assert_eq!(run.code, 2, "{run}");
    let verdicts = Verdicts::of(&run.stdout);
    let words = "cannot make a folder in `/no/such/folder`: No such file or directory (os error 2); `TMPDIR` says where";
    verdicts.expect("c/command", "errored", "CT163", words);
    verdicts.expect("c/pure", "passed", "", "");
    let mut command = project.command(&["--test", "c/pure"]);
    finish(command.env("TMPDIR", "/no/such/folder").spawn().unwrap()).says(0, &["PASS"]);
}

#[test]
fn a_full_disk() {
    let project = Project::new();
    project.harness(
        "c/large",
        format!(
            "[files.large]\ncontent = '{}'\n[[check]]\nname = 'x'\nfile = 'large'\nmode = '0644'\n",
            "x".repeat(300_000)
        ),
    );
    project.harness("c/pure", GOOD).harness(
        "c/small",
        "[[check]]\nname = 'x'\ncommand = 'true'\nexit = 0\n",
    );
    // A mount of its own goes away with the process.
    let script = "mount -t tmpfs -o size=128k none \"$TMPDIR\" || exit 77; exec \"$@\"";
    let report = format!("json={}", project.tmp().join("r.json").display());
    let mut command = project.tool(Path::new("unshare"));
    command.args([
        "-m",
        "sh",
        "-c",
        script,
        "sh",
        env!("CARGO_BIN_EXE_clawtest"),
        "-j1",
        "--format",
        "json",
        "--report",
        &report,
    ]);
    let run = match command.spawn() {
        Ok(child) => finish(child),
        Err(error) => return skipped(&format!("cannot start `unshare`: {error}")),
    };
    if run.code == 77 || run.stderr.starts_with("unshare:") {
        return skipped(&format!("cannot mount a small file system: {}", run.stderr));
    }
    let verdicts = Verdicts::of(&run.stdout);
    verdicts.expect(
        "c/large",
        "errored",
        "CT163",
        "cannot write fixture `large`: No space left on device",
    );
    verdicts.expect("c/pure", "passed", "", "");
    verdicts.expect("c/small", "passed", "", "");
    assert_eq!(run.code, 2);
}

/// As by a build, or by a package manager, while a long run goes on.
#[test]
fn the_program_may_be_replaced_while_it_runs() {
    if !Path::new("/proc/self/exe").exists() {
        return skipped("the system has no lasting name for a running program");
    }
    let project = Project::new();
    let copy = project.outside("clawtest");
    std::fs::copy(env!("CARGO_BIN_EXE_clawtest"), &copy).unwrap();
    let first =
        "[vars]\nprogram = ''\n[[check]]\nname = 'x'\ncommand = 'rm ${program}'\nexit = 0\n";
    let second = "[[check]]\nname = 'x'\ncommand = 'true'\nexit = 0\n";
    project
        .harness("c/first", first)
        .harness("c/second", second);
    let mut command = project.tool(Path::new(&copy));
    command.args(["-j1", "--var", &format!("program={copy}")]);
    // Another test's child may hold the copy open for writing between its fork and its exec.
    let child = wait_for("the copy to be started", || command.spawn().ok());
    finish(child).says(0, &["PASS  c/first", "PASS  c/second"]);
}
