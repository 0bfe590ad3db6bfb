//! `mode`: the permission bits of a file or folder.

use super::{Check, CheckSpec, Observed, Stream};
use crate::diagnostic::{Diagnostic, Effect, Rule};
use crate::judge;
use crate::reading::Reading;
use crate::source::Span;
use crate::value::Value;

pub(super) const RULES: &[&Rule] = &[&WRONG_MODE];

static WRONG_MODE: Rule = Rule {
    code: "CT110",
    name: "wrong-mode",
    effect: Effect::Fails,
    explain: "The permission bits are not the ones demanded. All twelve bits are compared: set-uid, \
set-gid and sticky bit, and read, write and execute for owner, group and others. An environment \
file with keys has mode 0600.",
};

/// The permission bits are exactly these.
#[derive(Debug)]
pub struct ModeIs {
    /// The twelve bits.
    pub mode: u32,
    /// Where the harness says so.
    pub span: Span,
}

pub(super) fn parse(
    reading: &mut Reading<'_>,
    spec: &'static CheckSpec,
    value: &Value,
) -> Option<Box<dyn Check>> {
    let mode = reading.mode(spec.key, value)?;
    Some(Box::new(ModeIs {
        mode,
        span: value.span,
    }))
}

impl Check for ModeIs {
    fn evaluate(&self, observed: &Observed<'_>, out: &mut Vec<Diagnostic>) {
        let Some(entry) = judge::entry(observed, self.span, out) else {
            return;
        };
        if entry.mode == self.mode {
            return;
        }
        let name = observed.name(Stream::Content);
        let message = format!(
            "{name} has mode {:04o}, expected {:04o}",
            entry.mode, self.mode
        );
        let mut diagnostic = Diagnostic::new(&WRONG_MODE, message)
            .label(observed.demand(self.span), "expected this mode")
            .found(
                format!("{:04o} ({})", self.mode, letters(self.mode)),
                format!("{:04o} ({})", entry.mode, letters(entry.mode)),
            );
        if let Some(path) = observed.path() {
            diagnostic = diagnostic.help(format!("`chmod {:04o} {path}`", self.mode));
        }
        out.push(diagnostic);
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
