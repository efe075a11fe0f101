"""Connected groups by repeated smallest neighbour: sets only, a handful of rounds."""

from __future__ import annotations

import duckdb


def components(con: duckdb.DuckDBPyConnection, edges: str, result: str) -> None:
    """Give every node of ``edges(left_node, right_node)`` the smallest node it can be reached from.

    Writes the table ``result(node, root)``. Each round takes the smallest root among the neighbours and
    then jumps to that root's own root, so a chain of n needs about log n rounds.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _links AS
        SELECT left_node AS node, right_node AS other FROM {edges} WHERE left_node <> right_node
        UNION
        SELECT right_node, left_node FROM {edges}""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {result} AS SELECT DISTINCT node, node AS root FROM _links")
    while _moved(con, result):
        pass
    con.execute("DROP TABLE _links")


def _moved(con: duckdb.DuckDBPyConnection, result: str) -> bool:
    """Take one round; True when a root has changed."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _jumped AS
        WITH nearer AS (
            SELECT links.node, min(far.root) AS root
            FROM _links AS links JOIN {result} AS far ON far.node = links.other
            GROUP BY links.node
        ),
        moved AS MATERIALIZED (
            SELECT own.node, own.root AS was, least(own.root, nearer.root) AS root
            FROM {result} AS own JOIN nearer USING (node)
        )
        SELECT moved.node, moved.was, least(moved.root, coalesce(ahead.root, moved.root)) AS root
        FROM moved LEFT JOIN moved AS ahead ON ahead.node = moved.root""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {result} AS SELECT node, root FROM _jumped")
    is_moved = con.execute("SELECT 1 FROM _jumped WHERE was <> root LIMIT 1").fetchone() is not None
    con.execute("DROP TABLE _jumped")
    return is_moved
