"""Blocking: which nodes are worth comparing, by named rules, counted before they are made.

Each rule says what a free description must share with another for the two to be compared. A block that is
too large says too little and is left out (and counted); more pairs in all than the policy's budget refuse
the month before any is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from linkage.limits import Limits
from linkage.nodes import FREE, KNOWN
from warehouse.errors import BudgetExceeded


@dataclass(frozen=True)
class Block:
    """One blocking rule: ``seek`` is computed over what looks for its person, ``aim`` over what may be it."""

    block_id: str
    sentence: str
    seek: str
    aim: str


def _both(block_id: str, sentence: str, value: str) -> Block:
    return Block(block_id, sentence, value, value)


# The id that a description shows and that may be damaged, whole or not: for the pieces below.
_SHOWN = "coalesce(id_no, CASE WHEN id_kind = 'invalid' THEN damaged_id END)"
_TERM = "coalesce(name_family, name)"

BLOCKS = (
    # One wrong digit or swap leaves two of three pieces of an id whole, a lost digit leaves an end whole.
    Block("B01", "same last ten characters of the id", f"right({_SHOWN}, 10)", f"right({_SHOWN}, 10)"),
    Block(
        "B02",
        "same area, century, order number and check of the id",
        f"CASE WHEN length({_SHOWN}) = 18 THEN left({_SHOWN}, 8) || right({_SHOWN}, 4) END",
        f"CASE WHEN length({_SHOWN}) = 18 THEN left({_SHOWN}, 8) || right({_SHOWN}, 4) END",
    ),
    Block("B03", "same first fourteen characters of the id", f"left({_SHOWN}, 14)", f"left({_SHOWN}, 14)"),
    Block(
        "B04",
        "fifteen digits that Excel left",
        "left(coalesce(id_no, CASE WHEN id_kind = 'excel15' THEN id_prefix END), 15)",
        "left(coalesce(id_no, CASE WHEN id_kind = 'excel15' THEN id_prefix END), 15)",
    ),
    Block(
        "B05",
        "one of several ids in a cell",
        "unnest(CASE WHEN id_kind = 'several' THEN regexp_extract_all(id_seen, '[0-9]{17}[0-9X]') END)",
        "id_no",
    ),
    Block(
        "B06",
        "surviving start of a masked or shortened id, and name",
        f"left(id_prefix, 6) || {_TERM}",
        f"left(coalesce(id_no, id_prefix), 6) || {_TERM}",
    ),
    _both("B10", "same name family or name, same birth date", f"{_TERM} || birth"),
    _both("B11", "same syllables, same birth date", "name_pinyin || birth"),
    _both("B12", "same name family or name, same village", f"{_TERM} || village"),
    _both("B13", "same syllables, same village", "name_pinyin || village"),
    _both("B14", "same birth date, same village", "birth || village"),
    _both("B15", "same name family or name, same township", f"{_TERM} || township"),
    _both("B16", "same name family or name, same house", f"{_TERM} || home"),
    _both("B17", "same day of death, same sex", "died_on || sex"),
    _both("B18", "same first character of the name, same house", "left(name, 1) || home"),
    _both("B20", "same household number", "household_key"),
    _both("B21", "same agency number", "agency_key"),
    _both("B22", "same phone that few bear", "phone"),
    _both("B30", "same name that few bear", _TERM),
)


# What the blocks look at.
LOOKED_AT = """* EXCLUDE (feed, role, name_raw, name_system, name_missing, birth_date, birth_source, ethnicity,
    division, relation, "of", standing, is_contested)"""


def find_candidates(con: duckdb.DuckDBPyConnection, limits: Limits) -> dict[str, int]:
    """Make ``candidates(seeker, target)`` and return the pairs by block (and ``left_out`` for large blocks).

    A seeker is a free node, or a new id group that looks for a known person without id. Two different
    trusted ids are never compared. Raises ``BudgetExceeded`` before the pairs are made.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE known_without_id AS
        SELECT person_id AS node FROM old_persons WHERE id_no IS NULL""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE seekers AS
        SELECT {LOOKED_AT} REPLACE (CASE WHEN rank = {FREE} THEN NULL ELSE id_no END AS id_no),
            CASE WHEN rank = {FREE} THEN own_birth ELSE id_birth(id_no) END AS birth
        FROM members
        WHERE rank = {FREE} OR (rank > {KNOWN} AND (SELECT count(*) FROM known_without_id) > 0)""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE targets AS
        SELECT {LOOKED_AT} REPLACE (CASE WHEN rank = {FREE} THEN NULL ELSE id_no END AS id_no),
            coalesce(CASE WHEN rank < {FREE} THEN id_birth(id_no) END, own_birth) AS birth
        FROM members""")
    _values(con)
    counts = _measure(con, limits)
    _hold_to_budget(con, counts, limits)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE candidates AS
        SELECT DISTINCT seek.node AS seeker, aim.node AS target
        FROM seek_values AS seek JOIN aim_values AS aim USING (block_id, value)
        WHERE seek.node <> aim.node AND (seek.rank > aim.rank OR seek.node > aim.node)
            AND (seek.rank = {FREE} OR aim.is_open)""")
    con.execute("DROP TABLE seek_values; DROP TABLE aim_values; DROP TABLE sizes; DROP TABLE targets")
    return counts


def _values(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``seek_values`` of all blocks, and ``aim_values`` of what is sought: ``block_id``, ``node``, ``rank``,
    ``value``, and ``is_open`` where a known person without id may take a new one."""
    sought = " UNION ALL ".join(
        f"SELECT '{block.block_id}' AS block_id, node, rank, {block.seek} AS value FROM seekers"
        for block in BLOCKS
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE seek_values AS
        SELECT DISTINCT block_id, node, rank, value FROM ({sought}) WHERE value IS NOT NULL""")
    aimed = " UNION ALL ".join(
        f"""
        SELECT DISTINCT '{block.block_id}' AS block_id, node, rank, value
        FROM (SELECT node, rank, {block.aim} AS value FROM targets)
        WHERE value IN (SELECT value FROM seek_values WHERE block_id = '{block.block_id}')"""
        for block in BLOCKS
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE aim_values AS
        SELECT *, rank = {KNOWN} AND node IN (SELECT node FROM known_without_id) AS is_open FROM ({aimed})""")


def _measure(con: duckdb.DuckDBPyConnection, limits: Limits) -> dict[str, int]:
    """Count the pairs by block, and take out of ``seek_values`` what is too large (``left_out``)."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE sizes AS
        WITH sought AS (
            SELECT block_id, value, count(*) FILTER (rank = {FREE}) AS free, count(*) AS every
            FROM seek_values GROUP BY block_id, value
        ),
        aimed AS (
            SELECT block_id, value, count(*) AS every, count(*) FILTER (is_open) AS open
            FROM aim_values GROUP BY block_id, value
        )
        SELECT block_id, value, sought.free * aimed.every + (sought.every - sought.free) * aimed.open AS pairs
        FROM sought JOIN aimed USING (block_id, value)""")
    counted = con.execute(f"""
        SELECT block_id, sum(pairs) FILTER (pairs <= {limits.block_largest}),
            sum(pairs) FILTER (pairs > {limits.block_largest})
        FROM sizes GROUP BY block_id""").fetchall()
    kept = {block_id: int(pairs or 0) for block_id, pairs, _ in counted}
    con.execute(f"""
        DELETE FROM seek_values USING sizes
        WHERE seek_values.block_id = sizes.block_id AND seek_values.value = sizes.value
            AND pairs > {limits.block_largest}""")
    left_out = sum(int(pairs or 0) for _, _, pairs in counted)
    return {"left_out": left_out} | {block.block_id: kept.get(block.block_id, 0) for block in BLOCKS}


def _hold_to_budget(con: duckdb.DuckDBPyConnection, counts: dict[str, int], limits: Limits) -> None:
    found = con.execute("SELECT count(DISTINCT node) FROM seekers").fetchone()
    seekers = int(found[0]) if found else 0
    total = sum(count for name, count in counts.items() if name != "left_out")
    budget = max(limits.candidates_floor, seekers * limits.candidates_per_profile)
    if total > budget:
        largest = max((name for name in counts if name != "left_out"), key=lambda name: counts[name])
        raise BudgetExceeded(
            f"linking would compare {total} pairs for {seekers} groups, the policy allows {budget}; "
            f"the largest block is {largest}.",
            next_step="look for a column that holds one value everywhere, or raise linkage_candidates_per_profile.",
        )
