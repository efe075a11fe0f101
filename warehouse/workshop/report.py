"""The simulation as a workbook (or page) at the place that --out names. Counts only, no person."""

from __future__ import annotations

from pathlib import Path

from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.release.workbook import Book, Column, workbook
from warehouse.workshop import told
from warehouse.workshop.page import PLACE_HEADERS, page, place_rows
from warehouse.workshop.simulate import Simulation

ENDINGS = (".xlsx", ".html")
_PACK = ("region", "parameter", "value", "unit", "valid_from", "valid_to", "document", "status", "note")


def refuse_other_ending(path: Path) -> None:
    """``Misconfigured`` for a file that is neither workbook nor page, before any work is done."""
    if path.suffix.lower() not in ENDINGS:
        raise Misconfigured(f"'{path.name}' is no {' or '.join(ENDINGS)}.", next_step="name such a file.")
    if not path.absolute().parent.is_dir():
        raise Misconfigured(f"there is no folder for '{path.name}'.", next_step="make the folder first.")


def write_report(path: Path, found: Simulation) -> None:
    """Write the report whole or not at all."""
    aside = path.with_name(f".aside-{path.name}")
    if path.suffix.lower() == ".html":
        aside.write_text(page(found), encoding="utf-8")
    else:
        with workbook(aside, Month.parse(found.months[-1]), told.title(found), is_streamed=False) as book:
            _summary(book, found)
            _places(book, found)
            _packs(book, found)
    aside.replace(path)


def _summary(book: Book, found: Simulation) -> None:
    columns = [
        Column("", header, 30 if n == 0 else 12, "text" if n == 0 else "centre")
        for n, header in enumerate(told.HEADERS)
    ]
    sheet = book.sheet("结论")
    across = len(columns)
    row = book.prose(sheet, 0, told.title(found), "title", across=across)
    row = book.prose(sheet, row, told.NOTICE, "notice", across=across)
    book.headers(sheet, row, columns)
    first = row + 1
    for line in told.rows(found):
        row += 1
        book.line(sheet, row, columns, line)
    _chart(book, sheet, first, row, at=(row + 2, 0))
    row += 18
    for one in found.weighed:
        row = book.prose(sheet, row, one.trial.told, "section", across=across)
        for sentence in told.sentences(found, one):
            row = book.prose(sheet, row, sentence, across=across)
        row += 1
    row = book.prose(sheet, row, "看数之前", "section", across=across)
    for sentence in told.cautions(found):
        row = book.prose(sheet, row, sentence, across=across)


def _chart(book: Book, sheet: object, first: int, last: int, *, at: tuple[int, int]) -> None:
    chart = book.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "上门户次",
            "categories": ["结论", first, 0, last, 0],
            "values": ["结论", first, 1, last, 1],
            "data_labels": {"value": True},
            "fill": {"color": "#1F4E79"},
            "gap": 80,
        }
    )
    chart.set_title({"name": "上门户次", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E4E7EC"}}})
    chart.set_size({"width": 760, "height": 280})
    sheet.insert_chart(*at, chart)  # type: ignore[attr-defined]


def _places(book: Book, found: Simulation) -> None:
    widths = (34, 10, 14, *[12] * (len(PLACE_HEADERS) - 3))
    columns = [
        Column("", header, width, "text" if n < 3 else "count")
        for n, (header, width) in enumerate(zip(PLACE_HEADERS, widths, strict=True))
    ]
    sheet = book.sheet("逐月逐乡镇")
    row = book.prose(sheet, 0, "只列有增减的月份和乡镇；预警记在首次出现的月份。", across=len(columns))
    book.headers(sheet, row, columns)
    for line in place_rows(found):
        row += 1
        book.line(sheet, row, columns, line)


def _packs(book: Book, found: Simulation) -> None:
    """The lines cell by cell, as a pack's columns, so that they can be copied as they stand."""
    columns = [Column("", header, 34 if header == "parameter" else 16) for header in _PACK]
    sheet = book.sheet("政策参数行")
    row = book.prose(
        sheet, 0, "要改的话，把选定的一行写进本地区的参数文件，填上生效日期和文件：", across=len(columns)
    )
    for one in found.weighed:
        for line in told.pack_lines(found, one):
            row = book.prose(sheet, row, one.trial.told, "section", across=len(columns))
            book.headers(sheet, row, columns)
            book.line(sheet, row + 1, columns, line.cells)
            row = book.prose(sheet, row + 2, line.csv, across=len(columns))
            row = book.prose(sheet, row, line.beside, across=len(columns))
