//! Places where several lines can stand.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(super) const CONTEXTS: &[Context] = &[
    row("block-file", "keys/server.key", "§V"),
    row(
        "block-yaml",
        "values.yaml",
        "tls:\n  enabled: true\n  §k: |\n    §I\n  port: 443\n",
    ),
    row(
        "block-json",
        "credentials.json",
        "{\n  \"type\": \"service_account\",\n  \"private_key_id\": \"§G\",\n  \"§s\": \"§J\",\n  \"client_email\": \"svc@acme.example\"\n}\n",
    ),
    row(
        "block-env",
        ".env",
        "PORT=18789\n§S=\"§J\"\nLOG_LEVEL=info\n",
    ),
    row(
        "block-env-lines",
        ".env",
        "PORT=18789\n§S=\"§V\"\nLOG_LEVEL=info\n",
    ),
    row(
        "block-plist",
        "key.plist",
        "<dict>\n<key>§c</key>\n<string>§V</string>\n</dict>\n",
    ),
    row(
        "block-k8s-secret",
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nstringData:\n  tls.key: |-\n    §I\n",
    ),
    row(
        "block-toml",
        "config.toml",
        "[tls]\n§s = \"\"\"\n§V\"\"\"\nport = 443\n",
    ),
    row(
        "block-hcl",
        "main.tf",
        "locals {\n  §s = <<-EOT\n    §I\n  EOT\n}\n",
    ),
    row("block-python", "keys.py", "§S = \"\"\"§V\"\"\"\n"),
    row(
        "block-shell",
        "install.sh",
        "cat > /etc/ssl/server.key <<'EOF'\n§VEOF\nchmod 600 /etc/ssl/server.key\n",
    ),
    row("block-markdown", "runbook.md", "Copy it:\n\n```\n§V```\n"),
    row("block-typescript", "keys.ts", "export const §c = `§V`;\n"),
    row("block-xml", "key.xml", "<§c><![CDATA[§V]]></§c>\n"),
    row("block-log", "debug.log", "§T loaded key:\n§V§T done\n"),
    row(
        "block-cloud-init",
        "user-data.yaml",
        "write_files:\n  - path: /etc/ssl/server.key\n    content: |\n      §I\n    permissions: '0600'\n",
    ),
];
