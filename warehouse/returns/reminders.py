"""催办单: what a township still owes, the longest overdue first; it can be filled in and sent back like a list."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from warehouse.followed import persons_named
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.issue import issue
from warehouse.release.list_columns import ANSWERS, KEYS, Answers
from warehouse.release.masking import mask_for
from warehouse.release.naming import distinct, place_word
from warehouse.release.workbook import Column
from warehouse.returns.tracking import ANSWERED, OVERDUE

_SEEN = (
    Column("village", "村", 10, "centre"),
    Column("name", "姓名", 10, "centre"),
    Column("title", "预警事项", 18),
    Column("listed_month", "首次下发", 10, "centre"),
    Column("last_listed_month", "最近所在清单", 12, "centre"),
    Column("due_on", "应答复日期", 12, "centre"),
    Column("days_late", "已逾期（天）", 9, "count"),
    Column("said", "说明", 20),
)
_COLUMNS = (*_SEEN, *ANSWERS, *KEYS)
_SAID = "下列预警已经下发、至今没有办结的答复。请核查后在右侧填写并交回（填在原清单上交回也可以）；已经交回的，以交回的为准。"


def write_reminders(
    folder: Path, con: duckdb.DuckDBPyConnection, *, month: Month, on: date, lake: Lake, policy: Policy
) -> int:
    """Write 催办单 of every township with something overdue, or due in the days of policy; give how many."""
    soon = on + timedelta(days=policy.count("tracking.remind_days_before"))
    rows = con.execute(f"""
        SELECT tracking.township, tracking.village, persons.name, coalesce(nullif(title, ''), rule_id), listed_month,
            last_listed_month, CAST(due_on AS VARCHAR), CASE WHEN state = '{OVERDUE}' THEN days_late END,
            CASE WHEN second_look_of IS NULL THEN '' ELSE '复查（上次 ' || second_look_of || '），请换一个人核查；' END ||
            CASE WHEN unsettled_answers > 0 THEN '已答“无法核实”' || unsettled_answers || ' 次，请续查' ELSE '' END,
            tracking.person_id, warning_id
        FROM tracking LEFT JOIN {persons_named(lake, month)} AS persons ON persons.person_id = tracking.person_id
        WHERE state <> '{ANSWERED}' AND due_on <= DATE '{soon}'
        ORDER BY tracking.township, due_on, tracking.village, tracking.household_id, warning_id""").fetchall()
    mask, words = mask_for("list", policy), Answers.of(policy)
    menus = (
        ("identity", tuple(words.identities)),
        ("result", tuple(words.results)),
        ("aid", tuple(words.aids)),
        ("reason_not", tuple(words.reasons)),
    )
    by_township: dict[str, list[list[object]]] = {}
    for township, village, name, title, *middle, person, warning in rows:
        shown = [mask.show_text(village), mask.show_name(name), title, *middle]
        by_township.setdefault(township, []).append([*shown, *[None] * len(ANSWERS), person, warning])
    places = distinct([(one, place_word(one, policy)) for one in sorted(by_township)])
    county = policy.text("release.county_name")
    for township, word in places:
        owed = by_township[str(township)]
        overdue = sum(line[len(_SEEN) - 2] is not None for line in owed)
        title = f"{county}{mask.show_text(str(township))}预警核查催办单（截至 {on}）"
        said = f"{_SAID}共 {len(owed)} 条，其中逾期 {overdue} 条。"
        sheet = Sheet("催办单", title, [Prose(said), Table(_COLUMNS, owed, menus=menus)])
        issue(
            folder,
            f"催办单_{word}_{month}.xlsx",
            Document(title, [sheet]),
            kind="reminder",
            mask=mask,
            month=month,
        )
    return len(places)
