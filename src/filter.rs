//! Selects harnesses and checks by id, category, tag and name. A filter that matches nothing is an
//! error: a typing mistake must not look like a success.

use clawtest_framework::glob::Glob;
use clawtest_framework::text::suggest;

use crate::discover::HarnessFile;
use crate::error::Error;
use crate::harness::Harness;

/// What was asked for. Filters of one kind are alternatives; kinds narrow each other, but for
/// `tests` and `filters`, which are both about ids.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Exact ids or globs: `--test`.
    pub tests: Vec<String>,
    /// Parts of ids, or globs: positional.
    pub filters: Vec<String>,
    /// Names of categories: `--category`.
    pub categories: Vec<String>,
    /// Tags of harnesses or checks: `--tag`.
    pub tags: Vec<String>,
    /// Exact names of checks: `--check`.
    pub checks: Vec<String>,
}

impl Selection {
    /// The ids of `--test`, if these alone select and none is a glob: then no folder needs reading.
    pub fn exact_ids(&self) -> Option<&[String]> {
        let is_exact = self.filters.is_empty()
            && self.categories.is_empty()
            && !self.tests.is_empty()
            && !self.tests.iter().any(|test| Glob::is_special(test));
        is_exact.then_some(self.tests.as_slice())
    }

    /// The files whose ids are selected.
    ///
    /// # Errors
    ///
    /// A filter that matches nothing, or that is not a glob.
    pub fn files(&self, files: Vec<HarnessFile>) -> Result<Vec<HarnessFile>, Error> {
        let tests = matchers("--test", &self.tests, |id, test| id == test)?;
        let filters = matchers("filter", &self.filters, |id, part| id.contains(part))?;
        let by_id: Vec<IdMatcher<'_>> = tests.into_iter().chain(filters).collect();
        for matcher in &by_id {
            if !files.iter().any(|file| matcher.is_match(&file.id)) {
                let ids = files.iter().map(|file| file.id.as_str());
                return Err(nothing(matcher.what, matcher.text, "harness", ids));
            }
        }
        for category in &self.categories {
            let categories = || {
                files
                    .iter()
                    .filter_map(|file| Some(file.id.split_once('/')?.0))
            };
            if !categories().any(|known| known == category) {
                return Err(nothing("--category", category, "harness", categories()));
            }
        }
        let is_selected = |file: &HarnessFile| {
            let category = file.id.split_once('/').map_or("", |(category, _)| category);
            (by_id.is_empty() || by_id.iter().any(|matcher| matcher.is_match(&file.id)))
                && (self.categories.is_empty()
                    || self.categories.iter().any(|name| name == category))
        };
        let selected: Vec<HarnessFile> = files.into_iter().filter(is_selected).collect();
        if selected.is_empty() {
            Err(Error::NothingInCommon)
        } else {
            Ok(selected)
        }
    }

    /// Whether anything is selected by what stands inside of harness files.
    pub fn looks_inside(&self) -> bool {
        !self.tags.is_empty() || !self.checks.is_empty()
    }

    /// Drops harnesses, and marks checks, by tags and names of checks.
    ///
    /// # Errors
    ///
    /// A tag or a name that matches nothing.
    pub fn checks(&self, harnesses: Vec<Harness>) -> Result<Vec<Harness>, Error> {
        if !self.looks_inside() {
            return Ok(harnesses);
        }
        let tags = || {
            let checks = harnesses.iter().flat_map(|harness| &harness.checks);
            let own = harnesses.iter().flat_map(|harness| &harness.tags);
            own.chain(checks.flat_map(super::harness::Case::tags))
                .map(|tag| &**tag)
        };
        for tag in &self.tags {
            if !tags().any(|known| known == tag) {
                return Err(nothing("--tag", tag, "harness", tags()));
            }
        }
        let names = || {
            harnesses
                .iter()
                .flat_map(|harness| &harness.checks)
                .map(|check| &*check.name)
        };
        // What a script makes of its messages is known when it has run.
        let may_come = |name: &str| {
            harnesses.iter().any(|harness| {
                harness
                    .script
                    .as_ref()
                    .is_some_and(|script| script.may_name(name))
            })
        };
        for name in &self.checks {
            if !names().any(|known| known == name) && !may_come(name) {
                return Err(nothing("--check", name, "check", names()));
            }
        }
        let has_tag = |tags: &[Box<str>]| {
            tags.iter()
                .any(|tag| self.tags.iter().any(|wanted| **wanted == **tag))
        };
        let mut selected = Vec::with_capacity(harnesses.len());
        for mut harness in harnesses {
            let whole = self.tags.is_empty() || has_tag(&harness.tags);
            for check in &mut harness.checks {
                let by_tag = whole || has_tag(check.tags());
                let by_name =
                    self.checks.is_empty() || self.checks.iter().any(|name| **name == *check.name);
                check.is_selected = by_tag && by_name;
            }
            let has_case = harness.checks.iter().any(|check| check.is_selected);
            let wants = harness
                .script
                .as_mut()
                .is_some_and(|script| whole && script.want(&self.checks));
            if has_case || wants {
                selected.push(harness);
            }
        }
        if selected.is_empty() {
            Err(Error::NothingInCommon)
        } else {
            Ok(selected)
        }
    }
}

struct IdMatcher<'a> {
    what: &'static str,
    text: &'a str,
    glob: Option<Glob>,
    literally: fn(&str, &str) -> bool,
}

impl IdMatcher<'_> {
    fn is_match(&self, id: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(id),
            None => (self.literally)(id, self.text),
        }
    }
}

fn matchers<'a>(
    what: &'static str,
    texts: &'a [String],
    literally: fn(&str, &str) -> bool,
) -> Result<Vec<IdMatcher<'a>>, Error> {
    let matcher = |text: &'a String| {
        let glob = if Glob::is_special(text) {
            let glob = Glob::new(text);
            Some(glob.map_err(|why| Error::Usage(format!("{what} `{text}` is not a glob: {why}")))?)
        } else {
            None
        };
        Ok(IdMatcher {
            what,
            text,
            glob,
            literally,
        })
    };
    texts.iter().map(matcher).collect()
}

fn nothing<'a>(
    what: &'static str,
    filter: &str,
    of: &'static str,
    mut known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    let near = suggest(filter, known.clone());
    let meant = near.or_else(|| known.find(|id| id.rsplit('/').next() == Some(filter)));
    let hint = meant.map_or_else(
        || "; `clawtest list` shows what there is".to_owned(),
        |meant| format!("; did you mean `{meant}`?"),
    );
    Error::NothingSelected {
        what,
        filter: filter.to_owned(),
        of,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Selection;
    use crate::discover::HarnessFile;

    fn select(selection: &Selection) -> Result<Vec<String>, String> {
        let ids = [
            "gateway/docker",
            "gateway/production-deployment",
            "soul/docker-voice",
            "soul/tone",
        ];
        let files = ids.map(|id| HarnessFile {
            id: id.into(),
            path: PathBuf::new(),
            shown: String::new(),
            kind: std::fs::metadata(".").unwrap().file_type(),
        });
        match selection.files(files.into()) {
            Ok(files) => Ok(files.into_iter().map(|file| file.id).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ids_are_selected_exactly_by_part_or_by_glob() {
        let tests = |tests: &[&str]| {
            select(&Selection {
                tests: texts(tests),
                ..Selection::default()
            })
        };
        assert_eq!(tests(&["gateway/docker"]).unwrap(), ["gateway/docker"]);
        assert_eq!(
            tests(&["*/doc*"]).unwrap(),
            ["gateway/docker", "soul/docker-voice"]
        );
        let filters = |f: &[&str]| {
            select(&Selection {
                filters: texts(f),
                ..Selection::default()
            })
        };
        assert_eq!(
            filters(&["docker"]).unwrap(),
            ["gateway/docker", "soul/docker-voice"]
        );
        assert_eq!(
            filters(&["tone", "product"]).unwrap(),
            ["gateway/production-deployment", "soul/tone"]
        );
    }

    #[test]
    fn kinds_of_filters_narrow_each_other() {
        let selection = Selection {
            filters: texts(&["docker"]),
            categories: texts(&["soul"]),
            ..Selection::default()
        };
        assert_eq!(select(&selection).unwrap(), ["soul/docker-voice"]);
        let selection = Selection {
            tests: texts(&["soul/tone"]),
            categories: texts(&["gateway"]),
            ..Selection::default()
        };
        assert_eq!(
            select(&selection).unwrap_err(),
            "no harness matches all of the filters"
        );
    }

    #[test]
    fn every_filter_has_to_match_something() {
        let tests = |tests: &[&str]| {
            select(&Selection {
                tests: texts(tests),
                ..Selection::default()
            })
        };
        let error = tests(&["gateway/docker", "gateway/dokcer"]).unwrap_err();
        assert_eq!(
            error,
            "--test `gateway/dokcer` matches no harness; did you mean `gateway/docker`?"
        );
        assert_eq!(
            tests(&["tone"]).unwrap_err(),
            "--test `tone` matches no harness; did you mean `soul/tone`?"
        );
        assert!(tests(&["soul/{"]).unwrap_err().contains("is not a glob"));
        let selection = Selection {
            categories: texts(&["sole"]),
            ..Selection::default()
        };
        assert!(
            select(&selection)
                .unwrap_err()
                .contains("did you mean `soul`?")
        );
    }
}
