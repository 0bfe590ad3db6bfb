//! Which checks have a verdict on a host, where nothing may be written or run: those on files that
//! say where they are deployed. All others are skipped, with the reason.

use clawtest_framework::glob::Glob;
use clawtest_framework::judge::Subject;
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::workspace::{Workspace, is_below};

use crate::harness::{Action, Case, Harness};

/// Why no selected check of a harness can be judged, if that is so for one and the same reason.
pub(super) fn no_check(harness: &Harness, host: &Workspace) -> Option<String> {
    let mut reasons = harness
        .selected_checks()
        .map(|(index, _)| reason(harness, index, host));
    let first = reasons.next()??;
    let is_same = reasons.all(|reason| reason.as_deref() == Some(&first));
    is_same.then_some(first)
}

/// Why a check cannot be judged on a host.
pub(super) fn reason(harness: &Harness, index: usize, host: &Workspace) -> Option<String> {
    let case = harness.checks.get(index)?;
    let why = match &case.subject {
        Subject::File(path, _) => not_deployed(harness, host, path),
        Subject::Glob(glob, _) => no_match(harness, host, glob),
        Subject::Dir(..) => Some("a `dir` is judged on fixtures only".to_owned()),
        Subject::Command(_) => Some("a `command` runs on fixtures only".to_owned()),
    };
    why.or_else(|| {
        let mut others = case
            .expectations
            .iter()
            .filter_map(|check| check.reference());
        others.find_map(|path| not_deployed(harness, host, path))
    })
    .or_else(|| changed(harness, index).map(str::to_owned))
    .map(|why| format!("not judged with --root: {why}"))
}

fn not_deployed(harness: &Harness, host: &Workspace, path: &WorkspacePath) -> Option<String> {
    if host.deployed(path).is_some() {
        return None;
    }
    let is_fixture = harness.fixtures.iter().any(|fixture| fixture.path == *path);
    Some(if is_fixture {
        format!("`{path}` has no `deployed` path")
    } else {
        format!("`{path}` is not a fixture, so it has no `deployed` path")
    })
}

/// A glob stands for those of the fixtures that it matches that are deployed.
fn no_match(harness: &Harness, host: &Workspace, glob: &Glob) -> Option<String> {
    let mut matched = globbed(harness, glob).peekable();
    if matched.peek().is_none() {
        return Some(format!("`{}` matches no fixture", glob.as_str()));
    }
    let is_deployed = matched.any(|path| host.deployed(path).is_some());
    (!is_deployed).then(|| {
        format!(
            "no fixture that `{}` matches has a `deployed` path",
            glob.as_str()
        )
    })
}

fn globbed<'h>(harness: &'h Harness, glob: &'h Glob) -> impl Iterator<Item = &'h WorkspacePath> {
    let paths = harness.fixtures.iter().map(|fixture| &fixture.path);
    paths.filter(|path| glob.is_match(path.as_str()))
}

/// What was done to the fixtures before the check; none of it is done to a host, and the check
/// judges what comes of it.
fn changed(harness: &Harness, index: usize) -> Option<&'static str> {
    let case = harness.checks.get(index)?;
    if !case.before().is_empty() {
        return Some("`before` acts on fixtures only");
    }
    let mut files: Vec<&WorkspacePath> = match &case.subject {
        Subject::File(path, _) => vec![path],
        Subject::Glob(glob, _) => globbed(harness, glob).collect(),
        Subject::Dir(..) | Subject::Command(_) => Vec::new(),
    };
    files.extend(
        case.expectations
            .iter()
            .filter_map(|check| check.reference()),
    );
    // A command could change any file.
    let changes = |action: &Action| {
        action.path().is_none_or(|path| {
            files
                .iter()
                .any(|file| path == *file || is_below(file, path))
        })
    };
    if harness.setup.iter().any(changes) {
        return Some("what it looks at comes from `setup`, which acts on fixtures only");
    }
    let mut before = harness.checks[..index].iter().flat_map(Case::before);
    let is_changed = before.any(changes);
    is_changed
        .then_some("what it looks at comes from an earlier `before`, which acts on fixtures only")
}
