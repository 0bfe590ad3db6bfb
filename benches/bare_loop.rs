//! The floor that clawtest is measured against: only the system calls that a runner with one
//! on-disk workspace for each harness cannot avoid, and a process that does nothing at all.
//! It parses nothing, checks nothing and reports nothing but how many workspaces it made.
//!
//! ```text
//! bare_loop empty
//! bare_loop disk COUNT FOLDER FIXTURE [--threads THREADS]
//! ```

use std::env;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: bare_loop empty | disk COUNT FOLDER FIXTURE [--threads THREADS]";

fn main() -> ExitCode {
    // Read lazily and left at once, so that `empty` costs what starting any process costs.
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some("empty") {
        return ExitCode::SUCCESS;
    }
    match disk(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do about an unwritable standard error.
            let _ = writeln!(io::stderr(), "bare_loop: {error}");
            ExitCode::FAILURE
        }
    }
}

fn disk(arguments: &[String]) -> Result<()> {
    let (count, folder, fixture, threads) = match arguments {
        [mode, count, folder, fixture] if mode == "disk" => (
            count,
            folder,
            fixture,
            thread::available_parallelism()?.get(),
        ),
        [mode, count, folder, fixture, flag, threads] if mode == "disk" && flag == "--threads" => {
            (count, folder, fixture, threads.parse()?)
        }
        _ => return Err(USAGE.into()),
    };
    let count: usize = count.parse()?;
    let fixture = fs::read(fixture)?;
    let folder = Path::new(folder);
    let next = AtomicUsize::new(0);
    let threads = threads.max(1);

    let made = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let (next, fixture) = (&next, &fixture);
                scope.spawn(move || work(worker, next, count, folder, fixture))
            })
            .collect();
        let mut made = 0;
        for worker in workers {
            made += worker.join().map_err(|_| "a worker panicked")??;
        }
        Ok::<usize, Box<dyn Error + Send + Sync>>(made)
    })?;
    writeln!(io::stdout(), "workspaces {made}")?;
    Ok(())
}

/// Makes workspaces until `count` have been handed out, and returns how many this worker made.
fn work(
    worker: usize,
    next: &AtomicUsize,
    count: usize,
    folder: &Path,
    fixture: &[u8],
) -> Result<usize> {
    // Two threads that create entries in one folder wait for each other on that folder's lock. A
    // floor must not include a wait that a good runner avoids, so each worker has its own parent.
    let parent = folder.join(format!("bare-{}-{worker}", std::process::id()));
    fs::create_dir(&parent)?;
    let mut buffer = vec![0; fixture.len() + 1];
    let mut made = 0;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= count {
            break;
        }
        workspace(&parent.join(format!("w{number}")), fixture, &mut buffer)?;
        made += 1;
    }
    fs::remove_dir(&parent)?;
    Ok(made)
}

/// One workspace's whole life: made, filled, read back, removed.
fn workspace(workspace: &Path, fixture: &[u8], buffer: &mut [u8]) -> Result<()> {
    let memory = workspace.join("memory");
    let file = workspace.join("openclaw-gateway.service");
    fs::create_dir(workspace)?;
    fs::create_dir(&memory)?;

    let mut created = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&file)?;
    created.write_all(fixture)?;
    drop(created);

    let mut opened = File::open(&file)?;
    let length = opened.metadata()?.len();
    let read = opened.read(buffer)?;
    drop(opened);
    // A loop that read something else than it wrote would be the floor of another job.
    if length != fixture.len() as u64 || &buffer[..read] != fixture {
        return Err("the fixture was not read back as it was written".into());
    }

    fs::remove_file(&file)?;
    fs::remove_dir(&memory)?;
    fs::remove_dir(workspace)?;
    Ok(())
}
