"""县级汇总: what went out, what waits, what is silent and why, what is overdue, per township and rule. Counts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.guide import alarm_table, left_out_table
from warehouse.release.listing import UNPLACED
from warehouse.release.masking import Mask, mask_for
from warehouse.release.policy_words import cap_told, what_counts
from warehouse.release.workbook import Column

FILE = "县级汇总"

_COUNTS = (
    Column("visits", "本月走访户数", 9, "count", is_summed=True),
    Column("listed", "列入条数", 9, "count", is_summed=True),
    Column("carried", "其中结转", 9, "count", is_summed=True),
    Column("waiting_visits", "候补户数", 9, "count", is_summed=True),
    Column("waiting", "候补条数", 9, "count", is_summed=True),
    Column("offices", "部门衔接", 9, "count", is_summed=True),
    Column("silent", "已答复不再发", 10, "count", is_summed=True),
    Column("given_up", "转县级处理", 10, "count", is_summed=True),
    Column("left_open", "结转不在本月表", 10, "count", is_summed=True),
    Column("overdue", "逾期未答复", 10, "count", is_summed=True),
    Column("answered", "累计答复", 9, "count", is_summed=True),
    Column("found", "其中有收效", 9, "count", is_summed=True),
    Column("alarms", "报警村数", 9, "count", is_summed=True),
    Column("not_assessed", "未评估对象", 10, "count", is_summed=True),
)
_TOWNSHIPS = (Column("township", "乡镇", 14, "centre"), *_COUNTS)
_YIELD = (
    Column("share", "收效率", 9, "centre"),
    Column("expected", "下次预计收效率", 10, "centre"),
)
_RULES = (
    Column("title", "规则", 22),
    *_COUNTS,
    *_YIELD,
    Column("rule_id", "规则编号", 9, "centre"),
)
_BOTH = (
    Column("township", "乡镇", 14, "centre"),
    Column("title", "规则", 22),
    *_COUNTS,
    Column("rule_id", "规则编号", 9, "centre"),
)
_NOTE = (
    "一户算一次走访，不论有几条预警。“其中结转”是以前下发、村里还没有答复的；“结转不在本月表”列在各乡镇清单的“结转待答复”表上。"
    "“累计答复”只数按政策计入的月份；无法核实的不算。“收效率”是有收效的占累计答复的比例，“下次预计收效率”按它和政策预设推算，"
    "下月先去哪家看它。“未评估”不等于没有问题。"
)

# Every count per township and rule; the sheets add them up. Households are counted once per place and rule, so the sum
# over rules is more than the visits of a township, which are counted anew.
_TABLE = f"""
CREATE OR REPLACE TABLE summary_lines AS
WITH warned AS (
    SELECT coalesce(nullif(trim(township), ''), '{UNPLACED}') AS township, rule_id, warning_id, status, opened, status_reason,
        coalesce(household_id, 'person:' || person_id, warning_id) AS home,
        list_contains(string_split($1, ';'), rule_id) AS is_between_offices
    FROM fct_warning_monthly
),
items AS (
    SELECT coalesce(nullif(trim(item.township), ''), '{UNPLACED}') AS township, item.rule_id, item.warning_id, item.state,
        coalesce(warned.status, '') AS status_now
    FROM fct_open_item_monthly AS item LEFT JOIN warned ON warned.warning_id = item.warning_id
),
given_up AS (SELECT DISTINCT warning_id FROM items WHERE status_now = 'silent')
SELECT township, rule_id, 'listed' AS what, home, opened = '结转' AS is_so, 1 AS counted FROM warned WHERE status = 'listed'
UNION ALL SELECT township, rule_id, 'waiting', home, false, 1 FROM warned WHERE status = 'waiting' AND NOT is_between_offices
UNION ALL SELECT township, rule_id, 'offices', home, false, 1 FROM warned WHERE status = 'waiting' AND is_between_offices
UNION ALL SELECT township, rule_id, 'silent', home, warning_id IN (FROM given_up), 1 FROM warned WHERE status = 'silent'
UNION ALL SELECT township, rule_id, 'left_open', warning_id, false, 1 FROM items WHERE status_now NOT IN ('listed', 'silent')
UNION ALL SELECT township, rule_id, 'overdue', warning_id, false, 1 FROM items WHERE state = '逾期' AND status_now <> 'silent'
UNION ALL SELECT township, rule_id, 'answered', '', false, sum(answers)::INTEGER FROM fct_yield_monthly
    WHERE township <> '' GROUP BY ALL
UNION ALL SELECT township, rule_id, 'found', '', false, sum(found)::INTEGER FROM fct_yield_monthly WHERE township <> '' GROUP BY ALL
UNION ALL SELECT township, cause_rule, 'alarms', village, false, 1 FROM fct_alarm_monthly
UNION ALL SELECT township, rule_id, 'not_assessed', '', false, sum(not_assessed)::INTEGER FROM fct_assessment_monthly GROUP BY ALL
"""
_SUMS = """
    count(DISTINCT home) FILTER (what = 'listed'), coalesce(sum(counted) FILTER (what = 'listed'), 0)::BIGINT,
    coalesce(sum(counted) FILTER (what = 'listed' AND is_so), 0)::BIGINT, count(DISTINCT home) FILTER (what = 'waiting'),
    coalesce(sum(counted) FILTER (what = 'waiting'), 0)::BIGINT, coalesce(sum(counted) FILTER (what = 'offices'), 0)::BIGINT,
    coalesce(sum(counted) FILTER (what = 'silent' AND NOT is_so), 0)::BIGINT,
    coalesce(sum(counted) FILTER (what = 'silent' AND is_so), 0)::BIGINT,
    coalesce(sum(counted) FILTER (what = 'left_open'), 0)::BIGINT, coalesce(sum(counted) FILTER (what = 'overdue'), 0)::BIGINT,
    coalesce(sum(counted) FILTER (what = 'answered'), 0)::BIGINT, coalesce(sum(counted) FILTER (what = 'found'), 0)::BIGINT,
    count(DISTINCT (township, home)) FILTER (what = 'alarms'), coalesce(sum(counted) FILTER (what = 'not_assessed'), 0)::BIGINT
"""
_EXPECTED = """
SELECT rule_id, sum(found)::DOUBLE / nullif(sum(answers), 0), max_by(expected_yield, (answers, grade = '疑似', grade))
FROM fct_yield_monthly WHERE township = '' GROUP BY rule_id
"""


def county_summary(
    con: duckdb.DuckDBPyConnection, *, month: Month, policy: Policy, cautions: Cautions
) -> Document:
    """The summary of the month's lists for the county; ``con`` holds the marts and ``listing``."""
    con.execute(_TABLE, [policy.text("rules_between_offices")])
    mask = mask_for("report", policy)
    title = f"{policy.text('release.county_name')}{month.year}年{month.number}月预警核查县级汇总"
    townships = _rows(
        con, mask, f"SELECT township, {_SUMS} FROM summary_lines GROUP BY township ORDER BY township"
    )
    worth = {rule: (share, expected) for rule, share, expected in con.execute(_EXPECTED).fetchall()}
    rules = [
        [*row, *map(_share, worth.get(rule, (None, None))), rule]
        for rule, *row in _rows(
            con,
            mask,
            f"SELECT rule_id, coalesce(title, rule_id), {_SUMS} FROM summary_lines LEFT JOIN dim_rule USING (rule_id) "
            "GROUP BY ALL ORDER BY rule_id",
        )
    ]
    both = _rows(
        con,
        mask,
        f"SELECT township, coalesce(title, rule_id), {_SUMS}, rule_id FROM summary_lines LEFT JOIN dim_rule USING (rule_id) "
        "GROUP BY township, rule_id, title ORDER BY township, rule_id",
    )
    # Ten sheets of paper of noughts say nothing: a pair stands there that has something to say.
    both = [row for row in both if any(row[2:-1])]
    alarms = alarm_table(con)
    said = Prose(f"{cap_told(policy)}急难等不占名额。{_NOTE}{what_counts(policy)}")
    return Document(
        title,
        [
            Sheet(
                "按乡镇",
                f"{title} · 按乡镇",
                [Table(_TOWNSHIPS, townships, total="全县", otherwise="本月没有预警。"), said],
                form_line=(),
            ),
            Sheet(
                "按规则",
                f"{title} · 按规则",
                [Table(_RULES, rules, otherwise="本月没有预警。"), said],
                form_line=(),
            ),
            Sheet(
                "乡镇和规则",
                f"{title} · 乡镇和规则",
                [Table(_BOTH, both, otherwise="本月没有预警。")],
                form_line=(),
            ),
            Sheet(
                "县级警示",
                f"{title} · 县级警示",
                [replace(alarms, rows=_masked(mask, alarms.rows))],
                form_line=(),
            ),
            Sheet(
                "未评估",
                f"{title} · 未评估",
                [left_out_table(con, None), cautions.table("本月数据提示")],
                form_line=(),
            ),
        ],
    )


def _rows(con: duckdb.DuckDBPyConnection, mask: Mask, query: str) -> list[list[Any]]:
    return _masked(mask, con.execute(query).fetchall())


def _masked(mask: Mask, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """What stands in a township's or village's place may really be somebody's number."""
    return [[mask.show_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def _share(value: float | None) -> str:
    return "" if value is None else f"{Decimal(str(value)) * 100:.0f}%"
