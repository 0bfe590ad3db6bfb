//! From lines to what a unit sets: sections, keys, and what systemd ignores. Files are read one
//! after the other, as systemd reads a unit and then its drop-ins.

use std::borrow::Cow;
use std::sync::Arc;

use super::dropin::Subject;
use super::effective::Change;
use super::keys::{self, Key, Reader};
use super::kind::Kind;
use super::parse::{Event, Lines, Logical, strip};
use super::rules;
use super::values::{self, Context, Effect};
use super::{Assignment, State, Unit, traps, verify};
use crate::diagnostic::Rule;
use crate::document::{Aside, Complaint, Input, Part, Place};
use crate::source::Span;
use crate::text::suggest;

/// Reads a unit with its drop-ins as systemd 252 does.
///
/// Never fails: what cannot be read is a complaint of the unit, and its state says what systemd
/// does about it. A file that is itself a drop-in is read alone.
pub fn load(input: &Input<'_>) -> Unit {
    let subject = Subject::of_path(input.path).unwrap_or_else(|| Subject::unnamed(input.path));
    Loader::new(input, subject).run(input)
}

/// Reads journald's configuration with its drop-ins as systemd 252 does. A drop-in is read among the
/// others and after the main file, so that what is in effect is known of it, too.
pub(super) fn load_journald(input: &Input<'_>) -> Unit {
    Loader::new(input, Subject::of_journald(input.path)).run(input)
}

/// Why the rest of a file is not read.
struct Stop;

/// The section that is being read.
enum Section {
    /// None yet.
    None,
    /// One that systemd reads.
    Known(Box<str>),
    /// One that it does not read.
    Ignored(Box<str>),
}

/// A unit while it is read.
struct Loader {
    unit: Unit,
    subject: Subject,
    section: Section,
    file: u32,
    /// How many unknown keys were compared with the known ones.
    suggestions: usize,
}

/// How many unknown keys are compared with the known ones.
const MAX_SUGGESTIONS: usize = 20;

impl Loader {
    fn new(input: &Input<'_>, subject: Subject) -> Self {
        let unit = Unit {
            name: subject.name.clone(),
            kind: subject.kind,
            files: vec![Part::new(input.path, Arc::clone(&input.bytes))],
            assignments: Vec::new(),
            state: State::Loaded,
            is_fragment: subject.is_fragment,
            is_user: subject.is_user,
            complaints: Vec::new(),
            asides: Vec::new(),
            settings: Vec::new(),
        };
        Self {
            unit,
            subject,
            section: Section::None,
            file: 0,
            suggestions: 0,
        }
    }

    fn run(mut self, input: &Input<'_>) -> Unit {
        let is_masked = input.bytes.is_empty() || input.target.is_masked(input.path);
        match self.subject.overriding(input.target) {
            Some(path) => self.override_with(&path, input),
            None if is_masked && self.unit.kind != Kind::Journald => {
                self.mask("the file is empty or a link to /dev/null".to_owned());
            }
            None if self.subject.kind == Kind::Journald && self.unit.is_fragment => {
                if let Some((path, bytes)) = self.subject.main_of_journald(input.target) {
                    let file = self.push_file(path, bytes);
                    self.main_file(file);
                }
            }
            None => self.main_file(0),
        }
        if self.unit.state == State::Masked {
            return self.unit;
        }
        let drop_ins = self.subject.drop_ins(input.target);
        let own_name = input.path.rsplit('/').next().unwrap_or_default();
        if self.unit.is_fragment {
            let other = drop_ins.iter().find(|other| other.file == own_name);
            match other.filter(|other| other.path != input.path) {
                Some(other) => {
                    let message = format!("journald reads `{}` instead of this file", other.path);
                    let complaint = Complaint::of_file(&rules::OVERRIDDEN_FILE, message);
                    self.unit.complaints.push(complaint);
                }
                // One that stands where nobody looks for it.
                None if other.is_none() && self.subject.kind == Kind::Journald => self.main_file(0),
                None => {}
            }
        }
        for drop_in in drop_ins {
            if drop_in.path == input.path {
                self.main_file(0);
                continue;
            }
            let bytes = match drop_in.bytes {
                Ok(Some(bytes)) => bytes,
                // A mask: it takes the place of others and holds nothing.
                Ok(None) => continue,
                Err(why) => {
                    // It could set anything, so nothing is known of the unit.
                    self.unit.state = State::Refused;
                    let message = format!("cannot read the drop-in `{}`: {why}", drop_in.path);
                    self.unit
                        .complaints
                        .push(Complaint::of_file(&rules::UNREADABLE, message).refusing());
                    continue;
                }
            };
            let file = self.push_file(drop_in.path, bytes);
            // What stops the reading of a drop-in does not stop the unit.
            let _ = self.read_file(file);
        }
        self.unit.settle_environment();
        if self.unit.state == State::Loaded && !self.unit.is_fragment {
            verify::verify(&mut self.unit);
        }
        traps::look(&mut self.unit, input.target);
        self.unit.complaints.sort_by_key(|complaint| {
            complaint
                .place
                .map_or((u32::MAX, 0), |place| (place.file, place.span.start))
        });
        self.unit
    }

    /// Reads the file that is the unit itself.
    fn main_file(&mut self, file: u32) {
        if self.read_file(file).is_err() && !self.unit.is_fragment {
            self.unit.state = State::Refused;
        }
    }

    /// Takes a file that comes before the one that was asked for.
    fn override_with(&mut self, path: &str, input: &Input<'_>) {
        if input.target.is_masked(path) {
            self.mask(format!("`{path}` is empty or a link to /dev/null"));
            return;
        }
        match input.target.read(path) {
            Ok(Some(bytes)) if bytes == input.bytes => self.main_file(0),
            Ok(Some(bytes)) => {
                let message = format!("systemd reads `{path}` instead of this file");
                self.unit
                    .complaints
                    .push(Complaint::of_file(&rules::OVERRIDDEN_FILE, message));
                let file = self.push_file(path.to_owned(), bytes);
                self.main_file(file);
            }
            Ok(None) => self.main_file(0),
            Err(why) => {
                let message = format!("cannot read `{path}`, which systemd reads instead: {why}");
                self.unit.state = State::Refused;
                self.unit
                    .complaints
                    .push(Complaint::of_file(&rules::UNREADABLE, message).refusing());
            }
        }
    }

    fn mask(&mut self, why: String) {
        self.unit.state = State::Masked;
        let message = format!("Unit {} is masked.", self.unit.name);
        self.unit
            .complaints
            .push(Complaint::of_file(&rules::MASKED, message).help(why));
    }

    fn push_file(&mut self, name: String, bytes: Arc<[u8]>) -> u32 {
        self.unit.files.push(Part::new(name, bytes));
        u32::try_from(self.unit.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// Reads one file to its end, or to a line that systemd does not get over.
    fn read_file(&mut self, file: u32) -> Result<(), Stop> {
        let Some(part) = self.unit.files.get(file as usize) else {
            return Ok(());
        };
        let bytes = Arc::clone(&part.bytes);
        self.section = Section::None;
        self.file = file;
        for event in Lines::new(&bytes) {
            match event {
                Event::Comment(span) => self.comment(&bytes, span),
                Event::Line(line) => self.line(&bytes, &line)?,
                Event::TooLong(at) => {
                    self.complain(&rules::NOT_LOADED, at, "Line too long");
                    return Err(Stop);
                }
            }
        }
        Ok(())
    }

    fn place(&self, span: Span) -> Place {
        Place::in_file(self.file, span)
    }

    fn complain(&mut self, rule: &'static Rule, span: Span, message: impl Into<String>) {
        let place = self.place(span);
        self.unit
            .complaints
            .push(Complaint::new(rule, place, message));
    }

    /// A comment may be a setting that was switched off.
    fn comment(&mut self, bytes: &[u8], span: Span) {
        let text = &bytes[span.range()];
        let Ok(text) = std::str::from_utf8(text) else {
            return;
        };
        let start = text.len() - text.trim_start_matches(['#', ';', ' ', '\t']).len();
        let Some((key, value)) = text[start..].split_once('=') else {
            return;
        };
        let (key, value) = (strip(key), strip(value));
        let section = match &self.section {
            Section::Known(name) if keys::find(name, key).is_some() => name.clone(),
            _ => match self.home(key) {
                Some((section, name)) if name == key => section.into(),
                _ => return,
            },
        };
        let place = self.place(Span::new(span.start, span.start + text.trim_end().len()));
        self.aside(section, key, value, place, "commented out");
    }

    fn comments_in(&mut self, bytes: &[u8], line: &Logical) {
        for span in line.joined.iter().flat_map(|joined| &joined.comments) {
            self.comment(bytes, *span);
        }
    }

    fn aside(
        &mut self,
        section: Box<str>,
        key: &str,
        value: &str,
        place: Place,
        why: impl Into<Cow<'static, str>>,
    ) {
        self.unit.asides.push(Aside {
            path: vec![section, key.into()],
            value: value.into(),
            place,
            why: why.into(),
        });
    }

    fn line(&mut self, bytes: &[u8], line: &Logical) -> Result<(), Stop> {
        let text = line.text(bytes);
        if text.is_empty() {
            return Ok(());
        }
        self.comments_in(bytes, line);
        self.swallowed(line);
        let Ok(text) = std::str::from_utf8(text) else {
            let shown = String::from_utf8_lossy(text);
            let message = format!("String is not UTF-8 clean, ignoring assignment: {shown}");
            self.complain(&rules::NOT_LOADED, line.report(), message);
            return Err(Stop);
        };
        if text.starts_with('[') {
            return self.header(text, line);
        }
        let separator = text.find('=');
        let (key, value) = match separator {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, ""),
        };
        let key_span = line.origin(0, key.trim_end().len());
        let (key, start) = (strip(key), key.len() + 1);
        let indent = value.len() - value.trim_start_matches([' ', '\t', '\n', '\r']).len();
        let value = strip(value);
        let value_span = if value.is_empty() {
            key_span
        } else {
            line.origin(start + indent, start + indent + value.len())
        };
        let section = match &self.section {
            Section::Known(name) => name.clone(),
            Section::None => {
                let message = "Assignment outside of section. Ignoring.";
                self.complain(&rules::OUTSIDE_SECTION, line.report(), message);
                self.misplaced("", key, value, value_span, "before any section");
                return Ok(());
            }
            Section::Ignored(name) => {
                let name = name.clone();
                let why = format!("in [{name}], which systemd does not read");
                self.misplaced(&name, key, value, value_span, why);
                return Ok(());
            }
        };
        if separator.is_none() {
            let message = "Missing '=', ignoring line.";
            self.complain(&rules::NOT_AN_ASSIGNMENT, line.report(), message);
            return Ok(());
        }
        if separator == Some(0) {
            let message = "Missing key name before '=', ignoring line.";
            self.complain(&rules::NOT_AN_ASSIGNMENT, line.report(), message);
            return Ok(());
        }
        let Some(known) = keys::find(&section, key) else {
            if !key.starts_with("X-") {
                let message = format!("Unknown key '{key}' in section [{section}], ignoring.");
                let place = self.place(line.report());
                let mut complaint = Complaint::new(&rules::UNKNOWN_KEY, place, message);
                complaint.help = self.advice(&section, key).map(Cow::Owned);
                self.unit.complaints.push(complaint);
            }
            let why = format!("`{key}` in [{section}], where systemd does not know it");
            self.misplaced(&section, key, value, value_span, why);
            return Ok(());
        };
        let assignment = Assignment {
            section,
            key: key.into(),
            value: value.into(),
            key_place: self.place(key_span),
            place: self.place(value_span),
            line: self.place(line.report()),
        };
        let offset = start + indent;
        let result = self.apply(known, &assignment, line, offset);
        self.unit.assignments.push(assignment);
        result
    }

    /// Says where a setting would have had an effect, if systemd knows it anywhere in such units.
    fn misplaced(
        &mut self,
        section: &str,
        key: &str,
        value: &str,
        span: Span,
        why: impl Into<Cow<'static, str>>,
    ) {
        let place = self.place(span);
        let key = key.strip_prefix("X-").unwrap_or(key);
        let (section, key) = self.home(key).unwrap_or((section, key));
        let section = section.into();
        self.aside(section, key, value, place, why);
    }

    /// The section in which systemd would know a key, and its name there; upper and lower case may
    /// differ.
    fn home<'a>(&self, key: &'a str) -> Option<(&'a str, &'a str)> {
        let kind = self.unit.kind;
        let sections = ["Unit", kind.section(), "Install"];
        let is_known =
            |section: &&str| kind.has_section(section) && keys::find(section, key).is_some();
        if let Some(section) = sections.into_iter().find(is_known) {
            return Some((section, key));
        }
        // Looking at every name takes time, which a file full of unknown keys is not worth.
        if self.suggestions > MAX_SUGGESTIONS {
            return None;
        }
        [kind.section(), "Unit", "Install"]
            .into_iter()
            .find_map(|section| {
                let known =
                    keys::all(section).find(|known| known.name.eq_ignore_ascii_case(key))?;
                Some((section, known.name))
            })
    }

    /// What to do about a key that systemd does not know here.
    fn advice(&mut self, section: &str, key: &str) -> Option<String> {
        if let Some((home, name)) = self.home(key) {
            return Some(if name != key {
                format!("keys are case-sensitive: `{name}` in [{home}]")
            } else if section == "Service" && key == "StartLimitIntervalSec" {
                format!("`{key}` belongs in [Unit]; until then the interval is 10 seconds")
            } else {
                format!("`{key}` belongs in [{home}]")
            });
        }
        self.suggestions += 1;
        if self.suggestions > MAX_SUGGESTIONS || key.len() > 40 {
            return None;
        }
        keys::all(section)
            .map(|known| (strsim::damerau_levenshtein(known.name, key), known.name))
            .filter(|(distance, name)| *distance <= 2 && distance * 3 <= name.len())
            .min()
            .map(|(_, name)| format!("did you mean `{name}`?"))
    }

    fn header(&mut self, text: &str, line: &Logical) -> Result<(), Stop> {
        let Some(name) = text[1..].strip_suffix(']') else {
            let message = format!("Invalid section header '{text}'");
            self.complain(&rules::NOT_LOADED, line.report(), message);
            return Err(Stop);
        };
        if name
            .bytes()
            .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\'' | b'\\' | 0x7f))
        {
            let message = format!("Bad characters in section header '{text}'");
            self.complain(&rules::NOT_LOADED, line.report(), message);
            return Err(Stop);
        }
        self.section = if self.unit.kind.has_section(name) {
            Section::Known(name.into())
        } else {
            if !name.starts_with("X-") {
                let message = format!("Unknown section '{name}'. Ignoring.");
                let place = self.place(line.report());
                let mut complaint = Complaint::new(&rules::UNKNOWN_SECTION, place, message);
                if let Some(right) = suggest(name, self.unit.kind.sections()) {
                    complaint = complaint.help(format!("did you mean `[{right}]`?"));
                }
                self.unit.complaints.push(complaint);
            }
            Section::Ignored(name.into())
        };
        Ok(())
    }

    /// Takes an assignment into what is in effect; its value starts at an offset of the line.
    fn apply(
        &mut self,
        key: &'static Key,
        assignment: &Assignment,
        line: &Logical,
        offset: usize,
    ) -> Result<(), Stop> {
        let context = Context {
            key: key.name,
            section: &assignment.section,
            unit: &self.unit.name,
        };
        let reading = values::read(key.reader, &assignment.value, &context);
        let is_dependency = matches!(
            key.reader,
            Reader::Dependencies | Reader::ObsoleteDependencies | Reader::ServiceSockets
        );
        // Where the comment is said by itself, too, that is enough.
        let is_commented = !matches!(key.reader, Reader::Exec | Reader::UserOrGroup)
            && [" #", "\t#"]
                .iter()
                .any(|sign| assignment.value.contains(sign));
        for note in reading.notes {
            let rule = if is_dependency && note.message.starts_with("Failed to add") {
                &rules::BAD_DEPENDENCY
            } else {
                note.rule
            };
            let complaint = Complaint::new(rule, assignment.line, note.message);
            self.unit.complaints.push(if is_commented {
                complaint.help("put the comment on a line of its own")
            } else {
                complaint
            });
        }
        let stops = reading.effect == Effect::Stop;
        let file = self.file;
        let change = Change {
            assignment,
            key,
            effect: reading.effect,
        };
        self.unit.change(change, &|item| {
            let span = line.origin(offset + item.start, offset + item.end);
            Place::in_file(file, span)
        });
        if stops { Err(Stop) } else { Ok(()) }
    }

    /// Lines that look like settings but belong to the value of the line before them.
    fn swallowed(&mut self, line: &Logical) {
        let Some(joined) = &line.joined else {
            return;
        };
        let lines: Vec<_> = joined
            .lines()
            .skip(1)
            .filter_map(|(span, text)| {
                let text = std::str::from_utf8(&joined.bytes[text.range()]).ok()?;
                let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
                Some((span.start + indent, strip(text).to_owned()))
            })
            .collect();
        for (start, text) in lines {
            self.swallowed_line(start, &text);
        }
    }

    fn swallowed_line(&mut self, start: usize, text: &str) {
        let place = self.place(Span::new(start, start + text.len()));
        let header = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        if header.is_some_and(|name| self.unit.kind.has_section(name)) {
            let message = format!(
                "the line above ends in a backslash, so that `{text}` is a part of its value"
            );
            self.unit
                .complaints
                .push(Complaint::new(&rules::SWALLOWED_LINE, place, message));
            return;
        }
        let Some((key, value)) = text.split_once('=') else {
            return;
        };
        let (key, value) = (strip(key), strip(value));
        let section: Box<str> = match &self.section {
            Section::Known(name) if keys::find(name, key).is_some() => name.clone(),
            _ => return,
        };
        let message = format!(
            "the line above ends in a backslash, so that `{key}=` is a part of its value and not \
             set"
        );
        self.unit
            .complaints
            .push(Complaint::new(&rules::SWALLOWED_LINE, place, message));
        let why = "part of the line above, which ends in a backslash";
        self.aside(section, key, value, place, why);
    }
}
