"""Who of the known can matter for what is linked now: a sieve wider than any rule or block, so that it changes nothing.

A round links some hundred descriptions, and every rule would look through all that is known for them. What no rule
and no block can bring near them is put aside first: it shares no value with them, and nobody's house does.
"""

from __future__ import annotations

import duckdb

from linkage.candidates import BLOCKS
from linkage.mistaken_ids import NEAR_PIECES

# Where fewer of the known than this stand beside each to be linked, most of them are near: not worth the sieving.
_WORTH = 150

# What the rules go by.
TIES = ("id_no", "damaged_id", "agency_key", "household_key", "home", "phone")
# Blocks over parts of an id; all others hold a name, its syllables, a tie, or what ``_alike`` names.
_OF_IDS = ("B01", "B02", "B03", "B04", "B05")
_ID_DAY = "substr(id_no, 7, 8)"
_HEARTHS = "unnest([home, household_key, phone])"


def tied_sql(source: str) -> str:
    """SQL condition over ``known``: the row bears a number or lives in a house that one of ``source`` tells."""
    return " OR ".join(f"{tie} IN (SELECT {tie} FROM {source} WHERE {tie} IS NOT NULL)" for tie in TIES)


def alike_sql(source: str) -> str:
    """SQL condition over ``known``: the row shares with one of ``source`` what a block holds, or the name in it."""
    called = f"(SELECT name FROM {source} WHERE name IS NOT NULL UNION SELECT name_family FROM {source} WHERE name_family IS NOT NULL)"
    conditions = [
        f"name IN {called}",
        f"name_family IN {called}",
        f"name_pinyin IN (SELECT name_pinyin FROM {source} WHERE name_pinyin IS NOT NULL)",
        f"died_on IN (SELECT died_on FROM {source} WHERE died_on IS NOT NULL)",
        f"""(village, own_birth) IN (
            SELECT (village, own_birth) FROM {source} WHERE village IS NOT NULL AND own_birth IS NOT NULL
            UNION SELECT (village, id_birth(id_no)) FROM {source} WHERE village IS NOT NULL AND id_birth(id_no) IS NOT NULL)""",
        f"""village || {_ID_DAY} IN (
            SELECT village || strftime(own_birth, '%Y%m%d') FROM {source} WHERE village IS NOT NULL AND own_birth IS NOT NULL
            UNION SELECT village || {_ID_DAY} FROM {source} WHERE village IS NOT NULL AND id_no IS NOT NULL)""",
        # one of several ids in a cell: sought from either side
        "id_kind = 'several'",
    ]
    for block in BLOCKS:
        if block.block_id in _OF_IDS:
            conditions.append(
                f"{block.aim} IN (SELECT value FROM (SELECT {block.seek} AS value FROM {source}) WHERE value IS NOT NULL)"
            )
    return " OR ".join(conditions)


def _beside_sql() -> str:
    """SQL condition over ``known``: named beside one to be linked, born on the day of one, or named in a decision."""
    days = "SELECT {day} FROM described WHERE role = 'self' AND own_birth IS NOT NULL AND birth_precision = 'day' AND {which}"
    # A child that is named beside somebody, or has no name, is sought among all who were born on its day.
    alone = "(name IS NULL OR profile_key IN (SELECT own_key FROM beside_told))"
    written = "strftime(own_birth, '%Y%m%d')"
    return f"""
        profile_key IN (SELECT own_key FROM beside_told WHERE profile_key IN (SELECT profile_key FROM described)
            UNION SELECT profile_key FROM beside_told WHERE own_key IN (SELECT profile_key FROM described)
            UNION SELECT profile FROM decided WHERE profile IS NOT NULL
            UNION SELECT other_profile FROM decided WHERE other_profile IS NOT NULL)
        OR person_id IN (SELECT other_person FROM decided WHERE other_person IS NOT NULL
            UNION SELECT person FROM decided WHERE person IS NOT NULL
            UNION SELECT kept FROM merged_persons UNION SELECT person_id FROM reopened)
        OR (role = 'self' AND (own_birth IN ({days.format(day="own_birth", which=alone)})
            OR {_ID_DAY} IN ({days.format(day=written, which=alone)})))
        OR ((own_birth IN ({days.format(day="own_birth", which="TRUE")})
                OR {_ID_DAY} IN ({days.format(day=written, which="TRUE")}))
            AND profile_key IN (SELECT own_key FROM beside_told))"""


def narrow(con: duckdb.DuckDBPyConnection) -> bool:
    """Let ``known`` hold only who can matter for ``described``, each with all descriptions; False when all stay.

    Until ``widen``, all of them stand in ``known_to_all``, and ``near_people(person_id)`` says who is left.
    """
    found = con.execute("""
        SELECT (SELECT count(*) FROM described), (SELECT count(*) FROM known), (SELECT count(*) FROM old_frequencies)
        """).fetchone() or (0, 0, 0)
    # Frequencies that are still to be counted are counted over everybody.
    if not found[2] or found[0] * _WORTH > found[1]:
        return False
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE near_rows AS
        SELECT * FROM (
            SELECT person_id, id_no, name, name_family, coalesce({tied_sql("described")}, FALSE)
                OR coalesce({_beside_sql()}, FALSE) AS is_tied, coalesce({alike_sql("described")}, FALSE) AS is_alike
            FROM known)
        WHERE is_tied OR is_alike""")
    _follow_houses(con)
    con.execute("ALTER TABLE known RENAME TO known_to_all")
    con.execute("""
        CREATE TEMP TABLE known AS
        SELECT * FROM known_to_all WHERE person_id IN (SELECT person_id FROM near_people)""")
    return True


def _follow_houses(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``near_people``: of ``near_rows``, who shows their ids, and who lives with those tied, two houses far."""
    pieces = f"unnest([{', '.join(NEAR_PIECES)}]) || coalesce(name_family, name)"

    def of_houses(people: str) -> str:
        return f"SELECT {_HEARTHS} AS hearth FROM known WHERE person_id IN (SELECT person_id FROM {people})"

    def residents(hearths: str) -> str:
        told = f"(SELECT hearth FROM {hearths} WHERE hearth IS NOT NULL)"
        return (
            f"SELECT person_id FROM known WHERE home IN {told} OR household_key IN {told} OR phone IN {told}"
        )

    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE near_people AS
        WITH tied AS MATERIALIZED (
            SELECT person_id FROM near_rows WHERE is_tied
            UNION
            SELECT person_id FROM (SELECT person_id, {pieces} AS piece FROM near_rows WHERE id_no IS NOT NULL)
            WHERE piece IN (SELECT {pieces} FROM described WHERE id_no IS NOT NULL)
        ),
        houses AS MATERIALIZED (SELECT DISTINCT hearth FROM ({of_houses("tied")})),
        housemates AS MATERIALIZED (SELECT DISTINCT person_id FROM ({residents("houses")})),
        next_houses AS MATERIALIZED (SELECT DISTINCT hearth FROM ({of_houses("housemates")}))
        SELECT person_id FROM near_rows
        UNION SELECT person_id FROM tied
        UNION SELECT person_id FROM housemates
        UNION {residents("next_houses")}
        UNION SELECT person_id FROM known WHERE id_no IN (SELECT id_no FROM near_rows WHERE id_no IS NOT NULL)""")


def widen(con: duckdb.DuckDBPyConnection) -> None:
    """Put everybody back into ``known``."""
    con.execute("DROP TABLE known; ALTER TABLE known_to_all RENAME TO known")
