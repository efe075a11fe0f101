"""The answers in the lake: append-only, one file per returned file, under the hash of its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import in_memory, quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.sent import files_as_sql, sent_files
from warehouse.returns.answers import Disposition
from warehouse.small_tables import read_table

TABLE = "dispositions"
SCHEMA = pa.schema(
    [
        ("warning_id", pa.string()),
        ("rule_id", pa.string()),
        ("person_id", pa.string()),
        ("result", pa.string()),
        ("aid", pa.string()),
        ("reason_not", pa.string()),
        ("reason_words", pa.string()),
        ("identity", pa.string()),
        ("checked_by", pa.string()),
        ("checked_on", pa.date32()),
        ("list_month", pa.string()),
        ("received_on", pa.date32()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
    ]
)


def keep(
    path: Path, digest: str, answers: Sequence[Disposition], month: Month, lake: Lake, on: date | None
) -> None:
    """Write a file's answers once; the same file again changes nothing."""
    target = lake.partition(TABLE, month=str(month)) / f"{digest}.parquet"
    if target.exists() or not answers:
        return
    rows = [{**vars(answer), "file": path.name, "received_on": on} for answer in answers]
    with lake.adding(target) as aside:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), aside, compression="zstd")


def files(lake: Lake, *, until: Month | None = None) -> list[tuple[str, Path]]:
    """The files of the table with their months, in order."""
    return [
        (one, path)
        for one in lake.months(TABLE)
        if until is None or one <= str(until)
        for path in sorted(lake.partition(TABLE, month=one).glob("*.parquet"))
    ]


def is_elsewhere(lake: Lake, month: Month, digest: str) -> bool:
    """Whether a file was taken in under another month."""
    return any(one != str(month) and path.stem == digest for one, path in files(lake))


def taken_from(lake: Lake, month: Month, digest: str) -> set[str]:
    """The warnings whose answers were taken from a file before."""
    path = lake.partition(TABLE, month=str(month)) / f"{digest}.parquet"
    return set(read_table(path, ["warning_id"])["warning_id"].to_pylist()) if path.exists() else set()


def view(con: duckdb.DuckDBPyConnection, found: Sequence[tuple[str, Path]], name: str = TABLE) -> None:
    """Make the view: the columns of ``SCHEMA``, ``month`` under which it is filed, ``sha256`` of the returned file.

    A file that was written before a column was known gives it empty; ``list_month`` is then the month.
    """
    columns = {field.name: _sql_type(field.type) for field in SCHEMA}
    nothing = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
    source = f"SELECT {nothing}, NULL::VARCHAR AS month, NULL::VARCHAR AS sha256 WHERE FALSE"
    if found:
        listed = ", ".join(f"'{quoted(path)}'" for _, path in found)
        source += (
            " UNION ALL BY NAME SELECT * EXCLUDE (filename), parse_filename(filename, true) AS sha256 "
            f"FROM read_parquet([{listed}], filename = true, union_by_name = true, hive_partitioning = true, "
            "hive_types = {'month': VARCHAR})"
        )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS "
        f"SELECT * REPLACE (coalesce(list_month, month) AS list_month, coalesce(identity, '') AS identity) FROM ({source})"
    )


def latest(lake: Lake, *, but: str) -> dict[str, Disposition]:
    """The last answer to each warning by any file but that one; equal days: as the files' hashes and rows stand."""
    found = [(month, path) for month, path in files(lake) if path.stem != but]
    if not found:
        return {}
    names = list(Disposition.__dataclass_fields__)
    with in_memory(lake.home) as con:
        view(con, found)
        listed = ", ".join(f'"{name}"' for name in names)
        rows = con.execute(f"""
            SELECT {listed} FROM {TABLE}
            QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY checked_on DESC, month DESC, sha256, "row") = 1
            """).fetchall()
    return {row[0]: Disposition(**dict(zip(names, row, strict=True))) for row in rows}


def still_open(month: Month, lake: Lake) -> int:
    """How many warnings on the month's newest lists have no answer yet."""
    newest = sent_files(lake, until=month)
    newest = [(one, path) for one, path in newest if one == str(month)][-1:]
    with in_memory(lake.home) as con:
        view(con, files(lake))
        found = con.execute(f"""
            SELECT count(DISTINCT warning_id) FROM {files_as_sql(newest)} AS sent
            ANTI JOIN (SELECT warning_id FROM {TABLE} WHERE list_month >= '{month}') USING (warning_id)""")
        row = found.fetchone()
    return int(row[0]) if row else 0


def _sql_type(kind: pa.DataType) -> str:
    return {pa.string(): "VARCHAR", pa.date32(): "DATE", pa.int32(): "INTEGER"}[kind]
