//! `[secrets]` in `clawtest.toml`: kinds of secrets of the project, and what is allowed. Everything
//! is checked when the file is read, whether or not it is used.

use clawtest_framework::secret::RULES;
use clawtest_framework::secret::allow::{Allowance, Day, fingerprint};
use clawtest_framework::secret::catalogue::Catalogue;
use clawtest_framework::secret::own::OwnRule;
use clawtest_framework::secret::policy::{FIXED_KEY, Policy};
use globset::GlobMatcher;
use serde::Deserialize;
use toml::{Spanned, Value};

/// `[secrets]` as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct SecretsConfig {
    exclude: Vec<Spanned<String>>,
    rule: Vec<RuleConfig>,
    allow: Vec<Spanned<AllowConfig>>,
}

/// `[[secrets.rule]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleConfig {
    id: Spanned<String>,
    #[serde(default)]
    description: String,
    regex: Spanned<String>,
    #[serde(default)]
    keywords: Vec<Spanned<String>>,
    entropy: Option<Spanned<f64>>,
    #[serde(default)]
    allow: Vec<Spanned<String>>,
}

/// `[[secrets.allow]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AllowConfig {
    path: Option<Spanned<String>>,
    rule: Option<Spanned<String>>,
    fingerprint: Option<Spanned<String>>,
    reason: Spanned<String>,
    expires: Option<Spanned<Value>>,
}

/// An allowance and where it is written.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// What it allows.
    pub allowance: Allowance,
    /// The glob of its path, as it is written.
    pub path: Option<String>,
    /// The line of the configuration file, counted from 1.
    pub line: usize,
}

/// `[secrets]` as it is meant.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// What a walk leaves out; relative to the folder of `clawtest.toml`.
    pub exclude: Vec<GlobMatcher>,
    /// The project's own kinds of secrets.
    pub rules: Vec<OwnRule>,
    /// What is allowed.
    pub allowed: Vec<Allowed>,
}

/// The environment variable with a key for fingerprints.
pub const FINGERPRINT_KEY: &str = "CLAWTEST_SECRETS_KEY";

/// The key of fingerprints.
pub fn fingerprint_key() -> [u64; 2] {
    let Some(text) = std::env::var_os(FINGERPRINT_KEY).filter(|text| !text.is_empty()) else {
        return FIXED_KEY;
    };
    let hash = fingerprint(text.as_encoded_bytes(), FIXED_KEY).to_le_bytes();
    let (halves, _) = hash.as_chunks::<8>();
    [u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])]
}

/// Today, in UTC.
pub fn today() -> Day {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Day::of_time(now.map_or(0, |now| now.as_secs()))
}

impl Secrets {
    /// What checks for secrets go by.
    pub(super) fn policy(&self) -> Policy {
        let allowances = self.allowed.iter().map(|allowed| allowed.allowance.clone());
        Policy {
            catalogue: Catalogue::new(self.rules.clone(), fingerprint_key()),
            allowances: allowances.collect(),
            today: Some(today()),
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1
}

/// A problem of a value, with its line.
fn wrong<T>(text: &str, value: &Spanned<T>, why: &str) -> String {
    format!("line {}: {why}", line_of(text, value.span().start))
}

impl SecretsConfig {
    /// What it means; `text` is the file that it is from.
    ///
    /// # Errors
    ///
    /// The line and what is wrong there.
    pub(super) fn resolve(&self, text: &str) -> Result<Secrets, String> {
        let mut rules: Vec<OwnRule> = Vec::new();
        for rule in &self.rule {
            let own = rule.resolve(text)?;
            if rules
                .iter()
                .any(|other| other.id.eq_ignore_ascii_case(&own.id))
            {
                return Err(wrong(
                    text,
                    &rule.id,
                    &format!("there are two rules `{}`", own.id),
                ));
            }
            rules.push(own);
        }
        let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let allowed = self
            .allow
            .iter()
            .map(|allow| allow.get_ref().resolve(text, allow.span().start, &ids));
        let allowed = allowed.collect::<Result<_, _>>()?;
        let file = text;
        let exclude = self.exclude.iter().map(|glob| {
            Allowance::glob(glob.get_ref().trim_end_matches('/'))
                .map_err(|error| wrong(file, glob, &format!("`exclude`: {error}")))
        });
        let exclude = exclude.collect::<Result<_, _>>()?;
        Ok(Secrets {
            exclude,
            rules,
            allowed,
        })
    }
}

impl RuleConfig {
    fn resolve(&self, text: &str) -> Result<OwnRule, String> {
        let id = self.id.get_ref();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if id.is_empty() || !id.bytes().all(is_plain) {
            return Err(wrong(
                text,
                &self.id,
                "`id` consists of letters, digits, `-` and `_`",
            ));
        }
        if is_known(id) {
            return Err(wrong(
                text,
                &self.id,
                &format!("`{id}` is a rule of clawtest itself"),
            ));
        }
        let description = if self.description.is_empty() {
            id
        } else {
            &self.description
        };
        let mut rule = OwnRule::new(id, description, self.regex.get_ref())
            .map_err(|why| wrong(text, &self.regex, &format!("`regex` of `{id}`: {why}")))?;
        let mut keywords = Vec::new();
        for keyword in &self.keywords {
            if keyword.get_ref().is_empty() {
                return Err(wrong(text, keyword, "a keyword is empty"));
            }
            keywords.push(keyword.get_ref().clone());
        }
        rule = rule.with_keywords(keywords);
        if let Some(entropy) = &self.entropy {
            if !(0.0..=8.0).contains(entropy.get_ref()) {
                return Err(wrong(
                    text,
                    entropy,
                    "`entropy` is between 0 and 8 bits for each character",
                ));
            }
            rule = rule.with_entropy(*entropy.get_ref());
        }
        for allow in &self.allow {
            rule = rule
                .allowing(allow.get_ref())
                .map_err(|why| wrong(text, allow, &format!("`allow` of `{id}`: {why}")))?;
        }
        Ok(rule)
    }
}

fn is_known(name: &str) -> bool {
    RULES.iter().any(|row| {
        row.rule.code.eq_ignore_ascii_case(name) || row.rule.name.eq_ignore_ascii_case(name)
    })
}

impl AllowConfig {
    fn resolve(&self, text: &str, start: usize, own: &[&str]) -> Result<Allowed, String> {
        let line = line_of(text, start);
        if self.path.is_none() && self.rule.is_none() && self.fingerprint.is_none() {
            let why = "an allowance has a `path`, a `rule` or a `fingerprint`";
            return Err(format!("line {line}: {why}"));
        }
        if self.reason.get_ref().trim().is_empty() {
            return Err(wrong(text, &self.reason, "`reason` says why it is allowed"));
        }
        let glob = |path: &Spanned<String>| {
            Allowance::glob(path.get_ref())
                .map_err(|error| wrong(text, path, &format!("`path`: {error}")))
        };
        if let Some(rule) = &self.rule {
            let name = rule.get_ref();
            if !is_known(name) && !own.iter().any(|id| id.eq_ignore_ascii_case(name)) {
                return Err(wrong(text, rule, &format!("there is no rule `{name}`")));
            }
        }
        let fingerprint = |value: &Spanned<String>| {
            parse_fingerprint(value.get_ref())
                .ok_or_else(|| wrong(text, value, "`fingerprint` has 32 hexadecimal digits"))
        };
        let day = |value: &Spanned<Value>| {
            let written = match value.get_ref() {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Day::parse(&written)
                .ok_or_else(|| wrong(text, value, "`expires` is a day, such as 2027-01-31"))
        };
        Ok(Allowed {
            allowance: Allowance {
                path: self.path.as_ref().map(glob).transpose()?,
                rule: self.rule.as_ref().map(|rule| rule.get_ref().clone()),
                fingerprint: self.fingerprint.as_ref().map(fingerprint).transpose()?,
                reason: self.reason.get_ref().clone(),
                expires: self.expires.as_ref().map(day).transpose()?,
            },
            path: self.path.as_ref().map(|path| path.get_ref().clone()),
            line,
        })
    }
}

/// A fingerprint as reports write it; none for anything else.
pub fn parse_fingerprint(text: &str) -> Option<u128> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(text, 16).ok().filter(|_| is_hex)
}
