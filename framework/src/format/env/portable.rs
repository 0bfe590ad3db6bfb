//! The four readers together: what they agree about, and for each line about which they do not,
//! the reason, by its spelling.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Assignment, Reading, Text, Variables, bash, commented_out, compose, docker, is_name, rules,
    systemd,
};
use crate::diagnostic::Rule;
use crate::document::{Aside, Complaint};

const READERS: [&str; 4] = ["systemd", "docker", "Compose", "bash"];

/// Most lines that are said to be overridden by a later one.
const MAX_OVERRIDDEN: usize = 100;

/// Reads a file by all four; a variable is set if all of them set it to the same value.
pub(super) fn parse(text: Text<'_>, variables: &Variables) -> Reading {
    let readings = [
        systemd::parse(text),
        docker::parse(text, variables),
        compose::parse(text, variables),
        bash::parse(text, variables),
    ];
    let starts: Vec<usize> = starts_of_lines(text).collect();
    let mut names: BTreeMap<&str, Variable<'_>> = BTreeMap::new();
    let mut lines: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (index, reading) in readings.iter().enumerate() {
        for assignment in &reading.assignments {
            let start = line_start(&starts, assignment.at.span.start);
            lines.entry(start).or_default().insert(&assignment.name);
        }
        for (name, assignment) in reading.effective() {
            let variable = names.entry(name).or_insert_with(|| Variable {
                states: [State::Unset; 4],
                assignment,
            });
            variable.states[index] = match &assignment.value {
                Some(value) => State::Set(value),
                None => State::Unknown,
            };
        }
    }
    let refuses: [bool; 4] = std::array::from_fn(|index| !readings[index].refusals.is_empty());
    let refusals: Vec<Complaint> = readings
        .iter()
        .flat_map(|reading| reading.refusals.clone())
        .collect();
    let stop = readings[3].stop.clone();
    let refused_at = refusals
        .iter()
        .chain(&stop)
        .filter_map(|complaint| complaint.place)
        .map(|place| place.span.start)
        .collect();
    let mut comparison = Comparison {
        text,
        starts,
        names,
        lines,
        refuses,
        stop,
        refusals,
        refused_at,
        complaints: Vec::new(),
        explained: BTreeSet::new(),
    };
    comparison.look_at_lines();
    comparison.add_unexplained();
    let mut reading = comparison.result();
    for line in starts_of_lines(text) {
        let is_comment = text.bytes[line..].trim_ascii_start().starts_with(b"#");
        if is_comment {
            reading.asides.extend(commented_out(text, line));
        }
    }
    reading
}

/// What one reader makes of a variable.
#[derive(Clone, Copy, PartialEq)]
enum State<'a> {
    Unset,
    Unknown,
    Set(&'a str),
}

struct Variable<'a> {
    states: [State<'a>; 4],
    assignment: &'a Assignment,
}

struct Comparison<'a> {
    text: Text<'a>,
    /// Where lines start.
    starts: Vec<usize>,
    names: BTreeMap<&'a str, Variable<'a>>,
    /// The names that some reader sets on the line that starts at an offset.
    lines: BTreeMap<usize, BTreeSet<&'a str>>,
    refuses: [bool; 4],
    /// Why bash does not read to the end.
    stop: Option<Complaint>,
    refusals: Vec<Complaint>,
    /// Where the refusals and the stop are.
    refused_at: BTreeSet<usize>,
    complaints: Vec<Complaint>,
    /// The starts of the lines that a complaint is about.
    explained: BTreeSet<usize>,
}

impl Comparison<'_> {
    /// Whether the readers that go on to the end of the file agree about a variable.
    fn is_agreed(&self, name: &str) -> bool {
        let Some(variable) = self.names.get(name) else {
            return true;
        };
        let mut states = (0..4)
            .filter(|index| !(self.refuses[*index] || *index == 3 && self.stop.is_some()))
            .map(|index| variable.states[index]);
        let first = states.next();
        let is_same = states.all(|state| Some(state) == first);
        is_same && !matches!(first, Some(State::Unknown))
    }

    fn look_at_lines(&mut self) {
        let bytes = self.text.bytes;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let place = self.text.place(0, 3);
            let message = "the file begins with a byte order mark, which systemd and bash take \
for a part of the first name";
            let complaint = Complaint::new(&rules::BYTE_ORDER_MARK, place, message);
            self.complaints
                .push(complaint.help("save the file without it"));
            self.explained.insert(0);
        }
        if let Some(at) = memchr::memmem::find(bytes, b"\r\n") {
            let message = "the lines end in CR LF, and bash keeps the CR in every value";
            let place = self.text.place(at, at + 1);
            let complaint = Complaint::new(&rules::CARRIAGE_RETURN, place, message)
                .help("save the file with LF line ends");
            self.complaints.push(complaint);
        }
        let mut skip_to = 0;
        for start in starts_of_lines(self.text) {
            if start >= skip_to {
                skip_to = self.look_at_line(start);
            }
        }
    }

    /// Looks at the line that starts at an offset; where the next statement may start.
    fn look_at_line(&mut self, start: usize) -> usize {
        let end = self.text.line_end(start);
        let line = spelling(self.text, start);
        if line.is_comment {
            if line.goes_on {
                let message = "the comment ends in a backslash, so that systemd takes the next \
line for a part of it";
                self.complain(&rules::CONTINUED_COMMENT, start, end, message.to_owned());
                self.explained.insert(end + 1);
            }
            return end + 1;
        }
        if line.classes.is_empty() {
            return line.next;
        }
        let mut is_set = false;
        let mut disputed = None;
        for (_, names) in self.lines.range(start..line.next) {
            is_set = true;
            disputed = disputed.or(names.iter().copied().find(|name| !self.is_agreed(name)));
        }
        let is_refused = self.refused_at.range(start..line.next).next().is_some();
        let is_disputed = disputed.is_some() || is_refused || !is_set;
        if is_disputed {
            let subject = disputed.map_or_else(String::new, |name| {
                format!(" (`{name}`: {})", self.groups(name))
            });
            for (rule, what) in line.classes {
                self.complain(rule, start, end, format!("{what}{subject}"));
            }
        }
        line.next
    }

    /// Complains about what no spelling explains.
    fn add_unexplained(&mut self) {
        let stop = self.stop.take();
        for complaint in self.refusals.iter().chain(&stop).cloned() {
            let at = complaint.place.map_or(0, |place| place.span.start);
            if self.explained.insert(line_start(&self.starts, at)) {
                self.complaints.push(complaint);
            }
        }
        self.stop = stop;
        let is_marked = memchr::memmem::find(self.text.bytes, b"\r\n").is_some();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for (start, names) in &self.lines {
            if self.explained.contains(start) {
                known.extend(names);
            }
        }
        let mut found = Vec::new();
        for (name, variable) in &self.names {
            let at = variable.assignment.at;
            if !is_marked && !self.is_agreed(name) && !known.contains(name) {
                let message = format!("`{name}`: {}", self.groups(name));
                found.push(Complaint::new(&rules::DIFFERS, at, message));
            }
        }
        self.complaints.extend(found);
    }

    fn result(mut self) -> Reading {
        let mut reading = Reading {
            complaints: std::mem::take(&mut self.complaints),
            ..Reading::default()
        };
        for (name, variable) in &self.names {
            let assignment = variable.assignment;
            let first = variable.states[0];
            let is_same = variable.states.iter().all(|state| *state == first);
            let is_refused = self.refuses.contains(&true);
            if is_same && matches!(first, State::Set(_)) && !is_refused {
                reading.assignments.push(assignment.clone());
            } else {
                reading.asides.push(Aside {
                    path: vec![assignment.name.clone()],
                    value: assignment.value.clone().unwrap_or_default(),
                    place: assignment.place,
                    why: self.groups(name).into(),
                });
            }
        }
        reading.assignments.sort_by_key(|assignment| assignment.at);
        reading.asides.extend(self.overridden());
        reading
    }

    /// Lines that set what a later line sets again.
    fn overridden(&self) -> Vec<Aside> {
        let mut asides = Vec::new();
        for (start, names) in &self.lines {
            for name in names {
                let Some(variable) = self.names.get(name) else {
                    continue;
                };
                let last = line_start(&self.starts, variable.assignment.at.span.start);
                let line = self.text.line(*start);
                let text = self.text.lossy(*start, line.span.end);
                if last > *start && asides.len() < MAX_OVERRIDDEN {
                    asides.push(Aside {
                        path: vec![(*name).into()],
                        value: text.split_once('=').map_or("", |(_, value)| value).into(),
                        place: line,
                        why: "overridden by a later line".into(),
                    });
                }
            }
        }
        asides
    }

    /// Who reads what, without saying the values.
    fn groups(&self, name: &str) -> String {
        let Some(variable) = self.names.get(name) else {
            return String::new();
        };
        let mut values: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut others = Vec::new();
        for (index, reader) in READERS.into_iter().enumerate() {
            match variable.states[index] {
                _ if self.refuses[index] => others.push(format!("{reader} refuses the file")),
                State::Unset => others.push(format!("{reader} does not set it")),
                State::Unknown => {
                    others.push(format!("{reader} reads what the file alone does not tell"));
                }
                State::Set(value) => match values.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, readers)) => readers.push(reader),
                    None => values.push((value, vec![reader])),
                },
            }
        }
        let ordinals = ["one value", "another", "a third", "a fourth"];
        let groups = values.iter().zip(ordinals).map(|((_, readers), which)| {
            let verb = if readers.len() == 1 { "reads" } else { "read" };
            format!("{} {verb} {which}", and(readers))
        });
        groups.chain(others).collect::<Vec<_>>().join(", ")
    }

    fn complain(&mut self, rule: &'static Rule, start: usize, end: usize, message: String) {
        let end = end.max(start);
        let len = self.text.bytes[start..end].trim_ascii_end().len();
        let place = self.text.place(start, start + len);
        self.complaints.push(Complaint::new(rule, place, message));
        self.explained.insert(start);
    }
}

fn and(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// The start of the line that an offset is on.
fn line_start(starts: &[usize], at: usize) -> usize {
    let index = starts.partition_point(|start| *start <= at);
    starts[..index].last().copied().unwrap_or(0)
}

fn starts_of_lines(text: Text<'_>) -> impl Iterator<Item = usize> {
    let feeds = memchr::memchr_iter(b'\n', text.bytes).map(|at| at + 1);
    std::iter::once(0)
        .chain(feeds)
        .filter(move |start| *start < text.bytes.len())
}

/// A rule and what there is on the line.
type Class = (&'static Rule, &'static str);

/// How a line is spelled.
struct Spelling {
    is_comment: bool,
    /// Whether it is a comment that ends in a backslash.
    goes_on: bool,
    /// What not all readers read alike.
    classes: Vec<Class>,
    /// The start of the next line behind the value.
    next: usize,
}

fn spelling(text: Text<'_>, start: usize) -> Spelling {
    let end = text.line_end(start);
    let mut line = &text.bytes[start..end];
    if start == 0 {
        line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    }
    let line = line.strip_suffix(b"\r").map_or(line, |line| line);
    let body = line.trim_ascii_start();
    let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
    let mut spelling = Spelling {
        is_comment: body.is_empty() || body.starts_with(b"#"),
        goes_on: backslashes % 2 == 1
            && !body.is_empty()
            && text.bytes.get(start + line.len()) == Some(&b'\n'),
        classes: Vec::new(),
        next: end + 1,
    };
    if spelling.is_comment {
        return spelling;
    }
    let classes = &mut spelling.classes;
    let exported = body
        .strip_prefix(b"export")
        .filter(|rest| rest.first().is_some_and(u8::is_ascii_whitespace));
    if exported.is_some() {
        classes.push((
            &rules::EXPORT,
            "`export` is known to Compose and bash alone",
        ));
    }
    let body = exported.map_or(body, <[u8]>::trim_ascii_start);
    let Some(at) = memchr::memchr(b'=', body) else {
        if exported.is_none() {
            let what = "a line without `=` is no assignment for all";
            classes.push((&rules::NOT_ASSIGNMENT, what));
        }
        return spelling;
    };
    let (name, value) = (&body[..at], &body[at + 1..]);
    if name.trim_ascii_end().len() < name.len() || value.trim_ascii().len() < value.len() {
        classes.push((&rules::SPACES, "blanks beside the `=` or behind the value"));
    }
    if body.starts_with(b";") {
        let what = "`;` starts a comment for systemd alone";
        classes.push((&rules::NOT_ASSIGNMENT, what));
    } else if !is_name(name.trim_ascii_end()) {
        let what = "the name is not letters, digits and `_` alone";
        classes.push((&rules::INVALID_NAME, what));
    }
    let value_start = start + line.len() - value.trim_ascii_start().len();
    let value = value.trim_ascii();
    if let Some(quote @ (b'"' | b'\'')) = value.first() {
        if let Some(close) = quoted(text, value_start, *quote, classes) {
            spelling.next = text.line_end(close) + 1;
        }
    } else {
        bare(value, classes);
    }
    spelling
}

/// Looks at a value in quotes; where they are closed.
fn quoted(text: Text<'_>, start: usize, quote: u8, classes: &mut Vec<Class>) -> Option<usize> {
    let mut close = None;
    let mut at = start + 1;
    while let Some(byte) = text.bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            byte if *byte == quote => {
                close = Some(at);
                break;
            }
            _ => {}
        }
        at += 1;
    }
    let Some(close) = close else {
        classes.push((&rules::UNTERMINATED, "the quote is not closed"));
        return None;
    };
    classes.push((&rules::QUOTES, "quotes are a part of the value for docker"));
    let inner = &text.bytes[start + 1..close];
    if quote == b'"' && memchr::memchr(b'$', inner).is_some() {
        classes.push((&rules::DOLLAR, "`$` is expanded by Compose and bash alone"));
    }
    if memchr::memchr(b'\\', inner).is_some() {
        let what = "a backslash in quotes is read by other rules in each program";
        classes.push((&rules::BACKSLASH, what));
    }
    if quote == b'"' && memchr::memchr(b'`', inner).is_some() {
        classes.push((&rules::COMMAND, "bash runs what stands in backticks"));
    }
    let rest = &text.bytes[close + 1..text.line_end(close)];
    let behind = rest.trim_ascii();
    if behind.starts_with(b"#") {
        let what = "a comment behind the value is a part of it for systemd and docker";
        classes.push((&rules::INLINE_COMMENT, what));
    } else if !behind.is_empty() {
        let what = "text behind the closing quote is read by other rules in each program";
        classes.push((&rules::BEHIND_QUOTE, what));
    }
    Some(close)
}

/// Looks at a value without quotes around it.
fn bare(value: &[u8], classes: &mut Vec<Class>) {
    let comment =
        (1..value.len()).find(|at| value[*at] == b'#' && matches!(value[*at - 1], b' ' | b'\t'));
    if comment.is_some() {
        let what = "a comment behind the value is a part of it for systemd and docker";
        classes.push((&rules::INLINE_COMMENT, what));
    }
    let value = value[..comment.unwrap_or(value.len())].trim_ascii();
    let has = |set: &[u8]| value.iter().any(|byte| set.contains(byte));
    if has(b" \t") {
        let what = "bash takes what follows a blank for a command";
        classes.push((&rules::BLANK_IN_VALUE, what));
    }
    if has(b"$") {
        classes.push((&rules::DOLLAR, "`$` is expanded by Compose and bash alone"));
    }
    if has(b"`") {
        classes.push((&rules::COMMAND, "bash runs what stands in backticks"));
    }
    if has(b"\\") {
        let what = "systemd and bash remove a backslash, docker and Compose keep it";
        classes.push((&rules::BACKSLASH, what));
    }
    let odd = |sign: u8| memchr::memchr_iter(sign, value).count() % 2 == 1;
    if odd(b'"') || odd(b'\'') {
        let what = "bash takes the quote for the start of a text that is not closed";
        classes.push((&rules::UNTERMINATED, what));
    } else if has(b"\"'") {
        let what = "quotes inside of the value are removed by bash alone";
        classes.push((&rules::QUOTES, what));
    }
    let is_home = value.starts_with(b"~") || memchr::memmem::find(value, b":~").is_some();
    if has(b"&;|<>()") || is_home {
        let what = "bash gives a meaning to `&;|<>()` and to `~` at the start of a path";
        classes.push((&rules::SHELL_SIGN, what));
    }
}
