//! What the documents say is what the program does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clawtest::command::all_rules;
use clawtest::framework::check::{CHECKS, COMPANIONS, SubjectKind};
use clawtest::framework::format;
use clawtest::harness::schema;
use clawtest::outcome::Status;
use clawtest::reporter::FORMATS;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn readme() -> String {
    std::fs::read_to_string(project("README.md")).unwrap()
}

#[test]
fn the_exit_statuses_are_those_of_the_code() {
    let readme = readme();
    for (status, meaning) in Status::ALL {
        let row = format!("| {} | {meaning} |", status.code());
        assert!(readme.contains(&row), "README lacks the row\n{row}");
    }
    let codes: BTreeSet<u8> = Status::ALL
        .iter()
        .map(|(status, _)| status.code())
        .collect();
    assert_eq!(codes.len(), Status::ALL.len());
}

#[test]
fn every_format_expectation_subject_and_key_stands_in_readme() {
    let readme = readme();
    let formats = FORMATS.iter().map(|format| format.name);
    let expectations = CHECKS.iter().map(|spec| spec.key);
    let subjects = SubjectKind::ALL.into_iter().map(SubjectKind::key);
    let tables = [
        schema::HARNESS,
        schema::FILE,
        schema::FROM,
        schema::CHECK,
        schema::ACTION,
    ];
    let keys = tables.into_iter().flatten().map(|spec| spec.key);
    let optional = ["pattern"];
    for name in formats.chain(expectations).chain(subjects).chain(keys) {
        let is_there = [
            format!("`{name}`"),
            format!("`{name} ="),
            format!("{name} = "),
            format!("{{ {name}"),
            format!("[{name}"),
        ];
        let is_there =
            is_there.iter().any(|form| readme.contains(form)) || optional.contains(&name);
        assert!(is_there, "README does not mention `{name}`");
    }
}

#[test]
fn every_file_format_has_its_row() {
    let readme = readme();
    for format in format::FORMATS {
        let files = format.files.replace("none", "only by `format`");
        let row = format!("| `{}` | {files} | {} |", format.name, format.summary);
        assert!(readme.contains(&row), "README lacks the row\n{row}");
    }
    let guide = std::fs::read_to_string(project("docs/formats.md")).unwrap();
    for format in format::FORMATS {
        let has_section = guide
            .lines()
            .filter(|line| line.starts_with("## "))
            .any(|line| line.contains(&format!("`{}`", format.name)));
        assert!(
            has_section,
            "docs/formats.md says nothing of {}",
            format.name
        );
    }
    for companion in COMPANIONS {
        let named = format!("`{}", companion.key);
        assert!(readme.contains(&named), "README lacks {named}");
    }
}

#[test]
fn every_helper_of_the_bash_framework_has_its_row() {
    let readme = readme();
    let source = std::fs::read_to_string(project("framework/src/assert.rs")).unwrap();
    let helpers: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
        .filter(|name| !matches!(*name, "is_program_on" | "assert_no_secrets_but"))
        .collect();
    assert_eq!(helpers.len(), 17, "{helpers:?}");
    for helper in helpers {
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{helper}")));
        let row = row.unwrap_or_else(|| panic!("README has no row for `{helper}`"));
        assert!(row.matches(helper).count() >= 2, "{row}");
    }
}

#[test]
fn every_rule_explains_itself() {
    let mut names = BTreeSet::new();
    for rule in all_rules() {
        assert!(
            rule.explain.len() > 40 || rule.code == "CT005",
            "{} explains nothing",
            rule.code
        );
        assert!(rule.explain.ends_with('.'), "{}", rule.code);
        assert!(names.insert(rule.name), "two rules are named {}", rule.name);
        let is_kebab = rule
            .name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(is_kebab, "{}", rule.name);
    }
}

#[test]
fn the_harness_in_readme_passes_and_then_fails_as_it_says() {
    let readme = readme();
    let blocks = readme
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let harness = blocks
        .into_iter()
        .find(|block| block.starts_with("title = "))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harnesses/gateway/env.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let run = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clawtest"));
        let output = command
            .arg("gateway/env")
            .current_dir(folder.path())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (code, text) = run(harness);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = run(&harness.replacen("mode = \"0600\"", "mode = \"0644\"", 1));
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("`gateway.env` has mode 0644, expected 0600"),
        "{text}"
    );
}
