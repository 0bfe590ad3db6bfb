//! The signals of Linux by name and number, whatever system this is: what a file for systemd means,
//! and what a simulation of its supervisor tells. Those of this machine are for
//! [`crate::command::signal_name`].

/// Their names without `SIG`, in the order of their numbers, from 1 (`signal(7)`, on x86 and Arm).
#[rustfmt::skip]
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// The names, without `SIG`.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// The number of a signal by its name in capital letters, without `SIG`.
pub(crate) fn number(name: &str) -> Option<u8> {
    let numbers = (1_u8..).zip(NAMES);
    let mut found = numbers.filter(|(_, known)| *known == name);
    found.next().map(|(number, _)| number)
}

/// The name of a signal: `SIGKILL`, or `signal 40` where it has none.
pub(crate) fn name(number: u8) -> String {
    let index = usize::from(number).checked_sub(1);
    match index.and_then(|index| NAMES.get(index)) {
        Some(name) => format!("SIG{name}"),
        None => format!("signal {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{name, names, number};

    #[test]
    fn names_and_numbers_belong_together() {
        let rows = [
            ("HUP", 1),
            ("BUS", 7),
            ("KILL", 9),
            ("TERM", 15),
            ("SYS", 31),
        ];
        for (text, value) in rows {
            assert_eq!(number(text), Some(value));
        }
        for text in names() {
            assert_eq!(name(number(text).unwrap()), format!("SIG{text}"));
        }
        assert_eq!(number("SIGHUP"), None);
        assert_eq!(
            (name(0).as_str(), name(40).as_str()),
            ("signal 0", "signal 40")
        );
    }
}
