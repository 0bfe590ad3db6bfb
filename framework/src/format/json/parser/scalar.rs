//! Words, numbers, texts and names.

use crate::document::Data;
use crate::source::Span;

use super::super::MAX_NOTES;
use super::{Fault, Parser, is_line_end};

impl Parser<'_> {
    /// `null`, `true`, `false`; `Infinity` and `NaN` in JSON5.
    pub(super) fn word(&mut self) -> Result<Data, Fault> {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let data = match &rest[..length] {
            "null" => Data::Null,
            "true" => Data::Boolean(true),
            "false" => Data::Boolean(false),
            "Infinity" if self.is_json5() => Data::Float(f64::INFINITY),
            "NaN" if self.is_json5() => Data::Float(f64::NAN),
            word => {
                let help = match word {
                    "True" | "TRUE" | "yes" | "on" => Some("write `true`"),
                    "False" | "FALSE" | "no" | "off" => Some("write `false`"),
                    "None" | "undefined" | "nil" | "NULL" => Some("write `null`"),
                    "" => None,
                    _ => Some("texts stand in quotes"),
                };
                let fault = self.expected("a value");
                let help = fault.help.or(help);
                return Err(Fault { help, ..fault });
            }
        };
        self.at += length;
        Ok(data)
    }

    /// A number (RFC 8259, section 6; JSON5, section 6).
    pub(super) fn number(&mut self) -> Result<Data, Fault> {
        let start = self.at;
        let is_negative = self.peek() == Some(b'-');
        self.at += usize::from(matches!(self.peek(), Some(b'-' | b'+')));
        let digits = self.at;
        if self.is_json5() {
            if matches!(self.peek(), Some(b'I' | b'N')) {
                return Ok(match self.word()? {
                    Data::Float(number) if is_negative => Data::Float(-number),
                    data => data,
                });
            }
            if self.peek() == Some(b'0') && matches!(self.peek_at(1), Some(b'x' | b'X')) {
                return self.hexadecimal(is_negative);
            }
        }
        let whole = self.digits();
        if whole > 1 && self.bytes[digits] == b'0' {
            return Err(Fault {
                span: Span::new(start, self.at),
                message: "a number does not begin with a zero that is not needed".to_owned(),
                help: Some("JSON has no octal numbers; a mode such as `0644` can only be a text"),
                is_limit: false,
            });
        }
        if whole == 0 && !(self.is_json5() && self.peek() == Some(b'.')) {
            return Err(self.expected("a digit"));
        }
        let mut is_whole = true;
        if self.eats(b'.') {
            is_whole = false;
            let decimals = self.digits();
            if decimals == 0 && !(self.is_json5() && whole > 0) {
                return Err(self.expected("a digit"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_whole = false;
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'-' | b'+')));
            if self.digits() == 0 {
                return Err(self.expected("a digit"));
            }
        }
        self.end_of_number()?;
        let text = &self.text[start..self.at];
        let text = text.strip_prefix('+').unwrap_or(text);
        let integer = is_whole.then(|| text.parse().ok()).flatten();
        Ok(match integer {
            Some(integer) => Data::Integer(integer),
            None => Data::Float(text.parse().unwrap_or(f64::NAN)),
        })
    }

    fn hexadecimal(&mut self, is_negative: bool) -> Result<Data, Fault> {
        self.at += 2;
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.expected("a hexadecimal digit"));
        }
        self.end_of_number()?;
        let digits = &self.text[start..self.at];
        Ok(match i128::from_str_radix(digits, 16) {
            Ok(number) if is_negative => Data::Integer(-number),
            Ok(number) => Data::Integer(number),
            Err(_) => {
                let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0);
                let number = digits
                    .bytes()
                    .fold(0.0, |sum, digit| sum * 16.0 + f64::from(value(digit)));
                Data::Float(if is_negative { -number } else { number })
            }
        })
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// `10s`, `1.2.3` and `1_000` are not numbers with something behind them.
    fn end_of_number(&self) -> Result<(), Fault> {
        match self.peek_char() {
            Some(c) if is_word(c) || c == '.' || c == '\\' => Err(Fault {
                span: Span::new(self.at, self.at + c.len_utf8()),
                message: format!("expected the end of the number, found `{c}`"),
                help: Some("a value with a unit is a text, in quotes"),
                is_limit: false,
            }),
            _ => Ok(()),
        }
    }

    /// A text in quotes (RFC 8259, section 7; JSON5, section 5).
    pub(super) fn string(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let quote = self.bytes[start];
        self.at += 1;
        let mut text = String::new();
        let mut copied = self.at;
        loop {
            match self.peek() {
                Some(byte) if byte == quote => {
                    text.push_str(&self.text[copied..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    text.push_str(&self.text[copied..self.at]);
                    self.escape(&mut text)?;
                    copied = self.at;
                }
                None => {
                    let message = "expected a quote to close the text, found the end of the file";
                    return Err(fault(Span::new(start, start + 1), message));
                }
                Some(b'\n' | b'\r') => {
                    let message = "expected a quote to close the text, found the end of the line";
                    return Err(fault(Span::new(start, self.at), message));
                }
                Some(byte @ 0..0x20) if !self.is_json5() => {
                    return Err(Fault {
                        span: Span::new(self.at, self.at + 1),
                        message: format!("the control character U+{byte:04X} stands in a text"),
                        help: Some("write it as an escape: `\\t`, `\\u0007`"),
                        is_limit: false,
                    });
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// One escape; the cursor is at its backslash.
    fn escape(&mut self, text: &mut String) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.peek_char() else {
            let message = "expected an escape, found the end of the file";
            return Err(fault(Span::new(start, self.at), message));
        };
        self.at += c.len_utf8();
        let is_json5 = self.is_json5();
        text.push(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode(start)?,
            '\'' if is_json5 => c,
            'v' if is_json5 => '\u{b}',
            '0' if is_json5 && !matches!(self.peek(), Some(b'0'..=b'9')) => '\0',
            'x' if is_json5 => {
                let code = self.hex_digits(2, start)?;
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            c if is_json5 && is_line_end(c) => {
                if c == '\r' {
                    let _ = self.eats(b'\n');
                }
                return Ok(());
            }
            c if is_json5 && !c.is_ascii_digit() => c,
            c if c.is_control() => {
                let message = "a backslash stands before a control character";
                return Err(fault(Span::new(start, self.at), message));
            }
            c => {
                return Err(Fault {
                    span: Span::new(start, self.at),
                    message: format!("`\\{c}` is not an escape"),
                    help: Some("write `\\\\` for a backslash"),
                    is_limit: false,
                });
            }
        });
        Ok(())
    }

    /// What `\u` stands for, with the second half of a pair; the cursor is behind the `u`.
    fn unicode(&mut self, start: usize) -> Result<char, Fault> {
        let code = self.hex_digits(4, start)?;
        if let Some(c) = char::from_u32(code) {
            return Ok(c);
        }
        if code < 0xdc00 && self.peek() == Some(b'\\') && self.peek_at(1) == Some(b'u') {
            let behind = self.at;
            self.at += 2;
            let low = self.hex_digits(4, behind)?;
            if (0xdc00..0xe000).contains(&low) {
                let pair = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            // The second escape speaks for itself.
            self.at = behind;
        }
        if self.surrogates.len() < MAX_NOTES {
            self.surrogates.push(Span::new(start, self.at));
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex_digits(&mut self, count: usize, start: usize) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..count {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                let span = Span::new(start, self.at);
                let message = format!("expected {count} hexadecimal digits in the escape");
                return Err(fault(span, message));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    /// A name without quotes (JSON5, section 3.1: an `IdentifierName` of ECMAScript 5.1).
    pub(super) fn identifier(&mut self) -> Result<String, Fault> {
        let start = self.at;
        let mut name = String::new();
        while let Some(c) = self.peek_char() {
            let escape = self.at;
            let c = if c == '\\' {
                self.at += 1;
                if !self.eats(b'u') {
                    let span = Span::new(escape, self.at);
                    return Err(fault(
                        span,
                        "expected `\\u` and four digits in a name without quotes",
                    ));
                }
                let code = self.hex_digits(4, escape)?;
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            } else if is_word(c) {
                self.at += c.len_utf8();
                c
            } else {
                break;
            };
            let is_fit = if name.is_empty() {
                is_word_start(c)
            } else {
                is_word(c)
            };
            if !is_fit {
                self.at = escape;
                if name.is_empty() {
                    return Err(self.expected("a name or `}`"));
                }
                let span = Span::new(escape, escape + 1);
                return Err(fault(
                    span,
                    "a name without quotes holds only letters, digits, `_` and `$`",
                ));
            }
            name.push(c);
        }
        if self.at == start {
            return Err(self.expected("a name or `}`"));
        }
        Ok(name)
    }
}

fn fault(span: Span, message: impl Into<String>) -> Fault {
    Fault {
        span,
        message: message.into(),
        help: None,
        is_limit: false,
    }
}

/// What a name without quotes can begin with: letters, `_`, `$`.
fn is_word_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | '$')
}

/// What it can go on with. Combining marks that are not letters are left out: no known file has
/// them, and the complaint is clear.
fn is_word(c: char) -> bool {
    is_word_start(c) || c.is_numeric() || matches!(c, '\u{200c}' | '\u{200d}')
}
