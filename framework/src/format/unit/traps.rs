//! What systemd reads without a word, and otherwise than a person would: the mistakes that
//! `systemd-analyze verify` does not see. Nothing here is about taste; each of them does something
//! else than the line says.

use super::effective::{Element, Setting};
use super::keys::Reader;
use super::kind::Kind;
use super::number::SECOND;
use super::values::{arguments, is_unit, prefix};
use super::{State, Unit, names, rules};
use crate::diagnostic::Rule;
use crate::document::{Complaint, Place, Target};
use crate::scale::Amount;

/// Looks for such things in a unit that is read.
pub(super) fn look(unit: &mut Unit, target: &dyn Target) {
    let mut found = Vec::new();
    for setting in unit.settings() {
        delay(setting, &mut found);
        quotes(setting, &mut found);
        comment(setting, &mut found);
        capabilities(setting, &mut found);
        install(setting, &mut found);
    }
    if unit.kind == Kind::Service {
        start_limit(unit, &mut found);
        privileges(unit, &mut found);
    }
    if target.is_host() && unit.state == State::Loaded {
        user(unit, target, &mut found);
    }
    unit.complaints.append(&mut found);
}

fn say(rule: &'static Rule, place: Place, message: String) -> Complaint {
    Complaint::new(rule, place, message)
}

/// A delay before a restart that is longer than an hour is one that nobody meant: `10M` is ten
/// months.
fn delay(setting: &Setting, found: &mut Vec<Complaint>) {
    const HOUR: i128 = 3600 * SECOND as i128;
    if setting.name != "RestartSec" {
        return;
    }
    let (Some(text), Some(scale)) = (setting.text(), setting.scale()) else {
        return;
    };
    let message = match (scale.read)(text) {
        Ok(Amount::Number(span)) if span > HOUR => {
            let hours = span / HOUR;
            format!("`RestartSec={text}` waits {hours} hours before each restart")
        }
        Ok(Amount::Infinite) => format!("`RestartSec={text}` never restarts the service"),
        _ => return,
    };
    let mut complaint = say(&rules::MONTHS, setting.place, message);
    if text.contains('M') {
        complaint = complaint.help("`M` is a month; minutes are `m` or `min`");
    }
    found.push(complaint);
}

/// Free texts of one value that stand in quotes, which stay in the value.
fn quotes(setting: &Setting, found: &mut Vec<Complaint>) {
    let is_raw = matches!(
        setting.reader,
        Reader::UserOrGroup | Reader::Text | Reader::SliceName | Reader::BusName | Reader::String
    );
    // In a description or in mount options quotes may be meant.
    let is_free = matches!(setting.name, "Description" | "Options" | "RebootArgument");
    let Some(text) = setting.text().filter(|_| is_raw && !is_free) else {
        return;
    };
    let is_quoted = ['"', '\'']
        .iter()
        .any(|quote| text.len() > 1 && text.starts_with(*quote) && text.ends_with(*quote));
    if is_quoted {
        let name = setting.name;
        let message = format!("the quotes are a part of the value of `{name}`");
        found
            .push(say(&rules::KEPT_QUOTES, setting.place, message).help("write it without quotes"));
    }
}

/// Values that hold what looks like a comment behind them.
fn comment(setting: &Setting, found: &mut Vec<Complaint>) {
    let is_list_of_words = matches!(
        setting.reader,
        Reader::Dependencies
            | Reader::NamespacePaths
            | Reader::ExitStatuses
            | Reader::InstallNames
            | Reader::EnvironmentFile
            | Reader::Documentation
    );
    let is_path_or_name = matches!(
        setting.reader,
        Reader::UserOrGroup
            | Reader::WorkingDirectory
            | Reader::Path
            | Reader::PathOrEmpty
            | Reader::PidFile
    ) || matches!(setting.name, "SyslogIdentifier" | "PAMName");
    let mut check = |text: &str, place: Place| {
        let is_behind = [" #", "\t#", " ;", "\t;"]
            .iter()
            .any(|start| text.contains(start));
        if is_behind || text == "#" {
            let name = setting.name;
            let message = format!("the comment is a part of the value of `{name}`");
            let complaint = say(&rules::TRAILING_COMMENT, place, message);
            found.push(complaint.help("put the comment on a line of its own"));
        }
    };
    if let Some(text) = setting.text().filter(|_| is_path_or_name) {
        check(text, setting.place);
    }
    if is_list_of_words {
        for element in setting.elements() {
            check(&element.text, element.place);
        }
    }
    if matches!(setting.reader, Reader::Exec) {
        for element in setting.elements() {
            commented_command(element, found);
        }
    }
}

/// A `#` as a word of a command line is an argument; a shell's would be inside of quotes.
fn commented_command(element: &Element, found: &mut Vec<Complaint>) {
    if !element.text.contains(" #") {
        return;
    }
    if arguments(&element.text)
        .iter()
        .skip(1)
        .any(|argument| argument == "#")
    {
        let message = "the comment is a part of the command line: `#` and the words behind it are \
                       arguments";
        let complaint = say(&rules::TRAILING_COMMENT, element.place, message.to_owned());
        found.push(complaint.help("put the comment on a line of its own"));
    }
}

fn capabilities(setting: &Setting, found: &mut Vec<Complaint>) {
    if !matches!(setting.reader, Reader::Capabilities) {
        return;
    }
    for element in setting.elements() {
        let name = element.text.trim_start_matches('~');
        if names::capability(name).is_none() {
            let message = format!("systemd knows no capability `{name}` and skips it");
            found.push(say(&rules::UNKNOWN_CAPABILITY, element.place, message));
        }
    }
}

/// Names of units in `[Install]`.
fn install(setting: &Setting, found: &mut Vec<Complaint>) {
    if setting.section != "Install" || !matches!(setting.reader, Reader::InstallNames) {
        return;
    }
    for element in setting.elements() {
        let text = &*element.text;
        if !text.contains('%') && !is_unit(text) {
            let name = setting.name;
            let message = format!("`{text}` in `{name}` is not the name of a unit");
            found.push(say(&rules::BAD_INSTALL, element.place, message));
        }
    }
}

/// One of the two is 0 and the other was set: it looks as if there were a limit.
fn start_limit(unit: &Unit, found: &mut Vec<Complaint>) {
    let interval = unit.setting("Unit", "StartLimitIntervalSec");
    let burst = unit.setting("Unit", "StartLimitBurst");
    let restarts = !matches!(unit.effective("Service", "Restart"), None | Some("no"));
    let is_zero = |setting: &Setting| {
        let amount = setting
            .scale()
            .zip(setting.text())
            .and_then(|(scale, text)| (scale.read)(text).ok());
        amount == Some(Amount::Number(0))
    };
    if !restarts {
        return;
    }
    let off = match (interval, burst) {
        // A burst of 0 alone is most likely meant to be "no restart at all".
        (interval, Some(burst)) if is_zero(burst) && !interval.is_some_and(is_zero) => {
            Some((burst, interval))
        }
        (Some(interval), Some(burst)) if is_zero(interval) && !is_zero(burst) => {
            Some((interval, Some(burst)))
        }
        _ => None,
    };
    if let Some((off, other)) = off {
        let name = off.name;
        let message =
            format!("`{name}=0` switches the limit of starts off: a crash loop never ends");
        let mut complaint = say(&rules::NO_START_LIMIT, off.place, message);
        if let Some(other) = other {
            complaint = complaint.also(other.place, "has no effect then");
        }
        found.push(complaint);
    }
}

/// A main command that does not run as the user that the unit names. `!` and `!!` are left alone:
/// they are for programs that change the user themselves; so are the steps of a oneshot, of which
/// some are often meant to run as root.
fn privileges(unit: &Unit, found: &mut Vec<Complaint>) {
    if unit.effective("Service", "Type") == Some("oneshot") {
        return;
    }
    let user = unit
        .setting("Service", "User")
        .filter(|setting| !matches!(setting.text(), Some("root" | "0")));
    let (Some(user), Some(name)) = (user, user.and_then(Setting::text)) else {
        return;
    };
    for element in unit.list("Service", "ExecStart") {
        if prefix(&element.text).is_privileged {
            let message = format!("`+` runs this command as root and not as `{name}`");
            let complaint = say(&rules::PRIVILEGED_COMMAND, element.place, message);
            found.push(complaint.also(user.place, "not the user of this command"));
        }
    }
}

/// A user that is in no `/etc/passwd`. Users of other sources are not seen, so that this is only
/// said where the file can be read and the name could stand in it.
fn user(unit: &Unit, target: &dyn Target, found: &mut Vec<Complaint>) {
    let Some(setting) = unit.setting(unit.kind.section(), "User") else {
        return;
    };
    let Some(name) = setting.text().filter(|name| !name.contains('%')) else {
        return;
    };
    if name.parse::<u32>().is_ok() || unit.is_true(unit.kind.section(), "DynamicUser") {
        return;
    }
    let Ok(Some(users)) = target.read("/etc/passwd") else {
        return;
    };
    let users = String::from_utf8_lossy(&users);
    if !users
        .lines()
        .any(|line| line.split(':').next() == Some(name))
    {
        let message = format!("the user `{name}` is not in /etc/passwd");
        found.push(say(&rules::MISSING_USER, setting.place, message));
    }
}
