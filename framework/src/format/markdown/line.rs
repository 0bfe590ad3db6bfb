//! What a single line is: list markers, headings, fences, rules, HTML, table cells.

use super::Piece;
use crate::source::Span;

/// Longest path of a block, in bytes.
const MAX_PATH: usize = 4096;

/// The width of a list marker, and whether it may interrupt a paragraph.
pub(super) fn marker(body: &str) -> Option<(usize, bool)> {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let width = match (digits, body.as_bytes().get(digits)) {
        (0, Some(b'-' | b'+' | b'*')) => 1,
        (1..=9, Some(b'.' | b')')) => digits + 1,
        _ => return None,
    };
    let rest = &body[width..];
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let is_first = digits == 0 || body[..digits].parse() == Ok(1_u32);
    Some((width, is_first && !rest.trim().is_empty()))
}

/// The level of an ATX heading and where its text is.
pub(super) fn heading(body: &str) -> Option<(u8, usize, usize)> {
    let level = body.bytes().take_while(|byte| *byte == b'#').count();
    let rest = &body[level..];
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
        return None;
    }
    let text = rest.trim_end();
    let bare = text.trim_end_matches('#');
    let text = if bare.is_empty() || bare.ends_with([' ', '\t']) {
        bare.trim_end()
    } else {
        text
    };
    let level_number = u8::try_from(level).ok()?;
    Some((level_number, level, level + text.len()))
}

/// The sign and length of an opening fence, and its info string.
pub(super) fn fence(body: &str) -> Option<(u8, usize, &str)> {
    let sign = body
        .bytes()
        .next()
        .filter(|byte| matches!(byte, b'`' | b'~'))?;
    let len = body.bytes().take_while(|byte| *byte == sign).count();
    let info = body[len..].trim();
    let is_fence = len >= 3 && !(sign == b'`' && info.contains('`'));
    is_fence.then_some((sign, len, info))
}

/// Whether a line is a thematic break.
pub(super) fn is_rule(body: &str) -> bool {
    let sign = body.as_bytes().first().copied();
    let mut count = 0;
    for byte in body.bytes() {
        match byte {
            b' ' | b'\t' => {}
            _ if Some(byte) == sign => count += 1,
            _ => return false,
        }
    }
    matches!(sign, Some(b'-' | b'*' | b'_')) && count >= 3
}

/// What ends the raw HTML that starts here, in which nothing is Markdown.
pub(super) fn html(body: &str) -> Option<&'static str> {
    const STARTS: [(&str, &str); 5] = [
        ("<!--", "-->"),
        ("<pre", "</pre>"),
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<textarea", "</textarea>"),
    ];
    let found = STARTS.iter().find(|(start, _)| {
        let is_start = body
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start));
        let next = body.as_bytes().get(start.len());
        is_start && (*start == "<!--" || matches!(next, None | Some(b' ' | b'\t' | b'>')))
    });
    found.map(|(_, end)| *end)
}

/// The cells of a table line.
pub(super) fn cells(text: &str, start: usize, end: usize) -> Vec<Piece> {
    let line = text[start..end].trim();
    let at = start + text[start..end].len() - text[start..end].trim_start().len();
    let skip = usize::from(line.starts_with('|'));
    let line = &line[skip..];
    let mut cells = Vec::new();
    let mut from = 0;
    let mut is_escaped = false;
    let mut has_escape = false;
    let mut push = |from: usize, to: usize, has_escape: bool| {
        let cell = &line[from..to];
        let body = cell.trim();
        let first = at + skip + from + (cell.len() - cell.trim_start().len()).min(cell.len());
        let text = if has_escape {
            body.replace("\\|", "|")
        } else {
            body.to_owned()
        };
        cells.push(Piece {
            text,
            span: Span::new(first, first + body.len()),
        });
    };
    for (offset, byte) in line.bytes().enumerate() {
        match byte {
            b'|' if !is_escaped => {
                push(from, offset, has_escape);
                from = offset + 1;
                has_escape = false;
            }
            b'|' => has_escape = true,
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if !line[from..].trim().is_empty() || cells_is_empty(line, from) {
        push(from, line.len(), has_escape);
    }
    cells
}

/// Whether a line has no cell that is closed.
fn cells_is_empty(line: &str, from: usize) -> bool {
    from == 0 && !line.is_empty()
}

/// The path that an info string gives a block whose format has no comments: `json path=/etc/a.json`,
/// or `path="a b.json"` where it has blanks.
pub(super) fn info_path(info: &str) -> Option<String> {
    let mut rest = info;
    loop {
        let at = rest.find("path=")?;
        let is_word = at > 0 && rest[..at].ends_with([' ', '\t']);
        rest = &rest[at + "path=".len()..];
        if !is_word {
            continue;
        }
        let path = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?.0,
            None => rest.split_whitespace().next().unwrap_or_default(),
        };
        let is_path = !path.is_empty() && path.len() <= MAX_PATH;
        return is_path.then(|| path.to_owned());
    }
}

/// Whether a line has to be the first one of its file, so that no comment can stand before it: `#!`,
/// an XML declaration, a directive of a Dockerfile.
fn is_head(line: &str) -> bool {
    let directive = line.strip_prefix('#').map(str::trim_start);
    line.starts_with("#!")
        || line.starts_with("<?xml")
        || directive.is_some_and(|rest| rest.starts_with("syntax=") || rest.starts_with("escape="))
}

/// Whether nothing stands in a block but blanks and the lines that say what it is.
pub(super) fn is_blank(content: &str) -> bool {
    let mut lines = content.lines().map(str::trim).peekable();
    let _ = lines.next_if(|line| is_head(line));
    let _ = lines.next_if(|line| path_of_comment(line).is_some());
    lines.all(str::is_empty)
}

/// The path that a comment at the start of a block names.
pub(super) fn path_comment(content: &str) -> Option<String> {
    let mut lines = content.lines().map(str::trim).peekable();
    let _ = lines.next_if(|line| is_head(line));
    path_of_comment(lines.next()?)
}

/// The path that is all that a comment says.
fn path_of_comment(line: &str) -> Option<String> {
    let inner = match line.strip_prefix("<!--") {
        Some(rest) => rest.strip_suffix("-->")?,
        None => line
            .strip_prefix("//")
            .or_else(|| line.strip_prefix("--"))
            .or_else(|| line.strip_prefix(['#', ';']))?,
    };
    let path = inner.trim();
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_path = !path.is_empty()
        && path.len() <= MAX_PATH
        && !path.contains(|c: char| c.is_whitespace() || "<>|*?\"'=".contains(c))
        && !path.contains("://")
        && (path.contains('/')
            || name.trim_start_matches('.').contains('.') && !name.ends_with('.')
            || name.starts_with('.') && name.len() > 1
            || matches!(
                name,
                "Dockerfile" | "Containerfile" | "Makefile" | "Caddyfile"
            ));
    is_path.then(|| path.to_owned())
}
