//! From instructions to stages, and to what the final one has.

mod health;
mod image;

use std::collections::{BTreeMap, HashMap};

use super::lines::{Instruction, Lines};
use super::words;
use super::{MAX_SIZE, NOT_EXEC_FORM, OVERRIDDEN, REFUSED, TOO_LARGE, UNSET};
use crate::diagnostic::Rule;
use crate::document::{Aside, Complaint, Data, Document, Entry, Node, Place};
use crate::scale::WORD;
use crate::text::suggest;

/// The instructions and the flags that each takes.
const INSTRUCTIONS: &[(&str, &[&str])] = &[
    (
        "ADD",
        &[
            "chown",
            "chmod",
            "link",
            "keep-git-dir",
            "checksum",
            "exclude",
            "unpack",
        ],
    ),
    ("ARG", &[]),
    ("CMD", &[]),
    (
        "COPY",
        &["from", "chown", "chmod", "link", "parents", "exclude"],
    ),
    ("ENTRYPOINT", &[]),
    ("ENV", &[]),
    ("EXPOSE", &[]),
    ("FROM", &["platform"]),
    (
        "HEALTHCHECK",
        &[
            "interval",
            "timeout",
            "start-period",
            "start-interval",
            "retries",
        ],
    ),
    ("LABEL", &[]),
    ("MAINTAINER", &[]),
    ("ONBUILD", &[]),
    ("RUN", &["mount", "network", "security", "device"]),
    ("SHELL", &[]),
    ("STOPSIGNAL", &[]),
    ("USER", &[]),
    ("VOLUME", &[]),
    ("WORKDIR", &[]),
];

/// The keys of a stage in the order in which they are shown.
const KEYS: &[&str] = &[
    "user",
    "workdir",
    "expose",
    "healthcheck",
    "entrypoint",
    "cmd",
    "env",
    "labels",
    "stopsignal",
    "run",
];

#[derive(Clone, Default)]
struct Stage {
    name: Option<Node>,
    from: Option<Node>,
    /// The image that the first of the stages below this one begins with.
    base: Option<Node>,
    platform: Option<Node>,
    /// What is set, by its key in the root.
    settings: BTreeMap<&'static str, (Place, Node)>,
    /// Which of the settings this stage makes itself.
    own: Vec<&'static str>,
    /// Values of `ENV` by name.
    env: HashMap<Box<str>, String>,
    /// Values of `ARG` by name; nothing inside where none is given.
    args: HashMap<Box<str>, Option<String>>,
}

struct Reader<'a> {
    document: &'a mut Document,
    escape: char,
    variables: &'a BTreeMap<String, String>,
    /// The `ARG`s before the first `FROM`.
    global: HashMap<Box<str>, Option<String>>,
    stages: Vec<Stage>,
    /// The last stage of each name; names do not tell capital letters apart.
    names: BTreeMap<String, usize>,
    is_refused: bool,
    budget: usize,
}

/// Reads the instructions into the root of a document.
pub(super) fn read(lines: &Lines, variables: &BTreeMap<String, String>, document: &mut Document) {
    let mut reader = Reader {
        document,
        escape: lines.escape,
        variables,
        global: HashMap::new(),
        stages: Vec::new(),
        names: BTreeMap::new(),
        is_refused: false,
        budget: MAX_SIZE,
    };
    if let Some(place) = lines.bad_escape {
        reader.refuse(
            place,
            "the escape character must be a backslash or a backtick",
        );
    }
    for instruction in &lines.instructions {
        reader.instruction(instruction);
        if reader.budget == 0 {
            let message = "the variables expand to more than 16 MiB";
            let complaint = Complaint::new(&TOO_LARGE, instruction.at, message);
            reader.document.complaints.push(complaint.refusing());
            reader.is_refused = true;
            break;
        }
    }
    if reader.stages.is_empty() && !reader.is_refused {
        let complaint = Complaint::of_file(&REFUSED, "the file has no `FROM`");
        reader.document.complaints.push(complaint.refusing());
        reader.is_refused = true;
    }
    let stages = std::mem::take(&mut reader.stages);
    if reader.is_refused {
        document.is_refused = true;
        return;
    }
    finish(stages, document);
}

fn finish(stages: Vec<Stage>, document: &mut Document) {
    let whole = document.root.place;
    let mut entries = Vec::new();
    if let Some(last) = stages.last() {
        for stage in &stages[..stages.len() - 1] {
            let user = stage.settings.get("user");
            if let Some((_, node)) = user.filter(|_| stage.own.contains(&"user"))
                && last.settings.get("user").map(|(_, user)| user.place) != Some(node.place)
            {
                document.asides.push(Aside {
                    path: vec!["user".into()],
                    value: node.as_text().unwrap_or_default().into(),
                    place: node.place,
                    why: "in a stage that is not the final one".into(),
                });
            }
        }
        entries.extend(
            last.base
                .clone()
                .map(|node| entry("from", node.place, node)),
        );
        entries.extend(settings(last));
        image::complete(&mut entries, whole);
    }
    let stages = stages.into_iter().map(|stage| {
        let mut entries = Vec::new();
        let own = [
            ("name", &stage.name),
            ("from", &stage.from),
            ("platform", &stage.platform),
        ];
        for (name, node) in own {
            entries.extend(node.clone().map(|node| entry(name, node.place, node)));
        }
        entries.extend(settings(&stage));
        let place = stage.from.map_or(whole, |node| node.place);
        Node::new(Data::Map(entries), place)
    });
    let list = Node::new(Data::List(stages.collect()), whole);
    entries.insert(0, entry("stages", whole, list));
    document.root.data = Data::Map(entries);
}

fn settings(stage: &Stage) -> impl Iterator<Item = Entry> {
    KEYS.iter().filter_map(|key| {
        let (at, node) = stage.settings.get(key)?;
        Some(entry(key, *at, node.clone()))
    })
}

fn entry(name: &str, place: Place, node: Node) -> Entry {
    Entry {
        name: name.into(),
        place,
        node,
    }
}

impl Reader<'_> {
    fn complain(&mut self, rule: &'static Rule, place: Place, message: impl Into<String>) {
        let complaint = Complaint::new(rule, place, message);
        self.document.complaints.push(complaint);
    }

    fn refuse(&mut self, place: Place, message: impl Into<String>) {
        self.misspelt(place, message.into(), None, "");
    }

    /// Refuses a word and names the one that was meant, if there is one.
    fn misspelt(&mut self, place: Place, message: String, right: Option<&str>, sign: &str) {
        let complaint = Complaint::new(&REFUSED, place, message).refusing();
        self.document.complaints.push(match right {
            Some(right) => complaint.help(format!("did you mean `{sign}{right}`?")),
            None => complaint,
        });
        self.is_refused = true;
    }

    fn instruction(&mut self, instruction: &Instruction) {
        let keyword = instruction.keyword.as_str();
        let Some((_, flags)) = INSTRUCTIONS.iter().find(|(name, _)| *name == keyword) else {
            let name = keyword.chars().take(40).collect::<String>().to_lowercase();
            let known = INSTRUCTIONS.iter().map(|(known, _)| *known);
            let message = format!("unknown instruction: {name}");
            return self.misspelt(instruction.at, message, suggest(keyword, known), "");
        };
        for place in &instruction.unclosed {
            self.refuse(*place, "unterminated heredoc");
        }
        if instruction.rest.is_empty() {
            let message = format!("{keyword} requires arguments");
            return self.refuse(instruction.at, message);
        }
        let (given, start) = self.flags(instruction, flags);
        if keyword != "FROM" && keyword != "ARG" && self.stages.is_empty() {
            return self.refuse(instruction.at, "no build stage in current context");
        }
        let rest = &instruction.rest[start..];
        match keyword {
            "FROM" => self.from(instruction, start, &given),
            "ARG" => self.arg(instruction),
            "ENV" | "LABEL" => self.pairs(instruction, keyword),
            "USER" | "WORKDIR" | "STOPSIGNAL" => self.single(instruction, keyword),
            "EXPOSE" => self.expose(instruction),
            "CMD" => self.command("cmd", instruction, start),
            "ENTRYPOINT" => {
                // A command that the base image or an earlier stage gave does not go with it.
                if let Some(stage) = self.stages.last_mut()
                    && !stage.own.contains(&"cmd")
                {
                    stage.settings.remove("cmd");
                }
                self.command("entrypoint", instruction, start);
            }
            "HEALTHCHECK" => self.healthcheck(instruction, start, &given),
            "RUN" => self.run(instruction, start),
            "SHELL" if words::json_strings(rest).is_none() => {
                self.refuse(
                    instruction.whole(),
                    "SHELL requires the arguments to be in JSON form",
                );
            }
            "ONBUILD" => {
                let word = rest.split_whitespace().next().unwrap_or_default();
                let word = word.to_ascii_uppercase();
                if matches!(word.as_str(), "ONBUILD" | "FROM" | "MAINTAINER") {
                    let message = format!("{word} is not allowed as an ONBUILD trigger");
                    self.refuse(instruction.whole(), message);
                } else if !INSTRUCTIONS.iter().any(|(name, _)| *name == word) {
                    self.refuse(instruction.whole(), "unknown instruction behind ONBUILD");
                }
            }
            "COPY" | "ADD" => {
                let rest = rest.trim();
                if !rest.starts_with('[') && rest.split_whitespace().count() < 2 {
                    let message = format!("{keyword} requires at least two arguments");
                    self.refuse(instruction.whole(), message);
                }
            }
            _ => {}
        }
    }

    /// The flags at the start of an instruction, and where what follows them starts.
    fn flags(
        &mut self,
        instruction: &Instruction,
        known: &[&str],
    ) -> (BTreeMap<String, (String, Place)>, usize) {
        let mut given = BTreeMap::new();
        let rest = instruction.rest.as_str();
        let mut start = 0;
        for (at, word) in words::words(rest, self.escape) {
            start = at;
            let Some(flag) = word.strip_prefix("--") else {
                return (given, start);
            };
            start = at + word.len();
            if flag.is_empty() {
                break;
            }
            let place = instruction.place(at, at + word.len());
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            if !known.contains(&name) {
                let name: String = name.chars().take(40).collect();
                let right = suggest(&name, known.iter().copied());
                self.misspelt(place, format!("unknown flag: --{name}"), right, "--");
            } else if value.is_empty()
                && !matches!(name, "link" | "keep-git-dir" | "parents" | "unpack")
            {
                self.refuse(place, format!("missing a value on flag: --{name}"));
            }
            given.insert(name.to_owned(), (value.to_owned(), place));
        }
        let skipped = rest[start..].len() - rest[start..].trim_start().len();
        (given, start + skipped)
    }

    /// Expands the words between two offsets; nothing if that is an error.
    fn expand(&mut self, instruction: &Instruction, start: usize, end: usize) -> Option<String> {
        let place = instruction.place(start, end);
        let text = instruction.rest.get(start..end)?;
        let (variables, global) = (self.variables, &self.global);
        let is_from = instruction.keyword == "FROM";
        let stage = self.stages.last().filter(|_| !is_from);
        let lookup = |name: &str| match stage {
            Some(stage) => match stage.env.get(name) {
                Some(value) => Some(value.clone()),
                None => stage.args.get(name).cloned().flatten(),
            },
            None => match global.get(name) {
                Some(Some(value)) => Some(value.clone()),
                Some(None) => variables.get(name).cloned(),
                None => None,
            },
        };
        match words::expand(text, self.escape, &lookup) {
            Ok(expanded) => {
                self.budget = self.budget.saturating_sub(expanded.text.len());
                for name in &expanded.unset {
                    self.complain(&UNSET, place, format!("`${name}` has no value here"));
                }
                Some(expanded.text)
            }
            Err(why) => {
                self.refuse(place, format!("failed to process a word: {why}"));
                None
            }
        }
    }

    fn from(
        &mut self,
        instruction: &Instruction,
        start: usize,
        given: &BTreeMap<String, (String, Place)>,
    ) {
        let rest = &instruction.rest[start..];
        let found: Vec<(usize, &str)> = words::words(rest, self.escape);
        let is_named = found.len() == 3 && found[1].1.eq_ignore_ascii_case("as");
        if found.len() != 1 && !is_named {
            let message = "FROM requires either one or three arguments";
            return self.refuse(instruction.whole(), message);
        }
        let (at, end) = (start + found[0].0, start + found[0].0 + found[0].1.len());
        let Some(image) = self.expand(instruction, at, end) else {
            return;
        };
        let place = instruction.place(at, end);
        if image.is_empty() {
            return self.refuse(place, "base name should not be blank");
        }
        let base = self.names.get(&image.to_ascii_lowercase());
        let base = base.and_then(|index| self.stages.get(*index));
        let mut stage = base.cloned().unwrap_or_default();
        // Inherited settings are copied, which must not add up without end.
        let copied = stage
            .settings
            .values()
            .map(|(_, node)| 1 + node.entries().len() + node.items().len());
        let texts = stage
            .settings
            .get("run")
            .map_or(&[][..], |(_, run)| run.items());
        let run = texts.iter().filter_map(Node::as_text).map(str::len);
        let cost = copied.sum::<usize>() * 64 + run.sum::<usize>();
        self.budget = self.budget.saturating_sub(cost);
        stage.own.clear();
        stage.args.clear();
        let from = Node::text(image, place).scaled(&WORD);
        stage.base.get_or_insert_with(|| from.clone());
        stage.from = Some(from);
        stage.platform = given
            .get("platform")
            .map(|(value, place)| Node::text(value.as_str(), *place).scaled(&WORD));
        stage.name = None;
        if is_named {
            let (at, name) = found[2];
            let place = instruction.place(start + at, start + at + name.len());
            let name = name.to_lowercase();
            self.names
                .insert(name.to_ascii_lowercase(), self.stages.len());
            stage.name = Some(Node::text(name, place).scaled(&WORD));
        }
        self.stages.push(stage);
    }

    fn arg(&mut self, instruction: &Instruction) {
        for (at, word) in words::words(&instruction.rest, self.escape) {
            let end = at + word.len();
            let (name, default) = match word.split_once('=') {
                Some((name, _)) => {
                    let value_at = at + name.len() + 1;
                    (name, self.expand(instruction, value_at, end))
                }
                None => (word, None),
            };
            if name.is_empty() {
                return self.refuse(instruction.place(at, end), "names can not be blank");
            }
            let given = self.variables.get(name).cloned();
            match self.stages.last_mut() {
                None => {
                    self.global.insert(name.into(), given.or(default));
                }
                Some(stage) => {
                    let outer = self.global.get(name).cloned().flatten();
                    let value = given.or(default).or(outer);
                    stage.args.insert(name.into(), value);
                }
            }
        }
    }

    fn pairs(&mut self, instruction: &Instruction, keyword: &str) {
        let rest = instruction.rest.as_str();
        let found = words::words(rest, self.escape);
        let is_old = found.first().is_none_or(|(_, word)| !word.contains('='));
        let mut pairs = Vec::new();
        if is_old {
            let (at, name) = found.first().copied().unwrap_or_default();
            let Some((value_at, _)) = found.get(1).copied() else {
                let message = format!("{keyword} must have two arguments");
                return self.refuse(instruction.whole(), message);
            };
            pairs.push((at, name.len(), value_at, rest.len()));
        } else {
            for (at, word) in found {
                let end = at + word.len();
                let Some(len) = word.find('=') else {
                    let message = "can't find `=` in a word; must be of the form: name=value";
                    return self.refuse(instruction.place(at, end), message);
                };
                pairs.push((at, len, at + len + 1, end));
            }
        }
        // All words of one instruction see the variables from before it.
        let mut set = Vec::new();
        for (at, len, value_at, end) in pairs {
            let name = self.expand(instruction, at, at + len);
            let value = self.expand(instruction, value_at, end);
            let (Some(name), Some(value)) = (name, value) else {
                return;
            };
            if name.is_empty() {
                let message = format!("{keyword} names can not be blank");
                return self.refuse(instruction.place(at, end), message);
            }
            let at = instruction.place(at, at + len);
            set.push((name, at, value, instruction.place(value_at, end)));
        }
        let key = if keyword == "ENV" { "env" } else { "labels" };
        let Some(stage) = self.stages.last_mut() else {
            return;
        };
        let place = instruction.whole();
        let (_, map) = stage
            .settings
            .entry(key)
            .or_insert_with(|| (place, Node::new(Data::Map(Vec::new()), place)));
        if let Data::Map(entries) = &mut map.data {
            for (name, at, value, place) in set {
                if key == "env" {
                    stage.env.insert(name.as_str().into(), value.clone());
                }
                let node = Node::text(value, place).scaled(&WORD);
                entries.push(entry(&name, at, node));
            }
        }
    }

    fn single(&mut self, instruction: &Instruction, keyword: &str) {
        let rest = instruction.rest.as_str();
        let count = words::words(rest, self.escape).len();
        if count != 1 && keyword != "WORKDIR" {
            let message = format!("{keyword} requires exactly one argument");
            return self.refuse(instruction.whole(), message);
        }
        let Some(mut value) = self.expand(instruction, 0, rest.len()) else {
            return;
        };
        let key = match keyword {
            "USER" => "user",
            "WORKDIR" => "workdir",
            _ => "stopsignal",
        };
        let place = instruction.whole();
        if value.trim().is_empty() {
            // What the image has then is not said by the file; the complaint has been made.
            if let Some(stage) = self.stages.last_mut() {
                stage.settings.remove(key);
            }
            if !rest.contains('$') {
                self.refuse(place, format!("{keyword} requires a value"));
            }
            return;
        }
        if key == "workdir" && !value.starts_with('/') {
            let before = self.stages.last().and_then(|stage| stage.settings.get(key));
            if let Some(before) = before.and_then(|(_, node)| node.as_text()) {
                value = format!("{}/{value}", before.trim_end_matches('/'));
                self.budget = self.budget.saturating_sub(value.len());
            }
        }
        let node = Node::text(value, place).scaled(&WORD);
        self.set(key, instruction, node, false);
    }

    fn expose(&mut self, instruction: &Instruction) {
        let mut ports = Vec::new();
        for (at, word) in words::words(&instruction.rest, self.escape) {
            let end = at + word.len();
            let place = instruction.place(at, end);
            let Some(value) = self.expand(instruction, at, end) else {
                return;
            };
            for port in value.split_whitespace() {
                let (numbers, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
                let protocol = protocol.to_ascii_lowercase();
                let is_range = numbers.split('-').count() <= 2
                    && numbers.split('-').all(|n| n.parse::<u16>().is_ok());
                if !is_range || !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
                    self.refuse(place, "invalid containerPort or protocol");
                    continue;
                }
                ports.push(Node::text(format!("{numbers}/{protocol}"), place).scaled(&WORD));
            }
        }
        let place = instruction.whole();
        let Some(stage) = self.stages.last_mut() else {
            return;
        };
        let (_, list) = stage
            .settings
            .entry("expose")
            .or_insert_with(|| (place, Node::new(Data::List(Vec::new()), place)));
        if let Data::List(items) = &mut list.data {
            items.extend(ports);
        }
    }

    /// What is run while the image is built: one text for each `RUN`, with the here-documents that
    /// it reads.
    fn run(&mut self, instruction: &Instruction, start: usize) {
        let node = self.exec_form(instruction, start);
        let words = node.items().iter().filter_map(Node::as_text);
        let mut text = match node.as_text() {
            Some(text) => text.to_owned(),
            None => words.collect::<Vec<_>>().join(" "),
        };
        text.push_str(&instruction.documents);
        let Some(stage) = self.stages.last_mut() else {
            return;
        };
        let place = instruction.whole();
        let (_, list) = stage
            .settings
            .entry("run")
            .or_insert_with(|| (place, Node::new(Data::List(Vec::new()), place)));
        if let Data::List(items) = &mut list.data {
            items.push(Node::text(text, node.place).scaled(&WORD));
        }
    }

    /// A list in exec form, or a text in shell form.
    fn exec_form(&mut self, instruction: &Instruction, start: usize) -> Node {
        let rest = &instruction.rest[start..];
        let place = instruction.place(start, instruction.rest.len());
        if let Some(strings) = words::json_strings(rest) {
            let items = strings.into_iter().map(|(from, to, text)| {
                Node::text(text, instruction.place(start + from, start + to)).scaled(&WORD)
            });
            return Node::new(Data::List(items.collect()), place);
        }
        if rest.starts_with('[') {
            let message = "this is no JSON array of strings and is run by a shell";
            self.complain(&NOT_EXEC_FORM, place, message);
        }
        Node::text(rest, place).scaled(&WORD)
    }

    fn command(&mut self, key: &'static str, instruction: &Instruction, start: usize) {
        let node = self.exec_form(instruction, start);
        self.set(key, instruction, node, true);
    }

    fn set(&mut self, key: &'static str, instruction: &Instruction, node: Node, is_only: bool) {
        let Some(stage) = self.stages.last_mut() else {
            return;
        };
        let before = stage.settings.insert(key, (instruction.at, node));
        let was_own = stage.own.contains(&key);
        if !was_own {
            stage.own.push(key);
        }
        let Some((at, before)) = before.filter(|_| was_own) else {
            return;
        };
        if key == "workdir" {
            return;
        }
        self.document.asides.push(Aside {
            path: vec![key.into()],
            value: before.data.to_text().unwrap_or_default().as_ref().into(),
            place: before.place,
            why: "overridden by a later line".into(),
        });
        if is_only {
            let keyword = &instruction.keyword;
            let message = format!("only the last {keyword} of a stage has an effect");
            let complaint = Complaint::new(&OVERRIDDEN, at, message);
            let complaint = complaint.also(instruction.at, "this one");
            self.document.complaints.push(complaint);
        }
    }
}
