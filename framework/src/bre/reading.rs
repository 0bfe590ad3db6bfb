//! What the text of an old assertion means: the expression that grep took it for, or the text that
//! its author had in mind.

use memchr::memmem;

use super::parse::{self, Class, Item, Node};
use super::{Bre, BreError};
use crate::source::Span;

/// How a text is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// As grep does.
    Bre,
    /// As it stands.
    Literal,
    /// As grep does, but where its author cannot have meant that.
    #[default]
    Auto,
}

impl Reading {
    /// The reading by its name in settings: `bre`, `literal` or `auto`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "bre" => Some(Self::Bre),
            "literal" => Some(Self::Literal),
            "auto" => Some(Self::Auto),
            _ => None,
        }
    }
}

/// Whether a text is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Where, if it is there.
    pub found: Option<Span>,
    /// What the reader should know of how the text was taken; `None` if there is one way only.
    pub note: Option<&'static str>,
}

/// Looks for a text in a file.
///
/// With [`Reading::Auto`] both ways are tried. Where they agree there is nothing to decide. A text
/// that is there as it stands is found, whatever its signs mean to grep. A text that is there for
/// grep only counts if it was written as an expression: with an operator that nobody writes by
/// accident, such as `.*`, `\|`, `^` or `[0-9]`; the dot of `config.json`, the brackets of
/// `[Service]` and the stars of `**bold**` are none.
///
/// # Errors
///
/// A text that grep refuses and that is not there as it stands, read as an expression.
pub fn judge(text: &[u8], pattern: &[u8], reading: Reading) -> Result<Judged, BreError> {
    let literal = || literal(text, pattern);
    let plain = |found| Judged { found, note: None };
    match reading {
        Reading::Literal => return Ok(plain(literal())),
        Reading::Bre => return Bre::new(pattern)?.find(text).map(plain),
        Reading::Auto => {}
    }
    if !pattern.iter().any(|byte| b"\\*.[]^$\n".contains(byte)) {
        return Ok(plain(literal()));
    }
    let found_literal = literal();
    let found_bre = Bre::new(pattern).and_then(|bre| bre.find(text));
    match (found_bre, found_literal) {
        (Ok(Some(found)), Some(_)) => Ok(plain(Some(found))),
        (Ok(None), None) => Ok(plain(None)),
        (Ok(None), found @ Some(_)) => Ok(Judged {
            found,
            note: Some(
                "taken literally: the text is there as it stands, and not as the expression that grep takes it for",
            ),
        }),
        (Err(_), found @ Some(_)) => Ok(Judged {
            found,
            note: Some(
                "taken literally: the text is there as it stands, and grep refuses it as an expression",
            ),
        }),
        (Err(error), None) if is_expression(pattern) => Err(error),
        (Err(_), None) => Ok(Judged {
            found: None,
            note: Some("taken literally: grep refuses the text as an expression"),
        }),
        (Ok(found @ Some(_)), None) if is_expression(pattern) => Ok(plain(found)),
        (Ok(Some(_)), None) => Ok(Judged {
            found: None,
            note: Some(
                "taken literally: as the expression that grep takes it for, the text would match what it does not say",
            ),
        }),
    }
}

/// The text as it stands. grep takes lines for several texts; a text with a line end that stands
/// somewhere as a whole is there, too, and otherwise one line of it is enough.
fn literal(text: &[u8], pattern: &[u8]) -> Option<Span> {
    if text.is_empty() {
        return None;
    }
    let find =
        |part: &[u8]| memmem::find(text, part).map(|start| Span::new(start, start + part.len()));
    find(pattern).or_else(|| {
        pattern
            .split(|byte| *byte == b'\n')
            .filter_map(find)
            .min_by_key(|span| span.start)
    })
}

/// Whether a text was written as an expression.
pub(super) fn is_expression(pattern: &[u8]) -> bool {
    pattern.split(|byte| *byte == b'\n').any(|line| {
        parse::parse(line).map_or_else(
            // What cannot be read is one if it uses operators that begin with a backslash.
            |_| {
                line.windows(2)
                    .any(|pair| matches!(pair, br"\(" | br"\|" | br"\{"))
            },
            |parsed| line.contains(&b'\\') || has_operator(&parsed.node),
        )
    })
}

fn has_operator(node: &Node) -> bool {
    match node {
        Node::Char(_) | Node::Byte(_) | Node::Any => false,
        Node::Set { is_negated, items } => *is_negated || is_set(items),
        Node::Edge(_) | Node::Group(_) | Node::Reference(_) | Node::Alternation(_) => true,
        Node::Concatenation(nodes) => {
            let mut is_dot = false;
            nodes.iter().any(|node| {
                // Two dots in a row are two characters, and three are an ellipsis; four are again
                // characters. One is a dot.
                let was_dot = std::mem::replace(&mut is_dot, *node == Node::Any);
                (was_dot && is_dot && nodes.len() > 3 && !is_ellipsis(nodes)) || has_operator(node)
            })
        }
        Node::Repetition { node, .. } => match &**node {
            // `a*` and `**`: stars of a text. ` *` is for any number of blanks.
            Node::Char(char) => *char == ' ',
            inner @ Node::Repetition { .. } => has_operator(inner),
            _ => true,
        },
    }
}

/// Whether all the dots stand together as three.
fn is_ellipsis(nodes: &[Node]) -> bool {
    let dots = nodes.iter().filter(|node| **node == Node::Any).count();
    let together = nodes
        .windows(3)
        .any(|three| three.iter().all(|node| *node == Node::Any));
    dots == 3 && together
}

/// Whether brackets are those of an expression: with a range, a class, one sign that would be an
/// operator, or one letter in both cases. `[Service]`, `[x]` and `[ ]` are texts.
fn is_set(items: &[Item]) -> bool {
    let has_range = items
        .iter()
        .any(|item| matches!(item, Item::Range(from, to) if from != to) || is_class(item));
    let chars: Vec<char> = items
        .iter()
        .filter_map(|item| match item {
            Item::Range(from, _) => Some(*from),
            Item::Class(_) => None,
        })
        .collect();
    has_range
        || match chars.as_slice() {
            [one] => matches!(one, '.' | '*' | '[' | ']' | '$' | '^' | '\\' | '"' | '\''),
            [one, other] => {
                one != other && one.eq_ignore_ascii_case(other)
                    || !one.is_alphanumeric() && !other.is_alphanumeric()
            }
            _ => false,
        }
}

fn is_class(item: &Item) -> bool {
    matches!(item, Item::Class(class) if *class != Class::Cntrl)
}
