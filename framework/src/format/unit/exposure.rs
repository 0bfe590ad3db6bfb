//! The exposure of a service: the number that `systemd-analyze security --offline=true` prints, from
//! 0.0 (nothing can be reached) to 10.0 (everything can), with the lines of the unit that decide it.

mod address;
mod assessor;
mod context;
mod device;
mod network;
mod restriction;
mod syscall;
#[cfg(test)]
mod tests;
mod word;

use std::cmp::Reverse;

use super::Unit;
use crate::document::Place;
use assessor::ASSESSORS;
use context::Context;
pub use network::{Cut, cuts};
pub(super) use word::integer;

/// How exposed a service is, and why.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// The exposure in tenths: 82 is printed as `8.2`. At most 100.
    pub tenths: u32,
    /// The rows of systemd's table, in its order.
    pub rows: Vec<Row>,
}

/// One row of the table: something that a service should not be able to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name in systemd's table: `PrivateNetwork=`, `SystemCallFilter=~@swap`.
    pub id: &'static str,
    /// What it adds to the sum at its worst. The weights of all rows that apply are the whole.
    pub weight: u32,
    /// The worst badness.
    pub range: u32,
    /// How bad it is, from 0 (good) to [`Self::range`]; `None` if the row does not apply.
    pub badness: Option<u32>,
    /// The value that decided it, also where it is good; `None` if nothing is written.
    pub place: Option<Place>,
    /// What to write in `[Service]`: `PrivateNetwork=yes`. Where it takes more than one line, or
    /// there is a choice, words stand between, set apart by backticks: ``A=yes` or `B=yes``.
    pub advice: &'static str,
    /// What the service can do as it is, as a clause: "can load kernel modules".
    pub risk: &'static str,
    /// For rows of `SystemCallFilter=`: a system call that gets through.
    pub example: Option<&'static str>,
}

impl Row {
    /// What the row adds to the sum; nothing if it does not apply.
    pub fn points(&self) -> u32 {
        (self.badness.unwrap_or(0) * self.weight).div_ceil(self.range)
    }
}

/// The least tenths for each word, from the worst down.
static LEVELS: [(u32, &str); 7] = [
    (100, "DANGEROUS"),
    (90, "UNSAFE"),
    (75, "EXPOSED"),
    (50, "MEDIUM"),
    (10, "OK"),
    (1, "SAFE"),
    (0, "PERFECT"),
];

/// Tenths of a point as systemd-analyze prints them: "8.2".
pub fn points(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Exposure {
    /// The word that systemd has for it: "OK", "MEDIUM", "EXPOSED", ….
    pub fn level(&self) -> &'static str {
        LEVELS
            .iter()
            .find(|(least, _)| self.tenths >= *least)
            .map_or("", |(_, word)| *word)
    }

    /// The number as systemd prints it: `8.2`.
    pub fn number(&self) -> String {
        points(self.tenths)
    }

    /// The rows that make it worse, the most expensive first.
    pub fn costly(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| row.points() > 0).collect();
        rows.sort_by_key(|row| Reverse(row.points()));
        rows
    }

    /// The fewest rows that would have to become good for an exposure of at most so many tenths,
    /// the most expensive first; none if it is that low already.
    pub fn costly_down_to(&self, tenths: u32) -> Vec<&Row> {
        let weight = self.weight();
        let mut points: u32 = self.rows.iter().map(Row::points).sum();
        self.costly()
            .into_iter()
            .take_while(|row| {
                let is_needed = rate(points, weight) > tenths;
                points -= row.points();
                is_needed
            })
            .collect()
    }

    /// How much lower the exposure would be if a row was good, in hundredths: 44 is 0.44.
    ///
    /// This is before rounding, so that all of them add up to the exposure.
    pub fn relief(&self, row: &Row) -> u32 {
        let weight = self.weight().max(1);
        (row.points() * 1000 + weight / 2) / weight
    }

    /// A line for each row that makes it worse, the most expensive first: what to write, how much
    /// it would help, and what the service can do without it. What cuts the network off comes last.
    pub fn costs(&self) -> Vec<String> {
        let line = |row: &Row| {
            let relief = self.relief(row);
            let (whole, hundredths) = (relief / 100, relief % 100);
            let (advice, risk) = (row.advice, row.risk);
            let example = row.example.map(|call| format!(", for example `{call}`"));
            let example = example.unwrap_or_default();
            let condition = if network::is_cut(row.id) {
                ", only if the service needs no network"
            } else {
                ""
            };
            format!(
                "`{advice}` would lower it by {whole}.{hundredths:02}{condition}: it {risk}{example}"
            )
        };
        let mut rows = self.costly();
        rows.sort_by_key(|row| network::is_cut(row.id));
        rows.into_iter().map(line).collect()
    }

    /// The weight of all rows that apply.
    fn weight(&self) -> u32 {
        let applicable = self.rows.iter().filter(|row| row.badness.is_some());
        applicable.map(|row| row.weight).sum()
    }
}

/// The tenths for a sum of points, rounded up.
fn rate(points: u32, weight: u32) -> u32 {
    (points * 100).div_ceil(weight.max(1))
}

/// The exposure of a service as a version of systemd (252 to 257) computes it from the files alone.
///
/// Versions differ in the values that they know and in a `PrivateMounts=` that is not written, which
/// counts as set since 254. Measured are 252, 255 and 257; 250, 251 and 253 are taken to be as 252,
/// 254 and 256 as 255.
///
/// The unit must be one that systemd loads: for a refused or a masked one the number means nothing.
/// What a running manager would add (defaults of `system.conf`, slices) is not seen, as with
/// `--offline=true`. Source: `systemd-analyze(1)`, `analyze-security.c`.
pub fn score(unit: &Unit, version: u16) -> Exposure {
    let context = Context::of(unit, version);
    let place = |index: u32| {
        unit.assignments
            .get(index as usize)
            .map(|found| found.place)
    };
    let rows = ASSESSORS.iter().map(|assessor| {
        let answer = assessor.answer(&context);
        Row {
            id: assessor.id,
            weight: assessor.weight,
            range: assessor.range,
            badness: answer.badness,
            place: answer.from.and_then(place),
            advice: assessor.advice,
            risk: assessor.risk,
            example: answer.example,
        }
    });
    let mut exposure = Exposure {
        tenths: 0,
        rows: rows.collect(),
    };
    let points = exposure.rows.iter().map(Row::points).sum();
    exposure.tenths = rate(points, exposure.weight());
    exposure
}
