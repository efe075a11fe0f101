"""What was deleted by policy: which month of which table, so that nobody takes it for lost, stale or damaged."""

from __future__ import annotations

import json
from collections.abc import Iterable

from warehouse.errors import Refused
from warehouse.flow import WRITES, reads_of
from warehouse.lake import Lake
from warehouse.months import Month

TABLE = "retention"


def expired(lake: Lake) -> set[tuple[str, str]]:
    """(table, month) of everything of the lake that was deleted by policy; of marts the table is ``marts``."""
    found: set[tuple[str, str]] = set()
    for path in sorted((lake.root / TABLE).glob("[0-9]*.json")):
        found.update(
            (str(table), str(month)) for table, month in json.loads(path.read_text(encoding="utf-8"))
        )
    return found


def mark(lake: Lake, entry: int, parts: Iterable[tuple[str, str]]) -> None:
    """Note what is about to be deleted under the number of its entry in the audit log."""
    text = json.dumps(sorted(parts), ensure_ascii=False) + "\n"
    lake.write_text(lake.root / TABLE / f"{entry:06}.json", text)


def refuse_expired(stage: str, month: Month, lake: Lake) -> None:
    """``Refused`` for a stage of a month of which data were deleted: it would make another month of what is left."""
    reads = reads_of(stage)
    wanted = {table for table, when in reads.files if when not in ("previous", "before")} if reads else set()
    wanted |= set(WRITES.get(stage, ()))
    gone = sorted(table for table, one in expired(lake) if one == str(month) and table in wanted)
    if gone:
        raise Refused(
            f"{stage} {month}: {', '.join(gone)} of the month were deleted by the policy of retention.",
            next_step="leave the month as it is; to look at it anew, restore a backup of that time beside this home.",
        )
