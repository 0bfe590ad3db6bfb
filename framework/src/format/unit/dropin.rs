//! Where systemd looks for a unit and its drop-ins: names, unit paths, precedence and masks.
//!
//! The rules are those of `unit_file_find_dropin_paths()` and `conf_files_list_strv()` in systemd
//! 252: all folders are put in one order, the first of several files of one name is taken, and
//! what is taken is applied sorted by file name.

use std::sync::Arc;

use super::kind::Kind;
use crate::document::Target;

/// The folders that hold units of the system manager, without the leading slash, in the order of
/// precedence.
const SYSTEM: &[&str] = &[
    "etc/systemd/system.control",
    "run/systemd/system.control",
    "run/systemd/transient",
    "run/systemd/generator.early",
    "etc/systemd/system",
    "etc/systemd/system.attached",
    "run/systemd/system",
    "run/systemd/system.attached",
    "run/systemd/generator",
    "usr/local/lib/systemd/system",
    "lib/systemd/system",
    "usr/lib/systemd/system",
    "run/systemd/generator.late",
];

/// The folders that hold units of every user's manager.
const USER: &[&str] = &[
    "etc/systemd/user",
    "run/systemd/user",
    "usr/local/share/systemd/user",
    "usr/share/systemd/user",
    "usr/local/lib/systemd/user",
    "usr/lib/systemd/user",
];

/// The folders of journald's drop-ins.
const JOURNALD: &[&str] = &[
    "etc/systemd",
    "run/systemd",
    "usr/local/lib/systemd",
    "usr/lib/systemd",
    "lib/systemd",
];

/// What a path says about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// The name of the unit: `openclaw-gateway.service`; for a drop-in, that of the unit that it
    /// belongs to, or only a type.
    pub(super) name: String,
    /// Its type.
    pub(super) kind: Kind,
    /// Whether the path is that of a drop-in.
    pub(super) is_fragment: bool,
    /// Whether it stands in a folder of units of users.
    pub(super) is_user: bool,
    /// The folders to look in, the first wins; the folder of the path itself is one of them.
    folders: Vec<String>,
    /// Which of them holds the path.
    own: usize,
}

impl Subject {
    /// Reads a path. `None` if it is neither a unit nor a drop-in of one.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some(kind) = Kind::of_unit(file) {
            return Some(Self::new(dir, file, kind, false));
        }
        let parent = dir.rsplit('/').next().unwrap_or(dir);
        let name = parent.strip_suffix(".d")?;
        if !has_suffix(file, ".conf") {
            return None;
        }
        let kind = Kind::of_unit(name).or_else(|| Kind::of_type(name))?;
        let above = dir[..dir.len() - parent.len()].trim_end_matches('/');
        Some(Self::new(above, name, kind, true))
    }

    /// A unit that stands in a file of another name: a service, on its own.
    pub(super) fn unnamed(path: &str) -> Self {
        let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
        Self {
            name: file.to_owned(),
            kind: Kind::Service,
            is_fragment: false,
            is_user: false,
            folders: vec![dir.to_owned()],
            own: 0,
        }
    }

    /// Reads a path of a configuration of journald.
    pub(super) fn of_journald(path: &str) -> Self {
        let (dir, file) = path.rsplit_once('/').unwrap_or(("", path));
        let is_fragment = file != "journald.conf";
        let dir = match dir.strip_suffix("journald.conf.d") {
            Some(above) if is_fragment => above.trim_end_matches('/'),
            _ => dir,
        };
        let (folders, own, _) = around(dir, &[JOURNALD]);
        Self {
            name: "journald.conf".to_owned(),
            kind: Kind::Journald,
            is_fragment,
            is_user: false,
            folders,
            own,
        }
    }

    fn new(dir: &str, name: &str, kind: Kind, is_fragment: bool) -> Self {
        let (folders, own, list) = around(dir, &[SYSTEM, USER]);
        Self {
            name: name.to_owned(),
            kind,
            is_fragment,
            is_user: list == Some(1),
            folders,
            own,
        }
    }

    /// The names of the folders of drop-ins, the most specific first.
    fn drop_in_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        if self.kind == Kind::Journald {
            names.push("journald.conf.d".to_owned());
        } else {
            push_names(&self.name, self.kind, &mut names);
        }
        names
    }

    /// The path of a unit of the same name that systemd takes instead, if there is one: it stands
    /// in a folder that comes before that of the path.
    pub(super) fn overriding<'a>(&'a self, target: &'a dyn Target) -> Option<String> {
        if self.is_fragment || self.kind == Kind::Journald {
            return None;
        }
        self.folders[..self.own]
            .iter()
            .map(|folder| join(folder, &self.name))
            .find(|path| target.is_masked(path) || matches!(target.read(path), Ok(Some(_))))
    }

    /// The main file that journald reads before its drop-ins, for a drop-in.
    pub(super) fn main_of_journald(&self, target: &dyn Target) -> Option<(String, Arc<[u8]>)> {
        if !self.is_fragment || self.kind != Kind::Journald {
            return None;
        }
        self.folders.iter().find_map(|folder| {
            let path = join(folder, &self.name);
            let bytes = target.read(&path).ok().flatten()?;
            Some((path, bytes))
        })
    }

    /// The paths of the drop-ins in the order in which they are applied. A masked one is among
    /// them, so that it can be said that it has no effect.
    pub(super) fn drop_ins(&self, target: &dyn Target) -> Vec<DropIn> {
        let mut found: Vec<DropIn> = Vec::new();
        if self.is_fragment && self.kind != Kind::Journald {
            return found;
        }
        let names = self.drop_in_names();
        let mut folders: Vec<String> = Vec::new();
        for folder in &self.folders {
            folders.extend(names.iter().map(|name| join(folder, name)));
        }
        if self.kind != Kind::Journald {
            let general = format!("{}.d", self.kind.suffix());
            folders.extend(self.folders.iter().map(|folder| join(folder, &general)));
        }
        for folder in folders {
            let files = match target.names(&folder) {
                Ok(files) => files,
                Err(why) => {
                    found.push(DropIn {
                        file: String::new(),
                        path: folder,
                        bytes: Err(why),
                    });
                    continue;
                }
            };
            for file in files {
                if !has_suffix(&file, ".conf") || found.iter().any(|known| known.file == file) {
                    continue;
                }
                let path = join(&folder, &file);
                let is_masked = target.is_masked(&path);
                let bytes = if is_masked {
                    Ok(None)
                } else {
                    target.read(&path)
                };
                found.push(DropIn { file, path, bytes });
            }
        }
        found.sort_by(|a, b| a.file.cmp(&b.file));
        found
    }
}

/// A drop-in that was found.
#[derive(Debug)]
pub(super) struct DropIn {
    /// The name that decides about order and precedence.
    pub(super) file: String,
    /// Where it is; the folder, where that cannot be listed.
    pub(super) path: String,
    /// What is in it; nothing if it is a mask; a clause if it cannot be read.
    pub(super) bytes: Result<Option<Arc<[u8]>>, String>,
}

/// The names of the drop-in folders of a unit: its own, that of its template, and those of the
/// prefixes of its name that end in a dash.
fn push_names(name: &str, kind: Kind, names: &mut Vec<String>) {
    // Each step makes the name shorter; a name has fewer dashes than this if it is valid at all.
    if names.len() > 256 {
        return;
    }
    names.push(format!("{name}.d"));
    let suffix = kind.suffix();
    let Some(stem) = name
        .strip_suffix(suffix)
        .and_then(|stem| stem.strip_suffix('.'))
    else {
        return;
    };
    let (prefix, instance) = match stem.split_once('@') {
        Some((prefix, instance)) => (prefix, Some(instance)),
        None => (stem, None),
    };
    let instance = instance.filter(|instance| !instance.is_empty());
    if instance.is_some() {
        push_names(&format!("{prefix}@.{suffix}"), kind, names);
    }
    // A dash at the end was put there by the step before, so the next one counts.
    let searched = prefix.strip_suffix('-').unwrap_or(prefix);
    let Some(dash) = searched.rfind('-').filter(|dash| *dash > 0) else {
        return;
    };
    let shorter = &prefix[..=dash];
    let next = match instance {
        Some(instance) => format!("{shorter}@{instance}.{suffix}"),
        None => format!("{shorter}.{suffix}"),
    };
    push_names(&next, kind, names);
}

/// The folders that are searched together with one, the place of that one among them, and which
/// of the lists it is in. A folder that is none of systemd's is searched alone.
fn around(dir: &str, lists: &[&[&str]]) -> (Vec<String>, usize, Option<usize>) {
    for (number, list) in lists.iter().enumerate() {
        for (own, folder) in list.iter().enumerate() {
            let Some(root) = dir.strip_suffix(folder) else {
                continue;
            };
            // `lib/systemd/system` also ends `usr/lib/systemd/system`, which is its own row.
            let is_longer = list
                .iter()
                .any(|other| other.len() > folder.len() && dir.ends_with(other));
            if is_longer || !(root.is_empty() || root.ends_with('/')) {
                continue;
            }
            let folders = list
                .iter()
                .map(|folder| format!("{root}{folder}"))
                .collect();
            return (folders, own, Some(number));
        }
    }
    (vec![dir.to_owned()], 0, None)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}

fn has_suffix(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix)
        .is_some_and(|stem| !stem.is_empty() && !name.starts_with('.'))
}
