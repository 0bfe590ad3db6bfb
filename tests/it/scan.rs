//! `clawtest scan`, seen from outside. Secrets are put together here, so that this file has none.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use clawtest::framework::secret::RULES;
use clawtest::framework::secret::allow::COMMENT;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::program::{Project, Run, finish, skipped};

const FORMATS: [&str; 6] = ["pretty", "json", "jsonl", "sarif", "tap", "junit"];

/// A secret of a kind, as its issuer makes it.
fn secret(name: &str, seed: u64) -> String {
    let rule = RULES.iter().find(|row| row.rule.name == name).unwrap();
    String::from_utf8(rule.sample(seed).unwrap()).unwrap()
}

fn github(seed: u64) -> String {
    secret("github-token", seed)
}

/// The code of the rule.
fn code(name: &str) -> &'static str {
    RULES
        .iter()
        .find(|row| row.rule.name == name)
        .unwrap()
        .rule
        .code
}

/// `path:line:column` of all findings.
fn places(run: &Run) -> Vec<String> {
    let rows = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| {
        format!(
            "{}:{}:{}",
            row["path"].as_str().unwrap(),
            row["line"],
            row["column"]
        )
    })
    .collect()
}

fn fingerprint(run: &Run) -> String {
    let row: Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    row["fingerprint"].as_str().unwrap().to_owned()
}

fn jsonl(project: &Project, args: &[&str]) -> Run {
    project.run(&[&["scan", "--format", "jsonl"], args].concat())
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn folders_in_a_row_are_no_key() {
    let project = Project::new();
    // Forty characters of base64, if one takes `/` for a part of it.
    let folder = "aB3dE5fG7h/secrets/secrets/0071/src";
    project.write(
        &format!("{folder}/main.env"),
        format!("key: {}\n", github(3)),
    );
    let run = jsonl(&project, &["."]);
    assert_eq!(places(&run).len(), 1, "{run}");
    assert!(places(&run)[0].starts_with(folder), "{run}");
}

#[test]
fn everything_below_a_folder_is_looked_at() {
    let project = Project::new();
    let token = github(1);
    let line = format!("key: {token}\n");
    project.write("tree/.env", &line);
    project.write("tree/.gitignore", "ignored\n");
    project.write("tree/ignored", &line);
    project.write("tree/a/b/c.txt", format!("é\né {token}"));
    project.write("tree/node_modules/x/y.js", &line);
    project.write("tree/.git/config", &line);
    let wide: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(
        project.path("tree/marked.txt"),
        [&[0xff, 0xfe][..], &wide].concat(),
    )
    .unwrap();
    fs::write(project.path("tree/unmarked.txt"), &wide).unwrap();
    let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
    fs::write(
        project.path("tree/big.txt"),
        [&[0xfe, 0xff][..], &big].concat(),
    )
    .unwrap();
    fs::write(
        project.path("tree/latin"),
        [b"\xe9\xe4 ", token.as_bytes()].concat(),
    )
    .unwrap();
    fs::write(
        project.path("tree/binary"),
        [b"\x7fELF\0\0 ", token.as_bytes(), b"\0"].concat(),
    )
    .unwrap();
    let members = [packed(b"first\n"), packed(line.as_bytes())].concat();
    fs::write(project.path("tree/log.gz"), members).unwrap();
    std::os::unix::fs::symlink("a/b/c.txt", project.path("tree/link")).unwrap();
    std::os::unix::fs::symlink("a", project.path("tree/linked")).unwrap();
    let run = jsonl(&project, &["tree"]);
    let expected = [
        "tree/.env:1:6",
        "tree/a/b/c.txt:2:3",
        "tree/big.txt:1:6",
        "tree/binary:1:8",
        "tree/ignored:1:6",
        "tree/latin:1:4",
        "tree/log.gz:2:6",
        "tree/marked.txt:1:6",
        "tree/node_modules/x/y.js:1:6",
        "tree/unmarked.txt:1:6",
    ];
    assert_eq!(places(&run), expected, "{run}");
    assert_eq!(run.code, 1);
    // The same, whatever the number of threads, and from inside.
    for jobs in ["1", "5"] {
        assert_eq!(jsonl(&project, &["tree", "-j", jobs]).stdout, run.stdout);
    }
    let run = jsonl(&project, &["tree", "--gitignore"]);
    assert_eq!(places(&run).len(), 9, "{run}");
    // A link is followed where it is named, and so is a folder of git.
    let run = jsonl(&project, &["tree/link", "tree/.git"]);
    let expected = ["tree/link:2:3", "tree/.git/config:1:6"];
    assert_eq!(places(&run), expected);
    // What they lead to is looked at once.
    let run = jsonl(&project, &["tree/link", "tree/linked", "tree/.git"]);
    let expected = ["tree/linked/b/c.txt:2:3", "tree/.git/config:1:6"];
    assert_eq!(places(&run), expected);
    let run = project.run(&["scan", "tree", "-v"]);
    run.says(
        1,
        &[
            "10 findings in 10 files; looked at 11 files",
            "2 symbolic links",
            "1 folder of git",
        ],
    );
}

#[test]
fn standard_input_is_looked_at() {
    let project = Project::new();
    for (content, code) in [
        (format!("x\nkey {}\n", github(2)), 1),
        ("x\n".to_owned(), 0),
        (String::new(), 0),
    ] {
        for name in ["-", "/dev/stdin"] {
            let mut child = project
                .command(&["scan", name])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            child
                .stdin
                .take()
                .unwrap()
                .write_all(content.as_bytes())
                .unwrap();
            let run = finish(child);
            assert_eq!(run.code, code, "{run}");
            assert_eq!(
                run.stdout.contains(&format!("{name}:2:5  ")),
                code == 1,
                "{run}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let project = Project::new();
    project.write("a", format!("{}\n", github(3)));
    std::os::unix::fs::symlink("nowhere", project.path("dangling")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        project.path("fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let whole = packed(format!("{} and more\n", github(3)).repeat(99).as_bytes());
    project.write("clean/b", "clean");
    fs::write(project.path("cut.gz"), &whole[..whole.len() - 9]).unwrap();
    for (path, words) in [
        ("missing", "cannot read `missing`"),
        ("dangling", "cannot read `dangling`"),
        ("fifo", "cannot read `fifo`: it is no file and no folder"),
        ("cut.gz", "cannot read `cut.gz`: it is not whole as gzip"),
    ] {
        project.run(&["scan", "a", path]).fails(2, &[words]);
        project.run(&["scan", "clean", path]).fails(2, &[words]);
    }
    // What is in a folder and is no file is left out, and does not hold up anything.
    fs::remove_file(project.path("cut.gz")).unwrap();
    let run = project.run(&["scan", "."]);
    run.says(
        1,
        &[
            "1 finding in 1 file; looked at 2 files",
            "skipped 2, unreadable 0",
        ],
    );
    project
        .run(&["scan", "clean"])
        .says(0, &["no secrets; looked at 1 file, 5 bytes"]);
    project.run(&["scan"]).fails(2, &["PATH"]);
    project
        .run(&["scan", "a", "--format", "sarfi"])
        .fails(2, &["did you mean `sarif`?"]);
    project
        .run(&["scan", "a", "--rule", "github-tokne"])
        .fails(2, &["did you mean `github-token`?"]);
}

#[test]
fn no_format_shows_a_secret() {
    let project = Project::new();
    let mut secrets = Vec::new();
    let mut text = String::new();
    for (seed, row) in (0..).zip(RULES.iter()) {
        if let Some(sample) = row.sample(seed) {
            let sample = String::from_utf8(sample).unwrap();
            text.push_str(&format!("value {sample}\n"));
            secrets.push(sample);
        }
    }
    assert!(secrets.len() > 300);
    project.write("all", &text);
    project.write(&format!("named-{}", github(4)), "token\n");
    project.write(&format!("{}/x", github(4)), format!("{}\n", github(4)));
    secrets.push(github(4));
    let show = |run: &Run| format!("{}{}", run.stdout, run.stderr);
    for format in FORMATS {
        let shown = show(&project.run(&["scan", ".", "missing", "--format", format, "-vv"]));
        let parts: HashSet<&[u8]> = shown.as_bytes().windows(8).collect();
        for secret in &secrets {
            // What all secrets of a kind have in common is made of words.
            let is_random = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
            let leaked = secret
                .as_bytes()
                .windows(8)
                .any(|part| part.iter().any(is_random) && parts.contains(part));
            assert!(!leaked, "{format} shows a part of a {}", &secret[..4]);
        }
    }
}

#[test]
fn every_format_is_what_it_says() {
    let project = Project::new();
    project.write(
        "a b/c#.env",
        format!("A={}\nB={}\n", github(5), secret("npm-token", 5)),
    );
    let json: Value =
        serde_json::from_str(&project.run(&["scan", "a b", "--format", "json"]).stdout).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 2);
    assert_eq!(json["summary"]["files"], 1);
    let lines = project.run(&["scan", "a b", "--format", "jsonl"]);
    for (line, expected) in lines
        .stdout
        .lines()
        .zip(json["findings"].as_array().unwrap())
    {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row, *expected);
        for key in ["path", "line", "column", "rule", "fingerprint", "masked"] {
            assert!(!row[key].is_null(), "{key}");
        }
    }
    let sarif: Value = serde_json::from_str(
        &project
            .run(&["scan", "a b", "missing", "--format", "sarif"])
            .stdout,
    )
    .unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    for result in run["results"].as_array().unwrap() {
        let rule = &run["tool"]["driver"]["rules"]
            [usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/c%23.env");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
    }
    let tap = project.run(&["scan", "a b", "--format", "tap"]);
    tap.says(
        1,
        &["TAP version 13\n1..2\nnot ok 1 - a b/c\\#.env:1:3: SE"],
    );
    project.write("clean", "x");
    project
        .run(&["scan", "clean", "--format", "tap"])
        .says(0, &["1..1\nok 1 - no secrets"]);
    let junit = project.run(&["scan", "a b", "missing", "--format", "junit"]);
    junit.says(
        2,
        &[
            "tests=\"3\" failures=\"2\" errors=\"1\"",
            "<failure message=\"SE",
        ],
    );
    let mut reader = quick_xml::Reader::from_str(&junit.stdout);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
}

#[test]
fn comments_allow() {
    let project = Project::new();
    let token = github(6);
    let own = code("github-token");
    for (comment, code, note) in [
        (format!("# {COMMENT} {own} of a test account"), 0, false),
        (format!("# {COMMENT} github-token"), 0, false),
        ("# gitleaks:allow".to_owned(), 0, false),
        ("// betterleaks:allow".to_owned(), 0, false),
        ("# pragma: allowlist secret".to_owned(), 0, false),
        (format!("# {COMMENT} npm-token"), 1, true),
        (format!("# {COMMENT}"), 1, true),
    ] {
        project.write("a", format!("x\nkey: {token} {comment}\n"));
        let run = project.run(&["scan", "a"]);
        assert_eq!(run.code, code, "{comment} {run}");
        assert_eq!(
            run.stderr
                .contains("note: a:2: a comment `clawtest:allow` allows nothing"),
            note,
            "{run}"
        );
        assert_eq!(
            run.stdout.contains("allowed: 1 by a comment"),
            code == 0,
            "{run}"
        );
    }
    project.write(
        "a",
        format!("x # {COMMENT} {own} nothing here\n`{COMMENT} {own}` is a comment\n"),
    );
    let run = project.run(&["scan", "a"]);
    assert_eq!(
        run.stderr, "note: a:1: a comment `clawtest:allow` allows nothing here\n",
        "{run}"
    );
    assert_eq!(run.code, 0);
}

#[test]
fn the_configuration_allows() {
    let project = Project::new();
    project.write("docs/a.md", format!("key: {}\n", github(7)));
    let print = fingerprint(&jsonl(&project, &["docs"]));
    for (allow, code, note) in [
        ("path = 'docs/*.md'".to_owned(), 0, ""),
        (format!("fingerprint = '{print}'"), 0, ""),
        ("rule = 'github-token'\npath = '**/*.md'".to_owned(), 0, ""),
        ("path = 'docs/*.md'\nexpires = 2999-01-01".to_owned(), 0, ""),
        (
            "path = 'docs/*.md'\nexpires = '2001-01-01'".to_owned(),
            1,
            "note: clawtest.toml:2: the allowance expired on 2001-01-01",
        ),
        (
            "path = 'docs/b/*.md'".to_owned(),
            1,
            "note: clawtest.toml:2: the allowance allows nothing",
        ),
        (
            "rule = 'npm-token'".to_owned(),
            1,
            "note: clawtest.toml:2: the allowance allows nothing",
        ),
    ] {
        project.write(
            "clawtest.toml",
            format!("\n[[secrets.allow]]\nreason = 'a test'\n{allow}\n"),
        );
        let run = project.run(&["scan", "."]);
        assert_eq!(run.code, code, "{allow} {run}");
        assert_eq!(
            run.stderr.lines().next().unwrap_or_default(),
            note,
            "{allow} {run}"
        );
        // Seen from another folder it is the same.
        let mut command = project.command(&["scan", "../docs"]);
        fs::create_dir_all(project.path("other")).unwrap();
        let run = finish(command.current_dir(project.path("other")).spawn().unwrap());
        assert_eq!(run.code, code, "{allow} {run}");
    }
}

#[test]
fn the_configuration_is_checked() {
    let project = Project::new();
    project.write("a", "x");
    for (config, words) in [
        ("[[secrets.allow]]\npath = 'a'\n", "missing field `reason`"),
        (
            "[[secrets.allow]]\npath = 'a'\nreason = ' '\n",
            "line 3: `reason` says why",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\n",
            "line 1: an allowance has a `path`",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\nrule = 'SE9999'\n",
            "line 3: there is no rule `SE9999`",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\nfingerprint = '12'\n",
            "line 3: `fingerprint` has 32",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\npath = '['\n",
            "line 3: `path`",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\npath = 'a'\nexpires = 'soon'\n",
            "line 4: `expires` is a day",
        ),
        (
            "[[secrets.allow]]\nreason = 'x'\npaht = 'a'\n",
            "unknown field `paht`",
        ),
        (
            "[[secrets.rule]]\nid = 'a b'\nregex = 'x'\n",
            "line 2: `id` consists of",
        ),
        (
            "[[secrets.rule]]\nid = 'github-token'\nregex = 'x'\n",
            "line 2: `github-token` is a rule of clawtest",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregex = '('\n",
            "line 3: `regex` of `x`: unclosed group",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregex = 'x*'\n",
            "line 3: `regex` of `x`: it matches the empty text",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregex = 'x'\nentropy = 9.0\n",
            "line 4: `entropy` is between",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregex = 'x'\nallow = ['(']\n",
            "line 4: `allow` of `x`",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregex = 'x'\n[[secrets.rule]]\nid = 'X'\nregex = 'x'\n",
            "line 5: there are two rules `X`",
        ),
        (
            "[[secrets.rule]]\nid = 'x'\nregexp = 'x'\n",
            "unknown field `regexp`",
        ),
    ] {
        project.write("clawtest.toml", config);
        project.run(&["scan", "a"]).fails(2, &[words]);
    }
}

#[test]
fn rules_of_the_project_are_looked_for() {
    let project = Project::new();
    project.write(
        "clawtest.toml",
        "[[secrets.rule]]\nid = 'acme-key'\ndescription = 'a key of Acme'\nregex = 'acme_([a-z0-9]{12})'\n\
         keywords = ['acme']\nentropy = 2.5\nallow = ['^0000']\n",
    );
    let key = ["acme_", "k3x9", "q7v2", "m5z8"].concat();
    project.write(
        "a",
        format!("a: {key}\nb: acme_000011112222\nc: acme_aaaaaaaaaaaa\n"),
    );
    let run = jsonl(&project, &["a"]);
    assert_eq!(places(&run), ["a:1:9"], "{run}");
    run.says(1, &["\"rule\":\"acme-key\"", "…[12]"]);
    let list = project.run(&["scan", "--list-rules"]);
    list.says(0, &["acme-key", "a key of Acme", code("github-token")]);
    project.write("b", format!("{key} # {COMMENT} acme-key of a test\n"));
    assert_eq!(project.run(&["scan", "b"]).code, 0);
    project.write("c", format!("{key} {}\n", github(8)));
    assert_eq!(
        places(&jsonl(&project, &["c", "--rule", "acme-key"])).len(),
        1
    );
    assert_eq!(
        places(&jsonl(&project, &["c", "--rule", "GITHUB-TOKEN"])).len(),
        1
    );
}

#[test]
fn a_baseline_takes_out_what_is_known() {
    let project = Project::new();
    project.write("src/a", format!("key {}\n", github(9)));
    project.write("src/b", format!("key {}\n", github(10)));
    project
        .run(&["scan", "src", "--write-baseline", "known.json"])
        .says(0, &["2 findings written to `known.json`"]);
    let run = project.run(&["scan", "src", "--baseline", "known.json"]);
    run.says(0, &["no secrets", "allowed: 2 by the baseline"]);
    assert_eq!(run.stderr, "");
    // The baseline itself holds nothing.
    assert_eq!(project.run(&["scan", "known.json"]).code, 0);
    // It is moved within its file: still known. In another file, or another one: not.
    project.write("src/a", format!("\n\nkey {}\n", github(9)));
    project.write("src/b", format!("key {}\n", github(9)));
    let run = project.run(&[
        "scan",
        "src",
        "--baseline",
        "known.json",
        "--format",
        "jsonl",
    ]);
    assert_eq!(places(&run), ["src/b:1:5"], "{run}");
    let gone = format!(
        "note: known.json: {} in `src/b` is gone",
        code("github-token")
    );
    assert!(run.stderr.contains(&gone), "{run}");
    let run = finish(
        project
            .command(&["scan", "src", "--baseline", "known.json"])
            .env("CLAWTEST_SECRETS_KEY", "another")
            .spawn()
            .unwrap(),
    );
    run.fails(2, &["it was written with another key"]);
    project.write("broken.json", "{\n\"version\": 1,\n}\n");
    project
        .run(&["scan", "src", "--baseline", "broken.json"])
        .fails(2, &["`broken.json`", "line 3"]);
    project
        .run(&["scan", "src", "--baseline", "missing.json"])
        .fails(2, &["`missing.json`"]);
}

/// Runs `git` in the project; whether it is there.
fn git(project: &Project, args: &[&str]) -> bool {
    let child = std::process::Command::new("git")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.net",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(args)
        .current_dir(project.path(""))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env(
            "GIT_CEILING_DIRECTORIES",
            project.path("").parent().unwrap(),
        )
        .output();
    child.is_ok_and(|output| output.status.success())
}

#[test]
fn git_tells_what_is_staged_and_what_was() {
    let project = Project::new();
    if !git(&project, &["init", "-q"]) {
        skipped("git is not installed");
        return;
    }
    project
        .run(&["scan", "--staged"])
        .says(0, &["looked at 0 files"]);
    project.write("conf/a.env", format!("key: {}\n", github(11)));
    project.write("clean", "x\n");
    assert!(git(&project, &["add", "."]));
    // What is staged counts, not what the folder holds now.
    project.write("conf/a.env", "clean\n");
    let run = jsonl(&project, &["--staged"]);
    assert_eq!(
        places(&run),
        ["./conf/a.env:1:6".trim_start_matches("./")],
        "{run}"
    );
    assert!(git(
        &project,
        &["commit", "-q", "-m", &format!("one {}", github(12))]
    ));
    project.write(
        "conf/a.env",
        format!("{}\n\nkey: {}\n", "moved", github(11)),
    );
    assert!(git(&project, &["commit", "-q", "-a", "-m", "two"]));
    project.write("conf/a.env", "clean\n");
    assert!(git(&project, &["commit", "-q", "-a", "-m", "three"]));
    assert_eq!(project.run(&["scan", "--staged"]).code, 0);
    assert_eq!(project.run(&["scan", "."]).code, 0);
    let run = jsonl(&project, &["--history"]);
    let places = places(&run);
    let of_file: Vec<&String> = places
        .iter()
        .filter(|place| place.contains("a.env"))
        .collect();
    assert_eq!(of_file, ["conf/a.env:3:6"], "{run}");
    assert!(
        places.iter().any(|place| place.starts_with("(commit):")),
        "{run}"
    );
    run.says(1, &["\"commit\":\""]);
    // From a folder in it, and from outside.
    assert_eq!(jsonl(&project, &["--history", "conf"]).code, 1);
    let outside = Project::new();
    outside
        .run(&["scan", "--history", "."])
        .fails(2, &["cannot read `.`: git: not a git repository"]);
    outside
        .run(&["scan", "--staged"])
        .fails(2, &["not a git repository"]);
    let mut command = project.command(&["scan", "--history"]);
    let run = finish(command.env("PATH", "/nonexistent").spawn().unwrap());
    run.fails(2, &["the program `git` is not there"]);
}

#[test]
fn a_reader_that_stops_changes_nothing() {
    let project = Project::new();
    project.write("a", format!("key {}\n", github(13)).repeat(3000));
    let mut child = project
        .command(&["scan", "a"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(finish(child).code, 1);
}
