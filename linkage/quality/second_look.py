"""The second look: for settled persons, who else they come nearest to when their own id is left out.

A person whom the linkage holds twice has its double right there; so has a twin and a namesake. These are the
pairs just below the line, and cards about them tell how many persons were missed.
"""

from __future__ import annotations

import duckdb

from linkage.candidates import find_candidates
from linkage.frequencies import frozen_frequencies
from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nodes import FREE, KNOWN, build_nodes
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import hash_order
from linkage.reading import gather_persons, known_sql
from linkage.scratch import drop

_SEEKER = "f"


def look_again(
    con: duckdb.DuckDBPyConnection, *, limits: Limits, quality: QualityLimits, scorer: Scorer
) -> None:
    """Make ``looked(person_id, is_loose, counts_for)`` and ``neighbours(person_id, other_id, match_weight)``.

    Looked at are all persons of the month without a valid id and a hash sample of those with one, each of
    which counts for ``counts_for`` persons. ``neighbours`` holds for each the nearest other person at or above
    the policy's floor, where the other is the larger of the two (of a double, one is missed: the smaller).
    Needs the tables of ``link_controls`` on the connection, and replaces ``old``, ``members`` and ``edges``.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE looked AS
        WITH here AS (
            SELECT person_id, bool_or(is_loose) AS is_loose FROM linked WHERE grade <> 'review' GROUP BY person_id
        )
        SELECT person_id, is_loose,
            CAST(CASE WHEN is_loose THEN 1.0
                ELSE greatest(1.0, count(*) OVER (PARTITION BY is_loose) / {quality.second_look_persons}.0)
                END AS DECIMAL(18, 6)) AS counts_for
        FROM here
        QUALIFY is_loose OR row_number() OVER (
            PARTITION BY is_loose ORDER BY {hash_order("person_id", "look")}) <= {quality.second_look_persons}""")
    _members(con)
    find_candidates(con, limits)
    con.execute(f"""
        DELETE FROM candidates WHERE starts_with(target, '{_SEEKER}') OR target = substr(seeker, {len(_SEEKER) + 1})""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
    build_nodes(con, "wanted")
    frozen_frequencies(con)
    scorer.score(quality.floor_bits)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE neighbours AS
        SELECT looked.person_id, looked.is_loose, looked.counts_for, edges.target AS other_id, edges.match_weight
        FROM edges JOIN looked ON looked.person_id = substr(edges.seeker, {len(_SEEKER) + 1})
        JOIN people AS own ON own.person_id = looked.person_id
        JOIN people AS other ON other.person_id = edges.target
        WHERE (other.size, other.id_no IS NOT NULL, other.person_id) > (own.size, own.id_no IS NOT NULL, own.person_id)
        QUALIFY row_number() OVER (
            PARTITION BY looked.person_id ORDER BY edges.match_weight DESC, edges.target) = 1""")


def _members(con: duckdb.DuckDBPyConnection) -> None:
    """Every person as a target, and those looked at as seekers too: all they show, the trusted id left out."""
    # What was hidden from the controls comes back; everybody else is known as before.
    con.execute(f"""
        INSERT INTO known BY NAME {known_sql("(FROM everyone ANTI JOIN known USING (profile_key))")}""")
    drop(con, "old", "known_before")
    con.execute("CREATE TEMP VIEW old AS FROM everyone")
    gather_persons(con)
    described = "known.* EXCLUDE (person_id, grade, rule, match_weight, first_month, last_month)"
    con.execute("DROP VIEW IF EXISTS targets")
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT {described}, person_id AS node, {KNOWN} AS rank, FALSE AS is_contested
        FROM known WHERE grade <> 'review'
        UNION ALL BY NAME
        SELECT {described}, '{_SEEKER}' || person_id AS node, {FREE} AS rank, FALSE AS is_contested
        FROM known WHERE grade <> 'review' AND person_id IN (SELECT person_id FROM looked)""")
