"""Known persons who turn out to be one: whole persons are merged when their union is valid, else it is said.

Only pairs of which one has changed are weighed again; what was found earlier about the others is kept in the
registry's ``doubts``, for a second person who is nearly as good forbids a merge wherever it was seen.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.candidates import BLOCKS, LOOKED_AT, Block
from linkage.decide import GUARDS
from linkage.frequencies import frozen_frequencies
from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nodes import KNOWN, build_members, build_nodes
from linkage.reading import gather_touched
from linkage.trace import levels_sql
from linkage.union import facts_of

# Two with ids of their own are compared only where an agency's number or name and birth date say that they are one.
_BLOCKS_OF_TWO_IDS = "('B10', 'B11', 'B21')"


def merge_persons(
    con: duckdb.DuckDBPyConnection, limits: Limits, scorer: Scorer, *, everything: bool
) -> None:
    """Weigh pairs of known persons of whom one is in ``persons_unweighed`` and merge those who are one (L45).

    Makes ``near_pairs(person_id, other_id, match_weight, fields_seen, is_guarded, fault)`` of all pairs near the
    merge line, and adds to ``merged_persons`` and ``news``.
    """
    gather_touched(con)
    build_members(con)
    _pairs(con, limits, everything)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
    build_nodes(con, "wanted")
    frozen_frequencies(con)
    scorer.score(limits.merge_bits - limits.gap_bits)
    _weigh(con)
    con.execute("DELETE FROM persons_unweighed")
    _merge(con, limits)


def _pairs(con: duckdb.DuckDBPyConnection, limits: Limits, everything: bool) -> None:
    """Make ``candidates`` of known persons: one has changed, and one has no id or both share what is nobody else's."""
    changed = "TRUE" if everything else "node IN (SELECT person_id FROM persons_unweighed)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE persons_known AS
        SELECT person_id AS node, id_no IS NOT NULL AS has_id, {changed.replace("node", "person_id", 1)} AS is_changed
        FROM old_persons WHERE person_id IN (SELECT person_id FROM known WHERE grade <> 'review')""")
    _looking(con, everything)
    _wanted_values(con, everything)
    found = con.execute("SELECT DISTINCT block_id FROM wanted_values").fetchall()
    told = [_shared(block, everything) for block in BLOCKS if (block.block_id,) in found]
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE person_values AS
        SELECT node, has_id, is_changed, block_id, value
        FROM ({" UNION ALL ".join(told or ["SELECT NULL AS node, block_id, value FROM wanted_values WHERE FALSE"])})
        JOIN persons_known USING (node)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE candidates AS
        WITH sized AS (
            SELECT block_id, value, count(DISTINCT node) AS n FROM person_values GROUP BY block_id, value
        ),
        small AS (
            SELECT person_values.* FROM person_values JOIN sized USING (block_id, value)
            WHERE n * (n - 1) // 2 <= {limits.block_largest}
        )
        SELECT DISTINCT a.node AS seeker, b.node AS target
        FROM small AS a JOIN small AS b USING (block_id, value)
        WHERE a.node > b.node AND (a.is_changed OR b.is_changed)
            AND (NOT a.has_id OR NOT b.has_id OR block_id IN {_BLOCKS_OF_TWO_IDS})""")
    con.execute("DROP TABLE person_values")


def _looking(con: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """Make ``looking``: the settled rows of all, and of these ``changed_rows`` and ``rows_without_id``."""
    told = f"""
        SELECT {LOOKED_AT}, coalesce(id_birth(id_no), own_birth) AS birth
        FROM (SELECT * EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month), person_id AS node,
                {KNOWN} AS rank, FALSE AS is_contested
            FROM known WHERE grade <> 'review')"""
    if everything:
        con.execute(f"CREATE OR REPLACE TEMP TABLE looking AS {told}")
        con.execute("CREATE OR REPLACE TEMP VIEW changed_rows AS FROM looking")
    else:
        # Of most rows only a column is looked at: they are not worth a table.
        con.execute(f"CREATE OR REPLACE TEMP VIEW looking AS {told}")
        con.execute("""
            CREATE OR REPLACE TEMP TABLE changed_rows AS
            SELECT * FROM looking WHERE node IN (SELECT node FROM persons_known WHERE is_changed)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rows_without_id AS
        SELECT * FROM looking WHERE node IN (SELECT node FROM persons_known WHERE NOT has_id)""")


def _wanted_values(con: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """Make ``wanted_values(block_id, value)``: what one who changed tells, and one without an id (or anybody) as well.

    Few have changed and few are without an id; only what is left is looked for among all.
    """
    wanted = []
    for block in BLOCKS:
        changed = _told(block, "changed_rows")
        if _is_of_two_ids(block):
            # of everybody every value is wanted
            changed = (
                f"SELECT value FROM ({changed}) WHERE value IS NOT NULL LIMIT 1" if everything else changed
            )
        else:
            changed += f" INTERSECT ({_told(block, 'rows_without_id')})"
        wanted.append(
            f"SELECT '{block.block_id}' AS block_id, value FROM ({changed}) WHERE value IS NOT NULL"
        )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE wanted_values AS SELECT DISTINCT * FROM ({' UNION ALL '.join(wanted)})"
    )


def _told(block: Block, rows: str, columns: str = "") -> str:
    """SQL of the values by which a table of rows seeks, and may be found, in one block."""
    return " UNION ALL ".join(
        f"SELECT {columns} {side} AS value FROM {rows}" for side in sorted({block.aim, block.seek})
    )


def _is_of_two_ids(block: Block) -> bool:
    return f"'{block.block_id}'" in _BLOCKS_OF_TWO_IDS


def _shared(block: Block, everything: bool) -> str:
    """SQL of who bears the values of one block that are wanted."""
    wanted = f"value IN (SELECT value FROM wanted_values WHERE block_id = '{block.block_id}')"
    if everything and _is_of_two_ids(block):
        wanted = "value IS NOT NULL"
    return f"""
        SELECT DISTINCT node, '{block.block_id}' AS block_id, value FROM ({_told(block, "looking", "node,")})
        WHERE {wanted}"""


def _weigh(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``near_pairs`` anew for whom was weighed, and keep what was known of the others."""
    guarded = " OR ".join(f"coalesce({condition}, FALSE)" for _, condition in GUARDS)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM edges UNION SELECT target FROM edges""")
    facts_of(con, "wanted")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE apart AS
        SELECT one, two FROM told WHERE verdict = 'must_not_link'
        UNION SELECT two, one FROM told WHERE verdict = 'must_not_link'
        UNION SELECT old.person_id, node FROM forbidden JOIN old USING (profile_key)
        UNION SELECT node, old.person_id FROM forbidden JOIN old USING (profile_key)
        UNION SELECT mine.person_id, theirs.person_id FROM forbidden_pairs
            JOIN old AS mine USING (profile_key) JOIN old AS theirs ON theirs.profile_key = other_key
        UNION SELECT theirs.person_id, mine.person_id FROM forbidden_pairs
            JOIN old AS mine USING (profile_key) JOIN old AS theirs ON theirs.profile_key = other_key""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE weighed AS
        SELECT edges.seeker AS person_id, edges.target AS other_id, match_weight, {levels_sql("edges")} AS fields_seen,
            {guarded.replace("is_contested", "FALSE")} AS is_guarded,
            CASE WHEN apart.one IS NOT NULL THEN 'decided_apart' ELSE union_fault(a.facts, b.facts) END AS fault
        FROM edges JOIN facts AS a ON a.node = seeker JOIN facts AS b ON b.node = target
        LEFT JOIN apart ON apart.one = seeker AND apart.two = target""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE near_pairs AS
        SELECT * FROM weighed
        UNION ALL
        SELECT person_id, other_id, match_weight, fields_seen, is_guarded, fault FROM near_pairs
        WHERE person_id IN (SELECT node FROM persons_known WHERE NOT is_changed)
            AND other_id IN (SELECT node FROM persons_known WHERE NOT is_changed)""")


def _merge(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE to_merge AS
        WITH two_ways AS (
            SELECT person_id AS mine, other_id AS theirs, match_weight, is_guarded, fault FROM near_pairs
            UNION ALL SELECT other_id, person_id, match_weight, is_guarded, fault FROM near_pairs
        ),
        ranked AS (
            SELECT *, row_number() OVER nearest AS nth,
                match_weight - coalesce(lead(match_weight) OVER nearest, -1e9) AS gap
            FROM two_ways WINDOW nearest AS (PARTITION BY mine ORDER BY match_weight DESC, theirs)
        ),
        best AS (
            SELECT * FROM ranked WHERE nth = 1 AND gap >= {limits.gap_bits} AND match_weight >= {limits.merge_bits}
                AND NOT is_guarded AND fault IS NULL AND {str(limits.machine_merges).upper()}
        )
        SELECT mine.mine AS person_id, mine.theirs AS other_id
        FROM best AS mine JOIN best AS theirs ON theirs.mine = mine.theirs AND theirs.theirs = mine.mine
        WHERE mine.mine > mine.theirs""")
    if not _affordable(con, limits):
        con.execute("DELETE FROM to_merge")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE merged_now AS
        SELECT CASE WHEN (mine.first_month, person_id) < (theirs.first_month, other_id) THEN other_id ELSE person_id END
                AS person_id,
            CASE WHEN (mine.first_month, person_id) < (theirs.first_month, other_id) THEN person_id ELSE other_id END AS kept
        FROM to_merge
        JOIN (SELECT person_id, first_month FROM old_persons) AS mine USING (person_id)
        JOIN (SELECT person_id AS other_id, first_month FROM old_persons) AS theirs USING (other_id)""")
    rename_persons(con, "merged_now", rules.ONE_AFTER_ALL.rule_id)
    con.execute("""
        INSERT INTO news SELECT profile_key FROM old
        WHERE grade <> 'review' AND person_id IN (SELECT kept FROM merged_now)""")
    for table in ("persons_changed", "persons_unweighed"):
        con.execute(f"INSERT INTO {table} SELECT kept FROM merged_now")


def _affordable(con: duckdb.DuckDBPyConnection, limits: Limits) -> bool:
    """Whether the policy allows so many merges in a month: over all rounds, of all persons known before."""
    found = con.execute("""
        SELECT (SELECT count(*) FROM to_merge) + (SELECT count(*) FROM merged_persons),
            (SELECT count(DISTINCT person_id) FROM known_before)""").fetchone() or (0, 0)
    merges, known = int(found[0]), int(found[1])
    return known == 0 or merges * 1000 <= known * limits.merges_per_thousand


def rename_persons(con: duckdb.DuckDBPyConnection, table: str, reason: str) -> None:
    """Put ``kept`` for ``person_id`` of a table wherever persons stand, and remember it in ``merged_persons``."""
    for target, column in (
        ("old", "person_id"),
        ("known", "person_id"),
        ("forbidden", "node"),
        ("told", "one"),
        ("told", "two"),
        ("merged_persons", "kept"),
        ("near_pairs", "person_id"),
        ("near_pairs", "other_id"),
    ):
        con.execute(f"""
            UPDATE {target} SET {column} = {table}.kept FROM {table} WHERE {target}.{column} = {table}.person_id""")
    con.execute("DELETE FROM near_pairs WHERE person_id = other_id")
    con.execute(f"INSERT INTO persons_touched SELECT unnest([person_id, kept]) FROM {table}")
    con.execute(f"INSERT INTO merged_persons SELECT person_id, kept, '{reason}' FROM {table}")
