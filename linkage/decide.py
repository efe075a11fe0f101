"""Deciding: from scored edges to one pointer per group: certain, for review, or none.

Weights are compared, never probabilities: beyond some 53 bits a probability is exactly 1 and the best of
two candidates can no longer be told.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.cluster import components
from linkage.limits import Limits
from linkage.model.definition import AGENCY, BIRTH, COMPARISONS, DEATH, HOUSEHOLD, ID, NAME, PLACE, SEX
from linkage.nodes import FREE, WITH_ID

_ID_AGREES = f"id >= {ID.gamma('same_area_and_birth')}"
_NAME_SAME = f"name >= {NAME.gamma('wildcard')}"
_WHOLE_NAME = f"name >= {NAME.gamma('syllables')}"
_BIRTH_SAME = f"birth = {BIRTH.gamma('equal')}"
_DATES_NEAR = ", ".join(
    str(BIRTH.gamma(level))
    for level in ("equal", "same_month", "day_and_month_swapped", "same_day_other_year", "same_year")
)
_DIED_SAME = f"death >= {DEATH.gamma('same_days')}"
_AGENCY_SAME = f"agency = {AGENCY.gamma('same')}"

# Kin share household, phone, village, and twins the birth date: another name is proposed only where an
# agency's number or the person's own id, mended, says so.
# Two numbers of one agency beside two names are two persons: twins and siblings, not one for a look.
_ARE_TWO = f"(agency = {AGENCY.gamma('different')} AND NOT {_NAME_SAME} AND NOT {_ID_AGREES})"
_PROPOSES = (
    f"(name <> {NAME.gamma('different')} OR {_AGENCY_SAME} OR id >= {ID.gamma('one_slip_apart')}) "
    f"AND NOT {_ARE_TWO}"
)

# What forbids to join without a person's look, however high the weight. Each is a sentence and a condition.
GUARDS: tuple[tuple[str, str], ...] = (
    ("the names are not the same name", f"name <= {NAME.gamma('different')}"),
    (
        "the name differs in part, and neither id, birth date nor agency number agrees: kin and neighbours",
        f"NOT {_NAME_SAME} AND NOT ({_ID_AGREES} OR {_BIRTH_SAME} OR {_AGENCY_SAME})",
    ),
    (
        "twins: same birth date and place, names that differ in part, ids that do not agree",
        f"NOT {_NAME_SAME} AND {_BIRTH_SAME} AND place >= {PLACE.gamma('same_village')} AND NOT ({_ID_AGREES})",
    ),
    ("the sex differs", f"sex = {SEX.gamma('different')}"),
    (
        "the birth dates differ, or the age and a birth date",
        f"birth IN ({BIRTH.gamma('different')}, {BIRTH.gamma('year_told_other')})",
    ),
    ("two numbers of one agency that gives a person one", f"agency = {AGENCY.gamma('different')}"),
    (
        "in one household, standing otherwise to its head",
        f"household = {HOUSEHOLD.gamma('same_other_standing')} AND NOT ({_ID_AGREES} OR {_BIRTH_SAME} OR {_AGENCY_SAME})",
    ),
    (
        "the description shows another person's id, and too little else is this person's",
        f"is_contested AND NOT ({_WHOLE_NAME} AND ({_BIRTH_SAME} OR {_AGENCY_SAME} "
        f"OR place = {PLACE.gamma('same_home')} OR household > 0))",
    ),
    (
        "only name, village and at most the age agree: many share them",
        f"NOT ({_ID_AGREES} OR {_AGENCY_SAME} OR birth IN ({_DATES_NEAR})) AND place < {PLACE.gamma('same_home')} "
        f"AND household <= 0 AND phone <= 0 AND NOT ({_DIED_SAME})",
    ),
)


def decide(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Make ``groups(node, person_node, grade, rule, match_weight)``: every node of ``edges`` with the node it belongs to.

    Reads ``edges`` and ``nodes``. Certain links first (to known persons and id groups before free ones),
    then what is left looks for a proposal. A node that finds nobody is its own ``person_node``.
    """
    _judge(con, limits)
    _point_certain(con, limits)
    _gather(con)
    _propose(con)


def _judge(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    guarded = " OR ".join(f"coalesce({condition}, FALSE)" for _, condition in GUARDS)
    levels = ", ".join(comparison.name for comparison in COMPARISONS)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH both_ways AS (
            SELECT * FROM edges
            UNION ALL BY NAME
            SELECT edges.* REPLACE (target AS seeker, seeker AS target)
            FROM edges JOIN nodes ON nodes.node = edges.target AND nodes.rank = {FREE}
        )
        SELECT seeker, target, match_weight, {levels},
            mine.rank AS seeker_rank, theirs.rank AS target_rank,
            {guarded} AS is_guarded,
            match_weight >= CASE WHEN mine.is_dead OR theirs.is_dead THEN {limits.join_dead_bits}
                WHEN mine.is_contested THEN {limits.join_contested_bits} ELSE {limits.join_bits} END AS is_strong
        FROM both_ways
        JOIN (SELECT node, rank, is_contested, is_dead FROM nodes) AS mine ON mine.node = seeker
        JOIN (SELECT node, rank, is_dead FROM nodes) AS theirs ON theirs.node = target
        WHERE {_PROPOSES} AND match_weight >= CASE WHEN mine.is_contested THEN {limits.contested_bits} ELSE {limits.review_bits} END""")


def _point_certain(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE ranked AS
        SELECT *,
            row_number() OVER nearest AS nth,
            match_weight - coalesce(lead(match_weight) OVER nearest, -1e9) AS gap
        FROM judged
        WHERE target_rank < {FREE}
        WINDOW nearest AS (PARTITION BY seeker ORDER BY match_weight DESC, target)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE to_settled AS
        SELECT * FROM ranked
        WHERE nth = 1 AND is_strong AND NOT is_guarded AND gap >= {limits.gap_bits}
        -- a known person takes one new id at most
        QUALIFY seeker_rank > {WITH_ID}
            OR row_number() OVER (PARTITION BY target, seeker_rank ORDER BY match_weight DESC, seeker) = 1""")
    # Two numbers of one agency never come to one person by weight alone: the better one stays.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rivals AS
        WITH numbered AS (
            SELECT seeker, target, match_weight, unnest(agencies) AS number
            FROM to_settled JOIN nodes ON nodes.node = seeker
        ),
        best AS (
            SELECT *, first_value(number) OVER (
                PARTITION BY target, split_part(number, ':', 1) ORDER BY match_weight DESC, seeker) AS kept
            FROM numbered
        )
        SELECT DISTINCT seeker FROM best WHERE number <> kept""")
    con.execute("DELETE FROM to_settled WHERE seeker IN (SELECT seeker FROM rivals)")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE to_free AS
        SELECT * FROM judged
        WHERE target_rank = {FREE} AND is_strong AND NOT is_guarded
            AND seeker NOT IN (SELECT seeker FROM to_settled)
        QUALIFY row_number() OVER (PARTITION BY seeker ORDER BY match_weight DESC, target) = 1""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pointers AS
        SELECT * EXCLUDE (nth, gap) FROM to_settled UNION ALL BY NAME SELECT * FROM to_free""")


def _gather(con: duckdb.DuckDBPyConnection) -> None:
    """Follow the pointers. Every node has one at most, so a group holds one known person or id at most.

    Only nodes of ``edges`` are asked: whoever has none is alone, and stands in no group.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE steps AS
        SELECT seeker AS left_node, target AS right_node FROM pointers
        UNION ALL SELECT seeker, seeker FROM edges
        UNION ALL SELECT target, target FROM edges""")
    components(con, "steps", "together")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE gathered AS
        SELECT together.node, nodes.rank,
            first_value(together.node) OVER (PARTITION BY root ORDER BY nodes.rank, together.node) AS person_node,
            min(nodes.rank) OVER (PARTITION BY root) AS person_rank
        FROM together JOIN nodes USING (node)""")


def _propose(con: duckdb.DuckDBPyConnection) -> None:
    """Whole groups that found no settled person take the best proposal of any of their nodes."""
    # What one of a group cannot be, none of it is proposed for.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE clashes AS
        SELECT DISTINCT own.person_node, other.person_node AS proposed
        FROM (SELECT seeker, target FROM edges WHERE {_ARE_TWO}
              UNION ALL SELECT target, seeker FROM edges WHERE {_ARE_TWO}) AS two
        JOIN gathered AS own ON own.node = two.seeker
        JOIN gathered AS other ON other.node = two.target""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE proposals AS
        SELECT own.person_node, judged.seeker, judged.target, judged.match_weight,
            other.person_node AS proposed, judged.is_strong, judged.is_guarded
        FROM judged
        JOIN gathered AS own ON own.node = judged.seeker AND own.person_rank = {FREE}
        JOIN gathered AS other ON other.node = judged.target
        ANTI JOIN clashes ON clashes.person_node = own.person_node AND clashes.proposed = other.person_node
        WHERE own.person_node <> other.person_node
            AND (other.person_rank < {FREE} OR other.person_node < own.person_node)
        QUALIFY row_number() OVER (
            PARTITION BY own.person_node
            ORDER BY judged.match_weight DESC, other.person_rank, judged.target) = 1""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE chains AS
        WITH RECURSIVE follow AS (
            SELECT person_node, proposed, 1 AS steps FROM proposals
            UNION ALL
            SELECT follow.person_node, proposals.proposed, follow.steps + 1
            FROM follow JOIN proposals ON proposals.person_node = follow.proposed
        )
        SELECT person_node, arg_max(proposed, steps) AS proposed FROM follow GROUP BY person_node""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE groups AS
        SELECT gathered.node,
            coalesce(chains.proposed, gathered.person_node) AS person_node,
            CASE WHEN chains.proposed IS NOT NULL THEN 'review'
                WHEN pointers.seeker IS NOT NULL AND gathered.node <> gathered.person_node THEN 'certain'
                ELSE 'new' END AS grade,
            CASE
                WHEN chains.proposed IS NOT NULL AND proposals.is_strong AND proposals.is_guarded
                    THEN '{rules.MODEL_GUARDED.rule_id}'
                WHEN chains.proposed IS NOT NULL AND proposals.is_strong THEN '{rules.MODEL_AMBIGUOUS.rule_id}'
                WHEN chains.proposed IS NOT NULL THEN '{rules.MODEL_POSSIBLE.rule_id}'
                WHEN pointers.seeker IS NOT NULL AND gathered.node <> gathered.person_node
                    THEN '{rules.MODEL_CERTAIN.rule_id}'
                ELSE '{rules.FOUNDER.rule_id}' END AS rule,
            coalesce(proposals.match_weight, pointers.match_weight) AS match_weight
        FROM gathered
        LEFT JOIN pointers ON pointers.seeker = gathered.node
        LEFT JOIN proposals ON proposals.person_node = gathered.person_node
        LEFT JOIN chains ON chains.person_node = gathered.person_node""")
