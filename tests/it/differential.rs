//! Differential tests against the programs that consume the files.

#![expect(
    clippy::print_stderr,
    reason = "a test whose oracle is missing says so"
)]

mod calendar;
mod compose;
mod env;
mod exposure;
mod grep;
mod ini;
mod json;
mod oracle;
mod plist;
mod restarts;
mod units;
mod yaml;
