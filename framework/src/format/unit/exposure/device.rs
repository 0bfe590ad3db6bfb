//! Which devices a service may use: `DevicePolicy=`, `DeviceAllow=`, and what other settings need and
//! let through on their own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::word::{Quotes, Words, components, expand, is_absolute};

/// What `DevicePolicy=` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DevicePolicy {
    /// All devices, unless there is a list.
    #[default]
    Auto,
    /// Only the harmless ones and those of the list.
    Closed,
    /// Only those of the list.
    Strict,
}

/// Whether a line of `DeviceAllow=` is valid, so that it adds something to the list.
pub(super) fn is_device(value: &str, unit: &str) -> bool {
    let mut words = Words::new(value, Quotes::Removed);
    let Some(Ok(device)) = words.next() else {
        return false;
    };
    let Some(path) = expand(&device, unit) else {
        return false;
    };
    let is_group = path.starts_with("block-") || path.starts_with("char-");
    let mut parts = components(&path);
    let is_node = is_absolute(&path)
        && match parts.next() {
            Some("dev") => true,
            Some("run") => parts.next() == Some("systemd") && parts.next() == Some("inaccessible"),
            _ => false,
        };
    let has_rights = words.rest().bytes().all(|byte| b"rwm".contains(&byte));
    (is_group || is_node) && has_rights
}

/// Whether a line of `MountImages=` has an image with a place for it.
pub(super) fn has_image(value: &str, unit: &str) -> bool {
    Words::new(value, Quotes::Removed)
        .map_while(Result::ok)
        .any(|word| {
            let mut parts = word.split(':');
            let source = parts.next().unwrap_or_default();
            let target = parts.next().unwrap_or_default();
            [source.strip_prefix('-').unwrap_or(source), target]
                .into_iter()
                .all(|path| expand(path, unit).is_some_and(|path| is_absolute(&path)))
        })
}

/// Credentials by name, and whether each is encrypted, so that the machine's TPM may be needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Credentials<'a> {
    is_encrypted: BTreeMap<Cow<'a, str>, bool>,
}

impl<'a> Credentials<'a> {
    /// Whether any is encrypted.
    pub(super) fn are_any_encrypted(&self) -> bool {
        self.is_encrypted.values().any(|is_encrypted| *is_encrypted)
    }

    /// Applies a line of `LoadCredential=` or `LoadCredentialEncrypted=`.
    pub(super) fn load(&mut self, value: &'a str, unit: &str, is_encrypted: bool) {
        if value.is_empty() {
            return self.is_encrypted.clear();
        }
        let (name, source) = value.split_once(':').unwrap_or((value, ""));
        let is_valid = expand(source, unit).is_some_and(|source| {
            source.is_empty() || is_absolute(&source) || is_credential_name(&source)
        });
        if is_valid {
            self.add(name, unit, is_encrypted);
        }
    }

    /// Applies a line of `SetCredential=` or `SetCredentialEncrypted=`.
    pub(super) fn set(&mut self, value: &'a str, unit: &str, is_encrypted: bool) {
        if value.is_empty() {
            return self.is_encrypted.clear();
        }
        let Some((name, content)) = value.split_once(':') else {
            return;
        };
        if !content.is_empty() && (!is_encrypted || is_base64(content)) {
            self.add(name, unit, is_encrypted);
        }
    }

    fn add(&mut self, name: &'a str, unit: &str, is_encrypted: bool) {
        if let Some(name) = expand(name, unit).filter(|name| is_credential_name(name)) {
            self.is_encrypted.insert(name, is_encrypted);
        }
    }
}

fn is_credential_name(name: &str) -> bool {
    let is_allowed = |byte| matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'/');
    (1..=255).contains(&name.len()) && name != "." && name != ".." && name.bytes().all(is_allowed)
}

/// Whether a text is Base64 with its padding and no stray bits; blanks may stand anywhere.
fn is_base64(text: &str) -> bool {
    let (mut digits, mut padding, mut last) = (0_usize, 0_usize, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        last = match byte {
            b'=' => {
                padding += 1;
                continue;
            }
            _ if padding > 0 => return false,
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return false,
        };
        digits += 1;
    }
    // The last digit of an incomplete group has bits that stand for nothing.
    match padding {
        0 => digits % 4 == 0,
        1 => digits % 4 == 3 && last % 4 == 0,
        2 => digits % 4 == 2 && last % 16 == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, has_image, is_device};

    #[test]
    fn devices_are_paths_in_dev_or_groups() {
        for value in [
            "/dev/null rw",
            "char-rtc",
            "block-* rwm",
            "\"/dev/a b\" r",
            "/dev/%i",
            "/run/systemd/inaccessible/chr",
        ] {
            assert!(is_device(value, "a.service"), "{value}");
        }
        for value in [
            "",
            "dev/x",
            "/sys/x",
            "/dev/../x",
            "/dev/x x",
            "/dev/x r w",
            "/dev/%Z",
            "'",
        ] {
            assert!(!is_device(value, "a.service"), "{value}");
        }
    }

    #[test]
    fn images_need_a_place() {
        assert!(has_image("-/x.raw:/mnt", "a.service"));
        assert!(!has_image("/x.raw", "a.service"));
        assert!(!has_image("x.raw:/mnt", "a.service"));
    }

    #[test]
    fn credentials_are_encrypted_until_they_are_replaced() {
        let mut credentials = Credentials::default();
        let mut load = |value, is_encrypted| {
            credentials.load(value, "a.service", is_encrypted);
            credentials.are_any_encrypted()
        };
        assert!(!load("a:../x", true));
        assert!(load("a:/x", true));
        assert!(!load("a", false));
        let mut set = |value, is_encrypted| {
            credentials.set(value, "a.service", is_encrypted);
            credentials.are_any_encrypted()
        };
        for invalid in ["b", "b:", "b:a", "b:aB==", "b:aA=", "b:a-b=", "b:=aA="] {
            assert!(!set(invalid, true), "{invalid}");
        }
        assert!(set("b:aGE=", true));
        assert!(!set("", true));
    }
}
