"""Name frequencies that stand still: counted once in a home's first month, and kept with the registry.

A name's weight must not move from month to month, or a link could change with nothing new about it.
"""

from __future__ import annotations

import duckdb

from linkage.match import term_frequencies


def frozen_frequencies(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``terms(name_term, tf_name_term)`` for ``nodes`` from ``old_frequencies``; count them where there are none.

    A name that nobody bore when they were counted is as rare as the rarest one.
    """
    if con.execute("SELECT 1 FROM old_frequencies LIMIT 1").fetchone() is None:
        term_frequencies(con)
        con.execute("INSERT INTO old_frequencies SELECT name_term, tf_name_term FROM terms")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE terms AS
        SELECT name_term, tf_name_term FROM old_frequencies
        UNION ALL
        SELECT DISTINCT name_term, (SELECT min(tf_name_term) FROM old_frequencies)
        FROM nodes WHERE name_term IS NOT NULL AND name_term NOT IN (SELECT name_term FROM old_frequencies)""")
