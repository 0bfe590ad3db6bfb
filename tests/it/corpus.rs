//! The secret check over the generated corpus: what it has to find, and what not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clawtest::framework::secret;
use clawtest_corpus::{Class, File, Numbers, Planted, volume};

/// The corpora that are looked at; each seed gives another one.
const SEEDS: [u64; 3] = [1, 20_260, 0xC1A7];

/// How many were found, of how many.
#[derive(Clone, Copy, Default)]
struct Share {
    found: usize,
    planted: usize,
}

/// What was looked for in a set of files.
#[derive(Default)]
struct Count {
    /// In all, and by class, context and kind.
    shares: BTreeMap<(&'static str, &'static str), Share>,
    missed: Vec<String>,
    false_alarms: Vec<String>,
}

impl Count {
    fn add(&mut self, planted: &Planted, is_found: bool) {
        for key in [
            ("class", "all"),
            ("class", class(planted)),
            ("context", planted.context),
            ("kind", planted.kind),
        ] {
            let share = self.shares.entry(key).or_default();
            share.planted += 1;
            share.found += usize::from(is_found);
        }
    }

    /// Found of planted, in hundredths of a percent.
    fn recall(&self, class: &'static str) -> usize {
        let share = self.shares.get(&("class", class)).copied();
        let share = share.unwrap_or_default();
        assert!(share.planted > 0, "nothing of {class} was planted");
        share.found * 10_000 / share.planted
    }

    /// What went wrong, without any value.
    fn table(&self) -> String {
        let mut table = String::new();
        let mut rows: Vec<_> = self.shares.iter().collect();
        rows.sort_by_key(|((group, _), share)| (*group, share.found * 10_000 / share.planted));
        for ((group, name), share) in rows {
            if *group == "class" || share.found < share.planted {
                let Share { found, planted } = share;
                let _ = writeln!(table, "{group} {name}: {found} of {planted}");
            }
        }
        for (title, rows) in [
            ("missed", &self.missed),
            ("false alarms", &self.false_alarms),
        ] {
            let _ = writeln!(table, "{title}: {}", rows.len());
            for row in rows {
                let _ = writeln!(table, "  {row}");
            }
        }
        table
    }
}

fn class(planted: &Planted) -> &'static str {
    match planted.class {
        Class::Operators => "operators",
        Class::Documented => "documented",
        Class::Named => "named",
    }
}

/// The bytes around a secret that a finding may cover too: up to blanks and quotes, a URL's start.
/// A JSON Web Key is an object, whose private numbers may be several.
fn surroundings(text: &[u8], planted: &Planted) -> std::ops::Range<usize> {
    if planted.kind == "jwk" {
        return 0..text.len();
    }
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'"' || *byte == b'\'';
    let start = text[..planted.span.start]
        .iter()
        .rposition(is_end)
        .unwrap_or(0);
    let end = text[planted.span.end..]
        .iter()
        .position(is_end)
        .map_or(text.len(), |at| planted.span.end + at + 1);
    start..end
}

fn look(files: &[File], seed: u64, count: &mut Count) {
    for file in files {
        let found = secret::find_in(&file.path, &file.text);
        let around: Vec<_> = file
            .planted
            .iter()
            .map(|planted| surroundings(&file.text, planted))
            .collect();
        for (planted, around) in file.planted.iter().zip(&around) {
            let is_found = found.iter().any(|finding| {
                let span = finding.span.range();
                span.start < planted.span.end
                    && planted.span.start < span.end
                    && around.start <= span.start
                    && span.end <= around.end
            });
            count.add(planted, is_found);
            if !is_found {
                count.missed.push(format!(
                    "{} | {} | {} | {} | seed {seed}",
                    planted.kind,
                    class(planted),
                    planted.context,
                    file.path
                ));
            }
        }
        for finding in &found {
            let span = finding.span.range();
            let is_within = around
                .iter()
                .any(|around| around.start <= span.start && span.end <= around.end);
            if !is_within {
                count.false_alarms.push(format!(
                    "{} at {} of {}, seed {seed}",
                    finding.rule.rule.name, span.start, file.path
                ));
            }
        }
    }
}

#[test]
fn planted_secrets_are_found() {
    let mut count = Count::default();
    for seed in SEEDS {
        let files = clawtest_corpus::secrets(seed);
        let planted: usize = files.iter().map(|file| file.planted.len()).sum();
        let mut kinds: Vec<&str> = files
            .iter()
            .flat_map(|file| &file.planted)
            .map(|planted| planted.kind)
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert!(planted >= 1_000, "only {planted} secrets");
        assert!(kinds.len() >= 325, "only {} kinds", kinds.len());
        look(&files, seed, &mut count);
    }
    let is_good = count.recall("all") >= 9_900
        && count.recall("operators") >= 9_800
        && count.recall("documented") == 10_000
        && count.false_alarms.is_empty();
    assert!(is_good, "{}", count.table());
}

#[test]
fn wrong_checksums_are_no_secrets() {
    let mut reported = Vec::new();
    for seed in SEEDS {
        let files = clawtest_corpus::wrong_checksums(seed);
        assert!(files.len() >= 40, "only {} tokens", files.len());
        for file in &files {
            let planted = &file.planted[0];
            for finding in secret::find_in(&file.path, &file.text) {
                reported.push(format!(
                    "{} in {} is reported as {}; {}, seed {seed}",
                    planted.kind, planted.context, finding.rule.rule.name, file.path
                ));
            }
        }
    }
    assert!(reported.is_empty(), "{}", reported.join("\n"));
}

#[test]
fn secrets_that_are_encoded_once_are_found() {
    let mut count = Count::default();
    for seed in SEEDS {
        look(&clawtest_corpus::encoded(seed), seed, &mut count);
    }
    assert!(count.recall("all") >= 9_500, "{}", count.table());
}

#[test]
fn look_alikes_are_no_secrets() {
    let mut count = Count::default();
    for seed in SEEDS {
        let files = clawtest_corpus::look_alikes(seed);
        assert!(files.len() >= 456, "only {} look-alikes", files.len());
        look(&files, seed, &mut count);
    }
    assert!(count.false_alarms.is_empty(), "{}", count.table());
}

#[test]
fn harmless_text_is_clean() {
    let mut numbers = Numbers::new(9);
    for index in 0..150 {
        let (path, text) = volume::file(index, &mut numbers);
        assert!(secret::find_in(&path, text.as_bytes()).is_empty(), "{path}");
    }
    let log = volume::log(&mut numbers, 500_000);
    assert!(secret::find_in("gateway.log", log.as_bytes()).is_empty());
}
