//! Globs over paths: `*` and `?` stay within a component, `**` crosses them, `[ab]` and `{a,b}`
//! are alternatives. Names that begin with a dot match like any other.

use globset::{GlobBuilder, GlobMatcher};

/// A compiled glob and the text that it was made from.
#[derive(Clone, Debug)]
pub struct Glob {
    text: Box<str>,
    matcher: GlobMatcher,
}

impl Glob {
    /// Compiles a glob.
    ///
    /// # Errors
    ///
    /// A clause that says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Self {
            text: text.into(),
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether the glob matches the whole text.
    pub fn is_match(&self, text: &str) -> bool {
        self.matcher.is_match(text)
    }

    /// The text that the glob was made from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a text has a character that globs treat specially.
    pub fn is_special(text: &str) -> bool {
        text.contains(['*', '?', '[', '{'])
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn stars_stay_in_their_component() {
        let cases = [
            ("*.service", "a.service", true),
            ("*.service", "d/a.service", false),
            ("**/*.service", "a.service", true),
            ("**/*.service", "d/e/a.service", true),
            ("*", ".env", true),
            ("gateway/{a,b}", "gateway/b", true),
            ("g?teway/[a-c]", "gateway/d", false),
        ];
        for (glob, text, expected) in cases {
            assert_eq!(
                Glob::new(glob).unwrap().is_match(text),
                expected,
                "{glob} {text}"
            );
        }
    }

    #[test]
    fn a_broken_glob_is_refused() {
        for text in ["[", "{a", "a\\"] {
            assert!(Glob::new(text).is_err(), "{text}");
        }
    }
}
