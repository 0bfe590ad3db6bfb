//! Secrets that are encoded once, or split by the continuation of a line.

use std::fmt::Write as _;

use crate::coding::{base64, percent};
use crate::kinds::Kind;
use crate::{File, Numbers, Planted, form, kinds};

/// Kinds that are known by their form however they are named.
const KINDS: [&str; 8] = [
    "anthropic-api-key",
    "openrouter-key",
    "github-personal-token",
    "slack-bot-token",
    "telegram-bot-token",
    "sendgrid-key",
    "gitlab-personal-token",
    "stripe-restricted-key",
];

/// How a token is written: a name, a path, what stands before and after, and the coding.
type Way = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&str) -> String,
);

const WAYS: [Way; 10] = [
    ("base64-env", "ci.env", "SETTINGS_B64=", "\n", |text| {
        base64(format!("token={text}\nport=18789\n").as_bytes())
    }),
    (
        "base64-yaml",
        "secret.yaml",
        "kind: Secret\ndata:\n  config: ",
        "\n",
        |text| base64(format!("{{\"apiKey\":\"{text}\",\"port\":18789}}").as_bytes()),
    ),
    (
        "base64-token",
        "values.yaml",
        "data:\n  value: ",
        "\n",
        |text| base64(text.as_bytes()),
    ),
    (
        "percent-url",
        "links.txt",
        "https://gw.internal/login?next=%2F&k=",
        "\n",
        percent_all,
    ),
    (
        "unicode-json",
        "event.json",
        "{\"token\": \"",
        "\", \"port\": 18789}\n",
        unicode,
    ),
    (
        "shell-continued",
        "start.sh",
        "export API_TOKEN=",
        "\nexec run\n",
        |text| split(text, "\\\n"),
    ),
    (
        "systemd-continued",
        "gw.service",
        "[Service]\nEnvironment=LOG_LEVEL=info \\\n    API_TOKEN=",
        "\nExecStart=/bin/true\n",
        |text| text.to_owned(),
    ),
    (
        "yaml-continued",
        "gw.yaml",
        "api_token: \"",
        "\"\nport: 18789\n",
        |text| split(text, "\\\n  "),
    ),
    (
        "yaml-folded",
        "folded.yaml",
        "api_token: >-\n  ",
        "\nport: 18789\n",
        str::to_owned,
    ),
    (
        "properties-continued",
        "gw.properties",
        "gateway.token=",
        "\nport=18789\n",
        |text| split(text, "\\\n    "),
    ),
];

/// Files with a secret that is encoded once.
pub fn encoded(seed: u64) -> Vec<File> {
    let mut numbers = Numbers::new(seed ^ 0xC0DE);
    let mut files = Vec::new();
    for name in KINDS {
        let Some(kind) = kinds::all().find(|kind| kind.name == name) else {
            continue;
        };
        for way in &WAYS {
            let value = kind.value(&mut numbers);
            files.push(file(files.len(), kind, way, &value));
        }
    }
    for name in ["rsa-key", "ec-key", "openssh-key", "pkcs8-key"] {
        let Some(kind) = kinds::all().find(|kind| kind.name == name) else {
            continue;
        };
        for (way, line_end) in [("base64-key", ""), ("base64-key-wrapped", "\n    ")] {
            let value = base64(kind.value(&mut numbers).as_bytes());
            let wrapped = match line_end {
                "" => value,
                _ => lines(&value, line_end),
            };
            let way: Way = (way, "ca.yaml", "material: |\n    ", "\n", str::to_owned);
            files.push(file(files.len(), kind, &way, &wrapped));
        }
    }
    for _ in 0..8 {
        let text = form::text("gateway:{a20}", &mut numbers);
        if let Some(kind) = kinds::all().find(|kind| kind.name == "basic-header") {
            let way: Way = (
                "base64-basic",
                "requests.http",
                "GET https://gw.internal/\nAuthorization: Basic ",
                "\n",
                |text| base64(text.as_bytes()),
            );
            files.push(file(files.len(), kind, &way, &text));
        }
    }
    files
}

fn file(index: usize, kind: &Kind, way: &Way, value: &str) -> File {
    let (context, path, before, after, encode) = way;
    let encoded = encode(value);
    let start = before.len();
    File {
        path: format!("encoded/{index:04}/{path}"),
        text: format!("{before}{encoded}{after}").into_bytes(),
        planted: vec![Planted {
            kind: kind.name,
            class: kind.class,
            context,
            span: start..start + encoded.len(),
        }],
    }
}

/// With something between its two halves.
fn split(text: &str, between: &str) -> String {
    let (first, second) = text.split_at(text.len() / 2);
    format!("{first}{between}{second}")
}

/// In lines of 76 characters.
fn lines(text: &str, line_end: &str) -> String {
    let mut wrapped = String::new();
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % 76 == 0 {
            wrapped.push_str(line_end);
        }
        wrapped.push(character);
    }
    wrapped
}

/// What marks a token is percent-encoded too, as careful programs do.
fn percent_all(text: &str) -> String {
    percent(text)
        .replace('-', "%2D")
        .replace('_', "%5F")
        .replace('.', "%2E")
}

/// All that is not a letter or a digit as `\u` and four digits.
fn unicode(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        }
    }
    escaped
}
