//! From the tree of an expression to the syntax of the crates that search for it. Everything that
//! could match a line end says that it does not.

use super::parse::{Class, Edge, Item, Node};

/// The expression in the other syntax.
pub(super) fn emit(node: &Node) -> String {
    let mut out = String::from("(?m)");
    write(node, &mut out);
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Char(char) => literal(*char, out),
        Node::Byte(byte) => out.push_str(&format!("(?-u:\\x{byte:02x})")),
        Node::Any => out.push_str("[^\\n]"),
        Node::Set { is_negated, items } => set(*is_negated, items, out),
        Node::Edge(edge) => out.push_str(match edge {
            Edge::LineStart => "^",
            Edge::LineEnd => "$",
            Edge::Word => "\\b",
            Edge::NotWord => "\\B",
            Edge::WordStart => "\\b{start}",
            Edge::WordEnd => "\\b{end}",
        }),
        Node::Group(inner) => {
            out.push('(');
            write(inner, out);
            out.push(')');
        }
        // In a group of its own, so that a digit behind it is not taken for a part of the number.
        Node::Reference(number) => out.push_str(&format!("(?:\\{number})")),
        Node::Concatenation(nodes) => {
            for node in nodes {
                write(node, out);
            }
        }
        Node::Alternation(branches) => {
            out.push_str("(?:");
            for (place, branch) in branches.iter().enumerate() {
                if place > 0 {
                    out.push('|');
                }
                write(branch, out);
            }
            out.push(')');
        }
        Node::Repetition { node, min, max } => {
            out.push_str("(?:");
            write(node, out);
            out.push(')');
            match (min, max) {
                (0, None) => out.push('*'),
                (1, None) => out.push('+'),
                (min, None) => out.push_str(&format!("{{{min},}}")),
                (0, Some(1)) => out.push('?'),
                (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
            }
        }
    }
}

fn literal(char: char, out: &mut String) {
    if char.is_ascii_alphanumeric() {
        out.push(char);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(char)));
    }
}

fn set(is_negated: bool, items: &[Item], out: &mut String) {
    if is_negated {
        out.push_str("[^\\n");
    } else {
        out.push('[');
    }
    for item in items {
        match item {
            Item::Range(from, to) => {
                literal(*from, out);
                if from != to {
                    out.push('-');
                    literal(*to, out);
                }
            }
            Item::Class(class) => out.push_str(members(*class)),
        }
    }
    let has_line_end =
        |item: &Item| matches!(item, Item::Range(from, to) if *from <= '\n' && '\n' <= *to);
    if !is_negated && items.iter().any(has_line_end) {
        out.push_str("&&[^\\n]");
    }
    out.push(']');
}

/// The members of a class in a UTF-8 locale of glibc, as near as Unicode's properties come.
fn members(class: Class) -> &'static str {
    match class {
        Class::Alpha => "\\p{Alphabetic}",
        Class::Alnum => "\\p{Alphabetic}\\p{Nd}",
        Class::Blank => "\\t \\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{205f}\\x{3000}",
        Class::Cntrl => "\\x00-\\x09\\x0b-\\x1f\\x7f\\x{80}-\\x{9f}\\x{2028}\\x{2029}",
        Class::Digit => "0-9",
        Class::Graph => "[^\\s\\p{Cc}\\p{Cs}\\p{Cn}]",
        Class::Lower => "\\p{Lowercase}",
        Class::Print => "[^\\p{Cc}\\p{Cs}\\p{Cn}\\x{2028}\\x{2029}]",
        Class::Punct => "!-/:-@\\[-`\\{-~[\\p{P}\\p{S}\\p{M}--\\p{Alphabetic}]",
        Class::Space => {
            "\\t\\x0b\\x0c\\r \\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{3000}"
        }
        Class::Upper => "\\p{Uppercase}",
        Class::Xdigit => "0-9A-Fa-f",
    }
}
