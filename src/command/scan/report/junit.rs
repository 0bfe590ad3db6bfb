//! JUnit XML: a test case for each file with findings, with a failure for each of them.

use std::io::{self, Write};

use super::View;
use crate::reporter::junit::Xml;

pub(super) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let record = view.record;
    let listed = record.findings().count();
    let more = view.more();
    let failures = listed + usize::from(more.is_some());
    let errors = record.unreadable.len();
    let tests = (failures + errors).max(1);
    let mut xml = Xml::new();
    let totals = |xml: &mut Xml| {
        xml.attribute("name", "clawtest scan")
            .number("tests", tests)
            .number("failures", failures)
            .number("errors", errors)
            .attribute("time", "0.000");
    };
    totals(xml.start("testsuites"));
    xml.children();
    totals(xml.start("testsuite"));
    xml.children();
    for row in view.rows() {
        let place = format!("{}:{}:{}", row.place(), row.line, row.column);
        let message = format!("{} {}: {}", row.rule, row.name, row.masked);
        case(&mut xml, &row.path, &format!("{place} {}", row.rule));
        xml.start("failure")
            .attribute("message", &message)
            .attribute("type", row.name);
        let object = row
            .object
            .map_or_else(String::new, |object| format!("\nobject {object}"));
        xml.text(&format!(
            "{place}: {}\nfingerprint {}{object}",
            row.what, row.fingerprint
        ));
        xml.end();
        out.write_all(xml.take().as_bytes())?;
    }
    for (origin, why) in &record.unreadable {
        let path = origin.shown();
        case(&mut xml, &path, &path);
        xml.start("error")
            .attribute("message", why)
            .attribute("type", "unreadable")
            .empty();
        xml.end();
    }
    if let Some(more) = &more {
        case(&mut xml, "clawtest scan", more);
        xml.start("failure")
            .attribute("message", more)
            .attribute("type", "more")
            .empty();
        xml.end();
    }
    if failures + errors == 0 {
        let looked = record.counts.files + record.counts.objects;
        xml.start("testcase")
            .attribute("classname", "clawtest scan")
            .attribute("name", &format!("no secrets in {looked} files"))
            .attribute("time", "0.000")
            .empty();
    }
    xml.end();
    xml.end();
    out.write_all(xml.take().as_bytes())
}

/// Begins a test case.
fn case(xml: &mut Xml, class: &str, name: &str) {
    xml.start("testcase")
        .attribute("classname", class)
        .attribute("name", name)
        .attribute("time", "0.000");
    xml.children();
}
