//! Integration tests, in one binary.

#[cfg(target_os = "linux")]
mod process;
