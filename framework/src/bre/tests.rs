//! Tables of expressions; the comparison with grep itself is in the tests of the program.

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::{Bre, BreError, Judged, Reading, judge};
use crate::source::Span;

/// 0, 1 or 2, as grep exits.
fn status(pattern: &[u8], text: &[u8]) -> u8 {
    match Bre::new(pattern).and_then(|bre| bre.find(text)) {
        Ok(Some(_)) => 0,
        Ok(None) => 1,
        Err(_) => 2,
    }
}

#[test]
fn expressions_are_those_of_grep() {
    let table: &[(&[u8], &[u8], u8)] = &[
        (b"a*", b"", 1),
        (b"a*", b"\n", 0),
        (b"*a", b"a\n", 1),
        (b"*a", b"*a\n", 0),
        (b"a\\|*b", b"*b\n", 0),
        (b"\\(*a\\)", b"*a\n", 0),
        (b"^*a", b"*a\n", 0),
        (b"\\<*a", b"x*a\n", 1),
        (b"a\\+", b"aa\n", 0),
        (b"^a\\?$", b"\n", 0),
        (b"a|b", b"b\n", 1),
        (b"a+{2}", b"a+{2}\n", 0),
        (b"^a\\{2,1\\}$", b"aa\n", 2),
        (b"a\\{1a\\}", b"aa\n", 2),
        (b"a\\{1", b"aa\n", 2),
        (b"a\\{40000\\}", b"aa\n", 2),
        (b"^a\\{,2\\}$", b"aa\n", 0),
        (b"^a\\{,2\\}$", b"aaa\n", 1),
        (b"^a\\{,\\}$", b"aaa\n", 0),
        (b"(a)", b"(a)\n", 0),
        (b"\\(ab\\)*\\1", b"abab\n", 0),
        (b"\\(a\\|b\\)\\1", b"ab\n", 1),
        (b"\\(a\\)\\11", b"aa1\n", 0),
        (b"\\1", b"1\n", 2),
        (b"\\(a\\1\\)", b"aa\n", 2),
        (b"\\(a", b"a\n", 2),
        (b"a\\)", b"a\n", 2),
        (b"a\\", b"a\n", 2),
        (b"a$b", b"ab\n", 1),
        (b"a$b", b"a$b\n", 0),
        (b"a^b", b"a^b\n", 0),
        (b"^^a", b"^a\n", 0),
        (b"a$\\|x", b"ab\n", 1),
        (b"\\(a$\\)", b"a\n", 0),
        (b"^$", b"a\n\nb\n", 0),
        (b"^$", b"a\n", 1),
        (b"[]a]x", b"]x\n", 0),
        (b"[^]a]x", b"]x\n", 1),
        (b"[a\\]x", b"\\x\n", 0),
        (b"[z-a]", b"m\n", 2),
        (b"[a-c-e]", b"d\n", 2),
        (b"[a-]", b"-\n", 0),
        (b"[%--]", b"+\n", 0),
        (b"[[:digit:]]", b"5\n", 0),
        (b"[:digit:]", b"d\n", 2),
        (b"[[:nothing:]]", b"d\n", 2),
        (b"[[.-.]]", b"-\n", 0),
        (b"[[.space.]]", b" \n", 2),
        (b"[[=a=]b]", b"a\n", 0),
        (b"[a", b"a\n", 2),
        ("[[:alpha:]]".as_bytes(), "é\n".as_bytes(), 0),
        (b"a.c", b"a\xffc\n", 1),
        (b"a[^x]c", b"a\xffc\n", 1),
        (b"a\xffc", b"a\xffc\n", 0),
        (b"a.c", b"a\nc\n", 1),
        (b"a[^x]c", b"a\nc\n", 1),
        (b"a\\Wc", b"a\nc\n", 1),
        (b"a\\Sc", b"a\nc\n", 1),
        (b"a\\sc", b"a\nc\n", 1),
        (b"a[\t-z]c", b"a\nc\n", 1),
        (b"\\w", b"_\n", 0),
        (b"\\bfoo\\b", b"food\n", 1),
        (b"\\<foo\\>", b"a foo b\n", 0),
        (b"\\`a", b"b\na\n", 0),
        (b"\\t", b"\t\n", 1),
        (b"\\d", b"d\n", 0),
        (b"a\nb", b"b\n", 0),
        (b"x\\(a\nb\\)", b"b\n", 2),
        (b"q\n", b"zzz\n", 0),
        (b"b.a", b"b\0a\n", 1),
        (b"^a", b"b\0a\n", 0),
        (b"a.$", b"a\r\n", 0),
        (b"^\\(a\\)\\{2\\}$", b"aa\n", 0),
        (b"[[:space:]]*=", b"a =\n", 0),
        (b"^#\\?Restart=always", b"#Restart=always\n", 0),
        (b"-----BEGIN", b"-----BEGIN X\n", 0),
    ];
    for (pattern, text, expected) in table {
        assert_eq!(
            status(pattern, text),
            *expected,
            "{} in {}",
            pattern.escape_ascii(),
            text.escape_ascii()
        );
    }
}

#[test]
fn a_place_is_in_the_file() {
    let found =
        |pattern: &str, text: &str| Bre::new(pattern.as_bytes()).unwrap().find(text.as_bytes());
    assert_eq!(found("b\\+", "a\nxbb\n"), Ok(Some(Span::new(3, 5))));
    assert_eq!(found("\\(b\\)\\1", "a\nxbb\n"), Ok(Some(Span::new(3, 5))));
    assert_eq!(found("z\nx", "a\nxz\n"), Ok(Some(Span::new(2, 3))));
}

#[test]
fn what_would_take_too_long_is_refused() {
    let nested = "\\(".repeat(5_000);
    assert_eq!(
        Bre::new(nested.as_bytes()).unwrap_err(),
        BreError::TooComplex
    );
    let large = "\\(\\(a\\{1000\\}\\)\\{1000\\}\\)\\{1000\\}";
    assert_eq!(
        Bre::new(large.as_bytes()).unwrap_err(),
        BreError::TooComplex
    );
    let slow = Bre::new(b"^\\(a*\\)*\\1b$").unwrap();
    assert_eq!(
        slow.find("a".repeat(5_000).as_bytes()),
        Err(BreError::TooComplex)
    );
    let reference = Bre::new(b"\\(a\\)\\1").unwrap();
    assert_eq!(reference.find(b"\xff\nb"), Err(BreError::NotText));
    assert!(reference.find(b"\xff\naa").unwrap().is_some());
}

#[test]
fn a_text_means_what_its_author_wrote() {
    // Pattern, file, whether it is found, whether there is something to say about it.
    let table: &[(&str, &str, Result<bool, ()>, bool)] = &[
        ("Restart=always", "Restart=always\n", Ok(true), false),
        ("Restart.always", "Restart-always\n", Ok(false), true),
        ("config.json", "use config.json\n", Ok(true), false),
        ("config.json", "config-json\n", Ok(false), true),
        ("Restart=.*", "Restart=no\n", Ok(true), false),
        ("^Restart=always$", "Restart=always\n", Ok(true), false),
        ("a\\|b", "b\n", Ok(true), false),
        ("*", "a * b\n", Ok(true), false),
        ("*", "a b\n", Ok(false), false),
        ("| Alias |", "| Alias | x |\n", Ok(true), false),
        ("**Name:** x", "**Name:** x\n", Ok(true), true),
        ("**Name:**", "Name:\n", Ok(false), true),
        ("- [ ] item", "- [ ] item\n", Ok(true), true),
        ("- [x] done", "- x done\n", Ok(false), true),
        ("[Service]", "see\n", Ok(false), true),
        ("[Service]", "[Service]\n", Ok(true), false),
        ("[0-9]", "a1\n", Ok(true), false),
        ("[Rr]estart", "restart\n", Ok(true), false),
        ("v[.]1", "v.1\n", Ok(true), false),
        ("a \\{x", "a {x\n", Err(()), false),
        ("[tool", "[tool.x]\n", Ok(true), true),
        ("[tool", "x\n", Ok(false), true),
        ("key *= *value", "key   = value\n", Ok(true), false),
        ("wait...", "wait...\n", Ok(true), false),
        ("wait...", "waiting\n", Ok(false), true),
        ("one\ntwo", "two\n", Ok(true), false),
        ("", "x\n", Ok(true), false),
        ("", "", Ok(false), false),
        ("cost: 5$", "cost: 5\n", Ok(true), false),
    ];
    for (pattern, text, expected, has_note) in table {
        let judged = judge(text.as_bytes(), pattern.as_bytes(), Reading::Auto);
        let shown = judged
            .as_ref()
            .map_or((Err(()), false), |Judged { found, note }| {
                (Ok(found.is_some()), note.is_some())
            });
        assert_eq!(shown, (*expected, *has_note), "{pattern} in {text}");
    }
}

#[test]
fn a_setting_decides() {
    let found = |reading| {
        let judged = judge(b"Restart-always\n", b"Restart.always", reading);
        judged.unwrap().found.is_some()
    };
    assert!(found(Reading::of_name("bre").unwrap()));
    assert!(!found(Reading::of_name("literal").unwrap()));
    assert!(!found(Reading::of_name("auto").unwrap()));
    assert_eq!(Reading::of_name("regex"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_panic(pattern in prop::collection::vec(any::<u8>(), 0..20), signs in r"[\[\]\\(){}*.^$|+?:=a-c0-2-]{0,20}", text in prop::collection::vec(any::<u8>(), 0..40)) {
        for pattern in [pattern.as_slice(), signs.as_bytes()] {
            if let Ok(Judged { found: Some(span), .. }) = judge(&text, pattern, Reading::Auto) {
                assert!(span.start <= span.end && span.end <= text.len());
            }
            if let Ok(Some(span)) = Bre::new(pattern).and_then(|bre| bre.find(&text)) {
                assert!(span.start <= span.end && span.end <= text.len());
            }
        }
    }
}
