"""Impossible histories: links that, were they right, would make one person do what nobody can.

A check never proves a link wrong (the cell may be) and sees only some of the wrong ones. How many it would see is
tried out on links that are surely wrong: the same descriptions put with another person.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from linkage.agreement import DIFFERENT
from linkage.quality.limits import QualityLimits
from linkage.quality.reading import hash_order
from linkage.reading import BORROWED, NAMED_AFTER
from warehouse.database import quoted
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month


@dataclass(frozen=True)
class Check:
    """One impossibility between a description ``a`` and another ``b`` of the same person: what both must tell for it
    to be looked at (``told``), and what cannot be (``broken``). ``{grace}`` are days of the policy."""

    check_id: str
    sentence: str
    told: str
    broken: str


# One-sided checks are written both ways, so that either description may be the one that is asked about.
CHECKS = (
    Check(
        "after_death",
        "死亡之后仍有就医、失业登记",
        "(a.died_on IS NOT NULL AND b.last_alive IS NOT NULL) OR (b.died_on IS NOT NULL AND a.last_alive IS NOT NULL)",
        "a.died_on + {grace} < b.last_alive OR b.died_on + {grace} < a.last_alive",
    ),
    Check(
        "before_birth",
        "出生之前已有就医、登记",
        "(a.own_birth IS NOT NULL AND b.first_alive IS NOT NULL) OR (b.own_birth IS NOT NULL AND a.first_alive IS NOT NULL)",
        "b.first_alive < a.own_birth OR a.first_alive < b.own_birth",
    ),
    Check(
        "two_ids",
        "一人出示两个有效而不同的身份证号",
        "a.id_no IS NOT NULL AND b.id_no IS NOT NULL",
        "a.id_no <> b.id_no",
    ),
    Check(
        "two_sexes",
        "两处性别不同",
        "a.own_sex IS NOT NULL AND b.own_sex IS NOT NULL",
        "a.own_sex <> b.own_sex",
    ),
    Check(
        "two_births",
        "两处出生日期相差悬殊",
        "a.birth IS NOT NULL AND b.birth IS NOT NULL",
        "births_far(a.birth, b.birth)",
    ),
    Check(
        "two_names",
        "两处姓名毫不相干",
        "a.name IS NOT NULL AND b.name IS NOT NULL",
        f"name_level(a.name, a.name_family, a.name_pinyin, b.name, b.name_family, b.name_pinyin) = {DIFFERENT}",
    ),
    Check(
        "twice_in_feed",
        "在每人一行的名册中有两行（编号不同）",
        "a.feed = b.feed AND a.is_single AND a.agency_key IS NOT NULL AND b.agency_key IS NOT NULL",
        "a.agency_key <> b.agency_key",
    ),
    Check(
        "two_schools",
        "同时在两所学校就读",
        "a.school IS NOT NULL AND b.school IS NOT NULL AND a.agency_key IS DISTINCT FROM b.agency_key",
        "a.school <> b.school",
    ),
)

# Feeds whose rows tell when somebody was surely alive, and when somebody died; the condition keeps the rows
# that count.
_ALIVE = {
    "medical_settlement": ("settled_at", "state = '1'"),
    "unemployment": ("registered_on", "TRUE"),
}
_DIED = {"death": ("died_on", "reason = '死亡'"), "cremation": ("died_on", "TRUE")}
_SCHOOL = ("education_enrolment", "school", "state = '在籍'")


def look_for_impossible(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, limits: QualityLimits
) -> None:
    """Make ``impossible(profile_key, is_wrong_pair, seen, looked)``: for each certain link of the month, and for a
    sample put with a wrong person of the same township, by which checks it could be looked at (``looked``) and which see it (``seen``), as lists.

    A check sees a link where the description that joined is at odds with more than half of what its person shows.
    """
    _told(con, month, lake)
    counted = ", ".join(
        f"count_if({_told_by(check)}) AS told_{check.check_id}, count_if({_broken_by(check, limits)}) AS broken_{check.check_id}"
        for check in CHECKS
    )
    looked = _named("told_{0} > 0")
    seen = _named("2 * broken_{0} > told_{0}")
    for is_wrong_pair, pairs in ((False, "right_pairs"), (True, "wrong_pairs")):
        _pairs(con, is_wrong_pair, limits)
        verb = "INSERT INTO impossible" if is_wrong_pair else "CREATE OR REPLACE TEMP TABLE impossible AS"
        con.execute(f"""
            {verb}
            WITH counted AS (
                SELECT a.profile_key, {counted}
                FROM {pairs} JOIN told AS a ON a.profile_key = {pairs}.left_key
                JOIN told AS b ON b.person_id = {pairs}.person_id AND b.profile_key <> a.profile_key
                GROUP BY a.profile_key
            )
            SELECT profile_key, {is_wrong_pair} AS is_wrong_pair, {seen} AS seen, {looked} AS looked FROM counted""")


def _told_by(check: Check) -> str:
    return f"coalesce({check.told}, FALSE)"


def _broken_by(check: Check, limits: QualityLimits) -> str:
    broken = check.broken.format(grace=limits.death_grace_days)
    return f"{_told_by(check)} AND coalesce({broken}, FALSE)"


def _named(condition: str) -> str:
    """A list of the checks for which a condition over their counts holds."""
    parts = (f"CASE WHEN {condition.format(check.check_id)} THEN '{check.check_id}' END" for check in CHECKS)
    return f"list_filter([{', '.join(parts)}], lambda x: x IS NOT NULL)"


def _told(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """Make ``told``: what each description of the registry tells for the checks, review links left out."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE dated (profile_key UBIGINT, died_on DATE, alive_on DATE, school VARCHAR)"
    )
    for feed, (column, condition) in _DIED.items():
        _gather(con, month, lake, feed, f"{column}, NULL, NULL", condition)
    for feed, (column, condition) in _ALIVE.items():
        _gather(con, month, lake, feed, f"NULL, {column}, NULL", condition)
    feed, column, condition = _SCHOOL
    _gather(con, month, lake, feed, f"NULL, NULL, {column}", condition)
    single = ", ".join(f"'{feed}'" for feed, one in contracts().items() if one.one_row_per_person)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE told AS
        WITH dates AS (
            SELECT profile_key, max(died_on) AS died_on, min(alive_on) AS first_alive, max(alive_on) AS last_alive,
                min(school) AS school
            FROM dated GROUP BY profile_key
        )
        SELECT everyone.profile_key, everyone.person_id, everyone.feed, everyone.township,
            everyone.feed IN ({single}) AND everyone.role = 'self' AND everyone.last_month = '{month}' AS is_single,
            CASE WHEN everyone.rule NOT IN {BORROWED} THEN id_no END AS id_no,
            CASE WHEN birth_source = 'column' AND birth_precision = 'day' THEN birth_date END AS own_birth,
            CASE WHEN birth_source = 'column' OR everyone.rule NOT IN {BORROWED} AND birth_source = 'id' THEN birth_date END AS birth,
            CASE WHEN id_no IS NULL OR birth_source = 'column' THEN sex END AS own_sex,
            CASE WHEN NOT starts_with(name, '{NAMED_AFTER}') THEN name END AS name, name_family, name_pinyin,
            CASE WHEN everyone.role = 'self' THEN agency_key END AS agency_key, dates.died_on, first_alive, last_alive,
            CASE WHEN everyone.last_month = '{month}' THEN school END AS school
        FROM everyone LEFT JOIN dates USING (profile_key)
        WHERE everyone.grade <> 'review'""")


def _gather(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, feed: str, columns: str, condition: str
) -> None:
    for text in lake.months("standardised", feed=feed):
        if text > str(month) or text not in lake.months("records", feed=feed):
            continue
        rows = quoted(lake.partition("standardised", feed=feed, month=text) / "*.parquet")
        records = quoted(lake.partition("records", feed=feed, month=text) / "*.parquet")
        con.execute(f"""
            INSERT INTO dated
            SELECT records.profile_key, {columns}
            FROM read_parquet('{rows}', hive_partitioning = false) AS told
            JOIN read_parquet('{records}', hive_partitioning = false) AS records USING (file, sheet, "row")
            WHERE records.role = 'self' AND ({condition})""")


def _pairs(con: duckdb.DuckDBPyConnection, is_wrong_pair: bool, limits: QualityLimits) -> None:
    if not is_wrong_pair:
        con.execute("""
            CREATE OR REPLACE TEMP TABLE right_pairs AS
            SELECT profile_key AS left_key, person_id FROM linked WHERE grade = 'certain'""")
        return
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE wrong_pairs AS
        WITH drawn AS (
            SELECT profile_key, person_id, township FROM linked WHERE grade = 'certain'
            ORDER BY {hash_order("profile_key", "wrong")} LIMIT {limits.repaired_links}
        ),
        shifted AS (
            SELECT profile_key AS left_key, person_id AS own,
                coalesce(lead(person_id, 1) OVER round, first_value(person_id) OVER round) AS person_id
            FROM drawn WINDOW round AS (PARTITION BY township ORDER BY {hash_order("profile_key", "wrong")}
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        )
        SELECT left_key, person_id FROM shifted WHERE person_id <> own""")
