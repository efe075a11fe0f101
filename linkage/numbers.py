"""Numbers of the agencies: who bears the same one, and fits it by name, is the same person.

Reads ``described`` (to be linked), ``known`` (the registry's profiles) and ``assigned``, and adds to ``assigned``.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.agreement import DIFFERENT, PINYIN, WILDCARD
from linkage.reading import NAMED_AFTER

# Column of ``fresh`` and ``held``, least name level, rule. A household's number is no person's number: there
# the name must be borne by exactly one of its members.
_TIES = (
    ("agency_key", DIFFERENT + 1, rules.SAME_AGENCY_NUMBER),
    ("damaged_id", WILDCARD, rules.SAME_DAMAGED_ID),
    ("household_key", WILDCARD, rules.SAME_HOUSEHOLD_NAME),
)


# Of one household number there is one head: the name that other members' rows give may differ a little.
_BOTH_HEAD = "coalesce(rest.standing = '02' AND held.standing = '02' AND (rest.role = 'head') <> (held.role = 'head'), FALSE)"

_OTHER_NUMBER = (
    "coalesce(rest.agency_key <> held.agency_key "
    "AND split_part(rest.agency_key, ':', 1) = split_part(held.agency_key, ':', 1), FALSE)"
)
_OTHER_STANDING = "coalesce(left(rest.standing, 1) <> left(held.standing, 1), FALSE)"


def by_agency_number(con: duckdb.DuckDBPyConnection) -> None:
    """Tie the remaining profiles through numbers of one agency (L03, L04, L05), twice, as ties open others.

    A number that two persons with a fitting name bear decides nothing; a profile that shows somebody else's
    valid id is tied for review only (L06).
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE untied AS
        SELECT profile_key, id_no, damaged_id, agency_key, household_key, name, name_family, name_pinyin, own_birth,
            role, standing
        FROM described ANTI JOIN assigned USING (profile_key)""")
    added = True
    for _ in range(2):
        if not added:
            break
        added = False
        for tie in _TIES:
            added |= _tie(con, *tie)


def _tie(con: duckdb.DuckDBPyConnection, column: str, least_level: int, rule: rules.Rule) -> bool:
    """Tie by one number; True when a description was tied."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE unnumbered AS
        FROM untied ANTI JOIN assigned USING (profile_key) WHERE {column} IS NOT NULL""")
    if con.execute("SELECT 1 FROM unnumbered LIMIT 1").fetchone() is None:
        return False
    con.execute(_held(column))
    # A row without a name of its own is held by the person's number, never by the household's.
    is_personal = column == "agency_key"
    unnamed = f"rest.name IS NULL OR starts_with(rest.name, '{NAMED_AFTER}')" if is_personal else "FALSE"
    # In a household two may bear one name: what is left of an id, or another number, tells them apart.
    told = "rest.damaged_id IS NULL" if column == "household_key" else "TRUE"
    other_number = "FALSE" if is_personal else _OTHER_NUMBER
    if column == "household_key":
        other_number += f" OR {_OTHER_STANDING}"
    # Somebody else's id beside the person's own number and name: the number and the name are believed.
    is_doubted = f"NOT ({str(is_personal).upper()} AND max(level) >= {PINYIN} AND bool_and(name IS NOT NULL))"
    fits = f"level >= {least_level}"
    tied = con.execute(f"""
        INSERT INTO assigned
        WITH levelled AS (
            SELECT rest.profile_key, rest.name, held.node, held.is_proposed, rest.id_no IS NOT NULL AS is_contested,
                {_BOTH_HEAD if column == "household_key" else "FALSE"} AS are_heads,
                CASE WHEN {unnamed} THEN {PINYIN}
                    WHEN {other_number} THEN {DIFFERENT}
                    ELSE name_level(rest.name, rest.name_family, rest.name_pinyin,
                                    held.name, held.name_family, held.name_pinyin) END AS level,
                births_far(rest.own_birth, held.own_birth) AS births_apart
            FROM unnumbered AS rest JOIN held ON held.{column} = rest.{column}
            WHERE {unnamed} OR (rest.name IS NOT NULL AND held.name IS NOT NULL AND {told})
        ),
        fitting AS (
            SELECT * REPLACE (
                CASE WHEN are_heads AND level > {DIFFERENT} THEN greatest(level, {WILDCARD}) ELSE level END AS level)
            FROM levelled
        )
        SELECT profile_key, min(node) FILTER ({fits}),
            CASE WHEN bool_or(is_contested) AND {is_doubted} THEN '{rules.TIED_WITH_CONFLICT.rule_id}'
                WHEN bool_or(is_contested) THEN '{rules.SETTLED_ELSEWHERE.rule_id}'
                ELSE '{rule.rule_id}' END,
            CASE WHEN (bool_or(is_contested) AND {is_doubted}) OR bool_and(is_proposed) FILTER ({fits})
                THEN 'review' ELSE '{rule.grade}' END,
            NULL, max(level)
        FROM fitting
        GROUP BY profile_key
        HAVING count(DISTINCT node) FILTER (level > {DIFFERENT}) = 1 AND count(DISTINCT node) FILTER ({fits}) = 1
            AND NOT coalesce(bool_or(births_apart) FILTER ({fits}), FALSE)
        ORDER BY profile_key""").fetchone()
    return bool(tied and tied[0])


def _held(column: str) -> str:
    """The profiles whose person is settled, as far as they bear a number that a remaining one bears."""
    extra = "role, standing," if column == "agency_key" else "agency_key, role, standing,"
    return f"""
        CREATE OR REPLACE TEMP TABLE held AS
        WITH wanted AS (SELECT DISTINCT {column} AS value FROM unnumbered)
        SELECT described.{column}, {extra.replace("agency_key", "described.agency_key").replace("role", "described.role")} described.name, described.name_family, described.name_pinyin,
            described.own_birth, assigned.node, assigned.grade = 'review' AS is_proposed
        FROM described JOIN assigned USING (profile_key)
        WHERE described.{column} IN (SELECT value FROM wanted)
        UNION ALL
        SELECT {column}, {extra} name, name_family, name_pinyin, own_birth, person_id, grade = 'review'
        FROM known WHERE {column} IN (SELECT value FROM wanted)"""
