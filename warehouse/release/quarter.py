"""The quarter's report (R083, R084): four headings with the quarter's figures in them, the rest for whoever writes it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release import calendar, frozen
from warehouse.release.cautions import HEADING, Cautions
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.frame import quarter_first
from warehouse.release.frozen import Figure, Quarter
from warehouse.release.guide import left_out_table
from warehouse.release.workbook import Column

_TEMPLATE = Path(__file__).with_suffix(".yml")
_FIGURE = re.compile(r"\{([^{}]+)\}")
_UNKNOWN = "（未能统计）"
FILE = "季度工作情况报告"
SIGN = "填表人：　　　　　　　　审核人：　　　　　　　　单位负责人：　　　　　　　　　年　　月　　日"
_NUMBERS = (
    ("before", "上季度"),
    ("reported", "本季度"),
    ("change", "增减"),
    ("now", "现在重算"),
    ("difference", "与报送数之差"),
)


def _columns(look: str) -> tuple[Column, ...]:
    return (
        Column("title", "指标", 26),
        Column("unit", "单位", 9, "centre"),
        *(Column(key, header, 15, look) for key, header in _NUMBERS),
        Column("definition", "口径", 46),
    )


def is_due(month: Month, policy: Policy) -> bool:
    """Whether policy makes the quarter's report from this month's data."""
    return str(month.number) in policy.words("forms.quarter_report_months")


def read(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> Quarter:
    """The quarter's figures, frozen where they were reported."""
    return frozen.read_quarter(con, lake, month, tuple(_template()["flows"]), lake.home / "release")


def report(
    con: duckdb.DuckDBPyConnection,
    quarter: Quarter,
    *,
    lake: Lake,
    month: Month,
    policy: Policy,
    cautions: Cautions,
) -> Document:
    """The report as a document: the text, the figures, and what was not assessed or was doubtful."""
    county = policy.text("release.county_name")
    words: dict[str, object] = {
        "county": county, "year": month.year, "quarter": (month.number + 2) // 3,
        "last_day": f"{month.year}年{month.number}月{month.last_day.day}日", "area": county[-1:],
    }  # fmt: skip
    template = _template()
    title = str(template["title"]).format(**words)
    to = "、".join(policy.words("forms.quarter_report_to"))
    due = calendar.quarter_due(month, policy)
    blocks: list[Table | Prose] = []
    for heading in template["headings"]:
        blocks.append(Prose(heading["name"], is_heading=True))
        blocks += [Prose(_told(sentence, words, quarter.reported)) for sentence in heading["sentences"]]
        blocks.append(Prose("", open=heading["open"]))
    notes = [f"数据月份：{'、'.join(quarter.months)}；金额、新增、退出、预警为各月合计，其余为期末数。"]
    missing = _missing(month, quarter)
    if missing:
        notes.append(f"未计入（没有发布）：{'、'.join(missing)}。")
    notes.append("横线处由填报单位补写；机器预填的数字与同月各表、册一致，首次报送后不再变动。")
    line = (f"填报单位：{county}民政局", f"报送：{to}", f"期限：{due or '未规定'}")
    return Document(
        title,
        [
            Sheet("文字材料", title, blocks, form_line=line, notes=tuple(notes), sign=SIGN),
            Sheet("主要指标", f"{title} · 主要指标", _figures(con, quarter, lake, month), form_line=line[:2]),
            Sheet(
                "未评估情况",
                f"{title} · 未评估情况",
                [left_out_table(con, None), cautions.table(HEADING)],
                form_line=(),
            ),
        ],
    )


def _told(sentence: str, words: dict[str, object], figures: dict[str, Figure]) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1]
        if name in words:
            return str(words[name])
        figure = figures.get(name)
        if figure is None or figure.value is None:
            return _UNKNOWN
        # The sentence itself writes 户 and 人 after a bare head count; money and the rest carry their unit.
        follows = sentence[found.end() : found.end() + 1]
        unit = "" if follows == figure.unit[:1] else figure.unit
        return f"{plain(figure.value, figure.unit)}{unit}"

    return _FIGURE.sub(one, sentence)


def plain(value: Decimal, unit: str) -> str:
    """A figure as a sentence writes it: money and shares with two decimals, counts without."""
    return f"{value:,.2f}" if is_amount(unit) else f"{value:,.0f}"


def is_amount(unit: str) -> bool:
    """Whether a figure of this unit has decimals."""
    return unit.startswith(("元", "%"))


def _figures(
    con: duckdb.DuckDBPyConnection, quarter: Quarter, lake: Lake, month: Month
) -> list[Table | Prose]:
    earlier = frozen.before(con, lake, month)
    counts: list[list[object]] = []
    amounts: list[list[object]] = []
    for name, figure in sorted(quarter.reported.items(), key=lambda one: (_place_of(one[0]), one[0])):
        old, now = earlier.get(name), quarter.now.get(name)
        (amounts if is_amount(figure.unit) else counts).append([
            figure.title, figure.unit, old.value if old else None, figure.value,
            _minus(figure.value, old.value if old else None), now.value if now else None,
            _minus(now.value if now else None, figure.value), figure.definition,
        ])  # fmt: skip
    return [
        Table(_columns("count"), counts, heading="（一）对象和工作量", otherwise="没有。"),
        Table(_columns("money"), amounts, heading="（二）金额和比率", otherwise="没有。"),
    ]


def _place_of(figure_id: str) -> int:
    """Where a figure stands in the report: what belongs together is told together."""
    order: list[str] = _template()["order"]
    family = figure_id.partition(":")[0] + ":" if ":" in figure_id else figure_id
    return order.index(family) if family in order else len(order)


def _minus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return one - other if one is not None and other is not None else None


def _missing(month: Month, quarter: Quarter) -> list[str]:
    first = quarter_first(month)
    wanted = [str(first.plus(step)) for step in range(month.number - first.number + 1)]
    return [one for one in wanted if one not in quarter.months]


@cache
def _template() -> dict[str, Any]:
    return dict(yaml.safe_load(_TEMPLATE.read_text(encoding="utf-8")))
