"""The page's cards of figures: the numbers that every form of the month tells too, the alarms, and what is due when."""

from __future__ import annotations

import duckdb

from warehouse.months import Month
from warehouse.parts import card, table
from warehouse.policy import Policy
from warehouse.release import calendar
from warehouse.release.frozen import COUNTY
from warehouse.release.quarter import plain

_FIGURES = "SELECT title, value, unit, definition FROM figures WHERE township = $1 ORDER BY figure_id"
_ALARMS = "SELECT township, village, cause_rule, summary, since FROM fct_alarm_monthly ORDER BY ALL"


def alarm_card(con: duckdb.DuckDBPyConnection) -> str:
    """The alarms (A01) as HTML: whoever opens the page sees them first."""
    headers = ("乡镇", "村", "规则", "警示", "自")
    return card(
        "成片警示（一村同因，先看）", table(headers, con.execute(_ALARMS).fetchall(), "本月没有成片警示。")
    )


def figure_cards(con: duckdb.DuckDBPyConnection, month: Month, policy: Policy) -> list[str]:
    """The month's figures and the calendar as HTML; reads ``figures``."""
    figures = [
        (title, "未能统计" if value is None else f"{plain(value, unit)} {unit}", definition)
        for title, value, unit, definition in con.execute(_FIGURES, [COUNTY]).fetchall()
    ]
    due = [(day.isoformat(), what) for day, what in calendar.due_after(month, policy)]
    return [
        card(
            "本月数字（各表、册、报告同此）",
            _wide(table(("指标", "全县", "口径"), figures, "本月没有指标。")),
        ),
        card("一年内报送日期", table(("日期", "事项"), due, "本地没有规定报送日期。")),
    ]


def _wide(body: str) -> str:
    return f"<div class=wide>{body}</div>"
