//! Splits a script into simple commands with their lines: quotes, comments, here-documents and line
//! continuations are seen, the rest of the grammar only as far as it tells where a command begins.

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words without their quotes; at least one. `\0` stands for what is expanded.
    pub(super) words: Vec<String>,
    /// Line of the first word, counted from 1.
    pub(super) line: usize,
    /// Line of the last word.
    pub(super) end_line: usize,
    /// Whether it stands in a function.
    pub(super) is_in_function: bool,
}

/// Words after which a command begins.
const OPENING: &[&str] = &[
    "if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "fi", "done", "}",
];

struct Heredoc {
    end: Vec<u8>,
    strips_tabs: bool,
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    words: Vec<String>,
    first_line: usize,
    last_line: usize,
    heredocs: Vec<Heredoc>,
    commands: Vec<Command>,
    /// Open braces of functions and groups; whether one of a function is open.
    braces: Vec<bool>,
    is_function_next: bool,
}

/// The simple commands of a script in the order of their text.
pub(super) fn commands(bytes: &[u8]) -> Vec<Command> {
    let mut lexer = Lexer {
        bytes,
        at: 0,
        line: 1,
        words: Vec::new(),
        first_line: 1,
        last_line: 1,
        heredocs: Vec::new(),
        commands: Vec::new(),
        braces: Vec::new(),
        is_function_next: false,
    };
    while lexer.at < bytes.len() {
        lexer.step();
    }
    lexer.end_command();
    lexer.commands
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        match self.peek(0) {
            b'\n' => {
                self.at += 1;
                self.end_command();
                self.line += 1;
                self.skip_heredocs();
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'\\' if self.peek(1) == b'\n' => {
                self.at += 2;
                self.line += 1;
            }
            b'#' => {
                while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                    self.at += 1;
                }
            }
            b'(' if self.peek(1) == b')' => {
                self.at += 2;
                self.words.clear();
                self.is_function_next = true;
            }
            b';' | b'&' | b'|' | b'(' | b')' => {
                self.at += 1;
                self.end_command();
            }
            b'<' | b'>' => self.redirection(),
            _ => self.word(),
        }
    }

    fn end_command(&mut self) {
        if self.words.is_empty() {
            return;
        }
        let words = std::mem::take(&mut self.words);
        self.commands.push(Command {
            words,
            line: self.first_line,
            end_line: self.last_line,
            is_in_function: self.braces.contains(&true),
        });
    }

    fn redirection(&mut self) {
        if self.bytes[self.at..].starts_with(b"<<<") {
            self.at += 3;
            return;
        }
        if !self.bytes[self.at..].starts_with(b"<<") {
            self.at += 1;
            // What follows is a file, no argument.
            while matches!(self.peek(0), b'>' | b'|' | b'&' | b' ' | b'\t') {
                self.at += 1;
            }
            if !matches!(self.peek(0), b'(' | b'<' | b'\n' | 0) {
                self.text();
            }
            return;
        }
        self.at += 2;
        let strips_tabs = self.peek(0) == b'-';
        self.at += usize::from(strips_tabs);
        while matches!(self.peek(0), b' ' | b'\t') {
            self.at += 1;
        }
        let end = self.text();
        // `1<<2` of an arithmetic expression is none.
        if end.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '-' || c == '!') {
            let end = end.into_bytes();
            self.heredocs.push(Heredoc { end, strips_tabs });
        }
    }

    fn skip_heredocs(&mut self) {
        for heredoc in std::mem::take(&mut self.heredocs) {
            while self.at < self.bytes.len() {
                let rest = &self.bytes[self.at..];
                let length = memchr::memchr(b'\n', rest);
                let mut line = &rest[..length.unwrap_or(rest.len())];
                self.at += length.map_or(rest.len(), |length| length + 1);
                self.line += 1;
                while heredoc.strips_tabs && line.starts_with(b"\t") {
                    line = &line[1..];
                }
                if line == heredoc.end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) {
        let line = self.line;
        let start = self.at;
        let word = self.text();
        if self.at == start {
            self.at += 1;
            return;
        }
        let is_quoted = matches!(self.bytes[start], b'"' | b'\'');
        if self.words.is_empty() {
            match &*word {
                "{" => {
                    let is_function = std::mem::take(&mut self.is_function_next);
                    self.braces.push(is_function);
                    return;
                }
                "}" => {
                    self.braces.pop();
                    return;
                }
                "function" => {
                    self.is_function_next = true;
                }
                _ if is_assignment(&word) => return,
                _ => {}
            }
            if !is_quoted && OPENING.contains(&&*word) {
                return;
            }
            self.first_line = line;
        } else if word == "{" && self.words[0] == "function" {
            self.words.clear();
            self.is_function_next = false;
            self.braces.push(true);
            return;
        }
        self.last_line = self.line;
        self.words.push(word);
    }

    /// One word without its quotes, with `\0` for what is expanded.
    fn text(&mut self) -> String {
        let mut text: Vec<u8> = Vec::new();
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\n' | b' ' | b'\t' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                b'\\' => {
                    if self.peek(1) == b'\n' {
                        self.line += 1;
                    } else {
                        text.push(self.peek(1));
                    }
                    self.at += 2;
                }
                b'\'' => {
                    self.at += 1;
                    self.until(&mut text, b'\'');
                }
                b'"' => {
                    self.at += 1;
                    self.double_quoted(&mut text);
                }
                b'$' if self.peek(1) == b'\'' => {
                    self.at += 2;
                    while self.at < self.bytes.len() && self.peek(0) != b'\'' {
                        if self.peek(0) == b'\\' {
                            self.at += 1;
                        }
                        self.push(&mut text);
                    }
                    self.at += 1;
                }
                b'$' | b'`' => self.expansion(&mut text),
                _ => self.push(&mut text),
            }
        }
        self.at = self.at.min(self.bytes.len());
        String::from_utf8_lossy(&text).into_owned()
    }

    fn push(&mut self, text: &mut Vec<u8>) {
        self.line += usize::from(self.peek(0) == b'\n');
        text.push(self.peek(0));
        self.at += 1;
    }

    fn until(&mut self, text: &mut Vec<u8>, end: u8) {
        while self.at < self.bytes.len() && self.peek(0) != end {
            self.push(text);
        }
        self.at += 1;
    }

    fn double_quoted(&mut self, text: &mut Vec<u8>) {
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'"' => break,
                b'\\' if matches!(self.peek(1), b'"' | b'\\' | b'$' | b'`') => {
                    self.at += 1;
                    self.push(text);
                }
                b'\\' if self.peek(1) == b'\n' => {
                    self.at += 2;
                    self.line += 1;
                }
                b'$' | b'`' => self.expansion(text),
                _ => self.push(text),
            }
        }
        self.at += 1;
    }

    /// `$name`, `${…}`, `$(…)`, `$((…))` and backquotes.
    fn expansion(&mut self, text: &mut Vec<u8>) {
        let is_backquote = self.peek(0) == b'`';
        let next = self.peek(1);
        self.at += 1;
        if is_backquote {
            text.push(0);
            let mut inside = Vec::new();
            self.until(&mut inside, b'`');
            return;
        }
        match next {
            b'(' | b'{' => {
                text.push(0);
                self.nested(next);
            }
            _ if next.is_ascii_alphabetic() || next == b'_' => {
                text.push(0);
                while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
                    self.at += 1;
                }
            }
            _ if next.is_ascii_digit() || b"@*#?!$-".contains(&next) => {
                text.push(0);
                self.at += 1;
            }
            _ => text.push(b'$'),
        }
    }

    /// What stands in brackets, up to the one that closes them; quotes inside are skipped.
    fn nested(&mut self, open: u8) {
        let close = if open == b'(' { b')' } else { b'}' };
        let mut depth = 0_usize;
        let mut ignored = Vec::new();
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => {
                    self.at += 1;
                    self.push(&mut ignored);
                }
                b'\'' if open == b'(' => {
                    self.at += 1;
                    self.until(&mut ignored, b'\'');
                }
                b'"' => {
                    self.at += 1;
                    while self.at < self.bytes.len() && self.peek(0) != b'"' {
                        // Quotes in a substitution in quotes come in pairs.
                        if self.peek(0) == b'\\' {
                            self.at += 1;
                        }
                        self.push(&mut ignored);
                    }
                    self.at += 1;
                }
                byte => {
                    if byte == open {
                        depth += 1;
                    } else if byte == close {
                        depth = depth.saturating_sub(1);
                    }
                    self.push(&mut ignored);
                    if depth == 0 {
                        return;
                    }
                }
            }
        }
    }
}

fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else {
        return false;
    };
    let name = name.strip_suffix('+').unwrap_or(name);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
