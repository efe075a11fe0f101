"""Why a description stands where it stands: the levels of agreement on which it was decided, never a value."""

from __future__ import annotations

import duckdb

from linkage.model.definition import COMPARISONS


def levels_sql(table: str) -> str:
    """SQL of a JSON object: each comparison with the level at which the two sides of an edge stand."""
    fields = ", ".join(
        f"'{comparison.name}', CASE {table}.{comparison.name} "
        + " ".join(f"WHEN {comparison.gamma(level.name)} THEN '{level.name}'" for level in comparison.levels)
        + " ELSE 'missing' END"
        for comparison in COMPARISONS
    )
    return f"CAST(json_object({fields}) AS VARCHAR)"


def start_trace(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty ``trace(profile_key, fields_seen)``."""
    con.execute("CREATE OR REPLACE TEMP TABLE trace (profile_key UBIGINT, fields_seen VARCHAR)")


def keep_evidence(con: duckdb.DuckDBPyConnection) -> None:
    """Keep in ``trace`` on what each of the placed descriptions was decided; a later round's word replaces it."""
    con.execute("DELETE FROM trace WHERE profile_key IN (SELECT profile_key FROM placed)")
    con.execute(f"""
        INSERT INTO trace
        WITH best AS (
            SELECT seeker, match_weight, min({levels_sql("edges")}) AS fields_seen FROM edges
            WHERE seeker IN (SELECT node FROM free) GROUP BY seeker, match_weight
            UNION ALL
            SELECT target, match_weight, min({levels_sql("edges")}) FROM edges
            WHERE target IN (SELECT node FROM free) GROUP BY target, match_weight
        )
        SELECT placed.profile_key, coalesce(min(best.fields_seen),
            CAST(json_object('rule', any_value(placed.rule), 'name_level', any_value(assigned.name_level)) AS VARCHAR))
        FROM placed
        LEFT JOIN assigned USING (profile_key)
        LEFT JOIN free USING (profile_key)
        LEFT JOIN best ON best.seeker = free.node AND best.match_weight = placed.match_weight
        GROUP BY placed.profile_key""")
