//! Markdown by example, and against any text.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Markdown, parse, read};
use crate::document::{Document, Input};

fn document(text: &str) -> Document {
    read(&Input {
        path: "a.md",
        bytes: Arc::from(text.as_bytes()),
        target: &BTreeMap::new(),
        variables: &BTreeMap::new(),
    })
}

fn headings(text: &str) -> Vec<(u8, String)> {
    let headings = parse(text).headings.into_iter();
    headings
        .map(|heading| (heading.level, heading.text))
        .collect()
}

#[test]
fn headings_are_those_of_common_mark() {
    let rows: &[(&str, &[(u8, &str)])] = &[
        (
            "# a\n## b ##\n#c\n####### d\n #\te#\n",
            &[(1, "a"), (2, "b"), (1, "e#")],
        ),
        ("a\n===\nb\n--\n", &[(1, "a"), (2, "b")]),
        ("a\n\n---\n\n- b\n---\n", &[]),
        ("    # a\n", &[]),
        ("```\n# a\n```\n# b\n", &[(1, "b")]),
        ("~~~\n# a\n```\n# b\n", &[]),
        ("````\n```\n# a\n````\n# b", &[(1, "b")]),
        ("> # a\n- # b\n", &[(1, "a"), (1, "b")]),
        (
            "<!--\n# a\n-->\n# b\n<!-- c -->\n# d\n",
            &[(1, "b"), (1, "d")],
        ),
        ("---\ntitle: a\n# b: c\n---\n# d\n", &[(1, "d")]),
        ("\u{feff}# a\r\n", &[(1, "a")]),
        ("> ```\n> # a\n# b\n", &[(1, "b")]),
        ("#\n", &[(1, "")]),
        ("- a\n<!--\n# b\n-->\n", &[]),
    ];
    for (text, expected) in rows {
        let expected: Vec<(u8, String)> = expected
            .iter()
            .map(|(level, text)| (*level, (*text).to_owned()))
            .collect();
        assert_eq!(headings(text), expected, "{text}");
    }
}

#[test]
fn sections_end_at_the_next_heading_of_their_level() {
    let text = "# a\none\n## b\ntwo\n# c\nthree\n";
    let markdown = parse(text);
    let sections = markdown.headings.iter();
    let found: Vec<&str> = sections
        .map(|heading| &text[heading.section.range()])
        .collect();
    assert_eq!(found, ["one\n## b\ntwo\n", "two\n", "three\n"]);
}

#[test]
fn blocks_have_language_path_content_and_section() {
    let rows: &[(&str, &str, Option<&str>, &str)] = &[
        (
            "```ini\n# /etc/a.service\n[U]\n```\n",
            "ini",
            Some("/etc/a.service"),
            "# /etc/a.service\n[U]\n",
        ),
        (
            "```js title=x\n// src/a.js\n```\n",
            "js",
            Some("src/a.js"),
            "// src/a.js\n",
        ),
        (
            "```xml\n<?xml version=\"1.0\"?>\n<!-- ~/a.plist -->\n```\n",
            "xml",
            Some("~/a.plist"),
            "<?xml version=\"1.0\"?>\n<!-- ~/a.plist -->\n",
        ),
        ("```\n; my.ini\n```\n", "", Some("my.ini"), "; my.ini\n"),
        (
            "```Dockerfile\n# syntax=docker/dockerfile:1\n# Dockerfile\n```\n",
            "Dockerfile",
            Some("Dockerfile"),
            "# syntax=docker/dockerfile:1\n# Dockerfile\n",
        ),
        (
            "```json path=/etc/a.json\n{}\n```\n",
            "json",
            Some("/etc/a.json"),
            "{}\n",
        ),
        (
            "~~~ json xpath=b path=\"a b\" c\n# a.json\n~~~\n",
            "json",
            Some("a b"),
            "# a.json\n",
        ),
        (
            "```json path= \n// a.json\n```\n",
            "json",
            Some("a.json"),
            "// a.json\n",
        ),
        (
            "```sh\n#!/bin/sh\n# a/b.sh\n```\n",
            "sh",
            Some("a/b.sh"),
            "#!/bin/sh\n# a/b.sh\n",
        ),
        ("```sh\n# View logs\n```\n", "sh", None, "# View logs\n"),
        (
            "```sh\n# https://a.b/c\n```\n",
            "sh",
            None,
            "# https://a.b/c\n",
        ),
        (
            "- a\n\n  ~~~ yaml\n  x:\n    y\n  ~~~\n",
            "yaml",
            None,
            "x:\n  y\n",
        ),
        ("> ```\n> a\n> ```\n", "", None, "a\n"),
        ("  ```\n   a\n b\n  ```\n", "", None, " a\nb\n"),
        ("```a\r\nb\r\n```\r\n", "a", None, "b\n"),
        ("```\nopen\n", "", None, "open\n"),
    ];
    for (text, language, path, content) in rows {
        let markdown = parse(&format!("# s\n## t\n{text}"));
        let [block] = markdown.blocks.as_slice() else {
            panic!("{text}: {markdown:?}");
        };
        assert_eq!(block.language, *language, "{text}");
        assert_eq!(block.path.as_deref(), *path, "{text}");
        assert_eq!(block.content, *content, "{text}");
        assert_eq!(block.section, [0, 1], "{text}");
        assert_eq!(block.is_closed, *content != "open\n", "{text}");
    }
    let document = document("# a\n```sh\nb\n");
    assert_eq!(document.complaints[0].rule.code, "MD002");
}

#[test]
fn tables_tasks_and_links() {
    let text = "# s\n| A | B |\n|---|:-:|\n| 1 | `a \\| b` |\n| 2 |\n\nx | y\n\
- [ ] one [l](http://a \"t\")\n  - [x] two\n- [X] three\n* [] no\n1. [ ] four\n\n\
![i](p.png) [r][ref] [Ref] [none] `[c](d)` <https://e.f> \\[g](h) [a(b)](c(d))\n\n[ref]: <http://r> 't'\n";
    let document = document(text);
    assert!(document.complaints.is_empty());
    let list = |name: &str| document.root.get(name).unwrap().items().to_vec();
    let tables = list("tables");
    assert_eq!(tables.len(), 1);
    let rows = tables[0].get("rows").unwrap().items();
    assert_eq!(rows[0].get("B").unwrap().as_text(), Some("`a | b`"));
    assert_eq!(rows[1].get("A").unwrap().as_text(), Some("2"));
    assert_eq!(rows.len(), 2);
    assert_eq!(tables[0].get("section").unwrap().as_text(), Some("s"));
    let tasks = parse(text).tasks;
    let found: Vec<(&str, bool)> = tasks
        .iter()
        .map(|task| (&*task.text, task.is_done))
        .collect();
    let expected = [
        ("one [l](http://a \"t\")", false),
        ("two", true),
        ("three", true),
        ("four", false),
    ];
    assert_eq!(found, expected);
    let links = parse(text).links;
    let found: Vec<&str> = links.iter().map(|link| &*link.url).collect();
    let expected = [
        "http://a",
        "p.png",
        "http://r",
        "http://r",
        "https://e.f",
        "c(d)",
    ];
    assert_eq!(found, expected);
    let first = &links[0];
    assert_eq!(&text[first.span.range()], "[l](http://a \"t\")");
}

fn check_spans(text: &str, markdown: &Markdown) -> Result<(), TestCaseError> {
    let headings = markdown.headings.iter().flat_map(|h| [h.span, h.section]);
    let blocks = markdown.blocks.iter().flat_map(|b| [b.span, b.fence]);
    let cells = markdown
        .tables
        .iter()
        .flat_map(|t| t.rows.iter().flatten().chain(&t.header));
    let tables = markdown.tables.iter().map(|t| t.span);
    let tasks = markdown.tasks.iter().map(|t| t.span);
    let links = markdown.links.iter().map(|l| l.span);
    let all = headings.chain(blocks).chain(cells.map(|c| c.span));
    for span in all.chain(tables).chain(tasks).chain(links) {
        prop_assert!(text.get(span.range()).is_some(), "{span:?} {markdown:?}");
    }
    Ok(())
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = vec![
        "# ",
        "## ",
        "a",
        "\n",
        "\n",
        "\n",
        "> ",
        "- ",
        "1. ",
        "  ",
        "    ",
        "\t",
        "```",
        "~~~",
        "|",
        "---",
        "===",
        "[",
        "]",
        "(",
        ")",
        "[ ] ",
        "[x] ",
        "`",
        "<",
        ">",
        "<!--",
        "-->",
        "é",
        "\\",
        "]: ",
        "http://a",
        "![",
        "\r\n",
        "| a | b |\n|---|---|\n",
    ];
    prop_oneof![
        12 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_text_has_spans_inside(pieces in prop::collection::vec(piece(), 0..50)) {
        let text = pieces.concat();
        let markdown = parse(&text);
        check_spans(&text, &markdown)?;
        // Positions in a block are those of the document by this.
        for block in &markdown.blocks {
            let region = &text[block.span.range()];
            prop_assert_eq!(region.lines().count(), block.content.lines().count());
            for (whole, own) in region.lines().zip(block.content.lines()) {
                prop_assert!(whole.trim_end_matches('\r').ends_with(own), "{:?} {:?}", whole, own);
            }
            prop_assert!(block.is_closed || block.end.is_none());
            let inside = block.fence_inside(&text);
            prop_assert!(inside.is_none_or(|span| text.get(span.range()).is_some()));
            block.is_blank();
        }
        document(&text);
    }
}

#[test]
fn hostile_files_are_read_in_bounded_time() {
    for text in [
        "[".repeat(60_000),
        "[a](".repeat(15_000),
        "](".repeat(15_000),
        "[a][".repeat(15_000),
        "`".repeat(60_000),
        (1..600)
            .map(|n| "`".repeat(n))
            .collect::<Vec<_>>()
            .join(" "),
        "> ".repeat(30_000),
        "- ".repeat(30_000),
        format!("{}a\n", "> ".repeat(30)).repeat(3_000),
        "```\n".repeat(15_000),
        "```\n~~~\n".repeat(30_000),
        "<".repeat(60_000),
        "a|b\n-|-\n".repeat(6_000),
        format!(
            "{}\n{}\n{}",
            "|a".repeat(250),
            "|-".repeat(250),
            "|b\n".repeat(15_000)
        ),
        format!(
            "|{}|b|\n|-|-|\n{}",
            "a".repeat(15_000),
            "|b|\n".repeat(6_000)
        ),
        format!("# {}\n{}", "a".repeat(30_000), "- [ ] b\n".repeat(6_000)),
        format!("{}{}", "a |\n".repeat(6_000), "|-|\n".repeat(6_000)),
        "a\n|-|-|\n".repeat(6_000),
        "<!--\n".repeat(15_000),
        "[a]: b\n[a]\n".repeat(6_000),
        "#\n".repeat(60_000),
        "- a\n\n".repeat(40_000),
        "1. ".repeat(60_000),
        "\t".repeat(60_000),
    ] {
        document(&text);
    }
}
