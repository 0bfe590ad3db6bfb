//! In-process times of reading and judging one typical file: `cargo bench -p clawtest-framework`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use clawtest_framework::check;
use clawtest_framework::document::Input;
use clawtest_framework::format::unit::exposure;
use clawtest_framework::format::{self, toml, unit};
use clawtest_framework::judge::{self, Subject};
use clawtest_framework::path::WorkspacePath;
use clawtest_framework::query::KeyPath;
use clawtest_framework::reading::Reading;
use clawtest_framework::source::{Source, Span};
use clawtest_framework::value::Kind;
use clawtest_framework::vars::Vars;
use clawtest_framework::workspace::{Fixture, Workspace};

/// A hardened unit of 40 lines, as gateways have it.
const UNIT: &str = include_str!("openclaw-gateway.service");

const COMPOSE: &str = include_str!("docker-compose.yml");

fn main() {
    divan::main();
}

fn input<'a>(
    path: &'a str,
    text: &str,
    nothing: &'a BTreeMap<String, Arc<[u8]>>,
    variables: &'a BTreeMap<String, String>,
) -> Input<'a> {
    Input {
        path,
        bytes: text.as_bytes().into(),
        target: nothing,
        variables,
    }
}

/// Reading a file and looking up one key.
fn read(bencher: divan::Bencher, path: &str, text: &str, key: &str) {
    let (nothing, variables) = (BTreeMap::new(), BTreeMap::new());
    let input = input(path, text, &nothing, &variables);
    let format = format::of_path(path).expect("the path has a format");
    let key = KeyPath::new(key).expect("the key is a path");
    bencher.bench_local(|| {
        let document = (format.read)(black_box(&input));
        assert!(!key.follow(&document.root).matches.is_empty());
        document
    });
}

#[divan::bench]
fn unit_parse_and_key(bencher: divan::Bencher) {
    read(bencher, "openclaw-gateway.service", UNIT, "Service.Restart");
}

#[divan::bench]
fn compose_parse_and_key(bencher: divan::Bencher) {
    read(
        bencher,
        "docker-compose.yml",
        COMPOSE,
        "services.*.ports[*].host_ip",
    );
}

/// What a whole check costs: workspace, reading, comparing.
#[divan::bench]
fn unit_whole_check(bencher: divan::Bencher) {
    let text = "key = \"Service.Restart\"\none_of = [\"always\", \"on-failure\"]\n";
    let table = toml::parse(text).expect("valid TOML");
    let vars = Vars::default();
    let mut reading = Reading::new(Source::new("harness.toml", text.as_bytes()), &vars);
    let spec = check::spec("key").expect("a row");
    let value = table.get("key").expect("the key");
    let check = (spec.parse)(&mut reading, spec, value, &table).expect("a check");
    assert!(matches!(value.kind, Kind::String(_)));
    let path = WorkspacePath::new("openclaw-gateway.service").expect("a path");
    let fixtures = [Fixture {
        path: path.clone(),
        content: UNIT.as_bytes().into(),
        mode: None,
        deployed: None,
        origin: None,
    }];
    let subject = Subject::File(path, Span::new(0, 1));
    let checks = [check];
    bencher.bench_local(|| {
        let workspace = Workspace::new(&fixtures);
        let source = Source::new("harness.toml", text.as_bytes());
        let problems = judge::judge_path(source, &workspace, &subject, &checks);
        assert!(problems.is_empty());
    });
}

#[divan::bench]
fn unit_exposure(bencher: divan::Bencher) {
    let (nothing, variables) = (BTreeMap::new(), BTreeMap::new());
    let input = input("openclaw-gateway.service", UNIT, &nothing, &variables);
    bencher.bench_local(|| exposure::score(&unit::load(black_box(&input)), 252).tenths);
}
