"""What every workbook of the house has in common: fixed dates, looks, print set-up, safe cells.

Cells from data are written as text or numbers only; a text that begins with ``=``, ``+``, ``-`` or ``@``
stays a text. Workbooks are written row by row in constant memory and hold no clock, so a second run
gives the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import xlsxwriter

from warehouse.errors import Misconfigured
from warehouse.months import Month

NOTICE = "机器发现，仅为核查建议"
# Excel's own limits: rows of a sheet, letters of a sheet's name, of an inline drop-down, of a cell.
SHEET_ROWS = 1_048_576
_SHEET_NAME = 31
_DROP_DOWN = 255
_CELL = 32_767
# Characters XML 1.0 cannot carry.
_CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)}

_BASE = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_GRID = {"border": 1, "border_color": "#9AA5B1", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 16, "align": "center", "bold": True},
    "notice": {"font_color": "#B42318", "align": "center", "bg_color": "#FEF3F2", "text_wrap": True},
    "form_line": {"font_size": 11},
    "form_line_open": {"font_size": 11, "locked": False},
    "header": {**_GRID, "font_name": "黑体", "bold": True, "align": "center", "bg_color": "#DCE6F1"},
    "header_open": {**_GRID, "font_name": "黑体", "bold": True, "align": "center", "bg_color": "#FFF2CC"},
    "text": _GRID,
    "centre": {**_GRID, "align": "center"},
    "money": {**_GRID, "align": "right", "num_format": "#,##0.00"},
    "count": {**_GRID, "align": "right", "num_format": "0"},
    "key": {**_GRID, "font_size": 8, "font_color": "#667085", "num_format": "@"},
    "open": {**_GRID, "locked": False, "bg_color": "#FFFDF5"},
    # A number that is typed into it stays as it was typed: 18 digits are more than a spreadsheet's number holds.
    "open_text": {**_GRID, "locked": False, "bg_color": "#FFFDF5", "num_format": "@"},
    "open_date": {**_GRID, "locked": False, "bg_color": "#FFFDF5", "num_format": "yyyy-mm-dd", "align": "center"},
    # Locked, and not asked in this row.
    "closed": {**_GRID, "bg_color": "#F2F4F7"},
    "link": {**_GRID, "font_color": "#1155CC", "underline": 1},
    "link_centre": {**_GRID, "font_color": "#1155CC", "underline": 1, "align": "center"},
    "card": {**_GRID, "font_name": "黑体", "bold": True, "font_size": 12, "bg_color": "#DCE6F1"},
    "section": {"font_name": "黑体", "font_size": 12, "bold": True, "bottom": 2, "bottom_color": "#1F4E79"},
    "plain": {"text_wrap": True, "valign": "top"},
    "total": {**_GRID, "font_name": "黑体", "bold": True, "align": "center", "bg_color": "#F2F4F7"},
    "total_money": {**_GRID, "bold": True, "align": "right", "num_format": "#,##0.00", "bg_color": "#F2F4F7"},
    "total_count": {**_GRID, "bold": True, "align": "right", "num_format": "0", "bg_color": "#F2F4F7"},
    "missing": {"bg_color": "#F9C5C1"},
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its header, width in characters, look, and whether the village fills it in.

    ``group`` is the header above it where a header has two levels; ``is_summed`` puts it into a row of totals.
    """

    key: str
    header: str
    width: float
    look: str = "text"
    is_open: bool = False
    group: str = ""
    is_summed: bool = False


@contextmanager
def workbook(path: Path, month: Month, title: str, *, is_streamed: bool = True) -> Iterator[Book]:
    """A workbook to be written, closed at the end; its dates are the month's last day.

    A streamed one goes row by row in constant memory; cells that span rows need one that is not.
    """
    # Rows lie here until the workbook is closed: a run that was killed must not leave them under a name of chance.
    scratch = path.with_name(f".aside-{crc32(path.name.encode()):08x}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": is_streamed,
            "tmpdir": str(scratch),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    last = month.last_day
    stamp = datetime(last.year, last.month, last.day)  # noqa: DTZ001 - a document's date, not a moment
    book.set_properties({"title": title, "author": "兜底 Doudi", "comments": NOTICE, "created": stamp})
    try:
        yield Book(book)
    finally:
        try:
            book.close()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


class Book:
    """An open workbook with its looks, and the sheet names that are taken."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.looks = {
            name: book.add_format({**(_BASE if name != "missing" else {}), **look})
            for name, look in _LOOKS.items()
        }
        self._taken: set[str] = set()

    def sheet(self, name: str) -> Any:
        """A new sheet, landscape on A4, one page wide, named as near to ``name`` as Excel allows."""
        sheet = self.book.add_worksheet(self._free(name))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_header(f"&R{NOTICE}")
        sheet.set_footer("&L&A&C第 &P 页 / 共 &N 页")
        sheet.hide_gridlines(2)
        return sheet

    def headers(self, sheet: Any, row: int, columns: Sequence[Column]) -> None:
        """The header row, the widths, and the print titles."""
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
        sheet.set_row(row, 32)
        for number, column in enumerate(columns):
            look = self.looks["header_open" if column.is_open else "header"]
            sheet.write_string(row, number, column.header, look)
        sheet.repeat_rows(row)

    def line(self, sheet: Any, row: int, columns: Sequence[Column], values: Sequence[object]) -> None:
        """One row of data, as high as its longest cell needs."""
        sheet.set_row(row, height_of(columns, values))
        for number, (column, value) in enumerate(zip(columns, values, strict=True)):
            write(sheet, row, number, value, self.looks[column.look])

    def cell(self, sheet: Any, row: int, number: int, value: object, look: str) -> None:
        """One cell in a named look."""
        write(sheet, row, number, value, self.looks[look])

    def prose(
        self, sheet: Any, row: int, text: str, look: str = "plain", *, across: int, width: int = 118
    ) -> int:
        """A paragraph over the first ``across`` columns (``width`` letters wide); gives the next row."""
        sheet.set_row(row, 15.0 * max(1, -(-breadth(text) // width)) + 3)
        sheet.merge_range(row, 0, row, across - 1, text.translate(_CONTROL)[:_CELL], self.looks[look])
        return row + 1

    def _free(self, name: str) -> str:
        plain = "".join(
            "_" if letter in "[]:*?/\\'" else letter for letter in name.translate(_CONTROL)
        ).strip()
        plain = (plain or "未写明")[:_SHEET_NAME]
        chosen, number = plain, 2
        while chosen.casefold() in self._taken:
            ending = f"({number})"
            chosen, number = plain[: _SHEET_NAME - len(ending)] + ending, number + 1
        self._taken.add(chosen.casefold())
        return chosen


def write(sheet: Any, row: int, number: int, value: object, look: Any) -> None:
    """One cell: numbers as numbers, days as days, everything else as text and never as a formula."""
    if value is None or value == "":
        sheet.write_blank(row, number, None, look)
    elif isinstance(value, bool):
        sheet.write_string(row, number, "是" if value else "否", look)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, number, value, look)
    elif isinstance(value, date):
        sheet.write_string(row, number, value.isoformat(), look)
    else:
        sheet.write_string(row, number, str(value).translate(_CONTROL)[:_CELL], look)


def drop_down(words: Sequence[str], parameter: str) -> list[str]:
    """A closed list as Excel takes it inline; ``Misconfigured`` when it cannot be one."""
    if not words or any("," in word for word in words) or len(",".join(words)) > _DROP_DOWN:
        raise Misconfigured(
            f"the words of '{parameter}' cannot be a drop-down (empty, with a comma, or over {_DROP_DOWN} letters).",
            next_step="shorten the list in the policy seeds.",
        )
    return list(words)


def breadth(text: str) -> int:
    """How wide a text prints, in letters: a Chinese character is two letters wide, as it is two bytes in GBK."""
    return len(text.encode("gb18030", "replace"))


def height_of(columns: Sequence[Column], values: Sequence[object]) -> float:
    """The row height (points) that shows the longest cell whole; WPS does not do it by itself."""
    lines = 1
    for column, value in zip(columns, values, strict=True):
        if isinstance(value, str):
            room = max(1.0, column.width - 1)
            lines = max(lines, sum(-(-breadth(part) // int(room)) or 1 for part in value.split("\n")))
    return min(409.0, 14.5 * lines + 6)


def file_word(name: str) -> str:
    """A township's or village's name as part of a file name."""
    plain = "".join("_" if letter in '\\/:*?"<>|. ' else letter for letter in name.translate(_CONTROL))
    return plain[:60] or "未写明"
