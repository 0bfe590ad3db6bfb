//! Tests over the rows: samples of every kind are found in every context, and what is nearly one
//! is not.

use std::collections::BTreeSet;

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::{
    Alphabet, Check, Finding, Kind, Numbers, Part, RULES, SecretRule, Shape, find, find_in, mask,
    mask_text,
};
use crate::source::Span;

/// What stands around a secret in the files and outputs where they leak.
const CONTEXTS: [(&str, &str, &str); 17] = [
    ("env", "LANG=C\nVALUE=", "\nPORT=18789\n"),
    (
        "systemd",
        "[Service]\nEnvironment=\"VALUE=",
        "\"\nRestart=always\n",
    ),
    ("JSON", "{\n  \"value\": \"", "\",\n  \"port\": 18789\n}\n"),
    ("JSON in one line", "{\"a\":1,\"value\":\"", "\"}"),
    ("YAML", "gateway:\n  value: ", "\n  port: 18789\n"),
    ("TOML", "[gateway]\nvalue = \"", "\"\n"),
    ("plist", "<key>VALUE</key>\n<string>", "</string>\n"),
    ("k8s", "env:\n  - name: VALUE\n    value: ", "\n"),
    ("shell", "export VALUE='", "'\nexec gateway\n"),
    ("Dockerfile", "FROM debian\nENV VALUE=", "\nUSER gateway\n"),
    (
        "argument",
        "ExecStart=/usr/bin/gateway --value ",
        " --port 18789\n",
    ),
    ("log", "12:00:01 > Authorization: Bearer ", "\r\n"),
    ("quoted log", "msg=\"sent Bearer ", "\" status=200\n"),
    ("Markdown", "| name | value |\n|---|---|\n| x | `", "` |\n"),
    (
        "URL",
        "curl 'https://gateway.internal/v1?value=",
        "&page=2'\n",
    ),
    ("escaped", "\"body\": \"{\\\"value\\\": \\\"", "\\\"}\"\n"),
    ("escaped line", "\"script\": \"set -e\\n", "\\nexit 0\"\n"),
];

fn at(findings: &[Finding], span: Span) -> Option<&Finding> {
    findings
        .iter()
        .find(|finding| finding.span.start < span.end && span.start < finding.span.end)
}

/// Kinds whose text says nothing without a name.
fn needs_name(row: &SecretRule) -> bool {
    matches!(
        row.shape,
        Shape::Structured(Kind::AwsSecret | Kind::AzureKey { .. })
    )
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let codes: BTreeSet<&str> = RULES.iter().map(|row| row.rule.code).collect();
    let names: BTreeSet<&str> = RULES.iter().map(|row| row.rule.name).collect();
    assert_eq!((codes.len(), names.len()), (RULES.len(), RULES.len()));
    assert!(RULES.len() >= 300, "{}", RULES.len());
    for row in &RULES {
        let name = row.rule.name;
        assert!(
            row.rule.code.len() == 5 && row.rule.code.starts_with("SE"),
            "{name}"
        );
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
        let has_article = ["a ", "an ", "the ", "credentials"]
            .iter()
            .any(|start| row.what.starts_with(start));
        assert!(has_article, "{}", row.what);
        assert!(!row.source.is_empty(), "{name}");
        if let Shape::Token { prefix, body, .. } = row.shape {
            assert!(prefix.len() >= 3 && !body.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_kind_is_found_in_every_context() {
    let mut missed = Vec::new();
    for row in RULES.iter().filter(|row| !needs_name(row)) {
        for (seed, (context, before, after)) in (0_u64..).zip(CONTEXTS) {
            let Some(secret) = row.sample(seed) else {
                continue;
            };
            // A body in base64 has its signs anywhere; one without any long word between them is
            // found by its name only.
            if !secret
                .split(|byte| !Alphabet::Word.holds(*byte))
                .any(|word| word.len() >= 20)
            {
                continue;
            }
            let text = [before.as_bytes(), &secret, after.as_bytes()].concat();
            let findings = find(&text);
            let span = Span::new(before.len(), before.len() + secret.len());
            let found = at(&findings, span);
            let is_right = found.is_some_and(|found| {
                let is_row = found.rule.rule.code == row.rule.code || is_twin(found.rule, row);
                let is_inside = span.start <= found.span.start && found.span.end <= span.end;
                let is_part = matches!(
                    row.shape,
                    Shape::Structured(Kind::UrlPassword | Kind::Putty)
                );
                is_row && (found.span == span || is_part && is_inside)
            });
            if !is_right {
                let shown = found.map(|found| (found.rule.rule.name, found.span));
                missed.push(format!(
                    "{} in {context}: {shown:?} for {span:?}: {}",
                    row.rule.name,
                    String::from_utf8_lossy(&secret[..secret.len().min(70)])
                ));
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed[..missed.len().min(60)].join("\n")
    );
}

/// Whether two rows have the same form, so that a token cannot tell which of them it is.
fn is_twin(found: &SecretRule, row: &SecretRule) -> bool {
    match (found.shape, row.shape) {
        (Shape::Token { prefix: one, .. }, Shape::Token { prefix: other, .. }) => one == other,
        _ => false,
    }
}

/// Names with their values, in the notations of files and logs; `%` is the value.
const NAMED: [&str; 46] = [
    "OPENCLAW_GATEWAY_TOKEN=%\n",
    "export DB_PASSWORD=%\n",
    "export DB_PASSWORD='%'\n",
    "Environment=\"GATEWAY_TOKEN=%\"\n",
    "Environment=GATEWAY_TOKEN=%\n",
    "Environment='A=1' 'SMTP_PASS=%'\n",
    "ENV API_KEY=%\n",
    "ENV API_KEY %\n",
    "{\"auth\": {\"token\": \"%\"}}",
    "{\"botToken\":\"%\",\"port\":1}",
    "{gateway: {auth: {mode: \"token\", token: \"%\"}}}",
    "{ password: '%' }",
    "password: %\n",
    "  clientSecret: \"%\"\n",
    "api_key = \"%\"\n",
    "api-key: '%'\n",
    "password: |\n    %\n",
    "password: >-\n  %\n",
    "<key>GATEWAY_TOKEN</key>\n\t<string>%</string>\n",
    "<key>apiKey</key><string>%</string>",
    "<password>%</password>",
    "<add key=\"ApiKey\" value=\"%\" />",
    "- name: GATEWAY_TOKEN\n  value: %\n",
    "- name: GATEWAY_TOKEN\n  value: \"%\"\n",
    "{\"name\": \"GATEWAY_TOKEN\", \"value\": \"%\"}",
    "\"name\": \"DB_PASSWORD\",\n      \"value\": \"%\"\n",
    "gateway --token % --port 18789\n",
    "gateway --token=% --port 18789\n",
    "[\"gateway\", \"--password\", \"%\"]",
    "ExecStart=/usr/bin/gateway --api-key %\n",
    "command:\n  - --token\n  - %\n",
    "| GATEWAY_TOKEN | `%` | the token |\n",
    "| `API_KEY` | % |\n",
    "msg=\"{\\\"token\\\":\\\"%\\\"}\"\n",
    "\"env\": \"A=1\\nDB_PASSWORD=%\\nB=2\"\n",
    "https://gateway.internal/v1?api_key=%&page=2\n",
    "https://gateway.internal/v1?page=1&access_token=%\n",
    "Server=db;User Id=sa;Password=%;Encrypt=true",
    "X-Api-Key: %\r\n",
    "os.environ[\"API_TOKEN\"] = \"%\"\n",
    "setenv(\"API_TOKEN\", \"%\", 1);\n",
    "define('AUTH_KEY', '%');\n",
    "let api_key: &str = \"%\";\n",
    "password: str = '%'\n",
    "-e 'DB_PASSWORD=%'\n",
    "      - \"DB_PASSWORD=%\"\n",
];

#[test]
fn values_of_names_are_found_in_every_notation() {
    let mut missed = Vec::new();
    for (seed, notation) in (0_u64..).zip(NAMED) {
        for length in [16, 24, 32, 40] {
            for set in [Alphabet::Alphanumeric, Alphabet::Hex] {
                let mut numbers = Numbers::new(seed << 8 | length);
                let secret = numbers.text(set, usize::try_from(length).unwrap());
                let (before, after) = notation.split_once('%').unwrap();
                let text = [before.as_bytes(), &secret, after.as_bytes()].concat();
                let span = Span::new(before.len(), before.len() + secret.len());
                let findings = find(&text);
                if findings.len() != 1 || findings[0].span != span {
                    missed.push(format!(
                        "{:?}: {findings:?}",
                        String::from_utf8_lossy(&text)
                    ));
                }
            }
        }
    }
    let shown: Vec<String> = missed
        .iter()
        .map(|text| text.chars().take(160).collect())
        .collect();
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        shown.join("\n")
    );
}

/// What has the prefix of a kind and cannot be a secret of it.
fn counterexamples(prefix: &str, body: &[Part], sample: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = &sample[prefix.len()..];
    let with = |body: &[u8]| [prefix.as_bytes(), body].concat();
    let mut examples = vec![
        (
            "placeholder",
            with(&b"your-token-here-your-token-here-your-token-here"[..text.len().min(47)]),
        ),
        ("one character", with(&vec![b'x'; text.len()])),
        (
            "count",
            with(&b"0123456789".repeat(text.len() / 10 + 1)[..text.len()]),
        ),
        (
            "words",
            with(
                &b"and_the_name_of_this_one_is_the_same_as_".repeat(text.len() / 40 + 1)
                    [..text.len()],
            ),
        ),
        ("reference", with(b"${GATEWAY_TOKEN}")),
        ("longer word", [b"x", sample].concat()),
    ];
    if let [Part::Run(alphabet, min, max)] = body {
        let (min, max) = (usize::from(*min), usize::from(*max));
        if min >= 8 {
            examples.push(("too short", with(&text[..min - 2])));
        }
        if !alphabet.holds(b'=') && *alphabet != Alphabet::Uuid {
            let long: Vec<u8> = text.iter().copied().cycle().skip(3).take(max + 1).collect();
            examples.push(("too long", with(&long)));
        }
        if !alphabet.holds(b'G') && min > 20 {
            let mut other = text.to_vec();
            other[min / 2] = b'G';
            examples.push(("other alphabet", with(&other)));
        }
    }
    examples
}

#[test]
fn what_is_nearly_a_token_is_not_found_as_one() {
    let mut found = Vec::new();
    for row in &RULES {
        let Shape::Token {
            prefix,
            body,
            check,
        } = row.shape
        else {
            continue;
        };
        let sample = row.sample(1).unwrap();
        let mut examples = counterexamples(prefix, body, &sample);
        if matches!(
            check,
            Check::Crc62 | Check::CrcHex | Check::Crc16 | Check::Bech32
        ) {
            let mut wrong = sample.clone();
            let last = wrong.len() - 1;
            wrong[last] = if wrong[last] == b'2' { b'3' } else { b'2' };
            examples.push(("checksum", wrong));
        }
        for (what, example) in examples {
            for (context, before, after) in [CONTEXTS[0], CONTEXTS[2], CONTEXTS[11]] {
                let text = [before.as_bytes(), &example, after.as_bytes()].concat();
                let is_row = |finding: &Finding| finding.rule.rule.code == row.rule.code;
                if find(&text).iter().any(is_row) {
                    found.push(format!(
                        "{} ({what}, {context}): {}",
                        row.rule.name,
                        String::from_utf8_lossy(&example)
                    ));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} found:\n{}",
        found.len(),
        found[..found.len().min(40)].join("\n")
    );
}

#[test]
fn a_wrong_checksum_is_no_secret_of_any_kind() {
    for row in &RULES {
        let Shape::Token {
            check: Check::Crc62 | Check::CrcHex | Check::Crc16 | Check::Bech32,
            ..
        } = row.shape
        else {
            continue;
        };
        for (seed, notation) in (0_u64..).zip(NAMED) {
            let mut wrong = row.sample(seed).unwrap();
            let at = wrong.len() - 1 - usize::try_from(seed % 5).unwrap();
            wrong[at] = if wrong[at] == b'3' { b'4' } else { b'3' };
            if row.rule.name.starts_with("age") {
                wrong.make_ascii_uppercase();
            }
            let (before, after) = notation.split_once('%').unwrap();
            let text = [before.as_bytes(), &wrong, after.as_bytes()].concat();
            let findings = find(&text);
            assert!(
                findings.is_empty(),
                "{} in {notation:?}: {findings:?}",
                row.rule.name
            );
        }
    }
}

#[test]
fn no_eight_characters_of_a_secret_survive_masking() {
    for row in &RULES {
        for (seed, (context, before, after)) in (100_u64..).zip(CONTEXTS) {
            let name = if needs_name(row) {
                "AWS_SECRET_ACCESS_KEY="
            } else {
                ""
            };
            let Some(secret) = row.sample(seed) else {
                continue;
            };
            let secret = if matches!(row.shape, Shape::Structured(Kind::UrlPassword)) {
                secret[19..39].to_vec()
            } else {
                secret
            };
            let before = if secret.len() == 20 && row.rule.name == "url-password" {
                format!("{before}postgres://gateway:")
            } else {
                before.to_owned()
            };
            let after = if row.rule.name == "url-password" {
                format!("@db.internal{after}")
            } else {
                after.to_owned()
            };
            let text = [
                before.as_bytes(),
                name.as_bytes(),
                &secret,
                after.as_bytes(),
            ]
            .concat();
            let masked = mask(&text);
            assert_eq!(masked.len(), text.len(), "{} in {context}", row.rule.name);
            let ends = |text: &[u8]| {
                text.iter()
                    .map(|byte| *byte == b'\n')
                    .collect::<Vec<bool>>()
            };
            assert_eq!(ends(&masked), ends(&text), "{} in {context}", row.rule.name);
            // The public part of a PuTTY file is none of the secret.
            let secret = if matches!(row.shape, Shape::Structured(Kind::Putty)) {
                &secret[110..]
            } else {
                &secret
            };
            let has = |text: &[u8], eight: &[u8]| memchr::memmem::find(text, eight).is_some();
            let is_secret = |eight: &&[u8]| {
                !eight.contains(&b'\n') && has(&masked, eight) && !has(before.as_bytes(), eight)
            };
            let shown = secret
                .windows(8)
                .find(is_secret)
                .map(String::from_utf8_lossy);
            assert!(
                shown.is_none(),
                "{} in {context}: {shown:?} in {}",
                row.rule.name,
                String::from_utf8_lossy(&masked)
            );
        }
    }
}

#[test]
fn masking_keeps_the_length_and_the_first_four_characters() {
    let text = format!("TOKEN=ghp_{} and more", "Zq8w".repeat(9));
    assert_eq!(
        mask_text(&text),
        format!("TOKEN=ghp_{} and more", "*".repeat(36))
    );
}

#[test]
fn what_is_nearly_a_token_is_masked_but_not_reported() {
    let body = "Zq8w".repeat(9);
    for text in [
        format!("ghp_{body}x"),
        format!("ghp_{}", &body[..20]),
        format!("sk-ant-{body}{}", "x1Y2".repeat(60)),
    ] {
        assert!(find(text.as_bytes()).is_empty());
        assert_eq!(
            mask_text(&text),
            format!("{}{}", &text[..4], "*".repeat(text.len() - 4))
        );
    }
}

#[test]
fn values_of_names_of_secrets_are_masked() {
    let value = "9f86d081".repeat(4);
    for notation in NAMED {
        let text = notation.replace('%', &value);
        let masked = mask_text(&text);
        assert!(!masked.contains("9f86d081"), "{masked}");
        assert_eq!(masked.len(), text.len());
    }
    for text in [
        format!("TOKEN_FILE={value}\n"),
        format!("DIGEST={value}\n"),
        "TOKEN=/run/secrets/gateway-token-18789\n".to_owned(),
        "TOKEN=${OPENCLAW_GATEWAY_TOKEN_18789}\n".to_owned(),
        "token: loopback-and-nothing-else\n".to_owned(),
        "TOKEN=short1\n".to_owned(),
        "TOKEN=".to_owned(),
        "token:".to_owned(),
        "User=openclaw\nRestart=always\n".to_owned(),
    ] {
        assert_eq!(mask_text(&text), text);
        assert!(find(text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn private_keys_of_every_label_are_found() {
    let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU".repeat(3);
    for label in [
        "",
        "RSA ",
        "EC ",
        "DSA ",
        "OPENSSH ",
        "ENCRYPTED ",
        "PGP ",
        "ENCRYPTED SIGSTORE ",
        "SSH2 ENCRYPTED ",
    ] {
        let end = if label == "PGP " { " BLOCK" } else { "" };
        let label = format!("{label}PRIVATE {}{end}", "KEY");
        let text = format!("a\n-----BEGIN {label}-----\n{body}\n-----END {label}-----\nb\n");
        for text in [
            text.clone(),
            text.replace('\n', "\\n"),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\n    "),
        ] {
            let found = find(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].rule.rule.code, "SE001");
            assert!(!mask_text(&text).contains("b3Bl"), "{text}");
        }
    }
    // A header whose key has been cut off is not shown, either.
    let cut = format!("-----BEGIN {} KEY-----\nMIIE{}", "PRIVATE", &body[..20]);
    assert!(!mask_text(&cut).contains("MIIE"));
}

#[test]
fn public_keys_certificates_and_elided_keys_are_not_secrets() {
    let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU".repeat(2);
    let private = ["PRIVATE", "KEY"].join(" ");
    for (label, body) in [
        ("PUBLIC KEY", body.as_str()),
        ("CERTIFICATE", &body),
        (&private, "..."),
        (&private, ""),
        (&private, "<your key>"),
        (&private, "${KEY}"),
        (&private, "MIIE..."),
        (
            &private,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ),
    ] {
        let text = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
        assert!(find(text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn what_is_encoded_once_is_found() {
    let token = RULES
        .iter()
        .find(|row| row.rule.code == "SE008")
        .unwrap()
        .sample(7)
        .unwrap();
    let token = String::from_utf8(token).unwrap();
    let encoded = super::sample::encode_base64(format!("token: {token}\n").as_bytes());
    let pair = super::sample::encode_base64(format!("gateway:{}", &token[4..20]).as_bytes());
    for text in [
        format!("q={}", token.replace('_', "%5F")),
        format!("\"{}\"", token.replace('_', "\\u005f")),
        format!("T={}\\\n{}\n", &token[..12], &token[12..]),
        format!("data: {encoded}\n"),
        format!("Authorization: Basic {pair}\r\n"),
        format!("{{\"auths\": {{\"registry.internal\": {{\"auth\": \"{pair}\"}}}}}}"),
        format!("//registry.internal/:_auth={pair}\n"),
    ] {
        let found = find(text.as_bytes());
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(!mask_text(&text).contains(&token[22..30]), "{text}");
        assert!(!mask_text(&text).contains(&pair[2..10]), "{text}");
    }
}

#[test]
fn references_and_urls_without_passwords_are_no_secrets() {
    for text in [
        "postgres://user:password@localhost/db",
        "postgres://$USER:$PASSWORD@host/db",
        "redis://:${REDIS_PASSWORD}@redis:6379",
        "https://user:pass@example.com/",
        "git@github.com:owner/name.git",
        "mailto:someone@example.com",
        "amqp://guest:guest@localhost",
        "token: op://vault/item/field",
        "password: {{ vault_password }}",
        "api_key = os.environ[\"API_KEY\"]",
        "token = getToken(1, 2)",
        "max_tokens: 4096",
        "token_count=18789",
        "\"integrity\": \"sha512-q8Zt3LwPz0XvK1nRq8Zt3LwPz0XvK1nRq8Zt3LwPz0XvK1nR==\"",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "password: \"correct horse battery staple\"",
    ] {
        assert!(
            find(text.as_bytes()).is_empty(),
            "{text}: {:?}",
            find(text.as_bytes())
        );
    }
}

#[test]
fn a_finding_has_a_fingerprint_and_a_head_and_no_value() {
    let token = RULES
        .iter()
        .find(|row| row.rule.code == "SE008")
        .unwrap()
        .sample(7)
        .unwrap();
    let text = [b"a ", &token[..], b" b ", &token].concat();
    let found = find(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].head(&text), b"ghp_");
    let print = |finding: &Finding, key| finding.fingerprint(&text, key);
    assert_eq!(print(&found[0], [1, 2]), print(&found[1], [1, 2]));
    assert_ne!(print(&found[0], [1, 2]), print(&found[0], [1, 3]));
    let body = String::from_utf8_lossy(&token[4..12]).into_owned();
    assert!(!format!("{found:?}").contains(&body));
}

#[test]
fn long_runs_take_linear_time() {
    // Quadratic behaviour would take minutes here.
    let private = format!("-----BEGIN {} KEY-----", "PRIVATE");
    for unit in [
        "a",
        "=",
        "\"",
        "://",
        ":AA",
        "eyJ",
        "sk-",
        "sk-ant-",
        "-----BEGIN ",
        "token=",
        "token=\"",
        "@",
        "a:b@",
        "%2F",
        "\\/",
        "a\\\n",
        "LS0tLS1CRUdJTi",
        "_",
        "-",
        "Bearer ",
        "password: ",
        "machine ",
        ".a",
        "/aaaaaaaaaaaaaaaaaaaaaaaa",
        "eyJhbGciOiJIUzI1NiJ9.",
        &private,
        "{",
        "sig=",
        "\"auth\"",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let _ = find(text.as_bytes());
        let _ = mask(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic_and_findings_are_in_order(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        picks in prop::collection::vec((0..RULES.len(), any::<u64>(), "[ -~\\n]{0,12}", 0..80_usize), 0..6),
    ) {
        let mut text = bytes;
        for (row, seed, between, cut) in picks {
            let sample = RULES[row].sample(seed).unwrap_or_default();
            text.extend_from_slice(between.as_bytes());
            text.extend_from_slice(&sample[cut.min(sample.len()) / 8..]);
            text.extend_from_slice(NAMED[cut % NAMED.len()].as_bytes());
        }
        let found = find_in("home/.pgpass", &text);
        for finding in &found {
            assert!(finding.span.start < finding.span.end && finding.span.end <= text.len());
        }
        for pair in found.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start);
        }
        assert_eq!(mask(&text).len(), text.len());
    }

    #[test]
    fn what_is_found_does_not_depend_on_what_is_far_away(seed in any::<u64>(), before in 0..3000_usize) {
        let row = RULES[usize::try_from(seed % 400).unwrap()];
        let Some(secret) = row.sample(seed) else { return Ok(()) };
        let text = |before: usize| [" x\n".repeat(before).as_bytes(), b"v: ", &secret, b"\n"].concat();
        let shift = 3 * before;
        let (near, far) = (find(&text(0)), find(&text(before)));
        let moved: Vec<(usize, usize)> = far.iter().map(|finding| (finding.span.start - shift, finding.span.end - shift)).collect();
        let first: Vec<(usize, usize)> = near.iter().map(|finding| (finding.span.start, finding.span.end)).collect();
        assert_eq!(first, moved);
    }
}
