//! TAP 13: a test point for each finding and for what could not be read, or one that passed.

use std::io::{self, Write};

use super::View;
use crate::reporter::tap::description;

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let record = view.record;
    let listed = record.findings().count();
    let more = view.more();
    let points = listed + usize::from(more.is_some()) + record.unreadable.len();
    writeln!(out, "TAP version 13\n1..{}", points.max(1))?;
    let mut number = 0;
    for row in view.rows() {
        number += 1;
        let place = format!("{}:{}:{}", row.place(), row.line, row.column);
        let words = format!(
            "{place}: {} {}: {} ({})",
            row.rule, row.name, row.what, row.masked
        );
        writeln!(out, "not ok {number} - {}", description(&words))?;
        writeln!(out, "  ---\n  fingerprint: \"{}\"", row.fingerprint)?;
        if let Some(object) = row.object {
            writeln!(out, "  object: \"{object}\"")?;
        }
        writeln!(out, "  ...")?;
    }
    for (origin, why) in &record.unreadable {
        number += 1;
        let words = format!("{}: cannot be read: {why}", origin.shown());
        writeln!(out, "not ok {number} - {}", description(&words))?;
    }
    if let Some(more) = more {
        number += 1;
        writeln!(out, "not ok {number} - {more}")?;
    }
    if number == 0 {
        let looked = record.counts.files + record.counts.objects;
        writeln!(out, "ok 1 - no secrets in {looked} files")?;
    }
    for note in &record.notes {
        writeln!(
            out,
            "# {}:{}: {}",
            description(&note.path),
            note.line,
            description(&note.message)
        )?;
    }
    Ok(())
}
