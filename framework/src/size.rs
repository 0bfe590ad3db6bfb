//! Sizes with a unit: `500B`, `10KB`, `1.5MiB`.

/// The units and what they are worth in bytes: SI prefixes are decimal, IEC prefixes binary.
const UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Reads a size: digits, at most three decimals, and a unit, with or without a blank between.
///
/// # Errors
///
/// A sentence that says what is wrong and what is accepted.
pub fn parse(text: &str) -> Result<u64, String> {
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(|| {
            format!("`{text}` has no unit; write for example `{text}B` or `{text}KiB`")
        })?;
    if split == 0 {
        return Err(format!("`{text}` is not a size; write for example `10KB`"));
    }
    let (number, unit) = text.split_at(split);
    let unit = unit.trim_start_matches(' ');
    let Some((_, worth)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!(
            "`{unit}` is not a unit of size; the units are B, KB, MB, GB (powers of 1000) and KiB, MiB, GiB (powers of 1024)"
        ));
    };
    scaled(number, *worth).ok_or_else(|| {
        format!(
            "`{number}` is not a number of at most three decimals that fits into 64 bits of bytes"
        )
    })
}

/// A decimal number times a factor, in integers, so that nothing is rounded by accident.
pub(crate) fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.len() > 3 {
        return None;
    }
    let thousandths =
        fraction.parse::<u64>().ok()? * 10_u64.pow(3 - u32::try_from(fraction.len()).ok()?);
    let whole = whole.parse::<u64>().ok()?.checked_mul(factor)?;
    whole.checked_add(factor.checked_mul(thousandths)? / 1_000)
}

/// A size for a person: exact bytes below 10,000, else rounded with a unit.
pub fn show(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let scale = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        0..10_000 => crate::text::plural(usize::try_from(bytes).unwrap_or(usize::MAX), "byte"),
        10_000..1_000_000 => format!("{:.1} KB ({bytes} bytes)", scale(1_000)),
        _ => format!("{:.1} MB ({bytes} bytes)", scale(1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, show};

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        let cases = [
            ("0B", 0),
            ("500B", 500),
            ("10KB", 10_000),
            ("10 kB", 10_000),
            ("1.5MiB", 1_572_864),
            ("2GB", 2_000_000_000),
            ("0.001KB", 1),
        ];
        for (text, bytes) in cases {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_size_is_refused() {
        for text in [
            "",
            "10",
            "KB",
            "10kb",
            "10K",
            "-1B",
            "1.2345KB",
            ".5KB",
            "1.KB",
            "99999999999GB",
            "1e3B",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_with_their_bytes() {
        assert_eq!(show(1), "1 byte");
        assert_eq!(show(9_999), "9999 bytes");
        assert_eq!(show(12_345), "12.3 KB (12345 bytes)");
        assert_eq!(show(2_500_000), "2.5 MB (2500000 bytes)");
    }
}
