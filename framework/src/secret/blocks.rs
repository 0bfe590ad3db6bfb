//! Looks at 64 bytes at once: which of them are of a class, or begin a text of some, as 64 bits.
//! This is the only module with unsafe code: the instructions that look up 32 bytes in one step.

/// How many bytes one mask is about.
pub(super) const BLOCK: usize = 64;

/// How many masks are made in one go; they and their bytes stay in the fastest cache.
pub(super) const MASKS: usize = 64;

/// Classes of bytes, up to eight, one bit each: a byte is of a class if both of its halves are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Halves {
    low: [u8; 16],
    high: [u8; 16],
}

impl Halves {
    /// No byte is of any class.
    pub(super) const NONE: Self = Self {
        low: [0; 16],
        high: [0; 16],
    };

    /// Adds a byte to the classes whose bits are set. Bytes whose halves are those of two others
    /// of one class belong to it, too; no class has bytes that are not of ASCII.
    pub(super) const fn add(&mut self, byte: u8, classes: u8) {
        self.low[(byte & 15) as usize] |= classes;
        self.high[(byte >> 4 & 7) as usize] |= classes;
    }

    /// The classes of a byte.
    fn of(&self, byte: u8) -> u8 {
        if byte.is_ascii() {
            self.low[usize::from(byte & 15)] & self.high[usize::from(byte >> 4)]
        } else {
            0
        }
    }
}

/// For each byte of each block whether it and the bytes behind it are all of one class: the first
/// one by the first table, the next one by the next. Gives how many masks were made: less than
/// `masks` has room for only at the end of the text, whose last bytes may be left over.
pub(super) fn masks<const N: usize>(
    bytes: &[u8],
    tables: &[Halves; N],
    masks: &mut [u64; MASKS],
) -> usize {
    let count = (bytes.len().saturating_sub(N - 1) / BLOCK).min(MASKS);
    if count == 0 {
        return 0;
    }
    #[cfg(target_arch = "x86_64")]
    if is_fast() {
        fast::masks(&bytes[..count * BLOCK + N - 1], tables, &mut masks[..count]);
        return count;
    }
    plain(bytes, tables, &mut masks[..count]);
    count
}

/// Calls `each` with all places whose bytes are of one class, from left to right.
pub(super) fn for_each<const N: usize>(
    bytes: &[u8],
    tables: &[Halves; N],
    mut each: impl FnMut(usize),
) {
    let mut bits = [0; MASKS];
    let mut look = |bits: &[u64], from: usize| {
        for (place, mask) in bits.iter().enumerate() {
            let mut mask = *mask;
            while mask != 0 {
                let at = from + place * BLOCK + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if at < bytes.len() {
                    each(at);
                }
            }
        }
    };
    let mut from = 0;
    loop {
        let count = masks(&bytes[from..], tables, &mut bits);
        if count == 0 {
            break;
        }
        look(&bits[..count], from);
        from += count * BLOCK;
    }
    // What is left over is less than two blocks, and has as much behind it as they need.
    let mut last = [0; 3 * BLOCK];
    last[..bytes.len() - from].copy_from_slice(&bytes[from..]);
    let count = masks(&last, tables, &mut bits);
    look(&bits[..count], from);
}

/// Whether [`masks`] is faster than to look at a text byte by byte.
pub(super) fn is_fast() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The same in the plain way.
fn plain<const N: usize>(bytes: &[u8], tables: &[Halves; N], masks: &mut [u64]) {
    for (place, mask) in masks.iter_mut().enumerate() {
        let from = place * BLOCK;
        *mask = (0..BLOCK).fold(0, |mask, at| {
            mask | u64::from(starts(&bytes[from + at..], tables)) << at
        });
    }
}

/// Whether the first bytes of a text are of one class.
pub(super) fn starts<const N: usize>(bytes: &[u8], tables: &[Halves; N]) -> bool {
    bytes.len() >= N
        && tables
            .iter()
            .zip(bytes)
            .fold(u8::MAX, |classes, (table, byte)| classes & table.of(*byte))
            != 0
}

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "the standard library has these instructions only as unsafe functions of raw pointers"
)]
mod fast {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm_loadu_si128, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
        _mm256_srli_epi16, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_loadu_si512,
        _mm512_set1_epi8, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_test_epi8_mask,
    };

    use super::{BLOCK, Halves};

    /// [`super::masks`]; `bytes` are those of all masks, and as many more as a text has behind its
    /// first byte.
    pub(super) fn masks<const N: usize>(bytes: &[u8], tables: &[Halves; N], masks: &mut [u64]) {
        assert!(
            bytes.len() >= masks.len() * BLOCK + N - 1 && super::is_fast(),
            "a processor with these instructions, and a text that is long enough"
        );
        // SAFETY: the processor has the instructions, and all bytes that are read are in the text.
        unsafe {
            if std::arch::is_x86_feature_detected!("avx512bw") {
                wide_masks_of(bytes, tables, masks);
            } else {
                masks_of(bytes, tables, masks);
            }
        }
    }

    /// [`masks`] as it is without vectors of 64 bytes.
    #[cfg(test)]
    pub(super) fn narrow<const N: usize>(bytes: &[u8], tables: &[Halves; N], masks: &mut [u64]) {
        assert!(
            bytes.len() >= masks.len() * BLOCK + N - 1 && super::is_fast(),
            "as above"
        );
        // SAFETY: as above.
        unsafe { masks_of(bytes, tables, masks) }
    }

    /// [`masks_of`] with vectors of 64 bytes.
    ///
    /// # Safety
    ///
    /// `bytes` has at least 64 bytes for each mask, and `N - 1` more.
    #[target_feature(enable = "avx512f,avx512bw")]
    unsafe fn wide_masks_of<const N: usize>(bytes: &[u8], tables: &[Halves; N], masks: &mut [u64]) {
        let tables = tables
            .each_ref()
            .map(|table| (four_times(&table.low), four_times(&table.high)));
        let half = _mm512_set1_epi8(15);
        for (place, mask) in masks.iter_mut().enumerate() {
            let mut all = _mm512_set1_epi8(-1);
            for (next, (low, high)) in tables.iter().enumerate() {
                // SAFETY: the caller has made sure that the text goes on for so long.
                let bytes =
                    unsafe { _mm512_loadu_si512(bytes.as_ptr().add(place * BLOCK + next).cast()) };
                let upper = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), half);
                let low = _mm512_shuffle_epi8(*low, bytes);
                let high = _mm512_shuffle_epi8(*high, upper);
                all = _mm512_and_si512(all, _mm512_and_si512(low, high));
            }
            *mask = _mm512_test_epi8_mask(all, all);
        }
    }

    /// A table for all quarters of a vector.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn four_times(table: &[u8; 16]) -> __m512i {
        // SAFETY: it is as long as a quarter.
        _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
    }

    /// # Safety
    ///
    /// `bytes` has at least 64 bytes for each mask, and `N - 1` more.
    #[target_feature(enable = "avx2")]
    unsafe fn masks_of<const N: usize>(bytes: &[u8], tables: &[Halves; N], masks: &mut [u64]) {
        let tables = tables
            .each_ref()
            .map(|table| (twice(&table.low), twice(&table.high)));
        let half = _mm256_set1_epi8(15);
        let classes = |at: usize| {
            // SAFETY: the caller has made sure that the text goes on for so long.
            let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().add(at).cast()) };
            (bytes, _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half))
        };
        let look = |at: usize| {
            let mut all = _mm256_set1_epi8(-1);
            for (place, (low, high)) in tables.iter().enumerate() {
                let (bytes, upper) = classes(at + place);
                // A byte that is not of ASCII has no lower half here: the instruction gives 0.
                let low = _mm256_shuffle_epi8(*low, bytes);
                let high = _mm256_shuffle_epi8(*high, upper);
                all = _mm256_and_si256(all, _mm256_and_si256(low, high));
            }
            let none = _mm256_cmpeq_epi8(all, _mm256_setzero_si256());
            !_mm256_movemask_epi8(none).cast_unsigned()
        };
        for (place, mask) in masks.iter_mut().enumerate() {
            let at = place * BLOCK;
            *mask = u64::from(look(at)) | u64::from(look(at + BLOCK / 2)) << 32;
        }
    }

    /// A table for both halves of a vector.
    #[target_feature(enable = "avx2")]
    fn twice(table: &[u8; 16]) -> __m256i {
        let mut both = [0; 32];
        both[..16].copy_from_slice(table);
        both[16..].copy_from_slice(table);
        // SAFETY: it is as long as a vector.
        unsafe { _mm256_loadu_si256(both.as_ptr().cast()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop, proptest};

    use super::{BLOCK, Halves, MASKS, masks, plain};

    fn agree<const N: usize>(bytes: &[u8], pairs: &[(u8, u8)]) {
        let mut tables = [Halves::NONE; N];
        for (at, (byte, classes)) in pairs.iter().enumerate() {
            tables[at % N].add(*byte, *classes);
        }
        let (mut one, mut other) = ([7; MASKS], [7; MASKS]);
        let count = masks(bytes, &tables, &mut one);
        assert_eq!(
            count,
            ((bytes.len() + 1).saturating_sub(N) / BLOCK).min(MASKS)
        );
        plain(bytes, &tables, &mut other[..count]);
        assert_eq!(one, other);
        #[cfg(target_arch = "x86_64")]
        if super::is_fast() && count > 0 {
            let mut narrow = [7; MASKS];
            super::fast::narrow(
                &bytes[..count * BLOCK + N - 1],
                &tables,
                &mut narrow[..count],
            );
            assert_eq!(narrow, other);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn both_ways_give_the_same_masks(bytes in prop::collection::vec(any::<u8>(), 0..700), text in "[a-e_\n]{0,700}", pairs in prop::collection::vec((b'a'..b'f', any::<u8>()), 1..30)) {
            for bytes in [&bytes, text.as_bytes()] {
                agree::<1>(bytes, &pairs);
                agree::<3>(bytes, &pairs);
                agree::<4>(bytes, &pairs);
            }
        }
    }

    #[test]
    fn no_more_masks_than_there_is_room_for() {
        agree::<1>(&[b'a'; BLOCK * (MASKS + 2)], &[(b'a', 1)]);
    }
}
