//! Values and judgement of clawtest: documents with spans, checks, secret detection, diagnostics
//! and the view of a workspace. Nothing here prints, reads the clock or the environment, or
//! starts a process, except the thin [`mod@assert`] API for `#[test]`.

pub mod assert;
pub mod bre;
pub mod check;
pub mod command;
pub mod diagnostic;
pub mod document;
pub mod duration;
pub mod format;
pub mod glob;
pub mod judge;
mod linux_signal;
pub mod path;
pub mod query;
pub mod reading;
pub mod render;
pub mod restart;
pub mod scale;
pub mod secret;
pub mod size;
pub mod source;
pub mod supervised;
pub mod text;
pub mod value;
pub mod vars;
pub mod workspace;
