//! The fingerprint of a secret: a keyed hash, by which an allowance or a baseline knows it again
//! and from which nobody gets it back.

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein 2012). The hash of the standard
/// library may change with its version, and what stands in a baseline file must not; forty lines
/// are less to watch over than a dependency.
pub(super) fn siphash(key: [u64; 2], text: &[u8]) -> u128 {
    let mut state = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d ^ 0xee,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        absorb(&mut state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = text.len().to_le_bytes()[0];
    absorb(&mut state, u64::from_le_bytes(last));
    state[2] ^= 0xee;
    let low = finish(&mut state);
    state[1] ^= 0xdd;
    let high = finish(&mut state);
    u128::from(high) << 64 | u128::from(low)
}

fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    round(state);
    state[0] ^= word;
}

fn finish(state: &mut [u64; 4]) -> u64 {
    for _ in 0..4 {
        round(state);
    }
    state.iter().fold(0, |all, word| all ^ word)
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::siphash;

    #[test]
    fn the_hash_is_that_of_its_authors() {
        // `vectors_sip128` of the reference implementation: the key 00 … 0f, texts 00, 00 01, ….
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        let vectors = [
            [
                0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55,
                0x02, 0x93,
            ],
            [
                0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22,
                0xfc, 0x45,
            ],
        ];
        for (length, vector) in (0_u8..).zip(vectors) {
            let text: Vec<u8> = (0..length).collect();
            assert_eq!(siphash(key, &text).to_le_bytes(), vector);
        }
    }
}
