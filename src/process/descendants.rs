//! Which processes there are, which descend from whom, what they are called, and how to signal
//! one without ever hitting another that got its number.
//! Elsewhere than on Linux only the process groups of commands are known, one "process" each.

use std::collections::HashSet;

use rustix::process::{Pid, Signal};

/// One process as it was when the census was taken. Number and start time together name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: i32,
    pub(super) parent: i32,
    pub(super) group: i32,
    pub(super) session: i32,
    pub(super) started: u64,
    /// Nothing of it runs any more, it only waits to be reaped.
    pub(super) dead: bool,
}

impl Process {
    pub(super) fn identity(&self) -> (i32, u64) {
        (self.pid, self.started)
    }
}

/// The processes among `all` whose chain of parents leads to one of `roots`, and these.
pub(super) fn below(roots: &HashSet<i32>, all: &[Process]) -> HashSet<i32> {
    let mut found = roots.clone();
    // A child mostly follows its parent in the list, so that two rounds are the rule.
    loop {
        let before = found.len();
        found.extend(
            all.iter()
                .filter(|one| found.contains(&one.parent))
                .map(|one| one.pid)
                .collect::<Vec<_>>(),
        );
        if found.len() == before {
            return found;
        }
    }
}

/// Processes that the end of a scope leaves alone, with all that they start.
///
/// A process that is held stays known by number and start time; so do its group and its own
/// session, for a child whose parents are gone is known by nothing else. What a held process
/// starts in a new session *and* orphans is not recognised: it counts as one of the scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    processes: HashSet<(i32, u64)>,
    groups: HashSet<i32>,
    sessions: HashSet<i32>,
}

impl Held {
    /// Holds `processes`. `common` is the session which all commands begin in.
    pub(super) fn new(processes: &[Process], common: i32) -> Self {
        Self {
            processes: processes.iter().map(Process::identity).collect(),
            groups: processes.iter().map(|one| one.group).collect(),
            sessions: processes
                .iter()
                .map(|one| one.session)
                .filter(|&it| it != common)
                .collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.processes.is_empty()
    }

    /// A new command got this number, so that no group or session has it from earlier.
    pub(super) fn forget(&mut self, number: Pid) {
        self.groups.remove(&number.as_raw_pid());
        self.sessions.remove(&number.as_raw_pid());
    }

    /// The held ones among `all`; from now on they are held themselves, whoever started them.
    pub(super) fn among(&mut self, all: &[Process]) -> HashSet<i32> {
        if self.is_empty() {
            return HashSet::new();
        }
        // A number is free for reuse once nobody bears it; until then it cannot be given away.
        self.groups
            .retain(|group| all.iter().any(|one| one.group == *group));
        self.sessions
            .retain(|session| all.iter().any(|one| one.session == *session));
        let roots = all
            .iter()
            .filter(|one| {
                self.processes.contains(&one.identity())
                    || self.groups.contains(&one.group)
                    || self.sessions.contains(&one.session)
            })
            .map(|one| one.pid)
            .collect();
        let held = below(&roots, all);
        self.processes = all
            .iter()
            .filter(|one| held.contains(&one.pid))
            .map(Process::identity)
            .collect();
        held
    }
}

#[cfg(target_os = "linux")]
pub(super) use platform::{kill_below, kill_session};
pub(super) use platform::{name, signal, snapshot};

#[cfg(target_os = "linux")]
mod platform {
    use std::collections::HashSet;
    use std::fs;

    use rustix::io::Errno;
    use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open, pidfd_send_signal};

    use super::{Process, below};

    const NAME_LIMIT: usize = 120;
    /// All processes of the system.
    pub(in super::super) fn snapshot(_commands: &[Pid]) -> Vec<Process> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| read(entry.ok()?.file_name().to_str()?.parse().ok()?))
            .collect()
    }

    fn read(pid: i32) -> Option<Process> {
        parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    pub(super) fn parse(pid: i32, stat: &[u8]) -> Option<Process> {
        // The second field is a name in parentheses, and may itself hold blanks and parentheses.
        let end = stat.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let number = |field: usize| fields.get(field)?.parse::<i32>().ok();
        Some(Process {
            pid,
            parent: number(1)?,
            group: number(2)?,
            session: number(3)?,
            started: fields.get(19)?.parse().ok()?,
            // The first thread of a process can be gone while others run.
            dead: matches!(*fields.first()?, "Z" | "X") && number(17)? <= 1,
        })
    }

    /// The command line, or the short name of a process that has none; at most 120 characters.
    pub(in super::super) fn name(process: &Process) -> String {
        let file =
            |name: &str| fs::read(format!("/proc/{}/{name}", process.pid)).unwrap_or_default();
        let mut bytes = file("cmdline");
        if bytes.iter().all(|&byte| byte == 0) {
            bytes = file("comm");
        }
        let text = String::from_utf8_lossy(&bytes);
        let shown: String = text
            .trim_end_matches(['\0', '\n'])
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .take(NAME_LIMIT)
            .collect();
        if shown.is_empty() {
            "?".to_owned()
        } else {
            shown
        }
    }

    /// Signals exactly this process; nothing happens if it is gone.
    pub(in super::super) fn signal(process: &Process, signals: &[Signal]) {
        let Some(pid) = Pid::from_raw(process.pid) else {
            return;
        };
        let handle = pidfd_open(pid, PidfdFlags::empty());
        // Looked at after the handle was opened: if the number had been given to another process
        // before that, then this shows another start time; if it is given away later, then the
        // handle is of a process that is gone, and signals to it fail.
        if read(process.pid).is_none_or(|now| now.started != process.started) {
            return;
        }
        for &signal in signals {
            // A failure means that it is gone or runs as another user. The next census tells.
            let _ = match &handle {
                Ok(handle) => pidfd_send_signal(handle, signal),
                // Too old a kernel, or a container's filter that forbids what it does not know.
                Err(Errno::NOSYS | Errno::PERM) => kill_process(pid, signal),
                Err(_) => Ok(()),
            };
        }
    }

    /// Kills, in one round, what descends from `root`, which must not be reaped meanwhile.
    /// Returns whether anything was there.
    pub(in super::super) fn kill_below(root: Pid) -> bool {
        let root = root.as_raw_pid();
        let all = snapshot(&[]);
        let mut chosen = below(&HashSet::from([root]), &all);
        chosen.remove(&root);
        kill(all.iter().filter(|one| chosen.contains(&one.pid)))
    }

    /// Kills, in one round, the session of `leader`, which must not be reaped meanwhile.
    /// Returns whether anything was there.
    pub(in super::super) fn kill_session(leader: Pid) -> bool {
        let leader = leader.as_raw_pid();
        kill(
            snapshot(&[])
                .iter()
                .filter(|one| one.session == leader && one.pid != leader),
        )
    }

    fn kill<'a>(chosen: impl Iterator<Item = &'a Process>) -> bool {
        chosen
            .filter(|one| !one.dead)
            .map(|one| signal(one, &[Signal::KILL]))
            .count()
            > 0
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use rustix::process::{Pid, Signal, getpid, kill_process_group, test_kill_process_group};

    use super::Process;

    /// The process groups of `commands` that have members.
    pub(in super::super) fn snapshot(commands: &[Pid]) -> Vec<Process> {
        commands
            .iter()
            .filter(|&&pid| test_kill_process_group(pid).is_ok())
            .map(|pid| Process {
                pid: pid.as_raw_pid(),
                parent: getpid().as_raw_pid(),
                group: pid.as_raw_pid(),
                session: 0,
                started: 0,
                dead: false,
            })
            .collect()
    }

    pub(in super::super) fn name(process: &Process) -> String {
        format!("process group {}", process.group)
    }

    /// Signals the group. Its number could in theory have passed to another; without handles on
    /// processes nothing better can be had.
    pub(in super::super) fn signal(process: &Process, signals: &[Signal]) {
        if let Some(group) = Pid::from_raw(process.group) {
            for &signal in signals {
                // A failure means that the group is gone.
                let _ = kill_process_group(group, signal);
            }
        }
    }
}

/// Signals a whole group at once, which no fork inside it can escape.
///
/// `leader` must be a child of this process that is not reaped, so that the number is its own.
pub(super) fn signal_group(leader: Pid, signals: &[Signal]) {
    for &signal in signals {
        // A failure means that the group is gone.
        let _ = rustix::process::kill_process_group(leader, signal);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::collections::HashSet;

    use super::platform::parse;
    use super::{Held, Process, below};

    fn process(pid: i32, parent: i32, group: i32, session: i32) -> Process {
        Process {
            pid,
            parent,
            group,
            session,
            started: 7,
            dead: false,
        }
    }

    #[test]
    fn stat_line_is_parsed_whatever_the_name() {
        let rest = "S 1 2 3 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 0 0";
        for name in ["sleep", "a b", ") Z 9 9 9 (", "((", ""] {
            let found = parse(5, format!("5 ({name}) {rest}\n").as_bytes()).unwrap();
            let expected = Process {
                pid: 5,
                parent: 1,
                group: 2,
                session: 3,
                started: 4242,
                dead: false,
            };
            assert_eq!(found, expected, "{name}");
        }
        let zombie = rest.replacen('S', "Z", 1);
        assert!(parse(5, format!("5 (x) {zombie}").as_bytes()).unwrap().dead);
        let threads = zombie.replace("20 0 1 0", "20 0 2 0");
        assert!(
            !parse(5, format!("5 (x) {threads}").as_bytes())
                .unwrap()
                .dead
        );
        assert_eq!(parse(5, b"5 (x) S 1"), None);
        assert_eq!(parse(5, b""), None);
    }

    #[test]
    fn descendants_are_found_in_any_order() {
        let all = [
            process(9, 8, 1, 1),
            process(8, 7, 1, 1),
            process(7, 2, 1, 1),
            process(5, 4, 1, 1),
        ];
        assert_eq!(
            below(&HashSet::from([2]), &all),
            HashSet::from([2, 7, 8, 9])
        );
    }

    #[test]
    fn held_are_known_by_parent_group_and_own_session_but_not_by_the_common_one() {
        let server = process(10, 2, 10, 1);
        let daemon = process(20, 2, 20, 20);
        let mut held = Held::new(&[server, daemon], 1);
        let all = [
            server,
            daemon,
            process(11, 10, 11, 1),
            process(12, 2, 10, 1),
            process(13, 2, 13, 20),
            process(14, 2, 14, 1),
        ];
        assert_eq!(held.among(&all), HashSet::from([10, 11, 12, 13, 20]));
        // The child 11 stays held when its parent is gone.
        assert_eq!(held.among(&[process(11, 2, 11, 1)]), HashSet::from([11]));
        // The numbers 10 and 20 are free again, and mean nothing any more.
        assert_eq!(held.among(&[process(10, 2, 10, 1)]), HashSet::new());
    }
}
