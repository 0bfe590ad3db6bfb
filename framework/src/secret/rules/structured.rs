//! Secrets that are known by their structure, or by the name that they are given to.

use super::{Kind, SecretRule, Severity, structured};

const RFC7468: &str = "https://www.rfc-editor.org/rfc/rfc7468";
const AZURE: &str = "https://github.com/microsoft/security-utilities";
const NAMES: &str = "the name that the value is given to";

const PRIVATE_KEY: &str = "A private key in PEM or PGP armour. Whoever has it is the server, the user or the signer \
that the public key stands for; one with a password is as weak as that password. It leaks in \
unit files, ConfigMaps, service account files and images. Make a new key pair, have the \
certificate reissued and the old one revoked (or take the public key out of \
`authorized_keys` and off the service that trusts it), and look for uses since. Keep the key \
in a file of its own with mode 0600 and name its path, or give it with `LoadCredential=`.";

const TELEGRAM: &str = "The token of a Telegram bot: whoever has it reads every message that the bot gets and writes \
as the bot. It stands in the path of every request (`/bot…/sendMessage`), so it leaks in \
logs of proxies and in error messages. Send `/revoke` to @BotFather: the old token ends at \
once. Give the new one to the gateway with `EnvironmentFile=` or as `tokenFile`.";

const DISCORD: &str = "The token of a Discord bot: whoever has it reads and writes in every server that the bot was \
added to, with all its permissions. Reset it in the developer portal under Bot; the old one \
ends at once. Keep it in an environment file with mode 0600 and write `${DISCORD_BOT_TOKEN}` \
in the configuration.";

const JWT: &str = "A signed JSON Web Token: whoever has it is the one it names until it expires, and many of \
those in configurations never do (service roles of Supabase, service accounts of Kubernetes, \
access tokens of Home Assistant). Its parts are only encoded: everyone reads what it says. \
It leaks in `Authorization` headers of logs and in URLs. It cannot be revoked by itself: end \
the session at its issuer, or rotate the key that it is signed with, and issue tokens that \
live for minutes.";

const URL: &str = "A password in a URL, such as `postgres://user:password@host`. Programs print the URL in \
errors, process lists and metrics, with all that is in it. Change the password at that \
server (`ALTER ROLE … PASSWORD`, `ACL SETUSER`, the settings of the proxy), and give it \
apart from the URL: `PGPASSFILE`, `~/.netrc`, `REDISCLI_AUTH`, a variable from \
`EnvironmentFile=`, or `postgres://user:${DB_PASSWORD}@host`, filled in when the program \
starts.";

const BEARER: &str = "The token of an `Authorization: Bearer` header, of no form that is known: whoever has it \
repeats the request and makes others. It leaks in debug logs, copied `curl` commands and \
recorded tests. Find the issuer by the host of the request, revoke the token there, and have \
the log leave the header out. Scripts read it from a file: `curl --header @file`, or \
`--oauth2-bearer \"$TOKEN\"` from an environment file.";

const BASIC: &str = "A user and a password in an `Authorization: Basic` header. Base64 hides nothing: it is the \
password as it is. It leaks in logs of proxies and in copied commands. Change the password \
at that server. `curl --netrc` and `--config` with a file of mode 0600 keep it out of \
arguments; a proxy is told to leave the header out of its log.";

const PASSWORD: &str = "A password, known by the name that it is given to (`password`, `DB_PASS`, `pwd`). Whoever \
reads the file has it, and people use one password in many places. Change it where it is \
used, then refer to it: `EnvironmentFile=` with mode 0600, `LoadCredential=`, \
`POSTGRES_PASSWORD_FILE` and the like for images, `valueFrom.secretKeyRef` in Kubernetes. If \
it is no secret (a default of a test), `clawtest:allow SE036 reason` on the line says so.";

const NAMED: &str = "A value that its name says to be secret (`token`, `api_key`, `clientSecret`, \
`OPENCLAW_GATEWAY_TOKEN`) and that looks made up by a machine. For the gateway's own token: `openssl rand -hex 32` makes \
a new one. For others: find out by the name \
who issued it, and revoke it there. Then write a reference in its place: `${NAME}` with \
`EnvironmentFile=` of mode 0600, `LoadCredential=`, a SecretRef of the gateway, \
`secretKeyRef` in Kubernetes. If it is no secret, `clawtest:allow SE037 reason` on the line \
says so.";

const ENCODED: &str = "A user and a password in base64, which hides nothing: `base64 -d` gives them back. It stands \
in `_auth`, in image pull secrets and in headers of configurations. Change the password at \
the server or registry, prefer a token that can only pull, and keep the file at mode 0600 or \
use a credential helper.";

const DISCORD_WEBHOOK: &str = "The URL of a webhook: it has no other password, so whoever has it posts in the owner's name, \
links and mentions included. It leaks in scripts of CI, in alert rules and in copied \
commands. Delete the webhook in the settings of the Discord channel, under Integrations and \
make a new one; the old URL ends at once. Give it to a program as a variable from an \
environment file with mode 0600, or as a secret of the CI.";

const SLACK_WEBHOOK: &str = "The URL of a webhook: it has no other password, so whoever has it posts in the owner's name, \
links and mentions included. It leaks in scripts of CI, in alert rules and in copied \
commands. Delete the webhook in the settings of the Slack app, under Incoming Webhooks and \
make a new one; the old URL ends at once. Give it to a program as a variable from an \
environment file with mode 0600, or as a secret of the CI.";

const SLACK_WORKFLOW: &str = "The URL of a webhook: it has no other password, so whoever has it posts in the owner's name, \
links and mentions included. It leaks in scripts of CI, in alert rules and in copied \
commands. Delete the webhook in the settings of the Slack workflow that it starts and make a \
new one; the old URL ends at once. Give it to a program as a variable from an environment \
file with mode 0600, or as a secret of the CI.";

const TEAMS_WEBHOOK: &str = "The URL of a webhook: it has no other password, so whoever has it posts in the owner's name, \
links and mentions included. It leaks in scripts of CI, in alert rules and in copied \
commands. Delete the webhook in the settings of the Teams channel, under Connectors or \
Workflows and make a new one; the old URL ends at once. Give it to a program as a variable \
from an environment file with mode 0600, or as a secret of the CI.";

const AWS: &str = "The secret half of a pair of AWS keys; with the id beside it, it is the user. Such keys are \
tried within minutes after they become public. Deactivate the key (`aws iam \
update-access-key --status Inactive`), look in CloudTrail for what it did, delete it, and \
check for users and keys that it made. A program on AWS needs no key: it has a role. \
Elsewhere it takes one from `~/.aws/credentials` with mode 0600, from `credential_process`, \
or from IAM Roles Anywhere.";

const AZURE_KEY: &str = "A key of an Azure service: it opens all of the account (storage, queue, database, registry, \
functions), without a user and without an end. Regenerate it (`az storage account keys \
renew` and the like; there are two keys, so that programs move to the other one first), and \
read the log of the resource. Better than any key: a managed identity, and key access \
disabled. Connection strings belong into Key Vault references or into an environment file \
with mode 0600.";

const SAS: &str = "The signature of a shared access URL of Azure: whoever has the URL has the access that `sp=` \
says until the time of `se=`. It leaks in logs, since it is a part of the URL. It cannot be \
revoked by itself: rotate the account key that signed it, or change the stored access policy \
that it names. Issue user delegation signatures that live for an hour.";

const ENTRA: &str = "The client secret of an application of Microsoft Entra: with the ids of application and \
tenant, which are no secrets, it is the application. Delete it under Certificates & secrets \
of the app registration, look at the sign-in log of the service principal, and use a managed \
identity, a federated credential or a certificate.";

const DEVOPS: &str = "A personal access token of Azure DevOps: whoever has it reads and writes code, pipelines and \
packages as its owner. Revoke it under User settings, Personal access tokens; read the audit \
log of the organisation. Pipelines have `System.AccessToken`, and programs a service \
principal.";

const MAILCHIMP: &str = "A key of Mailchimp: all audiences with their addresses, and campaigns in the owner's name. \
Disable it under Account, Extras, API keys, and give the new one to the program with \
`EnvironmentFile=` of mode 0600.";

const NGROK: &str = "An authtoken or API key of ngrok: tunnels and domains under the owner's account, and for an \
API key the account itself. Reset it in the dashboard under Your Authtoken or API Keys. The \
agent reads it from `ngrok.yml` with mode 0600, or from `NGROK_AUTHTOKEN` of an environment \
file.";

const TWILIO: &str = "The id of a Twilio API key: of use only with its secret, which is often close to it. If the \
secret was in the same file, delete the key in the console under API keys & tokens and make \
a new one. Both belong into an environment file with mode 0600.";

const STELLAR: &str = "The secret seed of a Stellar account: whoever has it owns what is on the account, and nobody \
can take that back. Move the funds to a new account or make another signer the master, now. \
A seed belongs into a hardware wallet or into `LoadCredentialEncrypted=`.";

const ASANA: &str = "A credential of Asana: whoever has it acts as its owner there. Revoke it at the developer \
console, under Personal access tokens. Make a new one with as few rights as it needs, and \
give it to the program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret \
of the platform.";

const FAL: &str = "A credential of fal: whoever has it acts as its owner there. Revoke it at the dashboard, \
under Keys. Make a new one with as few rights as it needs, and give it to the program with \
`EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const TERRAFORM: &str = "A credential of HCP Terraform: whoever has it acts as its owner there. Revoke it at User \
settings, Tokens; a token of a team or an organisation in the settings of that; and look at \
the states it could read, which hold secrets in plain text. Make a new one with as few \
rights as it needs, and give it to the program with `EnvironmentFile=` of mode 0600, \
`LoadCredential=` or a secret of the platform.";

const YANDEX: &str = "A credential of Yandex Cloud: whoever has it acts as its owner there. Revoke it at the \
service account, under Static access keys. Make a new one with as few rights as it needs, \
and give it to the program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a \
secret of the platform.";

const VAULT: &str = "A credential of Vault: whoever has it acts as its owner there. Revoke it at Vault itself: \
`vault token revoke`, by its accessor if need be; then read the audit log and rotate what \
its policies could read. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const NEWRELIC: &str = "A credential of New Relic: whoever has it acts as its owner there. Revoke it at API keys of \
the administration, by a new ingest key and the deletion of the old one. Make a new one with \
as few rights as it needs, and give it to the program with `EnvironmentFile=` of mode 0600, \
`LoadCredential=` or a secret of the platform.";

const BITWARDEN: &str = "A credential of Bitwarden Secrets Manager: whoever has it acts as its owner there. Revoke it \
at the machine account, under Access tokens; then rotate the secrets that the account could \
read, since the token also decrypts them. Make a new one with as few rights as it needs, and \
give it to the program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret \
of the platform.";

const GHOST: &str = "A credential of Ghost: whoever has it acts as its owner there. Revoke it at Settings, \
Integrations, by regenerating the key. Make a new one with as few rights as it needs, and \
give it to the program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret \
of the platform.";

const DEEPL: &str = "A credential of DeepL: whoever has it acts as its owner there. Revoke it at the account, \
under API keys. Make a new one with as few rights as it needs, and give it to the program \
with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const NETRC: &str = "A password of a `.netrc` file, which `curl`, `git` and `ftp` send to the host it stands \
with. The file is meant for it, and only in its owner's home with mode 0600: in a \
repository, an image or a backup it is exposed. Change the password at that host, use a \
token that can do less, or a credential helper (`git credential-libsecret`).";

const NPMRC: &str = "Credentials of an npm registry in `.npmrc`: whoever has them publishes packages as the \
owner, which run on all who install them. Revoke the token (`npm token revoke`), look at \
what was published since, and write `_authToken=${NPM_TOKEN}` in the file; a CI publishes \
with trusted publishing and no token at all.";

const PGPASS: &str = "The password of a line of `.pgpass`. libpq reads the file only with mode 0600 and in its \
owner's home; in a repository or an image it is exposed. `ALTER ROLE … PASSWORD` ends the \
old one. `PGPASSFILE` names a file elsewhere, for example in `$CREDENTIALS_DIRECTORY` of \
`LoadCredential=`.";

const DOCKER: &str = "User and password of a container registry in docker's `config.json`, in base64, which hides \
nothing. Whoever has them pulls private images and, mostly, pushes: what runs everywhere \
next. Revoke the token at the registry, log in with one that can only pull, and set \
`credsStore` or `credHelpers` so that the file holds none.";

const ENCODED_KEY: &str = "A private key in base64: of a PEM block (`client-key-data` of a kubeconfig, `tls.key` of a \
Secret, a variable of a CI) or of DER (PKCS #1, #8, #12). Base64 hides nothing. For a \
kubeconfig: the certificate cannot be revoked before it ends, so take the rights from its \
user, or rotate the CA, and use tokens of a plugin (`exec`). For others: a new key pair, a \
new certificate, the old one revoked. Keep the key in a file with mode 0600 or give it with \
`LoadCredential=`.";

const JWK: &str = "A JSON Web Key with its private part (`d`, or `k` of a symmetric one): whoever has it signs \
tokens that everyone who trusts the key set accepts, or decrypts what was sent to it. \
Publish a key set without the key, make a new one with another `kid`, and end the sessions \
signed with the old. A key set that is served has only public members (`n`, `e`, `x`, `y`).";

const MAXMIND: &str = "A credential of MaxMind: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the account, under Manage license keys. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const MAILGUN: &str = "A credential of Mailgun: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the control panel, under API security. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const RAPIDAPI: &str = "A credential of RapidAPI: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the developer dashboard, under the application's authorization. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const ABLY: &str = "A credential of Ably: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the dashboard, under API keys of the application. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const WEBEX: &str = "A credential of Webex: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the developer portal, by regenerating the token of the bot. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const ZHIPU: &str = "A credential of Zhipu (Z.ai, BigModel): whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the console, under API keys. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

const OLLAMA: &str = "A credential of Ollama: whoever has it acts as its owner there, and pays with its owner's \
money. Revoke it at the settings, under Keys. Make a new one with as few rights as it needs, and give it to the \
program with `EnvironmentFile=` of mode 0600, `LoadCredential=` or a secret of the platform.";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &[
    structured("SE001", "private-key", "a private key", Kind::PrivateKey, RFC7468).severity(Severity::Critical).explain(PRIVATE_KEY),
    structured("SE029", "telegram-bot-token", "a Telegram bot token", Kind::Telegram, "https://core.telegram.org/bots/api#authorizing-your-bot").explain(TELEGRAM),
    structured("SE030", "putty-key", "a PuTTY private key", Kind::Putty, "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html").severity(Severity::Critical).explain(PRIVATE_KEY),
    structured("SE031", "encoded-private-key", "a private key in base64", Kind::EncodedKey, "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1").severity(Severity::Critical).explain(ENCODED_KEY),
    structured("SE032", "json-web-token", "a JSON Web Token", Kind::Jwt, "https://www.rfc-editor.org/rfc/rfc7519").explain(JWT),
    structured("SE033", "url-password", "a URL with a password", Kind::UrlPassword, "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1").explain(URL),
    structured("SE034", "bearer-token", "a bearer token", Kind::Bearer, "https://www.rfc-editor.org/rfc/rfc6750").explain(BEARER),
    structured("SE035", "basic-credentials", "credentials of HTTP Basic authentication", Kind::Basic, "https://www.rfc-editor.org/rfc/rfc7617").explain(BASIC),
    structured("SE036", "password", "a password", Kind::NamedPassword, NAMES).severity(Severity::Medium).explain(PASSWORD),
    structured("SE037", "named-secret", "a value that its name says to be secret", Kind::NamedSecret, NAMES).severity(Severity::Medium).explain(NAMED),
    structured("SE038", "encoded-credentials", "a user and a password in base64", Kind::EncodedPassword, NAMES).explain(ENCODED),
    structured("SE039", "discord-bot-token", "a Discord bot token", Kind::Discord, "https://discord.com/developers/docs/reference#authentication").explain(DISCORD),
    structured("SE040", "discord-webhook", "a Discord webhook", Kind::Webhook { before: "/webhooks/" }, "https://discord.com/developers/docs/resources/webhook").explain(DISCORD_WEBHOOK),
    structured("SE041", "slack-webhook", "a Slack webhook", Kind::Webhook { before: "hooks.slack.com/services/" }, "https://api.slack.com/messaging/webhooks").explain(SLACK_WEBHOOK),
    structured("SE042", "slack-workflow-webhook", "a Slack workflow webhook", Kind::Webhook { before: "hooks.slack.com/workflows/" }, "https://api.slack.com/messaging/webhooks").explain(SLACK_WORKFLOW),
    structured("SE043", "slack-trigger-webhook", "a Slack workflow trigger", Kind::Webhook { before: "hooks.slack.com/triggers/" }, "https://api.slack.com/messaging/webhooks").explain(SLACK_WORKFLOW),
    structured("SE044", "teams-webhook", "a Microsoft Teams webhook", Kind::Webhook { before: "/IncomingWebhook/" }, "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors").explain(TEAMS_WEBHOOK),
    structured("SE046", "aws-secret-key", "an AWS secret access key", Kind::AwsSecret, "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html").severity(Severity::Critical).explain(AWS),
    structured("SE047", "azure-storage-key", "an Azure Storage key", Kind::AzureKey { signature: "+ASt", at: 76, length: 88 }, AZURE).explain(AZURE_KEY),
    structured("SE048", "azure-cosmos-key", "an Azure Cosmos DB key", Kind::AzureKey { signature: "ACDb", at: 76, length: 88 }, AZURE).explain(AZURE_KEY),
    structured("SE049", "azure-batch-key", "an Azure Batch key", Kind::AzureKey { signature: "+ABa", at: 76, length: 88 }, AZURE).explain(AZURE_KEY),
    structured("SE050", "azure-api-management-key", "an Azure API Management key", Kind::AzureKey { signature: "APIM", at: 76, length: 88 }, AZURE).explain(AZURE_KEY),
    structured("SE051", "azure-iot-key", "an Azure IoT key", Kind::AzureKey { signature: "AIoT", at: 33, length: 44 }, AZURE).explain(AZURE_KEY),
    structured("SE052", "azure-service-bus-key", "an Azure Service Bus key", Kind::AzureKey { signature: "+ASb", at: 33, length: 44 }, AZURE).explain(AZURE_KEY),
    structured("SE053", "azure-event-hub-key", "an Azure Event Hub key", Kind::AzureKey { signature: "+AEh", at: 33, length: 44 }, AZURE).explain(AZURE_KEY),
    structured("SE054", "azure-relay-key", "an Azure Relay key", Kind::AzureKey { signature: "+ARm", at: 33, length: 44 }, AZURE).explain(AZURE_KEY),
    structured("SE055", "azure-cache-key", "an Azure Cache key", Kind::AzureKey { signature: "AzCa", at: 33, length: 44 }, AZURE).explain(AZURE_KEY),
    structured("SE056", "azure-search-key", "an Azure Search key", Kind::AzureKey { signature: "AzSe", at: 42, length: 52 }, AZURE).explain(AZURE_KEY),
    structured("SE057", "azure-registry-key", "an Azure Container Registry key", Kind::AzureKey { signature: "+ACR", at: 42, length: 52 }, AZURE).explain(AZURE_KEY),
    structured("SE058", "azure-functions-key", "an Azure Functions key", Kind::AzureKey { signature: "AzFu", at: 44, length: 56 }, AZURE).explain(AZURE_KEY),
    structured("SE059", "azure-sas", "a shared access signature", Kind::AzureSas, "https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview").explain(SAS),
    structured("SE060", "entra-client-secret", "an Entra client secret", Kind::EntraSecret, "https://learn.microsoft.com/en-us/entra/identity-platform").explain(ENTRA),
    structured("SE061", "azure-devops-token", "an Azure DevOps token", Kind::AzureDevops, "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate").explain(DEVOPS),
    structured("SE062", "mailchimp-key", "a Mailchimp key", Kind::Mailchimp, "https://mailchimp.com/developer/marketing/guides/quick-start").explain(MAILCHIMP),
    structured("SE063", "ngrok-token", "an ngrok token", Kind::Ngrok, "https://ngrok.com/docs/agent").explain(NGROK),
    structured("SE064", "twilio-key", "a Twilio API key", Kind::Twilio, "https://www.twilio.com/docs/iam/api-keys").severity(Severity::Low).explain(TWILIO),
    structured("SE065", "stellar-seed", "a Stellar secret seed", Kind::Stellar, "https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md").severity(Severity::Critical).explain(STELLAR),
    structured("SE066", "asana-token", "an Asana token", Kind::Asana, "https://developers.asana.com/docs/personal-access-token").explain(ASANA),
    structured("SE067", "fal-key", "a fal key", Kind::Fal, "https://docs.fal.ai").explain(FAL),
    structured("SE068", "terraform-cloud-token", "an HCP Terraform token", Kind::Terraform, "https://developer.hashicorp.com/terraform/cloud-docs").explain(TERRAFORM),
    structured("SE069", "yandex-static-secret", "the secret of a Yandex Cloud static key", Kind::Yandex, "https://yandex.cloud/en/docs/iam/concepts/authorization/access-key").explain(YANDEX),
    structured("SE070", "netrc-password", "a password of a netrc file", Kind::Netrc, "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html").explain(NETRC),
    structured("SE071", "npmrc-credentials", "credentials of an npm registry", Kind::Npmrc, "https://docs.npmjs.com/cli/configuring-npm/npmrc").explain(NPMRC),
    structured("SE072", "pgpass-password", "a password of a pgpass file", Kind::Pgpass, "https://www.postgresql.org/docs/current/libpq-pgpass.html").explain(PGPASS),
    structured("SE073", "docker-credentials", "credentials of a container registry", Kind::DockerAuth, "https://docs.docker.com/reference/cli/docker/login").explain(DOCKER),
    structured("SE074", "azure-account-key", "an Azure account key", Kind::AzureKey { signature: "", at: 0, length: 88 }, "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string").explain(AZURE_KEY),
    structured("SE075", "azure-shared-access-key", "an Azure shared access key", Kind::AzureKey { signature: "", at: 0, length: 44 }, "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas").explain(AZURE_KEY),
    structured("SE076", "json-web-key", "a JSON Web Key with its private part", Kind::JsonWebKey, "https://www.rfc-editor.org/rfc/rfc7517").severity(Severity::Critical).explain(JWK),
    structured("SE077", "vault-old-token", "a Vault token of the old form", Kind::OldVault, "https://developer.hashicorp.com/vault/docs/upgrading/upgrade-to-1.0.0").explain(VAULT),
    structured("SE078", "newrelic-license-key", "a New Relic license key", Kind::NewRelic, "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys").explain(NEWRELIC),
    structured("SE079", "bitwarden-token", "a Bitwarden machine account token", Kind::Bitwarden, "as issued; the page of the issuer was not opened").explain(BITWARDEN),
    structured("SE080", "ghost-admin-key", "a Ghost Admin API key", Kind::Ghost, "as issued; the page of the issuer was not opened").explain(GHOST),
    structured("SE081", "deepl-free-key", "a DeepL key of the free plan", Kind::DeepL, "as issued; the page of the issuer was not opened").explain(DEEPL),
    structured("SE082", "maxmind-key", "a MaxMind license key", Kind::MaxMind, super::ISSUED).explain(MAXMIND),
    structured("SE083", "mailgun-domain-key", "a Mailgun key of the newer form", Kind::Mailgun, super::ISSUED).explain(MAILGUN),
    structured("SE084", "rapidapi-key", "a RapidAPI key", Kind::RapidApi, super::ISSUED).explain(RAPIDAPI),
    structured("SE085", "ably-key", "an Ably key", Kind::Ably, super::ISSUED).explain(ABLY),
    structured("SE086", "webex-token", "a Webex access token", Kind::Webex, super::ISSUED).explain(WEBEX),
    structured("SE087", "zhipu-key", "a Zhipu key", Kind::Zhipu, super::ISSUED).explain(ZHIPU),
    structured("SE088", "ollama-key", "a key of Ollama's cloud", Kind::Ollama, super::ISSUED).explain(OLLAMA),
];
