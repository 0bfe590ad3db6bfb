//! `clawtest explain`: what a code or an expectation means, and, in a file of its own, when a
//! supervisor restarts a program.

mod unit;

use clawtest_framework::check::{self, CHECKS, COMPANIONS, CheckSpec, Companion};
use clawtest_framework::diagnostic::{Effect, Rule};
use clawtest_framework::format::{self, FORMATS, FormatSpec};
use clawtest_framework::text::{one_of, suggest};
use clawtest_framework::{judge, reading, secret};

use super::print;
use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::outcome::Status;
use crate::{bash, harness, runner};

/// Every rule of the program, sorted by code.
pub fn all_rules() -> Vec<&'static Rule> {
    let tables = [
        reading::RULES,
        judge::RULES,
        check::RULES,
        harness::rules::RULES,
        runner::RULES,
        bash::RULES,
    ];
    let mut rules: Vec<&Rule> = tables
        .iter()
        .flat_map(|table| table.iter().copied())
        .collect();
    rules.extend(CHECKS.iter().flat_map(|spec| spec.rules.iter().copied()));
    rules.extend(
        FORMATS
            .iter()
            .flat_map(|format| format.rules.iter().copied()),
    );
    rules.extend(secret::RULES.iter().map(|row| &row.rule));
    rules.sort_by_key(|rule| rule.code);
    rules.dedup_by_key(|rule| rule.code);
    rules
}

pub(super) fn explain(args: &ExplainArgs) -> Result<Status, Error> {
    if let Some(path) = &args.unit {
        return unit::explain(path, args);
    }
    let Some(topic) = args.topic.as_deref() else {
        print(&overview())?;
        return Ok(Status::Passed);
    };
    let rules = all_rules();
    let rule = rules
        .iter()
        .find(|rule| rule.code.eq_ignore_ascii_case(topic) || rule.name == topic);
    if let Some(rule) = rule {
        print(&rule_text(rule))?;
        let row = secret::RULES.iter().find(|row| row.rule.code == rule.code);
        if let Some(row) = row {
            print(&format!("\nFinds: {}\n", wrap(&row.summary())))?;
        }
    } else if let Some(spec) = check::spec(topic) {
        print(&spec_text(spec))?;
    } else if let Some(companion) = COMPANIONS.iter().find(|companion| companion.key == topic) {
        print(&companion_text(companion))?;
    } else if let Some(format) = format::named(topic) {
        print(&format_text(format))?;
    } else {
        let names = rules
            .iter()
            .flat_map(|rule| [rule.code, rule.name])
            .chain(CHECKS.iter().map(|spec| spec.key))
            .chain(COMPANIONS.iter().map(|companion| companion.key))
            .chain(FORMATS.iter().map(|format| format.name));
        let hint = suggest(topic, names).map_or_else(
            || "`clawtest explain` lists everything".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        return Err(Error::Usage(format!(
            "there is no code, expectation or format `{topic}`; {hint}"
        )));
    }
    Ok(Status::Passed)
}

fn overview() -> String {
    let mut text = "Expectations:\n".to_owned();
    for spec in CHECKS {
        text.push_str(&format!("  {:20} {}\n", spec.key, spec.summary));
    }
    text.push_str("\nFormats:\n");
    for format in FORMATS {
        text.push_str(&format!("  {:20} {}\n", format.name, format.summary));
    }
    text.push_str("\nCodes:\n");
    for rule in all_rules() {
        text.push_str(&format!("  {}  {}\n", rule.code, rule.name));
    }
    text
}

fn rule_text(rule: &Rule) -> String {
    let effect = match rule.effect {
        Effect::Invalid => "the harness is not valid; nothing runs, exit status 2",
        Effect::Fails => "the check fails; exit status 1",
        Effect::Errors => "the check has no verdict; exit status 2",
        Effect::Note => "a note; no verdict changes",
    };
    format!(
        "{} {}\n  {effect}\n\n{}\n",
        rule.code,
        rule.name,
        wrap(rule.explain)
    )
}

fn spec_text(spec: &CheckSpec) -> String {
    let subjects = one_of(spec.subjects.iter().map(|kind| kind.key()));
    let mut text = format!(
        "{}\n  {}\n\nValue: {}\nFor: {subjects}\n",
        spec.key, spec.summary, spec.value
    );
    for rule in spec.rules {
        text.push_str(&format!(
            "\n{} {}\n{}\n",
            rule.code,
            rule.name,
            wrap(rule.explain)
        ));
    }
    text
}

fn companion_text(companion: &Companion) -> String {
    format!(
        "{}\n  {}\n\nValue: {}\nBelongs to: {}\n",
        companion.key,
        companion.summary,
        companion.value,
        one_of(companion.of.iter().copied())
    )
}

fn format_text(format: &FormatSpec) -> String {
    let mut text = format!(
        "{}\n  {}\n\nFiles: {}\n",
        format.name, format.summary, format.files
    );
    for rule in format.rules {
        text.push_str(&format!("  {}  {}\n", rule.code, rule.name));
    }
    text
}

/// Text in lines of at most 90 characters.
fn wrap(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        if width > 0 && width + 1 + word.len() > 90 {
            lines.push('\n');
            width = 0;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += word.len();
    }
    lines
}
