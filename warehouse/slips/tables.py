"""The lake's tables behind the slips: columns, types, and the one way to read each. Values and small reads only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from warehouse.lake import Lake
from warehouse.months import Month

# One row per fault of a row; ordered by file, sheet, row, column, rule. ``finding_id`` names it on the slip and changes
# with the bytes of its file; ``row_key`` knows the row again in a corrected file. ``proposed`` is a person's value.
ROW_FINDINGS: Final[dict[str, str]] = {
    "finding_id": "VARCHAR",
    "file": "VARCHAR",
    "sheet": "VARCHAR",
    "row": "INTEGER",
    "column": "VARCHAR",
    "rule": "VARCHAR",
    "treatment": "VARCHAR",
    "reason": "VARCHAR",
    "standing": "VARCHAR",
    "proposed_kind": "VARCHAR",
    "proposed": "VARCHAR",
    "row_key": "VARCHAR",
}

# Rows that stand in ``landed`` and not in ``standardised``, counted; ordered by feed, file, sheet.
SET_ASIDE: Final[dict[str, str]] = {
    "feed": "VARCHAR",
    "file": "VARCHAR",
    "sheet": "VARCHAR",
    "rows": "INTEGER",
}

# Whether a finding stood on the slip of the delivery before.
NEW, OPEN = "new", "open"
# Beside ``set_aside`` and ``asked``: a row that the dock could not read at all.
NOT_READ = "not_read"
# A value proposed because a certain link to another row knows it (``folded`` and ``lengthened`` need no link).
LINKED = "linked"


def findings_files(lake: Lake, month: Month, feed: str) -> list[Path]:
    """The Parquet files of a feed's findings in a month; none when it was not standardised."""
    return sorted(lake.partition("row_findings", feed=feed, month=str(month)).glob("*.parquet"))


def correction_files(lake: Lake, month: Month) -> list[Path]:
    """The corrections that were taken in for a month, in order of their turn."""
    return sorted(lake.partition("corrections", month=str(month)).glob("*.parquet"))


def turn_of(path: Path) -> int:
    """The turn that a correction file's name begins with."""
    return int(path.name.split("-", 1)[0])
