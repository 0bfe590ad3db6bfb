//! No secret is in anything that a run leaves behind: standard output, standard error, reports,
//! temporary files. One project has a secret of every kind in every place that a report may quote.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;

use clawtest_framework::secret::{RULES, SecretRule, Shape};

use crate::project::Project;

/// How many consecutive characters of a secret must not be seen.
const WINDOW: usize = 8;

/// How many kinds one harness has.
const KINDS: usize = 24;

/// A secret that is planted.
struct Planted {
    rule: &'static SecretRule,
    text: String,
    /// What must not be seen of it: not what all secrets of its kind have.
    windows: Vec<Vec<u8>>,
}

impl Planted {
    fn new(rule: &'static SecretRule) -> Option<Self> {
        let sample = rule.sample(7)?;
        let others: HashSet<Vec<u8>> = (1000..1004)
            .filter_map(|seed| rule.sample(seed))
            .flat_map(|other| {
                other
                    .windows(WINDOW)
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
            })
            .collect();
        let windows = sample
            .windows(WINDOW)
            .filter(|window| !others.contains(*window) && !window.contains(&b'\n'))
            // The id of a bot, which its token begins with, is no secret.
            .filter(|window| !window.iter().all(u8::is_ascii_digit))
            .map(<[u8]>::to_vec);
        Some(Self {
            rule,
            windows: windows.collect(),
            text: String::from_utf8(sample).ok()?,
        })
    }

    /// A word that may stand directly before it.
    fn glue(&self) -> &'static str {
        match self.rule.shape {
            Shape::Token { prefix, .. } if prefix.len() >= 4 && !prefix.contains('/') => "zzz",
            _ => "",
        }
    }

    fn is_line(&self) -> bool {
        !self.text.contains('\n') && self.text.len() < 150
    }
}

/// Every kind that is known by more than its prefix, and some of the others: those are all looked for
/// in one way.
fn planted() -> Vec<Planted> {
    let is_chosen = |at: usize, rule: &SecretRule| {
        matches!(rule.shape, Shape::Structured(_)) || at.is_multiple_of(16)
    };
    let rules = RULES.iter().enumerate();
    rules
        .filter(|(at, rule)| is_chosen(*at, rule))
        .filter_map(|(_, rule)| Planted::new(rule))
        .collect()
}

/// A text in quotes of TOML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('\u{7f}', "\\u007f")
}

/// A harness in which secrets stand everywhere.
fn harness(kinds: &[Planted]) -> String {
    let mut text = String::new();
    let mut fixture = |path: &str, content: &str| {
        writeln!(
            text,
            "[files.{}]\ncontent = {}",
            quoted(path),
            quoted(content)
        )
        .unwrap();
    };
    for planted in kinds {
        let (code, secret) = (planted.rule.rule.code, &planted.text);
        fixture(&format!("{code}.txt"), &format!("KEY={secret}\n"));
        fixture(
            &format!("{code}.glued"),
            &format!("{}{secret}\n", planted.glue()),
        );
        let lines: Vec<String> = secret.lines().map(|line| format!(" {line}\n")).collect();
        let lines = lines.concat();
        fixture(
            &format!("{code}.service"),
            &format!("[Service]\nExecStrt={secret}\nX{lines}"),
        );
        fixture(&format!("{code}.env"), &format!("export KEY '{secret}\n"));
        fixture(
            &format!("{code}.plist"),
            &format!("<plist><dict><key>{secret}</string>"),
        );
        fixture(
            &format!("{code}/compose.yml"),
            &format!("services:\n  a: [ '{secret}'\n b: {{"),
        );
        fixture(
            &format!("{code}.json"),
            &format!("{{ \"key\": \"{secret}\", x"),
        );
        if planted.is_line() && !secret.contains('/') {
            fixture(&format!("names/{secret}.txt"), &format!("KEY={secret}\n"));
        }
    }
    for planted in kinds {
        let (code, secret) = (planted.rule.rule.code, &planted.text);
        let what = if planted.is_line() { secret } else { "a block" };
        let mut check = |name: &str, rest: &str| {
            let name = quoted(&format!("{code} {name} {what}"));
            let words = quoted(&format!("because of {secret}"));
            writeln!(
                text,
                "[[check]]\nname = {name}\nwhy = {words}\nfix = {words}\n{rest}"
            )
            .unwrap();
        };
        let path = quoted(&format!("{code}.txt"));
        check("secrets", &format!("file = {path}\nno_secrets = true"));
        let other = quoted(&format!("no {secret}"));
        check("contains", &format!("file = {path}\ncontains = {other}"));
        if !planted.is_line() {
            // Lines in the middle of a block, which by themselves are not known to be a secret.
            let nearly = |(at, c): (usize, char)| if at % 7 == 0 { '_' } else { c };
            let line = secret.lines().nth(2).unwrap_or_default();
            let near: String = line.chars().enumerate().map(nearly).collect();
            let near = quoted(&format!("{near}\nand\nmore\n"));
            check("lines", &format!("file = {path}\ncontains = {near}"));
        }
        check(
            "matches",
            &format!("file = {path}\nmatches = '^nothing$'\nnot_matches = 'KEY=.*'"),
        );
        let glued = quoted(&format!("{code}.glued"));
        check("glued", &format!("file = {glued}\ncontains = 'nothing'"));
        for end in [".service", ".env", ".plist", "/compose.yml", ".json"] {
            let path = quoted(&format!("{code}{end}"));
            check(end, &format!("file = {path}\nvalid = true"));
        }
        if planted.is_line() && !secret.contains('/') {
            let missing = quoted(&format!("{secret}.md"));
            check("missing", &format!("file = {missing}\nexists = true"));
        }
        if planted.is_line() {
            let command = format!("[\"sh\", \"-c\", \"exit 3\", {}]", quoted(secret));
            if code.ends_with('7') {
                check("argument", &format!("command = {command}\nexit = 0"));
            }
        }
    }
    text.push_str(
        "[[check]]\nname = \"names\"\ndir = \"names\"\nno_secrets = true\n\
         [[check]]\nname = \"globbed names\"\nglob = \"names/*\"\nline = \"x\"\n\
         [[check]]\nname = \"output\"\ncommand = \"cat *.txt; cat *.txt >&2; exit 3\"\nexit = 0\n\
         stdout_contains = \"nothing\"\nstderr_matches = \"^nothing$\"\nno_secrets = true\n\
         [[check]]\nname = \"environment\"\ncommand = \"env; exit 3\"\nexit = 0\n\
         [[check]]\nname = \"variable\"\ncommand = [\"echo\", \"${variable}\"]\nstdout_contains = \"no\"\n",
    );
    format!("[vars]\nvariable = \"x\"\n{text}")
}

/// A file whose restarts are explained, with all secrets in its settings.
fn deployed(path: &str, kinds: &[Planted]) -> String {
    let secrets = || {
        kinds
            .iter()
            .filter(|planted| planted.is_line())
            .map(|planted| (planted.rule.rule.code, &planted.text))
    };
    match path {
        "gateway.service" => {
            let lines = secrets().map(|(code, secret)| {
                format!(
                    "Environment={code}={secret}\nRestart={secret}\n{secret}\nRestartSec={secret}\n"
                )
            });
            let lines: String = lines.collect();
            format!("[Service]\nExecStart=/bin/a\n{lines}Restart=always\n")
        }
        "compose.yaml" => {
            let services = secrets().map(|(code, secret)| {
                let secret = quoted(secret);
                format!("  a{code}:\n    image: {secret}\n    restart: {secret}\n")
            });
            format!("services:\n{}", services.collect::<String>())
        }
        _ => {
            let keys = secrets().map(|(_, secret)| {
                let secret = secret.replace('&', "&amp;").replace('<', "&lt;");
                format!("<key>{secret}</key><string>{secret}</string>\n")
            });
            let keys: String = keys.collect();
            format!("<plist><dict>\n<key>Label</key><string>a</string>{keys}</dict></plist>\n")
        }
    }
}

#[test]
fn no_secret_is_in_anything_that_a_run_leaves() {
    let planted = planted();
    assert!(planted.len() > 60, "{} kinds have samples", planted.len());
    let project = Project::new();
    project.write("clawtest.toml", "[commands]\nenv = [\"PLANTED\"]\n");
    for (at, kinds) in planted.chunks(KINDS).enumerate() {
        project.write(format!("harnesses/masking/h{at}.toml"), harness(kinds));
    }
    // Something that is wrong in the harness itself, beside a secret.
    let one = &planted[7].text;
    let broken = Project::new();
    broken.write(
        "harnesses/masking/broken.toml",
        format!(
            "key = {0}\n[[check]]\nname = {0}\nfil = {0}\nmatches = {0}",
            quoted(one)
        ),
    );
    let formats = ["tap", "tap14", "junit", "junit-jenkins", "json", "jsonl"];
    let mut reports = Vec::new();
    for format in formats {
        let path = project.reports().join(format);
        reports.extend([
            "--report".to_owned(),
            format!("{format}={}", path.display()),
        ]);
    }
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    let variable = format!("variable={one}");
    for path in ["gateway.service", "compose.yaml", "gateway.plist"] {
        project.write(path, deployed(path, &planted));
    }
    let runs: [&[&str]; 10] = [
        &["run", "-v", "--var", &variable],
        &["list", "--format", "json"],
        &["lint"],
        &["explain", "SE008"],
        &["explain", "--unit", "gateway.service"],
        &["explain", "--unit", "compose.yaml"],
        &["explain", "--json", "--unit", "gateway.plist"],
        &["scan", "."],
        &["scan", ".", "-vv", "--format", "json"],
        &["scan", ".", "--format", "sarif"],
    ];
    for (at, args) in runs.iter().enumerate() {
        let mut command = project.command();
        command.args(*args).env("PLANTED", one);
        if at == 0 {
            command.args(&reports);
        }
        let output = command.output().unwrap();
        let name = args[0];
        if at == 0 {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.chars().take(2000).collect::<String>();
            assert!(
                output.stdout.len() > 100_000,
                "the run says too little: {said}"
            );
        }
        seen.push((format!("standard output of {name}"), output.stdout));
        seen.push((format!("standard error of {name}"), output.stderr));
    }
    for args in [&["lint"][..], &["run"]] {
        let output = broken.command().args(args).output().unwrap();
        seen.push(("a broken harness".to_owned(), output.stdout));
        seen.push(("a broken harness".to_owned(), output.stderr));
    }
    for format in formats {
        let report = fs::read(project.reports().join(format)).unwrap();
        assert!(report.len() > 100_000, "{format} says too little");
        seen.push((format.to_owned(), report));
    }
    assert_eq!(fs::read_dir(project.workspaces()).unwrap().count(), 0);
    let leaks = leaks(&planted, &seen);
    assert!(
        leaks.is_empty(),
        "{} secrets are shown:\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}

/// Which secrets can be seen, where, and behind what; not the secrets themselves, and each once.
fn leaks(planted: &[Planted], seen: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut leaks = Vec::new();
    let windows = || {
        planted
            .iter()
            .flat_map(|planted| planted.windows.iter().map(Vec::as_slice))
    };
    let all: HashSet<&[u8]> = windows().collect();
    // Most windows of an output are told apart by four of their bytes.
    let place = |window: &[u8]| {
        let (a, b) = (u16::from(window[1]), u16::from(window[3]));
        let (c, d) = (u16::from(window[4]), u16::from(window[6]));
        usize::from(a ^ (b << 3) ^ (c << 6) ^ (d << 9))
    };
    let mut may_be = vec![false; 1 << 16];
    for window in windows() {
        may_be[place(window)] = true;
    }
    for (name, content) in seen {
        let mut known = HashSet::new();
        for (at, window) in content.windows(WINDOW).enumerate() {
            if !may_be[place(window)] || !all.contains(window) {
                continue;
            }
            let of = planted
                .iter()
                .find(|planted| planted.windows.iter().any(|own| own == window));
            let Some(of) = of else { continue };
            if known.insert(of.rule.rule.code) {
                let before = &content[at.saturating_sub(60)..at];
                let before = String::from_utf8_lossy(before).replace('\n', "⏎");
                leaks.push(format!(
                    "{} {} in {name}: …{before}",
                    of.rule.rule.code, of.rule.rule.name
                ));
            }
        }
    }
    leaks
}
