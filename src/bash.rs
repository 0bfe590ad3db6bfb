//! Harnesses in bash, as they were written for the bash framework: they run unmodified, in a private
//! copy of their tree, and their assertions are judged here. `helpers/` is what they see.

use std::path::Path;

use crate::discover::HarnessFile;
use crate::harness::Harness;
use crate::harness::parse::Context;

mod protocol;
mod record;
mod rules;
pub mod script;
mod session;
mod shadow;
mod verdict;

pub use rules::{BOTH_FORMS, RULES};
pub(crate) use session::run;

use script::Script;

/// The end of the name of a harness in bash.
pub const EXTENSION: &str = ".sh";

/// Folders of a tree of bash harnesses that are no categories.
pub const NO_CATEGORIES: &[&str] = &["framework", "corpus", "results"];

/// The harness that a script is. Nothing can be wrong with it before it runs.
pub fn parse(file: &HarnessFile, bytes: &[u8], context: Context<'_>) -> Harness {
    let category = file.path.parent().unwrap_or(Path::new("."));
    let tree = category.parent().unwrap_or(Path::new("."));
    let tree = tree.canonicalize().unwrap_or_else(|_| tree.to_owned());
    let name = file.path.file_name().unwrap_or_default();
    let script = Script::new(bytes, tree, name.to_string_lossy().into_owned());
    let mut harness = Harness::of_script(&file.id, &file.shown, script);
    harness.arguments = std::sync::Arc::clone(context.arguments);
    harness
}
