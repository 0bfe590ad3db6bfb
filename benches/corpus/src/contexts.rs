//! What stands around a secret: the path of a file and its text, as templates. `§V` is the value,
//! and other letters after `§` are its name in several styles, and harmless neighbours.

mod block;
mod config;
mod placed;
mod scenes;
mod shell;
mod source;
mod text;

use std::ops::Range;

use crate::kinds::{self, Kind};
use crate::made::pick;
use crate::{Numbers, Planted, coding, form};

/// A file with a place for a secret.
pub(crate) struct Context {
    /// What it is called in tables; several may share it.
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
}

/// Contexts where a name stands before the value.
pub(crate) fn keyed() -> Vec<&'static Context> {
    config::CONTEXTS
        .iter()
        .chain(shell::CONTEXTS)
        .chain(source::CONTEXTS)
        .collect()
}

/// Contexts for what is known by its form.
pub(crate) fn bare() -> Vec<&'static Context> {
    text::CONTEXTS.iter().collect()
}

/// Contexts for values of several lines.
pub(crate) fn blocks() -> Vec<&'static Context> {
    block::CONTEXTS.iter().collect()
}

pub(crate) use placed::CONTEXTS as PLACED;
pub(crate) use scenes::CONTEXTS as SCENES;

/// A file's text, and the secrets in it.
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) planted: Vec<Planted>,
}

/// How the value is written.
#[derive(Clone, Copy)]
enum Coding {
    Plain,
    Json,
    Xml,
    Shell,
    Percent,
    Base64,
    Indented(usize),
}

/// Fills a context with a value.
pub(crate) fn write(context: &Context, kind: &Kind, value: &str, numbers: &mut Numbers) -> Written {
    let keys: Vec<&str> = kind.keys.split(' ').collect();
    let mut writer = Writer {
        kind,
        context,
        value,
        key: pick(numbers, &keys),
        numbers,
        text: String::new(),
        planted: Vec::new(),
    };
    writer.fill(context.text);
    Written {
        path: context.path.to_owned(),
        text: writer.text,
        planted: writer.planted,
    }
}

struct Writer<'a> {
    kind: &'a Kind,
    context: &'a Context,
    value: &'a str,
    key: &'a str,
    numbers: &'a mut Numbers,
    text: String,
    planted: Vec<Planted>,
}

impl Writer<'_> {
    fn fill(&mut self, template: &str) {
        let mut parts = template.split('§');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            if let Some((name, rest)) = part.strip_prefix('<').and_then(|part| part.split_once('>'))
            {
                self.plant_kind(name);
                self.text.push_str(rest);
                continue;
            }
            let mut letters = part.chars();
            let letter = letters.next().unwrap_or_default();
            self.place(letter);
            self.text.push_str(letters.as_str());
        }
    }

    fn place(&mut self, letter: char) {
        match letter {
            'V' => self.plant(Coding::Plain),
            'J' => self.plant(Coding::Json),
            'X' => self.plant(Coding::Xml),
            'Q' => self.plant(Coding::Shell),
            'U' => self.plant(Coding::Percent),
            'B' => self.plant(Coding::Base64),
            'I' => self.plant(Coding::Indented(4)),
            'Y' => self.plant(Coding::Indented(2)),
            'A' => self.key_id(),
            _ => {
                let filled = self.neighbour(letter);
                self.text.push_str(&filled);
            }
        }
    }

    /// The name in one of its styles, or something harmless.
    fn neighbour(&mut self, letter: char) -> String {
        let words: Vec<String> = self.key.split('_').map(str::to_lowercase).collect();
        let title = |word: &String| {
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_uppercase())
        };
        let titles: Vec<String> = words.iter().map(title).collect();
        match letter {
            'S' => self.key.to_owned(),
            's' => words.join("_"),
            'k' => words.join("-"),
            'd' => words.join("."),
            'c' => format!("{}{}", words[0], titles[1..].concat()),
            'P' => titles.concat(),
            'h' => titles.join("-"),
            'F' => titles.join(" "),
            'M' => form::text("{h32}", self.numbers),
            'G' => form::text("{h40}", self.numbers),
            'D' => form::text("{h64}", self.numbers),
            'E' => form::uuid(self.numbers),
            'N' => (1000 + self.numbers.below(60000)).to_string(),
            'T' => format!(
                "2026-0{}-1{}T0{}:1{}:2{}",
                1 + self.numbers.below(9),
                self.numbers.below(10),
                self.numbers.below(10),
                self.numbers.below(10),
                self.numbers.below(10)
            ),
            'H' => pick(
                self.numbers,
                &[
                    "gw-1.internal",
                    "node07.internal",
                    "edge.internal",
                    "10.0.4.17",
                ],
            )
            .to_owned(),
            other => format!("§{other}"),
        }
    }

    /// The id that goes with a secret of AWS: of a known form itself.
    fn key_id(&mut self) {
        let id = form::text("AKIA{t16}", self.numbers);
        let start = self.text.len();
        self.text.push_str(&id);
        let span = start..self.text.len();
        self.add("aws-access-key-id", span);
    }

    /// A value of another kind, with what always stands around it.
    fn plant_kind(&mut self, name: &str) {
        let Some(kind) = kinds::all().find(|kind| kind.name == name) else {
            return;
        };
        let value = kind.value(self.numbers);
        let (before, after) = kind.around.split_once("§V").unwrap_or_default();
        self.text.push_str(before);
        let start = self.text.len();
        self.text.push_str(&value);
        self.planted.push(Planted {
            kind: kind.name,
            class: kind.class,
            context: self.context.name,
            span: start..self.text.len(),
        });
        self.text.push_str(after);
    }

    fn add(&mut self, kind: &'static str, span: Range<usize>) {
        self.planted.push(Planted {
            kind,
            class: self.kind.class,
            context: self.context.name,
            span,
        });
    }

    fn plant(&mut self, coding: Coding) {
        let around = self.kind.around;
        let (before, after) = around.split_once("§V").unwrap_or(("", ""));
        let before = before.replace("§M", &form::text("{h32}", self.numbers));
        let span = if matches!(coding, Coding::Base64) {
            // What is encoded cannot be told apart from what stands around it.
            let whole = format!("{before}{}{after}", self.value);
            let start = self.text.len();
            self.text.push_str(&coding::base64(whole.as_bytes()));
            start..self.text.len()
        } else {
            // Marks of a shell in a URL want quotes around all of it.
            let is_quoted = matches!(coding, Coding::Shell)
                && coding::shell(&format!("{before}{}{after}", self.value)).starts_with('\'');
            let quote = if is_quoted { "'" } else { "" };
            let encode = |text: &str| match coding {
                Coding::Json => coding::json(text),
                Coding::Xml => coding::xml(text),
                Coding::Percent => coding::percent(text),
                Coding::Indented(width) => indented(text, width),
                _ => text.to_owned(),
            };
            self.text.push_str(quote);
            self.text.push_str(&encode(&before));
            let start = self.text.len();
            self.text.push_str(&encode(self.value));
            let span = start..self.text.len();
            self.text.push_str(&encode(after));
            self.text.push_str(quote);
            span
        };
        self.add(self.kind.name, span);
    }
}

/// Every line but the first behind so many blanks, without a line end at the end.
fn indented(text: &str, width: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.join(&format!("\n{}", " ".repeat(width)))
}
