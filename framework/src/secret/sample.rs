//! Samples of the kinds of secrets, made from their rows: for tests, and for corpora that other
//! programs are compared on. No sample stands in a source.

use super::alphabet::Alphabet;
use super::checksum;
use super::rules::{Check, Kind, Part, SecretRule, Shape};

/// A generator of numbers that gives the same ones for the same seed (`SplitMix64`).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let limit = u64::try_from(limit.max(1)).unwrap_or(1);
        usize::try_from((mixed ^ mixed >> 31) % limit).unwrap_or(0)
    }

    /// Random characters of an alphabet.
    pub fn text(&mut self, alphabet: Alphabet, length: usize) -> Vec<u8> {
        let characters = alphabet.characters();
        (0..length)
            .map(|_| characters[self.below(characters.len())])
            .collect()
    }
}

impl SecretRule {
    /// A secret of this kind as its issuer makes it, with a right checksum; the same one for the
    /// same seed. `None` for kinds that are known by what stands around them.
    pub fn sample(&self, seed: u64) -> Option<Vec<u8>> {
        let mut numbers =
            Numbers::new(seed ^ u64::from(checksum::crc32(&[self.rule.code.as_bytes()])) << 20);
        let mut sample = self.attempt(&mut numbers)?;
        // One body in some hundred has a word or no digit in it, and some kinds begin with one.
        for _ in 0..20 {
            let fixed = match self.shape {
                Shape::Token { prefix, .. } => prefix.len(),
                Shape::Structured(_) => 0,
            };
            let end = sample.len().min(fixed + 128);
            if super::random::is_issued(&sample[fixed..end]) {
                break;
            }
            sample = self.attempt(&mut numbers)?;
        }
        Some(sample)
    }

    fn attempt(&self, numbers: &mut Numbers) -> Option<Vec<u8>> {
        match self.shape {
            Shape::Token {
                prefix,
                body,
                check,
            } => Some(token(prefix, body, check, numbers)),
            Shape::Structured(kind) => structured(kind, numbers),
        }
    }
}

fn uuid(numbers: &mut Numbers) -> Vec<u8> {
    let mut text = numbers.text(Alphabet::Hex, 36);
    for at in [8, 13, 18, 23] {
        text[at] = b'-';
    }
    text
}

fn token(prefix: &str, parts: &[Part], check: Check, numbers: &mut Numbers) -> Vec<u8> {
    let mut text = prefix.as_bytes().to_vec();
    for part in parts {
        match part {
            Part::Text(fixed) => text.extend_from_slice(fixed.as_bytes()),
            Part::Run(Alphabet::Uuid, ..) => text.extend(uuid(numbers)),
            Part::Run(alphabet, min, max) => {
                let (min, max) = (usize::from(*min), usize::from(*max));
                let length = min + numbers.below((max - min).min(20) + 1);
                text.extend(numbers.text(*alphabet, length));
                // A body does not end with what separates words.
                if let Some(last) = text.last_mut()
                    && matches!(last, b'_' | b'-' | b'.')
                {
                    *last = b'7';
                }
            }
        }
    }
    seal(&mut text, prefix.len(), check);
    text
}

/// Puts a right checksum at the end.
fn seal(text: &mut Vec<u8>, prefix: usize, check: Check) {
    let end = text.len();
    match check {
        Check::Random => {}
        Check::Crc62 | Check::Crc62Tail => {
            let body = &text[prefix..end - 6];
            let tail = body.iter().rposition(|byte| *byte == b'_');
            let body = match tail {
                Some(line) if check == Check::Crc62Tail => &body[line + 1..],
                _ => body,
            };
            let sum = checksum::base62(checksum::crc32(&[body]));
            text[end - 6..].copy_from_slice(&sum);
        }
        Check::CrcHex | Check::CrcHexSuspect => {
            // Grafana leaves the separator out, and puts the lowest byte first.
            let number = match text[..end - 8].strip_suffix(b"_") {
                Some(key) => checksum::crc32(&[key]).swap_bytes(),
                None => checksum::crc32(&[&text[..end - 8]]),
            };
            let sum = checksum::hex(number);
            text[end - 8..].copy_from_slice(&sum);
        }
        Check::Crc16 => seal_crc16(text),
        Check::Bech32 => {
            let is_upper = text[0].is_ascii_uppercase();
            text.make_ascii_lowercase();
            let sum = checksum::bech32_checksum(&text[..prefix - 1], &text[prefix..end - 6]);
            text[end - 6..].copy_from_slice(&sum);
            if is_upper {
                text.make_ascii_uppercase();
            }
        }
        Check::Json => {
            let inner = text.split_off(prefix);
            let mut json = super::decode::base64(&text[..prefix / 4 * 4]).unwrap_or_default();
            json.extend(inner.iter().filter(|byte| byte.is_ascii_alphanumeric()));
            json.extend_from_slice(b"\"}");
            *text = encode_base64(&json).into_bytes();
        }
    }
}

/// Makes the last two bytes of a text in base32 the CRC-16 of the others. Whole bytes only: 56 or
/// 58 characters.
fn seal_crc16(text: &mut Vec<u8>) {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let length = text.len();
    // The bits behind the last whole byte are zero.
    if !(length * 5).is_multiple_of(8)
        && let Some(last) = text.last_mut()
    {
        *last = b'A';
    }
    let Some(mut bytes) = checksum::base32(text) else {
        return;
    };
    let body = bytes.len().saturating_sub(2);
    let sum = checksum::crc16(&bytes[..body]).to_le_bytes();
    bytes[body..].copy_from_slice(&sum);
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    *text = bits
        .chunks(5)
        .map(|five| {
            let value = five.iter().fold(0, |value, bit| value << 1 | bit);
            DIGITS[usize::from(value << (5 - five.len()))]
        })
        .take(length)
        .collect();
}

/// Base64 with padding.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut bits = 0_u32;
        for place in 0..3 {
            bits = bits << 8 | u32::from(three.get(place).copied().unwrap_or(0));
        }
        for place in 0..4 {
            let digit = if place <= three.len() {
                DIGITS[(bits >> (18 - 6 * place) & 63) as usize]
            } else {
                b'='
            };
            text.push(char::from(digit));
        }
    }
    text
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
fn structured(kind: Kind, numbers: &mut Numbers) -> Option<Vec<u8>> {
    let mut text = |alphabet, length| numbers.text(alphabet, length);
    let word = |bytes: Vec<u8>| [&b"a"[..], &bytes[1..bytes.len() - 1], b"z"].concat();
    Some(match kind {
        Kind::PrivateKey => block("PRIVATE KEY", &text(Alphabet::Base64, 1600)),
        Kind::EncodedKey => {
            let block = block("PRIVATE KEY", &text(Alphabet::Base64, 800));
            encode_base64(&block).into_bytes()
        }
        Kind::JsonWebKey => [
            &b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\""[..],
            &text(Alphabet::Word, 43),
            b"\",\"x\":\"",
            &text(Alphabet::Word, 43),
            b"\"}",
        ]
        .concat(),
        Kind::Putty => {
            let lines = text(Alphabet::Base64, 256);
            let lines: Vec<&[u8]> = lines.chunks(64).collect();
            let head = b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 4\n";
            [&head[..], &lines.join(&b'\n')].concat()
        }
        Kind::Telegram => [
            &text(Alphabet::Digits, 0)[..],
            b"7",
            &text(Alphabet::Digits, 9),
            b":AA",
            &word(text(Alphabet::Word, 33)),
        ]
        .concat(),
        Kind::Discord => {
            let id = [b"11".to_vec(), text(Alphabet::Digits, 16)].concat();
            let parts = [
                encode_base64(&id).into_bytes(),
                word(text(Alphabet::Word, 6)),
                word(text(Alphabet::Word, 38)),
            ];
            parts.join(&b'.')
        }
        Kind::Jwt => {
            let payload = [
                &b"{\"iss\":\"gateway\",\"jti\":\""[..],
                &text(Alphabet::Hex, 30),
                b"\"}",
            ]
            .concat();
            let header = encode_base64(b"{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
            let payload = encode_base64(&payload);
            let parts = [
                header.trim_end_matches('=').as_bytes().to_vec(),
                payload.trim_end_matches('=').as_bytes().to_vec(),
                word(text(Alphabet::Word, 43)),
            ];
            parts.join(&b'.')
        }
        Kind::Webhook { before } => webhook(before, &mut text),
        Kind::AwsSecret => text(Alphabet::Base64, 40),
        Kind::AzureKey {
            signature,
            at,
            length,
        } => {
            let padding = match length {
                44 => 1,
                56 | 88 => 2,
                _ => 0,
            };
            let mut key = text(Alphabet::Base64, length - padding);
            key[at..at + signature.len()].copy_from_slice(signature.as_bytes());
            if !signature.is_empty() {
                key[at + signature.len()] = b'A';
            }
            key.extend(std::iter::repeat_n(b'=', padding));
            key
        }
        Kind::EntraSecret => [
            &text(Alphabet::Alphanumeric, 3)[..],
            b"8Q~",
            &word(text(Alphabet::Word, 34)),
        ]
        .concat(),
        Kind::AzureDevops => [
            &text(Alphabet::Alphanumeric, 76)[..],
            b"AZDO",
            &text(Alphabet::Alphanumeric, 4),
        ]
        .concat(),
        Kind::Mailchimp => [
            &text(Alphabet::Hex, 32)[..],
            b"-us",
            &text(Alphabet::Digits, 2),
        ]
        .concat(),
        Kind::Ngrok => [
            &b"2"[..],
            &text(Alphabet::Alphanumeric, 26),
            b"_",
            &text(Alphabet::Alphanumeric, 21),
        ]
        .concat(),
        Kind::Twilio => [&b"SK"[..], &text(Alphabet::Hex, 32)].concat(),
        Kind::Stellar => {
            let mut seed = [&b"S"[..], &text(Alphabet::Base32, 55)].concat();
            seal_crc16(&mut seed);
            seed
        }
        Kind::Asana => [
            &b"2/1"[..],
            &text(Alphabet::Digits, 15),
            b"/1",
            &text(Alphabet::Digits, 15),
            b":",
            &text(Alphabet::Hex, 32),
        ]
        .concat(),
        Kind::Fal => [
            uuid(numbers),
            b":".to_vec(),
            numbers.text(Alphabet::Hex, 32),
        ]
        .concat(),
        Kind::Terraform => [
            &text(Alphabet::Alphanumeric, 14)[..],
            b".atlasv1.",
            &word(text(Alphabet::Word, 67)),
        ]
        .concat(),
        Kind::OldVault => [&b"s."[..], &text(Alphabet::Alphanumeric, 24)].concat(),
        Kind::NewRelic => [&text(Alphabet::Hex, 32)[..], b"FFFFNRAL"].concat(),
        Kind::Bitwarden => {
            let secret = [
                &b"."[..],
                &numbers.text(Alphabet::Alphanumeric, 30),
                b":",
                &numbers.text(Alphabet::Base64, 22),
                b"==",
            ];
            [&b"0."[..], &uuid(numbers), &secret.concat()].concat()
        }
        Kind::Ghost => [&text(Alphabet::Hex, 24)[..], b":", &text(Alphabet::Hex, 64)].concat(),
        Kind::DeepL => [&uuid(numbers)[..], b":fx"].concat(),
        Kind::MaxMind => [
            &text(Alphabet::Alphanumeric, 6)[..],
            b"_",
            &text(Alphabet::Alphanumeric, 29),
            b"_mmk",
        ]
        .concat(),
        Kind::Mailgun => [
            text(Alphabet::Hex, 32),
            text(Alphabet::Hex, 8),
            text(Alphabet::Hex, 8),
        ]
        .join(&b'-'),
        Kind::RapidApi => [
            &text(Alphabet::Hex, 10)[..],
            b"msh",
            &text(Alphabet::Hex, 15),
            b"p1",
            &text(Alphabet::Hex, 5),
            b"jsn",
            &text(Alphabet::Hex, 12),
        ]
        .concat(),
        Kind::Ably => [
            &b"xV"[..],
            &text(Alphabet::Alphanumeric, 4),
            b".C",
            &text(Alphabet::Alphanumeric, 5),
            b":",
            &word(text(Alphabet::Word, 43)),
        ]
        .concat(),
        Kind::Webex => [
            text(Alphabet::Alphanumeric, 64),
            b"PF84".to_vec(),
            uuid(numbers),
        ]
        .join(&b'_'),
        Kind::Zhipu => [
            &text(Alphabet::Hex, 32)[..],
            b".8aB",
            &text(Alphabet::Alphanumeric, 13),
        ]
        .concat(),
        Kind::Ollama => [
            &text(Alphabet::Hex, 32)[..],
            b".8aB",
            &text(Alphabet::Alphanumeric, 21),
        ]
        .concat(),
        Kind::Yandex => [&b"YC"[..], &word(text(Alphabet::Word, 38))].concat(),
        Kind::UrlPassword => [
            &b"postgres://gateway:"[..],
            &text(Alphabet::Alphanumeric, 20),
            b"@db.internal:5432/main",
        ]
        .concat(),
        Kind::Bearer
        | Kind::Basic
        | Kind::AzureSas
        | Kind::Netrc
        | Kind::Npmrc
        | Kind::Pgpass
        | Kind::DockerAuth
        | Kind::NamedPassword
        | Kind::NamedSecret
        | Kind::EncodedPassword => return None,
    })
}

fn webhook(before: &str, text: &mut impl FnMut(Alphabet, usize) -> Vec<u8>) -> Vec<u8> {
    let ids =
        |first: &[u8], second: &[u8], mut text: Box<dyn FnMut(Alphabet, usize) -> Vec<u8> + '_>| {
            [
                first,
                &text(Alphabet::Upper, 9)[..],
                b"/",
                second,
                &text(Alphabet::Upper, 9),
                b"/",
                &text(Alphabet::Alphanumeric, 24),
            ]
            .concat()
        };
    let rest = match before {
        "/webhooks/" => [
            &b"11"[..],
            &text(Alphabet::Digits, 16),
            b"/a",
            &text(Alphabet::Word, 66),
            b"z",
        ]
        .concat(),
        "/IncomingWebhook/" => [
            text(Alphabet::Hex, 32),
            b"/".to_vec(),
            text(Alphabet::Hex, 8),
        ]
        .concat(),
        _ => ids(b"T", b"B", Box::new(text)),
    };
    let host = match before {
        "/webhooks/" => "discord.com/api",
        "/IncomingWebhook/" => "gateway.webhook.office.com/webhookb2/a",
        _ => "",
    };
    [b"https://", host.as_bytes(), before.as_bytes(), &rest].concat()
}

/// A PEM block with lines of 64 characters.
fn block(label: &str, body: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = body.chunks(64).collect();
    let text = [
        &b"-----BEGIN "[..],
        label.as_bytes(),
        b"-----\nMII",
        &lines.join(&b'\n'),
        b"\n-----END ",
        label.as_bytes(),
        b"-----",
    ];
    text.concat()
}
