//! Observability, secret stores, infrastructure and identity.

use super::Part::{Run, Text};
use super::{Check, SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Base32, Base64, Base64Any, Hex, Letters, Lower, Upper, Uuid, Word,
};

const OPERATIONS: &str = "A key to what operates other systems: monitoring, a secret store, an orchestrator, an identity \
provider. It often opens more than one system, so it goes first: revoke it at its issuer (for a \
store by its accessor or lease, for a cluster by rotating the join token), read the audit log since \
it leaked, and rotate what it could read. A program gets such a token for a short time from its \
platform (a machine identity, OIDC), or from `LoadCredential=`; a unit file, an image and a log \
never hold it.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(OPERATIONS, [
    token("SE560", "grafana-service-account-token", "a Grafana service account token", "glsa_", &[Run(Alphanumeric, 32, 32), Text("_"), Run(Hex, 8, 8)], "https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go").check(Check::CrcHex),
    token("SE561", "grafana-cloud-token", "a Grafana Cloud token", "glc_", &[Run(Base64, 60, 600)], "https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions"),
    token("SE562", "grafana-key", "a Grafana key", "eyJrIjoi", &[Run(Base64, 40, 380)], "https://grafana.com/docs/grafana/latest/administration/api-keys").check(Check::Json),
    token("SE563", "newrelic-key", "a New Relic user key", "NRAK-", &[Run(Upper, 27, 27)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    token("SE564", "newrelic-insert-key", "a New Relic insert key", "NRII-", &[Run(Word, 32, 32)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    token("SE565", "newrelic-query-key", "a New Relic query key", "NRIQ-", &[Run(Word, 32, 32)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    token("SE566", "newrelic-rest-key", "a New Relic REST key", "NRRA-", &[Run(Hex, 42, 42)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    token("SE567", "newrelic-admin-key", "a New Relic admin key", "NRAA-", &[Run(Hex, 27, 27)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    token("SE568", "sentry-user-token", "a Sentry user token", "sntryu_", &[Run(Hex, 64, 64)], "https://docs.sentry.io/api/auth"),
    token("SE569", "sentry-organisation-token", "a Sentry organisation token", "sntrys_", &[Run(Base64Any, 60, 600)], "https://docs.sentry.io/api/auth"),
    token("SE570", "sentry-integration-token", "a Sentry integration token", "sntryi_", &[Run(Hex, 64, 64)], "https://docs.sentry.io/api/auth"),
    token("SE571", "honeycomb-key", "a Honeycomb key", "hcaik_", &[Run(Lower, 50, 64)], "https://docs.honeycomb.io/configure/environments/manage-api-keys"),
    token("SE572", "honeycomb-management-key", "a Honeycomb management key", "hcamk_", &[Run(Lower, 50, 64)], "https://docs.honeycomb.io/configure/environments/manage-api-keys"),
    token("SE573", "posthog-key", "a PostHog personal key", "phx_", &[Run(Word, 40, 50)], "https://posthog.com/docs/api"),
    token("SE574", "posthog-flags-key", "a PostHog feature flags key", "phs_", &[Run(Word, 40, 50)], "https://posthog.com/docs/api"),
    token("SE575", "posthog-oauth-token", "a PostHog OAuth token", "pha_", &[Run(Word, 40, 50)], "https://posthog.com/docs/api"),
    token("SE576", "uptime-kuma-key", "an Uptime Kuma key", "uk1_", &[Run(Word, 38, 44)], "https://github.com/louislam/uptime-kuma/wiki/API-Keys"),
    token("SE577", "logfire-token", "a Logfire token", "pylf_v1_", &[Run(Letters, 2, 2), Text("_"), Run(Alphanumeric, 43, 43)], "https://logfire.pydantic.dev/docs"),
    token("SE578", "axiom-token", "an Axiom token", "xaat-", &[Run(Uuid, 36, 36)], "https://axiom.co/docs/reference/tokens"),
    token("SE579", "axiom-personal-token", "an Axiom personal token", "xapt-", &[Run(Uuid, 36, 36)], "https://axiom.co/docs/reference/tokens"),
    token("SE580", "dynatrace-token", "a Dynatrace token", "dt0c01.", &[Run(Base32, 24, 24), Text("."), Run(Base32, 64, 64)], "https://docs.dynatrace.com/docs/shortlink/token"),
    token("SE581", "dynatrace-platform-token", "a Dynatrace platform token", "dt0s16.", &[Run(Base32, 8, 24), Text("."), Run(Base32, 64, 64)], "https://docs.dynatrace.com/docs/shortlink/token"),
    token("SE582", "dynatrace-oauth-secret", "a Dynatrace OAuth secret", "dt0s02.", &[Run(Base32, 8, 24), Text("."), Run(Base32, 64, 64)], "https://docs.dynatrace.com/docs/shortlink/token"),
    token("SE583", "rootly-token", "a Rootly token", "rootly_", &[Run(Hex, 64, 64)], "https://docs.rootly.com"),
    token("SE584", "firehydrant-token", "a FireHydrant token", "fhb-", &[Run(Hex, 32, 32)], "https://docs.firehydrant.com"),
    token("SE585", "healthchecks-key", "a Healthchecks key", "hcw_", &[Run(Alphanumeric, 28, 40)], "https://healthchecks.io/docs/api"),
    token("SE586", "healthchecks-read-key", "a Healthchecks read-only key", "hcr_", &[Run(Alphanumeric, 28, 40)], "https://healthchecks.io/docs/api").severity(Severity::Medium),
    token("SE587", "vault-service-token", "a Vault service token", "hvs.", &[Run(Word, 24, 300)], "https://developer.hashicorp.com/vault/docs/concepts/tokens"),
    token("SE588", "vault-batch-token", "a Vault batch token", "hvb.", &[Run(Word, 100, 600)], "https://developer.hashicorp.com/vault/docs/concepts/tokens"),
    token("SE589", "vault-recovery-token", "a Vault recovery token", "hvr.", &[Run(Word, 24, 200)], "https://developer.hashicorp.com/vault/docs/concepts/tokens").severity(Severity::Critical),
    token("SE590", "doppler-personal-token", "a Doppler personal token", "dp.pt.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE591", "doppler-service-token", "a Doppler service token", "dp.st.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE592", "doppler-config-token", "a Doppler service token of a config", "dp.st.", &[Run(Lower, 2, 35), Text("."), Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE593", "doppler-cli-token", "a Doppler CLI token", "dp.ct.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE594", "doppler-account-token", "a Doppler service account token", "dp.sa.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE595", "doppler-scim-token", "a Doppler SCIM token", "dp.scim.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE596", "doppler-audit-token", "a Doppler audit token", "dp.audit.", &[Run(Alphanumeric, 40, 44)], "https://docs.doppler.com/reference/auth-token-formats"),
    token("SE597", "infisical-token", "an Infisical token", "st.", &[Run(Hex, 24, 24), Text("."), Run(Hex, 32, 32), Text("."), Run(Hex, 32, 32)], "https://infisical.com/docs"),
    token("SE598", "onepassword-token", "a 1Password service account token", "ops_eyJ", &[Run(Base64Any, 200, 2000)], "https://developer.1password.com/docs/service-accounts"),
    token("SE599", "onepassword-secret-key", "a 1Password secret key", "A3-", &[Run(Upper, 6, 6), Text("-"), Run(Upper, 6, 6), Text("-"), Run(Upper, 5, 5), Text("-"), Run(Upper, 5, 5), Text("-"), Run(Upper, 5, 5), Text("-"), Run(Upper, 5, 5)], "https://support.1password.com/secret-key-security"),
    token("SE600", "pulumi-token", "a Pulumi token", "pul-", &[Run(Hex, 40, 40)], "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens"),
    token("SE601", "swarm-token", "a Docker Swarm join token", "SWMTKN-1-", &[Run(Word, 70, 90)], "https://docs.docker.com/engine/swarm/join-nodes"),
    token("SE602", "k3s-token", "a k3s token", "K10", &[Run(Hex, 64, 64), Text("::"), Run(Word, 3, 20), Text(":"), Run(Alphanumeric, 16, 128)], "https://docs.k3s.io/cli/token"),
    token("SE603", "rancher-token", "a Rancher token", "token-", &[Run(Lower, 5, 5), Text(":"), Run(Lower, 54, 54)], "https://ranchermanager.docs.rancher.com"),
    token("SE604", "portainer-token", "a Portainer token", "ptr_", &[Run(Base64, 40, 48)], "https://docs.portainer.io/api/access"),
    token("SE605", "workos-key", "a WorkOS key", "sk_live_a2V5", &[Run(Alphanumeric, 20, 90)], "https://workos.com/docs"),
    token("SE606", "permit-key", "a Permit.io key", "permit_key_", &[Run(Alphanumeric, 60, 90)], "https://docs.permit.io"),
    token("SE607", "nightfall-key", "a Nightfall key", "NF-", &[Run(Alphanumeric, 32, 32)], "https://docs.nightfall.ai"),
    token("SE608", "influxdb-token", "an Influx DB Cloud token", "apiv3_", &[Run(Word, 60, 120)], "https://docs.influxdata.com"),
    token("SE609", "lightdash-token", "a Lightdash token", "ldpat_", &[Run(Hex, 32, 32)], "https://docs.lightdash.com"),
    token("SE610", "ory-personal-token", "an Ory personal access token", "ory_pat_", &[Run(Word, 30, 90)], "https://www.ory.sh/docs"),
    token("SE611", "ory-api-key", "an Ory API key", "ory_apikey_", &[Run(Word, 30, 90)], "https://www.ory.sh/docs"),
    token("SE612", "ory-access-token", "an Ory OAuth access token", "ory_at_", &[Run(Word, 43, 43), Text("."), Run(Word, 43, 43)], "https://www.ory.sh/docs/hydra"),
    token("SE613", "ory-refresh-token", "an Ory OAuth refresh token", "ory_rt_", &[Run(Word, 43, 43), Text("."), Run(Word, 43, 43)], "https://www.ory.sh/docs/hydra"),
    token("SE614", "ory-session-token", "an Ory session token", "ory_st_", &[Run(Alphanumeric, 32, 60)], "https://www.ory.sh/docs/kratos"),
    token("SE615", "newrelic-browser-key", "a New Relic browser key", "NRJS-", &[Run(Hex, 19, 19)], "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys").severity(Severity::Low),
    token("SE616", "newrelic-private-location-key", "a New Relic private location key", "NRSP-", &[Run(Alphanumeric, 30, 50)], "as issued; the page of the issuer was not opened"),
    token("SE617", "datadog-application-key", "a Datadog application key", "ddapp_", &[Run(Alphanumeric, 30, 44)], "as issued; not documented"),
    token("SE618", "pagerduty-token", "a PagerDuty token", "pdus+", &[Run(Word, 30, 80)], "as issued; not documented"),
    token("SE619", "coralogix-personal-key", "a Coralogix personal key", "cxup_", &[Run(Alphanumeric, 30, 30)], "as issued; the page of the issuer was not opened"),
    token("SE620", "coralogix-team-key", "a Coralogix team key", "cxtp_", &[Run(Alphanumeric, 30, 30)], "as issued; the page of the issuer was not opened"),
    token("SE621", "dynatrace-scim-token", "a Dynatrace account token", "dt0s01.", &[Run(Base32, 8, 24), Text("."), Run(Base32, 64, 64)], "https://docs.dynatrace.com/docs/shortlink/token"),
    token("SE622", "dynatrace-app-token", "a Dynatrace OAuth token of an app", "dt0s08.", &[Run(Base32, 8, 24), Text("."), Run(Base32, 64, 64)], "https://docs.dynatrace.com/docs/shortlink/token"),
    token("SE623", "doppler-identity-token", "a Doppler service account identity token", "dp.said.", &[Run(Alphanumeric, 40, 44)], "as issued; the page of the issuer was not opened"),
    token("SE624", "onepassword-short-secret-key", "a 1Password secret key of five groups", "A3-", &[Run(Upper, 6, 6), Text("-"), Run(Upper, 11, 11), Text("-"), Run(Upper, 5, 5), Text("-"), Run(Upper, 5, 5), Text("-"), Run(Upper, 5, 5)], "as issued; not documented"),
    token("SE625", "swarm-unlock-key", "a Docker Swarm unlock key", "SWMKEY-1-", &[Run(Base64, 43, 44)], "https://docs.docker.com/engine/swarm/swarm_manager_locking"),
    token("SE626", "rancher-kubeconfig-token", "a Rancher token of a kubeconfig", "kubeconfig-", &[Run(Word, 4, 40), Text(":"), Run(Lower, 54, 54)], "as issued; the page of the issuer was not opened"),
    token("SE629", "clickhouse-key-secret", "a ClickHouse Cloud key secret", "4b1d", &[Run(Alphanumeric, 38, 38)], "as issued; not documented"),
    token("SE630", "k3s-bootstrap-token", "a k3s bootstrap token", "K10", &[Run(Hex, 64, 64), Text("::"), Run(Lower, 6, 6), Text("."), Run(Lower, 16, 16)], "https://docs.k3s.io/cli/token"),
]);
