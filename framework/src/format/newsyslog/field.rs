//! What single fields can be.

use crate::scale::{Amount, Scale};

/// A file mode in octal digits, as newsyslog's `sscanf("%o")` reads it.
pub(super) static MODE: Scale = Scale {
    name: "an octal file mode",
    read: |text| match i128::from_str_radix(text, 8) {
        Ok(mode) if !text.starts_with(['+', '-']) => Ok(Amount::Number(mode)),
        _ => Err("is not a number in octal digits".to_owned()),
    },
};

/// The digits at the start of a text and what is behind them.
pub(super) fn leading(text: &str, is_digit: fn(&u8) -> bool) -> (&str, &str) {
    let length = text.bytes().take_while(is_digit).count();
    text.split_at(length)
}

/// Whether a time to rotate at is one: `*`, hours, `@` and a time, `$` and a day, or hours and one
/// of the two.
///
/// # Errors
///
/// newsyslog's words.
pub(super) fn check_when(text: &str) -> Result<(), &'static str> {
    if text == "*" {
        return Ok(());
    }
    let (hours, at) = leading(text, u8::is_ascii_digit);
    if hours.parse::<i32>().is_err() && !hours.is_empty() {
        return Err("interval is too large");
    }
    let is_time = match at.as_bytes().first() {
        None => !hours.is_empty(),
        Some(b'@') => is_iso_time(&at[1..]),
        Some(b'$') => is_day(&at[1..]),
        Some(_) => return Err("malformed interval/at"),
    };
    if is_time {
        Ok(())
    } else {
        Err("malformed 'at' value")
    }
}

/// `[[[[cc]yy]mm]dd][T[hh[mm[ss]]]]`, the restricted ISO 8601 of the manual page.
fn is_iso_time(text: &str) -> bool {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let pairs = |digits: &str, most: usize| -> Option<Vec<u32>> {
        let is_even = digits.len().is_multiple_of(2) && digits.len() <= 2 * most;
        if !is_even || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits
            .as_bytes()
            .chunks(2)
            .map(|pair| Some(u32::from(pair[0] - b'0') * 10 + u32::from(pair[1] - b'0')))
            .collect()
    };
    let (Some(date), Some(time)) = (pairs(date, 4), pairs(time, 3)) else {
        return false;
    };
    let from_end = |back: usize| date.len().checked_sub(back).map(|index| date[index]);
    from_end(1).is_none_or(|day| (1..=31).contains(&day))
        && from_end(2).is_none_or(|month| (1..=12).contains(&month))
        && time
            .iter()
            .zip([23, 59, 60])
            .all(|(value, most)| *value <= most)
}

/// `D[hh]`, `Ww[Dhh]` or `Mdd[Dhh]`; `ML` is the last day of the month.
fn is_day(text: &str) -> bool {
    let mut rest = text;
    let (mut has_day, mut has_hour) = (false, false);
    while let Some(letter) = rest.bytes().next() {
        if !letter.is_ascii() {
            return false;
        }
        let (digits, behind) = leading(&rest[1..], u8::is_ascii_digit);
        let number = digits.parse::<u32>();
        rest = behind;
        match letter {
            b'D' if !has_hour => {
                has_hour = true;
                if !number.is_ok_and(|hour| hour <= 23) {
                    return false;
                }
            }
            b'W' if !has_day => {
                has_day = true;
                if !number.is_ok_and(|day| day <= 6) {
                    return false;
                }
            }
            b'M' if !has_day => {
                has_day = true;
                let is_last = digits.is_empty() && behind.starts_with(['L', 'l']);
                rest = if is_last { &behind[1..] } else { behind };
                if !is_last && !number.is_ok_and(|day| (1..=31).contains(&day)) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    has_day || has_hour
}

/// Flags that macOS and FreeBSD have, in either case; `W` is taken and does nothing.
pub(super) fn is_flag(flag: char) -> bool {
    matches!(
        flag.to_ascii_uppercase(),
        'B' | 'C' | 'D' | 'G' | 'J' | 'N' | 'U' | 'W' | 'Z' | '-'
    ) || is_flag_of_freebsd(flag)
}

/// Flags that only FreeBSD has.
pub(super) fn is_flag_of_freebsd(flag: char) -> bool {
    matches!(flag.to_ascii_uppercase(), 'P' | 'R' | 'T' | 'X' | 'Y')
}

/// The signals of macOS and FreeBSD, without `SIG`.
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "EMT", "FPE", "KILL", "BUS", "SEGV", "SYS",
    "PIPE", "ALRM", "TERM", "URG", "STOP", "TSTP", "CONT", "CHLD", "TTIN", "TTOU", "IO", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "INFO", "USR1", "USR2",
];

/// Whether a signal is one: a number, or a name.
pub(super) fn is_signal(text: &str) -> bool {
    if let Ok(number) = text.parse::<u32>() {
        return (1..=31).contains(&number);
    }
    let upper = text.to_ascii_uppercase();
    SIGNALS.contains(&upper.strip_prefix("SIG").unwrap_or(&upper))
}

#[cfg(test)]
mod tests {
    use super::{MODE, check_when, is_signal};
    use crate::scale::Amount;

    #[test]
    fn a_mode_is_octal() {
        assert_eq!((MODE.read)("644"), Ok(Amount::Number(0o644)));
        assert_eq!((MODE.read)("0644"), (MODE.read)("644"));
        for text in ["", "888", "+644", "rw", "-1"] {
            assert!((MODE.read)(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_those_of_the_manual_page() {
        for text in [
            "*",
            "24",
            "0",
            "@T00",
            "@T0030",
            "@01T05",
            "@19990122T000000",
            "@0122",
            "168@T12",
            "$D0",
            "$D23",
            "$W5",
            "$W0D4",
            "$M1D0",
            "$ML",
            "$MLD6",
            "24$D3",
            "@T",
            "@",
        ] {
            assert_eq!(check_when(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "x",
            "-1",
            "*@T00",
            "@T24",
            "@T0",
            "@1301T00",
            "@32T00",
            "@T0060",
            "@x",
            "$",
            "$D24",
            "$W7",
            "$M0",
            "$M32",
            "$D1D2",
            "$W1M1",
            "$é",
            "1h",
            "99999999999",
            "$D",
            "24*x",
        ] {
            assert!(check_when(text).is_err(), "{text}");
        }
    }

    #[test]
    fn signals_are_numbers_or_names() {
        for text in ["1", "30", "HUP", "SIGUSR1", "sighup"] {
            assert!(is_signal(text), "{text}");
        }
        for text in ["0", "32", "", "SIGFOO", "-1"] {
            assert!(!is_signal(text), "{text}");
        }
    }
}
