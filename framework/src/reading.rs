//! Reading values of a harness file: typed access with diagnostics that point at the value.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::source::{Source, Span};
use crate::text::{plural, suggest};
use crate::value::{Kind, Value};
use crate::vars::{Problem, Vars};

/// The rules that reading a value can break.
pub static RULES: &[&Rule] = &[
    &WRONG_TYPE,
    &EMPTY_VALUE,
    &INVALID_VALUE,
    &UNDEFINED_VARIABLE,
];

/// A value of another type than the key takes.
pub static WRONG_TYPE: Rule = Rule {
    code: "CT004",
    name: "wrong-type",
    effect: Effect::Invalid,
    explain: "The key takes a value of another type. Numbers are written without quotes, texts with \
quotes, and lists in brackets.",
};

/// A value that demands nothing.
pub static EMPTY_VALUE: Rule = Rule {
    code: "CT011",
    name: "empty-value",
    effect: Effect::Invalid,
    explain: "An empty list, an empty text or an expression that matches everything demands nothing: \
the check would pass whatever the file holds. Say what has to be there, or remove the key.",
};

/// A value that is not what the key's grammar allows.
pub static INVALID_VALUE: Rule = Rule {
    code: "CT012",
    name: "invalid-value",
    effect: Effect::Invalid,
    explain: "The value has the right type but is not what the key takes: a regular expression that \
does not compile, a mode that is not octal, a size or a duration without a unit, a path that leaves \
the workspace, a glob that is not closed.",
};

/// A reference to a variable that has no value.
pub static UNDEFINED_VARIABLE: Rule = Rule {
    code: "CT014",
    name: "undefined-variable",
    effect: Effect::Invalid,
    explain: "`${name}` stands for a variable of the table `[vars]` or of `--var name=value`, and there \
is none of that name. For the literal text `${name}` write `$${name}`.",
};

/// A text of a harness, its variables expanded, and where it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The text itself.
    pub value: Box<str>,
    /// Where it stands in the harness.
    pub span: Span,
}

impl fmt::Debug for Text {
    // The text may be a secret, so it is never part of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("len", &self.value.len())
            .field("span", &self.span)
            .finish()
    }
}

/// What is needed to read values, and where problems are put.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The harness file.
    pub source: Source<'a>,
    /// The variables that strings may refer to.
    pub vars: &'a Vars,
    /// The problems found so far.
    pub diagnostics: Vec<Diagnostic>,
}

impl<'a> Reading<'a> {
    /// Starts reading a harness file.
    pub fn new(source: Source<'a>, vars: &'a Vars) -> Self {
        Self {
            source,
            vars,
            diagnostics: Vec::new(),
        }
    }

    /// The variables for formats that interpolate. From now on all of them count as used: which of
    /// them a file refers to is known only when it is read.
    pub fn variables(&self) -> Arc<BTreeMap<String, String>> {
        self.vars.use_all()
    }

    /// Reports a problem at a place of the harness; the result can still be given help.
    pub fn report(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        let excerpt = self.source.excerpt(span);
        self.diagnostics
            .push(Diagnostic::new(rule, message).label(excerpt, label));
        // The vector has just been given an element.
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Reports a value of the wrong type.
    pub fn wrong_type(&mut self, key: &str, value: &Value, expected: &str) {
        let message = format!("`{key}` takes {expected}, found {}", value.kind.name());
        self.report(
            &WRONG_TYPE,
            value.span,
            message,
            format!("expected {expected}"),
        );
    }

    /// Reports a value that the key's grammar does not allow.
    pub fn invalid(&mut self, key: &str, span: Span, why: impl Display) {
        self.report(
            &INVALID_VALUE,
            span,
            format!("`{key}` is not valid: {why}"),
            "",
        );
    }

    /// A text, which may be empty.
    pub fn any_text(&mut self, key: &str, value: &Value) -> Option<Text> {
        let Kind::String(text) = &value.kind else {
            self.wrong_type(key, value, "a string");
            return None;
        };
        match self.vars.expand(text) {
            Ok(expanded) => Some(Text {
                value: expanded.into(),
                span: value.span,
            }),
            Err(problems) => {
                for problem in problems {
                    self.variable_problem(value.span, &problem);
                }
                None
            }
        }
    }

    fn variable_problem(&mut self, span: Span, problem: &Problem) {
        let written = match problem {
            Problem::Undefined(name) => format!("${{{name}}}"),
            Problem::Malformed(text) => text.clone(),
        };
        // The reference itself, where the string holds it literally.
        let raw = self.source.bytes.get(span.range()).unwrap_or_default();
        let span = memchr::memmem::find(raw, written.as_bytes()).map_or(span, |at| {
            Span::new(span.start + at, span.start + at + written.len())
        });
        let known = match problem {
            Problem::Undefined(name) => suggest(name, self.vars.names()).map(str::to_owned),
            Problem::Malformed(_) => None,
        };
        match problem {
            Problem::Undefined(name) => {
                let message = format!("variable `{name}` is not defined");
                self.report(&UNDEFINED_VARIABLE, span, message, "no such variable")
                    .help.extend([
                        known.map_or_else(|| format!("define it in `[vars]` or with `--var {name}=…`, or write `$${{{name}}}` for the literal text"), |known| format!("did you mean `${{{known}}}`?")),
                    ]);
            }
            Problem::Malformed(text) => {
                let message = format!("`{text}` is not a reference to a variable");
                self.report(&UNDEFINED_VARIABLE, span, message, "expected `${name}`")
                    .help
                    .push("write `$${` for a literal `${`".to_owned());
            }
        }
    }

    /// A text that is not empty.
    pub fn text(&mut self, key: &str, value: &Value) -> Option<Text> {
        let text = self.any_text(key, value)?;
        if text.value.is_empty() {
            self.report(
                &EMPTY_VALUE,
                value.span,
                format!("`{key}` is empty"),
                "expected some text",
            );
            return None;
        }
        Some(text)
    }

    /// A text or a list of texts, none of them empty.
    pub fn texts(&mut self, key: &str, value: &Value) -> Option<Vec<Text>> {
        let Kind::Array(values) = &value.kind else {
            if !matches!(value.kind, Kind::String(_)) {
                self.wrong_type(key, value, "a string or a list of strings");
                return None;
            }
            return self.text(key, value).map(|text| vec![text]);
        };
        if values.is_empty() {
            let message = format!("`{key}` is an empty list, which demands nothing");
            self.report(
                &EMPTY_VALUE,
                value.span,
                message,
                "expected at least one text",
            );
            return None;
        }
        // Every element is read, so that all problems are reported at once.
        let texts: Vec<Option<Text>> = values.iter().map(|value| self.text(key, value)).collect();
        texts.into_iter().collect()
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, key: &str, value: &Value) -> Option<u64> {
        let Kind::Integer { value: number, .. } = value.kind else {
            self.wrong_type(key, value, "an integer");
            return None;
        };
        let count = number.and_then(|number| u64::try_from(number).ok());
        if count.is_none() {
            self.invalid(key, value.span, "expected a whole number from 0");
        }
        count
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, value: &Value) -> Option<bool> {
        let Kind::Boolean(truth) = value.kind else {
            self.wrong_type(key, value, "`true` or `false`");
            return None;
        };
        Some(truth)
    }

    /// `true`; `false` would demand nothing.
    pub fn only_true(&mut self, key: &str, value: &Value) -> Option<()> {
        if self.boolean(key, value)? {
            return Some(());
        }
        let message = format!("`{key} = false` demands nothing");
        self.report(&EMPTY_VALUE, value.span, message, "expected `true`");
        None
    }

    /// A text that a function turns into something else. For a number the function says what is
    /// wrong with it, for example that a unit is missing.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &str,
        value: &Value,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if let Kind::Integer {
            value: Some(number),
            ..
        } = value.kind
            && let Err(why) = parse(&number.to_string())
        {
            self.invalid(key, value.span, why);
            return None;
        }
        let text = self.text(key, value)?;
        parse(&text.value)
            .map_err(|why| self.invalid(key, value.span, why))
            .ok()
    }

    /// Permission bits: `"0600"`, or the octal integer `0o600`.
    pub fn mode(&mut self, key: &str, value: &Value) -> Option<u32> {
        let mode = match &value.kind {
            Kind::Integer {
                value: Some(number),
                radix: 8,
            } => u32::try_from(*number).ok(),
            Kind::Integer {
                value: Some(number),
                ..
            } => {
                let why = format!("{number} is not octal; write `\"0{number}\"` or `0o{number}`");
                self.invalid(key, value.span, why);
                return None;
            }
            Kind::String(_) => {
                let text = self.text(key, value)?;
                octal(&text.value)
            }
            _ => {
                self.wrong_type(key, value, "a mode such as \"0600\"");
                return None;
            }
        };
        let mode = mode.filter(|mode| *mode <= ALL_BITS);
        if mode.is_none() {
            self.invalid(
                key,
                value.span,
                "expected three or four octal digits such as \"0600\"",
            );
        }
        mode
    }

    /// The elements of a list that is not empty.
    pub fn list<'v>(
        &mut self,
        key: &str,
        value: &'v Value<'v>,
        of: &str,
    ) -> Option<&'v [Value<'v>]> {
        let Kind::Array(values) = &value.kind else {
            self.wrong_type(
                key,
                value,
                &format!("a list of {}", plural(2, of).split_off(2)),
            );
            return None;
        };
        if values.is_empty() {
            let message = format!("`{key}` is an empty list");
            self.report(
                &EMPTY_VALUE,
                value.span,
                message,
                format!("expected at least one {of}"),
            );
            return None;
        }
        Some(values)
    }
}

/// All permission bits.
pub(crate) const ALL_BITS: u32 = 0o7777;

/// Permission bits as three or four octal digits, a `0` before them allowed.
pub(crate) fn octal(text: &str) -> Option<u32> {
    let is_octal =
        (3..=5).contains(&text.len()) && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    let mode = is_octal.then(|| u32::from_str_radix(text, 8).ok())?;
    mode.filter(|mode| *mode <= ALL_BITS)
}

#[cfg(test)]
mod tests {
    use super::Reading;
    use crate::format::toml;
    use crate::source::Source;
    use crate::vars::Vars;

    /// Reads the value of `k` in `text` and gives back the result and the first problem.
    fn read<T>(
        text: &str,
        get: impl FnOnce(&mut Reading<'_>, &crate::value::Value) -> Option<T>,
    ) -> (Option<T>, Option<String>) {
        let vars = Vars::new([("port".to_owned(), "1".to_owned())].into());
        let mut reading = Reading::new(Source::new("h.toml", text.as_bytes()), &vars);
        let table = toml::parse(text).unwrap();
        let result = get(&mut reading, table.get("k").unwrap());
        let problem = reading.diagnostics.first().map(|d| {
            let excerpt = &d.labels[0].excerpt;
            format!(
                "{} {} @{}",
                d.rule.code,
                d.message,
                &excerpt.text[excerpt.range.clone()]
            )
        });
        (result, problem)
    }

    #[test]
    fn texts_are_one_or_many_and_never_none() {
        let texts = |text| read(text, |r, v| r.texts("k", v).map(|texts| texts.len()));
        assert_eq!(texts("k = 'a'"), (Some(1), None));
        assert_eq!(texts("k = ['a', 'b${port}']"), (Some(2), None));
        assert_eq!(
            texts("k = []").1.unwrap(),
            "CT011 `k` is an empty list, which demands nothing @[]"
        );
        assert_eq!(texts("k = ['a', '']").1.unwrap(), "CT011 `k` is empty @''");
        assert_eq!(
            texts("k = 1").1.unwrap(),
            "CT004 `k` takes a string or a list of strings, found an integer @1"
        );
        assert_eq!(
            texts("k = 'x ${prt} y'").1.unwrap(),
            "CT014 variable `prt` is not defined @${prt}"
        );
    }

    #[test]
    fn modes_are_octal_however_they_are_written() {
        let mode = |text| read(text, |r, v| r.mode("k", v));
        assert_eq!(mode("k = '0600'"), (Some(0o600), None));
        assert_eq!(mode("k = '755'"), (Some(0o755), None));
        assert_eq!(mode("k = 0o640"), (Some(0o640), None));
        assert!(mode("k = 600").1.unwrap().contains("`\"0600\"` or `0o600`"));
        for wrong in [
            "k = '0800'",
            "k = '6'",
            "k = 'rw'",
            "k = 0o70000",
            "k = true",
        ] {
            assert_eq!(mode(wrong).0, None, "{wrong}");
        }
    }

    #[test]
    fn booleans_that_demand_nothing_are_refused() {
        let only_true = |text| read(text, |r, v| r.only_true("k", v));
        assert_eq!(only_true("k = true"), (Some(()), None));
        assert_eq!(
            only_true("k = false").1.unwrap(),
            "CT011 `k = false` demands nothing @false"
        );
    }
}
