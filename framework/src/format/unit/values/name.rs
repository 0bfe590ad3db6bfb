//! What systemd takes as the name of a unit, a user, a variable, an interface and the like.

use crate::format::unit::kind::Kind;
use crate::format::unit::names;
use crate::format::unit::number::{self, Errno};

/// Whether it is the name of a unit, of a template or of an instance.
pub(in crate::format::unit) fn is_unit(name: &str) -> bool {
    let Some((stem, suffix)) = name.rsplit_once('.') else {
        return false;
    };
    let is_character = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.' | b'\\' | b'@')
    };
    name.len() < 256
        && !stem.is_empty()
        && !stem.starts_with('@')
        && Kind::of_type(suffix).is_some()
        && stem.bytes().all(is_character)
}

/// Whether systemd takes it as the name or number of a user or group. It takes almost anything;
/// see [`is_strict_user`].
pub(super) fn is_user(name: &str) -> bool {
    if is_user_number(name) {
        return true;
    }
    let digits = name.strip_prefix('-').unwrap_or(name);
    !(name.is_empty()
        || name.starts_with(' ')
        || name.ends_with(' ')
        || name.contains([':', '/', '\u{7f}'])
        || name.bytes().any(|byte| byte < b' ')
        || digits.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(name, "." | ".."))
}

/// Whether it is a number of a user that can be.
pub(super) fn is_user_number(name: &str) -> bool {
    let is_decimal = name.bytes().all(|byte| byte.is_ascii_digit());
    let has_zero = name.len() > 1 && name.starts_with('0');
    is_decimal
        && !has_zero
        && matches!(name.parse::<u32>(), Ok(number) if number != 65_535 && number != u32::MAX)
}

/// Whether it is a name that every program takes as that of a user.
pub(super) fn is_strict_user(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && name.len() <= 31
}

/// Whether it is the name of a variable.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.as_bytes()[0].is_ascii_digit()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether it is `NAME=value`.
pub(super) fn is_variable_assignment(text: &str) -> bool {
    text.split_once('=')
        .is_some_and(|(name, _)| is_variable(name))
}

/// Whether it can be the name of a network interface.
pub(super) fn is_interface(name: &str) -> bool {
    let is_number = number::integer_in(name, 0, i128::from(i32::MAX)).is_ok();
    !name.is_empty()
        && name.len() < 16
        && !matches!(name, "." | ".." | "all" | "default")
        && !is_number
        && name
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b':' | b'/' | b'%'))
}

/// Whether it can be the name of a file descriptor.
pub(super) fn is_descriptor(name: &str) -> bool {
    name.len() <= 255
        && name
            .bytes()
            .all(|byte| (b' '..0x7f).contains(&byte) && byte != b':')
}

/// Whether it can be the name of a credential: a file name of plain characters.
pub(super) fn is_credential(name: &str) -> bool {
    is_file_name(name)
        && name
            .bytes()
            .all(|byte| (b' '..0x7f).contains(&byte) && byte != b':')
}

/// Whether it can be the name of a file.
pub(super) fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !matches!(name, "." | "..") && !name.contains('/') && name.len() <= 255
}

/// Whether it is a link to documentation that systemd takes.
pub(super) fn is_documentation(link: &str) -> bool {
    let web = link
        .strip_prefix("http://")
        .or_else(|| link.strip_prefix("https://"));
    if let Some(rest) = web {
        return !rest.is_empty() && rest.is_ascii();
    }
    let file = ["file:/", "file:///"]
        .iter()
        .any(|prefix| link.starts_with(prefix));
    let page = ["man:", "info:"]
        .iter()
        .find_map(|prefix| link.strip_prefix(prefix))
        .is_some_and(|page| !page.is_empty());
    link.is_ascii() && (file || page)
}

/// Whether it is the name of a service on D-Bus.
pub(super) fn is_bus_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.as_bytes()[0].is_ascii_digit()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    // A unique name, which the bus itself gives, may have digits first.
    let is_unique_part = |part: &str| is_part(part) || is_part(&format!("_{part}"));
    let is_valid = match name.strip_prefix(':') {
        Some(unique) => unique.contains('.') && unique.split('.').all(is_unique_part),
        None => name.contains('.') && name.split('.').all(is_part),
    };
    name.len() <= 255 && is_valid
}

/// The names of signals, without `SIG`.
#[rustfmt::skip]
const SIGNALS: &[&str] = &[
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Whether it is the name or the number of a signal.
pub(super) fn is_signal(text: &str) -> bool {
    const REAL_TIME: i128 = 30;
    match number::integer_in(text, i128::from(i32::MIN), i128::from(i32::MAX)) {
        Ok(number) => return (1..=64).contains(&number),
        Err(Errno::Invalid | Errno::Range) => {}
    }
    let name = text.strip_prefix("SIG").unwrap_or(text);
    if SIGNALS.contains(&name) {
        return true;
    }
    let offset = |rest: &str, sign: char| {
        rest.is_empty()
            || (rest.starts_with(sign) && number::integer_in(rest, -REAL_TIME, REAL_TIME).is_ok())
    };
    name.strip_prefix("RTMIN")
        .is_some_and(|rest| offset(rest, '+'))
        || name
            .strip_prefix("RTMAX")
            .is_some_and(|rest| offset(rest, '-'))
}

/// The names of exit statuses.
#[rustfmt::skip]
const STATUSES: &[&str] = &[
    "SUCCESS",
    "FAILURE",
    "CHDIR",
    "NICE",
    "FDS",
    "EXEC",
    "MEMORY",
    "LIMITS",
    "OOM_ADJUST",
    "SIGNAL_MASK",
    "STDIN",
    "STDOUT",
    "CHROOT",
    "IOPRIO",
    "TIMERSLACK",
    "SECUREBITS",
    "SETSCHEDULER",
    "CPUAFFINITY",
    "GROUP",
    "USER",
    "CAPABILITIES",
    "CGROUP",
    "SETSID",
    "CONFIRM",
    "STDERR",
    "PAM",
    "NETWORK",
    "NAMESPACE",
    "NO_NEW_PRIVILEGES",
    "SECCOMP",
    "SELINUX_CONTEXT",
    "PERSONALITY",
    "APPARMOR",
    "ADDRESS_FAMILIES",
    "RUNTIME_DIRECTORY",
    "CHOWN",
    "SMACK_PROCESS_LABEL",
    "KEYRING",
    "STATE_DIRECTORY",
    "CACHE_DIRECTORY",
    "LOGS_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "NUMA_POLICY",
    "CREDENTIALS",
    "BPF",
    "EXCEPTION",
    "INVALIDARGUMENT",
    "NOTIMPLEMENTED",
    "NOPERMISSION",
    "NOTINSTALLED",
    "NOTCONFIGURED",
    "NOTRUNNING",
    "USAGE",
    "DATAERR",
    "NOINPUT",
    "NOUSER",
    "NOHOST",
    "UNAVAILABLE",
    "SOFTWARE",
    "OSERR",
    "OSFILE",
    "CANTCREAT",
    "IOERR",
    "TEMPFAIL",
    "PROTOCOL",
    "NOPERM",
    "CONFIG",
];

/// Whether it is an exit status, by name or number, or a signal.
pub(super) fn is_status_or_signal(text: &str) -> bool {
    STATUSES.contains(&text) || number::integer_in(text, 0, 255).is_ok() || is_signal(text)
}

/// Whether it is the name of an error: `EPERM`.
pub(super) fn is_error(name: &str) -> bool {
    names::errors().any(|error| error == name)
}
