//! `owner`: the user and the group that a file of a host belongs to. The fixtures of a workspace
//! belong to whoever runs clawtest, so there the runner skips such checks.

use super::place::{self, LINK, UNSAFE_FOLDER};
use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::Reading;
use crate::source::Span;
use crate::value::{Table, Value};
use crate::workspace::{AccountKind, HostRoot, name_or_number, number};

pub(super) const RULES: &[&Rule] = &[&WRONG_OWNER, &UNKNOWN_ACCOUNT, &LINK, &UNSAFE_FOLDER];

static WRONG_OWNER: Rule = Rule {
    code: "CT118",
    name: "wrong-owner",
    effect: Effect::Fails,
    explain: "The file belongs to another user or group than demanded. Its owner may change its mode \
and its content at any time.",
};

static UNKNOWN_ACCOUNT: Rule = Rule {
    code: "CT164",
    name: "unknown-account",
    effect: Effect::Errors,
    explain: "`owner` names a user or a group that `etc/passwd` or `etc/group` in the root folder does \
not list, so there is no id to compare with. Names are those of the host that is looked at, never those \
of the machine that runs clawtest. A numeric id needs no list.",
};

/// The file belongs to this user and this group.
#[derive(Debug)]
pub struct OwnerIs {
    /// The user, by name or by number.
    pub user: Option<Box<str>>,
    /// The group, by name or by number.
    pub group: Option<Box<str>>,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let (user, group) = reading.parsed(spec.key, value, accounts)?;
    Some(Box::new(OwnerIs {
        user,
        group,
        span: value.span,
    }))
}

type Names = (Option<Box<str>>, Option<Box<str>>);

/// The user and the group of `user:group`.
fn accounts(text: &str) -> Result<Names, String> {
    if let Some(wrong) = text
        .chars()
        .find(|c| c.is_whitespace() || c.is_control() || matches!(c, '/' | ','))
    {
        return Err(format!("{wrong:?} cannot be a part of a name"));
    }
    let (user, group) = match text.split_once(':') {
        Some((_, "")) => return Err("expected a group behind `:`".to_owned()),
        Some((_, group)) if group.contains(':') => {
            return Err("expected `user:group`, found a second `:`".to_owned());
        }
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    let too_large = |name: &&str| {
        name.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() && number(name).is_none()
    };
    if let Some(id) = [Some(user), group].into_iter().flatten().find(too_large) {
        return Err(format!(
            "{id} is not an id: the highest is {}",
            u32::MAX - 1
        ));
    }
    let user = Some(user).filter(|user| !user.is_empty());
    Ok((user.map(Into::into), group.map(Into::into)))
}

impl Check for OwnerIs {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(entry) = judge::entry(observed, self.span, out) else {
            return;
        };
        let (Some((user, group)), Some(host)) = (entry.owner, observed.workspace.host()) else {
            let message = "the owner of a fixture is whoever runs clawtest";
            let diagnostic = Diagnostic::new(&UNKNOWN_ACCOUNT, message)
                .label(observed.demand(self.span), "not known here")
                .help("`--root DIR` looks at the files of a host");
            return out.push(diagnostic);
        };
        let wanted = [
            (AccountKind::User, &self.user, user),
            (AccountKind::Group, &self.group, group),
        ];
        let mut is_wrong = false;
        for (kind, name, found) in &wanted {
            let Some(name) = name else { continue };
            match id(host, *kind, name) {
                Ok(id) => is_wrong |= id != *found,
                Err((why, meant)) => {
                    let diagnostic = Diagnostic::new(&UNKNOWN_ACCOUNT, why)
                        .label(observed.demand(self.span), "not known on the host")
                        .help(meant.map_or_else(
                            || "a numeric id needs no list".to_owned(),
                            |meant| format!("did you mean `{meant}`?"),
                        ));
                    return out.push(diagnostic);
                }
            }
        }
        if is_wrong {
            let [expected, found] = [
                wanted
                    .each_ref()
                    .map(|(_, name, _)| name.as_deref().map(str::to_owned)),
                wanted.each_ref().map(|(kind, name, found)| {
                    let is_number = number(name.as_deref()?).is_some();
                    Some(if is_number {
                        found.to_string()
                    } else {
                        name_or_number(host, *kind, *found).into_owned()
                    })
                }),
            ]
            .map(joined);
            let name = observed.name(Stream::Content);
            let message = format!("{name} belongs to `{found}`, expected `{expected}`");
            let mut diagnostic = Diagnostic::new(&WRONG_OWNER, message)
                .label(observed.demand(self.span), "expected to belong to it")
                .found(format!("`{expected}`"), format!("`{found}`"));
            if let Some(path) = observed.path() {
                let shown = observed.workspace.shown(path);
                diagnostic = diagnostic.help(format!("`chown {expected} {shown}`"));
            }
            out.push(diagnostic);
        }
        place::judge(observed, self.span, &entry, out);
    }
}

/// The id of a name or a number.
fn id<'h>(
    host: &'h HostRoot,
    kind: AccountKind,
    name: &str,
) -> Result<u32, (String, Option<&'h str>)> {
    if let Some(id) = number(name) {
        return Ok(id);
    }
    match host.id(kind, name) {
        // A folder with a few files of a host has no list of names, and this one is always 0.
        Err(_) if name == "root" => Ok(0),
        found => found,
    }
}

/// A user and a group as `chown` has them.
fn joined([user, group]: [Option<String>; 2]) -> String {
    let group = group.map(|group| format!(":{group}"));
    format!("{}{}", user.unwrap_or_default(), group.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::accounts;

    #[test]
    fn owners_are_users_and_groups_as_chown_has_them() {
        for (text, user, group) in [
            ("root", Some("root"), None),
            ("0", Some("0"), None),
            ("openclaw:staff", Some("openclaw"), Some("staff")),
            (":staff", None, Some("staff")),
            ("0:4294967294", Some("0"), Some("4294967294")),
            ("user@domain", Some("user@domain"), None),
        ] {
            let found = accounts(text).unwrap();
            assert_eq!(
                (found.0.as_deref(), found.1.as_deref()),
                (user, group),
                "{text}"
            );
        }
        for text in [
            "root:",
            ":",
            "a:b:c",
            "a b",
            "a\n",
            "4294967295",
            "0:99999999999",
            "a/b",
        ] {
            assert!(accounts(text).is_err(), "{text}");
        }
    }
}
