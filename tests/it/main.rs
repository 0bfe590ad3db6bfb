//! Integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "what tests share fails like tests")]

mod archives;
mod bad_input;
mod bash;
mod cargo_tests;
mod cli;
mod corpus;
mod differential;
mod docs;
mod explain;
mod golden;
mod hostile;
#[cfg(target_os = "linux")]
mod hostile_bash;
mod masking;
mod output;
#[cfg(target_os = "linux")]
mod process;
mod program;
mod project;
mod property;
mod reports;
mod root;
mod running;
mod scan;
mod signals;
mod tidy;
