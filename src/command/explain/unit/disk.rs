//! The files around the one that is explained, as they lie on this machine. Links are followed, and
//! only regular files are read.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use clawtest_framework::document::Target;
use clawtest_framework::workspace::MAX_FILE;

/// This machine.
pub(super) struct Disk;

impl Target for Disk {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_absent(error.kind()) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        if metadata.is_dir() {
            return Err("it is a folder".to_owned());
        }
        if !metadata.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut content = Vec::new();
        file.take(MAX_FILE + 1)
            .read_to_end(&mut content)
            .map_err(|error| error.to_string())?;
        if content.len() as u64 > MAX_FILE {
            return Err("it is larger than 64 MiB".to_owned());
        }
        Ok(Some(content.into()))
    }

    fn names(&self, dir: &str) -> Result<Vec<String>, String> {
        let dir = if dir.is_empty() { "." } else { dir };
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) if is_absent(error.kind()) => return Ok(Vec::new()),
            Err(error) => return Err(error.to_string()),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| error.to_string())?;
            names.extend(entry.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn is_masked(&self, path: &str) -> bool {
        let is_null = fs::canonicalize(path).is_ok_and(|to| to == Path::new("/dev/null"));
        is_null || matches!(self.read(path), Ok(Some(bytes)) if bytes.is_empty())
    }
}

fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}
