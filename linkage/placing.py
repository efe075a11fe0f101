"""Placing: what rules and model found together, as one line per description: person, rule, grade.

Reads ``free``, ``rest``, ``groups``, ``assigned``, ``owners``, ``twosomes`` and ``decided_roots`` of one round.
"""

from __future__ import annotations

import duckdb

from linkage import rules


def place_fresh(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``placed(profile_key, person_node, rule, grade, match_weight)`` of all that is ``fresh``.

    A free group under another's id is a person of its own where a birth date or an agency's number tells it
    apart (L23); else the id's owner may bear a new name and is proposed (L02), unless the row itself contradicts.
    """
    _numbers_of_owners(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE placed AS
        WITH born_together AS (
            SELECT profile_key, min(rule) AS rule FROM (
                SELECT left_key AS profile_key, rule FROM twosomes UNION ALL SELECT right_key, rule FROM twosomes)
            GROUP BY profile_key
        ),
        told_apart AS (
            SELECT DISTINCT free.node
            FROM free JOIN rest USING (profile_key)
            LEFT JOIN numbered_owners ON numbered_owners.id_no = rest.id_no
                AND numbered_owners.kind = split_part(rest.agency_key, ':', 1)
                AND numbered_owners.agency_key <> rest.agency_key
            WHERE rest.id_no IS NOT NULL AND rest.name IS NOT NULL
                AND (births_far(rest.own_birth, id_birth(rest.id_no)) OR numbered_owners.id_no IS NOT NULL)
        ),
        free_placed AS (
            SELECT free.profile_key, coalesce(groups.person_node, free.node) AS person_node,
                coalesce(groups.grade, 'new') AS group_grade,
                coalesce(groups.rule, '{rules.FOUNDER.rule_id}') AS group_rule, groups.match_weight,
                born_together.rule AS born_together,
                rest.id_no IS NOT NULL AS is_contested,
                rest.id_no IS NOT NULL AND told_apart.node IS NOT NULL AS is_told_apart,
                CASE WHEN NOT births_far(rest.own_birth, id_birth(rest.id_no))
                    AND NOT coalesce(rest.birth_source = 'column' AND rest.sex <> id_sex(rest.id_no), FALSE)
                    THEN owners.node END AS owner,
                rest.damaged_id IS NULL AND rest.own_birth IS NULL AND rest.village IS NULL
                    AND rest.phone IS NULL AND rest.agency_key IS NULL AND rest.household_key IS NULL AS is_thin,
                row_number() OVER (PARTITION BY free.node ORDER BY free.profile_key) = 1 AS is_first
            FROM free JOIN rest USING (profile_key)
            LEFT JOIN groups ON groups.node = free.node
            LEFT JOIN owners ON owners.id_no = rest.id_no
            LEFT JOIN told_apart ON told_apart.node = free.node
            LEFT JOIN born_together ON born_together.profile_key = free.profile_key
        ),
        judged AS (
            SELECT *, group_grade = 'new' AS is_own,
                group_grade = 'new' AND is_contested AND NOT is_told_apart AND owner IS NOT NULL AS is_renamed
            FROM free_placed
        )
        SELECT profile_key, CASE WHEN is_renamed THEN owner ELSE person_node END AS person_node,
            CASE
                WHEN is_renamed THEN '{rules.ID_CONFLICT.rule_id}'
                WHEN is_own AND is_told_apart THEN '{rules.OWN_PERSON.rule_id}'
                WHEN is_own AND is_contested THEN '{rules.CONTESTED_FOUNDER.rule_id}'
                WHEN is_own AND is_thin THEN '{rules.TOO_THIN.rule_id}'
                WHEN is_contested AND group_grade = 'certain' THEN '{rules.SETTLED_ELSEWHERE.rule_id}'
                WHEN is_contested THEN '{rules.ID_CONFLICT.rule_id}'
                WHEN is_own AND NOT is_first AND profile_key IN (SELECT node FROM decided_roots)
                    THEN '{rules.HUMAN.rule_id}'
                WHEN is_own AND NOT is_first THEN coalesce(born_together, '{rules.SAME_NUMBER_AND_NAME.rule_id}')
                ELSE group_rule END AS rule,
            CASE
                WHEN is_contested AND group_grade = 'certain' THEN '{rules.SETTLED_ELSEWHERE.grade}'
                WHEN is_own AND is_told_apart AND is_first THEN '{rules.OWN_PERSON.grade}'
                WHEN is_own AND is_told_apart THEN 'certain'
                WHEN is_contested OR (is_own AND is_thin) THEN 'review'
                WHEN is_own AND NOT is_first THEN 'certain'
                ELSE group_grade END AS grade,
            match_weight
        FROM judged
        UNION ALL
        SELECT assigned.profile_key, coalesce(groups.person_node, assigned.node),
            CASE WHEN assigned.grade = 'new' AND groups.grade = 'certain' THEN groups.rule ELSE assigned.rule END,
            CASE WHEN assigned.grade = 'new' AND groups.grade = 'certain' THEN 'certain' ELSE assigned.grade END,
            coalesce(assigned.match_weight, CASE WHEN groups.grade = 'certain' THEN groups.match_weight END)
        FROM assigned LEFT JOIN groups USING (node)""")


def _numbers_of_owners(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``numbered_owners(id_no, agency_key, kind)``: agencies' numbers of those whose id others show."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE numbered_owners AS
        WITH wanted AS (SELECT DISTINCT id_no, owners.node FROM owners JOIN rest USING (id_no)),
        numbers AS (
            SELECT assigned.node, agency_key FROM described JOIN assigned USING (profile_key)
            WHERE assigned.grade <> 'review' AND agency_key IS NOT NULL
            UNION
            SELECT person_id, agency_key FROM known WHERE grade <> 'review' AND agency_key IS NOT NULL
        )
        SELECT DISTINCT id_no, agency_key, split_part(agency_key, ':', 1) AS kind
        FROM wanted JOIN numbers USING (node)""")
