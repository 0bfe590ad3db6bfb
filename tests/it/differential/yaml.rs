//! YAML against `PyYAML` with the core schema of YAML 1.2 in place of its own: structure, texts,
//! types, merge keys, and which files are refused.

mod documents;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use clawtest::framework::document::{Data, Input, Node};
use clawtest::framework::format;
use serde_json::{Value, json};

use crate::program::skipped;

/// Reads a list of texts from standard input and writes a list of what they are.
const READER: &str = r#"
import json, math, re, struct, sys, yaml

class Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}

CORE = [
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
    ("merge", r"<<", "<"),
]
for name, pattern, first in CORE:
    tag = "tag:yaml.org,2002:" + name
    Loader.add_implicit_resolver(tag, re.compile("^(?:" + pattern + ")$"), list(first) + ([""] if name == "null" else []))

def number(text):
    low = text.lower()
    if low.endswith("inf"):
        return -math.inf if low[0] == "-" else math.inf
    return math.nan if low.endswith("nan") else float(text)

def scalar(node):
    text, kind = node.value, node.tag.rsplit(":", 1)[-1]
    text.encode("utf-8")  # Half of a pair of surrogates is no text.
    if kind == "null": return None
    if kind == "bool": return text.lower() == "true"
    if kind == "int":
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return {"i": str(int(text[2:] if base != 10 else text, base))}
    if kind == "float":
        value = number(text)
        return {"f": "nan" if math.isnan(value) else struct.pack(">d", value).hex()}
    return text

def unique(node, seen):
    if id(node) in seen: return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value: unique(item, seen)
    if isinstance(node, yaml.MappingNode):
        keys = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode): raise ValueError("key")
            name = ("merge",) if key.tag.endswith(":merge") else key.value
            if name in keys: raise ValueError("duplicate")
            keys.add(name)
            unique(value, seen)

def convert(loader, node, above):
    if id(node) in above: raise ValueError("recursive")
    above = above | {id(node)}
    if isinstance(node, yaml.ScalarNode): return scalar(node)
    if isinstance(node, yaml.SequenceNode): return [convert(loader, item, above) for item in node.value]
    loader.flatten_mapping(node)
    return {"m": {key.value: convert(loader, value, above) for key, value in node.value}}

def read(text):
    first, count = None, 0
    try:
        loader = Loader(text)
        while loader.check_node():
            node = loader.get_node()
            unique(node, set())
            value = convert(loader, node, frozenset())
            first = value if count == 0 else first
            count += 1
    except Exception as error:
        return {"error": str(error)}
    return {"value": first, "count": count}

json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
"#;

/// What `PyYAML` makes of texts; `None` if it is not installed.
fn oracle(texts: &[String]) -> Option<Vec<Value>> {
    let is_there = Command::new("python3")
        .args(["-c", "import yaml"])
        .stderr(Stdio::null())
        .status();
    if !is_there.is_ok_and(|status| status.success()) {
        return None;
    }
    let mut child = Command::new("python3")
        .args(["-c", READER])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(json!(texts).to_string().as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn value(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(truth) => json!(truth),
        Data::Integer(number) => json!({ "i": number.to_string() }),
        Data::Float(number) if number.is_nan() => json!({ "f": "nan" }),
        Data::Float(number) => json!({ "f": format!("{:016x}", number.to_bits()) }),
        Data::Text(text) => json!(text),
        Data::List(items) => items.iter().map(value).collect(),
        Data::Map(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.name.to_string(), value(&entry.node)));
            json!({ "m": entries.collect::<serde_json::Map<_, _>>() })
        }
    }
}

/// What clawtest makes of a text, in the words of the oracle.
fn ours(text: &str) -> Value {
    let document = (format::named("yaml").unwrap().read)(&Input {
        path: "a.yml",
        bytes: Arc::from(text.as_bytes()),
        target: &BTreeMap::new(),
        variables: &BTreeMap::new(),
    });
    let several = document
        .complaints
        .iter()
        .find(|complaint| complaint.rule.code == "YM004");
    if document.is_refused {
        return json!({ "error": document.complaints[0].message });
    }
    let count = several.map_or(1, |complaint| {
        let number = complaint.message.split(' ').next().unwrap();
        number.parse().unwrap()
    });
    json!({ "value": value(&document.root), "count": count })
}

/// How two readings differ; nothing if they do not. Why a text is refused is not compared, and a
/// file of comments is one empty document to us and none to `PyYAML`.
fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    let is_same = match (ours.get("error"), theirs.get("error")) {
        (Some(_), Some(_)) => true,
        (None, None) => {
            ours["value"] == theirs["value"]
                && (ours["count"] == theirs["count"]
                    || ours["count"] == json!(1) && theirs["count"] == json!(0))
        }
        _ => false,
    };
    (!is_same).then(|| format!("  ours:   {ours}\n  theirs: {theirs}"))
}

/// Compares all texts and says which differ.
fn compare(texts: &[String]) -> Option<Vec<(String, String)>> {
    let theirs = oracle(texts)?;
    assert_eq!(theirs.len(), texts.len());
    let pairs = texts.iter().zip(&theirs);
    let differ =
        pairs.filter_map(|(text, theirs)| Some((text.clone(), difference(&ours(text), theirs)?)));
    Some(differ.collect())
}

fn skip() {
    skipped("PyYAML is not installed");
}

fn all_agree(texts: &[String]) {
    let Some(differ) = compare(texts) else {
        return skip();
    };
    let list: Vec<String> = differ
        .iter()
        .map(|(text, how)| format!("{text:?}\n{how}"))
        .collect();
    let count = texts.len();
    assert!(
        list.is_empty(),
        "{} of {count} differ:\n{}",
        list.len(),
        list.join("\n")
    );
}

#[test]
fn written_documents_are_read_alike() {
    let texts: Vec<String> = documents::WRITTEN
        .iter()
        .map(|text| (*text).to_owned())
        .collect();
    assert!(texts.len() >= 60);
    all_agree(&texts);
}

#[test]
fn generated_documents_are_read_alike() {
    all_agree(&documents::generated(600));
}

#[test]
fn damaged_documents_differ_only_where_yaml_changed() {
    let texts = documents::damaged(1500);
    let Some(differ) = compare(&texts) else {
        return skip();
    };
    let is_explained = |how: &str| {
        documents::EXPLAINED
            .iter()
            .any(|(part, _)| how.contains(part))
    };
    let list: Vec<String> = differ
        .iter()
        .filter(|(_, how)| !is_explained(how))
        .map(|(text, how)| format!("{text:?}\n{how}"))
        .collect();
    assert!(
        list.is_empty(),
        "{} differ:\n{}",
        list.len(),
        list.join("\n")
    );
    assert!(differ.len() * 10 < texts.len(), "{} differ", differ.len());
}

#[test]
fn known_differences_are_still_there() {
    let texts: Vec<String> = documents::KNOWN
        .iter()
        .map(|(text, _)| (*text).to_owned())
        .collect();
    let Some(differ) = compare(&texts) else {
        return skip();
    };
    for (text, why) in documents::KNOWN {
        let is_there = differ.iter().any(|(other, _)| other == text);
        assert!(is_there, "{text:?} is read alike now ({why})");
    }
}
