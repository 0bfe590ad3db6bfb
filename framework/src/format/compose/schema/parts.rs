//! What may stand in a Compose file, but for its services: facts of the Compose specification, as
//! Docker Compose 2.26.1 has them built in.

use super::service::{DRIVER_OPTIONS, SERVICE};
use super::{
    INTEGER, NULL, NUMBER, Names, SETTING, Shape, TEXT, TEXTS, TRUTH, either, list, map, set,
};

pub(super) static TEXT_SET: Shape = set(&TEXT);

pub(super) static TEXT_OR_SET: Shape = either(&[&TEXT, &TEXT_SET]);

static INCLUDE_MAP: Shape = map(&[
    ("path", &TEXT_OR_SET),
    ("env_file", &TEXT_OR_SET),
    ("project_directory", &TEXT),
])
.without_extensions();

static INCLUDE: Shape = either(&[&TEXT, &INCLUDE_MAP]);

static ALL_INCLUDE: Shape = list(&INCLUDE);

pub(super) static COMMAND: Shape = either(&[&NULL, &TEXT, &TEXTS]);

static PAIRS_MAP: Shape = map(&[]).values(Names::Any, &SETTING);

pub(super) static PAIRS: Shape = either(&[&PAIRS_MAP, &TEXT_SET]);

pub(super) static SERVICE_HOOK: Shape = map(&[
    ("command", &COMMAND),
    ("user", &TEXT),
    ("privileged", &TRUTH),
    ("working_dir", &TEXT),
    ("environment", &PAIRS),
]);

static EXTRA_HOSTS_VALUE_ITEM: Shape = list(&TEXT);

static EXTRA_HOSTS_VALUE: Shape = either(&[&TEXT, &EXTRA_HOSTS_VALUE_ITEM]);

static EXTRA_HOSTS_MAP: Shape = map(&[]).values(Names::Any, &EXTRA_HOSTS_VALUE);

pub(super) static EXTRA_HOSTS: Shape = either(&[&EXTRA_HOSTS_MAP, &TEXT_SET]);

static MOUNTED_FILE_ITEM_MAP: Shape = map(&[
    ("source", &TEXT),
    ("target", &TEXT),
    ("uid", &TEXT),
    ("gid", &TEXT),
    ("mode", &NUMBER),
]);

static MOUNTED_FILE_ITEM: Shape = either(&[&TEXT, &MOUNTED_FILE_ITEM_MAP]);

pub(super) static MOUNTED_FILE: Shape = list(&MOUNTED_FILE_ITEM);

static ULIMITS_VALUE_MAP: Shape =
    map(&[("hard", &INTEGER), ("soft", &INTEGER)]).required(&["soft", "hard"]);

static ULIMITS_VALUE: Shape = either(&[&INTEGER, &ULIMITS_VALUE_MAP]);

pub(super) static ULIMITS: Shape = map(&[]).values(Names::Lower, &ULIMITS_VALUE).open();

static ALL_SERVICES: Shape = map(&[]).values(Names::Word, &SERVICE);

static NETWORK_IPAM_CONFIG_ITEM_AUX_ADDRESSES: Shape = map(&[]).values(Names::Any, &TEXT);

static NETWORK_IPAM_CONFIG_ITEM: Shape = map(&[
    ("subnet", &TEXT),
    ("ip_range", &TEXT),
    ("gateway", &TEXT),
    ("aux_addresses", &NETWORK_IPAM_CONFIG_ITEM_AUX_ADDRESSES),
]);

static NETWORK_IPAM_CONFIG: Shape = list(&NETWORK_IPAM_CONFIG_ITEM);

static NETWORK_IPAM: Shape = map(&[
    ("driver", &TEXT),
    ("config", &NETWORK_IPAM_CONFIG),
    ("options", &NETWORK_IPAM_CONFIG_ITEM_AUX_ADDRESSES),
]);

static NETWORK_EXTERNAL_MAP: Shape = map(&[("name", &TEXT)]);

static NETWORK_EXTERNAL: Shape = either(&[&TRUTH, &NETWORK_EXTERNAL_MAP]);

static NETWORK_MAP: Shape = map(&[
    ("name", &TEXT),
    ("driver", &TEXT),
    ("driver_opts", &DRIVER_OPTIONS),
    ("ipam", &NETWORK_IPAM),
    ("external", &NETWORK_EXTERNAL),
    ("internal", &TRUTH),
    ("enable_ipv4", &TRUTH),
    ("enable_ipv6", &TRUTH),
    ("attachable", &TRUTH),
    ("labels", &PAIRS),
]);

static NETWORK: Shape = either(&[&NULL, &NETWORK_MAP]);

static ALL_NETWORKS: Shape = map(&[]).values(Names::Word, &NETWORK).open();

static VOLUME_MAP: Shape = map(&[
    ("name", &TEXT),
    ("driver", &TEXT),
    ("driver_opts", &DRIVER_OPTIONS),
    ("external", &NETWORK_EXTERNAL),
    ("labels", &PAIRS),
]);

static VOLUME: Shape = either(&[&NULL, &VOLUME_MAP]);

static ALL_VOLUMES: Shape = map(&[]).values(Names::Word, &VOLUME);

static SECRET_EXTERNAL_MAP: Shape = map(&[("name", &TEXT)]).without_extensions().open();

static SECRET_EXTERNAL: Shape = either(&[&TRUTH, &SECRET_EXTERNAL_MAP]);

static SECRET: Shape = map(&[
    ("name", &TEXT),
    ("environment", &TEXT),
    ("file", &TEXT),
    ("external", &SECRET_EXTERNAL),
    ("labels", &PAIRS),
    ("driver", &TEXT),
    ("driver_opts", &DRIVER_OPTIONS),
    ("template_driver", &TEXT),
]);

static ALL_SECRETS: Shape = map(&[]).values(Names::Word, &SECRET);

static CONFIG_EXTERNAL_MAP: Shape = map(&[("name", &TEXT)]).without_extensions().open();

static CONFIG_EXTERNAL: Shape = either(&[&TRUTH, &CONFIG_EXTERNAL_MAP]);

static CONFIG: Shape = map(&[
    ("name", &TEXT),
    ("content", &TEXT),
    ("environment", &TEXT),
    ("file", &TEXT),
    ("external", &CONFIG_EXTERNAL),
    ("labels", &PAIRS),
    ("template_driver", &TEXT),
]);

static ALL_CONFIGS: Shape = map(&[]).values(Names::Word, &CONFIG);

pub(super) static ROOT: Shape = map(&[
    ("version", &TEXT),
    ("name", &TEXT),
    ("include", &ALL_INCLUDE),
    ("services", &ALL_SERVICES),
    ("networks", &ALL_NETWORKS),
    ("volumes", &ALL_VOLUMES),
    ("secrets", &ALL_SECRETS),
    ("configs", &ALL_CONFIGS),
]);
