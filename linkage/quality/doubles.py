"""Persons held under two valid ids: found in three independent ways, and those that no way finds.

Linkage never joins two valid ids by itself. Where one person shows two (a number copied with one digit and the
check digit wrong holds as well as the right one), the double is found by traits, by the numbers' likeness, or by
what the persons share; from how often the ways find the same double follows how many none of them finds.
"""

from __future__ import annotations

import duckdb

# Ways of finding a double. Each gives pairs (left_person, right_person) of persons with different valid ids.
PASSES = ("traits", "number", "shared")


def find_doubles(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``doubles(person_id, other_id, traits, number, shared)``: by pair of persons of the month with
    different valid ids which ways find it, the smaller person (fewer descriptions) first.

    ``traits``: same name, same birth date, same village or house. ``number``: same name, ids that
    differ in two characters (of two valid ones none differ in one alone). ``shared``: same name, and an agency's number, a household's number or
    a phone that few bear, births not far apart. Reads ``known``, ``people`` and ``linked``.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE with_id AS
        SELECT DISTINCT people.person_id, people.id_no, people.size, coalesce(known.name_family, known.name) AS name,
            coalesce(known.own_birth, id_birth(known.id_no)) AS birth, known.village, known.home,
            known.household_key, known.agency_key, known.phone
        FROM known JOIN people USING (person_id)
        WHERE known.grade <> 'review' AND people.id_no IS NOT NULL AND known.name IS NOT NULL
            AND known.person_id IN (SELECT person_id FROM linked WHERE grade <> 'review')""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE found_doubles AS
        WITH traits AS (
            SELECT one.person_id AS left_person, two.person_id AS right_person, 'traits' AS way
            FROM with_id AS one JOIN with_id AS two ON two.name = one.name AND two.birth = one.birth
                AND two.id_no > one.id_no AND (two.village = one.village OR two.home = one.home)
        ),
        blocks AS (
            SELECT DISTINCT person_id, id_no, name,
                unnest([left(id_no, 10), left(id_no, 6) || right(id_no, 6), right(id_no, 12)]) AS piece
            FROM with_id
        ),
        number AS (
            SELECT one.person_id, two.person_id, 'number' FROM blocks AS one JOIN blocks AS two
                ON two.name = one.name AND two.piece = one.piece AND two.id_no > one.id_no
            WHERE length(one.id_no) = length(two.id_no) AND hamming(one.id_no, two.id_no) <= 2
        ),
        common AS (
            SELECT DISTINCT person_id, id_no, name, birth, unnest([agency_key, household_key, phone]) AS piece FROM with_id
        ),
        shared AS (
            SELECT one.person_id, two.person_id, 'shared' FROM common AS one JOIN common AS two
                ON two.name = one.name AND two.piece = one.piece AND two.id_no > one.id_no
            WHERE NOT births_far(one.birth, two.birth) AND year(one.birth) - year(two.birth) BETWEEN -1 AND 1
        ),
        every AS (SELECT * FROM traits UNION SELECT * FROM number UNION SELECT * FROM shared)
        SELECT left_person, right_person, bool_or(way = 'traits') AS traits, bool_or(way = 'number') AS number,
            bool_or(way = 'shared') AS shared
        FROM every GROUP BY left_person, right_person""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE doubles AS
        SELECT CASE WHEN is_turned THEN right_person ELSE left_person END AS person_id,
            CASE WHEN is_turned THEN left_person ELSE right_person END AS other_id, traits, number, shared
        FROM (
            SELECT found.*, (one.size, left_person) > (two.size, right_person) AS is_turned
            FROM found_doubles AS found
            JOIN people AS one ON one.person_id = left_person JOIN people AS two ON two.person_id = right_person)""")
