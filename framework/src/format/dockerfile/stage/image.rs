//! What the engine makes of an image's settings when it starts a container.

use super::entry;
use crate::document::{Data, Entry, Node, Place};
use crate::scale::WORD;

/// Adds what is started and the signal that ends it, as far as the base image does not say it.
pub(super) fn complete(entries: &mut Vec<Entry>, whole: Place) {
    let find = |name: &str| entries.iter().find(|entry| &*entry.name == name);
    let (entrypoint, cmd) = (find("entrypoint"), find("cmd"));
    let (first, second) = (entrypoint.map(|it| &it.node), cmd.map(|it| &it.node));
    let runs = command(first, second).map(|text| {
        let place = first.or(second).map_or(whole, |node| node.place);
        Node::text(text, place).scaled(&WORD)
    });
    let signal = Node {
        is_default: true,
        ..Node::text("SIGTERM", whole).scaled(&WORD)
    };
    let is_signal_set = find("stopsignal").is_some();
    entries.extend(runs.map(|node| entry("runs", node.place, node)));
    if !is_signal_set {
        entries.push(entry("stopsignal", whole, signal));
    }
}

/// The entrypoint and the command as one command (Dockerfile reference, "Understand how CMD and
/// ENTRYPOINT interact"): a text is run by a shell, and leaves no room for what follows.
fn command(entrypoint: Option<&Node>, cmd: Option<&Node>) -> Option<String> {
    let words = |node: &Node| match &node.data {
        Data::List(items) => {
            let words = items.iter().filter_map(Node::as_text);
            words.collect::<Vec<_>>().join(" ")
        }
        _ => format!("/bin/sh -c {}", node.as_text().unwrap_or_default()),
    };
    match (entrypoint, cmd) {
        (None, None) => None,
        (Some(entrypoint), None) => Some(words(entrypoint)),
        (None, Some(cmd)) => Some(words(cmd)),
        (Some(entrypoint), Some(_)) if entrypoint.as_text().is_some() => Some(words(entrypoint)),
        (Some(entrypoint), Some(cmd)) => {
            let (first, second) = (words(entrypoint), words(cmd));
            Some(format!("{first} {second}").trim().to_owned())
        }
    }
}
