"""Whether the published linkage quality holds on a made-up county: its intervals against the planted truth.

Reads the truth, so it stands with the county: the platform itself never sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from linkage.quality.exposure import EVERYTHING, FALSE, MISSED
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import GROUPS, read_links
from warehouse.database import in_memory, quoted
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy


@dataclass(frozen=True)
class Check:
    """One published rate beside the true one: ``errors`` of ``cases``; ``low`` to ``high`` were published."""

    measure: str
    by: str
    value: str
    method: str
    cases: int
    errors: int
    estimate: float | None
    low: float
    high: float

    @property
    def true_rate(self) -> float:
        """The planted rate of errors among the cases."""
        return self.errors / self.cases if self.cases else 0.0

    @property
    def is_covered(self) -> bool:
        """Whether the interval holds the true rate (bounds included, up to rounding)."""
        return self.low - 1e-9 <= self.true_rate <= self.high + 1e-9


def check_intervals(home: Path, truth: Path, month: str, policy: Policy) -> list[Check]:
    """Every published ``combined`` and ``clerical`` rate of a month beside the true one, the whole first.

    A person_id stands for the true person of most of its descriptions that are not for review; a true person's
    home is the person_id that holds most of them. A certain link is false when its description is of another
    true person than its person_id stands for; a description is missed when it is held apart from its person's home.
    """
    lake = Lake(home)
    if month not in lake.months("linkage_quality"):
        return []
    with in_memory(home) as con:
        read_links(con, Month.parse(month), lake, QualityLimits.of(policy))
        judge_against_truth(con, lake, truth, month)
        return _compared(con, lake, month)


def judge_against_truth(con: duckdb.DuckDBPyConnection, lake: Lake, truth: Path, month: str) -> None:
    """Make ``judged``: the columns of ``linked`` (see ``read_links``) with ``true_person, stands_for, is_false,
    is_missed``; and ``spoken_for(profile_key, true_person)``, ``meant(person_id, true_person)``."""
    records = quoted(lake.root / "records" / "feed=*" / "month=*" / "*.parquet")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE spoken_for AS
        SELECT profile_key, mode(true_person ORDER BY true_person) AS true_person
        FROM read_parquet('{records}', hive_partitioning = true, hive_types_autocast = false) AS records
        JOIN read_parquet('{quoted(truth / "rows.parquet")}') AS truth USING (month, feed, file, sheet, "row", role)
        WHERE month <= '{month}'
        GROUP BY profile_key""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE meant AS
        SELECT person_id, mode(true_person ORDER BY true_person) AS true_person
        FROM everyone JOIN spoken_for USING (profile_key) WHERE grade <> 'review' GROUP BY person_id""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE judged AS
        WITH homes AS (
            SELECT true_person, arg_max(person_id, (size_here, has_id, person_id)) AS home
            FROM (
                SELECT spoken_for.true_person, person_id, count(*) AS size_here, bool_or(people.id_no IS NOT NULL) AS has_id
                FROM everyone JOIN spoken_for USING (profile_key) JOIN people USING (person_id)
                WHERE everyone.grade <> 'review' GROUP BY ALL)
            GROUP BY true_person
        )
        SELECT linked.*, spoken_for.true_person, meant.true_person AS stands_for,
            linked.grade = 'certain' AND spoken_for.true_person <> meant.true_person AS is_false,
            linked.grade <> 'review' AND spoken_for.true_person = meant.true_person AND linked.person_id <> homes.home
                AS is_missed
        FROM linked JOIN spoken_for USING (profile_key)
        LEFT JOIN meant ON meant.person_id = linked.person_id
        LEFT JOIN homes ON homes.true_person = spoken_for.true_person""")


def _compared(con: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> list[Check]:
    sets = ", ".join(f"({group})" for group in GROUPS)
    by = " ".join(f"WHEN grouping({group}) = 0 THEN '{group}'" for group in GROUPS)
    value = " ".join(f"WHEN grouping({group}) = 0 THEN {group}" for group in GROUPS)
    published = quoted(lake.partition("linkage_quality", month=month) / "*.parquet")
    rows = con.execute(f"""
        WITH counted AS (
            SELECT CASE {by} ELSE 'all' END AS "by", CASE {value} ELSE 'all' END AS "value",
                count(*) FILTER (grade = 'certain') AS links, count(*) FILTER (is_false) AS false_links,
                count(*) FILTER (grade <> 'review') AS decided, count(*) FILTER (is_missed) AS missed_links
            FROM judged GROUP BY GROUPING SETS ((), {sets})
        ),
        true_rates AS (
            SELECT '{FALSE}' AS measure, "by", "value", links AS cases, false_links AS errors FROM counted
            UNION ALL SELECT '{MISSED}', "by", "value", decided, missed_links FROM counted
        )
        SELECT measure, "by", "value", method, cases, errors, estimate, low, high
        FROM read_parquet('{published}', hive_partitioning = false) AS published
        JOIN true_rates USING (measure, "by", "value")
        WHERE method IN ('combined', 'clerical') AND cases > 0
        ORDER BY "by" <> '{EVERYTHING[0]}', measure, "by", "value", method""").fetchall()
    return [Check(*row) for row in rows]
