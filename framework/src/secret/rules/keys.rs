//! Keys of identities, wallets and machines in a text of their own.

use super::Part::{Run, Text};
use super::{Check, SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Base32, Base58, Base64, Bech32, Bech32Upper, HexAny, Upper,
};

const KEYS: &str = "A private key in a text of its own. Nobody can revoke it for its owner: whoever has it is the \
owner. Make a new key, move what the old one holds or decrypts (funds, encrypted files, an onion \
address), replace the public key wherever it is trusted, and only then forget the old one. A key \
belongs into a file of its own with mode 0600 that its program opens, into a hardware token, or into \
`LoadCredentialEncrypted=`; never into a variable, an argument or a repository.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(KEYS, [
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
    token("SE770", "nats-server-seed", "a NATS server seed", "SNA", &[Run(Base32, 55, 55)], "as issued; the page of the issuer was not opened").check(Check::Crc16),
    token("SE771", "nats-cluster-seed", "a NATS cluster seed", "SCA", &[Run(Base32, 55, 55)], "as issued; the page of the issuer was not opened").check(Check::Crc16),
    token("SE772", "nats-curve-seed", "a NATS curve seed", "SXA", &[Run(Base32, 55, 55)], "as issued; the page of the issuer was not opened").check(Check::Crc16),
    token("SE773", "bitcoin-nested-extended-key", "an extended private key of nested SegWit", "yprv", &[Run(Base58, 107, 107)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE774", "bitcoin-segwit-extended-key", "an extended private key of SegWit", "zprv", &[Run(Base58, 107, 107)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE775", "age-hybrid-key", "an age secret key of the hybrid kind", "AGE-SECRET-KEY-PQ-1", &[Run(Bech32Upper, 50, 120)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE776", "minisign-plain-key", "a minisign secret key without a password", "RWQAAEIy", &[Run(Base64, 200, 220)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE777", "signify-key", "a signify secret key", "RWRCSwAAA", &[Run(Base64, 120, 140)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE778", "lightning-macaroon", "a macaroon of a Lightning node", "0201036c6e64", &[Run(HexAny, 100, 800)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE779", "tezos-seed", "a Tezos seed", "edsk", &[Run(Base58, 50, 50)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE780", "tezos-key", "a Tezos secret key", "edsk", &[Run(Base58, 94, 94)], "as issued; the page of the issuer was not opened").severity(Severity::Critical),
    token("SE781", "ed25519-key-in-hexadecimal", "an Ed25519 private key in hexadecimal digits of DER", "302e020100300506032b657004220420", &[Run(HexAny, 64, 64)], "https://www.rfc-editor.org/rfc/rfc8410").severity(Severity::Critical),
]);
