"""Is a month that was closed still closed with the files that stand on the shelf?"""

from __future__ import annotations

import json
from pathlib import Path

from warehouse.errors import MonthNotClosed
from warehouse.intake import ledger
from warehouse.lake import Lake
from warehouse.months import Month

# The first stage behind the close wants a month that was closed; all want one that is not open again.
_FIRST = "standardise"
_BEHIND = (_FIRST, "gate1", "link", "quality", "prepare_review", "build", "gate2", "publish", "notices")


def changes_since_closed(lake: Lake, month: Month) -> tuple[list[str], list[str]] | None:
    """Files on the shelf that the month was not closed with, and files that it was closed with and that are off it;
    None when it never was closed."""
    path = lake.partition("closed", month=str(month)) / "closed.json"
    if not path.is_file():
        return None
    feeds = json.loads(path.read_text(encoding="utf-8"))["feeds"]
    closed = {(one["file"], one["sha256"]) for files in feeds.values() for one in files}
    now = {(one.file, one.sha256) for one in ledger.read(lake, month) if one.is_landed}
    return sorted({file for file, _ in now - closed}), sorted({file for file, _ in closed - now})


def what_reopened(lake: Lake, month: Month) -> str:
    """A sentence on what came or went since the month was closed; empty when it stands closed, or never was."""
    changes = changes_since_closed(lake, month)
    if not changes or not any(changes):
        return ""
    came, went = changes
    parts = [f"came late: {', '.join(came)}"] if came else []
    parts += [f"no longer counts: {', '.join(went)}"] if went else []
    return f"{month} was closed before and is open again; {'; '.join(parts)}"


def refuse_reopened(stage: str, month: Month, home: Path) -> None:
    """``MonthNotClosed`` when a stage behind the close would work on other files than the month was closed with."""
    if stage not in _BEHIND:
        return
    lake = Lake(home)
    said = what_reopened(lake, month)
    if not said and stage == _FIRST and changes_since_closed(lake, month) is None:
        said = f"{month} was never declared complete"
    if said:
        raise MonthNotClosed(
            f"{stage} {month}: {said}.",
            next_step=f"run close for {month}, or 'doudi rebuild', which runs all that stands on it in order.",
        )
