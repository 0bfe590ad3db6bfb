//! How an expectation reads its file: as which consumer does.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Observed;
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::document::{Document, Input};
use crate::format::unit::{self, Unit};
use crate::format::{self, FORMATS, FormatSpec};
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::source::Span;
use crate::text::{one_of, suggest};
use crate::value::Table;

/// The rules of expectations that read a file as its consumer does.
pub static RULES: &[&Rule] = &[&UNKNOWN_FORMAT, &WRONG_FORMAT];

static UNKNOWN_FORMAT: Rule = Rule {
    code: "CT172",
    name: "unknown-format",
    effect: Effect::Errors,
    explain: "The file's name does not say which program reads it, and so neither what its lines mean. \
Say it in the check: `format = \"systemd-unit\"`.",
};

/// A format that an expectation has nothing to do with.
pub(super) static WRONG_FORMAT: Rule = Rule {
    code: "CT173",
    name: "wrong-format",
    effect: Effect::Errors,
    explain: "The expectation is about another kind of file: `exposure` and `writable` about \
services of systemd, `listens` about Compose files and the gateway's `openclaw.json`, `crash_loop`, `recovers` and \
`paths_exist` about units, Compose files and property lists.",
};

/// In which format a file is read, and with which variables.
#[derive(Debug)]
pub(super) struct ReadAs {
    /// The format that the check names, if it names one.
    format: Option<&'static FormatSpec>,
    variables: Arc<BTreeMap<String, String>>,
}

impl ReadAs {
    /// Reads what a check says about it; what is wrong is reported.
    pub(super) fn parse(reading: &mut Reading<'_>, table: &Table) -> Option<Self> {
        let named = match table.get("format") {
            None => None,
            Some(value) => {
                let name = reading.text("format", value)?.value;
                let found = format::named(&name);
                if found.is_none() {
                    let names = FORMATS.iter().map(|format| format.name);
                    let hint = match suggest(&name, names.clone()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("the formats are {}", one_of(names)),
                    };
                    let why = format!("`{name}` is not a format; {hint}");
                    reading.invalid("format", value.span, why);
                }
                Some(found?)
            }
        };
        Some(Self {
            format: named,
            variables: reading.variables(),
        })
    }

    /// The format that the check names, else the one that the file's name stands for. Where there
    /// is none, that is pushed.
    pub(super) fn format(
        &self,
        observed: &Observed<'_>,
        path: &WorkspacePath,
        span: Span,
        out: &mut Vec<Diagnostic>,
    ) -> Option<&'static FormatSpec> {
        let format = self
            .format
            .or_else(|| format::of_path(&observed.workspace.subject_path(path)))
            .or_else(|| format::of_path(path.as_str()));
        if format.is_none() {
            let names = one_of(FORMATS.iter().map(|format| format.name));
            let message = format!("nothing says which program reads `{path}`");
            let diagnostic = Diagnostic::new(&UNKNOWN_FORMAT, message)
                .label(observed.demand(span), "needs to know the format")
                .help(format!("add `format = \"…\"` with one of {names}"));
            out.push(diagnostic);
        }
        format
    }

    /// The unit of systemd that the file is, with its drop-ins. Where it is none, or cannot be read,
    /// the reason is pushed; `key` is the expectation.
    pub(super) fn unit(
        &self,
        observed: &Observed<'_>,
        (key, span): (&str, Span),
        out: &mut Vec<Diagnostic>,
    ) -> Option<Unit> {
        let format = self.format(observed, observed.path()?, span, out)?;
        if format.name == "systemd-unit" {
            return self.read(observed, span, out, unit::load);
        }
        let name = format.name;
        let message = format!("`{key}` is for units of systemd, not for {name} files");
        out.push(Diagnostic::new(&WRONG_FORMAT, message).label(observed.demand(span), ""));
        None
    }

    /// What a parser makes of the file. Where that cannot be read, the reason is pushed.
    pub(super) fn read<T>(
        &self,
        observed: &Observed<'_>,
        span: Span,
        out: &mut Vec<Diagnostic>,
        parse: impl FnOnce(&Input<'_>) -> T,
    ) -> Option<T> {
        let path = observed.path()?;
        let bytes = observed.bytes(path, span, out)?;
        Some(parse(&Input {
            path: &observed.workspace.subject_path(path),
            bytes,
            target: observed.workspace,
            variables: &self.variables,
        }))
    }

    /// The file as its consumer reads it. Where it cannot be read, or its format is not known, the
    /// reason is pushed and there is none.
    pub(super) fn document(
        &self,
        observed: &Observed<'_>,
        span: Span,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Document>> {
        let path = observed.path()?;
        let format = self.format(observed, path, span, out)?;
        if let Some(document) = observed.workspace.document(path, format.name) {
            return Some(document);
        }
        let mut document = self.read(observed, span, out, format.read)?;
        for part in &mut document.files {
            observed.workspace.show_part(part);
        }
        let document = Arc::new(document);
        let workspace = observed.workspace;
        workspace.keep_document(path, format.name, &document);
        Some(document)
    }
}
