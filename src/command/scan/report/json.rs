//! JSON: one document with everything, or a finding on each line.

use std::io::{self, Write};

use serde_json::{json, to_writer};

use super::View;

pub(super) fn write_lines(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    for row in view.rows() {
        to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"version\":1,\"findings\":[")?;
    let mut separator = "\n";
    for row in view.rows() {
        out.write_all(separator.as_bytes())?;
        to_writer(&mut *out, &row)?;
        separator = ",\n";
    }
    out.write_all(b"\n],\"unreadable\":")?;
    let record = view.record;
    let unreadable = record.unreadable.iter();
    let unreadable: Vec<_> = unreadable
        .map(|(origin, why)| json!({ "path": origin.shown(), "reason": why }))
        .collect();
    to_writer(&mut *out, &unreadable)?;
    out.write_all(b",\"notes\":")?;
    let notes = record.notes.iter();
    let notes: Vec<_> = notes
        .map(|note| json!({ "path": note.path, "line": note.line, "message": note.message }))
        .collect();
    to_writer(&mut *out, &notes)?;
    let counts = &record.counts;
    let summary = json!({
        "findings": record.total(),
        "files": counts.files,
        "objects": counts.objects,
        "bytes": counts.bytes,
        "archives": { "opened": counts.archives, "members": counts.members, "closed": counts.closed },
        "skipped": { "links": counts.links, "special": counts.special, "git": counts.git, "excluded": counts.excluded },
        "unreadable": record.unreadable.len() as u64 + record.more_unreadable,
        "allowed": {
            "comment": counts.allowed_by_comment,
            "config": counts.allowed_by_config,
            "baseline": counts.in_baseline,
        },
    });
    out.write_all(b",\"summary\":")?;
    to_writer(&mut *out, &summary)?;
    out.write_all(b"}\n")
}
