//! JSON Lines: one event on each line, and each line is flushed.
//!
//! ```text
//! {"event": "started", "schema": "clawtest-report/1", "version", "harnesses": 2, "checks": 9,
//!  "left_out": 0}
//! {"event": "harness", …}    the same keys as in "harnesses" of the `json` format
//! {"event": "ended", "outcome", "exit_status", "stopped", "duration_ms", "counts", "not_run"}
//! ```
//!
//! Every key is always there: what does not apply is `null` or an empty list. A file without a
//! last line `ended` is of a run that was killed.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use crate::reporter::record::{HarnessRecord, RunRecord, SCHEMA};
use crate::reporter::{Event, Reporter};

/// Writes each event as a line.
pub struct JsonLines {
    out: Box<dyn Write + Send>,
    /// The line in the making; written in one piece.
    buffer: Vec<u8>,
}

impl fmt::Debug for JsonLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Started {
        schema: &'static str,
        version: &'static str,
        harnesses: usize,
        checks: usize,
        left_out: usize,
    },
    Harness(Box<HarnessRecord<'a>>),
    Ended(RunRecord<'a>),
}

impl JsonLines {
    /// One event on each line.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            buffer: Vec::new(),
        }
    }
}

impl Reporter for JsonLines {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let line = match event {
            Event::Started(plan) => Line::Started {
                schema: SCHEMA,
                version: env!("CARGO_PKG_VERSION"),
                harnesses: plan.harnesses.len(),
                checks: plan.check_count(),
                left_out: plan.left_out,
            },
            Event::Finished(result) => Line::Harness(Box::new(HarnessRecord::new(result))),
            Event::Ended(report) => Line::Ended(RunRecord::new(report)),
        };
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, &line)?;
        self.buffer.push(b'\n');
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::JsonLines;
    use crate::reporter::json::Json;
    use crate::reporter::sample;

    fn lines(text: &str) -> Vec<Value> {
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn events_come_in_order_one_on_each_line() {
        let lines = lines(&sample::written(JsonLines::new, &sample::interrupted()));
        let events: Vec<&str> = lines
            .iter()
            .map(|line| line["event"].as_str().unwrap())
            .collect();
        assert_eq!(events, ["started", "harness", "ended"]);
        assert_eq!(lines[0]["schema"], "clawtest-report/1");
        assert_eq!(
            (&lines[0]["harnesses"], &lines[0]["checks"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(
            lines[2]["not_run"],
            json!(["gateway/later", "skills/later"])
        );
    }

    #[test]
    fn lines_and_document_say_the_same() {
        let report = sample::every_kind();
        let mut lines = lines(&sample::written(JsonLines::new, &report));
        let document: Value = serde_json::from_str(&sample::written(Json::new, &report)).unwrap();
        for line in &mut lines {
            line.as_object_mut().unwrap().remove("event");
        }
        let ended = lines.pop().unwrap();
        for (key, value) in ended.as_object().unwrap() {
            assert_eq!(&document[key], value, "{key}");
        }
        assert_eq!(document["harnesses"].as_array().unwrap()[..], lines[1..]);
    }
}
