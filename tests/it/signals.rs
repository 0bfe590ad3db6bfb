//! Signals: what ran is reported, what runs is ended, and what was made is removed.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};

use crate::program::{Project, finish, is_gone, pid_in, wait_for};

/// Two threads run `a`, `b` and, after `a`, `c` and `d`. Once `b` and `d` sleep, `a` and `c` are
/// done, and nobody has begun with `e`.
fn sleepers() -> Project {
    let project = Project::new();
    for done in ["a", "c", "e"] {
        project.harness(
            &format!("{done}/quick"),
            "[[check]]\nname = 'quick'\ncommand = 'true'\nexit = 0\n",
        );
    }
    project.harness("b/sleeps", "
[vars]
server = ''
sleeper = ''
[[setup]]
run = \"sh -c 'echo $$ > ${server}; exec sleep 1000' > /dev/null 2>&1 & until [ -s ${server} ]; do sleep 0.01; done\"
[[check]]
name = 'before'
command = 'true'
exit = 0
[[check]]
name = 'sleeps'
command = 'sleep 1001 & echo $! > ${sleeper}; wait'
exit = 0
");
    project.harness(
        "d/stubborn",
        "
[vars]
stubborn = ''
[[check]]
name = 'stubborn'
command = \"trap '' TERM INT; echo $$ > ${stubborn}; while :; do sleep 1; done\"
exit = 0
",
    );
    project
}

/// Starts the program and waits until its commands run; their numbers.
fn asleep(project: &Project, args: &[&str]) -> (Child, Vec<i32>) {
    let marks = ["server", "sleeper", "stubborn"].map(|name| (name, project.outside(name)));
    let vars = marks
        .iter()
        .map(|(name, path)| format!("--var={name}={path}"));
    let mut command: Command = project.command(args);
    let child = command
        .arg("-j2")
        .args(vars)
        .process_group(0)
        .spawn()
        .unwrap();
    let pids = marks.iter().map(|(_, path)| pid_in(path)).collect();
    (child, pids)
}

#[test]
fn an_interrupted_run_says_what_it_knows_and_leaves_nothing_behind() {
    type Row = (Signal, fn(Pid, Signal), i32, &'static str, &'static str);
    let to_process = |pid, signal| kill_process(pid, signal).unwrap();
    // A terminal signals the whole group.
    let to_group = |pid, signal| kill_process_group(pid, signal).unwrap();
    let table: [Row; 3] = [
        (Signal::INT, to_process, 130, "interrupted", "SIGINT"),
        (Signal::TERM, to_process, 143, "terminated", "SIGTERM"),
        (Signal::INT, to_group, 130, "interrupted", "SIGINT"),
    ];
    for (signal, send, code, outcome, name) in table {
        let project = sleepers();
        let reports = [
            "--report=json=r.json",
            "--report=jsonl=r.jsonl",
            "--report=tap=r.tap",
            "--report=junit=r.xml",
        ];
        let (child, pids) = asleep(&project, &reports);
        send(Pid::from_child(&child), signal);
        let run = finish(child);
        assert_eq!(run.code, code, "{run}");
        run.has_no_panic();
        for pid in pids {
            assert!(is_gone(pid), "{pid} still runs");
        }
        assert!(project.leftovers().is_empty(), "{:?}", project.leftovers());

        run.says(
            code,
            &[
                "PASS  a/quick",
                "PASS  c/quick",
                &format!("interrupted by {name}"),
                "not run: e/quick",
            ],
        );
        let report: Value = serde_json::from_str(&project.read("r.json")).unwrap();
        assert_eq!(
            (&report["outcome"], &report["exit_status"]),
            (&json!(outcome), &json!(code))
        );
        let ids: Vec<&Value> = report["harnesses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|harness| &harness["id"])
            .collect();
        assert_eq!(ids, ["a/quick", "c/quick"]);
        assert_eq!(
            report["not_run"],
            json!(["b/sleeps", "d/stubborn", "e/quick"])
        );
        let last: Value =
            serde_json::from_str(project.read("r.jsonl").lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["event"], &last["stopped"]),
            (&json!("ended"), &report["stopped"])
        );
        let tap = project.read("r.tap");
        assert!(tap.contains("ok 2 - c/quick: quick\n"), "{tap}");
        assert!(
            tap.lines()
                .last()
                .unwrap()
                .starts_with(&format!("Bail out! interrupted by {name}")),
            "{tap}"
        );
        let junit = project.read("r.xml");
        assert!(
            junit.contains(&format!("<error message=\"interrupted by {name}"))
                && junit.contains("c/quick"),
            "{junit}"
        );
        assert_eq!(elements(&junit, "testcase"), 3);
    }
}

/// Reads a document to its end and counts elements.
fn elements(xml: &str, name: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut count = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => return count,
            quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start) => {
                let found = start.name();
                let found: &str = found.as_ref();
                count += usize::from(found == name);
            }
            _ => {}
        }
    }
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let project = sleepers();
    let (child, pids) = asleep(&project, &["--report=tap=r.tap"]);
    let pid = Pid::from_child(&child);
    // Both wait until the program goes on, so that no pause between them can get too long.
    for signal in [Signal::STOP, Signal::INT, Signal::TERM, Signal::CONT] {
        kill_process(pid, signal).unwrap();
    }
    let run = finish(child);
    assert!([130, 143].contains(&run.code), "{run}");
    assert!(
        !project.path("r.tap").exists(),
        "it waited for the clean-up"
    );
    for pid in pids {
        wait_for(format!("the end of {pid}"), || is_gone(pid).then_some(()));
    }
}

#[test]
fn nothing_outlives_a_program_that_is_killed() {
    let project = sleepers();
    let (child, pids) = asleep(&project, &[]);
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    assert_eq!(finish(child).code, 128 + 9);
    for pid in pids {
        wait_for(format!("the end of {pid}"), || is_gone(pid).then_some(()));
    }
}
