"""The break line: links of the model, weighed again against the rest of their person.

A link stays as long as its weight is at or above the break line, which lies below the join line, so that ids
are calm. Below it nothing is split: it is flagged (L40) and a person looks.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.frequencies import frozen_frequencies
from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nodes import FREE, KNOWN, build_nodes
from linkage.trace import levels_sql

_ANY_WEIGHT = -1000.0


def weigh_standing(
    con: duckdb.DuckDBPyConnection, limits: Limits, scorer: Scorer, *, everything: bool
) -> int:
    """Make ``fallen(person_id, profile_key, match_weight, fields_seen)`` of links below the break line.

    Looks at model links of persons in ``persons_changed`` (or at all) and returns how many: new ones too, which may
    have come in on the strength of a group. Each is weighed alone against all other settled descriptions of its person; one that stands alone is not weighed.
    """
    changed = "TRUE" if everything else "person_id IN (SELECT person_id FROM persons_changed)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE standing AS
        SELECT profile_key, person_id FROM old
        WHERE rule = '{rules.MODEL_CERTAIN.rule_id}' AND grade = 'certain' AND {changed}
            AND person_id IN (SELECT person_id FROM old WHERE grade <> 'review' GROUP BY person_id HAVING count(*) > 1)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT known.* EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month),
            'x' || profile_key AS node, {FREE} AS rank, id_no IS NOT NULL AS is_contested
        FROM known JOIN (SELECT profile_key FROM standing) USING (profile_key)
        UNION ALL BY NAME
        SELECT known.* EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month),
            'r' || standing.profile_key AS node, {KNOWN} AS rank, FALSE AS is_contested
        FROM known JOIN standing ON standing.person_id = known.person_id AND standing.profile_key <> known.profile_key
        WHERE known.grade <> 'review'""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE candidates AS
        SELECT 'x' || profile_key AS seeker, 'r' || profile_key AS target FROM standing""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
    build_nodes(con, "wanted")
    frozen_frequencies(con)
    scorer.score(_ANY_WEIGHT)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE fallen AS
        SELECT standing.person_id, standing.profile_key, edges.match_weight, {levels_sql("edges")} AS fields_seen
        FROM standing JOIN edges
            ON 'x' || standing.profile_key IN (edges.seeker, edges.target)
        WHERE edges.match_weight < {limits.break_bits}""")
    found = con.execute("SELECT count(*) FROM standing").fetchone()
    return int(found[0]) if found else 0
