"""Human decisions: must link and must not link. They beat the score and survive every rerun.

A decision names two profiles, a profile and a person, or two persons (``P…``). The last one on a pair holds.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.cluster import components
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month


def read_decisions(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``decided(profile, person, other_profile, other_person, verdict)`` from all months up to this one."""
    files = [
        f"'{quoted(path)}'"
        for text in lake.months("decisions")
        if text <= str(month)
        for path in sorted(lake.partition("decisions", month=text).glob("*.parquet"))
    ]
    source = (
        f"read_parquet([{', '.join(files)}], union_by_name = true, hive_partitioning = false)"
        if files
        else '(SELECT NULL::VARCHAR AS "left", NULL::VARCHAR AS "right", NULL::VARCHAR AS verdict, '
        'NULL::VARCHAR AS "on" WHERE FALSE)'
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE decided AS
        WITH ordered AS (
            -- a profile stands left of a person, and of two of a kind the smaller one
            SELECT CASE WHEN is_turned THEN "right" ELSE "left" END AS one,
                CASE WHEN is_turned THEN "left" ELSE "right" END AS two, verdict, "on"
            FROM (SELECT CAST("left" AS VARCHAR) AS "left", CAST("right" AS VARCHAR) AS "right", verdict,
                    CAST("on" AS VARCHAR) AS "on",
                    "left" > "right" AS is_turned FROM {source})
        )
        SELECT one, two, verdict, TRY_CAST(one AS UBIGINT) AS profile,
            CASE WHEN starts_with(one, 'P') THEN one END AS person,
            TRY_CAST(two AS UBIGINT) AS other_profile,
            CASE WHEN starts_with(two, 'P') THEN two END AS other_person
        FROM ordered WHERE one IS NOT NULL AND two IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY one, two ORDER BY "on" DESC NULLS LAST, verdict) = 1""")


def apply_to_registry(con: duckdb.DuckDBPyConnection) -> int:
    """Merge the persons that must be one, move and reopen profiles; return how many persons were merged away.

    A must_link of two profiles whose persons differ merges these persons. The older person_id stays.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE merge_edges AS
        WITH told AS (
            SELECT coalesce(person, mine.person_id) AS one, coalesce(other_person, theirs.person_id) AS two
            FROM decided
            LEFT JOIN old AS mine ON mine.profile_key = decided.profile
            LEFT JOIN old AS theirs ON theirs.profile_key = decided.other_profile
            WHERE verdict = 'must_link' AND (profile IS NULL OR other_profile IS NOT NULL)
        )
        SELECT one AS left_node, two AS right_node FROM told
        WHERE one <> two AND one IN (SELECT person_id FROM old_persons)
            AND two IN (SELECT person_id FROM old_persons)""")
    components(con, "merge_edges", "merge_roots")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE merged_persons AS
        SELECT person_id, kept FROM (
            SELECT node AS person_id,
                first_value(node) OVER (PARTITION BY root ORDER BY first_month, node) AS kept
            FROM merge_roots JOIN old_persons ON person_id = node)
        WHERE person_id <> kept""")
    con.execute("""
        UPDATE old SET person_id = merged_persons.kept FROM merged_persons
        WHERE old.person_id = merged_persons.person_id""")
    con.execute("DELETE FROM old_persons WHERE person_id IN (SELECT person_id FROM merged_persons)")
    con.execute(f"""
        UPDATE old SET person_id = coalesce(merged_persons.kept, decided.other_person), grade = 'certain',
            rule = '{rules.HUMAN.rule_id}'
        FROM decided LEFT JOIN merged_persons ON merged_persons.person_id = decided.other_person
        WHERE old.profile_key = decided.profile AND decided.verdict = 'must_link'
            AND decided.other_person IS NOT NULL""")
    # A link that must not be is opened again: the profile counts as new, and forbid() keeps it apart.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE forbidden AS
        SELECT DISTINCT decided.profile AS profile_key,
            coalesce(merged_persons.kept, decided.other_person, theirs.person_id) AS node
        FROM decided
        LEFT JOIN merged_persons ON merged_persons.person_id = decided.other_person
        LEFT JOIN old AS theirs ON theirs.profile_key = decided.other_profile
        WHERE verdict = 'must_not_link' AND profile IS NOT NULL""")
    con.execute("""
        DELETE FROM old USING forbidden
        WHERE old.profile_key = forbidden.profile_key AND old.person_id = forbidden.node""")
    found = con.execute("SELECT count(*) FROM merged_persons").fetchone()
    return int(found[0]) if found else 0


def tie_decided(con: duckdb.DuckDBPyConnection) -> None:
    """Put must_link decisions about new profiles into ``assigned`` (L30) and take forbidden ones out."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT decided.profile AS profile_key,
            min(coalesce(merged_persons.kept, decided.other_person, theirs.person_id, paired.node)) AS node
        FROM decided
        LEFT JOIN merged_persons ON merged_persons.person_id = decided.other_person
        LEFT JOIN old AS theirs ON theirs.profile_key = decided.other_profile
        LEFT JOIN assigned AS paired ON paired.profile_key = decided.other_profile
        WHERE verdict = 'must_link' AND decided.profile IN (SELECT profile_key FROM fresh)
        GROUP BY decided.profile
        HAVING min(coalesce(merged_persons.kept, decided.other_person, theirs.person_id, paired.node)) IS NOT NULL""")
    con.execute("DELETE FROM assigned WHERE profile_key IN (SELECT profile_key FROM told)")
    con.execute(f"""
        INSERT INTO assigned
        SELECT profile_key, node, '{rules.HUMAN.rule_id}', 'certain', NULL, NULL FROM told ORDER BY profile_key""")
    forbid(con, "assigned", "profile_key", "node")


def forbid(con: duckdb.DuckDBPyConnection, table: str, left: str, right: str) -> None:
    """Take out of a table of profiles (or their nodes) and nodes whatever a person forbade."""
    if left == "profile_key":
        con.execute(f"""
            DELETE FROM {table} USING forbidden
            WHERE {table}.profile_key = forbidden.profile_key AND {table}.{right} = forbidden.node""")
        return
    con.execute(f"""
        DELETE FROM {table} USING (
            SELECT free.node AS own, forbidden.node AS other FROM forbidden JOIN free USING (profile_key)) AS apart
        WHERE ({table}.{left} = apart.own AND {table}.{right} = apart.other)
            OR ({table}.{left} = apart.other AND {table}.{right} = apart.own)""")
