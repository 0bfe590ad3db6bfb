//! YAML texts for the comparison: written by hand, generated from a seed, and damaged ones.

/// Texts that all readers must take alike.
pub(super) const WRITTEN: &[&str] = &[
    "",
    "# only a comment\n",
    "---\n",
    "--- a\n...\n",
    "a: 1\n",
    "a: 1\n---\nb: 2\n",
    "a: 1\n---\nb: 2\n---\n- c\n",
    "- 1\n- - 2\n  - 3\n- - - 4\n",
    "a:\n- b\nc:\n-\n- d\n",
    "a:\n  - b\n  -\n    c: d\n    e: f\n  - g: h\n    i: j\n",
    "a: {b: [1, 2], c: , d}\n",
    "a: {b: 1,}\nc: [1, 2,]\n",
    "[a: b, c, ? d : e]\n",
    "? a\n: b\n? c\n",
    "? |\n  k\n: v\n",
    "? [a]\n: b\n",
    "a: 'it''s'\nb: \"x\\ty\\u00e9\\x41\\U0001F600\\e\\_\\N\\L\\0\\a\\/\"\n",
    "a: 'x\n\n  y\n  z '\n",
    "a: \"x \\\n  y\\\n  \\ z\n\n  w\"\n",
    "a: |\n  x\n   y\n\n  z\n\n\nb: 1\n",
    "a: |-\n  x\n\nb: |+\n  x\n\n",
    "a: >\n  x\n  y\n\n  z\n    more\n  w\n",
    "a: >-\n\n  x\n\n\n  y\n",
    "a: >+\n  x\n\n",
    "a: |1\n  x\n y\nb: >2-\n   x\n  y\n",
    "a: |2\n\n    x\nb: |\n\n\n",
    "- |\n x\n- >\n y\n- |-\n\n- z\n",
    "--- |\n x\n--- >\n y\n",
    "a: x\n  y\n\n  z\nb: u\n   v # c\n",
    "a: http://x:80/#y\nb: a#b\nc: x:y\nd: -x\ne: ?x\nf: :x\n",
    "a: [http://x, x:y, -x, a#b]\n",
    "a: &x [1]\nb: *x\nc: &y z\n*y : 2\n",
    "a: &x\nb: *x\nc: &z !!str\nd: *z\n",
    "&x a: &y b\n*x : *y\n",
    "&x a: &y b\nc: *x\nd: *y\n",
    "a: &x {k: 1, l: 1}\nb: {<<: *x, k: 2}\n",
    "a: &x {k: 1, l: 1}\nb: &y {k: 2, m: 2}\nc: {k: 3, <<: [*x, *y]}\nd: {<<: [*y, *x]}\n",
    "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc:\n  <<: *y\n  m: 3\n",
    "a: {<<: [{k: 1}, {k: 2, l: 3}]}\n",
    "a: {<<: x}\n",
    "a: {<<: [x]}\n",
    "a: {<<: }\n",
    "a: {'<<': x, \"b\": <<}\n",
    "a: &x [*x]\n",
    "a: *b\n",
    "a: 1\nb: 2\na: 3\n",
    "{a: 1, 'a': 3}\n",
    "a: {{ x }}\n",
    "a:\n\tb: 1\n",
    "a: b: c\n",
    "a: @x\n",
    "a: `x`\n",
    "a: %x\n",
    "a: 'x\n",
    "a: \"x\n",
    "a: \"\\q\"\n",
    "a: [1\nb: 2\n",
    "a: ]\n",
    "a: b\n- c\n",
    "- a\nb: c\n",
    "a: - b\n",
    "  a: 1\n b: 2\n",
    "a:\n  b: 1\n c: 2\n",
    "a: \"x\" y\n",
    "a: &a &b c\n",
    "a: |x\n  y\n",
    "a: !e!x 1\n",
    "%TAG !e! tag:e,2000:\n---\na: !e!x 1\n",
    "%YAML 1.2\n---\na: 1\n",
    "a: !!str 010\nb: !!str\nc: !x y\nd: !!int 7\ne: !!float 1.5\n",
    "a: !!str\n  x\nb: !!map\n  c: d\ne: !!seq\n- f\n",
    "n: [~, null, Null, NULL, '', ]\nb: [true, True, TRUE, false, no, yes, on, off, y]\n",
    "i: [0, -0, +7, 010, 0o17, 0xfF, 0b1, 1_000, 1:20, 12345678901234567890]\n",
    "f: [1.5, .5, -.5, 1., 1e3, 1E-3, .inf, -.INF, +.Inf, .nan, 1e, ., 1.2.3]\n",
    "d: [2001-12-14, 2001-12-14t21:59:43.10-05:00]\nc: 0.10\n",
    "\u{feff}a: 1\n",
    "é: ü # ö\n日本: [語, '\u{1f600}']\n",
    "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'x\r\n  y'\r\n",
    "a: \u{7}\n",
    "a: \u{7f}\n",
    "a: x\u{a0}y\n",
    "a: b # c\n# d\n\n# e\nf:\n  # g\n  h: i\n  # j\n",
    "a:  # c\n  b\nd: [ # e\n  1, # f\n  2\n  ]\n",
    "a: b # c\nd: [e ,f]\n",
    "a: 1\n...\n# c\n...\n---\nb: 2\n",
    "key with blanks: v\n'q: k': v\n\"d\\tk\": v\n1: a\ntrue: b\n",
    "a: x\n b: y\n",
    "a: 'x'\n  'y'\n",
    "a: [\n  1,\n  2\n]\n",
    "a:\n  b: {\n    c: d\n  }\n",
    "{\na: 1\n, b: 2\n}\n",
    "a: \"\\ud83d\"\n",
    "- a: 1\n  b: 2\n-   c: 3\n    d: 4\n",
    "a: !<tag:yaml.org,2002:str> 1\n",
];

/// Texts that are read otherwise, and who is right.
pub(super) const KNOWN: &[(&str, &str)] = &[
    (
        "- &a:1 x\n",
        "ours: names of anchors hold more than letters since 1.2 (6.9.2)",
    ),
    (
        "a: &x 1\nb: &x 2\n",
        "ours: an anchor may be given again (6.9.2)",
    ),
    ("[f: ?x]\n", "ours: `?x` is a text in brackets too (7.3.3)"),
    ("[f?1: a]\n", "ours: the same"),
    ("[f: :x]\n", "ours: `:x` is a text in brackets too (7.3.3)"),
    ("{ f,: x }\n", "ours: keys may be empty (7.4.2)"),
    (": x\n", "ours: keys may be empty (8.2.2)"),
    ("a: !#x b\n", "ours: tags may hold `#` (6.8.2)"),
    ("[ ! ]\n", "ours: what is empty may have a tag (7.3)"),
    (
        "--- |\nx\n",
        "ours: a text of the root need not be indented (8.1.1)",
    ),
    (
        "a: 'x\ny'\n",
        "ours: lines of quoted texts must be indented (7.3.1)",
    ),
    (
        "a: 'x'# c\n",
        "ours: a comment needs a blank before it (6.6)",
    ),
    ("- !a[b c\n", "ours: tags hold no brackets (6.8.2)"),
    (
        "a: x\u{2028}b\n",
        "ours: U+2028 ends no line since 1.2 (5.4)",
    ),
    (
        "a: [\n1\n]\n",
        "ours: what is in brackets must be indented (7.4)",
    ),
    ("a:\tb\n", "ours: a tab may stand behind a colon (6.2)"),
    ("[?]\n", "theirs: `?` alone is no text (7.3.3)"),
    (
        "?",
        "theirs: a key may be empty at the end (8.2.2); the file is refused",
    ),
    (
        "{a:[]}\n",
        "theirs: `:` before a bracket ends a key (7.4.2); the file is refused",
    ),
];

/// What is said where one side refuses a text that the other takes, and who is right.
pub(super) const EXPLAINED: &[(&str, &str)] = &[
    (
        "found duplicate anchor",
        "an anchor may be given again (YAML 1.2.2, 6.9.2)",
    ),
    (
        "invalid indentation",
        "lines of quoted texts and in brackets must be indented (7.3.1, 7.4)",
    ),
    (
        r"found character '\\t'",
        "a tab may stand before a text (6.2)",
    ),
    (
        "expected ',' or '}', but got ':'",
        "keys in braces may have several lines (7.4.2)",
    ),
    (
        "comments must be separated",
        "a comment needs a blank before it (6.6)",
    ),
    (
        "wrongly indented line in block scalar",
        "empty lines before a text are not longer than its indentation (8.1.1.1)",
    ),
    (
        "while scanning a tag, did not find",
        "tags hold no brackets (6.8.2)",
    ),
    (
        "expected the node content, but found ':'",
        "1.2 takes `:x` in brackets, and empty keys (7.3.3, 7.4.2)",
    ),
    (
        "expected <block end>, but found ':'",
        "keys may be empty (8.2.2)",
    ),
    (
        "expected '<document start>', but found '<block",
        "a text of the root need not be indented (8.1.1)",
    ),
    (
        "simple key expect",
        "a `|` of an item or value must be indented (8.2.1)",
    ),
    (
        "':' may not precede any of",
        "the parser is stricter than 7.4.2 in `{a:[]}`: the file is refused",
    ),
];

/// Numbers from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }
}

/// Documents that are YAML, from a fixed seed.
pub(super) fn generated(count: u64) -> Vec<String> {
    let texts = (0..count).map(|seed| {
        let mut writer = Writer {
            random: Random(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9)),
            text: String::new(),
            started: 0,
            anchors: Vec::new(),
            maps: Vec::new(),
        };
        writer.stream();
        writer.text
    });
    texts.collect()
}

/// Documents with one to three characters changed, so that many are not YAML any more.
pub(super) fn damaged(count: u64) -> Vec<String> {
    let texts = generated(count).into_iter().zip(1..);
    let damaged = texts.map(|(text, seed)| {
        let mut random = Random(0x2545_f491_4f6c_dd1d ^ seed);
        let mut characters: Vec<char> = text.chars().collect();
        for _ in 0..=random.below(3) {
            let at = random.below(characters.len() + 1);
            let new = random.pick(&[
                ":", " ", "-", "[", "]", "{", "}", ",", "'", "\"", "#", "&a", "*a1", "\n", "  ",
                "|", ">", "%", "x",
            ]);
            match random.below(3) {
                0 if at < characters.len() => {
                    characters.remove(at);
                }
                1 if at < characters.len() => {
                    characters.splice(at..=at, new.chars());
                }
                _ => {
                    characters.splice(at..at, new.chars());
                }
            }
        }
        characters.into_iter().collect()
    });
    damaged
        .filter(|text: &String| has_old_names(text))
        .collect()
}

/// Whether all that could be names of anchors are letters and digits, as YAML 1.1 wants them.
fn has_old_names(text: &str) -> bool {
    text.split(['&', '*']).skip(1).all(|rest| {
        let name = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        name.len() < rest.len() && name.starts_with([' ', '\n', ',', ']', '}'])
    })
}

/// Writes a document.
struct Writer {
    random: Random,
    text: String,
    /// How many anchors there are.
    started: usize,
    /// The numbers of those whose node is complete.
    anchors: Vec<usize>,
    /// The numbers of those of them that stand before maps.
    maps: Vec<usize>,
}

impl Writer {
    fn stream(&mut self) {
        let count = if self.random.one_in(6) { 2 } else { 1 };
        for index in 0..count {
            self.started = 0;
            self.anchors.clear();
            self.maps.clear();
            if index > 0 || self.random.one_in(5) {
                self.text += "---\n";
            }
            if self.random.one_in(4) {
                self.sequence(0, 0);
            } else {
                self.mapping(0, 0);
            }
        }
    }

    fn line_end(&mut self) {
        self.text += self
            .random
            .pick(&["\n", "\n", "\n", "\n", " # c: d\n", "\n\n", "\n# c\n"]);
    }

    fn indent(&mut self, indent: usize) {
        self.text += &" ".repeat(indent);
    }

    fn mapping(&mut self, indent: usize, depth: usize) {
        let count = 1 + self.random.below(4);
        for index in 0..count {
            if index > 0 || indent > 0 {
                self.indent(indent);
            }
            self.entry(index, indent, depth);
        }
    }

    fn entry(&mut self, index: usize, indent: usize, depth: usize) {
        if index == 0 && !self.maps.is_empty() && self.random.one_in(3) {
            let one = self.maps[self.random.below(self.maps.len())];
            let two = self.maps[self.random.below(self.maps.len())];
            self.text += &if self.random.one_in(2) {
                format!("<<: *a{one}\n")
            } else {
                format!("<<: [*a{one}, *a{two}]\n")
            };
            return;
        }
        let style = self
            .random
            .pick(&["k", "k", "k", "key ", "'k ", "\"k ", "é"]);
        self.text += &match style.chars().next() {
            Some('\'') => format!("'k: {index}'"),
            Some('"') => format!("\"k\\t{index}\""),
            _ => format!("{style}{index}"),
        };
        self.text += ":";
        self.value(indent, depth, true);
    }

    fn sequence(&mut self, indent: usize, depth: usize) {
        for _ in 0..=self.random.below(3) {
            self.indent(indent);
            self.text += "-";
            if depth < 4 && self.random.one_in(5) {
                // A map or list that begins in the line of the `-`.
                self.text += " ";
                if self.random.one_in(2) {
                    let count = 1 + self.random.below(2);
                    for index in 0..count {
                        if index > 0 {
                            self.indent(indent + 2);
                        }
                        self.entry(index + 1, indent + 2, depth + 1);
                    }
                } else {
                    self.text += "-";
                    self.value(indent + 2, depth + 1, false);
                }
                continue;
            }
            self.value(indent, depth, false);
        }
    }

    /// Writes what stands behind `key:` or `-`, and the end of the line.
    fn value(&mut self, indent: usize, depth: usize, is_in_map: bool) {
        let kind = self.random.below(if depth < 4 { 12 } else { 8 });
        if !self.anchors.is_empty() && kind < 8 && self.random.one_in(8) {
            let anchor = self.anchors[self.random.below(self.anchors.len())];
            self.text += &format!(" *a{anchor}");
            return self.line_end();
        }
        let has_anchor = self.random.one_in(6);
        if has_anchor {
            self.started += 1;
            self.text += &format!(" &a{}", self.started);
        }
        let number = self.started;
        if self.random.one_in(12) {
            self.text += self.random.pick(&[" !x", " !!str", " !local"]);
            if kind >= 6 {
                let keep = self.text.rfind(" !").unwrap();
                self.text.truncate(keep);
            }
        }
        match kind {
            0..=3 => {
                self.text += " ";
                let scalar = self.scalar(indent + 2, false);
                self.text += &scalar;
                self.line_end();
            }
            4 | 5 => self.block_scalar(indent),
            6 => self.line_end(),
            7 => {
                self.text += " ";
                let flow = self.flow(indent + 2, depth);
                self.text += &flow;
                self.line_end();
            }
            8 | 9 => {
                self.line_end();
                let step = 1 + self.random.below(4);
                self.mapping(indent + step, depth + 1);
            }
            _ => {
                self.line_end();
                let step = if is_in_map {
                    self.random.below(3)
                } else {
                    1 + self.random.below(2)
                };
                self.sequence(indent + step, depth + 1);
            }
        }
        if has_anchor {
            self.anchors.push(number);
            if matches!(kind, 8 | 9) {
                self.maps.push(number);
            }
        }
    }

    fn scalar(&mut self, indent: usize, is_flow: bool) -> String {
        let more = format!("\n{}", " ".repeat(indent));
        match self.random.below(8) {
            0 => self
                .random
                .pick(&["'it''s'", "''", "'a: b # c'", "'é'", "'[x'"])
                .to_owned(),
            1 => self
                .random
                .pick(&[
                    "\"a\\nb\"",
                    "\"\"",
                    "\"\\u00e9\\x41\"",
                    "\"a: 'b'\"",
                    "\"\\\\\\\"\"",
                ])
                .to_owned(),
            2 if !is_flow => format!("one{more}two{more}three"),
            3 => format!("'one{more}{more}two'"),
            4 => format!("\"one \\{more}two{more}three\""),
            _ => self
                .random
                .pick(&[
                    "x",
                    "a b",
                    "12",
                    "010",
                    "0o7",
                    "0x1F",
                    "1.50",
                    "1e3",
                    ".5",
                    "true",
                    "no",
                    "null",
                    "~",
                    "a-b",
                    "x:y",
                    "http://x/#y",
                    "22:22",
                    "2001-12-14",
                    "-1",
                    "1_000",
                    "é ü",
                    "a'b",
                    "$X",
                    "<<x",
                    "a&b",
                    "*.x".trim_start_matches('*'),
                    "-x",
                    "+1",
                    "=",
                    "yes",
                ])
                .to_owned(),
        }
    }

    fn block_scalar(&mut self, indent: usize) {
        let step = 1 + self.random.below(3);
        let style = self.random.pick(&["|", ">"]);
        let chomp = self.random.pick(&["", "-", "+"]);
        let is_given = self.random.one_in(3);
        // The number counts from the indentation of the parent, which for the root is -1.
        let number = if is_given {
            step.to_string()
        } else {
            String::new()
        };
        self.text += &format!(
            " {style}{number}{chomp}{}\n",
            self.random.pick(&["", "", " # c"])
        );
        let pad = " ".repeat(indent + step);
        let count = self.random.below(4);
        for index in 0..count {
            let line = self.random.pick(&[
                "x", "a: b", "# c", "- d", "", "  more", "'", "x  y", "[", "\ttab",
            ]);
            if line.is_empty() {
                self.text += "\n";
            } else if index == 0 && !is_given {
                self.text += &format!("{pad}{}\n", line.trim());
            } else {
                self.text += &format!("{pad}{line}\n");
            }
        }
    }

    fn flow(&mut self, indent: usize, depth: usize) -> String {
        let gap = match self.random.below(4) {
            0 => format!("\n{}", " ".repeat(indent)),
            1 => String::new(),
            _ => " ".to_owned(),
        };
        let is_map = self.random.one_in(2);
        let mut parts = Vec::new();
        for index in 0..self.random.below(4) {
            let value = if depth < 4 && self.random.one_in(4) {
                self.flow(indent + 1, depth + 1)
            } else {
                self.scalar(indent + 1, true)
            };
            parts.push(match (is_map, self.random.below(5)) {
                (true, 0) => format!("f{index}"),
                (true, 1) => format!("'f{index}': {value}"),
                (true, _) | (false, 0) => format!("f{index}: {value}"),
                (false, _) => value,
            });
        }
        let comma = if !parts.is_empty() && self.random.one_in(5) {
            ","
        } else {
            ""
        };
        let inner = parts.join(&format!(",{}", if gap.is_empty() { " " } else { &gap }));
        if is_map {
            format!("{{{gap}{inner}{comma}{gap}}}")
        } else {
            format!("[{gap}{inner}{comma}{gap}]")
        }
    }
}
