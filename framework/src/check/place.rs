//! What `mode` and `owner` also demand on a host: that nobody else could put another file in the
//! place of the one that is judged. It is no expectation of its own.

use super::{Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::source::Span;
use crate::workspace::{AccountKind, Entry, Folder, name_or_number};

pub(super) static LINK: Rule = Rule {
    code: "CT116",
    name: "deployed-link",
    effect: Effect::Fails,
    explain: "On the host the file whose mode or owner is demanded is a symbolic link. What the mode \
and the owner protect is then another file than the one that is named, and whoever may change the \
link chooses which. Deploy the file itself, or let `deployed` say where it really is.",
};

pub(super) static UNSAFE_FOLDER: Rule = Rule {
    code: "CT117",
    name: "unsafe-folder",
    effect: Effect::Fails,
    explain: "On the host a folder on the way to the file belongs to neither root nor the owner of \
the file, or its group or everyone may write to it and it has no sticky bit. Whoever may write there can \
put another file in the place of this one, whatever its own mode and owner are. Give the folder to \
root, mode 0755.",
};

const WRITABLE_BY_GROUP: u32 = 0o020;
const WRITABLE_BY_ALL: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Judges the way to a file of a host; elsewhere there is nothing to judge, since the folders of a
/// workspace are clawtest's own.
pub(super) fn judge(observed: &Observed<'_>, span: Span, entry: &Entry, out: &mut Vec<Diagnostic>) {
    let (Some(path), Some(host)) = (observed.path(), observed.workspace.host()) else {
        return;
    };
    let way = match observed.workspace.way(path) {
        Ok(Some(way)) => way,
        Ok(None) => return,
        Err(obstacle) => {
            let shown = observed.workspace.shown(path);
            return out.push(judge::obstacle(shown, &obstacle, observed.demand(span)));
        }
    };
    let name = observed.name(Stream::Content);
    let mut push = |diagnostic: Diagnostic| {
        // `mode` and `owner` in one check tell the same once.
        if out.iter().all(|other| other.message != diagnostic.message) {
            out.push(diagnostic);
        }
    };
    if let Some(target) = &way.link {
        let message = format!("{name} is a symbolic link to `{target}`");
        push(
            Diagnostic::new(&LINK, message)
                .label(observed.demand(span), "demanded of the file itself")
                .found("a regular file", "a symbolic link")
                .help("deploy the file itself, or let `deployed` say where it really is"),
        );
    }
    let user = entry.owner.map_or(0, |(user, _)| user);
    for folder in &way.folders {
        let Some((what, cure)) = danger(folder, user) else {
            continue;
        };
        let shown = host.shown(&folder.path);
        let owner = name_or_number(host, AccountKind::User, folder.user);
        let message = format!(
            "{name} can be replaced by others: the folder `{shown}` {what} (mode {:04o}, user `{owner}`)",
            folder.mode
        );
        push(
            Diagnostic::new(&UNSAFE_FOLDER, message)
                .label(observed.demand(span), "demanded of a file in a safe place")
                .help(format!("`{cure} {shown}`")),
        );
    }
}

/// How a folder lets somebody but root and `user` replace what is in it, and what changes that.
fn danger(folder: &Folder, user: u32) -> Option<(&'static str, &'static str)> {
    let is_sticky = folder.mode & STICKY != 0;
    if folder.user != 0 && folder.user != user {
        Some(("belongs to another user", "chown root"))
    } else if folder.mode & WRITABLE_BY_ALL != 0 && !is_sticky {
        Some(("is writable by everyone", "chmod go-w"))
    } else if folder.mode & WRITABLE_BY_GROUP != 0 && !is_sticky {
        Some(("is writable by its group", "chmod go-w"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::danger;
    use crate::workspace::Folder;

    #[test]
    fn folders_that_others_may_write_to_are_dangerous() {
        for (user, mode, is_dangerous) in [
            (0, 0o755, false),
            (7, 0o700, false),
            (0, 0o1777, false),
            (0, 0o1775, false),
            (0, 0o775, true),
            (0, 0o757, true),
            (7, 0o777, true),
            (8, 0o755, true),
            (8, 0o1777, true),
        ] {
            let folder = Folder {
                path: "/srv".to_owned(),
                user,
                mode,
            };
            assert_eq!(danger(&folder, 7).is_some(), is_dangerous, "{folder:?}");
        }
    }
}
