"""Standardise a month: landed text becomes typed columns, profiles of persons, and the records that tie them to rows."""

from __future__ import annotations

from collections import Counter

import duckdb

from linkage.records import PROFILES, RECORDS
from linkage.standardise import tally
from linkage.standardise.cells import fold_word_cells
from linkage.standardise.columns import standardised_query
from linkage.standardise.descriptions import describe, refuse_collisions
from linkage.standardise.recipes import install
from linkage.standardise.source import fold_id_cells, fold_name_cells, open_source
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import Misconfigured, Refused
from warehouse.intake.contract import Contract, contracts
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy

STAGE = "standardise"
TABLES = ("standardised", "records", "profiles")


def standardise(month: Month, *, lake: Lake, policy: Policy | None = None) -> Outcome:
    """Write the month's ``standardised``, ``records`` and ``profiles`` partitions of every landed feed.

    Reads ``landed/feed=…/month=…``. With a ``policy`` it also measures how far the month has moved from what the
    match model was trained on (``model_drift``), for gate 1 to judge. Counts rows, records, profiles and cells that were swapped back; by
    feed and column it tells IDs by kind, dates that could not be, and codes that no contract knows. Feeds
    that are no longer landed lose their partitions.
    """
    feeds = lake.feeds("landed", str(month))
    _drop_stale(lake, month, feeds)
    known = contracts()
    counts: Counter[str] = Counter()
    by: dict[str, dict[str, int]] = {}
    with in_memory(lake.home) as con:
        install(con)
        for feed in feeds:
            if feed not in known:
                raise Misconfigured(
                    f"{STAGE} {month}: feed '{feed}' is landed and has no contract.",
                    next_step="add its contract file, or remove the landed partition.",
                )
            try:
                # A cursor a feed: what one feed needed is given back before the next.
                with con.cursor() as desk:
                    found = _standardise_feed(desk, known[feed], month, lake)
            except duckdb.ConversionException as error:
                # The engine's message quotes the cell: it must not travel.
                raise Refused(
                    f"{STAGE} {month}: a recipe failed on feed '{feed}' ({type(error).__name__}).",
                    next_step="tell the developers which feed and month; the landed rows are untouched.",
                ) from None
            for name, table in found.items():
                by.setdefault(name, {}).update(table)
            for name in ("rows", "records", "profiles", "swapped"):
                counts[name] += found[name].get(feed, 0)
        _refuse_shared_keys(con, lake, month, feeds)
    if policy is not None:
        # Splink is imported only by those who need it.
        from linkage.drift import measure_drift

        measure_drift(month, lake=lake, policy=policy)
    outcome = Outcome(
        STAGE,
        str(month),
        status="done" if feeds else "nothing",
        counts=dict(counts),
        by={name: table for name, table in by.items() if table},
        reasons=[] if feeds else [f"no feed is landed for {month}: run receive first."],
    )
    return record(outcome, lake)


def _standardise_feed(
    con: duckdb.DuckDBPyConnection, contract: Contract, month: Month, lake: Lake
) -> dict[str, dict[str, int]]:
    feed = contract.feed
    keys = {"feed": feed, "month": str(month)}
    open_source(con, contract, quoted(lake.partition("landed", **keys) / "*.parquet"))
    fold_id_cells(con, contract, month.last_day)
    fold_name_cells(con, contract)
    fold_word_cells(con, contract)
    with lake.replacing("standardised", **keys) as folder:
        rows = copy_to_parquet(con, standardised_query(contract), folder / "part-0.parquet")
    described = bool(contract.persons)
    persons = {"records": 0, "profiles": 0}
    if described:
        describe(con, contract)
        refuse_collisions(con, "profile", feed)
        with lake.replacing("profiles", **keys) as folder:
            fields = ", ".join(f'"{name}"' for name in PROFILES)
            query = f"SELECT {fields} FROM profile ORDER BY profile_key"
            persons["profiles"] = copy_to_parquet(con, query, folder / "part-0.parquet")
        with lake.replacing("records", **keys) as folder:
            fields = ", ".join(f'"{name}"' for name in RECORDS)
            query = f'SELECT {fields} FROM record ORDER BY file, sheet, "row", role'
            persons["records"] = copy_to_parquet(con, query, folder / "part-0.parquet")
    written = quoted(lake.partition("standardised", **keys) / "*.parquet")
    return {
        "rows": {feed: rows},
        **{name: {feed: number} for name, number in persons.items()},
        **tally.tallies(con, contract, f"read_parquet('{written}')"),
    }


def _refuse_shared_keys(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, feeds: list[str]) -> None:
    """The feed is part of the key: a key that two feeds share stands for two descriptions."""
    folders = [lake.partition("profiles", feed=feed, month=str(month)) for feed in feeds]
    files = [f"'{quoted(folder / '*.parquet')}'" for folder in folders if folder.exists()]
    if files:
        refuse_collisions(con, f"read_parquet([{', '.join(files)}])", f"{month}")


def _drop_stale(lake: Lake, month: Month, feeds: list[str]) -> None:
    for table in TABLES:
        for feed in set(lake.feeds(table, str(month))) - set(feeds):
            drop(lake.partition(table, feed=feed, month=str(month)))
