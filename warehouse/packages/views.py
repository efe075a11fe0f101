"""The tables that a shared query may name: marts of the month and the month before, and the month's feeds.

``<mart>``, ``<mart>__before`` (empty where that month was not built), ``feed_<feed>`` (all months up to this one, with
``feed`` and ``month``), ``crosswalk`` (likewise), ``notices`` (of the month; empty where none were written).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.errors import Misconfigured, NotReleased
from warehouse.intake.contract import contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.shelves import CROSSWALK

_BEFORE = "__before"
_FEED = "feed_"
_MART = ("dim_", "fct_")


def named(table: str) -> bool:
    """Whether a shared query may name the table at all: no audit mart, nothing else of the lake."""
    if table.startswith(_FEED):
        return table.removeprefix(_FEED) in contracts()
    return table in ("crosswalk",) or table.startswith(_MART)


def attach(con: duckdb.DuckDBPyConnection, tables: Iterable[str], lake: Lake, month: Month) -> None:
    """Make a view for each table, then shut the connection in: it reads the home's lake and nothing else."""
    for table in sorted(set(tables)):
        if not named(table):
            raise Misconfigured(
                f"a shared query names '{table}', which is none it may read.",
                next_step="draw from marts (dim_…, fct_…), from feeds (feed_…) or the crosswalk.",
            )
        con.execute(f'CREATE OR REPLACE VIEW "{table}" AS {_source(table, lake, month)}')


def shut_in(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """From here on the connection opens files below the lake and the spill folder only, and this stays so."""
    allowed = ", ".join(f"'{quoted(folder.absolute())}'" for folder in (lake.root, lake.home / "tmp"))
    con.execute(f"SET allowed_directories = [{allowed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _source(table: str, lake: Lake, month: Month) -> str:
    if table.startswith(_FEED):
        feed = table.removeprefix(_FEED)
        folder = lake.partition("standardised", feed=feed)
        return _all_months(
            folder, standardised_schema(contracts()[feed]), lake.months("standardised", feed=feed), month
        )
    if table == "crosswalk":
        return _all_months(lake.partition("crosswalk"), CROSSWALK, lake.months("crosswalk"), month)
    mart = table.removesuffix(_BEFORE)
    now = lake.partition(f"marts/{mart}", month=str(month))
    if not any(now.glob("*.parquet")):
        raise NotReleased(
            f"the mart {mart} of {month} is missing.",
            next_step="build the month, inspect it, publish it, then share.",
        )
    folder = lake.partition(f"marts/{mart}", month=str(month.previous)) if table.endswith(_BEFORE) else now
    if not any(folder.glob("*.parquet")):
        return f"SELECT * FROM read_parquet('{quoted(now)}/*.parquet', hive_partitioning = false) WHERE false"
    return f"SELECT * FROM read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"


def _all_months(folder: Path, schema: dict[str, str], months: list[str], until: Month) -> str:
    there = [
        file
        for one in months
        if one <= str(until)
        for file in sorted((folder / f"month={one}").glob("*.parquet"))
    ]
    typed = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in schema.items())
    if not there:
        empty = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in schema.items())
        return f"SELECT {empty}, NULL::VARCHAR AS month WHERE false"
    listed = ", ".join(f"'{quoted(file)}'" for file in there)
    options = "union_by_name = true, hive_partitioning = true, hive_types = {'month': VARCHAR}"
    return f"SELECT {typed}, month FROM read_parquet([{listed}], {options})"
