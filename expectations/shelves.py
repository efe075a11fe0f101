"""What stands where in the lake for each gate: tables of a month as lists of Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from expectations.suite import Shelf
from warehouse.lake import Lake
from warehouse.months import Month

Files = tuple[Path, ...]


def tables(shelf: Shelf, month: Month, lake: Lake) -> dict[str, Files]:
    """Every table that a gate may look at in a month, by name; a table without files is absent.

    Gate 1 sees each feed's standardised rows, the dock's facts and the drift from the match model; gate 2 the marts,
    what linkage left, and the rows of roster and payments that the marts' sums must come to.
    """
    found = _standardised(month, lake) if shelf == "standardised" else _marts(month, lake)
    return {name: files for name, files in found.items() if files}


def _standardised(month: Month, lake: Lake) -> Mapping[str, Files]:
    key = str(month)
    feeds = {
        feed: _parquet(lake.partition("standardised", feed=feed, month=key))
        for feed in lake.feeds("standardised", key)
    }
    facts = {
        table: _parquet(lake.partition(table, month=key))
        for table in ("row_account", "set_aside", "totals", "ledger", "model_drift")
    }
    return {**feeds, **facts}


def _marts(month: Month, lake: Lake) -> Mapping[str, Files]:
    key = str(month)
    marts = {
        folder.parent.name: _parquet(folder)
        for folder in sorted((lake.root / "marts").glob(f"*/month={key}"))
    }
    links = {
        table: _parquet(lake.partition(table, month=key))
        for table in ("crosswalk", "pairs", "review", "events")
    }
    records = tuple(
        file
        for feed in lake.feeds("records", key)
        for file in _parquet(lake.partition("records", feed=feed, month=key))
    )
    sources = {
        name: _parquet(lake.partition("standardised", feed=feed, month=key))
        for name, feed in (("payment_rows", "assistance_payment"), ("roster_rows", "assistance_roster"))
    }
    persons = tuple(lake.partition("registry", month=key).glob("persons.parquet"))
    return {**marts, **links, **sources, "records": records, "registry_persons": persons}


def _parquet(folder: Path) -> Files:
    return tuple(sorted(folder.glob("*.parquet")))
