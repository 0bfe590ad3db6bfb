//! Basic regular expressions as GNU grep 3.8 reads them in a UTF-8 locale: what the texts of suites
//! for the bash framework were. The rules are those of POSIX (Base Definitions, chapter 9.3) with
//! GNU's additions, as measured against `grep`; see [`Bre::new`] and [`Bre::find`].

mod emit;
mod parse;
mod reading;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use memchr::memchr;
use thiserror::Error;

use crate::source::Span;

pub use reading::{Judged, Reading, judge};

/// Largest size of a compiled expression in bytes.
const COMPILED_LIMIT: usize = 16 << 20;

/// Why a text is no expression, or has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BreError {
    /// grep exits with 2.
    #[error("{0}")]
    Invalid(&'static str),
    /// It would take too much memory or time.
    #[error("the expression is too complex")]
    TooComplex,
    /// A back-reference is looked for in bytes that are no UTF-8.
    #[error("a back-reference cannot be looked for in a text that is not UTF-8")]
    NotText,
}

/// A basic regular expression, or several on lines of their own, of which one has to match.
#[derive(Clone, Debug)]
pub struct Bre {
    engines: Vec<Engine>,
}

#[derive(Clone, Debug)]
enum Engine {
    /// A regular language: searched for in linear time.
    Plain(regex::bytes::Regex),
    /// With back-references: tried out, with a limit.
    Backtracking(fancy_regex::Regex),
}

impl Bre {
    /// Reads an expression.
    ///
    /// `* . [ ]` are operators, and with a backslash `\+ \? \| \{ \} \( \)`, `\1` to `\9`,
    /// `\w \W \s \S \b \B \< \>`, `` \` `` and `\'`. A repetition at the start of a branch is
    /// literal; `^` is an anchor only at the start of a branch, `$` only at its end. A line end
    /// separates expressions, each read alone.
    ///
    /// # Errors
    ///
    /// What grep refuses, in grep's words; and what would take too much memory.
    pub fn new(pattern: &[u8]) -> Result<Self, BreError> {
        let engines = pattern.split(|byte| *byte == b'\n').map(|line| {
            let parsed = parse::parse(line)?;
            let text = emit::emit(&parsed.node);
            if parsed.has_references {
                let built = fancy_regex::RegexBuilder::new(&text)
                    .delegate_size_limit(COMPILED_LIMIT)
                    .build();
                built
                    .map(Engine::Backtracking)
                    .map_err(|_| BreError::TooComplex)
            } else {
                let built = regex::bytes::RegexBuilder::new(&text)
                    .size_limit(COMPILED_LIMIT)
                    .build();
                built.map(Engine::Plain).map_err(|_| BreError::TooComplex)
            }
        });
        Ok(Self {
            engines: engines.collect::<Result<_, _>>()?,
        })
    }

    /// The first place in a file where one of the expressions matches: inside of one line. Lines end
    /// at LF; in a file with a NUL byte at these, too. An empty file has no line. A byte that is not
    /// UTF-8 is matched by no character of an expression.
    ///
    /// # Errors
    ///
    /// Only for expressions with back-references: too many ways to try, or bytes that are not UTF-8.
    pub fn find(&self, text: &[u8]) -> Result<Option<Span>, BreError> {
        if text.is_empty() {
            return Ok(None);
        }
        let lines: Cow<'_, [u8]> = if memchr(0, text).is_some() {
            let lines = text
                .iter()
                .map(|byte| if *byte == 0 { b'\n' } else { *byte });
            Cow::Owned(lines.collect())
        } else {
            Cow::Borrowed(text)
        };
        let lines = lines.strip_suffix(b"\n").unwrap_or(&lines);
        let mut first: Option<Span> = None;
        for engine in &self.engines {
            let found = match engine {
                Engine::Plain(regex) => regex
                    .find(lines)
                    .map(|found| Span::new(found.start(), found.end())),
                Engine::Backtracking(regex) => backtrack(regex, lines)?,
            };
            if let Some(found) = found
                && first.is_none_or(|first| found.start < first.start)
            {
                first = Some(found);
            }
        }
        Ok(first)
    }
}

/// Looks line by line, so that one line that is not UTF-8 does not hide the others.
fn backtrack(regex: &fancy_regex::Regex, lines: &[u8]) -> Result<Option<Span>, BreError> {
    let mut start = 0;
    let mut is_text = true;
    for line in lines.split(|byte| *byte == b'\n') {
        match str::from_utf8(line) {
            Ok(line) => {
                let found = regex.find(line).map_err(|_| BreError::TooComplex)?;
                if let Some(found) = found {
                    return Ok(Some(Span::new(start + found.start(), start + found.end())));
                }
            }
            Err(_) => is_text = false,
        }
        start += line.len() + 1;
    }
    if is_text {
        Ok(None)
    } else {
        Err(BreError::NotText)
    }
}
