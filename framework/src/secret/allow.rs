//! What allows a finding: comments beside it, and allowances with a path, a rule and a fingerprint.
//! Who allows says why; whether an allowance was needed is for the caller to watch.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use memchr::memmem;

use super::fingerprint::siphash;

/// The word of our own comment; codes or names of rules follow, and then the reason.
pub const COMMENT: &str = "clawtest:allow";

/// Comments of other scanners that allow everything on their line.
const FOREIGN: [&[u8]; 2] = [b"gitleaks:allow", b"betterleaks:allow"];

/// What a comment begins with in the languages of configuration files and programs.
const OPENERS: [&[u8]; 8] = [b"#", b"//", b"--", b";", b"/*", b"<!--", b"%", b"{#"];

/// How far from a secret its line is looked at, in bytes.
pub const REACH: usize = 8 * 1024;

/// A keyed hash of a value, as [`super::Finding::fingerprint`] gives it in hexadecimal digits.
pub fn fingerprint(value: &[u8], key: [u64; 2]) -> u128 {
    siphash(key, value)
}

/// The lines that a secret stands on, without what is further than 8 KiB away from it.
pub fn lines_of(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    let end = end.min(bytes.len());
    let start = start.min(end);
    let floor = start.saturating_sub(REACH);
    let ceiling = bytes.len().min(end + REACH);
    let first = memchr::memrchr(b'\n', &bytes[floor..start]).map_or(floor, |at| floor + at + 1);
    let last = memchr::memchr(b'\n', &bytes[end..ceiling]).map_or(ceiling, |at| end + at);
    &bytes[first..last]
}

/// Whether a comment on these lines allows a finding of a rule, by its code or its name. The
/// comments of gitleaks, betterleaks and detect-secrets allow every rule.
pub fn is_allowed(lines: &[u8], code: &str, name: &str) -> bool {
    if memchr::memchr(b':', lines).is_none() {
        return false;
    }
    if FOREIGN
        .iter()
        .any(|comment| memmem::find(lines, comment).is_some())
        || has_pragma(lines)
    {
        return true;
    }
    memmem::find_iter(lines, COMMENT).any(|at| {
        rules_of(&lines[at..])
            .iter()
            .any(|rule| rule.eq_ignore_ascii_case(code) || rule.eq_ignore_ascii_case(name))
    })
}

/// `pragma: allowlist secret` of detect-secrets, and its older spelling.
fn has_pragma(lines: &[u8]) -> bool {
    memmem::find_iter(lines, b"pragma:").any(|at| {
        let rest = lines[at + 7..].trim_ascii_start();
        rest.starts_with(b"allowlist secret") || rest.starts_with(b"whitelist secret")
    })
}

/// The codes or names that a comment allows, which begins with [`COMMENT`]: the first word, and
/// those behind commas.
pub fn rules_of(comment: &[u8]) -> Vec<&str> {
    let mut rules = Vec::new();
    let mut rest = comment.get(COMMENT.len()..).unwrap_or_default();
    if !rest
        .first()
        .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
    {
        return rules;
    }
    loop {
        rest = rest.trim_ascii_start();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            .count();
        if let Ok(rule) = str::from_utf8(&rest[..length])
            && !rule.is_empty()
        {
            rules.push(rule);
        }
        match rest.get(length) {
            Some(b',') => rest = &rest[length + 1..],
            _ => return rules,
        }
    }
}

/// Where a text has our own comment, as a comment: not where it only speaks of it.
pub fn comments(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memmem::find_iter(bytes, COMMENT).filter(|at| {
        let before = bytes[..*at].trim_ascii_end();
        let reach = &bytes[before.len()..*at];
        memchr::memchr(b'\n', reach).is_none()
            && OPENERS.iter().any(|opener| before.ends_with(opener))
    })
}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Day {
    /// A day as RFC 3339 writes it, `2027-01-31`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |(at, byte): (usize, u8)| {
            if matches!(at, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        };
        if text.len() != 10 || !text.bytes().enumerate().all(is_plain) {
            return None;
        }
        let day = Self {
            year: text[..4].parse().ok()?,
            month: text[5..7].parse().ok()?,
            day: text[8..].parse().ok()?,
        };
        let longest = match day.month {
            2 if is_leap(day.year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=longest).contains(&day.day).then_some(day)
    }

    /// The day, in UTC, of a time in seconds since 1970.
    pub fn of_time(seconds: u64) -> Self {
        let mut days = seconds / 86_400;
        let mut year = 1970_u16;
        loop {
            let length = if is_leap(year) { 366 } else { 365 };
            if days < length || year == u16::MAX {
                break;
            }
            days -= length;
            year += 1;
        }
        let february = if is_leap(year) { 29 } else { 28 };
        let mut month = 1;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        let day = u8::try_from(days.min(30)).unwrap_or(30) + 1;
        Self { year, month, day }
    }
}

/// Whether a year has 366 days.
fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// An allowance: every part that is there has to fit the finding.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// The glob that the path has to match, relative to the project.
    pub path: Option<GlobMatcher>,
    /// The code or the name of the rule.
    pub rule: Option<String>,
    /// The fingerprint, in 32 hexadecimal digits.
    pub fingerprint: Option<u128>,
    /// Why it is allowed.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Day>,
}

impl Allowance {
    /// An allowance for a rule, by its code or its name, in every file and for ever.
    pub fn of_rule(rule: &str, reason: &str) -> Self {
        Self {
            path: None,
            rule: Some(rule.to_owned()),
            fingerprint: None,
            reason: reason.to_owned(),
            expires: None,
        }
    }

    /// The same for files whose path a glob matches.
    ///
    /// # Errors
    ///
    /// What is wrong with the glob.
    pub fn in_path(self, glob: &str) -> Result<Self, globset::Error> {
        let path = Some(Self::glob(glob)?);
        Ok(Self { path, ..self })
    }

    /// The same up to a day, which is the last one.
    #[must_use]
    pub fn until(self, day: Day) -> Self {
        let expires = Some(day);
        Self { expires, ..self }
    }

    /// A glob of an allowance: `*` stays within a folder, `**` does not.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn glob(text: &str) -> Result<GlobMatcher, globset::Error> {
        let glob = GlobBuilder::new(text).literal_separator(true).build()?;
        Ok(glob.compile_matcher())
    }

    /// Whether it is about a finding, whether or not it still holds.
    pub fn fits(&self, path: &str, code: &str, name: &str, fingerprint: u128) -> bool {
        self.fingerprint.is_none_or(|own| own == fingerprint)
            && self.rule.as_ref().is_none_or(|rule| {
                rule.eq_ignore_ascii_case(code) || rule.eq_ignore_ascii_case(name)
            })
            && self.path.as_ref().is_none_or(|glob| glob.is_match(path))
    }

    /// Whether its last day is over.
    pub fn is_expired(&self, today: Day) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, COMMENT, Day, comments, is_allowed, lines_of};

    #[test]
    fn comments_allow_the_rules_that_they_name() {
        for (line, expected) in [
            ("token: x # OURS SE042 of a test account", true),
            ("token: x # OURS se042", true),
            ("token: x # OURS github-token", true),
            ("token: x # OURS SE001,SE042 both", true),
            ("token: x # OURS SE001, SE042 both", true),
            ("token: x # OURS SE001 not SE042", false),
            ("token: x # OURS", false),
            ("token: x # OURSSE042", false),
            ("token: x # gitleaks:allow", true),
            ("token: x // betterleaks:allow", true),
            ("token: x # pragma: allowlist secret", true),
            ("token: x # pragma:whitelist secret", true),
            ("token: x # pragma: once", false),
            ("token: x # allow SE042", false),
            ("", false),
        ] {
            // Put together here, so that this file has no comment that allows nothing.
            let line = line.replace("OURS", COMMENT);
            assert_eq!(
                is_allowed(line.as_bytes(), "SE042", "github-token"),
                expected,
                "{line}"
            );
        }
    }

    #[test]
    fn a_comment_is_told_from_a_mention() {
        let text = "a # OURS SE001 x\nsee `OURS SE001`\n  // OURS SE002\n#\nOURS";
        let text = text.replace("OURS", COMMENT);
        let text = text.as_bytes();
        let lines: Vec<&[u8]> = comments(text).map(|at| lines_of(text, at, at)).collect();
        assert_eq!(
            lines,
            [
                format!("a # {COMMENT} SE001 x").as_bytes(),
                format!("  // {COMMENT} SE002").as_bytes()
            ]
        );
    }

    #[test]
    fn the_lines_of_a_secret_are_whole() {
        let text = b"one\ntwo x y\nthree";
        assert_eq!(lines_of(text, 8, 9), b"two x y");
        assert_eq!(lines_of(text, 8, 13), b"two x y\nthree");
        assert_eq!(lines_of(text, 99, 99), b"three");
    }

    #[test]
    fn days() {
        for (text, expected) in [
            ("2027-01-31", Some("2027-01-31")),
            ("2024-02-29", Some("2024-02-29")),
            ("2023-02-29", None),
            ("2027-13-01", None),
            ("2027-00-01", None),
            ("2027-1-1", None),
            ("2027-01-00", None),
            ("20270-1-01", None),
            ("ä027-01-1", None),
        ] {
            assert_eq!(
                Day::parse(text).map(|day| day.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_735_689_599, "2024-12-31"),
            (1_798_761_600, "2027-01-01"),
        ] {
            assert_eq!(Day::of_time(seconds).to_string(), expected);
        }
    }

    #[test]
    fn an_allowance_fits_where_all_its_parts_do() {
        let allowance = |path: Option<&str>, rule: Option<&str>, fingerprint| Allowance {
            path: path.map(|glob| Allowance::glob(glob).unwrap()),
            rule: rule.map(str::to_owned),
            fingerprint,
            reason: "a test".to_owned(),
            expires: Day::parse("2026-11-22"),
        };
        let fits = |allowance: &Allowance| allowance.fits("docs/a.md", "SE042", "github-token", 7);
        assert!(fits(&allowance(Some("docs/*.md"), Some("SE042"), Some(7))));
        assert!(fits(&allowance(Some("**/*.md"), None, None)));
        assert!(fits(&allowance(None, Some("github-token"), None)));
        assert!(!fits(&allowance(Some("*.md"), None, None)));
        assert!(!fits(&allowance(Some("docs/*.md"), None, Some(8))));
        assert!(!fits(&allowance(None, Some("SE043"), None)));
        let one = allowance(None, None, Some(7));
        assert!(!one.is_expired(Day::parse("2026-11-22").unwrap()));
        assert!(one.is_expired(Day::parse("2026-11-23").unwrap()));
    }
}
