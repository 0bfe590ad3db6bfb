//! Members that are commented out in a JSON5 file. Each line of a comment is looked at alone, so
//! that prose in between costs nothing and the time stays linear.

use crate::document::{Aside, Node, Place};
use crate::source::Span;

use super::super::member::path_at;
use super::MAX_NOTES;
use super::parser::{Dialect, Parser};

/// Most bytes of paths and values that asides may hold together.
const MAX_BYTES: usize = 1 << 20;

/// Adds the members that stand in comments.
pub(super) fn commented_out(text: &str, root: &Node, comments: &[Span], asides: &mut Vec<Aside>) {
    let mut bytes = 0;
    // The objects that the comments before this one have opened: `// "auth": {`.
    let mut opened: Vec<Box<str>> = Vec::new();
    let mut behind = 0;
    for comment in comments {
        if !text[behind.min(comment.start)..comment.start]
            .trim()
            .is_empty()
        {
            opened.clear();
        }
        behind = comment.end;
        let Some(outer) = path_at(root, comment.start) else {
            continue;
        };
        for line in lines(text, *comment) {
            for member in members(text, line, &mut opened) {
                let mut path = outer.clone();
                path.extend(member.path);
                bytes += path.iter().map(|name| name.len() + 16).sum::<usize>();
                bytes += member.value.end - member.value.start;
                if asides.len() >= MAX_NOTES || bytes > MAX_BYTES {
                    return;
                }
                asides.push(Aside {
                    path,
                    value: text[member.value.range()].into(),
                    place: Place::new(member.start, member.value.end),
                    why: "commented out".into(),
                });
            }
        }
    }
}

/// The lines inside a comment, without its marks.
fn lines(text: &str, comment: Span) -> impl Iterator<Item = Span> {
    let inner = &text[comment.range()];
    let end = inner.strip_suffix("*/").map_or(inner.len(), str::len);
    let mut at = comment.start;
    inner[..end].split('\n').map(move |line| {
        let start = at + (line.len() - line.trim_start_matches(['/', '*', ' ', '\t']).len());
        let span = Span::new(start, (at + line.trim_end().len()).max(start));
        at += line.len() + 1;
        span
    })
}

struct Member {
    path: Vec<Box<str>>,
    start: usize,
    value: Span,
}

/// The members in one line; what does not read as a member ends it.
fn members(text: &str, line: Span, opened: &mut Vec<Box<str>>) -> Vec<Member> {
    let mut members = Vec::new();
    let mut parser = Parser::new(&text[..line.end], line.start, Dialect::Json5);
    while parser.blank().is_ok() && !parser.is_at_end() {
        if parser.eats(b'}') || parser.eats(b']') {
            opened.pop();
        } else {
            let start = parser.at;
            let Ok((name, _)) = parser.name() else { break };
            if parser.blank().is_err() || !parser.eats(b':') {
                break;
            }
            if parser.blank().is_ok() && text[parser.at..line.end].trim_end() == "{" {
                // Deeper than any real file nests: prose full of braces.
                if opened.len() < 16 {
                    opened.push(name);
                }
                break;
            }
            let Ok(node) = parser.value(0) else { break };
            let is_whole = parser.blank().is_ok()
                && (parser.is_at_end() || matches!(parser.peek(), Some(b',' | b'}')));
            if !is_whole {
                break;
            }
            let mut path = opened.clone();
            path.push(name);
            members.push(Member {
                path,
                start,
                value: node.place.span,
            });
        }
        let _ = parser.blank();
        let _ = parser.eats(b',');
    }
    members
}
