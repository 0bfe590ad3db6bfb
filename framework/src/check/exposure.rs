//! `exposure`: how exposed a service is, as `systemd-analyze security` scores it, and whether what
//! makes it less exposed has cut it off from the network.

use super::problems::Problems;
use super::read_as::ReadAs;
use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::format::unit::{self, exposure};
use crate::reading::{EMPTY_VALUE, INVALID_VALUE, Reading};
use crate::source::Span;
use crate::text::{one_of, suggest};
use crate::value::{Kind, Table, Value};

pub(super) const RULES: &[&Rule] = &[&TOO_EXPOSED, &NO_SCORE, &CUT_OFF];

/// The version of systemd whose rules hold where the harness does not say one: Debian 12's.
const DEFAULT_VERSION: u16 = 252;

/// The versions whose rules are known.
const VERSIONS: std::ops::RangeInclusive<u16> = 250..=257;

/// How many of the rows that cost most are shown.
const ROWS_SHOWN: usize = 8;

static TOO_EXPOSED: Rule = Rule {
    code: "CT126",
    name: "too-exposed",
    effect: Effect::Fails,
    explain: "`systemd-analyze security` would give the service a higher exposure than allowed. The \
score goes from 0.0 (locked down) to 10.0; each setting that sandboxes the service lowers it. The \
report lists the settings that would lower it most.",
};

static NO_SCORE: Rule = Rule {
    code: "CT127",
    name: "no-exposure",
    effect: Effect::Fails,
    explain: "systemd does not load the unit, or it is not a service, so it has no exposure.",
};

static CUT_OFF: Rule = Rule {
    code: "CT178",
    name: "network-cut-off",
    effect: Effect::Fails,
    explain: "The check says that the service needs the network, and a setting of the unit keeps it from \
reaching other machines or from listening at a port. Such settings lower the exposure of a service most, \
and a server with one of them has nobody to serve: remove it, or narrow it to what is not needed.",
};

/// The exposure of a service is at most this.
#[derive(Debug)]
pub struct ExposureAtMost {
    /// Tenths of a point.
    at_most: Option<u32>,
    /// Whether it needs the network.
    network: bool,
    version: u16,
    /// What is shown where it is not so.
    span: Span,
    read_as: ReadAs,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    table: &Table,
) -> Option<Box<dyn Check>> {
    let read_as = ReadAs::parse(reading, table);
    let Kind::Table(of) = &value.kind else {
        reading.wrong_type(spec.key, value, "a table such as `{ at_most = 5.0 }`");
        return None;
    };
    let known = ["at_most", "network", "systemd_version"];
    for (key, _) in &of.entries {
        if !known.contains(&&*key.name) {
            let meant = suggest(&key.name, known);
            let why = match meant {
                Some(meant) => {
                    format!("`{}` is not a key of it; did you mean `{meant}`?", key.name)
                }
                None => format!(
                    "`{}` is not a key of it; its keys are {}",
                    key.name,
                    one_of(known)
                ),
            };
            reading.report(
                &INVALID_VALUE,
                key.span,
                format!("`exposure` is not valid: {why}"),
                "",
            );
            return None;
        }
    }
    let (limit, network) = (of.get("at_most"), of.get("network"));
    let Some(demand) = limit.or(network) else {
        let message = "`exposure` demands nothing without `at_most` or `network`";
        reading.report(&EMPTY_VALUE, value.span, message, "expected `at_most`");
        return None;
    };
    let at_most = match limit {
        Some(limit) => Some(tenths(reading, limit)?),
        None => None,
    };
    if let Some(network) = network
        && !reading.boolean("network", network)?
    {
        reading.invalid("network", network.span, "only `true` demands something");
        return None;
    }
    let version = match of.get("systemd_version") {
        None => DEFAULT_VERSION,
        Some(value) => {
            let number = reading.count("systemd_version", value)?;
            let version = u16::try_from(number)
                .ok()
                .filter(|version| VERSIONS.contains(version));
            if version.is_none() {
                let why = format!(
                    "the rules of the versions {} to {} are known, not those of {number}",
                    VERSIONS.start(),
                    VERSIONS.end()
                );
                reading.invalid("systemd_version", value.span, why);
            }
            version?
        }
    };
    Some(Box::new(ExposureAtMost {
        at_most,
        network: network.is_some(),
        version,
        span: demand.span,
        read_as: read_as?,
    }))
}

/// A limit from 0.0 to 10.0 with at most one decimal, in tenths.
fn tenths(reading: &mut Reading<'_>, value: &Value) -> Option<u32> {
    let text = match &value.kind {
        Kind::Integer {
            value: Some(number),
            ..
        } => format!("{number}.0"),
        Kind::Float(text) => text.to_string(),
        _ => {
            reading.wrong_type("at_most", value, "a number such as `5.0`");
            return None;
        }
    };
    let parts = text.split_once('.');
    let tenths = parts.and_then(|(whole, decimal)| match decimal.len() {
        1 => {
            let whole = whole.parse::<u32>().ok()?.checked_mul(10)?;
            whole.checked_add(decimal.parse().ok()?)
        }
        _ => None,
    });
    let tenths = tenths.filter(|tenths| *tenths < 100);
    if tenths.is_none() {
        let why =
            "expected a number from 0.0 to 9.9 with one decimal, as systemd-analyze prints it";
        reading.invalid("at_most", value.span, why);
    }
    tenths
}

impl Check for ExposureAtMost {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let demand = ("exposure", self.span);
        let Some(unit) = self.read_as.unit(observed, demand, out) else {
            return;
        };
        let name = observed.name(Stream::Content);
        let is_loaded = unit.state == unit::State::Loaded;
        if !is_loaded || unit.kind != unit::Kind::Service || unit.is_fragment {
            let why = if is_loaded {
                "it is not a service"
            } else {
                "systemd does not load it"
            };
            let message = format!("{name} has no exposure: {why}");
            let complaint = unit.complaints.last().filter(|_| !is_loaded);
            return out.push(
                Diagnostic::new(&NO_SCORE, message)
                    .label(observed.demand(self.span), "demanded here")
                    .help_if(complaint.map(|complaint| complaint.message.clone())),
            );
        }
        if self.network {
            self.judge_network(&unit, observed, out);
        }
        let exposure = exposure::score(&unit, self.version);
        let Some(at_most) = self.at_most.filter(|at_most| exposure.tenths > *at_most) else {
            return;
        };
        let (found, limit) = (exposure.number(), exposure::points(at_most));
        let message = format!(
            "{name} has an exposure of {found} ({}), expected at most {limit}",
            exposure.level()
        );
        let mut diagnostic = Diagnostic::new(&TOO_EXPOSED, message)
            .label(observed.demand(self.span), "the limit")
            .found(
                format!("at most {limit}"),
                format!("{found} {}", exposure.level()),
            );
        for cost in exposure.costs().into_iter().take(ROWS_SHOWN) {
            diagnostic = diagnostic.help(cost);
        }
        out.push(diagnostic);
    }
}

impl ExposureAtMost {
    /// Reports each setting that cuts the service off from the network.
    fn judge_network(&self, unit: &unit::Unit, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let cuts = exposure::cuts(unit, self.version);
        if cuts.is_empty() {
            return;
        }
        let Some(document) = self.read_as.document(observed, self.span, out) else {
            return;
        };
        let name = observed.name(Stream::Content);
        let mut problems = Problems::new(out);
        for cut in cuts {
            problems.add(|| {
                let message = format!("the service of {name} {} with `{}`", cut.why, cut.setting);
                let problem = Diagnostic::new(&CUT_OFF, message)
                    .label(observed.demand(self.span), "it needs the network")
                    .help(cut.remedy);
                match cut.place {
                    Some(place) => {
                        let excerpt = document.source(place).excerpt(place.span);
                        problem.label(excerpt, "this cuts it off")
                    }
                    None => problem,
                }
            });
        }
        problems.finish();
    }
}

#[cfg(test)]
mod tests {
    use crate::check;
    use crate::format::toml;
    use crate::judge::{self, Subject};
    use crate::path::WorkspacePath;
    use crate::reading::Reading;
    use crate::source::{Source, Span};
    use crate::vars::Vars;
    use crate::workspace::{Fixture, Workspace};

    #[test]
    fn only_a_service_has_an_exposure() {
        let text = "exposure = { at_most = 9.9 }";
        let table = toml::parse(text).unwrap();
        let vars = Vars::default();
        let source = Source::new("h.toml", text.as_bytes());
        let (key, value) = &table.entries[0];
        let spec = check::spec(&key.name).unwrap();
        let check = (spec.parse)(&mut Reading::new(source, &vars), spec, value, &table);
        let checks = [check.unwrap()];
        let service: &[u8] = b"[Service]\nExecStart=/bin/true\n";
        for (path, content, code) in [
            ("x.service", service, None),
            ("x.timer", b"[Timer]\nOnBootSec=1\n", Some("CT127")),
            ("x.service.d/10.conf", b"[Service]\nNice=5\n", Some("CT127")),
        ] {
            let path = WorkspacePath::new(path).unwrap();
            let fixture = Fixture {
                path: path.clone(),
                content: content.into(),
                mode: None,
                deployed: None,
                origin: None,
            };
            let subject = Subject::File(path.clone(), Span::new(0, 1));
            let workspace = Workspace::new(&[fixture]);
            let problems = judge::judge_path(source, &workspace, &subject, &checks);
            let found = problems.first().map(|problem| problem.rule.code);
            assert_eq!(found, code, "{path}: {problems:?}");
        }
    }
}
