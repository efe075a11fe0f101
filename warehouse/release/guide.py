"""The sheet 说明: what the rules say, what was not assessed, what waits, and how to fill the list in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import HEADING, Cautions
from warehouse.release.document import Prose, Table
from warehouse.release.list_columns import LEFT_OPEN_SHEET
from warehouse.release.unassessed import left_out
from warehouse.release.workbook import NOTICE, Book, Column

STATUS = {"waiting": "排队等候", "offices": "部门衔接", "silent": "已答复，不再下发"}

# Words first; what only those who look after the rules need stands last.
_RULES = (
    Column("title", "规则", 24),
    Column("plain", "说的是什么", 78),
    Column("warnings", "本表条数", 10, "count"),
    Column("rule_id", "规则编号", 14, "centre"),
)
_LEFT_OUT = (
    Column("title", "规则", 24),
    Column("reason", "未评估原因", 78),
    Column("not_assessed", "未评估对象数", 10, "count"),
    Column("rule_id", "规则编号", 14, "centre"),
)
_HELD_BACK = (
    Column("title", "规则", 24),
    Column("reason", "状态和原因", 78),
    Column("warnings", "条数", 10, "count"),
    Column("rule_id", "规则编号", 14, "centre"),
)
_ALARMED = (
    Column("place", "乡镇、村", 24),
    Column("summary", "警示", 78),
    Column("warnings", "预警条数", 10, "count"),
    Column("cause_rule", "规则编号", 14, "centre"),
)

_ALARMS = """
SELECT concat_ws(' ', township, village), concat(summary, '（自 ', since, '）'), warnings, cause_rule
FROM fct_alarm_monthly ORDER BY warnings DESC, township, village, cause_rule
"""
_RULE_ROWS = """
SELECT rule.title, coalesce(rule.plain, rule.sentence), count(listing.warning_id) AS warnings, rule.rule_id
FROM dim_rule AS rule
LEFT JOIN listing ON listing.rule_id = rule.rule_id AND ($1 IS NULL OR listing.township = $1)
GROUP BY ALL HAVING $1 IS NULL OR count(listing.warning_id) > 0 ORDER BY rule.rule_id
"""
_HELD_BACK_ROWS = """
SELECT rule_id, coalesce(rule.title, rule_id), status, reason, sum(warnings)::BIGINT FROM backlog
LEFT JOIN dim_rule AS rule USING (rule_id) WHERE $1 IS NULL OR township = $1 GROUP BY ALL ORDER BY ALL
"""


def how_to_fill(month: Month, policy: Policy) -> list[str]:
    """The instructions, in the words of the month's policy."""
    due = month.last_day + timedelta(days=policy.count("release.answer_days"))
    none, other = policy.text("release.aid_none"), policy.text("release.reason_other")
    return [
        f"1. {NOTICE}。清单只提醒哪些人家该去看一看，不是结论：不停发、不纳入，都以核实结果和审核审批为准。",
        "2. 每个村一张表，同一户的预警排在一起，跑一趟全问清；越靠前越要紧。左边各栏是机器填的、已锁定，编号请勿改动；可以排序、筛选、调整栏宽。",
        "3. “预警事项”点一下看规则卡（这条规则说的是什么、问什么、怎么办）；“把握程度”点一下看匹配卡（用了哪些部门的哪些记录）。卡上都能点回来。",
        f"4. 右边浅黄色栏由村（社区）填写，从下拉菜单里选：核查结果（{'、'.join(policy.words('release.results'))}）；"
        f"拟纳入救助（{'、'.join(policy.words('release.aids'))}）。“人员核对”（{'、'.join(policy.words('release.identities'))}）"
        "只在浅黄色的格子里填：机器拿不准依据里的记录是不是这个人。",
        f"5. 拟纳入救助选“{none}”的，必须选未纳入原因；选“{other}”的，必须在原因说明里写明。漏填的格子会变红。",
        f"6. 核查人写姓名，核查日期写到日。请于 {due.isoformat()} 前交回电子件，限 12 小时、24 小时的先办先报；交回后逐条登记，填错的行随退回单退回。",
        f"7. 标“结转”的是以前下发、还没有答复的；不在各村表上的列在“{LEFT_OPEN_SHEET}”表，同样要答复。"
        "已经答复的，情况不变就不再下发；没轮到的在排队，不会丢。"
        "标“复查”的，上次核查为“不属实”，按规定再看一次：不是说谁查错了，请换一个人上门，照看到的填；两次都不属实的不再下发。",
        "8. 把握程度：确认＝至少两个来源一致，人也对上了；疑似＝只有一个来源、来源之间不一致，或人还要核对；提示＝把握不大，供了解。"
        "“身份待核实”的请先核对本人身份。",
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
        (title, f"{status_told(status, rule, policy)}：{reason}", count, rule)
        for rule, title, status, reason, count in con.execute(_HELD_BACK_ROWS, [township]).fetchall()
    ]
    blocks: list[Table | Prose] = [Prose(sentence) for sentence in how_to_fill(month, policy)]
    if township is None:
        blocks.append(alarm_table(con))
    total = sum(line[2] for line in held)
    return [
        *blocks,
        _table(_RULES, rules, f"一、{'本表用到的规则' if township else '本月规则'}", "本表没有预警。"),
        left_out_table(con, township, "二、本月未评估（不等于没有问题）"),
        _table(_HELD_BACK, held, f"三、未列入本表的预警：{total} 条", "本月预警已全部列入本表。"),
        cautions.table(f"四、{HEADING}：{len(cautions.all)} 条（关口发现，看表时请留意）"),
    ]


def status_told(status: str, rule: str, policy: Policy) -> str:
    """Why a warning is on no list, in a word: what offices settle between them never waits for a walk."""
    is_offices = status == "waiting" and rule in policy.words("rules_between_offices")
    return STATUS.get("offices" if is_offices else status, status)


def alarm_table(con: duckdb.DuckDBPyConnection) -> Table:
    """The alarms of the county (A01): villages where many households are in trouble for one cause."""
    alarms = con.execute(_ALARMS).fetchall()
    return _table(
        _ALARMED,
        alarms,
        f"县级警示：{len(alarms)} 起（一村多户同因，请先看）",
        "本月没有一村多户同因的警示。",
    )


def left_out_table(
    con: duckdb.DuckDBPyConnection, township: str | None, heading: str = "本月未评估（不等于没有问题）"
) -> Table:
    """What no rule could assess, and why, in a township or (None) in the county."""
    lines = [(title, reason, count, rule) for rule, title, reason, count in left_out(con, township)]
    return _table(_LEFT_OUT, lines, heading, "本月各规则均已评估。")


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
    sheet.set_column(0, 0, 24)
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
