//! How the values of settings are compared: as systemd 252 reads them.

use super::keys::Reader;
use super::number::{self, Errno, INFINITY, SECOND};
use super::values::{Calendar, exit_status, rlimit_part, signal};
use crate::linux_signal;
use crate::scale::{Amount, Scale};

/// Booleans: `yes`, `true`, `1`, `on` and their like are equal.
pub static BOOLEAN: Scale = Scale {
    name: "a boolean for systemd",
    read: |text| {
        number::boolean(text).map(Amount::Truth).ok_or_else(|| {
            "is neither `yes`, `true`, `1`, `on` nor `no`, `false`, `0`, `off`".to_owned()
        })
    },
};

/// Time spans in microseconds; a number without a unit is one of seconds.
pub static TIME_SPAN: Scale = Scale {
    name: "a time span for systemd",
    read: |text| span(text, SECOND),
};

/// Time spans of which nothing is infinite.
pub static TIME_SPAN_OR_INFINITY: Scale = Scale {
    name: "a time span for systemd, of which 0 has no end",
    read: |text| {
        span(text, SECOND).map(|amount| match amount {
            Amount::Number(0) => Amount::Infinite,
            amount => amount,
        })
    },
};

/// Calendar expressions: `daily` equals `*-*-* 00:00`.
pub static CALENDAR: Scale = Scale {
    name: "a calendar expression for systemd",
    read: |text| {
        let calendar = Calendar::read(text).ok_or("is not a calendar expression")?;
        // Only compared, never shown: expressions that mean the same have the same text.
        Ok(Amount::Text(format!("{calendar:?}").into()))
    },
};

/// Time spans in nanoseconds.
pub static NANOSECONDS: Scale = Scale {
    name: "a time span in nanoseconds for systemd",
    read: |text| {
        number::nanoseconds(text)
            .map(finite)
            .map_err(|why| clause(why, "time span"))
    },
};

/// Sizes in bytes, base 1024.
pub static SIZE: Scale = Scale {
    name: "a size for systemd",
    read: |text| {
        number::size(text, 1024)
            .map(|size| Amount::Number(size.into()))
            .map_err(|why| clause(why, "size (`512M` and `2G` are, `2GB` is not)"))
    },
};

/// Limits of memory: sizes, `infinity`, and percentages of the memory of the machine.
pub static MEMORY: Scale = Scale {
    name: "a limit of memory for systemd",
    read: |text| match text {
        "infinity" | "" => Ok(Amount::Infinite),
        _ if number::permyriad_bounded(text).is_ok() => Ok(Amount::Text(text.into())),
        _ => (SIZE.read)(text),
    },
};

/// Numbers of tasks, `infinity`, and percentages.
pub static TASKS: Scale = Scale {
    name: "a number of tasks for systemd",
    read: |text| match text {
        "infinity" | "" => Ok(Amount::Infinite),
        _ if number::permyriad_bounded(text).is_ok() => Ok(Amount::Text(text.into())),
        _ => (INTEGER.read)(text),
    },
};

/// Percentages in hundredths of a percent.
pub static PERCENT: Scale = Scale {
    name: "a percentage for systemd",
    read: |text| {
        number::permyriad(text)
            .map(Amount::Number)
            .map_err(|why| clause(why, "percentage (`80%` is, `80` is not)"))
    },
};

/// Whole numbers.
pub static INTEGER: Scale = Scale {
    name: "a whole number for systemd",
    read: |text| {
        number::integer(text, 0)
            .map(Amount::Number)
            .map_err(|why| clause(why, "whole number"))
    },
};

/// File modes; the leading zero does not count.
pub static MODE: Scale = Scale {
    name: "a file mode for systemd",
    read: |text| {
        number::mode(text)
            .map(Amount::Number)
            .map_err(|why| clause(why, "file mode in octal digits"))
    },
};

/// Words of which some are booleans as well: `ProtectHome=true` is `yes`.
pub static WORD_OR_BOOLEAN: Scale = Scale {
    name: "a word or a boolean for systemd",
    read: |text| {
        Ok(Amount::Text(match number::boolean(text) {
            Some(true) => "yes".into(),
            Some(false) => "no".into(),
            None => text.into(),
        }))
    },
};

/// Words; each must be the same letter by letter.
pub static WORD: Scale = Scale {
    name: "a word for systemd",
    read: |text| Ok(Amount::Text(text.into())),
};

/// Users and groups. Only one of them has a number that is the same everywhere: root is 0.
pub static ACCOUNT: Scale = Scale {
    name: "a user or group for systemd",
    read: |text| {
        Ok(Amount::Text(if text == "root" {
            "0".into()
        } else {
            text.into()
        }))
    },
};

/// Signals, by number or by name, with or without `SIG`.
pub static SIGNAL: Scale = Scale {
    name: "a signal for systemd",
    read: |text| {
        let number = signal(text).ok_or("is not a signal")?;
        // As systemd itself names them; the real-time ones begin at 34.
        Ok(Amount::Text(match number.checked_sub(34) {
            Some(offset) => format!("RTMIN+{offset}").into(),
            None => linux_signal::name(number).trim_start_matches("SIG").into(),
        }))
    },
};

/// How a program ends: an exit status by number or by systemd's name for it (`CONFIG` is 78), or a
/// signal. A number is a status, as in `RestartPreventExitStatus=` (exit-status.c).
pub static STATUS: Scale = Scale {
    name: "an exit status or a signal for systemd",
    read: |text| match exit_status(text) {
        Some(status) => Ok(Amount::Number(status.into())),
        None => {
            (SIGNAL.read)(text).map_err(|_| "is neither an exit status nor a signal".to_owned())
        }
    },
};

/// Limits of resources that are numbers: a single one is both the soft and the hard limit.
pub static LIMIT: Scale = Scale {
    name: "a resource limit for systemd",
    read: |text| limit(Reader::RlimitNumber, text),
};

/// Limits of resources that are sizes.
pub static LIMIT_SIZE: Scale = Scale {
    name: "a resource limit in bytes for systemd",
    read: |text| limit(Reader::RlimitSize, text),
};

/// Limits of resources that are seconds.
pub static LIMIT_SECONDS: Scale = Scale {
    name: "a resource limit in seconds for systemd",
    read: |text| limit(Reader::RlimitSeconds, text),
};

/// A pair of different limits stays a text, so that it is equal only to the same pair.
fn limit(reader: Reader, text: &str) -> Result<Amount, String> {
    let amount = |text: &str| {
        rlimit_part(reader, text)
            .map(finite)
            .map_err(|why| clause(why, "resource limit"))
    };
    match text.split_once(':') {
        None => amount(text),
        Some((soft, hard)) => {
            let (low, high) = (amount(soft)?, amount(hard)?);
            if low.is_same(&high) {
                Ok(low)
            } else {
                Ok(Amount::Text(text.into()))
            }
        }
    }
}

fn finite(number: u64) -> Amount {
    if number == INFINITY {
        Amount::Infinite
    } else {
        Amount::Number(number.into())
    }
}

fn span(text: &str, default: u64) -> Result<Amount, String> {
    number::time_span(text, default)
        .map(finite)
        .map_err(|why| clause(why, "time span"))
}

fn clause(why: Errno, what: &str) -> String {
    match why {
        Errno::Invalid => format!("is not a {what}"),
        Errno::Range => "is out of range".to_owned(),
    }
}

/// The scale of a kind of value; `None` where texts are compared as they are.
pub(super) fn of(reader: Reader) -> Option<&'static Scale> {
    Some(match reader {
        Reader::Boolean | Reader::BooleanFatal | Reader::Tristate | Reader::MountApiVfs => &BOOLEAN,
        Reader::Compress | Reader::Delegate | Reader::Namespaces => &WORD_OR_BOOLEAN,
        Reader::Seconds
        | Reader::TimeoutAbort
        | Reader::SecondsDefaultInfinity
        | Reader::TimerSeconds => &TIME_SPAN,
        Reader::SecondsOrInfinity
        | Reader::ServiceTimeout
        | Reader::JobTimeout
        | Reader::JobRunningTimeout => &TIME_SPAN_OR_INFINITY,
        Reader::Calendar => &CALENDAR,
        Reader::Nanoseconds => &NANOSECONDS,
        Reader::Size | Reader::Size64 | Reader::LineMax => &SIZE,
        Reader::MemoryLimit => &MEMORY,
        Reader::TasksMax => &TASKS,
        Reader::CpuQuota | Reader::PressureLimit => &PERCENT,
        Reader::Mode => &MODE,
        Reader::Unsigned
        | Reader::Unsigned64
        | Reader::Integer
        | Reader::Long
        | Reader::Nice
        | Reader::OomScoreAdjust
        | Reader::Weight
        | Reader::CpuShares
        | Reader::BlockIoWeight
        | Reader::IoPriority
        | Reader::TtySize
        | Reader::SwapPriority
        | Reader::ExitStatus
        | Reader::CpuSchedulingPriority => &INTEGER,
        Reader::Signal => &SIGNAL,
        Reader::ExitStatuses => &STATUS,
        Reader::UserOrGroup | Reader::UserOrGroupList => &ACCOUNT,
        Reader::RlimitNumber | Reader::RlimitNice => &LIMIT,
        Reader::RlimitSize => &LIMIT_SIZE,
        Reader::RlimitSeconds | Reader::RlimitMicroseconds => &LIMIT_SECONDS,
        Reader::Words(words) => words.scale,
        Reader::EmergencyAction => &WORD,
        _ => return None,
    })
}
