"""What an earlier round of the month has gathered and weighed, as far as it still holds.

Later rounds look at few descriptions and at the same neighbours again. A node whose descriptions are the same is the
same node, and two such nodes weigh what they weighed: only the others are gathered and scored anew.
"""

from __future__ import annotations

import duckdb

from linkage.match import Scorer
from linkage.model.definition import COMPARISONS
from linkage.nodes import NODE_COLUMNS, gather_nodes, take_members

_LEVELS = [comparison.name for comparison in COMPARISONS]


def keep_nothing(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty ``nodes_kept``, ``pairs_kept`` and ``edges_kept``, with which a month begins.

    They name a node by its print (see ``build_kept_nodes``): a group of new descriptions that was given a person_id is
    the node that it was.
    """
    columns = ", ".join(f"{name} {kind}" for name, kind in NODE_COLUMNS.items())
    levels = ", ".join(f"{level} INTEGER" for level in _LEVELS)
    con.execute(f"CREATE OR REPLACE TEMP TABLE nodes_kept ({columns}, print HUGEINT)")
    con.execute("CREATE OR REPLACE TEMP TABLE pairs_kept (one HUGEINT, other HUGEINT)")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE edges_kept (one HUGEINT, other HUGEINT, match_weight DOUBLE, {levels})""")


def build_kept_nodes(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``nodes`` for ``wanted(node)``, as ``build_nodes`` does, and ``prints(node, rank, print)``.

    A print is made from all descriptions of a node and from what may be withheld of one: what is not in it follows
    from the description's key and stays the same throughout a month.
    """
    take_members(con, "wanted")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE prints AS
        SELECT node, min(rank) AS rank, sum(hash(profile_key, is_contested, trusted_id, sex)) AS print
        FROM wanted_members GROUP BY node""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE nodes AS
        SELECT nodes_kept.* EXCLUDE (print) REPLACE (prints.node AS node, prints.rank AS rank)
        FROM nodes_kept JOIN prints USING (print)""")
    con.execute("DELETE FROM wanted_members WHERE node IN (SELECT node FROM nodes)")
    gather_nodes(con)
    con.execute("""
        INSERT INTO nodes_kept
        SELECT nodes.*, print FROM nodes JOIN prints USING (node) WHERE node IN (SELECT node FROM wanted_members)""")
    con.execute("DROP TABLE wanted_members")


def score_the_new(con: duckdb.DuckDBPyConnection, scorer: Scorer, least_bits: float) -> None:
    """Make ``edges`` of ``candidates``, as ``Scorer.score`` does, with the weights found before wherever both nodes
    are as they were then. All calls of a month must have the same ``least_bits``."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pairs_now AS
        SELECT seeker, target, mine.print AS one, theirs.print AS other FROM candidates
        JOIN prints AS mine ON mine.node = seeker JOIN prints AS theirs ON theirs.node = target""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pairs_new AS FROM pairs_now ANTI JOIN pairs_kept USING (one, other)""")
    scorer.score(least_bits, "pairs_new")
    con.execute(f"""
        INSERT INTO edges_kept
        SELECT one, other, match_weight, {", ".join(_LEVELS)} FROM edges JOIN pairs_new USING (seeker, target)""")
    con.execute("INSERT INTO pairs_kept SELECT one, other FROM pairs_new")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE edges AS
        SELECT seeker, target, edges_kept.* EXCLUDE (one, other) FROM edges_kept JOIN pairs_now USING (one, other)""")
