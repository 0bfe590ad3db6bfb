//! Variables of a harness: `${name}` in any string, `$${name}` for the literal text.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The values of variables, and which of them were used.
#[derive(Clone, Debug, Default)]
pub struct Vars {
    values: Arc<BTreeMap<String, String>>,
    used: RefCell<BTreeSet<String>>,
}

/// Why a text cannot be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No variable has this name.
    Undefined(String),
    /// `${` is not followed by a name and `}`; the text as it stands.
    Malformed(String),
}

impl Vars {
    /// Variables from names and values.
    pub fn new(values: BTreeMap<String, String>) -> Self {
        Self {
            values: Arc::new(values),
            used: RefCell::default(),
        }
    }

    /// Whether a variable was looked up so far.
    pub fn is_used(&self, name: &str) -> bool {
        self.used.borrow().contains(name)
    }

    /// All values, for a reader that looks them up itself; all of them count as used.
    pub fn use_all(&self) -> Arc<BTreeMap<String, String>> {
        self.used.borrow_mut().extend(self.values.keys().cloned());
        Arc::clone(&self.values)
    }

    /// The names that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Replaces every reference in a text.
    ///
    /// # Errors
    ///
    /// Every reference that has no value or is malformed.
    pub fn expand<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, Vec<Problem>> {
        // Nearly no text has a dollar, and looking for one byte is fast.
        if memchr::memchr(b'$', text.as_bytes()).is_none() || !text.contains("${") {
            return Ok(Cow::Borrowed(text));
        }
        let mut expanded = String::with_capacity(text.len());
        let mut problems = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let (before, reference) = rest.split_at(at);
            if let Some(before) = before.strip_suffix('$') {
                expanded.push_str(before);
                expanded.push_str("${");
                rest = &reference[2..];
                continue;
            }
            expanded.push_str(before);
            let name_end = reference
                .find('}')
                .filter(|end| is_name(&reference[2..*end]));
            let Some(end) = name_end else {
                let shown = reference
                    .find(['}', '\n'])
                    .map_or(reference, |end| &reference[..=end]);
                problems.push(Problem::Malformed(shown.trim_end().to_owned()));
                rest = &reference[2..];
                continue;
            };
            let name = &reference[2..end];
            self.used.borrow_mut().insert(name.to_owned());
            match self.values.get(name) {
                Some(value) => expanded.push_str(value),
                None => problems.push(Problem::Undefined(name.to_owned())),
            }
            rest = &reference[end + 1..];
        }
        expanded.push_str(rest);
        if problems.is_empty() {
            Ok(Cow::Owned(expanded))
        } else {
            Err(problems)
        }
    }
}

/// Whether a text can name a variable: a letter or `_`, then letters, digits, `_` and `-`.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::{Problem, Vars};

    fn vars() -> Vars {
        let values = [("port", "18789"), ("dir_name", "/x")];
        Vars::new(
            values
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    #[test]
    fn references_are_replaced_and_doubled_dollars_kept() {
        let cases = [
            ("plain $HOME", "plain $HOME"),
            ("p=${port}", "p=18789"),
            ("${port}${port}", "1878918789"),
            ("$${port} ${port}", "${port} 18789"),
            ("${dir_name}/a", "/x/a"),
            ("$$ and $", "$$ and $"),
        ];
        for (text, expected) in cases {
            assert_eq!(vars().expand(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn every_problem_of_a_text_is_named() {
        let problems = vars().expand("${prt} ${HOME:-x} ${").unwrap_err();
        let expected = [
            Problem::Undefined("prt".into()),
            Problem::Malformed("${HOME:-x}".into()),
            Problem::Malformed("${".into()),
        ];
        assert_eq!(problems, expected);
    }

    #[test]
    fn values_are_not_expanded_again() {
        let vars = Vars::new([("a".to_owned(), "${b}".to_owned())].into());
        assert_eq!(vars.expand("${a}").unwrap(), "${b}");
        assert!(vars.is_used("a") && !vars.is_used("b"));
    }
}
