//! The rules that a Compose file can break.

use crate::diagnostic::{Effect, Rule};

/// All rules.
pub static RULES: &[&Rule] = &[
    &UNKNOWN_KEY,
    &WRONG_TYPE,
    &BAD_VARIABLE,
    &BAD_VALUE,
    &UNDEFINED,
    &BAD_SERVICE,
    &NO_ENV_FILE,
    &UNSET_VARIABLE,
    &OPENED_PORT,
    &BAD_RESTART,
    &REPLACED_RESTART,
    &NO_LIMIT,
    &CUT_COMMAND,
    &UNUSABLE_PORT,
    &DRIVE_LETTER,
    &IGNORED_OPTION,
    &HOST_NETWORK_PORTS,
    &OTHER_FILE,
    &OVERSIZED,
    &NO_MODEL,
    &NO_CONTAINER,
    &NO_SHELL,
    &SLOW_HEALTH_CHECK,
];

pub(super) static UNKNOWN_KEY: Rule = Rule {
    code: "DC001",
    name: "unknown-compose-key",
    effect: Effect::Fails,
    explain: "Compose does not know the key at this place and refuses the whole file. Correct its \
name, move it to where it belongs, or begin it with `x-` if it is yours.",
};

pub(super) static WRONG_TYPE: Rule = Rule {
    code: "DC002",
    name: "mistyped-compose-value",
    effect: Effect::Fails,
    explain: "The value has a type that Compose does not take here, as a number without quotes where \
a text is asked for, or a needed key is missing; Compose refuses the whole file. Quote the value, or \
write what the Compose specification has for the key.",
};

pub(super) static BAD_VARIABLE: Rule = Rule {
    code: "DC003",
    name: "invalid-compose-variable",
    effect: Effect::Fails,
    explain: "A `${…}` is none of the forms that Compose knows (`${A}` and the operators `:-`, `-`, \
`:+`, `+`, `:?`, `?`), or demands a variable that has no value. Compose refuses the whole file. Write \
a literal dollar as `$$`, or give the variable a value in `.env`.",
};

pub(super) static BAD_VALUE: Rule = Rule {
    code: "DC004",
    name: "unreadable-compose-value",
    effect: Effect::Fails,
    explain: "A text is not the time span, size, number, port, mount or command that Compose expects, \
and Compose refuses the whole file. Time spans need a unit (`30s`), sizes are like `512m`, ports like \
`127.0.0.1:80:80`.",
};

pub(super) static UNDEFINED: Rule = Rule {
    code: "DC005",
    name: "undefined-compose-reference",
    effect: Effect::Fails,
    explain: "A service names a network, volume, secret, configuration or service that the file does \
not define, or services that depend on each other in a circle; Compose refuses the whole file. Define \
it at the top level, or correct the name.",
};

pub(super) static BAD_SERVICE: Rule = Rule {
    code: "DC006",
    name: "contradictory-compose-service",
    effect: Effect::Fails,
    explain: "What a service or a resource says does not go together, as two different memory limits, \
`network_mode` beside `networks`, or neither `image` nor `build`; Compose refuses the whole file. Keep \
one of the two, or add what is missing.",
};

pub(super) static NO_ENV_FILE: Rule = Rule {
    code: "DC007",
    name: "missing-compose-env-file",
    effect: Effect::Fails,
    explain: "An `env_file` of a service is not there, and Compose refuses to do anything. Create the \
file, or write `required: false` beside its `path`.",
};

pub(super) static UNSET_VARIABLE: Rule = Rule {
    code: "DC008",
    name: "unset-compose-variable",
    effect: Effect::Fails,
    explain: "A variable has no value; Compose only warns and puts nothing in its place, so that the \
service gets an empty or another value. Set it in `.env`, give it a default (`${A:-x}`), or demand it \
(`${A:?why}`).",
};

pub(super) static OPENED_PORT: Rule = Rule {
    code: "DC009",
    name: "port-opened-by-unset-variable",
    effect: Effect::Fails,
    explain: "The address of a published port comes from a variable without a value, so that Docker \
publishes the port on all interfaces, past most firewalls. Write the address, or a default: \
`${BIND:-127.0.0.1}:18789:18789`.",
};

pub(super) static BAD_RESTART: Rule = Rule {
    code: "DC010",
    name: "unknown-restart-policy",
    effect: Effect::Fails,
    explain: "The restart policy is none that the engine knows. Compose does not look at it; the \
container is refused when it is created. Use exactly `no`, `always`, `unless-stopped`, `on-failure` \
or `on-failure:N`.",
};

pub(super) static REPLACED_RESTART: Rule = Rule {
    code: "DC011",
    name: "replaced-restart-policy",
    effect: Effect::Fails,
    explain: "`deploy.restart_policy` replaces `restart`, which then has no effect. Keep one of the \
two.",
};

pub(super) static NO_LIMIT: Rule = Rule {
    code: "DC012",
    name: "limit-without-effect",
    effect: Effect::Fails,
    explain: "A limit of zero, or one that Compose cannot use, is dropped without a word: the service \
has no limit. Write a positive number, sizes with a unit, or remove the line.",
};

pub(super) static CUT_COMMAND: Rule = Rule {
    code: "DC013",
    name: "cut-off-compose-command",
    effect: Effect::Fails,
    explain: "A command in one text is not given to a shell: Compose splits it into words and stops \
without a word at the first `;`, `&`, `|`, `<` or `>`. Quote the character, or write \
`[\"sh\", \"-c\", \"…\"]`.",
};

pub(super) static UNUSABLE_PORT: Rule = Rule {
    code: "DC014",
    name: "unusable-port",
    effect: Effect::Fails,
    explain: "In the long syntax Compose does not look at the address, the numbers and the protocol \
of a port; the engine refuses what is none when the container is created. Use an IP address, ports up \
to 65535, and `tcp`, `udp` or `sctp`.",
};

pub(super) static DRIVE_LETTER: Rule = Rule {
    code: "DC015",
    name: "volume-read-as-drive",
    effect: Effect::Fails,
    explain: "Compose takes a single letter before a colon for a drive of Windows, so that the mount \
is not what it looks like: data goes into an anonymous volume. Give the volume a longer name.",
};

pub(super) static IGNORED_OPTION: Rule = Rule {
    code: "DC016",
    name: "ignored-mount-option",
    effect: Effect::Fails,
    explain: "Compose ignores options of a mount that it does not know without a word, so that a \
misspelt `ro` leaves it writable. Options are `ro`, `rw`, `nocopy`, `z`, `Z` and the modes of \
propagation.",
};

pub(super) static HOST_NETWORK_PORTS: Rule = Rule {
    code: "DC017",
    name: "ports-in-host-network",
    effect: Effect::Fails,
    explain: "With `network_mode: host` the engine ignores `ports`: the service listens where it \
likes on the host, and an address in `ports` protects nothing. Remove one of the two.",
};

pub(super) static OTHER_FILE: Rule = Rule {
    code: "DC018",
    name: "unread-compose-file",
    effect: Effect::Fails,
    explain: "The file takes parts of another file (`include`, `extends` with `file`, or an override \
file beside it) that is not there or is not read by clawtest, so that what Compose would make of it is unknown. Test the output of \
`docker compose config`, or put the parts into one file.",
};

pub(super) static OVERSIZED: Rule = Rule {
    code: "DC019",
    name: "oversized-compose-file",
    effect: Effect::Fails,
    explain: "The file expands to more than clawtest reads, as with many large port ranges or defaults \
nested in defaults, so that nothing is known about it. Make it smaller.",
};

pub(super) static NO_MODEL: Rule = Rule {
    code: "DC020",
    name: "malformed-compose-file",
    effect: Effect::Fails,
    explain: "The file is YAML but no Compose file: it is empty, not a map, or has keys that are not \
texts. Compose refuses it. Begin with `services:` and quote keys that are numbers.",
};

pub(super) static NO_CONTAINER: Rule = Rule {
    code: "DC021",
    name: "service-without-container",
    effect: Effect::Fails,
    explain: "With `scale: 0` or `replicas: 0` Compose starts no container of the service, and says \
nothing. Remove the line, or the service.",
};

pub(super) static NO_SHELL: Rule = Rule {
    code: "DC022",
    name: "health-check-without-shell",
    effect: Effect::Fails,
    explain: "Behind `CMD` each element of a health check is one word, and the first is the program. \
A whole command in one element, or a `|` of its own, needs a shell, so that the check fails for ever \
or asks something else. Write `CMD-SHELL` and one text.",
};

pub(super) static SLOW_HEALTH_CHECK: Rule = Rule {
    code: "DC023",
    name: "health-check-slower-than-interval",
    effect: Effect::Fails,
    explain: "A health check may take longer than the time from one to the next, so that a program \
that hangs is noticed much later than `interval` and `retries` say. Make `timeout` no longer than \
`interval`.",
};
