//! The line of a text that comes nearest to one that is missing: what a person would look at first.

use crate::source::{Source, Span};

/// Lines that are looked at, so that a huge file does not make a failure slow.
const MAX_LINES: usize = 5_000;

/// Longest line that is compared.
const MAX_LENGTH: usize = 400;

/// How alike two lines have to be, from 0 to 1, to be worth showing.
const THRESHOLD: f64 = 0.78;

/// The span of the line that is most like `wanted`, if one is like it at all.
pub(super) fn nearest_line(source: Source<'_>, wanted: &str) -> Option<Span> {
    let wanted = wanted.lines().find(|line| !line.trim().is_empty())?.trim();
    if wanted.len() > MAX_LENGTH {
        return None;
    }
    let mut best: Option<(f64, Span)> = None;
    let mut start = 0;
    for raw in source.bytes.split(|byte| *byte == b'\n').take(MAX_LINES) {
        let span = Span::new(start, start + raw.len());
        start += raw.len() + 1;
        let Ok(line) = std::str::from_utf8(raw) else {
            continue;
        };
        if line.trim().is_empty() || line.len() > MAX_LENGTH {
            continue;
        }
        let score = likeness(wanted, line.trim());
        if score >= THRESHOLD && best.is_none_or(|(top, _)| score > top) {
            best = Some((score, span));
        }
    }
    best.map(|(_, span)| span)
}

fn likeness(wanted: &str, line: &str) -> f64 {
    if line.contains(wanted) || line.to_lowercase() == wanted.to_lowercase() {
        return 2.0;
    }
    let alike = strsim::jaro_winkler(wanted, line);
    // The same key with another value, or the same line commented out, is nearer than any
    // likeness of letters.
    let same_key = key(wanted).is_some_and(|wanted| key(line) == Some(wanted));
    if same_key { 1.0 + alike } else { alike }
}

/// The part of a line before `=` or `:`, without comment signs.
fn key(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['#', ';', '/', '-', ' ', '\t', '"']);
    let (key, _) = line.split_once(['=', ':'])?;
    Some(key.trim_end_matches([' ', '\t', '"'])).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::nearest_line;
    use crate::source::Source;

    fn near(text: &str, wanted: &str) -> Option<String> {
        let span = nearest_line(Source::new("f", text.as_bytes()), wanted)?;
        Some(text[span.range()].to_owned())
    }

    #[test]
    fn the_same_key_is_nearer_than_the_same_letters() {
        let unit = "[Service]\nRestartSec=10\nRestart=on-failure\nUser=openclaw\n";
        assert_eq!(near(unit, "Restart=always").unwrap(), "Restart=on-failure");
        assert_eq!(
            near("# Restart=always\nx\n", "Restart=always").unwrap(),
            "# Restart=always"
        );
        assert_eq!(
            near("restart = always", "Restart = always").unwrap(),
            "restart = always"
        );
    }

    #[test]
    fn nothing_is_near_to_something_else() {
        assert_eq!(near("alpha\nbeta\n", "MemoryMax=2G"), None);
        assert_eq!(near("", "x"), None);
    }
}
