//! Services of all other kinds.

use super::Part::{Run, Text};
use super::{Check, SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Base64Any, Dotted, Hex, Lower, Upper, Uuid, Word,
};

const SERVICES: &str = "A token of an online service: whoever has it reads and writes what its owner can there. Revoke it in \
the settings of that service, under API tokens, integrations or connected apps, and make a new one with \
the smallest scope and an end date. It leaks through configuration files, URLs in logs and copied \
commands. Keep it in an environment file with mode 0600 (`EnvironmentFile=`), in a credential \
(`LoadCredential=`) or in a secret of the platform, and write `${NAME}` where it is used.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(SERVICES, [
    token("SE680", "notion-token", "a Notion token", "ntn_", &[Run(Alphanumeric, 36, 60)], "https://developers.notion.com/docs/authorization"),
    token("SE681", "notion-old-token", "a Notion integration secret", "secret_", &[Run(Alphanumeric, 43, 43)], "https://developers.notion.com/docs/authorization"),
    token("SE682", "linear-key", "a Linear key", "lin_api_", &[Run(Alphanumeric, 32, 48)], "https://linear.app/developers"),
    token("SE683", "linear-oauth-token", "a Linear OAuth token", "lin_oauth_", &[Run(Hex, 64, 64)], "https://linear.app/developers"),
    token("SE684", "linear-webhook-secret", "a Linear webhook secret", "lin_wh_", &[Run(Alphanumeric, 20, 48)], "https://linear.app/developers"),
    token("SE685", "airtable-token", "an Airtable token", "pat", &[Run(Alphanumeric, 14, 14), Text("."), Run(Alphanumeric, 64, 64)], "https://airtable.com/developers/web/api/authentication"),
    token("SE686", "clickup-token", "a ClickUp token", "pk_", &[Run(Word, 40, 44)], "https://developer.clickup.com/docs/authentication"),
    token("SE687", "figma-token", "a Figma token", "figd_", &[Run(Word, 36, 60)], "https://www.figma.com/developers/api"),
    token("SE688", "figma-oauth-token", "a Figma OAuth token", "figo_", &[Run(Word, 36, 60)], "https://www.figma.com/developers/api"),
    token("SE689", "typeform-token", "a Typeform token", "tfp_", &[Run(Word, 40, 70)], "https://www.typeform.com/developers/get-started/personal-access-token"),
    token("SE690", "contentful-token", "a Contentful token", "CFPAT-", &[Run(Word, 43, 43)], "https://www.contentful.com/developers/docs/references/authentication"),
    token("SE691", "hubspot-token", "a HubSpot private app token", "pat-na1-", &[Run(Word, 36, 36)], "https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    token("SE692", "hubspot-eu-token", "a HubSpot private app token of Europe", "pat-eu1-", &[Run(Word, 36, 36)], "https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    token("SE693", "x-bearer-token", "an X bearer token", "AAAAAAAAAAAAAAAAAAAAA", &[Run(Base64Any, 20, 120)], "https://docs.x.com/resources/fundamentals/authentication"),
    token("SE694", "zuplo-key", "a Zuplo key", "zpka_", &[Run(Alphanumeric, 32, 32), Text("_"), Run(Hex, 8, 8)], "https://zuplo.com/docs/articles/api-key-best-practices").check(Check::CrcHexSuspect),
    token("SE695", "dropbox-token", "a Dropbox token", "sl.", &[Run(Word, 120, 1200)], "https://developers.dropbox.com/oauth-guide"),
    token("SE696", "dropbox-user-token", "a Dropbox user token", "sl.u.", &[Run(Word, 120, 1200)], "https://developers.dropbox.com/oauth-guide"),
    token("SE697", "adobe-client-secret", "an Adobe client secret", "p8e-", &[Run(Word, 32, 32)], "https://developer.adobe.com"),
    token("SE698", "calcom-live-key", "a Cal.com live key", "cal_live_", &[Run(Hex, 32, 32)], "https://cal.com/docs/api-reference"),
    token("SE699", "klaviyo-key", "a Klaviyo key", "pk_", &[Run(Hex, 34, 34)], "https://developers.klaviyo.com/en/docs/authenticate"),
    token("SE700", "pinterest-token", "a Pinterest token", "pina_", &[Run(Upper, 50, 200)], "https://developers.pinterest.com/docs"),
    token("SE701", "mapbox-secret-token", "a Mapbox secret token", "sk.eyJ", &[Run(Word, 50, 120), Text("."), Run(Word, 22, 22)], "https://docs.mapbox.com/accounts/guides/tokens"),
    token("SE702", "mapbox-temporary-token", "a Mapbox temporary token", "tk.eyJ", &[Run(Word, 50, 400), Text("."), Run(Word, 22, 22)], "https://docs.mapbox.com/accounts/guides/tokens").severity(Severity::Low),
    token("SE703", "intra42-secret", "a 42 client secret", "s-s4t2ud-", &[Run(Hex, 64, 64)], "https://api.intra.42.fr/apidoc"),
    token("SE704", "canva-secret", "a Canva client secret", "cnvca", &[Run(Word, 40, 60)], "https://www.canva.dev/docs/connect"),
    token("SE705", "segment-token", "a Segment public API token", "sgp_", &[Run(Alphanumeric, 64, 64)], "https://docs.segmentapis.com"),
    token("SE706", "adafruit-key", "an Adafruit IO key", "aio_", &[Run(Alphanumeric, 28, 28)], "https://io.adafruit.com/api/docs"),
    token("SE707", "ubidots-token", "a Ubidots token", "BBFF-", &[Run(Alphanumeric, 30, 30)], "https://docs.ubidots.com"),
    token("SE708", "salesforce-token", "a Salesforce session id", "00D", &[Run(Alphanumeric, 12, 12), Text("!"), Run(Dotted, 80, 120)], "https://developer.salesforce.com/docs"),
    token("SE709", "persona-key", "a Persona key", "persona_production_", &[Run(Uuid, 36, 36)], "https://docs.withpersona.com"),
    token("SE710", "persona-sandbox-key", "a Persona sandbox key", "persona_sandbox_", &[Run(Uuid, 36, 36)], "https://docs.withpersona.com").severity(Severity::Low),
    token("SE711", "wix-key", "a Wix key", "IST.eyJ", &[Run(Dotted, 100, 2000)], "https://dev.wix.com/docs"),
    token("SE712", "hubspot-us-token", "a HubSpot private app token of the second US centre", "pat-na2-", &[Run(Word, 36, 36)], "as issued; the page of the issuer was not opened"),
    token("SE713", "hubspot-asia-token", "a HubSpot private app token of Asia", "pat-ap1-", &[Run(Word, 36, 36)], "as issued; the page of the issuer was not opened"),
    token("SE714", "calcom-key", "a Cal.com key", "cal_", &[Run(Hex, 32, 32)], "as issued; the page of the issuer was not opened"),
    token("SE715", "twitch-chat-token", "a Twitch chat token", "oauth:", &[Run(Lower, 30, 30)], "as issued; the page of the issuer was not opened"),
    token("SE716", "firebase-server-key", "a Firebase server key", "AAAA", &[Run(Word, 7, 7), Text(":"), Run(Word, 130, 160)], "as issued; the page of the issuer was not opened"),
    token("SE717", "salesforce-refresh-token", "a Salesforce refresh token", "5Aep861", &[Run(Dotted, 60, 120)], "as issued; the page of the issuer was not opened"),
    token("SE718", "zoho-token", "a Zoho OAuth token", "1000.", &[Run(Hex, 32, 32), Text("."), Run(Hex, 32, 32)], "https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html"),
    token("SE719", "close-key", "a Close key", "api_", &[Run(Alphanumeric, 20, 24), Text("."), Run(Alphanumeric, 20, 24)], "as issued; the page of the issuer was not opened"),
    token("SE720", "figma-personal-token", "a Figma token of a person", "figu_", &[Run(Word, 36, 60)], "as issued; not documented"),
]);
