//! bash's `source`, for files that assign: quotes, `$NAME` and `${NAME}`, `export`, comments,
//! continued lines. What would run a command is not guessed: the variable is then unknown.

mod words;

use std::collections::{HashMap, HashSet};

use super::{Assignment, MAX_SIZE, Reading, Text, Variables, commented_out, is_name, lossy, rules};
use crate::diagnostic::Rule;
use crate::document::{Aside, Complaint};

/// Words that begin something that this reader does not follow, and builtins that can change
/// variables or end the script.
const BEYOND: &[&str] = &[
    "!",
    "{",
    "}",
    "[[",
    "if",
    "then",
    "elif",
    "else",
    "fi",
    "for",
    "select",
    "while",
    "until",
    "do",
    "done",
    "case",
    "esac",
    "in",
    "function",
    "time",
    "coproc",
    ".",
    "source",
    "eval",
    "exec",
    "exit",
    "return",
    "unset",
    "read",
    "declare",
    "typeset",
    "local",
    "readonly",
    "let",
    "mapfile",
    "readarray",
    "getopts",
    "set",
    "shopt",
    "trap",
    "alias",
    "builtin",
    "command",
    "enable",
    "printf",
    "break",
    "continue",
    "logout",
    "wait",
    "shift",
    "cd",
    "pushd",
    "popd",
];

/// Variables that bash sets by itself: their values are not known, and some cannot be set.
const OWN: &[&str] = &[
    "_",
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "COMP_WORDBREAKS",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "HOME",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "LINENO",
    "MACHTYPE",
    "OLDPWD",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PATH",
    "PIPESTATUS",
    "POSIXLY_CORRECT",
    "PPID",
    "PS4",
    "PWD",
    "RANDOM",
    "SECONDS",
    "SHELL",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "TERM",
    "UID",
];

/// Those of them that an assignment does not set to its value.
const NOT_SETTABLE: &[&str] = &[
    "_",
    "BASHOPTS",
    "BASHPID",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "PIPESTATUS",
    "POSIXLY_CORRECT",
    "PPID",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "SRANDOM",
    "UID",
];

/// Reads a file. `variables` are the environment that bash starts with.
pub(crate) fn parse(text: Text<'_>, variables: &Variables) -> Reading {
    let mut shell = Shell {
        text,
        at: 0,
        variables,
        values: HashMap::new(),
        pending: Vec::new(),
        missing: HashSet::new(),
        budget: MAX_SIZE,
        reading: Reading::default(),
    };
    if let Some(at) = memchr::memchr(0, text.bytes) {
        let message = "bash drops null bytes or refuses the file";
        let complaint = Complaint::new(&rules::REFUSED, text.place(at, at + 1), message);
        shell.reading.refusals.push(complaint);
        return shell.reading;
    }
    shell.carriage_returns();
    while shell.at < text.bytes.len() {
        let start = shell.at;
        if let Err(stop) = shell.list() {
            shell.stop(start, stop);
            break;
        }
        shell.commit();
    }
    shell.reading
}

/// Why bash, or this reader, does not go on.
enum Stop {
    /// bash ends here with a syntax error: this line and all that follow do nothing.
    Syntax(Complaint),
    /// What follows is known to bash alone.
    Lost(Complaint),
}

struct Shell<'a> {
    text: Text<'a>,
    at: usize,
    variables: &'a Variables,
    /// What is set so far; nothing inside where the value is unknown.
    values: HashMap<Box<str>, Known>,
    /// The assignments of the line that is being read, which a syntax error undoes.
    pending: Vec<Pending>,
    missing: HashSet<Box<str>>,
    budget: usize,
    reading: Reading,
}

/// The value of a variable that is set; nothing inside where it is not known.
type Known = Option<Box<str>>;

/// An assignment, and what it replaced.
struct Pending {
    assignment: Assignment,
    previous: Option<Known>,
}

/// A command of words and assignments before it.
struct Command {
    /// Where it starts.
    start: usize,
    /// How many assignments there were before it.
    mark: usize,
    /// Whether it is more than assignments.
    has_words: bool,
    has_redirection: bool,
}

impl Shell<'_> {
    fn carriage_returns(&mut self) {
        let bytes = self.text.bytes;
        let count = memchr::memmem::find_iter(bytes, b"\r\n").count();
        if let Some(at) = memchr::memmem::find(bytes, b"\r\n") {
            let place = self.text.place(at, at + 1);
            let message = format!("bash keeps the carriage return at the end of {count} lines");
            let complaint = Complaint::new(&rules::CARRIAGE_RETURN, place, message)
                .help("save the file with LF line ends");
            self.reading.complaints.push(complaint);
        }
    }

    /// Reads the commands of one line.
    fn list(&mut self) -> Result<(), Stop> {
        // Where the commands that one `&` would put into the background start.
        let mut group = 0;
        let mut is_piped = false;
        let mut is_conditional = false;
        loop {
            let command = self.command()?;
            let is_empty = !command.has_words
                && !command.has_redirection
                && self.pending.len() == command.mark;
            let sign_at = self.at;
            let sign = self.peek();
            if sign.is_some() {
                self.at += 1;
            }
            let is_double = matches!(sign, Some(b'&' | b'|' | b';')) && self.peek() == sign;
            if is_empty && (sign == Some(b';') || sign == Some(b'&') || sign == Some(b'|')) {
                return Err(self.syntax(sign_at));
            }
            let is_pipe = sign == Some(b'|') && !is_double;
            if is_piped || is_pipe {
                self.drop_from(
                    command.mark,
                    &rules::SHELL_SIGN,
                    "bash sets it in a pipeline, in a process of its own",
                );
            }
            if is_conditional || command.has_redirection {
                self.make_unknown(command.mark);
            }
            is_piped = is_pipe;
            match sign {
                None | Some(b'\n') if is_conditional && is_empty => {
                    // `&&` and `|` go on in the next line.
                    if sign.is_none() {
                        return Err(self.syntax(sign_at));
                    }
                }
                None | Some(b'\n') => return Ok(()),
                Some(b';') if is_double => return Err(self.syntax(sign_at)),
                Some(b';') => {
                    is_conditional = false;
                    group = self.pending.len();
                    if self.is_at_line_end() {
                        return Ok(());
                    }
                }
                Some(b'&' | b'|') if is_double => {
                    self.at += 1;
                    is_conditional = true;
                }
                Some(b'|') => {
                    if self.peek() == Some(b'&') {
                        self.at += 1;
                    }
                    if self.is_at_line_end() {
                        return Err(self.lost(sign_at, "bash goes on with the command below"));
                    }
                }
                Some(b'&') => {
                    self.drop_from(
                        group,
                        &rules::SHELL_SIGN,
                        "`&` makes bash set it in the background, in a process of its own",
                    );
                    is_conditional = false;
                    group = self.pending.len();
                    if self.is_at_line_end() {
                        return Ok(());
                    }
                }
                Some(_) => return Err(self.syntax(sign_at)),
            }
        }
    }

    /// Whether nothing but blanks and a comment are left of the line; steps over them.
    fn is_at_line_end(&mut self) -> bool {
        self.skip_blanks();
        self.skip_comment();
        match self.peek() {
            Some(b'\n') => {
                self.at += 1;
                true
            }
            next => next.is_none(),
        }
    }

    fn command(&mut self) -> Result<Command, Stop> {
        self.skip_blanks();
        let mut command = Command {
            start: self.at,
            mark: self.pending.len(),
            has_words: false,
            has_redirection: false,
        };
        let mut is_export = false;
        let mut is_target = false;
        loop {
            self.skip_blanks();
            self.skip_comment();
            let start = self.at;
            match self.peek() {
                None | Some(b'\n' | b';' | b'&' | b'|' | b')') => return Ok(command),
                Some(b'(') => return Err(self.lost(start, "bash runs what stands in parentheses")),
                Some(b'<' | b'>') => {
                    self.redirection()?;
                    command.has_redirection = true;
                    is_target = true;
                    let message = "bash takes this for a redirection".to_owned();
                    self.complain(&rules::SHELL_SIGN, start, start + 1, message);
                    continue;
                }
                Some(_) => {}
            }
            if !is_target && (is_export || !command.has_words) && self.assignment(is_export)? {
                continue;
            }
            let word = self.word()?;
            let is_number = word.is_bare && word.is_number();
            if std::mem::take(&mut is_target)
                || (is_number && matches!(self.peek(), Some(b'<' | b'>')))
            {
                continue;
            }
            if self.peek() == Some(b'(') {
                return Err(self.lost(start, "bash takes this for a function or a syntax error"));
            }
            if is_export {
                self.exported(start, &word)?;
            } else if !command.has_words {
                command.has_words = true;
                is_export = self.first_word(&command, &word)?;
            }
        }
    }

    /// Looks at the word that names a command; whether it is `export`.
    fn first_word(&mut self, command: &Command, word: &words::Word) -> Result<bool, Stop> {
        let start = word.start;
        let name = match &word.text {
            Some(name) if !word.has_expansion => name.as_slice(),
            _ => return Err(self.lost(start, "bash runs a command that the file does not name")),
        };
        let mark = command.mark;
        if name == b"export" && word.is_bare && self.pending.len() == mark {
            return Ok(true);
        }
        if name == b"set" && self.is_allexport() {
            return Ok(false);
        }
        let is_beyond = BEYOND.iter().any(|beyond| beyond.as_bytes() == name);
        if is_beyond || name == b"export" || name.contains(&b'{') {
            return Err(self.lost(start, "bash runs a command that can change any variable"));
        }
        if name == b"\r" {
            return Ok(false);
        }
        let end = word.end;
        if let Some(last) = self.pending.get(mark..).and_then(<[_]>::last) {
            let is_empty = last.assignment.value.as_deref() == Some("");
            let name = last.assignment.name.clone();
            let (rule, what) = if is_empty {
                (&rules::SPACES, "the blank behind `=` makes bash")
            } else {
                (&rules::BLANK_IN_VALUE, "the blank in the value makes bash")
            };
            let message = format!("{what} run the rest as a command and not set `{name}`");
            self.complain(rule, command.start, end, message);
            self.drop_silently(mark, "for bash it is set for the command behind it alone");
        } else if name.starts_with(b"\xef\xbb\xbf") {
            let message = "the byte order mark makes bash take the line for a command".to_owned();
            self.complain(&rules::BYTE_ORDER_MARK, start, end, message);
        } else if self.text.bytes[self.at..]
            .trim_ascii_start()
            .starts_with(b"=")
        {
            let message = "the blank before `=` makes bash take the name for a command".to_owned();
            self.complain(&rules::SPACES, start, end, message);
        } else if let Some(at) = memchr::memchr(b'=', name) {
            // An element of an array sets the array.
            if let Some(array) = name[..at].split(|byte| *byte == b'[').next() {
                self.taint(array, start);
            }
            let message = "this is no name of a variable for bash, which runs it as a command";
            self.complain(&rules::INVALID_NAME, start, end, message.to_owned());
        } else {
            let message = "bash runs this line as a command".to_owned();
            self.complain(&rules::COMMAND, start, end, message);
        }
        Ok(false)
    }

    /// Whether `-a` or `+a` is all that follows `set`: it exports and changes nothing.
    fn is_allexport(&self) -> bool {
        let end = self.text.line_end(self.at);
        let rest = self.text.bytes[self.at..end].trim_ascii();
        matches!(rest, b"-a" | b"+a" | b"-o allexport" | b"+o allexport")
    }

    /// A word behind `export` that is no assignment by its form.
    fn exported(&mut self, start: usize, word: &words::Word) -> Result<(), Stop> {
        let text = match &word.text {
            Some(text) if !word.has_expansion && !word.has_brace && !text.starts_with(b"-") => text,
            _ => return Err(self.lost(start, "bash exports what the file does not name")),
        };
        let at = memchr::memchr(b'=', text);
        if !is_name(&text[..at.unwrap_or(text.len())]) {
            let message = "bash: not a valid identifier".to_owned();
            self.complain(&rules::INVALID_NAME, start, word.end, message);
        } else if let Some(at) = at {
            let place = self.text.place(start, word.end);
            self.set(Assignment {
                name: lossy(&text[..at]),
                at: place,
                value: Some(lossy(&text[at + 1..])),
                place,
            });
        }
        Ok(())
    }

    fn redirection(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let rest = &self.text.bytes[start..];
        let is_string = rest.starts_with(b"<<<");
        if (rest.starts_with(b"<<") && !is_string) || rest.get(1) == Some(&b'(') {
            return Err(self.lost(start, "bash reads a here-document or runs a command"));
        }
        let signs = rest.iter().take_while(|byte| b"<>&|".contains(byte));
        self.at += signs.count().min(3);
        Ok(())
    }

    fn set(&mut self, mut assignment: Assignment) {
        if NOT_SETTABLE.contains(&&*assignment.name) {
            let message = format!(
                "bash does not set `{}` to a value of a file",
                assignment.name
            );
            let complaint = Complaint::new(&rules::INVALID_NAME, assignment.at, message);
            self.reading.complaints.push(complaint);
            assignment.value = None;
        }
        let (name, value) = (assignment.name.clone(), assignment.value.clone());
        let previous = self.values.insert(name, value);
        self.pending.push(Pending {
            assignment,
            previous,
        });
    }

    /// Says that a variable may have been changed.
    fn taint(&mut self, name: &[u8], at: usize) {
        if is_name(name) {
            let place = self.text.place(at, at);
            self.set(Assignment {
                name: lossy(name),
                at: place,
                value: None,
                place,
            });
        }
    }

    fn make_unknown(&mut self, mark: usize) {
        for pending in self.pending.iter_mut().skip(mark) {
            pending.assignment.value = None;
            self.values.insert(pending.assignment.name.clone(), None);
        }
    }

    fn drop_from(&mut self, mark: usize, rule: &'static Rule, why: &'static str) {
        if let Some(pending) = self.pending.get(mark) {
            let complaint = Complaint::new(rule, pending.assignment.at, why);
            self.reading.complaints.push(complaint);
        }
        self.drop_silently(mark, why);
    }

    fn drop_silently(&mut self, mark: usize, why: &'static str) {
        while self.pending.len() > mark {
            let Some(Pending {
                assignment,
                previous,
            }) = self.pending.pop()
            else {
                break;
            };
            match previous {
                Some(value) => self.values.insert(assignment.name.clone(), value),
                None => self.values.remove(&assignment.name),
            };
            self.reading.asides.push(Aside {
                path: vec![assignment.name],
                value: assignment.value.unwrap_or_default(),
                place: assignment.place,
                why: why.into(),
            });
        }
    }

    fn commit(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let assignments = pending.into_iter().map(|pending| pending.assignment);
        self.reading.assignments.extend(assignments);
    }

    fn stop(&mut self, start: usize, stop: Stop) {
        let (complaint, why) = match stop {
            Stop::Syntax(complaint) => {
                self.drop_silently(0, "on a line that is a syntax error for bash");
                (complaint, "bash stops at a syntax error above")
            }
            Stop::Lost(complaint) => {
                self.commit();
                for assignment in &mut self.reading.assignments {
                    assignment.value = None;
                }
                (complaint, "bash runs something that decides about it")
            }
        };
        self.reading.stop = Some(complaint);
        let mut line = start;
        while line < self.text.bytes.len() {
            if let Some(mut aside) = commented_out(self.text, line) {
                let is_comment = self.text.bytes[line..].trim_ascii_start().starts_with(b"#");
                if !is_comment {
                    aside.why = why.into();
                }
                self.reading.asides.push(aside);
            }
            line = self.text.line_end(line) + 1;
        }
    }

    fn syntax(&self, at: usize) -> Stop {
        let place = self.text.place(at, (at + 1).min(self.text.line_end(at)));
        Stop::Syntax(
            Complaint::new(&rules::SHELL_SIGN, place, "bash: syntax error")
                .help("put the value into single quotes"),
        )
    }

    fn lost(&self, at: usize, message: &str) -> Stop {
        let place = self.text.place(at, self.text.line(at).span.end);
        let message = format!("{message}; from here on no value is known");
        Stop::Lost(Complaint::new(&rules::COMMAND, place, message))
    }

    fn complain(&mut self, rule: &'static Rule, start: usize, end: usize, message: String) {
        let place = self.text.place(start, end);
        self.reading
            .complaints
            .push(Complaint::new(rule, place, message));
    }
}
