//! What is planted where, one line of JSON for each secret, without the secret: other scanners are
//! judged by it. In the folder `wrong` are tokens that are not to be found.

use std::fmt::Write as _;

use crate::{Class, File, coding};

/// The lines of a set of files. Lines and columns begin with 1; columns and lengths are bytes.
pub fn labels(files: &[File]) -> String {
    let mut lines = String::new();
    for file in files {
        for planted in &file.planted {
            let before = &file.text[..planted.span.start];
            let line = before.split(|byte| *byte == b'\n').count();
            let line_start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let _ = writeln!(
                lines,
                r#"{{"path":"{}","kind":"{}","class":"{}","context":"{}","line":{line},"column":{},"length":{}}}"#,
                coding::json(&file.path),
                planted.kind,
                class(planted.class),
                planted.context,
                1 + planted.span.start - line_start,
                planted.span.len()
            );
        }
    }
    lines
}

/// A class's word.
pub fn class(class: Class) -> &'static str {
    match class {
        Class::Operators => "operators",
        Class::Documented => "documented",
        Class::Named => "named",
    }
}
