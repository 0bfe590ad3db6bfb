//! What Docker Compose and the engine need for the services of a file (compose-spec, 05-services).

use super::{Location, Need, Wanted, join, parent};
use crate::document::{Data, Document, Node, Place};

pub(super) fn needs(path: &str, document: &Document) -> Vec<Need> {
    let folder = parent(path);
    let root = &document.root;
    let mut needs = Vec::new();
    for service in root.get("services").map_or(&[][..], Node::entries) {
        let name = &service.name;
        let node = &service.node;
        for mount in node.get("volumes").map_or(&[][..], Node::items) {
            needs.extend(bind(name, folder, mount));
        }
        for file in node.get("env_file").map_or(&[][..], Node::items) {
            let is_optional = flag(file, "required") == Some(false);
            let path = file.get("path").filter(|_| !is_optional);
            needs.extend(path.and_then(|path| {
                let key = format!("`env_file` of the service `{name}`");
                let consequence = "Compose refuses the whole file";
                need(key, folder, path, Wanted::File, consequence)
            }));
        }
        for file in node.get("label_file").map_or(&[][..], Node::items) {
            let key = format!("`label_file` of the service `{name}`");
            let consequence = "Compose refuses the whole file";
            needs.extend(need(key, folder, file, Wanted::File, consequence));
        }
        if let Some(build) = node.get("build") {
            needs.extend(built(name, folder, build, node.place));
        }
    }
    for kind in ["secrets", "configs"] {
        for entry in root.get(kind).map_or(&[][..], Node::entries) {
            let Some(file) = entry.node.get("file") else {
                continue;
            };
            let key = format!("`{kind}.{}.file`", entry.name);
            let consequence = "the services that use it do not start";
            needs.extend(need(key, folder, file, Wanted::Anything, consequence));
        }
    }
    needs
}

/// The source of a bind mount.
fn bind(service: &str, folder: &str, mount: &Node) -> Option<Need> {
    if mount.get("type").and_then(Node::as_text) != Some("bind") {
        return None;
    }
    let is_created = mount
        .get("bind")
        .and_then(|bind| flag(bind, "create_host_path"));
    let consequence = if is_created == Some(true) {
        "the engine makes an empty folder of root's there and mounts that, whatever was meant"
    } else {
        "the engine does not start the container"
    };
    let key = format!("the mount of the service `{service}`");
    let source = mount.get("source")?;
    let mut need = need(key, folder, source, Wanted::Anything, consequence)?;
    need.cure = Some("create it with the owner that the container runs as, or correct the path");
    Some(need)
}

/// The folder and the Dockerfile of a build.
fn built(service: &str, folder: &str, build: &Node, place: Place) -> Vec<Need> {
    let context = build.get("context");
    let path = context.and_then(Node::as_text).unwrap_or(".");
    let is_remote = path.contains("://")
        || ["git@", "github.com/", "gitlab.com/", "bitbucket.org/"]
            .iter()
            .any(|start| path.starts_with(start));
    if is_remote {
        return Vec::new();
    }
    let consequence = "the image cannot be built";
    let mut needs = Vec::new();
    let key = format!("`build` of the service `{service}`");
    let here = context.map_or(place, |context| context.place);
    let node = Node::text(path, here);
    needs.extend(need(key, folder, &node, Wanted::Folder, consequence));
    if build.get("dockerfile_inline").is_none() {
        let dockerfile = build.get("dockerfile");
        let name = dockerfile.and_then(Node::as_text).unwrap_or("Dockerfile");
        let place = dockerfile.map_or(here, |dockerfile| dockerfile.place);
        if path.starts_with('~') && !name.starts_with('/') {
            return needs;
        }
        let key = format!("the Dockerfile of the service `{service}`");
        let node = Node::text(name, place);
        let context = join(folder, path);
        needs.extend(need(key, &context, &node, Wanted::File, consequence));
    }
    needs
}

fn need(key: String, folder: &str, path: &Node, wanted: Wanted, consequence: &str) -> Option<Need> {
    let text = path.as_text()?;
    let location = if text.starts_with('~') {
        let why = "`~` is the home of whoever runs `docker compose`";
        Location::Unknown(why.to_owned())
    } else {
        Location::At(join(folder, text))
    };
    Some(Need {
        key,
        place: path.place,
        location,
        wanted,
        consequence: consequence.to_owned(),
        cure: None,
    })
}

fn flag(node: &Node, key: &str) -> Option<bool> {
    match node.get(key)?.data {
        Data::Boolean(truth) => Some(truth),
        _ => None,
    }
}
