//! Settings that hold a number, and those that are not like any other.

use super::name;
use super::{Context, Effect, Reading};
use crate::format::unit::extract::{UNQUOTE, Words};
use crate::format::unit::keys::Reader;
use crate::format::unit::number::{self, Errno};

const INT: (i128, i128) = (i32::MIN as i128, i32::MAX as i128);

/// Numbers with their limits, and what is left.
pub(super) fn read(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let int = || number::integer_in(value, INT.0, INT.1);
    let unsigned = || number::integer_in(value, 0, i128::from(u32::MAX));
    let is_empty = value.is_empty();
    match reader {
        Reader::Nice
        | Reader::OomScoreAdjust
        | Reader::IoPriority
        | Reader::TtySize
        | Reader::SwapPriority
        | Reader::ExitStatus
        | Reader::Personality
        | Reader::NumaMask
        | Reader::CoredumpFilter
        | Reader::MountFlags
        | Reader::IpTos
        | Reader::LineMax
            if is_empty =>
        {
            Reading::new(Effect::Unset)
        }
        Reader::Unsigned | Reader::TtySize => {
            Reading::checked(unsigned(), "Failed to parse unsigned value", value)
        }
        Reader::Unsigned64 => Reading::checked(
            number::integer_in(value, 0, i128::from(u64::MAX)),
            "Failed to parse uint64 value",
            value,
        ),
        Reader::Integer => Reading::checked(int(), "Failed to parse int value", value),
        Reader::Long => Reading::checked(
            number::integer_in(value, i128::from(i64::MIN), i128::from(i64::MAX)),
            "Failed to parse long value",
            value,
        ),
        Reader::Mode => Reading::checked(number::mode(value), "Failed to parse mode value", value),
        Reader::Size => match number::size(value, 1024) {
            Ok(_) => Reading::new(Effect::Set),
            Err(why) => {
                let why = why.text();
                Reading::ignored(format!(
                    "Failed to parse size value '{value}', ignoring: {why}"
                ))
            }
        },
        Reader::Size64 => Reading::checked(
            number::size(value, 1024),
            "Failed to parse size value",
            value,
        ),
        Reader::LineMax => match number::size(value, 1024) {
            Ok(bytes) if bytes < 79 => Reading::new(Effect::Set)
                .note(format!("LineMax= too small, clamping to 79: {value}")),
            read => Reading::checked(read, "Failed to parse LineMax= value", value),
        },
        Reader::Signal if !name::is_signal(value) => {
            Reading::ignored(format!("Failed to parse signal name, ignoring: {value}"))
        }
        Reader::Nice => bounded(
            value,
            int(),
            -20,
            19,
            "Nice priority out of range, ignoring:",
            "nice priority",
        ),
        Reader::OomScoreAdjust => bounded(
            value,
            int(),
            -1000,
            1000,
            "OOM score adjust value out of range, ignoring:",
            "the OOM score adjust value",
        ),
        Reader::IoPriority => Reading::checked(
            number::integer_in(value, 0, 7),
            "Failed to parse IO priority",
            value,
        ),
        Reader::ExitStatus => match number::integer_in(value, 0, 255) {
            Ok(_) => Reading::new(Effect::Set),
            Err(why) => {
                let why = why.text();
                Reading::ignored(format!(
                    "Failed to parse exit status '{value}', ignoring: {why}"
                ))
            }
        },
        Reader::CpuSchedulingPriority => match int() {
            Err(_) => Reading::ignored(format!(
                "Failed to parse CPU scheduling priority, ignoring: {value}"
            )),
            Ok(priority) if !(0..=99).contains(&priority) => Reading::ignored(format!(
                "CPU scheduling priority is out of range, ignoring: {value}"
            )),
            Ok(_) => Reading::new(Effect::Set),
        },
        _ => kind(reader, value, context),
    }
}

/// The architectures that a process can be made to see; which of them depends on the machine.
const PERSONALITIES: &[&str] = &[
    "arm",
    "arm64",
    "mips",
    "mips-le",
    "mips64",
    "mips64-le",
    "ppc",
    "ppc-le",
    "ppc64",
    "ppc64-le",
    "riscv32",
    "riscv64",
    "s390",
    "s390x",
    "x86",
    "x86-64",
];

/// Words and numbers of a kind of their own.
fn kind(reader: Reader, value: &str, context: &Context<'_>) -> Reading {
    let key = context.key;
    let is_empty = value.is_empty();
    match reader {
        Reader::SwapPriority => match number::integer_in(value, INT.0, INT.1) {
            Err(_) => Reading::ignored(format!("Invalid swap priority '{value}', ignoring.")),
            Ok(priority) if priority < -1 => Reading::ignored(format!(
                "Sorry, swap priorities smaller than -1 may only be assigned by the kernel itself, \
                 ignoring: {value}"
            )),
            Ok(priority) if priority > 32_767 => {
                Reading::ignored(format!("Swap priority out of range, ignoring: {value}"))
            }
            Ok(_) => Reading::new(Effect::Set),
        },
        Reader::EmergencyAction => {
            const ACTIONS: &[&str] = &[
                "none",
                "reboot",
                "reboot-force",
                "reboot-immediate",
                "poweroff",
                "poweroff-force",
                "poweroff-immediate",
                "exit",
                "exit-force",
            ];
            if ACTIONS.contains(&value) {
                Reading::new(Effect::Set)
            } else {
                Reading::ignored(format!("Failed to parse {key}=, ignoring: {value}"))
            }
        }
        Reader::MountFlags if !matches!(value, "shared" | "slave" | "private") => {
            Reading::ignored(format!("Failed to parse mount flag, ignoring: {value}"))
        }
        Reader::IpTos => {
            const CLASSES: &[&str] = &["low-delay", "throughput", "reliability", "low-cost"];
            if CLASSES.contains(&value) || number::integer_in(value, 0, 255).is_ok() {
                Reading::new(Effect::Set)
            } else {
                Reading::ignored(format!("Failed to parse IP TOS value, ignoring: {value}"))
            }
        }
        Reader::SocketProtocol => {
            if matches!(value, "udplite" | "sctp" | "136" | "132") {
                Reading::new(Effect::Set)
            } else {
                Reading::ignored(format!(
                    "Failed to parse socket protocol, ignoring: {value}"
                ))
            }
        }
        Reader::SyscallErrno => {
            let is_name = name::is_error(value);
            match number::integer_in(value, 0, 4095) {
                _ if is_empty => Reading::new(Effect::Unset),
                _ if is_name || value == "kill" => Reading::new(Effect::Set),
                Ok(0) => Reading::ignored(format!("Invalid error number, ignoring: {value}")),
                Ok(_) => Reading::new(Effect::Set),
                Err(_) => {
                    Reading::ignored(format!("Failed to parse error number, ignoring: {value}"))
                }
            }
        }
        Reader::CpuSet | Reader::CpuAffinity => cpus(value, context),
        Reader::NumaMask if value == "all" => Reading::new(Effect::Set),
        Reader::NumaMask => {
            let reading = cpus(value, context);
            match reading.effect {
                Effect::Ignored => {
                    reading.note(format!("Failed to parse NUMA node mask, ignoring: {value}"))
                }
                _ => reading,
            }
        }
        Reader::Personality if !PERSONALITIES.contains(&value) && !is_empty => {
            Reading::ignored(format!("Failed to parse personality, ignoring: {value}"))
        }
        // What is left is taken as it is: nothing is said about a value that may be right.
        _ if is_empty => Reading::new(Effect::Unset),
        _ => Reading::new(Effect::Set),
    }
}

/// A number that has one message for its limits and one for its form.
fn bounded(
    value: &str,
    read: Result<i128, Errno>,
    smallest: i128,
    largest: i128,
    out_of_range: &str,
    what: &str,
) -> Reading {
    match read {
        Ok(number) if (smallest..=largest).contains(&number) => Reading::new(Effect::Set),
        Ok(_) | Err(Errno::Range) => Reading::ignored(format!("{out_of_range} {value}")),
        Err(why) => {
            let why = why.text();
            Reading::ignored(format!("Failed to parse {what} '{value}', ignoring: {why}"))
        }
    }
}

/// A list of processors and ranges of them.
fn cpus(value: &str, context: &Context<'_>) -> Reading {
    if value == "numa" && context.key == "CPUAffinity" {
        return Reading::new(Effect::Set);
    }
    let mut words = Words::new(value);
    let mut reading = Reading::new(Effect::Unset);
    loop {
        let word = match words.next(" \t\n\r,", UNQUOTE) {
            Ok(Some(word)) => word.text(),
            Ok(None) => return reading,
            Err(_) => {
                let key = context.key;
                return Reading::ignored(format!("Invalid value for {key}: {value}"));
            }
        };
        let cpu = |text: &str| number::integer_in(text, 0, i128::from(u32::MAX));
        let (low, high) = match word.split_once('-') {
            Some((low, high)) => (cpu(low), cpu(high)),
            None => (cpu(&word), cpu(&word)),
        };
        let (Ok(low), Ok(high)) = (low, high) else {
            reading.effect = Effect::Ignored;
            return reading.note(format!("Failed to parse CPU affinity '{word}'"));
        };
        if low > high {
            reading = reading.note(format!(
                "Range '{word}' is invalid, {low} > {high}, ignoring."
            ));
        }
        reading.effect = Effect::Set;
    }
}
