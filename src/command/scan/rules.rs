//! The rules of a scan: the known kinds, those of the project, and which of them are wanted.

use std::hash::{Hash, Hasher};

use clawtest_framework::secret::own::OwnRule;
use clawtest_framework::secret::{RULES, SecretRule, Severity};
use clawtest_framework::source::Span;
use clawtest_framework::text::suggest;

use crate::error::Error;

/// A rule of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleId {
    /// A known kind of secret.
    Known(&'static SecretRule),
    /// A rule of the project, by its number.
    Own(u16),
}

impl Hash for RuleId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Known(row) => row.rule.code.hash(state),
            Self::Own(number) => number.hash(state),
        }
    }
}

/// All rules of a scan, and the key of its fingerprints.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) own: Vec<OwnRule>,
    pub(super) key: [u64; 2],
    /// Codes of the rules that are wanted; all if there is none.
    wanted: Vec<String>,
}

impl Catalogue {
    /// The known rules and those of the project.
    pub(super) fn new(own: Vec<OwnRule>, key: [u64; 2]) -> Self {
        Self {
            own,
            key,
            wanted: Vec::new(),
        }
    }

    /// Leaves only some rules, by code or name.
    ///
    /// # Errors
    ///
    /// There is no such rule.
    pub(super) fn only(mut self, names: &[String]) -> Result<Self, Error> {
        for name in names {
            let code = self.code_of(name).ok_or_else(|| {
                let hint = suggest(name, self.all().map(|rule| self.names(rule).1));
                let hint = hint.map_or_else(
                    || "`clawtest scan --list-rules` lists them".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                Error::Usage(format!("there is no rule `{name}`; {hint}"))
            })?;
            self.wanted.push(code);
        }
        Ok(self)
    }

    /// The code of a rule by its code or name, whatever the case.
    pub(super) fn code_of(&self, name: &str) -> Option<String> {
        self.all()
            .map(|rule| self.names(rule))
            .find(|(code, own)| code.eq_ignore_ascii_case(name) || own.eq_ignore_ascii_case(name))
            .map(|(code, _)| code.to_owned())
    }

    /// Every rule.
    pub(super) fn all(&self) -> impl Iterator<Item = RuleId> {
        let own = (0..).zip(&self.own).map(|(at, _)| RuleId::Own(at));
        RULES.iter().map(|row| RuleId::Known(row)).chain(own)
    }

    /// Whether all rules are wanted.
    pub(super) fn is_whole(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether findings of a rule are wanted.
    pub(super) fn is_wanted(&self, rule: RuleId) -> bool {
        let code = self.names(rule).0;
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == code)
    }

    /// The code and the name of a rule.
    pub(super) fn names(&self, rule: RuleId) -> (&str, &str) {
        match rule {
            RuleId::Known(row) => (row.rule.code, row.rule.name),
            RuleId::Own(at) => {
                let id = self
                    .own
                    .get(usize::from(at))
                    .map_or("", |rule| rule.id.as_str());
                (id, id)
            }
        }
    }

    /// What a rule finds, in words.
    pub(super) fn what(&self, rule: RuleId) -> &str {
        match rule {
            RuleId::Known(row) => row.what,
            RuleId::Own(at) => {
                let rule = self.own.get(usize::from(at));
                rule.map_or("", |rule| rule.description.as_str())
            }
        }
    }

    /// How much harm a secret of this kind does.
    #[expect(clippy::unused_self, reason = "an own rule may have one some day")]
    pub(super) fn severity(&self, rule: RuleId) -> Severity {
        match rule {
            RuleId::Known(row) => row.severity,
            RuleId::Own(_) => Severity::High,
        }
    }

    /// What the rules of the project find in a text.
    pub(super) fn find_own(&self, bytes: &[u8]) -> Vec<(RuleId, Span)> {
        let mut found = Vec::new();
        for (at, rule) in (0..).zip(&self.own) {
            found.extend(
                rule.find(bytes)
                    .into_iter()
                    .map(|span| (RuleId::Own(at), span)),
            );
        }
        found
    }

    /// The rules as text, one on each line.
    pub(super) fn list(&self) -> String {
        let mut text = String::new();
        for rule in self.all() {
            let (code, name) = self.names(rule);
            let severity = self.severity(rule).name();
            text.push_str(&format!(
                "{code:6}  {severity:8}  {name:36}  {}\n",
                self.what(rule)
            ));
        }
        text
    }
}
