//! What a check looks at, opened, and the text that its expectations read. Nothing is judged here.

use std::cell::OnceCell;
use std::sync::Arc;

use super::Stream;
use crate::command::CommandOutput;
use crate::diagnostic::Diagnostic;
use crate::judge;
use crate::path::WorkspacePath;
use crate::source::{Excerpt, Masked, Source, Span};
use crate::workspace::Workspace;

/// What a check looks at, opened.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Nothing is at the path.
    Nothing(&'a WorkspacePath),
    /// A regular file.
    File(&'a WorkspacePath),
    /// A folder.
    Dir(&'a WorkspacePath),
    /// A command that has ended.
    Command(&'a CommandOutput),
}

/// Everything that an expectation may look at.
#[derive(Debug)]
pub struct Observed<'a> {
    /// The text of the harness, for labels.
    pub harness: Source<'a>,
    /// The workspace, for the paths that an expectation names itself.
    pub workspace: &'a Workspace,
    /// The subject.
    pub seen: Seen<'a>,
    content: OnceCell<Option<Arc<[u8]>>>,
    /// The masked content or standard output, and the masked standard error.
    masked: [Masked; 2],
}

/// A text that an expectation reads.
#[derive(Clone, Copy, Debug)]
pub struct Readable<'a> {
    /// Name and bytes.
    pub source: Source<'a>,
    /// Whether there was more than could be kept.
    pub is_truncated: bool,
}

impl<'a> Observed<'a> {
    /// A subject with what belongs to it.
    pub fn new(harness: Source<'a>, workspace: &'a Workspace, seen: Seen<'a>) -> Self {
        Self {
            harness,
            workspace,
            seen,
            content: OnceCell::new(),
            masked: Default::default(),
        }
    }

    /// The place in the harness that demands something.
    pub fn demand(&self, span: Span) -> Excerpt {
        self.harness.excerpt(span)
    }

    /// The path of a file or folder; `None` for a command.
    pub fn path(&self) -> Option<&'a WorkspacePath> {
        match self.seen {
            Seen::Nothing(path) | Seen::File(path) | Seen::Dir(path) => Some(path),
            Seen::Command(_) => None,
        }
    }

    /// What the subject's text is called in a sentence.
    pub fn name(&self, stream: Stream) -> String {
        match (&self.seen, stream) {
            (Seen::Nothing(path) | Seen::File(path) | Seen::Dir(path), _) => {
                format!("`{}`", self.workspace.shown(path))
            }
            (Seen::Command(_), Stream::Stderr) => "standard error".to_owned(),
            (Seen::Command(_), _) => "standard output".to_owned(),
        }
    }

    /// The content of the subject, if it is a file that can be read.
    pub(super) fn bytes(
        &self,
        path: &WorkspacePath,
        span: Span,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Arc<[u8]>> {
        let content = self.content.get_or_init(|| {
            let read = self.workspace.read(path);
            read.map_err(|obstacle| {
                let shown = self.workspace.shown(path);
                out.push(judge::obstacle(shown, &obstacle, self.demand(span)));
            })
            .ok()
        });
        content.clone()
    }

    /// The text that an expectation reads. Where it cannot be read, the reason is pushed once and
    /// there is none.
    pub fn text(
        &self,
        stream: Stream,
        span: Span,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Readable<'_>> {
        match &self.seen {
            Seen::File(path) => {
                self.bytes(path, span, out)?;
                let content = self.content.get()?.as_deref()?;
                let source = self.workspace.source(path, content);
                let source = source.keeping(&self.masked[0]);
                Some(Readable {
                    source,
                    is_truncated: false,
                })
            }
            Seen::Command(output) => {
                let (name, captured, masked) = match stream {
                    Stream::Stderr => ("standard error", &output.stderr, &self.masked[1]),
                    Stream::Stdout | Stream::Content => {
                        ("standard output", &output.stdout, &self.masked[0])
                    }
                };
                let source = Source::new(name, &captured.bytes).keeping(masked);
                Some(Readable {
                    source,
                    is_truncated: captured.is_truncated(),
                })
            }
            Seen::Nothing(_) | Seen::Dir(_) => None,
        }
    }
}
