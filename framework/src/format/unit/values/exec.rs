//! Command lines: prefixes, several commands on a line, and what systemd does not get over.

use super::specifier::{self, Table};
use super::{Context, Effect, Item, Reading, name};
use crate::format::unit::extract::{BLANKS, Flags, UNESCAPE, Word, Words};
use crate::format::unit::number::Errno;

/// What stands before the path of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::format::unit) struct Prefix {
    /// `-`: a failure does not count.
    pub(in crate::format::unit) ignores_failure: bool,
    /// `@`: the first argument is the name of the process.
    pub(in crate::format::unit) has_name: bool,
    /// `+`: as root, outside of the sandbox.
    pub(in crate::format::unit) is_privileged: bool,
    /// How many bytes it has.
    pub(in crate::format::unit) length: usize,
}

/// Takes the prefix from the first word of a command line.
pub(in crate::format::unit) fn prefix(word: &str) -> Prefix {
    let mut prefix = Prefix::default();
    let mut no_expansion = false;
    let mut bangs = 0;
    for byte in word.bytes() {
        match byte {
            b'-' if !prefix.ignores_failure => prefix.ignores_failure = true,
            b'@' if !prefix.has_name => prefix.has_name = true,
            b':' if !no_expansion => no_expansion = true,
            b'+' if !prefix.is_privileged && bangs == 0 => prefix.is_privileged = true,
            b'!' if !prefix.is_privileged && bangs < 2 => bangs += 1,
            _ => break,
        }
        prefix.length += 1;
    }
    prefix
}

/// A word, and what is said if only its backslashes are wrong.
fn word(words: &mut Words<'_>, reading: &mut Reading, line: &str) -> Result<Option<Word>, ()> {
    let saved = words.clone();
    match words.next(BLANKS, UNESCAPE) {
        Ok(word) => return Ok(word),
        Err(Errno::Invalid | Errno::Range) => *words = saved,
    }
    let relaxed = Flags {
        relaxed: true,
        ..UNESCAPE
    };
    if let Ok(word) = words.next(BLANKS, relaxed) {
        let text = word.as_ref().map(Word::text).unwrap_or_default();
        reading.notes.push(super::Note {
            rule: &crate::format::unit::rules::INVALID_VALUE,
            message: format!("Ignoring unknown escape sequences: \"{text}\""),
        });
        return Ok(word);
    }
    reading.notes.push(super::Note {
        rule: &crate::format::unit::rules::INVALID_VALUE,
        message: format!("Unbalanced quoting, ignoring: \"{line}\""),
    });
    Err(())
}

/// Reads a command line, or several with `;` between them.
pub(super) fn read(value: &str, context: &Context<'_>) -> Reading {
    if value.is_empty() {
        return Reading::new(Effect::Reset);
    }
    let mut reading = Reading::new(Effect::Ignored);
    let mut items = Vec::new();
    let mut words = Words::new(value);
    let mut line = value;
    loop {
        let mut start = words.at;
        let Ok(Some(first)) = word(&mut words, &mut reading, line) else {
            break;
        };
        start = first.start.max(start);
        if first.text() == ";" {
            continue;
        }
        match command(&first, &mut words, &mut reading, line, context) {
            Command::Stop => {
                reading.effect = Effect::Stop;
                for note in &mut reading.notes {
                    note.rule = &crate::format::unit::rules::NOT_LOADED;
                }
                return reading;
            }
            Command::Ignored => break,
            Command::Taken { end, goes_on } => {
                let text = value[start..end].trim_end_matches([' ', '\t', '\n', '\r']);
                items.push(Item {
                    text: text.into(),
                    start,
                    end: start + text.len(),
                });
                line = words.rest();
                if !goes_on {
                    break;
                }
            }
        }
    }
    if !items.is_empty() {
        reading.effect = Effect::Add(items);
    }
    reading
}

/// What became of one command.
enum Command {
    /// It is taken; another one follows or not.
    Taken { end: usize, goes_on: bool },
    /// It is not taken, and nothing behind it.
    Ignored,
    /// The file is not read on.
    Stop,
}

/// Reads one command, of which the first word is known.
fn command(
    first: &Word,
    words: &mut Words<'_>,
    reading: &mut Reading,
    line: &str,
    context: &Context<'_>,
) -> Command {
    let text = first.text();
    let prefix = prefix(&text);
    let (failed, ignoring) = if prefix.ignores_failure {
        (Command::Ignored, ", ignoring")
    } else {
        (Command::Stop, "")
    };
    let written = &text[prefix.length..];
    let problem = match specifier::resolve(written, Table::Full, context) {
        Err(why) => Some(format!(
            "Failed to resolve unit specifiers in '{written}'{ignoring}: {why}"
        )),
        Ok(path) => path_problem(&path, ignoring, line),
    };
    if let Some(message) = problem {
        push(reading, message);
        return failed;
    }
    let mut arguments = usize::from(!prefix.has_name);
    let mut goes_on = false;
    let mut end = first.end;
    loop {
        let rest = words.rest();
        if rest.is_empty() {
            break;
        }
        let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']);
        if rest.strip_prefix(';').is_some_and(is_end) {
            end = words.at;
            words.skip(1);
            words.skip_blanks();
            goes_on = true;
            break;
        }
        if rest.strip_prefix("\\;").is_some_and(is_end) {
            words.skip(2);
            end = words.at;
            words.skip_blanks();
            arguments += 1;
            continue;
        }
        match word(words, reading, line) {
            Err(()) => return failed,
            Ok(None) => break,
            Ok(Some(argument)) => {
                end = argument.end;
                let text = argument.text();
                if let Err(why) = specifier::resolve(&text, Table::Full, context) {
                    let message =
                        format!("Failed to resolve unit specifiers in {text}{ignoring}: {why}");
                    push(reading, message);
                    return failed;
                }
                arguments += 1;
            }
        }
    }
    if arguments == 0 {
        let message = format!("Empty executable name or zeroeth argument{ignoring}: {line}");
        push(reading, message);
        return failed;
    }
    Command::Taken { end, goes_on }
}

fn push(reading: &mut Reading, message: String) {
    reading.notes.push(super::Note {
        rule: &crate::format::unit::rules::INVALID_VALUE,
        message,
    });
}

/// What is wrong with the path of a program, if something is.
fn path_problem(path: &str, ignoring: &str, line: &str) -> Option<String> {
    let is_unsafe = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\'' | b'\\' | 0x7f);
    if path.is_empty() {
        return Some(format!("Empty path in command line{ignoring}: '{line}'"));
    }
    if path.bytes().any(is_unsafe) {
        return Some(format!(
            "Executable name contains special characters{ignoring}: {path}"
        ));
    }
    if path.ends_with('/') {
        return Some(format!(
            "Executable path specifies a directory{ignoring}: {path}"
        ));
    }
    let is_valid = if path.starts_with('/') {
        path.len() < 4096 && path.split('/').all(|part| part.len() <= 255)
    } else {
        name::is_file_name(path)
    };
    (!is_valid)
        .then(|| format!("Neither a valid executable name nor an absolute path{ignoring}: {path}"))
}

/// The words of a command line, unquoted, without its prefix; for looking at what it runs.
pub(in crate::format::unit) fn arguments(line: &str) -> Vec<String> {
    let mut words = Words::new(line);
    let mut found = Vec::new();
    while let Ok(Some(word)) = words.next(BLANKS, UNESCAPE) {
        found.push(word.text());
    }
    if let Some(first) = found.first_mut() {
        let length = prefix(first).length;
        first.drain(..length);
    }
    found
}
