//! Property lists against Python's `plistlib`.
//!
//! `plistlib` is expat with a thin layer: it knows XML exactly and property lists loosely. Where it
//! takes what CoreFoundation refuses, the class of the difference is named in [`LOOSER`]; where it
//! refuses what CoreFoundation takes, in [`STRICTER`]. Every other difference fails.

use clawtest::framework::format::plist;

use super::oracle::{Dice, PYTHON_TREE, ask, read, tree};

const PYTHON: &str = r"
import plistlib, base64
def plain(v):
    if isinstance(v, bytes): return base64.b64encode(v).decode()
    if isinstance(v, datetime.datetime): return v.strftime('%Y-%m-%dT%H:%M:%SZ').rjust(20, '0')
    if isinstance(v, list): return [plain(x) for x in v]
    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}
    return v
for line in sys.stdin:
    try:
        value = plistlib.loads(bytes.fromhex(line.strip()), fmt=plistlib.FMT_XML)
        print('none' if value is None else tree(plain(value)))
    except Exception:
        print('error')
";

/// A class of differences: what our complaint says, and why the other side says nothing.
type Class = (&'static str, &'static str);

/// What `plistlib` takes and we do not.
const LOOSER: &[Class] = &[
    (
        "text stands between the elements",
        "it drops text outside of values",
    ),
    (
        "property lists have no element",
        "it drops elements that it does not know",
    ),
    ("there is no `<plist>`", "it needs no `<plist>`"),
    (
        "this is the second",
        "the last of several values is its root",
    ),
    ("has attributes", "it drops attributes"),
    ("stands in a CDATA section", "it reads the text in it"),
    ("the key is empty", "an empty key is a key"),
    ("stands twice", "the last of two values counts silently"),
    (
        "behind the number",
        "Python's int() strips blanks on both sides",
    ),
    ("begins with a zero", "decimal for it as well, silently"),
    (
        "in digits alone",
        "Python's int() takes `1_0` and the digits of all scripts",
    ),
    (
        "does not fit into 64 bits",
        "Python's numbers have no limit",
    ),
    ("has content", "it drops what is in `<true>`"),
    ("is not a date", "it takes shorter dates"),
    (
        "holds something else than text",
        "it drops comments, which CoreFoundation refuses in a value",
    ),
    ("expected `</", "it drops an unknown element in a value"),
    ("holds CDATA or a reference", "it takes them in numbers"),
    (
        "declares something of its own",
        "it refuses entities, but not other declarations",
    ),
    ("is not whole base64", "it drops what is not base64"),
    ("is empty", "nothing at all is its `None`"),
    ("the encoding that it declares", "expat converts Latin-1"),
    ("deeper than 128", "it has no limit"),
];

/// What `plistlib` refuses and we take, since CoreFoundation does.
const STRICTER: &[Class] = &[("-0x", "a sign before `0x`")];

const INNER: &[&str] = &[
    "",
    "<true/>",
    "<false/>",
    "<true></true>",
    "<true>x</true>",
    "<true> </true>",
    "<string/>",
    "<string></string>",
    "<string>a</string>",
    "<string> a\n b </string>",
    "<string>a\r\nb\rc</string>",
    "<string>&lt;&gt;&amp;&quot;&apos;</string>",
    "<string>&#65;&#x41;&#x1F600;</string>",
    "<string>&#0;</string>",
    "<string>&#xD800;</string>",
    "<string>&#x110000;</string>",
    "<string>&#xFFFE;</string>",
    "<string>&#;</string>",
    "<string>&#x;</string>",
    "<string>&#X41;</string>",
    "<string>&nbsp;</string>",
    "<string>&</string>",
    "<string>& b;</string>",
    "<string>&amp</string>",
    "<string>]]></string>",
    "<string>]]</string>",
    "<string><![CDATA[<b>&amp;]]></string>",
    "<string>a<![CDATA[b]]>c<![CDATA[]]></string>",
    "<string><![CDATA[x]]</string>",
    "<string>a<!-- c -->b</string>",
    "<string>a<b/>c</string>",
    "<string>a<b>x</b></string>",
    "<string>\u{1}</string>",
    "<string>\u{fffe}</string>",
    "<string>\u{7f}\u{85}\u{feff}é😀</string>",
    "<string>a</String>",
    "<String>a</String>",
    "<string >a</string >",
    "< string>a</string>",
    "<string>a</ string>",
    "<string>a",
    "a</string>",
    "<string x=\"1\">a</string>",
    "<string x='1' x='2'>a</string>",
    "<string x=1>a</string>",
    "<string x>a</string>",
    "<string x=\"<\">a</string>",
    "<string x=\"&\">a</string>",
    "<string x=\"&lt;\">a</string>",
    "<string x=\"1\"y=\"2\"/>",
    "<integer>0</integer>",
    "<integer>-0</integer>",
    "<integer>+5</integer>",
    "<integer> 10 </integer>",
    "<integer>\n10</integer>",
    "<integer>10s</integer>",
    "<integer>1_0</integer>",
    "<integer>0x1f</integer>",
    "<integer>0X1F</integer>",
    "<integer>-0x1f</integer>",
    "<integer>0x</integer>",
    "<integer>0xg</integer>",
    "<integer>010</integer>",
    "<integer>00</integer>",
    "<integer></integer>",
    "<integer/>",
    "<integer>-</integer>",
    "<integer>- 1</integer>",
    "<integer>1.0</integer>",
    "<integer>1e3</integer>",
    "<integer>18446744073709551615</integer>",
    "<integer>18446744073709551616</integer>",
    "<integer>-9223372036854775808</integer>",
    "<integer>&#49;</integer>",
    "<integer><![CDATA[1]]></integer>",
    "<integer>١</integer>",
    "<real>1</real>",
    "<real>1.5</real>",
    "<real>-.5e-3</real>",
    "<real>5.</real>",
    "<real>nan</real>",
    "<real>-inf</real>",
    "<real>Infinity</real>",
    "<real> 1.5 </real>",
    "<real></real>",
    "<real>x</real>",
    "<real>1,5</real>",
    "<real>0x1</real>",
    "<real>1e400</real>",
    "<date>2026-02-12T08:00:00Z</date>",
    "<date>2026-02-30T08:00:00Z</date>",
    "<date>2026-13-12T08:00:00Z</date>",
    "<date>2026-02-12T08:00:00</date>",
    "<date>2026-02-12</date>",
    "<date>2026Z</date>",
    "<date>x</date>",
    "<date/>",
    "<date>2024-02-29T23:59:59Z</date>",
    "<date>2026-02-12T24:00:00Z</date>",
    "<date>2026-02-12T08:00:00Zx</date>",
    "<data/>",
    "<data>aGk=</data>",
    "<data>\n\taG\n\tk=\n</data>",
    "<data>aGk</data>",
    "<data>a</data>",
    "<data>a===</data>",
    "<data>!!!!</data>",
    "<array/>",
    "<array></array>",
    "<array><true/><integer>1</integer></array>",
    "<array><array><array/></array></array>",
    "<array>x</array>",
    "<array><key>a</key></array>",
    "<array><true/>",
    "<array><b/></array>",
    "<array></dict>",
    "<dict/>",
    "<dict></dict>",
    "<dict><key>a</key><true/></dict>",
    "<dict><key>a</key></dict>",
    "<dict><true/></dict>",
    "<dict><key>a</key><key>b</key><true/></dict>",
    "<dict><key>a</key><true/><true/></dict>",
    "<dict><key></key><true/></dict>",
    "<dict><key/><true/></dict>",
    "<dict><key>a</key><true/><key>a</key><false/></dict>",
    "<dict><key>&amp;</key><true/></dict>",
    "<dict><key><![CDATA[a]]></key><true/></dict>",
    "<dict><key> a </key><true/></dict>",
    "<dict>x<key>a</key><true/></dict>",
    "<dict><!-- c --><key>a</key><!-- d --><true/></dict>",
    "<dict><key>a</key><dict><key>b</key><array><string>c</string></array></dict></dict>",
    "<dict><dict/></dict>",
    "<dict><string>a</string><true/></dict>",
    "<dict><key>a<b/></key><true/></dict>",
    "<key>a</key>",
    "<true/><false/>",
    "<!-- a --><true/>",
    "<!-- a -- b --><true/>",
    "<!-- a --->",
    "<!--><true/>",
    "<!----><true/>",
    "<?pi x?><true/>",
    "<? x?><true/>",
    "<?pi?><true/>",
    "<?pi",
    "<?xml version='1.0'?><true/>",
    "<!DOCTYPE plist><true/>",
    "<!ELEMENT a EMPTY><true/>",
    "<![CDATA[ ]]><true/>",
    "&#32;<true/>",
    "<plist><true/></plist>",
    "<foo><true/></foo>",
    "<true/",
    "<",
    "</plist><plist>",
    "<a:string>x</a:string>",
];

const FRAMES: &[&str] = &[
    "",
    " ",
    "<plist><true/></plist>",
    "<plist version='1.0'><true/></plist>",
    "<plist><true/></plist> \n",
    "<plist><true/></plist>x",
    "<plist><true/></plist><!-- c -->",
    "<plist><true/></plist><?pi x?>",
    "<plist><true/></plist><plist/>",
    "<plist><true/>",
    "<true/>",
    "<dict/>",
    "<plist/>",
    "<plist></plist>",
    "\u{feff}<plist><true/></plist>",
    "\u{feff}<?xml version='1.0'?><plist><true/></plist>",
    "\n<plist><true/></plist>",
    "\n<?xml version='1.0'?><plist><true/></plist>",
    "x<plist><true/></plist>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist><true/></plist>",
    "<?xml version=\"1.0\" encoding='utf-8'?><plist><string>é</string></plist>",
    "<?xml version=\"1.0\" encoding='us-ascii'?><plist><true/></plist>",
    "<?xml version=\"1.0\" encoding='iso-8859-1'?><plist><true/></plist>",
    "<?xml version=\"1.0\" encoding='iso-8859-1'?><plist><string>é</string></plist>",
    "<?xml version=\"1.0\" encoding='utf-16'?><plist><true/></plist>",
    "<?xml version=\"1.0\" encoding='x'?><plist><true/></plist>",
    "<?xml?><plist><true/></plist>",
    "<?xml encoding='utf-8'?><plist><true/></plist>",
    "<?xml version='1.0' standalone='yes'?><plist><true/></plist>",
    "<?xml version='1.0' standalone='x'?><plist><true/></plist>",
    "<?xml version='1.0' x='yes'?><plist><true/></plist>",
    "<?xml version='1.0'encoding='utf-8'?><plist><true/></plist>",
    "<?XML version='1.0'?><plist><true/></plist>",
    "<?xml version='1.0' ><plist><true/></plist>",
    "<!DOCTYPE plist><plist><true/></plist>",
    "<!DOCTYPE plist SYSTEM 'x'><plist><true/></plist>",
    "<!DOCTYPE plist PUBLIC 'x' 'y'><plist><true/></plist>",
    "<!DOCTYPE plist PUBLIC 'x'><plist><true/></plist>",
    "<!DOCTYPE plist PUBLIC 'x''y'><plist><true/></plist>",
    "<!DOCTYPE><plist><true/></plist>",
    "<!DOCTYPE plist FOO><plist><true/></plist>",
    "<!doctype plist><plist><true/></plist>",
    "<!DOCTYPE plist><!DOCTYPE plist><plist><true/></plist>",
    "<!DOCTYPE plist [<!ENTITY a 'b'>]><plist><string>&a;</string></plist>",
    "<!DOCTYPE plist []><plist><true/></plist>",
    "<!DOCTYPE plist [<!ELEMENT plist ANY>]><plist><true/></plist>",
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"...\"><plist><true/></plist>",
    "<plist version=\"1.0\"<true/></plist>",
    "<plist></Plist>",
    "{}",
    "bplist00",
];

fn value(dice: &mut Dice, depth: usize) -> String {
    let space = dice.pick(&["", "", "\n", " ", "<!-- c -->"]);
    let text = match dice.below(if depth == 0 { 6 } else { 8 }) {
        0 => dice.pick(&["<true/>", "<false/>"]).to_owned(),
        1 => dice
            .pick(&[
                "<integer>7</integer>",
                "<integer>-3</integer>",
                "<integer>0x10</integer>",
            ])
            .to_owned(),
        2 => dice
            .pick(&["<real>0.25</real>", "<real>1e9</real>"])
            .to_owned(),
        3 => dice
            .pick(&["<data>aGVsbG8=</data>", "<date>2001-01-01T00:00:00Z</date>"])
            .to_owned(),
        4 | 5 => dice
            .pick(&[
                "<string>a &amp; b</string>",
                "<string/>",
                "<string>é<![CDATA[<]]></string>",
                "<string> x </string>",
            ])
            .to_owned(),
        6 => {
            let items: Vec<String> = (0..dice.below(4)).map(|_| value(dice, depth - 1)).collect();
            format!("<array>{}{space}</array>", items.concat())
        }
        _ => {
            let names = ["a", "b", "c d", "&lt;", "é", "f", "g", "h", "i", "j"];
            let members: Vec<String> = (0..dice.below(11))
                .map(|index| {
                    format!(
                        "{space}<key>{}</key>{}",
                        names[index.min(9)],
                        value(dice, depth - 1)
                    )
                })
                .collect();
            format!("<dict>{}</dict>", members.concat())
        }
    };
    format!("{space}{text}{space}")
}

fn inputs() -> Vec<Vec<u8>> {
    let mut texts: Vec<String> = FRAMES.iter().map(|&text| text.to_owned()).collect();
    texts.extend(INNER.iter().map(|inner| format!("<plist>{inner}</plist>")));
    let mut dice = Dice(0x5eed_0002);
    for _ in 0..200 {
        texts.push(format!(
            "<?xml version=\"1.0\"?>\n<plist version=\"1.0\">{}</plist>",
            value(&mut dice, 3)
        ));
    }
    let pieces = [
        "<dict>",
        "</dict>",
        "<array>",
        "</array>",
        "<key>a</key>",
        "<key>b</key>",
        "<true/>",
        "<string>x</string>",
        "<integer>1</integer>",
        "<string>",
        "</string>",
        " ",
        "x",
        "<!-- c -->",
        "&amp;",
        "<![CDATA[y]]>",
    ];
    for _ in 0..400 {
        let count = 1 + dice.below(7);
        let inner: String = (0..count).map(|_| dice.pick(&pieces)).collect();
        texts.push(format!("<plist>{inner}</plist>"));
        texts.push(format!("<plist><dict><key>k</key>{inner}</dict></plist>"));
    }
    // Right ones with one byte left out.
    for _ in 0..150 {
        let mut text = format!("<plist>{}</plist>", value(&mut dice, 2));
        let at = dice.below(text.len());
        if text.is_char_boundary(at) {
            text.remove(at);
        }
        texts.push(text);
    }
    texts.push(format!(
        "<plist>{}{}</plist>",
        "<array>".repeat(200),
        "</array>".repeat(200)
    ));
    let mut inputs: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    inputs.push(b"<plist><string>\xff</string></plist>".to_vec());
    inputs.push(b"<plist><string>\xc3</string></plist>".to_vec());
    inputs
}

#[test]
fn property_lists_agree_with_plistlib() {
    let inputs = inputs();
    let script = [PYTHON_TREE, PYTHON].concat();
    let Some(answers) = ask("python3", &["-c", &script], &inputs) else {
        return;
    };
    let mut wrong = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut same = 0;
    for (input, theirs) in inputs.iter().zip(&answers) {
        let text = String::from_utf8_lossy(input);
        let document = read(plist::read, "a.plist", input);
        let complaints: Vec<&str> = document
            .complaints
            .iter()
            .map(|c| c.message.as_str())
            .collect();
        let ours = if complaints.is_empty() {
            tree(&document.root)
        } else {
            "error".to_owned()
        };
        let is_known = if ours == "error" {
            complaints
                .iter()
                .any(|said| LOOSER.iter().any(|(part, _)| said.contains(part)))
        } else {
            theirs == "error" && STRICTER.iter().any(|(part, _)| text.contains(part))
        };
        same += usize::from(ours == *theirs);
        if ours != *theirs {
            seen.extend(complaints.iter().map(|&said| said.to_owned()));
        }
        if ours != *theirs && !is_known {
            wrong.push(format!(
                "{text:?}\n  ours   {ours} {complaints:?}\n  theirs {theirs}"
            ));
        }
        // Whatever is complained about, a tree that both have is the same.
        let has_tree = !document.is_refused && theirs != "error" && theirs != "none";
        if has_tree
            && !complaints.iter().any(|said| said.contains("base64"))
            && tree(&document.root) != *theirs
        {
            wrong.push(format!(
                "{text:?}\n  ours   {}\n  theirs {theirs}",
                tree(&document.root)
            ));
        }
    }
    let unseen: Vec<&Class> = LOOSER
        .iter()
        .filter(|(part, _)| !seen.iter().any(|said| said.contains(part)))
        .collect();
    assert!(unseen.is_empty(), "no input shows {unseen:?}");
    assert!(same * 10 > inputs.len() * 9, "only {same} are the same");
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let accepted = answers.iter().filter(|answer| *answer != "error").count();
    assert!(
        accepted > 250 && accepted + 250 < answers.len(),
        "{accepted} are accepted"
    );
}
