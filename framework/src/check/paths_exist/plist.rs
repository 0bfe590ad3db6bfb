//! What launchd needs for a job (`launchd.plist(5)`, launchd-842's core.c).

use super::{Location, Need, Wanted, is_on_every_host, join, parent};
use crate::document::{Data, Document, Node};

/// Where launchd looks for a program without a path: `_PATH_STDPATH` of macOS.
const SEARCHED: [&str; 4] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

const NOT_EXPANDED: &str = "launchd takes `~` and `$` as they are: write the path out";

pub(super) fn needs(_: &str, document: &Document) -> Vec<Need> {
    let root = &document.root;
    let text = |key: &str| root.get(key).filter(|node| node.as_text().is_some());
    // A job with a root folder of its own sees everything from there.
    let jail = text("RootDirectory").and_then(Node::as_text);
    let seen = |path: &str| join("/", &format!("{}/{path}", jail.unwrap_or_default()));
    let working = text("WorkingDirectory").and_then(Node::as_text);
    let mut needs = Vec::new();
    let mut add = |key: &str, node: &Node, location, wanted, consequence: &str| {
        let path = node.as_text().unwrap_or_default();
        needs.push(Need {
            key: format!("`{key}`"),
            place: node.place,
            location,
            wanted,
            consequence: consequence.to_owned(),
            cure: path.contains(['~', '$']).then_some(NOT_EXPANDED),
        });
    };
    if let Some((key, node)) = program(root) {
        let path = node.as_text().unwrap_or_default();
        let is_true = |key| {
            let value = root.get(key).map(|node| &node.data);
            value == Some(&Data::Boolean(true))
        };
        let location = if key == "BundleProgram" {
            Location::Unknown("it is relative to the bundle of an application".to_owned())
        } else if is_true("EnableGlobbing") && path.contains(['*', '?', '[', '~']) {
            Location::Unknown("`EnableGlobbing` replaces the signs in it".to_owned())
        } else if path.contains('/') {
            Location::At(seen(&join(working.unwrap_or("/"), path)))
        } else {
            let folders = SEARCHED.map(&seen).to_vec();
            Location::In(folders, path.to_owned())
        };
        let consequence = "launchd cannot run it: every start fails";
        add(key, node, location, Wanted::Program, consequence);
    }
    for (key, wanted, consequence) in [
        (
            "RootDirectory",
            Wanted::Folder,
            "launchd cannot make it the root folder of the job",
        ),
        (
            "WorkingDirectory",
            Wanted::Folder,
            "launchd cannot change to it: the job does not start, or starts in another folder",
        ),
        (
            "StandardInPath",
            Wanted::Anything,
            "launchd cannot open it: the job does not start, or reads nothing",
        ),
    ] {
        if let Some(node) = text(key) {
            let path = node.as_text().unwrap_or_default();
            let path = join("/", path);
            let location = Location::At(if key == "WorkingDirectory" {
                seen(&path)
            } else {
                path
            });
            add(key, node, location, wanted, consequence);
        }
    }
    for key in ["StandardOutPath", "StandardErrorPath"] {
        if let Some(node) = text(key) {
            let path = join(working.unwrap_or("/"), node.as_text().unwrap_or_default());
            if is_on_every_host(&path) {
                continue;
            }
            // The file itself is created by launchd, its folder is not.
            let location = Location::At(parent(&path).to_owned());
            let consequence = "launchd creates the file, but not its folder: the job does not \
                               start, or its output is lost";
            add(key, node, location, Wanted::Folder, consequence);
        }
    }
    needs
}

/// What is run, and the key that says so.
fn program(root: &Node) -> Option<(&'static str, &Node)> {
    let text = |key| root.get(key).filter(|node| node.as_text().is_some());
    if let Some(node) = text("BundleProgram") {
        return Some(("BundleProgram", node));
    }
    if let Some(node) = text("Program").filter(|node| !node.is_default) {
        return Some(("Program", node));
    }
    let first = root.get("ProgramArguments")?.items().first()?;
    first.as_text()?;
    Some(("ProgramArguments", first))
}
