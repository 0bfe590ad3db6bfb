//! Kinds of secrets that a project adds: an expression with keywords, a least entropy, and values
//! that are none.

use std::sync::OnceLock;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use crate::source::Span;

/// Longest match that is a secret, in bytes: more cannot be found in every piece of a long file.
const MAX: usize = 32 * 1024;

/// Most memory that one expression may take.
const MAX_COMPILED: usize = 4 << 20;

/// A kind of secret of a project.
#[derive(Clone, Debug)]
pub struct OwnRule {
    /// What reports and allowances call it.
    pub id: String,
    /// What it is, in words.
    pub description: String,
    regex: Regex,
    keywords: Vec<String>,
    entropy: f64,
    allow: Vec<Regex>,
}

/// The rules of the project, for masking.
static MASKED: OnceLock<Vec<OwnRule>> = OnceLock::new();

/// Says which kinds of secrets a project adds, so that [`super::mask`] covers them, too, in every text
/// of this process. Only the first call counts.
pub fn mask_also(rules: &[OwnRule]) {
    if !rules.is_empty() {
        MASKED.get_or_init(|| rules.to_vec());
    }
}

/// What the rules of the project find in a text that is to be masked.
pub(super) fn masked(bytes: &[u8]) -> impl Iterator<Item = Span> {
    let rules = MASKED.get().map(Vec::as_slice).unwrap_or_default();
    rules.iter().flat_map(|rule| rule.find(bytes))
}

fn compile(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression)
        .unicode(false)
        .multi_line(true)
        .size_limit(MAX_COMPILED)
        .build()
}

impl OwnRule {
    /// A rule from its expression; without keywords, without a least entropy.
    ///
    /// # Errors
    ///
    /// The expression is not valid, is too large, or matches the empty text.
    pub fn new(id: &str, description: &str, expression: &str) -> Result<Self, String> {
        let regex = compile(expression).map_err(|error| last_line(&error))?;
        if regex.is_match(b"") {
            return Err("it matches the empty text".to_owned());
        }
        Ok(Self {
            id: id.to_owned(),
            description: description.to_owned(),
            regex,
            keywords: Vec::new(),
            entropy: 0.0,
            allow: Vec::new(),
        })
    }

    /// Texts of which one has to be in the file, in any case, for the expression to be tried.
    #[must_use]
    pub fn with_keywords(mut self, keywords: Vec<String>) -> Self {
        self.keywords = keywords;
        self
    }

    /// The least entropy of a value, in bits for each character.
    #[must_use]
    pub fn with_entropy(mut self, entropy: f64) -> Self {
        self.entropy = entropy;
        self
    }

    /// Adds an expression; a value that it matches is no secret.
    ///
    /// # Errors
    ///
    /// The expression is not valid.
    pub fn allowing(mut self, expression: &str) -> Result<Self, String> {
        self.allow
            .push(compile(expression).map_err(|error| last_line(&error))?);
        Ok(self)
    }

    /// The secrets of this kind in a text, in order: the first group of the expression, or all
    /// that it matches where it has no group.
    pub fn find(&self, bytes: &[u8]) -> Vec<Span> {
        if !self.keywords.is_empty() && !self.keywords.iter().any(|keyword| holds(bytes, keyword)) {
            return Vec::new();
        }
        let mut spans = Vec::new();
        for captures in self.regex.captures_iter(bytes) {
            let Some(value) = captures.get(1).or_else(|| captures.get(0)) else {
                continue;
            };
            let text = value.as_bytes();
            let is_long = captures.get(0).is_some_and(|all| all.len() > MAX);
            if text.is_empty() || is_long || entropy(text) < self.entropy {
                continue;
            }
            if !self.allow.iter().any(|allowed| allowed.is_match(text)) {
                spans.push(Span::new(value.start(), value.end()));
            }
        }
        spans
    }
}

/// The reason without the expression, which the message shows anyway.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let line = text.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

/// Whether a text has a keyword in it, in any case.
fn holds(bytes: &[u8], keyword: &str) -> bool {
    let keyword = keyword.as_bytes();
    let Some(first) = keyword.first() else {
        return true;
    };
    if memmem::find(bytes, keyword).is_some() {
        return true;
    }
    let (low, up) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(low, up, bytes).any(|at| {
        bytes
            .get(at..at + keyword.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(keyword))
    })
}

/// Shannon's entropy of the bytes of a value, in bits for each byte.
#[expect(clippy::cast_precision_loss, reason = "values are short")]
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let length = value.len() as f64;
    let used = counts.iter().filter(|count| **count > 0);
    used.map(|count| {
        let share = *count as f64 / length;
        -share * share.log2()
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::{OwnRule, entropy};
    use crate::source::Span;

    #[test]
    fn the_first_group_is_the_value() {
        let rule = OwnRule::new("acme", "a key of Acme", "acme_([a-z0-9]{8})").unwrap();
        let text = b"x acme_abcd1234 acme_aaaaaaaa";
        assert_eq!(rule.find(text), [Span::new(7, 15), Span::new(21, 29)]);
        let rule = rule.with_entropy(2.0);
        assert_eq!(rule.find(text), [Span::new(7, 15)]);
        let rule = rule.allowing("^abcd").unwrap();
        assert_eq!(rule.find(text), []);
    }

    #[test]
    fn a_keyword_has_to_be_there() {
        let rule = OwnRule::new("acme", "a key of Acme", "[a-f0-9]{8}").unwrap();
        let rule = rule.with_keywords(vec!["acme".to_owned()]);
        assert_eq!(rule.find(b"key 12345678"), []);
        assert_eq!(rule.find(b"ACME 12345678"), [Span::new(5, 13)]);
        assert_eq!(rule.find(b"acme 12345678"), [Span::new(5, 13)]);
    }

    #[test]
    fn expressions_are_checked() {
        for (expression, words) in [
            ("(", "unclosed group"),
            ("a*", "matches the empty text"),
            ("(?:a{1000}){1000}", "size"),
        ] {
            let error = OwnRule::new("x", "x", expression).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn entropy_is_that_of_shannon() {
        assert!(entropy(b"aaaa") < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
    }
}
