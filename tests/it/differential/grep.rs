//! Basic regular expressions against GNU grep: random expressions on random lines, and the table of
//! those that were measured.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use clawtest::framework::bre::Bre;

use super::oracle::Dice;
use crate::program::skipped;

/// How many expressions are made, and on how many lines each is tried: 100,000 pairs.
const EXPRESSIONS: usize = 2000;
const LINES: usize = 50;

/// What expressions are made of: operators, texts, and what is neither in its place.
const PARTS: &[&str] = &[
    "a",
    "a",
    "b",
    "b",
    "c",
    "ab",
    "_",
    "-",
    "é",
    "0",
    "1",
    " ",
    "=",
    ".",
    ".",
    "*",
    "*",
    "\\+",
    "\\?",
    "\\|",
    "\\(",
    "\\)",
    "\\(a\\)",
    "\\(b*\\|a\\)",
    "\\1",
    "\\2",
    "\\{2\\}",
    "\\{1,2\\}",
    "\\{,1\\}",
    "\\{2,\\}",
    "\\{2,1\\}",
    "\\{x\\}",
    "\\{",
    "\\}",
    "{",
    "}",
    "+",
    "?",
    "|",
    "(",
    ")",
    "^",
    "^",
    "$",
    "$",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[c-a]",
    "[]a]",
    "[^]a]",
    "[a-]",
    "[-a]",
    "[a-c-e]",
    "[[:alpha:]]",
    "[[:digit:]_]",
    "[^[:space:]]",
    "[[:punct:]]",
    "[:digit:]",
    "[[:foo:]]",
    "[[.-.]]",
    "[[=a=]]",
    "[[.ab.]]",
    "[",
    "]",
    "[\\]",
    "[*]",
    "[.]",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\b",
    "\\B",
    "\\<",
    "\\>",
    "\\`",
    "\\'",
    "\\.",
    "\\*",
    "\\[",
    "\\]",
    "\\^",
    "\\$",
    "\\\\",
    "\\d",
    "\\t",
    "\\n",
    "\\/",
    "\\",
    "\n",
];

/// What lines are made of.
const TEXTS: &[&str] = &[
    "a", "a", "a", "b", "b", "c", "ab", "aa", "_", "-", "é", "0", "1", "2", " ", "\t", "=", ".",
    "*", "+", "?", "|", "(", ")", "{", "}", "[", "]", "^", "$", "\\", ",", "d", "t", "n", "/", ":",
    "x",
];

fn line(dice: &mut Dice) -> String {
    let parts = dice.below(8);
    (0..parts).map(|_| dice.pick(TEXTS)).collect()
}

/// The one known difference: grep takes `\b*`, an edge of a word any number of times, for an edge
/// that has to be there in some places, and for one that need not be in others.
fn repeats_an_edge(pattern: &str) -> bool {
    let edges = ["\\b", "\\B", "\\<", "\\>", "\\`", "\\'"];
    let repetitions = ["*", "\\+", "\\?", "\\{"];
    edges
        .iter()
        .flat_map(|edge| repetitions.map(|repetition| format!("{edge}{repetition}")))
        .any(|pair| pattern.contains(&pair))
}

/// The numbers of the lines that grep prints; `None` if it refuses the expression.
fn grep(pattern: &[u8], input: &[u8], locale: &str) -> Option<BTreeSet<usize>> {
    let mut child = Command::new("grep")
        .args(["-a", "-n", "-e"])
        .arg(OsStr::from_bytes(pattern))
        .env("LC_ALL", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // grep that refuses the expression does not read.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    (output.status.code() != Some(2)).then(|| {
        output
            .stdout
            .split(|byte| *byte == b'\n')
            .filter_map(|line| {
                let number = line.split(|byte| *byte == b':').next()?;
                str::from_utf8(number).ok()?.parse().ok()
            })
            .collect()
    })
}

fn ours(pattern: &[u8], lines: &[Vec<u8>]) -> Option<BTreeSet<usize>> {
    let bre = Bre::new(pattern).ok()?;
    let numbered = (1..).zip(lines);
    let found = numbered.filter(|(_, line)| {
        let line = [line.as_slice(), b"\n"].concat();
        bre.find(&line).unwrap().is_some()
    });
    Some(found.map(|(number, _)| number).collect())
}

fn is_gnu_grep() -> bool {
    let version = Command::new("grep").arg("--version").output();
    let is_gnu = version.is_ok_and(|output| output.stdout.starts_with(b"grep (GNU grep)"));
    if !is_gnu {
        skipped("GNU grep is not installed");
    }
    is_gnu
}

#[test]
fn random_expressions_match_the_lines_that_grep_prints() {
    if !is_gnu_grep() {
        return;
    }
    let mut dice = Dice(20_261);
    let mut pairs = 0;
    let (mut explained, mut differences) = (0, Vec::new());
    for _ in 0..EXPRESSIONS {
        let count = 1 + dice.below(6);
        let pattern: String = (0..count).map(|_| dice.pick(PARTS)).collect();
        let lines: Vec<Vec<u8>> = (0..LINES).map(|_| line(&mut dice).into_bytes()).collect();
        let mut input = lines.join(&b'\n');
        input.push(b'\n');
        pairs += LINES;
        let expected = grep(pattern.as_bytes(), &input, "C.UTF-8");
        let found = ours(pattern.as_bytes(), &lines);
        if expected == found {
            continue;
        }
        if repeats_an_edge(&pattern) {
            explained += 1;
        } else {
            differences.push(format!("{pattern:?}: grep {expected:?}, here {found:?}"));
        }
    }
    assert_eq!(pairs, 100_000);
    assert!(explained < 20, "{explained} differ by a repeated edge");
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn measured_expressions_have_the_status_that_grep_had() {
    // Expression, input, status in C.UTF-8: the kinds of which the random ones have few.
    let table: &[(&[u8], &[u8], i32)] = &[
        (b"a*", b"", 1),
        (b"*a", b"a\n", 1),
        (b"a\\|*b", b"*b\n", 0),
        (b"a\\+", b"aa\n", 0),
        (b"a|b", b"b\n", 1),
        (b"a{2}", b"a{2}\n", 0),
        (b"^a\\{2,1\\}$", b"aa\n", 2),
        (b"(a)", b"(a)\n", 0),
        (b"\\(ab\\)*\\1", b"abab\n", 0),
        (b"\\(a\\|b\\)\\1", b"ab\n", 1),
        (b"a$b", b"ab\n", 1),
        (b"a$\\|x", b"ab\n", 1),
        (b"^$", b"\n", 0),
        (b"[]a]x", b"bx\n", 1),
        (b"[z-a]", b"m\n", 2),
        (b"[[:digit:]]", b"5\n", 0),
        (b"[[.-.]]", b"-\n", 0),
        (b"[[:alpha:]]", b"\xc3\xa9\n", 0),
        (b"a.c", b"a\xffc\n", 1),
        (b"\\w", b"_\n", 0),
        (b"\\bfoo\\b", b"food\n", 1),
        (b"\\`a", b"a\n", 0),
        (b"\\t", b"\t\n", 1),
        (b"Restart.always", b"Restart-always\n", 0),
        (b"a\nb", b"c\n", 1),
        (b"b.a", b"b\0a\n", 1),
        (b"a.$", b"a\r\n", 0),
        (b"\\(a\\)\\{2\\}", b"aa\n", 0),
        (b"[[:space:]]*=", b"a =\n", 0),
        (b"^#\\?Restart=always", b"#Restart=always\n", 0),
        (b"b.a", b"b\0a\n", 1),
        (b"^a", b"b\0a\n", 0),
        (b"a.c", b"a\xffc\n", 1),
        (b"a\xffc", b"a\xffc\n", 0),
        (b"a\nb", b"c\n", 1),
        (b"q\n", b"zz\n", 0),
        (b"x\\(a\nb\\)", b"b\n", 2),
        (b"a*", b"", 1),
        (b"a.$", b"a\r\n", 0),
        (b"a\\{32768\\}", b"a\n", 2),
        (b"\\(^a\\)", b"a\n", 0),
        (b"\\(a\\)\\(b\\)\\2\\1", b"abba\n", 0),
    ];
    if !is_gnu_grep() {
        return;
    }
    for (pattern, text, expected) in table {
        let bre = Bre::new(pattern).and_then(|bre| bre.find(text));
        let status = bre.map_or(2, |found| i32::from(found.is_none()));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let grep = Command::new("grep")
            .args(["-q", "-e"])
            .arg(OsStr::from_bytes(pattern))
            .arg(file.path())
            .env("LC_ALL", "C.UTF-8")
            .stderr(Stdio::null())
            .status();
        let shown = pattern.escape_ascii();
        assert_eq!(grep.unwrap().code(), Some(*expected), "grep: {shown}");
        assert_eq!(status, *expected, "{shown}");
    }
}
