//! The rules that a harness file can break before anything runs.

use clawtest_framework::diagnostic::{Effect, Rule};

/// All of them, in the order of their codes.
pub static RULES: &[&Rule] = &[
    &INVALID_TOML,
    &NOT_UTF8,
    &UNKNOWN_KEY,
    &MISSING_KEY,
    &DUPLICATE_CHECK,
    &NO_SUBJECT,
    &MANY_SUBJECTS,
    &NO_EXPECTATION,
    &WRONG_SUBJECT,
    &CONTRADICTION,
    &MISSING_SOURCE,
    &FIXTURE_CONFLICT,
    &INVALID_NAME,
    &NO_CHECKS,
    &MISPLACED,
    &TOO_LARGE,
    &NOT_READABLE,
    &NO_BLOCK,
    &BLOCK_TWICE,
    &BROKEN_BLOCK,
    &NO_PATTERN,
];

const fn rule(code: &'static str, name: &'static str, explain: &'static str) -> Rule {
    Rule {
        code,
        name,
        effect: Effect::Invalid,
        explain,
    }
}

/// The file is not TOML.
pub static INVALID_TOML: Rule = rule(
    "CT001",
    "invalid-toml",
    "The file is not TOML 1.1. Only the first problem is shown, since what follows is often its \
consequence. A key that stands twice in a table is one of these problems.",
);

/// The file is not UTF-8.
pub static NOT_UTF8: Rule = rule(
    "CT002",
    "not-utf8",
    "A harness file is TOML, and TOML is UTF-8. Save the file in that encoding.",
);

/// A key that has no meaning where it stands.
pub static UNKNOWN_KEY: Rule = rule(
    "CT003",
    "unknown-key",
    "The key has no meaning here. It is never ignored: a mistyped expectation would be a check that \
is not made.",
);

/// A key that has to be there is not.
pub static MISSING_KEY: Rule = rule(
    "CT005",
    "missing-key",
    "A key that has to be there is missing.",
);

/// Two checks of one name.
pub static DUPLICATE_CHECK: Rule = rule(
    "CT006",
    "duplicate-check",
    "Two checks of a harness have the same name. Reports, reruns and CI systems tell checks apart by \
their names; some of them drop the second one.",
);

/// A check without a subject.
pub static NO_SUBJECT: Rule = rule(
    "CT007",
    "no-subject",
    "A check needs exactly one subject: `file`, `dir`, `glob` or `command`.",
);

/// A check with several subjects.
pub static MANY_SUBJECTS: Rule = rule(
    "CT008",
    "many-subjects",
    "A check has exactly one subject, so that it is clear what an expectation is about. Write one \
check for each.",
);

/// A check that demands nothing.
pub static NO_EXPECTATION: Rule = rule(
    "CT009",
    "no-expectation",
    "The check demands nothing of its subject, so it could not fail. `timeout` alone is no demand.",
);

/// An expectation that the subject cannot have.
pub static WRONG_SUBJECT: Rule = rule(
    "CT010",
    "wrong-subject",
    "The expectation cannot be demanded of this kind of subject: a file has no exit status, a \
command no mode.",
);

/// Expectations that exclude each other.
pub static CONTRADICTION: Rule = rule(
    "CT013",
    "contradiction",
    "Expectations of the check exclude each other, for example `exists = false` beside `contains`.",
);

/// A fixture's source that is not there.
pub static MISSING_SOURCE: Rule = rule(
    "CT015",
    "missing-source",
    "The file or document that `from` names cannot be read, or the document is not UTF-8. The path is relative to the project's folder, the \
one that holds the harness folder; it cannot leave it, nor lead through symbolic links.",
);

/// Fixtures that get in each other's way.
pub static FIXTURE_CONFLICT: Rule = rule(
    "CT016",
    "fixture-conflict",
    "Two fixtures have the same path once it is normalised, are deployed to the same path, or one is a \
file where another needs a folder. Every workspace also has a folder `memory`.",
);

/// A name that reports cannot carry.
pub static INVALID_NAME: Rule = rule(
    "CT017",
    "invalid-name",
    "A check's name is one line without `#`, which would begin a directive in TAP. Categories and \
harnesses are named by letters, digits, `.`, `_` and `-`, beginning with a letter or digit.",
);

/// A harness without checks.
pub static NO_CHECKS: Rule = rule(
    "CT018",
    "no-checks",
    "The harness has no `[[check]]`, so it could not fail.",
);

/// A harness file outside of a category.
pub static MISPLACED: Rule = rule(
    "CT019",
    "misplaced-harness",
    "Harness files are `<category>/<name>.toml`, exactly one folder below the harness folder. A \
file elsewhere would never be run. Folders whose names begin with `.` or `_` are left alone.",
);

/// A file that is too large to be a harness.
pub static TOO_LARGE: Rule = rule(
    "CT020",
    "harness-too-large",
    "A harness file has at most 1 MiB. Large fixtures belong into files of their own: `from = \"path\"`.",
);

/// A harness file that cannot be read.
pub static NOT_READABLE: Rule = rule(
    "CT021",
    "unreadable-harness",
    "The harness file cannot be read, or is not a regular file. Symbolic links are not followed.",
);

/// A block that the document does not have.
pub static NO_BLOCK: Rule = rule(
    "CT022",
    "no-such-block",
    "The Markdown document has no fenced block of that path. A block's path is `path=…` behind the \
language of its fence, else a comment in its first line (in its second, if the first has to be `#!`, an XML \
declaration or a directive of a Dockerfile) that holds nothing else. `block` is compared with it letter by letter.",
);

/// Two blocks of one path.
pub static BLOCK_TWICE: Rule = rule(
    "CT023",
    "ambiguous-block",
    "Two fenced blocks of the document have the path that `block` names, and nothing says which of \
them is the file. Give one of them another path, or none.",
);

/// A block that is no file.
pub static BROKEN_BLOCK: Rule = rule(
    "CT024",
    "broken-block",
    "The fenced block is not closed, is empty, or holds the opening fence of another block, because \
its own closing fence is missing. What a reader of the document sees is then not the file.",
);

/// A pattern that is not there.
pub static NO_PATTERN: Rule = rule(
    "CT025",
    "missing-pattern",
    "The document that `pattern` names cannot be read. It is a path relative to the project's folder, \
the one that holds the harness folder, or an address with `://`.",
);
