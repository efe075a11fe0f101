"""A source's figures of a month: what came, what was wrong with rows, what it was asked and how that ended. No person."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from warehouse.database import copy_to_parquet, quoted
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.tables import FIGURES_TABLE, parquet_files

# ``figure``: what is counted; ``part``: of which kind (a row rule, a kind of notice and its state …), else empty.
FIGURES: Final = {
    "feed": "VARCHAR",
    "agency": "VARCHAR",
    "figure": "VARCHAR",
    "part": "VARCHAR",
    "value": "BIGINT",
}


def keep_figures(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Write ``lake/source_figures``; ``own_row`` and ``standing_notice`` of the month are there."""
    at = str(month)
    agencies = ", ".join(f"('{feed}', '{contract.agency}')" for feed, contract in contracts().items())
    findings = [
        f"SELECT '{feed}' AS feed, file, sheet, \"row\", rule FROM {_read(files)}"
        for feed in lake.feeds("row_findings", at)
        if (files := sorted(lake.partition("row_findings", feed=feed, month=at).glob("*.parquet")))
    ]
    none = "SELECT '' AS feed, '' AS file, '' AS sheet, 0 AS \"row\", '' AS rule WHERE false"
    con.execute(f"CREATE OR REPLACE TEMP VIEW finding_now AS {' UNION ALL '.join(findings) or none}")
    _view(con, "account_now", parquet_files(lake, "row_account", at), "feed", "landed", "quarantined")
    _view(con, "aside_now", parquet_files(lake, "set_aside", at), "feed", "rows")
    _view(con, "ledger_now", parquet_files(lake, "ledger", at), "feed", "status")
    columns = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in FIGURES.items())
    with lake.replacing(FIGURES_TABLE, month=at) as folder:
        copy_to_parquet(
            con,
            f"SELECT {columns} FROM ({_QUERY}) AS counted INNER JOIN (VALUES {agencies}) AS whose (feed, agency)"
            " USING (feed) ORDER BY feed, figure, part",
            folder / "part.parquet",
        )


# Every figure is a count of things of this month alone, so that months stand side by side.
_QUERY = """
SELECT feed, 'files' AS figure, status AS part, count(*) AS value FROM ledger_now GROUP BY ALL
UNION ALL SELECT feed, 'rows', '', sum(landed + quarantined) FROM account_now GROUP BY ALL
UNION ALL SELECT feed, 'not_read', '', sum(quarantined) FROM account_now GROUP BY ALL
UNION ALL SELECT feed, 'set_aside', '', sum("rows") FROM aside_now GROUP BY ALL
UNION ALL SELECT feed, 'rows_asked', '', count(DISTINCT (file, sheet, "row")) FROM finding_now GROUP BY ALL
UNION ALL SELECT feed, 'finding', rule, count(*) FROM finding_now GROUP BY ALL
UNION ALL SELECT feed, 'own_rows', '', count(*) FROM own_row GROUP BY ALL
UNION ALL SELECT feed, 'id', coalesce(id_kind, 'missing'), count(*) FROM own_row GROUP BY ALL
UNION ALL SELECT feed, 'notice_raised', kind, count(*) FROM standing_notice
    WHERE asked_month = getvariable('month') GROUP BY ALL
UNION ALL SELECT feed, 'notice', concat(kind, '/', state), count(*) FROM standing_notice GROUP BY ALL
UNION ALL SELECT feed, 'answered', '', count(*) FROM standing_notice WHERE answer IS NOT NULL GROUP BY ALL
UNION ALL SELECT feed, 'answered_in_time', '', count(*) FROM standing_notice
    WHERE answer IS NOT NULL AND (due_on IS NULL OR answered_on <= due_on) GROUP BY ALL
"""


def _view(con: duckdb.DuckDBPyConnection, name: str, files: list[Path], *columns: str) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    empty = ", ".join(f'NULL AS "{column}"' for column in columns)
    query = f"SELECT {listed} FROM {_read(files)}" if files else f"SELECT {empty} WHERE false"
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def _read(files: list[Path]) -> str:
    listed = ", ".join(f"'{quoted(file)}'" for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"
