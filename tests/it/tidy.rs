//! Habits of the repository that no compiler checks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clawtest::framework::secret;

/// Direct dependencies: adding one is a reviewed line here and in ARCHITECTURE.md.
const DEPENDENCIES: [&str; 29] = [
    "aho-corasick",
    "annotate-snippets",
    "clap",
    "clawtest-corpus",
    "clawtest-framework",
    "colored",
    "divan",
    "fancy-regex",
    "flate2",
    "globset",
    "ignore",
    "landlock",
    "libtest-mimic",
    "memchr",
    "proptest",
    "quick-xml",
    "regex",
    "rustix",
    "saphyr-parser",
    "serde",
    "serde_json",
    "signal-hook",
    "similar",
    "strsim",
    "tempfile",
    "thiserror",
    "toml",
    "toml_parser",
    "walkdir",
];

/// Most lines of code of a file; more wants a split.
const MAX_CODE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the repository that people write.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_symlink() {
                // Golden cases have links that lead nowhere.
                continue;
            }
            if path.is_dir() {
                if !["target", ".git", "look_alikes"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name != "Cargo.lock" {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 50, "only {} files were found", files.len());
    files
}

fn sources() -> Vec<(PathBuf, String)> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    files()
        .into_iter()
        .filter(is_rust)
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_source_says_what_it_is() {
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//!"),
            "{} does not begin with `//!`",
            path.display()
        );
    }
}

#[test]
fn no_source_is_too_long() {
    for (path, text) in sources() {
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        let count = code.lines().filter(is_code).count();
        let is_test = path.components().any(|part| part.as_os_str() == "tests")
            || path.file_name().is_some_and(|name| name == "tests.rs");
        let max = if is_test { 2 * MAX_CODE } else { MAX_CODE };
        assert!(count <= max, "{} has {count} lines of code", path.display());
    }
}

#[test]
fn the_repository_is_clean_of_secrets_and_machine_paths() {
    // In parts, so that this file does not find itself.
    let machine = [
        ["/wo", "rk/"].concat(),
        ["/ro", "ot/"].concat(),
        ["/fa", "rm/"].concat(),
    ];
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let kinds: Vec<&str> = secret::find(&bytes)
            .iter()
            .map(|found| found.rule.rule.name)
            .collect();
        assert!(kinds.is_empty(), "{} holds {kinds:?}", path.display());
        let text = String::from_utf8_lossy(&bytes);
        for part in &machine {
            assert!(
                !text.contains(part.as_str()),
                "{} names {part}",
                path.display()
            );
        }
    }
}

#[test]
fn only_one_module_is_unsafe() {
    // The lint denies it everywhere; who wants it has to name the lint.
    let lint = ["unsafe", "code"].join("_");
    let has: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains(&lint))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(has, [root().join("framework/src/secret/blocks.rs")]);
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("{lint} = \"deny\"")));
}

#[test]
fn direct_dependencies_are_those_that_are_listed() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let found: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    let listed: BTreeSet<&str> = DEPENDENCIES.into();
    assert_eq!(found, listed);
    let architecture = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = architecture
        .split("## Dependencies")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    for name in listed.iter().filter(|name| !name.starts_with("clawtest-")) {
        let is_there = rows.lines().any(|row| {
            row.split('|')
                .nth(1)
                .is_some_and(|cell| cell.split(',').any(|word| word.trim() == *name))
        });
        assert!(
            is_there,
            "ARCHITECTURE.md does not say why `{name}` is used"
        );
    }
}
