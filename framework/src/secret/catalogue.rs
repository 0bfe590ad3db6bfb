//! The rules of a scan or a check: the known kinds, those of the project, and which of them are wanted.

use std::hash::{Hash, Hasher};

use super::own::OwnRule;
use super::{RULES, SecretRule, Severity};
use crate::source::Span;
use crate::text::suggest;

/// A rule of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleId {
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
pub struct Catalogue {
    /// The rules of the project.
    pub own: Vec<OwnRule>,
    /// The key of fingerprints.
    pub key: [u64; 2],
    /// Codes of the rules that are wanted; all if there is none.
    wanted: Vec<String>,
}

impl Catalogue {
    /// The known rules and those of the project.
    pub fn new(own: Vec<OwnRule>, key: [u64; 2]) -> Self {
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
    pub fn only(mut self, names: &[String]) -> Result<Self, String> {
        for name in names {
            let code = self.code_of(name).ok_or_else(|| {
                let hint = suggest(name, self.all().map(|rule| self.names(rule).1));
                let hint = hint.map_or_else(
                    || "`clawtest scan --list-rules` lists them".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                format!("there is no rule `{name}`; {hint}")
            })?;
            self.wanted.push(code);
        }
        Ok(self)
    }

    /// The code of a rule by its code or name, whatever the case.
    pub fn code_of(&self, name: &str) -> Option<String> {
        self.all()
            .map(|rule| self.names(rule))
            .find(|(code, own)| code.eq_ignore_ascii_case(name) || own.eq_ignore_ascii_case(name))
            .map(|(code, _)| code.to_owned())
    }

    /// Every rule.
    pub fn all(&self) -> impl Iterator<Item = RuleId> {
        let own = (0..).zip(&self.own).map(|(at, _)| RuleId::Own(at));
        RULES.iter().map(|row| RuleId::Known(row)).chain(own)
    }

    /// Whether all rules are wanted.
    pub fn is_whole(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Whether findings of a rule are wanted.
    pub fn is_wanted(&self, rule: RuleId) -> bool {
        let code = self.names(rule).0;
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == code)
    }

    /// The code and the name of a rule.
    pub fn names(&self, rule: RuleId) -> (&str, &str) {
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
    pub fn what(&self, rule: RuleId) -> &str {
        match rule {
            RuleId::Known(row) => row.what,
            RuleId::Own(at) => {
                let rule = self.own.get(usize::from(at));
                rule.map_or("", |rule| rule.description.as_str())
            }
        }
    }

    /// How much harm a secret of this kind does.
    pub fn severity(&self, rule: RuleId) -> Severity {
        match rule {
            RuleId::Known(row) => row.severity,
            RuleId::Own(_) => Severity::High,
        }
    }

    /// What the rules of the project find in a text.
    pub fn find_own(&self, bytes: &[u8]) -> Vec<(RuleId, Span)> {
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
    pub fn list(&self) -> String {
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
