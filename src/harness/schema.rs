//! The keys of a harness file as data: what is known where, for "did you mean" and for documents.

use clawtest_framework::check::{CHECKS, COMPANIONS, SubjectKind};

/// A key and what it means.
#[derive(Debug)]
pub struct KeySpec {
    /// The key.
    pub key: &'static str,
    /// What the value is, in a few words.
    pub value: &'static str,
    /// What it means, in one line.
    pub summary: &'static str,
}

const fn key(key: &'static str, value: &'static str, summary: &'static str) -> KeySpec {
    KeySpec {
        key,
        value,
        summary,
    }
}

/// The keys of the file itself.
pub static HARNESS: &[KeySpec] = &[
    key(
        "title",
        "a string",
        "what the harness is about, in one line",
    ),
    key(
        "pattern",
        "a path",
        "the document that the harness belongs to",
    ),
    key("tags", "a list of strings", "words for `--tag`"),
    key("skip", "a reason", "the harness is not run"),
    key(
        "requires",
        "a list of programs, or `gateway`",
        "the harness is skipped where one is missing",
    ),
    key("timeout", "a duration", "how long the harness may take"),
    key(
        "vars",
        "a table of strings",
        "values for `${name}` in any string",
    ),
    key(
        "files",
        "a table",
        "the files that the workspace starts with",
    ),
    key(
        "setup",
        "a list of actions",
        "what is done before the first check",
    ),
    key("check", "a list of tables", "the checks, in order"),
];

/// The keys of `[files."path"]`.
pub static FILE: &[KeySpec] = &[
    key("content", "a string", "what is in the file"),
    key(
        "from",
        "a path, or `{ document = \"…\", block = \"…\" }`",
        "the file of the project that the content is taken from, or the fenced block of a document",
    ),
    key(
        "mode",
        "a mode such as \"0600\"",
        "permission bits, 0644 if not said",
    ),
    key(
        "deployed",
        "an absolute path",
        "where the file lives on a real host",
    ),
];

/// The keys of `from` where it is a table.
pub static FROM: &[KeySpec] = &[
    key("document", "a path", "the Markdown document of the project"),
    key(
        "block",
        "a path",
        "the path that the fenced block gives itself, letter by letter",
    ),
];

/// The keys of `[[check]]` that are neither subject nor expectation.
pub static CHECK: &[KeySpec] = &[
    key(
        "name",
        "a string",
        "unique in the harness; one line without `#`",
    ),
    key("why", "a string", "why it matters"),
    key("fix", "a string", "what to do when it fails"),
    key(
        "severity",
        "`error`, `warning` or `info`",
        "how bad a failure is; the verdict stays the same",
    ),
    key("tags", "a list of strings", "words for `--tag`"),
    key("skip", "a reason", "the check is not judged"),
    key(
        "todo",
        "a reason",
        "the check is expected to fail; passing is a failure",
    ),
    key(
        "requires",
        "a list of programs, or `gateway`",
        "the check is skipped where one is missing",
    ),
    key(
        "before",
        "a list of actions",
        "what is done before the check",
    ),
    key("timeout", "a duration", "how long the command may take"),
];

/// The keys of an action in `setup` and `before`.
pub static ACTION: &[KeySpec] = &[
    key(
        "write",
        "a path",
        "writes `content` to the file; `mode` sets its permission bits",
    ),
    key("append", "a path", "adds `content` to the end of the file"),
    key(
        "replace",
        "a path",
        "replaces the text `old` by `new` wherever it stands",
    ),
    key("remove", "a path", "removes the file or folder"),
    key(
        "run",
        "a command",
        "runs it, within `timeout`; it has to exit with 0",
    ),
    key("content", "a string", "for `write` and `append`"),
    key("mode", "a mode such as \"0600\"", "for `write`"),
    key(
        "old",
        "a string",
        "for `replace`: the text that has to be there",
    ),
    key(
        "new",
        "a string",
        "for `replace`: the text that replaces it",
    ),
    key("timeout", "a duration", "for `run`"),
];

/// Every key that a `[[check]]` knows: its own, the subjects, the expectations.
pub fn check_keys() -> impl Iterator<Item = &'static str> {
    let own = CHECK.iter().map(|spec| spec.key);
    let subjects = SubjectKind::ALL.into_iter().map(SubjectKind::key);
    own.chain(subjects)
        .chain(CHECKS.iter().map(|spec| spec.key))
        .chain(COMPANIONS.iter().map(|companion| companion.key))
}
