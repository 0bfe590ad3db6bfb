//! `no_secrets`: no credentials in a file, in the files of a folder, or in what a command prints.
//! Files of any length are looked at in pieces, as `clawtest scan` does, by the same rules.

use std::io::Read;

use super::{Check, CheckSpec, Observed, Seen, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::path::WorkspacePath;
use crate::reading::Reading;
use crate::secret::catalogue::RuleId;
use crate::secret::input;
use crate::secret::piece::Scanner;
use crate::secret::policy::Searched;
use crate::secret::sheet::Sheet;
use crate::source::{Excerpt, Origin, Position, Span};
use crate::value::{Table, Value};
use crate::workspace::Obstacle;

/// Files of one folder whose findings are shown.
const MAX_FILES: usize = 20;

pub(super) const RULES: &[&Rule] = &[&OWN_SECRET, &NOTHING_TO_SEARCH, &UNUSED_ALLOWANCE];

static OWN_SECRET: Rule = Rule {
    code: "CT140",
    name: "secret-of-the-project",
    effect: Effect::Fails,
    explain: "A file or an output that is checked with `no_secrets` holds what a rule of the project \
finds: `[[secrets.rule]]` in `clawtest.toml`. The label has the id of that rule. A comment \
`clawtest:allow ID reason` on the line allows it, and so does `[[secrets.allow]]`.",
};

static NOTHING_TO_SEARCH: Rule = Rule {
    code: "CT141",
    name: "nothing-to-search",
    effect: Effect::Fails,
    explain: "The folder that is checked with `no_secrets` has no file in it, at any depth, so there is \
nothing that could be free of secrets. Symbolic links are not followed, and FIFOs, sockets and devices \
are not read.",
};

static UNUSED_ALLOWANCE: Rule = Rule {
    code: "CT165",
    name: "unused-allowance",
    effect: Effect::Note,
    explain: "A comment `clawtest:allow` stands where no secret is that it could allow: the rule is not \
the one that finds it, or the secret is gone. Remove it, so that it does not allow the next one.",
};

/// No secret is in the subject.
#[derive(Debug)]
pub struct NoSecrets {
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    reading.only_true(spec.key, value)?;
    Some(Box::new(NoSecrets { span: value.span }))
}

/// A text that is looked at.
struct Text<'a> {
    /// What it is called in a sentence: a path in backticks, or `standard output`.
    called: String,
    /// What it is called in front of a line.
    name: &'a str,
    /// Its path as allowances may name it; none for what a command prints.
    paths: Vec<String>,
    /// How many bytes it has, as far as that is known.
    length: u64,
    origin: Option<&'a Origin>,
}

impl Check for NoSecrets {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let mut searched = Searched::default();
        let mut scanner = Scanner::of(observed.workspace.policy());
        match observed.seen {
            Seen::Dir(dir) => self.folder(observed, dir, &mut scanner, &mut searched, out),
            Seen::Command(output) => {
                for (stream, captured) in [
                    (Stream::Stdout, &output.stdout),
                    (Stream::Stderr, &output.stderr),
                ] {
                    let called = observed.name(stream);
                    let text = Text {
                        name: &called,
                        called: called.clone(),
                        paths: Vec::new(),
                        length: captured.bytes.len() as u64,
                        origin: None,
                    };
                    searched.outputs += 1;
                    let mut bytes: &[u8] = &captured.bytes;
                    let read = self.look(
                        observed,
                        &text,
                        &mut bytes,
                        &mut scanner,
                        &mut searched,
                        out,
                    );
                    if let Err(why) = read {
                        out.push(self.unreadable(observed, &called, &Obstacle::Unreadable(why)));
                    }
                    if captured.is_truncated() {
                        out.push(judge::truncated(observed, stream, self.span));
                    }
                }
            }
            Seen::File(path) => self.file(observed, path, &mut scanner, &mut searched, out),
            Seen::Nothing(_) => {}
        }
        observed.workspace.add_searched(searched);
    }
}

impl NoSecrets {
    /// Every regular file of the folder, at any depth. Links are not followed: what they point to
    /// is either in the folder too, or not part of it.
    fn folder(
        &self,
        observed: &Observed<'_>,
        dir: &WorkspacePath,
        scanner: &mut Scanner<'_>,
        searched: &mut Searched,
        out: &mut Vec<Diagnostic>,
    ) {
        let walked = match observed.workspace.walk(dir) {
            Ok(walked) => walked,
            Err(obstacle) => {
                out.push(self.unreadable(observed, dir.as_str(), &obstacle));
                return;
            }
        };
        searched.passed_over += walked.passed_over;
        let (mut bad, mut more) = (0, 0);
        for path in &walked.files {
            let mut complaints = Vec::new();
            self.file(observed, path, scanner, searched, &mut complaints);
            let is_bad = |diagnostic: &Diagnostic| diagnostic.rule.effect != Effect::Note;
            let errs = |diagnostic: &Diagnostic| diagnostic.rule.effect == Effect::Errors;
            // What has no verdict decides the outcome, so that it is never left out.
            if !complaints.iter().any(is_bad) || bad < MAX_FILES || complaints.iter().any(errs) {
                bad += usize::from(complaints.iter().any(is_bad));
                out.append(&mut complaints);
            } else {
                more += 1;
            }
        }
        for (path, obstacle) in &walked.refused {
            out.push(self.unreadable(observed, path, obstacle));
        }
        if walked.files.is_empty() && walked.refused.is_empty() {
            let shown = observed.workspace.shown(dir);
            let message =
                format!("the folder `{shown}` has no file in it, so nothing was looked at");
            let diagnostic = Diagnostic::new(&NOTHING_TO_SEARCH, message)
                .label(observed.demand(self.span), "nothing to look at");
            let links = walked.passed_over;
            let help = (links > 0).then(|| {
                format!(
                    "what is in it are links and special files ({links}), which are not followed"
                )
            });
            out.push(diagnostic.help_if(help));
        }
        if more > 0
            && let Some(last) = out.last_mut()
        {
            let files = crate::text::plural(more, "more file");
            last.help.push(format!("{files} with secrets in `{dir}`"));
        }
    }

    fn file(
        &self,
        observed: &Observed<'_>,
        path: &WorkspacePath,
        scanner: &mut Scanner<'_>,
        searched: &mut Searched,
        out: &mut Vec<Diagnostic>,
    ) {
        let workspace = observed.workspace;
        let shown = workspace.shown(path);
        let mut opened = match workspace.open(path) {
            Ok(opened) => opened,
            Err(obstacle) => {
                out.push(self.unreadable(observed, shown, &obstacle));
                return;
            }
        };
        let origin = opened
            .content()
            .and_then(|content| workspace.origin(path, content).cloned());
        let mut paths = vec![path.to_string()];
        if let Some(origin) = &origin {
            paths.push(origin.document().to_owned());
        }
        if let Some(deployed) = workspace.deployed(path) {
            paths.push(deployed.as_str().to_owned());
        }
        let text = Text {
            called: format!("`{shown}`"),
            name: shown,
            paths,
            length: opened.length(),
            origin: origin.as_deref(),
        };
        searched.files += 1;
        if let Err(why) = self.look(observed, &text, &mut opened, scanner, searched, out) {
            out.push(self.unreadable(observed, shown, &Obstacle::Unreadable(why)));
        }
    }

    fn unreadable(&self, observed: &Observed<'_>, path: &str, obstacle: &Obstacle) -> Diagnostic {
        judge::obstacle(path, obstacle, observed.demand(self.span))
    }

    /// Looks at a text; an error says why it could not be read to its end.
    fn look(
        &self,
        observed: &Observed<'_>,
        text: &Text<'_>,
        reader: &mut (impl Read + Send),
        scanner: &mut Scanner<'_>,
        searched: &mut Searched,
        out: &mut Vec<Diagnostic>,
    ) -> Result<(), String> {
        let mut sheet = Sheet::default();
        scanner.set_file(text.name, text.length, text.paths.clone());
        let read = input::look(scanner, reader, &mut sheet);
        searched.bytes += sheet.bytes;
        searched.allowed += sheet.allowed + sheet.allowed_by_policy;
        self.report(observed, text, sheet, out);
        read.map_err(|error| error.to_string())
    }

    /// What was found in a text, as diagnostics.
    fn report(
        &self,
        observed: &Observed<'_>,
        text: &Text<'_>,
        sheet: Sheet,
        out: &mut Vec<Diagnostic>,
    ) {
        let catalogue = &observed.workspace.policy().catalogue;
        let total = sheet.found.len() as u64 + sheet.more;
        let more = total - sheet.excerpts.len() as u64;
        let mut last_code = "";
        for (at, (found, excerpt)) in sheet.found.iter().zip(sheet.excerpts).enumerate() {
            let rule = match found.rule {
                RuleId::Known(row) => &row.rule,
                RuleId::Own(_) => &OWN_SECRET,
            };
            last_code = rule.code;
            let message = format!("{} holds {}", text.called, catalogue.what(found.rule));
            let name = catalogue.names(found.rule).1;
            let expired = sheet
                .expired
                .iter()
                .find(|(number, _)| *number == at)
                .map(|(_, day)| format!("the allowance in `clawtest.toml` expired on {day}"));
            let mut diagnostic = Diagnostic::new(rule, message)
                .label(observed.demand(self.span), "no secrets are allowed")
                .help_if(expired);
            // Built of what may be shown; masking would take the fingerprint for a secret.
            let label = format!(
                "{name}: {}, fingerprint {}",
                found.masked(),
                found.fingerprint()
            );
            diagnostic.labels.push(crate::diagnostic::Label {
                excerpt: placed(excerpt, text.origin),
                message: label,
            });
            out.push(diagnostic);
        }
        if let Some(last) = out.last_mut()
            && !last_code.is_empty()
        {
            if more > 0 {
                last.help.push(format!("{more} more in {}", text.called));
            }
            last.help
                .push(format!("`clawtest explain {last_code}` says what to do"));
        }
        let mut unused = sheet.unused;
        unused.sort_unstable();
        unused.dedup();
        for line in unused {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            let line = text.origin.map_or(line, |origin| {
                origin.position(Position { line, column: 1 }).line
            });
            let message = format!(
                "{}: the comment `clawtest:allow` in line {line} allows nothing",
                text.called
            );
            out.push(Diagnostic::new(&UNUSED_ALLOWANCE, message));
        }
    }
}

/// An excerpt with the places of the document that the text was taken from.
fn placed(mut excerpt: Excerpt, origin: Option<&Origin>) -> Excerpt {
    if let Some(origin) = origin {
        let place = |line, column| origin.position(Position { line, column });
        let (start, end) = (
            place(excerpt.line, excerpt.column),
            place(excerpt.end_line, excerpt.end_column),
        );
        (excerpt.line, excerpt.column) = (start.line, start.column);
        (excerpt.end_line, excerpt.end_column) = (end.line, end.column);
        origin.document().clone_into(&mut excerpt.path);
    }
    excerpt
}
