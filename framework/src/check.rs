//! The table of expectations. Each row is a key of `[[check]]`; each kind has a file of its own.

mod contains;
mod exists;
mod exit;
mod exposure;
mod key;
mod line;
mod listens;
mod matches;
mod max_lines;
mod max_size;
mod mode;
mod near;
mod newer_than;
mod no_secrets;
mod observed;
mod owner;
mod paths_exist;
mod place;
mod problems;
mod read_as;
mod restarts;
mod valid;
mod writable;

use std::fmt;

use crate::diagnostic::{Diagnostic, Rule};
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::value::{Table, Value};

pub use contains::{Contains, NotContains, with_nearest};
pub use exists::Exists;
pub use exit::ExitCode;
pub use exposure::ExposureAtMost;
pub use key::{KeyIs, OF_VALUES};
pub use line::Line;
pub use listens::ListensOnLoopback;
pub(crate) use matches::compile;
pub use matches::{Matches, NotMatches};
pub use max_lines::MaxLines;
pub use max_size::MaxSize;
pub use mode::ModeIs;
pub use newer_than::NewerThan;
pub use no_secrets::NoSecrets;
pub use observed::{Observed, Readable, Seen};
pub use owner::OwnerIs;
pub use paths_exist::PathsExist;
pub use read_as::RULES;
pub use restarts::crash_loop::CrashLoop;
pub use restarts::recovers::Recovers;
pub use restarts::time_or_zero;
pub use valid::Valid;
pub use writable::WritablePaths;

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// One file.
    File,
    /// One folder.
    Dir,
    /// All files that a glob matches.
    Glob,
    /// A command that is run.
    Command,
}

impl SubjectKind {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::File, Self::Dir, Self::Glob, Self::Command];

    /// The key that names the subject in a check.
    pub fn key(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Dir => "dir",
            Self::Glob => "glob",
            Self::Command => "command",
        }
    }
}

/// Which text of a subject an expectation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A file's content; for a command both of its streams.
    Content,
    /// A command's standard output.
    Stdout,
    /// A command's standard error.
    Stderr,
}

/// One demand on a subject.
///
/// Implementations must not touch anything outside of what they are given, must not depend on the
/// order in which checks run, and must push at least one diagnostic whenever the demand is not met
/// or cannot be judged: what pushes nothing has passed.
pub trait Check: fmt::Debug + Send + Sync {
    /// Judges what was observed and pushes what is wrong.
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>);

    /// Whether the check also has a verdict where there is nothing at the path. Otherwise a
    /// missing file fails before the check is asked.
    fn judges_absence(&self) -> bool {
        false
    }

    /// Another file that the check reads, besides its subject.
    fn reference(&self) -> Option<&WorkspacePath> {
        None
    }
}

/// Reads the value of an expectation; the table is the whole check, for the keys that belong to it.
/// What is wrong is reported, and there is no check.
pub type Parse = fn(&mut Reading<'_>, &'static CheckSpec, &Value, &Table) -> Option<Box<dyn Check>>;

/// A row of the table of expectations.
#[derive(Debug)]
pub struct CheckSpec {
    /// The key in `[[check]]`.
    pub key: &'static str,
    /// What it demands, in one line.
    pub summary: &'static str,
    /// What the value is, in a few words.
    pub value: &'static str,
    /// The subjects that it can be demanded of.
    pub subjects: &'static [SubjectKind],
    /// Which text it reads.
    pub stream: Stream,
    /// Whether the verdict depends on something that only files on disk have: mode or time.
    pub needs_disk: bool,
    /// Whether it gives the time of fixtures a meaning.
    pub needs_time: bool,
    /// Whether only the files of a real host have what it looks at.
    pub needs_host: bool,
    /// Reads the value.
    pub parse: Parse,
    /// The rules that it can report.
    pub rules: &'static [&'static Rule],
}

const FILES: &[SubjectKind] = &[SubjectKind::File, SubjectKind::Glob];
const PATHS: &[SubjectKind] = &[SubjectKind::File, SubjectKind::Dir, SubjectKind::Glob];
const COMMAND: &[SubjectKind] = &[SubjectKind::Command];

const ROW: CheckSpec = CheckSpec {
    key: "",
    summary: "",
    value: "a string or a list of strings",
    subjects: FILES,
    stream: Stream::Content,
    needs_disk: false,
    needs_time: false,
    needs_host: false,
    parse: contains::parse,
    rules: &[],
};

/// All expectations, in the order of the documentation.
pub static CHECKS: &[CheckSpec] = &[
    CheckSpec {
        key: "exists",
        summary: "the file or folder is there (`true`), or nothing is (`false`)",
        value: "`true` or `false`",
        subjects: PATHS,
        parse: exists::parse,
        rules: exists::RULES,
        ..ROW
    },
    CheckSpec {
        key: "contains",
        summary: "the file holds this literal text",
        rules: contains::RULES,
        ..ROW
    },
    CheckSpec {
        key: "not_contains",
        summary: "the file does not hold this literal text",
        parse: contains::parse_not,
        rules: contains::NOT_RULES,
        ..ROW
    },
    CheckSpec {
        key: "line",
        summary: "one line of the file is exactly this text",
        parse: line::parse,
        rules: line::RULES,
        ..ROW
    },
    CheckSpec {
        key: "matches",
        summary: "the regular expression matches somewhere; `^` and `$` are the borders of lines",
        parse: matches::parse,
        rules: matches::RULES,
        ..ROW
    },
    CheckSpec {
        key: "not_matches",
        summary: "the regular expression matches nowhere",
        parse: matches::parse_not,
        rules: matches::NOT_RULES,
        ..ROW
    },
    CheckSpec {
        key: "key",
        summary: "the value that the file's consumer ends up with is as the keys beside it demand",
        value: "a path such as \"Service.Restart\" or \"services.*.ports[*].host_ip\"",
        parse: key::parse,
        rules: key::RULES,
        ..ROW
    },
    CheckSpec {
        key: "valid",
        summary: "the file's consumer would accept every line, and read it as it looks",
        value: "`true`",
        parse: valid::parse,
        ..ROW
    },
    CheckSpec {
        key: "exposure",
        summary: "a limit on the score of `systemd-analyze security`, or that the network is not cut off",
        value: "a table such as `{ at_most = 5.0, systemd_version = 252 }`",
        parse: exposure::parse,
        rules: exposure::RULES,
        ..ROW
    },
    CheckSpec {
        key: "writable",
        summary: "the sandbox of the service lets it write to these folders",
        value: "a path or a list of paths, such as `[\"~/.cache\", \"/var/lib/gateway\"]`",
        parse: writable::parse,
        rules: writable::RULES,
        ..ROW
    },
    CheckSpec {
        key: "crash_loop",
        summary: "the supervisor gives up on a program that ends again and again, within a time",
        value: "a table such as `{ stops_within = \"5min\", exits = [\"crash\", \"SIGSEGV\", 78] }`",
        parse: restarts::crash_loop::parse,
        rules: restarts::crash_loop::RULES,
        ..ROW
    },
    CheckSpec {
        key: "recovers",
        summary: "the supervisor starts a program that has ended again, within a time",
        value: "a table such as `{ within = \"15s\", from = [\"crash\", \"clean-exit\"] }`",
        parse: restarts::recovers::parse,
        rules: restarts::recovers::RULES,
        ..ROW
    },
    CheckSpec {
        key: "listens",
        summary: "all ports that the file opens are reachable from this machine only",
        value: "`\"loopback\"`",
        parse: listens::parse,
        rules: listens::RULES,
        ..ROW
    },
    CheckSpec {
        key: "max_lines",
        summary: "the file has at most this many lines; a last line without line end counts",
        value: "an integer",
        parse: max_lines::parse,
        rules: max_lines::RULES,
        ..ROW
    },
    CheckSpec {
        key: "max_size",
        summary: "the file has at most this size",
        value: "a size with a unit, such as \"10KB\" or \"2MiB\"",
        parse: max_size::parse,
        rules: max_size::RULES,
        ..ROW
    },
    CheckSpec {
        key: "mode",
        summary: "the permission bits are exactly these, or at most these; on a host, nobody else could swap the file",
        value: "a mode such as \"0600\", or \"<=0640\"",
        subjects: PATHS,
        needs_disk: true,
        parse: mode::parse,
        rules: mode::RULES,
        ..ROW
    },
    CheckSpec {
        key: "owner",
        summary: "on a host, the file belongs to this user and group, and nobody else could swap it",
        value: "\"user\", \"user:group\" or \":group\", by name or by number",
        needs_host: true,
        parse: owner::parse,
        rules: owner::RULES,
        ..ROW
    },
    CheckSpec {
        key: "paths_exist",
        summary: "on a host, the programs, folders and files that the file names are there",
        value: "`true`",
        needs_host: true,
        parse: paths_exist::parse,
        rules: paths_exist::RULES,
        ..ROW
    },
    CheckSpec {
        key: "newer_than",
        summary: "the file was modified later than this other file",
        value: "a path",
        needs_disk: true,
        needs_time: true,
        parse: newer_than::parse,
        rules: newer_than::RULES,
        ..ROW
    },
    CheckSpec {
        key: "no_secrets",
        summary: "no credentials: in the file, in any file of the folder, or in what the command prints",
        value: "`true`",
        subjects: &SubjectKind::ALL,
        parse: no_secrets::parse,
        rules: no_secrets::RULES,
        ..ROW
    },
    CheckSpec {
        key: "exit",
        summary: "the command ends with this exit status; a signal counts as 128 and its number",
        value: "an integer from 0 to 255",
        subjects: COMMAND,
        parse: exit::parse,
        rules: exit::RULES,
        ..ROW
    },
    CheckSpec {
        key: "stdout_contains",
        summary: "standard output holds this literal text",
        subjects: COMMAND,
        stream: Stream::Stdout,
        rules: contains::RULES,
        ..ROW
    },
    CheckSpec {
        key: "stdout_not_contains",
        summary: "standard output does not hold this literal text",
        subjects: COMMAND,
        stream: Stream::Stdout,
        parse: contains::parse_not,
        rules: contains::NOT_RULES,
        ..ROW
    },
    CheckSpec {
        key: "stdout_matches",
        summary: "the regular expression matches somewhere in standard output",
        subjects: COMMAND,
        stream: Stream::Stdout,
        parse: matches::parse,
        rules: matches::RULES,
        ..ROW
    },
    CheckSpec {
        key: "stdout_not_matches",
        summary: "the regular expression matches nowhere in standard output",
        subjects: COMMAND,
        stream: Stream::Stdout,
        parse: matches::parse_not,
        rules: matches::NOT_RULES,
        ..ROW
    },
    CheckSpec {
        key: "stderr_contains",
        summary: "standard error holds this literal text",
        subjects: COMMAND,
        stream: Stream::Stderr,
        rules: contains::RULES,
        ..ROW
    },
    CheckSpec {
        key: "stderr_not_contains",
        summary: "standard error does not hold this literal text",
        subjects: COMMAND,
        stream: Stream::Stderr,
        parse: contains::parse_not,
        rules: contains::NOT_RULES,
        ..ROW
    },
    CheckSpec {
        key: "stderr_matches",
        summary: "the regular expression matches somewhere in standard error",
        subjects: COMMAND,
        stream: Stream::Stderr,
        parse: matches::parse,
        rules: matches::RULES,
        ..ROW
    },
    CheckSpec {
        key: "stderr_not_matches",
        summary: "the regular expression matches nowhere in standard error",
        subjects: COMMAND,
        stream: Stream::Stderr,
        parse: matches::parse_not,
        rules: matches::NOT_RULES,
        ..ROW
    },
];

/// A key of a check that says more about an expectation.
#[derive(Debug)]
pub struct Companion {
    /// The key in `[[check]]`.
    pub key: &'static str,
    /// What the value is, in a few words.
    pub value: &'static str,
    /// What it says, in one line.
    pub summary: &'static str,
    /// The expectations that it belongs to; it means nothing without one of them.
    pub of: &'static [&'static str],
}

const fn of_key(key: &'static str, value: &'static str, summary: &'static str) -> Companion {
    Companion {
        key,
        value,
        summary,
        of: &["key"],
    }
}

/// The keys that say more about an expectation. With `key`, the expectations of [`OF_VALUES`] are
/// about the value, too.
pub static COMPANIONS: &[Companion] = &[
    of_key(
        "equals",
        "a string, a number, a boolean or a list",
        "the value is this",
    ),
    of_key("one_of", "a list of values", "the value is one of these"),
    of_key(
        "not_equals",
        "a value or a list of values",
        "the value is none of these; nor is an element of a list",
    ),
    of_key(
        "at_least",
        "a number, or a string such as \"2G\" or \"10s\"",
        "the value is this or more",
    ),
    of_key(
        "at_most",
        "a number, or a string such as \"2G\" or \"10s\"",
        "the value is this or less",
    ),
    of_key(
        "present",
        "`true` or `false`",
        "somebody set the key, and it is in effect; or nobody did",
    ),
    Companion {
        key: "format",
        value: "the name of a format",
        summary: "how the file is read, where its name does not say it",
        of: &[
            "key",
            "valid",
            "exposure",
            "writable",
            "crash_loop",
            "recovers",
            "listens",
            "paths_exist",
        ],
    },
];

/// The row of a key.
pub fn spec(key: &str) -> Option<&'static CheckSpec> {
    CHECKS.iter().find(|spec| spec.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::CHECKS;

    #[test]
    fn rows_are_unique_documented_and_in_snake_case() {
        let mut keys = BTreeSet::new();
        for spec in CHECKS {
            assert!(keys.insert(spec.key), "{} stands twice", spec.key);
            assert!(
                spec.key
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{}",
                spec.key
            );
            assert!(
                !spec.summary.is_empty() && !spec.summary.ends_with('.'),
                "{}",
                spec.key
            );
            assert!(!spec.subjects.is_empty(), "{}", spec.key);
        }
    }
}
