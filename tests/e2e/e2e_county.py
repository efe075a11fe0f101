"""What the end-to-end tests share: the command as a user runs it, and how results are compared."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PERSONS = 2000
# Who did what by which door is no result, and what packages are sealed with is random: they differ between the doors.
LOGS = ("lake/access_log/", "lake/audit_log/", "lake/package_marks/")
# What a month leaves and a second run must not change.
RESULTS = ("lake", "release", "quarantine", "review", "docs/linkage", "docs/identity")
MONTHS = ("2026-08", "2026-09", "2026-10")
DUE = {"2026-08": "2026-09-30", "2026-09": "2026-10-30", "2026-10": "2026-11-30"}  # when lists are due back


def doudi(*arguments, expect=0, timeout=900, env=None):
    """Run the command as a user would; give what it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "console", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == expect, f"{arguments[0]} ended {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def content(home, *parts):
    """Every file of the results with the hash of its content: what must not change on a second run."""
    found = {}
    for part in parts or RESULTS:
        for path in sorted((home / part).rglob("*")):
            if path.is_file() and not str(path.relative_to(home)).startswith(LOGS):
                found[str(path.relative_to(home))] = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found, f"nothing under {home}"
    return found


def tables(output):
    """The tables of a ``--json`` run by title."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {
        line["table"]: [dict(zip(line["columns"], row, strict=True)) for row in line["rows"]]
        for line in lines
        if "table" in line
    }
