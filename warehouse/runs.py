"""A run of a stage leaves a mark when it first changes something, and takes it away when it has ended.

``lake/unfinished/month=…/<stage>.json`` therefore stands only where a stage was cut short between two of its
partitions: there old and new may stand side by side. Whatever stands on that stage refuses, until it has run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import CutShort, Refused
from warehouse.flow import ORDER, reads_of_earlier
from warehouse.months import Month
from warehouse.swap import sync

TABLE = "unfinished"
# Stands while a restore lets the old home and the new one change places (``warehouse.restore``).
RESTORE_NOTE = Path(".restoring") / "swap.json"


@dataclass
class Run:
    """A stage at work: whether it has changed the home, and whether it has said its outcome."""

    stage: str
    month: Month
    home: Path
    has_changed: bool = False
    has_told: bool = False


_current: ContextVar[Run | None] = ContextVar("doudi_run", default=None)


@contextmanager
def run_of(stage: str, month: Month, home: Path) -> Iterator[None]:
    """The run of a stage. ``CutShort`` when what it stands on was cut short; its own mark is gone at a good end.

    A refusal that is said after the outcome (a held gate, a refused file) is a good end, too: all is written.
    """
    refuse_cut_short(stage, month, home)
    run = Run(stage, month, home)
    token = _current.set(run)
    try:
        yield
    except Refused:
        if run.has_told:
            _unmark(run)
        raise
    else:
        _unmark(run)
    finally:
        _current.reset(token)


def changing(path: Path) -> None:
    """Say that the run at work is about to put something in place at ``path``: the first time leaves the mark."""
    run = _current.get()
    if run is None or run.has_changed or not path.is_relative_to(run.home):
        return
    if path.is_relative_to(run.home / "tmp"):
        return
    mark = _mark(run.home, run.stage, str(run.month))
    mark.parent.mkdir(parents=True, exist_ok=True)
    aside = mark.with_name(f".aside-{mark.name}")
    aside.write_text(json.dumps({"stage": run.stage, "month": str(run.month)}) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(mark)
    sync(mark.parent)
    run.has_changed = True


def told() -> None:
    """Say that the run at work has written its outcome, which every stage does last."""
    run = _current.get()
    if run is not None:
        run.has_told = True


def unfinished(home: Path) -> list[tuple[str, str]]:
    """(month, stage) of every run that was cut short, in order."""
    found = (home / "lake" / TABLE).glob("month=*/[!.]*.json")
    return sorted((path.parent.name.removeprefix("month="), path.stem) for path in found)


def refuse_cut_short(stage: str, month: Month, home: Path) -> None:
    """``CutShort`` when a stage that this one stands on, of this month or an earlier one, did not end, or a restore."""
    if (home / RESTORE_NOTE).exists():
        raise CutShort(
            f"{stage} {month}: a restore of this home was cut short, and it is half the old one and half the new.",
            next_step="run doudi restore again with the same file and --replace: it goes on where it was.",
        )
    for cut_month, cut_stage in unfinished(home):
        if _stands_on(stage, str(month), cut_stage, cut_month):
            raise CutShort(
                f"{stage} {month}: {cut_stage} of {cut_month} was cut short; old and new may stand side by side in its "
                "tables.",
                next_step=f"run {cut_stage} for {cut_month} again, then the stages after it.",
            )


def _stands_on(stage: str, month: str, cut_stage: str, cut_month: str) -> bool:
    if cut_month < month:
        return cut_stage in reads_of_earlier(stage)
    if cut_month > month or cut_stage == stage or cut_stage not in ORDER:
        return False
    return ORDER.index(cut_stage) < (ORDER.index(stage) if stage in ORDER else len(ORDER))


def _unmark(run: Run) -> None:
    mark = _mark(run.home, run.stage, str(run.month))
    if mark.exists():
        mark.unlink()
        sync(mark.parent)
    for folder in (mark.parent, mark.parent.parent):
        with suppress(OSError):
            folder.rmdir()


def _mark(home: Path, stage: str, month: str) -> Path:
    return home / "lake" / TABLE / f"month={month}" / f"{stage}.json"
