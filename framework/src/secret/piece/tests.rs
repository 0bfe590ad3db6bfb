//! What is found does not depend on how a file is cut into pieces.

use std::io::{self, Read};

use proptest::prelude::{ProptestConfig, any, proptest};

use super::{Place, Scanner};
use crate::secret::catalogue::Catalogue;
use crate::secret::sheet::{Found, Sheet};
use crate::secret::{Numbers, OVERLAP, RULES, input};

/// Gives out what it has in parts of any length.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1 % 70_001 + 7919;
        let length = self.0.len().min(buffer.len()).min(self.1);
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn found(text: &[u8], size: usize) -> (Vec<Found>, Vec<u64>, u64) {
    found_by(text, size, 1)
}

fn found_by(text: &[u8], size: usize, threads: usize) -> (Vec<Found>, Vec<u64>, u64) {
    let catalogue = Catalogue::default();
    let mut scanner = Scanner {
        threads,
        ..Scanner::with_pieces(&catalogue, size)
    };
    let mut sheet = Sheet::default();
    input::look(&mut scanner, &mut Drops(text, size), &mut sheet).unwrap();
    (sheet.found, sheet.unused, sheet.bytes)
}

/// A text of about so many bytes with secrets, lines of all lengths, and comments.
fn text(seed: u64, length: usize) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut text = Vec::new();
    let words: [&[u8]; 8] = [
        b"lorem",
        b"\n",
        b"ipsum=",
        b"\xc3\xa9",
        b"TOKEN: ",
        b"\n\n",
        concat!("# clawtest", ":allow SE001 x\n").as_bytes(),
        b"dolor sit ",
    ];
    while text.len() < length {
        if numbers.below(400) == 0 {
            let rule = RULES[numbers.below(RULES.len())];
            text.extend([b" ", &b"\n"[..]][numbers.below(2)]);
            text.extend(rule.sample(seed ^ text.len() as u64).unwrap_or_default());
            text.push(b'\n');
        } else if numbers.below(2000) == 0 {
            // A line that is longer than what two pieces share.
            text.resize(text.len() + OVERLAP + 1000, b'.');
        } else {
            text.extend(words[numbers.below(words.len())]);
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]

    #[test]
    fn findings_do_not_depend_on_the_size_of_pieces(seed in any::<u64>(), more in 1_usize..90_000) {
        let text = text(seed, 500_000);
        let whole = found(&text, text.len() + 1);
        assert!(whole.0.len() > 10, "{} findings", whole.0.len());
        for size in [2 * OVERLAP + more, text.len()] {
            assert_eq!(found(&text, size), whole, "pieces of {size} bytes");
            assert_eq!(found_by(&text, size, 3), whole, "of 3 threads, {size} bytes");
        }
    }
}

#[test]
fn a_secret_is_found_wherever_a_piece_ends() {
    let size = 2 * OVERLAP + 64;
    let rule = RULES
        .iter()
        .find(|row| row.rule.name == "github-token")
        .unwrap();
    let secret = rule.sample(7).unwrap();
    // Around the places where the first and the second piece end, and where what is shared begins.
    for border in [size, size - OVERLAP] {
        for shift in [0, 1, 20, secret.len(), secret.len() + 1] {
            let mut text = vec![b'.'; border - shift - 1];
            text.push(b'\n');
            text.extend(&secret);
            text.extend(b"\n");
            text.resize(size + 64, b'.');
            let (found, _, bytes) = found(&text, size);
            let places: Vec<(u64, u64)> = found
                .iter()
                .map(|found| (found.line, found.column))
                .collect();
            assert_eq!(places, [(2, 1)], "{border} - {shift}");
            assert_eq!(bytes, text.len() as u64);
        }
    }
}

#[test]
fn places_are_lines_and_characters() {
    let mut place = Place::default();
    place.advance("aé\nb".as_bytes());
    place.advance("ü".as_bytes());
    assert_eq!((place.line, place.column), (1, 2));
}
