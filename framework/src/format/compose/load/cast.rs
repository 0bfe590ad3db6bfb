//! Texts that become numbers and truth values once their variables are replaced.

use crate::document::{Data, Node};
use crate::format::compose::scale::{cpus, quoted};
use crate::format::compose::tree::Path;

/// What a text becomes at some places.
#[derive(Clone, Copy, Debug)]
enum Cast {
    Integer,
    Number,
    Truth,
}

/// The places at which texts become numbers and truth values after their variables are replaced.
static CASTS: &[(&str, Cast)] = &[
    ("services.*.configs.*.mode", Cast::Integer),
    ("services.*.cpu_count", Cast::Integer),
    ("services.*.cpu_percent", Cast::Number),
    ("services.*.cpu_period", Cast::Integer),
    ("services.*.cpu_quota", Cast::Integer),
    ("services.*.cpu_rt_period", Cast::Integer),
    ("services.*.cpu_rt_runtime", Cast::Integer),
    ("services.*.cpus", Cast::Number),
    ("services.*.cpu_shares", Cast::Integer),
    ("services.*.init", Cast::Truth),
    ("services.*.deploy.replicas", Cast::Integer),
    ("services.*.deploy.update_config.parallelism", Cast::Integer),
    (
        "services.*.deploy.update_config.max_failure_ratio",
        Cast::Number,
    ),
    (
        "services.*.deploy.rollback_config.parallelism",
        Cast::Integer,
    ),
    (
        "services.*.deploy.rollback_config.max_failure_ratio",
        Cast::Number,
    ),
    (
        "services.*.deploy.restart_policy.max_attempts",
        Cast::Integer,
    ),
    (
        "services.*.deploy.placement.max_replicas_per_node",
        Cast::Integer,
    ),
    ("services.*.healthcheck.retries", Cast::Integer),
    ("services.*.healthcheck.disable", Cast::Truth),
    ("services.*.oom_kill_disable", Cast::Truth),
    ("services.*.oom_score_adj", Cast::Integer),
    ("services.*.pids_limit", Cast::Integer),
    ("services.*.ports.*.target", Cast::Integer),
    ("services.*.privileged", Cast::Truth),
    ("services.*.read_only", Cast::Truth),
    ("services.*.scale", Cast::Integer),
    ("services.*.secrets.*.mode", Cast::Integer),
    ("services.*.stdin_open", Cast::Truth),
    ("services.*.tty", Cast::Truth),
    ("services.*.ulimits.*", Cast::Integer),
    ("services.*.ulimits.*.hard", Cast::Integer),
    ("services.*.ulimits.*.soft", Cast::Integer),
    ("services.*.volumes.*.read_only", Cast::Truth),
    ("services.*.volumes.*.volume.nocopy", Cast::Truth),
    ("networks.*.external", Cast::Truth),
    ("networks.*.internal", Cast::Truth),
    ("networks.*.attachable", Cast::Truth),
    ("networks.*.enable_ipv4", Cast::Truth),
    ("networks.*.enable_ipv6", Cast::Truth),
    ("volumes.*.external", Cast::Truth),
    ("secrets.*.external", Cast::Truth),
    ("configs.*.external", Cast::Truth),
];

/// Turns a text at such a place into what it has to be.
///
/// # Errors
///
/// Go's own words.
pub(super) fn cast(node: &mut Node, path: &Path<'_>) -> Result<(), String> {
    let Some((_, cast)) = CASTS.iter().find(|(pattern, _)| path.matches(pattern)) else {
        return Ok(());
    };
    let Data::Text(text) = &node.data else {
        return Ok(());
    };
    node.data = match cast {
        Cast::Integer => {
            let number = text.parse::<i64>().map_err(|_| {
                let text = quoted(text);
                format!("strconv.Atoi: parsing {text}: invalid syntax")
            })?;
            Data::Integer(number.into())
        }
        Cast::Number => Data::Float(cpus(text)?),
        Cast::Truth => match text.to_lowercase().as_str() {
            "true" | "y" | "yes" | "on" => Data::Boolean(true),
            "false" | "n" | "no" | "off" => Data::Boolean(false),
            _ => return Err(format!("invalid boolean: {text}")),
        },
    };
    Ok(())
}
