//! Payment, shops and money.

use super::Part::{Run, Text};
use super::{SecretRule, Severity, token, told};
use crate::secret::alphabet::Alphabet::{
    Alphanumeric, Base64, Base64Any, Dotted, Hex, HexAny, Lower, Uuid, Word,
};

const MONEY: &str = "A key of a payment service, a shop or a bank: with a live one anybody can move money, read what \
customers bought and who they are, or ship in the owner's name. Roll the key in the dashboard of its issuer \
(most keep the old one valid for some hours: end that), look through the payments since it leaked, \
and use a restricted key that can do one thing only. Keys of a test mode move no money, and show \
data all the same. The program reads the key from `EnvironmentFile=` with mode 0600, from \
`LoadCredential=`, or from a `secretKeyRef`; no file that is committed has it.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &told(MONEY, [
    token("SE500", "stripe-live-key", "a Stripe live key", "sk_live_", &[Run(Alphanumeric, 20, 250)], "https://docs.stripe.com/keys").severity(Severity::Critical),
    token("SE501", "stripe-restricted-key", "a Stripe restricted key", "rk_live_", &[Run(Alphanumeric, 20, 250)], "https://docs.stripe.com/keys"),
    token("SE502", "stripe-test-key", "a Stripe test key", "sk_test_", &[Run(Alphanumeric, 20, 250)], "https://docs.stripe.com/keys").severity(Severity::Low),
    token("SE503", "stripe-restricted-test-key", "a Stripe restricted test key", "rk_test_", &[Run(Alphanumeric, 20, 250)], "https://docs.stripe.com/keys").severity(Severity::Low),
    token("SE504", "stripe-organisation-key", "a Stripe organisation key", "sk_org_", &[Run(Alphanumeric, 20, 250)], "https://docs.stripe.com/keys").severity(Severity::Critical),
    token("SE505", "webhook-signing-secret", "a webhook signing secret", "whsec_", &[Run(Base64, 24, 100)], "https://docs.stripe.com/webhooks"),
    token("SE506", "square-access-token", "a Square access token", "EAAA", &[Run(Word, 60, 60)], "https://developer.squareup.com/docs"),
    token("SE507", "square-old-token", "a Square access token", "sq0atp-", &[Run(Word, 22, 22)], "https://developer.squareup.com/docs"),
    token("SE508", "square-oauth-secret", "a Square OAuth secret", "sq0csp-", &[Run(Word, 43, 43)], "https://developer.squareup.com/docs"),
    token("SE509", "shopify-access-token", "a Shopify access token", "shpat_", &[Run(HexAny, 32, 32)], "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    token("SE510", "shopify-custom-token", "a Shopify custom app token", "shpca_", &[Run(HexAny, 32, 32)], "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    token("SE511", "shopify-private-token", "a Shopify private app token", "shppa_", &[Run(HexAny, 32, 32)], "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    token("SE512", "shopify-secret", "a Shopify shared secret", "shpss_", &[Run(HexAny, 32, 32)], "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    token("SE513", "shopify-user-token", "a Shopify user token", "shpua_", &[Run(HexAny, 32, 32)], "https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    token("SE514", "shopify-theme-token", "a Shopify theme token", "shptka_", &[Run(HexAny, 32, 32)], "https://shopify.dev/docs/storefronts/themes"),
    token("SE515", "shopify-partner-token", "a Shopify partner token", "prtapi_", &[Run(HexAny, 32, 32)], "https://shopify.dev/docs/api/partner"),
    token("SE516", "flutterwave-key", "a Flutterwave key", "FLWSECK-", &[Run(Word, 30, 40)], "https://developer.flutterwave.com/docs"),
    token("SE517", "flutterwave-test-key", "a Flutterwave test key", "FLWSECK_TEST-", &[Run(Word, 12, 40)], "https://developer.flutterwave.com/docs").severity(Severity::Low),
    token("SE518", "duffel-key", "a Duffel key", "duffel_live_", &[Run(Word, 43, 43)], "https://duffel.com/docs"),
    token("SE519", "duffel-test-key", "a Duffel test key", "duffel_test_", &[Run(Word, 43, 43)], "https://duffel.com/docs").severity(Severity::Low),
    token("SE520", "easypost-key", "an EasyPost key", "EZAK", &[Run(Alphanumeric, 54, 54)], "https://docs.easypost.com/docs/authentication"),
    token("SE521", "easypost-test-key", "an EasyPost test key", "EZTK", &[Run(Alphanumeric, 54, 54)], "https://docs.easypost.com/docs/authentication").severity(Severity::Low),
    token("SE522", "shippo-key", "a Shippo key", "shippo_live_", &[Run(Hex, 40, 40)], "https://docs.goshippo.com"),
    token("SE523", "shippo-test-key", "a Shippo test key", "shippo_test_", &[Run(Hex, 40, 40)], "https://docs.goshippo.com").severity(Severity::Low),
    token("SE524", "paypal-braintree-token", "a PayPal Braintree token", "access_token$production$", &[Run(Lower, 16, 16), Text("$"), Run(Hex, 32, 32)], "https://developer.paypal.com/braintree/docs"),
    token("SE525", "razorpay-key-id", "a Razorpay key id", "rzp_live_", &[Run(Alphanumeric, 14, 14)], "https://razorpay.com/docs").severity(Severity::Low),
    token("SE526", "mollie-key", "a Mollie key", "live_", &[Run(Alphanumeric, 30, 60)], "https://docs.mollie.com/reference/authentication"),
    token("SE527", "plaid-access-token", "a Plaid access token", "access-production-", &[Run(Uuid, 36, 36)], "https://plaid.com/docs/quickstart/glossary"),
    token("SE528", "plaid-sandbox-token", "a Plaid sandbox token", "access-sandbox-", &[Run(Uuid, 36, 36)], "https://plaid.com/docs/quickstart/glossary").severity(Severity::Low),
    token("SE529", "paddle-key", "a Paddle key", "pdl_live_apikey_", &[Run(Alphanumeric, 26, 26), Text("_"), Run(Alphanumeric, 22, 22), Text("_"), Run(Alphanumeric, 3, 3)], "https://developer.paddle.com/api-reference/about/api-keys"),
    token("SE530", "paddle-sandbox-key", "a Paddle sandbox key", "pdl_sdbx_apikey_", &[Run(Alphanumeric, 26, 26), Text("_"), Run(Alphanumeric, 22, 22), Text("_"), Run(Alphanumeric, 3, 3)], "https://developer.paddle.com/api-reference/about/api-keys").severity(Severity::Low),
    token("SE531", "paddle-webhook-secret", "a Paddle webhook secret", "pdl_ntfset_", &[Run(Alphanumeric, 26, 26), Text("_"), Run(Base64Any, 32, 32)], "https://developer.paddle.com/webhooks"),
    token("SE532", "polar-organisation-token", "a Polar organisation token", "polar_oat_", &[Run(Alphanumeric, 40, 60)], "https://polar.sh/docs"),
    token("SE533", "polar-personal-token", "a Polar personal token", "polar_pat_", &[Run(Alphanumeric, 40, 60)], "https://polar.sh/docs"),
    token("SE534", "polar-access-token", "a Polar access token", "polar_at_u_", &[Run(Alphanumeric, 40, 60)], "https://polar.sh/docs"),
    token("SE535", "ramp-secret", "a Ramp secret", "ramp_sec_", &[Run(Alphanumeric, 48, 48)], "https://docs.ramp.com"),
    token("SE536", "ramp-id", "a Ramp client id", "ramp_id_", &[Run(Alphanumeric, 40, 40)], "https://docs.ramp.com").severity(Severity::Low),
    token("SE537", "brex-token", "a Brex token", "bxt_", &[Run(Alphanumeric, 36, 60)], "https://developer.brex.com"),
    token("SE538", "mercury-token", "a Mercury token", "secret-token:mercury_", &[Run(Word, 40, 100)], "https://docs.mercury.com/reference/getting-started"),
    token("SE539", "secret-token-uri", "a token of the `secret-token:` scheme", "secret-token:", &[Run(Dotted, 20, 200)], "https://www.rfc-editor.org/rfc/rfc8959"),
    token("SE540", "checkout-key", "a Checkout.com key", "sk_sbox_", &[Run(Alphanumeric, 20, 40)], "https://www.checkout.com/docs").severity(Severity::Low),
    token("SE541", "autumn-key", "an Autumn secret key", "am_sk_live_", &[Run(Alphanumeric, 40, 60)], "https://docs.useautumn.com"),
    token("SE542", "stytch-secret", "a Stytch secret", "secret-live-", &[Run(Word, 36, 36)], "https://stytch.com/docs"),
    token("SE543", "stytch-test-secret", "a Stytch test secret", "secret-test-", &[Run(Word, 36, 36)], "https://stytch.com/docs").severity(Severity::Low),
    token("SE544", "seam-key", "a Seam key", "seam_", &[Run(Alphanumeric, 6, 12), Text("_"), Run(Alphanumeric, 20, 40)], "https://docs.seam.co"),
    token("SE545", "gocardless-token", "a GoCardless token", "live_", &[Run(Word, 40, 40)], "https://developer.gocardless.com"),
    token("SE546", "square-sandbox-secret", "a Square sandbox OAuth secret", "sandbox-sq0csb-", &[Run(Word, 43, 43)], "as issued; the page of the issuer was not opened").severity(Severity::Low),
    token("SE547", "plaid-development-token", "a Plaid development token", "access-development-", &[Run(Uuid, 36, 36)], "https://plaid.com/docs/quickstart/glossary").severity(Severity::Low),
    token("SE548", "razorpay-test-key-id", "a Razorpay test key id", "rzp_test_", &[Run(Alphanumeric, 14, 14)], "as issued; the page of the issuer was not opened").severity(Severity::Low),
    token("SE549", "braintree-sandbox-token", "a PayPal Braintree sandbox token", "access_token$sandbox$", &[Run(Lower, 16, 16), Text("$"), Run(Hex, 32, 32)], "as issued; the page of the issuer was not opened").severity(Severity::Low),
    token("SE550", "woocommerce-key", "a WooCommerce consumer key", "ck_", &[Run(Hex, 40, 40)], "https://developer.woocommerce.com/docs/apis/rest-api/authentication").severity(Severity::Low),
    token("SE551", "woocommerce-secret", "a WooCommerce consumer secret", "cs_", &[Run(Hex, 40, 40)], "https://developer.woocommerce.com/docs/apis/rest-api/authentication"),
    token("SE553", "xendit-key", "a Xendit secret key", "xnd_production_", &[Run(Alphanumeric, 40, 80)], "as issued; the page of the issuer was not opened"),
    token("SE554", "xendit-test-key", "a Xendit test key", "xnd_development_", &[Run(Alphanumeric, 40, 80)], "as issued; the page of the issuer was not opened").severity(Severity::Low),
    token("SE555", "midtrans-key", "a Midtrans server key", "Mid-server-", &[Run(Word, 24, 40)], "as issued; the page of the issuer was not opened"),
    token("SE556", "omise-key", "an Omise secret key", "skey_", &[Run(Lower, 19, 40)], "as issued; the page of the issuer was not opened"),
    token("SE557", "omise-test-key", "an Omise test secret key", "skey_test_", &[Run(Lower, 19, 40)], "as issued; the page of the issuer was not opened").severity(Severity::Low),
    token("SE558", "cashfree-secret", "a Cashfree secret key", "cfsk_ma_prod_", &[Run(Hex, 32, 32), Text("_"), Run(Hex, 8, 8)], "as issued; not documented"),
    token("SE559", "cashfree-test-secret", "a Cashfree test secret key", "cfsk_ma_test_", &[Run(Hex, 32, 32), Text("_"), Run(Hex, 8, 8)], "as issued; not documented").severity(Severity::Low),
    token("SE820", "stripe-ephemeral-key", "a Stripe ephemeral key", "ek_live_", &[Run(Alphanumeric, 20, 200)], "as issued; the page of the issuer was not opened"),
    token("SE821", "alchemy-token", "an Alchemy access token", "alcht_", &[Run(Alphanumeric, 24, 60)], "as issued; not documented"),
]);
