//! What paths mean: the home of the service's user, the folders of the XDG base directory
//! specification in it, and specifiers.

use crate::format::unit::Unit;

/// The home of the user whose manager reads the unit; no other path is called so.
pub(super) const OF_USER: &str = "/home/%h";

/// The folders with a variable that moves them.
const XDG: &[(&str, &str)] = &[
    (".cache", "XDG_CACHE_HOME"),
    (".config", "XDG_CONFIG_HOME"),
    (".local/share", "XDG_DATA_HOME"),
    (".local/state", "XDG_STATE_HOME"),
];

/// Links that every system has.
const LINKS: &[(&str, &str)] = &[("/var/run", "/run"), ("/var/lock", "/run/lock")];

/// A text with its specifiers replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// All of it is known.
    Known(String),
    /// What stands before the first specifier that depends on the machine.
    Begins(String),
}

/// An absolute path without doubled and trailing slashes.
pub(super) fn plain(path: &str) -> String {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let path = format!("/{}", parts.collect::<Vec<_>>().join("/"));
    for (link, target) in LINKS {
        if path == *link {
            return (*target).to_owned();
        }
        if let Some(rest) = crate::path::below(&path, link) {
            return format!("{target}/{}", rest.trim_start_matches('/'));
        }
    }
    path
}

/// Replaces the specifiers that mean the same on every machine. In a unit of the system `%h` and
/// `%u` are those of root, whatever `User=` says; see "Specifiers" in systemd.unit(5).
pub(super) fn specifiers(unit: &Unit, text: &str) -> Resolved {
    let stem = unit.name.rsplit_once('.');
    let stem = stem.map_or(&*unit.name, |(stem, _)| stem);
    let (prefix, instance) = stem.split_once('@').unwrap_or((stem, ""));
    let is_plain = |text: &str| !text.contains(['\\', '-']);
    let is_template = stem.ends_with('@');
    let mut resolved = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            resolved.push(character);
            continue;
        }
        let known = match characters.next() {
            None | Some('%') => "%",
            Some('n') if !is_template => &unit.name,
            Some('N') if !is_template => stem,
            Some('p') => prefix,
            Some('P') if is_plain(prefix) => prefix,
            Some('i') if !is_template => instance,
            Some('I') if !is_template && is_plain(instance) => instance,
            Some('h') if unit.is_user => OF_USER,
            Some('h') => "/root",
            Some('u' | 'g') if !unit.is_user => "root",
            Some('U' | 'G') if !unit.is_user => "0",
            Some('t') if !unit.is_user => "/run",
            Some('S') if !unit.is_user => "/var/lib",
            Some('C') if !unit.is_user => "/var/cache",
            Some('L') if !unit.is_user => "/var/log",
            Some('E') if !unit.is_user => "/etc",
            Some(other) if !other.is_ascii_alphanumeric() => {
                resolved.extend(['%', other]);
                continue;
            }
            Some(_) => return Resolved::Begins(resolved),
        };
        resolved.push_str(known);
    }
    Resolved::Known(resolved)
}

/// The value of a variable that the unit sets, if it is an absolute path. `UnsetEnvironment=` has the
/// last word; what `EnvironmentFile=` says is not in the unit.
fn variable(unit: &Unit, name: &str) -> Option<Result<String, String>> {
    let is_unset = unit.list("Service", "UnsetEnvironment").iter();
    let mut is_unset = is_unset.filter_map(|element| match specifiers(unit, &element.text) {
        Resolved::Known(text) => Some(text),
        Resolved::Begins(_) => None,
    });
    let elements = unit.list("Service", "Environment").iter().rev();
    let mut values = elements.filter_map(|element| {
        let (own, value) = element.text.split_once('=')?;
        (own == name).then_some(value)
    });
    let value = values.next()?;
    let value = match specifiers(unit, value) {
        Resolved::Known(value) => value,
        Resolved::Begins(_) => {
            return Some(Err(format!("`{name}={value}` depends on the machine")));
        }
    };
    let assignment = format!("{name}={value}");
    if is_unset.any(|text| text == name || text == assignment) {
        return None;
    }
    let is_path = value.starts_with('/') && !value.split('/').any(|part| part == "..");
    is_path.then_some(Ok(value))
}

/// Whether the program runs as root, who may write into folders of root.
pub(super) fn is_root(unit: &Unit) -> bool {
    match unit
        .setting("Service", "User")
        .and_then(|setting| setting.text())
    {
        Some(user) => specifiers(unit, user) == Resolved::Known("root".to_owned()) || user == "0",
        None => !unit.is_user && !unit.is_true("Service", "DynamicUser"),
    }
}

/// The user that the program runs as, if it is one that a host knows.
fn user(unit: &Unit) -> Option<String> {
    if is_root(unit) {
        return Some("root".to_owned());
    }
    let user = unit.setting("Service", "User")?.text()?;
    match specifiers(unit, user) {
        Resolved::Known(user) => Some(user),
        Resolved::Begins(_) => None,
    }
}

/// The home of the unit's user in a file with lines such as `name:x:1000:1000:comment:/home/name:/bin/sh`.
pub(super) fn in_passwd(unit: &Unit, passwd: &[u8]) -> Option<String> {
    let user = user(unit).filter(|_| !unit.is_user)?;
    let mut accounts = passwd.split(|byte| *byte == b'\n').map(|line| {
        let fields = line.split(|byte| *byte == b':');
        fields.map(String::from_utf8_lossy).collect::<Vec<_>>()
    });
    let is_number = user.bytes().all(|byte| byte.is_ascii_digit());
    let own = if is_number { 2 } else { 0 };
    let account = accounts.find(|fields| fields.get(own).is_some_and(|field| **field == *user))?;
    let home = account.get(5)?;
    home.starts_with('/').then(|| home.clone().into_owned())
}

/// The home that the unit works in: `/home/NAME` or `/root` of `WorkingDirectory=`, else of
/// `ReadWritePaths=`, if those in a home are in one only. For users that have no name to guess it by.
fn working_home(unit: &Unit) -> Option<String> {
    let home_of = |text: &str| {
        let Resolved::Known(path) = specifiers(unit, text.trim_start_matches(['-', '+'])) else {
            return None;
        };
        let path = plain(&path);
        let mut parts = path.split('/').skip(1);
        match (parts.next(), parts.next()) {
            (Some("root"), _) => Some("/root".to_owned()),
            (Some("home"), Some(name)) => Some(format!("/home/{name}")),
            _ => None,
        }
    };
    let folder = unit.setting("Service", "WorkingDirectory");
    if let Some(home) = folder.and_then(|folder| home_of(folder.text()?)) {
        return Some(home);
    }
    let paths = unit.list("Service", "ReadWritePaths").iter();
    let mut homes = paths.filter_map(|path| home_of(&path.text));
    let first = homes.next()?;
    homes.all(|home| home == first).then_some(first)
}

/// The home of the user that the program runs as.
fn home(unit: &Unit, on_host: Option<&str>) -> Result<String, String> {
    if let Some(home) = variable(unit, "HOME") {
        return home;
    }
    if let Some(home) = on_host {
        return Ok(home.to_owned());
    }
    if unit.is_user {
        return Ok(OF_USER.to_owned());
    }
    if is_root(unit) {
        return Ok("/root".to_owned());
    }
    if unit.is_true("Service", "DynamicUser") {
        // The record that systemd makes up for it says so (nss-systemd(8)).
        return Ok("/".to_owned());
    }
    let user = unit
        .setting("Service", "User")
        .and_then(|setting| setting.text());
    match user.map(|user| (user, specifiers(unit, user))) {
        Some((_, Resolved::Known(name))) if !name.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A comment behind the name is a mistake of its own, and not a part of the home.
            let name = name.split_whitespace().next().unwrap_or_default();
            Ok(format!("/home/{name}"))
        }
        Some((user, _)) => working_home(unit)
            .ok_or_else(|| format!("nothing says where `User={user}` has its home")),
        None => Err("nothing says who the user is".to_owned()),
    }
}

/// The row of the table of folders that a path is in, with what stands behind the folder.
pub(super) fn variable_of(path: &str) -> Option<(&'static str, &'static str, String)> {
    let rest = plain(path.strip_prefix('~')?);
    XDG.iter().find_map(|(folder, name)| {
        let inner = rest.strip_prefix('/')?.strip_prefix(folder)?;
        let is_whole = inner.is_empty() || inner.starts_with('/');
        is_whole.then(|| (*folder, *name, inner.to_owned()))
    })
}

/// The absolute path that a path of a check means.
pub(super) fn resolve(unit: &Unit, on_host: Option<&str>, path: &str) -> Result<String, String> {
    let Some(rest) = path.strip_prefix('~') else {
        return Ok(plain(path));
    };
    if let Some((_, name, inner)) = variable_of(path)
        && let Some(value) = variable(unit, name)
    {
        return Ok(plain(&format!("{}/{inner}", value?)));
    }
    Ok(plain(&format!("{}/{rest}", home(unit, on_host)?)))
}
