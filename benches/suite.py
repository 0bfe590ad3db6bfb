"""Writes one and the same suite of harnesses in the form that each compared runner reads.

Every harness has its own fixture (a service file of a gateway, varied by the harness's number so
that no runner can do the work of one harness for another) and the same eight assertions: seven
texts that the file must contain, and that it holds no secret. Nothing here is timed.
"""

import argparse
import random
import shutil
import string
import zlib
from pathlib import Path

FRAMEWORK = Path(__file__).resolve().parent / "bash_framework"
SERVICE = "openclaw-gateway.service"

CONTAINS = [
    ("Auto-restart configured", "Restart=always"),
    ("Restart delay configured", "RestartSec=10"),
    ("Restart limit configured", "StartLimitBurst"),
    ("Memory limit configured", "MemoryMax"),
    ("Privilege escalation prevented", "NoNewPrivileges"),
    ("System protection enabled", "ProtectSystem"),
    ("Runs as non-root user", "User=openclaw"),
]
NO_SECRETS = "Service file has no secrets"
ASSERTIONS = len(CONTAINS) + 1

# The same seven expressions that the bash framework's helpers.sh has.
SECRET_PATTERNS = [
    r"sk-[A-Za-z0-9_-]{20,}",
    r"gh[pousr]_[A-Za-z0-9]{36}",
    r"AKIA[0-9A-Z]{16}",
    r"xox[abprs]-[A-Za-z0-9-]{10,}",
    r"AIza[0-9A-Za-z_-]{35}",
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
]


def short_service(number):
    """The few lines that the pattern's own harness writes into its workspace."""
    return f"""[Unit]
Description=OpenClaw Gateway {number}
[Service]
Restart=always
RestartSec=10
StartLimitBurst=5
MemoryMax={1024 + number}M
User=openclaw
NoNewPrivileges=yes
ProtectSystem=strict
"""


def whole_service(number):
    """The whole service file that the pattern tells an operator to deploy."""
    return f"""[Unit]
Description=OpenClaw Gateway {number}
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=openclaw
Group=openclaw
WorkingDirectory=/home/openclaw/.openclaw
EnvironmentFile=/home/openclaw/.openclaw/env
ExecStart=/usr/local/bin/openclaw gateway start
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=10
StartLimitIntervalSec=300
StartLimitBurst=5
MemoryMax={1024 + number}M
CPUQuota=80%
LimitNOFILE=4096
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=/home/openclaw/.openclaw
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes

[Install]
WantedBy=multi-user.target
"""


SERVICES = {"short": short_service, "whole": whole_service}


def made_up_token():
    """A token of a well-known form, with the checksum that the form demands, that opens nothing.

    It is made at run time so that no file of the project holds anything that looks like one."""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    body = "".join(random.Random(8).choices(alphabet, k=30))
    rest, checksum = zlib.crc32(body.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(alphabet))
        checksum = alphabet[digit] + checksum
    return "gh" + "p_" + body + checksum


def broken(service, how):
    """The service file with exactly one of its eight assertions made false."""
    if how == "restart":
        return service.replace("Restart=always", "Restart=no")
    if how == "secret":
        return service.replace("User=", f"Environment=GITHUB_TOKEN={made_up_token()}\nUser=")
    raise ValueError(how)


def clawtest(name, service):
    lines = [f'title = "Gateway deployment {name}"', "", f'[files."{SERVICE}"]']
    lines.append(f'content = """\n{service}"""')
    for title, text in CONTAINS:
        lines += ["", "[[check]]", f'name = "{title}"', f'file = "{SERVICE}"']
        lines.append(f'contains = "{text}"')
    lines += ["", "[[check]]", f'name = "{NO_SECRETS}"', f'file = "{SERVICE}"']
    lines.append("no_secrets = true")
    return "\n".join(lines) + "\n"


def bash(_name, service):
    asserts = "\n".join(
        f'assert_file_contains "$SERVICE_FILE" "{text}" "{title}"' for title, text in CONTAINS
    )
    return f"""#!/bin/bash
source "$(dirname "$0")/../framework/helpers.sh"

setup_test_workspace "$TEST_WORKSPACE"
SERVICE_FILE="$TEST_WORKSPACE/{SERVICE}"
cat > "$SERVICE_FILE" << 'SERVICE'
{service}SERVICE

{asserts}
assert_no_secrets "$SERVICE_FILE" "{NO_SECRETS}"

print_results
"""


def bats(_name, service):
    tests = "\n".join(
        f"""
@test "{title}" {{
    grep -q -- "{text}" "$service_file"
}}"""
        for title, text in CONTAINS
    )
    return f"""load ../secrets

setup() {{
    service_file="$BATS_TEST_TMPDIR/{SERVICE}"
    cat > "$service_file" << 'SERVICE'
{service}SERVICE
}}
{tests}

@test "{NO_SECRETS}" {{
    has_no_secrets "$service_file"
}}
"""


def bats_secrets():
    patterns = "\n".join(f"    '{pattern}'" for pattern in SECRET_PATTERNS)
    return f"""secret_patterns=(
{patterns}
)

has_no_secrets() {{
    local pattern status
    for pattern in "${{secret_patterns[@]}}"; do
        status=0
        grep -qE -- "$pattern" "$1" || status=$?
        [ "$status" -eq 1 ] || return 1
    done
}}
"""


def pytest(_name, service):
    tests = "\n\n".join(
        f"""def test_{title.lower().replace(" ", "_").replace("-", "_")}(service_file):
    assert "{text}" in service_file.read_text()
"""
        for title, text in CONTAINS
    )
    return f'''import pytest

from secret_patterns import SECRET_PATTERNS

SERVICE = """\\
{service}"""


@pytest.fixture
def service_file(tmp_path):
    path = tmp_path / "{SERVICE}"
    path.write_text(SERVICE)
    return path


{tests}

def test_service_file_has_no_secrets(service_file):
    text = service_file.read_text()
    for pattern in SECRET_PATTERNS:
        assert not pattern.search(text)
'''


def pytest_secrets():
    patterns = "\n".join(f'    re.compile(r"{pattern}"),' for pattern in SECRET_PATTERNS)
    return f"import re\n\nSECRET_PATTERNS = [\n{patterns}\n]\n"


# runner: (its folder, a file's name before and after the number, what makes the file's text)
FORMS = {
    "clawtest": ("clawtest/harnesses", "h", ".toml", clawtest),
    "bash": ("bash", "h", ".sh", bash),
    "bats": ("bats", "h", ".bats", bats),
    "pytest": ("pytest", "test_h", ".py", pytest),
}


def write(folder, count, runners, service="short", break_how=None):
    """Writes the suites; with `break_how`, the second fixture is broken in that way."""
    folder = Path(folder)
    width = max(4, len(str(count)))
    # What a workspace of the bare loop is filled with; also what the folder is known to hold.
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fixture.service").write_text(SERVICES[service](1))
    for runner in runners:
        place, before, after, form = FORMS[runner]
        category = folder / place / "gateway"
        category.mkdir(parents=True)
        for number in range(1, count + 1):
            fixture = SERVICES[service](number)
            if break_how and number == 2:
                fixture = broken(fixture, break_how)
            name = f"{number:0{width}}"
            (category / f"{before}{name}{after}").write_text(form(name, fixture))
    if "bash" in runners:
        shutil.copytree(FRAMEWORK, folder / "bash" / "framework")
    if "bats" in runners:
        (folder / "bats" / "secrets.bash").write_text(bats_secrets())
    if "pytest" in runners:
        (folder / "pytest" / "secret_patterns.py").write_text(pytest_secrets())
        # An ini file of the suite's own: pytest would otherwise search the folders above for one.
        # "pythonpath" lets a test file import the module beside the category folders.
        (folder / "pytest" / "pytest.ini").write_text("[pytest]\npythonpath = .\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--runners", default=",".join(FORMS))
    parser.add_argument("--service", choices=SERVICES, default="short")
    parser.add_argument("--break", dest="break_how", choices=["restart", "secret"])
    options = parser.parse_args()
    runners = [runner for runner in options.runners.split(",") if runner]
    write(options.folder, options.count, runners, options.service, options.break_how)


if __name__ == "__main__":
    main()
