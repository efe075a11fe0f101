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
_PLACED = ("exchange", "rename", "remove")
# What a month leaves for people and for later stages: all of it, hidden sums too.
# (The page of operations tells when what ran and how long, the access log who did it by which door: logs.)
LOGS = ("docs/operations/", "lake/access_log/")
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
        made: str = "",
        fault: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Run a stage with a fault (none: the stage must end well) and give how it ended; ``made``: dbt is stood in for."""
        case = {
            "stage": stage,
            "month": month,
            "home": str(home),
            "inbox": str(inbox),
            "returned": str(returned),
            "made": made,
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


_DIGESTS: dict[tuple[str, int, int], str] = {}


def content(home: Path) -> dict[str, str]:
    """Every file of the results with the hash of its content; what lies untouched in a copy is not read again."""
    found = {}
    for part in RESULTS:
        for path in sorted((home / part).rglob("*")):
            name = path.relative_to(home).as_posix()
            if not path.is_file() or name.startswith(LOGS):
                continue
            seen = path.stat()
            known = (name, seen.st_size, seen.st_mtime_ns)
            if known not in _DIGESTS:
                _DIGESTS[known] = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = _DIGESTS[known]
    return found


def copied(home: Path, to: Path) -> Path:
    """A copy of a home, without what the copy of a lock or of dbt's compiled files would be good for."""
    if to.exists():
        shutil.rmtree(to)
    shutil.copytree(home, to, ignore=shutil.ignore_patterns("locks", "compiled", "run"))
    return to


def spread(points: list[str], wanted: int) -> list[int]:
    """So many points of a stage. Half of them, the first and the last too, where something takes its place (there old
    and new may stand side by side); the others where it is written."""
    placed = [at for at, point in enumerate(points) if point.startswith(_PLACED) and " tmp/" not in point]
    written = [at for at, point in enumerate(points) if at not in set(placed)]
    half = (wanted + 1) // 2
    return sorted({*_evenly(placed, half), *_evenly(written, wanted - min(half, len(placed)))})


def _evenly(found: list[int], wanted: int) -> list[int]:
    last = len(found) - 1
    if wanted > last:
        return found
    return (
        [found[round(step * last / (wanted - 1))] for step in range(wanted)]
        if wanted > 1
        else found[last // 2 :][:wanted]
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
