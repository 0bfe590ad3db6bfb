//! What systemd takes as the name of a unit, a user, a variable, an interface and the like.

use crate::format::unit::kind::Kind;
use crate::format::unit::names;
use crate::format::unit::number::{self, Errno};
use crate::linux_signal;

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

/// The real-time signals that programs can use.
const FIRST_REAL_TIME: u8 = 34;
const LAST_SIGNAL: u8 = 64;

/// The number of a signal, written as its name with or without `SIG`, or as its number.
pub(in crate::format::unit) fn signal(text: &str) -> Option<u8> {
    match number::integer_in(text, i128::from(i32::MIN), i128::from(i32::MAX)) {
        Ok(number) => {
            let number = u8::try_from(number).ok();
            return number.filter(|number| (1..=LAST_SIGNAL).contains(number));
        }
        Err(Errno::Invalid | Errno::Range) => {}
    }
    let name = text.strip_prefix("SIG").unwrap_or(text);
    if let Some(number) = linux_signal::number(name) {
        return Some(number);
    }
    let offset = |rest: &str, sign: char| match rest {
        "" => Some(0),
        _ if rest.starts_with(sign) => {
            let most = i128::from(LAST_SIGNAL - FIRST_REAL_TIME);
            number::integer_in(rest, -most, most).ok()
        }
        _ => None,
    };
    let real_time = if let Some(rest) = name.strip_prefix("RTMIN") {
        i128::from(FIRST_REAL_TIME) + offset(rest, '+')?
    } else {
        i128::from(LAST_SIGNAL) + offset(name.strip_prefix("RTMAX")?, '-')?
    };
    u8::try_from(real_time).ok()
}

/// Whether it is the name or the number of a signal.
pub(super) fn is_signal(text: &str) -> bool {
    signal(text).is_some()
}

/// The names of exit statuses with their numbers (exit-status.c).
const STATUSES: &[(&str, u8)] = &[
    ("SUCCESS", 0),
    ("FAILURE", 1),
    ("CHDIR", 200),
    ("NICE", 201),
    ("FDS", 202),
    ("EXEC", 203),
    ("MEMORY", 204),
    ("LIMITS", 205),
    ("OOM_ADJUST", 206),
    ("SIGNAL_MASK", 207),
    ("STDIN", 208),
    ("STDOUT", 209),
    ("CHROOT", 210),
    ("IOPRIO", 211),
    ("TIMERSLACK", 212),
    ("SECUREBITS", 213),
    ("SETSCHEDULER", 214),
    ("CPUAFFINITY", 215),
    ("GROUP", 216),
    ("USER", 217),
    ("CAPABILITIES", 218),
    ("CGROUP", 219),
    ("SETSID", 220),
    ("CONFIRM", 221),
    ("STDERR", 222),
    ("PAM", 224),
    ("NETWORK", 225),
    ("NAMESPACE", 226),
    ("NO_NEW_PRIVILEGES", 227),
    ("SECCOMP", 228),
    ("SELINUX_CONTEXT", 229),
    ("PERSONALITY", 230),
    ("APPARMOR", 231),
    ("ADDRESS_FAMILIES", 232),
    ("RUNTIME_DIRECTORY", 233),
    ("CHOWN", 235),
    ("SMACK_PROCESS_LABEL", 236),
    ("KEYRING", 237),
    ("STATE_DIRECTORY", 238),
    ("CACHE_DIRECTORY", 239),
    ("LOGS_DIRECTORY", 240),
    ("CONFIGURATION_DIRECTORY", 241),
    ("NUMA_POLICY", 242),
    ("CREDENTIALS", 243),
    ("BPF", 244),
    ("EXCEPTION", 255),
    ("INVALIDARGUMENT", 2),
    ("NOTIMPLEMENTED", 3),
    ("NOPERMISSION", 4),
    ("NOTINSTALLED", 5),
    ("NOTCONFIGURED", 6),
    ("NOTRUNNING", 7),
    ("USAGE", 64),
    ("DATAERR", 65),
    ("NOINPUT", 66),
    ("NOUSER", 67),
    ("NOHOST", 68),
    ("UNAVAILABLE", 69),
    ("SOFTWARE", 70),
    ("OSERR", 71),
    ("OSFILE", 72),
    ("CANTCREAT", 73),
    ("IOERR", 74),
    ("TEMPFAIL", 75),
    ("PROTOCOL", 76),
    ("NOPERM", 77),
    ("CONFIG", 78),
];

/// The number of an exit status, written as its name or as its number.
pub(in crate::format::unit) fn exit_status(text: &str) -> Option<u8> {
    if let Some((_, number)) = STATUSES.iter().find(|(name, _)| *name == text) {
        return Some(*number);
    }
    let number = number::integer_in(text, 0, 255).ok()?;
    u8::try_from(number).ok()
}

/// Whether it is an exit status, by name or number, or a signal.
pub(super) fn is_status_or_signal(text: &str) -> bool {
    exit_status(text).is_some() || is_signal(text)
}

/// Whether it is the name of an error: `EPERM`.
pub(super) fn is_error(name: &str) -> bool {
    names::errors().any(|error| error == name)
}
