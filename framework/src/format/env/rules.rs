//! The rules that an env file can break.

use crate::diagnostic::{Effect, Rule};

/// The rules that an env file can break.
pub static RULES: &[&Rule] = &[
    &REFUSED,
    &NOT_ASSIGNMENT,
    &INVALID_NAME,
    &CONTINUED_COMMENT,
    &INLINE_COMMENT,
    &EXPORT,
    &QUOTES,
    &SPACES,
    &DOLLAR,
    &BACKSLASH,
    &BYTE_ORDER_MARK,
    &CARRIAGE_RETURN,
    &UNTERMINATED,
    &COMMAND,
    &BLANK_IN_VALUE,
    &BEHIND_QUOTE,
    &UNSET,
    &DIFFERS,
    &SHELL_SIGN,
];

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $code:literal $kebab:literal $explain:literal;)*) => {
        $(
            $(#[$doc])*
            pub(super) static $name: Rule = Rule {
                code: $code,
                name: $kebab,
                effect: Effect::Fails,
                explain: $explain,
            };
        )*
    };
}

rules! {
    REFUSED "EV001" "env-file-refused"
        "The program refuses the file as a whole, so that none of its variables is set. Correct the line that it names.";
    NOT_ASSIGNMENT "EV002" "line-without-equals-sign"
        "The line is no `NAME=value`. systemd ignores it, docker and Compose take the variable from their own environment, and bash runs it as a command.";
    INVALID_NAME "EV003" "invalid-variable-name"
        "The name is not made of letters, digits and `_` (no digit first). systemd drops such a variable, bash takes the line for a command, docker and Compose may pass it on.";
    CONTINUED_COMMENT "EV004" "comment-continued-by-backslash"
        "For systemd a comment that ends in a backslash goes on in the next line, which is so no setting any more. Remove the backslash.";
    INLINE_COMMENT "EV005" "comment-behind-value"
        "systemd and docker know no comments behind a value: the `#` and what follows become part of it. Put the comment on a line of its own.";
    EXPORT "EV006" "export-prefix"
        "`export` is understood by bash and Compose alone: systemd does not set the variable, docker refuses the file. Remove it.";
    QUOTES "EV007" "quotes-kept-by-docker"
        "`docker run --env-file` does not know quotes: they become part of the value. Write a value that needs none.";
    SPACES "EV008" "blanks-around-equals-sign"
        "Blanks beside the `=` are removed by systemd and Compose, kept or refused by docker, and make bash run a command. Remove them.";
    DOLLAR "EV009" "dollar-sign-expanded"
        "Compose and bash expand `$`, systemd and docker keep it; Compose makes `$$` one `$` and bash its process number. A password with a `$` is so another one in each.";
    BACKSLASH "EV010" "backslash-in-value"
        "A backslash is removed or kept by different rules in each program: outside of quotes systemd and bash remove it.";
    BYTE_ORDER_MARK "EV011" "byte-order-mark"
        "The file begins with a byte order mark. systemd and bash take it for a part of the first name, so that this variable is not set.";
    CARRIAGE_RETURN "EV012" "carriage-return"
        "The lines end in CR LF. bash keeps the carriage return as a part of every value; save the file with LF alone.";
    UNTERMINATED "EV013" "unterminated-quote"
        "A quote is opened and not closed: for systemd the value goes on to the end of the file, Compose refuses the file, and bash sets nothing from here on.";
    COMMAND "EV014" "line-runs-a-command"
        "bash runs a command here, and what it prints or sets is not known from the file. For the other programs the text stands for itself.";
    BLANK_IN_VALUE "EV015" "blank-in-bare-value"
        "A value with a blank and without quotes: bash sets the variable only for the command that it takes the rest of the line for.";
    BEHIND_QUOTE "EV016" "text-behind-closing-quote"
        "Text follows a closing quote: systemd and bash append it to the value, Compose takes it for the next variable.";
    UNSET "EV017" "expands-unset-variable"
        "The value names a variable that neither an earlier line nor the environment sets; it becomes empty there.";
    DIFFERS "EV018" "programs-disagree"
        "systemd, `docker run`, Compose and bash do not read the same value here. A value of letters, digits and `_./:@%+,=-` without quotes is the same to all.";
    SHELL_SIGN "EV019" "shell-sign-in-bare-value"
        "bash gives a meaning to `&`, `;`, `|`, `<`, `>`, `(` and `)` outside of quotes, and to `~` at the start of a path: the value is cut off or changed there.";
}
