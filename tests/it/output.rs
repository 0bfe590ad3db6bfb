//! Where reports go: files, standard output, and what cannot be written to.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;

use clawtest::reporter::FORMATS;
use rustix::fs::{CWD, mkfifoat};

use crate::program::{GOOD, Project, finish, mixed, redacted, skipped, suite};

/// A harness that would leave a trace if it ran.
const TRACE: &str = "
[vars]
trace = ''
[[check]]
name = 'leaves a trace'
command = 'touch ${trace}'
exit = 0
";

#[test]
fn reports_that_cannot_be_written_are_known_before_anything_runs() {
    let project = Project::new();
    let trace = project.outside("trace");
    project.harness("c/x", TRACE).write("file", "old");
    std::fs::create_dir(project.path("folder")).unwrap();
    mkfifoat(CWD, project.path("fifo"), 0o600.into()).unwrap();
    symlink("nowhere/r.tap", project.path("dangling")).unwrap();
    for (path, words) in [
        ("missing/r.tap", "No such file or directory"),
        ("folder", "is a directory"),
        ("new/", "is a directory"),
        ("file/r.tap", "Not a directory"),
        ("fifo", "No such device or address"),
        ("dangling", "No such file or directory"),
    ] {
        // The first one could be written: it must not stay behind half done.
        let report = format!("tap={path}");
        let run = project.run(&[
            "--report",
            "junit=file",
            "--report",
            &report,
            "--var",
            &format!("trace={trace}"),
        ]);
        run.fails(
            2,
            &[&format!(
                "error: cannot write the report `{path}`\n  caused by: {words}"
            )],
        );
        assert!(!run.stderr.contains(".clawtest-report-"), "{run}");
        assert_eq!(run.stdout, "");
        assert!(!Path::new(&trace).exists(), "{path}: it ran");
        assert_eq!(project.read("file"), "old");
    }
    let names: Vec<_> = std::fs::read_dir(project.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 5, "{names:?}");
}

#[test]
fn a_report_that_cannot_be_finished_is_told_and_the_verdict_is_shown() {
    if !Path::new("/dev/full").exists() {
        return skipped("no /dev/full");
    }
    let project = Project::new();
    project.harness("c/x", GOOD);
    for format in FORMATS {
        let report = format!("{}=/dev/full", format.name);
        let run = project.run(&["--report", &report]);
        run.fails(
            2,
            &[
                "cannot write the report `/dev/full`",
                "No space left on device",
            ],
        );
        run.says(2, &["PASS  c/x"]);
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let run = finish(
            project
                .command(&["--format", format.name])
                .stdout(full)
                .spawn()
                .unwrap(),
        );
        run.fails(
            2,
            &["cannot write to standard output", "No space left on device"],
        );
    }
    for subcommand in ["list", "lint", "explain"] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let run = finish(project.command(&[subcommand]).stdout(full).spawn().unwrap());
        run.fails(2, &["cannot write to standard output"]);
    }
}

#[test]
fn a_reader_that_goes_away_changes_no_verdict() {
    let project = Project::new();
    project
        .harness("c/good", GOOD)
        .harness("c/bad", GOOD.replace("contains = 'x'", "contains = 'y'"));
    for format in FORMATS {
        for (test, code) in [("c/good", 0), ("c/bad", 1)] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = project.command(&[
                "--test",
                test,
                "--format",
                format.name,
                "--report",
                "json=r.json",
            ]);
            let run = finish(command.stdout(writer).spawn().unwrap());
            assert_eq!(
                (run.code, run.stderr.as_str()),
                (code, ""),
                "{} {test}",
                format.name
            );
            assert!(project.read("r.json").contains("\"exit_status\""));
        }
    }
    // A standard output that was closed before the start is no reader either.
    let mut command = project.tool(Path::new("/bin/sh"));
    command.args([
        "-c",
        "exec \"$0\" --test c/bad >&-",
        env!("CARGO_BIN_EXE_clawtest"),
    ]);
    let run = finish(command.stdout(Stdio::null()).spawn().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

#[test]
fn every_format_says_the_same_in_a_file_and_on_standard_output() {
    let project = mixed(10);
    let reports: Vec<String> = FORMATS
        .iter()
        .map(|format| format!("--report={0}=r.{0}", format.name))
        .collect();
    let args: Vec<&str> = reports.iter().map(String::as_str).collect();
    assert_eq!(project.run(&args).code, 2);
    for format in FORMATS {
        let run = project.run(&["--format", format.name]);
        assert_eq!((run.code, run.stderr.as_str()), (2, ""), "{run}");
        let file = project.read(&format!("r.{}", format.name));
        assert!(file.ends_with('\n') && file.len() > 100, "{file}");
        assert_eq!(redacted(&run.stdout), redacted(&file), "{}", format.name);
    }
}

#[test]
fn report_files_replace_old_ones_whole() {
    let project = suite();
    project
        .write("old.tap", "old\n".repeat(10_000))
        .write("target.tap", "old");
    std::fs::set_permissions(project.path("old.tap"), PermissionsExt::from_mode(0o600)).unwrap();
    symlink("target.tap", project.path("link.tap")).unwrap();
    // Somebody who has opened the old report goes on reading that one.
    let mut before = std::fs::File::open(project.path("old.tap")).unwrap();
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("000", 0o666)] {
        let mut command = project.tool(Path::new("/bin/sh"));
        let script = format!(
            "umask {umask}; exec \"$0\" --report tap=old.tap --report tap=link.tap --report tap=new-{umask}.tap"
        );
        finish(
            command
                .args(["-c", &script, env!("CARGO_BIN_EXE_clawtest")])
                .spawn()
                .unwrap(),
        )
        .says(0, &[]);
        for path in ["old.tap".to_owned(), format!("new-{umask}.tap")] {
            let found = std::fs::metadata(project.path(&path))
                .unwrap()
                .permissions()
                .mode()
                & 0o7777;
            assert_eq!(found, mode, "{path} under umask {umask}");
            assert!(project.read(&path).starts_with("TAP version 13\n"));
        }
    }
    let mut text = String::new();
    std::io::Read::read_to_string(&mut before, &mut text).unwrap();
    assert_eq!(text.len(), 40_000);
    assert!(project.path("link.tap").is_symlink(), "a link stays one");
    assert!(project.read("target.tap").starts_with("TAP version 13\n"));
    let names = std::fs::read_dir(project.path("")).unwrap();
    assert!(
        names
            .map(|entry| entry.unwrap().file_name())
            .all(|name| !name.to_string_lossy().starts_with('.'))
    );
}

#[test]
fn standard_output_can_be_named_as_a_report() {
    let project = suite();
    let out = std::fs::File::create(project.path("out.txt")).unwrap();
    let link = std::fs::read_link("/dev/stdout").ok();
    let mut command = project.command(&["--report", "tap=/dev/stdout"]);
    assert_eq!(finish(command.stdout(out).spawn().unwrap()).code, 0);
    let text = project.read("out.txt");
    assert!(
        text.contains("Summary: 3 harnesses") && text.contains("TAP version 13"),
        "{text}"
    );
    assert_eq!(std::fs::read_link("/dev/stdout").ok(), link);
    let run = project.run(&["--report", "tap=/dev/stdout"]);
    run.says(0, &["Summary: 3 harnesses", "TAP version 13"]);
}
