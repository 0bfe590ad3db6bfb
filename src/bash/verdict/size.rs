//! The limit of `assert_file_size_under`. The old helper counted kilobytes, and many harnesses pass
//! bytes all the same; what was meant shows in the number and in the message.

/// A plain number up to this is one of kilobytes, unless the message says otherwise. A file of more
/// than four megabytes is no configuration, and a limit of less than four kilobytes is rare.
const MOST_KILOBYTES: u64 = 4096;

/// A limit, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Most bytes.
    pub(super) bytes: u64,
    /// How it was understood, where that is not kilobytes.
    pub(super) note: Option<String>,
}

/// The limit that a text stands for: with a unit that one; else what the message says; else kilobytes
/// of 1024 bytes, or bytes if it is more than 4096.
pub(super) fn limit(text: &str, message: &str) -> Option<Limit> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if !unit.trim().is_empty() {
        let bytes = scaled(number, factor(unit.trim())?)?;
        let note = format!("`{text}` was taken for {bytes} bytes, by its unit");
        return Some(Limit {
            bytes,
            note: Some(note),
        });
    }
    let number: u64 = number.parse().ok()?;
    let kilobytes = number.checked_mul(1024)?;
    for bytes in sizes_in(message) {
        // "10KB" is 10240 bytes to one and 10000 to the other.
        let is =
            |size: u64| size == bytes || size / 1024 * 1000 == bytes || size / 1000 * 1024 == bytes;
        if is(number) && !is(kilobytes) {
            let note = format!("`{number}` was taken for bytes, as the message says");
            return Some(Limit {
                bytes: number,
                note: Some(note),
            });
        }
        if is(kilobytes) && !is(number) {
            return Some(Limit {
                bytes: kilobytes,
                note: None,
            });
        }
    }
    if number > MOST_KILOBYTES {
        let note = format!("`{number}` was taken for bytes: as kilobytes it would be no limit");
        return Some(Limit {
            bytes: number,
            note: Some(note),
        });
    }
    Some(Limit {
        bytes: kilobytes,
        note: None,
    })
}

fn factor(unit: &str) -> Option<u64> {
    Some(match &*unit.to_ascii_lowercase() {
        "b" | "byte" | "bytes" | "c" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    })
}

fn scaled(number: &str, factor: u64) -> Option<u64> {
    if let Some((whole, tenths)) = number.split_once('.') {
        let tenth: u64 = tenths.get(..1)?.parse().ok()?;
        return whole
            .parse::<u64>()
            .ok()?
            .checked_mul(factor)?
            .checked_add(factor * tenth / 10);
    }
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// The sizes that a message names.
fn sizes_in(message: &str) -> Vec<u64> {
    let mut sizes = Vec::new();
    let mut rest = message;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[at..];
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let unit = behind.trim_start_matches(' ');
        let unit = &unit[..unit
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit.len())];
        if let Some(size) = factor(unit).and_then(|factor| scaled(number, factor)) {
            sizes.push(size);
        }
        rest = behind;
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::limit;

    #[test]
    fn limits_are_kilobytes_unless_something_says_otherwise() {
        for (text, message, bytes, has_note) in [
            ("10", "SOUL.md is small", 10 << 10, false),
            ("1024", "at most 1MB", 1 << 20, false),
            ("10240", "SOUL.md is small", 10_240, true),
            ("2048", "under 2048 bytes", 2048, true),
            ("2048", "under 2KB", 2048, true),
            ("3000", "under 3KB", 3000, true),
            ("50", "under 50 KB", 50 << 10, false),
            ("10KB", "x", 10 << 10, true),
            ("500B", "x", 500, true),
            ("1M", "x", 1 << 20, true),
            ("1.5K", "x", 1536, true),
        ] {
            let limit = limit(text, message).unwrap();
            assert_eq!(
                (limit.bytes, limit.note.is_some()),
                (bytes, has_note),
                "{text} {message}"
            );
        }
        for wrong in ["", "ten", "10 apples", "-1", "99999999999999999999"] {
            assert_eq!(limit(wrong, ""), None, "{wrong}");
        }
    }
}
