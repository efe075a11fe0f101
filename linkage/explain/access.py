"""Who looked at whole numbers: a row of ``access_log`` for each time, never rewritten."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.lake import Lake
from warehouse.locks import in_turn
from warehouse.months import Month

SCHEMA = pa.schema(
    [
        ("by", pa.string()),
        ("what", pa.string()),
        ("audience", pa.string()),
        ("on", pa.date32()),
    ]
)


def note_access(lake: Lake, month: Month, *, by: str, what: str, audience: str, on: date | None) -> None:
    """Add one row: who asked, for what (ids and places, no values), as which audience, on which day."""
    folder = lake.partition("access_log", month=str(month))
    rows = [{"by": by, "what": what, "audience": audience, "on": on}]
    # Two who look at once would take the same number, and one of the looks would be gone.
    with in_turn(lake.home, "access_log"):
        number = len(list(folder.glob("*.parquet"))) + 1
        with lake.adding(folder / f"{number:08d}.parquet") as aside:
            pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), aside)
