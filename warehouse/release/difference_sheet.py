"""更正差异表: what a new version of a month changed, in numbers, for the county: rows, persons, warnings, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.intake.contract import contracts
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.issue import issue
from warehouse.release.listing import UNPLACED
from warehouse.release.manifest import Item
from warehouse.release.masking import Mask, mask_for
from warehouse.release.naming import WHOLE_COUNTY
from warehouse.release.supplement import Step
from warehouse.release.versions import SUPPLEMENT
from warehouse.release.workbook import Column

_ROWS = (
    Column("feed", "数据", 26),
    *(
        Column(key, header, 12, "count", is_summed=True)
        for key, header in (
            ("before", "更正前行数"), ("after", "更正后行数"), ("added", "新增"), ("removed", "减少"), ("changed", "内容变化"),
        )
    ),
)  # fmt: skip
_PERSONS = (
    Column("township", "乡镇", 16),
    *(
        Column(key, header, 12, "count", is_summed=True)
        for key, header in (
            ("new", "新进入"),
            ("gone", "不再列名"),
            ("class", "类别变化"),
            ("household", "户变化"),
        )
    ),
)
_WARNINGS = (
    Column("township", "乡镇", 16),
    Column("rule", "预警事项", 26),
    *(
        Column(key, header, 12, "count", is_summed=True)
        for key, header in (
            ("appeared", "新出现"), ("vanished", "消失"), ("changed", "内容变化"), ("added", "列入清单"),
            ("withdrawn", "撤出清单"),
        )
    ),
)  # fmt: skip


def issue_sheet(folder: Path, con: duckdb.DuckDBPyConnection, step: Step, *, is_known: bool) -> list[Item]:
    """Write the sheet as workbook and on paper from the tables of ``difference.compare``.

    ``is_known``: the former version kept its rows and persons; else the sheet says that they are not compared.
    """
    items = []
    stem = f"更正差异表_{WHOLE_COUNTY}_{step.month}_第{step.number}版"
    for audience, path in (("report", f"{SUPPLEMENT}/{stem}.xlsx"), ("paper", f"paper/{stem}.pdf")):
        mask = mask_for(audience, step.policy)
        document = _document(con, step, mask, is_known=is_known)
        items.append(issue(folder, path, document, kind=SUPPLEMENT, mask=mask, month=step.month))
    return items


def _document(con: duckdb.DuckDBPyConnection, step: Step, mask: Mask, *, is_known: bool) -> Document:
    county = step.policy.text("release.county_name")
    title = f"{county}{step.month.year}年{step.month.number}月更正差异表（第{step.number}版，对第{step.number - 1}版）"
    about = [
        Prose("变化的来由：", is_heading=True),
        *(Prose(mask.show_text(cause.words)) for cause in step.why),
        *(
            []
            if step.why
            else [Prose("不能逐项说明：数据、政策参数和人工结论没有变化，或上一版未留存其版本。")]
        ),
        Prose("已上报的季度数字不因更正而改动，更正前后的差额见季度报告。"),
    ]
    if not is_known:
        about.append(
            Prose("上一版发布时未留存数据行和人员，本表只比较预警；行和人员未比较，不等于没有变化。")
        )
    tables = [
        Sheet("说明", title, about, form_line=()),
        Sheet(
            "预警", f"{title} · 预警", [Table(_WARNINGS, _warnings(con, mask), total="合计")], form_line=()
        ),
    ]
    if is_known:
        tables[1:1] = [
            Sheet("数据", f"{title} · 数据", [Table(_ROWS, _rows(con), total="合计")], form_line=()),
            Sheet(
                "人员", f"{title} · 人员", [Table(_PERSONS, _persons(con, mask), total="合计")], form_line=()
            ),
        ]
    return Document(title, tables)


def _rows(con: duckdb.DuckDBPyConnection) -> list[list[object]]:
    found = con.execute("FROM row_differences WHERE added + removed + changed > 0 ORDER BY feed").fetchall()
    known = contracts()
    return [[known[feed].title if feed in known else feed, *numbers] for feed, *numbers in found]


def _persons(con: duckdb.DuckDBPyConnection, mask: Mask) -> list[list[object]]:
    found = con.execute(f"""
        SELECT coalesce(nullif(trim(township), ''), '{UNPLACED}') AS place, count(*) FILTER (change = 'new'),
            count(*) FILTER (change = 'gone'), count(*) FILTER (change = 'class'), count(*) FILTER (change = 'household')
        FROM person_differences GROUP BY 1 ORDER BY 1""").fetchall()
    return _masked(found, mask)


def _warnings(con: duckdb.DuckDBPyConnection, mask: Mask) -> list[list[object]]:
    found = con.execute("""
        SELECT found.township, coalesce(rule.title, found.rule_id) AS title, count(*) FILTER (change = 'appeared'),
            count(*) FILTER (change = 'vanished'), count(*) FILTER (change = 'changed'),
            count(*) FILTER (on_list = 'added'), count(*) FILTER (on_list = 'withdrawn')
        FROM warning_differences AS found LEFT JOIN dim_rule AS rule ON rule.rule_id = found.rule_id
        GROUP BY ALL ORDER BY ALL""").fetchall()
    return _masked(found, mask)


def _masked(found: Sequence[tuple[object, ...]], mask: Mask) -> list[list[object]]:
    return [[mask.show_text(str(place)), *rest] for place, *rest in found]
