//! clawtest runs the test harnesses of agent operations patterns: declarative checks on config
//! files, workspaces and commands. This crate is everything that touches the outside; values and
//! judgement are in `clawtest-framework`.

pub mod bash;
pub mod cargo_test;
pub mod cli;
pub mod command;
pub mod config;
pub mod discover;
pub mod error;
pub mod filter;
pub mod harness;
pub mod load;
pub mod outcome;
pub mod output;
pub mod process;
pub mod reporter;
pub mod runner;

pub use clawtest_framework as framework;
