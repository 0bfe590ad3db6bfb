//! Paths into a [`Document`](crate::document::Document): `Service.Restart`,
//! `services.*.ports[*].host_ip`, `"a.name.with.dots".value`. A wildcard stands for every name or
//! element.

use std::borrow::Cow;
use std::fmt;

use crate::document::{Data, Node};
use crate::scale::WORD;
use crate::text::shorten;

/// Longest name in the path of a match, in characters: a file may have thousands of values below one
/// long name.
const MAX_NAME: usize = 100;

/// Most steps of a path; deeper values than that are in no configuration.
const MAX_STEPS: usize = 64;

/// A path to values of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPath {
    steps: Vec<Step>,
    text: Box<str>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The value of a name.
    Name(Box<str>),
    /// One element of a list, counted from 0.
    Index(usize),
    /// Every value of a map or a list.
    Every,
    /// Every element of a list.
    EveryElement,
}

/// A value that a path leads to.
#[derive(Clone, Debug)]
pub struct Match<'d> {
    /// Where it is, without wildcards.
    pub path: String,
    /// The value; owned where it is a part of a text, as in `Environment=NAME=value`.
    pub node: Cow<'d, Node>,
}

/// A place where a path could not go on.
#[derive(Clone, Debug)]
pub struct DeadEnd<'d> {
    /// How far it led, without wildcards; empty for the document itself.
    pub path: String,
    /// The value there.
    pub node: &'d Node,
    /// The step that it has nothing for.
    pub step: String,
    /// Whether what is missing is a list or a map that a wildcard of the path goes through: then
    /// having nothing there is as good as having an empty one.
    pub is_like_empty: bool,
}

/// What a path leads to.
#[derive(Clone, Debug, Default)]
pub struct Found<'d> {
    /// The values, in the order of the document.
    pub matches: Vec<Match<'d>>,
    /// The places where it could not go on.
    pub dead_ends: Vec<DeadEnd<'d>>,
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl KeyPath {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// A clause that says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            rest = name_step(rest, text, &mut steps)?;
            while let Some(inside) = rest.strip_prefix('[') {
                let Some((index, behind)) = inside.split_once(']') else {
                    return Err(format!("`{text}` has a `[` that is not closed"));
                };
                steps.push(match index {
                    "*" => Step::EveryElement,
                    number => Step::Index(number.parse().map_err(|_| {
                        format!("`[{number}]` is neither a number from 0 nor `[*]`")
                    })?),
                });
                rest = behind;
            }
            if steps.len() > MAX_STEPS {
                return Err(format!("it has more than {MAX_STEPS} steps"));
            }
            match rest.strip_prefix('.') {
                Some(behind) => rest = behind,
                None if rest.is_empty() => break,
                None => return Err(format!("expected `.` or `[` before `{rest}`")),
            }
        }
        Ok(Self {
            steps,
            text: text.into(),
        })
    }

    /// Follows the path from a value.
    pub fn follow<'d>(&self, root: &'d Node) -> Found<'d> {
        let mut found = Found::default();
        walk(root, &self.steps, &mut String::new(), &mut found);
        found
    }

    /// The names of the path, as far as they come before wildcards and elements.
    pub fn names(&self) -> Vec<&str> {
        let names = self.steps.iter().map_while(|step| match step {
            Step::Name(name) => Some(&**name),
            _ => None,
        });
        names.collect()
    }

    /// The name that the path ends in, if it does.
    pub fn last_name(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Name(name) => Some(&**name),
            _ => None,
        })
    }

    /// Whether something that has no effect would have set what this path leads to.
    pub fn is_for(&self, path: &[Box<str>]) -> bool {
        let names: Vec<&Step> = self
            .steps
            .iter()
            .filter(|step| !matches!(step, Step::Index(_) | Step::EveryElement))
            .collect();
        names.len() >= path.len()
            && !path.is_empty()
            && names.iter().zip(path).all(|(step, name)| match step {
                Step::Name(wanted) => wanted == name,
                _ => true,
            })
    }
}

fn name_step<'t>(rest: &'t str, text: &str, steps: &mut Vec<Step>) -> Result<&'t str, String> {
    for quote in ['"', '\''] {
        if let Some(inside) = rest.strip_prefix(quote) {
            let Some((name, behind)) = inside.split_once(quote) else {
                return Err(format!("`{text}` has a quote that is not closed"));
            };
            steps.push(Step::Name(name.into()));
            return Ok(behind);
        }
    }
    if steps.is_empty() && rest.starts_with('[') {
        return Ok(rest);
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    match name {
        "" if text.is_empty() => return Err("it is empty".to_owned()),
        "" => return Err(format!("`{text}` has an empty step; a name is missing")),
        "*" => steps.push(Step::Every),
        name if name.trim() != name => {
            return Err(format!(
                "`{name}` begins or ends with a blank; quote it if it is meant"
            ));
        }
        name => steps.push(Step::Name(name.into())),
    }
    Ok(behind)
}

fn walk<'d>(node: &'d Node, steps: &[Step], path: &mut String, found: &mut Found<'d>) {
    let Some((step, rest)) = steps.split_first() else {
        found.matches.push(Match {
            path: path.clone(),
            node: Cow::Borrowed(node),
        });
        return;
    };
    let length = path.len();
    let before = found.matches.len() + found.dead_ends.len();
    match (step, &node.data) {
        (Step::Name(name), Data::Map(_)) => {
            if let Some(entry) = node.entry(name) {
                push_name(path, name);
                walk(&entry.node, rest, path, found);
            }
        }
        (Step::Name(name), Data::List(items)) if rest.is_empty() => {
            if let Some(value) = assigned(items, name) {
                push_name(path, name);
                found.matches.push(Match {
                    path: path.clone(),
                    node: Cow::Owned(value),
                });
            }
        }
        (Step::Every, Data::Map(entries)) => {
            for entry in entries {
                push_name(path, &entry.name);
                walk(&entry.node, rest, path, found);
                path.truncate(length);
            }
        }
        (Step::Every | Step::EveryElement, Data::List(items)) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                walk(item, rest, path, found);
                path.truncate(length);
            }
        }
        (Step::Index(index), Data::List(items)) => {
            if let Some(item) = items.get(*index) {
                path.push_str(&format!("[{index}]"));
                walk(item, rest, path, found);
            }
        }
        _ => {}
    }
    path.truncate(length);
    if found.matches.len() + found.dead_ends.len() == before {
        let is_wild = |step: &Step| matches!(step, Step::Every | Step::EveryElement);
        // Something else in the place of a list or a map may hold what the wildcard was meant for.
        let is_empty = match (step, &node.data) {
            (Step::Every | Step::EveryElement, Data::List(items)) => items.is_empty(),
            (Step::Every, Data::Map(entries)) => entries.is_empty(),
            (_, Data::Null) | (Step::Name(_), Data::Map(_)) | (Step::Index(_), Data::List(_)) => {
                true
            }
            _ => false,
        };
        found.dead_ends.push(DeadEnd {
            path: path.clone(),
            node,
            step: match step {
                Step::Name(name) => name.to_string(),
                Step::Index(index) => format!("[{index}]"),
                Step::Every => "*".to_owned(),
                Step::EveryElement => "[*]".to_owned(),
            },
            is_like_empty: is_empty && steps.iter().any(is_wild),
        });
    }
}

/// The value of a name in a list of `NAME=value` texts, such as systemd's `Environment`.
fn assigned(items: &[Node], name: &str) -> Option<Node> {
    items.iter().rev().find_map(|item| {
        let value = item.as_text()?.strip_prefix(name)?.strip_prefix('=')?;
        Some(Node {
            data: Data::Text(value.into()),
            scale: Some(&WORD),
            ..item.clone()
        })
    })
}

fn push_name(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    let name = &*shorten(name, MAX_NAME);
    if name.is_empty() || name.contains(['.', '[', ' ', '"', '*']) {
        path.push('"');
        path.push_str(name);
        path.push('"');
    } else {
        path.push_str(name);
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPath;
    use crate::document::{Data, Entry, Node, Place};

    fn at() -> Place {
        Place::new(0, 0)
    }

    fn map(entries: &[(&str, Node)]) -> Node {
        let entries = entries.iter().map(|(name, node)| Entry {
            name: (*name).into(),
            place: at(),
            node: node.clone(),
        });
        Node::new(Data::Map(entries.collect()), at())
    }

    fn list(items: &[Node]) -> Node {
        Node::new(Data::List(items.to_vec()), at())
    }

    fn text(text: &str) -> Node {
        Node::text(text, at())
    }

    fn sample() -> Node {
        let ports = list(&[
            map(&[("host_ip", text("127.0.0.1"))]),
            map(&[("host_ip", text("::1"))]),
        ]);
        map(&[
            (
                "services",
                map(&[
                    ("a", map(&[("restart", text("always")), ("ports", ports)])),
                    ("b.c", map(&[("image", text("x"))])),
                ]),
            ),
            (
                "Environment",
                list(&[text("A=1"), text("AB=2"), text("A=3")]),
            ),
        ])
    }

    /// What a path leads to, and where it ends.
    fn follow(path: &str) -> (Vec<String>, Vec<String>) {
        let root = sample();
        let found = KeyPath::new(path).unwrap().follow(&root);
        let matches = found.matches.iter().map(|found| {
            let shown = found.node.data.to_text().map_or("…".into(), Into::into);
            let value: String = shown;
            format!("{}={value}", found.path)
        });
        let ends = found.dead_ends.iter().map(|end| {
            let mark = if end.is_like_empty { "~" } else { "!" };
            format!("{}{mark}{}", end.path, end.step)
        });
        (matches.collect(), ends.collect())
    }

    #[test]
    fn names_indices_and_wildcards_are_followed() {
        assert_eq!(
            follow("services.a.restart"),
            (vec!["services.a.restart=always".into()], vec![])
        );
        assert_eq!(
            follow("services.*.ports[*].host_ip"),
            (
                vec![
                    "services.a.ports[0].host_ip=127.0.0.1".into(),
                    "services.a.ports[1].host_ip=::1".into()
                ],
                vec!["services.\"b.c\"~ports".into()]
            )
        );
        assert_eq!(follow("services.'b.c'.image").0.len(), 1);
        assert_eq!(
            follow("services.a.ports[1].host_ip").0,
            ["services.a.ports[1].host_ip=::1"]
        );
        assert_eq!(follow("services.a.ports[2]").1, ["services.a.ports![2]"]);
        assert_eq!(follow("services.*.restart").1, ["services.\"b.c\"!restart"]);
        assert_eq!(follow("nothing.here").1, ["!nothing"]);
    }

    #[test]
    fn only_nothing_at_all_is_as_good_as_an_empty_list() {
        let ports = |node: Node| map(&[("ports", node)]);
        let port = map(&[("ip", text("::1"))]);
        let root = map(&[
            ("good", ports(list(std::slice::from_ref(&port)))),
            ("absent", map(&[])),
            ("null", ports(Node::new(Data::Null, at()))),
            ("empty", ports(list(&[]))),
            ("text", ports(text("0.0.0.0:80:80"))),
            ("map", ports(map(&[("x", port)]))),
            ("no map", text("x")),
        ]);
        let found = KeyPath::new("*.ports[*].ip").unwrap().follow(&root);
        let strict = found.dead_ends.iter().filter(|end| !end.is_like_empty);
        let strict: Vec<&str> = strict.map(|end| &*end.path).collect();
        assert_eq!(strict, ["text.ports", "map.ports", "\"no map\""]);
        assert_eq!(found.dead_ends.len(), 6);
    }

    #[test]
    fn a_long_name_is_shortened_in_a_path() {
        let long = "ä".repeat(1000);
        let root = map(&[(&*long, text("x"))]);
        let found = KeyPath::new("*").unwrap().follow(&root);
        assert!(
            found.matches[0].path.len() < 400,
            "{}",
            found.matches[0].path.len()
        );
    }

    #[test]
    fn a_name_in_a_list_of_assignments_is_the_last_of_that_name() {
        assert_eq!(follow("Environment.A").0, ["Environment.A=3"]);
        assert_eq!(follow("Environment.AB").0, ["Environment.AB=2"]);
        assert_eq!(follow("Environment.B").0, Vec::<String>::new());
    }

    #[test]
    fn malformed_paths_say_why() {
        for (path, why) in [
            ("", "empty"),
            ("a.", "empty step"),
            ("a..b", "empty step"),
            (".a", "empty step"),
            ("a[", "not closed"),
            ("a[x]", "neither a number"),
            ("a[-1]", "neither a number"),
            ("a[0]b", "expected `.`"),
            ("\"a", "not closed"),
            ("\"a\"b", "expected `.`"),
            ("a .b", "blank"),
        ] {
            let error = KeyPath::new(path).unwrap_err();
            assert!(error.contains(why), "{path}: {error}");
        }
        assert!(KeyPath::new(&"a.".repeat(100)).is_err());
    }

    #[test]
    fn what_has_no_effect_is_recognised_by_its_path() {
        let names = |path: &[&str]| {
            path.iter()
                .map(|name| (*name).into())
                .collect::<Vec<Box<str>>>()
        };
        let path = KeyPath::new("services.*.ports[*].host_ip").unwrap();
        assert!(path.is_for(&names(&["services", "a", "ports"])));
        assert!(!path.is_for(&names(&["services", "a", "image"])));
        assert!(!path.is_for(&names(&[])));
    }
}
