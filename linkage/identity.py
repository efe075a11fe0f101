"""Persistent identity: registry(m) = f(registry(m-1), links(m)). A published id is never split by machine."""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.decisions import part_decided
from linkage.records import PROFILES
from warehouse.errors import BudgetExceeded, HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month


def month_before(month: Month, lake: Lake) -> Month | None:
    """The month whose registry this month builds on, or None in a home's first month.

    ``HistoryMissing`` when the registry has earlier months but not the one before.
    """
    earlier = [text for text in lake.months("registry") if text < str(month)]
    if not earlier:
        return None
    if earlier[-1] != str(month.previous):
        raise HistoryMissing(
            f"linking {month} needs the registry of {month.previous}; the last one there is of {earlier[-1]}.",
            next_step=f"link the months from {Month.parse(earlier[-1]).next} to {month.previous} first, in order.",
        )
    return month.previous


def settle(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Make ``links``: every profile of the month with its person, grade, rule and weight.

    A profile known from before keeps its person and its grade. A new group's person_id is made from its
    smallest profile key and the month, so a rerun mints the same.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE placed AS
        WITH free_placed AS (
            SELECT free.profile_key, free.node,
                coalesce(groups.person_node, free.node) AS person_node,
                coalesce(groups.grade, 'new') AS group_grade,
                coalesce(groups.rule, '{rules.FOUNDER.rule_id}') AS group_rule,
                groups.match_weight,
                rest.id_no IS NOT NULL AS is_contested,
                rest.id_no IS NOT NULL AND rest.name IS NOT NULL AND (rest.agency_key IS NOT NULL
                    OR births_far(rest.own_birth, id_birth(rest.id_no))) AS is_told_apart,
                rest.damaged_id IS NULL AND rest.own_birth IS NULL AND rest.village IS NULL
                    AND rest.phone IS NULL AND rest.agency_key IS NULL AND rest.household_key IS NULL AS is_thin,
                row_number() OVER (PARTITION BY free.node ORDER BY free.profile_key) = 1 AS is_first
            FROM free JOIN rest USING (profile_key) LEFT JOIN groups USING (node)
        )
        SELECT profile_key, person_node,
            CASE
                WHEN group_grade = 'new' AND is_told_apart THEN '{rules.OWN_PERSON.rule_id}'
                WHEN group_grade = 'new' AND is_contested THEN '{rules.CONTESTED_FOUNDER.rule_id}'
                WHEN group_grade = 'new' AND is_thin THEN '{rules.TOO_THIN.rule_id}'
                WHEN is_contested AND group_grade = 'certain' THEN '{rules.SETTLED_ELSEWHERE.rule_id}'
                WHEN is_contested THEN '{rules.ID_CONFLICT.rule_id}'
                WHEN group_grade = 'new' AND NOT is_first AND profile_key IN (SELECT node FROM decided_roots)
                    THEN '{rules.HUMAN.rule_id}'
                WHEN group_grade = 'new' AND NOT is_first THEN '{rules.SAME_NUMBER_AND_NAME.rule_id}'
                ELSE group_rule END AS rule,
            CASE
                WHEN is_contested AND group_grade = 'certain' THEN '{rules.SETTLED_ELSEWHERE.grade}'
                WHEN group_grade = 'new' AND is_told_apart AND is_first THEN '{rules.OWN_PERSON.grade}'
                WHEN group_grade = 'new' AND is_told_apart THEN 'certain'
                WHEN is_contested OR (group_grade = 'new' AND is_thin) THEN 'review'
                WHEN group_grade = 'new' AND NOT is_first THEN 'certain'
                ELSE group_grade END AS grade,
            match_weight
        FROM free_placed
        UNION ALL
        SELECT assigned.profile_key, coalesce(groups.person_node, assigned.node),
            CASE WHEN assigned.grade = 'new' AND groups.grade = 'certain' THEN groups.rule ELSE assigned.rule END,
            CASE WHEN assigned.grade = 'new' AND groups.grade = 'certain' THEN 'certain' ELSE assigned.grade END,
            coalesce(assigned.match_weight, CASE WHEN groups.grade = 'certain' THEN groups.match_weight END)
        FROM assigned LEFT JOIN groups USING (node)""")
    part_decided(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE names_of_nodes AS
        SELECT person_node,
            CASE WHEN starts_with(person_node, 'P') THEN person_node
                ELSE 'P' || left(md5(person_node || ':{month}'), 16) END AS person_id
        FROM (SELECT DISTINCT person_node FROM placed)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE links AS
        SELECT placed.profile_key, names_of_nodes.person_id, placed.grade, placed.rule, placed.match_weight,
            TRUE AS is_fresh
        FROM placed JOIN names_of_nodes USING (person_node)
        UNION ALL
        SELECT old.profile_key, old.person_id,
            CASE WHEN old.grade = 'review' THEN 'review' ELSE 'certain' END,
            CASE WHEN old.grade = 'review' THEN old.rule ELSE '{rules.KNOWN.rule_id}' END,
            old.match_weight, FALSE
        FROM seen JOIN old USING (profile_key)""")


def hold_merges(known: int, merged: int, per_thousand: int, month: Month) -> None:
    """``BudgetExceeded`` when a month would merge more of the known persons than the policy allows."""
    if merged * 1000 > known * per_thousand:
        raise BudgetExceeded(
            f"linking {month} would merge {merged} of {known} known persons, the policy allows "
            f"{per_thousand} in a thousand.",
            next_step="look at the month's must_link decisions, or raise linkage_merges_per_thousand.",
        )


def registry_profiles(month: Month) -> str:
    """SQL of ``profiles.parquet``: all profiles ever seen, with person, grade, rule and months."""
    columns = ", ".join(f'"{name}"' for name in PROFILES)
    return f"""
        SELECT * FROM (
            SELECT {columns}, links.person_id, links.grade, links.rule, links.match_weight,
                '{month}' AS first_month, '{month}' AS last_month
            FROM fresh JOIN links USING (profile_key)
            UNION ALL BY NAME
            SELECT old.* REPLACE (CASE WHEN seen.profile_key IS NULL THEN old.last_month ELSE '{month}' END
                AS last_month)
            FROM old LEFT JOIN (SELECT profile_key FROM seen) AS seen USING (profile_key))
        ORDER BY profile_key"""


# Which feed's word is taken for a person's best known fields: the person's own rows, the latest, the most.
_OWN_ID = f"grade <> 'review' AND rule <> '{rules.SETTLED_ELSEWHERE.rule_id}'"
_BEST = "ORDER BY (grade = 'review'), (role <> 'self'), last_month DESC, profile_key"


def registry_persons(profiles: str) -> str:
    """SQL of ``persons.parquet`` from the relation of registry profiles: one row per person, best fields."""

    def best(column: str, condition: str = "TRUE") -> str:
        return f"first({column} {_BEST}) FILTER ({column} IS NOT NULL AND {condition}) AS {column}"

    return f"""
        SELECT person_id, min(first_month) AS first_month, max(last_month) AS last_month,
            mode(id_no ORDER BY id_no) FILTER ({_OWN_ID}) AS id_no,
            coalesce(mode(name ORDER BY name) FILTER (grade <> 'review' AND role = 'self' AND NOT name_missing),
                     mode(name ORDER BY name) FILTER (grade <> 'review'), mode(name ORDER BY name)) AS name,
            {best("name_system")},
            mode(sex ORDER BY sex) FILTER ({_OWN_ID}) AS sex,
            coalesce(first(birth_date {_BEST}) FILTER (birth_source <> 'age' AND ({_OWN_ID} OR birth_source = 'column')), first(birth_date {_BEST}) FILTER (birth_date IS NOT NULL))
                AS birth_date, {best("ethnicity")}, {best("township")}, {best("village", "role = 'self'")},
            {best("phone", "role = 'self'")},
            min(CASE grade WHEN 'review' THEN 'review' ELSE 'certain' END) AS link_grade,
            CAST(count(*) AS BIGINT) AS profiles
        FROM {profiles} GROUP BY person_id ORDER BY person_id"""


def events(month: Month) -> str:
    """SQL of the month's events: mint, join (new evidence to a person of an earlier month), merge, flag."""
    return f"""
        WITH happened AS (
            SELECT 'mint' AS kind, person_id, CAST(NULL AS VARCHAR) AS other_id,
                arg_min(rule, profile_key) AS reason, CAST(count(*) AS BIGINT) AS profiles
            FROM links WHERE is_fresh AND person_id NOT IN (SELECT person_id FROM old_persons)
            GROUP BY person_id
            UNION ALL
            SELECT 'join', person_id, CAST(NULL AS VARCHAR), rule, CAST(count(*) AS BIGINT)
            FROM links WHERE is_fresh AND person_id IN (SELECT person_id FROM old_persons)
            GROUP BY person_id, rule
            UNION ALL
            SELECT 'merge', kept, person_id, '{rules.HUMAN.rule_id}', 0 FROM merged_persons
            UNION ALL
            SELECT 'flag', owners_named.person_id, links.person_id, links.rule, CAST(count(*) AS BIGINT)
            FROM links
            JOIN rest USING (profile_key)
            JOIN (SELECT id_no, coalesce(names_of_nodes.person_id, owners.node) AS person_id
                  FROM owners LEFT JOIN names_of_nodes ON names_of_nodes.person_node = owners.node)
                AS owners_named ON owners_named.id_no = rest.id_no
            WHERE links.is_fresh AND links.person_id <> owners_named.person_id
            GROUP BY owners_named.person_id, links.person_id, links.rule
        )
        SELECT left(md5(concat_ws('|', kind, person_id, other_id, reason, '{month}')), 16) AS event_id,
            kind, person_id, other_id, reason, profiles
        FROM happened ORDER BY kind, person_id, other_id, reason"""
