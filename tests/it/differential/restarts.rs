//! The simulation of restarts against a systemd that runs: units that crash in a container, all of
//! them in one boot.

mod container;
mod drills;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use clawtest::framework::document::Input;
use clawtest::framework::format::unit;
use clawtest::framework::restart::{
    EventKind, Exit, Micros, Policy, Run, SECOND, Timeline, simulate, systemd,
};

use crate::program::skipped;
use container::{Container, NotRun};
use drills::Drill;

/// The version whose rules are compared.
const VERSION: u16 = 252;

/// What is started first, and how long until the rest is: processes that are slow to start would
/// shift the times of the others.
const FIRST_SECONDS: u32 = 6;

/// How many units are made up.
const GENERATED: usize = 120;

/// How long the others are watched.
const WATCHED_SECONDS: u32 = 17;

/// How much later than simulated a restart may be, and how much earlier: systemd itself lets timers
/// be late by up to 0.25 s, and the machine may be busy.
const LATE: Micros = 3 * SECOND;
const EARLY: Micros = SECOND * 3 / 10;

/// How late the most punctual restart of a unit may be.
const LATE_AT_BEST: Micros = SECOND * 4 / 5;

/// How far from the end of the watch something may have happened that is not in its state yet.
const EDGE: Micros = SECOND / 2;

/// Notes when each run begins and ends, and ends as the unit's plan says.
const RUN: &str = r#"
unit=$1 count=0
note() {
    read -r up _ < /proc/uptime
    echo "$1 $up" >> "/drill/$unit.log"
}
note start
[ ! -e "/drill/$unit.count" ] || read -r count < "/drill/$unit.count"
echo $((count + 1)) > "/drill/$unit.count"
read -r -a plan < "/drill/$unit.plan"
word=${plan[count]:-${plan[-1]}}
lasts=${word%%:*} end=${word#*:}
case $end in
    timeout | watchdog) exec sleep 100 ;;
esac
[ "$lasts" = 0 ] || sleep "$lasts"
case $end in
    *+)
        trap '' TERM
        sleep 100 &
        trap - TERM
        end=${end%+}
        ;;
esac
note end
case $end in
    before*) exit "${end#before}" ;;
    [0-9]*) exit "$end" ;;
    *) kill "-$end" $$ ;;
esac
"#;

#[test]
fn restarts_are_those_of_systemd() {
    let first = match drill() {
        Ok(wrong) => wrong,
        Err(NotRun(why)) => return skipped(&format!("no systemd was booted: {why}")),
    };
    if first.is_empty() {
        return;
    }
    // A machine that has too much to do makes restarts late. A rule that is wrong is so each time.
    let again = drill().or_else(|_| drill());
    let is_wrong_again = |name: &str| match &again {
        Ok(again) => again.contains_key(name),
        Err(_) => true,
    };
    let wrong = first.into_iter().filter(|(name, _)| is_wrong_again(name));
    let wrong: String = wrong.map(|(_, told)| told).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

/// Boots once: what is wrong, by the unit's name.
fn drill() -> Result<BTreeMap<String, String>, NotRun> {
    let version = Command::new("systemctl").arg("--version").output();
    let version = version.map_or(Vec::new(), |output| output.stdout);
    if !version.starts_with(format!("systemd {VERSION} ").as_bytes()) {
        let why = format!("the rules are those of systemd {VERSION}, which is not installed");
        return Err(NotRun(why));
    }
    let (mut matrix, rows) = (drills::matrix(), drills::rows());
    matrix.extend(drills::generated(GENERATED));
    let container = Container::new()?;
    let out = container.out();
    let names = |drills: &[Drill]| drills.iter().map(Drill::file).collect::<Vec<_>>().join(" ");
    let (first, others) = (names(&matrix), names(&rows));
    fs::write(out.join("run"), RUN).unwrap();
    for drill in matrix.iter().chain(&rows) {
        container.unit(&drill.file(), &drill.text());
        fs::write(out.join(format!("{}.plan", drill.name)), &drill.plan).unwrap();
    }
    // What a unit that is loaded refers to stays loaded, with its last result.
    let target = "[Unit]\nDefaultDependencies=no\nWants=driver.service";
    container.unit(
        "driver.target",
        &format!("{target}\nPropagatesReloadTo={first} {others}\n"),
    );
    let driver = "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n\
                  ExecStart=/bin/bash /drill/driver\n";
    container.unit("driver.service", driver);
    let driver = format!(
        "note() {{ read -r up _ < /proc/uptime; echo \"$up\" > \"/drill/$1\"; }}\n\
         note booted\n\
         systemctl start --no-block {first}\n\
         sleep {FIRST_SECONDS}\n\
         note others\n\
         systemctl start --no-block {others}\n\
         sleep {WATCHED_SECONDS}\n\
         note shown\n\
         systemctl show -p Id -p LoadState -p ActiveState -p SubState -p Result -p NRestarts \
         {others} {first} > /drill/show\n\
         note done\n\
         systemctl poweroff --force --force\n"
    );
    fs::write(out.join("driver"), driver).unwrap();
    container.boot()?;
    Ok(compare(&out, &[(matrix, "booted"), (rows, "others")]))
}

/// Compares all units, each of which was started at the time in a file.
fn compare(out: &Path, waves: &[(Vec<Drill>, &str)]) -> BTreeMap<String, String> {
    let time = |name: &str| micros(fs::read_to_string(out.join(name)).unwrap().trim());
    let shown = shown(&fs::read_to_string(out.join("show")).unwrap());
    let mut wrong = BTreeMap::new();
    for (drills, wave) in waves {
        let (begin, end) = (time(wave), time("shown"));
        for drill in drills {
            let live = Live {
                begin,
                end,
                log: Log::read(&out.join(format!("{}.log", drill.name)), end),
                shown: shown.get(&drill.file()).cloned().unwrap_or_default(),
            };
            if let Err(why) = check(drill, &live) {
                let (name, text) = (&drill.name, drill.text().replace('\n', "\n    "));
                let plan = &drill.plan;
                let told = format!("{name}: {why}\n  plan: {plan}\n    {text}\n");
                wrong.insert(name.clone(), told);
            }
        }
    }
    wrong
}

/// What was seen of a unit.
struct Live {
    /// When it was started.
    begin: Micros,
    /// When its state was asked for.
    end: Micros,
    log: Log,
    shown: Shown,
}

/// When the runs of a program began and ended.
#[derive(Default)]
struct Log {
    starts: Vec<Micros>,
    ends: Vec<Micros>,
}

impl Log {
    fn read(path: &Path, until: Micros) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut log = Self::default();
        for line in text.lines() {
            let (what, time) = line.split_once(' ').unwrap();
            let time = micros(time);
            if time > until {
                break;
            }
            match what {
                "start" => log.starts.push(time),
                _ => log.ends.push(time),
            }
        }
        log
    }
}

/// What systemd says of a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown {
    load: String,
    active: String,
    sub: String,
    result: String,
    restarts: u32,
}

/// Reads the blocks of `systemctl show`.
fn shown(text: &str) -> BTreeMap<String, Shown> {
    let block = |block: &str| {
        let value = |key: &str| {
            let mut values = block.lines().filter_map(|line| line.strip_prefix(key));
            values.next().unwrap_or_default().to_owned()
        };
        let shown = Shown {
            load: value("LoadState="),
            active: value("ActiveState="),
            sub: value("SubState="),
            result: value("Result="),
            restarts: value("NRestarts=").parse().unwrap(),
        };
        (value("Id="), shown)
    };
    text.split("\n\n").map(block).collect()
}

/// Simulates what a unit does, and says how systemd did otherwise.
fn check(drill: &Drill, live: &Live) -> Result<(), String> {
    let files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let unit = unit::load(&Input {
        path: &format!("/etc/systemd/system/{}", drill.file()),
        bytes: drill.text().into_bytes().into(),
        target: &files,
        variables: &BTreeMap::new(),
    });
    let log = &live.log;
    let policy = match systemd::policy(&unit, VERSION) {
        Ok(policy) => Policy::Systemd(policy),
        // What is refused by both is never started.
        Err(_) if log.starts.is_empty() && live.shown.load == "bad-setting" => return Ok(()),
        Err(why) => return Err(why),
    };
    let begin = log.starts.first().copied().unwrap_or(live.begin);
    let until = live.end - begin;
    let lasted: Vec<Micros> = (0..log.starts.len())
        .map(|index| {
            let end = log.ends.get(index);
            end.map_or(nominal(drill, index), |end| end - log.starts[index])
        })
        .collect();
    let play = |lasted: &[Micros], until: Micros| {
        let run = |number: u32| {
            let index = number as usize;
            let lasts = lasted.get(index).copied();
            run(drill, index, lasts.unwrap_or(nominal(drill, index)))
        };
        simulate(&policy, run, until)
    };
    // What a restart took longer than simulated is added to the run before it, so that the times
    // of all starts are those that were seen, and only decisions are left to compare.
    let timeline = play(&lasted, until);
    let waits = timeline.events.iter().filter_map(|event| match event.kind {
        EventKind::Wait(wait) => Some(wait),
        _ => None,
    });
    let mut aligned = lasted.clone();
    let mut latest = Micros::MAX;
    for (index, (wait, pair)) in waits.zip(log.starts.windows(2)).enumerate() {
        let (expected, found) = (lasted[index] + wait, pair[1] - pair[0]);
        if found + EARLY < expected || found > expected + LATE {
            return Err(format!(
                "start {} was expected {} ms after the one before, and was after {} ms",
                index + 2,
                expected / 1000,
                found / 1000
            ));
        }
        aligned[index] = found.saturating_sub(wait);
        latest = latest.min(found.saturating_sub(expected));
    }
    if latest > LATE_AT_BEST && latest != Micros::MAX {
        return Err(format!("every restart is {} ms late", latest / 1000));
    }
    // However early or late it was in the end, it is as long after the last start.
    let number = u32::try_from(log.starts.len()).unwrap();
    let since = live.end - log.starts.last().copied().unwrap_or(begin);
    let far = play(&aligned, until * 2);
    let last = far
        .events
        .iter()
        .find(|event| event.kind == EventKind::Start(number));
    let until = last.map_or(until, |last| last.at + since);
    let mut why = String::new();
    for (until, tolerance) in [
        (until, 0),
        (until.saturating_sub(EDGE), 1),
        (until + EDGE, 1),
    ] {
        let timeline = play(&aligned, until);
        let other = if drill.is_reached() && number.abs_diff(timeline.starts) > tolerance {
            format!("expected {} starts, found {number}", timeline.starts)
        } else {
            match differs(&timeline, &live.shown, drill.plan.ends_with("unmet")) {
                None => return Ok(()),
                Some(other) => other,
            }
        };
        if why.is_empty() {
            why = other;
        }
    }
    Err(why)
}

/// How systemd did otherwise than in a timeline.
fn differs(timeline: &Timeline, shown: &Shown, is_unmet: bool) -> Option<String> {
    let status = timeline.status;
    let expected = Shown {
        load: "loaded".to_owned(),
        active: status.active.to_owned(),
        sub: status.sub.to_owned(),
        result: status.result.to_owned(),
        restarts: timeline.restarts,
    };
    let mut found = shown.clone();
    // The simulation speaks of `ExecCondition=`; of a condition of the unit systemd keeps no result.
    if is_unmet && found.result == "success" {
        found.result.clone_from(&expected.result);
    }
    (found != expected).then(|| format!("expected {expected:?},\n  found {shown:?}"))
}

/// How long a run of the plan lasts.
fn nominal(drill: &Drill, index: usize) -> Micros {
    let (seconds, _) = drill.word(index).split_once(':').unwrap();
    micros(seconds)
}

/// A run of the plan that has lasted so long.
fn run(drill: &Drill, index: usize, lasts: Micros) -> Run {
    let (_, end) = drill.word(index).split_once(':').unwrap();
    let plain = end.trim_end_matches('+');
    let exit = match plain {
        "KILL" => Exit::Signal(9),
        "HUP" => Exit::Signal(1),
        "TERM" => Exit::Signal(15),
        "USR1" => Exit::Signal(10),
        "timeout" => Exit::Timeout,
        "watchdog" => Exit::Watchdog,
        "resources" => Exit::Resources,
        "condition" | "unmet" => Exit::Condition,
        other => match other.strip_prefix("before") {
            Some(code) => Exit::BeforeStart(code.parse().unwrap()),
            None => Exit::Code(other.parse().unwrap()),
        },
    };
    Run {
        lasts,
        exit,
        leaves_process: end.ends_with('+'),
    }
}

/// Seconds with at most two decimals, as `/proc/uptime` has them, in microseconds.
fn micros(seconds: &str) -> Micros {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let hundredths: Micros = format!("{part:0<2}").parse().unwrap();
    whole.parse::<Micros>().unwrap() * SECOND + hundredths * (SECOND / 100)
}
