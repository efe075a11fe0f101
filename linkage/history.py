"""The history of ids: what happened to each in a month, with the reason and the fields seen. Only ever added to.

Events are told from the registry before and after, so nothing that changed can be left out; ``unexplained`` then
holds every change against the events once more, and a month with a change that has none is not published.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.decisions import FOUNDERS
from linkage.limits import Limits
from linkage.persons import rename_persons
from warehouse.errors import Refused
from warehouse.months import Month

# Kinds of event, in the order of a person's life.
KINDS = ("mint", "join", "settle", "move", "merge", "retire", "flag")


def land_vacated(con: duckdb.DuckDBPyConnection) -> None:
    """Tell what became of published ids that nobody bears any longer: ``merged_persons`` and ``retired``.

    A provisional person whose descriptions all came to one person is that person: of the two ids the older stays.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE vacated AS
        WITH gone AS MATERIALIZED (
            SELECT * FROM known_before
            WHERE person_id NOT IN (SELECT person_id FROM old)
                AND person_id NOT IN (SELECT person_id FROM merged_persons)
                AND (grade <> 'review' OR rule IN {FOUNDERS})
        )
        SELECT gone.person_id, min(gone.first_month) AS first_month, min(old.person_id) AS target,
            count(DISTINCT old.person_id) AS targets, arg_min(old.rule, old.profile_key) AS reason
        FROM gone JOIN old USING (profile_key)
        GROUP BY gone.person_id""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE landing AS
        WITH ids AS (
            SELECT target, person_id, first_month, reason FROM vacated WHERE targets = 1
            UNION ALL
            SELECT vacated.target, vacated.target, min(before.first_month), min(vacated.reason)
            FROM vacated JOIN known_before AS before ON before.person_id = vacated.target
            WHERE targets = 1 GROUP BY vacated.target
        )
        SELECT *, first_value(person_id) OVER (PARTITION BY target ORDER BY first_month, person_id) AS kept FROM ids""")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE renamed AS SELECT DISTINCT target AS person_id, kept FROM landing WHERE target <> kept"
    )
    con.execute(
        "UPDATE persons_changed SET person_id = renamed.kept FROM renamed WHERE persons_changed.person_id = renamed.person_id"
    )
    # The ids that go, each with its own reason; an id that was never published goes without a word.
    rename_persons(con, "renamed", "")
    con.execute("DELETE FROM merged_persons WHERE reason = ''")
    con.execute(
        "INSERT INTO merged_persons SELECT person_id, kept, reason FROM landing WHERE person_id <> kept"
    )
    con.execute("""
        CREATE OR REPLACE TEMP TABLE retired AS
        SELECT DISTINCT person_id FROM known_before
        WHERE person_id NOT IN (SELECT person_id FROM old)
            AND person_id NOT IN (SELECT person_id FROM merged_persons)""")


def find_doubts(con: duckdb.DuckDBPyConnection, month: Month, limits: Limits) -> None:
    """Make ``doubts``: every flag that holds this month, with the month ``since`` which it does."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE doubts AS
        WITH found AS (
            SELECT '{rules.BELOW_BREAK.rule_id}' AS reason, person_id, CAST(NULL AS VARCHAR) AS other_id, profile_key,
                match_weight, fields_seen
            FROM fallen
            UNION ALL
            SELECT reason, old.person_id, NULL, profile_key, old_doubts.match_weight, fields_seen
            FROM old_doubts JOIN old USING (profile_key)
            WHERE reason = '{rules.BELOW_BREAK.rule_id}' AND profile_key NOT IN (SELECT profile_key FROM standing)
                AND old.rule = '{rules.MODEL_CERTAIN.rule_id}'
            UNION ALL
            SELECT CASE WHEN fault IS NULL THEN '{rules.LOOK_LIKE_ONE.rule_id}'
                    ELSE '{rules.LOOK_LIKE_ONE_FORBIDDEN.rule_id}' END,
                least(person_id, other_id), greatest(person_id, other_id), NULL, match_weight, fields_seen
            FROM near_pairs
            WHERE match_weight >= {limits.merge_bits} AND fault IS DISTINCT FROM 'decided_apart'
            UNION ALL
            SELECT '{rules.CONTRADICTION.rule_id}', person_id, other_id, NULL, NULL, NULL FROM contradictions
        )
        SELECT found.* EXCLUDE (fields_seen), found.fields_seen, coalesce(min(old_doubts.since), '{month}') AS since
        FROM found LEFT JOIN old_doubts ON old_doubts.reason = found.reason
            AND old_doubts.person_id = found.person_id
            AND old_doubts.other_id IS NOT DISTINCT FROM found.other_id
            AND old_doubts.profile_key IS NOT DISTINCT FROM found.profile_key
        GROUP BY ALL ORDER BY ALL""")


def tell_events(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """Make ``events_told``, one row an event, from ``known_before``, ``old``, ``merged_persons`` and ``doubts``."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE changes AS
        SELECT old.profile_key, old.person_id, old.grade, old.rule, before.person_id AS before_id,
            before.grade AS before_grade,
            old.person_id NOT IN (SELECT person_id FROM known_before) AS is_minted,
            coalesce(merged.kept = old.person_id, FALSE) AS is_merged,
            before.profile_key IS NULL AS is_fresh
        FROM old LEFT JOIN known_before AS before USING (profile_key)
        LEFT JOIN merged_persons AS merged ON merged.person_id = before.person_id
        WHERE before.profile_key IS NULL OR before.person_id <> old.person_id
            OR (before.grade = 'review' AND old.grade <> 'review')""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE events_told AS
        WITH happened AS (
            SELECT 'mint' AS kind, person_id, CAST(NULL AS VARCHAR) AS other_id, rule AS reason, profile_key
            FROM changes WHERE is_minted
            UNION ALL
            SELECT 'join', person_id, NULL, rule, profile_key FROM changes WHERE is_fresh AND NOT is_minted
            UNION ALL
            SELECT 'settle', person_id, NULL, rule, profile_key FROM changes
            WHERE before_grade = 'review' AND grade <> 'review' AND (before_id = person_id OR is_merged)
            UNION ALL
            SELECT 'move', person_id, before_id, rule, profile_key FROM changes
            WHERE before_id <> person_id AND NOT is_merged
            UNION ALL
            SELECT 'merge', merged.kept, merged.person_id, merged.reason, before.profile_key
            FROM merged_persons AS merged JOIN known_before AS before ON before.person_id = merged.person_id
            UNION ALL
            SELECT 'retire', person_id, NULL, '{rules.NOT_BORNE.rule_id}', before.profile_key
            FROM retired JOIN known_before AS before USING (person_id)
            UNION ALL
            SELECT 'flag', id_owners.person_id, changes.person_id, rule, profile_key
            FROM changes JOIN (SELECT profile_key, id_no FROM old) USING (profile_key) JOIN id_owners USING (id_no)
            WHERE is_fresh AND id_owners.person_id <> changes.person_id
        ),
        grouped AS (
            SELECT kind, person_id, other_id,
                CASE WHEN kind = 'mint' THEN '' ELSE reason END AS by_reason,
                arg_min(reason, profile_key) AS reason, CAST(count(*) AS BIGINT) AS profiles,
                min(profile_key) AS first_key
            FROM happened GROUP BY kind, person_id, other_id, by_reason
        ),
        told AS (
            SELECT grouped.* EXCLUDE (by_reason), trace.fields_seen
            FROM grouped LEFT JOIN trace ON trace.profile_key = grouped.first_key
            UNION ALL
            SELECT 'flag', person_id, other_id, reason, CASE WHEN profile_key IS NULL THEN 0 ELSE 1 END, profile_key,
                fields_seen
            FROM doubts WHERE since = '{month}'
        )
        SELECT left(md5(concat_ws('|', kind, person_id, coalesce(other_id, ''), reason,
                CASE WHEN reason = '{rules.BELOW_BREAK.rule_id}' THEN CAST(first_key AS VARCHAR) ELSE '' END,
                '{month}')), 16) AS event_id,
            kind, person_id, other_id, reason, profiles, first_key, fields_seen
        FROM told ORDER BY kind, person_id, other_id, reason, first_key""")


def find_id_owners(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``id_owners(id_no, person_id)``: whose a valid id is."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE id_owners AS
        WITH shown AS (
            SELECT id_no, min(person_id) AS person_id, max(person_id) AS other FROM known
            WHERE grade <> 'review' AND id_no IS NOT NULL GROUP BY id_no
        ),
        -- hardly any id is two persons'; an ordered mode of all would cost as much as sorting them
        shared AS (
            SELECT id_no, mode(person_id ORDER BY person_id) AS person_id FROM known
            WHERE grade <> 'review' AND id_no IN (SELECT id_no FROM shown WHERE person_id <> other) GROUP BY id_no
        )
        SELECT id_no, coalesce(shared.person_id, shown.person_id) AS person_id
        FROM shown LEFT JOIN shared USING (id_no)""")


def unexplained(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What changed between the registries without an event that says so: each a sentence with a count.

    Looks at ``events_told`` only, as it will be published, and at the two states.
    """
    checks = {
        "new person ids without a mint": """
            SELECT count(DISTINCT person_id) FROM old
            WHERE person_id NOT IN (SELECT person_id FROM known_before)
                AND person_id NOT IN (SELECT person_id FROM events_told WHERE kind = 'mint')""",
        "descriptions under another id without a merge or a move": """
            SELECT count(*) FROM known_before AS before JOIN old USING (profile_key)
            WHERE before.person_id <> old.person_id AND NOT EXISTS (FROM events_told
                WHERE kind IN ('merge', 'move') AND events_told.person_id = old.person_id AND other_id = before.person_id)""",
        "ids that are gone without a merge or an end": """
            SELECT count(DISTINCT person_id) FROM known_before
            WHERE person_id NOT IN (SELECT person_id FROM old)
                AND person_id NOT IN (SELECT other_id FROM events_told WHERE kind = 'merge')
                AND person_id NOT IN (SELECT person_id FROM events_told WHERE kind = 'retire')""",
        "new descriptions of known persons without a join": """
            SELECT count(*) FROM old
            WHERE profile_key NOT IN (SELECT profile_key FROM known_before)
                AND NOT EXISTS (FROM events_told WHERE kind IN ('mint', 'join') AND events_told.person_id = old.person_id)""",
        "grades settled without an event": """
            SELECT count(*) FROM known_before AS before JOIN old USING (profile_key)
            WHERE before.grade = 'review' AND old.grade <> 'review' AND NOT EXISTS (FROM events_told
                WHERE kind IN ('settle', 'move', 'merge') AND events_told.person_id = old.person_id)""",
        "settled descriptions that lost their person, by no decision": f"""
            SELECT count(*) FROM known_before AS before JOIN old USING (profile_key)
            WHERE before.grade <> 'review' AND before.person_id <> old.person_id
                AND before.person_id IN (SELECT person_id FROM old)
                AND old.rule NOT IN ('{rules.HUMAN.rule_id}', '{rules.HUMAN_APART.rule_id}')
                AND before.profile_key NOT IN (SELECT profile_key FROM unsettled)""",
        "descriptions that are gone": """
            SELECT count(*) FROM known_before WHERE profile_key NOT IN (SELECT profile_key FROM old)""",
    }
    found = {sentence: con.execute(query).fetchone() for sentence, query in checks.items()}
    return [f"{sentence}: {row[0]}" for sentence, row in found.items() if row and row[0]]


def hold_explained(con: duckdb.DuckDBPyConnection, month: Month) -> None:
    """``Refused`` when any change of an id has no event."""
    found = unexplained(con)
    if found:
        raise Refused(
            f"linking {month} would change ids without saying why: {'; '.join(found)}.",
            next_step="report it with the month's outcome; the registry of the month before still stands.",
        )
