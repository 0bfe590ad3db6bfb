//! A command in one text, split into words as mattn/go-shellwords does it for Compose: quotes and
//! backslashes, and an end at the first `;`, `&`, `|`, `<` or `>`.

/// The words of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The words that Compose goes on with.
    pub(super) words: Vec<String>,
    /// Where, in bytes, Compose stops to read; what follows is dropped without a word.
    pub(super) cut: Option<usize>,
}

/// Splits a command. `None` where Compose says `invalid command line string`: an open quote or a
/// parenthesis.
pub(super) fn split(line: &str) -> Option<Words> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_open = false;
    let mut cut = None;
    let (mut escaped, mut double, mut single, mut back, mut dollar) =
        (false, false, false, false, false);
    for (at, c) in line.char_indices() {
        if escaped {
            word.push(c);
            escaped = false;
            is_open = true;
            continue;
        }
        let in_quotes = single || double || back || dollar;
        match c {
            '\\' if single => word.push(c),
            '\\' => escaped = true,
            ' ' | '\t' | '\r' | '\n' if in_quotes => word.push(c),
            ' ' | '\t' | '\r' | '\n' => {
                if is_open {
                    words.push(std::mem::take(&mut word));
                    is_open = false;
                }
            }
            '"' if !single && !dollar => {
                is_open |= double;
                double = !double;
            }
            '\'' if !double && !dollar => {
                is_open |= single;
                single = !single;
            }
            '(' if !single && !double && !back => {
                if dollar || !word.ends_with('$') {
                    return None;
                }
                dollar = true;
                word.push(c);
            }
            ';' | '&' | '|' | '<' | '>' if !in_quotes => {
                // `2>` is a redirection, and its digit no word.
                if c == '>' && word.starts_with(|c: char| c.is_ascii_digit()) {
                    is_open = false;
                }
                cut = Some(at);
                break;
            }
            _ => {
                match c {
                    '`' if !single && !double && !dollar => back = !back,
                    ')' if !single && !double && !back => dollar = !dollar,
                    _ => {}
                }
                is_open = true;
                word.push(c);
            }
        }
    }
    if is_open {
        words.push(word);
    }
    let is_complete = !(escaped || single || double || back || dollar);
    is_complete.then_some(Words { words, cut })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    #[test]
    fn commands_are_split_as_compose_splits_them() {
        // Each row was measured on Docker Compose 2.26.1.
        for (line, expected, is_cut) in [
            ("node dist/index.js", &["node", "dist/index.js"][..], false),
            (
                r#"sh -c "echo $A" x\ y"#,
                &["sh", "-c", "echo $A", "x y"],
                false,
            ),
            ("a | b; c", &["a"], true),
            ("a 2>&1", &["a"], true),
            ("a b>c", &["a", "b"], true),
            ("", &[], false),
            ("''", &[""], false),
            ("a'b c'd", &["ab cd"], false),
            ("echo `date now`", &["echo", "`date now`"], false),
            ("echo $(date now)", &["echo", "$(date now)"], false),
        ] {
            let words = split(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(words.words, expected, "{line}");
            assert_eq!(words.cut.is_some(), is_cut, "{line}");
        }
        for line in ["a \"b", "a 'b", "a\\", "(a)", "a (b", "a) b", "`a"] {
            assert_eq!(split(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_is_inside_the_line(line in "[a-z\"'\\\\`$()|> é]{0,30}") {
            if let Some(words) = split(&line) {
                prop_assert!(words.cut.is_none_or(|at| line.is_char_boundary(at)));
            }
        }
    }
}
