//! Tests over the rows: samples of every kind are found in every context, and what is nearly one
//! is not.

use std::collections::BTreeSet;

use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::{
    Alphabet, Check, Finding, Kind, Numbers, Part, RULES, SecretRule, Shape, find, find_in, mask,
    mask_text,
};
use crate::source::Span;

/// What stands around a secret in the files and outputs where they leak.
const CONTEXTS: [(&str, &str, &str); 17] = [
    ("env", "LANG=C\nVALUE=", "\nPORT=18789\n"),
    (
        "systemd",
        "[Service]\nEnvironment=\"VALUE=",
        "\"\nRestart=always\n",
    ),
    ("JSON", "{\n  \"value\": \"", "\",\n  \"port\": 18789\n}\n"),
    ("JSON in one line", "{\"a\":1,\"value\":\"", "\"}"),
    ("YAML", "gateway:\n  value: ", "\n  port: 18789\n"),
    ("TOML", "[gateway]\nvalue = \"", "\"\n"),
    ("plist", "<key>VALUE</key>\n<string>", "</string>\n"),
    ("k8s", "env:\n  - name: VALUE\n    value: ", "\n"),
    ("shell", "export VALUE='", "'\nexec gateway\n"),
    ("Dockerfile", "FROM debian\nENV VALUE=", "\nUSER gateway\n"),
    (
        "argument",
        "ExecStart=/usr/bin/gateway --value ",
        " --port 18789\n",
    ),
    ("log", "12:00:01 > Authorization: Bearer ", "\r\n"),
    ("quoted log", "msg=\"sent Bearer ", "\" status=200\n"),
    ("Markdown", "| name | value |\n|---|---|\n| x | `", "` |\n"),
    (
        "URL",
        "curl 'https://gateway.internal/v1?value=",
        "&page=2'\n",
    ),
    ("escaped", "\"body\": \"{\\\"value\\\": \\\"", "\\\"}\"\n"),
    ("escaped line", "\"script\": \"set -e\\n", "\\nexit 0\"\n"),
];

fn at(findings: &[Finding], span: Span) -> Option<&Finding> {
    findings
        .iter()
        .find(|finding| finding.span.start < span.end && span.start < finding.span.end)
}

/// Kinds whose text says nothing without a name.
fn needs_name(row: &SecretRule) -> bool {
    matches!(
        row.shape,
        Shape::Structured(Kind::AwsSecret | Kind::AzureKey { .. })
    )
}

#[test]
fn codes_and_names_are_unique_and_well_formed() {
    let codes: BTreeSet<&str> = RULES.iter().map(|row| row.rule.code).collect();
    let names: BTreeSet<&str> = RULES.iter().map(|row| row.rule.name).collect();
    assert_eq!((codes.len(), names.len()), (RULES.len(), RULES.len()));
    assert!(RULES.len() >= 300, "{}", RULES.len());
    for row in &RULES {
        let name = row.rule.name;
        assert!(
            row.rule.code.len() == 5 && row.rule.code.starts_with("SE"),
            "{name}"
        );
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
        let has_article = ["a ", "an ", "the ", "credentials"]
            .iter()
            .any(|start| row.what.starts_with(start));
        assert!(has_article, "{}", row.what);
        assert!(!row.source.is_empty(), "{name}");
        if let Shape::Token { prefix, body, .. } = row.shape {
            assert!(prefix.len() >= 3 && !body.is_empty(), "{name}");
        }
    }
}

#[test]
fn every_kind_is_found_in_every_context() {
    let mut missed = Vec::new();
    for row in RULES.iter().filter(|row| !needs_name(row)) {
        let mut passing = 0;
        for (seed, (context, before, after)) in (0_u64..).zip(CONTEXTS) {
            let Some(secret) = row.sample(seed) else {
                continue;
            };
            passing += 1;
            let text = [before.as_bytes(), &secret, after.as_bytes()].concat();
            let findings = find(&text);
            let span = Span::new(before.len(), before.len() + secret.len());
            let found = at(&findings, span);
            let is_right = found.is_some_and(|found| {
                let is_row = found.rule.rule.code == row.rule.code || is_twin(found.rule, row);
                let is_inside = span.start <= found.span.start && found.span.end <= span.end;
                let is_part = matches!(
                    row.shape,
                    Shape::Structured(Kind::UrlPassword | Kind::Putty | Kind::JsonWebKey)
                );
                is_row && (found.span == span || is_part && is_inside)
            });
            if !is_right {
                let shown = found.map(|found| (found.rule.rule.name, found.span));
                missed.push(format!(
                    "{} in {context}: {shown:?} for {span:?}: {}",
                    row.rule.name,
                    String::from_utf8_lossy(&secret[..secret.len().min(70)])
                ));
            }
        }
        // Kinds without samples are those of `PLACED`.
        let is_placed = PLACED.iter().any(|placed| placed.code == row.rule.code);
        assert!(passing == CONTEXTS.len() || is_placed, "{}", row.rule.name);
    }
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed[..missed.len().min(60)].join("\n")
    );
}

/// A kind that is known by where it stands: texts in which `%` is the secret, and texts that are
/// nearly such.
struct Placed {
    code: &'static str,
    value: &'static str,
    is: [&'static str; 3],
    is_not: [&'static str; 3],
}

/// Passing and failing examples of every kind that has no sample of its own. `@` stands for base64
/// of a user and a password, `#` for a text that a machine made up, `~` for 43 characters of base64.
const PLACED: [Placed; 13] = [
    Placed {
        code: "SE034",
        value: "#",
        is: [
            "Authorization: Bearer %\r\n",
            "-H 'authorization: bearer %' x",
            "{\"a\": \"Bearer %\"}",
        ],
        is_not: [
            "Authorization: Bearer $TOKEN\n",
            "Bearer <your-access-token>",
            "Bearer authentication-is-needed",
        ],
    },
    Placed {
        code: "SE035",
        value: "@",
        is: [
            "Authorization: Basic %\r\n",
            "-H 'Authorization: Basic %' x",
            "{\"a\": \"Basic %\"}",
        ],
        is_not: [
            "Authorization: Basic ${BASIC}\n",
            "Basic authentication12 is on",
            "Basic dXNlcjpwYXNzd29yZA==\n",
        ],
    },
    Placed {
        code: "SE036",
        value: "#",
        is: [
            "DB_PASSWORD=%\n",
            "password: \"%\"\n",
            "<key>password</key><string>%</string>",
        ],
        is_not: [
            "DB_PASSWORD=${PASSWORD}\n",
            "password: changeme123\n",
            "PASSWORD_FILE=/run/secrets/db-password1\n",
        ],
    },
    Placed {
        code: "SE037",
        value: "#",
        is: [
            "GATEWAY_TOKEN=%\n",
            "{\"apiKey\": \"%\"}",
            "- name: CLIENT_SECRET\n  value: %\n",
        ],
        is_not: [
            "GATEWAY_TOKEN=%d/gateway-token\n",
            "max_tokens: 40961\n",
            "{\"apiKey\": \"your-api-key-goes-here\"}",
        ],
    },
    Placed {
        code: "SE038",
        value: "@",
        is: [
            "REGISTRY_PASSWORD=%\n",
            "registry_password: %\n",
            "{\"password\": \"%\"}",
        ],
        is_not: [
            "REGISTRY_PASSWORD=dXNlcjpwYXNzd29yZA==\n",
            "registry_auth: none\n",
            "{\"password\": \"\"}",
        ],
    },
    Placed {
        code: "SE046",
        value: "*",
        is: [
            "AWS_SECRET_ACCESS_KEY=%\n",
            "aws_secret_access_key = %\n",
            "\"aws_secret_access_key\": \"%\"",
        ],
        is_not: [
            "AWS_SECRET_ACCESS_KEY=$AWS_SECRET\n",
            "aws_secret_access_key = YOUR_SECRET_ACCESS_KEY\n",
            "aws_session: none\n",
        ],
    },
    Placed {
        code: "SE059",
        value: "~=",
        is: [
            "https://a.blob.core.windows.net/b?sv=2024-01-01&se=2026&sig=%&sp=r\n",
            "SAS=\"sv=2024-01-01&sr=b&se=2026&sig=%\"",
            "{\"u\": \"?sr=c&sv=2024-01-01&se=2026&sig=%\"}",
        ],
        is_not: [
            "https://example.net/?sv=1&se=2&sig=short\n",
            "sig=${SIGNATURE}&sv=1&se=2",
            "?sv=1&sr=b&sig=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ],
    },
    Placed {
        code: "SE070",
        value: "#",
        is: [
            "machine api.internal login gateway password %\n",
            "machine api.internal\n  login gateway\n  password %\n",
            "# hosts\nmachine a.internal account b password %\n",
        ],
        is_not: [
            "machine api.internal login gateway password changeme\n",
            "machine api.internal login gateway\n",
            "the machine has a login and a password of its own\n",
        ],
    },
    Placed {
        code: "SE071",
        value: "#",
        is: [
            "//registry.internal/:_authToken=%\n",
            "_authToken=%\n",
            "//npm.internal/a/:_password=\"%\"\n",
        ],
        is_not: [
            "//registry.internal/:_authToken=${NPM_TOKEN}\n",
            "//registry.internal/:always-auth=true\n",
            "_authToken=\n",
        ],
    },
    Placed {
        code: "SE072",
        value: "#",
        is: [
            "db.internal:5432:*:gateway:%\n",
            "# hosts\n*:*:main:gateway:%\n",
            "a:5432:b:c:ignored\ndb:5432:*:gateway:%",
        ],
        is_not: [
            "db.internal:5432:*:gateway:\n",
            "#db.internal:5432:*:gateway:password\n",
            "a:b:c:d:e\n",
        ],
    },
    Placed {
        code: "SE073",
        value: "@",
        is: [
            "{\"auths\": {\"registry.internal\": {\"auth\": \"%\"}}}",
            "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"%\"}}}",
            "{\n\t\"auths\": {\n\t\t\"r\": {\n\t\t\t\"auth\": \"%\"\n\t\t}\n\t}\n}",
        ],
        is_not: [
            "{\"auths\": {\"registry.internal\": {}}}",
            "{\"auths\": {}, \"credsStore\": \"desktop\"}",
            "{\"auths\": {\"r\": {\"auth\": \"dXNlcjpwYXNzd29yZA==\"}}}",
        ],
    },
    Placed {
        code: "SE074",
        value: "*********",
        is: ["", "", ""],
        is_not: [
            "AccountKey=${KEY};EndpointSuffix=core.windows.net",
            "AccountKey=<key>;",
            "AccountKey=;",
        ],
    },
    Placed {
        code: "SE075",
        value: "~=",
        is: [
            "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=%\n",
            "{\"c\": \"SharedAccessKeyName=a;SharedAccessKey=%\"}",
            "SharedAccessKey=%;EntityPath=queue",
        ],
        is_not: [
            "SharedAccessKey=${KEY};EntityPath=queue",
            "SharedAccessKeyName=RootManageSharedAccessKey;",
            "SharedAccessKey=<key>",
        ],
    },
];

#[test]
fn kinds_known_by_their_place_are_found_there_and_nowhere_else() {
    for placed in &PLACED {
        let mut numbers = Numbers::new(u64::from(placed.code.as_bytes()[4]));
        let mut text = |set, length| String::from_utf8(numbers.text(set, length)).unwrap();
        let pair = format!("gateway:{}", text(Alphabet::Alphanumeric, 20));
        let value = match placed.value {
            "#" => text(Alphabet::Alphanumeric, 24),
            "@" => super::sample::encode_base64(pair.as_bytes()),
            "*" => text(Alphabet::Base64, 40),
            "~=" => text(Alphabet::Base64, 43) + "=",
            _ => text(Alphabet::Base64, 86) + "==",
        };
        let is = if placed.code == "SE074" {
            [
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%;EndpointSuffix=a",
                "{\"c\": \"AccountName=a;AccountKey=%\"}",
                "C=\"AccountKey=%\"\n",
            ]
        } else {
            placed.is
        };
        for notation in is {
            let (before, after) = notation.split_once('%').unwrap();
            let text = [before, &value, after].concat();
            let found = find_in("home/.pgpass", text.as_bytes());
            let found: Vec<_> = found
                .iter()
                .map(|found| (found.rule.rule.code, found.span))
                .collect();
            let span = Span::new(before.len(), before.len() + value.len());
            assert!(
                found.contains(&(placed.code, span)),
                "{} in {notation:?}: {found:?}",
                placed.code
            );
        }
        for text in placed.is_not {
            let found = find_in("home/.pgpass", text.as_bytes());
            assert!(found.is_empty(), "{text:?}: {found:?}");
        }
    }
}

/// Whether two rows have the same form, so that a token cannot tell which of them it is.
fn is_twin(found: &SecretRule, row: &SecretRule) -> bool {
    match (found.shape, row.shape) {
        (Shape::Token { prefix: one, .. }, Shape::Token { prefix: other, .. }) => one == other,
        _ => false,
    }
}

/// Forms that issuers document or give out, each with the kind that it has to be found as. In
/// braces stand random characters: of what set, and how many.
const FORMS: [(&str, &str); 75] = [
    ("sk-ant-api03-{w92}{a1}AA", "anthropic-key"),
    ("sk-ant-admin01-{w92}{a1}AA", "anthropic-admin-key"),
    ("sk-ant-oat01-{w92}{a1}AA", "anthropic-oauth-token"),
    ("sk-ant-ort01-{w92}{a1}AA", "anthropic-refresh-token"),
    ("sk-ant-sid01-{w84}{a1}AA", "anthropic-session-key"),
    ("sk-{a20}T3BlbkFJ{a20}", "sk-key"),
    ("sk-{h32}", "sk-key"),
    ("sk-{a48}", "sk-key"),
    ("sk-{a64}", "sk-key"),
    ("sk-{U}", "sk-uuid-key"),
    ("sk-{a8}_{a6}-{a6}", "litellm-key"),
    ("sk-{a10}-{a20}_{a11}", "langflow-key"),
    ("sk-proj-{w73}{a1}T3BlbkFJ{w73}{a1}", "openai-project-key"),
    ("sk-proj-{w57}{a1}T3BlbkFJ{w57}{a1}", "openai-project-key"),
    ("sk-proj-{a20}T3BlbkFJ{a20}", "openai-project-key"),
    (
        "sk-svcacct-{w73}{a1}T3BlbkFJ{w73}{a1}",
        "openai-service-key",
    ),
    ("sk-admin-{w57}{a1}T3BlbkFJ{w57}{a1}", "openai-admin-key"),
    ("sk-None-{a20}T3BlbkFJ{a20}", "openai-user-key"),
    ("sk-or-v1-{h64}", "openrouter-key"),
    ("gsk_{a52}", "groq-key"),
    ("xai-{a80}", "xai-key"),
    ("hf_{L34}", "hugging-face-token"),
    ("api_org_{L34}", "hugging-face-organisation-token"),
    ("pplx-{a48}", "perplexity-key"),
    ("AIzaSy{w32}{a1}", "google-api-key"),
    ("AQ.Ab8RN6{w43}{a1}", "google-auth-key"),
    ("GOCSPX-{w27}{a1}", "google-oauth-secret"),
    ("ya29.a0{w200}{a1}", "google-oauth-access-token"),
    ("ya29.c.c0{w300}{a1}", "google-oauth-access-token"),
    ("1//0{a1}{w90}{a1}", "google-oauth-refresh-token"),
    ("sk_{h48}", "elevenlabs-key"),
    ("BSA{w27}{a1}", "brave-search-key"),
    ("sk-api-{w110}{a1}", "minimax-key"),
    ("sk-sp-{h32}", "dashscope-plan-key"),
    ("mfa.{w83}{a1}", "discord-user-token"),
    ("MTE{a21}.G{a5}.{w37}{a1}", "discord-bot-token"),
    ("xoxb-{d12}-{d13}-{a24}", "slack-bot-token"),
    ("xoxb-{d11}-{a24}", "slack-bot-token"),
    ("xoxp-{d12}-{d12}-{d13}-{h32}", "slack-user-token"),
    ("xapp-1-A{u10}-{d13}-{h64}", "slack-app-token"),
    ("xoxe.xoxp-1-{a160}", "slack-configuration-token"),
    ("xoxe.xoxb-1-{a160}", "slack-configuration-token"),
    ("xoxe-1-{a147}", "slack-configuration-refresh-token"),
    ("xoxc-{d12}-{d12}-{d13}-{h64}", "slack-client-token"),
    ("xoxd-{a12}%2B{a30}%2F%2F{a60}%3D%3D", "slack-cookie"),
    ("xoxd-{a90}%3D", "slack-cookie"),
    ("open.feishu.cn/open-apis/bot/v2/hook/{U}", "feishu-webhook"),
    ("tskey-auth-k{a11}CNTRL-{a33}", "tailscale-auth-key"),
    ("tskey-api-k{a11}CNTRL-{a33}", "tailscale-api-key"),
    ("tskey-client-k{a11}CNTRL-{a33}", "tailscale-client-secret"),
    ("tskey-scim-k{a11}CNTRL-{a33}", "tailscale-scim-key"),
    (
        "tskey-webhook-k{a11}CNTRL-{a33}",
        "tailscale-webhook-secret",
    ),
    ("tskey-k{a11}CNTRL-{a20}", "tailscale-key"),
    ("hskey-auth-{w11}{a1}-{w63}{a1}", "headscale-auth-key"),
    (
        "ghs_{d7}_eyJhbGciOi{w40}{a1}.{w200}{a1}.{w85}{a1}",
        "github-installation-token",
    ),
    ("glpat-{w19}{a1}", "gitlab-token"),
    ("glpat-{w26}{a1}.{h2}.{l9}", "gitlab-token"),
    ("glrt-{w19}{a1}", "gitlab-runner-token"),
    ("glrt-t1_{w19}{a1}", "gitlab-runner-token"),
    ("glrt-{w26}{a1}.01.{l9}", "gitlab-runner-token"),
    ("glrtr-{w19}{a1}", "gitlab-runner-registration-token"),
    ("glcbt-{h2}_{w19}{a1}", "gitlab-job-token"),
    ("glptt-{h40}", "gitlab-trigger-token"),
    ("glagent-{w49}{a1}", "gitlab-agent-token"),
    ("gloas-{h64}", "gitlab-oauth-secret"),
    ("_gitlab_session={h32}", "gitlab-session"),
    ("IQoJb3JpZ2luX2VjE{a300}", "aws-session-token"),
    ("ABSKQmVkcm9ja0FQSUtleS{a110}", "aws-bedrock-key"),
    ("v1.0-{h24}-{h146}", "cloudflare-origin-ca-key"),
    ("vck_{a56}", "vercel-gateway-key"),
    ("lsv2_pt_{h32}_{h10}", "langsmith-personal-key"),
    ("e2b_{h40}", "e2b-key"),
    ("fc-{h32}", "firecrawl-key"),
    ("tvly-dev-{a32}", "tavily-development-key"),
    ("CCIPAT_{a22}_{h40}", "circleci-token"),
];

/// A text of one of [`FORMS`].
fn filled(form: &str, numbers: &mut Numbers) -> String {
    let mut text = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        let (what, behind) = after.split_once('}').unwrap();
        let set = match what.as_bytes()[0] {
            b'a' => Alphabet::Alphanumeric,
            b'd' => Alphabet::Digits,
            b'l' => Alphabet::Lower,
            b'L' => Alphabet::Letters,
            b'u' => Alphabet::Upper,
            b'w' => Alphabet::Word,
            _ => Alphabet::Hex,
        };
        text.push_str(before);
        let lengths = if what == "U" {
            "8-4-4-4-12"
        } else {
            &what[1..]
        };
        for (place, length) in lengths.split('-').enumerate() {
            if place > 0 {
                text.push('-');
            }
            let characters = numbers.text(set, length.parse().unwrap());
            text.push_str(&String::from_utf8(characters).unwrap());
        }
        rest = behind;
    }
    text + rest
}

#[test]
fn forms_that_issuers_give_out_are_found_in_every_context() {
    let mut missed = Vec::new();
    for (form, name) in FORMS {
        for (seed, (context, before, after)) in (7_u64..).zip(CONTEXTS) {
            let secret = filled(form, &mut Numbers::new(seed));
            let text = format!("{before}{secret}{after}");
            let span = Span::new(before.len(), before.len() + secret.len());
            let found = find(text.as_bytes());
            let is_right = |found: &Finding| found.rule.rule.name == name && found.span == span;
            if !found.iter().any(is_right) {
                let shown: Vec<_> = found
                    .iter()
                    .map(|found| (found.rule.rule.name, found.span))
                    .collect();
                missed.push(format!(
                    "{name} in {context}: {shown:?} for {span:?}: {secret}"
                ));
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed[..missed.len().min(40)].join("\n")
    );
}

/// Names with their values, in the notations of files and logs; `%` is the value.
const NAMED: [&str; 46] = [
    "OPENCLAW_GATEWAY_TOKEN=%\n",
    "export DB_PASSWORD=%\n",
    "export DB_PASSWORD='%'\n",
    "Environment=\"GATEWAY_TOKEN=%\"\n",
    "Environment=GATEWAY_TOKEN=%\n",
    "Environment='A=1' 'SMTP_PASS=%'\n",
    "ENV API_KEY=%\n",
    "ENV API_KEY %\n",
    "{\"auth\": {\"token\": \"%\"}}",
    "{\"botToken\":\"%\",\"port\":1}",
    "{gateway: {auth: {mode: \"token\", token: \"%\"}}}",
    "{ password: '%' }",
    "password: %\n",
    "  clientSecret: \"%\"\n",
    "api_key = \"%\"\n",
    "api-key: '%'\n",
    "password: |\n    %\n",
    "password: >-\n  %\n",
    "<key>GATEWAY_TOKEN</key>\n\t<string>%</string>\n",
    "<key>apiKey</key><string>%</string>",
    "<password>%</password>",
    "<add key=\"ApiKey\" value=\"%\" />",
    "- name: GATEWAY_TOKEN\n  value: %\n",
    "- name: GATEWAY_TOKEN\n  value: \"%\"\n",
    "{\"name\": \"GATEWAY_TOKEN\", \"value\": \"%\"}",
    "\"name\": \"DB_PASSWORD\",\n      \"value\": \"%\"\n",
    "gateway --token % --port 18789\n",
    "gateway --token=% --port 18789\n",
    "[\"gateway\", \"--password\", \"%\"]",
    "ExecStart=/usr/bin/gateway --api-key %\n",
    "command:\n  - --token\n  - %\n",
    "| GATEWAY_TOKEN | `%` | the token |\n",
    "| `API_KEY` | % |\n",
    "msg=\"{\\\"token\\\":\\\"%\\\"}\"\n",
    "\"env\": \"A=1\\nDB_PASSWORD=%\\nB=2\"\n",
    "https://gateway.internal/v1?api_key=%&page=2\n",
    "https://gateway.internal/v1?page=1&access_token=%\n",
    "Server=db;User Id=sa;Password=%;Encrypt=true",
    "X-Api-Key: %\r\n",
    "os.environ[\"API_TOKEN\"] = \"%\"\n",
    "setenv(\"API_TOKEN\", \"%\", 1);\n",
    "define('AUTH_KEY', '%');\n",
    "let api_key: &str = \"%\";\n",
    "password: str = '%'\n",
    "-e 'DB_PASSWORD=%'\n",
    "      - \"DB_PASSWORD=%\"\n",
];

#[test]
fn values_of_names_are_found_in_every_notation() {
    let mut missed = Vec::new();
    for (seed, notation) in (0_u64..).zip(NAMED) {
        for length in [16, 24, 32, 40] {
            for set in [Alphabet::Alphanumeric, Alphabet::Hex] {
                let mut numbers = Numbers::new(seed << 8 | length);
                let secret = numbers.text(set, usize::try_from(length).unwrap());
                let (before, after) = notation.split_once('%').unwrap();
                let text = [before.as_bytes(), &secret, after.as_bytes()].concat();
                let span = Span::new(before.len(), before.len() + secret.len());
                let findings = find(&text);
                if findings.len() != 1 || findings[0].span != span {
                    missed.push(format!(
                        "{:?}: {findings:?}",
                        String::from_utf8_lossy(&text)
                    ));
                }
            }
        }
    }
    let shown: Vec<String> = missed
        .iter()
        .map(|text| text.chars().take(160).collect())
        .collect();
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        shown.join("\n")
    );
}

/// What has the prefix of a kind and cannot be a secret of it.
fn counterexamples(prefix: &str, body: &[Part], sample: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = &sample[prefix.len()..];
    let with = |body: &[u8]| [prefix.as_bytes(), body].concat();
    let mut examples = vec![
        (
            "placeholder",
            with(&b"your-token-here-your-token-here-your-token-here"[..text.len().min(47)]),
        ),
        ("one character", with(&vec![b'x'; text.len()])),
        (
            "count",
            with(&b"0123456789".repeat(text.len() / 10 + 1)[..text.len()]),
        ),
        (
            "words",
            with(
                &b"and_the_name_of_this_one_is_the_same_as_".repeat(text.len() / 40 + 1)
                    [..text.len()],
            ),
        ),
        ("reference", with(b"${GATEWAY_TOKEN}")),
        ("longer word", [b"x", sample].concat()),
    ];
    // The parts as short as they may be, but for one character, and with one that no part has.
    let mut numbers = Numbers::new(sample.len() as u64);
    let (mut short, mut other) = (prefix.as_bytes().to_vec(), prefix.as_bytes().to_vec());
    for part in body {
        match part {
            Part::Text(text) => {
                short.extend_from_slice(text.as_bytes());
                other.extend_from_slice(text.as_bytes());
            }
            Part::Run(alphabet, min, _) => {
                let run = numbers.text(*alphabet, usize::from(*min));
                other.extend_from_slice(&run);
                short.extend(run);
            }
        }
    }
    if let Some(Part::Run(_, min, _)) = body.last() {
        short.pop();
        let half = other.len() - 1 - usize::from(*min) / 2;
        other[half] = b' ';
    }
    examples.push(("one too few", short));
    examples.push(("no character of a token", other));
    if let [Part::Run(alphabet, min, max)] = body {
        let (min, max) = (usize::from(*min), usize::from(*max));
        if min >= 8 {
            examples.push(("too short", with(&text[..min - 2])));
        }
        if !alphabet.holds(b'=') && *alphabet != Alphabet::Uuid {
            let long: Vec<u8> = text.iter().copied().cycle().skip(3).take(max + 1).collect();
            examples.push(("too long", with(&long)));
        }
        if !alphabet.holds(b'G') && min > 20 {
            let mut other = text.to_vec();
            other[min / 2] = b'G';
            examples.push(("other alphabet", with(&other)));
        }
    }
    examples
}

#[test]
fn what_is_nearly_of_a_structure_is_not_found_as_such() {
    for row in RULES
        .iter()
        .filter(|row| matches!(row.shape, Shape::Structured(_)))
    {
        // Kinds without samples have their examples in `PLACED`.
        let Some(sample) = row.sample(3) else {
            continue;
        };
        let hide = |byte: &u8| {
            if byte.is_ascii_alphanumeric() {
                b'x'
            } else {
                *byte
            }
        };
        let hidden: Vec<u8> = sample.iter().map(hide).collect();
        let cut = &sample[..(sample.len() - 3).min(30)];
        let padded = [
            &sample[..sample.len() / 2],
            b"${X}",
            &sample[sample.len() / 2..],
        ]
        .concat();
        for (context, before, after) in CONTEXTS {
            for example in [&hidden, cut, &padded] {
                // In the middle of a key or a URL a reference is one more text.
                let is_long = sample.len() > 100 && example == padded;
                let text = [before.as_bytes(), example, after.as_bytes()].concat();
                let is_row = |finding: &Finding| finding.rule.rule.code == row.rule.code;
                assert!(
                    is_long || !find(&text).iter().any(is_row),
                    "{} in {context}: {}",
                    row.rule.name,
                    String::from_utf8_lossy(example)
                );
            }
        }
    }
}

#[test]
fn what_is_nearly_a_token_is_not_found_as_one() {
    let mut found = Vec::new();
    for row in &RULES {
        let Shape::Token {
            prefix,
            body,
            check,
        } = row.shape
        else {
            continue;
        };
        let sample = row.sample(1).unwrap();
        let mut examples = counterexamples(prefix, body, &sample);
        if matches!(
            check,
            Check::Crc62 | Check::Crc62Tail | Check::CrcHex | Check::Crc16 | Check::Bech32
        ) {
            let mut wrong = sample.clone();
            let last = wrong.len() - 1;
            wrong[last] = if wrong[last] == b'2' { b'3' } else { b'2' };
            examples.push(("checksum", wrong));
        }
        for (what, example) in examples {
            for (context, before, after) in [CONTEXTS[0], CONTEXTS[2], CONTEXTS[11]] {
                let text = [before.as_bytes(), &example, after.as_bytes()].concat();
                let is_row = |finding: &Finding| finding.rule.rule.code == row.rule.code;
                if find(&text).iter().any(is_row) {
                    found.push(format!(
                        "{} ({what}, {context}): {}",
                        row.rule.name,
                        String::from_utf8_lossy(&example)
                    ));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} found:\n{}",
        found.len(),
        found[..found.len().min(40)].join("\n")
    );
}

/// Where a token with a wrong checksum must not become a secret of another kind.
const VETOED: [&str; 8] = [
    "%\n",
    "Authorization: Bearer %\r\n",
    "https://gateway:%@github.internal/a.git\n",
    "https://%@github.internal/a.git\n",
    "machine github.internal login gateway password %\n",
    "//registry.internal/:_authToken=%\n",
    "curl -u gateway:% https://github.internal\n",
    "\"env\": \"A=1\\nGATEWAY_TOKEN=%\\nB=2\"\n",
];

#[test]
fn a_wrong_checksum_is_no_secret_of_any_kind() {
    let mut found = Vec::new();
    for row in &RULES {
        let Shape::Token {
            check:
                check @ (Check::Crc62 | Check::Crc62Tail | Check::CrcHex | Check::Crc16 | Check::Bech32),
            prefix,
            ..
        } = row.shape
        else {
            continue;
        };
        for (seed, notation) in (0_u64..).zip(NAMED.into_iter().chain(VETOED)) {
            let mut wrong = row.sample(seed).unwrap();
            // A slip in the checksum, and one in what it is made of.
            let back = 1 + usize::try_from(seed % 12).unwrap();
            let at = wrong.len() - back;
            let is_bech32 = check == Check::Bech32;
            // Another character of the same kind, so that nothing but the checksum is wrong.
            wrong[at] = match wrong[at] {
                b'_' => continue,
                b'q' if is_bech32 => b'p',
                b'Q' if is_bech32 => b'P',
                byte if is_bech32 && prefix.starts_with('A') && byte != b'Q' => b'Q',
                _ if is_bech32 => b'q',
                b'f' => b'a',
                b'7' => b'2',
                b'z' => b'y',
                b'9' => b'8',
                b'Z' => b'Y',
                byte => byte + 1,
            };
            let (before, after) = notation.split_once('%').unwrap();
            let plain = String::from_utf8(wrong).unwrap();
            let escaped = plain.replacen('_', "\\u005f", 1);
            let percent = plain.replacen('_', "%5F", 1);
            let encoded = super::sample::encode_base64(format!("token: {plain}\n").as_bytes());
            for value in [plain, escaped, percent, encoded] {
                let text = [before, &value, after].concat();
                if let Some(first) = find(text.as_bytes()).first() {
                    found.push(format!(
                        "{} as {}: {text}",
                        row.rule.name, first.rule.rule.name
                    ));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{}:\n{}",
        found.len(),
        found[..found.len().min(40)].join("\n")
    );
}

#[test]
fn no_eight_characters_of_a_secret_survive_masking() {
    for row in &RULES {
        for (seed, (context, before, after)) in (100_u64..).zip(CONTEXTS) {
            let name = if needs_name(row) {
                "AWS_SECRET_ACCESS_KEY="
            } else {
                ""
            };
            let Some(secret) = row.sample(seed) else {
                continue;
            };
            let secret = if matches!(row.shape, Shape::Structured(Kind::UrlPassword)) {
                secret[19..39].to_vec()
            } else {
                secret
            };
            let before = if secret.len() == 20 && row.rule.name == "url-password" {
                format!("{before}postgres://gateway:")
            } else {
                before.to_owned()
            };
            let after = if row.rule.name == "url-password" {
                format!("@db.internal{after}")
            } else {
                after.to_owned()
            };
            let text = [
                before.as_bytes(),
                name.as_bytes(),
                &secret,
                after.as_bytes(),
            ]
            .concat();
            let masked = mask(&text);
            assert_eq!(masked.len(), text.len(), "{} in {context}", row.rule.name);
            let ends = |text: &[u8]| {
                text.iter()
                    .map(|byte| *byte == b'\n')
                    .collect::<Vec<bool>>()
            };
            assert_eq!(ends(&masked), ends(&text), "{} in {context}", row.rule.name);
            // The public part of a PuTTY file is none of the secret.
            let secret = if matches!(row.shape, Shape::Structured(Kind::Putty)) {
                &secret[110..]
            } else {
                &secret
            };
            let has = |text: &[u8], eight: &[u8]| memchr::memmem::find(text, eight).is_some();
            let is_secret = |eight: &&[u8]| {
                !eight.contains(&b'\n') && has(&masked, eight) && !has(before.as_bytes(), eight)
            };
            let shown = secret
                .windows(8)
                .find(is_secret)
                .map(String::from_utf8_lossy);
            assert!(
                shown.is_none(),
                "{} in {context}: {shown:?} in {}",
                row.rule.name,
                String::from_utf8_lossy(&masked)
            );
        }
    }
}

#[test]
fn masking_keeps_the_length_and_the_first_four_characters() {
    let text = format!("TOKEN=ghp_{} and more", "Zq8w".repeat(9));
    assert_eq!(
        mask_text(&text),
        format!("TOKEN=ghp_{} and more", "*".repeat(36))
    );
}

#[test]
fn what_is_nearly_a_token_is_masked_but_not_reported() {
    let body = "Zq8w".repeat(9);
    for text in [
        format!("ghp_{body}x"),
        format!("ghp_{}", &body[..20]),
        format!("sk-ant-{body}{}", "x1Y2".repeat(60)),
    ] {
        assert!(find(text.as_bytes()).is_empty());
        assert_eq!(
            mask_text(&text),
            format!("{}{}", &text[..4], "*".repeat(text.len() - 4))
        );
    }
}

#[test]
fn values_of_names_of_secrets_are_masked() {
    let value = "9f86d081".repeat(4);
    for notation in NAMED {
        let text = notation.replace('%', &value);
        let masked = mask_text(&text);
        assert!(!masked.contains("9f86d081"), "{masked}");
        assert_eq!(masked.len(), text.len());
    }
    for text in [
        format!("TOKEN_FILE={value}\n"),
        format!("DIGEST={value}\n"),
        "TOKEN=/run/secrets/gateway-token-18789\n".to_owned(),
        "TOKEN=${OPENCLAW_GATEWAY_TOKEN_18789}\n".to_owned(),
        "token: loopback-and-nothing-else\n".to_owned(),
        "TOKEN=short1\n".to_owned(),
        "TOKEN=".to_owned(),
        "token:".to_owned(),
        "User=openclaw\nRestart=always\n".to_owned(),
    ] {
        assert_eq!(mask_text(&text), text);
        assert!(find(text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn what_is_encoded_once_is_found() {
    let token = RULES
        .iter()
        .find(|row| row.rule.code == "SE008")
        .unwrap()
        .sample(7)
        .unwrap();
    let token = String::from_utf8(token).unwrap();
    let encoded = super::sample::encode_base64(format!("token: {token}\n").as_bytes());
    let pair = super::sample::encode_base64(format!("gateway:{}", &token[4..20]).as_bytes());
    for text in [
        format!("q={}", token.replace('_', "%5F")),
        format!("\"{}\"", token.replace('_', "\\u005f")),
        format!("T={}\\\n{}\n", &token[..12], &token[12..]),
        format!("data: {encoded}\n"),
        format!("Authorization: Basic {pair}\r\n"),
        format!("{{\"auths\": {{\"registry.internal\": {{\"auth\": \"{pair}\"}}}}}}"),
        format!("//registry.internal/:_auth={pair}\n"),
    ] {
        let found = find(text.as_bytes());
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(!mask_text(&text).contains(&token[22..30]), "{text}");
        assert!(!mask_text(&text).contains(&pair[2..10]), "{text}");
    }
}

#[test]
fn references_and_urls_without_passwords_are_no_secrets() {
    for text in [
        "postgres://user:password@localhost/db",
        "postgres://$USER:$PASSWORD@host/db",
        "redis://:${REDIS_PASSWORD}@redis:6379",
        "https://user:pass@example.com/",
        "git@github.com:owner/name.git",
        "mailto:someone@example.com",
        "amqp://guest:guest@localhost",
        "token: op://vault/item/field",
        "password: {{ vault_password }}",
        "api_key = os.environ[\"API_KEY\"]",
        "token = getToken(1, 2)",
        "max_tokens: 4096",
        "token_count=18789",
        "\"integrity\": \"sha512-q8Zt3LwPz0XvK1nRq8Zt3LwPz0XvK1nRq8Zt3LwPz0XvK1nR==\"",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "password: \"correct horse battery staple\"",
    ] {
        assert!(
            find(text.as_bytes()).is_empty(),
            "{text}: {:?}",
            find(text.as_bytes())
        );
    }
}

#[test]
fn a_finding_has_a_fingerprint_and_a_head_and_no_value() {
    let token = RULES
        .iter()
        .find(|row| row.rule.code == "SE008")
        .unwrap()
        .sample(7)
        .unwrap();
    let text = [b"a ", &token[..], b" b ", &token].concat();
    let found = find(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].head(&text), b"ghp_");
    let print = |finding: &Finding, key| finding.fingerprint(&text, key);
    assert_eq!(print(&found[0], [1, 2]), print(&found[1], [1, 2]));
    assert_ne!(print(&found[0], [1, 2]), print(&found[0], [1, 3]));
    let body = String::from_utf8_lossy(&token[4..12]).into_owned();
    assert!(!format!("{found:?}").contains(&body));
}

#[test]
fn long_runs_take_linear_time() {
    // Quadratic behaviour would take minutes here.
    let private = format!("-----BEGIN {} KEY-----", "PRIVATE");
    for unit in [
        "a",
        "=",
        "\"",
        "://",
        ":AA",
        "eyJ",
        "sk-",
        "sk-ant-",
        "-----BEGIN ",
        "token=",
        "token=\"",
        "@",
        "a:b@",
        "%2F",
        "\\/",
        "a\\\n",
        "LS0tLS1CRUdJTi",
        "_",
        "-",
        "Bearer ",
        "password: ",
        "machine ",
        ".a",
        "/aaaaaaaaaaaaaaaaaaaaaaaa",
        "eyJhbGciOiJIUzI1NiJ9.",
        &private,
        "{",
        "sig=",
        "\"auth\"",
        "{\"kty\"",
        "\"kty\"",
        "PuTTY-User",
        "MIIEpAIBAAKCAQEAq8Zt3LwPz0XvK1nR",
        "MIL//wIBAAKCAQEAq8Zt3LwPz0XvK1nRq8Zt3LwPz0XvK1nR\n",
        "ptr_",
    ] {
        let text = unit.repeat(100_000 / unit.len());
        let _ = find(text.as_bytes());
        let _ = mask(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic_and_findings_are_in_order(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        picks in prop::collection::vec((0..RULES.len(), any::<u64>(), "[ -~\\n]{0,12}", 0..80_usize), 0..6),
    ) {
        let mut text = bytes;
        for (row, seed, between, cut) in picks {
            let sample = RULES[row].sample(seed).unwrap_or_default();
            text.extend_from_slice(between.as_bytes());
            text.extend_from_slice(&sample[cut.min(sample.len()) / 8..]);
            text.extend_from_slice(NAMED[cut % NAMED.len()].as_bytes());
        }
        let found = find_in("home/.pgpass", &text);
        for finding in &found {
            assert!(finding.span.start < finding.span.end && finding.span.end <= text.len());
        }
        for pair in found.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start);
        }
        assert_eq!(mask(&text).len(), text.len());
    }

    #[test]
    fn what_is_found_does_not_depend_on_what_is_far_away(seed in any::<u64>(), before in 0..3000_usize) {
        let row = RULES[usize::try_from(seed % 400).unwrap()];
        let Some(secret) = row.sample(seed) else { return Ok(()) };
        let text = |before: usize| [" x\n".repeat(before).as_bytes(), b"v: ", &secret, b"\n"].concat();
        let shift = 3 * before;
        let (near, far) = (find(&text(0)), find(&text(before)));
        let moved: Vec<(usize, usize)> = far.iter().map(|finding| (finding.span.start - shift, finding.span.end - shift)).collect();
        let first: Vec<(usize, usize)> = near.iter().map(|finding| (finding.span.start, finding.span.end)).collect();
        assert_eq!(first, moved);
    }
}
