"""What a new version of a month changes: rows by feed, persons, warnings, and the deliveries behind it.

Sets in DuckDB, between what was handed out (``basis``) and what the marts say now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.database import copy_to_parquet, has_rows, in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release import basis, marts
from warehouse.release.basis import Basis
from warehouse.release.causes import Cause, causes
from warehouse.release.listing import UNPLACED
from warehouse.release.versions import standing

TABLE = "differences"
PARTS = ("warning_differences", "person_differences", "row_differences")
_SHOWN = (
    "rule_id", "person_id", "household_id", "township", "village", "status", "grade", "since", "evidence", "policy_ref",
    "proposed",
)  # fmt: skip

# A warning that moved to another township left one list and came onto another.
_WARNINGS = f"""
CREATE OR REPLACE TABLE warning_differences AS
SELECT coalesce(now.warning_id, was.warning_id) AS warning_id, coalesce(now.rule_id, was.rule_id) AS rule_id,
    coalesce(now.person_id, was.person_id) AS person_id,
    coalesce(nullif(trim(now.township), ''), nullif(trim(was.township), ''), '{UNPLACED}') AS township,
    CASE WHEN was.warning_id IS NULL THEN 'appeared' WHEN now.warning_id IS NULL THEN 'vanished' ELSE 'changed' END AS change,
    was.status AS status_before, now.status AS status_after, was.grade AS grade_before, now.grade AS grade_after,
    was.amount AS amount_before, now.amount AS amount_after,
    was.since AS since_before, now.since AS since_after,
    was.is_told AND was.summary IS DISTINCT FROM now.summary AS is_told_otherwise,
    was.proposed IS DISTINCT FROM now.proposed AS is_proposed_otherwise,
    was.policy_ref IS DISTINCT FROM now.policy_ref AS is_ruled_otherwise, now.status_reason,
    CASE WHEN now.status = 'listed' AND was.status IS DISTINCT FROM 'listed' THEN 'added'
         WHEN was.status = 'listed' AND now.status IS DISTINCT FROM 'listed' THEN 'withdrawn'
         WHEN was.status = 'listed' THEN 'changed' ELSE '' END AS on_list
FROM before_warnings AS was
FULL JOIN now_warnings AS now
    ON now.warning_id = was.warning_id
    AND coalesce(nullif(trim(now.township), ''), '') = coalesce(nullif(trim(was.township), ''), '')
WHERE was.warning_id IS NULL OR now.warning_id IS NULL OR was.status IS DISTINCT FROM now.status
    OR was.grade IS DISTINCT FROM now.grade OR was.since IS DISTINCT FROM now.since
    OR was.proposed IS DISTINCT FROM now.proposed OR was.policy_ref IS DISTINCT FROM now.policy_ref
    OR (was.is_told AND (was.amount IS DISTINCT FROM now.amount OR was.summary IS DISTINCT FROM now.summary))
ORDER BY 1, 4
"""
_PERSONS = """
CREATE OR REPLACE TABLE person_differences AS
SELECT coalesce(now.person_id, was.person_id) AS person_id, coalesce(now.township, was.township) AS township,
    CASE WHEN was.person_id IS NULL THEN 'new' WHEN now.person_id IS NULL THEN 'gone'
         WHEN was.class IS DISTINCT FROM now.class THEN 'class' ELSE 'household' END AS change,
    was.class AS class_before, now.class AS class_after,
    was.household_id AS household_before, now.household_id AS household_after
FROM before_persons AS was FULL JOIN now_persons AS now ON now.person_id = was.person_id
WHERE was.person_id IS NULL OR now.person_id IS NULL OR was.class IS DISTINCT FROM now.class
    OR was.household_id IS DISTINCT FROM now.household_id
ORDER BY 1
"""
# Of the rows with one key, those that only one side has are pairs (changed) as far as they go.
_ROWS = """
CREATE OR REPLACE TABLE row_differences AS
WITH sides AS (
    SELECT coalesce(now.feed, was.feed) AS feed, coalesce(now.key, was.key) AS key,
        coalesce(was.rows, 0) AS was, coalesce(now.rows, 0) AS now
    FROM before_rows AS was FULL JOIN now_rows AS now
        ON now.feed = was.feed AND now.key = was.key AND now.content = was.content
),
keys AS (
    SELECT feed, sum(was) AS was, sum(now) AS now, sum(greatest(was - now, 0)) AS only_was,
        sum(greatest(now - was, 0)) AS only_now
    FROM sides GROUP BY feed, key
)
SELECT feed, sum(was)::BIGINT AS rows_before, sum(now)::BIGINT AS rows_after,
    sum(greatest(only_now - only_was, 0))::BIGINT AS added,
    sum(greatest(only_was - only_now, 0))::BIGINT AS removed,
    sum(least(only_was, only_now))::BIGINT AS changed
FROM keys GROUP BY feed ORDER BY feed
"""


@dataclass(frozen=True)
class Told:
    """A difference for the screen: a sentence, and tables (title, headers, rows of counts)."""

    sentence: str
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[object]]]]


def compare(con: duckdb.DuckDBPyConnection, release: Path, before: Basis | None, now: Basis) -> None:
    """Make the tables of ``PARTS``. ``release`` is the folder handed out; without its basis its warnings are compared
    by what they stand as there, and of rows and persons nothing is said."""
    if before:
        for part in basis.PARTS:
            told = ", TRUE AS is_told" if part == "warnings" else ""
            con.execute(f"CREATE OR REPLACE VIEW before_{part} AS SELECT *{told} FROM {before.part(part)}")
    else:
        path = quoted(release / "warnings.parquet")
        columns = ", ".join(_SHOWN)
        con.execute(f"""
            CREATE OR REPLACE VIEW before_warnings AS
            SELECT warning_id, {columns}, NULL::DECIMAL(18, 2) AS amount, NULL::VARCHAR AS summary,
                NULL::VARCHAR AS title, NULL::VARCHAR AS name, NULL::VARCHAR AS id_no, NULL::VARCHAR AS phone,
                FALSE AS is_told
            FROM read_parquet('{path}', hive_partitioning = false)""")
        for part in ("persons", "rows"):
            con.execute(f"CREATE OR REPLACE VIEW before_{part} AS SELECT * FROM {now.part(part)}")
    for part in basis.PARTS:
        con.execute(f"CREATE OR REPLACE VIEW now_{part} AS SELECT * FROM {now.part(part)}")
    for query in (_WARNINGS, _PERSONS, _ROWS):
        con.execute(query)


def keep(
    con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, version: int, why: Sequence[Cause]
) -> None:
    """Write ``lake/differences/month=…/version=…`` from the tables of ``compare``."""
    with lake.replacing(TABLE, month=str(month), version=str(version)) as folder:
        for part in PARTS:
            copy_to_parquet(con, f"FROM {part}", folder / f"{part}.parquet")
        con.execute(
            "CREATE OR REPLACE TABLE causes (kind VARCHAR, month VARCHAR, feed VARCHAR, words VARCHAR)"
        )
        if why:
            con.executemany(
                "INSERT INTO causes VALUES (?, ?, ?, ?)", [[c.kind, c.month, c.feed, c.words] for c in why]
            )
        copy_to_parquet(con, "FROM causes", folder / "causes.parquet")


def told_difference(month: Month, lake: Lake) -> Told:
    """What the lake says otherwise than what was handed out; when nothing, what the last new version changed.

    ``Refused`` when nothing was published for the month.
    """
    release = lake.home / "release" / str(month)
    stands = standing(release)
    if stands is None:
        raise Refused(
            f"nothing was published for {month}: there is nothing to compare with.",
            next_step=f"publish {month} first, or name another month.",
        )
    spill = lake.home / "tmp"
    spill.mkdir(parents=True, exist_ok=True)
    with in_memory(lake.home) as con, tempfile.TemporaryDirectory(dir=spill) as folder:
        marts.attach(con, lake, month)
        before = basis.find(lake, month, stands.content)
        now = basis.write_into(Path(folder), con, lake, month, None)
        compare(con, release, before, now)
        said = f"{month} as it lies in the lake, against version {stands.version.number} as it was handed out"
        last = lake.partition(TABLE, month=str(month), version=str(stands.version.number))
        is_same = not any(has_rows(con, part) for part in PARTS[:2]) and not has_rows(
            con, "(SELECT 1 FROM row_differences WHERE added + removed + changed > 0)"
        )
        if not before:
            said += " (published before rows and persons were kept: only warnings are compared)"
        why = causes(before.stood_on if before else None, now.stood_on)
        if is_same and (last / "causes.parquet").is_file():
            for part in PARTS:
                con.execute(f"CREATE OR REPLACE TABLE {part} AS FROM {_kept(last, part)}")
            said = (
                f"{month} is as it was handed out. Version {stands.version.number} against the one before it"
            )
            found = con.execute(f"FROM {_kept(last, 'causes')}").fetchall()
            why = [Cause(*row) for row in found]
        return Told(f"{said}:", _tables(con, why))


def _kept(folder: Path, part: str) -> str:
    return f"read_parquet('{quoted(folder / part)}.parquet', hive_partitioning = false)"


def _tables(
    con: duckdb.DuckDBPyConnection, why: Sequence[Cause]
) -> list[tuple[str, Sequence[str], Sequence[Sequence[object]]]]:
    rows = con.execute("FROM row_differences WHERE added + removed + changed > 0 ORDER BY feed").fetchall()
    persons = con.execute("SELECT change, count(*) FROM person_differences GROUP BY 1 ORDER BY 1").fetchall()
    warnings = con.execute("""
        SELECT rule_id, township, count(*) FILTER (change = 'appeared'), count(*) FILTER (change = 'vanished'),
            count(*) FILTER (change = 'changed'), count(*) FILTER (on_list = 'added'),
            count(*) FILTER (on_list = 'withdrawn')
        FROM warning_differences GROUP BY ALL ORDER BY ALL""").fetchall()
    return [
        ("why", ["kind", "month", "feed", "what"], [[c.kind, c.month, c.feed, c.words] for c in why]),
        ("rows", ["feed", "before", "after", "added", "removed", "changed"], [list(row) for row in rows]),
        ("persons", ["change", "persons"], [list(row) for row in persons]),
        (
            "warnings",
            ["rule", "township", "appeared", "vanished", "changed", "onto the lists", "off the lists"],
            [list(row) for row in warnings],
        ),
    ]
