//! `HEALTHCHECK`: its test and its times.

use std::collections::BTreeMap;

use super::super::lines::Instruction;
use super::super::words::{self, GO_DURATION};
use super::{Reader, entry};
use crate::document::{Data, Node, Place};
use crate::scale::WORD;

impl Reader<'_> {
    pub(super) fn healthcheck(
        &mut self,
        instruction: &Instruction,
        start: usize,
        given: &BTreeMap<String, (String, Place)>,
    ) {
        let rest = &instruction.rest[start..];
        let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let kind = rest[..len].to_ascii_uppercase();
        let tail = rest[len..].trim_start();
        let tail_at = start + rest.len() - tail.len();
        let place = instruction.whole();
        if kind == "NONE" {
            if !tail.is_empty() || !given.is_empty() {
                self.refuse(place, "HEALTHCHECK NONE takes no arguments");
            }
            let node = Node::text("none", place).scaled(&WORD);
            return self.set("healthcheck", instruction, node, true);
        }
        if kind != "CMD" {
            return self.refuse(place, "unknown type in HEALTHCHECK (try CMD)");
        }
        if tail.is_empty() {
            return self.refuse(place, "missing command after HEALTHCHECK CMD");
        }
        let test = self.exec_form(instruction, tail_at);
        let mut entries = vec![entry("test", test.place, test)];
        for (name, (value, place)) in given {
            let key = name.replace('-', "_");
            let node = if name == "retries" {
                match value.parse::<i32>() {
                    Ok(number) if number >= 0 => Node::new(Data::Integer(number.into()), *place),
                    _ => {
                        self.refuse(*place, "--retries must be a number that is not negative");
                        continue;
                    }
                }
            } else {
                match words::nanoseconds(value) {
                    Some(0 | 1_000_000..) => {
                        Node::text(value.as_str(), *place).scaled(&GO_DURATION)
                    }
                    Some(_) => {
                        self.refuse(*place, format!("--{name} cannot be less than 1ms"));
                        continue;
                    }
                    None => {
                        let message = format!("--{name} is not a duration with a unit");
                        self.refuse(*place, message);
                        continue;
                    }
                }
            };
            entries.push(entry(&key, *place, node));
        }
        let node = Node::new(Data::Map(entries), place);
        self.set("healthcheck", instruction, node, true);
    }
}
