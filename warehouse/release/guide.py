"""The sheet 说明: what the rules say, what was not assessed, what waits, and how to fill the list in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import HEADING, Cautions
from warehouse.release.document import Prose, Table
from warehouse.release.unassessed import left_out
from warehouse.release.workbook import NOTICE, Book, Column

STATUS = {"waiting": "待下批次", "silent": "暂不重复推送"}

_RULES = (
    Column("rule_id", "规则", 8, "centre"),
    Column("title", "名称", 22),
    Column("sentence", "含义", 78),
    Column("warnings", "本表条数", 10, "count"),
)
_LEFT_OUT = (
    Column("rule_id", "规则", 8, "centre"),
    Column("title", "名称", 22),
    Column("reason", "未评估原因", 78),
    Column("not_assessed", "未评估对象数", 10, "count"),
)
_HELD_BACK = (
    Column("rule_id", "规则", 8, "centre"),
    Column("status", "状态", 22),
    Column("reason", "原因", 78),
    Column("warnings", "条数", 10, "count"),
)
_ALARMED = (
    Column("cause_rule", "规则", 8, "centre"),
    Column("place", "乡镇、村", 22),
    Column("summary", "警示", 78),
    Column("warnings", "预警条数", 10, "count"),
)

_ALARMS = """
SELECT cause_rule, concat_ws(' ', township, village), concat(summary, '（自 ', since, '）'), warnings
FROM fct_alarm_monthly ORDER BY warnings DESC, township, village, cause_rule
"""
_RULE_ROWS = """
SELECT rule.rule_id, rule.title, rule.sentence, count(listing.warning_id)
FROM dim_rule AS rule
LEFT JOIN listing ON listing.rule_id = rule.rule_id AND ($1 IS NULL OR listing.township = $1)
GROUP BY ALL ORDER BY rule.rule_id
"""
_HELD_BACK_ROWS = """
SELECT rule_id, status, reason, sum(warnings)::BIGINT FROM backlog
WHERE $1 IS NULL OR township = $1 GROUP BY ALL ORDER BY ALL
"""


def how_to_fill(month: Month, policy: Policy) -> list[str]:
    """The instructions, in the words of the month's policy."""
    due = month.last_day + timedelta(days=policy.count("release.answer_days"))
    none, other = policy.text("release.aid_none"), policy.text("release.reason_other")
    return [
        f"1. {NOTICE}。清单只提示需要入户核实的情形，不作认定，不影响发放，不直接纳入；以核实结果和审核审批为准。",
        "2. 每个村一张工作表，同一户的预警排在一起，按紧急程度排列。左侧各栏由机器填写并锁定，请勿改动编号；可以排序、筛选、调整栏宽。",
        f"3. 右侧浅黄色栏由村（社区）填写：核查结果（{'、'.join(policy.words('release.results'))}）；"
        f"拟纳入救助（{'、'.join(policy.words('release.aids'))}），均从下拉菜单选择。",
        f"4. 拟纳入救助选“{none}”的，必须选择未纳入原因；选“{other}”的，必须在原因说明中写明。漏填的格子显示红色。",
        f"5. 核查人写姓名，核查日期写到日。请于 {due.isoformat()} 前交回电子件；交回后系统逐条登记，有问题的行随退回单退回。",
        "6. 把握程度：确认＝至少两个来源一致且身份已对上；疑似＝只有一个来源、各来源不一致或身份待核实；提示＝身份或资格把握不大，供了解。"
        "“身份已对上”指各部门记录确为同一人，“身份待核实”请先核对本人身份。",
    ]


def guide_blocks(
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str | None,
    policy: Policy,
    cautions: Cautions,
) -> list[Table | Prose]:
    """What the sheet 说明 says, for workbook and paper; ``township`` None counts the whole county."""
    rules = con.execute(_RULE_ROWS, [township]).fetchall()
    held = [
        (rule, STATUS.get(status, status), reason, count)
        for rule, status, reason, count in con.execute(_HELD_BACK_ROWS, [township]).fetchall()
    ]
    blocks: list[Table | Prose] = [Prose(sentence) for sentence in how_to_fill(month, policy)]
    if township is None:
        alarms = con.execute(_ALARMS).fetchall()
        blocks.append(
            _table(_ALARMED, alarms, f"县级警示：{len(alarms)} 起（多户同因，请先看）", "本月没有成片警示。")
        )
    total = sum(line[3] for line in held)
    return [
        *blocks,
        _table(_RULES, rules, "一、本月规则", ""),
        left_out_table(con, township, "二、本月未评估（不等于没有问题）"),
        _table(_HELD_BACK, held, f"三、未列入本表的预警：{total} 条", "本月预警已全部列入本表。"),
        cautions.table(f"四、{HEADING}：{len(cautions.all)} 条（关口发现，看表时请留意）"),
    ]


def left_out_table(
    con: duckdb.DuckDBPyConnection, township: str | None, heading: str = "本月未评估（不等于没有问题）"
) -> Table:
    """What no rule could assess, and why, in a township or (None) in the county."""
    return _table(_LEFT_OUT, left_out(con, township), heading, "本月各规则均已评估。")


def write_guide(
    book: Book,
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str | None,
    title: str,
    policy: Policy,
    cautions: Cautions,
) -> None:
    """Write the sheet 说明, first in the workbook; the county's begins with the alarms (A01)."""
    sheet = book.sheet("说明")
    sheet.set_column(0, 0, 8)
    row = book.prose(sheet, 0, f"{title} · 说明", "section", across=4)
    for block in guide_blocks(con, month=month, township=township, policy=policy, cautions=cautions):
        if isinstance(block, Prose):
            row = book.prose(sheet, row, block.text, across=4)
        else:
            row = _write_table(book, sheet, row + 1, block)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _table(columns: tuple[Column, ...], lines: list[tuple[Any, ...]], heading: str, otherwise: str) -> Table:
    return Table(columns, [list(line) for line in lines], heading=heading, otherwise=otherwise)


def _write_table(book: Book, sheet: Any, row: int, table: Table) -> int:
    """A heading and a small table (or the sentence that says there is nothing); gives the next row."""
    row = book.prose(sheet, row, table.heading, "section", across=4)
    if not table.rows:
        return book.prose(sheet, row, table.otherwise, across=4)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(row, number, column.header, book.looks["header"])
    row += 1
    for line in table.rows:
        book.line(sheet, row, table.columns, line)
        row += 1
    return row
