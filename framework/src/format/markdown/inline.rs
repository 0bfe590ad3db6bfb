//! Links inside of a line: inline, by reference, and in angle brackets; code spans hide them.

use std::collections::HashMap;

use super::Link;
use crate::source::Span;

/// The longest destination that is looked for, in bytes.
const MAX_URL: usize = 4096;

/// How many brackets may be open at a time.
const MAX_OPEN: usize = 64;

/// A link as it is found; those by reference wait for its definition.
pub(super) enum Found {
    Link(Link),
    Reference {
        text: String,
        label: String,
        span: Span,
    },
}

/// Finds the links of a line that starts at an offset of the file.
pub(super) fn links(line: &str, base: usize, found: &mut Vec<Found>) {
    let bytes = line.as_bytes();
    let mut open: Vec<usize> = Vec::new();
    // Lengths of backtick runs that nothing closes on this line.
    let mut lonely = [false; 65];
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => at = code_span(bytes, at, &mut lonely),
            b'<' => at = autolink(line, at, base, found),
            b'[' => {
                if open.len() == MAX_OPEN {
                    open.remove(0);
                }
                open.push(at);
                at += 1;
            }
            b']' => {
                at += 1;
                if let Some(start) = open.pop() {
                    at = close(line, start, at, base, found);
                }
            }
            _ => at += 1,
        }
    }
}

/// Behind the code span that starts here, or behind its backticks if nothing closes it.
fn code_span(bytes: &[u8], start: usize, lonely: &mut [bool; 65]) -> usize {
    let run = |at: usize| bytes[at..].iter().take_while(|byte| **byte == b'`').count();
    let len = run(start);
    let mut at = start + len;
    if lonely.get(len).copied().unwrap_or(true) {
        return at;
    }
    while let Some(next) = memchr::memchr(b'`', &bytes[at..]) {
        let other = run(at + next);
        at += next + other;
        if other == len {
            return at;
        }
    }
    lonely[len] = true;
    start + len
}

fn autolink(line: &str, start: usize, base: usize, found: &mut Vec<Found>) -> usize {
    let limit = line.floor_char_boundary(start + MAX_URL);
    let rest = &line[start + 1..limit.max(start + 1)];
    let end = rest.find(|c: char| c == '>' || c == '<' || c.is_whitespace());
    if let Some(end) = end
        && rest[end..].starts_with('>')
    {
        let url = &rest[..end];
        let is_url = url.split_once(':').is_some_and(|(scheme, _)| {
            scheme.len() >= 2
                && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
        });
        let is_mail = url.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !url.contains(['/', '\\'])
        });
        if is_url || is_mail {
            let close = start + end + 2;
            let mail = if is_url { "" } else { "mailto:" };
            found.push(Found::Link(Link {
                text: url.to_owned(),
                url: format!("{mail}{url}"),
                span: Span::new(base + start, base + close),
            }));
            return close;
        }
    }
    start + 1
}

/// Looks at what follows `[text]`; `at` is behind the bracket.
fn close(line: &str, start: usize, at: usize, base: usize, found: &mut Vec<Found>) -> usize {
    let text = &line[start + 1..at - 1];
    let is_image = start > 0 && line.as_bytes()[start - 1] == b'!';
    let first = start - usize::from(is_image);
    let limit = line.floor_char_boundary(at + MAX_URL);
    let rest = &line[at..limit.max(at)];
    if rest.starts_with('(')
        && let Some((url, len)) = destination(&rest[1..])
    {
        let end = at + 1 + len;
        found.push(Found::Link(Link {
            text: text.to_owned(),
            url,
            span: Span::new(base + first, base + end),
        }));
        return end;
    }
    if text.len() > 999 {
        return at;
    }
    let named = rest
        .strip_prefix('[')
        .and_then(|rest| rest.find(']').map(|len| &rest[..len]))
        .filter(|label| !label.contains('['));
    let (label, end) = match named {
        Some("") => (text, at + 2),
        Some(label) => (label, at + label.len() + 2),
        None => (text, at),
    };
    if !label.trim().is_empty() && label.len() <= 999 {
        found.push(Found::Reference {
            text: text.to_owned(),
            label: normal(label),
            span: Span::new(base + first, base + end),
        });
    }
    end
}

/// The destination behind `(` and the length up to and with `)`, a title skipped.
fn destination(text: &str) -> Option<(String, usize)> {
    let body = text.trim_start();
    let mut at = text.len() - body.len();
    let url = url(body)?;
    at += url.1;
    let rest = text[at..].trim_start();
    at = text.len() - rest.len();
    let quote = rest.chars().next()?;
    if matches!(quote, '"' | '\'' | '(') {
        let closing = if quote == '(' { ')' } else { quote };
        at += rest[1..].find(closing)? + 2;
        let rest = text[at..].trim_start();
        at = text.len() - rest.len();
    }
    text[at..].starts_with(')').then_some((url.0, at + 1))
}

/// A destination at the start of a text, and its length there.
pub(super) fn url(text: &str) -> Option<(String, usize)> {
    if let Some(rest) = text.strip_prefix('<') {
        let end = rest.find(['>', '<'])?;
        return rest[end..]
            .starts_with('>')
            .then(|| (rest[..end].to_owned(), end + 2));
    }
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            c if c.is_whitespace() || c.is_control() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    Some((text[..end].to_owned(), end))
}

/// A label as labels are compared: case and blanks folded.
pub(super) fn normal(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// Gives the references their destinations; those without one are no links.
pub(super) fn resolve(found: Vec<Found>, definitions: &HashMap<String, String>) -> Vec<Link> {
    // A destination can be used often, so that the copies must not add up without end.
    let mut budget = super::MAX_SIZE;
    let links = found.into_iter().filter_map(|found| match found {
        Found::Link(link) => Some(link),
        Found::Reference { text, label, span } => {
            let url = definitions.get(&label)?;
            budget = budget.checked_sub(url.len())?;
            let url = url.clone();
            Some(Link { text, url, span })
        }
    });
    links.collect()
}
