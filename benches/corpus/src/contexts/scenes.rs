//! Whole files of a gateway, with secrets of several kinds side by side: `§<kind>`.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(crate) const CONTEXTS: &[Context] = &[
    row(
        "scene-openclaw",
        ".openclaw/openclaw.json",
        r#"{
  "meta": { "lastTouchedVersion": "2026.3.1", "lastTouchedAt": "§TZ" },
  "env": { "OPENROUTER_API_KEY": "§<openrouter-key>" },
  "auth": { "profiles": { "anthropic:main": { "provider": "anthropic", "mode": "token" } } },
  "models": {
    "providers": {
      "openai": { "baseUrl": "https://api.openai.com/v1", "apiKey": "§<openai-project-key>" },
      "groq": { "apiKey": "§<groq-key>", "maxTokens": 8192 }
    }
  },
  "gateway": {
    "port": 18789,
    "auth": { "mode": "token", "token": "§<openclaw-gateway-token>" },
    "remote": { "url": "ws://gw.internal:18789", "token": "§<openclaw-gateway-token-long>" }
  },
  "channels": {
    "telegram": { "enabled": true, "botToken": "§<telegram-bot-token>", "allowFrom": ["123456789"] },
    "discord": { "enabled": true, "token": "§<discord-bot-token>" },
    "slack": { "botToken": "§<slack-bot-token>", "appToken": "§<slack-app-token>", "signingSecret": "§<slack-signing-secret>" },
    "mattermost": { "botToken": "§<mattermost-token>", "baseUrl": "https://chat.internal" },
    "matrix": { "homeserver": "https://matrix.internal", "accessToken": "§<matrix-token>" }
  },
  "tools": { "web": { "search": { "provider": "brave", "apiKey": "§<brave-key>" } } },
  "messages": { "tts": { "elevenlabs": { "apiKey": "§<elevenlabs-key>", "voiceId": "pMsXgVXv3BLzUgSXRplE" } } }
}
"#,
    ),
    row(
        "scene-env",
        "gateway.env",
        "# models\nANTHROPIC_API_KEY=§<anthropic-api-key>\nOPENAI_API_KEY=§<openai-service-key>\nGEMINI_API_KEY=§<google-api-key>\nMISTRAL_API_KEY=§<mistral-key>\nMODEL=claude-opus-4\n\n# channels\nTELEGRAM_BOT_TOKEN=§<telegram-bot-token>\nTELEGRAM_CHAT_ID=-1001234567890\nDISCORD_BOT_TOKEN=§<discord-bot-token>\nDISCORD_CLIENT_ID=112233445566778899\nTWILIO_ACCOUNT_SID_FILE=/run/secrets/sid\nTWILIO_AUTH_TOKEN=§<twilio-auth-token>\n\n# rest\nDATABASE_URL=§<postgres-url>\nREDIS_URL=§<redis-url>\nGITHUB_TOKEN=§<github-fine-grained-token>\nAWS_ACCESS_KEY_ID=§<aws-access-key-id>\nAWS_SECRET_ACCESS_KEY=§<aws-secret-access-key>\nOPENCLAW_GATEWAY_TOKEN=§<openclaw-gateway-token>\nPORT=18789\n",
    ),
    row(
        "scene-unit",
        ".config/systemd/user/openclaw-gateway.service",
        "[Unit]\nDescription=OpenClaw Gateway\nAfter=network-online.target\n\n[Service]\nExecStart=/usr/bin/node /opt/openclaw/dist/index.js gateway --port 18789\nEnvironment=HOME=/home/ops\nEnvironment=\"OPENCLAW_GATEWAY_TOKEN=§<openclaw-gateway-token>\" \"ANTHROPIC_API_KEY=§<anthropic-oauth-token>\"\nEnvironment=TELEGRAM_BOT_TOKEN=§<telegram-bot-token> HF_TOKEN=§<huggingface-token> \\\n    PERPLEXITY_API_KEY=§<perplexity-key>\nRestart=always\nRestartSec=5\n\n[Install]\nWantedBy=default.target\n",
    ),
    row(
        "scene-compose",
        "docker-compose.yml",
        "services:\n  gateway:\n    image: ghcr.io/openclaw/openclaw@sha256:§D\n    environment:\n      - XAI_API_KEY=§<xai-key>\n      - SLACK_BOT_TOKEN=§<slack-bot-token>\n      - TS_AUTHKEY=§<tailscale-auth-key>\n    command: [\"gateway\", \"--token\", \"§<openclaw-gateway-token>\"]\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: gateway\n      POSTGRES_PASSWORD: §<smtp-password>\n  tunnel:\n    image: cloudflare/cloudflared:2026.2.0\n    command: tunnel run --token §<cloudflare-tunnel-token>\n",
    ),
    row(
        "scene-history",
        ".bash_history",
        "cd /srv/gateway\nexport ANTHROPIC_API_KEY=§<anthropic-api-key>\ngit clone https://ops:§<github-personal-token>@github.com/acme/gateway.git\ncurl -H \"Authorization: Bearer §<openai-key>\" https://api.openai.com/v1/models\nngrok config add-authtoken §<ngrok-token>\ntailscale up --authkey §<tailscale-auth-key>\nls -la\nsudo systemctl restart gateway\n",
    ),
    row(
        "scene-log",
        "gateway.log",
        "§T INFO [gateway] listening on ws://127.0.0.1:18789\n§T DEBUG [telegram] POST https://api.telegram.org/bot§<telegram-bot-token>/getUpdates 200\n§T DEBUG [http] {\"url\":\"https://api.groq.com/openai/v1/chat\",\"headers\":{\"authorization\":\"Bearer §<groq-key>\",\"x-request-id\":\"§E\"}}\n§T WARN [slack] invalid_auth for §<slack-bot-token>\n§T ERROR [discord] webhook https://discord.com/api/webhooks/1234567890123456789/redacted failed\n§T INFO [agent] prompt_tokens=1534 completion_tokens=220\n",
    ),
    row(
        "scene-workspace",
        "workspace/TOOLS.md",
        "# Tools\n\n## Home\n\n- Notion: `§<notion-token>`\n- Linear key §<linear-key> (read only)\n- Deploy with `gatewayctl --token §<gitlab-personal-token>`\n\n| Service | Key |\n|---|---|\n| Tavily | §<tavily-key> |\n| Firecrawl | `§<firecrawl-key>` |\n\nSession ids look like §E and commits like §G.\n",
    ),
    row(
        "scene-auth-profiles",
        "agents/main/agent/auth-profiles.json",
        "{\n  \"version\": 1,\n  \"profiles\": {\n    \"anthropic:default\": { \"type\": \"oauth\", \"access\": \"§<anthropic-oauth-token>\", \"refresh\": \"§<anthropic-refresh-token>\", \"expires\": 1790000000000 },\n    \"openai:default\": { \"type\": \"api_key\", \"provider\": \"openai\", \"key\": \"§<openai-project-key>\" },\n    \"openrouter:default\": { \"type\": \"api_key\", \"provider\": \"openrouter\", \"key\": \"§<openrouter-key>\" }\n  },\n  \"lastGood\": { \"anthropic\": \"anthropic:default\" }\n}\n",
    ),
];
