//! `clawtest scan` on archives, on a terminal, and on the project itself.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use clawtest::framework::secret::RULES;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

use crate::program::{Project, finish, skipped};

fn line(seed: u64) -> Vec<u8> {
    let rule = RULES.iter().find(|row| row.rule.name == "github-token");
    [b"key: ", &rule.unwrap().sample(seed).unwrap()[..], b"\n"].concat()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        let mut block = [0; 512];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        block[148..156].fill(b' ');
        block[156] = b'0';
        block[257..263].copy_from_slice(b"ustar\0");
        let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
        block[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        bytes.extend(block);
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A zip; with `flags` 8 the sizes are behind the members.
fn zip(flags: u16, members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let numbers = [
            crc.sum(),
            u32::try_from(packed.len()).unwrap(),
            crc.amount(),
        ];
        let sizes: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let told = if flags & 8 == 0 {
            sizes.clone()
        } else {
            vec![0; 12]
        };
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let start = [&[20, 0][..], &flags.to_le_bytes(), &[8, 0, 0, 0, 0, 0]].concat();
        bytes.extend(
            [
                b"PK\x03\x04",
                &start[..],
                &told,
                &length,
                &[0, 0],
                name.as_bytes(),
            ]
            .concat(),
        );
        bytes.extend(&packed);
        if flags & 8 != 0 {
            bytes.extend([b"PK\x07\x08", &sizes[..]].concat());
        }
        directory.extend(
            [
                b"PK\x01\x02\x14\x00",
                &start[..],
                &sizes,
                &length,
                &[0; 16],
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    bytes.extend(directory);
    bytes.extend([&b"PK\x05\x06"[..], &[0; 18]].concat());
    bytes
}

#[test]
fn archives_are_looked_into_where_that_is_wanted() {
    let project = Project::new();
    let secret = line(1);
    let members: [(&str, &[u8]); 2] = [("dir/clean", b"x\n"), ("dir/.env", &secret)];
    let inner = zip(0, &members);
    for (name, bytes, place) in [
        ("a.tar", tar(&members), "dir/.env"),
        ("a.tgz", gzip(&tar(&members)), "dir/.env"),
        ("a.zip", inner.clone(), "dir/.env"),
        ("a.whl", zip(8, &members), "dir/.env"),
        (
            "a.pyz",
            [b"#!/usr/bin/env python3\n", &inner[..]].concat(),
            "dir/.env",
        ),
        (
            "b.tgz",
            gzip(&tar(&[("in.zip", &inner), ("x", b"x")])),
            "in.zip!dir/.env",
        ),
        (
            "b.zip",
            zip(8, &[("in.tgz", &gzip(&tar(&members)))]),
            "in.tgz!dir/.env",
        ),
        ("c.tar", tar(&[("log.gz", &gzip(&secret))]), "log.gz"),
    ] {
        project.write(name, &bytes);
        let run = project.run(&["scan", "--archives", name]);
        run.says(
            1,
            &[&format!("{name}!{place}:1:6  "), "1 finding in 1 file"],
        );
        let run = project.run(&["scan", "--archives", name, "--format", "jsonl"]);
        run.says(
            1,
            &[&format!(
                "\"path\":\"{name}\",\"member\":\"{place}\",\"line\":1,\"column\":6"
            )],
        );
        let child = project
            .command(&["scan", "--archives", "-"])
            .stdin(Stdio::piped())
            .spawn();
        let mut child = child.unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        finish(child).says(1, &[&format!("-!{place}:1:6  ")]);
    }
    project.write(
        "clawtest.toml",
        "[[secrets.allow]]\npath = 'a.zip!dir/*'\nreason = 'a test'\n",
    );
    assert_eq!(project.run(&["scan", "--archives", "a.zip"]).code, 0);
    // What is packed is not seen, but for bytes that deflate leaves as they are.
    let run = project.run(&["scan", "a.whl"]);
    let words = "not looked into: 1 archive (--archives does)";
    assert!(run.stdout.contains(words), "{run}");
}

#[test]
fn archives_that_cannot_be_looked_into_are_errors() {
    let project = Project::new();
    let secret = line(2);
    let members: [(&str, &[u8]); 2] = [("first", &secret), ("second", &secret)];
    let whole = zip(0, &members);
    let mut encrypted = whole.clone();
    encrypted[6] |= 1;
    let mut damaged = whole.clone();
    damaged[30 + 5 + 20] ^= 0x20;
    let mut deep = whole.clone();
    for name in ["c", "b", "a"] {
        deep = zip(0, &[(name, &deep)]);
    }
    let bomb = gzip(&vec![0; 1 << 20]).repeat(70);
    let mut header = tar(&members);
    header[1024] ^= 1;
    let mut unlisted = zip(0, &members[..1]);
    unlisted.extend(&whole);
    for (bytes, words) in [
        (encrypted, "`x!first`: it is encrypted"),
        (damaged, "`x!first`: it is "),
        (deep, "`x!a!b!c`: archives are more than 3 deep"),
        (bomb, "`x`: it unpacks to more than 250 times its size"),
        (whole[..whole.len() - 30].to_vec(), "`x`: it is cut short"),
        (whole[..60].to_vec(), "`x!first`: it is "),
        (
            tar(&members)[..1540].to_vec(),
            "`x!second`: it is cut short",
        ),
        (
            tar(&members)[..2048].to_vec(),
            "`x`: it is cut short: the mark of its end",
        ),
        (header, "`x`: a header of it is damaged"),
        (
            unlisted,
            "`x`: there are bytes between its members or behind its end",
        ),
        (
            gzip(&tar(&members))[..80].to_vec(),
            "`x`: it is not whole as gzip",
        ),
    ] {
        project.write("x", bytes);
        project.run(&["scan", "--archives", "x"]).fails(2, &[words]);
    }
    // Every cut of an archive is an error, whatever the place.
    for archive in [whole, zip(8, &members), tar(&members)] {
        for length in (8..archive.len() - 1).step_by(97) {
            project.write("x", &archive[..length]);
            let run = project.run(&["scan", "--archives", "x"]);
            assert!(
                run.code == 2 || length < 512 && run.code != 101,
                "{length}: {run}"
            );
            run.has_no_panic();
        }
    }
}

#[test]
fn the_project_itself_is_clean() {
    let project = Project::new();
    let mut command = project.command(&["scan", "."]);
    let run = finish(
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .spawn()
            .unwrap(),
    );
    run.says(0, &["no secrets", "unreadable 0"]);
    // The golden cases of comments have some that allow nothing.
    let notes = run
        .stderr
        .lines()
        .filter(|note| !note.starts_with("note: tests/golden/"));
    assert_eq!(notes.collect::<Vec<_>>(), [""; 0], "{run}");
}

#[test]
fn each_file_is_looked_at_once() {
    let project = Project::new();
    project
        .write("tree/sub/a", line(3))
        .write("tree/-b", line(3));
    project.write("tree/target/c", line(3));
    std::os::unix::fs::symlink("tree/sub", project.path("link")).unwrap();
    fs::write(
        project.path("tree").join(OsStr::from_bytes(b"\xff\xfe")),
        line(3),
    )
    .unwrap();
    for (args, count) in [
        (&["tree", "tree"][..], 4),
        (&["tree/sub/a", "tree", "link", "./tree/sub"], 4),
        (&["link", "tree/sub"], 1),
        (&["tree", "--exclude", "tree/target"], 3),
        (&["tree", "tree/target", "--exclude", "**/target/"], 4),
        (&["tree", "--gitignore", "--exclude", "**/target"], 3),
    ] {
        let run = project.run(&[&["scan"], args].concat());
        run.says(
            1,
            &[&format!("{count} finding"), "\\xff\\xfe:1:6"][..=usize::from(count > 1)],
        );
    }
    let mut command = project.command(&["scan", "--", "-b"]);
    let run = finish(command.current_dir(project.path("tree")).spawn().unwrap());
    run.says(1, &["-b:1:6  "]);
    fs::create_dir(project.path("empty")).unwrap();
    project
        .run(&["scan", "empty"])
        .fails(4, &["nothing was looked at"]);
}

#[test]
fn progress_is_for_terminals() {
    let project = Project::new();
    let program = env!("CARGO_BIN_EXE_clawtest");
    for (rest, is_shown) in [("", true), ("2>err", false), ("--no-progress", false)] {
        let line = format!("sleep 1.5 | '{program}' scan - {rest}");
        let mut command = project.tool(Path::new("script"));
        command
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm");
        let Ok(child) = command.spawn() else {
            skipped("script is not installed");
            return;
        };
        let run = finish(child);
        assert_eq!(run.stdout.contains("0 files, 0 MB"), is_shown, "{run}");
        // The line is gone before the report.
        let at = run.stdout.rfind("\r\u{1b}[K").map_or(0, |at| at + 4);
        assert!(run.stdout[at..].starts_with("no secrets"), "{run}");
    }
    if project.path("err").exists() {
        assert_eq!(project.read("err"), "");
    }
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oracles/sarif-2.1.0.json");
    let project = Project::new();
    project
        .write("a b.env", line(4))
        .write("c.zip", zip(0, &[("d", &line(5))]));
    let run = project.run(&["scan", ".", "missing", "--archives", "--format", "sarif"]);
    project.write("report.sarif", &run.stdout);
    let code = "import json, sys, jsonschema\n\
                jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))";
    let known = Command::new("python3")
        .args(["-c", "import jsonschema"])
        .output();
    if !schema.is_file() || !known.is_ok_and(|output| output.status.success()) {
        skipped("the schema of SARIF or the Python package jsonschema is not installed");
        return;
    }
    let mut command = Command::new("python3");
    command
        .args(["-c", code])
        .arg(project.path("report.sarif"))
        .arg(schema);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
