"""The row account of a month, as ``doudi account`` shows it."""

from __future__ import annotations

from typing import NamedTuple

from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.small_tables import read_table


class AccountRow(NamedTuple):
    """One sheet of one file: where each of its rows went."""

    feed: str
    file: str
    sheet: str
    rows: int
    landed: int
    quarantined: int
    furniture: int

    @property
    def holds(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows == self.landed + self.quarantined + self.furniture


def row_account(lake: Lake, month: Month) -> list[AccountRow]:
    """Every sheet of every file that counts, in order of feed, file and sheet; ``Refused`` before receive."""
    path = lake.partition("row_account", month=str(month)) / "row_account.parquet"
    if not path.exists():
        raise Refused(f"{month} has no row account.", next_step=f"run receive for {month} first.")
    return [AccountRow(**plain) for plain in read_table(path).to_pylist()]


def set_aside(lake: Lake, month: Month) -> dict[tuple[str, str, str], int]:
    """Landed rows that standardise set aside, by feed, file and sheet; none before it has run."""
    path = lake.partition("set_aside", month=str(month)) / "set_aside.parquet"
    if not path.exists():
        return {}
    lines = read_table(path).to_pylist()
    return {(line["feed"], line["file"], line["sheet"]): line["rows"] for line in lines}
