"""Relatives that a row names beside its own person: a mother, a guardian, a head, whoever came for the dead.

Such a name says little by itself and much beside the row's own person: it is sought among those who live
with that person, by an agency's household number, by the house of the address, or by a phone that few bear.
Where the own person is not settled either, the two are sought together: a child of that name and birth date,
and a mother of that name, in one house.
"""

from __future__ import annotations

import duckdb

from linkage import rules
from linkage.agreement import DIFFERENT, FAMILY, PINYIN, SHORTENED, WILDCARD
from linkage.limits import Limits
from linkage.reading import BORROWED, NAMED_AFTER

_FIELDS = """profile_key, feed, role, name, name_family, name_pinyin, birth_date, home, household_key, phone,
    CASE WHEN own_birth IS NOT NULL AND birth_precision = 'day' THEN own_birth ELSE id_birth(id_no) END AS birth"""
# Whatever ties a house together: who shares one of these lives with another.
_HEARTHS = "unnest([home, household_key, phone]) AS hearth"


def by_beside(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Tie relatives by whom they stand beside, and then rows' own persons by the relatives beside them.

    Adds to ``assigned``: a relative without a trusted id, certain (L08) where exactly one who lives there
    bears the name and nobody else nearly, for review (L09) where that is only nearly so; and an own person
    without id, certain (L14) by name, birth date and the relative's house, for review (L16) without the name.
    Two who fit decide nothing. Reads ``beside_told``.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE relatives AS
        SELECT * FROM described
        WHERE role <> 'self' AND name IS NOT NULL AND NOT starts_with(name, '{NAMED_AFTER}') AND id_no IS NULL
            AND damaged_id IS NULL AND profile_key NOT IN (SELECT profile_key FROM assigned)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE sought AS
        SELECT profile_key AS own_key, feed, own_birth AS birth, name, name_family, name_pinyin FROM described
        WHERE role = 'self' AND id_no IS NULL AND damaged_id IS NULL AND own_birth IS NOT NULL
            AND birth_precision = 'day' AND profile_key NOT IN (SELECT profile_key FROM assigned)""")
    _beside(con)
    _speaking(con)
    _alike(con)
    _hearths(con)
    _tie_relatives(con, limits)
    _tie_own_persons(con)


def _beside(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``beside(profile_key, own_key)``: of those who were told beside one another, where one of the two is
    sought."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE beside AS
        SELECT DISTINCT profile_key, own_key FROM beside_told
        WHERE profile_key IN (SELECT profile_key FROM relatives) OR own_key IN (SELECT own_key FROM sought)""")
    con.execute("DELETE FROM sought WHERE own_key NOT IN (SELECT own_key FROM beside)")


def _speaking(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``speaking``: the profiles of settled persons, each with its ``node``.

    A view: each who asks needs a few of its columns, and hardly any of its rows.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW speaking AS
        SELECT {_FIELDS}, assigned.node FROM described JOIN assigned USING (profile_key)
        WHERE assigned.grade <> 'review'
            AND assigned.rule <> '{rules.HUMAN.rule_id}' AND assigned.rule NOT IN {BORROWED}
        UNION ALL
        SELECT {_FIELDS}, person_id FROM known WHERE grade <> 'review'""")


def _alike(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``alike``: other feeds' descriptions of the birth date of an own person who is sought, that bear the
    same name (``is_named``), or where one of the two bears none; with their node where they have one."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE alike AS
        WITH others AS (
            SELECT {_FIELDS}, CAST(NULL AS VARCHAR) AS node FROM described
            WHERE profile_key NOT IN (SELECT profile_key FROM assigned)
            UNION ALL
            SELECT * FROM speaking
        )
        SELECT sought.own_key, others.node, others.home, others.household_key, others.phone,
            sought.name IS NOT NULL AND others.name IS NOT NULL AS is_named
        FROM sought JOIN others ON others.birth = sought.birth AND others.feed <> sought.feed
        WHERE others.role = 'self'
            AND (sought.name IS NULL OR others.name IS NULL
                OR name_level(sought.name, sought.name_family, sought.name_pinyin,
                              others.name, others.name_family, others.name_pinyin) >= {PINYIN})""")


def _hearths(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``hearths``: by relative, what ties together the house that it is sought in. ``is_told`` where the
    row itself or a namesake of its own person leads there, and not a nameless one of the same birth date."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE hearths AS
        WITH theirs AS (
            SELECT profile_key, home, household_key, phone, TRUE AS is_told FROM relatives
            UNION ALL
            SELECT beside.profile_key, home, household_key, phone, TRUE
            FROM beside JOIN described ON described.profile_key = beside.own_key
            UNION ALL
            SELECT beside.profile_key, theirs.home, theirs.household_key, theirs.phone, TRUE
            FROM beside JOIN speaking AS own ON own.profile_key = beside.own_key
            JOIN speaking AS theirs ON theirs.node = own.node
            UNION ALL
            SELECT beside.profile_key, home, household_key, phone, is_named FROM beside JOIN alike USING (own_key)
        ),
        parted AS (SELECT profile_key, is_told, {_HEARTHS} FROM theirs)
        SELECT profile_key, hearth, bool_or(is_told) AS is_told FROM parted
        WHERE hearth IS NOT NULL GROUP BY profile_key, hearth""")


def _tie_relatives(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    # One character apart is father and son as well; a name that is whole, or only shortened, is told by the house.
    is_sure = (
        f"bool_and(is_told) AND (max(level) >= {FAMILY} OR min(level) >= {WILDCARD} "
        f"OR (count(*) = 1 AND max(level) = {SHORTENED}))"
    )
    con.execute(f"""
        INSERT INTO assigned
        WITH residents AS (
            SELECT DISTINCT node, name, name_family, name_pinyin, hearth
            FROM (SELECT *, {_HEARTHS} FROM speaking WHERE NOT starts_with(name, '{NAMED_AFTER}'))
            WHERE hearth IN (SELECT hearth FROM hearths)
        ),
        births AS (
            SELECT node, min(birth_date) AS born FROM speaking WHERE role = 'self' GROUP BY node
        ),
        own AS (
            SELECT DISTINCT beside.profile_key, coalesce(speaking.node, '') AS node,
                coalesce(births.born, own_row.birth_date) AS born
            FROM beside
            LEFT JOIN speaking ON speaking.profile_key = beside.own_key
            LEFT JOIN births ON births.node = speaking.node
            LEFT JOIN described AS own_row ON own_row.profile_key = beside.own_key
        ),
        eldest AS (SELECT profile_key, min(born) AS born FROM own GROUP BY profile_key),
        fitting AS (
            SELECT relatives.profile_key, residents.node, bool_or(hearths.is_told) AS is_told,
                max(name_level(relatives.name, relatives.name_family, relatives.name_pinyin,
                               residents.name, residents.name_family, residents.name_pinyin)) AS level
            FROM relatives JOIN hearths USING (profile_key) JOIN residents USING (hearth)
            LEFT JOIN births USING (node)
            LEFT JOIN eldest ON eldest.profile_key = relatives.profile_key
            WHERE coalesce(relatives."of" NOT IN ('parent', 'guardian'), TRUE)
                OR coalesce(year(eldest.born) - year(births.born) >= {limits.parent_years}, TRUE)
            GROUP BY relatives.profile_key, residents.node
        )
        SELECT profile_key, coalesce(min(node) FILTER (level >= {PINYIN}), min(node)),
            CASE WHEN {is_sure} THEN '{rules.LIVES_WITH.rule_id}' ELSE '{rules.MAY_LIVE_WITH.rule_id}' END,
            CASE WHEN {is_sure} THEN '{rules.LIVES_WITH.grade}' ELSE '{rules.MAY_LIVE_WITH.grade}' END,
            NULL, max(level)
        FROM fitting ANTI JOIN own USING (profile_key, node)
        WHERE level > {DIFFERENT}
        GROUP BY profile_key
        HAVING count(*) = 1 OR count(*) FILTER (level >= {PINYIN}) = 1
        ORDER BY profile_key""")


def _tie_own_persons(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"""
        INSERT INTO assigned
        WITH houses AS (
            SELECT DISTINCT node, hearth FROM (SELECT node, {_HEARTHS} FROM speaking) WHERE hearth IS NOT NULL
        ),
        named AS (
            SELECT DISTINCT beside.own_key, speaking.node
            FROM beside JOIN speaking USING (profile_key) WHERE beside.own_key IN (SELECT own_key FROM sought)
        ),
        fitting AS (
            SELECT alike.own_key, alike.node, bool_or(alike.is_named) AS is_named
            FROM alike
            JOIN houses AS own_house ON own_house.node = alike.node
            JOIN named ON named.own_key = alike.own_key AND named.node <> alike.node
            JOIN houses AS relatives_house ON relatives_house.node = named.node
                AND relatives_house.hearth = own_house.hearth
            GROUP BY alike.own_key, alike.node
        )
        SELECT own_key, min(node),
            CASE WHEN bool_and(is_named) THEN '{rules.TOGETHER.rule_id}' ELSE '{rules.MAY_BE_TOGETHER.rule_id}' END,
            CASE WHEN bool_and(is_named) THEN '{rules.TOGETHER.grade}' ELSE '{rules.MAY_BE_TOGETHER.grade}' END,
            NULL, NULL
        FROM fitting GROUP BY own_key HAVING count(*) = 1 ORDER BY own_key""")
