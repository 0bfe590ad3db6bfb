//! Places without a name: only the form of the value tells what it is.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(super) const CONTEXTS: &[Context] = &[
    row(
        "bare-log",
        "gateway.log",
        "§T WARN upstream answered 401 for §V (attempt 2)\n",
    ),
    row(
        "bare-log-end",
        "agent.log",
        "§T request §E used §V\n§T request done\n",
    ),
    row(
        "bare-json-list",
        "keys.json",
        "[\n  \"§V\",\n  \"gw.internal\"\n]\n",
    ),
    row(
        "bare-yaml-list",
        "keys.yaml",
        "allowed:\n  - §V\n  - other\n",
    ),
    row(
        "bare-markdown",
        "MEMORY.md",
        "The one for staging is `§V`, ask before use.\n",
    ),
    row(
        "bare-prose",
        "notes.txt",
        "Remember to rotate §V, please.\n",
    ),
    row("bare-parens", "chat.md", "> use this one (§V) for now\n"),
    row(
        "bare-argument",
        "bin/call.sh",
        "./call \"§V\" --retries 3\n",
    ),
    row(
        "bare-code",
        "main.go",
        "\tclient := api.New(\"§V\", 30*time.Second)\n",
    ),
    row(
        "bare-html",
        "page.html",
        "<p>Your key: <code>§X</code></p>\n",
    ),
    row("bare-xml", "data.xml", "<item><v>§X</v></item>\n"),
    row("bare-csv", "keys.csv", "id,what,used\n17,§V,yes\n"),
    row("bare-line", "token.txt", "§V\n"),
    row("bare-no-newline", "secret", "§V"),
    row(
        "bare-escaped",
        "event.json",
        "{\"text\":\"got \\\"§V\\\"\\nnext line\"}\n",
    ),
    row(
        "bare-after-newline",
        "event.json",
        "{\"text\":\"line one\\n§V\\nline three\"}\n",
    ),
    row(
        "bare-bearer-log",
        "access.log",
        "{\"msg\":\"headers: {\\\"Authorization\\\":\\\"Bearer §V\\\"}\\n\"}\n",
    ),
    row(
        "bare-bearer",
        "bin/ask.sh",
        "curl https://§H/v1 -H \"Authorization: Bearer §V\" -d '{}'\n",
    ),
];
