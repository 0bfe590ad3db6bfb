//! Files of configuration.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(super) const CONTEXTS: &[Context] = &[
    row(
        "env",
        "gateway.env",
        "NODE_ENV=production\nPORT=18789\n§S=§V\nLOG_LEVEL=info\n",
    ),
    row(
        "env",
        ".env",
        "# gateway\nGATEWAY_BIND=loopback\n§S=\"§V\"\nTZ=Europe/Berlin\n",
    ),
    row(
        "env",
        ".env.production",
        "APP_URL=https://app.internal\n§S='§V'\nBUILD_SHA=§G\n",
    ),
    row(
        "env",
        "deploy/.env.local",
        "TOKEN_FILE=/run/secrets/token\n§S = §V\nMAX_TOKENS=4096\n",
    ),
    row("env-comment", ".env", "PORT=8080\n# §S=§V\nDEBUG=false\n"),
    row(
        "systemd",
        "units/gateway.service",
        "[Unit]\nDescription=Gateway\nAfter=network-online.target\n\n[Service]\nType=simple\nEnvironment=§S=§V\nEnvironment=NODE_ENV=production\nExecStart=/usr/bin/node /opt/gateway/index.js --port 18789\nRestart=on-failure\n\n[Install]\nWantedBy=default.target\n",
    ),
    row(
        "systemd-quoted",
        "units/agent.service",
        "[Service]\nExecStart=/usr/local/bin/agent run\nEnvironment=\"§S=§V\"\nRestart=always\nRestartSec=5\n",
    ),
    row(
        "systemd-list",
        "units/worker.service",
        "[Service]\nEnvironment=\"HOME=/srv/worker\" \"§S=§V\" PORT=§N\nExecStart=/usr/local/bin/worker\nMemoryMax=512M\n",
    ),
    row(
        "systemd-drop-in",
        "units/gateway.service.d/override.conf",
        "[Service]\nEnvironment=LOG_LEVEL=debug §S=§V TZ=UTC\n",
    ),
    row(
        "json",
        "config.json",
        "{\n  \"name\": \"gateway\",\n  \"port\": 18789,\n  \"§c\": \"§V\",\n  \"commit\": \"§G\"\n}\n",
    ),
    row(
        "json",
        "settings/service.json",
        "{\"requestId\":\"§E\",\"§s\":\"§V\",\"retries\":3,\"tokenLimit\":200000}\n",
    ),
    row(
        "json-env",
        "mcp.json",
        "{\n  \"mcpServers\": {\n    \"tools\": {\n      \"command\": \"npx\",\n      \"args\": [\"-y\", \"tool-server\"],\n      \"env\": { \"§S\": \"§V\" }\n    }\n  }\n}\n",
    ),
    row(
        "json-name-value",
        "task-definition.json",
        "{\n  \"family\": \"gateway\",\n  \"environment\": [\n    {\"name\": \"PORT\", \"value\": \"18789\"},\n    {\"name\": \"§S\", \"value\": \"§V\"}\n  ]\n}\n",
    ),
    row(
        "json-escaped",
        "fixtures/message.json",
        "{\"id\": \"§E\", \"body\": \"{\\\"service\\\":\\\"gateway\\\",\\\"§s\\\":\\\"§V\\\",\\\"port\\\":18789}\"}\n",
    ),
    row(
        "json5",
        "openclaw.json5",
        "{\n  // channels\n  channels: {\n    main: { enabled: true, §c: '§V', allowFrom: ['+15555550123'] },\n  },\n}\n",
    ),
    row(
        "yaml",
        "values.yaml",
        "service:\n  port: 18789\n  §s: §V\n  replicas: 2\n",
    ),
    row(
        "yaml",
        "config/prod.yml",
        "logging: info\n§c: \"§V\"\nmax_tokens: 8192\n",
    ),
    row(
        "yaml-quoted",
        "group_vars/all.yml",
        "---\ngateway_user: claw\n§s: '§V'\ngateway_port: 18789\n",
    ),
    row(
        "k8s-env",
        "k8s/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: gateway\nspec:\n  template:\n    spec:\n      containers:\n        - name: gateway\n          image: ghcr.io/acme/gateway@sha256:§D\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: §S\n              value: §V\n",
    ),
    row(
        "k8s-env-quoted",
        "k8s/cronjob.yaml",
        "          env:\n            - name: \"§S\"\n              value: \"§V\"\n            - name: TZ\n              value: UTC\n",
    ),
    row(
        "k8s-env-inline",
        "k8s/job.yaml",
        "          env:\n            - { name: PORT, value: \"8080\" }\n            - { name: §S, value: \"§V\" }\n",
    ),
    row(
        "k8s-secret-data",
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: gateway\n  uid: §E\ntype: Opaque\ndata:\n  §k: §B\n",
    ),
    row(
        "k8s-secret-string",
        "k8s/secret-string.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: gateway\nstringData:\n  §S: §V\n",
    ),
    row(
        "compose-list",
        "docker-compose.yml",
        "services:\n  gateway:\n    image: acme/gateway:1.4.2\n    environment:\n      - NODE_ENV=production\n      - §S=§V\n    ports:\n      - \"18789:18789\"\n",
    ),
    row(
        "compose-map",
        "compose.yaml",
        "services:\n  gateway:\n    build: .\n    environment:\n      NODE_ENV: production\n      §S: \"§V\"\n    restart: unless-stopped\n",
    ),
    row(
        "actions",
        ".github/workflows/deploy.yml",
        "jobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    env:\n      §S: §V\n    steps:\n      - uses: actions/checkout@§G\n",
    ),
    row(
        "toml",
        "config.toml",
        "[gateway]\nport = 18789\n§s = \"§V\"\nbind = \"loopback\"\n",
    ),
    row(
        "toml",
        "wrangler.toml",
        "name = \"gateway\"\n[vars]\n§S = '§V'\nCOMMIT = \"§G\"\n",
    ),
    row(
        "toml-inline",
        "agents.toml",
        "main = { model = \"opus\", §k = \"§V\", port = §N }\n",
    ),
    row(
        "ini",
        "gateway.ini",
        "[service]\nhost = §H\n§s = §V\ntimeout = 30\n",
    ),
    row(
        "ini-colon",
        "setup.cfg",
        "[publish]\nrepository: https://pkg.internal\n§s: §V\n",
    ),
    row(
        "properties",
        "application.properties",
        "server.port=8080\ngateway.§d=§V\nlogging.level.root=INFO\n",
    ),
    row(
        "properties",
        "gradle.properties",
        "org.gradle.jvmargs=-Xmx2g\n§c=§V\n",
    ),
    row(
        "plist",
        "LaunchAgents/ai.gateway.plist",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>ai.gateway</string>\n  <key>EnvironmentVariables</key>\n  <dict>\n    <key>PATH</key>\n    <string>/usr/local/bin:/usr/bin:/bin</string>\n    <key>§S</key>\n    <string>§X</string>\n  </dict>\n  <key>KeepAlive</key>\n  <true/>\n</dict>\n</plist>\n",
    ),
    row(
        "plist-one-line",
        "Library/Preferences/gateway.plist",
        "<plist version=\"1.0\"><dict><key>Port</key><integer>18789</integer><key>§P</key><string>§X</string></dict></plist>\n",
    ),
    row(
        "plist-apart",
        "LaunchDaemons/agent.plist",
        "<dict>\n\t<key>RunAtLoad</key>\n\t<true/>\n\t<key>§c</key>\n\t<string>\n\t\t§X\n\t</string>\n</dict>\n",
    ),
    row(
        "xml-element",
        "config.xml",
        "<config>\n  <host>§H</host>\n  <§c>§X</§c>\n  <port>§N</port>\n</config>\n",
    ),
    row(
        "xml-attribute",
        "web.config",
        "<appSettings>\n  <add key=\"Build\" value=\"§G\" />\n  <add key=\"§P\" value=\"§X\" />\n</appSettings>\n",
    ),
    row(
        "xml-attribute-own",
        "context.xml",
        "<Resource name=\"jdbc/ops\" url=\"https://§H\" §c=\"§X\" maxTotal=\"20\"/>\n",
    ),
    row(
        "xml-name-value",
        "core-site.xml",
        "<configuration>\n  <property>\n    <name>gateway.§d</name>\n    <value>§X</value>\n  </property>\n</configuration>\n",
    ),
    row(
        "nginx",
        "nginx/gateway.conf",
        "location /api/ {\n    proxy_set_header X-§h \"§V\";\n    proxy_pass http://127.0.0.1:18789;\n}\n",
    ),
    row(
        "nginx-set",
        "nginx/vars.conf",
        "set $upstream 127.0.0.1:18789;\nset $§s \"§V\";\n",
    ),
    row(
        "caddy",
        "Caddyfile",
        "gw.internal {\n\treverse_proxy 127.0.0.1:18789 {\n\t\theader_up X-§h \"§V\"\n\t}\n}\n",
    ),
    row(
        "hcl",
        "main.tf",
        "resource \"acme_service\" \"gateway\" {\n  name = \"gateway\"\n  §s = \"§V\"\n  port = 18789\n}\n",
    ),
    row(
        "hcl-variable",
        "variables.tf",
        "variable \"§s\" {\n  type    = string\n  default = \"§V\"\n}\n",
    ),
    row(
        "tfvars",
        "prod.tfvars",
        "region   = \"eu-central-1\"\n§s = \"§V\"\n",
    ),
    row(
        "nix",
        "configuration.nix",
        "{ config, ... }: {\n  services.gateway = {\n    enable = true;\n    environment.§S = \"§V\";\n    port = 18789;\n  };\n}\n",
    ),
];
