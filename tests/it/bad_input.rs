//! Everything that can be wrong with files and arguments has a clear error, and nothing runs.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, mkfifoat};

use crate::program::{GOOD, Project};

#[test]
fn harness_folder_is_missing_or_empty() {
    let project = Project::new();
    let run = project.run(&[]);
    run.fails(
        2,
        &[
            "no harness folder: there is no `harnesses` in",
            "help: name it with `--harness-dir DIR`",
        ],
    );
    project
        .run(&["--harness-dir", "elsewhere"])
        .fails(2, &["the harness folder `elsewhere` does not exist"]);
    std::fs::create_dir(project.path("harnesses")).unwrap();
    project
        .run(&[])
        .fails(4, &["no harness in `harnesses`", "<category>/<name>.toml"]);
    project.write("harnesses/README.md", "none yet");
    project
        .run(&["list"])
        .fails(4, &["no harness in `harnesses`"]);
    project.write("file", "");
    project
        .run(&["--harness-dir", "file"])
        .fails(2, &["harness folder `file`"]);
}

/// Each bad file stands beside a good one; nothing runs, and the bad one is named.
#[test]
fn files_that_cannot_be_harnesses() {
    type Make = fn(&Path);
    let table: [(&str, Make, &[&str]); 9] = [
        (
            "empty",
            |path| std::fs::write(path, "").unwrap(),
            &["CT018", "the file is empty"],
        ),
        (
            "not UTF-8",
            |path| std::fs::write(path, b"# ok\ntitle = '\xff'").unwrap(),
            &["CT002", "is not UTF-8", "bad.toml:2:10"],
        ),
        (
            "10 MB",
            |path| std::fs::write(path, vec![b'\n'; 10_000_000]).unwrap(),
            &["CT020", "at most 1.0 MB (1048576 bytes)", "from = \"path\""],
        ),
        (
            "FIFO",
            |path| mkfifoat(CWD, path, 0o600.into()).unwrap(),
            &["CT021", "not a regular file"],
        ),
        (
            "link",
            |path| symlink("good.toml", path).unwrap(),
            &["CT021", "symbolic link"],
        ),
        (
            "dangling link",
            |path| symlink("nowhere", path).unwrap(),
            &["CT021", "symbolic link"],
        ),
        (
            "folder",
            |path| std::fs::create_dir(path).unwrap(),
            &["CT021", "is a folder"],
        ),
        (
            "NUL in a path",
            |path| std::fs::write(path, "[files]\n\"a\\u0000b\".content = ''\n").unwrap(),
            &["CT012", "NUL", "bad.toml:2:1"],
        ),
        (
            "deep",
            |path| std::fs::write(path, format!("x = {}", "[".repeat(100_000))).unwrap(),
            &["CT001", "recurs"],
        ),
    ];
    for (what, make, words) in table {
        let project = Project::new();
        project.harness("c/good", GOOD);
        make(&project.path("harnesses/c/bad.toml"));
        let run = project.run(&[]);
        run.fails(2, words);
        run.fails(2, &["harnesses/c/bad.toml", "1 file", "nothing was run"]);
        assert_eq!(run.stdout, "", "{what}");
        project.run(&["lint"]).says(2, words);
        // What was not asked for does not disturb.
        project
            .run(&["--test", "c/good"])
            .says(0, &["PASS  c/good"]);
    }
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let project = Project::new();
    project.harness("a/one", "[[check]]\nname = 'x'\nfile = 'f'\ncontians = 'y'\n[[check]]\nname = 'x'\nfile = 1\nexists = true\n");
    project
        .harness("b/two", "tags = []\n")
        .harness("c/good", GOOD);
    let words = [
        "a/one.toml:4:1",
        "did you mean `contains`?",
        "a/one.toml:6:8",
        "a/one.toml:7:8",
        "b/two.toml:1:8",
        "in 2 files",
    ];
    project.run(&[]).fails(2, &words);
}

#[test]
fn a_category_is_a_folder_with_a_plain_name() {
    let project = Project::new();
    project.harness("c/good", GOOD);
    symlink("c", project.path("harnesses/link")).unwrap();
    project.run(&[]).fails(
        2,
        &["the category `link` is a symbolic link, which is not followed"],
    );
    project
        .run(&["--test", "link/good"])
        .fails(4, &["--test `link/good` matches no harness"]);
    std::fs::remove_file(project.path("harnesses/link")).unwrap();
    let odd = project
        .path("harnesses")
        .join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    std::fs::create_dir(&odd).unwrap();
    project.run(&[]).fails(2, &["CT017", "is not UTF-8"]);
    std::fs::remove_dir(&odd).unwrap();
    project.harness("top", GOOD).harness("c/deep/er", GOOD);
    project.run(&[]).fails(
        2,
        &[
            "harnesses/top.toml",
            "outside of a category",
            "harnesses/c/deep/er.toml",
            "deeper than",
        ],
    );
}

#[test]
fn sources_of_fixtures() {
    let project = Project::new();
    project.write("real.txt", "x").write("folder/x.txt", "x");
    symlink("real.txt", project.path("link.txt")).unwrap();
    symlink("folder", project.path("linked")).unwrap();
    mkfifoat(CWD, project.path("fifo"), 0o600.into()).unwrap();
    for (from, words) in [
        ("missing.txt", "cannot read `missing.txt`: no such file"),
        (
            "../outside.txt",
            "the path contains `..`; paths cannot leave the project",
        ),
        ("/etc/passwd", "absolute"),
        ("link.txt", "`link.txt` is a symbolic link"),
        ("linked/x.txt", "`linked` is a symbolic link"),
        ("fifo", "it is a FIFO"),
        ("folder", "it is a folder"),
    ] {
        project.harness(
            "c/x",
            format!(
                "[files.a]\nfrom = '{from}'\n[[check]]\nname = 'x'\nfile = 'a'\nexists = true\n"
            ),
        );
        project
            .run(&[])
            .fails(2, &[words, "harnesses/c/x.toml:2:8"]);
    }
}

/// Arguments, the exit status that they have, and what is said about them.
const NONSENSE: &[(&[&str], i32, &str)] = &[
    (
        &["--test", "gateway/dokcer"],
        4,
        "--test `gateway/dokcer` matches no harness; did you mean `gateway/docker`?",
    ),
    (
        &["--test", "gateway/docker", "--test", "x/y"],
        4,
        "--test `x/y` matches no harness",
    ),
    (
        &["nothing-like-it"],
        4,
        "filter `nothing-like-it` matches no harness; `clawtest list` shows what there is",
    ),
    (&["--category", "gatway"], 4, "did you mean `gateway`?"),
    (&["--tag", "x"], 4, "--tag `x` matches no harness"),
    (
        &["--check", "god"],
        4,
        "--check `god` matches no check; did you mean `good`?",
    ),
    (
        &["--test", "soul/tone", "--category", "gateway"],
        4,
        "no harness matches all of the filters",
    ),
    (&["--test", "soul/{"], 2, "--test `soul/{` is not a glob"),
    (
        &["--frmat", "tap"],
        2,
        "a similar argument exists: '--format'",
    ),
    (
        &["--format", "jnuit"],
        2,
        "there is no format `jnuit`; did you mean `junit`?",
    ),
    (&["--format", "zzz"], 2, "the formats are `pretty`, `tap`,"),
    (
        &["--report", "junit"],
        2,
        "`--report junit` is not FMT=PATH",
    ),
    (&["--report", "junit="], 2, "is not FMT=PATH"),
    (&["--report", "xml=r.xml"], 2, "there is no format `xml`"),
    (
        &["--report", "tap=r", "--report", "json=r"],
        2,
        "two reports go to `r`",
    ),
    (
        &["--jobs", "0"],
        2,
        "`--jobs 0` runs nothing; the least is 1",
    ),
    (
        &["--jobs", "many"],
        2,
        "invalid value 'many' for '--jobs <N>'",
    ),
    (
        &["--timeout", "5"],
        2,
        "`--timeout 5` is not a duration: `5` has no unit; write for example `5s`",
    ),
    (&["--timeout", "0s"], 2, "the duration is zero"),
    (
        &["--check-timeout", "5 parsecs"],
        2,
        "`parsecs` is not a unit of time",
    ),
    (&["--retries", "-1"], 2, "unexpected argument '-1'"),
    (&["--var", "port"], 2, "`--var port` is not NAME=VALUE"),
    (&["--var", "1x=2"], 2, "is not NAME=VALUE"),
    (
        &["--var", "nobody=1"],
        2,
        "no selected harness uses the variable `nobody` of `--var`",
    ),
    (
        &["--color", "sometimes"],
        2,
        "possible values: auto, always, never",
    ),
    (&["explain", "contians"], 2, "did you mean `contains`?"),
    (
        &["explain", "CT999"],
        2,
        "there is no code, expectation or format `CT999`",
    ),
];

#[test]
fn arguments_that_mean_nothing() {
    let project = Project::new();
    project
        .harness("gateway/docker", GOOD)
        .harness("soul/tone", GOOD);
    for (args, code, words) in NONSENSE {
        let run = project.run(args);
        run.fails(*code, &[words]);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn a_configuration_that_cannot_be_used() {
    let project = Project::new();
    project.harness("c/x", GOOD);
    for (text, words) in [
        (
            "jobs = 2\ntset = 1\n",
            ["line 2, column 1", "unknown field `tset`"],
        ),
        (
            "[commands]\nenvs = ['X']\n",
            ["line 2, column 1", "unknown field `envs`"],
        ),
        (
            "[bash]\nsanbox = false\n",
            ["line 2, column 1", "unknown field `sanbox`"],
        ),
        ("jobs = 'two'\n", ["line 1, column 8", "invalid type"]),
        ("jobs = \n", ["line 1", "clawtest.toml"]),
        ("format = 'xml'\n", ["there is no format `xml`", "error"]),
        ("timeout = '5'\n", ["`5` has no unit", "error"]),
        ("color = 'red'\n", ["`auto`, `always` or `never`", "`red`"]),
        (
            "harness-dir = 'nowhere'\n",
            ["the harness folder", "nowhere` does not exist"],
        ),
    ] {
        project.write("clawtest.toml", text);
        project.run(&[]).fails(2, &words);
    }
    project.write("clawtest.toml", b"\xff");
    project.run(&[]).fails(2, &["clawtest.toml"]);
    std::fs::remove_file(project.path("clawtest.toml")).unwrap();
    std::fs::create_dir(project.path("clawtest.toml")).unwrap();
    let words = ["cannot read", "clawtest.toml`: it is not a regular file"];
    project.run(&[]).fails(2, &words);
    std::fs::remove_dir(project.path("clawtest.toml")).unwrap();
    mkfifoat(CWD, project.path("clawtest.toml"), 0o600.into()).unwrap();
    project.run(&[]).fails(2, &words);
}
