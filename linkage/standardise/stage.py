"""Standardise a month: landed text becomes typed columns, profiles of persons, and the records that tie them to rows."""

from __future__ import annotations

from collections import Counter

import duckdb
import pyarrow.parquet as pq

from linkage.records import PROFILES, RECORDS
from linkage.standardise import tally
from linkage.standardise.cells import fold_word_cells
from linkage.standardise.columns import standardised_query
from linkage.standardise.corrected import deliveries, gather_corrections, lay_over
from linkage.standardise.descriptions import describe, refuse_collisions
from linkage.standardise.findings import Delivery, find, keep_delivered_keys, leave_out, write_findings
from linkage.standardise.recipes import install
from linkage.standardise.source import fold_id_cells, fold_name_cells, open_source
from warehouse.database import copy_to_parquet, in_memory, quoted
from warehouse.errors import Misconfigured, Refused
from warehouse.intake.contract import Contract, contracts
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.progress import progress, step
from warehouse.slips.tables import SET_ASIDE

STAGE = "standardise"
TABLES = ("standardised", "records", "profiles", "row_findings", "rows_aside")
_COUNTED = ("rows", "records", "profiles", "swapped", "set_aside", "asked", "corrected", "settled")


def standardise(month: Month, *, lake: Lake, policy: Policy | None = None) -> Outcome:
    """Write the month's ``standardised``, ``records``, ``profiles`` and ``row_findings`` of every landed feed.

    Reads ``landed/feed=…/month=…`` with the corrections that agencies wrote on slips laid over it. A row that no rule
    can rightly use is set aside: it stands in ``row_findings`` and ``set_aside``, and nowhere else. With a ``policy`` it
    also measures how far the month has moved from what the match model was trained on (``model_drift``), for gate 1
    to judge. Counts rows, records, profiles, cells that were swapped back or corrected, rows set aside and asked
    about; by feed and column it tells IDs by kind, dates that could not be, and codes that no contract knows; by
    feed what became of the findings of the delivery before. Feeds that are no longer landed lose their partitions.
    """
    feeds = lake.feeds("landed", str(month))
    _drop_stale(lake, month, feeds)
    known = contracts()
    counts: Counter[str] = Counter()
    by: dict[str, dict[str, int]] = {}
    files = deliveries(lake, month)
    landed = {feed: _landed(lake, month, feed) for feed in feeds}
    with in_memory(lake.home) as con, progress(f"{STAGE} {month}", sum(landed.values())):
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
                    found = _standardise_feed(desk, known[feed], month, lake, policy, files.get(feed, ()))
            except duckdb.ConversionException as error:
                # The engine's message quotes the cell: it must not travel.
                raise Refused(
                    f"{STAGE} {month}: a recipe failed on feed '{feed}' ({type(error).__name__}).",
                    next_step="tell the developers which feed and month; the landed rows are untouched.",
                ) from None
            step(landed[feed])
            for name, table in found.items():
                by.setdefault(name, {}).update(table)
            for name in _COUNTED:
                counts[name] += found[name].get(feed, 0)
        _refuse_shared_keys(con, lake, month, feeds)
        _count_set_aside(con, lake, month, feeds)
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
        reasons=_reasons(by, month) if feeds else [f"no feed is landed for {month}: run receive first."],
    )
    return record(outcome, lake)


def _landed(lake: Lake, month: Month, feed: str) -> int:
    """How many rows of a feed have landed: what the files say of themselves."""
    parts = lake.partition("landed", feed=feed, month=str(month)).glob("*.parquet")
    return sum(pq.read_metadata(part).num_rows for part in parts)


def _standardise_feed(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    month: Month,
    lake: Lake,
    policy: Policy | None,
    files: tuple[tuple[str, str], ...],
) -> dict[str, dict[str, int]]:
    feed = contract.feed
    keys = {"feed": feed, "month": str(month)}
    open_source(con, contract, quoted(lake.partition("landed", **keys) / "*.parquet"))
    delivery = Delivery(files, gather_corrections(con, contract, month, lake, files))
    keep_delivered_keys(con, contract, month.last_day)
    corrected = lay_over(con, contract)
    fold_id_cells(con, contract, month.last_day)
    fold_name_cells(con, contract)
    fold_word_cells(con, contract)
    with lake.replacing("standardised", **keys) as folder:
        part = folder / "part-0.parquet"
        rows = copy_to_parquet(con, standardised_query(contract), part)
        find(con, contract, part, month=month, policy=policy, delivery=delivery)
        set_aside = leave_out(con, part, feed=feed, month=month, lake=lake)
    past = write_findings(con, contract, month=month, lake=lake, delivery=delivery)
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
        "rows": {feed: rows - set_aside},
        "set_aside": {feed: set_aside} if set_aside else {},
        "corrected": {feed: corrected} if corrected else {},
        **{name: {feed: number} if number else {} for name, number in past.items()},
        **tally.findings(con, feed),
        **{name: {feed: number} for name, number in persons.items()},
        **tally.tallies(con, contract, f"read_parquet('{written}')"),
    }


def _refuse_shared_keys(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, feeds: list[str]) -> None:
    """The feed is part of the key: a key that two feeds share stands for two descriptions."""
    folders = [lake.partition("profiles", feed=feed, month=str(month)) for feed in feeds]
    files = [f"'{quoted(folder / '*.parquet')}'" for folder in folders if folder.exists()]
    if files:
        refuse_collisions(con, f"read_parquet([{', '.join(files)}])", f"{month}")


def _count_set_aside(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, feeds: list[str]) -> None:
    """Write ``set_aside``: the rows of each sheet that landed and were not standardised."""
    parts = [
        f"SELECT '{feed}' AS feed, file, sheet, count(DISTINCT \"row\") AS rows FROM "
        f"read_parquet('{quoted(lake.partition('row_findings', feed=feed, month=str(month)) / '*.parquet')}',"
        f" hive_partitioning = false) WHERE treatment = 'set_aside' GROUP BY ALL"
        for feed in feeds
    ]
    typed = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in SET_ASIDE.items())
    none = "SELECT NULL AS feed, NULL AS file, NULL AS sheet, NULL AS rows WHERE false"
    query = f"SELECT {typed} FROM ({' UNION ALL '.join(parts or [none])}) ORDER BY feed, file, sheet"
    with lake.replacing("set_aside", month=str(month)) as folder:
        copy_to_parquet(con, query, folder / "set_aside.parquet")


def _reasons(by: dict[str, dict[str, int]], month: Month) -> list[str]:
    """A sentence for each feed of which rows were set aside, and one for what came of the delivery before."""
    found = [
        f"{feed}: {rows} row(s) were set aside because no rule can rightly use them. Next step: doudi slips --month "
        f"{month}, and send the slip to the agency."
        for feed, rows in sorted(by.get("set_aside", {}).items())
    ]
    for feed in sorted({*by.get("settled", {}), *by.get("open", {})}):
        told = {name: by.get(name, {}).get(feed, 0) for name in ("settled", "open", "new")}
        found.append(
            f"{feed}: of what was asked about the delivery before, {told['settled']} settled, {told['open']} still "
            f"open; {told['new']} new."
        )
    return found


def _drop_stale(lake: Lake, month: Month, feeds: list[str]) -> None:
    for table in TABLES:
        for feed in set(lake.feeds(table, str(month))) - set(feeds):
            drop(lake.partition(table, feed=feed, month=str(month)))
