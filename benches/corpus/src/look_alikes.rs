//! Files with what only looks like a secret, in the places where secrets stand: a careful reviewer
//! would not want one of them reported. What is random in them is drawn anew for every seed.

mod data;
mod identifiers;
mod names;
mod values;

use crate::{File, Numbers};

/// What stands around a value, with `NAME`, `name` and `VALUE` in it; a name of the context and of
/// the file.
const CONTEXTS: [(&str, &str, &str); 18] = [
    (
        "env",
        ".env",
        "NODE_ENV=production\nNAME=VALUE\nPORT=18789\n",
    ),
    (
        "systemd",
        "gateway.service",
        "[Unit]\nDescription=gateway\n\n[Service]\nEnvironment=\"NAME=VALUE\"\nRestart=always\n",
    ),
    (
        "json",
        "openclaw.json",
        "{\n  \"gateway\": {\n    \"port\": 18789,\n    \"name\": \"VALUE\"\n  }\n}\n",
    ),
    (
        "yaml",
        "config.yaml",
        "gateway:\n  port: 18789\n  name: \"VALUE\"\n  bind: loopback\n",
    ),
    (
        "toml",
        "config.toml",
        "[gateway]\nport = 18789\nname = \"VALUE\"\n",
    ),
    (
        "plist",
        "ai.openclaw.gateway.plist",
        "<key>EnvironmentVariables</key>\n<dict>\n  <key>NAME</key>\n  <string>VALUE</string>\n</dict>\n",
    ),
    (
        "k8s",
        "deployment.yaml",
        "        env:\n        - name: NAME\n          value: \"VALUE\"\n        - name: TZ\n          value: UTC\n",
    ),
    (
        "shell",
        "install.sh",
        "#!/bin/sh\nset -eu\nexport NAME=\"VALUE\"\nexec gateway run\n",
    ),
    (
        "dockerfile",
        "Dockerfile",
        "FROM debian:12\nENV NAME=VALUE\nUSER gateway\n",
    ),
    (
        "argument",
        "README.md",
        "Start it with\n\n    gateway run --name VALUE --port 18789\n",
    ),
    (
        "header",
        "api.md",
        "curl -s -H \"Authorization: Bearer VALUE\" http://127.0.0.1:18789/v1/models\n",
    ),
    (
        "table",
        "settings.md",
        "| setting | value | meaning |\n|---|---|---|\n| `NAME` | `VALUE` | shown at login |\n",
    ),
    (
        "python",
        "settings.py",
        "import os\n\nDEBUG = False\nNAME = \"VALUE\"\n",
    ),
    (
        "javascript",
        "client.js",
        "const client = new Client({\n  name: 'VALUE',\n  timeout: 30_000,\n});\n",
    ),
    (
        "compose",
        "compose.yaml",
        "services:\n  gateway:\n    environment:\n      - NAME=VALUE\n      - TZ=UTC\n",
    ),
    (
        "xml",
        "settings.xml",
        "<server>\n  <id>internal</id>\n  <name>VALUE</name>\n</server>\n",
    ),
    (
        "properties",
        "application.properties",
        "server.port=18789\ngateway.name=VALUE\n",
    ),
    (
        "comment",
        "gateway.conf",
        "# NAME=VALUE\n; name = VALUE\nport = 18789\n",
    ),
];

/// Names of secrets, as a variable of the environment and as a key.
const NAMES: [(&str, &str); 11] = [
    ("OPENCLAW_GATEWAY_TOKEN", "token"),
    ("ANTHROPIC_API_KEY", "apiKey"),
    ("DB_PASSWORD", "password"),
    ("TELEGRAM_BOT_TOKEN", "botToken"),
    ("OAUTH_CLIENT_SECRET", "client_secret"),
    ("SMTP_PASSWORD", "smtp_password"),
    ("JWT_SECRET", "jwt-secret"),
    ("SLACK_SIGNING_SECRET", "signingSecret"),
    ("OPENAI_API_KEY", "openai_api_key"),
    ("WEBHOOK_SECRET", "webhook-secret"),
    ("REDIS_PASSWORD", "redisPassword"),
];

/// How many contexts each value stands in.
const PLACES: usize = 3;

/// All look-alikes: no secret is planted in them.
pub fn look_alikes(seed: u64) -> Vec<File> {
    let mut numbers = Numbers::new(seed ^ 0x6c6f_6f6b_616c_696b);
    let mut files = Vec::new();
    // The numbers of contexts and of names have no divisor in common, so that all of them meet.
    let mut turn = numbers.below(CONTEXTS.len() * NAMES.len());
    for (kind, values) in values::KINDS {
        for (number, template) in values.iter().enumerate() {
            for place in 0..PLACES {
                let (context, file, around) = CONTEXTS[turn % CONTEXTS.len()];
                let (variable, key) = NAMES[turn % NAMES.len()];
                turn += 1;
                let value = fill(template, &mut numbers);
                let text = around
                    .replace("NAME", variable)
                    .replace("name", key)
                    .replace("VALUE", &value);
                let path = format!("{kind}/{number:03}-{place}-{context}/{file}");
                files.push(clean(path, text));
            }
        }
    }
    let texts = [names::TEXTS, data::TEXTS, identifiers::TEXTS].concat();
    for (path, template) in texts {
        files.push(clean(path.to_owned(), fill(template, &mut numbers)));
    }
    files
}

fn clean(path: String, text: String) -> File {
    File {
        path,
        text: text.into_bytes(),
        planted: Vec::new(),
    }
}

/// Replaces what stands between `⟦` and `⟧`, as `⟦hex 40⟧`, by random characters of a set; an empty
/// one is nothing, and keeps a text in this source apart that scanners know.
fn fill(template: &str, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('⟦') {
        text.push_str(before);
        let (tag, behind) = behind.split_once('⟧').unwrap_or((behind, ""));
        let (set, length) = tag.split_once(' ').unwrap_or((tag, "0"));
        let length = length.parse().unwrap_or(0);
        if set == "lines" {
            // The body of an armoured block, in lines.
            for line in 0..length {
                let end = if line + 1 == length { "" } else { "\n" };
                text.push_str(&numbers.text(BASE64, 64));
                text.push_str(end);
            }
        } else {
            text.push_str(&numbers.text(set_of(set), length));
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The characters of a set by its name.
fn set_of(name: &str) -> &'static [u8] {
    match name {
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "digits" => b"0123456789",
        "small" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "large" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "crockford" => b"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
        "base32" => b"abcdefghijklmnopqrstuvwxyz234567",
        "BASE32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "nix" => b"0123456789abcdfghijklmnpqrsvwxyz",
        "bech32" => b"qpzry9x8gf2tvdw0s3jn54khce6mua7l",
        "base58" => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "alnum" => &BASE64[..62],
        "url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        _ => BASE64,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{fill, look_alikes};
    use crate::Numbers;

    #[test]
    fn there_are_many_and_a_seed_gives_the_same() {
        let files = look_alikes(1);
        assert!(files.len() >= 500, "{}", files.len());
        let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths.len(), files.len());
        assert!(files.iter().all(|file| file.planted.is_empty()));
        assert_eq!(files, look_alikes(1));
        assert_ne!(files, look_alikes(2));
        for file in &files {
            let text = String::from_utf8_lossy(&file.text);
            assert!(!text.contains(['⟦', '⟧']), "{}", file.path);
        }
    }

    #[test]
    fn templates_are_filled() {
        let text = fill("a⟦hex 8⟧b⟦⟧c", &mut Numbers::new(3));
        assert_eq!((text.len(), &text[..1], &text[9..]), (11, "a", "bc"));
        assert_eq!(fill("⟦lines 2⟧", &mut Numbers::new(3)).len(), 129);
    }
}
