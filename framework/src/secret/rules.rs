//! The kinds of secrets as rows. A row's samples are kept in parts, prefix and body, so that this
//! file itself is clean under secret scanners.

use crate::diagnostic::{Effect, Rule};

/// The characters that a token's body consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `A-Z a-z 0-9`.
    Alphanumeric,
    /// `A-Z a-z 0-9 _ -`.
    Word,
    /// `A-Z 0-9`.
    Upper,
    /// `0-9 a-f`.
    Hex,
}

impl Alphabet {
    /// Whether a byte belongs to it.
    pub(super) fn holds(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        }
    }
}

/// How a kind of secret is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A fixed prefix and a body: its alphabet, and how many characters it has at least and at most.
    Prefixed {
        /// The text that the token begins with.
        prefix: &'static str,
        /// What the rest consists of.
        body: Alphabet,
        /// Fewest characters of the rest.
        min: usize,
        /// Most characters of the rest.
        max: usize,
    },
    /// A PEM or PGP block whose label says `PRIVATE KEY` (RFC 7468, RFC 4880).
    PrivateKey,
    /// A Telegram bot token: 8 to 10 digits, a colon, `AA` and 33 more characters.
    Telegram,
}

/// A kind of secret.
#[derive(Debug, PartialEq, Eq)]
pub struct SecretRule {
    /// Code, name and explanation.
    pub rule: Rule,
    /// What it is called in a sentence, with its article.
    pub what: &'static str,
    /// How it is recognised.
    pub shape: Shape,
}

const EXPLAIN: &str = "A file or an output that is checked with `no_secrets` holds what looks like \
a live credential. Whoever can read the file can use it. Move the value to an environment file \
with mode 0600 or to a secret store, and revoke the one that was exposed. Reports show at most \
the first four characters.";

const fn prefixed(
    code: &'static str,
    name: &'static str,
    what: &'static str,
    prefix: &'static str,
    (body, min, max): (Alphabet, usize, usize),
) -> SecretRule {
    SecretRule {
        rule: secret(code, name),
        what,
        shape: Shape::Prefixed {
            prefix,
            body,
            min,
            max,
        },
    }
}

const fn secret(code: &'static str, name: &'static str) -> Rule {
    Rule {
        code,
        name,
        effect: Effect::Fails,
        explain: EXPLAIN,
    }
}

use Alphabet::{Alphanumeric, Hex, Upper, Word};

/// Every kind of secret that is known. Lengths are as the issuers document them or as issued.
#[rustfmt::skip]
pub static RULES: &[SecretRule] = &[
    SecretRule { rule: secret("SE001", "private-key"), what: "a private key", shape: Shape::PrivateKey },
    prefixed("SE002", "anthropic-key", "an Anthropic key", "sk-ant-", (Word, 20, 160)),
    prefixed("SE003", "openai-project-key", "an OpenAI project key", "sk-proj-", (Word, 20, 200)),
    prefixed("SE004", "openai-service-key", "an OpenAI service account key", "sk-svcacct-", (Word, 20, 200)),
    prefixed("SE005", "openai-admin-key", "an OpenAI admin key", "sk-admin-", (Word, 20, 200)),
    prefixed("SE006", "openrouter-key", "an OpenRouter key", "sk-or-v1-", (Hex, 32, 64)),
    prefixed("SE007", "sk-key", "an API key that begins with `sk-`", "sk-", (Alphanumeric, 20, 64)),
    prefixed("SE008", "github-token", "a GitHub personal access token", "ghp_", (Alphanumeric, 36, 36)),
    prefixed("SE009", "github-oauth-token", "a GitHub OAuth token", "gho_", (Alphanumeric, 36, 36)),
    prefixed("SE010", "github-user-token", "a GitHub user-to-server token", "ghu_", (Alphanumeric, 36, 36)),
    prefixed("SE011", "github-server-token", "a GitHub server-to-server token", "ghs_", (Alphanumeric, 36, 36)),
    prefixed("SE012", "github-refresh-token", "a GitHub refresh token", "ghr_", (Alphanumeric, 36, 76)),
    prefixed("SE013", "github-fine-grained-token", "a GitHub fine-grained token", "github_pat_", (Word, 60, 90)),
    prefixed("SE014", "gitlab-token", "a GitLab access token", "glpat-", (Word, 20, 64)),
    prefixed("SE015", "slack-bot-token", "a Slack bot token", "xoxb-", (Word, 20, 120)),
    prefixed("SE016", "slack-user-token", "a Slack user token", "xoxp-", (Word, 20, 160)),
    prefixed("SE017", "slack-workspace-token", "a Slack workspace token", "xoxa-", (Word, 20, 160)),
    prefixed("SE018", "slack-session-token", "a Slack session token", "xoxs-", (Word, 20, 160)),
    prefixed("SE019", "slack-app-token", "a Slack app token", "xapp-", (Word, 30, 160)),
    prefixed("SE020", "aws-access-key-id", "an AWS access key id", "AKIA", (Upper, 16, 16)),
    prefixed("SE021", "aws-temporary-key-id", "a temporary AWS access key id", "ASIA", (Upper, 16, 16)),
    prefixed("SE022", "google-api-key", "a Google API key", "AIza", (Word, 35, 35)),
    prefixed("SE023", "groq-key", "a Groq key", "gsk_", (Alphanumeric, 48, 56)),
    prefixed("SE024", "xai-key", "an xAI key", "xai-", (Alphanumeric, 70, 100)),
    prefixed("SE025", "hugging-face-token", "a Hugging Face token", "hf_", (Alphanumeric, 30, 40)),
    prefixed("SE026", "perplexity-key", "a Perplexity key", "pplx-", (Alphanumeric, 40, 60)),
    prefixed("SE027", "tailscale-key", "a Tailscale key", "tskey-", (Word, 26, 90)),
    prefixed("SE028", "npm-token", "an npm token", "npm_", (Alphanumeric, 36, 36)),
    SecretRule { rule: secret("SE029", "telegram-bot-token", ), what: "a Telegram bot token", shape: Shape::Telegram },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{RULES, Shape};
    use crate::secret::find;

    /// A body of `length` characters that looks random and is in every alphabet of the rows.
    fn body(length: usize) -> String {
        "0a1b2c3d4e5f9a8b7c6d"
            .chars()
            .cycle()
            .take(length)
            .collect()
    }

    fn sample(shape: Shape) -> String {
        match shape {
            Shape::Prefixed {
                prefix,
                body: super::Upper,
                min,
                ..
            } => {
                format!("{prefix}{}", body(min).to_uppercase())
            }
            Shape::Prefixed { prefix, min, .. } => format!("{prefix}{}", body(min)),
            Shape::PrivateKey => {
                let label = "EC PRIVATE KEY";
                format!(
                    "-----BEGIN {label}-----\n{}\n-----END {label}-----",
                    body(64)
                )
            }
            Shape::Telegram => format!("123456789:AA{}", body(33)),
        }
    }

    #[test]
    fn codes_and_names_are_unique_and_in_order() {
        let codes: Vec<&str> = RULES.iter().map(|row| row.rule.code).collect();
        let expected: Vec<String> = (1..=RULES.len()).map(|n| format!("SE{n:03}")).collect();
        assert_eq!(codes, expected);
        let names: BTreeSet<&str> = RULES.iter().map(|row| row.rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn no_sample_is_shorter_than_the_texts_that_are_looked_at() {
        for row in RULES {
            assert!(
                sample(row.shape).len() >= super::super::SHORTEST,
                "{}",
                row.rule.code
            );
        }
    }

    #[test]
    fn every_row_finds_its_sample_in_every_context() {
        for row in RULES {
            let secret = sample(row.shape);
            let contexts = [
                ("", ""),
                ("TOKEN=", "\n"),
                ("\"token\": \"", "\","),
                ("<string>", "</string>"),
                ("Authorization: Bearer ", ""),
            ];
            for (before, after) in contexts {
                let found = find(format!("{before}{secret}{after}").as_bytes());
                let names: Vec<&str> = found.iter().map(|finding| finding.rule.rule.name).collect();
                assert_eq!(names, [row.rule.name], "{} in {before:?}", row.rule.code);
                assert_eq!(
                    found[0].span.range(),
                    before.len()..before.len() + secret.len()
                );
            }
        }
    }

    #[test]
    fn every_prefixed_row_leaves_look_alikes_alone() {
        for row in RULES {
            let Shape::Prefixed { prefix, min, .. } = row.shape else {
                continue;
            };
            let short = sample(row.shape)[..prefix.len() + min / 2].to_owned();
            let look_alikes = [
                prefix.to_owned(),
                format!("{prefix}your-key-here-your-key-here-your-key-here"),
                format!("{prefix}{}", "X".repeat(min)),
                format!("{prefix}${{TOKEN}}"),
                format!("word{}", sample(row.shape)),
                short,
            ];
            for text in look_alikes {
                // A shorter prefix of another row may still be a token of that kind.
                let names: Vec<_> = find(text.as_bytes())
                    .iter()
                    .map(|f| f.rule.rule.code)
                    .collect();
                assert!(
                    !names.contains(&row.rule.code),
                    "{} in {text:?}",
                    row.rule.code
                );
            }
        }
    }
}
