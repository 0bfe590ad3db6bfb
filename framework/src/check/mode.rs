//! `mode`: the permission bits of a file or folder.

use super::place::{self, LINK, UNSAFE_FOLDER};
use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::{ALL_BITS, EMPTY_VALUE, Reading, octal};
use crate::source::Span;
use crate::value::{Kind, Table, Value};

pub(super) const RULES: &[&Rule] = &[&WRONG_MODE, &LINK, &UNSAFE_FOLDER];

static WRONG_MODE: Rule = Rule {
    code: "CT110",
    name: "wrong-mode",
    effect: Effect::Fails,
    explain: "The permission bits are not the ones demanded. All twelve bits are compared: set-uid, \
set-gid and sticky bit, and read, write and execute for owner, group and others. `<=0640` demands \
no bit beyond these. An environment file with keys has mode 0600. Where a file has an access control \
list, the bits of the group are the most that the list gives to anybody but the owner.",
};

/// The permission bits are exactly these, or at most these.
#[derive(Debug)]
pub struct ModeIs {
    /// The twelve bits.
    pub mode: u32,
    /// Whether bits may be missing.
    pub is_limit: bool,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
    _: &Table,
) -> Option<Box<dyn Check>> {
    let is_limit = matches!(&value.kind, Kind::String(text) if text.starts_with(LIMIT));
    let mode = if is_limit {
        limit(reading, spec.key, value)?
    } else {
        reading.mode(spec.key, value)?
    };
    Some(Box::new(ModeIs {
        mode,
        is_limit,
        span: value.span,
    }))
}

/// What a mode that is a limit begins with.
const LIMIT: &str = "<=";

fn limit(reading: &mut Reading<'_>, key: &str, value: &Value) -> Option<u32> {
    let mode = reading.parsed(key, value, |text| {
        text.strip_prefix(LIMIT)
            .and_then(|bits| octal(bits.trim_start()))
            .ok_or("expected `<=` and three or four octal digits such as \"<=0640\"")
    })?;
    if mode == ALL_BITS {
        let message = format!("`{key}` allows every bit, which demands nothing");
        reading.report(&EMPTY_VALUE, value.span, message, "expected a lower limit");
        return None;
    }
    Some(mode)
}

impl Check for ModeIs {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(entry) = judge::entry(observed, self.span, out) else {
            return;
        };
        let too_much = entry.mode & !self.mode;
        let is_met = if self.is_limit {
            too_much == 0
        } else {
            entry.mode == self.mode
        };
        if !is_met {
            out.push(self.wrong(observed, entry.mode));
        }
        place::judge(observed, self.span, &entry, out);
    }
}

impl ModeIs {
    fn wrong(&self, observed: &Observed<'_>, found: u32) -> Diagnostic {
        let name = observed.name(Stream::Content);
        let (at_most, wanted) = if self.is_limit {
            ("at most ", found & self.mode)
        } else {
            ("", self.mode)
        };
        let message = format!(
            "{name} has mode {found:04o}, expected {at_most}{:04o}",
            self.mode
        );
        let diagnostic = Diagnostic::new(&WRONG_MODE, message)
            .label(observed.demand(self.span), "expected this mode")
            .found(
                format!("{at_most}{:04o} ({})", self.mode, letters(self.mode)),
                format!("{found:04o} ({})", letters(found)),
            );
        let path = observed.path().map(|path| observed.workspace.shown(path));
        diagnostic.help_if(path.map(|path| format!("`chmod {wanted:04o} {path}`")))
    }
}

/// The bits as `ls -l` shows them, without the type.
fn letters(mode: u32) -> String {
    let special = [(0o4000, 's'), (0o2000, 's'), (0o1000, 't')];
    let mut shown = String::new();
    for (at, (bit, letter)) in special.into_iter().enumerate() {
        let bits = mode >> (6 - 3 * at);
        shown.push(if bits & 4 != 0 { 'r' } else { '-' });
        shown.push(if bits & 2 != 0 { 'w' } else { '-' });
        shown.push(match (mode & bit != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn modes_are_shown_as_ls_shows_them() {
        for (mode, shown) in [
            (0o600, "rw-------"),
            (0o4755, "rwsr-xr-x"),
            (0o1777, "rwxrwxrwt"),
            (0o2640, "rw-r-S---"),
        ] {
            assert_eq!(letters(mode), shown, "{mode:o}");
        }
    }
}
