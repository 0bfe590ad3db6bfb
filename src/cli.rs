//! The command line as it is typed. What it means, together with the environment and
//! `clawtest.toml`, is [`crate::config::Settings`].

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Runs the test harnesses of agent operations patterns.
#[derive(Debug, Parser)]
#[command(
    name = "clawtest",
    version,
    about,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true,
    after_help = "Exit status: 0 passed, 1 failed, 2 clawtest could not do its job or a check has no verdict, \
4 nothing selected, 130 and 143 interrupted.\nWithout a command, `run` is meant: `clawtest --test gateway/production-deployment`."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `run`, where no command is named.
    #[command(flatten)]
    pub run: RunArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run harnesses (the default)
    Run(Box<RunArgs>),
    /// Show which harnesses would run
    List(Box<ListArgs>),
    /// Report everything that is wrong in harness files, without running them
    Lint(SelectArgs),
    /// Explain a code such as CT103, an expectation such as `contains`, or when a unit is restarted
    Explain(Box<ExplainArgs>),
    /// Look for secrets in files and folders
    Scan(Box<ScanArgs>),
}

/// The options of `scan`.
#[derive(Args, Clone, Debug, Default)]
#[command(
    after_help = "Exit status: 0 no findings, 1 findings, 2 something could not be read or is wrong."
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct ScanArgs {
    /// Files, folders with everything below them, or - for standard input
    #[arg(value_name = "PATH", required_unless_present_any = ["list_rules", "staged", "history"])]
    pub paths: Vec<PathBuf>,
    /// Format of standard output: pretty, json, jsonl, sarif, tap or junit [default: pretty]
    #[arg(long, value_name = "FMT")]
    pub format: Option<String>,
    /// List what is looked for, with the rules of the project
    #[arg(long)]
    pub list_rules: bool,
    /// Look only for this kind of secret, by its code or name (repeatable)
    #[arg(long = "rule", value_name = "ID")]
    pub rules: Vec<String>,
    /// Leave out what ignore files of git name
    #[arg(long)]
    pub gitignore: bool,
    /// Leave out what this glob names, relative to clawtest.toml or else to the working folder
    /// (repeatable); what PATH names is looked at
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Do not show on a terminal how far it is
    #[arg(long)]
    pub no_progress: bool,
    /// Look into archives, too: tar, gzip and zip with all its kin
    #[arg(long)]
    pub archives: bool,
    /// Look at what the next commit will hold, instead of the files; PATH is the repository
    #[arg(long, conflicts_with_all = ["history", "gitignore"])]
    pub staged: bool,
    /// Look at everything that the commits of the repositories at PATH hold, too
    #[arg(long)]
    pub history: bool,
    /// Leave out the findings that are in FILE, and say which of them are gone
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub baseline: Option<PathBuf>,
    /// Write the findings to FILE, for --baseline
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Files that are looked at at the same time [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        env = "CLAWTEST_JOBS",
        hide_env_values = true
    )]
    pub jobs: Option<usize>,
    /// When to use colour
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        env = "CLAWTEST_COLOR",
        hide_env_values = true
    )]
    pub color: Option<Colour>,
    /// Say what was skipped and what was allowed
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
}

/// The options of `explain`.
#[derive(Args, Clone, Debug, Default)]
pub struct ExplainArgs {
    /// A code or the name of an expectation; without it, all of them are listed
    pub topic: Option<String>,
    /// Show when the supervisor starts the program of FILE again, and when it gives up: a unit of
    /// systemd with its drop-ins, a property list of launchd or a Compose file
    #[arg(long, value_name = "FILE", conflicts_with = "topic")]
    pub unit: Option<PathBuf>,
    /// How the program ends: a name such as crash, an exit status, or a signal (repeatable)
    /// [default: configuration, crash, kill, clean-exit and hup]
    #[arg(long = "exit", value_name = "EXIT", requires = "unit")]
    pub exits: Vec<String>,
    /// How long each run of the program lasts [default: 0s]
    #[arg(long, value_name = "TIME", requires = "unit")]
    pub runs: Option<String>,
    /// How long to simulate [default: 10min]
    #[arg(long = "for", value_name = "TIME", requires = "unit")]
    pub time: Option<String>,
    /// The service of a Compose file [default: all of them]
    #[arg(long, value_name = "NAME", requires = "unit")]
    pub service: Option<String>,
    /// The version of systemd whose rules hold, 250 to 257 [default: 252]
    #[arg(long, value_name = "N", requires = "unit")]
    pub systemd_version: Option<String>,
    /// What FILE is, where its name does not say it: systemd-unit, plist or compose
    #[arg(long = "as", value_name = "FORMAT", requires = "unit")]
    pub format: Option<String>,
    /// Write one JSON object
    #[arg(long, requires = "unit")]
    pub json: bool,
}

/// Which harnesses.
#[derive(Args, Clone, Debug, Default)]
pub struct SelectArgs {
    /// Parts of ids, or globs
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Run the harness with this id, CATEGORY/NAME or a glob (repeatable)
    #[arg(long = "test", value_name = "ID", help_heading = "Selection")]
    pub tests: Vec<String>,
    /// Run the harnesses of this category (repeatable)
    #[arg(long = "category", value_name = "NAME", help_heading = "Selection")]
    pub categories: Vec<String>,
    /// Run harnesses and checks with this tag (repeatable)
    #[arg(long = "tag", value_name = "TAG", help_heading = "Selection")]
    pub tags: Vec<String>,
    /// Run only the check with this name; what stands before it is done, too (repeatable)
    #[arg(long = "check", value_name = "NAME", help_heading = "Selection")]
    pub checks: Vec<String>,
    /// Folder of the harnesses [default: `harnesses`, here or above]
    #[arg(
        long,
        value_name = "DIR",
        env = "CLAWTEST_HARNESS_DIR",
        hide_env_values = true
    )]
    pub harness_dir: Option<PathBuf>,
    /// Set a variable of the harnesses (repeatable)
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub vars: Vec<String>,
    /// When to use colour
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        env = "CLAWTEST_COLOR",
        hide_env_values = true
    )]
    pub color: Option<Colour>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set; or if `CLICOLOR_FORCE` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Where a workspace is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum WorkspaceMode {
    /// In memory until something outside needs it
    #[default]
    Auto,
    /// On disk
    Disk,
}

/// The options of `run`.
#[derive(Args, Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct RunArgs {
    /// Which harnesses.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Harnesses that run at the same time [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        env = "CLAWTEST_JOBS",
        hide_env_values = true,
        help_heading = "Running"
    )]
    pub jobs: Option<usize>,
    /// How long one harness may take, such as 90s [default: 5min]
    #[arg(
        long,
        value_name = "TIME",
        env = "CLAWTEST_TIMEOUT",
        hide_env_values = true,
        help_heading = "Running"
    )]
    pub timeout: Option<String>,
    /// How long one command may take where the harness does not say [default: 30s]
    #[arg(
        long,
        value_name = "TIME",
        env = "CLAWTEST_CHECK_TIMEOUT",
        hide_env_values = true,
        help_heading = "Running"
    )]
    pub check_timeout: Option<String>,
    /// Try a harness that did not pass up to N more times; a pass is then called flaky
    #[arg(
        long,
        value_name = "N",
        env = "CLAWTEST_RETRIES",
        hide_env_values = true,
        help_heading = "Running"
    )]
    pub retries: Option<u32>,
    /// Stop at the first harness that does not pass
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub fail_fast: bool,
    /// Keep the workspaces, and say where they are
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub keep: bool,
    /// Let bash harnesses do whatever you can do: no confinement to their workspace, no private network
    #[arg(long, action = ArgAction::SetTrue, help_heading = "Running")]
    pub no_sandbox: bool,
    /// Judge the files of a host instead of fixtures: DIR is `/`, or the root folder of a container or
    /// an image, and is only read; a fixture stands for the file at its `deployed` path
    #[arg(
        long,
        value_name = "DIR",
        env = "CLAWTEST_ROOT",
        hide_env_values = true,
        help_heading = "Running"
    )]
    pub root: Option<OsString>,
    /// Where workspaces are; verdicts do not depend on it
    #[arg(
        long,
        value_enum,
        value_name = "WHERE",
        default_value_t,
        help_heading = "Running"
    )]
    pub workspace: WorkspaceMode,
    /// Format of standard output: pretty, tap, tap14, junit, junit-jenkins, json or jsonl
    #[arg(
        long,
        value_name = "FMT",
        env = "CLAWTEST_FORMAT",
        hide_env_values = true,
        help_heading = "Reports"
    )]
    pub format: Option<String>,
    /// Write a report to a file, too (repeatable)
    #[arg(long = "report", value_name = "FMT=PATH", help_heading = "Reports")]
    pub reports: Vec<String>,
    /// Show every check, also those that passed
    #[arg(short, long, action = ArgAction::SetTrue, help_heading = "Reports")]
    pub verbose: bool,
}

/// The options of `list`.
#[derive(Args, Clone, Debug, Default)]
pub struct ListArgs {
    /// Which harnesses.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Text for a person, or JSON
    #[arg(long, value_enum, value_name = "FMT", default_value_t)]
    pub format: ListFormat,
}

/// How a list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// One line per harness: id, number of checks, title
    #[default]
    Text,
    /// One JSON document
    Json,
}
