//! Docker and launchd, as tables.

use super::{Exit, Policy, container, found, play, read};
use crate::format::plist;
use crate::restart::launchd;

const CRASH: Exit = Exit::Code(1);

#[test]
fn compose_policies_are_those_that_reach_the_engine() {
    let deploy = |text: &str| format!("    deploy: {{restart_policy: {{{text}}}}}\n");
    for (text, expect) in [
        (String::new(), "no 0"),
        ("    restart: \"no\"\n".to_owned(), "no 0"),
        ("    restart: always\n".to_owned(), "always 0"),
        (
            "    restart: unless-stopped\n".to_owned(),
            "unless-stopped 0",
        ),
        ("    restart: on-failure\n".to_owned(), "on-failure 0"),
        ("    restart: on-failure:3\n".to_owned(), "on-failure 3"),
        (deploy("condition: any"), "always 0"),
        (deploy("condition: none"), "no 0"),
        (
            deploy("condition: on-failure, max_attempts: 3, delay: 9s"),
            "on-failure 3",
        ),
        (
            format!("    restart: always\n{}", deploy("condition: none")),
            "no 0",
        ),
        (deploy("delay: 5s"), "no 0"),
        (
            "    restart: allways\n".to_owned(),
            "the engine refuses the restart policy `allways`",
        ),
        (
            "    restart: always:3\n".to_owned(),
            "the engine refuses a number of restarts with `always`; only `on-failure` takes one",
        ),
        (
            deploy("condition: any, max_attempts: 3"),
            "the engine refuses a number of restarts with `any`; only `on-failure` takes one",
        ),
    ] {
        let found = match container(&text) {
            Ok(policy) => format!("{} {}", policy.restart.name(), policy.max_retries),
            Err(why) => why,
        };
        assert_eq!(found, expect, "{text}");
    }
}

#[test]
fn containers_stop_where_the_engine_stops() {
    let zero = Exit::Code(0);
    let short = |exit| (0.1, exit);
    for (restart, runs, expect) in [
        ("no", &[short(CRASH)][..], "exited/  1 0"),
        ("always", &[short(zero)], "running/  2 1"),
        ("unless-stopped", &[short(zero)], "running/  2 1"),
        ("on-failure", &[short(zero)], "exited/  1 0"),
        ("on-failure", &[short(CRASH), short(zero)], "exited/  2 1"),
        ("on-failure", &[short(Exit::Signal(15))], "running/  2 1"),
        ("on-failure:3", &[short(CRASH); 9], "exited/  4 3"),
        // A healthy run does not give new attempts.
        (
            "on-failure:3",
            &[
                short(CRASH),
                short(CRASH),
                (12.0, CRASH),
                short(CRASH),
                short(CRASH),
            ],
            "exited/  4 3",
        ),
        ("always", &[short(Exit::Watchdog)], "running/  1 0"),
        ("always", &[short(Exit::Resources)], "exited/  1 0"),
        ("always", &[short(Exit::OutOfMemory)], "running/  2 1"),
    ] {
        let policy = container(&format!("    restart: {restart}\n")).unwrap();
        let timeline = play(&Policy::Docker(policy), runs, 300.0);
        assert_eq!(found(&timeline), expect, "{restart} {runs:?}");
    }
}

fn job(keys: &str) -> Result<launchd::Policy, String> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\
         <key>Label</key><string>x</string><key>Program</key><string>/bin/x</string>{keys}\
         </dict></plist>\n"
    );
    launchd::policy(&read("x.plist", &text, plist::read))
}

#[test]
fn jobs_are_kept_alive_as_their_plist_says() {
    let kept = |inner: &str| format!("<key>KeepAlive</key><dict>{inner}</dict>");
    let good = |wanted| kept(&format!("<key>SuccessfulExit</key><{wanted}/>"));
    let crashed = |wanted| kept(&format!("<key>Crashed</key><{wanted}/>"));
    let both = kept("<key>SuccessfulExit</key><true/><key>Crashed</key><true/>");
    let load = "<key>RunAtLoad</key><true/>";
    let once = format!("<key>KeepAlive</key><true/><key>LaunchOnlyOnce</key><true/>{load}");
    let exits = [Exit::Code(0), CRASH, Exit::Signal(15), Exit::Signal(11)];
    for (keys, expect) in [
        (String::new(), "----"),
        (load.to_owned(), "...."),
        ("<key>KeepAlive</key><true/>".to_owned(), "RRRR"),
        (format!("<key>KeepAlive</key><false/>{load}"), "...."),
        (good("false"), ".RRR"),
        (good("true"), "R..."),
        (crashed("true"), "...R"),
        (crashed("false"), "RRR."),
        (both, "R..R"),
        (once, "...."),
    ] {
        let policy = Policy::Launchd(job(&keys).unwrap());
        let answer = |exit: &Exit| match play(&policy, &[(0.1, *exit)], 60.0).starts {
            0 => '-',
            1 => '.',
            _ => 'R',
        };
        assert_eq!(
            exits.iter().map(answer).collect::<String>(),
            expect,
            "{keys}"
        );
    }
    for (keys, expect) in [
        (
            kept("<key>PathState</key><dict><key>/x</key><true/></dict>"),
            "`KeepAlive` depends on `PathState`, which the file does not tell",
        ),
        (
            "<key>StartInterval</key><integer>9</integer>".to_owned(),
            "`StartInterval` can start the job at any time, which is not simulated",
        ),
        (
            "<key>Disabled</key><true/>".to_owned(),
            "`Disabled` keeps the job from being loaded",
        ),
    ] {
        assert_eq!(job(&keys).unwrap_err(), expect);
    }
}

#[test]
fn launchd_counts_from_start_to_start() {
    let every = |throttle: &str, lasts: f64| -> u64 {
        let policy = job(&format!("<key>KeepAlive</key><true/>{throttle}")).unwrap();
        let timeline = play(&Policy::Launchd(policy), &[(lasts, CRASH)], 100.0);
        timeline.last_start
    };
    let interval = |text: &str| format!("<key>ThrottleInterval</key><integer>{text}</integer>");
    for (throttle, lasts, expect) in [
        (String::new(), 0.0, 10_050_000),
        // It counts whole seconds.
        (String::new(), 3.7, 10_750_000),
        (String::new(), 12.0, 12_050_000),
        (interval("30"), 0.0, 30_050_000),
        (interval("0"), 0.5, 550_000),
        (interval("-5"), 0.0, 10_050_000),
    ] {
        assert_eq!(every(&throttle, lasts), expect, "{throttle} {lasts}");
    }
}
