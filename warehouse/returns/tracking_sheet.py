"""答复跟踪表: what was sent, answered, waits or is overdue, by township, rule and month. Counts only, no person."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.issue import issue
from warehouse.release.masking import mask_for
from warehouse.release.naming import WHOLE_COUNTY
from warehouse.release.workbook import Column
from warehouse.returns.tracking import ALONG, ANSWERED, CHECKED, OVERDUE, WAITING, WITHDRAWN

_COUNTED = (
    Column("sent", "下发", 9, "count", is_summed=True),
    Column("answered", "已答复", 9, "count", is_summed=True),
    Column("checked", "其中：村级核查", 11, "count", is_summed=True),
    Column("late", "核查中逾期答复", 11, "count", is_summed=True),
    Column("withdrawn", "其中：县级撤回", 11, "count", is_summed=True),
    Column("along", "其中：随同事项了结", 12, "count", is_summed=True),
    Column("waiting", "待答复（未到期）", 11, "count", is_summed=True),
    Column("overdue", "逾期未答复", 10, "count", is_summed=True),
    Column("tried", "未结中已答无法核实", 12, "count", is_summed=True),
    Column("share", "已答复率", 10, "centre"),
    Column("delay", "逾期答复平均迟（天）", 12, "centre"),
)
_BY = {
    "township": Column("township", "乡镇", 14, "centre"),
    "title": Column("title", "预警事项", 22),
    "listed_month": Column("listed_month", "首次下发月份", 12, "centre"),
}
_COUNTS = f"""
    count(*), count(*) FILTER (state = '{ANSWERED}'), count(*) FILTER (ended_by = '{CHECKED}'),
    count(*) FILTER (ended_by = '{CHECKED}' AND days_late > 0), count(*) FILTER (ended_by = '{WITHDRAWN}'),
    count(*) FILTER (ended_by = '{ALONG}'), count(*) FILTER (state = '{WAITING}'),
    count(*) FILTER (state = '{OVERDUE}'), count(*) FILTER (state <> '{ANSWERED}' AND unsettled_answers > 0),
    round(100.0 * count(*) FILTER (state = '{ANSWERED}') / count(*), 1) || '%',
    round(avg(days_late) FILTER (ended_by = '{CHECKED}' AND days_late > 0), 1)
"""


def write_summary(
    folder: Path, con: duckdb.DuckDBPyConnection, *, month: Month, on: date, policy: Policy
) -> None:
    """Write 答复跟踪表 of the county from ``tracking``."""
    title = f"{policy.text('release.county_name')}预警核查答复跟踪表（{month.year}年{month.number}月）"
    said = (
        f"截至 {on}。下发 = 已答复 + 待答复 + 逾期未答复，按乡镇、事项、首次下发月份都相等。"
        "同一条预警连续几个月在清单上只算一次；答复以后依据变了又重新下发的、复查的，另算一次。"
        "“无法核实”不算办结，继续列入。"
    )
    sheets = [
        _sheet(con, name, f"{title} · {name}", said, keys)
        for name, keys in (
            ("按乡镇", ("township",)),
            ("按事项", ("title",)),
            ("按月份", ("listed_month",)),
            ("明细", ("listed_month", "township", "title")),
        )
    ]
    path = f"答复跟踪表_{WHOLE_COUNTY}_{month}.xlsx"
    issue(
        folder, path, Document(title, sheets), kind="tracking", mask=mask_for("report", policy), month=month
    )


def _sheet(con: duckdb.DuckDBPyConnection, name: str, title: str, said: str, keys: tuple[str, ...]) -> Sheet:
    columns = (*(_BY[key] for key in keys), *_COUNTED)
    grouped = ", ".join(f"coalesce(nullif({key}, ''), rule_id)" if key == "title" else key for key in keys)
    rows = con.execute(f"SELECT {grouped}, {_COUNTS} FROM tracking GROUP BY {grouped} ORDER BY {grouped}")
    lines = [list(row) for row in rows.fetchall()]
    every = con.execute(f"SELECT {_COUNTS} FROM tracking").fetchone() or ()
    told = {column.key: value for column, value in zip(_COUNTED, every, strict=True) if not column.is_summed}
    table = Table(columns, lines, total="合计", total_told=told, otherwise="还没有下发过预警。")
    return Sheet(name, title, [Prose(said), table], form_line=())
