"""What stands where in the lake for each gate: tables of a month as lists of Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from expectations.shapes import Past
from expectations.suite import Shelf
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import FACTS, LINKS, read_verdict

Files = tuple[Path, ...]
# A view over several months of a mart is named so: its rows carry the month of their partition.
PAST = "__past"


def tables(shelf: Shelf, month: Month, lake: Lake) -> dict[str, Files]:
    """Every table that a gate may look at in a month, by name; a table without files is absent.

    Gate 1 sees each feed's standardised rows, the dock's facts and the drift from the match model; gate 2 the marts,
    what linkage left, and the rows of roster and payments that the marts' sums must come to.
    """
    found = _standardised(month, lake) if shelf == "standardised" else _marts(month, lake)
    return {name: files for name, files in found.items() if files}


def look_back_at_marts(month: Month, lake: Lake, months: int) -> Past:
    """What gate 2 may compare a mart with: its files of the last ``months`` months that gate 2 did not hold, as the view
    ``<mart>__past``. The rows carry their ``month``: it is the partition's."""
    files: dict[str, Files] = {}
    window: dict[str, tuple[Month, ...]] = {}
    held: dict[str, bool] = {}
    for mart in sorted(folder.name for folder in (lake.root / "marts").glob("*") if folder.is_dir()):
        earlier = [each for each in lake.months(f"marts/{mart}") if each < str(month)]
        for each in earlier:
            if each not in held:
                verdict = read_verdict(lake, "gate2", Month.parse(each))
                held[each] = verdict is not None and verdict.status == "held"
        kept = [each for each in earlier if not held[each]][-months:] if months else []
        found = [file for each in kept for file in _parquet(lake.partition(f"marts/{mart}", month=each))]
        if found:
            files[f"{mart}{PAST}"] = tuple(found)
            window[mart] = tuple(Month.parse(each) for each in kept)
    return Past(files, {}, window)


def _standardised(month: Month, lake: Lake) -> Mapping[str, Files]:
    key = str(month)
    feeds = {
        feed: _parquet(lake.partition("standardised", feed=feed, month=key))
        for feed in lake.feeds("standardised", key)
    }
    facts = {table: _parquet(lake.partition(table, month=key)) for table in FACTS}
    return {**feeds, **facts}


def _marts(month: Month, lake: Lake) -> Mapping[str, Files]:
    key = str(month)
    marts = {
        folder.parent.name: _parquet(folder)
        for folder in sorted((lake.root / "marts").glob(f"*/month={key}"))
    }
    links = {table: _parquet(lake.partition(table, month=key)) for table in LINKS}
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
