//! What is a property list, and what is said about the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::read;
use crate::document::{Data, Document, Input, Node, Place, Target};

pub(super) fn document_at(path: &str, bytes: &[u8], target: &dyn Target) -> Document {
    read(&Input {
        path,
        bytes: bytes.into(),
        target,
        variables: &BTreeMap::new(),
    })
}

pub(super) fn document(text: &str) -> Document {
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    document_at("a.plist", text.as_bytes(), &target)
}

fn show(node: &Node) -> String {
    match &node.data {
        Data::Text(text) => format!("{text:?}"),
        Data::Float(number) => format!("{number:?}f"),
        Data::List(items) => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("[{}]", items.join(" "))
        }
        Data::Map(entries) => {
            let members: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}={}", entry.name, show(&entry.node)))
                .collect();
            format!("{{{}}}", members.join(" "))
        }
        other => other.to_text().unwrap_or_default().into_owned(),
    }
}

/// What the file says, or why it is refused; then all complaints.
fn outcome(text: &str) -> String {
    let document = document(text);
    let mut lines = Vec::new();
    if !document.is_refused {
        lines.push(show(&document.root));
    }
    for complaint in &document.complaints {
        lines.push(format!("{} {}", complaint.rule.code, complaint.message));
    }
    lines.join(" | ")
}

pub(super) fn plist(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"...\">\n<plist version=\"1.0\">{inner}</plist>\n"
    )
}

const VALUES: &[(&str, &str)] = &[
    ("<true/>", "true"),
    ("<false></false>", "false"),
    (
        "<string> a &lt;b&gt; &#65;&#x42;&amp;&quot;&apos; </string>",
        "\" a <b> AB&\\\"' \"",
    ),
    (
        "<string><![CDATA[<x> & ]]>y</string>",
        "\"<x> & y\" | PL007 a text stands in a CDATA section, which some readers drop",
    ),
    ("<string/>", "\"\""),
    ("<integer>10</integer>", "10"),
    ("<integer> 10</integer>", "10"),
    ("<integer>0xFF</integer>", "255"),
    (
        "<integer> 10 </integer>",
        "10 | PL006 the `<integer>` has a blank behind the number, which CoreFoundation refuses",
    ),
    ("<real>1.5e3</real>", "1500.0f"),
    (
        "<date>2026-02-12T08:00:00Z</date>",
        "\"2026-02-12T08:00:00Z\"",
    ),
    ("<data>\n aG\n k=\n</data>", "\"aGk=\""),
    (
        "<data>aGk</data>",
        "\"aGk\" | PL007 the `<data>` is not whole base64",
    ),
    ("<array/>", "[]"),
    (
        "\n<dict>\n <key>a</key> <!-- c --> <array><integer>1</integer><string>x</string></array>\n</dict>\n",
        "{a=[1 \"x\"]}",
    ),
    (
        "<dict><key/><true/></dict>",
        "{=true} | PL007 the key is empty",
    ),
    (
        "<dict a=\"1\"/>",
        "{} | PL007 `<dict>` has attributes, which have no effect",
    ),
    (
        "<integer>10s</integer>",
        "PL001 the `<integer>` is not a number in digits alone",
    ),
    ("<integer></integer>", "PL001 the `<integer>` is empty"),
    ("<integer/>", "PL001 the `<integer>` is empty"),
    (
        "<integer>&#49;</integer>",
        "PL001 `<integer>` holds CDATA or a reference, which only texts can have",
    ),
    ("<real>x</real>", "PL001 the `<real>` is not a number"),
    (
        "<date>2026-02-12</date>",
        "PL001 the `<date>` is not a date",
    ),
    (
        "<true>x</true>",
        "PL001 `<true>` has content; it is written `<true/>`",
    ),
    ("<dict><key>a</key></dict>", "PL001 the key has no value"),
    (
        "<dict><key>a</key><key>b</key><true/></dict>",
        "PL001 expected a value, found `<key>`",
    ),
    (
        "<dict><true/></dict>",
        "PL001 expected `<key>` or `</dict>`, found `<true>`",
    ),
    (
        "<dict><key>a</key><true/><string>b</string></dict>",
        "PL001 expected `<key>` or `</dict>`, found `<string>`",
    ),
    (
        "<array><key>a</key></array>",
        "PL001 expected a value, found `<key>`",
    ),
    (
        "<dict>x<key>a</key><true/></dict>",
        "PL001 text stands between the elements",
    ),
    (
        "<string>a<!-- c -->b</string>",
        "PL001 `<string>` holds something else than text",
    ),
    (
        "<string>a<b/></string>",
        "PL001 expected `</string>`, found `<b>`",
    ),
    (
        "<String>a</String>",
        "PL001 property lists have no element `<String>`",
    ),
    (
        "<boolean>true</boolean>",
        "PL001 property lists have no element `<boolean>`",
    ),
    (
        "<string>a</dict>",
        "PL001 expected `</string>`, found `</dict>`",
    ),
    ("<dict>", "PL001 expected `</dict>`, found `</plist>`"),
    ("</dict>", "PL001 expected `</plist>`, found `</dict>`"),
    (
        "<dict/><dict/>",
        "PL001 a property list holds one value, and this is the second",
    ),
    ("", "PL001 `<plist>` is empty"),
    (
        "<string>a & b</string>",
        "PL001 `&` does not begin a reference",
    ),
    (
        "<string>&nbsp;</string>",
        "PL001 `&nbsp;` is not one of the five entities of XML",
    ),
    (
        "<string>&#0;</string>",
        "PL001 `&#0;` is not one of the five entities of XML",
    ),
    (
        "<string>a\u{1}</string>",
        "PL001 the character U+0001 cannot stand in XML",
    ),
    ("<string>]]></string>", "PL001 `]]>` stands in a text"),
    (
        "<!-- a -- b --><true/>",
        "PL001 `--` stands inside a comment",
    ),
    (
        "<!-- a",
        "PL001 expected `-->` to close the comment, found the end of the file",
    ),
    ("<string", "PL001 expected `>`, found `<`"),
    ("<string a></string>", "PL001 expected `=`, found `>`"),
    (
        "<string a=1/>",
        "PL001 expected a value in quotes, found `1`",
    ),
    (
        "<dict a='1' a='2'/>",
        "PL001 an attribute is given twice, or there are more than 32",
    ),
    ("<![CDATA[x]]>", "PL001 text stands between the elements"),
    (
        "<?xml version='1.0'?><true/>",
        "PL001 an XML declaration stands elsewhere than at the start of the file",
    ),
    (
        "<!DOCTYPE plist><true/>",
        "PL001 a document type stands twice or behind the first element",
    ),
];

#[test]
fn values_are_read_as_core_foundation_reads_them() {
    for (inner, expected) in VALUES {
        assert_eq!(outcome(&plist(inner)), *expected, "{inner}");
    }
}

#[test]
fn the_frame_of_a_file_is_checked_too() {
    let table = [
        ("<plist><true/></plist>", "true"),
        (
            "\u{feff}<?xml version='1.0'?><plist><true/></plist>",
            "true",
        ),
        (
            "<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes'?><plist><true/></plist>",
            "true",
        ),
        (
            "<true/>",
            "true | PL007 there is no `<plist>` around the value",
        ),
        ("", "PL001 expected `<plist>`, found the end of the file"),
        ("hello", "PL001 text stands between the elements"),
        (
            "<plist><true/>",
            "PL001 expected `</plist>`, found the end of the file",
        ),
        ("<plist/>", "PL001 `<plist>` is empty"),
        (
            "<plist><true/></plist><plist/>",
            "PL001 expected the end of the file, found `<plist>`",
        ),
        (
            "<plist><true/></plist></plist>",
            "PL001 `</plist>` closes nothing that is open",
        ),
        (
            "\n<?xml version='1.0'?><plist><true/></plist>",
            "PL001 an XML declaration stands elsewhere than at the start of the file",
        ),
        (
            "<?xml version='1.0' encoding='UTF-16'?><plist><true/></plist>",
            "PL001 the file does not have the encoding that it declares",
        ),
        (
            "<?xml encoding='UTF-8'?><plist><true/></plist>",
            "PL001 the XML declaration is malformed",
        ),
        (
            "<!DOCTYPE plist [<!ENTITY a 'b'>]><plist><string>&a;</string></plist>",
            "PL002 the document type declares something of its own",
        ),
        (
            "<!DOCTYPE plist SYSTEM \"x\" [ ]><plist><true/></plist>",
            "PL002 the document type declares something of its own",
        ),
        ("bplist00\u{1}", "PL003 this is a binary property list"),
        (
            "{ Label = x; }",
            "PL003 this is an old-style or JSON property list, not XML",
        ),
        (
            "( a, b )",
            "PL003 this is an old-style or JSON property list, not XML",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(outcome(text), expected, "{text}");
    }
    let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    let document = document_at("a.plist", b"<plist><string>\xff</string></plist>", &target);
    assert_eq!(document.complaints[0].rule.code, "PL003");
}

/// The pattern's job with other lines in it.
pub(super) fn job(more: &str) -> String {
    plist(&format!(
        "<dict><key>Label</key><string>com.openclaw.gateway</string>
<key>ProgramArguments</key><array><string>/usr/local/bin/openclaw</string><string>gateway</string></array>
{more}</dict>"
    ))
}

#[test]
fn what_has_no_effect_is_set_aside_at_its_place() {
    let text = job("<!-- <key>KeepAlive</key> <true/> <key>Nice</key><integer>5</integer> -->
<key>RunAtLoad</key><true/><key>SoftResourceLimits</key><dict><!-- see <key>x --><!--<key>Core</key><integer>0</integer>--></dict>
<key>RunAtLoad</key><false/>");
    let document = document(&text);
    let asides: Vec<String> = document
        .asides
        .iter()
        .map(|aside| format!("{}={} {}", aside.path.join("."), aside.value, aside.why))
        .collect();
    let expected = [
        "RunAtLoad=true overridden by the same key below",
        "KeepAlive=true commented out",
        "Nice=5 commented out",
        "SoftResourceLimits.Core=0 commented out",
    ];
    assert_eq!(asides, expected);
    let span = document.asides[1].place.span;
    assert_eq!(&text[span.range()], "<key>KeepAlive</key> <true/>");
    // Which of the two counts is not known to all readers, so nothing does.
    assert!(document.is_refused);
    assert!(document.root.entries().is_empty());
}

#[test]
fn bombs_end_in_a_complaint() {
    let entities = "<!DOCTYPE plist [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]><plist><string>&b;</string></plist>";
    let cases = [
        entities.to_owned(),
        plist(&("<array>".repeat(10_000) + &"</array>".repeat(10_000))),
        plist(&"<dict><key>a</key>".repeat(10_000)),
        plist(&"<true/>".repeat(100_000)),
        plist(&format!("<array>{}</array>", "<true/>".repeat(1_100_000))),
        "<".repeat(1 << 20),
        "<!--".repeat(1 << 18),
        "[".repeat(1 << 20),
        "&".repeat(1 << 20),
        plist(&format!("<string>{}", "&".repeat(1 << 20))),
        plist(&format!("<dict {}/>", "a='1' ".repeat(100_000))),
        " ".repeat((16 << 20) + 1),
    ];
    for text in cases {
        let document = document(&text);
        assert!(document.is_refused, "{}", &text[..40]);
        assert_eq!(document.complaints.len(), 1);
    }
    let long = plist(&format!("<string>{}</string>", "x&amp;".repeat(1 << 18)));
    assert_eq!(document(&long).complaints, []);
    let twice = plist(&format!(
        "<dict>{}</dict>",
        "<key>a</key><true/>".repeat(50_000)
    ));
    assert_eq!(document(&twice).complaints.len(), 100);
    let unknown: Vec<String> = (0..10_000)
        .map(|n| format!("<key>x{n}</key><true/>"))
        .collect();
    let unknown = job(&unknown.concat());
    assert_eq!(document(&unknown).complaints.len(), 100);
    let comments = job(&"<!-- <key>a</key><true/> -->".repeat(20_000));
    assert_eq!(document(&comments).asides.len(), 200);
}

fn places(document: &Document) -> Vec<Place> {
    fn walk(node: &Node, places: &mut Vec<Place>) {
        places.push(node.place);
        node.items().iter().for_each(|item| walk(item, places));
        for entry in node.entries() {
            places.push(entry.place);
            walk(&entry.node, places);
        }
    }
    let mut places = Vec::new();
    walk(&document.root, &mut places);
    places.extend(document.asides.iter().map(|aside| aside.place));
    for complaint in &document.complaints {
        places.extend(complaint.place);
        places.extend(complaint.also.iter().map(|(place, _)| *place));
    }
    places
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        10 => prop::sample::select(vec![
            "<plist>", "</plist>", "<dict>", "</dict>", "<array>", "</array>", "<key>a</key>",
            "<key>Label</key>", "<key>KeepAlive</key>", "<string>x</string>", "<true/>", "<integer>",
            "</integer>", "12", " ", "<!-- ", " -->", "&amp;", "&", "<![CDATA[", "]]>", "é", "<?x ?>",
            "<!DOCTYPE plist>", "<string>", "</string>", "<", ">", "\"", " a='b'", "<key>Umask</key>",
            "<integer>22</integer>", "<data>aa==</data>", "${A}", "/Users/you/é",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

proptest! {
    #[test]
    fn any_pieces_give_places_in_the_file(pieces in prop::collection::vec(piece(), 0..24)) {
        for text in [pieces.concat(), plist(&pieces.concat()), job(&pieces.concat())] {
            let document = document(&text);
            for place in places(&document) {
                prop_assert!(text.get(place.span.range()).is_some(), "{:?} in {:?}", place, text);
            }
            prop_assert!(!document.is_refused || !document.complaints.is_empty());
        }
    }

    #[test]
    fn any_bytes_give_a_document(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        for place in places(&document_at("LaunchAgents/a", &bytes, &target)) {
            prop_assert!(place.span.end <= bytes.len());
        }
    }

    #[test]
    fn any_text_survives_as_a_string(text in "\\PC{0,40}") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let document = document(&plist(&format!("<string>{escaped}</string>")));
        prop_assert_eq!(document.root.as_text(), Some(text.as_str()));
    }
}
