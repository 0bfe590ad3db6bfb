//! The restart rules of Docker: `docker run --restart`, moby's restartmanager.go, and what Compose
//! makes of `restart` and `deploy.restart_policy` without Swarm (docker/compose, create.go).

use super::play::{Decision, Phase, Stay, Words, exit_code};
use super::timeline::{Reason, State};
use super::{Exit, Micros, Run, SECOND, Setting};
use crate::document::{Data, Document, Entry, Node};
use crate::text::plural;

/// The first delay; it doubles with each restart.
const FIRST_DELAY: Micros = SECOND / 10;
const MOST_DELAY: Micros = 60 * SECOND;

/// A run of this length sets the delay back to the first one.
const LONG_RUN: Micros = 10 * SECOND;

/// What the engine needs besides the delay to start a container again: the mean of what was
/// measured on Docker 26.1, 0.3 s to 0.9 s.
const LATENCY: Micros = SECOND / 2;

/// When a container is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// Always.
    Always,
    /// Always, but for one that was stopped by hand.
    UnlessStopped,
    /// When it ends with an exit status other than 0.
    OnFailure,
}

impl Restart {
    /// The word for it in the engine.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Always => "always",
            Self::UnlessStopped => "unless-stopped",
            Self::OnFailure => "on-failure",
        }
    }
}

/// What decides about restarts of a container.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// When it is started again.
    pub restart: Restart,
    /// How often `on-failure` does so in the life of the container; 0 for no limit.
    pub max_retries: u32,
    /// What it was made from.
    pub settings: Vec<Setting>,
}

/// The engine with what it remembers of a container.
pub(super) struct Model<'a> {
    policy: &'a Policy,
    delay: Micros,
    restarts: u32,
}

impl<'a> Model<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        Self {
            policy,
            delay: 0,
            restarts: 0,
        }
    }

    /// The setting that decides.
    fn name(&self) -> &'static str {
        self.policy
            .settings
            .first()
            .map_or("restart", |setting| setting.name)
    }

    fn stay(&self, exit: Exit, why: String) -> Decision {
        let state = match exit_code(exit) {
            0 => State::Stopped,
            _ => State::Failed,
        };
        Decision::Stay(Stay {
            after: 0,
            state,
            words: ("exited", ""),
            reason: Reason::new(why, &[self.name()]),
        })
    }
}

impl super::play::Model for Model<'_> {
    fn admit(&mut self, _at: Micros) -> Result<(), Stay> {
        Ok(())
    }

    fn decide(&mut self, run: &Run) -> Decision {
        match run.exit {
            Exit::Watchdog | Exit::Timeout => {
                let why = "Docker only acts when a program ends: one that hangs, or whose health \
                           check fails, goes on as it is";
                return Decision::Stay(Stay {
                    after: 0,
                    state: State::Failed,
                    words: ("running", ""),
                    reason: Reason::new(why, &[]),
                });
            }
            Exit::Resources | Exit::Condition => {
                let why =
                    "the engine could not start the container, and then it does not try again";
                return self.stay(run.exit, why.to_owned());
            }
            _ => {}
        }
        self.delay = if run.lasts >= LONG_RUN || self.delay == 0 {
            FIRST_DELAY
        } else {
            self.delay.saturating_mul(2).min(MOST_DELAY)
        };
        let is_failure = exit_code(run.exit) != 0;
        let most = self.policy.max_retries;
        match self.policy.restart {
            Restart::No => {
                let why = "its restart policy is `no`, so it is never started again".to_owned();
                return self.stay(run.exit, why);
            }
            Restart::OnFailure if !is_failure => {
                let why = "`on-failure` does not start a program again that has ended with exit \
                           status 0";
                return self.stay(run.exit, why.to_owned());
            }
            Restart::OnFailure if most > 0 && self.restarts >= most => {
                let times = plural(most as usize, "time");
                let why = format!(
                    "it was started again {times} (`on-failure:{most}`), which are counted for the \
                     life of the container; a run that goes well does not reset that"
                );
                return self.stay(run.exit, why);
            }
            Restart::OnFailure | Restart::Always | Restart::UnlessStopped => {}
        }
        self.restarts = self.restarts.saturating_add(1);
        Decision::Restart {
            stop: 0,
            delay: self.delay + LATENCY,
        }
    }

    fn words(&self, phase: Phase) -> Words {
        match phase {
            Phase::Running => ("running", ""),
            Phase::Stopping | Phase::Waiting => ("restarting", ""),
        }
    }
}

/// Why Docker does not stop starting a container.
pub(super) fn why_never(policy: &Policy) -> Reason {
    let name = policy
        .settings
        .first()
        .map_or("restart", |setting| setting.name);
    let why = match (policy.restart, policy.max_retries) {
        (Restart::OnFailure, 1..) => format!(
            "the limit of `on-failure:{}` is not reached in that time: the delay between starts \
             doubles, up to a minute",
            policy.max_retries
        ),
        (restart, _) => format!(
            "`{}` has no limit: Docker starts the container for ever, at last once a minute; only \
             `on-failure:N` stops after N restarts",
            restart.name()
        ),
    };
    Reason::new(why, &[name])
}

/// The policy of each service of a Compose file, as [`crate::format::compose::read`] reads it, in
/// the order of the file.
///
/// # Errors
///
/// For a service: why the engine does not create its container. A file that Compose refuses has no
/// services.
pub fn policies(document: &Document) -> Vec<(String, Result<Policy, String>)> {
    let services = document.root.get("services").map_or(&[][..], Node::entries);
    services
        .iter()
        .map(|service| (service.name.to_string(), policy(service)))
        .collect()
}

fn policy(service: &Entry) -> Result<Policy, String> {
    let deploy = service.node.get("deploy");
    let deployed = deploy.and_then(|deploy| deploy.entry("restart_policy"));
    if let Some(deployed) = deployed.filter(|entry| entry.node.data != Data::Null) {
        return of_deploy(deployed);
    }
    let Some(restart) = service.node.entry("restart") else {
        return Ok(Policy {
            settings: vec![Setting {
                name: "restart",
                text: "restart: \"no\"".to_owned(),
                place: None,
                is_default: true,
            }],
            ..Policy::default()
        });
    };
    let text = restart.node.data.to_text().unwrap_or_default();
    let mut parts = text.split(':');
    let word = parts.next().unwrap_or_default();
    // Compose takes what is not a number for 0.
    let count = parts
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(0);
    let setting = Setting {
        name: "restart",
        text: format!("restart: {text}"),
        place: Some(restart.node.place),
        is_default: restart.node.is_default,
    };
    engine(word, count, vec![setting])
}

/// `deploy.restart_policy`, of which only the condition and the number of attempts reach the
/// engine.
fn of_deploy(entry: &Entry) -> Result<Policy, String> {
    let number = |node: &Node| node.data.to_text().and_then(|text| text.parse().ok());
    let count = entry.node.get("max_attempts").and_then(number).unwrap_or(0);
    let condition = entry.node.get("condition");
    let word = condition.and_then(Node::as_text).unwrap_or_default();
    let setting = Setting {
        name: "deploy.restart_policy",
        text: match word {
            "" => "deploy.restart_policy without a condition".to_owned(),
            word => format!("deploy.restart_policy.condition: {word}"),
        },
        place: Some(condition.map_or(entry.place, |node| node.place)),
        is_default: false,
    };
    engine(word, count, vec![setting])
}

/// What the engine makes of the policy that Compose gives it.
fn engine(word: &str, count: i64, settings: Vec<Setting>) -> Result<Policy, String> {
    let restart = match word {
        // Compose gives no name on, which the engine takes for `no`.
        "" => {
            return Ok(Policy {
                settings,
                ..Policy::default()
            });
        }
        "no" | "none" => Restart::No,
        "always" | "any" => Restart::Always,
        "unless-stopped" => Restart::UnlessStopped,
        "on-failure" => Restart::OnFailure,
        _ => return Err(format!("the engine refuses the restart policy `{word}`")),
    };
    if count != 0 && restart != Restart::OnFailure {
        return Err(format!(
            "the engine refuses a number of restarts with `{word}`; only `on-failure` takes one"
        ));
    }
    let Ok(max_retries) = u32::try_from(count) else {
        return Err(format!(
            "the engine refuses {count} as a number of restarts"
        ));
    };
    Ok(Policy {
        restart,
        max_retries,
        settings,
    })
}
