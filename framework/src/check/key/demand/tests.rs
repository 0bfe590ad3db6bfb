//! Demands on values, by example.

use super::{Demand, Verdict, Wanted};
use crate::document::{Data, Node, Place};
use crate::scale::{Amount, Scale, WORD};

static METRES: Scale = Scale {
    name: "a length",
    read: |text| match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((number, "m")) => number
            .parse()
            .map(Amount::Number)
            .map_err(|_| "is no length".to_owned()),
        _ if text == "endless" => Ok(Amount::Infinite),
        _ => Err("has no unit".to_owned()),
    },
};

fn at() -> Place {
    Place::new(0, 0)
}

fn text(text: &str) -> Node {
    Node::text(text, at())
}

fn word(wanted: &str) -> Wanted {
    Wanted::Text(wanted.into())
}

#[test]
fn none_of_something_is_judged_on_every_text() {
    let place = Place::new(0, 0);
    let list = |texts: &[&str]| {
        let items = texts.iter().map(|text| Node::text(*text, place));
        Node::new(Data::List(items.collect()), place)
    };
    let not_contains = |node: &Node| Demand::ContainsNot(vec!["start".into()]).judge(node);
    let expression = || super::compile(r"gateway\s+start").unwrap();
    let not_matches = |node: &Node| Demand::MatchesNot(vec![expression()]).judge(node);
    for (node, holds) in [
        (Node::text("openclaw gateway run", place), true),
        (Node::text("openclaw gateway start", place), false),
        (list(&[]), true),
        (list(&["gateway run", "x"]), true),
        (list(&["gateway run", "gateway start"]), false),
        (Node::new(Data::Null, place), true),
        (Node::new(Data::Map(Vec::new()), place), false),
        (
            Node::new(Data::List(vec![list(&["gateway start"])]), place),
            false,
        ),
    ] {
        assert_eq!(not_contains(&node) == Verdict::Holds, holds, "{node:?}");
        assert_eq!(not_matches(&node) == Verdict::Holds, holds, "{node:?}");
    }
    let why = not_matches(&list(&["gateway run", "gateway start"]));
    let expected = "`gateway start` is in it".to_owned();
    assert_eq!(why, Verdict::Differs(Some(expected)));
}

#[test]
fn values_with_a_scale_are_compared_on_it() {
    let node = text("010m").scaled(&METRES);
    assert_eq!(Demand::Equals(word("10m")).judge(&node), Verdict::Holds);
    assert_eq!(Demand::AtLeast(word("9m")).judge(&node), Verdict::Holds);
    assert_eq!(
        Demand::AtMost(word("9m")).judge(&node),
        Verdict::Differs(None)
    );
    assert_eq!(Demand::AtMost(word("endless")).judge(&node), Verdict::Holds);
    let no_unit = Verdict::NotReadable("has no unit".into());
    assert_eq!(Demand::Equals(Wanted::Integer(10)).judge(&node), no_unit);
    // A typing error in the harness must not make `not_equals` pass.
    assert_eq!(Demand::NotEquals(vec![word("10")]).judge(&node), no_unit);
    let endless = text("endless").scaled(&METRES);
    assert_eq!(
        Demand::AtMost(word("5m")).judge(&endless),
        Verdict::Differs(None)
    );
}

#[test]
fn values_without_a_scale_keep_their_type() {
    let number = Node::new(Data::Integer(18_789), at());
    assert_eq!(
        Demand::Equals(Wanted::Integer(18_789)).judge(&number),
        Verdict::Holds
    );
    assert_eq!(
        Demand::Equals(word("18789")).judge(&number),
        Verdict::Differs(Some("it is an integer, not a text".into()))
    );
    assert_eq!(
        Demand::AtMost(Wanted::Float(18_789.5)).judge(&number),
        Verdict::Holds
    );
    let truth = Node::new(Data::Boolean(true), at());
    assert_eq!(
        Demand::Equals(Wanted::Boolean(true)).judge(&truth),
        Verdict::Holds
    );
    assert_eq!(
        Demand::Equals(word("true")).judge(&truth),
        Verdict::Differs(Some("it is a boolean, not a text".into()))
    );
    assert!(matches!(
        Demand::AtLeast(Wanted::Integer(1)).judge(&truth),
        Verdict::Differs(Some(_))
    ));
}

#[test]
fn words_are_numbers_where_numbers_are_asked_for() {
    let port = text("18789").scaled(&WORD);
    assert_eq!(
        Demand::Equals(Wanted::Integer(18_789)).judge(&port),
        Verdict::Holds
    );
    assert_eq!(
        Demand::AtLeast(Wanted::Integer(1024)).judge(&port),
        Verdict::Holds
    );
    let name = text("gateway").scaled(&WORD);
    assert!(matches!(
        Demand::AtLeast(Wanted::Integer(1)).judge(&name),
        Verdict::Differs(Some(_))
    ));
    assert!(matches!(
        Demand::AtLeast(word("high")).judge(&port),
        Verdict::NotReadable(_)
    ));
}

#[test]
fn a_list_is_compared_by_its_elements() {
    let list = Node::new(
        Data::List(vec![text("/a"), text("/usr/bin/x --port 1")]),
        at(),
    );
    let contains = |wanted: &str| Demand::Contains(vec![wanted.into()]).judge(&list);
    assert_eq!(contains("/a"), Verdict::Holds);
    assert_eq!(contains("--port 1"), Verdict::Holds);
    assert_eq!(contains("/usr"), Verdict::Differs(None));
    assert_eq!(contains("--port"), Verdict::Holds);
    assert_eq!(contains("-port"), Verdict::Differs(None));
    let both = Wanted::List(vec![word("/a"), word("/usr/bin/x --port 1")]);
    assert_eq!(Demand::Equals(both).judge(&list), Verdict::Holds);
    assert!(matches!(
        Demand::Equals(word("/a")).judge(&list),
        Verdict::Differs(Some(_))
    ));
    let one = Node::new(Data::List(vec![text("/a")]), at());
    assert_eq!(Demand::Equals(word("/a")).judge(&one), Verdict::Holds);
    assert_eq!(
        Demand::Equals(Wanted::List(vec![])).judge(&Node::new(Data::List(vec![]), at())),
        Verdict::Holds
    );
}

#[test]
fn what_only_looks_like_another_value_is_none() {
    let is_none_of = |wanted: Wanted, node: &Node| Demand::NotEquals(vec![wanted]).judge(node);
    let truth = Node::new(Data::Boolean(true), at());
    let port = Node::new(Data::Integer(80), at());
    let list = |items: &[&str]| {
        Node::new(
            Data::List(items.iter().map(|item| text(item)).collect()),
            at(),
        )
    };
    for (wanted, node) in [
        (word("true"), &truth),
        (word("80"), &port),
        (Wanted::Integer(80), &text("80")),
        (word("ALL"), &list(&["NET_ADMIN", "ALL"])),
        (word("ALL"), &list(&["ALL"])),
        (word("none"), &Node::new(Data::Map(Vec::new()), at())),
    ] {
        let verdict = is_none_of(wanted.clone(), node);
        assert!(
            matches!(verdict, Verdict::Differs(_)),
            "{wanted:?} {node:?}"
        );
    }
    for (wanted, node) in [
        (word("false"), &truth),
        (Wanted::Integer(81), &port),
        (word("ALL"), &list(&["NET_ADMIN", "CHOWN"])),
        (word("ALL"), &list(&[])),
    ] {
        assert_eq!(is_none_of(wanted, node), Verdict::Holds, "{node:?}");
    }
}

#[test]
fn one_unreadable_element_is_enough_for_no_verdict() {
    let lengths = vec![text("1m").scaled(&METRES), text("2m").scaled(&METRES)];
    let list = Node::new(Data::List(lengths), at());
    let wanted = Wanted::List(vec![word("5m"), word("2")]);
    assert_eq!(
        Demand::NotEquals(vec![wanted]).judge(&list),
        Verdict::NotReadable("has no unit".into())
    );
}

#[test]
fn null_has_no_text() {
    let null = Node::new(Data::Null, at());
    let expression = Demand::Matches(vec![super::compile(r"^\S+$").unwrap()]);
    for demand in [expression, Demand::Contains(vec!["u".into()])] {
        assert!(
            matches!(demand.judge(&null), Verdict::Differs(_)),
            "{demand:?}"
        );
    }
}

#[test]
fn what_is_demanded_is_told_as_it_was_written() {
    let demand = Demand::Contains(vec!["this or that".into(), "x".into()]);
    assert_eq!(demand.words(), "something with `this or that` and `x`");
}

#[test]
fn an_expression_sees_the_whole_value() {
    let demand = Demand::Matches(vec![super::compile(r"^\d+$").unwrap()]);
    assert_eq!(demand.judge(&text("123")), Verdict::Holds);
    assert_eq!(
        demand.judge(&text(
            "123
x"
        )),
        Verdict::Differs(None)
    );
    let number = Node::new(Data::Integer(5), at());
    assert_eq!(demand.judge(&number), Verdict::Holds);
}
