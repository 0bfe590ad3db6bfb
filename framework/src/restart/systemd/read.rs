//! From a unit to the policy that is in effect, with the places of the settings.

use super::{
    EndsWith, FIRST_WITH_STEPS, KillMode, Kind, OomPolicy, Policy, Restart, Setting, Statuses,
};
use crate::document::Aside;
use crate::format::unit::{self, State, Unit, Value, scales};
use crate::restart::{FOREVER, Micros};
use crate::scale::Amount;

/// The settings that a policy is made from.
const SETTINGS: &[(&str, &str)] = &[
    ("Service", "Restart"),
    ("Service", "RestartSec"),
    ("Unit", "StartLimitIntervalSec"),
    ("Unit", "StartLimitBurst"),
    ("Service", "RestartPreventExitStatus"),
    ("Service", "RestartForceExitStatus"),
    ("Service", "SuccessExitStatus"),
    ("Service", "Type"),
    ("Service", "RemainAfterExit"),
    ("Service", "KillMode"),
    ("Service", "KillSignal"),
    ("Service", "SendSIGKILL"),
    ("Service", "TimeoutStopSec"),
    ("Service", "TimeoutStartSec"),
    ("Service", "RuntimeMaxSec"),
    ("Service", "WatchdogSec"),
    ("Service", "WatchdogSignal"),
    ("Service", "OOMPolicy"),
    ("Service", "ExitType"),
    ("Unit", "StartLimitAction"),
];

/// The settings whose defaults are not worth a line.
const RARE: [&str; 2] = ["ExitType", "StartLimitAction"];

/// The policy of a service, by the rules of a version of systemd.
///
/// # Errors
///
/// A clause that says why there is none: the unit is masked or refused, or is not a service.
pub fn policy(unit: &Unit, version: u16) -> Result<Policy, String> {
    let name = &unit.name;
    if unit.kind != unit::Kind::Service {
        return Err(format!("`{name}` is not a service"));
    }
    if unit.is_fragment {
        return Err(format!("it is a drop-in without its unit `{name}`"));
    }
    match unit.state {
        State::Masked => return Err(format!("`{name}` is masked, so it cannot be started")),
        State::Refused => {
            // The rule of all that systemd does not get over.
            let mut complaints = unit.complaints.iter().rev();
            let complaint = complaints.find(|complaint| complaint.rule.name == "unit-not-loaded");
            return Err(match complaint {
                Some(complaint) => format!("systemd does not load it: {}", complaint.message),
                None => "systemd does not load it".to_owned(),
            });
        }
        State::Loaded => {}
    }
    let span = |section: &str, name: &str, default: Micros| {
        unit.time_span(section, name)
            .map_or(default, |amount| micros(&amount))
    };
    let default = Policy::default();
    let word = |name: &str| unit.effective("Service", name);
    let mut settings: Vec<Setting> = SETTINGS
        .iter()
        .filter_map(|(section, name)| setting(unit, section, name))
        .filter(|setting| !setting.is_default || !RARE.contains(&setting.name))
        .collect();
    let commands = unit.list("Service", "ExecStart");
    let ignores_failure = !commands.is_empty()
        && commands
            .iter()
            .all(|command| unit::ignores_failure(&command.text));
    if ignores_failure {
        settings.push(Setting {
            name: "ExecStart",
            text: "ExecStart=-".to_owned(),
            place: commands.first().map(|command| command.place),
            is_default: false,
        });
    }
    let mut policy = Policy {
        version,
        kind: kind(word("Type")),
        ends_with: match word("ExitType") {
            Some("cgroup") => EndsWith::Group,
            _ => EndsWith::Main,
        },
        restart: restart(word("Restart")),
        delay: span("Service", "RestartSec", default.delay),
        interval: span("Unit", "StartLimitIntervalSec", default.interval),
        burst: match unit.amount("Unit", "StartLimitBurst") {
            Some(Amount::Number(number)) => u64::try_from(number).unwrap_or(default.burst),
            _ => default.burst,
        },
        prevent: statuses(unit, "RestartPreventExitStatus"),
        force: statuses(unit, "RestartForceExitStatus"),
        success: statuses(unit, "SuccessExitStatus"),
        ignores_failure,
        oom_policy: match word("OOMPolicy") {
            Some("continue") => OomPolicy::Continue,
            Some("kill") => OomPolicy::Kill,
            _ => OomPolicy::Stop,
        },
        kill_mode: match word("KillMode") {
            Some("mixed") => KillMode::Mixed,
            Some("process") => KillMode::Process,
            Some("none") => KillMode::None,
            _ => KillMode::ControlGroup,
        },
        kill_signal: signal(word("KillSignal"), default.kill_signal),
        sends_kill: unit.is_true("Service", "SendSIGKILL"),
        stop_timeout: span("Service", "TimeoutStopSec", default.stop_timeout),
        start_timeout: span("Service", "TimeoutStartSec", default.start_timeout),
        most_runtime: match span("Service", "RuntimeMaxSec", FOREVER) {
            0 => FOREVER,
            time => time,
        },
        watchdog: span("Service", "WatchdogSec", 0),
        watchdog_signal: signal(word("WatchdogSignal"), default.watchdog_signal),
        remains: unit.is_true("Service", "RemainAfterExit"),
        settings,
        ..default
    };
    if version >= FIRST_WITH_STEPS {
        steps(unit, &mut policy);
    }
    Ok(policy)
}

/// Settings that 254 has brought. The unit is read as by 252, for which they stand there without
/// effect.
fn steps(unit: &Unit, policy: &mut Policy) {
    let mut last = |name: &'static str, read: fn(&str) -> Result<Amount, String>| {
        let is_it = |aside: &&Aside| {
            aside.path.len() == 2
                && &*aside.path[0] == "Service"
                && &*aside.path[1] == name
                && aside.why.starts_with(&format!("`{name}` in "))
        };
        let mut asides = unit.asides.iter().rev().filter(is_it);
        let (aside, amount) = asides.find_map(|aside| Some((aside, read(&aside.value).ok()?)))?;
        policy.settings.push(Setting {
            name,
            text: format!("{name}={}", aside.value),
            place: Some(aside.place),
            is_default: false,
        });
        Some(amount)
    };
    let steps = last("RestartSteps", scales::INTEGER.read);
    let max_delay = last("RestartMaxDelaySec", scales::TIME_SPAN.read);
    if let Some(Amount::Number(steps)) = steps {
        policy.steps = u64::try_from(steps).unwrap_or(0);
    }
    if let Some(max_delay) = max_delay {
        policy.max_delay = micros(&max_delay);
    }
}

fn micros(amount: &Amount) -> Micros {
    match amount {
        Amount::Number(number) => Micros::try_from(*number).unwrap_or(FOREVER),
        _ => FOREVER,
    }
}

fn kind(word: Option<&str>) -> Kind {
    match word {
        Some("notify" | "notify-reload") => Kind::Notify,
        Some("forking") => Kind::Forking,
        Some("dbus") => Kind::Bus,
        Some("oneshot") => Kind::Oneshot,
        _ => Kind::Simple,
    }
}

fn restart(word: Option<&str>) -> Restart {
    let all = [
        Restart::OnSuccess,
        Restart::OnFailure,
        Restart::OnAbnormal,
        Restart::OnWatchdog,
        Restart::OnAbort,
        Restart::Always,
    ];
    let found = all.into_iter().find(|restart| Some(restart.name()) == word);
    found.unwrap_or(Restart::No)
}

fn signal(word: Option<&str>, default: u8) -> u8 {
    word.and_then(unit::signal).unwrap_or(default)
}

/// The statuses of a list: what is not the name or number of an exit status is a signal.
fn statuses(unit: &Unit, name: &str) -> Statuses {
    let mut statuses = Statuses::default();
    for element in unit.list("Service", name) {
        if let Some(code) = unit::exit_status(&element.text) {
            statuses.codes.insert(code);
        } else if let Some(signal) = unit::signal(&element.text) {
            statuses.signals.insert(signal);
        }
    }
    statuses
}

/// A setting as it is in effect; `None` for a list that is empty.
fn setting(unit: &Unit, section: &str, name: &'static str) -> Option<Setting> {
    let Some(setting) = unit.setting(section, name) else {
        let value = unit.effective(section, name)?;
        return Some(Setting {
            name,
            text: format!("{name}={value}"),
            place: None,
            is_default: true,
        });
    };
    let value = match &setting.value {
        Value::Text(text) => text.to_string(),
        Value::List(elements) => {
            let texts: Vec<&str> = elements.iter().map(|element| &*element.text).collect();
            texts.join(" ")
        }
    };
    Some(Setting {
        name,
        text: format!("{}={value}", setting.written.1),
        place: Some(setting.place),
        is_default: false,
    })
}
