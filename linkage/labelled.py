"""Descriptions as nodes of their own, labelled with the person that a valid id tells: what training and drift look at.

The nodes show none of the trusted ids (they are what the label was made from), so that every other piece of
evidence speaks for itself.
"""

from __future__ import annotations

import duckdb

from linkage.model.weights import Weights
from linkage.nodes import FREE, NODE_COLUMNS, build_nodes


def label_nodes(con: duckdb.DuckDBPyConnection) -> None:
    """From ``chosen(profile_key, label)`` and ``described`` make ``labelled``: a node a profile, its ``label`` and ``feed``."""
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT described.*, 'n' || profile_key AS node, {FREE} AS rank, FALSE AS is_contested
        FROM described JOIN chosen USING (profile_key)""")
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT node FROM members")
    build_nodes(con, "wanted")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE labelled AS
        SELECT nodes.*, chosen.label, members.feed
        FROM nodes JOIN members USING (node) JOIN chosen USING (profile_key)
        ORDER BY nodes.node""")


def measure_shares(
    con: duckdb.DuckDBPyConnection, weights: Weights, *, persons: int, random_pairs: int
) -> None:
    """Make ``shares(comparison, level, kind, share, seen, pairs)``: how often pairs stand at each level of a model.

    ``kind`` is ``one_person`` (two feeds' descriptions under one valid id, of ``persons`` persons) or
    ``two_persons`` (about ``random_pairs`` descriptions under different ids); ``pairs`` are those of which the
    comparison says something, ``share`` is NULL where there are none. The samples are ordered by a hash: the
    same month gives the same shares. Reads ``described``.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE chosen AS
        SELECT profile_key, id_no AS label FROM described WHERE id_no IN (
            SELECT id_no FROM described WHERE id_no IS NOT NULL
            GROUP BY id_no HAVING count(DISTINCT feed) > 1 ORDER BY md5(id_no) LIMIT {persons})""")
    label_nodes(con)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE dealt AS
        SELECT *, row_number() OVER (ORDER BY md5(node)) - 1 AS seat FROM labelled""")
    found = con.execute("SELECT count(*) FROM dealt").fetchone()
    seats = int(found[0]) if found else 0
    # Everybody sits beside the next, the next but one …: as many rounds as the pairs need.
    rounds = min(seats - 1, -(-random_pairs // seats)) if seats else 0
    # Seats first, descriptions after: joined on more than seats at once, the engine may compare all with all.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE beside AS
        SELECT 'one_person' AS kind, a.seat AS first, b.seat AS other, '' AS label
        FROM (SELECT seat, node, label, feed FROM dealt) AS a JOIN (SELECT seat, node, label, feed FROM dealt) AS b
            ON a.label = b.label
        WHERE a.node < b.node AND a.feed <> b.feed
        UNION ALL
        SELECT 'two_persons', seat, (seat + steps) % {max(seats, 1)}, label
        FROM dealt CROSS JOIN range(1, {rounds} + 1) AS round(steps)""")
    con.execute("""
        DELETE FROM beside USING dealt
        WHERE kind = 'two_persons' AND dealt.seat = beside.other AND dealt.label = beside.label""")
    left = ", ".join(f'a."{name}" AS {name}_l' for name in NODE_COLUMNS)
    right = ", ".join(f'b."{name}" AS {name}_r' for name in NODE_COLUMNS)
    told = ", ".join(f'{weights.level_sql(name)} AS "{name}"' for name in weights.comparisons)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE levelled AS
        SELECT kind, {told} FROM (
            SELECT beside.kind, {left}, {right}
            FROM beside JOIN dealt AS a ON a.seat = beside.first JOIN dealt AS b ON b.seat = beside.other)""")
    counted = " UNION ALL ".join(
        f"SELECT kind, '{name}' AS comparison, \"{name}\" AS gamma, count(*) AS seen FROM levelled"
        f' WHERE "{name}" >= 0 GROUP BY ALL'
        for name in weights.comparisons
    )
    listed = ", ".join(
        f"({n}, '{one.comparison}', '{one.level}', {one.gamma})" for n, one in enumerate(weights.levels)
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE shares AS
        WITH counted AS ({counted}),
        levels (nth, comparison, level, gamma) AS (VALUES {listed}),
        kinds (kind) AS (VALUES ('one_person'), ('two_persons'))
        SELECT nth, comparison, level, kind, coalesce(seen, 0) AS seen,
            coalesce(sum(seen) OVER (PARTITION BY kind, comparison), 0)::BIGINT AS pairs,
            coalesce(seen, 0) / nullif(sum(seen) OVER (PARTITION BY kind, comparison), 0) AS share
        FROM levels CROSS JOIN kinds LEFT JOIN counted USING (kind, comparison, gamma)
        ORDER BY nth, kind""")
