//! Where reports go: standard output, and files that appear whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Stdout, Write};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use crate::config::ReportTarget;
use crate::error::{Error, without_name};
use crate::reporter::{Event, Reporter, Style};

/// How long results may wait in the buffer of standard output.
const SHOW_AFTER: Duration = Duration::from_millis(50);

/// The reporters of a run with what they write to.
pub struct Outputs {
    stdout: Option<Box<dyn Reporter>>,
    screen: Shared<Stdout>,
    last_shown: Instant,
    files: Vec<ReportFile>,
    errors: Vec<Error>,
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outputs")
            .field("files", &self.files.len())
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

struct ReportFile {
    path: PathBuf,
    reporter: Option<Box<dyn Reporter>>,
    /// The file under its temporary name and the path that it gets; `None` for a device or FIFO,
    /// which is written to itself.
    pending: Option<(Shared<NamedTempFile>, PathBuf)>,
}

/// A buffer that a reporter writes to and that is still at hand here: a file under its temporary
/// name to rename it when it is complete, standard output to pass on what is there.
struct Shared<W: Write>(Arc<Mutex<Option<BufWriter<W>>>>);

impl<W: Write> Clone for Shared<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.with(|file| file.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.with(Write::flush)
    }
}

impl<W: Write> Shared<W> {
    fn new(writer: W) -> Self {
        Self(Arc::new(Mutex::new(Some(BufWriter::with_capacity(
            1 << 16,
            writer,
        )))))
    }

    fn with<T>(&self, act: impl FnOnce(&mut BufWriter<W>) -> io::Result<T>) -> io::Result<T> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.as_mut()
            .map_or_else(|| Err(io::Error::other("the report is closed")), act)
    }
}

impl Shared<Stdout> {
    /// Passes on what is there, if the last time is a while ago: whoever watches a slow run sees
    /// each result, and a fast run is not held up by writing in small pieces.
    fn show(&self, last: &mut Instant) -> io::Result<()> {
        if last.elapsed() < SHOW_AFTER {
            return Ok(());
        }
        *last = Instant::now();
        self.with(Write::flush)
    }
}

impl Shared<NamedTempFile> {
    /// Gives the file its name.
    fn persist(&self, path: &Path) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = file.take() else {
            return Ok(());
        };
        let file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

impl Outputs {
    /// Opens everything, so that a report that cannot be written is known before anything runs.
    ///
    /// # Errors
    ///
    /// A report file that cannot be made.
    pub fn open(
        stdout: impl FnOnce(Box<dyn Write + Send>) -> Box<dyn Reporter>,
        reports: &[ReportTarget],
        style: Style,
    ) -> Result<Self, Error> {
        let plain = Style {
            colour: false,
            ..style
        };
        let files = reports.iter().map(|report| {
            let (writer, pending) = open(&report.path).map_err(|source| Error::Report {
                path: report.path.clone(),
                source,
            })?;
            let reporter = Some((report.format.make)(writer, plain));
            Ok(ReportFile {
                path: report.path.clone(),
                reporter,
                pending,
            })
        });
        let files = files.collect::<Result<_, Error>>()?;
        let screen = Shared::new(io::stdout());
        let stdout = Some(stdout(Box::new(screen.clone())));
        Ok(Self {
            stdout,
            screen,
            last_shown: Instant::now(),
            files,
            errors: Vec::new(),
        })
    }

    /// Passes an event to every reporter. A reporter that cannot write is left out from then on.
    pub fn event(&mut self, event: &Event<'_>) {
        if let Some(reporter) = &mut self.stdout
            && let Err(error) = reporter
                .event(event)
                .and_then(|()| self.screen.show(&mut self.last_shown))
        {
            self.stdout = None;
            // Whoever reads the output may stop reading; that changes no verdict.
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.errors.push(Error::Stdout(error));
            }
        }
        for file in &mut self.files {
            if let Some(reporter) = &mut file.reporter
                && let Err(source) = reporter.event(event)
            {
                file.reporter = None;
                file.pending = None;
                self.errors.push(Error::Report {
                    path: file.path.clone(),
                    source,
                });
            }
        }
    }

    /// Gives the report files their names, and says what could not be written.
    pub fn finish(mut self) -> Vec<Error> {
        self.stdout = None;
        for file in self.files {
            let is_complete = file.reporter.is_some();
            drop(file.reporter);
            if let Some((pending, path)) = file.pending.filter(|_| is_complete)
                && let Err(source) = pending.persist(&path)
            {
                self.errors.push(Error::Report {
                    path: file.path,
                    source,
                });
            }
        }
        self.errors
    }
}

type Opened = (
    Box<dyn Write + Send>,
    Option<(Shared<NamedTempFile>, PathBuf)>,
);

/// A writer for a report path; for a regular file also the temporary file behind it and the path
/// that it gets when it is complete.
fn open(path: &Path) -> io::Result<Opened> {
    let bytes = path.as_os_str().as_bytes();
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(metadata) if !metadata.is_file() || is_descriptor(path) => {
            // Opened anew, a file would be written from its start.
            let own = match bytes {
                b"/dev/stdout" => Some(io::stdout().as_fd().try_clone_to_owned()?),
                b"/dev/stderr" => Some(io::stderr().as_fd().try_clone_to_owned()?),
                _ => None,
            };
            if let Some(own) = own {
                return Ok((Box::new(BufWriter::new(File::from(own))), None));
            }
            // NONBLOCK: a FIFO that nobody reads is an error, not a wait.
            let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::APPEND;
            let flags = i32::try_from(flags.bits()).unwrap_or(0);
            let file = File::options().write(true).custom_flags(flags).open(path)?;
            rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::APPEND)?;
            return Ok((Box::new(BufWriter::new(file)), None));
        }
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Err(_) if bytes.ends_with(b"/") || bytes.ends_with(b"/.") => {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        _ => {}
    }
    // What a link points to is replaced, not the link.
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let path = if is_link {
        std::fs::canonicalize(path)?
    } else {
        path.to_owned()
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let file = tempfile::Builder::new()
        .prefix(".clawtest-report-")
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(without_name)?;
    let shared = Shared::new(file);
    Ok((Box::new(shared.clone()), Some((shared, path))))
}

/// Whether a path names an open file of this process, as `/dev/stdout` does: that is written to,
/// whatever it is, and never replaced.
fn is_descriptor(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}
