//! Variables in the values of a Compose file: `$NAME`, `${NAME}` and its operators, as compose-go
//! 2.4 substitutes them. Knows texts only; which values are substituted is told in `compose.rs`.

/// How deep one default value may stand in another.
const MAX_DEPTH: usize = 64;

/// How long a substituted text may become, in bytes: defaults that repeat a long variable.
const MAX_LEN: usize = 1 << 20;

/// Where the values of variables come from.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A text with its variables replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Substituted {
    /// The text that Compose goes on with.
    pub(super) text: String,
    /// Variables without a value that Compose warns about and replaces by nothing.
    pub(super) unset: Vec<String>,
    /// Variables that are unset or empty and are replaced by nothing without a word, as in
    /// `${NAME:+$NAME:}`.
    pub(super) blank: Vec<String>,
}

/// Why Compose refuses a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A `${` that does not begin a variable; with the template that is to blame.
    Invalid(String),
    /// A `${NAME:?message}` without a value.
    Missing(String),
    /// Beyond the bounds of this reader.
    TooLarge,
}

/// Replaces the variables of a text. The forms are those of the Compose specification,
/// "Interpolation"; a name is ASCII letters, digits and `_`.
///
/// # Errors
///
/// A `${` that Compose does not take, a required variable without a value, defaults nested too
/// deep.
pub(super) fn substitute(template: &str, lookup: Lookup<'_>) -> Result<Substituted, Refusal> {
    let mut result = Substituted::default();
    if template.contains('$') {
        result.text = replace(template, lookup, 0, &mut result)?;
    } else {
        template.clone_into(&mut result.text);
    }
    Ok(result)
}

fn replace(
    template: &str,
    lookup: Lookup<'_>,
    depth: usize,
    seen: &mut Substituted,
) -> Result<String, Refusal> {
    if depth > MAX_DEPTH {
        return Err(Refusal::TooLarge);
    }
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            text.push('$');
            rest = tail;
        } else if let Some(inner) = after.strip_prefix('{') {
            let name_end = 1 + name_len(inner);
            let end =
                braced_end(after, name_end).ok_or_else(|| Refusal::Invalid(template.to_owned()))?;
            text.push_str(&value(
                &after[1..name_end],
                &after[name_end..end],
                lookup,
                depth,
                seen,
            )?);
            rest = &after[end + 1..];
        } else {
            match name_len(after) {
                0 => text.push('$'),
                len => text.push_str(&plain(&after[..len], lookup, seen)),
            }
            rest = &after[name_len(after)..];
        }
        if text.len() > MAX_LEN {
            return Err(Refusal::TooLarge);
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// The length of the name that a text begins with.
fn name_len(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}

/// Where the `}` of a braced variable is. `text` begins with the `{`, its name ends at `name_end`.
///
/// Compose looks for the last `}` of the line and then for the first that closes as many braces as
/// were opened; the character behind a brace is never looked at. With no such `}` it is the last.
fn braced_end(text: &str, name_end: usize) -> Option<usize> {
    if name_end == 1 {
        return None;
    }
    let tail = &text[name_end..];
    if tail.starts_with('}') {
        return Some(name_end);
    }
    let operator = tail.strip_prefix(':').unwrap_or(tail);
    if !operator.starts_with(['-', '+', '?']) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    let mut last = None;
    let mut at = 0;
    // The scan ends with the variable, so that many in one line take linear time.
    while at < bytes.len() && bytes[at] != b'\n' {
        match bytes[at] {
            b'}' => {
                last = Some(at);
                open = open.saturating_sub(1);
                if open == 0 {
                    return last;
                }
            }
            b'{' => {
                open += 1;
                at += 1;
                match bytes.get(at) {
                    Some(b'}') => last = Some(at),
                    Some(b'\n') => break,
                    _ => {}
                }
            }
            _ => {}
        }
        at += 1;
    }
    last
}

/// `$NAME` and `${NAME}`.
fn plain(name: &str, lookup: Lookup<'_>, seen: &mut Substituted) -> String {
    lookup(name).unwrap_or_else(|| {
        seen.unset.push(name.to_owned());
        String::new()
    })
}

/// A braced variable; `operation` is what stands between its name and its brace.
fn value(
    name: &str,
    operation: &str,
    lookup: Lookup<'_>,
    depth: usize,
    seen: &mut Substituted,
) -> Result<String, Refusal> {
    let (needs_text, operation) = match operation.strip_prefix(':') {
        Some(operation) => (true, operation),
        None => (false, operation),
    };
    let Some(operator) = operation.chars().next() else {
        return Ok(plain(name, lookup, seen));
    };
    // Names in a default that is not used are replaced too, and Compose warns about them as well.
    let operand = replace(&operation[1..], lookup, depth + 1, seen)?;
    let value = lookup(name);
    let is_there = value
        .as_deref()
        .is_some_and(|value| !needs_text || !value.is_empty());
    match (operator, is_there) {
        ('-' | '?', true) => Ok(value.unwrap_or_default()),
        ('-', false) | ('+', true) => Ok(operand),
        ('?', false) => Err(Refusal::Missing(if operand.is_empty() {
            format!("required variable {name} is missing a value")
        } else {
            format!("required variable {name} is missing a value: {operand}")
        })),
        _ => {
            seen.blank.push(name.to_owned());
            Ok(value.unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Refusal, substitute};

    fn lookup(name: &str) -> Option<String> {
        match name {
            "V" | "_v9" => Some("val".to_owned()),
            "EMPTY" => Some(String::new()),
            "DOLLAR" => Some("$V".to_owned()),
            _ => None,
        }
    }

    fn text(template: &str) -> String {
        substitute(template, &lookup).unwrap().text
    }

    #[test]
    fn all_forms_give_what_compose_gives() {
        // Each row was measured on Docker Compose 2.26.1.
        for (template, expected) in [
            ("plain", "plain"),
            ("$V", "val"),
            ("${V}", "val"),
            ("a$V.b", "aval.b"),
            ("$_v9", "val"),
            ("$$V", "$V"),
            ("$$$V", "$val"),
            ("${NO:-d}", "d"),
            ("${NO-d}", "d"),
            ("${EMPTY:-d}", "d"),
            ("${EMPTY-d}", ""),
            ("${V:-d}", "val"),
            ("${V:+a}", "a"),
            ("${V+a}", "a"),
            ("${EMPTY:+a}", ""),
            ("${EMPTY+a}", "a"),
            ("${NO+a}", ""),
            ("${V:?e}", "val"),
            ("${EMPTY?e}", ""),
            ("${NO:-${V}}", "val"),
            ("${NO:-${OTHER:-x}}y", "xy"),
            ("${NO:-a}${NO:-b}", "ab"),
            ("${NO:-a} ${V} }", "a val }"),
            ("${NO:-{}}", "{}"),
            ("${NO:-a:-b}", "a:-b"),
            ("${NO-}", ""),
            ("$1 $- $ $.", "$1 $- $ $."),
            ("$DOLLAR", "$V"),
            ("${NO:-$$V}", "$V"),
        ] {
            assert_eq!(text(template), expected, "{template}");
        }
    }

    #[test]
    fn what_compose_refuses_is_refused() {
        for template in [
            "${V/x/y}",
            "${",
            "${}",
            "${V",
            "${1}",
            "${V:-a\nb}",
            "${NO:-${}",
        ] {
            assert!(
                matches!(substitute(template, &lookup), Err(Refusal::Invalid(_))),
                "{template}"
            );
        }
        let missing = |template| match substitute(template, &lookup) {
            Err(Refusal::Missing(message)) => message,
            other => panic!("{template}: {other:?}"),
        };
        assert_eq!(
            missing("${NO:?say $V}"),
            "required variable NO is missing a value: say val"
        );
        assert_eq!(missing("${NO?}"), "required variable NO is missing a value");
    }

    #[test]
    fn names_without_a_value_are_told() {
        let found = substitute("${A}$B${C:-x}${D:+y}${C:-$E}", &lookup).unwrap();
        assert_eq!(found.unset, ["A", "B", "E"]);
        assert_eq!(found.blank, ["D"]);
    }

    #[test]
    fn nested_defaults_have_a_bound() {
        let deep = "${N:-".repeat(10_000) + &"}".repeat(10_000);
        assert_eq!(substitute(&deep, &lookup), Err(Refusal::TooLarge));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_text_or_a_refusal(template in "[${}:+?aV\\-\\n é]{0,40}") {
            let _ = substitute(&template, &lookup);
        }
    }
}
