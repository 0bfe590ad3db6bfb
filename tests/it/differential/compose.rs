//! Compose files against Docker Compose 2.26 itself: `config` needs no engine. Its output and our
//! tree are brought to one form, since it prints numbers where we keep the text that was written.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use clawtest::framework::document::{Data, Document, Input, Node, Target};
use clawtest::framework::format::compose;
use clawtest::framework::scale::Amount;
use serde_json::{Map, Value};

use super::oracle::Dice;

/// Files, one a line; `\n` stands for a line end.
const CASES: &str = include_str!("compose.txt");

/// The files beside each of them.
const FILES: &[(&str, &str)] = &[
    (".env", "DOTENV=from\nV_A=no\n"),
    (
        "e1.env",
        "A=e1\nB=$V_A-2 # c\nexport C=\"x\\ny\"\nD=${A}!\n",
    ),
    ("e2.env", "B=e2\nE=${B}\nF\n"),
    (
        "other.yml",
        "services: {base: {image: q, env_file: e1.env, volumes: [\"./v:/v\"], ports: [\"127.0.0.1:5:5\"]}}\n",
    ),
];

const VARIABLES: &[(&str, &str)] = &[
    ("V_A", "aval"),
    ("V_EMPTY", ""),
    ("V_PORT", "8080"),
    ("V_IP", "127.0.0.1"),
    ("COMPOSE_PROJECT_NAME", "proj"),
];

/// How many files are made at random.
const GENERATED: usize = 400;

/// A folder of a host, in memory.
struct Folder(BTreeMap<&'static str, Arc<[u8]>>);

impl Target for Folder {
    fn read(&self, path: &str) -> Result<Option<Arc<[u8]>>, String> {
        Ok(self.0.get(path).cloned())
    }

    fn names(&self, _: &str) -> Result<Vec<String>, String> {
        Ok(Vec::new())
    }

    fn is_host(&self) -> bool {
        true
    }
}

/// The command of Compose 2.26, if there is one.
#[expect(clippy::print_stdout, reason = "a skip is told")]
fn oracle() -> Option<Vec<String>> {
    let given = std::env::var("CLAWTEST_COMPOSE").ok();
    let candidates = [
        given.map(|path| vec![path]),
        Some(vec!["docker-compose".to_owned()]),
        Some(vec!["docker".to_owned(), "compose".to_owned()]),
    ];
    for command in candidates.into_iter().flatten() {
        let output = Command::new(&command[0])
            .args(&command[1..])
            .args(["version", "--short"])
            .output();
        if let Ok(output) = output
            && String::from_utf8_lossy(&output.stdout)
                .trim()
                .trim_start_matches('v')
                .starts_with("2.26.")
        {
            return Some(command);
        }
    }
    println!("skipped: Docker Compose 2.26 is not installed");
    None
}

/// What Compose makes of a file, or its words.
fn ask(command: &[String], dir: &Path, text: &str, number: usize) -> Result<Value, String> {
    let name = format!("case{number}.yml");
    std::fs::write(dir.join(&name), text).unwrap();
    let output = Command::new(&command[0])
        .args(&command[1..])
        .args(["-f", &name, "config", "--format", "json"])
        .current_dir(dir)
        .env_remove("COMPOSE_PROFILES")
        .envs(VARIABLES.iter().copied())
        .output()
        .unwrap();
    if output.status.success() {
        // Compose doubles each dollar, so that its output can be read again.
        let text = String::from_utf8(output.stdout).unwrap().replace("$$", "$");
        return Ok(serde_json::from_str(&text).unwrap());
    }
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let words = words.lines().filter(|line| !line.starts_with("time="));
    Err(words.collect::<Vec<_>>().join(" "))
}

fn read(text: &str) -> Document {
    let files = FILES.iter();
    let target = Folder(
        files
            .map(|(name, text)| (*name, Arc::from(text.as_bytes())))
            .collect(),
    );
    let variables = VARIABLES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    compose::read(&Input {
        path: "case.yml",
        bytes: Arc::from(text.as_bytes()),
        target: &target,
        variables: &variables,
    })
}

/// Defaults of the engine, which Compose does not print.
const OF_ENGINE: &[&str] = &[
    "host_ip",
    "runs",
    "stop_signal",
    "driver",
    "max-size",
    "max-file",
];

/// A tree as JSON, without the defaults of the engine.
fn json(node: &Node) -> Value {
    match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(truth) => Value::Bool(*truth),
        Data::Integer(number) => i64::try_from(*number).unwrap_or(i64::MAX).into(),
        Data::Float(number) => (*number).into(),
        Data::Text(text) => Value::String(text.to_string()),
        Data::List(items) => items.iter().map(json).collect(),
        Data::Map(entries) => entries
            .iter()
            .filter(|entry| !(entry.node.is_default && OF_ENGINE.contains(&&*entry.name)))
            .map(|entry| (entry.name.to_string(), json(&entry.node)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// Keys whose values are time spans and sizes; Compose prints them in a form of its own.
const SPANS: &[&str] = &[
    "stop_grace_period",
    "interval",
    "timeout",
    "start_period",
    "start_interval",
    "delay",
    "monitor",
    "window",
];
const SIZES: &[&str] = &[
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "shm_size",
    "memory",
    "size",
];

/// Maps whose names are the file's own, in which nothing is left out.
const OWN_NAMES: &[&str] = &[
    "environment",
    "labels",
    "args",
    "annotations",
    "sysctls",
    "options",
    "driver_opts",
];

fn amount(read: fn(&str) -> Result<Amount, String>, value: &Value) -> Value {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match read(&text) {
        Ok(Amount::Number(number)) => number.to_string().into(),
        _ => text.into(),
    }
}

/// Leaves out what says nothing, and brings numbers to one form.
fn normal(value: Value, key: &str, is_own: bool) -> Value {
    match value {
        Value::Object(members) => {
            let is_inner_own = OWN_NAMES.contains(&key);
            let members = members.into_iter().map(|(name, value)| {
                let inner = if is_inner_own { "" } else { &*name };
                let value = normal(value, inner, is_inner_own);
                (name, value)
            });
            let says = |value: &Value| match value {
                Value::Null => false,
                Value::Bool(truth) => *truth,
                Value::Array(items) => !items.is_empty(),
                Value::Object(members) => !members.is_empty(),
                _ => true,
            };
            let members = members.filter(|(_, value)| is_inner_own || says(value));
            members.collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| normal(item, key, is_own))
            .collect(),
        value if is_own => value,
        value if SPANS.contains(&key) => amount(compose::DURATION.read, &value),
        value if SIZES.contains(&key) => amount(compose::SIZE.read, &value),
        value if key == "cpus" => {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{:.4}", text.parse::<f64>().unwrap()).into()
        }
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => {
            format!("{:.0}", number.as_f64().unwrap()).into()
        }
        Value::Number(number) => number.to_string().into(),
        value => value,
    }
}

/// The services of a model in a form in which two readers agree.
fn services(root: &Value, base: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (name, service) in root["services"].as_object().into_iter().flatten() {
        let mut service = service.clone();
        let map = service.as_object_mut().unwrap();
        // Ours keeps them; Compose resolves them, or prints them in the short syntax.
        for key in ["profiles", "env_file", "extends"] {
            map.remove(key);
        }
        map.retain(|key, _| !key.starts_with("x-"));
        // Ours puts limits that are written in the short way below `deploy`, too.
        for (short, kind, long) in [
            ("cpus", "limits", "cpus"),
            ("mem_limit", "limits", "memory"),
            ("mem_reservation", "reservations", "memory"),
            ("pids_limit", "limits", "pids"),
        ] {
            let is_short = map.contains_key(short);
            let long_way = map
                .get_mut("deploy")
                .and_then(|deploy| deploy.get_mut("resources")?.get_mut(kind)?.as_object_mut());
            if let Some(limits) = long_way.filter(|_| is_short) {
                limits.remove(long);
            }
        }
        // Ours says what the engine starts.
        map.remove("runs");
        // Ours makes a health check that is switched off the test that it is for the engine.
        if let Some(Value::Object(check)) = map.get_mut("healthcheck")
            && check.get("disable") == Some(&Value::Bool(true))
        {
            check.remove("test");
        }
        // To be in the default network is the default.
        if map
            .get("networks")
            .is_some_and(|networks| *networks == serde_json::json!({"default": null}))
        {
            map.remove("networks");
        }
        // A network without options says so by its name.
        if let Some(Value::Object(networks)) = map.get_mut("networks") {
            for network in networks.values_mut().filter(|network| network.is_null()) {
                *network = "plain".into();
            }
        }
        for port in map
            .get_mut("ports")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            port.as_object_mut()
                .unwrap()
                .retain(|_, value| *value != "");
        }
        for mount in map
            .get_mut("volumes")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if mount["type"] == "bind" {
                let home = std::env::var("HOME").unwrap_or_default();
                let source = mount["source"].as_str().unwrap().replace('~', &home);
                mount["source"] = absolute(base, &source).into();
            }
        }
        if let Some(build) = map.get_mut("build") {
            build["context"] = absolute(base, build["context"].as_str().unwrap()).into();
        }
        found.insert(name.clone(), normal(service, "", false));
    }
    found
}

fn absolute(base: &str, path: &str) -> String {
    let joined = Path::new(base).join(path);
    let mut parts: Vec<String> = Vec::new();
    for part in joined.components() {
        match part.as_os_str().to_string_lossy().as_ref() {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

/// Whether one of our complaints has most of Compose's words.
fn says(told: &[&str], words: &str) -> bool {
    // These name files in full, or are YAML's own.
    let others = [
        "yaml:",
        "Circular",
        "open ",
        "env file",
        "invalid interpolation",
    ];
    let words = words.replace("decoding failed due to the following error(s):", "");
    let words = words.trim();
    if others.iter().any(|other| words.starts_with(other)) {
        return true;
    }
    let tokens = words.split([' ', ':']);
    let tokens: Vec<&str> = tokens
        .filter(|token| !token.is_empty() && !token.contains('/'))
        .collect();
    told.iter().any(|message| {
        let shared = tokens
            .iter()
            .filter(|token| message.contains(**token))
            .count();
        10 * shared >= 6 * tokens.len()
    })
}

/// Compares one file; `Err` says where the two differ.
fn compare(command: &[String], dir: &Path, text: &str, number: usize) -> Result<(), String> {
    let ours = read(text);
    let told: Vec<&str> = ours.complaints.iter().map(|told| &*told.message).collect();
    match ask(command, dir, text, number) {
        // Of a file with several faults Compose says one, and not always the same.
        Err(words)
            if ours.is_refused && (number >= CASES.lines().count() || says(&told, &words)) =>
        {
            Ok(())
        }
        Err(words) if ours.is_refused => Err(format!("Compose says {words}; ours: {told:?}")),
        Err(words) => Err(format!("Compose refuses it: {words}")),
        Ok(_) if ours.is_refused => Err(format!("Compose takes it; ours: {told:?}")),
        Ok(theirs) => {
            let base = dir.to_string_lossy();
            let theirs = services(&theirs, &base);
            let mut ours = services(&json(&ours.root), &base);
            // Services whose profiles are not enabled are not printed.
            ours.retain(|name, _| theirs.contains_key(name));
            if ours == theirs {
                Ok(())
            } else {
                Err(format!("Compose: {theirs:?}\nours: {ours:?}"))
            }
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "what was compared is told")]
fn files_are_read_as_compose_reads_them() {
    let Some(command) = oracle() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let own = CASES.lines().map(|line| line.replace("\\n", "\n"));
    let mut dice = Dice(0x5eed_c0de_5eed_c0de);
    let generated = (0..GENERATED).map(|_| file(&mut dice));
    let files: Vec<String> = own.chain(generated).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(text) = files.get(number) else {
                        return;
                    };
                    if let Err(difference) = compare(&command, dir.path(), text, number) {
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("{text}\n{difference}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    println!("{} files agree with Docker Compose", files.len());
}

/// A file that is a Compose file or nearly so.
fn file(dice: &mut Dice) -> String {
    let mut text = "services:\n".to_owned();
    for name in ["a", "b"] {
        text += &format!("  {name}: {{image: y{}}}\n", service(dice));
    }
    text += "volumes: {data1: }\nnetworks: {n1: }\nsecrets: {s1: {file: ./s}}\n";
    if dice.below(5) == 0 {
        text += dice.pick(&[
            "---\nservices: {a: {ports: !override ['9:9']}}\n",
            "---\nservices: {a: {environment: [N=1]}}\n",
            "---\nservices: {a: {command: !reset null, ports: ['9:9']}}\n",
            "---\nservices: {b: {healthcheck: {disable: true}, labels: {x: y}}}\n",
        ]);
    }
    text
}

fn service(dice: &mut Dice) -> String {
    let mut lines = String::new();
    if dice.below(2) == 0 {
        let ports: Vec<String> = (0..=dice.below(2)).map(|_| port(dice)).collect();
        lines += &format!(", ports: [{}]", ports.join(", "));
    }
    for (rarity, values) in VALUES {
        if dice.below(*rarity) == 0 {
            lines += &format!(", {}", dice.pick(values));
        }
    }
    lines
}

fn port(dice: &mut Dice) -> String {
    let address = dice.pick(&[
        "",
        "",
        "127.0.0.1:",
        "0.0.0.0:",
        "[::1]:",
        "::1:",
        "localhost:",
        "${V_IP}:",
        "${V_NOPE}:",
        "${V_NOPE:-127.0.0.1}:",
        "192.168.1.300:",
        "${V_NOPE:+x:}",
    ]);
    let host = dice.pick(&[
        "",
        "80:",
        "18789:",
        "5-9:",
        "0:",
        "${V_PORT}:",
        "abc:",
        "65536:",
    ]);
    let host = if host.is_empty() && !address.is_empty() {
        ":"
    } else {
        host
    };
    let target = dice.pick(&["80", "18789", "0", "8-12", "98-101", "x", "65535"]);
    let protocol = dice.pick(&["", "", "", "/udp", "/SCTP", "/x", "/"]);
    format!("\"{address}{host}{target}{protocol}\"")
}

/// Lines of a service, and how rare each group is.
const VALUES: &[(usize, &[&str])] = &[
    (
        3,
        &[
            "environment: {A: 1, B: true, C: null, D: 1.50, V_A: }",
            "environment: {A: 0x1F, B: 010, C: 1e3, D: 1_0, E: ~, F: yes, G: 0o17, H: 1e-7}",
            "environment: {A: \"${V_A}\", B: \"${V_NOPE:-x}\", C: $$y, D: \"${V_EMPTY:-e}\"}",
            "environment: [A=1, B, \"C=x=y\", V_A, A=2, \"D=$\"]",
            "environment: {A: 2024-01-02, B: 12:30, C: !!str 5, D: 'No', E: .5}",
            "environment: {A: [1]}",
        ],
    ),
    (
        4,
        &[
            "command: a b",
            "command: sh -c \"x y\"",
            "command: a && b",
            "command: node --port=1 2>&1",
            "command: a \"b",
            "command: [a, \"b c\"]",
            "command: []",
            "command: [1]",
            "entrypoint: ''",
        ],
    ),
    (
        4,
        &[
            "healthcheck: {test: curl -f x, interval: 1m30s, timeout: 500ms}",
            "healthcheck: {test: [CMD, a], retries: '3', start_period: 0s}",
            "healthcheck: {test: [curl]}",
            "healthcheck: {interval: 30}",
            "healthcheck: {interval: '30'}",
            "healthcheck: {disable: on}",
            "healthcheck: {test: [], retries: 1.5}",
        ],
    ),
    (
        4,
        &[
            "deploy: {resources: {limits: {cpus: 0.5, memory: 1g, pids: '5'}}}",
            "deploy: {resources: {limits: {memory: 50%}}}",
            "deploy: {resources: {limits: {cpus: 80%}}}",
            "deploy: {resources: {limits: {memory: 512}}}",
            "deploy: {resources: {limits: {memory: '0', cpus: 0, pids: 0}}}",
            "deploy: {replicas: '2', labels: [a=b]}",
            "deploy: {restart_policy: {condition: any, delay: 5s, window: 1d}}",
            "deploy: {}",
        ],
    ),
    (
        5,
        &[
            "mem_limit: 1g",
            "mem_limit: 2GiB",
            "mem_limit: 100",
            "mem_limit: 1e3",
            "mem_limit: 0",
        ],
    ),
    (
        5,
        &[
            "restart: always",
            "restart: 'no'",
            "restart: allways",
            "restart: no",
            "restart: 3",
        ],
    ),
    (
        4,
        &[
            "volumes: [data1:/d, './x:/y']",
            "volumes: ['/a:/b:ro', /c]",
            "volumes: [{type: bind, source: ./s, target: /t, read_only: 'yes'}]",
            "volumes: ['nope:/n']",
            "volumes: ['a:/z']",
            "volumes: [{source: a}]",
            "volumes: ['x:y:z:w']",
        ],
    ),
    (
        5,
        &[
            "networks: [n1]",
            "networks: {n1: {aliases: [q]}}",
            "networks: [nope]",
            "networks: []",
            "network_mode: host",
        ],
    ),
    (
        6,
        &[
            "depends_on: [zz]",
            "extends: b",
            "scale: 1",
            "container_name: cn",
            "profiles: [p]",
            "secrets: [s1]",
            "secrets: [nope]",
        ],
    ),
    (
        6,
        &[
            "privileged: yes",
            "privileged: nope",
            "read_only: true",
            "user: 1000",
            "user: '1000'",
            "cap_drop: [ALL]",
            "cap_drop: ALL",
            "init: 'on'",
            "tmpfs: /run",
            "ulimits: {nofile: '9'}",
            "ulimits: {NOFILE: 1}",
            "pids_limit: 0",
            "stop_grace_period: 1h1ms",
            "logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}",
            "logging: {options: {a: true}}",
        ],
    ),
    (
        20,
        &["bogus: 1", "x-mine: {a: b}", "port: ['1:1']", "Image: x"],
    ),
    (
        9,
        &[
            "env_file: e1.env",
            "env_file: [e1.env, e2.env]",
            "env_file: none.env",
        ],
    ),
];
