"""Borrowed numbers: how many links by a valid id are somebody else's, from those that were caught.

A row that shows another person's number is caught when the names disagree. How often the names of two persons who
would lend each other a number (of one household, on one phone) agree by chance is seen on pairs of different
persons; so many of the borrowed numbers went unseen.
"""

from __future__ import annotations

import duckdb

from linkage.agreement import WILDCARD
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import hash_order


def count_borrowed(con: duckdb.DuckDBPyConnection, limits: QualityLimits) -> tuple[int, int, int]:
    """``(caught, pairs, alike)``: descriptions of the month caught with another's number, pairs of different
    persons of one household or phone that were looked at, and those of them whom the rule on names, birth date and sex would
    not have told apart. Reads ``known`` and ``linked``."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE kin_pairs AS
        WITH living AS (
            SELECT known.person_id, arg_min(name, profile_key) AS name, arg_min(name_family, profile_key) AS name_family,
                arg_min(name_pinyin, profile_key) AS name_pinyin, any_value(people.birth_date) AS birth, any_value(people.sex) AS sex, tie
            FROM (SELECT *, unnest([household_key, phone, home]) AS tie FROM known WHERE grade <> 'review' AND role = 'self' AND name IS NOT NULL) AS known
            JOIN people USING (person_id)
            WHERE tie IS NOT NULL AND people.id_no IS NOT NULL GROUP BY known.person_id, tie
        ),
        -- in hash order, each beside the next of the same household: as many pairs as persons at most
        ordered AS (
            SELECT *, lead(person_id) OVER beside AS other_id, lead(name) OVER beside AS other_name,
                lead(name_family) OVER beside AS other_family, lead(name_pinyin) OVER beside AS other_pinyin,
                lead(birth) OVER beside AS other_birth, lead(sex) OVER beside AS other_sex
            FROM living WINDOW beside AS (PARTITION BY tie ORDER BY {hash_order("person_id", "kin")})
        )
        SELECT name_level(name, name_family, name_pinyin, other_name, other_family, other_pinyin) >= {WILDCARD}
            AND NOT coalesce(births_far(birth, other_birth), FALSE) AND sex IS NOT DISTINCT FROM other_sex AS is_alike
        FROM ordered WHERE other_id IS NOT NULL
        ORDER BY {hash_order("person_id", "pair")}, tie LIMIT {limits.household_pairs}""")
    found = con.execute("""
        SELECT (SELECT count(*) FROM linked JOIN everyone USING (profile_key)
                WHERE everyone.id_no IS NOT NULL AND (basis = 'rest' OR linked.grade = 'review')), count(*), count(*) FILTER (is_alike)
        FROM kin_pairs""").fetchone() or (0, 0, 0)
    return int(found[0]), int(found[1]), int(found[2])
