//! What is wrong in a harness or in the thing tested, as data: a rule, a message, and labels that
//! point into files. Words for a terminal are made in [`crate::render`].

use serde::Serialize;

use crate::secret;
use crate::source::{Excerpt, printable};

/// What a diagnostic does to the check or the harness that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The harness is not valid: nothing runs, exit status 2.
    Invalid,
    /// A check said no: failed, exit status 1.
    Fails,
    /// There is no verdict: errored, exit status 2.
    Errors,
    /// Worth knowing; no verdict changes.
    Note,
}

/// One kind of problem. Rules are static rows; nothing matches on them.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable code: `CT` harnesses and checks, `SE` secrets, and three digits.
    pub code: &'static str,
    /// Name in kebab case; it says the pattern, not the cure.
    pub name: &'static str,
    /// What it does to the check or harness.
    pub effect: Effect,
    /// One or more sentences: what it means, why it matters, what to do.
    pub explain: &'static str,
}

/// A place in a file and what it has to do with the problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place and its lines, masked.
    #[serde(flatten)]
    pub excerpt: Excerpt,
    /// What is there, in a few words; may be empty.
    pub message: String,
}

/// Something that is wrong in a harness or in the thing tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The rule that it breaks.
    #[serde(serialize_with = "rule_code")]
    pub rule: &'static Rule,
    /// One line: lower case, no final period, names in backticks.
    pub message: String,
    /// Where; the first label is the main one.
    pub labels: Vec<Label>,
    /// What was expected, where the message alone does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// How the two differ, line by line, where they have several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// What happened when, as a table: lines of text in columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn rule_code<S: serde::Serializer>(rule: &&'static Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.code)
}

/// Longest text of a diagnostic, in characters: consumers quote whole values.
const MAX_TEXT: usize = 1000;

/// Text as a report may show it: secrets masked, no control characters.
fn whole(text: &str) -> String {
    let masked = secret::mask_text(text);
    printable(masked.as_bytes()).into_owned()
}

/// The same, cut where it is very long.
fn clean(text: impl Into<String>) -> String {
    let mut shown = whole(&text.into());
    if let Some((at, _)) = shown.char_indices().nth(MAX_TEXT) {
        shown.truncate(at);
        shown.push('…');
    }
    shown
}

impl Diagnostic {
    /// A diagnostic without labels. All texts that are given to a diagnostic are masked here.
    pub fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: clean(message),
            labels: Vec::new(),
            expected: None,
            found: None,
            diff: None,
            timeline: None,
            help: Vec::new(),
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn label(mut self, excerpt: Excerpt, message: impl Into<String>) -> Self {
        let message = clean(message);
        self.labels.push(Label { excerpt, message });
        self
    }

    /// Says what was expected and what was found.
    #[must_use]
    pub fn found(mut self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.expected = Some(clean(expected));
        self.found = Some(clean(found));
        self
    }

    /// Shows how two texts differ, line by line.
    #[must_use]
    pub fn diff(mut self, expected: &str, found: &str) -> Self {
        let (expected, found) = (whole(expected), whole(found));
        let diff = similar::TextDiff::from_lines(&expected, &found);
        let unified = diff
            .unified_diff()
            .context_radius(2)
            .header("expected", "found")
            .to_string();
        self.diff = Some(unified);
        self
    }

    /// Shows what happened when: a table in lines of text, which stay as they are.
    #[must_use]
    pub fn timeline(mut self, table: &str) -> Self {
        self.timeline = Some(whole(table));
        self
    }

    /// Adds a line of advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(clean(help));
        self
    }

    /// Adds a line of advice if there is one.
    #[must_use]
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help.extend(help.map(clean));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Effect, Rule};

    static RULE: Rule = Rule {
        code: "CT999",
        name: "a-rule",
        effect: Effect::Fails,
        explain: "",
    };

    #[test]
    fn a_timeline_is_masked_and_keeps_its_lines() {
        let token = format!("ghp_{}", "Ab3dEf6hIj9".repeat(4).split_at(36).0);
        let table = format!("time  event\n0s    start\u{7}\n1s    ends: {token}\n");
        let shown = Diagnostic::new(&RULE, "m").timeline(&table).timeline;
        let shown = shown.unwrap();
        assert_eq!(shown.lines().count(), 3, "{shown}");
        assert!(!shown.contains(&token), "{shown}");
        assert!(!shown.contains('\u{7}'), "{shown}");
    }
}
