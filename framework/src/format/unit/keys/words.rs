//! The settings that take one word of a fixed set, as data.

use crate::format::unit::number;
use crate::scale::{Amount, Scale};
use crate::text::one_of;

/// A set of words.
#[derive(Debug, PartialEq)]
pub(in crate::format::unit) struct Words {
    /// What systemd says about any other word, before `, ignoring:` and the value.
    pub(in crate::format::unit) message: &'static str,
    /// The words.
    pub(in crate::format::unit) list: &'static [&'static str],
    /// The words that a boolean stands for, `no` first, where booleans are taken too.
    pub(in crate::format::unit) boolean: Option<[&'static str; 2]>,
    /// The largest number that is taken in place of a word.
    pub(in crate::format::unit) largest: Option<u32>,
    /// The word that the empty value stands for, where it is taken.
    pub(in crate::format::unit) empty: Option<&'static str>,
    /// How such values are compared: what is none of the words is no value.
    pub(in crate::format::unit) scale: &'static Scale,
}

impl Words {
    const fn new(message: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            message,
            list: words,
            boolean: None,
            largest: None,
            empty: None,
            scale: &crate::scale::WORD,
        }
    }

    const fn compared_by(mut self, scale: &'static Scale) -> Self {
        self.scale = scale;
        self
    }

    const fn or_boolean(mut self, no: &'static str, yes: &'static str) -> Self {
        self.boolean = Some([no, yes]);
        self
    }

    const fn or_number(mut self, largest: u32) -> Self {
        self.largest = Some(largest);
        self
    }

    const fn or_empty(mut self, word: &'static str) -> Self {
        self.empty = Some(word);
        self
    }
}

impl Words {
    /// The word that a value stands for; `None` if systemd does not take it.
    pub(in crate::format::unit) fn word<'a>(&self, value: &'a str) -> Option<&'a str> {
        if self.list.contains(&value) {
            return Some(value);
        }
        if let Some([no, yes]) = self.boolean
            && let Some(truth) = number::boolean(value)
        {
            return Some(if truth { yes } else { no });
        }
        let largest = i128::from(self.largest?);
        number::integer_in(value, 0, largest).ok().map(|_| value)
    }
}

impl Words {
    fn amount(&self, text: &str) -> Result<Amount, String> {
        let word = match self.empty {
            Some(word) if text.is_empty() => Some(word),
            _ => self.word(text),
        };
        match word {
            Some(word) => Ok(Amount::Text(word.into())),
            None => Err(format!("is not {}", one_of(self.list.iter().copied()))),
        }
    }
}

macro_rules! words {
    ($($name:ident = $words:expr;)*) => {
        $(pub(super) static $name: Words = {
            static SCALE: Scale = Scale {
                name: "one of a few words for systemd",
                read: |text| $name.amount(text),
            };
            $words.compared_by(&SCALE)
        };)*
    };
}

words! {
    BIND_IPV6_ONLY = Words::new(
        "Failed to parse bind IPv6 only value",
        &["default", "both", "ipv6-only"],
    ).or_boolean("both", "ipv6-only");
    COLLECT_MODE = Words::new(
        "Failed to parse garbage collection mode",
        &["inactive", "inactive-or-failed"],
    );
    CPU_POLICY = Words::new(
        "Failed to parse CPU scheduling policy",
        &["other", "batch", "idle", "fifo", "rr"],
    ).or_number(i32::MAX as u32).or_empty("other");
    DEVICE_POLICY = Words::new("Failed to parse device policy", &["auto", "closed", "strict"]);
    EXIT_TYPE = Words::new("Failed to parse service exit type", &["main", "cgroup"]);
    IO_CLASS = Words::new(
        "Failed to parse IO scheduling class",
        &["none", "realtime", "best-effort", "idle"],
    ).or_number(8).or_empty("best-effort");
    JOB_MODE = Words::new(
        "Failed to parse job mode",
        &[
            "fail",
            "replace",
            "replace-irreversibly",
            "isolate",
            "flush",
            "ignore-dependencies",
            "ignore-requirements",
            "triggering",
        ],
    );
    KEYRING_MODE = Words::new("Failed to parse keyring mode", &["inherit", "private", "shared"]);
    KILL_MODE = Words::new(
        "Failed to parse kill mode specification",
        &["control-group", "process", "mixed", "none"],
    ).or_empty("control-group");
    LOG_FACILITY = Words::new(
        "Failed to parse log facility",
        &[
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
            "authpriv", "ftp", "local0", "local1", "local2", "local3", "local4", "local5",
            "local6", "local7",
        ],
    ).or_number(127);
    LOG_LEVEL = Words::new(
        "Failed to parse log level",
        &["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"],
    ).or_number(7);
    MANAGED_OOM_MODE = Words::new("Invalid syntax", &["auto", "kill"]).or_empty("auto");
    MANAGED_OOM_PREFERENCE = Words::new(
        "Failed to parse ManagedOOMPreference=",
        &["none", "avoid", "omit"],
    );
    NOTIFY_ACCESS = Words::new(
        "Failed to parse notify access specifier",
        &["none", "main", "exec", "all"],
    );
    NUMA_POLICY = Words::new(
        "Invalid NUMA policy type",
        &["default", "preferred", "bind", "interleave", "local"],
    ).or_empty("");
    OOM_POLICY = Words::new("Failed to parse OOM policy", &["continue", "stop", "kill"]);
    PROC_SUBSET = Words::new("Failed to parse /proc/ subset mode", &["all", "pid"]);
    PROTECT_HOME = Words::new(
        "Failed to parse protect home value",
        &["no", "yes", "read-only", "tmpfs"],
    ).or_boolean("no", "yes");
    PROTECT_PROC = Words::new(
        "Failed to parse /proc/ protection mode",
        &["default", "noaccess", "invisible", "ptraceable"],
    );
    PROTECT_SYSTEM = Words::new(
        "Failed to parse protect system value",
        &["no", "yes", "full", "strict"],
    ).or_boolean("no", "yes");
    RESTART = Words::new(
        "Failed to parse service restart specifier",
        &[
            "no",
            "on-success",
            "on-failure",
            "on-abnormal",
            "on-watchdog",
            "on-abort",
            "always",
        ],
    );
    RUNTIME_PRESERVE = Words::new(
        "Failed to parse runtime directory preserve mode",
        &["no", "yes", "restart"],
    ).or_boolean("no", "yes");
    SERVICE_TYPE = Words::new(
        "Failed to parse service type",
        &["simple", "forking", "oneshot", "dbus", "notify", "idle", "exec"],
    );
    SOCKET_TIMESTAMPING = Words::new(
        "Failed to parse timestamping precision",
        &["off", "us", "ns", "usec", "nsec", "µs", "μs"],
    ).or_boolean("off", "us");
    SPLIT_MODE = Words::new("Failed to parse split mode setting", &["login", "uid", "none"]);
    STORAGE = Words::new(
        "Failed to parse storage setting",
        &["auto", "volatile", "persistent", "none"],
    );
    TIMEOUT_FAILURE_MODE = Words::new(
        "Failed to parse timeout failure mode",
        &["terminate", "abort", "kill"],
    );
    UTMP_MODE = Words::new("Failed to parse utmp mode", &["init", "login", "user"]);
}
