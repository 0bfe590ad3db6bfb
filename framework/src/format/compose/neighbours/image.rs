//! What a service takes from the Dockerfile that it is built from: its user, what it runs, and the
//! signal that ends it.

use std::sync::Arc;

use super::super::load::{Loader, join};
use super::super::tree::add;
use crate::document::{Data, Document, Input, Node, Part, Place};
use crate::format::{dir_name, dockerfile};

/// What stands for a part of the command that only the image knows.
const OF_IMAGE: &str = "(image)";

/// Adds `user`, `stop_signal` and `runs`, as far as they are known.
pub(super) fn resolve(loader: &mut Loader<'_>, service: &mut Node) {
    let Ok(found) = dockerfile(loader, service) else {
        return;
    };
    let file = found.as_ref().map(|(_, file)| *file);
    let of_image = |name: &str| {
        let (document, _) = found.as_ref()?;
        let node = document.root.get(name)?;
        let place = Place::in_file(file?, node.place.span);
        Some(Node {
            place,
            is_default: node.is_default,
            ..Node::new(node.data.clone(), place)
        })
    };
    if service.get("user").is_none()
        && let Some(user) = of_image("user").filter(|user| user.as_text().is_some())
    {
        let user = Node {
            is_default: true,
            ..Node::new(user.data, user.place)
        };
        add(service, "user", user);
    }
    if service.get("stop_signal").is_none() {
        let engine = || Node {
            is_default: true,
            ..Node::text("SIGTERM", service.place)
        };
        let signal = of_image("stopsignal").unwrap_or_else(engine);
        add(service, "stop_signal", signal);
    }
    let runs = runs(service, &of_image);
    add(service, "runs", runs);
}

/// Entrypoint and command in one text, each from the service, else from the image. An entrypoint of
/// the service that is not empty leaves the image's command out (moby's daemon/commit.go).
fn runs(service: &Node, of_image: &dyn Fn(&str) -> Option<Node>) -> Node {
    let words = |node: &Node| {
        let words = node.items().iter().filter_map(Node::as_text);
        words.collect::<Vec<_>>().join(" ")
    };
    let own = |name: &str| service.get(name).filter(|node| node.data != Data::Null);
    let (entrypoint, command) = (own("entrypoint"), own("command"));
    let text = match (entrypoint, command) {
        (None, None) => {
            if let Some(node) = of_image("runs") {
                return node;
            }
            OF_IMAGE.to_owned()
        }
        (None, Some(command)) => {
            let first = of_image("entrypoint");
            match first.as_ref().map(|node| (node.as_text(), words(node))) {
                None => words(command),
                Some((Some(text), _)) => format!("/bin/sh -c {text}"),
                Some((None, first)) => format!("{first} {}", words(command)),
            }
        }
        (Some(entrypoint), None) if entrypoint.items().is_empty() => {
            match of_image("cmd").as_ref() {
                None => OF_IMAGE.to_owned(),
                Some(node) => node
                    .as_text()
                    .map_or_else(|| words(node), |text| format!("/bin/sh -c {text}")),
            }
        }
        (Some(entrypoint), command) => {
            let second = command.map(words).unwrap_or_default();
            format!("{} {second}", words(entrypoint))
        }
    };
    let place = entrypoint.or(command).map_or(service.place, |it| it.place);
    Node {
        is_default: text == OF_IMAGE,
        ..Node::text(text.trim(), place)
    }
}

/// The Dockerfile that a service is built from, if it is there and can be read, and which file of
/// the document it is.
///
/// # Errors
///
/// One that is refused or too much to read: then nothing is known, which no expectation takes for
/// good.
fn dockerfile(loader: &mut Loader<'_>, service: &Node) -> Result<Option<(Document, u32)>, ()> {
    let Some(build) = service.get("build") else {
        return Ok(None);
    };
    let text = |key| build.get(key).and_then(Node::as_text);
    // Another stage than the last is not looked for.
    let (Some(context), Some(file), None) = (text("context"), text("dockerfile"), text("target"))
    else {
        return Ok(None);
    };
    if context.contains("://") || context.starts_with("git@") {
        return Ok(None);
    }
    let context = join(dir_name(loader.input.path), context);
    let path = join(if context == "." { "" } else { &context }, file);
    let Ok(Some(bytes)) = loader.input.target.read(&path) else {
        return Ok(None);
    };
    let cost = loader.copy(1 + bytes.len() / 16, service.place);
    cost.map_err(|_| ())?;
    let read = dockerfile::read(&Input {
        path: &path,
        bytes: Arc::clone(&bytes),
        target: loader.input.target,
        variables: loader.input.variables,
    });
    if read.is_refused {
        return Err(());
    }
    let known = loader
        .document
        .files
        .iter()
        .position(|part| part.name == path);
    let index = known.unwrap_or(loader.document.files.len());
    if known.is_none() {
        loader.document.files.push(Part::new(path, bytes));
    }
    Ok(Some((read, u32::try_from(index).unwrap_or(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::super::super::read;
    use crate::document::Input;

    #[test]
    fn what_a_service_runs_is_put_together_as_the_engine_does() {
        let start = "FROM a\nENTRYPOINT [\"tini\", \"--\"]\n";
        for (service, dockerfile, runs, signal) in [
            ("build: .", "CMD [\"x\", \"y\"]\n", "tini -- x y", "SIGTERM"),
            ("build: .", "CMD x y\n", "tini -- /bin/sh -c x y", "SIGTERM"),
            (
                "build: .\n    command: [z]",
                "CMD [\"x\"]\n",
                "tini -- z",
                "SIGTERM",
            ),
            (
                "build: .\n    entrypoint: [e]",
                "CMD [\"x\"]\n",
                "e",
                "SIGTERM",
            ),
            (
                "build: .\n    entrypoint: []",
                "CMD [\"x\"]\n",
                "x",
                "SIGTERM",
            ),
            (
                "build: .\n    entrypoint: e f\n    command: z",
                "",
                "e f z",
                "SIGTERM",
            ),
            (
                "build: .\n    stop_signal: SIGINT",
                "STOPSIGNAL 1\n",
                "tini --",
                "SIGINT",
            ),
            (
                "build: .",
                "ENTRYPOINT x\nCMD [\"y\"]\nSTOPSIGNAL 9\n",
                "/bin/sh -c x",
                "9",
            ),
            ("image: i", "CMD [\"x\"]\n", "(image)", "SIGTERM"),
            ("image: i\n    command: c d", "", "c d", "SIGTERM"),
        ] {
            let text = format!("services:\n  a:\n    {service}\n");
            let dockerfile = format!("{start}{dockerfile}");
            let target: BTreeMap<String, Arc<[u8]>> =
                [("Dockerfile".to_owned(), Arc::from(dockerfile.as_bytes()))].into();
            let document = read(&Input {
                path: "compose.yml",
                bytes: Arc::from(text.as_bytes()),
                target: &target,
                variables: &BTreeMap::new(),
            });
            let service = document.root.get("services").unwrap().get("a").unwrap();
            let found = |name| service.get(name).unwrap().as_text();
            assert_eq!(found("runs"), Some(runs), "{text}{dockerfile}");
            assert_eq!(found("stop_signal"), Some(signal), "{text}{dockerfile}");
        }
    }
}
