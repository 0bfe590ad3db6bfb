//! How a supervisor finds and ends what runs below it: at the end of a scope, after a timeout,
//! and at its own end. Whatever else happens, it never signals a number that may be another's.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, waitid, waitpid};

use super::super::descendants::{Held, Process, below, name, signal, signal_group, snapshot};
use super::super::{GRACE, KILL_LIMIT, SETTLE, Straggler};
use super::{HangUp, Supervisor, Wake, drain, passed};

impl Supervisor {
    /// Ends what the scope has left and says what that was.
    pub(super) fn end_scope(&mut self) -> Result<Vec<Straggler>, HangUp> {
        if !self.has_children() {
            self.commands.clear();
            return Ok(Vec::new());
        }
        let mut adopted = std::mem::take(&mut self.adopted);
        let stragglers = self.stragglers(&mut adopted);
        if stragglers.as_ref().is_ok_and(|found| !found.is_empty()) {
            self.end(&mut adopted, GRACE)?;
        }
        self.adopted = adopted;
        let left = snapshot(&self.commands);
        self.commands
            .retain(|pid| left.iter().any(|one| one.group == pid.as_raw_pid()));
        stragglers
    }

    /// What still runs after a moment. Something that is just about to end, as the `tee` of a
    /// process substitution, is none: whether it is seen must not depend on the machine's load.
    fn stragglers(&mut self, adopted: &mut Held) -> Result<Vec<Straggler>, HangUp> {
        let settled = Instant::now().checked_add(SETTLE);
        let mut clear_before = false;
        loop {
            drain(&self.wake);
            let (_, targets) = self.census(adopted);
            if targets.is_empty() {
                if clear_before || !self.has_children() {
                    return Ok(Vec::new());
                }
                clear_before = true;
                continue;
            }
            clear_before = false;
            if passed(settled) {
                let named = |one: &Process| Straggler {
                    pid: one.pid,
                    name: name(one),
                };
                return Ok(targets.iter().map(named).collect());
            }
            if self.wait(rescan(settled))? == Wake::Control {
                return Err(HangUp);
            }
        }
    }

    /// Ends all descendants that are not `held`: SIGTERM, after `grace` SIGKILL.
    pub(super) fn end(&mut self, held: &mut Held, grace: Duration) -> Result<(), HangUp> {
        let kill_at = Instant::now().checked_add(grace);
        // Something may be beyond us, as a program that runs as another user: no endless try.
        let give_up = kill_at.and_then(|at| at.checked_add(KILL_LIMIT));
        let mut told = HashSet::new();
        let mut clear_before = false;
        loop {
            drain(&self.wake);
            let (all, targets) = self.census(held);
            if targets.is_empty() {
                self.reap();
                // A process whose parent died while the list was being read may be missing in it.
                // No children at all is certain; else a second list has to agree.
                if clear_before || !self.has_children() {
                    return Ok(());
                }
                clear_before = true;
                continue;
            }
            clear_before = false;
            if passed(give_up) {
                return Ok(());
            }
            let until = if passed(kill_at) {
                self.strike(&all, &targets, &[Signal::KILL]);
                give_up
            } else {
                let fresh: Vec<Process> = targets
                    .iter()
                    .filter(|one| told.insert(one.identity()))
                    .copied()
                    .collect();
                // A stopped process sees a SIGTERM only when it goes on.
                self.strike(&all, &fresh, &[Signal::TERM, Signal::CONT]);
                kill_at
            };
            // Every target has a target or this process above it. So the last one's end, and each
            // step towards it, is announced by a SIGCHLD.
            if self.wait(rescan(until))? == Wake::Control {
                return Err(HangUp);
            }
        }
    }

    fn strike(&self, all: &[Process], targets: &[Process], signals: &[Signal]) {
        // A group whose leader is a child of ours, and not reaped, bears a number that nobody else
        // can have. All others are signalled one by one.
        let groups: HashSet<i32> = all
            .iter()
            .filter(|one| one.parent == self.me.as_raw_pid() && one.group == one.pid)
            .filter(|one| !one.dead || self.command.is_some_and(|pid| pid.as_raw_pid() == one.pid))
            .filter(|one| targets.iter().any(|target| target.group == one.group))
            .map(|one| one.group)
            .collect();
        groups
            .iter()
            .filter_map(|&group| Pid::from_raw(group))
            .for_each(|pid| signal_group(pid, signals));
        targets
            .iter()
            .filter(|target| !groups.contains(&target.group))
            .for_each(|target| signal(target, signals));
    }

    /// All processes, and those of our descendants that run and are not `held`.
    /// Reaps dead children, but not the command's own process: its group may have to be signalled.
    fn census(&mut self, held: &mut Held) -> (Vec<Process>, Vec<Process>) {
        if cfg!(not(target_os = "linux")) {
            // The group of a command counts as running for as long as its leader is not reaped.
            self.reap();
        }
        let all = snapshot(&self.commands);
        let me = self.me.as_raw_pid();
        for dead in all.iter().filter(|one| one.dead && one.parent == me) {
            if let Some(pid) = Pid::from_raw(dead.pid)
                && Some(pid) != self.command
            {
                // A failure means that it has been reaped.
                let _ = waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
        let own = below(&HashSet::from([me]), &all);
        let spared = held.among(&all);
        let above = self.above.map(Pid::as_raw_pid);
        // Also those whose parent died while the list was being read. Only if the session is the
        // guard's own: if it could not make one, then this is the session of who knows whom.
        let session = above.filter(|&above| above == self.session);
        let targets = all
            .iter()
            .filter(|one| own.contains(&one.pid) || Some(one.session) == session)
            .filter(|one| !one.dead && one.pid != me && Some(one.pid) != above)
            .filter(|one| !spared.contains(&one.pid))
            .copied()
            .collect();
        (all, targets)
    }

    pub(super) fn hold_all(&mut self) -> Held {
        if !self.has_children() {
            return Held::default();
        }
        let (_, running) = self.census(&mut Held::default());
        Held::new(&running, self.session)
    }

    /// Without a child there is no descendant either, for orphans become our children.
    fn has_children(&self) -> bool {
        if cfg!(not(target_os = "linux")) {
            return !self.commands.is_empty();
        }
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(WaitId::All, options).is_ok()
    }
}

/// The end of the next wait: where no SIGCHLD tells of orphans, one has to look now and then.
fn rescan(until: Option<Instant>) -> Option<Instant> {
    if cfg!(target_os = "linux") {
        return until;
    }
    let soon = Instant::now().checked_add(Duration::from_millis(20));
    until.min(soon).or(soon)
}
