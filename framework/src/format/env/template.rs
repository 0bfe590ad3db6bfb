//! Compose's interpolation: `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:+a}`, `${V+a}`, `${V:?e}`,
//! `${V?e}` and `$$`, nested (compose-go's package `template`, as of Compose 2.26).

use std::borrow::Cow;

/// How deep defaults may be nested.
const MAX_DEPTH: usize = 100;

/// Why a text cannot be interpolated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateError {
    /// A `${` that is not completed; where it stands in the outermost text.
    Invalid(usize),
    /// `${V:?e}` or `${V?e}` without a value: the name and the interpolated `e`.
    Missing(String, String),
    /// Defaults inside defaults beyond any use; Compose has no such limit.
    TooDeep(usize),
    /// More text than the caller takes.
    TooLong,
}

/// What interpolation makes of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Interpolated {
    /// The result.
    pub(crate) text: String,
    /// The variables that were needed and not set, each once for every use; they became empty.
    pub(crate) unset: Vec<String>,
}

/// Gives the value of a variable.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<Cow<'a, str>>;

/// Interpolates a text into at most `max` bytes.
///
/// # Errors
///
/// The first problem, as Compose finds it; it then refuses the file.
pub(crate) fn interpolate(
    text: &str,
    max: usize,
    lookup: Lookup<'_>,
) -> Result<Interpolated, TemplateError> {
    let mut run = Run {
        lookup,
        max,
        unset: Vec::new(),
    };
    let mut out = String::new();
    run.expand(text, 0, 0, &mut out)?;
    Ok(Interpolated {
        text: out,
        unset: run.unset,
    })
}

struct Run<'a> {
    lookup: Lookup<'a>,
    max: usize,
    unset: Vec<String>,
}

impl Run<'_> {
    fn expand(
        &mut self,
        text: &str,
        base: usize,
        depth: usize,
        out: &mut String,
    ) -> Result<(), TemplateError> {
        if depth > MAX_DEPTH {
            return Err(TemplateError::TooDeep(base));
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'$', &bytes[at..]) {
            let dollar = at + found;
            self.push(&text[at..dollar], out)?;
            let after = dollar + 1;
            at = match bytes.get(after) {
                Some(b'$') => {
                    self.push("$", out)?;
                    after + 1
                }
                Some(b'{') => self.braced(text, dollar, base, depth, out)?,
                _ => {
                    let end = name_end(bytes, after);
                    if end == after {
                        self.push("$", out)?;
                    } else {
                        let value = self.value(&text[after..end]);
                        self.push(&value, out)?;
                    }
                    end
                }
            };
        }
        self.push(&text[at..], out)
    }

    /// Expands the `${…}` that starts at `dollar` and returns the offset behind it.
    fn braced(
        &mut self,
        text: &str,
        dollar: usize,
        base: usize,
        depth: usize,
        out: &mut String,
    ) -> Result<usize, TemplateError> {
        let invalid = TemplateError::Invalid(base + dollar);
        let bytes = text.as_bytes();
        let start = dollar + 2;
        let end = name_end(bytes, start);
        let name = &text[start..end];
        if name.is_empty() {
            return Err(invalid);
        }
        if bytes.get(end) == Some(&b'}') {
            let value = self.value(name);
            self.push(&value, out)?;
            return Ok(end + 1);
        }
        let is_colon = bytes.get(end) == Some(&b':');
        let sign_at = end + usize::from(is_colon);
        let Some(sign @ (b'-' | b'+' | b'?')) = bytes.get(sign_at).copied() else {
            return Err(invalid);
        };
        // Every `{` opens, not only `${`; where they do not balance, the last `}` of the line
        // closes.
        let Some(close) = closing(bytes, dollar) else {
            return Err(invalid);
        };
        let mut word = String::new();
        // The word is interpolated, and can be wrong, even where it is not used.
        let word_at = sign_at + 1;
        self.expand(&text[word_at..close], base + word_at, depth + 1, &mut word)?;
        let value = (self.lookup)(name).map(Cow::into_owned);
        let counts = value
            .as_deref()
            .is_some_and(|value| !is_colon || !value.is_empty());
        match (sign, counts) {
            (b'-', false) | (b'+', true) => self.push(&word, out)?,
            (b'?', false) => return Err(TemplateError::Missing(name.to_owned(), word)),
            _ => self.push(&value.unwrap_or_default(), out)?,
        }
        Ok(close + 1)
    }

    fn value(&mut self, name: &str) -> String {
        let value = (self.lookup)(name).map(Cow::into_owned);
        value.unwrap_or_else(|| {
            self.unset.push(name.to_owned());
            String::new()
        })
    }

    fn push(&self, text: &str, out: &mut String) -> Result<(), TemplateError> {
        if out.len() + text.len() > self.max {
            return Err(TemplateError::TooLong);
        }
        out.push_str(text);
        Ok(())
    }
}

fn name_end(bytes: &[u8], start: usize) -> usize {
    let is_part = |byte: u8, first: bool| {
        byte == b'_' || byte.is_ascii_alphabetic() || (!first && byte.is_ascii_digit())
    };
    let rest = bytes.get(start..).unwrap_or_default();
    let len = rest
        .iter()
        .enumerate()
        .take_while(|(index, byte)| is_part(**byte, *index == 0))
        .count();
    start + len
}

/// The brace that closes the `${` at `dollar`, on the same line.
fn closing(bytes: &[u8], dollar: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut last = None;
    let mut skip = false;
    for (at, byte) in bytes.iter().enumerate().skip(dollar) {
        match byte {
            b'\n' => break,
            b'}' => {
                last = Some(at);
                if !skip {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return last;
                    }
                }
                skip = false;
            }
            // The character behind a `{` is not looked at.
            b'{' if !skip => {
                open += 1;
                skip = true;
            }
            _ => skip = false,
        }
    }
    last
}
