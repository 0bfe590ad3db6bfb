//! From the text of one expression to its tree.

use super::BreError;

/// Deepest nesting of groups.
const MAX_DEPTH: usize = 100;

/// Largest count of an interval: `RE_DUP_MAX`.
const MAX_COUNT: u32 = 32_767;

/// A part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// This character.
    Char(char),
    /// This byte, which is no part of a character.
    Byte(u8),
    /// `.`: any character.
    Any,
    /// `[…]`.
    Set { is_negated: bool, items: Vec<Item> },
    /// A place between characters.
    Edge(Edge),
    /// `\(…\)`.
    Group(Box<Node>),
    /// `\1` to `\9`.
    Reference(usize),
    /// One after the other.
    Concatenation(Vec<Node>),
    /// One of them.
    Alternation(Vec<Node>),
    /// So many times.
    Repetition {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
}

/// What a bracket expression holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// All characters between these two, by code point.
    Range(char, char),
    /// A named class.
    Class(Class),
}

/// The classes of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Alpha,
    Alnum,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Xdigit,
}

/// A place between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    LineStart,
    LineEnd,
    Word,
    NotWord,
    WordStart,
    WordEnd,
}

/// An expression that was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) has_references: bool,
}

/// A unit of the pattern's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Char(char),
    Byte(u8),
}

/// Reads one line.
pub(super) fn parse(pattern: &[u8]) -> Result<Parsed, BreError> {
    let mut units = Vec::with_capacity(pattern.len());
    for chunk in pattern.utf8_chunks() {
        units.extend(chunk.valid().chars().map(Unit::Char));
        units.extend(chunk.invalid().iter().map(|byte| Unit::Byte(*byte)));
    }
    let mut parser = Parser {
        units: &units,
        at: 0,
        closed: Vec::new(),
        has_references: false,
    };
    let node = parser.alternation(0)?;
    if parser.at < units.len() {
        return Err(BreError::Invalid("Unmatched ) or \\)"));
    }
    Ok(Parsed {
        node,
        has_references: parser.has_references,
    })
}

struct Parser<'a> {
    units: &'a [Unit],
    at: usize,
    /// For each group, in the order of their starts, whether it has ended.
    closed: Vec<bool>,
    has_references: bool,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        match self.units.get(self.at + ahead) {
            Some(Unit::Char(char)) => Some(*char),
            _ => None,
        }
    }

    fn alternation(&mut self, depth: usize) -> Result<Node, BreError> {
        let mut branches = vec![self.branch(depth)?];
        while self.peek(0) == Some('\\') && self.peek(1) == Some('|') {
            self.at += 2;
            branches.push(self.branch(depth)?);
        }
        if branches.len() == 1 {
            Ok(branches.swap_remove(0))
        } else {
            Ok(Node::Alternation(branches))
        }
    }

    fn branch(&mut self, depth: usize) -> Result<Node, BreError> {
        let mut nodes: Vec<Node> = Vec::new();
        // Whether nothing but places between characters came so far: a repetition is literal here.
        let mut is_start = true;
        while let Some(unit) = self.units.get(self.at).copied() {
            let Unit::Char(char) = unit else {
                if let Unit::Byte(byte) = unit {
                    nodes.push(Node::Byte(byte));
                }
                self.at += 1;
                is_start = false;
                continue;
            };
            let escaped = (char == '\\').then(|| self.units.get(self.at + 1).copied());
            match (char, escaped) {
                ('\\', Some(None)) => return Err(BreError::Invalid("Trailing backslash")),
                ('\\', Some(Some(Unit::Char('|' | ')')))) => break,
                ('\\', Some(Some(Unit::Char(next)))) => {
                    self.at += 2;
                    self.escaped(next, &mut nodes, &mut is_start, depth)?;
                    continue;
                }
                ('\\', Some(Some(Unit::Byte(byte)))) => {
                    nodes.push(Node::Byte(byte));
                    self.at += 1;
                }
                ('*', _) if !is_start => repeat(&mut nodes, 0, None),
                ('.', _) => nodes.push(Node::Any),
                ('[', _) => {
                    self.at += 1;
                    nodes.push(self.bracket()?);
                    is_start = false;
                    continue;
                }
                ('^', _) if nodes.is_empty() => {
                    nodes.push(Node::Edge(Edge::LineStart));
                    self.at += 1;
                    continue;
                }
                ('$', _) if self.is_end_of_branch() => {
                    nodes.push(Node::Edge(Edge::LineEnd));
                    self.at += 1;
                    continue;
                }
                (char, _) => nodes.push(Node::Char(char)),
            }
            self.at += 1;
            is_start = false;
        }
        Ok(Node::Concatenation(nodes))
    }

    /// Whether the branch ends behind the character at hand.
    fn is_end_of_branch(&self) -> bool {
        self.units.len() == self.at + 1
            || self.peek(1) == Some('\\') && matches!(self.peek(2), Some(')' | '|'))
    }

    /// A character behind a backslash, both of which are taken already.
    fn escaped(
        &mut self,
        char: char,
        nodes: &mut Vec<Node>,
        is_start: &mut bool,
        depth: usize,
    ) -> Result<(), BreError> {
        let edge = match char {
            '`' => Some(Edge::LineStart),
            '\'' => Some(Edge::LineEnd),
            'b' => Some(Edge::Word),
            'B' => Some(Edge::NotWord),
            '<' => Some(Edge::WordStart),
            '>' => Some(Edge::WordEnd),
            _ => None,
        };
        if let Some(edge) = edge {
            nodes.push(Node::Edge(edge));
            return Ok(());
        }
        let class = |class, is_negated| {
            let mut items = vec![Item::Class(class)];
            if class == Class::Alnum {
                items.push(Item::Range('_', '_'));
            }
            Node::Set { is_negated, items }
        };
        match char {
            '+' if !*is_start => repeat(nodes, 1, None),
            '?' if !*is_start => repeat(nodes, 0, Some(1)),
            '{' if !*is_start => {
                let (min, max, end) = self.interval()?;
                self.at = end;
                repeat(nodes, min, max);
            }
            '(' => {
                if depth >= MAX_DEPTH {
                    return Err(BreError::TooComplex);
                }
                let group = self.closed.len();
                self.closed.push(false);
                let inner = self.alternation(depth + 1)?;
                if self.peek(0) != Some('\\') || self.peek(1) != Some(')') {
                    return Err(BreError::Invalid("Unmatched ( or \\("));
                }
                self.at += 2;
                self.closed[group] = true;
                nodes.push(Node::Group(Box::new(inner)));
            }
            '1'..='9' => {
                let number = char as usize - '0' as usize;
                if self.closed.get(number - 1) != Some(&true) {
                    return Err(BreError::Invalid("Invalid back reference"));
                }
                self.has_references = true;
                nodes.push(Node::Reference(number));
            }
            'w' => nodes.push(class(Class::Alnum, false)),
            'W' => nodes.push(class(Class::Alnum, true)),
            's' => nodes.push(class(Class::Space, false)),
            'S' => nodes.push(class(Class::Space, true)),
            other => nodes.push(Node::Char(other)),
        }
        *is_start = false;
        Ok(())
    }

    /// `m\}`, `m,\}`, `,n\}` or `m,n\}`: the counts, and where it ends.
    fn interval(&self) -> Result<(u32, Option<u32>, usize), BreError> {
        const WRONG: BreError = BreError::Invalid("Invalid content of \\{\\}");
        let mut at = self.at;
        let mut number = || {
            let mut value: Option<u32> = None;
            while let Some(Unit::Char(digit)) = self.units.get(at)
                && let Some(digit) = digit.to_digit(10)
            {
                value = Some((value.unwrap_or(0) * 10 + digit).min(MAX_COUNT + 1));
                at += 1;
            }
            let has_comma = self.units.get(at) == Some(&Unit::Char(','));
            (value, has_comma.then(|| at += 1).is_some())
        };
        let (first, has_comma) = number();
        let (min, max) = if has_comma {
            let (last, has_another) = number();
            if has_another {
                return Err(WRONG);
            }
            (first.unwrap_or(0), last)
        } else {
            let count = first.ok_or(WRONG)?;
            (count, Some(count))
        };
        let ends = self.units.get(at..at + 2);
        if ends != Some(&[Unit::Char('\\'), Unit::Char('}')]) || max.is_some_and(|max| max < min) {
            return Err(WRONG);
        }
        if min.max(max.unwrap_or(0)) > MAX_COUNT {
            return Err(BreError::Invalid("Regular expression too big"));
        }
        Ok((min, max, at + 2))
    }

    /// A bracket expression, whose `[` is taken already.
    fn bracket(&mut self) -> Result<Node, BreError> {
        const UNMATCHED: BreError = BreError::Invalid("Unmatched [, [^, [:, [., or [=");
        const RANGE: BreError = BreError::Invalid("Invalid range end");
        let start = self.at;
        let is_negated = self.peek(0) == Some('^');
        if is_negated {
            self.at += 1;
        }
        let mut items = Vec::new();
        let mut is_first = true;
        loop {
            match self.peek(0) {
                Some(']') if !is_first => break,
                // Inside, a hyphen is itself only at the start and at the end.
                Some('-') if !is_first && self.peek(1) != Some(']') => return Err(RANGE),
                _ => {}
            }
            let from = self.element()?;
            is_first = false;
            let is_range = self.peek(0) == Some('-') && self.peek(1) != Some(']');
            if !is_range {
                items.push(from);
                continue;
            }
            self.at += 1;
            if self.at >= self.units.len() {
                return Err(UNMATCHED);
            }
            match (from, self.element()?) {
                (Item::Range(from, _), Item::Range(to, _)) if from <= to => {
                    items.push(Item::Range(from, to));
                }
                _ => return Err(RANGE),
            }
        }
        let body = &self.units[start..self.at];
        self.at += 1;
        if body.len() > 1
            && body.first() == Some(&Unit::Char(':'))
            && body.last() == Some(&Unit::Char(':'))
        {
            return Err(BreError::Invalid(
                "character class syntax is [[:space:]], not [:space:]",
            ));
        }
        Ok(Node::Set { is_negated, items })
    }

    /// One character, `[:class:]`, `[.c.]` or `[=c=]` of a bracket expression.
    fn element(&mut self) -> Result<Item, BreError> {
        const UNMATCHED: BreError = BreError::Invalid("Unmatched [, [^, [:, [., or [=");
        let char = match self.units.get(self.at) {
            Some(Unit::Char(char)) => *char,
            Some(Unit::Byte(_)) => {
                return Err(BreError::Invalid("a byte in brackets that is not UTF-8"));
            }
            None => return Err(UNMATCHED),
        };
        let kind = self.peek(1);
        if char != '[' || !matches!(kind, Some(':' | '.' | '=')) {
            self.at += 1;
            return Ok(Item::Range(char, char));
        }
        let from = self.at + 2;
        let length = self.units[from..]
            .windows(2)
            .position(|pair| pair == [self.units[self.at + 1], Unit::Char(']')])
            .ok_or(UNMATCHED)?;
        let name: Option<String> = self.units[from..from + length]
            .iter()
            .map(|unit| match unit {
                Unit::Char(char) => Some(*char),
                Unit::Byte(_) => None,
            })
            .collect();
        let name = name.unwrap_or_default();
        self.at = from + length + 2;
        if kind == Some(':') {
            return class(&name)
                .map(Item::Class)
                .ok_or(BreError::Invalid("Invalid character class name"));
        }
        let mut chars = name.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(Item::Range(char, char)),
            _ => Err(BreError::Invalid("Invalid collation character")),
        }
    }
}

fn class(name: &str) -> Option<Class> {
    Some(match name {
        "alpha" => Class::Alpha,
        "alnum" => Class::Alnum,
        "blank" => Class::Blank,
        "cntrl" => Class::Cntrl,
        "digit" => Class::Digit,
        "graph" => Class::Graph,
        "lower" => Class::Lower,
        "print" => Class::Print,
        "punct" => Class::Punct,
        "space" => Class::Space,
        "upper" => Class::Upper,
        "xdigit" => Class::Xdigit,
        _ => return None,
    })
}

/// Puts a repetition around the last part. Where a repetition is one, there is a part before it.
fn repeat(nodes: &mut Vec<Node>, min: u32, max: Option<u32>) {
    if let Some(last) = nodes.pop() {
        nodes.push(Node::Repetition {
            node: Box::new(last),
            min,
            max,
        });
    }
}
