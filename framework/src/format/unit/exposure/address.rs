//! What `IPAddressDeny=` and `IPAddressAllow=` say about all addresses, those of the machine itself,
//! and others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::word::{Quotes, Words, integer};

/// What a list of address prefixes covers, as far as the score asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    /// Whether all of IPv4 and all of IPv6 are covered.
    is_any: [bool; 2],
    /// An address or a range of the machine itself.
    pub(super) has_local: bool,
    /// Anything else; all addresses count as such.
    pub(super) has_other: bool,
}

impl Addresses {
    /// Whether no address is left out.
    pub(super) fn is_any(self) -> bool {
        self.is_any == [true; 2]
    }

    /// Applies a line: prefixes are added, an empty line takes all away.
    pub(super) fn apply(&mut self, value: &str) {
        if value.is_empty() {
            *self = Self::default();
        }
        for word in Words::new(value, Quotes::Kept).map_while(Result::ok) {
            match &*word {
                "any" => {
                    self.add(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
                    self.add(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);
                }
                "link-local" | "multicast" => self.has_other = true,
                word if is_localhost(word) => self.has_local = true,
                word => {
                    if let Some((address, length)) = prefix(word) {
                        self.add(address, length);
                    }
                }
            }
        }
    }

    fn add(&mut self, address: IpAddr, length: u32) {
        // Only the bits of the prefix count: `127.0.0.1/4` is not the machine itself.
        let is_local = match address {
            IpAddr::V4(address) => {
                self.is_any[0] |= length == 0;
                let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
                (address.to_bits() & mask) >> 24 == 127
            }
            IpAddr::V6(address) => {
                self.is_any[1] |= length == 0;
                let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
                address.to_bits() & mask == Ipv6Addr::LOCALHOST.to_bits()
            }
        };
        if is_local {
            self.has_local = true;
        } else {
            self.has_other = true;
        }
    }
}

/// An address with the length of its prefix.
fn prefix(word: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = match word.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (word, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(length) => u32::try_from(integer(length)?).ok()?,
        None => longest,
    };
    (length <= longest).then_some((address, length))
}

/// The names that mean the machine itself.
fn is_localhost(word: &str) -> bool {
    let ends_with = |end: &str| {
        let start = word.len().checked_sub(end.len());
        start
            .and_then(|at| word.get(at..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    [
        "localhost",
        "localhost.",
        "localhost.localdomain",
        "localhost.localdomain.",
    ]
    .iter()
    .any(|name| {
        ends_with(name)
            && (word.len() == name.len() || word[..word.len() - name.len()].ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn lists_are_summed_up() {
        // All, the machine itself, others.
        let cases: &[(&[&str], [bool; 3])] = &[
            (&[], [false, false, false]),
            (&["any"], [true, false, true]),
            (&["any", ""], [false, false, false]),
            (&["0.0.0.0/0", "::/0"], [true, false, true]),
            (&["0.0.0.0/0"], [false, false, true]),
            (&["1.2.3.4/0 ffff::/0x0"], [true, false, true]),
            (&["localhost"], [false, true, false]),
            (&["A.LocalHost."], [false, true, false]),
            (&["alocalhost"], [false, false, false]),
            (&["127.0.0.1"], [false, true, false]),
            (&["127.1.2.3/8 ::1"], [false, true, false]),
            (&["127.0.0.1/4"], [false, false, true]),
            (&["::1/127"], [false, false, true]),
            (&["10.0.0.0/8"], [false, false, true]),
            (&["multicast link-local"], [false, false, true]),
            (
                &["10.0.0.0/33 010.0.0.1 [::1] nonsense \"any\""],
                [false, false, false],
            ),
        ];
        for (lines, expected) in cases {
            let mut addresses = Addresses::default();
            lines.iter().for_each(|line| addresses.apply(line));
            let found = [addresses.is_any(), addresses.has_local, addresses.has_other];
            assert_eq!(found, *expected, "{lines:?}");
        }
    }
}
