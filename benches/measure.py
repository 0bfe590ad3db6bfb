"""Checks that every runner does the whole job, then times whole processes and prints the tables.

The runners take turns within one session, so that a noisy moment of the machine falls on all of
them, and every timed run's exit status and counts are verified: a run that did less is no result.
"""

import argparse
import json
import math
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import suite

# What the statements at the end are held against, by name; --aim adds to it. A statement without an
# aim is printed without a verdict. "disk" and "tmpfs" hold for both sizes of suite.
AIMS = {"bash": 1000.0, "pytest": 500.0, "bats": 8000.0, "start": 3.0, "scale": 1.2, "disk": 1.3}
AT_LEAST, AT_MOST = "at least", "at most"

STARTUP_PAIRS = 200
FAST_SECONDS = 0.050
FAST_RUNS = 40
SLOW_BUDGET_SECONDS = 20.0
SLOW_RUNS_LEAST = 3


class Abort(Exception):
    """The comparison cannot go on, or would not be one."""


@dataclass
class Command:
    """A process to time, and what its output must say about the work it did."""

    label: str
    argv: list
    expected: int
    parse: object
    cwd: Path
    tmpdir: Path
    samples: list = field(default_factory=list)
    harnesses: int = 1

    @property
    def median(self):
        return statistics.median(self.samples)


@dataclass
class Finished:
    seconds: float
    status: int
    peak_kib: int
    output: str
    errors: str


# Reading each runner's output: a pair of how many assertions passed and how many failed.


def parse_tap(output):
    plans = re.findall(r"^1\.\.(\d+)", output, re.MULTILINE)
    # A point with one of the two directives passed nothing.
    passed = len(re.findall(r"^ok\b(?!.*#\s*(?:SKIP|TODO|skip|todo))", output, re.MULTILINE))
    failed = len(re.findall(r"^not ok\b", output, re.MULTILINE))
    if len(plans) != 1 or int(plans[0]) != passed + failed:
        raise Abort(f"TAP plan {plans or 'missing'}, but {passed} + {failed} test points")
    return passed, failed


def parse_bash(output):
    return (
        len(re.findall(r"^  PASS: ", output, re.MULTILINE)),
        len(re.findall(r"^  FAIL: ", output, re.MULTILINE)),
    )


def parse_pytest(output):
    last = output.strip().splitlines()[-1] if output.strip() else ""
    counts = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", last)}
    return counts.get("passed", 0), counts.get("failed", 0) + counts.get("errors", 0)


def parse_bare(output):
    found = re.fullmatch(r"workspaces (\d+)\n", output)
    return (int(found[1]) if found else 0), 0


def parse_nothing(_output):
    return 0, 0


def environment(tmpdir):
    """The caller's environment without what would change a runner's work behind our back."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CLAWTEST_", "PYTEST_", "BATS_", "LC_"))
        and name not in ("BASH_ENV", "ENV", "LANG", "PYTHONPATH", "CLICOLOR_FORCE", "FORCE_COLOR")
    }
    # In the C locale grep is at its fastest, so no ratio rests on slow character handling.
    kept["LC_ALL"] = "C"
    kept["TMPDIR"] = str(tmpdir)
    return kept


def capture():
    """A fresh file for a process's output, in memory where the system has such files.

    The captured output is then no load on the disk whose workspaces are being timed."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("output"), "r+b")
    return tempfile.TemporaryFile()


class Session:
    """Starts processes one after the other, with their output in files."""

    def start(self, command):
        os.chdir(command.cwd)
        env = environment(command.tmpdir)
        with open(os.devnull, "rb") as null, capture() as out, capture() as err:
            actions = [(os.POSIX_SPAWN_DUP2, file.fileno(), number)
                       for number, file in enumerate((null, out, err))]
            begin = time.perf_counter()
            pid = os.posix_spawn(command.argv[0], command.argv, env, file_actions=actions)
            _, status, usage = os.wait4(pid, 0)
            seconds = time.perf_counter() - begin
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode(errors="replace"))
        return Finished(seconds, os.waitstatus_to_exitcode(status), usage.ru_maxrss, *texts)

    def verified(self, command):
        """One run that must have passed every assertion; its result is not recorded."""
        finished = self.start(command)
        if finished.status != 0:
            raise Abort(
                f"{command.label}: exit status {finished.status}, expected 0\n"
                + tail(finished.output) + tail(finished.errors)
            )
        counts = command.parse(finished.output)
        if counts != (command.expected, 0):
            raise Abort(
                f"{command.label}: {counts[0]} passed and {counts[1]} failed, "
                f"expected {command.expected} and 0\n" + tail(finished.output)
            )
        return finished

    def interleaved(self, commands, runs=None):
        """Times the commands in turns; a slow one gets fewer turns, spread over the session."""
        wanted = {}
        for command in commands:
            say(f"  warming up: {command.label}")
            # The first run fills caches; the second says how many runs are affordable.
            first = self.verified(command).seconds
            if first < 1:
                first = min(self.verified(command).seconds for _ in range(2))
            wanted[command.label] = runs or affordable_runs(first)
        rounds = max(wanted.values())
        say("  runs: " + ", ".join(f"{label} {count}" for label, count in wanted.items()))
        for turn in range(rounds):
            for command in commands:
                count = wanted[command.label]
                # True in exactly `count` of the rounds, evenly spaced.
                if (turn + 1) * count // rounds > turn * count // rounds:
                    command.samples.append(self.verified(command).seconds)


def affordable_runs(seconds):
    if seconds < FAST_SECONDS:
        return FAST_RUNS
    return max(SLOW_RUNS_LEAST, min(FAST_RUNS, math.ceil(SLOW_BUDGET_SECONDS / seconds)))


def say(text):
    print(text, file=sys.stderr, flush=True)


def tail(text, lines=8):
    return "".join(f"    {line}\n" for line in text.splitlines()[-lines:])


def milliseconds(seconds):
    return f"{seconds * 1e3:,.2f} ms" if seconds < 1 else f"{seconds * 1e3:,.0f} ms"


def microseconds(seconds):
    return f"{seconds * 1e6:,.1f} µs"


def times(ratio):
    return f"{number(ratio)}x"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def table(title, header, rows):
    print(f"\n## {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    sys.stdout.flush()


class Comparison:
    """The comparison's parts, in the order in which they are run."""

    def __init__(self, options):
        self.options = options
        self.folder = Path(options.folder).resolve()
        self.only = options.only
        self.session = Session()
        self.tmpdir = self.folder / "tmp"
        self.tmpdir.mkdir()
        self.statements = []
        self.record = {"machine": machine(), "harnesses": options.n, "large": options.large,
                       "service": options.service, "rows": []}
        self.clawtest_help = ""
        if "clawtest" in self.only:
            shown = subprocess.run([options.clawtest, "--help"], capture_output=True, text=True,
                                   check=False, env=environment(self.tmpdir))
            self.clawtest_help = shown.stdout
        self.missing = self.find_missing()

    def find_missing(self):
        """Runners that were asked for and are not on this machine, with how to get them."""
        missing = {}
        if "bats" in self.only and not shutil.which("bats"):
            missing["bats"] = "not installed (apt install bats)"
        if "pytest" in self.only:
            probe = subprocess.run([sys.executable, "-m", "pytest", "--version"],
                                   capture_output=True, check=False, env=environment(self.tmpdir))
            if probe.returncode != 0:
                missing["pytest"] = "not installed (pip install pytest)"
        return missing

    def has(self, runner):
        return runner in self.only and runner not in self.missing

    # Each runner's command for a suite in `folder`.

    def clawtest(self, folder, count, label="clawtest", extra=(), tmpdir=None):
        argv = [self.options.clawtest, "--harness-dir", str(folder / "clawtest" / "harnesses"),
                "--format", "tap", *extra]
        return Command(label, argv, count * suite.ASSERTIONS, parse_tap, folder / "clawtest",
                       tmpdir or self.tmpdir, harnesses=count)

    def bash(self, folder, count):
        argv = [shutil.which("bash"), str(folder / "bash" / "framework" / "runner.sh")]
        return Command("bash", argv, count * suite.ASSERTIONS, parse_bash, folder / "bash",
                       self.tmpdir, harnesses=count)

    def bats(self, folder, count):
        argv = [shutil.which("bats"), "-r", str(folder / "bats")]
        return Command("bats", argv, count * suite.ASSERTIONS, parse_tap, folder / "bats",
                       self.tmpdir, harnesses=count)

    def pytest(self, folder, count):
        # The interpreter itself and not a launcher such as a version manager's, whose own start
        # would be counted as pytest's.
        argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return Command("pytest", argv, count * suite.ASSERTIONS, parse_pytest, folder / "pytest",
                       self.tmpdir, harnesses=count)

    def bare(self, folder, count, label="bare loop", tmpdir=None):
        tmpdir = tmpdir or self.tmpdir
        argv = [self.options.bare_loop, "disk", str(count), str(tmpdir),
                str(folder / "fixture.service")]
        if self.options.threads:
            argv += ["--threads", str(self.options.threads)]
        return Command(label, argv, count, parse_bare, folder, tmpdir, harnesses=count)

    def empty(self):
        return Command("empty process", [self.options.bare_loop, "empty"], 0, parse_nothing,
                       self.folder, self.tmpdir)

    def runner(self, name, folder, count):
        return {"clawtest": self.clawtest, "bash": self.bash, "bats": self.bats,
                "pytest": self.pytest, "bare": self.bare}[name](folder, count)

    # The parts.

    def check_that_failures_are_seen(self):
        """A runner that passes a broken suite is fast for a reason that nobody wants."""
        say("Checking that every runner fails on a broken fixture.")
        names = [name for name in suite.FORMS if self.has(name)]
        for how in ("restart", "secret"):
            folder = self.folder / f"broken-{how}"
            suite.write(folder, 3, names, self.options.service, how)
            for name in names:
                command = self.runner(name, folder, 3)
                finished = self.session.start(command)
                counts = command.parse(finished.output)
                if finished.status != 1 or counts != (command.expected - 1, 1):
                    raise Abort(
                        f"{name}, with one assertion made false ({how}): exit status "
                        f"{finished.status}, {counts[0]} passed and {counts[1]} failed; expected "
                        f"1, {command.expected - 1} and 1\n"
                        + tail(finished.output) + tail(finished.errors)
                    )

    def add_record(self, part, command, **more):
        self.record["rows"].append({"part": part, "label": command.label,
                                    "harnesses": command.harnesses,
                                    "median_s": command.median if command.samples else None,
                                    "samples_s": command.samples, **more})

    def compare_runners(self):
        n = self.options.n
        folder = self.folder / "suite"
        suite.write(folder, n, [name for name in suite.FORMS if self.has(name)], self.options.service)
        commands = {name: self.runner(name, folder, n)
                    for name in ("clawtest", "bash", "bats", "pytest", "bare") if self.has(name)}
        if "clawtest" in commands and "--jobs" in self.clawtest_help:
            # The others work through the suite one by one, as most people run them.
            commands["one job"] = self.clawtest(folder, n, "clawtest --jobs 1", ("--jobs", "1"))
        say(f"Comparing the runners on {n} harnesses of {suite.ASSERTIONS} assertions.")
        self.session.interleaved(list(commands.values()), self.options.runs)
        clawtest = commands.get("clawtest")
        rows = []
        for command in commands.values():
            self.add_record("runners", command)
            rows.append([command.label, milliseconds(command.median),
                         milliseconds(min(command.samples)), microseconds(command.median / n),
                         times(command.median / clawtest.median) if clawtest else "–",
                         str(len(command.samples))])
        for name, reason in self.missing.items():
            self.record["rows"].append({"part": "runners", "label": name, "missing": reason})
            rows.append([name, reason, "", "", "", ""])
            self.statements.append(f"{name}: {reason}")
        table(f"{n} harnesses of {suite.ASSERTIONS} assertions, whole process",
              ["runner", "median", "min", "per harness", "ratio to clawtest", "runs"], rows)
        if clawtest:
            for name in ("bash", "bats", "pytest"):
                if name in commands:
                    self.state(name, commands[name].median / clawtest.median, "x", AT_LEAST)

    def compare_start(self):
        """What a person waits for beyond what starting any process costs."""
        say(f"Comparing one harness with an empty process, {STARTUP_PAIRS} pairs.")
        folder = self.folder / "one"
        suite.write(folder, 1, ["clawtest"], self.options.service)
        one, empty = self.clawtest(folder, 1, "clawtest, one harness"), self.empty()
        for command in (one, empty):
            for _ in range(5):
                self.session.verified(command)
        differences = []
        for pair in range(STARTUP_PAIRS):
            # Each goes first in every second pair, so that neither always runs on warm caches.
            for command in (one, empty) if pair % 2 else (empty, one):
                command.samples.append(self.session.verified(command).seconds)
            differences.append(one.samples[-1] - empty.samples[-1])
        difference = statistics.median(differences)
        self.add_record("start", one)
        self.add_record("start", empty)
        table("One harness and an empty process, in turns", ["process", "median", "min", "runs"],
              [[command.label, milliseconds(command.median), milliseconds(min(command.samples)),
                str(len(command.samples))] for command in (one, empty)]
              + [["difference (median of the pairs)", milliseconds(difference), "", ""]])
        self.state("start", difference * 1e3, " ms", AT_MOST)

    def compare_sizes(self):
        n, large = self.options.n, self.options.large
        say(f"Comparing {n} with {large} harnesses.")
        suite.write(self.folder / "large", large, ["clawtest"], self.options.service)
        small = self.clawtest(self.folder / "suite", n, f"clawtest, {n:,} harnesses")
        big = self.clawtest(self.folder / "large", large, f"clawtest, {large:,} harnesses")
        empty = self.empty()
        self.session.interleaved([small, big, empty], self.options.runs)
        costs, rows = [], []
        for command in (small, big):
            cost = (command.median - empty.median) / command.harnesses
            peak, exact = self.peak_memory(command)
            costs.append(cost)
            self.add_record("sizes", command, cost_s=cost, peak_kib=peak, peak_exact=exact)
            rows.append([command.label, milliseconds(command.median),
                         milliseconds(min(command.samples)), microseconds(cost),
                         f"{'' if exact else 'at most '}{peak / 1024:,.1f} MiB",
                         str(len(command.samples))])
        self.add_record("sizes", empty)
        rows.append([empty.label, milliseconds(empty.median), milliseconds(min(empty.samples)),
                     "", "", str(len(empty.samples))])
        table("A small and a large suite",
              ["process", "median", "min", "per harness, less the empty process", "peak memory",
               "runs"], rows)
        self.state("scale", costs[1] / costs[0], "x", AT_MOST)

    def peak_memory(self, command):
        """The largest resident set of the process in KiB, and whether that is exact.

        The kernel counts towards a process's peak also what was resident in it before it became
        the program: started from here that is this interpreter, which is larger than clawtest on
        a small suite. GNU time is small, so a process started from it has its own peak. Without
        it, the number is exact only when it is above what an empty process seems to have."""
        gnu_time = shutil.which("time")
        if gnu_time:
            report = self.folder / "peak"
            through = Command(command.label, [gnu_time, "-f", "%M", "-o", str(report), *command.argv],
                              command.expected, command.parse, command.cwd, command.tmpdir)
            try:
                peaks = []
                for _ in range(3):
                    self.session.verified(through)
                    peaks.append(int(report.read_text()))
                return statistics.median(peaks), True
            except (Abort, ValueError, OSError):
                say("  this time command is not GNU time; measuring without it")
        floor = self.session.verified(self.empty()).peak_kib
        peak = statistics.median(self.session.verified(command).peak_kib for _ in range(3))
        return peak, peak > floor * 1.05

    def compare_disk(self):
        n, large = self.options.n, self.options.large
        extra = ("--workspace", "disk")
        if "--workspace" not in self.clawtest_help:
            say("This clawtest has no --workspace: leaving out the comparison with the bare loop.")
            self.statements.append("disk: not measured (this clawtest has no --workspace)")
            return
        # A folder that cannot exist: if clawtest passes all the same, its workspaces are not on
        # this disk, and the comparison would be of two different things.
        nowhere = self.folder / "suite" / "fixture.service" / "nowhere"
        astray = self.clawtest(self.folder / "suite", n, extra=extra, tmpdir=nowhere)
        if self.session.start(astray).status == 0:
            raise Abort("clawtest --workspace disk passes without a place for its workspaces")
        places = [("disk", self.tmpdir)]
        if self.options.tmpfs:
            places.append(("tmpfs", Path(self.options.tmpfs)))
        else:
            self.statements.append("disk on tmpfs: not measured (no writable tmpfs)")
        for place, tmpdir in places:
            say(f"Comparing workspaces on disk with the bare loop ({place}).")
            pairs = []
            for count, folder in ((n, self.folder / "suite"), (large, self.folder / "large")):
                pairs.append((
                    self.clawtest(folder, count, f"clawtest --workspace disk, {count:,}", extra, tmpdir),
                    self.bare(folder, count, f"bare loop, {count:,}", tmpdir),
                ))
            self.session.interleaved([command for pair in pairs for command in pair],
                                     self.options.runs)
            rows = []
            for pair in pairs:
                for command in pair:
                    self.add_record(f"workspaces on {place}", command)
                    rows.append([command.label, milliseconds(command.median),
                                 milliseconds(min(command.samples)),
                                 microseconds(command.median / command.harnesses),
                                 times(command.median / pair[1].median), str(len(command.samples))])
            table(f"Every workspace on disk: {place}",
                  ["process", "median", "min", "per harness", "ratio to the bare loop", "runs"], rows)
            for clawtest, bare in pairs:
                self.state(f"{place}-{bare.harnesses}", clawtest.median / bare.median, "x", AT_MOST,
                           place)

    def state(self, name, value, unit, side, aim_name=None):
        """A line of the summary, with a verdict if there is an aim for it."""
        aims = self.options.aims
        bound = aims.get(name, aims.get(aim_name))
        found = f"{name}: {number(value)}{unit}"
        if bound is None:
            self.statements.append(f"{found} (no aim set)")
            return
        met = value >= bound if side == AT_LEAST else value <= bound
        # A floor reads as the aim itself; a ceiling has to be called one.
        words = "aim" if side == AT_LEAST else "aim at most"
        self.statements.append(f"{found} ({words} {bound:,g}{unit}) {'met' if met else 'missed'}")

    def run(self):
        facts = self.record["machine"]
        print(f"{facts['processor']}, {facts['cores']} cores, {facts['system']}, "
              f"load {facts['load']:.2f} at the start; service file: {self.options.service}")
        self.check_that_failures_are_seen()
        self.compare_runners()
        if self.has("clawtest"):
            self.compare_start()
            self.compare_sizes()
            if "bare" in self.only:
                self.compare_disk()
        print()
        for statement in self.statements:
            print(statement)
        if self.options.json:
            self.record["statements"] = self.statements
            Path(self.options.json).write_text(json.dumps(self.record, indent=2) + "\n")


def machine():
    processor = platform.processor() or platform.machine()
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        processor = found[1] if found else processor
    except OSError:
        pass  # Not Linux: the general name stands.
    return {"processor": processor, "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version()}


def aim(text):
    name, separator, number = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("an aim is NAME=NUMBER")
    return name, float(number)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True, help="an empty folder to work in")
    parser.add_argument("--tmpfs", help="a folder in memory for the second disk comparison")
    parser.add_argument("--clawtest", help="the clawtest binary")
    parser.add_argument("--bare-loop", required=True, help="the compiled bare_loop.rs")
    parser.add_argument("--only", default="clawtest,bash,bats,pytest,bare")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--large", type=int, default=10000)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--service", choices=suite.SERVICES, default="short")
    parser.add_argument("--aim", dest="aims", type=aim, action="append", default=[])
    parser.add_argument("--json")
    options = parser.parse_args()
    options.only = options.only.split(",")
    options.aims = AIMS | dict(options.aims)
    if options.json:
        # The working folder changes with every process that is started.
        options.json = os.path.abspath(options.json)
    try:
        Comparison(options).run()
    except Abort as reason:
        say(f"error: {reason}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
