//! The harnesses that clawtest ships, as tests of cargo.

use std::process::ExitCode;

fn main() -> ExitCode {
    clawtest::cargo_test::main("harnesses")
}
