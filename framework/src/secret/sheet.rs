//! What was seen in one file: findings with their places, and how much was looked at. Nothing here
//! holds a secret: a finding has its place, its length and a hash.

use super::Confidence;
use super::allow::Day;
use super::catalogue::RuleId;
use crate::source::{Excerpt, printable};

/// Most findings of one file that are kept; the others are counted.
pub const MAX_OF_FILE: usize = 10_000;

/// Most comments of one file that allow nothing and are named.
const MAX_UNUSED: usize = 100;

/// Most findings of one file whose lines are kept.
pub const MAX_EXCERPTS: usize = 20;

/// A secret in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What kind of secret it is.
    pub rule: RuleId,
    /// How sure that is.
    pub confidence: Confidence,
    /// Counted from 1.
    pub line: u64,
    /// In characters, counted from 1.
    pub column: u64,
    /// A keyed hash of the secret.
    pub fingerprint: u128,
    /// How many bytes it has.
    pub length: u32,
    /// The first characters, as many as a report may show.
    pub head: [u8; 4],
    /// How many they are.
    pub head_length: u8,
}

impl Found {
    /// The fingerprint as it is written.
    pub fn fingerprint(&self) -> String {
        format!("{:032x}", self.fingerprint)
    }

    /// What is shown in the place of the secret: its kind's first characters, and its length.
    pub fn masked(&self) -> String {
        let head = &self.head[..usize::from(self.head_length)];
        format!("{}…[{}]", printable(head), self.length)
    }
}

/// What was seen in one file.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The findings, in order.
    pub found: Vec<Found>,
    /// How many more there are than are kept.
    pub more: u64,
    /// How many a comment allows.
    pub allowed: u64,
    /// How many the configuration allows; only where a policy is given.
    pub allowed_by_policy: u64,
    /// The lines of the first findings, masked; only where a policy is given.
    pub excerpts: Vec<Excerpt>,
    /// The last day of an allowance that has expired and was for the finding with this number.
    pub expired: Vec<(usize, Day)>,
    /// The lines of comments that allow nothing.
    pub unused: Vec<u64>,
    /// How many bytes were looked at, as they are after decompressing.
    pub bytes: u64,
    /// Whether it is an archive that was looked at as it is.
    pub is_archive: bool,
}

impl Sheet {
    /// Forgets everything, and keeps the room for more.
    pub fn clear(&mut self) {
        self.found.clear();
        self.unused.clear();
        self.excerpts.clear();
        self.expired.clear();
        (self.more, self.allowed, self.bytes) = (0, 0, 0);
        self.is_archive = false;
        self.allowed_by_policy = 0;
    }

    /// Adds a finding, or counts it if there are too many.
    pub fn push(&mut self, found: Found) {
        if self.found.len() < MAX_OF_FILE {
            self.found.push(found);
        } else {
            self.more += 1;
        }
    }

    /// A comment in this line allows nothing.
    pub fn unused(&mut self, line: u64) {
        if self.unused.len() < MAX_UNUSED {
            self.unused.push(line);
        }
    }

    /// Whether no more comments are named.
    pub fn has_enough_unused(&self) -> bool {
        self.unused.len() >= MAX_UNUSED
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.allowed == 0 && self.unused.is_empty()
    }
}
