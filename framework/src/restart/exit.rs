//! How a run of a program ends, as a person writes it and as a report says it: a name such as
//! `crash`, an exit status, or a signal.

use super::Exit;
use crate::linux_signal;
use crate::text::{one_of, suggest};

/// A way to end with a name of its own.
#[derive(Debug)]
struct Named {
    name: &'static str,
    /// For a sentence: "after a crash (exit status 1)".
    phrase: &'static str,
    exit: Exit,
}

const SIGHUP: u8 = 1;
const SIGKILL: u8 = 9;
const SIGTERM: u8 = 15;

const NAMED: &[Named] = &[
    named("crash", "a crash (exit status 1)", Exit::Code(1)),
    named(
        "port-in-use",
        "a port in use (exit status 1)",
        Exit::Code(1),
    ),
    named(
        "configuration",
        "a wrong configuration (exit status 78)",
        Exit::Code(78),
    ),
    named("clean-exit", "a clean exit (exit status 0)", Exit::Code(0)),
    named("kill", "a kill (SIGKILL)", Exit::Signal(SIGKILL)),
    named("term", "a request to end (SIGTERM)", Exit::Signal(SIGTERM)),
    named("hup", "a hangup (SIGHUP)", Exit::Signal(SIGHUP)),
    named("oom", "running out of memory", Exit::OutOfMemory),
    named("watchdog", "a hang", Exit::Watchdog),
    named("timeout", "a start that takes too long", Exit::Timeout),
    named(
        "pre-start",
        "a command before the start that fails",
        Exit::BeforeStart(1),
    ),
    named(
        "resources",
        "a start for which something is missing, such as the environment file",
        Exit::Resources,
    ),
];

/// The ends that are tried again and again where nobody names any: those that the real gateway comes
/// to. They are names of the table.
pub const REPEATED: [&str; 5] = ["configuration", "crash", "kill", "clean-exit", "hup"];

const fn named(name: &'static str, phrase: &'static str, exit: Exit) -> Named {
    Named { name, phrase, exit }
}

/// The signals that end no program unless it decides to end by itself (`signal(7)`).
const HARMLESS: &[&str] = &[
    "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "WINCH",
];

/// How a run ends, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What was written.
    pub name: Box<str>,
    /// What it stands for.
    pub exit: Exit,
}

impl Written {
    /// Reads a name such as `crash`, an exit status from 0 to 255, or the name of a signal, with or
    /// without `SIG`, in any case.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong, with the name that may have been meant.
    pub fn parse(text: &str) -> Result<Self, String> {
        let exit = match NAMED.iter().find(|named| named.name == text) {
            Some(named) => named.exit,
            None if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                let status = text.parse().map(Exit::Code);
                status.map_err(|_| format!("`{text}` is no exit status; they go from 0 to 255"))?
            }
            None => Exit::Signal(signal_number(text)?),
        };
        Ok(Self {
            name: text.into(),
            exit,
        })
    }

    /// A name of the table that is known to be there.
    pub fn named(name: &'static str) -> Option<Self> {
        Self::parse(name).ok()
    }

    /// For a sentence: "a crash (exit status 1)", "exit status 3", "SIGSEGV".
    pub fn phrase(&self) -> String {
        let named = NAMED.iter().find(|named| *named.name == *self.name);
        named.map_or_else(|| phrase(self.exit), |named| named.phrase.to_owned())
    }
}

fn signal_number(text: &str) -> Result<u8, String> {
    let upper = text.to_ascii_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    if HARMLESS.contains(&bare) {
        return Err(format!("SIG{bare} does not end a program"));
    }
    linux_signal::number(bare).ok_or_else(|| {
        let names = NAMED.iter().map(|named| named.name);
        let hint = suggest(text, names.clone())
            .map(str::to_owned)
            .or_else(|| {
                // Short names are near to everything.
                let signals = linux_signal::names();
                let meant = (bare.len() > 2).then(|| suggest(bare, signals)).flatten();
                meant.map(|meant| format!("SIG{meant}"))
            });
        match hint {
            Some(meant) => {
                format!("`{text}` is no way for a program to end; did you mean `{meant}`?")
            }
            None => format!(
                "`{text}` is no way for a program to end; write {}, an exit status from 0 to 255, or a signal such as `SIGSEGV`",
                one_of(names)
            ),
        }
    })
}

/// How a run ends, for a sentence: "exit status 78", "SIGKILL".
pub fn phrase(exit: Exit) -> String {
    match exit {
        Exit::Code(status) => format!("exit status {status}"),
        Exit::Signal(signal) => linux_signal::name(signal),
        Exit::CoreDump(signal) => format!("{} with a core dump", linux_signal::name(signal)),
        Exit::BeforeStart(status) => {
            format!("a command before the start that ends with exit status {status}")
        }
        Exit::Condition => "a condition that does not hold".to_owned(),
        Exit::OutOfMemory | Exit::Watchdog | Exit::Timeout | Exit::Resources => {
            let named = NAMED.iter().find(|named| named.exit == exit);
            named.map_or("an end", |named| named.phrase).to_owned()
        }
    }
}

/// Whether two names stand for the same end and one of them is not merely another cause of it:
/// `crash` and `port-in-use` are two stories, `KILL` and `SIGKILL` are one.
pub fn is_same(one: &Written, other: &Written) -> bool {
    let is_named = |written: &Written| NAMED.iter().any(|named| *named.name == *written.name);
    one.name == other.name || one.exit == other.exit && !(is_named(one) && is_named(other))
}

#[cfg(test)]
mod tests {
    use super::{Exit, NAMED, Written, is_same, phrase};
    use crate::linux_signal;

    #[test]
    fn an_end_is_a_name_a_status_or_a_signal() {
        for (text, exit, words) in [
            ("crash", Exit::Code(1), "a crash (exit status 1)"),
            (
                "configuration",
                Exit::Code(78),
                "a wrong configuration (exit status 78)",
            ),
            ("0", Exit::Code(0), "exit status 0"),
            ("255", Exit::Code(255), "exit status 255"),
            ("kill", Exit::Signal(9), "a kill (SIGKILL)"),
            ("KILL", Exit::Signal(9), "SIGKILL"),
            ("sigSegv", Exit::Signal(11), "SIGSEGV"),
            ("ABRT", Exit::Signal(6), "SIGABRT"),
            ("oom", Exit::OutOfMemory, "running out of memory"),
        ] {
            let written = Written::parse(text).unwrap();
            assert_eq!((written.exit, written.phrase().as_str()), (exit, words));
        }
    }

    #[test]
    fn what_ends_no_program_is_refused() {
        for (text, why) in [
            ("256", "they go from 0 to 255"),
            ("-1", "no way for a program to end"),
            ("", "no way for a program to end"),
            ("crahs", "did you mean `crash`?"),
            ("Crash", "did you mean `crash`?"),
            ("clean_exit", "did you mean `clean-exit`?"),
            ("SIGSEGVV", "did you mean `SIGSEGV`?"),
            ("SIGCHLD", "SIGCHLD does not end a program"),
            ("SIG", "write `crash`"),
            ("ö", "write `crash`"),
        ] {
            let refused = Written::parse(text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn every_name_and_signal_is_read_back() {
        for named in NAMED {
            assert_eq!(Written::parse(named.name).unwrap().exit, named.exit);
            assert!(!phrase(named.exit).is_empty());
        }
        for number in 1..=31 {
            let name = linux_signal::name(number);
            assert!(
                Written::parse(&name).is_ok_and(|written| written.exit == Exit::Signal(number))
                    || Written::parse(&name).unwrap_err().contains("does not end"),
                "{name}"
            );
        }
    }

    #[test]
    fn one_end_written_twice_is_seen() {
        let same = |one: &str, other: &str| {
            is_same(
                &Written::parse(one).unwrap(),
                &Written::parse(other).unwrap(),
            )
        };
        assert!(same("crash", "crash") && same("KILL", "SIGKILL") && same("crash", "1"));
        assert!(!same("crash", "port-in-use") && !same("crash", "kill"));
    }
}
