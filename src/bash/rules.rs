//! The rules that a harness in bash can break.

use clawtest_framework::diagnostic::{Effect, Rule};

/// All of them, in the order of their codes.
pub static RULES: &[&Rule] = &[
    &BOTH_FORMS,
    &ENDED_EARLY,
    &SYNTAX,
    &ASSERTED_NOTHING,
    &BAD_ARGUMENTS,
    &BAD_EXPRESSION,
    &OWN_FAILED,
    &TEXT_MISSING,
    &TEXT_PRESENT,
    &NOT_FOUND,
    &UNREADABLE,
    &STATUS_DIFFERS,
    &BAD_REQUEST,
    &DANGLING,
    &NOT_MADE,
    &READ_AS,
    &WENT_ON,
    &UNSET,
    &COMPLAINT,
    &ADAPTED,
    &CONFINED_IN_PART,
    &NO_RESULTS,
    &LEFT_ALONE,
    &PORTABLE,
];

const fn rule(
    code: &'static str,
    name: &'static str,
    effect: Effect,
    explain: &'static str,
) -> Rule {
    Rule {
        code,
        name,
        effect,
        explain,
    }
}

/// A harness in both forms.
pub static BOTH_FORMS: Rule = rule(
    "CT200",
    "harness-in-both-forms",
    Effect::Invalid,
    "There is a `.toml` and a `.sh` for the same harness, and nothing says which is meant. Remove or \
rename one of them.",
);

pub(super) static ENDED_EARLY: Rule = rule(
    "CT201",
    "script-ended-early",
    Effect::Errors,
    "The script ended before `print_results`, so assertions behind that line may not have been made. \
A check that was not made did not pass.",
);

pub(super) static SYNTAX: Rule = rule(
    "CT202",
    "syntax-error",
    Effect::Errors,
    "bash does not understand the script. What stands before the error has run; nothing behind it has.",
);

pub(super) static ASSERTED_NOTHING: Rule = rule(
    "CT203",
    "asserted-nothing",
    Effect::Errors,
    "The script made no assertion, so it could not fail. What it prints is no verdict: only helpers of \
`framework/helpers.sh`, and counters such as `PASSED` and `FAILED` that the script changes itself, \
are. A file that is only sourced by others is no harness: begin its name with `_`.",
);

pub(super) static BAD_ARGUMENTS: Rule = rule(
    "CT204",
    "bad-arguments",
    Effect::Errors,
    "The helper cannot do anything with its arguments: one is missing or empty, often because a variable \
is not set. The message is always the last one: `assert_file_contains FILE TEXT MESSAGE`.",
);

pub(super) static BAD_EXPRESSION: Rule = rule(
    "CT205",
    "bad-expression",
    Effect::Errors,
    "The text is no regular expression. `assert_file_contains` takes a basic one, as `grep` does, and \
`assert_output_matches` an extended one, as `grep -E` does.",
);

pub(super) static OWN_FAILED: Rule = rule(
    "CT206",
    "own-assertion-failed",
    Effect::Fails,
    "The script counted a failure itself, in a counter such as `FAILED`.",
);

pub(super) static TEXT_MISSING: Rule = rule(
    "CT207",
    "expression-missing",
    Effect::Fails,
    "The file or the output does not contain the text. The text is a basic regular expression, as for \
`grep`, or, where it cannot have been meant as one, what it says; `[bash] match` in `clawtest.toml` decides.",
);

pub(super) static TEXT_PRESENT: Rule = rule(
    "CT208",
    "expression-present",
    Effect::Fails,
    "The file contains a text that it must not contain. The text is a basic regular expression, as for \
`grep`, or, where it cannot have been meant as one, what it says; `[bash] match` in `clawtest.toml` decides.",
);

pub(super) static NOT_FOUND: Rule = rule(
    "CT209",
    "nothing-to-run",
    Effect::Errors,
    "The command of the assertion was not found (status 127) or cannot be run (126), so what it printed \
decides nothing. A missing or misplaced argument does this, too: the message is always the last one.",
);

pub(super) static UNREADABLE: Rule = rule(
    "CT210",
    "unreadable-subject",
    Effect::Errors,
    "The file is there and cannot be read, so there is no verdict.",
);

pub(super) static STATUS_DIFFERS: Rule = rule(
    "CT211",
    "status-differs",
    Effect::Fails,
    "The two exit statuses that the assertion was given are not the same.",
);

pub(super) static BAD_REQUEST: Rule = rule(
    "CT212",
    "bad-request",
    Effect::Errors,
    "Something wrote to the pipe over which the helpers talk to clawtest, and it was no request of theirs. \
Nothing that the script says can be trusted any more.",
);

pub(super) static DANGLING: Rule = rule(
    "CT213",
    "dangling-link",
    Effect::Fails,
    "A symbolic link is at the path, and nothing is where it leads. That is no file, and it is not nothing.",
);

pub(super) static NOT_MADE: Rule = rule(
    "CT214",
    "check-not-made",
    Effect::Errors,
    "The check that `--check` names may come out of the script, and did not this time. What the messages of \
a script are is known only when it has run.",
);

pub(super) static READ_AS: Rule = rule(
    "CT220",
    "ambiguous-arguments",
    Effect::Note,
    "The arguments of the assertion can be read in more than one way. The note says which was taken.",
);

pub(super) static WENT_ON: Rule = rule(
    "CT221",
    "went-on-after-failure",
    Effect::Note,
    "A command failed after `set -e`, which would have ended the script there. It went on, since every \
assertion is to be made. `((X++))` fails when X is 0: write `X=$((X + 1))`.",
);

pub(super) static UNSET: Rule = rule(
    "CT222",
    "unset-variable",
    Effect::Note,
    "A variable was not set after `set -u`, which would have ended the script there. It went on, with an \
empty text in its place.",
);

pub(super) static COMPLAINT: Rule = rule(
    "CT223",
    "complaint-of-bash",
    Effect::Note,
    "bash complained about a line of the script while it ran.",
);

pub(super) static CONFINED_IN_PART: Rule = rule(
    "CT230",
    "sandbox-in-part",
    Effect::Note,
    "The system could not give all that confines a script: it may change, reach or signal more than its own \
workspace. The note says what is in force and why the rest is not.",
);

pub(super) static ADAPTED: Rule = rule(
    "CT224",
    "script-adapted",
    Effect::Note,
    "What ran is a copy of the script that differs from the file: lines end without a carriage return, a \
byte order mark is left out, or the workspace that harnesses of the old framework shared is \
`TEST_WORKSPACE`.",
);

pub(super) static NO_RESULTS: Rule = rule(
    "CT225",
    "no-print-results",
    Effect::Note,
    "The script never calls `print_results`. It came to its end, so all its assertions count; with the \
call, a script that ends too early is recognised for certain.",
);

pub(super) static LEFT_ALONE: Rule = rule(
    "CT226",
    "left-alone",
    Effect::Note,
    "`setup_test_workspace` and `cleanup_test_workspace` empty only folders of this run: the workspace, \
and what is below `HOME` and `TMPDIR`, which are private. Other folders are left alone.",
);

pub(super) static PORTABLE: Rule = rule(
    "CT227",
    "command-of-another-system",
    Effect::Note,
    "The command has arguments that only BSD and macOS know: `stat -f FORMAT`, `sed -i ''`, `date -v`. It was \
run with those of GNU that mean the same. In programs that the script starts it is not.",
);
