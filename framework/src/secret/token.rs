//! Tokens with a prefix: in every long word of a text, and before it.

use memchr::memchr2_iter;

use super::alphabet::Alphabet;
use super::decode;
use super::random::{Census, is_issued};
use super::rules::{Check, Kind, Part, Shape, of_kind, with_prefix};
use super::runs::{self, Run};
use super::sink::{Confidence, Need, Rank, Sink};
use super::{SecretRule, checksum, encoded, structure};
use crate::source::Span;

/// Length of the shortest word that is looked at, with the prefix.
const SHORTEST: u32 = 20;

/// The same for what is masked.
const SHORTEST_LIKELY: u32 = 15;

/// How many characters of a body are likely to be part of a secret.
pub(super) const LIKELY: usize = 12;

/// Longest word that is looked at from its start.
const MAX_WORD: usize = 4096;

/// How far before a word its prefix may begin, where the prefix has other characters in it.
const BEFORE: usize = 100;

/// How much base64 before a prefix makes it a part of that; no path in a URL is so long.
const OF_DATA: usize = 160;

/// Prefixes that are words, and so stand in longer names; the token has to begin a word.
const WORDY: [&str; 19] = [
    "key-", "api-", "app-", "web_", "live_", "secret_", "secret-", "token-", "console-",
    "dataset-", "mob-", "sdk-", "pat_", "sat_", "box_", "sess-", "key_", "cog_", "act.",
];

/// Looks at every long word of a text.
pub(super) fn scan(bytes: &[u8], sink: &mut Sink) {
    let shortest = if sink.need == Need::Exact {
        SHORTEST
    } else {
        SHORTEST_LIKELY
    };
    runs::for_each(bytes, shortest, |run| look(bytes, run, sink));
}

/// Looks at one word.
pub(super) fn look(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Run { start, end } = run;
    let shift = escape(bytes, run);
    // The letter of `\n` is not the first one of a prefix.
    let is_escaped = shift > 0 && bytes[start - 1] == b'\\';
    if start >= sink.tokens_end && !is_escaped {
        candidate(bytes, start, run, false, sink);
    }
    if shift > 0 && start + shift >= sink.tokens_end {
        candidate(bytes, start + shift, run, false, sink);
    } else if shift == 0
        && start > 0
        && (matches!(
            bytes[start - 1],
            b'.' | b'/' | b':' | b'|' | b'$' | b'+' | b'~' | b'!'
        ) || is_query(&bytes[..start]))
    {
        before(bytes, run, sink);
    }
    // A very long word is data; a token may be stuck to its end.
    let from = start.max(end.saturating_sub(MAX_WORD));
    for separator in memchr2_iter(b'_', b'-', &bytes[from..end]) {
        let at = from + separator + 1;
        if end - at >= LIKELY && at >= sink.tokens_end {
            candidate(bytes, at, run, true, sink);
        }
    }
    structure::look(
        bytes,
        Run {
            start: start + shift,
            end,
        },
        sink,
    );
    encoded::look(bytes, run, sink);
    if sink.need == Need::Likely {
        stuck(bytes, run, sink);
    }
}

/// A token that is stuck to the end of a word is none by its issuer's rules, and not shown all the
/// same.
fn stuck(bytes: &[u8], run: Run, sink: &mut Sink) {
    let first = run.start.saturating_sub(BEFORE).max(sink.tokens_end);
    for at in first..run.end.saturating_sub(LIKELY) {
        if at == run.start {
            continue;
        }
        let ends = with_prefix(&bytes[at..]).filter_map(|rule| end_of_stuck(bytes, at, run, rule));
        if let Some(end) = ends.max() {
            let more = Alphabet::Base64Any.run(&bytes[end..], 4096);
            sink.mask_token(Span::new(at, end + more));
            return;
        }
    }
}

/// Where a token of a kind ends that begins at `at`, inside of a word or before it.
fn end_of_stuck(bytes: &[u8], at: usize, run: Run, rule: &SecretRule) -> Option<usize> {
    let Shape::Token {
        prefix,
        body,
        check,
    } = rule.shape
    else {
        return None;
    };
    if prefix.len() < 4 {
        return None;
    }
    let start = at + prefix.len();
    let whole = match_body(bytes, start, body)
        .filter(|end| !matches!(verdict(prefix, &bytes[start..*end], check), Verdict::No))
        .filter(|end| *end > run.start);
    if whole.is_some() {
        return whole;
    }
    // Without a separator the prefix may be there by chance.
    let begins = if WORDY.contains(&prefix) {
        false
    } else if at < run.start {
        // It has other characters in it, which end the word before.
        start >= run.start
    } else {
        prefix.ends_with(['_', '-'])
    };
    let word = &bytes[at.max(run.start)..run.end];
    (begins && is_likely(&word[..word.len().min(64)])).then_some(run.end)
}

/// AWS's secret of an access key id: the next text of 40 characters.
fn pair(bytes: &[u8], id: Span, sink: &mut Sink) {
    let limit = bytes.len().min(id.end + 160);
    let mut at = id.end;
    while at < limit {
        let length = Alphabet::Base64.run(&bytes[at..], 64);
        let text = &bytes[at..at + length];
        let text = text.strip_prefix(b"=").unwrap_or(text);
        if text.len() == 40 {
            let census = Census::of(text);
            let is_hex = Alphabet::HexAny.run(text, 40) == 40;
            if census.is_mixed_case()
                && census.digits > 0
                && !is_hex
                && is_issued(text)
                && !super::examples::is_known(b"", text)
            {
                let start = at + length - 40;
                sink.add(
                    of_kind(Kind::AwsSecret),
                    Span::new(start, start + 40),
                    Rank::Structure,
                    Confidence::Likely,
                );
            }
            return;
        }
        at += length.max(1);
    }
}

/// How many characters at the start of a word belong to an escape before it: `\n` or `\u003d` of a
/// JSON string, `%3D` of a URL, the end of a colour of a terminal.
fn escape(bytes: &[u8], run: Run) -> usize {
    let Some(before) = run.start.checked_sub(1) else {
        return 0;
    };
    let word = &bytes[run.start..run.end];
    match (bytes[before], word[0]) {
        (b'\\', b'u') => 5,
        (b'\\', b'x') => 3,
        (b'\\', b'n' | b'r' | b't' | b'"' | b'b' | b'f') => 1,
        (b'%', _) if word[..2].iter().all(u8::is_ascii_hexdigit) => 2,
        (b'[' | b';', _) => {
            let digits = Alphabet::Digits.run(word, 3);
            if word[digits] == b'm' { digits + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// Looks at a prefix whose body may have no long word in it.
pub(super) fn prefix(bytes: &[u8], at: usize, sink: &mut Sink) {
    // Of prefixes that stand in one word, behind each other, only the first ones are tried.
    sink.tries = if at < sink.tried_end {
        sink.tries + 1
    } else {
        0
    };
    if sink.tries > 4 || sink.need == Need::Exact && !may_begin(bytes, at) {
        return;
    }
    let end = at + Alphabet::Word.run(&bytes[at..], 400);
    sink.tried_end = end;
    candidate(bytes, at, Run { start: at, end }, false, sink);
}

/// Whether a text ends with the name of a key in a URL, so that a value follows.
fn is_query(text: &[u8]) -> bool {
    text.last() == Some(&b'=')
        && [&b"?key="[..], b"?code=", b"_session="]
            .iter()
            .any(|name| text.ends_with(name))
}

/// Looks for prefixes and hosts that stand before a word and are connected with it.
fn before(bytes: &[u8], run: Run, sink: &mut Sink) {
    let is_connected = |byte: &u8| {
        Alphabet::Word.holds(*byte)
            || matches!(
                byte,
                b'.' | b'/' | b':' | b'|' | b'$' | b'+' | b'~' | b'!' | b'?' | b'='
            )
    };
    let floor = run
        .start
        .saturating_sub(BEFORE)
        .max(sink.tokens_end.min(run.start));
    let connected = bytes[floor..run.start]
        .iter()
        .rev()
        .take_while(|byte| is_connected(byte))
        .count();
    let first = run.start - connected;
    let mut is_start = true;
    for at in first..run.start {
        let is_word = Alphabet::Word.holds(bytes[at]);
        if is_word && is_start && at >= sink.tokens_end {
            candidate(bytes, unescaped(bytes, at), run, false, sink);
        }
        is_start = !is_word;
    }
    if bytes[run.start - 1] == b'/' {
        structure::webhook(bytes, first, run, sink);
    }
}

/// The start of a word without the letter of an escape before it: `\n` in a JSON string, the end of
/// a colour of a terminal.
pub(super) fn unescaped(bytes: &[u8], start: usize) -> usize {
    if start > 0 && matches!(bytes[start - 1], b'[' | b';') {
        let digits = Alphabet::Digits.run(&bytes[start..], 3);
        if digits > 0 && bytes.get(start + digits) == Some(&b'm') {
            return start + digits + 1;
        }
    }
    let is_escape = start > 0
        && bytes[start - 1] == b'\\'
        && matches!(bytes.get(start), Some(b'n' | b'r' | b't'));
    start + usize::from(is_escape)
}

/// Whether the byte before a token lets it begin there.
fn may_begin(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| bytes[at]) else {
        return true;
    };
    if !before.is_ascii_alphanumeric() {
        // A hash in a list of files, in base64 for URLs.
        if before == b'='
            && [&b"sha256="[..], b"sha384=", b"sha512="]
                .iter()
                .any(|hash| bytes[..at].ends_with(hash))
        {
            return false;
        }
        // In the middle of long data in base64 any short prefix stands somewhere.
        return !matches!(before, b'+' | b'/')
            || Alphabet::Base64.run_back(&bytes[..at], OF_DATA) < OF_DATA;
    }
    // What is decoded or escaped: the character belongs to the escape.
    let earlier = |back: usize| at.checked_sub(back).map(|at| bytes[at]);
    earlier(2) == Some(b'\\')
        || earlier(3) == Some(b'%')
        || (earlier(6) == Some(b'\\') && earlier(5) == Some(b'u'))
        || (earlier(4) == Some(b'\\') && earlier(3) == Some(b'x'))
        || (before == b'm' && bytes[at.saturating_sub(6)..at].contains(&0x1b))
}

/// Whether a word that ends as a UUID does is the name of a package: in a column before others, or
/// given to `name`. Issuers have made tokens of this form, too, and builders have made names.
fn is_name_of_package(bytes: &[u8], at: usize) -> bool {
    let length = Alphabet::Word.run(&bytes[at..], 64);
    let word = &bytes[at..at + length];
    let is_of_uuid = word
        .len()
        .checked_sub(36)
        .is_some_and(|start| start < 6 && super::value::is_uuid(&word[start..]));
    if !is_of_uuid {
        return false;
    }
    let before = &bytes[at.saturating_sub(16)..at];
    let is_column = before.last().is_none_or(|byte| *byte == b'\n')
        && matches!(
            bytes.get(at + length),
            Some(b'\t' | b' ' | b',' | b'=' | b'@' | b';')
        );
    let named: Vec<u8> = before
        .iter()
        .filter(|byte| !matches!(byte, b' ' | b'"' | b'\''))
        .map(u8::to_ascii_lowercase)
        .collect();
    is_column || named.ends_with(b"name:") || named.ends_with(b"name=")
}

/// Looks up the prefixes at a place. At nearly all places there is none.
#[inline]
pub(super) fn candidate(bytes: &[u8], at: usize, run: Run, is_inner: bool, sink: &mut Sink) {
    if let Some(text) = bytes.get(at..)
        && with_prefix(text).next().is_some()
    {
        judge(bytes, at, run, is_inner, sink);
    }
}

/// Looks at a prefix and what stands behind it.
#[inline(never)]
fn judge(bytes: &[u8], at: usize, run: Run, is_inner: bool, sink: &mut Sink) {
    let text = &bytes[at..];
    let mut best: Option<(usize, &'static SecretRule, Span, Confidence)> = None;
    let mut refused: Option<(usize, Span)> = None;
    let mut likely = false;
    for rule in with_prefix(text) {
        let Shape::Token {
            prefix,
            body,
            check,
        } = rule.shape
        else {
            continue;
        };
        if is_inner && (prefix.len() < 4 || WORDY.contains(&prefix)) {
            continue;
        }
        likely = true;
        let start = at + prefix.len();
        let Some(end) = match_body(bytes, start, body) else {
            continue;
        };
        match verdict(prefix, &bytes[start..end], check) {
            Verdict::No => {}
            Verdict::Wrong => {
                if refused.is_none_or(|(length, _)| prefix.len() > length) {
                    refused = Some((prefix.len(), Span::new(at, end)));
                }
            }
            Verdict::Yes(confidence) => {
                if best
                    .as_ref()
                    .is_none_or(|(length, ..)| prefix.len() > *length)
                {
                    best = Some((prefix.len(), rule, Span::new(at, end), confidence));
                }
            }
        }
    }
    if !likely || !may_begin(bytes, at) || is_name_of_package(bytes, at) {
        return;
    }
    match (best, refused) {
        (Some((length, rule, span, confidence)), refused)
            if refused.is_none_or(|(wrong, _)| wrong <= length) =>
        {
            sink.tokens_end = span.end;
            sink.add(rule, span, Rank::Token, confidence);
            if matches!(rule.rule.code, "SE020" | "SE021") {
                pair(bytes, span, sink);
            }
        }
        (_, Some((_, span))) => sink.refuse(span),
        _ => {}
    }
    if sink.need == Need::Likely {
        let rest = &bytes[at..];
        let length =
            Alphabet::Word.run(rest, rest.len().min(run.end.saturating_sub(at).max(LIKELY)));
        let end = at + length;
        let more = Alphabet::Base64Any.run(&bytes[end..], 4096);
        if length >= LIKELY && is_likely(&bytes[at..end]) {
            sink.mask_token(Span::new(at, end + more));
            sink.tokens_end = sink.tokens_end.max(end + more);
        }
    }
}

/// Whether a word behind a known prefix may be a part of a token.
fn is_likely(word: &[u8]) -> bool {
    let census = Census::of(word);
    census.distinct >= 4
        && (census.is_mixed_case() || census.digits > 0)
        && !super::random::is_placeholder(word)
}

/// Where the body that begins at `at` ends, if all its parts are there and no word goes on.
fn match_body(bytes: &[u8], at: usize, parts: &[Part]) -> Option<usize> {
    let mut end = at;
    let mut last = Alphabet::Alphanumeric;
    for part in parts {
        let rest = &bytes[end..];
        match part {
            Part::Text(text) => {
                if !rest.starts_with(text.as_bytes()) {
                    return None;
                }
                end += text.len();
            }
            Part::Run(alphabet, min, max) => {
                let length = alphabet.run(rest, usize::from(*max));
                if length < usize::from(*min) {
                    return None;
                }
                end += length;
                last = *alphabet;
            }
        }
    }
    while last == Alphabet::Dotted && bytes[end - 1] == b'.' {
        end -= 1;
    }
    let goes_on = bytes
        .get(end)
        .is_some_and(|byte| last.boundary().holds(*byte));
    // `=` behind a token of letters is padding or the next assignment; it does not belong to it.
    let is_padding =
        matches!(last, Alphabet::Base64 | Alphabet::Base64Any) && bytes.get(end) == Some(&b'=');
    (!goes_on && !is_padding).then_some(end)
}

enum Verdict {
    Yes(Confidence),
    /// The checksum is wrong: nobody issued it.
    Wrong,
    /// It does not look random.
    No,
}

/// Whether a body with separators may be a name: `sk-` begins names of styles and packages, too.
fn is_worded(body: &[u8]) -> bool {
    let census = Census::of(body);
    census.others > 0
        && !super::value::is_uuid(body)
        && (!census.is_mixed_case()
            || super::random::score(body) < if census.digits > 0 { 15 } else { 30 })
}

fn verdict(prefix: &str, body: &[u8], check: Check) -> Verdict {
    let prefix = prefix.as_bytes();
    if !is_issued(body) && !matches!(check, Check::Bech32)
        || prefix == b"sk-" && is_worded(body)
        || super::examples::is_known(prefix, body)
    {
        return Verdict::No;
    }
    let right = |is_right: bool| {
        if is_right {
            Verdict::Yes(Confidence::Certain)
        } else {
            Verdict::Wrong
        }
    };
    let suspect = |is_right: bool| {
        Verdict::Yes(if is_right {
            Confidence::Certain
        } else {
            Confidence::Suspect
        })
    };
    match check {
        Check::Random => Verdict::Yes(Confidence::Likely),
        Check::Crc62 | Check::Crc62Tail => right(is_crc62(prefix, body)),
        Check::CrcHex => right(is_crc_hex(prefix, body)),
        Check::CrcHexSuspect
            if body
                .last_chunk::<8>()
                .is_none_or(|sum| !sum.iter().all(u8::is_ascii_hexdigit)) =>
        {
            Verdict::Yes(Confidence::Likely)
        }
        Check::CrcHexSuspect => suspect(is_crc_hex(prefix, body)),
        Check::Crc16 => right(checksum::is_crc16_base32(&[prefix, body].concat())),
        Check::Bech32 => {
            let human = &prefix[..prefix.len() - 1];
            if is_issued(body) || Census::of(body).distinct > 12 {
                right(checksum::is_bech32(human, body))
            } else {
                Verdict::No
            }
        }
        Check::Json => {
            let text = decode::base64(&[prefix, body].concat());
            let is_json = text.is_some_and(|text| text.starts_with(b"{\"") && text.is_ascii());
            if is_json {
                Verdict::Yes(Confidence::Certain)
            } else {
                Verdict::No
            }
        }
    }
}

/// What a checksum may be made of: issuers differ in whether the prefix and separators count.
fn made_of<'a>(prefix: &'a [u8], body: &'a [u8]) -> Vec<Vec<&'a [u8]>> {
    let trimmed = body
        .strip_suffix(b"_")
        .or(body.strip_suffix(b"="))
        .unwrap_or(body);
    let tail = body
        .iter()
        .rposition(|byte| *byte == b'_')
        .map_or(body, |at| &body[at + 1..]);
    vec![
        vec![body],
        vec![prefix, body],
        vec![trimmed],
        vec![prefix, trimmed],
        vec![tail],
    ]
}

fn is_crc62(prefix: &[u8], body: &[u8]) -> bool {
    let Some((text, sum)) = body.split_last_chunk::<6>() else {
        return false;
    };
    made_of(prefix, text)
        .iter()
        .any(|parts| checksum::base62(checksum::crc32(parts)) == *sum)
}

fn is_crc_hex(prefix: &[u8], body: &[u8]) -> bool {
    let Some((text, sum)) = body.split_last_chunk::<8>() else {
        return false;
    };
    let sum = sum.to_ascii_lowercase();
    made_of(prefix, text).iter().any(|parts| {
        let number = checksum::crc32(parts);
        [number, number.swap_bytes()]
            .iter()
            .any(|number| checksum::hex(*number)[..] == sum[..])
    })
}

#[cfg(test)]
mod tests {
    use super::super::{RULES, Shape, find, mask};

    /// Whether a text shows eight characters of a secret that are not those of all its kind.
    fn shows(masked: &[u8], prefix: &str, secret: &[u8]) -> bool {
        let body = &secret[prefix.len()..];
        body.windows(8)
            .any(|eight| memchr::memmem::find(masked, eight).is_some())
    }

    #[test]
    fn a_token_that_is_stuck_to_a_word_is_masked() {
        let mut shown = Vec::new();
        for rule in &RULES {
            let Shape::Token { prefix, .. } = rule.shape else {
                continue;
            };
            // An address is not stuck to a word.
            if prefix.len() < 4 || prefix.contains('/') {
                continue;
            }
            let secret = rule.sample(11).unwrap();
            for before in ["zzz", "x1", "word"] {
                let text = [before.as_bytes(), &secret, b"\n"].concat();
                if shows(&mask(&text), prefix, &secret) {
                    shown.push(format!("{} behind `{before}`", rule.rule.name));
                }
            }
        }
        assert!(shown.is_empty(), "{}: {shown:#?}", shown.len());
    }

    #[test]
    fn a_stuck_token_is_no_finding_and_words_stay() {
        let token = format!("zzzghp_{}", "Ab3dEf6hIj9".repeat(4).split_at(36).0);
        assert!(find(token.as_bytes()).is_empty());
        let masked = mask(token.as_bytes()).into_owned();
        assert!(masked.starts_with(b"zzzghp_***"), "{masked:?}");
        for text in ["snake_case_of_ghp_names_that_are_long", "xAKIAlikethisone"] {
            assert_eq!(*mask(text.as_bytes()), *text.as_bytes());
        }
    }
}
