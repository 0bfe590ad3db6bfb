//! Files with planted secrets, and files with what only looks like one. Nothing in them is real:
//! bodies are random, checksums are computed, and a seed gives the same files every time. This
//! crate knows nothing of the rules that it measures; formats are taken from their issuers.

mod coding;
mod contexts;
mod encoded;
mod form;
mod kinds;
pub mod labels;
mod look_alikes;
mod made;
pub mod volume;
mod wrong;

use std::ops::Range;

use contexts::Context;
use kinds::{Kind, Places};

pub use encoded::encoded;
pub use look_alikes::look_alikes;
pub use wrong::wrong_checksums;

/// Who has secrets of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Operators of agent gateways, in a form that the issuer documents.
    Operators,
    /// Others, in a form that the issuer documents.
    Documented,
    /// A value that only its name or its place makes a secret.
    Named,
}

/// A secret in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What kind of secret it is: `slack-bot-token`.
    pub kind: &'static str,
    /// Who has it.
    pub class: Class,
    /// What stands around it: `env`, `plist`, `k8s`.
    pub context: &'static str,
    /// The bytes of the file that are the secret.
    pub span: Range<usize>,
}

/// A file of the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the folder of the corpus.
    pub path: String,
    /// Its content.
    pub text: Vec<u8>,
    /// The secrets in it; none in a file with look-alikes.
    pub planted: Vec<Planted>,
}

/// Random numbers that depend on the seed alone (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    #[expect(
        clippy::should_implement_trait,
        reason = "there is no end, so that a number is never `None`"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap_or(0)
    }

    /// So many characters out of a set.
    pub fn text(&mut self, set: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(set[self.below(set.len())]))
            .collect()
    }
}

/// Files with planted secrets: every kind in several contexts, one in a file, and whole files of
/// gateways with many. At least 1,000 secrets of at least 325 kinds.
pub fn secrets(seed: u64) -> Vec<File> {
    let mut numbers = Numbers::new(seed);
    let mut keyed = Turns::new(contexts::keyed(), &mut numbers);
    let mut bare = Turns::new(contexts::bare(), &mut numbers);
    let mut blocks = Turns::new(contexts::blocks(), &mut numbers);
    let mut files = Vec::new();
    for kind in kinds::all() {
        for round in 0..samples(kind) {
            let context = match kind.places {
                Places::Everywhere if round % 3 == 1 => bare.next(),
                Places::Everywhere | Places::Keyed => keyed.next_for(kind),
                Places::Blocks => blocks.next(),
                Places::Own(_) => kind.own_contexts()[round],
            };
            let value = kind.value(&mut numbers);
            let written = contexts::write(context, kind, &value, &mut numbers);
            files.push(written.into_file("secrets", files.len()));
        }
    }
    for scene in contexts::SCENES {
        for _ in 0..2 {
            if let Some(kind) = kinds::all().next() {
                let written = contexts::write(scene, kind, "", &mut numbers);
                files.push(written.into_file("secrets", files.len()));
            }
        }
    }
    files
}

/// How many secrets of a kind are planted.
fn samples(kind: &Kind) -> usize {
    match (kind.places, kind.class) {
        (Places::Own(_), _) => kind.own_contexts().len(),
        (_, Class::Operators) => 4,
        _ => 2,
    }
}

/// Contexts, one after the other, in an order that depends on the seed.
struct Turns {
    all: Vec<&'static Context>,
    at: usize,
}

impl Turns {
    fn new(mut all: Vec<&'static Context>, numbers: &mut Numbers) -> Self {
        for at in (1..all.len()).rev() {
            all.swap(at, numbers.below(at + 1));
        }
        Self { all, at: 0 }
    }

    fn next(&mut self) -> &'static Context {
        self.at += 1;
        self.all[self.at % self.all.len()]
    }

    /// The next that a kind can stand in: a URL is not percent-encoded as a whole.
    fn next_for(&mut self, kind: &Kind) -> &'static Context {
        loop {
            let context = self.next();
            if kind.around == "§V" || !context.text.contains("§U") {
                return context;
            }
        }
    }
}

impl contexts::Written {
    /// As a file in a folder of its own.
    fn into_file(self, set: &str, index: usize) -> File {
        File {
            path: format!("{set}/{index:04}/{}", self.path),
            text: self.text.into_bytes(),
            planted: self.planted,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Class, File, encoded, kinds, labels, secrets, wrong_checksums};

    fn all(seed: u64) -> Vec<File> {
        [secrets(seed), wrong_checksums(seed), encoded(seed)].concat()
    }

    #[test]
    fn a_seed_gives_the_same_files() {
        assert_eq!(all(5), all(5));
        assert_ne!(all(5), all(6));
    }

    #[test]
    fn templates_are_filled_and_spans_lie_in_their_files() {
        for file in all(7) {
            let text = String::from_utf8(file.text).unwrap();
            assert!(!text.contains('§'), "{}", file.path);
            assert!(!file.planted.is_empty(), "{}", file.path);
            for planted in file.planted {
                let value = text.get(planted.span).unwrap();
                assert!(value.len() >= 8, "{} in {}", planted.kind, file.path);
            }
        }
    }

    #[test]
    fn every_kind_is_planted_and_no_name_is_taken_twice() {
        let names: Vec<&str> = kinds::all().map(|kind| kind.name).collect();
        let once: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), once.len());
        let files = secrets(8);
        let planted: Vec<_> = files.iter().flat_map(|file| &file.planted).collect();
        let found: BTreeSet<&str> = planted.iter().map(|planted| planted.kind).collect();
        assert_eq!(once, found);
        for kind in kinds::all().filter(|kind| kind.class == Class::Operators) {
            let count = planted.iter().filter(|planted| planted.kind == kind.name);
            let is_enough = count.count() >= 4 || !kind.own_contexts().is_empty();
            assert!(is_enough, "{}", kind.name);
        }
    }

    #[test]
    fn labels_say_where_and_not_what() {
        let files = secrets(9);
        let lines = labels::labels(&files);
        let planted = files.iter().flat_map(|file| &file.planted).count();
        assert_eq!(lines.lines().count(), planted);
        let first = &files[0];
        let value = &first.text[first.planted[0].span.clone()];
        let value = String::from_utf8_lossy(value);
        assert!(!lines.contains(&*value));
    }
}
