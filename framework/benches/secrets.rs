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

/// Lines of a journal and of JSON, with the ids and hashes that nearly all long words of logs are.
#[divan::bench]
fn log_of_1_mb(bencher: divan::Bencher) {
    let mut state = 1_u64;
    let mut number = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        state ^ state >> 29
    };
    let mut text = String::new();
    while text.len() < 1_000_000 {
        let (id, hash, time) = (number(), number(), number() % 60);
        text.push_str(&format!(
            "2026-01-01T00:00:{time:02}Z INFO gateway: request id={id:016x} path=/v1/models status=200 took=12ms\n"
        ));
        text.push_str(&format!(
            "{{\"time\":{time},\"commit\":\"{hash:016x}{id:016x}{time:08x}\",\"message\":\"session closed\",\"inputTokens\":{time}}}\n"
        ));
    }
    find(bencher, &text);
}

/// Text that the slowest passes look at most often.
#[divan::bench(args = ["password: ", "sig=", "@", "\\u0041", "Bearer "])]
fn hostile_100_kb(bencher: divan::Bencher, unit: &str) {
    find(bencher, &unit.repeat(100_000 / unit.len()));
}

#[divan::bench]
fn mask_of_1_mb(bencher: divan::Bencher) {
    let text = SOURCE.repeat(1_000_000 / SOURCE.len() + 1);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| secret::mask(divan::black_box(text.as_bytes())).len());
}
