//! Words of bash: quotes, backslashes and expansions.

use super::super::{Assignment, is_name, lossy, rules};
use super::{OWN, Shell, Stop};
use crate::document::Complaint;

/// A word after the removal of quotes.
#[derive(Default)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The text, or nothing where it is not known.
    pub(super) text: Option<Vec<u8>>,
    /// Whether there are neither quotes nor expansions in it.
    pub(super) is_bare: bool,
    /// Whether something is expanded outside of quotes.
    pub(super) has_expansion: bool,
    /// Whether there is a `{` outside of quotes.
    pub(super) has_brace: bool,
}

impl Word {
    /// Whether it is digits alone.
    pub(super) fn is_number(&self) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        !text.is_empty() && text.iter().all(u8::is_ascii_digit)
    }

    fn push(&mut self, byte: u8) {
        if let Some(text) = &mut self.text {
            text.push(byte);
        }
    }
}

impl Shell<'_> {
    /// The next byte, behind any continued lines.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while self.text.bytes[self.at..].starts_with(b"\\\n") {
            self.at += 2;
        }
        self.text.bytes.get(self.at).copied()
    }

    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// Steps over a comment, up to the line end.
    pub(super) fn skip_comment(&mut self) {
        if self.peek() == Some(b'#') {
            let aside = super::commented_out(self.text, self.at);
            self.reading.asides.extend(aside);
            self.at = self.text.line_end(self.at);
        }
    }

    /// Reads a word.
    pub(super) fn word(&mut self) -> Result<Word, Stop> {
        self.piece(false)
    }

    /// Reads an assignment, if there is one here.
    pub(super) fn assignment(&mut self, is_export: bool) -> Result<bool, Stop> {
        let start = self.at;
        let mut name = Vec::new();
        while let Some(byte) = self.peek()
            && (byte.is_ascii_alphanumeric() || byte == b'_')
        {
            name.push(byte);
            self.at += 1;
        }
        let name_end = self.at;
        let is_added = self.peek() == Some(b'+');
        if is_added {
            self.at += 1;
        }
        if self.peek() != Some(b'=') || !is_name(&name) {
            self.at = start;
            return Ok(false);
        }
        self.at += 1;
        let value_start = self.at;
        if self.peek() == Some(b'(') {
            return Err(self.lost(start, "bash sets an array"));
        }
        let word = self.piece(true)?;
        if self.peek() == Some(b'(') {
            return Err(self.syntax(self.at));
        }
        let mut value = word.text;
        // `export` expands braces before it assigns.
        if is_export && word.has_brace {
            self.unknown(value_start, "bash expands the braces");
            value = None;
        }
        let name = lossy(&name);
        if is_added {
            let before = self.value_of(&name);
            value = value.zip(before).map(|(value, before)| {
                let mut all = before.into_bytes();
                all.extend(value);
                all
            });
            if value
                .as_ref()
                .is_some_and(|value| value.len() > self.budget)
            {
                return Err(self.too_long(start));
            }
            self.budget -= value.as_ref().map_or(0, Vec::len).min(self.budget);
        }
        self.set(Assignment {
            at: self.text.place(start, name_end),
            value: value.map(|value| lossy(&value)),
            place: self.text.place(value_start, word.end),
            name,
        });
        Ok(true)
    }

    fn piece(&mut self, is_value: bool) -> Result<Word, Stop> {
        let mut word = Word {
            start: self.at,
            text: Some(Vec::new()),
            is_bare: true,
            ..Word::default()
        };
        let mut may_be_home = is_value;
        loop {
            let byte = self.peek();
            let at = self.at;
            let was_colon = std::mem::take(&mut may_be_home);
            match byte {
                None
                | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => {
                    word.end = at;
                    return Ok(word);
                }
                Some(b'\'') => self.single_quoted(&mut word)?,
                Some(b'"') => self.double_quoted(&mut word)?,
                Some(b'\\') => {
                    word.is_bare = false;
                    word.push(self.text.bytes.get(at + 1).copied().unwrap_or(b'\\'));
                    self.at = (at + 2).min(self.text.bytes.len());
                }
                Some(b'$') => {
                    word.is_bare = false;
                    word.has_expansion |= self.dollar(&mut word, false)?;
                }
                Some(b'`') => {
                    word.has_expansion = true;
                    self.backticks(&mut word)?;
                }
                Some(b'~') if was_colon => {
                    self.at += 1;
                    self.unknown(at, "bash puts the path of a home directory here");
                    word.text = None;
                }
                Some(byte) => {
                    word.has_brace |= byte == b'{';
                    may_be_home = is_value && byte == b':';
                    word.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn single_quoted(&mut self, word: &mut Word) -> Result<(), Stop> {
        word.is_bare = false;
        let start = self.at;
        let rest = &self.text.bytes[start + 1..];
        let Some(len) = memchr::memchr(b'\'', rest) else {
            return Err(self.unterminated(start));
        };
        if let Some(text) = &mut word.text {
            text.extend(&rest[..len]);
        }
        self.at = start + len + 2;
        Ok(())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), Stop> {
        word.is_bare = false;
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.unterminated(start)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    let next = self.text.bytes.get(self.at + 1).copied();
                    self.at += 1;
                    if let Some(byte @ (b'"' | b'\\' | b'$' | b'`')) = next {
                        word.push(byte);
                        self.at += 1;
                    } else {
                        word.push(b'\\');
                    }
                }
                Some(b'$') => {
                    self.dollar(word, true)?;
                }
                Some(b'`') => self.backticks(word)?,
                Some(byte) => {
                    word.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// Expands what a `$` starts; whether it was an expansion at all.
    fn dollar(&mut self, word: &mut Word, in_quotes: bool) -> Result<bool, Stop> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                let name = self.name();
                self.put(word, &name, start)?;
            }
            Some(b'{') => self.braced(word, start)?,
            Some(b'(') => {
                self.at += 1;
                let inner = self.at;
                let is_arithmetic = self.peek() == Some(b'(');
                self.balanced(b'(', b')', start)?;
                if is_arithmetic {
                    self.taint_all(inner);
                }
                self.unknown(start, "bash puts the output of a command here");
                word.text = None;
            }
            Some(b'[') => {
                self.at += 1;
                let inner = self.at;
                self.balanced(b'[', b']', start)?;
                self.taint_all(inner);
                self.unknown(start, "bash calculates this");
                word.text = None;
            }
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => {
                let why = match self.peek() {
                    Some(b'$') => "bash puts its process number in place of `$$`",
                    _ => "bash puts a value of its own here",
                };
                self.at += 1;
                self.unknown(start, why);
                word.text = None;
            }
            Some(b'\'') if !in_quotes => {
                self.at += 1;
                loop {
                    match self.text.bytes.get(self.at) {
                        None => return Err(self.unterminated(start)),
                        Some(b'\'') => break,
                        Some(b'\\') => self.at += 2,
                        Some(_) => self.at += 1,
                    }
                    self.at = self.at.min(self.text.bytes.len());
                }
                self.at += 1;
                self.unknown(start, "bash reads the escapes of `$'…'`");
                word.text = None;
            }
            Some(b'"') if !in_quotes => {
                self.double_quoted(word)?;
                return Ok(false);
            }
            _ => {
                word.push(b'$');
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn name(&mut self) -> Box<str> {
        let mut name = Vec::new();
        while let Some(byte) = self.peek()
            && (byte == b'_' || byte.is_ascii_alphanumeric())
        {
            name.push(byte);
            self.at += 1;
        }
        lossy(&name)
    }

    /// `${NAME}`, and `${NAME:-word}` and the like with a word of plain letters.
    fn braced(&mut self, word: &mut Word, start: usize) -> Result<(), Stop> {
        self.at += 1;
        let inner = self.at;
        let name = self.name();
        if is_name(name.as_bytes()) {
            let is_colon = self.peek() == Some(b':');
            if is_colon {
                self.at += 1;
            }
            match self.peek() {
                Some(b'}') if !is_colon => {
                    self.at += 1;
                    return self.put(word, &name, start);
                }
                Some(sign @ (b'-' | b'+' | b'?')) => {
                    self.at += 1;
                    let rest = &self.text.bytes[self.at..];
                    let len = rest.iter().position(|byte| b"}$`\\\"'~\n".contains(byte));
                    if let Some(len) = len
                        && rest[len] == b'}'
                    {
                        let plain = &rest[..len];
                        self.at += len + 1;
                        return self.chosen(word, &name, (sign, is_colon, plain), start);
                    }
                }
                _ => {}
            }
        }
        self.at = inner;
        self.balanced(b'{', b'}', start)?;
        self.taint_all(inner);
        self.unknown(start, "bash expands this in a way that is not read here");
        word.text = None;
        Ok(())
    }

    /// Puts the value of `${NAME:-plain}`, `${NAME+plain}`, ….
    fn chosen(
        &mut self,
        word: &mut Word,
        name: &str,
        (sign, is_colon, plain): (u8, bool, &[u8]),
        start: usize,
    ) -> Result<(), Stop> {
        let value = if self.is_known_unset(name) {
            None
        } else if let Some(value) = self.value_of(name) {
            Some(value).filter(|value| !is_colon || !value.is_empty())
        } else {
            self.unknown(start, "bash puts a value here that is not known");
            word.text = None;
            return Ok(());
        };
        match (sign, value) {
            (b'-', None) | (b'+', Some(_)) => self.append(word, plain, start),
            (b'+', None) => Ok(()),
            (b'-' | b'?', Some(value)) => self.append(word, value.as_bytes(), start),
            _ => Err(self.lost(start, "bash ends here, as the variable is not set")),
        }
    }

    fn is_known_unset(&self, name: &str) -> bool {
        !self.values.contains_key(name) && !self.variables.contains_key(name) && !is_own(name)
    }

    /// The value of a variable: empty if it is not set, nothing if it is not known.
    fn value_of(&self, name: &str) -> Option<String> {
        match self.values.get(name) {
            Some(value) => value.as_deref().map(str::to_owned),
            None => match self.variables.get(name) {
                Some(value) => Some(value.clone()),
                None => (!is_own(name)).then(String::new),
            },
        }
    }

    fn put(&mut self, word: &mut Word, name: &str, start: usize) -> Result<(), Stop> {
        if self.is_known_unset(name) && self.missing.insert(name.into()) {
            let place = self.text.place(start, self.at);
            let message = format!("bash puts nothing in place of `${name}`, which is not set");
            let complaint = Complaint::new(&rules::UNSET, place, message);
            self.reading.complaints.push(complaint);
        }
        if let Some(value) = self.value_of(name) {
            return self.append(word, value.as_bytes(), start);
        }
        self.unknown(start, "bash puts a value here that is not known");
        word.text = None;
        Ok(())
    }

    fn append(&mut self, word: &mut Word, bytes: &[u8], start: usize) -> Result<(), Stop> {
        if bytes.len() > self.budget {
            return Err(self.too_long(start));
        }
        self.budget -= bytes.len();
        if let Some(text) = &mut word.text {
            text.extend(bytes);
        }
        Ok(())
    }

    fn too_long(&self, start: usize) -> Stop {
        self.lost(start, "the values expand to more than 16 MiB")
    }

    fn backticks(&mut self, word: &mut Word) -> Result<(), Stop> {
        word.is_bare = false;
        let start = self.at;
        self.at += 1;
        loop {
            match self.text.bytes.get(self.at) {
                None => return Err(self.unterminated(start)),
                Some(b'`') => break,
                Some(b'\\') => self.at = (self.at + 2).min(self.text.bytes.len()),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        self.unknown(start, "bash puts the output of a command here");
        word.text = None;
        Ok(())
    }

    /// Steps behind the bracket that closes the one just read. What spans lines or may hold
    /// comments and here-documents is not followed.
    fn balanced(&mut self, open: u8, close: u8, start: usize) -> Result<(), Stop> {
        let mut depth = 1_usize;
        let mut quote = None;
        while let Some(byte) = self.text.bytes.get(self.at).copied() {
            self.at += 1;
            match (quote, byte) {
                (_, b'\n') | (None, b'#' | b'`') => {
                    return Err(self.lost(start, "bash runs a command of several parts"));
                }
                (Some(b'"') | None, b'\\') => self.at = (self.at + 1).min(self.text.bytes.len()),
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(sign), byte) if sign == byte => quote = None,
                (None, byte) if byte == open => depth += 1,
                (None, byte) if byte == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(self.unterminated(start))
    }

    /// What was calculated here may have changed the variables that it names.
    fn taint_all(&mut self, start: usize) {
        let end = self.at;
        let bytes = self.text.bytes;
        let is_part = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
        for name in bytes[start..end].split(|byte| !is_part(byte)) {
            self.taint(name, start);
        }
    }

    fn unknown(&mut self, start: usize, message: &str) {
        let rule = match self.text.bytes.get(start..start + 2) {
            Some(b"$$" | b"$'" | b"${") => &rules::DOLLAR,
            Some([b'~' | b'{', _]) => &rules::SHELL_SIGN,
            _ => &rules::COMMAND,
        };
        self.complain(rule, start, self.at, message.to_owned());
    }

    fn unterminated(&self, start: usize) -> Stop {
        let place = self.text.place(start, self.text.line(start).span.end);
        Stop::Syntax(Complaint::new(
            &rules::UNTERMINATED,
            place,
            "bash: what is opened here is not closed, so that nothing from this line on is set",
        ))
    }
}

/// Whether bash gives a value to a variable that nothing has set.
fn is_own(name: &str) -> bool {
    OWN.contains(&name) || name.starts_with("BASH_")
}
