//! Values that documentation shows, known by a checksum so that they do not stand here.

use super::checksum::crc32;

/// How many characters of a value tell it from all others.
const HEAD: usize = 12;

/// CRC-32 of the first characters of values that everybody knows.
#[rustfmt::skip]
const KNOWN: [u32; 55] = [
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
    0x6F16_E017, // RFC 6750
    0x8A15_B88D, // RFC 6238
    0x9D7B_498C, // Google Authenticator's documentation
    0x1ED4_C5B0, // Discord's documentation
    0xD05E_FF7E, // Discord's documentation
    0x1A5C_5F83, // Telegram's documentation
    0xDF4C_9FE7, // the key of OpenSSL's check of itself, in its headers
    0x7DB1_7F3E, // systemd.netdev(5)
    0xFDC0_E915, // WireGuard's documentation
    0x063C_56EF, // AWS's documentation
    0x4A96_8D81, // Kubernetes's documentation
    0x179F_860A, // Google's documentation
    0x1380_A960, // Google's documentation
    0x836B_60CD, // Twitter's documentation
    0x5328_F5BC, // Twitter's documentation
    0xBA54_5854, // Twitter's documentation
    0x98F8_D20C, // Twitter's documentation
    0x7791_D8B9, // Twitter's documentation
    0x90AF_0282, // requests-oauthlib's documentation
    0x5CD8_5FAE, // requests-oauthlib's documentation
    0x0572_FC7C, // requests-oauthlib's documentation
    0xDE97_B98C, // NIST SP 800-38A
    0x74BB_17AC, // NIST SP 800-38A
    0x231F_8114, // google-api-core's documentation
    0x1682_5B06, // RFC 5849
    0xE0E7_A014, // requests-oauthlib's documentation
    0x0A1E_E09C, // a test of Kubernetes's client
    0x8C23_2EF3, // AWS's documentation
    0x9F62_3210, // AWS's documentation
    0x71FF_C9BE, // AWS's documentation
    0x9AEA_032D, // Jetty's documentation
    0x9D74_CF95, // Jetty's documentation
    0xA719_A65A, // Jetty's documentation
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
