//! What may stand in a service of a Compose file: facts of the Compose specification, as Docker
//! Compose 2.26.1 has them built in.

use super::parts::{
    COMMAND, EXTRA_HOSTS, MOUNTED_FILE, PAIRS, SERVICE_HOOK, TEXT_OR_SET, TEXT_SET, ULIMITS,
};
use super::{
    INTEGER, NULL, NUMBER, Names, OPTION, PLAIN_NUMBER, PLAIN_TRUTH, Shape, TEXT, TEXT_OR_NULL,
    TEXTS, TRUTH, either, list, map, range, set, words,
};

static DEVELOP_WATCH_ITEM_ACTION: Shape =
    words(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"]);

static DEVELOP_WATCH_ITEM: Shape = map(&[
    ("ignore", &TEXTS),
    ("path", &TEXT),
    ("action", &DEVELOP_WATCH_ITEM_ACTION),
    ("target", &TEXT),
    ("exec", &SERVICE_HOOK),
])
.required(&["path", "action"]);

static DEVELOP_WATCH: Shape = list(&DEVELOP_WATCH_ITEM);

static DEVELOP_MAP: Shape = map(&[("watch", &DEVELOP_WATCH)]);

static DEVELOP: Shape = either(&[&NULL, &DEVELOP_MAP]);

static DEPLOY_ROLLBACK_CONFIG_ORDER: Shape = words(&["start-first", "stop-first"]);

static DEPLOY_ROLLBACK_CONFIG: Shape = map(&[
    ("parallelism", &INTEGER),
    ("delay", &TEXT),
    ("failure_action", &TEXT),
    ("monitor", &TEXT),
    ("max_failure_ratio", &NUMBER),
    ("order", &DEPLOY_ROLLBACK_CONFIG_ORDER),
]);

static LIMITS: Shape = map(&[("cpus", &NUMBER), ("memory", &TEXT), ("pids", &INTEGER)]);

static DISCRETE_RESOURCE: Shape = map(&[("kind", &TEXT), ("value", &NUMBER)]);

static GENERIC_RESOURCES_ITEM: Shape = map(&[("discrete_resource_spec", &DISCRETE_RESOURCE)]);

static GENERIC_RESOURCES: Shape = list(&GENERIC_RESOURCES_ITEM);

static DEVICES_ITEM: Shape = map(&[
    ("capabilities", &TEXT_SET),
    ("count", &INTEGER),
    ("device_ids", &TEXT_SET),
    ("driver", &TEXT),
    ("options", &PAIRS),
])
.required(&["capabilities"]);

static DEVICES: Shape = list(&DEVICES_ITEM);

static RESERVATIONS: Shape = map(&[
    ("cpus", &NUMBER),
    ("memory", &TEXT),
    ("generic_resources", &GENERIC_RESOURCES),
    ("devices", &DEVICES),
]);

static DEPLOY_RESOURCES: Shape = map(&[("limits", &LIMITS), ("reservations", &RESERVATIONS)]);

static DEPLOY_RESTART_POLICY: Shape = map(&[
    ("condition", &TEXT),
    ("delay", &TEXT),
    ("max_attempts", &INTEGER),
    ("window", &TEXT),
]);

static PREFERENCES_ITEM: Shape = map(&[("spread", &TEXT)]);

static PREFERENCES: Shape = list(&PREFERENCES_ITEM);

static DEPLOY_PLACEMENT: Shape = map(&[
    ("constraints", &TEXTS),
    ("preferences", &PREFERENCES),
    ("max_replicas_per_node", &INTEGER),
]);

static DEPLOY_MAP: Shape = map(&[
    ("mode", &TEXT),
    ("endpoint_mode", &TEXT),
    ("replicas", &INTEGER),
    ("labels", &PAIRS),
    ("rollback_config", &DEPLOY_ROLLBACK_CONFIG),
    ("update_config", &DEPLOY_ROLLBACK_CONFIG),
    ("resources", &DEPLOY_RESOURCES),
    ("restart_policy", &DEPLOY_RESTART_POLICY),
    ("placement", &DEPLOY_PLACEMENT),
]);

static DEPLOY: Shape = either(&[&NULL, &DEPLOY_MAP]);

static BUILD_MAP: Shape = map(&[
    ("context", &TEXT),
    ("dockerfile", &TEXT),
    ("dockerfile_inline", &TEXT),
    ("entitlements", &TEXTS),
    ("args", &PAIRS),
    ("ssh", &PAIRS),
    ("labels", &PAIRS),
    ("cache_from", &TEXTS),
    ("cache_to", &TEXTS),
    ("no_cache", &TRUTH),
    ("additional_contexts", &PAIRS),
    ("network", &TEXT),
    ("pull", &TRUTH),
    ("target", &TEXT),
    ("shm_size", &INTEGER),
    ("extra_hosts", &EXTRA_HOSTS),
    ("isolation", &TEXT),
    ("privileged", &TRUTH),
    ("secrets", &MOUNTED_FILE),
    ("tags", &TEXTS),
    ("ulimits", &ULIMITS),
    ("platforms", &TEXTS),
]);

static BUILD: Shape = either(&[&TEXT, &BUILD_MAP]);

static BLKIO_LIMIT: Shape = map(&[("path", &TEXT), ("rate", &INTEGER)]).without_extensions();

static BLKIO_LIMITS: Shape = list(&BLKIO_LIMIT);

static BLKIO_WEIGHT: Shape = map(&[("path", &TEXT), ("weight", &INTEGER)]).without_extensions();

static BLKIO_WEIGHTS: Shape = list(&BLKIO_WEIGHT);

static BLKIO_CONFIG: Shape = map(&[
    ("device_read_bps", &BLKIO_LIMITS),
    ("device_read_iops", &BLKIO_LIMITS),
    ("device_write_bps", &BLKIO_LIMITS),
    ("device_write_iops", &BLKIO_LIMITS),
    ("weight", &INTEGER),
    ("weight_device", &BLKIO_WEIGHTS),
])
.without_extensions();

static CGROUP: Shape = words(&["host", "private"]);

static CPU_COUNT: Shape = range(0, i128::MAX);

static CPU_PERCENT: Shape = range(0, 100);

static CREDENTIAL_SPEC: Shape = map(&[("config", &TEXT), ("file", &TEXT), ("registry", &TEXT)]);

static DEPENDS_ON_VALUE_CONDITION: Shape = words(&[
    "service_started",
    "service_healthy",
    "service_completed_successfully",
]);

static DEPENDS_ON_VALUE: Shape = map(&[
    ("restart", &TRUTH),
    ("required", &PLAIN_TRUTH),
    ("condition", &DEPENDS_ON_VALUE_CONDITION),
])
.required(&["condition"]);

static DEPENDS_ON_MAP: Shape = map(&[]).values(Names::Word, &DEPENDS_ON_VALUE);

static DEPENDS_ON: Shape = either(&[&TEXT_SET, &DEPENDS_ON_MAP]);

static DEVICES_ITEM_MAP: Shape =
    map(&[("source", &TEXT), ("target", &TEXT), ("permissions", &TEXT)]).required(&["source"]);

static DEVICES_ITEM_2: Shape = either(&[&TEXT, &DEVICES_ITEM_MAP]);

static DEVICES_2: Shape = list(&DEVICES_ITEM_2);

static ENV_FILE_ITEM_MAP: Shape = map(&[("path", &TEXT), ("format", &TEXT), ("required", &TRUTH)])
    .required(&["path"])
    .without_extensions();

static ENV_FILE_ITEM: Shape = either(&[&TEXT, &ENV_FILE_ITEM_MAP]);

static ENV_FILE_ITEM_2: Shape = list(&ENV_FILE_ITEM);

static ENV_FILE: Shape = either(&[&TEXT, &ENV_FILE_ITEM_2]);

static LABEL_FILE: Shape = either(&[&TEXT, &TEXTS]);

static EXPOSE: Shape = set(&NUMBER);

static EXTENDS_MAP: Shape = map(&[("service", &TEXT), ("file", &TEXT)])
    .required(&["service"])
    .without_extensions();

static EXTENDS: Shape = either(&[&TEXT, &EXTENDS_MAP]);

static GPUS_OTHER: Shape = words(&["all"]);

static GPUS_ITEM: Shape = map(&[
    ("capabilities", &TEXT_SET),
    ("count", &INTEGER),
    ("device_ids", &TEXT_SET),
    ("driver", &TEXT),
    ("options", &PAIRS),
])
.without_extensions()
.open();

static GPUS_ITEM_2: Shape = list(&GPUS_ITEM);

static GPUS: Shape = either(&[&GPUS_OTHER, &GPUS_ITEM_2]);

static HEALTHCHECK: Shape = map(&[
    ("disable", &TRUTH),
    ("interval", &TEXT),
    ("retries", &NUMBER),
    ("test", &LABEL_FILE),
    ("timeout", &TEXT),
    ("start_period", &TEXT),
    ("start_interval", &TEXT),
]);

static LOGGING_OPTIONS: Shape = map(&[]).values(Names::Any, &OPTION).open();

static LOGGING: Shape = map(&[("driver", &TEXT), ("options", &LOGGING_OPTIONS)]);

pub(super) static DRIVER_OPTIONS: Shape = map(&[]).values(Names::Any, &NUMBER).open();

static NETWORKS_VALUE_MAP: Shape = map(&[
    ("aliases", &TEXT_SET),
    ("ipv4_address", &TEXT),
    ("ipv6_address", &TEXT),
    ("link_local_ips", &TEXT_SET),
    ("mac_address", &TEXT),
    ("driver_opts", &DRIVER_OPTIONS),
    ("priority", &PLAIN_NUMBER),
    ("gw_priority", &PLAIN_NUMBER),
]);

static NETWORKS_VALUE: Shape = either(&[&NETWORKS_VALUE_MAP, &NULL]);

static NETWORKS_MAP: Shape = map(&[]).values(Names::Word, &NETWORKS_VALUE);

static NETWORKS: Shape = either(&[&TEXT_SET, &NETWORKS_MAP]);

static OOM_SCORE_ADJ: Shape = range(-1000, 1000);

static PORTS_ITEM_MAP: Shape = map(&[
    ("name", &TEXT),
    ("mode", &TEXT),
    ("host_ip", &TEXT),
    ("target", &INTEGER),
    ("published", &INTEGER),
    ("protocol", &TEXT),
    ("app_protocol", &TEXT),
]);

static PORTS_ITEM: Shape = either(&[&PLAIN_NUMBER, &TEXT, &PORTS_ITEM_MAP]);

static PORTS: Shape = set(&PORTS_ITEM);

static POST_START: Shape = list(&SERVICE_HOOK);

static PULL_POLICY: Shape = words(&["always", "never", "if_not_present", "build", "missing"]);

static STORAGE_OPT: Shape = map(&[]).open();

static VOLUMES_ITEM_BIND_RECURSIVE: Shape = words(&["enabled", "disabled", "writable", "readonly"]);

static VOLUMES_ITEM_BIND_SELINUX: Shape = words(&["z", "Z"]);

static VOLUMES_ITEM_BIND: Shape = map(&[
    ("propagation", &TEXT),
    ("create_host_path", &TRUTH),
    ("recursive", &VOLUMES_ITEM_BIND_RECURSIVE),
    ("selinux", &VOLUMES_ITEM_BIND_SELINUX),
]);

static VOLUMES_ITEM_VOLUME: Shape = map(&[("nocopy", &TRUTH), ("subpath", &TEXT)]);

static VOLUMES_ITEM_TMPFS_SIZE: Shape = range(0, i128::MAX);

static VOLUMES_ITEM_TMPFS: Shape = map(&[("size", &VOLUMES_ITEM_TMPFS_SIZE), ("mode", &NUMBER)]);

static VOLUMES_ITEM_MAP: Shape = map(&[
    ("type", &TEXT),
    ("source", &TEXT),
    ("target", &TEXT),
    ("read_only", &TRUTH),
    ("consistency", &TEXT),
    ("bind", &VOLUMES_ITEM_BIND),
    ("volume", &VOLUMES_ITEM_VOLUME),
    ("tmpfs", &VOLUMES_ITEM_TMPFS),
])
.required(&["type"]);

static VOLUMES_ITEM: Shape = either(&[&TEXT, &VOLUMES_ITEM_MAP]);

static VOLUMES: Shape = set(&VOLUMES_ITEM);

pub(super) static SERVICE: Shape = map(&[
    ("develop", &DEVELOP),
    ("deploy", &DEPLOY),
    ("annotations", &PAIRS),
    ("attach", &TRUTH),
    ("build", &BUILD),
    ("blkio_config", &BLKIO_CONFIG),
    ("cap_add", &TEXT_SET),
    ("cap_drop", &TEXT_SET),
    ("cgroup", &CGROUP),
    ("cgroup_parent", &TEXT),
    ("command", &COMMAND),
    ("configs", &MOUNTED_FILE),
    ("container_name", &TEXT),
    ("cpu_count", &CPU_COUNT),
    ("cpu_percent", &CPU_PERCENT),
    ("cpu_shares", &NUMBER),
    ("cpu_quota", &NUMBER),
    ("cpu_period", &NUMBER),
    ("cpu_rt_period", &NUMBER),
    ("cpu_rt_runtime", &NUMBER),
    ("cpus", &NUMBER),
    ("cpuset", &TEXT),
    ("credential_spec", &CREDENTIAL_SPEC),
    ("depends_on", &DEPENDS_ON),
    ("device_cgroup_rules", &TEXT_SET),
    ("devices", &DEVICES_2),
    ("dns", &TEXT_OR_SET),
    ("dns_opt", &TEXT_SET),
    ("dns_search", &TEXT_OR_SET),
    ("domainname", &TEXT),
    ("entrypoint", &COMMAND),
    ("env_file", &ENV_FILE),
    ("label_file", &LABEL_FILE),
    ("environment", &PAIRS),
    ("expose", &EXPOSE),
    ("extends", &EXTENDS),
    ("external_links", &TEXT_SET),
    ("extra_hosts", &EXTRA_HOSTS),
    ("gpus", &GPUS),
    ("group_add", &EXPOSE),
    ("healthcheck", &HEALTHCHECK),
    ("hostname", &TEXT),
    ("image", &TEXT),
    ("init", &TRUTH),
    ("ipc", &TEXT),
    ("isolation", &TEXT),
    ("labels", &PAIRS),
    ("links", &TEXT_SET),
    ("logging", &LOGGING),
    ("mac_address", &TEXT),
    ("mem_limit", &NUMBER),
    ("mem_reservation", &INTEGER),
    ("mem_swappiness", &INTEGER),
    ("memswap_limit", &NUMBER),
    ("network_mode", &TEXT),
    ("networks", &NETWORKS),
    ("oom_kill_disable", &TRUTH),
    ("oom_score_adj", &OOM_SCORE_ADJ),
    ("pid", &TEXT_OR_NULL),
    ("pids_limit", &NUMBER),
    ("platform", &TEXT),
    ("ports", &PORTS),
    ("post_start", &POST_START),
    ("pre_stop", &POST_START),
    ("privileged", &TRUTH),
    ("profiles", &TEXT_SET),
    ("pull_policy", &PULL_POLICY),
    ("read_only", &TRUTH),
    ("restart", &TEXT),
    ("runtime", &TEXT),
    ("scale", &INTEGER),
    ("security_opt", &TEXT_SET),
    ("shm_size", &NUMBER),
    ("secrets", &MOUNTED_FILE),
    ("sysctls", &PAIRS),
    ("stdin_open", &TRUTH),
    ("stop_grace_period", &TEXT),
    ("stop_signal", &TEXT),
    ("storage_opt", &STORAGE_OPT),
    ("tmpfs", &TEXT_OR_SET),
    ("tty", &TRUTH),
    ("ulimits", &ULIMITS),
    ("user", &TEXT),
    ("uts", &TEXT),
    ("userns_mode", &TEXT),
    ("volumes", &VOLUMES),
    ("volumes_from", &TEXT_SET),
    ("working_dir", &TEXT),
]);
