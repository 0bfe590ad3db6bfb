//! Tokens whose checksum is wrong: nobody issued them, so that they are no secrets, whatever the
//! name that they are given to.

use crate::kinds::Kind;
use crate::{Class, File, Numbers, contexts, kinds};

/// The kinds whose issuers document the checksum.
const KINDS: [&str; 14] = [
    "github-personal-token",
    "github-oauth-token",
    "github-user-token",
    "github-server-token",
    "npm-token",
    "grafana-service-token",
    "cloudflare-user-token",
    "cloudflare-account-token",
    "cloudflare-global-token",
    "matrix-token",
    "matrix-compat-token",
    "age-key",
    "nostr-key",
    "matrix-service-token",
];

/// The contexts that a token stands in, with a name and without.
const CONTEXTS: [&str; 16] = [
    "env",
    "systemd-quoted",
    "json",
    "yaml",
    "plist",
    "cli-long",
    "bare-bearer",
    "bare-markdown",
    "k8s-env",
    "k8s-secret-data",
    "json-escaped",
    "bearer-log-json",
    "git-clone",
    "netrc",
    "npmrc-token",
    "command-docker-login",
];

/// Files with a token whose checksum is wrong: nothing is to be found in them.
pub fn wrong_checksums(seed: u64) -> Vec<File> {
    let mut numbers = Numbers::new(seed ^ 0xBAD);
    let all: Vec<_> = contexts::keyed()
        .into_iter()
        .chain(contexts::bare())
        .chain(contexts::PLACED)
        .collect();
    let mut files = Vec::new();
    for name in KINDS {
        let Some(kind) = kinds::all().find(|kind| kind.name == name) else {
            continue;
        };
        for wanted in CONTEXTS {
            let Some(context) = all.iter().find(|context| context.name == wanted) else {
                continue;
            };
            let value = changed(kind, &mut numbers);
            let mut written = contexts::write(context, kind, &value, &mut numbers);
            for planted in &mut written.planted {
                planted.class = Class::Named;
            }
            files.push(written.into_file("wrong", files.len()));
        }
    }
    files
}

/// A value with one character near its middle replaced by another of the same sort.
fn changed(kind: &Kind, numbers: &mut Numbers) -> String {
    let mut bytes = kind.value(numbers).into_bytes();
    let mut at = bytes.len() / 2;
    while !bytes[at].is_ascii_alphanumeric() {
        at += 1;
    }
    bytes[at] = match bytes[at] {
        b'2' => b'3',
        b'0'..=b'9' => b'2',
        b'q' => b'p',
        b'a'..=b'z' => b'q',
        b'Q' => b'P',
        _ => b'Q',
    };
    String::from_utf8_lossy(&bytes).into_owned()
}
