//! SARIF 2.1.0 (OASIS), as code scanning services read it.

use std::io::{self, Write};

use clawtest_framework::secret::catalogue::{Catalogue, RuleId};
use serde_json::{json, to_writer};

use super::{Row, View};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<RuleId> = Vec::new();
    for (_, found) in view.record.findings() {
        if !rules.contains(&found.rule) {
            rules.push(found.rule);
        }
    }
    let codes: Vec<&str> = rules
        .iter()
        .map(|rule| view.catalogue.names(*rule).0)
        .collect();
    write!(
        out,
        "{{\"$schema\":{},\"version\":\"2.1.0\",\"runs\":[{{\"tool\":",
        json!(SCHEMA)
    )?;
    let rows: Vec<_> = rules
        .iter()
        .map(|rule| descriptor(view.catalogue, *rule))
        .collect();
    let tool = json!({ "driver": {
        "name": "clawtest",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rows,
    } });
    to_writer(&mut *out, &tool)?;
    let record = view.record;
    let unreadable = record.unreadable.iter().map(|(origin, why)| {
        notification(
            "error",
            &format!("cannot read `{}`: {why}", origin.shown()),
            &origin.shown(),
            0,
        )
    });
    let notes = record
        .notes
        .iter()
        .map(|note| notification("note", &note.message, &note.path, note.line));
    let invocation = json!([{
        "executionSuccessful": record.unreadable.is_empty(),
        "toolExecutionNotifications": unreadable.chain(notes).collect::<Vec<_>>(),
    }]);
    write!(
        out,
        ",\"columnKind\":\"unicodeCodePoints\",\"invocations\":{invocation},\"results\":["
    )?;
    let mut separator = "\n";
    for row in view.rows() {
        out.write_all(separator.as_bytes())?;
        let index = codes.iter().position(|code| *code == row.rule);
        to_writer(&mut *out, &result(&row, index))?;
        separator = ",\n";
    }
    out.write_all(b"\n]}]}\n")
}

fn descriptor(catalogue: &Catalogue, rule: RuleId) -> serde_json::Value {
    let (code, name) = catalogue.names(rule);
    json!({
        "id": code,
        "name": name,
        "shortDescription": { "text": catalogue.what(rule) },
        "defaultConfiguration": { "level": level(catalogue.severity(rule).name()) },
        "properties": { "severity": catalogue.severity(rule).name() },
    })
}

fn level(severity: &str) -> &'static str {
    match severity {
        "low" => "note",
        "medium" => "warning",
        _ => "error",
    }
}

fn result(row: &Row<'_>, index: Option<usize>) -> serde_json::Value {
    let mut result = json!({
        "ruleId": row.rule,
        "ruleIndex": index,
        "level": level(row.severity),
        "message": { "text": format!("{}: {}", row.what, row.masked) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&row.path) },
            "region": { "startLine": row.line, "startColumn": row.column },
        } }],
        "partialFingerprints": { "clawtest/v1": row.fingerprint },
    });
    if let Some(member) = row.member {
        // A reader has the archive only: the region is one of the member.
        result["locations"][0]["logicalLocations"] =
            json!([{ "fullyQualifiedName": row.place(), "kind": "member" }]);
        result["message"]["text"] = json!(format!(
            "{}: {} (in the member `{member}`)",
            row.what, row.masked
        ));
    }
    if let Some(object) = row.object {
        result["properties"] = json!({ "object": object, "commit": row.commit });
    }
    result
}

fn notification(level: &str, text: &str, path: &str, line: u64) -> serde_json::Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(path) } });
    if line > 0 {
        place["region"] = json!({ "startLine": line });
    }
    json!({
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A path as a URI reference (RFC 3986): relative ones stay relative.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    // A colon in the first part would end a scheme.
    if path
        .split('/')
        .next()
        .is_some_and(|first| first.contains(':'))
    {
        uri.push_str("./");
    }
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_uris() {
        for (path, expected) in [
            ("a/b c#1.md", "a/b%20c%231.md"),
            ("/etc/x", "file:///etc/x"),
            ("a:b/c", "./a:b/c"),
            ("ä%", "%C3%A4%25"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
