//! What the settings mean, for a person who does not know the supervisor.

use crate::restart::Setting;

/// What a setting means.
pub(super) fn of(supervisor: &str, setting: &Setting) -> String {
    let value = value(setting);
    match (supervisor, setting.name) {
        ("systemd", "Restart") => restart(value),
        ("systemd", "StartLimitIntervalSec" | "StartLimitBurst") if is_zero(value) => {
            "starts are not counted, so systemd never gives up"
        }
        ("systemd", name) => of_unit(name),
        ("Docker", _) => policy(value),
        ("launchd", "KeepAlive") => keep_alive(&setting.text),
        ("launchd", name) => of_job(name),
        _ => "",
    }
    .to_owned()
}

/// What stands behind the name in the text of a setting.
fn value(setting: &Setting) -> &str {
    let text = &setting.text;
    text.find(['=', ':'])
        .map_or("", |at| text[at + 1..].trim_matches([' ', '"']))
}

fn is_zero(value: &str) -> bool {
    value.starts_with('0') && !value.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

fn restart(value: &str) -> &'static str {
    match value {
        "no" => "systemd does not start the program again",
        "on-success" => {
            "systemd starts it again only after a clean end: exit status 0, SIGHUP, SIGINT, SIGTERM or SIGPIPE"
        }
        "on-failure" => {
            "systemd starts it again after any end but a clean one: exit status 0, SIGHUP, SIGINT, SIGTERM or SIGPIPE"
        }
        "on-abnormal" => {
            "systemd starts it again after a signal, a timeout or a hang, but after no exit status"
        }
        "on-abort" => "systemd starts it again only after a signal such as SIGSEGV or SIGKILL",
        "on-watchdog" => "systemd starts it again only after a hang that the watchdog notices",
        _ => "systemd starts it again however it ends",
    }
}

fn of_unit(name: &str) -> &'static str {
    match name {
        "Type" => "when systemd takes the program for started",
        "RestartSec" => "how long systemd waits before it starts the program again",
        "RestartSteps" => "in how many steps that wait grows",
        "RestartMaxDelaySec" => "how long that wait grows",
        "SuccessExitStatus" => "ends that count as clean, too",
        "RestartPreventExitStatus" => "ends after which systemd does not start the program again",
        "RestartForceExitStatus" => "ends after which systemd always starts the program again",
        "StartLimitIntervalSec" => "for how long systemd counts starts",
        "StartLimitBurst" => "how many starts are allowed in that time",
        "StartLimitAction" => "what systemd does to the machine when that limit is reached",
        "KillMode" => "which processes systemd ends together with the program",
        "KillSignal" => "how systemd asks the program to end",
        "WatchdogSignal" => "how systemd ends a program that hangs",
        "ExecStart" => "the `-` before the command makes every end a clean one",
        "SendSIGKILL" => "whether systemd kills what does not end by itself",
        "TimeoutStartSec" => "how long a start may take",
        "TimeoutStopSec" => {
            "how long systemd waits for what is left of the program before it kills it"
        }
        "RuntimeMaxSec" => "after how long systemd ends the program",
        "WatchdogSec" => "how long the program may be silent before it counts as hung",
        "OOMPolicy" => "what systemd does if the kernel kills a process for want of memory",
        "ExitType" => "whether the service ends with its main process or with the last of all",
        "RemainAfterExit" => "whether the service counts as active without its program",
        _ => "",
    }
}

fn policy(value: &str) -> &'static str {
    let (word, count) = value.split_once(':').unwrap_or((value, ""));
    match (word.trim(), count.trim()) {
        ("always" | "any" | "unless-stopped", _) => {
            "Docker starts it again however it ends, and never gives up"
        }
        ("on-failure", "" | "0") => {
            "Docker starts it again after every exit status but 0, and never gives up"
        }
        ("on-failure", _) => {
            "Docker starts it again after every exit status but 0, at most so many times"
        }
        ("no" | "none", _) => "Docker does not start the program again",
        _ => "",
    }
}

fn keep_alive(text: &str) -> &'static str {
    match text {
        _ if text.contains("SuccessfulExit is false") => {
            "launchd starts it again after a signal and after every exit status but 0, and never gives up"
        }
        _ if text.contains(':') => {
            "launchd starts it again after the ends that are named here, and never gives up"
        }
        _ if text.ends_with("true") => {
            "launchd starts it again however it ends, and never gives up"
        }
        _ => "launchd does not start the program again",
    }
}

fn of_job(name: &str) -> &'static str {
    match name {
        "ThrottleInterval" => "how many seconds there are at least from one start to the next",
        "LaunchOnlyOnce" => "whether launchd starts the program no more than once",
        "RunAtLoad" => "whether the program is started when launchd reads the file",
        _ => "",
    }
}
