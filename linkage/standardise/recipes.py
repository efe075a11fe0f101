"""Every recipe's macros, in the order in which they build on one another."""

from __future__ import annotations

import duckdb

from linkage.standardise import codes, dates, ids, money, phones, places, relations, text

_INSTALLED = (
    *text.MACROS,
    *ids.MACROS,
    *dates.MACROS,
    *money.MACROS,
    *phones.MACROS,
    *codes.MACROS,
    *relations.MACROS,
    *places.MACROS,
)


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Make the recipes' macros known to a connection's database, and so to every cursor of it."""
    # DuckDB binds a macro's body at once: one that is called stands before its caller.
    for macro in _INSTALLED:
        con.execute(f"CREATE OR REPLACE MACRO {macro}")
