//! Large amounts of harmless text, to measure throughput with: small files as in a project, and a
//! log. There are hashes, ids and names in it as everywhere, and no secrets.

use std::fmt::Write as _;

use crate::Numbers;
use crate::coding::base64;
use crate::form;
use crate::made::pick;

const NOUNS: [&str; 32] = [
    "request", "session", "buffer", "message", "channel", "gateway", "agent", "worker", "record",
    "cursor", "window", "stream", "packet", "config", "route", "filter", "queue", "report",
    "parser", "writer", "index", "token", "signal", "bucket", "handle", "layout", "header",
    "entry", "client", "server", "policy", "metric",
];

const VERBS: [&str; 16] = [
    "read", "write", "open", "close", "parse", "load", "merge", "split", "send", "receive",
    "count", "check", "update", "find", "start", "stop",
];

const PLAIN: [&str; 24] = [
    "the", "of", "each", "with", "before", "after", "when", "one", "is", "that", "and", "for",
    "not", "until", "from", "every", "has", "its", "into", "by", "may", "must", "only", "again",
];

/// Makes one file of a sort.
type Sort = (&'static str, fn(&mut Numbers, usize) -> String);

const SORTS: [Sort; 10] = [
    ("rs", rust),
    ("ts", typescript),
    ("py", python),
    ("rs", rust),
    ("ts", typescript),
    ("py", python),
    ("md", markdown),
    ("yaml", yaml),
    ("json", json),
    ("lock", lock),
];

/// A small file of a tree: its path and its text. The sizes of many have 9 kB as their mean.
pub fn file(index: usize, numbers: &mut Numbers) -> (String, String) {
    let (extension, make) = SORTS[index % SORTS.len()];
    // Few large ones and many small ones.
    let size = match numbers.below(10) {
        0 => 24_000 + numbers.below(24_000),
        1..=3 => 7_000 + numbers.below(9_000),
        _ => 500 + numbers.below(6_000),
    };
    let mut text = make(numbers, size);
    text.truncate(text.rfind('\n').map_or(text.len(), |end| end + 1));
    let path = format!(
        "{}/{}/{}_{index}.{extension}",
        NOUNS[index / 400 % NOUNS.len()],
        VERBS[index / 25 % VERBS.len()],
        noun(numbers)
    );
    (path, text)
}

/// A piece of a log of about so many bytes.
pub fn log(numbers: &mut Numbers, size: usize) -> String {
    let mut text = String::with_capacity(size + 512);
    let mut second = numbers.below(3600);
    while text.len() < size {
        second += numbers.below(3);
        let time = format!(
            "2026-04-12T{:02}:{:02}:{:02}.{:03}Z",
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            numbers.below(1000)
        );
        let level = pick(numbers, &["INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"]);
        let _ = match numbers.below(6) {
            0 => writeln!(
                text,
                "{time} {level} {}: {} request_id={} status={} bytes={}",
                noun(numbers),
                sentence(numbers),
                form::uuid(numbers),
                pick(numbers, &[200, 201, 204, 404, 429, 500]),
                numbers.below(90_000)
            ),
            1 => writeln!(
                text,
                "10.0.{}.{} - - [12/Apr/2026:{:02}:{:02}:{:02} +0000] \"GET /api/v1/{}/{} HTTP/1.1\" 200 {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
                numbers.below(255),
                numbers.below(255),
                second / 3600 % 24,
                second / 60 % 60,
                second % 60,
                noun(numbers),
                numbers.below(100_000),
                numbers.below(50_000)
            ),
            2 => writeln!(
                text,
                "{{\"ts\":\"{time}\",\"level\":\"{level}\",\"component\":\"{}\",\"msg\":\"{}\",\"trace\":\"{}\",\"duration_ms\":{}}}",
                noun(numbers),
                sentence(numbers),
                form::text("{h32}", numbers),
                numbers.below(5000)
            ),
            3 => writeln!(
                text,
                "{time} {level} usage: prompt_tokens={} completion_tokens={} total_tokens={} model=large",
                numbers.below(8000),
                numbers.below(2000),
                numbers.below(10_000)
            ),
            4 => writeln!(
                text,
                "Apr 12 {:02}:{:02}:{:02} node07 systemd[1]: {}-{}.service: {}.",
                second / 3600 % 24,
                second / 60 % 60,
                second % 60,
                noun(numbers),
                verb(numbers),
                sentence(numbers)
            ),
            _ => writeln!(
                text,
                "{time} {level} pulled registry.internal/{}@sha256:{} in {} ms",
                noun(numbers),
                form::text("{h64}", numbers),
                numbers.below(9000)
            ),
        };
    }
    text
}

fn noun(numbers: &mut Numbers) -> &'static str {
    pick(numbers, &NOUNS)
}

fn verb(numbers: &mut Numbers) -> &'static str {
    pick(numbers, &VERBS)
}

/// Some words, without an end.
fn sentence(numbers: &mut Numbers) -> String {
    let count = 5 + numbers.below(9);
    let words: Vec<&str> = (0..count)
        .map(|at| match at % 3 {
            0 => pick(numbers, &PLAIN),
            1 => noun(numbers),
            _ => verb(numbers),
        })
        .collect();
    words.join(" ")
}

fn rust(numbers: &mut Numbers, size: usize) -> String {
    let mut text = format!(
        "//! {}.\n\nuse std::collections::BTreeMap;\n",
        sentence(numbers)
    );
    while text.len() < size {
        let (first, second, third) = (noun(numbers), verb(numbers), noun(numbers));
        let _ = write!(
            text,
            "\n/// {}.\npub fn {second}_{first}({third}: &str, limit: usize) -> Result<usize, Error> {{\n    let mut {first}_count = {};\n    for line in {third}.lines().take(limit) {{\n        if line.starts_with(\"{}\") {{\n            {first}_count += 1; // {}\n        }}\n    }}\n    Ok({first}_count)\n}}\n",
            sentence(numbers),
            numbers.below(100),
            noun(numbers),
            sentence(numbers)
        );
    }
    text
}

fn typescript(numbers: &mut Numbers, size: usize) -> String {
    let mut text = String::from("import { readFile } from 'node:fs/promises';\n");
    while text.len() < size {
        let (first, second, third) = (noun(numbers), verb(numbers), noun(numbers));
        let _ = write!(
            text,
            "\n// {}\nexport async function {second}_{first}({third}: string, options = {{ retries: {} }}) {{\n  const {first} = await readFile({third}, 'utf8');\n  if (!{first}.includes('{}')) {{\n    throw new Error(`{} ${{{third}}}`);\n  }}\n  return {first}.split('\\n').length > options.retries;\n}}\n",
            sentence(numbers),
            numbers.below(10),
            noun(numbers),
            sentence(numbers)
        );
    }
    text
}

fn python(numbers: &mut Numbers, size: usize) -> String {
    let mut text = format!(
        "\"\"\"{}.\"\"\"\n\nimport json\nimport os\n",
        sentence(numbers)
    );
    while text.len() < size {
        let (first, second, third) = (noun(numbers), verb(numbers), noun(numbers));
        let _ = write!(
            text,
            "\n\ndef {second}_{first}({third}, timeout={}):\n    \"\"\"{}.\"\"\"\n    path = os.environ.get(\"{}_DIR\", \"/var/lib/{first}\")\n    with open(os.path.join(path, {third})) as file:\n        {first} = json.load(file)\n    return {first}.get(\"{}\", timeout)  # {}\n",
            numbers.below(60),
            sentence(numbers),
            first.to_uppercase(),
            noun(numbers),
            sentence(numbers)
        );
    }
    text
}

fn markdown(numbers: &mut Numbers, size: usize) -> String {
    let mut text = format!("# {}\n", sentence(numbers));
    while text.len() < size {
        let _ = match numbers.below(4) {
            0 => writeln!(text, "\n## {}\n", sentence(numbers)),
            1 => writeln!(text, "- `{}`: {}.", noun(numbers), sentence(numbers)),
            2 => writeln!(
                text,
                "\n```sh\n{} --{} {} --limit {}\n```\n",
                noun(numbers),
                verb(numbers),
                noun(numbers),
                numbers.below(500)
            ),
            _ => writeln!(
                text,
                "{}, {}. See [{}](https://docs.internal/{}/{}).",
                sentence(numbers),
                sentence(numbers),
                noun(numbers),
                noun(numbers),
                verb(numbers)
            ),
        };
    }
    text
}

fn yaml(numbers: &mut Numbers, size: usize) -> String {
    let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
    while text.len() < size {
        let name = noun(numbers);
        let _ = write!(
            text,
            "  - name: {name}-{}\n    uid: {}\n    image: registry.internal/{name}@sha256:{}\n    replicas: {}\n    tokenLimit: {}\n    labels:\n      app: {}\n      tier: {}\n",
            numbers.below(1000),
            form::uuid(numbers),
            form::text("{h64}", numbers),
            numbers.below(9),
            numbers.below(9000),
            noun(numbers),
            verb(numbers)
        );
    }
    text
}

fn json(numbers: &mut Numbers, size: usize) -> String {
    let mut text = String::from("[\n");
    while text.len() < size {
        let _ = writeln!(
            text,
            "  {{\"id\": {}, \"{}\": \"{}\", \"commit\": \"{}\", \"ratio\": 0.{}, \"{}\": [{}, {}]}},",
            numbers.below(1_000_000),
            noun(numbers),
            sentence(numbers),
            form::text("{h40}", numbers),
            numbers.below(1000),
            noun(numbers),
            numbers.below(100),
            numbers.below(100)
        );
    }
    text
}

fn lock(numbers: &mut Numbers, size: usize) -> String {
    let mut text = String::from("# generated, not to be edited\nversion = 4\n");
    while text.len() < size {
        let digest: Vec<u8> = (0..64).map(|_| numbers.next().to_le_bytes()[1]).collect();
        let _ = write!(
            text,
            "\n[[package]]\nname = \"{}-{}\"\nversion = \"{}.{}.{}\"\nsource = \"registry+https://index.internal/{}\"\nchecksum = \"{}\"\nintegrity = \"sha512-{}\"\n",
            noun(numbers),
            verb(numbers),
            numbers.below(5),
            numbers.below(40),
            numbers.below(20),
            noun(numbers),
            form::text("{h64}", numbers),
            base64(&digest)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{file, log};
    use crate::Numbers;

    #[test]
    fn files_have_nine_kilobytes_on_average() {
        let mut numbers = Numbers::new(3);
        let bytes: usize = (0..400).map(|at| file(at, &mut numbers).1.len()).sum();
        assert!((7_500..10_500).contains(&(bytes / 400)), "{}", bytes / 400);
        assert!(log(&mut numbers, 10_000).len() >= 10_000);
    }
}
