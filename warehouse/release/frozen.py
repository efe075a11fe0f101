"""The quarter's figures, frozen when they are first reported (R083): a later rebuild shows them, and the difference.

``HOME/lake/report_figures/quarter=<year>Q<n>`` is written once, after the release that first tells it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.frame import quarter_first

COUNTY = "全县"
_TABLE = "report_figures"


@dataclass(frozen=True)
class Figure:
    """A figure of a quarter in the county. ``value`` None: nobody can say."""

    figure_id: str
    title: str
    unit: str
    definition: str
    value: Decimal | None


@dataclass(frozen=True)
class Quarter:
    """A quarter's figures: as reported, as they would be now, and which months they could be told from."""

    name: str
    reported: dict[str, Figure]
    now: dict[str, Figure]
    months: tuple[str, ...]
    is_new: bool


def quarter_name(month: Month) -> str:
    """``2026Q3``."""
    return f"{month.year}Q{(month.number + 2) // 3}"


def read_quarter(
    con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, flows: tuple[str, ...], releases: Path
) -> Quarter:
    """The figures of the month's quarter up to the month.

    Stocks are the month's; flows are added up over the releases of the quarter's months that stand (which of
    them, is said). What was reported stands as it was.
    """
    months = [
        str(quarter_first(month).plus(step)) for step in range(month.number - quarter_first(month).number)
    ]
    there = [one for one in months if (releases / one / "figures.parquet").is_file()]
    now = {
        figure.figure_id: figure
        for figure in _read(con, f"SELECT * FROM figures WHERE township = '{COUNTY}'")
    }
    for one in there:
        path = quoted(releases / one / "figures.parquet")
        for figure in _read(con, f"SELECT * FROM '{path}' WHERE township = '{COUNTY}'"):
            if figure.figure_id.startswith(flows) and figure.figure_id in now:
                now[figure.figure_id] = _added(now[figure.figure_id], figure)
    kept = _kept(con, lake, quarter_name(month))
    return Quarter(quarter_name(month), kept or now, now, (*there, str(month)), not kept)


def before(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> dict[str, Figure]:
    """What was reported for the quarter before; empty when nothing was."""
    return _kept(con, lake, quarter_name(quarter_first(month).previous))


def freeze(con: duckdb.DuckDBPyConnection, lake: Lake, quarter: Quarter, month: Month) -> None:
    """Keep the quarter's figures as they were reported; does nothing when they are kept already."""
    if not quarter.is_new:
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE freezing (figure_id VARCHAR, title VARCHAR, unit VARCHAR, definition VARCHAR, "
        "value DECIMAL(18, 2), reported_month VARCHAR, of_months VARCHAR)"
    )
    lines = [
        [one.figure_id, one.title, one.unit, one.definition, one.value, str(month), ";".join(quarter.months)]
        for one in sorted(quarter.reported.values(), key=lambda one: one.figure_id)
    ]
    con.executemany("INSERT INTO freezing VALUES (?, ?, ?, ?, ?, ?, ?)", lines)
    with lake.replacing(_TABLE, quarter=quarter.name) as folder:
        con.execute(f"COPY freezing TO '{quoted(folder / 'part.parquet')}' (FORMAT parquet)")


def _kept(con: duckdb.DuckDBPyConnection, lake: Lake, name: str) -> dict[str, Figure]:
    path = lake.partition(_TABLE, quarter=name) / "part.parquet"
    if not path.is_file():
        return {}
    return {one.figure_id: one for one in _read(con, f"SELECT * FROM '{quoted(path)}'")}


def _read(con: duckdb.DuckDBPyConnection, query: str) -> list[Figure]:
    columns = "figure_id, title, unit, definition, value"
    rows = con.execute(f"SELECT {columns} FROM ({query}) ORDER BY figure_id").fetchall()
    return [Figure(*row) for row in rows]


def _added(one: Figure, other: Figure) -> Figure:
    known = [figure.value for figure in (one, other) if figure.value is not None]
    return Figure(
        one.figure_id, one.title, one.unit, one.definition, sum(known, Decimal(0)) if known else None
    )
