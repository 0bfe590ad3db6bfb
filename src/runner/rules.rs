//! The rules that running a harness can break.

use clawtest_framework::diagnostic::{Effect, Rule};

/// All of them.
pub static RULES: &[&Rule] = &[
    &TODO_PASSED,
    &TIMED_OUT,
    &NOT_STARTED,
    &ACTION_FAILED,
    &SUPERVISOR_DIED,
    &HARNESS_TIMED_OUT,
    &PANICKED,
    &NO_WORKSPACE,
    &BACKGROUND_PROCESS,
    &NOT_REMOVED,
];

/// A check that was expected to fail passed.
pub(crate) static TODO_PASSED: Rule = Rule {
    code: "CT115",
    name: "todo-passed",
    effect: Effect::Fails,
    explain: "The check says `todo`, so it is expected to fail, and it passed. Remove `todo`, so that \
it stays that way.",
};

/// A command did not end in time.
pub(crate) static TIMED_OUT: Rule = Rule {
    code: "CT157",
    name: "timed-out",
    effect: Effect::Errors,
    explain: "The command did not end in time. It and everything that it started got SIGTERM, then \
SIGKILL. Give it more with `timeout = \"60s\"` on the check, or `--check-timeout`.",
};

/// A command could not be started.
pub(crate) static NOT_STARTED: Rule = Rule {
    code: "CT158",
    name: "not-started",
    effect: Effect::Errors,
    explain: "The command could not be started: there is no such program, or it cannot be executed. \
Commands see a fixed PATH; `[commands] path` in `clawtest.toml` adds folders.",
};

/// An action of `setup` or `before` failed.
pub(crate) static ACTION_FAILED: Rule = Rule {
    code: "CT159",
    name: "action-failed",
    effect: Effect::Errors,
    explain: "An action of `setup` or `before` did not do what it says, so what comes after it would \
judge something else. A command has to exit with 0; a text to be replaced and a file to be removed \
have to be there.",
};

/// A command ended the process that watches it.
pub(crate) static SUPERVISOR_DIED: Rule = Rule {
    code: "CT160",
    name: "supervisor-killed",
    effect: Effect::Errors,
    explain: "The command ended the process that started it, for example by `kill $PPID`. What it left \
running was killed; there is no verdict.",
};

/// A harness did not end in time.
pub(crate) static HARNESS_TIMED_OUT: Rule = Rule {
    code: "CT161",
    name: "harness-timed-out",
    effect: Effect::Errors,
    explain: "The harness took longer than it may. The checks that had not begun have no verdict. Give \
it more with `timeout = \"10min\"` at the top of the file, or `--timeout`.",
};

/// clawtest itself failed.
pub(crate) static PANICKED: Rule = Rule {
    code: "CT162",
    name: "panicked",
    effect: Effect::Errors,
    explain: "clawtest has a bug. Other harnesses are not affected.",
};

/// A workspace could not be made.
pub(crate) static NO_WORKSPACE: Rule = Rule {
    code: "CT163",
    name: "no-workspace",
    effect: Effect::Errors,
    explain: "The workspace could not be made on disk: no space, no permission, or a fixture's name \
that the file system does not take. `TMPDIR` says where workspaces are made.",
};

/// A process outlived the check that started it.
pub(crate) static BACKGROUND_PROCESS: Rule = Rule {
    code: "CT190",
    name: "background-process",
    effect: Effect::Note,
    explain: "A process that the check started was still running when the check ended. It was killed. \
Start what several checks need in `setup`.",
};

/// A workspace could not be removed.
pub(crate) static NOT_REMOVED: Rule = Rule {
    code: "CT191",
    name: "workspace-not-removed",
    effect: Effect::Note,
    explain: "The workspace could not be removed from disk.",
};
