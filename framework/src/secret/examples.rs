//! Values that documentation shows, known by a checksum so that they do not stand here.

use super::checksum::crc32;

/// How many characters of a value tell it from all others.
const HEAD: usize = 12;

/// CRC-32 of the first characters of values that everybody knows.
#[rustfmt::skip]
const KNOWN: [u32; 22] = [
    0xCB60_8373, // the account key of Azurite
    0x77CA_FC60, // the key of the emulator of Cosmos DB
    0xDD9D_0F3C, // the bot of Telegram's documentation
    0x3043_CF30, // RFC 7617
    0x840E_A342, // Stripe's documentation
    0xB5B9_A326, // Stripe's documentation
    0x69A7_8551, // Stripe's documentation
    0x30D6_C974, // RFC 6749
    0x3A23_BED4, // RFC 6749
    0xF7E8_BF16, // RFC 6749
    0x1F41_EBD8, // AWS's documentation
    0xCF9C_E444, // RFC 5849
    0x30FB_7328, // RFC 5849
    0x4F04_2581, // RFC 5849
    0xC87F_C609, // oauthlib's documentation
    0xDBD6_E843, // oauthlib's documentation
    0x9296_638E, // oauthlib's documentation
    0x60C9_AC18, // oauthlib's documentation
    0xF7C6_D9E7, // oauthlib's documentation
    0x14F3_3362, // RFC 5849
    0x4903_11D4, // RFC 5849
    0xF445_4CF0, // RFC 5849
];

/// Whether a value, given in two parts, is one of a documentation.
pub(super) fn is_known(first: &[u8], second: &[u8]) -> bool {
    if first.len() + second.len() < HEAD {
        return false;
    }
    let first = &first[..first.len().min(HEAD)];
    let second = &second[..HEAD - first.len()];
    KNOWN.contains(&crc32(&[first, second]))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn values_of_documentation_are_known() {
        assert!(is_known(b"sk_test_", b"4eC39HqLyjWDarjt"));
        assert!(is_known(b"", b"2YotnFZFEjr1zCsi"));
        assert!(!is_known(b"sk_test_", b"4EC39HqLyjWDarjt"));
        assert!(!is_known(b"", b"short"));
    }
}
