//! What systemd 252 says about a unit as a whole once it is read: combinations that it refuses or
//! that have no effect. The messages are its own words.

use super::effective::Setting;
use super::kind::Kind;
use super::rules;
use super::{State, Unit};
use crate::document::{Complaint, Place};
use crate::scale::Amount;

/// Judges a unit that is read to its end.
pub(super) fn verify(unit: &mut Unit) {
    match unit.kind {
        Kind::Service => service(unit),
        Kind::Timer => timer(unit),
        Kind::Path => {
            let has_any = [
                "PathExists",
                "PathExistsGlob",
                "PathChanged",
                "PathModified",
                "DirectoryNotEmpty",
            ]
            .iter()
            .any(|name| !unit.list("Path", name).is_empty());
            if !has_any {
                refuse(unit, None, "Path unit lacks path setting. Refusing.");
            }
        }
        Kind::Socket => socket(unit),
        Kind::Mount if unit.effective("Mount", "What").is_none() => {
            refuse(unit, None, "What= setting is missing. Refusing.");
        }
        _ => {}
    }
}

fn refuse(unit: &mut Unit, place: Option<Place>, message: &str) {
    unit.state = State::Refused;
    unit.complaints.push(Complaint {
        place,
        ..Complaint::of_file(&rules::NOT_LOADED, message)
    });
}

fn warn(unit: &mut Unit, place: Option<Place>, message: &str) {
    unit.complaints.push(Complaint {
        place,
        ..Complaint::of_file(&rules::INEFFECTIVE, message)
    });
}

fn place(unit: &Unit, section: &str, name: &str) -> Option<Place> {
    unit.setting(section, name).map(|setting| setting.place)
}

fn service(unit: &mut Unit) {
    if let Some((place, message)) = refusal(unit) {
        refuse(unit, place, message);
        return;
    }
    let has = |unit: &Unit, name: &str| unit.effective("Service", name).is_some();
    let at = |unit: &Unit, name: &str| place(unit, "Service", name);
    let descriptors = has(unit, "USBFunctionDescriptors");
    let strings = has(unit, "USBFunctionStrings");
    if descriptors && !strings {
        let place = at(unit, "USBFunctionDescriptors");
        warn(
            unit,
            place,
            "Service has USBFunctionDescriptors= setting, but no USBFunctionStrings=. Ignoring.",
        );
    }
    if strings && !descriptors {
        let place = at(unit, "USBFunctionStrings");
        warn(
            unit,
            place,
            "Service has USBFunctionStrings= setting, but no USBFunctionDescriptors=. Ignoring.",
        );
    }
    let is_unlimited = !matches!(
        unit.amount("Service", "RuntimeMaxSec"),
        Some(Amount::Number(_))
    );
    if !is_unlimited && unit.effective("Service", "Type") == Some("oneshot") {
        let place = at(unit, "RuntimeMaxSec");
        warn(
            unit,
            place,
            "RuntimeMaxSec= has no effect in combination with Type=oneshot. Ignoring.",
        );
    }
    let extra = unit.amount("Service", "RuntimeRandomizedExtraSec");
    if is_unlimited && extra.is_some_and(|extra| !extra.is_same(&Amount::Number(0))) {
        let place = at(unit, "RuntimeRandomizedExtraSec");
        warn(
            unit,
            place,
            "Service has RuntimeRandomizedExtraSec= setting, but no RuntimeMaxSec=. Ignoring.",
        );
    }
}

/// Why systemd refuses a service, in the order in which it looks.
fn refusal(unit: &Unit) -> Option<(Option<Place>, &'static str)> {
    let effective = |name: &str| unit.effective("Service", name);
    let at = |name: &str| place(unit, "Service", name);
    let starts = unit.list("Service", "ExecStart");
    let has_stop = !unit.list("Service", "ExecStop").is_empty();
    let no_action = unit.effective("Unit", "SuccessAction") == Some("none");
    let is_oneshot = effective("Type") == Some("oneshot");
    let last_reset = || {
        let reset = unit.asides.iter().rev().find(|aside| {
            aside.path.len() == 2 && &*aside.path[0] == "Service" && &*aside.path[1] == "ExecStart"
        });
        reset.map(|aside| aside.place)
    };
    if starts.is_empty() && !has_stop && no_action {
        return Some((
            last_reset(),
            "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
        ));
    }
    if !is_oneshot && starts.is_empty() {
        return Some((
            at("Type").or_else(last_reset),
            "Service has no ExecStart= setting, which is only allowed for Type=oneshot services. \
             Refusing.",
        ));
    }
    if !unit.is_true("Service", "RemainAfterExit") && starts.is_empty() && no_action {
        return Some((
            last_reset(),
            "Service has no ExecStart= and no SuccessAction= settings and does not have \
             RemainAfterExit=yes set. Refusing.",
        ));
    }
    if !is_oneshot && let [_, second, ..] = starts {
        return Some((
            Some(second.place),
            "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot \
             services. Refusing.",
        ));
    }
    if is_oneshot && matches!(effective("Restart"), Some("always" | "on-success")) {
        return Some((
            at("Restart"),
            "Service has Restart= set to either always or on-success, which isn't allowed for \
             Type=oneshot services. Refusing.",
        ));
    }
    if is_oneshot && !unit.list("Service", "RestartForceExitStatus").is_empty() {
        return Some((
            at("RestartForceExitStatus"),
            "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot \
             services. Refusing.",
        ));
    }
    if is_oneshot && effective("ExitType") == Some("cgroup") {
        return Some((
            at("ExitType"),
            "Service has ExitType=cgroup set, which isn't allowed for Type=oneshot services. \
             Refusing.",
        ));
    }
    if effective("Type") == Some("dbus") && effective("BusName").is_none() {
        return Some((
            at("Type"),
            "Service is of type D-Bus but no D-Bus service name has been specified. Refusing.",
        ));
    }
    let kills_all = matches!(effective("KillMode"), Some("control-group" | "mixed"));
    if effective("PAMName").is_some() && !kills_all {
        return Some((
            at("KillMode"),
            "Service has PAM enabled. Kill mode must be set to 'control-group' or 'mixed'. \
             Refusing.",
        ));
    }
    None
}

fn timer(unit: &mut Unit) {
    let names = [
        "OnCalendar",
        "OnActiveSec",
        "OnBootSec",
        "OnStartupSec",
        "OnUnitActiveSec",
        "OnUnitInactiveSec",
    ];
    let has_value = names
        .iter()
        .any(|name| !unit.list("Timer", name).is_empty());
    let has_change =
        unit.is_true("Timer", "OnClockChange") || unit.is_true("Timer", "OnTimezoneChange");
    if !has_value && !has_change {
        refuse(unit, None, "Timer unit lacks value setting. Refusing.");
    }
}

fn socket(unit: &mut Unit) {
    let is_listen =
        |setting: &&Setting| setting.section == "Socket" && setting.name.starts_with("Listen");
    let has_any = unit
        .settings()
        .iter()
        .filter(is_listen)
        .any(|setting| !setting.elements().is_empty());
    if !has_any {
        refuse(
            unit,
            None,
            "Unit has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...). Refusing.",
        );
    }
}
