//! `from = { document, block }`: a fixture that is a fenced block of a Markdown document, and the
//! documents that were read for it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clawtest_framework::format::markdown::{self, CodeBlock, Markdown};
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::reading::{Reading, Text};
use clawtest_framework::source::{Masked, Origin, Source, Span};
use clawtest_framework::text::{plural, suggest};
use clawtest_framework::value::{Key, Table, Value};
use clawtest_framework::workspace::read_file;

use super::{Context, names, required_text, unknown_keys, whole};
use crate::harness::rules::{BLOCK_TWICE, BROKEN_BLOCK, MISSING_SOURCE, NO_BLOCK};
use crate::harness::schema;

/// Most blocks that a message lists.
const MAX_LISTED: usize = 12;

/// The documents of a project that were read: each once, however many harnesses take from it.
#[derive(Debug, Default)]
pub struct Documents {
    /// What reports put in front of a path of the project: nothing, or a folder with its `/`.
    prefix: String,
    read: Mutex<HashMap<WorkspacePath, Arc<Loaded>>>,
}

/// A document that was read.
#[derive(Debug)]
struct Loaded {
    /// What is in it, or why that is not known.
    content: Result<Arc<[u8]>, String>,
    markdown: OnceLock<Markdown>,
}

impl Documents {
    /// The documents of a project. The argument is what reports put in front of a path of it: nothing,
    /// or a folder with its `/`.
    pub fn new(prefix: String) -> Self {
        Self {
            prefix,
            read: Mutex::default(),
        }
    }

    fn load(&self, project: &Path, path: &WorkspacePath) -> Arc<Loaded> {
        let lock = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return Arc::clone(known);
        }
        let content = read_file(project, path).map_err(|why| why.to_string());
        let loaded = Arc::new(Loaded {
            content,
            markdown: OnceLock::new(),
        });
        // Another thread may have been faster; all of them go on with the same one.
        Arc::clone(lock().entry(path.clone()).or_insert(loaded))
    }

    /// Why a file of the project cannot be read; `None` if it can.
    pub(super) fn obstacle(&self, project: &Path, path: &WorkspacePath) -> Option<String> {
        self.load(project, path).content.as_ref().err().cloned()
    }
}

/// What a fixture holds.
pub(super) struct Content {
    pub(super) bytes: Arc<[u8]>,
    /// The document that it was taken from, if it was.
    pub(super) origin: Option<Arc<Origin>>,
}

impl From<Arc<[u8]>> for Content {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self {
            bytes,
            origin: None,
        }
    }
}

/// The content of a block and the place where it stands; what is wrong is reported.
pub(super) fn read(
    reading: &mut Reading<'_>,
    (key, value): (&Key, &Value),
    table: &Table,
    context: Context<'_>,
) -> Option<Content> {
    unknown_keys(reading, table, "`from`", names(schema::FROM));
    let owner = ("`from`", whole(key, value));
    let document = required_text(reading, table, owner, "document");
    let block = required_text(reading, table, owner, "block");
    let (document, block) = (document?, block?);
    let path = project_path(reading, "document", &document)?;
    let loaded = context.documents.load(context.project, &path);
    let text = loaded.content.as_ref().map_err(String::as_str);
    let text = text.and_then(|bytes| match str::from_utf8(bytes) {
        Ok(text) if text.len() <= markdown::MAX_SIZE => Ok(text),
        Ok(_) => Err("it is larger than 16 MiB"),
        Err(_) => Err("it is not UTF-8"),
    });
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            unreadable(reading, &path, document.span, why);
            return None;
        }
    };
    let markdown = loaded.markdown.get_or_init(|| markdown::parse(text));
    let shown = format!("{}{path}", context.documents.prefix);
    let masked = Masked::default();
    let source = Source::new(&shown, text.as_bytes()).keeping(&masked);
    let found = find(reading, &block, markdown, (text, source))?;
    let first_line = source.position(found.span.start).line;
    let lines = text.get(found.span.range()).unwrap_or_default();
    let lines = lines.lines().zip(found.content.lines());
    let origin = Origin::new(shown.as_str(), first_line, lines);
    Some(Content {
        bytes: found.content.as_bytes().into(),
        origin: Some(Arc::new(origin)),
    })
}

/// A path of the project.
pub(super) fn project_path(
    reading: &mut Reading<'_>,
    key: &str,
    text: &Text,
) -> Option<WorkspacePath> {
    let path = WorkspacePath::new(&text.value);
    path.map_err(|why| {
        let why = why.replace("the workspace", "the project");
        reading.invalid(key, text.span, format!("the path {why}"));
    })
    .ok()
}

/// Reports a file of the project that cannot be read.
pub(super) fn unreadable(
    reading: &mut Reading<'_>,
    path: &WorkspacePath,
    span: Span,
    why: impl std::fmt::Display,
) {
    let message = format!("cannot read `{path}`: {why}");
    let problem = reading.report(&MISSING_SOURCE, span, message, "cannot be read");
    problem
        .help
        .push("paths are relative to the project's folder, which holds the harness folder".into());
}

/// The one block of a path, if nothing is wrong with it.
fn find<'m>(
    reading: &mut Reading<'_>,
    wanted: &Text,
    markdown: &'m Markdown,
    (text, source): (&str, Source<'_>),
) -> Option<&'m CodeBlock> {
    let name = &*wanted.value;
    let named = |block: &&CodeBlock| block.path.as_deref() == Some(name);
    let mut blocks = markdown.blocks.iter().filter(named);
    let Some(block) = blocks.next() else {
        no_block(reading, wanted, markdown, (text, source));
        return None;
    };
    if let Some(second) = blocks.next() {
        let message = format!("two blocks of `{}` are `{name}`", source.name);
        let problem = reading.report(&BLOCK_TWICE, wanted.span, message, "which of the two?");
        *problem = problem
            .clone()
            .label(source.excerpt(block.fence), "the first one")
            .label(source.excerpt(second.fence), "the second one")
            .help("give each block a path of its own");
        return None;
    }
    let (message, place, label) = if block.end.is_none() {
        let message = format!("the block `{name}` of `{}` is not closed", source.name);
        (message, block.fence, "opened here, and closed nowhere")
    } else if block.is_blank() {
        let message = format!("the block `{name}` of `{}` is empty", source.name);
        (message, block.fence, "nothing but its path is in it")
    } else if let Some(place) = block.fence_inside(text) {
        let message = format!("the block `{name}` of `{}` holds another one", source.name);
        (message, place, "opened while the block is still open")
    } else {
        return Some(block);
    };
    let problem = reading.report(&BROKEN_BLOCK, wanted.span, message, "");
    *problem = problem.clone().label(source.excerpt(place), label);
    None
}

fn no_block(
    reading: &mut Reading<'_>,
    wanted: &Text,
    markdown: &Markdown,
    (text, source): (&str, Source<'_>),
) {
    let name = &*wanted.value;
    let message = format!("`{}` has no block `{name}`", source.name);
    let mut paths: Vec<&str> = markdown
        .blocks
        .iter()
        .filter_map(|block| block.path.as_deref())
        .collect();
    let others = markdown.blocks.len() - paths.len();
    paths.sort_unstable();
    paths.dedup();
    let is_end = |path: &&&str| {
        let (long, short) = if path.len() > name.len() {
            (**path, name)
        } else {
            (name, **path)
        };
        let rest = long.strip_suffix(short.trim_start_matches('/'));
        rest.is_some_and(|rest| rest.ends_with('/'))
    };
    let meant = paths.iter().find(is_end).copied();
    let meant = meant.or_else(|| suggest(name, paths.iter().copied()));
    let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
    let more = paths.len().saturating_sub(MAX_LISTED);
    paths.truncate(MAX_LISTED);
    let listed = match (paths.is_empty(), others) {
        (true, 0) => "it has no code blocks between fences".to_owned(),
        (true, _) => format!("it has {} without a path", plural(others, "block")),
        (false, _) => {
            let mut listed = format!("its blocks are `{}`", paths.join("`, `"));
            if more > 0 {
                listed.push_str(&format!(" and {more} more"));
            }
            if others > 0 {
                listed.push_str(&format!("; {} without a path", plural(others, "block")));
            }
            listed
        }
    };
    // A block that is not closed may have swallowed the one that is meant.
    let mut blocks = markdown.blocks.iter();
    let around = blocks.find(|block| {
        block.content.contains(name) && (block.end.is_none() || block.fence_inside(text).is_some())
    });
    let problem = reading.report(&NO_BLOCK, wanted.span, message, "no such block");
    if let Some(around) = around {
        let excerpt = source.excerpt(around.fence);
        *problem = problem
            .clone()
            .label(excerpt, "not closed, and the path stands in it");
    }
    problem.help.extend(meant);
    problem.help.push(listed);
    problem.help.push(
        "a block's path is a comment in its first line, or `path=…` behind its language".into(),
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clawtest_framework::judge::judge_path;
    use clawtest_framework::source::{Source, Span};
    use clawtest_framework::workspace::Workspace;

    use super::super::{Context, parse};
    use super::Documents;
    use crate::harness::Harness;

    /// Reads a harness with one fixture, the block `/a.conf` of a document.
    fn harness(document: &str) -> Result<Harness, Vec<String>> {
        with_check(document, "file = 'a.conf'\nexists = true\n")
    }

    fn with_check(document: &str, check: &str) -> Result<Harness, Vec<String>> {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join("d.md"), document).unwrap();
        let from = "[files.'a.conf']\nfrom = { document = 'd.md', block = '/a.conf' }\n";
        let text = format!("{from}[[check]]\nname = 'x'\n{check}");
        let context = Context {
            project: project.path(),
            documents: &Documents::new("some/project/".to_owned()),
            overrides: &BTreeMap::new(),
            arguments: &"".into(),
        };
        let problems = |problems: Vec<clawtest_framework::diagnostic::Diagnostic>| {
            let codes = problems.iter().map(|problem| problem.rule.code.to_owned());
            codes.collect()
        };
        parse("a/b", "h.toml", text.into_bytes(), context).map_err(problems)
    }

    #[test]
    fn each_line_of_a_block_stands_where_it_stands_in_the_document() {
        let documents = [
            "```ini\n# /a.conf\none\nwanted\n```\n",
            "# a\r\n\r\n```ini\r\n# /a.conf\r\none\r\nwanted\r\n```\r\n",
            "\u{feff}---\ntitle: x\n---\n\n~~~\n# /a.conf\n\n\nwanted\n~~~\n",
            "- a\n\n  - b\n\n    ```ini\n    # /a.conf\n\n    wanted\n    ```\n",
            "1. a\n\n\t```ini\n\t# /a.conf\n\twanted\n\t```\n",
            "> > ```ini\n> > # /a.conf\n> >\n> > wanted\n> > ```\n",
            "  ```ini\n  # /a.conf\n wanted\n  ```\n",
            "```xml\n<?xml version=\"1.0\"?>\n<!-- /a.conf -->\nwanted\n```\n",
            "```Dockerfile\n# syntax=docker/dockerfile:1\n# /a.conf\nwanted\n```\n",
            "Ünï\n```json path=/a.conf\nwanted\n```\n",
            "```ini\n# /b.conf\n```\n```json title=x path=\"/a.conf\"\nwanted\n```\n",
        ];
        for document in documents {
            let harness = harness(document).unwrap_or_else(|codes| panic!("{document}: {codes:?}"));
            let fixture = &harness.fixtures[0];
            let at = memchr::memmem::find(&fixture.content, b"wanted").unwrap();
            let source =
                Source::new("a.conf", &fixture.content).taken_from(fixture.origin.as_deref());
            let excerpt = source.excerpt(Span::new(at, at + 6));
            let whole = Source::new("d.md", document.as_bytes());
            let expected = whole.position(document.find("wanted").unwrap());
            let found = (excerpt.path.as_str(), excerpt.line, excerpt.column);
            let expected = ("some/project/d.md", expected.line, expected.column);
            assert_eq!(found, expected, "{document}");
            assert_eq!(excerpt.text, "wanted", "{document}");
            assert_eq!(excerpt.end_column, expected.2 + 6, "{document}");
        }
    }

    #[test]
    fn a_secret_is_masked_and_shown_in_the_document() {
        // In parts, so that no scanner finds it here.
        let token = ["123456789:AA", "F4k3T0k3nF4k3T0k3nF4k3T0k3nF4k3T0"].concat();
        let document = format!("# T\n\n- ```sh\n  # /a.conf\n  TOKEN={token}\n  ```\n");
        for subject in ["file = 'a.conf'", "dir = '.'", "glob = '*'"] {
            let harness = with_check(&document, &format!("{subject}\nno_secrets = true\n"));
            let harness = harness.unwrap();
            let workspace = Workspace::new(&harness.fixtures);
            let check = &harness.checks[0];
            let source = harness.source();
            let found = judge_path(source, &workspace, &check.subject, &check.expectations);
            let [problem] = found.as_slice() else {
                panic!("{subject}: {found:?}");
            };
            let excerpt = &problem.labels[1].excerpt;
            let place = (excerpt.path.as_str(), excerpt.line, excerpt.column);
            assert_eq!(place, ("some/project/d.md", 5, 9), "{subject}");
            let is_masked = excerpt.text.contains("***") && !excerpt.text.contains("F4k3");
            assert!(is_masked, "{subject}: {}", excerpt.text);
        }
    }

    #[test]
    fn a_block_that_is_no_whole_file_is_refused() {
        let rows = [
            ("", "CT022"),
            ("# /a.conf\n", "CT022"),
            ("```\n# a.conf\nx\n```\n", "CT022"),
            ("```\n# see /a.conf\nx\n```\n", "CT022"),
            ("```\nx\n# /a.conf\n```\n", "CT022"),
            ("```json path=/a.conf.bak\nx\n```\n", "CT022"),
            ("```json path=\"/a.conf\nx\n```\n", "CT022"),
            ("```ini path=/b.conf\n# /a.conf\nx\n```\n", "CT022"),
            (
                "```\n# /a.conf\n1\n```\n~~~ x path=/a.conf\n2\n~~~\n",
                "CT023",
            ),
            ("```\n# /a.conf\n```\n", "CT024"),
            ("```\n#!/bin/sh\n# /a.conf\n \n\t\n```\n", "CT024"),
            ("```json path=/a.conf\n\n```\n", "CT024"),
            ("```\n# /a.conf\nx\n", "CT024"),
            ("- ```\n  # /a.conf\n  x\n```\n", "CT024"),
            ("> ```\n> # /a.conf\n> x\n\ny\n", "CT024"),
            ("```\n# /a.conf\nx\n\n```ini\ny\n```\n", "CT024"),
        ];
        for (document, code) in rows {
            assert_eq!(harness(document).unwrap_err(), [code], "{document}");
        }
        let whole = [
            "````md\n<!-- /a.conf -->\n```ini\nx\n```\n````\n",
            "```\n# /a.conf\n    ```ini\n```\n",
            "~~~\n# /a.conf\n```ini\n~~~\n",
        ];
        for document in whole {
            harness(document).unwrap_or_else(|codes| panic!("{document}: {codes:?}"));
        }
    }
}
