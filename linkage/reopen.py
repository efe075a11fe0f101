"""What was left open is tried again when evidence came near it.

*Open* is a description whose grade is review: a proposal, or a provisional person of its own. It is opened again
when something that changed shares with it a value by which the rules or the blocks would bring the two together;
and with it whatever else is open and shares such a value, for open descriptions are weighed against one another.
So a month costs what changed in it, and the result is the one that opening everything would give.
"""

from __future__ import annotations

import duckdb

from linkage.candidates import BLOCKS
from linkage.cluster import components
from linkage.decisions import FOUNDERS
from linkage.mistaken_ids import NEAR_PIECES
from linkage.reading import borrowed_id, described_sql

# What the rules go by, beside the blocks: the id shown, numbers, what ties a house together.
_TIES = ("id_no", "damaged_id", "agency_key", "household_key", "home", "phone")


def find_open(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``open_profiles``: of ``old``, what is for review and no person has decided.

    A founder whose person has settled descriptions beside it stays: that person is no longer provisional.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_profiles AS
        SELECT old.* FROM old
        WHERE grade = 'review'
            AND (rule NOT IN {FOUNDERS}
                OR person_id NOT IN (
                    SELECT person_id FROM old WHERE grade <> 'review' AND person_id IN (
                        SELECT person_id FROM old WHERE grade = 'review' AND rule IN {FOUNDERS})))
            AND person_id NOT IN (SELECT coalesce(other_person, '') FROM decided WHERE verdict = 'must_link')""")


def open_again(con: duckdb.DuckDBPyConnection, *, everything: bool) -> int:
    """Move open profiles near ``news(profile_key)`` and ``fresh`` (or all of them) from ``old`` to ``fresh``; return
    how many.

    Makes ``vacant_ids``: the ids of provisional persons that lost their last description by this. What stays in
    ``old`` with all its columns is kept in ``reopened``.
    """
    find_open(con)
    is_any_open = con.execute("SELECT 1 FROM open_profiles LIMIT 1").fetchone() is not None
    chosen = "open_profiles" if everything or not is_any_open else _near(con)
    con.execute(f"CREATE OR REPLACE TEMP TABLE reopened AS SELECT * FROM {chosen} ORDER BY profile_key")
    for table in ("old", "known"):
        con.execute(f"DELETE FROM {table} USING reopened WHERE {table}.profile_key = reopened.profile_key")
    con.execute("INSERT INTO persons_touched SELECT DISTINCT person_id FROM reopened")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE vacant_ids AS
        SELECT reopened.profile_key, reopened.person_id, reopened.first_month, reopened.grade, reopened.rule,
            before.person_id IS NOT NULL AS is_published
        FROM reopened LEFT JOIN known_before AS before
            ON before.profile_key = reopened.profile_key AND before.person_id = reopened.person_id
                AND before.rule IN {FOUNDERS}
        WHERE reopened.rule IN {FOUNDERS} AND reopened.person_id NOT IN (SELECT person_id FROM old)""")
    con.execute("""
        INSERT INTO fresh BY NAME
        SELECT * EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month) FROM reopened""")
    found = con.execute("SELECT count(*) FROM reopened").fetchone()
    return int(found[0]) if found else 0


def _near(con: duckdb.DuckDBPyConnection) -> str:
    """Make ``near_profiles``: the open ones that share a value with the news, and all that hang together with them."""
    settled = f"""(
        SELECT * EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month)
            REPLACE ({borrowed_id("rule")}) FROM old WHERE profile_key IN (SELECT profile_key FROM news)
        UNION ALL BY NAME SELECT * FROM fresh)"""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_described AS
        SELECT * REPLACE (CAST(NULL AS VARCHAR) AS id_no), id_no AS shown_id, own_birth AS birth, FALSE AS is_news
        FROM ({described_sql("open_profiles")})""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE news_described AS
        SELECT *, id_no AS shown_id, coalesce(id_birth(id_no), own_birth) AS birth, TRUE AS is_news
        FROM ({described_sql(settled)})""")
    _values(con, "open_described", "open_values")
    con.execute("""
        INSERT INTO open_values
        SELECT profile_key, 'person:' || person_id FROM open_profiles
        UNION ALL
        SELECT node, 'decided:' || root FROM decided_together WHERE node IN (SELECT profile_key FROM open_profiles)""")
    _relatives_values(con)
    _values(con, "news_described", "news_values", "value IN (SELECT value FROM open_values)")
    con.execute("INSERT INTO news_values SELECT profile_key, 'row:' || profile_key FROM news_described")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE hanging AS
        SELECT CAST(profile_key AS VARCHAR) AS left_node, 'v' || first_value(profile_key) OVER (
            PARTITION BY value ORDER BY profile_key) AS right_node FROM open_values
        UNION ALL
        SELECT CAST(profile_key AS VARCHAR), 'v' || profile_key FROM open_profiles""")
    components(con, "hanging", "hanging_roots")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE near_profiles AS
        WITH touched AS (
            SELECT DISTINCT profile_key FROM open_values WHERE value IN (SELECT value FROM news_values)
            UNION SELECT profile_key FROM news
        ),
        touched_roots AS (
            SELECT root FROM hanging_roots JOIN touched ON hanging_roots.node = CAST(touched.profile_key AS VARCHAR)
        )
        SELECT open_profiles.* FROM open_profiles
        JOIN hanging_roots ON hanging_roots.node = CAST(profile_key AS VARCHAR)
        WHERE root IN (SELECT root FROM touched_roots)""")
    return "near_profiles"


def _values(con: duckdb.DuckDBPyConnection, source: str, result: str, condition: str = "TRUE") -> None:
    """Make ``result(profile_key, value)``: by what a description is found, as seeker and as target, where the value
    meets the condition."""
    told = {f"{tie}:": "shown_id" if tie == "id_no" else tie for tie in _TIES}
    # A row's own person without a name is sought by birth date alone, among the own persons of other feeds.
    told["born:"] = (
        "CASE WHEN role = 'self' AND (coalesce(starts_with(name, '※'), TRUE) OR is_news "
        "OR profile_key IN (SELECT own_key FROM beside_told)) THEN strftime(birth, '%Y%m%d') END"
    )
    # A slip of two characters leaves two of four pieces of an id whole.
    told["slip:"] = f"unnest([{', '.join(NEAR_PIECES)}]) || coalesce(name_family, name)".replace(
        "id_no", "shown_id"
    )
    for block in BLOCKS:
        told[f"{block.block_id}:"] = block.seek
        if block.aim != block.seek:
            told[f"{block.block_id}: "] = block.aim
    listed = " UNION ALL ".join(
        f"SELECT profile_key, '{prefix.strip()}' || value AS value FROM (SELECT profile_key, {expression} AS value FROM {source})"
        for prefix, expression in told.items()
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {result} AS SELECT DISTINCT * FROM ({listed}) WHERE value IS NOT NULL AND {condition}""")


def _relatives_values(con: duckdb.DuckDBPyConnection) -> None:
    """Who is named beside somebody, or shows an id, is touched by what changes in that one's house; and by a birth on
    the day on which the one beside was born."""
    con.execute("""
        INSERT INTO open_values
        WITH pairs AS (
            SELECT profile_key, own_key AS beside_key FROM beside_told
            WHERE profile_key IN (SELECT profile_key FROM open_profiles)
            UNION
            SELECT own_key, profile_key FROM beside_told WHERE own_key IN (SELECT profile_key FROM open_profiles)
        ),
        persons AS (
            SELECT pairs.profile_key, old.person_id FROM pairs JOIN old ON old.profile_key = pairs.beside_key
            WHERE old.grade <> 'review'
            UNION
            -- whose id is shown: the description may be of one who lives with that one
            SELECT open_profiles.profile_key, known.person_id FROM open_profiles JOIN known USING (id_no)
            WHERE known.grade <> 'review'
        ),
        told AS (
            SELECT persons.profile_key, known.home, known.household_key, known.phone
            FROM persons JOIN known USING (person_id) WHERE known.grade <> 'review'
            UNION ALL
            SELECT pairs.profile_key, known.home, known.household_key, known.phone
            FROM pairs JOIN known ON known.profile_key = pairs.beside_key
        )
        SELECT DISTINCT profile_key, value FROM (
            SELECT profile_key, unnest(['home:' || home, 'household_key:' || household_key, 'phone:' || phone])
                AS value FROM told
            UNION ALL
            SELECT profile_key, 'row:' || unnest([profile_key, beside_key]) FROM pairs
            UNION ALL
            SELECT pairs.profile_key, 'born:' || strftime(coalesce(id_birth(id_no), own_birth), '%Y%m%d')
            FROM pairs JOIN known ON known.profile_key = pairs.beside_key)
        WHERE value IS NOT NULL""")
