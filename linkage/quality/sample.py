"""The blind clerical sample: links of every rule and weight band, and the nearest pairs that were not linked."""

from __future__ import annotations

from itertools import pairwise

import duckdb

from linkage.quality.limits import QualityLimits
from linkage.quality.reading import hash_order

# Strata begin with what is asked: is a certain link right, is a proposal right, is a pair below the line one.
CERTAIN, REVIEW, BELOW = "certain", "review", "below"

LINK_SAMPLE = {
    "sample_id": "VARCHAR",
    "left_key": "UBIGINT",
    "right_key": "UBIGINT",
    "right_person": "VARCHAR",
    "stratum": "VARCHAR",
    "rows_in_stratum": "BIGINT",
    "match_weight": "DOUBLE",
    "rule": "VARCHAR",
    "grade": "VARCHAR",
}


def draw_sample(con: duckdb.DuckDBPyConnection, limits: QualityLimits, month: str) -> None:
    """Make ``frame`` (whatever could have been drawn, with its stratum) and ``link_sample``, the cards drawn.

    A stratum is ``<certain|review>/<rule>/<weight band>`` or ``below/<loose|with_id>/<weight band>``. Its
    ``rows_in_stratum`` is how many links of the month it stands for; of a pair below the line, how many
    descriptions would be joined. Drawn by hash, so that a rerun draws the same.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE speakers AS
        SELECT person_id, profile_key, feed,
            row_number() OVER (PARTITION BY person_id ORDER BY role <> 'self', {hash_order("profile_key", "speaker")}) AS nth
        FROM everyone WHERE grade <> 'review'""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE frame AS
        SELECT profile_key AS left_key, person_id AS right_person, linked.person_id AS held_as,
            grade || '/' || rule || '/' || {band("match_weight", limits)} AS stratum,
            match_weight, rule, grade, 1.0 AS counts_for
        FROM linked
        WHERE grade IN ('{CERTAIN}', '{REVIEW}')
            AND EXISTS (FROM speakers WHERE speakers.person_id = linked.person_id AND speakers.profile_key <> linked.profile_key)
        UNION ALL
        SELECT linked.profile_key, neighbours.other_id, linked.person_id,
            '{BELOW}/' || CASE WHEN neighbours.is_loose THEN 'loose' ELSE 'with_id' END || '/'
                || {band("neighbours.match_weight", limits)},
            neighbours.match_weight, linked.rule, '{BELOW}', neighbours.counts_for
        FROM neighbours JOIN linked USING (person_id) WHERE linked.grade <> 'review'""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE link_sample AS
        WITH drawn AS (
            SELECT *, CAST(round(sum(counts_for) OVER (PARTITION BY stratum)) AS BIGINT) AS rows_in_stratum
            FROM frame
            QUALIFY row_number() OVER (
                PARTITION BY stratum ORDER BY {hash_order("left_key", month)}) <= {limits.cards_per_stratum}
        )
        SELECT left(md5(concat_ws('|', drawn.left_key, drawn.right_person, '{month}')), 16) AS sample_id,
            drawn.left_key, speakers.profile_key AS right_key, drawn.right_person, drawn.stratum,
            drawn.rows_in_stratum, drawn.match_weight, drawn.rule, drawn.grade
        FROM drawn JOIN speakers ON speakers.person_id = drawn.right_person AND speakers.profile_key <> drawn.left_key
        QUALIFY row_number() OVER (PARTITION BY drawn.left_key, drawn.right_person, drawn.stratum ORDER BY speakers.nth) = 1
        ORDER BY sample_id""")


def band(weight: str, limits: QualityLimits) -> str:
    """SQL for the name of a weight's band: ``12..20``, ``30..``, ``..0``, or ``rule`` where nothing was weighed."""
    edges = [f"{edge:g}" for edge in limits.weight_bands]
    whens = [f"WHEN {weight} IS NULL THEN 'rule'", f"WHEN {weight} < {edges[0]} THEN '..{edges[0]}'"]
    whens += [f"WHEN {weight} < {high} THEN '{low}..{high}'" for low, high in pairwise(edges)]
    return f"CASE {' '.join(whens)} ELSE '{edges[-1]}..' END"
