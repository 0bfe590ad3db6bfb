//! Finds the long words of a text, where tokens can be: runs of letters, digits, `_` and `-`. A
//! text is looked at in blocks of 64 bytes, each as 64 bits; nothing depends on what is in it.

use super::blocks::{self, BLOCK, Halves, MASKS};

/// A run: `bytes[start..end]` are characters of a word, and the byte before and behind are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The characters of words, in classes whose halves go with each other.
const WORDS: [Halves; 1] = {
    let mut words = Halves::NONE;
    let mut byte = 0_u8;
    while byte < 128 {
        let class = match byte {
            b'0'..=b'9' => 1,
            b'A'..=b'O' | b'a'..=b'o' => 2,
            b'P'..=b'Z' | b'p'..=b'z' => 4,
            b'_' => 8,
            b'-' => 16,
            _ => 0,
        };
        words.add(byte, class);
        byte += 1;
    }
    [words]
};

/// Which bytes of the first blocks are part of a word; gives of how many blocks.
fn masks(bytes: &[u8], masks: &mut [u64; MASKS]) -> usize {
    if blocks::is_fast() {
        return blocks::masks(bytes, &WORDS, masks);
    }
    let blocks = bytes.as_chunks::<BLOCK>().0;
    for (mask, block) in masks.iter_mut().zip(blocks) {
        *mask = words(block);
    }
    blocks.len().min(MASKS)
}

/// Which bytes of a block are part of a word. Written so that the compiler makes vectors of it.
fn words(block: &[u8; BLOCK]) -> u64 {
    let mut is_word = [0_u8; BLOCK];
    for (is_word, byte) in is_word.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *is_word =
            u8::from(letter) | u8::from(digit) | u8::from(*byte == b'_') | u8::from(*byte == b'-');
    }
    let (eights, _) = is_word.as_chunks::<8>();
    eights.iter().enumerate().fold(0, |bits, (place, eight)| {
        // Eight bytes of 0 or 1 become eight bits: the product has the first in bit 56.
        let eight = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits | eight << (8 * place)
    })
}

/// Calls `each` with the runs of at least `shortest` bytes, from left to right; up to 64.
pub(super) fn for_each(bytes: &[u8], shortest: u32, mut each: impl FnMut(Run)) {
    let mut last = [0; BLOCK];
    let rest = bytes.as_chunks::<BLOCK>().1;
    last[..rest.len()].copy_from_slice(rest);
    let mut bits = [0; MASKS];
    // Where the run began that reaches up to this block.
    let mut open: Option<usize> = None;
    let mut from = 0;
    while from <= bytes.len() {
        let left = &bytes[from..];
        let count = if left.len() < BLOCK {
            masks(&last, &mut bits)
        } else {
            masks(left, &mut bits)
        };
        for bits in &bits[..count] {
            open = block(*bits, from, open, shortest, &mut each);
            from += BLOCK;
        }
    }
}

/// Calls `each` with the runs that end in a block which begins at `from`, and in which `open` is
/// where the run began that reaches up to it. Gives the same for the next block.
#[inline]
fn block(
    bits: u64,
    from: usize,
    open: Option<usize>,
    shortest: u32,
    each: &mut impl FnMut(Run),
) -> Option<usize> {
    let first = bits.trailing_ones();
    if let Some(start) = open {
        if first == u64::BITS {
            return open;
        }
        let end = from + first as usize;
        if end - start >= shortest as usize {
            each(Run { start, end });
        }
    }
    // Bits whose next `shortest` bits are set, too: the runs that this block has all of.
    let inner = if open.is_some() {
        bits & (u64::MAX << first)
    } else {
        bits
    };
    let mut starts = inner;
    let mut length = 1;
    while length * 2 <= shortest {
        starts &= starts >> length;
        length *= 2;
    }
    starts &= starts >> (shortest - length);
    while starts != 0 {
        let start = starts.trailing_zeros();
        let end = start + (inner >> start).trailing_ones();
        if end == u64::BITS {
            break;
        }
        each(Run {
            start: from + start as usize,
            end: from + end as usize,
        });
        starts &= u64::MAX << end;
    }
    let tail = inner.leading_ones();
    (tail > 0).then(|| from + BLOCK - tail as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, proptest};

    use super::{Run, for_each};

    /// The same in the plain way.
    fn plain(bytes: &[u8], shortest: usize) -> Vec<Run> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let mut runs = Vec::new();
        let mut start = 0;
        for at in 0..=bytes.len() {
            if at == bytes.len() || !is_word(bytes[at]) {
                if at - start >= shortest {
                    runs.push(Run { start, end: at });
                }
                start = at + 1;
            }
        }
        runs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn runs_are_those_of_the_plain_way(text in "([aZ0_-]{1,40}[ .]){0,8}", long in "[a ]{0,3}a{0,200}", bytes in any::<Vec<u8>>(), shortest in 1_u32..33) {
            for bytes in [text.as_bytes(), long.as_bytes(), &bytes] {
                let mut found = Vec::new();
                for_each(bytes, shortest, |run| found.push(run));
                assert_eq!(found, plain(bytes, shortest as usize));
            }
        }
    }
}
