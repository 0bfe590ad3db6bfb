//! A baseline: the findings that a project knows, in a file that says nothing about the secrets.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use clawtest_framework::secret::allow::fingerprint;
use clawtest_framework::secret::catalogue::Catalogue;
use serde::{Deserialize, Serialize};

use super::allow::Settlement;
use super::record::{Record, shown};
use crate::config::{self, parse_fingerprint};
use crate::error::{Error, without_name};

/// The version of the file's form.
const VERSION: u32 = 1;

/// The text whose fingerprint tells whether a baseline was written with the same key.
const KEY_CHECK: &[u8] = b"clawtest baseline";

/// A baseline that was read.
#[derive(Debug)]
pub(super) struct Baseline {
    /// Its path, as reports show it.
    pub(super) shown: String,
    pub(super) entries: Vec<Entry>,
    places: HashMap<(String, String, u128), usize>,
}

/// A finding that is known.
#[derive(Debug)]
pub(super) struct Entry {
    /// Relative to the project.
    pub(super) path: String,
    /// The code of its rule.
    pub(super) rule: String,
    pub(super) fingerprint: u128,
}

/// The file as it is written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    /// The fingerprint of a fixed text, by which a wrong key is noticed.
    key: String,
    findings: Vec<WrittenEntry>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    path: String,
    rule: String,
    fingerprint: String,
}

impl Baseline {
    /// The number of the entry of a finding.
    pub(super) fn find(&self, path: &str, rule: &str, fingerprint: u128) -> Option<usize> {
        let place = (path.to_owned(), rule.to_owned(), fingerprint);
        self.places.get(&place).copied()
    }
}

fn key_check(key: [u64; 2]) -> String {
    format!("{:032x}", fingerprint(KEY_CHECK, key))
}

/// Reads a baseline.
///
/// # Errors
///
/// It cannot be read, is none, or was written with another key.
pub(super) fn read(path: &Path, key: [u64; 2]) -> Result<Baseline, Error> {
    let name = shown(path);
    let wrong =
        |why: &dyn std::fmt::Display| Error::Config(format!("the baseline `{name}`: {why}"));
    let is_file = std::fs::metadata(path)
        .map_err(|error| wrong(&error))?
        .is_file();
    if !is_file {
        return Err(wrong(&"it is not a regular file"));
    }
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    let written: Written = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
    if written.version != VERSION {
        return Err(wrong(&format!("version {} is not known", written.version)));
    }
    if written.key != key_check(key) {
        return Err(wrong(&format!(
            "it was written with another key ({})",
            config::FINGERPRINT_KEY
        )));
    }
    let mut entries = Vec::new();
    let mut places = HashMap::new();
    for entry in written.findings {
        let Some(fingerprint) = parse_fingerprint(&entry.fingerprint) else {
            return Err(wrong(&"a fingerprint has 32 hexadecimal digits"));
        };
        let place = (entry.path.clone(), entry.rule.clone(), fingerprint);
        places.entry(place).or_insert(entries.len());
        entries.push(Entry {
            path: entry.path,
            rule: entry.rule,
            fingerprint,
        });
    }
    Ok(Baseline {
        shown: name,
        entries,
        places,
    })
}

/// Writes the findings of a record; gives how many entries there are.
///
/// # Errors
///
/// The file cannot be written, or not all findings were kept.
pub(super) fn write(
    path: &Path,
    record: &Record,
    catalogue: &Catalogue,
    settlement: &Settlement,
) -> Result<usize, Error> {
    let listed = record.findings().count() as u64;
    if record.total() > listed {
        return Err(Error::Usage(format!(
            "there are too many findings for a baseline: {}",
            record.total()
        )));
    }
    let mut findings = Vec::new();
    for (origin, found) in record.findings() {
        findings.push(WrittenEntry {
            path: settlement.path_of(origin),
            rule: catalogue.names(found.rule).0.to_owned(),
            fingerprint: found.fingerprint(),
        });
    }
    findings.sort();
    findings.dedup();
    let count = findings.len();
    let written = Written {
        version: VERSION,
        key: key_check(catalogue.key),
        findings,
    };
    let save = || -> std::io::Result<()> {
        let mut text = serde_json::to_vec_pretty(&written)?;
        text.push(b'\n');
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return std::fs::File::options()
                .write(true)
                .open(path)?
                .write_all(&text);
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(without_name)?;
        file.write_all(&text)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    save().map_err(|source| Error::Report {
        path: path.to_owned(),
        source,
    })?;
    Ok(count)
}
