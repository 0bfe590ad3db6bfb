//! Where the passes put what they find, and how one finding wins over another at the same place.

use std::collections::BTreeMap;

use super::value::Class;
use super::{Finding, SecretRule};
use crate::source::Span;

/// How sure a finding has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A secret as its issuer makes it: what a check reports.
    Exact,
    /// Also what is too long, or cut short, to be one: what a report must not show.
    Likely,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A form that fits, with a checksum that does not, where its making is not documented.
    Suspect,
    /// A secret by the name that the value is given to, and by how random it looks.
    Named,
    /// A prefix, an alphabet and a length that fit.
    Likely,
    /// A checksum or a structure that nothing else has.
    Certain,
}

/// Which of two findings at one place is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By the name of the value.
    Named,
    /// By its place: a header, a URL, a file of a known form.
    Structure,
    /// By its own form.
    Token,
    /// A block of several lines, with all that is in it.
    Block,
}

struct Found {
    finding: Finding,
    rank: Rank,
}

/// What was found so far.
pub(super) struct Sink {
    pub(super) need: Need,
    /// Where the last token ends: none begins before.
    pub(super) tokens_end: usize,
    /// Up to here base64 has been looked at for a key in DER.
    pub(super) keys_end: usize,
    /// Where the word ends whose prefixes are tried, and how many were.
    pub(super) tried_end: usize,
    pub(super) tries: usize,
    /// How many commands were looked at in the stretch of text that ends there.
    commands_end: usize,
    commands: usize,
    /// Up to here no private lines of `PuTTY` are.
    pub(super) no_lines_end: usize,
    /// Up to here base64 has been looked into.
    pub(super) encoded_end: usize,
    /// Whether the text is decoded already: nothing is decoded twice.
    pub(super) is_decoded: bool,
    /// The last name and value that are no secret, and whether the value has quotes.
    pub(super) no_secret: Option<(Option<Class>, Span, Span, bool)>,
    found: Vec<Found>,
    refused: Vec<Span>,
    masked: Vec<Span>,
    tokens: Vec<Span>,
}

impl Sink {
    pub(super) fn new(need: Need) -> Self {
        Self {
            need,
            tokens_end: 0,
            keys_end: 0,
            tried_end: 0,
            tries: 0,
            commands_end: 0,
            commands: 0,
            no_lines_end: 0,
            encoded_end: 0,
            is_decoded: false,
            no_secret: None,
            found: Vec::new(),
            refused: Vec::new(),
            masked: Vec::new(),
            tokens: Vec::new(),
        }
    }

    /// Whether enough commands were looked at near a place: each looks at the line around it, and
    /// no line that somebody wrote has so many.
    pub(super) fn has_enough_commands(&mut self, at: usize) -> bool {
        const STRETCH: usize = 400;
        const MOST: usize = 8;
        if at >= self.commands_end {
            self.commands_end = at + STRETCH;
            self.commands = 0;
        }
        self.commands += 1;
        self.commands > MOST
    }

    /// For a text that was decoded.
    pub(super) fn decoded(need: Need) -> Self {
        Self {
            is_decoded: true,
            ..Self::new(need)
        }
    }

    /// A secret.
    pub(super) fn add(
        &mut self,
        rule: &'static SecretRule,
        span: Span,
        rank: Rank,
        confidence: Confidence,
    ) {
        if span.start < span.end {
            let finding = Finding {
                rule,
                span,
                confidence,
            };
            self.found.push(Found { finding, rank });
        }
    }

    /// What looks like a secret of a known kind and cannot be one: its name does not make it one.
    pub(super) fn refuse(&mut self, span: Span) {
        self.refused.push(span);
    }

    /// What begins as a token does, and is cut short or too long: not shown but for its prefix.
    pub(super) fn mask_token(&mut self, span: Span) {
        self.tokens.push(span);
    }

    /// What is no secret for certain, and is not shown.
    pub(super) fn mask(&mut self, span: Span) {
        self.masked.push(span);
    }

    /// Adds what was found in a decoded copy of a part of the text.
    pub(super) fn adopt(&mut self, other: Self, place: impl Fn(Span) -> Span) {
        for found in other.found {
            let Finding {
                rule,
                span,
                confidence,
            } = found.finding;
            self.add(rule, place(span), found.rank, confidence);
        }
        self.refused.extend(other.refused.into_iter().map(&place));
        self.masked.extend(other.masked.into_iter().map(&place));
        self.tokens.extend(other.tokens.into_iter().map(&place));
    }

    /// The findings in order, without overlaps.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        if self.found.is_empty() {
            return Vec::new();
        }
        self.refused
            .sort_unstable_by_key(|span| (span.start, span.end));
        self.found.sort_by_key(|found| {
            let Span { start, end } = found.finding.span;
            (std::cmp::Reverse(found.rank), start, std::cmp::Reverse(end))
        });
        let mut kept: BTreeMap<usize, Finding> = BTreeMap::new();
        for Found { finding, rank } in self.found {
            let span = finding.span;
            // Neither a name nor a header makes a secret of what nobody issued.
            let is_refused = rank < Rank::Token && {
                let behind = self
                    .refused
                    .partition_point(|refused| refused.start < span.end);
                // Refused tokens are short; no long one reaches over many others.
                self.refused[..behind]
                    .iter()
                    .rev()
                    .take(8)
                    .any(|refused| refused.end > span.start)
            };
            let before = kept.range(..span.end).next_back();
            if !is_refused && before.is_none_or(|(_, other)| other.span.end <= span.start) {
                kept.insert(span.start, finding);
            }
        }
        kept.into_values().collect()
    }

    /// Everything that a report must not show, in any order, overlaps included, and whether it
    /// begins with a prefix that may be shown.
    pub(super) fn spans(self) -> Vec<(Span, bool)> {
        let found = self.found.into_iter().map(|found| {
            let finding = found.finding;
            (finding.span, finding.has_head())
        });
        let masked = self.masked.into_iter().map(|span| (span, false));
        let tokens = self
            .tokens
            .into_iter()
            .chain(self.refused)
            .map(|span| (span, true));
        found.chain(masked).chain(tokens).collect()
    }
}
