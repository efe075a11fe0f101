"""The lake's tables behind the notices: columns, types, and the one way to read and to add to each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

NOTICES_TABLE: Final = "notices"
ANSWERS_TABLE: Final = "notice_answers"
SENT_TABLE: Final = "notices_sent"
FIGURES_TABLE: Final = "source_figures"

# One row per notice and month in which it was open or ended; ordered by agency, notice. ``stated`` and ``proposed``
# are a person's values.
NOTICES: Final[dict[str, str]] = {
    "notice_id": "VARCHAR", "kind": "VARCHAR", "priority": "INTEGER", "agency": "VARCHAR", "feed": "VARCHAR",
    "file": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER", "column": "VARCHAR", "own_key": "VARCHAR",
    "person_id": "VARCHAR", "field": "VARCHAR", "stated": "VARCHAR", "proposed": "VARCHAR", "sources": "INTEGER",
    "grps": "VARCHAR", "detail": "VARCHAR", "opened_month": "VARCHAR", "asked_month": "VARCHAR", "sent_on": "DATE",
    "due_on": "DATE", "answer": "VARCHAR", "answer_value": "VARCHAR", "answered_on": "DATE", "state": "VARCHAR",
    "reason": "VARCHAR", "is_ended": "BOOLEAN", "is_raised": "BOOLEAN", "fingerprint": "VARCHAR",
}  # fmt: skip
# What agencies wrote, one file per workbook (``<sha256>.parquet``, never rewritten).
ANSWERS: Final = pa.schema(
    [
        ("notice_id", pa.string()),
        ("answer", pa.string()),
        ("value", pa.string()),
        ("words", pa.string()),
        ("answered_by", pa.string()),
        ("answered_on", pa.date32()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
    ]
)
# To whom a month's notices were handed over and when, one file per agency (never rewritten: the first day counts).
SENT: Final = pa.schema(
    [("agency", pa.string()), ("sent_on", pa.date32()), ("by", pa.string()), ("way", pa.string())]
)

# The states of a notice, in the order of its life.
STATES: Final = (
    "待发", "新提出", "已送达", "已答复", "逾期未复", "仍未更正", "下期数据已更正", "维持原登记", "撤销",
)  # fmt: skip
ENDED: Final = ("下期数据已更正", "维持原登记", "撤销")


def read_before(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``before``: the latest row of every notice of the months before."""
    months = [one for one in lake.months(NOTICES_TABLE) if one < str(month)]
    files = [(one, file) for one in months for file in parquet_files(lake, NOTICES_TABLE, one)]
    columns = ", ".join(f'"{name}"' for name in NOTICES)
    parts = [
        f"SELECT {columns}, '{one}' AS of_month FROM read_parquet('{quoted(file)}', hive_partitioning = false)"
        for one, file in files
    ]
    empty = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in NOTICES.items())
    con.execute(
        "CREATE OR REPLACE TEMP TABLE before AS SELECT * EXCLUDE (of_month) FROM ("
        + (" UNION ALL ".join(parts) or f"SELECT {empty}, '' AS of_month WHERE false")
        + ") QUALIFY row_number() OVER (PARTITION BY notice_id ORDER BY of_month DESC) = 1"
    )


def read_people(con: duckdb.DuckDBPyConnection, until: date, lake: Lake) -> None:
    """Make ``answered`` (the latest answer to each notice and asking month) and ``sent``, as known on a day."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE answered (asked_month VARCHAR, notice_id VARCHAR, answer VARCHAR, value VARCHAR,"
        ' words VARCHAR, answered_by VARCHAR, answered_on DATE, file VARCHAR, sheet VARCHAR, "row" INTEGER)'
    )
    for month in lake.months(ANSWERS_TABLE):
        for file in parquet_files(lake, ANSWERS_TABLE, month):
            con.execute(
                f"INSERT INTO answered BY NAME SELECT '{month}' AS asked_month, * FROM read_parquet('{quoted(file)}', hive_partitioning = false)"
                f" WHERE answered_on <= DATE '{until}'"
            )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE answered AS FROM answered QUALIFY row_number() OVER ("
        'PARTITION BY asked_month, notice_id ORDER BY answered_on DESC, file DESC, sheet DESC, "row" DESC, answer, value, words) = 1'
    )
    con.execute("CREATE OR REPLACE TEMP TABLE sent (month VARCHAR, agency VARCHAR, sent_on DATE)")
    for month in lake.months(SENT_TABLE):
        for file in parquet_files(lake, SENT_TABLE, month):
            con.execute(
                f"INSERT INTO sent SELECT '{month}', agency, sent_on FROM read_parquet('{quoted(file)}', hive_partitioning = false)"
                f" WHERE sent_on <= DATE '{until}'"
            )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sent AS SELECT month, agency, min(sent_on) AS sent_on FROM sent GROUP BY ALL"
    )


def parquet_files(lake: Lake, table: str, month: str) -> list[Path]:
    """The files of a table's partition in a month, in order."""
    return sorted(lake.partition(table, month=month).glob("*.parquet"))


def add_once(lake: Lake, path: Path, table: pa.Table) -> bool:
    """Write one file of a table that only grows; False when it stands already."""
    if path.exists():
        return False
    with lake.adding(path) as aside:
        pq.write_table(table, aside, compression="zstd")
    return True
