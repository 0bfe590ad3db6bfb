//! Calendar expressions against `systemd-analyze calendar`: which are taken, and which mean the
//! same.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use clawtest::framework::format::unit::scales::CALENDAR;

use super::oracle::Dice;

/// How many expressions are generated.
const COUNT: usize = 1500;

const DATES: &[&str] = &[
    "*-*-*",
    "*-*-1",
    "*-02~03",
    "10-15",
    "2003-03-05",
    "*-*~1",
    "24-1,7-1..5",
    "*-1/3-01",
    "1969-1-1",
    "*-13-1",
    "*-*-32",
    "2200-01-01",
    "*-*-10/40",
    "99-12-31",
    "*-*~2..1",
    "*-*~7/1",
    "2003-*",
    "*~1",
    "1..5-2",
    "*-*-",
    "-1-1",
    "5/0-1",
];
const TIMES: &[&str] = &[
    "10:00",
    "*:0/15",
    "*:*:*",
    "05:40:23.420",
    "12..14:10,20,30",
    "24:00",
    "00..23/2:00",
    "10:60",
    "1:2:3..5",
    "1:2:3.5..4",
    "1:2:0/0.5",
    "1:2:61",
    "10",
    "10:",
    ":10",
    "10:00:00:00",
    "1:2:3.",
    "8,9,10:0",
    "9,8:0,0",
    "*/2:0",
];
const DAYS: &[&str] = &[
    "Mon",
    "mon..FRI",
    "Sat,Sun",
    "Fri..Mon",
    "Monday-Wednesday",
    "Mon,",
    "Mon.Fri",
    "Mon..",
    "Sun..Sun",
    "Tue..Wed,Fri",
    "Mon..Sun",
    "Foo",
    "Mond",
];
const NAMES: &[&str] = &[
    "daily",
    "Weekly",
    "hourly",
    "minutely",
    "monthly",
    "yearly",
    "annually",
    "quarterly",
    "semiannually",
    "bi-annually",
    "dayly",
    "@100",
    "@",
    "@1x",
];
const ZONES: &[&str] = &["UTC", "utc", "Europe/Berlin", "Mars/Base"];

fn expression(dice: &mut Dice) -> String {
    let mut words = Vec::new();
    if dice.below(6) == 0 {
        words.push(dice.pick(NAMES));
    } else {
        if dice.below(2) == 0 {
            words.push(dice.pick(DAYS));
        }
        if dice.below(3) > 0 {
            words.push(dice.pick(DATES));
        }
        if dice.below(3) > 0 {
            words.push(dice.pick(TIMES));
        }
    }
    if dice.below(8) == 0 {
        words.push(dice.pick(ZONES));
    }
    words.join(if dice.below(12) == 0 { "  " } else { " " })
}

#[test]
fn calendar_expressions_mean_what_systemd_takes_them_for() {
    let mut dice = Dice(0x5eed_ca1e);
    let expressions: BTreeSet<String> = (0..COUNT)
        .map(|_| expression(&mut dice))
        .filter(|text| !text.is_empty())
        .collect();
    let output = Command::new("systemd-analyze")
        .args(["calendar", "--"])
        .args(&expressions)
        .env("TZ", "UTC")
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: systemd-analyze is not installed");
        return;
    };
    let out = String::from_utf8(output.stdout).unwrap();
    // "Original form" is left out where it is the normalized one.
    let mut normal: BTreeMap<&str, &str> = BTreeMap::new();
    let mut original = None;
    for line in out.lines() {
        let field = |name: &str| line.trim_start().strip_prefix(name);
        if let Some(text) = field("Original form: ") {
            original = Some(text);
        } else if let Some(text) = field("Normalized form: ") {
            normal.insert(original.take().unwrap_or(text), text);
        }
    }
    assert!(normal.len() > expressions.len() / 10, "{out}");
    let mut wrong = Vec::new();
    let mut by_meaning: BTreeMap<&str, (&str, _)> = BTreeMap::new();
    for text in &expressions {
        let ours = (CALENDAR.read)(text).ok();
        let theirs = normal.get(text.as_str()).copied();
        if ours.is_some() != theirs.is_some() {
            wrong.push(format!("`{text}`: taken by us {}", ours.is_some()));
        }
        if let (Some(ours), Some(theirs)) = (ours, theirs)
            && let Some((other, meaning)) = by_meaning.insert(theirs, (text, ours.clone()))
            && meaning != ours
        {
            wrong.push(format!("`{text}` and `{other}` are both `{theirs}`"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
