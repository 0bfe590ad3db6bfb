//! How a program of another side is asked, and how trees are compared with it.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::program::skipped;
use clawtest::framework::document::{Data, Document, Input, Node};

/// Reads bytes without any files around them.
pub(super) fn read(parser: fn(&Input<'_>) -> Document, path: &str, bytes: &[u8]) -> Document {
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    parser(&Input {
        path,
        bytes: bytes.into(),
        target: &target,
        variables: &BTreeMap::new(),
    })
}

/// Gives all inputs to one run of a program, a line of hexadecimal digits each, and returns the
/// line that it says to each; `None` if the program is not installed.
pub(super) fn ask(program: &str, arguments: &[&str], inputs: &[Vec<u8>]) -> Option<Vec<String>> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = spawned else {
        skipped(&format!("{program} is not installed"));
        return None;
    };
    let lines: String = inputs.iter().map(|input| hex(input) + "\n").collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    if let Some(reason) = text.strip_prefix("skipped: ") {
        skipped(reason.trim_end());
        return None;
    }
    let answers: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), inputs.len(), "{program} stopped early");
    Some(answers)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// A tree as the scripts of the other side print theirs.
pub(super) fn tree(node: &Node) -> String {
    match &node.data {
        Data::Null => "null".to_owned(),
        Data::Boolean(truth) => truth.to_string(),
        Data::Integer(number) => format!("i{number}"),
        Data::Float(number) if number.is_nan() => "nan".to_owned(),
        Data::Float(number) => format!("f{}", hex(&number.to_be_bytes())),
        Data::Text(text) => format!("s{}", hex(text.as_bytes())),
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(tree).collect();
            format!("[{}]", items.join(","))
        }
        Data::Map(entries) => {
            let mut members: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}:{}", hex(entry.name.as_bytes()), tree(&entry.node)))
                .collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// Numbers that look random and are the same in every run (xorshift).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// The Python function that prints a tree in the same way.
pub(super) const PYTHON_TREE: &str = r"
import struct, sys, datetime
def tree(v):
    if v is None: return 'null'
    if v is True: return 'true'
    if v is False: return 'false'
    if isinstance(v, int) and -2**127 <= v < 2**127: return 'i%d' % v
    if isinstance(v, int): v = float(v)
    if isinstance(v, float): return 'nan' if v != v else 'f' + struct.pack('>d', v).hex()
    if isinstance(v, str): return 's' + v.encode().hex()
    if isinstance(v, list): return '[' + ','.join(map(tree, v)) + ']'
    if isinstance(v, dict): return '{' + ','.join(sorted(k.encode().hex() + ':' + tree(x) for k, x in v.items())) + '}'
    raise ValueError(type(v))
";
