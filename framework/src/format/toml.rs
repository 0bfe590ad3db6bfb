//! TOML into values with spans. The grammar is the `toml` crate's; this file only turns its tree
//! into ours, in the order of the file.

mod plain;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Effect, Rule};
use crate::document::{Complaint, Data, Document, Entry, Input, Node, Place};
use crate::source::Span;
use crate::value::{Key, Kind, Table, Value};

/// The rules that a TOML file can break.
pub static RULES: &[&Rule] = &[&NOT_TOML];

static NOT_TOML: Rule = Rule {
    code: "TM001",
    name: "toml-refused",
    effect: Effect::Fails,
    explain: "The file is not TOML: a syntax error, a duplicate key, or bytes that are not UTF-8. \
Whatever reads it refuses it as a whole.",
};

/// Why a text is not TOML: the first problem, since the later ones are often its consequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, in the parser's words.
    pub message: String,
    /// Where; the whole text if the parser does not say.
    pub span: Span,
}

/// Parses a TOML document.
///
/// # Errors
///
/// The first syntax error, duplicate keys included (TOML 1.1, "Keys").
pub fn parse(text: &str) -> Result<Table<'_>, SyntaxError> {
    plain::parse(text).map_or_else(|| parse_any(text), Ok)
}

/// Reads a TOML file.
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    let text = match std::str::from_utf8(&input.bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let place = Place::new(at, at + 1);
            return document.refused(Complaint::new(&NOT_TOML, place, "the file is not UTF-8"));
        }
    };
    match parse(text) {
        Ok(table) => document.root.data = map(table),
        Err(error) => {
            let place = Place::in_file(0, error.span);
            return document.refused(Complaint::new(&NOT_TOML, place, error.message));
        }
    }
    document
}

fn map(table: Table<'_>) -> Data {
    let entries = table.entries.into_iter().map(|(key, value)| Entry {
        name: key.name.into(),
        place: Place::in_file(0, key.span),
        node: node(value),
    });
    Data::Map(entries.collect())
}

fn node(value: Value<'_>) -> Node {
    let data = match value.kind {
        Kind::String(text) | Kind::Datetime(text) => Data::Text(text.into()),
        Kind::Integer {
            value: Some(number),
            ..
        } => Data::Integer(number.into()),
        // A number that TOML readers need not take stays as unlike any other as it can.
        Kind::Integer { value: None, .. } => Data::Float(f64::NAN),
        Kind::Float(text) => Data::Float(text.replace('_', "").parse().unwrap_or(f64::NAN)),
        Kind::Boolean(truth) => Data::Boolean(truth),
        Kind::Array(values) => Data::List(values.into_iter().map(node).collect()),
        Kind::Table(table) => map(table),
    };
    Node::new(data, Place::in_file(0, value.span))
}

/// Parses by the `toml` crate alone.
fn parse_any(text: &str) -> Result<Table<'_>, SyntaxError> {
    match DeTable::parse(text) {
        Ok(table) => Ok(convert_table(table.into_inner())),
        Err(error) => Err(SyntaxError {
            message: error.message().to_owned(),
            span: on_characters(text, error.span().unwrap_or(0..text.len()).into()),
        }),
    }
}

/// Widens a span to character borders, so that it can always be sliced.
fn on_characters(text: &str, span: Span) -> Span {
    let start = text.floor_char_boundary(span.start);
    Span::new(start, text.ceil_char_boundary(span.end.max(start)))
}

fn convert_table(table: DeTable<'_>) -> Table<'_> {
    let mut entries: Vec<(Key<'_>, Value<'_>)> = table
        .into_iter()
        .map(|(key, value)| {
            let span = key.span().into();
            let name = key.into_inner();
            (Key { name, span }, convert(value))
        })
        .collect();
    entries.sort_unstable_by_key(|(key, _)| key.span);
    Table { entries }
}

fn convert(value: Spanned<DeValue<'_>>) -> Value<'_> {
    let span = value.span().into();
    let kind = match value.into_inner() {
        DeValue::String(text) => Kind::String(text),
        DeValue::Integer(number) => Kind::Integer {
            value: i64::from_str_radix(number.as_str(), number.radix()).ok(),
            radix: number.radix(),
        },
        DeValue::Float(number) => Kind::Float(number.as_str().to_owned().into()),
        DeValue::Boolean(truth) => Kind::Boolean(truth),
        DeValue::Datetime(date) => Kind::Datetime(date.to_string().into()),
        DeValue::Array(values) => Kind::Array(values.into_iter().map(convert).collect()),
        DeValue::Table(table) => Kind::Table(convert_table(table)),
    };
    Value { kind, span }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, parse_any, plain};
    use crate::source::Span;
    use crate::value::Kind;

    /// Pieces that documents are put together from, so that most of them are TOML or nearly so.
    fn piece() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec![
            "a",
            "b",
            "check",
            "files",
            "\"q k\"",
            "'l'",
            "a.b",
            "files.\"x\"",
        ]);
        let value = prop::sample::select(vec![
            "1",
            "0o600",
            "-7",
            "1.5",
            "true",
            "'x'",
            "\"y\\n\"",
            "\"\"\"\nm\n\"\"\"",
            "[1, 'a', [2]]",
            "[]",
            "{ a = 1, b = { c = [] } }",
            "{}",
            "1979-05-27",
            "[ 1,\n # c\n 2 ]",
            "99999999999999999999",
            "",
            "]",
            "{ a = 1, a = 2 }",
            "inf",
        ]);
        prop_oneof![
            6 => (key.clone(), value).prop_map(|(key, value)| format!("{key} = {value}\n")),
            2 => key.clone().prop_map(|key| format!("[{key}]\n")),
            2 => key.prop_map(|key| format!("[[{key}]]\n")),
            1 => Just("# comment\n\r\n".to_owned()),
            1 => any::<char>().prop_map(|c| c.to_string()),
        ]
    }

    proptest! {
        #[test]
        fn the_short_way_agrees_with_the_crate(pieces in prop::collection::vec(piece(), 0..12)) {
            let text = pieces.concat();
            if let Some(table) = plain::parse(&text) {
                prop_assert_eq!(Ok(table), parse_any(&text), "{}", text);
            }
        }

        #[test]
        fn any_text_gives_values_or_an_error_in_the_text(text in "\\PC{0,60}") {
            if let Err(error) = parse(&text) {
                prop_assert!(text.get(error.span.range()).is_some(), "{:?}", error);
            }
        }
    }

    #[test]
    fn a_usual_harness_goes_the_short_way() {
        let text = "title = 'x'\n[vars]\nport = '1'\n[files.\"a\"]\nmode = 0o600\n[[check]]\nname = 'n'\n[[check]]\nline = ['a', 'b']\n";
        assert!(plain::parse(text).is_some());
        assert!(plain::parse("a.b = 1").is_none());
    }

    #[test]
    fn keys_keep_the_order_of_the_file_and_their_spans() {
        let text = "z = 1\na = 'x'\n[t.u]\nk = 0o600\n";
        let table = parse(text).unwrap();
        let names: Vec<&str> = table.entries.iter().map(|(key, _)| &*key.name).collect();
        assert_eq!(names, ["z", "a", "t"]);
        let (key, value) = table.entry("a").unwrap();
        assert_eq!(&text[key.span.range()], "a");
        assert_eq!(&text[value.span.range()], "'x'");
        let Kind::Table(inner) = &table.get("t").unwrap().kind else {
            panic!("`t` is a table");
        };
        let Kind::Table(inner) = &inner.get("u").unwrap().kind else {
            panic!("`t.u` is a table");
        };
        let expected = Kind::Integer {
            value: Some(0o600),
            radix: 8,
        };
        assert_eq!(inner.get("k").unwrap().kind, expected);
    }

    #[test]
    fn a_duplicate_key_is_an_error_at_the_second_key() {
        let error = parse("a = 1\na = 2\n").unwrap_err();
        assert_eq!(error.span, Span::new(6, 7));
        assert!(error.message.contains("duplicate key"), "{}", error.message);
    }

    #[test]
    fn only_the_first_syntax_error_is_reported() {
        let error = parse("a = [1\nb = ]\nc = }\n").unwrap_err();
        assert!(error.span.start <= 8, "{error:?}");
    }
}
