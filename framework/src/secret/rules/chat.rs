//! Bots, channels and telephony.

use super::Part::{Run, Text};
use super::{Check, SecretRule, Severity, token};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Base64, Base64Any, Hex, Letters, Lower, Upper, Word,
};

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &[
    token("SE015", "slack-bot-token", "a Slack bot token", "xoxb-", &[Run(Word, 20, 120)], "https://api.slack.com/authentication/token-types"),
    token("SE016", "slack-user-token", "a Slack user token", "xoxp-", &[Run(Word, 20, 310)], "https://api.slack.com/authentication/token-types"),
    token("SE017", "slack-workspace-token", "a Slack workspace token", "xoxa-", &[Run(Word, 20, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE018", "slack-session-token", "a Slack session token", "xoxs-", &[Run(Word, 20, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE019", "slack-app-token", "a Slack app token", "xapp-", &[Run(Word, 30, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE200", "slack-refresh-token", "a Slack refresh token", "xoxr-", &[Run(Word, 20, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE201", "slack-legacy-token", "a Slack legacy token", "xoxo-", &[Run(Word, 20, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE202", "slack-client-token", "a Slack client token", "xoxc-", &[Run(Word, 50, 160)], "https://api.slack.com/authentication/token-types"),
    token("SE203", "slack-cookie", "a Slack session cookie", "xoxd-", &[Run(Base64Any, 60, 300)], "as issued; not documented"),
    token("SE204", "slack-cookie-encoded", "a Slack session cookie, percent-encoded", "xoxd-", &[Run(Alphanumeric, 20, 200), Text("%2"), Run(Base64Any, 20, 300)], "as issued; not documented"),
    token("SE205", "slack-configuration-token", "a Slack configuration token", "xoxe.xox", &[Run(Letters, 1, 1), Text("-1-"), Run(Base64Any, 60, 300)], "https://api.slack.com/authentication/config-tokens"),
    token("SE206", "slack-configuration-refresh-token", "a Slack configuration refresh token", "xoxe-", &[Run(Word, 60, 300)], "https://api.slack.com/authentication/config-tokens"),
    token("SE207", "slack-workflow-token", "a Slack workflow token", "xwfp-", &[Run(Word, 30, 200)], "https://api.slack.com/authentication/token-types"),
    token("SE208", "matrix-access-token", "a Matrix access token of Synapse", "syt_", &[Run(Base64, 1, 80), Text("_"), Run(Letters, 20, 20), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/synapse/blob/develop/synapse/handlers/auth.py").check(Check::Crc62),
    token("SE209", "matrix-refresh-token", "a Matrix refresh token of Synapse", "syr_", &[Run(Base64, 1, 80), Text("_"), Run(Letters, 20, 20), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/synapse/blob/develop/synapse/handlers/auth.py").check(Check::Crc62),
    token("SE210", "matrix-login-token", "a Matrix login token of Synapse", "syl_", &[Run(Letters, 20, 20), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/synapse/blob/develop/synapse/handlers/auth.py").check(Check::Crc62),
    token("SE211", "mas-access-token", "an access token of Matrix Authentication Service", "mat_", &[Run(Alphanumeric, 30, 30), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/matrix-authentication-service").check(Check::Crc62),
    token("SE212", "mas-refresh-token", "a refresh token of Matrix Authentication Service", "mar_", &[Run(Alphanumeric, 30, 30), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/matrix-authentication-service").check(Check::Crc62),
    token("SE213", "mas-compatibility-token", "a compatibility token of Matrix Authentication Service", "mct_", &[Run(Alphanumeric, 30, 30), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/matrix-authentication-service").check(Check::Crc62),
    token("SE214", "mas-compatibility-refresh-token", "a compatibility refresh token of Matrix Authentication Service", "mcr_", &[Run(Alphanumeric, 30, 30), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/matrix-authentication-service").check(Check::Crc62),
    token("SE215", "mas-personal-token", "a personal access token of Matrix Authentication Service", "mpt_", &[Run(Alphanumeric, 30, 30), Text("_"), Run(Alphanumeric, 6, 6)], "https://github.com/element-hq/matrix-authentication-service").check(Check::Crc62),
    token("SE216", "meta-token", "a Meta access token", "EAA", &[Run(Alphanumeric, 100, 400)], "https://developers.facebook.com/docs/facebook-login/guides/access-tokens"),
    token("SE217", "instagram-token", "an Instagram access token", "IGQ", &[Run(Word, 100, 400)], "https://developers.facebook.com/docs/instagram-platform"),
    token("SE218", "instagram-login-token", "an Instagram login token", "IGAA", &[Run(Alphanumeric, 100, 400)], "https://developers.facebook.com/docs/instagram-platform"),
    token("SE219", "ntfy-token", "an ntfy token", "tk_", &[Run(Lower, 29, 29)], "https://docs.ntfy.sh/config"),
    token("SE220", "sendgrid-key", "a SendGrid key", "SG.", &[Run(Word, 22, 22), Text("."), Run(Word, 43, 43)], "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"),
    token("SE221", "telnyx-key", "a Telnyx key", "KEY0", &[Run(Upper, 27, 27), Text("_"), Run(Word, 22, 22)], "https://developers.telnyx.com/docs"),
    token("SE222", "courier-key", "a Courier key", "pk_prod_", &[Run(Upper, 28, 28)], "https://www.courier.com/docs"),
    token("SE223", "mailersend-token", "a MailerSend token", "mlsn.", &[Run(Hex, 64, 64)], "https://developers.mailersend.com"),
    token("SE224", "resend-key", "a Resend key", "re_", &[Run(Word, 30, 36)], "https://resend.com/docs"),
    token("SE225", "brevo-key", "a Brevo key", "xkeysib-", &[Run(Word, 81, 81)], "https://developers.brevo.com"),
    token("SE226", "brevo-smtp-key", "a Brevo SMTP key", "xsmtpsib-", &[Run(Word, 81, 81)], "https://developers.brevo.com"),
    token("SE227", "mailgun-key", "a Mailgun key", "key-", &[Run(Hex, 32, 32)], "https://documentation.mailgun.com"),
    token("SE228", "mandrill-key", "a Mailchimp Transactional key", "md-", &[Run(Word, 22, 22)], "https://mailchimp.com/developer/transactional"),
    token("SE229", "onesignal-app-key", "a OneSignal app key", "os_v2_app_", &[Run(Lower, 80, 120)], "https://documentation.onesignal.com/docs/keys-and-ids"),
    token("SE230", "onesignal-organisation-key", "a OneSignal organisation key", "os_v2_org_", &[Run(Lower, 80, 120)], "https://documentation.onesignal.com/docs/keys-and-ids"),
    token("SE231", "intercom-token", "an Intercom access token", "dG9rOj", &[Run(Base64, 50, 80)], "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication"),
    token("SE232", "nylas-key", "a Nylas key", "nyk_v0_", &[Run(Alphanumeric, 64, 64)], "https://developer.nylas.com/docs"),
    token("SE233", "liveblocks-key", "a Liveblocks secret key", "sk_prod_", &[Run(Word, 40, 90)], "https://liveblocks.io/docs/authentication"),
    token("SE234", "liveblocks-development-key", "a Liveblocks secret development key", "sk_dev_", &[Run(Word, 40, 90)], "https://liveblocks.io/docs/authentication").severity(Severity::Low),
    token("SE235", "privy-secret", "a Privy app secret", "privy_app_secret_", &[Run(Alphanumeric, 40, 100)], "https://docs.privy.io"),
];
