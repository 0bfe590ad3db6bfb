//! The parsers of file formats as a table: which file names belong to a format, and how it is read.
//! Each format has a file of its own; all of them keep spans and none of them ever fails: what
//! cannot be read becomes a complaint of the [`Document`].

pub mod compose;
pub mod dockerfile;
pub mod env;
pub mod gateway;
pub mod ini;
pub mod json;
pub mod markdown;
mod member;
pub mod newsyslog;
pub mod plist;
pub mod toml;
pub mod unit;
pub mod yaml;

use crate::diagnostic::Rule;
use crate::document::{Document, Input, Place};

/// A row of the table of formats.
#[derive(Debug)]
pub struct FormatSpec {
    /// The name, as `format = "…"` has it.
    pub name: &'static str,
    /// What it is and who reads it, in one line.
    pub summary: &'static str,
    /// The file names that it stands for, for people.
    pub files: &'static str,
    /// Whether a path belongs to it.
    pub is_for: fn(&str) -> bool,
    /// Reads a file.
    pub read: fn(&Input<'_>) -> Document,
    /// The rules that a file of this format can break.
    pub rules: &'static [&'static Rule],
    /// The ports that a file of this format opens, where that is known.
    pub listeners: Option<fn(&Document) -> Vec<Listener>>,
}

/// A port that a file opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// What it is, for a sentence: "port 18789 of the service `gateway`".
    pub what: String,
    /// Whether only this machine can reach it.
    pub is_loopback: bool,
    /// Where the file opens it.
    pub place: Place,
    /// Why it can be reached from elsewhere, as a label.
    pub why: String,
}

/// All formats. The first whose `is_for` holds is the format of a path, so the special ones come
/// before the general ones.
pub static FORMATS: &[FormatSpec] = &[
    FormatSpec {
        name: "systemd-unit",
        summary: "a unit file with its drop-ins, as systemd 252 reads it",
        files: "`*.service`, `*.timer` and the other unit types, and their drop-ins",
        is_for: unit::is_unit,
        read: unit::read,
        rules: unit::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "journald",
        summary: "journald's configuration, as systemd-journald 252 reads it",
        files: "`journald.conf`, `journald.conf.d/*.conf`",
        is_for: unit::is_journald,
        read: unit::read_journald,
        rules: unit::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "plist",
        summary: "an XML property list, strictly, with launchd's keys",
        files: "`*.plist`",
        is_for: |path| has_extension(path, "plist"),
        read: plist::read,
        rules: plist::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "compose",
        summary: "a Compose file with its `.env`, interpolated, as Docker Compose reads it",
        files: "`docker-compose*.yml`, `compose*.yml` (and `.yaml`)",
        is_for: compose::is_compose,
        read: compose::read,
        rules: compose::RULES,
        listeners: Some(compose::listeners),
    },
    FormatSpec {
        name: "yaml",
        summary: "YAML 1.2 with merge keys",
        files: "`*.yml`, `*.yaml`",
        is_for: |path| has_extension(path, "yml") || has_extension(path, "yaml"),
        read: yaml::read,
        rules: yaml::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "env",
        summary: "an env file that all four readers below read alike",
        files: "`.env`, `.env.*`, `*.env`, `env`",
        is_for: env::is_env,
        read: env::read,
        rules: env::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "env-systemd",
        summary: "an env file, as systemd's `EnvironmentFile=` reads it",
        files: "none",
        is_for: |_| false,
        read: env::read_systemd,
        rules: env::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "env-docker",
        summary: "an env file, as `docker run --env-file` reads it",
        files: "none",
        is_for: |_| false,
        read: env::read_docker,
        rules: env::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "env-compose",
        summary: "an env file, as Compose's `env_file` reads it",
        files: "none",
        is_for: |_| false,
        read: env::read_compose,
        rules: env::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "env-bash",
        summary: "an env file, as bash's `source` reads it",
        files: "none",
        is_for: |_| false,
        read: env::read_bash,
        rules: env::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "newsyslog",
        summary: "newsyslog's configuration",
        files: "`newsyslog.conf`, `newsyslog.d/*.conf`",
        is_for: newsyslog::is_newsyslog,
        read: newsyslog::read,
        rules: newsyslog::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "json5",
        summary: "JSON5, as the gateway reads its configuration",
        files: "`openclaw.json`, `*.json5`",
        is_for: |path| file_name(path) == "openclaw.json" || has_extension(path, "json5"),
        read: json::read_json5,
        rules: json::RULES,
        listeners: Some(gateway::listeners),
    },
    FormatSpec {
        name: "json",
        summary: "JSON (RFC 8259); duplicate names are errors",
        files: "`*.json`",
        is_for: |path| has_extension(path, "json"),
        read: json::read,
        rules: json::RULES,
        listeners: Some(gateway::listeners),
    },
    FormatSpec {
        name: "toml",
        summary: "TOML 1.0",
        files: "`*.toml`",
        is_for: |path| has_extension(path, "toml"),
        read: toml::read,
        rules: toml::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "ini",
        summary: "sections and `key = value` lines, as Python's configparser reads them",
        files: "`*.ini`, `*.cfg`",
        is_for: |path| has_extension(path, "ini") || has_extension(path, "cfg"),
        read: ini::read,
        rules: ini::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "dockerfile",
        summary: "a Dockerfile, as BuildKit reads it",
        files: "`Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `Containerfile`",
        is_for: dockerfile::is_dockerfile,
        read: dockerfile::read,
        rules: dockerfile::RULES,
        listeners: None,
    },
    FormatSpec {
        name: "markdown",
        summary: "CommonMark with tables and task lists: headings, code blocks, links",
        files: "`*.md`, `*.markdown`",
        is_for: |path| has_extension(path, "md") || has_extension(path, "markdown"),
        read: markdown::read,
        rules: markdown::RULES,
        listeners: None,
    },
];

/// The format of a name, as `format = "…"` has it.
pub fn named(name: &str) -> Option<&'static FormatSpec> {
    FORMATS.iter().find(|format| format.name == name)
}

/// The format that a path stands for.
pub fn of_path(path: &str) -> Option<&'static FormatSpec> {
    FORMATS.iter().find(|format| (format.is_for)(path))
}

/// The last component of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder that a path stands in; empty where it has none.
pub(crate) fn dir_name(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Whether the last component ends in `.` and this extension, and has something before it.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    file_name(path)
        .strip_suffix(extension)
        .and_then(|stem| stem.strip_suffix('.'))
        .is_some_and(|stem| !stem.is_empty())
}

#[cfg(test)]
mod tests;
