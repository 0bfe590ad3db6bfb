//! Passwords in the arguments of commands, and in what is piped to them.

use memchr::{memchr, memmem, memrchr};

use super::notation::{Style, read};
use super::rules::{Kind, of_kind};
use super::sink::{Confidence, Need, Rank, Sink};
use super::value;
use crate::source::Span;

/// How far a command is looked at, to either side.
const LINE: usize = 400;

/// What commands have in them whose `-p` is a password where `-u` is a user.
const LOGINS: [&str; 8] = [
    "login", "mysql", "maria", "mongo", "influx", "cqlsh", "arango", "connect",
];

/// `-u user:password`, `--user user:password`, `sshpass -p password`, and a `-p password` beside
/// `-u user`.
pub(super) fn user(bytes: &[u8], at: usize, sink: &mut Sink) {
    let rest = &bytes[at..];
    let options = [&b"sshpass -p"[..], b" -u ", b"--user ", b"--user="];
    let Some(option) = options.into_iter().find(|option| rest.starts_with(option)) else {
        return;
    };
    let Some(value) = read(bytes, at + option.len(), Style::Line, b' ') else {
        return;
    };
    let Span { start, end } = value.span;
    if option.starts_with(b"ssh") {
        let span = Span::new(start, end);
        if value::is_placed(&bytes[span.range()]) {
            let kind = of_kind(Kind::NamedPassword);
            sink.add(kind, span, Rank::Structure, Confidence::Named);
        } else {
            add(bytes, span, sink);
        }
        return;
    }
    let text = &bytes[start..end];
    let Some(colon) = text.iter().position(|byte| *byte == b':') else {
        if sink.has_enough_commands(at) {
            return;
        }
        let (before, behind) = (before_on_line(bytes, at), behind_on_line(bytes, end));
        let line = &bytes[before.start..behind.end];
        if memmem::find(line, b" -p").is_some()
            && LOGINS
                .iter()
                .any(|login| memmem::find(line, login.as_bytes()).is_some())
        {
            with_password(bytes, before, sink);
            with_password(bytes, behind, sink);
        }
        return;
    };
    // `user:'password'`.
    let password = start + colon + 1;
    if password == end && matches!(bytes.get(end), Some(b'"' | b'\'')) {
        if let Some(value) = read(bytes, end, Style::Line, b' ') {
            add(bytes, value.span, sink);
        }
    } else if colon > 0 && text[colon + 1..] != text[..colon] {
        add(bytes, Span::new(password, end), sink);
    }
}

/// `mysql … -ppassword`.
pub(super) fn mysql(bytes: &[u8], at: usize, sink: &mut Sink) {
    if !sink.has_enough_commands(at) {
        with_password(bytes, behind_on_line(bytes, at), sink);
    }
}

/// `redis-cli … -a password`; `at` is in the name of the command.
pub(super) fn redis(bytes: &[u8], at: usize, sink: &mut Sink) {
    if sink.has_enough_commands(at) {
        return;
    }
    let line = behind_on_line(bytes, at);
    for option in [&b" -a "[..], b" --pass "] {
        if let Some(found) = memmem::find(&bytes[line.range()], option)
            && let Some(value) = read(bytes, line.start + found + option.len(), Style::Line, b' ')
        {
            add(bytes, value.span, sink);
        }
    }
}

/// `user=name:password` on a line of its own; `at` is behind the first letter.
pub(super) fn pair(bytes: &[u8], at: usize, sink: &mut Sink) {
    let Some(name) = at.checked_sub(1).filter(|name| bytes[*name] == b'u') else {
        return;
    };
    let is_first = name == 0 || matches!(bytes[name - 1], b'\n' | b'\r');
    if is_first
        && let Some(value) = read(bytes, at + b"ser=".len(), Style::Line, b'\n')
        && let Some(colon) = memchr(b':', &bytes[value.span.range()]).filter(|colon| *colon > 0)
    {
        add(
            bytes,
            Span::new(value.span.start + colon + 1, value.span.end),
            sink,
        );
    }
}

/// `echo password | docker login --password-stdin`, `echo 'user:password' | chpasswd`: what is
/// piped to a command. `name` is that of the command or of its option.
pub(super) fn piped(bytes: &[u8], name: Span, sink: &mut Sink) {
    let is_chpasswd = bytes[name.range()].ends_with(b"chpasswd");
    if !is_chpasswd && !bytes[name.range()].ends_with(b"password-stdin") {
        return;
    }
    if sink.has_enough_commands(name.start) {
        return;
    }
    let line = before_on_line(bytes, name.start);
    let Some(pipe) = memrchr(b'|', &bytes[line.range()]) else {
        return;
    };
    let source = bytes[line.start..line.start + pipe].trim_ascii_end();
    let is_echo = [&b"echo "[..], b"printf "]
        .iter()
        .any(|command| memmem::find(source, command).is_some());
    let Some(last) = source.last().filter(|_| is_echo) else {
        return;
    };
    let (start, end) = if matches!(last, b'"' | b'\'') {
        let end = source.len() - 1;
        (
            memrchr(*last, &source[..end]).map_or(end, |quote| quote + 1),
            end,
        )
    } else {
        let start = memrchr(b' ', source).map_or(0, |blank| blank + 1);
        (start, source.len())
    };
    let start = match memchr(b':', &source[start..end]) {
        Some(colon) if is_chpasswd => start + colon + 1,
        _ => start,
    };
    let end = if source[start..end].ends_with(b"\\n") {
        end - 2
    } else {
        end
    };
    add(bytes, Span::new(line.start + start, line.start + end), sink);
}

/// ` -p password` and ` -ppassword`.
fn with_password(bytes: &[u8], line: Span, sink: &mut Sink) {
    let Some(found) = memmem::find(&bytes[line.range()], b" -p") else {
        return;
    };
    let value = read(bytes, line.start + found + b" -p".len(), Style::Line, b' ');
    // What a shell runs first is no text.
    if let Some(value) = value.filter(|value| bytes[value.span.start - 1] != b'`') {
        add(bytes, value.span, sink);
    }
}

fn behind_on_line(bytes: &[u8], at: usize) -> Span {
    let limit = bytes.len().min(at + LINE);
    let length = memchr(b'\n', &bytes[at..limit]).unwrap_or(limit - at);
    #[cfg(test)]
    super::tally::add(length);
    Span::new(at, at + length)
}

fn before_on_line(bytes: &[u8], at: usize) -> Span {
    let floor = at.saturating_sub(LINE);
    let start = memrchr(b'\n', &bytes[floor..at]).map_or(floor, |line| floor + line + 1);
    #[cfg(test)]
    super::tally::add(at - start);
    Span::new(start, at)
}

fn add(bytes: &[u8], span: Span, sink: &mut Sink) {
    let text = &bytes[span.range()];
    if text.len() >= 8 && value::is_given(text) {
        sink.add(
            of_kind(Kind::NamedPassword),
            span,
            Rank::Structure,
            Confidence::Named,
        );
    } else if sink.need == Need::Likely && text.len() >= 6 {
        sink.mask(span);
    }
}
