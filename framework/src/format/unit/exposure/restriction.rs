//! Lists that restrict a service: capabilities, namespaces and address families. Each line adds to
//! those before it or takes away, and the first one decides which of the two is listed.

use super::word::{Quotes, Words};
use crate::format::unit::names;
use crate::format::unit::number::boolean;

/// A list without the `~` that turns it around, and whether there was one.
fn inverted(value: &str) -> (bool, &str) {
    match value.strip_prefix('~') {
        Some(list) => (true, list),
        None => (false, value),
    }
}

/// Applies a line to a set of capabilities, one bit each. As long as the set is the initial one, or
/// if the line has no valid name, the line replaces it.
pub(super) fn capabilities(before: u64, initial: u64, value: &str, version: u16) -> u64 {
    let (is_inverted, list) = inverted(value);
    // What stands before a word that cannot be read counts; newer versions can read all.
    let quotes = if version < 254 {
        Quotes::Removed
    } else {
        Quotes::Relaxed
    };
    let bits = Words::new(list, quotes)
        .map_while(Result::ok)
        .filter_map(|word| names::capability(&word))
        .fold(0, |bits, number| bits | 1 << number);
    match (bits == 0 || before == initial, is_inverted) {
        (true, true) => !bits,
        (true, false) => bits,
        (false, true) => before & !bits,
        (false, false) => before | bits,
    }
}

/// The namespaces that may be made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Namespaces {
    /// One bit for each name; `None` as long as nothing is restricted.
    allowed: Option<u8>,
}

impl Namespaces {
    /// Whether a kind of namespace may be made.
    pub(super) fn allows(self, kind: u8) -> bool {
        self.allowed.is_none_or(|allowed| allowed & kind != 0)
    }

    /// What a line makes of it; `None` if the line is not valid and changes nothing.
    pub(super) fn with(self, value: &str) -> Option<Self> {
        /// All that a list without them would forbid; that of times is not among them.
        const ALL: u8 = !names::namespace("time");
        let allowed = if value.is_empty() {
            None
        } else if let Some(is_restricted) = boolean(value) {
            Some(if is_restricted { 0 } else { ALL })
        } else {
            let (is_denied, list) = inverted(value);
            let mut bits = 0;
            for word in Words::new(list, Quotes::Kept) {
                let word = word.ok()?;
                let number = names::NAMESPACES.iter().position(|name| *name == word)?;
                bits |= 1 << number;
            }
            Some(match (self.allowed, is_denied) {
                (None, true) => ALL & !bits,
                (None, false) => bits,
                (Some(before), true) => before & !bits,
                (Some(before), false) => before | bits,
            })
        };
        Some(Self { allowed })
    }
}

/// The address families of the sockets that may be opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Families {
    /// Whether there is a list that later lines add to.
    is_set: bool,
    /// Whether what is listed is allowed, and nothing else.
    is_allow_list: bool,
    /// One bit for each family's number.
    listed: u64,
}

impl Families {
    /// Whether any of some families may be used, as the score sees it: an allow-list must have
    /// none of them, a list of what is denied must have at least one.
    pub(super) fn allows(self, families: u64) -> bool {
        (self.listed & families != 0) == self.is_allow_list
    }

    /// Whether all of some families may be used.
    pub(super) fn allows_all(self, families: u64) -> bool {
        let listed = self.listed & families;
        if self.is_allow_list {
            listed == families
        } else {
            listed == 0
        }
    }

    /// Applies a line.
    pub(super) fn apply(&mut self, value: &str) {
        if value.is_empty() || value == "none" {
            *self = Self {
                is_allow_list: !value.is_empty(),
                ..Self::default()
            };
            return;
        }
        let (is_denied, list) = inverted(value);
        if !self.is_set {
            self.is_set = true;
            self.is_allow_list = !is_denied;
        }
        for word in Words::new(list, Quotes::Removed).map_while(Result::ok) {
            let bit = names::family(&word).map_or(0, |number| 1 << number);
            if is_denied == self.is_allow_list {
                self.listed &= !bit;
            } else {
                self.listed |= bit;
            }
        }
    }
}
