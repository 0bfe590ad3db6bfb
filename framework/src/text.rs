//! Words for messages: plurals, quoting, and suggestions for a mistyped name.

use crate::secret;

/// "1 check", "2 checks".
pub fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// The candidate that a mistyped name most likely meant, if one is near enough.
pub fn suggest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = match wrong.chars().count() {
        0..=3 => 1,
        length => (length / 3).max(2),
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wrong)
        .map(|candidate| (distance(wrong, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) || a.replace('-', "_") == b {
        return 0;
    }
    strsim::damerau_levenshtein(a, b)
}

/// Names in backticks, joined for a sentence: "`a`, `b` or `c`".
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "or")
}

/// The names in backticks for a sentence: "`a`, `b` and `c`".
pub fn all_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "and")
}

fn joined<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {word} {last}", rest.join(", ")),
    }
}

/// A word for a POSIX shell: as it is where that is safe, else in single quotes.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A text cut to `max` characters, with an ellipsis where some are left out, on one line.
///
/// Secrets are masked first: half a token is no longer recognised as one.
pub fn shorten(text: &str, max: usize) -> String {
    let line = secret::mask_text(text).replace('\n', "⏎");
    match line.char_indices().nth(max) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{one_of, plural, shell_word, shorten, suggest};

    #[test]
    fn plurals_agree_with_their_count() {
        assert_eq!(plural(1, "check"), "1 check");
        assert_eq!(plural(0, "check"), "0 checks");
    }

    #[test]
    fn a_suggestion_is_near_or_absent() {
        let keys = ["contains", "not_contains", "max_lines", "exit"];
        assert_eq!(suggest("contain", keys), Some("contains"));
        assert_eq!(suggest("max-lines", keys), Some("max_lines"));
        assert_eq!(suggest("exti", keys), Some("exit"));
        assert_eq!(suggest("owner", keys), None);
    }

    #[test]
    fn names_are_joined_for_a_sentence() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of([]), "");
    }

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(shell_word("gateway/x"), "gateway/x");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn long_texts_are_cut_on_a_character() {
        assert_eq!(shorten("äöü\nx", 3), "äöü…");
    }
}
