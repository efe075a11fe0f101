"""Tables of a run that nobody asks for any longer.

An engine in memory gives back what a dropped table held, and keeps the rows that were only deleted: whatever is large
and has been used is dropped, or the next step would stand beside it.
"""

from __future__ import annotations

import duckdb


def drop(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Drop temporary tables, as far as they are there."""
    con.execute("; ".join(f"DROP TABLE IF EXISTS {table}" for table in tables))


def empty(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Put an empty table of the same columns in the place of each."""
    con.execute(
        "; ".join(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM {table} LIMIT 0" for table in tables)
    )
