"""What stands on the lists, as tables of the month's DuckDB: made once, read by every writer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

# Nobody's township is somebody's too: rows without one get a list of their own.
UNPLACED = "未写明乡镇"
UNPLACED_VILLAGE = "未写明村"
_BATCH = 5_000

# A household's warnings stand together, in the village that most of them name (two lists may spell one
# place in two ways); households by their most pressing warning, then by key, so
# that the order never depends on threads.
_LISTING = f"""
CREATE TABLE listing AS
WITH placed AS (
    SELECT * REPLACE (
        coalesce(nullif(trim(township), ''), '{UNPLACED}') AS township,
        coalesce(nullif(trim(village), ''), '{UNPLACED_VILLAGE}') AS village
    ), coalesce(household_id, 'person:' || person_id, warning_id) AS household
    FROM fct_warning_monthly WHERE status = 'listed'
),
homes AS (
    SELECT township, household, village, row_number() OVER (
        PARTITION BY township, household ORDER BY village = '{UNPLACED_VILLAGE}', count(*) DESC, max(coalesce(priority, 0)) DESC, village
    ) AS place
    FROM placed GROUP BY township, household, village
),
pressed AS (
    SELECT placed.* REPLACE (homes.village AS village), max(coalesce(priority, 0)) OVER (PARTITION BY placed.township, household) AS household_priority
    FROM placed JOIN homes USING (township, household) WHERE homes.place = 1
),
lined AS (
SELECT
    pressed.warning_id, pressed.rule_id, pressed.person_id, pressed.township, pressed.village,
    pressed.household, pressed.grade, pressed.since, pressed.amount, pressed.summary, pressed.evidence,
    coalesce(nullif(pressed.check_hint, ''), rule.check_hint) AS check_hint,
    pressed.policy_ref, pressed.requirement, pressed.proposed, coalesce(rule.title, pressed.rule_id) AS title,
    pressed.clock, pressed.due_on, pressed.opened, pressed.age_months, pressed.status_reason, pressed.yield_basis,
    person.name, person.id_no, person.phone, person.link_grade, NULL::BOOLEAN AS is_own_doubt,
    row_number() OVER (
        PARTITION BY pressed.township, pressed.village
        ORDER BY household_priority DESC, pressed.household, coalesce(pressed.priority, 0) DESC, pressed.warning_id
    ) AS place,
    dense_rank() OVER (
        PARTITION BY pressed.township, pressed.village ORDER BY household_priority DESC, pressed.household
    ) AS household_place
FROM pressed
LEFT JOIN dim_rule AS rule ON rule.rule_id = pressed.rule_id
LEFT JOIN dim_person AS person ON person.person_id = pressed.person_id
)
-- ``same_as``: the first row of the household that says the very same, for who reads it on paper.
SELECT lined.*, nullif(min(place) OVER (PARTITION BY township, village, household, rule_id, summary), place) AS same_as
FROM lined
ORDER BY township, village, place
"""

# Handed out before, answered by nobody, and not on this month's lists: no longer raised, or without a place this
# month. What was given up (silent) is the county's to settle. Their rows are answered like any other.
_LEFT_OPEN = f"""
CREATE TABLE left_open AS
WITH open AS (
    SELECT item.* REPLACE (
        coalesce(nullif(trim(item.township), ''), '{UNPLACED}') AS township,
        coalesce(nullif(trim(item.village), ''), '{UNPLACED_VILLAGE}') AS village
    ), warning.status AS status_now, warning.evidence, warning.grade, warning.amount, warning.proposed, warning.policy_ref,
        warning.since, warning.yield_basis, warning.status_reason,
        coalesce(item.household_id, 'person:' || item.person_id, item.warning_id) AS household
    FROM fct_open_item_monthly AS item
    LEFT JOIN fct_warning_monthly AS warning ON warning.warning_id = item.warning_id
    WHERE coalesce(warning.status, '') NOT IN ('listed', 'silent')
)
SELECT open.warning_id, open.rule_id, open.person_id, open.township, open.village, open.household, open.grade,
    coalesce(open.since, open.listed_month) AS since, open.amount,
    concat('〔', open.village, '〕', open.summary) AS summary, open.evidence,
    nullif(rule.check_hint, '') AS check_hint, open.policy_ref, rule.requirement, open.proposed,
    coalesce(rule.title, open.rule_id) AS title, open.clock, open.due_on, '结转' AS opened, open.age_months,
    CASE WHEN open.is_raised THEN open.status_reason
        ELSE concat(CASE WHEN open.second_look_of IS NOT NULL THEN '复查：' || open.second_look_of || ' 核查过的，请换一个人再核查一次；' END,
            '本月数据里已不再出现，原来下发的仍请答复') END AS status_reason,
    open.yield_basis, person.name, person.id_no, person.phone, person.link_grade, NULL::BOOLEAN AS is_own_doubt,
    row_number() OVER (PARTITION BY open.township ORDER BY open.due_on, open.village, open.household, open.warning_id) AS place,
    dense_rank() OVER (PARTITION BY open.township ORDER BY open.due_on, open.village, open.household) AS household_place,
    NULL::BIGINT AS same_as
FROM open
LEFT JOIN dim_rule AS rule ON rule.rule_id = open.rule_id
LEFT JOIN dim_person AS person ON person.person_id = open.person_id
ORDER BY township, place
"""

# What a reason says of one house only (as fct_warning_monthly writes it): a count of many leaves it out.
_OF_ONE_HOUSE = "，本户排在候补第 [0-9]+ 位(，已等 [0-9]+ 个月)?"
_BACKLOG = f"""
CREATE TABLE backlog AS
SELECT coalesce(nullif(trim(township), ''), '{UNPLACED}') AS township, status, rule_id,
       coalesce(nullif(trim(regexp_replace(status_reason, '{_OF_ONE_HOUSE}', '')), ''), '未写明原因') AS reason, count(*) AS warnings
FROM fct_warning_monthly WHERE status <> 'listed'
GROUP BY ALL ORDER BY ALL
"""

WARNINGS = """
SELECT warning_id, rule_id, person_id, household_id, region, township, village, grade, status, status_reason,
       since, evidence, policy_ref, requirement, proposed, clock, due_on, opened, age_months, expected_yield, priority
FROM fct_warning_monthly ORDER BY warning_id
"""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``listing`` (every listed warning with its person, in list order), ``left_open`` (handed out before, open,
    and not on this month's lists) and ``backlog`` (the rest, counted)."""
    con.execute(_LISTING)
    con.execute(_LEFT_OPEN)
    con.execute(_BACKLOG)


def townships(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Every township with a warning of the month, held back or not, or with an item still open, in order."""
    rows = con.execute(
        "SELECT township FROM listing UNION SELECT township FROM backlog UNION SELECT township FROM left_open ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in rows]


def stream(
    con: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """A query's rows a batch at a time, on a cursor of its own."""
    cursor = con.cursor()
    try:
        cursor.execute(query, parameters or [])
        while rows := cursor.fetchmany(_BATCH):
            yield from rows
    finally:
        cursor.close()
