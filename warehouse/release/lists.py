"""The warning lists: a workbook per township with a sheet per village, and one for the county.

The village finds what the machine saw on the left, locked, and answers on the right. The same writer
makes the paper copy; what differs is the mask.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter.utility import xl_col_to_name

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.guide import guide_blocks, write_guide
from warehouse.release.list_columns import COUNTY, PAPER, QUERY, TOWNSHIP, Answers, row_of
from warehouse.release.listing import stream
from warehouse.release.masking import Mask
from warehouse.release.workbook import NOTICE, SHEET_ROWS, Book, Column, height_of, workbook

_FIRST = 4  # title, notice, 填报 line, header: data begins in the fifth row
_SIGN = (
    "核查人签字：　　　　　　　　村（社区）负责人：　　　　　　　　乡镇审核：　　　　　　　　年　　月　　日"
)


def write_list(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str | None,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
    is_paper: bool = False,
) -> list[str]:
    """Write one list (a township's, or the county's when ``township`` is None); gives its warning ids.

    A township's list has a sheet per village, the county's a sheet per township. ``mask`` says what its
    readers may see; ``is_paper`` stacks cells for A4 and adds the line to sign. A sheet that Excel could not hold goes on in another of the same name.
    """
    columns = PAPER if is_paper else TOWNSHIP if township else COUNTY
    answers = Answers.of(policy)
    ids: list[str] = []
    title = _titled(month, township, mask, policy)
    said = mask.show_text(cautions.header(con, township))
    with workbook(path, month, title) as book:
        write_guide(book, con, month=month, township=township, title=title, policy=policy, cautions=cautions)
        sheet, part, row = None, "", _FIRST
        for seen in stream(con, QUERY, [township]):
            wanted = seen[1] if township else seen[0]
            if sheet is None or wanted != part or row >= SHEET_ROWS - 2:
                if sheet is not None:
                    _close(book, sheet, row, columns, answers, month, is_paper)
                part, row = wanted, _FIRST
                name = mask.show_text(part)
                sheet = _open(book, name, f"{title} · {name}", columns, said)
            book.line(sheet, row, columns, row_of(seen, mask, columns, policy))
            ids.append(str(seen[-1]))
            row += 1
        if sheet is not None:
            _close(book, sheet, row, columns, answers, month, is_paper)
    return ids


def list_document(
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
) -> Document:
    """A township's list as it is printed: a section per village, then what the sheet 说明 says."""
    title = _titled(month, township, mask, policy)
    said = mask.show_text(cautions.header(con, township))
    above = [Prose(said)] if said else []
    sheets = []
    for village, seen in groupby(stream(con, QUERY, [township]), key=lambda seen: str(seen[1])):
        name = mask.show_text(village)
        rows = [row_of(one, mask, PAPER, policy) for one in seen]
        sheets.append(Sheet(name, f"{title} · {name}", [*above, Table(PAPER, rows)], sign=_SIGN))
    guide = guide_blocks(con, month=month, township=township, policy=policy, cautions=cautions)
    sheets.append(Sheet("说明", f"{title} · 说明", guide, form_line=()))
    return Document(title, sheets)


def _titled(month: Month, township: str | None, mask: Mask, policy: Policy) -> str:
    county = policy.text("release.county_name")
    return f"{county}{mask.show_text(township)}{month.year}年{month.number}月预警核查清单"


def _open(book: Book, name: str, title: str, columns: tuple[Column, ...], said: str) -> Any:
    sheet = book.sheet(name)
    last = len(columns) - 1
    half = last // 2
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    notice = f"{NOTICE}：请入户核实后填写右侧浅黄色各栏" + (f"\n{said}" if said else "")
    page = Column("notice", "", sum(column.width for column in columns))
    sheet.set_row(1, max(20.0, height_of((page,), (notice,))))
    sheet.merge_range(1, 0, 1, last, notice, book.looks["notice"])
    sheet.set_row(2, 20)
    sheet.merge_range(2, 0, 2, half, "填报单位：", book.looks["form_line_open"])
    sheet.merge_range(2, half + 1, 2, last, "填报时间：", book.looks["form_line_open"])
    book.headers(sheet, 3, columns)
    sheet.freeze_panes(_FIRST, [column.key in ("name", "person") for column in columns].index(True) + 1)
    return sheet


def _close(
    book: Book,
    sheet: Any,
    end: int,
    columns: tuple[Column, ...],
    answers: Answers,
    month: Month,
    is_paper: bool,
) -> None:
    """What can be said once the last row is known: filter, drop-downs, checks, protection."""
    if is_paper:
        sheet.set_row(end + 1, 24)
        sheet.merge_range(
            end + 1, 0, end + 1, len(columns) - 1, f"{_SIGN}　　　　（盖章）", book.looks["form_line"]
        )
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
