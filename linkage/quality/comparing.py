"""Beside the rates: how weights lie, what could never be linked, and how the unlinked differ from the linked."""

from __future__ import annotations

import duckdb

from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nodes import KNOWN, build_nodes
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import GROUPS, hash_order
from linkage.records import PROFILES

# Below every weight that two descriptions can come to.
_NO_FLOOR = -1000.0


def weigh_histogram(con: duckdb.DuckDBPyConnection, limits: QualityLimits) -> None:
    """Make ``linkage_histogram(grade, rule, low_bits, high_bits, links)`` from ``frame``: certain and review
    links, and the nearest pairs that were not linked (``below``, scaled up from the sample). Links by a rule that
    weighs nothing have no bits."""
    wide = limits.histogram_bits
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE linkage_histogram AS
        SELECT grade, CASE WHEN grade <> 'below' THEN rule END AS rule,
            floor(match_weight / {wide}) * {wide} AS low_bits, (floor(match_weight / {wide}) + 1) * {wide} AS high_bits,
            CAST(round(sum(counts_for)) AS BIGINT) AS links
        FROM frame GROUP BY ALL ORDER BY ALL""")


def find_unlinkables(
    con: duckdb.DuckDBPyConnection, *, limits: Limits, quality: QualityLimits, scorer: Scorer
) -> None:
    """Make ``linkage_unlinkables(by, value, descriptions, looked, unlinkable, share)``: descriptions that do not
    reach the join line even when they are compared with themselves: they say too little.

    A hash sample of ``looked`` descriptions per feed and role stands for the ``descriptions`` of the group; ``share``
    is weighted back. Needs ``linked``, ``known`` and ``terms``; replaces ``members``, ``candidates``, ``edges``.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE self_looked AS
        SELECT profile_key, stratum, count(*) OVER (PARTITION BY feed, role) AS many,
            row_number() OVER (PARTITION BY feed, role ORDER BY {hash_order("profile_key", "self")}) AS nth
        FROM linked QUALIFY nth <= {quality.self_look_per_feed}""")
    columns = ", ".join(f'known."{name}"' for name in PROFILES)
    derived = "known.own_birth, known.home, known.damaged_id, known.standing"
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW members AS
        SELECT {columns}, {derived}, unnest(['a', 'b']) || known.profile_key AS node, {KNOWN} AS rank, FALSE AS is_contested
        FROM known JOIN self_looked USING (profile_key)""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE candidates AS
        SELECT 'a' || profile_key AS seeker, 'b' || profile_key AS target FROM self_looked""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
    build_nodes(con, "wanted")
    scorer.score(_NO_FLOOR)
    sets = ", ".join(f"({group})" for group in GROUPS)
    by = " ".join(f"WHEN grouping({group}) = 0 THEN '{group}'" for group in GROUPS)
    value = " ".join(f"WHEN grouping({group}) = 0 THEN {group}" for group in GROUPS)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE linkage_unlinkables AS
        WITH judged AS (
            SELECT linked.*, CAST(self_looked.many / least(self_looked.many, {quality.self_look_per_feed}) AS DECIMAL(18, 6))
                AS counts_for,
                coalesce(edges.match_weight, {_NO_FLOOR}) < {limits.join_bits} AS is_unlinkable
            FROM self_looked JOIN linked USING (profile_key)
            LEFT JOIN edges ON edges.seeker = 'a' || self_looked.profile_key
        )
        SELECT CASE {by} ELSE 'all' END AS "by", CASE {value} ELSE 'all' END AS "value",
            CAST(round(sum(counts_for)) AS BIGINT) AS descriptions, count(*) AS looked,
            count(*) FILTER (is_unlinkable) AS unlinkable,
            coalesce(sum(counts_for) FILTER (is_unlinkable), 0) / sum(counts_for) AS share
        FROM judged GROUP BY GROUPING SETS ((), {sets}) ORDER BY ALL""")


def compare_unlinked(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``linked_unlinked(characteristic, value, linked, unlinked, linked_share, unlinked_share,
    standardised_difference)``: descriptions that came to a person whom others tell of too, beside those that stand
    alone or wait for review. A difference beyond a tenth is worth a look (Harron and others, GUILD 2018).
    """
    kinds = [*((group, f"linked.{group}") for group in GROUPS)]
    kinds += [
        ("shows_id", "CASE WHEN told.id_no IS NOT NULL THEN 'yes' ELSE 'no' END"),
        ("bears_name", "CASE WHEN told.name IS NOT NULL THEN 'yes' ELSE 'no' END"),
        ("tells_birth_date", "CASE WHEN told.birth_date IS NOT NULL THEN 'yes' ELSE 'no' END"),
    ]
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS characteristic, {value} AS value, is_linked FROM sorted AS linked JOIN everyone AS told USING (profile_key)"
        for name, value in kinds
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE linked_unlinked AS
        WITH sorted AS (
            SELECT linked.profile_key, {", ".join(f"linked.{group}" for group in GROUPS)},
                linked.grade <> 'review' AND people.size > 1 AS is_linked
            FROM linked JOIN people USING (person_id)
        ),
        told AS ({parts}),
        counted AS (
            SELECT characteristic, value, count(*) FILTER (is_linked) AS linked, count(*) FILTER (NOT is_linked) AS unlinked
            FROM told GROUP BY characteristic, value
        ),
        shared AS (
            SELECT *, linked / nullif(sum(linked) OVER whole, 0) AS linked_share,
                unlinked / nullif(sum(unlinked) OVER whole, 0) AS unlinked_share
            FROM counted WINDOW whole AS (PARTITION BY characteristic)
        )
        SELECT *, (unlinked_share - linked_share)
            / nullif(sqrt((linked_share * (1 - linked_share) + unlinked_share * (1 - unlinked_share)) / 2), 0)
            AS standardised_difference
        FROM shared ORDER BY characteristic, value""")
