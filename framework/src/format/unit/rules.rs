//! The rules that a unit can break. Most stand for things that systemd itself says while it loads
//! a unit; the last ones for what it takes silently.

use crate::diagnostic::{Effect, Rule};

macro_rules! rules {
    ($($name:ident = $code:literal, $kebab:literal, $explain:literal;)*) => {
        $(pub(super) static $name: Rule = Rule {
            code: $code,
            name: $kebab,
            effect: Effect::Fails,
            explain: $explain,
        };)*

        /// The rules of this format.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    NOT_LOADED = "SD001", "unit-not-loaded",
        "systemd does not load the unit: a line that it cannot get over, a missing `ExecStart=`, \
         two of them, a combination that it refuses. Nothing in the file is in effect.";
    UNKNOWN_KEY = "SD002", "unknown-unit-key",
        "systemd does not know the key in this section and ignores the line. Keys are case-sensitive; \
         many belong to another section, as `StartLimitIntervalSec=` does to `[Unit]`.";
    UNKNOWN_SECTION = "SD003", "unknown-unit-section",
        "systemd does not know the section in units of this type and ignores every line below the \
         header. Names of sections are case-sensitive.";
    OUTSIDE_SECTION = "SD004", "outside-of-section",
        "A line before the first section header is ignored. A drop-in needs a header of its own.";
    NOT_AN_ASSIGNMENT = "SD005", "line-without-equals",
        "A line that is neither a comment nor a header must be `Key=value`; systemd ignores others.";
    INVALID_VALUE = "SD006", "invalid-unit-value",
        "systemd does not take the value and ignores it; what was set before stays in effect. Times, \
         sizes and words are read literally: no quotes, no trailing comments, `2G` and not `2GB`.";
    DEPRECATED = "SD007", "deprecated-unit-setting",
        "systemd still reads the setting, or only pretends to, and says that it should not be used.";
    MASKED = "SD008", "masked-unit",
        "The unit is masked: an empty file or a link to /dev/null stands in its place or in a folder \
         that comes before it, so that systemd never starts it.";
    OVERRIDDEN_FILE = "SD009", "overridden-unit-file",
        "Another unit file of the same name stands in a folder that comes first, such as \
         /etc/systemd/system; systemd reads that one and not this.";
    UNREADABLE = "SD010", "unreadable-unit-file",
        "A file that belongs to the unit cannot be read, so that it is not known what is in effect.";
    ODD_USER = "SD011", "odd-user-name",
        "systemd takes almost anything as the name of a user, also `openclaw # comment`, and then \
         cannot find that user when it starts the service (217/USER). Comments stand on lines of \
         their own.";
    INEFFECTIVE = "SD012", "setting-without-effect",
        "The setting is read, but together with the others of the unit it does nothing.";
    SWALLOWED_LINE = "SD013", "swallowed-line",
        "The line before ends in a backslash, so that this line is a part of its value and not a \
         setting. systemd says nothing about it.";
    TRAILING_COMMENT = "SD014", "comment-in-value",
        "A comment stands on a line of its own; behind a value it is a part of the value.";
    MONTHS = "SD015", "very-long-delay",
        "`M` is a month and `m` is a minute: the service would be down for as long as this after a crash.";
    NO_START_LIMIT = "SD016", "start-limit-off",
        "With `StartLimitBurst=0` or `StartLimitIntervalSec=0` the other of the two has no effect, \
         and a service that always crashes is restarted for ever.";
    PRIVILEGED_COMMAND = "SD017", "privileged-command",
        "`+` before a command runs it as root and outside of the sandbox, whatever `User=` and the \
         sandbox settings say.";
    UNKNOWN_CAPABILITY = "SD018", "unknown-capability",
        "systemd skips names of capabilities that it does not know without a word, so that the set \
         is another one than was written.";
    BAD_INSTALL = "SD019", "bad-install-setting",
        "`[Install]` is read only by `systemctl enable`, which then fails or makes no link.";
    KEPT_QUOTES = "SD020", "quotes-in-value",
        "systemd takes the quotes of this setting literally, so that they are a part of the value.";
    BAD_DEPENDENCY = "SD022", "bad-dependency",
        "The text is not the name of a unit, so that systemd drops the dependency when it loads the \
         unit. `systemd-analyze verify` does not look at dependencies.";
    MISSING_USER = "SD021", "user-not-on-host",
        "The host has no such user, so that systemd cannot start the service: it looks for the user \
         when it starts it. `paths_exist` looks for the files that the unit names.";
}
