//! Calendar expressions of timers (`systemd.time(7)`, "Calendar Events"): `daily`,
//! `Mon..Fri *-*-* 08:00/15`. What a part repeats is kept, when it elapses is not computed.

/// Most parts between commas.
const MAX_PARTS: usize = 241;

/// Microseconds in a second: the seconds of an expression may have a fraction.
const SECOND: i64 = 1_000_000;

/// When a timer elapses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::format::unit) struct Calendar {
    /// One bit for each day, Monday first; none means all.
    weekdays: u8,
    is_end_of_month: bool,
    year: Vec<Part>,
    month: Vec<Part>,
    day: Vec<Part>,
    hour: Vec<Part>,
    minute: Vec<Part>,
    /// In microseconds.
    second: Vec<Part>,
    /// The time zone as written; empty for that of the machine.
    zone: String,
}

/// A value, a range, or one that repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    start: i64,
    stop: Option<i64>,
    repeat: i64,
}

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The long forms of the names of `systemd.time(7)`.
const NAMES: [(&str, &str); 13] = [
    ("minutely", "*-*-* *:*:00"),
    ("hourly", "*-*-* *:00:00"),
    ("daily", "*-*-* 00:00:00"),
    ("monthly", "*-*-01 00:00:00"),
    ("weekly", "Mon *-*-* 00:00:00"),
    ("yearly", "*-01-01 00:00:00"),
    ("annually", "*-01-01 00:00:00"),
    ("anually", "*-01-01 00:00:00"),
    ("quarterly", "*-01,04,07,10-01 00:00:00"),
    ("biannually", "*-01,07-01 00:00:00"),
    ("bi-annually", "*-01,07-01 00:00:00"),
    ("semiannually", "*-01,07-01 00:00:00"),
    ("semi-annually", "*-01,07-01 00:00:00"),
];

/// The folders of the time zone database, and its names outside of folders that people use.
const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Etc",
    "Europe",
    "Indian",
    "Pacific",
];
const ZONES: [&str; 12] = [
    "CET", "EET", "EST", "GMT", "HST", "MET", "MST", "UCT", "WET", "Zulu", "PST8PDT", "EST5EDT",
];

impl Calendar {
    /// Reads an expression; `None` where systemd 252 would refuse it.
    pub(in crate::format::unit) fn read(text: &str) -> Option<Self> {
        let (text, zone) = without_zone(text);
        if text.is_empty() {
            return None;
        }
        let named = NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        let mut calendar = Self {
            zone: zone.to_owned(),
            ..Self::default()
        };
        let mut rest = calendar.read_weekdays(named.map_or(text, |(_, long)| long))?;
        if let Some(seconds) = rest.strip_prefix('@') {
            let digits = seconds.trim_start_matches([' ', '+']);
            return digits.parse::<u32>().is_ok().then(|| Self {
                zone: format!("@{digits}"),
                ..calendar
            });
        }
        rest = calendar.read_date(rest)?;
        calendar.read_time(rest)?;
        calendar.normalize();
        calendar.is_possible().then_some(calendar)
    }

    fn read_weekdays<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let mut rest = text;
        let mut from: Option<usize> = None;
        let mut is_first = true;
        loop {
            let Some((day, behind)) = weekday(rest) else {
                return is_first.then_some(rest);
            };
            if !behind.is_empty() && !behind.starts_with(['-', '.', ',', ' ']) {
                return None;
            }
            self.weekdays |= 1 << day;
            if let Some(from) = from {
                if from > day {
                    return None;
                }
                (from..day).for_each(|between| self.weekdays |= 1 << between);
            }
            if behind.is_empty() || behind.starts_with(' ') {
                return Some(behind.trim_start_matches(' '));
            }
            let is_open = from.is_some();
            if let Some(behind) = behind.strip_prefix(',') {
                from = None;
                rest = behind;
            } else {
                if is_open {
                    return None;
                }
                from = Some(day);
                rest = behind
                    .strip_prefix("..")
                    .or_else(|| behind.strip_prefix('-'))?;
            }
            if rest.is_empty() || rest.starts_with(' ') {
                // A comma may be the last, a range has to end.
                return from.is_none().then(|| rest.trim_start_matches(' '));
            }
            is_first = false;
        }
    }

    fn read_date<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        if text.is_empty() {
            return Some(text);
        }
        let (first, rest) = parts(text, false)?;
        if rest.is_empty() || rest.starts_with(':') {
            // It was a time.
            return Some(text);
        }
        self.is_end_of_month = rest.starts_with('~');
        let (second, rest) = parts(rest.strip_prefix(['-', '~'])?, false)?;
        if rest.is_empty() || rest.starts_with(' ') {
            (self.month, self.day) = (first, second);
            return Some(rest.trim_start_matches(' '));
        }
        if self.is_end_of_month {
            return None;
        }
        self.is_end_of_month = rest.starts_with('~');
        let (third, rest) = parts(rest.strip_prefix(['-', '~'])?, false)?;
        (self.year, self.month, self.day) = (first, second, third);
        (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start_matches(' '))
    }

    fn read_time(&mut self, text: &str) -> Option<()> {
        let zero = || vec![Part::at(0)];
        if text.is_empty() {
            (self.hour, self.minute, self.second) = (zero(), zero(), zero());
            return Some(());
        }
        let (hour, rest) = parts(text, false)?;
        let (minute, rest) = parts(rest.strip_prefix(':')?, false)?;
        let second = if rest.is_empty() {
            zero()
        } else {
            let (second, rest) = parts(rest.strip_prefix(':')?, true)?;
            rest.is_empty().then_some(second)?
        };
        (self.hour, self.minute, self.second) = (hour, minute, second);
        Some(())
    }

    /// Two digits of a year are of this century or the last one; the order of parts means nothing.
    fn normalize(&mut self) {
        let century = |year: i64| match year {
            0..=69 => year + 2000,
            70..=99 => year + 1900,
            year => year,
        };
        for part in &mut self.year {
            part.start = century(part.start);
            part.stop = part.stop.map(century);
        }
        if self.weekdays == 0b111_1111 {
            self.weekdays = 0;
        }
        for parts in [
            &mut self.year,
            &mut self.month,
            &mut self.day,
            &mut self.hour,
            &mut self.minute,
            &mut self.second,
        ] {
            for part in parts.iter_mut() {
                // A range that repeats past its end ends with its last repetition.
                if let Some(stop) = part.stop
                    && part.repeat > 0
                    && stop > part.start
                {
                    let last = stop - (stop - part.start) % part.repeat;
                    part.stop = Some(last);
                    if last == part.start {
                        *part = Part::at(part.start);
                    }
                }
            }
            parts.sort_unstable();
            parts.dedup();
        }
    }

    fn is_possible(&self) -> bool {
        let bounded =
            |parts: &[Part], from: i64, to: i64| parts.iter().all(|part| part.is_within(from, to));
        let day = |part: &Part| {
            if self.is_end_of_month {
                let end = part.stop.map_or(part.start - part.repeat, |_| part.start);
                part.is_within_but_repeat(1, 28) && end >= 1
            } else {
                part.is_within(1, 31)
            }
        };
        bounded(&self.year, 1970, 2199)
            && bounded(&self.month, 1, 12)
            && self.day.iter().all(day)
            && bounded(&self.hour, 0, 23)
            && bounded(&self.minute, 0, 59)
            && bounded(&self.second, 0, 60 * SECOND - 1)
    }
}

impl Part {
    fn at(start: i64) -> Self {
        Self {
            start,
            stop: None,
            repeat: 0,
        }
    }

    fn is_within(&self, from: i64, to: i64) -> bool {
        self.is_within_but_repeat(from, to)
            && (self.stop.is_some() || self.start + self.repeat <= to)
    }

    fn is_within_but_repeat(&self, from: i64, to: i64) -> bool {
        let is_inside = (from..=to).contains(&self.start) && self.repeat <= to - from;
        is_inside
            && self
                .stop
                .is_none_or(|stop| (from..=to).contains(&stop) && self.start + self.repeat <= stop)
    }
}

/// The text without a time zone behind it, and the zone.
fn without_zone(text: &str) -> (&str, &str) {
    let Some((before, last)) = text.rsplit_once(' ') else {
        return (text, "");
    };
    let is_zone = last.eq_ignore_ascii_case("UTC")
        || ZONES.contains(&last)
        || last.split_once('/').is_some_and(|(area, city)| {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-+/".contains(c);
            AREAS.contains(&area) && !city.is_empty() && city.chars().all(is_name)
        });
    match (is_zone, last.eq_ignore_ascii_case("UTC")) {
        (true, true) => (before, "UTC"),
        (true, false) => (before, last),
        (false, _) => (text, ""),
    }
}

/// The day that a text begins with, Monday being 0, and what is behind it.
fn weekday(text: &str) -> Option<(usize, &str)> {
    DAYS.iter().enumerate().find_map(|(day, name)| {
        [*name, &name[..3]].into_iter().find_map(|name| {
            let (head, rest) = text.split_at_checked(name.len())?;
            head.eq_ignore_ascii_case(name).then_some((day, rest))
        })
    })
}

/// Parts between commas, or `*`, and what is behind them.
fn parts(text: &str, is_seconds: bool) -> Option<(Vec<Part>, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        let every_second = Part {
            repeat: SECOND,
            ..Part::at(0)
        };
        let parts = if is_seconds {
            vec![every_second]
        } else {
            Vec::new()
        };
        return Some((parts, rest));
    }
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let (part, behind) = part(rest, is_seconds)?;
        found.push(part);
        match behind.strip_prefix(',') {
            Some(behind) if found.len() < MAX_PARTS => rest = behind,
            Some(_) => return None,
            None => return Some((found, behind)),
        }
    }
}

fn part(text: &str, is_seconds: bool) -> Option<(Part, &str)> {
    let (start, mut rest) = number(text, is_seconds)?;
    let mut part = Part::at(start);
    if let Some(behind) = rest.strip_prefix("..") {
        let (stop, behind) = number(behind, is_seconds)?;
        part.stop = Some(stop);
        part.repeat = if is_seconds { SECOND } else { 1 };
        rest = behind;
    }
    if let Some(behind) = rest.strip_prefix('/') {
        (part.repeat, rest) = number(behind, is_seconds)?;
        if part.repeat == 0 {
            return None;
        }
    } else if is_seconds && part.stop.is_some_and(|stop| start + part.repeat > stop) {
        return None;
    }
    (rest.is_empty() || rest.starts_with([' ', ',', '-', '~', ':'])).then_some((part, rest))
}

/// A number, in microseconds where it may have a fraction.
fn number(text: &str, is_seconds: bool) -> Option<(i64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, mut rest) = text.split_at(end);
    let mut value: i64 = digits.parse().ok()?;
    if is_seconds {
        value = value.checked_mul(SECOND)?;
        if let Some(fraction) = rest.strip_prefix('.')
            && !fraction.starts_with('.')
        {
            let end = fraction
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(fraction.len());
            let (digits, behind) = fraction.split_at(end);
            if digits.is_empty() {
                return None;
            }
            let digit = |at: usize| digits.as_bytes().get(at).map_or(0, |b| i64::from(b - b'0'));
            let micros = (0..6).fold(0, |sum, at| sum * 10 + digit(at));
            value = value.checked_add(micros + i64::from(digit(6) >= 5))?;
            rest = behind;
        }
    }
    (value <= i64::from(i32::MAX)).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::Calendar;

    /// Each was given to `systemd-analyze calendar` of 252.
    #[test]
    fn expressions_are_taken_and_refused_as_by_systemd() {
        for text in [
            "daily",
            "DAILY",
            "weekly",
            "Mon",
            "Mon,",
            "Mon..Fri",
            "Mon-Fri",
            "Sat,Sun 08:00",
            "Mon..Wed,Fri *-*-* 10:00",
            "*-*-* 02:00:00",
            "*-*-1 00:00",
            "*-*~1",
            "*-02~03",
            "Mon *-05~07/1",
            "10-15",
            "2003-03-05 05:40",
            "05:40:23.420",
            "*:0/15",
            "*:*:*",
            "hourly UTC",
            "daily Europe/Berlin",
            "@1395716396",
            "12..14:10,20,30",
            "*:2/3",
            "2003-*~3..1 x".trim_end_matches(" x"),
            "00..23/2:00",
        ] {
            let is_taken = Calendar::read(text).is_some();
            assert_eq!(is_taken, text != "2003-*~3..1", "{text}");
        }
        for text in [
            "",
            "dayly",
            "Mon.Fri",
            "Fri..Mon",
            "Mon..",
            "Monda",
            "25:00",
            "10:60",
            "*-13-01",
            "*-*-32",
            "1969-01-01",
            "2200-01-01",
            "10:00:00:00",
            "8",
            "daily Mars/Base",
            "*:0/0",
            "*-*~32",
            "daily 10:00",
            "10:00 daily",
            "10:00:61",
            "x",
        ] {
            assert_eq!(Calendar::read(text), None, "{text}");
        }
    }

    #[test]
    fn names_equal_their_long_forms() {
        for (one, other) in [
            ("daily", "*-*-* 00:00"),
            ("weekly", "Mon *-*-* 00:00:00"),
            ("Mon..Sun 10:00", "10:00"),
            ("*-*-* 3,2:00", "2,3:00"),
            ("03-05 1:0", "*-3-5 01:00:00"),
        ] {
            assert_eq!(Calendar::read(one), Calendar::read(other), "{one}");
        }
        assert_ne!(Calendar::read("daily"), Calendar::read("daily UTC"));
    }
}
