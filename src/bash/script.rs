//! Reads a bash harness without running it: where its assertions stand, which counters it keeps, and
//! what it needs around it. An approximation of the grammar that never fails: what it gets wrong costs
//! a name or a line, never a verdict.

use std::path::PathBuf;

mod lexer;

use lexer::{Command, commands};

/// The assertions of the old framework.
pub const ASSERTIONS: &[&str] = &[
    "assert_file_exists",
    "assert_file_not_exists",
    "assert_dir_exists",
    "assert_file_contains",
    "assert_file_not_contains",
    "assert_exit_code",
    "assert_output_contains",
    "assert_output_matches",
    "assert_line_count_under",
    "assert_file_size_under",
    "assert_file_modified_after",
    "assert_no_secrets",
];

/// The workspace that all harnesses of the old framework shared. It is never used.
const SHARED_WORKSPACE: &str = "/tmp/openclaw-test-workspace";

/// Names that the old framework and its users gave to counters.
const COUNTERS: &[(&str, &[&str])] = &[
    (
        "passed",
        &[
            "PASSED",
            "PASS_COUNT",
            "PASSED_COUNT",
            "TESTS_PASSED",
            "PASSED_TESTS",
        ],
    ),
    (
        "failed",
        &[
            "FAILED",
            "FAIL_COUNT",
            "FAILED_COUNT",
            "TESTS_FAILED",
            "FAILED_TESTS",
        ],
    ),
    (
        "skipped",
        &["SKIPPED", "SKIP_COUNT", "SKIPPED_COUNT", "TESTS_SKIPPED"],
    ),
    (
        "total",
        &[
            "TOTAL",
            "TOTAL_COUNT",
            "TEST_COUNT",
            "TESTS_RUN",
            "TESTS_TOTAL",
            "TOTAL_TESTS",
        ],
    ),
];

/// A bash harness, read.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that was seen in the text"
)]
pub struct Script {
    /// What is run: the file without a byte order mark and carriage returns. Lines stay where they are.
    pub text: Vec<u8>,
    /// The folder of all harnesses.
    pub tree: PathBuf,
    /// The file's name in its category.
    pub file_name: String,
    /// Assertions as they stand in the text.
    pub calls: Vec<Call>,
    /// Whether `print_results` stands anywhere.
    pub prints_results: bool,
    /// Whether a function switches `set -e` or `set -u` on.
    pub sets_in_functions: bool,
    /// Whether it changes counters itself.
    pub counts: bool,
    /// Its counters with what they count.
    pub counters: Vec<(String, &'static str)>,
    /// Whether it looks at what stands around it.
    pub looks_around: bool,
    /// Whether it names the workspace that harnesses of the old framework shared.
    pub names_shared_workspace: bool,
    /// Whether lines ended with a carriage return.
    pub had_carriage_returns: bool,
    /// Whether it began with a byte order mark.
    pub had_mark: bool,
    /// Names of checks that are wanted; all if there is none.
    pub only: Vec<String>,
}

/// An assertion as it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The helper.
    pub helper: String,
    /// Line of its first word, counted from 1.
    pub line: usize,
    /// Line of its last word.
    pub end_line: usize,
    /// Its last word: the message. What is expanded when it runs stands as `\0`.
    pub message: String,
    /// Whether it stands in a function.
    pub is_in_function: bool,
}

impl Script {
    /// Reads a script.
    pub fn new(bytes: &[u8], tree: PathBuf, file_name: String) -> Self {
        let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf");
        let had_mark = unmarked.is_some();
        let bytes = unmarked.unwrap_or(bytes);
        let had_carriage_returns = memchr::memmem::find(bytes, b"\r\n").is_some();
        let text = if had_carriage_returns {
            without_carriage_returns(bytes)
        } else {
            bytes.to_vec()
        };
        let commands = commands(&text);
        let shown = String::from_utf8_lossy(&text).into_owned();
        let is_call = |command: &&Command| ASSERTIONS.contains(&&*command.words[0]);
        let calls = commands.iter().filter(is_call).map(|command| Call {
            helper: command.words[0].clone(),
            line: command.line,
            end_line: command.end_line,
            message: command.words.last().cloned().unwrap_or_default(),
            is_in_function: command.is_in_function,
        });
        let sets = |command: &Command| {
            command.words[0] == "set"
                && command.words.iter().skip(1).any(|word| {
                    word == "errexit"
                        || word == "nounset"
                        || word.starts_with('-') && word.contains(['e', 'u'])
                })
        };
        let (counters, counts) = counters(&shown);
        let is_source = |command: &Command| matches!(&*command.words[0], "source" | ".");
        let is_ours = |command: &Command| {
            command
                .words
                .get(1)
                .is_some_and(|word| word.ends_with("framework/helpers.sh"))
        };
        let sources_more = commands
            .iter()
            .any(|command| is_source(command) && !is_ours(command));
        let own_line = |line: &str| {
            line.contains("$0") || line.contains("${0") || line.contains("BASH_SOURCE")
        };
        let around = shown.lines().filter(|line| own_line(line)).count();
        let is_usual = |line: &&str| own_line(line) && line.contains("framework/helpers.sh");
        let usual = shown.lines().filter(is_usual).count();
        Self {
            tree,
            file_name,
            calls: calls.collect(),
            prints_results: commands.iter().any(|command| {
                command
                    .words
                    .iter()
                    .any(|word| word.contains("print_results"))
            }),
            sets_in_functions: commands
                .iter()
                .any(|command| command.is_in_function && sets(command)),
            counts,
            counters,
            looks_around: sources_more || around > usual || shown.contains(".."),
            names_shared_workspace: shown.contains(SHARED_WORKSPACE),
            had_carriage_returns,
            had_mark,
            only: Vec::new(),
            text,
        }
    }

    /// The text that is run: `workspace` stands where the shared workspace of the old framework stood,
    /// and `helpers` where a path to its helpers cannot lead to ours.
    pub fn runnable(&self, workspace: &str, helpers: &str) -> Vec<u8> {
        let is_plain = workspace
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
        let mut text = Vec::with_capacity(self.text.len());
        for line in self.text.split_inclusive(|byte| *byte == b'\n') {
            match with_helpers(line, helpers) {
                Some(changed) => text.extend(changed),
                None => text.extend_from_slice(line),
            }
        }
        if self.names_shared_workspace && is_plain {
            replace(&text, SHARED_WORKSPACE.as_bytes(), workspace.as_bytes())
        } else {
            text
        }
    }

    /// The assertion that stands at a line, where it goes over several.
    pub fn call_at(&self, helper: &str, line: usize) -> Option<&Call> {
        self.calls
            .iter()
            .rfind(|call| call.helper == helper && call.line <= line && line <= call.end_line)
    }

    /// The line of the last assertion that stands outside of functions.
    pub fn last_call(&self) -> usize {
        let outside = self.calls.iter().filter(|call| !call.is_in_function);
        outside.map(|call| call.line).max().unwrap_or_default()
    }

    /// Whether a check of this name may come out of it.
    pub fn may_name(&self, name: &str) -> bool {
        self.calls.iter().any(|call| fits(&call.message, name))
    }

    /// Says which checks are wanted; whether one of them may come out of it.
    pub fn want(self: &mut std::sync::Arc<Self>, names: &[String]) -> bool {
        let only: Vec<String> = names
            .iter()
            .filter(|name| self.may_name(name))
            .cloned()
            .collect();
        let is_any = names.is_empty() || !only.is_empty();
        std::sync::Arc::make_mut(self).only = only;
        is_any
    }

    /// Whether the shared workspace stands only where `TEST_WORKSPACE` has no value.
    pub fn only_defaults(&self) -> bool {
        let text = String::from_utf8_lossy(&self.text);
        text.lines()
            .filter(|line| line.contains(SHARED_WORKSPACE))
            .all(|line| line.contains("TEST_WORKSPACE:-"))
    }

    /// Whether a line says something in quotes.
    pub fn says(&self, line: usize) -> bool {
        let text = String::from_utf8_lossy(&self.text);
        let found = line
            .checked_sub(1)
            .and_then(|at| text.lines().nth(at).and_then(said));
        found.is_some_and(|said| !said.starts_with('$'))
    }

    /// What an assertion that the script makes itself is about: the text that its line, or one beside
    /// it, says.
    pub fn said_near(&self, line: usize) -> Option<String> {
        let text = String::from_utf8_lossy(&self.text);
        let lines: Vec<&str> = text.lines().collect();
        let at = |line: usize| lines.get(line.checked_sub(1)?).copied();
        let near = [
            Some(line),
            line.checked_sub(1),
            Some(line + 1),
            line.checked_sub(2),
        ];
        near.into_iter()
            .flatten()
            .filter_map(|line| at(line).filter(|text| !text.contains("assert_")))
            .find_map(said)
    }
}

/// Whether a name can come out of a message, in which `\0` stands for any text; ` (2)` may follow.
fn fits(message: &str, name: &str) -> bool {
    let stem = name
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(name, |(stem, _)| stem);
    [name, stem].into_iter().any(|name| {
        let mut parts = message.split('\0');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        if !message.contains('\0') {
            return rest.is_empty();
        }
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return false;
        };
        for part in middle {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    })
}

/// The longest quoted text of a line, without the marks of a result.
fn said(line: &str) -> Option<String> {
    let printed = ["echo ", "printf "]
        .iter()
        .filter_map(|word| line.find(word))
        .min();
    let line = &line[printed.unwrap_or(0)..];
    let mut best: Option<String> = None;
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = char::from(rest.as_bytes()[at]);
        let inner = &rest[at + 1..];
        let Some(end) = inner.find(quote) else { break };
        let text = clean(&inner[..end]);
        let is_variable = text.starts_with('$') && !text.contains(' ');
        if !is_variable
            && text.chars().filter(|c| c.is_alphabetic()).count() > 2
            && best.as_ref().is_none_or(|best| text.len() > best.len())
        {
            best = Some(text);
        }
        rest = &inner[end + 1..];
    }
    best
}

/// The message among the arguments of a function: the first that reads like one, or else the last that
/// has blanks.
pub(super) fn message_of(arguments: &[String]) -> Option<String> {
    let has_blank = |text: &&String| text.trim().contains(' ');
    let commands = [
        "[", "test", "grep", "cat", "ls", "wc", "echo", "!", "command", "bash", "sh", "jq",
        "python3", "find", "stat",
    ];
    let is_message = |text: &&String| {
        let first = text.split(' ').next().unwrap_or_default();
        !commands.contains(&first) && !first.contains(['/', '$', '='])
    };
    arguments
        .iter()
        .filter(has_blank)
        .find(is_message)
        .or_else(|| arguments.iter().rfind(has_blank))
        .cloned()
}

/// A text without colours and without `[PASS]`, `✓` and their kin at its start.
pub(super) fn clean(text: &str) -> String {
    let mut text = text.trim();
    loop {
        let before = text;
        for mark in [
            "\\033[",
            "\\e[",
            "\\x1b[",
            "\\n",
            "\\t",
            "[PASS]",
            "[FAIL]",
            "[SKIP]",
            "[OK]",
            "PASS:",
            "FAIL:",
            "SKIP:",
            "PASS ",
            "FAIL ",
            "ok ",
            "✓",
            "✗",
            "✔",
            "✘",
            "✅",
            "❌",
            "${GREEN}",
            "${RED}",
            "${YELLOW}",
            "${NC}",
            "${RESET}",
            "-",
            ":",
        ] {
            text = text.strip_prefix(mark).unwrap_or(text).trim_start();
        }
        if text == before {
            break;
        }
    }
    for mark in ["\\n", "\\033[0m", "${NC}", "${RESET}"] {
        text = text.strip_suffix(mark).unwrap_or(text).trim_end();
    }
    text.to_owned()
}

fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(content) => text.extend_from_slice(content),
            None => text.extend_from_slice(line),
        }
        if line.ends_with(b"\r\n") {
            text.push(b'\n');
        }
    }
    text
}

/// A line that sources `framework/helpers.sh` by a path that does not begin at the script.
fn with_helpers(line: &[u8], helpers: &str) -> Option<Vec<u8>> {
    let text = str::from_utf8(line).ok()?;
    let trimmed = text.trim_start();
    let rest = trimmed
        .strip_prefix("source ")
        .or_else(|| trimmed.strip_prefix(". "))?;
    let end = rest.find("framework/helpers.sh")? + "framework/helpers.sh".len();
    let path = &rest[..end];
    if path.contains(['$', '`', ';', '&', '|']) && !path.contains("git rev-parse") {
        return None;
    }
    let indent = &text[..text.len() - trimmed.len()];
    let behind = rest[end..]
        .strip_prefix(['"', '\''])
        .unwrap_or(&rest[end..]);
    Some(format!("{indent}source '{helpers}'{behind}").into_bytes())
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut start = 0;
    for at in memchr::memmem::find_iter(text, from) {
        out.extend_from_slice(&text[start..at]);
        out.extend_from_slice(to);
        start = at + from.len();
    }
    out.extend_from_slice(&text[start..]);
    out
}

/// The counters that a script names, and whether it changes one itself.
fn counters(text: &str) -> (Vec<(String, &'static str)>, bool) {
    let mut found: Vec<(String, &'static str)> = Vec::new();
    let mut counts = false;
    let changed = changed_variables(text);
    for (kind, names) in COUNTERS {
        for name in *names {
            let is_changed = changed.iter().any(|changed| changed == name);
            if is_changed || words(text).any(|word| word == *name) {
                found.push(((*name).to_owned(), kind));
                counts |= is_changed && *kind != "total";
            }
        }
    }
    for name in changed {
        if found.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let upper = name.to_ascii_uppercase();
        let kind = if upper.contains("FAIL") || upper == "ERRORS" || upper == "BAD" {
            "failed"
        } else if upper.contains("PASS") || upper == "OK" || upper == "GOOD" {
            "passed"
        } else if upper.contains("SKIP") {
            "skipped"
        } else {
            continue;
        };
        found.push((name, kind));
        counts = true;
    }
    (found, counts)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_word(c))
        .filter(|word| !word.is_empty())
}

/// Variables that are counted up: `X=$((X+1))`, `((X++))`, `((X+=1))`, `let X++`, `X=$(expr $X + 1)`.
fn changed_variables(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_name && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for line in text.lines() {
        for operator in ["++", "+="] {
            let mut rest = line;
            while let Some(at) = rest.find(operator) {
                let before = rest[..at].trim_end();
                let name = &before[before.rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1)..];
                let behind = &rest[at + 2..];
                let amount = behind.trim_start();
                if operator == "++" && name.is_empty() {
                    add(amount
                        .split(|c: char| !is_word(c))
                        .next()
                        .unwrap_or_default());
                } else if operator == "++" || amount.starts_with(|c: char| c.is_ascii_digit()) {
                    add(name);
                }
                rest = behind;
            }
        }
        let mut rest = line;
        while let Some(at) = rest.find("=$(") {
            let before = &rest[..at];
            let name = &before[before.rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1)..];
            let behind = &rest[at + 3..];
            let inner = behind.trim_start_matches(['(', ' ', '$', '{']);
            let inner = inner.strip_prefix("expr ").unwrap_or(inner);
            let inner = inner.trim_start_matches(['(', ' ', '$', '{', '"']);
            if !name.is_empty()
                && let Some(after) = inner.strip_prefix(name)
                && after.trim_start_matches([' ', '}', '"']).starts_with('+')
            {
                add(name);
            }
            rest = behind;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Script, fits};

    fn script(text: &str) -> Script {
        Script::new(text.as_bytes(), PathBuf::new(), "x.sh".to_owned())
    }

    #[test]
    fn assertions_are_found_where_they_stand() {
        let read = script(
            "cat > f << 'EOF'\nassert_file_exists a \"in a heredoc\"\nEOF\n\
             if true; then assert_dir_exists \"$D\" \"the folder $D\"; fi\n\
             # assert_file_exists b \"a comment\"\n\
             assert_exit_code 0 \\\n  grep -q x f \\\n  'found'\n\
             check() {\n  assert_file_exists \"$1\" \"$2\"\n}\nprint_results\n",
        );
        let found: Vec<(&str, usize, usize, &str, bool)> = read
            .calls
            .iter()
            .map(|call| {
                (
                    &*call.helper,
                    call.line,
                    call.end_line,
                    &*call.message,
                    call.is_in_function,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("assert_dir_exists", 4, 4, "the folder \0", false),
                ("assert_exit_code", 6, 8, "found", false),
                ("assert_file_exists", 10, 10, "\0", true),
            ]
        );
        assert!(read.prints_results);
        assert_eq!(read.last_call(), 6);
    }

    #[test]
    fn counters_are_known_by_how_they_are_changed() {
        for (text, expected, counts) in [
            ("PASSED=$((PASSED+1))", vec![("PASSED", "passed")], true),
            (
                "PASS_COUNT=$((PASS_COUNT + 1))",
                vec![("PASS_COUNT", "passed")],
                true,
            ),
            (
                "((FAIL_COUNT++)) || true",
                vec![("FAIL_COUNT", "failed")],
                true,
            ),
            ("((fails+=1))", vec![("fails", "failed")], true),
            ("let my_passes++", vec![("my_passes", "passed")], true),
            ("((++SKIPPED))", vec![("SKIPPED", "skipped")], true),
            ("ok=`x`; OK=$(expr $OK + 1)", vec![("OK", "passed")], true),
            ("i=$((i+1)); n+=x", vec![], false),
            (
                "echo $PASSED of $TOTAL",
                vec![("PASSED", "passed"), ("TOTAL", "total")],
                false,
            ),
        ] {
            let read = script(text);
            let found: Vec<(&str, &str)> = read
                .counters
                .iter()
                .map(|(name, kind)| (&**name, *kind))
                .collect();
            assert_eq!((found, read.counts), (expected, counts), "{text}");
        }
    }

    #[test]
    fn helpers_are_ours_whatever_the_path() {
        let run = |text: &str| String::from_utf8(script(text).runnable("/w", "/h.sh")).unwrap();
        assert_eq!(
            run("source /opt/x/framework/helpers.sh || exit 1\n"),
            "source '/h.sh' || exit 1\n"
        );
        assert_eq!(
            run(". \"framework/helpers.sh\"\n"),
            ". \"framework/helpers.sh\"\n".replace(". \"framework/helpers.sh\"", "source '/h.sh'")
        );
        let usual = "source \"$(dirname \"$0\")/../framework/helpers.sh\"\n";
        assert_eq!(run(usual), usual);
        assert_eq!(run("W=/tmp/openclaw-test-workspace\n"), "W=/w\n");
    }

    #[test]
    fn marks_and_carriage_returns_are_no_part_of_the_text() {
        let read = Script::new(
            b"\xef\xbb\xbfecho a\r\necho b\n",
            PathBuf::new(),
            String::new(),
        );
        assert_eq!(read.text, b"echo a\necho b\n");
        assert!(read.had_mark && read.had_carriage_returns);
    }

    #[test]
    fn names_are_known_before_the_run() {
        for (message, name, is_so) in [
            ("A file", "A file", true),
            ("A file", "A file (2)", true),
            ("A file", "A file too", false),
            ("port \0 is \0", "port 1 is open", true),
            ("\0", "anything", true),
            ("port \0", "host 1", false),
        ] {
            assert_eq!(fits(message, name), is_so, "{message:?} {name:?}");
        }
    }

    #[test]
    fn the_name_of_an_own_assertion_is_what_is_said_beside_it() {
        let read = script(
            "if grep -q x f; then\n  echo \"[PASS] The unit restarts\"\n  PASSED=$((PASSED+1))\nfi\n",
        );
        assert_eq!(read.said_near(3).as_deref(), Some("The unit restarts"));
        let read = script("pass 'Port is set'\n");
        assert_eq!(read.said_near(1).as_deref(), Some("Port is set"));
    }
}
