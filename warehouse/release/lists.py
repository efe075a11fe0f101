"""The warning lists: a workbook per township with a sheet per village, and one for the county.

The village finds what the machine saw on the left, locked, and answers on the right. The same writer
makes the paper copy; what differs is the mask.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter.utility import xl_col_to_name

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.guide import write_guide
from warehouse.release.listing import stream
from warehouse.release.masking import Mask
from warehouse.release.workbook import NOTICE, SHEET_ROWS, Book, Column, drop_down, workbook

GRADES = {"certain": "身份已对上", "review": "身份待核实", "new": "仅此一处来源"}

_WHERE = (Column("township", "乡镇", 9, "centre"), Column("village", "村", 9, "centre"))
_SEEN = (
    Column("place", "序号", 5, "count"),
    Column("household_place", "户次", 5, "count"),
    Column("name", "姓名", 11, "centre"),
    Column("id_no", "身份证号码", 20, "centre"),
    Column("phone", "联系电话", 13, "centre"),
    Column("title", "预警事项", 16),
    Column("since", "起始时间", 11, "centre"),
    Column("amount", "金额（元）", 12, "money"),
    Column("summary", "依据", 38),
    Column("sure", "把握程度", 12, "centre"),
    Column("check_hint", "建议核查内容", 26),
    Column("policy_ref", "政策依据", 20),
)
ANSWERS = (
    Column("result", "核查结果", 11, "open", is_open=True),
    Column("aid", "拟纳入救助", 11, "open", is_open=True),
    Column("reason_not", "未纳入原因", 15, "open", is_open=True),
    Column("reason_words", "原因说明", 16, "open", is_open=True),
    Column("checked_by", "核查人", 9, "open", is_open=True),
    Column("checked_on", "核查日期", 12, "open_date", is_open=True),
)
KEYS = (Column("person_id", "人员编号", 14, "key"), Column("warning_id", "预警编号", 18, "key"))
_FIRST = 4  # title, notice, 填报 line, header: data begins in the fifth row

_ROWS = """
SELECT township, village, place, household_place, name, id_no, phone, title, since, amount, summary,
       evidence, grade, link_grade, check_hint, policy_ref, person_id, warning_id
FROM listing WHERE $1 IS NULL OR township = $1 ORDER BY township, village, place
"""


@dataclass(frozen=True)
class Answers:
    """The closed lists of the columns that the village fills in."""

    results: list[str]
    aids: list[str]
    aid_none: str
    reasons: list[str]
    reason_other: str

    @classmethod
    def of(cls, policy: Policy) -> Answers:
        """The lists that policy has in force."""
        return cls(
            results=drop_down(policy.words("release.results"), "release.results"),
            aids=drop_down(policy.words("release.aids"), "release.aids"),
            aid_none=policy.text("release.aid_none"),
            reasons=drop_down(policy.words("release.reasons_not_included"), "release.reasons_not_included"),
            reason_other=policy.text("release.reason_other"),
        )


def write_list(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str | None,
    mask: Mask,
    policy: Policy,
) -> list[str]:
    """Write one list (a township's, or the county's when ``township`` is None); gives its warning ids.

    A township's list has a sheet per village, the county's a sheet per township. ``mask`` says what its
    readers may see. A sheet that Excel could not hold goes on in another of the same name.
    """
    county = policy.text("release.county_name")
    columns = (*_SEEN, *ANSWERS, *KEYS) if township else (*_WHERE, *_SEEN, *ANSWERS, *KEYS)
    answers = Answers.of(policy)
    ids: list[str] = []
    title = f"{county}{township or ''}{month.year}年{month.number}月预警核查清单"
    with workbook(path, month, title) as book:
        write_guide(book, con, month=month, township=township, title=title, policy=policy)
        sheet, part, row = None, "", _FIRST
        for seen in stream(con, _ROWS, [township]):
            wanted = seen[1] if township else seen[0]
            if sheet is None or wanted != part or row >= SHEET_ROWS:
                if sheet is not None:
                    _close(book, sheet, row, columns, answers, month)
                part, row = wanted, _FIRST
                sheet = _open(book, part, f"{title} · {part}", columns)
            book.line(sheet, row, columns, _values(seen, mask, columns))
            ids.append(str(seen[-1]))
            row += 1
        if sheet is not None:
            _close(book, sheet, row, columns, answers, month)
    return ids


def _values(seen: tuple[Any, ...], mask: Mask, columns: tuple[Column, ...]) -> list[object]:
    """A row of the listing in the order of the columns, as the mask lets it be seen."""
    (township, village, place, household_place, name, id_no, phone, title, since, amount, summary,
     evidence, grade, link_grade, check_hint, policy_ref, person_id, warning_id) = seen  # fmt: skip
    shown: dict[str, object] = {
        "township": mask.show_text(township),
        "village": mask.show_text(village),
        "place": place,
        "household_place": household_place,
        "name": mask.show_name(name),
        "id_no": mask.show_id(id_no),
        "phone": mask.show_phone(phone),
        "title": title,
        "since": since,
        "amount": amount,
        "summary": mask.show_text("\n".join(filter(None, (summary, told(evidence))))),
        "sure": "\n".join(filter(None, (grade, GRADES.get(link_grade or "", link_grade)))),
        "check_hint": check_hint,
        "policy_ref": policy_ref,
        "person_id": person_id,
        "warning_id": warning_id,
    }
    return [shown.get(column.key) for column in columns]


def told(evidence: str | None) -> str:
    """Evidence (JSON) as ``name：value`` pairs; nested values as JSON; empty when there is none."""
    if not evidence:
        return ""
    try:
        found = json.loads(evidence)
    except ValueError:
        return evidence
    if not isinstance(found, dict):
        return evidence
    return "；".join(
        f"{name}：{value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)}"
        for name, value in found.items()
        if value not in (None, "", [], {})
    )


def _open(book: Book, name: str, title: str, columns: tuple[Column, ...]) -> Any:
    sheet = book.sheet(name)
    last = len(columns) - 1
    half = last // 2
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, last, f"{NOTICE}：请入户核实后填写右侧浅黄色各栏", book.looks["notice"])
    sheet.set_row(2, 20)
    sheet.merge_range(2, 0, 2, half, "填报单位：", book.looks["form_line_open"])
    sheet.merge_range(2, half + 1, 2, last, "填报时间：", book.looks["form_line_open"])
    book.headers(sheet, 3, columns)
    sheet.freeze_panes(_FIRST, 3 if columns[0].key == "place" else 5)
    return sheet


def _close(
    book: Book, sheet: Any, end: int, columns: tuple[Column, ...], answers: Answers, month: Month
) -> None:
    """What can be said once the last row is known: filter, drop-downs, checks, protection."""
    at = {column.key: number for number, column in enumerate(columns)}
    last, first_row = end - 1, _FIRST + 1
    aid, reason, words = (
        f"${xl_col_to_name(at[key])}{first_row}" for key in ("aid", "reason_not", "reason_words")
    )
    none = f'{aid}="{answers.aid_none}"'
    other = f'{reason}="{answers.reason_other}"'
    sheet.autofilter(3, 0, last, len(columns) - 1)

    def over(key: str, rule: dict[str, Any]) -> None:
        sheet.data_validation(_FIRST, at[key], last, at[key], rule)

    def closed(key: str, listed: list[str]) -> None:
        over(key, {"validate": "list", "source": listed, "error_title": "请从下拉菜单中选择",
                   "error_message": "只能填写下拉菜单中的词。"})  # fmt: skip

    closed("result", answers.results)
    closed("aid", answers.aids)
    closed("reason_not", answers.reasons)
    over("checked_by", {
        "validate": "custom",
        "value": f'=AND(OR(NOT({none}),LEN(TRIM({reason}))>0),OR(NOT({other}),LEN(TRIM({words}))>0))',
        "ignore_blank": False,
        "error_title": "请先填写未纳入原因",
        "error_message": f"拟纳入救助选“{answers.aid_none}”须选未纳入原因；选“{answers.reason_other}”须写原因说明。",
    })  # fmt: skip
    over("checked_on", {
        "validate": "date", "criteria": ">=", "value": month.first_day,
        "input_title": "核查日期", "input_message": "例：2026-11-05",
        "error_title": "日期不对", "error_message": f"请填写 {month.first_day} 及以后的日期。",
    })  # fmt: skip
    gaps = {
        "reason_not": f"=AND({none},LEN(TRIM({reason}))=0)",
        "reason_words": f"=AND({other},LEN(TRIM({words}))=0)",
    }
    for key, formula in gaps.items():
        look = {"type": "formula", "criteria": formula, "format": book.looks["missing"]}
        sheet.conditional_format(_FIRST, at[key], last, at[key], look)
    sheet.protect("", {"sort": True, "autofilter": True, "format_columns": True, "format_rows": True})
