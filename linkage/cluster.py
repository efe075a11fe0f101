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
        SELECT DISTINCT left_node AS node, right_node AS other FROM {edges}
        UNION
        SELECT DISTINCT right_node, left_node FROM {edges}""")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {result} AS SELECT DISTINCT node, node AS root FROM _links")
    while True:
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE _nearer AS
            SELECT links.node, min(far.root) AS root
            FROM _links AS links JOIN {result} AS far ON far.node = links.other
            GROUP BY links.node""")
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE _moved AS
            SELECT own.node, least(own.root, nearer.root) AS root
            FROM {result} AS own JOIN _nearer AS nearer USING (node)""")
        con.execute("""
            CREATE OR REPLACE TEMP TABLE _jumped AS
            SELECT moved.node, least(moved.root, coalesce(ahead.root, moved.root)) AS root
            FROM _moved AS moved LEFT JOIN _moved AS ahead ON ahead.node = moved.root""")
        changed = con.execute(f"""
            SELECT count(*) FROM _jumped JOIN {result} AS own USING (node) WHERE _jumped.root <> own.root
            """).fetchone()
        con.execute(f"CREATE OR REPLACE TEMP TABLE {result} AS SELECT node, root FROM _jumped")
        if not changed or changed[0] == 0:
            break
    con.execute("DROP TABLE _links; DROP TABLE _nearer; DROP TABLE _moved; DROP TABLE _jumped")
