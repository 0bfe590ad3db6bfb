//! Secrets that are known by their structure, or by the name that they are given to.

use super::{Kind, SecretRule, Severity, structured};

const RFC7468: &str = "https://www.rfc-editor.org/rfc/rfc7468";
const AZURE: &str = "https://github.com/microsoft/security-utilities";
const NAMES: &str = "the name that the value is given to";

#[rustfmt::skip]
pub(super) const ROWS: &[SecretRule] = &[
    structured("SE001", "private-key", "a private key", Kind::PrivateKey, RFC7468).severity(Severity::Critical),
    structured("SE029", "telegram-bot-token", "a Telegram bot token", Kind::Telegram, "https://core.telegram.org/bots/api#authorizing-your-bot"),
    structured("SE030", "putty-key", "a PuTTY private key", Kind::Putty, "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html").severity(Severity::Critical),
    structured("SE031", "encoded-private-key", "a private key in base64", Kind::EncodedKey, "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1").severity(Severity::Critical),
    structured("SE032", "json-web-token", "a JSON Web Token", Kind::Jwt, "https://www.rfc-editor.org/rfc/rfc7519"),
    structured("SE033", "url-password", "a URL with a password", Kind::UrlPassword, "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"),
    structured("SE034", "bearer-token", "a bearer token", Kind::Bearer, "https://www.rfc-editor.org/rfc/rfc6750"),
    structured("SE035", "basic-credentials", "credentials of HTTP Basic authentication", Kind::Basic, "https://www.rfc-editor.org/rfc/rfc7617"),
    structured("SE036", "password", "a password", Kind::NamedPassword, NAMES).severity(Severity::Medium),
    structured("SE037", "named-secret", "a value that its name says to be secret", Kind::NamedSecret, NAMES).severity(Severity::Medium),
    structured("SE038", "encoded-credentials", "a user and a password in base64", Kind::EncodedPassword, NAMES),
    structured("SE039", "discord-bot-token", "a Discord bot token", Kind::Discord, "https://discord.com/developers/docs/reference#authentication"),
    structured("SE040", "discord-webhook", "a Discord webhook", Kind::Webhook { before: "/api/webhooks/" }, "https://discord.com/developers/docs/resources/webhook"),
    structured("SE041", "slack-webhook", "a Slack webhook", Kind::Webhook { before: "hooks.slack.com/services/" }, "https://api.slack.com/messaging/webhooks"),
    structured("SE042", "slack-workflow-webhook", "a Slack workflow webhook", Kind::Webhook { before: "hooks.slack.com/workflows/" }, "https://api.slack.com/messaging/webhooks"),
    structured("SE043", "slack-trigger-webhook", "a Slack workflow trigger", Kind::Webhook { before: "hooks.slack.com/triggers/" }, "https://api.slack.com/messaging/webhooks"),
    structured("SE044", "teams-webhook", "a Microsoft Teams webhook", Kind::Webhook { before: "/IncomingWebhook/" }, "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors"),
    structured("SE046", "aws-secret-key", "an AWS secret access key", Kind::AwsSecret, "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html").severity(Severity::Critical),
    structured("SE047", "azure-storage-key", "an Azure Storage key", Kind::AzureKey { signature: "+ASt", at: 76, length: 88 }, AZURE),
    structured("SE048", "azure-cosmos-key", "an Azure Cosmos DB key", Kind::AzureKey { signature: "ACDb", at: 76, length: 88 }, AZURE),
    structured("SE049", "azure-batch-key", "an Azure Batch key", Kind::AzureKey { signature: "+ABa", at: 76, length: 88 }, AZURE),
    structured("SE050", "azure-api-management-key", "an Azure API Management key", Kind::AzureKey { signature: "APIM", at: 76, length: 88 }, AZURE),
    structured("SE051", "azure-iot-key", "an Azure IoT key", Kind::AzureKey { signature: "AIoT", at: 33, length: 44 }, AZURE),
    structured("SE052", "azure-service-bus-key", "an Azure Service Bus key", Kind::AzureKey { signature: "+ASb", at: 33, length: 44 }, AZURE),
    structured("SE053", "azure-event-hub-key", "an Azure Event Hub key", Kind::AzureKey { signature: "+AEh", at: 33, length: 44 }, AZURE),
    structured("SE054", "azure-relay-key", "an Azure Relay key", Kind::AzureKey { signature: "+ARm", at: 33, length: 44 }, AZURE),
    structured("SE055", "azure-cache-key", "an Azure Cache key", Kind::AzureKey { signature: "AzCa", at: 33, length: 44 }, AZURE),
    structured("SE056", "azure-search-key", "an Azure Search key", Kind::AzureKey { signature: "AzSe", at: 42, length: 52 }, AZURE),
    structured("SE057", "azure-registry-key", "an Azure Container Registry key", Kind::AzureKey { signature: "+ACR", at: 42, length: 52 }, AZURE),
    structured("SE058", "azure-functions-key", "an Azure Functions key", Kind::AzureKey { signature: "AzFu", at: 44, length: 56 }, AZURE),
    structured("SE059", "azure-sas", "a shared access signature", Kind::AzureSas, "https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview"),
    structured("SE060", "entra-client-secret", "an Entra client secret", Kind::EntraSecret, "https://learn.microsoft.com/en-us/entra/identity-platform"),
    structured("SE061", "azure-devops-token", "an Azure DevOps token", Kind::AzureDevops, "https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"),
    structured("SE062", "mailchimp-key", "a Mailchimp key", Kind::Mailchimp, "https://mailchimp.com/developer/marketing/guides/quick-start"),
    structured("SE063", "ngrok-token", "an ngrok token", Kind::Ngrok, "https://ngrok.com/docs/agent"),
    structured("SE064", "twilio-key", "a Twilio API key", Kind::Twilio, "https://www.twilio.com/docs/iam/api-keys").severity(Severity::Low),
    structured("SE065", "stellar-seed", "a Stellar secret seed", Kind::Stellar, "https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md").severity(Severity::Critical),
    structured("SE066", "asana-token", "an Asana token", Kind::Asana, "https://developers.asana.com/docs/personal-access-token"),
    structured("SE067", "fal-key", "a fal key", Kind::Fal, "https://docs.fal.ai"),
    structured("SE068", "terraform-cloud-token", "an HCP Terraform token", Kind::Terraform, "https://developer.hashicorp.com/terraform/cloud-docs"),
    structured("SE069", "yandex-static-secret", "the secret of a Yandex Cloud static key", Kind::Yandex, "https://yandex.cloud/en/docs/iam/concepts/authorization/access-key"),
    structured("SE070", "netrc-password", "a password of a netrc file", Kind::Netrc, "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html"),
    structured("SE071", "npmrc-credentials", "credentials of an npm registry", Kind::Npmrc, "https://docs.npmjs.com/cli/configuring-npm/npmrc"),
    structured("SE072", "pgpass-password", "a password of a pgpass file", Kind::Pgpass, "https://www.postgresql.org/docs/current/libpq-pgpass.html"),
    structured("SE073", "docker-credentials", "credentials of a container registry", Kind::DockerAuth, "https://docs.docker.com/reference/cli/docker/login"),
    structured("SE074", "azure-account-key", "an Azure account key", Kind::AzureKey { signature: "", at: 0, length: 88 }, "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string"),
    structured("SE075", "azure-shared-access-key", "an Azure shared access key", Kind::AzureKey { signature: "", at: 0, length: 44 }, "https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas"),
];
