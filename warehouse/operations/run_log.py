"""Every run of every stage as a row: when, what, how it ended, how many, how long.

``HOME/logs/runs.jsonl`` is only added to. A run writes a row when it begins (``running``) and one when it has
ended, under the same ``run``: the last row of a run counts, and a run that was killed stays ``running``. It is an
operator's log, with a clock, and no result rests on it; a row quotes Doudi's own errors only, which name no person.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from warehouse.errors import DoudiError, GateHeld, Misconfigured, Refused, Unavailable

FILE = "runs.jsonl"
RUNNING, KILLED, STOPPED = "running", "killed", "stopped"
# What a run may have ended as, the good ones first.
STATUSES = (
    "done", "nothing", "held", "refused", "unavailable", "misconfigured", "fault", STOPPED, KILLED, RUNNING,
)  # fmt: skip
GOOD = ("done", "nothing")
_FAMILIES: tuple[tuple[type[DoudiError], str], ...] = (
    (GateHeld, "held"),
    (Refused, "refused"),
    (Unavailable, "unavailable"),
    (Misconfigured, "misconfigured"),
)
_STOPPED_CODE = 130
_FAULT_CODE = 40


@dataclass(frozen=True)
class Run:
    """One run of one stage. Times are UTC to the second; ``door`` is ``doudi`` or the DAG, ``door_run`` its run."""

    run: str
    stage: str
    month: str
    begun: str
    ended: str = ""
    status: str = RUNNING
    seconds: float = 0.0
    peak_mb: int = 0
    exit_code: int | None = None
    error: str = ""
    reason: str = ""
    next_step: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    door: str = "doudi"
    door_run: str = ""
    version: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it ended well."""
        return self.status in GOOD


def clock() -> str:
    """This second, UTC, for a log."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def begun(stage: str, month: str, *, door: str = "doudi", door_run: str = "") -> Run:
    """The row of a run that begins now."""
    seed = f"{stage} {month} {time.time_ns()} {door_run}"
    key = hashlib.sha256(seed.encode()).hexdigest()[:16]
    return Run(key, stage, month, clock(), door=door, door_run=door_run, version=_version())


def ended(run: Run, error: BaseException | None, *, told: str = "done") -> Run:
    """The row of a run that has ended, by the error that came out; ``told`` is what its outcome said of itself."""
    if error is None:
        return replace(run, ended=clock(), status=told, exit_code=0)
    if not isinstance(error, DoudiError):
        # A stop by hand, or an error that the guard was asked to let through: nothing of it is quoted.
        is_stop = not isinstance(error, Exception)
        code = _STOPPED_CODE if is_stop else _FAULT_CODE
        return replace(run, ended=clock(), status=STOPPED if is_stop else "fault", exit_code=code)
    return replace(
        run,
        ended=clock(),
        status=status_of(error),
        exit_code=error.exit_code,
        error=type(error).__name__,
        reason=error.what,
        next_step=error.next_step,
    )


def status_of(error: BaseException) -> str:
    """The word for an error's family; ``fault`` for what nobody foresaw."""
    return next((word for family, word in _FAMILIES if isinstance(error, family)), "fault")


def append(run: Run, home: Path) -> None:
    """Add a row; where the disk is full or the home is no folder, the stage's own error is the one to be told."""
    path = home / "logs" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write, so that the rows of two runs at once do not run into each other.
    with path.open("ab", buffering=0) as log:
        log.write((json.dumps(asdict(run), ensure_ascii=False) + "\n").encode())


def read(home: Path) -> list[Run]:
    """Every run, in the order in which they began; a line cut off by a kill is passed over.

    A run still ``running`` although its stage has run again in that month was ``killed``.
    """
    path = home / "logs" / FILE
    if not path.exists():
        return []
    rows: dict[str, Run] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        found = _row(line)
        if found:
            rows[found.run] = found
    after: set[tuple[str, str]] = set()
    runs: list[Run] = []
    for run in reversed(list(rows.values())):
        killed = run.status == RUNNING and (run.stage, run.month) in after
        runs.append(replace(run, status=KILLED) if killed else run)
        if run.status != "unavailable":  # that one may have met the very run that is at work
            after.add((run.stage, run.month))
    return runs[::-1]


def _row(line: str) -> Run | None:
    names = {one.name for one in fields(Run)}
    try:
        plain = json.loads(line)
        return Run(**{name: value for name, value in plain.items() if name in names})
    except (ValueError, TypeError, AttributeError):
        return None


@cache
def _version() -> str:
    try:
        return version("doudi")
    except PackageNotFoundError:
        return "unknown"
