"""Who may work at the same time: locks of the system on files under ``HOME/tmp/locks``, let go when a process dies.

One stage at a time works in a month. A stage that reads earlier months holds what wrote them shared, so that nobody
replaces under its hands what it reads; whoever wants to is told to wait. Backup and restore want the home alone.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from warehouse.errors import Unavailable
from warehouse.flow import reads_of_earlier
from warehouse.months import Month

_HOME = "home"


@contextmanager
def alone(stage: str, month: Month, home: Path) -> Iterator[None]:
    """Hold a month for one stage, and the earlier months that it reads; else ``Unavailable``."""
    with ExitStack() as held:
        held.enter_context(
            _held(home, _HOME, shared=True, what="a backup or a restore is at work on this home")
        )
        held.enter_context(
            _held(home, str(month), shared=False, what=f"another run is at work on {month} in this home")
        )
        held.enter_context(
            _held(
                home,
                f"{month}.{stage}",
                shared=False,
                what=f"a run of a later month reads what {stage} of {month} wrote",
            )
        )
        for earlier in _earlier(home, month):
            for read in reads_of_earlier(stage):
                what = f"another run is at work on {earlier} ({read}), which {stage} of {month} reads"
                held.enter_context(_held(home, f"{earlier}.{read}", shared=True, what=what))
        yield


@contextmanager
def alone_in_home(home: Path) -> Iterator[None]:
    """Hold the whole home; ``Unavailable`` while any stage is at work in it."""
    with _held(home, _HOME, shared=False, what="a run is at work in this home"):
        yield


@contextmanager
def in_turn(home: Path, name: str) -> Iterator[None]:
    """One writer at a time of a log that grows by single files: an entry takes no longer than a look, so the next waits."""
    path = _folder(home) / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _earlier(home: Path, month: Month) -> list[str]:
    """The months before this one that have written something here, or have begun to."""
    folders = (home / "lake" / "outcomes").glob("month=*")
    known = {folder.name.removeprefix("month=") for folder in folders}
    known |= {path.name.partition(".")[0] for path in _folder(home).glob("[0-9]*.lock")}
    return sorted(one for one in known if one < str(month))


@contextmanager
def _held(home: Path, name: str, *, shared: bool, what: str) -> Iterator[None]:
    path = _folder(home) / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"{what}.", next_step="let it end, then try again.") from None
        yield


def _folder(home: Path) -> Path:
    return home / "tmp" / "locks"
