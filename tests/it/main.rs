//! Integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "what tests share fails like tests")]

mod docs;
mod golden;
#[cfg(target_os = "linux")]
mod process;
mod project;
mod property;
mod reports;
mod tidy;
