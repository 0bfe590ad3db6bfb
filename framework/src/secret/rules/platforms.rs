//! Keys of platforms that operators and developers have beside the others: push services, games,
//! data, tools of teams.

use super::Part::{Run, Text};
use super::{ISSUED, SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Base64, Base64Any, Digits, Django, Dotted, Hex, HexAny, Lower, Uuid, Word,
};

const PLATFORM: &str = "A token of a platform: whoever reads it acts there as its owner, or as the \
program that it was made for, until it is revoked. It leaks through unit files, Compose files, \
shell histories, logs and backups. Revoke it in the settings of the platform (API keys, access \
tokens, integrations) and make a new one that can do less. Then refer to the new one: \
`EnvironmentFile=` with mode 0600 or `LoadCredential=` in a unit, `secrets:` in a Compose file, \
`secretKeyRef` in Kubernetes, `${NAME}` in a configuration.";

const DJANGO: &str = "The secret key of a Django project: whoever has it signs sessions, password resets \
and messages that the project takes for its own. Make a new one (`get_random_secret_key()`), move \
the old one to `SECRET_KEY_FALLBACKS` for the time that sessions last, and read it from the \
environment or from a file with mode 0600. The prefix only says that nobody has done so yet.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(PLATFORM, [
    token("SE930", "openshift-token", "an OpenShift OAuth token", "sha256~", &[Run(Word, 43, 43)], ISSUED),
    token("SE931", "lichess-token", "a Lichess personal token", "lip_", &[Run(Alphanumeric, 16, 24)], ISSUED),
    token("SE932", "wakatime-key", "a WakaTime key", "waka_", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE933", "wakatime-token", "a WakaTime OAuth token", "waka_tok_", &[Run(Alphanumeric, 60, 120)], ISSUED),
    token("SE934", "wakatime-secret", "a WakaTime client secret", "waka_sec_", &[Run(Alphanumeric, 60, 120)], ISSUED),
    token("SE935", "linkedin-secret", "a LinkedIn client secret", "WPL_AP1.", &[Run(Alphanumeric, 16, 16), Text("."), Run(Base64, 6, 10)], ISSUED),
    token("SE936", "linkedin-old-secret", "a LinkedIn client secret", "WPL_AP0.", &[Run(Alphanumeric, 16, 16), Text("."), Run(Base64, 6, 12)], ISSUED),
    token("SE937", "hcaptcha-secret", "an hCaptcha secret", "ES_", &[Run(Hex, 32, 32)], ISSUED),
    token("SE938", "django-secret-key", "the secret key of a Django project", "django-insecure-", &[Run(Django, 50, 50)], ISSUED).explain(DJANGO),
    token("SE939", "infisical-service-token", "an Infisical service token", "st.", &[Run(Uuid, 36, 36), Text("."), Run(Hex, 32, 32), Text("."), Run(Hex, 32, 32)], ISSUED),
    token("SE940", "adyen-key", "an Adyen key", "AQE", &[Run(Base64, 100, 240), Text("-"), Run(Base64, 40, 48), Text("-"), Run(Word, 3, 24)], ISSUED),
    token("SE941", "aiven-password", "a password of an Aiven service", "AVNS_", &[Run(Word, 16, 24)], ISSUED),
    token("SE942", "pterodactyl-client-key", "a Pterodactyl client key", "ptlc_", &[Run(Alphanumeric, 43, 43)], ISSUED),
    token("SE943", "pterodactyl-application-key", "a Pterodactyl application key", "ptla_", &[Run(Alphanumeric, 43, 43)], ISSUED),
    token("SE944", "pelican-account-key", "a Pelican account key", "pacc_", &[Run(Alphanumeric, 43, 43)], ISSUED),
    token("SE945", "pelican-application-key", "a Pelican application key", "papp_", &[Run(Alphanumeric, 43, 43)], ISSUED),
    token("SE946", "riot-key", "a Riot Games key", "RGAPI-", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE947", "modrinth-token", "a Modrinth personal token", "mrp_", &[Run(Alphanumeric, 60, 60)], ISSUED),
    token("SE949", "threads-token", "a Threads access token", "THAA", &[Run(Alphanumeric, 100, 400)], ISSUED),
    token("SE950", "wxpusher-app-token", "a WxPusher token of an application", "AT_", &[Run(Alphanumeric, 32, 32)], ISSUED),
    token("SE951", "wxpusher-token", "a WxPusher token", "SPT_", &[Run(Alphanumeric, 24, 40)], ISSUED),
    token("SE952", "pushdeer-key", "a PushDeer key", "PDU", &[Run(Digits, 1, 8), Text("T"), Run(Alphanumeric, 24, 40)], ISSUED),
    token("SE953", "iyuu-token", "an IYUU token", "IYUU", &[Run(Digits, 1, 8), Text("T"), Run(Alphanumeric, 32, 48)], ISSUED),
    token("SE954", "kaggle-token", "a Kaggle token", "KGAT_", &[Run(Hex, 32, 32)], ISSUED),
    token("SE955", "mercadopago-token", "a Mercado Pago access token", "APP_USR-", &[Run(Digits, 12, 20), Text("-"), Run(Digits, 6, 6), Text("-"), Run(HexAny, 32, 32), Text("-"), Run(Digits, 6, 14)], ISSUED).severity(Severity::Critical),
    token("SE956", "aftership-key", "an AfterShip key", "asat_", &[Run(Hex, 32, 32)], ISSUED),
    token("SE957", "onfido-token", "an Onfido token", "api_live.", &[Run(Word, 11, 11), Text("."), Run(Word, 32, 32)], ISSUED),
    token("SE958", "onfido-sandbox-token", "an Onfido sandbox token", "api_sandbox.", &[Run(Word, 11, 11), Text("."), Run(Word, 32, 32)], ISSUED).severity(Severity::Low),
    token("SE959", "sumsub-token", "a Sumsub token", "prd:", &[Run(Alphanumeric, 24, 24), Text("."), Run(Alphanumeric, 32, 32)], ISSUED),
    token("SE960", "sumsub-sandbox-token", "a Sumsub sandbox token", "sbx:", &[Run(Alphanumeric, 24, 24), Text("."), Run(Alphanumeric, 32, 32)], ISSUED).severity(Severity::Low),
    token("SE961", "kong-personal-token", "a Kong Konnect personal token", "kpat_", &[Run(Alphanumeric, 40, 70)], ISSUED),
    token("SE962", "kong-system-token", "a Kong Konnect token of a system account", "spat_", &[Run(Alphanumeric, 40, 70)], ISSUED),
    token("SE963", "hoppscotch-token", "a Hoppscotch personal token", "pat-", &[Run(Uuid, 36, 36)], ISSUED),
    token("SE964", "mergify-key", "a Mergify application key", "mka_", &[Run(Word, 40, 100)], ISSUED),
    token("SE965", "qlty-project-token", "a Qlty coverage token of a project", "qltcp_", &[Run(Alphanumeric, 16, 70)], ISSUED).severity(Severity::Medium),
    token("SE966", "qlty-workspace-token", "a Qlty coverage token of a workspace", "qltcw_", &[Run(Alphanumeric, 16, 70)], ISSUED).severity(Severity::Medium),
    token("SE967", "deepsource-token", "a DeepSource personal token", "dsp_", &[Run(Hex, 30, 60)], ISSUED),
    token("SE968", "humanloop-key", "a Humanloop key", "hl_sk_", &[Run(Alphanumeric, 30, 70)], ISSUED),
    token("SE969", "mixedbread-key", "a Mixedbread key", "mxb_", &[Run(Alphanumeric, 30, 60)], ISSUED),
    token("SE970", "nomic-key", "a Nomic key", "nk-", &[Run(Word, 43, 43)], ISSUED),
    token("SE971", "vectara-personal-key", "a Vectara personal key", "zut_", &[Run(Word, 30, 44)], ISSUED),
    token("SE972", "vectara-index-key", "a Vectara index key", "zwt_", &[Run(Word, 30, 44)], ISSUED),
    token("SE973", "vectara-query-key", "a Vectara query key", "zqt_", &[Run(Word, 30, 44)], ISSUED).severity(Severity::Medium),
    token("SE974", "landing-ai-key", "a LandingAI key", "land_sk_", &[Run(Alphanumeric, 30, 70)], ISSUED),
    token("SE975", "targon-key", "a Targon key", "sn4_", &[Run(Alphanumeric, 24, 40)], ISSUED),
    token("SE976", "retell-key", "a Retell key", "key_", &[Run(Hex, 28, 28)], ISSUED),
    token("SE977", "plain-key", "a Plain key", "plainApiKey_", &[Run(Alphanumeric, 40, 120)], ISSUED),
    token("SE978", "pylon-key", "a Pylon key", "pylon_api_", &[Run(Alphanumeric, 30, 90)], ISSUED),
    token("SE979", "missive-token", "a Missive personal token", "missive_pat-", &[Run(Word, 30, 240)], ISSUED),
    token("SE980", "workato-token", "a Workato client token", "wrkaus-", &[Run(Dotted, 60, 2000)], ISSUED),
    token("SE981", "zapier-key", "a Zapier key for actions of models", "sk-ak-", &[Run(Alphanumeric, 20, 48)], ISSUED),
    token("SE982", "warpstream-agent-key", "a WarpStream agent key", "aki_", &[Run(Hex, 64, 64)], ISSUED),
    token("SE983", "warpstream-account-key", "a WarpStream account key", "aka_", &[Run(Hex, 64, 64)], ISSUED),
    token("SE984", "warpstream-schema-key", "a WarpStream schema registry key", "aks_", &[Run(Hex, 64, 64)], ISSUED),
    token("SE985", "hex-personal-token", "a Hex personal token", "hxtp_", &[Run(Word, 40, 160)], ISSUED),
    token("SE986", "hex-workspace-token", "a Hex workspace token", "hxtw_", &[Run(Word, 40, 160)], ISSUED),
    token("SE988", "crunchy-bridge-key", "a Crunchy Bridge key", "cbkey_", &[Run(Word, 30, 80)], ISSUED),
    token("SE989", "fauna-secret", "a Fauna secret", "fnAE", &[Run(Word, 36, 36)], ISSUED),
    token("SE990", "ionic-token", "an Ionic Appflow token", "ion_", &[Run(Alphanumeric, 42, 42)], ISSUED),
    token("SE991", "settlemint-personal-token", "a SettleMint personal token", "sm_pat_", &[Run(Alphanumeric, 16, 16)], ISSUED),
    token("SE992", "settlemint-application-token", "a SettleMint application token", "sm_aat_", &[Run(Alphanumeric, 16, 16)], ISSUED),
    token("SE993", "settlemint-service-token", "a SettleMint service token", "sm_sat_", &[Run(Alphanumeric, 16, 16)], ISSUED),
    token("SE994", "karakeep-key", "a Karakeep key", "ak1_", &[Run(Hex, 20, 20), Text("_"), Run(Hex, 20, 20)], ISSUED),
    token("SE995", "karakeep-newer-key", "a Karakeep key of the second version", "ak2_", &[Run(Hex, 20, 20), Text("_"), Run(Hex, 20, 64)], ISSUED),
    token("SE996", "memos-token", "a Memos personal token", "memos_pat_", &[Run(Alphanumeric, 24, 48)], ISSUED),
    token("SE997", "locationiq-token", "a LocationIQ token", "pk.", &[Run(Hex, 32, 32)], ISSUED).severity(Severity::Medium),
    token("SE998", "builder-private-key", "a Builder.io private key", "bpk-", &[Run(Hex, 32, 32)], ISSUED),
    token("SE999", "kit-key", "a Kit key", "kit_", &[Run(Hex, 32, 32)], ISSUED),
    token("SE919", "mintlify-key", "a Mintlify admin key", "mint_", &[Run(Alphanumeric, 24, 60)], ISSUED),
    token("SE920", "mintlify-assistant-key", "a Mintlify assistant key", "mint_dsc_", &[Run(Alphanumeric, 20, 60)], ISSUED).severity(Severity::Medium),
    token("SE921", "svix-test-token", "a Svix test token", "testsk_", &[Run(Alphanumeric, 28, 60)], ISSUED).severity(Severity::Low),
    token("SE922", "branch-secret", "a Branch secret", "secret_live_", &[Run(Alphanumeric, 30, 60)], ISSUED),
    token("SE923", "censys-token", "a Censys token", "censys_", &[Run(Alphanumeric, 6, 12), Text("_"), Run(Alphanumeric, 20, 48)], ISSUED),
    token("SE924", "authress-key", "an Authress service client key", "sc_", &[Run(Lower, 17, 30), Text("."), Run(Alphanumeric, 4, 6), Text(".acc_"), Run(Lower, 10, 32), Text("."), Run(Base64Any, 30, 120)], ISSUED),
    token("SE925", "authress-external-key", "an Authress key of an outside client", "ext_", &[Run(Lower, 16, 30), Text("."), Run(Alphanumeric, 4, 6), Text(".acc_"), Run(Lower, 10, 32), Text("."), Run(Base64Any, 30, 120)], ISSUED),
]);
