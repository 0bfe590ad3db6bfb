"""Runs every scanner on the same files and writes what it found and how fast it was, as JSON.

No value of a secret is kept: a hit is a path and a line that a scanner names, held against the
corpus's list of what was planted where. Reports of scanners live in the working folder only.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import clean
from scanners import ABSENT, SCANNERS, SEVEN

QUICK_SECONDS = 1.0
QUICK_RUNS = 20
SLOW_SECONDS = 5.0
SLOW_RUNS = 3
LITERAL = "xoxb-"
# What each part of the comparison leaves in the results.
PARTS = {
    "recall": ("planted", "union", "clean", "failed", "secrets", "encoded", "wrong",
               "look-alikes", "real"),
    "speed": ("speed", "sizes", "tree files", "runs"),
}
# A small file as operators have it, without a secret.
SMALL = """[Unit]
Description=Agent gateway
After=network-online.target

[Service]
ExecStart=/usr/bin/gateway --port 18789
EnvironmentFile=/etc/gateway/env
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
"""


class Abort(Exception):
    """The comparison cannot go on, or would not be one."""


def say(text):
    print(text, file=sys.stderr, flush=True)


@dataclass
class Ended:
    seconds: float
    status: int
    peak_mb: float
    stopped: bool
    output: Path


@dataclass
class Runner:
    """Starts scanners, one at a time, in an environment without settings of the caller."""

    options: object
    folder: Path
    # Paths of the programs that are there, by the scanner's name.
    programs: dict = field(default_factory=dict)
    timer: object = shutil.which("time")

    def __post_init__(self):
        self.home = self.folder / "home"
        self.reports = self.folder / "reports"
        for folder in (self.home, self.reports):
            folder.mkdir(parents=True, exist_ok=True)
        tools = Path(self.options.tools)
        for scanner in SCANNERS:
            if scanner.name == "clawtest":
                self.programs[scanner.name] = Path(self.options.clawtest).resolve()
                continue
            found = sorted(tools.glob(scanner.program))
            if found:
                self.programs[scanner.name] = found[0]

    def own_folder(self, scanner):
        folder = self.folder / "own" / scanner.name.split(",")[0]
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in scanner.files:
            (folder / name).write_text(text)
        return folder

    def environment(self, scanner):
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        kept |= {"HOME": str(self.home), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
        return kept | dict(scanner.environment)

    def argv(self, scanner, target, report):
        words = {"{target}": str(target), "{within}": "." if target.is_dir() else target.name,
                 "{report}": str(report), "{folder}": str(self.own_folder(scanner)),
                 # Quoted in the pattern of the one scanner that wants a pattern.
                 "{all}": "/**/*" if target.is_dir() else ""}
        filled = []
        for argument in scanner.arguments:
            for word, value in words.items():
                argument = argument.replace(word, value)
            filled.append(argument)
        return [str(self.programs[scanner.name]), *filled]

    def start(self, scanner, argv, target, limit, with_peak=False):
        """Runs a command to its end or to the limit, with what it prints in a file."""
        os.chdir(target if target.is_dir() else target.parent)
        peak_file = self.reports / "peak"
        timed = [self.timer, "-f", "%M", "-o", str(peak_file), *argv] if with_peak and self.timer \
            else argv
        output = self.reports / "output"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600),
                   (os.POSIX_SPAWN_OPEN, 2, str(self.reports / "errors"), flags, 0o600)]
        stopped = threading.Event()
        begin = time.perf_counter()
        pid = os.posix_spawn(timed[0], timed, self.environment(scanner), file_actions=actions,
                             setpgroup=0)

        def stop():
            stopped.set()
            os.killpg(pid, signal.SIGKILL)

        alarm = threading.Timer(limit, stop)
        alarm.start()
        try:
            _, status, usage = os.wait4(pid, 0)
            seconds = time.perf_counter() - begin
        except BaseException:
            # The comparison is being ended: what it started ends with it.
            os.killpg(pid, signal.SIGKILL)
            raise
        finally:
            alarm.cancel()
        peak = usage.ru_maxrss / 1e3
        if with_peak and self.timer and not stopped.is_set():
            lines = peak_file.read_text().split()
            peak = int(lines[-1]) / 1e3 if lines and lines[-1].isdigit() else peak
        return Ended(seconds, os.waitstatus_to_exitcode(status), peak, stopped.is_set(), output)

    def scan(self, scanner, target, limit):
        """What a scanner reports for a folder, and how long it took."""
        self.forget()
        argv = self.argv(scanner, target, self.reports / "report")
        ended = self.start(scanner, argv, target, limit)
        if ended.stopped:
            raise Abort(f"stopped after {limit} s")
        found = self.findings(scanner, target, ended)
        self.forget()
        return found, ended.seconds

    def findings(self, scanner, target, ended):
        """What the last run reported: paths below the target with the first and last line."""
        names_report = any("{report}" in argument for argument in scanner.arguments)
        written = next(self.reports.glob("report*"), None) if names_report else ended.output
        if ended.status not in scanner.finished or (written is None and ended.status != 0):
            raise Abort(f"exit status {ended.status}")
        text = written.read_text(errors="replace") if written else ""
        found = set()
        for finding in scanner.read(text):
            path = os.path.normpath(os.path.join(target, finding.path))
            found.add((os.path.relpath(path, target), finding.first, finding.last))
        return found

    def forget(self):
        """Removes what the last run reported."""
        for old in [self.reports / "output", *self.reports.glob("report*")]:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class Planted:
    """A secret of the corpus: the lines that it is on, and what it is."""

    path: str
    first: int
    last: int
    kind: str
    class_: str
    context: str


def labels(folder, moved):
    """What is planted in a folder; the list is moved away, so that no scanner looks at it."""
    shutil.move(folder / "labels.jsonl", moved)
    planted = []
    for line in moved.read_text().splitlines():
        label = json.loads(line)
        lines = (folder / label["path"]).read_bytes().split(b"\n")
        # Of a key, the length says on how many lines it is.
        left = label["column"] - 1 + label["length"]
        last = label["line"]
        while last < len(lines) and left > len(lines[last - 1]) + 1:
            left -= len(lines[last - 1]) + 1
            last += 1
        planted.append(Planted(label["path"], label["line"], last, label["kind"], label["class"],
                               label["context"]))
    return planted


def is_hit(planted, by_path):
    return any(first <= planted.last and last >= planted.first
               for first, last in by_path.get(planted.path, ()))


def flagged_lines(findings):
    """How many lines a scanner reports: several rules for one line are one false alarm."""
    return len({(path, first) for path, first, _ in findings})


class Comparison:
    def __init__(self, options):
        self.options = options
        self.folder = Path(options.folder).resolve()
        self.runner = Runner(options, self.folder)
        chosen = options.only.split(",")
        self.scanners = [scanner for scanner in SCANNERS
                         if scanner.name.split(",")[0] in chosen
                         and scanner.name in self.runner.programs]
        self.record = {"machine": machine(), "seed": options.seed, "scanners": {},
                       "absent": [list(pair) for pair in ABSENT], "literal": LITERAL,
                       "expressions": SEVEN, "runs": options.runs}
        for scanner in SCANNERS:
            if scanner.name.split(",")[0] in chosen and scanner not in self.scanners:
                self.record["absent"].append(
                    [scanner.name, f"{scanner.package} could not be installed"])
        for scanner in self.scanners:
            self.record["scanners"][scanner.name] = {
                "package": scanner.package, "note": scanner.note, "version": self.version(scanner),
                "command": self.command(scanner)}

    def of(self, scanner):
        return self.record["scanners"][scanner.name]

    def version(self, scanner):
        try:
            done = subprocess.run([self.runner.programs[scanner.name], *scanner.version],
                                  env=self.runner.environment(scanner), capture_output=True,
                                  text=True, timeout=60, cwd=self.folder, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return "?"
        found = re.search(r"\d+\.\d+(?:\.\d+)?[\w.-]*", done.stdout + done.stderr)
        return found[0] if found else "?"

    @staticmethod
    def command(scanner):
        words = [Path(scanner.program).name]
        for argument in scanner.arguments:
            for word, value in (("{target}", "FOLDER"), ("{within}", "."), ("{all}", "/**/*"),
                                ("{report}", "REPORT"), ("{folder}", "OWN"), (SEVEN, "SEVEN")):
                argument = argument.replace(word, value)
            words.append(argument)
        return " ".join(words)

    def corpus(self, *arguments):
        done = subprocess.run([self.options.corpus, *map(str, arguments)], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Abort(f"corpus {arguments[0]}: {done.stderr.strip()}")

    def fresh(self, name):
        folder = self.folder / name
        if folder.exists():
            shutil.rmtree(folder)
        return folder

    # What is found, and what is reported without reason.

    def look(self, scanner, part, folder):
        try:
            findings, seconds = self.runner.scan(scanner, folder, self.options.limit)
        except Abort as reason:
            self.of(scanner).setdefault("failed", {})[part] = str(reason)
            say(f"  {scanner.name}: {reason}")
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            # The error's own text may quote the report, and with it a value.
            self.of(scanner).setdefault("failed", {})[part] = "its report cannot be read"
            say(f"  {scanner.name}: its report cannot be read ({type(error).__name__})")
            return None
        say(f"  {scanner.name}: {len(findings)} findings in {seconds:.1f} s")
        return findings

    def compare_recall(self):
        for part in ("secrets", "encoded", "wrong"):
            folder = self.fresh(part)
            self.corpus("write", folder, "--seed", self.options.seed, "--set", part)
            planted = labels(folder, self.folder / f"{part}.jsonl")
            self.record.setdefault("planted", {})[part] = tally(planted, [True] * len(planted))
            union = [False] * len(planted)
            say(f"{part}: {len(planted)} in {files_in(folder)} files")
            for scanner in self.scanners:
                findings = self.look(scanner, part, folder)
                if findings is None:
                    continue
                by_path = {}
                for path, first, last in findings:
                    by_path.setdefault(path, []).append((first, last))
                hits = [is_hit(secret, by_path) for secret in planted]
                self.of(scanner)[part] = tally(planted, hits)
                if scanner.name != "clawtest" and not scanner.name.startswith("ripgrep"):
                    union = [either or hit for either, hit in zip(union, hits)]
                if scanner.name == self.options.show:
                    wrong = part == "wrong"
                    for secret, hit in zip(planted, hits):
                        if hit == wrong:
                            word = "reported" if wrong else "missed"
                            say(f"    {word} {secret.kind} in {secret.context}: "
                                f"{part}/{secret.path}:{secret.first}")
            self.record.setdefault("union", {})[part] = tally(planted, union)

    def compare_false_alarms(self):
        alike = self.fresh("look-alikes")
        self.corpus("write", alike, "--seed", self.options.seed, "--set", "look-alikes")
        listed = alike / "labels.jsonl"
        items = len(listed.read_text().splitlines()) if listed.exists() else 0
        listed.unlink(missing_ok=True)
        real = self.fresh("real")
        count, size = clean.gather(real, self.options.real)
        self.record["clean"] = {
            "look-alikes": {"files": files_in(alike), "items": items},
            "real": {"files": count, "mb": size / 1e6}}
        for part, folder in (("look-alikes", alike), ("real", real)):
            say(f"{part}: {files_in(folder)} files")
            for scanner in self.scanners:
                findings = self.look(scanner, part, folder)
                if findings is None:
                    continue
                self.of(scanner)[part] = flagged_lines(findings)
                if scanner.name == self.options.show:
                    for path, first, _ in sorted(findings):
                        say(f"    reported {part}/{path}:{first}")

    # How fast.

    def targets(self):
        """The workloads by name, each from the whole to a small part of it."""
        whole = self.options.megabytes
        targets = {"tree": [], "log": []}
        for part in (1, 10, 100, 500):
            tree, log = self.fresh(f"tree-{part}"), self.folder / f"log-{part}" / "gateway.log"
            self.corpus("tree", tree, "--megabytes", max(1, whole // part))
            log.parent.mkdir(exist_ok=True)
            self.corpus("log", log, "--megabytes", max(1, whole * 2 // 5 // part))
            targets["tree"].append((tree, size_of(tree)))
            targets["log"].append((log, log.stat().st_size))
        small = self.folder / "small" / "gateway.service"
        small.parent.mkdir(exist_ok=True)
        small.write_text(SMALL)
        targets["small"] = [(small, len(SMALL))]
        return targets

    def commands(self):
        """What is timed: a name, the scanner, and what makes its command line from a target."""
        for scanner in self.scanners:
            def plain(target, scanner=scanner):
                if scanner.only_folders and target.is_file():
                    target = target.parent
                return self.runner.argv(scanner, target, self.runner.reports / "report")

            if scanner.name.startswith("ripgrep"):
                program = str(self.runner.programs[scanner.name])
                yield ("ripgrep, one literal", scanner, lambda target, program=program:
                       [program, "-uuu", "-c", "-F", "-e", LITERAL, str(target)])
                yield (scanner.name, scanner, lambda target, program=program:
                       [program, "-uuu", "-c", "-e", SEVEN, str(target)])
            else:
                yield scanner.name, scanner, plain

    def once(self, name, scanner, make, target, with_peak=False):
        limit = max(60, 3 * self.options.budget)
        self.runner.forget()
        ended = self.runner.start(scanner, make(target), target, limit, with_peak)
        if ended.stopped:
            raise Abort(f"stopped after {limit} s")
        if ended.status not in scanner.finished:
            raise Abort(f"exit status {ended.status}")
        return ended

    def compare_speed(self):
        say("Making the tree and the log.")
        targets = self.targets()
        self.record["sizes"] = {name: parts[0][1] / 1e6 for name, parts in targets.items()}
        self.record["tree files"] = files_in(targets["tree"][0][0])
        commands = list(self.commands())
        speed = self.record["speed"] = {}
        started = {}
        for workload in ("small", "tree", "log"):
            jobs = []
            for name, scanner, make in commands:
                entry = speed.setdefault(name, {})
                try:
                    if workload == "small":
                        # Some compile their rules in the first run and keep the result.
                        self.once(name, scanner, make, targets["small"][0][0])
                    target, size, ended = self.choose(name, scanner, make, targets[workload],
                                                      started.get(name, 0.0))
                except Abort as reason:
                    entry[workload] = {"failed": str(reason)}
                    say(f"  {name}, {workload}: {reason}")
                    continue
                entry[workload] = {"bytes": size, "whole": size == targets[workload][0][1],
                                   "peak_mb": ended.peak_mb, "samples": []}
                if workload == "small":
                    started[name] = ended.seconds
                elif not name.startswith("ripgrep"):
                    entry[workload]["reported"] = self.reported(scanner, target, ended)
                jobs.append((name, scanner, make, target, ended.seconds))
                say(f"  {name}, {workload}: {size / 1e6:.1f} MB in {ended.seconds:.3f} s")
            # They take turns, so that a noisy moment of the machine falls on all of them.
            rounds = QUICK_RUNS if workload == "small" else self.options.runs
            for turn in range(rounds):
                for name, scanner, make, target, seconds in jobs:
                    if turn >= self.options.runs and seconds > QUICK_SECONDS:
                        continue
                    if turn >= SLOW_RUNS and seconds > SLOW_SECONDS:
                        continue
                    samples = speed[name][workload]["samples"]
                    try:
                        samples.append(self.once(name, scanner, make, target).seconds)
                    except Abort as reason:
                        say(f"  {name}, {workload}: {reason}")
            for name, *_ in jobs:
                entry = speed[name][workload]
                if not entry["samples"]:
                    entry["failed"] = "no run came to its end"
                    continue
                entry["seconds"] = statistics.median(entry["samples"])
                entry["mb_s"] = entry["bytes"] / 1e6 / entry["seconds"]

    def reported(self, scanner, target, ended):
        """How many lines the last run reported, where it can be told."""
        folder = target.parent if scanner.only_folders and target.is_file() else target
        try:
            return flagged_lines(self.runner.findings(scanner, folder, ended))
        except (Abort, OSError, ValueError, KeyError, TypeError):
            return None

    def choose(self, name, scanner, make, parts, start):
        """The largest part that fits the budget, after a run on it that warms everything up.

        Rates come from smaller parts first, so that no scanner is started on what it could not
        finish within the limit; the time to start is no part of the rate."""
        smallest, size = parts[-1]
        ended = self.once(name, scanner, make, smallest, with_peak=True)
        if ended.seconds < SLOW_SECONDS:
            ended = self.once(name, scanner, make, smallest, with_peak=True)
        chosen = smallest, size, ended
        for target, size in reversed(parts[:-1]):
            rate = chosen[1] / max(ended.seconds - start, 1e-3)
            if start + size / rate > self.options.budget:
                break
            ended = self.once(name, scanner, make, target, with_peak=True)
            chosen = target, size, ended
        return chosen

    def run(self):
        if not self.scanners:
            raise Abort("no scanner is there")
        self.keep_other_parts()
        if "recall" in self.options.parts:
            self.compare_recall()
            self.compare_false_alarms()
            self.write()
        if "speed" in self.options.parts:
            self.compare_speed()
            self.write()

    def write(self):
        path = Path(self.options.json)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.record, indent=1) + "\n")

    def keep_other_parts(self):
        """Takes over what an earlier comparison found, for the parts that are not asked for."""
        path = Path(self.options.json)
        kept = [name for part, names in PARTS.items() if part not in self.options.parts
                for name in names]
        if not kept or not path.exists():
            return
        before = json.loads(path.read_text())
        for name in kept:
            if name in before:
                self.record[name] = before[name]
            for scanner, entry in self.record["scanners"].items():
                if name in before["scanners"].get(scanner, {}):
                    entry[name] = before["scanners"][scanner][name]


def tally(planted, hits):
    """Counts of hits and of all, in the whole and by class, context and kind."""
    counts = {"all": [0, 0], "class": {}, "context": {}, "kind": {}}
    for secret, hit in zip(planted, hits):
        for count in (counts["all"], counts["class"].setdefault(secret.class_, [0, 0]),
                      counts["context"].setdefault(secret.context, [0, 0]),
                      counts["kind"].setdefault(secret.kind, [0, 0])):
            count[0] += hit
            count[1] += 1
    return counts


def files_in(folder):
    return sum(len(names) for _, _, names in os.walk(folder))


def size_of(folder):
    return sum(os.path.getsize(os.path.join(parent, name))
               for parent, _, names in os.walk(folder) for name in names)


def machine():
    processor = "unknown processor"
    memory = 0
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        processor = found[1] if found else processor
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (OSError, ValueError):
        pass  # Not Linux: it is left unsaid.
    return {"processor": processor, "cores": os.cpu_count(), "memory_gib": round(memory),
            "system": os.uname().sysname, "load": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True, help="a folder to work in")
    parser.add_argument("--tools", required=True, help="where the scanners are installed")
    parser.add_argument("--only", required=True)
    parser.add_argument("--clawtest", required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("--parts", default="recall,speed")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--real", type=int, default=5200)
    parser.add_argument("--budget", type=int, default=20)
    parser.add_argument("--limit", type=int, default=900)
    parser.add_argument("--show")
    options = parser.parse_args()
    options.parts = options.parts.split(",")
    signal.signal(signal.SIGTERM, interrupt)
    # The working folder changes with every process that is started.
    for name in ("tools", "json", "corpus"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    try:
        Comparison(options).run()
    except Abort as reason:
        say(f"error: {reason}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def interrupt(_number, _frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
