"""Which pairs become cards: the month's proposals and the blind sample, capped, the urgent ones first.

A card asks one question: does this description belong to that person? Descriptions that show the same name
and number and are proposed to the same person stand on one card (``also_keys``): one answer holds for all.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from linkage.review.terms import Terms
from linkage.village_answers import questions_of_villages
from warehouse.database import quoted
from warehouse.lake import Lake
from warehouse.months import Month

PROPOSAL, SAMPLE = "proposal", "sample"
URGENT, PAYING, OTHER = 1, 2, 3
SCHEMA = pa.schema(
    [
        ("card_id", pa.string()),
        ("month", pa.string()),
        ("left_key", pa.uint64()),
        ("person_id", pa.string()),
        ("right_key", pa.uint64()),
        ("also_keys", pa.list_(pa.uint64())),
        ("left_person", pa.string()),
        ("is_turned", pa.bool_()),
        ("was_known", pa.bool_()),
        ("purpose", pa.string()),
        ("stratum", pa.string()),
        ("priority", pa.int32()),
        ("due", pa.date32()),
        ("match_weight", pa.float64()),
        ("rule", pa.string()),
        ("grade", pa.string()),
    ]
)
_NAMES = ", ".join(SCHEMA.names)


def choose_cards(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, terms: Terms) -> dict[str, int]:
    """Make ``cards`` (columns of ``SCHEMA``) and return counts: asked, alone, judged_before, left_for_later.

    ``alone``: proposals of a description to a person that has no other description; there is nothing to
    compare. ``judged_before``: pairs with a label of an earlier month. Cards that somebody has answered stay
    as they were handed out.
    """
    _registry(con, month, lake)
    _proposed(con, month, lake)
    _sampled(con, month, lake)
    _handed_out(con, month, lake)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE asked AS
        SELECT * FROM (SELECT * FROM sampled UNION ALL BY NAME SELECT * FROM proposed)
        QUALIFY row_number() OVER (PARTITION BY left_key, person_id
            ORDER BY purpose <> '{SAMPLE}', match_weight DESC NULLS LAST, right_key) = 1""")
    judged = _one(con, "SELECT count(*) FROM asked SEMI JOIN judged USING (left_key, person_id)")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_cards AS
        WITH touched AS (
            SELECT left_key, person_id, right_key, list_concat(
                (SELECT list(feed) FROM lefts WHERE profile_key = left_key),
                (SELECT list(DISTINCT feed) FROM rights WHERE rights.person_id = asked.person_id)) AS feeds
            FROM asked
        ),
        -- A description that is not in doubt speaks for its own person: then two persons are compared.
        speaking AS (
            SELECT DISTINCT asked.left_key, asked.person_id, CASE WHEN described.grade <> 'review'
                AND described.person_id <> asked.person_id THEN described.person_id END AS left_person
            FROM asked JOIN described ON described.profile_key = asked.left_key
        )
        SELECT 'C' || left(md5(concat_ws('|', '{month}', left_key, person_id,
                CASE purpose WHEN '{SAMPLE}' THEN right_key END)), 16) AS card_id,
            '{month}' AS month, left_key, person_id, right_key, also_keys, left_person,
            md5(concat_ws('|', 'side', '{month}', left_key, person_id)) >= '8' AS is_turned,
            person_id IN (SELECT person_id FROM persons_before) AND (left_person IS NULL
                OR left_person IN (SELECT person_id FROM persons_before)) AS was_known, purpose, stratum,
            CAST(CASE WHEN list_has_any(feeds, {_listed(terms.urgent)}) THEN {URGENT}
                WHEN list_has_any(feeds, {_listed(terms.paying)}) THEN {PAYING} ELSE {OTHER} END AS INTEGER)
                AS priority,
            DATE '{terms.due}' AS due, match_weight, rule, grade
        FROM asked JOIN touched USING (left_key, person_id, right_key) JOIN speaking USING (left_key, person_id)
        ANTI JOIN judged USING (left_key, person_id)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE cards AS
        WITH every AS (
            SELECT {_NAMES}, TRUE AS is_answered FROM handed_out
            UNION ALL BY NAME
            SELECT {_NAMES}, FALSE AS is_answered FROM open_cards ANTI JOIN handed_out USING (card_id)
        )
        SELECT {_NAMES} FROM every
        ORDER BY is_answered DESC, purpose <> '{SAMPLE}', priority, card_id LIMIT {terms.cards}""")
    return {
        "asked": _one(con, "SELECT count(*) FROM asked"),
        "alone": _one(con, "SELECT count(*) FROM alone"),
        "judged_before": judged,
        "left_for_later": _one(con, "SELECT count(*) FROM open_cards ANTI JOIN cards USING (card_id)"),
    }


def _registry(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Views ``described`` and ``persons_before``: the month's registry, and who was known before it."""
    folder = quoted(lake.partition("registry", month=str(month)))
    con.execute(f"CREATE OR REPLACE TEMP VIEW described AS FROM read_parquet('{folder}/profiles.parquet')")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW persons_before AS
        SELECT person_id FROM read_parquet('{folder}/persons.parquet') WHERE first_month < '{month}'""")


def _proposed(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``proposed``: a row per card that the month's doubtful links ask for; ``alone``: those without a second."""
    review = quoted(lake.partition("review", month=str(month)))
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE doubts AS
        SELECT DISTINCT profile_key, proposed_person_id AS person_id, rule, match_weight
        FROM read_parquet('{review}/*.parquet')
        UNION ALL
        -- whose id the row shows: the same question about that person
        SELECT DISTINCT profile_key, shown_id_person_id, rule, NULL
        FROM read_parquet('{review}/*.parquet') WHERE shown_id_person_id <> proposed_person_id
        UNION ALL
        -- what a village has doubted, be the machine as sure of it as it may
        SELECT described.profile_key, described.person_id, described.rule, described.match_weight
        FROM described SEMI JOIN {questions_of_villages(month, lake)} USING (profile_key)
        WHERE profile_key NOT IN (SELECT profile_key FROM read_parquet('{review}/*.parquet'))""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE lefts AS
        SELECT profile_key, feed, name, coalesce(agency_key, id_no, id_seen, CAST(profile_key AS VARCHAR)) AS mark
        FROM described WHERE profile_key IN (SELECT profile_key FROM doubts)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE rights AS
        SELECT profile_key, person_id, feed, role, name, id_no, birth_date, village, last_month, grade
        FROM described WHERE person_id IN (SELECT person_id FROM doubts)""")
    # Who speaks for a person: its own row with the most to compare, never a description that is itself in doubt.
    con.execute("""
        CREATE OR REPLACE TEMP TABLE speakers AS
        SELECT person_id, profile_key AS right_key FROM rights WHERE grade <> 'review'
        QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY role <> 'self', name IS NULL,
            id_no IS NULL, birth_date IS NULL, village IS NULL, last_month DESC, profile_key) = 1""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE alone AS
        SELECT profile_key FROM doubts ANTI JOIN speakers
            ON speakers.person_id = doubts.person_id AND speakers.right_key <> doubts.profile_key""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE proposed AS
        SELECT min(profile_key) AS left_key, person_id, any_value(right_key) AS right_key,
            list_sort(list(profile_key))[2:] AS also_keys,
            '{PROPOSAL}' AS purpose, CAST(NULL AS VARCHAR) AS stratum,
            arg_min(match_weight, profile_key) AS match_weight, arg_min(rule, profile_key) AS rule,
            'review' AS grade
        FROM doubts JOIN speakers USING (person_id) JOIN lefts USING (profile_key)
        WHERE right_key <> profile_key
        GROUP BY person_id, coalesce(name, ''), mark""")


def _sampled(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``sampled``: the month's blind sample as cards; empty where the month has none."""
    folder = lake.partition("link_sample", month=str(month))
    shape = "left_key UBIGINT, person_id VARCHAR, right_key UBIGINT, also_keys UBIGINT[], purpose VARCHAR, stratum VARCHAR, match_weight DOUBLE, rule VARCHAR, grade VARCHAR"
    con.execute(f"CREATE OR REPLACE TEMP TABLE sampled ({shape})")
    if not any(folder.glob("*.parquet")):
        return
    source = f"read_parquet('{quoted(folder)}/*.parquet', union_by_name = true)"
    there = {str(row[0]) for row in con.execute(f"DESCRIBE FROM {source}").fetchall()}
    optional = ", ".join(name for name in ("match_weight", "rule", "grade") if name in there)
    con.execute(f"""
        INSERT INTO sampled BY NAME
        SELECT left_key, right_person AS person_id, right_key, CAST([] AS UBIGINT[]) AS also_keys,
            '{SAMPLE}' AS purpose, CAST(stratum AS VARCHAR) AS stratum{", " + optional if optional else ""}
        FROM {source} WHERE left_key <> right_key""")
    con.execute("""
        INSERT INTO lefts
        SELECT profile_key, feed, name, '' FROM described
        WHERE profile_key IN (SELECT left_key FROM sampled)
            AND profile_key NOT IN (SELECT profile_key FROM lefts)""")


def _handed_out(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``handed_out``: cards of an earlier run of the month that have an answer; ``judged``: pairs with a label."""
    con.register("no_cards", SCHEMA.empty_table())
    cards = lake.partition("review_cards", month=str(month))
    answers = lake.partition("review_answers", month=str(month))
    if any(cards.glob("*.parquet")) and any(answers.glob("*.parquet")):
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE handed_out AS
            SELECT {_NAMES} FROM read_parquet('{quoted(cards)}/*.parquet', hive_partitioning = false)
            WHERE card_id IN (
                SELECT card_id FROM read_parquet('{quoted(answers)}/*.parquet', hive_partitioning = false))""")
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE handed_out AS FROM no_cards")
    files = [
        f"'{quoted(path)}'"
        for text in lake.months("labels")
        if text < str(month)
        for path in sorted(lake.partition("labels", month=text).glob("*.parquet"))
    ]
    source = f"read_parquet([{', '.join(files)}], hive_partitioning = false)" if files else "no_cards"
    con.execute(f"CREATE OR REPLACE TEMP TABLE judged AS SELECT DISTINCT left_key, person_id FROM {source}")


def _listed(words: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{quoted(word)}'" for word in words) + "]"


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0
