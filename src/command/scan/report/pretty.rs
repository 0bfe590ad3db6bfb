//! Text for a person: a line for each finding, and what was looked at.

use std::io::{self, Write};

use clawtest_framework::text::plural;

use super::View;

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (bold, red, dim, plain) = if view.colour {
        ("\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m")
    } else {
        ("", "", "", "")
    };
    let mut files = 0;
    let mut last = None;
    for row in view.rows() {
        let path = row.place();
        write!(out, "{bold}{path}:{}:{}{plain}  ", row.line, row.column)?;
        if last.as_ref() != Some(&path) {
            files += 1;
            last = Some(path);
        }
        write!(out, "{red}{} {}{plain}  {}", row.rule, row.name, row.masked)?;
        write!(out, "  {dim}{}{plain}", row.fingerprint)?;
        match (row.commit, row.object) {
            (Some(commit), _) => writeln!(out, "  in commit {}", short(commit))?,
            (None, Some(object)) => writeln!(out, "  in object {}", short(object))?,
            _ => writeln!(out)?,
        }
    }
    if let Some(more) = view.more() {
        writeln!(out, "{more}")?;
    }
    summary(view, files, out)
}

/// The start of a name of git's, as git itself shows it.
fn short(name: &str) -> &str {
    name.get(..12).unwrap_or(name)
}

fn summary(view: &View<'_>, files: usize, out: &mut dyn Write) -> io::Result<()> {
    let counts = &view.record.counts;
    let total = view.record.total();
    let unreadable = view.record.unreadable.len() as u64 + view.record.more_unreadable;
    if total == 0 && unreadable > 0 {
        write!(out, "no secrets in what could be read")?;
    } else if total == 0 {
        write!(out, "no secrets")?;
    } else {
        let findings = plural(usize::try_from(total).unwrap_or(usize::MAX), "finding");
        write!(out, "{findings} in {}", plural(files, "file"))?;
    }
    write!(out, "; looked at {}", counted(counts.files, "file"))?;
    if counts.objects > 0 {
        write!(out, " and {}", counted(counts.objects, "object"))?;
    }
    if counts.archives > 0 {
        let members = counted(counts.members, "member");
        write!(
            out,
            " and {members} of {}",
            counted(counts.archives, "archive")
        )?;
    }
    write!(
        out,
        ", {}; skipped {}",
        size(counts.bytes),
        counts.skipped()
    )?;
    writeln!(out, ", unreadable {unreadable}")?;
    if counts.closed > 0 {
        let archives = counted(counts.closed, "archive");
        let hint = if view.opens_archives {
            "bzip2, xz, zstd, 7z and RAR are not unpacked"
        } else {
            "--archives does"
        };
        writeln!(out, "not looked into: {archives} ({hint})")?;
    }
    let allowed = [
        (counts.allowed_by_comment, "a comment"),
        (counts.allowed_by_config, "`clawtest.toml`"),
        (counts.in_baseline, "the baseline"),
    ];
    let is_allowed = allowed.iter().any(|(count, _)| *count > 0);
    if is_allowed {
        let parts = allowed.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, by)| format!("{count} by {by}"))
            .collect();
        writeln!(out, "allowed: {}", parts.join(", "))?;
    }
    if view.verbose > 0 || counts.excluded > 0 {
        writeln!(
            out,
            "skipped: {}, {} (FIFO, socket or device), {} of git, {} excluded",
            counted(counts.links, "symbolic link"),
            counted(counts.special, "special file"),
            counted(counts.git, "folder"),
            counts.excluded,
        )?;
    }
    Ok(())
}

fn counted(count: u64, noun: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), noun)
}

/// A size in the largest unit that leaves something before the point.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn size(bytes: u64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let amount = bytes as f64;
    let unit = units.iter().find(|(size, _)| amount >= *size);
    unit.map_or_else(
        || counted(bytes, "byte"),
        |(size, name)| format!("{:.1} {name}", amount / size),
    )
}
