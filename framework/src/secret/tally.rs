//! Counts the bytes that the slow looks go over, for the test that no text makes them many: a count
//! is the same on each machine, unlike a time.

use std::cell::Cell;

use super::find;

thread_local! {
    static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes were looked at.
pub(super) fn add(count: usize) {
    LOOKED.with(|looked| looked.set(looked.get() + count + 1));
}

fn looked_at(text: &[u8]) -> usize {
    LOOKED.with(|looked| looked.set(0));
    find(text);
    LOOKED.with(Cell::get)
}

/// How many times each byte of a text may be looked at.
const MOST: usize = 400;

#[test]
fn no_text_makes_looks_grow_faster_than_it_does() {
    let private = concat!("-----BEGIN ", "PRIVATE KEY-----\n");
    let mut wrong = Vec::new();
    for unit in [
        "password: ",
        "password=\"",
        "\"token\":\"",
        "token=abc ",
        "Token: ",
        "@",
        "://a:b@",
        "sig=",
        "%41",
        "\\u0041",
        "\\/",
        "Bearer a1",
        "Basic aGk6",
        "machine a login b ",
        " -u ",
        "mysql -p",
        "chpasswd|",
        "user=",
        "\"auth\":",
        private,
        "PuTTY-User",
        "eyJ",
        "MII",
        "glc_",
        "sk-",
        "a-",
        "_key",
        "0123456789abcdef",
        "Q~aaaaaaaaaaaaaaaaaaaaaaaa~",
    ] {
        const LENGTH: usize = 16 << 10;
        let text = unit.repeat(4 * LENGTH / unit.len());
        let (one, four) = (
            looked_at(&text.as_bytes()[..LENGTH]),
            looked_at(text.as_bytes()),
        );
        // Up to a bound of its own a look may reach further in the longer text.
        if four * 2 > one * 9 + LENGTH || four > MOST * text.len() {
            wrong.push((unit, one / LENGTH, four / text.len()));
        }
    }
    assert!(wrong.is_empty(), "looks for each byte: {wrong:?}");
}
