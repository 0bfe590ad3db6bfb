//! The programs that a configuration file hands to a supervisor: a service of systemd, the services
//! of a Compose file, a job of launchd. Each with its [`Policy`] and with the settings that decide,
//! in words and with their places.

mod meaning;

use crate::document::{Aside, Document, Node, Place};
use crate::format::unit::Unit;
use crate::restart::{self, EventKind, Micros, Policy, Timeline, docker, launchd, systemd};

/// The version of systemd whose rules hold where nobody says one: Debian 12's.
pub const DEFAULT_VERSION: u16 = 252;

/// The versions of systemd whose rules are known.
pub const VERSIONS: std::ops::RangeInclusive<u16> = 250..=257;

/// The formats that have programs, for messages.
pub const FORMATS: [&str; 3] = ["systemd-unit", "compose", "plist"];

/// A program and what its supervisor is told about restarts.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it is called in its file; empty for a unit and a job, which are the file.
    pub service: String,
    /// When it is started again.
    pub policy: Policy,
    /// What the policy is made of.
    pub settings: Vec<Setting>,
}

/// A setting that decides about restarts, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The setting itself.
    pub of: restart::Setting,
    /// What it means, for a person who does not know the supervisor.
    pub meaning: String,
    /// A line that looks as if it set it, where only the default is in effect.
    pub ignored: Option<Aside>,
}

impl Program {
    fn new(service: String, policy: Policy) -> Self {
        let supervisor = policy.supervisor();
        let settings = policy
            .settings()
            .iter()
            .map(|setting| Setting {
                of: setting.clone(),
                meaning: meaning::of(supervisor, setting),
                ignored: None,
            })
            .collect();
        Self {
            service,
            policy,
            settings,
        }
    }

    /// The start limits that stand in the file and have no effect.
    pub fn ignored_limits(&self) -> impl Iterator<Item = (&Setting, &Aside)> {
        let limits = self
            .settings
            .iter()
            .filter(|setting| setting.of.name.starts_with("StartLimit"));
        limits.filter_map(|setting| Some((setting, setting.ignored.as_ref()?)))
    }

    /// A setting, by the name that [`restart::Ending::decided_by`] has.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.of.name == name)
    }

    /// The settings of these names that the program has.
    pub fn settings_of(&self, names: &[&str]) -> Vec<&Setting> {
        names.iter().filter_map(|name| self.setting(name)).collect()
    }
}

/// Why a file has no program that could be restarted.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It has none, as a clause: "it is not a service".
    Nothing(String, Option<Place>),
    /// It has none of this name; with the names of those that it has.
    NoSuchService(String, Vec<String>),
}

/// The program of a unit.
///
/// # Errors
///
/// Why there is none: it is no service, or systemd does not load it.
pub fn of_unit(unit: &Unit, version: u16) -> Result<Vec<Program>, Refusal> {
    let policy = systemd::policy(unit, version).map_err(|why| Refusal::Nothing(why, None))?;
    let mut program = Program::new(String::new(), Policy::Systemd(policy));
    for setting in &mut program.settings {
        if setting.of.is_default {
            setting.ignored = ignored(unit, setting.of.name).cloned();
        }
    }
    Ok(vec![program])
}

/// The last line without effect that looks as if it set something; one in the wrong section says
/// more than one that is commented out.
fn ignored<'u>(unit: &'u Unit, name: &str) -> Option<&'u Aside> {
    let is_it = |aside: &&Aside| match aside.path.last().map(|name| &**name) {
        Some("StartLimitInterval") => name == "StartLimitIntervalSec",
        written => written == Some(name),
    };
    let asides = unit.asides.iter().rev().filter(is_it);
    asides.max_by_key(|aside| is_misplaced(aside))
}

/// Whether a line has no effect because of the section that it stands in.
pub fn is_misplaced(aside: &Aside) -> bool {
    aside.why.contains(" in [") || aside.why.starts_with("in [") || aside.why.starts_with("before")
}

/// The programs of a Compose file, or the one that is named.
///
/// # Errors
///
/// Why there is none.
pub fn of_compose(document: &Document, service: Option<&str>) -> Result<Vec<Program>, Refusal> {
    let services = document.root.get("services").map_or(&[][..], Node::entries);
    if services.is_empty() {
        return Err(Refusal::Nothing("it has no service".to_owned(), None));
    }
    let mut programs = Vec::new();
    for (name, policy) in docker::policies(document) {
        if service.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let entry = services.iter().find(|entry| *entry.name == *name);
        let policy = policy.map_err(|why| {
            let why = format!("Docker does not create the service `{name}`: {why}");
            Refusal::Nothing(why, entry.and_then(place))
        })?;
        programs.push(Program::new(name, Policy::Docker(policy)));
    }
    match service {
        Some(wanted) if programs.is_empty() => {
            let names = services.iter().map(|entry| entry.name.to_string());
            Err(Refusal::NoSuchService(wanted.to_owned(), names.collect()))
        }
        _ => Ok(programs),
    }
}

/// Where the restart policy of a service stands.
fn place(service: &crate::document::Entry) -> Option<Place> {
    let deploy = service.node.get("deploy");
    let entry = deploy
        .and_then(|deploy| deploy.entry("restart_policy"))
        .or_else(|| service.node.entry("restart"));
    entry.map(|entry| entry.node.place)
}

/// The job of a property list.
///
/// # Errors
///
/// Why there is none.
pub fn of_plist(document: &Document) -> Result<Vec<Program>, Refusal> {
    if document.root.entries().is_empty() {
        return Err(Refusal::Nothing("it holds no job".to_owned(), None));
    }
    let policy = launchd::policy(document).map_err(|why| Refusal::Nothing(why, None))?;
    Ok(vec![Program::new(String::new(), Policy::Launchd(policy))])
}

/// How long the supervisor means to wait after the first end.
pub fn first_wait(timeline: &Timeline) -> Option<Micros> {
    timeline.events.iter().find_map(|event| match event.kind {
        EventKind::Wait(wait) => Some(wait),
        _ => None,
    })
}

/// How long after its first end the program was started again, if it was.
pub fn back_after(timeline: &Timeline) -> Option<Micros> {
    let mut ended = None;
    for event in &timeline.events {
        match (event.kind, ended) {
            (EventKind::End(_), None) => ended = Some(event.at),
            (EventKind::Start(_), Some(at)) => return event.at.checked_sub(at),
            _ => {}
        }
    }
    None
}
