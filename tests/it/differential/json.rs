//! JSON against Python's `json`, JSON5 against the `json5` package of npm where it is installed.

use clawtest::framework::format::json;

use super::oracle::{Dice, PYTHON_TREE, ask, read, tree};

/// Python, made strict where it is lax on purpose: `NaN`, duplicates, half surrogate pairs.
const PYTHON: &str = r"
import json
def refuse(word): raise ValueError(word)
def pairs(members):
    if len(set(k for k, _ in members)) < len(members): raise ValueError('twice')
    return dict(members)
for line in sys.stdin:
    try:
        text = bytes.fromhex(line.strip()).decode('utf-8')
        print(tree(json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)))
    except (ValueError, RecursionError):
        print('error')
";

const NODE: &str = r"
let json5;
try { json5 = require('json5'); } catch { console.log('skipped: json5 of npm is not installed'); process.exit(0); }
const hex = text => Buffer.from(text, 'utf8').toString('hex');
function tree(v) {
  if (v === null || v === true || v === false) return String(v);
  if (typeof v === 'number') return 'n' + v;
  if (typeof v === 'string') return 's' + hex(v);
  if (Array.isArray(v)) return '[' + v.map(tree).join(',') + ']';
  return '{' + Object.entries(v).map(([k, x]) => hex(k) + ':' + tree(x)).sort().join(',') + '}';
}
for (const line of require('fs').readFileSync(0, 'latin1').split('\n').slice(0, -1)) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(line, 'hex'));
    console.log(tree(json5.parse(text)));
  } catch { console.log('error'); }
}
";

const TEXTS: &[&str] = &[
    "",
    " ",
    "null",
    "nul",
    "nulll",
    "true",
    "True",
    "false",
    "\"\"",
    "\"a\"",
    "'a'",
    "a",
    "0",
    "-0",
    "+0",
    "-",
    "01",
    "-01",
    "00",
    "1.",
    ".1",
    "1.0",
    "1e5",
    "1E+5",
    "1e-5",
    "1e",
    "1e+",
    "1.5e3x",
    "1e400",
    "-1e400",
    "0x10",
    "0X1f",
    "0x",
    "1_000",
    "10s",
    "1 2",
    "1,",
    ",1",
    "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728",
    "123456789012345678901234567890123456789012345",
    "0.1",
    "4.9e-324",
    "1.7976931348623157e308",
    "9007199254740993",
    "NaN",
    "-NaN",
    "+NaN",
    "Infinity",
    "-Infinity",
    "+Infinity",
    "infinity",
    "[]",
    "[ ]",
    "[1]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[",
    "]",
    "[1",
    "[1]]",
    "[[[]]]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":1,}",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{:1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:2}",
    "{\"a\":{\"b\":[{\"c\":null}]}}",
    "{a.b:1}",
    "{a-b:1}",
    "{$:1,_:2,a1:3}",
    "{null:1}",
    "{\\u0061:1}",
    "{\\u0031:1}",
    "{a\\u0031:1}",
    "{\\x61:1}",
    "{é:1}",
    "{😀:1}",
    "{a\u{200d}b:1}",
    "{ª:1}",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u00e9\"",
    "\"\\u00E9\"",
    "\"\\u00g9\"",
    "\"\\u12\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00\"",
    "\"\\ud83d\\u0041\"",
    "\"\\ud83dx\"",
    "\"\\x41\"",
    "\"\\v\"",
    "\"\\0\"",
    "\"\\00\"",
    "\"\\08\"",
    "\"\\1\"",
    "\"\\a\"",
    "\"\\'\"",
    "'\\\"'",
    "\"\\",
    "\"a",
    "\"a\n\"",
    "\"a\r\"",
    "\"a\t\"",
    "\"a\u{7f}\"",
    "\"a\u{0}\"",
    "\"\u{2028}\"",
    "\"a\\\nb\"",
    "\"a\\\r\nb\"",
    "\"a\\\rb\"",
    "\"a\\\u{2028}b\"",
    "\"\u{1f600}é\"",
    "// c",
    "1 // c",
    "/* c */ 1",
    "/* c 1",
    "1 /* c */ /* d */",
    "/*/ 1",
    "/**/1",
    "# c\n1",
    "1 /",
    "// c\r1",
    "// c\u{2028}1",
    "[1 /* , 2 */]",
    "{a /* x */ : /* y */ 1}",
    "/",
    "//",
    "1//",
    "\u{feff}1",
    "1\u{feff}",
    "\u{a0}1",
    "\u{2003}1",
    "\u{b}1",
    "\u{c}1",
    "\u{85}1",
    "\u{200b}1",
    "\u{3000}1",
    "\t\r\n 1 \t\r\n",
    "{\"a\":\"b\\\"c\",\"d\":[true,false,null]}",
    "\u{0}",
    "1\u{0}",
    "[\"a\",\"b\"] x",
    "{\"__proto__\":1}",
    "tru\\u0065",
    "-/**/1",
    "+-1",
    "--1",
    "5.e3",
    ".e3",
    "0.e",
    "1.2.3",
    "0b1",
    "08",
    "[1,/*x*/]",
    "{a:1,/*x*/}",
    "{a:1,//x\n}",
    "'",
    "''",
    "'a\\'",
    "{\"\":0}",
    "[-]",
    "[-,1]",
    "1e1.5",
];

fn generated() -> Vec<String> {
    let pieces = [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\":", "\"a\":1", "'c'", "d:", "1", "-2.5",
        "0x1f", ".5", "true", "null", " ", "\n", "//x\n", "/*y*/", "\"\\n\"", "1e5", "{\"k\":",
        "[1,", "}", "]", "[]", "{}", "\"", "0", "+1",
    ];
    let mut dice = Dice(0x5eed_0001);
    let mut texts = Vec::new();
    for _ in 0..600 {
        let count = 1 + dice.below(9);
        texts.push((0..count).map(|_| dice.pick(&pieces)).collect());
    }
    for _ in 0..200 {
        texts.push(value(&mut dice, 3));
    }
    texts
}

/// JSON that is right, in all its forms.
fn value(dice: &mut Dice, depth: usize) -> String {
    let blank = dice.pick(&["", " ", "\n\t"]);
    let text = match dice.below(if depth == 0 { 4 } else { 6 }) {
        0 => dice.pick(&["null", "true", "false"]).to_owned(),
        1 => dice
            .pick(&["0", "-12", "3.25", "1e-7", "6E+2", "12345678901234567890"])
            .to_owned(),
        2 | 3 => dice
            .pick(&[
                "\"\"",
                "\"\\u20ac\"",
                "\"é\\\\\"",
                "\"\\ud83d\\ude00\"",
                "\"/\\/\"",
            ])
            .to_owned(),
        4 => {
            let items: Vec<String> = (0..dice.below(4)).map(|_| value(dice, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let members = (0..dice.below(12)).map(|_| {
                let name = dice.pick(&["a", "b", "c", "d\\u0061", "e", "f g", "", "h", "i", "j"]);
                format!("\"{name}\"{blank}:{}", value(dice, depth - 1))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    };
    format!("{blank}{text}{blank}")
}

fn inputs() -> Vec<Vec<u8>> {
    let own = TEXTS.iter().map(|text| text.as_bytes().to_vec());
    let bytes = [
        &b"\"\xff\""[..],
        b"\"\xc3\"",
        b"\"\xed\xa0\xbd\"",
        b"\xff\xfe1\0",
    ];
    own.chain(bytes.map(<[u8]>::to_vec))
        .chain(generated().into_iter().map(String::into_bytes))
        .collect()
}

#[test]
fn json_agrees_with_python() {
    let inputs = inputs();
    let script = [PYTHON_TREE, PYTHON].concat();
    let Some(answers) = ask("python3", &["-c", &script], &inputs) else {
        return;
    };
    let mut wrong = Vec::new();
    for (input, theirs) in inputs.iter().zip(&answers) {
        let document = read(json::read, "a.json", input);
        let ours = match &document.complaints[..] {
            [] => tree(&document.root),
            _ => "error".to_owned(),
        };
        if ours != *theirs {
            let text = String::from_utf8_lossy(input);
            wrong.push(format!("{text:?}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let accepted = answers.iter().filter(|answer| *answer != "error").count();
    assert!(
        accepted > 200 && accepted + 200 < answers.len(),
        "{accepted} are JSON"
    );
}

/// Where the npm package takes what is not in the specification, or the other way round.
fn is_known_difference(text: &str) -> bool {
    // The package takes half a surrogate pair as it is, which has no place in our texts.
    text.contains("\\ud83d") || text.contains("\\ude00")
}

#[test]
fn json5_agrees_with_the_package_of_npm() {
    let inputs = inputs();
    let Some(answers) = ask("node", &["-e", NODE], &inputs) else {
        return;
    };
    let mut wrong = Vec::new();
    for (input, theirs) in inputs.iter().zip(&answers) {
        let text = String::from_utf8_lossy(input);
        let document = read(json::read_json5, "a.json5", input);
        if document
            .complaints
            .iter()
            .any(|said| said.rule.code == "JS002")
        {
            // The package takes the last of two values; we refuse the file.
            assert!(document.is_refused && theirs != "error", "{text}");
            continue;
        }
        let ours = if document.is_refused {
            "error".to_owned()
        } else {
            numbers(&tree(&document.root))
        };
        if ours != numbers(theirs) && !is_known_difference(&text) {
            wrong.push(format!("{text:?}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A printed tree with its numbers as JavaScript has them, all of one type.
fn numbers(tree: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in tree.split_inclusive([',', '[', ']', '{', '}', ':']) {
        let word = part.trim_end_matches([',', '[', ']', '{', '}', ':']);
        let number = match word.split_at_checked(1) {
            _ if word == "nan" => Some(f64::NAN),
            Some(("f", bits)) => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
            Some(("i" | "n", digits)) => digits.parse().ok(),
            _ => None,
        };
        // Names are hexadecimal too, but a colon follows them.
        match number {
            Some(number) if !part.ends_with(':') => {
                let number = number + 0.0;
                parts.push(format!("n{number:?}{}", &part[word.len()..]));
            }
            _ => parts.push(part.to_owned()),
        }
    }
    parts.concat()
}
