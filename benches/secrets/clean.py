"""Gathers real files that hold no secrets as far as anyone can tell, from what a machine has.

Documentation, sources, units, lock files and settings of installed packages, readable by everyone.
Tests, which have keys in them on purpose, scanners' own files, and files with a private key are
left out.
"""

import hashlib
import os
import shutil
import site
import stat
import sysconfig
from pathlib import Path

ROOTS = ["/etc", "/usr/share", "/usr/lib/systemd", "/usr/lib/node_modules",
         str(Path.home() / ".cargo/registry/src"), sysconfig.get_paths()["stdlib"],
         *site.getsitepackages()]
# In turns, so that no kind is most of it. An empty name stands for files without an ending.
ENDINGS = ("conf", "service", "yaml", "yml", "json", "toml", "md", "py", "js", "sh", "xml", "pem",
           "crt", "lock", "cfg", "ini", "txt", "html", "rs", "ts", "css", "env", "properties",
           "plist", "timer", "desktop", "rst", "sql", "c", "h", "")
LEFT_OUT = {"test", "tests", "testing", "testdata", "test_data", "test-data", "fixtures", "spec",
            "specs", "__pycache__", "shadow", "gshadow", "target", "corpus"}
# Scanners carry samples of secrets with them.
SCANNERS = ("secretscan", "ripsecrets", "detect_secrets", "credsweeper", "betterleaks", "gitleaks",
            "kingfisher", "trufflehog", "secretlint", "@secretlint", "whispers", "deepsecrets",
            "clawtest", "noseyparker")
SMALLEST, LARGEST = 64, 400_000


def candidates():
    """Every path that may be taken, by ending, in an order that depends on the paths alone."""
    found = {ending: [] for ending in ENDINGS}
    seen = set()
    for root in ROOTS:
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders
                          if name not in LEFT_OUT and not name.lower().startswith(SCANNERS)]
            for name in names:
                path = Path(folder, name)
                ending = path.suffix[1:].lower()
                if ending in found and name not in LEFT_OUT and path not in seen:
                    seen.add(path)
                    found[ending].append(path)
    for paths in found.values():
        paths.sort(key=lambda path: hashlib.sha256(bytes(path)).digest())
    return found


def is_wanted(path):
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or not facts.st_mode & stat.S_IROTH:
            return False
        if not SMALLEST <= facts.st_size <= LARGEST:
            return False
        content = path.read_bytes()
    except OSError:
        return False
    return b"PRIVATE KEY" not in content and b"\0" not in content


def gather(folder, wanted):
    """Copies so many files below the folder, with the paths that they have, and tells how many."""
    count = size = 0
    lists = [iter(paths) for paths in candidates().values()]
    while lists and count < wanted:
        for paths in list(lists):
            path = next((path for path in paths if is_wanted(path)), None)
            if path is None:
                lists.remove(paths)
            elif count < wanted:
                copy = folder / path.relative_to("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
                count += 1
                size += copy.stat().st_size
    return count, size
