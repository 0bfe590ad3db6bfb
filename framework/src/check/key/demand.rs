//! What a check demands of one value, and whether the value is so.

use std::cmp::Ordering;

use regex::Regex;

use crate::document::{Data, Node};
use crate::reading::{EMPTY_VALUE, Reading};
use crate::scale::{Amount, Scale};
use crate::text::{all_of, one_of};
use crate::value::{Kind, Value};

/// A demand on a value.
#[derive(Debug)]
pub(super) enum Demand {
    /// It is this.
    Equals(Wanted),
    /// It is one of these.
    OneOf(Vec<Wanted>),
    /// It is none of these.
    NotEquals(Vec<Wanted>),
    /// It is this or more.
    AtLeast(Wanted),
    /// It is this or less.
    AtMost(Wanted),
    /// The text holds each of these texts; the list each of these elements.
    Contains(Vec<Box<str>>),
    /// The text holds none of these texts; nor does the list have one of these elements.
    ContainsNot(Vec<Box<str>>),
    /// Each of these matches.
    Matches(Vec<Regex>),
    /// None of these matches; nor does any element of a list.
    MatchesNot(Vec<Regex>),
    /// It is set, or is not.
    Present(bool),
}

/// A value of the harness to compare with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    Text(Box<str>),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Wanted>),
}

/// Whether a value is as demanded.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// It is.
    Holds,
    /// It is not; perhaps with a reason that is not plain from the values.
    Differs(Option<String>),
    /// What is demanded is nothing that the consumer could read, and why.
    NotReadable(String),
}

impl Verdict {
    fn of(holds: bool) -> Self {
        if holds {
            Self::Holds
        } else {
            Self::Differs(None)
        }
    }
}

impl Demand {
    /// Reads the demand of a key of the harness; what is wrong is reported.
    pub(super) fn read(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<Self> {
        Some(match key {
            "equals" => Self::Equals(Wanted::read(reading, key, value)?),
            "not_equals" => match &value.kind {
                Kind::Array(_) => Self::NotEquals(wanted_list(reading, key, value)?),
                _ => Self::NotEquals(vec![Wanted::read(reading, key, value)?]),
            },
            "one_of" => Self::OneOf(wanted_list(reading, key, value)?),
            "at_least" => Self::AtLeast(limit(reading, key, value)?),
            "at_most" => Self::AtMost(limit(reading, key, value)?),
            "present" => Self::Present(reading.boolean(key, value)?),
            "matches" => Self::Matches(expressions(reading, key, value)?),
            "not_matches" => Self::MatchesNot(expressions(reading, key, value)?),
            _ => {
                let texts = reading.texts(key, value)?;
                let texts = texts.into_iter().map(|text| text.value).collect();
                match key {
                    "not_contains" => Self::ContainsNot(texts),
                    _ => Self::Contains(texts),
                }
            }
        })
    }

    /// Judges one value.
    pub(super) fn judge(&self, node: &Node) -> Verdict {
        match self {
            Self::Equals(wanted) => equals(node, wanted),
            Self::OneOf(wanted) => any(wanted.iter().map(|wanted| equals(node, wanted))),
            Self::NotEquals(wanted) => {
                first_not_held(wanted.iter().map(|wanted| is_other(node, wanted)))
            }
            Self::AtLeast(wanted) => compare(node, wanted, Ordering::is_ge),
            Self::AtMost(wanted) => compare(node, wanted, Ordering::is_le),
            Self::Contains(_) | Self::Matches(_) if node.data == Data::Null => {
                Verdict::Differs(Some("null has no text".to_owned()))
            }
            Self::Contains(texts) => Verdict::of(texts.iter().all(|text| contains(node, text))),
            Self::Matches(expressions) => {
                let matches = |regex: &Regex| match &node.data {
                    Data::List(items) => items.iter().any(|item| is_match(regex, item)),
                    _ => is_match(regex, node),
                };
                Verdict::of(expressions.iter().all(matches))
            }
            Self::ContainsNot(texts) => {
                let holds = |item: &Node| texts.iter().any(|text| contains(item, text));
                none(node, &holds)
            }
            Self::MatchesNot(expressions) => {
                let matches = |item: &Node| expressions.iter().any(|regex| is_match(regex, item));
                none(node, &matches)
            }
            Self::Present(wanted) => Verdict::of(*wanted != node.is_default),
        }
    }

    /// The element of a list that must not be in it, if it is that.
    pub(super) fn culprit<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        let mut items = node.items().iter();
        match self {
            Self::NotEquals(_) | Self::ContainsNot(_) | Self::MatchesNot(_) => {
                items.find(|item| is_bad(&self.judge(item)))
            }
            _ => None,
        }
    }

    /// The demand in words: "`always`", "one of `a` or `b`", "at least `2G`".
    pub(super) fn words(&self) -> String {
        let joined = |wanted: &[Wanted]| {
            let words: Vec<String> = wanted.iter().map(Wanted::words).collect();
            one_of(words.iter().map(String::as_str))
        };
        match self {
            Self::Equals(wanted) => format!("`{}`", wanted.words()),
            Self::OneOf(wanted) => match wanted.len() {
                1 => joined(wanted),
                _ => format!("one of {}", joined(wanted)),
            },
            Self::NotEquals(wanted) => format!("anything but {}", joined(wanted)),
            Self::AtLeast(wanted) => format!("at least `{}`", wanted.words()),
            Self::AtMost(wanted) => format!("at most `{}`", wanted.words()),
            Self::Contains(texts) => {
                format!(
                    "something with {}",
                    all_of(texts.iter().map(|text| &**text))
                )
            }
            Self::ContainsNot(texts) => {
                format!("nothing with {}", one_of(texts.iter().map(|text| &**text)))
            }
            Self::Matches(expressions) => {
                format!(
                    "a match of {}",
                    all_of(expressions.iter().map(Regex::as_str))
                )
            }
            Self::MatchesNot(expressions) => {
                format!(
                    "no match of {}",
                    one_of(expressions.iter().map(Regex::as_str))
                )
            }
            Self::Present(true) => "any value".to_owned(),
            Self::Present(false) => "no value".to_owned(),
        }
    }
}

/// Reads expressions for a value.
fn expressions(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<Vec<Regex>> {
    let mut expressions = Vec::new();
    for text in reading.texts(key, value)? {
        match compile(&text.value) {
            Ok(regex) if regex.is_match("") && regex.is_match("\u{1}") => {
                let message = format!("`{key}` is an expression that matches any text");
                let label = "matches even an empty text";
                reading.report(&EMPTY_VALUE, text.span, message, label);
                return None;
            }
            Ok(regex) => expressions.push(regex),
            Err(why) => {
                let why = format!("the regular expression does not compile: {why}");
                reading.invalid(key, text.span, why);
                return None;
            }
        }
    }
    Some(expressions)
}

/// Compiles an expression for a value: `^` and `$` are the borders of the whole value.
fn compile(expression: &str) -> Result<Regex, String> {
    Regex::new(expression).map_err(|error| match super::super::compile(expression) {
        // The other dialect is asked for its message, which is in one line.
        Err(why) => why,
        Ok(_) => error.to_string(),
    })
}

impl Wanted {
    fn read(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<Self> {
        Some(match &value.kind {
            Kind::String(_) => Self::Text(reading.any_text(key, value)?.value),
            Kind::Integer { value: number, .. } => {
                let Some(number) = number else {
                    reading.invalid(key, value.span, "the number does not fit into 64 bits");
                    return None;
                };
                Self::Integer(*number)
            }
            Kind::Float(text) => match text.replace('_', "").parse::<f64>() {
                Ok(number) if number.is_finite() => Self::Float(number),
                // No limit demands nothing, and nothing equals what is not a number.
                _ => {
                    reading.invalid(key, value.span, "expected a finite number");
                    return None;
                }
            },
            Kind::Boolean(truth) => Self::Boolean(*truth),
            Kind::Array(values) => {
                let wanted: Vec<Option<Self>> = values
                    .iter()
                    .map(|value| Self::read(reading, key, value))
                    .collect();
                Self::List(wanted.into_iter().collect::<Option<_>>()?)
            }
            Kind::Datetime(_) | Kind::Table(_) => {
                reading.wrong_type(
                    key,
                    value,
                    "a string, a number, a boolean or a list of them",
                );
                return None;
            }
        })
    }

    /// The value as the harness has it, without quotes.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
            Self::List(items) => {
                let words: Vec<String> = items.iter().map(Self::words).collect();
                format!("[{}]", words.join(", "))
            }
        }
    }
}

fn wanted_list(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<Vec<Wanted>> {
    let values = reading.list(key, value, "value")?;
    let wanted: Vec<Option<Wanted>> = values
        .iter()
        .map(|value| Wanted::read(reading, key, value))
        .collect();
    wanted.into_iter().collect()
}

fn limit(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<Wanted> {
    match Wanted::read(reading, key, value)? {
        Wanted::Boolean(_) | Wanted::List(_) => {
            reading.wrong_type(
                key,
                value,
                "a number, or a string such as \"2G\" or \"10s\"",
            );
            None
        }
        wanted => Some(wanted),
    }
}

/// The first that holds, since a list may name words that only other versions of the consumer know;
/// else one that cannot be read, since that is then the harness's mistake.
fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut worst = Verdict::Differs(None);
    for verdict in verdicts {
        match (&verdict, &worst) {
            (Verdict::Holds, _) => return verdict,
            (Verdict::NotReadable(_), Verdict::Differs(_))
            | (Verdict::Differs(Some(_)), Verdict::Differs(None)) => worst = verdict,
            _ => {}
        }
    }
    worst
}

/// The first that does not hold; rather one that cannot be read, since that is the harness's
/// mistake.
fn first_not_held(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut first = Verdict::Holds;
    for verdict in verdicts {
        match verdict {
            Verdict::NotReadable(_) => return verdict,
            Verdict::Differs(_) if first == Verdict::Holds => first = verdict,
            Verdict::Holds | Verdict::Differs(_) => {}
        }
    }
    first
}

/// The only element of a list, or the value itself: a setting that may be given several times is
/// mostly given once.
fn single(node: &Node) -> &Node {
    match &node.data {
        Data::List(items) if items.len() == 1 => &items[0],
        _ => node,
    }
}

fn equals(node: &Node, wanted: &Wanted) -> Verdict {
    if let Wanted::List(wanted) = wanted {
        let Data::List(items) = &node.data else {
            return Verdict::Differs(Some(format!("it is {}, not a list", node.data.name())));
        };
        if items.len() != wanted.len() {
            return Verdict::Differs(None);
        }
        let pairs = items.iter().zip(wanted);
        return first_not_held(pairs.map(|(item, wanted)| equals(item, wanted)));
    }
    let node = single(node);
    if let Some(scale) = node.scale
        && let Some(text) = node.data.to_text()
    {
        let wanted = match (scale.read)(&wanted.words()) {
            Ok(wanted) => wanted,
            Err(why) => return Verdict::NotReadable(why),
        };
        return Verdict::of(amount(scale, &text).is_same(&wanted));
    }
    match (&node.data, wanted) {
        (Data::Text(text), Wanted::Text(wanted)) => Verdict::of(text == wanted),
        (Data::Boolean(truth), Wanted::Boolean(wanted)) => Verdict::of(truth == wanted),
        (Data::Integer(number), Wanted::Integer(wanted)) => {
            Verdict::of(*number == i128::from(*wanted))
        }
        (Data::Integer(_) | Data::Float(_), Wanted::Integer(_) | Wanted::Float(_)) => {
            compare(node, wanted, Ordering::is_eq)
        }
        (Data::Null, Wanted::Text(wanted)) => Verdict::of(&**wanted == "null"),
        (data, wanted) => {
            // The same letters in another type deserve a word.
            let same = data.to_text().is_some_and(|text| *text == *wanted.words());
            let kind = data.name();
            Verdict::Differs(
                (same || matches!(data, Data::List(_) | Data::Map(_)))
                    .then(|| format!("it is {kind}, not {}", kind_of(wanted))),
            )
        }
    }
}

/// Whether a value is another one than this, and for a list, whether each of its elements is. What
/// could not be equal in any case, such as the same letters in another type, is no other value.
fn is_other(node: &Node, wanted: &Wanted) -> Verdict {
    if let (Data::List(items), false) = (&node.data, matches!(wanted, Wanted::List(_))) {
        return match first_not_held(items.iter().map(|item| is_other(item, wanted))) {
            Verdict::Differs(None) if items.len() > 1 => {
                Verdict::Differs(Some(format!("`{}` is in it", wanted.words())))
            }
            verdict => verdict,
        };
    }
    match equals(node, wanted) {
        Verdict::Holds => Verdict::Differs(None),
        Verdict::Differs(None) => Verdict::Holds,
        verdict => verdict,
    }
}

fn kind_of(wanted: &Wanted) -> &'static str {
    match wanted {
        Wanted::Text(_) => "a text",
        Wanted::Integer(_) => "an integer",
        Wanted::Float(_) => "a number",
        Wanted::Boolean(_) => "a boolean",
        Wanted::List(_) => "a list",
    }
}

/// A value of the file on its scale. The format's parser has read it before, so that it cannot be
/// unreadable; if it is, it equals nothing but itself.
fn amount(scale: &Scale, text: &str) -> Amount {
    (scale.read)(text).unwrap_or_else(|_| Amount::Text(text.into()))
}

fn compare(node: &Node, wanted: &Wanted, holds: fn(Ordering) -> bool) -> Verdict {
    let node = single(node);
    let Some(text) = node.data.to_text() else {
        return Verdict::Differs(Some(format!("{} has no size", node.data.name())));
    };
    let words = wanted.words();
    let (found, wanted) = match node.scale {
        Some(scale) => match (scale.read)(&words) {
            Ok(wanted) => (amount(scale, &text), wanted),
            Err(why) => return Verdict::NotReadable(why),
        },
        None => match (&node.data, wanted) {
            (Data::Text(_), _) => (Amount::Text((*text).into()), Amount::Text(words.into())),
            (Data::Integer(number), _) => (Amount::Number(*number), number_of(wanted)),
            (Data::Float(number), _) => (Amount::Float(*number), number_of(wanted)),
            (data, _) => {
                return Verdict::Differs(Some(format!("{} has no size", data.name())));
            }
        },
    };
    // What has no type is compared as a number where both are one.
    match (as_number(found), as_number(wanted)) {
        (_, Amount::Text(_)) => Verdict::NotReadable("is not a number".to_owned()),
        (_, Amount::Truth(_)) => Verdict::NotReadable("has no order".to_owned()),
        (found, wanted) => found.compare(&wanted).map_or_else(
            || {
                let why = if text.ends_with('%') {
                    "it is a share, and the file does not tell of how much"
                } else {
                    "it is not a number"
                };
                Verdict::Differs(Some(why.to_owned()))
            },
            |order| Verdict::of(holds(order)),
        ),
    }
}

fn as_number(amount: Amount) -> Amount {
    let Amount::Text(text) = amount else {
        return amount;
    };
    if let Ok(number) = text.parse() {
        return Amount::Number(number);
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Amount::Float(number),
        _ => Amount::Text(text),
    }
}

fn number_of(wanted: &Wanted) -> Amount {
    match wanted {
        Wanted::Integer(number) => Amount::Number((*number).into()),
        Wanted::Float(number) => Amount::Float(*number),
        other => Amount::Text(other.words().into()),
    }
}

/// Whether something is true of no text: of the value, or of any element of a list. What is no text
/// has not been looked at, so it does not hold.
fn none(node: &Node, is_so: &dyn Fn(&Node) -> bool) -> Verdict {
    match &node.data {
        Data::List(items) => match items.iter().map(|item| none(item, is_so)).find(is_bad) {
            Some(Verdict::Differs(None)) => {
                let mut culprits = items.iter().filter(|item| items.len() > 1 && is_so(item));
                let shown = culprits.find_map(|item| item.data.to_text());
                Verdict::Differs(shown.map(|text| format!("`{text}` is in it")))
            }
            Some(verdict) => verdict,
            None => Verdict::Holds,
        },
        Data::Map(_) => Verdict::Differs(Some("it is a map, not a text".to_owned())),
        _ => Verdict::of(!is_so(node)),
    }
}

fn is_bad(verdict: &Verdict) -> bool {
    *verdict != Verdict::Holds
}

/// Whether a text holds another; whether a list has an element that is it, or that holds it as
/// whole words (a command line among several); whether a map has the name.
fn contains(node: &Node, text: &str) -> bool {
    match &node.data {
        Data::List(items) => items.iter().any(|item| {
            let is_it = equals(item, &Wanted::Text(text.into())) == Verdict::Holds
                || item.data.to_text().is_some_and(|item| *item == *text);
            is_it || item.as_text().is_some_and(|item| has_words(item, text))
        }),
        Data::Map(_) => node.get(text).is_some(),
        data => data.to_text().is_some_and(|found| found.contains(text)),
    }
}

fn has_words(found: &str, wanted: &str) -> bool {
    let is_border = |c: Option<char>| c.is_none_or(char::is_whitespace);
    found.match_indices(wanted).any(|(at, _)| {
        is_border(found[..at].chars().next_back())
            && is_border(found[at + wanted.len()..].chars().next())
    })
}

fn is_match(regex: &Regex, node: &Node) -> bool {
    node.data
        .to_text()
        .is_some_and(|text| regex.is_match(&text))
}

#[cfg(test)]
mod tests;
