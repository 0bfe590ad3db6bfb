//! Whether a name is one of a secret: judged by its last words, as `token` in `BOT_TOKEN` and not
//! in `token_count`.

use super::value::Class;

/// Longest name that is looked at, to either side of the word that it was found by.
pub(super) const MAX: usize = 64;

/// What stands behind the word that counts, in names of several values of one kind.
const BEHIND: [&[u8]; 27] = [
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
const BEFORE_PASS: [&[u8]; 9] = [
    b"", b"db", b"smtp", b"user", b"root", b"admin", b"mail", b"my", b"redis",
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

/// Words before `key` that leave no doubt.
const SURE_KEY: [&[u8]; 29] = [
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
];

/// Words before `key` that make it no secret.
const NO_KEY: [&[u8]; 44] = [
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
];

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
    if word == b"pw" && at > 0 {
        return Some(Class::Password);
    }
    if ends(&SECRETS) {
        return Some(Class::Secret);
    }
    if word.ends_with(b"token") {
        return match before {
            _ if word != b"token" => Some(Class::Token),
            before if NO_TOKEN.contains(&before) => None,
            before if SURE_TOKEN.contains(&before) => Some(Class::Secret),
            _ => Some(Class::Token),
        };
    }
    if word == b"key" {
        return match before {
            before if SURE_KEY.contains(&before) => Some(Class::Secret),
            before if before.is_empty() || NO_KEY.contains(&before) => None,
            _ => Some(Class::Token),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::secret::value::Class;

    #[test]
    fn names_of_secrets() {
        for (name, class) in [
            ("OPENCLAW_GATEWAY_TOKEN", Class::Secret),
            ("token", Class::Token),
            ("botToken", Class::Secret),
            ("HF_TOKEN_2", Class::Token),
            ("DB_PASSWORD", Class::Password),
            ("dbPass", Class::Password),
            ("pgpassword", Class::Password),
            ("client_secret", Class::Secret),
            ("APIKey", Class::Secret),
            ("apikey", Class::Secret),
            ("x-api-key", Class::Secret),
            ("GROQ_KEY", Class::Token),
            ("spring.datasource.password", Class::Password),
            ("JWT_SECRET", Class::Secret),
            ("AccountKey", Class::Secret),
        ] {
            assert_eq!(judge(name.as_bytes()), Some(class), "{name}");
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
        ] {
            assert_eq!(judge(name.as_bytes()), None, "{name}");
        }
    }
}
