//! The problems that one expectation finds in one file. A wildcard may lead to thousands of values,
//! and a report shows the first few.

use crate::diagnostic::Diagnostic;
use crate::text::plural;

/// Most problems of one expectation and one file that are shown.
const MAX_SHOWN: usize = 30;

/// Shows the first problems and counts the others.
pub(super) struct Problems<'o> {
    out: &'o mut Vec<Diagnostic>,
    shown: usize,
    hidden: usize,
}

impl<'o> Problems<'o> {
    pub(super) fn new(out: &'o mut Vec<Diagnostic>) -> Self {
        Self {
            out,
            shown: 0,
            hidden: 0,
        }
    }

    /// Adds a problem; it is only put into words where it is shown.
    pub(super) fn add(&mut self, problem: impl FnOnce() -> Diagnostic) {
        if self.shown < MAX_SHOWN {
            self.shown += 1;
            self.out.push(problem());
        } else {
            self.hidden += 1;
        }
    }

    /// Adds a problem that is shown however many there are: the outcome depends on it.
    pub(super) fn add_always(&mut self, problem: Diagnostic) {
        self.out.push(problem);
    }

    /// Says how many are not shown.
    pub(super) fn finish(self) {
        if self.hidden > 0
            && let Some(last) = self.out.last_mut()
        {
            let more = plural(self.hidden, "more problem");
            last.help.push(format!("the file has {more} of this kind"));
        }
    }
}
