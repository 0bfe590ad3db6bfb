//! How fast texts are searched for secrets: `cargo bench -p clawtest-framework --bench secrets`.

use clawtest_framework::secret;
use divan::counter::BytesCount;

/// A hardened unit of 40 lines, as gateways have it.
const UNIT: &str = include_str!("openclaw-gateway.service");

const COMPOSE: &str = include_str!("docker-compose.yml");

/// This crate's own sources: prose, code and tables.
const SOURCE: &str = concat!(
    include_str!("../src/secret.rs"),
    include_str!("../src/diagnostic.rs"),
    include_str!("../src/source.rs"),
    include_str!("../src/secret/keyed.rs"),
    include_str!("../src/check.rs")
);

fn main() {
    divan::main();
}

fn find(bencher: divan::Bencher, text: &str) {
    bencher
        .counter(BytesCount::of_str(text))
        .bench_local(|| secret::find(divan::black_box(text.as_bytes())));
}

#[divan::bench]
fn unit_of_1_kb(bencher: divan::Bencher) {
    let end = UNIT.char_indices().take_while(|(at, _)| *at < 1024).count();
    find(bencher, &UNIT[..end.min(UNIT.len())]);
}

#[divan::bench]
fn compose(bencher: divan::Bencher) {
    find(bencher, COMPOSE);
}

#[divan::bench]
fn sources_of_1_mb(bencher: divan::Bencher) {
    find(bencher, &SOURCE.repeat(1_000_000 / SOURCE.len() + 1));
}

#[divan::bench]
fn log_of_1_mb(bencher: divan::Bencher) {
    let line = "2026-01-01T00:00:01Z INFO gateway: request id=18789 path=/v1/models status=200 took=12ms\n";
    find(bencher, &line.repeat(1_000_000 / line.len()));
}

#[divan::bench]
fn mask_of_1_mb(bencher: divan::Bencher) {
    let text = SOURCE.repeat(1_000_000 / SOURCE.len() + 1);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| secret::mask(divan::black_box(text.as_bytes())).len());
}
