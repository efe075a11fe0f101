"""What an earlier round of the month has weighed, as far as it still holds.

Later rounds look at few descriptions, and at the same neighbours again. A node whose descriptions are the same is the
same node, and two such nodes weigh what they weighed: only the others are gathered and scored.
"""

from __future__ import annotations

import duckdb

from linkage.frequencies import frozen_frequencies
from linkage.match import Scorer
from linkage.model.definition import COMPARISONS
from linkage.nodes import FREE, build_nodes

_LEVELS = [comparison.name for comparison in COMPARISONS]


def keep_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty ``pairs_kept(one, other)`` and ``edges_kept`` with which a month begins.

    They name a node by its print (see ``_print_nodes``): a group of new descriptions that was given a person_id is the
    node that it was.
    """
    levels = ", ".join(f"{level} INTEGER" for level in _LEVELS)
    con.execute("CREATE OR REPLACE TEMP TABLE pairs_kept (one HUGEINT, other HUGEINT)")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE edges_kept (one HUGEINT, other HUGEINT, match_weight DOUBLE, {levels})""")


def score_new(con: duckdb.DuckDBPyConnection, scorer: Scorer, least_bits: float) -> None:
    """Make ``edges`` of ``candidates``, as ``Scorer.score`` does, and ``nodes`` of whatever has an edge.

    What was weighed before and is as it was keeps its weight. All calls of a month must have the same ``least_bits``.
    """
    _print_nodes(con)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pairs_now AS
        SELECT seeker, target, mine.print AS one, theirs.print AS other FROM candidates
        JOIN prints AS mine ON mine.node = seeker JOIN prints AS theirs ON theirs.node = target""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pairs_new AS FROM pairs_now ANTI JOIN pairs_kept USING (one, other)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        WITH looked_at AS (
            SELECT seeker, target FROM pairs_new
            UNION ALL SELECT seeker, target FROM pairs_now SEMI JOIN edges_kept USING (one, other)
        )
        SELECT seeker AS node FROM looked_at UNION SELECT target FROM looked_at""")
    build_nodes(con, "wanted")
    frozen_frequencies(con)
    scorer.score(least_bits, "pairs_new")
    con.execute(f"""
        INSERT INTO edges_kept
        SELECT one, other, match_weight, {", ".join(_LEVELS)} FROM edges JOIN pairs_new USING (seeker, target)""")
    con.execute("INSERT INTO pairs_kept SELECT one, other FROM pairs_new")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE edges AS
        SELECT seeker, target, edges_kept.* EXCLUDE (one, other) FROM edges_kept JOIN pairs_now USING (one, other)""")


def _print_nodes(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``prints(node, print)`` of the nodes of ``candidates``.

    A print is made from all descriptions of a node and from what may be withheld of one: what is not in it follows
    from the description's key and stays the same throughout a month. It is a sum of 64-bit hashes and never leaves the
    month's run, so an engine that hashes otherwise changes nothing.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE prints AS
        SELECT node, sum(hash(profile_key, is_contested, CASE WHEN rank < {FREE} THEN id_no END, sex)) AS print
        FROM members WHERE node IN (SELECT seeker FROM candidates UNION SELECT target FROM candidates)
        GROUP BY node""")
