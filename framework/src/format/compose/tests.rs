//! Whole files: what Docker Compose 2.26.1 makes of them, measured. The comparison with the program
//! itself is a differential test.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{is_compose, listeners, read};
use crate::document::{Document, Input, Node};

type Files<'a> = &'a [(&'a str, &'a str)];

fn read_with(text: &str, files: Files<'_>, variables: &[(&str, &str)]) -> Document {
    let target: BTreeMap<String, Arc<[u8]>> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
        .collect();
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    read(&Input {
        path: "compose.yml",
        bytes: Arc::from(text.as_bytes()),
        target: &target,
        variables: &variables,
    })
}

fn read_text(text: &str) -> Document {
    read_with(text, &[], &[])
}

/// The value at keys and indexes between slashes.
fn at<'a>(document: &'a Document, path: &str) -> Option<&'a Node> {
    path.split('/').try_fold(&document.root, |node, part| {
        let index = part.parse::<usize>().ok();
        node.get(part)
            .or_else(|| index.and_then(|index| node.items().get(index)))
    })
}

fn text_at(document: &Document, path: &str) -> String {
    let node = at(document, path).unwrap_or_else(|| panic!("{path} in {:?}", document.complaints));
    node.data.to_text().unwrap().into_owned()
}

/// The text that a complaint points at.
fn pointed(document: &Document, index: usize) -> String {
    let place = document.complaints[index].place.unwrap();
    let bytes = &document.files[place.file as usize].bytes;
    String::from_utf8_lossy(&bytes[place.span.range()]).into_owned()
}

fn told(document: &Document) -> Vec<String> {
    let complaints = document.complaints.iter().enumerate();
    complaints
        .map(|(index, complaint)| {
            let place = complaint.place.map(|_| pointed(document, index));
            let place = place.unwrap_or_default();
            format!("{} {} @{place}", complaint.rule.code, complaint.message)
        })
        .collect()
}

/// One service with an image and one more line.
fn service(line: &str) -> Document {
    read_text(&format!("services:\n  a:\n    image: x\n    {line}\n"))
}

#[test]
fn names_of_compose_files_are_known() {
    for path in [
        "compose.yml",
        "d/compose.yaml",
        "docker-compose.yml",
        "docker-compose.prod.yaml",
        "docker-compose-dev.yml",
        "compose.override.yml",
    ] {
        assert!(is_compose(path), "{path}");
    }
    for path in ["mycompose.yml", "compose.json", "composer.yml", "compose"] {
        assert!(!is_compose(path), "{path}");
    }
}

#[test]
fn short_syntaxes_become_long_ones() {
    for (line, path, expected) in [
        ("ports: ['18789:18789']", "ports/0/host_ip", "0.0.0.0"),
        ("ports: ['18789:18789']", "ports/0/published", "18789"),
        (
            "ports: ['127.0.0.1:80:81/udp']",
            "ports/0/host_ip",
            "127.0.0.1",
        ),
        ("ports: ['127.0.0.1:80:81/udp']", "ports/0/target", "81"),
        ("ports: ['127.0.0.1:80:81/udp']", "ports/0/protocol", "udp"),
        ("ports: ['[::1]:80-81:90-91']", "ports/1/host_ip", "::1"),
        ("ports: ['[::1]:80-81:90-91']", "ports/1/published", "81"),
        ("ports: [22:22]", "ports/0/published", "22"),
        (
            "ports: [{target: 80, published: 8080}]",
            "ports/0/published",
            "8080",
        ),
        (
            "ports: [{target: 80, published: 8080}]",
            "ports/0/host_ip",
            "0.0.0.0",
        ),
        ("environment: [A=1, B=x=y]", "environment/B", "x=y"),
        ("environment: {A: true}", "environment/A", "true"),
        ("environment: {A: 010}", "environment/A", "8"),
        ("environment: {A: no}", "environment/A", "no"),
        ("environment: {A: 1e3}", "environment/A", "1000"),
        ("env_file: a.env", "env_file/0/path", "a.env"),
        ("env_file: a.env", "env_file/0/required", "true"),
        ("command: sh -c 'a b'", "command/2", "a b"),
        (
            "healthcheck: {test: curl x}",
            "healthcheck/test/0",
            "CMD-SHELL",
        ),
        (
            "healthcheck: {test: curl x}",
            "healthcheck/test/1",
            "curl x",
        ),
        ("healthcheck: {retries: '3'}", "healthcheck/retries", "3"),
        (
            "logging: {options: {max-file: 3}}",
            "logging/options/max-file",
            "3",
        ),
        ("volumes: ['./a:/b/:ro']", "volumes/0/type", "bind"),
        ("volumes: ['./a:/b/:ro']", "volumes/0/target", "/b"),
        ("volumes: ['./a:/b/:ro']", "volumes/0/read_only", "true"),
        ("build: ./d", "build/context", "./d"),
        ("build: ./d", "build/dockerfile", "Dockerfile"),
        ("privileged: yes", "privileged", "true"),
        ("tmpfs: /run", "tmpfs/0", "/run"),
        ("labels: [a=b, c]", "labels/c", ""),
        ("restart: no", "restart", "no"),
        ("extra_hosts: ['a:[::1]']", "extra_hosts/0", "a=::1"),
        ("expose: [80]", "expose/0", "80"),
        ("stop_grace_period: 1m30s", "stop_grace_period", "1m30s"),
    ] {
        let document = service(line);
        assert!(!document.is_refused, "{line}: {:?}", document.complaints);
        let path = format!("services/a/{path}");
        assert_eq!(text_at(&document, &path), expected, "{line}");
    }
    let document = service("ports: ['80']");
    assert!(at(&document, "services/a/ports/0/published").is_none());
    let host = at(&document, "services/a/ports/0/host_ip").unwrap();
    assert!(host.is_default);
    let text = &document.files[0].bytes[host.place.span.range()];
    assert_eq!(text, b"'80'");
}

#[test]
fn values_have_the_scales_of_compose() {
    let document = service("mem_limit: 2GB\n    healthcheck: {interval: 90s}");
    let memory = at(&document, "services/a/mem_limit").unwrap();
    let read = memory.scale.unwrap().read;
    assert_eq!(read("2GB"), read("2048m"));
    let interval = at(&document, "services/a/healthcheck/interval").unwrap();
    let read = interval.scale.unwrap().read;
    assert_eq!(read("90s"), read("1m30s"));
}

#[test]
fn refusals_are_in_composes_words_and_in_place() {
    for (line, expected) in [
        (
            "bogus: 1",
            "DC001 services.a Additional property bogus is not allowed @bogus",
        ),
        ("user: 1000", "DC002 services.a.user must be a string @1000"),
        ("ports: 80", "DC002 services.a.ports must be a list @80"),
        (
            "ports: ['localhost:1:2']",
            "DC004 Invalid ip address: localhost @'localhost:1:2'",
        ),
        (
            "ports: ['127.0.0.1:1']",
            "DC004 Invalid hostPort: 127.0.0.1 @'127.0.0.1:1'",
        ),
        (
            "mem_limit: 50%",
            "DC004 error decoding 'services[a].mem_limit': invalid size: '50%' @50%",
        ),
        (
            "stop_grace_period: '30'",
            "DC004 error decoding 'services[a].stop_grace_period': time: missing unit in duration \"30\" @'30'",
        ),
        (
            "healthcheck: {interval: 30}",
            "DC002 services.a.healthcheck.interval must be a string @30",
        ),
        (
            "healthcheck: {retries: x}",
            "DC004 error while interpolating services.a.healthcheck.retries: failed to cast to expected type: strconv.Atoi: parsing \"x\": invalid syntax @x",
        ),
        (
            "healthcheck: {test: [curl]}",
            "DC006 healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\" @curl",
        ),
        (
            "hostname: ${A/x/y}",
            "DC003 invalid interpolation format for services.a.hostname: ${A/x/y} @${A/x/y}",
        ),
        (
            "hostname: ${A:?no}",
            "DC003 error while interpolating services.a.hostname: required variable A is missing a value: no @${A:?no}",
        ),
        (
            "networks: [b]",
            "DC005 service \"a\" refers to undefined network b @b",
        ),
        (
            "volumes: ['bb:/x']",
            "DC005 service \"a\" refers to undefined volume bb @'bb:/x'",
        ),
        (
            "depends_on: [b]",
            "DC005 service \"a\" depends on undefined service \"b\" @b",
        ),
        (
            "depends_on: [a]",
            "DC005 dependency cycle detected: a -> a @a",
        ),
        (
            "extends: b",
            "DC005 cannot extend service \"a\": service \"b\" not found @b",
        ),
        (
            "mem_limit: 1g\n    deploy: {resources: {limits: {memory: 2g}}}",
            "DC006 services.a: can't set distinct values on 'mem_limit' and 'deploy.resources.limits.memory' @1g",
        ),
        (
            "network_mode: host\n    networks: [default]",
            "DC006 service a declares mutually exclusive `network_mode` and `networks` @network_mode",
        ),
        (
            "pull_policy: x",
            "DC002 services.a.pull_policy must be one of the following: \"always\", \"never\", \"if_not_present\", \"build\", \"missing\" @x",
        ),
        (
            "environment: {1: x}",
            "DC020 Non-string key in services.a.environment: 1 @1",
        ),
        ("image: y", "YM002"),
    ] {
        let document = service(line);
        assert!(document.is_refused, "{line}");
        assert!(document.root.entries().is_empty(), "{line}");
        let told = told(&document);
        let is_told = told.iter().any(|told| told.starts_with(expected));
        assert!(is_told, "{line}: {told:?}");
    }
}

#[test]
fn files_that_are_no_compose_files_are_refused() {
    for (text, expected) in [
        ("", "DC020 empty compose file @"),
        ("- a\n", "DC020 Top-level object must be a mapping @- a"),
        ("services:\n", "DC002 services must be a mapping @"),
        (
            "services: {a: {}}\n",
            "DC006 service \"a\" has neither an image nor a build context specified @a",
        ),
        (
            "foo: 1\n",
            "DC001 (root) Additional property foo is not allowed @foo",
        ),
        (
            "services: {a: {image: x}}\nsecrets: {s: {}}\n",
            "DC006 secrets.s: one of file|environment must be set @s",
        ),
        (
            "services: {a: {image: x}}\ninclude: [b.yml]\n",
            "DC018 `include` is not followed",
        ),
    ] {
        let document = read_text(text);
        assert!(document.is_refused, "{text}");
        let told = told(&document);
        assert!(
            told.iter().any(|told| told.starts_with(expected)),
            "{text}: {told:?}"
        );
    }
}

#[test]
fn a_misspelt_key_gets_a_proposal() {
    let document = service("healthcheck: {intervall: 1s}");
    let help = document.complaints[0].help.as_deref();
    assert_eq!(help, Some("did you mean `interval`?"));
}

#[test]
fn what_compose_takes_silently_is_told() {
    for (line, expected) in [
        (
            "restart: allways",
            "DC010 `allways` is no restart policy; the engine refuses it @allways",
        ),
        (
            "restart: Always",
            "DC010 `Always` is no restart policy; the engine refuses it @Always",
        ),
        (
            "restart: always:3",
            "DC010 `always` takes no number; the engine refuses `always:3` @always:3",
        ),
        (
            "restart: always\n    deploy: {restart_policy: {condition: any}}",
            "DC011 `restart` has no effect: `deploy.restart_policy` replaces it @restart",
        ),
        (
            "cpus: 0",
            "DC012 `cpus` limits nothing: Compose drops the value @0",
        ),
        (
            "mem_limit: 1.5",
            "DC012 `mem_limit` limits nothing: Compose drops the value @1.5",
        ),
        (
            "command: a | b",
            "DC013 Compose stops to read `command` of the service `a` at `|`: no shell runs it @|",
        ),
        (
            "ports: [{target: 80, host_ip: localhost}]",
            "DC014 `localhost` is not an IP address @localhost",
        ),
        (
            "volumes: ['b:/x']",
            "DC015 Compose reads `b:` as a drive: nothing is mounted from `b` @'b:/x'",
        ),
        (
            "volumes: ['./b:/x:r0']",
            "DC016 Compose does not know the option `r0` and ignores it @'./b:/x:r0'",
        ),
        (
            "network_mode: host\n    ports: ['1:1']",
            "DC017 `ports` of the service `a` has no effect @'1:1'",
        ),
        (
            "hostname: $A",
            "DC008 the variable `A` is not set; Compose warns and puts nothing in its place @$A",
        ),
        (
            "ports: ['${BIND}:18789:18789']",
            "DC009 `BIND` has no value, so that Docker publishes this port on all interfaces @'${BIND}:18789:18789'",
        ),
        (
            "ports: ['${BIND:+$BIND:}18789:18789']",
            "DC009 `BIND` has no value, so that Docker publishes this port on all interfaces @'${BIND:+$BIND:}18789:18789'",
        ),
        (
            "ports: [{target: 80, host_ip: $BIND}]",
            "DC009 `BIND` has no value, so that Docker publishes this port on all interfaces @$BIND",
        ),
    ] {
        let document = service(line);
        assert!(!document.is_refused, "{line}: {:?}", document.complaints);
        assert_eq!(told(&document), [expected], "{line}");
    }
    for line in [
        "restart: on-failure:5",
        "restart: 'no'",
        "ports: ['18789:18789']",
        "ports: ['127.0.0.1:80:80']",
        "cpus: 0.5",
        "command: [a, '|', b]",
        "hostname: ${A:-x}",
        "ports: ['${BIND:-127.0.0.1}:80:80']",
    ] {
        assert_eq!(told(&service(line)), [""; 0], "{line}");
    }
}

#[test]
fn variables_come_from_outside_and_from_the_env_file_beside() {
    let text = "services: {a: {image: \"$A-$B\", env_file: e.env, environment: [C=own, A]}}";
    let files: Files<'_> = &[
        (".env", "A=file\nB=file\n"),
        ("e.env", "C=e\nD=\"${B}!\"\n"),
    ];
    let document = read_with(text, files, &[("A", "given")]);
    assert_eq!(told(&document), [""; 0]);
    for (path, expected) in [
        ("image", "given-file"),
        ("environment/A", "given"),
        ("environment/C", "own"),
        ("environment/D", "file!"),
    ] {
        let path = format!("services/a/{path}");
        assert_eq!(text_at(&document, &path), expected, "{path}");
    }
    let names: Vec<&str> = document.files.iter().map(|part| &*part.name).collect();
    assert_eq!(names, ["compose.yml", ".env", "e.env"]);
    let place = at(&document, "services/a/environment/D").unwrap().place;
    assert_eq!(place.file, 2);
}

#[test]
fn logs_have_the_limits_of_the_engine() {
    for (logging, size) in [
        ("{driver: local}", Some("20m")),
        ("{driver: local, options: {max-size: 1k}}", Some("1k")),
        ("{options: {max-size: 1m}}", Some("1m")),
        ("{driver: journald}", None),
    ] {
        let document = service(&format!("logging: {logging}"));
        let found = at(&document, "services/a/logging/options/max-size");
        assert_eq!(found.and_then(Node::as_text), size, "{logging}");
        assert!(at(&document, "services/a/logging/driver").is_some());
    }
}

#[test]
fn the_user_of_the_dockerfile_is_that_of_the_service() {
    let text = "services: {a: {build: ./d}, b: {build: ./d, user: '5'}, c: {build: ./none}}";
    let files: Files<'_> = &[("d/Dockerfile", "FROM x\nUSER node\n")];
    let document = read_with(text, files, &[]);
    assert_eq!(text_at(&document, "services/a/user"), "node");
    assert!(at(&document, "services/a/user").unwrap().is_default);
    assert_eq!(text_at(&document, "services/b/user"), "5");
    assert!(at(&document, "services/c/user").is_none());
}

#[test]
fn documents_and_services_are_laid_over_each_other() {
    let text = "x-base: &base {image: x, restart: always}
services:
  a: {<<: *base, restart: 'no', ports: ['1:1'], environment: {A: 0, B: 1}, command: b}
  b: {extends: a, ports: ['2:2'], environment: [B=2]}
  c: {image: x, ports: ['3:3']}
---
services:
  a: {ports: !override ['9:9'], command: !reset null}
  c: !reset {}
";
    let document = read_text(text);
    assert_eq!(told(&document), [""; 0]);
    for (path, expected) in [
        ("a/restart", "no"),
        ("a/ports/0/published", "9"),
        ("b/ports/0/published", "1"),
        ("b/ports/1/published", "2"),
        ("b/environment/A", "0"),
        ("b/environment/B", "2"),
        ("b/command/0", "b"),
    ] {
        let path = format!("services/{path}");
        assert_eq!(text_at(&document, &path), expected, "{path}");
    }
    assert!(at(&document, "services/a/command").is_none());
    assert!(at(&document, "services/a/ports/1").is_none());
    assert!(at(&document, "services/c").is_none());
}

#[test]
fn listeners_are_the_ports_that_are_published() {
    let text = "services:
  a:
    image: x
    ports: ['127.0.0.1:1:1', '[::1]:2:2', '3:3', '0.0.0.0:4:4', '5']
  b: {image: x, network_mode: host}
  c: {image: x, profiles: [p], ports: ['10.0.0.1:6:6']}
";
    let document = read_text(text);
    let found: Vec<String> = listeners(&document)
        .into_iter()
        .map(|listener| {
            let text = &document.files[0].bytes[listener.place.span.range()];
            let text = String::from_utf8_lossy(text);
            format!("{} {} @{text}", listener.is_loopback, listener.what)
        })
        .collect();
    let expected = [
        "true port 1 of the service `a` @'127.0.0.1:1:1'",
        "true port 2 of the service `a` @'[::1]:2:2'",
        "false port 3 of the service `a` @'3:3'",
        "false port 4 of the service `a` @'0.0.0.0:4:4'",
        "false a random port for port 5 of the service `a` @'5'",
        "false the service `b` in the network of the host @host",
        "false port 6 of the service `c` @'10.0.0.1:6:6'",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_too_much_is_refused() {
    let ports = "'1-65535', ".repeat(3) + "'1:1-2'";
    let document = service(&format!("ports: [{ports}]"));
    assert!(document.is_refused);
    let many: Vec<String> = (0..3).map(|i| format!("'127.0.0.{i}::1-65535'")).collect();
    let document = service(&format!("ports: [{}]", many.join(", ")));
    assert_eq!(document.complaints[0].rule.code, "DC019");
    let mut chain = "services:\n  a0: {image: x}\n".to_owned();
    for index in 1..1_000 {
        chain.push_str(&format!("  a{index}: {{extends: a{}}}\n", index - 1));
    }
    // Compose extends in the order of the file, so that no chain is long here.
    assert!(!read_text(&chain).is_refused);
}

/// Pieces of files that are Compose files or nearly so.
fn line() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "ports",
        "environment",
        "command",
        "volumes",
        "healthcheck",
        "deploy",
        "mem_limit",
        "restart",
        "networks",
        "extends",
        "build",
        "env_file",
        "depends_on",
        "logging",
        "ulimits",
    ]);
    let value = prop::sample::select(vec![
        "x",
        "3",
        "[a, b]",
        "{a: 1}",
        "['1:1', 80]",
        "[{target: 80}]",
        "${A:-b}",
        "${",
        "!reset x",
        "[A=1, B]",
        "{test: x, interval: 5s}",
        "{resources: {limits: {memory: 1g}}}",
        "null",
        "['a:/b', ./c:/d:ro]",
        "{a: {soft: 1}}",
        "[[]]",
        "!override [q]",
        "2.5",
        "yes",
        "b",
    ]);
    (key, value).prop_map(|(key, value)| format!("    {key}: {value}\n"))
}

#[test]
fn a_limit_is_found_below_deploy_whichever_way_it_is_written() {
    for (limit, path, found) in [
        ("mem_limit: 2g", "memory", Some("2g")),
        (
            "deploy: {resources: {limits: {memory: 1g}}}",
            "memory",
            Some("1g"),
        ),
        ("mem_limit: 2g, deploy: {replicas: 1}", "memory", Some("2g")),
        ("cpus: '1.5'", "cpus", Some("1.5")),
        ("pids_limit: 100", "pids", Some("100")),
        ("deploy: {resources: {}}", "memory", None),
    ] {
        let document = read_text(&format!("services: {{a: {{image: x, {limit}}}}}\n"));
        let service = document.root.get("services").unwrap().get("a").unwrap();
        let path = ["deploy", "resources", "limits", path];
        let limit = super::decode::dig(service, &path);
        let limit = limit.map(|limit| limit.data.to_text().unwrap().into_owned());
        assert_eq!(limit.as_deref(), found);
    }
}

proptest! {
    #[test]
    fn any_file_is_read_with_places_inside(lines in prop::collection::vec(line(), 0..6), tail in "\\PC{0,20}") {
        let lines = lines.concat();
        let text = format!("services:\n  a:\n    image: x\n{lines}  b: {{image: y}}\n{tail}");
        let document = read_text(&text);
        for complaint in &document.complaints {
            let span = complaint.place.map_or(crate::source::Span::new(0, 0), |place| place.span);
            prop_assert!(text.get(span.range()).is_some(), "{:?}", complaint);
        }
        let mut nodes = vec![&document.root];
        while let Some(node) = nodes.pop() {
            prop_assert!(text.get(node.place.span.range()).is_some(), "{:?}", node);
            nodes.extend(node.items());
            nodes.extend(node.entries().iter().map(|entry| &entry.node));
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let target: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        let variables = BTreeMap::new();
        let input = Input {
            path: "compose.yml",
            bytes: Arc::from(bytes),
            target: &target,
            variables: &variables,
        };
        prop_assert!(read(&input).is_refused);
    }
}

#[test]
fn a_file_that_compose_merges_over_this_one_leaves_nothing_sure() {
    let text = b"services: {a: {image: x, ports: ['127.0.0.1:1:1']}}\n";
    let nothing = BTreeMap::new();
    for (beside, is_refused) in [
        ("f/docker-compose.override.yml", true),
        ("f/docker-compose.override.yaml", true),
        ("f/compose.override.yml", false),
        ("docker-compose.override.yml", false),
    ] {
        let files: BTreeMap<String, Arc<[u8]>> =
            [(beside.to_owned(), Arc::from(&b"services: {}\n"[..]))].into();
        let document = read(&Input {
            path: "f/docker-compose.yml",
            bytes: Arc::from(&text[..]),
            target: &files,
            variables: &nothing,
        });
        assert_eq!(document.is_refused, is_refused, "{beside}");
    }
}
