"""DuckDB connections with the machine's limits: one in memory over Parquet, one on the warehouse file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import DoudiError, LakeDamaged
from warehouse.guard import of_words
from warehouse.settings import memory_gb, threads


@contextmanager
def in_memory(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that spills under ``home/tmp``; closed at the end."""
    con = duckdb.connect(":memory:")
    try:
        set_limits(con, home)
        yield con
    finally:
        con.close()


@contextmanager
def warehouse_file(home: Path, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse file ``home/warehouse.duckdb``. One process at a time: else ``Unavailable``."""
    path = home / "warehouse.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        con = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        raise _not_opened(error, path.name) from None
    try:
        set_limits(con, home)
        yield con
    finally:
        con.close()


def _not_opened(error: duckdb.Error, file: str) -> DoudiError:
    known = of_words(str(error), file)
    return known or LakeDamaged(
        f"the warehouse file {file} is damaged.",
        next_step="move it away and run build again: it is made anew from the lake.",
    )


def limits(home: Path) -> dict[str, str]:
    """DuckDB settings that hold for every connection: spill folder, memory, threads."""
    spill = home / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    return {"temp_directory": str(spill), "memory_limit": f"{memory_gb()}GB", "threads": str(threads())}


def set_limits(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Hold a connection to the machine's limits: whoever opens a DuckDB of their own calls this first."""
    for name, value in limits(home).items():
        con.execute(f"SET {name} = '{quoted(value)}'")
    con.execute("SET enable_progress_bar = false")
    # For its cursors too.
    con.execute("SET GLOBAL TimeZone = 'UTC'")


def quoted(text: object) -> str:
    """A value for between two single quotes in SQL (paths and literals that cannot be parameters)."""
    return str(text).replace("'", "''")


def copy_to_parquet(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write a query's rows as one Parquet file and return how many. Order the query: same month, same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = con.execute(f"COPY ({query}) TO '{quoted(path)}' (FORMAT parquet, COMPRESSION zstd)").fetchone()
    return int(done[0]) if done else 0


def has_rows(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    """Whether a table, view or bracketed query has a row."""
    return con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone() is not None


def count_rows(con: duckdb.DuckDBPyConnection, relation: str, condition: str = "TRUE") -> int:
    """How many rows of a table, view or bracketed query meet the condition."""
    found = con.execute(f"SELECT count(*) FROM {relation} WHERE {condition}").fetchone()
    return int(found[0]) if found else 0
