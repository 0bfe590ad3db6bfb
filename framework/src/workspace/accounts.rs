//! Names of users and groups, from the files `/etc/passwd` and `/etc/group` of a host. What other
//! services of that host would know (LDAP, homed) is not asked.

use std::collections::{BTreeMap, HashMap};

use crate::text::suggest;

/// The names of one of the two files.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    ids: BTreeMap<Box<str>, u32>,
    names: HashMap<u32, Box<str>>,
}

impl Accounts {
    /// Reads the lines `name:password:id:…`. A line that is not one is passed over, as the C
    /// library does; of two lines with one name or one id, the first counts.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut accounts = Self::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            let mut fields = line.split(|byte| *byte == b':');
            let name = fields.next().unwrap_or_default();
            let id = fields.nth(1).and_then(|id| std::str::from_utf8(id).ok());
            // Lines that begin so bring in names of another service.
            let is_name = !name.is_empty() && !matches!(name[0], b'+' | b'-' | b'#');
            if let (Ok(name), Some(id)) = (std::str::from_utf8(name), id.and_then(number))
                && is_name
            {
                accounts.ids.entry(name.into()).or_insert(id);
                accounts.names.entry(id).or_insert_with(|| name.into());
            }
        }
        accounts
    }

    pub(super) fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    pub(super) fn name(&self, id: u32) -> Option<&str> {
        self.names.get(&id).map(|name| &**name)
    }

    pub(super) fn meant(&self, name: &str) -> Option<&str> {
        suggest(name, self.ids.keys().map(|name| &**name))
    }
}

/// A numeric id of a user or a group, in decimal digits; the highest number means none to the
/// system.
pub(crate) fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| is_plain && *id != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Accounts;

    #[test]
    fn names_and_ids_are_those_of_the_first_line() {
        let file =
            b"root:x:0:0:root:/:/bin/sh\n# no:x:5:\n+nis:x:6:\nbad\nworse:x:-1:\ntoor:x:0:0\n\
openclaw:x:994:994::/home:\nopenclaw:x:7:7\nlast:x:8";
        let accounts = Accounts::read(file);
        for (name, id) in [
            ("root", Some(0)),
            ("toor", Some(0)),
            ("openclaw", Some(994)),
            ("last", Some(8)),
            ("worse", None),
            ("bad", None),
            ("+nis", None),
            ("# no", None),
            ("", None),
        ] {
            assert_eq!(accounts.id(name), id, "{name}");
        }
        assert_eq!(accounts.name(0), Some("root"));
        assert_eq!(accounts.name(1), None);
        assert_eq!(accounts.meant("opneclaw"), Some("openclaw"));
    }
}
