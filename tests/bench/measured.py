"""One process and what it took: seconds by the wall and of CPU, peak memory, bytes written, what ran beside it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

ROOT = Path(__file__).resolve().parents[2]

# The count of an outcome that says how much a stage had in hand, the first that is there.
_SIZES_OF_WORK = ("rows", "landed", "rules", "dim_person", "listed", "warnings", "files")
# Exit codes of a stage that holds or refuses a month (``warehouse.errors``).
REFUSALS = range(10, 20)
# More of a core than this taken by others, and a line is marked: its wall seconds say little.
MUCH = 0.2
_BLOCK = 512
_LOOKS_EVERY = 0.5


@dataclass(frozen=True)
class Line:
    """What one process and its children took: rows in hand, wall and CPU seconds, peak memory in MB, bytes written to
    the disk, the most that it spilled, its exit code; ``beside`` is how much of one core other work took meanwhile."""

    rows: int
    wall: float
    cpu: float
    memory: int
    written: int = 0
    spilled: int = 0
    beside: float = 0.0
    code: int = 0

    @property
    def is_loaded(self) -> bool:
        """Whether other work ran beside it."""
        return self.beside > MUCH

    def as_dict(self) -> dict:
        """For the file of results."""
        return asdict(self)


def bytes_under(folder):
    """How many bytes the files below a folder have; what vanishes meanwhile is not counted."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            try:
                total += Path(here, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


class _Spill(Thread):
    """Looks now and then how much lies in a folder for what memory does not hold, and keeps the most."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.most, self._folder, self._over = 0, folder, Event()

    def run(self):
        while not self._over.wait(_LOOKS_EVERY):
            self.most = max(self.most, bytes_under(self._folder))

    def end(self):
        self._over.set()
        self.join()


def _busy():
    spent = psutil.cpu_times()
    return spent.user + spent.nice + spent.system


def measured(command, *, spill=None, env=None):
    """Run one command to its end; give its ``Line`` (without rows) and the last line that it printed."""
    watch = _Spill(spill) if spill else None
    if watch:
        watch.start()
    begun, busy = time.perf_counter(), _busy()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}
    )
    output = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    cpu = usage.ru_utime + usage.ru_stime
    beside = max(0.0, _busy() - busy - cpu) / max(wall, 0.01)
    if watch:
        watch.end()
    # A county of a thousand may fail a gate's rule on shares: what that took is measured all the same.
    if process.returncode not in (0, *REFUSALS):
        sys.exit(f"{' '.join(command[1:5])} ended with {process.returncode}")
    line = Line(
        0,
        wall,
        cpu,
        usage.ru_maxrss // 1024,
        usage.ru_oublock * _BLOCK,
        watch.most if watch else 0,
        beside,
        process.returncode,
    )
    is_done = output and not process.returncode
    return line, output.splitlines()[-1] if is_done else "{}"


def verb(*arguments, spill=None, env=None):
    """One ``doudi`` verb as a process of its own; give its ``Line`` with the rows that its outcome tells."""
    line, last = measured([sys.executable, "-m", "console", *arguments, "--json"], spill=spill, env=env)
    return with_rows(line, last)


def with_rows(line, last):
    """The line with the rows that a JSON outcome tells."""
    counts = json.loads(last).get("counts", {})
    rows = next((counts[name] for name in _SIZES_OF_WORK if name in counts), 0)
    return Line(**{**line.as_dict(), "rows": int(rows)})
