"""A ``Document`` as a workbook: the same sheets, tables, notes and lines to sign as on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from warehouse.months import Month
from warehouse.release.document import Document, Prose, Sheet, Table
from warehouse.release.header import header_cells
from warehouse.release.workbook import Book, Column, height_of, workbook

# Columns of a sheet whose blocks are prose only: as wide as a page.
_PAGE = tuple(Column(f"c{number}", "", 12) for number in range(10))


def write_workbook(path: Path, document: Document, *, month: Month) -> None:
    """Write every sheet of the document; what the reader fills in is open, the rest locked."""
    with workbook(path, month, document.title, is_streamed=False) as book:
        for sheet in document.sheets:
            _write(book, sheet)


def _write(book: Book, sheet: Sheet) -> None:
    tables = [block for block in sheet.blocks if isinstance(block, Table)]
    widest = max((table.columns for table in tables), key=len, default=_PAGE)
    across = len(widest)
    breadth = int(sum(column.width for column in widest))
    page = book.sheet(sheet.name)
    for number in range(across):
        # Where tables share a sheet, a column is as wide as the widest of them asks.
        page.set_column(
            number,
            number,
            max(table.columns[number].width for table in tables if number < len(table.columns))
            if tables
            else widest[number].width,
        )
    row = 0
    if sheet.annex:
        page.write_string(row, 0, sheet.annex, book.looks["form_line"])
        row += 1
    page.set_row(row, 28)
    page.merge_range(row, 0, row, across - 1, sheet.title, book.looks["title"])
    row += 1
    row = _form_line(book, page, row, sheet.form_line, across)
    is_open = False
    for number, block in enumerate(sheet.blocks):
        if isinstance(block, Prose):
            row = _prose(book, page, row, block, across, breadth)
            is_open = is_open or block.open > 0
        else:
            row = _table(book, page, row, block, across, breadth, is_first=number == 0)
            is_open = is_open or any(column.is_open for column in block.columns)
    for words in sheet.notes:
        row = book.prose(page, row, words, across=across, width=breadth)
    if sheet.sign:
        page.set_row(row + 1, 30)
        page.merge_range(
            row + 1, 0, row + 1, across - 1, f"{sheet.sign}　　　　（盖章）", book.looks["form_line"]
        )
    if is_open:
        page.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def _form_line(book: Book, page: Any, row: int, words: tuple[str, ...], across: int) -> int:
    if not words:
        return row
    page.set_row(row, 20)
    step = max(1, across // len(words))
    for number, text in enumerate(words):
        first = number * step
        last = across - 1 if number == len(words) - 1 else first + step - 1
        if last > first:
            page.merge_range(row, first, row, last, text, book.looks["form_line_open"])
        else:
            page.write_string(row, first, text, book.looks["form_line_open"])
    return row + 1


def _prose(book: Book, page: Any, row: int, block: Prose, across: int, breadth: int) -> int:
    if block.text:
        row = book.prose(
            page, row, block.text, "section" if block.is_heading else "plain", across=across, width=breadth
        )
    for _ in range(block.open):
        page.set_row(row, 22)
        page.merge_range(row, 0, row, across - 1, "", book.looks["open"])
        row += 1
    return row


def _table(
    book: Book, page: Any, row: int, table: Table, across: int, breadth: int, *, is_first: bool
) -> int:
    if table.heading:
        row = book.prose(page, row, table.heading, "section", across=across, width=breadth)
    if not table.rows:
        return book.prose(page, row, table.otherwise, across=across, width=breadth)
    levels, cells = header_cells(table.columns)
    for level in range(levels):
        page.set_row(row + level, 32 if levels == 1 else 24)
    for cell in cells:
        look = book.looks["header_open" if table.columns[cell["x"]].is_open else "header"]
        top, left = row + cell["y"], cell["x"]
        if cell["across"] * cell["down"] > 1:
            page.merge_range(top, left, top + cell["down"] - 1, left + cell["across"] - 1, cell["text"], look)
        else:
            page.write_string(top, left, cell["text"], look)
    row += levels
    if is_first:
        page.repeat_rows(row - levels, row - 1)
        named = [column.key in ("name", "head_name", "person") for column in table.columns]
        page.freeze_panes(row, named.index(True) + 1 if True in named else 1)
    first = row
    for values in table.rows:
        book.line(page, row, table.columns, values)
        row += 1
    _menus(page, table, first, row - 1)
    totals = table.totals
    if totals:
        page.set_row(row, height_of(table.columns, totals))
        for number, (column, value) in enumerate(zip(table.columns, totals, strict=True)):
            book.cell(page, row, number, value, f"total_{column.look}" if column.is_summed else "total")
        row += 1
    return row


def _menus(page: Any, table: Table, first: int, last: int) -> None:
    places = {column.key: number for number, column in enumerate(table.columns)}
    for key, words in table.menus:
        page.data_validation(
            first, places[key], last, places[key],
            {"validate": "list", "source": list(words), "error_title": "请从下拉菜单中选择",
             "error_message": "只能填写下拉菜单中的词。"},
        )  # fmt: skip
