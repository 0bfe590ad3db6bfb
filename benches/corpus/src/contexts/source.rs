//! Source code, documents, data and requests where a name stands before a value.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(super) const CONTEXTS: &[Context] = &[
    row(
        "python",
        "settings.py",
        "import os\n\nDEBUG = False\n§S = \"§V\"\nALLOWED_HOSTS = [\"gw.internal\"]\n",
    ),
    row(
        "python-call",
        "bot.py",
        "client = Client(\n    base_url=\"https://§H\",\n    §s='§V',\n    timeout=30,\n)\n",
    ),
    row(
        "python-dict",
        "conf.py",
        "CONFIG = {\n    'port': 18789,\n    '§s': '§V',\n}\n",
    ),
    row(
        "python-getenv",
        "app.py",
        "§s = os.environ.get(\"§S\", \"§V\")\n",
    ),
    row(
        "python-environ",
        "run.py",
        "os.environ[\"§S\"] = \"§V\"\nmain()\n",
    ),
    row(
        "javascript",
        "config.js",
        "const port = 18789;\nconst §c = '§V';\nmodule.exports = { port };\n",
    ),
    row(
        "javascript-object",
        "ecosystem.config.js",
        "module.exports = {\n  name: 'gateway',\n  env: { NODE_ENV: 'production', §S: '§V' },\n};\n",
    ),
    row(
        "javascript-env",
        "index.mjs",
        "process.env.§S = \"§V\";\nawait start();\n",
    ),
    row(
        "javascript-default",
        "server.js",
        "const §c = process.env.§S || '§V';\n",
    ),
    row(
        "typescript",
        "src/client.ts",
        "export const client = new Client({\n  region: 'eu',\n  §c: `§V`,\n});\n",
    ),
    row(
        "typescript-typed",
        "src/keys.ts",
        "const §c: string = \"§V\";\nprivate readonly retries: number = 3;\n",
    ),
    row(
        "go",
        "main.go",
        "package main\n\nconst §c = \"§V\"\n\nvar port = 18789\n",
    ),
    row(
        "go-short",
        "cmd/run.go",
        "func run() error {\n\t§c := \"§V\"\n\treturn serve(ctx, 8080)\n}\n",
    ),
    row(
        "go-struct",
        "config.go",
        "cfg := Config{\n\tPort: 8080,\n\t§P:   \"§V\",\n}\n",
    ),
    row("go-setenv", "main_test.go", "t.Setenv(\"§S\", \"§V\")\n"),
    row(
        "java",
        "Settings.java",
        "class Settings {\n    private static final String §S = \"§V\";\n    static final int PORT = 18789;\n}\n",
    ),
    row(
        "csharp",
        "Settings.cs",
        "public class Settings\n{\n    public string §P { get; set; } = \"§V\";\n}\n",
    ),
    row(
        "rust",
        "src/config.rs",
        "pub const PORT: u16 = 18789;\nconst §S: &str = \"§V\";\n",
    ),
    row(
        "rust-call",
        "src/main.rs",
        "let client = Client::builder().§s(\"§V\").build()?;\n",
    ),
    row(
        "swift",
        "Config.swift",
        "enum Config {\n    static let port = 18789\n    static let §c = \"§V\"\n}\n",
    ),
    row(
        "kotlin",
        "Config.kt",
        "object Config {\n    const val §S = \"§V\"\n    val retries = 3\n}\n",
    ),
    row(
        "php",
        "config.php",
        "<?php\nreturn [\n    'port' => 18789,\n    '§s' => '§V',\n];\n",
    ),
    row(
        "php-define",
        "wp-config.php",
        "<?php\ndefine('WP_DEBUG', false);\ndefine('§S', '§V');\n",
    ),
    row(
        "ruby",
        "config/gateway.rb",
        "Gateway.configure do |config|\n  config.port = 18789\n  config.§s = '§V'\nend\n",
    ),
    row(
        "ruby-hash",
        "config/initializer.rb",
        "SETTINGS = {\n  :host => 'gw.internal',\n  :§s => \"§V\",\n}.freeze\n",
    ),
    row(
        "lua",
        "gateway.lua",
        "local port = 18789\nlocal §s = \"§V\"\n",
    ),
    row(
        "elixir",
        "config/prod.exs",
        "config :gateway,\n  port: 18789,\n  §s: \"§V\"\n",
    ),
    row(
        "cpp",
        "secrets.h",
        "#define PORT 18789\n#define §S \"§V\"\n",
    ),
    row(
        "sql",
        "seed.sql",
        "INSERT INTO settings (name, value) VALUES ('§s', '§V');\n",
    ),
    row(
        "markdown-table",
        "NOTES.md",
        "# Access\n\n| Name | Value |\n| --- | --- |\n| PORT | 18789 |\n| §S | §V |\n",
    ),
    row(
        "markdown-table",
        "docs/setup.md",
        "| Setting | Value |\n|---|---|\n| `§S` | `§V` |\n",
    ),
    row(
        "markdown-list",
        "TOOLS.md",
        "## Gateway\n\n- Host: gw.internal\n- **§F**: `§V`\n- Port: 18789\n",
    ),
    row(
        "markdown-fence",
        "README.md",
        "Start it:\n\n```sh\nexport §S=§Q\nnpm start\n```\n",
    ),
    row(
        "markdown-text",
        "MEMORY.md",
        "The gateway runs on port 18789.\n§F: §V\nAsk ops for the rest.\n",
    ),
    row(
        "html-input",
        "login.html",
        "<form>\n<input type=\"hidden\" name=\"§s\" value=\"§X\">\n</form>\n",
    ),
    row(
        "html-data",
        "index.html",
        "<div id=\"app\" data-port=\"§N\" data-§k=\"§X\"></div>\n",
    ),
    row(
        "url-query",
        "links.txt",
        "https://§H/v1/status?format=json&§s=§U&limit=5\n",
    ),
    row(
        "log-pair",
        "gateway.log",
        "§T INFO gateway starting port=18789 §s=§V pid=§N\n",
    ),
    row(
        "log-json",
        "gateway.jsonl",
        "{\"ts\":\"§T\",\"level\":\"info\",\"msg\":\"config loaded\",\"§c\":\"§V\",\"trace\":\"§M\"}\n",
    ),
    row(
        "log-json-nested",
        "audit.jsonl",
        "{\"ts\":\"§T\",\"line\":\"env: {\\\"§S\\\": \\\"§V\\\"}\\n\",\"pid\":§N}\n",
    ),
    row(
        "log-colon",
        "debug.log",
        "[§T] debug: loaded §S: §V\n[§T] debug: listening on 18789\n",
    ),
    row(
        "csv",
        "export.csv",
        "name,value,updated\nPORT,18789,§T\n§S,§V,§T\n",
    ),
    row(
        "http",
        "requests.http",
        "GET https://§H/v1/status\nAccept: application/json\nX-§h: §V\n\n###\n",
    ),
    row(
        "diff",
        "fix.patch",
        "@@ -1,3 +1,3 @@\n PORT=18789\n-§S=\n+§S=§V\n LOG=info\n",
    ),
];
