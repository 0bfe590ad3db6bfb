//! The formats of a scan as rows, one file each. They are written finding by finding: a scan may
//! have hundreds of thousands.

mod json;
mod junit;
mod pretty;
mod sarif;
mod tap;

use std::io::{self, Write};

use clawtest_framework::secret::Confidence;
use clawtest_framework::secret::catalogue::Catalogue;
use clawtest_framework::secret::sheet::Found;
use clawtest_framework::text::{all_of, suggest};
use serde::Serialize;

use super::record::{Origin, Record};
use crate::error::Error;

/// What a report is made from.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) record: &'a Record,
    pub(super) catalogue: &'a Catalogue,
    pub(super) colour: bool,
    pub(super) verbose: u8,
    /// Whether archives were looked into.
    pub(super) opens_archives: bool,
}

/// A format.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    pub(super) write: fn(&View<'_>, &mut dyn Write) -> io::Result<()>,
}

/// All formats.
static FORMATS: [Format; 6] = [
    Format {
        name: "pretty",
        write: pretty::write,
    },
    Format {
        name: "json",
        write: json::write,
    },
    Format {
        name: "jsonl",
        write: json::write_lines,
    },
    Format {
        name: "sarif",
        write: sarif::write,
    },
    Format {
        name: "tap",
        write: tap::write,
    },
    Format {
        name: "junit",
        write: junit::write,
    },
];

/// The format with a name.
///
/// # Errors
///
/// There is none.
pub(super) fn format(name: &str) -> Result<&'static Format, Error> {
    FORMATS
        .iter()
        .find(|format| format.name == name)
        .ok_or_else(|| {
            let names = || FORMATS.iter().map(|format| format.name);
            let hint = suggest(name, names()).map_or_else(
                || format!("the formats are {}", all_of(names())),
                |meant| format!("did you mean `{meant}`?"),
            );
            Error::Usage(format!("there is no format `{name}`; {hint}"))
        })
}

/// A finding in words.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    pub(super) path: String,
    /// The member of the archive at the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<&'a str>,
    pub(super) line: u64,
    pub(super) column: u64,
    /// The code of the rule.
    pub(super) rule: &'a str,
    pub(super) name: &'a str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) fingerprint: String,
    pub(super) masked: String,
    /// How many bytes the secret has.
    pub(super) length: u32,
    /// The object of a repository, where it is none of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<&'a str>,
    /// A commit that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) commit: Option<&'a str>,
    #[serde(skip)]
    pub(super) what: &'a str,
}

impl Row<'_> {
    /// The path with the member.
    pub(super) fn place(&self) -> String {
        match self.member {
            Some(member) => format!("{}!{member}", self.path),
            None => self.path.clone(),
        }
    }
}

impl<'a> View<'a> {
    /// All findings in words.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        let catalogue = self.catalogue;
        self.record
            .findings()
            .map(move |(origin, found)| row(catalogue, origin, found))
    }

    /// How many findings are not listed, in words.
    pub(super) fn more(&self) -> Option<String> {
        let listed = self.record.findings().count() as u64;
        let more = self.record.total() - listed;
        (more > 0).then(|| format!("{more} more findings are not listed"))
    }
}

fn row<'a>(catalogue: &'a Catalogue, origin: &'a Origin, found: &Found) -> Row<'a> {
    let (rule, name) = catalogue.names(found.rule);
    let object = origin.object.as_ref();
    Row {
        path: super::record::shown(&origin.path),
        member: origin.member.as_deref(),
        line: found.line,
        column: found.column,
        rule,
        name,
        severity: catalogue.severity(found.rule).name(),
        confidence: match found.confidence {
            Confidence::Suspect => "suspect",
            Confidence::Named => "named",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        },
        fingerprint: found.fingerprint(),
        masked: found.masked(),
        length: found.length,
        object: object.map(|(object, _)| object.as_str()),
        commit: object
            .map(|(_, commit)| commit.as_str())
            .filter(|commit| !commit.is_empty()),
        what: catalogue.what(found.rule),
    }
}
