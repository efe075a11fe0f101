"""Human decisions: must link and must not link. They beat the score and survive every rerun.

A decision names two profiles, a profile and a person, or two persons (``P…``). The last one on a pair holds. It
takes effect in the month in which it is given, for profiles that are known and for fresh ones alike. What villages answered
on their lists (``linkage.village_answers``) is read beside; where both speak of a pair, the decision stands.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.cluster import components
from linkage.village_answers import decisions_of_villages
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

# A provisional person stands under one of these rules; whatever else is for review is a proposal.
FOUNDERS = f"('{rules.CONTESTED_FOUNDER.rule_id}', '{rules.TOO_THIN.rule_id}')"
# What a profile of the registry says about its person: a proposal says nothing.
_SPEAKS = f"(grade <> 'review' OR rule IN {FOUNDERS})"


def read_decisions(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``decided(profile, person, other_profile, other_person, verdict)`` from all months up to this one.

    A person that was merged away in an earlier month stands under the person_id that was kept.
    """
    _aliases(con, month, lake)
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
    villages = decisions_of_villages(month, lake)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE decided AS
        WITH named AS (
            SELECT coalesce(mine.kept, CAST("left" AS VARCHAR)) AS "left",
                coalesce(theirs.kept, CAST("right" AS VARCHAR)) AS "right", verdict, CAST("on" AS VARCHAR) AS "on",
                of_village
            FROM (SELECT "left", "right", verdict, CAST("on" AS VARCHAR) AS "on", FALSE AS of_village FROM {source}
                UNION ALL SELECT "left", "right", verdict, "on", TRUE FROM {villages})
            LEFT JOIN aliases AS mine ON mine.person_id = CAST("left" AS VARCHAR)
            LEFT JOIN aliases AS theirs ON theirs.person_id = CAST("right" AS VARCHAR)
        ),
        ordered AS (
            -- a profile stands left of a person, and of two of a kind the smaller one
            SELECT CASE WHEN is_turned THEN "right" ELSE "left" END AS one,
                CASE WHEN is_turned THEN "left" ELSE "right" END AS two, verdict, "on", of_village
            FROM (SELECT *, "left" > "right" AS is_turned FROM named)
        )
        SELECT one, two, verdict, TRY_CAST(one AS UBIGINT) AS profile,
            CASE WHEN starts_with(one, 'P') THEN one END AS person,
            TRY_CAST(two AS UBIGINT) AS other_profile,
            CASE WHEN starts_with(two, 'P') THEN two END AS other_person
        FROM ordered WHERE one <> two
        QUALIFY row_number() OVER (PARTITION BY one, two ORDER BY of_village, "on" DESC NULLS LAST, verdict) = 1""")


def _aliases(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``aliases(person_id, kept)`` from the merges of earlier months, each followed to its end."""
    files = [
        f"'{quoted(path)}'"
        for text in lake.months("events")
        if text < str(month)
        for path in sorted(lake.partition("events", month=text).glob("*.parquet"))
    ]
    source = (
        f"SELECT other_id, person_id FROM read_parquet([{', '.join(files)}]) WHERE kind = 'merge'"
        if files
        else "SELECT NULL::VARCHAR AS other_id, NULL::VARCHAR AS person_id WHERE FALSE"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE aliases AS
        WITH RECURSIVE merges AS ({source}),
        followed AS (
            SELECT other_id, person_id, 1 AS steps FROM merges
            UNION
            SELECT followed.other_id, merges.person_id, steps + 1
            FROM followed JOIN merges ON merges.other_id = followed.person_id
        )
        SELECT other_id AS person_id, arg_max(person_id, steps) AS kept FROM followed GROUP BY other_id""")


def apply_to_registry(con: duckdb.DuckDBPyConnection) -> int:
    """Merge the persons that must be one, move and reopen profiles; return how many persons were merged away.

    A must_link of two profiles whose persons differ merges these persons. The older person_id stays. Where
    decisions contradict one another, those who must not be one stay apart. What is taken out of ``old`` to be
    linked again stands in ``unsettled``.
    """
    _open_decided_proposals(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        SELECT coalesce(person, mine.person_id) AS one, coalesce(other_person, theirs.person_id) AS two, verdict
        FROM decided
        LEFT JOIN (SELECT profile_key, person_id FROM old WHERE {_SPEAKS}) AS mine
            ON mine.profile_key = decided.profile
        LEFT JOIN (SELECT profile_key, person_id FROM old WHERE {_SPEAKS}) AS theirs
            ON theirs.profile_key = decided.other_profile
        WHERE profile IS NULL OR other_profile IS NOT NULL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE merge_edges AS
        SELECT one AS left_node, two AS right_node FROM told
        WHERE verdict = 'must_link' AND one <> two AND one IN (SELECT person_id FROM old_persons)
            AND two IN (SELECT person_id FROM old_persons)""")
    components(con, "merge_edges", "merge_roots")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE contradictions AS
        SELECT DISTINCT least(one, two) AS person_id, greatest(one, two) AS other_id FROM told
        JOIN merge_roots AS mine ON mine.node = told.one
        JOIN merge_roots AS theirs ON theirs.node = told.two AND theirs.root = mine.root
        WHERE told.verdict = 'must_not_link'""")
    con.execute("""
        DELETE FROM merge_roots WHERE root IN (
            SELECT root FROM merge_roots JOIN contradictions ON person_id = node)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE merged_persons AS
        SELECT person_id, kept, '{rules.HUMAN.rule_id}' AS reason FROM (
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
    # A provisional person whom people named is provisional no longer.
    con.execute(f"""
        UPDATE old SET grade = 'certain', rule = '{rules.HUMAN.rule_id}'
        WHERE grade = 'review' AND rule IN {FOUNDERS} AND person_id IN (
            SELECT one FROM told WHERE verdict = 'must_link' UNION SELECT two FROM told WHERE verdict = 'must_link'
            UNION SELECT kept FROM merged_persons
            UNION SELECT other_person FROM decided WHERE verdict = 'must_link')""")
    # A link that must not be is opened again: the profile counts as new, and what forbids stays.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE forbidden_pairs AS
        SELECT profile AS profile_key, other_profile AS other_key FROM decided
        WHERE verdict = 'must_not_link' AND profile IS NOT NULL AND other_profile IS NOT NULL""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE forbidden AS
        SELECT decided.profile AS profile_key, coalesce(merged_persons.kept, decided.other_person) AS node
        FROM decided LEFT JOIN merged_persons ON merged_persons.person_id = decided.other_person
        WHERE verdict = 'must_not_link' AND profile IS NOT NULL AND other_person IS NOT NULL
        UNION
        SELECT greatest(mine.profile_key, theirs.profile_key), mine.person_id
        FROM forbidden_pairs
        JOIN old AS mine USING (profile_key)
        JOIN old AS theirs ON theirs.profile_key = other_key AND theirs.person_id = mine.person_id
        UNION
        SELECT forbidden_pairs.profile_key, person_id FROM forbidden_pairs JOIN old ON old.profile_key = other_key
            WHERE forbidden_pairs.profile_key NOT IN (SELECT profile_key FROM old)
        UNION
        SELECT other_key, person_id FROM forbidden_pairs JOIN old USING (profile_key)
            WHERE other_key NOT IN (SELECT profile_key FROM old)""")
    con.execute("""
        INSERT INTO unsettled
        SELECT DISTINCT old.* FROM old JOIN forbidden USING (profile_key) WHERE old.person_id = forbidden.node""")
    con.execute("DELETE FROM old USING unsettled WHERE old.profile_key = unsettled.profile_key")
    found = con.execute("SELECT count(*) FROM merged_persons").fetchone()
    return int(found[0]) if found else 0


def _open_decided_proposals(con: duckdb.DuckDBPyConnection) -> None:
    """A proposal that people decided otherwise is no word about the proposed person: it is linked again.

    Makes ``unsettled`` and ``decided_together(node, root)``: profiles that must be one.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE unsettled AS
        SELECT old.* FROM old
        WHERE NOT ({_SPEAKS}) AND profile_key IN (
            SELECT profile FROM decided WHERE verdict = 'must_link' AND other_profile IS NOT NULL
            UNION SELECT other_profile FROM decided WHERE verdict = 'must_link')""")
    con.execute("DELETE FROM old USING unsettled WHERE old.profile_key = unsettled.profile_key")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE decided_pairs AS
        SELECT profile AS left_node, other_profile AS right_node FROM decided
        WHERE verdict = 'must_link' AND profile IS NOT NULL AND other_profile IS NOT NULL""")
    components(con, "decided_pairs", "decided_together")


def tie_decided(con: duckdb.DuckDBPyConnection) -> None:
    """Put must_link decisions about new profiles into ``assigned`` (L30) and take forbidden ones out.

    Profiles that must be one go to the known person among them, else to the group of a valid id; groups of two
    ids become one. Where none of them is settled, ``decided_edges`` holds them together (see ``group_free``).
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE decided_edges AS
        SELECT profile AS left_key, coalesce(other_profile, profile) AS right_key,
            coalesce(merged_persons.kept, decided.other_person) AS person
        FROM decided LEFT JOIN merged_persons ON merged_persons.person_id = decided.other_person
        WHERE verdict = 'must_link' AND profile IS NOT NULL
            AND (profile IN (SELECT profile_key FROM fresh) OR other_profile IN (SELECT profile_key FROM fresh))""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE decided_steps AS
        SELECT left_key AS left_node, right_key AS right_node FROM decided_edges""")
    components(con, "decided_steps", "decided_roots")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE anchors AS
        WITH anchored AS (
            SELECT root, person AS node FROM decided_edges JOIN decided_roots ON node = left_key WHERE person IS NOT NULL
            UNION SELECT root, person_id FROM decided_roots JOIN old ON old.profile_key = decided_roots.node
            UNION SELECT root, assigned.node FROM decided_roots JOIN assigned ON assigned.profile_key = decided_roots.node
                WHERE assigned.grade <> 'review'
        )
        SELECT root, node, first_value(node) OVER (PARTITION BY root ORDER BY starts_with(node, 'n'), node) AS kept
        FROM anchored""")
    con.execute("""
        UPDATE assigned SET node = anchors.kept, grade = 'certain'
        FROM anchors WHERE assigned.node = anchors.node AND anchors.node <> anchors.kept
            AND starts_with(anchors.node, 'n') AND assigned.grade <> 'review'""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE tied AS
        SELECT DISTINCT decided_roots.node AS profile_key, anchors.kept AS node
        FROM decided_roots JOIN anchors USING (root) JOIN fresh ON fresh.profile_key = decided_roots.node
        WHERE NOT EXISTS (FROM assigned
            WHERE assigned.profile_key = decided_roots.node AND assigned.node = anchors.kept AND assigned.grade <> 'review')""")
    con.execute("DELETE FROM assigned WHERE profile_key IN (SELECT profile_key FROM tied)")
    con.execute(f"""
        INSERT INTO assigned
        SELECT profile_key, node, '{rules.HUMAN.rule_id}', 'certain', NULL, NULL FROM tied ORDER BY profile_key""")
    forbid(con, "assigned", "profile_key", "node")


def part_decided(con: duckdb.DuckDBPyConnection) -> None:
    """Last word over ``placed``: a profile that came to a person it must not be is held as a person apart (L31).

    Of two fresh profiles that must not be one and are, the less certain goes, else the one of the larger key.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE parted AS
        SELECT DISTINCT placed.profile_key FROM placed
        JOIN forbidden ON forbidden.profile_key = placed.profile_key AND forbidden.node = placed.person_node
        UNION
        SELECT CASE WHEN (mine.grade = 'review', mine.grade <> 'new', mine.profile_key)
                > (theirs.grade = 'review', theirs.grade <> 'new', theirs.profile_key)
            THEN mine.profile_key ELSE theirs.profile_key END
        FROM forbidden_pairs
        JOIN placed AS mine ON mine.profile_key = forbidden_pairs.profile_key
        JOIN placed AS theirs ON theirs.profile_key = forbidden_pairs.other_key AND theirs.person_node = mine.person_node""")
    con.execute(f"""
        UPDATE placed SET person_node = 'd' || placed.profile_key, rule = '{rules.HUMAN_APART.rule_id}',
            grade = '{rules.HUMAN_APART.grade}', match_weight = NULL
        FROM parted WHERE placed.profile_key = parted.profile_key""")


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
