//! The kinds of secrets as rows: what a row says, all rows together, and the index that finds the
//! rows of a prefix. Nothing is made at start-up: tables and index are constants.

mod ai;
mod chat;
mod cloud;
mod code;
mod commerce;
mod hooks;
mod keys;
mod operations;
mod platforms;
mod services;
mod structured;

use super::alphabet::Alphabet;
use crate::diagnostic::{Effect, Rule};

/// One part of the text behind a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Characters of a set, at least and at most so many.
    Run(Alphabet, u16, u16),
    /// This text.
    Text(&'static str),
}

/// What else holds for the text of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing but that it looks random.
    Random,
    /// The last six characters are the CRC-32 of those before them in base 62.
    Crc62,
    /// The same for the characters behind the last underscore only. GitHub does not document it for
    /// its fine-grained tokens; all programs that check them agree on it. A wrong one is vetoed
    /// like the others, and masked: of two tokens that differ by a slip the right one is the secret.
    Crc62Tail,
    /// The last eight characters are the CRC-32 of those before them in hexadecimal digits.
    CrcHex,
    /// The same, where the issuer says that there is a checksum and not what it is made of: a wrong
    /// one makes the token suspect, and one that is no number says nothing.
    CrcHexSuspect,
    /// The last two of the bytes in base32 are their CRC-16.
    Crc16,
    /// Bech32 with the prefix as its human-readable part (BIP 173).
    Bech32,
    /// The text is base64 of a JSON object.
    Json,
}

/// The kinds that no prefix and alphabet describes; each is found by a function of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A PEM or PGP block whose label says `PRIVATE KEY` (RFC 7468, RFC 9580).
    PrivateKey,
    /// A `PuTTY` key file with its private lines.
    Putty,
    /// 8 to 10 digits, a colon, `AA` and 33 more characters.
    Telegram,
    /// Three parts with dots between them: the bot's id in base64, a time, a signature.
    Discord,
    /// Two or three parts in base64url, the first a JSON object (RFC 7519, RFC 7516).
    Jwt,
    /// A path that lets everyone who knows it post messages.
    Webhook {
        /// The text that stands directly before the secret or before the ids before it.
        before: &'static str,
    },
    /// `scheme://user:password@host` (RFC 3986 section 3.2.1).
    UrlPassword,
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`, base64 of `user:password` (RFC 7617).
    Basic,
    /// The secret of a pair of AWS keys: 40 characters.
    AwsSecret,
    /// `AccountKey=` and the like of an Azure connection string.
    AzureKey {
        /// The signature in the middle of the key; empty for keys without one.
        signature: &'static str,
        /// How many characters stand before it.
        at: usize,
        /// How many characters the key has.
        length: usize,
    },
    /// `sig=` of a shared access signature.
    AzureSas,
    /// A client secret of Entra: three characters, a digit, `Q~`, and 31 to 34 more.
    EntraSecret,
    /// A personal access token of Azure DevOps: 84 characters with `AZDO` before the last four.
    AzureDevops,
    /// 32 hexadecimal digits and the data centre: `-us12`.
    Mailchimp,
    /// 27 characters, an underscore, 21 characters.
    Ngrok,
    /// `SK` and 32 hexadecimal digits.
    Twilio,
    /// `S` and 55 characters of base32 with a CRC-16.
    Stellar,
    /// A number, the ids of one or two things, and 32 hexadecimal digits.
    Asana,
    /// A UUID, a colon, and 32 hexadecimal digits.
    Fal,
    /// 14 characters, `.atlasv1.`, 60 to 80 characters.
    Terraform,
    /// `YC` and 38 characters.
    Yandex,
    /// `s.` and 24 characters, before Vault 1.10.
    OldVault,
    /// 36 characters and `NRAL`.
    NewRelic,
    /// `0.`, a UUID, 30 characters, a colon, and 24 characters of base64.
    Bitwarden,
    /// 24 hexadecimal digits, a colon, and 64 more.
    Ghost,
    /// A UUID and `:fx`.
    DeepL,
    /// Six characters, an underscore, 29 characters, and `_mmk`.
    MaxMind,
    /// 32 hexadecimal digits, and behind a dash twice eight more.
    Mailgun,
    /// 50 small letters and digits with `msh` and `jsn` at fixed places.
    RapidApi,
    /// The ids of an application and a key with a dot between them, a colon, 43 characters.
    Ably,
    /// 64 characters, four that name the data centre, and a UUID, with underscores between them.
    Webex,
    /// 32 hexadecimal digits, a dot, 16 characters.
    Zhipu,
    /// 32 hexadecimal digits, a dot, 24 characters.
    Ollama,
    /// The password of a line of `.netrc`.
    Netrc,
    /// `_authToken`, `_auth` or `_password` of `.npmrc`.
    Npmrc,
    /// The last field of a line of `.pgpass`.
    Pgpass,
    /// `auth` of a registry in docker's `config.json`.
    DockerAuth,
    /// Base64 of a private key in PEM or DER, such as `client-key-data` of a kubeconfig.
    EncodedKey,
    /// A JSON Web Key with its private part (RFC 7517).
    JsonWebKey,
    /// A password by the name that it is given to.
    NamedPassword,
    /// A token, secret or key by the name that it is given to.
    NamedSecret,
    /// The same for base64 of `user:password`.
    EncodedPassword,
}

/// How a kind of secret is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A fixed prefix and what stands behind it.
    Token {
        /// The text that the token begins with; three characters or more.
        prefix: &'static str,
        /// What the rest consists of, part by part.
        body: &'static [Part],
        /// What else holds for it.
        check: Check,
    },
    /// Something else.
    Structured(Kind),
}

/// How much harm a secret does in wrong hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// An identifier that is of use only together with its secret, or a key of a test account.
    Low,
    /// Access to a part, or a value that is a secret by its name only.
    Medium,
    /// Access to what its owner has.
    High,
    /// Access to everything of an organisation, or the identity itself.
    Critical,
}

impl Severity {
    /// The word for it: `low`, `medium`, `high`, `critical`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
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
    /// How much harm it does.
    pub severity: Severity,
    /// Where its form is documented, or how it is known.
    pub source: &'static str,
}

/// What is said of a row that has no words of its own.
const EXPLAIN: &str = "A token of a service: whoever reads it acts as its owner, from anywhere, until \
it is revoked. It leaks through unit files, Compose files, shell histories, logs and backups. \
Revoke it where it was issued and make a new one with fewer rights; a token that was in a file that \
others can read is no secret any more, even if the file is deleted. Then refer to the new one: \
`EnvironmentFile=` with mode 0600 or `LoadCredential=` in a unit, `secrets:` in a Compose file, \
`secretKeyRef` in Kubernetes, `${NAME}` in a configuration.";

/// The source of a row whose form is known from what is issued: no page of the issuer that states
/// it was read.
const ISSUED: &str = "as issued; not checked against a page of the issuer";

const fn secret(code: &'static str, name: &'static str) -> Rule {
    Rule {
        code,
        name,
        effect: Effect::Fails,
        explain: EXPLAIN,
    }
}

/// A row of a token with a prefix.
const fn token(
    code: &'static str,
    name: &'static str,
    what: &'static str,
    prefix: &'static str,
    body: &'static [Part],
    source: &'static str,
) -> SecretRule {
    SecretRule {
        rule: secret(code, name),
        what,
        shape: Shape::Token {
            prefix,
            body,
            check: Check::Random,
        },
        severity: Severity::High,
        source,
    }
}

/// A row of another kind.
const fn structured(
    code: &'static str,
    name: &'static str,
    what: &'static str,
    kind: Kind,
    source: &'static str,
) -> SecretRule {
    SecretRule {
        rule: secret(code, name),
        what,
        shape: Shape::Structured(kind),
        severity: Severity::High,
        source,
    }
}

/// Rows with a text of their area, where they have none of their own.
const fn told<const N: usize>(explain: &'static str, mut rows: [SecretRule; N]) -> [SecretRule; N] {
    let mut row = 0;
    while row < N {
        if rows[row].rule.explain.len() == EXPLAIN.len() {
            rows[row].rule.explain = explain;
        }
        row += 1;
    }
    rows
}

impl SecretRule {
    /// What it is, how much harm it does, and where its form is known from, in one line.
    pub fn summary(&self) -> String {
        format!(
            "{}; severity {}; form: {}",
            self.what,
            self.severity.name(),
            self.source
        )
    }

    /// The same row with an explanation of its own.
    const fn explain(mut self, explain: &'static str) -> Self {
        self.rule.explain = explain;
        self
    }

    /// The same row with another severity.
    const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same row with a checksum or another condition.
    const fn check(mut self, check: Check) -> Self {
        if let Shape::Token { prefix, body, .. } = self.shape {
            self.shape = Shape::Token {
                prefix,
                body,
                check,
            };
        }
        self
    }
}

const AREAS: [&[SecretRule]; 11] = [
    structured::ROWS,
    ai::ROWS,
    chat::ROWS,
    cloud::ROWS,
    code::ROWS,
    commerce::ROWS,
    operations::ROWS,
    services::ROWS,
    keys::ROWS,
    hooks::ROWS,
    platforms::ROWS,
];

const COUNT: usize = {
    let mut count = 0;
    let mut area = 0;
    while area < AREAS.len() {
        count += AREAS[area].len();
        area += 1;
    }
    count
};

const ALL: [&SecretRule; COUNT] = {
    let mut rows = [&AREAS[0][0]; COUNT];
    let (mut area, mut row, mut at) = (0, 0, 0);
    while area < AREAS.len() {
        while row < AREAS[area].len() {
            rows[at] = &AREAS[area][row];
            at += 1;
            row += 1;
        }
        area += 1;
        row = 0;
    }
    rows
};

/// Every kind of secret that is known, by area.
pub static RULES: [&SecretRule; COUNT] = ALL;

/// How many of them come first and have a structure.
pub(super) const STRUCTURED: usize = structured::ROWS.len();

/// The row of a kind that is no token with a prefix.
pub(super) fn of_kind(kind: Kind) -> &'static SecretRule {
    let is_it = |row: &&&SecretRule| row.shape == Shape::Structured(kind);
    RULES.iter().find(is_it).unwrap_or(&RULES[0])
}

/// Number of lists of the index, a power of two.
const LISTS: usize = 4096;

/// No row.
const END: u16 = u16::MAX;

/// For each list its first row, or [`END`], and for each row the next one of its list. Nearly all
/// lists are empty. Later rows come first: of two with the same prefix that fit a text, the one
/// that stands later in the table is found, so the more general one has to stand first.
static INDEX: ([u16; LISTS], [u16; COUNT]) = {
    let mut first = [END; LISTS];
    let mut next = [END; COUNT];
    let mut row = 0_u16;
    while (row as usize) < COUNT {
        if let Shape::Token { prefix, .. } = ALL[row as usize].shape {
            let prefix = prefix.as_bytes();
            let list = list(prefix[0], prefix[1], prefix[2]);
            next[row as usize] = first[list];
            first[list] = row;
        }
        row += 1;
    }
    (first, next)
};

/// The list of three bytes.
const fn list(first: u8, second: u8, third: u8) -> usize {
    let bytes = u32::from_le_bytes([first, second, third, 0]);
    (bytes.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// The rows whose prefix stands at the start of a text.
pub(super) fn with_prefix(text: &[u8]) -> impl Iterator<Item = &'static SecretRule> {
    let mut row = match text {
        [first, second, third, ..] => INDEX.0[list(*first, *second, *third)],
        _ => END,
    };
    std::iter::from_fn(move || {
        while row != END {
            let rule = RULES[usize::from(row)];
            row = INDEX.1[usize::from(row)];
            if let Shape::Token { prefix, .. } = rule.shape
                && text.starts_with(prefix.as_bytes())
            {
                return Some(rule);
            }
        }
        None
    })
}
