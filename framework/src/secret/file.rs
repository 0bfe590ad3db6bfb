//! Secrets whose place in a file of a known form makes them one: netrc and pgpass.

use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Rank, Sink};
use super::value;
use crate::source::Span;

/// How many words belong to an entry of a netrc file: four pairs and a host.
const WORDS: usize = 11;

/// An entry of a netrc file whose `machine` begins at `at`.
pub(super) fn netrc(bytes: &[u8], at: usize, sink: &mut Sink) {
    let limit = bytes.len().min(at + 600);
    let start = at + b"machine ".len();
    let text = &bytes[start.min(limit)..limit];
    let mut words = words(text).take(WORDS);
    let Some(_host) = words.next() else {
        return;
    };
    while let Some((from, to)) = words.next() {
        let is_value = matches!(
            &text[from..to],
            b"login" | b"account" | b"port" | b"password"
        );
        let Some((value_from, value_to)) = words.next().filter(|_| is_value) else {
            return;
        };
        if &text[from..to] == b"password" {
            let span = Span::new(start + value_from, start + value_to);
            // A word alone is one of a sentence.
            let is_word = bytes[span.range()].iter().all(u8::is_ascii_lowercase);
            if !is_word && value::is_placed(&bytes[span.range()]) {
                sink.add(
                    of_kind(Kind::Netrc),
                    span,
                    Rank::Structure,
                    Confidence::Certain,
                );
            }
            return;
        }
    }
}

/// The words of a text, as places.
fn words(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let length = text[at..]
            .iter()
            .take_while(|byte| !byte.is_ascii_whitespace())
            .count();
        let word = (at, at + length);
        at += length;
        (length > 0).then_some(word)
    })
}

/// The lines of a pgpass file: `host:port:database:user:password`.
pub(super) fn pgpass(bytes: &[u8], sink: &mut Sink) {
    let mut start = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        let end = start + line.trim_ascii_end().len();
        if let Some(password) = fifth(&bytes[start..end]) {
            let span = Span::new(start + password, end);
            if value::is_placed(&bytes[span.range()]) {
                sink.add(
                    of_kind(Kind::Pgpass),
                    span,
                    Rank::Structure,
                    Confidence::Certain,
                );
            }
        }
        start += line.len() + 1;
    }
}

/// Where the fifth field begins, if there is one and the second is a port.
fn fifth(line: &[u8]) -> Option<usize> {
    let mut colons = [0; 4];
    let mut count = 0;
    for (at, byte) in line.iter().enumerate() {
        if *byte == b':' && (at == 0 || line[at - 1] != b'\\') && count < 4 {
            colons[count] = at;
            count += 1;
        }
    }
    let port = line.get(colons[0] + 1..colons[1].max(colons[0] + 1))?;
    let is_port = port == b"*" || (!port.is_empty() && port.iter().all(u8::is_ascii_digit));
    (count == 4 && is_port && line[0] != b'#').then(|| colons[3] + 1)
}

#[cfg(test)]
mod tests {
    use crate::secret::{find, find_in};

    #[test]
    fn chosen_passwords_in_their_places() {
        for (password, is_one) in [
            ("Tr0ub4dor&3", true),
            ("Fr1eda+Karl", true),
            ("TigerOtter2572", true),
            ("Marble-Haus-99", true),
            ("changeme123", false),
            ("password1", false),
            ("${PASSWORD}", false),
            ("<password>", false),
            ("hunter2", false),
        ] {
            let expected = usize::from(is_one);
            let netrc = format!("machine h.internal login bob password {password}\n");
            assert_eq!(find(netrc.as_bytes()).len(), expected, "{netrc}");
            let pgpass = format!("db:5432:app:bob:{password}\n");
            assert_eq!(find_in(".pgpass", pgpass.as_bytes()).len(), expected);
        }
    }

    #[test]
    fn files_of_known_forms() {
        let password = ["q8Zt3", "LwPz0"].concat();
        let netrc = format!("machine api.internal\n  login gateway\n  password {password}\n");
        assert_eq!(find(netrc.as_bytes()).len(), 1);
        assert!(find(b"the machine learning password policy of a login").is_empty());
        let pgpass = format!("# comment\ndb.internal:5432:*:gateway:{password}\n");
        let found = find_in("home/.pgpass", pgpass.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(&pgpass[found[0].span.range()], password);
        assert!(find_in("notes.txt", pgpass.as_bytes()).is_empty());
    }
}
