//! Durations with a unit: `500ms`, `5s`, `1.5min`, `2h`.

use std::time::Duration;

use crate::size::scaled;

const UNITS: &[(&str, u64)] = &[
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
];

/// Longest duration that is accepted: a day.
const MAX: Duration = Duration::from_secs(24 * 3_600);

/// Reads a duration: digits, at most three decimals, and a unit.
///
/// # Errors
///
/// A sentence that says what is wrong and what is accepted.
pub fn parse(text: &str) -> Result<Duration, String> {
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(|| format!("`{text}` has no unit; write for example `{text}s`"))?;
    if split == 0 {
        return Err(format!(
            "`{text}` is not a duration; write for example `30s`"
        ));
    }
    let (number, unit) = text.split_at(split);
    let unit = unit.trim_start_matches(' ');
    let Some((_, worth)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!(
            "`{unit}` is not a unit of time; the units are ms, s, min and h"
        ));
    };
    let micros = scaled(number, *worth)
        .ok_or_else(|| format!("`{number}` is not a number of at most three decimals"))?;
    match Duration::from_micros(micros) {
        Duration::ZERO => Err("the duration is zero".to_owned()),
        duration if duration > MAX => Err("the duration is longer than a day".to_owned()),
        duration => Ok(duration),
    }
}

/// A duration for a person: `12µs`, `4.2ms`, `1.50s`, `2m05s`.
pub fn show(duration: Duration) -> String {
    let micros = duration.as_micros();
    let seconds = duration.as_secs_f64();
    match micros {
        0..1_000 => format!("{micros}µs"),
        1_000..1_000_000 => format!("{:.1}ms", seconds * 1e3),
        1_000_000..60_000_000 => format!("{seconds:.2}s"),
        _ => format!(
            "{}m{:02}s",
            duration.as_secs() / 60,
            duration.as_secs() % 60
        ),
    }
}

/// A duration as it was set: `5s`, `500ms`, `2min`.
pub fn exact(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        _ if millis.is_multiple_of(60_000) => format!("{}min", millis / 60_000),
        _ if millis.is_multiple_of(1_000) => format!("{}s", millis / 1_000),
        _ => format!("{millis}ms"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{exact, parse, show};

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("1.5min"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("2 h"), Ok(Duration::from_secs(7_200)));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in [
            "", "5", "0s", "-1s", "5 sec", "25h", "infinity", "1.2345s", "s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_shown_with_a_fitting_unit() {
        let shown: Vec<String> = [9, 4_200, 1_500_000, 125_000_000]
            .map(|micros| show(Duration::from_micros(micros)))
            .into();
        assert_eq!(shown, ["9µs", "4.2ms", "1.50s", "2m05s"]);
        assert_eq!(exact(Duration::from_secs(120)), "2min");
        assert_eq!(exact(Duration::from_millis(1_500)), "1500ms");
    }
}
