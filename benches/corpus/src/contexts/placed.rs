//! Files and commands that make a secret of what stands in a certain place.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(crate) const CONTEXTS: &[Context] = &[
    row(
        "aws-credentials",
        ".aws/credentials",
        "[default]\naws_access_key_id = §A\naws_secret_access_key = §V\nregion = eu-central-1\n",
    ),
    row(
        "aws-env",
        "aws.env",
        "AWS_ACCESS_KEY_ID=§A\nAWS_SECRET_ACCESS_KEY=§V\nAWS_REGION=eu-central-1\n",
    ),
    row(
        "aws-csv",
        "accessKeys.csv",
        "Access key ID,Secret access key\n§A,§V\n",
    ),
    row(
        "aws-json",
        "credentials.json",
        "{\"AccessKeyId\": \"§A\", \"SecretAccessKey\": \"§V\", \"Expiration\": \"§TZ\"}\n",
    ),
    row(
        "aws-source",
        "s3.py",
        "s3 = boto3.client('s3', aws_access_key_id='§A', aws_secret_access_key='§V')\n",
    ),
    row(
        "basic-curl",
        "bin/api.sh",
        "curl -H 'Authorization: Basic §V' https://§H/api\n",
    ),
    row(
        "basic-log",
        "proxy.log",
        "§T GET /api Authorization: Basic §V 200\n",
    ),
    row(
        "basic-json",
        "headers.json",
        "{\"headers\": {\"Accept\": \"*/*\", \"Authorization\": \"Basic §V\"}}\n",
    ),
    row(
        "basic-nginx",
        "upstream.conf",
        "proxy_set_header Authorization \"Basic §V\";\nproxy_pass http://127.0.0.1:9200;\n",
    ),
    row(
        "bearer-curl",
        "bin/api.sh",
        "curl -H \"Authorization: Bearer §V\" https://§H/api\n",
    ),
    row(
        "bearer-log",
        "gateway.log",
        "§T -> POST /v1/chat authorization: Bearer §V\n",
    ),
    row(
        "bearer-log-json",
        "gateway.jsonl",
        "{\"ts\":\"§T\",\"msg\":\"request\",\"headers\":\"{\\\"authorization\\\":\\\"Bearer §V\\\"}\"}\n",
    ),
    row(
        "bearer-json",
        "mcp.json",
        "{\"url\": \"https://§H/mcp\", \"headers\": {\"Authorization\": \"Bearer §V\"}}\n",
    ),
    row(
        "bearer-yaml",
        "prometheus.yml",
        "scrape_configs:\n  - job_name: gateway\n    authorization:\n      type: Bearer\n      credentials: §V\n",
    ),
    row(
        "bearer-source",
        "client.ts",
        "const response = await fetch(url, { headers: { Authorization: `Bearer §V` } });\n",
    ),
    row(
        "netrc",
        ".netrc",
        "machine api.internal\n  login gateway\n  password §V\n",
    ),
    row(
        "netrc-one-line",
        ".netrc",
        "machine git.internal login deploy password §V\ndefault login anonymous\n",
    ),
    row(
        "netrc-authinfo",
        ".authinfo",
        "machine imap.internal login ops port 993 password §V\n",
    ),
    row(
        "pgpass",
        ".pgpass",
        "# gateway\ndb.internal:5432:gateway:svc:§V\n",
    ),
    row(
        "pgpass-any",
        "home/svc/.pgpass",
        "*:*:*:svc:§V\nlocalhost:5432:test:test:§V\n",
    ),
    row(
        "npmrc-token",
        ".npmrc",
        "registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken=§V\nalways-auth=true\n",
    ),
    row(
        "npmrc-token-scoped",
        "home/.npmrc",
        "@acme:registry=https://npm.internal/\n//npm.internal/:_authToken=\"§V\"\n",
    ),
    row(
        "npmrc-auth",
        ".npmrc",
        "registry=https://npm.internal/\n_auth=§V\nemail=ops@acme.example\n",
    ),
    row(
        "npmrc-auth-scoped",
        ".npmrc",
        "//npm.internal/repository/:_auth=§V\n",
    ),
    row(
        "docker-auth",
        ".docker/config.json",
        "{\n  \"auths\": {\n    \"ghcr.io\": {\n      \"auth\": \"§V\"\n    }\n  }\n}\n",
    ),
    row(
        "docker-auth-line",
        "config.json",
        "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"§V\",\"email\":\"ops@acme.example\"}}}\n",
    ),
    row(
        "kubeconfig-key",
        ".kube/config",
        "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: §V\n",
    ),
    row(
        "kubeconfig-token",
        "kubeconfig.yaml",
        "apiVersion: v1\nkind: Config\nusers:\n- name: deployer\n  user:\n    token: §V\ncurrent-context: prod\n",
    ),
    row(
        "openclaw-env",
        "gateway.env",
        "OPENCLAW_GATEWAY_PORT=18789\nOPENCLAW_GATEWAY_TOKEN=§V\n",
    ),
    row(
        "openclaw-env-password",
        "gateway.env",
        "OPENCLAW_GATEWAY_BIND=lan\nOPENCLAW_GATEWAY_PASSWORD=§V\n",
    ),
    row(
        "openclaw-unit",
        "openclaw-gateway.service",
        "[Service]\nExecStart=/usr/bin/openclaw gateway --port 18789\nEnvironment=\"OPENCLAW_GATEWAY_TOKEN=§V\"\n",
    ),
    row(
        "openclaw-plist",
        "ai.openclaw.gateway.plist",
        "<dict>\n  <key>EnvironmentVariables</key>\n  <dict>\n    <key>OPENCLAW_GATEWAY_TOKEN</key>\n    <string>§X</string>\n  </dict>\n</dict>\n",
    ),
    row(
        "openclaw-json",
        "openclaw.json",
        "{\n  \"gateway\": {\n    \"port\": 18789,\n    \"auth\": {\n      \"mode\": \"token\",\n      \"token\": \"§V\"\n    }\n  }\n}\n",
    ),
    row(
        "openclaw-json-password",
        ".openclaw/openclaw.json",
        "{\n  \"gateway\": {\n    \"auth\": { \"mode\": \"password\", \"password\": \"§V\" },\n    \"remote\": { \"url\": \"wss://gw.internal\" }\n  }\n}\n",
    ),
    row(
        "openclaw-json-remote",
        "openclaw.json",
        "{gateway: {remote: {url: 'ws://gw.internal:18789', token: '§V'}}}\n",
    ),
    row(
        "openclaw-cli",
        "bin/start.sh",
        "openclaw gateway --port 18789 --token §Q --verbose\n",
    ),
    row(
        "openclaw-url",
        "notes.md",
        "Open http://127.0.0.1:18789/?token=§U and log in.\n",
    ),
    row(
        "command-mysql",
        "backup.sh",
        "mysqldump -h db.internal -u root -p§Q agents > agents.sql\n",
    ),
    row(
        "command-redis",
        "flush.sh",
        "redis-cli -h cache.internal -a §Q FLUSHALL\n",
    ),
    row(
        "command-sshpass",
        "copy.sh",
        "sshpass -p §Q scp dump.sql ops@files.internal:\n",
    ),
    row(
        "command-curl-user",
        "api.sh",
        "curl -fsS -u gateway:§Q https://§H/api/status\n",
    ),
    row(
        "command-curl-user-long",
        "api.sh",
        "curl --user 'gateway:§V' https://§H/api/status\n",
    ),
    row(
        "command-docker-login",
        "login.sh",
        "docker login registry.internal -u deploy -p §Q\n",
    ),
    row(
        "command-docker-login-stdin",
        "login.sh",
        "echo §Q | docker login registry.internal -u deploy --password-stdin\n",
    ),
    row(
        "command-psql",
        "query.sh",
        "PGPASSWORD=§Q psql -h db.internal -U svc -c 'select 1'\n",
    ),
    row(
        "command-wget",
        "fetch.sh",
        "wget --user=ops --password=§Q https://§H/file\n",
    ),
    row("command-chpasswd", "users.sh", "echo 'ops:§V' | chpasswd\n"),
    row(
        "aws-configure",
        "setup.sh",
        "aws configure set aws_access_key_id §A\naws configure set aws_secret_access_key §V\n",
    ),
    row(
        "kubeadm",
        "join.sh",
        "kubeadm join 10.0.4.2:6443 --token §V --discovery-token-ca-cert-hash sha256:§D\n",
    ),
    row(
        "git-credentials",
        ".git-credentials",
        "https://ops:§V@git.internal\n",
    ),
    row(
        "git-config",
        ".git/config",
        "[remote \"origin\"]\n\turl = https://oauth2:§V@git.internal/ops/gateway.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
    ),
    row(
        "git-pip",
        "pip.conf",
        "[global]\nindex-url = https://ops:§V@pypi.internal/simple\n",
    ),
    row(
        "git-clone",
        "clone.sh",
        "git clone --depth 1 https://x-access-token:§V@git.internal/ops/gateway.git\n",
    ),
    row(
        "wireguard",
        "wg0.conf",
        "[Interface]\nAddress = 10.8.0.2/24\nPrivateKey = §V\nListenPort = 51820\n",
    ),
    row(
        "jwk",
        "keys/private.jwk",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"§V\",\"kid\":\"gateway-1\",\"use\":\"sig\"}\n",
    ),
    row(
        "composer",
        "auth.json",
        "{\n  \"github-oauth\": {\n    \"github.com\": \"§V\"\n  }\n}\n",
    ),
    row(
        "conf-my-cnf",
        ".my.cnf",
        "[client]\nuser = svc\npassword = §V\nhost = db.internal\n",
    ),
    row(
        "conf-redis",
        "redis.conf",
        "bind 127.0.0.1\nrequirepass §V\nmaxmemory 256mb\n",
    ),
    row(
        "conf-msmtp",
        ".msmtprc",
        "account ops\nhost mail.internal\nuser ops\npassword §V\n",
    ),
    row(
        "conf-mutt",
        ".muttrc",
        "set imap_user=ops\nset imap_pass=\"§V\"\n",
    ),
    row(
        "conf-fetchmail",
        ".fetchmailrc",
        "poll mail.internal protocol IMAP\n  user \"ops\" password \"§V\" ssl\n",
    ),
    row(
        "conf-maven",
        "settings.xml",
        "<servers>\n  <server>\n    <id>internal</id>\n    <username>deploy</username>\n    <password>§X</password>\n  </server>\n</servers>\n",
    ),
    row(
        "conf-rclone",
        "rclone.conf",
        "[backup]\ntype = webdav\nurl = https://files.internal\nuser = ops\npass = §V\n",
    ),
    row(
        "conf-wpa",
        "wpa_supplicant.conf",
        "network={\n    ssid=\"ops\"\n    psk=\"§V\"\n}\n",
    ),
    row(
        "conf-samba",
        ".smbcredentials",
        "username=ops\npassword=§V\ndomain=ACME\n",
    ),
    row(
        "conf-inventory",
        "inventory.ini",
        "[gateways]\ngw-1.internal ansible_user=ops ansible_password=§Q ansible_port=22\n",
    ),
    row(
        "conf-fstab",
        "fstab",
        "//files.internal/ops /mnt/ops cifs username=ops,password=§V,uid=1000 0 0\n",
    ),
    row(
        "conf-pypirc",
        ".pypirc",
        "[internal]\nrepository = https://pypi.internal\nusername = ops\npassword = §V\n",
    ),
    row(
        "conf-turn",
        "turnserver.conf",
        "listening-port=3478\nuser=gateway:§V\nrealm=turn.internal\n",
    ),
];
