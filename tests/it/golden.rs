//! Golden cases: each folder `tests/golden/<area>/<case>/` is one run of `clawtest` with everything
//! that has to come of it.
//!
//! - `harness.toml` becomes the harness `golden/<case>` of a fresh project; a case that needs several
//!   harnesses has a folder `harnesses` instead. Every other file is copied to the project as it is.
//! - `shipped`: a marker; the project has the harnesses and patterns that are shipped, instead.
//! - `root`: the root folder of a host, for `--root root`. Its folders have mode 0755 and its files
//!   0644, but for the lines `MODE PATH` of `modes`. In `etc/passwd` and `etc/group` there, `[UID]` and
//!   `[GID]` are the ids of whoever runs the tests, to whom all of it belongs.
//! - `args`, in the case or for all cases of the area: one argument on each line.
//! - `exit`: the exit status. `expected.pretty`: standard output. `expected.stderr`: standard error.
//!   A stream without a file has to be empty.
//! - `all-formats`: a marker; the reports are compared, too, as `expected.tap`, `.xml` and `.json`.
//!   A report without a file must not be written.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it golden` writes the expected files anew; read what changed.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::project::Project;

mod coverage;

/// The areas; each has a test below.
const AREAS: [&str; 7] = [
    "bash",
    "check",
    "format",
    "harness",
    "malformed",
    "pattern",
    "run",
];

#[test]
fn what_goes_wrong_in_scripts_is_pointed_at() {
    run_area("bash");
}

#[test]
fn every_expectation_says_what_it_finds() {
    run_area("check");
}

#[test]
fn every_format_says_what_its_consumer_would() {
    run_area("format");
}

#[test]
fn everything_that_is_wrong_in_a_harness_is_pointed_at() {
    run_area("harness");
}

#[test]
fn every_wrong_value_is_pointed_at() {
    run_area("malformed");
}

#[test]
fn what_is_wrong_in_published_deployments_is_pointed_at() {
    run_area("pattern");
}

#[test]
fn actions_commands_and_selection_do_what_they_say() {
    run_area("run");
}

#[test]
fn every_area_is_run() {
    let areas = entries(&golden())
        .into_iter()
        .map(|path| file_name(&path))
        .collect::<Vec<_>>();
    assert_eq!(areas, AREAS);
}

/// A golden case: a folder.
#[derive(Debug)]
struct Case {
    area: &'static str,
    name: String,
    folder: PathBuf,
}

/// Copies the shipped harnesses and patterns to a project; the texts of the harnesses.
fn install_shipped(project: &Project) -> Vec<Vec<u8>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["harnesses/gateway", "docs/patterns"] {
        copy(&repository.join(folder), &project.root().join(folder));
    }
    let files = files_below(&repository.join("harnesses/gateway"));
    files
        .iter()
        .filter_map(|file| fs::read(file).ok())
        .collect()
}

/// Whether expected files are to be written anew.
fn is_updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// The folder of all areas.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The cases of an area, sorted by name.
fn cases(area: &'static str) -> Vec<Case> {
    let folders = entries(&golden().join(area))
        .into_iter()
        .filter(|path| file_name(path) != "args");
    let cases: Vec<Case> = folders
        .map(|folder| Case {
            area,
            name: file_name(&folder),
            folder,
        })
        .collect();
    assert!(!cases.is_empty(), "the area `{area}` has no case");
    cases
}

/// Runs all cases of an area and reports everything that differs at once.
fn run_area(area: &'static str) {
    let update = is_updating();
    let problems: Vec<String> = cases(area)
        .iter()
        .filter_map(|case| {
            let problems = case.problems(update);
            let head = format!("tests/golden/{}/{}", case.area, case.name);
            (!problems.is_empty()).then(|| format!("== {head}\n{}", problems.join("\n")))
        })
        .collect();
    let count = problems.len();
    assert!(
        problems.is_empty(),
        "{count} golden cases differ\n{}\nif this is as it should be: UPDATE_GOLDEN=1 cargo test --test it golden",
        problems.join("\n"),
    );
}

impl Case {
    /// Runs the case; everything that is not as expected.
    fn problems(&self, update: bool) -> Vec<String> {
        let project = Project::new();
        let mut problems = self.install(&project);
        let actual = self.outcome(&project);
        if update {
            self.update(&actual);
        }
        for (file, content) in &actual {
            let expected = self.read(file);
            if expected.as_ref() != content.as_ref() {
                problems.push(difference(file, expected.as_deref(), content.as_deref()));
            }
        }
        if !EXPECTED.iter().any(|file| self.read(file).is_some()) {
            problems.push("nothing is expected of it".to_owned());
        }
        problems
    }

    /// Copies the case's files to the project; what cannot be a part of a case is reported.
    fn install(&self, project: &Project) -> Vec<String> {
        let mut problems = Vec::new();
        let mut harnesses = Vec::new();
        let mut inputs = Vec::new();
        for path in entries(&self.folder) {
            let name = file_name(&path);
            match name.as_str() {
                "args" | "exit" | "all-formats" | "modes" => {}
                "shipped" => harnesses.extend(install_shipped(project)),
                "root" => copy(&path, &project.root().join(&name)),
                known if EXPECTED.contains(&known) => {}
                "harness.toml" => {
                    let content = fs::read(&path).expect("the case's harness can be read");
                    project.write(format!("harnesses/golden/{}.toml", self.name), &content);
                    harnesses.push(content);
                }
                "harnesses" => {
                    copy(&path, &project.root().join(&name));
                    let texts = files_below(&path)
                        .into_iter()
                        .filter_map(|file| fs::read(file).ok());
                    harnesses.extend(texts);
                }
                _ => {
                    copy(&path, &project.root().join(&name));
                    inputs.push(name);
                }
            }
        }
        self.make_host(&project.root());
        if harnesses.is_empty() {
            let message = "it has neither `harness.toml` nor a folder `harnesses`, nor `shipped`";
            problems.push(message.to_owned());
        }
        // A file that nothing asks for is one whose name is mistyped.
        let is_named = |name: &str| {
            harnesses
                .iter()
                .any(|text| String::from_utf8_lossy(text).contains(name))
        };
        let unknown = inputs
            .iter()
            .filter(|name| *name != "clawtest.toml" && !is_named(name));
        problems.extend(
            unknown.map(|name| format!("the file `{name}` is not known, and no harness names it")),
        );
        problems
    }

    /// Gives the files of the folder `root` their modes, and this user and group their names.
    fn make_host(&self, project: &Path) {
        let root = project.join("root");
        if !root.is_dir() {
            return;
        }
        let set = |path: &Path, mode| {
            let changed = fs::set_permissions(path, fs::Permissions::from_mode(mode));
            changed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        };
        let own = fs::metadata(&root).expect("the folder has just been made");
        for accounts in ["etc/passwd", "etc/group"] {
            let path = root.join(accounts);
            if let Ok(text) = fs::read_to_string(&path) {
                let text = text.replace("[UID]", &own.uid().to_string());
                let text = text.replace("[GID]", &own.gid().to_string());
                fs::write(&path, text).expect("a file of the host can be written");
            }
        }
        for path in with_all_below(&root) {
            let is_dir = path.is_dir();
            set(&path, if is_dir { 0o755 } else { 0o644 });
        }
        for line in self.read("modes").unwrap_or_default().lines() {
            let (mode, path) = line.split_once(' ').expect("a line is `MODE PATH`");
            let mode = u32::from_str_radix(mode, 8).expect("a mode is octal");
            set(&project.join(path), mode);
        }
    }

    /// Runs the case: each expected file's name, and its content if there should be one.
    fn outcome(&self, project: &Project) -> BTreeMap<&'static str, Option<String>> {
        let reports = [
            ("tap", "expected.tap"),
            ("junit", "expected.xml"),
            ("json", "expected.json"),
        ];
        let path = |format: &str| project.reports().join(format);
        let mut args: Vec<String> = Vec::new();
        for (format, _) in reports {
            args.extend([
                "--report".to_owned(),
                format!("{format}={}", path(format).display()),
            ]);
        }
        let area = self.folder.parent().expect("a case stands in an area");
        for file in [area.join("args"), self.folder.join("args")] {
            args.extend(
                fs::read_to_string(file)
                    .unwrap_or_default()
                    .lines()
                    .map(str::to_owned),
            );
        }
        let ran = project.run(&args);
        let text = |text: &str| Some(project.redact(text)).filter(|text| !text.is_empty());
        let exit = ran.exit.map(|status| format!("{status}\n"));
        let mut outcome: BTreeMap<&'static str, Option<String>> = [
            ("exit", exit),
            ("expected.pretty", text(&ran.stdout)),
            ("expected.stderr", text(&ran.stderr)),
        ]
        .into();
        let is_compared = self.read("all-formats").is_some();
        for (format, file) in reports {
            let report = fs::read_to_string(path(format))
                .ok()
                .filter(|_| is_compared);
            outcome.insert(file, report.as_deref().and_then(text));
        }
        let left = entries(&project.workspaces());
        assert!(
            left.is_empty(),
            "{}/{} left workspaces behind: {left:?}",
            self.area,
            self.name
        );
        outcome
    }

    /// Writes what has changed, and removes expected files that nothing is written to any more.
    fn update(&self, actual: &BTreeMap<&'static str, Option<String>>) {
        for (file, content) in actual {
            let path = self.folder.join(file);
            match content {
                Some(content) if self.read(file).as_ref() != Some(content) => {
                    fs::write(&path, content).expect("an expected file can be written");
                }
                None if path.exists() => {
                    fs::remove_file(&path).expect("an expected file can be removed");
                }
                _ => {}
            }
        }
    }

    /// The text of a file of the case.
    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }
}

/// The files that say what has to come of a case, besides `exit`.
const EXPECTED: [&str; 5] = [
    "expected.json",
    "expected.pretty",
    "expected.stderr",
    "expected.tap",
    "expected.xml",
];

/// How a file differs from what was expected.
fn difference(file: &str, expected: Option<&str>, actual: Option<&str>) -> String {
    let diff = TextDiff::from_lines(expected.unwrap_or_default(), actual.unwrap_or_default());
    let head = match (expected, actual) {
        (None, _) => format!("{file} is not there, and this was written:"),
        (_, None) => format!("{file} is stale: nothing was written"),
        _ => format!("{file} differs:"),
    };
    format!(
        "{head}\n{}",
        diff.unified_diff()
            .context_radius(3)
            .header("expected", "actual")
    )
}

/// The entries of a folder, sorted.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed
        .map(|entry| entry.expect("an entry of a folder").path())
        .collect();
    paths.sort();
    paths
}

/// All files below a folder; links are not followed.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = entries(folder)
        .into_iter()
        .partition(|path| path.is_dir() && !path.is_symlink());
    files.extend(folders.iter().flat_map(|folder| files_below(folder)));
    files
}

/// A folder and all files and folders below it, but links.
fn with_all_below(folder: &Path) -> Vec<PathBuf> {
    let mut paths = vec![folder.to_owned()];
    for path in entries(folder) {
        if path.is_dir() && !path.is_symlink() {
            paths.extend(with_all_below(&path));
        } else if !path.is_symlink() {
            paths.push(path);
        }
    }
    paths
}

/// Copies a file, a link, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    let copied = if let Ok(target) = fs::read_link(from) {
        symlink(target, to)
    } else if from.is_dir() {
        fs::create_dir_all(to).map(|()| {
            for path in entries(from) {
                copy(&path, &to.join(file_name(&path)));
            }
        })
    } else {
        fs::copy(from, to).map(drop)
    };
    copied.unwrap_or_else(|error| {
        panic!(
            "cannot copy {} to {}: {error}",
            from.display(),
            to.display()
        )
    });
}

/// The last component of a path.
fn file_name(path: &Path) -> String {
    let name = path.file_name().and_then(|name| name.to_str());
    name.unwrap_or_else(|| panic!("{} has no readable name", path.display()))
        .to_owned()
}
