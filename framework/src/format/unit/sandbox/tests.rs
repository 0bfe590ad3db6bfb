//! The sandbox as a table, and what `touch` said in such services under systemd 252.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::{any, proptest};

use super::{Access, Sandbox};
use crate::document::Input;
use crate::format::unit::{Unit, load};

/// The lines of a service, then what it says of some folders (`%h` is root's home): `W` it can write there, `R` it is
/// read-only, `H` it is hidden, `S` the service is not started, and `w` systemd 252 lets it write
/// although its manual says otherwise.
const MEASURED: &str = r#"
= W /home/openclaw/.cache /etc /srv/data /tmp /run

ProtectHome=read-only
= R /home/openclaw/.cache /root /home
= W /etc /srv/data /tmp

ProtectHome=read-only
ReadWritePaths=/home/openclaw/.openclaw
= W /home/openclaw/.openclaw /home/openclaw/.openclaw/skills
= R /home/openclaw/.cache /home/openclaw /home

ProtectHome=read-only
ReadWritePaths=/home/openclaw/.openclaw /home/openclaw/.cache
= W /home/openclaw/.openclaw /home/openclaw/.cache

ProtectHome=read-only
ReadWriteDirectories=-/home/openclaw/.cache
= W /home/openclaw/.cache

ProtectHome=read-only
ReadWritePaths=+/home/openclaw/.cache
= W /home/openclaw/.cache

ProtectHome=read-only
ReadWritePaths=/home
= R /home /home/openclaw/.cache

ProtectHome=read-only
ReadWritePaths=/
= R /home/openclaw/.cache
= W /srv/data

ProtectHome=read-only
ReadWritePaths=/home/openclaw
ReadOnlyPaths=/home/openclaw/.openclaw
= W /home/openclaw/.cache
= R /home/openclaw/.openclaw /home/openclaw/.openclaw/skills

ReadWritePaths=/srv/data
ReadOnlyPaths=/srv/data
= R /srv/data

ProtectHome=yes
ReadWritePaths=/home/openclaw/.cache
= H /home/openclaw/.cache /home/openclaw /root

ProtectHome=yes
BindPaths=/home/openclaw/.cache
= H /home/openclaw/.cache

ProtectHome=tmpfs
= w /home/openclaw/.openclaw /home /root

ProtectHome=tmpfs
BindPaths=/home/openclaw/.cache
= W /home/openclaw/.cache
= w /home/openclaw /home/openclaw/.openclaw

ProtectHome=tmpfs
BindReadOnlyPaths=/home/openclaw/.cache
= R /home/openclaw/.cache

ProtectHome=tmpfs
ReadWritePaths=/home/openclaw/.cache
= S /home/openclaw/.cache

ProtectHome=tmpfs
ReadWritePaths=-/home/openclaw/.cache
= w /home/openclaw/.cache

ProtectHome=tmpfs
BindPaths=/home/openclaw
ReadOnlyPaths=/home/openclaw/.openclaw
= W /home/openclaw/.cache
= R /home/openclaw/.openclaw

ProtectHome=tmpfs
ReadWritePaths=/home
= w /home/openclaw/.cache /home

ProtectSystem=yes
= W /etc /srv/data /var/lib
= R /boot

ProtectSystem=full
= R /etc /boot
= W /srv/data /var/lib /home/openclaw/.cache /tmp

ProtectSystem=strict
= R /etc /boot /srv/data /var/lib /tmp /run /
= W /home/openclaw/.cache /root /dev/shm

ProtectSystem=strict
PrivateTmp=yes
= R /srv/data
= W /tmp /var/tmp

ProtectSystem=strict
ReadWritePaths=/srv
= W /srv/data
= R /etc

ProtectSystem=strict
ReadWritePaths=/
= R /etc /srv/data /

ProtectSystem=strict
StateDirectory=clawtest/sub
CacheDirectory=clawtest
RuntimeDirectory=clawtest
= W /var/lib/clawtest/sub /var/cache/clawtest /run/clawtest
= R /var/lib /var/lib/clawtest

ProtectSystem=strict
StateDirectory=clawtest:claw-link
= W /var/lib/clawtest /var/lib/claw-link

ProtectSystem=strict
ProtectControlGroups=yes
= R /etc
= w /run

ProtectSystem=strict
ProtectControlGroups=yes
ReadOnlyPaths=/run
= R /run

ProtectSystem=strict
NoExecPaths=/srv/data
= R /etc
= w /srv/data

ProtectSystem=strict
NoExecPaths=/
ExecPaths=/usr /srv/data
= R /etc
= w /srv/data

ReadOnlyPaths=/srv
NoExecPaths=/srv
= R /srv/data

DynamicUser=yes
= R /etc /srv/data
= W /tmp

DynamicUser=yes
StateDirectory=clawdyn
= W /var/lib/clawdyn /var/lib/private/clawdyn
= R /var/lib /home

ReadOnlyPaths=/srv
BindPaths=/data:/srv/data
= W /srv/data
= R /srv

BindReadOnlyPaths=/data:/srv
ReadWritePaths=/srv/data
= W /srv/data
= R /srv

BindPaths=/data:/srv
ReadOnlyPaths=/srv
= R /srv/data

BindReadOnlyPaths=/data:/srv/data:norbind
= R /srv/data

InaccessiblePaths=/srv
ReadWritePaths=/srv/data
BindPaths=/data:/srv/data
= H /srv/data /srv

InaccessiblePaths=-/srv -/nowhere
= H /srv/data

TemporaryFileSystem=/srv
= W /srv /srv/data

TemporaryFileSystem=/srv:ro
= R /srv
= H /srv/data

TemporaryFileSystem=/srv:ro
BindPaths=/data:/srv/data
= W /srv/data
= R /srv

TemporaryFileSystem=/srv
ReadOnlyPaths=/srv
= R /srv /srv/data

TemporaryFileSystem=/srv
ReadWritePaths=/srv
= W /srv /srv/data

PrivateTmp=yes
ReadWritePaths=/tmp/agent
= S /tmp

PrivateTmp=yes
ReadOnlyPaths=/tmp
= R /tmp

PrivateTmp=yes
TemporaryFileSystem=/tmp/agent
= W /tmp /tmp/agent

PrivateDevices=yes
= W /dev/shm
= R /dev

ReadOnlyPaths=/
ReadWritePaths=/srv
= W /srv/data
= R /home/openclaw/.cache /etc

ReadOnlyPaths=/
ProtectSystem=strict
= W /home/openclaw/.cache
= R /etc

ProtectHome=read-only
ExecStart=
ExecStart=+/bin/true
= W /home/openclaw/.cache

ReadOnlyPaths=/srv
TemporaryFileSystem=/data:ro
ExecStart=
ExecStart=+/bin/true
= W /srv/data
= R /data
= H /data/data

ProtectHome=read-only
ReadWritePaths=%h/.cache
= W %h/.cache
= R /home/openclaw/.cache

ProtectSystem=strict
LogsDirectory=clawtest
ReadOnlyPaths=/var/log/clawtest
= R /var/log/clawtest

ProtectSystem=strict
InaccessiblePaths=/var
StateDirectory=clawtest
= H /var/lib/clawtest

PrivateMounts=yes
= W /etc /srv/data

BindReadOnlyPaths=/data:/srv
BindPaths=
= W /srv/data

TemporaryFileSystem=/srv
User=nobody
= R /srv /srv/new

TemporaryFileSystem=/srv:mode=1777
User=nobody
= W /srv /srv/new

PrivateTmp=yes
User=nobody
= W /tmp/new /var/tmp/new

TemporaryFileSystem=/:ro
BindReadOnlyPaths=/usr /bin /lib /lib64 /etc
BindPaths=/srv
= W /srv/data
= R / /etc

ProtectKernelTunables=yes
= R /sys
= W /srv/data

ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
ReadWritePaths=/home/openclaw/.openclaw /home/openclaw/.cache
= W /home/openclaw/.openclaw /home/openclaw/.cache /tmp /dev/shm
= R /home/openclaw /etc /srv/data /var/lib

ReadWritePaths=/srv
ReadOnlyPaths=/srv/data
InaccessiblePaths=/srv/data/deep
BindPaths=/data:/srv/data/deep/x
= W /srv
= R /srv/data
= H /srv/data/deep

ProtectHome=no
ProtectSystem=false
= W /etc /home/openclaw/.cache

ProtectHome=read-only
ReadWritePaths=/home/openclaw/.cache
ReadWritePaths=
= R /home/openclaw/.cache

ProtectHome=read-only
ReadWritePaths="/home/openclaw/.cache" /home//openclaw/./.openclaw/
= W /home/openclaw/.cache /home/openclaw/.openclaw

ProtectHome=read-only
ReadOnlyPaths=/
ReadWritePaths=/home/openclaw/.cache
= W /home/openclaw/.cache
= R /home/openclaw /srv/data

ProtectSystem=strict
RuntimeDirectory=clawrun
= W /var/run/clawrun
= R /var/lib

DynamicUser=yes
ProtectHome=no
= R /home /home/openclaw/.cache

DynamicUser=yes
ProtectHome=tmpfs
CacheDirectory=clawcache
= W /var/cache/clawcache
= w /home

ReadWritePaths=/home/openclaw/.cache
= W /home/openclaw/.cache /srv/data

ExecPaths=/srv
ReadOnlyPaths=/srv
= R /srv/data
"#;

fn unit_at(path: &str, lines: &str) -> Unit {
    let text = format!("[Service]\nExecStart=/bin/true\n{lines}\n");
    load(&Input {
        path,
        bytes: Arc::from(text.as_bytes()),
        target: &BTreeMap::<String, Arc<[u8]>>::new(),
        variables: &BTreeMap::new(),
    })
}

fn unit(lines: &str) -> Unit {
    unit_at("gateway.service", lines)
}

fn letter(access: &Access) -> char {
    match access {
        Access::Writable => 'W',
        Access::ReadOnly(_) => 'R',
        Access::Hidden(_) => 'H',
        Access::Unknown(_) => '?',
    }
}

#[test]
fn a_service_writes_where_it_could_under_systemd() {
    let mut count = 0;
    for case in MEASURED.trim().split("\n\n") {
        let lines: Vec<&str> = case
            .lines()
            .filter(|line| !line.starts_with("= "))
            .collect();
        let unit = unit(&lines.join("\n"));
        for expected in case.lines().filter_map(|line| line.strip_prefix("= ")) {
            let (expected, paths) = expected.split_once(' ').unwrap();
            for path in paths.split(' ') {
                let found = Sandbox::of(&unit).access(&path.replace("%h", "/root"));
                let is_as_expected = match expected {
                    "S" => letter(&found) == 'H',
                    // What is only let through by mistake counts as forbidden.
                    "w" => found != Access::Writable,
                    expected => expected.starts_with(letter(&found)),
                };
                assert!(
                    is_as_expected,
                    "{path}: expected {expected}, found {found:?} in\n{case}"
                );
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count}");
}

#[test]
fn the_setting_that_forbids_it_is_named_with_what_helps() {
    let home = "/home/openclaw/.cache";
    for (lines, path, setting, remedy) in [
        (
            "ProtectHome=read-only\nProtectSystem=strict",
            home,
            "ProtectHome=read-only",
            "add `ReadWritePaths=/home/openclaw/.cache`",
        ),
        (
            "ProtectHome=yes\nReadWritePaths=/home/openclaw/.cache",
            home,
            "ProtectHome=yes",
            "write `ProtectHome=read-only` and `ReadWritePaths=/home/openclaw/.cache`",
        ),
        (
            "ProtectHome=tmpfs\nReadWritePaths=/home/openclaw/.cache",
            home,
            "ReadWritePaths=/home/openclaw/.cache",
            "`BindPaths=/home/openclaw/.cache` in place of",
        ),
        (
            "ProtectHome=tmpfs",
            home,
            "ProtectHome=tmpfs",
            "add `BindPaths=/home/openclaw/.cache`",
        ),
        (
            "ProtectSystem=full",
            "/etc/a b",
            "ProtectSystem=full",
            "add `ReadWritePaths=\"/etc/a b\"`",
        ),
        (
            "ReadWritePaths=/srv\nReadOnlyPaths=/srv",
            "/srv",
            "ReadOnlyPaths=/srv",
            "take it out of `ReadOnlyPaths=`",
        ),
        (
            "DynamicUser=yes",
            "/var/lib/x",
            "DynamicUser=yes",
            "past `DynamicUser=yes`",
        ),
        (
            "PrivateTmp=yes\nReadWritePaths=/tmp/x",
            "/tmp/x",
            "ReadWritePaths=/tmp/x",
            "remove `ReadWritePaths=/tmp/x`",
        ),
        (
            "InaccessiblePaths=/srv\nReadWritePaths=/srv/x",
            "/srv/x",
            "InaccessiblePaths=/srv",
            "remove `InaccessiblePaths=/srv`",
        ),
    ] {
        let unit = unit(lines);
        let (Access::ReadOnly(barrier) | Access::Hidden(barrier)) = Sandbox::of(&unit).access(path)
        else {
            panic!("{lines}");
        };
        assert_eq!(barrier.setting, setting, "{lines}");
        let found = barrier.remedy.unwrap_or_default();
        assert!(found.contains(remedy), "{lines}: {found}");
        assert!(barrier.place.is_some(), "{lines}");
    }
}

#[test]
fn what_depends_on_the_machine_opens_nothing_and_may_forbid() {
    for (lines, expected) in [
        ("ProtectSystem=strict\nReadWritePaths=/srv/%H", 'R'),
        ("ProtectSystem=strict\nReadWritePaths=/srv/%n", 'W'),
        ("ReadOnlyPaths=/srv/%H", '?'),
        ("ReadOnlyPaths=/data/%H", 'W'),
        ("BindPaths=/data:/%m", '?'),
        ("RootDirectory=/var/lib/machines/x", '?'),
        ("RootDirectory=/", 'W'),
        ("MountImages=/x.raw:/srv", '?'),
        ("NoExecPaths=/srv/%H", 'W'),
    ] {
        let found = Sandbox::of(&unit(lines)).access("/srv/gateway.service");
        assert_eq!(letter(&found), expected, "{lines}: {found:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_home_is_that_of_the_user() {
    for (lines, path, expected) in [
        ("User=openclaw", "~/.cache", Some("/home/openclaw/.cache")),
        ("User=openclaw", "~", Some("/home/openclaw")),
        ("", "~/.openclaw/", Some("%h/.openclaw")),
        ("User=root", "~/x", Some("%h/x")),
        ("User=0", "~/x", Some("%h/x")),
        ("User=%u", "~/x", Some("%h/x")),
        ("User=1001", "~/x", None),
        (
            "User=1001\nWorkingDirectory=-/home/a/b",
            "~/x",
            Some("/home/a/x"),
        ),
        ("User=1001\nWorkingDirectory=/srv", "~/x", None),
        ("User=1001\nWorkingDirectory=~", "~/x", None),
        (
            "User=1001\nReadWritePaths=/srv -/home/a/b +/home/a",
            "~/x",
            Some("/home/a/x"),
        ),
        ("User=1001\nReadWritePaths=/home/a/b /home/b", "~/x", None),
        (
            "User=agent\nWorkingDirectory=/home/a/b",
            "~/x",
            Some("/home/agent/x"),
        ),
        ("User=%H", "~/x", None),
        ("DynamicUser=yes", "~/x", Some("/x")),
        ("User=agent # its own", "~/x", Some("/home/agent/x")),
        (
            "DynamicUser=yes\nEnvironment=HOME=/var/lib/x",
            "~/x",
            Some("/var/lib/x/x"),
        ),
        (
            "User=a\nEnvironment=HOME=/srv/a",
            "~/.cache",
            Some("/srv/a/.cache"),
        ),
        ("User=a\nEnvironment=HOME=%h", "~/x", Some("%h/x")),
        ("User=a\nEnvironment=HOME=/%H", "~/x", None),
        (
            "User=a\nEnvironment=HOME=/srv/a\nUnsetEnvironment=HOME",
            "~/x",
            Some("/home/a/x"),
        ),
        (
            "User=a\nEnvironment=XDG_CACHE_HOME=/c",
            "~/.cache/b",
            Some("/c/b"),
        ),
        (
            "User=a\nEnvironment=XDG_CACHE_HOME=/c",
            "~/.cachet",
            Some("/home/a/.cachet"),
        ),
        (
            "User=a\nEnvironment=XDG_CACHE_HOME=c",
            "~/.cache",
            Some("/home/a/.cache"),
        ),
        (
            "User=a\nEnvironment=XDG_CACHE_HOME=",
            "~/.cache",
            Some("/home/a/.cache"),
        ),
        (
            "User=a\nEnvironment=XDG_CACHE_HOME=/c XDG_CACHE_HOME=/d",
            "~/.cache",
            Some("/d"),
        ),
        (
            "User=a\nEnvironment=\"XDG_STATE_HOME=/s t\"",
            "~/.local/state/x",
            Some("/s t/x"),
        ),
        (
            "User=a\nEnvironment=XDG_DATA_HOME=/d",
            "~/.local/share",
            Some("/d"),
        ),
        (
            "User=a\nEnvironment=XDG_CONFIG_HOME=/d",
            "~/.config/x",
            Some("/d/x"),
        ),
        (
            "User=a\nEnvironment=XDG_CONFIG_HOME=/d",
            "~/.local",
            Some("/home/a/.local"),
        ),
        ("User=a", "/var/run/x", Some("/run/x")),
    ] {
        let unit = unit(lines);
        let found = Sandbox::of(&unit).resolve(path);
        let expected = expected.map(|path| path.replace("%h", "/root"));
        assert_eq!(
            found.as_ref().ok(),
            expected.as_ref(),
            "{lines} {path}: {found:?}"
        );
    }
}

#[test]
fn a_host_knows_where_the_home_is() {
    let passwd =
        b"root:x:0:0:root:/srv/admin:/bin/sh\nbad\nopenclaw:x:994:994::/var/lib/openclaw:/bin/sh\n\
                   homeless:x:995:995:::\nopenclaw:x:996:996::/second:/bin/sh\n\xff:x:997:997::/x:";
    for (lines, expected) in [
        ("User=openclaw", Some("/var/lib/openclaw/.cache")),
        ("User=994", Some("/var/lib/openclaw/.cache")),
        ("User=other", Some("/home/other/.cache")),
        ("User=homeless", Some("/home/homeless/.cache")),
        ("User=1001", None),
        ("", Some("/srv/admin/.cache")),
        (
            "User=openclaw\nEnvironment=HOME=/srv/a",
            Some("/srv/a/.cache"),
        ),
        ("DynamicUser=yes", Some("/.cache")),
    ] {
        let unit = unit(lines);
        let found = Sandbox::of(&unit).on_host(passwd).resolve("~/.cache");
        assert_eq!(found.as_deref().ok(), expected, "{lines}: {found:?}");
    }
}

#[test]
fn a_unit_of_a_user_has_the_home_of_its_manager() {
    let path = "etc/systemd/user/gateway.service";
    for (lines, expected) in [
        ("", 'W'),
        ("ProtectHome=read-only", 'R'),
        ("ProtectHome=read-only\nReadWritePaths=%h/.cache", 'W'),
        ("ProtectHome=read-only\nReadWritePaths=/home/a/.cache", 'R'),
    ] {
        let unit = unit_at(path, lines);
        assert!(unit.is_user, "{path}");
        let sandbox = Sandbox::of(&unit);
        let found = sandbox.access(&sandbox.resolve("~/.cache").unwrap());
        assert_eq!(letter(&found), expected, "{lines}: {found:?}");
        if let Access::ReadOnly(barrier) = found {
            let remedy = barrier.remedy.unwrap();
            assert!(remedy.contains("`ReadWritePaths=%h/.cache`"), "{remedy}");
        }
    }
}

proptest! {
    #[test]
    fn no_values_panic(lines in any::<String>(), value in any::<String>(), path in any::<String>()) {
        let lines = format!("{lines}\nReadWritePaths={value}\nBindPaths={value}\nTemporaryFileSystem={value}\nStateDirectory={value}\nUser={value}\nEnvironment={value}");
        let unit = unit(&lines);
        let sandbox = Sandbox::of(&unit);
        if let Ok(path) = sandbox.resolve(&format!("~{path}")) {
            sandbox.access(&path);
        }
        sandbox.access(&path);
    }
}
