//! Reporters write the events of a run in one format each. They decide nothing: no verdict, no
//! exit status.

use std::io;
use std::sync::Arc;

use crate::harness::Harness;
use crate::outcome::{HarnessResult, Report};

pub mod json;
pub mod jsonl;
pub mod junit;
pub(crate) mod message;
pub mod pretty;
mod record;
#[cfg(test)]
pub(crate) mod sample;
pub mod tap;

/// What is going to run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The harnesses, in order.
    pub harnesses: Vec<Arc<Harness>>,
    /// How many harnesses were found but not selected.
    pub left_out: usize,
}

impl Plan {
    /// Whether harnesses in bash are among them, whose checks are known only when they have run.
    pub fn has_scripts(&self) -> bool {
        self.harnesses
            .iter()
            .any(|harness| harness.script.is_some())
    }

    /// How many checks are selected, as far as that is known.
    pub fn check_count(&self) -> usize {
        self.harnesses
            .iter()
            .map(|harness| harness.selected_checks().count())
            .sum()
    }
}

/// Something that happened in a run. Events come in the order of the plan, whatever `--jobs`.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The run begins.
    Started(&'a Plan),
    /// A harness has come to its end.
    Finished(&'a HarnessResult),
    /// The run is over.
    Ended(&'a Report),
}

/// Writes the events of a run in one format.
///
/// Implementations must not change a verdict, must not write anything but their format, and must
/// give the same bytes for the same events but for durations. After an error they are not called
/// again.
pub trait Reporter: Send {
    /// Writes what the event adds.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}

/// What reporters need to know.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether ANSI colours are wanted.
    pub colour: bool,
    /// Whether harnesses that passed are shown with their checks.
    pub verbose: bool,
}

/// A row of the table of formats.
#[derive(Debug)]
pub struct FormatSpec {
    /// Its name for `--format` and `--report`.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// Makes its reporter.
    pub make: fn(Box<dyn io::Write + Send>, Style) -> Box<dyn Reporter>,
}

/// All formats, in the order of the documentation.
pub static FORMATS: &[FormatSpec] = &[
    FormatSpec {
        name: "pretty",
        summary: "text for a person: one line per harness, failures in full",
        make: |out, style| Box::new(pretty::Pretty::new(out, style)),
    },
    FormatSpec {
        name: "tap",
        summary: "Test Anything Protocol 13, flat, as `prove` reads it",
        make: |out, _| Box::new(tap::Tap::flat(out)),
    },
    FormatSpec {
        name: "tap14",
        summary: "Test Anything Protocol 14, a subtest per harness",
        make: |out, _| Box::new(tap::Tap::nested(out)),
    },
    FormatSpec {
        name: "junit",
        summary: "JUnit XML with file and line of every check",
        make: |out, _| Box::new(junit::JUnit::new(out)),
    },
    FormatSpec {
        name: "junit-jenkins",
        summary: "JUnit XML that is valid by the schema of Jenkins' xunit plugin",
        make: |out, _| Box::new(junit::JUnit::jenkins(out)),
    },
    FormatSpec {
        name: "json",
        summary: "one JSON document with everything",
        make: |out, _| Box::new(json::Json::new(out)),
    },
    FormatSpec {
        name: "jsonl",
        summary: "JSON Lines: one event on each line",
        make: |out, _| Box::new(jsonl::JsonLines::new(out)),
    },
];

/// The row of a format.
pub fn format(name: &str) -> Option<&'static FormatSpec> {
    FORMATS.iter().find(|format| format.name == name)
}
