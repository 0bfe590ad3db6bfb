//! What launchd makes of a job (launchd.plist(5), launchd-842's core.c): unknown keys and wrong types
//! are silently ignored there, and nothing in a path is expanded.

mod keys;

#[cfg(test)]
mod tests;

use crate::diagnostic::{Effect, Rule};
use crate::document::{Complaint, Data, Entry, Input, Node, Place};
use crate::text::{one_of, shorten, suggest};

use super::MAX_NOTES;
use keys::{JOB, Key, Kind, RANGES, WORDS};

pub(super) static UNKNOWN_KEY: Rule = Rule {
    code: "PL010",
    name: "unknown-launchd-key",
    effect: Effect::Fails,
    explain: "launchd has no such key at this place and ignores it without a word, so the setting \
is not in effect. `plutil -lint` does not notice. Correct the name or remove the key.",
};

pub(super) static WRONG_TYPE: Rule = Rule {
    code: "PL011",
    name: "wrong-launchd-type",
    effect: Effect::Fails,
    explain: "The value has a type that launchd does not take for this key, such as \
`<string>true</string>` for a boolean. It is ignored or misread, and `plutil -lint` does not notice.",
};

pub(super) static INCOMPLETE: Rule = Rule {
    code: "PL012",
    name: "incomplete-launchd-job",
    effect: Effect::Fails,
    explain: "A job needs a `Label` and a `Program` or `ProgramArguments`; without them launchd \
does not load it.",
};

pub(super) static NOT_EXPANDED: Rule = Rule {
    code: "PL013",
    name: "launchd-expands-nothing",
    effect: Effect::Fails,
    explain: "launchd expands neither `~` nor variables: the path or argument is taken as it is \
written, with the sign in it. Write the path out, or start the program through a shell.",
};

pub(super) static RELATIVE: Rule = Rule {
    code: "PL014",
    name: "relative-path-in-launchd-job",
    effect: Effect::Fails,
    explain: "A relative path is looked up from wherever launchd stands, which is `/`; `Program` \
must be absolute. Write the path out.",
};

pub(super) static PLACEHOLDER: Rule = Rule {
    code: "PL015",
    name: "placeholder-in-launchd-job",
    effect: Effect::Fails,
    explain: "A value is still the example of a template, such as `/Users/you` or `YOUR_TOKEN`. \
Replace it by the real one before the job is installed.",
};

pub(super) static NO_EFFECT: Rule = Rule {
    code: "PL016",
    name: "launchd-key-without-effect",
    effect: Effect::Fails,
    explain: "launchd knows the key but does nothing with it here: it is no longer implemented, the \
value is one that is ignored, or the key is only for the other kind of job (agent or daemon).",
};

pub(super) static UMASK: Rule = Rule {
    code: "PL017",
    name: "decimal-umask",
    effect: Effect::Fails,
    explain: "`Umask` is a decimal number, since property lists have no octal ones: 22 is octal 026, \
not 022. Write 18 for 022, 23 for 027, 63 for 077, or a string with a leading zero.",
};

pub(super) static OUT_OF_RANGE: Rule = Rule {
    code: "PL019",
    name: "launchd-value-out-of-range",
    effect: Effect::Fails,
    explain: "The value has the right type but is none of those that launchd.plist(5) allows for \
this key.",
};

/// Where a job is installed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Domain {
    Agent,
    Daemon,
    Unknown,
}

/// Whether a property list is a job: one with a job's keys, or in a folder of jobs.
pub(super) fn is_job(input: &Input<'_>, root: &Node) -> bool {
    let has = |name: &str| root.get(name).is_some();
    domain(input) != Domain::Unknown
        || ["Label", "Program", "ProgramArguments"]
            .into_iter()
            .any(has)
}

fn domain(input: &Input<'_>) -> Domain {
    let holds = |folder: &str| input.path.split('/').any(|part| part == folder);
    if holds("LaunchAgents") {
        Domain::Agent
    } else if holds("LaunchDaemons") {
        Domain::Daemon
    } else {
        Domain::Unknown
    }
}

/// Adds what launchd takes where a job says nothing: the first of `ProgramArguments` as `Program`,
/// and ten seconds from one start to the next.
pub(super) fn defaults(root: &mut Node) {
    // Not the whole dictionary: what stands in it is no part of the default.
    let start = root.place.span.start;
    let place = Place::new(start, start + "<dict".len());
    let arguments = root.get("ProgramArguments").map(Node::items);
    let first = arguments.and_then(|words| words.first()).cloned();
    let interval = Node::new(Data::Integer(10), place);
    for (name, node) in [("Program", first), ("ThrottleInterval", Some(interval))] {
        let Some(node) = node.filter(|_| root.get(name).is_none()) else {
            continue;
        };
        if let Data::Map(entries) = &mut root.data {
            entries.push(Entry {
                name: name.into(),
                place: node.place,
                node: Node {
                    is_default: true,
                    ..node
                },
            });
        }
    }
}

/// Checks a property list that is a job.
pub(super) fn check(input: &Input<'_>, root: &Node, complaints: &mut Vec<Complaint>) {
    let mut job = Job {
        complaints,
        limit: MAX_NOTES,
    };
    if !matches!(root.data, Data::Map(_)) {
        let message = format!("a job is a `<dict>`, not {}", type_name(&root.data));
        job.say(Complaint::new(&INCOMPLETE, root.place, message));
        return;
    }
    job.keys(root, JOB, "");
    job.whole(root, domain(input));
    job.placeholders(root, "");
}

struct Job<'a> {
    complaints: &'a mut Vec<Complaint>,
    limit: usize,
}

impl Job<'_> {
    fn say(&mut self, complaint: Complaint) {
        if self.limit > 0 {
            self.limit -= 1;
            self.complaints.push(complaint);
        }
    }

    fn keys(&mut self, map: &Node, table: &'static [Key], around: &str) {
        for entry in map.entries() {
            // A suggestion costs more than reading the key did.
            if self.limit == 0 {
                return;
            }
            // Keys with `_` are launchd's own; they are not documented and not for people.
            if entry.name.starts_with('_') {
                continue;
            }
            let Some(key) = table.iter().find(|key| key.name == &*entry.name) else {
                self.unknown(entry, table, around);
                continue;
            };
            if let Some(why) = key.obsolete {
                let message = format!("`{}` has no effect: {why}", key.name);
                self.say(Complaint::new(&NO_EFFECT, entry.place, message).help("remove it"));
            }
            self.value(&entry.node, key.kinds, key.name);
        }
    }

    fn unknown(&mut self, entry: &Entry, table: &[Key], around: &str) {
        let name = shorten(&entry.name, 60);
        let place = if around.is_empty() {
            String::new()
        } else {
            format!(" in `{around}`")
        };
        let message = format!("launchd has no key `{name}`{place} and ignores it");
        let complaint = Complaint::new(&UNKNOWN_KEY, entry.place, message);
        let at_top = JOB.iter().any(|key| key.name == &*entry.name);
        let complaint = if at_top {
            complaint.help(format!("`{name}` belongs to the outermost `<dict>`"))
        } else {
            let names = table.iter().map(|key| key.name);
            match suggest(&name, names) {
                Some(meant) => complaint.help(format!("did you mean `{meant}`?")),
                None => complaint,
            }
        };
        self.say(complaint);
    }

    fn value(&mut self, node: &Node, kinds: &'static [Kind], name: &str) {
        let Some(kind) = kinds.iter().find(|kind| fits(**kind, &node.data)) else {
            let wanted: Vec<&str> = kinds.iter().map(|kind| kind_name(*kind)).collect();
            let found = type_name(&node.data);
            let wanted = wanted.join(" or ");
            let message = format!("`{name}` is {found}; launchd takes {wanted}");
            let complaint = Complaint::new(&WRONG_TYPE, node.place, message);
            self.say(match better(kinds, &node.data) {
                Some(help) => complaint.help(help),
                None => complaint,
            });
            return;
        };
        match (kind, &node.data) {
            (Kind::Path, Data::Text(path)) => self.path(node, path, name),
            (Kind::Keys(table), _) => self.keys(node, table, name),
            (Kind::Named(kinds), _) => {
                for entry in node.entries() {
                    let name = format!("{name}.{}", shorten(&entry.name, 60));
                    self.value(&entry.node, kinds, &name);
                    if let (Data::Text(text), "EnvironmentVariables") =
                        (&entry.node.data, name.split('.').next().unwrap_or_default())
                    {
                        self.expansion(&entry.node, text, &name);
                    }
                }
            }
            (Kind::Each(kind), Data::List(items)) => {
                for item in items {
                    self.value(item, std::slice::from_ref(*kind), name);
                }
            }
            (Kind::Integer, Data::Integer(number)) => self.range(node, *number, name),
            (Kind::Text, Data::Text(text)) => self.word(node, text, name),
            _ => {}
        }
    }

    fn range(&mut self, node: &Node, number: i128, name: &str) {
        let range = RANGES.iter().find(|(key, ..)| *key == name);
        if let Some((_, least, most)) = range
            && !(*least..=*most).contains(&number)
        {
            let message = format!("`{name}` is {number}, which is not between {least} and {most}");
            self.say(Complaint::new(&OUT_OF_RANGE, node.place, message));
        }
        if name == "ThrottleInterval" && number < 0 {
            let message = "a negative `ThrottleInterval` is ignored: the interval is 10 seconds";
            self.say(Complaint::new(&NO_EFFECT, node.place, message));
        }
        // Masks that people write as octal digits and that make little sense as decimal numbers.
        let is_misread = [22, 26, 27, 37, 66, 67, 76, 77, 177].contains(&number);
        if name == "Umask" && is_misread {
            self.umask(node, number);
        }
    }

    fn umask(&mut self, node: &Node, number: i128) {
        let message = format!("`Umask` {number} is decimal: octal {number:03o}, not 0{number}");
        let complaint = Complaint::new(&UMASK, node.place, message);
        let meant = i128::from_str_radix(&number.to_string(), 8).unwrap_or(number);
        self.say(complaint.help(format!("write {meant} for octal 0{number}")));
    }

    fn word(&mut self, node: &Node, text: &str, name: &str) {
        if name == "Umask" {
            match text.parse::<i128>() {
                Ok(number) if !text.starts_with('0') && number > 7 => self.umask(node, number),
                Ok(_) if text.bytes().all(|byte| matches!(byte, b'0'..=b'7')) => {}
                _ => {
                    let message = "`Umask` is not a number of octal digits behind a zero";
                    self.say(Complaint::new(&OUT_OF_RANGE, node.place, message));
                }
            }
        }
        let words = WORDS.iter().find(|(key, _)| *key == name);
        if let Some((_, words)) = words
            && !words.contains(&text)
        {
            let message = format!("`{name}` is not {}", one_of(words.iter().copied()));
            self.say(Complaint::new(&OUT_OF_RANGE, node.place, message));
        }
    }

    fn path(&mut self, node: &Node, path: &str, name: &str) {
        if self.expansion(node, path, name) || path.starts_with('/') {
            return;
        }
        let message = format!("`{name}` is not an absolute path");
        self.say(Complaint::new(&RELATIVE, node.place, message));
    }

    /// Says that something would have to be expanded, if that is so.
    fn expansion(&mut self, node: &Node, text: &str, name: &str) -> bool {
        let sign = if text == "~" || text.starts_with("~/") {
            "~"
        } else if let Some(variable) = variable(text) {
            variable
        } else {
            return false;
        };
        let message = format!("launchd does not expand `{sign}` in `{name}`");
        self.say(Complaint::new(&NOT_EXPANDED, node.place, message).help("write the path out"));
        true
    }

    /// What is wrong with the job as a whole.
    fn whole(&mut self, root: &Node, domain: Domain) {
        match root.get("Label") {
            None => {
                let complaint = Complaint::new(&INCOMPLETE, root.place, "the job has no `Label`");
                self.say(complaint.help("a job is known by its label; the file is named after it"));
            }
            Some(label) if label.as_text() == Some("") => {
                let message = "the `Label` is empty";
                self.say(Complaint::new(&INCOMPLETE, label.place, message));
            }
            Some(_) => {}
        }
        let arguments = root.get("ProgramArguments");
        let has_program = ["Program", "BundleProgram"]
            .iter()
            .any(|key| root.get(key).is_some());
        if !has_program && arguments.is_none_or(|list| list.items().is_empty()) {
            let (place, message) = match arguments {
                Some(list) => (list.place, "`ProgramArguments` names no program"),
                None => (
                    root.place,
                    "the job has neither `Program` nor `ProgramArguments`",
                ),
            };
            self.say(Complaint::new(&INCOMPLETE, place, message));
        }
        self.arguments(root, arguments.map_or(&[], Node::items), has_program);
        let elsewhere: &[&str] = match domain {
            Domain::Agent => &["UserName", "GroupName", "InitGroups"],
            Domain::Daemon => &["LimitLoadToSessionType"],
            Domain::Unknown => &[],
        };
        for key in elsewhere {
            if let Some(entry) = root.entry(key) {
                let (here, there) = if domain == Domain::Agent {
                    (
                        "an agent, which runs as the user who is logged in",
                        "daemons",
                    )
                } else {
                    ("a daemon", "agents")
                };
                let message = format!("`{key}` has no effect in {here}: it is for {there}");
                self.say(Complaint::new(&NO_EFFECT, entry.place, message));
            }
        }
    }

    fn arguments(&mut self, root: &Node, items: &[Node], has_program: bool) {
        let texts = items.iter().map(|item| item.as_text().unwrap_or_default());
        let first = texts.clone().next().unwrap_or_default();
        let program = root.get("Program").and_then(Node::as_text).unwrap_or(first);
        let program = program.rsplit('/').next().unwrap_or_default();
        // A shell expands what is behind `-c`, and `env` hands its arguments on.
        let is_shell = ["sh", "bash", "zsh", "dash", "ksh", "fish", "osascript"].contains(&program);
        for (index, (item, text)) in items.iter().zip(texts).enumerate() {
            let is_program = index == 0 && !has_program;
            if (is_program || !is_shell) && self.expansion(item, text, "ProgramArguments") {
                continue;
            }
            if is_program && text.contains('/') && !text.starts_with('/') {
                let message = "the program in `ProgramArguments` is a relative path";
                self.say(Complaint::new(&RELATIVE, item.place, message));
            }
        }
    }

    fn placeholders(&mut self, node: &Node, name: &str) {
        if let Data::Text(text) = &node.data
            && let Some(found) = placeholder(text)
        {
            let name = shorten(name, 60);
            let message = format!("`{name}` still holds the placeholder `{found}`");
            self.say(Complaint::new(&PLACEHOLDER, node.place, message));
        }
        for item in node.items() {
            self.placeholders(item, name);
        }
        for entry in node.entries() {
            self.placeholders(&entry.node, &entry.name);
        }
    }
}

fn fits(kind: Kind, data: &Data) -> bool {
    matches!(
        (kind, data),
        (Kind::Text | Kind::Path, Data::Text(_))
            | (Kind::Integer, Data::Integer(_))
            | (Kind::Boolean, Data::Boolean(_))
            | (Kind::Each(_), Data::List(_))
            | (
                Kind::Keys(_) | Kind::Named(_) | Kind::Anything,
                Data::Map(_)
            )
    )
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Path => "a string",
        Kind::Integer => "an integer",
        Kind::Boolean => "a boolean",
        Kind::Each(_) => "an array",
        Kind::Keys(_) | Kind::Named(_) | Kind::Anything => "a dictionary",
    }
}

fn type_name(data: &Data) -> &'static str {
    match data {
        Data::Null => "nothing",
        Data::Boolean(_) => "a boolean",
        Data::Integer(_) => "an integer",
        Data::Float(_) => "a real",
        Data::Text(_) => "a string",
        Data::List(_) => "an array",
        Data::Map(_) => "a dictionary",
    }
}

/// How a value of a wrong type would be written right.
fn better(kinds: &[Kind], data: &Data) -> Option<String> {
    let text = data.to_text()?;
    let wants = |wanted: Kind| {
        kinds
            .iter()
            .any(|kind| std::mem::discriminant(kind) == std::mem::discriminant(&wanted))
    };
    if wants(Kind::Boolean) {
        return match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some("write `<true/>`".to_owned()),
            "false" | "no" | "0" => Some("write `<false/>`".to_owned()),
            _ => None,
        };
    }
    if wants(Kind::Integer) {
        let number: i64 = text.trim().parse().ok()?;
        return Some(format!("write `<integer>{number}</integer>`"));
    }
    matches!(data, Data::Integer(_) | Data::Boolean(_))
        .then(|| format!("write `<string>{text}</string>`"))
}

/// The first `$NAME` or `${NAME}` in a text.
fn variable(text: &str) -> Option<&str> {
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        if rest.starts_with('{') {
            let end = rest.find('}').map_or(text.len(), |end| at + end + 2);
            return Some(&text[at..end.min(text.floor_char_boundary(at + 40))]);
        }
        if rest.starts_with(|c: char| c.is_ascii_uppercase()) {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len()).min(40);
            return Some(&text[at..=at + length]);
        }
    }
    None
}

/// What templates have in place of a user's own values, if a text holds it.
fn placeholder(text: &str) -> Option<&str> {
    for home in ["/Users/", "/home/"] {
        for (at, _) in text.match_indices(home) {
            let rest = &text[at + home.len()..];
            let name = &rest[..rest.find('/').unwrap_or(rest.len())];
            let plain = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
            let is_example = ["you", "yourname", "youruser", "yourusername", "username"];
            if is_example.contains(&plain.as_str()) || name.starts_with('<') {
                return Some(&text[at..at + home.len() + name.len()]);
            }
        }
    }
    for sign in [
        "YOUR_",
        "YOUR-",
        "/path/to",
        "CHANGE_ME",
        "CHANGEME",
        "REPLACE_ME",
        "<your",
    ] {
        if let Some(at) = text.find(sign) {
            let is_end = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-');
            let rest = &text[at + sign.len()..];
            let length = rest.find(is_end).unwrap_or(rest.len()).min(40);
            return Some(&text[at..at + sign.len() + length]);
        }
    }
    (text.starts_with("your-") && text.ends_with("-here")).then_some(text)
}
