//! Dockerfiles as `BuildKit` reads them: stages and what an image made of the final one has. The
//! base image is not looked at, so what it decides is absent.

mod lines;
mod stage;
#[cfg(test)]
mod tests;
mod words;

use crate::diagnostic::{Effect, Rule};
use crate::document::{Aside, Complaint, Document, Input, Place};
use crate::format::file_name;

/// The rules that a Dockerfile can break.
pub static RULES: &[&Rule] = &[&REFUSED, &NOT_EXEC_FORM, &UNSET, &OVERRIDDEN, &TOO_LARGE];

static REFUSED: Rule = Rule {
    code: "DK001",
    name: "dockerfile-refused",
    effect: Effect::Fails,
    explain: "BuildKit refuses the file, so that nothing is built: an unknown instruction or flag, a wrong number of arguments, an instruction before `FROM`, or something that is not closed.",
};

static NOT_EXEC_FORM: Rule = Rule {
    code: "DK002",
    name: "bracket-without-json",
    effect: Effect::Fails,
    explain: "The instruction begins with `[` and is no JSON array of strings, so that it is silently taken for a shell command, brackets and all. JSON has double quotes and no comma at the end.",
};

static UNSET: Rule = Rule {
    code: "DK003",
    name: "unset-build-variable",
    effect: Effect::Fails,
    explain: "A variable without a value is expanded here to nothing: no `ENV`, no default of an `ARG` of this stage, and no build argument gives it. An `ARG` before `FROM` counts in a stage only when it is declared there again.",
};

static OVERRIDDEN: Rule = Rule {
    code: "DK004",
    name: "instruction-overridden",
    effect: Effect::Fails,
    explain: "Only the last `CMD`, `ENTRYPOINT` and `HEALTHCHECK` of a stage count; an earlier one has no effect.",
};

static TOO_LARGE: Rule = Rule {
    code: "DK005",
    name: "dockerfile-too-large",
    effect: Effect::Fails,
    explain: "The file, or what its variables expand to, is larger than 16 MiB and was not read to the end.",
};

/// The largest file that is read, and the longest text that all of its variables may expand to.
const MAX_SIZE: usize = 16 << 20;

/// Whether a path is a Dockerfile by its name: `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`,
/// `Containerfile`, in any case.
pub(crate) fn is_dockerfile(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    matches!(name.as_str(), "dockerfile" | "containerfile")
        || name.starts_with("dockerfile.")
        || name.ends_with(".dockerfile")
}

/// Reads a Dockerfile. The variables of the input are build arguments (`--build-arg`).
///
/// The root has `stages` (a list of maps) and the final stage's `from` (the image that it or the
/// stages below it begin with), `user`, `workdir`, `expose`, `healthcheck`, `entrypoint`, `cmd`,
/// `env`, `labels`, `stopsignal` and `run` (a text for each instruction), as far as this file or its
/// earlier stages say them (Dockerfile reference). `runs` is what the engine starts, entrypoint and
/// command in one text, and a `stopsignal` that nobody says is the engine's.
pub fn read(input: &Input<'_>) -> Document {
    let mut document = Document::new(input);
    if input.bytes.len() > MAX_SIZE {
        let message = "the file is larger than 16 MiB";
        return document.refused(Complaint::of_file(&TOO_LARGE, message));
    }
    let text = match std::str::from_utf8(&input.bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let place = Place::new(at, at + 1);
            return document.refused(Complaint::new(&REFUSED, place, "the file is not UTF-8"));
        }
    };
    let split = lines::split(text);
    for (comment, place) in &split.comments {
        document.asides.extend(commented_out(comment, *place));
    }
    stage::read(&split, input.variables, &mut document);
    document.complaints.sort_by_key(|complaint| complaint.place);
    document.asides.sort_by_key(|aside| aside.place);
    document
}

/// The user of the final stage with its place; nothing where the base image decides.
pub fn final_user(document: &Document) -> Option<(&str, Place)> {
    let node = document.root.get("user")?;
    Some((node.as_text()?, node.place))
}

/// The instruction that a comment holds, if it is one that the root shows.
fn commented_out(comment: &str, place: Place) -> Option<Aside> {
    let (keyword, value) = comment.split_once(char::is_whitespace)?;
    let name = match keyword {
        "USER" => "user",
        "WORKDIR" => "workdir",
        "EXPOSE" => "expose",
        "HEALTHCHECK" => "healthcheck",
        "ENTRYPOINT" => "entrypoint",
        "CMD" => "cmd",
        "STOPSIGNAL" => "stopsignal",
        _ => return None,
    };
    Some(Aside {
        path: vec![name.into()],
        value: value.trim().into(),
        place,
        why: "commented out".into(),
    })
}
