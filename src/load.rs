//! From a scope to harnesses that can run: discovery, reading, parsing and selection. All problems
//! of all files are gathered before anything runs.

use std::sync::atomic::{AtomicUsize, Ordering};

use clawtest_framework::diagnostic::Diagnostic;

use crate::bash;
use crate::config::Scope;
use crate::discover::{self, HarnessFile};
use crate::error::Error;
use crate::harness::Harness;
use crate::harness::parse::{self, Context};

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The selected harnesses in order; empty if there are problems.
    pub harnesses: Vec<Harness>,
    /// How many harnesses were found but not selected.
    pub left_out: usize,
    /// Everything that is wrong in the files that were read.
    pub problems: Vec<Diagnostic>,
}

/// Files that one thread takes at a time. For fewer, starting another thread takes as long as it
/// saves.
const CHUNK: usize = 128;

/// Loads the harnesses of a scope.
///
/// # Errors
///
/// A folder that cannot be read, or a filter that matches nothing.
pub fn load(scope: &Scope, jobs: usize) -> Result<Loaded, Error> {
    let (files, mut problems, found) = find(scope)?;
    let parsed = parse_all(&files, scope, jobs);
    let mut harnesses = Vec::with_capacity(files.len());
    for result in parsed {
        match result {
            Ok(harness) => harnesses.push(harness),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    if !problems.is_empty() {
        return Ok(Loaded {
            problems,
            ..Loaded::default()
        });
    }
    let harnesses = scope.selection.checks(harnesses)?;
    for name in &scope.flag_vars {
        let is_used = harnesses
            .iter()
            .any(|harness| harness.variables.iter().any(|used| **used == **name));
        if !is_used {
            return Err(Error::Usage(format!(
                "no selected harness uses the variable `{name}` of `--var`"
            )));
        }
    }
    Ok(Loaded {
        left_out: found - harnesses.len(),
        harnesses,
        problems,
    })
}

/// The files to read, what is wrong with the folder, and how many harnesses there are.
fn find(scope: &Scope) -> Result<(Vec<HarnessFile>, Vec<Diagnostic>, usize), Error> {
    if let Some(ids) = scope.selection.exact_ids() {
        let files: Option<Vec<HarnessFile>> = ids
            .iter()
            .map(|id| discover::exact(&scope.dir, id))
            .collect();
        if let Some(mut files) = files {
            files.sort_unstable_by(|a, b| a.id.cmp(&b.id));
            files.dedup();
            let found = files.len();
            return Ok((files, Vec::new(), found));
        }
    }
    let discovery = discover::discover(&scope.dir)?;
    let found = discovery.files.len();
    if discovery.files.is_empty() {
        if discovery.problems.is_empty() {
            return Err(Error::NoHarness(scope.dir.shown.clone().into()));
        }
        return Ok((Vec::new(), discovery.problems, 0));
    }
    let files = scope.selection.files(discovery.files)?;
    // What was not asked for need not be in order.
    let problems = if files.len() == found {
        discovery.problems
    } else {
        Vec::new()
    };
    Ok((files, problems, found))
}

type Parsed = Result<Harness, Vec<Diagnostic>>;

fn parse_all(files: &[HarnessFile], scope: &Scope, jobs: usize) -> Vec<Parsed> {
    let context = Context {
        project: &scope.project,
        documents: &scope.documents,
        overrides: &scope.overrides,
        arguments: &scope.arguments,
    };
    let one = |file: &HarnessFile| {
        let bytes = discover::read(file).map_err(|problem| vec![*problem])?;
        if file.is_script() {
            return Ok(bash::parse(file, &bytes, context));
        }
        parse::parse(&file.id, &file.shown, bytes, context)
    };
    let threads = jobs.min(files.len().div_ceil(CHUNK));
    if threads <= 1 {
        return files.iter().map(one).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done: Vec<(usize, Vec<Parsed>)> = Vec::new();
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= files.len() {
                return done;
            }
            let end = files.len().min(start + CHUNK);
            done.push((start, files[start..end].iter().map(one).collect()));
        }
    };
    let mut chunks = std::thread::scope(|scope| {
        // Where the system has no more threads to give, fewer do it, too.
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).map_while(start).collect();
        let mut chunks = work();
        for other in others {
            // Parsing has no way to panic that tests know of; if it does, the run must not go on.
            chunks.extend(
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        chunks
    });
    chunks.sort_unstable_by_key(|(start, _)| *start);
    chunks.into_iter().flat_map(|(_, parsed)| parsed).collect()
}
