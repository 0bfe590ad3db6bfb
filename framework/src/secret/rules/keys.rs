//! Keys of identities, wallets and machines in a text of their own.

use super::Part::{Run, Text};
use super::{Check, SecretRule, Severity, token};
use crate::secret::alphabet::Alphabet::{Base32, Base58, Base64, Bech32, Bech32Upper, Upper};

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &[
    token("SE760", "nostr-key", "a Nostr secret key", "nsec1", &[Run(Bech32, 58, 58)], "https://github.com/nostr-protocol/nips/blob/master/19.md").check(Check::Bech32).severity(Severity::Critical),
    token("SE761", "age-key", "an age secret key", "AGE-SECRET-KEY-1", &[Run(Bech32Upper, 58, 58)], "https://github.com/C2SP/C2SP/blob/main/age.md").check(Check::Bech32).severity(Severity::Critical),
    token("SE762", "age-plugin-key", "an age plugin identity", "AGE-PLUGIN-", &[Run(Upper, 2, 20), Text("-1"), Run(Bech32Upper, 20, 400)], "https://github.com/C2SP/C2SP/blob/main/age.md").severity(Severity::Critical),
    token("SE763", "nats-user-seed", "a NATS user seed", "SUA", &[Run(Base32, 55, 55)], "https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth").check(Check::Crc16),
    token("SE764", "nats-account-seed", "a NATS account seed", "SAA", &[Run(Base32, 55, 55)], "https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth").check(Check::Crc16),
    token("SE765", "nats-operator-seed", "a NATS operator seed", "SOA", &[Run(Base32, 55, 55)], "https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth").check(Check::Crc16).severity(Severity::Critical),
    token("SE766", "bitcoin-extended-key", "an extended private key", "xprv", &[Run(Base58, 107, 107)], "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki").severity(Severity::Critical),
    token("SE767", "bitcoin-test-extended-key", "an extended private key of a test net", "tprv", &[Run(Base58, 107, 107)], "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki").severity(Severity::Low),
    token("SE768", "minisign-key", "a minisign secret key", "RWRTY0Iy", &[Run(Base64, 200, 220)], "https://jedisct1.github.io/minisign").severity(Severity::Critical),
    token("SE769", "tor-service-key", "a Tor onion service key", "ED25519-V3:", &[Run(Base64, 86, 88)], "https://spec.torproject.org/control-spec"),
];
