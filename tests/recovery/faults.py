"""What the recovery tests share: a desk that runs cases, homes that are copied, and their content by hash."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NO_FAULT = {"kind": "count"}
# What a month leaves for people and for later stages: all of it, hidden sums too.
# (The page of operations tells when what ran, and how long: that is a log.)
LOGS = "docs/operations/"
RESULTS = ("lake", "release", "review", "quarantine", "docs", "returns", "slips")


class Desk:
    """One process with everything imported, which forks a child for each case."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("forked.py"))],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DOUDI_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._line() == {"ready": True}
        self.cpu = 0.0

    def run(
        self,
        stage: str,
        month: str,
        home: Path,
        *,
        inbox: Path | str = "",
        returned: Path | str = "",
        fault: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Run a stage with a fault (none: the stage must end well) and give how it ended."""
        case = {
            "stage": stage,
            "month": month,
            "home": str(home),
            "inbox": str(inbox),
            "returned": str(returned),
        }
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({**case, "fault": fault or NO_FAULT}) + "\n")
        self.process.stdin.flush()
        ended = self._line()
        self.cpu += ended["cpu"]
        assert not ended["error"].startswith("TRACEBACK"), ended
        if fault is None:
            assert not ended["error"], f"{stage} {month}: {ended}"
        return ended

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise AssertionError("the desk has ended")


def content(home: Path) -> dict[str, str]:
    """Every file of the results with the hash of its content."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in RESULTS
        for path in sorted((home / part).rglob("*"))
        if path.is_file() and not path.relative_to(home).as_posix().startswith(LOGS)
    }


def copied(home: Path, to: Path) -> Path:
    """A copy of a home, without what the copy of a lock or a spill would be good for."""
    if to.exists():
        shutil.rmtree(to)
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("locks"))
    return to


def spread(points: list[str], wanted: int) -> list[int]:
    """So many points of a stage: the first, the last, and evenly between."""
    last = len(points) - 1
    if wanted > last:
        return list(range(last + 1))
    return (
        sorted({round(step * last / (wanted - 1)) for step in range(wanted)}) if wanted > 1 else [last // 2]
    )


def difference(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """The files that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path | None]:
    """A disk of its own of so many bytes, mounted for a while; None where the user may not."""
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False)
