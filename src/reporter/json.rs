//! One JSON document with everything, written when the run is over.
//!
//! ```text
//! {"schema": "clawtest-report/1", "version": "0.1.0",
//!  "outcome": "passed|failed|errored|nothing-selected|interrupted|terminated", "exit_status": 0,
//!  "stopped": null|"interrupt"|"terminate"|"fail-fast", "duration_ms": 1.5,
//!  "counts": {"harnesses": {"total", "passed", "failed", "errored", "skipped"},
//!    "checks": {…}, "flaky": 0},
//!  "not_run": [id], "harnesses": [{
//!    "id", "title", "file", "pattern", "tags": [], "outcome", "reason", "flaky": false,
//!    "attempts": [{"diagnostics": [], "failures": [check]}], "duration_ms", "kept",
//!    "diagnostics": [{"rule", "name", "effect": "invalid|fails|errors|note", "message",
//!      "labels": [{"path", "line", "column", "end_line", "end_column", "text", "message"}],
//!      "expected", "found", "diff", "timeline", "help": []}],
//!    "checks": [{"name", "file", "line", "column", "outcome", "reason", "todo", "why", "fix",
//!      "severity", "duration_ms", "diagnostics": [],
//!      "output": null|{"command", "ended", "stdout", "stderr"},
//!      "searched": null|{"files", "outputs", "bytes", "passed_over", "allowed"}, "rerun"}]}]}
//! ```
//!
//! Every key is always there: what does not apply is `null` or an empty list. `rerun` is a command
//! for failed and errored checks, else `null`. `attempts` holds the attempts before the last one
//! with their bad checks. Keys may be added under the same schema name.

use std::fmt;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::reporter::record::{HarnessRecords, RunRecord, SCHEMA};
use crate::reporter::{Event, Reporter};

/// Writes the document when the run is over.
pub struct Json {
    out: BufWriter<Box<dyn Write + Send>>,
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'static str,
    #[serde(flatten)]
    run: RunRecord<'a>,
    harnesses: HarnessRecords<'a>,
}

impl Json {
    /// Indented, with a line end at the end.
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self {
            out: BufWriter::with_capacity(1 << 16, out),
        }
    }
}

impl Reporter for Json {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Event::Ended(report) = event else {
            return Ok(());
        };
        let document = Document {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            run: RunRecord::new(report),
            harnesses: HarnessRecords(&report.harnesses),
        };
        serde_json::to_writer_pretty(&mut self.out, &document)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Json;
    use crate::reporter::sample;

    fn document(report: &crate::outcome::Report) -> Value {
        serde_json::from_str(&sample::written(Json::new, report)).unwrap()
    }

    #[test]
    fn a_run_is_summed_up_at_the_top() {
        let document = document(&sample::every_kind());
        assert_eq!(document["schema"], "clawtest-report/1");
        assert_eq!(document["outcome"], "errored");
        assert_eq!(document["exit_status"], 2);
        assert_eq!(document["stopped"], Value::Null);
        let checks = json!({"total": 8, "passed": 2, "failed": 2, "errored": 2, "skipped": 2});
        assert_eq!(document["counts"]["checks"], checks);
        assert_eq!(document["counts"]["flaky"], 1);
        assert_eq!(document["not_run"], json!([]));
    }

    #[test]
    fn a_failed_check_has_places_texts_and_a_command() {
        let document = document(&sample::every_kind());
        let check = &document["harnesses"][0]["checks"][1];
        assert_eq!(check["name"], "Restarts");
        assert_eq!((&check["line"], &check["column"]), (&json!(7), &json!(1)));
        assert_eq!(check["why"], "a crash must not be the end");
        assert_eq!(
            check["rerun"],
            "clawtest --test gateway/unit --check Restarts"
        );
        let diagnostic = &check["diagnostics"][0];
        assert_eq!(diagnostic["rule"], "CT102");
        assert_eq!(diagnostic["effect"], "fails");
        assert_eq!(diagnostic["expected"], "`Restart=always`");
        assert_eq!(diagnostic["diff"], Value::Null);
        assert_eq!(diagnostic["timeline"], Value::Null);
        let label = &diagnostic["labels"][1];
        assert_eq!(
            (&label["path"], &label["line"]),
            (&json!("gateway.service"), &json!(2))
        );
        assert_eq!(label["text"], "Restart=no");
    }

    #[test]
    fn every_check_has_the_same_keys() {
        let document = document(&sample::every_kind());
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        let harnesses = document["harnesses"].as_array().unwrap();
        let checks: Vec<&Value> = harnesses
            .iter()
            .flat_map(|harness| harness["checks"].as_array().unwrap())
            .collect();
        assert_eq!(checks.len(), 8);
        for pair in checks.windows(2) {
            assert_eq!(keys(pair[0]), keys(pair[1]));
        }
        for pair in harnesses.windows(2) {
            assert_eq!(keys(&pair[0]), keys(&pair[1]));
        }
    }

    #[test]
    fn an_interrupted_run_says_what_did_not_run() {
        let document = document(&sample::interrupted());
        assert_eq!(document["outcome"], "interrupted");
        assert_eq!(document["exit_status"], 130);
        assert_eq!(document["stopped"], "interrupt");
        assert_eq!(
            document["not_run"],
            json!(["gateway/later", "skills/later"])
        );
    }

    #[test]
    fn a_flaky_harness_shows_its_earlier_attempts() {
        let document = document(&sample::every_kind());
        let harness = &document["harnesses"][2];
        assert_eq!(harness["flaky"], true);
        assert_eq!(harness["attempts"][0]["failures"][0]["outcome"], "failed");
    }

    #[test]
    fn no_secret_of_a_harness_is_shown() {
        let text = sample::written(Json::new, &sample::with_secrets());
        assert!(!text.contains(&sample::secret()), "{text}");
    }
}
