//! Tokens without a prefix: known by their length, by their alphabet, and by what stands in and
//! around one long word.

use memchr::memmem;

use super::alphabet::Alphabet;
use super::decode;
use super::random::{Census, is_issued};
use super::rules::{Kind, Shape, of_kind};
use super::runs::Run;
use super::sink::{Confidence, Need, Rank, Sink};
use super::token::{LIKELY, unescaped};
use super::{checksum, jwt};
use crate::source::Span;

/// Tokens without a prefix, by their length and by what stands in and around the word.
pub(super) fn look(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Run { start, end } = run;
    let word = &bytes[start..end];
    let previous = start.checked_sub(1).map(|at| bytes[at]);
    let next = bytes.get(end).copied();
    let mut add = |kind: Kind, span: Span, confidence: Confidence| {
        sink.add(of_kind(kind), span, Rank::Token, confidence);
    };
    match word.len() {
        34 if word.starts_with(b"SK")
            && Alphabet::Hex.run(&word[2..], 32) == 32
            && is_issued(&word[2..]) =>
        {
            add(Kind::Twilio, Span::new(start, end), Confidence::Likely);
        }
        36 | 37 if word[32..].starts_with(b"-us") => {
            let is_key = Alphabet::Hex.run(word, 32) == 32
                && Alphabet::Digits.run(&word[35..], 2) == word.len() - 35;
            if is_key && is_issued(&word[..32]) {
                add(Kind::Mailchimp, Span::new(start, end), Confidence::Likely);
            }
        }
        40 if word.starts_with(b"YC") => {
            let census = Census::of(word);
            if is_issued(word) && census.is_mixed_case() && census.digits > 2 {
                add(Kind::Yandex, Span::new(start, end), Confidence::Likely);
            }
        }
        49 if word[27] == b'_'
            && Alphabet::Alphanumeric.run(word, 27) == 27
            && Alphabet::Alphanumeric.run(&word[28..], 21) == 21 =>
        {
            let census = Census::of(word);
            if word[0].is_ascii_digit() && is_issued(word) && census.is_mixed_case() {
                add(Kind::Ngrok, Span::new(start, end), Confidence::Likely);
            }
        }
        56 if word[0] == b'S' && is_issued(word) && checksum::is_crc16_base32(word) => {
            add(Kind::Stellar, Span::new(start, end), Confidence::Certain);
        }
        84 if word[76..80] == *b"AZDO" && is_issued(word) => {
            add(
                Kind::AzureDevops,
                Span::new(start, end),
                Confidence::Certain,
            );
        }
        _ => {}
    }
    if word.starts_with(b"eyJ") && next == Some(b'.') && start >= sink.tokens_end {
        if let Some(end) = jwt::end(bytes, start, end) {
            sink.tokens_end = end;
            sink.add(
                of_kind(Kind::Jwt),
                Span::new(start, end),
                Rank::Structure,
                Confidence::Certain,
            );
        } else if sink.need == Need::Likely {
            let more = Alphabet::Dotted.run(&bytes[end..], 4096);
            sink.mask_token(Span::new(start, end + more));
        }
    } else if next == Some(b'.') && (24..=30).contains(&word.len()) {
        discord(bytes, run, sink);
    }
    match previous {
        Some(b':') => {
            telegram(bytes, start, start - 1, run, sink);
            if word.len() == 32 && Alphabet::Hex.run(word, 32) == 32 {
                behind_colon(bytes, run, sink);
            }
        }
        Some(b'%') if word.starts_with(b"3AAA") || word.starts_with(b"3aAA") => {
            telegram(bytes, start + 2, start - 1, run, sink);
        }
        Some(b'.') => terraform(bytes, run, sink),
        Some(b'~') => entra(bytes, run, sink),
        _ => {}
    }
}

/// `123456789:AA…`, also behind `bot` in a URL.
fn telegram(bytes: &[u8], body: usize, colon: usize, run: Run, sink: &mut Sink) {
    let digits = Alphabet::Digits.run_back(&bytes[..colon], 11);
    let start = colon - digits;
    let is_bot = bytes[..start].ends_with(b"bot");
    let is_start = is_bot
        || start == 0
        || !bytes[start - 1].is_ascii_alphanumeric()
        || bytes[..start].ends_with(b"\\n");
    let word = &bytes[body.min(run.end)..run.end];
    if !(8..=10).contains(&digits) || !is_start || !word.starts_with(b"AA") {
        return;
    }
    let span = Span::new(start, run.end);
    if word.len() == 35 && is_issued(word) && !super::examples::is_known(b"", &bytes[span.range()])
    {
        sink.add(
            of_kind(Kind::Telegram),
            span,
            Rank::Token,
            Confidence::Likely,
        );
    } else if sink.need == Need::Likely && word.len() >= LIKELY {
        sink.mask(span);
    }
}

/// The id of the bot, a time and a signature, with dots between them.
fn discord(bytes: &[u8], run: Run, sink: &mut Sink) {
    let time = run.end + 1;
    let length = Alphabet::Word.run(&bytes[time..], 8);
    let signature = time + length + 1;
    if !(6..=7).contains(&length) || bytes.get(signature - 1) != Some(&b'.') {
        return;
    }
    let end = signature + Alphabet::Word.run(&bytes[signature..], 60);
    let id = &bytes[run.start..run.end];
    let is_id = decode::base64(id).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
    let census = Census::of(&bytes[signature..end]);
    let is_token = (27..=40).contains(&(end - signature))
        && census.is_mixed_case()
        && census.digits > 0
        && is_issued(&bytes[signature..end])
        && (is_id || (matches!(id[0], b'M'..=b'O') && is_issued(id)));
    if is_token && start_of_word(bytes, run.start) {
        let confidence = if is_id {
            Confidence::Certain
        } else {
            Confidence::Likely
        };
        sink.tokens_end = end;
        sink.add(
            of_kind(Kind::Discord),
            Span::new(run.start, end),
            Rank::Token,
            confidence,
        );
    }
}

fn start_of_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || !matches!(bytes[at - 1], b'.' | b'/' | b'+')
}

/// Asana's and fal's, whose last part is 32 hexadecimal digits behind a colon.
fn behind_colon(bytes: &[u8], run: Run, sink: &mut Sink) {
    if !is_issued(&bytes[run.start..run.end]) {
        return;
    }
    let colon = run.start - 1;
    let uuid = Alphabet::Uuid.run_back(&bytes[..colon], 37);
    if uuid == 36 && super::value::is_uuid(&bytes[colon - 36..colon]) {
        sink.add(
            of_kind(Kind::Fal),
            Span::new(colon - 36, run.end),
            Rank::Token,
            Confidence::Likely,
        );
    }
    let is_of_id = |byte: &&u8| byte.is_ascii_digit() || **byte == b'/';
    let length = bytes[..colon]
        .iter()
        .rev()
        .take(44)
        .take_while(is_of_id)
        .count();
    let ids = &bytes[colon - length..colon];
    if length >= 10 && matches!(ids, [b'0'..=b'2', b'/', ..]) {
        sink.add(
            of_kind(Kind::Asana),
            Span::new(colon - length, run.end),
            Rank::Token,
            Confidence::Likely,
        );
    }
}

fn terraform(bytes: &[u8], run: Run, sink: &mut Sink) {
    const MIDDLE: &[u8] = b".atlasv1.";
    let Some(id_end) = run.start.checked_sub(MIDDLE.len()) else {
        return;
    };
    let word = &bytes[run.start..run.end];
    let start = unescaped(
        bytes,
        id_end - Alphabet::Alphanumeric.run_back(&bytes[..id_end], 16),
    );
    let id = id_end.saturating_sub(start);
    if bytes[id_end..run.start] == *MIDDLE
        && id == 14
        && (60..=80).contains(&word.len())
        && is_issued(word)
    {
        sink.add(
            of_kind(Kind::Terraform),
            Span::new(start, run.end),
            Rank::Token,
            Confidence::Certain,
        );
    }
}

/// Three characters, a digit, `Q~`, 31 to 34 characters that may have dots and tildes in them.
fn entra(bytes: &[u8], run: Run, sink: &mut Sink) {
    let is_part = |byte: u8| Alphabet::Dotted.holds(byte) || byte == b'~';
    let before = bytes[..run.start]
        .iter()
        .rev()
        .take(40)
        .take_while(|byte| is_part(**byte))
        .count();
    let start = unescaped(bytes, run.start - before);
    let after = bytes[run.end..]
        .iter()
        .take(40)
        .take_while(|byte| is_part(**byte))
        .count();
    let text = &bytes[start..run.end + after];
    let Some(mark) = memmem::find(text, b"Q~") else {
        return;
    };
    let rest = text.len().saturating_sub(mark + 2);
    if mark == 4 && text[3].is_ascii_digit() && (31..=34).contains(&rest) && is_issued(&text[6..]) {
        sink.add(
            of_kind(Kind::EntraSecret),
            Span::new(start, run.end + after),
            Rank::Token,
            Confidence::Certain,
        );
    }
}

/// The last part of a path that begins with a known host or path.
pub(super) fn webhook(bytes: &[u8], first: usize, run: Run, sink: &mut Sink) {
    let path = &bytes[first..run.start];
    if memmem::find(path, b"ook").is_none() && memmem::find(path, b"slack").is_none() {
        return;
    }
    for rule in super::RULES.iter().take(super::rules::STRUCTURED) {
        if let Shape::Structured(Kind::Webhook { before }) = rule.shape
            && let Some(at) = memmem::rfind(path, before.as_bytes())
        {
            let word = &bytes[run.start..run.end];
            let is_discord = before == "/api/webhooks/";
            let between = &path[at + before.len()..];
            let fits = if is_discord {
                (60..=80).contains(&word.len())
                    && between.iter().filter(|byte| byte.is_ascii_digit()).count() >= 17
            } else {
                word.len() <= 64
            };
            if fits && is_issued(word) && !between.starts_with(b"T00000000") {
                let start = url_start(bytes, first + at);
                let is_of_path = |byte: &&u8| Alphabet::Word.holds(**byte) || **byte == b'/';
                let end = run.end
                    + bytes[run.end..]
                        .iter()
                        .take(128)
                        .take_while(is_of_path)
                        .count();
                sink.tokens_end = end;
                sink.add(
                    rule,
                    Span::new(start, end),
                    Rank::Structure,
                    Confidence::Certain,
                );
            }
            return;
        }
    }
}

/// Where the URL begins that a place is in.
fn url_start(bytes: &[u8], at: usize) -> usize {
    let is_of_url = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b':' | b'-' | b'\\')
    };
    let start = at
        - bytes[..at]
            .iter()
            .rev()
            .take(80)
            .take_while(is_of_url)
            .count();
    memmem::rfind(&bytes[start..at + 4], b"http").map_or(at, |http| start + http)
}
