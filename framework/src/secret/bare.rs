//! Keys that have no prefix and stand alone: forty characters of AWS, base64 of keys of Azure. Without
//! a name they are no finding, since hashes look like them; they are not shown all the same.

use super::alphabet::Alphabet;
use super::random::{Census, is_issued};
use super::sink::Sink;
use crate::source::Span;

/// What stands before the base64 of a public hash: integrity of packages, layers and keys of hosts.
const HASHES: [&[u8]; 4] = [b"sha256", b"sha384", b"sha512", b"SHA256"];

/// Masks the words of base64 that are as long as such keys.
pub(super) fn mask(bytes: &[u8], sink: &mut Sink) {
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at += bytes[at..]
            .iter()
            .take_while(|byte| is_base64(**byte))
            .count();
        let padding = bytes[at..]
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        // With padding; and without, as parsers leave it that split a line at `=`.
        let lengths: &[usize] = match padding {
            0 => &[40, 43, 52, 54, 86, 88],
            _ => &[44, 56, 88],
        };
        // Folders before it are of the same alphabet.
        let mut starts = lengths
            .iter()
            .filter_map(|length| (at + padding).checked_sub(*length))
            .filter(|from| *from == start || (*from > start && bytes[from - 1] == b'/'));
        if let Some(from) = starts.find(|from| is_key(bytes, *from, at, padding > 0)) {
            sink.mask(Span::new(from, at));
        }
        at = (at + padding).max(start + 1);
    }
}

fn is_base64(byte: u8) -> bool {
    byte != b'=' && Alphabet::Base64.holds(byte)
}

fn is_key(bytes: &[u8], start: usize, end: usize, is_padded: bool) -> bool {
    let word = &bytes[start..end];
    let before = bytes[..start].strip_suffix(b"-");
    let before = before.or_else(|| bytes[..start].strip_suffix(b":"));
    let is_hash = before.is_some_and(|before| HASHES.iter().any(|hash| before.ends_with(hash)));
    let census = Census::of(word);
    let is_random = (is_issued(word) && census.digits > 0)
        || ((is_padded || word.contains(&b'+')) && census.distinct >= 20);
    !is_hash && census.is_mixed_case() && is_random
}

#[cfg(test)]
mod tests {
    use super::super::{Numbers, find, mask};
    use super::Alphabet;

    fn text(alphabet: Alphabet, length: usize) -> String {
        let text = Numbers::new(7).text(alphabet, length);
        String::from_utf8(text).unwrap()
    }

    fn is_masked(text: &str) -> bool {
        mask(text.as_bytes()).contains(&b'*')
    }

    #[test]
    fn keys_without_a_name_are_masked_and_are_no_findings() {
        for key in [
            text(Alphabet::Base64, 40),
            text(Alphabet::Base64, 52),
            format!("{}=", text(Alphabet::Base64, 43)),
            format!("{}==", text(Alphabet::Base64, 86)),
            text(Alphabet::Base64, 86),
        ] {
            for place in [
                key.clone(),
                format!("it said `{key}`\n"),
                format!("x={key}"),
                format!("a/b/{key}"),
            ] {
                assert!(is_masked(&place), "{place}");
                assert_eq!(find(place.as_bytes()).len(), 0, "{place}");
            }
        }
    }

    #[test]
    fn hashes_paths_and_words_are_shown() {
        let hash = text(Alphabet::Hex, 40);
        let digest = format!("sha512-{}==", text(Alphabet::Base64, 86));
        let path = "/usr/lib/Systemd2/system/openclaw/gateway1";
        for shown in [&hash, &digest, path, &"A1b".repeat(30), "aaaa=bbbb=cccc=1"] {
            assert!(!is_masked(shown), "{shown}");
        }
    }
}
