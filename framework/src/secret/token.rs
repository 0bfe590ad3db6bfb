//! Tokens with a prefix: in every long word of a text, and before it.

use memchr::memchr2_iter;

use super::alphabet::Alphabet;
use super::decode;
use super::random::{Census, is_issued};
use super::rules::{Check, Kind, Part, Shape, of_kind, with_prefix};
use super::runs::{self, Run};
use super::sink::{Confidence, Need, Rank, Sink};
use super::{SecretRule, checksum, structure};
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
const BEFORE: usize = 64;

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
    if start >= sink.tokens_end {
        candidate(bytes, start, run, false, sink);
    }
    let shift = escape(bytes, run);
    if shift > 0 && start + shift >= sink.tokens_end {
        candidate(bytes, start + shift, run, false, sink);
    } else if shift == 0
        && start > 0
        && matches!(
            bytes[start - 1],
            b'.' | b'/' | b':' | b'|' | b'$' | b'+' | b'~' | b'!'
        )
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
    encoded(bytes, run, sink);
}

/// Longest text in base64 that is decoded.
const MAX_ENCODED: usize = 8192;

/// Tokens in a word that is base64 of a readable text.
fn encoded(bytes: &[u8], run: Run, sink: &mut Sink) {
    let is_readable = |bytes: &[u8]| {
        bytes
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
    };
    let Run { start, end } = run;
    if end - start < 36
        || start < sink.tokens_end
        || bytes[start..].starts_with(b"eyJ")
        || sink.is_decoded
    {
        return;
    }
    let is_text = decode::base64(&bytes[start..start + 24]).is_some_and(|head| is_readable(&head));
    if !is_text {
        return;
    }
    let length = Alphabet::Base64Any.run(&bytes[start..], MAX_ENCODED);
    let whole = Span::new(start, start + length);
    let Some(text) = decode::base64(&bytes[start..start + length / 4 * 4]) else {
        return;
    };
    if is_readable(&text) {
        let mut inner = Sink::decoded(sink.need);
        scan(&text, &mut inner);
        sink.adopt(inner, |_| whole);
    }
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
        (b'[', _) => {
            let digits = Alphabet::Digits.run(word, 3);
            if word[digits] == b'm' { digits + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// Looks at a prefix whose body may have no long word in it.
pub(super) fn prefix(bytes: &[u8], at: usize, sink: &mut Sink) {
    let end = at + Alphabet::Word.run(&bytes[at..], 400);
    candidate(bytes, at, Run { start: at, end }, false, sink);
}

/// Looks for prefixes and hosts that stand before a word and are connected with it.
fn before(bytes: &[u8], run: Run, sink: &mut Sink) {
    let is_connected = |byte: &u8| {
        Alphabet::Word.holds(*byte)
            || matches!(byte, b'.' | b'/' | b':' | b'|' | b'$' | b'+' | b'~' | b'!')
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

/// The start of a word without the letter of an escape before it: `\n` in a JSON string.
pub(super) fn unescaped(bytes: &[u8], start: usize) -> usize {
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
        return true;
    }
    // What is decoded or escaped: the character belongs to the escape.
    let earlier = |back: usize| at.checked_sub(back).map(|at| bytes[at]);
    earlier(2) == Some(b'\\')
        || earlier(3) == Some(b'%')
        || (earlier(6) == Some(b'\\') && earlier(5) == Some(b'u'))
        || (earlier(4) == Some(b'\\') && earlier(3) == Some(b'x'))
        || (before == b'm' && bytes[at.saturating_sub(6)..at].contains(&0x1b))
}

/// Looks up the prefixes at a place.
pub(super) fn candidate(bytes: &[u8], at: usize, run: Run, is_inner: bool, sink: &mut Sink) {
    let Some(text) = bytes.get(at..) else {
        return;
    };
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
    if !likely || !may_begin(bytes, at) {
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

fn verdict(prefix: &str, body: &[u8], check: Check) -> Verdict {
    let prefix = prefix.as_bytes();
    if !is_issued(body) && !matches!(check, Check::Bech32)
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
        Check::Crc62 => right(is_crc62(prefix, body)),
        Check::Crc62Suspect => suspect(is_crc62(prefix, body)),
        Check::CrcHex => right(is_crc_hex(prefix, body)),
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
