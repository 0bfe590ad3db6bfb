//! The health check of a service: one that is switched off, and those that the engine cannot run or
//! runs otherwise than they look.

use super::canonical::Complaints;
use super::decode::dig;
use super::rules::{NO_SHELL, SLOW_HEALTH_CHECK};
use super::scale::duration;
use super::tree::{get_mut, remove};
use crate::document::{Aside, Complaint, Data, Entry, Node};

/// How long the engine waits between two checks where nothing is said.
const INTERVAL: &str = "30s";

/// Makes `disable: true` the test that it is for the engine, `["NONE"]`; what the test was is set
/// aside.
pub(super) fn disable(entry: &mut Entry, asides: &mut Vec<Aside>) {
    let Some(check) = get_mut(&mut entry.node, "healthcheck") else {
        return;
    };
    let Some(disable) = check.get("disable") else {
        return;
    };
    if disable.data != Data::Boolean(true) {
        return;
    }
    let place = disable.place;
    if let Some(test) = remove(check, "test") {
        let words = test.node.items().iter().filter_map(Node::as_text);
        let path = ["services", &entry.name, "healthcheck", "test"];
        asides.push(Aside {
            path: path.into_iter().map(Into::into).collect(),
            value: words.collect::<Vec<_>>().join(" ").into(),
            place: test.place,
            why: "switched off by `disable: true`".into(),
        });
    }
    let none = Data::List(vec![Node::text("NONE", place)]);
    super::tree::add(check, "test", Node::new(none, place));
}

/// What is to be said of the health check of a service.
pub(super) fn traps(service: &Node) -> Complaints {
    let mut complaints = Vec::new();
    let Some(check) = service.get("healthcheck") else {
        return complaints;
    };
    let test = check.get("test").map_or(&[][..], Node::items);
    if let [kind, program, ..] = test
        && kind.as_text() == Some("CMD")
    {
        complaints.extend(no_shell(program, &test[1..]));
    }
    let is_off = test.first().and_then(Node::as_text) == Some("NONE");
    if let Some(timeout) = dig(check, &["timeout"]).filter(|_| !is_off) {
        let span = |node: &Node| duration(node.as_text()?).ok();
        let interval = check.get("interval");
        // Zero is the engine's default.
        let default = || duration(INTERVAL).ok();
        let between = interval.and_then(span).filter(|span| *span != 0);
        if let (Some(longest), Some(between)) = (span(timeout), between.or_else(default))
            && longest > between
        {
            let interval = interval.and_then(Node::as_text).unwrap_or(INTERVAL);
            let message = format!(
                "a health check may take {}, and the next is due after {interval}",
                timeout.as_text().unwrap_or_default()
            );
            let complaint = Complaint::new(&SLOW_HEALTH_CHECK, timeout.place, message);
            complaints.push(complaint.help("make `timeout` no longer than `interval`"));
        }
    }
    complaints
}

/// Words of a shell in a command that no shell reads.
fn no_shell(program: &Node, words: &[Node]) -> Option<Complaint> {
    let name = program.as_text()?;
    if name.contains(char::is_whitespace) && words.len() == 1 {
        let message = "there is no program of that name: behind `CMD` every element is one word";
        let complaint = Complaint::new(&NO_SHELL, program.place, message);
        return Some(complaint.help("`CMD-SHELL` in place of `CMD` lets a shell read it"));
    }
    let operator = words.iter().find(|word| {
        let text = word.as_text();
        text.is_some_and(|text| matches!(text, "|" | "||" | "&&" | ";" | ">" | "2>&1"))
    })?;
    let message = format!(
        "`{}` is handed to `{name}` as a word: no shell reads what stands behind `CMD`",
        operator.as_text().unwrap_or_default()
    );
    let complaint = Complaint::new(&NO_SHELL, operator.place, message);
    Some(complaint.help("write `[\"CMD-SHELL\", \"…\"]`"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::super::read;
    use crate::document::{Document, Input};

    fn service(lines: &str) -> Document {
        let text = format!("services:\n  a:\n    image: x\n    {lines}\n");
        read(&Input {
            path: "compose.yml",
            bytes: Arc::from(text.as_bytes()),
            target: &BTreeMap::new(),
            variables: &BTreeMap::new(),
        })
    }

    #[test]
    fn a_health_check_that_is_switched_off_asks_for_nothing() {
        for (check, test, aside) in [
            (
                "{test: curl x, disable: true}",
                "NONE",
                Some("CMD-SHELL curl x"),
            ),
            ("{disable: true}", "NONE", None),
            ("{test: curl x, disable: false}", "CMD-SHELL", None),
        ] {
            let document = service(&format!("healthcheck: {check}"));
            let path = ["services", "a", "healthcheck", "test"];
            let node = path
                .iter()
                .try_fold(&document.root, |node, name| node.get(name))
                .unwrap();
            assert_eq!(node.items()[0].as_text(), Some(test), "{check}");
            let found = document.asides.first().map(|aside| &*aside.value);
            assert_eq!(found, aside, "{check}");
        }
    }

    #[test]
    fn health_checks_that_do_not_work_are_told() {
        for (check, code) in [
            ("{test: [CMD, 'curl -f x']}", Some("DC022")),
            ("{test: [CMD, 'curl -f x'], disable: true}", None),
            ("{test: [CMD, curl, -f, x]}", None),
            ("{test: [CMD, curl, x, '||', exit, '1']}", Some("DC022")),
            ("{test: [CMD, node, -e, 'a || b']}", None),
            ("{test: curl -f x || exit 1}", None),
            ("{test: curl x, timeout: 31s}", Some("DC023")),
            ("{test: curl x, timeout: 30s}", None),
            ("{test: curl x, timeout: 29s, interval: 10s}", Some("DC023")),
            ("{test: curl x, timeout: 1m, interval: 60s}", None),
            ("{test: curl x, timeout: 31s, interval: 0s}", Some("DC023")),
            ("{test: curl x, timeout: 1h, disable: true}", None),
        ] {
            let document = service(&format!("healthcheck: {check}"));
            let found = document.complaints.first().map(|told| told.rule.code);
            assert_eq!(found, code, "{check}");
        }
    }
}
