//! Settings: what the command line, the environment and `clawtest.toml` mean together. A flag beats
//! the environment, which beats the file.

mod secrets;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clawtest_framework::bre::Reading;
use clawtest_framework::duration;
use clawtest_framework::secret::own::mask_also;
use clawtest_framework::text::{one_of, shell_word, suggest};
use clawtest_framework::vars::is_name;
use clawtest_framework::workspace::HostRoot;
use serde::Deserialize;

use crate::cli::{Colour, RunArgs, SelectArgs, WorkspaceMode};
use crate::discover::HarnessDir;
use crate::error::Error;
use crate::filter::Selection;
use crate::harness::parse::Documents;
use crate::reporter::{FORMATS, FormatSpec, format};
use crate::runner::Options;

pub use secrets::{Allowed, FINGERPRINT_KEY, Secrets, fingerprint_key, parse_fingerprint, today};

/// The name of the configuration file.
pub const CONFIG_FILE: &str = "clawtest.toml";

/// The second is what trees for the bash framework have.
const DEFAULT_HARNESS_DIRS: [&str; 2] = ["harnesses", "test-harnesses"];
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);
const DEFAULT_CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// The PATH of commands: the usual folders of a Unix system, whatever the caller's PATH is.
const COMMAND_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// `clawtest.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ConfigFile {
    harness_dir: Option<PathBuf>,
    root: Option<PathBuf>,
    jobs: Option<usize>,
    timeout: Option<String>,
    check_timeout: Option<String>,
    retries: Option<u32>,
    fail_fast: bool,
    format: Option<String>,
    reports: Vec<String>,
    color: Option<String>,
    vars: BTreeMap<String, String>,
    commands: CommandsConfig,
    bash: BashConfig,
    secrets: secrets::SecretsConfig,
    #[serde(skip)]
    resolved: Secrets,
}

/// `[commands]` in `clawtest.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct CommandsConfig {
    /// Folders in front of the fixed PATH.
    path: Vec<PathBuf>,
    /// Names of environment variables that commands may see.
    env: Vec<String>,
}

/// `[bash]` in `clawtest.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct BashConfig {
    /// How texts of assertions are looked for: `auto`, `bre` or `literal`.
    r#match: Option<String>,
    /// Whether bash harnesses are confined to their workspaces; they are if nothing is said.
    sandbox: Option<bool>,
}

/// Where harnesses are and which are meant.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The folder of the harnesses.
    pub dir: HarnessDir,
    /// The project's folder: what `from` is relative to.
    pub project: PathBuf,
    /// The documents of the project that were read so far.
    pub documents: Arc<Documents>,
    /// Which harnesses.
    pub selection: Selection,
    /// Values of variables from the command line and the configuration file.
    pub overrides: BTreeMap<String, String>,
    /// The names among them that came from the command line: each has to be used.
    pub flag_vars: Vec<String>,
    /// The arguments among those given that decide what a harness is, for a shell.
    pub arguments: Arc<str>,
    /// Whether standard output and standard error get colours.
    pub colour: (bool, bool),
    config: ConfigFile,
}

/// A report file that was asked for.
#[derive(Clone, Debug)]
pub struct ReportTarget {
    /// In which format.
    pub format: &'static FormatSpec,
    /// Where.
    pub path: PathBuf,
}

/// How to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How harnesses are run.
    pub options: Options,
    /// The format of standard output.
    pub format: &'static FormatSpec,
    /// The report files.
    pub reports: Vec<ReportTarget>,
    /// Whether checks that passed are shown.
    pub verbose: bool,
}

impl Scope {
    /// Where harnesses are, for a run: what its arguments say about the run itself is a part of
    /// the command that runs a check again.
    ///
    /// # Errors
    ///
    /// Those of [`Scope::new`].
    pub fn of_run(args: &RunArgs) -> Result<Self, Error> {
        let mut scope = Self::new(&args.select)?;
        if let Some(root) = &args.root {
            let root = shell_word(&root.to_string_lossy());
            scope.arguments = format!("{} --root {root}", scope.arguments).into();
        }
        Ok(scope)
    }

    /// Where harnesses are, from arguments, the environment and the configuration file.
    ///
    /// # Errors
    ///
    /// There is no harness folder, or the arguments or the configuration file are wrong.
    pub fn new(args: &SelectArgs) -> Result<Self, Error> {
        let cwd = std::env::current_dir()
            .map_err(|error| Error::Usage(format!("cannot tell the working folder: {error}")))?;
        let named = args
            .harness_dir
            .as_ref()
            .map(|dir| without_dots(cwd.join(dir)));
        let (config, config_dir) = find_config(named.as_deref().unwrap_or(&cwd))?;
        let path = match (named, &config.harness_dir) {
            (Some(dir), _) => dir,
            (None, Some(dir)) => without_dots(config_dir.as_deref().unwrap_or(&cwd).join(dir)),
            (None, None) => cwd
                .ancestors()
                .flat_map(|folder| DEFAULT_HARNESS_DIRS.map(|name| folder.join(name)))
                .find(|dir| dir.is_dir())
                .ok_or_else(|| Error::NoHarnessDir(cwd.clone()))?,
        };
        if !path.is_dir() {
            let shown = args.harness_dir.clone().unwrap_or(path);
            return Err(Error::MissingHarnessDir(shown));
        }
        let shown_dir = shown(&path, &cwd);
        // Without a configuration file, the project is what holds the harness folder.
        let holder = || match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => path.clone(),
        };
        let project = config_dir.unwrap_or_else(holder);
        let prefix = match shown(&project, &cwd).as_str() {
            "." => String::new(),
            folder => format!("{folder}/"),
        };
        let mut overrides = config.vars.clone();
        let mut flag_vars = Vec::new();
        for var in &args.vars {
            let (name, value) = var
                .split_once('=')
                .filter(|(name, _)| is_name(name))
                .ok_or_else(|| Error::Usage(format!("`--var {var}` is not NAME=VALUE")))?;
            overrides.insert(name.to_owned(), value.to_owned());
            flag_vars.push(name.to_owned());
        }
        let selection = Selection {
            tests: args.tests.clone(),
            filters: args.filters.clone(),
            categories: args.categories.clone(),
            tags: args.tags.clone(),
            checks: args.checks.clone(),
        };
        let wanted = match (args.color, config.color.as_deref()) {
            (Some(colour), _) => colour,
            (None, None | Some("auto")) => Colour::Auto,
            (None, Some("always")) => Colour::Always,
            (None, Some("never")) => Colour::Never,
            (None, Some(other)) => {
                return Err(Error::Config(format!(
                    "{CONFIG_FILE}: `color` is `auto`, `always` or `never`, found `{other}`"
                )));
            }
        };
        let colour = (
            use_colour(wanted, std::io::stdout().is_terminal()),
            use_colour(wanted, std::io::stderr().is_terminal()),
        );
        Ok(Self {
            dir: HarnessDir {
                path,
                shown: shown_dir,
            },
            project,
            documents: Arc::new(Documents::new(prefix)),
            selection,
            overrides,
            flag_vars,
            arguments: arguments(args).into(),
            colour,
            config,
        })
    }
}

/// A path whose parents are those that its text says: `a/b/..` lies in what holds `a`.
fn without_dots(path: PathBuf) -> PathBuf {
    let is_dotted = path.components().any(|part| part == Component::ParentDir);
    // What is not there is said later, in the words that were typed.
    if is_dotted {
        path.canonicalize().unwrap_or(path)
    } else {
        path
    }
}

/// The arguments that decide what a harness is, with a blank before each.
fn arguments(args: &SelectArgs) -> String {
    let dir = args
        .harness_dir
        .iter()
        .map(|dir| ("--harness-dir", dir.to_string_lossy().into_owned()));
    let vars = args.vars.iter().map(|var| ("--var", var.clone()));
    let mut text = String::new();
    for (flag, value) in dir.chain(vars) {
        text.push_str(&format!(" {flag} {}", shell_word(&value)));
    }
    text
}

/// The path as reports show it: relative to the working folder where that is shorter.
pub(crate) fn shown(path: &Path, cwd: &Path) -> String {
    let relative = path.strip_prefix(cwd).unwrap_or(path);
    let text = relative.to_string_lossy();
    let text = text.strip_suffix('/').unwrap_or(&text);
    if text.is_empty() {
        ".".to_owned()
    } else {
        text.to_owned()
    }
}

/// Whether to use colour, by the conventions of no-color.org and bixense.com/clicolors.
pub(crate) fn use_colour(wanted: Colour, is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto
            if std::env::var_os("CLICOLOR_FORCE")
                .is_some_and(|value| !value.is_empty() && value != OsStr::new("0")) =>
        {
            true
        }
        Colour::Auto => {
            is_terminal && std::env::var_os("TERM").is_none_or(|term| term != OsStr::new("dumb"))
        }
    }
}

/// `[secrets]` of the nearest `clawtest.toml` at or above a folder, and the folder that holds it.
///
/// # Errors
///
/// The file cannot be read, or something in it is wrong.
pub fn secrets(from: &Path) -> Result<(Secrets, Option<PathBuf>), Error> {
    let (config, folder) = find_config(from)?;
    Ok((config.resolved, folder))
}

/// The nearest `clawtest.toml` at or above a folder, and the folder that holds it.
fn find_config(from: &Path) -> Result<(ConfigFile, Option<PathBuf>), Error> {
    for folder in from.ancestors() {
        let path = folder.join(CONFIG_FILE);
        let unreadable = |why: &dyn std::fmt::Display| {
            Error::Config(format!("cannot read `{}`: {why}", path.display()))
        };
        match std::fs::metadata(&path) {
            Ok(found) if found.is_file() => {}
            // Opening a FIFO would wait for a writer.
            Ok(_) => return Err(unreadable(&"it is not a regular file")),
            Err(error) if is_absent(&error) => continue,
            Err(error) => return Err(unreadable(&error)),
        }
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
        let not_valid = |why: &dyn std::fmt::Display| {
            Error::Config(format!("`{}` is not valid: {why}", path.display()))
        };
        let mut config: ConfigFile = toml::from_str(&text).map_err(|error| not_valid(&error))?;
        config.resolved = config
            .secrets
            .resolve(&text)
            .map_err(|why| not_valid(&why))?;
        return Ok((config, Some(folder.to_owned())));
    }
    Ok((ConfigFile::default(), None))
}

fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

impl Settings {
    /// How to run, from arguments, the environment and the configuration file.
    ///
    /// # Errors
    ///
    /// Arguments or settings that are wrong.
    pub fn new(args: &RunArgs, scope: &Scope) -> Result<Self, Error> {
        let config = &scope.config;
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let jobs = args.jobs.or(config.jobs).unwrap_or_else(cores);
        if jobs == 0 {
            return Err(Error::Usage(
                "`--jobs 0` runs nothing; the least is 1".to_owned(),
            ));
        }
        let texts = if args.reports.is_empty() {
            &config.reports
        } else {
            &args.reports
        };
        let reports = texts
            .iter()
            .map(|text| report_target(text))
            .collect::<Result<Vec<_>, _>>()?;
        for (at, report) in reports.iter().enumerate() {
            if reports[..at].iter().any(|other| other.path == report.path) {
                return Err(Error::Usage(format!(
                    "two reports go to `{}`",
                    report.path.display()
                )));
            }
        }
        let wanted = args.format.as_ref().or(config.format.as_ref());
        let format = wanted.map_or(Ok(&FORMATS[0]), |name| known_format(name))?;
        let folders = config
            .commands
            .path
            .iter()
            .map(|path| scope.project.join(path).to_string_lossy().into_owned());
        let path: Vec<String> = folders.chain([COMMAND_PATH.to_owned()]).collect();
        let env = config
            .commands
            .env
            .iter()
            .filter_map(|name| Some((name.clone(), std::env::var(name).ok()?)));
        mask_also(&config.resolved.rules);
        let options = Options {
            jobs,
            timeout: time(
                "timeout",
                args.timeout.as_ref(),
                config.timeout.as_ref(),
                DEFAULT_TIMEOUT,
            )?,
            check_timeout: time(
                "check-timeout",
                args.check_timeout.as_ref(),
                config.check_timeout.as_ref(),
                DEFAULT_CHECK_TIMEOUT,
            )?,
            retries: args.retries.or(config.retries).unwrap_or(0),
            fail_fast: args.fail_fast || config.fail_fast,
            keep: args.keep,
            on_disk: args.workspace == WorkspaceMode::Disk,
            sandbox: !args.no_sandbox && config.bash.sandbox.unwrap_or(true),
            root: host(args, scope)?,
            policy: Arc::new(config.resolved.policy()),
            bash_reading: bash_reading(config.bash.r#match.as_deref())?,
            path: path.join(":"),
            env: env.collect(),
            supervisor: crate::process::own_executable(),
        };
        Ok(Self {
            options,
            format,
            reports,
            verbose: args.verbose,
        })
    }
}

/// How harnesses in bash mean the texts that they look for.
fn bash_reading(name: Option<&str>) -> Result<Reading, Error> {
    let Some(name) = name else {
        return Ok(Reading::default());
    };
    Reading::of_name(name).ok_or_else(|| {
        Error::Config(format!(
            "{CONFIG_FILE}: `match` of `[bash]` is `auto`, `bre` or `literal`, found `{name}`"
        ))
    })
}

/// The root folder of the host whose files are judged, if there is one. An empty text stands for
/// none, so that a setting can be taken back.
fn host(args: &RunArgs, scope: &Scope) -> Result<Option<Arc<HostRoot>>, Error> {
    let configured = scope.config.root.as_ref();
    let (path, is_typed) = match (&args.root, configured) {
        (Some(root), _) => (PathBuf::from(root), true),
        (None, Some(root)) => (scope.project.join(root), false),
        (None, None) => return Ok(None),
    };
    let is_none = match configured {
        Some(root) if !is_typed => root.as_os_str().is_empty(),
        _ => path.as_os_str().is_empty(),
    };
    if is_none {
        return Ok(None);
    }
    let wrong = |why: &dyn std::fmt::Display| {
        let path = path.display();
        if is_typed {
            Error::Usage(format!("`--root {path}`: {why}"))
        } else {
            Error::Config(format!("{CONFIG_FILE}: `root`: `{path}`: {why}"))
        }
    };
    if args.keep {
        return Err(wrong(&"there is no workspace that `--keep` could keep"));
    }
    let shown = if is_typed {
        path.to_string_lossy().into_owned()
    } else {
        let cwd = std::env::current_dir().unwrap_or_default();
        shown(&path, &cwd)
    };
    match HostRoot::open(&path, &shown) {
        Ok(root) => Ok(Some(Arc::new(root))),
        Err(error) => Err(match error.kind() {
            std::io::ErrorKind::NotFound => wrong(&"there is no such folder"),
            std::io::ErrorKind::NotADirectory => wrong(&"it is not a folder"),
            _ => wrong(&error),
        }),
    }
}

/// A duration from the command line or the environment, or else from the configuration file.
fn time(
    name: &str,
    typed: Option<&String>,
    configured: Option<&String>,
    default: Duration,
) -> Result<Duration, Error> {
    let Some(text) = typed.or(configured) else {
        return Ok(default);
    };
    duration::parse(text).map_err(|why| {
        if typed.is_some() {
            Error::Usage(format!("`--{name} {text}` is not a duration: {why}"))
        } else {
            Error::Config(format!(
                "{CONFIG_FILE}: `{name} = \"{text}\"` is not a duration: {why}"
            ))
        }
    })
}

fn known_format(name: &str) -> Result<&'static FormatSpec, Error> {
    format(name).ok_or_else(|| {
        let names = || FORMATS.iter().map(|format| format.name);
        let hint = suggest(name, names()).map_or_else(
            || {
                format!(
                    "the formats are {}",
                    one_of(names()).replace(" or ", " and ")
                )
            },
            |meant| format!("did you mean `{meant}`?"),
        );
        Error::Usage(format!("there is no format `{name}`; {hint}"))
    })
}

fn report_target(text: &str) -> Result<ReportTarget, Error> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or_else(|| {
            Error::Usage(format!(
                "`--report {text}` is not FMT=PATH, such as junit=report.xml"
            ))
        })?;
    Ok(ReportTarget {
        format: known_format(format)?,
        path: path.into(),
    })
}
