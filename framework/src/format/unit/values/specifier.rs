//! The `%` sequences of values. They are left as they are in what is in effect; here they are only
//! replaced as far as it is needed to judge a value.

use std::borrow::Cow;

use super::Context;

/// Which sequences a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// All: paths, texts, command lines.
    Full,
    /// Those that can be in the name of a unit.
    Name,
}

/// The words of the C library for a sequence that is not known.
pub(super) const UNKNOWN: &str = "Invalid slot";

/// Sequences that are valid everywhere; what they stand for depends on the machine.
const COMMON: &str = "ijnNpaAbBHlqmMovwWgGuU";

/// Sequences that are not valid in names of units.
const MORE: &str = "IJPfyYcrRCdELSthsTV";

/// Replaces the sequences of a value.
///
/// # Errors
///
/// [`UNKNOWN`] if there is a sequence of a letter or digit that systemd does not know; sequences of
/// other characters stay as they are.
pub(super) fn resolve<'a>(
    text: &'a str,
    table: Table,
    context: &Context<'_>,
) -> Result<Cow<'a, str>, &'static str> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut resolved = String::with_capacity(text.len() + 16);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            resolved.push(character);
            continue;
        }
        match characters.next() {
            None | Some('%') => resolved.push('%'),
            Some(letter)
                if COMMON.contains(letter) || (table == Table::Full && MORE.contains(letter)) =>
            {
                push(letter, context, &mut resolved);
            }
            Some(letter) if letter.is_ascii_alphanumeric() => return Err(UNKNOWN),
            Some(other) => resolved.extend(['%', other]),
        }
    }
    Ok(Cow::Owned(resolved))
}

/// What a sequence stands for, or something of its kind.
fn push(letter: char, context: &Context<'_>, resolved: &mut String) {
    let stem = context
        .unit
        .rsplit_once('.')
        .map_or(context.unit, |(stem, _)| stem);
    let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
    // A template is judged as one of its instances.
    let is_template = stem.ends_with('@');
    let instance = if is_template { "i" } else { instance };
    resolved.push_str(match letter {
        'n' if !is_template => context.unit,
        'N' if !is_template => stem,
        'p' | 'P' => prefix,
        'i' | 'I' => instance,
        'j' | 'J' => prefix.rsplit('-').next().unwrap_or(prefix),
        'C' => "/var/cache",
        'E' => "/etc",
        'L' => "/var/log",
        'S' => "/var/lib",
        't' => "/run",
        'T' => "/tmp",
        'V' => "/var/tmp",
        'h' => "/root",
        's' => "/bin/sh",
        'd' => "/run/credentials",
        'f' | 'y' | 'Y' => "/x",
        'u' | 'g' => "root",
        'U' | 'G' => "0",
        _ => "x",
    });
}
