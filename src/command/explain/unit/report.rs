//! What was simulated, as text for a person and as JSON.

use clawtest_framework::document::{Aside, Document, Place};
use clawtest_framework::restart::{EventKind, Micros, Policy, show_time};
use clawtest_framework::supervised::{Program, Setting, back_after};
use clawtest_framework::text::plural;
use serde::Serialize;

use super::{Loop, SHOWN_EXIT, Wanted};
use crate::reporter::message::line;

/// The name of the set of keys of the JSON object.
const SCHEMA: &str = "clawtest-restarts/1";

/// Most rows of a timeline.
const TABLE_ROWS: usize = 24;

/// A program, its policy, and what was simulated.
pub(super) struct Report<'a> {
    pub(super) document: &'a Document,
    pub(super) format: &'static str,
    pub(super) program: &'a Program,
    pub(super) wanted: &'a Wanted,
    /// Whether the timeline of every end is shown, and not only that of a crash.
    pub(super) shows_all: bool,
    pub(super) loops: Vec<Loop<'a>>,
}

/// What the keys of the JSON object are; times are in seconds.
#[derive(Serialize)]
struct Object<'a> {
    schema: &'static str,
    file: String,
    format: &'static str,
    service: Option<&'a str>,
    supervisor: &'static str,
    systemd_version: Option<u16>,
    policy: Vec<SettingRecord>,
    ignored: Vec<SettingRecord>,
    runs: f64,
    until: f64,
    exits: Vec<LoopRecord<'a>>,
}

/// A setting, or what looks like one and has no effect.
#[derive(Serialize)]
struct SettingRecord {
    name: String,
    text: String,
    default: bool,
    file: Option<String>,
    line: Option<usize>,
    meaning: String,
}

#[derive(Serialize)]
struct LoopRecord<'a> {
    exit: &'a str,
    starts: u32,
    restarts: u32,
    state: &'static str,
    status: &'static str,
    sub_status: &'static str,
    result: &'static str,
    downtime: f64,
    restarted_after: Option<f64>,
    gives_up: Option<GivesUp>,
    until: f64,
    events: Vec<EventRecord>,
}

#[derive(Serialize)]
struct GivesUp {
    at: f64,
    why: String,
}

#[derive(Serialize)]
struct EventRecord {
    at: f64,
    event: String,
    state: &'static str,
}

fn seconds(time: Micros) -> f64 {
    std::time::Duration::from_micros(time).as_secs_f64()
}

impl Report<'_> {
    /// The file and the line of a place.
    fn place(&self, place: Option<Place>) -> Option<(String, usize)> {
        let place = place?;
        let source = self.document.source(place);
        let number = source.position(place.span.start).line;
        Some((printed(source.name), number))
    }

    fn file(&self) -> String {
        let part = self.document.files.first();
        part.map_or_else(String::new, |part| printed(&part.name))
    }

    fn version(&self) -> Option<u16> {
        matches!(self.program.policy, Policy::Systemd(_)).then_some(self.wanted.version)
    }

    /// One JSON object, with a line end.
    pub(super) fn json(&self) -> String {
        let record = |setting: &Setting| {
            let place = self.place(setting.of.place);
            SettingRecord {
                name: setting.of.name.to_owned(),
                text: printed(&setting.of.text),
                default: setting.of.is_default,
                line: place.as_ref().map(|(_, line)| *line),
                file: place.map(|(file, _)| file),
                meaning: setting.meaning.clone(),
            }
        };
        let ignored = self.ignored().into_iter().map(|row| {
            let place = self.place(Some(row.place));
            SettingRecord {
                name: row.name,
                text: row.text,
                default: false,
                line: place.as_ref().map(|(_, line)| *line),
                file: place.map(|(file, _)| file),
                meaning: row.why,
            }
        });
        let service = &self.program.service;
        let object = Object {
            schema: SCHEMA,
            file: self.file(),
            format: self.format,
            service: (!service.is_empty()).then_some(service),
            supervisor: self.program.policy.supervisor(),
            systemd_version: self.version(),
            policy: self.program.settings.iter().map(record).collect(),
            ignored: ignored.collect(),
            runs: seconds(self.wanted.runs),
            until: seconds(self.wanted.time),
            exits: self.loops.iter().map(LoopRecord::new).collect(),
        };
        // A record of texts and numbers can always be written.
        serde_json::to_string_pretty(&object).map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// Text for a person.
    pub(super) fn text(&self) -> String {
        let policy = &self.program.policy;
        let supervisor = policy.supervisor();
        let mut text = self.file();
        if !self.program.service.is_empty() {
            text.push_str(&format!(", service {}", line(&self.program.service)));
        }
        text.push_str(&match self.version() {
            Some(version) => format!(": restarts by systemd {version}\n"),
            None => format!(": restarts by {supervisor}\n"),
        });
        self.policy(&mut text);
        let runs = match self.wanted.runs {
            0 => "at once".to_owned(),
            runs => format!("after {}", show_time(runs)),
        };
        text.push_str(&format!(
            "\nIf the program ends {runs}, again and again, for {}:\n",
            show_time(self.wanted.time)
        ));
        let phrases: Vec<String> = self.loops.iter().map(|one| one.exit.phrase()).collect();
        for (one, phrase) in self.loops.iter().zip(&phrases) {
            text.push_str(&format!("  {phrase}\n      {}\n", one.summary(supervisor)));
        }
        let is_shown = |one: &&Loop<'_>| self.shows_all || &*one.exit.name == SHOWN_EXIT;
        for one in self.loops.iter().filter(is_shown) {
            text.push_str(&format!("\nTimeline of {}:\n", one.exit.phrase()));
            for row in one.timeline.table(TABLE_ROWS).lines() {
                text.push_str(&format!("  {row}\n"));
            }
        }
        text
    }

    fn policy(&self, text: &mut String) {
        let rows: Vec<[String; 3]> = self
            .program
            .settings
            .iter()
            .map(|setting| {
                let place = if setting.of.is_default {
                    "default".to_owned()
                } else {
                    self.shown_place(setting.of.place)
                };
                let written = printed(&setting.of.text);
                [written, place, setting.meaning.clone()]
            })
            .collect();
        text.push_str("\nPolicy:\n");
        push_rows(text, &rows);
        let rows: Vec<[String; 3]> = self
            .ignored()
            .into_iter()
            .map(|row| [row.text, self.shown_place(Some(row.place)), row.why])
            .collect();
        if !rows.is_empty() {
            text.push_str("\nIgnored:\n");
            push_rows(text, &rows);
        }
    }

    /// `line 5`, with the file where it is not the one that was asked for.
    fn shown_place(&self, place: Option<Place>) -> String {
        match self.place(place) {
            Some((file, line)) if file == self.file() => format!("line {line}"),
            Some((file, line)) => format!("{file}:{line}"),
            None => String::new(),
        }
    }

    /// The lines that look as if they set something that only has its default.
    fn ignored(&self) -> Vec<Ignored> {
        let settings = self.program.settings.iter();
        let ignored = settings.filter_map(|setting| Some((setting, setting.ignored.as_ref()?)));
        let row = |(setting, aside): (&Setting, &Aside)| Ignored {
            name: setting.of.name.to_owned(),
            text: printed(&format!("{}={}", setting.of.name, aside.value)),
            place: aside.place,
            why: printed(&aside.why),
        };
        ignored.map(row).collect()
    }
}

/// A line without effect.
struct Ignored {
    name: String,
    text: String,
    place: Place,
    why: String,
}

/// Text from outside on one line, without secrets and control characters.
fn printed(text: &str) -> String {
    line(text).into_owned()
}

/// Rows in columns.
fn push_rows(text: &mut String, rows: &[[String; 3]]) {
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    for [written, place, meaning] in rows {
        let row = format!("  {written:first$}  {place:second$}  {meaning}");
        text.push_str(row.trim_end());
        text.push('\n');
    }
}

impl Loop<'_> {
    /// In one line: whether it is started again, after how long, and when that ends.
    fn summary(&self, supervisor: &str) -> String {
        let starts = plural(self.timeline.starts as usize, "start");
        match (back_after(&self.timeline), &self.timeline.ending) {
            (None, Some(ending)) => format!("is not started again: {}", ending.why),
            (None, None) => format!(
                "is not started again within {}",
                show_time(self.timeline.until)
            ),
            (Some(after), Some(ending)) => format!(
                "is started again after {}; {supervisor} gives up at {} after {starts}: {}",
                show_time(after),
                show_time(ending.at),
                ending.why
            ),
            (Some(after), None) => format!(
                "is started again after {}, and so on: {starts} in {}, and {supervisor} does not give up",
                show_time(after),
                show_time(self.timeline.until)
            ),
        }
    }
}

impl<'a> LoopRecord<'a> {
    fn new(one: &'a Loop<'_>) -> Self {
        let timeline = &one.timeline;
        let events = timeline.events.iter().chain(&timeline.last);
        Self {
            exit: &one.exit.name,
            starts: timeline.starts,
            restarts: timeline.restarts,
            state: timeline.state.name(),
            status: timeline.status.active,
            sub_status: timeline.status.sub,
            result: timeline.status.result,
            downtime: seconds(timeline.downtime),
            restarted_after: back_after(timeline).map(seconds),
            gives_up: timeline.ending.as_ref().map(|ending| GivesUp {
                at: seconds(ending.at),
                why: ending.why.clone(),
            }),
            until: seconds(timeline.until),
            events: events
                .map(|event| EventRecord {
                    at: seconds(event.at),
                    event: match event.kind {
                        EventKind::Start(number) => format!("start {number}"),
                        EventKind::End(exit) => exit.to_string(),
                        EventKind::Wait(wait) => format!("next start in {}", show_time(wait)),
                        EventKind::GiveUp => "is not started again".to_owned(),
                    },
                    state: event.state.name(),
                })
                .collect(),
        }
    }
}
