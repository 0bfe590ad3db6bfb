//! What systemd needs for a unit (`systemd.exec(5)`, `systemd.service(5)`). Entries whose failure
//! is ignored, with a `-` before the path, are not needed.

use super::{Location, Need, Wanted, join, parent};
use crate::document::{Document, Node, Place};
use crate::format::unit::{boolean, program};
use crate::glob::Glob;
use crate::path::is_at_or_below;

/// Where systemd looks for a program without a path (`systemd-path search-binaries-default`).
const SEARCHED: &[&str] = &[
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// The sections with settings of processes.
const SECTIONS: &[&str] = &["Service", "Socket", "Mount", "Swap"];

/// The settings with command lines, and what systemd does if a program is missing.
const COMMANDS: &[(&str, &str)] = &[
    (
        "ExecCondition",
        "systemd cannot run it (203/EXEC) and skips the unit: it does not start, and has not failed",
    ),
    (
        "ExecStartPre",
        "systemd cannot run it: the start fails with 203/EXEC before the service has run",
    ),
    (
        "ExecStart",
        "systemd cannot run it: the start fails with 203/EXEC",
    ),
    (
        "ExecStartPost",
        "systemd cannot run it: the start fails with 203/EXEC and the service is stopped again",
    ),
    (
        "ExecReload",
        "systemd cannot run it: each reload fails with 203/EXEC",
    ),
    (
        "ExecStop",
        "systemd cannot run it: the service is killed instead of stopped, and has failed (203/EXEC)",
    ),
    (
        "ExecStopPost",
        "systemd cannot run it: the service has failed (203/EXEC) whenever it stops",
    ),
];

/// The lists of paths that have to be there when the file system of a service is set up.
const NAMESPACE: &[&str] = &[
    "ReadWritePaths",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "ExecPaths",
    "NoExecPaths",
];

const NO_NAMESPACE: &str = "systemd cannot set up the file system of the service: the start fails \
                            with 226/NAMESPACE, and no program has run";

const TOLERATE: &str = "create it, or write `-` before the path if it may be missing";

/// The folders that systemd itself creates before it starts a service, and where.
const CREATED: &[(&str, &str, &str)] = &[
    ("RuntimeDirectory", "/run", ""),
    ("StateDirectory", "/var/lib", "/.config"),
    ("CacheDirectory", "/var/cache", "/.cache"),
    ("LogsDirectory", "/var/log", "/.config/log"),
    ("ConfigurationDirectory", "/etc", "/.config"),
];

pub(super) fn needs(path: &str, document: &Document) -> Vec<Need> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let home = match path.rsplit_once("/.config/systemd/user/") {
        Some((home, _)) => Home::Of(home),
        None if path.contains("/systemd/user/") => Home::Unknown,
        None => Home::System,
    };
    let mut needs = Vec::new();
    for section in SECTIONS {
        if let Some(section) = document.root.get(section) {
            let names = Names { unit: name, home };
            of_section(section, &names, &mut needs);
        }
    }
    needs
}

fn of_section(section: &Node, names: &Names<'_>, needs: &mut Vec<Need>) {
    let view = View::of(section, names);
    for (key, consequence) in COMMANDS {
        for line in texts(section, key) {
            let text = line.as_text().unwrap_or_default();
            let Some((program, is_needed)) = program(text) else {
                continue;
            };
            if is_needed {
                let location = view.program(section, &program);
                needs.push(need(
                    key,
                    line.place,
                    location,
                    Wanted::Program,
                    consequence,
                ));
            }
        }
    }
    for node in texts(section, "WorkingDirectory") {
        let text = node.as_text().unwrap_or_default();
        if node.is_default || text.starts_with('-') || text == "~" || text.is_empty() {
            continue;
        }
        let location = view.inside(text);
        let consequence = "systemd cannot change to it: the start fails with 200/CHDIR, and the \
                           program has not run";
        let mut need = need(
            "WorkingDirectory",
            node.place,
            location,
            Wanted::Folder,
            consequence,
        );
        need.cure = Some(TOLERATE);
        view.add(need, needs);
    }
    for node in texts(section, "EnvironmentFile") {
        let text = node.as_text().unwrap_or_default();
        if text.starts_with('-') {
            continue;
        }
        // systemd reads it itself, outside of what the service sees.
        let location = match names.resolve(text) {
            Ok(path) if Glob::is_special(&path) => {
                Location::Unknown("it is a pattern, and any file that it matches will do".into())
            }
            Ok(path) => Location::At(join("/", &path)),
            Err(why) => Location::Unknown(why),
        };
        let consequence = "systemd cannot read it: the start fails (result `resources`), and no \
                           program has run";
        let key = "EnvironmentFile";
        let mut need = need(key, node.place, location, Wanted::File, consequence);
        need.cure = Some(TOLERATE);
        needs.push(need);
    }
    namespace(section, names, &view, needs);
    streams(section, names, needs);
}

/// What has to be there for the file system that the service sees.
fn namespace(section: &Node, names: &Names<'_>, view: &View<'_>, needs: &mut Vec<Need>) {
    for key in ["RootDirectory", "RootImage"] {
        for node in texts(section, key).filter(|node| !node.is_default) {
            let text = node.as_text().unwrap_or_default();
            let wanted = match key {
                "RootDirectory" => Wanted::Folder,
                _ => Wanted::Anything,
            };
            let location = names.resolve(text).map(|path| join("/", &path));
            let location = location.map_or_else(Location::Unknown, Location::At);
            needs.push(need(key, node.place, location, wanted, NO_NAMESPACE));
        }
    }
    for key in NAMESPACE {
        for node in texts(section, key) {
            let text = node.as_text().unwrap_or_default();
            if text.starts_with('-') {
                continue;
            }
            let location = match text.strip_prefix('+') {
                Some(path) => view.inside(path),
                None => view.outside(text),
            };
            let mut need = need(key, node.place, location, Wanted::Anything, NO_NAMESPACE);
            need.cure = Some(TOLERATE);
            view.add(need, needs);
        }
    }
    for key in ["BindPaths", "BindReadOnlyPaths"] {
        for node in texts(section, key) {
            let text = node.as_text().unwrap_or_default();
            if text.starts_with('-') {
                continue;
            }
            let location = match binding(text, names) {
                Ok((source, _)) => Location::At(source),
                Err(why) => Location::Unknown(why),
            };
            let mut need = need(key, node.place, location, Wanted::Anything, NO_NAMESPACE);
            need.cure = Some(TOLERATE);
            view.add(need, needs);
        }
    }
}

/// Files that are opened for the standard streams.
fn streams(section: &Node, names: &Names<'_>, needs: &mut Vec<Need>) {
    for key in ["StandardInput", "StandardOutput", "StandardError"] {
        for node in texts(section, key) {
            let text = node.as_text().unwrap_or_default();
            let Some((_, path)) = text
                .split_once(':')
                .filter(|(kind, _)| matches!(*kind, "file" | "append" | "truncate"))
            else {
                continue;
            };
            let is_input = key == "StandardInput";
            let (wanted, consequence) = if is_input {
                (
                    Wanted::Anything,
                    "systemd cannot open it: the start fails with 208/STDIN",
                )
            } else {
                (
                    Wanted::Folder,
                    "systemd creates the file, but not its folder: the start fails with 209/STDOUT",
                )
            };
            let location = match names.resolve(path) {
                Ok(path) if is_input => Location::At(join("/", &path)),
                Ok(path) => Location::At(parent(&join("/", &path)).to_owned()),
                Err(why) => Location::Unknown(why),
            };
            needs.push(need(key, node.place, location, wanted, consequence));
        }
    }
}

/// The values of a setting, whether it is one or a list.
fn texts<'n>(section: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> {
    let node = section.get(key);
    let single = node.filter(|node| node.as_text().is_some());
    let items = node.map_or(&[][..], Node::items);
    single
        .into_iter()
        .chain(items.iter().filter(|item| item.as_text().is_some()))
}

fn need(key: &str, place: Place, location: Location, wanted: Wanted, consequence: &str) -> Need {
    Need {
        key: format!("`{key}=`"),
        place,
        location,
        wanted,
        consequence: consequence.to_owned(),
        cure: None,
    }
}

/// Source and destination of a bind mount: `SOURCE[:DESTINATION[:OPTIONS]]`.
fn binding(text: &str, names: &Names<'_>) -> Result<(String, String), String> {
    if text.contains(['\\', '"', '\'']) {
        return Err("it has quotes or escapes in it, which are not looked into".to_owned());
    }
    let mut parts = text.strip_prefix('-').unwrap_or(text).split(':');
    let source = parts.next().unwrap_or_default();
    let destination = parts
        .next()
        .filter(|path| !path.is_empty())
        .unwrap_or(source);
    let [source, destination] = [source, destination].map(|path| names.resolve(path));
    Ok((join("/", &source?), join("/", &destination?)))
}

/// The file system as the service sees it.
struct View<'n> {
    names: &'n Names<'n>,
    /// The folder that it has for a root, or why that is not known.
    root: Result<String, String>,
    /// What is mounted into it: from, to.
    binds: Vec<(String, String)>,
    /// What it has an empty one of, with the setting that says so.
    empty: Vec<(String, &'static str)>,
    /// What systemd creates before the start.
    created: Vec<String>,
}

impl<'n> View<'n> {
    fn of(section: &Node, names: &'n Names<'n>) -> Self {
        let text = |key| section.get(key).and_then(Node::as_text);
        let root = match (text("RootImage"), text("RootDirectory")) {
            (Some(image), _) if !image.is_empty() => {
                Err("it stands in the image of `RootImage=`".to_owned())
            }
            (_, Some(root)) => names.resolve(root).map(|root| join("/", &root)),
            _ => Ok("/".to_owned()),
        };
        let mut binds = Vec::new();
        for key in ["BindPaths", "BindReadOnlyPaths"] {
            let bound = texts(section, key).filter_map(Node::as_text);
            binds.extend(bound.filter_map(|text| binding(text, names).ok()));
        }
        let mut empty = Vec::new();
        for text in texts(section, "TemporaryFileSystem").filter_map(Node::as_text) {
            let path = text.split(':').next().unwrap_or(text);
            if let Ok(path) = names.resolve(path) {
                empty.push((join("/", &path), "TemporaryFileSystem"));
            }
        }
        if text("PrivateTmp").and_then(boolean) == Some(true) {
            empty.extend(["/tmp", "/var/tmp"].map(|path| (path.to_owned(), "PrivateTmp")));
        }
        let mut created = Vec::new();
        for (key, system, user) in CREATED {
            let base = match names.home {
                Home::System => (*system).to_owned(),
                Home::Of(home) if !user.is_empty() => format!("{home}{user}"),
                Home::Of(_) | Home::Unknown => continue,
            };
            for text in texts(section, key).filter_map(Node::as_text) {
                for part in text.split(':') {
                    let path = names.resolve(part).map(|path| join(&base, &path));
                    created.extend(path);
                }
            }
        }
        Self {
            names,
            root,
            binds,
            empty,
            created,
        }
    }

    /// Adds a need, if it is not for a folder that systemd creates itself.
    fn add(&self, need: Need, needs: &mut Vec<Need>) {
        let is_created = |path: &str| {
            let mut created = self.created.iter();
            created.any(|folder| is_at_or_below(folder, path))
        };
        if !matches!(&need.location, Location::At(path) if is_created(path)) {
            needs.push(need);
        }
    }

    /// Where a path leads that the service itself uses.
    fn inside(&self, path: &str) -> Location {
        match (&self.root, self.names.resolve(path)) {
            (Err(why), _) => Location::Unknown(why.clone()),
            (_, Err(why)) => Location::Unknown(why),
            (Ok(root), Ok(path)) => self.mounted(root, &join("/", &path)),
        }
    }

    /// Where a path leads that systemd uses for the service.
    fn outside(&self, path: &str) -> Location {
        match self.names.resolve(path) {
            Err(why) => Location::Unknown(why),
            Ok(path) => self.mounted("/", &join("/", &path)),
        }
    }

    /// Where a path leads among what is mounted; the innermost counts.
    fn mounted(&self, root: &str, path: &str) -> Location {
        let binds = self.binds.iter();
        let bind = binds
            .filter(|(_, to)| is_at_or_below(path, to))
            .max_by_key(|(_, to)| to.len());
        let empty = self.empty.iter();
        let empty = empty
            .filter(|(at, _)| is_at_or_below(path, at) && path != at)
            .max_by_key(|(at, _)| at.len());
        match (bind, empty) {
            (Some((from, to)), empty) if empty.is_none_or(|(at, _)| at.len() <= to.len()) => {
                let rest = &path[to.trim_end_matches('/').len()..];
                Location::At(join("/", &format!("{from}/{rest}")))
            }
            (_, Some((at, key))) => {
                Location::Unknown(format!("with `{key}=` the service has its own `{at}`"))
            }
            _ => Location::At(join("/", &format!("{root}/{path}"))),
        }
    }

    /// Where a program is looked for.
    fn program(&self, section: &Node, program: &str) -> Location {
        if program.contains('/') {
            return self.inside(program);
        }
        let name = match self.names.resolve(program) {
            Ok(name) => name,
            Err(why) => return Location::Unknown(why),
        };
        let own: Vec<&str> = texts(section, "ExecSearchPath")
            .filter_map(Node::as_text)
            .flat_map(|text| text.split(':'))
            .collect();
        let folders = if own.is_empty() { SEARCHED } else { &own };
        let mut found = Vec::new();
        for folder in folders {
            match self.inside(folder) {
                Location::At(path) => found.push(path),
                other => return other,
            }
        }
        Location::In(found, name)
    }
}

/// Whose services they are.
#[derive(Clone, Copy, Debug)]
enum Home<'n> {
    /// The system's.
    System,
    /// Those of the user with this home folder.
    Of(&'n str),
    /// Those of some user.
    Unknown,
}

/// What specifiers stand for (`systemd.unit(5)`, "Specifiers").
#[derive(Clone, Copy, Debug)]
struct Names<'n> {
    /// The name of the unit.
    unit: &'n str,
    home: Home<'n>,
}

impl Names<'_> {
    /// Replaces the specifiers of a value.
    ///
    /// # Errors
    ///
    /// Which of them is not known, as a clause.
    fn resolve(&self, text: &str) -> Result<String, String> {
        let mut resolved = String::with_capacity(text.len());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                resolved.push(character);
                continue;
            }
            match characters.next() {
                None | Some('%') => resolved.push('%'),
                Some(letter) => match self.specifier(letter) {
                    Some(value) => resolved.push_str(&value),
                    None => return Err(format!("it depends on `%{letter}`")),
                },
            }
        }
        Ok(resolved)
    }

    fn specifier(&self, letter: char) -> Option<String> {
        let stem = self
            .unit
            .rsplit_once('.')
            .map_or(self.unit, |(stem, _)| stem);
        let (prefix, instance) = match stem.split_once('@') {
            Some((prefix, instance)) => (prefix, Some(instance)),
            None => (stem, Some("")),
        };
        // A template stands for instances that nobody knows.
        let instance = instance.filter(|_| !stem.ends_with('@'));
        let last = prefix.rsplit('-').next().unwrap_or(prefix);
        let is_plain = |text: &str| !text.contains(['-', '\\']);
        let text = match letter {
            'n' => instance.map(|_| self.unit)?,
            'N' => instance.map(|_| stem)?,
            'p' => prefix,
            'P' => Some(prefix).filter(|text| is_plain(text))?,
            'i' => instance?,
            'I' => instance.filter(|text| is_plain(text))?,
            'j' => last,
            'J' => Some(last).filter(|text| is_plain(text))?,
            'T' => "/tmp",
            'V' => "/var/tmp",
            _ => return self.folder(letter),
        };
        Some(text.to_owned())
    }

    /// The specifiers that differ between the system and a user.
    fn folder(&self, letter: char) -> Option<String> {
        let (system, user) = match letter {
            'C' => ("/var/cache", Some("/.cache")),
            'E' => ("/etc", Some("/.config")),
            'L' => ("/var/log", Some("/.config/log")),
            'S' => ("/var/lib", Some("/.config")),
            'h' => ("/root", Some("")),
            't' => ("/run", None),
            'u' | 'g' => ("root", None),
            'U' | 'G' => ("0", None),
            _ => return None,
        };
        match self.home {
            Home::System => Some(system.to_owned()),
            Home::Of(home) => user.map(|below| format!("{home}{below}")),
            Home::Unknown => None,
        }
    }
}
