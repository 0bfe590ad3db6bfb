//! Env files against bash, Compose and the Docker CLI themselves.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use clawtest::framework::document::{Document, Input};
use clawtest::framework::format::env::{read_bash, read_compose, read_docker, read_systemd};

/// How many texts are put together for each program.
const COUNT: usize = 2000;

/// Lines that are worth trying by themselves.
const LINES: &[&str] = &[
    "X=a",
    "X=\"a b\"",
    "X='a b'",
    "X=a b",
    "X=a # c",
    "X=a#c",
    "X=\"a\" # c",
    "export X=a",
    "X = a",
    " X=a",
    "X=a   ",
    "X= a",
    "X=",
    "X",
    "Y=1\nX=${Y}2",
    "Y=1\nX=$Y",
    "X=a\\nb",
    "X=\"a\\nb\"",
    "X=\"a\nb\"",
    "X=a\\\nb",
    "# c \\\nX=a",
    "; X=b\nX=a",
    "X=a\nX=b",
    "X=a\r\nY=1",
    "X: a",
    "X=\"a\"b",
    "X=\"a",
    "X=it's",
    "X.Y=1\nX=a",
    "X=C:\\dir",
    "X=a&Y=b",
    "X=a|Y=b",
    "X=a;Y=b",
    "X=1\nX=a b",
    "X=a\nX+=b",
    "X={1,2}",
    "X=$. Y=a$",
    "export X=a Y Z=c",
    "Y=\"p q\"\nexport X=$Y\nZ=$Y",
    "X=${Y:-a b}${Z:-c}",
    "X=${Y:-a}}",
    "X=a)\nY=c",
    "Y=b\nX=a`",
    "X= # c",
    "1X=a\nX=2",
    "X=a! Y=!b",
    "export X = a",
    "export 1=a\nY=2",
    "X=\"a\"'b'c",
    "X==a",
    "X\\\n=a",
    "X='a\\\nb'",
    "X=\"\\a\\$\\`\\\"\\!\"",
    "X=$Y$Y",
    "X=\\",
    "X=a\\",
    "set -a\nX=1",
    "X=${Y+a}${X-b}",
    "X=a\tY=b",
    "\tX=a",
    "X=*",
    "X=a[1]",
    "X=%^@,:+",
    "Y=2\nY=3 X=$Y",
    "X=a; # c",
    "X=a;;Y=b",
    "X=a &",
    "X=a \\\nY=b",
    "X=a \\",
    "X=\"$\"",
    "export",
    "export X",
    "Y=1\nexport Y X=$Y",
    "export \"X=a b\"",
    "export 'X'=a",
    "X=a#",
    "X=#",
    "X=\"#\"",
    "#X=1\nY=2",
];

const PIECES: &[&str] = &[
    "X",
    "Y",
    "Z",
    "=",
    "=",
    "=",
    "\n",
    "\n",
    "\n",
    " ",
    "\t",
    "\"",
    "'",
    "\\",
    "#",
    "$Y",
    "${X}",
    "${Y:-d}",
    "${Z-e}",
    "${X:+f}",
    "$$",
    "$",
    "a",
    "b",
    "c1",
    "é",
    ".",
    ":",
    ",",
    "export ",
    "X=a",
    "Y=b",
    "Z=\"c d\"",
    "\nX='e f'\n",
    "\r\n",
    ";",
    "&",
    "|",
    "+",
    "-",
    "\\n",
    " # ",
];

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

fn texts(seed: u64) -> Vec<String> {
    let mut numbers = Numbers(seed);
    let mut texts: Vec<String> = LINES.iter().map(|line| format!("{line}\n")).collect();
    while texts.len() < COUNT {
        let len = 1 + numbers.below(14);
        let mut text: String = (0..len)
            .map(|_| PIECES[numbers.below(PIECES.len())])
            .collect();
        text.push('\n');
        texts.push(text);
    }
    texts
}

fn document(reader: fn(&Input<'_>) -> Document, text: &str) -> Document {
    reader(&Input {
        path: ".env",
        bytes: Arc::from(text.as_bytes()),
        target: &BTreeMap::new(),
        variables: &BTreeMap::new(),
    })
}

fn values(document: &Document) -> BTreeMap<String, String> {
    let entries = document.root.entries().iter();
    entries
        .map(|entry| {
            let value = entry.node.as_text().unwrap();
            (entry.name.to_string(), value.to_owned())
        })
        .collect()
}

/// Files with the texts in a folder.
fn files(dir: &Path, texts: &[String]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let path = dir.join(format!("f{index}.env"));
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    paths
}

fn run(command: &mut Command) -> Option<Output> {
    command.stdin(Stdio::null()).output().ok()
}

#[test]
fn bash_sets_what_its_reader_says() {
    let dir = tempfile::tempdir().unwrap();
    let texts = texts(0x2545_f491_4f6c_dd1d);
    let paths = files(dir.path(), &texts);
    // No program is found, so that no text can run one.
    let mut script = "PATH=/nonexistent\n".to_owned();
    for path in &paths {
        write!(
            script,
            "( . '{}' >/dev/null 2>&1; for v in X Y Z; do \
if [ -n \"${{!v+s}}\" ]; then printf 's%s\\0' \"${{!v}}\"; else printf 'u\\0'; fi; done )\n\
printf 'end\\0'\n",
            path.display()
        )
        .unwrap();
    }
    let script_path = dir.path().join("script");
    std::fs::write(&script_path, script).unwrap();
    let mut command = Command::new("bash");
    command
        .arg(&script_path)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(dir.path());
    let Some(output) = run(&mut command) else {
        eprintln!("skipped: bash is not installed");
        return;
    };
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let cases: Vec<&str> = printed.split("end\0").collect();
    let (mut count, mut unknown) = (0, 0);
    let mut wrong = Vec::new();
    for (text, case) in texts.iter().zip(cases) {
        let document = document(read_bash, text);
        let found = values(&document);
        let complaints = document.complaints.iter();
        let said: Vec<&str> = complaints.map(|complaint| &*complaint.message).collect();
        let is_lost = said
            .iter()
            .any(|message| message.contains("no value is known"));
        let is_unknown = |name: &str| {
            is_lost
                || document.asides.iter().any(|aside| {
                    &*aside.path[0] == name && aside.why.contains("without running something")
                })
        };
        let words: Vec<&str> = case.split_terminator('\0').collect();
        for (name, word) in ["X", "Y", "Z"].into_iter().zip(words) {
            let expected = word.strip_prefix('s').map(str::to_owned);
            if is_unknown(name) {
                unknown += 1;
                continue;
            }
            if found.get(name) != expected.as_ref() {
                let found = found.get(name);
                wrong.push(format!(
                    "{name} in {text:?}: bash {expected:?}, not {found:?}; {said:?}"
                ));
            }
            count += 1;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    eprintln!("bash: {count} values agree, {unknown} are said to be unknown");
    assert!(count > COUNT && unknown < count);
}

fn compose(
    dir: &Path,
    paths: &[&PathBuf],
) -> Option<Result<Vec<BTreeMap<String, String>>, String>> {
    let mut config = "services:\n".to_owned();
    for (index, path) in paths.iter().enumerate() {
        let path = path.display();
        writeln!(config, "  s{index}:\n    image: x\n    env_file: '{path}'").unwrap();
    }
    let file = dir.join("compose.yml");
    std::fs::write(&file, config).unwrap();
    let program = std::env::var("CLAWTEST_COMPOSE").unwrap_or("docker-compose".to_owned());
    let mut command = Command::new(program);
    command.arg("-f").arg(&file);
    command.args(["config", "--format", "json"]);
    let output = run(command.env_clear().env("PATH", "/usr/bin:/bin"))?;
    if !output.status.success() {
        return Some(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = (0..paths.len()).map(|index| {
        let environment = &json["services"][format!("s{index}")]["environment"];
        let entries = environment.as_object().into_iter().flatten();
        entries
            .map(|(name, value)| {
                let value = value.as_str().unwrap_or_default();
                (name.clone(), value.replace("$$", "$"))
            })
            .filter(|(name, _)| !name.is_empty())
            .collect()
    });
    Some(Ok(services.collect()))
}

#[test]
fn compose_sets_what_its_reader_says() {
    let dir = tempfile::tempdir().unwrap();
    let texts = texts(0x9e37_79b9_7f4a_7c15);
    let paths = files(dir.path(), &texts);
    let documents: Vec<Document> = texts
        .iter()
        .map(|text| document(read_compose, text))
        .collect();
    let good: Vec<usize> = (0..texts.len())
        .filter(|index| !documents[*index].is_refused)
        .collect();
    for chunk in good.chunks(100) {
        let chosen: Vec<&PathBuf> = chunk.iter().map(|index| &paths[*index]).collect();
        let Some(result) = compose(dir.path(), &chosen) else {
            eprintln!("skipped: docker-compose is not installed");
            return;
        };
        let environments = match result {
            Ok(environments) => environments,
            Err(error) => panic!(
                "{error}\n{:?}",
                chunk.iter().map(|i| &texts[*i]).collect::<Vec<_>>()
            ),
        };
        for (index, environment) in chunk.iter().zip(environments) {
            assert_eq!(
                values(&documents[*index]),
                environment,
                "{:?}",
                texts[*index]
            );
        }
    }
    let bad: Vec<usize> = (0..texts.len())
        .filter(|index| documents[*index].is_refused)
        .take(40)
        .collect();
    for index in &bad {
        let result = compose(dir.path(), &[&paths[*index]]).unwrap();
        assert!(result.is_err(), "{:?}", texts[*index]);
    }
    eprintln!(
        "Compose: {} files agree, {} are refused by both",
        good.len(),
        bad.len()
    );
    assert!(good.len() > 300 && bad.len() > 20);
}

#[test]
fn docker_refuses_what_its_reader_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let texts = &texts(0x1234_5678_9abc_def1)[..140];
    let paths = files(dir.path(), texts);
    let socket = format!("unix://{}/none.sock", dir.path().display());
    let (mut refused, mut count) = (0, 0);
    for (text, path) in texts.iter().zip(&paths) {
        let mut command = Command::new("docker");
        command.args(["-H", &socket, "run", "--env-file"]).arg(path);
        // No engine listens, and it is asked after the file has been read.
        let Some(output) = run(command.arg("none").env("DOCKER_CONFIG", dir.path())) else {
            eprintln!("skipped: docker is not installed");
            return;
        };
        let error = String::from_utf8_lossy(&output.stderr);
        let is_read = error.contains("Cannot connect") || error.contains("failed to connect");
        let document = document(read_docker, text);
        assert_eq!(document.is_refused, !is_read, "{text:?}: {error}");
        refused += usize::from(!is_read);
        count += 1;
    }
    eprintln!("docker: {count} files agree, {refused} of them refused");
    assert!(refused > 10);
}

/// systemd's reader has no program of its own to compare with, but what it must agree about with
/// bash: files of plain and of quoted values.
#[test]
fn systemd_and_bash_agree_about_quoted_values() {
    let mut numbers = Numbers(0xdead_beef_cafe_f00d);
    let parts = [
        "a", "b c", "#", "é", "'", ":", "\\\\", "\\\"", "\\$", "$(", "=", "\n", " ",
    ];
    for _ in 0..500 {
        let len = numbers.below(6);
        let inner: String = (0..len)
            .map(|_| parts[numbers.below(parts.len())])
            .filter(|part| !part.starts_with("$("))
            .collect();
        let text = format!("X=\"{inner}\"\nY='{}'\n", inner.replace('\'', ""));
        let found = [read_systemd, read_bash].map(|reader| values(&document(reader, &text)));
        assert_eq!(found[0], found[1], "{text:?}");
        assert_eq!(found[0].len(), 2, "{text:?}");
    }
}
