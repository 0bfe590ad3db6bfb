//! Whether a name is one of a secret: judged by its last words, as `token` in `BOT_TOKEN` and not
//! in `token_count`.

use super::value::Class;

/// Longest name that is looked at, to either side of the word that it was found by.
pub(super) const MAX: usize = 64;

/// What stands behind the word that counts, in names of several values of one kind.
const BEHIND: [&[u8]; 28] = [
    b"private",
    b"base",
    b"value",
    b"prod",
    b"production",
    b"live",
    b"test",
    b"dev",
    b"staging",
    b"base64",
    b"b64",
    b"hex",
    b"plain",
    b"plaintext",
    b"raw",
    b"default",
    b"primary",
    b"secondary",
    b"current",
    b"old",
    b"new",
    b"local",
    b"main",
    b"encoded",
    b"string",
    b"a",
    b"b",
    b"sandbox",
];

const PASSWORDS: [&[u8]; 6] = [
    b"password",
    b"passwd",
    b"passphrase",
    b"passwort",
    b"passcode",
    b"pwd",
];

/// What `pass` is joined with in one word.
const BEFORE_PASS: [&[u8]; 16] = [
    b"", b"db", b"smtp", b"user", b"root", b"admin", b"mail", b"my", b"redis", b"require", b"ftp",
    b"login", b"ssh", b"wifi", b"auth", b"bind",
];

/// Names of passwords in files of one program.
const OTHER_PASSWORDS: [&[u8]; 6] = [
    b"psk",
    b"masterauth",
    b"bindpw",
    b"rootpw",
    b"dbpw",
    b"userpw",
];

const SECRETS: [&[u8]; 24] = [
    b"secret",
    b"secrets",
    b"apikey",
    b"accesskey",
    b"secretkey",
    b"privatekey",
    b"authkey",
    b"accountkey",
    b"encryptionkey",
    b"signingkey",
    b"masterkey",
    b"sharedkey",
    b"licensekey",
    b"sessionkey",
    b"servicekey",
    b"appkey",
    b"credential",
    b"credentials",
    b"creds",
    b"authtoken",
    b"accesstoken",
    b"bottoken",
    b"apitoken",
    b"bearertoken",
];

/// Words before `token` that make it no secret.
const NO_TOKEN: [&[u8]; 26] = [
    b"next",
    b"page",
    b"continuation",
    b"cancellation",
    b"sync",
    b"pad",
    b"eos",
    b"bos",
    b"unk",
    b"mask",
    b"sep",
    b"cls",
    b"end",
    b"start",
    b"special",
    b"stop",
    b"first",
    b"last",
    b"max",
    b"min",
    b"num",
    b"total",
    b"pagination",
    b"separator",
    b"line",
    b"public",
];

/// Words before `token` that leave no doubt.
const SURE_TOKEN: [&[u8]; 12] = [
    b"access",
    b"auth",
    b"api",
    b"bot",
    b"refresh",
    b"bearer",
    b"gateway",
    b"personal",
    b"deploy",
    b"admin",
    b"service",
    b"app",
];

/// Words before `token` that make it an identifier as often as a secret.
const WEAK_TOKEN: [&[u8]; 31] = [
    b"the",
    b"a",
    b"my",
    b"your",
    b"invalid",
    b"unexpected",
    b"bad",
    b"unknown",
    b"client",
    b"request",
    b"idempotency",
    b"csrf",
    b"xsrf",
    b"id",
    b"identity",
    b"device",
    b"lock",
    b"state",
    b"resume",
    b"cancel",
    b"correlation",
    b"creation",
    b"caller",
    b"change",
    b"key",
    b"current",
    b"verification",
    b"this",
    b"input",
    b"output",
    b"action",
];

/// Words before `key` that leave no doubt.
const SURE_KEY: [&[u8]; 30] = [
    b"api",
    b"access",
    b"secret",
    b"auth",
    b"private",
    b"encryption",
    b"signing",
    b"master",
    b"shared",
    b"account",
    b"app",
    b"application",
    b"license",
    b"session",
    b"service",
    b"admin",
    b"root",
    b"consumer",
    b"hmac",
    b"jwt",
    b"cookie",
    b"crypto",
    b"aes",
    b"server",
    b"storage",
    b"subscription",
    b"webhook",
    b"security",
    b"client",
    b"record",
];

/// Words before `key` that make it no secret.
const NO_KEY: [&[u8]; 47] = [
    b"manager",
    b"release",
    b"public",
    b"pub",
    b"primary",
    b"foreign",
    b"sort",
    b"partition",
    b"cache",
    b"index",
    b"file",
    b"host",
    b"map",
    b"row",
    b"unique",
    b"group",
    b"object",
    b"routing",
    b"registry",
    b"translation",
    b"i18n",
    b"lookup",
    b"idempotency",
    b"site",
    b"publishable",
    b"anon",
    b"hot",
    b"short",
    b"arrow",
    b"key",
    b"kms",
    b"verify",
    b"verification",
    b"gpg",
    b"dedup",
    b"natural",
    b"composite",
    b"candidate",
    b"dict",
    b"message",
    b"msg",
    b"known",
    b"openpgp",
    b"install",
    b"react",
    b"bucket",
    b"socket",
];

/// Words before `key` in names of constants that are identifiers.
const DATA_KEY: [&[u8]; 24] = [
    b"product",
    b"issue",
    b"entity",
    b"node",
    b"component",
    b"item",
    b"order",
    b"user",
    b"device",
    b"event",
    b"job",
    b"task",
    b"project",
    b"parent",
    b"resource",
    b"data",
    b"field",
    b"query",
    b"search",
    b"metric",
    b"settings",
    b"config",
    b"context",
    b"state",
];

/// Services whose keys are given to the name of the service alone, as `openweatherKey`.
const ISSUERS: [&[u8]; 109] = [
    b"adafruit",
    b"agora",
    b"airtable",
    b"algolia",
    b"amplitude",
    b"anthropic",
    b"apollo",
    b"asana",
    b"aws",
    b"azure",
    b"bitly",
    b"bugsnag",
    b"claude",
    b"clerk",
    b"clickup",
    b"cloudflare",
    b"cohere",
    b"coinmarketcap",
    b"confluent",
    b"contentful",
    b"datadog",
    b"deepgram",
    b"deepl",
    b"deepseek",
    b"digitalocean",
    b"discord",
    b"docusign",
    b"elevenlabs",
    b"fal",
    b"fastly",
    b"finnhub",
    b"firecrawl",
    b"fireworks",
    b"giphy",
    b"github",
    b"gitlab",
    b"gladia",
    b"gemini",
    b"google",
    b"grafana",
    b"groq",
    b"hubspot",
    b"huggingface",
    b"intercom",
    b"ipinfo",
    b"jina",
    b"klaviyo",
    b"langsmith",
    b"lob",
    b"mailchimp",
    b"mailgun",
    b"mapbox",
    b"mapquest",
    b"mistral",
    b"mixpanel",
    b"newrelic",
    b"newsapi",
    b"notion",
    b"nvidia",
    b"okta",
    b"omdb",
    b"openai",
    b"opencage",
    b"openrouter",
    b"openweather",
    b"openweathermap",
    b"opsgenie",
    b"pagerduty",
    b"parsehub",
    b"perplexity",
    b"pinecone",
    b"plaid",
    b"polygon",
    b"posthog",
    b"postmark",
    b"pusher",
    b"rapidapi",
    b"recaptcha",
    b"replicate",
    b"scaleway",
    b"sendgrid",
    b"sentry",
    b"serpapi",
    b"shodan",
    b"snyk",
    b"spoonacular",
    b"stripe",
    b"supabase",
    b"tavily",
    b"telegram",
    b"tiingo",
    b"tomtom",
    b"trello",
    b"twilio",
    b"unsplash",
    b"urlscan",
    b"vercel",
    b"virustotal",
    b"voyage",
    b"wakatime",
    b"weatherstack",
    b"webflow",
    b"wolfram",
    b"xai",
    b"yelp",
    b"zapier",
    b"zendesk",
    b"zerobounce",
    b"zipcode",
];

/// Whether a name is written as constants and variables of the environment are.
fn is_constant(name: &[u8]) -> bool {
    name.contains(&b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// The words of a name, in small letters.
struct Words {
    text: [u8; 2 * MAX + 16],
    ends: [u8; 32],
    count: usize,
}

impl Words {
    /// `botToken`, `BOT_TOKEN` and `bot-token` are two words each, and so is `APIKey`.
    fn of(name: &[u8]) -> Self {
        let mut words = Self {
            text: [0; 2 * MAX + 16],
            ends: [0; 32],
            count: 0,
        };
        let mut length = 0_u8;
        let mut start = 0_u8;
        let name = &name[name.len().saturating_sub(2 * MAX)..];
        for (at, byte) in name.iter().enumerate() {
            let is_separator = !byte.is_ascii_alphanumeric();
            let next_is_small = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let begins = at > 0
                && byte.is_ascii_uppercase()
                && (name[at - 1].is_ascii_lowercase()
                    || (name[at - 1].is_ascii_uppercase() && next_is_small));
            if (is_separator || begins) && length > start {
                words.end(length);
                start = length;
            }
            if !is_separator {
                words.text[usize::from(length)] = byte.to_ascii_lowercase();
                length += 1;
            }
        }
        if length > start {
            words.end(length);
        }
        words
    }

    fn end(&mut self, length: u8) {
        if self.count == self.ends.len() {
            self.ends.copy_within(1.., 0);
            self.count -= 1;
        }
        self.ends[self.count] = length;
        self.count += 1;
    }

    fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[usize::from(start)..usize::from(self.ends[at])]
    }
}

/// Whether a word before `token` makes it no secret.
pub(super) fn makes_no_token(word: &[u8]) -> bool {
    NO_TOKEN.contains(&word)
}

/// Whether a name says itself that what it has is none: `DUMMY_SECRET`.
pub(super) fn is_of_dummy(name: &[u8]) -> bool {
    let words = Words::of(name);
    (0..words.count).any(|at| matches!(words.get(at), b"dummy" | b"fake"))
}

/// Whether a name is one of a token that is an identifier more often than not: `lock-token`.
pub(super) fn is_weak(name: &[u8]) -> bool {
    let words = Words::of(name);
    words
        .count
        .checked_sub(2)
        .is_some_and(|at| words.get(at + 1) == b"token" && WEAK_TOKEN.contains(&words.get(at)))
}

/// Whether a value is the name once more, or its end: `password=db_password`, with little added.
pub(super) fn is_repeated(name: &[u8], value: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .take(2 * MAX)
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let (name, value) = (plain(name), plain(value));
    !value.is_empty()
        && (name.ends_with(&value) || value.ends_with(&name) && value.len() <= name.len() + 4)
}

/// Whether the word before the last one of a name leaves no doubt: `auth token`, `signing key`.
pub(super) fn is_sure(name: &[u8]) -> bool {
    let words = Words::of(name);
    words
        .count
        .checked_sub(2)
        .map(|at| words.get(at))
        .is_some_and(|word| SURE_TOKEN.contains(&word) || SURE_KEY.contains(&word))
}

/// What a name says about its value; `None` if it is no name of a secret.
pub(super) fn judge(name: &[u8]) -> Option<Class> {
    let words = Words::of(name);
    let mut at = words.count.checked_sub(1)?;
    loop {
        let word = words.get(at);
        let is_number = word.iter().all(u8::is_ascii_digit);
        if at > 0 && (is_number || BEHIND.contains(&word)) {
            at -= 1;
        } else {
            break;
        }
    }
    let word = words.get(at);
    let digits = word
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let word = &word[..word.len() - digits];
    let before = at
        .checked_sub(1)
        .map_or(&b""[..], |before| words.get(before));
    let ends = |ends: &[&[u8]]| ends.iter().any(|end| word.ends_with(end));
    if ends(&PASSWORDS)
        || word
            .strip_suffix(b"pass")
            .is_some_and(|start| BEFORE_PASS.contains(&start))
    {
        return (before != b"no").then_some(Class::Password);
    }
    // `ConvertTo-SecureString "…" -AsPlainText`.
    let is_plain = word == b"secure" && before == b"to" && at + 2 == words.count;
    if is_plain || word == b"pw" && at > 0 || OTHER_PASSWORDS.contains(&word) {
        return Some(Class::Password);
    }
    // A personal access token: `GITHUB_PAT`.
    if word == b"pat" && at > 0 && is_constant(name) {
        return Some(Class::Secret);
    }
    if word == b"salt" && at > 0 {
        return Some(Class::Secret);
    }
    // `"github-oauth": {"github.com": "…"}` and `Authorization: …`.
    if word == b"oauth" && at > 0 || word == b"authorization" {
        return Some(Class::Token);
    }
    if ends(&SECRETS) {
        return Some(Class::Secret);
    }
    if word.ends_with(b"token") {
        return match before {
            _ if word != b"token" => Some(Class::Token),
            before if NO_TOKEN.contains(&before) => None,
            // The public key token of an assembly of .NET.
            b"key" if at > 1 && words.get(at - 2) == b"public" => None,
            before if SURE_TOKEN.contains(&before) => Some(Class::Secret),
            before if before.is_empty() || WEAK_TOKEN.contains(&before) => Some(Class::Token),
            _ => Some(Class::Secret),
        };
    }
    if word == b"key" {
        let is_public = (0..at).any(|at| matches!(words.get(at), b"public" | b"pub"));
        return match before {
            b"api" | b"access" | b"secret" => Some(Class::Secret),
            _ if is_public => None,
            before if SURE_KEY.contains(&before) || ISSUERS.contains(&before) => {
                Some(Class::Secret)
            }
            before if before.is_empty() || NO_KEY.contains(&before) => None,
            // A variable of the environment is seldom an identifier.
            before if is_constant(name) && !DATA_KEY.contains(&before) => Some(Class::Secret),
            _ => Some(Class::Token),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{is_repeated, judge};
    use crate::secret::value::Class;

    #[test]
    fn names_of_secrets() {
        for (name, class) in [
            ("OPENCLAW_GATEWAY_TOKEN", Class::Secret),
            ("token", Class::Token),
            ("botToken", Class::Secret),
            ("HF_TOKEN_2", Class::Secret),
            ("clientToken", Class::Token),
            ("DB_PASSWORD", Class::Password),
            ("dbPass", Class::Password),
            ("pgpassword", Class::Password),
            ("client_secret", Class::Secret),
            ("APIKey", Class::Secret),
            ("apikey", Class::Secret),
            ("x-api-key", Class::Secret),
            ("GROQ_KEY", Class::Secret),
            ("groq_key", Class::Secret),
            ("relay_key", Class::Token),
            ("hubspotKey", Class::Secret),
            ("GANDI_PAT", Class::Secret),
            ("ConvertTo-SecureString", Class::Password),
            ("spring.datasource.password", Class::Password),
            ("JWT_SECRET", Class::Secret),
            ("AccountKey", Class::Secret),
            ("NEXT_PUBLIC_API_KEY", Class::Secret),
        ] {
            assert_eq!(judge(name.as_bytes()), Some(class), "{name}");
        }
    }

    #[test]
    fn a_name_as_its_own_value() {
        for (name, value, is_same) in [
            ("proxy_passwd", "ProxyPasswd", true),
            ("url_password", "password1", false),
            ("password", "db_password", true),
            ("password", concat!("kX9#mQ2$vL", "password"), false),
            ("token", concat!("q8Zt3Lw", "Pz0XvK1nR"), false),
        ] {
            let is_found = is_repeated(name.as_bytes(), value.as_bytes());
            assert_eq!(is_found, is_same, "{name} {value}");
        }
    }

    #[test]
    fn other_names() {
        for name in [
            "token_count",
            "max_tokens",
            "public_key",
            "key_file",
            "TOKEN_FILE",
            "PASSWORD_FILE",
            "next_token",
            "nextToken",
            "primary_key",
            "tokenizer",
            "secretary",
            "password_hash",
            "passwordPolicy",
            "compass",
            "key",
            "secretName",
            "tokens",
            "",
            "_",
            "PASSWORD_MIN_LENGTH",
            "publicKeyToken",
            "SUPublicEDKey",
            "trusted-public-signing-key",
            "Sec-WebSocket-Key",
        ] {
            assert_eq!(judge(name.as_bytes()), None, "{name}");
        }
    }
}
