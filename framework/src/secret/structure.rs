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
use super::{checksum, jwt, pem};
use crate::source::Span;

/// Tokens without a prefix, by their length and by what stands in and around the word.
pub(super) fn look(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Run { start, end } = run;
    let word = &bytes[start..end];
    let previous = start.checked_sub(1).map(|at| bytes[at]);
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
            if is_issued(word) && census.is_mixed_case() && census.digits > 0 {
                add(Kind::Yandex, Span::new(start, end), Confidence::Likely);
            }
        }
        49 if word[27] == b'_'
            && Alphabet::Alphanumeric.run(word, 27) == 27
            && Alphabet::Alphanumeric.run(&word[28..], 21) == 21 =>
        {
            let census = Census::of(word);
            // What is in front of `_` has the time of its creation in its first characters.
            let is_key = matches!(word[0], b'0'..=b'4') && super::random::score(word) >= 10;
            if is_key && is_issued(word) && census.is_mixed_case() && census.digits >= 3 {
                add(Kind::Ngrok, Span::new(start, end), Confidence::Likely);
            }
        }
        40 if word.ends_with(b"NRAL")
            && Alphabet::Lower.run(word, 30) == 30
            && is_issued(&word[..30]) =>
        {
            add(Kind::NewRelic, Span::new(start, end), Confidence::Certain);
        }
        36 if bytes[end..].starts_with(b":fx") && super::value::is_uuid(word) => {
            let goes_on = bytes.get(end + 3).is_some_and(u8::is_ascii_alphanumeric);
            if !goes_on && is_issued(word) {
                add(Kind::DeepL, Span::new(start, end + 3), Confidence::Certain);
            }
        }
        56 if word[0] == b'S' && Alphabet::Base32.run(word, 56) == 56 && is_issued(word) => {
            if checksum::is_crc16_base32(word) {
                add(Kind::Stellar, Span::new(start, end), Confidence::Certain);
            } else {
                sink.refuse(Span::new(start, end));
            }
        }
        40 if word.ends_with(b"_mmk")
            && word[6] == b'_'
            && Alphabet::Alphanumeric.run(word, 6) == 6
            && is_issued(&word[..36]) =>
        {
            add(Kind::MaxMind, Span::new(start, end), Confidence::Certain);
        }
        50 if word[32] == b'-' && is_mailgun(word) => {
            add(Kind::Mailgun, Span::new(start, end), Confidence::Likely);
        }
        50 | 51
            if word[10..13] == *b"msh"
                && word[word.len() - 15..].starts_with(b"jsn")
                && Alphabet::Lower.run(word, 51) == word.len()
                && is_issued(word) =>
        {
            add(Kind::RapidApi, Span::new(start, end), Confidence::Certain);
        }
        90..=120 if is_webex(word) => {
            add(Kind::Webex, Span::new(start, end), Confidence::Certain);
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
    before_dot(bytes, run, sink);
    // Base64 of a DER sequence; its length may have a sign of base64 in it.
    let back = match previous {
        Some(b'/' | b'+') => Alphabet::Base64.run_back(&bytes[..start], 9),
        _ => 0,
    };
    if bytes[start - back] == b'M' && back < 9 {
        pem::der(bytes, start - back, sink);
    }
    behind_sign(bytes, run, previous, sink);
}

/// Tokens that a sign connects with what is before the word.
fn behind_sign(bytes: &[u8], run: Run, previous: Option<u8>, sink: &mut Sink) {
    let start = run.start;
    let word = &bytes[start..run.end];
    match previous {
        Some(b':') => {
            telegram(bytes, start, start - 1, run, sink);
            if matches!(word.len(), 32 | 64) && Alphabet::Hex.run(word, 64) == word.len() {
                behind_colon(bytes, run, sink);
            } else if word.len() == 43 {
                ably(bytes, run, sink);
            }
        }
        Some(b'%') if word.starts_with(b"3AAA") || word.starts_with(b"3aAA") => {
            telegram(bytes, start + 2, start - 1, run, sink);
        }
        Some(b'.') => {
            terraform(bytes, run, sink);
            vault(bytes, run, sink);
            bitwarden(bytes, run, sink);
        }
        Some(b'~') => entra(bytes, run, sink),
        _ => {}
    }
}

/// JSON Web Tokens and what else has its first part before a dot.
fn before_dot(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Run { start, end } = run;
    if bytes.get(end) != Some(&b'.') {
        return;
    }
    let word = &bytes[start..end];
    if word.starts_with(b"eyJ") && start >= sink.tokens_end {
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
    } else if (24..=30).contains(&word.len()) {
        discord(bytes, run, sink);
    } else if word.len() == 32 && Alphabet::Hex.run(word, 32) == 32 {
        behind_hex(bytes, run, sink);
    }
}

/// Whether 50 characters are 32 hexadecimal digits and twice eight more.
fn is_mailgun(word: &[u8]) -> bool {
    Alphabet::Hex.run(word, 33) == 32
        && word[41] == b'-'
        && Alphabet::Hex.run(&word[33..], 9) == 8
        && Alphabet::Hex.run(&word[42..], 9) == 8
        && is_issued(&word[..32])
}

/// Whether a word is a token of Webex: its last parts are a data centre and a UUID.
fn is_webex(word: &[u8]) -> bool {
    let Some((head, uuid)) = word.split_last_chunk::<36>() else {
        return false;
    };
    let [token @ .., b'_', first, _, _, _, b'_'] = head else {
        return false;
    };
    first.is_ascii_uppercase()
        && super::value::is_uuid(uuid)
        && token.len() >= 40
        && is_issued(token)
}

/// Keys of Zhipu and of Ollama's cloud, whose secret stands behind an id and a dot.
fn behind_hex(bytes: &[u8], run: Run, sink: &mut Sink) {
    let secret = run.end + 1;
    let length = Alphabet::Word.run(&bytes[secret..], 25);
    let kind = match length {
        16 => Kind::Zhipu,
        24 => Kind::Ollama,
        _ => return,
    };
    let end = secret + length;
    let word = &bytes[secret..end];
    let census = Census::of(word);
    if census.is_mixed_case()
        && census.digits > 0
        && is_issued(word)
        && super::random::score(word) >= 20
        && is_issued(&bytes[run.start..run.end])
        // What is masked may be the name of a file.
        && (sink.need == Need::Likely
            || start_of_word(bytes, run.start) && bytes.get(end) != Some(&b'.'))
    {
        sink.tokens_end = end;
        sink.add(
            of_kind(kind),
            Span::new(run.start, end),
            Rank::Token,
            Confidence::Likely,
        );
    }
}

/// A key of Ably: the ids of the application and of the key stand before a colon.
fn ably(bytes: &[u8], run: Run, sink: &mut Sink) {
    let colon = run.start - 1;
    let Some(start) = colon.checked_sub(13) else {
        return;
    };
    let ids = &bytes[start..colon];
    let is_id = |id: &[u8]| Alphabet::Word.run(id, 6) == 6 && Census::of(id).upper > 0;
    if ids[6] == b'.'
        && is_id(&ids[..6])
        && is_id(&ids[7..])
        && begins_word(bytes, start)
        && is_issued(&bytes[run.start..run.end])
    {
        sink.add(
            of_kind(Kind::Ably),
            Span::new(start, run.end),
            Rank::Token,
            Confidence::Likely,
        );
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
        || bytes[..start].ends_with(b"\\n")
        || bytes[start - 1] == b'm' && bytes[start.saturating_sub(7)..start].contains(&0x1b);
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
        && !super::examples::is_known(b"", id)
        && (is_id || (matches!(id[0], b'M'..=b'O') && is_issued(id)));
    if is_token && !start_of_word(bytes, run.start) {
        // A part of a path is an answer's address; or a file is named after a token.
        if sink.need == Need::Likely {
            sink.mask(Span::new(run.start, end));
        }
    } else if is_token {
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

/// Asana's, fal's and Ghost's, whose last part is 32 or 64 hexadecimal digits behind a colon.
/// Digests stand behind colons, too, so whether it looks random is asked last.
fn behind_colon(bytes: &[u8], run: Run, sink: &mut Sink) {
    let colon = run.start - 1;
    if run.end - run.start == 64 {
        let id = Alphabet::Hex.run_back(&bytes[..colon], 25);
        if id == 24 && begins_word(bytes, colon - id) && is_issued(&bytes[run.start..run.end]) {
            sink.add(
                of_kind(Kind::Ghost),
                Span::new(colon - id, run.end),
                Rank::Token,
                Confidence::Likely,
            );
        }
        return;
    }
    let uuid = Alphabet::Uuid.run_back(&bytes[..colon], 37);
    let is_of_id = |byte: &&u8| byte.is_ascii_digit() || **byte == b'/';
    let length = bytes[..colon]
        .iter()
        .rev()
        .take(44)
        .take_while(is_of_id)
        .count();
    let kind = if uuid == 36 && super::value::is_uuid(&bytes[colon - 36..colon]) {
        Some((Kind::Fal, 36))
    } else if length >= 10 && matches!(&bytes[colon - length..], [b'0'..=b'2', b'/', ..]) {
        Some((Kind::Asana, length))
    } else {
        None
    };
    if let Some((kind, before)) = kind
        && is_issued(&bytes[run.start..run.end])
    {
        sink.add(
            of_kind(kind),
            Span::new(colon - before, run.end),
            Rank::Token,
            Confidence::Likely,
        );
    }
}

/// Whether a word begins at a place, or an escape ends before it.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| bytes[at]) else {
        return true;
    };
    let is_escape = matches!(before, b'n' | b'r' | b't') && bytes[..at - 1].ends_with(b"\\");
    is_escape || !Alphabet::Word.holds(before) && !matches!(before, b'.' | b')' | b']')
}

/// A token of Vault as it was before 1.10.
fn vault(bytes: &[u8], run: Run, sink: &mut Sink) {
    let word = &bytes[run.start..run.end];
    let Some(start) = run.start.checked_sub(2).filter(|at| bytes[*at] == b's') else {
        return;
    };
    let census = Census::of(word);
    if word.len() == 24
        && Alphabet::Alphanumeric.run(word, 24) == 24
        && census.is_mixed_case()
        && (super::random::score(word) >= if census.digits > 0 { 12 } else { 30 }
            || super::random::is_restless(word))
        && is_issued(word)
        && begins_word(bytes, start)
    {
        sink.add(
            of_kind(Kind::OldVault),
            Span::new(start, run.end),
            Rank::Token,
            Confidence::Likely,
        );
    }
}

/// An access token of a machine account of Bitwarden's Secrets Manager.
fn bitwarden(bytes: &[u8], run: Run, sink: &mut Sink) {
    let Some(start) = run.start.checked_sub(39) else {
        return;
    };
    let key = run.end + 1;
    if run.end - run.start == 30
        && bytes[start..].starts_with(b"0.")
        && super::value::is_uuid(&bytes[start + 2..run.start - 1])
        && bytes.get(run.end) == Some(&b':')
        && is_issued(&bytes[run.start..run.end])
    {
        let length = Alphabet::Base64.run(&bytes[key..], 25);
        if length != 24 {
            // Some that split lines at `=` leave the last sign of the key out.
            if sink.need == Need::Likely {
                sink.mask(Span::new(start, key + length));
            }
            return;
        }
        sink.tokens_end = key + 24;
        sink.add(
            of_kind(Kind::Bitwarden),
            Span::new(start, key + 24),
            Rank::Token,
            Confidence::Certain,
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
    if mark != 4 || !text[3].is_ascii_digit() || !is_issued(&text[6..]) {
        return;
    }
    let span = Span::new(start, run.end + after);
    if (31..=34).contains(&rest) {
        sink.add(
            of_kind(Kind::EntraSecret),
            span,
            Rank::Token,
            Confidence::Certain,
        );
    } else if sink.need == Need::Likely && rest >= LIKELY {
        // With the ending of a file's name it is too long.
        sink.mask(span);
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
            let is_discord = before == "/webhooks/";
            let between = &path[at + before.len()..];
            // The name of the host begins behind `//`, or as a word of its own.
            let host = &bytes[..first + at];
            let is_inner = before.as_bytes()[0].is_ascii_alphanumeric()
                && host.last().is_some_and(u8::is_ascii_alphanumeric)
                && !host
                    .iter()
                    .rev()
                    .take(6)
                    .any(|byte| matches!(byte, b'\\' | b'%'));
            let fits = if is_inner {
                false
            } else if is_discord {
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
