//! Scripts and commands.

use super::Context;

const fn row(name: &'static str, path: &'static str, text: &'static str) -> Context {
    Context { name, path, text }
}

pub(super) const CONTEXTS: &[Context] = &[
    row(
        "shell-export",
        "bin/start.sh",
        "#!/bin/sh\nset -eu\nexport PORT=18789\nexport §S=§Q\nexec node index.js\n",
    ),
    row(
        "shell-export",
        ".bashrc",
        "alias ll='ls -l'\nexport §S=\"§V\"\nexport PATH=\"$HOME/bin:$PATH\"\n",
    ),
    row(
        "shell-set",
        "setup.sh",
        "#!/usr/bin/env bash\n§S='§V'\ncurl -fsS https://§H/health\n",
    ),
    row(
        "shell-prefix",
        "run.sh",
        "§S=§Q PORT=§N ./gateway --verbose\n",
    ),
    row(
        "shell-default",
        "entry.sh",
        ": \"${§S:=§V}\"\nexec \"$@\"\n",
    ),
    row(
        "fish",
        "config.fish",
        "set -gx EDITOR vim\nset -gx §S '§V'\n",
    ),
    row("csh", ".cshrc", "setenv EDITOR vi\nsetenv §S \"§V\"\n"),
    row(
        "cmd",
        "start.cmd",
        "@echo off\r\nset PORT=18789\r\nset §S=§V\r\nnode index.js\r\n",
    ),
    row(
        "powershell",
        "deploy.ps1",
        "$Port = 18789\n$env:§S = \"§V\"\nStart-Process gateway\n",
    ),
    row(
        "powershell-variable",
        "login.ps1",
        "param([string]$Region)\n$§P = '§V'\nConnect-Service -Region $Region\n",
    ),
    row(
        "dockerfile-env",
        "Dockerfile",
        "FROM node:22-slim\nENV NODE_ENV=production\nENV §S=§V\nCMD [\"node\", \"index.js\"]\n",
    ),
    row(
        "dockerfile-env-blank",
        "Containerfile",
        "FROM debian:12\nENV §S §V\nRUN apt-get update\n",
    ),
    row(
        "dockerfile-env-list",
        "build/Dockerfile",
        "FROM alpine:3.20\nENV TZ=UTC \\\n    §S=\"§V\" \\\n    PORT=8080\n",
    ),
    row(
        "dockerfile-arg",
        "web/Dockerfile",
        "FROM node:22\nARG §S=§V\nRUN npm ci\n",
    ),
    row(
        "makefile",
        "Makefile",
        "PORT := 18789\n§S := §V\n\nrun:\n\t./gateway --port $(PORT)\n",
    ),
    row(
        "makefile-default",
        "deploy.mk",
        "§S ?= §V\nREGION ?= eu-central-1\n",
    ),
    row(
        "cli-long",
        "bin/deploy.sh",
        "gatewayctl deploy --region eu-central-1 --§k §Q --wait\n",
    ),
    row(
        "cli-long-equals",
        "bin/sync.sh",
        "gatewayctl sync --verbose --§k=§Q --limit 50\n",
    ),
    row(
        "cli-unit",
        "units/sync.service",
        "[Service]\nExecStart=/usr/bin/gatewayctl serve --port §N --§k=§V\nRestart=always\n",
    ),
    row(
        "docker-run",
        "bin/run.sh",
        "docker run -d --name gateway -e TZ=UTC -e §S=§Q -p 18789:18789 acme/gateway:1.4\n",
    ),
    row(
        "kubectl",
        "bin/secret.sh",
        "kubectl create secret generic gateway --from-literal=§k=§Q -n agents\n",
    ),
    row(
        "curl-header",
        "bin/ping.sh",
        "curl -fsS -H 'Accept: application/json' -H 'X-§h: §V' https://§H/v1/status\n",
    ),
    row(
        "curl-json",
        "bin/post.sh",
        "curl -X POST https://§H/v1/keys -d '{\"user\":\"ops\",\"§s\":\"§J\"}'\n",
    ),
    row(
        "crontab",
        "crontab",
        "SHELL=/bin/sh\n§S=§V\n*/5 * * * * /usr/local/bin/sync\n",
    ),
    row(
        "args-json",
        "mcp/args.json",
        "{\"command\": \"server\", \"args\": [\"--port\", \"18789\", \"--§k\", \"§V\"]}\n",
    ),
    row(
        "plist-args",
        "LaunchAgents/sync.plist",
        "<array>\n  <string>/usr/local/bin/sync</string>\n  <string>--§k</string>\n  <string>§X</string>\n</array>\n",
    ),
];
