"""The real machine over the controls: the same rules, candidates, model and decisions as in ``link``.

The registry of the measured month stands for what is known; the lake is only read. What the rules need to see
beside a control (the other persons of its row) stands in a bench of its own that is thrown away.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from linkage.agreement import define_agreement
from linkage.by_rules import settle_by_rules
from linkage.candidates import find_candidates
from linkage.decide import decide
from linkage.decisions import apply_to_registry, read_decisions
from linkage.frequencies import frozen_frequencies
from linkage.identity import place
from linkage.limits import Limits
from linkage.match import Scorer
from linkage.nodes import build_members, build_nodes, group_free
from linkage.quality.reading import records_of
from linkage.reading import (
    describe_all,
    find_shared_phones,
    gather_persons,
    read_beside,
    read_fresh,
    read_registry,
)
from linkage.records import PROFILES
from warehouse.database import copy_to_parquet
from warehouse.lake import Lake
from warehouse.months import Month


def link_controls(
    con: duckdb.DuckDBPyConnection,
    month: Month,
    *,
    lake: Lake,
    limits: Limits,
    scorer: Scorer,
    least_bits: float,
) -> None:
    """Make ``answers``: each of ``controls`` with the person it came to (``person_id, grade, rule,
    match_weight``) and ``outcome``: right / right_review / wrong / wrong_review / alone.

    Reads ``controls`` and ``everyone``. The other descriptions by which its own feed knows the person of a
    hidden one are left out, so that the other feeds have to be found. ``BudgetExceeded`` as in ``link``.
    """
    define_agreement(con)
    with TemporaryDirectory(dir=_scratch(lake)) as folder:
        bench = Lake(Path(folder))
        _beside(con, month, lake, bench)
        _known(con, month, lake)
        read_decisions(con, month, bench)
        apply_to_registry(con)
        read_fresh(con, "seen")
        find_shared_phones(con, limits.phone_holders)
        read_beside(con, month, bench)
    con.execute("INSERT INTO beside_told SELECT profile_key, own_key FROM old_beside")
    describe_all(con)
    gather_persons(con)
    settle_by_rules(con, limits)
    group_free(con)
    build_members(con)
    find_candidates(con, limits)
    # The controls are strangers to one another.
    con.execute("DELETE FROM candidates WHERE starts_with(target, 'f')")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT seeker AS node FROM candidates UNION SELECT target FROM candidates""")
    build_nodes(con, "wanted")
    frozen_frequencies(con)
    scorer.score(least_bits)
    decide(con, limits)
    place(con, month)
    _answer(con)


def _scratch(lake: Lake) -> Path:
    folder = lake.home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _known(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """The registry of the month as what was known before, less what the hidden ones' own feeds say of them."""
    columns = ", ".join(f'"{name}"' for name in PROFILES)
    con.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {columns} FROM controls")
    read_registry(con, month, lake)
    for table in ("old", "known_before"):
        con.execute(f"""
            DELETE FROM {table} WHERE profile_key IN (
                SELECT everyone.profile_key FROM everyone JOIN controls
                    ON controls.own_person = everyone.person_id AND controls.feed = everyone.feed)""")
    gather_persons(con)


def _beside(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, bench: Lake) -> None:
    """Write ``records`` of the rows that the controls stand in, under the controls' keys."""
    feeds = con.execute("SELECT DISTINCT feed FROM controls ORDER BY feed").fetchall()
    for (feed,) in feeds:
        with bench.replacing("records", feed=feed, month=str(month)) as folder:
            copy_to_parquet(
                con,
                f"""
                WITH records AS (SELECT * FROM {records_of(feed, month, lake)}),
                standing AS (
                    SELECT records.file || '#' || controls.profile_key AS file, sheet, "row", records.role,
                        controls.profile_key, records.file AS real_file
                    FROM records JOIN controls ON controls.original_key = records.profile_key
                )
                SELECT file, sheet, "row", role, profile_key FROM standing
                UNION ALL
                SELECT standing.file, sheet, "row", records.role, records.profile_key
                FROM standing JOIN records USING (sheet, "row")
                WHERE records.file = standing.real_file AND records.role <> standing.role
                ORDER BY ALL""",
                folder / "records.parquet",
            )


def _answer(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        CREATE OR REPLACE TEMP TABLE answers AS
        WITH links AS (
            SELECT placed.*, names_of_nodes.person_id FROM placed JOIN names_of_nodes USING (person_node)
        )
        SELECT controls.kind, controls.stratum, controls.feed, controls.original_key, controls.own_person,
            links.person_id, links.grade, links.rule, links.match_weight,
            CASE WHEN links.person_id NOT IN (SELECT person_id FROM old_persons) OR links.grade = 'new' THEN
                    CASE WHEN links.grade = 'review' THEN 'held' ELSE 'alone' END
                WHEN links.grade = 'review' AND links.person_id IS NOT DISTINCT FROM controls.own_person
                    THEN 'right_review'
                WHEN links.grade = 'review' THEN 'wrong_review'
                WHEN links.person_id IS NOT DISTINCT FROM controls.own_person THEN 'right'
                ELSE 'wrong' END AS outcome
        FROM controls JOIN links USING (profile_key)""")
