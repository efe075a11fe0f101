"""The months behind the month: what was built of them, as tables of the month's DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.listing import UNPLACED

_V, _F = "VARCHAR", "DOUBLE"
# Marts that no other file of the release reads; where one is missing the page has nothing to tell of it.
_BESIDE: dict[str, dict[str, str]] = {
    "fct_ticket_monthly": {
        "township": _V, "received_on": "DATE", "is_urgent": "BOOLEAN", "clock_hours": "DECIMAL(18,2)",
        "is_within_clock": "BOOLEAN", "state": _V,
    },
    "audit_linkage_histogram_monthly": {"grade": _V, "low_bits": _F, "links": "BIGINT"},
    "audit_linkage_quality_monthly": {
        "measure": _V, "group_kind": _V, "group_value": _V, "method": _V, "estimate": _F, "low": _F, "high": _F,
    },
}  # fmt: skip

_PAST = {
    "past_figures": (
        "fct_report_figures_monthly",
        "SELECT '{month}' AS month, figure_id, township, title, unit, value::DOUBLE AS value FROM {mart}",
    ),
    "past_warnings": (
        "fct_warning_monthly",
        """SELECT '{month}' AS month, coalesce(nullif(trim(township), ''), '{unplaced}') AS township, rule_id,
               count(*) AS warnings, count(*) FILTER (WHERE status = 'listed') AS listed
           FROM {mart} GROUP BY ALL""",
    ),
    "past_yields": (
        "fct_yield_monthly",
        # A month built before this was counted has no such column: there is nothing to tell of it, which is not nought.
        """SELECT '{month}' AS month, township, sum(answers)::BIGINT AS answers, sum(found)::BIGINT AS found
           FROM (FROM {mart} UNION ALL BY NAME SELECT NULL::BIGINT AS found WHERE false) GROUP BY ALL""",
    ),
}  # fmt: skip
_EMPTY = {
    "past_figures": "'' AS month, '' AS figure_id, '' AS township, '' AS title, '' AS unit, 0::DOUBLE AS value",
    "past_warnings": "'' AS month, '' AS township, '' AS rule_id, 0::BIGINT AS warnings, 0::BIGINT AS listed",
    "past_yields": "'' AS month, '' AS township, 0::BIGINT AS answers, 0::BIGINT AS found",
}


def prepare(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy) -> list[str]:
    """Make ``past_figures``, ``past_warnings``, ``past_yields`` and the marts of ``_BESIDE``; gives the months, oldest first.

    As many months as policy says, beginning with the first that was built; one between them that was not is a gap.
    """
    for mart, columns in _BESIDE.items():
        _view(con, mart, lake.partition(f"marts/{mart}", month=str(month)), columns)
    window = [str(month.plus(-step)) for step in range(policy.count("pictures.trend_months"))][::-1]
    built = [one for one in lake.months("marts/fct_warning_monthly") if one in window]
    months = [one for one in window if built and built[0] <= one <= str(month)]
    for table, (mart, query) in _PAST.items():
        parts = []
        for one in months:
            folder = lake.partition(f"marts/{mart}", month=one)
            if any(folder.glob("*.parquet")):
                source = f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
                parts.append(query.format(month=one, mart=source, unplaced=UNPLACED))
        told = " UNION ALL ".join(parts) or f"SELECT {_EMPTY[table]} WHERE false"
        con.execute(f"CREATE TABLE {table} AS {told}")
    return months


def _view(con: duckdb.DuckDBPyConnection, name: str, folder: Path, columns: dict[str, str]) -> None:
    if any(folder.glob("*.parquet")):
        source = f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
        there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        listed = ", ".join(
            f'"{column}"::{kind} AS "{column}"' if column in there else f'NULL::{kind} AS "{column}"'
            for column, kind in columns.items()
        )
        con.execute(f"CREATE VIEW {name} AS SELECT {listed} FROM {source}")
        return
    empty = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in columns.items())
    con.execute(f"CREATE VIEW {name} AS SELECT {empty} WHERE false")
