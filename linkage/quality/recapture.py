"""Capture-recapture over passes: links found by the id, by an agency's number, by name and birth date."""

from __future__ import annotations

import duckdb

Cells = dict[tuple[bool, bool, bool], int]


def capture(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Cells]:
    """(by, value) to the numbers of certain links by the passes that find them: (id, number, traits).

    A pass finds a link where the description agrees with another feed's description of its person: in the valid
    id, in an agency's or household's number or a phone, in name and birth date as columns tell them. Links that
    none of the three finds are not in the cells. Reads ``known`` and ``linked``.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE pieces AS
        WITH bare AS (
            SELECT profile_key, person_id, feed, id_no, agency_key, household_key, phone,
                CASE WHEN birth_source = 'column' AND birth_precision = 'day'
                    THEN coalesce(name_family, name) || birth_date END AS traits
            FROM known WHERE grade <> 'review'
        )
        SELECT profile_key, person_id, feed, 'id' AS pass, id_no AS piece FROM bare WHERE id_no IS NOT NULL
        UNION ALL SELECT profile_key, person_id, feed, 'traits', traits FROM bare WHERE traits IS NOT NULL
        UNION ALL SELECT profile_key, person_id, feed, 'number', unnest(list_distinct([agency_key, household_key, phone])) FROM bare""")
    rows = con.execute("""
        WITH spread AS (
            SELECT person_id, pass, piece, count(DISTINCT feed) AS feeds FROM pieces
            WHERE piece IS NOT NULL GROUP BY person_id, pass, piece
        ),
        caught AS (
            SELECT linked.profile_key, any_value(linked.feed) AS feed, coalesce(bool_or(pass = 'id'), FALSE) AS by_id,
                coalesce(bool_or(pass = 'number'), FALSE) AS by_number, coalesce(bool_or(pass = 'traits'), FALSE) AS by_traits
            FROM linked JOIN pieces USING (profile_key, person_id) JOIN spread USING (person_id, pass, piece)
            WHERE linked.grade = 'certain' AND spread.feeds > 1
            GROUP BY linked.profile_key
        )
        SELECT 'all', 'all', by_id, by_number, by_traits, count(*) FROM caught GROUP BY ALL
        UNION ALL SELECT 'feed', feed, by_id, by_number, by_traits, count(*) FROM caught GROUP BY ALL
        ORDER BY ALL""").fetchall()
    cells: dict[tuple[str, str], Cells] = {}
    for by, value, by_id, by_number, by_traits, count in rows:
        cells.setdefault((by, value), {})[(by_id, by_number, by_traits)] = int(count)
    return cells
