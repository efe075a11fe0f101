"""The ledger: one line per file that was ever seen for a month, by the hash of its bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.intake.naming import read_name
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.small_tables import read_table

# ``held``: landed, but its month may not be closed; ``withdrawn``: taken back by its agency; all others as their
# names say.
Status = Literal["current", "held", "superseded", "duplicate", "refused", "withdrawn"]

_FILE = "ledger.parquet"
SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("version", pa.int32()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("encoding", pa.string()),
        ("rows", pa.int32()),
        ("form", pa.string()),
    ]
)


@dataclass(frozen=True)
class Entry:
    """One file of one month. ``feed`` is empty for a file that no contract knows; ``rows`` are rows of data
    (what a manifest counts), ``version`` counts the versions of one file from 1."""

    feed: str
    file: str
    sha256: str
    version: int
    status: Status
    reason: str = ""
    encoding: str = ""
    rows: int = 0
    form: str = ""

    @property
    def is_landed(self) -> bool:
        """Whether its rows stand in the landed table."""
        return self.status in ("current", "held")

    def now(self, status: Status, reason: str) -> Entry:
        """The same file under another status."""
        return replace(self, status=status, reason=reason)


def read(lake: Lake, month: Month | str) -> list[Entry]:
    """A month's ledger; empty when nothing was received."""
    path = lake.partition("ledger", month=str(month)) / _FILE
    if not path.exists():
        return []
    return [Entry(**plain) for plain in read_table(path).to_pylist()]


def write(lake: Lake, month: Month, entries: Iterable[Entry]) -> None:
    """Replace a month's ledger, in order of feed, file and version."""
    ordered = sorted(entries, key=lambda e: (e.feed, e.file, e.version, e.sha256))
    with lake.replacing("ledger", month=str(month)) as folder:
        pq.write_table(pa.Table.from_pylist([vars(e) for e in ordered], schema=SCHEMA), folder / _FILE)


def landed_before(lake: Lake, month: Month) -> dict[tuple[str, str], str]:
    """Feed and hash of every file landed for an earlier month, with that month."""
    found: dict[tuple[str, str], str] = {}
    for earlier in lake.months("ledger"):
        if earlier < str(month):
            found |= {(e.feed, e.sha256): earlier for e in read(lake, earlier) if e.is_landed}
    return found


def rows_before(lake: Lake, month: Month, feed: str) -> tuple[str, int] | None:
    """The last earlier month in which a feed landed, and its own rows; None when there is none."""
    for earlier in reversed([m for m in lake.months("ledger") if m < str(month)]):
        landed = [entry for entry in read(lake, earlier) if entry.feed == feed and entry.is_landed]
        if landed:
            return earlier, rows_of(landed)
    return None


def rows_of(entries: Iterable[Entry]) -> int:
    """The rows of the month's own files that landed (what comes beside them, history and late rows, does not count)."""
    names = ((entry, read_name(entry.file, [entry.feed])) for entry in entries if entry.is_landed)
    return sum(entry.rows for entry, name in names if name is None or not name.is_beside)
