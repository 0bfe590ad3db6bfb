//! INI files against Python's `configparser`.

use clawtest::framework::document::{Data, Node};
use clawtest::framework::format::ini;

use super::oracle::{Dice, PYTHON_TREE, ask, read, tree};

/// Reads with universal line ends, as `ConfigParser.read` opens files.
const PYTHON: &str = r"
import configparser, io
for line in sys.stdin:
    try:
        text = bytes.fromhex(line.strip()).decode('utf-8')
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_file(io.StringIO(text, newline=None))
        value = {name: dict(parser[name]) for name in parser.sections()}
        value['DEFAULT'] = dict(parser.defaults())
        print(tree(value))
    except (configparser.Error, ValueError):
        print('error')
";

const TEXTS: &[&str] = &[
    "",
    "\n",
    "[a]",
    "[a]\n",
    "[a]\nk=v",
    "[a]\nk = v\n",
    "[a]\nk: v",
    "[a]\nk = a = b",
    "[a]\nk := v",
    "[a]\nK = V",
    "[a]\nk",
    "[a]\nk =",
    "[a]\n= v",
    "[a]\n: v",
    "k = v",
    "k = v\n[a]",
    "# c\n[a]\n; d\nk=v",
    "[a]\nk=v # c",
    "[a]\nk=v;c",
    "[a]\nk=v\n  w",
    "[a]\nk=v\n\tw\n\n  x\n\n\ny=z",
    "[a]\nk=v\n # c\n w",
    "[a]\nk=\n w",
    "[a]\nk=\n\n w\n\n",
    "[a]\n k=v\n w=x",
    "[a]\n k=v\nw=x",
    "[a]\n  k=v\n w=x\n   y=z",
    "[a]\nk=v\n [b]\nx=y",
    "[a]\n [b]\nx=y",
    "[a]\n[a]",
    "[a]\nk=1\nk=2",
    "[a]\nk=1\nK=2",
    "[a]\nk=1\n[b]\nk=2",
    "[DEFAULT]\nx=1\n[a]\ny=2",
    "[DEFAULT]\nx=1\n[a]\nX=2",
    "[DEFAULT]\nx=1\n[DEFAULT]\ny=2",
    "[DEFAULT]\nx=1\n[DEFAULT]\nx=2",
    "[a]\nk=1\n[DEFAULT]\nx=1",
    "[default]\nx=1\n[a]\ny=1",
    "[]",
    "[]]\nk=v",
    "[a]]\nk=v",
    "[a] b\nk=v",
    "[a\nk=v",
    "[ a ]\nk=v",
    "[a=b]\nk=v",
    "[a]\n[=b",
    "[a]\nk k = v v",
    "[a]\r\nk=v\r\n\r\n[b]\r\nk=w\r\n",
    "[a]\rk=v\rl=w",
    "[a]\nk=v\r\r\n w",
    "\u{feff}[a]\nk=v",
    "[a]\nk=é\u{a0}",
    "[a]\n\u{a0}k=v",
    "[a]\nk=v\n\u{2003}w",
    "[a]\nk=v\u{c}w\u{b}",
    "[a]\nk\u{1f}=\u{1c}v",
    "[a]\nk=a\u{85}b",
    "[a]\nÄ=1\nä=2",
    "[a]\n%(x)s=%(y)s",
    "[a]\nk=${x}",
    "[a]\n\"k\"=\"v\"",
    "[a]\n; k=v\n#k=v",
    "[a]\nk=1\n;\n 2",
    "[a]\nk=1\n   \n 2",
    "[a]\nrem x",
    "[a]\nREM = x",
    "[a]\nk=v\nbad\n",
    "bad",
    "   [a]\nk=v",
    "   [a]\n  k=v\n  l=w",
    "[a]\n\n\n  k=v\n\n\n    w\n\n\n  x=y",
];

fn inputs() -> Vec<Vec<u8>> {
    let mut texts: Vec<String> = TEXTS.iter().map(|&text| text.to_owned()).collect();
    let lines = [
        "[a]",
        "[b]",
        "[c]",
        "[DEFAULT]",
        "k = v",
        "l: w",
        "m =",
        "  more",
        "    deep = er",
        " n = 1",
        "",
        "  ",
        "# c",
        "  ; d",
        "o=p ; q",
        "r",
    ];
    let ends = ["\n", "\n", "\n", "\r\n"];
    let mut dice = Dice(0x5eed_0003);
    for _ in 0..600 {
        let count = dice.below(9);
        let mut text = dice.pick(&["[z]\n", "[z]\n", ""]).to_owned();
        for _ in 0..count {
            text.push_str(dice.pick(&lines));
            text.push_str(dice.pick(&ends));
        }
        texts.push(text);
    }
    texts.into_iter().map(String::into_bytes).collect()
}

/// Options in lower case, and `[DEFAULT]` always there, as configparser has them.
fn as_configparser(root: &Node) -> Node {
    let mut root = root.clone();
    if let Data::Map(sections) = &mut root.data {
        for section in sections.iter_mut() {
            if let Data::Map(options) = &mut section.node.data {
                for option in options {
                    option.name = option.name.to_lowercase().into();
                }
            }
        }
    }
    root
}

#[test]
fn ini_files_agree_with_configparser() {
    let inputs = inputs();
    let script = [PYTHON_TREE, PYTHON].concat();
    let Some(answers) = ask("python3", &["-c", &script], &inputs) else {
        return;
    };
    let mut wrong = Vec::new();
    for (input, theirs) in inputs.iter().zip(&answers) {
        let document = read(ini::read, "a.ini", input);
        let ours = if document.is_refused {
            "error".to_owned()
        } else {
            tree(&as_configparser(&document.root))
        };
        let empty = "44454641554c54:{}";
        let is_same = ours == *theirs
            || theirs.contains(empty) && {
                let theirs = theirs.replace(empty, "").replace(",,", ",");
                let theirs = theirs.replace("{,", "{").replace(",}", "}");
                let ours = ours.replace(empty, "").replace(",,", ",");
                ours.replace("{,", "{").replace(",}", "}") == theirs
            };
        if !is_same {
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
        accepted > 100 && accepted + 100 < answers.len(),
        "{accepted} are accepted"
    );
}
