//! Units by chance: the same ones in every run, with all that can be wrong in them.

/// Makes units, one after the other.
pub(super) struct Generator {
    state: u64,
}

/// Keys of services with values that are right and wrong.
const SERVICE: &[(&str, &[&str])] = &[
    (
        "Restart",
        &[
            "always",
            "no",
            "on-failure",
            "Always",
            "\"always\"",
            "",
            "always # x",
            "on-abort",
        ],
    ),
    (
        "RestartSec",
        &[
            "5",
            "10s",
            "1min 30s",
            "5 min",
            ".5",
            "5.",
            "10M",
            "1e3",
            "-1",
            "infinity",
            "",
            "10,5",
            "2h30m",
            "500ms",
            "10 20",
            "3us",
            "0",
            "1y",
            "99999999999999999999",
        ],
    ),
    (
        "TimeoutStartSec",
        &["0", "30", "infinity", "abc", "1.5h", ""],
    ),
    ("TimeoutSec", &["90", "0", "x"]),
    ("TimeoutStopSec", &["5s", "0", "5 S", "1week"]),
    ("TimeoutAbortSec", &["", "5", "x"]),
    ("WatchdogSec", &["30s", "0", "x", "infinity"]),
    ("RuntimeMaxSec", &["1h", "infinity", ""]),
    ("RuntimeRandomizedExtraSec", &["1h", "0", "q"]),
    (
        "Type",
        &[
            "simple", "oneshot", "notify", "exec", "idle", "dbus", "Simple", "forking", "",
        ],
    ),
    ("BusName", &["org.example.Bus", "nodots", ""]),
    ("KillMode", &["mixed", "control-group", "none", "all", ""]),
    (
        "KillSignal",
        &["SIGINT", "TERM", "15", "SIGFOO", "0", "RTMIN+3", "99", ""],
    ),
    (
        "MemoryMax",
        &[
            "2G",
            "2GB",
            "512M",
            "infinity",
            "50%",
            "0",
            "",
            "1.5G",
            "2G 512M",
            "512M 2G",
            "101%",
            "2g",
            "18446744073709551615",
            "10B",
            "1 K",
        ],
    ),
    ("MemoryHigh", &["1G", "max", "50.5%"]),
    ("MemorySwapMax", &["0", "1G", "-1"]),
    ("MemoryLimit", &["1G", "1GB"]),
    (
        "CPUQuota",
        &[
            "80%", "80", "150%", "12.5%", "0%", "", "800‰", "50 %", "-5%",
        ],
    ),
    (
        "TasksMax",
        &["512", "10%", "infinity", "0", "many", "", "0x20"],
    ),
    ("CPUWeight", &["100", "idle", "0", "20000", "", "x"]),
    ("CPUShares", &["1024", "1", ""]),
    ("IOWeight", &["100", "0", "abc"]),
    ("BlockIOWeight", &["100", "5"]),
    (
        "IODeviceWeight",
        &["/dev/sda 100", "/dev/sda", "/dev/sda x"],
    ),
    (
        "IOReadBandwidthMax",
        &["/dev/sda 5M", "/dev/sda 5MB", "/dev/sda"],
    ),
    (
        "DeviceAllow",
        &["/dev/null rw", "/dev/null rx", "char-pts", "/tmp/x r", ""],
    ),
    (
        "LimitNOFILE",
        &["4096", "1024:4096", "4096:1024", "infinity", "4K", "x", ""],
    ),
    ("LimitNICE", &["+5", "-5", "10", "99"]),
    ("LimitCPU", &["5s", "10", "1min:2min", "x"]),
    ("LimitMEMLOCK", &["64M", "64MB", "infinity"]),
    ("Nice", &["5", "-20", "50", "x", ""]),
    ("OOMScoreAdjust", &["-500", "5000", "x"]),
    ("OOMPolicy", &["stop", "kill", "continue", "x"]),
    ("UMask", &["0077", "22", "0999", "+7", "77777"]),
    (
        "PrivateTmp",
        &[
            "yes", "true", "1", "on", "TRUE", "enabled", "2", "\"yes\"", "", "no",
        ],
    ),
    ("PrivateDevices", &["y", "t", "f", "off", "x"]),
    (
        "ProtectSystem",
        &[
            "strict", "full", "yes", "1", "true", "false", "Strict", "x", "",
        ],
    ),
    (
        "ProtectHome",
        &["read-only", "tmpfs", "on", "no", "readonly"],
    ),
    ("ProtectProc", &["invisible", "noaccess", "x"]),
    ("ProcSubset", &["pid", "all", "none"]),
    ("NoNewPrivileges", &["yes", "maybe"]),
    ("DynamicUser", &["no", "no", "yes", "perhaps"]),
    ("LockPersonality", &["yes", "N"]),
    (
        "RestrictNamespaces",
        &["yes", "~user", "net ipc", "foo", ""],
    ),
    (
        "RestrictAddressFamilies",
        &[
            "AF_INET AF_INET6",
            "~AF_PACKET",
            "none",
            "INET",
            "AF_FOO AF_UNIX",
            "",
        ],
    ),
    (
        "SystemCallFilter",
        &[
            "@system-service",
            "~@mount @swap",
            "@nope",
            "read write",
            "",
            "~open:EPERM",
            "read:EPERM",
            "a:EFOOBAR",
        ],
    ),
    ("SystemCallArchitectures", &["native", "x86-64 foo", ""]),
    (
        "SystemCallErrorNumber",
        &["EPERM", "kill", "0", "x", "99999"],
    ),
    (
        "CapabilityBoundingSet",
        &["CAP_CHOWN", "~CAP_SYS_ADMIN", "", "CAP_NOPE"],
    ),
    ("IPAddressDeny", &["10.0.0.0/8 nonsense", "10.0.0.0/33"]),
    (
        "User",
        &[
            "root", "openclaw", "65535", "1000", "a/b", "", "a:b", "nobody",
        ],
    ),
    ("Group", &["daemon", "x y", "", "0x10"]),
    ("SupplementaryGroups", &["a b", "a/b", ""]),
    (
        "WorkingDirectory",
        &[
            "/srv",
            "-/srv",
            "~",
            "srv",
            "-srv",
            "/a/../b",
            "",
            "/srv//x/./y",
        ],
    ),
    ("RootDirectory", &["/", "", "/srv"]),
    (
        "EnvironmentFile",
        &["/etc/default/x", "-/etc/x", "etc/x", "", "/a b"],
    ),
    (
        "Environment",
        &[
            "A=b",
            "\"C=d e\" F=g",
            "A=2",
            "1A=b",
            "A",
            "'X=y",
            "B=\\x41\\n",
            "B=\\q",
            "",
            "D=%n",
            "E=a\"b c\"d",
            "G=\\t\\s\\u00e4",
        ],
    ),
    ("PassEnvironment", &["HOME LANG", "1X", "\"A", ""]),
    ("UnsetEnvironment", &["A", "A=b", "1A", ""]),
    (
        "ReadWritePaths",
        &[
            "/a /b",
            "-/c",
            "+/d",
            "rel",
            "/e\"f g\"",
            "",
            "\"/x",
            "/a/../b",
            "/%Z",
            "/a//b/",
        ],
    ),
    ("ReadOnlyPaths", &["/a", "a /b"]),
    ("InaccessibleDirectories", &["/a", "b"]),
    ("TemporaryFileSystem", &["/var:ro", "var", "/a:b:c"]),
    (
        "StateDirectory",
        &["x", "/abs", "a b/c", "../x", "private/x", ""],
    ),
    (
        "ExecStartPre",
        &[
            "/bin/true",
            "-/bin/false x",
            "",
            "bin/rel",
            "true \"a b\" 'c'",
            "/bin/x \\q",
            "+/bin/true",
            "!!/bin/true",
            "-rel/x y",
            "/bin/true ; /bin/false",
            "/bin/",
        ],
    ),
    (
        "ExecReload",
        &[
            "/bin/kill -HUP $MAINPID",
            "/bin/true \\; a",
            "@/bin/true",
            "@/bin/true x",
            "\"\"",
            "/bin/true %Z",
        ],
    ),
    (
        "ExecStop",
        &["/bin/true", "-", "/bin/true \"unbalanced", ""],
    ),
    (
        "StandardOutput",
        &[
            "journal",
            "syslog",
            "file:/var/log/x",
            "file:x",
            "append:/x",
            "fd:a:b",
            "nowhere",
            "truncate:/y",
        ],
    ),
    ("StandardInput", &["null", "file:/x", "tty", "foo"]),
    ("SyslogLevel", &["info", "7", "8", "loud"]),
    ("SyslogFacility", &["daemon", "local9"]),
    ("SuccessExitStatus", &["0 143", "SIGTERM", "FOO", "256", ""]),
    ("RestartPreventExitStatus", &["1 SIGKILL", "78", "x"]),
    ("RestartForceExitStatus", &["1", ""]),
    ("RemainAfterExit", &["yes", "no", "x"]),
    ("NotifyAccess", &["all", "main", "every"]),
    ("PIDFile", &["/run/x.pid", "x.pid", "/var/run/x.pid", ""]),
    ("StartLimitInterval", &["300", "x"]),
    ("StartLimitBurst", &["5", "-1", "0"]),
    ("StartLimitIntervalSec", &["300"]),
    ("StartLimitAction", &["none", "reboot", "explode"]),
    ("FailureAction", &["none", "x"]),
    ("CPUAffinity", &["0-3", "3-1", "x", "numa", ""]),
    ("CPUSchedulingPolicy", &["rr", "fast", ""]),
    ("CPUSchedulingPriority", &["50", "100", "x"]),
    ("IOSchedulingClass", &["idle", "3", "x", ""]),
    ("IOSchedulingPriority", &["4", "9", ""]),
    ("Delegate", &["yes", "cpu memory", "cpu foo", ""]),
    ("Slice", &["x.slice", "x.service", "bad name"]),
    ("Capabilities", &["x"]),
    ("SysVStartPriority", &["1"]),
    ("PAMName", &["login"]),
    ("LogExtraFields", &["A=b", "a=b", "A"]),
    ("LoadCredential", &["x:/y", "x", "a/b:/c"]),
    ("SetCredential", &["x:y", "x"]),
    ("BindPaths", &["/a:/b", "/a", "a:/b"]),
    ("ExecSearchPath", &["/bin:/sbin", "bin"]),
    ("TimerSlackNSec", &["5ms", "10", "x"]),
    ("MountFlags", &["shared", "x", ""]),
    ("KeyringMode", &["private", "x"]),
    ("ManagedOOMSwap", &["kill", "x"]),
    ("TTYRows", &["10", "x", ""]),
    ("USBFunctionDescriptors", &["/x"]),
    ("ExitType", &["main", "cgroup"]),
    ("FileDescriptorStoreMax", &["5", "x"]),
    ("GuessMainPID", &["no", "x"]),
    ("X-Own", &["anything"]),
    ("restart", &["always"]),
    ("Frobnicate", &["yes"]),
];

/// Keys of `[Unit]`.
const UNIT: &[(&str, &[&str])] = &[
    ("Description", &["A service", "%n %Z", ""]),
    (
        "Documentation",
        &[
            "https://example.org man:x(1)",
            "example.org",
            "file:/x",
            "\"man:y",
        ],
    ),
    ("StartLimitIntervalSec", &["300", "10min", "0", "", "x"]),
    ("StartLimitInterval", &["20"]),
    ("StartLimitBurst", &["5", "0", "x", "010"]),
    ("StartLimitAction", &["reboot", "x"]),
    (
        "ConditionPathExists",
        &["/etc/x", "!/etc/x", "|!/x", "rel", ""],
    ),
    ("AssertPathExists", &["/etc/x", "y"]),
    ("ConditionVirtualization", &["no", "%Z"]),
    ("DefaultDependencies", &["no", "x"]),
    ("JobTimeoutSec", &["5", "x"]),
    ("OnFailureJobMode", &["replace", "x"]),
    ("CollectMode", &["inactive-or-failed", "x"]),
    ("FailureActionExitStatus", &["5", "300"]),
    ("RequiresMountsFor", &["/a /b", "rel"]),
    ("IgnoreOnSnapshot", &["yes"]),
    ("SuccessAction", &["none", "exit"]),
    ("Restart", &["always"]),
    ("Wrong", &["x"]),
];

/// Keys of `[Timer]`.
const TIMER: &[(&str, &[&str])] = &[
    ("OnBootSec", &["5min", "x", ""]),
    ("OnUnitActiveSec", &["1h", "1 foo"]),
    ("AccuracySec", &["1s", "x"]),
    ("Persistent", &["yes", "x"]),
    ("RandomizedDelaySec", &["5", "q"]),
    ("OnClockChange", &["yes", "no"]),
    ("Restart", &["always"]),
];

/// Lines that belong nowhere.
const ODD: &[&str] = &[
    "# Restart=always",
    "; a comment",
    "#comment with \\",
    "no separator",
    "=no key",
    "[Unknown]",
    "[X-Own]",
    "[service]",
    "   ",
    "\u{feff}",
];

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % (limit as u64)).unwrap_or(0)
    }

    /// Whether something that happens once in so many times happens now.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// The next unit: its type and its bytes.
    pub(super) fn unit(&mut self) -> (&'static str, Vec<u8>) {
        let mut text = String::new();
        if self.one_in(12) {
            text.push('\u{feff}');
        }
        if self.one_in(15) {
            text.push_str("Early=yes\n");
        }
        text.push_str("[Unit]\n");
        for _ in 0..self.below(4) {
            self.line(UNIT, &mut text);
        }
        let is_timer = self.one_in(12);
        text.push_str(if is_timer { "[Timer]\n" } else { "[Service]\n" });
        if is_timer {
            for _ in 0..=self.below(4) {
                self.line(TIMER, &mut text);
            }
        } else {
            if !self.one_in(20) {
                text.push_str("ExecStart=/bin/true\n");
            }
            for _ in 0..2 + self.below(12) {
                self.line(SERVICE, &mut text);
            }
        }
        if self.one_in(60) {
            text.push_str("[Service] # main\n");
        }
        if self.one_in(3) {
            text.push_str("[Install]\nWantedBy=multi-user.target\n");
        }
        let mut bytes = match self.below(8) {
            0 => text.replace('\n', "\r\n").into_bytes(),
            _ => text.into_bytes(),
        };
        if self.one_in(10) {
            bytes.pop();
        }
        if self.one_in(80) {
            bytes.extend_from_slice(b"Nice=\xff\n");
        }
        (if is_timer { "timer" } else { "service" }, bytes)
    }

    fn line(&mut self, table: &[(&'static str, &'static [&'static str])], text: &mut String) {
        if self.one_in(14) {
            let odd = self.pick(ODD);
            // A header of another section would hide what follows from the comparison.
            text.push_str(odd);
            text.push('\n');
            if odd.starts_with('[') {
                text.push_str("Hidden=yes\n");
                text.push_str(if std::ptr::eq(table, UNIT) {
                    "[Unit]\n"
                } else if std::ptr::eq(table, TIMER) {
                    "[Timer]\n"
                } else {
                    "[Service]\n"
                });
            }
            return;
        }
        let (key, values) = self.pick(table);
        let value = self.pick(values);
        let separator = self.pick(&["=", "=", "=", " = ", "=  "]);
        if self.one_in(10) {
            text.push_str("  ");
        }
        text.push_str(key);
        text.push_str(separator);
        match value.split_once(' ') {
            Some((first, rest)) if self.one_in(4) => {
                text.push_str(first);
                text.push_str(" \\\n");
                if self.one_in(3) {
                    text.push_str("  # between\n");
                }
                text.push_str(rest);
            }
            _ => text.push_str(value),
        }
        if value == "org.example.Bus" {
            // Two units of one name on the bus would get in each other's way.
            text.push_str(&format!("{}", self.state));
        }
        if self.one_in(25) {
            text.push_str(" \\");
        }
        text.push('\n');
    }
}
