"""The return slip: which rows of a form go back and why. Rows, columns and sentences; no person's value."""

from __future__ import annotations

from pathlib import Path

from warehouse.months import Month
from warehouse.release.workbook import Column, workbook
from warehouse.returns.answers import Problem

_COLUMNS = (
    Column("sheet", "工作表", 18, "centre"),
    Column("row", "行号", 8, "count"),
    Column("column", "栏目", 16, "centre"),
    Column("problem", "问题", 70),
)
RETURNED = "核查清单退回单"
SAID = "下列各行未登记，请改正后把整份清单再交一次；未列出的行已登记，不必重填。"


def write_slip(
    path: Path,
    problems: list[Problem],
    *,
    month: Month,
    form: str,
    title: str = RETURNED,
    said: str = SAID,
) -> None:
    """Write the slip of one form (replacing its last one); ``title`` and ``said`` stand above its rows."""
    aside = path.with_name(f".aside-{path.name}")
    with workbook(aside, month, f"{month} 退回单") as book:
        sheet = book.sheet("退回单")
        last = len(_COLUMNS) - 1
        sheet.set_row(0, 26)
        sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
        sheet.set_row(1, 34)
        sheet.merge_range(
            1, 0, 1, last,
            f"来文：{form}。{said}",
            book.looks["plain"],
        )  # fmt: skip
        book.headers(sheet, 2, _COLUMNS)
        for row, found in enumerate(problems, start=3):
            book.line(sheet, row, _COLUMNS, (found.sheet, found.row or None, found.column, found.problem))
        sheet.freeze_panes(3, 0)
    aside.replace(path)
