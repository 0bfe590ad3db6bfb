//! What checks go by when they look for secrets: the kinds that a project adds, what it allows, and
//! the day on which that is asked.

use super::allow::{Allowance, Day};
use super::catalogue::Catalogue;

/// The key of fingerprints where there is none: two fixed numbers, so that fingerprints are the same
/// everywhere.
pub const FIXED_KEY: [u64; 2] = [0x636c_6177_7465_7374, 0x7363_616e_2076_3031];

/// What a check for secrets goes by.
#[derive(Debug)]
pub struct Policy {
    /// The kinds of secrets, and the key of fingerprints.
    pub catalogue: Catalogue,
    /// What is allowed.
    pub allowances: Vec<Allowance>,
    /// Today; without it no allowance has expired.
    pub today: Option<Day>,
}

impl Default for Policy {
    /// The known kinds, the fixed key, and nothing allowed.
    fn default() -> Self {
        Self {
            catalogue: Catalogue::new(Vec::new(), FIXED_KEY),
            allowances: Vec::new(),
            today: None,
        }
    }
}

/// What allowances say of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing.
    Nothing,
    /// It is allowed.
    Allowed,
    /// It was, up to this day.
    Expired(Day),
}

impl Policy {
    /// What the allowances say of a finding in one of these paths: a file may have several, one in a
    /// workspace and one in the document that it was taken from.
    pub(super) fn word(&self, paths: &[String], code: &str, name: &str, fingerprint: u128) -> Word {
        let mut word = Word::Nothing;
        for allowance in &self.allowances {
            // Without a path an allowance is about everything, also what a command prints.
            let fits = if paths.is_empty() {
                allowance.path.is_none() && allowance.fits("", code, name, fingerprint)
            } else {
                paths
                    .iter()
                    .any(|path| allowance.fits(path, code, name, fingerprint))
            };
            if !fits {
                continue;
            }
            match (allowance.expires, self.today) {
                (Some(last), Some(today)) if last < today => word = Word::Expired(last),
                _ => return Word::Allowed,
            }
        }
        word
    }
}

/// How much was looked at for secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Searched {
    /// Files.
    pub files: u64,
    /// Outputs of a command.
    pub outputs: u64,
    /// Bytes of both, as they are after decompressing.
    pub bytes: u64,
    /// Symbolic links in folders, and what is no file, such as FIFOs: neither is looked into.
    pub passed_over: u64,
    /// Findings that a comment or the configuration allows.
    pub allowed: u64,
}

impl std::fmt::Display for Searched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = |count: u64, word: &str| {
            let end = if count == 1 { "" } else { "s" };
            format!("{count} {word}{end}")
        };
        let what = if self.outputs > 0 {
            count(self.outputs, "output")
        } else {
            count(self.files, "file")
        };
        write!(
            f,
            "looked for secrets in {what} with {}",
            count(self.bytes, "byte")
        )?;
        if self.passed_over > 0 {
            write!(
                f,
                "; {} passed over",
                if self.passed_over == 1 {
                    "a link or special file".to_owned()
                } else {
                    format!("{} links and special files", self.passed_over)
                }
            )?;
        }
        if self.allowed > 0 {
            write!(f, "; {} allowed", count(self.allowed, "finding"))?;
        }
        Ok(())
    }
}
