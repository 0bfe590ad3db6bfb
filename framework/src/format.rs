//! The parsers of file formats, one file each; all of them keep spans.

pub mod toml;
