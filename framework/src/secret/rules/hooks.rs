//! URLs that are secrets: whoever knows them posts, triggers or reads. What is found begins at the
//! host or at the part of the path that makes it one.

use super::Part::{Run, Text};
use super::{ISSUED, SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Digits, Dotted, Hex, Lower, Upper, Uuid, Word,
};

const HOOK: &str = "A URL that has no other password: whoever has it posts messages, starts workflows or \
builds, or uses up what its owner pays for. It leaks in scripts, in alert rules, in logs of proxies \
and in copied commands. Delete it where it was made (the settings of the channel, the workflow or \
the project) and make a new one; the old one ends at once. Give it to a program as a variable from \
an environment file with mode 0600, or as a secret of the CI.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(HOOK, [
    token("SE830", "ifttt-webhook", "an IFTTT webhook", "maker.ifttt.com/trigger/", &[Run(Word, 1, 60), Text("/with/key/"), Run(Word, 20, 64)], ISSUED),
    token("SE831", "ifttt-json-webhook", "an IFTTT webhook for JSON", "maker.ifttt.com/trigger/", &[Run(Word, 1, 60), Text("/json/with/key/"), Run(Word, 20, 64)], ISSUED),
    token("SE832", "zapier-webhook", "a Zapier webhook", "zapier.com/hooks/catch/", &[Run(Digits, 4, 10), Text("/"), Run(Lower, 5, 10)], ISSUED),
    token("SE833", "mattermost-webhook", "a Mattermost webhook", "hooks/", &[Run(Lower, 26, 26)], ISSUED),
    token("SE834", "rocketchat-webhook", "a Rocket.Chat webhook", "hooks/", &[Run(Alphanumeric, 17, 24), Text("/"), Run(Alphanumeric, 40, 64)], ISSUED),
    token("SE835", "guilded-webhook", "a Guilded webhook", "guilded.gg/webhooks/", &[Run(Uuid, 36, 36), Text("/"), Run(Word, 60, 100)], ISSUED),
    token("SE836", "wecom-webhook", "a WeCom bot webhook", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE837", "azure-function-url", "the URL of an Azure function with its key", "azurewebsites.net/api/", &[Run(Word, 1, 60), Text("?code="), Run(Word, 40, 60)], ISSUED),
    token("SE838", "azure-function-route-url", "the URL of a route of an Azure function with its key", "azurewebsites.net/api/", &[Run(Word, 1, 40), Text("/"), Run(Word, 1, 40), Text("?code="), Run(Word, 40, 60)], ISSUED),
    token("SE840", "integromat-webhook", "an Integromat webhook", "hook.integromat.com/", &[Run(Lower, 30, 40)], ISSUED),
    token("SE841", "healthchecks-ping-url", "a Healthchecks ping URL", "hc-ping.com/", &[Run(Uuid, 36, 36)], ISSUED).severity(Severity::Medium),
    token("SE842", "healthchecks-ping-key", "a Healthchecks ping key in a URL", "hc-ping.com/", &[Run(Word, 22, 22), Text("/"), Run(Word, 1, 60)], ISSUED).severity(Severity::Medium),
    token("SE843", "nabu-casa-webhook", "a Home Assistant Cloud webhook", "hooks.nabu.casa/", &[Run(Word, 60, 400)], ISSUED),
    token("SE844", "home-assistant-webhook", "a Home Assistant webhook", "api/webhook/", &[Run(Hex, 64, 64)], ISSUED),
    token("SE845", "webhook-with-uuid", "a webhook of n8n or the like", "webhook/", &[Run(Uuid, 36, 36)], ISSUED).severity(Severity::Medium),
    token("SE846", "tines-webhook", "a Tines webhook", "webhook/", &[Run(Hex, 32, 32), Text("/"), Run(Hex, 32, 32)], ISSUED),
    token("SE847", "webex-webhook", "a Webex webhook", "webexapis.com/v1/webhooks/incoming/", &[Run(Word, 40, 200)], ISSUED),
    token("SE848", "pagerduty-integration-url", "the URL of a PagerDuty integration", "events.pagerduty.com/integration/", &[Run(Lower, 32, 32)], ISSUED),
    token("SE849", "splunk-on-call-url", "the URL of a Splunk On-Call integration", "alert.victorops.com/integrations/generic/20131114/alert/", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE850", "bark-url", "a Bark push URL", "api.day.app/", &[Run(Alphanumeric, 20, 24)], ISSUED).severity(Severity::Medium),
    token("SE851", "better-stack-heartbeat", "a Better Stack heartbeat URL", "betterstack.com/api/v1/heartbeat/", &[Run(Alphanumeric, 20, 32)], ISSUED).severity(Severity::Medium),
    token("SE852", "better-uptime-heartbeat", "a Better Uptime heartbeat URL", "betteruptime.com/api/v1/heartbeat/", &[Run(Alphanumeric, 20, 32)], ISSUED).severity(Severity::Medium),
    token("SE853", "cronitor-ping-url", "a Cronitor telemetry URL", "cronitor.link/p/", &[Run(Hex, 32, 32)], ISSUED).severity(Severity::Medium),
    token("SE854", "netlify-build-hook", "a Netlify build hook", "api.netlify.com/build_hooks/", &[Run(Hex, 24, 24)], ISSUED),
    token("SE855", "vercel-deploy-hook", "a Vercel deploy hook", "api.vercel.com/v1/integrations/deploy/", &[Run(Word, 20, 40), Text("/"), Run(Alphanumeric, 8, 12)], ISSUED),
    token("SE856", "cloudflare-deploy-hook", "a deploy hook of Cloudflare Pages", "pages/webhooks/deploy_hooks/", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE857", "render-deploy-hook", "a Render deploy hook", "api.render.com/deploy/", &[Run(Word, 20, 28), Text("?key="), Run(Word, 8, 32)], ISSUED),
    token("SE858", "infura-url", "an Infura URL with its key", "infura.io/v3/", &[Run(Hex, 32, 32)], ISSUED).severity(Severity::Medium),
    token("SE859", "alchemy-url", "an Alchemy URL with its key", "alchemy.com/v2/", &[Run(Word, 32, 32)], ISSUED).severity(Severity::Medium),
    token("SE860", "quicknode-url", "a QuickNode URL with its token", "quiknode.pro/", &[Run(Hex, 40, 40)], ISSUED).severity(Severity::Medium),
    token("SE861", "ankr-url", "an Ankr URL with its token", "rpc.ankr.com/", &[Run(Word, 2, 30), Text("/"), Run(Hex, 64, 64)], ISSUED).severity(Severity::Medium),
    token("SE862", "google-private-calendar", "the private address of a Google calendar", "private-", &[Run(Hex, 32, 32), Text("/basic"), Run(Dotted, 4, 4)], ISSUED),
    token("SE863", "portainer-webhook", "a Portainer webhook", "api/webhooks/", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE864", "portainer-stack-webhook", "a Portainer webhook of a stack", "api/stacks/webhooks/", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE865", "slack-government-webhook", "a Slack webhook of GovSlack", "hooks.slack-gov.com/services/", &[Run(Upper, 8, 14), Text("/"), Run(Upper, 8, 14), Text("/"), Run(Alphanumeric, 24, 24)], ISSUED),
    token("SE866", "jira-automation-webhook", "a Jira automation webhook", "automation.atlassian.com/pro/hooks/", &[Run(Hex, 40, 40)], ISSUED),
    token("SE867", "jira-automation-webhook-with-uuids", "a Jira automation webhook", "atlassian.com/automation/webhooks/jira/a/", &[Run(Uuid, 36, 36), Text("/"), Run(Uuid, 36, 36)], ISSUED),
    token("SE868", "grafana-on-call-url", "the URL of a Grafana OnCall integration", "integrations/v1/", &[Run(Word, 3, 40), Text("/"), Run(Alphanumeric, 25, 25)], ISSUED),
    token("SE869", "uptime-kuma-push-url", "an Uptime Kuma push URL", "api/push/", &[Run(Alphanumeric, 32, 32)], ISSUED).severity(Severity::Medium),
    token("SE870", "serverchan-key", "a ServerChan key", "SCT", &[Run(Digits, 2, 8), Text("T"), Run(Alphanumeric, 20, 40)], ISSUED),
    token("SE871", "serverchan-new-key", "a ServerChan key of the third version", "sctp", &[Run(Digits, 1, 8), Text("t"), Run(Alphanumeric, 20, 40)], ISSUED),
    token("SE872", "zoho-cliq-webhook-token", "a webhook token of Zoho Cliq", "zapikey=", &[Run(Digits, 4, 4), Text("."), Run(Hex, 32, 32), Text("."), Run(Hex, 32, 32)], ISSUED),
]);
