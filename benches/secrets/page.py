"""Writes the page with the tables from the results of measure.py; it measures nothing itself."""

import argparse
import json
import re
import sys
from pathlib import Path

OURS = "clawtest"
CLASSES = ("operators", "documented", "named")
# Contexts that are shown together, by the part of their name before the first hyphen; a name as a
# whole goes before it. What stands nowhere here is counted as the last family.
FAMILIES = (
    ("env file", ("env", "properties", "tfvars")),
    ("systemd unit", ("systemd", "cli-unit", "openclaw-unit")),
    ("plist", ("plist", "openclaw-plist", "block-plist")),
    ("Kubernetes", ("k8s", "kubectl", "kubeconfig", "block-k8s-secret")),
    ("JSON", ("json", "json5", "openclaw-json", "openclaw-json-password", "openclaw-json-remote")),
    ("YAML", ("yaml", "actions")),
    ("TOML, INI", ("toml", "ini")),
    ("XML, HTML", ("xml", "html")),
    ("Docker, Compose", ("dockerfile", "compose", "docker")),
    ("shell", ("shell", "fish", "csh", "cmd", "powershell", "crontab", "makefile")),
    ("arguments of commands", ("cli", "args", "command", "curl")),
    ("headers and URLs", ("http", "bearer", "basic", "url", "openclaw-url")),
    ("Markdown", ("markdown",)),
    ("logs", ("log", "bare-log", "bare-log-end", "bare-bearer-log")),
    ("no key's name nearby", ("bare",)),
    ("several lines", ("block",)),
    ("netrc, npmrc, pgpass, AWS files", ("netrc", "npmrc", "pgpass", "aws")),
    ("openclaw commands", ("openclaw",)),
    ("source code and others", ()),
)
SEVEN_ROW = "ripgrep, 7 expressions"


def percent(counts):
    if not counts or not counts[1]:
        return "–"
    share = 100 * counts[0] / counts[1]
    # Nothing is rounded up to all of it.
    return "100" if counts[0] == counts[1] else f"{min(share, 99.9):.1f}"


def of(counts):
    return f"{counts[0]} of {counts[1]}" if counts else "–"


def count(number):
    return "–" if number is None else f"{number:,}"


def table(heads, rows, left=1):
    marks = ["---"] * left + ["---:"] * (len(heads) - left)
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, marks, *rows)) + "\n"


def strong(name, cells):
    """The row of this project's own scanner stands out."""
    return [f"**{cell}**" for cell in (name, *cells)] if name == OURS else [name, *cells]


def rate(entry):
    """Megabytes a second, with a mark where only a part was looked at."""
    if not entry or "mb_s" not in entry:
        return "–"
    found = entry["mb_s"]
    text = f"{found:,.0f}" if found >= 10 else f"{found:.1f}" if found >= 1 else f"{found:.2f}"
    return text if entry["whole"] else f"{text} ({entry['bytes'] / 1e6:,.0f} MB)"


def ratio(entry, base):
    if not entry or "mb_s" not in entry or not base or "mb_s" not in base:
        return "–"
    found = entry["mb_s"] / base["mb_s"]
    return f"{found:.2f}" if found >= 0.095 else f"{found:.4f}"


def peak(entry):
    return "–" if not entry or "peak_mb" not in entry else f"{entry['peak_mb']:,.0f}"


def start(entry):
    if not entry or "seconds" not in entry:
        return "–"
    return f"{1e3 * entry['seconds']:,.1f}" if entry["seconds"] < 0.1 else \
        f"{1e3 * entry['seconds']:,.0f}"


def found_section(record):
    planted = record["planted"]
    clean = record["clean"]
    facts = clean["look-alikes"]
    items = f"{facts['items']:,} look-alikes in {facts['files']:,} files" if facts["items"] \
        else f"{facts['files']:,} files with look-alikes"
    classes = [name for name in CLASSES if name in planted["secrets"]["class"]]
    heads = ["scanner", "all", *classes, "encoded", "wrong checksums", "look-alikes", "real files"]
    rows = []
    for name, entry in record["scanners"].items():
        recall = entry.get("secrets")
        rows.append(strong(name, [
            percent(recall and recall["all"]),
            *(percent(recall and recall["class"].get(kind)) for kind in classes),
            percent(entry.get("encoded") and entry["encoded"]["all"]),
            of(entry.get("wrong") and entry["wrong"]["all"]),
            count(entry.get("look-alikes")), count(entry.get("real"))]))
    union = record["union"]
    rows.append(["all the other scanners together", percent(union["secrets"]["all"]),
                 *(percent(union["secrets"]["class"].get(kind)) for kind in classes),
                 percent(union["encoded"]["all"]), of(union["wrong"]["all"]), "–", "–"])
    counts = planted["secrets"]
    sizes = ", ".join(f"{counts['class'][name][1]:,} {name}" for name in classes)
    return f"""## What is found

Recall in per cent of {counts['all'][1]:,} planted secrets of {len(counts['kind']):,} kinds ({sizes}), and of {planted['encoded']['all'][1]:,} that are encoded once more; then what is reported where there is nothing to report: of {planted['wrong']['all'][1]:,} tokens with a wrong checksum, and lines of {items} and of {clean['real']['files']:,} real files ({clean['real']['mb']:,.0f} MB).

{table(heads, rows)}
- **operators**: kinds that operators of agent gateways have, in a form that the issuer documents; **documented**: other kinds of such a form; **named**: values that only their name or their place makes a secret.
- **encoded**: base64, percent-encoding, JSON escapes, a line continuation and the like.
- **real files**: settings, units, lock files, sources, documentation and certificates of installed packages. Nobody can prove that there is no secret in them; tests, the scanners' own files and those with a private key are left out.
- **all the other scanners together**: what any of them finds; their false alarms would come together as well.
{failures(record)}"""


def failures(record):
    lines = []
    for name, entry in record["scanners"].items():
        for part, reason in entry.get("failed", {}).items():
            lines.append(f"- {name} has no figure for {part}: {reason}.\n")
    return "".join(lines)


def family(context):
    for wanted in (context, context.split("-")[0]):
        for name, members in FAMILIES:
            if wanted in members:
                return name
    return FAMILIES[-1][0]


def context_section(record):
    contexts = record["planted"]["secrets"]["context"]
    names = [name for name, entry in record["scanners"].items() if "secrets" in entry]
    rows = []
    for name, _ in FAMILIES:
        chosen = [context for context in contexts if family(context) == name]
        if not chosen:
            continue
        cells = []
        for scanner in names:
            found = record["scanners"][scanner]["secrets"]["context"]
            counts = [found.get(context, [0, 0]) for context in chosen]
            cells.append(percent([sum(column) for column in zip(*counts)]))
        planted = sum(contexts[context][1] for context in chosen)
        rows.append([name, f"{planted:,}", *cells])
    heads = ["context", "secrets", *(name.replace(SEVEN_ROW, "ripgrep, 7") for name in names)]
    return f"""## By context

Recall in per cent, by what stands around a secret: the corpus's {len(contexts):,} contexts in families.

{table(heads, rows)}"""


def speed_section(record):
    speed = record["speed"]
    base = speed.get(SEVEN_ROW, {})
    sizes = record["sizes"]
    rows = []
    for name, entry in speed.items():
        tree, log = entry.get("tree"), entry.get("log")
        rows.append(strong(name, [
            rate(tree), ratio(tree, base.get("tree")), rate(log), ratio(log, base.get("log")),
            start(entry.get("small")), peak(tree), peak(log),
            count(tree.get("reported") if tree else None),
            count(log.get("reported") if log else None)]))
    lines = [f"- {name} has no figure for {workload}: {one['failed']}.\n"
             for name, entry in speed.items() for workload, one in entry.items()
             if "failed" in one]
    heads = ["program", "tree, MB/s", "of ripgrep's", "log, MB/s", "of ripgrep's",
             "one small file, ms", "memory, tree, MB", "memory, log, MB", "reported, tree",
             "reported, log"]
    return f"""## How fast

Whole processes, from start to exit, with the files in the page cache: a tree of {sizes['tree']:,.0f} MB in {record['tree files']:,} files, a log of {sizes['log']:,.0f} MB, and one small file. Medians of {record['runs']} runs after the warm-up (20 for what takes less than a second on the small file, 3 for what takes more than five on a part), in which all programs take turns; the memory is the greatest of any of a program's processes in the warm-up.

{table(heads, rows)}
- Neither the tree nor the log has a secret in it: every line that is reported is a false alarm.
- In brackets: how much was looked at, where the whole would have taken too long. The rate is that of the part.
- "of ripgrep's" is the rate divided by that of ripgrep with seven expressions in the same session. Both use all cores for the tree; a single file is one thread's work for ripgrep.
- The expressions are those of the gateway's bash helper: `{record['expressions']}`; the literal is `{record['literal']}`.
{''.join(lines)}"""


def program_section(record):
    rows = []
    for name, entry in record["scanners"].items():
        rows.append([name, entry["package"], entry["version"],
                     f"`{entry['command'].replace('|', chr(92) + '|')}`", entry["note"] or ""])
    absent = "".join(f"- {name}: {reason}.\n" for name, reason in record["absent"])
    return f"""## Programs and commands

Each is used as it comes: its own rules, nothing asked of any service, values masked where there is an option for it.

{table(["program", "from", "version", "command", "note"], rows, left=5)}
Looked for and not measured:

{absent}"""


def page(record):
    facts = record["machine"]
    sections = []
    if "planted" in record and "clean" in record:
        sections += [found_section(record), context_section(record)]
    if "speed" in record:
        sections.append(speed_section(record))
    sections.append(program_section(record))
    body = "\n".join(section.rstrip("\n") + "\n" for section in sections)
    return f"""# The secret check and other scanners

Written by `benches/secrets.sh`, which installs the scanners, makes the files and measures; do not edit it by hand. `benches/README.md` says what the script does.

Machine: {facts['processor']}, {facts['cores']} cores, {facts['memory_gib']} GiB of memory, {facts['system']}. Seed of the corpus: {record['seed']}.

{body}
## How to read it

- **A hit** is a finding on a line that the planted secret is on, in its file; for a key of several lines, on any of them. What the finding is called does not matter. A finding that names no line is none.
- **A false alarm** is a line that is reported, however many rules report it.
- **The corpus favours clawtest**, because the same people wrote both: its kinds and contexts are those that we thought of, from the issuers' documents. Other scanners do better on the samples of their own tests than here. It is made by `benches/corpus`, which knows nothing of the rules; bodies are random and checksums are right, so nothing in it is a real secret.
- Scanners for git histories, for source code, or with a check of each finding at its issuer are made for more than this table shows. One that wants few false alarms leaves out on purpose what only a name makes a secret.
- Figures of speed are those of one machine and one session. Compare ratios.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results")
    parser.add_argument("--out", help="the page; printed if not given")
    options = parser.parse_args()
    text = page(json.loads(Path(options.results).read_text()))
    text = re.sub(r"\n{3,}", "\n\n", text)
    if options.out:
        Path(options.out).write_text(text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
